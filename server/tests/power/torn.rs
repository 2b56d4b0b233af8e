//! The write-ahead log ends anywhere.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use frail_disk::{Disk, PowerCut, Survival};
use rusqlite::Connection;
use rusqlite::config::DbConfig;
use server::store::FILE;

use crate::claims;
use crate::cuts::{checkpoint, scratch};
use crate::kept::Kept;
use crate::life::Life;

/// A database in bytes, as it is while its store is open.
struct Bytes {
    database: Vec<u8>,
    log: Vec<u8>,
    /// All that was acknowledged up to here is in the database.
    checkpointed: usize,
}

/// Lives on a database with pages of this size, has all of it brought into the database, then goes on, with so many
/// things at once, until there is so much in the log, and two commits at least.
fn lived(page: u32, most: usize, log_bytes: usize) -> (Life, Bytes) {
    let home = scratch();
    let made = Connection::open(home.path().join(FILE)).unwrap();
    made.execute_batch(&format!("PRAGMA page_size = {page}; VACUUM")).unwrap();
    made.close().unwrap();
    let disk = Arc::new(Disk::new());
    let mut kept = Kept::open_with(home.path(), Some(&disk), u32::MAX).unwrap();
    let mut life = Life::begin(&mut kept, 11);
    while life.stored.len() < 40 {
        life.burst(&mut kept, 4);
    }
    checkpoint(home.path(), &disk).unwrap();
    let checkpointed = disk.position();
    loop {
        life.burst(&mut kept, most);
        let journal = disk.journal();
        let mut cut = PowerCut::new(&journal);
        cut.advance(journal.len());
        let mut files = cut.files(Survival::Everything).0;
        let log = files.remove(&format!("{FILE}-wal")).expect("there is a log");
        let frames = Frames::of(&log);
        if frames.end >= log_bytes && frames.commits.len() >= 2 {
            kept.close();
            let database = files.remove(FILE).expect("there is a database");
            return (life, Bytes { database, log, checkpointed });
        }
    }
}

/// Where the frames of a log end that count (<https://sqlite.org/fileformat2.html#the_write_ahead_log>).
struct Frames {
    ends: Vec<usize>,
    /// Those with which a transaction is complete.
    commits: Vec<usize>,
    /// Where the last of them ends; older ones may follow, which do not count.
    end: usize,
}

impl Frames {
    const HEADER: usize = 32;
    const FRAME_HEADER: usize = 24;

    fn of(log: &[u8]) -> Self {
        let number = |at: usize| u32::from_be_bytes(log[at..at + 4].try_into().unwrap());
        let frame = number(8) as usize + Self::FRAME_HEADER;
        let mut frames = Self { ends: Vec::new(), commits: Vec::new(), end: 0 };
        let mut at = Self::HEADER;
        while at + frame <= log.len() && log[at + 8..at + 16] == log[16..24] {
            frames.ends.push(at + frame);
            if number(at + 4) != 0 {
                frames.commits.push(at + frame);
            }
            at += frame;
        }
        frames.end = at;
        frames
    }
}

/// What is in the database with the log as it is, without changing either: a fingerprint of all entries.
fn fingerprint(directory: &Path) -> (i64, i64, f64) {
    let db = Connection::open(directory.join(FILE)).unwrap();
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true).unwrap();
    // With the wal-index on the heap: nothing is left behind.
    db.execute_batch("PRAGMA locking_mode = EXCLUSIVE").unwrap();
    let sql = "SELECT count(*), ifnull(max(row), 0), total(row * length(text) + 7 * kind + 3 * ifnull(edited, 0)) \
               FROM entry";
    db.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).unwrap()
}

/// Cuts the log at every byte: what is left are the transactions whose frames lie before it, whole.
fn cut_everywhere(page: u32, most: usize, log_bytes: usize) {
    let (life, bytes) = lived(page, most, log_bytes);
    let frames = Frames::of(&bytes.log);
    let directory = scratch();
    let home = directory.path();
    let fresh = |length: usize| {
        let _ = fs::remove_file(home.join(format!("{FILE}-shm")));
        fs::write(home.join(FILE), &bytes.database).unwrap();
        fs::write(home.join(format!("{FILE}-wal")), &bytes.log[..length]).unwrap();
    };

    // Around every frame's end the whole claim; the fingerprints of whole states come from there, too.
    let (mut wholes, mut entries_before) = (0, 0);
    let mut states = Vec::new();
    for &end in [Frames::HEADER].iter().chain(&frames.ends) {
        for length in [end - 1, end, end + 1] {
            fresh(length.min(bytes.log.len()));
            if length == end && (end == Frames::HEADER || frames.commits.contains(&end)) {
                states.push(fingerprint(home));
            }
            let entries = claims::whole_after(home, &life, bytes.checkpointed);
            assert!(entries >= entries_before, "a longer log has less in it");
            entries_before = entries;
            wholes += 1;
        }
    }
    assert_eq!(entries_before, life.stored.len(), "the whole log has all that was acknowledged");
    assert_eq!(states.len(), frames.commits.len() + 1);

    // At every other byte whether it is one of those states, and which.
    fresh(0);
    let mut log = File::options().append(true).open(home.join(format!("{FILE}-wal"))).unwrap();
    for length in 0..=frames.end {
        let complete = frames.commits.iter().filter(|&&end| end <= length).count();
        assert_eq!(fingerprint(home), states[complete], "the log ends after {length} bytes");
        if let Some(byte) = bytes.log.get(length) {
            log.write_all(&[*byte]).unwrap();
        }
    }
    assert_eq!(fs::read(home.join(FILE)).unwrap(), bytes.database, "looking has changed the database");
    let (offsets, commits) = (frames.end + 1, frames.commits.len());
    println!("pages of {page}: the log cut at {offsets} offsets of {commits} commits, {wholes} claims in whole");
    assert!(offsets > log_bytes);
    assert!(commits >= 2, "{commits}");
}

#[test]
fn a_log_cut_at_any_byte_recovers_the_transactions_before_it() {
    cut_everywhere(4_096, 1, 30_000);
}

#[test]
fn a_log_of_many_small_frames_cut_at_any_byte_recovers_the_transactions_before_it() {
    cut_everywhere(512, 2, 30_000);
}
