//! The flight record: everything that went into a hub and what came out, secrets replaced, so that a run of a real
//! server can be replayed against a fresh hub, byte for byte.
//!
//! A driver that records tells a [`Recorder`] of each call *before* it makes it, and of what came out after it; what
//! [`Recorder::bytes`] holds then goes wherever the driver keeps records. So the very last input before an assertion
//! fails is in the record. [`decode`] reads it back, one [`Entry`] at a time. Replaying is recording again: the same
//! calls on another hub, with another recorder, give the same bytes, or else there is a difference.
//!
//! # What is in a record, and what is not
//!
//! What people wrote, their names and their addresses are in it: it belongs to whoever runs the server, and into no
//! public place. Secrets are not: not the seed, from which tokens are made (a replay takes another one), no token and
//! no password, wherever reads cut them. In bytes each is replaced by something of the same length and kind, so that
//! the replayed hub takes the same path; of a question that holds one only that it was there is kept. The answer that
//! says whether a token is known, or a password right, is an input of its own.
//!
//! Two things are not looked at: the *name* of a member (`{"hello":{"geheim":1}}`), and what a tutorial's client
//! writes, since its dialect has no secrets.
//!
//! # Format
//!
//! [`MAGIC`], then the format's version (4 bytes), then entries: each its length (4 bytes), not counted in it, and as
//! many bytes. Both numbers are little-endian. An entry begins with its kind:
//!
//! | kind | entry | what follows |
//! | --- | --- | --- |
//! | 0 | a hub was made; always the first | the time, [`HubConfig`] with every limit |
//! | 1 | [`Hub::accept`] is called | the time, dialect, address |
//! | 2 | … took the connection | its id |
//! | 3 | … refused it | reason, farewell, how to close |
//! | 4 | [`Input::Received`] is handed in | the time, connection, bytes |
//! | 5 | [`Input::Lost`] | the time, connection |
//! | 6 | [`Input::Answered`] | the time, ticket, answer |
//! | 7 | [`Input::Drain`] | the time |
//! | 8 | [`Hub::handle_timeout`] is called | the time |
//! | 9 | [`Hub::poll_output`] gave this | the output |
//! | 10 | [`Hub::transmitted`] is called | connection, how many bytes were offered, those that were taken |
//! | 11 | the same, with the very bytes of the last entry of kind 10 | connection, how many bytes were offered |
//! | 12 | the driver has come to its end | |
//!
//! `record/fields.rs` lists the members of each type in their order. Whole numbers are LEB128 (signed ones zigzag),
//! texts and bytes have their length in front, alternatives a byte, times are µs of the driver's monotonic clock and ms
//! of the wall clock. A record that does not end in kind 12 is what a crash leaves: whole up to its last entry.
//!
//! [`Hub::accept`]: crate::hub::Hub::accept
//! [`Hub::handle_timeout`]: crate::hub::Hub::handle_timeout
//! [`Hub::poll_output`]: crate::hub::Hub::poll_output
//! [`Hub::transmitted`]: crate::hub::Hub::transmitted

#![deny(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unreachable,
    clippy::unwrap_used
)]

use alloc::boxed::Box;
use core::fmt;

use crate::hub::{HubConfig, Input, Output, Peer, Refused};
use crate::id::{ConnId, Ticket};
use crate::store::Answer;
use crate::time::Now;

mod class;
mod fields;
mod mask;
mod recorder;
#[cfg(test)]
mod tests;

pub use recorder::Recorder;

use fields::{Field, get_bytes};

/// What a record begins with.
pub const MAGIC: [u8; 8] = *b"PARLORFR";
/// The version of the format that is written and read here. Any change of an entry is another version.
pub const VERSION: u32 = 3;
/// Most bytes of one entry; a longer one is not read.
pub const ENTRY_BYTES_MAX: usize = 64 * 1024 * 1024;

/// One thing that happened.
#[derive(Clone, Debug)]
pub enum Entry<'a> {
    /// A hub was made.
    Begun {
        /// When.
        now: Now,
        /// What it was told.
        config: Box<HubConfig>,
    },
    /// A connection was brought.
    Accept {
        /// When.
        now: Now,
        /// Whose.
        peer: Peer,
    },
    /// It was taken in, under this id.
    Accepted(ConnId),
    /// It was not.
    Refused(Refused),
    /// An input was handed in.
    Input {
        /// When.
        now: Now,
        /// Which; secrets in it are replaced.
        input: Input<'a>,
    },
    /// The deadlines up to now were to be applied.
    Timeout {
        /// When.
        now: Now,
    },
    /// The hub wanted this; in a question, secrets and their hashes are replaced.
    Output(Output),
    /// A connection took bytes.
    Transmitted {
        /// Which.
        conn: ConnId,
        /// How many the hub offered.
        offered: usize,
        /// Those that were taken; the token in them is replaced.
        taken: &'a [u8],
    },
    /// A connection took the very bytes that another one took last: what is said in a room is written once.
    TransmittedAgain {
        /// Which.
        conn: ConnId,
        /// How many the hub offered.
        offered: usize,
    },
    /// The driver came to its end in order.
    Ended,
}

/// The kinds of entries, as the table above numbers them.
mod kind {
    pub(super) const BEGUN: u8 = 0;
    pub(super) const ACCEPT: u8 = 1;
    pub(super) const ACCEPTED: u8 = 2;
    pub(super) const REFUSED: u8 = 3;
    pub(super) const RECEIVED: u8 = 4;
    pub(super) const LOST: u8 = 5;
    pub(super) const ANSWERED: u8 = 6;
    pub(super) const DRAIN: u8 = 7;
    pub(super) const TIMEOUT: u8 = 8;
    pub(super) const OUTPUT: u8 = 9;
    pub(super) const TRANSMITTED: u8 = 10;
    pub(super) const TRANSMITTED_AGAIN: u8 = 11;
    pub(super) const ENDED: u8 = 12;
}

impl Entry<'_> {
    /// Whether it is a call that a replay makes; the others are what a call gave back.
    pub const fn is_call(&self) -> bool {
        match self {
            Entry::Accept { .. }
            | Entry::Input { .. }
            | Entry::Timeout { .. }
            | Entry::Transmitted { .. }
            | Entry::TransmittedAgain { .. } => true,
            Entry::Begun { .. } | Entry::Accepted(_) | Entry::Refused(_) | Entry::Output(_) | Entry::Ended => false,
        }
    }
}

/// Why bytes are no record. `Display` is the end of a sentence about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// It does not begin as records do.
    NoRecord,
    /// It was written in another version of the format.
    Version(u32),
    /// An entry that cannot be.
    Damaged,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unreadable::NoRecord => f.write_str("is no flight record"),
            Unreadable::Version(version) => {
                write!(f, "is a flight record of version {version}; this program reads version {VERSION}")
            }
            Unreadable::Damaged => f.write_str("is damaged"),
        }
    }
}

/// Bytes in front of the first entry.
pub const HEAD_BYTES: usize = MAGIC.len() + 4;

/// Checks the head of a record.
///
/// # Errors
/// Where these [`HEAD_BYTES`] are not the head of a record of this version.
pub fn decode_head(head: &[u8; HEAD_BYTES]) -> Result<(), Unreadable> {
    let (magic, version) = head.split_at(MAGIC.len());
    if magic != MAGIC {
        return Err(Unreadable::NoRecord);
    }
    match version.try_into().map(u32::from_le_bytes) {
        Ok(VERSION) => Ok(()),
        Ok(version) => Err(Unreadable::Version(version)),
        Err(_) => Err(Unreadable::NoRecord),
    }
}

/// Reads the entry at the front of `bytes`, and says how many of them it takes; `None` if it is not all there. The
/// bytes may come from anywhere.
///
/// # Errors
/// [`Unreadable::Damaged`] for an entry that cannot be.
pub fn decode(bytes: &[u8]) -> Result<Option<(Entry<'_>, usize)>, Unreadable> {
    let Some((len, rest)) = bytes.split_at_checked(4) else { return Ok(None) };
    let len = len.try_into().map_or(u32::MAX, u32::from_le_bytes) as usize;
    if len > ENTRY_BYTES_MAX {
        return Err(Unreadable::Damaged);
    }
    let Some(mut body) = rest.get(..len) else { return Ok(None) };
    match entry(&mut body) {
        Some(entry) if body.is_empty() => Ok(Some((entry, len.saturating_add(4)))),
        Some(_) | None => Err(Unreadable::Damaged),
    }
}

fn entry<'a>(from: &mut &'a [u8]) -> Option<Entry<'a>> {
    Some(match u8::get(from)? {
        kind::BEGUN => Entry::Begun { now: Now::get(from)?, config: Box::get(from)? },
        kind::ACCEPT => Entry::Accept { now: Now::get(from)?, peer: Peer::get(from)? },
        kind::ACCEPTED => Entry::Accepted(ConnId::get(from)?),
        kind::REFUSED => Entry::Refused(Refused::get(from)?),
        kind @ (kind::RECEIVED | kind::LOST | kind::ANSWERED | kind::DRAIN) => {
            let now = Now::get(from)?;
            let input = match kind {
                kind::RECEIVED => Input::Received { conn: ConnId::get(from)?, bytes: get_bytes(from)? },
                kind::LOST => Input::Lost { conn: ConnId::get(from)? },
                kind::ANSWERED => Input::Answered { ticket: Ticket::get(from)?, answer: Answer::get(from)? },
                _ => Input::Drain,
            };
            Entry::Input { now, input }
        }
        kind::TIMEOUT => Entry::Timeout { now: Now::get(from)? },
        kind::OUTPUT => Entry::Output(Output::get(from)?),
        kind::TRANSMITTED => {
            let (conn, offered) = (ConnId::get(from)?, usize::get(from)?);
            Entry::Transmitted { conn, offered, taken: get_bytes(from).filter(|taken| taken.len() <= offered)? }
        }
        kind::TRANSMITTED_AGAIN => Entry::TransmittedAgain { conn: ConnId::get(from)?, offered: usize::get(from)? },
        kind::ENDED => Entry::Ended,
        _ => return None,
    })
}
