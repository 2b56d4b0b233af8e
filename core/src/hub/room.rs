//! Rooms and conversations: who is there, and who is sent what is said.

use alloc::boxed::Box;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;
use core::ops::Deref;

use crate::id::{ConnId, IdentityId, LogId, MessageId};
use crate::name::{Nick, RoomName};
use crate::store::Entry;
use crate::text::Note;
use crate::vocabulary::{Place, Tag};

use super::mail::Together;
use super::news::News;
use super::present::Present;

/// A room or conversation that somebody is in, or about to be.
#[derive(Debug)]
pub(super) struct Room {
    pub(super) kind: Kind,
    pub(super) log: Option<Log>,
    /// Who asked for it while the store was asked.
    pub(super) waiters: Vec<Waiter>,
    /// Slots of the sessions that are sent what is said here.
    pub(super) members: Members,
    /// Who is here.
    pub(super) present: Present,
    /// Sessions that are still being brought up to date: present, but not yet members.
    pub(super) joining: BTreeMap<u32, Box<Replay>>,
    pub(super) topic: Note,
    pub(super) operator: Option<IdentityId>,
    pub(super) muted: BTreeSet<IdentityId>,
    /// What a large room has to tell of comings and goings.
    pub(super) news: News,
    /// Unanswered questions about it: the room stays open until they are answered.
    pub(super) questions: u32,
}

/// Slots of a room's members, dense and without order, and how they were last told something.
#[derive(Debug, Default)]
pub(super) struct Members {
    slots: Vec<u32>,
    pub(super) together: Option<Box<Together>>,
}

impl Members {
    /// Somebody comes in.
    pub(super) fn push(&mut self, slot: u32) {
        self.together = None;
        self.slots.push(slot);
    }

    /// Somebody goes, if they were here.
    pub(super) fn remove(&mut self, slot: u32) {
        if let Some(at) = self.slots.iter().position(|member| *member == slot) {
            self.together = None;
            self.slots.swap_remove(at);
        }
    }
}

impl Deref for Members {
    type Target = [u32];

    fn deref(&self) -> &[u32] {
        &self.slots
    }
}

#[derive(Debug)]
pub(super) enum Kind {
    /// Open to everybody.
    Room(RoomName),
    /// Between two identities; by the names they have now.
    Direct([(IdentityId, Nick); 2]),
}

/// The log behind a room, as far as it was told.
#[derive(Clone, Copy, Debug)]
pub(super) struct Log {
    pub(super) id: LogId,
    pub(super) first: MessageId,
    /// The last entry that was broadcast.
    pub(super) last: MessageId,
}

/// Somebody who is in a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Presence {
    pub(super) user: u32,
    pub(super) sessions: u32,
}

/// A session that asked for a room while it was being opened.
#[derive(Clone, Debug)]
pub(super) struct Waiter {
    pub(super) conn: ConnId,
    pub(super) reference: Option<Tag>,
    pub(super) resume: Option<(LogId, MessageId)>,
}

/// What a session that comes back has missed, while it is read from the store.
#[derive(Clone, Debug, Default)]
pub(super) struct Replay {
    /// The client has everything up to here.
    pub(super) after: MessageId,
    /// The last entry when it came in: of what was said before, a client of a tutorial is shown a few lines only.
    pub(super) since: MessageId,
    /// Read so far, oldest first; the oldest fall out where it gets too much.
    pub(super) entries: alloc::collections::VecDeque<Entry>,
    pub(super) bytes: usize,
    /// What the session itself said meanwhile, under these nonces: acknowledged where it is told.
    pub(super) acks: Vec<(Tag, MessageId)>,
}

impl Room {
    pub(super) fn new(kind: Kind) -> Self {
        Self {
            kind,
            log: None,
            waiters: Vec::new(),
            members: Members::default(),
            present: Present::default(),
            joining: BTreeMap::new(),
            topic: Note::default(),
            operator: None,
            muted: BTreeSet::new(),
            news: News::default(),
            questions: 0,
        }
    }

    /// Nobody is here or wants in: it may be forgotten.
    pub(super) fn is_deserted(&self) -> bool {
        self.present.is_empty() && self.waiters.is_empty() && self.questions == 0
    }

    pub(super) fn is_direct(&self) -> bool {
        matches!(self.kind, Kind::Direct(_))
    }

    /// The room's name; `None` for a conversation.
    pub(super) fn name(&self) -> Option<&RoomName> {
        match &self.kind {
            Kind::Room(name) => Some(name),
            Kind::Direct(_) => None,
        }
    }

    /// How somebody addresses this place.
    pub(super) fn place_for(&self, identity: IdentityId) -> Place {
        match &self.kind {
            Kind::Room(name) => Place::Room(name.clone()),
            Kind::Direct([a, b]) => Place::Direct(if a.0 == identity { b.1.clone() } else { a.1.clone() }),
        }
    }
}
