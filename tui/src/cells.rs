//! Text as cells: every string from outside passes [`clean`] before it is drawn, and widths are measured here only.
//!
//! The toolkit stops the whole program at a grapheme wider than five cells, and terminals disagree about joined
//! emoji and flags, so both are taken apart. A string's width is the sum of its graphemes' widths: measured as a
//! whole, `لا` counts as one cell where terminals use two.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::links;

/// Separates what must not join again into one grapheme. Takes no cell.
const APART: char = '\u{200B}';
/// The same, to be put between texts.
pub(crate) const APART_TEXT: &str = "\u{200B}";
/// What stands for a character that has no place on a screen.
const REPLACEMENT: char = '\u{FFFD}';
/// Most marks drawn upon one letter; more would only paint over the lines around.
const MARKS_MAX: usize = 7;
/// How wide a tab is.
const TAB: &str = "    ";

/// What becomes of emoji that terminals draw in different ways.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Emoji {
    /// Joined ones become their first, flags their letters (`[IT]`): what every terminal gives as many cells to.
    #[default]
    Simple,
    /// They stay as they are, for terminals that know the newest of them.
    Full,
    /// All become words: `:thumbs_up:`.
    Names,
}

/// A copy of `text` whose graphemes all take at most two cells and steer nothing: controls become U+FFFD, tabs
/// spaces, line ends one space, flags their letters (`[IT]`), joined emoji their first one. Letters stay, in their
/// order.
pub fn clean(text: &str) -> String {
    clean_as(text, Emoji::Simple)
}

/// [`clean`], with emoji as wanted.
pub fn clean_as(text: &str, emoji: Emoji) -> String {
    let mut out = String::with_capacity(text.len());
    for grapheme in text.graphemes(true) {
        push_clean(&mut out, grapheme, emoji);
    }
    if out.graphemes(true).all(|grapheme| grapheme.width() <= 2) {
        return out;
    }
    // What was left out between two letters has let them join.
    let mut parted = String::with_capacity(out.len() * 2);
    for c in out.chars() {
        if c.width().unwrap_or(0) > 0 {
            parted.push(APART);
        }
        parted.push(c);
    }
    parted
}

fn push_clean(out: &mut String, grapheme: &str, emoji: Emoji) {
    let Some(first) = grapheme.chars().next() else { return };
    match emoji {
        Emoji::Simple => {}
        Emoji::Full if is_picture(grapheme) && !grapheme.contains(|c| links::number(c).is_some()) => {
            return push_bounded(out, grapheme);
        }
        Emoji::Full => {}
        Emoji::Names => {
            if let Some(name) = name(grapheme) {
                return out.push_str(&name);
            }
        }
    }
    match first {
        '\t' => out.push_str(TAB),
        '\n' | '\u{2028}' | '\u{2029}' => out.push(' '),
        '\r' if grapheme.len() > 1 => out.push(' '),
        c if c.is_control() => out.push(REPLACEMENT),
        // What would show letters in an order of its own choice turns them only as far as they turn by themselves.
        '\u{202D}' => out.push('\u{202A}'),
        '\u{202E}' => out.push('\u{202B}'),
        c if is_direction(c) => out.push(c),
        c if flag_letter(c).is_some() => {
            out.push('[');
            out.extend(grapheme.chars().filter_map(flag_letter));
            out.push(']');
        }
        c if is_joined_emoji(grapheme, c) => push_bounded(out, c.encode_utf8(&mut [0; 4])),
        _ => push_letters(out, grapheme),
    }
}

/// Marks, embeddings and isolates of direction (UAX #9, 2): they take no cell and are never printed, but the order
/// of what stands around them depends on them.
fn is_direction(c: char) -> bool {
    matches!(c, '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202C}' | '\u{2066}'..='\u{2069}')
}

/// Whether this is drawn as a picture of two cells, of however many parts.
fn is_picture(grapheme: &str) -> bool {
    grapheme.width() == 2 && emojis::get(grapheme).is_some()
}

/// The name of an emoji, in any colour of skin: `:thumbs_up:`. `None` for what is no picture, like digits.
fn name(grapheme: &str) -> Option<String> {
    let known = emojis::get(grapheme).filter(|_| is_picture(grapheme))?;
    let known = known.with_skin_tone(emojis::SkinTone::Default).unwrap_or(known);
    let words = known.name().split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    Some(format!(":{}:", words.collect::<Vec<_>>().join("_").to_lowercase()))
}

/// The letter that a regional indicator stands for.
fn flag_letter(c: char) -> Option<char> {
    let offset = u32::from(c).checked_sub(0x1F1E6)?;
    (offset < 26).then(|| char::from_u32(u32::from('A') + offset)).flatten()
}

/// Whether terminals are likely to disagree about this grapheme's width.
fn is_joined_emoji(grapheme: &str, first: char) -> bool {
    let wide = first.width() == Some(2);
    grapheme.chars().skip(1).any(|c| match c {
        '\u{FE0F}' | '\u{1F3FB}'..='\u{1F3FF}' | '\u{E0020}'..='\u{E007F}' => true,
        '\u{200D}' => wide,
        _ => false,
    })
}

fn push_letters(out: &mut String, grapheme: &str) {
    let mut kept = String::with_capacity(grapheme.len());
    let mut marks = 0;
    for c in grapheme.chars().filter(|c| links::number(*c).is_none()) {
        marks = if c.width().unwrap_or(0) == 0 { marks + 1 } else { 0 };
        if marks <= MARKS_MAX {
            kept.push(c);
        }
    }
    if kept.width() <= 2 {
        push_bounded(out, &kept);
        return;
    }
    // One cell or two for each letter of a stack that would take more.
    let mut piece = String::new();
    for c in kept.chars() {
        if c.width().unwrap_or(0) > 0 && !piece.is_empty() {
            push_bounded(out, &piece);
            out.push(APART);
            piece.clear();
        }
        piece.push(c);
    }
    push_bounded(out, &piece);
}

fn push_bounded(out: &mut String, grapheme: &str) {
    match grapheme.width() {
        // Dropping it altogether could join its neighbours.
        0 if out.ends_with(APART) => {}
        0 => out.push(APART),
        1 | 2 => out.push_str(grapheme),
        _ => out.push(REPLACEMENT),
    }
}

/// The cells that a clean text takes on one line.
pub fn width(clean: &str) -> usize {
    clean.graphemes(true).map(UnicodeWidthStr::width).sum()
}

/// `text` in at most `cells` cells: clean, on one line, with `…` at its end where something had to go.
pub fn fit(text: &str, cells: usize) -> String {
    fit_clean(&clean(text), cells)
}

/// [`fit`] of text that is clean already.
pub fn fit_clean(text: &str, cells: usize) -> String {
    if width(text) <= cells {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut used = 1;
    for grapheme in text.graphemes(true) {
        used += grapheme.width();
        if used > cells {
            break;
        }
        out.push_str(grapheme);
    }
    if cells > 0 {
        out.push('…');
    }
    out
}

/// `text` in exactly `cells` cells: cut or filled with spaces.
pub fn pad(text: &str, cells: usize) -> String {
    let mut out = fit(text, cells);
    let missing = cells.saturating_sub(width(&out));
    out.extend(std::iter::repeat_n(' ', missing));
    out
}

#[cfg(test)]
pub(crate) mod hostile {
    /// What a hostile peer might send to break a terminal program.
    pub(crate) const STRINGS: &[&str] = &[
        "a\u{200F}b\u{200E}c",
        "a\u{200B}\u{200B}b",
        "\u{1b}[31mred\u{1b}]0;title\u{7}",
        "bell\u{7}\u{8}\u{7f}\u{85}\u{9b}2J",
        "a\tb\tc",
        "\u{FDFD}\u{FDFD}",
        "क्ष्क्ष्क्ष्क्ष्क्ष्क्ष्क्ष्क्ष्",
        "क्\u{200B}ष्\u{200B}क्\u{200B}ष्\u{200B}क्\u{200B}ष्\u{200B}क्\u{200B}ष्",
        "ZWJ क्\u{200D}ष क्\u{200C}ष می\u{200C}خواهم",
        "👨\u{200D}👩\u{200D}👧\u{200D}👦👨\u{200D}👩\u{200D}👧 🇮🇷🇮🇹🇮 👍🏽 ❤\u{FE0F} 1\u{FE0F}\u{20E3}",
        "🏴\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}",
        "a\u{E0100}b\u{E01EF} 👍\u{E0101}",
        "\u{202E}gnp.exe\u{202C}\u{2066}x\u{2069}",
        "\u{301}\u{301}\u{301}start",
        "\u{600}\u{600}\u{600}\u{600}\u{600}\u{600}a",
        "\u{1100}\u{1100}\u{1100}\u{1100}\u{1161}\u{11A8}",
        "⸻⸻\u{115F}\u{3164}\u{FFA0}",
        "سلام لالا لا دنیا، ۱۲۳",
        "你好世界ｆｕｌｌ",
        "\u{2028}\u{2029}\r\n\r\u{0}",
    ];

    /// All of them, and the long ones.
    pub(crate) fn strings() -> impl Iterator<Item = String> {
        let zalgo = format!("z{}a", "\u{301}".repeat(200));
        let long = "ﷺ".repeat(120);
        STRINGS.iter().map(|s| (*s).to_owned()).chain([zalgo, long])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assert_harmless(text: &str, emoji: Emoji) {
        let clean = clean_as(text, emoji);
        for grapheme in clean.graphemes(true) {
            assert!(grapheme.width() <= 2, "{text:?} gives {grapheme:?}");
            assert!(!grapheme.chars().any(char::is_control), "{text:?} gives {grapheme:?}");
            assert!(!grapheme.chars().any(|c| links::number(c).is_some()), "{text:?} gives {grapheme:?}");
        }
    }

    #[test]
    fn nothing_wide_or_controlling_is_left() {
        for text in hostile::strings() {
            assert_harmless(&text, Emoji::Simple);
        }
    }

    #[test]
    fn no_mixture_of_nasty_scalars_joins_into_something_wide() {
        let scalars: Vec<char> = hostile::STRINGS.concat().chars().collect();
        let mut seed = 7_u64;
        for _ in 0..5_000 {
            let text: String = (0..24)
                .filter_map(|_| {
                    seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                    scalars.get((seed >> 33) as usize % scalars.len()).copied()
                })
                .collect();
            for emoji in [Emoji::Simple, Emoji::Full, Emoji::Names] {
                assert_harmless(&text, emoji);
            }
        }
    }

    #[test]
    fn letters_stay_whole_and_in_order() {
        for text in ["سلام دنیا، می\u{200C}خواهم", "perché no? e\u{301}", "你好", "नमस्ते"]
        {
            assert_eq!(clean(text), text);
        }
        let stacked = clean("क्ष्क्ष्क्ष्क्ष्");
        assert_eq!(stacked.replace('\u{200B}', ""), "क्ष्क्ष्क्ष्क्ष्");
    }

    #[test]
    fn joined_emoji_become_simple_ones() {
        assert_eq!(clean("👨\u{200D}👩\u{200D}👧!"), "👨!");
        assert_eq!(clean("👍🏽 ❤\u{FE0F} 🇮🇷 1\u{FE0F}\u{20E3}"), "👍 ❤ [IR] 1");
    }

    #[test]
    fn emoji_stay_whole_or_are_told_in_words_where_that_is_wanted() {
        let text = "👨\u{200D}👩\u{200D}👧 👍🏽 ❤\u{FE0F} 🇮🇷 1 ©";
        assert_eq!(clean_as(text, Emoji::Full), text);
        assert_eq!(clean_as(text, Emoji::Names), ":family_man_woman_girl: :thumbs_up: :red_heart: :flag_iran: 1 ©");
        for text in hostile::strings() {
            for emoji in [Emoji::Simple, Emoji::Full, Emoji::Names] {
                assert_harmless(&text, emoji);
            }
        }
    }

    #[test]
    fn marks_of_direction_stay_and_take_no_cell_and_overrides_override_nothing() {
        assert_eq!(clean("a\u{200F}b"), "a\u{200F}b");
        assert_eq!(width("a\u{200F}\u{2068}b\u{2069}"), 2);
        assert_eq!(clean("\u{202E}gnp.exe\u{202C}"), "\u{202B}gnp.exe\u{202C}");
    }

    #[test]
    fn lam_alef_takes_two_cells() {
        assert_eq!(width("سلام"), 4);
        assert_eq!(width("لالا"), 4);
    }

    #[test]
    fn fitting_marks_what_is_cut() {
        assert_eq!(fit("parlor", 6), "parlor");
        assert_eq!(fit("parlor", 5), "parl…");
        assert_eq!(fit("你好吗", 4), "你…");
        assert_eq!(fit("abc", 0), "");
        assert_eq!(pad("你", 4), "你  ");
    }
}
