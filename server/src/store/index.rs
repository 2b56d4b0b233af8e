//! The index of words: what is said under which terms.
//!
//! Each message is one row of an FTS5 table without content (<https://sqlite.org/fts5.html#contentless_tables>): the
//! terms that `parlor_core::search` makes of it, and terms that say where it stands. What is removed must be given with
//! the very terms it was added with; these are made anew from the text, and the index is made anew when they change.

use std::fmt::Write;

use parlor_core::id::IdentityId;
use parlor_core::search::{EDITION, terms};
use rusqlite::Connection;

use super::engine::Engine;
use super::schema;

/// Messages in one transaction when all terms are made anew.
const REBUILD_ROWS: i64 = 5_000;

pub(crate) type Sides = Option<(IdentityId, IdentityId)>;

impl Engine {
    pub(super) fn index_add(&mut self, row: i64, log: i64, sides: Sides, text: &str) -> rusqlite::Result<()> {
        fill(&mut self.terms, log, sides, text);
        add(&self.db, row, &self.terms)
    }

    pub(super) fn index_remove(&mut self, row: i64, log: i64, sides: Sides, text: &str) -> rusqlite::Result<()> {
        fill(&mut self.terms, log, sides, text);
        let sql = "INSERT INTO words(words, rowid, terms) VALUES ('delete', ?1, ?2)";
        self.db.prepare_cached(sql)?.execute((row, &self.terms)).map(drop)
    }
}

/// The term of everything in one log.
pub(super) fn log_term(log: i64) -> String {
    format!("_l{log}")
}

/// The term of everything in one's conversations.
pub(super) fn own_term(me: IdentityId) -> String {
    format!("_i{}", me.0)
}

fn add(db: &Connection, row: i64, terms: &str) -> rusqlite::Result<()> {
    db.prepare_cached("INSERT INTO words(rowid, terms) VALUES (?1, ?2)")?.execute((row, terms)).map(drop)
}

/// The two sides of a conversation, from their columns.
pub(crate) const fn sides((low, high): (i64, i64)) -> (IdentityId, IdentityId) {
    (IdentityId(low.cast_unsigned()), IdentityId(high.cast_unsigned()))
}

/// All terms of a message, with spaces between.
pub(crate) fn fill(row: &mut String, log: i64, sides: Sides, text: &str) {
    row.clear();
    let _ = write!(row, "_l{log} ");
    if let Some((low, high)) = sides {
        let _ = write!(row, "_i{} _i{} ", low.0, high.0);
    }
    terms(text, |term| {
        row.push_str(term);
        row.push(' ');
    });
}

/// Makes the whole index anew if this program makes other terms than the one that made it. A crash in the middle costs
/// nothing but the time: it begins again.
pub(crate) fn keep_up(db: &mut Connection) -> rusqlite::Result<()> {
    if is_kept_up(db)? {
        return Ok(());
    }
    let newest: Option<i64> = db.query_row("SELECT max(row) FROM entry", [], |row| row.get(0))?;
    if newest.is_some() {
        tracing::info!("the index of words is made anew; this takes a while");
    }
    let transaction = db.transaction()?;
    schema::set_fact(&transaction, "edition", 0)?;
    transaction.execute("INSERT INTO words(words) VALUES ('delete-all')", [])?;
    transaction.commit()?;
    let (mut done, newest) = (0, newest.unwrap_or(0));
    while done < newest {
        let transaction = db.transaction()?;
        rebuild(&transaction, done, done + REBUILD_ROWS)?;
        transaction.commit()?;
        schema::checkpoint(db, schema::Checkpoint::Passive)?;
        done += REBUILD_ROWS;
    }
    schema::set_fact(db, "edition", EDITION.into())
}

/// Whether the index has the terms that this program makes.
pub(super) fn is_kept_up(db: &Connection) -> rusqlite::Result<bool> {
    Ok(schema::fact(db, "edition")? == i64::from(EDITION))
}

fn rebuild(db: &Connection, after: i64, to: i64) -> rusqlite::Result<()> {
    let sql = "SELECT row, entry.log, low, high, text FROM entry JOIN log ON num = entry.log \
               WHERE row > ?1 AND row <= ?2 AND kind IN (1, 2) ORDER BY row";
    let mut find = db.prepare_cached(sql)?;
    let mut rows = find.query((after, to))?;
    let mut terms = String::new();
    while let Some(row) = rows.next()? {
        let (low, high): (Option<i64>, Option<i64>) = (row.get(2)?, row.get(3)?);
        let both = low.zip(high).map(sides);
        fill(&mut terms, row.get(1)?, both, row.get_ref(4)?.as_str()?);
        add(db, row.get(0)?, &terms)?;
    }
    Ok(())
}
