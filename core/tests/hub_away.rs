//! Who is away: who is told, who is not, and what becomes of it.

mod world;

use std::time::Duration;

use parlor_core::id::ConnId;
use parlor_core::limits::{AWAY_LISTED_BYTES_MAX, SERVER_FRAME_BYTES_MAX};
use parlor_core::text::AWAY_BYTES_MAX;
use parlor_core::wire::Dialect;
use world::{World, config, has, member, say};

/// Bytes of a `room` frame besides those who are away, in these worlds.
const REST_BYTES_MAX: usize = 8 * 1024;

fn go_away(world: &mut World, who: ConnId, text: &str) {
    world.says(who, &format!("{{\"away\":{{\"text\":\"{text}\"}}}}\n"));
}

fn hello(world: &mut World, nick: &str, token: &str) -> ConnId {
    let conn = world.connect(Dialect::Native);
    world.says(conn, &format!("{{\"hello\":{{\"version\":1,\"nick\":\"{nick}\",\"token\":\"{token}\"}}}}\n"));
    conn
}

#[test]
fn whoever_shares_neither_a_room_nor_a_conversation_is_told_nothing() {
    let mut world = World::new();
    let (ada, bea, eve) = (world.native("ada"), world.native("bea"), world.native("eve"));
    world.says(eve, "{\"join\":{\"room\":\"kitchen\"}}\n{\"part\":{\"room\":\"lobby\"}}\n");
    world.forget();
    go_away(&mut world, ada, "lunch");
    assert_eq!(world.frames(bea), ["{\"away\":{\"nick\":\"ada\",\"text\":\"lunch\"}}"]);
    assert_eq!(world.frames(eve), Vec::<String>::new());
    // A conversation is enough, also one that only the other side has open.
    world.says(ada, "{\"join\":{\"room\":\"@eve\"}}\n");
    world.forget();
    world.says(eve, "{\"away\":{\"text\":\"tea\"}}\n");
    assert_eq!(world.frames(ada), ["{\"away\":{\"nick\":\"eve\",\"text\":\"tea\"}}"]);
    assert_eq!(world.frames(bea), Vec::<String>::new());
    assert_eq!(world.frames(eve).len(), 1, "and oneself");
}

#[test]
fn it_is_told_once_to_whoever_shares_many_places_and_the_frames_are_the_same() {
    let mut world = World::new();
    let (ada, bea) = (world.native("ada"), world.native("bea"));
    for who in [ada, bea] {
        world.says(who, "{\"join\":{\"room\":\"kitchen\"}}\n{\"join\":{\"room\":\"garden\"}}\n");
    }
    world.says(ada, &say("@bea", "psst", "1"));
    world.forget();
    go_away(&mut world, ada, "lunch");
    let told = world.frames(bea);
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(world.frames(ada), told);
}

#[test]
fn it_belongs_to_all_sessions_of_somebody_and_ends_with_the_last_of_them() {
    let mut world = World::new();
    let first = world.connect(Dialect::Native);
    world.says(first, "{\"hello\":{\"version\":1,\"nick\":\"ada\"}}\n");
    let token = member(&world.text(first), "token");
    let bea = world.native("bea");
    world.says(bea, "{\"join\":{\"room\":\"@ada\"}}\n");
    go_away(&mut world, first, "lunch");
    let second = hello(&mut world, "ada", &token);
    let heard = world.frames(second);
    assert!(heard[0].starts_with("{\"welcome\""), "{heard:?}");
    assert_eq!(heard[1], "{\"away\":{\"nick\":\"ada\",\"text\":\"lunch\"}}");
    assert!(heard[2].contains("\"away\":{\"ada\":\"lunch\"}"), "{heard:?}");
    world.says(first, "{\"quit\":{}}\n");
    world.forget();
    assert!(!has(&world.frames(bea), "\"away\""), "the other session is still away");
    // Gone without a word: away until the grace is over, and then nobody in a conversation believes it any more.
    world.vanishes(second);
    world.pass(Duration::from_secs(29));
    assert_eq!(world.frames(bea), Vec::<String>::new());
    world.pass(Duration::from_secs(2));
    let told = world.frames(bea);
    assert!(has(&told, "\"parted\""), "{told:?}");
    assert!(has(&told, "{\"away\":{\"nick\":\"ada\"}}"), "{told:?}");
    let back = hello(&mut world, "ada", &token);
    assert!(!world.text(back).contains("\"away\":{"), "it is not remembered");
}

#[test]
fn whoever_comes_back_is_told_that_another_session_ended_it() {
    let mut world = World::new();
    let first = world.connect(Dialect::Native);
    world.says(first, "{\"hello\":{\"version\":1,\"nick\":\"ada\"}}\n");
    let token = member(&world.text(first), "token");
    let second = hello(&mut world, "ada", &token);
    assert!(!has(&world.frames(second), "{\"away\""), "nobody has said anything of it");
    go_away(&mut world, first, "lunch");
    world.vanishes(first);
    world.says(second, "{\"away\":{}}\n");
    let back = hello(&mut world, "ada", &token);
    assert_eq!(world.frames(back)[1], "{\"away\":{\"nick\":\"ada\"}}");
}

#[test]
fn in_a_crowd_nothing_is_told_of_it_but_in_conversations() {
    let mut config = config();
    config.limits.presence_members_max = 2;
    let mut world = World::with(config);
    let (ada, bea, carl) = (world.native("ada"), world.native("bea"), world.native("carl"));
    world.pass(Duration::from_secs(2));
    world.says(bea, "{\"join\":{\"room\":\"@ada\"}}\n");
    world.forget();
    go_away(&mut world, ada, "lunch");
    assert_eq!(world.frames(bea), ["{\"away\":{\"nick\":\"ada\",\"text\":\"lunch\"}}"]);
    assert_eq!(world.frames(carl), Vec::<String>::new());
    let dora = world.connect(Dialect::Native);
    world.says(dora, "{\"hello\":{\"version\":1,\"nick\":\"dora\"}}\n");
    assert!(!world.text(dora).contains("lunch"));
    // The crowd goes; who comes then finds her away.
    world.says(carl, "{\"quit\":{}}\n");
    world.says(dora, "{\"quit\":{}}\n");
    world.says(bea, "{\"part\":{\"room\":\"lobby\"}}\n");
    world.pass(Duration::from_secs(2));
    world.forget();
    world.says(bea, "{\"join\":{\"room\":\"lobby\"}}\n");
    assert!(has(&world.frames(bea), "\"away\":{\"ada\":\"lunch\"}"));
}

#[test]
fn a_text_that_is_too_long_is_refused_and_going_away_all_the_time_is_too() {
    let mut world = World::new();
    let (ada, bea) = (world.native("ada"), world.native("bea"));
    world.forget();
    go_away(&mut world, ada, &"y".repeat(AWAY_BYTES_MAX + 1));
    assert!(world.text(ada).contains("\"too_long\""));
    go_away(&mut world, ada, &"y".repeat(AWAY_BYTES_MAX));
    assert!(world.text(ada).contains("\"away\""));
    for number in 0..200 {
        go_away(&mut world, ada, &format!("{number}"));
        world.pass(Duration::from_millis(50));
    }
    assert!(world.text(ada).contains("\"rate_limited\""));
    assert!(world.frames(bea).len() < 150);
}

#[test]
fn however_many_are_away_the_frame_of_a_room_keeps_its_bound() {
    let mut world = World::new();
    let text = "\\\"".repeat(AWAY_BYTES_MAX);
    for number in 0..80 {
        let one = world.native(&format!("member{number}"));
        go_away(&mut world, one, &text);
    }
    let ada = world.connect(Dialect::Native);
    world.says(ada, "{\"hello\":{\"version\":1,\"nick\":\"ada\"}}\n");
    let frames = world.frames(ada);
    let room = frames.last().unwrap();
    assert!(room.starts_with("{\"room\"") && room.contains("\"away\":{\"member0\""));
    assert!(!room.contains("\"member9\":"), "not all of them fit");
    assert!(room.len() > AWAY_LISTED_BYTES_MAX - AWAY_BYTES_MAX * 3);
    assert!(room.len() < AWAY_LISTED_BYTES_MAX + REST_BYTES_MAX);
    const { assert!(AWAY_LISTED_BYTES_MAX + REST_BYTES_MAX < SERVER_FRAME_BYTES_MAX) };
}

#[test]
fn nobody_is_away_on_the_tutorials_clients_and_nobody_there_is_told() {
    let mut world = World::new();
    let ada = world.native("ada");
    let ali = world.guest(Dialect::Nic, "ali");
    let gus = world.guest(Dialect::Prompt, "gus\n");
    world.forget();
    go_away(&mut world, ada, "lunch");
    world.says(ada, "{\"away\":{}}\n");
    world.pass(Duration::from_secs(1));
    assert_eq!(world.text(ali), "");
    assert_eq!(world.text(gus), "");
}
