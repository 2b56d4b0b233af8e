//! The store that forgets when the program ends.

use alloc::boxed::Box;
use alloc::collections::{BTreeMap, BTreeSet, VecDeque};

use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use crate::id::{IdentityId, LogId, MessageId, Spread};
use crate::name::{Nick, RoomName};
use crate::secret::Secret;
use crate::text::Note;
use crate::time::Timestamp;
use crate::vocabulary::Tag;

use super::{Answer, Ask, Entry, Opened, Peer, Subject};

mod entries;
mod people;
mod search;

use people::People;

/// What a memory store keeps at most. What is in use stays; of the rest the longest unused goes first.
#[derive(Clone, Copy, Debug)]
pub struct MemoryLimits {
    /// Entries of one log.
    pub entries_per_log: usize,
    /// Bytes of text in all logs together.
    pub text_bytes: usize,
    /// Logs.
    pub logs: usize,
    /// Identities.
    pub identities: usize,
    /// Nonces of everybody together.
    pub nonces: usize,
}

impl Default for MemoryLimits {
    fn default() -> Self {
        Self {
            entries_per_log: 10_000,
            text_bytes: 64 * 1024 * 1024,
            logs: 16_384,
            identities: 65_536,
            nonces: 262_144,
        }
    }
}

/// Keeps everything in memory, within bounds. Answers at once.
#[derive(Debug)]
pub struct MemoryStore {
    limits: MemoryLimits,
    rng: ChaCha12Rng,
    password: Option<Secret>,
    people: People,
    /// How far everybody has read.
    reads: BTreeMap<(IdentityId, LogId), MessageId>,
    /// Who is in which rooms.
    present: BTreeMap<LogId, BTreeSet<Spread>>,
    logs: BTreeMap<LogId, Log>,
    rooms: BTreeMap<RoomName, LogId>,
    directs: BTreeMap<(IdentityId, IdentityId), LogId>,
    /// Logs of rooms nobody is in, by when they were closed, on a clock that counts.
    uses: BTreeSet<(u64, LogId)>,
    clock: u64,
    /// Counts everything that was ever written, over all logs.
    written: u64,
    text_bytes: usize,
    nonces: BTreeMap<(IdentityId, Tag), (MessageId, Timestamp, LogId)>,
    nonce_order: VecDeque<(Timestamp, IdentityId, Tag)>,
}

#[derive(Debug)]
struct Log {
    subject: LogSubject,
    entries: VecDeque<Row>,
    /// The position of the first entry kept.
    first: u64,
    last_at: Timestamp,
    topic: Note,
    operator: Option<IdentityId>,
    used: u64,
}

/// An entry, and its place in the order over all logs.
#[derive(Debug)]
struct Row {
    written: u64,
    entry: Entry,
}

#[derive(Clone, Debug)]
enum LogSubject {
    Room(RoomName),
    Direct(IdentityId, IdentityId),
}

impl MemoryStore {
    /// An empty store. The seed makes the names of its logs; `password` is what the server asks for, if anything.
    pub fn new(limits: MemoryLimits, seed: [u8; 32], password: Option<Secret>) -> Self {
        Self {
            limits,
            rng: ChaCha12Rng::from_seed(seed),
            password,
            people: People::default(),
            reads: BTreeMap::new(),
            present: BTreeMap::new(),
            logs: BTreeMap::new(),
            rooms: BTreeMap::new(),
            directs: BTreeMap::new(),
            uses: BTreeSet::new(),
            clock: 0,
            written: 0,
            text_bytes: 0,
            nonces: BTreeMap::new(),
            nonce_order: VecDeque::new(),
        }
    }

    /// Answers a question at once.
    pub fn answer(&mut self, ask: Ask) -> Answer {
        match ask {
            Ask::Verify(verify) => self.verify(&verify),
            Ask::Rename { identity, nick } => self.people.rename(identity, &nick),
            Ask::Seen { identity, at } => {
                self.people.leaves(identity, at);
                Answer::Done
            }
            Ask::Open(subject) => self.open(subject),
            Ask::Closed { log } => {
                self.close_log(log);
                Answer::Done
            }
            Ask::Append(append) => self.append(*append),
            Ask::History { log, span, limit } => self.history(log, span, limit),
            Ask::Search(search) => self.search(&search),
            Ask::Read { identity, log, id } => self.read(identity, log, id),
            Ask::Present { identity, log, here } => {
                self.note_presence(identity, log, here);
                Answer::Done
            }
            Ask::Absent => self.absent(),
        }
    }

    fn open(&mut self, subject: Subject) -> Answer {
        match subject {
            Subject::Room { room, founder } => {
                let log = match self.rooms.get(&room) {
                    Some(log) => *log,
                    None => {
                        let log = self.found(LogSubject::Room(room.clone()), founder);
                        self.rooms.insert(room, log);
                        log
                    }
                };
                self.opened(log, None)
            }
            Subject::Direct { me, peer } => {
                let (peer, nick) = match peer {
                    Peer::Present(peer, nick) => (peer, nick),
                    Peer::Named(nick) => match self.people.by_name(&nick) {
                        Some(found) => found,
                        None => return Answer::NoSuchNick,
                    },
                };
                let pair = (me.min(peer), me.max(peer));
                let log = match self.directs.get(&pair) {
                    Some(log) => *log,
                    None => {
                        let log = self.found(LogSubject::Direct(pair.0, pair.1), None);
                        self.directs.insert(pair, log);
                        log
                    }
                };
                self.opened(log, Some((peer, nick)))
            }
        }
    }

    /// Begins a log; the one closed longest ago makes room for it.
    fn found(&mut self, subject: LogSubject, operator: Option<IdentityId>) -> LogId {
        if self.logs.len() >= self.limits.logs
            && let Some((_, oldest)) = self.uses.first().copied()
        {
            self.forget_log(oldest);
        }
        let id = loop {
            let id = LogId(self.rng.next_u64());
            if !self.logs.contains_key(&id) {
                break id;
            }
        };
        let log = Log {
            subject,
            entries: VecDeque::new(),
            first: 1,
            last_at: Timestamp(i64::MIN),
            topic: Note::default(),
            operator,
            used: 0,
        };
        self.logs.insert(id, log);
        id
    }

    fn forget_log(&mut self, id: LogId) {
        let Some(gone) = self.logs.remove(&id) else { return };
        self.uses.remove(&(gone.used, id));
        self.text_bytes -= gone.entries.iter().map(Row::bytes).sum::<usize>();
        self.reads.retain(|(_, log), _| *log != id);
        match gone.subject {
            LogSubject::Room(room) => self.rooms.remove(&room),
            LogSubject::Direct(a, b) => self.directs.remove(&(a, b)),
        };
    }

    fn opened(&mut self, id: LogId, peer: Option<(IdentityId, Nick)>) -> Answer {
        self.use_log(id);
        let Some(log) = self.logs.get(&id) else { return Answer::Failed };
        Answer::Opened(Box::new(Opened {
            log: id,
            first: MessageId(log.first),
            last: MessageId(log.first + log.entries.len() as u64 - 1),
            topic: log.topic.clone(),
            operator: log.operator,
            peer,
        }))
    }

    /// Somebody is in it: it is not forgotten.
    fn use_log(&mut self, id: LogId) {
        if let Some(log) = self.logs.get_mut(&id) {
            self.uses.remove(&(log.used, id));
        }
    }

    fn close_log(&mut self, id: LogId) {
        self.clock += 1;
        if let Some(log) = self.logs.get_mut(&id) {
            self.uses.remove(&(log.used, id));
            log.used = self.clock;
            self.uses.insert((log.used, id));
        }
    }

    /// Whether nobody is in it.
    fn is_closed(&self, id: LogId) -> bool {
        self.logs.get(&id).is_some_and(|log| self.uses.contains(&(log.used, id)))
    }
}

#[cfg(test)]
mod tests;
