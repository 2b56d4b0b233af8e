//! What the simulated world found in the client, each as the smallest story that shows it.

use super::*;
use crate::vocabulary::{Code, Span};

/// The one request for a page among what was sent, which is to end before this message.
fn page_asked(desk: &mut Desk, name: &str, next: u64) -> Tag {
    let mut asked = desk.sent();
    asked.retain(|request| matches!(request.command, Command::History { .. }));
    let [request] = &asked[..] else { panic!("one page: {asked:?}") };
    let span = Span::Before(MessageId(next));
    assert_eq!(request.command, Command::History { place: place(name), span, limit: 200 });
    request.reference.clone().unwrap()
}

fn page(desk: &mut Desk, reference: Tag, ids: core::ops::Range<u64>) {
    let messages = ids.map(|id| said("lobby", id, "bob", &id.to_string())).collect();
    desk.tell(super::page(messages, false, Some(reference)));
}

fn ping(desk: &mut Desk) {
    desk.tell(Event::Ping { token: Tag::parse("alive?").unwrap() });
}

/// In the lobby, where messages 2 and 3 were missed.
fn with_a_hole() -> Desk {
    let mut desk = Desk::online();
    desk.tell(message("lobby", 1, "bob", "1"));
    desk.tell(message("lobby", 4, "bob", "4"));
    desk
}

#[test]
fn a_hole_that_grows_while_its_page_is_under_way_is_filled_altogether() {
    let mut desk = with_a_hole();
    let first = page_asked(&mut desk, "lobby", 4);
    desk.tell(message("lobby", 7, "bob", "7"));
    assert!(desk.sent().is_empty(), "one page at a time");
    page(&mut desk, first, 1..4);
    let second = page_asked(&mut desk, "lobby", 7);
    page(&mut desk, second, 1..7);
    let wanted: Vec<String> = (1..=7).map(|id| alloc::format!("bob: {id}")).collect();
    assert_eq!(desk.lines(), wanted);
    ping(&mut desk);
    assert!(matches!(desk.commands()[..], [Command::Pong { .. }]), "nothing is missing");
}

#[test]
fn a_hole_whose_page_cannot_be_read_is_asked_for_again_with_the_next_sign_of_life() {
    let mut desk = with_a_hole();
    for _ in 0..2 {
        let reference = Some(page_asked(&mut desk, "lobby", 4));
        desk.tell(Event::Error { code: Code::Unavailable, text: "Not now.".into(), reference });
        assert!(desk.sent().is_empty(), "not at once");
        ping(&mut desk);
    }
    let reference = page_asked(&mut desk, "lobby", 4);
    page(&mut desk, reference, 1..4);
    assert_eq!(desk.lines(), ["bob: 1", "bob: 2", "bob: 3", "bob: 4"]);
}

#[test]
fn a_hole_whose_page_can_never_be_read_is_told_of_and_left() {
    let mut desk = with_a_hole();
    for _ in 0..5 {
        let reference = Some(page_asked(&mut desk, "lobby", 4));
        desk.tell(Event::Error { code: Code::Unavailable, text: "Not now.".into(), reference });
        ping(&mut desk);
    }
    let commands = desk.commands();
    let span = Span::Before(MessageId(2));
    let held = Command::History { place: place("lobby"), span, limit: 200 };
    assert!(matches!(commands[0], Command::Pong { .. }));
    assert_eq!(commands[1..], [held], "it is bounded; what is held from before is compared");
    ping(&mut desk);
    assert!(matches!(desk.commands()[..], [Command::Pong { .. }]), "once");
    assert_eq!(desk.lines(), ["bob: 1", "* More was said here while you were away than is shown.", "bob: 4"]);
}

#[test]
fn what_was_missed_in_conversations_that_the_server_does_not_resume_is_paged() {
    let mut desk = Desk::online();
    for (name, log) in [("@bob", 7), ("@cam", 8)] {
        desk.tell(room(name, log, 0));
        desk.tell(message(name, 1, &name[1..], "before"));
    }
    desk.input(Input::Lost("gone".into()));
    desk.intent(Intent::RetryNow);
    desk.input(Input::Connected);
    let Event::Welcome(mut told) = welcome("ada") else { unreachable!() };
    told.limits.rooms = 1;
    desk.tell(Event::Welcome(told));
    desk.sent();
    desk.tell(room("@bob", 7, 3));
    assert!(desk.sent().is_empty(), "the server replays this one");
    desk.tell(room("@cam", 8, 3));
    page_asked(&mut desk, "@cam", 4);
}

#[test]
fn ones_own_new_name_is_not_given_to_who_had_the_old_one_before() {
    let mut desk = Desk::online();
    desk.tell(room("@bob", 7, 0));
    desk.tell(message("@bob", 1, "bob", "farewell"));
    desk.tell(Event::Nick { from: nick("ada"), to: nick("bob") });
    desk.tell(Event::Nick { from: nick("bob"), to: nick("eve") });
    assert_eq!(desk.state().nick, "eve");
    assert_eq!(desk.state().rooms[1].place, Some(place("@bob")));
    assert_eq!(desk.state().rooms[1].title, "@bob");
}

#[test]
fn a_room_one_has_left_does_not_come_back_by_an_older_answer() {
    let mut desk = Desk::online();
    desk.submit("/join garden");
    desk.submit("/join garden");
    desk.tell(room("garden", 2, 0));
    desk.sent();
    desk.submit("/part");
    let commands = desk.commands();
    let [Command::Part { .. }, Command::Ping { token }] = &commands[..] else { panic!("{commands:?}") };
    // The answer to the second wish, which was under way when one left.
    desk.tell(room("garden", 2, 0));
    assert_eq!(desk.state().rooms.len(), 1);
    desk.tell(Event::Pong { token: token.clone() });
    desk.submit("/join garden");
    desk.tell(room("garden", 2, 0));
    assert_eq!(desk.state().rooms[1].title, "garden", "a new wish is fulfilled");
}

/// In with a tutorial's server, which has taken the name.
fn with_a_tutorial(dialect: Dialect) -> Desk {
    let rows = match dialect {
        Dialect::Native => unreachable!("it greets otherwise"),
        Dialect::Nic => ["NIC", "ada joined the chat!\nConnected to the server.\n"],
        Dialect::Prompt => {
            ["Please enter your name and press Enter", "Welcome to the chat ada. Write {quit} to leave.\n"]
        }
    };
    let mut desk = Desk::new(profile(dialect));
    desk.input(Input::Connected);
    for row in rows {
        desk.input(Input::Received(row.as_bytes()));
        desk.client.transmitted(desk.client.transmit().len());
    }
    assert_eq!(desk.state().link, Link::Online);
    desk
}

#[test]
fn what_is_typed_around_a_goodbye_to_a_tutorial_holds_nobody_up() {
    for dialect in [Dialect::Nic, Dialect::Prompt] {
        let mut desk = with_a_tutorial(dialect);
        desk.submit("one");
        desk.submit("two");
        desk.intent(Intent::Quit);
        for _ in 0..200 {
            desk.client.transmitted(desk.client.transmit().len());
            desk.submit("too late");
            // A deadline that is due and does not move is seen here.
            desk.sleep(50);
        }
        assert!(desk.outputs.contains(&Output::Finished), "{dialect:?}");
        assert_eq!(desk.client.poll_timeout(), None);
    }
}

#[test]
fn a_goodbye_to_a_tutorial_that_takes_nothing_ends_all_the_same() {
    for dialect in [Dialect::Nic, Dialect::Prompt] {
        let mut desk = with_a_tutorial(dialect);
        desk.submit("one");
        desk.submit("two");
        desk.intent(Intent::Quit);
        desk.sleep(60_000);
        assert_eq!(desk.outputs.last(), Some(&Output::Finished), "{dialect:?}");
    }
}
