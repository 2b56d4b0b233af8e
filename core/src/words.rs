//! What is said to people, in the languages they read.
//!
//! A sentence stands once for each [`Language`], side by side, in a table made with [`phrases!`](crate::phrases): a
//! translation that is missing does not compile. The client machine's own sentences are in
//! `client/words.rs`; a face brings a table of its own.

use alloc::string::String;
use core::fmt;

use crate::text::{Direction, direction};

mod faults;

/// A language that people are spoken to in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// Italian.
    Italian,
    /// Persian; written from right to left, with digits of its own.
    Persian,
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::English, Self::Italian, Self::Persian];

    /// The language of a locale or language tag (`it`, `it_IT.UTF-8`, `fa-IR`); `None` for others.
    pub fn of_locale(locale: &str) -> Option<Self> {
        let tag = locale.split(['_', '-', '.', '@']).next().unwrap_or_default();
        Self::ALL.into_iter().find(|language| tag.eq_ignore_ascii_case(language.tag()))
    }

    /// Its tag of BCP 47: `en`, `it`, `fa`.
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Italian => "it",
            Self::Persian => "fa",
        }
    }

    /// What its speakers call it.
    pub fn own_name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::Italian => "Italiano",
            Self::Persian => "فارسی",
        }
    }

    /// Whether it is written from right to left.
    pub fn is_right_to_left(self) -> bool {
        match self {
            Self::English | Self::Italian => false,
            Self::Persian => true,
        }
    }

    /// A number or time with the digits of this language: `12:03`, `۱۲:۰۳`.
    pub fn digits(self, text: impl fmt::Display) -> String {
        let text = alloc::format!("{text}");
        match self {
            Self::English | Self::Italian => text,
            Self::Persian => text.chars().map(persian_digit).collect(),
        }
    }
}

fn persian_digit(c: char) -> char {
    c.to_digit(10).and_then(|digit| char::from_u32(0x06F0 + digit)).unwrap_or(c)
}

/// Makes a table of phrases: a trait `$name` with one method for each, which [`Language`] implements.
///
/// ```
/// parlor_core::phrases! {
///     /// What this program says.
///     pub trait Words {
///         /// The button that sends.
///         send() { "Send", "Invia", "ارسال" }
///         /// How many came.
///         came(count, who) { "{count} came, {who} first", "{count} arrivi, {who} per primo", "{count} نفر آمدند، اول {who}" }
///     }
/// }
/// use parlor_core::words::Language;
/// assert_eq!(Language::Italian.send(), "Invia");
/// assert_eq!(Language::English.came(2, "ada"), "2 came, ada first");
/// ```
///
/// The order is English, Italian, Persian. What stands in braces is named like a parameter, which takes anything that
/// can be displayed; in Persian, digits of numbers become Persian ones if the caller passes [`Language::digits`].
///
/// A Persian sentence that begins with something from left to right, as a name may be, is given an RLM in front, and one of
/// the others that begins with something from right to left an LRM, so that who shows it finds out its direction. A command such as `/join` is written with an LRM before its slash there.
///
/// A test of the table is one line: `parlor_core::words::prove(Words::each)`.
#[macro_export]
macro_rules! phrases {
    (
        $(#[$head:meta])*
        $visibility:vis trait $name:ident {
            $(
                $(#[$about:meta])*
                $phrase:ident ( $($value:ident),* ) { $english:literal, $italian:literal, $persian:literal $(,)? }
            )*
        }
    ) => {
        $(#[$head])*
        $visibility trait $name {
            $(
                $(#[$about])*
                fn $phrase(self $(, $value: impl ::core::fmt::Display)*) -> $crate::words::Said;
            )*

            /// Says every phrase once, with marks for its values: its name, the marks, what is said. For tests.
            #[allow(dead_code, reason = "only tests go through a whole table")]
            fn each(self, hear: &mut dyn FnMut(&str, &[&str], &str));
        }

        impl $name for $crate::words::Language {
            $(
                fn $phrase(self $(, $value: impl ::core::fmt::Display)*) -> $crate::words::Said {
                    match self {
                        Self::English => $crate::words::said(::core::format_args!($english), false),
                        Self::Italian => $crate::words::said(::core::format_args!($italian), false),
                        Self::Persian => $crate::words::said(::core::format_args!($persian), true),
                    }
                }
            )*

            fn each(self, hear: &mut dyn FnMut(&str, &[&str], &str)) {
                $(
                    let said = $name::$phrase(self $(, ::core::concat!("‹", ::core::stringify!($value), "›"))*);
                    let marks: &[&str] = &[$(::core::concat!("‹", ::core::stringify!($value), "›")),*];
                    hear(::core::stringify!($phrase), marks, &said);
                )*
            }
        }
    };
}

/// What a phrase is when it is said.
pub type Said = String;

/// Makes sure that a sentence of a language, which is written from right to left or is not, is known as one, whatever it
/// begins with.
#[doc(hidden)]
pub fn said(text: fmt::Arguments<'_>, rtl: bool) -> Said {
    let text = alloc::fmt::format(text);
    let (mark, own, other) = match rtl {
        true => ('\u{200F}', Direction::RightToLeft, Direction::LeftToRight),
        false => ('\u{200E}', Direction::LeftToRight, Direction::RightToLeft),
    };
    let deceives = direction(&text) == Some(other);
    match deceives && text.chars().any(|c| direction(c.encode_utf8(&mut [0; 4])) == Some(own)) {
        true => alloc::format!("{mark}{text}"),
        false => text,
    }
}

/// Proves what every table of phrases must be: nothing is empty, no value is left out in any language, and Persian is
/// written with its own digits and letters.
///
/// # Panics
/// If a phrase is not so; the message names it.
pub fn prove(each: impl Fn(Language, &mut dyn FnMut(&str, &[&str], &str))) {
    for language in Language::ALL {
        each(language, &mut |name, marks, said| {
            let fault = fault(language, marks, said);
            assert!(fault.is_none(), "{name} {} in {}: {said}", fault.unwrap_or_default(), language.tag());
        });
    }
}

/// What is wrong with a phrase, said with these marks for its values.
fn fault(language: Language, marks: &[&str], said: &str) -> Option<&'static str> {
    let foreign = |c: char| c.is_ascii_digit() || matches!(c, 'ك' | 'ي' | '\u{0660}'..='\u{0669}');
    if said.trim().is_empty() {
        return Some("is empty");
    }
    if !marks.iter().all(|mark| said.contains(mark)) {
        return Some("leaves out a value");
    }
    (language == Language::Persian && said.contains(foreign)).then_some("has foreign digits or letters")
}

#[cfg(test)]
mod tests {
    use super::*;

    crate::phrases! {
        trait Samples {
            /// Without values.
            send() { "Send", "Invia", "ارسال" }
            /// With one.
            joined(nick) { "{nick} joined", "{nick} è qui", "{nick} آمد" }
        }
    }

    #[test]
    fn a_phrase_is_said_in_each_language() {
        let said = Language::ALL.map(|language| (language.send(), language.joined("ada")));
        assert_eq!(said[0], ("Send".into(), "ada joined".into()));
        assert_eq!(said[1], ("Invia".into(), "ada è qui".into()));
        assert_eq!(said[2], ("ارسال".into(), "\u{200F}ada آمد".into()));
    }

    #[test]
    fn a_sentence_runs_as_its_language_does_whatever_it_begins_with() {
        let of = |language: Language| ["ada", "علی"].map(|nick| language.joined(nick));
        assert_eq!(of(Language::Persian), ["\u{200F}ada آمد", "علی آمد"].map(String::from));
        assert_eq!(of(Language::English), ["ada joined", "\u{200E}علی joined"].map(String::from));
        assert_eq!(said(format_args!("F1"), true), "F1", "nothing in it is Persian");
        assert_eq!(said(format_args!("علی"), false), "علی", "nothing in it is English");
    }

    #[test]
    fn a_table_that_leaves_something_out_is_noticed() {
        prove(Samples::each);
        for (said, marks) in [(" ", &[][..]), ("سلام", &["‹nick›"][..]), ("سلام 2", &[]), ("علي", &[])] {
            assert!(fault(Language::Persian, marks, said).is_some(), "{said}");
        }
    }

    #[test]
    fn the_language_of_a_locale_is_found_or_there_is_none() {
        for (locale, language) in [
            ("it", Some(Language::Italian)),
            ("it_IT.UTF-8", Some(Language::Italian)),
            ("fa-IR", Some(Language::Persian)),
            ("EN_us", Some(Language::English)),
            ("C", None),
            ("", None),
            ("italiano", None),
        ] {
            assert_eq!(Language::of_locale(locale), language, "{locale}");
        }
    }

    #[test]
    fn persian_numbers_have_persian_digits() {
        assert_eq!(Language::Persian.digits("12:03"), "۱۲:۰۳");
        assert_eq!(Language::Italian.digits(12), "12");
    }
}
