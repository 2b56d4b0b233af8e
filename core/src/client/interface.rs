//! What goes into the client machine, and what comes out.

use alloc::boxed::Box;
use alloc::string::String;

use super::{EntryKey, Keepsake, Loss, Options, RoomKey};
use crate::hub::Closing;
use crate::id::MessageId;
use crate::name::RoomName;
use crate::secret::Secret;
use crate::vocabulary::Place;
use crate::wire::Dialect;

/// Whom to talk to, and as whom.
#[derive(Clone, Debug)]
pub struct Profile {
    /// What the server speaks.
    pub dialect: Dialect,
    /// What to call the server on screen, e.g. `parlor://127.0.0.1:7667`.
    pub address: Box<str>,
    /// The nickname, as typed.
    pub nick: Box<str>,
    /// The room to enter first; `None` for the server's default room.
    pub room: Option<RoomName>,
    /// The identity kept from earlier, if any.
    pub token: Option<Secret>,
    /// The server's password, if already known.
    pub password: Option<Secret>,
    /// What program this is, e.g. `parlor-tui/0.1.0`.
    pub agent: Box<str>,
    /// What the person has set.
    pub options: Options,
    /// What the run before this one kept ([`Output::Keep`]).
    pub keepsake: Keepsake,
}

impl Profile {
    /// A profile with nothing but what must be known: the default room, no identity, no password, default options.
    pub fn new(dialect: Dialect, address: &str, nick: &str, agent: &str) -> Self {
        Self {
            dialect,
            address: address.into(),
            nick: nick.into(),
            room: None,
            token: None,
            password: None,
            agent: agent.into(),
            options: Options::default(),
            keepsake: Keepsake::default(),
        }
    }
}

/// What the driver brings in.
#[derive(Clone, Debug)]
pub enum Input<'a> {
    /// The connection asked for by [`Output::Connect`] stands.
    Connected,
    /// It gave bytes.
    Received(&'a [u8]),
    /// It could not be made, or it ended.
    Lost(Loss),
    /// The person wants something.
    Intent(Intent),
}

/// What a person may want. Faces make these and nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Intent {
    /// Sends what was typed into the shown room; `/commands` are understood, `//` escapes one. May hold newlines.
    /// What is refused at once (a text that is too long, an unknown command) becomes the room's draft again, with an
    /// error in its timeline.
    Submit(String),
    /// Sends exactly this text into the shown room: a `/` at its start means nothing. May hold newlines, which a
    /// `prompt` server is sent as one message each. There, a text that is exactly `{quit}` says goodbye.
    Say(String),
    /// Keeps what is typed and not yet sent in the shown room, so that switching rooms loses nothing.
    Draft(String),
    /// Shows another room.
    Show(RoomKey),
    /// Shows the next (`1`) or previous (`-1`) room, round and round.
    Cycle(i32),
    /// Shows the next (`1`) or previous (`-1`) room that calls oneself, round and round; where there is none, the next
    /// with something unread.
    NextUnread(i32),
    /// Brings an older (`-1`) or newer (`1`) line that was said or commanded in the shown room into its draft. What was
    /// being typed comes back behind the newest one.
    Recall(i32),
    /// What the person sees: the shown room is read only while the window has the focus and the log is at its end.
    /// Until the first `Look` nothing counts as seen; a room one changes to is taken to open at its newest line.
    Look {
        /// The window or terminal has the focus.
        focused: bool,
        /// The newest line is in sight.
        at_bottom: bool,
    },
    /// Wants older messages of the shown room.
    Older,
    /// Answers a refused nickname, or changes the present one.
    Nick(String),
    /// Answers the server's question for its password.
    Password(Secret),
    /// Tries to connect now rather than at the end of the waiting time; also once the link is closed.
    RetryNow,
    /// Sends a failed or unconfirmed message again.
    Resend(EntryKey),
    /// Gives a message of one's own another text, which may hold newlines. Shown once the server says so; what is
    /// refused stands in the room's timeline as an error that keeps the text. Native servers only, and only while
    /// there is a connection.
    Edit {
        /// Which.
        entry: EntryKey,
        /// What it is to read.
        text: String,
    },
    /// Takes a message back: one's own, or as the room's operator anybody's. Else as [`Intent::Edit`].
    Delete {
        /// Which.
        entry: EntryKey,
    },
    /// Answers a message, in its own room, whether one is connected or not: it is sent as any message is. Where the other
    /// one is gone by then, or the server knows of no answers, the text is said without.
    Reply {
        /// Which.
        entry: EntryKey,
        /// What. May hold newlines.
        text: String,
    },
    /// Looks for messages that hold every word of a query ([`crate::search`]); answered in [`super::State::search`].
    Search {
        /// What.
        query: String,
        /// In all rooms one is in and all conversations, not only in the shown room.
        everywhere: bool,
    },
    /// Wants older hits of the search.
    SearchMore,
    /// Forgets the search and what it found.
    CloseSearch,
    /// Goes to a message that was found: shows its room and says in [`super::State::jump`] where it stands. One that is
    /// older than what is held is paged back to, up to 2,000 positions; what stands around one that lies further back
    /// is read into [`super::State::around`] instead, so that the room's timeline keeps its place and the newest.
    Jump {
        /// Where it was said ([`super::Hit::place`]).
        place: Place,
        /// Its position there ([`super::Hit::id`]).
        id: MessageId,
    },
    /// Forgets [`super::State::around`].
    CloseAround,
    /// Tells those who know one that one is away, and why (at most 256 bytes, on one line); `None`: that one is back.
    /// Kept over reconnects. Native servers only.
    Away(Option<String>),
    /// Hides what somebody of this name says and has said ([`super::Entry::is_hidden`]); kept between runs.
    Ignore(String),
    /// Shows it again.
    Unignore(String),
    /// Sets something; holds from then on.
    Set(Options),
    /// Says goodbye and ends.
    Quit,
}

/// What the driver is to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Dial the server; answer with [`Input::Connected`] or [`Input::Lost`].
    Connect,
    /// There are bytes: write what [`super::Client::transmit`] gives. Once per empty→non-empty edge.
    Wake,
    /// Close the connection, if one stands or is being dialled. No [`Input::Lost`] is needed, and none may come late:
    /// after it, the driver reports nothing about that connection any more.
    Disconnect(Closing),
    /// [`super::State`] changed: let the face look at it. At most once per input.
    Changed,
    /// Keep this token for this server, in a file only its owner can read.
    Remember(Secret),
    /// The person deserves to be told although they may look elsewhere: a mention or a direct message.
    Notify(Call),
    /// Keep this for the next run with this server and name, in place of what was kept before: it holds what would be
    /// lost. At most once a second, and once more before [`Output::Finished`] where something changed.
    Keep(Keepsake),
    /// All is said: the face may close. Comes once, last.
    Finished,
}

/// A mention or a direct message, for whoever looks elsewhere. All of it is plain text on one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// Where.
    pub room: RoomKey,
    /// What that place is called; the other's nickname in a conversation of two.
    pub title: String,
    /// Whether it is a conversation of two.
    pub direct: bool,
    /// Who.
    pub from: String,
    /// What.
    pub text: String,
}
