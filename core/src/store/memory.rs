//! The store that forgets when the program ends.

use alloc::boxed::Box;
use alloc::collections::{BTreeMap, BTreeSet, VecDeque};
use alloc::string::String;
use alloc::vec::Vec;

use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use crate::id::{IdentityId, LogId, MessageId};
use crate::limits::PAGE_MAX;
use crate::name::{Nick, RoomName};
use crate::secret::{Secret, SecretHash};
use crate::text::Note;
use crate::time::Timestamp;
use crate::vocabulary::{Span, Tag};

use super::{Answer, Append, Ask, Change, Entry, Opened, Peer, Subject, Verify};

/// How long a nickname is held for an identity that is away (`native-protocol`, Identity): 30 days, in ms.
const NICK_HELD_MS: i64 = 30 * 24 * 3_600_000;
/// How long a nonce is remembered (`native-protocol`, nonce): 24 h, in ms.
const NONCE_HELD_MS: i64 = 24 * 3_600_000;

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
    identities: BTreeMap<IdentityId, Identity>,
    by_token: BTreeMap<SecretHash, IdentityId>,
    by_fold: BTreeMap<String, IdentityId>,
    by_skeleton: BTreeMap<String, IdentityId>,
    /// Identities that are away, by when they were last here.
    ages: BTreeSet<(Timestamp, IdentityId)>,
    next_identity: u64,
    logs: BTreeMap<LogId, Log>,
    rooms: BTreeMap<RoomName, LogId>,
    directs: BTreeMap<(IdentityId, IdentityId), LogId>,
    /// Logs of rooms nobody is in, by when they were closed, on a clock that counts.
    uses: BTreeSet<(u64, LogId)>,
    clock: u64,
    text_bytes: usize,
    nonces: BTreeMap<(IdentityId, Tag), (MessageId, Timestamp, LogId)>,
    nonce_order: VecDeque<(Timestamp, IdentityId, Tag)>,
}

#[derive(Debug)]
struct Identity {
    token: SecretHash,
    nick: Nick,
    seen: Timestamp,
}

#[derive(Debug)]
struct Log {
    subject: LogSubject,
    entries: VecDeque<Entry>,
    /// The position of the first entry kept.
    first: u64,
    last_at: Timestamp,
    topic: Note,
    operator: Option<IdentityId>,
    used: u64,
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
            identities: BTreeMap::new(),
            by_token: BTreeMap::new(),
            by_fold: BTreeMap::new(),
            by_skeleton: BTreeMap::new(),
            ages: BTreeSet::new(),
            next_identity: 1,
            logs: BTreeMap::new(),
            rooms: BTreeMap::new(),
            directs: BTreeMap::new(),
            uses: BTreeSet::new(),
            clock: 0,
            text_bytes: 0,
            nonces: BTreeMap::new(),
            nonce_order: VecDeque::new(),
        }
    }

    /// Answers a question at once.
    pub fn answer(&mut self, ask: Ask) -> Answer {
        match ask {
            Ask::Verify(verify) => self.verify(&verify),
            Ask::Rename { identity, nick } => self.rename(identity, &nick),
            Ask::Seen { identity, at } => {
                self.leaves(identity, at);
                Answer::Done
            }
            Ask::Open(subject) => self.open(subject),
            Ask::Closed { log } => {
                self.close_log(log);
                Answer::Done
            }
            Ask::Append(append) => self.append(*append),
            Ask::History { log, span, limit } => self.history(log, span, limit),
        }
    }

    fn verify(&mut self, verify: &Verify) -> Answer {
        if let Some(password) = &self.password {
            match &verify.password {
                None => return Answer::PasswordRequired,
                Some(given) if given != password => return Answer::BadPassword,
                Some(_) => {}
            }
        }
        let known = verify.presented.and_then(|token| self.by_token.get(&token)).copied();
        if self.is_held_against(known, &verify.nick, verify.at) {
            return Answer::NickTaken;
        }
        if let Some(identity) = known {
            self.set_nick(identity, &verify.nick);
            self.arrives(identity, verify.at);
            return Answer::Verified { identity, known: true };
        }
        let identity = IdentityId(self.next_identity);
        self.next_identity += 1;
        if let Some(token) = verify.fresh {
            self.enroll(identity, token, &verify.nick, verify.at);
        }
        Answer::Verified { identity, known: false }
    }

    fn enroll(&mut self, identity: IdentityId, token: SecretHash, nick: &Nick, at: Timestamp) {
        if self.identities.len() >= self.limits.identities
            && let Some((_, oldest)) = self.ages.first().copied()
        {
            self.forget_identity(oldest);
        }
        self.identities.insert(identity, Identity { token, nick: nick.clone(), seen: at });
        self.by_token.insert(token, identity);
        self.by_fold.insert(nick.fold().into(), identity);
        self.by_skeleton.insert(nick.skeleton().into(), identity);
    }

    /// Whether somebody other than `mine` holds this name or a look-alike; a name unused for 30 days is let go.
    fn is_held_against(&mut self, mine: Option<IdentityId>, nick: &Nick, at: Timestamp) -> bool {
        let holders = [self.by_fold.get(nick.fold()).copied(), self.by_skeleton.get(nick.skeleton()).copied()];
        for holder in holders.into_iter().flatten() {
            let Some(known) = self.identities.get(&holder).filter(|_| Some(holder) != mine) else { continue };
            let seen = known.seen;
            let here = !self.ages.contains(&(seen, holder));
            if here || at.0.saturating_sub(seen.0) < NICK_HELD_MS {
                return true;
            }
            self.forget_identity(holder);
        }
        false
    }

    fn forget_identity(&mut self, identity: IdentityId) {
        let Some(gone) = self.identities.remove(&identity) else { return };
        self.by_token.remove(&gone.token);
        self.ages.remove(&(gone.seen, identity));
        self.release_nick(identity, &gone.nick);
    }

    fn release_nick(&mut self, identity: IdentityId, nick: &Nick) {
        if self.by_fold.get(nick.fold()) == Some(&identity) {
            self.by_fold.remove(nick.fold());
        }
        if self.by_skeleton.get(nick.skeleton()) == Some(&identity) {
            self.by_skeleton.remove(nick.skeleton());
        }
    }

    fn set_nick(&mut self, identity: IdentityId, nick: &Nick) {
        let Some(known) = self.identities.get_mut(&identity) else { return };
        let old = core::mem::replace(&mut known.nick, nick.clone());
        self.release_nick(identity, &old);
        self.by_fold.insert(nick.fold().into(), identity);
        self.by_skeleton.insert(nick.skeleton().into(), identity);
    }

    /// Whoever is here is not forgotten.
    fn arrives(&mut self, identity: IdentityId, at: Timestamp) {
        if let Some(known) = self.identities.get_mut(&identity) {
            self.ages.remove(&(known.seen, identity));
            known.seen = known.seen.max(at);
        }
    }

    fn leaves(&mut self, identity: IdentityId, at: Timestamp) {
        if let Some(known) = self.identities.get_mut(&identity) {
            self.ages.remove(&(known.seen, identity));
            known.seen = known.seen.max(at);
            self.ages.insert((known.seen, identity));
        }
    }

    fn rename(&mut self, identity: IdentityId, nick: &Nick) -> Answer {
        let Some(known) = self.identities.get(&identity) else { return Answer::Failed };
        if self.is_held_against(Some(identity), nick, known.seen) {
            return Answer::NickTaken;
        }
        self.set_nick(identity, nick);
        Answer::Done
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
                    Peer::Named(nick) => match self.by_fold.get(nick.fold()) {
                        Some(peer) => (*peer, self.identities.get(peer).map_or(nick, |known| known.nick.clone())),
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
        self.text_bytes -= gone.entries.iter().map(text_bytes).sum::<usize>();
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

    fn append(&mut self, append: Append) -> Answer {
        let Append { log: id, from, nick, at, change, nonce } = append;
        self.forget_nonces(at);
        if let Some(nonce) = &nonce
            && let Some((earlier, at, log)) = self.nonces.get(&(from, nonce.clone()))
        {
            if *log != id {
                return Answer::Elsewhere;
            }
            return Answer::Appended { id: *earlier, at: *at, repeated: true };
        }
        let Some(log) = self.logs.get_mut(&id) else { return Answer::Failed };
        let at = at.max(log.last_at);
        log.last_at = at;
        if let Change::Topic(topic) = &change {
            log.topic = topic.clone();
        }
        let entry_id = MessageId(log.first + log.entries.len() as u64);
        let entry = Entry { id: entry_id, from, nick, at, change };
        self.text_bytes += text_bytes(&entry);
        log.entries.push_back(entry);
        while log.entries.len() > self.limits.entries_per_log
            || self.text_bytes > self.limits.text_bytes && log.entries.len() > 1
        {
            let Some(gone) = log.entries.pop_front() else { break };
            self.text_bytes -= text_bytes(&gone);
            log.first += 1;
        }
        if self.text_bytes > self.limits.text_bytes
            && let Some((_, oldest)) = self.uses.first().copied()
        {
            self.forget_log(oldest);
        }
        if let Some(nonce) = nonce {
            self.nonces.insert((from, nonce.clone()), (entry_id, at, id));
            self.nonce_order.push_back((at, from, nonce));
        }
        Answer::Appended { id: entry_id, at, repeated: false }
    }

    fn forget_nonces(&mut self, now: Timestamp) {
        while let Some((at, _, _)) = self.nonce_order.front() {
            let old = now.0.saturating_sub(at.0) > NONCE_HELD_MS;
            if !old && self.nonce_order.len() < self.limits.nonces {
                break;
            }
            if let Some((_, identity, nonce)) = self.nonce_order.pop_front() {
                self.nonces.remove(&(identity, nonce));
            }
        }
    }

    fn history(&mut self, id: LogId, span: Span, limit: u32) -> Answer {
        let Some(log) = self.logs.get(&id) else { return Answer::Failed };
        // A page for a client is at most `PAGE_MAX`; a replay reads more at once.
        let limit = u64::from(limit.clamp(1, PAGE_MAX * 10));
        let end = log.first + log.entries.len() as u64;
        let (from, to, has_more) = match span {
            Span::Latest => (end.saturating_sub(limit).max(log.first), end, end - log.first > limit),
            Span::Before(before) => {
                let to = before.0.clamp(log.first, end);
                (to.saturating_sub(limit).max(log.first), to, to - log.first > limit)
            }
            Span::After(after) => {
                let from = after.0.saturating_add(1).clamp(log.first, end);
                (from, from.saturating_add(limit).min(end), end - from > limit)
            }
        };
        let range = (from - log.first) as usize..(to - log.first) as usize;
        let entries: Vec<Entry> = log.entries.range(range).cloned().collect();
        Answer::Page { entries, has_more }
    }
}

fn text_bytes(entry: &Entry) -> usize {
    const OVERHEAD: usize = 160;
    OVERHEAD
        + match &entry.change {
            Change::Message { text, .. } => text.as_str().len(),
            Change::Topic(topic) => topic.as_str().len(),
        }
}

#[cfg(test)]
mod tests;
