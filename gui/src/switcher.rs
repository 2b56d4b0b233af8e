//! Going to a room by a few letters of its name.

use eframe::egui::{Frame, Id, Key, Margin, Modal, Modifiers, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};
use parlor_core::client::{Intent, Room, State};

use crate::chosen::{from_start, tongue};
use crate::composer::take_enter;
use crate::input::{Face, edit_line};
use crate::lists::{back, badge, room_label};
use crate::text::{Look, caption, lay};
use crate::theme::{Palette, TEXT};
use crate::words::CoverWords;

/// Most rooms that are offered at once.
const OFFERED_MAX: usize = 9;
const WIDTH: f32 = 360.0;
const LINE: f32 = 32.0;
/// Most characters that are looked for.
const CHARS_MAX: usize = 128;

/// The dialog, open or not.
#[derive(Debug, Default)]
pub(crate) struct Switcher {
    open: bool,
    fresh: bool,
    text: String,
    /// Which of the rooms that are offered Enter goes to.
    chosen: usize,
}

impl Switcher {
    /// Whether it covers the window.
    pub(crate) fn is_open(&self) -> bool {
        self.open
    }

    /// Opens it, or closes it.
    pub(crate) fn toggle(&mut self) {
        *self = Self { open: !self.open, fresh: true, ..Self::default() };
    }

    /// Draws it over everything else, if it is open.
    pub(crate) fn show(&mut self, ui: &Ui, state: &State, intents: &mut Vec<Intent>) {
        if !self.open {
            return;
        }
        let palette = Palette::of(ui);
        let frame = Frame::new()
            .fill(palette.page)
            .stroke(Stroke::new(1.0, palette.line))
            .corner_radius(12)
            .inner_margin(Margin::same(16));
        let modal = Modal::new(Id::unique("switcher")).frame(frame).show(ui.ctx(), |ui| {
            ui.set_width(WIDTH.min(ui.ctx().content_rect().width() - 60.0));
            self.fields(ui, state, intents)
        });
        if modal.inner || modal.should_close() || take(ui, Key::K) {
            *self = Self::default();
            ui.request_repaint();
        }
    }

    /// The field and what it offers; `true` once a room is chosen.
    fn fields(&mut self, ui: &mut Ui, state: &State, intents: &mut Vec<Intent>) -> bool {
        let id = Id::unique("room sought");
        if std::mem::take(&mut self.fresh) {
            ui.memory_mut(|memory| memory.request_focus(id));
        }
        let (up, down) = ui.input_mut(|input| {
            let up = input.count_and_consume_key(Modifiers::NONE, Key::ArrowUp);
            (up, input.count_and_consume_key(Modifiers::NONE, Key::ArrowDown))
        });
        let entered = take_enter(ui);
        let (words, margin) = (tongue(ui), Margin::symmetric(10, 7));
        let name = &words.go_to();
        let face = Face { id, name, hint: name, size: TEXT, margin, wrong: false };
        if edit_line(ui, &mut self.text, CHARS_MAX, face).changed() {
            self.chosen = 0;
        }
        ui.add_space(4.0);
        let found = state.find_rooms(&self.text);
        let offered = found.iter().take(OFFERED_MAX);
        let rooms: Vec<&Room> = offered.filter_map(|key| state.rooms.iter().find(|room| room.key == *key)).collect();
        self.chosen = (self.chosen + down).saturating_sub(up).min(rooms.len().saturating_sub(1));
        if rooms.is_empty() {
            caption(ui, &words.no_such_room(), Look::new(TEXT, Palette::of(ui).dim));
        }
        let mut wanted = None;
        ui.spacing_mut().item_spacing.y = 2.0;
        for (index, room) in rooms.iter().enumerate() {
            let clicked = line(ui, room, index == self.chosen);
            if clicked || entered && index == self.chosen {
                wanted = Some(room.key);
            }
        }
        intents.extend(wanted.map(Intent::Show));
        wanted.is_some()
    }
}

fn take(ui: &Ui, key: Key) -> bool {
    ui.input_mut(|input| input.consume_key(Modifiers::COMMAND, key))
}

/// A room that is offered; `true` if it was clicked.
fn line(ui: &mut Ui, room: &Room, chosen: bool) -> bool {
    let palette = Palette::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), LINE), Sense::click());
    let words = tongue(ui);
    let role = eframe::egui::Role::Button;
    response.widget_info(|| WidgetInfo::selected(role, true, chosen, room_label(words, room)));
    back(ui, rect, &response, chosen);
    let count = if room.unread > 0 { badge(ui, rect, room.unread, room.mentions > 0) } else { 0.0 };
    let laid = lay(ui, &room.title, Look::new(TEXT, palette.text).one_line(), rect.width() - 30.0 - count);
    laid.paint(ui, pos2(from_start(ui, rect, 10.0, laid.size().x), rect.center().y - laid.size().y * 0.5));
    response.clicked()
}
