//! The list of keys.

use eframe::egui::{Frame, Id, Key, Margin, Modal, Modifiers, Rect, ScrollArea, Stroke, Ui, UiBuilder, pos2, vec2};
use parlor_core::words::Language;

use crate::chosen::{column, downwards, from_start, tongue};
use crate::text::{Look, button, caption, lay, user_text};
use crate::theme::{Palette, SMALL, TEXT};
use crate::words::{CoverWords, RowWords, Words};

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
        named("Alt+K, Alt+J", words.key_pick()),
        (words.on_chosen(), words.key_deeds()),
        named("Alt+R", words.key_answer()),
        named("Ctrl+C", words.key_copy()),
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

/// Between the keys and what they do.
const GAP: f32 = 18.0;
/// Between two lines.
const AIR: f32 = 1.0;
/// For the scroll bar.
const BAR: f32 = 14.0;
/// How wide the list is, where there is room.
const WIDTH: f32 = 520.0;

fn key_look(palette: &Palette) -> Look {
    Look::new(TEXT - 1.0, palette.text)
}

/// A key from where lines begin, and behind the column of keys what it does.
fn line(ui: &mut Ui, column: f32, key: &str, meaning: &str) {
    let palette = Palette::of(ui);
    let mut area = ui.available_rect_before_wrap();
    // The bar is on the right also where lines begin there.
    area.max.x -= BAR;
    let rest = (area.width() - column - GAP).max(40.0);
    let meant = Look::new(TEXT - 1.0, palette.dim).own();
    let height = lay(ui, key, key_look(palette), column).size().y.max(lay(ui, meaning, meant, rest).size().y);
    let parts = [(0.0, column, key, key_look(palette)), (column + GAP, rest, meaning, meant)];
    for (way, width, text, look) in parts {
        let corner = pos2(from_start(ui, area, way, width), area.top());
        let place = UiBuilder::new().max_rect(Rect::from_min_size(corner, vec2(width, height))).layout(downwards(ui));
        ui.scope_builder(place, |ui| user_text(ui, text, look));
    }
    ui.advance_cursor_after_rect(Rect::from_min_size(area.min, vec2(area.width() + BAR, height + AIR)));
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
            ui.set_width(WIDTH.min(ui.ctx().content_rect().width() - 60.0));
            column(ui, |ui| caption(ui, &words.keys(), Look::new(18.0, palette.text).one_line()));
            ScrollArea::vertical().max_height((ui.ctx().content_rect().height() - 170.0).max(80.0)).show(ui, |ui| {
                let keys = keys(words);
                // On several lines, what runs from right to left would take whatever it is given.
                let look = key_look(palette).one_line();
                let widths = keys.iter().map(|(key, _)| lay(ui, key, look, f32::INFINITY).size().x);
                // In a narrow window the meanings need room, too.
                let column = widths.fold(0.0, f32::max).min(ui.available_width() * 0.5);
                for (key, meaning) in &keys {
                    line(ui, column, key, meaning);
                }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_key_is_never_broken_within_a_sentence() {
        for language in Language::ALL {
            for (_, meaning) in keys(language) {
                assert!(!["Page ", "Pag "].iter().any(|half| meaning.contains(half)), "{meaning}");
            }
        }
    }
}
