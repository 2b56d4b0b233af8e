//! The tasks of a loop: reading, flushing, keeping time, accepting, and the order of starting and stopping.

use std::future::poll_fn;
use std::io;
use std::ops::ControlFlow;
use std::rc::Rc;
use std::task::Poll;
use std::time::Duration;

use async_channel::Receiver;
use parlor_core::hub::Input;
use parlor_core::id::{ConnId, Ticket};
use parlor_core::store::Answer;
use parlor_core::time::Instant;
use parlor_core::wire::Dialect;
use smol::Timer;
use smol::future::{or, pending, yield_now};

use super::{BATCH_MAX, HubLoop, NEWCOMER, SLICE, Source, Store, WRITE_MICROS, WRITES_MAX};
use crate::connection::{Connection, Listener, is_transient};

/// Between two writings of the flight record: what a killed process loses of it at most.
const RECORD_PAUSE: Duration = Duration::from_secs(1);

/// For everybody's goodbye; the hub gives each connection less.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_millis(4_500);

/// Timers are rounded up to this, so that many paced connections share one wake-up.
const TICK_MICROS: u64 = 1_000;

/// Newcomers taken before others get their turn.
const ACCEPTS_MAX: u32 = 32;

/// The shortest and longest wait after the system refused to accept: no descriptors, no memory.
const ACCEPT_PAUSE_MIN: Duration = Duration::from_millis(10);
const ACCEPT_PAUSE_MAX: Duration = Duration::from_secs(1);

/// Between two warnings about that.
const WARNING_PAUSE: Duration = Duration::from_secs(60);

impl<C: Connection, S: Store> HubLoop<C, S> {
    /// Starts the tasks, waits to be stopped, says goodbye.
    pub(super) async fn run<L: Listener<Connection = C>>(
        self: Rc<Self>,
        listeners: Vec<(Dialect, L)>,
        answers: Option<Receiver<(Ticket, Answer)>>,
        stop: Receiver<()>,
    ) {
        let mut tasks = vec![self.spawn(flush(Rc::clone(&self))), self.spawn(keep_time(Rc::clone(&self)))];
        if let Some(answers) = answers {
            tasks.push(self.spawn(take_answers(Rc::clone(&self), answers)));
        }
        if self.hub.borrow().is_recorded() {
            tasks.push(self.spawn(keep_record(Rc::clone(&self))));
        }
        // Tasks of their own: the main future is polled at every wake-up, and would try to accept each time.
        let accepting: Vec<_> = listeners
            .into_iter()
            .map(|(dialect, listener)| self.spawn(accept(Rc::clone(&self), dialect, listener)))
            .collect();
        // A message or the end of the channel: both mean stop.
        let _ = stop.recv().await;
        drop(accepting);
        self.input(Input::Drain);
        or(self.last_closed(), async {
            Timer::after(SHUTDOWN_TIMEOUT).await;
        })
        .await;
        self.hub.borrow().ended();
    }

    async fn last_closed(&self) {
        while !self.lines.borrow().is_empty() || self.closing.get() > 0 {
            self.closed.taken().await;
        }
    }

    /// Leaves the executor to others while the batch is full: the flushing task is among them.
    async fn room_in_batch(&self) {
        while self.is_batch_full() {
            self.flush.give();
            yield_now().await;
        }
    }

    /// With nobody to write to, there is nothing to wait for.
    fn is_batch_full(&self) -> bool {
        let full = self.batch.get() >= BATCH_MAX || self.hub.borrow().wants_flush();
        full && !self.woken.borrow().is_empty()
    }

    /// Waits until a connection can be read, or is gone.
    async fn readable(&self, conn: ConnId) -> io::Result<()> {
        poll_fn(|context| match self.lines.borrow().io(conn) {
            Some(io) => io.poll_readable(context),
            None => Poll::Ready(Ok(())),
        })
        .await
    }

    /// Waits until a connection can be written to, or is gone.
    async fn writable(&self, conn: ConnId) -> io::Result<()> {
        poll_fn(|context| match self.lines.borrow().io(conn) {
            Some(io) => io.poll_writable(context),
            None => Poll::Ready(Ok(())),
        })
        .await
    }

    /// Before a telling to very many, waits for what is being stored just now, so that it is told along: at most for as
    /// long as the writes will take, and not while a small room has something to be told.
    async fn await_more(&self) {
        let many = self.woken.borrow().many.len();
        if many < SLICE || self.storing.borrow().is_empty() {
            return;
        }
        let until = self.clock.instant() + Duration::from_micros(many as u64 * WRITE_MICROS);
        let Some(until) = self.clock.to_std(until) else { return };
        let too_late = self.reactor.sleep_until(until);
        let answered = async {
            while !self.storing.borrow().is_empty() && !self.is_batch_full() && self.woken.borrow().few.is_empty() {
                self.flush.taken().await;
            }
        };
        or(answered, too_late).await;
    }

    /// One read, if reading is wanted.
    fn read_once(self: &Rc<Self>, conn: ConnId, ready: io::Result<()>) -> ControlFlow<()> {
        let mut buffer = self.buffer.borrow_mut();
        let read = {
            let mut lines = self.lines.borrow_mut();
            let Some(line) = lines.get_mut(conn) else { return ControlFlow::Break(()) };
            if line.paused {
                // This very task; it ends here and another begins when reading is wanted again.
                line.reader = None;
                return ControlFlow::Break(());
            }
            let Some(io) = &line.io else { return ControlFlow::Break(()) };
            ready.and_then(|()| io.try_read(&mut buffer))
        };
        match read {
            Ok(0) => {
                self.lost(conn);
                ControlFlow::Break(())
            }
            Ok(read) => {
                self.input(Input::Received { conn, bytes: &buffer[..read] });
                self.notice_nick(conn);
                ControlFlow::Continue(())
            }
            Err(error) if is_transient(&error) => ControlFlow::Continue(()),
            Err(error) => {
                tracing::debug!("{conn} cannot be read: {error}");
                self.lost(conn);
                ControlFlow::Break(())
            }
        }
    }

    /// Logs who a connection is, once that is known.
    fn notice_nick(&self, conn: ConnId) {
        let mut lines = self.lines.borrow_mut();
        let Some(line) = lines.get_mut(conn).filter(|line| line.nick.is_none()) else { return };
        line.nick = self.hub.borrow().nick(conn).cloned();
        if let Some(nick) = &line.nick {
            self.count_inputs(NEWCOMER);
            self.log(format_args!("{nick} is here ({}, {})", Source(line.address), line.dialect.scheme()));
        }
    }

    /// Writes to a woken connection what it may be sent, as far as it takes it.
    pub(super) fn write(self: &Rc<Self>, conn: ConnId) {
        // A store that takes its time says who it is long after the hello was read; then there is a welcome to write.
        if self.lines.borrow().get(conn).is_some_and(|line| line.nick.is_none()) {
            self.notice_nick(conn);
        }
        for _ in 0..WRITES_MAX {
            let written = self.write_once(conn);
            self.perform_all();
            match written {
                Ok(Written::Some) => {}
                Ok(Written::All) => return,
                Ok(Written::Blocked) => return self.await_writable(conn),
                Err(error) => {
                    tracing::debug!("{conn} cannot be written to: {error}");
                    return self.lost(conn);
                }
            }
        }
        // There may be more; the others come first.
        self.woken.borrow_mut().many.push_back(conn);
    }

    fn write_once(&self, conn: ConnId) -> io::Result<Written> {
        let lines = self.lines.borrow();
        let Some(line) = lines.get(conn) else { return Ok(Written::All) };
        let Some(io) = line.io.as_ref().filter(|_| line.writer.is_none()) else { return Ok(Written::All) };
        let mut hub = self.hub.borrow_mut();
        let bytes = hub.transmit(conn);
        if bytes.is_empty() {
            return Ok(Written::All);
        }
        let offered = bytes.len();
        let taken = match io.try_write(bytes) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(taken) => taken,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return Ok(Written::Some),
            Err(error) if is_transient(&error) => 0,
            Err(error) => return Err(error),
        };
        hub.transmitted(conn, taken);
        Ok(match taken < offered {
            true => Written::Blocked,
            false if hub.transmit(conn).is_empty() => Written::All,
            false => Written::Some,
        })
    }

    fn await_writable(self: &Rc<Self>, conn: ConnId) {
        let mut lines = self.lines.borrow_mut();
        let Some(line) = lines.get_mut(conn) else { return };
        let this = Rc::clone(self);
        line.writer = self.spawn(async move {
            // An error shows again at the write.
            let _ = this.writable(conn).await;
            if let Some(line) = this.lines.borrow_mut().get_mut(conn) {
                line.writer = None;
            }
            this.woken.borrow_mut().few.push_back(conn);
            this.flush.give();
        });
    }
}

/// How a write ended.
enum Written {
    /// All there was is taken.
    All,
    /// There may be more.
    Some,
    /// The connection takes no more just now.
    Blocked,
}

/// Reads one connection for as long as reading is wanted.
pub(super) async fn read<C: Connection, S: Store>(this: Rc<HubLoop<C, S>>, conn: ConnId) {
    loop {
        let ready = this.readable(conn).await;
        this.room_in_batch().await;
        if this.read_once(conn, ready).is_break() {
            return;
        }
    }
}

/// Writes to whoever woke, in slices with inputs taken between them.
async fn flush<C: Connection, S: Store>(this: Rc<HubLoop<C, S>>) {
    loop {
        this.flush.taken().await;
        this.await_more().await;
        loop {
            this.batch.set(0);
            let slice = this.woken.borrow_mut().slice();
            for conn in slice {
                this.write(conn);
            }
            this.mind_the_time();
            if this.woken.borrow().is_empty() {
                break;
            }
            // What has arrived meanwhile comes first, and what it wakes may be but few.
            this.reactor.pass().await;
            yield_now().await;
        }
    }
}

/// Tells the hub when its deadlines have come.
async fn keep_time<C: Connection, S: Store>(this: Rc<HubLoop<C, S>>) {
    loop {
        let due = this.hub.borrow().poll_timeout().map(|deadline| deadline.at);
        this.armed.set(due);
        let at = due.and_then(|at| this.clock.to_std(rounded_up(at)));
        let fired = async {
            match at {
                Some(at) => this.reactor.sleep_until(at).await,
                None => pending().await,
            }
        };
        or(fired, this.rearm.taken()).await;
        let now = this.clock.now();
        let due = this.hub.borrow().poll_timeout().is_some_and(|deadline| deadline.at <= now.instant);
        if due {
            this.hub.borrow_mut().handle_timeout(now);
            this.drain();
        }
    }
}

/// Writes out what was recorded, time and again.
async fn keep_record<C: Connection, S: Store>(this: Rc<HubLoop<C, S>>) {
    loop {
        Timer::after(RECORD_PAUSE).await;
        this.hub.borrow().save();
    }
}

fn rounded_up(at: Instant) -> Instant {
    Instant::from_micros(at.as_micros().checked_next_multiple_of(TICK_MICROS).unwrap_or(u64::MAX))
}

/// Brings the hub the answers that took longer.
async fn take_answers<C: Connection, S: Store>(this: Rc<HubLoop<C, S>>, answers: Receiver<(Ticket, Answer)>) {
    while let Ok((ticket, answer)) = answers.recv().await {
        this.room_in_batch().await;
        this.storing.borrow_mut().remove(&ticket);
        this.input(Input::Answered { ticket, answer });
    }
}

/// Takes newcomers in. Where the system refuses, it waits and tries again: they stay in its queue meanwhile.
async fn accept<L: Listener, S: Store>(this: Rc<HubLoop<L::Connection, S>>, dialect: Dialect, listener: L) {
    let mut pause = ACCEPT_PAUSE_MIN;
    let mut warned: Option<Instant> = None;
    let mut taken = 0;
    loop {
        match listener.accept(&this.reactor).await {
            Ok((io, address)) => {
                pause = ACCEPT_PAUSE_MIN;
                this.room_in_batch().await;
                this.admit(dialect, io, address);
            }
            Err(error) if is_of_the_peer(&error) => {}
            Err(error) => {
                let now = this.clock.instant();
                if warned.is_none_or(|warned| now.saturating_since(warned) > WARNING_PAUSE) {
                    warned = Some(now);
                    tracing::warn!("no more connections can be accepted for now: {error}");
                }
                Timer::after(pause).await;
                pause = (pause * 2).min(ACCEPT_PAUSE_MAX);
            }
        }
        taken += 1;
        if taken % ACCEPTS_MAX == 0 {
            yield_now().await;
        }
    }
}

/// Whether accepting failed because of that one newcomer, who is gone already.
fn is_of_the_peer(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionReset, Interrupted, TimedOut, WouldBlock};
    matches!(error.kind(), ConnectionAborted | ConnectionReset | Interrupted | TimedOut | WouldBlock)
}
