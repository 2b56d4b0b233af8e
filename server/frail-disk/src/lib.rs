//! A disk for SQLite that writes down what is done to it, loses power and fails on demand: for tests.
//!
//! A [`Disk`] is an SQLite [VFS] of its own name. Connections opened with that name work on ordinary files, through the
//! system's own VFS, while the disk does two things beside:
//!
//! - It **records** every creation, write, truncation, sync and deletion, of all files and connections, in one order.
//!   From such a [`Journal`] a [`PowerCut`] makes the files as a power cut at any position could have left them:
//!   what was synced is there, of the rest nothing, everything, or a seeded part of it, torn at sectors.
//! - It **fails** where a test plans it: the n-th write, once, a few times or until the disk is healed; or there is
//!   only so much room left on it.
//!
//! ```
//! use frail_disk::{Disk, PowerCut, Survival};
//! use rusqlite::{Connection, OpenFlags};
//!
//! let (home, after) = (tempfile::tempdir()?, tempfile::tempdir()?);
//! let disk = Disk::new();
//! let db = Connection::open_with_flags_and_vfs(home.path().join("a.db"), OpenFlags::default(), disk.vfs())?;
//! db.execute_batch("PRAGMA journal_mode = WAL; CREATE TABLE t (x); INSERT INTO t VALUES (7)")?;
//!
//! let journal = disk.journal();
//! let mut cut = PowerCut::new(&journal);
//! cut.advance(journal.len());
//! cut.files(Survival::Nothing).write_to(after.path())?;
//! let x: i64 = Connection::open(after.path().join("a.db"))?.query_row("SELECT x FROM t", [], |row| row.get(0))?;
//! assert_eq!(x, 7, "a committed row needs nothing that was not synced");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What is promised of a disk
//!
//! As SQLite's documentation has it ([atomic commit], section 2): a sync that succeeds makes the file's content safe;
//! before it writes may be lost or land in any order, a sector may be torn at any byte, in one piece from either end;
//! space that a file grows by may hold anything; a write harms no byte beside its own (`POWERSAFE_OVERWRITE`, which
//! the system's VFS claims too). A file's name is in its directory for sure after the directory was synced, which the
//! VFS for Unix does at the first sync of a journal or write-ahead log that it may have created, and at a deletion if
//! SQLite asks for it; a file's own sync says nothing about its name. After a sync that failed, what was not yet safe
//! may be forgotten for good, even if the next sync succeeds ([`FailedSync`]).
//!
//! The wal-index (`-shm`) and temporary files are not recorded: nothing of them is read after a power cut.
//!
//! [VFS]: https://sqlite.org/vfs.html
//! [atomic commit]: https://sqlite.org/atomiccommit.html

mod content;
mod disk;
mod fault;
mod file;
mod journal;
mod power;
mod vfs;

pub use disk::Disk;
pub use fault::{Failure, Fault, Operation};
pub use journal::{Change, FileId, Journal};
pub use power::{FailedSync, Files, PowerCut, Survival};
