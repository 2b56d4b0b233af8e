//! What was said is corrected and taken back.

mod desk;

use cursive::event::{Event, Key};
use desk::{Desk, GARDEN};

const USUAL: (usize, usize) = (80, 24);
const SMALL: (usize, usize) = (40, 10);

/// ada has said this, at this position of the lobby's log.
fn ada(desk: &mut Desk, id: u64, text: &str) {
    let at = 1_763_804_800_000 + id * 1_000;
    desk.says(&format!(r#"{{"message":{{"room":"lobby","id":{id},"from":"ada","at":{at},"text":"{text}"}}}}"#));
}

fn edited(desk: &mut Desk, id: u64, target: u64, by: &str, text: &str) {
    desk.says(&format!(
        r#"{{"edited":{{"room":"lobby","id":{id},"target":{target},"text":"{text}","by":"{by}","at":1}}}}"#
    ));
}

fn deleted(desk: &mut Desk, id: u64, target: u64) {
    desk.says(&format!(r#"{{"deleted":{{"room":"lobby","id":{id},"target":{target},"by":"bea","at":1}}}}"#));
}

#[test]
fn what_others_correct_and_take_back_changes_in_place() {
    let mut desk = Desk::online(USUAL);
    desk.bea("helo");
    desk.bea("سلام");
    desk.bea("last");
    edited(&mut desk, 4, 1, "bea", "hello");
    deleted(&mut desk, 5, 2);
    desk.sees("bea: hello (edited)");
    desk.sees("bea: (deleted)");
    desk.does_not_see("سلام");
    desk.does_not_see("helo (");
    let rows = desk.rows();
    let row = |text: &str| rows.iter().position(|row| row.contains(text)).unwrap();
    assert!(row("hello") < row("(deleted)") && row("(deleted)") < row("last"));
}

#[test]
fn up_in_an_empty_box_corrects_the_last_own_message() {
    for size in [USUAL, SMALL] {
        let mut desk = Desk::online(size);
        ada(&mut desk, 1, "چای یا قهو؟");
        desk.bea("tea");
        desk.key(Key::Up);
        assert_eq!(desk.message_box(), "~ چای یا قهو؟");
        desk.sees("Correcting your message");
        desk.key(Key::Left);
        desk.types("ه");
        desk.key(Key::Enter);
        let sent = desk.sent();
        assert!(sent.contains(r#"{"edit":{"room":"lobby","id":1,"text":"چای یا قهوه؟""#), "{sent}");
        assert!(!sent.contains(r#""typing""#), "{sent}");
        assert_eq!(desk.message_box(), "> Write your messages here.");
        desk.does_not_see("قهوه");
        edited(&mut desk, 3, 1, "ada", "چای یا قهوه؟");
        desk.sees("قهوه؟ (edited)");
    }
}

#[test]
fn escape_leaves_a_message_as_it_is() {
    let mut desk = Desk::online(USUAL);
    ada(&mut desk, 1, "as it is");
    desk.key(Key::Up);
    desk.types(" not");
    desk.key(Key::Esc);
    assert_eq!(desk.message_box(), "> Write your messages here.");
    desk.types("something else");
    desk.key(Key::Enter);
    let sent = desk.sent();
    assert!(sent.contains("something else") && !sent.contains("edit"), "{sent}");
    desk.key(Key::Up);
    desk.control('u');
    desk.key(Key::Enter);
    desk.sees("Nothing is left of the message; /delete takes it back.");
    assert!(!desk.sent().contains("edit"));
}

#[test]
fn a_correction_stays_with_its_room() {
    let mut desk = Desk::online(USUAL);
    desk.says(GARDEN);
    ada(&mut desk, 1, "in the lobby");
    desk.key(Key::Up);
    desk.control('n');
    assert_eq!(desk.message_box(), "> Write your messages here.");
    desk.types("in the garden");
    desk.key(Key::Enter);
    assert!(desk.sent().contains(r#"{"say":{"room":"garden","text":"in the garden""#));
}

#[test]
fn where_nothing_of_ones_own_is_or_somebody_reads_up_scrolls() {
    let mut desk = Desk::online(USUAL);
    desk.chatter(60);
    desk.key(Key::Up);
    desk.does_not_see("line 60.");
    desk.sees("line 59.");
    ada(&mut desk, 61, "mine");
    desk.key(Key::Up);
    assert_eq!(desk.message_box(), "> Write your messages here.", "who reads further up goes on reading");
    desk.key(Key::End);
    desk.event(Event::Shift(Key::Up));
    desk.does_not_see("ada: mine");
    assert_eq!(desk.message_box(), "> Write your messages here.");
}

#[test]
fn the_commands_correct_and_take_back_the_last_own_message() {
    let mut desk = Desk::online(USUAL);
    ada(&mut desk, 1, "one");
    ada(&mut desk, 2, "tow");
    desk.types("/edit two");
    desk.key(Key::Enter);
    desk.types("/delete");
    desk.key(Key::Enter);
    let sent = desk.sent();
    assert!(sent.contains(r#"{"edit":{"room":"lobby","id":2,"text":"two""#), "{sent}");
    assert!(sent.contains(r#"{"delete":{"room":"lobby","id":2"#), "{sent}");
    let reference = sent.rsplit(r#""ref":""#).next().and_then(|rest| rest.split('"').next()).unwrap();
    desk.says(&format!(
        r#"{{"error":{{"code":"unavailable","text":"Nothing can be stored just now.","ref":"{reference}"}}}}"#
    ));
    desk.sees("! Nothing can be stored just now.");
    desk.sees("ada: tow");
}

#[test]
fn an_edit_far_above_moves_nothing_where_somebody_reads() {
    let mut desk = Desk::online(USUAL);
    desk.chatter(100);
    desk.key(Key::PageUp);
    let before: Vec<String> = desk.rows().iter().take(20).map(|row| (*row).to_owned()).collect();
    edited(&mut desk, 101, 3, "bea", &"long ".repeat(100));
    deleted(&mut desk, 102, 100);
    deleted(&mut desk, 103, 5);
    assert_eq!(desk.rows().get(1..20).unwrap(), before.get(1..20).unwrap());
}
