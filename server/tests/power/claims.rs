//! What must be true of a store after a mishap.

use std::collections::BTreeSet;
use std::path::Path;

use parlor_core::id::{IdentityId, LogId, MessageId};
use parlor_core::limits::PAGE_MAX;
use parlor_core::name::{Nick, RoomName};
use parlor_core::secret::SecretHash;
use parlor_core::store::{Answer, Append, Ask, Change, Cursor, Entry, Opened, Peer, Subject};
use parlor_core::text::Body;
use parlor_core::vocabulary::Span;

use crate::kept::Kept;
use crate::life::{self, EVERYWHERE, Life, verify};

/// Opens the store that a mishap left in a directory and claims: it holds the first so many of all entries that were
/// ever stored, all that were acknowledged up to `position` among them, each as it was; the index finds each; people
/// are who they were; a repeated nonce is known; storing goes on without a hole; and the file is sound.
///
/// Gives back how many entries there are.
pub(crate) fn whole_after(directory: &Path, life: &Life, position: usize) -> usize {
    let mut kept = Kept::open(directory).unwrap_or_else(|error| panic!("the store cannot be opened: {error}"));
    whoever_was_here_is_known(&mut kept, life, position);
    people_are_who_they_were(&mut kept, life, position);
    let entries = logs_are_a_prefix(&mut kept, life, position);
    assert!(entries >= life.acknowledged(position), "{entries} of {} are left", life.acknowledged(position));
    index_finds_all(&mut kept, life, entries);
    nonces_are_known(&mut kept, life, entries);
    storing_goes_on(&mut kept, life, entries);
    kept.close();
    file_is_sound(directory);
    entries
}

fn whoever_was_here_is_known(kept: &mut Kept, life: &Life, position: usize) {
    let Answer::Absent(absent) = kept.ask(Ask::Absent) else { panic!("who was here is not known") };
    for (who, person) in life.people.iter().enumerate() {
        let rooms = absent.iter().filter(|absentee| absentee.identity == person.identity).flat_map(|it| &it.rooms);
        let found: BTreeSet<_> = rooms.map(RoomName::as_str).collect();
        for room in &life.rooms {
            let Subject::Room { room: name, .. } = &room.subject else { continue };
            let changes: Vec<_> = life.present.iter().filter(|at| at.0 == who && at.1 == room.log).collect();
            let safe = changes.iter().rposition(|at| at.3 <= position);
            let mut possible =
                changes[safe.unwrap_or_default()..].iter().map(|at| at.2).chain(safe.is_none().then_some(false));
            let here = found.contains(name.as_str());
            assert!(possible.any(|it| it == here), "{:?} is in {}: {here}", person.nicks[0].0, name);
        }
    }
}

fn people_are_who_they_were(kept: &mut Kept, life: &Life, position: usize) {
    for (number, person) in life.people.iter().enumerate() {
        // The newest name that was acknowledged, or one that was asked for later.
        let safe = person.nicks.iter().filter(|(_, at)| *at <= position).count();
        let Some((nick, _)) = person.nicks[..safe].last() else { continue };
        let somebody = life.people[(number + 1) % life.people.len()].identity;
        let names = person.nicks[safe - 1..].iter();
        let held = names.filter(|(nick, _)| holder(kept, somebody, nick) == Some(person.identity)).count();
        assert_eq!(held, 1, "{nick} has lost that name");
        let fresh = SecretHash([200 + number as u8; 32]);
        let answer = kept.ask(Ask::Verify(Box::new(verify(Some(person.token), fresh, nick, life.now))));
        let Answer::Verified(verified) = answer else { panic!("{nick} was refused: {answer:?}") };
        assert!(verified.known, "the token of {nick} is not known");
        assert_eq!(verified.identity, person.identity, "{nick} is somebody else");
        for (_, log, id, _) in life.reads.iter().filter(|(who, _, _, at)| *who == number && *at <= position) {
            let read = verified.reads.iter().find(|(read, _)| read == log).map(|(_, id)| *id);
            assert!(read.unwrap_or_default() >= *id, "{nick} had read {log} up to {id:?}, not {read:?}");
        }
    }
}

/// The store's logs, as far as they are those of the life, hold the first so many of its entries: how many.
fn logs_are_a_prefix(kept: &mut Kept, life: &Life, position: usize) -> usize {
    let mut total = 0;
    let mut logs = Vec::new();
    for room in life.rooms.iter().filter(|room| room.position <= position) {
        let answer = kept.ask(Ask::Open(room.subject.clone()));
        let Answer::Opened(opened) = answer else { panic!("{:?} was not opened: {answer:?}", room.subject) };
        assert_eq!(opened.log, room.log, "{:?} is another log", room.subject);
        total += opened.last.0 as usize;
        logs.push(*opened);
    }
    for opened in logs {
        let expected = life.log(opened.log, total);
        let found = read(kept, opened.log);
        assert_eq!(expected.len(), opened.last.0 as usize, "the log ends elsewhere");
        assert_eq!(found, expected, "log {} of {total} entries in all", opened.log);
        assert_eq!(opened.first, MessageId(1));
        for (log, id, at) in &life.shown {
            assert!(*log != opened.log || *at > position || *id <= opened.last, "{id:?} was shown and is gone");
        }
        topic_is_the_last(&opened, &expected);
    }
    total
}

fn topic_is_the_last(opened: &Opened, entries: &[Entry]) {
    let mut topics = entries.iter().filter_map(|entry| match &entry.change {
        Some(Change::Topic(topic)) => Some(topic.as_str()),
        _ => None,
    });
    assert_eq!(opened.topic.as_str(), topics.next_back().unwrap_or_default());
}

/// The whole log, in pages.
pub(crate) fn read(kept: &mut Kept, log: LogId) -> Vec<Entry> {
    let mut all: Vec<Entry> = Vec::new();
    loop {
        let span = Span::After(all.last().map_or(MessageId(0), |entry| entry.id));
        let Answer::Page { entries, has_more } = kept.ask(Ask::History { log, span, limit: PAGE_MAX }) else {
            panic!("log {log} cannot be read");
        };
        all.extend(entries);
        if !has_more {
            return all;
        }
    }
}

/// A search finds the messages that stand, and nothing else.
pub(crate) fn index_finds_all(kept: &mut Kept, life: &Life, entries: usize) {
    let logs: Vec<_> = life.rooms.iter().map(|room| room.log).collect();
    let mut expected = BTreeSet::new();
    let mut last_word = None;
    for log in &logs {
        for entry in life.log(*log, entries) {
            if let Some(Change::Message { text, .. }) = &entry.change {
                last_word = text.as_str().split(' ').nth(1).map(|word| (*log, entry.id, word.to_owned()));
                expected.insert((*log, entry.id));
            }
        }
    }
    assert_eq!(search(kept, &logs, EVERYWHERE), expected, "the index does not agree with the log");
    if let Some((log, id, word)) = last_word {
        assert_eq!(search(kept, &logs, &word), [(log, id)].into(), "{word}");
    }
}

/// All messages that a search finds, page by page.
pub(crate) fn search(kept: &mut Kept, logs: &[LogId], query: &str) -> BTreeSet<(LogId, MessageId)> {
    let mut found = BTreeSet::new();
    let mut before: Option<Cursor> = None;
    loop {
        let search = life::search(logs, query, before, PAGE_MAX);
        let Answer::Found { hits, cursor } = kept.ask(Ask::Search(Box::new(search))) else {
            panic!("{query} cannot be searched for");
        };
        for hit in hits {
            assert!(found.insert((hit.log, hit.entry.id)), "{query} is found twice in {:?}", hit.entry);
        }
        match cursor {
            Some(cursor) => before = Some(cursor),
            None => return found,
        }
    }
}

fn nonces_are_known(kept: &mut Kept, life: &Life, entries: usize) {
    let newest = life.stored[..entries].iter().rev().take(4);
    let oldest = life.stored[..entries].iter().take(2);
    for stored in newest.chain(oldest) {
        let answer = kept.ask(Ask::Append(Box::new(stored.append.clone())));
        assert_eq!(answer, Answer::Appended { id: stored.id, at: stored.at, repeated: true });
    }
}

fn storing_goes_on(kept: &mut Kept, life: &Life, entries: usize) {
    let Some(last) = life.stored[..entries].last() else { return };
    let before = life.stored[..entries].iter().filter(|stored| stored.log == last.log).count() as u64;
    for more in 1..=2 {
        let text = Body::parse(&format!("life goes on, encore{more}")).unwrap();
        let append = Append {
            change: Change::Message { text, action: false, reply_to: None },
            nonce: None,
            ..last.append.clone()
        };
        let Answer::Appended { id, at, repeated } = kept.ask(Ask::Append(Box::new(append))) else {
            panic!("nothing can be stored any more");
        };
        assert_eq!(id, MessageId(before + more));
        assert!(at >= last.at);
        assert!(!repeated);
        assert_eq!(search(kept, &[last.log], &format!("encore{more}")), [(last.log, id)].into());
    }
}

/// SQLite finds nothing wrong with the file, of the index neither.
pub(crate) fn file_is_sound(directory: &Path) {
    let db = rusqlite::Connection::open(directory.join(server::store::FILE)).unwrap();
    let verdict: String = db.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(verdict, "ok");
}

/// Who has this name, as somebody else finds them.
fn holder(kept: &mut Kept, me: IdentityId, nick: &Nick) -> Option<IdentityId> {
    match kept.ask(Ask::Open(Subject::Direct { me, peer: Peer::Named(nick.clone()) })) {
        Answer::Opened(opened) => opened.peer.map(|(identity, _)| identity),
        Answer::NoSuchNick => None,
        answer => panic!("{nick} cannot be looked for: {answer:?}"),
    }
}
