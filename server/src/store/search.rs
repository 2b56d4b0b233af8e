//! Looking through everything for what was said.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::time::Instant;

use parlor_core::id::{IdentityId, LogId};
use parlor_core::name::Nick;
use parlor_core::search::{Query, Word};
use parlor_core::store::{Answer, Cursor, Hit, Search};
use parlor_core::vocabulary::Place;
use rusqlite::{Connection, ErrorCode, OptionalExtension, Row, Rows};

use super::entries::{self, entry_columns};
use super::index::{log_term, own_term};
use super::names::{self, Names};

/// Up to so many logs are named in the question to the index, which costs a tenth of a millisecond each with a million
/// messages; of more, what it gives is sifted.
const LOGS_NAMED_MAX: usize = 16;

/// Where one message in so many stands in the logs that are searched, sifting is cheaper than naming them.
const SIFTED_SHARE: i64 = 4;

/// So many of the newest messages are looked at without the index when the beginning of a word is looked for: the index
/// gathers all that any such word has before it gives the first, which takes long just for beginnings that are
/// frequent, and those stand among the newest.
const NEWEST: usize = 500;

/// What [`Finding::look`] reads, up to where from and which.
macro_rules! candidates {
    ($which:literal) => {
        concat!("SELECT ", entry_columns!(), ", entry.log, log.log, log.name, log.low, log.high FROM ", $which)
    };
}

/// A log that is searched.
struct Log {
    id: LogId,
    place: Where,
    /// How much stands in it.
    entries: i64,
}

enum Where {
    Room(Place),
    Direct(IdentityId, IdentityId),
}

/// The newest hits. After `until` it comes back with what it has.
pub(super) fn search(
    db: &Connection,
    names: &mut Names,
    search: &Search,
    until: Option<Instant>,
) -> rusqlite::Result<Answer> {
    let Ok(query) = Query::parse(search.query.as_str()) else { return Ok(Answer::Failed) };
    let logs = logs(db, &search.logs)?;
    if logs.is_empty() && !search.own {
        return Ok(Answer::Found { hits: Vec::new(), cursor: None });
    }
    let mut finding = Finding { db, names, search, logs, nicks: BTreeMap::new(), hits: Vec::new(), last: None };
    match finding.run(&query, until) {
        Ok(is_all) => Ok(Answer::Found { hits: finding.hits, cursor: finding.last.filter(|_| !is_all) }),
        Err(error) if is_interrupted(&error) => match finding.last {
            // Whoever asks goes on from there.
            Some(cursor) => Ok(Answer::Found { hits: finding.hits, cursor: Some(cursor) }),
            None => Ok(Answer::Failed),
        },
        Err(error) => Err(error),
    }
}

/// Whether it was the progress handler that ended it.
pub(super) fn is_interrupted(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(ErrorCode::OperationInterrupted)
}

/// Those that there are, by their numbers.
fn logs(db: &Connection, wanted: &[LogId]) -> rusqlite::Result<BTreeMap<i64, Log>> {
    let mut logs = BTreeMap::new();
    let mut find = db.prepare_cached("SELECT num, last + 1 - first, name, low, high FROM log WHERE log = ?1")?;
    for id in wanted {
        let read = |row: &Row<'_>| {
            Ok((row.get::<_, i64>(0)?, Log { id: *id, place: whereabouts(row, 2)?, entries: row.get(1)? }))
        };
        logs.extend(find.query_row([id.0.cast_signed()], read).optional()?);
    }
    Ok(logs)
}

fn whereabouts(row: &Row<'_>, name: usize) -> rusqlite::Result<Where> {
    match row.get_ref(name)?.as_str_or_null()? {
        Some(room) => Ok(Where::Room(Place::Room(names::room(room)?))),
        None => {
            let side = |column: usize| row.get::<_, u64>(column).map(IdentityId);
            Ok(Where::Direct(side(name + 1)?, side(name + 2)?))
        }
    }
}

struct Finding<'a> {
    db: &'a Connection,
    names: &'a mut Names,
    search: &'a Search,
    /// Those that were named.
    logs: BTreeMap<i64, Log>,
    /// Present names of other sides; `None` for those that are gone.
    nicks: BTreeMap<IdentityId, Option<Nick>>,
    hits: Vec<Hit>,
    /// The last row looked at.
    last: Option<Cursor>,
}

impl Finding<'_> {
    /// Whether everything was looked at.
    fn run(&mut self, query: &Query, until: Option<Instant>) -> rusqlite::Result<bool> {
        let before = |cursor: Option<Cursor>| cursor.map_or(i64::MAX, |at| i64::try_from(at.0).unwrap_or(i64::MAX));
        if query.words().any(Word::is_prefix) {
            let sql = candidates!(
                "entry CROSS JOIN log ON log.num = entry.log \
                 WHERE entry.row < ?1 AND entry.kind IN (1, 2) ORDER BY entry.row DESC LIMIT ?2"
            );
            let mut find = self.db.prepare_cached(sql)?;
            let newest = find.query((before(self.search.before), NEWEST))?;
            if !self.look(newest, query, until)? {
                return Ok(false);
            }
        }
        let sql = candidates!(
            "words CROSS JOIN entry ON entry.row = words.rowid CROSS JOIN log ON log.num = entry.log \
             WHERE words MATCH ?1 AND words.rowid < ?2 ORDER BY words.rowid DESC"
        );
        let mut find = self.db.prepare_cached(sql)?;
        let rows = find.query((self.question(query)?, before(self.last.or(self.search.before))))?;
        self.look(rows, query, until)
    }

    /// Whether all of these were looked at.
    fn look(&mut self, mut rows: Rows<'_>, query: &Query, until: Option<Instant>) -> rusqlite::Result<bool> {
        while let Some(row) = rows.next()? {
            let enough = self.hits.len() >= self.search.limit as usize;
            if enough || until.is_some_and(|until| Instant::now() >= until) && self.last.is_some() {
                return Ok(false);
            }
            let cursor = Cursor(row.get::<_, i64>(0)?.cast_unsigned());
            if let Some((log, place)) = self.place(row)?
                && query.matches(row.get_ref(6)?.as_str_or_null()?.unwrap_or(""))
            {
                self.hits.push(Hit { log, place, entry: entries::read(row, self.names)?, cursor });
            }
            self.last = Some(cursor);
        }
        Ok(true)
    }

    /// What the index is asked: where, and which words.
    fn question(&self, query: &Query) -> rusqlite::Result<String> {
        let mut question = String::new();
        let mut newest = self.db.prepare_cached("SELECT coalesce(max(row), 0) FROM entry")?;
        let all: i64 = newest.query_row([], |row| row.get(0))?;
        let searched: i64 = self.logs.values().map(|log| log.entries).sum();
        if self.logs.len() <= LOGS_NAMED_MAX && searched < all / SIFTED_SHARE {
            let own = self.search.own.then(|| own_term(self.search.by));
            let places: Vec<String> = self.logs.keys().map(|num| log_term(*num)).chain(own).collect();
            let _ = write!(question, "(\"{}\") AND ", places.join("\" OR \""));
        }
        for (at, word) in query.words().enumerate() {
            let and = if at == 0 { "" } else { " AND " };
            let star = if word.is_prefix() { "*" } else { "" };
            let _ = write!(question, "{and}\"{}\"{star}", word.term());
        }
        Ok(question)
    }

    /// How whoever asks addresses the log of a row, if it is one of those asked for.
    fn place(&mut self, row: &Row<'_>) -> rusqlite::Result<Option<(LogId, Place)>> {
        let me = self.search.by;
        let (id, there) = match self.logs.get(&row.get(9)?) {
            Some(Log { id, place: Where::Room(place), .. }) => return Ok(Some((*id, place.clone()))),
            Some(Log { id, place: Where::Direct(low, high), .. }) => (*id, (*low, *high)),
            None => match whereabouts(row, 11)? {
                Where::Direct(low, high) if self.search.own && (low == me || high == me) => {
                    (LogId(row.get::<_, i64>(10)?.cast_unsigned()), (low, high))
                }
                Where::Direct(..) | Where::Room(_) => return Ok(None),
            },
        };
        let peer = if there.0 == me { there.1 } else { there.0 };
        Ok(self.nick(peer)?.map(|nick| (id, Place::Direct(nick))))
    }

    fn nick(&mut self, identity: IdentityId) -> rusqlite::Result<Option<Nick>> {
        if let Some(known) = self.nicks.get(&identity) {
            return Ok(known.clone());
        }
        let mut find = self.db.prepare_cached("SELECT nick FROM identity WHERE id = ?1")?;
        let read = |row: &Row<'_>| Ok(self.names.nick(row.get_ref(0)?.as_str()?));
        let nick = find.query_row([identity.0.cast_signed()], read).optional()?;
        self.nicks.insert(identity, nick.clone());
        Ok(nick)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Engine, Options};
    use parlor_core::id::{MessageId, Ticket};
    use parlor_core::name::RoomName;
    use parlor_core::store::{Append, Ask, Change, Subject};
    use parlor_core::text::{Body, Note};
    use parlor_core::time::Timestamp;

    /// A room in which somebody said "word" this often.
    fn said(times: usize) -> (tempfile::TempDir, Engine, LogId) {
        let home = tempfile::tempdir().unwrap();
        let mut engine = Engine::open(&home.path().join("parlor.db"), Options::default()).unwrap();
        let mut log = LogId(0);
        let subject = Subject::Room { room: RoomName::lobby(), founder: None };
        engine.batch(&[(Ticket(0), Ask::Open(subject))], |_, answer| match answer {
            Answer::Opened(opened) => log = opened.log,
            other => panic!("{other:?}"),
        });
        let text = Body::parse("word").unwrap();
        let append = Append {
            log,
            from: IdentityId(1),
            nick: Nick::parse("ada").unwrap(),
            at: Timestamp(0),
            change: Change::Message { text, action: false, reply_to: None },
            nonce: None,
            operator: false,
        };
        let asks: Vec<_> = (0..times).map(|_| (Ticket(0), Ask::Append(Box::new(append.clone())))).collect();
        engine.batch(&asks, |_, answer| assert!(matches!(answer, Answer::Appended { .. })));
        (home, engine, log)
    }

    fn words(log: LogId, before: Option<Cursor>) -> Search {
        Search {
            by: IdentityId(1),
            logs: vec![log],
            own: false,
            query: Note::parse("word").unwrap(),
            before,
            limit: 50,
        }
    }

    #[test]
    fn a_search_that_is_late_gives_what_it_has_and_gets_on_all_the_same() {
        let (_home, engine, log) = said(5);
        let (mut before, mut ids) = (None, Vec::new());
        loop {
            let late = Some(Instant::now());
            let answer = search(&engine.db, &mut Names::default(), &words(log, before), late).unwrap();
            let Answer::Found { hits, cursor } = answer else { panic!("{answer:?}") };
            assert_eq!(hits.len(), 1, "no more than it has, no less than one");
            ids.extend(hits.into_iter().map(|hit| hit.entry.id));
            before = cursor;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(ids, [5, 4, 3, 2, 1].map(MessageId));
    }

    #[test]
    fn a_search_that_is_late_and_has_found_nothing_tells_where_to_go_on() {
        let (_home, engine, log) = said(5);
        let asked = Search { query: Note::parse("\"word word\"").unwrap(), ..words(log, None) };
        let (mut before, mut turns) = (None, 0);
        loop {
            let asked = Search { before, ..asked.clone() };
            let answer = search(&engine.db, &mut Names::default(), &asked, Some(Instant::now())).unwrap();
            let Answer::Found { hits, cursor } = answer else { panic!("{answer:?}") };
            assert!(hits.is_empty());
            (before, turns) = (cursor, turns + 1);
            if cursor.is_none() {
                break;
            }
        }
        assert!(turns > 1, "it was late");
    }

    #[test]
    fn a_search_that_is_stopped_before_it_found_anything_fails() {
        let (_home, mut engine, log) = said(5);
        engine.db.progress_handler(1, Some(|| true)).unwrap();
        let answer = search(&engine.db, &mut Names::default(), &words(log, None), None);
        // Stopped in the index or on the way there: whoever asked is told that it failed either way.
        assert!(matches!(answer, Ok(Answer::Failed) | Err(_)), "{answer:?}");
    }
}
