//! What somebody looks for.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::atoms::{Atoms, Link, is_verb_prefix};
use super::fold::{JOINT, fold};

/// Most bytes of UTF-8 in a query.
pub const QUERY_BYTES_MAX: usize = 256;
/// Most words in a query; letters of a script without spaces count as one word where they stand together.
pub const QUERY_WORDS_MAX: usize = 16;
/// Most terms that [`Query::words`] gives.
pub const QUERY_TERMS_MAX: usize = 128;

/// Why a text is no query. `Display` is one plain sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadQuery {
    /// There is no word, digit or symbol in it.
    Empty,
    /// Over 256 bytes.
    TooLong,
    /// Over 16 words, or over 128 terms.
    TooManyWords,
}

impl fmt::Display for BadQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BadQuery::Empty => f.write_str("Write at least one word to look for."),
            BadQuery::TooLong => {
                write!(f, "The search is too long; {QUERY_BYTES_MAX} bytes is the most. Look for fewer words.")
            }
            BadQuery::TooManyWords => {
                write!(f, "The search has too many words; {QUERY_WORDS_MAX} is the most. Look for fewer.")
            }
        }
    }
}

/// A term that every message found holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    term: String,
    prefix: bool,
}

impl Word {
    /// The term, spelled as [`terms`](super::terms) spells it: no quotes, no spaces, at most 64 bytes.
    pub fn term(&self) -> &str {
        &self.term
    }

    /// Whether a term that begins so will do.
    pub fn is_prefix(&self) -> bool {
        self.prefix
    }
}

/// What somebody looks for, read once.
///
/// All words must be there, in any order. A `"quoted phrase"` must be there word by word. A `*` at the end of a word
/// asks for words that begin so. Nothing else has a meaning: `AND`, `-`, `:` and parentheses are text as in a message.
/// What is written without a space (`e-mail`, `x.rs:12`) is looked for as a phrase.
#[derive(Clone, Debug)]
pub struct Query {
    phrases: Vec<Phrase>,
    words: Vec<Word>,
}

/// Words that follow each other.
#[derive(Clone, Debug)]
struct Phrase {
    atoms: Atoms,
    items: Vec<Item>,
    /// The last item may go on.
    prefix: bool,
}

/// One word of a phrase: a compound counts as one, a letter of a run too.
#[derive(Clone, Copy, Debug)]
struct Item {
    first: usize,
    last: usize,
    /// The letter follows the one before it without a space.
    run: bool,
}

impl Query {
    /// Reads a query.
    ///
    /// # Errors
    /// [`BadQuery`] says what to do about it.
    pub fn parse(text: &str) -> Result<Self, BadQuery> {
        if text.len() > QUERY_BYTES_MAX {
            return Err(BadQuery::TooLong);
        }
        let mut query = Self { phrases: Vec::new(), words: Vec::new() };
        let mut rest = text.trim_start();
        while !rest.is_empty() {
            let (said, prefix, behind) = next_phrase(rest);
            query.phrases.extend(Phrase::parse(said, prefix));
            rest = behind.trim_start();
        }
        if query.phrases.is_empty() {
            return Err(BadQuery::Empty);
        }
        let words = query.phrases.iter().flat_map(|phrase| &phrase.items).filter(|item| !item.run).count();
        for phrase in &query.phrases {
            phrase.each_word(|word| {
                if !query.words.contains(&word) {
                    query.words.push(word);
                }
            });
        }
        if words > QUERY_WORDS_MAX || query.words.len() > QUERY_TERMS_MAX {
            return Err(BadQuery::TooManyWords);
        }
        Ok(query)
    }

    /// Terms to ask an index for: a text that [`matches`](Self::matches) has every one of them among its
    /// [`terms`](super::terms), or one that begins so. At least one, at most 128, none twice.
    pub fn words(&self) -> impl Iterator<Item = &Word> {
        self.words.iter()
    }

    /// Whether a text is what was looked for. Costs as much as [`terms`](super::terms) of that text.
    pub fn matches(&self, text: &str) -> bool {
        let atoms = Atoms::of(text);
        self.phrases.iter().all(|phrase| phrase.is_in(&atoms))
    }

    /// The first and last atom of every phrase that stands in a text, wherever it does.
    pub(super) fn places_in(&self, text: &Atoms) -> impl Iterator<Item = (usize, usize)> {
        let ends = move |at: usize| self.phrases.iter().filter_map(move |phrase| phrase.end_at(text, at, 0));
        (0..text.list.len()).flat_map(move |at| ends(at).map(move |end| (at, end - 1)))
    }
}

/// Keyboards of phones write the curled ones.
fn is_quote(c: char) -> bool {
    matches!(c, '"' | '“' | '”' | '„')
}

/// Takes the next phrase off a query that does not begin with a space: what is said, whether it may go on, and what
/// comes after it.
fn next_phrase(text: &str) -> (&str, bool, &str) {
    if let Some(quoted) = text.strip_prefix(is_quote) {
        // A quote between letters is one of the letters, as in Hebrew.
        let closes = |at: usize, quote: &str| {
            !quoted.get(at + quote.len()..).and_then(|rest| rest.chars().next()).is_some_and(char::is_alphanumeric)
        };
        return match quoted.match_indices(is_quote).find(|(at, quote)| closes(*at, quote)) {
            Some((at, quote)) => (quoted.get(..at).unwrap_or(""), false, quoted.get(at + quote.len()..).unwrap_or("")),
            None => (quoted, false, ""),
        };
    }
    let (said, behind) = text.split_at(text.find(char::is_whitespace).unwrap_or(text.len()));
    let mut word = String::new();
    fold(said, &mut word);
    if is_verb_prefix(word.trim_end_matches(JOINT)) {
        // The space joins here, as it does in messages.
        let next = behind.trim_start();
        let more = next.find(|c: char| c.is_whitespace() || is_quote(c)).unwrap_or(next.len());
        let (said, behind) = text.split_at(text.len() - next.len() + more);
        return (said, said.ends_with('*'), behind);
    }
    (said, said.ends_with('*'), behind)
}

impl Phrase {
    fn parse(said: &str, prefix: bool) -> Option<Self> {
        let atoms = Atoms::of(said);
        let mut items: Vec<Item> = Vec::with_capacity(atoms.list.len());
        for (at, atom) in atoms.list.iter().enumerate() {
            match (atom.link, items.last_mut()) {
                (Link::Joined, Some(compound)) => compound.last = at,
                (Link::Joined | Link::Apart, _) => items.push(Item { first: at, last: at, run: false }),
                (Link::Run, _) => items.push(Item { first: at, last: at, run: true }),
            }
        }
        (!items.is_empty()).then_some(Self { atoms, items, prefix })
    }

    /// The terms of a text that has this phrase.
    fn each_word(&self, mut each: impl FnMut(Word)) {
        for (at, item) in self.items.iter().enumerate() {
            let next = self.items.get(at + 1);
            if next.is_some_and(|next| next.run) && !item.run {
                // It is in the pair that the next letter makes.
                continue;
            }
            let first = if item.run { item.first - 1 } else { item.first };
            let term = self.atoms.term(first, item.last).into();
            each(Word { term, prefix: self.prefix && next.is_none() });
        }
    }

    fn is_in(&self, text: &Atoms) -> bool {
        (0..text.list.len()).any(|at| self.end_at(text, at, 0).is_some())
    }

    /// Behind which atom of a text the phrase ends whose item number `item` stands at an atom; `None` where it does not.
    fn end_at(&self, text: &Atoms, at: usize, item: usize) -> Option<usize> {
        let Some(wanted) = self.items.get(item) else { return Some(at) };
        if at >= text.list.len() || wanted.run && text.link(at) != Some(Link::Run) {
            return None;
        }
        let term = self.atoms.term(wanted.first, wanted.last);
        let goes_on = self.prefix && item + 1 == self.items.len();
        text.ends(at).find_map(|last| {
            let there = text.term(at, last);
            let same = if goes_on { there.starts_with(term) } else { there == term };
            if same { self.end_at(text, last + 1, item + 1) } else { None }
        })
    }
}
