//! `parlor-server backup FILE`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use rusqlite::Connection;

use super::file::{self, Part, What, beside};
use super::place::{Place, is_missing};
use super::{count, date, grouped, tell};

/// Copy the history into a file; the server may run meanwhile
///
/// The copy holds everything the server keeps, history and identities, as it is at one moment. The server waits for
/// nothing, and may be stopped as well. The file is readable for you alone: private talk is in it.
#[derive(Debug, Args)]
pub struct Backup {
    /// Where to; there must be no such file yet
    #[arg(value_name = "FILE")]
    pub file: PathBuf,

    #[command(flatten)]
    #[allow(missing_docs, reason = "its type says it")]
    pub place: Place,
}

impl Backup {
    pub(super) fn run(self) -> Result<ExitCode, String> {
        let database = self.place.database()?;
        let db = file::open(&database, What::Database)?;
        if !is_missing(&self.file) {
            let name = self.file.display();
            return Err(format!(
                "There is a file {name} already, and a backup is written over nothing; choose another name."
            ));
        }
        write(&db, &self.file)?;
        let written = file::open(&self.file, What::Backup)?;
        let holds = Holds::of(&written).map_err(|error| file::unusable(&self.file, What::Backup, &error))?;
        let bytes = self.file.metadata().map_or(0, |file| file.len());
        tell(format_args!("{} is written ({} KB): {holds}.", self.file.display(), grouped(bytes / 1_000)));
        Ok(ExitCode::SUCCESS)
    }
}

/// Makes a copy that is there whole or not at all.
fn write(db: &Connection, to: &Path) -> Result<(), String> {
    let path = beside(to, ".part");
    let refused = |error: std::io::Error| file::refused(to, &beside(to, ".part"), &error);
    let part = Part::create(path).map_err(refused)?;
    part.fill(db).map_err(|error| file::unwritable(to, &error))?;
    part.finish(to).map_err(refused)
}

/// What is in a file, in a few words.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Holds {
    rooms: u64,
    direct: u64,
    identities: u64,
    last: Option<i64>,
}

impl Holds {
    pub(super) fn of(db: &Connection) -> rusqlite::Result<Self> {
        let sql = "SELECT count(room), count(low), (SELECT count(*) FROM identity), \
                   (SELECT at FROM entry ORDER BY row DESC LIMIT 1) FROM log";
        db.query_row(sql, [], |row| {
            Ok(Self { rooms: row.get(0)?, direct: row.get(1)?, identities: row.get(2)?, last: row.get(3)? })
        })
    }
}

impl std::fmt::Display for Holds {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let rooms = count(self.rooms, "room", "rooms");
        let direct = count(self.direct, "conversation", "conversations");
        let identities = count(self.identities, "identity", "identities");
        write!(f, "{rooms}, {direct}, {identities}")?;
        match self.last {
            Some(at) => write!(f, "; the last entry is of {} UTC", date(at)),
            None => write!(f, "; nothing was said yet"),
        }
    }
}
