//! The one place that draws text people wrote.
//!
//! Everything a person typed (messages, names, topics) goes through here, so that how text is shaped, wrapped and
//! copied is decided once. Labels of the program itself may use egui's own widgets.

use std::sync::Arc;

use eframe::egui::text::{LayoutJob, TextFormat};
use eframe::egui::text_selection::LabelSelectionState;
use eframe::egui::{Color32, FontId, Galley, Pos2, Response, Role, Sense, Stroke, Ui, Vec2, WidgetInfo};
use parlor_core::text::printable;

/// Height of a line, by that of its letters.
const LINE: f32 = 1.35;

/// How a piece of text looks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Look {
    /// Height of the letters, in points.
    pub(crate) size: f32,
    /// Their colour.
    pub(crate) color: Color32,
    /// Slanted.
    pub(crate) italics: bool,
    /// On so many lines at most, cut off with an ellipsis, and with its own line ends left out.
    pub(crate) lines_max: Option<usize>,
}

impl Look {
    /// Upright, wrapped.
    pub(crate) fn new(size: f32, color: Color32) -> Self {
        Self { size, color, italics: false, lines_max: None }
    }

    /// The same, slanted.
    pub(crate) fn italics(self) -> Self {
        Self { italics: true, ..self }
    }

    /// The same, on one line.
    pub(crate) fn one_line(self) -> Self {
        self.lines(1)
    }

    /// The same, on at most `most` lines.
    pub(crate) fn lines(self, most: usize) -> Self {
        Self { lines_max: Some(most), ..self }
    }
}

/// Text that is laid out and can be measured and painted.
#[derive(Clone, Debug)]
pub(crate) struct Laid {
    galley: Arc<Galley>,
    color: Color32,
}

/// Lays `text` out within `width` points. Cheap for text that was laid out the same way in the last frame.
pub(crate) fn lay(ui: &Ui, text: &str, look: Look, width: f32) -> Laid {
    let text = printable(text);
    let text = if look.lines_max.is_some() { text.replace('\n', " ") } else { text };
    let format = TextFormat {
        font_id: FontId::proportional(look.size),
        color: look.color,
        italics: look.italics,
        line_height: Some((look.size * LINE).round()),
        ..TextFormat::default()
    };
    let mut job = LayoutJob::single_section(text, format);
    job.wrap.max_width = width.max(1.0);
    if let Some(most) = look.lines_max {
        job.wrap.max_rows = most;
        job.wrap.break_anywhere = most == 1;
    }
    Laid { galley: ui.fonts_mut(|fonts| fonts.layout_job(job)), color: look.color }
}

impl Laid {
    /// How much room it takes.
    pub(crate) fn size(&self) -> Vec2 {
        self.galley.size()
    }

    /// Where its last line ends, seen from its upper corner.
    pub(crate) fn end(&self) -> Pos2 {
        self.galley.rows.last().map_or(Pos2::ZERO, |row| row.rect().right_bottom())
    }

    /// What it says.
    pub(crate) fn text(&self) -> &str {
        self.galley.text()
    }

    /// Whether its end was cut off.
    pub(crate) fn is_cut(&self) -> bool {
        self.galley.elided
    }

    /// Paints it with its upper corner at `at`.
    pub(crate) fn paint(&self, ui: &Ui, at: Pos2) {
        ui.painter().galley(at, self.galley.clone(), self.color);
    }

    /// Paints it with its upper corner at `at`, to be selected with the mouse and copied. `response` is that of an
    /// area around the text which senses clicks and drags.
    pub(crate) fn paint_selectable(self, ui: &Ui, at: Pos2, response: &Response) {
        LabelSelectionState::label_text_selection(ui, response, at, self.galley, self.color, Stroke::NONE);
    }
}

/// Adds `text` as a widget of its own, as wide as there is room, with the whole text in a tooltip where it is cut off.
pub(crate) fn user_text(ui: &mut Ui, text: &str, look: Look) -> Response {
    let laid = lay(ui, text, look, ui.available_width());
    let (rect, response) = ui.allocate_exact_size(laid.size(), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, text));
    laid.paint(ui, rect.min);
    if !laid.is_cut() {
        return response;
    }
    response.on_hover_ui(|ui| {
        let look = Look { lines_max: None, ..look };
        lay_and_allocate(ui, text, look);
    })
}

fn lay_and_allocate(ui: &mut Ui, text: &str, look: Look) {
    let laid = lay(ui, text, look, 360.0);
    let (rect, _) = ui.allocate_exact_size(laid.size(), Sense::hover());
    laid.paint(ui, rect.min);
}
