//! Messages: once, in order, none missing.

use super::*;
use crate::vocabulary::{Code, Span};

#[test]
fn what_is_said_is_shown_at_once_and_confirmed_in_place() {
    let mut desk = Desk::online();
    desk.submit("ciao, سلام!");
    assert_eq!(desk.lines(), ["ada: ciao, سلام!"]);
    assert_eq!(desk.state().unsent(), 1);
    let key = desk.state().rooms[0].timeline.get(0).unwrap().key;
    let sent = desk.sent();
    assert_eq!(text_of(&sent[0].command), "ciao, سلام!");

    desk.tell(message("lobby", 1, "bob", "meanwhile"));
    desk.tell(Event::Ack { nonce: nonce_of(&sent[0]), place: place("lobby"), id: MessageId(2) });
    desk.tell(message("lobby", 2, "ada", "ciao, سلام!"));
    assert_eq!(desk.lines(), ["bob: meanwhile", "ada: ciao, سلام!"]);
    let entry = desk.state().rooms[0].timeline.get(1).unwrap();
    assert_eq!(entry.key, key);
    assert_eq!(entry.at, Some(Timestamp(1_002)));
    assert_eq!(entry.delivery(), Some(&Delivery::Confirmed));
    assert_eq!(desk.state().unsent(), 0);
}

#[test]
fn each_confirmed_entry_is_news_once_in_order_of_arrival() {
    let mut desk = Desk::online();
    let mut seq = desk.state().newest_seq();
    desk.submit("mine");
    assert!(desk.state().news_since(seq).is_empty());
    let sent = desk.sent();
    desk.tell(message("lobby", 1, "bob", "first"));
    desk.tell(Event::Ack { nonce: nonce_of(&sent[0]), place: place("lobby"), id: MessageId(2) });
    desk.tell(message("lobby", 2, "ada", "mine"));
    let news: Vec<String> = desk.state().news_since(seq).iter().map(|(_, entry)| entry.line()).collect();
    assert_eq!(news, ["bob: first", "ada: mine"]);
    seq = desk.state().newest_seq();
    assert!(desk.state().news_since(seq).is_empty());
}

#[test]
fn an_answer_to_a_message_that_came_again_keeps_its_target_when_that_is_confirmed() {
    let mut desk = Desk::online();
    let again = |desk: &mut Desk| {
        desk.input(Input::Lost(Loss::Closed));
        desk.intent(Intent::RetryNow);
        desk.input(Input::Connected);
        desk.tell(welcome("ada"));
        desk.tell(room("lobby", 1, 1));
    };
    desk.submit("hello");
    let nonce = nonce_of(&desk.sent()[0]);
    again(&mut desk);
    desk.tell(message("lobby", 1, "ada", "hello"));
    let replayed = desk.state().rooms[0].timeline.iter().find(|entry| entry.id.is_some()).unwrap().key;
    desk.intent(Intent::Reply { entry: replayed, text: "to that".into() });
    desk.tell(Event::Ack { nonce, place: place("lobby"), id: MessageId(1) });
    desk.sent();
    again(&mut desk);
    let said = desk.commands().pop();
    assert!(matches!(&said, Some(Command::Say { reply_to: Some(MessageId(1)), .. })), "{said:?}");
}

#[test]
fn an_unacknowledged_message_is_sent_again_under_its_nonce_exactly_once() {
    let mut desk = Desk::online();
    desk.submit("hello");
    let first = desk.sent();
    let key = desk.state().rooms[0].timeline.get(0).unwrap().key;
    desk.input(Input::Lost(Loss::Closed));
    desk.submit("typed offline");
    desk.sleep(1_000);
    assert!(desk.took(&Output::Connect));
    desk.input(Input::Connected);
    desk.sent();
    desk.tell(welcome("ada"));
    assert!(desk.sent().is_empty(), "nothing is said before the room is there again");
    desk.tell(room("lobby", 1, 1));
    desk.tell(message("lobby", 1, "ada", "hello"));
    let again = desk.sent();
    assert_eq!(again.len(), 2);
    assert_eq!(nonce_of(&again[0]), nonce_of(&first[0]));
    assert_eq!(text_of(&again[1].command), "typed offline");
    desk.tell(Event::Ack { nonce: nonce_of(&again[0]), place: place("lobby"), id: MessageId(1) });
    desk.tell(Event::Ack { nonce: nonce_of(&again[1]), place: place("lobby"), id: MessageId(2) });
    desk.tell(message("lobby", 2, "ada", "typed offline"));
    assert_eq!(desk.lines(), ["ada: hello", "ada: typed offline"]);
    assert_eq!(desk.state().rooms[0].timeline.get(0).unwrap().key, key, "it is the one that was waited for");
    assert!(desk.sent().is_empty());
    assert_eq!(desk.state().unsent(), 0);
}

#[test]
fn a_refused_message_can_be_sent_again() {
    let mut desk = Desk::online();
    desk.submit("hello");
    let key = desk.state().rooms[0].timeline.get(0).unwrap().key;
    let first = desk.sent();
    let reference = first[0].reference.clone();
    desk.tell(Event::Error { code: Code::Muted, text: "You have been silenced here.".into(), reference });
    assert_eq!(desk.lines(), ["! You have been silenced here. Not sent: hello"]);
    assert_eq!(desk.state().unsent(), 0);
    desk.intent(Intent::Resend(key));
    let again = desk.sent();
    assert_eq!(text_of(&again[0].command), "hello");
    assert_eq!(nonce_of(&again[0]), nonce_of(&first[0]), "it may have been stored all the same");
    assert_eq!(desk.lines(), ["ada: hello"]);
    desk.intent(Intent::Resend(key));
    assert!(desk.sent().is_empty(), "it is on its way");
    assert_eq!(desk.state().rooms[0].timeline.get(0).unwrap().key, key);
}

#[test]
fn text_that_is_no_message_is_refused_here_and_kept() {
    let mut desk = Desk::online();
    let long = "ع".repeat(4_097);
    desk.submit(&long);
    desk.submit("bell \u{7}");
    desk.submit("   ");
    desk.submit(&"\"".repeat(8_192));
    assert!(desk.sent().is_empty());
    assert_eq!(
        desk.lines(),
        [
            "! The text is too long; 8192 bytes is the most.",
            "! The text holds the control character U+0007; take it out and send again.",
            "! The text is too long with all its quotes and line ends; send it in two parts."
        ]
    );
    desk.submit("one\r\ntwo\n\n");
    assert_eq!(text_of(&desk.commands()[0]), "one\ntwo");
}

#[test]
fn at_most_sixty_four_are_unacknowledged_and_a_thousand_wait() {
    let mut desk = Desk::online();
    for number in 0..1_001 {
        desk.submit(&alloc::format!("{number}"));
    }
    assert_eq!(desk.state().unsent(), 1_000);
    assert!(desk.lines().last().unwrap().starts_with("! Too many messages wait"));
    let first = desk.sent();
    assert_eq!(first.len(), 64);
    desk.tell(Event::Ack { nonce: nonce_of(&first[0]), place: place("lobby"), id: MessageId(1) });
    assert_eq!(text_of(&desk.commands()[0]), "64");
}

#[test]
fn a_message_told_twice_is_shown_once_and_a_missing_one_is_fetched() {
    let mut desk = Desk::online();
    desk.tell(message("lobby", 1, "bob", "one"));
    desk.tell(message("lobby", 1, "bob", "one"));
    desk.tell(message("lobby", 4, "bob", "four"));
    let requests = desk.sent();
    let span = Span::Before(MessageId(4));
    assert_eq!(requests[0].command, Command::History { place: place("lobby"), span, limit: 200 });
    let messages = (1..=3).map(|id| said("lobby", id, "bob", &alloc::format!("page {id}"))).collect();
    let reference = requests[0].reference.clone();
    desk.tell(page(messages, false, reference));
    assert_eq!(desk.lines(), ["bob: one", "bob: page 2", "bob: page 3", "bob: four"]);
    assert_eq!(desk.state().rooms[0].unread, 4);
    assert!(desk.sent().is_empty());
}

/// A client that was in the lobby up to message 2 and comes back to a log that ends at `last`.
fn come_back(log: u64, last: u64) -> Desk {
    let mut desk = Desk::online();
    for id in 1..=2 {
        desk.tell(message("lobby", id, "bob", "before"));
    }
    desk.input(Input::Lost("gone".into()));
    desk.intent(Intent::RetryNow);
    desk.input(Input::Connected);
    desk.sent();
    desk.tell(welcome("ada"));
    desk.tell(room("lobby", log, last));
    desk
}

#[test]
fn what_is_replayed_comes_behind_what_is_known() {
    let mut desk = come_back(1, 4);
    assert!(desk.sent().is_empty(), "the server replays by itself");
    for id in 2..=4 {
        desk.tell(message("lobby", id, "bob", "meanwhile"));
    }
    assert_eq!(desk.lines(), ["bob: before", "bob: before", "bob: meanwhile", "bob: meanwhile"]);
}

#[test]
fn a_gap_is_paged_and_what_is_still_missing_is_said() {
    let mut desk = come_back(1, 2_000);
    desk.tell(Event::Gap { place: place("lobby"), log: LogId(1), after: MessageId(2), next: MessageId(1_999) });
    desk.tell(message("lobby", 1_999, "bob", "replayed"));
    let mut next = 1_999;
    for _ in 0..5 {
        let requests = desk.sent();
        let [request] = &requests[..] else { panic!("one page at a time: {requests:?}") };
        let span = Span::Before(MessageId(next));
        assert_eq!(request.command, Command::History { place: place("lobby"), span, limit: 200 });
        let messages = (next - 200..next).map(|id| said("lobby", id, "bob", "paged")).collect();
        let reference = request.reference.clone();
        desk.tell(page(messages, true, reference));
        next -= 200;
    }
    let requests = desk.sent();
    let [request] = &requests[..] else { panic!("it is bounded; what is held from before is compared: {requests:?}") };
    let span = Span::Before(MessageId(3));
    assert_eq!(request.command, Command::History { place: place("lobby"), span, limit: 200 });
    let messages = (1..=2).map(|id| said("lobby", id, "bob", "before")).collect();
    desk.tell(page(messages, false, request.reference.clone()));
    assert!(desk.sent().is_empty());
    let lines = desk.lines();
    assert_eq!(lines.len(), 2 + 1 + 1_000 + 1);
    assert_eq!(lines[2], "* More was said here while you were away than is shown.");
    let ids: Vec<u64> = desk.state().rooms[0].timeline.iter().filter_map(|entry| entry.id).map(|id| id.0).collect();
    assert!(ids.is_sorted());
}

#[test]
fn another_log_begins_anew_and_keeps_what_was_read() {
    let mut desk = come_back(2, 7);
    desk.tell(Event::Gap { place: place("lobby"), log: LogId(2), after: MessageId(0), next: MessageId(8) });
    let requests = desk.sent();
    assert_eq!(requests.len(), 1);
    assert_eq!(requests[0].command, Command::History { place: place("lobby"), span: Span::Latest, limit: 50 });
    let messages = alloc::vec![said("lobby", 7, "bob", "new")];
    desk.tell(page(messages, true, requests[0].reference.clone()));
    let notice = "* The server has begun a new history of this room.";
    assert_eq!(desk.lines(), ["bob: before", "bob: before", notice, "bob: new"]);
    assert!(desk.state().rooms[0].has_older);
}

#[test]
fn an_older_page_goes_to_the_front_and_moves_no_key() {
    let mut desk = Desk::new(profile(Dialect::Native));
    desk.input(Input::Connected);
    desk.tell(welcome("ada"));
    desk.tell(room("lobby", 1, 300));
    desk.tell(message("lobby", 301, "bob", "live"));
    let requests = desk.sent();
    let messages = (251..=300).map(|id| said("lobby", id, "bob", "first page")).collect();
    let reference = requests[1].reference.clone();
    desk.tell(page(messages, true, reference));
    let timeline = &desk.state().rooms[0].timeline;
    assert_eq!(timeline.len(), 51);
    let (key, spot) = (timeline.get(10).unwrap().key, timeline.front() + 10);
    assert_eq!(desk.state().rooms[0].unread, 1, "history is not news");
    assert_eq!(desk.state().news_since(0).len(), 1);

    desk.intent(Intent::Older);
    desk.intent(Intent::Older);
    assert!(desk.state().rooms[0].loading_older);
    let requests = desk.sent();
    assert_eq!(requests.len(), 1, "one page at a time");
    let span = Span::Before(MessageId(251));
    assert_eq!(requests[0].command, Command::History { place: place("lobby"), span, limit: 100 });
    let messages = (151..=250).map(|id| said("lobby", id, "bob", "older")).collect();
    let reference = requests[0].reference.clone();
    desk.tell(page(messages, false, reference));
    let room = &desk.state().rooms[0];
    assert_eq!(room.timeline.len(), 151);
    let index = usize::try_from(spot - room.timeline.front()).unwrap();
    assert_eq!(room.timeline.get(index).unwrap().key, key);
    assert!(!room.has_older);
    assert!(!room.loading_older);
    desk.intent(Intent::Older);
    assert!(desk.sent().is_empty());
}

#[test]
fn entries_are_written_for_people_and_for_programs() {
    let mut desk = Desk::online();
    desk.tell(message("lobby", 1, "bob", "two\nlines \"quoted\""));
    let entry = desk.state().rooms[0].timeline.get(0).unwrap();
    assert_eq!(entry.line(), "bob: two\nlines \"quoted\"");
    assert_eq!((entry.who(), entry.what(), entry.delivery()), ("bob", "two\nlines \"quoted\"", None));
    assert_eq!(
        entry.to_json("lobby"),
        r#"{"room":"lobby","kind":"message","from":"bob","text":"two\nlines \"quoted\"","at":1001,"id":1,"mine":false}"#
    );
    desk.submit("/help me");
    let notice = desk.state().rooms[0].timeline.get(1).unwrap().to_json("lobby");
    assert!(notice.starts_with(r#"{"room":"lobby","kind":"notice","text":"What you can type:"#), "{notice}");
}

#[test]
fn the_only_message_of_a_room_is_asked_for_and_an_empty_log_is_not() {
    for (last, first, pages) in [(1, 1, 1), (3, 1, 1), (0, 1, 0), (7, 8, 0)] {
        let mut desk = Desk::new(profile(Dialect::Native));
        desk.input(Input::Connected);
        desk.tell(welcome("ada"));
        desk.sent();
        let Event::Room(mut info) = room("lobby", 1, last) else { unreachable!() };
        info.first_id = MessageId(first);
        desk.tell(Event::Room(info));
        assert_eq!(desk.sent().len(), pages, "{first} to {last}");
    }
}

#[test]
fn an_older_page_stands_before_what_happened_since() {
    let mut desk = Desk::new(profile(Dialect::Native));
    desk.input(Input::Connected);
    desk.tell(welcome("ada"));
    desk.tell(room("lobby", 1, 2));
    let requests = desk.sent();
    desk.tell(Event::Joined { room: RoomName::lobby(), nick: nick("eve"), at: Timestamp(1) });
    desk.tell(message("lobby", 3, "bob", "live"));
    let messages = (1..=2).map(|id| said("lobby", id, "bob", "older")).collect();
    let reference = requests[1].reference.clone();
    desk.tell(page(messages, false, reference));
    assert_eq!(desk.lines(), ["bob: older", "bob: older", "* eve joined", "bob: live"]);
}

#[test]
fn a_gap_in_which_nothing_lies_is_not_paged() {
    let mut desk = come_back(1, 2);
    desk.tell(Event::Gap { place: place("lobby"), log: LogId(1), after: MessageId(2), next: MessageId(3) });
    assert_eq!(desk.commands(), []);
}

#[test]
fn the_same_numbers_in_another_log_are_other_messages() {
    let mut desk = come_back(2, 2);
    desk.tell(Event::Gap { place: place("lobby"), log: LogId(2), after: MessageId(0), next: MessageId(3) });
    let reference = desk.sent()[0].reference.clone();
    let messages = (1..=2).map(|id| said("lobby", id, "eve", "new")).collect();
    desk.tell(page(messages, false, reference));
    assert_eq!(desk.lines()[3..], ["eve: new", "eve: new"]);
}

#[test]
fn a_gap_behind_which_nothing_was_said_is_paged_too() {
    let mut desk = come_back(1, 9);
    desk.tell(Event::Gap { place: place("lobby"), log: LogId(1), after: MessageId(2), next: MessageId(10) });
    let span = Span::Before(MessageId(10));
    assert_eq!(desk.commands(), [Command::History { place: place("lobby"), span, limit: 200 }]);
}
