//! Selecting text with the mouse, within one message and over several, and what is then copied.

use std::borrow::Cow;
use std::ops::Range;

use eframe::egui::{CursorIcon, Event, Id, PointerButton, Pos2, Rangef, Rect, Response, Ui};
use parley::Layout;
use parley::editing::Cursor;
use parley::layout::Cluster;
use unicode_segmentation::UnicodeSegmentation;

use super::engine::engine;
use super::laid::Laid;
use super::paint::to_pixels;
use super::shown::Shown;

/// Where a text stands among those that are selected together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Spot {
    /// Those that are selected together.
    pub(crate) group: Id,
    /// This one among them, for as long as it is there.
    pub(crate) key: Id,
    /// Its place among them: ascending, not necessarily without gaps.
    pub(crate) order: i64,
}

/// A place in a text: bytes of what is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct End {
    key: Id,
    order: i64,
    byte: usize,
}

/// What is selected in the window. There is one selection at a time, as there is one clipboard.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Selecting {
    selected: Option<Selected>,
    dragging: bool,
    /// Where what is selected by dragging is seen: a pointer beyond it counts as at its edge.
    within: Option<Rect>,
    /// From where to where there were rows in the last frame, and in this one so far.
    rows: [Option<Rangef>; 2],
}

#[derive(Clone, Copy, Debug)]
struct Selected {
    group: Id,
    anchor: End,
    focus: End,
}

impl Selected {
    fn is_empty(&self) -> bool {
        self.anchor == self.focus
    }

    /// From its upper end to its lower one.
    fn ends(&self) -> (End, End) {
        let (a, b) = (self.anchor, self.focus);
        if (a.order, a.byte) <= (b.order, b.byte) { (a, b) } else { (b, a) }
    }

    /// What is selected of a text whose drawing has `len` bytes.
    fn range(&self, order: i64, len: usize) -> Option<Range<usize>> {
        let (from, to) = self.ends();
        if order < from.order || order > to.order {
            return None;
        }
        let start = if order == from.order { from.byte.min(len) } else { 0 };
        let end = if order == to.order { to.byte.min(len) } else { len };
        (start < end).then_some(start..end)
    }
}

/// Nothing is selected any more: something else is.
pub(crate) fn clear_selection(ui: &Ui) {
    engine(ui.ctx()).lock().selecting = Selecting::default();
}

/// Whether something is selected in the log.
pub(crate) fn has_selection(ui: &Ui) -> bool {
    engine(ui.ctx()).lock().selecting.selected.is_some_and(|selected| !selected.is_empty())
}

/// What is to be copied of the texts of a group just now, if somebody wants that: the pieces that are selected of
/// `texts`, which come with their order.
pub(crate) fn copied<'a>(
    ui: &Ui,
    group: Id,
    texts: impl Iterator<Item = (i64, Cow<'a, str>)>,
) -> Option<Vec<(i64, String)>> {
    if !ui.input(|input| input.events.iter().any(|event| matches!(event, Event::Copy))) {
        return None;
    }
    let shared = engine(ui.ctx());
    let (selected, otherwise_rtl) = {
        let engine = shared.lock();
        (engine.selecting.selected, engine.shaper.otherwise_rtl)
    };
    let selected = selected.filter(|selected| selected.group == group && !selected.is_empty())?;
    let pieces = texts.filter_map(|(order, text)| {
        selected.range(order, usize::MAX)?;
        let shown = Shown::new(&text, false, otherwise_rtl);
        let range = selected.range(order, shown.text.len())?;
        text.get(shown.sources(range)).map(|piece| (order, piece.to_owned()))
    });
    Some(pieces.collect())
}

/// How many points below `area` (above it: negative) the pointer drags the end of a selection in it. To be asked in each
/// frame, before what can be selected there is drawn.
pub(crate) fn dragged_past(ui: &Ui, group: Id, area: Rect) -> f32 {
    let (at, down) = ui.input(|input| (input.pointer.interact_pos(), input.pointer.primary_down()));
    let shared = engine(ui.ctx());
    let selecting = &mut shared.lock().selecting;
    selecting.within = Some(area);
    selecting.rows = [selecting.rows[1], None];
    let drags = down && selecting.dragging && selecting.selected.is_some_and(|selected| selected.group == group);
    match at.filter(|_| drags) {
        Some(at) => at.y - at.y.clamp(area.top(), area.bottom()),
        None => 0.0,
    }
}

/// Follows the mouse over a text that is drawn at `at`, in a row of which `row` is from its upper to its lower edge;
/// what is selected of it, by bytes of what is drawn.
pub(super) fn follow(
    ui: &Ui,
    laid: &Laid,
    at: Pos2,
    response: &Response,
    row: Rangef,
    spot: Spot,
) -> Option<Range<usize>> {
    let pointer = ui.input(|input| Mouse {
        at: input.pointer.interact_pos(),
        pressed: input.pointer.primary_pressed(),
        shift: input.modifiers.shift,
        down: input.pointer.button_down(PointerButton::Primary),
    });
    let shared = engine(ui.ctx());
    let selected = {
        let selecting = &mut shared.lock().selecting;
        selecting.keep_place(spot);
        selecting.rows[1] = Some(selecting.rows[1].map_or(row, |rows| Rangef::new(rows.min, row.max)));
        selecting.follow(&pointer, laid, at, response, row, spot);
        selecting.selected.filter(|selected| selected.group == spot.group && !selected.is_empty())
    };
    let text = Rect::from_min_size(at, laid.size());
    if response.hovered() && pointer.at.is_some_and(|pointer| text.contains(pointer)) {
        ui.set_cursor_icon(CursorIcon::Text);
    }
    selected.and_then(|selected| selected.range(spot.order, laid.shaped.shown.text.len()))
}

/// The byte at which the letter at a point begins; the caret there may belong behind it.
pub(crate) fn letter_at(layout: &Layout<()>, x: f32, y: f32) -> usize {
    match Cluster::from_point(layout, x, y) {
        Some((cluster, _)) => cluster.text_range().start,
        None => Cursor::from_point(layout, x, y).index(),
    }
}

struct Mouse {
    at: Option<Pos2>,
    pressed: bool,
    shift: bool,
    down: bool,
}

impl Selecting {
    /// Rows above may have come or gone since.
    fn keep_place(&mut self, spot: Spot) {
        let Some(selected) = self.selected.as_mut().filter(|selected| selected.group == spot.group) else { return };
        for end in [&mut selected.anchor, &mut selected.focus] {
            if end.key == spot.key {
                end.order = spot.order;
            }
        }
    }

    fn follow(&mut self, mouse: &Mouse, laid: &Laid, at: Pos2, response: &Response, row: Rangef, spot: Spot) {
        self.dragging &= mouse.down;
        let Some(mut pointer) = mouse.at else { return };
        if let Some(within) = self.within.filter(|_| self.dragging) {
            pointer.y = pointer.y.clamp(within.top(), (within.bottom() - 1.0).max(within.top()));
            if let Some(rows) = self.rows[0] {
                // Where there are no rows, the next one is meant.
                pointer.y = pointer.y.clamp(rows.min, (rows.max - 1.0).max(rows.min));
            }
        }
        let (layout, shown) = (&laid.shaped.layout, &laid.shaped.shown);
        let way = to_pixels(pointer - at, laid.shaped.scale);
        let end = |byte: usize| End { key: spot.key, order: spot.order, byte: byte.max(shown.mark) };
        let under = || end(Cursor::from_point(layout, way.x, way.y).index());
        let within = (row.min..row.max).contains(&pointer.y);
        let clicks = (response.double_clicked(), response.triple_clicked());
        let selected = match clicks {
            (_, true) => Some((end(0), end(shown.text.len()))),
            (true, false) => {
                // Not by the layout's own notion of words, whose search may never end.
                let at = letter_at(layout, way.x, way.y);
                let words = shown.text.split_word_bound_indices().map(|(start, word)| (start, start + word.len()));
                words.take_while(|(start, _)| *start <= at).last().map(|(start, to)| (end(start), end(to)))
            }
            // A tap is over before its frame is.
            (false, false) if mouse.pressed && (response.is_pointer_button_down_on() || response.clicked()) => {
                self.dragging = mouse.down;
                let before = self.selected.filter(|selected| mouse.shift && selected.group == spot.group);
                Some((before.map_or_else(under, |selected| selected.anchor), under()))
            }
            (false, false) if self.dragging && within => {
                let selected = self.selected.filter(|selected| selected.group == spot.group);
                selected.map(|selected| (selected.anchor, under()))
            }
            (false, false) => None,
        };
        if let Some((anchor, focus)) = selected {
            self.selected = Some(Selected { group: spot.group, anchor, focus });
        }
    }
}
