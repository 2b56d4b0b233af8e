//! What the simulated world found in the hub, each as the smallest story that shows it.

mod world;

use std::time::Duration;

use parlor_core::hub::{Input, Peer};
use parlor_core::id::{ConnId, Ticket};
use parlor_core::store::{Answer, Ask, MemoryLimits, MemoryStore};
use parlor_core::time::Now;
use parlor_core::wire::Dialect;
use world::{End, World, config, has, member, say};

const QUIT: &str = "{\"quit\":{}}\n";
const PART: &str = "{\"part\":{\"room\":\"lobby\"}}\n";

/// Connects and says hello, with these further members.
fn hello(w: &mut World, nick: &str, more: &str) -> ConnId {
    let conn = w.connect(Dialect::Native);
    w.says(conn, &format!("{{\"hello\":{{\"version\":1,\"nick\":\"{nick}\"{more}}}}}\n"));
    conn
}

/// Somebody new, and their token.
fn arrive(w: &mut World, nick: &str, more: &str) -> (ConnId, String) {
    let conn = hello(w, nick, more);
    (conn, member(&w.text(conn), "token"))
}

/// Comes back with the token, to the lobby and these places, knowing each up to an entry.
fn come_back(w: &mut World, nick: &str, token: &str, known: &[(&str, &str, u64)]) -> ConnId {
    let rooms: Vec<String> =
        known.iter().filter(|(place, ..)| !place.starts_with('@')).map(|(room, ..)| format!("\"{room}\"")).collect();
    let known: Vec<String> =
        known.iter().map(|(place, log, id)| format!("\"{place}\":{{\"log\":\"{log}\",\"id\":{id}}}")).collect();
    let (rooms, known) = (rooms.join(","), known.join(","));
    hello(w, nick, &format!(",\"token\":\"{token}\",\"rooms\":[{rooms}],\"resume\":{{{known}}}"))
}

/// Asks for a place, and says which log it has.
fn log_of(w: &mut World, conn: ConnId, place: &str) -> String {
    w.text(conn);
    w.says(conn, &format!("{{\"join\":{{\"room\":\"{place}\"}}}}\n"));
    member(&w.text(conn), "log")
}

/// Takes the oldest open question of a kind.
fn asked(w: &mut World, which: impl Fn(&Ask) -> bool) -> (Ticket, Ask) {
    let late = w.late.as_mut().expect("the store is late");
    let at = late.iter().position(|(_, ask)| which(ask)).expect("this was asked");
    late.remove(at)
}

fn answer(w: &mut World, ticket: Ticket, answer: Answer) {
    w.input(Input::Answered { ticket, answer });
    w.turn();
}

/// The store answers the oldest open question of a kind.
fn answer_one(w: &mut World, which: impl Fn(&Ask) -> bool) {
    let (ticket, ask) = asked(w, which);
    let answered = w.store.answer(ask);
    answer(w, ticket, answered);
}

fn is_verify(ask: &Ask) -> bool {
    matches!(ask, Ask::Verify(_))
}

fn is_append(ask: &Ask) -> bool {
    matches!(ask, Ask::Append(_))
}

fn is_history(ask: &Ask) -> bool {
    matches!(ask, Ask::History { .. })
}

/// The names of frames, and of a message what was said.
fn gist(frames: &[String]) -> Vec<String> {
    let gist = |frame: &String| match frame.starts_with("{\"message\"") {
        true => member(frame, "text"),
        false => frame.split('"').nth(1).expect("a frame has a name").to_string(),
    };
    frames.iter().map(gist).collect()
}

#[test]
fn a_conversation_is_resumed_beside_as_many_rooms_as_one_may_be_in() {
    let mut c = config();
    c.limits.rooms_per_session_max = 2;
    let mut w = World::with(c);
    let (ada, token) = arrive(&mut w, "ada", ",\"rooms\":[\"lobby\",\"kitchen\"]");
    let (lobby, kitchen) = (log_of(&mut w, ada, "lobby"), log_of(&mut w, ada, "kitchen"));
    let bob = w.native("bob");
    let talk = log_of(&mut w, bob, "@ada");
    w.vanishes(ada);
    w.says(bob, &say("@ada", "are you there?", "1"));
    let known = [("lobby", lobby.as_str(), 0), ("kitchen", kitchen.as_str(), 0), ("@bob", talk.as_str(), 0)];
    let ada = come_back(&mut w, "ada", &token, &known);
    assert_eq!(gist(&w.frames(ada)), ["welcome", "room", "room", "room", "are you there?"]);
}

#[test]
fn a_stall_that_is_over_closes_nobody_later() {
    let mut w = World::new();
    let (ada, eve) = (w.native("ada"), w.native("eve"));
    w.ends.get_mut(&eve).unwrap().stalled = true;
    w.says(ada, &say("lobby", "one", "1"));
    w.hub.transmitted(eve, 10);
    w.outputs();
    // The rest is taken at once, and nothing comes for as long as a stall may last.
    w.ends.get_mut(&eve).unwrap().stalled = false;
    w.turn();
    w.pass(Duration::from_secs(10));
    w.says(eve, "{\"pong\":{\"token\":\"x\"}}\n");
    w.now = Now::new(w.now.instant + Duration::from_secs(20), w.now.timestamp);
    w.forget();
    w.input(Input::Received { conn: ada, bytes: say("lobby", "two", "2").as_bytes() });
    w.hub.handle_timeout(w.now);
    w.outputs();
    w.turn();
    assert_eq!(w.closed(eve), None);
    assert_eq!(gist(&w.frames(eve)), ["two"]);
}

#[test]
fn the_greeting_of_the_messenger_is_a_write_of_its_own_even_before_a_goodbye() {
    let mut w = World::new();
    let nic = w.hub.accept(w.now, Peer { dialect: Dialect::Nic, address: None }).expect("there is room");
    w.ends.insert(nic, End::default());
    w.outputs();
    w.input(Input::Drain);
    w.turn();
    w.pass(Duration::from_secs(1));
    assert_eq!(w.writes(nic), ["NIC", "The server is shutting down.\n"]);
}

/// A lobby that tells presence in bulk, in which these people are, as everybody knows.
fn crowd<const N: usize>(nicks: [&str; N]) -> (World, [ConnId; N]) {
    let mut c = config();
    c.limits.presence_members_max = 1;
    let mut w = World::with(c);
    let conns = nicks.map(|nick| w.native(nick));
    w.pass(Duration::from_secs(2));
    w.forget();
    (w, conns)
}

/// Whom the next telling names to somebody as come, and as gone.
fn news(w: &mut World, conn: ConnId) -> [String; 2] {
    w.text(conn);
    w.pass(Duration::from_secs(1));
    let frames = w.frames(conn);
    let [frame] = &frames[..] else { panic!("one telling: {frames:?}") };
    assert!(frame.starts_with("{\"presence\""), "{frame}");
    ["joined", "parted"].map(|list| {
        let (_, names) = frame.split_once(&format!("\"{list}\":[")).expect("there is a list");
        names.split(']').next().expect("a list ends").replace('"', "")
    })
}

#[test]
fn a_newcomer_to_a_crowd_is_told_that_somebody_it_was_shown_has_gone() {
    let (mut w, _) = crowd(["ada", "bea"]);
    let dan = w.native("dan");
    let eve = w.native("eve");
    w.says(dan, QUIT);
    assert_eq!(news(&mut w, eve), ["eve", "dan"]);
}

#[test]
fn a_newcomer_to_a_crowd_is_told_of_who_had_just_gone_and_is_back() {
    let (mut w, [_, bea, _]) = crowd(["ada", "bea", "cam"]);
    w.says(bea, PART);
    let eve = w.native("eve");
    w.says(bea, "{\"join\":{\"room\":\"lobby\"}}\n");
    assert_eq!(news(&mut w, eve), ["bea,eve", ""]);
}

#[test]
fn whoever_takes_the_name_of_somebody_who_left_a_crowd_is_not_told_to_have_left() {
    let (mut w, [ada, dan, _]) = crowd(["ada", "dan", "bea"]);
    let cam = w.guest(Dialect::Prompt, "cam\n");
    w.pass(Duration::from_secs(2));
    w.vanishes(cam);
    w.says(dan, "{\"nick\":{\"nick\":\"cam\"}}\n");
    assert_eq!(news(&mut w, ada), ["", ""]);
}

#[test]
fn somebody_renamed_after_leaving_a_crowd_is_told_gone_by_both_names() {
    let (mut w, [ada, bea, cam]) = crowd(["ada", "bea", "cam"]);
    for conn in [ada, cam] {
        w.says(conn, "{\"join\":{\"room\":\"kitchen\"}}\n");
    }
    w.pass(Duration::from_secs(2));
    w.says(cam, PART);
    w.says(cam, "{\"nick\":{\"nick\":\"kim\"}}\n");
    assert!(has(&w.frames(ada), "{\"nick\":{\"nick\":\"cam\",\"to\":\"kim\""), "ada shares the kitchen");
    assert!(!has(&w.frames(bea), "kim"), "bea does not");
    assert_eq!(news(&mut w, bea), ["", "cam,kim"]);
}

#[test]
fn another_spelling_of_ones_name_loses_no_news_of_a_crowd() {
    let (mut w, [ada, _, cam]) = crowd(["ada", "bea", "cam"]);
    let dan = w.native("dan");
    w.says(cam, PART);
    w.says(dan, "{\"nick\":{\"nick\":\"Dan\"}}\n");
    w.says(cam, "{\"nick\":{\"nick\":\"Cam\"}}\n");
    assert_eq!(news(&mut w, ada), ["Dan", "Cam"]);
}

#[test]
fn a_room_named_in_two_spellings_is_told_once_and_when_it_is_up_to_date() {
    let mut w = World::new();
    let (ada, token) = arrive(&mut w, "ada", "");
    let log = log_of(&mut w, ada, "lobby");
    let bob = w.native("bob");
    w.vanishes(ada);
    w.says(bob, &say("lobby", "one", "1"));
    let more = format!(
        ",\"token\":\"{token}\",\"rooms\":[\"lobby\",\"Lobby\"],\"resume\":{{\"lobby\":{{\"log\":\"{log}\",\"id\":0}}}}"
    );
    let ada = hello(&mut w, "ada", &more);
    assert_eq!(gist(&w.frames(ada)), ["welcome", "room", "one"]);
}

#[test]
fn what_was_said_to_one_bearer_of_a_name_is_not_repeated_to_the_next() {
    let mut w = World::new();
    let (ada, bob) = (w.native("ada"), w.native("bob"));
    w.says(ada, &say("@bob", "a secret", "n1"));
    w.says(bob, "{\"nick\":{\"nick\":\"rob\"}}\n");
    let other = w.native("bob");
    w.forget();
    w.says(ada, &say("@bob", "a secret", "n1"));
    let frames = w.frames(ada);
    assert!(has(&frames, "\"not_here\"") && !has(&frames, "\"ack\""), "{frames:?}");
    assert_eq!((w.text(other), w.text(bob)), (String::new(), String::new()));
    w.says(other, "{\"join\":{\"room\":\"@ada\"}}\n");
    assert!(w.text(other).contains("\"last_id\":0"), "it is not stored again");
}

#[test]
fn a_conversation_that_is_spoken_in_while_it_is_resumed_misses_nothing() {
    let mut w = World::new();
    let (ada, token) = arrive(&mut w, "ada", "");
    let bob = w.native("bob");
    w.says(bob, &say("@ada", "one", "1"));
    let log = log_of(&mut w, ada, "@bob");
    w.vanishes(ada);
    w.says(bob, &say("@ada", "two", "2"));
    w.late = Some(Vec::new());
    let ada = come_back(&mut w, "ada", &token, &[("@bob", &log, 1)]);
    answer_one(&mut w, is_verify);
    w.text(ada);
    // The conversation is not open yet, as the store has it, when the next message in it is safe.
    w.says(bob, &say("@ada", "three", "3"));
    answer_one(&mut w, is_append);
    w.answer_late();
    assert_eq!(gist(&w.frames(ada)), ["room", "two", "three"]);
}

/// Somebody who comes back to a lobby in which one message was said, and more are while the store reads the first page.
/// The session, and that page as it was read.
fn replayed(w: &mut World, more: &[&str]) -> (ConnId, Ticket, Answer) {
    let (ada, token) = arrive(w, "ada", "");
    let log = log_of(w, ada, "lobby");
    let bob = w.native("bob");
    w.vanishes(ada);
    w.says(bob, &say("lobby", "one", "1"));
    w.late = Some(Vec::new());
    let ada = come_back(w, "ada", &token, &[("lobby", &log, 0)]);
    answer_one(w, is_verify);
    let (ticket, ask) = asked(w, is_history);
    let page = w.store.answer(ask);
    for text in more {
        w.says(bob, &say("lobby", text, text));
        answer_one(w, is_append);
    }
    w.text(ada);
    (ada, ticket, page)
}

#[test]
fn a_replay_that_fails_half_way_is_followed_by_a_gap_to_the_end() {
    let mut w = World::new();
    let (ada, ticket, page) = replayed(&mut w, &["two", "three"]);
    answer(&mut w, ticket, page);
    let (ticket, _) = asked(&mut w, is_history);
    answer(&mut w, ticket, Answer::Failed);
    let frames = w.frames(ada);
    assert_eq!(gist(&frames), ["room", "one", "gap"]);
    assert!(frames[2].contains("\"after\":1,\"next\":4"), "{frames:?}");
}

#[test]
fn a_replay_whose_middle_the_store_has_let_go_of_begins_behind_it() {
    let mut w = World::new();
    let limits = MemoryLimits { entries_per_log: 2, ..MemoryLimits::default() };
    w.store = MemoryStore::new(limits, [7; 32], None);
    let (ada, ticket, page) = replayed(&mut w, &["two", "three", "four"]);
    answer(&mut w, ticket, page);
    w.answer_late();
    let frames = w.frames(ada);
    assert_eq!(gist(&frames), ["room", "gap", "three", "four"]);
    assert!(frames[1].contains("\"after\":0,\"next\":3"), "{frames:?}");
}

#[test]
fn what_one_has_read_elsewhere_is_told_with_a_room_that_is_still_replayed() {
    let mut w = World::new();
    let (first, token) = arrive(&mut w, "ada", "");
    let log = log_of(&mut w, first, "lobby");
    w.says(first, &say("lobby", "one", "1"));
    w.late = Some(Vec::new());
    let second = come_back(&mut w, "ada", &token, &[("lobby", &log, 0)]);
    answer_one(&mut w, is_verify);
    w.says(first, "{\"read\":{\"room\":\"lobby\",\"id\":1}}\n");
    assert_eq!(gist(&w.frames(second)), ["welcome"]);
    w.answer_late();
    let frames = w.frames(second);
    assert_eq!(gist(&frames), ["room", "one"]);
    assert!(frames[0].contains("\"read_id\":1"), "{frames:?}");
}

#[test]
fn a_parlor_client_at_a_tutorials_port_is_turned_away_and_shows_its_token_to_nobody() {
    for dialect in [Dialect::Nic, Dialect::Prompt] {
        let mut w = World::new();
        let bea = w.native("bea");
        w.text(bea);
        let lost = w.connect(dialect);
        w.says(lost, "{\"hello\":{\"version\":1,\"nick\":\"ada\",\"token\":\"0123456789abcdef0123456789abcdef\"}}\n");
        w.pass(Duration::from_secs(3));
        assert!(w.text(lost).contains("a Parlor client connects to another one"));
        assert_eq!(w.closed(lost).map(|(reason, _)| reason), Some(parlor_core::vocabulary::Reason::OtherPort));
        assert_eq!(w.text(bea), "", "nobody came");
    }
}
