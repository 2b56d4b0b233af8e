//! A folded text taken apart: words, letters of scripts without spaces, symbols.

use alloc::string::String;
use alloc::vec::Vec;
use core::ops::Range;

use unicode_properties::{GeneralCategory, GeneralCategoryGroup, UnicodeGeneralCategory};
use unicode_segmentation::UnicodeSegmentation;

use super::fold::{JOINT, fold, is_simple_mark};

/// Most bytes of one term; longer words are known by their beginning.
pub(super) const TERM_BYTES_MAX: usize = 64;
/// Most bytes of one letter with its marks, so that two of them are a term.
const LETTER_BYTES_MAX: usize = TERM_BYTES_MAX / 2;
/// Most parts of a compound that are joined to a term, unless it is all of them.
const JOINED_MAX: usize = 3;

/// How an atom hangs together with the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Link {
    /// They are two words.
    Apart,
    /// They are parts of a compound: an apostrophe or a ZWNJ is between them.
    Joined,
    /// They are letters of one run, written without spaces.
    Run,
}

/// A word, a letter of a run, or a symbol.
#[derive(Clone, Copy, Debug)]
pub(super) struct Atom {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) link: Link,
}

/// A text taken apart. Atoms stand in `spelled` without anything between them, so that joined ones are one slice.
#[derive(Clone, Debug, Default)]
pub(super) struct Atoms {
    spelled: String,
    pub(super) list: Vec<Atom>,
}

/// What a folded character does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    /// Makes words together with its neighbours.
    Word,
    /// Is a letter of a script without spaces.
    Run,
    /// Belongs to the letter before it.
    Mark,
    /// Stands for itself.
    Symbol,
    /// Joins the words on its two sides.
    Joint,
    /// Separates.
    Separator,
}

/// What is open while a text is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Open {
    Nothing,
    Word,
    Run,
    Joint,
}

impl Atoms {
    pub(super) fn of(text: &str) -> Self {
        let mut folded = String::with_capacity(text.len() + 8);
        fold(text, &mut folded);
        let mut atoms = Self { spelled: String::with_capacity(folded.len() + 8), list: Vec::with_capacity(16) };
        let mut open = Open::Nothing;
        for c in folded.chars() {
            open = atoms.read(c, open);
        }
        atoms
    }

    /// The same, and which bytes of the text each atom was made of. Folded grapheme by grapheme, which gives what folding
    /// the whole gives and is slower.
    pub(super) fn with_places(text: &str) -> (Self, Vec<Range<usize>>) {
        let (mut atoms, mut places) = (Self::default(), Vec::new());
        let (mut open, mut folded) = (Open::Nothing, String::new());
        for (at, grapheme) in text.grapheme_indices(true) {
            folded.clear();
            fold(grapheme, &mut folded);
            for c in folded.chars() {
                let spelled = atoms.spelled.len();
                open = atoms.read(c, open);
                places.resize(atoms.list.len(), at..at);
                if let Some(place) = places.last_mut().filter(|_| atoms.spelled.len() > spelled) {
                    place.end = at + grapheme.len();
                }
            }
        }
        (atoms, places)
    }

    /// Takes in one character.
    fn read(&mut self, c: char, open: Open) -> Open {
        match (role(c), open) {
            (Role::Word, Open::Word) | (Role::Mark, Open::Word) => {
                self.extend(c, usize::MAX);
                Open::Word
            }
            (Role::Word | Role::Mark, Open::Joint) => {
                self.begin(c, Link::Joined);
                Open::Word
            }
            (Role::Mark, Open::Run) => {
                self.extend(c, LETTER_BYTES_MAX);
                Open::Run
            }
            (Role::Word | Role::Mark, Open::Nothing | Open::Run) => {
                self.begin(c, Link::Apart);
                Open::Word
            }
            (Role::Run, Open::Run) => {
                self.begin(c, Link::Run);
                Open::Run
            }
            (Role::Run, Open::Nothing | Open::Word | Open::Joint) => {
                self.begin(c, Link::Apart);
                Open::Run
            }
            (Role::Joint, Open::Word | Open::Joint) => Open::Joint,
            // In scripts without spaces it chooses a shape.
            (Role::Joint, Open::Run) => Open::Run,
            (Role::Joint, Open::Nothing) => Open::Nothing,
            (Role::Symbol, _) => {
                self.begin(c, Link::Apart);
                Open::Nothing
            }
            (Role::Separator, Open::Word | Open::Joint) if c == ' ' && self.ends_in_verb_prefix() => Open::Joint,
            (Role::Separator, _) => Open::Nothing,
        }
    }

    fn ends_in_verb_prefix(&self) -> bool {
        self.list.last().and_then(|last| self.spelled.get(last.start..last.end)).is_some_and(is_verb_prefix)
    }

    fn begin(&mut self, c: char, link: Link) {
        let start = self.spelled.len();
        spell(c, &mut self.spelled);
        self.list.push(Atom { start, end: self.spelled.len(), link });
    }

    fn extend(&mut self, c: char, bytes_max: usize) {
        let Some(last) = self.list.last_mut() else { return };
        spell(c, &mut self.spelled);
        if self.spelled.len() - last.start > bytes_max {
            self.spelled.truncate(last.end);
        }
        last.end = self.spelled.len();
    }

    /// The term that the atoms from one to another (inclusive) are together.
    pub(super) fn term(&self, first: usize, last: usize) -> &str {
        let (Some(first), Some(last)) = (self.list.get(first), self.list.get(last)) else { return "" };
        cut(self.spelled.get(first.start..last.end).unwrap_or(""))
    }

    pub(super) fn link(&self, at: usize) -> Option<Link> {
        self.list.get(at).map(|atom| atom.link)
    }

    fn is_joined(&self, at: usize) -> bool {
        self.link(at) == Some(Link::Joined)
    }

    /// The last atom of each term that begins at an atom and is made of words: itself, joined with its neighbours in
    /// the compound, and the whole compound where it begins one.
    pub(super) fn ends(&self, first: usize) -> impl Iterator<Item = usize> {
        let parts = move |from: usize| (from..self.list.len()).take_while(|at| self.is_joined(*at));
        let nearby = parts(first + 1).take(JOINED_MAX - 1);
        let whole = if self.is_joined(first) { None } else { parts(first + 1).skip(JOINED_MAX - 1).last() };
        core::iter::once(first).chain(nearby).chain(whole)
    }

    /// Every term.
    pub(super) fn each_term(&self, mut each: impl FnMut(&str)) {
        let mut compound = 0;
        for (at, atom) in self.list.iter().enumerate() {
            each(self.term(at, at));
            match atom.link {
                Link::Apart => compound = at,
                Link::Run => {
                    each(self.term(at - 1, at));
                    compound = at;
                }
                Link::Joined => {
                    let nearby = (at + 1).saturating_sub(JOINED_MAX).max(compound);
                    (nearby..at).for_each(|first| each(self.term(first, at)));
                    if compound < nearby && !self.is_joined(at + 1) {
                        each(self.term(compound, at));
                    }
                }
            }
        }
    }
}

/// Whether a folded word is the prefix of a Persian verb that is as often written with a space behind it as with a
/// ZWNJ or with nothing.
pub(super) fn is_verb_prefix(word: &str) -> bool {
    matches!(word, "می" | "نمی")
}

fn role(c: char) -> Role {
    match c {
        'a'..='z' | '0'..='9' => Role::Word,
        JOINT => Role::Joint,
        '\0'..='\x7f' => Role::Separator,
        'а'..='џ' | 'α'..='ω' | 'א'..='ת' | '\u{621}'..='\u{64A}' | '\u{671}'..='\u{6D3}' => Role::Word,
        '\u{4E00}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7A3}' | '\u{3041}'..='\u{3096}' | '\u{30A1}'..='\u{30FA}' => {
            Role::Run
        }
        'अ'..='ह' => Role::Word,
        'ก'..='ะ' | 'า' | 'เ'..='ๆ' => Role::Run,
        _ if is_simple_mark(c) => Role::Mark,
        // Room for emoji that are younger than the tables.
        '\u{1F300}'..='\u{1F3FA}' | '\u{1F400}'..='\u{1FAFF}' => Role::Symbol,
        _ => role_by_category(c),
    }
}

fn role_by_category(c: char) -> Role {
    use GeneralCategoryGroup::{Letter, Mark, Number, Other, Punctuation, Separator, Symbol};
    match c.general_category_group() {
        Letter | Number if is_written_without_spaces(c) => Role::Run,
        Letter | Number => Role::Word,
        Mark => Role::Mark,
        // Colours of skin and accents that stand alone are no symbols that anybody looks for.
        Symbol if c.general_category() == GeneralCategory::ModifierSymbol => Role::Separator,
        Symbol => Role::Symbol,
        // Private use included: in terms it spells what cannot stand for itself.
        Other | Punctuation | Separator => Role::Separator,
    }
}

/// Han, kana, Thai, Lao, Khmer, Myanmar; and Hangul, which has spaces but writes particles to the word before them.
fn is_written_without_spaces(c: char) -> bool {
    matches!(c as u32,
        0xE01..=0xE7F | 0xE81..=0xEFF | 0x1000..=0x109F | 0x1100..=0x11FF | 0x1780..=0x17FF | 0x19E0..=0x19FF
        | 0x2E80..=0x2FDF | 0x3005..=0x30FF | 0x3105..=0x312F | 0x31A0..=0x31BF | 0x31F0..=0x31FF
        | 0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xA960..=0xA97F | 0xA9E0..=0xA9FE | 0xAA60..=0xAA7F
        | 0xAC00..=0xD7FF | 0xF900..=0xFAFF | 0x16FE0..=0x18DFF | 0x1AFF0..=0x1B16F | 0x20000..=0x3FFFD)
}

/// Appends a character as it stands in terms.
///
/// FTS5's `unicode61` takes letters, numbers and private-use characters for parts of tokens and lowers case and
/// removes accents after tables of its own, which are older than ours. So only letters which it is known to leave
/// alone stand for themselves; marks, symbols and all other letters are two private-use characters each.
fn spell(c: char, out: &mut String) {
    if is_plain(c) {
        return out.push(c);
    }
    let (high, low) = (c as u32 >> 10, c as u32 & 0x3FF);
    out.extend([HIGH + high, LOW + low].into_iter().filter_map(char::from_u32));
}

/// The first of two private-use characters, plus up to 0x43F.
const HIGH: u32 = 0xE000;
/// The second of two private-use characters, plus up to 0x3FF.
const LOW: u32 = 0xE800;

/// Letters that `unicode61` takes as they are (SQLite 3.40 and later, tried one by one).
fn is_plain(c: char) -> bool {
    matches!(c as u32,
        0x30..=0x39 | 0x61..=0x7A | 0x250..=0x2AF | 0x3B1..=0x3C1 | 0x3C3..=0x3C9 | 0x430..=0x45F | 0x561..=0x586
        | 0x5D0..=0x5EA | 0x621..=0x63A | 0x641..=0x64A | 0x671..=0x6D3 | 0x904..=0x939 | 0x985..=0x9B9
        | 0xB85..=0xBB9 | 0xC05..=0xC39 | 0xE01..=0xE30 | 0xE40..=0xE46 | 0x1000..=0x102A | 0x10D0..=0x10FA
        | 0x1200..=0x135A | 0x1780..=0x17B3 | 0x3041..=0x3096 | 0x30A1..=0x30FA | 0x30FC..=0x30FE | 0x3400..=0x4DBF
        | 0x4E00..=0x9FFF | 0xAC00..=0xD7A3)
}

/// The beginning of a term that fits, not cut within a spelled pair.
fn cut(term: &str) -> &str {
    if term.len() <= TERM_BYTES_MAX {
        return term;
    }
    let mut end = term.floor_char_boundary(TERM_BYTES_MAX);
    let next = term.get(end..).and_then(|rest| rest.chars().next());
    if next.is_some_and(|c| (LOW..LOW + 0x400).contains(&(c as u32))) {
        end = term.floor_char_boundary(end - 1);
    }
    term.get(..end).unwrap_or("")
}
