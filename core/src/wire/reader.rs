//! The client's end of both tutorial dialects: whatever a read gave → rows (`tutorial-protocols`, "Our clients on the
//! tutorials' own servers").

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::mem;

use super::Decoded;
use super::row::{self, Found};
use super::rows::{CONNECTED, GREETING, NIC, QUIT, WELCOME};
use super::said::split_cut;
use crate::limits::SERVER_FRAME_BYTES_MAX;
use crate::vocabulary::{Command, Event, Place, Request, Row};

/// The client's end of a tutorial connection.
pub(super) struct Client {
    kind: Kind,
    /// The name given, which a `nic` client puts in front of what it says.
    nick: Box<str>,
    /// Whether the name was asked for.
    greeted: bool,
    connected: bool,
    /// Whether goodbye was said, so that its answer is expected at the end of whatever comes.
    quitting: bool,
    /// Whether this server ends its own sentences in `\n`: then so do all its rows.
    lines: bool,
    /// A row whose end has not come, bounded.
    held: Vec<u8>,
}

/// Which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Nic,
    Prompt,
}

impl Client {
    pub(super) fn new(kind: Kind) -> Self {
        Self {
            kind,
            nick: "".into(),
            greeted: false,
            connected: false,
            quitting: false,
            lines: false,
            held: Vec::new(),
        }
    }

    pub(super) fn decode(&mut self, bytes: &mut &[u8]) -> Option<Decoded<Event>> {
        while !bytes.is_empty() {
            let held = mem::take(&mut self.held);
            let before = held.len();
            let data = match before {
                0 => Cow::Borrowed(*bytes),
                _ => Cow::Owned([&held, *bytes].concat()),
            };
            let (found, used) = self.next(&data, false);
            match used.checked_sub(before) {
                Some(used) => *bytes = bytes.get(used..).unwrap_or(&[]),
                None => self.held = held.get(used..).unwrap_or(&[]).to_vec(),
            }
            if used == 0 {
                self.held = data.into_owned();
                *bytes = &[];
            }
            if let Some(event) = found {
                return Some(Decoded::Frame(event));
            }
        }
        None
    }

    pub(super) fn is_partial(&self) -> bool {
        !split_cut(&self.held).0.is_empty()
    }

    pub(super) fn held(&self) -> usize {
        self.held.len()
    }

    pub(super) fn flush(&mut self) -> Option<Decoded<Event>> {
        while !self.held.is_empty() {
            let mut held = mem::take(&mut self.held);
            let (found, used) = self.next(&held, true);
            if used == 0 {
                // Half a character, whose rest may still come.
                self.held = held;
                return None;
            }
            self.held = held.split_off(used.min(held.len()));
            if let Some(event) = found {
                return Some(Decoded::Frame(event));
            }
        }
        None
    }

    /// The first row in `data`, and how much of it that was; 0 if more must come first. `last` if nothing more comes.
    fn next(&mut self, data: &[u8], last: bool) -> (Option<Event>, usize) {
        if let Some(found) = self.first_words(data, last) {
            return found;
        }
        let (whole, cut) = split_cut(data);
        if let Some(rest) = whole.strip_prefix(b"\n") {
            return (None, whole.len().saturating_sub(rest.len()));
        }
        let mut line = row::line(whole, self.lines);
        let ended = line.len() < whole.len();
        // What is as long as any row may be waits for nothing, not even for the rest of its last character.
        let waits = !last && whole.len() < SERVER_FRAME_BYTES_MAX && (!cut.is_empty() || self.must_wait(whole));
        if !ended && (whole.is_empty() || waits) {
            return (None, 0);
        }
        if !ended && self.quitting && line.len() > QUIT.len() {
            line = line.strip_suffix(QUIT.as_bytes()).unwrap_or(line);
        }
        if self.kind == Kind::Prompt && line == QUIT.as_bytes() {
            return (Some(Event::Row(Row::Quit)), line.len());
        }
        if !self.connected {
            line = row::until(line, if self.kind == Kind::Nic { CONNECTED } else { GREETING });
        }
        let text = String::from_utf8_lossy(line);
        let Found { row, used } =
            row::classify(&text, self.kind, self.connected, self.lines || self.kind == Kind::Prompt);
        // A replacement character is longer than what it stands for; such a row is taken whole.
        let used = if matches!(text, Cow::Borrowed(_)) { used } else { line.len() };
        let server_said = matches!(row, Row::Connected | Row::Joined { .. } | Row::Left { .. });
        self.connected |= row == Row::Connected;
        self.lines |= server_said && whole.get(used..).is_some_and(|rest| rest.starts_with(b"\n"));
        (Some(Event::Row(row)), used)
    }

    /// The server's question for the name.
    fn first_words(&mut self, data: &[u8], last: bool) -> Option<(Option<Event>, usize)> {
        let words = match self.kind {
            // Asked again, it wants the same answer; as a line it would be nobody's question.
            Kind::Nic if self.greeted => {
                let again = data == NIC.as_bytes() && !self.lines;
                return again.then_some((Some(Event::Greeting), data.len()));
            }
            _ if self.connected => return None,
            Kind::Nic => NIC,
            Kind::Prompt => GREETING,
        };
        if data.starts_with(words.as_bytes()) {
            self.greeted = true;
            return Some((Some(Event::Greeting), words.len()));
        }
        if words.as_bytes().starts_with(data) && !last {
            return Some((None, 0));
        }
        // Other servers of the kind ask in other words.
        let first = !mem::replace(&mut self.greeted, true) && self.kind == Kind::Prompt;
        let text = core::str::from_utf8(data).unwrap_or_default();
        let asks = first && text.to_lowercase().contains("name") && !text.starts_with(WELCOME.0);
        asks.then_some((Some(Event::Greeting), data.len()))
    }

    /// Whether a row that no `\n` ends is not all there yet.
    fn must_wait(&self, whole: &[u8]) -> bool {
        let expected = match self.kind {
            Kind::Nic => CONNECTED,
            Kind::Prompt => WELCOME.0,
        };
        // In `nic` whatever anybody says ends in `\n`; only the original server's own sentences do not.
        let said = self.kind == Kind::Nic && row::is_said(whole);
        self.lines || said || !self.connected && expected.as_bytes().starts_with(whole)
    }

    /// The bytes of a request. What is meant for one person only has no words here, and must not reach the room.
    pub(super) fn encode(&mut self, request: &Request, out: &mut Vec<u8>) {
        match &request.command {
            Command::Hello(hello) => {
                self.nick = hello.nick.replace(['\n', '\r'], " ").trim().into();
                out.extend_from_slice(self.nick.as_bytes());
            }
            Command::Say { place: Place::Room(_), text, action, .. } => self.say(text.as_str(), *action, out),
            Command::Quit { .. } if self.kind == Kind::Prompt => {
                self.quitting = true;
                out.extend_from_slice(QUIT.as_bytes());
            }
            Command::Say { place: Place::Direct(_), .. }
            | Command::Quit { .. }
            | Command::Join { .. }
            | Command::Part { .. }
            | Command::Edit { .. }
            | Command::Delete { .. }
            | Command::Search { .. }
            | Command::History { .. }
            | Command::Read { .. }
            | Command::Typing { .. }
            | Command::Nick { .. }
            | Command::Away { .. }
            | Command::Topic { .. }
            | Command::Kick { .. }
            | Command::Mute { .. }
            | Command::Rooms { .. }
            | Command::Members { .. }
            | Command::Ping { .. }
            | Command::Pong { .. } => {}
        }
    }

    fn say(&self, text: &str, action: bool, out: &mut Vec<u8>) {
        if self.kind == Kind::Nic {
            out.extend_from_slice(self.nick.as_bytes());
            out.extend_from_slice(b": ");
        }
        if action {
            for part in ["* ", &self.nick, " "] {
                out.extend_from_slice(part.as_bytes());
            }
        }
        // Said alone it would be a goodbye.
        if self.kind == Kind::Prompt && text.ends_with(QUIT) {
            out.extend_from_slice(text.as_bytes());
            return out.push(b' ');
        }
        out.extend_from_slice(text.as_bytes());
        if self.kind == Kind::Nic {
            out.push(b'\n');
        }
    }
}

/// What people write is not for logs.
impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("kind", &self.kind).field("held", &self.held.len()).finish_non_exhaustive()
    }
}
