//! Everything the two ends may say to each other, whatever the dialect.
//!
//! A [`Command`] travels from client to server, an [`Event`] from server to client. Dialects turn them into bytes
//! and back ([`crate::wire`]); the machines never see bytes of a frame.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::id::{LogId, MessageId};
use crate::name::{BadName, Nick, RoomName};
use crate::secret::Secret;
use crate::text::{Body, Note};
use crate::time::Timestamp;

mod words;

pub use words::{Code, Reason};

/// The version of the native protocol that is spoken here.
pub const VERSION: u32 = 1;

/// Where something is said: a room, or the direct conversation with somebody (`@nick` on the wire).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// A room, open to everybody.
    Room(RoomName),
    /// The conversation with this person.
    Direct(Nick),
}

impl Place {
    /// Reads `room`, `#room` or `@nick`.
    ///
    /// # Errors
    /// [`BadName`] says which rule the name breaks.
    pub fn parse(text: &str) -> Result<Self, BadName> {
        match text.strip_prefix('@') {
            Some(nick) => Nick::parse(nick).map(Place::Direct),
            None => RoomName::parse(text).map(Place::Room),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Room(room) => f.write_str(room.as_str()),
            Place::Direct(nick) => write!(f, "@{nick}"),
        }
    }
}

/// A short text of the client's own choosing that comes back to it: a `nonce`, a `ref`, a ping's `token`. ≤ 64 bytes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tag(Box<str>);

impl Tag {
    /// Most bytes of UTF-8 in a tag.
    pub const BYTES_MAX: usize = 64;

    /// Takes a tag in; `None` if it is over 64 bytes.
    pub fn parse(text: &str) -> Option<Self> {
        (text.len() <= Self::BYTES_MAX).then(|| Self(text.into()))
    }

    /// The tag as it was given.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// One command, and the `ref` under which its direct answer is expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// What is asked for.
    pub command: Command,
    /// Comes back in the direct answer or error.
    pub reference: Option<Tag>,
}

impl From<Command> for Request {
    fn from(command: Command) -> Self {
        Self { command, reference: None }
    }
}

/// The first thing a client says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hello {
    /// The native protocol version the client speaks; [`VERSION`] for other dialects.
    pub version: u32,
    /// The nickname as typed: which rules apply, and what happens when it breaks them, depends on the dialect.
    pub nick: Box<str>,
    /// The identity's token, if the client has one for this server.
    pub token: Option<Secret>,
    /// Rooms to join at once; `None` means the default room.
    pub rooms: Option<Vec<RoomName>>,
    /// The last entry seen, per place.
    pub resume: Vec<Resume>,
    /// The server's password, where it asks for one.
    pub password: Option<Secret>,
    /// What program the client is, for the server's log. ≤ 64 bytes, printable.
    pub agent: Option<Tag>,
}

impl Hello {
    /// A hello with nothing but a nickname.
    pub fn new(nick: &str) -> Self {
        let nick = nick.into();
        Self { version: VERSION, nick, token: None, rooms: None, resume: Vec::new(), password: None, agent: None }
    }
}

/// Up to where a client knows a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resume {
    /// The room or conversation.
    pub place: Place,
    /// The log it was when the client saw it.
    pub log: LogId,
    /// The last entry seen there; 0 for none.
    pub id: MessageId,
}

/// Which part of a log is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Span {
    /// The newest entries.
    Latest,
    /// The entries just before this one.
    Before(MessageId),
    /// The entries just after this one.
    After(MessageId),
}

/// What a client may ask of a server.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the members are those of the native protocol's frames, documented in PROTOCOL.md")]
pub enum Command {
    /// Introduces the client; must come first.
    Hello(Box<Hello>),
    /// Enters a room or opens a conversation.
    Join { place: Place },
    /// Leaves it.
    Part { place: Place, reason: Note },
    /// Says something.
    Say { place: Place, text: Body, nonce: Option<Tag>, action: bool, reply_to: Option<MessageId> },
    /// Corrects a message of one's own.
    Edit { place: Place, id: MessageId, text: Body },
    /// Takes a message back; one's own, or as the room's operator anybody's.
    Delete { place: Place, id: MessageId },
    /// Looks for messages: in one place, or in the rooms one is in and all of one's own conversations.
    Search { place: Option<Place>, query: Note, cursor: Option<Tag>, limit: u32 },
    /// Asks for a page of the log.
    History { place: Place, span: Span, limit: u32 },
    /// Tells one's other sessions how far one has read.
    Read { place: Place, id: MessageId },
    /// Tells the others that one is typing.
    Typing { place: Place },
    /// Takes another nickname.
    Nick { nick: Nick },
    /// Tells those who know one that one is away, and why; an empty text, that one is back.
    Away { text: Note },
    /// Sets a room's topic.
    Topic { place: Place, text: Note },
    /// Puts somebody out of a room; for its operators.
    Kick { room: RoomName, nick: Nick, reason: Note },
    /// Silences somebody in a room, or lets them speak again; for its operators.
    Mute { room: RoomName, nick: Nick, reason: Note, on: bool },
    /// Asks for the rooms after the given one, in order of name.
    Rooms { after: Option<RoomName>, limit: u32 },
    /// Asks for a room's members after the given one, in order of name.
    Members { room: RoomName, after: Option<Nick>, limit: u32 },
    /// Asks for a sign of life.
    Ping { token: Tag },
    /// Gives a sign of life.
    Pong { token: Tag },
    /// Says goodbye.
    Quit { reason: Note },
}

/// The first thing a server says once a client is in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Welcome {
    /// Program and version of the server.
    pub server: Box<str>,
    /// The nickname the others see.
    pub nick: Nick,
    /// The name that was asked for, where another had to be given (dialects that cannot ask again).
    pub instead_of: Option<Box<str>>,
    /// The identity's token, to be kept and sent with the next hello. Absent for dialects without identities.
    pub token: Option<Secret>,
    /// Whether an earlier session's place was taken up again.
    pub resumed: bool,
    /// What this server bears.
    pub limits: WelcomeLimits,
    /// What it can do beyond the first servers of this version.
    pub features: Features,
}

/// What a server can do that the first ones of this version could not: a client asks it of no other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Features {
    /// It takes `away`, and tells who is.
    pub away: bool,
}

/// The limits a server announces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "bytes of UTF-8, or counts, as named")]
pub struct WelcomeLimits {
    pub nick_bytes: u32,
    pub room_bytes: u32,
    pub text_bytes: u32,
    pub topic_bytes: u32,
    pub frame_bytes: u32,
    pub page: u32,
    pub rooms: u32,
}

/// The state of a room or conversation as one enters it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoomInfo {
    /// Where.
    pub place: Place,
    /// Its log.
    pub log: LogId,
    /// The oldest entry kept; one more than `last_id` where there is none.
    pub first_id: MessageId,
    /// The newest entry; 0 where there is none.
    pub last_id: MessageId,
    /// How far this identity has read, if known.
    pub read_id: Option<MessageId>,
    /// What it is about.
    pub topic: Note,
    /// How many people are there.
    pub count: u32,
    /// Up to 500 of them in order of name, oneself included.
    pub members: Vec<Nick>,
    /// Those of them who are away, in order of name, and what they say about it; in a conversation of two, of both.
    pub away: Vec<(Nick, Note)>,
    /// Whether one is an operator there.
    pub operator: bool,
}

/// One message of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Where it was said, as the reader addresses it.
    pub place: Place,
    /// Its position in the log.
    pub id: MessageId,
    /// Who said it, by the name of that time.
    pub from: Nick,
    /// When, by the server's clock; never decreasing in a log.
    pub at: Timestamp,
    /// What was said.
    pub text: Body,
    /// Said as an action (`* ada waves`).
    pub action: bool,
    /// The message it answers.
    pub reply_to: Option<MessageId>,
    /// Its newest edit, if it does not read as it first did.
    pub edited: Option<MessageId>,
}

/// One line of the list of rooms.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the members are what a list of rooms shows")]
pub struct RoomLine {
    pub room: RoomName,
    pub topic: Note,
    pub count: u32,
}

/// What a server may tell a client.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the members are those of the native protocol's frames, documented in PROTOCOL.md")]
pub enum Event {
    /// Asks for the name; tutorial dialects only.
    Greeting,
    /// One is in.
    Welcome(Box<Welcome>),
    /// The first event about a place; everything after it follows, nothing before.
    Room(Box<RoomInfo>),
    /// Somebody else's first session entered.
    Joined { room: RoomName, nick: Nick, at: Timestamp },
    /// Somebody else's last session left.
    Parted { room: RoomName, nick: Nick, reason: Note, at: Timestamp },
    /// In rooms above 500 members, in place of `Joined` and `Parted`, at most once a second.
    Presence { room: RoomName, count: u32, joined: Vec<Nick>, parted: Vec<Nick> },
    /// One's own message is stored, ordered and safe; stands right before it.
    Ack { nonce: Tag, place: Place, id: MessageId },
    /// Somebody said something.
    Message(Box<Message>),
    /// A message reads otherwise now: `target` does, and `id` is the edit's own position.
    Edited { place: Place, id: MessageId, target: MessageId, text: Body, by: Nick, at: Timestamp },
    /// A message was taken back: `target` was, and `id` is the deletion's own position.
    Deleted { place: Place, id: MessageId, target: MessageId, by: Nick, at: Timestamp },
    /// A page of a log, ascending; or of what was found, perhaps in many, and then `cursor` goes on to older ones.
    Page { place: Option<Place>, messages: Vec<Message>, has_more: bool, cursor: Option<Tag>, reference: Option<Tag> },
    /// A page of the list of rooms.
    Rooms { rooms: Vec<RoomLine>, has_more: bool, reference: Option<Tag> },
    /// A page of a room's members.
    Members { room: RoomName, members: Vec<Nick>, has_more: bool, reference: Option<Tag> },
    /// Somebody else is typing.
    Typing { place: Place, nick: Nick },
    /// Another session of oneself has read up to here.
    Read { place: Place, id: MessageId },
    /// Somebody, perhaps oneself, has another name.
    Nick { from: Nick, to: Nick },
    /// Somebody, perhaps oneself, is away, or with an empty text back.
    Away { nick: Nick, text: Note },
    /// A room's topic changed.
    Topic { place: Place, id: MessageId, text: Note, by: Nick, at: Timestamp },
    /// Somebody, perhaps oneself, was put out of a room.
    Kicked { room: RoomName, nick: Nick, by: Nick, reason: Note, at: Timestamp },
    /// Somebody, perhaps oneself, was silenced or may speak again.
    Muted { room: RoomName, nick: Nick, by: Nick, reason: Note, on: bool },
    /// Entries after `after` and before `next` could not be replayed: page them.
    Gap { place: Place, log: LogId, after: MessageId, next: MessageId },
    /// A command was refused.
    Error { code: Code, text: Box<str>, reference: Option<Tag> },
    /// The last event before the server closes.
    Bye { reason: Reason, text: Box<str> },
    /// Asks for a sign of life.
    Ping { token: Tag },
    /// Gives a sign of life.
    Pong { token: Tag },
    /// What a server said in a tutorial dialect, as far as its rows can be understood; client role only.
    Row(Row),
}

/// One row of a tutorial server. Names are text: the originals check nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the members are what the row says")]
pub enum Row {
    /// One is in (`Connected to the server.`, `Welcome to the chat …`).
    Connected,
    /// `<nick> joined the chat` (any tail).
    Joined { nick: String },
    /// `<nick> left the chat.`
    Left { nick: String },
    /// `<nick>: <text>`; continuation lines without their indent.
    Said { from: String, text: String },
    /// Anything else, as it came.
    Other { text: String },
    /// The server answered `{quit}`.
    Quit,
}
