//! The server's end of `prompt` (`tutorial-protocols`): lines for netcat and telnet, or whatever one read gave.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;
use core::mem;

use memchr::memchr;

use super::framer::{Framer, Line, without_return};
use super::rows::QUIT;
use super::said::{bad_utf8, malformed, said, split_cut, too_long};
use super::{Decoded, Flavour, HELLO_NICK_BYTES_MAX, sniff};
use crate::name::BadName;
use crate::text::{Note, TEXT_BYTES_MAX};
use crate::vocabulary::{Code, Command, Hello, Request};

/// What the tutorial's client has in its entry box before anything is typed; Enter sends it.
const HINT: &str = "Write your messages here.";

/// The server's end of a `prompt` connection.
pub(super) struct Server {
    /// Settled by the first read.
    mode: Mode,
    /// Whether the client is in: until then whatever it says is a name.
    named: bool,
}

enum Mode {
    Unsettled,
    /// A frame is a line.
    Lines(Framer),
    /// A frame is what one read gave; held is one that was cut inside a character.
    Chunks(Vec<u8>),
}

impl Server {
    pub(super) fn new() -> Self {
        Self { mode: Mode::Unsettled, named: false }
    }

    pub(super) fn flavour(&self) -> Flavour {
        match self.mode {
            Mode::Lines(_) => Flavour::PromptLines,
            Mode::Unsettled | Mode::Chunks(_) => Flavour::PromptChunks,
        }
    }

    pub(super) fn welcomed(&mut self) {
        self.named = true;
    }

    pub(super) fn decode(&mut self, bytes: &mut &[u8]) -> Option<Decoded<Request>> {
        while !bytes.is_empty() {
            let named = self.named;
            let decoded = match &mut self.mode {
                Mode::Unsettled => {
                    if let Some(reason) = sniff::foreign(bytes) {
                        return Some(Decoded::Foreign(reason));
                    }
                    self.mode = match memchr(b'\n', bytes) {
                        Some(_) => Mode::Lines(Framer::default()),
                        None => Mode::Chunks(Vec::new()),
                    };
                    continue;
                }
                // The bound leaves room for a `\r`.
                Mode::Lines(framer) => match framer.next(bytes, TEXT_BYTES_MAX.saturating_add(1))? {
                    Line::Whole(line) => meaning(named, &line),
                    Line::TooLong if named => Some(too_long()),
                    Line::TooLong => Some(malformed(Code::BadNick, BadName::TooLong)),
                },
                Mode::Chunks(held) => chunk(named, held, bytes),
            };
            if decoded.is_some() {
                return decoded;
            }
        }
        None
    }

    pub(super) fn is_partial(&self) -> bool {
        match &self.mode {
            Mode::Unsettled | Mode::Lines(_) => false,
            Mode::Chunks(held) => !split_cut(held).0.is_empty(),
        }
    }

    pub(super) fn held(&self) -> usize {
        match &self.mode {
            Mode::Unsettled => 0,
            Mode::Lines(framer) => framer.held(),
            Mode::Chunks(held) => held.len(),
        }
    }

    pub(super) fn flush(&mut self) -> Option<Decoded<Request>> {
        match &mut self.mode {
            Mode::Unsettled => None,
            Mode::Lines(framer) => meaning(self.named, without_return(&framer.take_rest())),
            Mode::Chunks(held) => {
                let chunk = mem::take(held);
                let (whole, cut) = split_cut(&chunk);
                *held = cut.to_vec();
                meaning(self.named, whole)
            }
        }
    }
}

/// What one read gave, put together with what was held because it was cut inside a character.
fn chunk(named: bool, held: &mut Vec<u8>, bytes: &mut &[u8]) -> Option<Decoded<Request>> {
    let (read, rest) = split_goodbye(bytes);
    let held_len = held.len();
    let whole = match held_len {
        0 => Cow::Borrowed(read),
        _ => {
            let mut whole = mem::take(held);
            whole.extend_from_slice(read);
            Cow::Owned(whole)
        }
    };
    let Err(error) = core::str::from_utf8(&whole) else {
        *bytes = rest;
        let line = whole.strip_suffix(b"\n").map_or(&whole[..], without_return);
        return meaning(named, line);
    };
    if error.error_len().is_some() {
        // Where the fault lies in what was held, this read is another message and is looked at by itself.
        if error.valid_up_to() >= held_len {
            *bytes = rest;
        }
        return Some(bad_utf8());
    }
    *bytes = rest;
    if whole.len() > TEXT_BYTES_MAX {
        *held = split_cut(&whole).1.to_vec();
        return Some(too_long());
    }
    *held = whole.into_owned();
    None
}

/// Splits off a goodbye that arrived in one read with what was said before it: unanswered, the client never ends. It
/// is none after a space, as in `leave with {quit}`.
fn split_goodbye(read: &[u8]) -> (&[u8], &[u8]) {
    let end = read.strip_suffix(b"\n").map_or(read, without_return);
    match end.strip_suffix(QUIT.as_bytes()) {
        Some(said) if said.last().is_some_and(|last| !last.is_ascii_whitespace()) => {
            read.split_at_checked(said.len()).unwrap_or((read, &[]))
        }
        Some(_) | None => (read, &[]),
    }
}

fn meaning(named: bool, text: &[u8]) -> Option<Decoded<Request>> {
    if text == QUIT.as_bytes() {
        return Some(Decoded::Frame(Command::Quit { reason: Note::default() }.into()));
    }
    if named || text.is_empty() {
        return said(text);
    }
    Some(match core::str::from_utf8(text) {
        Err(_) => bad_utf8(),
        Ok(HINT) => malformed(Code::BadNick, "That is the hint in the box and not a name; delete it first."),
        Ok(name) if name.len() > HELLO_NICK_BYTES_MAX => malformed(Code::BadNick, BadName::TooLong),
        Ok(name) => Decoded::Frame(Command::Hello(Box::new(Hello::new(name.trim()))).into()),
    })
}

/// What people write is not for logs.
impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").field("flavour", &self.flavour()).field("named", &self.named).finish()
    }
}

#[cfg(test)]
#[allow(clippy::indexing_slicing, clippy::arithmetic_side_effects)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_text_over_its_bound_by_the_rest_of_a_character_is_refused_once() {
        let mut server = Server::new();
        server.welcomed();
        let text = "x".repeat(TEXT_BYTES_MAX - 1) + "é";
        let (read, rest) = text.as_bytes().split_at(TEXT_BYTES_MAX);
        let mut answers = Vec::new();
        for mut bytes in [read, rest] {
            while let Some(decoded) = server.decode(&mut bytes) {
                answers.push(decoded);
            }
        }
        assert_eq!(answers, [too_long()]);
        assert!(server.flush().is_none());
    }

    proptest! {
        #[test]
        fn nothing_over_the_bound_is_held(
            reads in proptest::collection::vec((prop_oneof![Just(b'x'), Just(b'\n'), Just(b'\xd8')], 1usize..20_000), 1..8),
        ) {
            let mut server = Server::new();
            for (byte, len) in reads {
                // A read that ends inside a character is what is held.
                let read = [&alloc::vec![byte; len][..], b"\xf0\x9f"].concat();
                let mut bytes = &read[..];
                while server.decode(&mut bytes).is_some() {}
                prop_assert!(server.held() <= TEXT_BYTES_MAX.saturating_add(1));
            }
        }
    }
}
