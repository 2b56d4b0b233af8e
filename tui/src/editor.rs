//! What is being typed: text and a caret, moved by graphemes and words; knows nothing of screens but widths.

mod rows;

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

pub use self::rows::Row;
use crate::look::Look;

/// A text under construction, and where the caret stands in it.
#[derive(Clone, Debug, Default)]
pub struct Editor {
    text: String,
    /// A byte offset, always at the edge of a grapheme.
    caret: usize,
    look: Look,
}

impl Editor {
    /// An empty one that shows text like this.
    pub fn new(look: Look) -> Self {
        Self { look, ..Self::default() }
    }

    /// Shows text like this from now on.
    pub fn set_look(&mut self, look: Look) {
        self.look = look;
    }

    /// The text as typed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether nothing is typed.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Puts another text in, the caret at its end.
    pub fn set(&mut self, text: &str) {
        text.clone_into(&mut self.text);
        self.caret = self.text.len();
    }

    /// Puts another text in, the caret at this byte or at the edge behind it.
    pub fn set_at(&mut self, text: &str, caret: usize) {
        text.clone_into(&mut self.text);
        self.caret = self.edges_around(text.floor_char_boundary(caret.min(text.len()))).1;
    }

    /// Where the caret stands, in bytes.
    pub fn caret(&self) -> usize {
        self.caret
    }

    /// Takes the text out.
    pub fn take(&mut self) -> String {
        self.caret = 0;
        std::mem::take(&mut self.text)
    }

    /// Types `text` at the caret. Line ends of any kind become `\n`; other control characters than tabs are left out.
    pub fn insert(&mut self, text: &str) {
        let text: String = text
            .replace("\r\n", "\n")
            .replace('\r', "\n")
            .chars()
            .filter(|c| !c.is_control() || *c == '\n' || *c == '\t')
            .collect();
        self.text.insert_str(self.caret, &text);
        self.caret += text.len();
        // A mark typed after its letter joins it: the caret stays behind the whole.
        self.caret = self.edges_around(self.caret).1;
    }

    /// Deletes the last scalar before the caret: of a letter with marks, its last mark.
    pub fn backspace(&mut self) {
        let Some(last) = self.before().chars().next_back() else { return };
        let from = self.caret - last.len_utf8();
        self.text.drain(from..self.caret);
        self.caret = self.edges_around(from + 1).0;
    }

    /// Deletes the grapheme after the caret.
    pub fn delete(&mut self) {
        let end = self.next_edge();
        self.text.drain(self.caret..end);
    }

    /// One grapheme to the left: back, or on in a text that is shown from right to left.
    pub fn left(&mut self) {
        if self.runs_left() { self.on() } else { self.back() }
    }

    /// One grapheme to the right.
    pub fn right(&mut self) {
        if self.runs_left() { self.back() } else { self.on() }
    }

    /// A word to the left.
    pub fn word_left(&mut self) {
        if self.runs_left() { self.word_on() } else { self.caret = self.word_start() }
    }

    /// A word to the right.
    pub fn word_right(&mut self) {
        if self.runs_left() { self.caret = self.word_start() } else { self.word_on() }
    }

    /// As in other editors, the text as a whole decides which way the arrows go, not the letter beside the caret.
    fn runs_left(&self) -> bool {
        self.look.from_the_right(&self.text)
    }

    fn back(&mut self) {
        self.caret = self.edges_around(self.caret).0;
    }

    fn on(&mut self) {
        self.caret = self.next_edge();
    }

    fn word_on(&mut self) {
        let caret = self.caret;
        let end = self.words().map(|(at, word)| at + word.len()).find(|end| *end > caret);
        self.caret = end.unwrap_or(self.text.len());
    }

    /// To the start of the line.
    pub fn home(&mut self) {
        self.caret = self.line().start;
    }

    /// To the end of the line.
    pub fn end(&mut self) {
        self.caret = self.line().end;
    }

    /// Deletes the word before the caret.
    pub fn delete_word(&mut self) {
        let start = self.word_start();
        self.text.drain(start..self.caret);
        self.caret = start;
    }

    /// Deletes the line up to the caret.
    pub fn delete_line(&mut self) {
        let start = self.line().start;
        self.text.drain(start..self.caret);
        self.caret = start;
    }

    /// Deletes the line from the caret on.
    pub fn delete_rest(&mut self) {
        let end = self.line().end;
        self.text.drain(self.caret..end);
    }

    /// A line up or down in a text of several; `false` where there is none.
    pub fn vertical(&mut self, down: bool) -> bool {
        let line = self.line();
        let column = self.text.get(line.start..self.caret).map_or(0, |text| text.graphemes(true).count());
        if down && line.end == self.text.len() || !down && line.start == 0 {
            return false;
        }
        self.caret = if down { line.end + 1 } else { line.start - 1 };
        let target = self.line();
        let text = self.text.get(target.clone()).unwrap_or_default();
        self.caret = text.grapheme_indices(true).nth(column).map_or(target.end, |(at, _)| target.start + at);
        true
    }

    fn before(&self) -> &str {
        self.text.get(..self.caret).unwrap_or_default()
    }

    /// The edge of a grapheme nearest before `at`, and the nearest not before it.
    fn edges_around(&self, at: usize) -> (usize, usize) {
        let edges = self.text.grapheme_indices(true).map(|(edge, _)| edge).chain([self.text.len()]);
        edges.fold((0, 0), |(before, found), edge| {
            let before = if edge < at { edge } else { before };
            (before, if found < at { edge } else { found })
        })
    }

    fn next_edge(&self) -> usize {
        self.edges_around(self.caret + 1).1
    }

    fn words(&self) -> impl DoubleEndedIterator<Item = (usize, &str)> {
        self.text.split_word_bound_indices().filter(|(_, word)| !word.trim().is_empty())
    }

    fn word_start(&self) -> usize {
        self.words().map(|(at, _)| at).rfind(|at| *at < self.caret).unwrap_or(0)
    }

    /// The line the caret stands in, without its `\n`.
    fn line(&self) -> Range<usize> {
        let start = self.before().rfind('\n').map_or(0, |at| at + 1);
        let end =
            self.text.get(self.caret..).and_then(|rest| rest.find('\n')).map_or(self.text.len(), |at| self.caret + at);
        start..end
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(text: &str) -> Editor {
        let mut editor = Editor::default();
        for c in text.chars() {
            editor.insert(c.encode_utf8(&mut [0; 4]));
        }
        editor
    }

    #[test]
    fn the_caret_moves_by_graphemes() {
        let mut editor = typed("ae\u{301}👨\u{200D}👩\u{200D}👧");
        editor.left();
        editor.left();
        editor.insert("x");
        assert_eq!(editor.text(), "axe\u{301}👨\u{200D}👩\u{200D}👧");
        editor.right();
        editor.delete();
        assert_eq!(editor.text(), "axe\u{301}");
    }

    #[test]
    fn backspace_takes_the_last_mark_or_letter() {
        let mut editor = typed("می\u{200C}خ");
        editor.backspace();
        editor.backspace();
        assert_eq!(editor.text(), "می");
        let mut empty = Editor::default();
        empty.backspace();
        assert!(empty.is_empty());
    }

    #[test]
    fn words_and_lines_are_deleted_up_to_the_caret() {
        let mut editor = typed("one two  three");
        editor.delete_word();
        assert_eq!(editor.text(), "one two  ");
        editor.delete_word();
        assert_eq!(editor.text(), "one ");
        editor.insert("more\nlast line");
        editor.delete_line();
        assert_eq!(editor.text(), "one more\n");
        editor.word_left();
        editor.delete_rest();
        assert_eq!(editor.text(), "one \n");
    }

    #[test]
    fn home_end_and_words_find_their_way() {
        let mut editor = typed("ab cd\nef");
        editor.home();
        editor.insert("-");
        assert_eq!(editor.text(), "ab cd\n-ef");
        assert!(editor.vertical(false));
        editor.end();
        editor.insert("!");
        editor.home();
        editor.word_right();
        editor.insert("+");
        assert_eq!(editor.text(), "ab+ cd!\n-ef");
        assert!(!editor.vertical(false));
        assert!(editor.vertical(true));
        assert!(!editor.vertical(true));
    }

    #[test]
    fn pasted_line_ends_are_newlines_and_controls_are_left_out() {
        let mut editor = Editor::default();
        editor.insert("a\r\nb\rc\u{1b}[31m\td");
        assert_eq!(editor.text(), "a\nb\nc[31m\td");
    }
}
