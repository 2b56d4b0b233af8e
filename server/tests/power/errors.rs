//! The disk fails.

use std::cell::Cell;
use std::path::Path;
use std::sync::Arc;

use frail_disk::{Change, Disk, FailedSync, Failure, Fault, Operation, PowerCut, Survival};

use crate::claims;
use crate::cuts::{checkpoint, scratch};
use crate::kept::Kept;
use crate::life::Life;

/// Entries in a life that is lived once for every error.
const ENTRIES: usize = 16;

/// How many errors were met, and how many questions were answered as failed.
#[derive(Debug, Default)]
struct Met {
    lives: u64,
    errors: u64,
    failed: usize,
    /// Power cuts at syncs after one that failed.
    cuts: u64,
}

/// Lives on a disk of which something was planned, asking again what fails; `look` has a look after each round. Now and
/// then somebody else brings the log into the database, so that it begins anew.
fn live_on(disk: &Arc<Disk>, home: &Path, look: impl Fn(&mut Kept, &Life)) -> (Kept, Life) {
    live_with(disk, home, look, || {
        // May fail with the disk.
        let _ = checkpoint(home, disk);
    })
}

fn live_with(disk: &Arc<Disk>, home: &Path, look: impl Fn(&mut Kept, &Life), now_and_then: impl Fn()) -> (Kept, Life) {
    // A store that cannot be opened says so, and can be opened later.
    let mut kept = (0..100).find_map(|_| Kept::open_on(home, Some(disk)).ok()).expect("the store opens again");
    let mut life = Life::begin(&mut kept, 7);
    look(&mut kept, &life);
    while life.stored.len() < ENTRIES {
        life.burst_stubbornly(&mut kept, 4, |kept, life| look(kept, life));
        if life.stored.len().is_multiple_of(3) {
            now_and_then();
        }
    }
    (kept, life)
}

/// Everything that was acknowledged can be read and found.
fn reading_goes_on(kept: &mut Kept, life: &Life) {
    for room in &life.rooms {
        assert_eq!(claims::read(kept, room.log), life.log(room.log, life.stored.len()));
    }
    claims::index_finds_all(kept, life, life.stored.len());
}

/// What holds after a life on a failing disk: after the end of the program, and after a power cut in its last moment.
/// Exactly what was acknowledged is there: what had failed was done again, and is there once.
fn all_is_kept(disk: &Disk, home: &Path, kept: Kept, life: &Life, seed: u64) {
    let position = disk.position();
    disk.heal();
    kept.close();
    let journal = disk.journal();
    let after = scratch();
    let (failed_sync, survival) = match seed % 4 {
        0 | 1 => (FailedSync::Forgets, Survival::Nothing),
        2 => (FailedSync::Forgets, Survival::Parts(seed)),
        _ => (FailedSync::Keeps, Survival::Parts(seed)),
    };
    let mut cut = PowerCut::with(&journal, failed_sync);
    cut.advance(position);
    cut.files(survival).write_to(after.path()).unwrap();
    assert_eq!(claims::whole_after(after.path(), life, position), life.stored.len());
    assert_eq!(claims::whole_after(home, life, position), life.stored.len());
}

/// The power is cut at every third sync that came after one that failed: what that one forgot was never relied on.
fn what_was_forgotten_is_not_missed(disk: &Disk, life: &Life) -> u64 {
    let journal = disk.journal();
    let failed = journal.iter().position(|change| matches!(change, Change::SyncFailed { .. }));
    let mut cut = PowerCut::with(&journal, FailedSync::Forgets);
    let after = scratch();
    let mut cuts = 0;
    for position in journal.syncs().filter(|&sync| failed.is_some_and(|failed| sync > failed)).step_by(3) {
        cut.advance(position);
        cut.files(Survival::Nothing).write_to(after.path()).unwrap();
        claims::whole_after(after.path(), life, position);
        cuts += 1;
    }
    cuts
}

/// How often this is done in a life on a disk that never fails.
fn calls(on: Operation) -> u64 {
    let (home, disk) = (scratch(), Arc::new(Disk::new()));
    let (kept, life) = live_on(&disk, home.path(), |_, _| {});
    assert_eq!(life.failed, 0, "nothing was wrong with the disk");
    kept.close();
    disk.calls(on)
}

/// Has so many of a life's operations of one kind fail, from each on that `step` comes to, one life each.
fn fail_from_each(on: Operation, failure: Failure, times: u64, step: usize) -> Met {
    let mut met = Met::default();
    for after in (0..calls(on)).step_by(step) {
        let (home, disk) = (scratch(), Arc::new(Disk::new()));
        disk.plan(Fault { on, after, times, failure });
        let seen = Cell::new(0);
        let (kept, life) = live_on(&disk, home.path(), |kept, life| {
            if life.failed > seen.replace(life.failed) && on != Operation::Read {
                reading_goes_on(kept, life);
            }
        });
        if ![Operation::Open, Operation::Read].contains(&on) {
            assert_eq!(life.unread, 0, "what fails together with others can be read all the same");
        }
        met.lives += 1;
        met.failed += life.failed;
        met.errors += disk.failed();
        all_is_kept(&disk, home.path(), kept, &life, after);
        met.cuts += if times == 1 { what_was_forgotten_is_not_missed(&disk, &life) } else { 0 };
    }
    println!("{on:?}, {times} at a time, {failure:?}: {met:?}");
    assert!(met.errors > 0, "{on:?} never failed");
    met
}

#[test]
fn each_write_may_fail_and_nothing_is_lost_and_storing_comes_back() {
    let met = fail_from_each(Operation::Write, Failure::Io, 1, 1);
    assert!(met.lives >= 200, "{met:?}");
    assert!(met.failed >= 100, "{met:?}");
}

#[test]
fn each_sync_may_fail_and_nothing_is_lost_and_storing_comes_back() {
    let met = fail_from_each(Operation::Sync, Failure::Io, 1, 1);
    assert!(met.lives >= 20, "{met:?}");
    assert!(met.failed >= 20, "{met:?}");
    assert!(met.cuts >= 50, "{met:?}");
    let met = fail_from_each(Operation::Sync, Failure::Io, 3, 1);
    assert!(met.failed >= 60, "{met:?}");
}

#[test]
fn each_opening_truncation_or_deletion_may_fail_and_nothing_is_lost() {
    for on in [Operation::Open, Operation::Truncate, Operation::Delete] {
        fail_from_each(on, Failure::Io, 1, 1);
    }
}

#[test]
fn each_read_may_fail_and_nothing_is_lost() {
    fail_from_each(Operation::Read, Failure::Io, 1, 1);
}

#[test]
fn many_writes_in_a_row_may_fail_for_want_of_room_and_storing_comes_back() {
    let met = fail_from_each(Operation::Write, Failure::Full, 9, 7);
    assert!(met.failed >= 100, "{met:?}");
}

#[test]
fn a_disk_that_is_gone_for_a_while_loses_nothing_and_storing_comes_back() {
    let mut met = Met::default();
    for after in 0..ENTRIES {
        let (home, disk, gone) = (scratch(), Arc::new(Disk::new()), Cell::new(false));
        let (kept, life) = live_on(&disk, home.path(), |_, life| {
            if life.stored.len() >= after && !gone.replace(true) {
                for on in Operation::ALL {
                    disk.plan(Fault { on, after: 0, times: u64::MAX, failure: Failure::Io });
                }
            } else if life.failed >= 10 {
                disk.heal();
            }
        });
        met.lives += 1;
        met.failed += life.failed;
        met.errors += disk.failed();
        all_is_kept(&disk, home.path(), kept, &life, after as u64);
    }
    println!("a disk that is gone for a while: {met:?}");
    assert!(met.failed >= 10 * ENTRIES / 2, "{met:?}");
}

#[test]
fn a_full_disk_turns_storing_off_while_reading_goes_on_and_storing_comes_back() {
    let mut met = Met::default();
    for room in (0..150_000).step_by(10_000) {
        let (home, disk, full) = (scratch(), Arc::new(Disk::new()), Cell::new(false));
        let look = |kept: &mut Kept, life: &Life| {
            reading_goes_on(kept, life);
            if !full.replace(true) {
                disk.leave_room(room);
            } else if life.failed > 20 {
                disk.heal();
            }
        };
        // A log that begins anew needs no room.
        let (kept, life) = live_with(&disk, home.path(), look, || {});
        assert_eq!(life.unread, 0, "reading goes on in the same breath");
        met.lives += u64::from(life.failed > 0);
        met.failed += life.failed;
        met.errors += disk.failed();
        all_is_kept(&disk, home.path(), kept, &life, room);
    }
    println!("a full disk: {met:?}");
    assert!(met.lives >= 10, "{met:?}");
    assert!(met.failed >= 200, "{met:?}");
}
