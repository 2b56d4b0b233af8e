//! Whatever is asked, the durable store answers what the one in memory answers: also across restarts, and however the
//! questions gather into transactions.

use parlor_core::id::{IdentityId, LogId, MessageId, Ticket};

use parlor_core::secret::SecretHash;
use parlor_core::store::{
    Answer, Append, Ask, Change, Cursor, Hit, MemoryLimits, MemoryStore, Peer, Search, Subject, Unread, Verify,
};
use parlor_core::text::{Body, Note};
use parlor_core::time::Timestamp;
use parlor_core::vocabulary::{Span, Tag};
use proptest::prelude::*;
use proptest::sample::select;
use server::store::{Engine, FILE, Options};

use crate::world::{nick, room};

/// Spellings of one name, look-alikes of another, and others.
const NICKS: [&str; 7] = ["ada", "Ada", "bob", "b\u{43e}b", "علی", "عَلی", "eve"];
const ROOMS: [&str; 4] = ["lobby", "Lobby", "سالن", "other"];
const TEXTS: [&str; 7] = ["hello world", "Hello again", "می‌خواهم کتاب", "كتاب علي", "图书馆", "don't panic", "world"];
const QUERIES: [&str; 7] = ["hello", "world", "میخواهم", "کتاب علی", "图书", "pan*", "\"hello world\""];
const NONCES: [&str; 3] = ["1", "2", "سه"];
/// Sums of these never come within seconds of a day, or of thirty.
const STEPS: [i64; 5] = [0, 1, 1_000, 433 * 60_000, 11 * 24 * 3_600_000 + 17 * 60_000];

/// A question with numbers for what both stores name differently, or something done to the durable one.
#[derive(Clone, Debug)]
enum Step {
    Ask(Question),
    Pass(i64),
    Commit,
    Restart,
}

#[derive(Clone, Debug)]
enum Question {
    Verify { presented: Option<u8>, fresh: bool, nick: &'static str },
    Rename { who: u64, nick: &'static str },
    Seen { who: u64 },
    Room { room: &'static str, founder: Option<u64> },
    Direct { me: u64, peer: Option<u64>, nick: &'static str },
    Append { log: usize, from: u64, what: What, late: i64, nonce: Option<&'static str>, operator: bool },
    Closed { log: usize },
    History { log: usize, span: Span, limit: u32 },
    Search { by: u64, logs: Vec<usize>, own: bool, query: &'static str, limit: u32 },
    Read { who: u64, log: usize, id: u64 },
    Present { who: u64, log: usize, here: bool },
    Absent,
}

#[derive(Clone, Debug)]
enum What {
    Message { text: &'static str, action: bool, reply_to: Option<u64> },
    Topic(&'static str),
    Edit { target: u64, text: &'static str },
    Delete { target: u64 },
}

fn what() -> impl Strategy<Value = What> {
    let message = (select(&TEXTS[..]), any::<bool>(), proptest::option::weighted(0.2, 1..9_u64));
    prop_oneof![
        5 => message.prop_map(|(text, action, reply_to)| What::Message { text, action, reply_to }),
        1 => select(&TEXTS[..]).prop_map(What::Topic),
        2 => (0..9_u64, select(&TEXTS[..])).prop_map(|(target, text)| What::Edit { target, text }),
        2 => (0..9_u64).prop_map(|target| What::Delete { target }),
    ]
}

fn span() -> impl Strategy<Value = Span> {
    let id = prop_oneof![8 => 0..12_u64, 1 => Just(u64::MAX)].prop_map(MessageId);
    prop_oneof![Just(Span::Latest), id.clone().prop_map(Span::Before), id.prop_map(Span::After)]
}

fn question() -> impl Strategy<Value = Question> {
    let who = || 0..7_u64;
    let log = || 0..6_usize;
    let nick = || select(&NICKS[..]);
    prop_oneof![
        6 => (proptest::option::of(0..6_u8), any::<bool>(), nick())
            .prop_map(|(presented, fresh, nick)| Question::Verify { presented, fresh, nick }),
        1 => (who(), nick()).prop_map(|(who, nick)| Question::Rename { who, nick }),
        2 => who().prop_map(|who| Question::Seen { who }),
        3 => (select(&ROOMS[..]), proptest::option::of(who()))
            .prop_map(|(room, founder)| Question::Room { room, founder }),
        4 => (who(), proptest::option::of(who()), nick())
            .prop_map(|(me, peer, nick)| Question::Direct { me, peer, nick }),
        12 => (log(), who(), what(), 0..3_i64, proptest::option::weighted(0.3, select(&NONCES[..])), any::<bool>())
            .prop_map(|(log, from, what, late, nonce, operator)| Question::Append { log, from, what, late, nonce, operator }),
        1 => log().prop_map(|log| Question::Closed { log }),
        4 => (log(), span(), 0..6_u32).prop_map(|(log, span, limit)| Question::History { log, span, limit }),
        4 => (who(), proptest::collection::vec(log(), 0..4), any::<bool>(), select(&QUERIES[..]), 1..4_u32)
            .prop_map(|(by, logs, own, query, limit)| Question::Search { by, logs, own, query, limit }),
        3 => (who(), log(), 0..12_u64).prop_map(|(who, log, id)| Question::Read { who, log, id }),
        2 => (who(), log(), any::<bool>()).prop_map(|(who, log, here)| Question::Present { who, log, here }),
        1 => Just(Question::Absent),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        20 => question().prop_map(Step::Ask),
        4 => select(&STEPS[..]).prop_map(Step::Pass),
        4 => Just(Step::Commit),
        1 => Just(Step::Restart),
    ]
}

/// One of the two stores: which names its logs have, in the order in which they were first opened.
#[derive(Default)]
struct Side {
    logs: Vec<LogId>,
}

impl Side {
    /// A log by its number; one that there is not beyond the last.
    fn log(&self, number: usize) -> LogId {
        self.logs.get(number).copied().unwrap_or(LogId(1))
    }

    fn number(&mut self, log: LogId) -> LogId {
        let at = self.logs.iter().position(|known| *known == log).unwrap_or_else(|| {
            self.logs.push(log);
            self.logs.len() - 1
        });
        LogId(at as u64)
    }

    fn ask(&self, question: &Question, now: i64, fresh: u8, before: Option<Cursor>) -> Ask {
        let (who, log) = (|who: u64| IdentityId(who), |log: usize| self.log(log));
        match question.clone() {
            Question::Verify { presented, fresh: is_kept, nick: name } => Ask::Verify(Box::new(Verify {
                presented: presented.map(token),
                fresh: is_kept.then_some(token(fresh)),
                nick: nick(name),
                password: None,
                at: Timestamp(now),
            })),
            Question::Rename { who: identity, nick: name } => Ask::Rename { identity: who(identity), nick: nick(name) },
            Question::Seen { who: identity } => Ask::Seen { identity: who(identity), at: Timestamp(now) },
            Question::Room { room: name, founder } => {
                Ask::Open(Subject::Room { room: room(name), founder: founder.map(who) })
            }
            Question::Direct { me, peer, nick: name } => {
                let peer = match peer {
                    Some(peer) => Peer::Present(who(peer), nick(name)),
                    None => Peer::Named(nick(name)),
                };
                Ask::Open(Subject::Direct { me: who(me), peer })
            }
            Question::Append { log: number, from, what, late, nonce, operator } => Ask::Append(Box::new(Append {
                log: log(number),
                from: who(from),
                nick: nick(NICKS[from as usize % NICKS.len()]),
                at: Timestamp(now - late),
                change: change(&what),
                nonce: nonce.map(|nonce| Tag::parse(nonce).unwrap()),
                operator,
            })),
            Question::Closed { log: number } => Ask::Closed { log: log(number) },
            Question::History { log: number, span, limit } => Ask::History { log: log(number), span, limit },
            Question::Search { by, logs, own, query, limit } => Ask::Search(Box::new(Search {
                by: who(by),
                logs: logs.into_iter().map(log).collect(),
                own,
                query: Note::parse(query).unwrap(),
                before,
                limit,
            })),
            Question::Read { who: identity, log: number, id } => {
                Ask::Read { identity: who(identity), log: log(number), id: MessageId(id) }
            }
            Question::Present { who: identity, log: number, here } => {
                Ask::Present { identity: who(identity), log: log(number), here }
            }
            Question::Absent => Ask::Absent,
        }
    }

    /// An answer as both must give it: logs by their numbers, and in that order where the order is theirs.
    fn same(&mut self, answer: Answer) -> Answer {
        match answer {
            Answer::Verified(mut verified) => {
                for (log, _) in &mut verified.reads {
                    *log = self.number(*log);
                }
                verified.reads.sort();
                for Unread { log, .. } in &mut verified.unread {
                    *log = self.number(*log);
                }
                Answer::Verified(verified)
            }
            Answer::Opened(mut opened) => {
                opened.log = self.number(opened.log);
                Answer::Opened(opened)
            }
            Answer::Absent(mut absentees) => {
                absentees.iter_mut().for_each(|absentee| absentee.rooms.sort());
                Answer::Absent(absentees)
            }
            other => other,
        }
    }
}

fn token(number: u8) -> SecretHash {
    SecretHash([number; 32])
}

fn change(what: &What) -> Change {
    match *what {
        What::Message { text, action, reply_to } => {
            Change::Message { text: Body::parse(text).unwrap(), action, reply_to: reply_to.map(MessageId) }
        }
        What::Topic(text) => Change::Topic(Note::parse(text).unwrap()),
        What::Edit { target, text } => Change::Edit { target: MessageId(target), text: Body::parse(text).unwrap() },
        What::Delete { target } => Change::Delete { target: MessageId(target) },
    }
}

/// All pages of a search, one after the other.
fn search_on(mut ask: impl FnMut(Option<Cursor>) -> Answer) -> Result<Vec<Hit>, Answer> {
    let (mut all, mut before) = (Vec::new(), None);
    loop {
        match ask(before) {
            Answer::Found { hits, cursor } => {
                all.extend(hits);
                if cursor.is_none() {
                    break;
                }
                assert!(before.is_none_or(|before| cursor < Some(before)), "it gets on");
                before = cursor;
            }
            other => return Err(other),
        }
    }
    assert!(all.windows(2).all(|pair| pair[0].cursor > pair[1].cursor), "the newest first, none twice");
    Ok(all)
}

/// Both stores, and what was asked of the durable one but not yet brought to it.
struct Both {
    home: tempfile::TempDir,
    memory: MemoryStore,
    memory_side: Side,
    engine: Option<Engine>,
    engine_side: Side,
    batch: Vec<(Question, Answer, i64, u8)>,
    now: i64,
    fresh: u8,
    /// The number of the last identity.
    identities: u64,
}

impl Both {
    fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        Self {
            engine: Some(Engine::open(&home.path().join(FILE), Options::default()).unwrap()),
            home,
            memory: MemoryStore::new(MemoryLimits::default(), [7; 32], None),
            memory_side: Side::default(),
            engine_side: Side::default(),
            batch: Vec::new(),
            now: 1_000_000_000_000,
            fresh: 0,
            identities: 0,
        }
    }

    fn take(&mut self, step: &Step) {
        match step {
            Step::Pass(ms) => self.now += ms,
            Step::Commit => self.commit(),
            Step::Restart => {
                self.commit();
                drop(self.engine.take());
                self.engine = Some(Engine::open(&self.home.path().join(FILE), Options::default()).unwrap());
            }
            Step::Ask(question @ Question::Search { .. }) => self.search(question),
            Step::Ask(Question::Direct { me, peer, nick }) if self.identities > 0 => {
                // Nobody talks to somebody who is yet to come.
                let there = |who: u64| 1 + who % self.identities;
                self.ask(&Question::Direct { me: there(*me), peer: peer.map(there), nick });
            }
            Step::Ask(Question::Direct { .. }) => {}
            Step::Ask(question) => self.ask(question),
        }
    }

    fn ask(&mut self, question: &Question) {
        let ask = self.memory_side.ask(question, self.now, self.fresh, None);
        let answer = self.memory.answer(ask);
        let answer = self.memory_side.same(answer);
        if let Answer::Verified(verified) = &answer {
            self.identities = self.identities.max(verified.identity.0);
        }
        self.batch.push((question.clone(), answer, self.now, self.fresh));
        if matches!(question, Question::Verify { fresh: true, .. }) {
            self.fresh += 1;
        }
        if matches!(question, Question::Room { .. } | Question::Direct { .. }) {
            // What it is called must be known before it is asked about.
            self.commit();
        }
    }

    fn commit(&mut self) {
        let batch = std::mem::take(&mut self.batch);
        let side = &self.engine_side;
        let asks: Vec<_> =
            batch.iter().map(|(question, _, now, fresh)| (Ticket(0), side.ask(question, *now, *fresh, None))).collect();
        let mut expected = batch.into_iter();
        let side = &mut self.engine_side;
        self.engine.as_mut().unwrap().batch(&asks, |_, answer| {
            let (question, wanted, ..) = expected.next().unwrap();
            assert_eq!(side.same(answer), wanted, "{question:?}");
        });
        assert!(expected.next().is_none());
    }

    fn search(&mut self, question: &Question) {
        self.commit();
        let (memory, memory_side) = (&mut self.memory, &self.memory_side);
        let wanted = search_on(|before| memory.answer(memory_side.ask(question, 0, 0, before)));
        let (engine, engine_side) = (self.engine.as_mut().unwrap(), &self.engine_side);
        let found = search_on(|before| {
            let mut answered = None;
            engine.batch(&[(Ticket(0), engine_side.ask(question, 0, 0, before))], |_, answer| answered = Some(answer));
            answered.unwrap()
        });
        let same = |hits: Vec<Hit>, side: &mut Side| {
            hits.into_iter().map(|hit| (side.number(hit.log), hit.place, hit.entry)).collect::<Vec<_>>()
        };
        let (found, wanted) = (found.unwrap(), wanted.unwrap());
        assert_eq!(same(found, &mut self.engine_side), same(wanted, &mut self.memory_side), "{question:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, max_shrink_iters: 4_000, ..ProptestConfig::default() })]

    #[test]
    fn both_stores_answer_the_same(steps in proptest::collection::vec(step(), 1..120)) {
        let mut both = Both::new();
        for step in &steps {
            both.take(step);
        }
        both.commit();
    }
}
