//! Text that runs from right to left, on a grid of cells.
//!
//! Terminals disagree. Some know nothing but left to right (xterm); some turn and join the text themselves, with no way
//! to stop them (mlterm, Konsole); some do so unless they are asked not to (VTE, by `CSI 8 l`). So there are three
//! ways, chosen by [`Bidi`]: either this program puts every line in visual order after UAX #9 and writes joined letter
//! forms, or it leaves both to the terminal, or to nobody.
//!
//! All of it is plain data: a [`paragraph::Paragraph`] takes clean text, tells how many cells its units take, breaks
//! it into lines in logical order (UAX #9, 3.4: breaking comes before reordering) and gives each line's units in the
//! order they are drawn in. Text is kept, edited and copied in logical order everywhere else.

pub mod paragraph;
mod shape;

/// Who puts right-to-left text in its visual order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Bidi {
    /// This program: visual order, joined letter forms, lines from the right edge. The terminal is asked to keep its
    /// hands off (`CSI 8 l`, ECMA-48 bi-directional support mode: explicit).
    App,
    /// The terminal: it gets logical order (`CSI 8 h`), and takes each line's direction from the line's text
    /// (`CSI ? 2501 h`).
    Terminal,
    /// Nobody: logical order, and nothing is sent.
    #[default]
    Off,
}

impl Bidi {
    /// What suits the terminal that these environment variables tell of: [`Bidi::Terminal`] for those that turn text
    /// whatever they are asked, [`Bidi::App`] for all others.
    pub fn detect(variable: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name| variable(name).is_some_and(|value| !value.is_empty());
        let apple = variable("TERM_PROGRAM").is_some_and(|program| program == "Apple_Terminal");
        // tmux keeps text as it gets it and draws for whatever terminal is outside, which set these for itself.
        if set("MLTERM") || set("KONSOLE_VERSION") || apple { Bidi::Terminal } else { Bidi::App }
    }
}

/// Whether a row with this in it is turned by a terminal that turns rows.
pub(crate) fn turns(text: &str) -> bool {
    // The marks around a name are never printed.
    matters(text.trim_matches(['\u{2068}', '\u{2069}']))
}

/// Whether anything in a text could be drawn elsewhere than where it stands. Cheap; rather too often true.
pub(crate) fn matters(text: &str) -> bool {
    // Below, there is no right-to-left letter and no control of direction.
    text.chars().any(|c| c >= '\u{0590}' && may_turn(c))
}

fn may_turn(c: char) -> bool {
    matches!(c,
        '\u{0590}'..='\u{08FF}' | '\u{200D}' | '\u{200E}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
        | '\u{2066}'..='\u{2069}' | '\u{FB1D}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFF}' | '\u{10800}'..='\u{10FFF}'
        | '\u{1E800}'..='\u{1EFFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terminals_that_turn_text_themselves_are_left_to_it() {
        let detect =
            |name: &'static str, value: &'static str| Bidi::detect(|asked| (asked == name).then(|| value.to_owned()));
        assert_eq!(detect("MLTERM", "3.9.0"), Bidi::Terminal);
        assert_eq!(detect("KONSOLE_VERSION", "220401"), Bidi::Terminal);
        assert_eq!(detect("TERM_PROGRAM", "Apple_Terminal"), Bidi::Terminal);
        assert_eq!(detect("TERM_PROGRAM", "iTerm.app"), Bidi::App);
        assert_eq!(detect("VTE_VERSION", "7006"), Bidi::App);
        assert_eq!(detect("MLTERM", ""), Bidi::App);
    }

    #[test]
    fn what_cannot_turn_is_told_from_what_can() {
        for text in ["perché no?", "你好 👍", "नमस्ते", "a…b"] {
            assert!(!matters(text), "{text}");
        }
        for text in ["سلام", "שלום", "a\u{200F}b", "\u{2067}x", "ﻼ"] {
            assert!(matters(text), "{text}");
        }
    }
}
