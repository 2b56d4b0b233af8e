//! What a person chose, made into what the client machine takes; and `/set`, which changes it.

use clap::Parser;
use cursive::Cursive;
use parlor_core::client::Options;
use parlor_core::words::Language;
use parlor_face::settings::Settings;

use crate::app::{self, App};
use crate::chat::{self, Chat};
use crate::front;
use crate::lay::isolated;
use crate::look::Look;
use crate::options;
use crate::words::dialogs::Dialogs;

/// What holds from the next start on: what the terminal is asked for as the program begins.
const AT_START: [&str; 3] = ["terminal.bidi", "terminal.mouse", "terminal.colours"];

/// What concerns the client machine.
pub fn options(settings: &Settings, language: Language) -> Options {
    Options { language, fold_presence: settings.fold_presence, tell_typing: settings.tell_typing }
}

/// `/set`: lists the settings, or changes one and keeps it.
pub fn set(siv: &mut Cursive, rest: &str) {
    match rest.split_once(|c: char| c.is_whitespace() || c == '=') {
        Some((key, value)) => {
            let said = change(siv, key.trim(), value.trim_matches([' ', '=', '"']));
            siv.call_on_name(chat::NAME, |chat: &mut Chat| chat.say(said));
        }
        None => list(siv, rest),
    }
}

/// Shows the settings whose keys begin like this.
fn list(siv: &mut Cursive, begun: &str) {
    let Some(App { settings, look, kept, .. }) = siv.user_data::<App>() else { return };
    let language = look.language;
    let is_meant =
        |key: &str| key.starts_with(begun) || key.split('.').next_back().is_some_and(|k| k.starts_with(begun));
    let listed = settings.listed().into_iter().filter(|(key, _, _)| is_meant(key));
    let mut entries: Vec<(String, String)> =
        listed.map(|(key, value, allowed)| (key, format!("\u{200E}{value}   ({allowed})"))).collect();
    if entries.is_empty() {
        let said = language.setting_none(isolated(begun));
        siv.call_on_name(chat::NAME, |chat: &mut Chat| chat.say(said));
        return;
    }
    if let Some(kept) = kept {
        entries.push((String::new(), String::new()));
        entries.push((String::new(), language.settings_kept(kept.settings_path().display())));
        let troubles = kept.settings().troubles;
        entries.extend(troubles.iter().map(|trouble| (String::new(), trouble.sentence(language))));
    }
    front::page(siv, language.settings(), entries);
}

/// Changes one, keeps it, and says so.
fn change(siv: &mut Cursive, key: &str, value: &str) -> String {
    let Some(app) = siv.user_data::<App>() else { return String::new() };
    let before = app.settings.clone();
    if let Err(trouble) = app.settings.set(key, value) {
        return trouble.sentence(app.look.language);
    }
    let kept = app.kept.as_ref().map(|kept| kept.keep_settings(&before, &app.settings));
    let changed =
        app.settings.listed().into_iter().find(|(full, ..)| full == key || full.ends_with(&format!(".{key}")));
    let (full, is, _) = changed.unwrap_or_default();
    let chosen =
        Look::choose(&options::Options::parse_from(["parlor-tui"]), &app.settings, |name| std::env::var(name).ok());
    // What the command line said of the rest still holds.
    app.look.language = chosen.language;
    if app.look.alert != chosen.alert {
        app.look.alert = chosen.alert;
        if let Some(alerts) = &mut app.alerts {
            alerts.change();
        }
    }
    if before.terminal.emoji != app.settings.terminal.emoji {
        app.look.emoji = chosen.emoji;
    }
    let language = app.look.language;
    let said = match kept {
        Some(Err(fault)) => language.setting_not_kept(fault.sentence(language)),
        Some(Ok(())) | None if AT_START.contains(&full.as_str()) => language.setting_later(full),
        Some(Ok(())) | None => language.setting_is(full, is),
    };
    app::restyle(siv);
    said
}
