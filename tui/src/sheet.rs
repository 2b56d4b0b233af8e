//! A page to read: what the keys do. Scrolls where it does not fit; any closing key closes it.

use cursive::event::{Event, EventResult, Key};
use cursive::{Printer, Vec2, View};

use crate::cells;
use crate::paint;
use crate::style;
use crate::term::Caret;

/// The page's name among the views.
pub const NAME: &str = "sheet";

/// What F1 and `/help` show.
pub const HELP: &str = "\
Enter             send the message
Alt+Enter         a new line in it (Ctrl+J too)
PageUp, PageDown  scroll the log
Home, End         to its start, to its end
                  (in a text being typed: of the line)
Up, Down          scroll line by line
Ctrl+N, Ctrl+P    next, previous room
                  (Alt+Down, Alt+Up too)
Ctrl+R            connect now; send again what failed
Ctrl+A, Ctrl+E    to the start, the end of the line
Ctrl+W, Ctrl+U    delete a word, the line
Ctrl+L            draw the screen anew
Ctrl+Q, Ctrl+C    say goodbye and quit

/me waves         say it as an action
/msg NICK TEXT    talk to somebody alone
/join ROOM        enter or open a room
/part             leave this room
/nick NAME        take another name
/topic TEXT       say what the room is about
/rooms            list the rooms
/quit             say goodbye and quit
//text            send a text that begins with /

A pasted text is put into the message box
and waits there for your Enter.";

/// The page.
pub struct Sheet {
    title: &'static str,
    text: &'static str,
    top: usize,
    height: usize,
    caret: Caret,
}

impl Sheet {
    /// A page with this title; lines end in `\n`.
    pub fn new(title: &'static str, text: &'static str, caret: Caret) -> Self {
        Self { title, text, top: 0, height: 1, caret }
    }

    fn lines(&self) -> usize {
        self.text.lines().count()
    }

    fn scroll(&mut self, lines: isize) -> EventResult {
        let last = self.lines().saturating_sub(self.height);
        self.top = self.top.saturating_add_signed(lines).min(last);
        EventResult::consumed()
    }
}

impl View for Sheet {
    fn required_size(&mut self, room: Vec2) -> Vec2 {
        let width = self.text.lines().map(cells::width).max().unwrap_or(0) + 4;
        Vec2::new(width.min(room.x), (self.lines() + 2).min(room.y))
    }

    fn layout(&mut self, size: Vec2) {
        self.height = size.y.saturating_sub(2).max(1);
        self.top = self.top.min(self.lines().saturating_sub(self.height));
    }

    fn draw(&self, printer: &Printer) {
        self.caret.set(None);
        for y in 0..printer.size.y {
            paint::fill(printer, y, style::plain());
        }
        printer.print_box((0, 0), printer.size, false);
        paint::print(printer, (2, 0), style::bold(), &format!(" {} ", self.title));
        let more = self.top + self.height < self.lines();
        let foot = if more { " Down: more, Esc: back " } else { " Esc: back " };
        paint::print(printer, (2, printer.size.y.saturating_sub(1)), style::dim(), foot);
        let inside = printer.offset((2, 1)).cropped(printer.size.saturating_sub((4, 2)));
        for (y, line) in self.text.lines().skip(self.top).take(inside.size.y).enumerate() {
            paint::print(&inside, (0, y), style::plain(), line);
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
