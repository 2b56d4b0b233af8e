//! Writing JSON straight into a buffer, without a tree in between.

use alloc::vec::Vec;
use core::fmt;

use crate::scan::find;
use crate::vocabulary::Place;

/// A JSON object being written; [`Writer::end`] closes it.
pub(super) struct Writer<'a> {
    out: &'a mut Vec<u8>,
    empty: bool,
}

impl<'a> Writer<'a> {
    /// Opens an object.
    pub(super) fn object(out: &'a mut Vec<u8>) -> Self {
        out.push(b'{');
        Self { out, empty: true }
    }

    /// Begins a member and hands over the buffer for its value.
    pub(super) fn key(&mut self, name: &str) -> &mut Vec<u8> {
        if !self.empty {
            self.out.push(b',');
        }
        self.empty = false;
        // The names of our own members hold nothing that would have to be escaped.
        self.out.push(b'"');
        self.out.extend_from_slice(name.as_bytes());
        self.out.extend_from_slice(b"\":");
        self.out
    }

    /// [`Writer::key`] for a name that is made on the way.
    pub(super) fn display_key(&mut self, name: impl fmt::Display) -> &mut Vec<u8> {
        if !self.empty {
            self.out.push(b',');
        }
        self.empty = false;
        display(self.out, name);
        self.out.push(b':');
        self.out
    }

    pub(super) fn text(&mut self, name: &str, value: &str) {
        string(self.key(name), value);
    }

    /// Leaves the member out if there is nothing in it.
    pub(super) fn text_unless_empty(&mut self, name: &str, value: &str) {
        if !value.is_empty() {
            self.text(name, value);
        }
    }

    /// A text that is formatted on the way.
    pub(super) fn display(&mut self, name: &str, value: impl fmt::Display) {
        display(self.key(name), value);
    }

    /// The member `room`: a room's name, or `@` and a person's.
    pub(super) fn place(&mut self, place: &Place) {
        let out = self.key("room");
        out.push(b'"');
        let name = match place {
            Place::Room(room) => room.as_str(),
            Place::Direct(nick) => {
                out.push(b'@');
                nick.as_str()
            }
        };
        escape(out, name);
        out.push(b'"');
    }

    pub(super) fn number(&mut self, name: &str, value: impl itoa::Integer) {
        let mut digits = itoa::Buffer::new();
        self.key(name).extend_from_slice(digits.format(value).as_bytes());
    }

    pub(super) fn flag(&mut self, name: &str, value: bool) {
        self.key(name).extend_from_slice(if value { b"true" } else { b"false" });
    }

    pub(super) fn texts<'t>(&mut self, name: &str, values: impl IntoIterator<Item = &'t str>) {
        let out = self.key(name);
        list(out, values, |out, value| {
            string(out, value);
            true
        });
    }

    /// Closes the object.
    pub(super) fn end(self) {
        self.out.push(b'}');
    }
}

/// A list, each entry written by `write`, for as long as that says `true`; an entry that says `false` must take back
/// what it wrote.
pub(super) fn list<T>(
    out: &mut Vec<u8>,
    values: impl IntoIterator<Item = T>,
    mut write: impl FnMut(&mut Vec<u8>, T) -> bool,
) {
    out.push(b'[');
    for (at, value) in values.into_iter().enumerate() {
        let end = out.len();
        if at > 0 {
            out.push(b',');
        }
        if !write(out, value) {
            out.truncate(end);
            break;
        }
    }
    out.push(b']');
}

/// A JSON string.
pub(super) fn string(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    escape(out, text);
    out.push(b'"');
}

fn display(out: &mut Vec<u8>, value: impl fmt::Display) {
    out.push(b'"');
    // Writing into a buffer in memory cannot fail.
    let _ = fmt::write(&mut Escaped(out), format_args!("{value}"));
    out.push(b'"');
}

struct Escaped<'a>(&'a mut Vec<u8>);

impl fmt::Write for Escaped<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        escape(self.0, text);
        Ok(())
    }
}

/// Copies runs of bytes that stand for themselves, and escapes the few that do not.
fn escape(out: &mut Vec<u8>, text: &str) {
    let mut rest = text.as_bytes();
    while let Some(at) = find(rest, |byte| (byte < b' ') | (byte == b'"') | (byte == b'\\')) {
        let (plain, tail) = rest.split_at_checked(at).unwrap_or((rest, &[]));
        out.extend_from_slice(plain);
        let Some((special, tail)) = tail.split_first() else { return };
        match special {
            b'"' => out.extend_from_slice(b"\\\""),
            b'\\' => out.extend_from_slice(b"\\\\"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\t' => out.extend_from_slice(b"\\t"),
            b'\r' => out.extend_from_slice(b"\\r"),
            control => {
                out.extend_from_slice(b"\\u00");
                for nibble in [control >> 4, control & 0xF] {
                    out.push(char::from_digit(nibble.into(), 16).map_or(b'0', |digit| digit as u8));
                }
            }
        }
        rest = tail;
    }
    out.extend_from_slice(rest);
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use alloc::string::String;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_text_is_read_back_the_same(text in any::<String>()) {
            let mut out = Vec::new();
            string(&mut out, &text);
            prop_assert_eq!(serde_json::from_slice::<String>(&out).unwrap(), text);
        }
    }

    #[test]
    fn every_control_character_is_escaped() {
        for byte in 0..0x20u8 {
            let mut out = Vec::new();
            string(&mut out, core::str::from_utf8(&[byte]).unwrap());
            assert!(out.iter().all(|byte| *byte >= 0x20), "{byte}");
            assert_eq!(serde_json::from_slice::<String>(&out).unwrap().as_bytes(), [byte]);
        }
    }
}
