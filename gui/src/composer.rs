//! The message box: what is typed, and how it is sent.

use eframe::egui::{
    self, Button, Event, Id, Key, Modifiers, Rect, ScrollArea, TextEdit, Ui, UiBuilder, Vec2, pos2, vec2,
};
use parlor_core::client::{Intent, Room, RoomKey};

use crate::theme::{Palette, TEXT, field};

/// What stands in the empty box.
pub const HINT: &str = "Write your messages here.";

const SEND: Vec2 = vec2(76.0, 40.0);
const GAP: f32 = 8.0;

/// Most characters the box takes: what the core keeps of a draft.
const CHARS_MAX: usize = 16_000;

/// The highest the box grows, in points; longer text scrolls in it.
const HEIGHT_MAX: f32 = 132.0;

/// The box and what is in it. The core keeps the drafts of the other rooms.
#[derive(Debug, Default)]
pub(crate) struct Composer {
    room: Option<RoomKey>,
    text: String,
}

impl Composer {
    /// The box's id, for the focus.
    pub(crate) fn id() -> Id {
        Id::unique("message box")
    }

    /// Draws the box and the button; tells what was typed and sent.
    pub(crate) fn show(&mut self, ui: &mut Ui, room: &Room, intents: &mut Vec<Intent>) {
        if self.room != Some(room.key) {
            self.room = Some(room.key);
            // What can be undone belongs to the room that was left.
            TextEdit::store_state(ui.ctx(), Self::id(), egui::text_edit::TextEditState::default());
        }
        // The core may have put a refused message back.
        if self.text != room.draft {
            self.text.clone_from(&room.draft);
        }
        let entered = ui.memory(|memory| memory.has_focus(Self::id())) && take_enter(ui);
        let full = ui.available_rect_before_wrap();
        let left = Rect::from_min_max(full.min, full.max - vec2(SEND.x + GAP, 0.0));
        let (changed, left) = {
            let inner = ui.scope_builder(UiBuilder::new().max_rect(left), |ui| self.edit(ui));
            (inner.inner, inner.response.rect)
        };
        // At the lower edge, wherever that is: the box grows upwards.
        let size = vec2(SEND.x, SEND.y.min(left.height()));
        let corner = pos2(left.right() + GAP, left.bottom() - size.y);
        let clicked = self.send_button(ui, Rect::from_min_size(corner, size));
        if changed {
            intents.push(Intent::Draft(self.text.clone()));
        }
        if entered || clicked {
            self.send(intents);
        }
        if clicked {
            ui.memory_mut(|memory| memory.request_focus(Self::id()));
        }
    }

    fn send_button(&self, ui: &mut Ui, area: Rect) -> bool {
        let palette = Palette::of(ui);
        let ready = !self.text.trim().is_empty();
        let text = egui::RichText::new("Send").size(TEXT);
        let button = if ready {
            Button::new(text.color(palette.on_accent)).fill(palette.accent)
        } else {
            Button::new(text.color(palette.dim))
        };
        ui.put(area, button).on_hover_text("Enter sends, Shift+Enter begins a new line").clicked()
    }

    fn edit(&mut self, ui: &mut Ui) -> bool {
        let width = ui.available_width();
        let text = &mut self.text;
        let frame = field(ui, Self::id(), egui::Margin::symmetric(12, 9), false);
        ScrollArea::vertical()
            .id_salt("message scroll")
            .max_height(HEIGHT_MAX)
            .min_scrolled_height(HEIGHT_MAX)
            .show(ui, |ui| {
                let edit = TextEdit::multiline(text)
                    .id(Self::id())
                    .hint_text(HINT)
                    .font(egui::FontId::proportional(TEXT))
                    .char_limit(CHARS_MAX)
                    .desired_rows(1)
                    .desired_width(width)
                    .frame(frame)
                    .return_key(egui::KeyboardShortcut::new(Modifiers::SHIFT, Key::Enter));
                let response = ui.add(edit);
                ui.ctx().accesskit_node_builder(response.id, |node| node.set_label("Message"));
                response.changed()
            })
            .inner
    }

    fn send(&mut self, intents: &mut Vec<Intent>) {
        if self.text.trim().is_empty() {
            return;
        }
        intents.push(Intent::Submit(std::mem::take(&mut self.text)));
    }
}

/// Takes the Enter that sends out of the input; Shift+Enter stays for the box.
fn take_enter(ui: &Ui) -> bool {
    ui.input_mut(|input| {
        let before = input.events.len();
        input.events.retain(
            |event| !matches!(event, Event::Key { key: Key::Enter, pressed: true, modifiers, .. } if !modifiers.shift),
        );
        input.events.len() < before
    })
}
