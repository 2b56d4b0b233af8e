//! [`Event`] → rows: what a server says in the tutorial dialects (`tutorial-protocols`).
//!
//! Every row begins with words of the server's own, a name among them, and every further line of a text is indented:
//! nothing anybody writes can pass for a row.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::{self, Write};
use core::mem;

use super::{Flavour, chunk_end};
use crate::limits::{CHUNK_BYTES_MAX, PRESENCE_NAMED_MAX};
use crate::name::Nick;
use crate::text::{Note, printable};
use crate::vocabulary::{Event, Message, Place, Reason, Welcome};

/// What a `nic` server says first.
pub(super) const NIC: &str = "NIC";
/// What a `prompt` server says first.
pub(super) const GREETING: &str = "Please enter your name and press Enter";
/// What a `prompt` client says last, and the server's answer to it.
pub(super) const QUIT: &str = "{quit}";
/// The `nic` server's word that one is in.
pub(super) const CONNECTED: &str = "Connected to the server.";
/// How the `prompt` server's word that one is in begins, and how it ends.
pub(super) const WELCOME: (&str, &str) = ("Welcome to the chat ", " to leave.");
/// Where lines could not be read from the log.
const MISSING: &str = "Some lines are missing here.";
/// What follows the name of somebody who came, or left.
pub(super) const JOINED: &str = " joined the chat";
/// See [`JOINED`].
pub(super) const LEFT: &str = " left the chat";

/// Appends the rows of an event; nothing where these dialects have no words for it.
pub(super) fn encode(flavour: Flavour, event: &Event, out: &mut Vec<u8>) {
    if let Event::Greeting = event {
        let greeting = if flavour == Flavour::Nic { NIC } else { GREETING };
        return out.extend_from_slice(greeting.as_bytes());
    }
    let start = out.len();
    let mut rows = Rows { out, lines: flavour != Flavour::PromptChunks, begun: false };
    // Writing into a buffer in memory cannot fail.
    let _ = rows.event(flavour, event);
    if flavour == Flavour::PromptChunks {
        indent_pieces(out, start);
    }
}

/// A row too long for one write becomes several rows of the peer's list box; the later ones are indented as further
/// lines are, since a text might continue just there with somebody's name. Where a character would be cut, spaces that
/// nobody sees fill the piece up, so that the next one begins where a full write ends.
fn indent_pieces(out: &mut Vec<u8>, start: usize) {
    if out.len().saturating_sub(start) <= CHUNK_BYTES_MAX {
        return;
    }
    let mut rest = out.split_off(start);
    while rest.len() > CHUNK_BYTES_MAX {
        let tail = rest.split_off(chunk_end(&rest));
        rest.resize(CHUNK_BYTES_MAX, b' ');
        out.append(&mut rest);
        rest.extend_from_slice(b"  ");
        rest.extend_from_slice(&tail);
    }
    out.append(&mut rest);
}

struct Rows<'a> {
    out: &'a mut Vec<u8>,
    /// Whether a row ends in `\n`; otherwise one only separates it from the next of the same event.
    lines: bool,
    begun: bool,
}

impl Rows<'_> {
    fn event(&mut self, flavour: Flavour, event: &Event) -> fmt::Result {
        match event {
            Event::Welcome(welcome) if flavour == Flavour::Nic => self.welcome(welcome),
            Event::Welcome(welcome) => {
                let (begin, end) = WELCOME;
                self.row(format_args!("{begin}{}. Write {QUIT}{end}", welcome.nick))
            }
            Event::Joined { nick, .. } if flavour == Flavour::Nic => self.row(format_args!("{nick}{JOINED}!")),
            Event::Joined { nick, .. } => self.row(format_args!("{nick}{JOINED}")),
            Event::Parted { nick, .. } => self.row(format_args!("{nick}{LEFT}.")),
            Event::Presence { count, joined, parted, .. } => {
                // Of more than so many only the number of all is told.
                let named = |names: &[Nick]| if names.len() < PRESENCE_NAMED_MAX { "" } else { " or more" };
                let (came, went) = (joined.len(), parted.len());
                let (more_came, more_went) = (named(joined), named(parted));
                self.row(format_args!(
                    "{came}{more_came} joined and {went}{more_went} left the chat; {count} are here now."
                ))
            }
            Event::Message(message) => self.message(message),
            Event::Page { messages, .. } => messages.iter().try_for_each(|message| self.message(message)),
            Event::Edited { text, by, .. } => self.row(format_args!("* {by} corrected a message: {text}")),
            Event::Deleted { by, .. } => self.row(format_args!("* {by} took a message back.")),
            Event::Nick { from, to } => self.row(format_args!("{from} is now known as {to}.")),
            Event::Topic { text, by, .. } if text.is_empty() => self.row(format_args!("{by} removed the topic.")),
            Event::Topic { text, by, .. } => self.row(format_args!("{by} changed the topic to \"{text}\".")),
            Event::Kicked { nick, by, reason, .. } => self.done_to(nick, "put out of the chat", by, reason),
            Event::Muted { nick, by, reason, on: true, .. } => self.done_to(nick, "silenced", by, reason),
            Event::Muted { nick, by, reason, on: false, .. } => {
                self.done_to(nick, "allowed to speak again", by, reason)
            }
            Event::Gap { .. } => self.row(format_args!("{MISSING}")),
            Event::Error { text, .. } => self.row(format_args!("{text}")),
            Event::Bye { reason: Reason::Quit, .. } if flavour != Flavour::Nic => self.row(format_args!("{QUIT}")),
            Event::Bye { text, .. } => self.row(format_args!("{text}")),
            Event::Greeting
            | Event::Room(_)
            | Event::Ack { .. }
            | Event::Rooms { .. }
            | Event::Members { .. }
            | Event::Typing { .. }
            | Event::Away { .. }
            | Event::Read { .. }
            | Event::Ping { .. }
            | Event::Pong { .. }
            | Event::Row(_) => Ok(()),
        }
    }

    /// Steps 3 and 4 of the table, and why the name is another one if it is.
    fn welcome(&mut self, welcome: &Welcome) -> fmt::Result {
        let nick = &welcome.nick;
        self.row(format_args!("{nick}{JOINED}!"))?;
        self.row(format_args!("{CONNECTED}"))?;
        let Some(claimed) = &welcome.instead_of else { return Ok(()) };
        let taken = Nick::parse(claimed).is_ok();
        let claimed: String = printable(claimed).replace('\n', " ").chars().take(64).collect();
        match (taken, claimed.trim()) {
            (true, claimed) => self.row(format_args!("The name {claimed} is taken here; others see you as {nick}.")),
            (false, "") => self.row(format_args!("You gave no name; others see you as {nick}.")),
            (false, claimed) => {
                self.row(format_args!("The name {claimed} is not possible here; others see you as {nick}."))
            }
        }
    }

    fn message(&mut self, message: &Message) -> fmt::Result {
        let Message { place, from, text, action, .. } = message;
        let to = match place {
            Place::Room(_) => "",
            Place::Direct(_) => " (to you)",
        };
        match action {
            true => self.row(format_args!("* {from}{to} {text}")),
            false => self.row(format_args!("{from}{to}: {text}")),
        }
    }

    fn done_to(&mut self, nick: &Nick, what: &str, by: &Nick, reason: &Note) -> fmt::Result {
        match reason.is_empty() {
            true => self.row(format_args!("{nick} was {what} by {by}.")),
            false => self.row(format_args!("{nick} was {what} by {by} ({reason}).")),
        }
    }

    /// One row, each of its further lines indented.
    fn row(&mut self, text: fmt::Arguments<'_>) -> fmt::Result {
        if mem::replace(&mut self.begun, true) && !self.lines {
            self.out.push(b'\n');
        }
        Indented(self.out).write_fmt(text)?;
        if self.lines {
            self.out.push(b'\n');
        }
        Ok(())
    }
}

struct Indented<'a>(&'a mut Vec<u8>);

impl Write for Indented<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for (at, line) in text.split('\n').enumerate() {
            if at > 0 {
                self.0.extend_from_slice(b"\n  ");
            }
            self.0.extend_from_slice(line.as_bytes());
        }
        Ok(())
    }
}
