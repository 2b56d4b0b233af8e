//! What stands around the log: title, rooms, members, status line, message box; and where each of them is.

use cursive::{Printer, Vec2};
use parlor_core::client::{Link, Room, State};
use parlor_core::time::Instant;

use crate::cells;
use crate::editor::Row;
use crate::lay;
use crate::look::Look;
use crate::paint::{self, Piece};
use crate::style;

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
    rows: Vec<Piece>,
    /// How many are above the first row.
    first: usize,
}

impl Frame {
    /// The frame for this state and size; status line and message box are the caller's to fill in.
    pub fn new(state: &State, size: Vec2, look: Look) -> Self {
        let mut frame = Self { size, look, ..Self::default() };
        let wide = size.x >= SIDES_CELLS_MIN;
        if wide && state.rooms.len() > 1 {
            frame.rooms = rooms(state, size.y, look);
        }
        if let Some(room) = state.rooms.get(state.shown) {
            if wide && !room.members.is_empty() {
                frame.members = members(room, size.y.saturating_sub(3), look);
            }
            frame.title = title(state, room, frame.rooms.cells == 0);
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

    /// The cell the log begins at.
    pub fn log_start(&self) -> (usize, usize) {
        (self.rooms.outer(), usize::from(self.has_title()))
    }

    /// Width and height of the log.
    pub fn log_size(&self) -> (usize, usize) {
        // What rests on the right edge keeps a cell between itself and the line.
        let gap = usize::from(self.members.cells > 0);
        let width = self.size.x.saturating_sub(self.rooms.outer() + self.members.outer() + gap);
        (width, self.box_top().saturating_sub(usize::from(self.has_title()) + usize::from(self.has_status())))
    }

    /// The room, by its place among the rooms, whose name stands on this cell.
    pub fn room_at(&self, at: Vec2) -> Option<usize> {
        let (_, top) = self.log_start();
        let row = at.y.checked_sub(top).filter(|row| *row < self.log_size().1)?;
        (at.x < self.rooms.cells && row < self.rooms.rows.len()).then_some(self.rooms.first + row)
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
        for y in 0..height {
            if self.rooms.cells > 0 {
                self.rooms.draw_row(printer, 0, top, y);
                paint::print(printer, (self.rooms.cells, top + y), style::dim(), "│");
            }
            if self.members.cells > 0 {
                let x = self.size.x - self.members.outer();
                paint::print(printer, (x, top + y), style::dim(), "│");
                self.members.draw_row(printer, x + 1, top, y);
            }
        }
    }
}

impl Side {
    /// With the line that parts it from the log.
    fn outer(&self) -> usize {
        if self.cells == 0 { 0 } else { self.cells + 1 }
    }

    fn draw_row(&self, printer: &Printer, x: usize, top: usize, y: usize) {
        if let Some(row) = self.rows.get(y) {
            paint::print(printer, (x, top + y), row.style, &row.text);
        }
    }
}

fn title(state: &State, room: &Room, count_rooms: bool) -> (Piece, Piece) {
    let mut left = lay::isolated(&room.title);
    if count_rooms && state.rooms.len() > 1 {
        left.push_str(&format!(" ({}/{})", state.shown + 1, state.rooms.len()));
    }
    if !room.topic.is_empty() {
        left.push_str(": ");
        left.push_str(&lay::isolated(room.topic.as_str()));
    }
    let right = match room.member_count {
        0 => String::new(),
        1 => "1 person ".to_owned(),
        count => format!("{count} people "),
    };
    (Piece::new(style::bar(), left), Piece::new(style::bar(), right))
}

fn rooms(state: &State, height: usize, look: Look) -> Side {
    let widest = state.rooms.iter().map(|room| cells::width(&look.line(&room.title))).max().unwrap_or(0);
    let cells = (widest + 6).clamp(SIDE_CELLS.0, SIDE_CELLS.1);
    // The shown room is always in sight.
    let first = (state.shown + 1).saturating_sub(height.saturating_sub(3).max(1));
    let row = |(index, room): (usize, &Room)| {
        let count = if room.unread > 0 { format!(" {} ", room.unread) } else { " ".to_owned() };
        let name = look.pad(&room.title, cells.saturating_sub(cells::width(&count) + 1));
        let style = match (index == state.shown, room.mentions > 0, room.unread > 0) {
            (true, _, _) => style::bar(),
            (false, true, _) => look.colours.attention(),
            (false, false, true) => style::bold(),
            (false, false, false) if room.joined => style::plain(),
            (false, false, false) => style::dim(),
        };
        Piece::new(style, format!(" {name}{count}"))
    };
    Side { cells, rows: state.rooms.iter().enumerate().skip(first).map(row).collect(), first }
}

fn members(room: &Room, height: usize, look: Look) -> Side {
    let widest = room.members.iter().map(|member| cells::width(&look.line(&member.nick))).max().unwrap_or(0);
    let cells = (widest + 2).clamp(MEMBERS_CELLS_MIN, SIDE_CELLS.1);
    // Only a tutorial's server, whose one room has no name, does not tell who is there.
    let heading = if room.place.is_some() { " Here" } else { " Seen here" };
    let mut rows = vec![Piece::new(style::dim(), heading)];
    let all = room.members.len();
    let fits = if all < height { all } else { height.saturating_sub(2) };
    for member in room.members.iter().take(fits) {
        let style = if member.me { style::bold() } else { look.colours.nick(&member.nick) };
        rows.push(Piece::new(style, format!(" {}", look.fit(&member.nick, cells.saturating_sub(1)))));
    }
    let hidden = (room.member_count as usize).max(all).saturating_sub(fits);
    if hidden > 0 {
        rows.push(Piece::new(style::dim(), look.fit(&format!(" and {hidden} more"), cells)));
    }
    Side { cells, rows, first: 0 }
}

/// The status line: how things stand with the server, and what is to be seen elsewhere.
pub fn status(state: &State, now: Instant, flash: Option<&str>, scrolled_up: bool, look: Look) -> (Piece, Piece) {
    let loading = state.rooms.get(state.shown).is_some_and(|room| room.loading_older);
    let left = match (flash, &state.link) {
        (Some(flash), _) => flash.to_owned(),
        (None, Link::Online) if loading => "Fetching older messages …".to_owned(),
        (None, link) => link_text(state, link, now),
    };
    let unread = state.rooms.get(state.shown).map_or(0, |room| room.unread);
    let right = match (scrolled_up, unread) {
        (true, 0) => pressing(look, " ▼ more below (End) ".to_owned()),
        (true, unread) => pressing(look, format!(" ▼ {unread} new (End) ")),
        (false, _) => Piece::new(style::bar(), "F1 help "),
    };
    (Piece::new(style::bar(), left), right)
}

fn pressing(look: Look, text: String) -> Piece {
    Piece::new(look.colours.attention(), text)
}

fn link_text(state: &State, link: &Link, now: Instant) -> String {
    let address = &state.address;
    match link {
        Link::Connecting { attempt: 0 | 1 } => format!("Connecting to {address} …"),
        Link::Connecting { attempt } => format!("Connecting to {address} … (try {attempt})"),
        Link::Greeting => format!("Connected to {address}, saying hello as {} …", state.nick),
        Link::Online => {
            let elsewhere: u32 =
                state.rooms.iter().enumerate().filter(|(at, _)| *at != state.shown).map(|(_, room)| room.unread).sum();
            match elsewhere {
                0 => format!("{} at {address}", state.nick),
                unread => format!("{} at {address}, {unread} new elsewhere (Ctrl+N)", state.nick),
            }
        }
        Link::Waiting { retry_at, why, .. } => {
            let seconds = retry_at.saturating_since(now).as_millis().div_ceil(1_000);
            format!("Offline, next try in {seconds} s (Ctrl+R: now): {why}")
        }
        Link::Leaving => "Saying goodbye …".to_owned(),
        Link::Closed { why: Some(why) } => format!("Offline (Ctrl+R: connect): {why}"),
        Link::Closed { why: None } => "Goodbye.".to_owned(),
    }
}
