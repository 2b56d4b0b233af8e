//! What lets searches in, one at a time, and holds them back for a moment where they are in the way.
//!
//! A search reads the database as it was when it began, and a checkpoint brings into the database no more than nobody
//! reads as it was before (<https://sqlite.org/wal.html#avoiding_excessively_large_wal_files>). With one search after
//! another the log would grow for as long as they come.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long is waited for a search to come out. It hears of it within a fraction of a millisecond, except where it
/// gathers words in the index.
const PATIENCE: Duration = Duration::from_millis(100);

/// Before the connection that searches.
#[derive(Debug, Default)]
pub(super) struct Gate {
    state: Mutex<State>,
    changed: Condvar,
    /// Whoever searches is to come out.
    hurry: AtomicBool,
}

#[derive(Debug, Default)]
struct State {
    is_shut: bool,
    is_over: bool,
    is_searching: bool,
}

impl Gate {
    /// Waits until it may be searched. `false` once nothing will be searched any more.
    pub(super) fn enter(&self) -> bool {
        let waits = |state: &mut State| state.is_shut && !state.is_over;
        let mut state = self.changed.wait_while(self.state(), waits).unwrap_or_else(PoisonError::into_inner);
        state.is_searching = !state.is_over;
        state.is_searching
    }

    /// The search that was let in is out, and reads nothing any more.
    pub(super) fn leave(&self) {
        self.state().is_searching = false;
        self.changed.notify_all();
    }

    /// Whether whoever searches is to come out with what it has.
    pub(super) fn hurries(&self) -> bool {
        self.hurry.load(Ordering::Relaxed)
    }

    /// Lets nobody in any more, and waits a moment for whoever searches to come out. Whether nobody searches now.
    pub(super) fn shut(&self) -> bool {
        let mut state = self.state();
        state.is_shut = true;
        self.hurry.store(true, Ordering::Relaxed);
        let searches = |state: &mut State| state.is_searching;
        let waited = self.changed.wait_timeout_while(state, PATIENCE, searches);
        !waited.unwrap_or_else(PoisonError::into_inner).0.is_searching
    }

    /// Lets searches in again.
    pub(super) fn open(&self) {
        let mut state = self.state();
        state.is_shut = false;
        self.hurry.store(state.is_over, Ordering::Relaxed);
        drop(state);
        self.changed.notify_all();
    }

    /// Lets nobody in ever again; whoever searches comes out.
    pub(super) fn end(&self) {
        self.state().is_over = true;
        self.hurry.store(true, Ordering::Relaxed);
        self.changed.notify_all();
    }

    /// What it holds is whole at any time, even if a thread panicked meanwhile.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
