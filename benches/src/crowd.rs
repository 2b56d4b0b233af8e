//! Many clients of one server, on one thread and one event loop.
//!
//! Receivers only read. Senders come after them in the order of members, read too, and speak. Member 0, the observer,
//! has its lines looked at; of the others, lines are only counted: everybody gets the messages of a room in the same
//! order, so a count says which ones have arrived.

mod joining;

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use nix::sys::epoll::{Epoll, EpollEvent, EpollFlags, EpollTimeout};

pub use joining::Entry;

use crate::speech::{Line, Speech, text};

/// Learns what arrives.
pub trait Sink {
    /// The observer got this message ([`Speech::words`] of it). Comes before the delivery that counts it.
    fn observed(&mut self, words: &[u8]);
    /// So many more messages have reached a member by this time of the crowd's clock.
    fn delivered(&mut self, member: usize, messages: u64, at: Nanos);
}

/// Nanoseconds since the crowd came together.
pub type Nanos = u64;

/// Clients that have joined.
#[derive(Debug)]
pub struct Crowd {
    speech: Speech,
    epoll: Epoll,
    members: Vec<Member>,
    receivers: usize,
    joined: usize,
    /// The number of each sender's next message.
    numbers: Vec<u64>,
    epoch: Instant,
    read_buffer: Box<[u8]>,
    events: Vec<EpollEvent>,
    /// When the last news of an arrival had come; where nobody tells of arrivals, when everybody proved to be in.
    joined_at: Nanos,
    last_read: Nanos,
    reads: u64,
    trouble: Option<String>,
}

#[derive(Debug)]
struct Member {
    stream: TcpStream,
    name: String,
    joined: bool,
    stalled: bool,
    partial: Vec<u8>,
    unsent: Vec<u8>,
    awaits_room: bool,
}

impl Crowd {
    /// How many members there are, senders included.
    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// Whether there is nobody.
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// What they speak.
    pub fn speech(&self) -> Speech {
        self.speech
    }

    /// The member that this sender is.
    pub fn member_of(&self, sender: usize) -> usize {
        self.receivers + sender
    }

    /// The port a member connected from.
    ///
    /// # Errors
    /// One sentence, if it is connected no more.
    pub fn port_of(&self, member: usize) -> Result<u16, String> {
        let member = &self.members[member];
        let address = member.stream.local_addr().map_err(|e| format!("{} has no address: {e}.", member.name))?;
        Ok(address.port())
    }

    /// How many of them can speak.
    pub fn senders(&self) -> usize {
        self.numbers.len()
    }

    /// How many of them read.
    pub fn listening(&self) -> usize {
        self.members.iter().filter(|member| !member.stalled).count()
    }

    /// Whether this member reads no more.
    pub fn is_stalled(&self, member: usize) -> bool {
        self.members[member].stalled
    }

    /// The number of a sender's next message.
    pub fn number(&self, sender: usize) -> u64 {
        self.numbers[sender]
    }

    /// From the first connect until the last news of an arrival had come.
    pub fn joined_within(&self) -> Duration {
        Duration::from_nanos(self.joined_at)
    }

    /// How often bytes were read so far.
    pub fn reads(&self) -> u64 {
        self.reads
    }

    /// The time on the crowd's clock.
    pub fn now(&self) -> Nanos {
        nanos(self.epoch)
    }

    /// Lets a sender say its next message, `bytes` long. It leaves with [`Crowd::send`].
    pub fn say(&mut self, sender: usize, bytes: usize) {
        let number = self.numbers[sender];
        self.numbers[sender] += 1;
        let text = text(sender, number, bytes);
        self.speech.say(&text, &mut self.members[self.receivers + sender].unsent);
    }

    /// Writes what a sender has said, as far as the server takes it; the rest follows by itself.
    ///
    /// # Errors
    /// One sentence, if its connection is broken.
    pub fn send(&mut self, sender: usize) -> Result<(), String> {
        self.write(self.receivers + sender)
    }

    /// Makes a receiver stop reading for good; from now on it counts no more.
    ///
    /// # Errors
    /// One sentence, if epoll refuses.
    pub fn stall(&mut self, receiver: usize) -> Result<(), String> {
        let member = &mut self.members[receiver];
        member.stalled = true;
        self.epoll.delete(&member.stream).map_err(|e| format!("epoll does not let go of {}: {e}.", member.name))
    }

    /// Reads what a stalled receiver was sent, to its end or for 2 s, and gives the last line, if there is one.
    pub fn last_words(&mut self, receiver: usize) -> Option<String> {
        let member = &mut self.members[receiver];
        member.stream.set_nonblocking(false).ok()?;
        member.stream.set_read_timeout(Some(Duration::from_secs(2))).ok()?;
        let mut tail = std::mem::take(&mut member.partial);
        while let Ok(taken) = member.stream.read(&mut self.read_buffer) {
            if taken == 0 {
                break;
            }
            tail.extend_from_slice(&self.read_buffer[..taken]);
            // Only the end matters; a line is at most 64 KiB.
            tail.drain(..tail.len().saturating_sub(64 * 1024));
        }
        let text = String::from_utf8_lossy(&tail);
        text.lines().last().map(str::to_owned)
    }

    /// Waits at most this long for something to arrive, and takes in whatever has.
    ///
    /// # Errors
    /// One sentence, if a reading member is refused something, or its connection ends.
    pub fn turn(&mut self, at_most: Duration, sink: &mut impl Sink) -> Result<(), String> {
        let timeout = EpollTimeout::try_from(at_most).unwrap_or(EpollTimeout::ZERO);
        let mut events = std::mem::take(&mut self.events);
        let ready = match self.epoll.wait(&mut events, timeout) {
            Ok(ready) => ready,
            Err(nix::Error::EINTR) => 0,
            Err(error) => return Err(format!("epoll does not wait: {error}.")),
        };
        for event in &events[..ready] {
            let index = usize::try_from(event.data()).expect("the data is a member's index");
            if event.events().contains(EpollFlags::EPOLLOUT) {
                self.write(index)?;
            }
            if event.events() != EpollFlags::EPOLLOUT {
                self.read(index, sink)?;
            }
        }
        self.events = events;
        self.trouble.take().map_or(Ok(()), Err)
    }

    fn read(&mut self, index: usize, sink: &mut impl Sink) -> Result<(), String> {
        let member = &mut self.members[index];
        let taken = match member.stream.read(&mut self.read_buffer) {
            Ok(0) => return Err(format!("The server closed the connection of {}.", member.name)),
            Ok(taken) => taken,
            Err(e) if matches!(e.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => return Ok(()),
            Err(e) => return Err(format!("The connection of {} broke: {e}.", member.name)),
        };
        let at = nanos(self.epoch);
        self.last_read = at;
        self.reads += 1;
        let mut messages = 0;
        let speech = self.speech;
        let Member { name, joined, partial, unsent, .. } = member;
        let arrived = &mut self.joined;
        speech.split(partial, &self.read_buffer[..taken], |line| match speech.classify(line) {
            Line::Message => {
                messages += 1;
                if index == 0 {
                    sink.observed(speech.words(line));
                }
            }
            Line::Joined => *arrived += usize::from(!std::mem::replace(joined, true)),
            Line::Question => speech.answer(line, unsent),
            Line::Trouble => {
                self.trouble.get_or_insert_with(|| format!("{name} was told {}", readable(line)));
            }
            Line::Other => {}
        });
        if messages > 0 {
            sink.delivered(index, messages, at);
        }
        if self.members[index].unsent.is_empty() { Ok(()) } else { self.write(index) }
    }

    fn write(&mut self, index: usize) -> Result<(), String> {
        let member = &mut self.members[index];
        let mut sent = 0;
        while let Some(rest) = member.unsent.get(sent..).filter(|rest| !rest.is_empty()) {
            match member.stream.write(rest) {
                Ok(taken) => sent += taken,
                Err(e) if e.kind() == ErrorKind::WouldBlock => break,
                Err(e) if e.kind() == ErrorKind::Interrupted => {}
                Err(e) => return Err(format!("The connection of {} broke: {e}.", member.name)),
            }
        }
        member.unsent.drain(..sent);
        let awaits_room = !member.unsent.is_empty();
        if awaits_room != member.awaits_room {
            member.awaits_room = awaits_room;
            let out = if awaits_room { EpollFlags::EPOLLOUT } else { EpollFlags::empty() };
            let mut event = EpollEvent::new(EpollFlags::EPOLLIN | out, index as u64);
            let changed = self.epoll.modify(&member.stream, &mut event);
            changed.map_err(|e| format!("epoll does not watch {}: {e}.", member.name))?;
        }
        Ok(())
    }
}

/// A line as it is, a packet with its bytes written out.
fn readable(line: &[u8]) -> String {
    match std::str::from_utf8(line).map(str::trim_end) {
        Ok(text) if !text.contains(char::is_control) => text.to_owned(),
        Ok(_) | Err(_) => line.escape_ascii().to_string(),
    }
}

fn nanos(epoch: Instant) -> Nanos {
    u64::try_from(epoch.elapsed().as_nanos()).expect("584 years have not passed")
}
