//! Looking through everything for what was said.

use alloc::vec::Vec;

use crate::id::LogId;
use crate::search::Query;
use crate::store::{Answer, Change, Cursor, Hit, Search};
use crate::vocabulary::Place;

use super::{Log, LogSubject, MemoryStore, Row};

/// Most bytes of text looked at for one question: about a millisecond's work. Whoever asks goes on from there.
const SCAN_BYTES_MAX: usize = 256 * 1024;

impl MemoryStore {
    /// The newest hits, as far as one question may look. There may be more although fewer were found than asked for.
    pub(super) fn search(&self, search: &Search) -> Answer {
        let mut logs: Vec<(LogId, &Log)> = Vec::new();
        for id in search.logs.iter().copied().chain(self.own(search)) {
            if let Some(log) = self.logs.get(&id).filter(|_| !logs.iter().any(|(other, _)| *other == id)) {
                logs.push((id, log));
            }
        }
        let Ok(query) = Query::parse(search.query.as_str()) else { return Answer::Failed };
        let before = search.before.map_or(u64::MAX, |cursor| cursor.0);
        // How many entries of each log are still to be looked at.
        let mut left: Vec<usize> =
            logs.iter().map(|(_, log)| log.entries.partition_point(|row| row.written < before)).collect();
        let (mut hits, mut looked) = (Vec::new(), 0);
        let row_of = |at: usize, left: &[usize]| left[at].checked_sub(1).and_then(|last| logs[at].1.entries.get(last));
        loop {
            let newest = (0..logs.len()).filter_map(|at| Some((row_of(at, &left)?.written, at))).max();
            let Some((written, at)) = newest else { return Answer::Found { hits, cursor: None } };
            if hits.len() >= search.limit as usize || looked >= SCAN_BYTES_MAX {
                return Answer::Found { hits, cursor: Some(Cursor(written + 1)) };
            }
            let Some(row) = row_of(at, &left) else { continue };
            left[at] -= 1;
            looked += row.bytes();
            let (id, log) = logs[at];
            if let Some(Change::Message { text, .. }) = &row.entry.change
                && query.matches(text.as_str())
                && let Some(place) = self.place_for(search, log)
            {
                hits.push(self.hit(id, place, row));
            }
        }
    }

    fn hit(&self, log: LogId, place: Place, row: &Row) -> Hit {
        Hit { log, place, entry: row.entry.clone(), cursor: Cursor(row.written) }
    }

    fn own(&self, search: &Search) -> impl Iterator<Item = LogId> {
        let mine = self.directs.iter().filter(|((a, b), _)| search.own && (*a == search.by || *b == search.by));
        mine.map(|(_, log)| *log)
    }

    /// How whoever asks addresses a log.
    fn place_for(&self, search: &Search, log: &Log) -> Option<Place> {
        match &log.subject {
            LogSubject::Room(room) => Some(Place::Room(room.clone())),
            LogSubject::Direct(a, b) => {
                let peer = if *a == search.by { *b } else { *a };
                self.people.nick(peer).map(Place::Direct)
            }
        }
    }
}
