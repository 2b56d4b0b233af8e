//! The chat screen: one view that lays its panes out, draws them, and turns keys into intents.

use std::collections::HashMap;

use cursive::event::{Event, EventResult, Key, MouseButton, MouseEvent};
use cursive::{Printer, Vec2, View};
use parlor_core::client::{Delivery, EntryKey, EntryKind, Intent, Jump, Link, Room, RoomKey};
use parlor_core::wire::Dialect;
use parlor_transport_tcp::session::Session;

use crate::app;
use crate::bidi::Bidi;
use crate::cells;
use crate::editor::Editor;
use crate::keys;
use crate::log::{Log, Place, Scroll};
use crate::look::Look;
use crate::paint;
use crate::panes::{self, Frame};
use crate::style;
use crate::term::{Caret, Extra};
use crate::words::Words;

/// The screen's name among the views.
pub const NAME: &str = "chat";
/// Most rows the message box takes.
const BOX_ROWS_MAX: usize = 5;
/// Most bytes the message box takes: what the core keeps of a draft. More would be lost with the first Enter.
const BOX_BYTES_MAX: usize = 64 * 1024;
const PROMPT: &str = "> ";
/// How many lines the log moves as the wheel turns by one notch.
const WHEEL_LINES: usize = 3;
/// The same while a message is corrected.
const PROMPT_CORRECTING: &str = "~ ";

/// The view.
pub struct Chat {
    session: Session,
    caret: Caret,
    look: Look,
    editor: Editor,
    log: Log,
    places: HashMap<RoomKey, Place>,
    shown: Option<RoomKey>,
    /// The message of one's own that is in the box to be corrected.
    correcting: Option<EntryKey>,
    /// The last jump that was followed.
    jumped: Option<Jump>,
    focused: bool,
    /// Something else is in front of the log.
    covered: bool,
    /// What was last told of where the person looks.
    looked: Option<(bool, bool)>,
    /// A sentence for the status line until the next key.
    flash: Option<String>,
    frame: Frame,
    /// Nothing stands beside the log, from when the terminal was first seen to turn rows.
    alone: bool,
    /// How many cells the text in the message box has.
    box_cells: usize,
}

impl Chat {
    /// A screen over this session.
    pub fn new(session: Session, look: Look, caret: Caret) -> Self {
        Self {
            session,
            caret,
            look,
            editor: Editor::new(look),
            log: Log::new(look),
            places: HashMap::new(),
            shown: None,
            correcting: None,
            jumped: None,
            focused: true,
            covered: false,
            looked: None,
            flash: None,
            frame: Frame::default(),
            alone: false,
            box_cells: 0,
        }
    }

    /// Takes up another room's draft once another room is shown.
    fn follow_room(&mut self) {
        let state = self.session.state();
        let Some(room) = state.rooms.get(state.shown) else { return };
        if self.shown != Some(room.key) {
            // What was typed before there was any room belongs to the first one.
            if self.shown.is_some() || !room.draft.is_empty() {
                self.editor.set(&room.draft);
                self.correcting = None;
            }
            self.shown = Some(room.key);
        }
    }

    fn place(&self) -> Place {
        self.shown.and_then(|key| self.places.get(&key).copied()).unwrap_or_default()
    }

    /// Tells the machine where the person looks, if that changed.
    fn look(&mut self) {
        let look = (self.focused && !self.covered, self.place().follows());
        if self.looked != Some(look) {
            self.looked = Some(look);
            self.session.intent(Intent::Look { focused: look.0, at_bottom: look.1 });
        }
    }

    fn scroll(&mut self, scroll: Scroll) {
        let Some(key) = self.shown else { return };
        let mut place = self.place();
        let older = {
            let state = self.session.state();
            let Some(room) = state.rooms.iter().find(|room| room.key == key) else { return };
            self.log.scroll(room, &mut place, scroll) && room.has_older && !room.loading_older
        };
        self.places.insert(key, place);
        if older {
            self.session.intent(Intent::Older);
        }
        self.look();
    }

    fn page(&self) -> usize {
        self.log.height().saturating_sub(1).max(1)
    }

    /// Whether something else is in front of the log, so that nothing of it is read.
    pub fn cover(&mut self, covered: bool) {
        self.covered = covered;
        self.look();
    }

    /// Whether the terminal has the focus.
    pub fn focus(&mut self, focused: bool) {
        self.focused = focused;
        self.look();
    }

    /// Says in the status line what did not work, until the next key.
    pub fn say(&mut self, trouble: String) {
        self.flash = Some(trouble);
    }

    /// Says once that messages are not sent yet; whether it had not been said before.
    pub fn warn_of_unsent(&mut self) -> bool {
        let warning = Some(self.look.language.unsent());
        std::mem::replace(&mut self.flash, warning.clone()) != warning
    }

    /// Goes where a search led.
    fn follow_jump(&mut self) {
        let state = self.session.state();
        let Some(room) = state.rooms.get(state.shown) else { return };
        let Some(jump) = state.jump.filter(|jump| self.jumped != Some(*jump) && jump.room == room.key) else { return };
        self.jumped = Some(jump);
        let mut place = self.places.get(&room.key).copied().unwrap_or_default();
        self.log.go_to(room, &mut place, jump.entry);
        self.places.insert(room.key, place);
    }

    /// Takes the last message of one's own here into the box, to be corrected; `false` if there is none.
    fn correct(&mut self) -> bool {
        let state = self.session.state();
        let own = state.shown_room().filter(|room| Some(room.key) == self.shown).and_then(Room::last_own);
        let Some(entry) = own else { return false };
        self.correcting = Some(entry.key);
        self.editor.set(entry.what());
        true
    }

    /// Leaves a correction, done or not: what was typed before is in the box again.
    fn stop_correcting(&mut self) {
        self.correcting = None;
        let state = self.session.state();
        self.editor.set(state.shown_room().map_or("", |room| &room.draft));
    }

    fn edited(&mut self) {
        // A correction is no draft of a message.
        if self.correcting.is_some() {
            return;
        }
        self.session.intent(Intent::Draft(self.editor.text().to_owned()));
    }

    fn submit(&mut self) -> EventResult {
        let text = self.editor.text();
        if let Some(entry) = self.correcting {
            if text.trim().is_empty() {
                self.flash = Some(self.look.language.nothing_left());
                return EventResult::consumed();
            }
            let text = self.editor.take();
            self.stop_correcting();
            self.session.intent(Intent::Edit { entry, text });
            return EventResult::consumed();
        }
        if text.trim().is_empty() {
            return EventResult::consumed();
        }
        // Other servers know other commands: there the core tells them.
        if text.trim() == "/help" && self.session.state().dialect == Dialect::Native {
            self.editor.take();
            self.edited();
            return EventResult::with_cb(app::help);
        }
        // Who is not in yet may leave all the same.
        if self.session.state().rooms.is_empty() && text.trim() != "/quit" {
            self.flash = Some(self.look.language.not_connected());
            return EventResult::consumed();
        }
        let text = self.editor.take();
        let searches = is_search(&text);
        self.session.intent(Intent::Submit(text));
        // What cannot be sent is the draft again.
        if let Some(room) = self.session.state().shown_room().filter(|room| Some(room.key) == self.shown) {
            self.editor.set(&room.draft);
        }
        if searches && self.editor.is_empty() && self.session.state().search.is_some() {
            return EventResult::with_cb(app::search);
        }
        self.scroll(Scroll::Newest);
        EventResult::consumed()
    }

    /// Connects now, or sends the last message again that did not get through.
    fn again(&mut self) {
        let intent = {
            let state = self.session.state();
            match state.link {
                Link::Waiting { .. } | Link::Closed { .. } => Some(Intent::RetryNow),
                Link::Online => state.rooms.get(state.shown).and_then(last_failed).map(Intent::Resend),
                Link::Connecting { .. } | Link::Greeting | Link::Leaving => None,
            }
        };
        match intent {
            Some(intent) => self.session.intent(intent),
            None => self.flash = Some(self.look.language.nothing_again()),
        }
    }

    /// A click or a turn of the wheel on this cell.
    fn on_mouse(&mut self, at: Vec2, event: MouseEvent) -> EventResult {
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
                        self.session.intent(Intent::Show(key));
                    }
                } else if at.x < start.0 + size.0
                    && let (Some(x), Some(y)) = (at.x.checked_sub(start.0), at.y.checked_sub(start.1))
                    && let Some(link) = self.log.link_at((x, y))
                {
                    return EventResult::with_cb(move |siv| app::open_link(siv, &link));
                }
            }
            _ => {}
        }
        EventResult::consumed()
    }

    fn on_extra(&mut self, extra: Extra) {
        match extra {
            Extra::Paste(text) if self.editor.text().len() + text.len() > BOX_BYTES_MAX => {
                self.flash = Some(self.look.language.too_much());
            }
            Extra::Paste(text) => {
                self.editor.insert(&text);
                self.edited();
            }
            Extra::Focus(focused) => self.focus(focused),
        }
    }
}

/// Whether a text begins a search.
fn is_search(text: &str) -> bool {
    let word = text.split_whitespace().next().unwrap_or_default().to_lowercase();
    word == "/search" || word == "/find"
}

fn last_failed(room: &Room) -> Option<EntryKey> {
    room.timeline.iter().rev().find_map(|entry| match &entry.kind {
        EntryKind::Message { delivery: Delivery::Failed(_) | Delivery::Unconfirmed, .. } => Some(entry.key),
        EntryKind::Message { .. } | EntryKind::Notice(_) | EntryKind::Error(_) => None,
    })
}

impl View for Chat {
    fn required_size(&mut self, room: Vec2) -> Vec2 {
        room
    }

    fn layout(&mut self, size: Vec2) {
        self.follow_room();
        self.follow_jump();
        let flash = self.flash.clone().or_else(|| self.correcting.map(|_| self.look.language.correcting()));
        let place = self.place();
        let now = self.session.now();
        let state = self.session.state();
        let box_max = (size.y / 3).clamp(1, BOX_ROWS_MAX);
        self.box_cells = size.x.saturating_sub(PROMPT.len() + 1);
        let rows = self.editor.rows(self.box_cells, false);
        let caret_row = rows.iter().position(|row| row.caret.is_some()).unwrap_or(0);
        let first = (caret_row + 1).saturating_sub(box_max);
        if self.look.bidi == Bidi::Terminal && !self.alone {
            self.alone = panes::may_turn(&state, size.y);
        }
        self.frame = Frame::new(&state, size, self.look, !self.alone);
        self.frame.rows = rows.into_iter().skip(first).take(box_max).collect();
        self.frame.first_row = first;
        let log = self.frame.log_size();
        if let Some(room) = state.rooms.get(state.shown) {
            let mut place = place;
            self.log.layout(room, &mut place, log);
            self.places.insert(room.key, place);
            self.frame.status = panes::status(&state, now, flash, !place.follows(), self.look);
        } else {
            self.frame.status = panes::status(&state, now, flash, false, self.look);
        }
        drop(state);
        self.look();
    }

    fn draw(&self, printer: &Printer) {
        self.frame.draw(printer);
        let (x, y) = self.frame.log_start();
        self.log.draw(&printer.offset((x, y)).cropped(Vec2::from(self.frame.log_size())), self.caret.links());
        let top = self.frame.box_top();
        self.caret.set(None);
        for (row, line) in self.frame.rows.iter().enumerate() {
            let prompt = match (row + self.frame.first_row > 0, self.correcting) {
                (true, _) => "  ",
                (false, Some(_)) => PROMPT_CORRECTING,
                (false, None) => PROMPT,
            };
            let x = paint::print(printer, (0, top + row), style::bold(), prompt);
            paint::print(printer, (x, top + row), style::plain(), &line.text);
            if let Some(at) = line.caret {
                self.caret.set(Some(printer.offset + (x + at, top + row)));
            }
        }
        if self.editor.is_empty() {
            let hint = self.look.fit(&self.look.language.hint(), printer.size.x.saturating_sub(PROMPT.len() + 1));
            let free = printer.size.x.saturating_sub(cells::width(&hint) + 1);
            let x = if self.look.mirrored() { free } else { PROMPT.len() };
            paint::print(printer, (x, top), style::dim(), &hint);
        }
    }

    fn on_event(&mut self, event: Event) -> EventResult {
        if let Some(extra) = Extra::from_event(&event) {
            self.on_extra(extra);
            return EventResult::consumed();
        }
        if let Event::Mouse { offset, position, event } = event {
            return self.on_mouse(position.saturating_sub(offset), event);
        }
        if !matches!(event, Event::Refresh | Event::WindowResize) {
            self.flash = None;
            self.log.forget_found();
        }
        let typing = !self.editor.is_empty();
        match event {
            Event::Key(Key::Enter) => return self.submit(),
            Event::Alt(Key::Enter) | Event::Shift(Key::Enter) | Event::CtrlChar('j') => {
                self.editor.insert("\n");
                self.edited();
            }
            Event::Key(Key::PageUp) => self.scroll(Scroll::Up(self.page())),
            Event::Key(Key::PageDown) => self.scroll(Scroll::Down(self.page())),
            Event::Key(Key::Home) if typing => self.editor.home(),
            Event::Key(Key::End) if typing && self.place().follows() => self.editor.end(),
            Event::Key(Key::Home) | Event::Ctrl(Key::Home) => self.scroll(Scroll::Oldest),
            Event::Key(Key::End) | Event::Ctrl(Key::End) => self.scroll(Scroll::Newest),
            Event::Key(Key::Up) if typing && self.editor.vertical(false) => {}
            Event::Key(Key::Down) if typing && self.editor.vertical(true) => {}
            Event::Key(Key::Up) if !typing && self.place().follows() && self.correct() => {}
            Event::Key(Key::Up) | Event::Ctrl(Key::Up) | Event::Shift(Key::Up) => self.scroll(Scroll::Up(1)),
            Event::Key(Key::Down) | Event::Ctrl(Key::Down) | Event::Shift(Key::Down) => self.scroll(Scroll::Down(1)),
            Event::Key(Key::Esc) if self.correcting.is_some() => self.stop_correcting(),
            Event::CtrlChar('f') if self.session.state().dialect == Dialect::Native => {
                return EventResult::with_cb(app::search);
            }
            Event::CtrlChar('f') => self.flash = Some(self.look.language.no_search()),
            Event::Alt(Key::Down) | Event::CtrlChar('n') => self.session.intent(Intent::Cycle(1)),
            Event::Alt(Key::Up) | Event::CtrlChar('p') => self.session.intent(Intent::Cycle(-1)),
            Event::CtrlChar('r') => self.again(),
            event => {
                let before = self.editor.text().to_owned();
                if !keys::edit(&mut self.editor, &event) {
                    return EventResult::Ignored;
                }
                if self.editor.text() != before {
                    self.edited();
                }
            }
        }
        EventResult::consumed()
    }
}
