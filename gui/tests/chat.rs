//! The chat window against a server played by hand, without a display.

mod common;

use std::time::Duration;

use common::{Desk, json, room};
use eframe::egui::accesskit::{Live, Role};
use eframe::egui::{Key, Modifiers, vec2};
use egui_kittest::kittest::{NodeT, Queryable};
use parlor_face::clock::{self, Clock};
use parlor_face::settings::Settings;

#[test]
fn the_newest_message_is_drawn_in_the_run_in_which_it_comes() {
    let mut desk = Desk::online();
    for number in 0..200 {
        let line = desk.said("lobby", "bea", &format!("سلام {number}"));
        // A single frame must do: nothing else would wake the window.
        desk.window.step();
        assert!(desk.sees(&line), "{line} is not drawn");
    }
    let drawn = desk.lines();
    assert!(drawn.len() < 60, "{} rows are drawn for a window that holds a few", drawn.len());
    let truth = desk.truth();
    assert_eq!(drawn, truth[truth.len() - drawn.len()..]);
}

#[test]
fn who_has_scrolled_up_stays_put_and_is_told_of_what_is_new() {
    let mut desk = Desk::online();
    for number in 0..200 {
        desk.said("lobby", "bea", &format!("line {number}"));
    }
    desk.window.run();
    desk.wheel(900.0);
    let before = desk.lines();
    assert!(!desk.sees("bea: line 199"));
    for number in 200..203 {
        desk.said("lobby", "bea", &format!("line {number}"));
    }
    desk.window.run();
    assert_eq!(desk.lines(), before);
    let pill = desk.window.get_by_label("▼ 3 new");
    pill.click();
    desk.window.run();
    assert!(desk.sees("bea: line 202"));
    assert!(desk.window.query_by_label_contains("▼").is_none());
    let line = desk.said("lobby", "bea", "and on");
    desk.window.step();
    assert!(desk.sees(&line), "the log follows again");
}

#[test]
fn comings_and_goings_take_one_row_until_something_is_said() {
    let mut desk = Desk::online();
    let came = |who: &str| format!(r#"{{"joined":{{"room":"lobby","nick":"{who}","at":1000}}}}"#) + "\n";
    desk.says(&["dan", "eve", "fay"].map(came).concat());
    desk.window.run();
    assert_eq!(desk.lines(), ["* dan, eve and fay joined"]);
    let line = desk.said("lobby", "bea", "hi all");
    desk.says(&came("gus"));
    desk.window.run();
    assert_eq!(desk.lines(), ["* dan, eve and fay joined", &line, "* gus joined"]);
}

#[test]
fn wheel_and_page_keys_reach_both_ends() {
    let mut desk = Desk::online();
    for number in 0..300 {
        desk.said("lobby", "bea", &format!("line {number}"));
    }
    desk.window.run();
    for _ in 0..60 {
        desk.press(Modifiers::NONE, Key::PageUp);
    }
    assert_eq!(desk.lines()[..3], desk.truth()[..3]);
    desk.press(Modifiers::NONE, Key::Escape);
    assert!(desk.sees("bea: line 299"));
    desk.press(Modifiers::NONE, Key::PageUp);
    assert!(!desk.sees("bea: line 299"));
    desk.wheel(-5_000.0);
    assert!(desk.sees("bea: line 299"));
    assert!(desk.window.query_by_label_contains("▼").is_none());
}

#[test]
fn a_long_log_is_drawn_where_one_looks_and_nowhere_else() {
    let mut desk = Desk::online();
    let mut frames = String::new();
    for id in 1..=6_000 {
        let text = json(&format!("number {id} {}", "words that wrap ".repeat(id % 30)));
        frames.push_str(&format!(
            r#"{{"message":{{"room":"lobby","id":{id},"from":"bea","at":{id},"text":{text}}}}}{}"#,
            '\n'
        ));
    }
    desk.says(&frames);
    desk.window.run();
    assert!(desk.lines().len() < 60);
    assert_eq!(desk.lines().last(), desk.truth().last());
    desk.press(Modifiers::NONE, Key::PageUp);
    assert!(desk.lines().len() < 60);
}

#[test]
fn enter_sends_empties_the_box_and_keeps_the_focus() {
    let mut desk = Desk::online();
    assert!(desk.box_has_focus());
    desk.type_text("ciao, سلام!");
    assert_eq!(desk.typed(), "ciao, سلام!");
    desk.press(Modifiers::NONE, Key::Enter);
    assert_eq!(desk.typed(), "");
    assert!(desk.box_has_focus());
    let sent = desk.sent();
    assert!(sent.contains(r#""say""#) && sent.contains("ciao, سلام!"), "{sent}");
    assert!(desk.sees("ada: ciao, سلام!"), "one's own words are shown at once");
    desk.press(Modifiers::NONE, Key::Enter);
    assert!(!desk.sent().contains("say"), "an empty box sends nothing");
}

#[test]
fn shift_and_enter_begin_a_new_line() {
    let mut desk = Desk::online();
    desk.type_text("one");
    desk.press(Modifiers::SHIFT, Key::Enter);
    desk.type_text("two");
    assert_eq!(desk.typed(), "one\ntwo");
    assert!(!desk.sent().contains("say"));
    desk.press(Modifiers::NONE, Key::Enter);
    assert!(desk.sees("ada: one\ntwo"));
}

#[test]
fn the_send_button_sends_and_gives_the_focus_back() {
    let mut desk = Desk::online();
    desk.type_text("over here");
    desk.window.get_by_label("Send").click();
    desk.window.run();
    assert!(desk.sees("ada: over here"));
    assert_eq!(desk.typed(), "");
    assert!(desk.box_has_focus());
}

#[test]
fn what_cannot_be_sent_is_in_the_box_again() {
    let mut desk = Desk::online();
    desk.type_text("/frobnicate");
    desk.press(Modifiers::NONE, Key::Enter);
    assert_eq!(desk.typed(), "/frobnicate");
    assert!(desk.lines().last().is_some_and(|line| line.starts_with("! ")), "{:?}", desk.lines());
}

#[test]
fn a_failed_message_offers_to_try_again() {
    let mut desk = Desk::online();
    desk.type_text("hello");
    desk.press(Modifiers::NONE, Key::Enter);
    let sent = desk.sent();
    let reference = sent.split(r#""ref":""#).nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default();
    desk.says(&format!(
        r#"{{"error":{{"code":"muted","text":"You may not speak here just now.","ref":"{reference}"}}}}"#
    ));
    desk.window.run();
    assert!(desk.lines().iter().any(|line| line.contains("You may not speak here just now.")), "{:?}", desk.lines());
    desk.window.get_by_label("Retry").click();
    desk.window.run();
    assert!(desk.sent().contains("hello"));
}

#[test]
fn rooms_and_members_are_listed_with_what_is_unread() {
    let mut desk = Desk::online();
    for name in ["ada (you)", "bea", "علی"] {
        assert!(desk.window.query_by_role_and_label(Role::ListItem, name).is_some(), "{name} is not listed");
    }
    assert!(desk.window.query_by_label("Members · 3").is_some());
    assert!(desk.window.query_by_label("Everything and nothing").is_some(), "the topic is shown");
    desk.said("garden", "carlo", "anybody?");
    desk.said("garden", "carlo", "ada, are you there?");
    desk.window.run();
    let garden = desk.window.get_by_label_contains("garden,");
    assert_eq!(garden.accesskit_node().label().as_deref(), Some("garden, 2 unread, 1 for you"));
    garden.click();
    desk.window.run();
    assert!(desk.sees("carlo: anybody?"));
    assert!(desk.window.query_by_label_contains("unread").is_none());
    assert!(desk.window.query_by_role_and_label(Role::ListItem, "carlo").is_some());
    assert!(desk.window.query_by_role_and_label(Role::ListItem, "bea").is_none());
}

#[test]
fn switching_rooms_keeps_what_is_typed_in_each() {
    let mut desk = Desk::online();
    desk.type_text("for the lobby");
    desk.press(Modifiers::COMMAND, Key::PageDown);
    assert_eq!(desk.typed(), "");
    desk.type_text("for the garden");
    desk.press(Modifiers::ALT, Key::ArrowUp);
    assert_eq!(desk.typed(), "for the lobby");
    assert!(desk.box_has_focus());
    desk.press(Modifiers::ALT, Key::ArrowDown);
    assert_eq!(desk.typed(), "for the garden");
    desk.press(Modifiers::COMMAND, Key::PageUp);
    assert_eq!(desk.typed(), "for the lobby");
}

#[test]
fn a_lost_connection_is_shown_and_keeps_what_is_typed() {
    let mut desk = Desk::online();
    desk.said("lobby", "bea", "before");
    desk.type_text("half a sen");
    desk.server.lost("the server closed the connection");
    desk.window.run();
    let banner = desk.window.get_by_label_contains("Trying again");
    let text = banner.value().unwrap_or_default();
    assert!(text.starts_with("The server closed the connection. Trying again in "), "{text}");
    desk.type_text("tence");
    desk.window.get_by_label("Try now").click();
    desk.window.run();
    assert!(desk.window.query_by_label("Try now").is_none());
    desk.welcome();
    assert_eq!(desk.typed(), "half a sentence");
    assert!(desk.sees("bea: before"));
    assert!(desk.box_has_focus());
    assert!(desk.window.query_by_label_contains("Connected to").is_some());
}

#[test]
fn a_refused_nickname_is_asked_again_and_the_reason_given() {
    let mut desk = Desk::dialling();
    desk.server.connected();
    desk.server.sent();
    desk.says(r#"{"error":{"code":"nick_taken","text":"Somebody here is called ada already."}}"#);
    desk.window.run();
    assert!(desk.window.query_by_label_contains("Somebody here is called ada already").is_some());
    assert_eq!(desk.window.get_by_label("Nickname").value().as_deref(), Some("ada"));
    desk.press(Modifiers::COMMAND, Key::A);
    desk.type_text("ada lovelace");
    desk.press(Modifiers::NONE, Key::Enter);
    assert!(desk.window.query_by_label_contains("A name has no spaces").is_some(), "caught before it is sent");
    assert!(!desk.sent().contains("hello"));
    desk.press(Modifiers::COMMAND, Key::A);
    desk.type_text("ada2");
    desk.window.get_by_label("Use this name").click();
    desk.window.run();
    let sent = desk.sent();
    assert!(sent.contains("hello") && sent.contains("ada2"), "{sent}");
    desk.says(&common::welcome("ada2"));
    desk.says(&room("lobby", "", &["ada2"]));
    desk.window.run();
    assert!(desk.window.query_by_label("Nickname").is_none());
    assert!(desk.box_has_focus());
}

#[test]
fn a_password_is_asked_for_only_when_the_server_wants_one() {
    let mut desk = Desk::dialling();
    desk.server.connected();
    desk.window.run();
    assert!(desk.window.query_by_label("Password").is_none());
    desk.server.sent();
    desk.says(r#"{"error":{"code":"password_required","text":"This server wants a password."}}"#);
    desk.window.run();
    assert_eq!(desk.window.get_by_label("Password").accesskit_node().role(), Role::PasswordInput);
    desk.type_text("open sesame");
    desk.press(Modifiers::NONE, Key::Enter);
    assert!(desk.sent().contains("open sesame"));
}

#[test]
fn the_log_is_a_live_region_of_labelled_rows() {
    let mut desk = Desk::online();
    desk.said("lobby", "bea", "ciao");
    desk.window.run();
    let log = desk.window.get_by_role(Role::Log);
    assert_eq!(log.accesskit_node().live(), Live::Polite);
    assert_eq!(log.accesskit_node().label().as_deref(), Some("Messages in lobby"));
    assert_eq!(desk.lines(), desk.truth());
    assert!(desk.window.unnamed_widgets().is_empty(), "{:?}", desk.window.unnamed_widgets());
}

#[test]
fn a_window_that_nothing_happens_in_is_not_drawn_again_before_midnight() {
    let mut desk = Desk::online();
    desk.said("lobby", "bea", "ciao");
    desk.window.run();
    desk.window.step();
    let wait = desk.window.output().viewport_output.values().map(|viewport| viewport.repaint_delay).min();
    let midnight = Clock::local(&Settings::default()).until_tomorrow(clock::now());
    let soonest = midnight.saturating_sub(Duration::from_secs(60));
    assert!(wait.is_some_and(|wait| wait >= soonest), "the next frame is asked for in {wait:?}");
}

#[test]
fn a_narrow_window_has_a_menu_in_place_of_the_lists() {
    let mut desk = Desk::sized(vec2(480.0, 500.0));
    desk.welcome();
    assert!(desk.window.query_by_role_and_label(Role::ListItem, "bea").is_none());
    assert!(desk.window.query_by_label("garden").is_none());
    desk.window.get_by_label("Rooms").click();
    desk.window.run();
    desk.window.get_by_label("garden").click();
    desk.window.run();
    assert!(desk.window.query_by_label("Messages in garden").is_some());
}
