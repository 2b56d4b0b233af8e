//! Connections inside one process, with the manners of TCP: bounded, half-closable, resettable.
//!
//! For tests, and for a server and its clients in one program.

use std::collections::VecDeque;
use std::io;
use std::net::IpAddr;
use std::rc::Rc;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use async_channel::{Receiver, Sender};
use parlor_core::hub::Closing;

use crate::connection::{Connection, Listener};
use crate::reactor::Reactor;

/// Bytes under way in each direction unless told otherwise.
const CAPACITY: usize = 64 * 1024;

/// One end of a connection inside this process.
#[derive(Debug)]
pub struct MemoryConnection {
    incoming: Arc<Pipe>,
    outgoing: Arc<Pipe>,
}

/// Two ends of one connection, with at most `capacity` bytes under way in each direction.
pub fn pair(capacity: usize) -> (MemoryConnection, MemoryConnection) {
    let (there, back) = (Arc::new(Pipe::new(capacity)), Arc::new(Pipe::new(capacity)));
    let near = MemoryConnection { incoming: Arc::clone(&back), outgoing: Arc::clone(&there) };
    (near, MemoryConnection { incoming: there, outgoing: back })
}

impl Connection for MemoryConnection {
    fn try_read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        self.incoming.lock().read(buffer)
    }

    fn try_write(&self, bytes: &[u8]) -> io::Result<usize> {
        self.outgoing.lock().write(bytes)
    }

    fn poll_readable(&self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.incoming.lock().poll_readable(context)
    }

    fn poll_writable(&self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.outgoing.lock().poll_writable(context)
    }

    fn close(&self, how: Closing) {
        match how {
            Closing::Finish => self.outgoing.lock().end(End::Finished),
            Closing::Reset => {
                self.outgoing.lock().end(End::Reset);
                self.incoming.lock().end(End::Reset);
            }
        }
    }
}

impl Drop for MemoryConnection {
    fn drop(&mut self) {
        self.outgoing.lock().end(End::Finished);
        // Whoever still writes has nobody to write to.
        self.incoming.lock().end(End::Reset);
    }
}

/// One direction.
#[derive(Debug)]
struct Pipe(Mutex<Flow>);

#[derive(Debug)]
struct Flow {
    bytes: VecDeque<u8>,
    capacity: usize,
    end: Option<End>,
    reader: Option<Waker>,
    writer: Option<Waker>,
}

/// Why no more bytes come. What was under way before still arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum End {
    Finished,
    Reset,
}

impl Pipe {
    fn new(capacity: usize) -> Self {
        assert!(capacity > 0, "nothing fits through a pipe without room");
        Self(Mutex::new(Flow { bytes: VecDeque::new(), capacity, end: None, reader: None, writer: None }))
    }

    fn lock(&self) -> MutexGuard<'_, Flow> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Flow {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.bytes.is_empty() {
            return match self.end {
                None => Err(io::ErrorKind::WouldBlock.into()),
                Some(End::Finished) => Ok(0),
                Some(End::Reset) => Err(io::ErrorKind::ConnectionReset.into()),
            };
        }
        let read = io::Read::read(&mut self.bytes, buffer)?;
        wake(&mut self.writer);
        Ok(read)
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.end.is_some() {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        let taken = bytes.len().min(self.capacity - self.bytes.len());
        if taken == 0 && !bytes.is_empty() {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        self.bytes.extend(&bytes[..taken]);
        wake(&mut self.reader);
        Ok(taken)
    }

    fn poll_readable(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if !self.bytes.is_empty() || self.end.is_some() {
            return Poll::Ready(Ok(()));
        }
        self.reader = Some(context.waker().clone());
        Poll::Pending
    }

    fn poll_writable(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.bytes.len() < self.capacity || self.end.is_some() {
            return Poll::Ready(Ok(()));
        }
        self.writer = Some(context.waker().clone());
        Poll::Pending
    }

    fn end(&mut self, how: End) {
        self.end = self.end.max(Some(how));
        wake(&mut self.reader);
        wake(&mut self.writer);
    }
}

fn wake(waker: &mut Option<Waker>) {
    if let Some(waker) = waker.take() {
        waker.wake();
    }
}

/// Where [`MemoryDialer`] finds somebody.
#[derive(Debug)]
pub struct MemoryListener(Receiver<MemoryConnection>);

/// Makes connections to its [`MemoryListener`]. Clones reach the same one.
#[derive(Clone, Debug)]
pub struct MemoryDialer(Sender<MemoryConnection>);

/// A listener inside this process, and the way to it.
pub fn listener() -> (MemoryDialer, MemoryListener) {
    let (sender, receiver) = async_channel::unbounded();
    (MemoryDialer(sender), MemoryListener(receiver))
}

impl Listener for MemoryListener {
    type Connection = MemoryConnection;

    async fn accept(&self, _reactor: &Rc<Reactor>) -> io::Result<(MemoryConnection, Option<IpAddr>)> {
        match self.0.recv().await {
            Ok(connection) => Ok((connection, None)),
            // Nobody can come any more; that is no error of this listener's.
            Err(_) => std::future::pending().await,
        }
    }
}

impl MemoryDialer {
    /// Connects at once.
    ///
    /// # Errors
    /// [`io::ErrorKind::ConnectionRefused`] once the listener is gone.
    pub fn connect(&self) -> io::Result<MemoryConnection> {
        let (near, far) = pair(CAPACITY);
        self.0.try_send(far).map_err(|_| io::ErrorKind::ConnectionRefused)?;
        Ok(near)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind<T: std::fmt::Debug>(result: io::Result<T>) -> io::ErrorKind {
        result.unwrap_err().kind()
    }

    #[test]
    fn a_full_pipe_blocks_until_it_is_read() {
        let (near, far) = pair(4);
        assert_eq!(near.try_write(b"hello").unwrap(), 4);
        assert_eq!(kind(near.try_write(b"o")), io::ErrorKind::WouldBlock);
        let mut buffer = [0; 3];
        assert_eq!(far.try_read(&mut buffer).unwrap(), 3);
        smol::block_on(near.writable()).unwrap();
        assert_eq!(near.try_write(b"o").unwrap(), 1);
        assert_eq!(far.try_read(&mut buffer).unwrap(), 2);
        assert_eq!(kind(far.try_read(&mut buffer)), io::ErrorKind::WouldBlock);
    }

    #[test]
    fn a_finished_end_can_still_be_written_to() {
        let (near, far) = pair(16);
        near.try_write(b"last").unwrap();
        near.close(Closing::Finish);
        let mut buffer = [0; 16];
        assert_eq!(far.try_read(&mut buffer).unwrap(), 4);
        assert_eq!(far.try_read(&mut buffer).unwrap(), 0);
        far.try_write(b"answer").unwrap();
        assert_eq!(near.try_read(&mut buffer).unwrap(), 6);
        assert_eq!(kind(near.try_write(b"more")), io::ErrorKind::BrokenPipe);
    }

    #[test]
    fn a_reset_arrives_after_what_was_sent_before() {
        let (near, far) = pair(16);
        near.try_write(b"last").unwrap();
        near.close(Closing::Reset);
        drop(near);
        let mut buffer = [0; 16];
        assert_eq!(far.try_read(&mut buffer).unwrap(), 4);
        assert_eq!(kind(far.try_read(&mut buffer)), io::ErrorKind::ConnectionReset);
        assert_eq!(kind(far.try_write(b"x")), io::ErrorKind::BrokenPipe);
    }

    #[test]
    fn a_dropped_end_is_the_end_of_the_stream() {
        let (near, far) = pair(16);
        drop(near);
        smol::block_on(far.readable()).unwrap();
        assert_eq!(far.try_read(&mut [0; 4]).unwrap(), 0);
        assert_eq!(kind(far.try_write(b"x")), io::ErrorKind::BrokenPipe);
    }

    #[test]
    fn a_waiting_reader_is_woken() {
        let (near, far) = pair(16);
        let reader = std::thread::spawn(move || {
            smol::block_on(far.readable()).unwrap();
            far.try_read(&mut [0; 16]).unwrap()
        });
        near.try_write(b"hello").unwrap();
        assert_eq!(reader.join().unwrap(), 5);
    }

    #[test]
    fn without_a_listener_nobody_answers() {
        let (dialer, listener) = listener();
        assert!(dialer.connect().is_ok());
        drop(listener);
        assert_eq!(kind(dialer.connect()), io::ErrorKind::ConnectionRefused);
    }
}
