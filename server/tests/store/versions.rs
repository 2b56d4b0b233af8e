//! A database that any earlier version of the program has left is opened, and everything is in it.
//!
//! `version-N.db` was made by the code of schema version N, which played [`story`] with it. When the schema changes, the
//! program as it was makes the file before: `PARLOR_FIXTURE=FILE cargo test -p server --test store the_story`.

use std::fs;
use std::path::Path;

use parlor_core::id::{IdentityId, MessageId};
use parlor_core::store::{Answer, Ask, Subject};
use parlor_core::time::Timestamp;
use rusqlite::Connection;
use server::store::schema::VERSION;

use crate::world::*;

const KEPT: [&[u8]; 1] = [include_bytes!("version-1.db")];

/// Everything that there is to store.
fn story(world: &mut World) {
    let (ada, bob) = (world.arrive("ada", 1, 0), world.arrive("علی", 2, 0));
    world.ask(verify("guest", None, None, 0));
    let lobby = world.opened(Subject::Room { room: room("Salon"), founder: Some(ada) }).log;
    let direct = world.open_direct(bob, "ada").log;
    world.ask(say_once(lobby, ada, "می‌خواهم کتاب", "nonce", 7));
    world.append(lobby, ada, topic("books"));
    world.say(lobby, bob, "first");
    world.append(lobby, bob, edit(3, "second"));
    world.say(lobby, bob, "third");
    world.append(lobby, bob, delete(5));
    world.say(direct, bob, "hi");
    world.ask(Ask::Read { identity: ada, log: lobby, id: MessageId(4) });
    world.ask(Ask::Present { identity: bob, log: lobby, here: true });
    world.ask(Ask::Seen { identity: ada, at: Timestamp(9) });
    world.stop();
    Connection::open(world.path()).unwrap().execute_batch("VACUUM").unwrap();
}

/// What stands there afterwards.
fn claim_told(world: &mut World) {
    let verified = world.come_back("ada", 1, 10);
    let (ada, bob) = (verified.identity, IdentityId(2));
    let opened = world.opened(Subject::Room { room: room("salon"), founder: None });
    let (lobby, direct) = (opened.log, world.open_direct(ada, "علی").log);
    assert_eq!((opened.operator, opened.first, opened.last), (Some(ada), MessageId(1), MessageId(6)));
    assert_eq!(opened.topic.as_str(), "books");
    assert_eq!(verified.reads, [(lobby, MessageId(4))]);
    assert_eq!(verified.unread.iter().map(|unread| unread.log).collect::<Vec<_>>(), [direct]);
    assert_eq!(world.texts(lobby), ["می‌خواهم کتاب", "topic books", "second", "second", "-", "delete 5"]);
    assert_eq!(world.texts(direct), ["hi"]);
    let repeated = Answer::Appended { id: MessageId(1), at: Timestamp(7), repeated: true };
    assert_eq!(world.ask(say_once(lobby, ada, "می‌خواهم کتاب", "nonce", 8)), repeated);
    for (query, found) in [("میخواهم", 1), ("second", 1), ("first", 0), ("third", 0), ("hi", 1)] {
        assert_eq!(world.find(ada, &[lobby], query).len(), found, "{query}");
    }
    let Answer::Absent(absentees) = world.ask(Ask::Absent) else { panic!("it is told who was here") };
    assert_eq!(absentees.iter().map(|absentee| absentee.identity).collect::<Vec<_>>(), [bob]);
    assert!(world.arrive("new", 9, 10) > IdentityId(3), "the guest's number does not come again");
    assert_eq!(world.say(lobby, ada, "next"), 7);
}

#[test]
fn the_story_is_there_after_it_was_told() {
    let mut world = World::new();
    story(&mut world);
    if let Some(fixture) = std::env::var_os("PARLOR_FIXTURE") {
        fs::copy(world.path(), Path::new(&fixture)).unwrap();
    }
    world.start();
    claim_told(&mut world);
}

#[test]
fn a_database_of_every_earlier_version_is_brought_up_to_date_with_everything_in_it() {
    assert_eq!(KEPT.len(), VERSION, "each version has left a file");
    for (before, kept) in KEPT.iter().enumerate() {
        let mut world = World::new();
        world.stop();
        fs::write(world.path(), kept).unwrap();
        let version = |world: &World| -> usize {
            Connection::open(world.path()).unwrap().pragma_query_value(None, "user_version", |row| row.get(0)).unwrap()
        };
        assert_eq!(version(&world), before + 1);
        world.start();
        claim_told(&mut world);
        world.stop();
        assert_eq!(version(&world), VERSION);
    }
}
