//! Every log, from its first entry to its last.

use std::collections::BTreeMap;

use parlor_core::name::RoomName;
use parlor_core::text::{Body, Note};
use rusqlite::types::ValueRef;
use rusqlite::{CachedStatement, Connection, Row};

use super::{Findings, Kind, Looked};
use crate::store::entries::kind;
use crate::store::index::{self, Sides};

/// A log, and how far it was read.
struct Log {
    name: String,
    sides: Sides,
    first: i64,
    last: i64,
    at: i64,
    /// The id that comes next.
    next: i64,
    /// The time of the entry before.
    time: Option<i64>,
}

/// Goes through all entries in the order of writing, which is that of the ids in each log.
pub(super) fn look(db: &Connection, looked: &mut Looked, findings: &mut Findings) -> rusqlite::Result<()> {
    let mut logs = logs(db, findings)?;
    looked.logs = logs.len() as u64;
    let mut find = db.prepare("SELECT row, log, id, at, kind, text, ref, edited FROM entry ORDER BY row")?;
    let mut at = db.prepare_cached("SELECT kind, ref FROM entry WHERE log = ?1 AND id = ?2")?;
    let mut rows = find.query([])?;
    while let Some(row) = rows.next()? {
        looked.entries += 1;
        let (number, num): (i64, i64) = (row.get(0)?, row.get(1)?);
        let Some(log) = logs.get_mut(&num) else {
            findings.add(Kind::Log, format_args!("an entry (row {number}) is of a log that is not there"));
            continue;
        };
        log.order(row, findings)?;
        log.content(row, findings)?;
        log.references(row, num, &mut at, findings)?;
        if let (kind::MESSAGE | kind::ACTION, Ok(text)) = (row.get(4)?, row.get_ref(5)?.as_str()) {
            looked.words.expect(number, num, log.sides, text);
        }
    }
    for log in logs.values() {
        log.end(findings);
    }
    Ok(())
}

fn logs(db: &Connection, findings: &mut Findings) -> rusqlite::Result<BTreeMap<i64, Log>> {
    let mut find = db.prepare("SELECT num, room, name, low, high, first, last, at, topic FROM log")?;
    let mut rows = find.query([])?;
    let mut logs = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let num: i64 = row.get(0)?;
        let (room, shown): (Option<String>, Option<String>) = (row.get(1)?, row.get(2)?);
        let (low, high): (Option<i64>, Option<i64>) = (row.get(3)?, row.get(4)?);
        let (first, last) = (row.get(5)?, row.get(6)?);
        let name = match &shown {
            Some(shown) => format!("#{shown}"),
            // Who talks to whom is nobody's business.
            None => format!("conversation {num}"),
        };
        let is_room = room.is_some() && low.is_none() && high.is_none();
        let is_conversation = room.is_none() && low.zip(high).is_some_and(|(low, high)| low <= high);
        if !(is_room || is_conversation) {
            findings.add(Kind::Log, format_args!("{name} is neither a room nor a conversation"));
        }
        let is_named = |shown: &String| RoomName::parse(shown).is_ok_and(|name| Some(name.fold()) == room.as_deref());
        if shown.as_ref().is_some_and(|shown| !is_named(shown)) {
            findings.add(Kind::Log, format_args!("{name} is kept under another name than its own"));
        }
        if Note::parse(&row.get::<_, String>(8)?).is_err() {
            findings.add(Kind::Content, format_args!("{name} has a topic that cannot be"));
        }
        if first < 1 || last < first - 1 {
            findings.add(Kind::Log, format_args!("{name} cannot reach from {first} to {last}"));
        }
        let sides = low.zip(high).map(index::sides);
        logs.insert(num, Log { name, sides, first, last, at: row.get(7)?, next: first, time: None });
    }
    Ok(logs)
}

impl Log {
    /// Ids are dense, and time does not run back.
    fn order(&mut self, row: &Row<'_>, findings: &mut Findings) -> rusqlite::Result<()> {
        let (id, at): (i64, i64) = (row.get(2)?, row.get(3)?);
        let (name, next) = (&self.name, self.next);
        if id > next {
            let last = id - 1;
            findings.add(Kind::Order, format_args!("{name}: {} missing", span(next, last)));
        } else if id < next {
            findings.add(Kind::Order, format_args!("{name}: entry {id} stands where {next} should"));
        }
        self.next = self.next.max(id.saturating_add(1));
        if self.time.is_some_and(|time| at < time) {
            findings.add(Kind::Time, format_args!("{name}: entry {id} is older than the one before it"));
        }
        self.time = Some(at);
        Ok(())
    }

    /// What belongs to an entry of its kind is there, and nothing else is.
    fn content(&self, row: &Row<'_>, findings: &mut Findings) -> rusqlite::Result<()> {
        let (name, id, kind): (_, i64, i64) = (&self.name, row.get(2)?, row.get(4)?);
        let text = match row.get_ref(5)? {
            ValueRef::Null => None,
            // What is no text, or no UTF-8, is as wrong as a control character.
            other => Some(other.as_str().unwrap_or("\0")),
        };
        let is_right = match kind {
            kind::MESSAGE | kind::ACTION => text.is_some_and(|text| Body::parse(text).is_ok()),
            kind::TOPIC => text.is_some_and(|text| Note::parse(text).is_ok()),
            kind::TOMBSTONE | kind::EDIT | kind::DELETION => text.is_none(),
            _ => {
                findings.add(Kind::Content, format_args!("{name}: entry {id} is of an unknown kind ({kind})"));
                return Ok(());
            }
        };
        if !is_right {
            findings.add(Kind::Content, format_args!("{name}: entry {id} has a text that cannot be"));
        }
        Ok(())
    }

    /// Edits and deletions are about entries that are there, or were before they were let go.
    fn references(
        &self,
        row: &Row<'_>,
        num: i64,
        at: &mut CachedStatement<'_>,
        findings: &mut Findings,
    ) -> rusqlite::Result<()> {
        let (name, id, kind): (_, i64, i64) = (&self.name, row.get(2)?, row.get(4)?);
        let (about, edited): (Option<i64>, Option<i64>) = (row.get(6)?, row.get(7)?);
        if kind == kind::EDIT || kind == kind::DELETION {
            let is_message = |kind: i64| match kind {
                kind::MESSAGE | kind::ACTION => self::kind::EDIT,
                _ => self::kind::DELETION,
            };
            let is_right = match about {
                Some(target) if (1..self.first).contains(&target) => true,
                Some(target) if (self.first..id).contains(&target) => match found(at, num, target)? {
                    Some((found, _)) => found == kind::TOMBSTONE || is_message(found) == kind,
                    None => false,
                },
                Some(_) | None => false,
            };
            if !is_right {
                let what = if kind == kind::EDIT { "edits" } else { "deletes" };
                findings.add(Kind::Reference, format_args!("{name}: entry {id} {what} what is not there"));
            }
        }
        if let (kind::MESSAGE | kind::ACTION, Some(edit)) = (kind, edited)
            && found(at, num, edit)? != Some((kind::EDIT, Some(id)))
        {
            findings.add(Kind::Reference, format_args!("{name}: entry {id} was edited by an entry that is not there"));
        }
        Ok(())
    }

    fn end(&self, findings: &mut Findings) {
        let (name, next, last) = (&self.name, self.next, self.last);
        if next <= last {
            findings.add(Kind::Order, format_args!("{name}: {} missing", span(next, last)));
        } else if next > last.saturating_add(1) {
            findings.add(Kind::Order, format_args!("{name} ends at {}, but should at {last}", next - 1));
        }
        if self.time.is_some_and(|time| time > self.at) {
            findings.add(Kind::Time, format_args!("{name} has entries later than its last"));
        }
    }
}

/// The kind of an entry, and what it is about.
fn found(at: &mut CachedStatement<'_>, log: i64, id: i64) -> rusqlite::Result<Option<(i64, Option<i64>)>> {
    let mut rows = at.query((log, id))?;
    rows.next()?.map(|row| Ok((row.get(0)?, row.get(1)?))).transpose()
}

fn span(from: i64, to: i64) -> String {
    if from == to { format!("entry {from} is") } else { format!("entries {from} to {to} are") }
}
