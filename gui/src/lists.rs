//! The lists at the sides: rooms on one, members on the other.

use eframe::egui::{Id, Rect, Response, Role, ScrollArea, Sense, Ui, Vec2, WidgetInfo, pos2, vec2};
use parlor_core::client::{Intent, Member, Room, State};
use parlor_core::words::Language;

use crate::chosen::{from_end, from_start, row, tongue};
use crate::text::{Look, Tip, caption, lay, user_text};
use crate::theme::{Palette, SMALL, TEXT};
use crate::words::Words;

const LINE: f32 = 30.0;
/// Before what stands in a line.
const PAD: f32 = 10.0;
/// Behind it.
const END: f32 = 8.0;

/// Every room and conversation with what is unread there; a click shows it.
pub(crate) fn rooms(ui: &mut Ui, state: &State, intents: &mut Vec<Intent>) {
    let words = tongue(ui);
    heading(ui, &words.rooms()).tip(&words.rooms_tip());
    ScrollArea::vertical().id_salt("rooms").auto_shrink(false).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        for (index, room) in state.rooms.iter().enumerate() {
            if room_line(ui, room, index == state.shown).clicked() {
                intents.push(Intent::Show(room.key));
            }
        }
    });
}

/// What the line of a room says aloud.
pub(crate) fn room_label(words: Language, room: &Room) -> String {
    match (room.unread, room.mentions) {
        (0, _) => room.title.clone(),
        (unread, 0) => words.room_unread(&room.title, words.digits(unread)),
        (unread, mentions) => words.room_unread_for_you(&room.title, words.digits(unread), words.digits(mentions)),
    }
}

fn room_line(ui: &mut Ui, room: &Room, shown: bool) -> Response {
    let palette = Palette::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), LINE), Sense::click());
    let words = tongue(ui);
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, shown, room_label(words, room)));
    back(ui, rect, &response, shown);
    let count = if room.unread > 0 { badge(ui, rect, room.unread, room.mentions > 0) + 6.0 } else { 0.0 };
    let loud = shown || room.unread > 0;
    let color = if loud { palette.text } else { palette.dim };
    let laid = lay(ui, &room.title, Look::new(TEXT, color).one_line(), rect.width() - PAD - END - count);
    laid.paint(ui, pos2(from_start(ui, rect, PAD, laid.size().x), rect.center().y - laid.size().y * 0.5));
    response
}

/// A count in a rounded field at the end of a line; returns how wide that is.
pub(crate) fn badge(ui: &Ui, line: Rect, count: u32, loud: bool) -> f32 {
    let palette = Palette::of(ui);
    let (fill, color) = if loud { (palette.accent, palette.on_accent) } else { (palette.badge, palette.text) };
    let words = tongue(ui);
    let text = if count > 99 { words.many() } else { words.digits(count) };
    let laid = lay(ui, &text, Look::new(SMALL, color).one_line(), 60.0);
    let size = vec2((laid.size().x + 12.0).max(20.0), 20.0);
    let corner = pos2(from_end(ui, line, END, size.x), line.center().y - size.y * 0.5);
    let rect = Rect::from_min_size(corner, size);
    ui.painter().rect_filled(rect, 10.0, fill);
    laid.paint(ui, rect.center() - laid.size() * 0.5);
    size.x
}

/// Who is there; on servers that do not tell, who was seen.
pub(crate) fn members(ui: &mut Ui, room: &Room) {
    // A tutorial's server, whose one room has no name, does not tell.
    let told = room.place.is_some();
    let words = tongue(ui);
    let listed = u32::try_from(room.members.len()).unwrap_or(u32::MAX);
    let title = match told {
        true => words.members(words.digits(room.member_count.max(listed))),
        false => words.seen_here(words.digits(listed)),
    };
    let heading = heading(ui, &title);
    if !told {
        heading.tip(&words.seen_here_tip());
    }
    ui.spacing_mut().item_spacing.y = 0.0;
    let rest = usize::try_from(room.member_count).unwrap_or(0).saturating_sub(room.members.len());
    let rows = room.members.len() + usize::from(told && rest > 0);
    ScrollArea::vertical().id_salt("members").auto_shrink(false).show_rows(ui, 26.0, rows, |ui, range| {
        for index in range {
            match room.members.get(index) {
                Some(member) => member_line(ui, room, member, index),
                None => {
                    let look = Look::new(SMALL + 1.0, Palette::of(ui).dim).one_line();
                    caption(ui, &words.and_more(words.digits(rest)), look);
                }
            }
        }
    });
}

fn member_line(ui: &mut Ui, room: &Room, member: &Member, index: usize) {
    let palette = Palette::of(ui);
    let (_, rect) = ui.allocate_space(vec2(ui.available_width(), 26.0));
    let response = ui.interact(rect, Id::unique(("member", room.key, index)), Sense::hover());
    let you = if member.me { format!(" {}", tongue(ui).you()) } else { String::new() };
    response.widget_info(|| WidgetInfo::labeled(Role::ListItem, true, format!("{}{you}", member.nick)));
    let look = Look::new(TEXT, palette.nick(&member.nick)).one_line();
    let laid = lay(ui, &member.nick, look, rect.width() - PAD - 44.0);
    let middle = |size: Vec2| rect.center().y - size.y * 0.5;
    laid.paint(ui, pos2(from_start(ui, rect, PAD, laid.size().x), middle(laid.size())));
    if member.me {
        let you = lay(ui, &you, Look::new(SMALL, palette.dim).one_line(), 60.0);
        let way = PAD + laid.size().x + 4.0;
        you.paint(ui, pos2(from_start(ui, rect, way, you.size().x), middle(you.size())));
    }
    if laid.is_cut() {
        response.on_hover_ui(|ui| drop(user_text(ui, &member.nick, Look::new(TEXT, palette.text))));
    }
}

/// What lies behind a line that is chosen or pointed at.
pub(crate) fn back(ui: &Ui, rect: Rect, response: &Response, chosen: bool) {
    let palette = Palette::of(ui);
    if chosen {
        ui.painter().rect_filled(rect, 6.0, palette.chosen);
    } else if response.hovered() || response.has_focus() {
        ui.painter().rect_filled(rect, 6.0, palette.hovered);
    }
}

fn heading(ui: &mut Ui, text: &str) -> Response {
    let palette = Palette::of(ui);
    ui.add_space(2.0);
    let response = row(ui, |ui| {
        ui.add_space(PAD);
        caption(ui, text, Look::new(SMALL, palette.dim).one_line())
    });
    let response = response.inner;
    ui.add_space(2.0);
    response
}
