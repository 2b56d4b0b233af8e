//! The text of a field, its caret, and how both change. Places are bytes of the text.

use std::ops::Range;
use std::sync::Arc;

use parley::Layout;
use parley::editing::{Cursor, Selection};
use parley::layout::Affinity;
use unicode_segmentation::UnicodeSegmentation;

use super::walk::{is_between_characters, step, step_word, word_at};
use crate::text::Shaped;

/// Most characters that are taken for one; more marks than that are not typed.
const CLUSTER_MAX: usize = 32;

/// Whether this can be drawn as one character.
fn is_bounded(cluster: &str) -> bool {
    cluster.len() <= CLUSTER_MAX || cluster.chars().count() <= CLUSTER_MAX
}

/// What of a text can be drawn: of each character so many parts at most.
pub(super) fn drawable(text: &str) -> String {
    text.graphemes(true).flat_map(|cluster| cluster.chars().take(CLUSTER_MAX)).collect()
}

/// A text that is edited.
#[derive(Default)]
pub(super) struct Editor {
    text: String,
    anchor: usize,
    focus: usize,
    /// What an input method is composing at the caret, and where the caret is in it.
    compose: Option<(String, usize)>,
    /// The layout and the selection in it, as long as they are of this text.
    laid: Option<Laid>,
}

struct Laid {
    shaped: Arc<Shaped>,
    selection: Selection,
}

impl Editor {
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn anchor(&self) -> usize {
        self.anchor
    }

    pub(super) fn focus(&self) -> usize {
        self.focus
    }

    /// The bytes that are selected, none of them where the caret stands alone.
    pub(super) fn selected(&self) -> Range<usize> {
        self.anchor.min(self.focus)..self.anchor.max(self.focus)
    }

    pub(super) fn selected_text(&self) -> Option<&str> {
        let range = self.selected();
        self.text.get(range).filter(|text| !text.is_empty())
    }

    pub(super) fn set(&mut self, text: &str) {
        text.clone_into(&mut self.text);
        self.compose = None;
        self.put(text.len(), text.len());
    }

    pub(super) fn select(&mut self, range: Range<usize>) {
        self.put(range.start, range.end);
    }

    /// Puts the two ends of the selection there.
    pub(super) fn put(&mut self, anchor: usize, focus: usize) {
        (self.anchor, self.focus) = (anchor.min(self.text.len()), focus.min(self.text.len()));
        self.laid = None;
    }

    /// The caret alone, without what was selected.
    pub(super) fn collapse(&mut self) {
        self.put(self.focus, self.focus);
    }

    /// Puts `with` in place of a range; the caret stands behind it. Not done, and `false`, if more marks than can be
    /// drawn would heap up on one letter.
    pub(super) fn replace(&mut self, range: Range<usize>, with: &str) -> bool {
        if !self.takes(range.clone(), with) {
            return false;
        }
        self.text.replace_range(range.clone(), with);
        let end = range.start + with.len();
        self.put(end, end);
        true
    }

    /// Whether [`Editor::replace`] does it. What stands there already is taken as it is.
    pub(super) fn takes(&self, range: Range<usize>, with: &str) -> bool {
        let (Some(head), Some(tail)) = (self.text.get(..range.start), self.text.get(range.end..)) else { return false };
        if range.start > range.end {
            return false;
        }
        if with.is_ascii() {
            return true;
        }
        let head = head.graphemes(true).next_back().unwrap_or_default();
        let around = [head, with, tail.graphemes(true).next().unwrap_or_default()].concat();
        let (start, end) = (head.len(), head.len() + with.len());
        let mut new = around.grapheme_indices(true).filter(|(at, cluster)| *at < end && at + cluster.len() > start);
        new.all(|(_, cluster)| is_bounded(cluster))
    }

    /// Puts `text` in place of what is selected.
    pub(super) fn insert(&mut self, text: &str) -> bool {
        self.replace(self.selected(), text)
    }

    /// The bytes that a key before or behind the caret takes away: what is selected, or a character, or a word.
    pub(super) fn reach(&self, back: bool, word: bool) -> Range<usize> {
        let selected = self.selected();
        if !selected.is_empty() {
            return selected;
        }
        let at = self.focus;
        match (back, word) {
            (true, false) => before(&self.text[..at])..at,
            (false, false) => at..at + self.text[at..].graphemes(true).next().map_or(0, str::len),
            (true, true) => {
                let words = self.text[..at].split_word_bound_indices().rev();
                words.filter(|(_, word)| !word.trim().is_empty()).map(|(start, _)| start).next().unwrap_or(0)..at
            }
            (false, true) => {
                let mut words = self.text[at..].split_word_bound_indices().filter(|(_, word)| !word.trim().is_empty());
                at..words.next().map_or(self.text.len(), |(start, word)| at + start + word.len())
            }
        }
    }

    /// What an input method is composing, with the caret `caret` bytes in; nothing, if it is empty.
    pub(super) fn compose(&mut self, text: &str, caret: usize) {
        let selected = self.selected();
        if !text.is_empty() && !selected.is_empty() {
            self.replace(selected, "");
        }
        self.compose = (!text.is_empty()).then(|| (text.to_owned(), caret.min(text.len())));
        self.laid = None;
    }

    pub(super) fn is_composing(&self) -> bool {
        self.compose.is_some()
    }

    /// The text as it is drawn, and which bytes of it are being composed.
    pub(super) fn drawn(&self) -> (String, Option<Range<usize>>) {
        let mut text = self.text.clone();
        let composed = self.compose.as_ref().map(|(composed, _)| {
            text.insert_str(self.focus, composed);
            self.focus..self.focus + composed.len()
        });
        (text, composed)
    }

    /// The layout, if it is still that of the text.
    pub(super) fn shaped(&self) -> Option<&Arc<Shaped>> {
        self.laid.as_ref().map(|laid| &laid.shaped)
    }

    /// Takes the layout of [`Editor::drawn`].
    pub(super) fn take_layout(&mut self, shaped: Arc<Shaped>) {
        let composed = self.compose.as_ref().map_or(0, |(_, caret)| *caret);
        let (anchor, focus) = match self.compose {
            Some(_) => (self.focus + composed, self.focus + composed),
            None => (self.anchor, self.focus),
        };
        let selection = Selection::new(cursor(&shaped, anchor), cursor(&shaped, focus));
        self.laid = Some(Laid { shaped, selection });
    }

    /// The selection in the layout.
    pub(super) fn selection(&self) -> Option<&Selection> {
        self.laid.as_ref().map(|laid| &laid.selection)
    }

    /// Moves the caret as `step` says, which may also select.
    pub(super) fn go(&mut self, step: impl FnOnce(&Selection, &Layout<()>) -> Selection) {
        let Some(laid) = self.laid.as_mut().filter(|_| self.compose.is_none()) else { return };
        laid.selection = step(&laid.selection, laid.shaped.layout());
        self.settle();
    }

    /// Moves the caret to where an arrow points, by a character or a word, and selects on the way if that is wanted.
    pub(super) fn walk(&mut self, right: bool, word: bool, select: bool) {
        let Some(laid) = self.laid.as_mut().filter(|_| self.compose.is_none()) else { return };
        let (anchor, focus) = (laid.selection.anchor(), laid.selection.focus());
        let layout = laid.shaped.layout();
        if !select && !word && anchor != focus {
            // The arrow leads to that end of what is selected that lies there.
            let place = |cursor: Cursor| cursor.geometry(layout, 0.0);
            let (a, b) = (place(anchor), place(focus));
            let a_is_right = if a.y0 == b.y0 { a.x0 > b.x0 } else { (a.y0 > b.y0) != laid.shaped.is_rtl() };
            laid.selection = Selection::from(if a_is_right == right { anchor } else { focus });
            return self.settle();
        }
        let step = if word { step_word } else { step };
        let to = step(&laid.shaped, &self.text, focus, right).unwrap_or(focus);
        laid.selection = if select { Selection::new(anchor, to) } else { Selection::from(to) };
        self.settle();
    }

    /// Selects the word at byte `at`.
    pub(super) fn select_word(&mut self, at: usize) {
        let word = word_at(&self.text, at);
        self.select(word);
    }

    /// Takes the places that the selection in the layout stands for: between characters, and not before what settles
    /// the direction.
    fn settle(&mut self) {
        let Some(laid) = self.laid.as_mut() else { return };
        let ends = [laid.selection.anchor(), laid.selection.focus()];
        let [anchor, focus] = ends.map(|end| {
            let mut byte = laid.shaped.source(end.index());
            while !is_between_characters(&self.text, byte) {
                byte -= 1;
            }
            byte
        });
        (self.anchor, self.focus) = (anchor, focus);
        let stands = |end: Cursor, byte| laid.shaped.drawn(byte) == end.index() && end.index() >= laid.shaped.start();
        if !stands(ends[0], anchor) || !stands(ends[1], focus) {
            laid.selection = Selection::new(cursor(&laid.shaped, anchor), cursor(&laid.shaped, focus));
        }
    }
}

/// A caret before byte `at` of the text, drawn beside what stands before it: at the end of a line on that line, and at the
/// beginning beside what settles the direction.
fn cursor(shaped: &Shaped, at: usize) -> Cursor {
    let drawn = shaped.drawn(at);
    let behind_line = shaped.text().get(..drawn).is_some_and(|text| text.ends_with('\n'));
    let affinity = if behind_line { Affinity::Downstream } else { Affinity::Upstream };
    Cursor::from_byte_index(shaped.layout(), drawn, affinity)
}

/// Where the character ends that is left when the last one of `text` is taken away: a letter without its last mark,
/// but emoji and line ends as a whole.
fn before(text: &str) -> usize {
    let Some((start, cluster)) = text.grapheme_indices(true).next_back() else { return 0 };
    let whole = cluster.chars().any(|c| matches!(c, '\n' | '\u{200D}' | '\u{FE0F}' | '\u{1F000}'..='\u{1FAFF}'));
    let last = text.char_indices().next_back().map_or(start, |(at, _)| at);
    if whole { start } else { last }
}

impl std::fmt::Debug for Editor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { anchor, focus, .. } = self;
        f.debug_struct("Editor").field("anchor", anchor).field("focus", focus).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backspace_takes_a_mark_from_a_letter_but_a_family_at_once() {
        for (text, left) in [("سَ", "س"), ("a👨‍👩‍👧", "a"), ("🇮🇷", ""), ("ab", "a"), ("a\n", "a"), ("", "")]
        {
            assert_eq!(&text[..before(text)], left, "{text:?}");
        }
    }

    #[test]
    fn words_are_taken_with_the_spaces_beside_them() {
        let mut editor = Editor::default();
        editor.set("سلام دنیا  ");
        assert_eq!(&editor.text()[editor.reach(true, true)], "دنیا  ");
        editor.put(0, 0);
        assert_eq!(&editor.text()[editor.reach(false, true)], "سلام");
    }

    #[test]
    fn marks_do_not_heap_up() {
        let mut editor = Editor::default();
        assert!(editor.insert("a"));
        let typed = (0..200).filter(|_| editor.insert("\u{301}")).count();
        assert_eq!(typed, CLUSTER_MAX - 1);
        assert!(editor.insert(" and on"));
    }
}
