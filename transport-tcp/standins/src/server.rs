//! What both rebuilt servers share: a listener on a free port, the list of clients, and how they are.

use std::io::{self, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::{PATIENCE, eventually};

/// How a rebuilt server is. [`Health::is_well`] is what a guest with manners leaves behind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Health {
    /// The accepting thread died of an exception: nobody can connect any more.
    pub accept_died: bool,
    /// Handlers that would spin for ever on the `b''` of a client that went without a word.
    pub spinning: usize,
    /// Handlers that died of an exception.
    pub handlers_died: usize,
    /// Clients that are gone and still on the list: the next broadcast breaks on them.
    pub dead_entries: usize,
}

impl Health {
    /// Whether nothing is broken.
    pub fn is_well(&self) -> bool {
        *self == Self::default()
    }
}

/// One client on a server's list.
#[derive(Clone)]
pub(crate) struct Entry {
    pub(crate) number: u64,
    pub(crate) name: String,
    pub(crate) socket: Arc<TcpStream>,
}

#[derive(Default)]
struct State {
    entries: Vec<Entry>,
    /// Every socket ever accepted, for the end of the test.
    sockets: Vec<Arc<TcpStream>>,
    health: Health,
    said: Vec<String>,
}

/// What a test holds of either server. Dropping it closes every connection.
pub struct Running(Arc<Shared>);

impl Running {
    pub(crate) fn of(shared: &Arc<Shared>) -> Self {
        Self(Arc::clone(shared))
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.0.address()
    }

    /// How it is.
    pub fn health(&self) -> Health {
        self.0.health()
    }

    /// Who is on its list, spelled the way it spells them (the "Messenger": `b'ali'`).
    pub fn names(&self) -> Vec<String> {
        self.0.names()
    }

    /// Every row or chunk it has sent to everybody.
    pub fn said(&self) -> Vec<String> {
        self.0.said()
    }

    /// Waits until exactly `count` clients are on its list.
    ///
    /// # Panics
    /// If that does not come to pass in time.
    #[track_caller]
    pub fn expect_clients(&self, count: usize) {
        let reached = eventually(|| self.names().len() == count);
        assert!(reached, "not {count} clients within {PATIENCE:?}, but {:?}; {:?}", self.names(), self.health());
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.stop();
    }
}

/// What a server's threads share.
pub(crate) struct Shared {
    address: SocketAddr,
    stopped: AtomicBool,
    state: Mutex<State>,
}

impl Shared {
    /// Listens on a free port of the loopback interface.
    pub(crate) fn listen() -> io::Result<(Arc<Self>, TcpListener)> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Self { address, stopped: AtomicBool::new(false), state: Mutex::default() });
        Ok((shared, listener))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// The next client, or `None` once the test is over.
    pub(crate) fn accept(&self, listener: &TcpListener) -> Option<Arc<TcpStream>> {
        let (socket, _) = listener.accept().ok()?;
        if self.stopped.load(Ordering::SeqCst) {
            return None;
        }
        let socket = Arc::new(socket);
        self.lock().sockets.push(Arc::clone(&socket));
        Some(socket)
    }

    pub(crate) fn enlist(&self, number: u64, name: String, socket: Arc<TcpStream>) {
        self.lock().entries.push(Entry { number, name, socket });
    }

    pub(crate) fn strike_off(&self, number: u64) {
        self.lock().entries.retain(|entry| entry.number != number);
    }

    pub(crate) fn is_enlisted(&self, number: u64) -> bool {
        self.lock().entries.iter().any(|entry| entry.number == number)
    }

    /// Sends to everyone in the order they came, and breaks off at the first that is gone, as the originals do.
    pub(crate) fn broadcast(&self, bytes: &[u8]) -> io::Result<()> {
        let entries = self.lock().entries.clone();
        for entry in entries {
            (&*entry.socket).write_all(bytes)?;
        }
        Ok(())
    }

    pub(crate) fn record(&self, said: &[u8]) {
        self.lock().said.push(String::from_utf8_lossy(said).into_owned());
    }

    pub(crate) fn harm(&self, change: impl FnOnce(&mut Health)) {
        if !self.stopped.load(Ordering::SeqCst) {
            change(&mut self.lock().health);
        }
    }

    pub(crate) fn health(&self) -> Health {
        self.lock().health.clone()
    }

    pub(crate) fn names(&self) -> Vec<String> {
        self.lock().entries.iter().map(|entry| entry.name.clone()).collect()
    }

    pub(crate) fn said(&self) -> Vec<String> {
        self.lock().said.clone()
    }

    /// Ends every thread: their reads fail from now on.
    pub(crate) fn stop(&self) {
        self.stopped.store(true, Ordering::SeqCst);
        for socket in &self.lock().sockets {
            let _ = socket.shutdown(Shutdown::Both);
        }
        // The accepting thread wakes up to see that it is over.
        let _ = TcpStream::connect(self.address);
    }
}
