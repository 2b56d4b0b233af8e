//! What must hold when everything is over: the log as it can be read, against what everybody was told.

use std::collections::{BTreeMap, BTreeSet};

use fastrand::Rng;

use crate::person::{Report, room_of};
use crate::wire::{Frame, Line, Lost};
use crate::world::{Ledger, What};
use crate::{ROOMS, nick_of, speech};

/// How many texts are looked for.
const SEARCHES: usize = 100;

/// A message as a page shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Shown {
    who: usize,
    number: u64,
    version: u64,
    edited: Option<u64>,
    at: u64,
}

/// Whether pages are read from the front or from the back.
#[derive(Clone, Copy, Debug)]
enum Way {
    Forward,
    Backward,
}

/// Reads everything back and holds it against what was told. How many messages there are.
pub(crate) fn hold(port: u16, ledger: &Ledger, reports: &[Report], rng: &mut Rng) -> usize {
    let mut line = come_back(port, &reports[0]).expect("nothing is killed any more");
    let doubts = |room: usize| reports.iter().flat_map(|report| &report.doubts).filter(move |doubt| doubt.room == room);
    let mut messages = 0;
    for (room, name) in ROOMS.iter().enumerate() {
        let last = reports[0].last[room];
        for report in reports {
            let nick = nick_of(report.who);
            assert_eq!(report.last[room], last, "{nick} and {} agree where {name} ends", nick_of(0));
            assert_eq!(report.log[room], reports[0].log[room], "{name} is one log to everybody");
        }
        let pages = read(&mut line, room, Way::Forward).expect("pages come");
        assert_eq!(pages, read(&mut line, room, Way::Backward).expect("pages come"), "both ways read the same");
        let in_doubt: BTreeSet<u64> = doubts(room).map(|doubt| doubt.target).collect();
        ids_have_no_holes(ledger, room, last, doubts(room).count());
        everybody_speaks_in_order_and_once(ledger, room);
        what_was_told_is_there(ledger, room, &pages, &in_doubt);
        let taken_back = |id: u64| !pages.contains_key(&id);
        for (_, id) in reports.iter().flat_map(|report| &report.left_out).filter(|(left, _)| *left == room) {
            match ledger.told(room).get(id) {
                Some(What::Said { .. }) => assert!(taken_back(*id), "a replay passed over {name} {id}"),
                Some(What::Edited { target, .. }) => {
                    assert!(taken_back(*target), "a replay passed over the correction {name} {id}");
                }
                Some(What::Deleted { .. }) => panic!("a replay passed over the deletion {name} {id}"),
                // Nobody heard of it; it was counted above.
                None => {}
            }
        }
        for (_, id) in reports.iter().flat_map(|report| &report.paged_over).filter(|(left, _)| *left == room) {
            assert!(taken_back(*id), "a page for a gap passed over {name} {id}");
        }
        messages += pages.len();
        search_finds(&mut line, room, &pages, ledger, rng).expect("answers come");
    }
    every_ack_holds(ledger, reports);
    messages
}

/// One's own token brings one back; nothing was missed.
fn come_back(port: u16, report: &Report) -> Result<Line, Lost> {
    let mut line = Line::open(port)?;
    let rooms = ROOMS.map(|room| format!("\"{room}\"")).join(",");
    let (nick, token) = (nick_of(report.who), &report.token);
    line.send(&format!(
        "{{\"hello\":{{\"version\":1,\"nick\":\"{nick}\",\"token\":\"{token}\",\"rooms\":[{rooms}]}}}}"
    ))?;
    line.send("{\"ping\":{\"token\":\"in\"}}")?;
    line.until("pong", &["welcome", "room"])?;
    Ok(line)
}

fn read(line: &mut Line, room: usize, way: Way) -> Result<BTreeMap<u64, Shown>, Lost> {
    let mut shown: BTreeMap<u64, Shown> = BTreeMap::new();
    loop {
        let from = match way {
            Way::Forward => format!("\"after\":{}", shown.last_key_value().map_or(0, |(id, _)| *id)),
            Way::Backward => shown.first_key_value().map_or(String::new(), |(id, _)| format!("\"before\":{id}")),
        };
        let comma = if from.is_empty() { "" } else { "," };
        line.send(&format!("{{\"history\":{{\"room\":\"{}\",\"limit\":200{comma}{from}}}}}", ROOMS[room]))?;
        let page = line.until("page", &[])?;
        assert_eq!(room_of(&page), room);
        let mut before = None;
        for message in page.messages() {
            let id = message.number("id");
            assert!(before.is_none_or(|before| before < id), "a page ascends");
            before = Some(id);
            assert!(shown.insert(id, shown_as(&message)).is_none(), "{} {id} is in two pages", ROOMS[room]);
        }
        if !page.is("has_more") {
            break;
        }
    }
    let times: Vec<u64> = shown.values().map(|message| message.at).collect();
    assert!(times.is_sorted(), "time does not run back in {}", ROOMS[room]);
    Ok(shown)
}

fn shown_as(message: &Frame) -> Shown {
    let (who, number, version) = speech::read(message.text("text"));
    assert_eq!(message.text("from"), nick_of(who));
    Shown { who, number, version, edited: message.maybe_number("edited"), at: message.number("at") }
}

/// Every position up to the last was told to somebody as something, but for corrections and deletions that the server
/// stored and died before it could say so, and whose replay was left out.
fn ids_have_no_holes(ledger: &Ledger, room: usize, last: u64, doubts: usize) {
    let unknown = (1..=last).filter(|id| !ledger.told(room).contains_key(id)).count();
    assert!(unknown <= doubts, "{unknown} positions of {} are nothing anybody asked for ({doubts})", ROOMS[room]);
    if let Some((id, what)) = ledger.told(room).last_key_value() {
        assert!(*id <= last, "{what:?} was told at {} {id}, which ends at {last}: it is gone", ROOMS[room]);
        assert!(*ledger.told(room).first_key_value().unwrap().0 >= 1);
    }
}

fn everybody_speaks_in_order_and_once(ledger: &Ledger, room: usize) {
    let mut newest: BTreeMap<usize, u64> = BTreeMap::new();
    for (id, what) in ledger.told(room) {
        if let What::Said { who, number } = *what {
            let before = newest.insert(who, number).unwrap_or(0);
            let nick = nick_of(who);
            assert!(before < number, "at {} {id} stands {nick}'s {number}, behind {before}", ROOMS[room]);
        }
    }
}

/// What anybody saw is still there as they last saw it, and there is nothing else.
fn what_was_told_is_there(ledger: &Ledger, room: usize, pages: &BTreeMap<u64, Shown>, in_doubt: &BTreeSet<u64>) {
    let name = ROOMS[room];
    for (id, shown) in pages {
        let said = What::Said { who: shown.who, number: shown.number };
        assert_eq!(ledger.told(room).get(id), Some(&said), "{name} {id} is not what was told");
    }
    for (id, what) in ledger.told(room) {
        let What::Said { .. } = what else {
            assert!(!pages.contains_key(id), "{name} {id} is no message");
            continue;
        };
        let changes = ledger.changes(room, *id);
        let is_in_doubt = in_doubt.contains(id);
        let Some(shown) = pages.get(id) else {
            assert!(changes.is_deleted || is_in_doubt, "{what:?} was told at {name} {id}: it is gone");
            continue;
        };
        assert!(!changes.is_deleted, "{name} {id} was told as taken back, and is there again: {shown:?}");
        let edited = shown.edited.unwrap_or(0);
        if is_in_doubt {
            assert!(shown.version >= changes.version, "{name} {id} lost a correction: {shown:?}, {changes:?}");
            assert!(edited >= changes.edit, "{name} {id} lost a correction: {shown:?}, {changes:?}");
        } else {
            assert_eq!(shown.version, changes.version, "{name} {id} does not read as it was told: {changes:?}");
            assert_eq!(edited, changes.edit, "{name} {id} does not read as it was told: {changes:?}");
        }
    }
}

/// Each message was acknowledged once, at the position where it stands, and nothing was said twice.
fn every_ack_holds(ledger: &Ledger, reports: &[Report]) {
    let mut places: BTreeMap<(usize, u64), (usize, u64)> = BTreeMap::new();
    for (room, name) in ROOMS.iter().enumerate() {
        for (id, what) in ledger.told(room) {
            if let What::Said { who, number } = *what {
                let twice = places.insert((who, number), (room, *id));
                assert_eq!(twice, None, "{}'s {number} stands in two places, {name} {id} too", nick_of(who));
            }
        }
    }
    for report in reports {
        assert_eq!(report.acknowledged.len() as u64, report.said, "all was acknowledged in the end");
        for (room, id, number) in &report.acknowledged {
            let place = places.remove(&(report.who, *number));
            assert_eq!(place, Some((*room, *id)), "{}'s {number} is where its ack said", nick_of(report.who));
        }
    }
    assert!(places.is_empty(), "nobody said this: {places:?}");
}

/// A text is found by a word that no other has; an older wording, and what was taken back, is not.
fn search_finds(
    line: &mut Line,
    room: usize,
    pages: &BTreeMap<u64, Shown>,
    ledger: &Ledger,
    rng: &mut Rng,
) -> Result<(), Lost> {
    let said: Vec<(u64, usize, u64)> = ledger
        .told(room)
        .iter()
        .filter_map(|(id, what)| match *what {
            What::Said { who, number } => Some((*id, who, number)),
            What::Edited { .. } | What::Deleted { .. } => None,
        })
        .collect();
    for _ in 0..SEARCHES.min(said.len()) {
        let (id, who, number) = said[rng.usize(..said.len())];
        let present = pages.get(&id).map(|shown| shown.version);
        for version in 0..=present.unwrap_or(0) {
            let mark = speech::mark(who, number, version);
            let found = look_for(line, &mark)?;
            let right = if present == Some(version) { vec![(room, id)] } else { Vec::new() };
            assert_eq!(found, right, "searching for {mark} of {} {id}, which is at {present:?}", ROOMS[room]);
        }
    }
    Ok(())
}

fn look_for(line: &mut Line, word: &str) -> Result<Vec<(usize, u64)>, Lost> {
    line.send(&format!("{{\"search\":{{\"query\":\"{word}\",\"limit\":10}}}}"))?;
    let page = line.until("page", &[])?;
    Ok(page.messages().iter().map(|message| (room_of(message), message.number("id"))).collect())
}

/// The file itself: sound, every log without holes from 1, and an index that holds what it should.
pub(crate) fn hold_of_the_file(path: &std::path::Path) {
    let db = rusqlite::Connection::open(path).unwrap();
    let sound: String = db.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(sound, "ok");
    db.execute("INSERT INTO words(words) VALUES ('integrity-check')", []).expect("the index of words is sound");
    let sql = "SELECT name, first, last, (SELECT count(*) FROM entry WHERE log = num), \
               (SELECT coalesce(min(id), 1) FROM entry WHERE log = num), \
               (SELECT coalesce(max(id), 0) FROM entry WHERE log = num) FROM log";
    let mut find = db.prepare(sql).unwrap();
    let mut rows = find.query([]).unwrap();
    while let Some(row) = rows.next().unwrap() {
        let name: String = row.get(0).unwrap();
        let [first, last, count, least, most] = std::array::from_fn(|at| row.get::<_, u64>(at + 1).unwrap());
        assert_eq!((first, least, most), (1, 1, last), "{name} knows where it begins and ends");
        assert_eq!(count, last, "{name} has holes");
    }
}
