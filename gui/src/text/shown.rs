//! What is drawn for a text: harmless, with its direction settled, and with the way back to its bytes.

use std::ops::Range;

use parlor_core::text::{Direction, direction, printable};
use unicode_segmentation::UnicodeSegmentation;

/// Most marks drawn upon one letter; more would only paint over the lines around.
const MARKS_MAX: usize = 8;
/// Most characters that are drawn as one; families and flags of regions have less.
const CLUSTER_MAX: usize = 32;

/// A text as it is laid out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Shown {
    /// What is laid out.
    pub(super) text: String,
    /// Bytes at its beginning that settle its direction and are no part of it.
    pub(super) mark: usize,
    /// Whether its paragraphs run from right to left.
    pub(super) rtl: bool,
    /// Where bytes of the source are, in ascending order, wherever the distance between both changes: (drawn, source).
    steps: Vec<(usize, usize)>,
    /// Length of the source.
    len: usize,
}

impl Shown {
    /// What is drawn for `source`; its line ends are spaces if it is `flat`. Where nothing in it decides, it runs from right to
    /// left if it does `otherwise`.
    pub(super) fn new(source: &str, flat: bool, otherwise: bool) -> Self {
        Self::running(source, flat, direction(source).map_or(otherwise, Direction::is_right_to_left))
    }

    /// The same where it is settled already whether it runs from right to left.
    pub(super) fn running(source: &str, flat: bool, rtl: bool) -> Self {
        let mut shown = Self { rtl, len: source.len(), ..Self::default() };
        // The layout's own rule knows neither of links nor of emoji.
        if rtl || source.chars().any(is_right_to_left) {
            shown.text.push(if rtl { '\u{200F}' } else { '\u{200E}' });
            shown.mark = shown.text.len();
        }
        shown.text.reserve(source.len());
        if is_plain(source) {
            shown.steps.push((shown.mark, 0));
            shown.text.push_str(source);
        } else {
            for (at, cluster) in source.grapheme_indices(true) {
                shown.push(at, cluster);
            }
        }
        if flat {
            // As many bytes: the way back stays the same.
            shown.text = shown.text.replace('\n', " ");
        }
        shown
    }

    fn push(&mut self, at: usize, cluster: &str) {
        let step = (self.text.len(), at);
        if self.steps.last().is_none_or(|last| step.0 - last.0 != step.1 - last.1) {
            self.steps.push(step);
        }
        if cluster.len() == 1 || is_plain(cluster) {
            return self.text.push_str(&printable(cluster));
        }
        let (mut marks, mut kept) = (0, String::new());
        for c in cluster.chars().take(CLUSTER_MAX) {
            marks = if is_mark(c) { marks + 1 } else { 0 };
            if marks <= MARKS_MAX {
                kept.push(c);
            }
        }
        self.text.push_str(&printable(&kept));
    }

    /// Cuts what is drawn off at byte `end` and puts an ellipsis there.
    pub(super) fn cut(&mut self, end: usize) {
        self.text.truncate(end);
        self.text.push('…');
    }

    /// The byte of the source that is drawn at byte `drawn`.
    pub(super) fn source(&self, drawn: usize) -> usize {
        let index = self.steps.partition_point(|(at, _)| *at <= drawn);
        let (at, from) =
            index.checked_sub(1).and_then(|index| self.steps.get(index)).copied().unwrap_or((self.mark, 0));
        let next = self.steps.get(index).map_or(self.len, |(_, source)| *source);
        (from + drawn.saturating_sub(at)).min(next).min(self.len)
    }

    /// Where byte `source` of the source is drawn.
    pub(super) fn drawn(&self, source: usize) -> usize {
        let index = self.steps.partition_point(|(_, from)| *from <= source);
        let (at, from) =
            index.checked_sub(1).and_then(|index| self.steps.get(index)).copied().unwrap_or((self.mark, 0));
        let next = self.steps.get(index).map_or(self.text.len(), |(at, _)| *at);
        (at + (source - from)).min(next).min(self.text.len())
    }

    /// The bytes of the source that are drawn as `range`.
    pub(super) fn sources(&self, range: Range<usize>) -> Range<usize> {
        self.source(range.start)..self.source(range.end)
    }
}

/// Whether every character of it is drawn as it is: no controls, no marks upon marks.
fn is_plain(text: &str) -> bool {
    let mut marks = 0;
    let mut run = 0;
    for c in text.chars() {
        let steers = matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
        marks = if is_mark(c) { marks + 1 } else { 0 };
        // Only what joins others can be in a cluster that is too long.
        run = if c.is_ascii() { 0 } else { run + 1 };
        if (c != '\n' && c.is_control()) || steers || marks > MARKS_MAX || run > CLUSTER_MAX {
            return false;
        }
    }
    true
}

/// Characters of scripts that are written from right to left, and the mark that stands for one.
fn is_right_to_left(c: char) -> bool {
    matches!(c,
        '\u{0590}'..='\u{08FF}' | '\u{200F}' | '\u{FB1D}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFC}'
        | '\u{10800}'..='\u{10FFF}' | '\u{1E800}'..='\u{1EFFF}')
}

/// Marks that are drawn upon the letter before.
fn is_mark(c: char) -> bool {
    matches!(c,
        '\u{0300}'..='\u{036F}' | '\u{0483}'..='\u{0489}' | '\u{0591}'..='\u{05BD}' | '\u{0610}'..='\u{061A}'
        | '\u{064B}'..='\u{065F}' | '\u{0670}' | '\u{06D6}'..='\u{06ED}' | '\u{0E31}' | '\u{0E34}'..='\u{0E3A}'
        | '\u{0E47}'..='\u{0E4E}' | '\u{0EB1}'..='\u{0ECD}' | '\u{0F71}'..='\u{0F84}' | '\u{1AB0}'..='\u{1AFF}'
        | '\u{1DC0}'..='\u{1DFF}' | '\u{20D0}'..='\u{20FF}' | '\u{FE20}'..='\u{FE2F}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_found_again_whatever_is_left_out_of_the_drawing() {
        for text in ["abc", "سلام 🇮🇷", "a\tb\u{1b}c", "\u{202E}abc\u{202C}d", "x\u{301}\u{301}y", ""] {
            let shown = Shown::new(text, false, false);
            for (at, _) in text.char_indices().chain([(text.len(), ' ')]) {
                let cluster = text.grapheme_indices(true).map(|(at, _)| at).chain([text.len()]).any(|edge| edge == at);
                if cluster
                    && !matches!(text.get(at..).and_then(|rest| rest.chars().next()), Some('\u{202A}'..='\u{202E}'))
                {
                    let drawn = shown.drawn(at);
                    assert!(shown.text.is_char_boundary(drawn), "{text:?} at {at}");
                    assert_eq!(shown.source(drawn), at, "{text:?} at {at}, drawn at {drawn} as {:?}", shown.text);
                }
            }
        }
    }

    #[test]
    fn no_letter_carries_more_marks_than_can_be_drawn() {
        let heap = format!("a{}b", "\u{301}".repeat(200));
        let shown = Shown::new(&heap, false, false);
        assert_eq!(shown.text, format!("a{}b", "\u{301}".repeat(MARKS_MAX)));
        assert_eq!(shown.source(shown.text.len() - 1), heap.len() - 1);
        let conjunct = "क्".repeat(100);
        assert!(Shown::new(&conjunct, false, true).text.chars().count() <= CLUSTER_MAX);
    }
}
