//! A hub in which two honest people talk while somebody else sends whatever it likes.

use std::collections::BTreeMap;
use std::time::Duration;

use memchr::memmem;
use parlor_core::hub::{Hub, HubConfig, Input, Output, Peer};
use parlor_core::id::ConnId;
use parlor_core::limits::Limits;
use parlor_core::name::RoomName;
use parlor_core::store::{MemoryLimits, MemoryStore};
use parlor_core::time::{Instant, Now, Timestamp};
use parlor_core::wire::Dialect;

/// Between two reads of a connection, so that what is paced or awaited gets its time.
const PAUSE: Duration = Duration::from_millis(60);

/// Somebody sends these reads to a hub and vanishes: the hub keeps its invariants after each, and two honest people say
/// and hear before, between and after.
///
/// # Panics
/// If a claim is broken.
pub fn hub_hears(dialect: Dialect, reads: &[&[u8]]) {
    let mut hall = Hall::new();
    let (bea, carl) = (hall.enter("bea"), hall.enter("carl"));
    let hostile = hall.connect(dialect);
    for (number, read) in reads.iter().enumerate() {
        if hall.is_open(hostile) && !read.is_empty() {
            hall.hear(hostile, read);
            hall.pass(PAUSE);
        }
        if number == reads.len() / 2 {
            hall.claim_heard(bea, carl, "between");
        }
    }
    if hall.is_open(hostile) {
        hall.input(Input::Lost { conn: hostile });
    }
    hall.pass(Duration::from_secs(1));
    hall.claim_heard(bea, carl, "after");
    hall.claim_heard(carl, bea, "an answer");
}

/// What a driver knows of a connection.
#[derive(Debug, Default)]
struct End {
    awake: bool,
    closed: bool,
    told: Vec<u8>,
    writes: Vec<Vec<u8>>,
}

/// A hub, its store, and a driver that answers and writes at once.
#[derive(Debug)]
pub struct Hall {
    hub: Hub,
    store: MemoryStore,
    now: Now,
    ends: BTreeMap<ConnId, End>,
}

impl Default for Hall {
    fn default() -> Self {
        Self::new()
    }
}

impl Hall {
    /// An empty one.
    pub fn new() -> Self {
        let now = Now::new(Instant::from_micros(1_000_000), Timestamp(1_763_790_000_000));
        let config = HubConfig {
            limits: Limits::DEFAULT,
            default_room: RoomName::lobby(),
            server: "parlor/test".into(),
            password: false,
        };
        let store = MemoryStore::new(MemoryLimits::default(), [7; 32], None);
        Self { hub: Hub::new(config, [9; 32], now), store, now, ends: BTreeMap::new() }
    }

    /// The time.
    pub fn now(&self) -> Now {
        self.now
    }

    /// Somebody connects from this machine.
    ///
    /// # Panics
    /// If the hub refuses that.
    pub fn connect(&mut self, dialect: Dialect) -> ConnId {
        let conn = self.hub.accept(self.now, Peer { dialect, address: None }).expect("there is room");
        assert!(self.ends.insert(conn, End::default()).is_none(), "connection ids never repeat");
        self.settle();
        conn
    }

    /// A native client comes in.
    pub fn enter(&mut self, nick: &str) -> ConnId {
        let conn = self.connect(Dialect::Native);
        self.hear(conn, format!("{{\"hello\":{{\"version\":1,\"nick\":\"{nick}\"}}}}\n").as_bytes());
        assert!(self.hub.nick(conn).is_some(), "{nick} is in");
        conn
    }

    /// Whether the hub has not closed the connection.
    pub fn is_open(&self, conn: ConnId) -> bool {
        !self.ends[&conn].closed
    }

    /// The hub reads these bytes.
    pub fn hear(&mut self, conn: ConnId, bytes: &[u8]) {
        self.input(Input::Received { conn, bytes });
    }

    /// What was written to a connection since last asked, write by write.
    pub fn writes(&mut self, conn: ConnId) -> Vec<Vec<u8>> {
        self.ends.get_mut(&conn).map(|end| std::mem::take(&mut end.writes)).unwrap_or_default()
    }

    /// Lets time pass, deadline by deadline.
    pub fn pass(&mut self, time: Duration) {
        let end = self.now.instant + time;
        while let Some(next) = self.hub.poll_timeout().filter(|next| next.at <= end) {
            self.timeout(next.at.max(self.now.instant));
            assert!(self.hub.poll_timeout() != Some(next), "a handled deadline moves: {next:?}");
        }
        self.timeout(end);
    }

    fn timeout(&mut self, instant: Instant) {
        let ms = instant.saturating_since(self.now.instant).as_millis() as i64;
        self.now = Now::new(instant, Timestamp(self.now.timestamp.0 + ms));
        self.hub.handle_timeout(self.now);
        self.settle();
    }

    fn input(&mut self, input: Input<'_>) {
        self.hub.handle_input(self.now, input);
        self.settle();
    }

    /// Does what the hub wants, and writes what it has to say.
    fn settle(&mut self) {
        self.outputs();
        while let Some(conn) = self.ends.iter().find(|(_, end)| end.awake).map(|(conn, _)| *conn) {
            self.write(conn);
            self.outputs();
        }
    }

    /// Does what the hub wants, and checks it.
    fn outputs(&mut self) {
        let mut asks = Vec::new();
        while let Some(output) = self.hub.poll_output() {
            match output {
                Output::Wake(conn) => {
                    let end = self.ends.get_mut(&conn).expect("only who came is woken");
                    assert!(!end.closed && !end.awake, "one wake per edge, and none for a ghost");
                    end.awake = true;
                }
                Output::Close { conn, .. } => {
                    let end = self.ends.get_mut(&conn).expect("only who came is closed");
                    assert!(!std::mem::replace(&mut end.closed, true), "closed once");
                    end.awake = false;
                }
                Output::Pause(_) | Output::Resume(_) => {}
                Output::Ask { ticket, ask } => asks.push((ticket, *ask)),
            }
        }
        self.hub.check();
        for (ticket, ask) in asks {
            let answer = self.store.answer(ask);
            self.hub.handle_input(self.now, Input::Answered { ticket, answer });
            self.outputs();
        }
    }

    fn write(&mut self, conn: ConnId) {
        let bytes = self.hub.transmit(conn).to_vec();
        if !bytes.is_empty() {
            self.hub.transmitted(conn, bytes.len());
        }
        let drained = self.hub.transmit(conn).is_empty();
        let end = self.ends.get_mut(&conn).expect("only who came is written to");
        end.awake &= !drained;
        end.told.extend_from_slice(&bytes);
        end.writes.push(bytes);
    }

    /// One of the two says this, and both see it in the log.
    fn claim_heard(&mut self, from: ConnId, to: ConnId, text: &str) {
        for conn in [from, to] {
            assert!(self.is_open(conn), "who is honest stays");
            self.ends.get_mut(&conn).expect("it is there").told.clear();
        }
        let say = format!("{{\"say\":{{\"room\":\"lobby\",\"text\":\"{text}\",\"nonce\":\"{text}\"}}}}\n");
        self.hear(from, say.as_bytes());
        let said = format!("\"text\":\"{text}\"");
        for conn in [from, to] {
            let told = &self.ends[&conn].told;
            assert!(
                memmem::find(told, said.as_bytes()).is_some(),
                "{text} is heard: {}",
                String::from_utf8_lossy(told)
            );
        }
        assert!(memmem::find(&self.ends[&from].told, b"{\"ack\":").is_some(), "{text} is acknowledged");
    }
}
