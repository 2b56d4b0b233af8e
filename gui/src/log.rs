//! The log: the rows near the viewport, and nothing else, are measured and drawn.
//!
//! Where one is in the log is kept as a row and a distance, not as pixels from the top: rows may grow, older ones may
//! come or fall out, the window may get another width, and what one reads stays where it is. At the end the log
//! follows the newest row.

use eframe::egui::{
    self, Color32, FontId, Id, Key, Modifiers, Rect, Role, Sense, Stroke, StrokeKind, Ui, UiBuilder, WidgetInfo, pos2,
    vec2,
};
use parlor_core::client::{Entry, EntryKind, Intent, Room, RoomKey, Timeline};

use crate::clock::Clock;
use crate::row::Row;
use crate::theme::{Palette, TEXT};

/// Width of the scroll bar with the air beside it.
const BAR: f32 = 12.0;
/// Below the newest row.
const AIR: f32 = 8.0;
/// Least height of what is dragged in it.
const HANDLE: f32 = 28.0;

/// Where one looks at the log of one room.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Place {
    /// At the newest row, and with it when more come.
    End,
    /// `hidden` points of the row at `position` (counted from [`Timeline::front`]) are above the viewport.
    At { position: i64, hidden: f32 },
}

/// The log of the shown room. Whatever is shown begins at its end.
#[derive(Debug)]
pub(crate) struct Log {
    room: Option<RoomKey>,
    scroll: Scroll,
    clock: Clock,
}

/// How one moves in a log.
#[derive(Debug)]
struct Scroll {
    place: Place,
    /// The end of the log when its end was last in sight.
    seen: i64,
}

impl Log {
    /// At the end of whatever is shown first.
    pub(crate) fn new() -> Self {
        Self { room: None, scroll: Scroll { place: Place::End, seen: 0 }, clock: Clock::local() }
    }

    /// Whether the newest row is in sight.
    pub(crate) fn is_at_end(&self) -> bool {
        self.scroll.is_at_end()
    }

    /// Draws the log of `room` into all the room there is.
    pub(crate) fn show(&mut self, ui: &mut Ui, room: &Room, intents: &mut Vec<Intent>) {
        if self.room != Some(room.key) {
            self.room = Some(room.key);
            self.scroll.place = Place::End;
        }
        let area = ui.available_rect_before_wrap();
        let builder = UiBuilder::new().max_rect(area).accessibility_role(Role::Log);
        ui.scope_builder(builder, |ui| {
            ui.set_clip_rect(area.intersect(ui.clip_rect()));
            let title = format!("Messages in {}", room.title);
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
            let width = area.width() - BAR;
            let area = Rect::from_min_max(area.min, area.max - vec2(0.0, AIR));
            self.scroll.show_rows(Sheet { ui, clock: &self.clock, room, width }, area, intents);
        });
        ui.advance_cursor_after_rect(area);
    }
}

impl Scroll {
    fn is_at_end(&self) -> bool {
        self.place == Place::End
    }

    fn show_rows(&mut self, mut sheet: Sheet<'_>, area: Rect, intents: &mut Vec<Intent>) {
        let room = sheet.room;
        let timeline = &room.timeline;
        if timeline.is_empty() && !room.loading_older {
            let text = "Nothing has been said here yet.";
            let at = egui::Align2::CENTER_CENTER;
            sheet.ui.painter().text(area.center(), at, text, FontId::proportional(TEXT), Palette::of(sheet.ui).dim);
        }
        self.take_wheel_and_keys(&mut sheet, area);
        let (first, offset) = self.settle(&sheet, area.height());
        let at_end = self.is_at_end();
        let mut top = area.top() + offset;
        let mut index = first;
        while top < area.bottom() && index < timeline.len() {
            let Some(row) = sheet.row(index) else { break };
            let rect = Rect::from_min_size(pos2(area.left(), top), vec2(sheet.width, row.height()));
            top = rect.bottom();
            row.show(sheet.ui, rect, intents);
            index += 1;
        }
        let end = timeline.front() + len(timeline);
        if at_end {
            self.seen = end;
        }
        let hidden_above = first > 0 || offset < 0.0;
        if room.has_older && !room.loading_older && first == 0 && (!at_end || !hidden_above) && !timeline.is_empty() {
            intents.push(Intent::Older);
        }
        let ui = sheet.ui;
        if room.loading_older && first == 0 {
            pill(ui, area.center_top() + vec2(0.0, 18.0), "Loading older messages …", false);
        }
        self.scroll_bar(ui, area, timeline, first, index);
        if !at_end {
            self.show_pill(ui, area, timeline);
        }
    }

    /// Moves by wheel, touch pad, Page keys and Escape.
    fn take_wheel_and_keys(&mut self, sheet: &mut Sheet<'_>, area: Rect) {
        let ui = &mut *sheet.ui;
        let mut up = 0.0;
        if ui.rect_contains_pointer(area) {
            up += ui.input_mut(|input| std::mem::take(&mut input.smooth_scroll_delta.y));
        }
        ui.input_mut(|input| {
            if input.consume_key(Modifiers::NONE, Key::PageUp) {
                up += area.height() * 0.85;
            }
            if input.consume_key(Modifiers::NONE, Key::PageDown) {
                up -= area.height() * 0.85;
            }
        });
        if ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape)) {
            self.place = Place::End;
        } else if up != 0.0 {
            let (first, offset) = self.settle(sheet, area.height());
            let position = sheet.room.timeline.front() + i64::try_from(first).unwrap_or(0);
            self.place = Place::At { position, hidden: -offset - up };
        }
    }

    /// The first row in sight and where its upper edge lies relative to the viewport's; mends [`Log::place`] so that
    /// it is within the log.
    fn settle(&mut self, sheet: &Sheet<'_>, height: f32) -> (usize, f32) {
        let timeline = &sheet.room.timeline;
        if let Place::At { position, hidden } = self.place {
            let mut index = usize::try_from(position - timeline.front()).unwrap_or(0).min(timeline.len());
            let mut hidden = if position < timeline.front() { 0.0 } else { hidden };
            while hidden < 0.0 && index > 0 {
                index -= 1;
                hidden += sheet.height(index);
            }
            hidden = hidden.max(0.0);
            while index < timeline.len() && hidden >= sheet.height(index) {
                hidden -= sheet.height(index);
                index += 1;
            }
            if sheet.reaches(index, height + hidden + 0.5) {
                let position = timeline.front() + i64::try_from(index).unwrap_or(0);
                self.place = Place::At { position, hidden };
                return (index, -hidden);
            }
            self.place = Place::End;
        }
        let (mut index, mut left) = (timeline.len(), height);
        while left > 0.0 && index > 0 {
            index -= 1;
            left -= sheet.height(index);
        }
        (index, left)
    }

    /// The bar at the side. It counts rows, not points, so that rows out of sight need not be measured.
    fn scroll_bar(&mut self, ui: &Ui, area: Rect, timeline: &Timeline, first: usize, end: usize) {
        let (shown, all) = (end - first, timeline.len());
        if shown >= all || all == 0 {
            return;
        }
        let palette = Palette::of(ui);
        let track = Rect::from_min_max(pos2(area.right() - BAR + 3.0, area.top() + 2.0), area.max - vec2(3.0, 2.0));
        let handle_height = (track.height() * shown as f32 / all as f32).max(HANDLE).min(track.height());
        let way = track.height() - handle_height;
        let most = (all - shown).max(1) as f32;
        let response = ui.interact(track.expand2(vec2(3.0, 0.0)), Id::unique("log bar"), Sense::click_and_drag());
        if let Some(pointer) = response.interact_pointer_pos().filter(|_| response.is_pointer_button_down_on()) {
            let share = ((pointer.y - track.top() - handle_height * 0.5) / way.max(1.0)).clamp(0.0, 1.0);
            let position = timeline.front() + (share * most).round() as i64;
            self.place = if share >= 1.0 { Place::End } else { Place::At { position, hidden: 0.0 } };
            ui.request_repaint();
        }
        let share = if self.is_at_end() { 1.0 } else { (first as f32 / most).min(1.0) };
        let top = track.top() + way * share;
        let handle = Rect::from_min_size(pos2(track.left(), top), vec2(track.width(), handle_height));
        let busy = response.hovered() || response.dragged();
        ui.painter().rect_filled(handle, 3.0, if busy { palette.dim } else { palette.line });
    }

    /// What leads back to the newest row.
    fn show_pill(&mut self, ui: &mut Ui, area: Rect, timeline: &Timeline) {
        let new = usize::try_from(timeline.front() + len(timeline) - self.seen).unwrap_or(0);
        let new =
            timeline.iter().rev().take(new).filter(|entry| matches!(entry.kind, EntryKind::Message { .. })).count();
        let text = if new == 0 { String::from("▼ newest") } else { format!("▼ {new} new") };
        if pill(ui, area.center_bottom() - vec2(0.0, 24.0), &text, true) {
            self.place = Place::End;
            ui.request_repaint();
        }
    }
}

fn len(timeline: &Timeline) -> i64 {
    i64::try_from(timeline.len()).unwrap_or(i64::MAX)
}

/// A room's log for a width: measures and lays out single rows.
struct Sheet<'a> {
    ui: &'a mut Ui,
    clock: &'a Clock,
    room: &'a Room,
    width: f32,
}

impl Sheet<'_> {
    fn row(&self, index: usize) -> Option<Row> {
        let timeline = &self.room.timeline;
        let entry: &Entry = timeline.get(index)?;
        let before = index.checked_sub(1).and_then(|index| timeline.get(index));
        let first_new = self.room.marker == Some(entry.key);
        Some(Row::lay(self.ui, self.clock, self.width, before, entry, first_new))
    }

    fn height(&self, index: usize) -> f32 {
        self.row(index).map_or(0.0, |row| row.height())
    }

    /// Whether the rows from `index` on are higher than `height`; measures no more of them than it must.
    fn reaches(&self, index: usize, height: f32) -> bool {
        let mut left = height;
        for index in index..self.room.timeline.len() {
            left -= self.height(index);
            if left < 0.0 {
                return true;
            }
        }
        false
    }
}

/// A small rounded sign over the log; `true` if it was clicked.
fn pill(ui: &mut Ui, center: egui::Pos2, text: &str, clickable: bool) -> bool {
    let palette = Palette::of(ui);
    let (fill, color) = if clickable { (palette.accent, palette.on_accent) } else { (palette.side, palette.dim) };
    let galley = ui.painter().layout_no_wrap(text.to_owned(), FontId::proportional(13.0), color);
    let rect = Rect::from_center_size(center, galley.size() + vec2(24.0, 12.0));
    let sense = if clickable { Sense::click() } else { Sense::hover() };
    let response = ui.interact(rect, Id::unique("pill"), sense);
    let role = if clickable { Role::Button } else { Role::Label };
    response.widget_info(|| WidgetInfo::labeled(role, true, text));
    let edge = if response.has_focus() { palette.text } else { Color32::TRANSPARENT };
    ui.painter().rect(rect, rect.height() * 0.5, fill, Stroke::new(1.0, edge), StrokeKind::Outside);
    ui.painter().galley(rect.center() - galley.size() * 0.5, galley, color);
    response
        .on_hover_cursor(if clickable { egui::CursorIcon::PointingHand } else { egui::CursorIcon::Default })
        .clicked()
}
