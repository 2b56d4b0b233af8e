//! What a setting may be.

use parlor_core::words::Language;

/// A setting that is one of a few words.
pub trait Choice: Copy + PartialEq + 'static {
    /// All it may be, in the order in which a person chooses among them, with the word each has in the file.
    const ALL: &'static [(&'static str, Self)];

    /// Its word in the file.
    fn word(self) -> &'static str {
        Self::ALL.iter().find(|(_, choice)| *choice == self).map_or("", |(word, _)| word)
    }

    /// What a word of the file means; `None` if nothing.
    fn of_word(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, _)| *known == word).map(|(_, choice)| *choice)
    }
}

macro_rules! choices {
    ($($(#[$about:meta])* $name:ident { $($(#[$what:meta])* $variant:ident $word:literal),* $(,)? })*) => {$(
        $(#[$about])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub enum $name { $($(#[$what])* $variant),* }

        impl Choice for $name {
            const ALL: &'static [(&'static str, Self)] = &[$(($word, Self::$variant)),*];
        }
    )*};
}

choices! {
    /// Dark or light.
    Theme {
        /// As the rest of the desktop is.
        #[default]
        System "system",
        /// Light letters on dark.
        Dark "dark",
        /// Dark letters on light.
        Light "light",
    }

    /// What a desktop notification tells.
    Notifications {
        /// Who wrote, and what.
        #[default]
        Text "text",
        /// Who wrote. For screens that others see.
        Name "name",
        /// There are none.
        Off "off",
    }

    /// Which calendar dates are of.
    CalendarChoice {
        /// The one that goes with the language: Persian with Persian.
        #[default]
        Auto "auto",
        /// 22 November 2025.
        Gregorian "gregorian",
        /// 1 Azar 1404.
        Persian "persian",
    }

    /// Who puts words written from right to left into their order in a terminal.
    Bidi {
        /// Whoever the terminal seems to want.
        #[default]
        Auto "auto",
        /// The client.
        App "app",
        /// The terminal.
        Terminal "terminal",
        /// Nobody: everything from left to right.
        Off "off",
    }

    /// How a terminal is to show emoji.
    Emoji {
        /// Each as its first part, which every terminal can show.
        #[default]
        Simple "simple",
        /// As they are.
        Full "full",
        /// By their names.
        Names "names",
    }

    /// How many colours a terminal has.
    Colours {
        /// As many as it says.
        #[default]
        Auto "auto",
        /// Sixteen.
        Sixteen "16",
        /// 256.
        Many "256",
        /// All.
        True "true",
        /// None.
        None "none",
    }
}

/// What the programs speak.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LanguageChoice {
    /// What the machine speaks, if it is one of ours; else English.
    #[default]
    Auto,
    /// This one.
    Is(Language),
}

impl Choice for LanguageChoice {
    const ALL: &'static [(&'static str, Self)] = &[
        ("auto", Self::Auto),
        ("en", Self::Is(Language::English)),
        ("it", Self::Is(Language::Italian)),
        ("fa", Self::Is(Language::Persian)),
    ];
}

/// Height of letters, in points of the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FontSize(u8);

impl FontSize {
    /// The smallest.
    pub const MIN: u8 = 10;
    /// The largest.
    pub const MAX: u8 = 32;

    /// This many points, or the nearest that is allowed.
    pub fn of(points: i64) -> Self {
        let points = u8::try_from(points.max(0)).unwrap_or(u8::MAX);
        Self(points.clamp(Self::MIN, Self::MAX))
    }

    /// How many points.
    pub fn points(self) -> u8 {
        self.0
    }
}

impl Default for FontSize {
    /// 15 points.
    fn default() -> Self {
        Self(15)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_means_what_it_is_the_word_of() {
        fn check<T: Choice + std::fmt::Debug>() {
            for (word, choice) in T::ALL {
                assert_eq!(choice.word(), *word);
                assert_eq!(T::of_word(word), Some(*choice));
            }
            assert_eq!(T::of_word("perhaps"), None);
        }
        check::<Theme>();
        check::<Notifications>();
        check::<CalendarChoice>();
        check::<Bidi>();
        check::<Emoji>();
        check::<Colours>();
        check::<LanguageChoice>();
        for language in Language::ALL {
            assert_eq!(LanguageChoice::Is(language).word(), language.tag());
        }
    }

    #[test]
    fn a_size_that_is_not_allowed_becomes_the_nearest_that_is() {
        for (asked, got) in [(15, 15), (9, 10), (33, 32), (-1, 10), (i64::MAX, 32)] {
            assert_eq!(FontSize::of(asked).points(), got);
        }
    }
}
