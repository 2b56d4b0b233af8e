//! What is made of a text that is to be a name (RFC 8265, RFC 8266, RFC 5892, UTS #39).

use alloc::string::String;

use unicode_joining_type::{JoiningType, get_joining_type};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::canonical_combining_class;
use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};
use unicode_security::skeleton;
use unicode_segmentation::UnicodeSegmentation;

use super::forms::Forms;
use super::{BadName, NAME_BYTES_MAX, NAME_GRAPHEMES_MAX};

const ZWNJ: char = '\u{200C}';

/// Reads a name: as it is shown, and as it is compared.
pub(super) fn parse(text: &str) -> Result<Forms, BadName> {
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
