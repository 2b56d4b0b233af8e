//! What can be done with a message: its context menu, and the question before it is taken back.

use std::ops::Range;

use eframe::egui::{
    Id, Popup, Pos2, Rect, RectAlign, Response, Role, Sense, SetOpenCommand, Ui, UiBuilder, WidgetInfo, pos2, vec2,
};
use parlor_core::client::{Entry, EntryKey, EntryKind, Hyperlink, Intent, Link, Room, State};
use parlor_core::wire::Dialect;

use crate::chosen::{menu_lines, tongue};
use crate::cursor::Cursor;
use crate::links;
use crate::text::{Button, Laid, Tip, button};
use crate::theme::{Palette, SMALL};
use crate::words::{RowWords, Words};

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
    /// The row that is chosen by keys.
    pub(crate) cursor: Cursor<EntryKey>,
    /// The rows that are drawn, from top to bottom, and where.
    pub(crate) sight: Vec<(EntryKey, Rect)>,
}

impl<'a> Hands<'a> {
    /// With nothing in them yet.
    pub(crate) fn new(intents: &'a mut Vec<Intent>, wish: &'a mut Option<Wish>) -> Self {
        Self { intents, wish, link: None, fresh: false, cursor: Cursor::default(), sight: Vec::new() }
    }
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

/// Most links that the menu of a message offers.
const LINKS_MAX: usize = 5;
/// Longest part of an address in it, in characters.
const ADDRESS_MAX: usize = 40;

/// The context menu of a message.
pub(crate) struct Menu<'a> {
    /// What it says, and the same with who said it.
    pub(crate) copies: [&'a str; 2],
    /// Somebody else who said it.
    pub(crate) other: Option<&'a str>,
    /// What stands in its row, and the links in that.
    pub(crate) said: (&'a str, &'a [Range<usize>]),
    /// What leads to the message it answers.
    pub(crate) answered: Option<&'a Intent>,
    /// How it is named where it can be changed or answered, and what of that may be done.
    pub(crate) deeds: Option<(EntryKey, Rights)>,
    /// Where it opens if no pointer asks for it: below the side on which the words begin, the right one if this is true.
    pub(crate) below: (Pos2, bool),
}

impl Menu<'_> {
    /// Opens it at the pointer if the row, whose response this is, is clicked so; below it if it is `asked` for
    /// otherwise. Then its first line has the focus.
    pub(crate) fn show(&self, ui: &Ui, response: &Response, asked: bool, hands: &mut Hands<'_>) {
        let pointed = response.secondary_clicked();
        let set = match (asked || pointed, response.clicked()) {
            (true, _) => Some(SetOpenCommand::Bool(true)),
            (false, true) => Some(SetOpenCommand::Bool(false)),
            (false, false) => None,
        };
        let at_pointer = Popup::position_of_id(&response.ctx, Popup::default_response_id(response)).is_some();
        let popup = Popup::menu(response).layout(menu_lines(ui)).open_memory(set);
        let (corner, right) = self.below;
        let align = if right { RectAlign::BOTTOM_END } else { RectAlign::BOTTOM_START };
        let popup = match pointed || (at_pointer && !asked) {
            true => popup.at_pointer_fixed(),
            // The rest of a long message may be out of sight.
            false => popup.at_position(corner.min(ui.clip_rect().max).max(ui.clip_rect().min)).align(align),
        };
        popup.show(|ui| {
            let first = self.copy(ui);
            if asked {
                first.request_focus();
            }
            self.lead(ui, hands);
            self.change(ui, hands);
            if let Some(other) = self.other {
                ui.separator();
                if button(ui, &tongue(ui).ignore(other)).clicked() {
                    hands.intents.push(Intent::Ignore(other.to_owned()));
                    ui.close();
                }
            }
        });
    }

    fn copy(&self, ui: &mut Ui) -> Response {
        let words = tongue(ui);
        let [text, line] = self.copies;
        let first = button(ui, &words.copy_message());
        let chosen = [(first.clicked(), text), (button(ui, &words.copy_with_name()).clicked(), line)];
        for (_, text) in chosen.into_iter().filter(|(clicked, _)| *clicked) {
            ui.copy_text(text.to_owned());
            ui.close();
        }
        first
    }

    /// What leads elsewhere.
    fn lead(&self, ui: &mut Ui, hands: &mut Hands<'_>) {
        let words = tongue(ui);
        let (said, links) = self.said;
        let mut links = links.iter().filter_map(|range| links::to(said, range)).take(LINKS_MAX).peekable();
        if links.peek().is_some() || self.answered.is_some() {
            ui.separator();
        }
        if let Some(answered) = self.answered
            && button(ui, &words.go_to_answered()).clicked()
        {
            hands.intents.push(answered.clone());
            ui.close();
        }
        for link in links {
            let shown: String = link.url().chars().take(ADDRESS_MAX).collect();
            let more = if shown.len() < link.url().len() { "…" } else { "" };
            // Isolates would be taken out of what is drawn; what ends it would then stand before it in Persian.
            if button(ui, &words.follow_link(format!("\u{200e}{shown}{more}\u{200e}"))).clicked() {
                hands.link = Some(link);
                ui.close();
            }
        }
    }

    /// What changes it, or answers it.
    fn change(&self, ui: &mut Ui, hands: &mut Hands<'_>) {
        let Some((key, may)) = self.deeds.filter(|(_, may)| may.edit || may.delete || may.answer) else { return };
        let words = tongue(ui);
        ui.separator();
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
    }
}
