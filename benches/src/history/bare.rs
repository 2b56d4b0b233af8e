//! The least a program does to keep messages: the rows and the terms of each, through SQLite and nothing else.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};
use std::time::Instant;

use fastrand::Rng;
use parlor_core::search::terms;
use rusqlite::Connection;
use rusqlite::hooks::Wal;
use server::store::Options;

use super::texts::Texts;
use super::{PEOPLE, ROOMS, Wrote, nanos};
use crate::figures::Latency;
use crate::os;

/// A message as its rows have it, made before the clock runs.
struct Prepared {
    log: usize,
    author: i64,
    nick: String,
    text: String,
    terms: String,
    nonce: String,
}

/// A database that [`super::keeper::Keeper`] has made, opened by nobody but this.
#[derive(Debug)]
pub struct Bare {
    db: Connection,
    row: i64,
    /// The number of each log, and its last entry.
    logs: Vec<(i64, i64)>,
    pages: Arc<AtomicI32>,
    pages_max: i32,
}

impl Bare {
    /// Opens it with the settings that the store has.
    ///
    /// # Errors
    /// One sentence, if SQLite says so.
    pub fn open(path: &Path) -> Result<Self, String> {
        Self::try_open(path).map_err(|error| format!("{} cannot be used: {error}.", path.display()))
    }

    fn try_open(path: &Path) -> rusqlite::Result<Self> {
        let mut db = Connection::open(path)?;
        db.execute_batch(
            "PRAGMA cell_size_check = on; PRAGMA trusted_schema = off; PRAGMA cache_size = -8192; PRAGMA mmap_size = 0; \
             PRAGMA temp_store = memory; PRAGMA journal_mode = wal; PRAGMA synchronous = full; PRAGMA fullfsync = on; \
             PRAGMA checkpoint_fullfsync = on; PRAGMA wal_autocheckpoint = 0; PRAGMA journal_size_limit = 67108864; \
             PRAGMA secure_delete = on;",
        )?;
        db.set_prepared_statement_cache_capacity(16);
        let row: Option<i64> = db.query_row("SELECT max(row) FROM entry", [], |row| row.get(0))?;
        let logs = {
            let mut find = db.prepare("SELECT num, last FROM log ORDER BY num")?;
            find.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<Vec<_>, _>>()?
        };
        let pages = Arc::new(AtomicI32::new(0));
        let hook = Arc::clone(&pages);
        db.wal_hook(Some(move |_: &mut Wal, pages: i32| {
            hook.store(pages, Ordering::Relaxed);
            Ok(())
        }))?;
        let pages_max = i32::try_from(Options::default().wal_pages).unwrap_or(i32::MAX);
        Ok(Self { db, row: row.unwrap_or(0), logs, pages, pages_max })
    }

    /// Writes so many messages, so many in each transaction.
    ///
    /// # Errors
    /// One sentence, if SQLite says so.
    pub fn write(&mut self, texts: &mut Texts, messages: usize, batch: usize) -> Result<Wrote, String> {
        let mut rng = Rng::with_seed(9);
        let prepared: Vec<Prepared> = (0..messages).map(|at| self.prepare(&mut rng, texts, at)).collect();
        let (mut latency, cpu, since) = (Latency::default(), os::own_processor_time(), Instant::now());
        for part in prepared.chunks(batch) {
            let begun = Instant::now();
            self.commit(part).map_err(|error| format!("The bare loop failed: {error}."))?;
            latency.record(nanos(begun.elapsed()));
        }
        let (time, cpu) = (since.elapsed(), os::own_processor_time() - cpu);
        let processor_micros = cpu.as_secs_f64() * 1e6 / messages as f64;
        Ok(Wrote { messages: messages as u64, time, latency: latency.micros(), processor_micros })
    }

    fn prepare(&self, rng: &mut Rng, texts: &mut Texts, at: usize) -> Prepared {
        let (log, author) = (rng.usize(..ROOMS), rng.usize(..PEOPLE));
        let text = texts.next_text();
        let mut row = format!("_l{} ", self.logs[log].0);
        terms(&text, |term| {
            row.push_str(term);
            row.push(' ');
        });
        let nonce = format!("{at:x}-{:x}", rng.u64(..));
        Prepared { log, author: author as i64 + 1, nick: format!("person{author}"), text, terms: row, nonce }
    }

    fn commit(&mut self, batch: &[Prepared]) -> rusqlite::Result<()> {
        self.db.prepare_cached("BEGIN")?.execute([])?;
        let mut changed = [false; ROOMS];
        for said in batch {
            self.row += 1;
            let (num, last) = &mut self.logs[said.log];
            *last += 1;
            changed[said.log] = true;
            let at = 1_790_000_000_000 + self.row;
            let sql = "INSERT INTO entry VALUES (?1, ?2, ?3, ?4, ?5, ?6, 1, ?7, NULL, NULL)";
            let values = (self.row, *num, *last, said.author, &said.nick, at, &said.text);
            self.db.prepare_cached(sql)?.execute(values)?;
            let sql = "INSERT INTO words(rowid, terms) VALUES (?1, ?2)";
            self.db.prepare_cached(sql)?.execute((self.row, &said.terms))?;
            let sql = "INSERT INTO nonce VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
            self.db.prepare_cached(sql)?.execute((self.row, said.author, &said.nonce, *num, *last, at))?;
        }
        for (num, last) in self.logs.iter().zip(changed).filter(|(_, changed)| *changed).map(|(log, _)| log) {
            let sql = "UPDATE log SET last = ?2, at = ?3 WHERE num = ?1";
            self.db.prepare_cached(sql)?.execute((num, last, 1_790_000_000_000 + self.row))?;
        }
        self.db.prepare_cached("COMMIT")?.execute([])?;
        if self.pages.load(Ordering::Relaxed) >= self.pages_max {
            self.pages.store(0, Ordering::Relaxed);
            self.db.prepare_cached("PRAGMA wal_checkpoint(PASSIVE)")?.query_row([], |_| Ok(()))?;
        }
        Ok(())
    }
}
