//! The log: the rows near the viewport, and nothing else, are measured and drawn.

use std::borrow::Cow;
use std::cell::RefCell;

use eframe::egui::{self, Color32, Event, Id, Rect, Role, Sense, Stroke, StrokeKind, Ui, UiBuilder, WidgetInfo, vec2};
use parlor_core::client::{Before, Entry, EntryKey, EntryKind, Room, RoomKey, State};
use parlor_core::words::Language;
use parlor_face::clock;
use parlor_face::words::Words as _;

use crate::chosen::{Chosen, tongue};
use crate::cursor::Cursor;
use crate::deeds::{Hands, Rights, Wish};
use crate::row::{self, author, said, selection};
use crate::scroll::{BAR, Place, Scroll, Sheet, at, middle};
use crate::text::{self, Look};
use crate::theme::{Palette, TEXT};
use crate::words::Words;

/// Below the newest row.
const AIR: f32 = 8.0;
/// For so many seconds a message that was gone to is shown as such.
const FOUND: f64 = 3.0;

/// A room and where one looks in it.
pub(crate) type Spot = (RoomKey, Place);

/// The log of the shown room. Whatever is shown begins at its end.
#[derive(Debug)]
pub(crate) struct Log {
    room: Option<RoomKey>,
    scroll: Scroll,
    /// Where to look once that room is shown.
    going: Option<Spot>,
    /// The last jump that was followed.
    jump: u64,
    /// What was gone to, and until when it is shown as such.
    found: Option<(EntryKey, f64)>,
    /// What is perhaps to be taken back.
    asked: Option<EntryKey>,
    fresh: bool,
    /// What is chosen by keys.
    cursor: Cursor<EntryKey>,
    /// What was in sight last, from top to bottom, and where.
    sight: Vec<(EntryKey, Rect)>,
}

impl Log {
    /// At the end of whatever is shown first.
    pub(crate) fn new() -> Self {
        Self {
            room: None,
            scroll: Scroll::new(),
            going: None,
            jump: 0,
            found: None,
            asked: None,
            fresh: false,
            cursor: Cursor::default(),
            sight: Vec::new(),
        }
    }

    /// Whether the newest row is in sight.
    pub(crate) fn is_at_end(&self) -> bool {
        self.scroll.is_at_end()
    }

    /// Where one looks now.
    pub(crate) fn spot(&self) -> Option<Spot> {
        self.room.map(|room| (room, self.scroll.place))
    }

    /// Looks there, once that room is shown.
    pub(crate) fn go_back(&mut self, spot: Spot) {
        self.going = Some(spot);
        self.found = None;
    }

    /// Looks at the newest row.
    pub(crate) fn go_to_end(&mut self) {
        self.scroll.go(Place::End);
    }

    /// Asks in place whether a message is really to be taken back.
    pub(crate) fn ask_delete(&mut self, entry: EntryKey) {
        self.asked = Some(entry);
        self.fresh = true;
    }

    /// Leaves the message that was asked about as it is; `true` if there was one.
    pub(crate) fn keep(&mut self) -> bool {
        self.asked.take().is_some()
    }

    /// Takes the keys that choose a message of the shown room and do something with it; the message that is to be
    /// answered. To be called before the message box takes its own.
    pub(crate) fn take_keys(&mut self, ui: &Ui, state: &State, room: &Room) -> Option<EntryKey> {
        let all = || messages(room).map(|entry| entry.key).collect();
        let mut sight = self.sight.iter().rev().map(|(key, _)| *key);
        let newest = sight.find(|key| entry(room, *key).is_some_and(is_message));
        let answered = self.cursor.take_keys(ui, all, newest, row::id)?;
        entry(room, answered).filter(|entry| Rights::of(state, room, entry).answer).map(|entry| entry.key)
    }

    /// Chooses no message any more; `true` if one was chosen.
    pub(crate) fn leave_chosen(&mut self) -> bool {
        self.cursor.leave()
    }

    /// Draws the log of `room` into all the room there is. `edited` is the message that is being corrected.
    pub(crate) fn show(
        &mut self,
        ui: &mut Ui,
        state: &State,
        room: &Room,
        edited: Option<EntryKey>,
        hands: &mut Hands<'_>,
    ) {
        if self.room != Some(room.key) {
            self.room = Some(room.key);
            self.asked = None;
            self.cursor.leave();
            // Places are counted in each room by itself.
            text::clear_selection(ui);
            self.scroll.enter(&room.timeline);
        }
        let area = ui.available_rect_before_wrap();
        self.follow(ui, state, room, area.height());
        let words = tongue(ui);
        let builder = UiBuilder::new().max_rect(area).accessibility_role(Role::Log);
        ui.scope_builder(builder, |ui| {
            ui.set_clip_rect(area.intersect(ui.clip_rect()));
            name(ui, area, words.messages_in(&room.title));
            if room.timeline.is_empty() && !room.loading_older {
                let (text, color) = (words.nothing_said(), Palette::of(ui).dim);
                text::centered(ui, area.center(), &text, Look::new(TEXT, color).one_line(), area.width());
            }
            let width = area.width() - BAR;
            let area = Rect::from_min_max(area.min, area.max - vec2(0.0, AIR));
            let found = self.found.map(|(key, _)| key);
            let (head, asked) = (head(words, room), self.asked);
            let chosen = Chosen::of(ui.ctx());
            let mut sheet = Sheet {
                ui,
                clock: &chosen.clock,
                state,
                room,
                width,
                head,
                found,
                edited,
                asked,
                rows: RefCell::default(),
            };
            hands.fresh = std::mem::take(&mut self.fresh);
            if let Some(key) = self.cursor.take_moved() {
                reveal(&mut self.scroll, &sheet, &self.sight, key, area);
            }
            hands.cursor = std::mem::take(&mut self.cursor);
            self.scroll.show_rows(&mut sheet, area, hands);
            self.cursor = std::mem::take(&mut hands.cursor);
            self.sight = std::mem::take(&mut hands.sight);
            // Then "Today" is said of another day.
            ui.ctx().request_repaint_after(chosen.clock.until_tomorrow(clock::now()));
        });
        self.keep_chosen(ui, room);
        copy(ui, room, self.cursor.at());
        match *hands.wish {
            Some(Wish::AskDelete(entry)) => self.ask_delete(entry),
            Some(Wish::Keep) => self.asked = None,
            Some(Wish::Edit(_) | Wish::Answer(_)) | None => {}
        }
        ui.advance_cursor_after_rect(area);
    }

    /// The chosen message stays in sight while the log moves on; who moves away from it leaves it.
    fn keep_chosen(&mut self, ui: &Ui, room: &Room) {
        if self.sight.is_empty() {
            // There is no room for any.
            return;
        }
        let Some(key) = self.cursor.at().filter(|key| self.sight.iter().all(|(seen, _)| seen != key)) else { return };
        let held = entry(room, key).is_some_and(is_message);
        if held && self.scroll.is_at_end() {
            self.cursor.reveal();
        } else {
            self.cursor.leave();
        }
        ui.request_repaint();
    }

    /// Goes where the person wants to be.
    fn follow(&mut self, ui: &Ui, state: &State, room: &Room, height: f32) {
        let now = ui.input(|input| input.time);
        if let Some((_, place)) = self.going.take_if(|(there, _)| *there == room.key) {
            self.scroll.go(place);
        }
        if let Some(jump) = state.jump.filter(|jump| jump.number != self.jump && jump.room == room.key) {
            self.jump = jump.number;
            let place = room.timeline.position(jump.entry).and_then(|index| middle(&room.timeline, index, height));
            if let Some(place) = place {
                self.scroll.go(place);
                self.found = Some((jump.entry, now + FOUND));
            }
        }
        match self.found {
            Some((_, until)) if now < until => {
                ui.ctx().request_repaint_after(std::time::Duration::from_secs_f64(until - now));
            }
            Some(_) => self.found = None,
            None => {}
        }
    }
}

/// The messages that can be chosen.
fn messages(room: &Room) -> impl Iterator<Item = &Entry> {
    room.timeline.iter().filter(|entry| is_message(entry))
}

fn is_message(entry: &Entry) -> bool {
    matches!(entry.kind, EntryKind::Message { .. }) && !entry.is_hidden()
}

fn entry(room: &Room, key: EntryKey) -> Option<&Entry> {
    room.timeline.get(room.timeline.position(key)?)
}

/// Brings a row wholly into sight, and moves no further than that takes.
fn reveal(scroll: &mut Scroll, sheet: &Sheet<'_>, sight: &[(EntryKey, Rect)], key: EntryKey, area: Rect) {
    let timeline = &sheet.room.timeline;
    let Some(index) = timeline.position(key) else { return };
    let row = sight.iter().find(|(seen, _)| *seen == key).map(|(_, row)| row);
    if row.is_some_and(|row| row.top() >= area.top() - 0.5 && row.bottom() <= area.bottom() + 0.5) {
        return;
    }
    let first = sight.first().and_then(|(first, _)| timeline.position(*first));
    let above = first.is_none_or(|first| index <= first);
    let lead = sheet.lead(index);
    let offset = if above { lead } else { (area.height() - sheet.height(index) + lead).max(lead) };
    if let Some(place) = at(timeline, index, offset) {
        scroll.go(place);
    }
}

/// Copies what is selected of the log, or the message that is chosen.
fn copy(ui: &Ui, room: &Room, chosen: Option<EntryKey>) {
    let front = room.timeline.front();
    // What nobody sees is not copied with what stands around it.
    let entries = (front..).zip(room.timeline.iter()).filter(|(_, entry)| !entry.is_hidden());
    let texts = entries.map(|(position, entry)| (position, said(entry)));
    let author = |position| {
        let index = usize::try_from(position - front).unwrap_or(usize::MAX);
        room.timeline.get(index).and_then(author)
    };
    let chosen = chosen.filter(|key| ui.memory(|memory| memory.has_focus(row::id(*key))));
    let chosen = chosen.and_then(|key| entry(room, key)).map(Entry::what);
    copy_selected(ui, selection(), texts, author, chosen);
}

/// Copies what is selected of a group of texts, if that is wanted: a piece of one message as it is, several with who
/// said them. Where nothing is selected, `chosen`.
pub(crate) fn copy_selected<'a>(
    ui: &Ui,
    group: Id,
    texts: impl Iterator<Item = (i64, Cow<'a, str>)>,
    author: impl Fn(i64) -> Option<&'a str>,
    chosen: Option<&str>,
) {
    match text::copied(ui, group, texts).as_deref() {
        None | Some([]) => {
            let wanted = ui.input(|input| input.events.contains(&Event::Copy));
            if let Some(chosen) = chosen.filter(|_| wanted) {
                ui.copy_text(chosen.to_owned());
            }
        }
        Some([(_, piece)]) => ui.copy_text(piece.clone()),
        Some(pieces) => {
            let lines = pieces.iter().map(|(position, piece)| match author(*position) {
                Some(author) => format!("{author}: {piece}"),
                None => piece.clone(),
            });
            ui.copy_text(lines.collect::<Vec<_>>().join("\n"));
        }
    }
}

/// What is said above the oldest row.
fn head(words: Language, room: &Room) -> Option<String> {
    room.before().filter(|_| !room.loading_older).map(|before| match before {
        Before::Nothing => words.beginning(),
        Before::NotKept => words.older_not_kept(),
        Before::NotHeld => words.older_not_held(),
    })
}

/// Makes `ui` a region called so, in which what is new is read out.
pub(crate) fn name(ui: &Ui, area: Rect, title: String) {
    ui.ctx().accesskit_node_builder(ui.unique_id(), |node| {
        node.set_live(egui::accesskit::Live::Polite);
        node.set_label(title);
        node.set_bounds(egui::accesskit::Rect {
            x0: area.left().into(),
            y0: area.top().into(),
            x1: area.right().into(),
            y1: area.bottom().into(),
        });
    });
}

/// A small rounded sign over the log; `true` if it was clicked.
pub(crate) fn pill(ui: &mut Ui, center: egui::Pos2, text: &str, clickable: bool) -> bool {
    let palette = Palette::of(ui);
    let (fill, color) = if clickable { (palette.accent, palette.on_accent) } else { (palette.side, palette.dim) };
    let laid = text::lay(ui, text, Look::new(13.0, color).one_line(), 300.0);
    let rect = Rect::from_center_size(center, laid.size() + vec2(24.0, 12.0));
    let sense = if clickable { Sense::click() } else { Sense::hover() };
    let response = ui.interact(rect, Id::unique(("pill", clickable)), sense);
    let role = if clickable { Role::Button } else { Role::Label };
    response.widget_info(|| WidgetInfo::labeled(role, true, text));
    let edge = if response.has_focus() { palette.text } else { Color32::TRANSPARENT };
    ui.painter().rect(rect, rect.height() * 0.5, fill, Stroke::new(1.0, edge), StrokeKind::Outside);
    laid.paint(ui, rect.center() - laid.size() * 0.5);
    response
        .on_hover_cursor(if clickable { egui::CursorIcon::PointingHand } else { egui::CursorIcon::Default })
        .clicked()
}
