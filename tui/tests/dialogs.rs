//! The connect dialog, without a display.

mod desk;

use cursive::Cursive;
use cursive::event::{Event, Key};
use desk::{program, text_of};
use parlor_core::wire::Dialect;
use parlor_transport_tcp::session::Session;
use parlor_transport_tcp::target::Target;
use tui::app::{self, App};
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
fn a_field_that_is_too_narrow_for_its_words_shows_those_around_the_caret_whole() {
    for count in 40..=50 {
        let typed = format!("{} yy", "x".repeat(count));
        let events: Vec<Event> = [Event::CtrlChar('u')].into_iter().chain(typed.chars().map(Event::Char)).collect();
        let screen = dialog((80, 24), &[events, vec![Event::Key(Key::Home)]].concat());
        assert!(!screen.contains('…'), "{count}: {screen}");
    }
}

#[test]
fn what_is_wrong_with_the_settings_is_told_with_the_first_screen() {
    const WHY: &str = "There is no setting called colour; it is left as it is.";
    let (mut runner, _, _keys, frames) = program((80, 24), |siv: &mut Cursive| {
        siv.user_data::<App>().unwrap().trouble = Some(WHY.into());
        connect::dialog(siv);
    });
    runner.refresh();
    let screen = text_of(&frames.try_iter().last().unwrap());
    assert!(screen.contains("There is no setting called colour;"), "{screen}");
    let target = Target::new(Dialect::Native, "127.0.0.1", 7667);
    let (session, _server) = Session::offline(app::profile(&target, "ada", None, None));
    let (mut runner, _, _keys, frames) = program((80, 24), |siv: &mut Cursive| {
        siv.user_data::<App>().unwrap().trouble = Some(WHY.into());
        app::open(siv, session);
    });
    runner.refresh();
    let screen = text_of(&frames.try_iter().last().unwrap());
    assert!(screen.contains(WHY), "{screen}");
}

#[test]
fn no_size_stops_the_program() {
    for width in 1..=60 {
        for height in 1..=12 {
            dialog((width, height), &[Event::Key(Key::Tab), Event::Char('x')]);
        }
    }
}
