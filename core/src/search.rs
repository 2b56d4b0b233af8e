//! Search that finds words as people know them, whatever their script, keyboard and spelling.
//!
//! A store keeps the [`terms`] of every message in an index of words, asks it for the [`Query::words`], and verifies
//! each candidate with [`Query::matches`]. A store without an index asks [`Query::matches`] of every message; both
//! find the same. Everything here is pure: the same text has the same terms, until [`EDITION`] changes.
//!
//! What is one word to a reader is one term:
//!
//! - **Spelling** is made even: NFKC, no case, no accents, harakat, niqqud or tatweel, ASCII digits, one letter for
//!   those that Arabic and Persian keyboards exchange (ي ى ئ = ی, ك = ک, ة = ه, أ إ آ = ا), `ß` = `ss`, `ł` = `l`,
//!   `ё` = `е`. Marks that are vowels, as in Devanagari and Thai, stay.
//! - **Compounds** are found joined and in parts: `می‌خواهم` (with ZWNJ) gives `میخواهم`, `می` and `خواهم`; `don't`
//!   gives `dont`, `don` and `t`; `l'amico` is found by `amico`. Neighbouring parts of longer ones are joined too. A
//!   space after the Persian prefixes می and نمی joins as ZWNJ does.
//! - **Scripts without spaces** (Han, kana, Thai, Lao, Khmer, Myanmar) and Hangul, which writes particles to its words,
//!   give every letter and every pair of neighbours: `图书馆` gives `图`, `书`, `馆`, `图书`, `书馆`. Single letters
//!   make an index a fifth larger, and one letter is looked up as fast as any word.
//! - **Emoji** and other symbols are terms, alone.
//! - Everything else separates.
//!
//! The terms are made for FTS5's tokenizer `unicode61` (<https://sqlite.org/fts5.html#unicode61_tokenizer>), which
//! takes them as they are when they are given with spaces between: no term is split, and no two become one. A simpler
//! one (`ascii`) does so all the more. No term holds a `_`, so that an index may have terms of its own.

mod atoms;
mod fold;
mod found;
mod query;
#[cfg(test)]
mod tests;

pub use query::{BadQuery, QUERY_BYTES_MAX, QUERY_TERMS_MAX, QUERY_WORDS_MAX, Query, Word};

/// Which terms these are. It is counted up whenever a text gets other terms than before; who keeps terms keeps this
/// with them, and makes them anew when it differs.
pub const EDITION: u32 = 1;

/// Most bytes of one term. Longer words are cut, and found by queries that are cut alike.
pub const TERM_BYTES_MAX: usize = atoms::TERM_BYTES_MAX;

/// Most bytes that all terms of a text have together, one separator each included, for each byte of the text. It is
/// a single character that stands for a long word which comes near; most text stays below three.
pub const TERMS_BYTES_PER_BYTE_MAX: usize = 24;

/// Gives every term of a text, in the order of the text and as often as it occurs.
///
/// Terms are 1–64 bytes of letters, digits and private-use characters; together they stay within
/// [`TERMS_BYTES_PER_BYTE_MAX`]. A line of ASCII costs a fraction of a microsecond.
///
/// ```
/// let mut row = String::new();
/// parlor_core::search::terms("Don't panic: 图书馆", |term| {
///     row.push_str(term);
///     row.push(' ');
/// });
/// assert_eq!(row, "don t dont panic 图 书 图书 馆 书馆 ");
/// ```
pub fn terms(text: &str, each: impl FnMut(&str)) {
    atoms::Atoms::of(text).each_term(each);
}

/// A text as a search compares it: spelling made even, and nothing where words are joined.
pub(crate) fn spelling(text: &str) -> alloc::string::String {
    let mut folded = alloc::string::String::with_capacity(text.len());
    fold::fold(text, &mut folded);
    folded.retain(|c| c != fold::JOINT);
    folded
}
