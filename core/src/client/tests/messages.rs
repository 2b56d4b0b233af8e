//! Messages: once, in order, none missing.

use super::*;

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
fn an_unacknowledged_message_is_sent_again_under_its_nonce_exactly_once() {
    let mut desk = Desk::online();
    desk.submit("hello");
    let first = desk.sent();
    desk.input(Input::Lost("the server closed the connection"));
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
    assert!(desk.sent().is_empty());
    assert_eq!(desk.state().unsent(), 0);
}
