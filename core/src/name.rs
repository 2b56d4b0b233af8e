//! Names of people and rooms: parsed once, shown as written, compared as people read them.
//!
//! The preparation follows RFC 8265 (width and case mapping, normalisation) and RFC 8266 (comparison), narrowed to
//! the letters that `native-protocol` allows; look-alikes are compared by their UTS #39 skeleton.

use alloc::string::{String, ToString};
use core::fmt;
use core::ops::Range;

use triomphe::ThinArc;
use unicode_joining_type::{JoiningType, get_joining_type};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::canonical_combining_class;
use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};
use unicode_security::skeleton;
use unicode_segmentation::UnicodeSegmentation;

/// Most graphemes a name may have.
pub const NAME_GRAPHEMES_MAX: usize = 32;
/// Most bytes of UTF-8 a name may have.
pub const NAME_BYTES_MAX: usize = 64;

const ZWNJ: char = '\u{200C}';

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

/// The forms of one name, one behind the other in one allocation; a form that reads as the one before it is not stored
/// again. Shared, so that a clone costs a reference count: the name of somebody who is here stands in many tables.
#[derive(Clone)]
struct Forms(ThinArc<Marks, u8>);

/// Where the forms of a name stand.
#[derive(Clone, Copy)]
struct Marks {
    /// As it is shown: from the beginning to here.
    shown_end: u16,
    /// After NFKC and case folding, ZWNJ removed: equal folds are one name.
    fold_start: u16,
    fold_end: u16,
    /// UTS #39 skeleton of the fold, where the fold itself stands or from here to the end: equal skeletons look alike.
    skeleton_start: u16,
}

impl Forms {
    fn new(shown: &str, fold: &str, skeleton: &str) -> Self {
        let mark = |at: usize| u16::try_from(at).expect("no form of a name is longer than a few hundred bytes");
        let mut text = String::with_capacity(shown.len() + fold.len() + skeleton.len());
        text.push_str(shown);
        let shown_end = mark(text.len());
        let fold_start = if fold == shown { 0 } else { shown_end };
        if fold_start > 0 {
            text.push_str(fold);
        }
        let fold_end = mark(text.len());
        let skeleton_start = if skeleton == fold { fold_start } else { fold_end };
        if skeleton_start == fold_end {
            text.push_str(skeleton);
        }
        let marks = Marks { shown_end, fold_start, fold_end, skeleton_start };
        Self(ThinArc::from_header_and_slice(marks, text.as_bytes()))
    }

    fn marks(&self) -> Marks {
        self.0.header.header
    }

    fn bytes(&self, range: Range<u16>) -> &[u8] {
        &self.0.slice[usize::from(range.start)..usize::from(range.end)]
    }

    fn shown(&self) -> &[u8] {
        self.bytes(0..self.marks().shown_end)
    }

    fn fold(&self) -> &[u8] {
        let marks = self.marks();
        self.bytes(marks.fold_start..marks.fold_end)
    }

    fn skeleton(&self) -> &[u8] {
        let marks = self.marks();
        if marks.skeleton_start == marks.fold_start {
            return self.fold();
        }
        &self.0.slice[usize::from(marks.skeleton_start)..]
    }
}

/// A form was made of text, and is text.
fn as_text(form: &[u8]) -> &str {
    core::str::from_utf8(form).expect("each form of a name was stored as text")
}

fn parse(text: &str) -> Result<Forms, BadName> {
    if text.is_empty() {
        return Err(BadName::Empty);
    }
    if text.len() > NAME_BYTES_MAX * 2 {
        return Err(BadName::TooLong);
    }
    if text.is_ascii() {
        return parse_ascii(text);
    }
    let shown: String = text.nfc().collect();
    let first = shown.chars().next().ok_or(BadName::Empty)?;
    if first.general_category_group() == GeneralCategoryGroup::Mark {
        return Err(BadName::LeadingMark);
    }
    for (at, c) in shown.char_indices() {
        let allowed = match c {
            '_' | '-' | '.' | '[' | ']' | '^' => true,
            ZWNJ => zwnj_is_allowed(&shown, at),
            _ => {
                use GeneralCategoryGroup::{Letter, Mark};
                let group = c.general_category_group();
                let digit = c.general_category() == unicode_properties::GeneralCategory::DecimalNumber;
                digit || matches!(group, Letter | Mark)
            }
        };
        if !allowed {
            return Err(BadName::Character(c));
        }
    }
    if shown.len() > NAME_BYTES_MAX || shown.graphemes(true).count() > NAME_GRAPHEMES_MAX {
        return Err(BadName::TooLong);
    }
    let fold = fold(&shown);
    if fold.is_empty() {
        return Err(BadName::Empty);
    }
    let skeleton: String = skeleton(&fold).filter(|c| *c != ZWNJ).collect();
    Ok(Forms::new(&shown, &fold, &skeleton))
}

/// What [`parse`] makes of a name in ASCII: most are, and every frame about a room holds one.
fn parse_ascii(text: &str) -> Result<Forms, BadName> {
    let allowed = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '[' | ']' | '^');
    if let Some(bad) = text.chars().find(|c| !allowed(c)) {
        return Err(BadName::Character(bad));
    }
    if text.len() > NAME_GRAPHEMES_MAX {
        return Err(BadName::TooLong);
    }
    let fold = text.to_ascii_lowercase();
    let mut skeleton = String::with_capacity(fold.len() * 2);
    for c in fold.chars() {
        match c {
            // All the look-alikes that these characters have (UTS #39, confusables).
            'm' => skeleton.push_str("rn"),
            '0' => skeleton.push('O'),
            '1' => skeleton.push('l'),
            other => skeleton.push(other),
        }
    }
    Ok(Forms::new(text, &fold, &skeleton))
}

/// NFKC, case folded, ZWNJ ignored. Folding goes through upper case, which is what full case folding does for
/// all but a few letters (`ß` = `ss`, `ς` = `σ`), and joins `ı` with `i`, which look-alikes would do anyway.
pub(crate) fn fold(shown: &str) -> String {
    shown.nfkc().filter(|c| *c != ZWNJ).flat_map(char::to_uppercase).flat_map(char::to_lowercase).nfkc().collect()
}

/// RFC 5892 A.1: ZWNJ stands after a virama, or between letters that would otherwise join.
fn zwnj_is_allowed(text: &str, at: usize) -> bool {
    let (before, after) = (text.get(..at).unwrap_or(""), text.get(at + ZWNJ.len_utf8()..).unwrap_or(""));
    let virama = 9;
    if before.chars().next_back().is_some_and(|c| canonical_combining_class(c) == virama) {
        return true;
    }
    let solid = |c: &char| get_joining_type(*c) != JoiningType::Transparent;
    let left = before.chars().rev().find(solid).map(get_joining_type);
    let right = after.chars().find(solid).map(get_joining_type);
    matches!(left, Some(JoiningType::LeftJoining | JoiningType::DualJoining))
        && matches!(right, Some(JoiningType::RightJoining | JoiningType::DualJoining))
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
                assert_eq!(name.skeleton(), skeleton(&fold(&text)).collect::<String>(), "{text:?}");
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
