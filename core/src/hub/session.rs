//! One connection: its codec, phase, outbox, deadlines; and one user: the person behind one or more of them.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::net::IpAddr;

use smallvec::SmallVec;

use crate::id::{ConnId, IdentityId, LogId, MessageId};
use crate::name::Nick;
use crate::text::Note;
use crate::time::Instant;
use crate::vocabulary::Request;
use crate::wire::{Decoded, Dialect, Flavour, ServerCodec};

use super::outbox::Outbox;
use super::pace::Bucket;
use super::phase::Phase;
use super::timers::SessionDeadlines;

/// One connection.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) conn: ConnId,
    pub(super) dialect: Dialect,
    pub(super) flavour: Flavour,
    pub(super) phase: Phase,
    pub(super) address: Option<Address>,
    pub(super) codec: ServerCodec,
    pub(super) outbox: Outbox,
    /// The connection has been told of by a `Wake` and not drained since.
    pub(super) awake: bool,
    /// The driver was told to read no more.
    pub(super) paused: bool,
    /// Its outbox overflowed; it is sent no more and closed before the input ends.
    pub(super) doomed: bool,
    /// Its last words are queued, or nobody reads any more: it is sent nothing else.
    pub(super) silent: bool,
    /// The connection ended; what it sent before is still taken in.
    pub(super) lost: bool,
    /// `Close` has been put out; the session stays until its appends are answered.
    pub(super) closed: bool,
    /// Bytes received and not yet taken in.
    pub(super) inbox: Vec<u8>,
    /// The frame that waits for earlier ones to take effect.
    pub(super) held: Option<Box<Decoded<Request>>>,
    /// Questions whose answers hold everything back.
    pub(super) waiting: u16,
    /// Appends not yet answered.
    pub(super) appends: u16,
    /// Questions that hold nothing back and are not yet answered.
    pub(super) asked: u16,
    /// Hello tries used up.
    pub(super) tries: u8,
    /// Rooms and conversations this session is in, or about to be.
    pub(super) places: Few,
    pub(super) user: Option<u32>,
    /// It is to leave everything once its appends are answered.
    pub(super) departing: Option<Departure>,
    /// When anything was last received, for liveness.
    pub(super) heard: Instant,
    /// When bytes were last taken, for stalls.
    pub(super) progress: Instant,
    pub(super) pinged: bool,
    pub(super) commands: Bucket,
    pub(super) costly: Bucket,
    pub(super) faults: Bucket,
    /// When a paced connection may be written to again.
    pub(super) next_write: Instant,
    pub(super) deadlines: SessionDeadlines,
    /// The round of telling in which this session was last told, so that nobody is told twice.
    pub(super) told: u64,
}

/// How a session goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Departure {
    /// What the others are told.
    pub(super) reason: Note,
    /// Whether it may come back for its place.
    pub(super) grace: bool,
}

/// What caps per address count by: an IPv4 address or an IPv6 /64.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Address {
    V4(u32),
    V6(u64),
}

impl Address {
    /// `None` for loopback, which is exempt.
    pub(super) fn of(address: IpAddr) -> Option<Self> {
        let address = address.to_canonical();
        if address.is_loopback() {
            return None;
        }
        Some(match address {
            IpAddr::V4(v4) => Self::V4(v4.to_bits()),
            IpAddr::V6(v6) => Self::V6((v6.to_bits() >> 64) as u64),
        })
    }
}

/// How many connections an address has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct AddressCount {
    pub(super) sessions: u32,
    pub(super) handshakes: u32,
}

/// Slots, of which there are seldom more than four: those take no allocation.
pub(super) type Few = SmallVec<[u32; 4]>;

/// A person who is here, or was until a moment ago.
#[derive(Debug)]
pub(super) struct User {
    pub(super) identity: IdentityId,
    pub(super) nick: Nick,
    /// Came without an identity that outlives the session.
    pub(super) guest: bool,
    /// Slots of sessions, oldest first.
    pub(super) sessions: Few,
    /// What only some have.
    pub(super) aside: Option<Box<Aside>>,
}

/// What is known of a person who was gone for a moment, who tells what they have read, or who is away.
#[derive(Debug, Default)]
pub(super) struct Aside {
    /// Until when places are kept that no session of it is in any more.
    pub(super) grace: Option<Instant>,
    /// Rooms in which it is kept present without a session.
    pub(super) kept: Vec<u32>,
    /// How far it has read, in the logs of places it is in.
    pub(super) reads: BTreeMap<LogId, MessageId>,
    /// What it has said about being away; empty for being back, `None` for somebody who has said nothing.
    pub(super) away: Option<Note>,
}

impl User {
    pub(super) fn grace(&self) -> Option<Instant> {
        self.aside.as_ref()?.grace
    }

    pub(super) fn kept(&self) -> &[u32] {
        self.aside.as_ref().map_or(&[], |aside| &aside.kept)
    }

    pub(super) fn read(&self, log: LogId) -> Option<MessageId> {
        self.aside.as_ref()?.reads.get(&log).copied()
    }

    /// What it says about being away; `None` for somebody who is not.
    pub(super) fn away(&self) -> Option<&Note> {
        self.said_of_away().filter(|text| !text.is_empty())
    }

    /// What it has said last about being away; empty for being back.
    pub(super) fn said_of_away(&self) -> Option<&Note> {
        self.aside.as_ref()?.away.as_ref()
    }

    pub(super) fn aside(&mut self) -> &mut Aside {
        self.aside.get_or_insert_default()
    }

    /// Its place in a room is kept no more.
    pub(super) fn let_go(&mut self, room: u32) {
        if let Some(aside) = &mut self.aside {
            aside.kept.retain(|kept| *kept != room);
        }
    }

    /// No place of it is kept any more; which ones were.
    pub(super) fn let_go_of_all(&mut self) -> Vec<u32> {
        let Some(aside) = &mut self.aside else { return Vec::new() };
        let kept = core::mem::take(&mut aside.kept);
        if aside.grace.is_none() && aside.reads.is_empty() && aside.away.is_none() {
            self.aside = None;
        }
        kept
    }
}

impl Session {
    pub(super) fn is_online(&self) -> bool {
        self.phase == Phase::Online
    }

    pub(super) fn in_handshake(&self) -> bool {
        matches!(self.phase, Phase::Greeting | Phase::Verifying)
    }

    pub(super) fn is_closing(&self) -> bool {
        matches!(self.phase, Phase::Closing { .. })
    }

    pub(super) fn is_native(&self) -> bool {
        self.dialect == Dialect::Native
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_and_a_user_stay_small() {
        // Ten thousand idle connections are to cost megabytes, not tens of them.
        assert!(size_of::<Session>() <= 512, "{}", size_of::<Session>());
        assert!(size_of::<User>() <= 56, "{}", size_of::<User>());
    }
}
