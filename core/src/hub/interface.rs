//! What goes into the hub and what comes out of it: plain data.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::net::IpAddr;

use crate::id::{ConnId, Ticket};
use crate::limits::Limits;
use crate::name::RoomName;
use crate::store::{Answer, Ask};
use crate::time::Instant;
use crate::vocabulary::{Event, Reason};
use crate::wire::{Dialect, Flavour, encode_event};

/// Who connects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer {
    /// What the listener it came to speaks.
    pub dialect: Dialect,
    /// Where from; caps per address count it by /32 or /64. Loopback and `None` (local transports) are exempt.
    pub address: Option<IpAddr>,
}

/// What the driver brings in.
#[derive(Clone, Debug)]
pub enum Input<'a> {
    /// A connection gave bytes.
    Received {
        /// Which.
        conn: ConnId,
        /// At most what one read gave, in order.
        bytes: &'a [u8],
    },
    /// A connection ended: end of file, reset, or an error. Nothing more may be sent to it.
    Lost {
        /// Which.
        conn: ConnId,
    },
    /// The answer to a question.
    Answered {
        /// Which question.
        ticket: Ticket,
        /// Its answer.
        answer: Answer,
    },
    /// The server is to stop: everybody is told, nobody is accepted any more.
    Drain,
}

/// What the driver is to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// `conn` has bytes: write what [`super::Hub::transmit`] gives. Once per empty→non-empty edge.
    Wake(ConnId),
    /// Close it. The last output about this connection, and the only one of its kind. Nothing is left to send.
    Close {
        /// Which.
        conn: ConnId,
        /// Why, for the log.
        reason: Reason,
        /// How.
        how: Closing,
    },
    /// Stop reading from `conn`: it is out of tokens, or ahead of its questions.
    Pause(ConnId),
    /// Read from `conn` again.
    Resume(ConnId),
    /// Answer this with the same ticket.
    Ask {
        /// Correlates.
        ticket: Ticket,
        /// The question.
        ask: Box<Ask>,
    },
}

/// How a connection is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closing {
    /// Shut down the writing side, discard input for up to 1 s, close.
    Finish,
    /// Reset it (SO_LINGER 0): a chunk-mode client spins for ever on a bare FIN.
    Reset,
}

/// When [`super::Hub::handle_timeout`] is due, and what for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadline {
    /// When.
    pub at: Instant,
    /// The name of its cause, for logs.
    pub cause: &'static str,
}

/// A connection that was not accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Why.
    pub reason: Reason,
    /// What to write to it before closing, in its dialect's manner.
    pub farewell: Box<[u8]>,
    /// How to close it after that.
    pub how: Closing,
}

/// What a hub is told once, at its start.
#[derive(Clone, Debug)]
pub struct HubConfig {
    /// Every bound.
    pub limits: Limits,
    /// The room everybody meets in.
    pub default_room: RoomName,
    /// What the server calls itself in `welcome`, e.g. `parlor/0.1.0`.
    pub server: Box<str>,
    /// Whether the server wants a password. The store checks it; the hub only needs to know that guests cannot come.
    pub password: bool,
}

impl Refused {
    pub(super) fn new(dialect: Dialect, reason: Reason) -> Self {
        let (flavour, how) = match dialect {
            Dialect::Native => (Flavour::Native, Closing::Finish),
            Dialect::Nic => (Flavour::Nic, Closing::Reset),
            Dialect::Prompt => (Flavour::PromptChunks, Closing::Reset),
        };
        let mut farewell = Vec::new();
        encode_event(flavour, &Event::Bye { reason, text: reason.text().into() }, &mut farewell);
        Self { reason, farewell: farewell.into_boxed_slice(), how }
    }
}
