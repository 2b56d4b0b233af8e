//! The store without threads: questions in, one transaction, answers out.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use parlor_core::id::Ticket;
use parlor_core::secret::Secret;
use parlor_core::store::{Answer, Ask, Entry};
use rusqlite::Connection;
use rusqlite::hooks::Wal;

use super::entries::Nonces;
use super::logs::Logs;
use super::names::Names;
use super::notes::Notes;
use super::retention::Round;
use super::trouble::{Trouble, said};
use super::{Options, index, retention, schema, search};

/// A transaction ends once its answers hold so many bytes of text.
const UNSENT_BYTES_MAX: usize = 4 << 20;

/// One connection that answers questions. It blocks while it does.
///
/// [`DurableStore`](super::DurableStore) runs one on a thread of its own; tests and benchmarks drive it directly.
#[derive(Debug)]
pub struct Engine {
    pub(super) db: Connection,
    pub(super) password: Option<Secret>,
    pub(super) names: Names,
    pub(super) logs: Logs,
    /// The highest row that was ever used. It only rises: cursors and old nonces go by rows.
    pub(super) written: i64,
    /// Which nonces are looked at next, and how many.
    pub(super) nonces: Nonces,
    /// Terms of one text, on their way into the index.
    pub(super) terms: String,
    /// Nothing can be written for now, so nothing that need not be is.
    pub(super) reading_only: bool,
    pub(super) options: Options,
    pub(super) round: Round,
    trouble: Option<Trouble>,
    notes: Notes,
    /// What an earlier program left in the write-ahead log is in the database; before that, nothing is written.
    is_log_anew: bool,
    wal: Arc<WalState>,
}

/// What SQLite says after each commit.
#[derive(Debug, Default)]
struct WalState {
    commits: AtomicU64,
    pages: AtomicU64,
}

impl Engine {
    /// Opens a database, or makes a new one. Blocks for as long as that takes: a moment, but if the search terms changed
    /// with a new version of the program, all of them are made anew, about 50,000 messages a second.
    ///
    /// # Errors
    /// One plain sentence: it is no database of Parlor, one of a newer version, damaged, or cannot be used.
    pub fn open(path: &Path, options: Options) -> Result<Self, String> {
        let mut db = schema::open(path, options.vfs.as_deref())?;
        let cannot = |error: rusqlite::Error| super::trouble::cannot_open(path, &error);
        let begun = match schema::begin_log_anew(&db) {
            Ok(()) => index::keep_up(&mut db).map(|()| None).map_err(cannot)?,
            // What is there can be read; nothing is written before there is room.
            Err(error) if Trouble::of(&error).is_some_and(Trouble::may_pass) => {
                if !index::is_kept_up(&db).map_err(cannot)? {
                    return Err(cannot(error));
                }
                Some(error)
            }
            Err(error) => return Err(cannot(error)),
        };
        let wal = Arc::new(WalState::default());
        let state = Arc::clone(&wal);
        db.wal_hook(Some(move |_: &mut Wal, pages: i32| {
            state.commits.fetch_add(1, Ordering::Relaxed);
            state.pages.store(u64::try_from(pages).unwrap_or(0), Ordering::Relaxed);
            Ok(())
        }))
        .map_err(cannot)?;
        let mut engine = Self {
            db,
            password: options.password.clone(),
            names: Names::default(),
            logs: Logs::default(),
            written: 0,
            nonces: Nonces::default(),
            terms: String::new(),
            reading_only: false,
            options,
            round: Round::default(),
            trouble: None,
            notes: Notes::default(),
            is_log_anew: begun.is_none(),
            wal,
        };
        if let Some(error) = begun {
            engine.note(&error);
        }
        engine.written = retention::last_row(&engine.db).map_err(cannot)?;
        Ok(engine)
    }

    /// Answers questions in the order given, each exactly once. What they write is one transaction, and `answer` hears of
    /// it when that is on the disk; if nothing is written, nothing is committed.
    ///
    /// If it cannot be committed, it never happened: whoever asked for something to be written gets
    /// [`Answer::Failed`], the others are answered from what there is, and the log says why, once. What nobody asks for
    /// again (who is where, and has read how far) is written with the next batch that can be.
    pub fn batch(&mut self, asks: &[(Ticket, Ask)], mut answer: impl FnMut(Ticket, Answer)) {
        let mut rest = asks;
        while !rest.is_empty() {
            let answers = self.some(rest);
            let (done, others) = rest.split_at(answers.len());
            for ((ticket, _), given) in done.iter().zip(answers) {
                answer(*ticket, given);
            }
            rest = others;
        }
    }

    /// Answers the first of them, at least one: as many as one transaction has room for.
    fn some(&mut self, asks: &[(Ticket, Ask)]) -> Vec<Answer> {
        let answers = self.all_at_once(asks).or_else(|error| match Trouble::of(&error) {
            None => self.one_by_one(asks),
            Some(_) => Err(error),
        });
        answers.unwrap_or_else(|error| {
            self.note(&error);
            let answers = self.without_writing(asks);
            self.remember(asks, &answers);
            answers
        })
    }

    /// Brings what was committed from the log into the database if there is enough of it. It is called when nobody waits
    /// for an answer; it may sync the disk.
    pub fn checkpoint_if_due(&mut self) {
        if self.pages_due() >= u64::from(self.options.wal_pages) {
            self.checkpoint(schema::Checkpoint::Passive);
        }
    }

    /// How many pages wait in the log to be brought into the database.
    pub(super) fn pages_due(&self) -> u64 {
        self.wal.pages.load(Ordering::Relaxed)
    }

    /// How many transactions were committed since it was opened.
    pub fn commits(&self) -> u64 {
        self.wal.commits.load(Ordering::Relaxed)
    }

    /// Brings everything into the database file, which is all there is afterwards.
    ///
    /// # Errors
    /// One plain sentence if that failed. Nothing is lost: the next one to open the file does it.
    pub fn close(mut self) -> Result<(), String> {
        if !self.notes.is_empty()
            && let Err(error) = self.transaction(|this| this.catch_up(Self::answer))
        {
            tracing::debug!("what was to be noted is lost: {}", said(&error));
        }
        self.checkpoint(schema::Checkpoint::Truncate);
        self.db.close().map_err(|(_, error)| format!("The database could not be closed in order: {}.", said(&error)))
    }

    fn checkpoint(&mut self, mode: schema::Checkpoint) {
        // A failure costs nothing but that the log stays longer; it is tried again after the next commit.
        match schema::checkpoint(&self.db, mode) {
            Ok(true) => self.wal.pages.store(0, Ordering::Relaxed),
            Ok(false) => {}
            Err(error) => tracing::debug!("no checkpoint: {}", said(&error)),
        }
    }

    /// The way it is usually: one transaction, no savepoints.
    fn all_at_once(&mut self, asks: &[(Ticket, Ask)]) -> rusqlite::Result<Vec<Answer>> {
        self.in_order(asks, Self::answer)
    }

    /// One of them breaks a rule of the tables: it fails alone.
    fn one_by_one(&mut self, asks: &[(Ticket, Ask)]) -> rusqlite::Result<Vec<Answer>> {
        self.in_order(asks, Self::answer_alone)
    }

    fn in_order(&mut self, asks: &[(Ticket, Ask)], each: Each) -> rusqlite::Result<Vec<Answer>> {
        // Reading alone is not to wait for a disk that may still be full.
        let catches_up = !self.notes.is_empty() && asks.iter().any(|(_, ask)| writes(ask));
        let answers = self.transaction(|this| {
            if catches_up {
                this.catch_up(each)?;
            }
            let mut answers = Answers::default();
            for (_, ask) in asks {
                answers.add(each(this, ask)?);
                if answers.are_many() {
                    break;
                }
            }
            this.forget_nonces()?;
            Ok(answers.all)
        })?;
        if catches_up {
            self.notes.clear();
        }
        Ok(answers)
    }

    /// Writes what could not be written before.
    fn catch_up(&mut self, each: Each) -> rusqlite::Result<()> {
        self.notes.all().iter().try_for_each(|note| each(self, note).map(drop))
    }

    /// What could not be written and nobody asks for again.
    fn remember(&mut self, asks: &[(Ticket, Ask)], answers: &[Answer]) {
        for ((_, ask), answer) in asks.iter().zip(answers) {
            match answer {
                Answer::Failed => self.notes.remember(ask),
                Answer::Verified(verified) => self.notes.is_here(verified.identity),
                Answer::NickTaken
                | Answer::PasswordRequired
                | Answer::BadPassword
                | Answer::Done
                | Answer::Opened(_)
                | Answer::NoSuchNick
                | Answer::Appended { .. }
                | Answer::Page { .. }
                | Answer::NoSuchMessage
                | Answer::NotYours
                | Answer::Found { .. }
                | Answer::Absent(_)
                | Answer::Elsewhere => {}
            }
        }
    }

    fn answer_alone(&mut self, ask: &Ask) -> rusqlite::Result<Answer> {
        self.run("SAVEPOINT question")?;
        let answered = self.answer(ask).and_then(|answer| {
            self.write_logs()?;
            Ok(answer)
        });
        match answered {
            Ok(answer) => {
                self.run("RELEASE question")?;
                Ok(answer)
            }
            Err(error) if Trouble::of(&error).is_some() => Err(error),
            Err(error) => {
                tracing::error!("a question of the hub could not be answered: {}", said(&error));
                self.run("ROLLBACK TO question")?;
                self.run("RELEASE question")?;
                self.logs.forget();
                Ok(Answer::Failed)
            }
        }
    }

    /// Everything that needs no writing is answered; the rest fails.
    fn without_writing(&mut self, asks: &[(Ticket, Ask)]) -> Vec<Answer> {
        self.reading_only = true;
        let kept = self.db.pragma_update(None, "query_only", true);
        let mut answers = Answers::default();
        for (_, ask) in asks {
            answers.add(match &kept {
                Ok(()) => self.answer(ask).unwrap_or(Answer::Failed),
                Err(_) => Answer::Failed,
            });
            if answers.are_many() {
                break;
            }
        }
        self.reading_only = false;
        if let Err(error) = self.db.pragma_update(None, "query_only", false) {
            tracing::debug!("{}", said(&error));
        }
        answers.all
    }

    /// Does something whole or not at all. What was read before is forgotten if it was not done.
    pub(super) fn transaction<T>(
        &mut self,
        work: impl FnOnce(&mut Self) -> rusqlite::Result<T>,
    ) -> rusqlite::Result<T> {
        if !self.is_log_anew {
            schema::begin_log_anew(&self.db)?;
            self.is_log_anew = true;
        }
        self.logs.shrink();
        let commits = self.commits();
        self.run("BEGIN")?;
        let done = work(self).and_then(|done| {
            self.write_logs()?;
            self.run("COMMIT")?;
            Ok(done)
        });
        match done {
            Ok(done) => {
                if self.commits() > commits && self.trouble.take().is_some() {
                    tracing::warn!("storing works again");
                }
                Ok(done)
            }
            Err(error) => {
                self.roll_back();
                Err(error)
            }
        }
    }

    /// After a failed sync SQLite counts none of the transaction's frames, and the next transaction overwrites them: its
    /// index of the log is moved on only when the sync has succeeded (`sqlite3WalFrames`, `sqlite3WalUndo`). That index
    /// is why the connection is kept: a new one would read the log through the page cache, where the frames that never
    /// reached the disk look whole, and build on them.
    fn roll_back(&mut self) {
        // Some errors have rolled back already.
        if !self.db.is_autocommit()
            && let Err(error) = self.db.execute_batch("ROLLBACK")
        {
            self.note(&error);
        }
        // What is known of them by heart may not be so.
        self.logs.forget();
    }

    /// Tells of a trouble when it begins.
    fn note(&mut self, error: &rusqlite::Error) {
        let trouble = Trouble::of(error).unwrap_or(Trouble::Disk);
        if self.trouble != Some(trouble) {
            tracing::error!("{} ({})", trouble.words(), said(error));
            self.trouble = Some(trouble);
        }
    }

    fn run(&self, sql: &str) -> rusqlite::Result<()> {
        self.db.prepare_cached(sql)?.execute([]).map(drop)
    }

    /// Answers one question within the transaction. It changes what is known by heart only after the database.
    fn answer(&mut self, ask: &Ask) -> rusqlite::Result<Answer> {
        match ask {
            Ask::Verify(verify) => self.verify(verify),
            Ask::Rename { identity, nick } => self.rename(*identity, nick),
            Ask::Seen { identity, at } => self.seen(*identity, *at),
            Ask::Open(subject) => self.open_log(subject),
            // What is kept on the disk is kept whether or not somebody is there.
            Ask::Closed { log: _ } => Ok(Answer::Done),
            Ask::Append(append) => self.append(append),
            Ask::History { log, span, limit } => self.history(*log, *span, *limit),
            Ask::Search(asked) => search::search(&self.db, &mut self.names, asked, None),
            Ask::Read { identity, log, id } => self.read(*identity, *log, *id),
            Ask::Present { identity, log, here } => self.present(*identity, *log, *here),
            Ask::Absent => self.absent(),
        }
    }
}

/// How one question is answered within a transaction.
type Each = fn(&mut Engine, &Ask) -> rusqlite::Result<Answer>;

/// Whether a question may change something.
const fn writes(ask: &Ask) -> bool {
    match ask {
        Ask::Verify(_)
        | Ask::Rename { .. }
        | Ask::Seen { .. }
        | Ask::Open(_)
        | Ask::Append(_)
        | Ask::Read { .. }
        | Ask::Present { .. }
        | Ask::Absent => true,
        Ask::Closed { .. } | Ask::History { .. } | Ask::Search(_) => false,
    }
}

/// Answers that are held until what they say is on the disk.
#[derive(Debug, Default)]
struct Answers {
    all: Vec<Answer>,
    text_bytes: usize,
}

impl Answers {
    fn add(&mut self, answer: Answer) {
        self.text_bytes += match &answer {
            Answer::Page { entries, .. } => entries.iter().map(Entry::text_len).sum(),
            Answer::Found { hits, .. } => hits.iter().map(|hit| hit.entry.text_len()).sum(),
            Answer::Verified(_)
            | Answer::NickTaken
            | Answer::PasswordRequired
            | Answer::BadPassword
            | Answer::Done
            | Answer::Opened(_)
            | Answer::NoSuchNick
            | Answer::Appended { .. }
            | Answer::NoSuchMessage
            | Answer::NotYours
            | Answer::Absent(_)
            | Answer::Failed
            | Answer::Elsewhere => 0,
        };
        self.all.push(answer);
    }

    /// Whether they are to be given before there are more.
    const fn are_many(&self) -> bool {
        self.text_bytes >= UNSENT_BYTES_MAX
    }
}
