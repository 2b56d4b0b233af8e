//! A bound on everything. Relations between bounds are asserted at compile time.

use core::time::Duration;

/// Most bytes of one frame from a client (`native-protocol`, Rules).
pub const CLIENT_FRAME_BYTES_MAX: usize = 16 * 1024;
/// Most bytes of one frame from a server (`native-protocol`, Rules).
pub const SERVER_FRAME_BYTES_MAX: usize = 64 * 1024;
/// Most messages in one page of history.
pub const PAGE_MAX: u32 = 200;
/// Most names in one bulk telling, of those who came and of those who went (`native-protocol`, `presence`).
pub const PRESENCE_NAMED_MAX: usize = 50;
/// Most entries in one page of rooms or members, and most members named in a `room` frame.
pub const LIST_MAX: u32 = 500;
/// Most bytes of a `room` frame for those of its members who are away; whoever does not fit is left out.
pub const AWAY_LISTED_BYTES_MAX: usize = 24 * 1024;
/// Most bytes in one write to a chunk-mode client, whose `recv(1024)` must not cut a character (`tutorial-protocols`, Pace).
pub const CHUNK_BYTES_MAX: usize = 1024;

/// How fast a session's commands are taken: a token bucket. A session out of tokens is not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// Commands that may come at once, ≥ 64.
    pub burst: u32,
    /// Commands a second after that.
    pub per_second: u32,
}

/// Every bound of the hub.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Open connections, those in the handshake included.
    pub sessions_max: u32,
    /// Open connections from one /32 or /64; loopback and local transports are exempt.
    pub sessions_per_address_max: u32,
    /// Unfinished handshakes in all.
    pub handshakes_max: u32,
    /// Unfinished handshakes from one /32 or /64; loopback and local transports are exempt.
    pub handshakes_per_address_max: u32,
    /// Sessions of one identity; one more closes the oldest.
    pub sessions_per_identity_max: u32,
    /// Rooms and conversations open at once.
    pub rooms_max: u32,
    /// Rooms and conversations one session may be in.
    pub rooms_per_session_max: u32,
    /// Unanswered questions in all; at the bound no session is read.
    pub questions_max: u32,
    /// Unanswered appends of one session; at the bound it is not read.
    pub appends_per_session_max: u32,
    /// Bytes waiting for one connection.
    pub outbox_bytes_max: usize,
    /// Bytes waiting for all connections together.
    pub outbox_bytes_total_max: usize,
    /// Bytes of the shared buffer of one turn; past it, what is not yet sent is copied to its owners.
    pub turn_bytes_max: usize,
    /// Readers that are each brought a copy of what is told to them. More ride the turn's shared buffer; fewer would
    /// come between those of a large room there, who then had to be brought copies too.
    pub told_each_max: u32,
    /// Bytes received and not yet understood, of one connection.
    pub inbox_bytes_max: usize,
    /// Entries replayed per place to a resuming client; more is a `gap`.
    pub replay_max: u32,
    /// How many of the newest messages a client of a tutorial is shown as it comes in.
    pub tutorial_lines: u32,
    /// Commands a session may send; `None` switches pacing off, for benchmarks.
    pub pace: Option<Pace>,
    /// `join`, `nick`, `away`, `search` and `typing` a session may send.
    pub pace_costly: Option<Pace>,
    /// Faulty frames a session may send; one a minute is forgiven.
    pub faults_max: u32,
    /// How often a hello may be tried again after a refused nickname or password.
    pub hello_tries_max: u32,
    /// From connecting to a valid hello, native.
    pub handshake_timeout: Duration,
    /// From connecting to a name, tutorial dialects: the client asks its user only after connecting.
    pub handshake_timeout_tutorial: Duration,
    /// Silence of a native client before it is pinged.
    pub ping_interval: Duration,
    /// Silence after the ping before it is given up.
    pub ping_timeout: Duration,
    /// Bytes waiting and none taken for this long: given up.
    pub stall_timeout: Duration,
    /// For the last words before a connection is closed.
    pub farewell_timeout: Duration,
    /// Between the last sentence and the reset of a chunk-mode client.
    pub reset_delay: Duration,
    /// A dropped session that can resume keeps name and membership this long.
    pub grace: Duration,
    /// A message of a `nic` client without its newline is complete after this.
    pub nic_completion: Duration,
    /// Between writes to a `nic` client.
    pub nic_write_interval: Duration,
    /// Between writes to a `prompt` client in chunk mode.
    pub prompt_write_interval: Duration,
    /// From this many waiting rows on, several share a write to a `prompt` client in chunk mode.
    pub prompt_rows_merge: usize,
    /// Rooms above this many members tell presence in bulk.
    pub presence_members_max: u32,
    /// Between two bulk tellings.
    pub presence_interval: Duration,
}

impl Limits {
    /// The bounds a server starts with.
    pub const DEFAULT: Limits = Limits {
        sessions_max: 16_384,
        sessions_per_address_max: 128,
        handshakes_max: 4_096,
        handshakes_per_address_max: 32,
        sessions_per_identity_max: 8,
        rooms_max: 4_096,
        rooms_per_session_max: 64,
        questions_max: 65_536,
        appends_per_session_max: 64,
        outbox_bytes_max: 256 * 1024,
        outbox_bytes_total_max: 256 * 1024 * 1024,
        turn_bytes_max: 1024 * 1024,
        told_each_max: 8,
        inbox_bytes_max: 128 * 1024,
        replay_max: 1_000,
        tutorial_lines: 20,
        pace: Some(Pace { burst: 64, per_second: 20 }),
        pace_costly: Some(Pace { burst: 64, per_second: 2 }),
        faults_max: 8,
        hello_tries_max: 3,
        handshake_timeout: Duration::from_secs(30),
        handshake_timeout_tutorial: Duration::from_secs(300),
        ping_interval: Duration::from_secs(30),
        ping_timeout: Duration::from_secs(30),
        stall_timeout: Duration::from_secs(30),
        farewell_timeout: Duration::from_secs(2),
        reset_delay: Duration::from_millis(250),
        grace: Duration::from_secs(30),
        nic_completion: Duration::from_millis(500),
        nic_write_interval: Duration::from_millis(50),
        prompt_write_interval: Duration::from_millis(20),
        prompt_rows_merge: 32,
        presence_members_max: 500,
        presence_interval: Duration::from_secs(1),
    };
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}

const _: () = {
    let l = Limits::DEFAULT;
    assert!(
        crate::text::TEXT_BYTES_MAX * 2 <= CLIENT_FRAME_BYTES_MAX,
        "a text of the longest fits a frame unless nearly all of it needs escaping; clients measure"
    );
    assert!(SERVER_FRAME_BYTES_MAX * 2 <= l.outbox_bytes_max, "an empty outbox holds any frame and a farewell");
    assert!(l.outbox_bytes_max <= l.outbox_bytes_total_max, "one outbox fits into all");
    assert!(CLIENT_FRAME_BYTES_MAX * 2 <= l.inbox_bytes_max, "an inbox holds an unfinished frame and a read");
    assert!(l.appends_per_session_max <= l.questions_max, "one session alone never exhausts the questions");
    assert!(l.handshakes_max <= l.sessions_max, "a handshake is a session");
    // A name or a topic holds nothing that takes more than two bytes for one; 2 KiB are for the other members.
    let listed = LIST_MAX as usize * (crate::name::NAME_BYTES_MAX + 3);
    let topic = 2 * crate::text::TOPIC_BYTES_MAX;
    assert!(
        listed + AWAY_LISTED_BYTES_MAX + topic + 2 * 1024 <= SERVER_FRAME_BYTES_MAX,
        "a room frame with all its members, and those who are away, fits a frame"
    );
    assert!(PAGE_MAX as usize * 2 <= SERVER_FRAME_BYTES_MAX, "a page of short messages fits a frame");
};
