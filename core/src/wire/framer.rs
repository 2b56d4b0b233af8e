//! Where a frame ends: at `\n`, within a bound (`native-protocol`, Rules).

use alloc::borrow::Cow;
use alloc::vec::Vec;
use core::fmt;
use core::mem;

use memchr::memchr;

/// Finds the lines in a stream of bytes. An idle one holds no allocation; an unfinished line is held once, up to the
/// bound, and every byte is looked at once.
#[derive(Default)]
pub(super) struct Framer {
    held: Vec<u8>,
    /// Inside an oversize line that was reported already.
    skipping: bool,
}

/// What a [`Framer`] found.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line<'a> {
    /// A line without its `\n` or `\r\n`; borrowed if it came whole.
    Whole(Cow<'a, [u8]>),
    /// A line over the bound. Its bytes are gone, those still to come are dropped.
    TooLong,
}

impl Framer {
    /// Takes the next line from the front of `bytes`; `None` once they are used up. At most `bytes_max` bytes may
    /// stand before the `\n`.
    pub(super) fn next<'a>(&mut self, bytes: &mut &'a [u8], bytes_max: usize) -> Option<Line<'a>> {
        while !bytes.is_empty() {
            let Some((line, rest)) = memchr(b'\n', bytes).and_then(|end| bytes.split_at_checked(end)) else {
                return self.keep(mem::take(bytes), bytes_max);
            };
            *bytes = rest.split_first().map_or(&[][..], |(_newline, rest)| rest);
            if mem::take(&mut self.skipping) {
                continue;
            }
            if self.held.len().saturating_add(line.len()) > bytes_max {
                self.held = Vec::new();
                return Some(Line::TooLong);
            }
            if self.held.is_empty() {
                return Some(Line::Whole(Cow::Borrowed(without_return(line))));
            }
            let mut whole = mem::take(&mut self.held);
            whole.extend_from_slice(line);
            whole.truncate(without_return(&whole).len());
            return Some(Line::Whole(Cow::Owned(whole)));
        }
        None
    }

    fn keep<'a>(&mut self, part: &[u8], bytes_max: usize) -> Option<Line<'a>> {
        if self.skipping {
            return None;
        }
        if self.held.len().saturating_add(part.len()) > bytes_max {
            self.held = Vec::new();
            self.skipping = true;
            return Some(Line::TooLong);
        }
        self.held.extend_from_slice(part);
        None
    }

    /// Gives up what is held of an unfinished line: at the end of the stream.
    pub(super) fn take_rest(&mut self) -> Vec<u8> {
        self.skipping = false;
        mem::take(&mut self.held)
    }

    /// How many bytes are held.
    pub(super) fn held(&self) -> usize {
        self.held.len()
    }
}

/// Frames hold tokens and passwords, so only their length is shown.
impl fmt::Debug for Framer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Framer").field("held", &self.held.len()).field("skipping", &self.skipping).finish()
    }
}

/// The line without the `\r` that some put before `\n`.
pub(super) fn without_return(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]
mod tests {
    use super::*;
    use alloc::vec;
    use proptest::prelude::*;

    fn lines(framer: &mut Framer, mut bytes: &[u8], max: usize) -> Vec<Option<Vec<u8>>> {
        let mut found = Vec::new();
        while let Some(line) = framer.next(&mut bytes, max) {
            found.push(match line {
                Line::Whole(line) => Some(line.into_owned()),
                Line::TooLong => None,
            });
        }
        assert!(bytes.is_empty());
        found
    }

    #[test]
    fn a_line_that_came_whole_is_not_copied() {
        let mut framer = Framer::default();
        let mut bytes = &b"one\r\ntwo\n"[..];
        assert!(matches!(framer.next(&mut bytes, 8), Some(Line::Whole(Cow::Borrowed(b"one")))));
        assert!(matches!(framer.next(&mut bytes, 8), Some(Line::Whole(Cow::Borrowed(b"two")))));
        assert_eq!(framer.held.capacity(), 0);
    }

    #[test]
    fn the_bound_holds_to_the_byte() {
        assert_eq!(
            lines(&mut Framer::default(), b"1234\n12345\n1\n", 4),
            vec![Some(b"1234".to_vec()), None, Some(b"1".to_vec())]
        );
    }

    #[test]
    fn an_idle_framer_holds_no_allocation() {
        let mut framer = Framer::default();
        lines(&mut framer, b"12", 4);
        assert_eq!(lines(&mut framer, b"3\n", 4), vec![Some(b"123".to_vec())]);
        assert_eq!(framer.held.capacity(), 0);
        lines(&mut framer, b"123456", 4);
        assert_eq!(framer.held.capacity(), 0);
    }

    proptest! {
        #[test]
        fn any_cut_gives_the_same_lines_and_nothing_over_the_bound_is_held(
            bytes in proptest::collection::vec(prop_oneof![Just(b'\n'), Just(b'\r'), any::<u8>()], 0..200),
            cuts in proptest::collection::vec(0usize..20, 0..40),
        ) {
            let whole = lines(&mut Framer::default(), &bytes, 16);
            let mut framer = Framer::default();
            let (mut found, mut rest) = (Vec::new(), &bytes[..]);
            for cut in cuts {
                let (part, tail) = rest.split_at(cut.min(rest.len()));
                found.extend(lines(&mut framer, part, 16));
                prop_assert!(framer.held() <= 16);
                rest = tail;
            }
            found.extend(lines(&mut framer, rest, 16));
            prop_assert!(framer.held() <= 16);
            prop_assert_eq!(found, whole);
        }
    }
}
