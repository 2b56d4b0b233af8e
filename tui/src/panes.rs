//! What stands around the log: title, rooms, members, status line, message box; and where each of them is.

use cursive::style::Style;
use cursive::{Printer, Vec2};
use parlor_core::client::{Link, Room, State};
use parlor_core::time::Instant;
use parlor_core::words::Language;
use parlor_face::words::Words as _;

use crate::bidi;
use crate::cells;
use crate::editor::Row;
use crate::lay;
use crate::look::Look;
use crate::paint::{self, Piece};
use crate::style;
use crate::words::Words;

/// Below this width there is the log alone.
const SIDES_CELLS_MIN: usize = 60;
/// How wide the lists at the sides may be.
const SIDE_CELLS: (usize, usize) = (10, 20);
/// Room for `and 1000 more`.
const MEMBERS_CELLS_MIN: usize = 14;

/// One frame of the screen, worked out and ready to be drawn.
#[derive(Default)]
pub struct Frame {
    size: Vec2,
    look: Look,
    title: (Piece, Piece),
    rooms: Side,
    members: Side,
    /// The status line, left and right.
    pub status: (Piece, Piece),
    /// The rows of the message box in sight.
    pub rows: Vec<Row>,
    /// How many rows of it are above them.
    pub first_row: usize,
}

/// A list at a side; hidden while it is 0 cells wide.
#[derive(Default)]
struct Side {
    cells: usize,
    /// How each looks, its name, and what stands at the other edge; ready to be printed.
    rows: Vec<(Style, String, String)>,
    /// How many are above the first row.
    first: usize,
}

impl Frame {
    /// The frame for this state and size; status line and message box are the caller's to fill in.
    /// `lists`: whether rooms and members may stand beside the log.
    pub fn new(state: &State, size: Vec2, look: Look, lists: bool) -> Self {
        let mut frame = Self { size, look, ..Self::default() };
        let wide = lists && size.x >= SIDES_CELLS_MIN;
        if wide && state.rooms.len() > 1 {
            frame.rooms = rooms(state, size.y, look);
        }
        if let Some(room) = state.rooms.get(state.shown) {
            if wide && !room.members.is_empty() {
                frame.members = members(room, size.y.saturating_sub(3), look);
            }
            frame.title = title(state, room, frame.rooms.cells == 0, look.language);
        } else {
            frame.title.0 = Piece::new(style::bar(), state.address.to_string());
        }
        frame
    }

    fn has_title(&self) -> bool {
        self.size.y >= 4
    }

    fn has_status(&self) -> bool {
        self.size.y >= 3
    }

    /// The row the message box begins at.
    pub fn box_top(&self) -> usize {
        self.size.y.saturating_sub(self.rows.len().max(1))
    }

    /// The lists at the left and at the right: the rooms stand where reading begins.
    fn sides(&self) -> (&Side, &Side) {
        match self.look.mirrored() {
            true => (&self.members, &self.rooms),
            false => (&self.rooms, &self.members),
        }
    }

    /// The cell the log begins at.
    pub fn log_start(&self) -> (usize, usize) {
        (self.sides().0.beside(), usize::from(self.has_title()))
    }

    /// Width and height of the log.
    pub fn log_size(&self) -> (usize, usize) {
        let width = self.size.x.saturating_sub(self.rooms.beside() + self.members.beside());
        (width, self.box_top().saturating_sub(usize::from(self.has_title()) + usize::from(self.has_status())))
    }

    /// The room, by its place among the rooms, whose name stands on this cell.
    pub fn room_at(&self, at: Vec2) -> Option<usize> {
        let (_, top) = self.log_start();
        let row = at.y.checked_sub(top).filter(|row| *row < self.log_size().1)?;
        let left = if self.look.mirrored() { self.size.x.saturating_sub(self.rooms.cells) } else { 0 };
        let inside = (left..left + self.rooms.cells).contains(&at.x);
        (inside && row < self.rooms.rows.len()).then_some(self.rooms.first + row)
    }

    /// Draws all but the log and what is in the message box.
    pub fn draw(&self, printer: &Printer) {
        for y in 0..printer.size.y {
            paint::fill(printer, y, style::plain());
        }
        if self.has_title() {
            paint::bar(printer, 0, self.look, &self.title);
        }
        if self.has_status() {
            paint::bar(printer, self.box_top().saturating_sub(1), self.look, &self.status);
        }
        let (_, top) = self.log_start();
        let (_, height) = self.log_size();
        let (left, right) = self.sides();
        let mirrored = self.look.mirrored();
        for y in 0..height {
            if left.cells > 0 {
                left.draw_row(printer, 0, top + y, y, mirrored);
                paint::print(printer, (left.cells, top + y), style::dim(), "│");
            }
            if right.cells > 0 {
                let x = self.size.x - right.outer();
                paint::print(printer, (x, top + y), style::dim(), "│");
                right.draw_row(printer, x + 1, top + y, y, mirrored);
            }
        }
    }
}

/// Whether a terminal that turns text itself would turn rows of this screen: something in sight, or nearly, is written
/// from right to left. Such a terminal turns whole rows, and would put names of a list into the middle of messages.
pub fn may_turn(state: &State, height: usize) -> bool {
    let Some(room) = state.shown_room() else { return false };
    let shown = room.timeline.iter().rev().filter(|entry| !entry.is_hidden()).take(height);
    let texts = shown.map(|entry| format!("{} {}", entry.line(), entry.what()));
    let names = room.members.iter().take(height).map(|member| &*member.nick);
    let names = names.chain(state.rooms.iter().map(|room| &*room.title));
    names.into_iter().any(bidi::matters) || texts.into_iter().any(|text| bidi::matters(&text))
}

impl Side {
    /// With the line that parts it from the log.
    fn outer(&self) -> usize {
        if self.cells == 0 { 0 } else { self.cells + 1 }
    }

    /// With a cell between the line and the log, too.
    fn beside(&self) -> usize {
        if self.cells == 0 { 0 } else { self.cells + 2 }
    }

    /// Draws the row of this number on this row of the screen.
    fn draw_row(&self, printer: &Printer, x: usize, y: usize, row: usize, mirrored: bool) {
        let Some((style, name, behind)) = self.rows.get(row) else { return };
        let (name_cells, cells) = (cells::width(name), self.cells);
        let free = " ".repeat(cells.saturating_sub(name_cells + cells::width(behind)));
        let text = if mirrored { format!("{behind}{free}{name}") } else { format!("{name}{free}{behind}") };
        paint::print(printer, (x, y), *style, &text);
    }
}

fn title(state: &State, room: &Room, count_rooms: bool, language: Language) -> (Piece, Piece) {
    let mut left = lay::isolated(&room.title);
    if count_rooms && state.rooms.len() > 1 {
        left.push_str(&format!(" ({})", language.digits(format!("{}/{}", state.shown + 1, state.rooms.len()))));
    }
    if !room.topic.is_empty() {
        left.push_str(": ");
        left.push_str(&lay::isolated(room.topic.as_str()));
    }
    let right = match room.member_count {
        0 => String::new(),
        1 => language.person(),
        count => language.people(language.digits(count)),
    };
    (Piece::new(style::bar(), left), Piece::new(style::bar(), right))
}

fn rooms(state: &State, height: usize, look: Look) -> Side {
    let widest = state.rooms.iter().map(|room| cells::width(&look.line(&room.title))).max().unwrap_or(0);
    let cells = (widest + 6).clamp(SIDE_CELLS.0, SIDE_CELLS.1);
    // The shown room is always in sight.
    let first = (state.shown + 1).saturating_sub(height.saturating_sub(3).max(1));
    let row = |(index, room): (usize, &Room)| {
        let count = match room.unread {
            0 => String::new(),
            unread => format!(" {} ", look.language.digits(unread)),
        };
        let style = match (index == state.shown, room.mentions > 0, room.unread > 0) {
            (true, _, _) => style::bar(),
            (false, true, _) => look.colours.attention(),
            (false, false, true) => style::bold(),
            (false, false, false) if room.joined => style::plain(),
            (false, false, false) => style::dim(),
        };
        (style, spaced(look, &room.title, cells.saturating_sub(cells::width(&count))), count)
    };
    Side { cells, rows: state.rooms.iter().enumerate().skip(first).map(row).collect(), first }
}

/// A name with a space at the edge, in at most so many cells.
fn spaced(look: Look, name: &str, cells: usize) -> String {
    let name = look.fit(name, cells.saturating_sub(1));
    if look.mirrored() { name + " " } else { format!(" {name}") }
}

fn members(room: &Room, height: usize, look: Look) -> Side {
    let all = room.members.len();
    let fits = if all < height { all } else { height.saturating_sub(2) };
    // Of a crowd, most stand out of sight: this is done at each redraw.
    let in_sight = room.members.iter().take(fits);
    let widest = in_sight.clone().map(|member| cells::width(&look.line(&member.nick))).max().unwrap_or(0);
    let cells = (widest + 2).clamp(MEMBERS_CELLS_MIN, SIDE_CELLS.1);
    // Only a tutorial's server, whose one room has no name, does not tell who is there.
    let heading = if room.place.is_some() { look.language.here() } else { look.language.seen_here() };
    let row = |style, text: &str| (style, spaced(look, text, cells), String::new());
    let mut rows = vec![row(style::dim(), &heading)];
    let away = look.line(&look.language.away());
    for member in in_sight {
        let style = match (member.me, &member.away) {
            (_, Some(_)) => style::dim(),
            (true, None) => style::bold(),
            (false, None) => look.colours.nick(&member.nick),
        };
        let (style, name, behind) = row(style, &member.nick);
        // The word goes where there is no room for it beside the name.
        let away = if look.mirrored() { format!(" {away} ") } else { format!(" {away}") };
        let fits = member.away.is_some() && cells::width(&name) + cells::width(&away) <= cells;
        rows.push((style, name, if fits { away } else { behind }));
    }
    let hidden = (room.member_count as usize).max(all).saturating_sub(fits);
    if hidden > 0 {
        rows.push(row(style::dim(), &look.language.and_more(look.language.digits(hidden))));
    }
    Side { cells, rows, first: 0 }
}

/// The status line: how things stand with the server, and what is to be seen elsewhere.
pub fn status(state: &State, now: Instant, flash: Option<String>, scrolled_up: bool, look: Look) -> (Piece, Piece) {
    let language = look.language;
    let loading = state.rooms.get(state.shown).is_some_and(|room| room.loading_older);
    let left = match (flash, &state.link) {
        (Some(flash), _) => flash,
        (None, Link::Online) if loading => language.fetching(),
        (None, Link::Online) => typing(state, language).unwrap_or_else(|| link_text(state, &state.link, now, language)),
        (None, link) => link_text(state, link, now, language),
    };
    let unread = state.rooms.get(state.shown).map_or(0, |room| room.unread);
    let right = match (scrolled_up, unread) {
        (true, 0) => pressing(look, language.more_below()),
        (true, unread) => pressing(look, language.new_below(language.digits(unread))),
        (false, _) => Piece::new(style::bar(), language.f1("F1")),
    };
    (Piece::new(style::bar(), left), right)
}

/// Who is typing in the shown room, if anybody is.
fn typing(state: &State, language: Language) -> Option<String> {
    let names: Vec<String> = state.shown_room()?.typing.iter().map(|nick| lay::isolated(nick)).collect();
    parlor_face::words::typing(language, &names)
}

fn pressing(look: Look, text: String) -> Piece {
    Piece::new(look.colours.attention(), text)
}

fn link_text(state: &State, link: &Link, now: Instant, language: Language) -> String {
    let (address, nick) = (lay::isolated(&state.address), lay::isolated(&state.nick));
    match link {
        Link::Connecting { attempt: 0 | 1 } => language.connecting(address),
        Link::Connecting { attempt } => language.connecting_again(address, language.digits(attempt)),
        Link::Greeting => language.greeting(address, nick),
        Link::Online => {
            let elsewhere: u32 =
                state.rooms.iter().enumerate().filter(|(at, _)| *at != state.shown).map(|(_, room)| room.unread).sum();
            match (elsewhere, &state.away) {
                (0, None) => language.online(nick, address),
                (0, Some(_)) => language.online_away(nick, address),
                (unread, _) => language.online_new(nick, address, language.digits(unread)),
            }
        }
        Link::Waiting { retry_at, why, .. } => {
            let seconds = retry_at.saturating_since(now).as_millis().div_ceil(1_000);
            language.waiting(language.digits(seconds), lay::isolated(why))
        }
        Link::Leaving => language.saying_goodbye(),
        Link::Closed { why: Some(why) } => language.closed(lay::isolated(why)),
        Link::Closed { why: None } => language.goodbye(),
    }
}
