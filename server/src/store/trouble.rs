//! What can go wrong with the disk and the file, in plain words.

use std::path::Path;

use rusqlite::ErrorCode;

use super::schema::is_no_database;

/// Why nothing can be stored for now; it may pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// No room on the disk.
    Full,
    /// Reading, writing or syncing failed.
    Disk,
    /// The file may not be written.
    ReadOnly,
    /// What stands in the file makes no sense.
    Damaged,
    /// Another process keeps the file to itself.
    Busy,
    /// No memory.
    Memory,
}

impl Trouble {
    /// Whether an error concerns the file as a whole; `None` if it is the one question's.
    pub(crate) fn of(error: &rusqlite::Error) -> Option<Self> {
        match error.sqlite_error_code()? {
            ErrorCode::DiskFull => Some(Trouble::Full),
            ErrorCode::SystemIoFailure
            | ErrorCode::CannotOpen
            | ErrorCode::FileLockingProtocolFailed
            | ErrorCode::NoLargeFileSupport => Some(Trouble::Disk),
            ErrorCode::ReadOnly | ErrorCode::PermissionDenied => Some(Trouble::ReadOnly),
            ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => Some(Trouble::Damaged),
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Some(Trouble::Busy),
            ErrorCode::OutOfMemory => Some(Trouble::Memory),
            // Of the one question: it broke a rule of the tables, or is too big.
            _ => None,
        }
    }

    /// Whether it may pass while the program runs, and what is there can be read until then.
    pub(super) const fn may_pass(self) -> bool {
        match self {
            Trouble::Full | Trouble::Disk | Trouble::Busy => true,
            Trouble::ReadOnly | Trouble::Damaged | Trouble::Memory => false,
        }
    }

    /// What the log says when it begins.
    pub(super) const fn words(self) -> &'static str {
        match self {
            Trouble::Full => "the disk is full: nothing can be stored until there is room; reading goes on",
            Trouble::Disk => "the disk fails: nothing can be stored until it works again; reading goes on",
            Trouble::ReadOnly => {
                "the database may not be written: nothing can be stored until that is allowed; reading goes on"
            }
            Trouble::Damaged => {
                "the database is damaged: nothing can be stored; stop the server and run parlor-server check"
            }
            Trouble::Busy => {
                "another program keeps the database to itself: nothing can be stored until it ends; reading goes on"
            }
            Trouble::Memory => "memory is short: nothing can be stored until there is more",
        }
    }
}

/// Why the file cannot be opened: one sentence that says what to do.
pub(crate) fn cannot_open(path: &Path, error: &rusqlite::Error) -> String {
    let name = path.display();
    if is_no_database(error) {
        return format!("{name} is no database of Parlor; move it away, or choose another directory with --data.");
    }
    match Trouble::of(error) {
        Some(Trouble::Damaged) => {
            format!("The database {name} is damaged ({}); restore a backup, or move it away.", said(error))
        }
        Some(Trouble::Full) => format!("The database {name} cannot be used: the disk is full; make room."),
        Some(Trouble::Busy) => format!("The database {name} is kept by another program; end that one first."),
        Some(Trouble::Disk | Trouble::ReadOnly | Trouble::Memory) | None => {
            format!("The database {name} cannot be used: {}; choose another directory with --data.", said(error))
        }
    }
}

/// What is asked of the system is not to be had.
pub(super) fn failure(why: &str) -> rusqlite::Error {
    let code = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CANTOPEN);
    rusqlite::Error::SqliteFailure(code, Some(why.into()))
}

/// SQLite's own words, fit for the middle of a sentence.
pub(crate) fn said(error: &rusqlite::Error) -> String {
    let text = error.to_string().replace('\n', " ");
    text.trim_end_matches('.').to_owned()
}
