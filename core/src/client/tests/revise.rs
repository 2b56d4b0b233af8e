//! Messages that are corrected and taken back: in place, in the order of the log, the counters right.

use super::*;
use crate::vocabulary::{Code, Span};

fn entry(desk: &Desk, id: u64) -> Entry {
    let room = desk.state().shown_room().unwrap();
    room.timeline.iter().find(|entry| entry.id == Some(MessageId(id))).unwrap().clone()
}

/// Online in the lobby, where ada has said "helo" at 1 and bob "ada?" at 2.
fn talk() -> Desk {
    let mut desk = Desk::online();
    desk.tell(message("lobby", 1, "ada", "helo"));
    desk.tell(message("lobby", 2, "bob", "ada?"));
    desk.sent();
    desk
}

fn counts(desk: &Desk) -> (u32, u32) {
    let room = &desk.state().rooms[0];
    (room.unread, room.mentions)
}

#[test]
fn an_edit_changes_the_entry_in_place_and_takes_a_position_of_the_log() {
    let mut desk = talk();
    let key = entry(&desk, 1).key;
    desk.tell(edited("lobby", 3, 1, "ada", "hello"));
    desk.tell(message("lobby", 4, "bob", "next"));
    assert!(desk.sent().is_empty(), "the edit's own position is no hole");
    assert_eq!(desk.lines(), ["ada: hello", "bob: ada?", "bob: next"]);
    assert_eq!(entry(&desk, 1).key, key);
    assert!(entry(&desk, 1).is_edited());
    assert_eq!(desk.state().rooms[0].book.seen, MessageId(4));
}

#[test]
fn a_deleted_message_leaves_a_tombstone_and_its_text_leaves_memory() {
    let mut desk = talk();
    desk.intent(Intent::Search { query: "ada".into(), everywhere: true });
    let reference = desk.sent()[0].reference.clone();
    desk.tell(page(alloc::vec![said("lobby", 2, "bob", "ada?")], false, reference));
    desk.tell(deleted("lobby", 3, 2, "bob"));
    assert_eq!(desk.lines(), ["ada: helo", "bob: (deleted)"]);
    assert!(entry(&desk, 2).is_deleted());
    assert!(desk.state().search.as_ref().unwrap().hits.is_empty());
    assert!(!alloc::format!("{:?}", desk.state()).contains("ada?"));
    desk.tell(deleted("lobby", 3, 2, "bob"));
    desk.tell(edited("lobby", 4, 2, "bob", "ada? again"));
    assert_eq!(desk.lines(), ["ada: helo", "bob: (deleted)"], "nothing brings it back");
}

#[test]
fn what_is_not_held_is_passed_over() {
    let mut desk = talk();
    desk.tell(edited("lobby", 3, 77, "bob", "what?"));
    desk.tell(deleted("lobby", 4, 78, "bob"));
    desk.tell(edited("garden", 9, 1, "bob", "where?"));
    assert_eq!(desk.lines(), ["ada: helo", "bob: ada?"]);
    assert_eq!(desk.state().rooms.len(), 1);
}

#[test]
fn a_change_is_no_news_that_counts_as_unread() {
    let mut desk = talk();
    assert_eq!(counts(&desk), (1, 1));
    desk.outputs.clear();
    desk.tell(edited("lobby", 3, 1, "ada", "hello bob"));
    assert_eq!(counts(&desk), (1, 1));
    desk.tell(edited("lobby", 4, 2, "bob", "anybody?"));
    assert_eq!(counts(&desk), (1, 0), "it names nobody any more");
    desk.tell(edited("lobby", 5, 2, "bob", "ADA!"));
    assert_eq!(counts(&desk), (1, 1));
    assert!(!desk.outputs.iter().any(|output| matches!(output, Output::Notify(_))));
    desk.tell(deleted("lobby", 6, 2, "bob"));
    assert_eq!(counts(&desk), (0, 0));
    assert_eq!(desk.state().rooms[0].marker, None);
    desk.tell(message("lobby", 7, "bob", "ada, one"));
    desk.tell(message("lobby", 8, "bob", "two"));
    desk.tell(deleted("lobby", 9, 7, "bob"));
    assert_eq!(counts(&desk), (1, 0));
    assert_eq!(desk.state().rooms[0].marker, Some(entry(&desk, 8).key));
}

#[test]
fn a_deleted_message_that_was_read_takes_nothing_off_the_counters() {
    let mut desk = talk();
    desk.intent(Intent::Look { focused: true, at_bottom: true });
    desk.intent(Intent::Look { focused: true, at_bottom: false });
    desk.tell(message("lobby", 3, "bob", "more"));
    desk.tell(deleted("lobby", 4, 2, "bob"));
    assert_eq!(counts(&desk), (1, 0));
    desk.tell(Event::Read { place: place("lobby"), id: MessageId(2) });
    assert_eq!(counts(&desk), (1, 0), "and counted anew they are the same");
}

#[test]
fn the_newest_edit_decides_whatever_comes_in_which_order() {
    let mut desk = talk();
    desk.tell(edited("lobby", 4, 1, "ada", "hello!"));
    desk.tell(edited("lobby", 3, 1, "ada", "hallo"));
    assert_eq!(desk.lines()[0], "ada: hello!");
    let reread = |edited: Option<u64>, text: &str| {
        let mut message = said("lobby", 1, "ada", text);
        message.edited = edited.map(MessageId);
        Event::Message(Box::new(message))
    };
    desk.tell(reread(None, "helo"));
    desk.tell(reread(Some(3), "hallo"));
    assert_eq!(desk.lines()[0], "ada: hello!");
    desk.tell(reread(Some(5), "hello!!"));
    assert_eq!(desk.lines()[0], "ada: hello!!");
}

#[test]
fn a_page_brings_the_newer_text_and_never_an_older_one() {
    let mut desk = Desk::new(profile(Dialect::Native));
    desk.input(Input::Connected);
    desk.tell(welcome("ada"));
    desk.tell(room("lobby", 1, 60));
    let first = desk.sent().pop().unwrap();
    desk.tell(page((50..=60).map(|id| said("lobby", id, "bob", "old")).collect(), true, first.reference));
    desk.tell(edited("lobby", 61, 50, "bob", "newest"));
    desk.intent(Intent::Older);
    let older = desk.sent().pop().unwrap();
    let mut messages: Vec<Message> = (40..=51).map(|id| said("lobby", id, "bob", "old")).collect();
    messages[9].text = Body::parse("forty-nine, corrected").unwrap();
    messages[9].edited = Some(MessageId(55));
    messages[11].text = Body::parse("fifty-one, corrected").unwrap();
    messages[11].edited = Some(MessageId(56));
    desk.tell(page(messages, false, older.reference));
    assert_eq!(entry(&desk, 49).what(), "forty-nine, corrected");
    assert!(entry(&desk, 49).is_edited());
    assert_eq!(entry(&desk, 50).what(), "newest");
    assert_eq!(entry(&desk, 51).what(), "fifty-one, corrected");
    assert!(!desk.state().rooms[0].has_older);
}

#[test]
fn ids_a_replay_leaves_out_are_no_holes() {
    let mut desk = talk();
    desk.input(Input::Lost("gone".into()));
    desk.intent(Intent::RetryNow);
    desk.input(Input::Connected);
    desk.sent();
    desk.tell(welcome("ada"));
    desk.tell(room("lobby", 1, 9));
    // Of 3, which was taken back by 5, and of 4, which edited it, nothing is told any more; nor of 9.
    desk.tell(deleted("lobby", 5, 3, "bob"));
    desk.tell(message("lobby", 8, "bob", "still there"));
    desk.tell(message("lobby", 10, "bob", "new"));
    assert!(desk.sent().is_empty());
    desk.tell(message("lobby", 12, "bob", "newer"));
    assert_eq!(desk.sent().len(), 1, "but what is left out later is");
}

#[test]
fn what_was_missed_may_have_changed_what_is_held() {
    let mut desk = Desk::online();
    for id in 1..=300 {
        desk.tell(message("lobby", id, "bob", &alloc::format!("message {id}")));
    }
    desk.input(Input::Lost("gone".into()));
    desk.intent(Intent::RetryNow);
    desk.input(Input::Connected);
    desk.sent();
    desk.tell(welcome("ada"));
    desk.tell(room("lobby", 1, 3_000));
    desk.tell(Event::Gap { place: place("lobby"), log: LogId(1), after: MessageId(300), next: MessageId(3_001) });
    // The hole first.
    for next in [3_001, 2_801, 2_601, 2_401, 2_201] {
        let request = desk.sent().pop().unwrap();
        let span = Span::Before(MessageId(next));
        assert_eq!(request.command, Command::History { place: place("lobby"), span, limit: 200 });
        desk.tell(page(
            (next - 200..next).map(|id| said("lobby", id, "bob", "new")).collect(),
            true,
            request.reference,
        ));
    }
    // Then what is held from before: of it, 299 was taken back, 150 corrected, and 1 to 20 are kept no longer.
    for (before, lowest) in [(301, 101), (101, 21)] {
        let request = desk.sent().pop().unwrap();
        let span = Span::Before(MessageId(before));
        assert_eq!(request.command, Command::History { place: place("lobby"), span, limit: 200 });
        let message = |id| {
            let mut message = said("lobby", id, "bob", &alloc::format!("message {id}"));
            if id == 150 {
                message.text = Body::parse("corrected").unwrap();
                message.edited = Some(MessageId(700));
            }
            message
        };
        let held = (lowest..before).filter(|id| *id != 299).map(message).collect();
        desk.client.state.rooms[0].book.first = MessageId(21);
        desk.tell(page(held, lowest > 21, request.reference));
    }
    assert!(desk.sent().is_empty() && desk.client.asked.is_empty());
    assert_eq!(entry(&desk, 150).what(), "corrected");
    let gone: Vec<u64> = desk.state().rooms[0]
        .timeline
        .iter()
        .filter(|entry| entry.is_deleted())
        .map(|entry| entry.id.unwrap().0)
        .collect();
    assert_eq!(gone, [299]);
}

#[test]
fn a_page_asked_for_before_more_was_missed_takes_nothing_back_that_it_does_not_tell_of() {
    let mut desk = Desk::online();
    let gap = |after, next| {
        let (after, next) = (MessageId(after), MessageId(next));
        Event::Gap { place: place("lobby"), log: LogId(1), after, next }
    };
    desk.tell(message("lobby", 1, "bob", "one"));
    desk.tell(gap(1, 4));
    let fill = desk.sent().pop().unwrap().reference;
    desk.tell(page((2..4).map(|id| said("lobby", id, "bob", "new")).collect(), true, fill));
    let compare = desk.sent().pop().unwrap();
    assert!(matches!(compare.command, Command::History { span: Span::Before(MessageId(2)), .. }), "{compare:?}");
    // More is missed before the answer comes.
    desk.tell(message("lobby", 4, "bob", "four"));
    desk.tell(gap(4, 9));
    desk.tell(page(alloc::vec![said("lobby", 1, "bob", "one")], false, compare.reference));
    let read = |desk: &Desk| [1, 2, 3, 4].map(|id| entry(desk, id).is_deleted());
    assert_eq!(read(&desk), [false; 4]);
    // Nor does an older hole's page that is answered late; but what tells of all of it does.
    let fill = desk.sent().into_iter().find(|request| matches!(request.command, Command::History { .. })).unwrap();
    assert!(matches!(fill.command, Command::History { span: Span::Before(MessageId(9)), .. }), "{fill:?}");
    let told = [1, 2, 4, 5, 6, 7, 8].map(|id| said("lobby", id, "bob", "as it is")).to_vec();
    desk.tell(page(told, false, fill.reference));
    assert_eq!(read(&desk), [false, false, true, false]);
}

#[test]
fn a_correction_is_asked_for_and_shown_once_the_server_says_so() {
    let mut desk = talk();
    let key = entry(&desk, 1).key;
    desk.intent(Intent::Edit { entry: key, text: "hello\r\nthere\n".into() });
    let text = Body::parse("hello\nthere").unwrap();
    assert_eq!(desk.commands(), [Command::Edit { place: place("lobby"), id: MessageId(1), text }]);
    assert_eq!(desk.lines()[0], "ada: helo");
    desk.tell(edited("lobby", 3, 1, "ada", "hello\nthere"));
    assert_eq!(desk.lines()[0], "ada: hello\nthere");
    assert!(desk.client.asked.is_empty());

    desk.intent(Intent::Delete { entry: key });
    desk.intent(Intent::Delete { entry: key });
    assert_eq!(desk.commands(), [Command::Delete { place: place("lobby"), id: MessageId(1) }]);
    desk.tell(deleted("lobby", 4, 1, "ada"));
    assert_eq!(desk.lines()[0], "ada: (deleted)");
    assert!(desk.client.asked.is_empty());
}

#[test]
fn a_refused_correction_is_one_plain_line_that_keeps_the_text() {
    for code in [Code::NotYours, Code::NoSuchMessage, Code::Unavailable, Code::UnknownFrame, Code::Other] {
        let mut desk = talk();
        let key = entry(&desk, 1).key;
        desk.intent(Intent::Edit { entry: key, text: "hello".into() });
        desk.intent(Intent::Delete { entry: key });
        for reference in desk.sent().into_iter().map(|request| request.reference) {
            desk.tell(Event::Error { code, text: "No.".into(), reference });
        }
        assert_eq!(desk.lines()[2..], ["! No. Not changed to: hello", "! No."]);
        assert!(desk.client.asked.is_empty());
    }
}

#[test]
fn offline_nothing_is_corrected_and_what_was_under_way_is_told() {
    let mut desk = talk();
    let key = entry(&desk, 1).key;
    desk.intent(Intent::Edit { entry: key, text: "hello".into() });
    desk.input(Input::Lost("gone".into()));
    assert_eq!(desk.lines()[2..], ["! The connection was lost before the server answered. Not changed to: hello"]);
    desk.intent(Intent::Edit { entry: key, text: "hallo".into() });
    desk.intent(Intent::Delete { entry: key });
    desk.submit("/edit hallo");
    assert_eq!(desk.state().rooms[0].draft, "/edit hallo");
    assert_eq!(
        desk.lines()[3..],
        [
            "! There is no connection just now; try again once there is. Not changed to: hallo",
            "! There is no connection just now; try again once there is.",
            "! There is no connection just now; try again once there is.",
        ]
    );
}

#[test]
fn what_cannot_be_corrected_is_refused_here() {
    let mut desk = talk();
    desk.submit("on its way");
    desk.sent();
    let (mine, theirs) = (entry(&desk, 1).key, entry(&desk, 2).key);
    let pending = desk.state().rooms[0].timeline.get(2).unwrap().key;
    desk.intent(Intent::Edit { entry: theirs, text: "forged".into() });
    desk.intent(Intent::Delete { entry: theirs });
    desk.intent(Intent::Delete { entry: pending });
    desk.intent(Intent::Edit { entry: mine, text: " ".into() });
    desk.intent(Intent::Edit { entry: mine, text: "bell \u{7}".into() });
    desk.intent(Intent::Edit { entry: mine, text: "helo".into() });
    desk.intent(Intent::Delete { entry: EntryKey(9_999) });
    assert!(desk.sent().is_empty());
    assert_eq!(desk.lines().len(), 3 + 6, "each but the correction that changes nothing is answered");
}

#[test]
fn an_operator_takes_back_what_others_said() {
    let mut desk = talk();
    desk.client.state.rooms[0].operator = true;
    let theirs = entry(&desk, 2).key;
    desk.intent(Intent::Delete { entry: theirs });
    desk.intent(Intent::Edit { entry: theirs, text: "forged".into() });
    assert_eq!(desk.commands(), [Command::Delete { place: place("lobby"), id: MessageId(2) }]);
}

#[test]
fn the_slash_commands_mean_the_last_message_of_ones_own() {
    let mut desk = Desk::online();
    desk.submit("/delete");
    assert_eq!(desk.lines(), ["! There is no message of yours here."]);
    desk.tell(message("lobby", 1, "ada", "one"));
    desk.tell(message("lobby", 2, "ada", "tow"));
    desk.tell(message("lobby", 3, "bob", "three"));
    assert_eq!(desk.state().rooms[0].last_own().map(Entry::what), Some("tow"));
    desk.sent();
    desk.submit("/edit two");
    desk.submit("/delete");
    let text = Body::parse("two").unwrap();
    let (edit, delete) = (MessageId(2), MessageId(2));
    assert_eq!(
        desk.commands(),
        [
            Command::Edit { place: place("lobby"), id: edit, text },
            Command::Delete { place: place("lobby"), id: delete }
        ]
    );
    desk.tell(deleted("lobby", 4, 2, "ada"));
    assert_eq!(desk.state().rooms[0].last_own().map(Entry::what), Some("one"));
}

#[test]
fn where_the_dialect_has_no_corrections_a_sentence_says_so() {
    let mut desk = Desk::new(profile(Dialect::Nic));
    desk.input(Input::Connected);
    desk.input(Input::Received(b"NIC"));
    desk.input(Input::Received(b"Connected to the server.\n"));
    desk.submit("/edit x");
    desk.intent(Intent::Edit { entry: EntryKey(1), text: "x".into() });
    let lines = desk.lines();
    assert!(lines[0].starts_with("! This kind of server has one room and no such command"));
    assert_eq!(lines[1], "! On this kind of server nothing can be corrected or taken back. Not changed to: x");
}

#[test]
fn a_change_is_news_once_more_and_told_apart_from_a_message() {
    let mut desk = talk();
    let seq = desk.state().newest_seq();
    desk.tell(edited("lobby", 3, 1, "ada", "hello"));
    desk.tell(message("lobby", 4, "bob", "five"));
    desk.tell(edited("lobby", 5, 4, "bob", "four"));
    let news = desk.state().news_since(seq);
    let told: Vec<(String, bool)> = news.iter().map(|(_, entry)| (entry.line(), entry.seq > seq)).collect();
    assert_eq!(told, [("ada: hello".into(), false), ("bob: four".into(), true)]);
    assert_eq!(news[0].1.change_line(), "* ada corrected: hello");
    assert_eq!(
        news[0].1.change_to_json("lobby"),
        r#"{"room":"lobby","kind":"edited","from":"ada","text":"hello","at":1001,"id":1,"mine":true}"#
    );
    desk.tell(deleted("lobby", 6, 2, "bob"));
    assert_eq!(entry(&desk, 2).change_line(), "* bob took a message back");
    let json = r#"{"room":"lobby","kind":"deleted","from":"bob","text":"","at":1002,"id":2,"mine":false}"#;
    assert_eq!(entry(&desk, 2).change_to_json("lobby"), json);
    assert_eq!(entry(&desk, 2).to_json("lobby"), json);
}

#[test]
fn a_longer_text_pushes_out_the_oldest() {
    let mut desk = Desk::online();
    let long = "s".repeat(8_000);
    for id in 1..=700 {
        desk.tell(message("lobby", id, "bob", if id % 2 == 0 { "short" } else { &long }));
    }
    for (number, target) in (1..=350).map(|number| number * 2).enumerate() {
        desk.tell(edited("lobby", 701 + number as u64, target, "bob", &long));
    }
    let timeline = &desk.state().rooms[0].timeline;
    assert!(timeline.bytes() <= Timeline::BYTES_MAX);
    assert_eq!(timeline.iter().next_back().unwrap().what(), long);
    assert_eq!(timeline.front(), 700 - timeline.len() as i64);
}
