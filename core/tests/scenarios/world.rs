//! The hub, its store, a clock that moves when the story says so, and the laziest honest driver between them.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::net::IpAddr;
use std::time::Duration;

use parlor_core::hub::{Hub, HubConfig, Input, Output, Peer as Address};
use parlor_core::id::{ConnId, Ticket};
use parlor_core::limits::Limits;
use parlor_core::name::RoomName;
use parlor_core::secret::Secret;
use parlor_core::store::{Ask, MemoryLimits, MemoryStore};
use parlor_core::time::{Instant, Now, Timestamp};

use crate::peer::{Peer, Program};

/// The morning every story begins: 2026-01-01 08:00 UTC.
const BEGINNING_MS: i64 = 1_767_254_400_000;

/// Everybody and everything in a story.
pub(crate) struct World {
    hub: Hub,
    store: MemoryStore,
    instant: Instant,
    pub(crate) peers: BTreeMap<String, Peer>,
    owners: BTreeMap<ConnId, String>,
    /// Who has something to read.
    awake: BTreeSet<ConnId>,
    questions: VecDeque<(Ticket, Ask)>,
    accepted: usize,
    closed: usize,
    config: HubConfig,
    /// How often the server was started.
    starts: u8,
}

impl World {
    pub(crate) fn new(limits: Limits, password: Option<&str>) -> Self {
        let config = HubConfig {
            limits,
            default_room: RoomName::lobby(),
            server: "parlor/test".into(),
            password: password.is_some(),
        };
        let instant = Instant::from_micros(1_000_000);
        Self {
            hub: Hub::new(config.clone(), [7; 32], Self::now_at(instant)),
            store: MemoryStore::new(MemoryLimits::default(), [8; 32], password.map(Secret::new)),
            instant,
            peers: BTreeMap::new(),
            owners: BTreeMap::new(),
            awake: BTreeSet::new(),
            questions: VecDeque::new(),
            accepted: 0,
            closed: 0,
            config,
            starts: 1,
        }
    }

    /// The server stops without a word and starts again; the store keeps what it has, and all connections are gone.
    pub(crate) fn restart(&mut self) {
        self.starts += 1;
        self.hub = Hub::new(self.config.clone(), [7 + self.starts; 32], self.now());
        self.questions.clear();
        self.owners.clear();
        self.awake.clear();
        (self.accepted, self.closed) = (0, 0);
        for peer in self.peers.values_mut() {
            peer.conn = None;
            peer.backlog.clear();
            peer.paused = false;
        }
    }

    fn now_at(instant: Instant) -> Now {
        let ms = i64::try_from(instant.as_micros() / 1_000).expect("a story is shorter than an age");
        Now::new(instant, Timestamp(BEGINNING_MS + ms))
    }

    fn now(&self) -> Now {
        Self::now_at(self.instant)
    }

    /// Somebody's program connects. What they are told when refused is what they hear; the reason comes back.
    pub(crate) fn connect(
        &mut self,
        name: &str,
        program: Program,
        address: Option<IpAddr>,
    ) -> Result<Option<String>, String> {
        let peer = self.peers.entry(name.to_owned()).or_insert_with(|| Peer::new(program, name));
        match self.hub.accept(Self::now_at(self.instant), Address { dialect: program.dialect(), address }) {
            Ok(conn) => {
                self.accepted += 1;
                peer.reconnected(conn);
                self.owners.insert(conn, name.to_owned());
                self.settle()?;
                Ok(None)
            }
            Err(refused) => {
                peer.receive(self.instant, &refused.farewell)?;
                Ok(Some(refused.reason.to_string()))
            }
        }
    }

    /// Somebody's program sends this in one write, and it is read at once unless they are not read now.
    pub(crate) fn send(&mut self, name: &str, bytes: &[u8]) -> Result<(), String> {
        let peer = self.peer_mut(name)?;
        peer.has_sent()?;
        // A read gives at most what the socket holds; drivers read 16 KiB at a time.
        peer.backlog.extend(bytes.chunks(16 * 1024).map(<[u8]>::to_vec));
        self.deliver(name)?;
        self.settle()
    }

    /// Somebody's connection breaks without a word.
    pub(crate) fn lose(&mut self, name: &str) -> Result<(), String> {
        let conn = self.peer_mut(name)?.conn.ok_or("is not connected")?;
        self.peer_mut(name)?.backlog.clear();
        self.hub.handle_input(self.now(), Input::Lost { conn });
        self.settle()
    }

    /// Somebody reads again after a time of taking nothing.
    pub(crate) fn read_on(&mut self, name: &str) -> Result<(), String> {
        let peer = self.peer_mut(name)?;
        peer.stalled = false;
        if let Some(conn) = peer.conn {
            self.awake.insert(conn);
        }
        self.settle()
    }

    pub(crate) fn drain(&mut self) -> Result<(), String> {
        self.hub.handle_input(self.now(), Input::Drain);
        self.settle()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.hub.is_empty()
    }

    /// Lets time pass, stopping at each deadline on the way.
    pub(crate) fn wait(&mut self, time: Duration) -> Result<(), String> {
        let end = self.instant + time;
        while self.step(end)? {}
        self.instant = end;
        // Late is allowed and early harmless: a call without a deadline does nothing.
        self.hub.handle_timeout(self.now());
        self.settle()
    }

    /// Moves to the next deadline up to `end`; `false` if there is none.
    pub(crate) fn step(&mut self, end: Instant) -> Result<bool, String> {
        let Some(deadline) = self.hub.poll_timeout().filter(|deadline| deadline.at <= end) else {
            return Ok(false);
        };
        let before = self.instant;
        self.instant = self.instant.max(deadline.at);
        self.hub.handle_timeout(self.now());
        self.settle()?;
        let next = self.hub.poll_timeout();
        if self.instant == before && next == Some(deadline) {
            return Err(format!("the deadline of {} was handled and did not move", deadline.cause));
        }
        Ok(true)
    }

    pub(crate) fn instant(&self) -> Instant {
        self.instant
    }

    pub(crate) fn peer(&self, name: &str) -> Result<&Peer, String> {
        self.peers.get(name).ok_or_else(|| format!("nobody is called {name}"))
    }

    pub(crate) fn peer_mut(&mut self, name: &str) -> Result<&mut Peer, String> {
        self.peers.get_mut(name).ok_or_else(|| format!("nobody is called {name}"))
    }

    /// The end of every story: all connections break, all grace passes, and nothing is left.
    pub(crate) fn end(mut self) -> Result<(), String> {
        let names: Vec<_> = self.peers.keys().cloned().collect();
        for name in names {
            if self.peer(&name)?.conn.is_some() {
                self.lose(&name)?;
            }
        }
        self.wait(Duration::from_secs(600))?;
        if !self.hub.is_empty() {
            return Err(String::from("after the last goodbye the hub is not empty"));
        }
        if self.accepted != self.closed {
            return Err(format!("{} connections were accepted and {} closed", self.accepted, self.closed));
        }
        Ok(())
    }

    fn deliver(&mut self, name: &str) -> Result<(), String> {
        loop {
            let now = self.now();
            let peer = self.peer_mut(name)?;
            let Some(conn) = peer.conn.filter(|_| !peer.paused) else { return Ok(()) };
            let Some(bytes) = peer.backlog.pop_front() else { return Ok(()) };
            self.hub.handle_input(now, Input::Received { conn, bytes: &bytes });
            self.outputs()?;
        }
    }

    /// Does everything the hub asks for until it asks for nothing more, then writes, then sends what programs answer.
    fn settle(&mut self) -> Result<(), String> {
        loop {
            self.outputs()?;
            self.flush()?;
            // Taking its last bytes may be what a closing connection waited for.
            let mut replied = self.outputs()?;
            self.hub.check();
            let names: Vec<_> = self.peers.keys().cloned().collect();
            for name in names {
                let peer = self.peer_mut(&name)?;
                let replies = std::mem::take(&mut peer.replies);
                replied |= !replies.is_empty() || (!peer.paused && !peer.backlog.is_empty() && peer.conn.is_some());
                peer.backlog.extend(replies.into_iter().map(crate::peer::frame));
                self.deliver(&name)?;
            }
            if !replied && self.awake.iter().all(|conn| self.is_stalled(*conn)) {
                return Ok(());
            }
        }
    }

    fn is_stalled(&self, conn: ConnId) -> bool {
        self.owners.get(&conn).and_then(|name| self.peers.get(name)).is_none_or(|peer| peer.stalled)
    }

    /// Whether there were any.
    fn outputs(&mut self) -> Result<bool, String> {
        let mut any = false;
        loop {
            while let Some(output) = self.hub.poll_output() {
                any = true;
                self.perform(output)?;
            }
            let Some((ticket, ask)) = self.questions.pop_front() else { return Ok(any) };
            let answer = self.store.answer(ask);
            self.hub.handle_input(self.now(), Input::Answered { ticket, answer });
        }
    }

    fn perform(&mut self, output: Output) -> Result<(), String> {
        let instant = self.instant;
        match output {
            Output::Wake(conn) => {
                self.awake.insert(conn);
            }
            Output::Ask { ticket, ask } => self.questions.push_back((ticket, *ask)),
            Output::Pause(conn) => self.owner(conn)?.paused = true,
            Output::Resume(conn) => self.owner(conn)?.paused = false,
            Output::Close { conn, reason, how } => {
                self.closed += 1;
                self.awake.remove(&conn);
                let name = self.owners.remove(&conn).ok_or("a connection was closed that nobody has")?;
                let peer = self.peer_mut(&name)?;
                peer.close(instant, reason, how).map_err(|fault| format!("{name}: {fault}"))?;
            }
        }
        Ok(())
    }

    fn owner(&mut self, conn: ConnId) -> Result<&mut Peer, String> {
        let name = self.owners.get(&conn).ok_or_else(|| format!("the hub speaks of {conn}, which nobody has"))?;
        self.peers.get_mut(name).ok_or_else(|| format!("nobody is called {name}"))
    }

    /// Writes to everybody who is awake and reads: each offer of the hub is one write.
    fn flush(&mut self) -> Result<(), String> {
        for conn in std::mem::take(&mut self.awake) {
            let Some(name) = self.owners.get(&conn).cloned() else { continue };
            let peer = self.peers.get_mut(&name).ok_or("an owner without a peer")?;
            loop {
                let bytes = self.hub.transmit(conn).to_vec();
                if bytes.is_empty() {
                    break;
                }
                let taken = if peer.stalled { 0 } else { bytes.len() };
                if taken > 0 {
                    peer.receive(self.instant, &bytes).map_err(|fault| format!("{name}: {fault}"))?;
                }
                self.hub.transmitted(conn, taken);
                if taken == 0 {
                    break;
                }
            }
        }
        Ok(())
    }
}
