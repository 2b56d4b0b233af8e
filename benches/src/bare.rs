//! The least a server can do: every line that comes in goes out to everybody. No names, rooms, checks or memory.
//!
//! One thread, epoll, one shared read buffer, nothing queued: whoever cannot take all of a write is dropped. What any
//! chat server costs above this is what it adds; what it costs below is an error in the measurement.

use std::convert::Infallible;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};

use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};
use nix::sys::socket::{Backlog, listen as set_backlog};

/// How lines become writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
pub enum Style {
    /// Loop A: one `send` per receiver for each line, as it is read.
    Lines,
    /// Loop B: all lines read in one turn of the loop go to each receiver in one `send`.
    Turns,
}

impl Style {
    /// `A` or `B`, as the tables call it.
    pub const fn letter(self) -> char {
        match self {
            Style::Lines => 'A',
            Style::Turns => 'B',
        }
    }
}

/// A bare server that listens and does not serve yet.
#[derive(Debug)]
pub struct Bare {
    listener: TcpListener,
    epoll: Epoll,
    style: Style,
    peers: Vec<Option<Peer>>,
    free: Vec<usize>,
    read_buffer: Box<[u8]>,
    turn: Vec<u8>,
}

#[derive(Debug)]
struct Peer {
    stream: TcpStream,
    /// The start of a line whose end has not come; empty between lines, and then it costs nothing.
    partial: Vec<u8>,
}

const LISTENER: u64 = u64::MAX;

impl Bare {
    /// Listens on `address` (port 0 picks a free one), with room for a burst of 4096 connects.
    ///
    /// # Errors
    /// What the operating system refuses.
    pub fn listen(address: SocketAddr, style: Style) -> io::Result<Self> {
        let listener = TcpListener::bind(address)?;
        set_backlog(&listener, Backlog::new(4096)?)?;
        listener.set_nonblocking(true)?;
        let epoll = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?;
        epoll.add(&listener, EpollEvent::new(EpollFlags::EPOLLIN, LISTENER))?;
        let read_buffer = vec![0; 64 * 1024].into_boxed_slice();
        Ok(Self { listener, epoll, style, peers: Vec::new(), free: Vec::new(), read_buffer, turn: Vec::new() })
    }

    /// The address it listens on.
    ///
    /// # Errors
    /// What the operating system refuses.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Serves until the process ends.
    ///
    /// # Errors
    /// What the operating system refuses the loop itself; a peer's errors only end that peer.
    pub fn serve(mut self) -> io::Result<Infallible> {
        let mut events = vec![EpollEvent::empty(); 1024];
        loop {
            let ready = match self.epoll.wait(&mut events, EpollTimeout::NONE) {
                Ok(ready) => ready,
                Err(nix::Error::EINTR) => continue,
                Err(error) => return Err(error.into()),
            };
            for event in &events[..ready] {
                match usize::try_from(event.data()) {
                    Ok(slot) if event.data() != LISTENER => self.read(slot),
                    Ok(_) | Err(_) => self.accept()?,
                }
            }
            let turn = std::mem::take(&mut self.turn);
            if !turn.is_empty() {
                self.send_to_all(&turn);
            }
            self.turn = turn;
            self.turn.clear();
        }
    }

    fn accept(&mut self) -> io::Result<()> {
        loop {
            let stream = match self.listener.accept() {
                Ok((stream, _)) => stream,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(error) if error.kind() == ErrorKind::ConnectionAborted => continue,
                Err(error) => return Err(error),
            };
            stream.set_nonblocking(true)?;
            stream.set_nodelay(true)?;
            let slot = self.free.pop().unwrap_or(self.peers.len());
            self.epoll.add(&stream, EpollEvent::new(EpollFlags::EPOLLIN, slot as u64))?;
            if slot == self.peers.len() {
                self.peers.push(None);
            }
            self.peers[slot] = Some(Peer { stream, partial: Vec::new() });
        }
    }

    fn read(&mut self, slot: usize) {
        // An event may name a peer that was dropped earlier in the same turn.
        let Some(peer) = &mut self.peers[slot] else { return };
        let taken = match peer.stream.read(&mut self.read_buffer) {
            Ok(0) => return self.drop_peer(slot),
            Ok(taken) => taken,
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => return,
            Err(_) => return self.drop_peer(slot),
        };
        let bytes = &self.read_buffer[..taken];
        let whole = memchr::memrchr(b'\n', bytes).map_or(0, |end| end + 1);
        if whole > 0 {
            self.turn.append(&mut peer.partial);
            self.turn.extend_from_slice(&bytes[..whole]);
        }
        peer.partial.extend_from_slice(&bytes[whole..]);
        if self.style == Style::Lines {
            let turn = std::mem::take(&mut self.turn);
            for line in turn.split_inclusive(|&byte| byte == b'\n') {
                self.send_to_all(line);
            }
            self.turn = turn;
            self.turn.clear();
        }
    }

    fn send_to_all(&mut self, bytes: &[u8]) {
        for slot in 0..self.peers.len() {
            let Some(peer) = &mut self.peers[slot] else { continue };
            match peer.stream.write(bytes) {
                Ok(taken) if taken == bytes.len() => {}
                Ok(_) | Err(_) => self.drop_peer(slot),
            }
        }
    }

    /// Closing the socket takes it out of epoll too.
    fn drop_peer(&mut self, slot: usize) {
        if self.peers[slot].take().is_some() {
            self.free.push(slot);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead, BufReader};
    use std::time::Duration;

    use super::*;

    fn connect(address: SocketAddr) -> BufReader<TcpStream> {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        BufReader::new(stream)
    }

    fn line(reader: &mut BufReader<TcpStream>) -> String {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        line
    }

    #[test]
    fn a_line_reaches_everybody_however_it_was_cut() {
        for style in [Style::Lines, Style::Turns] {
            let bare = Bare::listen("127.0.0.1:0".parse().unwrap(), style).unwrap();
            let address = bare.address().unwrap();
            std::thread::spawn(move || bare.serve());
            let (mut ada, mut bob) = (connect(address), connect(address));
            ada.get_mut().write_all(b"one\ntw").unwrap();
            assert_eq!(line(&mut bob), "one\n");
            ada.get_mut().write_all(b"o\n").unwrap();
            assert_eq!(line(&mut bob), "two\n");
            assert_eq!(line(&mut ada), "one\n");
            assert_eq!(line(&mut ada), "two\n");
        }
    }

    #[test]
    fn a_peer_that_leaves_does_not_end_the_others() {
        let bare = Bare::listen("127.0.0.1:0".parse().unwrap(), Style::Turns).unwrap();
        let address = bare.address().unwrap();
        std::thread::spawn(move || bare.serve());
        let (ada, mut bob) = (connect(address), connect(address));
        drop(ada);
        bob.get_mut().write_all(b"still here\n").unwrap();
        assert_eq!(line(&mut bob), "still here\n");
    }
}
