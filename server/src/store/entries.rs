//! What stands in the logs: writing, correcting, taking back, reading.

use parlor_core::id::{IdentityId, LogId, MessageId};
use parlor_core::limits::PAGE_MAX;
use parlor_core::store::{Answer, Append, Change, Entry, PAGE_TEXT_BYTES};
use parlor_core::time::Timestamp;
use parlor_core::vocabulary::{Span, Tag};
use rusqlite::{OptionalExtension, Row};

use super::engine::Engine;
use super::names::{self, Names};

/// How long a nonce is remembered (`native-protocol`, nonce): 24 h, in ms.
const NONCE_HELD_MS: i64 = 24 * 3_600_000;

/// How many nonces are looked at for each one that comes, to forget those that are old: more than come, so that none
/// stay for long.
const NONCES_LOOKED_AT: i64 = 4;

/// Where the round through all nonces stands. It goes by rows and looks at the time of each: a clock that was once ahead
/// leaves nonces among the others that are old long after them.
#[derive(Debug, Default)]
pub(super) struct Nonces {
    /// The last row looked at.
    at: i64,
    /// How many came in this transaction, and when.
    came: i64,
    now: i64,
}

/// What an entry is, as a number in its row.
pub(crate) mod kind {
    pub(crate) const TOMBSTONE: i64 = 0;
    pub(crate) const MESSAGE: i64 = 1;
    pub(crate) const ACTION: i64 = 2;
    pub(crate) const TOPIC: i64 = 3;
    pub(crate) const EDIT: i64 = 4;
    pub(crate) const DELETION: i64 = 5;
}

/// The columns that [`read`] expects.
macro_rules! entry_columns {
    () => {
        "entry.row, entry.id, entry.author, entry.nick, entry.at, entry.kind, entry.text, entry.ref, entry.edited"
    };
}
pub(super) use entry_columns;

/// A part of a log, from its one end or the other.
macro_rules! page_of {
    ($order:literal) => {
        concat!(
            "SELECT ",
            entry_columns!(),
            ", now.text FROM entry LEFT JOIN entry now ON entry.kind = 4 AND now.log = entry.log \
             AND now.id = entry.ref AND now.kind IN (1, 2) \
             WHERE entry.log = ?1 AND entry.id >= ?2 AND entry.id < ?3 ORDER BY entry.id ",
            $order
        )
    };
}

/// A message that somebody wants changed.
struct Target {
    row: i64,
    author: IdentityId,
    text: String,
}

impl Engine {
    pub(super) fn append(&mut self, append: &Append) -> rusqlite::Result<Answer> {
        if let Some(nonce) = &append.nonce
            && let Some(answer) = self.repeated(append, nonce)?
        {
            return Ok(answer);
        }
        let Some(log) = self.log(append.log)? else { return Ok(Answer::Failed) };
        let (num, sides, id, at) = (log.num, log.sides, log.last + 1, append.at.max(log.at));
        let row = self.written + 1;
        let (kind, text, reference) = match &append.change {
            Change::Message { text, action, reply_to } => {
                let kind = if *action { kind::ACTION } else { kind::MESSAGE };
                (kind, Some(text.as_str()), reply_to.map(sql_id))
            }
            Change::Topic(topic) => (kind::TOPIC, Some(topic.as_str()), None),
            Change::Edit { target, text } => {
                let Some(found) = self.message(num, *target)? else { return Ok(Answer::NoSuchMessage) };
                if found.author != append.from {
                    return Ok(Answer::NotYours);
                }
                self.reword(&found, num, sides, text.as_str(), id)?;
                (kind::EDIT, None, Some(sql_id(*target)))
            }
            Change::Delete { target } => {
                let Some(found) = self.message(num, *target)? else { return Ok(Answer::NoSuchMessage) };
                if found.author != append.from && !append.operator {
                    return Ok(Answer::NotYours);
                }
                self.bury(&found, num, sides)?;
                (kind::DELETION, None, Some(sql_id(*target)))
            }
        };
        let sql = "INSERT INTO entry VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, NULL)";
        let author = append.from.0.cast_signed();
        let values = (row, num, id.cast_signed(), author, append.nick.as_str(), at.0, kind, text, reference);
        self.db.prepare_cached(sql)?.execute(values)?;
        if let Change::Message { text, .. } = &append.change {
            self.index_add(row, num, sides, text.as_str())?;
        }
        // Somebody who says something is news; what is corrected or taken back is not.
        if matches!(append.change, Change::Message { .. })
            && let Some(other) = sides.and_then(|sides| other_side(sides, append.from))
        {
            self.waits(other, num, id, row)?;
        }
        if let Some(nonce) = &append.nonce {
            let sql = "INSERT INTO nonce VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
            self.db.prepare_cached(sql)?.execute((row, author, nonce.as_str(), num, id.cast_signed(), at.0))?;
        }
        // Nothing can fail any more.
        self.written = row;
        if let (Change::Topic(topic), Some(log)) = (&append.change, self.logs.get_mut(append.log)) {
            log.topic = topic.clone();
        }
        self.logs.written(append.log, id, at);
        Ok(Answer::Appended { id: MessageId(id), at, repeated: false })
    }

    /// The answer to what was sent before, if that is not long ago.
    fn repeated(&mut self, append: &Append, nonce: &Tag) -> rusqlite::Result<Option<Answer>> {
        let (from, now) = (append.from.0.cast_signed(), append.at.0);
        (self.nonces.came, self.nonces.now) = (self.nonces.came + 1, self.nonces.now.max(now));
        let sql = "SELECT nonce.id, nonce.at, log.log, nonce.row FROM nonce JOIN log ON log.num = nonce.log \
                   WHERE identity = ?1 AND nonce = ?2";
        let read = |row: &Row<'_>| {
            let log = LogId(row.get::<_, i64>(2)?.cast_unsigned());
            Ok((MessageId(row.get::<_, i64>(0)?.cast_unsigned()), Timestamp(row.get(1)?), log, row.get::<_, i64>(3)?))
        };
        let earlier = self.db.prepare_cached(sql)?.query_row((from, nonce.as_str()), read).optional()?;
        if let Some((id, at, log, row)) = earlier {
            if now.saturating_sub(at.0) <= NONCE_HELD_MS {
                let answer =
                    if log == append.log { Answer::Appended { id, at, repeated: true } } else { Answer::Elsewhere };
                return Ok(Some(answer));
            }
            self.db.prepare_cached("DELETE FROM nonce WHERE row = ?1")?.execute([row])?;
        }
        Ok(None)
    }

    /// Looks at some nonces at the end of a transaction, and forgets those that are old. It is no part of any question:
    /// one that fails takes nothing of this back.
    pub(super) fn forget_nonces(&mut self) -> rusqlite::Result<()> {
        let Nonces { at, came, now } = std::mem::take(&mut self.nonces);
        self.nonces.at = at;
        if came == 0 {
            return Ok(());
        }
        let most = came * NONCES_LOOKED_AT;
        let sql = "SELECT count(*), coalesce(max(row), 0), min(at) FROM \
                   (SELECT row, at FROM nonce WHERE row > ?1 ORDER BY row LIMIT ?2)";
        let read = |row: &Row<'_>| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?, row.get::<_, Option<i64>>(2)?));
        let (count, to, oldest) = self.db.prepare_cached(sql)?.query_row((at, most), read)?;
        let kept = now.saturating_sub(NONCE_HELD_MS);
        if oldest.is_some_and(|oldest| oldest < kept) {
            let sql = "DELETE FROM nonce WHERE row > ?1 AND row <= ?2 AND at < ?3";
            self.db.prepare_cached(sql)?.execute((at, to, kept))?;
        }
        // These were the last: the next round begins.
        self.nonces.at = if count < most { 0 } else { to };
        Ok(())
    }

    /// The message at a position, unless there is none any more.
    fn message(&self, log: i64, id: MessageId) -> rusqlite::Result<Option<Target>> {
        let sql = "SELECT row, author, text FROM entry WHERE log = ?1 AND id = ?2 AND kind IN (1, 2)";
        let read = |row: &Row<'_>| {
            let author = IdentityId(row.get::<_, i64>(1)?.cast_unsigned());
            Ok(Target { row: row.get(0)?, author, text: row.get(2)? })
        };
        self.db.prepare_cached(sql)?.query_row((log, sql_id(id)), read).optional()
    }

    /// A message reads otherwise from now on.
    fn reword(
        &mut self,
        found: &Target,
        log: i64,
        sides: Option<(IdentityId, IdentityId)>,
        text: &str,
        edit: u64,
    ) -> rusqlite::Result<()> {
        let mut write = self.db.prepare_cached("UPDATE entry SET text = ?2, edited = ?3 WHERE row = ?1")?;
        write.execute((found.row, text, edit.cast_signed()))?;
        drop(write);
        self.index_remove(found.row, log, sides, &found.text)?;
        self.index_add(found.row, log, sides, text)
    }

    /// A message is gone; its place stays.
    fn bury(&mut self, found: &Target, log: i64, sides: Option<(IdentityId, IdentityId)>) -> rusqlite::Result<()> {
        let sql = "UPDATE entry SET kind = 0, text = NULL, ref = NULL WHERE row = ?1";
        self.db.prepare_cached(sql)?.execute([found.row])?;
        self.index_remove(found.row, log, sides, &found.text)?;
        self.waits_no_more(log, found.row)
    }

    pub(super) fn history(&mut self, id: LogId, span: Span, limit: u32) -> rusqlite::Result<Answer> {
        let Some(log) = self.log(id)? else { return Ok(Answer::Failed) };
        // A page for a client is at most `PAGE_MAX`; a replay reads more at once.
        let limit = u64::from(limit.clamp(1, PAGE_MAX * 10));
        let (num, first, end) = (log.num, log.first, log.last + 1);
        let (from, to, has_more) = match span {
            Span::Latest => (end.saturating_sub(limit).max(first), end, end - first > limit),
            Span::Before(before) => {
                let to = before.0.clamp(first, end);
                (to.saturating_sub(limit).max(first), to, to - first > limit)
            }
            Span::After(after) => {
                let from = after.0.saturating_add(1).clamp(first, end);
                (from, from.saturating_add(limit).min(end), end - from > limit)
            }
        };
        let is_forward = matches!(span, Span::After(_));
        let Self { db, names, .. } = self;
        let mut find = db.prepare_cached(if is_forward { page_of!("ASC") } else { page_of!("DESC") })?;
        let mut rows = find.query((num, from.cast_signed(), to.cast_signed()))?;
        let (mut entries, mut bytes, mut is_cut) = (Vec::new(), 0, false);
        while let Some(row) = rows.next()? {
            if bytes >= PAGE_TEXT_BYTES {
                is_cut = true;
                break;
            }
            let entry = read(row, names)?;
            bytes += entry.text_len();
            entries.push(entry);
        }
        if !is_forward {
            entries.reverse();
        }
        Ok(Answer::Page { entries, has_more: has_more || is_cut })
    }
}

/// An entry as it stands, from [`entry_columns`] and, for an edit, the present text of its message behind them.
pub(super) fn read(row: &Row<'_>, names: &mut Names) -> rusqlite::Result<Entry> {
    let position =
        |column: usize| row.get::<_, Option<i64>>(column).map(|id| id.map(|id| MessageId(id.cast_unsigned())));
    let target = || position(7)?.ok_or_else(|| names::wrong("an entry about no other"));
    let kind: i64 = row.get(5)?;
    let change = match kind {
        kind::TOMBSTONE => None,
        kind::MESSAGE | kind::ACTION => Some(Change::Message {
            text: names::body(row.get_ref(6)?.as_str()?)?,
            action: kind == kind::ACTION,
            reply_to: position(7)?,
        }),
        kind::TOPIC => Some(Change::Topic(names::note(row.get_ref(6)?.as_str()?)?)),
        kind::EDIT => match row.get_ref(9)?.as_str_or_null()? {
            Some(text) => Some(Change::Edit { target: target()?, text: names::body(text)? }),
            // Its message is gone.
            None => None,
        },
        kind::DELETION => Some(Change::Delete { target: target()? }),
        _ => return Err(names::wrong("an entry of an unknown kind")),
    };
    Ok(Entry {
        id: MessageId(row.get::<_, i64>(1)?.cast_unsigned()),
        from: IdentityId(row.get::<_, i64>(2)?.cast_unsigned()),
        nick: names.nick(row.get_ref(3)?.as_str()?),
        at: Timestamp(row.get(4)?),
        change,
        edited: position(8)?,
    })
}

/// Whom somebody talks to; `None` for talking to oneself.
fn other_side((low, high): (IdentityId, IdentityId), me: IdentityId) -> Option<IdentityId> {
    let other = if me == low { high } else { low };
    (other != me && (me == low || me == high)).then_some(other)
}

/// A position as a column has it; those beyond the end of all columns are nobody's.
pub(super) fn sql_id(id: MessageId) -> i64 {
    i64::try_from(id.0).unwrap_or(i64::MAX)
}
