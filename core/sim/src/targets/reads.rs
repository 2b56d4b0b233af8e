//! How the bytes of an input are cut into reads.
//!
//! The first byte says how many sizes follow (its low four bits); each read is as long as its size says, and the last
//! takes the rest. A size of 0 is a silence: whoever waits for more gives up waiting. From `0xF0` on, one byte of what
//! remains is repeated, so that a short input reaches the bounds of frames, which are thousands of bytes away: two more
//! bytes say which byte it is, which bound, and how near to it.

use std::borrow::Cow;

/// The bounds that a repeated byte gets near to: a write, a text, a frame of either end.
const NEAR: [usize; 4] = [1_024, 8 * 1_024, 16 * 1_024, 64 * 1_024];

/// Bytes, and how they arrive.
#[derive(Clone, Debug)]
pub struct Reads<'a> {
    /// All of them.
    pub bytes: Cow<'a, [u8]>,
    /// How long each read but the last is; 0 is a silence.
    pub sizes: &'a [u8],
}

impl<'a> Reads<'a> {
    /// Takes the input apart; every input is one.
    pub fn of(data: &'a [u8]) -> Self {
        let Some((first, rest)) = data.split_first() else { return Self { bytes: Cow::Borrowed(&[]), sizes: &[] } };
        let (sizes, rest) = rest.split_at(usize::from(first & 0x0F).min(rest.len()));
        let ([place, fine, bytes @ ..], true) = (rest, is_stretched(data)) else {
            return Self { bytes: Cow::Borrowed(rest), sizes };
        };
        let times = NEAR[usize::from(place >> 6)] - 128 + usize::from(*fine);
        Self { bytes: Cow::Owned(stretched(bytes, usize::from(place & 63), times)), sizes }
    }

    /// One by one; empty ones are silences.
    pub fn each(&self) -> Vec<&[u8]> {
        let mut rest = &self.bytes[..];
        let mut reads = Vec::with_capacity(self.sizes.len() + 1);
        for size in self.sizes {
            let (read, tail) = rest.split_at(usize::from(*size).min(rest.len()));
            reads.push(read);
            rest = tail;
        }
        reads.push(rest);
        reads
    }
}

/// Whether an input repeats a byte. Such inputs take a hundred times as long as others: a fuzzer may play them, but
/// should not make others of them.
pub fn is_stretched(data: &[u8]) -> bool {
    data.first().is_some_and(|first| *first >= 0xF0)
}

/// An input for the targets: these bytes, cut after each of the sizes (at most 15; 0 is a silence).
pub fn cut(sizes: &[u8], bytes: &[u8]) -> Vec<u8> {
    let sizes = &sizes[..sizes.len().min(15)];
    [&[sizes.len() as u8], sizes, bytes].concat()
}

/// The bytes with one of them repeated so often.
fn stretched(bytes: &[u8], place: usize, times: usize) -> Vec<u8> {
    let Some(repeated) = bytes.get(place % bytes.len().max(1)) else { return Vec::new() };
    let (before, after) = bytes.split_at(place % bytes.len());
    [before, &vec![*repeated; times], after].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_cut_and_the_rest_is_one_read() {
        let input = cut(&[2, 0, 1], b"abcdef");
        assert_eq!(Reads::of(&input).each(), [&b"ab"[..], b"", b"c", b"def"]);
        assert_eq!(Reads::of(b"").each(), [b""]);
        assert_eq!(Reads::of(&cut(&[9], b"ab")).each(), [&b"ab"[..], b""]);
    }

    #[test]
    fn one_byte_is_repeated_up_to_about_a_bound() {
        let reads = Reads::of(b"\xF0\x81\x80abc");
        assert_eq!(reads.bytes.len(), 3 + 16 * 1_024);
        assert!(reads.bytes.starts_with(b"abb") && reads.bytes.ends_with(b"bbc"));
        assert!(Reads::of(b"\xF0\x01\x02").each().iter().all(|read| read.is_empty()));
    }
}
