//! What SQLite promises of power cuts, seen through the disk; and that the disk shows where nothing is promised.

use std::path::Path;

use frail_disk::{Disk, FailedSync, Failure, Fault, Journal, Operation, PowerCut, Survival};
use rusqlite::{Connection, OpenFlags};

/// A load on one table, and where in the journal each row was known to be stored.
struct Load {
    journal: Journal,
    acknowledged: Vec<usize>,
}

fn run(pragmas: &str, rows: usize, fault: Option<Fault>) -> Load {
    let home = tempfile::tempdir().unwrap();
    let disk = Disk::new();
    let db = Connection::open_with_flags_and_vfs(home.path().join("a.db"), OpenFlags::default(), disk.vfs()).unwrap();
    db.execute_batch(pragmas).unwrap();
    db.execute_batch("CREATE TABLE t (id INTEGER PRIMARY KEY, x BLOB)").unwrap();
    let mut acknowledged = Vec::new();
    if let Some(fault) = fault {
        disk.plan(fault);
    }
    while acknowledged.len() < rows {
        let size = [100, 1000, 5000, 20_000][acknowledged.len() % 4];
        if db.execute("INSERT INTO t (x) VALUES (zeroblob(?1))", [size]).is_ok() {
            acknowledged.push(disk.position());
        }
    }
    let journal = disk.journal();
    let mut cut = PowerCut::new(&journal);
    cut.advance(journal.len());
    for (name, bytes) in cut.files(Survival::Everything).0 {
        assert_eq!(std::fs::read(home.path().join(&name)).unwrap(), bytes, "{name} is not as it was recorded");
    }
    Load { journal, acknowledged }
}

/// How many rows the rebuilt database has beyond and short of the acknowledged ones; `None` if it is broken.
fn rows_after(cut: &PowerCut<'_>, survival: Survival, directory: &Path) -> Option<u32> {
    cut.files(survival).write_to(directory).unwrap();
    let db = Connection::open(directory.join("a.db")).unwrap();
    let verdict: String = db.query_row("PRAGMA integrity_check", [], |row| row.get(0)).ok()?;
    let tables: i64 = db.query_row("SELECT count(*) FROM sqlite_schema WHERE name = 't'", [], |row| row.get(0)).ok()?;
    let (rows, last): (u32, u32) = match tables {
        0 => (0, 0),
        _ => {
            db.query_row("SELECT count(*), ifnull(max(id), 0) FROM t", [], |row| Ok((row.get(0)?, row.get(1)?))).ok()?
        }
    };
    (verdict == "ok" && rows == last).then_some(rows)
}

#[derive(Debug, Default)]
struct Verdict {
    cuts: usize,
    lost: usize,
    broken: usize,
}

/// Cuts the power right before and right after every sync, in every way.
fn judge(load: &Load, failed_sync: FailedSync) -> Verdict {
    let after = tempfile::tempdir_in(if Path::new("/dev/shm").is_dir() { "/dev/shm" } else { "." }).unwrap();
    let mut verdict = Verdict::default();
    let mut cut = PowerCut::with(&load.journal, failed_sync);
    let ends = load.journal.syncs().flat_map(|sync| [sync, sync + 1]).chain([load.journal.len()]);
    for (round, position) in ends.enumerate() {
        cut.advance(position);
        let promised = load.acknowledged.iter().filter(|&&at| at <= position).count();
        let seeds = (0..3).map(|seed| Survival::Parts(seed + 3 * round as u64));
        for survival in [Survival::Nothing, Survival::Everything].into_iter().chain(seeds) {
            verdict.cuts += 1;
            match rows_after(&cut, survival, after.path()) {
                None => verdict.broken += 1,
                Some(rows) if (rows as usize) < promised => verdict.lost += 1,
                Some(_) => {}
            }
        }
    }
    println!("{} changes, {verdict:?}", load.journal.len());
    verdict
}

const FULL: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 20";

#[test]
fn with_every_commit_synced_no_power_cut_loses_a_committed_row() {
    let verdict = judge(&run(FULL, 60, None), FailedSync::Keeps);
    assert!(verdict.cuts >= 600, "{verdict:?}");
    assert_eq!(verdict.lost, 0, "{verdict:?}");
    assert_eq!(verdict.broken, 0, "{verdict:?}");
}

#[test]
fn with_a_rollback_journal_no_power_cut_loses_a_committed_row() {
    // A journal that is deleted may come back unless the directory is synced: EXTRA does that.
    let verdict = judge(&run("PRAGMA journal_mode = DELETE; PRAGMA synchronous = EXTRA", 40, None), FailedSync::Keeps);
    assert!(verdict.cuts >= 600, "{verdict:?}");
    assert_eq!(verdict.lost, 0, "{verdict:?}");
    assert_eq!(verdict.broken, 0, "{verdict:?}");
}

#[test]
fn with_commits_synced_at_checkpoints_only_rows_are_lost_and_nothing_is_broken() {
    let normal = FULL.replace("FULL", "NORMAL");
    let verdict = judge(&run(&normal, 60, None), FailedSync::Keeps);
    assert!(verdict.lost > 0, "{verdict:?}");
    assert_eq!(verdict.broken, 0, "{verdict:?}");
}

#[test]
fn without_syncs_rows_are_lost_and_the_file_is_broken() {
    let off = FULL.replace("FULL", "OFF");
    let load = run(&off, 60, None);
    let after = tempfile::tempdir().unwrap();
    let mut cut = PowerCut::new(&load.journal);
    let (mut lost, mut broken) = (0, 0);
    for position in load.acknowledged.iter().copied() {
        cut.advance(position);
        let promised = load.acknowledged.iter().filter(|&&at| at <= position).count();
        for survival in [Survival::Nothing, Survival::Parts(1), Survival::Parts(2), Survival::Parts(3)] {
            match rows_after(&cut, survival, after.path()) {
                None => broken += 1,
                Some(rows) if (rows as usize) < promised => lost += 1,
                Some(_) => {}
            }
        }
    }
    assert!(lost > 0);
    assert!(broken > 0);
}

#[test]
fn a_failed_sync_that_forgets_loses_no_row_committed_later() {
    for after in 0..40 {
        let load = run(FULL, 30, Some(Fault { on: Operation::Sync, after, times: 2, failure: Failure::Io }));
        for failed_sync in [FailedSync::Keeps, FailedSync::Forgets] {
            let mut cut = PowerCut::with(&load.journal, failed_sync);
            let home = tempfile::tempdir().unwrap();
            cut.advance(load.journal.len());
            for survival in [Survival::Nothing, Survival::Everything, Survival::Parts(after)] {
                let rows = rows_after(&cut, survival, home.path());
                assert_eq!(rows, Some(load.acknowledged.len() as u32), "{after} {failed_sync:?} {survival:?}");
            }
        }
    }
}

#[test]
fn a_disk_goes_on_where_a_program_ended() {
    let load = run(FULL, 10, None);
    let (home, after) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut cut = PowerCut::new(&load.journal);
    cut.advance(load.journal.len());
    cut.files(Survival::Everything).write_to(home.path()).unwrap();
    let disk = Disk::again(&load.journal, load.journal.len());
    let db = Connection::open_with_flags_and_vfs(home.path().join("a.db"), OpenFlags::default(), disk.vfs()).unwrap();
    db.execute("INSERT INTO t (x) VALUES (zeroblob(7))", []).unwrap();
    let journal = disk.journal();
    assert!(journal.len() > load.journal.len());
    let mut cut = PowerCut::new(&journal);
    cut.advance(journal.len());
    assert_eq!(rows_after(&cut, Survival::Nothing, after.path()), Some(11));
}
