//! The server's end of `nic` (`tutorial-protocols`): no framing but the name that clients put in front of what they say.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::mem;

use memchr::{memchr, memmem};

use super::framer::without_return;
use super::said::{said, split_cut, too_long};
use super::{Decoded, HELLO_NICK_BYTES_MAX, sniff};
use crate::text::TEXT_BYTES_MAX;
use crate::vocabulary::{Command, Hello, Request};

/// Most bytes that are taken for a name: what the tutorial's server reads.
const NAME_BYTES_MAX: usize = 2048;

/// The server's end of a `nic` connection.
pub(super) struct Server {
    /// `\n<nick>: `, with the name as the client gave it: where its next message begins. `None` until it gave one.
    mark: Option<Box<[u8]>>,
    /// An unfinished name or message, bounded; while skipping, as much of its end as a mark may begin in.
    held: Vec<u8>,
    /// Inside a message over its bound that was reported already.
    skipping: bool,
}

impl Server {
    pub(super) fn new() -> Self {
        Self { mark: None, held: Vec::new(), skipping: false }
    }

    pub(super) fn decode(&mut self, bytes: &mut &[u8]) -> Option<Decoded<Request>> {
        while !bytes.is_empty() {
            let decoded = match self.mark.take() {
                None => self.name(bytes),
                Some(mark) => {
                    let decoded = self.message(&mark, bytes);
                    self.mark = Some(mark);
                    decoded
                }
            };
            if decoded.is_some() {
                return decoded;
            }
        }
        None
    }

    /// Whether there is something to complete once the client stays silent. Half a character alone is no text yet; it
    /// waits for its rest.
    pub(super) fn is_partial(&self) -> bool {
        self.skipping || !(self.held.is_empty() || self.mark.is_some() && split_cut(&self.held).0.is_empty())
    }

    pub(super) fn held(&self) -> usize {
        self.held.len()
    }

    pub(super) fn flush(&mut self) -> Option<Decoded<Request>> {
        if mem::take(&mut self.skipping) {
            self.held = Vec::new();
        }
        if self.held.is_empty() {
            return None;
        }
        let held = mem::take(&mut self.held);
        let Some(mark) = &self.mark else { return Some(self.named(&held)) };
        let (whole, cut) = split_cut(&held);
        let decoded = without_name(mark, whole);
        self.held = cut.to_vec();
        decoded
    }

    /// The first read is the name. It has no terminator, but netcat sends one.
    fn name(&mut self, bytes: &mut &[u8]) -> Option<Decoded<Request>> {
        if self.held.is_empty() {
            if let Some(reason) = sniff::foreign(bytes) {
                return Some(Decoded::Foreign(reason));
            }
            // A client whose user gave no name sends nothing then, and `: text` later: this is said already.
            if bytes.starts_with(b": ") {
                return Some(self.named(b""));
            }
        }
        let room = NAME_BYTES_MAX.saturating_sub(self.held.len());
        let (read, rest) = bytes.split_at_checked(room).unwrap_or((bytes, &[]));
        if let Some((name, after)) = memchr(b'\n', read).and_then(|end| bytes.split_at_checked(end)) {
            let mut whole = mem::take(&mut self.held);
            whole.extend_from_slice(name);
            *bytes = after.split_first().map_or(&[], |(_newline, after)| after);
            return Some(self.named(without_return(&whole)));
        }
        *bytes = rest;
        self.held.extend_from_slice(read);
        if rest.is_empty() && !split_cut(&self.held).1.is_empty() {
            return None;
        }
        let name = mem::take(&mut self.held);
        Some(self.named(&name))
    }

    /// Nobody is asked twice for a name, so every one will do: what is wrong with it, the hub makes good.
    fn named(&mut self, name: &[u8]) -> Decoded<Request> {
        let mark: Vec<u8> = [b"\n", name, b": "].concat();
        self.mark = Some(mark.into_boxed_slice());
        let mut nick = String::from_utf8_lossy(name).into_owned();
        nick.truncate(nick.floor_char_boundary(HELLO_NICK_BYTES_MAX));
        Decoded::Frame(Command::Hello(Box::new(Hello::new(&nick))).into())
    }

    /// A message ends where a read ends in `\n`, or where the next one begins.
    fn message(&mut self, mark: &[u8], bytes: &mut &[u8]) -> Option<Decoded<Request>> {
        if self.held.is_empty() && !self.skipping {
            if let Some((message, next)) = memmem::find(bytes, mark).and_then(|end| bytes.split_at_checked(end)) {
                *bytes = next.split_first().map_or(&[], |(_newline, next)| next);
                return without_name(mark, message);
            }
            if let Some(message) = bytes.strip_suffix(b"\n") {
                *bytes = &[];
                return without_name(mark, message);
            }
        }
        self.continued(mark, bytes)
    }

    /// [`Server::message`] for one whose beginning is held, or that is going to be.
    fn continued(&mut self, mark: &[u8], bytes: &mut &[u8]) -> Option<Decoded<Request>> {
        let bound = TEXT_BYTES_MAX.saturating_add(mark.len()).saturating_add(2);
        let before = self.held.len();
        let (part, rest) = bytes.split_at_checked(bound.saturating_sub(before)).unwrap_or((bytes, &[]));
        self.held.extend_from_slice(part);
        // The mark may begin in what was held, but what was looked through in vain is not looked through again.
        let from = before.saturating_sub(mark.len());
        let found = self.held.get(from..).and_then(|tail| memmem::find(tail, mark));
        if let Some(end) = found.map(|at| at.saturating_add(from)) {
            let next = end.saturating_add(1);
            let mut message = mem::take(&mut self.held);
            match next.checked_sub(before) {
                Some(used) => *bytes = bytes.get(used..).unwrap_or(&[]),
                None => self.held = message.get(next..before).unwrap_or(&[]).to_vec(),
            }
            message.truncate(end);
            return self.ended(mark, &message);
        }
        *bytes = rest;
        if rest.is_empty() && self.held.last() == Some(&b'\n') {
            let mut message = mem::take(&mut self.held);
            message.pop();
            return self.ended(mark, &message);
        }
        if self.skipping || self.held.len() >= bound {
            let tail = self.held.len().saturating_sub(mark.len());
            self.held.drain(..tail);
            return (!mem::replace(&mut self.skipping, true)).then(too_long);
        }
        None
    }

    fn ended(&mut self, mark: &[u8], message: &[u8]) -> Option<Decoded<Request>> {
        if mem::take(&mut self.skipping) {
            return None;
        }
        without_name(mark, message)
    }
}

/// What is said, without the name that the client put in front of it; the hub writes its own.
fn without_name(mark: &[u8], message: &[u8]) -> Option<Decoded<Request>> {
    let prefix = mark.get(1..).unwrap_or(&[]);
    let message = message.strip_prefix(prefix).unwrap_or(message);
    said(without_return(message))
}

/// What people write is not for logs.
impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { mark, held, skipping } = self;
        f.debug_struct("Server")
            .field("named", &mark.is_some())
            .field("held", &held.len())
            .field("skipping", skipping)
            .finish()
    }
}

#[cfg(test)]
#[allow(clippy::indexing_slicing, clippy::arithmetic_side_effects)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn nothing_over_the_bound_is_held(
            reads in proptest::collection::vec((prop_oneof![Just(b'x'), Just(b'\n'), Just(b'\xd8')], 1usize..20_000), 1..8),
        ) {
            let mut server = Server::new();
            for (byte, len) in reads {
                let read = alloc::vec![byte; len];
                let mut bytes = &read[..];
                while server.decode(&mut bytes).is_some() {}
                let name = server.mark.as_ref().map_or(NAME_BYTES_MAX, |mark| mark.len());
                prop_assert!(server.held.len() <= TEXT_BYTES_MAX + name + 2);
            }
            while server.flush().is_some() {}
            prop_assert!(server.held.len() <= 3);
        }
    }
}
