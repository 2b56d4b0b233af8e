//! A hub, a store and some peers, with a clock that goes where it is told. Everything is drained after every input,
//! every invariant is checked, and what the peers are sent is kept as bytes.

#![allow(dead_code, unreachable_pub, reason = "each test uses its part")]

use std::collections::BTreeMap;
use std::time::Duration;

use parlor_core::hub::{Closing, Hub, HubConfig, Input, Output, Peer, Refused};
use parlor_core::id::{ConnId, Ticket};
use parlor_core::limits::Limits;
use parlor_core::name::RoomName;
use parlor_core::store::{Ask, MemoryLimits, MemoryStore};
use parlor_core::time::{Instant, Now, Timestamp};
use parlor_core::vocabulary::Reason;
use parlor_core::wire::Dialect;

/// What became of one connection.
#[derive(Debug, Default)]
pub struct End {
    /// What it was sent, write by write.
    pub writes: Vec<(Instant, Vec<u8>)>,
    /// How much of it a test has looked at.
    seen: usize,
    pub awake: bool,
    pub paused: bool,
    /// Takes nothing: a stalled reader.
    pub stalled: bool,
    pub closed: Option<(Reason, Closing)>,
    closes: usize,
}

/// The hub and everything around it.
pub struct World {
    pub hub: Hub,
    pub store: MemoryStore,
    pub now: Now,
    pub ends: BTreeMap<ConnId, End>,
    /// Questions that are not answered at once, while set.
    pub late: Option<Vec<(Ticket, Ask)>>,
    pub asked: usize,
}

/// The usual bounds; but these worlds are small, so that even two share the turn's buffer as only more do otherwise.
pub fn config() -> HubConfig {
    HubConfig {
        limits: Limits { told_each_max: 0, ..Limits::DEFAULT },
        default_room: RoomName::lobby(),
        server: "parlor/test".into(),
        password: false,
    }
}

/// A `say` frame.
pub fn say(room: &str, text: &str, nonce: &str) -> String {
    format!("{{\"say\":{{\"room\":\"{room}\",\"text\":\"{text}\",\"nonce\":\"{nonce}\"}}}}\n")
}

/// Whether one of the frames holds this.
pub fn has(frames: &[String], part: &str) -> bool {
    frames.iter().any(|frame| frame.contains(part))
}

/// The first string member of this name.
pub fn member(text: &str, name: &str) -> String {
    let start = text.find(&format!("\"{name}\":\"")).expect("the member is there") + name.len() + 4;
    text[start..].split('"').next().expect("a string ends").into()
}

impl World {
    pub fn new() -> Self {
        Self::with(config())
    }

    pub fn with(config: HubConfig) -> Self {
        let now = Now::new(Instant::from_micros(1_000_000), Timestamp(1_763_790_000_000));
        let store = MemoryStore::new(MemoryLimits::default(), [7; 32], None);
        let hub = Hub::new(config, [9; 32], now);
        Self { hub, store, now, ends: BTreeMap::new(), late: None, asked: 0 }
    }

    /// Connects from loopback.
    pub fn connect(&mut self, dialect: Dialect) -> ConnId {
        self.connect_from(dialect, None).expect("there is room")
    }

    pub fn connect_from(&mut self, dialect: Dialect, address: Option<std::net::IpAddr>) -> Result<ConnId, Refused> {
        let conn = self.hub.accept(self.now, Peer { dialect, address })?;
        let earlier = self.ends.insert(conn, End::default());
        assert!(earlier.is_none(), "connection ids never repeat");
        self.outputs();
        self.turn();
        Ok(conn)
    }

    /// A native client that is in the lobby; what it was told on the way is forgotten.
    pub fn native(&mut self, nick: &str) -> ConnId {
        let conn = self.connect(Dialect::Native);
        self.says(conn, &format!("{{\"hello\":{{\"version\":1,\"nick\":\"{nick}\"}}}}\n"));
        assert!(self.hub.nick(conn).is_some(), "{nick} is in: {}", self.text(conn));
        self.text(conn);
        conn
    }

    /// A tutorial client that is in the lobby; what it was told on the way is forgotten.
    pub fn guest(&mut self, dialect: Dialect, nick: &str) -> ConnId {
        let conn = self.connect(dialect);
        self.says(conn, nick);
        self.pass(Duration::from_millis(200));
        self.text(conn);
        conn
    }

    pub fn says(&mut self, conn: ConnId, text: &str) {
        self.sends(conn, text.as_bytes());
    }

    pub fn sends(&mut self, conn: ConnId, bytes: &[u8]) {
        self.input(Input::Received { conn, bytes });
        self.turn();
    }

    pub fn vanishes(&mut self, conn: ConnId) {
        self.input(Input::Lost { conn });
        self.turn();
    }

    /// One input, its outputs, and nothing sent yet.
    pub fn input(&mut self, input: Input<'_>) {
        self.hub.handle_input(self.now, input);
        self.outputs();
    }

    pub fn outputs(&mut self) {
        let mut asks = Vec::new();
        while let Some(output) = self.hub.poll_output() {
            match output {
                Output::Wake(conn) => {
                    let end = self.ends.get_mut(&conn).expect("only open connections are woken");
                    assert!(end.closed.is_none(), "a ghost is silent");
                    assert!(!end.awake, "one wake per edge");
                    end.awake = true;
                }
                Output::Close { conn, reason, how } => {
                    let end = self.ends.get_mut(&conn).expect("only open connections are closed");
                    end.closes += 1;
                    assert_eq!(end.closes, 1, "a connection is closed once");
                    end.closed = Some((reason, how));
                }
                Output::Pause(conn) => self.ends.get_mut(&conn).expect("open").paused = true,
                Output::Resume(conn) => self.ends.get_mut(&conn).expect("open").paused = false,
                Output::Ask { ticket, ask } => {
                    self.asked += 1;
                    asks.push((ticket, *ask));
                }
            }
        }
        self.hub.check();
        match &mut self.late {
            Some(late) => late.extend(asks),
            None => {
                for (ticket, ask) in asks {
                    self.answer(ticket, ask);
                }
            }
        }
    }

    fn answer(&mut self, ticket: Ticket, ask: Ask) {
        let answer = self.store.answer(ask);
        self.input(Input::Answered { ticket, answer });
    }

    /// Answers the questions kept so far, and from now on at once.
    pub fn answer_late(&mut self) {
        for (ticket, ask) in self.late.take().unwrap_or_default() {
            self.answer(ticket, ask);
        }
        self.turn();
    }

    /// Writes to everybody who woke and takes it.
    pub fn turn(&mut self) {
        let conns: Vec<ConnId> =
            self.ends.iter().filter(|(_, end)| end.awake && !end.stalled).map(|(c, _)| *c).collect();
        for conn in conns {
            self.write(conn);
        }
    }

    pub fn write(&mut self, conn: ConnId) {
        loop {
            let end = self.ends.get_mut(&conn).expect("open");
            if end.closed.is_some() {
                return;
            }
            let bytes = self.hub.transmit(conn).to_vec();
            if bytes.is_empty() {
                end.awake = false;
                return;
            }
            let len = bytes.len();
            end.writes.push((self.now.instant, bytes));
            self.hub.transmitted(conn, len);
            let closed = self.hub.transmit(conn).is_empty();
            if closed {
                self.ends.get_mut(&conn).expect("open").awake = false;
            }
            self.outputs();
        }
    }

    /// Lets time pass, deadline by deadline.
    pub fn pass(&mut self, time: Duration) {
        let end = self.now.instant + time;
        while let Some(deadline) = self.hub.poll_timeout().filter(|deadline| deadline.at <= end) {
            self.set_clock(deadline.at.max(self.now.instant));
            self.hub.handle_timeout(self.now);
            self.outputs();
            self.turn();
        }
        self.set_clock(end);
        self.hub.handle_timeout(self.now);
        self.outputs();
        self.turn();
    }

    fn set_clock(&mut self, instant: Instant) {
        let ms = instant.saturating_since(self.now.instant).as_millis() as i64;
        self.now = Now::new(instant, Timestamp(self.now.timestamp.0 + ms));
    }

    /// What a connection was sent since last asked, as one text.
    pub fn text(&mut self, conn: ConnId) -> String {
        let end = self.ends.get_mut(&conn).expect("known");
        let bytes: Vec<u8> = end.writes[end.seen..].iter().flat_map(|(_, bytes)| bytes.iter().copied()).collect();
        end.seen = end.writes.len();
        String::from_utf8(bytes).expect("only UTF-8 is sent")
    }

    /// What a connection was sent since last asked, write by write.
    pub fn writes(&mut self, conn: ConnId) -> Vec<String> {
        let end = self.ends.get_mut(&conn).expect("known");
        let writes = end.writes[end.seen..].iter();
        let texts = writes.map(|(_, bytes)| String::from_utf8(bytes.clone()).expect("a write ends at a character"));
        let texts = texts.collect();
        end.seen = end.writes.len();
        texts
    }

    /// The frames a native connection was sent since last asked.
    pub fn frames(&mut self, conn: ConnId) -> Vec<String> {
        self.text(conn).lines().map(String::from).collect()
    }

    pub fn forget(&mut self) {
        for end in self.ends.values_mut() {
            end.seen = end.writes.len();
        }
    }

    pub fn closed(&self, conn: ConnId) -> Option<(Reason, Closing)> {
        self.ends[&conn].closed
    }
}
