//! What is told of the first difference.

use std::fmt;

use parlor_core::hub::Input;
use parlor_core::id::ConnId;
use parlor_core::record::Entry;

/// Most characters shown of either side.
const SHOWN_MAX: usize = 240;

/// The first thing a hub did otherwise than the record says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// After which call.
    pub call: Call,
    /// At which byte of all that the call's connection was sent.
    pub offset: Option<u64>,
    /// What the record says, or the part of it around the difference.
    pub expected: String,
    /// What the hub did.
    pub got: String,
}

/// A call of the record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Call {
    /// Counted from 1.
    pub number: u64,
    /// Whose it is, where it is about one connection.
    pub conn: Option<ConnId>,
    /// What it is, in words.
    pub what: String,
}

impl Call {
    pub(super) fn of(number: u64, entry: &Entry<'_>) -> Self {
        let (conn, what) = match entry {
            Entry::Accept { peer, .. } => (None, format!("a {} connection comes", peer.dialect.scheme())),
            Entry::Input { input, .. } => match input {
                Input::Received { conn, bytes } => (Some(*conn), format!("{conn} sends {} bytes", bytes.len())),
                Input::Lost { conn } => (Some(*conn), format!("{conn} is lost")),
                Input::Answered { ticket, .. } => (None, format!("question {} is answered", ticket.0)),
                Input::Drain => (None, "the server is to stop".into()),
            },
            Entry::Timeout { .. } => (None, "deadlines are due".into()),
            Entry::Transmitted { conn, taken, .. } => (Some(*conn), format!("{conn} takes {} bytes", taken.len())),
            Entry::TransmittedAgain { conn, .. } => (Some(*conn), format!("{conn} takes what another one took")),
            Entry::Begun { .. } | Entry::Accepted(_) | Entry::Refused(_) | Entry::Output(_) | Entry::Ended => {
                (None, String::new())
            }
        };
        Self { number, conn, what }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.call.number {
            0 => f.write_str("the first difference comes before any call")?,
            number => write!(f, "the first difference is at call {number} ({})", self.call.what)?,
        }
        if let Some(offset) = self.offset {
            write!(f, ", byte {offset} of what it was sent")?;
        }
        write!(f, "\n  expected {}\n  got      {}", self.expected, self.got)
    }
}

/// A value, not too long.
pub(super) fn shown(value: &impl fmt::Debug) -> String {
    let text = format!("{value:?}");
    match text.char_indices().nth(SHOWN_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// Where two byte strings differ, and what stands there in each.
pub(super) fn of_bytes(expected: &[u8], got: &[u8]) -> Option<(u64, String, String)> {
    let same = expected.iter().zip(got).take_while(|(a, b)| a == b).count();
    if same == expected.len() && same == got.len() {
        return None;
    }
    Some((same as u64, excerpt(expected, same), excerpt(got, same)))
}

/// The bytes around `at`, as text.
fn excerpt(bytes: &[u8], at: usize) -> String {
    const BEFORE: usize = 24;
    const AFTER: usize = 40;
    let (begin, end) = (at.saturating_sub(BEFORE), (at + AFTER).min(bytes.len()));
    let (left, right) = (if begin > 0 { "…" } else { "" }, if end < bytes.len() { "…" } else { "" });
    let text = String::from_utf8_lossy(&bytes[begin..end]);
    format!("{left}{text:?}{right}")
}
