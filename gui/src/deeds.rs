//! What can be done with a message: its context menu, and the question before it is taken back.

use eframe::egui::{Id, Rect, Response, Role, Sense, Ui, UiBuilder, WidgetInfo, pos2, vec2};
use parlor_core::client::{Entry, EntryKey, EntryKind, Hyperlink, Intent, Link, Room, State};
use parlor_core::wire::Dialect;

use crate::chosen::tongue;
use crate::text::{Button, Laid, Tip, button};
use crate::theme::{Palette, SMALL};
use crate::words::Words;

/// The line below a message that asks for something.
pub(crate) const FOOT: f32 = 26.0;

/// What the person may do with a message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Rights {
    /// Correct it.
    pub(crate) edit: bool,
    /// Take it back.
    pub(crate) delete: bool,
    /// Answer it.
    pub(crate) answer: bool,
    /// The server can be asked for it just now.
    pub(crate) now: bool,
}

impl Rights {
    /// What may be done with `entry`, which stands in `room`.
    pub(crate) fn of(state: &State, room: &Room, entry: &Entry) -> Self {
        let message = matches!(entry.kind, EntryKind::Message { .. }) && entry.id.is_some() && !entry.is_deleted();
        if state.dialect != Dialect::Native || !message {
            return Self::default();
        }
        let mine = entry.is_mine();
        let now = state.link == Link::Online && room.joined;
        Self { edit: mine, delete: mine || room.operator, answer: room.joined, now }
    }
}

/// What was wanted of a message, beyond what the server is to be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wish {
    /// To correct it.
    Edit(EntryKey),
    /// To answer it.
    Answer(EntryKey),
    /// To take it back, if it is really meant.
    AskDelete(EntryKey),
    /// To leave it as it is.
    Keep,
}

/// Where what was wanted goes.
pub(crate) struct Hands<'a> {
    pub(crate) intents: &'a mut Vec<Intent>,
    pub(crate) wish: &'a mut Option<Wish>,
    /// The link that was clicked.
    pub(crate) link: Option<Hyperlink>,
    /// The question came up in this very frame, and the first key is to answer it.
    pub(crate) fresh: bool,
}

/// What stands below a message.
pub(crate) enum Foot {
    /// Why it did not arrive, a button that sends it again, and what one copies to say it elsewhere.
    Resend(Laid, String, String),
    /// Whether it is really to be taken back.
    Delete(Laid),
}

impl Foot {
    /// How high it is.
    pub(crate) fn height(&self) -> f32 {
        self.text().size().y.max(FOOT)
    }

    fn text(&self) -> &Laid {
        match self {
            Foot::Resend(text, ..) | Foot::Delete(text) => text,
        }
    }

    /// Draws it at the upper edge of `area`.
    pub(crate) fn show(&self, ui: &mut Ui, area: Rect, key: EntryKey, hands: &mut Hands<'_>) {
        let size = self.text().size();
        self.text().paint(ui, pos2(area.left(), area.top() + ((FOOT - size.y) * 0.5).max(0.0)));
        let text = Rect::from_min_size(area.min, size);
        let response = ui.interact(text, Id::unique((key, "foot text")), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, self.text().text()));
        let rest = Rect::from_min_max(pos2(area.left() + size.x + 8.0, area.top()), area.max);
        ui.scope_builder(UiBuilder::new().id_salt((key, "foot")).max_rect(rest), |ui| {
            ui.spacing_mut().button_padding = vec2(8.0, 2.0);
            ui.spacing_mut().interact_size.y = 20.0;
            ui.add_space((FOOT - 22.0) * 0.5);
            ui.horizontal(|ui| match self {
                Foot::Resend(_, button, said) => {
                    if ui.add(Button::new(button).size(SMALL).small()).clicked() {
                        hands.intents.push(Intent::Resend(key));
                    }
                    if ui.add(Button::new(&tongue(ui).copy()).size(SMALL).small()).clicked() {
                        ui.copy_text(said.clone());
                    }
                }
                Foot::Delete(_) => ask(ui, key, hands),
            });
        });
    }
}

fn ask(ui: &mut Ui, key: EntryKey, hands: &mut Hands<'_>) {
    let palette = Palette::of(ui);
    let words = tongue(ui);
    let delete = ui.add(Button::new(&words.delete()).size(SMALL).color(palette.error).small());
    if hands.fresh {
        delete.request_focus();
    }
    if delete.clicked() {
        hands.intents.push(Intent::Delete { entry: key });
        *hands.wish = Some(Wish::Keep);
    }
    if ui.add(Button::new(&words.keep()).size(SMALL).small()).clicked() {
        *hands.wish = Some(Wish::Keep);
    }
}

/// The context menu of a message. `text` is what it says, `line` the same with who said it; `other` is somebody else who
/// said it.
pub(crate) fn menu(
    response: &Response,
    key: EntryKey,
    (text, line): (&str, &str),
    other: Option<&str>,
    may: Rights,
    hands: &mut Hands<'_>,
) {
    response.context_menu(|ui| {
        let words = tongue(ui);
        if button(ui, &words.copy_message()).clicked() {
            ui.copy_text(text.to_owned());
            ui.close();
        }
        if button(ui, &words.copy_with_name()).clicked() {
            ui.copy_text(line.to_owned());
            ui.close();
        }
        if may.edit || may.delete || may.answer {
            ui.separator();
        }
        if may.answer && button(ui, &words.answer()).clicked() {
            *hands.wish = Some(Wish::Answer(key));
            ui.close();
        }
        for (offered, name, wish) in
            [(may.edit, words.edit(), Wish::Edit(key)), (may.delete, words.delete_asking(), Wish::AskDelete(key))]
        {
            let there_is_none = words.no_connection();
            if offered && ui.add_enabled(may.now, Button::new(&name)).disabled_tip(&there_is_none).clicked() {
                *hands.wish = Some(wish);
                ui.close();
            }
        }
        if let Some(other) = other {
            ui.separator();
            if button(ui, &words.ignore(other)).clicked() {
                hands.intents.push(Intent::Ignore(other.to_owned()));
                ui.close();
            }
        }
    });
}
