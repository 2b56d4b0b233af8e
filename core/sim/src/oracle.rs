//! The reference: what was said, in which log, and who may see it. As plain as can be, since everything is compared
//! with it.

use std::collections::{BTreeMap, BTreeSet};

use parlor_core::id::{IdentityId, LogId, MessageId};
use parlor_core::name::RoomName;
use parlor_core::secret::SecretHash;
use parlor_core::store::{Answer, Append, Ask, Change, Entry, Peer, Subject};
use parlor_core::text::Body;
use parlor_core::time::Timestamp;

use crate::machine::PERSON;
use crate::said;

/// One log, as the store keeps it.
#[derive(Debug)]
pub struct Log {
    /// The room; `None` for a conversation.
    pub room: Option<RoomName>,
    /// Who may see a conversation.
    pub pair: Option<(IdentityId, IdentityId)>,
    /// Everything that is in it, by position.
    pub entries: BTreeMap<u64, Append>,
    /// When each was stored.
    pub times: BTreeMap<u64, Timestamp>,
    /// Entries up to here have been promised: the store said that they are safe.
    pub promised: u64,
    /// How each message has read, by the entry that made it so.
    pub versions: BTreeMap<u64, BTreeMap<u64, Body>>,
    /// Which entry took a message back.
    pub deleted: BTreeMap<u64, u64>,
    /// Entries that nobody ever saw as anything but tombstones.
    tombstones: BTreeSet<u64>,
    /// How many entries the store keeps.
    kept: u64,
}

impl Log {
    fn new(room: Option<RoomName>, pair: Option<(IdentityId, IdentityId)>, kept: u64) -> Self {
        Self {
            room,
            pair,
            entries: BTreeMap::new(),
            times: BTreeMap::new(),
            promised: 0,
            versions: BTreeMap::new(),
            deleted: BTreeMap::new(),
            tombstones: BTreeSet::new(),
            kept,
        }
    }

    /// Whether nothing of an entry is told any more: a message that was taken back, or an edit of one, or of a message
    /// that the store keeps no more.
    pub fn is_gone(&self, id: u64) -> bool {
        if self.tombstones.contains(&id) {
            return true;
        }
        match self.entries.get(&id).map(|append| &append.change) {
            Some(Change::Message { .. }) => self.deleted.contains_key(&id),
            Some(Change::Edit { target, .. }) => {
                self.deleted.contains_key(&target.0) || target.0 + self.kept <= self.promised
            }
            Some(Change::Topic(_) | Change::Delete { .. }) | None => false,
        }
    }

    /// What the store gives for an entry by now.
    pub fn as_it_stands(&self, id: u64) -> Option<Change> {
        if self.is_gone(id) {
            return None;
        }
        let newest = |message: u64| self.versions[&message].last_key_value().expect("it read somehow").1.clone();
        Some(match self.entries[&id].change.clone() {
            Change::Message { action, reply_to, .. } => Change::Message { text: newest(id), action, reply_to },
            Change::Edit { target, .. } => Change::Edit { target, text: newest(target.0) },
            other @ (Change::Topic(_) | Change::Delete { .. }) => other,
        })
    }
}

/// Everything that was ever stored, and who everybody is.
#[derive(Debug, Default)]
pub struct Oracle {
    /// The logs.
    pub logs: BTreeMap<LogId, Log>,
    identities: BTreeMap<SecretHash, IdentityId>,
    /// Who said the text with this number: the number of the link it went out on.
    said_on: BTreeMap<u64, usize>,
    /// The number of the last text in each log that came over each link.
    last_said: BTreeMap<(LogId, usize), u64>,
    /// Where each text is.
    stored: BTreeMap<u64, (LogId, u64)>,
    /// Texts that the store failed to keep at least once.
    refused: BTreeSet<u64>,
    /// Links without framing that broke, perhaps inside a line.
    cut_off: BTreeSet<usize>,
    numbers: u64,
    /// Who has said of which log that they have read something of it.
    reads: BTreeSet<(IdentityId, LogId)>,
    /// How many entries of a log the store keeps.
    entries_kept: u64,
}

impl Oracle {
    /// A reference for a store that keeps so many entries of a log.
    pub fn new(entries_kept: u64) -> Self {
        Self { entries_kept, ..Self::default() }
    }

    /// A number for a text that is about to be said over this link.
    pub fn number(&mut self, link: usize) -> u64 {
        self.numbers += 1;
        self.said_on.insert(self.numbers, link);
        self.numbers
    }

    /// A link that carries lines is gone: what came over it last may be half a line.
    pub fn cut_off(&mut self, link: usize) {
        self.cut_off.insert(link);
    }

    /// The store answered this question so. Called when the hub is told.
    pub fn answered(&mut self, ask: &Ask, answer: &Answer) {
        match (ask, answer) {
            (Ask::Verify(verify), Answer::Verified(found)) => {
                let token = if found.known { verify.presented } else { verify.fresh };
                if let Some(token) = token {
                    self.identities.insert(token, found.identity);
                }
            }
            (Ask::Open(subject), Answer::Opened(opened)) => {
                let (room, pair) = match subject {
                    Subject::Room { room, .. } => (Some(room.clone()), None),
                    Subject::Direct { me, peer } => {
                        let other = match peer {
                            Peer::Present(identity, _) => *identity,
                            Peer::Named(_) => opened.peer.as_ref().expect("a conversation has two sides").0,
                        };
                        (None, Some((*me, other)))
                    }
                };
                let kept = self.entries_kept;
                let log = self.logs.entry(opened.log).or_insert_with(|| Log::new(room.clone(), pair, kept));
                assert_eq!(log.room, room, "a log belongs to one room");
                assert!(opened.last.0 >= log.promised, "1: a log that is opened again has all it promised");
            }
            (Ask::Append(append), Answer::Appended { id, at, repeated: false }) => self.appended(append, *id, *at),
            (Ask::Append(append), Answer::Failed | Answer::NoSuchMessage | Answer::NotYours) => {
                // Its sender is told so and may say it again, behind what was said after it.
                if let Change::Message { text, .. } | Change::Edit { text, .. } = &append.change {
                    self.refused.extend(said::number_of(text.as_str()));
                }
            }
            _ => {}
        }
    }

    fn appended(&mut self, append: &Append, id: MessageId, at: Timestamp) {
        let log = self.logs.get_mut(&append.log).expect("only an open log is written to");
        assert_eq!(id.0, log.promised + 1, "the log's positions have no holes and are never used twice");
        log.promised = id.0;
        let before = log.times.last_key_value().map_or(Timestamp(i64::MIN), |(_, before)| *before);
        assert!(at >= before, "time never decreases in a log");
        log.times.insert(id.0, at);
        log.entries.insert(id.0, append.clone());
        let text = match &append.change {
            Change::Message { text, .. } => {
                log.versions.entry(id.0).or_default().insert(id.0, text.clone());
                text
            }
            Change::Edit { target, text } => {
                let first = log.entries.get(&target.0).expect("what is corrected was said");
                assert_eq!(first.from, append.from, "17: only one's own words are corrected");
                assert!(!log.deleted.contains_key(&target.0), "what was taken back stays so");
                log.versions.entry(target.0).or_default().insert(id.0, text.clone());
                text
            }
            Change::Delete { target } => {
                let first = log.entries.get(&target.0).expect("what is taken back was said");
                let may = first.from == append.from || append.operator && log.pair.is_none();
                assert!(may, "17: only one's own words are taken back, or an operator does it");
                let twice = log.deleted.insert(target.0, id.0);
                assert!(twice.is_none(), "a message is taken back once");
                return;
            }
            Change::Topic(_) => return,
        };
        let Some(number) = said::number_of(text.as_str()) else { return };
        let link = self.said_on.get(&number).copied();
        let said = said::text(number, said::kind_of(text.as_str()));
        if text.as_str() != said && link.is_some_and(|link| self.cut_off.contains(&link)) {
            // A line whose end never came is said as far as it came; what it was to be cannot be told.
            return;
        }
        let link = link.expect("6: somebody said this");
        assert_eq!(text.as_str(), said, "6: text arrives byte for byte");
        let twice = self.stored.insert(number, (append.log, id.0));
        assert!(twice.is_none(), "4: {number} was stored twice: {twice:?} and {id:?}");
        // What was refused is said again later, and a client does not always hear that it was.
        if self.refused.contains(&number) || link >= PERSON {
            return;
        }
        let last = self.last_said.entry((append.log, link)).or_default();
        assert!(*last < number, "5: what one sender said stays in order: {number} after {last}");
        *last = number;
    }

    /// After a crash: what is in the log counts as promised from now on, also where nobody was told in time.
    pub fn restarted(&mut self, mut read: impl FnMut(Ask) -> Answer) {
        let logs: Vec<LogId> = self.logs.keys().copied().collect();
        for log in logs {
            let after = MessageId(self.logs[&log].promised);
            let ask = Ask::History { log, span: parlor_core::vocabulary::Span::After(after), limit: 1_000 };
            let Answer::Page { entries, .. } = read(ask) else { continue };
            if let (Some(first), Some(known)) = (entries.first(), self.logs.get_mut(&log)) {
                // What a small store has let go of already was never seen by anybody.
                known.promised = known.promised.max(first.id.0 - 1);
            }
            for entry in entries {
                self.recovered(log, entry);
            }
        }
    }

    /// An entry that nobody was told of before the crash. What has become of it since, in the same turn, it does not
    /// tell any more: an edit's own text, or a message that was taken back.
    fn recovered(&mut self, log: LogId, entry: Entry) {
        let Entry { id, from, nick, at, change, .. } = entry;
        if let (None, Some(known)) = (&change, self.logs.get_mut(&log)) {
            known.tombstones.insert(id.0);
        }
        let change = change.unwrap_or_else(|| {
            let text = Body::parse("(gone)").expect("a text");
            Change::Message { text, action: false, reply_to: None }
        });
        // Whether it came from an operator is not kept: the store has checked it.
        let append = Append { log, from, nick, at, change, nonce: None, operator: true };
        self.appended(&append, id, at);
    }

    /// Somebody says how far they have read.
    pub fn read(&mut self, identity: IdentityId, log: LogId) {
        self.reads.insert((identity, log));
    }

    /// The conversations of somebody in which the other side has said something, and of which they never said that they
    /// have read anything.
    pub fn unread(&self, me: IdentityId) -> impl Iterator<Item = LogId> {
        let waits = move |log: &Log| {
            let mine = log.pair.is_some_and(|(a, b)| a != b && (a == me || b == me));
            let theirs = |(id, append): (&u64, &Append)| {
                let kept = *id + log.kept > log.promised;
                append.from != me && matches!(append.change, Change::Message { .. }) && kept && !log.is_gone(*id)
            };
            mine && log.entries.iter().any(theirs)
        };
        let logs = self.logs.iter().filter(move |(id, log)| waits(log) && !self.reads.contains(&(me, **id)));
        logs.map(|(id, _)| *id)
    }

    /// Whose this token is.
    pub fn identity(&self, token: SecretHash) -> Option<IdentityId> {
        self.identities.get(&token).copied()
    }

    /// Where the text with this number is stored.
    pub fn stored(&self, number: u64) -> Option<(LogId, u64)> {
        self.stored.get(&number).copied()
    }

    /// Whether the store has had the text with this number.
    pub fn is_settled(&self, number: u64) -> bool {
        self.stored.contains_key(&number) || self.refused.contains(&number)
    }

    /// The next message of a log after this position that is known to be whole, and still there.
    pub fn next_message(&self, log: LogId, after: u64) -> Option<u64> {
        let whole = |id: u64, append: &Append| match &append.change {
            Change::Message { text, .. } => {
                said::number_of(text.as_str()).is_some_and(|number| self.stored(number) == Some((log, id)))
            }
            Change::Topic(_) | Change::Edit { .. } | Change::Delete { .. } => false,
        };
        let there = self.logs.get(&log)?;
        let mut later = there.entries.range(after + 1..);
        later.find(|(id, append)| whole(**id, append) && !there.is_gone(**id)).map(|(id, _)| *id)
    }

    /// The log of a room.
    pub fn log_of(&self, room: &RoomName) -> Option<&Log> {
        self.logs.values().find(|log| log.room.as_ref() == Some(room))
    }

    /// Whether the store still has all it ever promised; asked at the end, of the store itself.
    pub fn compare(&self, mut read: impl FnMut(Ask) -> Answer) {
        for (id, log) in &self.logs {
            let ask = Ask::History { log: *id, span: parlor_core::vocabulary::Span::Latest, limit: 2_000 };
            let Answer::Page { entries, .. } = read(ask) else { panic!("1: a log is gone") };
            let last = entries.last().map_or(0, |entry| entry.id.0);
            assert!(
                last == log.promised || log.promised == 0,
                "1: what was promised is in the log: {last} of {}",
                log.promised
            );
            for entry in entries {
                let said = &log.entries[&entry.id.0];
                let stands = log.as_it_stands(entry.id.0);
                assert_eq!((&stands, &said.nick), (&entry.change, &entry.nick), "1: the log keeps what was said");
            }
        }
    }
}
