//! How the caret walks through lines as they are seen: to where an arrow points, one step for each character, and from
//! the end of a line to the beginning of the next. Every step leads on, so that none can be caught.

use parley::editing::Cursor;
use parley::layout::{Affinity, Line};
use unicode_segmentation::{GraphemeCursor, UnicodeSegmentation};

use crate::text::Shaped;

/// Nearer than so many pixels two places are one.
const NEAR: f32 = 0.25;
/// Most characters that are passed in one step from word to word: a word or a row of signs may be without end.
const SIGNS_MAX: usize = 300;

/// A place for the caret on a line: where it is seen, and which byte of what is drawn it is, seen from which side.
#[derive(Clone, Copy, Debug)]
struct Stop {
    x: f32,
    drawn: usize,
    affinity: Affinity,
}

/// One step of the caret to the right or to the left; `None` at the end of everything. `text` is what `shaped` shows.
pub(super) fn step(shaped: &Shaped, text: &str, from: Cursor, right: bool) -> Option<Cursor> {
    step_past(shaped, &characters(text), from, right)
}

/// Where the characters of a text begin, as a reader sees them, and where the last one ends. Found once for all steps:
/// whether a flag begins at a byte depends on all the flags before it.
fn characters(text: &str) -> Vec<usize> {
    text.grapheme_indices(true).map(|(at, _)| at).chain([text.len()]).collect()
}

fn step_past(shaped: &Shaped, characters: &[usize], from: Cursor, right: bool) -> Option<Cursor> {
    let layout = shaped.layout();
    let (x, y) = place(shaped, from);
    let last = layout.len().checked_sub(1)?;
    let index = layout.lines().position(|line| y < line.metrics().block_max_coord).unwrap_or(last);
    let cursor = |stop: &Stop| Cursor::from_byte_index(layout, stop.drawn, stop.affinity);
    let line = layout.get(index)?;
    let (top, bottom) = (line.metrics().block_min_coord, line.metrics().block_max_coord);
    let leads_on = |at: &Cursor| {
        let (to, line) = place(shaped, *at);
        (top..bottom).contains(&line) && if right { to > x + NEAR } else { to < x - NEAR }
    };
    let onwards = in_order(stops(shaped, characters, line), right);
    let mut onwards = onwards.iter().filter(|stop| if right { stop.x > x + NEAR } else { stop.x < x - NEAR });
    if let Some(next) = onwards.by_ref().map(cursor).find(leads_on) {
        return Some(next);
    }
    let other = if right != shaped.is_rtl() { index + 1 } else { index.checked_sub(1)? };
    let line = layout.get(other)?;
    // A line with nothing on it has one place.
    let bare = Stop { x: 0.0, drawn: line.text_range().start, affinity: Affinity::Downstream };
    let first = in_order(stops(shaped, characters, line), right).first().copied();
    Some(cursor(&first.unwrap_or(bare)))
}

/// Where a caret is seen: how far to the right, and the middle of its line.
fn place(shaped: &Shaped, cursor: Cursor) -> (f32, f32) {
    let place = cursor.geometry(shaped.layout(), 0.0);
    (place.x0 as f32, (place.y0 + place.y1) as f32 * 0.5)
}

/// In the order in which they are passed. Of two at one place that of the character which is passed comes first.
fn in_order(mut stops: Vec<Stop>, right: bool) -> Vec<Stop> {
    if right {
        stops.sort_by(|a, b| a.x.total_cmp(&b.x));
    } else {
        stops.reverse();
        stops.sort_by(|a, b| b.x.total_cmp(&a.x));
    }
    stops
}

/// A step to the next edge of a word, or over [`SIGNS_MAX`] characters among which there is none.
pub(super) fn step_word(shaped: &Shaped, text: &str, from: Cursor, right: bool) -> Option<Cursor> {
    let words: Vec<(usize, usize)> = text.unicode_word_indices().map(|(at, word)| (at, at + word.len())).collect();
    let mut at = from;
    let mut before = shaped.source(from.index());
    let mut reached = None;
    let characters = characters(text);
    for _ in 0..SIGNS_MAX {
        let Some(next) = step_past(shaped, &characters, at, right) else { break };
        let byte = shaped.source(next.index());
        let is_edge = |edge: fn(&(usize, usize)) -> usize| words.iter().any(|word| edge(word) == byte);
        reached = Some(next);
        if if byte > before { is_edge(|word| word.1) } else { is_edge(|word| word.0) } {
            break;
        }
        (at, before) = (next, byte);
    }
    reached
}

/// The word at byte `at`, or the signs or spaces there.
pub(super) fn word_at(text: &str, at: usize) -> std::ops::Range<usize> {
    let words = text.split_word_bound_indices().map(|(start, word)| start..start + word.len());
    words.take_while(|word| word.start <= at).last().unwrap_or(0..0)
}

/// Whether a character as a reader sees it begins at this byte.
pub(super) fn is_between_characters(text: &str, at: usize) -> bool {
    text.is_char_boundary(at) && GraphemeCursor::new(at, text.len(), true).is_boundary(text, 0).unwrap_or(true)
}

/// The places on a line from left to right; of each character first its left edge.
fn stops(shaped: &Shaped, characters: &[usize], line: Line<'_, ()>) -> Vec<Stop> {
    let metrics = line.metrics();
    let mut x = metrics.offset + metrics.inline_min_coord;
    let mut stops = Vec::new();
    for run in line.runs() {
        for cluster in run.visual_clusters() {
            let (left, right) = (x, x + cluster.advance());
            x = right;
            let range = cluster.text_range();
            let (start, end) = if cluster.is_rtl() { (right, left) } else { (left, right) };
            let mut edges = vec![(start, range.start, Affinity::Downstream)];
            if !cluster.is_hard_line_break() {
                edges.push((end, range.end, Affinity::Upstream));
            }
            edges.sort_by(|a, b| a.0.total_cmp(&b.0));
            for (x, drawn, affinity) in edges {
                let byte = shaped.source(drawn);
                if drawn >= shaped.start() && shaped.drawn(byte) == drawn && characters.binary_search(&byte).is_ok() {
                    stops.push(Stop { x, drawn, affinity });
                }
            }
        }
    }
    stops
}
