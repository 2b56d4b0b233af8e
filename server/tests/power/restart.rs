//! A sync fails, the program ends, it starts again, and only then the power is cut.
//!
//! What such a sync left in the operating system's memory can be read until then, though it may never reach the disk
//! (<https://wiki.postgresql.org/wiki/Fsync_Errors>). A program that starts again must not build on it.

use std::path::Path;
use std::sync::Arc;

use frail_disk::{Disk, FailedSync, Failure, Fault, Journal, Operation, PowerCut, Survival};
use parlor_core::id::{LogId, MessageId};
use parlor_core::name::{Nick, RoomName};
use parlor_core::secret::SecretHash;
use parlor_core::store::{Answer, Append, Ask, Change, Subject};
use parlor_core::text::Body;
use parlor_core::time::Timestamp;

use crate::claims;
use crate::cuts::scratch;
use crate::kept::Kept;
use crate::life::{Life, verify};

/// Messages that are stored before the program ends, unless a sync fails earlier, and again after it.
const MESSAGES: u64 = 12;

/// One room, in which somebody counts.
struct Counting {
    log: LogId,
    append: Append,
}

impl Counting {
    fn open(kept: &mut Kept) -> Self {
        let nick = Nick::parse("ada").unwrap();
        assert!(matches!(kept.ask(Ask::Absent), Answer::Absent(_)));
        let token = SecretHash([1; 32]);
        let Answer::Verified(ada) = kept.ask(Ask::Verify(Box::new(verify(Some(token), token, &nick, 0)))) else {
            panic!("ada was refused");
        };
        let room = RoomName::parse("lobby").unwrap();
        let Answer::Opened(opened) = kept.ask(Ask::Open(Subject::Room { room, founder: None })) else {
            panic!("the room was not opened");
        };
        let change = Change::Message { text: Body::parse("0").unwrap(), action: false, reply_to: None };
        let (log, from, at) = (opened.log, ada.identity, Timestamp(0));
        Self { log, append: Append { log, from, nick, at, change, nonce: None, operator: false } }
    }

    /// Says a number; whether it was stored.
    fn say(&self, kept: &mut Kept, number: u64) -> Option<MessageId> {
        let text = Body::parse(&format!("{number} {}", "x".repeat(3_000))).unwrap();
        let change = Change::Message { text, action: false, reply_to: None };
        match kept.ask(Ask::Append(Box::new(Append { change, ..self.append.clone() }))) {
            Answer::Appended { id, .. } => Some(id),
            Answer::Failed => None,
            answer => panic!("an answer to another question: {answer:?}"),
        }
    }

    /// All numbers that stand in the log.
    fn said(&self, kept: &mut Kept) -> Vec<u64> {
        let number = |text: &Body| text.as_str().split(' ').next().and_then(|number| number.parse().ok());
        claims::read(kept, self.log)
            .iter()
            .map(|entry| match &entry.change {
                Some(Change::Message { text, .. }) => number(text).expect("a message begins with its number"),
                change => panic!("nobody did this: {change:?}"),
            })
            .collect()
    }
}

/// Counts until a sync has failed, then stops dead: what was stored, and what had been done to the disk.
fn until_a_sync_fails(after: u64) -> Option<(Vec<u64>, Journal)> {
    let (home, disk) = (scratch(), Arc::new(Disk::new()));
    let mut kept = Kept::open_on(home.path(), Some(&disk)).unwrap();
    let counting = Counting::open(&mut kept);
    disk.plan(Fault { on: Operation::Sync, after, times: 1, failure: Failure::Io });
    let stored: Vec<u64> = (1..=MESSAGES)
        .take_while(|_| disk.failed() == 0)
        .filter(|number| counting.say(&mut kept, *number).is_some())
        .collect();
    let journal = disk.journal();
    let happened = disk.failed() > 0;
    kept.close();
    happened.then_some((stored, journal))
}

/// The files as the operating system shows them.
fn shown(journal: &Journal, directory: &Path) {
    let mut cut = PowerCut::new(journal);
    cut.advance(journal.len());
    cut.files(Survival::Everything).write_to(directory).unwrap();
}

#[test]
fn what_a_failed_sync_left_behind_is_not_built_on_after_a_restart() {
    let (mut failed, mut in_doubt) = (0, 0);
    for after in 0.. {
        let Some((stored, journal)) = until_a_sync_fails(after) else { break };
        failed += 1;
        let (home, left) = (scratch(), scratch());
        shown(&journal, home.path());
        let disk = Arc::new(Disk::again(&journal, journal.len()));
        let mut kept = Kept::open_on(home.path(), Some(&disk)).unwrap();
        let counting = Counting::open(&mut kept);
        // What had failed may be there all the same; then it was seen, and stays.
        let mut safe = counting.said(&mut kept);
        assert!(safe.starts_with(&stored), "{stored:?} was acknowledged, {safe:?} is there");
        in_doubt += safe.len() - stored.len();
        for number in 100..100 + MESSAGES {
            assert_eq!(counting.say(&mut kept, number), Some(MessageId(safe.len() as u64 + 1)));
            safe.push(number);
            let journal = disk.journal();
            let mut cut = PowerCut::with(&journal, FailedSync::Forgets);
            cut.advance(journal.len());
            cut.files(Survival::Nothing).write_to(left.path()).unwrap();
            let mut kept = Kept::open(left.path()).unwrap();
            let found = Counting::open(&mut kept).said(&mut kept);
            assert_eq!(found, safe, "sync {after} failed; after the restart and a power cut");
            kept.close();
        }
        kept.close();
    }
    println!("{failed} failed syncs before a restart, after which {in_doubt} messages were there all the same");
    assert!(failed >= 10, "{failed}");
    assert!(in_doubt > 0, "no failed commit was seen after the restart: nothing was tested");
}

#[test]
fn a_store_that_starts_on_a_full_disk_can_be_read_and_stores_when_there_is_room() {
    let mut refused = 0;
    for seed in 0..4 {
        let (home, disk) = (scratch(), Arc::new(Disk::new()));
        let mut kept = Kept::open_on(home.path(), Some(&disk)).unwrap();
        let mut life = Life::begin(&mut kept, seed);
        while life.stored.len() < 40 {
            life.burst(&mut kept, 3);
        }
        let journal = disk.journal();
        kept.close();

        let home = scratch();
        shown(&journal, home.path());
        let disk = Arc::new(Disk::again(&journal, journal.len()));
        disk.plan(Fault { on: Operation::Write, after: 0, times: u64::MAX, failure: Failure::Full });
        let mut kept = Kept::open_on(home.path(), Some(&disk)).unwrap();
        life.burst_stubbornly(&mut kept, 3, |kept, life| {
            for room in &life.rooms {
                assert_eq!(claims::read(kept, room.log), life.log(room.log, life.stored.len()));
            }
            if life.failed > 5 {
                disk.heal();
            }
        });
        refused += life.failed;
        let position = disk.position();
        kept.close();
        assert_eq!(claims::whole_after(home.path(), &life, position), life.stored.len());
    }
    assert!(refused > 20, "{refused}");
}
