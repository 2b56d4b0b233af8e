//! `parlor-server erase NICK`.

use std::fs;
use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;

use clap::Args;
use parlor_core::name::Nick;
use rusqlite::{Connection, OptionalExtension};

use super::file::{self, Part, What, beside};
use super::place::Place;
use super::{count, tell};
use crate::data_dir::DataDir;
use crate::run::plain;
use crate::store::trouble::said;
use crate::store::{FILE, index, schema};

/// What stands in the place of the name.
const NOBODY: &str = "[erased]";

/// The fact that an erasure is not over: what was erased may still be found in free space of the file.
pub(super) const UNFINISHED: &str = "erasing";

/// Erase somebody: everything they said, and who they are; with the server stopped
///
/// Their messages, topics and corrections become empty places, so that ids stay; their name, token, read positions and
/// what waits for them go, and no byte of it stays in the data directory. What others wrote stays, mentions of the name
/// included. Backups still hold it all: whoever restores one erases again.
#[derive(Debug, Args)]
pub struct Erase {
    /// Whom, by their present name
    #[arg(value_name = "NICK")]
    pub nick: String,

    /// Also what nobody's identity said under this name: people who came with a tutorial's client, or who have not been
    /// here for long
    #[arg(long)]
    pub guests: bool,

    /// Do not ask
    #[arg(long)]
    pub yes: bool,

    #[command(flatten)]
    #[allow(missing_docs, reason = "its type says it")]
    pub place: Place,
}

impl Erase {
    pub(super) fn run(self) -> Result<ExitCode, String> {
        let nick = Nick::parse(&self.nick).map_err(|bad| bad.to_string())?;
        self.place.database()?;
        let data = DataDir::take(&self.place.directory()?)?;
        let path = data.path().join(FILE);
        let cannot = |error: rusqlite::Error| file::unusable(&path, What::Database, &error);
        let mut db = schema::open(&path, None)?;
        schema::begin_log_anew(&db).map_err(cannot)?;
        index::keep_up(&mut db).map_err(cannot)?;
        let is_unfinished = schema::fact(&db, UNFINISHED).map_err(cannot)? != 0;
        let found = Found::look(&db, &nick, self.guests).map_err(cannot)?;
        if found.authors.is_empty() {
            if !is_unfinished {
                return Err(found.nobody(&nick));
            }
            finish(db, &path)?;
            tell("The erasure that was interrupted is finished.");
            return Ok(ExitCode::SUCCESS);
        }
        let amount = found.amount(&db).map_err(cannot)?;
        if !self.yes && !is_confirmed(&nick, &amount)? {
            return Err("Nothing was erased.".into());
        }
        let topics = erase(&mut db, &found.authors).map_err(|error| {
            format!("Nothing was erased, for {} cannot be written: {}.", path.display(), said(&error))
        })?;
        finish(db, &path)?;
        tell(format_args!("{nick} is erased: {amount}."));
        for room in topics {
            tell(format_args!(
                "The topic of #{room} stays: it is older than what is kept, so nobody knows whose it is."
            ));
        }
        found.tell_others(&nick);
        tell_copies(data.path());
        Ok(ExitCode::SUCCESS)
    }
}

/// Who is meant.
struct Found {
    authors: Vec<i64>,
    is_known: bool,
    /// Entries under the same name by nobody that is known, which are not meant.
    others: u64,
}

impl Found {
    fn look(db: &Connection, nick: &Nick, guests: bool) -> rusqlite::Result<Self> {
        let sql = "SELECT id FROM identity WHERE fold = ?1";
        let known: Option<i64> = db.query_row(sql, [nick.fold()], |row| row.get(0)).optional()?;
        let mut found = Self { authors: known.into_iter().collect(), is_known: known.is_some(), others: 0 };
        let sql = "SELECT author, nick, count(*) FROM entry WHERE kind != 0 \
                   AND NOT EXISTS (SELECT 1 FROM identity WHERE id = author) GROUP BY author, nick";
        let mut find = db.prepare(sql)?;
        let mut rows = find.query([])?;
        while let Some(row) = rows.next()? {
            let is_so_called = Nick::parse(row.get_ref(1)?.as_str()?).is_ok_and(|name| name == *nick);
            if is_so_called && guests {
                found.authors.push(row.get(0)?);
            } else if is_so_called {
                found.others += row.get::<_, u64>(2)?;
            }
        }
        found.authors.dedup();
        Ok(found)
    }

    /// What will be, or was, erased.
    fn amount(&self, db: &Connection) -> rusqlite::Result<String> {
        let sql = "SELECT count(*) FILTER (WHERE kind IN (1, 2)), count(*) FILTER (WHERE kind = 3), \
                   count(*) FILTER (WHERE kind = 4), count(DISTINCT log) FROM entry WHERE author = ?1";
        let mut all = [0_u64; 4];
        for author in &self.authors {
            let one: [u64; 4] =
                db.query_row(sql, [author], |row| Ok([row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?]))?;
            all.iter_mut().zip(one).for_each(|(all, one)| *all += one);
        }
        let [messages, topics, edits, _] = all;
        Ok(format!(
            "{}, {}, {}{}",
            count(messages, "message", "messages"),
            count(topics, "topic", "topics"),
            count(edits, "correction", "corrections"),
            if self.is_known { ", the identity" } else { "" }
        ))
    }

    fn nobody(&self, nick: &Nick) -> String {
        match self.others {
            0 => format!("Nobody is called {nick}, and nothing was said under this name."),
            others => {
                let others = count(others, "entry is", "entries are");
                format!("Nobody has the name {nick} now, but {others} kept under it; erase that with --guests.")
            }
        }
    }

    fn tell_others(&self, nick: &Nick) {
        if self.others > 0 {
            let others = count(self.others, "entry is", "entries are");
            tell(format_args!("{others} kept under the name {nick} by others, who have no identity: see --guests."));
        }
    }
}

/// Asks the person at the terminal.
fn is_confirmed(nick: &Nick, amount: &str) -> Result<bool, String> {
    if !io::stdin().is_terminal() {
        return Err("Erasing cannot be taken back; say --yes if nobody is there to be asked.".into());
    }
    let mut out = io::stdout().lock();
    let _ = write!(out, "{amount}: all of it will be gone for good. Type {nick} to erase it: ");
    let _ = out.flush();
    let mut typed = String::new();
    io::stdin().read_line(&mut typed).map_err(|error| format!("The answer cannot be read: {}.", plain(&error)))?;
    Ok(Nick::parse(typed.trim()).is_ok_and(|typed| typed == *nick))
}

/// Erases it all or nothing of it. Returns the rooms whose topics may be theirs, which nobody can know any more.
fn erase(db: &mut Connection, authors: &[i64]) -> rusqlite::Result<Vec<String>> {
    let transaction = db.transaction()?;
    transaction.execute_batch("CREATE TEMP TABLE erased (id INTEGER PRIMARY KEY)")?;
    for author in authors {
        transaction.execute("INSERT OR IGNORE INTO erased VALUES (?1)", [author])?;
    }
    unindex(&transaction)?;
    let topics = clear_topics(&transaction)?;
    for sql in [
        "UPDATE entry SET kind = 0, text = NULL, ref = NULL, edited = NULL WHERE author IN erased AND kind IN (1, 2, 3, 4)",
        "DELETE FROM waiting WHERE log IN (SELECT num FROM log WHERE low IN erased OR high IN erased)",
        "DELETE FROM waiting WHERE identity IN erased",
        "DELETE FROM read WHERE identity IN erased",
        "DELETE FROM present WHERE identity IN erased",
        "DELETE FROM nonce WHERE identity IN erased",
        "DELETE FROM identity WHERE id IN erased",
        "UPDATE log SET operator = NULL WHERE operator IN erased",
    ] {
        transaction.execute(sql, [])?;
    }
    transaction.execute("UPDATE entry SET nick = ?1 WHERE author IN erased", [NOBODY])?;
    schema::set_fact(&transaction, UNFINISHED, 1)?;
    transaction.execute_batch("DROP TABLE erased")?;
    transaction.commit()?;
    Ok(topics)
}

/// Takes their messages out of the index of words.
fn unindex(db: &Connection) -> rusqlite::Result<()> {
    let sql = "SELECT row, entry.log, low, high, text FROM entry JOIN log ON num = entry.log \
               WHERE author IN erased AND kind IN (1, 2) ORDER BY row";
    let mut find = db.prepare(sql)?;
    let mut remove = db.prepare("INSERT INTO words(words, rowid, terms) VALUES ('delete', ?1, ?2)")?;
    let mut rows = find.query([])?;
    let mut terms = String::new();
    while let Some(row) = rows.next()? {
        let sides = row.get::<_, Option<i64>>(2)?.zip(row.get::<_, Option<i64>>(3)?).map(index::sides);
        index::fill(&mut terms, row.get(1)?, sides, row.get_ref(4)?.as_str()?);
        remove.execute((row.get::<_, i64>(0)?, &terms))?;
    }
    Ok(())
}

/// Empties the topics that they set. One that was set by an entry no longer kept may be theirs or not.
fn clear_topics(db: &Connection) -> rusqlite::Result<Vec<String>> {
    let newest = "(SELECT author FROM entry WHERE entry.log = num AND kind = 3 ORDER BY id DESC LIMIT 1)";
    db.execute(&format!("UPDATE log SET topic = '' WHERE topic != '' AND {newest} IN erased"), [])?;
    let mut find =
        db.prepare(&format!("SELECT name FROM log WHERE topic != '' AND name NOT NULL AND {newest} IS NULL"))?;
    find.query_map([], |row| row.get(0))?.collect()
}

/// Writes the file anew, so that nothing of what was erased stays in its free space, and puts it in the place of the old.
///
/// Overwriting on deletion is not enough: what SQLite moves from page to page leaves copies behind, and the index of
/// words keeps some terms to find its pages by until it is merged.
fn finish(db: Connection, path: &Path) -> Result<(), String> {
    let name = path.display();
    let later = |why: String| {
        let why = why.trim_end_matches('.');
        format!("What was erased may still be found in free space of {name}; run the same again ({why}).")
    };
    let wrong = |error: rusqlite::Error| later(said(&error));
    db.execute("INSERT INTO words(words) VALUES ('optimize')", []).map_err(wrong)?;
    let place = beside(path, ".erasing");
    // The lock is ours: whoever left it is gone.
    let _ = fs::remove_file(&place);
    let part = Part::create(place).map_err(|error| later(plain(&error)))?;
    part.fill(&db).map_err(|error| later(file::unwritable(part.path(), &error)))?;
    let copy = Connection::open(part.path()).map_err(wrong)?;
    copy.execute("DELETE FROM fact WHERE name = ?1", [UNFINISHED]).map_err(wrong)?;
    copy.close().map_err(|(_, error)| wrong(error))?;
    // A log that stays would be played into the new file. It goes only when the old file has all of it.
    if !schema::checkpoint(&db, schema::Checkpoint::Truncate).map_err(wrong)? {
        return Err(later("another program reads it; end that one".into()));
    }
    db.close().map_err(|(_, error)| wrong(error))?;
    for more in ["-wal", "-shm"] {
        let _ = fs::remove_file(beside(path, more));
    }
    part.finish(path).map_err(|error| later(plain(&error)))
}

/// Other files in which it may all still stand.
fn tell_copies(directory: &Path) {
    let Ok(files) = fs::read_dir(directory) else { return };
    let names = files.flatten().map(|file| file.file_name().to_string_lossy().into_owned());
    let mut copies: Vec<String> =
        names.filter(|name| name.starts_with(FILE) && name.contains(".before-restore-")).collect();
    copies.sort();
    for copy in copies {
        tell(format_args!("{copy} was put aside by a restore and still holds it; delete it when nobody needs it."));
    }
}
