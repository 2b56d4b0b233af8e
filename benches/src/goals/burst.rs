//! Many who connect and join at once.
//!
//! Every connect is issued without waiting for any other; who is connected says hello at once. One thread, one epoll
//! instance, edge-triggered, so that a client costs the generator two system calls and its reads. What is counted is
//! what each of them was told of the others.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::os::fd::AsRawFd;
use std::time::{Duration, Instant};

use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};
use nix::sys::socket::{
    AddressFamily, SockFlag, SockType, SockaddrIn, SockaddrIn6, connect, getsockopt, socket, sockopt,
};

use crate::speech::{Speech, Target};

use super::news::{News, read};

/// Clients that came in a burst and are in; they stay until this is dropped.
#[derive(Debug)]
pub struct Burst {
    speech: Speech,
    epoll: Epoll,
    events: Vec<EpollEvent>,
    read_buffer: Box<[u8]>,
    clients: Vec<Client>,
    begun: Instant,
    in_after: Duration,
    told_after: Duration,
    read_after: Duration,
    inside: usize,
}

#[derive(Debug)]
struct Client {
    stream: TcpStream,
    hello: Vec<u8>,
    greeted: bool,
    partial: Vec<u8>,
    /// How many this one knows to be there, once it is in.
    known: Option<u64>,
    told: Told,
}

/// What one client was told of others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// Lines of presence.
    pub frames: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Newcomers that were named.
    pub names: u64,
    /// Bytes of all that came.
    pub bytes_all: u64,
}

const IN_WITHIN: Duration = Duration::from_secs(60);
/// Longer than the second in which a large room gathers its presence.
const QUIET: Duration = Duration::from_millis(1_300);

impl Burst {
    /// Connects a client for each of these first lines, and waits until each is in, knows of all the others where the
    /// server tells it (native, everybody in one room), and nobody has been told anything for 1.3 s.
    ///
    /// # Errors
    /// One sentence, if somebody is refused, or not everybody is in and quiet within a minute each.
    pub fn join(target: Target, hellos: Vec<Vec<u8>>, one_room: bool) -> Result<Self, String> {
        let epoll = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC).map_err(|e| format!("No epoll: {e}."))?;
        let mut burst = Self {
            speech: target.speech,
            epoll,
            events: vec![EpollEvent::empty(); 1024],
            read_buffer: vec![0; 256 * 1024].into_boxed_slice(),
            clients: Vec::with_capacity(hellos.len()),
            begun: Instant::now(),
            in_after: Duration::ZERO,
            told_after: Duration::ZERO,
            read_after: Duration::ZERO,
            inside: 0,
        };
        for hello in hellos {
            burst.connect(target.address, hello)?;
            // Nobody is waited for: what has come already is taken in, lest a long burst fills the buffers.
            if burst.clients.len().is_multiple_of(64) {
                burst.turn(Duration::ZERO)?;
            }
        }
        let all = burst.clients.len();
        burst.turn_until(IN_WITHIN, "in", |burst| burst.clients.len() - burst.inside)?;
        let tells = one_room && target.speech == Speech::Native;
        let uninformed = |client: &&Client| tells && client.known != Some(all as u64);
        burst
            .turn_until(IN_WITHIN, "told of all the others", |burst| burst.clients.iter().filter(uninformed).count())?;
        burst.turn_until(IN_WITHIN, "left in peace", |burst| {
            if burst.begun.elapsed() > burst.read_after + QUIET { 0 } else { all }
        })?;
        Ok(burst)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.clients.len()
    }

    /// Whether there is nobody.
    pub fn is_empty(&self) -> bool {
        self.clients.is_empty()
    }

    /// From the first connect until the last one knew that it is in.
    pub fn in_after(&self) -> Duration {
        self.in_after
    }

    /// From the first connect until the last news of somebody's arrival had come.
    pub fn told_after(&self) -> Duration {
        self.told_after
    }

    /// What each was told.
    pub fn told(&self) -> impl Iterator<Item = Told> + '_ {
        self.clients.iter().map(|client| client.told)
    }

    fn connect(&mut self, address: SocketAddr, hello: Vec<u8>) -> Result<(), String> {
        let index = self.clients.len();
        let failed = |e: nix::Error| format!("Client {index} of the burst cannot connect to {address}: {e}.");
        let family = if address.is_ipv4() { AddressFamily::Inet } else { AddressFamily::Inet6 };
        let flags = SockFlag::SOCK_NONBLOCK | SockFlag::SOCK_CLOEXEC;
        let stream = TcpStream::from(socket(family, SockType::Stream, flags, None).map_err(failed)?);
        stream.set_nodelay(true).map_err(|e| format!("{e}."))?;
        let file = stream.as_raw_fd();
        let connecting = match address {
            SocketAddr::V4(address) => connect(file, &SockaddrIn::from(address)),
            SocketAddr::V6(address) => connect(file, &SockaddrIn6::from(address)),
        };
        let connected = match connecting {
            Ok(()) => true,
            Err(nix::Error::EINPROGRESS) => false,
            Err(error) => return Err(failed(error)),
        };
        let both = EpollFlags::EPOLLIN | EpollFlags::EPOLLOUT | EpollFlags::EPOLLET;
        self.epoll.add(&stream, EpollEvent::new(both, index as u64)).map_err(failed)?;
        let (partial, told) = (Vec::new(), Told::default());
        self.clients.push(Client { stream, hello, greeted: false, partial, known: None, told });
        if connected { self.greet(index) } else { Ok(()) }
    }

    /// Says hello, now that the connection stands.
    fn greet(&mut self, index: usize) -> Result<(), String> {
        let client = &mut self.clients[index];
        if client.greeted {
            return Ok(());
        }
        client.greeted = true;
        let broken = |why: String| format!("Client {index} of the burst cannot connect: {why}.");
        match getsockopt(&client.stream, sockopt::SocketError) {
            Ok(0) => {}
            Ok(error) => return Err(broken(nix::Error::from_raw(error).to_string())),
            Err(error) => return Err(broken(error.to_string())),
        }
        // A fresh connection takes a line.
        client.stream.write_all(&client.hello).map_err(|e| broken(e.to_string()))
    }

    fn turn_until(&mut self, within: Duration, what: &str, missing: impl Fn(&Self) -> usize) -> Result<(), String> {
        let deadline = Instant::now() + within;
        loop {
            let left = missing(self);
            if left == 0 {
                return Ok(());
            }
            if Instant::now() > deadline {
                return Err(format!("{left} of {} clients were not {what} after a minute.", self.len()));
            }
            self.turn(Duration::from_millis(20))?;
        }
    }

    fn turn(&mut self, at_most: Duration) -> Result<(), String> {
        let timeout = EpollTimeout::try_from(at_most).unwrap_or(EpollTimeout::ZERO);
        let mut events = std::mem::take(&mut self.events);
        let ready = match self.epoll.wait(&mut events, timeout) {
            Ok(ready) => ready,
            Err(nix::Error::EINTR) => 0,
            Err(error) => return Err(format!("epoll does not wait: {error}.")),
        };
        for event in &events[..ready] {
            let index = usize::try_from(event.data()).expect("the data is a client's index");
            if event.events().contains(EpollFlags::EPOLLOUT) {
                self.greet(index)?;
            }
            self.read(index)?;
        }
        self.events = events;
        Ok(())
    }

    /// Reads until there is no more: nobody says a second time that there is something.
    fn read(&mut self, index: usize) -> Result<(), String> {
        loop {
            let client = &mut self.clients[index];
            let taken = match client.stream.read(&mut self.read_buffer) {
                Ok(0) => return Err(format!("The server closed client {index} of the burst.")),
                Ok(taken) => taken,
                Err(e) if e.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(e) if e.kind() == ErrorKind::Interrupted => continue,
                Err(e) => return Err(format!("The connection of client {index} of the burst broke: {e}.")),
            };
            self.read_after = self.begun.elapsed();
            let (mut trouble, mut answer) = (None, Vec::new());
            let Client { partial, known, told, .. } = client;
            let was_in = known.is_some();
            let frames = told.frames;
            told.bytes_all += taken as u64;
            self.speech.split(partial, &self.read_buffer[..taken], |line| {
                let news = read(self.speech, line);
                if known.is_some() {
                    told.hear(news, line.len());
                }
                *known = now_known(*known, news);
                match news {
                    News::Trouble => trouble = Some(String::from_utf8_lossy(line).into_owned()),
                    News::Question => self.speech.answer(line, &mut answer),
                    News::In(_) | News::Came | News::Went | News::Many { .. } | News::Nothing => {}
                }
            });
            if let Some(line) = trouble {
                return Err(format!("Client {index} of the burst was told {line}"));
            }
            if !was_in && known.is_some() {
                self.inside += 1;
                self.in_after = self.read_after;
            }
            if told.frames > frames {
                self.told_after = self.read_after;
            }
            // An answer is small and the connection idle; one that does not fit is not missed.
            if !answer.is_empty() && client.stream.write_all(&answer).is_err() {
                return Err(format!("The connection of client {index} of the burst broke."));
            }
        }
    }
}

impl Told {
    fn hear(&mut self, news: News, line: usize) {
        match news {
            News::Came | News::Went => self.names += 1,
            News::Many { named, .. } => self.names += named,
            News::In(_) | News::Question | News::Trouble | News::Nothing => return,
        }
        self.frames += 1;
        // With the end of the line.
        self.bytes += line as u64 + 1;
    }
}

/// How many one knows to be there after a line; a server that does not say how many there are at first makes it 1.
fn now_known(before: Option<u64>, news: News) -> Option<u64> {
    match (before, news) {
        (_, News::In(count)) => Some(count.unwrap_or(1)),
        (Some(_), News::Many { count, .. }) => Some(count),
        (Some(count), News::Came) => Some(count + 1),
        (Some(count), News::Went) => Some(count.saturating_sub(1)),
        (None, News::Many { .. } | News::Came | News::Went) => None,
        (_, News::Question | News::Trouble | News::Nothing) => before,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_one_knows_follows_what_one_is_told() {
        let told = [News::In(Some(3)), News::Came, News::Came, News::Nothing, News::Went];
        assert_eq!(told.into_iter().fold(None, now_known), Some(4));
        let many = News::Many { count: 900, named: 50 };
        assert_eq!(now_known(Some(4), many), Some(900));
        assert_eq!(now_known(None, News::Came), None, "nothing counts before one is in");
    }

    #[test]
    fn presence_is_counted_in_lines_bytes_and_names_and_nothing_else_is() {
        let mut told = Told::default();
        told.hear(News::Came, 49);
        told.hear(News::Many { count: 900, named: 50 }, 599);
        told.hear(News::In(Some(3)), 5_000);
        told.hear(News::Nothing, 5_000);
        assert_eq!(told, Told { frames: 2, bytes: 650, names: 51, bytes_all: 0 });
    }

    /// A server that lets everybody in with a count and tells everybody before of each newcomer.
    fn serve(listener: std::net::TcpListener, clients: usize) {
        let mut inside: Vec<TcpStream> = Vec::new();
        for index in 1..=clients {
            let (mut stream, _) = listener.accept().unwrap();
            let mut hello = [0; 64];
            assert!(stream.read(&mut hello).unwrap() > 0);
            stream.write_all(format!("{{\"room\":{{\"count\":{index}}}}}\n").as_bytes()).unwrap();
            for other in &mut inside {
                other.write_all(b"{\"joined\":{\"nick\":\"x\"}}\n").unwrap();
            }
            inside.push(stream);
        }
        // Nobody is left alone before everybody has heard everything.
        for stream in &mut inside {
            while stream.read(&mut [0; 64]).is_ok_and(|taken| taken > 0) {}
        }
    }

    #[test]
    fn a_burst_is_over_when_everybody_knows_of_everybody() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let server = std::thread::spawn(move || serve(listener, 20));
        let target = Target { speech: Speech::Native, address };
        let burst = Burst::join(target, vec![b"hello\n".to_vec(); 20], true).unwrap();
        assert_eq!(burst.len(), 20);
        let mut frames: Vec<u64> = burst.told().map(|told| told.frames).collect();
        frames.sort_unstable();
        assert_eq!(frames, (0..20).collect::<Vec<u64>>());
        assert!(burst.in_after() > Duration::ZERO);
        drop(burst);
        server.join().unwrap();
    }

    #[test]
    fn who_is_refused_is_an_error_with_the_servers_words() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let _ = stream.read(&mut [0; 64]);
            stream.write_all(b"{\"bye\":{\"code\":\"full\"}}\n").unwrap();
            let _ = stream.read(&mut [0; 64]);
        });
        let target = Target { speech: Speech::Native, address };
        let refused = Burst::join(target, vec![b"hello\n".to_vec()], true).unwrap_err();
        assert!(refused.contains("full"), "{refused}");
    }
}
