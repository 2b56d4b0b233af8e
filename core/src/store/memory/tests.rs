//! Claims about the store: numbering, pages, nonces, names, and what is forgotten.

use super::*;
use crate::secret::SecretHash;
use crate::store::{Append, Change, Verified, Verify};
use crate::vocabulary::Span;
use alloc::format;
use alloc::vec::Vec;

const DAY: i64 = 24 * 3_600_000;

fn store(limits: MemoryLimits) -> MemoryStore {
    MemoryStore::new(limits, [1; 32], None)
}

fn verify(store: &mut MemoryStore, nick: &str, token: u8, presented: bool, at: i64) -> Answer {
    let token = SecretHash([token; 32]);
    let presented = presented.then_some(token);
    let nick = Nick::parse(nick).unwrap();
    let fresh = Some(token);
    store.answer(Ask::Verify(Box::new(Verify { presented, fresh, nick, password: None, at: Timestamp(at) })))
}

fn arrive(store: &mut MemoryStore, nick: &str, token: u8, at: i64) -> IdentityId {
    match verify(store, nick, token, false, at) {
        Answer::Verified(found) if !found.known => found.identity,
        other => panic!("{nick} is let in: {other:?}"),
    }
}

fn open(store: &mut MemoryStore, room: &str) -> Box<Opened> {
    let room = RoomName::parse(room).unwrap();
    match store.answer(Ask::Open(Subject::Room { room, founder: None })) {
        Answer::Opened(opened) => opened,
        other => panic!("it opens: {other:?}"),
    }
}

fn say(store: &mut MemoryStore, log: LogId, text: &str, nonce: Option<&str>, at: i64) -> Answer {
    let change = Change::Message { text: crate::text::Body::parse(text).unwrap(), action: false, reply_to: None };
    let (from, nick) = (IdentityId(1), Nick::parse("ada").unwrap());
    let nonce = nonce.map(|nonce| Tag::parse(nonce).unwrap());
    store.answer(Ask::Append(Box::new(Append { log, from, nick, at: Timestamp(at), change, nonce, operator: false })))
}

fn page(store: &mut MemoryStore, log: LogId, span: Span, limit: u32) -> (Vec<u64>, bool) {
    match store.answer(Ask::History { log, span, limit }) {
        Answer::Page { entries, has_more } => (entries.iter().map(|entry| entry.id.0).collect(), has_more),
        other => panic!("it is read: {other:?}"),
    }
}

#[test]
fn ids_have_no_holes_and_time_does_not_run_back() {
    let mut store = store(MemoryLimits::default());
    let log = open(&mut store, "lobby").log;
    for (n, at) in [(1, 50), (2, 40), (3, 60)] {
        let stamped = Timestamp(if at == 40 { 50 } else { at });
        let expected = Answer::Appended { id: MessageId(n), at: stamped, repeated: false };
        assert_eq!(say(&mut store, log, "x", None, at), expected);
    }
    assert_eq!(open(&mut store, "LOBBY").last, MessageId(3));
}

#[test]
fn pages_are_ascending_and_say_whether_there_is_more() {
    let mut store = store(MemoryLimits { entries_per_log: 5, ..MemoryLimits::default() });
    let log = open(&mut store, "lobby").log;
    for _ in 0..8 {
        say(&mut store, log, "x", None, 1);
    }
    assert_eq!(open(&mut store, "lobby").first, MessageId(4), "retention cuts from the front");
    assert_eq!(page(&mut store, log, Span::Latest, 2), (alloc::vec![7, 8], true));
    assert_eq!(page(&mut store, log, Span::Before(MessageId(7)), 9), (alloc::vec![4, 5, 6], false));
    assert_eq!(page(&mut store, log, Span::After(MessageId(5)), 2), (alloc::vec![6, 7], true));
    assert_eq!(page(&mut store, log, Span::After(MessageId(u64::MAX)), 2), (alloc::vec![], false));
    assert_eq!(page(&mut store, log, Span::Before(MessageId(0)), 2), (alloc::vec![], false));
}

#[test]
fn a_nonce_is_remembered_for_a_day() {
    let mut store = store(MemoryLimits::default());
    let log = open(&mut store, "lobby").log;
    let first = say(&mut store, log, "x", Some("n"), 0);
    let again = Answer::Appended { id: MessageId(1), at: Timestamp(0), repeated: true };
    assert_eq!(first, Answer::Appended { id: MessageId(1), at: Timestamp(0), repeated: false });
    assert_eq!(say(&mut store, log, "x", Some("n"), DAY), again);
    let later = Answer::Appended { id: MessageId(2), at: Timestamp(DAY + 1), repeated: false };
    assert_eq!(say(&mut store, log, "x", Some("n"), DAY + 1), later);
}

#[test]
fn a_nickname_is_held_for_thirty_days_of_absence() {
    let mut store = store(MemoryLimits::default());
    let ada = arrive(&mut store, "ada", 1, 0);
    assert_eq!(verify(&mut store, "Ada", 2, false, 90 * DAY), Answer::NickTaken, "whoever is here keeps it");
    store.answer(Ask::Seen { identity: ada, at: Timestamp(0) });
    assert_eq!(verify(&mut store, "Ada", 2, false, 30 * DAY - 1), Answer::NickTaken);
    let known = Verified { identity: ada, known: true, reads: Vec::new(), unread: Vec::new() };
    let known = Answer::Verified(Box::new(known));
    assert_eq!(verify(&mut store, "ada", 1, true, 30 * DAY - 1), known);
    store.answer(Ask::Seen { identity: ada, at: Timestamp(30 * DAY) });
    arrive(&mut store, "Ada", 2, 60 * DAY);
}

#[test]
fn what_is_in_use_is_not_forgotten_for_what_is_new() {
    let mut store = store(MemoryLimits { logs: 3, identities: 2, ..MemoryLimits::default() });
    let lobby = open(&mut store, "lobby").log;
    for n in 0..10 {
        let log = open(&mut store, &format!("junk{n}")).log;
        store.answer(Ask::Closed { log });
    }
    assert_eq!(
        say(&mut store, lobby, "still here", None, 0),
        Answer::Appended { id: MessageId(1), at: Timestamp(0), repeated: false }
    );
    let ada = arrive(&mut store, "ada", 1, 0);
    for n in 2..10 {
        let other = arrive(&mut store, &format!("x{n}"), n, 1);
        store.answer(Ask::Seen { identity: other, at: Timestamp(1) });
    }
    let nick = Nick::parse("ada2").unwrap();
    assert_eq!(store.answer(Ask::Rename { identity: ada, nick }), Answer::Done);
}

#[test]
fn text_is_bounded_in_all_logs_together() {
    let mut store = store(MemoryLimits { text_bytes: 10_000, ..MemoryLimits::default() });
    let (one, two) = (open(&mut store, "one").log, open(&mut store, "two").log);
    for _ in 0..100 {
        say(&mut store, one, &"x".repeat(500), None, 0);
        say(&mut store, two, &"x".repeat(500), None, 0);
    }
    assert!(store.text_bytes <= 10_000 + 1_000, "{}", store.text_bytes);
    assert_eq!(open(&mut store, "one").last, MessageId(100));
}
