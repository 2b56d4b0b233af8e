//! How things stand with the server: a line at the bottom, a banner when something is wrong.

use std::time::Duration;

use eframe::egui::{self, Color32, Frame, Margin, Ui};
use parlor_core::client::{Intent, Link, State};
use parlor_core::time::Instant;
use parlor_core::words::Language;
use parlor_face::settings::Theme;
use parlor_face::words::{Words as _, when};

use crate::chosen::{Chosen, backwards, onwards, row, tongue};
use crate::text::{Button, Look, Tip, button, caption};
use crate::theme::{Palette, SMALL, TEXT};
use crate::words::{CoverWords, Words};

/// What a banner was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    /// The dialog for another server.
    Dialog,
    /// That a warning goes away.
    Dismiss,
    /// The settings.
    Settings,
    /// The addresses of the chat that is hosted here.
    Addresses,
}

/// What the line at the bottom was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pressed {
    /// The dialog for another server.
    Dialog,
    /// The list of keys.
    Keys,
    /// The settings.
    Settings,
    /// The addresses of the chat that is hosted here.
    Addresses,
}

/// The line that says in a few words how things stand.
pub(crate) fn status_line(ui: &mut Ui, state: &State, hosting: bool) -> Option<Pressed> {
    let palette = Palette::of(ui);
    let words = tongue(ui);
    let (dot, text) = match &state.link {
        Link::Online => (palette.good, words.connected(&state.address, &state.nick)),
        Link::Connecting { .. } => (palette.dim, words.connecting(&state.address)),
        Link::Greeting => (palette.dim, words.entering(&state.address)),
        Link::Waiting { .. } => (palette.error, words.not_connected(&state.address)),
        Link::Leaving => (palette.dim, words.saying_goodbye()),
        Link::Closed { .. } => (palette.error, words.left(&state.address)),
    };
    let text = match &state.away {
        None => text,
        Some(away) if away.is_empty() => format!("{text} – {}", words.is_away()),
        Some(away) => format!("{text} – {}", words.you_are_away(away)),
    };
    row(ui, |ui| {
        ui.spacing_mut().item_spacing.x = 8.0;
        let (rect, _) = ui.allocate_exact_size(egui::vec2(8.0, 18.0), egui::Sense::hover());
        ui.painter().circle_filled(rect.center(), 4.0, dot);
        ui.with_layout(backwards(ui, egui::Align::Center), |ui| {
            theme_switch(ui);
            let settings = sign(ui, "⚙", &words.settings_tip()).clicked().then_some(Pressed::Settings);
            let addresses = (hosting && sign(ui, "🏠", &words.hosting_tip()).clicked()).then_some(Pressed::Addresses);
            let keys = sign(ui, "?", &words.keys_tip("F1")).clicked().then_some(Pressed::Keys);
            let elsewhere = sign(ui, "🔌", &words.elsewhere_tip("Ctrl+O")).clicked().then_some(Pressed::Dialog);
            ui.with_layout(onwards(ui, egui::Align::Center), |ui| {
                caption(ui, &text, Look::new(SMALL, palette.dim).one_line());
            });
            settings.or(keys).or(addresses).or(elsewhere)
        })
        .inner
    })
    .inner
}

/// Dark, light, or as the system has it.
fn theme_switch(ui: &mut Ui) {
    let dark = ui.visuals().dark_mode;
    let words = tongue(ui);
    let (letter, tip) = if dark { ("☀", words.use_light()) } else { ("🌙", words.use_dark()) };
    if sign(ui, letter, &tip).clicked() {
        let theme = if dark { Theme::Light } else { Theme::Dark };
        Chosen::change(ui.ctx(), |settings| settings.theme = theme);
    }
}

/// A button that is one letter, and says what it does when it is pointed at or read out.
fn sign(ui: &mut Ui, letter: &str, tip: &str) -> egui::Response {
    ui.spacing_mut().button_padding = egui::vec2(6.0, 1.0);
    ui.spacing_mut().interact_size.y = 18.0;
    ui.add(Button::sign(letter, tip).size(SMALL)).tip(tip)
}

/// What stands above the log while one is not connected, with what can be done about it.
pub(crate) fn banner(ui: &mut Ui, state: &State, now: Instant, intents: &mut Vec<Intent>) -> Option<Asked> {
    let words = tongue(ui);
    match &state.link {
        Link::Online | Link::Leaving => None,
        // Where there is nothing to read yet, the status line says it.
        Link::Connecting { .. } | Link::Greeting if state.rooms.is_empty() => None,
        Link::Connecting { .. } | Link::Greeting => {
            let palette = Palette::of(ui);
            strip(ui, palette.hovered, |ui| caption(ui, &connecting(words, state), Look::new(TEXT, palette.text)));
            None
        }
        Link::Waiting { retry_at, why, .. } => {
            let wait = retry_at.saturating_since(now);
            let text = words.trying_again(sentence(why), countdown(ui, wait));
            // Perhaps it is the wrong server.
            let actions = [words.try_now(), words.connect_elsewhere()];
            match warn(ui, &text, if state.rooms.is_empty() { &actions } else { &actions[..1] }) {
                Some(0) => intents.push(Intent::RetryNow),
                Some(_) => return Some(Asked::Dialog),
                None => {}
            }
            None
        }
        Link::Closed { why } => {
            let text = why.as_deref().map_or_else(|| words.you_have_left(), sentence);
            warn(ui, &text, &[words.connect_elsewhere()]).map(|_| Asked::Dialog)
        }
    }
}

/// A warning that stops nothing, until it is dismissed.
pub(crate) fn warning(ui: &mut Ui, sentence: &str) -> Option<Asked> {
    warn(ui, sentence, &[tongue(ui).ok()]).map(|_| Asked::Dismiss)
}

/// A sentence with what can be done about it at its end; which of that is wanted.
fn warn(ui: &mut Ui, text: &str, actions: &[String]) -> Option<usize> {
    let palette = Palette::of(ui);
    strip(ui, palette.warning, |ui| {
        ui.with_layout(backwards(ui, egui::Align::Min), |ui| {
            let mut clicked = None;
            for (index, action) in actions.iter().enumerate().rev() {
                if button(ui, action).clicked() {
                    clicked = Some(index);
                }
            }
            ui.with_layout(onwards(ui, egui::Align::Min), |ui| {
                ui.vertical(|ui| {
                    ui.add_space(5.0);
                    caption(ui, text, Look::new(TEXT, palette.text));
                });
            });
            clicked
        })
        .inner
    })
}

fn connecting(words: Language, state: &State) -> String {
    match &state.link {
        Link::Connecting { attempt } if *attempt > 1 => words.connecting_again(&state.address, words.digits(attempt)),
        Link::Greeting => words.entering(&state.address),
        Link::Connecting { .. } | Link::Online | Link::Waiting { .. } | Link::Leaving | Link::Closed { .. } => {
            words.connecting(&state.address)
        }
    }
}

/// `in 8 s`; asks for a look when the number changes, and for none otherwise.
fn countdown(ui: &Ui, wait: Duration) -> String {
    let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
    if seconds == 0 {
        return when(tongue(ui), 0);
    }
    let rest = wait.subsec_nanos();
    let next = if rest == 0 { Duration::from_secs(1) } else { Duration::from_nanos(u64::from(rest)) };
    ui.ctx().request_repaint_after(next + Duration::from_millis(5));
    when(tongue(ui), seconds)
}

/// The reason as a sentence: with a capital letter and a full stop.
pub(crate) fn sentence(why: &str) -> String {
    let mut letters = why.trim().chars();
    let Some(first) = letters.next() else { return String::new() };
    let mut out: String = first.to_uppercase().chain(letters).collect();
    if !out.ends_with(['.', '!', '?', '…']) {
        out.push('.');
    }
    out
}

fn strip<R>(ui: &mut Ui, fill: Color32, add: impl FnOnce(&mut Ui) -> R) -> R {
    Frame::new()
        .fill(fill)
        .inner_margin(Margin::symmetric(16, 8))
        .show(ui, |ui| {
            ui.set_width(ui.available_width());
            add(ui)
        })
        .inner
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_becomes_a_sentence() {
        assert_eq!(sentence("the server closed the connection"), "The server closed the connection.");
        assert_eq!(sentence("Goodbye."), "Goodbye.");
        assert_eq!(sentence("  "), "");
    }
}
