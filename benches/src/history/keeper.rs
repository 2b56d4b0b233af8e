//! The durable store in this process, asked as a hub asks it.

use std::collections::VecDeque;
use std::path::Path;
use std::time::Instant;

use async_channel::Receiver;
use fastrand::Rng;
use parlor_core::id::{IdentityId, LogId, MessageId, Ticket};
use parlor_core::name::{Nick, RoomName};
use parlor_core::secret::SecretHash;
use parlor_core::store::{Answer, Append, Ask, Change, Search, Subject, Verify};
use parlor_core::text::{Body, Note};
use parlor_core::time::Timestamp;
use parlor_core::vocabulary::{Span, Tag};
use parlor_transport_tcp::hub_loop::Store;
use server::store::{DurableStore, FILE, Opened, Options};

use super::texts::Texts;
use super::{PEOPLE, ROOMS, Wrote, nanos};
use crate::figures::{Latency, Micros};
use crate::os;

/// A store with its rooms and people. Dropping it writes everything and closes the file.
#[derive(Debug)]
pub struct Keeper {
    store: DurableStore,
    answers: Receiver<(Ticket, Answer)>,
    asked: u64,
    logs: Vec<(LogId, u64)>,
    nicks: Vec<Nick>,
    rng: Rng,
}

/// Where a page is read.
#[derive(Clone, Copy, Debug)]
pub enum Part {
    /// Among the oldest.
    Front,
    /// Anywhere.
    Middle,
    /// The newest.
    End,
}

impl Keeper {
    /// Opens or makes the database in a directory.
    ///
    /// # Errors
    /// The store's own sentence.
    pub fn open(home: &Path) -> Result<Self, String> {
        let Opened { store, answers } = DurableStore::open(&home.join(FILE), Options::default())?;
        let rng = Rng::with_seed(9);
        let mut keeper = Self { store, answers, asked: 0, logs: Vec::new(), nicks: Vec::new(), rng };
        for room in 0..ROOMS {
            let room = RoomName::parse(&format!("room{room}")).map_err(|bad| bad.to_string())?;
            match keeper.answer(Ask::Open(Subject::Room { room, founder: None })) {
                Answer::Opened(opened) => keeper.logs.push((opened.log, opened.last.0)),
                other => return Err(format!("A room was not opened but answered by {other:?}.")),
            }
        }
        for person in 0..PEOPLE {
            let nick = Nick::parse(&format!("person{person}")).map_err(|bad| bad.to_string())?;
            let token = Some(SecretHash([person as u8; 32]));
            let at = Timestamp(1_790_000_000_000);
            let verify = Verify { presented: token, fresh: token, nick: nick.clone(), password: None, at };
            keeper.answer(Ask::Verify(Box::new(verify)));
            keeper.nicks.push(nick);
        }
        Ok(keeper)
    }

    /// Has so many messages written, so many under way at any time.
    ///
    /// # Errors
    /// One sentence, if one of them was refused.
    pub fn write(&mut self, texts: &mut Texts, messages: usize, under_way: usize) -> Result<Wrote, String> {
        /// Made before the clock runs, but not a million at once.
        const PART: usize = 50_000;
        let mut wrote = Wrote { messages: messages as u64, ..Wrote::default() };
        let (mut latency, mut left) = (Latency::default(), messages);
        let mut busy = 0.0;
        while left > 0 {
            let part = left.min(PART);
            let asks: Vec<Ask> = (0..part).map(|_| self.message(texts)).collect();
            let (cpu, since) = (os::own_processor_time(), Instant::now());
            self.write_all(asks, under_way, &mut latency)?;
            wrote.time += since.elapsed();
            busy += (os::own_processor_time() - cpu).as_secs_f64();
            left -= part;
        }
        wrote.latency = latency.micros();
        wrote.processor_micros = busy * 1e6 / messages as f64;
        Ok(wrote)
    }

    fn write_all(&mut self, asks: Vec<Ask>, under_way: usize, latency: &mut Latency) -> Result<(), String> {
        let mut waiting: VecDeque<Instant> = VecDeque::new();
        let mut asks = asks.into_iter();
        loop {
            while waiting.len() < under_way
                && let Some(ask) = asks.next()
            {
                waiting.push_back(Instant::now());
                self.ask(ask);
            }
            if waiting.is_empty() {
                return Ok(());
            }
            let mut next = self.answers.recv_blocking().ok();
            while let Some((_, answer)) = next {
                if !matches!(answer, Answer::Appended { repeated: false, .. }) {
                    return Err(format!("A message was not kept but answered by {answer:?}."));
                }
                latency.record(nanos(waiting.pop_front().map_or_else(Default::default, |since| since.elapsed())));
                next = self.answers.try_recv().ok();
            }
        }
    }

    /// How long pages of 50 take, in a room each time drawn anew.
    pub fn pages(&mut self, part: Part, times: usize) -> Micros {
        let mut latency = Latency::default();
        for _ in 0..times {
            let (log, last) = self.logs[self.rng.usize(..ROOMS)];
            let span = match part {
                Part::Front => Span::After(MessageId(self.rng.u64(..100))),
                Part::Middle => Span::Before(MessageId(self.rng.u64(51..last))),
                Part::End => Span::Latest,
            };
            let since = Instant::now();
            let page = self.answer(Ask::History { log, span, limit: 50 });
            latency.record(nanos(since.elapsed()));
            assert!(matches!(page, Answer::Page { ref entries, .. } if entries.len() == 50), "{page:?}");
        }
        latency.micros()
    }

    /// How long the newest 50 hits take, in all rooms or one, and how many there were the last time.
    pub fn search(&mut self, query: &str, is_one_room: bool, times: usize) -> (Micros, usize) {
        let (mut latency, mut found) = (Latency::default(), 0);
        for time in 0..times {
            let at = time % ROOMS;
            let logs = if is_one_room { &self.logs[at..=at] } else { &self.logs[..] };
            let logs = logs.iter().map(|(log, _)| *log).collect();
            let query = Note::parse(query).expect("a query");
            let search = Search { by: IdentityId(1), logs, own: true, query, before: None, limit: 50 };
            let since = Instant::now();
            let answer = self.answer(Ask::Search(Box::new(search)));
            latency.record(nanos(since.elapsed()));
            let Answer::Found { hits, .. } = answer else { panic!("a search was answered by {answer:?}") };
            found = hits.len();
        }
        (latency.micros(), found)
    }

    fn message(&mut self, texts: &mut Texts) -> Ask {
        let (room, person) = (self.rng.usize(..ROOMS), self.rng.usize(..PEOPLE));
        let (log, last) = &mut self.logs[room];
        *last += 1;
        self.asked += 1;
        let text = Body::parse(&texts.next_text()).expect("texts are short lines");
        Ask::Append(Box::new(Append {
            log: *log,
            from: IdentityId(person as u64 + 1),
            nick: self.nicks[person].clone(),
            at: Timestamp(1_790_000_000_000 + self.asked as i64),
            change: Change::Message { text, action: false, reply_to: None },
            nonce: Tag::parse(&format!("{:x}-{:x}", self.asked, self.rng.u64(..))),
            operator: false,
        }))
    }

    fn ask(&mut self, ask: Ask) {
        self.asked += 1;
        let refused = self.store.ask(Ticket(self.asked), ask);
        assert!(refused.is_none(), "the store takes this many questions");
    }

    fn answer(&mut self, ask: Ask) -> Answer {
        self.ask(ask);
        self.answers.recv_blocking().expect("it answers").1
    }
}
