//! The handle of a test, and what the disk knows of its files.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::ffi;

use crate::fault::{Fault, Faults, Operation};
use crate::journal::{Change, FileId, Journal};
use crate::vfs::Registration;

/// A disk of its own, to be given to SQLite by name. Its methods may be called while connections work on it on other
/// threads.
///
/// Dropping it takes the name back and forgets the journal; connections that are still open go on working, unrecorded.
/// A few hundred bytes stay behind for each disk ever made, since nobody knows when the last such connection is closed.
pub struct Disk {
    registration: Registration,
    shared: Arc<Shared>,
}

impl Disk {
    /// Makes a disk and registers it with SQLite.
    ///
    /// # Panics
    ///
    /// If SQLite does not take it, which happens out of memory only.
    #[expect(clippy::new_without_default, reason = "it registers a name with SQLite, which a default value would not")]
    pub fn new() -> Self {
        Self::with(State { recording: true, ..State::default() })
    }

    /// Makes a disk of which all this was done already, up to a position: the same disk under a program that starts
    /// again after another one ended there, with the power on. Its files are to be put first where the program looks
    /// for them: as [`PowerCut::files`](crate::PowerCut::files) gives them with [`Survival::Everything`], since the
    /// operating system still shows what the disk itself does not have yet.
    ///
    /// [`Survival::Everything`]: crate::Survival::Everything
    ///
    /// # Panics
    ///
    /// If the journal ends before the position.
    pub fn again(journal: &Journal, position: usize) -> Self {
        let mut state = State { recording: true, ..State::default() };
        for change in journal.iter().take(position) {
            state.follow(change);
        }
        assert_eq!(state.journal.len(), position, "the journal ends before");
        Self::with(state)
    }

    fn with(state: State) -> Self {
        let shared = Arc::new(Shared(Mutex::new(state)));
        Self { registration: Registration::new(Arc::clone(&shared)), shared }
    }

    /// The name to open connections with (`Connection::open_with_flags_and_vfs`). All files of a disk are to be in one
    /// directory.
    pub fn vfs(&self) -> &str {
        self.registration.name()
    }

    /// How much was done until now: the position in its [`Journal`] that the next change will have.
    pub fn position(&self) -> usize {
        self.shared.state().journal.len()
    }

    /// What was done until now.
    pub fn journal(&self) -> Journal {
        self.shared.state().journal.clone()
    }

    /// Has this called before every sync, on the thread that syncs: a moment at which whatever that thread has told
    /// others is told, and not yet safe. It may ask the disk, and must not work on its files. It replaces an earlier one.
    pub fn before_sync(&self, hook: impl Fn() + Send + Sync + 'static) {
        self.shared.state().before_sync = Some(Arc::new(hook));
    }

    /// From now on fails as planned, beside what was planned before.
    pub fn plan(&self, fault: Fault) {
        self.shared.state().faults.plan(fault);
    }

    /// From now on has room for this many more bytes, on growing files only: overwriting needs none, truncating gives
    /// room back, and what does not fit is answered with `SQLITE_FULL` after as much as fits was written.
    pub fn leave_room(&self, bytes: u64) {
        self.shared.state().room = Some(bytes);
    }

    /// Takes back all faults and the bound on the room.
    pub fn heal(&self) {
        let mut state = self.shared.state();
        state.faults.heal();
        state.room = None;
    }

    /// How often this was done until now, failures included.
    pub fn calls(&self, on: Operation) -> u64 {
        self.shared.state().faults.calls(on)
    }

    /// How many operations failed as planned, or for want of room, until now.
    pub fn failed(&self) -> u64 {
        self.shared.state().faults.failed()
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let mut state = self.shared.state();
        *state = State { names: std::mem::take(&mut state.names), ..State::default() };
    }
}

/// What all connections of a disk and its handle have in common.
pub(crate) struct Shared(Mutex<State>);

impl Shared {
    /// The state, held for as long as an operation takes, so that the journal's order is the order of the files.
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a disk knows.
#[derive(Default)]
pub(crate) struct State {
    pub(crate) faults: Faults,
    recording: bool,
    journal: Journal,
    names: BTreeMap<String, FileId>,
    sizes: BTreeMap<FileId, u64>,
    files: usize,
    room: Option<u64>,
    before_sync: Option<Hook>,
}

/// What a test wants to be called.
pub(crate) type Hook = Arc<dyn Fn() + Send + Sync>;

impl State {
    pub(crate) fn before_sync(&self) -> Option<Hook> {
        self.before_sync.clone()
    }

    pub(crate) fn known(&self, name: &str) -> Option<FileId> {
        self.names.get(name).copied()
    }

    pub(crate) fn found(&mut self, name: &str, bytes: Vec<u8>) -> FileId {
        let file = self.add(name, bytes.len() as u64);
        self.record(Change::Found { file, name: name.to_owned(), bytes: bytes.into() });
        file
    }

    pub(crate) fn created(&mut self, name: &str) -> FileId {
        let file = self.add(name, 0);
        self.record(Change::Created { file, name: name.to_owned() });
        file
    }

    /// How many of these bytes there is room for.
    pub(crate) fn fitting(&self, file: FileId, offset: u64, bytes: usize) -> usize {
        let Some(room) = self.room else { return bytes };
        let end = self.size(file) + room;
        usize::try_from(end.saturating_sub(offset)).map_or(bytes, |fitting| fitting.min(bytes))
    }

    pub(crate) fn wrote(&mut self, file: FileId, offset: u64, bytes: &[u8]) {
        let size = self.size(file).max(offset + bytes.len() as u64);
        self.resize(file, size);
        self.record(Change::Wrote { file, offset, bytes: bytes.into() });
    }

    pub(crate) fn truncated(&mut self, file: FileId, size: u64) {
        self.resize(file, size);
        self.record(Change::Truncated { file, size });
    }

    pub(crate) fn synced(&mut self, file: FileId, directory: bool) {
        self.record(Change::Synced { file, directory });
    }

    pub(crate) fn sync_failed(&mut self, file: FileId) {
        self.record(Change::SyncFailed { file });
    }

    pub(crate) fn deleted(&mut self, name: &str, directory: bool) {
        if let Some(file) = self.names.remove(name) {
            self.resize(file, 0);
            self.record(Change::Deleted { name: name.to_owned(), directory });
        }
    }

    fn follow(&mut self, change: &Change) {
        match change {
            Change::Found { file, name, bytes } => self.know(*file, name, bytes.len() as u64),
            Change::Created { file, name } => self.know(*file, name, 0),
            Change::Wrote { file, offset, bytes } => {
                let size = self.size(*file).max(offset + bytes.len() as u64);
                self.resize(*file, size);
            }
            Change::Truncated { file, size } => self.resize(*file, *size),
            Change::Synced { .. } | Change::SyncFailed { .. } => {}
            Change::Deleted { name, .. } => {
                self.names.remove(name);
            }
        }
        self.record(change.clone());
    }

    fn add(&mut self, name: &str, size: u64) -> FileId {
        let file = FileId(self.files);
        self.know(file, name, size);
        file
    }

    fn know(&mut self, file: FileId, name: &str, size: u64) {
        self.files = self.files.max(file.0 + 1);
        self.names.insert(name.to_owned(), file);
        self.sizes.insert(file, size);
    }

    fn size(&self, file: FileId) -> u64 {
        self.sizes.get(&file).copied().unwrap_or_default()
    }

    fn resize(&mut self, file: FileId, size: u64) {
        let old = self.sizes.insert(file, size).unwrap_or_default();
        self.room = self.room.map(|room| (room + old).saturating_sub(size));
    }

    fn record(&mut self, change: Change) {
        if self.recording {
            self.journal.push(change);
        }
    }
}

/// An SQLite result code as one of Rust.
pub(crate) fn done(code: i32) -> Result<(), i32> {
    if code == ffi::SQLITE_OK { Ok(()) } else { Err(code) }
}
