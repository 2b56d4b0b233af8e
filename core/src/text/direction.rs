//! In which direction a text is read.

use unicode_bidi::{BidiClass, bidi_class};
use unicode_properties::UnicodeEmoji;

/// Longest scheme of a link that is recognised.
const SCHEME_BYTES_MAX: usize = 16;

/// A direction of writing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// As Italian.
    LeftToRight,
    /// As Persian, Arabic and Hebrew.
    RightToLeft,
}

impl Direction {
    /// Whether it is the direction of Persian.
    pub fn is_right_to_left(self) -> bool {
        match self {
            Direction::LeftToRight => false,
            Direction::RightToLeft => true,
        }
    }
}

/// The base direction of a message or of what is being typed: that of its first strong character (UAX #9, rules P2
/// and P3, isolates left out). `None` where nothing decides (`123!`, `🙂`): a view then takes that of its language.
///
/// Emoji and flags never decide, although Unicode calls the halves of a flag letters from left to right; links
/// (`https://…`, `www.…`) decide only where nothing else does, for they are written so in every language. LRM and RLM
/// decide. A text of several lines has one direction. Reads no further than it must.
pub fn direction(text: &str) -> Option<Direction> {
    let mut isolates = 0_usize;
    let mut link_ends = 0;
    let mut linked = None;
    for (at, c) in text.char_indices() {
        if at < link_ends {
            continue;
        }
        match bidi_class(c) {
            BidiClass::LRI | BidiClass::RLI | BidiClass::FSI => isolates = isolates.saturating_add(1),
            BidiClass::PDI => isolates = isolates.saturating_sub(1),
            BidiClass::B => isolates = 0,
            BidiClass::R | BidiClass::AL if isolates == 0 => return Some(Direction::RightToLeft),
            BidiClass::L if isolates == 0 && !c.is_emoji_char() => match link_len(&text[at..]) {
                None => return Some(Direction::LeftToRight),
                Some(bytes) => {
                    link_ends = at + bytes;
                    linked = Some(Direction::LeftToRight);
                }
            },
            _ => {}
        }
    }
    linked
}

/// How many bytes a text begins with that are a link; `None` if it begins with none.
fn link_len(text: &str) -> Option<usize> {
    let is_link = text.get(..4).is_some_and(|head| head.eq_ignore_ascii_case("www.")) || {
        let scheme = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
        let bytes = text.bytes().take(SCHEME_BYTES_MAX).take_while(|byte| scheme(*byte)).count();
        bytes > 1 && text.get(bytes..).is_some_and(|rest| rest.starts_with("://"))
    };
    is_link.then(|| text.find(char::is_whitespace).unwrap_or(text.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEFT: Option<Direction> = Some(Direction::LeftToRight);
    const RIGHT: Option<Direction> = Some(Direction::RightToLeft);

    #[test]
    fn the_first_strong_letter_decides() {
        for (text, expected) in [
            ("ciao", LEFT),
            ("سلام", RIGHT),
            ("שלום", RIGHT),
            ("ciao سلام", LEFT),
            ("سلام ciao", RIGHT),
            ("«سلام» ciao", RIGHT),
            ("123 سلام", RIGHT),
            ("۱۲۳ ciao", LEFT),
            ("\n\n  سلام", RIGHT),
            ("\u{200F}ciao", RIGHT),
            ("\u{200E}سلام", LEFT),
            ("中文", LEFT),
        ] {
            assert_eq!(direction(text), expected, "{text:?}");
        }
    }

    #[test]
    fn digits_signs_and_spaces_decide_nothing() {
        for text in ["", " ", "123", "۱۲۳", "?! 1,000.5", "\u{200C}", "\u{301}"] {
            assert_eq!(direction(text), None, "{text:?}");
        }
    }

    #[test]
    fn emoji_and_flags_decide_nothing() {
        for (text, expected) in [
            ("🇮🇷 سلام", RIGHT),
            ("🇮🇹 ciao", LEFT),
            ("🇮🇷", None),
            ("🙂 سلام", RIGHT),
            ("👨‍👩‍👧 سلام", RIGHT),
            ("🅰️ℹ️Ⓜ️㊗️ سلام", RIGHT),
            ("🏴\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F} سلام", RIGHT),
            ("1️⃣ سلام", RIGHT),
        ] {
            assert_eq!(direction(text), expected, "{text:?}");
        }
    }

    #[test]
    fn links_decide_only_where_nothing_else_does() {
        for (text, expected) in [
            ("https://example.com/a ببینید", RIGHT),
            ("WWW.example.com ببینید", RIGHT),
            ("(parlor://host:7667/lobby) بیایید", RIGHT),
            ("https://example.com look", LEFT),
            ("https://example.com", LEFT),
            ("https://example.com 123", LEFT),
            ("https://a.example https://b.example سلام", RIGHT),
            ("note: سلام", LEFT),
            ("a://b سلام", LEFT),
        ] {
            assert_eq!(direction(text), expected, "{text:?}");
        }
    }

    #[test]
    fn what_is_isolated_decides_nothing_up_to_the_end_of_its_line() {
        for (text, expected) in [
            ("\u{2068}ciao\u{2069} سلام", RIGHT),
            ("\u{2066}a\u{2067}b\u{2069}c\u{2069} سلام", RIGHT),
            ("\u{2069}ciao", LEFT),
            ("\u{2068}ciao", None),
            ("\u{2068}ciao\nسلام", RIGHT),
        ] {
            assert_eq!(direction(text), expected, "{text:?}");
        }
    }
}
