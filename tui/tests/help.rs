//! What F1 shows: every key and command that holds where one is, and no other.

mod desk;

use cursive::event::{Event, Key};
use desk::Desk;
use parlor_core::client::Completer;
use parlor_core::wire::Dialect;
use parlor_core::words::Language;
use parlor_transport_tcp::session::Session;
use parlor_transport_tcp::target::Target;
use tui::app;
use tui::bidi::Bidi;
use tui::look::Look;
use tui::style::Colours;

const USUAL: (usize, usize) = (80, 24);
const SMALL: (usize, usize) = (40, 10);

#[test]
fn the_help_names_every_key_in_three_languages_at_any_size() {
    for language in Language::ALL {
        for size in [USUAL, SMALL] {
            let look = Look { bidi: Bidi::App, ..Look::new(Colours::Many) }.speaking(language);
            let mut desk = Desk::online_looking(look, size);
            desk.key(Key::F1);
            let mut seen = String::new();
            for _ in 0..150 {
                seen.push_str(desk.screen());
                desk.key(Key::Down);
            }
            for key in [
                "Ctrl+K",
                "Alt+K, Alt+J",
                "Tab, Shift+Tab",
                "Ctrl+T",
                "Ctrl+Left, Ctrl+Right",
                "Shift+Enter",
                "/reply TEXT",
                "/kick, /mute, /unmute",
                "/set KEY VALUE",
                "//text",
            ] {
                assert!(seen.contains(key), "{key} in {language:?} at {size:?}");
            }
        }
    }
}

#[test]
fn the_help_lists_no_command_that_the_server_does_not_know() {
    let open = |dialect| {
        let target = Target::new(dialect, "127.0.0.1", 9090);
        let (session, server) = Session::offline(app::profile(&target, "ada", None, None));
        let shown = session.clone();
        let (runner, _, keys, frames) = desk::program(USUAL, |siv| app::open(siv, shown));
        (runner, keys, frames, session, server)
    };
    for dialect in Dialect::ALL {
        let (mut runner, keys, frames, session, _server) = open(dialect);
        let mut press = |event: Event| {
            keys.send(Some(event)).unwrap();
            runner.process_events();
            runner.refresh();
            desk::text_of(&frames.try_iter().last().unwrap())
        };
        // A page of its own for each of its lines.
        let mut pages = press(Event::Key(Key::F1));
        (0..60).for_each(|_| pages.push_str(&press(Event::Key(Key::Down))));
        press(Event::Key(Key::Esc));
        let keys_of = |row: &str| row.trim_start_matches(['│', ' ']).chars().take(22).collect::<String>();
        let mut commands: Vec<String> = pages.lines().map(keys_of).filter(|keys| keys.starts_with('/')).collect();
        commands.sort();
        commands.dedup();
        let words: Vec<&str> = commands
            .iter()
            .flat_map(|keys| keys.split([' ', ',']).filter(|word| word.starts_with('/') && !word.starts_with("//")))
            .collect();
        assert!(words.len() >= 7, "{dialect:?}: {words:?}");
        assert_eq!(words.contains(&"/join"), dialect == Dialect::Native, "{words:?}");
        // What the core finishes is what it knows there; the program's own two are known everywhere.
        let mut completer = Completer::default();
        let state = session.state();
        for word in words {
            let known = completer.press(&state, &word[..word.len() - 1], word.len() - 1, false).is_some()
                || ["/open", "/set"].contains(&word);
            assert!(known, "{word} on {dialect:?}");
        }
    }
}
