//! The screen, played from both ends: keys from a person, bytes from a server.

mod desk;

use std::time::Duration;

use cursive::event::{Event, Key};
use desk::{Desk, GARDEN};

const USUAL: (usize, usize) = (80, 24);
const SMALL: (usize, usize) = (40, 10);

#[test]
fn enter_sends_and_the_box_empties() {
    let mut desk = Desk::online(USUAL);
    assert_eq!(desk.message_box(), "> Write your messages here.");
    desk.types("ciao a tutti");
    assert_eq!(desk.message_box(), "> ciao a tutti");
    desk.key(Key::Enter);
    assert_eq!(desk.message_box(), "> Write your messages here.");
    let sent = desk.sent();
    assert!(sent.contains(r#""text":"ciao a tutti""#), "{sent}");
    desk.sees("ada: ciao a tutti …");
}

#[test]
fn an_empty_box_sends_nothing() {
    let mut desk = Desk::online(USUAL);
    desk.key(Key::Enter);
    desk.types("   ");
    desk.key(Key::Enter);
    assert!(!desk.sent().contains("say"));
}

#[test]
fn comings_and_goings_take_one_row() {
    let mut desk = Desk::online(USUAL);
    for who in ["dan", "eve", "fay"] {
        desk.says(&format!(r#"{{"joined":{{"room":"lobby","nick":"{who}","at":1000}}}}"#));
    }
    desk.sees("* dan, eve and fay joined");
    desk.does_not_see("* dan joined");
}

#[test]
fn alt_enter_makes_one_message_of_several_lines() {
    let mut desk = Desk::online(USUAL);
    desk.types("one");
    desk.event(Event::Alt(Key::Enter));
    desk.types("two");
    assert!(!desk.sent().contains("say"));
    desk.key(Key::Enter);
    let sent = desk.sent();
    assert!(sent.contains(r#""text":"one\ntwo""#), "{sent}");
    assert_eq!(sent.matches("\"say\"").count(), 1);
}

#[test]
fn a_paste_of_three_lines_sends_nothing() {
    let mut desk = Desk::online(USUAL);
    desk.types("see: ");
    desk.pastes("one\r\ntwo\rسلام\n");
    assert!(!desk.sent().contains("\"say\""));
    desk.sees("> see: one");
    desk.sees("  سلام");
    desk.key(Key::Enter);
    let sent = desk.sent();
    assert_eq!(sent.matches("\"say\"").count(), 1);
    assert!(sent.contains(r"see: one\ntwo\nسلام"), "{sent}");
}

#[test]
fn what_is_too_long_to_be_sent_is_not_lost() {
    let mut desk = Desk::online(USUAL);
    desk.types("kept ");
    desk.pastes(&"a".repeat(70_000));
    desk.sees("nothing was added");
    assert_eq!(desk.message_box(), "> kept");
    desk.pastes(&"b".repeat(60_000));
    desk.key(Key::Enter);
    desk.sees("! The text is too long; 8192 bytes is the most.");
    let state = desk.session.state();
    assert_eq!(state.shown_room().unwrap().draft, format!("kept {}", "b".repeat(60_000)));
}

#[test]
fn a_letter_more_than_the_message_box_bears_is_refused_and_what_was_there_stays() {
    let mut desk = Desk::online(USUAL);
    desk.pastes(&"b".repeat(64 * 1024 - 1));
    desk.types("c");
    desk.does_not_see("nothing was added");
    for event in [Event::Char('d'), Event::Alt(Key::Enter), Event::Char('ن')] {
        desk.event(event);
        desk.sees("nothing was added");
    }
    desk.key(Key::Enter);
    desk.sees("! The text is too long; 8192 bytes is the most.");
    let state = desk.session.state();
    assert_eq!(state.shown_room().unwrap().draft, "b".repeat(64 * 1024 - 1) + "c");
}

#[test]
fn the_caret_stands_behind_what_is_typed_whatever_the_script() {
    let mut desk = Desk::online(USUAL);
    for (text, cells) in [("ciao", 4), ("سلام", 4), ("لالا", 4), ("你好", 4), ("e\u{301}", 1)] {
        desk.types(text);
        assert_eq!(desk.caret.get().unwrap().x, 2 + cells, "{text}");
        desk.control('u');
    }
    desk.types("سلام abc");
    assert_eq!(desk.message_box(), "> سلام abc");
}

#[test]
fn a_refused_nick_is_asked_again_and_told_why() {
    let mut desk = Desk::dialling(USUAL);
    desk.server.connected();
    assert!(desk.sent().contains(r#""nick":"ada""#));
    desk.says(r#"{"error":{"code":"nick_taken","text":"Somebody else is called ada here."}}"#);
    desk.sees("Choose another nickname");
    desk.sees("Somebody else is called ada here.");
    desk.types("2");
    desk.key(Key::Enter);
    assert!(desk.sent().contains(r#""nick":"ada2""#));
    desk.does_not_see("Choose another nickname");
    desk.says(r#"{"error":{"code":"nick_taken","text":"Somebody else is called ada2 here."}}"#);
    desk.sees("Somebody else is called ada2 here.");
    desk.types("2");
    desk.key(Key::Enter);
    desk.says(&desk::WELCOME.replace(r#""nick":"ada""#, r#""nick":"ada22""#));
    desk.says(desk::LOBBY);
    desk.does_not_see("Choose another nickname");
    desk.sees("ada22 at parlor://127.0.0.1:7667");
}

#[test]
fn a_long_sentence_of_the_servers_leaves_the_field_in_sight() {
    for size in [USUAL, SMALL] {
        let mut desk = Desk::dialling(size);
        desk.server.connected();
        let why = "because_that_is_how_it_is_here ".repeat(30);
        desk.says(&format!(r#"{{"error":{{"code":"nick_taken","text":"{why}"}}}}"#));
        desk.sees("because_that_is_how_it_is_here");
        desk.sees("Nickname ada");
        desk.sees("Ctrl+Q: quit.");
        let caret = desk.caret.get().expect("somebody is to type here");
        assert!(caret.y < size.1, "{caret:?}");
    }
}

#[test]
fn a_nick_that_can_be_none_is_refused_in_the_dialog() {
    let mut desk = Desk::dialling(USUAL);
    desk.server.connected();
    desk.says(r#"{"error":{"code":"bad_nick","text":"Not like that."}}"#);
    desk.sees("Not like that.");
    desk.types(" b");
    desk.key(Key::Enter);
    desk.sees("A name has no spaces");
}

#[test]
fn a_password_is_asked_for_only_when_the_server_wants_one_and_never_shown() {
    let mut desk = Desk::dialling(USUAL);
    desk.server.connected();
    desk.does_not_see("Password");
    desk.sent();
    desk.says(r#"{"error":{"code":"password_required","text":"This server wants a password."}}"#);
    desk.sees("This server wants a password.");
    desk.types("geheim");
    desk.sees("******");
    desk.does_not_see("geheim");
    desk.key(Key::Enter);
    assert!(desk.sent().contains(r#""password":"geheim""#));
}

#[test]
fn reconnecting_keeps_the_typed_text_and_counts_down() {
    let mut desk = Desk::online(USUAL);
    desk.types("half a sent");
    desk.server.lost("The server closed the connection.");
    desk.look();
    desk.sees("Offline, next try in");
    desk.sees("The server closed the connection.");
    assert_eq!(desk.message_box(), "> half a sent");
    desk.control('r');
    desk.sees("Connecting to parlor://127.0.0.1:7667");
    desk.server.connected();
    desk.says(desk::WELCOME);
    desk.says(desk::LOBBY);
    desk.types("ence");
    assert_eq!(desk.message_box(), "> half a sentence");
    desk.sees("ada at parlor://127.0.0.1:7667");
}

#[test]
fn the_countdown_moves_with_time() {
    let mut desk = Desk::dialling(USUAL);
    for _ in 0..5 {
        desk.server.lost("Nobody listens there.");
        desk.look();
        desk.control('r');
    }
    desk.server.lost("Nobody listens there.");
    desk.look();
    let before = desk.screen().to_owned();
    desk.server.sleep(Duration::from_secs(3));
    desk.look();
    assert_ne!(desk.screen(), before);
    desk.sees("Offline, next try in");
}

#[test]
fn text_typed_before_there_is_a_room_is_kept() {
    let mut desk = Desk::dialling(USUAL);
    desk.types("early bird");
    desk.key(Key::Enter);
    desk.sees("Not connected yet");
    assert_eq!(desk.message_box(), "> early bird");
    desk.server.connected();
    desk.says(desk::WELCOME);
    desk.says(desk::LOBBY);
    assert_eq!(desk.message_box(), "> early bird");
}

#[test]
fn one_can_leave_before_there_is_a_room() {
    let mut desk = Desk::dialling(USUAL);
    desk.server.lost("Nobody listens there.");
    desk.look();
    desk.types("/quit");
    desk.key(Key::Enter);
    assert!(desk.session.wait_finished(Duration::ZERO));
    desk.sees("Goodbye.");
}

#[test]
fn at_forty_by_ten_everything_needed_is_there() {
    let mut desk = Desk::online(SMALL);
    desk.says(GARDEN);
    desk.chatter(20);
    desk.bea("a longer line that has to be broken between its words at this width");
    let rows = desk.rows();
    assert_eq!(rows.len(), 10);
    assert!(rows.first().unwrap().starts_with(" lobby (1/2)"), "{}", desk.screen());
    assert!(rows.iter().all(|row| row.chars().count() <= 40));
    desk.sees("line 20.");
    desk.sees("        broken between its words at this");
    desk.sees("        width");
    desk.sees("ada at parlor://127.0.0.1:7667");
    assert_eq!(desk.message_box(), "> Write your messages here.");
    desk.server.lost("The server closed the connection.");
    desk.look();
    desk.sees("Offline, next try in 1 s (Ctrl+R: now)");
}

#[test]
fn the_smallest_screens_do_not_stop_the_program() {
    for size in [(1, 1), (2, 2), (3, 3), (5, 4), (12, 2), (200, 60)] {
        let mut desk = Desk::online(size);
        desk.says(GARDEN);
        desk.chatter(5);
        desk.types("hello سلام 你好");
        desk.pastes("a\nb\nc\nd\ne\nf");
        desk.key(Key::PageUp);
        desk.key(Key::F1);
        desk.key(Key::Esc);
    }
}

#[test]
fn hostile_text_stops_nothing_at_any_width() {
    let texts = [
        "a\u{200F}b\u{200E}c",
        "a\u{200B}b",
        "\\u001b[31mred\\u0007",
        "a\\tb",
        "\u{FDFD}\u{FDFD}",
        "क्ष्क्ष्क्ष्क्ष्क्ष्क्ष्क्ष्क्ष्",
        "👨\u{200D}👩\u{200D}👧 🇮🇷🇮🇹🇮 👍🏽 ❤\u{FE0F}",
        "\u{301}\u{301}x",
        "\u{600}\u{600}\u{600}\u{600}\u{600}\u{600}a",
    ];
    let zalgo = format!("z{}", "\u{301}".repeat(200));
    for width in 1..=80 {
        let mut desk = Desk::online((width, 12));
        for text in texts.iter().copied().chain([zalgo.as_str()]) {
            desk.bea(text);
            desk.pastes(text);
        }
        assert!(!desk.screen().contains('\u{1b}'));
    }
}

#[test]
fn right_to_left_text_is_shown_in_logical_order_and_whole() {
    let mut desk = Desk::online(USUAL);
    desk.bea("علی گفت: Hello World (نسخهٔ 2.0) را می‌بینم");
    desk.sees("bea: علی گفت: Hello World (نسخهٔ 2.0) را می‌بینم");
}

#[test]
fn help_opens_and_closes_by_key_and_by_command() {
    let mut desk = Desk::online(USUAL);
    desk.key(Key::F1);
    desk.sees("Alt+Enter");
    desk.key(Key::Esc);
    desk.does_not_see("Alt+Enter");
    desk.types("/help");
    desk.key(Key::Enter);
    desk.sees("Alt+Enter");
    desk.key(Key::Esc);
    assert_eq!(desk.message_box(), "> Write your messages here.");
}

#[test]
fn quitting_with_something_unsent_asks_once() {
    let mut desk = Desk::online(SMALL);
    desk.server.lost("the server closed the connection");
    desk.types("typed offline");
    desk.key(Key::Enter);
    desk.control('q');
    assert!(desk.runner.is_running());
    desk.sees("Not everything has been sent yet.");
    desk.key(Key::Left);
    desk.does_not_see("Not everything has been sent yet.");
    desk.control('q');
    assert!(desk.runner.is_running(), "what was done in between takes it back");
    desk.control('q');
    assert!(!desk.runner.is_running());
}

#[test]
fn quitting_says_goodbye() {
    let mut desk = Desk::online(USUAL);
    desk.control('q');
    assert!(!desk.runner.is_running());
    assert!(desk.sent().contains("quit"));
    let mut desk = Desk::online(USUAL);
    desk.control('c');
    assert!(!desk.runner.is_running());
    assert!(desk.sent().contains("quit"));
}

#[test]
fn a_command_that_cannot_be_done_stays_in_the_box() {
    let mut desk = Desk::online(USUAL);
    desk.types("/frobnicate now");
    desk.key(Key::Enter);
    desk.sees("! There is no command /frobnicate");
    assert_eq!(desk.message_box(), "> /frobnicate now");
}

#[test]
fn a_refused_message_says_why_and_is_sent_again_on_request() {
    let mut desk = Desk::online(USUAL);
    desk.types("too much");
    desk.key(Key::Enter);
    let sent = desk.sent();
    let nonce = sent.split(r#""nonce":""#).nth(1).and_then(|rest| rest.split('"').next()).unwrap().to_owned();
    desk.says(&format!(r#"{{"error":{{"code":"muted","text":"You are silenced here.","ref":"{nonce}"}}}}"#));
    desk.sees("ada: too much (not sent: You are silenced here. Ctrl+R");
    desk.control('r');
    assert!(desk.sent().contains("too much"));
    desk.does_not_see("not sent");
}
