//! The list of keys.

use eframe::egui::{Frame, Grid, Id, Key, Margin, Modal, Modifiers, ScrollArea, Stroke, Ui};

use crate::text::{Look, button, caption};
use crate::theme::{Palette, SMALL, TEXT};

const KEYS: &[(&str, &str)] = &[
    ("Enter", "send"),
    ("Shift+Enter", "a new line"),
    ("↑ in an empty box", "correct what you said last"),
    ("Ctrl+F", "search in this room"),
    ("Ctrl+Shift+F", "search everywhere"),
    ("↑, ↓, Enter in the search", "choose a message, go there"),
    ("Page Up, Page Down", "move in the log"),
    ("Esc", "cancel, close, back to the newest message"),
    ("Ctrl+Page Up, Ctrl+Page Down", "previous, next room (or Alt+↑, Alt+↓)"),
    ("Tab", "to the next button or field"),
    ("Ctrl++, Ctrl+-, Ctrl+0", "larger, smaller, usual size"),
    ("Ctrl+Q", "say goodbye and close"),
    ("F1", "this list"),
];

/// The list, open or not.
#[derive(Debug, Default)]
pub(crate) struct Help {
    open: bool,
}

impl Help {
    /// Whether it covers the window.
    pub(crate) fn is_open(&self) -> bool {
        self.open
    }

    /// Opens it, or closes it.
    pub(crate) fn toggle(&mut self) {
        self.open = !self.open;
    }

    /// Draws it over everything else, if it is open.
    pub(crate) fn show(&mut self, ui: &Ui) {
        if !self.open {
            return;
        }
        let palette = Palette::of(ui);
        let frame = Frame::new()
            .fill(palette.page)
            .stroke(Stroke::new(1.0, palette.line))
            .corner_radius(12)
            .inner_margin(Margin::same(22));
        let modal = Modal::new(Id::unique("help")).frame(frame).show(ui.ctx(), |ui| {
            caption(ui, "Keys", Look::new(18.0, palette.text).one_line());
            ScrollArea::vertical().max_height((ui.ctx().content_rect().height() - 170.0).max(80.0)).show(ui, |ui| {
                Grid::new("keys").num_columns(2).min_row_height(20.0).spacing([18.0, 5.0]).show(ui, |ui| {
                    for (key, meaning) in KEYS {
                        caption(ui, key, Look::new(TEXT - 1.0, palette.text).one_line());
                        caption(ui, meaning, Look::new(TEXT - 1.0, palette.dim).one_line());
                        ui.end_row();
                    }
                });
            });
            let more = "/help in the message box lists what can be typed there.";
            caption(ui, more, Look::new(SMALL, palette.text));
            ui.add_space(6.0);
            button(ui, "Close").clicked()
        });
        let key = ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::F1));
        if modal.inner || modal.should_close() || key {
            self.open = false;
        }
    }
}
