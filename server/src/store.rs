//! The store that forgets nothing: SQLite in one file, one thread that writes.
//!
//! [`DurableStore`] takes the questions of a hub and answers them on a channel. Whatever gathers while the last commit is
//! on its way to the disk is the next transaction, so one sync serves a few questions or hundreds, and a question that
//! comes alone waits for one commit and no longer. An answer is sent when what it says is on the disk. Searches have a
//! thread and a connection of their own.
//!
//! Below it is the [`Engine`]: one connection that answers a batch of questions, without threads.
//!
//! The file is SQLite's (<https://sqlite.org/fileformat2.html>) with a write-ahead log (<https://sqlite.org/wal.html>),
//! synced at every commit. Its tables are described in `store/schema/1.sql`. Memory does not depend on how much is
//! stored. What is edited, deleted or let go is overwritten, in the index of words too; until the next checkpoint the old
//! text can still be in the write-ahead log, and after an orderly stop it is nowhere in the directory.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::thread::JoinHandle;

use async_channel::Receiver;
use parlor_core::id::Ticket;
use parlor_core::limits::Limits;
use parlor_core::secret::Secret;
use parlor_core::store::{Answer, Ask, Search};
use parlor_transport_tcp::hub_loop::Store;

use gate::Gate;

mod engine;
pub(crate) mod entries;
mod gate;
pub(crate) mod index;
pub(crate) mod logs;
mod names;
mod notes;
mod people;
mod reads;
mod retention;
pub mod schema;
mod search;
pub(crate) mod trouble;
mod writer;

pub use engine::Engine;
pub use retention::{Keep, Retention};

/// The name of the database in the data directory.
pub const FILE: &str = "parlor.db";

/// Searches that may wait for their turn.
const SEARCHES_MAX: usize = 256;

/// How a store behaves.
#[derive(Clone, Debug)]
pub struct Options {
    /// What whoever comes must give, if anything.
    pub password: Option<Secret>,
    /// How long history is kept; everything for ever, unless said otherwise.
    pub retention: Retention,
    /// Most questions that wait for an answer; one more is answered [`Answer::Failed`]. It is more than a hub asks
    /// ([`Limits::questions_max`]), so that does not happen.
    pub questions_max: usize,
    /// How many pages of 4 KiB gather in the write-ahead log before they are brought into the database.
    pub wal_pages: u32,
    /// The virtual file system (<https://sqlite.org/vfs.html>) that the file is opened with, for tests that registered
    /// one; `None` for that of the system.
    pub vfs: Option<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            password: None,
            retention: Retention::default(),
            questions_max: 4 * Limits::DEFAULT.questions_max as usize,
            wal_pages: 4_096,
            vfs: None,
        }
    }
}

/// A store that was opened.
#[derive(Debug)]
pub struct Opened {
    /// Takes the questions; give it to [`Service::store`](parlor_transport_tcp::hub_loop::Service::store).
    pub store: DurableStore,
    /// Where the answers come, each exactly once; give it to
    /// [`Service::answers`](parlor_transport_tcp::hub_loop::Service::answers).
    pub answers: Receiver<(Ticket, Answer)>,
}

/// Keeps everything in a file. Asking costs nothing but a place in a queue.
///
/// Dropping it waits until everything that was asked is answered and on the disk, and closes the file in order. Only
/// searches are not waited for: the one that runs ends with what it has, and those that wait fail.
#[derive(Debug)]
pub struct DurableStore {
    /// `None` once it is being closed.
    lines: Option<Lines>,
    questions: Arc<AtomicUsize>,
    questions_max: usize,
    searches: Arc<AtomicUsize>,
    gate: Arc<Gate>,
    threads: Vec<JoinHandle<()>>,
}

/// To the two threads.
#[derive(Debug)]
struct Lines {
    asks: Sender<(Ticket, Ask)>,
    searches: Sender<(Ticket, Search)>,
}

impl DurableStore {
    /// Opens the database at this path, or makes a new one, readable by its owner alone. The directory must be there, and
    /// this must be the only server in it ([`DataDir`](crate::data_dir::DataDir)). It blocks as [`Engine::open`] does.
    ///
    /// # Errors
    /// One plain sentence: it is no database of Parlor, one of a newer version, damaged, or cannot be used.
    pub fn open(path: &Path, options: Options) -> Result<Opened, String> {
        let (questions_max, vfs) = (options.questions_max, options.vfs.clone());
        let engine = Engine::open(path, options)?;
        let reader = schema::open_reader(path, vfs.as_deref()).map_err(|error| trouble::cannot_open(path, &error))?;
        let (give, answers) = async_channel::unbounded();
        let (asks, asked) = channel();
        let (searches, searched) = channel();
        let gate = Arc::new(Gate::default());
        let (waiting, looking) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let mut store = Self {
            lines: Some(Lines { asks, searches }),
            questions: Arc::clone(&waiting),
            questions_max,
            searches: Arc::clone(&looking),
            gate: Arc::clone(&gate),
            threads: Vec::new(),
        };
        let (found, opened) = (give.clone(), Arc::clone(&gate));
        // The one that searches ends first: the other closes the file, and wants to be the last who has it open.
        store.spawn("parlor-search", move || writer::read(reader, &opened, &searched, &looking, &found))?;
        store.spawn("parlor-store", move || writer::write(engine, &gate, &asked, &waiting, &give))?;
        Ok(Opened { store, answers })
    }

    fn spawn(&mut self, name: &str, work: impl FnOnce() + Send + 'static) -> Result<(), String> {
        let thread = std::thread::Builder::new().name(name.into()).spawn(work);
        let cannot = |error| format!("The store cannot have a thread: {}.", crate::run::plain(&error));
        self.threads.push(thread.map_err(cannot)?);
        Ok(())
    }
}

impl Store for DurableStore {
    fn ask(&mut self, ticket: Ticket, ask: Ask) -> Option<Answer> {
        let Some(lines) = &self.lines else { return Some(Answer::Failed) };
        let (waiting, most) = match ask {
            Ask::Search(_) => (&self.searches, SEARCHES_MAX),
            _ => (&self.questions, self.questions_max),
        };
        if waiting.fetch_add(1, Ordering::Relaxed) >= most {
            waiting.fetch_sub(1, Ordering::Relaxed);
            return Some(Answer::Failed);
        }
        let gone = match ask {
            Ask::Search(search) => lines.searches.send((ticket, *search)).is_err(),
            ask => lines.asks.send((ticket, ask)).is_err(),
        };
        gone.then_some(Answer::Failed)
    }
}

impl Drop for DurableStore {
    fn drop(&mut self) {
        if let Some(Lines { asks, searches }) = self.lines.take() {
            drop(searches);
            self.gate.end();
            let mut threads = self.threads.drain(..);
            // A thread that panicked has ended the process, or a test's.
            if let Some(search) = threads.next() {
                let _ = search.join();
            }
            drop(asks);
            for thread in threads {
                let _ = thread.join();
            }
        }
    }
}
