//! Rows are used once, whatever is let go.

use std::time::Duration;

use parlor_core::id::IdentityId;
use parlor_core::store::Answer;
use parlor_core::time::Timestamp;
use server::store::{Keep, Options, Retention};

use crate::world::*;

/// A store that keeps everything for a day.
fn for_a_day() -> World {
    let usual = Keep { age_max: Some(Duration::from_secs(24 * 3_600)), ..Keep::default() };
    World::with(Options { retention: Retention { usual, ..Retention::default() }, ..Options::default() })
}

#[test]
fn what_has_a_nonce_is_stored_although_the_newest_entries_were_let_go() {
    let mut world = for_a_day();
    let (lobby, ada) = (world.open("lobby").log, IdentityId(1));
    let say = |world: &mut World, round: i64, at: i64| {
        for nonce in 0..20 {
            let answer = world.ask(say_once(lobby, ada, "word", &format!("{round}-{nonce}"), at));
            assert!(matches!(answer, Answer::Appended { repeated: false, .. }), "{answer:?}");
        }
    };
    for round in 0..3 {
        say(&mut world, round, 3 * round * DAY);
        let before = world.find(ada, &[lobby], "word")[0].cursor;
        while world.engine().let_go(Timestamp(3 * (round + 1) * DAY)) {}
        assert!(world.page(lobby).is_empty());
        world.restart();
        say(&mut world, round + 100, 3 * (round + 1) * DAY - 1);
        let hits = world.find(ada, &[lobby], "word");
        assert!(hits.iter().all(|hit| hit.cursor > before), "a row is used once");
    }
}

#[test]
fn rows_are_used_once_where_nothing_else_tells_which_were() {
    let mut world = for_a_day();
    let (lobby, ada) = (world.open("lobby").log, IdentityId(1));
    world.say(lobby, ada, "word");
    world.say(lobby, ada, "word");
    let before = world.find(ada, &[lobby], "word")[0].cursor;
    while world.engine().let_go(Timestamp(3 * DAY)) {}
    world.restart();
    world.say(lobby, ada, "word");
    assert!(world.find(ada, &[lobby], "word")[0].cursor > before);
}

#[test]
fn old_nonces_are_forgotten_although_a_clock_was_once_ahead() {
    let mut world = World::new();
    let (ahead, lobby, ada) = (world.open("ahead").log, world.open("lobby").log, IdentityId(1));
    world.ask(say_once(ahead, ada, "word", "ahead", 900 * DAY));
    for day in 0..3 {
        for nonce in 0..20 {
            world.ask(say_once(lobby, ada, "word", &format!("{day}-{nonce}"), 2 * day * DAY));
        }
    }
    let db = rusqlite::Connection::open(world.path()).unwrap();
    let old: i64 = db.query_row("SELECT count(*) FROM nonce WHERE at < ?1", [3 * DAY], |row| row.get(0)).unwrap();
    assert_eq!(old, 0);
}
