//! A link between a peer and the server: two pipes of bounded length, and what may befall them.

use std::collections::VecDeque;

use parlor_core::hub::Closing;
use parlor_core::id::ConnId;
use parlor_core::wire::Dialect;

/// Bytes under way in one direction. Remembers where writes ended, as far as a read may tell.
#[derive(Debug, Default)]
pub struct Pipe {
    bytes: Vec<u8>,
    /// How many of them were read already.
    read: usize,
    writes: VecDeque<usize>,
}

impl Pipe {
    /// Bytes under way.
    pub fn len(&self) -> usize {
        self.bytes.len() - self.read
    }

    /// Whether none are.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Puts one write behind what is under way.
    pub fn write(&mut self, bytes: &[u8]) {
        if !bytes.is_empty() {
            self.bytes.extend_from_slice(bytes);
            self.writes.push_back(bytes.len());
        }
    }

    /// Takes up to `most` bytes, whatever the writes were.
    pub fn read(&mut self, most: usize, into: &mut Vec<u8>) {
        into.clear();
        let end = self.bytes.len().min(self.read.saturating_add(most));
        into.extend_from_slice(&self.bytes[self.read..end]);
        self.read = end;
        if self.is_empty() {
            return self.clear();
        }
        let mut left = into.len();
        while let Some(first) = self.writes.front_mut() {
            if *first > left {
                *first -= left;
                break;
            }
            left -= *first;
            self.writes.pop_front();
        }
    }

    /// Takes what one write gave.
    pub fn read_write(&mut self, into: &mut Vec<u8>) {
        let most = self.writes.front().copied().unwrap_or(0);
        self.read(most, into);
    }

    /// What is under way gets lost.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.read = 0;
        self.writes.clear();
    }
}

/// What befell a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nothing.
    None,
    /// Nothing moves for a while.
    Stalled,
    /// One byte a second moves.
    Dribbling,
    /// The peer is gone, and nobody told the server.
    HalfOpen,
}

/// One connection.
#[derive(Debug)]
pub struct Link {
    /// What the server calls it.
    pub conn: ConnId,
    /// What it speaks.
    pub dialect: Dialect,
    /// Whose it is.
    pub seat: usize,
    /// From the peer to the server.
    pub up: Pipe,
    /// From the server to the peer.
    pub down: Pipe,
    /// The server has not put out its `Close`.
    pub open: bool,
    /// The server was told to wake it, and has not been drained since.
    pub awake: bool,
    /// The server was told to read no more.
    pub paused: bool,
    /// One read was under way when reading was to stop; it has been handed in.
    pub read_ahead: bool,
    /// One read gave more than the server's bound for one connection.
    pub overfed: bool,
    /// How the server closed it, once it did.
    pub closed: Option<Closing>,
    /// The peer has shut its end: what it wrote still arrives, then its end.
    pub peer_gone: bool,
    /// The server has yet to learn that the connection broke.
    pub broken: bool,
    /// What befell it.
    pub fault: Fault,
    /// When the next byte may move on a dribbling link, µs.
    pub next_byte: u64,
    /// Bytes each direction holds.
    pub bytes_max: usize,
}

impl Link {
    /// A fresh link.
    pub fn new(conn: ConnId, dialect: Dialect, seat: usize, bytes_max: usize) -> Self {
        Self {
            conn,
            dialect,
            seat,
            up: Pipe::default(),
            down: Pipe::default(),
            open: true,
            awake: false,
            paused: false,
            read_ahead: false,
            overfed: false,
            closed: None,
            peer_gone: false,
            broken: false,
            fault: Fault::None,
            next_byte: 0,
            bytes_max,
        }
    }

    /// How many more bytes the server can write.
    pub fn room(&self) -> usize {
        match self.fault {
            Fault::None | Fault::Dribbling => self.bytes_max.saturating_sub(self.down.len()),
            // The kernel's buffers take some more, then nothing.
            Fault::Stalled | Fault::HalfOpen => (self.bytes_max / 2).saturating_sub(self.down.len()),
        }
    }

    /// Whether nothing can come of it any more, at either end.
    pub fn is_dead(&self) -> bool {
        !self.open && (self.peer_gone || self.broken)
    }
}
