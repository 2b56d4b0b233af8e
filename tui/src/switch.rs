//! The room switcher: a line to type in, and the rooms whose names hold what is typed, most wanted first.

use cursive::event::{Event, EventResult, Key};
use cursive::{Printer, Vec2, View};
use parlor_core::client::{Intent, RoomKey};
use parlor_transport_tcp::session::Session;

use crate::cells;
use crate::editor::Editor;
use crate::front;
use crate::keys;
use crate::lay;
use crate::look::Look;
use crate::paint;
use crate::style;
use crate::term::{Caret, Extra};
use crate::words::dialogs::Dialogs;

/// The switcher's name among the views.
pub const NAME: &str = "switch";
/// Widest it gets.
const WIDTH_MAX: usize = 50;
const PROMPT: &str = "> ";
/// Rows besides the rooms: borders, line, hint.
const AROUND: usize = 4;

/// The view.
pub struct Switcher {
    session: Session,
    look: Look,
    caret: Caret,
    editor: Editor,
    /// Which of the rooms found Enter goes to.
    selected: usize,
    /// The rooms found, with how each looks.
    rows: Vec<(cursive::style::Style, String, String)>,
}

impl Switcher {
    /// A switcher over the rooms of this session.
    pub fn new(session: Session, look: Look, caret: Caret) -> Self {
        Self { session, look, caret, editor: Editor::new(look), selected: 0, rows: Vec::new() }
    }

    fn found(&self) -> Vec<RoomKey> {
        self.session.state().find_rooms(self.editor.text())
    }

    fn step(&mut self, by: isize) {
        let count = self.found().len().max(1);
        self.selected = (self.selected.min(count - 1) + count).saturating_add_signed(by) % count;
    }

    fn enter(&mut self) -> EventResult {
        let found = self.found();
        let name = self.editor.text().trim().to_owned();
        match found.get(self.selected.min(found.len().saturating_sub(1))) {
            Some(key) => self.session.intent(Intent::Show(*key)),
            None if name.is_empty() => {}
            None => self.session.intent(Intent::Submit(format!("/join {name}"))),
        }
        close()
    }

    fn compose(&mut self, height: usize) {
        let found = self.found();
        self.selected = self.selected.min(found.len().saturating_sub(1));
        let first = (self.selected + 1).saturating_sub(height);
        let state = self.session.state();
        let look = self.look;
        let row = |(at, key): (usize, &RoomKey)| {
            let room = state.rooms.iter().find(|room| room.key == *key)?;
            let style = match (at == self.selected, room.mentions > 0, room.unread > 0) {
                (true, _, _) => style::bar(),
                (false, true, _) => look.colours.attention(),
                (false, false, true) => style::bold(),
                (false, false, false) => style::plain(),
            };
            let count = if room.unread > 0 { look.language.digits(room.unread) } else { String::new() };
            Some((style, room.title.clone(), count))
        };
        self.rows = found.iter().enumerate().skip(first).take(height).filter_map(row).collect();
    }
}

fn close() -> EventResult {
    EventResult::with_cb(|siv| front::close(siv, NAME))
}

impl View for Switcher {
    fn required_size(&mut self, room: Vec2) -> Vec2 {
        let rooms = self.session.state().rooms.len().max(1);
        Vec2::new(room.x.min(WIDTH_MAX), (rooms + AROUND).min(room.y))
    }

    fn layout(&mut self, size: Vec2) {
        self.compose(size.y.saturating_sub(AROUND));
    }

    fn draw(&self, printer: &Printer) {
        self.caret.set(None);
        for y in 0..printer.size.y {
            paint::fill(printer, y, style::plain());
        }
        printer.print_box((0, 0), printer.size, false);
        let language = self.look.language;
        paint::heading(printer, self.look, &language.go_to());
        let inside = printer.offset((2, 1)).cropped(printer.size.saturating_sub((4, 2)));
        let width = inside.size.x;
        let x = paint::print(&inside, (0, 0), style::bold(), PROMPT);
        let rows = self.editor.rows(width.saturating_sub(x + 1), false);
        if let Some(row) = rows.into_iter().find(|row| row.caret.is_some()) {
            paint::print(&inside, (x, 0), style::plain(), &row.text);
            self.caret.set(row.caret.map(|at| inside.offset + (x + at, 0)));
        }
        for (y, (style, title, count)) in self.rows.iter().enumerate() {
            let count_cells = cells::width(count);
            let name = self.look.fit(title, width.saturating_sub(count_cells + 1));
            let free = " ".repeat(width.saturating_sub(cells::width(&name) + count_cells));
            let row =
                if self.look.mirrored() { format!("{count}{free}{name}") } else { format!("{name}{free}{count}") };
            paint::print(&inside, (0, y + 1), *style, &row);
        }
        let hint = if self.rows.is_empty() { language.no_room() } else { language.go_to_keys() };
        let bottom = inside.size.y.saturating_sub(1);
        for (x, pieces) in lay::sentence(self.look, style::dim(), &hint, width).into_iter().take(1) {
            paint::print_pieces(&inside, (x, bottom), pieces.iter());
        }
    }

    fn on_event(&mut self, event: Event) -> EventResult {
        match Extra::from_event(&event) {
            Some(Extra::Paste(text)) => self.editor.insert(text.trim()),
            Some(Extra::Focus(_)) | None => match event {
                Event::Key(Key::Enter) => return self.enter(),
                Event::Key(Key::Esc) | Event::CtrlChar('k') => return close(),
                Event::Key(Key::Up) | Event::Shift(Key::Tab) | Event::CtrlChar('p') => self.step(-1),
                Event::Key(Key::Down | Key::Tab) | Event::CtrlChar('n') => self.step(1),
                event => {
                    if !keys::edit(&mut self.editor, &event) {
                        return EventResult::Ignored;
                    }
                    self.selected = 0;
                }
            },
        }
        EventResult::consumed()
    }
}
