//! What the server wants answered before anything goes on: another nickname, its password.

use eframe::egui::{CornerRadius, Frame, Id, Key, Margin, Modal, Response, ScrollArea, Stroke, TextEdit, Ui, vec2};
use parlor_core::client::{Intent, Question, State};
use parlor_core::secret::Secret;
use parlor_core::words::Language;
use parlor_face::words::Words as _;

use crate::banner::sentence;
use crate::chosen::{column, tongue};
use crate::connect::{CHARS_MAX, bad_nick};
use crate::input::{Face, edit_line};
use crate::text::{Button, Look, caption, user_text};
use crate::theme::{Palette, SMALL, TEXT, field};
use crate::words::Words;

/// The answer as far as it is typed.
#[derive(Default)]
pub(crate) struct Answer {
    asked: Option<Question>,
    text: String,
    problem: Option<String>,
}

impl Answer {
    /// Draws the question over everything else, if there is one. `true` if another server is wanted instead.
    pub(crate) fn show(&mut self, ui: &Ui, state: &State, intents: &mut Vec<Intent>) -> bool {
        let Some(question) = &state.question else {
            *self = Self::default();
            return false;
        };
        let fresh = self.asked.as_ref() != Some(question);
        if fresh {
            let text = match question {
                Question::Nick { .. } => state.nick.clone(),
                Question::Password { .. } => String::new(),
            };
            *self = Self { asked: Some(question.clone()), text, problem: None };
        }
        let palette = Palette::of(ui);
        let frame = Frame::new()
            .fill(palette.page)
            .stroke(Stroke::new(1.0, palette.line))
            .corner_radius(CornerRadius::same(12))
            .inner_margin(Margin::same(22));
        let modal = Modal::new(Id::unique("question")).frame(frame).show(ui.ctx(), |ui| {
            ui.set_width(340.0);
            let (given, elsewhere) = column(ui, |ui| self.fields(ui, question, fresh));
            if given {
                self.give(tongue(ui), state, question, intents);
            }
            elsewhere
        });
        modal.inner
    }

    /// Whether the answer is given, and whether another server is wanted instead.
    fn fields(&mut self, ui: &mut Ui, question: &Question, fresh: bool) -> (bool, bool) {
        let palette = Palette::of(ui);
        let words = tongue(ui);
        let (title, why, name, secret, action) = match question {
            Question::Nick { why } => (words.another_nick(), why, words.nickname(), false, words.use_nick()),
            Question::Password { why } => (words.has_password(), why, words.password(), true, words.enter()),
        };
        caption(ui, &title, Look::new(18.0, palette.text));
        // A server may be wordy: the field and the button stay in sight all the same.
        ScrollArea::vertical().id_salt("why").max_height(90.0).show(ui, |ui| {
            user_text(ui, &sentence(why), Look::new(TEXT, palette.error).own());
        });
        ui.add_space(6.0);
        ui.spacing_mut().item_spacing.y = 4.0;
        let label = caption(ui, &name, Look::new(SMALL, palette.dim).one_line());
        let id = Id::unique("answer");
        let (margin, wrong) = (Margin::symmetric(10, 7), self.problem.is_some());
        let response = if secret {
            edit_secret(ui, &mut self.text, id, wrong)
        } else {
            edit_line(ui, &mut self.text, CHARS_MAX, Face { id, name: &name, hint: "", size: TEXT, margin, wrong })
        };
        let response = response.labelled_by(label.id);
        if fresh || !ui.memory(|memory| memory.focused().is_some()) {
            response.request_focus();
        }
        if let Some(problem) = &self.problem {
            caption(ui, problem, Look::new(SMALL, palette.error));
        }
        ui.add_space(10.0);
        let button = Button::new(&action).size(TEXT).main(ui);
        let clicked = ui.add_sized(vec2(ui.available_width(), 36.0), button).clicked();
        ui.add_space(6.0);
        let elsewhere = ui.add(Button::new(&words.connect_elsewhere()).small());
        let entered = !elsewhere.has_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        (clicked || entered, elsewhere.clicked())
    }

    fn give(&mut self, words: Language, state: &State, question: &Question, intents: &mut Vec<Intent>) {
        match question {
            Question::Nick { .. } => {
                let nick = self.text.trim();
                self.problem = bad_nick(words, state.dialect, nick);
                if self.problem.is_none() {
                    intents.push(Intent::Nick(nick.to_owned()));
                }
            }
            Question::Password { .. } if self.text.is_empty() => {
                self.problem = Some(words.write_password());
            }
            Question::Password { .. } => intents.push(Intent::Password(Secret::from(std::mem::take(&mut self.text)))),
        }
    }
}

/// A field for a password: nothing of it is seen but dots, which have no direction.
pub(crate) fn edit_secret(ui: &mut Ui, text: &mut String, id: Id, wrong: bool) -> Response {
    let frame = field(ui, id, Margin::symmetric(10, 7), wrong);
    ui.add(TextEdit::singleline(text).id(id).password(true).desired_width(f32::INFINITY).frame(frame))
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Answer").field("asked", &self.asked).finish_non_exhaustive()
    }
}
