//! The connect dialog, without a display.

mod common;

use std::sync::{Arc, Mutex};

use common::{profile, window};
use eframe::egui::{Event, Key, Modifiers, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use gui::{App, Form};
use parlor_core::wire::Dialect;
use parlor_face::kept::{Connect, Kept};
use parlor_transport_tcp::session::{Offline, Session};

/// Whom the dialog connected to, and as whom.
type Dialled = Arc<Mutex<Vec<(String, String, Offline)>>>;

fn dialog(connect: Connect, kept: Option<Kept>) -> (Harness<'static, App>, Dialled) {
    let dialled = Dialled::default();
    let log = Arc::clone(&dialled);
    let window = window(vec2(700.0, 600.0), move |ctx| {
        let dial = Box::new(move |target: &parlor_transport_tcp::target::Target, nick: &str, _, _: &gui::Bell| {
            let (session, server) = Session::offline(profile(target.dialect, nick));
            log.lock().expect("no test panics with the lock").push((target.to_string(), nick.into(), server));
            session
        });
        App::asking(ctx, Form::kept(&connect), kept, dial)
    });
    (window, dialled)
}

fn last_time() -> Connect {
    Connect { host: "chat.example.org".into(), port: 7000, nick: "bea".into(), dialect: Dialect::Native }
}

fn fill(window: &mut Harness<'static, App>, field: &str, text: &str) {
    window.get_by_label(field).focus();
    window.run();
    window.key_press_modifiers(Modifiers::COMMAND, Key::A);
    window.run();
    window.key_press(Key::Backspace);
    window.event(Event::Text(text.into()));
    window.run();
}

fn value(window: &Harness<'static, App>, field: &str) -> String {
    window.get_by_label(field).value().unwrap_or_default()
}

fn targets(dialled: &Dialled) -> Vec<(String, String)> {
    let dialled = dialled.lock().expect("no test panics with the lock");
    dialled.iter().map(|(target, nick, _)| (target.clone(), nick.clone())).collect()
}

#[test]
fn it_begins_with_the_values_of_last_time_and_enter_connects() {
    let (mut window, dialled) = dialog(last_time(), None);
    assert_eq!(
        [value(&window, "Host"), value(&window, "Port"), value(&window, "Nickname")],
        ["chat.example.org", "7000", "bea"]
    );
    window.key_press(Key::Enter);
    window.run();
    assert_eq!(targets(&dialled), [("parlor://chat.example.org:7000".into(), "bea".into())]);
    assert!(window.query_by_label("Host").is_none());
    assert!(window.query_by_label_contains("Connecting to parlor://").is_some());
}

#[test]
fn choosing_a_kind_presets_the_port() {
    let (mut window, dialled) = dialog(last_time(), None);
    for (kind, port) in [("Messenger", "9090"), ("ChatRoom", "53000"), ("Parlor", "7667"), ("ChatRoom", "53000")] {
        window.get_by_label(kind).click();
        window.run();
        assert_eq!(value(&window, "Port"), port);
    }
    window.get_by_label("Connect").click();
    window.run();
    assert_eq!(targets(&dialled), [("prompt://chat.example.org:53000".into(), "bea".into())]);
}

#[test]
fn enter_presses_the_button_that_has_the_focus() {
    let (mut window, dialled) = dialog(last_time(), None);
    window.get_by_label("ChatRoom").focus();
    window.run();
    window.key_press(Key::Enter);
    window.run();
    assert_eq!((value(&window, "Port").as_str(), targets(&dialled)), ("53000", Vec::new()));
    window.get_by_label("Connect").focus();
    window.run();
    window.key_press(Key::Enter);
    window.run();
    assert_eq!(targets(&dialled), [("prompt://chat.example.org:53000".into(), "bea".into())]);
}

#[test]
fn what_is_wrong_is_said_in_plain_words_and_nothing_is_dialled() {
    let (mut window, dialled) = dialog(last_time(), None);
    fill(&mut window, "Host", "");
    fill(&mut window, "Port", "70000");
    fill(&mut window, "Nickname", "two words");
    window.get_by_label("Connect").click();
    window.run();
    for sentence in [
        "Write the server's name or address, for example 127.0.0.1.",
        "A port is a number from 1 to 65535.",
        "A name has no spaces; write _ instead.",
    ] {
        assert!(window.query_by_label(sentence).is_some(), "{sentence}");
    }
    assert_eq!(targets(&dialled), []);
    fill(&mut window, "Host", "localhost");
    fill(&mut window, "Port", "7667");
    fill(&mut window, "Nickname", "علی");
    window.key_press(Key::Enter);
    window.run();
    assert_eq!(targets(&dialled), [("parlor://localhost:7667".into(), "علی".into())]);
}

#[test]
fn what_worked_is_kept_for_the_next_start_with_the_name_that_was_taken() {
    let directory = tempfile::tempdir().expect("there is room for a directory");
    let kept = Kept::at(directory.path().join("config"), directory.path().join("state"));
    let (mut window, dialled) = dialog(last_time(), Some(kept.clone()));
    window.key_press(Key::Enter);
    window.run();
    assert_eq!(kept.connect().value, Connect::default(), "nothing is kept before it has worked");
    {
        let dialled = dialled.lock().expect("no test panics with the lock");
        let server = &dialled[0].2;
        server.connected();
        server.says(common::welcome("bea").as_bytes());
        server.says(b"\n");
        server.says(common::room("lobby", "", &["bea"]).as_bytes());
        server.says(b"\n");
    }
    window.run();
    // What is left to be written is written then.
    drop(window);
    assert_eq!(kept.connect().value, last_time());
    assert_eq!(kept.connect().warning, None);
}

#[test]
fn who_is_sent_away_reads_why_and_gets_the_dialog_back() {
    let (mut window, dialled) = dialog(last_time(), None);
    window.key_press(Key::Enter);
    window.run();
    {
        let dialled = dialled.lock().expect("no test panics with the lock");
        dialled[0].2.connected();
        dialled[0].2.says(b"{\"bye\":{\"code\":\"version\",\"text\":\"Use a newer client.\"}}\n");
    }
    window.run();
    assert!(window.query_by_label_contains("Use a newer client.").is_some());
    window.get_by_label("Another server …").click();
    window.run();
    assert_eq!(value(&window, "Host"), "chat.example.org");
    window.get_by_label("Connect").click();
    window.run();
    assert_eq!(targets(&dialled).len(), 2);
}

#[test]
fn every_field_and_button_has_a_name() {
    let (mut window, _) = dialog(last_time(), None);
    window.run();
    assert_eq!(window.unnamed_widgets(), Vec::<String>::new());
}

#[test]
fn another_server_can_be_had_at_any_time_and_the_chat_goes_on_until_then() {
    let (mut window, dialled) = dialog(last_time(), None);
    window.key_press(Key::Enter);
    window.run();
    let sent = |index: usize| {
        let dialled = dialled.lock().expect("no test panics with the lock");
        String::from_utf8(dialled[index].2.sent()).expect("the client sends UTF-8")
    };
    let come_in = |index: usize| {
        let dialled = dialled.lock().expect("no test panics with the lock");
        dialled[index].2.connected();
        dialled[index]
            .2
            .says(format!("{}\n{}\n", common::welcome("bea"), common::room("lobby", "", &["bea"])).as_bytes());
    };
    let elsewhere = |window: &mut Harness<'static, App>| {
        window.key_press_modifiers(Modifiers::COMMAND, Key::O);
        window.run();
    };
    // Also from one that does not answer, and back.
    elsewhere(&mut window);
    assert_eq!(value(&window, "Host"), "chat.example.org");
    window.key_press(Key::Escape);
    window.run();
    assert!(window.query_by_label("Host").is_none());
    come_in(0);
    window.run();
    sent(0);
    elsewhere(&mut window);
    window.get_by_label("Back to parlor://127.0.0.1:7").click();
    window.run();
    assert!(window.query_by_label("Messages in lobby").is_some());
    assert_eq!(sent(0), "", "nothing was said of it");
    elsewhere(&mut window);
    fill(&mut window, "Host", "localhost");
    window.get_by_label("Connect").click();
    window.run();
    assert_eq!(targets(&dialled)[1], ("parlor://localhost:7000".into(), "bea".into()));
    assert!(sent(0).contains("quit"), "the first one is told");
    come_in(1);
    window.run();
    assert!(window.query_by_label("Messages in lobby").is_some());
}

#[test]
fn who_cannot_answer_a_servers_question_goes_elsewhere() {
    let (mut window, dialled) = dialog(last_time(), None);
    window.key_press(Key::Enter);
    window.run();
    {
        let dialled = dialled.lock().expect("no test panics with the lock");
        dialled[0].2.connected();
        dialled[0].2.says(b"{\"error\":{\"code\":\"password_required\",\"text\":\"A password is needed.\"}}\n");
    }
    window.run();
    window.get_by_label("Another server \u{2026}").click();
    window.run();
    assert_eq!(value(&window, "Host"), "chat.example.org");
}

#[test]
fn the_same_server_is_left_before_it_is_joined_again_under_the_same_name() {
    let (mut window, dialled) = dialog(last_time(), None);
    window.key_press(Key::Enter);
    window.run();
    let says = |text: &str| {
        let dialled = dialled.lock().expect("no test panics with the lock");
        dialled[0].2.says(format!("{text}\n").as_bytes());
    };
    dialled.lock().expect("no test panics with the lock")[0].2.connected();
    says(&common::welcome("bea"));
    says(&common::room("lobby", "", &["bea"]));
    window.run();
    window.key_press_modifiers(Modifiers::COMMAND, Key::O);
    window.run();
    window.get_by_label("Connect").click();
    window.step();
    window.step();
    let sent = String::from_utf8(dialled.lock().expect("no test panics with the lock")[0].2.sent());
    assert!(sent.expect("the client sends UTF-8").contains("quit"));
    assert_eq!(targets(&dialled).len(), 1, "the first one still has the name");
    assert!(window.query_by_label("Saying goodbye \u{2026}").is_some());
    says("{\"bye\":{\"code\":\"quit\",\"text\":\"Goodbye.\"}}");
    window.run();
    assert_eq!(targets(&dialled).len(), 2);
    assert!(window.query_by_label("Host").is_none(), "the chat is in front");
}

#[test]
fn the_dialog_asked_for_twice_still_leads_back() {
    let (mut window, _dialled) = dialog(last_time(), None);
    window.key_press(Key::Enter);
    window.run();
    for _ in 0..2 {
        window.key_press_modifiers(Modifiers::COMMAND, Key::O);
        window.run();
    }
    assert!(window.query_by_label("Back to parlor://127.0.0.1:7").is_some());
}
