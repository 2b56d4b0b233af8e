//! What is in the file: everything after a restart, nothing of what was taken back, and which files are refused.

use std::time::Duration;

use parlor_core::id::{IdentityId, MessageId};
use parlor_core::store::{Answer, Ask, Subject, Unread};
use parlor_core::time::Timestamp;
use parlor_core::vocabulary::Span;
use rusqlite::Connection;
use server::store::{Engine, FILE, Keep, Options, Retention};

use crate::world::*;

#[test]
fn a_restart_keeps_everything() {
    let mut world = World::new();
    let (ada, bob) = (world.arrive("ada", 1, 0), world.arrive("bob", 2, 0));
    let lobby = world.opened(Subject::Room { room: room("lobby"), founder: Some(ada) }).log;
    let direct = world.open_direct(bob, "ada").log;
    world.ask(say_once(lobby, ada, "one", "nonce", 7));
    world.append(lobby, ada, topic("books"));
    world.say(direct, bob, "hi");
    world.ask(Ask::Read { identity: ada, log: lobby, id: MessageId(1) });
    world.restart();
    let verified = world.come_back("ada", 1, 1);
    assert_eq!((verified.identity, verified.known), (ada, true));
    assert_eq!(verified.reads, [(lobby, MessageId(1))]);
    assert_eq!(verified.unread, [Unread { log: direct, peer: bob, nick: nick("bob") }]);
    assert_eq!(world.ask(verify("BOB", None, Some(3), 1)), Answer::NickTaken);
    let opened = world.opened(Subject::Room { room: room("lobby"), founder: None });
    assert_eq!((opened.log, opened.operator, opened.last), (lobby, Some(ada), MessageId(2)));
    assert_eq!(opened.topic.as_str(), "books");
    assert_eq!(world.open_direct(ada, "bob").log, direct);
    assert_eq!(world.texts(lobby), ["one", "topic books"]);
    let repeated = Answer::Appended { id: MessageId(1), at: Timestamp(7), repeated: true };
    assert_eq!(world.ask(say_once(lobby, ada, "one", "nonce", 8)), repeated);
    assert_eq!(world.say(lobby, ada, "two"), 3, "ids go on");
    assert_eq!(world.find(ada, &[lobby], "two").len(), 1);
    assert_eq!(world.find(ada, &[lobby], "one").len(), 1);
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

#[test]
fn an_edit_or_a_deletion_leaves_nothing_of_the_old_text_after_an_orderly_stop() {
    let mut world = World::new();
    let (ada, lobby) = (world.arrive("ada", 1, 0), world.open("lobby").log);
    world.say(lobby, ada, "xylophone first");
    world.say(lobby, ada, "zeppelin second");
    for n in 0..100 {
        world.say(lobby, ada, &format!("word{n} filler"));
    }
    world.restart();
    assert!(holds(&world.bytes(), "xylophone") && holds(&world.bytes(), "zeppelin"), "or this proves nothing");
    world.append(lobby, ada, edit(1, "marimba"));
    world.append(lobby, ada, delete(2));
    world.stop();
    let bytes = world.bytes();
    assert!(holds(&bytes, "marimba"));
    // The index cuts what neighbouring terms have in common off their front.
    for gone in ["xylophone", "ylophone", "zeppelin", "eppelin"] {
        assert!(!holds(&bytes, gone), "{gone}");
    }
    world.start();
    assert_eq!(world.texts(lobby)[0], "marimba");
}

#[test]
fn retention_cuts_from_the_front_a_little_at_a_time_and_nothing_of_it_is_found() {
    let keep = Keep { messages_max: Some(10), age_max: None };
    let retention = Retention { usual: keep, rooms: [("all".to_owned(), Keep::default())].into() };
    let mut world = World::with(Options { retention, ..Options::default() });
    let (ada, lobby, all) = (world.arrive("ada", 1, 0), world.open("lobby").log, world.open("ALL").log);
    for n in 1..=700 {
        world.say(lobby, ada, &format!("word{n}"));
        world.say(all, ada, "kept");
    }
    let mut steps = 0;
    while world.engine().let_go(Timestamp(0)) {
        steps += 1;
    }
    assert!(steps > 1, "in steps: {steps}");
    let opened = world.open("lobby");
    assert_eq!((opened.log, opened.first, opened.last), (lobby, MessageId(691), MessageId(700)), "ids stay");
    assert_eq!(world.page(lobby).len(), 10);
    assert!(world.find(ada, &[lobby], "word690").is_empty());
    assert_eq!(world.find(ada, &[lobby], "word691").len(), 1);
    assert_eq!(world.say(lobby, ada, "next"), 701);
    assert_eq!(world.open("all").first, MessageId(1), "a room of its own rule");
    world.stop();
    assert!(!holds(&world.bytes(), "word345"), "nor is it in the file");
}

#[test]
fn retention_by_age_goes_by_the_time_of_the_entries() {
    let keep = Keep { messages_max: None, age_max: Some(Duration::from_secs(24 * 3_600)) };
    let mut world =
        World::with(Options { retention: Retention { usual: keep, ..Retention::default() }, ..Options::default() });
    let (ada, lobby) = (world.arrive("ada", 1, 0), world.open("lobby").log);
    for at in [0, DAY / 2, DAY] {
        world.ask(append(lobby, ada, message("x"), at));
    }
    while world.engine().let_go(Timestamp(DAY + DAY / 2)) {}
    assert_eq!(world.open("lobby").first, MessageId(2));
    while world.engine().let_go(Timestamp(9 * DAY)) {}
    let opened = world.open("lobby");
    assert_eq!((opened.first, opened.last), (MessageId(4), MessageId(3)), "none is left");
    assert_eq!(
        world.ask(append(lobby, ada, message("x"), 0)),
        Answer::Appended { id: MessageId(4), at: Timestamp(DAY), repeated: false }
    );
}

fn refused(world: &World) -> String {
    let sentence = Engine::open(&world.path(), Options::default()).map(|_| ()).unwrap_err();
    assert!(sentence.ends_with('.') && sentence.lines().count() == 1, "{sentence}");
    assert!(sentence.contains(FILE), "{sentence}");
    sentence
}

#[test]
fn a_newer_database_is_refused_and_left_alone() {
    let mut world = World::new();
    world.stop();
    Connection::open(world.path()).unwrap().pragma_update(None, "user_version", 99).unwrap();
    let before = std::fs::read(world.path()).unwrap();
    assert!(refused(&world).contains("newer parlor-server"));
    assert_eq!(std::fs::read(world.path()).unwrap(), before);
}

#[test]
fn what_is_no_database_of_parlor_is_refused_and_left_alone() {
    let mut world = World::new();
    world.stop();
    std::fs::remove_file(world.path()).unwrap();
    Connection::open(world.path()).unwrap().execute_batch("CREATE TABLE other (x)").unwrap();
    let before = std::fs::read(world.path()).unwrap();
    assert!(refused(&world).contains("no database of Parlor"));
    assert_eq!(std::fs::read(world.path()).unwrap(), before);
    std::fs::write(world.path(), "just some text that is long enough to be looked at, but no database".repeat(50))
        .unwrap();
    assert!(refused(&world).contains("no database of Parlor"));
}

#[test]
fn a_damaged_database_is_told_in_a_sentence() {
    let mut world = World::new();
    world.stop();
    let mut bytes = std::fs::read(world.path()).unwrap();
    // Everything but the header of the file.
    bytes[100..].fill(0xa5);
    std::fs::write(world.path(), bytes).unwrap();
    assert!(refused(&world).contains("damaged"));
}

#[cfg(unix)]
#[test]
fn the_files_are_readable_by_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let mut world = World::new();
    world.open("lobby");
    for file in std::fs::read_dir(world.path().parent().unwrap()).unwrap() {
        let file = file.unwrap();
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{:?}", file.path());
    }
}

#[test]
fn other_search_terms_make_the_index_anew() {
    let mut world = World::new();
    let (ada, lobby) = (world.arrive("ada", 1, 0), world.open("lobby").log);
    world.say(lobby, ada, "apple");
    world.say(lobby, ada, "pear");
    world.append(lobby, ada, delete(2));
    world.stop();
    let db = Connection::open(world.path()).unwrap();
    db.execute_batch(
        "UPDATE fact SET value = 0 WHERE name = 'edition'; INSERT INTO words(words) VALUES ('delete-all');",
    )
    .unwrap();
    drop(db);
    world.start();
    assert_eq!(world.find(ada, &[lobby], "apple").len(), 1);
    assert_eq!(world.find(ada, &[lobby], "pear").len(), 0);
    let commits = world.commits();
    world.restart();
    assert_eq!(world.commits(), 0, "and once: {commits}");
}

#[test]
fn an_identity_that_is_nobodys_has_no_page() {
    let mut world = World::new();
    let lobby = world.open("lobby").log;
    let page = world.ask(Ask::History { log: lobby, span: Span::Latest, limit: 5 });
    assert_eq!(page, Answer::Page { entries: Vec::new(), has_more: false });
    assert_eq!(world.find(IdentityId(3), &[lobby], "x"), []);
}
