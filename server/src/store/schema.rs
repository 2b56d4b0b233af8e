//! The file: how it is opened, which one is refused, and how it grows up.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension};

use super::trouble;

/// What each version adds to the one before it. A version that was released never changes.
const MIGRATIONS: [&str; 1] = [include_str!("schema/1.sql")];

/// The version that this program reads and writes.
pub const VERSION: usize = MIGRATIONS.len();

/// "Parl": how `file` and SQLite know whose database it is (<https://sqlite.org/fileformat2.html#application_id>).
pub const APPLICATION_ID: i64 = 0x5061_726c;

/// Pages kept in memory by a connection that writes, in KiB. What is resident does not depend on how much is stored.
const CACHE_KIB: i64 = 8 * 1_024;
/// The same for one that only searches.
const READER_CACHE_KIB: i64 = 2 * 1_024;

/// How long another process (a backup, a person with a shell) may hold the file.
const BUSY: Duration = Duration::from_secs(1);

/// Most statements kept prepared: all there are.
const STATEMENTS_MAX: usize = 96;

/// Opens the file for the one who writes; makes it first where there is none, and brings it up to date. Before anything
/// else is written, [`begin_log_anew`] must have succeeded.
pub(crate) fn open(path: &Path, vfs: Option<&str>) -> Result<Connection, String> {
    if vfs.is_none() {
        make_private(path).map_err(|error| {
            format!("The database {} cannot be used: {}.", path.display(), crate::run::plain(&error))
        })?;
    }
    let cannot = |error: rusqlite::Error| trouble::cannot_open(path, &error);
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut db = connect(path, flags, vfs).map_err(cannot)?;
    set_up(&db, CACHE_KIB).map_err(cannot)?;
    let version = version_of(&db, path)?;
    // Only after it is known to be ours is anything written.
    keep_wal(&db).map_err(cannot)?;
    if version < VERSION {
        begin_log_anew(&db).map_err(cannot)?;
        migrate(&mut db, version).map_err(cannot)?;
    }
    Ok(db)
}

/// Opens a file that is open already, for reading alone.
pub(crate) fn open_reader(path: &Path, vfs: Option<&str>) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = connect(path, flags, vfs)?;
    set_up(&db, READER_CACHE_KIB)?;
    Ok(db)
}

fn connect(path: &Path, flags: OpenFlags, vfs: Option<&str>) -> rusqlite::Result<Connection> {
    match vfs {
        Some(vfs) => Connection::open_with_flags_and_vfs(path, flags, vfs),
        None => Connection::open_with_flags(path, flags),
    }
}

/// Private talk is in it, so it is readable by its owner alone, as are the files that SQLite puts beside it.
fn make_private(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::File::options();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

fn set_up(db: &Connection, cache_kib: i64) -> rusqlite::Result<()> {
    db.busy_timeout(BUSY)?;
    db.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
    // Before anything is read: the first page is then read as it is checked.
    db.pragma_update(None, "cell_size_check", true)?;
    db.pragma_update(None, "trusted_schema", false)?;
    db.pragma_update(None, "cache_size", -cache_kib)?;
    db.pragma_update(None, "mmap_size", 0)?;
    db.pragma_update(None, "temp_store", "memory")
}

/// Which version the file has, if it is one of ours; 0 if it is new.
fn version_of(db: &Connection, path: &Path) -> Result<usize, String> {
    let cannot = |error: rusqlite::Error| trouble::cannot_open(path, &error);
    let number = |name: &str| db.pragma_query_value(None, name, |row| row.get::<_, i64>(0)).map_err(cannot);
    let (application, version) = (number("application_id")?, number("user_version")?);
    let tables: i64 = db.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).map_err(cannot)?;
    if application == 0 && version == 0 && tables == 0 {
        return Ok(0);
    }
    let name = path.display();
    if application != APPLICATION_ID {
        return Err(format!("{name} is no database of Parlor; move it away, or choose another directory with --data."));
    }
    match usize::try_from(version) {
        Ok(version) if (1..=VERSION).contains(&version) => Ok(version),
        _ => Err(format!(
            "The database {name} was written by a newer parlor-server (its version is {version}, this program knows \
             {VERSION}); use that one."
        )),
    }
}

/// Set once for the file (the log), and for each connection (how it is synced): a commit is on the disk before it is
/// answered (<https://sqlite.org/pragma.html#pragma_synchronous>).
fn keep_wal(db: &Connection) -> rusqlite::Result<()> {
    // To its end: the row with the mode comes before the commit that switches, and that can still fail.
    let mut switch = db.prepare("PRAGMA journal_mode = wal")?;
    let modes = switch.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<Vec<String>>>()?;
    if modes != ["wal"] {
        return Err(trouble::failure("the file system has no shared memory for a write-ahead log"));
    }
    db.pragma_update(None, "synchronous", "full")?;
    // On macOS a plain fsync leaves the data in the drive.
    db.pragma_update(None, "fullfsync", true)?;
    db.pragma_update(None, "checkpoint_fullfsync", true)?;
    // The engine does it, when nobody waits for an answer.
    db.pragma_update_and_check(None, "wal_autocheckpoint", 0, |_| Ok(()))?;
    db.pragma_update_and_check(None, "journal_size_limit", 64 << 20, |_| Ok(()))?;
    // What is deleted is overwritten, in pages that become free too: those that the index merges would hold words for
    // long after the message is gone. It costs less than can be measured.
    db.pragma_update_and_check(None, "secure_delete", true, |_| Ok(()))
}

/// Brings what an earlier program left in the log into the database. If a sync had failed it and it ended before the
/// next commit, that commit's frames look whole, since the operating system shows what it was given, but they may never
/// reach the disk (<https://wiki.postgresql.org/wiki/Fsync_Errors>). Whatever followed them in the log would be lost with
/// them when the power is cut; copied, they are written and synced once more.
pub(crate) fn begin_log_anew(db: &Connection) -> rusqlite::Result<()> {
    if checkpoint(db, Checkpoint::Truncate)? {
        return Ok(());
    }
    // Somebody else reads, which keeps the log.
    Err(rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_BUSY), None))
}

/// Each step is one transaction: after a crash the file has the one version or the other.
fn migrate(db: &mut Connection, version: usize) -> rusqlite::Result<()> {
    for (done, step) in MIGRATIONS.iter().enumerate().skip(version) {
        let transaction = db.transaction()?;
        transaction.execute_batch(step)?;
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        transaction.pragma_update(None, "user_version", done as i64 + 1)?;
        transaction.commit()?;
    }
    Ok(())
}

/// How far a checkpoint goes (<https://sqlite.org/pragma.html#pragma_wal_checkpoint>).
#[derive(Clone, Copy, Debug)]
pub(crate) enum Checkpoint {
    /// As far as nobody is in the way.
    Passive,
    /// To the end; nothing of the log is left.
    Truncate,
}

/// Brings the write-ahead log into the database. Whether all of it is there now.
pub(crate) fn checkpoint(db: &Connection, how: Checkpoint) -> rusqlite::Result<bool> {
    let sql = match how {
        Checkpoint::Passive => "PRAGMA wal_checkpoint(PASSIVE)",
        Checkpoint::Truncate => "PRAGMA wal_checkpoint(TRUNCATE)",
    };
    db.prepare_cached(sql)?.query_row([], |row| {
        let (busy, pages, done): (bool, i64, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
        Ok(!busy && pages == done)
    })
}

/// A single fact of the file.
pub(crate) fn fact(db: &Connection, name: &str) -> rusqlite::Result<i64> {
    let mut find = db.prepare_cached("SELECT value FROM fact WHERE name = ?1")?;
    Ok(find.query_row([name], |row| row.get(0)).optional()?.unwrap_or(0))
}

/// Changes a single fact of the file.
pub(crate) fn set_fact(db: &Connection, name: &str, value: i64) -> rusqlite::Result<()> {
    db.prepare_cached("INSERT OR REPLACE INTO fact VALUES (?1, ?2)")?.execute((name, value)).map(drop)
}

/// Whether SQLite says that this is no database at all.
pub(super) fn is_no_database(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(ErrorCode::NotADatabase)
}
