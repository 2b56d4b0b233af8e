//! A load on a store: what people do in a few rooms, and what they were answered.

use std::collections::BTreeSet;

use fastrand::Rng;
use parlor_core::id::{IdentityId, LogId, MessageId};
use parlor_core::name::{Nick, RoomName};
use parlor_core::secret::SecretHash;
use parlor_core::store::{Answer, Append, Ask, Change, Cursor, Entry, Peer, Search, Subject, Verify};
use parlor_core::text::{Body, Note};
use parlor_core::time::Timestamp;
use parlor_core::vocabulary::{Span, Tag};

use crate::kept::{Kept, Told};

/// A word in every message.
pub(crate) const EVERYWHERE: &str = "parlor";

/// So often something is asked for again before it counts as refused for good.
const ROUNDS_MAX: usize = 1_000;

/// Somebody, and all names they ever had.
pub(crate) struct Person {
    pub(crate) token: SecretHash,
    pub(crate) identity: IdentityId,
    /// Each with the position from which on it was theirs for sure.
    pub(crate) nicks: Vec<(Nick, usize)>,
}

/// A room, or a conversation.
pub(crate) struct Room {
    pub(crate) subject: Subject,
    /// Who writes in it: everybody, or the two of a conversation.
    people: Vec<usize>,
    pub(crate) log: LogId,
    /// From where on it was there for sure.
    pub(crate) position: usize,
}

/// An entry that was acknowledged.
pub(crate) struct Stored {
    pub(crate) log: LogId,
    pub(crate) id: MessageId,
    pub(crate) at: Timestamp,
    pub(crate) append: Append,
    /// How much had been done to the disk when it was acknowledged.
    pub(crate) position: usize,
}

/// Everything that happened, in the order in which it was asked for.
pub(crate) struct Life {
    pub(crate) people: Vec<Person>,
    pub(crate) rooms: Vec<Room>,
    pub(crate) stored: Vec<Stored>,
    /// Who had read which log how far, and from which position on that was safe.
    pub(crate) reads: Vec<(usize, LogId, MessageId, usize)>,
    /// Who was in which room or not any more, in that order, and from which position on that was safe.
    pub(crate) present: Vec<(usize, LogId, bool, usize)>,
    /// The newest message that somebody was shown in a log, and the position at which they were.
    pub(crate) shown: Vec<(LogId, MessageId, usize)>,
    /// Answers that were failures.
    pub(crate) failed: usize,
    /// How often a log could not be read in the same breath.
    pub(crate) unread: usize,
    rng: Rng,
    pub(crate) now: i64,
    words: u64,
    renames: u64,
}

/// What was asked, to know what its answer means.
enum Asked {
    Append(Append),
    Read(usize, LogId, MessageId),
    Rename(usize, Nick),
    Go(usize),
    Presence(usize, LogId, bool),
    Look(LogId),
    Search(LogId),
}

impl Life {
    /// Begins on an empty store: four people, three rooms, a conversation.
    pub(crate) fn begin(kept: &mut Kept, seed: u64) -> Self {
        let mut life = Self {
            people: Vec::new(),
            rooms: Vec::new(),
            stored: Vec::new(),
            reads: Vec::new(),
            present: Vec::new(),
            shown: Vec::new(),
            failed: 0,
            unread: 0,
            rng: Rng::with_seed(seed),
            now: 1_790_000_000_000,
            words: 0,
            renames: 0,
        };
        let absent = life.insist(kept, Ask::Absent).answer;
        assert_eq!(absent, Answer::Absent(Vec::new()), "nobody can have been here before");
        for (number, name) in ["ada", "bob", "کوروش", "grace"].into_iter().enumerate() {
            let token = SecretHash([number as u8 + 1; 32]);
            let nick = Nick::parse(name).unwrap();
            let told = life.insist(kept, Ask::Verify(Box::new(verify(None, token, &nick, life.now))));
            let Answer::Verified(verified) = told.answer else { panic!("{name} was refused: {:?}", told.answer) };
            life.people.push(Person { token, identity: verified.identity, nicks: vec![(nick, told.position)] });
        }
        let room = |name| Subject::Room { room: RoomName::parse(name).unwrap(), founder: None };
        let peer = Peer::Present(life.people[1].identity, life.people[1].nicks[0].0.clone());
        let direct = Subject::Direct { me: life.people[0].identity, peer };
        for subject in [room("lobby"), room("class"), room("کتاب"), direct] {
            let told = life.insist(kept, Ask::Open(subject.clone()));
            let Answer::Opened(opened) = told.answer else { panic!("{subject:?}: {:?}", told.answer) };
            assert_eq!(opened.last, MessageId(0));
            let people = match &subject {
                Subject::Room { .. } => (0..life.people.len()).collect(),
                Subject::Direct { .. } => vec![0, 1],
            };
            life.rooms.push(Room { subject, people, log: opened.log, position: told.position });
        }
        life
    }

    /// Asks until it does not fail.
    fn insist(&mut self, kept: &mut Kept, ask: Ask) -> Told {
        for _ in 0..ROUNDS_MAX {
            let ticket = kept.put(ask.clone());
            let told = kept.wait(ticket);
            if told.answer != Answer::Failed {
                return told;
            }
            self.failed += 1;
        }
        panic!("storing does not come back: {ask:?} keeps failing");
    }

    /// Some things at once, as many as `most`; waits for all answers, of which none may be a failure.
    pub(crate) fn burst(&mut self, kept: &mut Kept, most: usize) {
        self.burst_stubbornly(kept, most, |_, life| assert_eq!(life.failed, 0, "nothing was wrong with the disk"));
    }

    /// Some things at once, until each of them is done: what fails is asked for again. Each round ends with a
    /// question that only reads; after it `between` has a look.
    pub(crate) fn burst_stubbornly(&mut self, kept: &mut Kept, most: usize, mut between: impl FnMut(&mut Kept, &Self)) {
        let mut touched = BTreeSet::new();
        let mut open: Vec<_> = (0..self.rng.usize(1..=most)).map(|_| self.next(&mut touched)).collect();
        for _ in 0..ROUNDS_MAX {
            let asked: Vec<_> = open.drain(..).map(|what| (kept.put(self.question(&what)), what)).collect();
            let log = self.rooms[self.rng.usize(..self.rooms.len())].log;
            let look = kept.put(self.question(&Asked::Look(log)));
            for (ticket, what) in asked {
                let told = kept.wait(ticket);
                if told.answer == Answer::Failed {
                    self.failed += 1;
                    open.push(what);
                } else {
                    self.hear(what, told.answer, told.position);
                }
            }
            let told = kept.wait(look);
            if told.answer == Answer::Failed {
                self.unread += 1;
            } else {
                self.hear(Asked::Look(log), told.answer, told.position);
            }
            between(kept, self);
            if open.is_empty() {
                return;
            }
        }
        panic!("storing does not come back: {} questions keep failing", open.len());
    }

    /// The next thing somebody does. What is touched is corrected or taken back only once at a time.
    fn next(&mut self, touched: &mut BTreeSet<(LogId, MessageId)>) -> Asked {
        self.now += self.rng.i64(0..5_000);
        let room = &self.rooms[self.rng.usize(..self.rooms.len())];
        let (log, is_room) = (room.log, matches!(room.subject, Subject::Room { .. }));
        let who = room.people[self.rng.usize(..room.people.len())];
        match self.rng.u8(..23) {
            0 => Asked::Go(who),
            20 if is_room => Asked::Presence(who, log, self.rng.bool()),
            21 => Asked::Look(log),
            22 => Asked::Search(log),
            1 => {
                let last = self.stored.iter().filter(|stored| stored.log == log).map(|stored| stored.id).max();
                Asked::Read(who, log, last.unwrap_or_default())
            }
            2 => {
                self.renames += 1;
                Asked::Rename(who, Nick::parse(&format!("somebody{}", self.renames)).unwrap())
            }
            3 if is_room => self.append(who, log, Change::Topic(Note::parse(&format!("topic {}", self.now)).unwrap())),
            4..=6 => match self.own(who, log, touched) {
                Some(target) => {
                    let text = self.text();
                    self.append(who, log, Change::Edit { target, text })
                }
                None => Asked::Go(who),
            },
            7 => match self.own(who, log, touched) {
                Some(target) => self.append(who, log, Change::Delete { target }),
                None => Asked::Go(who),
            },
            _ => {
                let text = self.text();
                let (action, reply_to) = (self.rng.bool(), self.rng.bool().then_some(MessageId(1)));
                self.append(who, log, Change::Message { text, action, reply_to })
            }
        }
    }

    /// A text with a word of its own, from short to several pages of the database.
    fn text(&mut self) -> Body {
        self.words += 1;
        let long = [0, 40, 400, 4_000][self.rng.usize(..4)];
        Body::parse(&format!("{EVERYWHERE} word{} می‌خواهم {}", self.words, "x".repeat(long))).unwrap()
    }

    fn append(&mut self, who: usize, log: LogId, change: Change) -> Asked {
        let person = &self.people[who];
        let nonce = Tag::parse(&format!("n{}", self.rng.u64(..)));
        let nick = person.nicks.last().map(|(nick, _)| nick.clone()).expect("everybody has a name");
        let at = Timestamp(self.now);
        Asked::Append(Append { log, from: person.identity, nick, at, change, nonce, operator: false })
    }

    /// A message of this person that still stands.
    fn own(&mut self, who: usize, log: LogId, touched: &mut BTreeSet<(LogId, MessageId)>) -> Option<MessageId> {
        let identity = self.people[who].identity;
        let standing: Vec<_> = self
            .log(log, usize::MAX)
            .into_iter()
            .filter(|entry| entry.from == identity && matches!(entry.change, Some(Change::Message { .. })))
            .map(|entry| entry.id)
            .filter(|id| !touched.contains(&(log, *id)))
            .collect();
        let target = *standing.get(self.rng.usize(..standing.len().max(1)))?;
        touched.insert((log, target));
        Some(target)
    }

    fn question(&self, what: &Asked) -> Ask {
        match what {
            Asked::Append(append) => Ask::Append(Box::new(append.clone())),
            Asked::Read(who, log, id) => Ask::Read { identity: self.people[*who].identity, log: *log, id: *id },
            Asked::Rename(who, nick) => Ask::Rename { identity: self.people[*who].identity, nick: nick.clone() },
            Asked::Presence(who, log, here) => {
                Ask::Present { identity: self.people[*who].identity, log: *log, here: *here }
            }
            Asked::Look(log) => Ask::History { log: *log, span: Span::Latest, limit: 1 },
            Asked::Search(log) => Ask::Search(Box::new(search(&[*log], EVERYWHERE, None, 1))),
            Asked::Go(who) => Ask::Seen { identity: self.people[*who].identity, at: Timestamp(self.now) },
        }
    }

    fn hear(&mut self, what: Asked, answer: Answer, position: usize) {
        match (what, answer) {
            (Asked::Append(append), Answer::Appended { id, at, repeated: _ }) => {
                let before = self.stored.iter().filter(|stored| stored.log == append.log).count() as u64;
                assert_eq!(id, MessageId(before + 1), "ids have a hole, or are used twice");
                self.stored.push(Stored { log: append.log, id, at, append, position });
            }
            (Asked::Read(who, log, id), Answer::Done) => self.reads.push((who, log, id, position)),
            (Asked::Rename(who, nick), Answer::Done) => self.people[who].nicks.push((nick, position)),
            (Asked::Go(_), Answer::Done) => {}
            (Asked::Presence(who, log, here), Answer::Done) => self.present.push((who, log, here, position)),
            (Asked::Look(log), Answer::Page { entries, .. }) => {
                self.shown.extend(entries.last().map(|entry| (log, entry.id, position)));
            }
            (Asked::Search(log), Answer::Found { hits, .. }) => {
                self.shown.extend(hits.first().map(|hit| (log, hit.entry.id, position)));
            }
            (_, answer) => panic!("an answer to another question: {answer:?}"),
        }
    }

    /// A log as it must read when only the first `entries` of all that was ever stored are.
    pub(crate) fn log(&self, log: LogId, entries: usize) -> Vec<Entry> {
        let mut read: Vec<Entry> = Vec::new();
        for stored in self.stored.iter().take(entries).filter(|stored| stored.log == log) {
            let Append { from, nick, change, .. } = &stored.append;
            match change {
                Change::Message { .. } | Change::Topic(_) => {}
                Change::Edit { target, text } => {
                    for entry in &mut read {
                        match &mut entry.change {
                            Some(Change::Message { text: old, .. }) if entry.id == *target => {
                                *old = text.clone();
                                entry.edited = Some(stored.id);
                            }
                            Some(Change::Edit { target: same, text: old }) if same == target => *old = text.clone(),
                            _ => {}
                        }
                    }
                }
                Change::Delete { target } => {
                    for entry in &mut read {
                        let gone = match &entry.change {
                            Some(Change::Edit { target: same, .. }) => same == target,
                            _ => entry.id == *target,
                        };
                        if gone {
                            entry.change = None;
                        }
                    }
                }
            }
            let (from, nick) = (*from, nick.clone());
            let change = Some(change.clone());
            read.push(Entry { id: stored.id, from, nick, at: stored.at, change, edited: None });
        }
        read
    }

    /// How much of what was stored had been acknowledged at a position.
    pub(crate) fn acknowledged(&self, position: usize) -> usize {
        self.stored.iter().take_while(|stored| stored.position <= position).count()
    }
}

/// What is looked for, and where.
pub(crate) fn search(logs: &[LogId], query: &str, before: Option<Cursor>, limit: u32) -> Search {
    let query = Note::parse(query).unwrap();
    Search { by: IdentityId(1), logs: logs.to_vec(), own: false, query, before, limit }
}

/// Who is this?
pub(crate) fn verify(presented: Option<SecretHash>, fresh: SecretHash, nick: &Nick, at: i64) -> Verify {
    Verify { presented, fresh: Some(fresh), nick: nick.clone(), password: None, at: Timestamp(at) }
}
