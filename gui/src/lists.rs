//! The lists at the sides: rooms on one, members on the other.

use eframe::egui::{Id, Popup, Rect, RectAlign, Response, Role, ScrollArea, Sense, Ui, Vec2, WidgetInfo, pos2, vec2};
use parlor_core::client::{Intent, Member, Room, State};
use parlor_core::wire::Dialect;
use parlor_core::words::Language;
use parlor_face::words::Words as _;

use crate::chosen::{from_end, from_start, menu_lines, mirrored, row, tongue};
use crate::text::{Look, Tip, button, caption, lay, user_text};
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
pub(crate) fn members(ui: &mut Ui, state: &State, room: &Room, intents: &mut Vec<Intent>) {
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
            member_line(ui, state, room, index, intents);
            if index >= room.members.len() {
                let look = Look::new(SMALL + 1.0, Palette::of(ui).dim).one_line();
                caption(ui, &words.and_more(words.digits(rest)), look);
            }
        }
    });
}

fn member_line(ui: &mut Ui, state: &State, room: &Room, index: usize, intents: &mut Vec<Intent>) {
    let Some(member) = room.members.get(index) else { return };
    let (palette, words) = (Palette::of(ui), tongue(ui));
    let (_, rect) = ui.allocate_space(vec2(ui.available_width(), 26.0));
    let sense = if member.me { Sense::hover() } else { Sense::click() };
    let response = ui.interact(rect, Id::unique(("member", room.key, index)), sense);
    let note = match (member.me, &member.away) {
        (true, None) => words.you(),
        (true, Some(_)) => format!("{} {}", words.you(), words.is_away()),
        (false, None) => String::new(),
        (false, Some(_)) => words.is_away(),
    };
    let spoken = format!("{} {note}", member.nick);
    response.widget_info(|| WidgetInfo::labeled(Role::ListItem, true, spoken.trim_end()));
    back(ui, rect, &response, false);
    let color = if member.away.is_some() { palette.dim } else { palette.nick(&member.nick) };
    let note = lay(ui, &note, Look::new(SMALL, palette.dim).one_line(), rect.width() * 0.5);
    let room_for_name = rect.width() - 2.0 * PAD - note.size().x - 4.0;
    let laid = lay(ui, &member.nick, Look::new(TEXT, color).one_line(), room_for_name);
    let middle = |size: Vec2| rect.center().y - size.y * 0.5;
    laid.paint(ui, pos2(from_start(ui, rect, PAD, laid.size().x), middle(laid.size())));
    let way = PAD + laid.size().x + 4.0;
    note.paint(ui, pos2(from_start(ui, rect, way, note.size().x), middle(note.size())));
    if !member.me {
        let below = if mirrored(ui) { RectAlign::BOTTOM_END } else { RectAlign::BOTTOM_START };
        let clicked = Popup::menu(&response).id(response.id.with("menu")).align(below);
        for popup in [clicked, Popup::context_menu(&response)] {
            popup.layout(menu_lines(ui)).show(|ui| menu(ui, state, room, member, intents));
        }
    }
    let away = member.away.as_ref().filter(|away| !away.is_empty());
    if laid.is_cut() || away.is_some() {
        response.on_hover_ui(|ui| {
            user_text(ui, &member.nick, Look::new(TEXT, palette.text));
            if let Some(away) = away {
                user_text(ui, away, Look::new(SMALL, palette.dim));
            }
        });
    }
}

/// What can be done about somebody.
fn menu(ui: &mut Ui, state: &State, room: &Room, member: &Member, intents: &mut Vec<Intent>) {
    let (words, nick) = (tongue(ui), &member.nick);
    let native = state.dialect == Dialect::Native;
    let draft = match room.draft.trim_end() {
        "" => format!("{nick}: "),
        begun => format!("{begun} {nick} "),
    };
    let ignored = match state.ignores(nick) {
        true => (words.unignore(nick), Intent::Unignore(nick.clone())),
        false => (words.ignore(nick), Intent::Ignore(nick.clone())),
    };
    let rule = native && room.operator;
    let deeds = [
        (native, words.write_to(nick), Intent::Submit(format!("/join @{nick}"))),
        (true, words.mention(nick), Intent::Draft(draft)),
        (true, ignored.0, ignored.1),
        (rule, words.mute(nick), Intent::Submit(format!("/mute {nick}"))),
        (rule, words.kick(nick), Intent::Submit(format!("/kick {nick}"))),
    ];
    for (_, name, intent) in deeds.into_iter().filter(|(offered, ..)| *offered) {
        if button(ui, &name).clicked() {
            intents.push(intent);
            ui.close();
        }
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
