//! The connect dialog, without a display.

mod desk;

use cursive::Cursive;
use cursive::event::{Event, Key};
use desk::{program, text_of};
use tui::app::App;
use tui::connect;
use tui::term::Extra;

/// The dialog on a screen of this size, after these events.
fn dialog(size: (usize, usize), events: &[Event]) -> String {
    let (mut runner, _, keys, frames) = program(size, |siv: &mut Cursive| {
        siv.user_data::<App>().unwrap().connect.nick = "ada".into();
        connect::dialog(siv);
    });
    for event in events {
        keys.send(Some(event.clone())).unwrap();
    }
    runner.process_events();
    runner.refresh();
    text_of(&frames.try_iter().last().unwrap())
}

#[test]
fn it_begins_with_what_was_kept() {
    let screen = dialog((80, 24), &[]);
    for text in [
        "Connect",
        "Kind",
        "[Parlor] Messenger ChatRoom",
        "Host",
        "127.0.0.1",
        "Port",
        "7667",
        "Nickname",
        "ada",
        "Enter: connect.",
    ] {
        assert!(screen.contains(text), "{text}: {screen}");
    }
}

#[test]
fn the_kind_presets_the_port() {
    let to_kind = Event::Shift(Key::Tab);
    let next = Event::Key(Key::Right);
    let screen = dialog((80, 24), &[to_kind.clone(), next.clone()]);
    assert!(screen.contains("[Messenger]"), "{screen}");
    assert!(screen.contains("9090"), "{screen}");
    let screen = dialog((80, 24), &[to_kind.clone(), next.clone(), next]);
    assert!(screen.contains("[ChatRoom]"), "{screen}");
    assert!(screen.contains("53000"), "{screen}");
    let screen = dialog((80, 24), &[to_kind, Event::Key(Key::Left)]);
    assert!(screen.contains("[ChatRoom]"), "{screen}");
}

#[test]
fn it_fits_forty_by_ten_and_says_what_is_wrong() {
    let screen = dialog((40, 10), &[Event::CtrlChar('u'), Event::Key(Key::Enter)]);
    assert!(screen.lines().all(|row| row.chars().count() <= 40));
    for text in ["Please enter the server's name", "[Parlor] Messenger ChatRoom", "Host", "Port", "Nickname"] {
        assert!(screen.contains(text), "{text}: {screen}");
    }
}

#[test]
fn a_pasted_address_is_one_line() {
    let screen = dialog((80, 24), &[Event::CtrlChar('u'), Extra::Paste("chat.example\n".into()).into_event()]);
    assert!(screen.contains("chat.example"), "{screen}");
    assert!(!screen.contains("127.0.0.1"), "{screen}");
}

#[test]
fn no_size_stops_the_program() {
    for width in 1..=60 {
        for height in 1..=12 {
            dialog((width, height), &[Event::Key(Key::Tab), Event::Char('x')]);
        }
    }
}
