//! What nobody would think of claiming until it is broken: short writes at odd moments, a connection that is lost twice,
//! a store that fails, silence.

mod world;

use std::time::Duration;

use parlor_core::hub::{Input, Peer};
use parlor_core::id::ConnId;
use parlor_core::store::Answer;
use parlor_core::vocabulary::{Event, Place, Reason};
use parlor_core::wire::{ClientCodec, Decoded, Dialect};
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

/// What a native connection was told since last asked.
fn events(w: &mut World, conn: ConnId) -> Vec<Event> {
    let (text, mut codec, mut told) = (w.text(conn), ClientCodec::new(Dialect::Native), Vec::new());
    let mut bytes = text.as_bytes();
    while let Some(decoded) = codec.decode(&mut bytes) {
        match decoded {
            Decoded::Frame(event) => told.push(event),
            Decoded::Malformed(_) | Decoded::Foreign(_) => panic!("{decoded:?}"),
        }
    }
    told
}

/// A native client that was in these rooms, has gone, and missed so many messages of so many bytes in each.
fn absent(w: &mut World, rooms: &[&str], missed: usize, bytes: usize) -> String {
    let bob = w.native("bob");
    let ada = w.connect(Dialect::Native);
    w.says(ada, "{\"hello\":{\"version\":1,\"nick\":\"ada\"}}\n");
    let token = world::member(&w.text(ada), "token");
    let mut resume = Vec::new();
    for room in rooms {
        w.says(bob, &format!("{{\"join\":{{\"room\":\"{room}\"}}}}\n"));
        resume.push(format!("\"{room}\":{{\"log\":\"{}\",\"id\":0}}", world::member(&w.text(bob), "log")));
    }
    w.vanishes(ada);
    for room in rooms {
        for n in 0..missed {
            let text = format!("{}{n}", "x".repeat(bytes));
            w.says(bob, &say(room, &text, &format!("{room}{n}")));
        }
    }
    let list: Vec<String> = rooms.iter().map(|room| format!("\"{room}\"")).collect();
    let (list, resume) = (list.join(","), resume.join(","));
    format!(
        "{{\"hello\":{{\"version\":1,\"nick\":\"ada\",\"token\":\"{token}\",\"rooms\":[{list}],\"resume\":{{{resume}}}}}}}\n"
    )
}

/// Checks that gaps and messages follow one another without a hole; gives the ids of the messages.
fn followed(events: &[Event], room: &str) -> Vec<u64> {
    let (mut next, mut ids) = (1, Vec::new());
    for event in events {
        if let Event::Gap { place: Place::Room(name), after, next: behind, .. } = event
            && name.as_str() == room
        {
            assert_eq!(after.0 + 1, next, "{room}: a gap begins behind what is known");
            next = behind.0;
        }
        if let Event::Message(message) = event
            && message.place.to_string() == room
        {
            assert_eq!(message.id.0, next, "{room}: what is left out is told");
            next += 1;
            ids.push(message.id.0);
        }
    }
    ids
}

#[test]
fn a_gap_of_one_is_a_gap() {
    let mut config = config();
    config.limits.replay_max = 2;
    let mut w = World::with(config);
    let hello = absent(&mut w, &["lobby"], 3, 1);
    let ada = w.connect(Dialect::Native);
    w.says(ada, &hello);
    assert_eq!(followed(&events(&mut w, ada), "lobby"), [2, 3]);
}

#[test]
fn whoever_comes_back_to_many_loud_rooms_at_once_is_told_of_all_that_is_left_out() {
    let rooms = ["lobby", "a", "b", "c", "d", "e"];
    let mut config = config();
    config.limits.pace = None;
    config.limits.outbox_bytes_max = 128 * 1024;
    let mut w = World::with(config);
    let hello = absent(&mut w, &rooms, 60, 1_000);
    let ada = unread(&mut w, Dialect::Native);
    w.says(ada, &hello);
    w.ends.get_mut(&ada).unwrap().stalled = false;
    w.turn();
    assert_eq!(w.closed(ada), None, "nobody is cut off for what is read to them");
    let events = events(&mut w, ada);
    let heard: Vec<usize> = rooms.iter().map(|room| followed(&events, room).len()).collect();
    assert!(heard[0] > heard[5] && heard[5] > 0, "the fuller the outbox, the less is replayed: {heard:?}");
}

#[test]
fn where_one_stood_in_another_log_means_nothing_in_this_one() {
    let mut w = World::new();
    let hello = absent(&mut w, &["lobby"], 5, 1);
    let at = hello.find("\"log\":\"").expect("a place is named") + 7;
    let hello = format!("{}0123456789abcdef{}", &hello[..at], &hello[at + 16..]).replace("\"id\":0", "\"id\":3");
    let ada = w.connect(Dialect::Native);
    w.says(ada, &hello);
    let told = events(&mut w, ada);
    assert_eq!(followed(&told, "lobby"), [0; 0]);
    let gap = told.iter().find_map(|event| {
        let Event::Gap { after, next, .. } = event else { return None };
        Some((after.0, next.0))
    });
    assert_eq!(gap, Some((0, 6)));
}

#[test]
fn whoever_left_gets_no_page_asked_for_before() {
    let mut w = World::new();
    let ada = w.native("ada");
    w.says(ada, &say("lobby", "hello", "1"));
    w.forget();
    w.late = Some(Vec::new());
    w.says(ada, "{\"history\":{\"room\":\"lobby\"}}\n{\"part\":{\"room\":\"lobby\"}}\n");
    w.answer_late();
    assert!(!has(&w.frames(ada), "\"page\""));
}

#[test]
fn whoever_comes_to_a_crowd_and_goes_before_it_is_told_is_not_spoken_of() {
    let mut config = config();
    config.limits.presence_members_max = 2;
    let mut w = World::with(config);
    let (ada, _bob) = (w.native("ada"), w.native("bob"));
    w.pass(Duration::from_secs(2));
    w.forget();
    let dan = w.native("dan");
    w.says(dan, "{\"quit\":{}}\n");
    w.pass(Duration::from_secs(2));
    let frames = w.frames(ada);
    assert!(has(&frames, "\"presence\""), "{frames:?}");
    assert!(!has(&frames, "dan"), "{frames:?}");
}

#[test]
fn whoever_is_put_out_is_put_out_with_every_session() {
    let mut w = World::new();
    let bob = w.native("bob");
    w.says(bob, "{\"join\":{\"room\":\"kitchen\"}}\n");
    let hello = "{\"hello\":{\"version\":1,\"nick\":\"ada\",\"rooms\":[\"kitchen\"]}}\n";
    let first = w.connect(Dialect::Native);
    w.says(first, hello);
    let token = world::member(&w.text(first), "token");
    let second = w.connect(Dialect::Native);
    w.says(second, &hello.replace("\"nick\"", &format!("\"token\":\"{token}\",\"nick\"")));
    w.says(bob, "{\"kick\":{\"room\":\"kitchen\",\"nick\":\"ada\"}}\n");
    for conn in [first, second] {
        assert!(has(&w.frames(conn), "\"kicked\""));
    }
    w.says(bob, &say("kitchen", "alone at last", "1"));
    for conn in [first, second] {
        assert_eq!(w.frames(conn), Vec::<String>::new());
    }
}

#[test]
fn whoever_is_put_out_while_away_is_not_in_any_more() {
    let mut w = World::new();
    let bob = w.native("bob");
    w.says(bob, "{\"join\":{\"room\":\"kitchen\"}}\n");
    let ada = w.native("ada");
    w.says(ada, "{\"join\":{\"room\":\"kitchen\"}}\n");
    w.vanishes(ada);
    w.forget();
    w.says(bob, "{\"kick\":{\"room\":\"kitchen\",\"nick\":\"ada\"}}\n{\"members\":{\"room\":\"kitchen\"}}\n");
    let frames = w.frames(bob);
    assert!(frames.last().is_some_and(|list| list.contains("[\"bob\"]")), "{frames:?}");
}

#[test]
fn whoever_is_silenced_is_so_in_that_room_alone() {
    let mut w = World::new();
    let (ada, bob) = (w.native("ada"), w.native("bob"));
    for conn in [ada, bob] {
        w.says(conn, "{\"join\":{\"room\":\"garden\"}}\n");
    }
    w.says(ada, "{\"mute\":{\"room\":\"garden\",\"nick\":\"bob\",\"on\":true}}\n");
    w.forget();
    w.says(bob, &say("garden", "mmm", "1"));
    assert!(has(&w.frames(bob), "\"code\":\"muted\""));
    assert!(!has(&w.frames(ada), "mmm"));
    w.says(bob, &say("lobby", "hello", "2"));
    assert!(has(&w.frames(ada), "hello"));
}
