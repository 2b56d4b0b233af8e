//! The log of a room: draws the lines in sight, from the bottom up, and knows where the reader stands.
//!
//! Messages stay in the client machine. What is kept here is a place in its timeline and the wrapped lines of the
//! entries last looked at, by key.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Range;
use std::sync::Arc;

use cursive::Printer;
use cursive::style::{Effect, Style};
use parlor_core::client::{Delivery, Entry, EntryKey, EntryKind, Hyperlink, Revision, Room, SpanKind, Timeline};

use crate::cells;
use crate::lay::{self, Area, Block, Line};
use crate::links::Links;
use crate::look::Look;
use crate::paint::{self, Piece};
use crate::style::{self, Colours};

/// Below this width the time of day is not shown.
const TIME_CELLS_MIN: usize = 34;
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

/// Everything an entry's looks depend on.
fn look(entry: &Entry, marked: bool, found: bool, hasher: &mut DefaultHasher) {
    (marked, found, entry.at, entry.is_edited(), entry.is_deleted(), entry.spans()).hash(hasher);
    match &entry.kind {
        EntryKind::Message { from, text, action, mine, mention, delivery, revision: _ } => {
            (0, from, text, action, mine, mention).hash(hasher);
            match delivery {
                Delivery::Pending => 0.hash(hasher),
                Delivery::Confirmed => 1.hash(hasher),
                Delivery::Unconfirmed => 2.hash(hasher),
                Delivery::Failed(why) => (3, why).hash(hasher),
            }
        }
        EntryKind::Notice(text) => (1, text).hash(hasher),
        EntryKind::Error(text) => (2, text).hash(hasher),
    }
}

/// An entry's lines at this width.
fn compose(entry: &Entry, marked: bool, found: bool, width: usize, look: Look) -> Box<[Line]> {
    let mut lines = Vec::new();
    if marked {
        lines.push((0, [new_line(width, look.colours)].into()));
    }
    let mut indent = 0;
    let mut time = None;
    if width >= TIME_CELLS_MIN {
        indent = 6;
        time = entry.at.and_then(|at| crate::clock::time_of_day(at.0)).map(|text| Piece::new(style::dim(), text));
    }
    let (head, text, tail) = parts(entry, look);
    let rtl = look.is_rtl(text);
    let area = Area { indent, ..Area::new(indent, width) };
    let paragraphs = text.split('\n').collect::<Vec<_>>();
    let last = paragraphs.len() - 1;
    let mut start = 0;
    for (number, paragraph) in paragraphs.into_iter().enumerate() {
        let block = Block {
            head: if number == 0 { head.clone() } else { Vec::new() },
            body: body(entry, paragraph, start, body_style(entry, found), look),
            tail: if number == last { tail.clone() } else { None },
            rtl,
            continued: number > 0,
        };
        lay::lay(&mut lines, look, block, area);
        start += paragraph.len() + 1;
    }
    if let (Some(time), Some((x, first))) = (time, lines.get_mut(usize::from(marked))) {
        let gap = x.saturating_sub(cells::width(&time.text));
        let mut pieces = vec![time, Piece::new(style::plain(), " ".repeat(gap))];
        pieces.extend(first.iter().cloned());
        (*x, *first) = (0, pieces.into());
    }
    lines.into()
}

/// The paragraph of an entry's text that begins at `start`, its links underlined and its reader's name in bold.
fn body(entry: &Entry, paragraph: &str, start: usize, style: Style, look: Look) -> Vec<Piece> {
    let (mut pieces, mut from) = (Vec::new(), 0);
    let push = |pieces: &mut Vec<Piece>, range: Range<usize>, style, link| {
        let part = paragraph.get(range).unwrap_or_default();
        if !part.is_empty() {
            pieces.push(Piece { link, ..Piece::new(style, look.clean(part)) });
        }
    };
    for span in entry.spans() {
        let inside = |at: usize| at.saturating_sub(start).min(paragraph.len());
        let range = inside(span.range.start).max(from)..inside(span.range.end);
        let Some(part) = paragraph.get(range.clone()).filter(|part| !part.is_empty()) else { continue };
        push(&mut pieces, from..range.start, style, None);
        from = range.end;
        match span.kind {
            SpanKind::Link => {
                let link = Hyperlink::of(part).map(|link| link.url().into());
                push(&mut pieces, range, style::link(style), link);
            }
            SpanKind::Mention => push(&mut pieces, range, style.combine(Effect::Bold), None),
        }
    }
    push(&mut pieces, from..paragraph.len(), style, None);
    pieces
}

fn new_line(width: usize, colours: Colours) -> Piece {
    let label = " new ";
    let rule = width.saturating_sub(label.len());
    let text = format!("{}{label}{}", "─".repeat(rule / 2), "─".repeat(rule - rule / 2));
    Piece::new(colours.attention(), cells::fit(&text, width))
}

/// What stands before the text, the text, and what stands behind it.
fn parts(entry: &Entry, look: Look) -> (Vec<Piece>, &str, Option<Piece>) {
    let colours = look.colours;
    match &entry.kind {
        EntryKind::Message { from, text, action, mine, mention, delivery, revision } => {
            let mut nick = colours.nick(from);
            if *revision == Revision::Deleted {
                nick = style::dim();
            } else if *mine {
                nick = style::bold();
            }
            if *mention {
                nick = nick.combine(Effect::Reverse);
            }
            let (before, after) = match (*action, from.is_empty()) {
                (true, _) => ("* ", " "),
                (false, true) => ("", ""),
                (false, false) => ("", ": "),
            };
            let prefix = vec![
                Piece::new(style::plain(), before),
                Piece::new(nick, lay::isolated(&look.clean(from))),
                Piece::new(style::plain(), after),
            ];
            let tail = match delivery {
                Delivery::Confirmed if matches!(revision, Revision::Edited(_)) => {
                    Some(Piece::new(style::dim(), " (edited)"))
                }
                Delivery::Confirmed => None,
                Delivery::Pending => Some(Piece::new(style::dim(), " …")),
                Delivery::Unconfirmed => {
                    Some(Piece::new(colours.attention(), " (not confirmed; Ctrl+R sends it again)"))
                }
                Delivery::Failed(why) => {
                    let why = format!(" (not sent: {} Ctrl+R tries again)", look.clean(why));
                    Some(Piece::new(colours.error(), why))
                }
            };
            (prefix, text, tail)
        }
        EntryKind::Notice(text) => (vec![Piece::new(style::dim(), "* ")], text, None),
        EntryKind::Error(text) => (vec![Piece::new(colours.error(), "! ")], text, None),
    }
}

fn body_style(entry: &Entry, found: bool) -> Style {
    if found {
        return style::bar();
    }
    match &entry.kind {
        EntryKind::Message { revision: Revision::Deleted, .. } => style::dim(),
        EntryKind::Message { delivery: Delivery::Pending, .. } | EntryKind::Notice(_) => style::dim(),
        EntryKind::Message { .. } | EntryKind::Error(_) => style::plain(),
    }
}
