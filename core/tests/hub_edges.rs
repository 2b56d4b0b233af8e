//! What nobody would think of claiming until it is broken: short writes at odd moments, a connection that is lost twice,
//! a store that fails, silence.

mod world;

use std::time::Duration;

use parlor_core::hub::{Input, Peer};
use parlor_core::id::ConnId;
use parlor_core::store::Answer;
use parlor_core::vocabulary::Reason;
use parlor_core::wire::Dialect;
use world::{End, World, config, has, say};

/// A connection whose driver has written nothing yet.
fn unread(w: &mut World, dialect: Dialect) -> ConnId {
    let conn = w.hub.accept(w.now, Peer { dialect, address: None }).expect("there is room");
    let mut end = End::default();
    end.stalled = true;
    w.ends.insert(conn, end);
    w.outputs();
    conn
}

/// Takes at most so many bytes of what a connection is offered.
fn take(w: &mut World, conn: ConnId, bytes_max: usize) -> usize {
    let offered = w.hub.transmit(conn);
    let taken = offered[..offered.len().min(bytes_max)].to_vec();
    let (now, len) = (w.now.instant, taken.len());
    w.ends.get_mut(&conn).expect("open").writes.push((now, taken));
    w.hub.transmitted(conn, len);
    // Whoever is offered no more is woken for what comes next.
    w.ends.get_mut(&conn).expect("open").awake = !w.hub.transmit(conn).is_empty();
    w.outputs();
    len
}

/// The numbers in the texts of the messages that were heard.
fn numbers(frames: &[String]) -> Vec<usize> {
    let texts = frames.iter().filter(|frame| frame.starts_with("{\"message\""));
    texts.map(|frame| world::member(frame, "text").trim_start_matches('x').parse().expect("a number")).collect()
}

#[test]
fn a_greeting_taken_in_part_is_followed_by_its_rest_when_the_answer_is_a_line() {
    let mut w = World::new();
    let conn = unread(&mut w, Dialect::Prompt);
    assert_eq!(take(&mut w, conn, 5), 5);
    w.says(conn, "ada\n");
    w.ends.get_mut(&conn).unwrap().stalled = false;
    w.pass(Duration::from_secs(1));
    let text = w.text(conn);
    assert!(text.starts_with("Please enter your name and press Enter\nWelcome to the chat ada."), "{text}");
}

#[test]
fn a_connection_that_is_lost_twice_is_closed_once() {
    let mut w = World::new();
    let ada = w.native("ada");
    w.late = Some(Vec::new());
    w.says(ada, "{\"join\":{\"room\":\"kitchen\"}}\n");
    w.vanishes(ada);
    assert_eq!(w.closed(ada).map(|(reason, _)| reason), Some(Reason::Lost));
    w.vanishes(ada);
    w.sends(ada, b"{\"ping\":{\"token\":\"x\"}}\n");
    w.answer_late();
    assert_eq!(w.hub.connections(), 0);
}

#[test]
fn a_long_outbox_taken_piece_by_piece_arrives_whole_and_once() {
    let mut config = config();
    config.limits.pace = None;
    let mut w = World::with(config);
    let (ada, eve) = (w.native("ada"), w.native("eve"));
    w.forget();
    w.ends.get_mut(&eve).unwrap().stalled = true;
    for n in 0..140 {
        let text = format!("{}{n}", "x".repeat(1_000));
        w.says(ada, &say("lobby", &text, &format!("{n}")));
        w.hub.transmitted(eve, 0);
        w.outputs();
    }
    // Unlike any power of two, so that pieces end anywhere.
    while take(&mut w, eve, 39_999) > 0 {}
    assert_eq!(numbers(&w.frames(eve)), (0..140).collect::<Vec<_>>());
}

#[test]
fn whoever_stops_answering_keeps_the_place_for_the_time_of_grace() {
    let mut w = World::new();
    let bob = w.guest(Dialect::Prompt, "bob\n");
    let ada = w.native("ada");
    w.forget();
    w.pass(Duration::from_secs(65));
    assert_eq!(w.closed(ada).map(|(reason, _)| reason), Some(Reason::PingTimeout));
    assert!(!w.text(bob).contains("left the chat"));
    w.pass(Duration::from_secs(30));
    assert!(w.text(bob).contains("ada left the chat."));
}

#[test]
fn a_message_that_cannot_be_stored_is_refused_and_neither_acknowledged_nor_told() {
    let mut w = World::new();
    let (ada, bob) = (w.native("ada"), w.native("bob"));
    w.forget();
    w.late = Some(Vec::new());
    w.says(ada, &say("lobby", "hello", "1"));
    let (ticket, _) = w.late.take().unwrap().remove(0);
    w.input(Input::Answered { ticket, answer: Answer::Failed });
    w.turn();
    let frames = w.frames(ada);
    assert!(has(&frames, "\"code\":\"unavailable\""), "{frames:?}");
    assert!(!has(&frames, "\"ack\""), "{frames:?}");
    assert_eq!(w.frames(bob), Vec::<String>::new());
}

/// What a newcomer is told who says hello under this name.
fn greeted(w: &mut World, nick: &str) -> String {
    let conn = w.connect(Dialect::Native);
    w.says(conn, &format!("{{\"hello\":{{\"version\":1,\"nick\":\"{nick}\"}}}}\n"));
    w.text(conn)
}

#[test]
fn a_look_alike_of_somebody_here_is_taken_even_where_no_store_knows_the_name() {
    let mut w = World::new();
    let guest = w.guest(Dialect::Prompt, "modern\n");
    assert!(greeted(&mut w, "rnodern").contains("nick_taken"));
    w.says(guest, "{quit}\n");
    assert!(greeted(&mut w, "rnodern").contains("\"welcome\""));
}

#[test]
fn a_look_alike_of_somebody_away_is_taken() {
    let mut w = World::new();
    let ada = w.native("modern");
    w.says(ada, "{\"quit\":{}}\n");
    assert!(greeted(&mut w, "rnodern").contains("nick_taken"));
    assert!(greeted(&mut w, "Modern").contains("nick_taken"));
}
