//! The log of a room: draws the lines in sight, from the bottom up, and knows where the reader stands.
//!
//! Messages stay in the client machine. What is kept here is a place in its timeline and the wrapped lines of the
//! entries last looked at, by key.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use cursive::Printer;
use parlor_core::client::{Entry, EntryKey, Quote, Room, Timeline};
use parlor_core::time::Timestamp;
use parlor_face::clock::{Clock, Day};

use crate::cells;
use crate::lay::{self, Line};
use crate::links::Links;
use crate::look::Look;
use crate::paint;
use crate::words::Words;

mod entry;

use entry::Dress;

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
    look: u64,
    lines: Box<[Line]>,
}

/// The view's part that draws one room's log.
pub struct Log {
    look: Look,
    clock: Clock,
    /// How many cells times take, without seconds and with them.
    time_cells: (usize, usize),
    /// Whether times are shown to the second.
    exact: bool,
    cache: HashMap<EntryKey, Wrapped>,
    size: (usize, usize),
    /// The entry somebody came for; shown as selected.
    found: Option<EntryKey>,
    /// The entry that was selected.
    selected: Option<EntryKey>,
    visible: VecDeque<Line>,
    /// The entries of which the first line is in sight, newest first.
    in_sight: Vec<EntryKey>,
}

impl Log {
    /// An empty one.
    pub fn new(look: Look, clock: Clock) -> Self {
        Self {
            look,
            time_cells: time_cells(look, &clock),
            clock,
            exact: false,
            cache: HashMap::new(),
            size: (0, 0),
            found: None,
            selected: None,
            visible: VecDeque::new(),
            in_sight: Vec::new(),
        }
    }

    /// Shows everything like this from now on.
    pub fn set_look(&mut self, look: Look, clock: Clock) {
        self.time_cells = time_cells(look, &clock);
        (self.look, self.clock) = (look, clock);
        self.cache.clear();
    }

    /// Shows times to the second, or no more.
    pub fn toggle_exact(&mut self) {
        self.exact = !self.exact;
    }

    /// Day and time of an entry in full, or where there is little room the time alone.
    pub fn when(&self, entry: &Entry, roomy: bool) -> String {
        let when = |at| if roomy { self.clock.full(at) } else { self.clock.time_to_the_second(at) };
        entry.at.map(when).unwrap_or_default()
    }

    /// The selected entry.
    pub fn selected(&self) -> Option<EntryKey> {
        self.selected
    }

    /// Selects another entry, or none.
    pub fn select(&mut self, key: Option<EntryKey>) {
        self.selected = key;
    }

    /// The entries in sight, newest first.
    pub fn in_sight(&self) -> &[EntryKey] {
        &self.in_sight
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
        self.in_sight.clear();
        while let Some(at) = index.filter(|_| visible.len() < size.1) {
            let free = size.1 - visible.len();
            let lines = self.lines(room, at);
            let all = lines.len();
            lines.iter().rev().skip(below).take(free).for_each(|line| visible.push_front(line.clone()));
            if let Some(entry) = room.timeline.get(at).filter(|_| (1..=free + below).contains(&all)) {
                self.in_sight.push(entry.key);
            }
            below = 0;
            index = at.checked_sub(1);
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
            // All that is held is in sight, and does not fill the screen.
            (_, None) => matches!(scroll, Scroll::Up(_) | Scroll::Oldest),
            (None, Some(_)) => false,
        }
    }

    /// Brings an entry into sight, about the middle, and shows it as found.
    pub fn go_to(&mut self, room: &Room, place: &mut Place, key: EntryKey) {
        self.found = Some(key);
        self.reveal(room, place, key);
    }

    /// Brings an entry into sight, about the middle.
    pub fn reveal(&mut self, room: &Room, place: &mut Place, key: EntryKey) {
        let Some(index) = room.timeline.position(key) else { return };
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
                let last = self.is_last(room, index);
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
        // Where an entry is hidden, the one before it stands lowest, or else the next.
        let before = (0..=index).rev().find(|at| self.count(room, *at) > 0);
        let shown = before.or_else(|| (index..room.timeline.len()).find(|at| self.count(room, *at) > 0));
        let Some(index) = shown else {
            place.anchor = None;
            return;
        };
        let below = anchor.below.min(self.count(room, index).saturating_sub(1));
        if below == 0 && self.is_last(room, index) {
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
        while left > 0 {
            // Up: the lines above this one in its entry. Down: those below it.
            let here = match lines < 0 {
                true => self.count(room, index).saturating_sub(1 + below),
                false => below,
            };
            if left <= here {
                below = if lines < 0 { below + left } else { below - left };
                break;
            }
            left -= here + 1;
            let next = match lines < 0 {
                true => (0..index).rev().find(|at| self.count(room, *at) > 0),
                false => (index + 1..room.timeline.len()).find(|at| self.count(room, *at) > 0),
            };
            let Some(next) = next else {
                below = if lines < 0 { below + here } else { 0 };
                break;
            };
            index = next;
            below = if lines < 0 { 0 } else { self.count(room, index).saturating_sub(1) };
        }
        place.anchor = anchor_at(&room.timeline, index, below);
    }

    /// Whether nothing is shown below an entry.
    fn is_last(&mut self, room: &Room, index: usize) -> bool {
        (index + 1..room.timeline.len()).all(|at| self.count(room, at) == 0)
    }

    fn count(&mut self, room: &Room, index: usize) -> usize {
        self.lines(room, index).len()
    }

    fn lines(&mut self, room: &Room, index: usize) -> &[Line] {
        let Some(entry) = room.timeline.get(index).filter(|entry| !entry.is_hidden()) else { return &[] };
        let dress = self.dress(room, entry, index);
        let look = entry::look_of(entry, &dress);
        let looks = self.look;
        let fresh = || Wrapped { look, lines: entry::compose(entry, &dress, looks) };
        let wrapped = self.cache.entry(entry.key).or_insert_with(fresh);
        if wrapped.look != look {
            *wrapped = fresh();
        }
        &wrapped.lines
    }

    fn dress(&self, room: &Room, entry: &Entry, index: usize) -> Dress {
        let time = |at| if self.exact { self.clock.time_to_the_second(at) } else { self.clock.time(at) };
        Dress {
            marked: room.marker == Some(entry.key),
            front: [self.found, self.selected].contains(&Some(entry.key)),
            day: self.new_day(room, entry, index),
            quote: entry.reply.map(|_| self.quote(room, entry)),
            time: entry.at.map(time).filter(|time| !time.is_empty()),
            time_cells: if self.exact { self.time_cells.1 } else { self.time_cells.0 },
            width: self.size.0,
        }
    }

    /// What an answer answers.
    fn quote(&self, room: &Room, entry: &Entry) -> String {
        let quoted = |quote: Quote| format!("{}: {}", lay::isolated(&quote.from), quote.excerpt);
        room.reply_of(entry).map_or_else(|| self.look.language.earlier(), quoted)
    }

    /// The day of an entry in words, where the entry shown before it is of another. Of the oldest that is shown it is told
    /// unless it is today.
    fn new_day(&self, room: &Room, entry: &Entry, index: usize) -> Option<String> {
        let day = self.day(entry)?;
        let before = room.timeline.iter().take(index).rev().filter(|entry| !entry.is_hidden());
        let before = before.into_iter().find_map(|entry| self.day(entry));
        let now = wall_clock();
        match before {
            Some(before) => before != day,
            None => self.clock.day(now) != Some(day),
        }
        .then(|| self.clock.day_line(day, now))
    }

    fn day(&self, entry: &Entry) -> Option<Day> {
        entry.at.and_then(|at| self.clock.day(at))
    }
}

/// Now, for the words today and yesterday.
fn wall_clock() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// The widest times of a day, without seconds and with them.
fn time_cells(look: Look, clock: &Clock) -> (usize, usize) {
    const HOUR: i64 = 3_600_000;
    let widest = |time: &dyn Fn(Timestamp) -> String| {
        (0..24).map(|hour| cells::width(&look.line(&time(Timestamp(hour * HOUR))))).max().unwrap_or(0)
    };
    (widest(&|at| clock.time(at)), widest(&|at| clock.time_to_the_second(at)))
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
