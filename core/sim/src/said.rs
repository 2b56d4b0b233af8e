//! What people say in the simulated world: every text carries its number and kind, so that whoever hears it knows what
//! it must look like, byte for byte.

use std::fmt::Write;

/// Kinds of texts that fit one line.
pub const LINE_KINDS: usize = 6;
/// Kinds of texts.
pub const KINDS: usize = 9;

/// The text with this number, of this kind. Never begins with what a dialect takes for its own words.
pub fn text(number: u64, kind: usize) -> String {
    let mut text = format!("{number}.{kind}. ");
    match kind {
        0 => text.push_str("hello"),
        1 => text.push_str("سلام دنیا، نیم‌فاصله"),
        2 => text.push_str("🙂 perché no? {quit} NIC"),
        3 => text.push_str("\"quoted\" \\ and ada: forged"),
        4 => text.push_str("ab\tc e\u{301} \u{202b}x\u{202c}"),
        5 => repeat(&mut text, "سلام ", 60),
        6 => text.push_str("one\nada: two\n\n  three\n"),
        7 => repeat(&mut text, "long \"\\ line\n", 60),
        _ => repeat(&mut text, "x", 1_500 + (number % 7) as usize * 900),
    }
    text
}

fn repeat(text: &mut String, what: &str, times: usize) {
    for _ in 0..times {
        text.push_str(what);
    }
    // Not the same at its end as anywhere else.
    let _ = write!(text, "{times}");
}

/// The number a text carries.
pub fn number_of(text: &str) -> Option<u64> {
    text.split_once('.')?.0.parse().ok()
}

/// The kind a text carries.
pub fn kind_of(text: &str) -> usize {
    let kind = text.split('.').nth(1).and_then(|kind| kind.parse().ok());
    kind.filter(|kind| *kind < KINDS).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_tells_its_number_and_kind_and_may_be_said() {
        for kind in 0..KINDS {
            let said = text(1_234, kind);
            assert_eq!((number_of(&said), kind_of(&said)), (Some(1_234), kind));
            assert!(parlor_core::text::Body::parse(&said).is_ok());
            // A line of the tutorials' programs is what one read of theirs takes.
            assert_eq!(kind < LINE_KINDS, !said.contains('\n') && said.len() <= 1_024);
        }
    }
}
