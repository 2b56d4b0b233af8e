//! Lays text out in lines of cells: who says it at the left, what is said behind it, each in its own direction.
//!
//! What stands before a text (time, nickname) keeps its column whatever the text's direction is. A text that runs from
//! right to left rests against the right edge. Where the terminal turns text itself, it turns whole rows after their
//! first letter: there such a text begins in a row of its own.

use std::sync::Arc;

use crate::bidi::paragraph::Paragraph;
use crate::bidi::{self, Bidi};
use crate::cells;
use crate::look::Look;
use crate::paint::Piece;
use crate::style;

/// A line of the screen: the cell it begins at, and what stands there, ready to be printed.
pub type Line = (usize, Arc<[Piece]>);

/// Where lines may stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Area {
    /// The cell that an entry's first line begins at.
    pub indent: usize,
    /// How many cells further the lines below begin.
    pub hang: usize,
    /// The cell behind the last.
    pub width: usize,
}

impl Area {
    /// So many cells, lines below the first a little further in.
    pub fn new(indent: usize, width: usize) -> Self {
        Self { indent, hang: if width >= 12 { 2 } else { 0 }, width }
    }
}

/// One paragraph of an entry; clean text in logical order.
#[derive(Clone, Debug, Default)]
pub struct Block {
    /// What stands before it, from left to right.
    pub head: Vec<Piece>,
    /// What is said.
    pub body: Vec<Piece>,
    /// What the program adds to it.
    pub tail: Option<Piece>,
    /// Whether the body runs from right to left.
    pub rtl: bool,
    /// Whether it is not the first of its entry, so that all of its lines hang.
    pub continued: bool,
}

/// What stands isolated from the direction of what is around it (UAX #9, rule X5c).
pub fn isolated(clean: &str) -> String {
    format!("\u{2068}{clean}\u{2069}")
}

/// Appends a block's lines; one at least.
pub fn lay(lines: &mut Vec<Line>, look: Look, block: Block, area: Area) {
    let below = area.indent + area.hang;
    let first = if block.continued { below } else { area.indent };
    let rest = area.width.saturating_sub(below);
    let (mut x, mut line) = (first, Vec::new());
    let mut behind_head = 0;
    if !block.head.is_empty() {
        let (paragraph, pieces) = joined(look, block.head, None, false);
        let ranges = paragraph.wrap(0, area.width.saturating_sub(first), rest);
        let last = ranges.len() - 1;
        for (at, range) in ranges.into_iter().enumerate() {
            behind_head = paragraph.cells(range.clone());
            line = drawn(&paragraph, &pieces, range);
            if at < last {
                lines.push((x, std::mem::take(&mut line).into()));
                x = below;
            }
        }
        if look.bidi == Bidi::Terminal && (block.rtl || pieces.iter().any(|(_, piece)| bidi::turns(&piece.text))) {
            lines.push((x, std::mem::take(&mut line).into()));
            (x, behind_head) = (below, 0);
        }
    }
    let (paragraph, pieces) = joined(look, block.body, block.tail, block.rtl);
    let right = block.rtl && look.bidi == Bidi::App;
    for (at, range) in paragraph.wrap(behind_head, area.width.saturating_sub(x), rest).into_iter().enumerate() {
        if at > 0 {
            lines.push((x, std::mem::take(&mut line).into()));
            (x, behind_head) = (below, 0);
        }
        let range = if right { paragraph.trimmed(range) } else { range };
        if right {
            let free = area.width.saturating_sub(x + behind_head + paragraph.cells(range.clone()));
            match line.is_empty() {
                true => x += free,
                false => line.push(Piece::new(style::plain(), " ".repeat(free))),
            }
        }
        line.extend(drawn(&paragraph, &pieces, range));
    }
    lines.push((x, line.into()));
}

/// Pieces as one paragraph, and which piece each byte of it is from: where they end.
fn joined(look: Look, body: Vec<Piece>, tail: Option<Piece>, rtl: bool) -> (Paragraph, Vec<(usize, Piece)>) {
    let mut text = String::new();
    let mut pieces = Vec::with_capacity(body.len() + 1);
    for piece in body {
        text.push_str(&piece.text);
        pieces.push((text.len(), piece));
    }
    if let Some(piece) = tail {
        // The space before it belongs to neither.
        let words = piece.text.trim_start_matches(' ');
        text.push_str(&" ".repeat(piece.text.len() - words.len()));
        text.push_str(&isolated(words));
        pieces.push((text.len(), piece));
    }
    (Paragraph::new(&text, look.bidi, rtl), pieces)
}

fn drawn(paragraph: &Paragraph, pieces: &[(usize, Piece)], range: std::ops::Range<usize>) -> Vec<Piece> {
    let of = |at: usize| pieces.partition_point(|(end, _)| *end <= at);
    let runs = paragraph.runs(range, |unit| of(unit.at.start));
    let like = |(at, text): (usize, String)| pieces.get(at).map(|(_, piece)| Piece { text, ..piece.clone() });
    runs.into_iter().filter_map(like).collect()
}

/// A sentence of the program's own in lines of `width` cells: from the right edge where it runs from there.
pub fn sentence(look: Look, style: cursive::style::Style, text: &str, width: usize) -> Vec<Line> {
    let mut lines = Vec::new();
    let body = vec![Piece::new(style, look.clean(text))];
    let block = Block { body, rtl: look.is_rtl(text), ..Block::default() };
    lay(&mut lines, look, block, Area { indent: 0, hang: 0, width });
    lines
}

/// The cells that a line takes, with those before it.
pub fn end((x, pieces): &Line) -> usize {
    x + pieces.iter().map(|piece| cells::width(&piece.text)).sum::<usize>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cells::Emoji;
    use crate::style::Colours;

    fn look(bidi: Bidi) -> Look {
        Look { bidi, ..Look::new(Colours::None) }
    }

    fn laid(bidi: Bidi, head: &str, text: &str, tail: Option<&str>, width: usize) -> Vec<String> {
        let look = look(bidi);
        let piece = |text: &str| Piece::new(style::plain(), text);
        let block = Block {
            head: vec![piece(&isolated(&look.clean(head))), piece(": ")],
            body: vec![piece(&look.clean(text))],
            tail: tail.map(piece),
            rtl: look.is_rtl(text),
            continued: false,
        };
        let mut lines = Vec::new();
        lay(&mut lines, look, block, Area::new(0, width));
        let shown = |(x, pieces): &Line| {
            let text: String = pieces.iter().map(|piece| piece.text.as_str()).collect();
            " ".repeat(*x) + &text
        };
        lines.iter().map(|line| shown(line).replace('\u{200B}', "")).collect()
    }

    #[test]
    fn text_from_the_right_rests_on_the_right_edge_and_its_nick_stays_where_it_is() {
        assert_eq!(laid(Bidi::App, "bea", "دوم", None, 10), ["bea:   ﻡﻭﺩ"]);
        assert_eq!(laid(Bidi::App, "داد", "دوم", None, 10), ["ﺩﺍﺩ:   ﻡﻭﺩ"]);
        assert_eq!(laid(Bidi::App, "bea", "دوم دوم دوم", None, 14), ["bea:   ﻡﻭﺩ ﻡﻭﺩ", "           ﻡﻭﺩ"]);
        assert_eq!(laid(Bidi::App, "bea", "one دوم", None, 14), ["bea: one ﻡﻭﺩ"]);
    }

    #[test]
    fn what_the_program_adds_stands_at_the_texts_end() {
        assert_eq!(laid(Bidi::App, "bea", "دوم", Some(" (edited)"), 20), ["bea:    (edited) ﻡﻭﺩ"]);
        assert_eq!(laid(Bidi::App, "bea", "one", Some(" (edited)"), 20), ["bea: one (edited)"]);
        assert_eq!(laid(Bidi::App, "bea", "one (دوم", Some(" …"), 20), ["bea: one (ﻡﻭﺩ …"]);
    }

    #[test]
    fn a_row_for_the_terminal_to_turn_holds_nothing_else() {
        assert_eq!(laid(Bidi::Terminal, "bea", "دوم", None, 14), ["bea: ", "  دوم"]);
        assert_eq!(laid(Bidi::Terminal, "bea", "one", None, 14), ["bea: one"]);
        assert_eq!(laid(Bidi::Terminal, "داد", "one", None, 14), ["داد: ", "  one"]);
        assert_eq!(laid(Bidi::Off, "bea", "دوم", None, 14), ["bea: دوم"]);
    }

    #[test]
    fn a_first_word_too_long_begins_below_and_a_nick_too_long_is_broken() {
        assert_eq!(laid(Bidi::App, "bea", "twelvechars! x", None, 14), ["bea: ", "  twelvechars! ", "  x"]);
        assert_eq!(laid(Bidi::App, "twelvecharsandmore", "x", None, 14), ["twelvecharsand", "  more: x"]);
    }

    #[test]
    fn every_hostile_block_stays_within_its_cells_in_every_mode() {
        for text in crate::cells::hostile::strings() {
            for bidi in [Bidi::App, Bidi::Terminal, Bidi::Off] {
                for emoji in [Emoji::Simple, Emoji::Full, Emoji::Names] {
                    let look = Look { emoji, ..look(bidi) };
                    let clean = look.clean(&text);
                    for width in 1..=80 {
                        let block = Block {
                            head: vec![Piece::new(style::plain(), isolated(&clean))],
                            body: vec![Piece::new(style::plain(), clean.clone())],
                            tail: Some(Piece::new(style::plain(), " (edited)")),
                            rtl: look.is_rtl(&text),
                            continued: false,
                        };
                        let mut lines = Vec::new();
                        lay(&mut lines, look, block, Area::new(0, width));
                        for line in lines {
                            let hanging = line
                                .1
                                .last()
                                .map_or(0, |piece| piece.text.len() - piece.text.trim_end_matches(' ').len());
                            assert!(end(&line) - hanging <= width.max(2), "{line:?} in {width}");
                            assert!(!line.1.iter().any(|piece| piece.text.contains(char::is_control)));
                        }
                    }
                }
            }
        }
    }
}
