//! The power is cut.

use std::path::Path;
use std::sync::Arc;

use frail_disk::{Change, Disk, Journal, PowerCut, Survival};
use server::store::FILE;
use tempfile::TempDir;

use crate::claims;
use crate::kept::Kept;
use crate::life::Life;

/// A directory that is in memory where there is such a thing.
pub(crate) fn scratch() -> TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory).unwrap() } else { tempfile::tempdir().unwrap() }
}

/// Lives on a disk, with checkpoints in between, until so much is stored.
fn lived(seed: u64, entries: usize) -> (Life, Journal) {
    let home = scratch();
    let disk = Arc::new(Disk::new());
    let mut kept = Kept::open_on(home.path(), Some(&disk)).unwrap();
    let mut life = Life::begin(&mut kept, seed);
    let mut rng = fastrand::Rng::with_seed(seed);
    while life.stored.len() < entries {
        life.burst(&mut kept, 6);
        if rng.u8(..8) == 0 {
            checkpoint(home.path(), &disk).unwrap();
        }
    }
    kept.close();
    (life, disk.journal())
}

/// Moves what is in the log into the database, so that the log begins anew with the next write.
pub(crate) fn checkpoint(directory: &Path, disk: &Disk) -> rusqlite::Result<()> {
    let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_WRITE;
    let db = rusqlite::Connection::open_with_flags_and_vfs(directory.join(FILE), flags, disk.vfs())?;
    db.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))
}

/// How often the database itself was synced, not its log.
fn checkpoints(journal: &Journal) -> usize {
    let named = |change: &Change| match change {
        Change::Found { file, name, .. } | Change::Created { file, name } if name == FILE => Some(*file),
        _ => None,
    };
    let database = journal.iter().find_map(named);
    let synced = |change: &&Change| matches!(change, Change::Synced { file, .. } if Some(*file) == database);
    journal.iter().filter(synced).count()
}

#[test]
fn whatever_was_acknowledged_is_there_after_a_power_cut_at_every_sync() {
    let after = scratch();
    let (mut syncs, mut cuts, mut ends, mut of_database, mut more) = (0, 0, 0, 0, 0);
    for seed in 0..2 {
        let (life, journal) = lived(seed, 150);
        of_database += checkpoints(&journal);
        let mut cut = PowerCut::new(&journal);
        let (mut rng, mut last) = (fastrand::Rng::with_seed(seed), 0);
        for position in journal.syncs() {
            // Somewhere between two syncs the program alone ends.
            let between = rng.usize(last..=position);
            cut.advance(between);
            cut.files(Survival::Everything).write_to(after.path()).unwrap();
            claims::whole_after(after.path(), &life, between);
            ends += 1;
            last = position;
            cut.advance(position);
            syncs += 1;
            let parts = [Survival::Parts(2 * position as u64), Survival::Parts(2 * position as u64 + 1)];
            for survival in [Survival::Nothing, Survival::Everything].into_iter().chain(parts) {
                cuts += 1;
                cut.files(survival).write_to(after.path()).unwrap();
                let entries = claims::whole_after(after.path(), &life, position);
                more += usize::from(entries > life.acknowledged(position));
            }
        }
    }
    println!("{cuts} power cuts around {syncs} syncs, {of_database} of them of the database; {more} kept more");
    println!("{ends} ends of the program between two syncs");
    assert!(syncs >= 100, "{syncs}");
    assert!(cuts >= 400, "{cuts}");
    assert!(of_database >= 10, "{of_database}");
    assert!(more > 0, "no cut left more than what was promised: too little was cut within a commit");
}
