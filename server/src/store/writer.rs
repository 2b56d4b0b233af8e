//! The two threads: one that writes, in the order asked, and one that searches.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, TryRecvError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use async_channel::Sender;
use parlor_core::id::Ticket;
use parlor_core::store::{Answer, Ask, Search};
use parlor_core::time::Timestamp;
use rusqlite::Connection;

use super::engine::Engine;
use super::names::Names;
use super::search::search;
use super::trouble::said;

/// Most questions in one transaction. Half as many cost a tenth more each, twice as many no less.
const BATCH_MAX: usize = 512;

/// Between two rounds of letting go what is too old.
const ROUND_PAUSE: Duration = Duration::from_secs(600);

/// Under load, one step of letting go is taken after so many batches.
const STEP_BATCHES: u32 = 16;

/// How long one search may take.
const SEARCH_TIME: Duration = Duration::from_secs(1);

/// Steps of SQLite's machine between two looks at the clock: a fraction of a millisecond.
const SEARCH_STEPS: i32 = 10_000;

/// Where answers go; whoever asked may be gone.
pub(super) type Answers = Sender<(Ticket, Answer)>;

/// Answers questions until nobody can ask any more, and closes the database.
pub(super) fn write(mut engine: Engine, asks: &Receiver<(Ticket, Ask)>, waiting: &AtomicUsize, answers: &Answers) {
    let mut batch = Vec::new();
    let (mut more, mut batches, mut rounded) = (true, 0_u32, Instant::now());
    loop {
        match next(asks, more, &mut batch) {
            Next::Batch => {
                waiting.fetch_sub(batch.len(), Ordering::Relaxed);
                engine.batch(&batch, |ticket, answer| {
                    // Nobody is left to hear it when the server stops; it is stored all the same.
                    let _ = answers.try_send((ticket, answer));
                });
                batch.clear();
                engine.checkpoint_if_due();
                batches = batches.wrapping_add(1);
                if more && batches.is_multiple_of(STEP_BATCHES) {
                    more = engine.let_go(now());
                }
            }
            Next::Idle => more = engine.let_go(now()),
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

enum Next {
    Batch,
    Idle,
    Over,
}

/// Takes everything that waits, up to the bound. With nothing there it waits only if there is nothing else to do.
fn next(asks: &Receiver<(Ticket, Ask)>, is_busy: bool, batch: &mut Vec<(Ticket, Ask)>) -> Next {
    let first = match asks.try_recv() {
        Ok(first) => first,
        Err(TryRecvError::Disconnected) => return Next::Over,
        Err(TryRecvError::Empty) if is_busy => return Next::Idle,
        Err(TryRecvError::Empty) => match asks.recv_timeout(ROUND_PAUSE) {
            Ok(first) => first,
            Err(RecvTimeoutError::Timeout) => return Next::Idle,
            Err(RecvTimeoutError::Disconnected) => return Next::Over,
        },
    };
    batch.push(first);
    batch.extend(asks.try_iter().take(BATCH_MAX - 1));
    Next::Batch
}

/// Answers searches until nobody can ask any more.
pub(super) fn read(mut db: Connection, asks: &Receiver<(Ticket, Search)>, waiting: &AtomicUsize, answers: &Answers) {
    let mut names = Names::default();
    let until = Arc::new(std::sync::Mutex::new(Instant::now()));
    let clock = Arc::clone(&until);
    let is_late = move || clock.lock().is_ok_and(|until| Instant::now() >= *until);
    if let Err(error) = db.progress_handler(SEARCH_STEPS, Some(is_late)) {
        tracing::warn!("searches are not bounded in time: {}", said(&error));
    }
    for (ticket, asked) in asks {
        waiting.fetch_sub(1, Ordering::Relaxed);
        let end = Instant::now() + SEARCH_TIME;
        if let Ok(mut until) = until.lock() {
            *until = end;
        }
        let answer = search(&db, &mut names, &asked, Some(end)).unwrap_or_else(|error| {
            tracing::warn!("a search failed: {}", said(&error));
            Answer::Failed
        });
        let _ = answers.try_send((ticket, answer));
    }
}

fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}
