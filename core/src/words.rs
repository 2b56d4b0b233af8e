//! What is said to people, in the languages they read.
//!
//! A sentence stands once for each [`Language`], side by side, in a table made with [`phrases!`](crate::phrases): a
//! translation that is missing does not compile. The client machine's own sentences are in
//! `client/words.rs`; a face brings a table of its own.

use alloc::string::String;
use core::fmt;

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
        }

        impl $name for $crate::words::Language {
            $(
                fn $phrase(self $(, $value: impl ::core::fmt::Display)*) -> $crate::words::Said {
                    match self {
                        Self::English => $crate::words::said(::core::format_args!($english)),
                        Self::Italian => $crate::words::said(::core::format_args!($italian)),
                        Self::Persian => $crate::words::said(::core::format_args!($persian)),
                    }
                }
            )*
        }
    };
}

/// What a phrase is when it is said.
pub type Said = String;

#[doc(hidden)]
pub fn said(text: fmt::Arguments<'_>) -> Said {
    alloc::fmt::format(text)
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
        assert_eq!(said[2], ("ارسال".into(), "ada آمد".into()));
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
