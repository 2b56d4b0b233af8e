//! Parts of a text that are more than text: links, and one's own name.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

use super::reading::{is_word_at, words_in};
use super::{Entry, EntryKind, Revision, hyperlink};
use crate::name;
use crate::search::Query;

/// Spans kept of one text; what comes behind is plain.
const SPANS_MAX: usize = 64;

/// A part of an entry's text that a view shows otherwise.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Span {
    /// Which bytes of [`Entry::what`]; they begin and end between characters.
    pub range: Range<usize>,
    /// What it is.
    pub kind: SpanKind,
}

/// What a part of a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SpanKind {
    /// A link; [`super::Hyperlink::of`] its text says where it leads.
    Link,
    /// One's own name, with the `@` before it if there is one.
    Mention,
}

impl Entry {
    /// The links in what was said or happened, and where oneself is named: in order, none overlapping another, at most
    /// 64. Made once when the text arrives or changes, so that asking costs nothing.
    pub fn spans(&self) -> &[Span] {
        if self.whole().is_some() { &[] } else { &self.spans }
    }

    /// What its spans are from now on. To be called whenever the text is another one.
    pub(super) fn find_spans(&mut self, me: &str) {
        self.spans = match &self.kind {
            EntryKind::Message { revision: Revision::Deleted, .. } => Box::default(),
            EntryKind::Message { text, mention, .. } => spans(text, mention.then_some(me)),
            EntryKind::Notice(text) | EntryKind::Error(text) => spans(text, None),
        };
    }
}

/// The spans of a text, where somebody called `me` reads it; without a name only links are looked for. For texts that
/// are in no timeline, such as topics and what a search found.
pub fn spans(text: &str, me: Option<&str>) -> Box<[Span]> {
    let link = |range| Span { range, kind: SpanKind::Link };
    let mut spans: Vec<Span> = hyperlink::links(text).take(SPANS_MAX).map(link).collect();
    if let Some(me) = me {
        let links = spans.len();
        for range in mentions(text, me) {
            if spans.len() >= SPANS_MAX {
                break;
            }
            let apart = |span: &Span| span.range.end <= range.start || range.end <= span.range.start;
            if spans.iter().take(links).all(apart) {
                spans.push(Span { range, kind: SpanKind::Mention });
            }
        }
        spans.sort_by_key(|span| span.range.start);
    }
    spans.into()
}

/// Where the words of a query stand in a text, by the rules of [`crate::search`]: in order, none overlapping another,
/// at most 64. A word that goes on after a `*` is given whole. Nothing where the query is none. Costs what
/// [`Query::parse`] and [`Query::find_in`] cost: whoever looks through many texts parses once.
pub fn found(text: &str, query: &str) -> Vec<Range<usize>> {
    Query::parse(query).map_or_else(|_| Vec::new(), |query| query.find_in(text))
}

/// Where a text names somebody.
fn mentions(text: &str, nick: &str) -> Vec<Range<usize>> {
    let nick = name::fold(nick);
    let folded = Folded::of(text);
    let mut found = Vec::new();
    if nick.is_empty() {
        return found;
    }
    for at in words_in(&folded.text, &nick) {
        let Some(mut range) = folded.origin(at..at + nick.len()) else { continue };
        if let Some(before) = text.get(..range.start)
            && before.ends_with('@')
            && is_word_at(text, range.start - 1)
        {
            range.start -= 1;
        }
        found.push(range);
    }
    found
}

/// A text as names are compared, and where each part of it comes from.
struct Folded {
    text: String,
    /// Where each grapheme ends: in the folded text, and in the original.
    ends: Vec<(usize, usize)>,
}

impl Folded {
    fn of(text: &str) -> Self {
        let mut folded = Self { text: String::with_capacity(text.len()), ends: Vec::new() };
        for (at, grapheme) in text.grapheme_indices(true) {
            folded.text.push_str(&name::fold(grapheme));
            folded.ends.push((folded.text.len(), at + grapheme.len()));
        }
        folded
    }

    /// Which bytes of the original a part of the folded text was made of.
    fn origin(&self, range: Range<usize>) -> Option<Range<usize>> {
        let first = self.ends.partition_point(|(end, _)| *end <= range.start);
        let last = self.ends.partition_point(|(end, _)| *end < range.end);
        let start = first.checked_sub(1).and_then(|before| self.ends.get(before)).map_or(0, |(_, end)| *end);
        Some(start..self.ends.get(last)?.1)
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use proptest::prelude::*;

    use super::*;

    fn said(text: &str, me: &str) -> Vec<(SpanKind, String)> {
        spans(text, Some(me)).iter().map(|span| (span.kind, text[span.range.clone()].into())).collect()
    }

    #[test]
    fn ones_own_name_is_found_in_whatever_spelling() {
        for (text, me, names) in [
            ("ada: ciao", "ada", vec!["ada"]),
            ("ciao ADA, and Ada", "ada", vec!["ADA", "Ada"]),
            ("@ada?", "ada", vec!["@ada"]),
            ("a@ada", "ada", vec!["ada"]),
            ("adamant, canada, ada_1", "ada", vec![]),
            ("Cafe\u{301}? CAFÉ!", "café", vec!["Cafe\u{301}", "CAFÉ"]),
            ("سلام می\u{200C}نا، خوبی؟", "مینا", vec!["می\u{200C}نا"]),
            ("سلام علی", "علی", vec!["علی"]),
            ("ﬁlippo", "filippo", vec!["ﬁlippo"]),
            ("STRASSE", "straße", vec!["STRASSE"]),
            ("ada", "", vec![]),
        ] {
            let found: Vec<String> = said(text, me).into_iter().map(|(_, text)| text).collect();
            assert_eq!(found, names, "{text}");
        }
    }

    #[test]
    fn a_name_within_a_link_is_part_of_the_link() {
        let found = said("see https://x.example/ada, ada", "ada");
        assert_eq!(found, [(SpanKind::Link, "https://x.example/ada".into()), (SpanKind::Mention, "ada".into())]);
    }

    #[test]
    fn a_text_full_of_links_and_names_has_a_bounded_number() {
        let text = "ada https://x.example ".repeat(300);
        assert_eq!(spans(&text, Some("ada")).len(), SPANS_MAX);
        assert_eq!(found(&text, "ada").len(), SPANS_MAX);
    }

    #[test]
    fn what_is_looked_for_is_found_as_the_search_finds_it() {
        for (text, query, words) in [
            ("Don't panic", "dont", vec!["Don't"]),
            ("CAFÉ cafe\u{301}", "cafe", vec!["CAFÉ", "cafe\u{301}"]),
            ("كتاب و کتاب", "کتاب", vec!["كتاب", "کتاب"]),
            ("من می\u{200C}خواهم", "میخواهم", vec!["می\u{200C}خواهم"]),
            ("hello there, help", "hel*", vec!["hello", "help"]),
            ("red green red", "\"green red\"", vec!["green red"]),
            ("去图书馆", "图书", vec!["图书"]),
            ("nothing", "else", vec![]),
            ("nothing", "", vec![]),
        ] {
            let found: Vec<&str> = found(text, query).into_iter().map(|range| &text[range]).collect();
            assert_eq!(found, words, "{text} / {query}");
        }
    }

    fn words() -> impl Strategy<Value = String> {
        let part = prop_oneof![
            Just("ada"),
            Just("ADA"),
            Just("@"),
            Just("https://"),
            Just("www."),
            Just("a.b"),
            Just("/("),
            Just(")"),
            Just(" "),
            Just("می"),
            Just("\u{200C}"),
            Just("e\u{301}"),
            Just("İ"),
            Just("ﬁ"),
            Just("🇮🇷"),
            Just("각"),
            Just("\u{1112}\u{1161}"),
            Just("mailto:"),
            Just("."),
            Just("ß"),
            Just("图"),
            Just("ΐ"),
        ];
        proptest::collection::vec(part, 0..24).prop_map(|parts| parts.concat())
    }

    /// Such words, and any characters between them.
    fn mixed() -> impl Strategy<Value = String> {
        let any = any::<char>().prop_map(String::from);
        proptest::collection::vec(prop_oneof![words(), any], 0..12).prop_map(|parts| parts.concat())
    }

    proptest! {
        #[test]
        fn spans_are_in_order_and_cut_no_character(text in mixed(), query in words()) {
            let spans = spans(&text, Some("ada"));
            for span in spans.iter().filter(|span| span.kind == SpanKind::Link) {
                let link = text.get(span.range.clone()).and_then(super::super::Hyperlink::of);
                let link = link.expect("what is found as a link is one");
                let opened = ["https://", "http://", "mailto:"];
                prop_assert!(opened.iter().any(|scheme| link.url().to_lowercase().starts_with(scheme)), "{:?}", link);
                prop_assert!(!link.host().is_empty(), "{:?}", link);
            }
            // Nothing at all is a link that leads nowhere or ends the program.
            let _ = super::super::Hyperlink::of(&text);
            let ranges = spans.iter().map(|span| span.range.clone()).collect::<Vec<_>>();
            for ranges in [ranges, found(&text, &query)] {
                let mut end = 0;
                for range in ranges {
                    prop_assert!(range.start >= end && range.start < range.end, "{:?} in {:?}", range, text);
                    prop_assert!(text.get(range.clone()).is_some(), "{:?} in {:?}", range, text);
                    end = range.end;
                }
            }
        }

        #[test]
        fn a_text_that_names_somebody_says_where(text in words()) {
            let named = super::super::reading::names("ada", &text);
            prop_assert_eq!(!mentions(&text, "ada").is_empty(), named, "{:?}", text);
        }

        #[test]
        fn a_text_that_matches_says_where(text in words(), query in words()) {
            if let Ok(query) = Query::parse(&query) && query.matches(&text) {
                prop_assert!(!query.find_in(&text).is_empty(), "{:?} in {:?}", query, text);
            }
        }
    }
}
