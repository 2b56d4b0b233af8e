//! Which key and which click does what on the chat screen.

use cursive::Vec2;
use cursive::event::{Event, EventResult, Key, MouseButton, MouseEvent};
use parlor_core::client::Intent;

use super::{Chat, PROMPT};
use crate::log::Scroll;
use crate::{keys, links};

/// How many lines the log moves as the wheel turns by one notch.
const WHEEL_LINES: usize = 3;

impl Chat {
    /// A click or a turn of the wheel on this cell.
    pub(super) fn on_mouse(&mut self, at: Vec2, event: MouseEvent) -> EventResult {
        let (start, size) = (self.frame.log_start(), self.frame.log_size());
        match event {
            MouseEvent::WheelUp => self.scroll(Scroll::Up(WHEEL_LINES)),
            MouseEvent::WheelDown => self.scroll(Scroll::Down(WHEEL_LINES)),
            MouseEvent::Press(MouseButton::Left) => {
                if let Some(row) = at.y.checked_sub(self.frame.box_top()) {
                    let x = at.x.saturating_sub(PROMPT.len());
                    self.editor.click(self.box_cells, (x, row + self.frame.first_row));
                } else if let Some(room) = self.frame.room_at(at) {
                    let key = self.session.state().rooms.get(room).map(|room| room.key);
                    if let Some(key) = key {
                        self.turn_to(Intent::Show(key));
                    }
                } else if at.x < start.0 + size.0
                    && let (Some(x), Some(y)) = (at.x.checked_sub(start.0), at.y.checked_sub(start.1))
                    && let Some(link) = self.log.link_at((x, y))
                {
                    return self.open(links::to(&link));
                }
            }
            _ => {}
        }
        EventResult::consumed()
    }

    /// Keys that move in the log, or in the box where something is typed.
    pub(super) fn scroll_key(&mut self, event: &Event) -> bool {
        let typing = !self.editor.is_empty();
        match event {
            Event::Key(Key::PageUp) => self.scroll(Scroll::Up(self.page())),
            Event::Key(Key::PageDown) => self.scroll(Scroll::Down(self.page())),
            Event::Key(Key::Home) if typing => self.editor.home(),
            Event::Key(Key::End) if typing && self.place().follows() => self.editor.end(),
            Event::Key(Key::Home) | Event::Ctrl(Key::Home) => self.scroll(Scroll::Oldest),
            Event::Key(Key::End) | Event::Ctrl(Key::End) => self.scroll(Scroll::Newest),
            Event::Key(Key::Up) if typing && self.editor.vertical(false) => {}
            Event::Key(Key::Down) if typing && self.editor.vertical(true) => {}
            Event::Key(Key::Up) if !typing && self.place().follows() && self.correct() => {}
            Event::Key(Key::Up) | Event::Shift(Key::Up) => self.scroll(Scroll::Up(1)),
            Event::Key(Key::Down) | Event::Shift(Key::Down) => self.scroll(Scroll::Down(1)),
            _ => return false,
        }
        true
    }

    /// Keys that do something with a message.
    pub(super) fn message_key(&mut self, event: &Event) -> bool {
        match event {
            Event::AltChar('k') => self.select(-1),
            Event::AltChar('j') => self.select(1),
            Event::AltChar('r') => self.reply(),
            Event::AltChar('c') => self.copy(),
            Event::AltChar('e') => self.correct_selected(),
            Event::AltChar('d') if self.log.selected().is_some() => self.delete_selected(),
            Event::CtrlChar('r') => self.again(),
            Event::CtrlChar('t') => self.log.toggle_exact(),
            Event::Key(Key::Esc) => self.escape(),
            _ => return false,
        }
        true
    }

    /// Keys that go to another room.
    pub(super) fn room_key(&mut self, event: &Event) -> bool {
        match event {
            Event::Alt(Key::Down) | Event::CtrlChar('n') => self.turn_to(Intent::Cycle(1)),
            Event::Alt(Key::Up) | Event::CtrlChar('p') => self.turn_to(Intent::Cycle(-1)),
            Event::AltShift(Key::Down) => self.turn_to(Intent::NextUnread(1)),
            Event::AltShift(Key::Up) => self.turn_to(Intent::NextUnread(-1)),
            _ => return false,
        }
        true
    }

    /// Keys that type.
    pub(super) fn type_key(&mut self, event: &Event) -> bool {
        match event {
            Event::Char(c) => self.insert(c.encode_utf8(&mut [0; 4])),
            Event::Alt(Key::Enter) | Event::Shift(Key::Enter) | Event::CtrlChar('j') => self.insert("\n"),
            Event::Key(Key::Tab) => self.complete(false),
            Event::Shift(Key::Tab) => self.complete(true),
            Event::Ctrl(Key::Up) => self.recall(-1),
            Event::Ctrl(Key::Down) => self.recall(1),
            event => {
                let before = self.editor.text().to_owned();
                if !keys::edit(&mut self.editor, event) {
                    return false;
                }
                if self.editor.text() != before {
                    self.edited();
                }
            }
        }
        true
    }

    /// Leaves what was begun last.
    fn escape(&mut self) {
        if let Some((text, caret)) = self.completer.cancel(self.editor.text(), self.editor.caret()) {
            self.editor.set_at(&text, caret);
            self.edited();
        } else if self.correcting.is_some() {
            self.stop_correcting();
        } else if self.replying.take().is_none() {
            self.log.select(None);
        }
    }
}
