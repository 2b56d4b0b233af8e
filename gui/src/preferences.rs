//! The dialog in which the person says how they want it: what is chosen there holds at once, and is kept.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use eframe::egui::{Context, Frame, Id, Key, Margin, Modal, Modifiers, ScrollArea, Stroke, Ui};
use parlor_core::words::Language;
use parlor_face::Fault;
use parlor_face::kept::Kept;
use parlor_face::settings::{CalendarChoice, FontSize, LanguageChoice, Notifications, Settings, SettingsWriter, Theme};

use crate::chosen::{Chosen, column, row, tongue};
use crate::text::{Button, Look, button, caption, checkbox};
use crate::theme::{Palette, SMALL, TEXT};
use crate::words::{CoverWords, Words};

const WIDTH: f32 = 420.0;

/// The dialog, open or not.
#[derive(Debug)]
pub(crate) struct Preferences {
    open: bool,
    /// The file and who writes it, if there is a place for one.
    file: Option<(PathBuf, SettingsWriter)>,
    /// What could not be kept.
    trouble: Arc<Mutex<Option<Fault>>>,
}

impl Preferences {
    /// Closed; what is chosen is kept in `kept`. The window of `ctx` is woken to take trouble with that.
    pub(crate) fn new(ctx: &Context, kept: Option<&Kept>) -> Self {
        let trouble = Arc::<Mutex<_>>::default();
        let file = kept.map(|kept| {
            let (theirs, ctx) = (Arc::clone(&trouble), ctx.clone());
            let told = move |fault| {
                *theirs.lock().unwrap_or_else(PoisonError::into_inner) = Some(fault);
                ctx.request_repaint();
            };
            (kept.settings_path(), SettingsWriter::start(kept.clone(), told))
        });
        Self { open: false, file, trouble }
    }

    /// Something else was chosen, which is to be kept.
    pub(crate) fn keep(&self, before: &Settings, now: &Settings) {
        if let Some((_, writer)) = &self.file {
            writer.keep(before, now);
        }
    }

    /// What could not be kept since last asked.
    pub(crate) fn take_trouble(&self) -> Option<Fault> {
        self.trouble.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Returns once all that was chosen so far is kept, or after a few seconds; tells what could not be.
    pub(crate) fn finish_writing(&self) -> Option<Fault> {
        self.file.as_ref().and_then(|(_, writer)| writer.finish())
    }

    /// Whether it covers the window.
    pub(crate) fn is_open(&self) -> bool {
        self.open
    }

    /// Opens it.
    pub(crate) fn open(&mut self) {
        self.open = true;
    }

    /// The keys that open it, and that change the size of everything.
    pub(crate) fn take_keys(&mut self, ui: &Ui) {
        let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::COMMAND, key));
        if pressed(Key::Comma) {
            self.open = !self.open;
        }
        let larger = pressed(Key::Plus) || pressed(Key::Equals);
        let (smaller, usual) = (pressed(Key::Minus), pressed(Key::Num0));
        if larger || smaller || usual {
            Chosen::change(ui.ctx(), |settings| {
                let points = i64::from(settings.font_size.points());
                settings.font_size = match (larger, smaller) {
                    (true, _) => FontSize::of(points + 1),
                    (false, true) => FontSize::of(points - 1),
                    (false, false) => FontSize::default(),
                };
            });
        }
    }

    /// Draws it over everything else, if it is open.
    pub(crate) fn show(&mut self, ui: &Ui) {
        if !self.open {
            return;
        }
        let palette = Palette::of(ui);
        let words = tongue(ui);
        let before = Chosen::of(ui.ctx()).settings.clone();
        let mut settings = before.clone();
        let frame = Frame::new()
            .fill(palette.page)
            .stroke(Stroke::new(1.0, palette.line))
            .corner_radius(12)
            .inner_margin(Margin::same(22));
        let modal = Modal::new(Id::unique("settings")).frame(frame).show(ui.ctx(), |ui| {
            let room = ui.ctx().content_rect();
            ui.set_width(WIDTH.min(room.width() - 60.0));
            column(ui, |ui| caption(ui, &words.settings(), Look::new(18.0, palette.text).one_line()));
            let height = (room.height() - 170.0).max(80.0);
            ScrollArea::vertical().max_height(height).show(ui, |ui| fields(ui, words, &mut settings));
            ui.add_space(6.0);
            let where_to =
                self.file.as_ref().map(|(path, _)| words.kept_in(format_args!("\u{200e}{}\u{200e}", path.display())));
            let where_to = where_to.unwrap_or_else(|| words.kept_nowhere());
            caption(ui, &where_to, Look::new(SMALL, palette.dim));
            ui.add_space(6.0);
            column(ui, |ui| button(ui, &words.close()).clicked())
        });
        if settings != before {
            Chosen::change(ui.ctx(), |now| *now = settings);
        }
        if modal.inner || modal.should_close() {
            self.open = false;
        }
    }
}

fn fields(ui: &mut Ui, words: Language, settings: &mut Settings) {
    let mut languages = vec![(LanguageChoice::Auto, words.as_the_system())];
    languages.extend(Language::ALL.map(|language| (LanguageChoice::Is(language), language.own_name().to_owned())));
    choice(ui, &words.language(), &mut settings.language, &languages);
    let themes = [(Theme::System, words.as_the_system()), (Theme::Dark, words.dark()), (Theme::Light, words.light())];
    choice(ui, &words.colours(), &mut settings.theme, &themes);
    size(ui, words, &mut settings.font_size);
    let notices = [
        (Notifications::Text, words.notify_text()),
        (Notifications::Name, words.notify_name()),
        (Notifications::Off, words.notify_off()),
    ];
    choice(ui, &words.notifications(), &mut settings.notifications, &notices);
    let calendars = [
        (CalendarChoice::Auto, words.as_the_language()),
        (CalendarChoice::Gregorian, words.gregorian()),
        (CalendarChoice::Persian, words.persian()),
    ];
    choice(ui, &words.calendar(), &mut settings.calendar, &calendars);
    ui.add_space(8.0);
    ui.spacing_mut().item_spacing.y = 0.0;
    column(ui, |ui| checkbox(ui, &mut settings.twelve_hours, &words.twelve_hours()));
    column(ui, |ui| checkbox(ui, &mut settings.fold_presence, &words.fold_presence()));
    column(ui, |ui| checkbox(ui, &mut settings.tell_typing, &words.tell_typing()));
}

/// What is chosen among a few, each on a button.
fn choice<T: Copy + PartialEq>(ui: &mut Ui, name: &str, chosen: &mut T, all: &[(T, String)]) {
    title(ui, name);
    row(ui, |ui| {
        ui.spacing_mut().button_padding.x = 10.0;
        ui.spacing_mut().item_spacing.x = 4.0;
        for (value, text) in all {
            if ui.add(choosable(ui, *chosen == *value, text)).clicked() {
                *chosen = *value;
            }
        }
    });
}

/// A button of several, of which one is chosen.
pub(crate) fn choosable<'a>(ui: &Ui, chosen: bool, text: &'a str) -> Button<'a> {
    let palette = Palette::of(ui);
    let button = Button::selectable(chosen, text);
    if chosen { button.color(palette.on_accent).fill(palette.accent) } else { button.fill(palette.side) }
}

fn size(ui: &mut Ui, words: Language, size: &mut FontSize) {
    title(ui, &words.text_size());
    row(ui, |ui| {
        let points = i64::from(size.points());
        if ui.add(Button::named("−", &words.smaller())).clicked() {
            *size = FontSize::of(points - 1);
        }
        let look = Look::new(TEXT, Palette::of(ui).text).one_line();
        caption(ui, &words.points(words.digits(points)), look);
        if ui.add(Button::named("+", &words.larger())).clicked() {
            *size = FontSize::of(points + 1);
        }
    });
}

fn title(ui: &mut Ui, name: &str) {
    ui.add_space(6.0);
    let look = Look::new(SMALL, Palette::of(ui).dim).one_line();
    column(ui, |ui| caption(ui, name, look));
}
