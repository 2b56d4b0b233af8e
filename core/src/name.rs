//! Names of people and rooms: parsed once, shown as written, compared as people read them.
//!
//! The preparation follows RFC 8265 (width and case mapping, normalisation) and RFC 8266 (comparison), narrowed to
//! the letters that `native-protocol` allows; look-alikes are compared by their UTS #39 skeleton.

use alloc::string::{String, ToString};
use core::fmt;

use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};
use unicode_segmentation::UnicodeSegmentation;

mod forms;
mod prepare;

use forms::{Forms, as_text};
pub(crate) use prepare::fold;
use prepare::parse;

/// Most graphemes a name may have.
pub const NAME_GRAPHEMES_MAX: usize = 32;
/// Most bytes of UTF-8 a name may have.
pub const NAME_BYTES_MAX: usize = 64;

/// Why a text is no name. `Display` is one plain sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadName {
    /// Nothing is left of it.
    Empty,
    /// Over 32 graphemes or 64 bytes.
    TooLong,
    /// It holds this character, which names may not.
    Character(char),
    /// It begins with a combining mark, which would join whatever stands before it.
    LeadingMark,
}

impl fmt::Display for BadName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BadName::Empty => f.write_str("A name needs at least one letter."),
            BadName::TooLong => {
                write!(
                    f,
                    "A name has at most {NAME_GRAPHEMES_MAX} letters ({NAME_BYTES_MAX} bytes); choose a shorter one."
                )
            }
            BadName::Character(c) if c.is_whitespace() => f.write_str("A name has no spaces; write _ instead."),
            BadName::Character(c) if is_printable(*c) => {
                write!(f, "A name has letters, digits and _ - . [ ] ^ only, not {c}.")
            }
            BadName::Character(c) => {
                write!(f, "A name has letters, digits and _ - . [ ] ^ only, not U+{:04X}.", *c as u32)
            }
            BadName::LeadingMark => f.write_str("A name begins with a letter, not with a combining mark."),
        }
    }
}

/// Whether a character can be put into a sentence as it is.
pub(crate) fn is_printable(c: char) -> bool {
    use GeneralCategoryGroup::{Letter, Number, Punctuation, Symbol};
    matches!(c.general_category_group(), Letter | Number | Punctuation | Symbol)
}

macro_rules! name_type {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        ///
        /// Equality and order are those of the folded form, not of the spelling.
        #[derive(Clone)]
        pub struct $name(Forms);

        impl $name {
            /// The name as its owner wrote it, in NFC.
            pub fn as_str(&self) -> &str {
                as_text(self.0.shown())
            }

            /// The form that names are compared by: NFKC, case folded, ZWNJ ignored.
            pub fn fold(&self) -> &str {
                as_text(self.0.fold())
            }

            /// The form that look-alikes share (UTS #39).
            pub fn skeleton(&self) -> &str {
                as_text(self.0.skeleton())
            }
        }

        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                self.0.fold() == other.0.fold()
            }
        }

        impl Eq for $name {}

        impl PartialOrd for $name {
            fn partial_cmp(&self, other: &Self) -> Option<core::cmp::Ordering> {
                Some(self.cmp(other))
            }
        }

        impl Ord for $name {
            fn cmp(&self, other: &Self) -> core::cmp::Ordering {
                self.0.fold().cmp(other.0.fold())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(self.as_str(), f)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

name_type! {
    /// A nickname: 1–32 graphemes, ≤ 64 bytes; letters, marks, digits and `_ - . [ ] ^`.
    Nick
}

name_type! {
    /// A room's name: the same letters as a [`Nick`], written without a leading `#`.
    RoomName
}

impl Nick {
    /// Reads a nickname.
    ///
    /// # Errors
    /// [`BadName`] says which rule it breaks.
    pub fn parse(text: &str) -> Result<Self, BadName> {
        parse(text).map(Self)
    }

    /// Makes a nickname out of whatever somebody typed, for dialects that cannot ask again: spaces become `_`,
    /// what is not allowed is dropped, the rest is cut to length; `guest` where nothing is left.
    pub fn coerce(text: &str) -> Self {
        let mut kept = String::new();
        for c in text.trim().chars() {
            let c = if c.is_whitespace() { '_' } else { c };
            let mut longer = kept.clone();
            longer.push(c);
            // A ZWNJ is only right or wrong once its right neighbour is known; it is dropped here.
            if parse(&longer).is_ok() {
                kept = longer;
            } else if kept.len() >= NAME_BYTES_MAX {
                break;
            }
        }
        Self::parse(&kept).unwrap_or_else(|_| Self::parse("guest").expect("guest is a name"))
    }

    /// The same name with a number behind it (`ali` → `ali2`), shortened where it would get too long.
    pub fn numbered(&self, number: u32) -> Self {
        let suffix = number.to_string();
        let mut graphemes = self.as_str().graphemes(true).collect::<alloc::vec::Vec<_>>();
        loop {
            let candidate = graphemes.concat() + &suffix;
            if let Ok(nick) = Self::parse(&candidate) {
                return nick;
            }
            if graphemes.pop().is_none() {
                return Self::parse(&suffix).expect("digits are a name");
            }
        }
    }
}

/// A nickname as the key of a tree: it stands where all its look-alikes would stand. Equal names look alike, so one such
/// tree finds both.
#[derive(Clone, Debug)]
pub(crate) struct LookAlike(pub(crate) Nick);

impl LookAlike {
    /// What to look a name up by.
    pub(crate) fn key(nick: &Nick) -> &[u8] {
        nick.0.skeleton()
    }
}

impl core::borrow::Borrow<[u8]> for LookAlike {
    fn borrow(&self) -> &[u8] {
        Self::key(&self.0)
    }
}

impl PartialEq for LookAlike {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for LookAlike {}

impl PartialOrd for LookAlike {
    fn partial_cmp(&self, other: &Self) -> Option<core::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for LookAlike {
    fn cmp(&self, other: &Self) -> core::cmp::Ordering {
        Self::key(&self.0).cmp(Self::key(&other.0))
    }
}

impl RoomName {
    /// Reads a room's name; one leading `#` is taken off, as people write it.
    ///
    /// # Errors
    /// [`BadName`] says which rule it breaks.
    pub fn parse(text: &str) -> Result<Self, BadName> {
        parse(text.strip_prefix('#').unwrap_or(text)).map(Self)
    }

    /// The room everybody meets in when nothing else is said: `lobby`.
    pub fn lobby() -> Self {
        Self::parse("lobby").expect("lobby is a name")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    fn nick(text: &str) -> Nick {
        Nick::parse(text).unwrap()
    }

    #[test]
    fn a_name_is_measured_as_it_is_shown_and_not_as_it_was_typed() {
        // Three letters of Hangul each, which are one when composed: 128 bytes become 44.
        let typed = "\u{1100}\u{1161}\u{11A8}".repeat(14) + "ab";
        assert_eq!(typed.len(), 2 * NAME_BYTES_MAX);
        assert_eq!(nick(&typed).as_str().len(), 44);
        assert_eq!(Nick::parse(&(typed + "c")).unwrap_err(), BadName::TooLong);
    }

    #[test]
    fn case_width_and_composition_do_not_make_another_name() {
        assert_eq!(nick("Ada"), nick("ada"));
        assert_eq!(nick("ａｄａ"), nick("ada"));
        assert_eq!(nick("e\u{301}va"), nick("\u{e9}va"));
        assert_eq!(nick("straße"), nick("STRASSE"));
        assert_ne!(nick("ada"), nick("ida"));
    }

    #[test]
    fn look_alikes_share_a_skeleton() {
        assert_eq!(nick("раураl").skeleton(), nick("paypal").skeleton());
        assert_eq!(nick("modern").skeleton(), nick("rnodern").skeleton());
        assert_ne!(nick("علی").skeleton(), nick("رضا").skeleton());
    }

    #[test]
    fn names_in_ascii_are_prepared_as_all_others_are() {
        for c in (0..=127_u8).map(char::from) {
            for text in [format!("{c}"), format!("x{c}y"), format!("{c}").repeat(33)] {
                let Ok(name) = Nick::parse(&text) else { continue };
                assert_eq!(name.fold(), fold(&text));
                assert_eq!(name.skeleton(), unicode_security::skeleton(&fold(&text)).collect::<String>(), "{text:?}");
            }
        }
        assert_eq!(Nick::parse("a\u{7f}").unwrap_err(), BadName::Character('\u{7f}'));
        assert!(Nick::parse(&"a".repeat(32)).is_ok() && Nick::parse(&"a".repeat(33)).is_err());
    }

    #[test]
    fn persian_names_keep_their_zwnj_and_are_compared_without_it() {
        let with = nick("می\u{200C}خوش");
        assert_eq!(with.as_str(), "می\u{200C}خوش");
        assert_eq!(with, nick("میخوش"));
        assert_eq!(Nick::parse("a\u{200C}b").unwrap_err(), BadName::Character('\u{200C}'));
    }

    #[test]
    fn controls_spaces_bidi_and_sigils_are_no_name() {
        for bad in ["a b", "a\nb", "a\u{202E}b", "@ada", "#ada", "{quit}", "a:b", "\u{200B}", "a\u{7f}"] {
            assert!(matches!(Nick::parse(bad), Err(BadName::Character(_))), "{bad:?}");
        }
        assert_eq!(Nick::parse("").unwrap_err(), BadName::Empty);
        assert_eq!(Nick::parse("\u{301}a").unwrap_err(), BadName::LeadingMark);
    }

    #[test]
    fn length_is_counted_in_graphemes_and_bytes() {
        assert!(Nick::parse(&"a".repeat(32)).is_ok());
        assert_eq!(Nick::parse(&"a".repeat(33)).unwrap_err(), BadName::TooLong);
        assert!(Nick::parse(&"ع".repeat(32)).is_ok());
        assert_eq!(Nick::parse(&"文".repeat(22)).unwrap_err(), BadName::TooLong);
        let zalgo = format!("a{}", "\u{301}".repeat(40));
        assert_eq!(Nick::parse(&zalgo).unwrap_err(), BadName::TooLong);
    }

    #[test]
    fn coerce_always_gives_a_name() {
        assert_eq!(Nick::coerce(" Ali Reza \n").as_str(), "Ali_Reza");
        assert_eq!(Nick::coerce("{quit}").as_str(), "quit");
        assert_eq!(Nick::coerce("🙂").as_str(), "guest");
        assert_eq!(Nick::coerce("").as_str(), "guest");
        assert!(Nick::coerce(&"ع".repeat(200)).as_str().len() <= NAME_BYTES_MAX);
    }

    #[test]
    fn numbered_stays_within_the_length() {
        assert_eq!(nick("ali").numbered(2).as_str(), "ali2");
        assert_eq!(nick(&"a".repeat(32)).numbered(12).as_str(), format!("{}12", "a".repeat(30)));
    }

    #[test]
    fn a_room_is_written_with_or_without_its_hash() {
        assert_eq!(RoomName::parse("#Lobby").unwrap(), RoomName::lobby());
    }
}
