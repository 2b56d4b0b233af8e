//! The clipboard of the person's machine, reached through the terminal, also from afar.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

/// Most bytes of text handed over at once: terminals bear about 100,000 bytes of it when it is encoded.
const BYTES_MAX: usize = 64 * 1024;

/// What asks the terminal to take this text into its clipboard (`OSC 52`); what is too long is cut.
pub fn copying(text: &str) -> String {
    let text = text.get(..text.floor_char_boundary(BYTES_MAX)).unwrap_or_default();
    format!("\x1b]52;c;{}\x07", BASE64_STANDARD.encode(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_handed_over_as_it_was_written() {
        assert_eq!(copying("ciao"), "\x1b]52;c;Y2lhbw==\x07");
        let persian = copying("سلام\u{1b}");
        assert!(persian.starts_with("\x1b]52;c;2LPZhNin2YUb") && persian.matches('\x1b').count() == 1);
        assert!(copying(&"ن".repeat(100_000)).len() < 100_000);
    }
}
