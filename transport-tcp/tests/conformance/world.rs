//! A running server over some transport, and clients that wait for what they expect.

use std::io;
use std::marker::PhantomData;
use std::net::{SocketAddr, TcpStream};
use std::thread::JoinHandle;
use std::time::Duration;

use async_channel::{Receiver, Sender};
use parlor_core::hub::{Closing, HubConfig};
use parlor_core::id::Ticket;
use parlor_core::limits::Limits;
use parlor_core::name::RoomName;
use parlor_core::store::{Answer, Ask, MemoryLimits, MemoryStore};
use parlor_core::wire::Dialect;
use parlor_transport_tcp::connection::{Connection, Listener, TcpConnection};
use parlor_transport_tcp::hub_loop::{Service, Store, serve};
use parlor_transport_tcp::listen::TcpListener;
use parlor_transport_tcp::memory::{self, MemoryConnection, MemoryDialer, MemoryListener};
use smol::Async;
use smol::future::or;

/// After this long, what is waited for does not come any more.
const PATIENCE: Duration = Duration::from_secs(20);

/// A way for bytes to travel.
pub(crate) trait Transport: Sized {
    type Connection: Connection;
    type Listener: Listener + Send;
    /// The way to a listener.
    type Address;

    fn listen() -> (Self::Address, Self::Listener);
    fn connect(address: &Self::Address) -> Self::Connection;
}

pub(crate) struct Tcp;

impl Transport for Tcp {
    type Connection = TcpConnection;
    type Listener = TcpListener;
    type Address = SocketAddr;

    fn listen() -> (SocketAddr, TcpListener) {
        let listener = TcpListener::bind(([127, 0, 0, 1], 0).into()).unwrap();
        (listener.local_addr().unwrap(), listener)
    }

    fn connect(address: &SocketAddr) -> TcpConnection {
        let stream = smol::block_on(Async::<TcpStream>::connect(*address)).unwrap();
        TcpConnection::new(stream).unwrap()
    }
}

pub(crate) struct Memory;

impl Transport for Memory {
    type Connection = MemoryConnection;
    type Listener = MemoryListener;
    type Address = MemoryDialer;

    fn listen() -> (MemoryDialer, MemoryListener) {
        memory::listener()
    }

    fn connect(address: &MemoryDialer) -> MemoryConnection {
        address.connect().unwrap()
    }
}

/// A server on a thread of its own, stopped when this is dropped.
pub(crate) struct Running<T: Transport> {
    addresses: Vec<(Dialect, T::Address)>,
    stopping: Option<Stopping>,
    transport: PhantomData<T>,
}

impl<T: Transport> Running<T> {
    pub(crate) fn start(limits: Limits) -> Self {
        Self::start_with(limits, false)
    }

    /// A server whose store answers from a thread of its own, whenever it gets to it.
    pub(crate) fn start_with_late_store(limits: Limits) -> Self {
        Self::start_with(limits, true)
    }

    fn start_with(limits: Limits, late: bool) -> Self {
        let (stop, stopped) = async_channel::bounded(1);
        let (mut addresses, mut listeners) = (Vec::new(), Vec::new());
        for dialect in Dialect::ALL {
            let (address, listener) = T::listen();
            addresses.push((dialect, address));
            listeners.push((dialect, listener));
        }
        let config =
            HubConfig { limits, default_room: RoomName::lobby(), server: "parlor/test".into(), password: false };
        let thread = std::thread::spawn(move || {
            let store = MemoryStore::new(MemoryLimits::default(), [1; 32], None);
            if late {
                let (store, answers) = LateStore::start(store);
                serve(Service {
                    config,
                    seed: [2; 32],
                    listeners,
                    store,
                    answers: Some(answers),
                    stop: stopped,
                    record: None,
                })
                .unwrap();
            } else {
                serve(Service { config, seed: [2; 32], listeners, store, answers: None, stop: stopped, record: None })
                    .unwrap();
            }
        });
        Self { addresses, stopping: Some(Stopping { stop, thread }), transport: PhantomData }
    }

    pub(crate) fn connect(&self, dialect: Dialect) -> Client<T::Connection> {
        let (_, address) = self.addresses.iter().find(|(listener, _)| *listener == dialect).unwrap();
        Client { io: T::connect(address), seen: Vec::new(), end: None }
    }

    /// Tells the server to stop.
    pub(crate) fn stop(mut self) -> Stopping {
        let stopping = self.stopping.take().unwrap();
        stopping.stop.close();
        stopping
    }
}

impl<T: Transport> Drop for Running<T> {
    fn drop(&mut self) {
        if let Some(stopping) = self.stopping.take()
            && !std::thread::panicking()
        {
            stopping.wait();
        }
    }
}

/// Answers nothing at once: a thread does, in the order asked.
struct LateStore(Sender<(Ticket, Ask)>);

impl LateStore {
    fn start(mut store: MemoryStore) -> (Self, Receiver<(Ticket, Answer)>) {
        let (ask, asked) = async_channel::unbounded::<(Ticket, Ask)>();
        let (answer, answers) = async_channel::unbounded();
        std::thread::spawn(move || {
            while let Ok((ticket, ask)) = asked.recv_blocking() {
                std::thread::yield_now();
                if answer.send_blocking((ticket, store.answer(ask))).is_err() {
                    break;
                }
            }
        });
        (Self(ask), answers)
    }
}

impl Store for LateStore {
    fn ask(&mut self, ticket: Ticket, ask: Ask) -> Option<Answer> {
        self.0.try_send((ticket, ask)).unwrap();
        None
    }
}

/// A server that is told to stop.
pub(crate) struct Stopping {
    stop: Sender<()>,
    thread: JoinHandle<()>,
}

impl Stopping {
    /// Waits until it has stopped.
    pub(crate) fn wait(self) {
        self.stop.close();
        self.thread.join().unwrap();
    }
}

/// How a connection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    Finished,
    Reset,
}

/// A client that remembers what it has read and not yet looked at.
pub(crate) struct Client<C> {
    io: C,
    seen: Vec<u8>,
    end: Option<End>,
}

impl<C: Connection> Client<C> {
    pub(crate) fn send(&mut self, text: &str) {
        self.send_bytes(text.as_bytes());
    }

    /// Writes everything, and takes in what arrives meanwhile.
    pub(crate) fn send_bytes(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            match self.io.try_write(bytes) {
                Ok(taken) => bytes = &bytes[taken..],
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    let either = or(self.io.writable(), self.io.readable());
                    patiently("to write", either).unwrap();
                    self.take_in();
                }
                Err(error) => panic!("cannot write: {error}"),
            }
        }
    }

    /// Reads until `needle` comes, and returns everything up to its end.
    pub(crate) fn until(&mut self, needle: &str) -> String {
        // Where the needle may still begin; what lies before was searched.
        let mut from = 0;
        loop {
            if let Some(at) = find(&self.seen[from..], needle.as_bytes()) {
                let rest = self.seen.split_off(from + at + needle.len());
                let read = std::mem::replace(&mut self.seen, rest);
                return String::from_utf8(read).unwrap();
            }
            from = self.seen.len().saturating_sub(needle.len());
            if let Some(end) = self.end {
                panic!("{end:?} before {needle:?}: {:?}", self.tail());
            }
            self.more(needle);
        }
    }

    /// What has been read and not yet been looked at.
    pub(crate) fn rest(&self) -> String {
        String::from_utf8_lossy(&self.seen).into_owned()
    }

    /// Reads to the end.
    pub(crate) fn end(&mut self) -> End {
        loop {
            match self.end {
                Some(end) => return end,
                None => self.more("the end"),
            }
        }
    }

    /// Says that nothing more will be sent.
    pub(crate) fn finish(&self) {
        self.io.close(Closing::Finish);
    }

    /// Breaks the connection off.
    pub(crate) fn reset(self) {
        self.io.close(Closing::Reset);
    }

    /// The last of it, for a failure's report.
    fn tail(&self) -> String {
        String::from_utf8_lossy(&self.seen[self.seen.len().saturating_sub(400)..]).into_owned()
    }

    fn more(&mut self, awaited: &str) {
        if let Err(error) = patiently(awaited, self.io.readable()) {
            panic!("no {awaited:?} but {error}; seen: {:?}", self.tail());
        }
        self.take_in();
    }

    fn take_in(&mut self) {
        let mut buffer = [0; 64 * 1024];
        match self.io.try_read(&mut buffer) {
            Ok(0) => self.end = Some(End::Finished),
            Ok(read) => self.seen.extend_from_slice(&buffer[..read]),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(_) => self.end = Some(End::Reset),
        }
    }
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

/// Waits, but not for ever.
fn patiently(awaited: &str, future: impl Future<Output = io::Result<()>>) -> io::Result<()> {
    let too_late = async {
        smol::Timer::after(PATIENCE).await;
        Err(io::Error::new(io::ErrorKind::TimedOut, format!("{awaited:?} does not come")))
    };
    smol::block_on(or(future, too_late))
}
