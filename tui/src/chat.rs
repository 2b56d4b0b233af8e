//! The chat screen: one view that lays its panes out, draws them, and turns keys into intents.

use std::collections::HashMap;

use cursive::event::{Event, EventResult, Key};
use cursive::{Printer, Vec2, View};
use parlor_core::client::{Completer, EntryKey, Intent, Jump, RoomKey};
use parlor_core::wire::Dialect;
use parlor_face::clock::Clock;
use parlor_face::words::Words as _;
use parlor_transport_tcp::session::Session;

use crate::bidi::Bidi;
use crate::cells;
use crate::editor::Editor;
use crate::front;
use crate::log::{Log, Place, Scroll};
use crate::look::Look;
use crate::paint;
use crate::panes::{self, Frame};
use crate::style;
use crate::term::{Caret, Extra};
use crate::words::Words;

mod message;
mod press;
mod select;

use select::Sure;

/// The screen's name among the views.
pub const NAME: &str = "chat";
/// Most rows the message box takes.
const BOX_ROWS_MAX: usize = 5;
/// Most bytes the message box takes: what the core keeps of a draft. More would be lost with the first Enter.
const BOX_BYTES_MAX: usize = 64 * 1024;
const PROMPT: &str = "> ";
/// The same while a message is corrected.
const PROMPT_CORRECTING: &str = "~ ";
/// And while one is answered.
const PROMPT_REPLYING: &str = "↳ ";

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
    /// The message that the next one answers.
    replying: Option<EntryKey>,
    /// What finishes what is being typed.
    completer: Completer,
    /// What is asked for a second time.
    sure: Option<Sure>,
    /// The last jump that was followed.
    jumped: Option<Jump>,
    focused: bool,
    /// Something else is in front of the log.
    covered: bool,
    /// What was last told of where the person looks.
    looked: Option<(bool, bool, Option<RoomKey>)>,
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
    pub fn new(session: Session, look: Look, caret: Caret, clock: Clock) -> Self {
        Self {
            session,
            caret,
            look,
            editor: Editor::new(look),
            log: Log::new(look, clock),
            places: HashMap::new(),
            shown: None,
            correcting: None,
            replying: None,
            completer: Completer::default(),
            sure: None,
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

    /// Shows everything like this from now on.
    pub fn restyle(&mut self, look: Look, clock: Clock) {
        self.look = look;
        self.editor.set_look(look);
        self.log.set_look(look, clock);
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
            self.replying = None;
            self.log.select(None);
            self.shown = Some(room.key);
        }
    }

    fn place(&self) -> Place {
        self.shown.and_then(|key| self.places.get(&key).copied()).unwrap_or_default()
    }

    /// Tells the machine where the person looks, if that changed.
    fn tell_look(&mut self) {
        // Another room may have come to be shown since the last layout, whose place is another.
        self.follow_room();
        self.follow_jump();
        let look = (self.focused && !self.covered, self.place().follows(), self.shown);
        if self.looked != Some(look) {
            self.looked = Some(look);
            self.session.intent(Intent::Look { focused: look.0, at_bottom: look.1 });
        }
    }

    /// Shows another room, in which one may have scrolled up: nothing of it is read before it is laid out.
    fn turn_to(&mut self, intent: Intent) {
        self.looked = None;
        self.session.intent(Intent::Look { focused: self.focused && !self.covered, at_bottom: false });
        self.session.intent(intent);
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
        self.tell_look();
    }

    fn page(&self) -> usize {
        self.log.height().saturating_sub(1).max(1)
    }

    /// Whether something else is in front of the log, so that nothing of it is read.
    pub fn cover(&mut self, covered: bool) {
        self.covered = covered;
        self.tell_look();
    }

    /// Whether the terminal has the focus.
    pub fn focus(&mut self, focused: bool) {
        self.focused = focused;
        self.tell_look();
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

    /// Types this, if the message box bears it.
    fn insert(&mut self, text: &str) {
        if self.editor.text().len() + text.len() > BOX_BYTES_MAX {
            self.flash = Some(self.look.language.too_much());
            return;
        }
        self.editor.insert(text);
        self.edited();
    }

    fn on_extra(&mut self, extra: Extra) {
        match extra {
            Extra::Paste(text) => self.insert(&text),
            // The program hears of it before any view does.
            Extra::Focus(_) => {}
        }
    }
}

impl View for Chat {
    fn required_size(&mut self, room: Vec2) -> Vec2 {
        room
    }

    fn layout(&mut self, size: Vec2) {
        self.follow_room();
        self.follow_jump();
        let said = self.flash.clone().or_else(|| self.candidates(size.x));
        let said = said.or_else(|| self.correcting.map(|_| self.look.language.correcting()));
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
            let said = said.or_else(|| self.about_answered(room)).or_else(|| self.about_selected(room));
            self.frame.status = panes::status(&state, now, said, !place.follows(), self.look);
        } else {
            self.frame.status = panes::status(&state, now, said, false, self.look);
        }
        drop(state);
        self.tell_look();
    }

    fn draw(&self, printer: &Printer) {
        self.frame.draw(printer);
        let (x, y) = self.frame.log_start();
        self.log.draw(&printer.offset((x, y)).cropped(Vec2::from(self.frame.log_size())), self.caret.links());
        let top = self.frame.box_top();
        self.caret.set(None);
        for (row, line) in self.frame.rows.iter().enumerate() {
            let prompt = match (row + self.frame.first_row > 0, self.correcting, &self.replying) {
                (true, _, _) => "  ",
                (false, Some(_), _) => PROMPT_CORRECTING,
                (false, None, Some(_)) => PROMPT_REPLYING,
                (false, None, None) => PROMPT,
            };
            let x = paint::print(printer, (0, top + row), style::bold(), prompt);
            paint::print(printer, (x, top + row), style::plain(), &line.text);
            if let Some(at) = line.caret {
                self.caret.set(Some(printer.offset + (x + at, top + row)));
            }
        }
        if self.editor.is_empty() {
            let hint = self.look.fit(&self.look.language.write_here(), printer.size.x.saturating_sub(PROMPT.len() + 1));
            let free = printer.size.x.saturating_sub(cells::width(&hint) + 1);
            let x = if self.look.mirrored() { free } else { PROMPT.len() };
            paint::print(printer, (x, top), style::dim(), &hint);
        }
    }

    fn on_event(&mut self, event: Event) -> EventResult {
        // Several keys may come before the next layout, and another room be shown by the first of them.
        self.follow_room();
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
        if !matches!(event, Event::AltChar('d' | 'o') | Event::Key(Key::Enter) | Event::Refresh | Event::WindowResize) {
            self.sure = None;
        }
        match event {
            Event::Key(Key::Enter) => return self.submit(),
            Event::AltChar('o') => return self.open_selected(),
            Event::CtrlChar('k') => return EventResult::with_cb(front::switch),
            Event::CtrlChar('f') if self.session.state().dialect == Dialect::Native => {
                return EventResult::with_cb(front::search);
            }
            Event::CtrlChar('f') => self.flash = Some(self.look.language.no_search()),
            event => {
                let known = self.scroll_key(&event) || self.message_key(&event) || self.room_key(&event);
                if !known && !self.type_key(&event) {
                    return EventResult::Ignored;
                }
            }
        }
        EventResult::consumed()
    }
}
