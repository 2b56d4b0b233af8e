//! Errors come when planned, with their code, and go when healed.

use std::path::Path;
use std::sync::{Arc, Mutex};

use frail_disk::{Change, Disk, Failure, Fault, Operation};
use rusqlite::ffi;
use rusqlite::{Connection, OpenFlags};

fn open(disk: &Disk, home: &Path) -> rusqlite::Result<Connection> {
    let db = Connection::open_with_flags_and_vfs(home.join("a.db"), OpenFlags::default(), disk.vfs())?;
    db.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE IF NOT EXISTS t (x)")?;
    Ok(db)
}

fn code(result: rusqlite::Result<usize>) -> Option<i32> {
    result.err().and_then(|error| error.sqlite_error().map(|error| error.extended_code))
}

fn insert(db: &Connection) -> rusqlite::Result<usize> {
    db.execute("INSERT INTO t VALUES (zeroblob(20000))", [])
}

fn rows(db: &Connection) -> u32 {
    db.query_row("SELECT count(*) FROM t", [], |row| row.get(0)).expect("reading goes on")
}

#[test]
fn a_write_fails_as_planned_once_and_the_row_is_not_there() {
    let home = tempfile::tempdir().unwrap();
    let disk = Disk::new();
    let db = open(&disk, home.path()).unwrap();
    for (failure, expected) in [(Failure::Full, ffi::SQLITE_FULL), (Failure::Io, ffi::SQLITE_IOERR_WRITE)] {
        let (before, failed) = (rows(&db), disk.failed());
        disk.plan(Fault { on: Operation::Write, after: 3, times: 1, failure });
        assert_eq!(code(insert(&db)), Some(expected));
        assert_eq!(disk.failed(), failed + 1);
        assert_eq!(rows(&db), before);
        insert(&db).unwrap();
        assert_eq!(rows(&db), before + 1);
    }
}

#[test]
fn a_sync_fails_until_it_is_healed_and_the_journal_says_so() {
    let home = tempfile::tempdir().unwrap();
    let disk = Disk::new();
    let db = open(&disk, home.path()).unwrap();
    disk.plan(Fault { on: Operation::Sync, after: 0, times: u64::MAX, failure: Failure::Io });
    for _ in 0..5 {
        assert_eq!(code(insert(&db)), Some(ffi::SQLITE_IOERR_FSYNC));
    }
    disk.heal();
    insert(&db).unwrap();
    assert_eq!(rows(&db), 1);
    assert_eq!(disk.failed(), 5);
    let told = disk.journal().iter().filter(|change| matches!(change, Change::SyncFailed { .. })).count();
    assert_eq!(told, 5);
}

#[test]
fn opening_truncating_and_deleting_fail_with_their_own_codes() {
    let home = tempfile::tempdir().unwrap();
    let disk = Disk::new();
    let always = |on| Fault { on, after: 0, times: u64::MAX, failure: Failure::Io };
    disk.plan(always(Operation::Open));
    let refused = open(&disk, home.path()).expect_err("it cannot be opened");
    assert_eq!(refused.sqlite_error_code(), Some(rusqlite::ErrorCode::CannotOpen));
    disk.heal();
    let db = open(&disk, home.path()).unwrap();
    insert(&db).unwrap();
    disk.plan(always(Operation::Truncate));
    assert_eq!(
        db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(0))
            .err()
            .and_then(|error| error.sqlite_error().map(|error| error.extended_code)),
        Some(ffi::SQLITE_IOERR_TRUNCATE)
    );
    disk.heal();
    let fresh =
        Connection::open_with_flags_and_vfs(home.path().join("a.db"), OpenFlags::default(), disk.vfs()).unwrap();
    disk.plan(always(Operation::Read));
    let refused = fresh.query_row("SELECT count(*) FROM t", [], |_| Ok(())).expect_err("nothing is cached yet");
    assert_eq!(refused.sqlite_error().map(|error| error.extended_code), Some(ffi::SQLITE_IOERR_READ));
    drop(fresh);
    disk.heal();
    disk.plan(always(Operation::Delete));
    drop(db);
    assert!(home.path().join("a.db-wal").exists(), "the log could not be deleted on closing");
    for on in Operation::ALL {
        assert!(disk.calls(on) > 0, "{on:?} was never called");
    }
}

#[test]
fn a_full_disk_takes_what_needs_no_more_room() {
    let home = tempfile::tempdir().unwrap();
    let disk = Disk::new();
    let db = open(&disk, home.path()).unwrap();
    insert(&db).unwrap();
    disk.leave_room(50_000);
    let stored = (0..10).take_while(|_| insert(&db).is_ok()).map(|_| 1).sum::<u32>();
    assert!((1..10).contains(&stored), "{stored} rows of 20 kB fit into 50 kB");
    assert_eq!(code(insert(&db)), Some(ffi::SQLITE_FULL));
    assert_eq!(rows(&db), stored + 1);
    disk.heal();
    insert(&db).unwrap();
    assert_eq!(rows(&db), stored + 2);
}

#[test]
fn connections_on_several_threads_share_one_disk() {
    let home = tempfile::tempdir().unwrap();
    let disk = Disk::new();
    let db = open(&disk, home.path()).unwrap();
    std::thread::scope(|scope| {
        let reader =
            Connection::open_with_flags_and_vfs(home.path().join("a.db"), OpenFlags::SQLITE_OPEN_READ_ONLY, disk.vfs())
                .unwrap();
        scope.spawn(move || {
            let mut seen = 0;
            while seen < 200 {
                let now = rows(&reader);
                assert!(now >= seen, "rows do not go away");
                seen = now;
            }
        });
        for _ in 0..200 {
            insert(&db).unwrap();
        }
    });
    assert_eq!(rows(&db), 200);
}

#[test]
fn before_each_sync_it_is_not_safe_yet() {
    let home = tempfile::tempdir().unwrap();
    let disk = Arc::new(Disk::new());
    let db = open(&disk, home.path()).unwrap();
    let positions = Arc::new(Mutex::new(Vec::new()));
    let (noting, weak) = (Arc::clone(&positions), Arc::downgrade(&disk));
    disk.before_sync(move || noting.lock().unwrap().extend(weak.upgrade().map(|disk| disk.position())));
    let start = disk.position();
    for _ in 0..3 {
        insert(&db).unwrap();
    }
    let journal = disk.journal();
    let syncs: Vec<_> = journal.syncs().filter(|&sync| sync >= start).collect();
    assert_eq!(*positions.lock().unwrap(), syncs);
    assert!(syncs.len() >= 3);
}
