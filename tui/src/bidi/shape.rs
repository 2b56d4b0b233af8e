//! Joined letter forms for terminals that know only letters standing alone: the presentation forms of Unicode's
//! "Arabic Presentation Forms" blocks, chosen by the joining rules of the Unicode Standard, 9.2.
//!
//! Joining looks through marks, so the hamza of «نسخهٔ» stays on its letter, and ends at a zero-width non-joiner, so
//! «می‌خواهم» keeps its gap. Lam with alef becomes the one letter it has to be in every Arabic hand; it takes one
//! cell, and measuring comes after shaping for that reason.

use std::sync::LazyLock;

use ar_reshaper::letters::letters_db::LETTERS_ARABIC;
use unicode_width::UnicodeWidthChar;

const NON_JOINER: char = '\u{200C}';
const JOINER: char = '\u{200D}';
const LAM: char = '\u{0644}';

/// A letter's forms; `None` where it does not join on that side.
#[derive(Clone, Copy)]
struct Letter {
    letter: char,
    isolated: char,
    initial: Option<char>,
    medial: Option<char>,
    last: Option<char>,
}

/// By code point.
static LETTERS: LazyLock<Vec<Letter>> = LazyLock::new(|| {
    let form = |c: char| (c != '\0').then_some(c);
    let mut letters: Vec<Letter> = LETTERS_ARABIC
        .iter()
        .map(|(letter, forms)| Letter {
            letter: *letter,
            isolated: forms.isolated,
            initial: form(forms.initial),
            medial: form(forms.medial),
            last: form(forms.end),
        })
        .collect();
    letters.sort_unstable_by_key(|letter| letter.letter);
    letters
});

fn letter(c: char) -> Option<&'static Letter> {
    LETTERS.binary_search_by_key(&c, |letter| letter.letter).ok().and_then(|at| LETTERS.get(at))
}

/// Whether joining looks through this character.
fn is_transparent(c: char) -> bool {
    c != NON_JOINER && c != JOINER && c.width().unwrap_or(0) == 0
}

/// What may be left out of a shaped text: it has had its say.
pub(super) fn is_joining_control(c: char) -> bool {
    c == NON_JOINER || c == JOINER
}

/// The form of each character of a text in logical order; as many as went in.
pub(super) fn shape(text: &str) -> Vec<char> {
    let mut out: Vec<char> = text.chars().collect();
    // The last character that can join: where it stands, what it is, and whether it holds on to the one before.
    let mut before: Option<(usize, &Letter, bool)> = None;
    for at in 0..out.len() {
        let Some(c) = out.get(at).copied() else { break };
        if is_transparent(c) {
            continue;
        }
        let Some(here) = letter(c) else {
            before = None;
            continue;
        };
        let joins = here.last.is_some() && before.is_some_and(|(_, letter, _)| letter.initial.is_some());
        if joins && let Some((place, letter, held)) = before {
            put(&mut out, place, if held { letter.medial.or(letter.last) } else { letter.initial });
        }
        put(&mut out, at, if joins { here.last } else { Some(here.isolated) });
        before = Some((at, here, joins));
    }
    out
}

fn put(out: &mut [char], at: usize, form: Option<char>) {
    if let (Some(place), Some(form)) = (out.get_mut(at), form) {
        *place = form;
    }
}

/// The one letter that a lam and an alef make, given the letters and the lam's form.
pub(super) fn lam_alef(first: char, first_form: char, second: char, second_form: char) -> Option<char> {
    let alone = match second {
        '\u{0622}' => '\u{FEF5}',
        '\u{0623}' => '\u{FEF7}',
        '\u{0625}' => '\u{FEF9}',
        '\u{0627}' => '\u{FEFB}',
        _ => return None,
    };
    let joined = first == LAM && letter(second).is_some_and(|alef| alef.last == Some(second_form));
    let held = letter(LAM).is_some_and(|lam| lam.medial == Some(first_form));
    let ligature = if held { char::from_u32(u32::from(alone) + 1) } else { Some(alone) };
    ligature.filter(|_| joined)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shaped(text: &str) -> String {
        shape(text).into_iter().collect()
    }

    #[test]
    fn letters_take_the_form_of_their_place() {
        for (text, forms) in [
            ("ب", "\u{FE8F}"),
            ("بب", "\u{FE91}\u{FE90}"),
            ("ببب", "\u{FE91}\u{FE92}\u{FE90}"),
            ("دد", "\u{FEA9}\u{FEA9}"),
            ("بد", "\u{FE91}\u{FEAA}"),
            ("دب", "\u{FEA9}\u{FE8F}"),
            ("پژگچ", "\u{FB58}\u{FB8B}\u{FB94}\u{FB7B}"),
            ("کیک", "\u{FB90}\u{FBFF}\u{FB8F}"),
            ("ب ب", "\u{FE8F} \u{FE8F}"),
            ("aبb", "a\u{FE8F}b"),
            ("ءب", "\u{FE80}\u{FE8F}"),
            ("بء", "\u{FE8F}\u{FE80}"),
            ("ۀ", "\u{FBA4}"),
            ("بۀ", "\u{FE91}\u{FBA5}"),
        ] {
            assert_eq!(shaped(text), forms, "{text}");
        }
    }

    #[test]
    fn joining_looks_through_marks_and_keeps_them() {
        assert_eq!(shaped("بِب"), "\u{FE91}\u{0650}\u{FE90}");
        assert_eq!(shaped("نسخه\u{0654}"), "\u{FEE7}\u{FEB4}\u{FEA8}\u{FEEA}\u{0654}");
        // A text may begin with a mark.
        assert_eq!(shaped("\u{0654}ب"), "\u{0654}\u{FE8F}");
    }

    #[test]
    fn a_non_joiner_parts_and_a_joiner_joins() {
        assert_eq!(shaped("می\u{200C}خ"), "\u{FEE3}\u{FBFD}\u{200C}\u{FEA5}");
        assert_eq!(shaped("ه\u{200D}"), "\u{FEEB}\u{200D}");
        assert_eq!(shaped("\u{200D}ه"), "\u{200D}\u{FEEA}");
    }

    #[test]
    fn lam_and_alef_become_one_letter_in_both_places() {
        let pair = |text: &str, at: usize| {
            let (chars, forms): (Vec<char>, Vec<char>) = (text.chars().collect(), shape(text));
            lam_alef(chars[at], forms[at], chars[at + 1], forms[at + 1])
        };
        assert_eq!(pair("لا", 0), Some('\u{FEFB}'));
        assert_eq!(pair("سلام", 1), Some('\u{FEFC}'));
        assert_eq!(pair("لآ", 0), Some('\u{FEF5}'));
        assert_eq!(pair("بلأ", 1), Some('\u{FEF8}'));
        assert_eq!(pair("لإ", 0), Some('\u{FEF9}'));
        assert_eq!(pair("لب", 0), None);
        assert_eq!(pair("با", 0), None);
        assert_eq!(pair("لٱ", 0), None);
    }
}
