//! A text being typed as rows of cells: what is drawn, where the caret stands, which letter a click means.

use std::borrow::Cow;
use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

use super::Editor;
use crate::bidi::paragraph::Paragraph;

/// One row of an [`Editor`] as drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// What is printed, from left to right.
    pub text: String,
    /// The cell the caret stands on, if it stands in this row.
    pub caret: Option<usize>,
}

impl Editor {
    /// The text in rows of `cells` cells as drawn, the caret among them; at least one. `mask` hides each grapheme
    /// behind `*`. Rows end between words where that is possible; a space that a row ends with may stand beyond its
    /// last cell, where the caret of a full row has its place, too.
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
        self.each_row(cells, false, |paragraph, line, end, at_end| {
            if number == row {
                let places = places(paragraph, line.clone(), cells);
                let hit = places.iter().find(|(_, start, used)| (*start..start + used).contains(&x));
                // The end of a row that goes on below is before its last space: behind it, the next row begins.
                let last = paragraph.units().get(line).and_then(<[_]>::last).filter(|unit| !at_end && unit.is_space());
                let end = last.map_or(end, |unit| unit.at.start);
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
            let units = paragraph.units();
            let (mut from, mut x) = (0, 0);
            // Behind the last space in this row.
            let mut word: Option<(usize, usize)> = None;
            for (at, unit) in units.iter().enumerate() {
                while x + unit.cells > fits && x > 0 {
                    // A space may hang over the edge, unless that is where the caret behind the last letter stands.
                    if unit.is_space() && x == fits && at + 1 < units.len() {
                        break;
                    }
                    let (end, used) = word.take().unwrap_or((at, x));
                    row(&paragraph, from..end, units.get(end).map_or(unit.at.start, |next| next.at.start), false);
                    (from, x) = (end, x - used);
                }
                x += unit.cells;
                if unit.is_space() {
                    word = Some((at + 1, x));
                }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bidi::Bidi;
    use crate::cells;
    use crate::look::Look;

    fn typed(text: &str) -> Editor {
        let mut editor = Editor::default();
        editor.insert(text);
        editor
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

    #[test]
    fn rows_break_between_words_and_a_space_may_hang_over_the_edge() {
        let rows =
            |text: &str, cells| typed(text).rows(cells, false).into_iter().map(|row| row.text).collect::<Vec<_>>();
        assert_eq!(rows("one two three", 8), ["one two ", "three"]);
        assert_eq!(rows("one two three", 7), ["one two ", "three"]);
        assert_eq!(rows("one two three", 6), ["one ", "two ", "three"]);
        assert_eq!(rows("a verylongword", 6), ["a ", "verylo", "ngword", ""]);
        assert_eq!(rows("abcd ", 4), ["abcd", " "]);
        assert_eq!(rows("ab    cd", 4), ["ab   ", " cd"]);
        assert_eq!(rows("你好 你", 4), ["你好 ", "你"]);
    }

    #[test]
    fn every_place_of_the_caret_is_one_cell_of_its_own_and_words_that_fit_are_whole() {
        const PARTS: [&str; 9] = ["a", "to", "words", " ", "  ", "سلام", "دنیا!", "你好", "\n"];
        let mut seed = 11_u64;
        let mut draw = |below: usize| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) as usize % below
        };
        for round in 0..600 {
            let text: String = (0..draw(12)).map(|_| PARTS[draw(PARTS.len())]).collect();
            let cells = 3 + draw(12);
            let bidi = [Bidi::App, Bidi::Terminal, Bidi::Off][round % 3];
            let mut editor = Editor::new(Look { bidi, ..Look::default() });
            editor.insert(&text);
            let mut seen = Vec::new();
            for edge in text.grapheme_indices(true).map(|(at, _)| at).chain([text.len()]) {
                editor.caret = edge;
                let rows = editor.rows(cells, false);
                let at: Vec<(usize, usize)> =
                    rows.iter().enumerate().filter_map(|(row, shown)| Some((row, shown.caret?))).collect();
                let [(row, x)] = at[..] else { panic!("{text:?} at {edge} in {cells}: {rows:?}") };
                assert!(
                    x <= cells && rows.iter().all(|row| cells::width(&row.text) <= cells + 1),
                    "{rows:?} in {cells}"
                );
                seen.push((row, x));
                let mut clicked = editor.clone();
                clicked.click(cells, (x, row));
                assert_eq!(clicked.caret, edge, "{text:?} {bidi:?} in {cells}: {rows:?}");
            }
            // Where the program turns text, the caret beside a letter may part it from its neighbour.
            if bidi != Bidi::App {
                seen.sort_unstable();
                assert!(seen.windows(2).all(|pair| pair[0] != pair[1]), "{text:?} in {cells}: {seen:?}");
                let rows = editor.rows(cells, false);
                let whole = !text.contains('\n');
                for pair in rows.windows(2).filter(|pair| whole && !pair[0].text.ends_with(' ')) {
                    let (left, right) = (&pair[0].text, &pair[1].text);
                    let tail = left.rsplit(' ').next().unwrap_or_default();
                    let head = right.split(' ').next().unwrap_or_default();
                    let broken = text.contains(&format!("{tail}{head}")) && !tail.is_empty() && !head.is_empty();
                    assert!(
                        !broken || cells::width(tail) + cells::width(head) > cells - 1,
                        "{text:?}: {rows:?} in {cells}"
                    );
                }
            }
        }
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
    fn at_the_left_end_of_a_full_row_the_caret_stands_on_no_letter() {
        let mut editor = Editor::new(Look { bidi: Bidi::App, ..Look::default() });
        editor.insert("دددد\nب");
        editor.vertical(false);
        editor.end();
        for cells in 2..=8 {
            let rows = editor.rows(cells, false);
            let (row, x) = rows.iter().find_map(|row| Some((row, row.caret?))).unwrap();
            assert_eq!(row.text.chars().nth(x), Some(' '), "{rows:?} in {cells}");
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
