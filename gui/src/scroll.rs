//! Where one is in a log, and how one moves in it.
//!
//! The place is kept as a row and a distance, not as pixels from the top: rows may grow or shrink, older ones may come
//! or fall out, the window may get another width, and what one reads stays where it is. At the end the log follows the
//! newest row.

use std::cell::RefCell;
use std::collections::HashMap;

use eframe::egui::{Id, Key, Modifiers, Rect, Sense, Ui, Vec2, pos2, vec2};
use parlor_core::client::{Entry, EntryKey, EntryKind, Intent, Link, Room, State, Timeline};
use parlor_face::clock::Clock;

use crate::chosen::tongue;
use crate::deeds::{Hands, Rights};
use crate::log::pill;
use crate::quote::Quote;
use crate::row::{Marks, Row, selection};
use crate::text::dragged_past;
use crate::theme::Palette;
use crate::words::Words;

/// Width of the scroll bar with the air beside it.
pub(crate) const BAR: f32 = 12.0;
/// Least height of what is dragged in it.
const HANDLE: f32 = 28.0;
/// How many points a second it moves for each that the pointer is past the edge while it selects.
pub(crate) const DRAG: f32 = 12.0;
/// Rows left above the viewport when older ones are asked for.
const NEAR: usize = 8;

/// Where one looks at the log of one room.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Place {
    /// At the newest row, and with it when more come.
    End,
    /// What the row says begins so many points below the upper edge of the viewport. Not the row's own edge: what
    /// stands above a text (its author, a day) comes and goes with the row before.
    At {
        /// Which row.
        key: EntryKey,
        /// Where it is if the key is gone, counted from [`Timeline::front`].
        position: i64,
        /// How far below; above it where this is negative.
        offset: f32,
    },
}

/// How one moves in a log.
#[derive(Debug)]
pub(crate) struct Scroll {
    pub(crate) place: Place,
    /// The end of the log when its end was last in sight.
    seen: i64,
    /// Before which row older ones were asked for, until the person moves on: a server that cannot read just now is
    /// not asked again and again.
    asked: Option<EntryKey>,
    /// How far below its upper edge the bar is held.
    held: f32,
}

/// A room's log for a width: measures and lays out single rows.
pub(crate) struct Sheet<'a> {
    pub(crate) ui: &'a mut Ui,
    pub(crate) clock: &'a Clock,
    pub(crate) state: &'a State,
    pub(crate) room: &'a Room,
    pub(crate) width: f32,
    /// What is said above the oldest row.
    pub(crate) head: Option<String>,
    /// The row that is shown as gone to.
    pub(crate) found: Option<EntryKey>,
    /// The row that is being corrected.
    pub(crate) edited: Option<EntryKey>,
    /// The row that is perhaps to be taken back.
    pub(crate) asked: Option<EntryKey>,
    /// Rows that were laid out for this frame, to find out which are in sight: those are drawn then.
    pub(crate) rows: RefCell<HashMap<usize, Row>>,
}

impl Sheet<'_> {
    /// Measures a row; `None` where there is none to be seen.
    fn measure(&self, index: usize, what: impl FnOnce(&Row) -> f32) -> Option<f32> {
        if let Some(row) = self.rows.borrow().get(&index) {
            return Some(what(row));
        }
        let row = self.lay(index)?;
        let measured = what(&row);
        self.rows.borrow_mut().insert(index, row);
        Some(measured)
    }

    /// The row, to be drawn.
    fn take(&self, index: usize) -> Option<Row> {
        let known = self.rows.borrow_mut().remove(&index);
        known.or_else(|| self.lay(index))
    }

    fn lay(&self, index: usize) -> Option<Row> {
        let timeline = &self.room.timeline;
        let entry: &Entry = timeline.get(index).filter(|entry| !entry.is_hidden())?;
        let before = (0..index).rev().filter_map(|index| timeline.get(index)).find(|entry| !entry.is_hidden());
        let this = Some(entry.key);
        let marks = Marks {
            head: self.head.clone().filter(|_| before.is_none()),
            first_new: self.room.marker == this,
            chosen: self.found == this || self.edited == this,
            asked: self.asked == this,
            may: Rights::of(self.state, self.room, entry),
            query: self.query_for(entry),
            quote: Quote::of(self.room, entry),
            position: timeline.front() + i64::try_from(index).unwrap_or(i64::MAX),
        };
        Some(Row::lay(self.ui, self.clock, self.width, before, entry, marks))
    }

    /// The words that are looked for, where they may be found.
    fn query_for(&self, entry: &Entry) -> Option<String> {
        let message = matches!(entry.kind, EntryKind::Message { .. }) && !entry.is_deleted();
        self.state.search.as_ref().filter(|_| message).map(|search| search.query.clone())
    }

    pub(crate) fn height(&self, index: usize) -> f32 {
        self.measure(index, Row::height).unwrap_or(0.0)
    }

    pub(crate) fn lead(&self, index: usize) -> f32 {
        self.measure(index, Row::lead).unwrap_or(0.0)
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

impl Scroll {
    /// At the end.
    pub(crate) fn new() -> Self {
        Self { place: Place::End, seen: 0, asked: None, held: 0.0 }
    }

    /// Whether the newest row is in sight.
    pub(crate) fn is_at_end(&self) -> bool {
        self.place == Place::End
    }

    /// Looks at the end of another log, of which all that is there was seen.
    pub(crate) fn enter(&mut self, timeline: &Timeline) {
        self.go(Place::End);
        self.seen = timeline.front() + len(timeline);
    }

    /// Looks at another place.
    pub(crate) fn go(&mut self, place: Place) {
        self.place = place;
        self.asked = None;
    }

    /// Draws the rows in sight.
    pub(crate) fn show_rows(&mut self, sheet: &mut Sheet<'_>, area: Rect, hands: &mut Hands<'_>) {
        let (state, room) = (sheet.state, sheet.room);
        let timeline = &room.timeline;
        self.take_wheel_and_keys(sheet, area);
        let (first, offset) = self.settle(sheet, area.height());
        let at_end = self.is_at_end();
        // Two rows may have become one.
        self.seen = self.seen.min(timeline.front() + len(timeline));
        let mut top = area.top() + offset;
        let mut index = first;
        while top < area.bottom() && index < timeline.len() {
            let Some(row) = sheet.take(index) else {
                index += 1;
                continue;
            };
            let rect = Rect::from_min_size(pos2(area.left(), top), vec2(sheet.width, row.height()));
            top = rect.bottom();
            row.show(sheet.ui, rect, hands);
            index += 1;
        }
        if at_end {
            self.seen = timeline.front() + len(timeline);
        }
        let hidden_above = first > 0 || offset < 0.0;
        let oldest = timeline.get(0).map(|entry| entry.key);
        let wanted = room.has_older && !room.loading_older && first <= NEAR && (!at_end || !hidden_above);
        if room.loading_older {
            // However one moves meanwhile.
            self.asked = oldest;
        }
        if wanted && state.link == Link::Online && oldest.is_some() && self.asked != oldest {
            self.asked = oldest;
            hands.intents.push(Intent::Older);
        }
        if room.loading_older && first == 0 {
            pill(sheet.ui, area.center_top() + vec2(0.0, 18.0), &tongue(sheet.ui).loading_older(), false);
        }
        self.scroll_bar(sheet.ui, area, timeline, first, index);
        if !at_end {
            self.show_pill(sheet.ui, area, timeline);
        }
    }

    /// Moves by wheel, touch pad, Page keys and by selecting past an edge.
    fn take_wheel_and_keys(&mut self, sheet: &mut Sheet<'_>, area: Rect) {
        let ui = &mut *sheet.ui;
        let past = dragged_past(ui, selection(), area);
        let mut up = -past * DRAG * ui.input(|input| input.stable_dt).min(0.1);
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
        if up == 0.0 {
            return;
        }
        let (first, top) = self.settle(sheet, area.height());
        let lead = sheet.lead(first);
        if let Some(place) = at(&sheet.room.timeline, first, top + lead + up) {
            self.go(place);
        }
        if past != 0.0 && self.settle(sheet, area.height()) != (first, top) {
            // For as long as the pointer is held there, moved or not.
            sheet.ui.request_repaint();
        }
    }

    /// The first row in sight and where its upper edge lies relative to the viewport's; mends [`Scroll::place`] so
    /// that it is within the log.
    fn settle(&mut self, sheet: &Sheet<'_>, height: f32) -> (usize, f32) {
        let timeline = &sheet.room.timeline;
        if let Place::At { key, position, offset } = self.place {
            let (mut index, mut top) = match place_of(timeline, key, position) {
                Some(index) => (index, offset - sheet.lead(index)),
                None => (0, 0.0),
            };
            while top > 0.0 && index > 0 {
                index -= 1;
                top -= sheet.height(index);
            }
            top = top.min(0.0);
            while index < timeline.len() && -top >= sheet.height(index) {
                top += sheet.height(index);
                index += 1;
            }
            if sheet.reaches(index, height - top + 0.5) {
                self.place = anchor(sheet, index, top, height).unwrap_or(Place::End);
                return (index, top);
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
        let handle = |scroll: &Self| {
            let share = if scroll.is_at_end() { 1.0 } else { (first as f32 / most).min(1.0) };
            let corner = pos2(track.left(), track.top() + way * share);
            Rect::from_min_size(corner, vec2(track.width(), handle_height))
        };
        let (pressed, moved) = ui.input(|input| (input.pointer.primary_pressed(), input.pointer.delta() != Vec2::ZERO));
        let held = response.interact_pointer_pos().filter(|_| response.is_pointer_button_down_on());
        let beside = held.filter(|at| pressed && !handle(self).y_range().contains(at.y));
        if let Some(at) = held.filter(|_| pressed) {
            // It is held where it was taken, and comes to the pointer from elsewhere.
            self.held = if beside.is_some() { handle_height * 0.5 } else { at.y - handle(self).top() };
        }
        // Held still, it stays where it is, and nothing is asked for again.
        if let Some(pointer) = beside.or(held.filter(|_| moved && !pressed)) {
            let share = ((pointer.y - track.top() - self.held) / way.max(1.0)).clamp(0.0, 1.0);
            let index = (share * most).round() as usize;
            // With all that stands above the oldest row.
            let offset = if index == 0 { area.height() } else { 0.0 };
            self.go(at(timeline, index, offset).filter(|_| share < 1.0).unwrap_or(Place::End));
            ui.request_repaint();
        }
        let busy = response.hovered() || response.dragged();
        ui.painter().rect_filled(handle(self), 3.0, if busy { palette.dim } else { palette.line });
    }

    /// What leads back to the newest row.
    fn show_pill(&mut self, ui: &mut Ui, area: Rect, timeline: &Timeline) {
        let new = usize::try_from(timeline.front() + len(timeline) - self.seen).unwrap_or(0);
        let news = |entry: &&Entry| matches!(entry.kind, EntryKind::Message { .. }) && !entry.is_hidden();
        let new = timeline.iter().rev().take(new).filter(news).count();
        let words = tongue(ui);
        let text = if new == 0 { words.newest() } else { words.new_below(words.digits(new)) };
        if pill(ui, area.center_bottom() - vec2(0.0, 24.0), &text, true) {
            self.go(Place::End);
            ui.request_repaint();
        }
    }
}

/// The place at which the text of the row at `index` begins `offset` points below the upper edge.
pub(crate) fn at(timeline: &Timeline, index: usize, offset: f32) -> Option<Place> {
    let key = timeline.get(index)?.key;
    let position = timeline.front() + i64::try_from(index).unwrap_or(0);
    Some(Place::At { key, position, offset })
}

/// Where a row is now; what stands in its place if it is gone, `None` if that fell out.
fn place_of(timeline: &Timeline, key: EntryKey, position: i64) -> Option<usize> {
    let index = usize::try_from(position - timeline.front()).ok();
    let still = index.filter(|index| timeline.get(*index).is_some_and(|entry| entry.key == key));
    let there = || index.filter(|index| *index < timeline.len());
    still.or_else(|| timeline.position(key)).or_else(there)
}

/// The first row whose text begins in sight: whatever becomes of those above, what one reads stays where it is.
fn anchor(sheet: &Sheet<'_>, first: usize, top: f32, height: f32) -> Option<Place> {
    let timeline = &sheet.room.timeline;
    let mut upper = top;
    for index in first..timeline.len() {
        let Some(lead) = sheet.measure(index, Row::lead) else { continue };
        let offset = upper + lead;
        if offset >= height {
            break;
        }
        if offset >= 0.0 {
            return at(timeline, index, offset);
        }
        upper += sheet.height(index);
    }
    at(timeline, first, top + sheet.lead(first))
}

fn len(timeline: &Timeline) -> i64 {
    i64::try_from(timeline.len()).unwrap_or(i64::MAX)
}

/// A place in the middle of the viewport for the row at `index`.
pub(crate) fn middle(timeline: &Timeline, index: usize, height: f32) -> Option<Place> {
    at(timeline, index, (height * 0.4).round())
}
