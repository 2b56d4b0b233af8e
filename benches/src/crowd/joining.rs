//! How a crowd comes together.

use std::io::Write;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags};

use super::{Crowd, Member, Nanos, Sink};
use crate::speech::Target;

/// How a crowd comes in.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// So many at most have connected and are not in yet: a server with a short queue of connections would let the
    /// kernel turn the others away, who try again a second later.
    pub at_once: usize,
    /// All are in and proved to hear within this time, or it is an error.
    pub within: Duration,
}

impl Default for Entry {
    /// Everybody at once, within a minute.
    fn default() -> Self {
        Self { at_once: usize::MAX, within: Duration::from_secs(60) }
    }
}

const PROVED_WITHIN: Duration = Duration::from_secs(60);
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
        Self::enter(target, receivers, senders, tag, Entry::default())
    }

    /// The same, in another manner.
    ///
    /// # Errors
    /// One sentence, if somebody is refused or not in within the time given.
    pub fn enter(target: Target, receivers: usize, senders: usize, tag: &str, entry: Entry) -> Result<Self, String> {
        let epoll = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC).map_err(|e| format!("No epoll: {e}."))?;
        let mut crowd = Self {
            speech: target.speech,
            epoll,
            members: Vec::with_capacity(receivers + senders),
            receivers,
            joined: 0,
            numbers: vec![0; senders],
            epoch: Instant::now(),
            read_buffer: vec![0; 256 * 1024].into_boxed_slice(),
            events: vec![EpollEvent::empty(); 1024],
            joined_at: 0,
            last_read: 0,
            reads: 0,
            trouble: None,
        };
        let deadline = Instant::now() + entry.within;
        for index in 0..receivers + senders {
            crowd.connect(target, index, tag)?;
            if index % 32 == 31 {
                crowd.turn(Duration::ZERO, &mut Ignore)?;
            }
            crowd.await_joined((index + 1).saturating_sub(entry.at_once.saturating_sub(1)), deadline, &entry)?;
        }
        crowd.await_joined(receivers + senders, deadline, &entry)?;
        crowd.await_quiet()?;
        crowd.joined_at = crowd.last_read;
        crowd.prove()?;
        if crowd.joined_at == 0 {
            crowd.joined_at = crowd.last_read;
        }
        Ok(crowd)
    }

    fn connect(&mut self, target: Target, index: usize, tag: &str) -> Result<(), String> {
        let name = match index.checked_sub(self.receivers) {
            None => format!("r{index}{tag}"),
            Some(sender) => format!("s{sender}{tag}"),
        };
        let failed = |e: std::io::Error| format!("{name} cannot connect to {}: {e}.", target.address);
        let mut stream = TcpStream::connect(target.address).map_err(failed)?;
        stream.set_nodelay(true).map_err(failed)?;
        let hello = target.speech.hello(&name);
        stream.write_all(&hello).map_err(failed)?;
        stream.set_nonblocking(true).map_err(failed)?;
        let event = EpollEvent::new(EpollFlags::EPOLLIN, index as u64);
        self.epoll.add(&stream, event).map_err(|e| failed(e.into()))?;
        let joined = hello.is_empty();
        self.joined += usize::from(joined);
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

    /// Waits until this many are in.
    fn await_joined(&mut self, wanted: usize, deadline: Instant, entry: &Entry) -> Result<(), String> {
        while self.joined < wanted {
            self.turn(Duration::from_millis(50), &mut Ignore)?;
            if Instant::now() > deadline {
                let seconds = entry.within.as_secs_f64();
                return Err(format!("Only {} clients were in after {seconds:.0} s.", self.joined));
            }
        }
        Ok(())
    }

    fn await_quiet(&mut self) -> Result<(), String> {
        if !self.speech.has_presence() {
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
        let all = self.len() as u64 - u64::from(!self.speech.echoes());
        let deadline = Instant::now() + PROVED_WITHIN;
        while heard.0 < all {
            self.turn(Duration::from_millis(50), &mut heard)?;
            if Instant::now() > deadline {
                return Err(format!("Only {} of {all} members heard the first message.", heard.0));
            }
        }
        Ok(())
    }
}

struct Ignore;

impl Sink for Ignore {
    fn observed(&mut self, _words: &[u8]) {}
    fn delivered(&mut self, _member: usize, _messages: u64, _at: Nanos) {}
}

struct Heard(u64);

impl Sink for Heard {
    fn observed(&mut self, _words: &[u8]) {}
    fn delivered(&mut self, _member: usize, messages: u64, _at: Nanos) {
        self.0 += messages;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bare::{Bare, Style};
    use crate::speech::Speech;

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
