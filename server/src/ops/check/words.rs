//! The index of words: every message is found by its terms, and nothing else is.
//!
//! The terms of all messages and those in the index are compared by sums of hashes, in memory that does not depend on how
//! many there are. Only where sums differ are single messages compared.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hasher};

use parlor_core::search::EDITION;
use rusqlite::Connection;

use super::{Findings, Kind, Looked};
use crate::store::index::{self, Sides};
use crate::store::schema;

/// Sums that are kept. A sum is that of the rows with the same remainder.
const SUMS: usize = 1 << 16;

/// With more sums than this wrong, single messages are not looked for.
const WRONG_MAX: usize = 1_024;

/// For each remainder: what the messages should be found by, less what is in the index.
#[derive(Debug)]
pub(super) struct Sums {
    sums: Vec<u64>,
    hashes: Vec<u64>,
    terms: String,
}

impl Default for Sums {
    fn default() -> Self {
        Self { sums: vec![0; SUMS], hashes: Vec::new(), terms: String::new() }
    }
}

impl Sums {
    /// A message stands in this row.
    pub(super) fn expect(&mut self, row: i64, log: i64, sides: Sides, text: &str) {
        let sum = self.sum_of(row, log, sides, text);
        if let Some(kept) = self.sums.get_mut(slot(row)) {
            *kept = kept.wrapping_add(sum);
        }
    }

    /// All terms of a message in one number. A term that comes twice stands in the index once.
    fn sum_of(&mut self, row: i64, log: i64, sides: Sides, text: &str) -> u64 {
        index::fill(&mut self.terms, log, sides, text);
        self.hashes.clear();
        self.hashes.extend(self.terms.split_ascii_whitespace().map(|term| hash(row, term)));
        self.hashes.sort_unstable();
        self.hashes.dedup();
        self.hashes.iter().fold(0, |sum, hash| sum.wrapping_add(*hash))
    }
}

/// `fts5vocab` tells what is in the index (<https://sqlite.org/fts5.html#the_fts5vocab_virtual_table_module>).
pub(super) fn look(db: &Connection, looked: &mut Looked, findings: &mut Findings) -> rusqlite::Result<()> {
    if schema::fact(db, "edition")? != i64::from(EDITION) {
        let line =
            "the index of words is of another version, or was being made; the server makes it anew when it starts";
        findings.add(Kind::Words, line);
        return Ok(());
    }
    db.execute_batch("CREATE VIRTUAL TABLE temp.term USING fts5vocab(main, words, instance)")?;
    let sums = &mut looked.words;
    each_term(db, |row, hash| {
        if let Some(kept) = sums.sums.get_mut(slot(row)) {
            *kept = kept.wrapping_sub(hash);
        }
    })?;
    match sums.sums.iter().filter(|sum| **sum != 0).count() {
        0 => Ok(()),
        wrong if wrong > WRONG_MAX => {
            findings.add(Kind::Words, "the index of words is wrong in many places; make it anew with check --reindex");
            Ok(())
        }
        _ => single(db, sums, findings),
    }
}

/// Which messages it is.
fn single(db: &Connection, sums: &mut Sums, findings: &mut Findings) -> rusqlite::Result<()> {
    let mut there: BTreeMap<i64, u64> = BTreeMap::new();
    let wrong: Vec<bool> = sums.sums.iter().map(|sum| *sum != 0).collect();
    let is_wrong = |row: i64| wrong.get(slot(row)).copied().unwrap_or(false);
    each_term(db, |row, hash| {
        if is_wrong(row) {
            let sum = there.entry(row).or_default();
            *sum = sum.wrapping_add(hash);
        }
    })?;
    let sql = "SELECT row, entry.log, low, high, text, id, name FROM entry JOIN log ON num = entry.log \
               WHERE kind IN (1, 2) ORDER BY row";
    let mut find = db.prepare(sql)?;
    let mut rows = find.query([])?;
    while let Some(entry) = rows.next()? {
        let row: i64 = entry.get(0)?;
        if !is_wrong(row) {
            continue;
        }
        let (log, low, high): (i64, Option<i64>, Option<i64>) = (entry.get(1)?, entry.get(2)?, entry.get(3)?);
        let (id, name): (i64, Option<String>) = (entry.get(5)?, entry.get(6)?);
        let Ok(text) = entry.get_ref(4)?.as_str() else { continue };
        let name = name.map_or_else(|| format!("conversation {log}"), |name| format!("#{name}"));
        let expected = sums.sum_of(row, log, low.zip(high).map(index::sides), text);
        match there.remove(&row) {
            None => findings.add(Kind::Words, format_args!("{name}: message {id} is not in the index of words")),
            Some(sum) if sum != expected => {
                findings.add(Kind::Words, format_args!("{name}: message {id} is in the index under other words"));
            }
            Some(_) => {}
        }
    }
    for row in there.into_keys() {
        findings.add(Kind::Words, format_args!("the index of words holds row {row}, which is no message"));
    }
    Ok(())
}

/// Each term of each row.
fn each_term(db: &Connection, mut each: impl FnMut(i64, u64)) -> rusqlite::Result<()> {
    let mut find = db.prepare("SELECT term, doc FROM temp.term")?;
    let mut rows = find.query([])?;
    while let Some(row) = rows.next()? {
        let doc = row.get(1)?;
        each(doc, hash(doc, row.get_ref(0)?.as_str()?));
    }
    Ok(())
}

fn hash(row: i64, term: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write_i64(row);
    hasher.write(term.as_bytes());
    hasher.finish()
}

const fn slot(row: i64) -> usize {
    row.cast_unsigned() as usize % SUMS
}
