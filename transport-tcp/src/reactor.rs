//! What the hub's thread waits for: its connections, its deadlines, and whoever wakes it from another thread.
//!
//! smol's own reactor is one for all threads of a program, and a thread of its own takes the waiting over whenever
//! the others are busy. A hub is busy for as long as it writes to a room, so each of its messages would change threads
//! twice: 0.2 to 0.4 µs for each of a hundred deliveries. Nobody else waits for a hub's connections, so it does that
//! itself, through the poller that smol is made of. Everything else still waits as usual, and wakes this thread.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::future::{Future, poll_fn};
use std::io;
use std::net::TcpStream;
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::time::{Duration, Instant};

use polling::{Event, Events, Poller};

/// Waits on one thread, for what was registered there.
#[derive(Debug)]
pub struct Reactor {
    signal: Arc<Signal>,
    sources: RefCell<Sources>,
    timers: RefCell<BTreeMap<(Instant, u64), Waker>>,
    /// Tells timers of one instant apart.
    timers_made: Cell<u64>,
    /// Who waits for nothing but a look around.
    passing: RefCell<Vec<Waker>>,
    events: RefCell<Events>,
}

/// Wakes the thread, from wherever.
#[derive(Debug)]
struct Signal {
    poller: Poller,
    /// Somebody wants to be polled.
    woken: AtomicBool,
    /// The thread waits, or is about to.
    waiting: AtomicBool,
}

impl Wake for Signal {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if !self.woken.swap(true, Ordering::SeqCst) && self.waiting.load(Ordering::SeqCst) {
            // Fails only where the system is out of memory; then the next event wakes it.
            let _ = self.poller.notify();
        }
    }
}

/// Registered connections by their keys; freed keys are used again.
#[derive(Debug, Default)]
struct Sources {
    slots: Vec<Source>,
    free: Vec<usize>,
}

/// Who waits for one connection, by direction.
#[derive(Debug, Default)]
struct Source {
    waiting: [Option<Waker>; 2],
    ready: [bool; 2],
}

/// Which way bytes go.
#[derive(Clone, Copy, Debug)]
enum Direction {
    In,
    Out,
}

impl Reactor {
    /// One with nothing to wait for.
    ///
    /// # Errors
    /// Those of the system: no descriptors are left.
    pub fn new() -> io::Result<Rc<Self>> {
        let poller = Poller::new()?;
        let signal = Signal { poller, woken: AtomicBool::new(false), waiting: AtomicBool::new(false) };
        Ok(Rc::new(Self {
            signal: Arc::new(signal),
            sources: RefCell::default(),
            timers: RefCell::default(),
            timers_made: Cell::new(0),
            passing: RefCell::default(),
            events: RefCell::new(Events::new()),
        }))
    }

    /// Runs a future to its end on this thread, waiting whenever there is nothing to do.
    pub fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        let waker = Waker::from(Arc::clone(&self.signal));
        let mut context = Context::from_waker(&waker);
        let mut future = pin!(future);
        loop {
            if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
                return value;
            }
            self.wait();
        }
    }

    /// Lets whatever has arrived meanwhile come first. Without this a thread that always has something to do never
    /// looks.
    pub async fn pass(&self) {
        let mut passed = false;
        poll_fn(|context| {
            if std::mem::replace(&mut passed, true) {
                return Poll::Ready(());
            }
            self.passing.borrow_mut().push(context.waker().clone());
            Poll::Pending
        })
        .await;
    }

    /// Waits until then.
    pub async fn sleep_until(&self, at: Instant) {
        let number = self.timers_made.get();
        self.timers_made.set(number + 1);
        let timer = Timer { reactor: self, key: (at, number) };
        poll_fn(|context| {
            if Instant::now() >= at {
                return Poll::Ready(());
            }
            timer.reactor.timers.borrow_mut().insert(timer.key, context.waker().clone());
            Poll::Pending
        })
        .await;
    }

    /// Waits for the first thing to happen, and wakes everybody it concerns.
    fn wait(&self) {
        self.signal.waiting.store(true, Ordering::SeqCst);
        let hurry = self.signal.woken.swap(false, Ordering::SeqCst) || !self.passing.borrow().is_empty();
        let first = self.timers.borrow().first_key_value().map(|((at, _), _)| *at);
        let timeout =
            if hurry { Some(Duration::ZERO) } else { first.map(|at| at.saturating_duration_since(Instant::now())) };
        let mut events = self.events.borrow_mut();
        events.clear();
        // An interrupted wait is over early; anything else would be a poller we have closed ourselves.
        let _ = self.signal.poller.wait(&mut events, timeout);
        self.signal.waiting.store(false, Ordering::SeqCst);
        // Bytes first: whoever only passes wants to come after them.
        for event in events.iter() {
            self.deliver(event);
        }
        if first.is_some() {
            self.fire_timers();
        }
        for waker in self.passing.take() {
            waker.wake();
        }
    }

    fn fire_timers(&self) {
        let now = Instant::now();
        loop {
            let mut timers = self.timers.borrow_mut();
            let Some(first) = timers.first_entry().filter(|first| first.key().0 <= now) else { return };
            let waker = first.remove();
            drop(timers);
            waker.wake();
        }
    }

    /// Wakes both directions: an event ends the poller's interest in either, so who still waits has to say so again.
    fn deliver(&self, event: Event) {
        let wakers = {
            let mut sources = self.sources.borrow_mut();
            let Some(source) = sources.slots.get_mut(event.key) else { return };
            source.ready[Direction::In as usize] |= event.readable;
            source.ready[Direction::Out as usize] |= event.writable;
            std::mem::take(&mut source.waiting)
        };
        wakers.into_iter().flatten().for_each(Waker::wake);
    }

    #[expect(unsafe_code, reason = "a poller holds descriptors; that they are taken back is up to its user")]
    fn add(&self, stream: &TcpStream) -> io::Result<usize> {
        let mut sources = self.sources.borrow_mut();
        let key = sources.free.pop().unwrap_or(sources.slots.len());
        // SAFETY: `Polled` deletes its stream from the poller before it drops it, and hands it to nobody.
        let added = unsafe { self.signal.poller.add(stream, Event::none(key)) };
        match added {
            Ok(()) if key == sources.slots.len() => sources.slots.push(Source::default()),
            Ok(()) => sources.slots[key] = Source::default(),
            Err(_) if key == sources.slots.len() => {}
            Err(_) => sources.free.push(key),
        }
        added.map(|()| key)
    }

    fn remove(&self, stream: &TcpStream, key: usize) {
        // Fails only on what is not registered.
        let _ = self.signal.poller.delete(stream);
        let mut sources = self.sources.borrow_mut();
        sources.slots[key] = Source::default();
        sources.free.push(key);
    }

    fn poll_ready(
        &self,
        stream: &TcpStream,
        key: usize,
        direction: Direction,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<()>> {
        let mut sources = self.sources.borrow_mut();
        let source = &mut sources.slots[key];
        if std::mem::take(&mut source.ready[direction as usize]) {
            return Poll::Ready(Ok(()));
        }
        let before = source.waiting[direction as usize].replace(context.waker().clone());
        if before.is_some() {
            return Poll::Pending;
        }
        let [readable, writable] = [0, 1].map(|direction: usize| source.waiting[direction].is_some());
        match self.signal.poller.modify(stream, Event::new(key, readable, writable)) {
            Ok(()) => Poll::Pending,
            Err(error) => {
                source.waiting[direction as usize] = None;
                Poll::Ready(Err(error))
            }
        }
    }
}

/// Takes a timer back that nobody waits for any more.
struct Timer<'a> {
    reactor: &'a Reactor,
    key: (Instant, u64),
}

impl Drop for Timer<'_> {
    fn drop(&mut self) {
        self.reactor.timers.borrow_mut().remove(&self.key);
    }
}

/// A stream that does not block and is waited for by a [`Reactor`].
#[derive(Debug)]
pub(crate) struct Polled {
    stream: TcpStream,
    key: u32,
    reactor: Rc<Reactor>,
}

impl Polled {
    /// Takes over a stream.
    ///
    /// # Errors
    /// Those of the system.
    pub(crate) fn new(stream: TcpStream, reactor: &Rc<Reactor>) -> io::Result<Self> {
        stream.set_nonblocking(true)?;
        let key = reactor.add(&stream)?;
        let key = u32::try_from(key).expect("a process has fewer than 2^32 descriptors");
        Ok(Self { stream, key, reactor: Rc::clone(reactor) })
    }

    pub(crate) fn stream(&self) -> &TcpStream {
        &self.stream
    }

    pub(crate) fn poll_readable(&self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.reactor.poll_ready(&self.stream, self.key as usize, Direction::In, context)
    }

    pub(crate) fn poll_writable(&self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.reactor.poll_ready(&self.stream, self.key as usize, Direction::Out, context)
    }
}

impl Drop for Polled {
    fn drop(&mut self) {
        self.reactor.remove(&self.stream, self.key as usize);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read, Write};
    use std::net::TcpListener;

    fn pair(reactor: &Rc<Reactor>) -> (Polled, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let far = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        (Polled::new(listener.accept().unwrap().0, reactor).unwrap(), far)
    }

    #[test]
    fn bytes_wake_the_thread_that_waits_for_them() {
        let reactor = Reactor::new().unwrap();
        let (near, mut far) = pair(&reactor);
        let writer = std::thread::spawn(move || {
            far.write_all(b"hello").unwrap();
            far
        });
        reactor.block_on(poll_fn(|context| near.poll_readable(context))).unwrap();
        assert_eq!(near.stream().read(&mut [0; 8]).unwrap(), 5);
        // What was reported once is waited for anew.
        let far = writer.join().unwrap();
        drop(far);
        reactor.block_on(poll_fn(|context| near.poll_readable(context))).unwrap();
        assert_eq!(near.stream().read(&mut [0; 8]).unwrap(), 0);
    }

    #[test]
    fn whoever_waits_to_write_is_not_forgotten_when_there_is_something_to_read() {
        let reactor = Reactor::new().unwrap();
        let (near, mut far) = pair(&reactor);
        while near.stream().write(&[0; 65_536]).is_ok() {}
        let (mut read, mut written) = (false, false);
        let reader = std::thread::spawn(move || {
            far.write_all(b"hello").unwrap();
            let mut taken = 0;
            // More than any buffer in between holds back.
            while taken < 1 << 20 {
                taken += far.read(&mut [0; 65_536]).unwrap();
            }
            far
        });
        reactor.block_on(poll_fn(|context| {
            read = read || near.poll_readable(context).is_ready();
            written = written || near.poll_writable(context).is_ready();
            if read && written { Poll::Ready(()) } else { Poll::Pending }
        }));
        drop(near);
        reader.join().unwrap();
    }

    #[test]
    fn another_thread_wakes_it() {
        let reactor = Reactor::new().unwrap();
        let (sender, receiver) = async_channel::bounded(1);
        let other = std::thread::spawn(move || sender.send_blocking(7).unwrap());
        assert_eq!(reactor.block_on(receiver.recv()).unwrap(), 7);
        other.join().unwrap();
    }

    #[test]
    fn timers_fire_in_order_and_one_given_up_leaves_nothing_behind() {
        let reactor = Reactor::new().unwrap();
        let now = Instant::now();
        let late = reactor.sleep_until(now + Duration::from_secs(3_600));
        let soon = reactor.sleep_until(now + Duration::from_millis(1));
        reactor.block_on(smol::future::or(late, soon));
        assert!(Instant::now() >= now + Duration::from_millis(1));
        assert!(reactor.timers.borrow().is_empty());
    }

    #[test]
    fn a_pass_lets_what_has_arrived_come_first() {
        let reactor = Reactor::new().unwrap();
        let (near, mut far) = pair(&reactor);
        far.write_all(b"hello").unwrap();
        let seen = Cell::new(false);
        let executor = smol::LocalExecutor::new();
        reactor.block_on(executor.run(async {
            let reading = executor.spawn(async {
                poll_fn(|context| near.poll_readable(context)).await.unwrap();
                seen.set(true);
            });
            // Loopback delivers at once, but promises nothing.
            while !seen.get() {
                reactor.pass().await;
            }
            reading.await;
        }));
    }

    #[test]
    fn keys_are_used_again() {
        let reactor = Reactor::new().unwrap();
        for _ in 0..3 {
            drop(pair(&reactor));
        }
        assert_eq!(reactor.sources.borrow().slots.len(), 1);
    }
}
