//! Who everybody is, and what is kept for them.

use parlor_core::name::Nick;
use rusqlite::Connection;

use super::{Findings, Kind, Looked};
use crate::ops::erase;
use crate::store::schema;

/// What is kept for somebody or about something that is not there.
const LEFTOVERS: [(&str, &str); 7] = [
    (
        "a read position is of nobody",
        "SELECT count(*) FROM read WHERE NOT EXISTS (SELECT 1 FROM identity WHERE id = read.identity)",
    ),
    (
        "a read position is in a log that is not there",
        "SELECT count(*) FROM read WHERE NOT EXISTS (SELECT 1 FROM log WHERE num = read.log)",
    ),
    (
        "somebody is in a room that is not there",
        "SELECT count(*) FROM present WHERE NOT EXISTS (SELECT 1 FROM log WHERE num = present.log AND room IS NOT NULL)",
    ),
    (
        "something waits for nobody",
        "SELECT count(*) FROM waiting WHERE NOT EXISTS (SELECT 1 FROM identity WHERE id = waiting.identity)",
    ),
    (
        "what waits for somebody is not in a conversation of theirs",
        "SELECT count(*) FROM waiting WHERE NOT EXISTS \
         (SELECT 1 FROM log WHERE num = waiting.log AND waiting.identity IN (low, high))",
    ),
    (
        "what waits for somebody is not there",
        "SELECT count(*) FROM waiting WHERE NOT EXISTS \
         (SELECT 1 FROM entry WHERE entry.log = waiting.log AND entry.id = waiting.id AND entry.row = waiting.row)",
    ),
    (
        "a nonce is of an entry that is not there",
        "SELECT count(*) FROM nonce WHERE NOT EXISTS (SELECT 1 FROM log WHERE num = nonce.log AND \
         (nonce.id BETWEEN 1 AND first - 1 OR EXISTS (SELECT 1 FROM entry \
         WHERE entry.log = nonce.log AND entry.id = nonce.id AND author = nonce.identity)))",
    ),
];

pub(super) fn look(db: &Connection, _: &mut Looked, findings: &mut Findings) -> rusqlite::Result<()> {
    let newest = schema::fact(db, "identities")?;
    let mut find = db.prepare("SELECT id, nick, fold, skeleton, length(token) FROM identity ORDER BY id")?;
    let mut rows = find.query([])?;
    while let Some(row) = rows.next()? {
        let id: i64 = row.get(0)?;
        let [nick, fold, skeleton]: [String; 3] = [row.get(1)?, row.get(2)?, row.get(3)?];
        if !(1..=newest).contains(&id) {
            findings.add(Kind::Identity, format_args!("identity {id} has a number that was not given out"));
        }
        // The rules may have become stricter since; the store reads it all the same.
        let name = Nick::parse(&nick).unwrap_or_else(|_| Nick::coerce(&nick));
        if name.fold() != fold || name.skeleton() != skeleton {
            findings.add(Kind::Identity, format_args!("identity {id} is kept under another name than its own, {nick}"));
        }
        if row.get::<_, i64>(4)? != 32 {
            findings.add(Kind::Identity, format_args!("identity {id} has a token that cannot be"));
        }
    }
    if schema::fact(db, erase::UNFINISHED)? != 0 {
        findings.add(
            Kind::Leftover,
            "an erasure was interrupted, and what it erased may be in free space: erase anybody again",
        );
    }
    for (what, sql) in LEFTOVERS {
        let count: u64 = db.query_row(sql, [], |row| row.get(0))?;
        for _ in 0..count {
            findings.add(Kind::Leftover, what);
        }
    }
    Ok(())
}
