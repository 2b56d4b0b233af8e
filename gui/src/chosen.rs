//! What the person chose, where everything that is drawn can see it.

use std::sync::Arc;

use eframe::egui::{self, Align, Context, Id, InnerResponse, Layout, Rect, Ui, vec2};
use parlor_core::client::Options;
use parlor_core::words::Language;
use parlor_face::clock::Clock;
use parlor_face::settings::{FontSize, LanguageChoice, Settings, Theme};

/// The settings, and what follows from them. Kept in the context of the window, so that it need not be handed through.
#[derive(Clone, Debug)]
pub(crate) struct Chosen {
    /// As they stand.
    pub(crate) settings: Settings,
    /// What the program speaks.
    pub(crate) language: Language,
    /// What tells times and days.
    pub(crate) clock: Clock,
}

impl Chosen {
    /// What holds in the window of `ui`.
    pub(crate) fn of(ctx: &Context) -> Arc<Self> {
        ctx.data_mut(|data| Arc::clone(data.get_temp_mut_or_insert_with(Id::NULL, || Arc::new(Self::at_first()))))
    }

    /// From now on this holds. The window is drawn anew.
    pub(crate) fn set(ctx: &Context, settings: Settings) {
        let chosen = Self::new(settings);
        ctx.set_theme(match chosen.settings.theme {
            Theme::System => egui::ThemePreference::System,
            Theme::Dark => egui::ThemePreference::Dark,
            Theme::Light => egui::ThemePreference::Light,
        });
        let zoom = f32::from(chosen.settings.font_size.points()) / f32::from(FontSize::default().points());
        ctx.set_zoom_factor(zoom);
        ctx.data_mut(|data| data.insert_temp(Id::NULL, Arc::new(chosen)));
        ctx.request_repaint();
    }

    /// Asks for something else to be chosen. Whoever draws the window takes it ([`Chosen::asked`]), keeps it, and lets
    /// it hold.
    pub(crate) fn change(ctx: &Context, change: impl FnOnce(&mut Settings)) {
        let mut settings = Self::asked(ctx).unwrap_or_else(|| Self::of(ctx).settings.clone());
        change(&mut settings);
        ctx.data_mut(|data| data.insert_temp(asked_id(), settings));
        ctx.request_repaint();
    }

    /// What was asked for since last taken.
    pub(crate) fn asked(ctx: &Context) -> Option<Settings> {
        ctx.data_mut(|data| data.remove_temp(asked_id()))
    }

    /// What of it concerns the client machine.
    pub(crate) fn options(&self) -> Options {
        let Settings { fold_presence, tell_typing, .. } = self.settings;
        Options { language: self.language, fold_presence, tell_typing }
    }

    fn new(settings: Settings) -> Self {
        Self { language: settings.speech(), clock: Clock::local(&settings), settings }
    }

    /// Before anything was read: English, whatever the machine speaks.
    fn at_first() -> Self {
        Self::new(Settings { language: LanguageChoice::Is(Language::English), ..Settings::default() })
    }
}

fn asked_id() -> Id {
    Id::unique("settings asked for")
}

/// What the window of `ui` speaks.
pub(crate) fn tongue(ui: &Ui) -> Language {
    Chosen::of(ui.ctx()).language
}

/// Whether the window of `ui` is to be read from right to left.
pub(crate) fn mirrored(ui: &Ui) -> bool {
    tongue(ui).is_right_to_left()
}

/// A row that begins where lines begin.
pub(crate) fn onwards(ui: &Ui, align: Align) -> Layout {
    if mirrored(ui) { Layout::right_to_left(align) } else { Layout::left_to_right(align) }
}

/// A row that begins where lines end: for what is to stand at the far side.
pub(crate) fn backwards(ui: &Ui, align: Align) -> Layout {
    if mirrored(ui) { Layout::left_to_right(align) } else { Layout::right_to_left(align) }
}

/// A column whose widgets stand where lines begin.
pub(crate) fn downwards(ui: &Ui) -> Layout {
    Layout::top_down(if mirrored(ui) { Align::Max } else { Align::Min })
}

/// The same, with what `add` adds in it.
pub(crate) fn column<R>(ui: &mut Ui, add: impl FnOnce(&mut Ui) -> R) -> R {
    let layout = downwards(ui);
    ui.with_layout(layout, add).inner
}

/// The layout of a menu: its lines are as wide as the widest, and begin where lines begin.
pub(crate) fn menu_lines(ui: &Ui) -> Layout {
    Layout::top_down_justified(if mirrored(ui) { Align::Max } else { Align::Min })
}

/// The left edge of something so wide that begins `way` after the side of `area` where lines begin.
pub(crate) fn from_start(ui: &Ui, area: Rect, way: f32, width: f32) -> f32 {
    if mirrored(ui) { area.right() - way - width } else { area.left() + way }
}

/// The left edge of something so wide that ends `way` before the side of `area` where lines end.
pub(crate) fn from_end(ui: &Ui, area: Rect, way: f32, width: f32) -> f32 {
    if mirrored(ui) { area.left() + way } else { area.right() - way - width }
}

/// Adds widgets beside each other, as [`Ui::horizontal`] does, from where lines begin.
pub(crate) fn row<R>(ui: &mut Ui, add: impl FnOnce(&mut Ui) -> R) -> InnerResponse<R> {
    let size = vec2(ui.available_size_before_wrap().x, ui.spacing().interact_size.y);
    let layout = onwards(ui, Align::Center);
    ui.allocate_ui_with_layout(size, layout, add)
}
