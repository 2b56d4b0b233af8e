//! Many clients of one server, on one thread and one event loop.
//!
//! Receivers only read. Senders come after them in the order of members, read too, and speak. Member 0, the observer,
//! has its lines looked at; of the others, lines are only counted: everybody gets the messages of a room in the same
//! order, so a count says which ones have arrived.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};

use crate::speech::{Line, Speech, Target, split_lines, text};

/// Learns what arrives.
pub trait Sink {
    /// The observer got this message. Comes before the delivery that counts it.
    fn observed(&mut self, line: &[u8]);
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

const JOIN_WITHIN: Duration = Duration::from_secs(60);
const QUIET_WITHIN: Duration = Duration::from_secs(60);
/// Longer than the second in which a large room gathers its presence.
const QUIET: Duration = Duration::from_millis(1_300);

impl Crowd {
    /// Connects and joins this many receivers and senders, waits until the last news of their arrival has come, and
    /// proves with one message that everybody hears the last sender.
    ///
    /// Names end in `tag`: a server keeps names for those who used them, so a second crowd needs other ones.
    ///
    /// # Errors
    /// One sentence, if somebody is refused or not in within a minute.
    pub fn join(target: Target, receivers: usize, senders: usize, tag: &str) -> Result<Self, String> {
        let epoll = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC).map_err(|e| format!("No epoll: {e}."))?;
        let mut crowd = Self {
            speech: target.speech,
            epoll,
            members: Vec::with_capacity(receivers + senders),
            receivers,
            numbers: vec![0; senders],
            epoch: Instant::now(),
            read_buffer: vec![0; 256 * 1024].into_boxed_slice(),
            events: vec![EpollEvent::empty(); 1024],
            joined_at: 0,
            last_read: 0,
            reads: 0,
            trouble: None,
        };
        for index in 0..receivers + senders {
            crowd.connect(target, index, tag)?;
            if index % 32 == 31 {
                crowd.turn(Duration::ZERO, &mut Ignore)?;
            }
        }
        let deadline = Instant::now() + JOIN_WITHIN;
        while crowd.members.iter().any(|member| !member.joined) {
            crowd.turn(Duration::from_millis(50), &mut Ignore)?;
            if Instant::now() > deadline {
                let waiting = crowd.members.iter().filter(|member| !member.joined).count();
                return Err(format!("{waiting} of {} clients were not in after a minute.", crowd.len()));
            }
        }
        crowd.await_quiet()?;
        crowd.joined_at = crowd.last_read;
        crowd.prove()?;
        if crowd.joined_at == 0 {
            crowd.joined_at = crowd.last_read;
        }
        Ok(crowd)
    }

    /// How many members there are, senders included.
    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// Whether there is nobody.
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
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

    fn connect(&mut self, target: Target, index: usize, tag: &str) -> Result<(), String> {
        let name = match index.checked_sub(self.receivers) {
            None => format!("r{index}{tag}"),
            Some(sender) => format!("s{sender}{tag}"),
        };
        let failed = |e: std::io::Error| format!("{name} cannot connect to {}: {e}.", target.address);
        let mut stream = TcpStream::connect(target.address).map_err(failed)?;
        stream.set_nodelay(true).map_err(failed)?;
        stream.write_all(target.speech.hello(&name).as_bytes()).map_err(failed)?;
        stream.set_nonblocking(true).map_err(failed)?;
        let event = EpollEvent::new(EpollFlags::EPOLLIN, index as u64);
        self.epoll.add(&stream, event).map_err(|e| failed(e.into()))?;
        let joined = target.speech == Speech::Bare;
        self.members.push(Member {
            stream,
            name,
            joined,
            stalled: false,
            partial: Vec::new(),
            unsent: Vec::new(),
            awaits_room: false,
        });
        Ok(())
    }

    fn await_quiet(&mut self) -> Result<(), String> {
        if self.speech == Speech::Bare {
            return Ok(());
        }
        let deadline = Instant::now() + QUIET_WITHIN;
        while Duration::from_nanos(self.now() - self.last_read) < QUIET {
            self.turn(Duration::from_millis(50), &mut Ignore)?;
            if Instant::now() > deadline {
                return Err(String::from("The server still tells of arrivals after a minute."));
            }
        }
        Ok(())
    }

    fn prove(&mut self) -> Result<(), String> {
        let Some(last) = self.senders().checked_sub(1) else { return Ok(()) };
        self.say(last, 16);
        self.send(last)?;
        let mut heard = Heard(0);
        let deadline = Instant::now() + JOIN_WITHIN;
        while heard.0 < self.len() as u64 {
            self.turn(Duration::from_millis(50), &mut heard)?;
            if Instant::now() > deadline {
                return Err(format!("Only {} of {} members heard the first message.", heard.0, self.len()));
            }
        }
        Ok(())
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
        split_lines(partial, &self.read_buffer[..taken], |line| match speech.classify(line) {
            Line::Message => {
                messages += 1;
                if index == 0 {
                    sink.observed(line);
                }
            }
            Line::Joined => *joined = true,
            Line::Ping => Speech::pong(line, unsent),
            Line::Trouble => self.trouble = Some(format!("{name} was told {}", String::from_utf8_lossy(line))),
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

fn nanos(epoch: Instant) -> Nanos {
    u64::try_from(epoch.elapsed().as_nanos()).expect("584 years have not passed")
}

struct Ignore;

impl Sink for Ignore {
    fn observed(&mut self, _line: &[u8]) {}
    fn delivered(&mut self, _member: usize, _messages: u64, _at: Nanos) {}
}

struct Heard(u64);

impl Sink for Heard {
    fn observed(&mut self, _line: &[u8]) {}
    fn delivered(&mut self, _member: usize, messages: u64, _at: Nanos) {
        self.0 += messages;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bare::{Bare, Style};

    #[test]
    fn a_crowd_joins_a_bare_server_and_everybody_hears_the_last_sender() {
        let bare = Bare::listen("127.0.0.1:0".parse().unwrap(), Style::Turns).unwrap();
        let address = bare.address().unwrap();
        std::thread::spawn(move || bare.serve());
        let crowd = Crowd::join(Target { speech: Speech::Bare, address }, 5, 2, "").unwrap();
        assert_eq!(crowd.len(), 7);
        assert!(crowd.reads() >= 7);
    }

    #[test]
    fn a_server_that_closes_is_an_error_and_not_a_hang() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        std::thread::spawn(move || drop(listener.accept()));
        let refused = Crowd::join(Target { speech: Speech::Native, address }, 1, 0, "").unwrap_err();
        assert!(refused.contains("r0"));
    }
}
