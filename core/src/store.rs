//! The questions a hub asks of whoever keeps things, and the store that keeps them in memory.
//!
//! The driver takes an [`Ask`] from the hub's output, has it answered, and brings the [`Answer`] back as an input.
//! Appends are answered in the order asked. Every question is answered exactly once, also on failure.

use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::id::{IdentityId, LogId, MessageId};
use crate::name::{Nick, RoomName};
use crate::secret::{Secret, SecretHash};
use crate::text::{Body, Note};
use crate::time::Timestamp;
use crate::vocabulary::{Span, Tag};

mod memory;

pub use memory::{MemoryLimits, MemoryStore};

/// A question of the hub.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ask {
    /// Who is this? Answered by [`Answer::Verified`], [`Answer::NickTaken`], [`Answer::PasswordRequired`] or
    /// [`Answer::BadPassword`].
    Verify(Box<Verify>),
    /// Gives an identity another nickname. Answered by [`Answer::Done`] or [`Answer::NickTaken`].
    Rename {
        /// Whose.
        identity: IdentityId,
        /// The new name.
        nick: Nick,
    },
    /// The identity is gone for now: its nickname is held from this time on. Answered by [`Answer::Done`].
    Seen {
        /// Whose.
        identity: IdentityId,
        /// Until when it was there.
        at: Timestamp,
    },
    /// Opens a log. Answered by [`Answer::Opened`] or [`Answer::NoSuchNick`].
    Open(Subject),
    /// Writes the next entry of a log. Answered by [`Answer::Appended`] once it is safe, or by [`Answer::Elsewhere`].
    Append(Box<Append>),
    /// Nobody is in a log's room any more. Answered by [`Answer::Done`].
    Closed {
        /// Which log.
        log: LogId,
    },
    /// Reads a part of a log. Answered by [`Answer::Page`].
    History {
        /// Which log.
        log: LogId,
        /// Which part.
        span: Span,
        /// Most entries wanted.
        limit: u32,
    },
}

/// What a client brought to prove who it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verify {
    /// The hash of the token it brought, if it did.
    pub presented: Option<SecretHash>,
    /// The hash of the token to give it if it brought none that is known; `None` for guests, who get no identity
    /// that outlives the session.
    pub fresh: Option<SecretHash>,
    /// The nickname it wants.
    pub nick: Nick,
    /// The server's password, if it brought one.
    pub password: Option<Secret>,
    /// When: nicknames unused for 30 days are free.
    pub at: Timestamp,
}

/// What a log is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A room; created if there is none.
    Room {
        /// Its name.
        room: RoomName,
        /// Who becomes its operator if it is new; `None` for the default room.
        founder: Option<IdentityId>,
    },
    /// The conversation between two identities.
    Direct {
        /// Who asks.
        me: IdentityId,
        /// With whom.
        peer: Peer,
    },
}

/// The other side of a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Peer {
    /// Somebody who is here.
    Present(IdentityId, Nick),
    /// Whoever holds this name.
    Named(Nick),
}

/// An entry to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Append {
    /// Into which log.
    pub log: LogId,
    /// Whose it is.
    pub from: IdentityId,
    /// By what name.
    pub nick: Nick,
    /// When; the store never lets it decrease within a log.
    pub at: Timestamp,
    /// What.
    pub change: Change,
    /// A repeat of the same nonce by the same identity within 24 h or its last 1,024 is not stored again.
    pub nonce: Option<Tag>,
}

/// A lasting change of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Something was said.
    Message {
        /// What.
        text: Body,
        /// As an action.
        action: bool,
        /// In answer to.
        reply_to: Option<MessageId>,
    },
    /// The topic was set.
    Topic(Note),
}

/// An entry as it stands in its log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its position.
    pub id: MessageId,
    /// Whose it is.
    pub from: IdentityId,
    /// By what name.
    pub nick: Nick,
    /// When.
    pub at: Timestamp,
    /// What.
    pub change: Change,
}

/// A log as it is when opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// Its name from now on.
    pub log: LogId,
    /// The oldest entry kept; one more than `last` where there is none.
    pub first: MessageId,
    /// The newest entry; 0 where there is none.
    pub last: MessageId,
    /// The topic.
    pub topic: Note,
    /// Who founded the room.
    pub operator: Option<IdentityId>,
    /// The other side of a conversation, by its present name.
    pub peer: Option<(IdentityId, Nick)>,
}

/// The answer to an [`Ask`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It is this identity; `known` if the presented token was its own.
    Verified {
        /// Who.
        identity: IdentityId,
        /// Whether the presented token counts.
        known: bool,
    },
    /// Somebody else holds the nickname.
    NickTaken,
    /// A password is needed.
    PasswordRequired,
    /// It is another password.
    BadPassword,
    /// It is done.
    Done,
    /// The log is open.
    Opened(Box<Opened>),
    /// Nobody holds this name.
    NoSuchNick,
    /// The entry is safe.
    Appended {
        /// Its position.
        id: MessageId,
        /// Its time.
        at: Timestamp,
        /// The nonce had been used: this is the earlier entry, and nothing was written.
        repeated: bool,
    },
    /// Part of a log, ascending.
    Page {
        /// The entries.
        entries: Vec<Entry>,
        /// Whether more lie beyond, in the direction asked.
        has_more: bool,
    },
    /// It could not be done; the store has said more in its own log.
    Failed,
    /// The nonce had been used for an entry of another log, and nothing was written: the name that the message was
    /// addressed to is somebody else's by now.
    Elsewhere,
}
