//! Database files: opening one for reading, and making a new one that is there whole or not at all.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use async_signal::{Signal, Signals};
use rusqlite::{Connection, ErrorCode};
use smol::stream::StreamExt;

use crate::run::plain;
use crate::store::schema;
use crate::store::trouble::{Trouble, said};

/// What a file is to the person who asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    Database,
    Backup,
}

impl What {
    const fn word(self) -> &'static str {
        match self {
            What::Database => "database",
            What::Backup => "backup",
        }
    }
}

/// Opens a file that must be one of ours, for reading alone. What is read is one moment of it, however long that takes
/// and whatever a server writes meanwhile.
pub(super) fn open(path: &Path, what: What) -> Result<Connection, String> {
    let cannot = |error: rusqlite::Error| unusable(path, what, &error);
    let db = schema::open_reader(path, None).map_err(cannot)?;
    let number = |name: &str| db.pragma_query_value(None, name, |row| row.get::<_, i64>(0)).map_err(cannot);
    db.execute_batch("BEGIN").map_err(cannot)?;
    let (application, version) = (number("application_id")?, number("user_version")?);
    let (name, word) = (path.display(), what.word());
    if application != schema::APPLICATION_ID {
        return Err(format!("{name} is no {word} of Parlor."));
    }
    if !usize::try_from(version).is_ok_and(|version| (1..=schema::VERSION).contains(&version)) {
        let known = schema::VERSION;
        return Err(format!(
            "The {word} {name} was written by a newer parlor-server (its version is {version}, this program knows \
             {known}); use that one."
        ));
    }
    Ok(db)
}

/// Why a file cannot be read: one sentence that says what to do.
pub(super) fn unusable(path: &Path, what: What, error: &rusqlite::Error) -> String {
    let (name, word) = (path.display(), what.word());
    if error.sqlite_error_code() == Some(ErrorCode::NotADatabase) {
        return format!("{name} is no {word} of Parlor.");
    }
    match (Trouble::of(error), what) {
        (Some(Trouble::Damaged), What::Database) => {
            format!("The database {name} is damaged ({}); restore a backup.", said(error))
        }
        (Some(Trouble::Damaged), What::Backup) => {
            format!("The backup {name} is damaged ({}); use another one.", said(error))
        }
        (Some(Trouble::Busy), _) => format!("The {word} {name} is kept by another program; end that one first."),
        (Some(Trouble::Full | Trouble::Disk | Trouble::ReadOnly | Trouble::Memory) | None, _) => {
            format!("The {word} {name} cannot be read: {}.", said(error))
        }
    }
}

/// A file that is being made under another name, beside the place where it will be. Unless it is finished, nothing of it
/// stays.
#[derive(Debug)]
pub(super) struct Part {
    path: PathBuf,
}

impl Part {
    /// An empty file, readable by its owner alone.
    pub(super) fn create(path: PathBuf) -> std::io::Result<Self> {
        let mut options = File::options();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(&path).map(|_| Self { path })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Fills it with everything that the connection sees.
    ///
    /// `VACUUM INTO` (<https://sqlite.org/lang_vacuum.html#vacuuminto>) reads in one transaction, which lets the writer go
    /// on, and writes no page that is free: nothing of what was taken back is in the copy.
    pub(super) fn fill(&self, from: &Connection) -> Result<(), FillError> {
        let Some(path) = self.path.to_str() else { return Err(FillError::Name) };
        // It cannot be done within a transaction; it is one.
        if !from.is_autocommit() {
            from.execute_batch("COMMIT").map_err(FillError::Sqlite)?;
        }
        let interrupt = from.get_interrupt_handle();
        on_signal(move || interrupt.interrupt());
        from.execute("VACUUM INTO ?1", [path]).map(drop).map_err(FillError::Sqlite)
    }

    /// It is whole: gives it its name, which is on the disk then too.
    pub(super) fn finish(self, to: &Path) -> std::io::Result<()> {
        File::open(&self.path)?.sync_all()?;
        fs::rename(&self.path, to)?;
        sync_directory(to)
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        // Finished, it is not there under this name any more.
        let _ = fs::remove_file(&self.path);
        let _ = fs::remove_file(beside(&self.path, "-journal"));
    }
}

/// Whoever stops the program in the middle finds nothing half-written either. Where signals cannot be had, a half-written
/// file stays, under the name that says so.
fn on_signal(then: impl Fn() + Send + 'static) {
    let Ok(mut signals) = Signals::new([Signal::Int, Signal::Term]) else { return };
    let wait = move || {
        while smol::block_on(signals.next()).is_some() {
            then();
        }
    };
    // Without the thread it goes on to its end.
    let _ = std::thread::Builder::new().name("parlor-signals".into()).spawn(wait);
}

/// Why a file was not filled.
#[derive(Debug)]
pub(super) enum FillError {
    /// SQLite takes names in UTF-8 alone.
    Name,
    Sqlite(rusqlite::Error),
}

/// Why a file cannot be written: one sentence that says what to do.
pub(super) fn unwritable(to: &Path, error: &FillError) -> String {
    let name = to.display();
    match error {
        FillError::Name => format!("{name} cannot be written: its name is not UTF-8; choose another."),
        FillError::Sqlite(error) if error.sqlite_error_code() == Some(ErrorCode::OperationInterrupted) => {
            format!("{name} was not written, for that was interrupted; nothing of it is left behind.")
        }
        FillError::Sqlite(error) if Trouble::of(error) == Some(Trouble::Full) => {
            format!("{name} cannot be written: the disk is full; make room, or choose another place.")
        }
        FillError::Sqlite(error) => {
            format!("{name} cannot be written: {}; nothing of it is left behind.", said(error))
        }
    }
}

/// Why the system does not let a file be written.
pub(super) fn refused(to: &Path, part: &Path, error: &std::io::Error) -> String {
    let name = to.display();
    match error.kind() {
        ErrorKind::AlreadyExists => {
            let part = part.display();
            format!("There is {part}: {name} is being written, or that was interrupted; delete it if nobody writes it.")
        }
        ErrorKind::StorageFull => {
            format!("{name} cannot be written: the disk is full; make room, or choose another place.")
        }
        _ => format!("{name} cannot be written: {}; choose another place.", plain(error)),
    }
}

/// A name with more behind it.
pub(super) fn beside(path: &Path, more: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(more);
    name.into()
}

/// Names in the directory of this file are on the disk afterwards.
pub(crate) fn sync_directory(file: &Path) -> std::io::Result<()> {
    #[cfg(unix)]
    {
        let parent = file.parent().filter(|parent| !parent.as_os_str().is_empty());
        File::open(parent.unwrap_or(Path::new(".")))?.sync_all()?;
    }
    // Elsewhere a directory cannot be opened, and renaming is as safe as it gets.
    #[cfg(not(unix))]
    let _ = file;
    Ok(())
}
