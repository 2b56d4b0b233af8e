//! The message box: what is typed, and how it is sent.

use eframe::egui::{self, Event, EventFilter, Id, Key, Modifiers, Rect, Ui, UiBuilder, Vec2, pos2, vec2};
use parlor_core::client::{Entry, EntryKey, Intent, Link, Room, RoomKey, State};
use parlor_core::text::direction;
use parlor_core::words::Language;
use parlor_face::words::Words as _;

use crate::chosen::{backwards, from_end, from_start, onwards, row, tongue};
use crate::completion::Completion;
use crate::deeds::Rights;
use crate::input::{Face, Input};
use crate::text::{Button, Look, Tip, caption};
use crate::theme::{Palette, SMALL, TEXT};
use crate::words::Words;

const SEND: Vec2 = vec2(76.0, 40.0);
const GAP: f32 = 8.0;

/// Most characters the box takes: what the core keeps of a draft.
const CHARS_MAX: usize = 16_000;

/// The highest the box grows, in points; longer text scrolls in it.
const HEIGHT_MAX: f32 = 132.0;

/// The box and what is in it. The core keeps the drafts of the other rooms.
#[derive(Debug)]
pub(crate) struct Composer {
    room: Option<RoomKey>,
    /// What is typed just now: the draft, or the correction of a message.
    input: Input,
    /// The draft.
    text: String,
    edit: Option<Edit>,
    /// The message that what is typed answers.
    answered: Option<(RoomKey, EntryKey)>,
    completion: Completion,
    /// The input holds what Tab or Esc made of the text.
    completed: bool,
    /// What was typed behind an Enter within one frame: it is of the next message.
    behind: Vec<Event>,
}

/// A message of one's own that is being corrected, and how far; it waits while another room is shown.
#[derive(Debug)]
struct Edit {
    room: RoomKey,
    entry: EntryKey,
    text: String,
}

/// What came of what was typed, where the server is not asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Typed {
    /// Nothing.
    Nothing,
    /// A message was corrected to nothing: it is perhaps to be taken back.
    Emptied(EntryKey),
}

impl Default for Composer {
    fn default() -> Self {
        Self {
            room: None,
            input: Input::lines(HEIGHT_MAX, CHARS_MAX),
            text: String::new(),
            edit: None,
            answered: None,
            completion: Completion::default(),
            completed: false,
            behind: Vec::new(),
        }
    }
}

impl Composer {
    /// The box's id, for the focus.
    pub(crate) fn id() -> Id {
        Id::unique("message box")
    }

    /// Begins to correct a message of the shown room.
    pub(crate) fn correct(&mut self, ui: &Ui, room: &Room, entry: &Entry) {
        let text = entry.what().to_owned();
        self.input.set_text(&text);
        ui.request_repaint();
        self.edit = Some(Edit { room: room.key, entry: entry.key, text });
        ui.memory_mut(|memory| memory.request_focus(Self::id()));
    }

    /// Begins to answer a message of this room.
    pub(crate) fn answer(&mut self, ui: &Ui, room: &Room, entry: EntryKey) {
        if self.edit.take_if(|edit| edit.room == room.key).is_some() {
            self.input.set_text(&self.text);
        }
        self.answered = Some((room.key, entry));
        ui.memory_mut(|memory| memory.request_focus(Self::id()));
        ui.request_repaint();
    }

    /// The message of this room that is being answered, as long as it is held.
    fn answering<'a>(&self, room: &'a Room) -> Option<&'a Entry> {
        let (_, key) = self.answered.filter(|(there, _)| *there == room.key)?;
        room.timeline.get(room.timeline.position(key)?)
    }

    /// The message of this room that is being corrected.
    pub(crate) fn corrected(&self, room: RoomKey) -> Option<EntryKey> {
        self.edit.as_ref().filter(|edit| edit.room == room).map(|edit| edit.entry)
    }

    /// Takes back what was begun last: a completion, a correction, an answer; `true` if there was one of them.
    pub(crate) fn cancel(&mut self, ui: &Ui, room: RoomKey) -> bool {
        if self.completion.cancel(&mut self.input) {
            self.completed = true;
            ui.request_repaint();
            return true;
        }
        if self.edit.take_if(|edit| edit.room == room).is_some() {
            self.input.set_text(&self.text);
            ui.request_repaint();
            return true;
        }
        self.answered.take_if(|(there, _)| *there == room).is_some()
    }

    /// Draws the line above the box: what happens there just now, `news` where nothing does.
    pub(crate) fn show_line(&mut self, ui: &mut Ui, state: &State, room: &Room, news: &str) {
        let palette = Palette::of(ui);
        let words = tongue(ui);
        let text = match (self.corrected(room.key), self.answering(room)) {
            (Some(_), _) if state.link == Link::Online => words.correcting(),
            (Some(_), _) => words.correcting_offline(),
            (None, Some(entry)) => words.answering(apart(words, entry.who()), entry.what()),
            (None, None) => {
                caption(ui, news, Look::new(SMALL, palette.dim).one_line());
                return;
            }
        };
        let cancelled = row(ui, |ui| {
            ui.spacing_mut().button_padding = vec2(6.0, 0.0);
            ui.spacing_mut().interact_size.y = 17.0;
            ui.with_layout(backwards(ui, egui::Align::Center), |ui| {
                let cancelled = ui.add(Button::new(&words.cancel()).size(SMALL).small()).clicked();
                ui.with_layout(onwards(ui, egui::Align::Center), |ui| {
                    caption(ui, &text, Look::new(SMALL, palette.text).one_line());
                });
                cancelled
            })
            .inner
        });
        if cancelled.inner {
            self.cancel(ui, room.key);
        }
    }

    /// Draws the box and the button; tells what was typed and sent.
    pub(crate) fn show(&mut self, ui: &mut Ui, state: &State, room: &Room, intents: &mut Vec<Intent>) -> Typed {
        if self.room != Some(room.key) {
            self.room = Some(room.key);
            // What can be undone belongs to the room that was left.
            let text = self.corrected_text(room.key).unwrap_or(&room.draft).to_owned();
            self.input.set_text(&text);
        }
        // The core may have put a refused message back.
        if self.text != room.draft {
            self.text.clone_from(&room.draft);
        }
        let behind = std::mem::take(&mut self.behind);
        ui.input_mut(|input| drop(input.events.splice(0..0, behind)));
        let focused = ui.memory(|memory| memory.has_focus(Self::id()));
        // What is pressed while an input method composes is meant for that.
        let focused = focused && !self.input.is_composing();
        if focused && self.corrected(room.key).is_none() {
            self.take_up(ui, state, room, intents);
        }
        let correcting = self.corrected(room.key).is_some();
        if focused && self.completion.take_tab(ui, state, &mut self.input) {
            self.completed = true;
        }
        let entered = focused && self.take_one_enter(ui);
        let full = ui.available_rect_before_wrap();
        let width = full.width() - SEND.x - GAP;
        let corner = pos2(from_start(ui, full, 0.0, width), full.top());
        let left = Rect::from_min_size(corner, vec2(width, full.height()));
        let (changed, left) = {
            let inner = ui.scope_builder(UiBuilder::new().max_rect(left), |ui| self.field(ui, state, room.key));
            (inner.inner, inner.response.rect)
        };
        // At the lower edge, wherever that is: the box grows upwards.
        let size = vec2(SEND.x, SEND.y.min(left.height()));
        let corner = pos2(from_end(ui, full, 0.0, SEND.x), left.bottom() - size.y);
        let clicked = self.send_button(ui, Rect::from_min_size(corner, size), correcting);
        if changed && !correcting {
            intents.push(Intent::Draft(self.text.clone()));
        }
        if clicked {
            ui.memory_mut(|memory| memory.request_focus(Self::id()));
        }
        match (entered || clicked, correcting) {
            (true, true) => self.save(ui, state, intents),
            (true, false) => {
                self.send(room, intents);
                Typed::Nothing
            }
            (false, _) => Typed::Nothing,
        }
    }

    /// Takes the Enter that sends out of the input, and what was typed behind it, for the next frame.
    fn take_one_enter(&mut self, ui: &Ui) -> bool {
        let entered = ui.input_mut(|input| {
            let at = input.events.iter().position(sends)?;
            let mut rest = input.events.split_off(at).into_iter();
            rest.next();
            let (behind, others) = rest.partition(is_typed);
            input.events.extend::<Vec<_>>(others);
            Some(behind)
        });
        let Some(behind) = entered else { return false };
        self.behind = behind;
        if !self.behind.is_empty() {
            ui.request_repaint();
        }
        true
    }

    /// The keys that bring back what was said, to be said again, corrected, or answered.
    fn take_up(&mut self, ui: &Ui, state: &State, room: &Room, intents: &mut Vec<Intent>) {
        let pressed = |modifiers, key| ui.input_mut(|input| input.consume_key(modifiers, key));
        if pressed(Modifiers::COMMAND, Key::ArrowUp) {
            intents.push(Intent::Recall(-1));
        } else if pressed(Modifiers::COMMAND, Key::ArrowDown) {
            intents.push(Intent::Recall(1));
        } else if pressed(Modifiers::ALT, Key::R) {
            // The letter comes as well.
            ui.input_mut(|input| input.events.retain(|event| !matches!(event, Event::Text(_))));
            if let Some(entry) = room.last_other() {
                self.answer(ui, room, entry.key);
            }
        }
        let last_own = room.last_own().filter(|entry| self.text.is_empty() && Rights::of(state, room, entry).now);
        if let Some(entry) = last_own.filter(|_| pressed(Modifiers::NONE, Key::ArrowUp)) {
            self.correct(ui, room, entry);
        }
    }

    /// The correction of a message of this room, as far as it is typed.
    fn corrected_text(&self, room: RoomKey) -> Option<&str> {
        self.edit.as_ref().filter(|edit| edit.room == room).map(|edit| edit.text.as_str())
    }

    fn save(&mut self, ui: &Ui, state: &State, intents: &mut Vec<Intent>) -> Typed {
        let Some(edit) = self.edit.take_if(|_| state.link == Link::Online) else { return Typed::Nothing };
        self.input.set_text(&self.text);
        ui.request_repaint();
        let Edit { entry, text, .. } = edit;
        if text.trim().is_empty() {
            return Typed::Emptied(entry);
        }
        intents.push(Intent::Edit { entry, text });
        Typed::Nothing
    }

    fn send_button(&self, ui: &mut Ui, area: Rect, correcting: bool) -> bool {
        let palette = Palette::of(ui);
        let ready = correcting || !self.text.trim().is_empty();
        let words = tongue(ui);
        let (name, tip) = match correcting {
            true => (words.save(), words.save_tip()),
            false => (words.send(), words.send_tip()),
        };
        let button = Button::new(&name).size(TEXT);
        let button = if ready { button.main(ui) } else { button.color(palette.dim) };
        ui.put(area, button).tip(&tip).clicked()
    }

    fn field(&mut self, ui: &mut Ui, state: &State, room: RoomKey) -> bool {
        let completed = std::mem::take(&mut self.completed);
        let Self { input, text, edit, completion, .. } = self;
        let text = match edit {
            Some(edit) if edit.room == room => &mut edit.text,
            Some(_) | None => text,
        };
        if !completed {
            input.follow(text);
        }
        let margin = egui::Margin::symmetric(12, 9);
        let (name, hint) = (&tongue(ui).message(), &tongue(ui).write_here());
        let face = Face { id: Self::id(), name, hint, size: TEXT, margin, wrong: false };
        let changed = input.show(ui, face).changed() || completed;
        let clicked = completion.show(ui, state, input);
        if clicked {
            // Only then: whoever asks for the focus ends what an input method composes.
            ui.memory_mut(|memory| memory.request_focus(Self::id()));
        }
        let changed = clicked || changed;
        if changed {
            input.text().clone_into(text);
        }
        // Tab leaves an empty box as it does everywhere.
        let tab = !text.is_empty();
        let filter = EventFilter { horizontal_arrows: true, vertical_arrows: true, tab, escape: false };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(Self::id(), filter));
        changed
    }

    fn send(&mut self, room: &Room, intents: &mut Vec<Intent>) {
        if self.text.trim().is_empty() {
            return;
        }
        let text = std::mem::take(&mut self.text);
        let said = text.strip_prefix('/').filter(|rest| rest.starts_with('/')).map(str::to_owned);
        let command = text.starts_with('/') && said.is_none();
        let answered = self.answering(room).map(|entry| entry.key).filter(|_| !command);
        match answered {
            // The draft may hold a slash more than what is said.
            Some(entry) => {
                let text = said.unwrap_or(text);
                intents.extend([Intent::Draft(String::new()), Intent::Reply { entry, text }]);
            }
            None => intents.push(Intent::Submit(text)),
        }
        if !command {
            self.answered.take_if(|(there, _)| *there == room.key);
        }
    }
}

/// A name within a sentence. Where it runs against that, a mark stands behind it: what follows would else change places
/// with it. Isolates would say it better, but are taken out of whatever is drawn.
fn apart(words: Language, name: &str) -> String {
    let against = direction(name).is_some_and(|direction| direction.is_right_to_left() != words.is_right_to_left());
    match (against, words.is_right_to_left()) {
        (false, _) => name.to_owned(),
        (true, false) => format!("{name}\u{200E}"),
        (true, true) => format!("{name}\u{200F}"),
    }
}

/// Takes the Enter that sends out of the input; Shift+Enter stays for the box.
pub(crate) fn take_enter(ui: &Ui) -> bool {
    ui.input_mut(|input| {
        let before = input.events.len();
        input.events.retain(|event| !sends(event));
        input.events.len() < before
    })
}

/// Whether this is the Enter that sends.
fn sends(event: &Event) -> bool {
    matches!(event, Event::Key { key: Key::Enter, pressed: true, modifiers, .. } if !modifiers.shift)
}

/// Whether it comes from where people type.
fn is_typed(event: &Event) -> bool {
    matches!(event, Event::Key { .. } | Event::Text(_) | Event::Ime(_) | Event::Paste(_) | Event::Copy | Event::Cut)
}
