//! A page to read: what the keys do. Scrolls where it does not fit; any closing key closes it.

use cursive::event::{Event, EventResult, Key, MouseEvent};
use cursive::{Printer, Vec2, View};

use crate::cells;
use crate::front;
use crate::lay::{self, Line};
use crate::look::Look;
use crate::paint::{self, Piece};
use crate::style;
use crate::term::Caret;
use crate::words::dialogs::Dialogs;
use crate::words::help;

/// The page's name among the views.
pub const NAME: &str = "sheet";

/// Where the second column begins.
const COLUMN: usize = 22;
/// Widest a page gets.
const WIDTH_MAX: usize = 66;

/// The page.
pub struct Sheet {
    title: String,
    entries: Vec<(String, String)>,
    /// The lines at the present width.
    lines: Vec<Line>,
    top: usize,
    height: usize,
    look: Look,
    caret: Caret,
}

impl Sheet {
    /// What the keys and commands do; on a tutorial's server (not `native`) those that do something there.
    pub fn help(look: Look, caret: Caret, native: bool) -> Self {
        let entries = help::entries(look.language, native, look.mouse)
            .into_iter()
            .map(|(key, does)| (key.to_owned(), does))
            .collect();
        Self::new(look.language.help(), entries, look, caret)
    }

    /// A page with this title, of keys and what they do; a pair without a key is a paragraph, or a blank line.
    pub fn new(title: String, entries: Vec<(String, String)>, look: Look, caret: Caret) -> Self {
        Self { title, entries, lines: Vec::new(), top: 0, height: 1, look, caret }
    }

    /// Two columns where there is room for them; else what a key does stands below it.
    fn compose(&self, width: usize) -> Vec<Line> {
        let columns = width >= COLUMN + 24;
        let mut lines = Vec::new();
        for (key, does) in &self.entries {
            let indent = match (columns, key.is_empty()) {
                (_, true) => 0,
                (true, false) => COLUMN,
                (false, false) => 2,
            };
            let mut head = key.as_str();
            if !columns && !key.is_empty() {
                lines.push((0, [Piece::new(style::bold(), key)].into()));
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
        paint::heading(printer, self.look, &self.title);
        let more = self.top + self.height < self.lines.len();
        let foot = if more { self.look.language.more_back() } else { self.look.language.page_back() };
        let foot = format!(" {} ", self.look.line(&foot));
        paint::print(printer, (2, printer.size.y.saturating_sub(1)), style::dim(), &foot);
        let inside = printer.offset((2, 1)).cropped(printer.size.saturating_sub((4, 2)));
        for (y, (x, pieces)) in self.lines.iter().skip(self.top).take(inside.size.y).enumerate() {
            paint::print_pieces(&inside, (*x, y), pieces.iter());
        }
    }

    fn on_event(&mut self, event: Event) -> EventResult {
        let page = self.height as isize;
        match event {
            Event::Key(Key::Down) | Event::Mouse { event: MouseEvent::WheelDown, .. } => self.scroll(1),
            Event::Key(Key::Up) | Event::Mouse { event: MouseEvent::WheelUp, .. } => self.scroll(-1),
            Event::Key(Key::PageDown) | Event::Char(' ') => self.scroll(page),
            Event::Key(Key::PageUp) => self.scroll(-page),
            Event::Key(Key::End) => self.scroll(isize::MAX / 2),
            Event::Key(Key::Home) => self.scroll(isize::MIN / 2),
            Event::Key(Key::Esc | Key::Enter | Key::F1) | Event::Char('q') => {
                EventResult::with_cb(|siv| front::close(siv, NAME))
            }
            _ => EventResult::Ignored,
        }
    }
}
