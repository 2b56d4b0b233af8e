//! Closing the window: what is asked before, and the goodbye.

mod common;

use common::{Desk, close, hidden};
use eframe::egui::{Key, Modifiers, ViewportCommand, ViewportEvent, ViewportId};
use egui_kittest::kittest::Queryable;

#[test]
fn closing_says_goodbye() {
    let mut desk = Desk::online();
    desk.type_text("unsent");
    let Desk { window, server, session, .. } = desk;
    let server = std::thread::spawn(move || {
        let mut sent = String::new();
        for _ in 0..2_000 {
            sent.push_str(&String::from_utf8(server.sent()).expect("the client sends UTF-8"));
            if sent.contains("quit") {
                server.says(b"{\"bye\":{\"code\":\"quit\",\"text\":\"Goodbye.\"}}\n");
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        sent
    });
    eframe::App::on_exit(&mut window.into_state(), None);
    let sent = server.join().expect("the server does not panic");
    assert!(sent.contains("quit"), "{sent}");
    assert!(session.wait_finished(std::time::Duration::ZERO), "closing waits for the answer");
}

#[test]
fn what_is_said_offline_waits_and_closing_asks_once() {
    let mut desk = Desk::online();
    desk.server.lost("the server closed the connection");
    desk.window.run();
    desk.type_text("are you there?");
    desk.press(Modifiers::NONE, Key::Enter);
    assert!(desk.sees("ada: are you there?"));
    assert!(desk.window.query_by_label("One message waits; it is sent once there is a connection.").is_some());
    assert!(close(&mut desk.window), "the window stays");
    desk.window.run();
    assert!(desk.window.query_by_label("One message has not been sent.").is_some());
    desk.window.get_by_label("Stay").click();
    desk.window.run();
    assert!(desk.window.query_by_label("One message has not been sent.").is_none());
    assert!(close(&mut desk.window));
    desk.window.run();
    assert!(!close(&mut desk.window), "it is asked once");
}

#[test]
fn what_waits_is_sent_and_then_closing_asks_nothing() {
    let mut desk = Desk::online();
    desk.server.lost("the server closed the connection");
    desk.type_text("are you there?");
    desk.press(Modifiers::NONE, Key::Enter);
    desk.window.get_by_label("Try now").click();
    desk.window.run();
    desk.server.connected();
    desk.says(&common::welcome("ada"));
    desk.says(&common::room("lobby", "", &["ada"]));
    desk.window.run();
    assert!(desk.sent().contains("are you there?"));
    assert!(desk.window.query_by_label_contains("waits").is_none());
}

#[test]
fn the_system_ends_the_program_without_a_question() {
    let mut desk = Desk::online();
    desk.server.lost("the server closed the connection");
    desk.window.run();
    desk.type_text("are you there?");
    desk.press(Modifiers::NONE, Key::Enter);
    let end = desk.window.state().ender(&desk.window.ctx);
    std::thread::spawn(end).join().expect("it only tells the window");
    assert!(desk.window.ctx.has_requested_repaint(), "also a window in which nothing happens hears it");
    desk.window.step();
    let commands = desk.window.output().viewport_output[&ViewportId::ROOT].commands.clone();
    assert!(commands.contains(&ViewportCommand::Close), "{commands:?}");
    assert!(!close(&mut desk.window), "nobody may be there to answer");
}

#[test]
fn a_hidden_window_asks_before_it_is_closed_as_well() {
    let mut desk = Desk::online();
    desk.server.lost("the server closed the connection");
    desk.window.run();
    desk.type_text("are you there?");
    desk.press(Modifiers::NONE, Key::Enter);
    let wanted = hidden(&mut desk.window, Some(ViewportEvent::Close));
    for command in [ViewportCommand::CancelClose, ViewportCommand::Minimized(false)] {
        assert!(wanted.contains(&command), "{wanted:?}");
    }
}

#[test]
fn a_session_that_the_server_ended_is_waited_for_as_well_when_one_goes_elsewhere() {
    let mut desk = Desk::dialling();
    desk.server.connected();
    desk.says(r#"{"bye":{"code":"version","text":"Use a newer client."}}"#);
    desk.window.run();
    assert!(!desk.session.wait_finished(std::time::Duration::ZERO));
    desk.window.get_by_label("Another server …").click();
    desk.window.run();
    assert!(desk.session.wait_finished(std::time::Duration::ZERO), "it is told to end");
}
