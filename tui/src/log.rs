//! The log of a room: draws the lines in sight, from the bottom up, and knows where the reader stands.
//!
//! Messages stay in the client machine. What is kept here is a place in its timeline and the wrapped lines of the
//! entries last looked at, by key.

mod entry;

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hasher};
use std::sync::Arc;

use cursive::Printer;
use parlor_core::client::{Entry, EntryKey, Room, Timeline};

use self::entry::{compose, look};
use crate::cells;
use crate::lay::Line;
use crate::links::Links;
use crate::look::Look;
use crate::paint;

/// How many entries' wrapped lines are kept.
const CACHE_MAX: usize = 2_000;

/// Where the reader stands in one room.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// The entry whose line is the lowest in sight; `None` follows the newest.
    anchor: Option<Anchor>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Anchor {
    key: EntryKey,
    /// Its position on the line that never moves ([`Timeline::front`]): where to look first, and what is left
    /// to go by when the entry itself has dropped out.
    position: i64,
    /// How many of its lines are below the edge.
    below: usize,
}

impl Place {
    /// Whether the newest line is in sight.
    pub fn follows(&self) -> bool {
        self.anchor.is_none()
    }
}

/// What moves the reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scroll {
    /// So many lines to older ones.
    Up(usize),
    /// So many lines to newer ones.
    Down(usize),
    /// To the oldest line.
    Oldest,
    /// To the newest line, and on with it.
    Newest,
}

struct Wrapped {
    width: usize,
    look: u64,
    lines: Box<[Line]>,
}

/// The view's part that draws one room's log.
pub struct Log {
    look: Look,
    cache: HashMap<EntryKey, Wrapped>,
    size: (usize, usize),
    /// The entry that somebody came for; shown as selected.
    found: Option<EntryKey>,
    visible: std::collections::VecDeque<Line>,
}

impl Log {
    /// An empty one.
    pub fn new(look: Look) -> Self {
        Self { look, cache: HashMap::new(), size: (0, 0), found: None, visible: std::collections::VecDeque::new() }
    }

    /// How many lines there is room for.
    pub fn height(&self) -> usize {
        self.size.1
    }

    /// Works out the lines in sight for this room, reader and size.
    pub fn layout(&mut self, room: &Room, place: &mut Place, size: (usize, usize)) {
        self.size = size;
        self.visible.clear();
        if self.cache.len() > CACHE_MAX {
            self.cache.clear();
        }
        self.settle(room, place);
        let (mut index, mut below) = self.bottom(room, place);
        let mut visible = std::mem::take(&mut self.visible);
        while let Some(entry) = index.and_then(|at| room.timeline.get(at)).filter(|_| visible.len() < size.1) {
            let free = size.1 - visible.len();
            for line in self.lines(room, entry).iter().rev().skip(below).take(free) {
                visible.push_front(line.clone());
            }
            below = 0;
            index = index.and_then(|at| at.checked_sub(1));
        }
        self.visible = visible;
    }

    /// Draws what [`Log::layout`] found, resting on the bottom edge.
    pub fn draw(&self, printer: &Printer, links: &Links) {
        let top = printer.size.y.saturating_sub(self.visible.len());
        for (row, (x, pieces)) in self.visible.iter().enumerate() {
            paint::print_linked(printer, (*x, top + row), links, pieces);
        }
    }

    /// Where the link leads that stands on this cell of the log.
    pub fn link_at(&self, (x, y): (usize, usize)) -> Option<Arc<str>> {
        let row = y.checked_sub(self.size.1.saturating_sub(self.visible.len()))?;
        let (mut end, pieces) = self.visible.get(row).map(|(start, pieces)| (*start, pieces))?;
        let hit = pieces.iter().find(|piece| {
            end += cells::width(&piece.text);
            x < end
        });
        hit.and_then(|piece| piece.link.clone())
    }

    /// Moves the reader. Returns whether the oldest line kept came in sight.
    pub fn scroll(&mut self, room: &Room, place: &mut Place, scroll: Scroll) -> bool {
        match scroll {
            Scroll::Newest => place.anchor = None,
            Scroll::Up(lines) => self.step(room, place, -(lines as isize)),
            Scroll::Down(lines) => self.step(room, place, lines as isize),
            Scroll::Oldest => place.anchor = anchor_at(&room.timeline, 0, usize::MAX),
        }
        self.settle(room, place);
        let anchor = self.top(room);
        match (place.anchor, anchor) {
            (Some(place), Some((index, below))) => {
                let at = room.timeline.front() + index as i64;
                place.position < at || place.position == at && place.below >= below
            }
            _ => false,
        }
    }

    /// Brings an entry into sight, about the middle, and shows it as found.
    pub fn go_to(&mut self, room: &Room, place: &mut Place, key: EntryKey) {
        let Some(index) = room.timeline.position(key) else { return };
        self.found = Some(key);
        place.anchor = anchor_at(&room.timeline, index, 0);
        self.step(room, place, (self.size.1 / 2) as isize);
        self.settle(room, place);
    }

    /// Nothing is shown as found any more; whether something was.
    pub fn forget_found(&mut self) -> bool {
        self.found.take().is_some()
    }

    /// The entry and line that stand lowest.
    fn bottom(&self, room: &Room, place: &Place) -> (Option<usize>, usize) {
        match place.anchor {
            Some(anchor) => (find(&room.timeline, anchor), anchor.below),
            None => (room.timeline.len().checked_sub(1), 0),
        }
    }

    /// The lowest line when the oldest stands at the top edge; `None` while everything fits.
    fn top(&mut self, room: &Room) -> Option<(usize, usize)> {
        let mut missing = self.size.1.max(1);
        for index in 0..room.timeline.len() {
            let count = self.count(room, index);
            if count >= missing {
                let below = count - missing;
                let last = index + 1 == room.timeline.len();
                return (!last || below > 0).then_some((index, below));
            }
            missing -= count;
        }
        None
    }

    /// Brings a place that is out of bounds back: not above the oldest screenful, not below the newest line.
    fn settle(&mut self, room: &Room, place: &mut Place) {
        let Some(anchor) = place.anchor else { return };
        let Some(index) = find(&room.timeline, anchor) else {
            place.anchor = None;
            return;
        };
        let below = anchor.below.min(self.count(room, index).saturating_sub(1));
        if index + 1 == room.timeline.len() && below == 0 {
            place.anchor = None;
            return;
        }
        place.anchor = anchor_at(&room.timeline, index, below);
        // Only near the front can the screenful reach past the oldest line.
        if index > self.size.1 {
            return;
        }
        match self.top(room) {
            None => place.anchor = None,
            Some((top, top_below)) if index < top || index == top && below > top_below => {
                place.anchor = anchor_at(&room.timeline, top, top_below);
            }
            Some(_) => {}
        }
    }

    fn step(&mut self, room: &Room, place: &mut Place, lines: isize) {
        let (Some(mut index), mut below) = self.bottom(room, place) else { return };
        let mut left = lines.unsigned_abs();
        let up = lines < 0;
        while left > 0 {
            let room_here = if up { self.count(room, index).saturating_sub(1 + below) } else { below };
            if left <= room_here {
                below = if up { below + left } else { below - left };
                break;
            }
            left -= room_here + 1;
            if up {
                let Some(older) = index.checked_sub(1) else {
                    below = self.count(room, 0).saturating_sub(1);
                    break;
                };
                (index, below) = (older, 0);
            } else {
                if index + 1 >= room.timeline.len() {
                    below = 0;
                    break;
                }
                index += 1;
                below = self.count(room, index).saturating_sub(1);
            }
        }
        place.anchor = anchor_at(&room.timeline, index, below);
    }

    fn count(&mut self, room: &Room, index: usize) -> usize {
        room.timeline.get(index).map_or(0, |entry| self.lines(room, entry).len())
    }

    fn lines(&mut self, room: &Room, entry: &Entry) -> &[Line] {
        let marked = room.marker == Some(entry.key);
        let mut hasher = DefaultHasher::new();
        let found = self.found == Some(entry.key);
        look(entry, marked, found, &mut hasher);
        let (look, width) = (hasher.finish(), self.size.0);
        let looks = self.look;
        let fresh = || Wrapped { width, look, lines: compose(entry, marked, found, width, looks) };
        let wrapped = self.cache.entry(entry.key).or_insert_with(fresh);
        if wrapped.width != width || wrapped.look != look {
            *wrapped = fresh();
        }
        &wrapped.lines
    }
}

fn anchor_at(timeline: &Timeline, index: usize, below: usize) -> Option<Anchor> {
    let key = timeline.get(index)?.key;
    Some(Anchor { key, position: timeline.front() + index as i64, below })
}

fn find(timeline: &Timeline, anchor: Anchor) -> Option<usize> {
    let last = timeline.len().checked_sub(1)?;
    let guess = usize::try_from(anchor.position - timeline.front()).unwrap_or(0).min(last);
    if timeline.get(guess).is_some_and(|entry| entry.key == anchor.key) {
        return Some(guess);
    }
    Some(timeline.iter().position(|entry| entry.key == anchor.key).unwrap_or(guess))
}
