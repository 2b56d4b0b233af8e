//! The server as a machine: who is here, in which rooms, and which bytes they may be sent now.

use alloc::collections::{BTreeMap, VecDeque};
use alloc::vec::Vec;

use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::SeedableRng;

use crate::id::{ConnId, IdentityId, LogId, MessageId, Slots, Spread};
use crate::name::{Nick, RoomName};
use crate::time::{Instant, Now};
use crate::vocabulary::{Event, Reason};
use crate::wire::{Dialect, Flavour, ServerCodec, encode_event};

mod absent;
mod answers;
mod asks;
mod away;
mod check;
mod closing;
mod commands;
mod direct;
mod handshake;
mod intake;
mod interface;
mod mail;
mod names;
mod news;
mod outbox;
mod pace;
pub mod phase;
mod presence;
mod present;
mod replay;
mod room;
mod rooms;
mod rows;
mod search;
mod session;
mod timeouts;
mod timers;
mod turn;

pub use interface::{Closing, Deadline, HubConfig, Input, Output, Peer, Refused};

use mail::{Clockwork, Mail};
use names::Names;
use outbox::Outbox;
use phase::Phase;
use room::Room;
use session::{Address, AddressCount, Session, User};
use timers::{SessionDeadlines, SessionTimer, Timers};

/// The server machine.
#[derive(Debug)]
pub struct Hub {
    config: HubConfig,
    now: Now,
    rng: ChaCha12Rng,
    sessions: Slots<Session>,
    users: Slots<User>,
    rooms: Slots<Room>,
    names: Names,
    by_identity: BTreeMap<Spread, u32>,
    room_names: BTreeMap<RoomName, u32>,
    /// Conversations by their two identities, the smaller first.
    directs: BTreeMap<(IdentityId, IdentityId), u32>,
    addresses: BTreeMap<Address, AddressCount>,
    /// Up to where sessions said that they know conversations which could not be opened for them then, by their slots.
    unopened: BTreeMap<u32, Vec<(LogId, MessageId)>>,
    handshakes: u32,
    timers: Timers,
    asks: asks::Asks,
    mail: Mail,
    /// Sessions that wait because too many questions are open, or those that come first.
    starved: VecDeque<u32>,
    /// Counts rounds of telling; see [`Session::told`].
    rounds: u64,
    /// Whether the store was asked who was here when the server last stopped.
    asked_absent: bool,
    /// Questions about who was here that are not yet answered, the opening of their rooms included. Until they are,
    /// nothing is taken in: whoever is quick would find neither their own place nor anybody else in theirs.
    restoring: u32,
    draining: bool,
}

impl Hub {
    /// An empty hub. `seed` must come from the operating system's random numbers: tokens are made from it.
    pub fn new(config: HubConfig, seed: [u8; 32], now: Now) -> Self {
        Self {
            config,
            now,
            rng: ChaCha12Rng::from_seed(seed),
            sessions: Slots::new(),
            users: Slots::new(),
            rooms: Slots::new(),
            names: Names::default(),
            by_identity: BTreeMap::new(),
            room_names: BTreeMap::new(),
            directs: BTreeMap::new(),
            addresses: BTreeMap::new(),
            unopened: BTreeMap::new(),
            handshakes: 0,
            timers: Timers::default(),
            asks: asks::Asks::default(),
            mail: Mail::default(),
            starved: VecDeque::new(),
            rounds: 0,
            asked_absent: false,
            restoring: 0,
            draining: false,
        }
    }

    /// Takes a new connection in.
    ///
    /// # Errors
    /// [`Refused`] where a cap is reached or the hub drains; the connection never existed then.
    pub fn accept(&mut self, now: Now, peer: Peer) -> Result<ConnId, Refused> {
        self.advance(now);
        let address = peer.address.and_then(Address::of);
        if let Some(reason) = self.refusal(peer.dialect, address) {
            return Err(Refused::new(peer.dialect, reason));
        }
        self.ask_absent();
        let codec = ServerCodec::new(peer.dialect);
        let flavour = codec.flavour();
        let limits = &self.config.limits;
        let session = Session {
            conn: ConnId { slot: 0, generation: 0 },
            dialect: peer.dialect,
            flavour,
            phase: Phase::Greeting,
            address,
            codec,
            outbox: Outbox::new(flavour, limits.prompt_rows_merge),
            awake: false,
            paused: false,
            doomed: false,
            silent: false,
            lost: false,
            closed: false,
            inbox: Vec::new(),
            held: None,
            waiting: 0,
            appends: 0,
            asked: 0,
            tries: 0,
            places: session::Few::new(),
            user: None,
            departing: None,
            heard: now.instant,
            progress: now.instant,
            pinged: false,
            commands: pace::Bucket::default(),
            costly: pace::Bucket::default(),
            faults: pace::Bucket::default(),
            next_write: Instant::ZERO,
            deadlines: SessionDeadlines::new(),
            told: 0,
        };
        let (slot, generation) = self.sessions.insert(session);
        let conn = ConnId { slot, generation };
        self.sessions[slot].conn = conn;
        self.handshakes += 1;
        if let Some(address) = address {
            let count = self.addresses.entry(address).or_default();
            count.sessions += 1;
            count.handshakes += 1;
        }
        let timeout = match peer.dialect {
            Dialect::Native => self.config.limits.handshake_timeout,
            Dialect::Nic | Dialect::Prompt => self.config.limits.handshake_timeout_tutorial,
        };
        self.set_timer(slot, SessionTimer::Life, now.instant + timeout);
        if peer.dialect != Dialect::Native {
            self.send(slot, &Event::Greeting);
        }
        self.settle();
        Ok(conn)
    }

    /// Applies one input. Unknown connections and tickets are ignored: the driver may be late.
    pub fn handle_input(&mut self, now: Now, input: Input<'_>) {
        self.advance(now);
        match input {
            Input::Received { conn, bytes } => {
                if let Some(slot) = self.live(conn) {
                    self.received(slot, bytes);
                }
            }
            Input::Lost { conn } => {
                if let Some(slot) = self.live(conn) {
                    self.lost(slot);
                }
            }
            Input::Answered { ticket, answer } => self.answered(ticket, answer),
            Input::Drain => self.drain(),
        }
        self.settle();
    }

    /// Applies every deadline up to `now`, a bounded number of them; what is left is due at once. Spurious calls
    /// are no-ops.
    pub fn handle_timeout(&mut self, now: Now) {
        const AT_ONCE: usize = 1_024;
        self.advance(now);
        for _ in 0..AT_ONCE {
            let Some((_, timer)) = self.timers.take_due(now.instant) else { break };
            self.timed_out(timer);
            self.settle();
        }
    }

    /// The next thing to do; drain to `None` before the next input.
    #[must_use]
    pub fn poll_output(&mut self) -> Option<Output> {
        self.mail.outputs.pop_front()
    }

    /// What `conn` may be sent now, in one write; empty if nothing, or not yet.
    #[must_use]
    pub fn transmit(&self, conn: ConnId) -> &[u8] {
        let Some(session) = self.live(conn).map(|slot| &self.sessions[slot]) else { return &[] };
        if session.flavour.is_chunked() && self.now.instant < session.next_write {
            return &[];
        }
        session.outbox.front(&self.mail.turns[session.flavour.index()])
    }

    /// So many of the bytes of [`Hub::transmit`] were taken. Call it with fewer than were offered when the
    /// connection would block, and transmit again once it is writable.
    ///
    /// # Panics
    /// If more were taken than were offered.
    pub fn transmitted(&mut self, conn: ConnId, bytes: usize) {
        let Some(slot) = self.live(conn) else { return };
        self.taken(slot, bytes);
        self.settle();
    }

    /// Whether a turn's worth of bytes waits: write to the woken connections before bringing more input in.
    #[must_use]
    pub fn wants_flush(&self) -> bool {
        self.mail.turns.iter().any(|turn| turn.len() > self.config.limits.turn_bytes_max / 8)
    }

    /// When [`Hub::handle_timeout`] is due. Constant time.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Deadline> {
        self.timers.next().map(|(at, timer)| Deadline { at, cause: timer.cause() })
    }

    /// The name under which the others see this connection, once it is in. For the driver's log.
    pub fn nick(&self, conn: ConnId) -> Option<&Nick> {
        let session = &self.sessions[self.live(conn)?];
        Some(&self.users[session.user?].nick)
    }

    /// How many connections there are.
    pub fn connections(&self) -> usize {
        self.sessions.len()
    }

    /// Whether nothing is left: no session, no grace, no question. After `Drain`, the driver may stop then.
    pub fn is_empty(&self) -> bool {
        self.sessions.len() == 0 && self.users.len() == 0 && self.rooms.len() == 0 && self.asks.len() == 0
    }

    /// Asserts every invariant. Costs a walk over everything: for tests and simulators.
    ///
    /// # Panics
    /// If one does not hold, which is a bug in this crate.
    pub fn check(&self) {
        self.check_all();
    }
}

/// What the parts of the hub share.
impl Hub {
    fn advance(&mut self, now: Now) {
        assert!(self.mail.outputs.is_empty(), "outputs are drained before the next input");
        assert!(now.instant >= self.now.instant, "the monotonic clock does not run backwards");
        self.now = now;
    }

    /// Closes whoever an input doomed. Telling the others may doom more; each goes only once.
    fn settle(&mut self) {
        self.enforce_total();
        while let Some(slot) = self.mail.doomed.pop() {
            if self.sessions.get(slot).is_some() {
                self.close(slot, Reason::SlowReader);
            }
            self.enforce_total();
        }
    }

    /// Dooms the worst readers while all outboxes together are over their bound.
    fn enforce_total(&mut self) {
        while self.mail.total > self.config.limits.outbox_bytes_total_max {
            let worst = self.sessions.iter().filter(|(_, s)| !s.doomed).max_by_key(|(_, s)| s.outbox.own_len());
            let Some((slot, _)) = worst else { break };
            self.mail.doom(slot, &mut self.sessions[slot]);
        }
    }

    /// The slot of a connection the driver may still speak of.
    fn live(&self, conn: ConnId) -> Option<u32> {
        let same = self.sessions.generation(conn.slot) == Some(conn.generation);
        (same && !self.sessions[conn.slot].closed).then_some(conn.slot)
    }

    /// The slot of a session that still exists, closed or not.
    fn slot_of(&self, conn: ConnId) -> Option<u32> {
        (self.sessions.generation(conn.slot) == Some(conn.generation)).then_some(conn.slot)
    }

    fn set_timer(&mut self, slot: u32, timer: SessionTimer, at: Instant) {
        self.timers.set(&mut self.sessions[slot].deadlines, slot, timer, at);
    }

    fn clear_timer(&mut self, slot: u32, timer: SessionTimer) {
        self.timers.clear(&mut self.sessions[slot].deadlines, slot, timer);
    }

    /// Sends an event to one session.
    fn send(&mut self, slot: u32, event: &Event) {
        let mut to = Clockwork { now: self.now.instant, limits: &self.config.limits, timers: &mut self.timers };
        let flavour = self.sessions[slot].flavour;
        self.mail.send(slot, &mut self.sessions[slot], |out| encode_event(flavour, event, out), &mut to);
    }

    /// Sends an event to many.
    fn fan_out(&mut self, slots: &[u32], event: &Event) {
        let mut to = Clockwork { now: self.now.instant, limits: &self.config.limits, timers: &mut self.timers };
        self.mail.tell(&mut self.sessions, slots, None, event, &mut to);
    }

    /// Sends an event to a room's members.
    fn tell_room(&mut self, room: u32, event: &Event) {
        let mut to = Clockwork { now: self.now.instant, limits: &self.config.limits, timers: &mut self.timers };
        let members = &mut self.rooms[room].members;
        let together = members.together.take();
        members.together = self.mail.tell(&mut self.sessions, members, together, event, &mut to);
    }

    /// Sends an event to a room's members, but to no session of `user`.
    fn tell_others(&mut self, room: u32, user: u32, event: &Event) {
        let others = |slot: &u32| self.sessions[*slot].user != Some(user);
        let slots: Vec<u32> = self.rooms[room].members.iter().copied().filter(others).collect();
        self.fan_out(&slots, event);
    }

    /// Why a connection cannot be taken in, if so.
    fn refusal(&self, dialect: Dialect, address: Option<Address>) -> Option<Reason> {
        let limits = &self.config.limits;
        let here = address.and_then(|address| self.addresses.get(&address)).copied().unwrap_or_default();
        if self.draining {
            return Some(Reason::Shutdown);
        }
        if self.sessions.len() >= limits.sessions_max as usize || self.handshakes >= limits.handshakes_max {
            return Some(Reason::ServerFull);
        }
        if here.sessions >= limits.sessions_per_address_max || here.handshakes >= limits.handshakes_per_address_max {
            return Some(Reason::AddressFull);
        }
        (self.config.password && dialect != Dialect::Native).then_some(Reason::PasswordRequired)
    }
}
