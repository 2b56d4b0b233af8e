//! `parlor-server restore FILE`.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use clap::Args;
use rusqlite::{Connection, OpenFlags};

use super::backup::Holds;
use super::file::{self, Part, What, beside};
use super::place::{Place, is_missing};
use super::tell;
use crate::data_dir::DataDir;
use crate::run::plain;
use crate::store::trouble::said;
use crate::store::{FILE, logs, schema};

/// Put a backup in the place of the history, with the server stopped
///
/// The backup is looked through first, and the history that was there is kept beside it under another name. Whoever
/// comes back begins every room anew, so that nothing said after the backup is taken for something else.
#[derive(Debug, Args)]
pub struct Restore {
    /// What `backup` wrote
    #[arg(value_name = "FILE")]
    pub file: PathBuf,

    #[command(flatten)]
    #[allow(missing_docs, reason = "its type says it")]
    pub place: Place,
}

impl Restore {
    pub(super) fn run(self) -> Result<ExitCode, String> {
        let (name, directory) = (self.file.display(), self.place.directory()?);
        if is_missing(&self.file) {
            return Err(format!("There is no file {name}."));
        }
        let backup = file::open(&self.file, What::Backup)?;
        let data = DataDir::take(&directory)?;
        let database = data.path().join(FILE);
        if is_same(&self.file, &database) {
            return Err(format!("{name} is the database itself; name a backup."));
        }
        let cannot_read = |error: rusqlite::Error| file::unusable(&self.file, What::Backup, &error);
        is_sound(&backup)
            .map_err(cannot_read)?
            .map_err(|why| format!("The backup {name} is damaged ({why}), so nothing was changed; use another one."))?;
        let holds = Holds::of(&backup).map_err(cannot_read)?;
        let part = copy(&backup, &database)?;
        let aside = put_aside(&database).map_err(|error| cannot(&database, &error))?;
        part.finish(&database).map_err(|error| cannot(&database, &error))?;
        tell(format_args!("{name} is restored into {}: {holds}.", database.display()));
        if let Some(aside) = aside {
            tell(format_args!("What was there before is kept in {}; delete it when nobody needs it.", aside.display()));
        }
        tell("Whoever comes back begins every room anew; what was said after the backup is not there any more.");
        Ok(ExitCode::SUCCESS)
    }
}

fn is_same(one: &Path, other: &Path) -> bool {
    matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other)
}

/// The first thing that is wrong with a file, if anything is.
fn is_sound(db: &Connection) -> rusqlite::Result<Result<(), String>> {
    let found: String = db.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
    Ok(if found == "ok" { Ok(()) } else { Err(found.replace('\n', " ").trim_end_matches('.').to_owned()) })
}

/// A copy beside the database, with new logs.
fn copy(backup: &Connection, database: &Path) -> Result<Part, String> {
    let path = beside(database, ".restoring");
    // The lock is ours: whoever left it is gone.
    let _ = fs::remove_file(&path);
    let part = Part::create(path).map_err(|error| cannot(database, &error))?;
    part.fill(backup).map_err(|error| file::unwritable(database, &error))?;
    renew(part.path()).map_err(|error| format!("{} cannot be written: {}.", database.display(), said(&error)))?;
    Ok(part)
}

/// Gives every log a new name. Ids that were given out after the backup was made are given out again, for other entries;
/// clients that know a log by its old name must not take the one for the other (`native-protocol`, Logs).
fn renew(path: &Path) -> rusqlite::Result<()> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut db = Connection::open_with_flags(path, flags)?;
    let transaction = db.transaction()?;
    {
        let all = transaction
            .prepare("SELECT num FROM log")?
            .query_map([], |row| row.get(0))?
            .collect::<Result<Vec<i64>, _>>()?;
        let mut write = transaction.prepare("UPDATE log SET log = ?2 WHERE num = ?1")?;
        for num in all {
            write.execute((num, logs::new_id()?.0.cast_signed()))?;
        }
    }
    // Who was here when the backup was made is not here now, and nobody loses a name for the time since then.
    transaction.execute("DELETE FROM present", [])?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
    let now = i64::try_from(now).unwrap_or(i64::MAX);
    transaction.execute("UPDATE identity SET here = 0, seen = max(seen, ?1)", [now])?;
    transaction.commit()?;
    db.close().map_err(|(_, error)| error)
}

/// Keeps the present database under another name, with what its write-ahead log holds.
fn put_aside(database: &Path) -> io::Result<Option<PathBuf>> {
    if is_missing(database) {
        return Ok(None);
    }
    // While its log holds something that it does not, the file without it would lack what was acknowledged: should this
    // be interrupted, the next server would start on that. Of a damaged one both are kept as they are.
    if let Err(error) = bring_in(database) {
        tracing::debug!("{} keeps its log: {}", database.display(), said(&error));
    }
    let aside = free_name(database);
    // A second name, where the file system can: so there is a database at every moment.
    let is_linked = fs::hard_link(database, &aside).is_ok();
    // A log that stays would be played into the restored database.
    for log in ["-wal", "-journal"] {
        let (from, to) = (beside(database, log), beside(&aside, log));
        match from.metadata().map(|file| file.len()) {
            // Left by somebody who only read.
            Ok(0) => fs::remove_file(from)?,
            Ok(_) => fs::rename(from, to)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    // Only an index of the log, made anew when it is missing.
    let _ = fs::remove_file(beside(database, "-shm"));
    if !is_linked {
        fs::rename(database, &aside)?;
    }
    Ok(Some(aside))
}

/// Brings what stands in the write-ahead log into the file, and empties the log.
fn bring_in(database: &Path) -> rusqlite::Result<()> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = Connection::open_with_flags(database, flags)?;
    schema::begin_log_anew(&db)?;
    db.close().map_err(|(_, error)| error)
}

/// `parlor.db.before-restore-20261122-130405`, or with a number if there is one of this second.
fn free_name(database: &Path) -> PathBuf {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let now = jiff::Timestamp::from_second(i64::try_from(since.as_secs()).unwrap_or(0)).unwrap_or_default();
    let stem = beside(database, &now.strftime(".before-restore-%Y%m%d-%H%M%S").to_string());
    let mut name = stem.clone();
    let mut number = 1;
    while !is_missing(&name) {
        number += 1;
        name = beside(&stem, &format!("-{number}"));
    }
    name
}

fn cannot(database: &Path, error: &io::Error) -> String {
    format!("{} cannot be written: {}.", database.display(), plain(error))
}
