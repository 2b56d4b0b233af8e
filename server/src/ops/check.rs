//! `parlor-server check`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use rusqlite::Connection;

use super::file::{self, What};
use super::place::Place;
use super::{count, tell};
use crate::data_dir::DataDir;
use crate::store::schema;
use crate::store::trouble::said;
use crate::store::{FILE, index};

mod entries;
mod people;
mod words;

/// Most findings of one kind that are told one by one.
const TOLD_MAX: u64 = 20;

/// Look for damage; the server may run meanwhile
///
/// It goes through the file itself, the order of every room, who everybody is, and whether the search finds every word
/// and nothing else, and changes nothing. Each finding is one line. The exit code is 0 if everything is right, else 1.
#[derive(Debug, Args)]
pub struct Check {
    /// Look through this backup instead of the data directory
    #[arg(value_name = "FILE", conflicts_with_all = ["data", "config", "reindex"])]
    pub file: Option<PathBuf>,

    /// Make the index that the search looks into anew first; with the server stopped
    #[arg(long)]
    pub reindex: bool,

    #[command(flatten)]
    #[allow(missing_docs, reason = "its type says it")]
    pub place: Place,
}

impl Check {
    pub(super) fn run(self) -> Result<ExitCode, String> {
        if let Some(file) = &self.file {
            if super::place::is_missing(file) {
                return Err(format!("There is no file {}.", file.display()));
            }
            return look(file, What::Backup);
        }
        let database = self.place.database()?;
        let _lock = if self.reindex { Some(reindex(&self.place.directory()?)?) } else { None };
        look(&database, What::Database)
    }
}

/// Makes the index of words anew, alone in the directory.
fn reindex(directory: &Path) -> Result<DataDir, String> {
    let data = DataDir::take(directory)?;
    let path = data.path().join(FILE);
    let mut db = schema::open(&path, None)?;
    let cannot = |error: rusqlite::Error| file::unusable(&path, What::Database, &error);
    schema::begin_log_anew(&db).map_err(cannot)?;
    schema::set_fact(&db, "edition", 0).and_then(|()| index::keep_up(&mut db)).map_err(cannot)?;
    schema::checkpoint(&db, schema::Checkpoint::Truncate).map_err(cannot)?;
    tell("The index that the search looks into is made anew.");
    Ok(data)
}

/// Looks through a file, all of it at one moment.
fn look(path: &Path, what: What) -> Result<ExitCode, String> {
    let db = file::open(path, what)?;
    let mut findings = Findings::default();
    let steps: [(&str, Step); 4] = [
        ("the file", whole),
        ("the rooms", entries::look),
        ("the identities", people::look),
        ("the index of words", words::look),
    ];
    let mut looked = Looked::default();
    for (name, step) in steps {
        if let Err(error) = step(&db, &mut looked, &mut findings) {
            findings.add(Kind::Unreadable, format_args!("{name}: not to be read to the end: {}", said(&error)));
        }
    }
    let amount = format!(
        "{} in {}",
        count(looked.entries, "entry", "entries"),
        count(looked.logs, "room or conversation", "rooms and conversations")
    );
    let name = path.display();
    match findings.all() {
        0 => {
            tell(format_args!("{name} is right: {amount}."));
            Ok(ExitCode::SUCCESS)
        }
        all => {
            tell(format_args!("{name} is not right: {}, {amount}.", count(all, "finding", "findings")));
            Ok(ExitCode::FAILURE)
        }
    }
}

type Step = fn(&Connection, &mut Looked, &mut Findings) -> rusqlite::Result<()>;

/// What was looked at.
#[derive(Debug, Default)]
struct Looked {
    logs: u64,
    entries: u64,
    /// What messages should be found by, less what they are found by.
    words: words::Sums,
}

/// The file as SQLite sees it: pages, tables, indices, rules, and the inside of the index of words
/// (<https://sqlite.org/pragma.html#pragma_integrity_check>).
fn whole(db: &Connection, _: &mut Looked, findings: &mut Findings) -> rusqlite::Result<()> {
    let mut look = db.prepare("PRAGMA integrity_check")?;
    let mut rows = look.query([])?;
    while let Some(row) = rows.next()? {
        let line: String = row.get(0)?;
        if line != "ok" {
            findings.add(Kind::File, format_args!("the file: {}", line.replace('\n', " ")));
        }
    }
    Ok(())
}

/// What can be wrong. Of each only so many are told one by one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    File,
    Unreadable,
    Log,
    Order,
    Time,
    Content,
    Reference,
    Identity,
    Leftover,
    Words,
}

/// What was found.
#[derive(Debug, Default)]
struct Findings {
    counts: BTreeMap<Kind, u64>,
}

impl Findings {
    fn add(&mut self, kind: Kind, line: impl std::fmt::Display) {
        let count = self.counts.entry(kind).or_default();
        *count += 1;
        if *count <= TOLD_MAX {
            tell(line);
        } else if *count == TOLD_MAX + 1 {
            tell("there is more of this kind, which is only counted");
        }
    }

    fn all(&self) -> u64 {
        self.counts.values().sum()
    }
}
