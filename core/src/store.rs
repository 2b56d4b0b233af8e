//! The questions a hub asks of whoever keeps things, and the store that keeps them in memory.
//!
//! The driver takes an [`Ask`] from the hub's output, has it answered, and brings the [`Answer`] back as an input.
//! Appends are answered in the order asked. Every question is answered exactly once, also on failure. Whatever an
//! answer shows or promises is safe already: no crash takes it back.

use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::id::{IdentityId, LogId, MessageId};
use crate::name::{Nick, RoomName};
use crate::secret::{Secret, SecretHash};
use crate::text::{Body, Note};
use crate::time::Timestamp;
use crate::vocabulary::{Place, Span, Tag};

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
    /// Writes the next entry of a log. Answered by [`Answer::Appended`] once it is safe; by [`Answer::Elsewhere`]; of
    /// an edit or a deletion also by [`Answer::NoSuchMessage`] or [`Answer::NotYours`].
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
        /// Most entries wanted; a page ends early at [`PAGE_TEXT_BYTES`].
        limit: u32,
    },
    /// Looks for messages. Answered by [`Answer::Found`]; as the only one it may be answered out of order, and by what
    /// was there when it was asked.
    Search(Box<Search>),
    /// So far an identity has read a log; a lower position than the one known changes nothing. Answered by
    /// [`Answer::Done`].
    Read {
        /// Whose.
        identity: IdentityId,
        /// Which log.
        log: LogId,
        /// The last entry read.
        id: MessageId,
    },
    /// An identity is in a room, or is not any more: what [`Ask::Absent`] goes by after a crash. Answered by
    /// [`Answer::Done`].
    Present {
        /// Who.
        identity: IdentityId,
        /// In the room with this log.
        log: LogId,
        /// Whether it is there.
        here: bool,
    },
    /// Who was here when the server last stopped? Asked once, first of all. They count as present until they are told to
    /// be gone: a server that dies again before that asks again. Answered by [`Answer::Absent`].
    Absent,
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
    /// A repeat of the same nonce by the same identity within 24 h is not stored again.
    pub nonce: Option<Tag>,
    /// It comes from the operator of the room, who may delete what others said.
    pub operator: bool,
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
    /// One's own message reads otherwise from now on. Where an entry is read, the text is that of its message as it
    /// stands then, not the one that this edit brought.
    Edit {
        /// Which message.
        target: MessageId,
        /// What it reads.
        text: Body,
    },
    /// A message is taken back: its text is gone for good.
    Delete {
        /// Which message.
        target: MessageId,
    },
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
    /// What, as it stands now; `None` for a tombstone, which only holds its place: a message that was deleted or
    /// erased, and every edit of it.
    pub change: Option<Change>,
    /// Of a message: its newest edit.
    pub edited: Option<MessageId>,
}

impl Entry {
    /// How many bytes of text it has.
    pub fn text_len(&self) -> usize {
        match &self.change {
            Some(Change::Message { text, .. } | Change::Edit { text, .. }) => text.as_str().len(),
            Some(Change::Topic(topic)) => topic.as_str().len(),
            Some(Change::Delete { .. }) | None => 0,
        }
    }
}

/// What is looked for, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Search {
    /// Who asks.
    pub by: IdentityId,
    /// In these logs.
    pub logs: Vec<LogId>,
    /// And in all conversations of whoever asks.
    pub own: bool,
    /// What, as it was typed; [`crate::search`] reads it.
    pub query: Note,
    /// Only what was stored before this; from an earlier [`Answer::Found`].
    pub before: Option<Cursor>,
    /// Most hits wanted.
    pub limit: u32,
}

/// A position in the order in which a store was written, over all logs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cursor(pub u64);

/// A message that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// In which log.
    pub log: LogId,
    /// How whoever asks addresses it: the room, or the other side of the conversation by its present name.
    pub place: Place,
    /// The message, as it stands.
    pub entry: Entry,
    /// Its position; to go on below it.
    pub cursor: Cursor,
}

/// Somebody who was here when the server stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Absentee {
    /// Who.
    pub identity: IdentityId,
    /// By what name.
    pub nick: Nick,
    /// In which rooms.
    pub rooms: Vec<RoomName>,
}

/// Who somebody is, and what waits for them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// Who.
    pub identity: IdentityId,
    /// Whether the presented token was its own.
    pub known: bool,
    /// How far it has read, of the logs read last, at most [`READS_MAX`].
    pub reads: Vec<(LogId, MessageId)>,
    /// Conversations in which the other side has said something that it has not read, the newest first, at most
    /// [`UNREAD_MAX`].
    pub unread: Vec<Unread>,
}

/// A conversation in which somebody was spoken to and has not read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread {
    /// Its log.
    pub log: LogId,
    /// The other side.
    pub peer: IdentityId,
    /// The other side's name at this time; it may be somebody else's by the time the conversation is opened.
    pub nick: Nick,
}

/// A page ends with the entry that brings it to so many bytes of text, whatever its limit, and there is more.
pub const PAGE_TEXT_BYTES: usize = 256 << 10;
/// Most read positions in one [`Verified`].
pub const READS_MAX: usize = 1_024;
/// Most conversations in one [`Verified`].
pub const UNREAD_MAX: usize = 64;

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
    /// It is somebody.
    Verified(Box<Verified>),
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
    /// There is no such message in the log, or it was deleted already.
    NoSuchMessage,
    /// It is somebody else's message.
    NotYours,
    /// Messages, the newest first.
    Found {
        /// At most as many as asked for.
        hits: Vec<Hit>,
        /// Where to go on for older ones, if there may be more.
        cursor: Option<Cursor>,
    },
    /// Who was here, in order of identity.
    Absent(Vec<Absentee>),
    /// It could not be done; the store has said more in its own log.
    Failed,
    /// The nonce had been used for an entry of another log, and nothing was written: the name that the message was
    /// addressed to is somebody else's by now.
    Elsewhere,
}
