//! Coming back: tokens, grace, resume, several sessions of one identity, the end of the server.

mod world;

use std::time::Duration;

use parlor_core::hub::{Closing, Hub, Input};
use parlor_core::id::ConnId;
use parlor_core::vocabulary::Reason;
use parlor_core::wire::Dialect;
use world::{World, config, has, member, say};

/// Connects as somebody new; the token, and the log of the lobby.
fn arrive(world: &mut World, nick: &str) -> (ConnId, String, String) {
    let conn = world.connect(Dialect::Native);
    world.says(conn, &format!("{{\"hello\":{{\"version\":1,\"nick\":\"{nick}\"}}}}\n"));
    let text = world.text(conn);
    (conn, member(&text, "token"), member(&text, "log"))
}

fn come_back(world: &mut World, nick: &str, token: &str, rest: &str) -> ConnId {
    let conn = world.connect(Dialect::Native);
    world.says(conn, &format!("{{\"hello\":{{\"version\":1,\"nick\":\"{nick}\",\"token\":\"{token}\"{rest}}}}}\n"));
    conn
}

#[test]
fn a_dropped_session_keeps_its_place_for_30_s_and_nobody_is_told() {
    let mut world = World::new();
    let (ada, token, log) = arrive(&mut world, "ada");
    let bea = world.native("bea");
    world.forget();
    world.vanishes(ada);
    world.says(bea, &say("lobby", "are you there?", "1"));
    world.pass(Duration::from_secs(10));
    let resume = format!(",\"resume\":{{\"lobby\":{{\"log\":\"{log}\",\"id\":0}}}}");
    let ada = come_back(&mut world, "ada", &token, &resume);
    let frames = world.frames(ada);
    assert!(frames[0].contains("\"resumed\":true"), "{frames:?}");
    assert!(frames[1].starts_with("{\"room\""));
    assert!(frames[2].contains("are you there?"));
    assert_eq!(frames.len(), 3);
    world.pass(Duration::from_secs(20));
    assert!(!has(&world.frames(bea), "\"parted\""));
}

#[test]
fn after_the_grace_everybody_is_told_once_and_the_name_is_still_held() {
    let mut world = World::new();
    let (ada, token, _) = arrive(&mut world, "ada");
    let bea = world.native("bea");
    world.vanishes(ada);
    world.text(bea);
    world.says(bea, "{\"pong\":{\"token\":\"x\"}}\n");
    world.pass(Duration::from_secs(29));
    assert_eq!(world.text(bea), "");
    world.pass(Duration::from_secs(2));
    let frames: Vec<String> = world.frames(bea).into_iter().filter(|frame| !frame.contains("ping")).collect();
    assert_eq!(frames.len(), 1, "{frames:?}");
    assert!(frames[0].contains("\"parted\"") && frames[0].contains("connection lost"));
    let thief = world.connect(Dialect::Native);
    world.says(thief, "{\"hello\":{\"version\":1,\"nick\":\"Ada\"}}\n");
    assert!(world.text(thief).contains("\"nick_taken\""));
    let ada = come_back(&mut world, "ada", &token, "");
    assert!(world.text(ada).contains("\"resumed\":false"));
}

#[test]
fn an_unknown_token_starts_afresh_with_another_one() {
    let mut world = World::new();
    let ada = come_back(&mut world, "ada", "00000000000000000000000000000000", "");
    let token = member(&world.text(ada), "token");
    assert_eq!(token.len(), 32);
    assert_ne!(token, "00000000000000000000000000000000");
}

#[test]
fn a_tutorial_user_who_drops_is_told_of_at_once() {
    let mut world = World::new();
    let ali = world.guest(Dialect::Nic, "ali");
    let bea = world.native("bea");
    world.text(bea);
    world.vanishes(ali);
    assert!(has(&world.frames(bea), "\"parted\""));
}

#[test]
fn a_lost_sessions_accepted_messages_are_broadcast_before_its_leave() {
    let mut world = World::new();
    let ali = world.guest(Dialect::Prompt, "ali\n");
    let bea = world.native("bea");
    world.text(bea);
    world.late = Some(Vec::new());
    world.says(ali, "last words\n");
    world.vanishes(ali);
    assert_eq!(world.text(bea), "");
    world.answer_late();
    let frames = world.frames(bea);
    assert!(frames[0].contains("last words"), "{frames:?}");
    assert!(frames[1].contains("\"parted\""));
}

#[test]
fn several_sessions_of_one_identity_are_one_person() {
    let mut world = World::new();
    let (first, token, _) = arrive(&mut world, "ada");
    let bea = world.native("bea");
    world.forget();
    let second = come_back(&mut world, "ada", &token, "");
    assert_eq!(world.text(bea), "", "no second join is told");
    assert!(world.text(second).contains("\"members\":[\"ada\",\"bea\"]"));
    world.says(first, &say("lobby", "from one", "1"));
    assert!(world.text(second).contains("from one"), "own messages reach one's other sessions");
    world.says(first, "{\"read\":{\"room\":\"lobby\",\"id\":1}}\n");
    assert!(world.text(second).contains("{\"read\":{\"room\":\"lobby\",\"id\":1}}"));
    world.forget();
    world.says(first, "{\"quit\":{}}\n");
    assert_eq!(world.text(bea), "", "no leave while a session is left");
    world.says(second, "{\"quit\":{}}\n");
    assert!(world.text(bea).contains("\"parted\""));
}

#[test]
fn a_session_that_drops_keeps_its_rooms_while_another_is_elsewhere() {
    let mut world = World::new();
    let (first, token, _) = arrive(&mut world, "ada");
    let bea = world.native("bea");
    for conn in [first, bea] {
        world.says(conn, "{\"join\":{\"room\":\"kitchen\"}}\n");
    }
    let second = come_back(&mut world, "ada", &token, "");
    world.forget();
    world.vanishes(first);
    assert_eq!(world.text(bea), "", "nobody is told at once");
    let first = come_back(&mut world, "ada", &token, ",\"rooms\":[\"kitchen\"]");
    assert_eq!(world.text(bea), "");
    world.vanishes(first);
    for _ in 0..4 {
        world.pass(Duration::from_secs(10));
        for conn in [second, bea] {
            world.says(conn, "{\"pong\":{\"token\":\"x\"}}\n");
        }
    }
    let told: Vec<String> = world.frames(bea).into_iter().filter(|frame| frame.contains("parted")).collect();
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].contains("kitchen") && told[0].contains("connection lost"));
    world.says(bea, &say("lobby", "still there?", "1"));
    assert!(world.text(second).contains("still there?"), "the other session is as it was");
}

#[test]
fn one_session_too_many_replaces_the_oldest() {
    let mut world = World::new();
    let (oldest, token, _) = arrive(&mut world, "ada");
    for _ in 0..8 {
        come_back(&mut world, "ada", &token, "");
    }
    assert_eq!(world.closed(oldest), Some((Reason::Replaced, Closing::Finish)));
}

#[test]
fn a_long_absence_is_a_gap_and_then_the_newest() {
    let mut config = world::config();
    config.limits.pace = None;
    config.limits.replay_max = 10;
    let mut world = World::with(config);
    let (ada, token, log) = arrive(&mut world, "ada");
    let bea = world.native("bea");
    world.vanishes(ada);
    for n in 1..=30 {
        world.says(bea, &say("lobby", &format!("m{n}"), &format!("{n}")));
    }
    let resume = format!(",\"resume\":{{\"lobby\":{{\"log\":\"{log}\",\"id\":0}}}}");
    let ada = come_back(&mut world, "ada", &token, &resume);
    let frames = world.frames(ada);
    assert!(frames[2].contains("\"gap\"") && frames[2].contains("\"after\":0,\"next\":21"), "{frames:?}");
    let ids: Vec<bool> = frames[3..].iter().zip(21..).map(|(f, id)| f.contains(&format!("\"id\":{id},"))).collect();
    assert_eq!(ids, [true; 10]);
}

#[test]
fn what_is_said_while_the_store_reads_comes_once_and_in_order() {
    let mut config = world::config();
    config.limits.pace = None;
    let mut world = World::with(config);
    let (ada, token, log) = arrive(&mut world, "ada");
    let bea = world.native("bea");
    world.vanishes(ada);
    world.says(bea, &say("lobby", "one", "1"));
    world.late = Some(Vec::new());
    let resume = format!(",\"resume\":{{\"lobby\":{{\"log\":\"{log}\",\"id\":0}}}}");
    let ada = world.connect(Dialect::Native);
    let hello = format!("{{\"hello\":{{\"version\":1,\"nick\":\"ada\",\"token\":\"{token}\"{resume}}}}}\n");
    world.says(ada, &hello);
    // The identity is verified, the replay is asked for; meanwhile bea goes on.
    let verify = world.late.take().unwrap();
    world.late = Some(Vec::new());
    for (ticket, ask) in verify {
        let answer = world.store.answer(ask);
        world.input(Input::Answered { ticket, answer });
    }
    let replay = world.late.take().unwrap();
    world.says(bea, &say("lobby", "two", "2"));
    world.says(bea, &say("lobby", "three", "3"));
    for (ticket, ask) in replay {
        let answer = world.store.answer(ask);
        world.input(Input::Answered { ticket, answer });
    }
    world.turn();
    let frames: Vec<String> = world.frames(ada).into_iter().filter(|f| f.contains("\"message\"")).collect();
    assert_eq!(frames.len(), 3, "{frames:?}");
    for (frame, word) in frames.iter().zip(["one", "two", "three"]) {
        assert!(frame.contains(word), "{frames:?}");
    }
}

#[test]
fn what_is_stored_but_not_yet_told_is_not_replayed_and_then_told_again() {
    let mut world = World::new();
    let (ada, token, log) = arrive(&mut world, "ada");
    let bea = world.native("bea");
    world.vanishes(ada);
    world.says(bea, &say("lobby", "one", "1"));
    world.says(bea, &say("lobby", "two", "2"));
    world.late = Some(Vec::new());
    let ada = world.connect(Dialect::Native);
    let resume = format!(",\"resume\":{{\"lobby\":{{\"log\":\"{log}\",\"id\":1}}}}");
    world.says(ada, &format!("{{\"hello\":{{\"version\":1,\"nick\":\"ada\",\"token\":\"{token}\"{resume}}}}}\n"));
    let (ticket, ask) = world.late.as_mut().unwrap().remove(0);
    let answer = world.store.answer(ask);
    world.input(Input::Answered { ticket, answer });
    world.says(bea, &say("lobby", "three", "3"));
    // The store writes the message, then reads the page, and the page's answer is the first to arrive.
    let mut asks = world.late.take().unwrap();
    let (append, ask) = asks.pop().unwrap();
    let appended = world.store.answer(ask);
    let (read, ask) = asks.pop().unwrap();
    let mut wider = ask;
    if let parlor_core::store::Ask::History { limit, .. } = &mut wider {
        *limit = 9;
    }
    let page = world.store.answer(wider);
    world.input(Input::Answered { ticket: read, answer: page });
    world.input(Input::Answered { ticket: append, answer: appended });
    world.turn();
    let frames: Vec<String> = world.frames(ada).into_iter().filter(|f| f.contains("\"message\"")).collect();
    assert_eq!(frames.len(), 2, "{frames:?}");
    assert!(frames[0].contains("two") && frames[1].contains("three"), "{frames:?}");
}

#[test]
fn the_end_of_the_server_is_told_to_everybody_and_leaves_nothing() {
    let mut world = World::new();
    let (ada, _, _) = arrive(&mut world, "ada");
    let gone = world.native("gone");
    let nic = world.guest(Dialect::Nic, "ali");
    let prompt = world.guest(Dialect::Prompt, "bob");
    let lines = world.guest(Dialect::Prompt, "cam\n");
    world.vanishes(gone);
    world.pass(Duration::from_millis(100));
    world.forget();
    world.input(Input::Drain);
    world.turn();
    world.pass(Duration::from_secs(2));
    assert!(world.text(ada).starts_with("{\"bye\":{\"code\":\"shutdown\""));
    assert_eq!(world.closed(ada), Some((Reason::Shutdown, Closing::Finish)));
    for (conn, how) in [(nic, Closing::Reset), (prompt, Closing::Reset), (lines, Closing::Finish)] {
        assert_eq!(world.text(conn).trim_end(), "The server is shutting down.");
        assert_eq!(world.closed(conn), Some((Reason::Shutdown, how)));
    }
    assert!(world.hub.is_empty());
    assert_eq!(world.connect_from(Dialect::Native, None).unwrap_err().reason, Reason::Shutdown);
}

#[test]
fn a_ghost_is_silent() {
    let mut world = World::new();
    let ghost = world.guest(Dialect::Nic, "ali");
    let bea = world.native("bea");
    world.vanishes(ghost);
    let again = world.connect(Dialect::Nic);
    assert_ne!(ghost, again, "a reused slot is another connection");
    world.text(bea);
    world.says(ghost, "ali: boo\n");
    world.vanishes(ghost);
    world.hub.transmitted(ghost, 5);
    assert!(world.hub.transmit(ghost).is_empty());
    assert_eq!(world.text(bea), "");
    assert_eq!(world.closed(again), None);
}

#[test]
fn whoever_says_hello_before_the_store_knows_who_was_here_finds_everybody_in_their_places() {
    const NICKS: [&str; 2] = ["ada", "bob"];
    let mut world = World::new();
    let tokens = NICKS.map(|nick| {
        let (conn, token, _) = arrive(&mut world, nick);
        world.says(conn, "{\"join\":{\"room\":\"kitchen\"}}\n");
        token
    });

    // The server dies and starts again; its store takes its time, and both are quicker.
    world.hub = Hub::new(config(), [11; 32], world.now);
    world.ends.clear();
    world.late = Some(Vec::new());
    let back = [0, 1].map(|who| come_back(&mut world, NICKS[who], &tokens[who], r#","rooms":["lobby","kitchen"]"#));
    while let Some(late) = world.late.replace(Vec::new()).filter(|late| !late.is_empty()) {
        for (ticket, ask) in late {
            let answer = world.store.answer(ask);
            world.input(Input::Answered { ticket, answer });
        }
        world.turn();
    }
    for conn in back {
        let frames = world.frames(conn);
        assert!(has(&frames, r#""resumed":true"#), "whoever is back in time never left: {frames:?}");
        let complete = frames.iter().filter(|frame| frame.contains(r#""members":["ada","bob"]"#)).count();
        assert_eq!(complete, 2, "everybody is in their place, in both rooms: {frames:?}");
        assert!(!has(&frames, "{\"joined\""), "nobody came who had never gone: {frames:?}");
        assert!(!has(&frames, "{\"parted\""), "nobody went: {frames:?}");
    }
}
