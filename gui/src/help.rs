//! The list of keys.

use eframe::egui::{Align, Frame, Grid, Id, Key, Margin, Modal, Modifiers, ScrollArea, Stroke, Ui};
use parlor_core::words::Language;

use crate::chosen::{column, onwards, tongue};
use crate::text::{Look, button, caption};
use crate::theme::{Palette, SMALL, TEXT};
use crate::words::{CoverWords, Words};

/// A key, and what it does.
type Line = (String, String);

/// What the keys do.
fn keys(words: Language) -> Vec<Line> {
    let named = |name: &str, does: String| (name.to_owned(), does);
    vec![
        named("Enter", words.key_send()),
        named("Shift+Enter", words.key_line()),
        named("Tab", words.key_complete()),
        (words.in_empty_box(), words.key_correct()),
        named("Ctrl+↑, Ctrl+↓", words.key_recall()),
        named("Alt+R", words.key_answer()),
        named("Ctrl+F", words.key_search()),
        named("Ctrl+Shift+F", words.key_search_all()),
        (words.in_search(), words.key_choose()),
        named("Page Up, Page Down", words.key_pages()),
        named("Esc", words.key_escape()),
        named("Ctrl+K", words.key_rooms()),
        named("Alt+↑, Alt+↓", words.key_cycle()),
        named("Alt+Shift+↑, Alt+Shift+↓", words.key_unread()),
        named("Ctrl++, Ctrl+-, Ctrl+0", words.key_size()),
        named("Ctrl+,", words.key_settings()),
        named("Ctrl+O", words.key_elsewhere()),
        named("Ctrl+Q", words.key_quit()),
        named("F1", words.key_help()),
    ]
}

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
        let words = tongue(ui);
        let frame = Frame::new()
            .fill(palette.page)
            .stroke(Stroke::new(1.0, palette.line))
            .corner_radius(12)
            .inner_margin(Margin::same(22));
        let modal = Modal::new(Id::unique("help")).frame(frame).show(ui.ctx(), |ui| {
            column(ui, |ui| caption(ui, &words.keys(), Look::new(18.0, palette.text).one_line()));
            ScrollArea::vertical().max_height((ui.ctx().content_rect().height() - 170.0).max(80.0)).show(ui, |ui| {
                Grid::new("keys").num_columns(2).min_row_height(20.0).spacing([18.0, 5.0]).show(ui, |ui| {
                    for (key, meaning) in keys(words) {
                        let key = (key, palette.text);
                        let meaning = (meaning, palette.dim);
                        let pair = if words.is_right_to_left() { [meaning, key] } else { [key, meaning] };
                        for (text, color) in pair {
                            let look = Look::new(TEXT - 1.0, color).one_line();
                            ui.with_layout(onwards(ui, Align::Center), |ui| caption(ui, &text, look));
                        }
                        ui.end_row();
                    }
                });
            });
            caption(ui, &words.keys_more(), Look::new(SMALL, palette.text));
            ui.add_space(6.0);
            column(ui, |ui| button(ui, &words.close()).clicked())
        });
        let key = ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::F1));
        if modal.inner || modal.should_close() || key {
            self.open = false;
        }
    }
}
