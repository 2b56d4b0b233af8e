//! The store as its tests see it: questions go in, each gets exactly one answer, and it is known when.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use async_channel::Receiver;
use frail_disk::Disk;
use parlor_core::id::Ticket;
use parlor_core::store::{Answer, Ask};
use parlor_transport_tcp::hub_loop::Store;
use server::store::{DurableStore, FILE, Opened, Options};

/// No answer takes this long.
const PATIENCE: Duration = Duration::from_secs(60);

/// So early the log is brought into the database: every few commits.
const WAL_PAGES: u32 = 100;

/// An open store.
pub(crate) struct Kept {
    store: Option<DurableStore>,
    noted: Arc<Noted>,
    next: u64,
}

/// An answer, and how much had been done to the disk when it was given.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    pub(crate) answer: Answer,
    pub(crate) position: usize,
}

/// Takes answers as they come. Before each sync of the disk all answers given so far are taken: one that was given too
/// early is known to have been given before that sync, however late this thread is.
struct Noted {
    answers: Receiver<(Ticket, Answer)>,
    disk: Option<Arc<Disk>>,
    told: Mutex<BTreeMap<u64, Told>>,
    news: Condvar,
}

impl Noted {
    fn take(&self) -> MutexGuard<'_, BTreeMap<u64, Told>> {
        let mut told = self.told.lock().unwrap();
        while let Ok((ticket, answer)) = self.answers.try_recv() {
            self.insert(&mut told, ticket.0, answer);
        }
        told
    }

    fn insert(&self, told: &mut BTreeMap<u64, Told>, ticket: u64, answer: Answer) {
        let position = self.disk.as_ref().map_or(0, |disk| disk.position());
        let twice = told.insert(ticket, Told { answer, position });
        assert!(twice.is_none(), "question {ticket} was answered twice: {twice:?}");
    }
}

impl Kept {
    /// Opens the store in a directory, on the system's own disk.
    pub(crate) fn open(directory: &Path) -> Result<Self, String> {
        Self::open_on(directory, None)
    }

    /// Opens the store in a directory, on this disk.
    pub(crate) fn open_on(directory: &Path, disk: Option<&Arc<Disk>>) -> Result<Self, String> {
        Self::open_with(directory, disk, WAL_PAGES)
    }

    /// Opens the store, which brings its log into the database when that has so many pages.
    pub(crate) fn open_with(directory: &Path, disk: Option<&Arc<Disk>>, wal_pages: u32) -> Result<Self, String> {
        let vfs = disk.map(|disk| disk.vfs().to_owned());
        let options = Options { vfs, wal_pages, ..Options::default() };
        let Opened { store, answers } = DurableStore::open(&directory.join(FILE), options)?;
        let noted = Arc::new(Noted { answers, disk: disk.cloned(), told: Mutex::default(), news: Condvar::new() });
        if let Some(disk) = disk {
            let weak = Arc::downgrade(&noted);
            disk.before_sync(move || {
                if let Some(noted) = weak.upgrade() {
                    drop(noted.take());
                    noted.news.notify_all();
                }
            });
        }
        Ok(Self { store: Some(store), noted, next: 0 })
    }

    /// Asks, and does not wait.
    pub(crate) fn put(&mut self, ask: Ask) -> u64 {
        let ticket = self.next;
        self.next += 1;
        let store = self.store.as_mut().expect("it is open until it is dropped");
        if let Some(answer) = store.ask(Ticket(ticket), ask) {
            let mut told = self.noted.take();
            self.noted.insert(&mut told, ticket, answer);
        }
        ticket
    }

    /// Waits for the answer to a question.
    pub(crate) fn wait(&mut self, ticket: u64) -> Told {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let mut told = self.noted.take();
            if let Some(told) = told.remove(&ticket) {
                return told;
            }
            assert!(Instant::now() < deadline, "question {ticket} was not answered");
            // Answers come through a channel that this cannot wait for while it is also emptied before syncs.
            drop(self.noted.news.wait_timeout(told, Duration::from_micros(200)).unwrap());
        }
    }

    /// Asks, and waits for the answer.
    pub(crate) fn ask(&mut self, ask: Ask) -> Answer {
        let ticket = self.put(ask);
        self.wait(ticket).answer
    }

    /// Closes the store. There must be no question whose answer nobody waited for.
    pub(crate) fn close(mut self) {
        drop(self.store.take());
        let left = self.noted.take();
        assert!(left.is_empty(), "answers to questions that were answered before, or never asked: {left:?}");
    }
}
