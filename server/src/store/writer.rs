//! The two threads: one that writes, in the order asked, and one that searches.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, TryRecvError};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use async_channel::Sender;
use parlor_core::id::Ticket;
use parlor_core::store::{Answer, Ask, Search};
use parlor_core::time::Timestamp;
use rusqlite::Connection;

use super::engine::Engine;
use super::gate::Gate;
use super::names::Names;
use super::search::{is_interrupted, search};
use super::trouble::said;

/// Most questions in one transaction. Half as many cost a tenth more each, twice as many no less.
const BATCH_MAX: usize = 512;

/// Searches are held back once the log has so many times the pages with which it is due.
const PAGES_SHARE: u64 = 4;

/// Between two tries to shorten the log while searches are held back.
const SHUT_PAUSE: Duration = Duration::from_millis(20);

/// Between two rounds of letting go what is too old.
const ROUND_PAUSE: Duration = Duration::from_secs(600);

/// Under load, one step of letting go is taken after so many batches.
const STEP_BATCHES: u32 = 16;

/// After this long a search comes back with what it has and where to go on, so that others have their turn.
const SLICE: Duration = Duration::from_millis(100);

/// How long one search may take that has not even found where to go on.
const SEARCH_TIME: Duration = Duration::from_secs(1);

/// Steps of SQLite's machine between two looks at the clock: a fraction of a millisecond.
const SEARCH_STEPS: i32 = 10_000;

/// Where answers go; whoever asked may be gone.
pub(super) type Answers = Sender<(Ticket, Answer)>;

/// Answers questions until nobody can ask any more, and closes the database.
pub(super) fn write(
    mut engine: Engine,
    gate: &Gate,
    asks: &Receiver<(Ticket, Ask)>,
    waiting: &AtomicUsize,
    answers: &Answers,
) {
    let mut batch = Vec::new();
    let (mut more, mut batches, mut rounded) = (true, 0_u32, Instant::now());
    let mut shift = Shift::default();
    loop {
        match next(asks, if more { Duration::ZERO } else { shift.pause() }, &mut batch) {
            Next::Batch => {
                waiting.fetch_sub(batch.len(), Ordering::Relaxed);
                engine.batch(&batch, |ticket, answer| {
                    // Nobody is left to hear it when the server stops; it is stored all the same.
                    let _ = answers.try_send((ticket, answer));
                });
                batch.clear();
                batches = batches.wrapping_add(1);
                if more && batches.is_multiple_of(STEP_BATCHES) {
                    more = engine.let_go(now());
                }
                shift.checkpoint(&mut engine, gate);
            }
            Next::Idle => more = rest(&mut engine, &mut shift, gate),
            Next::Over => break,
        }
        if !more && rounded.elapsed() >= ROUND_PAUSE {
            (more, rounded) = (true, Instant::now());
        }
    }
    if let Err(sentence) = engine.close() {
        tracing::error!("{sentence}");
    }
}

/// What is done while nobody asks: letting go of a little. Whether there is more of it.
fn rest(engine: &mut Engine, shift: &mut Shift, gate: &Gate) -> bool {
    let more = engine.let_go(now());
    shift.checkpoint(engine, gate);
    more
}

/// How the log is kept short although searches are in the way.
#[derive(Debug, Default)]
struct Shift {
    is_shut: bool,
    /// How many pages the log had when it could not be shortened although nobody searched.
    futile: u64,
}

impl Shift {
    /// How long to wait for questions: not long while searches are held back.
    const fn pause(&self) -> Duration {
        if self.is_shut { SHUT_PAUSE } else { ROUND_PAUSE }
    }

    /// Brings the log into the database if there is enough of it. If it gets long all the same, searches are held back
    /// until that was done once without them.
    fn checkpoint(&mut self, engine: &mut Engine, gate: &Gate) {
        engine.checkpoint_if_due();
        let (pages, most) = (engine.pages_due(), PAGES_SHARE * u64::from(engine.options.wal_pages));
        if pages <= most {
            self.futile = 0;
        }
        if !self.is_shut && pages <= self.futile + most {
            return;
        }
        self.is_shut = true;
        if gate.shut() {
            engine.checkpoint_if_due();
            // Still not: somebody else reads, a backup perhaps, and searches need not wait for that.
            self.futile = engine.pages_due();
            self.is_shut = false;
            gate.open();
        }
    }
}

enum Next {
    Batch,
    Idle,
    Over,
}

/// Takes everything that waits, up to the bound. With nothing there it waits for as long as there is nothing else to do.
fn next(asks: &Receiver<(Ticket, Ask)>, pause: Duration, batch: &mut Vec<(Ticket, Ask)>) -> Next {
    let first = match asks.try_recv() {
        Ok(first) => first,
        Err(TryRecvError::Disconnected) => return Next::Over,
        Err(TryRecvError::Empty) if pause.is_zero() => return Next::Idle,
        Err(TryRecvError::Empty) => match asks.recv_timeout(pause) {
            Ok(first) => first,
            Err(RecvTimeoutError::Timeout) => return Next::Idle,
            Err(RecvTimeoutError::Disconnected) => return Next::Over,
        },
    };
    batch.push(first);
    batch.extend(asks.try_iter().take(BATCH_MAX - 1));
    Next::Batch
}

/// Answers searches until nobody can ask any more, or the gate is shut for good: then those that wait fail at once.
pub(super) fn read(
    mut db: Connection,
    gate: &Arc<Gate>,
    asks: &Receiver<(Ticket, Search)>,
    waiting: &AtomicUsize,
    answers: &Answers,
) {
    let mut names = Names::default();
    let latest = Arc::new(Mutex::new(Instant::now()));
    let (clock, hurried) = (Arc::clone(&latest), Arc::clone(gate));
    let is_late = move || hurried.hurries() || clock.lock().is_ok_and(|latest| Instant::now() >= *latest);
    if let Err(error) = db.progress_handler(SEARCH_STEPS, Some(is_late)) {
        tracing::warn!("searches are not bounded in time: {}", said(&error));
    }
    for (ticket, asked) in asks {
        waiting.fetch_sub(1, Ordering::Relaxed);
        let mut answer = None;
        while answer.is_none() && gate.enter() {
            let begun = Instant::now();
            if let Ok(mut latest) = latest.lock() {
                *latest = begun + SEARCH_TIME;
            }
            let found = search(&db, &mut names, &asked, Some(begun + SLICE));
            let is_disturbed = gate.hurries();
            gate.leave();
            answer = match found {
                // It was sent out before it had anything: it begins again.
                Ok(Answer::Failed) if is_disturbed => None,
                Ok(found) => Some(found),
                Err(error) if is_disturbed && is_interrupted(&error) => None,
                Err(error) => {
                    tracing::warn!("a search failed: {}", said(&error));
                    Some(Answer::Failed)
                }
            };
        }
        let _ = answers.try_send((ticket, answer.unwrap_or(Answer::Failed)));
    }
}

fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Keep, Options, Retention};
    use parlor_core::id::IdentityId;
    use parlor_core::name::{Nick, RoomName};
    use parlor_core::store::{Append, Change, Subject};
    use parlor_core::text::Body;

    #[test]
    fn the_log_stays_short_while_much_is_let_go_and_nobody_asks() {
        const MESSAGES: usize = 4_000;
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("parlor.db");
        let mut engine = Engine::open(&path, Options::default()).unwrap();
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
        let asks: Vec<_> = (0..MESSAGES).map(|_| (Ticket(0), Ask::Append(Box::new(append.clone())))).collect();
        engine.batch(&asks, |_, answer| assert!(matches!(answer, Answer::Appended { .. })));
        engine.close().unwrap();
        let keep = Keep { messages_max: Some(1), age_max: None };
        let retention = Retention { usual: keep, ..Retention::default() };
        let mut engine = Engine::open(&path, Options { wal_pages: 64, retention, ..Options::default() }).unwrap();
        let (mut shift, gate, mut longest) = (Shift::default(), Gate::default(), 0);
        while rest(&mut engine, &mut shift, &gate) {
            longest = longest.max(std::fs::metadata(home.path().join("parlor.db-wal")).unwrap().len());
        }
        assert!(longest > 0 && longest < 4 * 64 * 4_096, "{longest} bytes");
    }
}
