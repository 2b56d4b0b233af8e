//! The link: introduction, liveness, back-off, refusals, goodbye.

use super::*;
use crate::id::LogId;
use crate::vocabulary::{Code, Reason, Resume};

fn hello(requests: &[Request]) -> crate::vocabulary::Hello {
    match &requests.first().expect("something was sent").command {
        Command::Hello(hello) => (**hello).clone(),
        other => panic!("{other:?} is no hello"),
    }
}

#[test]
fn a_client_dials_introduces_itself_and_keeps_its_token() {
    let mut desk = Desk::new(profile(Dialect::Native));
    assert_eq!(desk.outputs, [Output::Connect, Output::Changed]);
    assert_eq!(desk.state().link, Link::Connecting { attempt: 1 });
    desk.input(Input::Connected);
    assert_eq!(desk.state().link, Link::Greeting);
    assert!(desk.outputs.contains(&Output::Wake));
    let first = hello(&desk.sent());
    assert_eq!((&*first.nick, first.rooms, first.token), ("ada", None, None));
    desk.outputs.clear();
    desk.tell(welcome("Ada"));
    assert_eq!(desk.state().link, Link::Online);
    assert_eq!(desk.state().nick, "Ada");
    let token = Secret::new("00112233445566778899aabbccddeeff");
    assert_eq!(desk.outputs, [Output::Remember(token.clone()), Output::Changed]);

    desk.tell(room("lobby", 9, 0));
    desk.input(Input::Lost(Loss::Closed));
    desk.sleep(1_000);
    desk.outputs.clear();
    desk.input(Input::Connected);
    let again = hello(&desk.sent());
    assert_eq!(again.token, Some(token));
    assert_eq!(again.rooms.unwrap().len(), 1);
    assert_eq!(again.resume, [Resume { place: place("lobby"), log: LogId(9), id: MessageId(0) }]);
    desk.tell(welcome("Ada"));
    assert!(!desk.outputs.iter().any(|output| matches!(output, Output::Remember(_))), "it has not changed");
}

#[test]
fn a_hello_names_no_more_places_than_servers_bear() {
    let mut desk = Desk::online();
    for number in 0..70 {
        desk.tell(room(&alloc::format!("room{number}"), 100 + number, 0));
    }
    desk.input(Input::Lost("gone".into()));
    desk.intent(Intent::RetryNow);
    desk.input(Input::Connected);
    let hello = hello(&desk.sent());
    assert_eq!(hello.rooms.map(|rooms| rooms.len()), Some(64));
    assert_eq!(hello.resume.len(), 64);
}

#[test]
fn waiting_times_double_up_to_a_minute_and_are_spread() {
    let mut desk = Desk::new(profile(Dialect::Native));
    for (attempt, whole) in (1..).zip([1, 2, 4, 8, 16, 32, 60, 60, 60]) {
        desk.input(Input::Lost("nobody answers".into()));
        let Link::Waiting { retry_at, attempt: shown, why } = desk.state().link.clone() else { panic!("it waits") };
        assert_eq!((shown, why.as_str()), (attempt, "nobody answers"));
        let wait = retry_at.saturating_since(desk.now.instant);
        assert!(wait >= Duration::from_millis(whole * 500), "{wait:?} of {whole} s");
        assert!(wait <= Duration::from_secs(whole), "{wait:?} of {whole} s");
        desk.outputs.clear();
        desk.sleep(whole * 1_000);
        assert_eq!(desk.outputs, [Output::Connect, Output::Changed]);
        assert_eq!(desk.state().link, Link::Connecting { attempt: attempt + 1 });
    }
}

#[test]
fn a_link_that_stood_begins_the_ladder_again_and_one_that_flaps_does_not() {
    let mut desk = Desk::new(profile(Dialect::Native));
    for (stood, whole) in [(0, 1), (0, 2), (0, 4), (10_000, 1), (0, 2)] {
        desk.input(Input::Connected);
        desk.tell(welcome("ada"));
        desk.sleep(stood);
        desk.input(Input::Lost("gone".into()));
        let Link::Waiting { retry_at, attempt, .. } = desk.state().link else { panic!("it waits") };
        assert_eq!(attempt, 0, "it stood");
        assert!(retry_at.saturating_since(desk.now.instant) <= Duration::from_secs(whole));
        assert!(retry_at.saturating_since(desk.now.instant) >= Duration::from_millis(whole * 500));
        desk.intent(Intent::RetryNow);
        assert_eq!(desk.state().link, Link::Connecting { attempt: 1 });
    }
}

#[test]
fn a_silent_server_is_pinged_and_then_given_up() {
    let mut desk = Desk::online();
    desk.sleep(44_999);
    assert!(desk.sent().is_empty());
    desk.sleep(1);
    assert!(matches!(desk.commands()[..], [Command::Ping { .. }]));
    desk.sleep(29_000);
    desk.tell(Event::Pong { token: Tag::parse("alive").unwrap() });
    desk.outputs.clear();
    desk.sleep(45_000);
    assert!(matches!(desk.commands()[..], [Command::Ping { .. }]));
    assert!(desk.outputs.iter().all(|output| *output == Output::Wake));
    desk.sleep(30_000);
    assert!(desk.outputs.contains(&Output::Disconnect(Closing::Reset)));
    assert!(matches!(desk.state().link, Link::Waiting { .. } | Link::Connecting { .. }));
}

#[test]
fn a_ping_is_answered_with_its_token() {
    let mut desk = Desk::online();
    let token = Tag::parse("42").unwrap();
    desk.tell(Event::Ping { token: token.clone() });
    assert_eq!(desk.commands(), [Command::Pong { token }]);
}

#[test]
fn a_server_that_never_lets_one_in_is_left() {
    let mut desk = Desk::new(profile(Dialect::Native));
    desk.input(Input::Connected);
    desk.outputs.clear();
    desk.sleep(30_000);
    assert!(desk.outputs.contains(&Output::Disconnect(Closing::Reset)));
}

fn refuse(desk: &mut Desk, code: Code, text: &str) {
    desk.tell(Event::Error { code, text: text.into(), reference: None });
}

#[test]
fn a_refused_nickname_is_asked_for_and_answered_on_the_same_connection() {
    let mut desk = Desk::new(profile(Dialect::Native));
    desk.input(Input::Connected);
    desk.sent();
    refuse(&mut desk, Code::NickTaken, "The name ada is taken.");
    assert_eq!(desk.state().question, Some(Question::Nick { why: "The name ada is taken.".into() }));
    assert_eq!(desk.state().link, Link::Greeting);
    desk.intent(Intent::Nick("a b".into()));
    assert!(matches!(&desk.state().question, Some(Question::Nick { why }) if why.contains("spaces")));
    assert!(desk.sent().is_empty(), "no try is wasted on what is no name");
    desk.intent(Intent::Nick("bea".into()));
    assert_eq!(desk.state().question, None);
    assert_eq!(&*hello(&desk.sent()).nick, "bea");
    desk.tell(welcome("bea"));
    assert_eq!(desk.state().link, Link::Online);
}

#[test]
fn a_question_outlives_the_connection_and_its_answer_dials() {
    for reason in [Reason::HandshakeRefused, Reason::HandshakeTimeout] {
        let mut desk = Desk::new(profile(Dialect::Native));
        desk.input(Input::Connected);
        refuse(&mut desk, Code::NickTaken, "The name ada is taken.");
        desk.tell(Event::Bye { reason, text: reason.text().into() });
        assert!(desk.state().question.is_some());
        desk.outputs.clear();
        desk.sleep(600_000);
        assert!(desk.outputs.is_empty(), "it rests");
        desk.intent(Intent::Nick("bea".into()));
        assert!(desk.took(&Output::Connect));
        desk.input(Input::Connected);
        desk.codec = ServerCodec::new(Dialect::Native);
        assert_eq!(&*hello(&desk.sent()).nick, "bea");
    }
}

#[test]
fn a_password_is_asked_for_and_kept_for_the_next_connection() {
    let mut desk = Desk::new(profile(Dialect::Native));
    desk.input(Input::Connected);
    desk.sent();
    refuse(&mut desk, Code::PasswordRequired, "This server needs a password.");
    assert!(matches!(desk.state().question, Some(Question::Password { .. })));
    desk.intent(Intent::Password(Secret::new("wrong")));
    assert_eq!(hello(&desk.sent()).password, Some(Secret::new("wrong")));
    refuse(&mut desk, Code::BadPassword, "That is not the password.");
    desk.intent(Intent::Password(Secret::new("right")));
    desk.sent();
    desk.tell(welcome("ada"));
    desk.input(Input::Lost("gone".into()));
    desk.intent(Intent::RetryNow);
    desk.input(Input::Connected);
    assert_eq!(hello(&desk.sent()).password, Some(Secret::new("right")));
}

#[test]
fn goodbyes_that_end_every_try_close_and_the_others_reconnect() {
    for reason in Reason::ALL.iter().copied() {
        let mut desk = Desk::online();
        desk.tell(Event::Bye { reason, text: "So it is.".into() });
        assert!(desk.outputs.contains(&Output::Disconnect(Closing::Finish)));
        let pointless = matches!(
            reason,
            Reason::Version
                | Reason::HelloFirst
                | Reason::HandshakeRefused
                | Reason::Replaced
                | Reason::Http
                | Reason::Tls
                | Reason::OtherPort
                | Reason::PasswordRequired
        );
        match &desk.state().link {
            Link::Closed { why } => assert!(pointless && why.as_deref() == Some("So it is."), "{reason}"),
            Link::Waiting { why, .. } => assert!(!pointless && why == "So it is.", "{reason}"),
            other => panic!("{reason}: {other:?}"),
        }
        desk.intent(Intent::RetryNow);
        assert!(desk.took(&Output::Connect), "{reason}");
    }
}

#[test]
fn what_was_typed_is_flushed_before_the_goodbye_and_finished_comes_once() {
    let mut desk = Desk::online();
    for number in 0..100 {
        desk.submit(&alloc::format!("{number}"));
    }
    desk.intent(Intent::Quit);
    assert_eq!(desk.state().link, Link::Leaving);
    let mut id = 0;
    let mut said = Vec::new();
    loop {
        let requests = desk.sent();
        assert!(requests.len() <= 64);
        if let [Request { command: Command::Quit { .. }, .. }] = requests[..] {
            break;
        }
        assert!(!requests.is_empty(), "it goes on");
        for request in requests {
            id += 1;
            said.push(text_of(&request.command));
            desk.tell(Event::Ack { nonce: nonce_of(&request), place: place("lobby"), id: MessageId(id) });
        }
    }
    let wanted: Vec<String> = (0..100).map(|number| alloc::format!("{number}")).collect();
    assert_eq!(said, wanted);
    assert!(!desk.outputs.contains(&Output::Finished));
    desk.tell(Event::Bye { reason: Reason::Quit, text: "Goodbye.".into() });
    assert_eq!(desk.outputs.last(), Some(&Output::Finished));
    assert!(desk.outputs.contains(&Output::Disconnect(Closing::Finish)));
    assert_eq!(desk.state().link, Link::Closed { why: None });
    desk.outputs.clear();
    desk.intent(Intent::Quit);
    desk.input(Input::Lost("late".into()));
    desk.intent(Intent::RetryNow);
    desk.sleep(100_000);
    assert!(desk.outputs.is_empty(), "it is over");
    assert_eq!(desk.client.poll_timeout(), None);
}

#[test]
fn a_goodbye_nobody_answers_ends_all_the_same() {
    let mut desk = Desk::online();
    desk.intent(Intent::Quit);
    assert!(matches!(desk.commands()[..], [Command::Quit { .. }]));
    desk.sleep(5_000);
    assert!(desk.outputs.contains(&Output::Disconnect(Closing::Reset)));
    assert_eq!(desk.outputs.last(), Some(&Output::Finished));

    let mut desk = Desk::online();
    desk.submit("never acknowledged");
    desk.intent(Intent::Quit);
    desk.sleep(5_000);
    assert!(matches!(desk.commands()[..], [Command::Say { .. }, Command::Quit { .. }]));
    desk.sleep(5_000);
    assert_eq!(desk.outputs.last(), Some(&Output::Finished));
}

#[test]
fn quitting_offline_ends_at_once() {
    let mut desk = Desk::new(profile(Dialect::Native));
    desk.intent(Intent::Quit);
    assert!(desk.outputs.contains(&Output::Disconnect(Closing::Reset)));
    assert_eq!(desk.outputs.last(), Some(&Output::Finished));
    let mut desk = Desk::online();
    desk.input(Input::Lost("gone".into()));
    desk.intent(Intent::Quit);
    assert_eq!(desk.outputs.last(), Some(&Output::Finished));
}

#[test]
fn a_goodbye_typed_before_there_is_any_room_is_one() {
    let mut desk = Desk::new(profile(Dialect::Native));
    desk.submit("/quit ");
    assert_eq!(desk.outputs.last(), Some(&Output::Finished));
}

#[test]
fn what_is_typed_before_the_first_connection_is_said_once_one_is_in() {
    let mut desk = Desk::new(profile(Dialect::Native));
    desk.submit("early");
    assert_eq!(desk.state().unsent(), 1);
    desk.intent(Intent::Quit);
    assert_eq!(desk.state().link, Link::Leaving);
    desk.input(Input::Connected);
    desk.sent();
    desk.tell(welcome("ada"));
    desk.tell(room("lobby", 1, 0));
    let requests = desk.sent();
    assert_eq!(text_of(&requests[0].command), "early");
    desk.tell(Event::Ack { nonce: nonce_of(&requests[0]), place: place("lobby"), id: MessageId(1) });
    assert!(matches!(desk.commands()[..], [Command::Quit { .. }]));
}

#[test]
fn a_wake_comes_once_per_edge_and_a_change_once_per_input() {
    let mut desk = Desk::online();
    desk.submit("one");
    desk.submit("two");
    assert_eq!(desk.outputs, [Output::Wake, Output::Changed, Output::Changed]);
    let waiting = desk.client.transmit().len();
    desk.client.transmitted(waiting - 1);
    desk.submit("three");
    assert_eq!(desk.outputs.iter().filter(|output| **output == Output::Wake).count(), 1);
    assert_eq!(desk.client.transmit().first(), Some(&b'\n'), "what was not taken is still there");
    let waiting = desk.client.transmit().len();
    desk.client.transmitted(waiting);
    desk.outputs.clear();
    desk.submit("four");
    assert_eq!(desk.outputs, [Output::Wake, Output::Changed]);
    let revision = desk.state().revision;
    desk.input(Input::Received(b""));
    assert_eq!(desk.state().revision, revision, "nothing changed");
}

#[test]
fn a_goodbye_to_another_kind_of_server_ends_at_once() {
    let mut desk = Desk::new(profile(Dialect::Native));
    desk.submit("hello");
    desk.input(Input::Connected);
    desk.intent(Intent::Quit);
    desk.outputs.clear();
    desk.input(Input::Received(b"220 mail.example ESMTP\r\n"));
    desk.sleep(60_000);
    let ends: Vec<_> = desk.outputs.iter().filter(|output| **output != Output::Changed).collect();
    assert_eq!(ends, [&Output::Disconnect(Closing::Finish), &Output::Finished]);
}

#[test]
fn a_room_that_a_hello_could_not_open_is_paged_when_it_is_asked_for_again() {
    let mut desk = Desk::online();
    desk.tell(message("lobby", 1, "bob", "one"));
    desk.input(Input::Lost(Loss::Closed));
    desk.intent(Intent::RetryNow);
    desk.codec = ServerCodec::new(Dialect::Native);
    desk.input(Input::Connected);
    desk.sent();
    desk.tell(welcome("ada"));
    let text = "The room cannot be opened just now; try again in a moment.".into();
    desk.tell(Event::Error { code: crate::vocabulary::Code::Unavailable, text, reference: None });
    desk.submit("/join lobby");
    desk.sent();
    // What the hello asked for is not replayed any more: the server tells of the room afresh.
    desk.tell(room("lobby", 1, 3));
    let asked = desk.commands();
    let pages = |command: &Command| matches!(command, Command::History { .. });
    assert!(asked.iter().any(pages), "{asked:?}");
}
