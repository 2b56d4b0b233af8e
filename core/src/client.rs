//! The client as a machine: dials, introduces itself, keeps the rooms, comes back by itself.
//!
//! Both faces (desktop and terminal) are thin views over [`Client::state`]; everything a person may do is an
//! [`Intent`].

use alloc::boxed::Box;
use alloc::string::String;

use crate::hub::{Closing, Deadline};
use crate::name::RoomName;
use crate::secret::Secret;
use crate::time::Now;
use crate::wire::Dialect;

mod state;

pub use state::{Delivery, Entry, EntryKey, EntryKind, Link, Member, Question, Room, RoomKey, State, Timeline};

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
}

/// What the driver brings in.
#[derive(Clone, Debug)]
pub enum Input<'a> {
    /// The connection asked for by [`Output::Connect`] stands.
    Connected,
    /// It gave bytes.
    Received(&'a [u8]),
    /// It could not be made, or it ended. One plain sentence says why (`the server closed the connection`).
    Lost(&'a str),
    /// The person wants something.
    Intent(Intent),
}

/// What a person may want. Faces make these and nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Intent {
    /// Sends what was typed into the shown room; `/commands` are understood, `//` escapes one. May hold newlines.
    Submit(String),
    /// Keeps what is typed and not yet sent in the shown room, so that switching rooms loses nothing.
    Draft(String),
    /// Shows another room.
    Show(RoomKey),
    /// Shows the next (`1`) or previous (`-1`) room, round and round.
    Cycle(i32),
    /// What the person sees: the shown room is read only while the window has the focus and the log is at its end.
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
    /// Tries to connect now rather than at the end of the waiting time.
    RetryNow,
    /// Sends a failed or unconfirmed message again.
    Resend(EntryKey),
    /// Says goodbye and ends.
    Quit,
}

/// What the driver is to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Dial the server; answer with [`Input::Connected`] or [`Input::Lost`].
    Connect,
    /// There are bytes: write what [`Client::transmit`] gives. Once per empty→non-empty edge.
    Wake,
    /// Close the connection, if one stands or is being dialled. No [`Input::Lost`] is needed.
    Disconnect(Closing),
    /// [`State`] changed: let the face look at it. At most once per input.
    Changed,
    /// Keep this token for this server, in a file only its owner can read.
    Remember(Secret),
    /// The person deserves to be told although they may look elsewhere: a mention or a direct message.
    Notify {
        /// Who.
        from: String,
        /// What, in plain text on one line.
        text: String,
    },
    /// All is said: the face may close. Comes once, last.
    Finished,
}

/// The client machine.
#[derive(Debug)]
pub struct Client {
    _private: (),
}

#[allow(clippy::todo, unused_variables)]
impl Client {
    /// A client that will dial at once. `seed` spreads reconnects and makes nonces unique to this run.
    pub fn new(profile: Profile, seed: [u8; 32], now: Now) -> Self {
        todo!()
    }

    /// Applies one input. Late ones are no-ops.
    pub fn handle_input(&mut self, now: Now, input: Input<'_>) {
        todo!()
    }

    /// Applies every deadline up to `now`. Spurious calls are no-ops.
    pub fn handle_timeout(&mut self, now: Now) {
        todo!()
    }

    /// The next thing to do; drain to `None` before the next input.
    #[must_use]
    pub fn poll_output(&mut self) -> Option<Output> {
        todo!()
    }

    /// What may be sent now.
    #[must_use]
    pub fn transmit(&self) -> &[u8] {
        todo!()
    }

    /// So many of those bytes were taken.
    pub fn transmitted(&mut self, bytes: usize) {
        todo!()
    }

    /// When [`Client::handle_timeout`] is due.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Deadline> {
        todo!()
    }

    /// Everything a face may show.
    pub fn state(&self) -> &State {
        todo!()
    }
}
