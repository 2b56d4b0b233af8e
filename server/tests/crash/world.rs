//! What the people of the test and the one who kills share: where the server is, and what anybody was told.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use crate::{PATIENCE, PEOPLE, ROOMS};

/// What stands at a position of a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum What {
    /// Somebody's message, by its number among all that they said.
    Said { who: usize, number: u64 },
    /// Somebody's correction of a message of theirs.
    Edited { who: usize, target: u64 },
    /// Somebody took a message of theirs back.
    Deleted { who: usize, target: u64 },
}

/// What was told of a message after it was said.
#[derive(Clone, Debug, Default)]
pub(crate) struct Changes {
    /// The newest wording that anybody was shown.
    pub(crate) version: u64,
    /// The newest correction that anybody was told.
    pub(crate) edit: u64,
    /// Somebody was told that it was taken back.
    pub(crate) is_deleted: bool,
    /// Corrections with their wordings, as messages showed them.
    exact: BTreeMap<u64, u64>,
}

/// Everything anybody was told, by room and position: all must be told the same.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    told: [BTreeMap<u64, What>; ROOMS.len()],
    changes: [BTreeMap<u64, Changes>; ROOMS.len()],
}

impl Ledger {
    /// Somebody was told what stands here.
    pub(crate) fn tell(&mut self, room: usize, id: u64, what: What) {
        let known = self.told[room].entry(id).or_insert(what);
        assert_eq!(*known, what, "two were told different things at {} {id}", ROOMS[room]);
    }

    /// A message was shown in this wording, by its newest correction if it has one.
    pub(crate) fn show(&mut self, room: usize, id: u64, version: u64, edit: Option<u64>) {
        assert_eq!(version == 0, edit.is_none(), "a wording of its own and a correction come together, at {id}");
        let Some(edit) = edit else { return };
        let changes = self.changes[room].entry(id).or_default();
        changes.version = changes.version.max(version);
        changes.edit = changes.edit.max(edit);
        let known = *changes.exact.entry(edit).or_insert(version);
        assert_eq!(known, version, "the correction {edit} gave {} {id} two wordings", ROOMS[room]);
    }

    /// A correction was told; what it tells is the wording of now.
    pub(crate) fn edit(&mut self, room: usize, target: u64, version: u64, edit: u64) {
        let changes = self.changes[room].entry(target).or_default();
        changes.version = changes.version.max(version);
        changes.edit = changes.edit.max(edit);
    }

    pub(crate) fn delete(&mut self, room: usize, target: u64) {
        self.changes[room].entry(target).or_default().is_deleted = true;
    }

    pub(crate) fn told(&self, room: usize) -> &BTreeMap<u64, What> {
        &self.told[room]
    }

    pub(crate) fn changes(&self, room: usize, id: u64) -> Changes {
        self.changes[room].get(&id).cloned().unwrap_or_default()
    }
}

#[derive(Debug, Default)]
struct State {
    /// Servers that announced themselves so far.
    life: u64,
    /// The one that runs.
    port: Option<u16>,
    /// Who found everybody else in every room.
    arrived: usize,
    /// Somebody's claim failed.
    fallen: bool,
}

/// Shared by all threads of the test.
#[derive(Debug, Default)]
pub(crate) struct World {
    state: Mutex<State>,
    changed: Condvar,
    ledger: Mutex<Ledger>,
    /// Messages acknowledged, corrections and deletions told to whoever asked for them.
    acknowledged: AtomicU64,
    finishing: AtomicBool,
}

impl World {
    pub(crate) fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(|_| fall())
    }

    pub(crate) fn acknowledge(&self) {
        self.acknowledged.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn acknowledged(&self) -> u64 {
        self.acknowledged.load(Ordering::Relaxed)
    }

    /// Nobody says anything new from now on.
    pub(crate) fn finish(&self) {
        // Under the lock, so that nobody who is about to wait misses it.
        let _state = self.state();
        self.finishing.store(true, Ordering::SeqCst);
        self.changed.notify_all();
    }

    pub(crate) fn is_finishing(&self) -> bool {
        self.finishing.load(Ordering::SeqCst)
    }

    /// The server is here, or gone.
    pub(crate) fn serve(&self, port: Option<u16>) {
        let mut state = self.state();
        state.life += u64::from(port.is_some());
        state.port = port;
        self.changed.notify_all();
    }

    pub(crate) fn arrive(&self) {
        self.state().arrived += 1;
        self.changed.notify_all();
    }

    /// Waits for a server after this one; for any, once there are no more kills.
    pub(crate) fn next_server(&self, after: u64) -> (u64, u16) {
        self.wait("a server", |state| {
            let port = state.port.filter(|_| state.life > after || self.is_finishing())?;
            Some((state.life, port))
        })
    }

    pub(crate) fn everybody_arrived(&self) {
        self.wait("everybody to be in", |state| (state.arrived == PEOPLE).then_some(()));
    }

    /// # Panics
    /// If somebody's claim failed.
    pub(crate) fn stand(&self) {
        if self.state().fallen {
            fall();
        }
    }

    fn wait<T>(&self, what: &str, is_so: impl Fn(&State) -> Option<T>) -> T {
        let until = Instant::now() + 3 * PATIENCE;
        let mut state = self.state();
        loop {
            if state.fallen {
                drop(state);
                fall();
            }
            if let Some(found) = is_so(&state) {
                return found;
            }
            let left = until.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "waited in vain for {what}: {state:?}");
            state = self.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Ends a thread because a claim failed in another, which has said why.
fn fall() -> ! {
    std::panic::resume_unwind(Box::new("a claim failed in another thread"))
}

/// Tells the others if a thread of the test panics.
pub(crate) struct Alarm(pub(crate) Arc<World>);

impl Drop for Alarm {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.state().fallen = true;
            self.0.changed.notify_all();
        }
    }
}
