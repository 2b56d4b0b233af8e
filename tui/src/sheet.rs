//! A page to read: what the keys do. Scrolls where it does not fit; any closing key closes it.

use cursive::event::{Event, EventResult, Key};
use cursive::{Printer, Vec2, View};

use crate::cells;
use crate::lay::{self, Line};
use crate::look::Look;
use crate::paint::{self, Piece};
use crate::style;
use crate::term::Caret;

/// The page's name among the views.
pub const NAME: &str = "sheet";

/// Keys and commands, and what they do; an empty pair is a blank line.
pub type Entries = &'static [(&'static str, &'static str)];

/// What F1 and `/help` show.
pub const HELP: Entries = &[
    ("Enter", "send the message"),
    ("Alt+Enter, Ctrl+J", "a new line in it"),
    ("PageUp, PageDown", "scroll the log"),
    ("Ctrl+Up, Ctrl+Down", "scroll it line by line"),
    ("Home, End", "to its start, to its end"),
    ("Up", "correct what you said last (Esc: leave it)"),
    ("Ctrl+F", "search: here, with Tab everywhere"),
    ("Ctrl+N, Ctrl+P", "next, previous room (or Alt+Down, Alt+Up)"),
    ("Ctrl+R", "connect now; send again what failed"),
    ("Ctrl+A, Ctrl+E", "to the start, the end of the typed line"),
    ("Ctrl+W, Ctrl+U", "delete a word, the line"),
    ("Ctrl+L", "draw the screen anew"),
    ("Ctrl+O", "leave, and connect to another server"),
    ("Ctrl+Q, Ctrl+C", "say goodbye and quit"),
    ("", ""),
    ("/join ROOM", "enter a room, or make it"),
    ("/part", "leave this room"),
    ("/msg NICK TEXT", "talk to somebody alone"),
    ("/me waves", "say what you do"),
    ("/nick NAME", "take another name"),
    ("/edit TEXT", "correct what you said last here"),
    ("/delete", "take it back"),
    ("/search WORDS", "look for them everywhere"),
    ("/find WORDS", "look for them in this room"),
    ("/topic TEXT", "set what this room is about"),
    ("/rooms, /names", "list the rooms, the people here"),
    ("/kick, /mute NICK", "for the room's operators"),
    ("/quit", "say goodbye and quit"),
    ("//text", "say something that begins with a slash"),
    ("", ""),
    ("", "A pasted text goes into the message box and waits there for your Enter."),
];

/// Where the second column begins.
const COLUMN: usize = 19;
/// Widest a page gets.
const WIDTH_MAX: usize = 66;

/// The page.
pub struct Sheet {
    title: &'static str,
    entries: Entries,
    /// The lines at the present width.
    lines: Vec<Line>,
    top: usize,
    height: usize,
    look: Look,
    caret: Caret,
}

impl Sheet {
    /// A page with this title.
    pub fn new(title: &'static str, entries: Entries, look: Look, caret: Caret) -> Self {
        Self { title, entries, lines: Vec::new(), top: 0, height: 1, look, caret }
    }

    /// Two columns where there is room for them; else what a key does stands below it.
    fn compose(&self, width: usize) -> Vec<Line> {
        let columns = width >= COLUMN + 24;
        let mut lines = Vec::new();
        for (key, does) in self.entries {
            let indent = match (columns, key.is_empty()) {
                (_, true) => 0,
                (true, false) => COLUMN,
                (false, false) => 2,
            };
            let mut head = *key;
            if !columns && !key.is_empty() {
                lines.push((0, [Piece::new(style::bold(), *key)].into()));
                head = "";
            }
            let room = width.saturating_sub(indent);
            for (x, pieces) in lay::sentence(self.look, style::plain(), does, room) {
                let key = Piece::new(style::bold(), cells::pad(std::mem::take(&mut head), indent + x));
                lines.push((0, [key].into_iter().chain(pieces.iter().cloned()).collect()));
            }
        }
        lines
    }

    fn scroll(&mut self, lines: isize) -> EventResult {
        let last = self.lines.len().saturating_sub(self.height);
        self.top = self.top.saturating_add_signed(lines).min(last);
        EventResult::consumed()
    }
}

impl View for Sheet {
    fn required_size(&mut self, room: Vec2) -> Vec2 {
        let width = room.x.min(WIDTH_MAX);
        let lines = self.compose(width.saturating_sub(4)).len();
        Vec2::new(width, (lines + 2).min(room.y))
    }

    fn layout(&mut self, size: Vec2) {
        self.lines = self.compose(size.x.saturating_sub(4));
        self.height = size.y.saturating_sub(2).max(1);
        self.top = self.top.min(self.lines.len().saturating_sub(self.height));
    }

    fn draw(&self, printer: &Printer) {
        self.caret.set(None);
        for y in 0..printer.size.y {
            paint::fill(printer, y, style::plain());
        }
        printer.print_box((0, 0), printer.size, false);
        paint::print(printer, (2, 0), style::bold(), &format!(" {} ", self.title));
        let more = self.top + self.height < self.lines.len();
        let foot = if more { " Down: more, Esc: back " } else { " Esc: back " };
        paint::print(printer, (2, printer.size.y.saturating_sub(1)), style::dim(), foot);
        let inside = printer.offset((2, 1)).cropped(printer.size.saturating_sub((4, 2)));
        for (y, (x, pieces)) in self.lines.iter().skip(self.top).take(inside.size.y).enumerate() {
            paint::print_pieces(&inside, (*x, y), pieces.iter());
        }
    }

    fn on_event(&mut self, event: Event) -> EventResult {
        let page = self.height as isize;
        match event {
            Event::Key(Key::Down) => self.scroll(1),
            Event::Key(Key::Up) => self.scroll(-1),
            Event::Key(Key::PageDown) | Event::Char(' ') => self.scroll(page),
            Event::Key(Key::PageUp) => self.scroll(-page),
            Event::Key(Key::End) => self.scroll(isize::MAX / 2),
            Event::Key(Key::Home) => self.scroll(isize::MIN / 2),
            Event::Key(Key::Esc | Key::Enter | Key::F1) | Event::Char('q') => {
                EventResult::with_cb(|siv| drop(siv.pop_layer()))
            }
            _ => EventResult::Ignored,
        }
    }
}
