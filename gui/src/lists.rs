//! The lists at the sides: rooms on one, members on the other.

use eframe::egui::{Align2, Id, Rect, Response, Role, ScrollArea, Sense, Ui, WidgetInfo, pos2, vec2};
use parlor_core::client::{Intent, Member, Room, State};

use crate::text::{Look, Tip, caption, lay, user_text};
use crate::theme::{Palette, SMALL};

const LINE: f32 = 30.0;

/// Every room and conversation with what is unread there; a click shows it.
pub(crate) fn rooms(ui: &mut Ui, state: &State, intents: &mut Vec<Intent>) {
    heading(ui, "Rooms").tip("/join NAME enters another room, /msg NICK TEXT writes to one person.");
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
fn room_label(room: &Room) -> String {
    match (room.unread, room.mentions) {
        (0, _) => room.title.clone(),
        (unread, 0) => format!("{}, {unread} unread", room.title),
        (unread, mentions) => format!("{}, {unread} unread, {mentions} for you", room.title),
    }
}

fn room_line(ui: &mut Ui, room: &Room, shown: bool) -> Response {
    let palette = Palette::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), LINE), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, shown, room_label(room)));
    back(ui, rect, &response, shown);
    let mut right = rect.right() - 8.0;
    if room.unread > 0 {
        right = badge(ui, pos2(right, rect.center().y), room.unread, room.mentions > 0) - 6.0;
    }
    let loud = shown || room.unread > 0;
    let color = if loud { palette.text } else { palette.dim };
    let left = rect.left() + 10.0;
    let laid = lay(ui, &room.title, Look::new(15.0, color).one_line(), right - left);
    laid.paint(ui, pos2(left, rect.center().y - laid.size().y * 0.5));
    response
}

/// A count in a rounded field that ends at `right`; returns where it begins.
fn badge(ui: &Ui, right: eframe::egui::Pos2, count: u32, loud: bool) -> f32 {
    let palette = Palette::of(ui);
    let (fill, color) = if loud { (palette.accent, palette.on_accent) } else { (palette.badge, palette.text) };
    let text = if count > 99 { String::from("99+") } else { count.to_string() };
    let laid = lay(ui, &text, Look::new(SMALL, color).one_line(), 60.0);
    let size = vec2((laid.size().x + 12.0).max(20.0), 20.0);
    let rect = Align2::RIGHT_CENTER.anchor_size(right, size);
    ui.painter().rect_filled(rect, 10.0, fill);
    laid.paint(ui, rect.center() - laid.size() * 0.5);
    rect.left()
}

/// Who is there; on servers that do not tell, who was seen.
pub(crate) fn members(ui: &mut Ui, room: &Room) {
    // A tutorial's server, whose one room has no name, does not tell.
    let told = room.place.is_some();
    let title = if told {
        format!("Members · {}", room.member_count.max(u32::try_from(room.members.len()).unwrap_or(u32::MAX)))
    } else {
        format!("Seen here · {}", room.members.len())
    };
    let heading = heading(ui, &title);
    if !told {
        heading.tip("This server does not tell who is there; these spoke or came in since you joined.");
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
                    caption(ui, &format!("and {rest} more"), look);
                }
            }
        }
    });
}

fn member_line(ui: &mut Ui, room: &Room, member: &Member, index: usize) {
    let palette = Palette::of(ui);
    let (_, rect) = ui.allocate_space(vec2(ui.available_width(), 26.0));
    let response = ui.interact(rect, Id::unique(("member", room.key, index)), Sense::hover());
    let you = if member.me { " (you)" } else { "" };
    response.widget_info(|| WidgetInfo::labeled(Role::ListItem, true, format!("{}{you}", member.nick)));
    let left = rect.left() + 10.0;
    let laid =
        lay(ui, &member.nick, Look::new(15.0, palette.nick(&member.nick)).one_line(), rect.right() - left - 44.0);
    let top = rect.center().y - laid.size().y * 0.5;
    let end = left + laid.size().x;
    let cut = laid.is_cut();
    laid.paint(ui, pos2(left, top));
    if member.me {
        let you = lay(ui, you, Look::new(SMALL, palette.dim).one_line(), 60.0);
        you.paint(ui, pos2(end + 4.0, rect.center().y - you.size().y * 0.5));
    }
    if cut {
        response.on_hover_ui(|ui| drop(user_text(ui, &member.nick, Look::new(15.0, palette.text))));
    }
}

fn back(ui: &Ui, rect: Rect, response: &Response, chosen: bool) {
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
    let response = ui
        .horizontal(|ui| {
            ui.add_space(10.0);
            caption(ui, text, Look::new(SMALL, palette.dim).one_line())
        })
        .inner;
    ui.add_space(2.0);
    response
}
