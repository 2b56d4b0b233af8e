//! A text that is laid out: measured, painted, and asked what lies under a point.

use std::ops::Range;
use std::sync::Arc;

use eframe::egui::{Pos2, Rangef, Rect, Response, Ui, Vec2, pos2, vec2};

use super::engine::engine;
use super::paint::{Paint, ranges, to_points};
use super::select::Spot;
use super::shape::{Shaped, pixels};
use super::{Look, select};

/// Text that is laid out and can be measured and painted.
#[derive(Clone)]
pub(crate) struct Laid {
    pub(super) shaped: Arc<Shaped>,
    pub(super) look: Look,
    /// By bytes of what is drawn.
    pub(super) paints: Vec<(Range<usize>, Paint)>,
}

/// Lays `text` out within `width` points. Cheap for text that was laid out the same way lately.
pub(crate) fn lay(ui: &Ui, text: &str, look: Look, width: f32) -> Laid {
    let scale = ui.ctx().pixels_per_point();
    let shaped = engine(ui.ctx()).lock().shaped(text, look, width, scale);
    Laid { shaped, look, paints: Vec::new() }
}

/// Lays out what is being edited within `width` points: it is another text at every key, and not kept.
pub(crate) fn shape_wrapped(ui: &Ui, text: &str, look: Look, width: f32) -> Shaped {
    let scale = ui.ctx().pixels_per_point();
    engine(ui.ctx()).lock().shaper.shape(text, look, pixels(width, scale), scale)
}

/// The same on one line, however long that is.
pub(crate) fn shape_free(ui: &Ui, text: &str, look: Look) -> Shaped {
    engine(ui.ctx()).lock().shaper.shape_free(text, look, ui.ctx().pixels_per_point())
}

impl Laid {
    /// Of a layout that was made before.
    pub(crate) fn of(shaped: Arc<Shaped>, look: Look) -> Self {
        Self { shaped, look, paints: Vec::new() }
    }

    /// The same with parts painted otherwise, by bytes of the text that was laid out; later ones over earlier ones.
    pub(crate) fn painted(mut self, paints: &[(Range<usize>, Paint)]) -> Self {
        let shown = &self.shaped.shown;
        let drawn = |range: &Range<usize>| shown.drawn(range.start)..shown.drawn(range.end);
        self.paints.extend(paints.iter().map(|(range, paint)| (drawn(range), *paint)));
        self
    }

    /// How much room it takes. A paragraph that runs from right to left takes the whole width it was laid out for,
    /// unless it is on one line.
    pub(crate) fn size(&self) -> Vec2 {
        let [width, height] = self.shaped.size;
        vec2(width, height) / self.shaped.scale
    }

    /// Whether it runs from right to left.
    pub(crate) fn is_rtl(&self) -> bool {
        self.shaped.shown.rtl
    }

    /// The room that its last line takes, seen from its upper left corner.
    pub(crate) fn last_line(&self) -> Rect {
        let layout = &self.shaped.layout;
        let Some(line) = layout.get(layout.len().saturating_sub(1)) else { return Rect::ZERO };
        let metrics = line.metrics();
        let left = metrics.offset + metrics.inline_min_coord;
        // Spaces at the end of a line hang over its edge: the left one where it runs from right to left.
        let (left, width) = match self.is_rtl() {
            true => (left + metrics.trailing_whitespace, metrics.advance - metrics.trailing_whitespace),
            false => (left, metrics.advance - metrics.trailing_whitespace),
        };
        let rect = Rect::from_min_max(pos2(left, metrics.block_min_coord), pos2(left + width, metrics.block_max_coord));
        to_points(rect, self.shaped.scale)
    }

    /// What it says, as far as it is shown.
    pub(crate) fn text(&self) -> &str {
        self.shaped.shown.text.get(self.shaped.shown.mark..).unwrap_or_default()
    }

    /// Whether its end was cut off.
    pub(crate) fn is_cut(&self) -> bool {
        self.shaped.is_cut
    }

    /// The rectangles that bytes of the text take, seen from its upper left corner.
    pub(crate) fn rects(&self, range: Range<usize>) -> Vec<Rect> {
        let shown = &self.shaped.shown;
        let drawn = shown.drawn(range.start)..shown.drawn(range.end);
        ranges(&self.shaped, drawn).map(|rect| to_points(rect, self.shaped.scale)).collect()
    }

    /// Paints it with its upper corner at `at`.
    pub(crate) fn paint(&self, ui: &Ui, at: Pos2) {
        if !ui.is_rect_visible(Rect::from_min_size(at, self.size())) {
            return;
        }
        let shared = engine(ui.ctx());
        let clip = ui.clip_rect();
        let shapes = shared.lock().shapes(ui.ctx(), &self.shaped, at, self.look.color, &self.paints, clip);
        ui.painter().extend(shapes);
    }

    /// Paints it with its upper corner at `at`, to be selected with the mouse and copied. `response` is that of an
    /// area around the text which senses clicks and drags, `row` is from where to where a selection may end in this text
    /// and no other, `spot` where it stands among the texts that are selected together.
    pub(crate) fn paint_selectable(&self, ui: &Ui, at: Pos2, response: &Response, row: Rangef, spot: Spot) {
        if let Some(range) = select::follow(ui, self, at, response, row, spot) {
            let mut selected = self.clone();
            let paint = Paint { background: Some(ui.visuals().selection.bg_fill), ..Paint::default() };
            selected.paints.insert(0, (range, paint));
            return selected.paint(ui, at);
        }
        self.paint(ui, at);
    }
}

impl std::fmt::Debug for Laid {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Laid").field("shown", &self.shaped.shown).field("look", &self.look).finish_non_exhaustive()
    }
}
