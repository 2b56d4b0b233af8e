//! What a driver needs of a connection, and TCP as the first that has it.
//!
//! Nothing here buffers: bytes go straight from and to the machines. A further transport is one more
//! [`Connection`], and one more [`Listener`] where servers are to have it.

use std::future::{Future, poll_fn};
use std::io;
use std::net::{IpAddr, Shutdown, TcpStream};
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use parlor_core::hub::Closing;
use smol::Async;
use smol::future::or;
use socket2::SockRef;

use crate::reactor::{Polled, Reactor};

/// How long input is discarded after the writing side was shut down.
pub(crate) const LINGER: Duration = Duration::from_secs(1);

/// Most bytes discarded in that time: an honest peer has less under way.
const LINGER_BYTES_MAX: usize = 1024 * 1024;

/// A stream of bytes in both directions that never blocks.
///
/// Dropping it closes it; see [`Connection::close`] for how.
pub trait Connection: 'static {
    /// Reads what is there, at most `buffer`. `Ok(0)` is the end of the stream.
    ///
    /// # Errors
    /// [`io::ErrorKind::WouldBlock`] where nothing is there yet; anything else ends the connection.
    fn try_read(&self, buffer: &mut [u8]) -> io::Result<usize>;

    /// Writes what fits, perhaps less than `bytes`.
    ///
    /// # Errors
    /// [`io::ErrorKind::WouldBlock`] where nothing fits just now; anything else ends the connection.
    fn try_write(&self, bytes: &[u8]) -> io::Result<usize>;

    /// Whether reading is worth a try; if not, the task is woken once it is. One task at a time may wait for it.
    ///
    /// # Errors
    /// Those of the system; the next try to read tells them again.
    fn poll_readable(&self, context: &mut Context<'_>) -> Poll<io::Result<()>>;

    /// Whether writing is worth a try; if not, the task is woken once it is. One task at a time may wait for it.
    ///
    /// # Errors
    /// Those of the system; the next try to write tells them again.
    fn poll_writable(&self, context: &mut Context<'_>) -> Poll<io::Result<()>>;

    /// Waits until reading is worth a try. May be dropped at any time.
    fn readable(&self) -> impl Future<Output = io::Result<()>> {
        poll_fn(|context| self.poll_readable(context))
    }

    /// Waits until writing is worth a try. May be dropped at any time.
    fn writable(&self) -> impl Future<Output = io::Result<()>> {
        poll_fn(|context| self.poll_writable(context))
    }

    /// Prepares the end: [`Closing::Finish`] shuts down the writing side, [`Closing::Reset`] makes the drop a reset.
    fn close(&self, how: Closing);
}

/// Where connections come from.
pub trait Listener: 'static {
    /// What it gives.
    type Connection: Connection;

    /// Waits for the next one, and tells where it comes from; `None` for local transports. A connection that is waited
    /// for by the system is registered with `reactor`, the one of the calling thread.
    ///
    /// # Errors
    /// Those of the system. The listener stays good: the caller decides when to try again.
    fn accept(&self, reactor: &Rc<Reactor>) -> impl Future<Output = io::Result<(Self::Connection, Option<IpAddr>)>>;
}

/// Closes a connection as told and waits until that is done: at most [`LINGER`].
pub(crate) async fn close<C: Connection>(connection: &C, how: Closing) {
    connection.close(how);
    match how {
        Closing::Reset => {}
        Closing::Finish => or(discard(connection), pause(LINGER)).await,
    }
}

/// Reads and forgets until the stream ends: closing over unread bytes would reset it and destroy the farewell.
async fn discard<C: Connection>(connection: &C) {
    let mut left = LINGER_BYTES_MAX;
    let mut buffer = [0; 512];
    while left > 0 && connection.readable().await.is_ok() {
        match connection.try_read(&mut buffer) {
            Ok(0) => return,
            Ok(read) => left = left.saturating_sub(read),
            Err(error) if is_transient(&error) => {}
            Err(_) => return,
        }
    }
}

async fn pause(time: Duration) {
    smol::Timer::after(time).await;
}

/// Whether an error of [`Connection::try_read`] or [`Connection::try_write`] only means "later".
pub(crate) fn is_transient(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted)
}

/// A TCP connection that somebody accepted, waited for by the [`Reactor`] of the hub's thread.
#[derive(Debug)]
pub struct AcceptedConnection(Polled);

impl AcceptedConnection {
    /// Takes over a connected stream.
    ///
    /// # Errors
    /// Those of the system.
    pub fn new(stream: TcpStream, reactor: &Rc<Reactor>) -> io::Result<Self> {
        stream.set_nodelay(true)?;
        Polled::new(stream, reactor).map(Self)
    }

    /// The stream itself, for its options and addresses.
    pub fn stream(&self) -> &TcpStream {
        self.0.stream()
    }
}

impl Connection for AcceptedConnection {
    fn try_read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        io::Read::read(&mut self.stream(), buffer)
    }

    fn try_write(&self, bytes: &[u8]) -> io::Result<usize> {
        send(self.stream(), bytes)
    }

    fn poll_readable(&self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.0.poll_readable(context)
    }

    fn poll_writable(&self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.0.poll_writable(context)
    }

    fn close(&self, how: Closing) {
        shut(self.stream(), how);
    }
}

/// A TCP connection that somebody dialled, waited for by smol.
#[derive(Debug)]
pub struct TcpConnection {
    io: Async<TcpStream>,
}

impl TcpConnection {
    /// Takes over a connected stream and switches Nagle's algorithm off: a second small message would otherwise
    /// wait for the peer's delayed acknowledgement, 40 ms.
    ///
    /// # Errors
    /// Those of the system.
    pub fn new(io: Async<TcpStream>) -> io::Result<Self> {
        io.get_ref().set_nodelay(true)?;
        Ok(Self { io })
    }
}

impl Connection for TcpConnection {
    fn try_read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        io::Read::read(&mut self.io.get_ref(), buffer)
    }

    fn try_write(&self, bytes: &[u8]) -> io::Result<usize> {
        send(self.io.get_ref(), bytes)
    }

    fn poll_readable(&self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.io.poll_readable(context)
    }

    fn poll_writable(&self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.io.poll_writable(context)
    }

    fn close(&self, how: Closing) {
        shut(self.io.get_ref(), how);
    }
}

#[cfg(target_os = "linux")]
fn send(stream: &TcpStream, bytes: &[u8]) -> io::Result<usize> {
    use rustix::net::SendFlags;
    Ok(rustix::net::send(stream, bytes, SendFlags::NOSIGNAL)?)
}

#[cfg(not(target_os = "linux"))]
fn send(mut stream: &TcpStream, bytes: &[u8]) -> io::Result<usize> {
    io::Write::write(&mut stream, bytes)
}

fn shut(stream: &TcpStream, how: Closing) {
    // Both fail only on connections that are already gone.
    let _ = match how {
        Closing::Finish => stream.shutdown(Shutdown::Write),
        Closing::Reset => SockRef::from(stream).set_linger(Some(Duration::ZERO)),
    };
}
