//! What is one transaction, and what happens when it fails.

use std::time::Duration;

use parlor_core::id::{IdentityId, MessageId, Ticket};
use parlor_core::store::{Answer, Ask};
use parlor_core::time::Timestamp;
use parlor_core::vocabulary::Span;
use parlor_transport_tcp::hub_loop::Store;
use server::store::{DurableStore, FILE, Opened, Options};

use crate::world::*;

/// After this long, what is waited for does not come any more.
const PATIENCE: Duration = Duration::from_secs(60);

#[test]
fn what_comes_together_is_committed_once() {
    let mut world = World::new();
    let (ada, lobby) = (world.arrive("ada", 1, 0), world.open("lobby").log);
    let before = world.commits();
    let answers = world.ask_all((0..300).map(|_| append(lobby, ada, message("x"), 0)).collect());
    assert_eq!(world.commits(), before + 1);
    for (at, answer) in answers.iter().enumerate() {
        assert!(matches!(answer, Answer::Appended { id, .. } if id.0 == at as u64 + 1), "{answer:?}");
    }
}

#[test]
fn answers_that_hold_much_are_given_before_there_are_more() {
    let mut world = World::new();
    let (ada, lobby) = (world.arrive("ada", 1, 0), world.open("lobby").log);
    let long = "x".repeat(8_000);
    world.ask_all((0..40).map(|_| append(lobby, ada, message(&long), 0)).collect());
    let before = world.commits();
    let read = || Ask::History { log: lobby, span: Span::Latest, limit: 1_000 };
    let mut asks = vec![append(lobby, ada, message("x"), 0)];
    asks.extend((0..100).map(|_| read()));
    asks.push(append(lobby, ada, message("x"), 0));
    let answers = world.ask_all(asks);
    assert_eq!(world.commits(), before + 2);
    assert!(matches!(answers[101], Answer::Appended { id: MessageId(42), .. }));
}

#[test]
fn reading_commits_nothing() {
    let mut world = World::new();
    let (ada, lobby) = (world.arrive("ada", 1, 0), world.open("lobby").log);
    world.say(lobby, ada, "x");
    let before = world.commits();
    world.open("lobby");
    world.page(lobby);
    world.find(ada, &[lobby], "x");
    world.ask(Ask::Closed { log: lobby });
    assert_eq!(world.commits(), before);
}

#[test]
fn what_was_written_before_in_the_same_transaction_is_read() {
    let mut world = World::new();
    let (ada, lobby) = (world.arrive("ada", 1, 0), world.open("lobby").log);
    let asks = vec![
        append(lobby, ada, message("apple"), 0),
        Ask::History { log: lobby, span: Span::Latest, limit: 5 },
        search(ada, &[lobby], "apple", None, 5),
        append(lobby, ada, edit(1, "pear"), 0),
        search(ada, &[lobby], "apple", None, 5),
        search(ada, &[lobby], "pear", None, 5),
    ];
    let found = |answer: &Answer| match answer {
        Answer::Found { hits, .. } => hits.len(),
        Answer::Page { entries, .. } => entries.len(),
        _ => usize::MAX,
    };
    let answers = world.ask_all(asks);
    assert_eq!([1, 2, 4, 5].map(|at| found(&answers[at])), [1, 1, 0, 1]);
}

#[test]
fn a_question_that_breaks_a_rule_of_the_tables_fails_alone() {
    let mut world = World::new();
    let (ada, lobby) = (world.arrive("ada", 1, 0), world.open("lobby").log);
    let answers = world.ask_all(vec![
        append(lobby, ada, message("one"), 0),
        // A token that somebody has: the system's random numbers never repeat one.
        verify("eve", None, Some(1), 0),
        append(lobby, ada, message("two"), 0),
    ]);
    assert_eq!(answers[1], Answer::Failed);
    assert!(matches!(answers[0], Answer::Appended { id: MessageId(1), .. }));
    assert!(matches!(answers[2], Answer::Appended { id: MessageId(2), .. }));
    assert_eq!(world.texts(lobby), ["one", "two"]);
    world.arrive("eve", 2, 0);
}

#[test]
fn a_commit_that_fails_burns_no_id_while_reading_goes_on_and_it_comes_back_by_itself() {
    let mut world = World::new();
    let (ada, lobby) = (world.arrive("ada", 1, 0), world.open("lobby").log);
    world.say(lobby, ada, "one");
    // Another program holds the file for longer than a question waits.
    let other = rusqlite::Connection::open(world.path()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let answers = world.ask_all(vec![
        append(lobby, ada, message("two"), 0),
        Ask::History { log: lobby, span: Span::Latest, limit: 5 },
        append(lobby, ada, message("three"), 0),
        verify("ada", Some(1), None, 5),
        verify("eve", None, Some(2), 5),
    ]);
    assert_eq!([&answers[0], &answers[2], &answers[4]], [&Answer::Failed; 3]);
    assert!(matches!(&answers[1], Answer::Page { entries, .. } if entries.len() == 1), "{answers:?}");
    assert!(matches!(&answers[3], Answer::Verified(_)), "whoever is known is let in: {answers:?}");
    other.execute_batch("ROLLBACK").unwrap();
    assert_eq!(world.say(lobby, ada, "two"), 2);
    assert_eq!(world.texts(lobby), ["one", "two"]);
}

#[test]
fn notes_that_cannot_be_stored_are_stored_with_what_comes_next() {
    let mut world = World::new();
    let (ada, bob) = (world.arrive("ada", 1, 0), world.arrive("bob", 2, 0));
    let lobby = world.open("lobby").log;
    world.say(lobby, bob, "one");
    world.ask(Ask::Present { identity: ada, log: lobby, here: true });
    let other = rusqlite::Connection::open(world.path()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    world.ask_all(vec![
        Ask::Read { identity: ada, log: lobby, id: MessageId(1) },
        Ask::Present { identity: ada, log: lobby, here: false },
        Ask::Present { identity: bob, log: lobby, here: false },
        Ask::Seen { identity: ada, at: Timestamp(5) },
    ]);
    other.execute_batch("ROLLBACK").unwrap();
    let before = world.commits();
    world.page(lobby);
    assert_eq!(world.commits(), before, "reading alone commits nothing");
    // What comes after a note goes before it.
    world.ask(Ask::Present { identity: bob, log: lobby, here: true });
    world.restart();
    let Answer::Absent(absentees) = world.ask(Ask::Absent) else { panic!() };
    assert_eq!(absentees.iter().map(|absentee| absentee.identity).collect::<Vec<_>>(), [bob]);
    assert_eq!(world.come_back("ada", 1, 10).reads, [(lobby, MessageId(1))]);
}

#[test]
fn notes_that_could_not_be_stored_are_stored_at_the_end() {
    let mut world = World::new();
    let ada = world.arrive("ada", 1, 0);
    let other = rusqlite::Connection::open(world.path()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    assert_eq!(world.ask(Ask::Seen { identity: ada, at: Timestamp(5) }), Answer::Failed);
    other.execute_batch("ROLLBACK").unwrap();
    drop(other);
    world.restart();
    // Whoever is gone for a month loses the name.
    world.arrive("Ada", 3, 31 * DAY);
}

#[test]
fn every_question_is_answered_once_in_order_and_what_gathers_shares_commits() {
    const QUESTIONS: u64 = 5_000;
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join(FILE);
    let Opened { mut store, answers } = DurableStore::open(&path, Options::default()).unwrap();
    let next = || {
        let next = async { Some(answers.recv().await.unwrap()) };
        let late = async {
            smol::Timer::after(PATIENCE).await;
            None
        };
        smol::block_on(smol::future::or(next, late)).expect("an answer comes")
    };
    let open =
        |room: &str| Ask::Open(parlor_core::store::Subject::Room { room: crate::world::room(room), founder: None });
    assert_eq!(store.ask(Ticket(0), open("lobby")), None);
    let Answer::Opened(lobby) = next().1 else { panic!() };
    for ticket in 1..=QUESTIONS {
        assert_eq!(store.ask(Ticket(ticket), append(lobby.log, IdentityId(1), message("hello"), 0)), None);
    }
    for ticket in 1..=QUESTIONS {
        let (answered, answer) = next();
        assert_eq!(answered, Ticket(ticket));
        assert!(matches!(answer, Answer::Appended { id, .. } if id.0 == ticket), "{answer:?}");
    }
    assert_eq!(store.ask(Ticket(9_998), search(IdentityId(1), &[lobby.log], "hello", None, 50)), None);
    assert!(matches!(next(), (Ticket(9_998), Answer::Found { hits, .. }) if hits.len() == 50));
    // Asked and not waited for: closing waits for it.
    assert_eq!(store.ask(Ticket(9_999), append(lobby.log, IdentityId(1), message("last"), 0)), None);
    drop(store);
    assert!(matches!(next(), (Ticket(9_999), Answer::Appended { .. })));
    assert!(answers.recv_blocking().is_err(), "and that is all");
    let left: Vec<_> = std::fs::read_dir(home.path()).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert_eq!(left, [FILE], "closed in order, the database is one file");
}

#[test]
fn more_questions_than_may_wait_are_refused_at_once() {
    let home = tempfile::tempdir().unwrap();
    let options = Options { questions_max: 0, ..Options::default() };
    let Opened { mut store, .. } = DurableStore::open(&home.path().join(FILE), options).unwrap();
    assert_eq!(store.ask(Ticket(1), Ask::Absent), Some(Answer::Failed));
}
