//! Which way a text runs.

use unicode_bidi::{BidiClass, bidi_class};

/// Whether a text runs from right to left: by its first letter that has a direction (UAX #9, rules P2 and P3), past
/// what stands isolated. Emoji and flags are skipped, some of which Unicode counts as left-to-right letters.
pub fn is_rtl(text: &str) -> bool {
    let mut isolates = 0_u32;
    for c in text.chars() {
        match bidi_class(c) {
            BidiClass::LRI | BidiClass::RLI | BidiClass::FSI => isolates += 1,
            BidiClass::PDI => isolates = isolates.saturating_sub(1),
            _ if isolates > 0 => {}
            BidiClass::R | BidiClass::AL => return true,
            BidiClass::L if !is_picture(c) => return false,
            _ => {}
        }
    }
    false
}

/// Flags' letters, and the enclosed letters that are drawn as emoji.
fn is_picture(c: char) -> bool {
    matches!(c, '\u{1F100}'..='\u{1F2FF}' | '\u{24C2}' | '\u{3297}' | '\u{3299}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_letter_decides() {
        for (text, rtl) in [
            ("سلام", true),
            ("hello سلام", false),
            ("سلام hello", true),
            ("12:30 (سلام)", true),
            ("🇮🇷 سلام", true),
            ("👍🏽 سلام", true),
            ("🅰 سلام", true),
            ("\u{2068}ada\u{2069} آمد", true),
            ("\u{200F}ada", true),
            ("שלום", true),
            ("۱۲۳", false),
            ("…", false),
            ("", false),
        ] {
            assert_eq!(is_rtl(text), rtl, "{text}");
        }
    }
}
