//! The loop around a hub: one thread, any number of connections, one batch of inputs, one write each.
//!
//! Whatever is ready is read into one shared buffer and given to the hub; then every connection the hub woke gets
//! one direct, non-blocking write of everything it may be sent. No connection has a buffer, a channel or a writing
//! task of its own; only one that would block waits for writability. The batch is whatever arrived while the last
//! one was being written, so it costs no delay when idle and grows by itself under load.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeSet, VecDeque};
use std::io;
use std::net::IpAddr;
use std::rc::{Rc, Weak};

use async_channel::{Receiver, Sender};
use parlor_core::hub::{Closing, HubConfig, Input, Output, Peer};
use parlor_core::id::{ConnId, Ticket};
use parlor_core::store::{Answer, Ask, MemoryStore};
use parlor_core::time::Instant;
use parlor_core::vocabulary::Reason;
use parlor_core::wire::Dialect;
use smol::{LocalExecutor, Task};

use crate::clock::Clock;
use crate::connection::{Connection, Listener, close};
use crate::reactor::Reactor;
use crate::record::FlightRecord;

mod budget;
mod lines;
mod recorded;
mod tasks;
#[cfg(test)]
mod tests;
mod woken;

use budget::Budget;
use lines::{Line, Lines};
use recorded::Recorded;
use woken::Woken;

/// Who answers the hub's questions.
pub trait Store: 'static {
    /// Takes a question. An answer given at once reaches the hub within the same turn, before anything is written;
    /// with `None` it must come through [`Service::answers`] later, exactly once, appends in the order asked.
    fn ask(&mut self, ticket: Ticket, ask: Ask) -> Option<Answer>;
}

/// Answers everything at once.
impl Store for MemoryStore {
    fn ask(&mut self, _ticket: Ticket, ask: Ask) -> Option<Answer> {
        Some(self.answer(ask))
    }
}

/// Everything a hub needs to serve.
pub struct Service<L, S> {
    /// What the hub is told at its start.
    pub config: HubConfig,
    /// Random numbers of the operating system; tokens are made from them.
    pub seed: [u8; 32],
    /// Where connections come from, and what is spoken there.
    pub listeners: Vec<(Dialect, L)>,
    /// Who answers at once.
    pub store: S,
    /// Answers that took longer; `None` for a store that always answers at once.
    pub answers: Option<Receiver<(Ticket, Answer)>>,
    /// The first message, or the end of the channel, stops the server.
    pub stop: Receiver<()>,
    /// Where everything that goes into the hub and comes out of it is written down, if at all.
    pub record: Option<FlightRecord>,
}

/// Serves on the calling thread until stopped: then nobody is accepted any more, everybody is told goodbye, and it
/// returns within 5 s.
///
/// # Errors
/// Those of the system, at once: no descriptors are left to wait with.
pub fn serve<L: Listener, S: Store>(service: Service<L, S>) -> io::Result<()> {
    let reactor = Reactor::new()?;
    let executor = Rc::new(LocalExecutor::new());
    let Service { config, seed, listeners, store, answers, stop, record } = service;
    let clock = Clock::start();
    let hub = Recorded::new(config, seed, clock.now(), record);
    let hub_loop = HubLoop::new(hub, clock, store, Rc::clone(&reactor), Rc::downgrade(&executor));
    reactor.block_on(executor.run(hub_loop.run(listeners, answers, stop)));
    Ok(())
}

/// Most inputs taken before the woken connections are written to.
const BATCH_MAX: u32 = 256;

/// What a newcomer counts for on top of its hello: it is told the room in some kilobytes of its own, and those of a
/// whole batch of newcomers would stay with the heap long after they are sent.
const NEWCOMER: u32 = 8;

/// Connections of either queue written to before inputs are taken again, so that one large room does not hold up the
/// others. Where a turn's buffer has grown past what one write should bring, no input is taken until all of it is told.
const SLICE: usize = 256;

/// What one write takes, about. A telling to so many that it fills several slices waits for what is being stored, no
/// longer than its own writes take: whoever is told two things at once costs half.
const WRITE_MICROS: u64 = 3;

/// Writes to one connection in a turn: what had been left over from earlier, this turn's messages, and a little.
const WRITES_MAX: usize = 4;

/// One read. Small enough that a batch of them stays within a turn's shared buffer for honest senders.
const READ_BYTES_MAX: usize = 16 * 1024;

/// Most connections that are closed in peace at a time; beyond, they are closed at once.
const CLOSING_MAX: usize = 1_024;

struct HubLoop<C: Connection, S> {
    hub: RefCell<Recorded>,
    store: RefCell<S>,
    clock: Clock,
    lines: RefCell<Lines<C>>,
    /// Connections with something to be written, each once.
    woken: RefCell<Woken>,
    /// Answers the store gave at once and the hub has not had yet.
    answered: RefCell<VecDeque<(Ticket, Answer)>>,
    /// The one buffer that every read goes into.
    buffer: RefCell<Box<[u8]>>,
    /// What the store is writing just now.
    storing: RefCell<BTreeSet<Ticket>>,
    /// Inputs since the last slice was written.
    batch: Cell<u32>,
    /// Wakes the flushing task.
    flush: Kick,
    /// Wakes the timing task: the next deadline lies before the one it waits for.
    rearm: Kick,
    /// What the timing task waits for.
    armed: Cell<Option<Instant>>,
    /// Wakes whoever waits for the last connection to be closed.
    closed: Kick,
    /// Connections being closed in peace.
    closing: Cell<usize>,
    budget: Budget,
    reactor: Rc<Reactor>,
    /// Weak: the tasks in it hold this loop.
    executor: Weak<LocalExecutor<'static>>,
}

impl<C: Connection, S: Store> HubLoop<C, S> {
    fn new(
        hub: Recorded,
        clock: Clock,
        store: S,
        reactor: Rc<Reactor>,
        executor: Weak<LocalExecutor<'static>>,
    ) -> Rc<Self> {
        Rc::new(Self {
            hub: RefCell::new(hub),
            store: RefCell::new(store),
            clock,
            lines: RefCell::new(Lines::new()),
            woken: RefCell::default(),
            answered: RefCell::default(),
            buffer: RefCell::new(vec![0; READ_BYTES_MAX].into_boxed_slice()),
            storing: RefCell::default(),
            batch: Cell::new(0),
            flush: Kick::new(),
            rearm: Kick::new(),
            armed: Cell::new(None),
            closed: Kick::new(),
            closing: Cell::new(0),
            budget: Budget::new(clock.instant()),
            reactor,
            executor,
        })
    }

    /// Runs a future beside the others. Once the loop is over there is nobody left to run it.
    fn spawn(&self, future: impl Future<Output = ()> + 'static) -> Option<Task<()>> {
        Some(self.executor.upgrade()?.spawn(future))
    }

    /// Takes a new connection to the hub.
    fn admit(self: &Rc<Self>, dialect: Dialect, io: C, address: Option<IpAddr>) {
        let address = address.map(|address| address.to_canonical());
        self.count_inputs(1);
        let now = self.clock.now();
        let accepted = self.hub.borrow_mut().accept(now, Peer { dialect, address });
        match accepted {
            Ok(conn) => {
                tracing::debug!("{conn} opened from {}, {}", Source(address), dialect.scheme());
                self.lines.borrow_mut().insert(Line::new(conn, io, dialect, address));
                self.start_reading(conn);
                self.drain();
            }
            Err(refused) => {
                self.drain();
                self.log(format_args!("turned {} away ({}): {}", Source(address), dialect.scheme(), refused.reason));
                // Best effort: a fresh connection takes a sentence, or is none.
                let _ = io.try_write(&refused.farewell);
                self.close_after_words(io, refused.how);
            }
        }
    }

    /// Applies one input and does what it causes.
    fn input(self: &Rc<Self>, input: Input<'_>) {
        self.count_inputs(1);
        let now = self.clock.now();
        self.hub.borrow_mut().handle_input(now, input);
        self.drain();
    }

    fn count_inputs(&self, inputs: u32) {
        self.batch.set(self.batch.get().saturating_add(inputs));
    }

    /// Does everything the hub wants, until it wants nothing more, and sees to it that the rest is done in time.
    fn drain(self: &Rc<Self>) {
        self.perform_all();
        if !self.woken.borrow().is_empty() {
            self.flush.give();
        }
        self.mind_the_time();
    }

    /// Does everything the hub wants, until it wants nothing more. What the store answers at once is part of it.
    fn perform_all(self: &Rc<Self>) {
        loop {
            while let Some(output) = self.poll_output() {
                self.perform(output);
            }
            let answer = self.answered.borrow_mut().pop_front();
            let Some((ticket, answer)) = answer else { break };
            // Read anew: a connection that was lost in between has set the hub's clock on.
            let now = self.clock.now();
            self.hub.borrow_mut().handle_input(now, Input::Answered { ticket, answer });
        }
        self.woken.borrow_mut().sort_in();
    }

    /// Wakes the timing task where a deadline lies before the one it waits for.
    fn mind_the_time(&self) {
        let due = self.hub.borrow().poll_timeout().map(|deadline| deadline.at);
        if let Some(due) = due
            && self.armed.get().is_none_or(|armed| due < armed)
        {
            self.armed.set(Some(due));
            self.rearm.give();
        }
    }

    /// A function of its own, so that the borrow ends before the output is performed.
    fn poll_output(&self) -> Option<Output> {
        self.hub.borrow_mut().poll_output()
    }

    fn perform(self: &Rc<Self>, output: Output) {
        match output {
            Output::Wake(conn) => self.woken.borrow_mut().fresh.push(conn),
            Output::Close { conn, reason, how } => self.close(conn, reason, how),
            Output::Pause(conn) => {
                if let Some(line) = self.lines.borrow_mut().get_mut(conn) {
                    line.paused = true;
                }
            }
            Output::Resume(conn) => self.resume(conn),
            Output::Ask { ticket, ask } => self.ask(ticket, *ask),
        }
    }

    fn ask(&self, ticket: Ticket, ask: Ask) {
        let is_append = matches!(ask, Ask::Append(_));
        match self.store.borrow_mut().ask(ticket, ask) {
            Some(answer) => self.answered.borrow_mut().push_back((ticket, answer)),
            None if is_append => {
                self.storing.borrow_mut().insert(ticket);
            }
            None => {}
        }
    }

    fn resume(self: &Rc<Self>, conn: ConnId) {
        {
            let mut lines = self.lines.borrow_mut();
            let Some(line) = lines.get_mut(conn) else { return };
            line.paused = false;
            // A reader that has not noticed the pause simply goes on.
            if line.reader.is_some() || line.io.is_none() {
                return;
            }
        }
        self.start_reading(conn);
    }

    fn start_reading(self: &Rc<Self>, conn: ConnId) {
        let reader = self.spawn(tasks::read(Rc::clone(self), conn));
        if let Some(line) = self.lines.borrow_mut().get_mut(conn) {
            line.reader = reader;
        }
    }

    /// The connection is gone: nothing is read or written any more, and the hub is told.
    fn lost(self: &Rc<Self>, conn: ConnId) {
        let line = self.lines.borrow_mut().get_mut(conn).map(Line::disconnect);
        if line.is_some() {
            self.input(Input::Lost { conn });
        }
    }

    /// The hub is done with a connection.
    fn close(self: &Rc<Self>, conn: ConnId, reason: Reason, how: Closing) {
        let Some(mut line) = self.lines.borrow_mut().remove(conn) else { return };
        let who = Source(line.address);
        match &line.nick {
            Some(nick) => self.log(format_args!("{nick} left ({who}, {}): {reason}", line.dialect.scheme())),
            None => tracing::debug!("{conn} closed: {reason}"),
        }
        if let Some(io) = line.disconnect() {
            self.close_in_peace(io, how);
        }
        if self.lines.borrow().is_empty() {
            self.closed.give();
        }
    }

    fn close_in_peace(self: &Rc<Self>, io: C, how: Closing) {
        match how {
            Closing::Reset => io.close(how),
            Closing::Finish if self.closing.get() >= CLOSING_MAX => io.close(how),
            Closing::Finish => self.closing(async move { close(&io, how).await }),
        }
    }

    /// Closes a refused connection; the last words need a moment to arrive before a reset.
    fn close_after_words(self: &Rc<Self>, io: C, how: Closing) {
        if self.closing.get() >= CLOSING_MAX {
            io.close(how);
            return;
        }
        self.closing(async move {
            if how == Closing::Reset {
                smol::Timer::after(parlor_core::limits::Limits::DEFAULT.reset_delay).await;
            }
            close(&io, how).await;
        });
    }

    /// Runs a close beside everything else, and counts it.
    fn closing(self: &Rc<Self>, close: impl Future<Output = ()> + 'static) {
        self.closing.set(self.closing.get() + 1);
        let this = Rc::clone(self);
        let task = self.spawn(async move {
            close.await;
            this.closing.set(this.closing.get() - 1);
            if this.closing.get() == 0 {
                this.closed.give();
            }
        });
        if let Some(task) = task {
            task.detach();
        }
    }

    /// A line about a connection. Under abuse most are left out, and how many is told.
    fn log(&self, line: std::fmt::Arguments<'_>) {
        if let Some(left_out) = self.budget.take(self.clock.instant()) {
            if left_out > 0 {
                tracing::info!("({left_out} lines about connections left out)");
            }
            tracing::info!("{line}");
        }
    }
}

/// Wakes one task; many at once are one.
struct Kick(Sender<()>, Receiver<()>);

impl Kick {
    fn new() -> Self {
        let (sender, receiver) = async_channel::bounded(1);
        Self(sender, receiver)
    }

    fn give(&self) {
        // Full: it will look anyway.
        let _ = self.0.try_send(());
    }

    async fn taken(&self) {
        // Never fails: the other end is held beside this one.
        let _ = self.1.recv().await;
    }
}

/// Where a connection comes from, for the log.
struct Source(Option<IpAddr>);

impl std::fmt::Display for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            Some(address) => address.fmt(f),
            None => f.write_str("this machine"),
        }
    }
}
