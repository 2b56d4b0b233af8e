//! Text that people wrote: checked once, then carried byte for byte.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::sync::Arc;
use core::fmt;

use crate::scan::find;

mod direction;

pub use direction::{Direction, direction};

/// Most bytes of UTF-8 in one message.
pub const TEXT_BYTES_MAX: usize = 8 * 1024;
/// Most bytes of UTF-8 in a topic, and in the reason of a leave or a kick.
pub const TOPIC_BYTES_MAX: usize = 512;
/// Most bytes of UTF-8 in what somebody who is away says about it.
pub const AWAY_BYTES_MAX: usize = 256;

/// Why a text is refused. `Display` is one plain sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadText {
    /// There is nothing in it.
    Empty,
    /// More than this many bytes.
    TooLong(usize),
    /// A C0 or C1 control character other than newline and tab.
    Control(char),
}

impl fmt::Display for BadText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BadText::Empty => f.write_str("An empty message is not sent."),
            BadText::TooLong(max) => write!(f, "The text is too long; {max} bytes is the most."),
            BadText::Control(c) => {
                write!(f, "The text holds the control character U+{:04X}; take it out and send again.", *c as u32)
            }
        }
    }
}

/// The first control character that text may not hold, if there is one (C0 and C1 but `\n` and `\t`).
pub fn forbidden_control(text: &str) -> Option<char> {
    // C0 and U+007F are bytes of their own; every C1 begins with 0xC2, as some harmless characters do.
    let suspect = |byte| (byte < b' ') | (byte == 0x7F) | (byte == 0xC2);
    let mut rest = text;
    loop {
        rest = rest.get(find(rest.as_bytes(), suspect)?..)?;
        let c = rest.chars().next()?;
        if c.is_control() && c != '\n' && c != '\t' {
            return Some(c);
        }
        rest = rest.get(c.len_utf8()..)?;
    }
}

fn check(text: &str, bytes_max: usize) -> Result<(), BadText> {
    if text.len() > bytes_max {
        return Err(BadText::TooLong(bytes_max));
    }
    forbidden_control(text).map_or(Ok(()), |c| Err(BadText::Control(c)))
}

/// The text of one message: 1–8192 bytes of UTF-8 without control characters but newline and tab. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Body(Arc<str>);

impl Body {
    /// Reads a message's text; it is kept byte for byte.
    ///
    /// # Errors
    /// [`BadText`] says which rule it breaks.
    pub fn parse(text: &str) -> Result<Self, BadText> {
        if text.is_empty() {
            return Err(BadText::Empty);
        }
        check(text, TEXT_BYTES_MAX)?;
        Ok(Self(text.into()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A short text on one line: a topic, or the reason of a leave or a kick. 0–512 bytes, no newline.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Note(Box<str>);

impl Note {
    /// Reads a short text.
    ///
    /// # Errors
    /// [`BadText`] says which rule it breaks; a newline counts as a control character here.
    pub fn parse(text: &str) -> Result<Self, BadText> {
        Self::parse_within(text, TOPIC_BYTES_MAX)
    }

    /// Reads what somebody says who is away: a short text of at most [`AWAY_BYTES_MAX`].
    ///
    /// # Errors
    /// As [`Note::parse`].
    pub fn parse_away(text: &str) -> Result<Self, BadText> {
        Self::parse_within(text, AWAY_BYTES_MAX)
    }

    fn parse_within(text: &str, bytes_max: usize) -> Result<Self, BadText> {
        check(text, bytes_max)?;
        if text.contains('\n') {
            return Err(BadText::Control('\n'));
        }
        Ok(Self(text.into()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A copy of `text` that is harmless in a label, a log line or a terminal: control characters other than newline
/// become U+FFFD, tabs four spaces, and bidi overrides and isolates are dropped.
pub fn printable(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => out.push('\n'),
            '\t' => out.push_str("    "),
            '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => {}
            c if c.is_control() => out.push('\u{FFFD}'),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_kept_byte_for_byte_and_controls_are_refused() {
        let text = "ciao, سلام!\n\t🙂 e\u{301}";
        assert_eq!(Body::parse(text).unwrap().as_str(), text);
        for c in ['\0', '\r', '\u{1b}', '\u{7f}', '\u{85}', '\u{9b}'] {
            let mut bad = String::from("a");
            bad.push(c);
            assert_eq!(Body::parse(&bad).unwrap_err(), BadText::Control(c));
        }
    }

    #[test]
    fn every_control_character_is_found_wherever_it_stands_and_no_other_is() {
        for c in (0..=0x2FF).filter_map(char::from_u32) {
            for before in ["", "0123456789abcdef", "a\u{A0}\n\u{C2}سلام, \t0123456789"] {
                let text = alloc::format!("{before}{c}, and on it goes: \u{AB}0123456789abcdef\u{BB}");
                let control = c.is_control() && c != '\n' && c != '\t';
                assert_eq!(forbidden_control(&text), control.then_some(c));
            }
        }
    }

    #[test]
    fn bounds_hold_to_the_byte() {
        assert!(Body::parse(&"a".repeat(TEXT_BYTES_MAX)).is_ok());
        assert_eq!(Body::parse(&"a".repeat(TEXT_BYTES_MAX + 1)).unwrap_err(), BadText::TooLong(TEXT_BYTES_MAX));
        assert!(Note::parse("").is_ok());
        assert_eq!(Note::parse("a\nb").unwrap_err(), BadText::Control('\n'));
        assert!(Note::parse_away(&"a".repeat(AWAY_BYTES_MAX)).is_ok());
        assert_eq!(Note::parse_away(&"a".repeat(AWAY_BYTES_MAX + 1)).unwrap_err(), BadText::TooLong(AWAY_BYTES_MAX));
    }

    #[test]
    fn printable_text_cannot_steer_a_terminal() {
        assert_eq!(printable("a\u{1b}[2Jb\tc\u{202E}d\ne"), "a\u{FFFD}[2Jb    cd\ne");
    }
}
