//! What both tutorial servers make of bytes that somebody said.

use crate::name::RoomName;
use crate::text::{BadText, Body};
use crate::vocabulary::{Code, Command, Place, Request};
use crate::wire::{Decoded, Malformed};

/// A message without what the dialect puts around it; an empty one says nothing.
pub(super) fn said(message: &[u8]) -> Option<Decoded<Request>> {
    match core::str::from_utf8(message) {
        Ok("") => None,
        Ok(text) => Some(say(text)),
        Err(_) => Some(bad_utf8()),
    }
}

fn say(text: &str) -> Decoded<Request> {
    match Body::parse(text) {
        Ok(text) => {
            let place = Place::Room(RoomName::lobby());
            Decoded::Frame(Command::Say { place, text, nonce: None, action: false, reply_to: None }.into())
        }
        Err(bad @ BadText::TooLong(_)) => malformed(Code::TooLong, bad),
        Err(bad @ (BadText::Empty | BadText::Control(_))) => malformed(Code::BadText, bad),
    }
}

/// A message over its bound, whose bytes are dropped.
pub(super) fn too_long() -> Decoded<Request> {
    malformed(Code::TooLong, BadText::TooLong(crate::text::TEXT_BYTES_MAX))
}

pub(super) fn bad_utf8() -> Decoded<Request> {
    malformed(Code::BadUtf8, "That was not valid UTF-8 text; set your client to UTF-8.")
}

pub(super) fn malformed(code: Code, text: impl core::fmt::Display) -> Decoded<Request> {
    Decoded::Malformed(Malformed::new(code, text, None))
}

/// Splits off the beginning of a character whose rest has not come; empty if the bytes end with a whole one, or with
/// what is none. Looks at the last three bytes only.
pub(super) fn split_cut(bytes: &[u8]) -> (&[u8], &[u8]) {
    let whole = (bytes, &[][..]);
    let is_lead = |byte: &u8| byte & 0b1100_0000 != 0b1000_0000;
    let from_end = bytes.iter().rev().take(3).position(is_lead).map_or(0, |at| at.saturating_add(1));
    let Some((head, tail)) = bytes.split_at_checked(bytes.len().saturating_sub(from_end)) else { return whole };
    match core::str::from_utf8(tail) {
        Err(error) if error.error_len().is_none() => (head, tail),
        Ok(_) | Err(_) => whole,
    }
}

#[cfg(test)]
#[allow(clippy::indexing_slicing)]
mod tests {
    use super::*;

    #[test]
    fn the_beginning_of_a_character_is_told_from_a_whole_and_from_a_wrong_one() {
        for text in ["a", "é", "ع", "文", "🙂"] {
            let bytes = ["x", text].concat().into_bytes();
            assert_eq!(split_cut(&bytes), (&bytes[..], &[][..]));
            for cut in 2..bytes.len() {
                assert_eq!(split_cut(&bytes[..cut]), (&bytes[..1], &bytes[1..cut]), "{text}");
            }
        }
        for wrong in [&b"x\xff"[..], b"x\x80\x80\x80\x80", b"\xe0\x80", b""] {
            assert_eq!(split_cut(wrong), (wrong, &[][..]));
        }
    }
}
