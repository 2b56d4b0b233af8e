//! The message box: what is typed, and how it is sent.

use eframe::egui::{self, Event, Id, Key, Modifiers, Rect, Ui, UiBuilder, Vec2, pos2, vec2};
use parlor_core::client::{Entry, EntryKey, Intent, Link, Room, RoomKey, State};

use crate::chosen::{backwards, from_end, from_start, onwards, row, tongue};
use crate::deeds::Rights;
use crate::input::{Face, Input};
use crate::text::{Button, Look, Tip, user_text};
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
        Self { room: None, input: Input::lines(HEIGHT_MAX, CHARS_MAX), text: String::new(), edit: None }
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

    /// The message of this room that is being corrected.
    pub(crate) fn corrected(&self, room: RoomKey) -> Option<EntryKey> {
        self.edit.as_ref().filter(|edit| edit.room == room).map(|edit| edit.entry)
    }

    /// Leaves the message of this room as it is; `true` if one was being corrected.
    pub(crate) fn cancel(&mut self, ui: &Ui, room: RoomKey) -> bool {
        let cancelled = self.edit.take_if(|edit| edit.room == room).is_some();
        if cancelled {
            self.input.set_text(&self.text);
            ui.request_repaint();
        }
        cancelled
    }

    /// Draws the line above the box: what happens there just now, `news` where nothing does.
    pub(crate) fn show_line(&mut self, ui: &mut Ui, state: &State, room: &Room, news: &str) {
        let palette = Palette::of(ui);
        if self.corrected(room.key).is_none() {
            user_text(ui, news, Look::new(SMALL, palette.dim).one_line());
            return;
        }
        let words = tongue(ui);
        let text = match state.link == Link::Online {
            true => words.correcting(),
            false => words.correcting_offline(),
        };
        let cancelled = row(ui, |ui| {
            ui.spacing_mut().button_padding = vec2(6.0, 0.0);
            ui.spacing_mut().interact_size.y = 17.0;
            ui.with_layout(backwards(ui, egui::Align::Center), |ui| {
                let cancelled = ui.add(Button::new(&words.cancel()).size(SMALL).small()).clicked();
                ui.with_layout(onwards(ui, egui::Align::Center), |ui| {
                    user_text(ui, &text, Look::new(SMALL, palette.text).one_line());
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
        let focused = ui.memory(|memory| memory.has_focus(Self::id()));
        if focused && self.text.is_empty() && self.corrected(room.key).is_none() {
            self.take_up(ui, state, room);
        }
        let correcting = self.corrected(room.key).is_some();
        let entered = focused && take_enter(ui);
        let full = ui.available_rect_before_wrap();
        let width = full.width() - SEND.x - GAP;
        let corner = pos2(from_start(ui, full, 0.0, width), full.top());
        let left = Rect::from_min_size(corner, vec2(width, full.height()));
        let (changed, left) = {
            let inner = ui.scope_builder(UiBuilder::new().max_rect(left), |ui| self.field(ui, room.key));
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
                self.send(intents);
                Typed::Nothing
            }
            (false, _) => Typed::Nothing,
        }
    }

    /// The key that brings back what was said last.
    fn take_up(&mut self, ui: &Ui, state: &State, room: &Room) {
        let Some(entry) = room.last_own().filter(|entry| Rights::of(state, room, entry).now) else { return };
        if ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::ArrowUp)) {
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

    fn field(&mut self, ui: &mut Ui, room: RoomKey) -> bool {
        let Self { input, text, edit, .. } = self;
        let text = match edit {
            Some(edit) if edit.room == room => &mut edit.text,
            Some(_) | None => text,
        };
        input.follow(text);
        let margin = egui::Margin::symmetric(12, 9);
        let (name, hint) = (&tongue(ui).message(), &tongue(ui).write_here());
        let face = Face { id: Self::id(), name, hint, size: TEXT, margin, wrong: false };
        let changed = input.show(ui, face).changed();
        if changed {
            input.text().clone_into(text);
        }
        changed
    }

    fn send(&mut self, intents: &mut Vec<Intent>) {
        if self.text.trim().is_empty() {
            return;
        }
        intents.push(Intent::Submit(std::mem::take(&mut self.text)));
    }
}

/// Takes the Enter that sends out of the input; Shift+Enter stays for the box.
pub(crate) fn take_enter(ui: &Ui) -> bool {
    ui.input_mut(|input| {
        let before = input.events.len();
        input.events.retain(
            |event| !matches!(event, Event::Key { key: Key::Enter, pressed: true, modifiers, .. } if !modifiers.shift),
        );
        input.events.len() < before
    })
}
