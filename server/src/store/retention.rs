//! What is let go after a while: cut from the front of each log, a little at a time.

use std::collections::BTreeMap;
use std::time::Duration;

use parlor_core::time::Timestamp;
use rusqlite::{Connection, OptionalExtension};

use super::engine::Engine;
use super::schema;
use super::trouble::said;

/// Most entries cut in one step. Taking one out of the index, so that nothing of it is left there, costs up to a
/// millisecond with a million messages, and nothing else is stored meanwhile.
const STEP: u64 = 32;

/// Most logs looked at in one step.
const LOGS_STEP: i64 = 64;

/// How long history is kept. Both bounds hold; conversations count as rooms without a name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Retention {
    /// For every room that is not named below, and for conversations.
    pub usual: Keep,
    /// For single rooms, by their folded names ([`parlor_core::name::RoomName::fold`]); what is `None` here is not
    /// bounded, whatever `usual` says.
    pub rooms: BTreeMap<String, Keep>,
}

/// How much is kept of one log; `None` for everything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Keep {
    /// Most entries.
    pub messages_max: Option<u64>,
    /// Greatest age.
    pub age_max: Option<Duration>,
}

impl Keep {
    const fn is_everything(self) -> bool {
        self.messages_max.is_none() && self.age_max.is_none()
    }
}

/// Where the round through all logs stands.
#[derive(Debug, Default)]
pub(super) struct Round {
    /// The last log looked at.
    at: i64,
}

impl Engine {
    /// Takes one small step of letting go what [`Retention`] does not keep. `true` if there is more to do.
    ///
    /// It is called when nobody waits for an answer, and every so many batches under load. `now` is what ages are
    /// counted from.
    pub fn let_go(&mut self, now: Timestamp) -> bool {
        let keeps_everything = self.options.retention.usual.is_everything() && self.options.retention.rooms.is_empty();
        if keeps_everything {
            return false;
        }
        match self.transaction(|this| this.step(now)) {
            Ok(more) => more,
            Err(error) => {
                // It is tried again with the next round.
                tracing::debug!("nothing could be let go: {}", said(&error));
                false
            }
        }
    }

    /// Cuts one log, or finds that some need no cutting.
    fn step(&mut self, now: Timestamp) -> rusqlite::Result<bool> {
        let sql = "SELECT num, room, first, last FROM log WHERE num > ?1 ORDER BY num LIMIT ?2";
        let logs = {
            let mut find = self.db.prepare_cached(sql)?;
            let logs = find.query_map((self.round.at, LOGS_STEP), |row| {
                Ok((
                    row.get::<_, i64>(0)?,
                    row.get::<_, Option<String>>(1)?,
                    row.get::<_, u64>(2)?,
                    row.get::<_, u64>(3)?,
                ))
            })?;
            logs.collect::<Result<Vec<_>, _>>()?
        };
        for (num, room, first, last) in &logs {
            let keep = self.keep(room.as_deref());
            let wanted = self.first_kept(*num, keep, *first, *last, now)?;
            if wanted > *first {
                let to = wanted.min(first + STEP);
                self.cut(*num, *first, to)?;
                if to < first + STEP {
                    self.round.at = *num;
                }
                return Ok(true);
            }
            self.round.at = *num;
        }
        if logs.len() < LOGS_STEP as usize {
            self.round.at = 0;
            return Ok(false);
        }
        Ok(true)
    }

    fn keep(&self, room: Option<&str>) -> Keep {
        let retention = &self.options.retention;
        room.and_then(|room| retention.rooms.get(room)).copied().unwrap_or(retention.usual)
    }

    /// The first entry that stays, as far as one step needs to know: what lies beyond it is not looked at.
    fn first_kept(&self, log: i64, keep: Keep, first: u64, last: u64, now: Timestamp) -> rusqlite::Result<u64> {
        let by_count = keep.messages_max.map_or(first, |most| (last + 1).saturating_sub(most).max(first));
        let end = (last + 1).min(first + STEP);
        let Some(age) = keep.age_max.filter(|_| by_count < end) else { return Ok(by_count) };
        let oldest = now.0.saturating_sub(i64::try_from(age.as_millis()).unwrap_or(i64::MAX));
        // Time does not run back in a log, so whatever is too old lies in front.
        let sql = "SELECT id FROM entry WHERE log = ?1 AND id >= ?2 AND id < ?3 AND at >= ?4 ORDER BY id LIMIT 1";
        let mut find = self.db.prepare_cached(sql)?;
        let young: Option<u64> = find.query_row((log, by_count, end, oldest), |row| row.get(0)).optional()?;
        Ok(young.unwrap_or(end))
    }

    /// Takes entries out, with all that is known of them.
    fn cut(&mut self, log: i64, from: u64, to: u64) -> rusqlite::Result<()> {
        let sql = "SELECT row, low, high, text FROM entry JOIN log ON num = entry.log \
                   WHERE entry.log = ?1 AND id >= ?2 AND id < ?3 AND kind IN (1, 2) ORDER BY row";
        let texts = {
            let mut find = self.db.prepare_cached(sql)?;
            let texts = find.query_map((log, from, to), |row| {
                let sides = row.get::<_, Option<i64>>(1)?.zip(row.get::<_, Option<i64>>(2)?);
                Ok((row.get::<_, i64>(0)?, sides, row.get::<_, String>(3)?))
            })?;
            texts.collect::<Result<Vec<_>, _>>()?
        };
        for (row, sides, text) in texts {
            self.index_remove(row, log, sides.map(super::index::sides), &text)?;
        }
        let sql = "DELETE FROM entry WHERE log = ?1 AND id >= ?2 AND id < ?3";
        self.db.prepare_cached(sql)?.execute((log, from, to))?;
        let sql = "DELETE FROM waiting WHERE log = ?1 AND id < ?2";
        if self.db.prepare_cached("SELECT 1 FROM log WHERE num = ?1 AND low IS NOT NULL")?.exists([log])? {
            self.db.prepare_cached(sql)?.execute((log, to))?;
        }
        self.db.prepare_cached("UPDATE log SET first = ?2 WHERE num = ?1")?.execute((log, to))?;
        self.logs.forget();
        self.keep_last_row()
    }

    /// Where the newest entry of all is cut, the table does not tell any more which rows were used.
    fn keep_last_row(&self) -> rusqlite::Result<()> {
        let mut find = self.db.prepare_cached("SELECT coalesce(max(row), 0) FROM entry")?;
        let left: i64 = find.query_row([], |row| row.get(0))?;
        if left < self.written && schema::fact(&self.db, ROWS)? < self.written {
            schema::set_fact(&self.db, ROWS, self.written)?;
        }
        Ok(())
    }
}

/// The fact that holds the highest row ever used, where no entry has it any more.
const ROWS: &str = "rows";

/// The highest row that was ever used, as the database knows it. Earlier programs cut entries without noting it; what
/// else goes by rows tells it then.
pub(super) fn last_row(db: &Connection) -> rusqlite::Result<i64> {
    let mut last = schema::fact(db, ROWS)?;
    for sql in ["SELECT max(row) FROM entry", "SELECT max(row) FROM nonce", "SELECT max(row) FROM waiting"] {
        last = last.max(db.query_row(sql, [], |row| row.get::<_, Option<i64>>(0))?.unwrap_or(0));
    }
    Ok(last)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;
    use crate::store::Options;
    use parlor_core::id::{IdentityId, Ticket};
    use parlor_core::name::{Nick, RoomName};
    use parlor_core::store::{Answer, Append, Ask, Change, Subject};
    use parlor_core::text::Body;

    /// What one step costs, in hundreds of instructions of SQLite's machine, where so many entries are too old.
    fn cost(entries: usize) -> u64 {
        let home = tempfile::tempdir().unwrap();
        let keep = Keep { messages_max: None, age_max: Some(Duration::from_secs(1)) };
        let retention = Retention { usual: keep, ..Retention::default() };
        let mut engine =
            Engine::open(&home.path().join("parlor.db"), Options { retention, ..Options::default() }).unwrap();
        let mut log = None;
        let subject = Subject::Room { room: RoomName::lobby(), founder: None };
        engine.batch(&[(Ticket(0), Ask::Open(subject))], |_, answer| match answer {
            Answer::Opened(opened) => log = Some(opened.log),
            other => panic!("{other:?}"),
        });
        let append = Append {
            log: log.unwrap(),
            from: IdentityId(1),
            nick: Nick::parse("ada").unwrap(),
            at: Timestamp(0),
            change: Change::Message { text: Body::parse("word").unwrap(), action: false, reply_to: None },
            nonce: None,
            operator: false,
        };
        let asks: Vec<_> = (0..entries).map(|_| (Ticket(0), Ask::Append(Box::new(append.clone())))).collect();
        engine.batch(&asks, |_, _| {});
        let steps = Arc::new(AtomicU64::new(0));
        let count = Arc::clone(&steps);
        let tick = move || {
            count.fetch_add(1, Ordering::Relaxed);
            false
        };
        engine.db.progress_handler(100, Some(tick)).unwrap();
        assert!(engine.let_go(Timestamp(1_000_000)));
        steps.load(Ordering::Relaxed)
    }

    #[test]
    fn a_step_costs_the_same_however_much_is_too_old() {
        let (little, much) = (cost(200), cost(4_000));
        assert!(much <= 2 * little, "{much} where there is much, {little} where there is little");
    }
}
