//! What stands around the log: the room's title above it, what happens there just now below it, and a word where there is
//! no room yet.

use eframe::egui::{self, Ui};
use parlor_core::client::{Intent, Link, Room, State};
use parlor_core::wire::Dialect;
use parlor_core::words::Language;
use parlor_face::words::{Words as _, typing, waiting};

use crate::chosen::{backwards, onwards, row, tongue};
use crate::find::named_button;
use crate::lists;
use crate::text::{Look, Tip, caption, centered, menu_button, user_text};
use crate::theme::{Palette, SMALL, TEXT, TITLE};
use crate::words::{FindWords, Words};

/// The room's title; `true` if somebody wants to search in it.
pub(crate) fn topic(ui: &mut Ui, state: &State, room: &Room, menu: bool, intents: &mut Vec<Intent>) -> bool {
    let words = tongue(ui);
    row(ui, |ui| {
        if menu {
            let unread: u32 = state.rooms.iter().map(|room| room.unread).sum();
            let text = if unread > 0 { format!("☰ {}", words.digits(unread)) } else { String::from("☰") };
            menu_button(ui, &text, &words.rooms(), |ui| {
                ui.set_width(200.0);
                lists::rooms(ui, state, intents);
            })
            .response
            .tip(&words.rooms());
        }
        ui.spacing_mut().item_spacing.x = 12.0;
        ui.with_layout(backwards(ui, egui::Align::Center), |ui| {
            let native = state.dialect == Dialect::Native;
            let sought = native && named_button(ui, "🔍", &words.search(), &words.search_tip()).clicked();
            ui.with_layout(onwards(ui, egui::Align::Center), |ui| title(ui, state, room));
            sought
        })
        .inner
    })
    .inner
}

fn title(ui: &mut Ui, state: &State, room: &Room) {
    let palette = Palette::of(ui);
    user_text(ui, &room.title, Look::new(TITLE, palette.text).one_line());
    if !room.topic.is_empty() {
        user_text(ui, room.topic.as_str(), Look::new(SMALL + 1.0, palette.dim).one_line());
    }
    if !room.joined && state.link == Link::Online {
        caption(ui, &tongue(ui).not_in_room(), Look::new(SMALL, palette.error).one_line());
    }
}

/// What stands in the place of the log while no room is known.
pub(crate) fn nothing_yet(ui: &mut Ui, state: &State) {
    let words = tongue(ui);
    let text = match &state.link {
        Link::Connecting { .. } | Link::Greeting | Link::Online => words.one_moment(),
        Link::Waiting { .. } | Link::Closed { .. } => words.not_yet_in(),
        Link::Leaving => words.goodbye(),
    };
    let area = ui.available_rect_before_wrap();
    let response = ui.allocate_rect(area, egui::Sense::hover());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, &text));
    centered(ui, area.center(), &text, Look::new(TEXT, Palette::of(ui).dim).one_line(), area.width());
}

/// What the line above the box says: that something waits for a connection, or who is typing.
pub(crate) fn news(words: Language, state: &State, room: &Room) -> String {
    match (state.link == Link::Online, state.unsent()) {
        (true, _) | (false, 0) => typing(words, &room.typing),
        (false, unsent) => waiting(words, unsent),
    }
    // An empty line where there is nothing to say, so that nothing moves.
    .unwrap_or_else(|| String::from(" "))
}
