//! What is being typed: text and a caret, moved by graphemes and words; knows nothing of screens but widths.

use std::borrow::Cow;
use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

use crate::bidi::paragraph::Paragraph;
use crate::look::Look;

/// A text under construction, and where the caret stands in it.
#[derive(Clone, Debug, Default)]
pub struct Editor {
    text: String,
    /// A byte offset, always at the edge of a grapheme.
    caret: usize,
    look: Look,
}

/// One row of an [`Editor`] as drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// What is printed, from left to right.
    pub text: String,
    /// The cell the caret stands on, if it stands in this row.
    pub caret: Option<usize>,
}

/// Where each unit of a row stands: its index, its first cell, how many cells it takes.
fn places(paragraph: &Paragraph, line: Range<usize>, cells: usize) -> Vec<(usize, usize, usize)> {
    let right = paragraph.is_rtl();
    let mut x = if right { cells.saturating_sub(paragraph.cells(line.clone())) } else { 0 };
    let place = |at: usize| {
        let used = paragraph.units().get(at).map_or(0, |unit| unit.cells);
        x += used;
        (at, x - used, used)
    };
    paragraph.visual(line).into_iter().map(place).collect()
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

    /// The text in rows of `cells` cells as drawn, the caret among them; at least one. `mask` hides each grapheme
    /// behind `*`.
    ///
    /// Where this program turns text, a text that runs from right to left rests against the right edge, and the caret
    /// stands on the cell of the letter that it is before in logical order; at a row's end, beyond that end.
    pub fn rows(&self, cells: usize, mask: bool) -> Vec<Row> {
        let cells = cells.max(2);
        let mut rows: Vec<Row> = Vec::new();
        self.each_row(cells, mask, |paragraph, line, end, caret_at_end| {
            rows.push(self.row(paragraph, line, (end, caret_at_end), cells));
        });
        rows
    }

    /// Puts the caret where this cell of this row is.
    pub fn click(&mut self, cells: usize, (x, row): (usize, usize)) {
        let cells = cells.max(2);
        let (mut number, mut found) = (0, self.text.len());
        self.each_row(cells, false, |paragraph, line, end, _| {
            if number == row {
                let places = places(paragraph, line, cells);
                let hit = places.iter().find(|(_, start, used)| (*start..start + used).contains(&x));
                found = hit.and_then(|(at, ..)| paragraph.units().get(*at)).map_or(end, |unit| unit.at.start);
            }
            number += 1;
        });
        self.caret = found;
    }

    /// Calls `row` for each row with its paragraph, its units in that, where in the text it ends, and whether the
    /// caret can stand there.
    fn each_row(&self, cells: usize, mask: bool, mut row: impl FnMut(&Paragraph, Range<usize>, usize, bool)) {
        let rtl = !mask && self.look.from_the_right(&self.text);
        // A caret at the left end of a full row needs a cell there.
        let fits = if rtl { cells - 1 } else { cells };
        let mut start = 0;
        for line in self.text.split('\n') {
            let end = start + line.len();
            let pieces = line.grapheme_indices(true).map(|(at, grapheme)| {
                let shown = if mask { "*".to_owned() } else { self.look.clean(grapheme) };
                (start + at..start + at + grapheme.len(), Cow::Owned(shown))
            });
            let paragraph = Paragraph::of_pieces(pieces, self.look.bidi, rtl, Some(self.caret));
            let (mut from, mut x) = (0, 0);
            for (at, unit) in paragraph.units().iter().enumerate() {
                if x + unit.cells > fits && x > 0 {
                    row(&paragraph, from..at, unit.at.start, false);
                    (from, x) = (at, 0);
                }
                x += unit.cells;
            }
            // Behind the last letter of all the caret has a cell of its own.
            let last = end == self.text.len();
            let full = last && x >= fits && self.caret == end;
            row(&paragraph, from..paragraph.units().len(), end, !full);
            if full {
                row(&Paragraph::of_pieces([], self.look.bidi, rtl, None), 0..0, end, true);
            }
            start = end + 1;
        }
    }

    fn row(&self, paragraph: &Paragraph, line: Range<usize>, (end, at_end): (usize, bool), cells: usize) -> Row {
        let right = paragraph.is_rtl();
        let used = paragraph.cells(line.clone());
        let indent = if right { cells.saturating_sub(used) } else { 0 };
        let on = |at: usize| paragraph.units().get(at).is_some_and(|unit| unit.at.contains(&self.caret));
        let places = places(paragraph, line.clone(), cells);
        let caret = match places.iter().find(|(at, ..)| on(*at)) {
            Some((_, x, _)) => Some(*x),
            None if at_end && self.caret == end && right => Some(indent.saturating_sub(1)),
            None if at_end && self.caret == end => Some(used),
            None => None,
        };
        Row { text: " ".repeat(indent) + &paragraph.drawn(line), caret }
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
    use crate::bidi::Bidi;
    use crate::cells;

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

    #[test]
    fn rows_hold_the_caret_once_at_every_width() {
        for text in crate::cells::hostile::strings() {
            let mut editor = Editor::default();
            editor.insert(&text);
            loop {
                for cells in [1, 2, 3, 10, 80] {
                    let carets: Vec<usize> = editor.rows(cells, false).iter().filter_map(|row| row.caret).collect();
                    assert_eq!(carets.len(), 1, "{text:?} in {cells}");
                }
                let before = editor.caret;
                editor.left();
                if editor.caret == before {
                    break;
                }
            }
        }
    }

    #[test]
    fn rows_break_at_the_edge_and_at_newlines() {
        let rows = typed("abcdef\ngh").rows(4, false);
        let texts: Vec<&str> = rows.iter().map(|row| row.text.as_str()).collect();
        assert_eq!(texts, ["abcd", "ef", "gh"]);
        assert_eq!(rows.last().unwrap().caret, Some(2));
        assert_eq!(typed("سلا").rows(4, false).last().unwrap().caret, Some(3));
        assert_eq!(typed("abcd").rows(4, false).len(), 2);
        assert_eq!(typed("héy").rows(8, true).first().unwrap().text, "***");
    }

    /// Left and right are where they are seen: every step moves the real caret, and a click on its cell finds it again.
    #[test]
    fn the_caret_survives_the_way_to_the_screen_and_back() {
        for text in ["سلام دنیا", "لالا لا", "ciao سلام ciao", "سلام ciao (۱۲) b", "می\u{200C}خواهم", "יום שלום", "ab\nسلام"]
        {
            for bidi in [Bidi::App, Bidi::Terminal, Bidi::Off] {
                for cells in [4, 7, 40] {
                    let mut editor = Editor::new(Look { bidi, ..Look::default() });
                    editor.insert(text);
                    let edges: Vec<usize> = text.grapheme_indices(true).map(|(at, _)| at).chain([text.len()]).collect();
                    for edge in edges {
                        editor.caret = edge;
                        let rows = editor.rows(cells, false);
                        let (row, x) = rows.iter().enumerate().find_map(|(at, row)| Some((at, row.caret?))).unwrap();
                        assert!(x <= cells, "{text} in {cells}");
                        // What a click finds does not know which pair the caret parts.
                        let mut clicked = editor.clone();
                        clicked.click(cells, (x, row));
                        assert_eq!(clicked.caret, edge, "{text:?} {bidi:?} in {cells}: {rows:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn the_arrows_go_where_they_point() {
        let mut editor = Editor::new(Look { bidi: Bidi::App, ..Look::default() });
        editor.insert("سلام");
        let at = |editor: &Editor| editor.rows(20, false).first().and_then(|row| row.caret).unwrap();
        let mut before = at(&editor);
        for _ in 0..4 {
            editor.right();
            // Beside the alef the text makes room for the caret, and the letters to its left step aside.
            assert!(at(&editor) >= before);
            before = at(&editor);
        }
        assert_eq!(before, 19);
        editor.left();
        assert!(at(&editor) < before);
        editor.word_left();
        assert_eq!(at(&editor), 20 - 3 - 1);
    }

    #[test]
    fn rows_that_run_from_the_right_stay_within_their_cells() {
        for text in crate::cells::hostile::strings().map(|text| format!("س{text}")) {
            let mut editor = Editor::new(Look { bidi: Bidi::App, ..Look::default() });
            editor.insert(&text);
            for cells in 2..=80 {
                for row in editor.rows(cells, false) {
                    // One grapheme alone may be shown as more than a narrow row holds; it is cut as it is printed.
                    let widest = text.graphemes(true).map(|g| cells::width(&cells::clean(g))).max().unwrap_or(0);
                    assert!(cells::width(&row.text) <= cells.max(widest), "{row:?} in {cells}");
                    assert!(row.caret.is_none_or(|x| x <= cells), "{row:?} in {cells}");
                }
            }
        }
    }
}
