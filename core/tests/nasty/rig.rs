//! The hub and a driver that is as lazy and as mean as the contract allows.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;

use parlor_core::hub::{Hub, HubConfig, Input, Output, Peer};
use parlor_core::id::{ConnId, Ticket};
use parlor_core::limits::{Limits, Pace};
use parlor_core::store::{Answer, Ask, MemoryLimits, MemoryStore};
use parlor_core::time::{Instant, Now, Timestamp};
use parlor_core::wire::Dialect;

use crate::script::{self, Learnt, NICKS};
use crate::world;

/// Every choice of a case: xorshift, from its number.
#[derive(Debug)]
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        let mut dice = Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
        for _ in 0..5 {
            dice.below(2);
        }
        dice
    }

    pub fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        ((self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 11) % n as u64) as usize
    }

    pub fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    pub fn pick<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len())]
    }
}

/// One connection's other end.
#[derive(Debug)]
struct End {
    dialect: Dialect,
    nick: String,
    open: bool,
    awake: bool,
    paused: bool,
    closes: u8,
    text: Vec<u8>,
}

/// A question that waits; the store may have answered it already.
#[derive(Debug)]
struct Open {
    ticket: Ticket,
    ask: Ask,
    answer: Option<Answer>,
}

pub struct Rig {
    pub dice: Dice,
    hub: Hub,
    store: MemoryStore,
    now: Now,
    ends: BTreeMap<ConnId, End>,
    asks: Vec<Open>,
    learnt: Learnt,
    /// The store works when it is asked, and only its answers are late.
    works_at_once: bool,
    /// Answers come in the order asked; else only appends do.
    in_order: bool,
    /// The store fails now and then.
    fails: bool,
    /// Tells what happens.
    show: bool,
}

impl Rig {
    pub fn new(mut dice: Dice) -> Self {
        let mut config = world::config();
        shrink(&mut dice, &mut config.limits);
        let now = Now::new(Instant::from_micros(1_000_000), Timestamp(1_763_790_000_000));
        let limits = MemoryLimits { entries_per_log: 10, ..MemoryLimits::default() };
        let (works_at_once, in_order, fails) = (dice.one_in(2), dice.one_in(2), dice.one_in(3));
        Self {
            hub: Hub::new(HubConfig { ..config }, [9; 32], now),
            store: MemoryStore::new(limits, [7; 32], None),
            now,
            ends: BTreeMap::new(),
            asks: Vec::new(),
            learnt: Learnt::default(),
            works_at_once,
            in_order,
            fails,
            show: std::env::var("SHOW").is_ok(),
            dice,
        }
    }

    /// One thing happens.
    pub fn step(&mut self) {
        let open: Vec<ConnId> = self.ends.iter().filter(|(_, end)| end.open).map(|(conn, _)| *conn).collect();
        match self.dice.below(40) {
            0..=5 if open.len() < 7 => self.connect(),
            6..=19 if !open.is_empty() => {
                let conn = open[self.dice.below(open.len())];
                self.speak(conn);
            }
            20 | 21 if !open.is_empty() => {
                let conn = open[self.dice.below(open.len())];
                self.tell(|| format!("{conn} is lost"));
                self.input(Input::Lost { conn });
            }
            22..=29 => {
                for _ in 0..=self.dice.below(4) {
                    self.answer_one();
                }
            }
            30..=35 => self.write_to_some(3),
            _ => {
                let ms = if self.dice.one_in(6) { 3_000 } else { self.dice.below(300) as u64 };
                self.pass(Duration::from_millis(ms));
            }
        }
    }

    pub fn drain(&mut self) {
        self.tell(|| "drain".into());
        self.input(Input::Drain);
    }

    /// The faults stop: everything is answered and written, and time goes on.
    pub fn calm_down(&mut self, turns: u32, ms: u64) {
        for _ in 0..turns {
            let conns: Vec<ConnId> = self.ends.keys().copied().collect();
            for conn in conns {
                for _ in 0..40 {
                    self.write(conn);
                }
            }
            self.pass(Duration::from_millis(ms));
            while !self.asks.is_empty() {
                self.answer_one();
            }
        }
    }

    pub fn nobody_waits(&self) {
        for (conn, end) in &self.ends {
            assert!(!(end.open && end.paused), "{conn} ({:?}) is left paused for ever", end.dialect);
        }
    }

    pub fn nothing_is_left(&self) {
        assert!(self.hub.is_empty(), "the hub is empty soon after a drain");
        assert!(self.ends.values().all(|end| end.closes == 1), "one close for each accept");
    }

    fn tell(&self, what: impl FnOnce() -> String) {
        if self.show {
            println!("  {}", what());
        }
    }

    fn input(&mut self, input: Input<'_>) {
        self.hub.handle_input(self.now, input);
        self.outputs();
    }

    fn outputs(&mut self) {
        let mut count = 0;
        while let Some(output) = self.hub.poll_output() {
            count += 1;
            assert!(count < 5_000, "13: outputs per input are bounded");
            match output {
                Output::Wake(conn) => {
                    let end = self.end(conn);
                    assert!(end.open && !end.awake, "one wake per edge, and none for a ghost");
                    end.awake = true;
                }
                Output::Close { conn, .. } => {
                    let end = self.end(conn);
                    end.closes += 1;
                    assert_eq!(end.closes, 1, "7: a connection is closed once");
                    end.open = false;
                }
                Output::Pause(conn) => {
                    let end = self.end(conn);
                    assert!(end.open && !end.paused, "a pause follows no pause");
                    end.paused = true;
                }
                Output::Resume(conn) => {
                    let end = self.end(conn);
                    assert!(end.open && end.paused, "a resume follows a pause");
                    end.paused = false;
                }
                Output::Ask { ticket, ask } => self.asked(ticket, *ask),
            }
        }
        self.hub.check();
    }

    fn end(&mut self, conn: ConnId) -> &mut End {
        self.ends.get_mut(&conn).expect("outputs speak of connections that were accepted")
    }

    fn asked(&mut self, ticket: Ticket, ask: Ask) {
        let told_only = matches!(ask, Ask::Seen { .. } | Ask::Closed { .. });
        let answer = if self.fails && !told_only && self.dice.one_in(8) {
            Some(Answer::Failed)
        } else if self.works_at_once {
            Some(self.store.answer(ask.clone()))
        } else {
            None
        };
        self.asks.push(Open { ticket, ask, answer });
    }

    /// One question is answered; appends in the order asked, others perhaps not.
    fn answer_one(&mut self) {
        if self.asks.is_empty() {
            return;
        }
        let append = |open: &Open| matches!(open.ask, Ask::Append(_));
        let mut at = if self.in_order { 0 } else { self.dice.below(self.asks.len()) };
        if append(&self.asks[at]) {
            at = self.asks.iter().position(append).expect("there is one");
        }
        let Open { ticket, ask, answer } = self.asks.remove(at);
        let answer = answer.unwrap_or_else(|| self.store.answer(ask.clone()));
        self.tell(|| format!("{ask:?} -> {answer:?}"));
        self.input(Input::Answered { ticket, answer });
    }

    fn connect(&mut self) {
        let dialect = if self.dice.one_in(4) { Dialect::ALL[self.dice.below(3)] } else { Dialect::Native };
        let address = self.dice.one_in(2).then(|| IpAddr::from([10, 0, 0, 1]));
        let accepted = self.hub.accept(self.now, Peer { dialect, address });
        let Ok(conn) = accepted else { return self.outputs() };
        let nick = self.dice.pick(&NICKS).to_string();
        let hello = script::greeting(&mut self.dice, &self.learnt, dialect, &nick);
        let end = End { dialect, nick, open: true, awake: false, paused: false, closes: 0, text: Vec::new() };
        self.ends.insert(conn, end);
        self.outputs();
        self.send(conn, hello.as_bytes());
    }

    fn speak(&mut self, conn: ConnId) {
        let (dialect, nick) = (self.ends[&conn].dialect, self.ends[&conn].nick.clone());
        let text = if dialect == Dialect::Native {
            let count = 1 + self.dice.below(3);
            (0..count).map(|_| script::frame(&mut self.dice, &self.learnt)).collect()
        } else {
            script::words(&mut self.dice, &nick)
        };
        let cut = if self.dice.one_in(3) { self.dice.below(text.len() + 1) } else { text.len() };
        self.send(conn, &text.as_bytes()[..cut]);
        if cut < text.len() {
            self.send(conn, &text.as_bytes()[cut..]);
        }
    }

    fn send(&mut self, conn: ConnId, bytes: &[u8]) {
        let end = &self.ends[&conn];
        if end.open && !end.paused {
            self.tell(|| format!("{conn}: {}", String::from_utf8_lossy(bytes)));
            self.input(Input::Received { conn, bytes });
        }
    }

    fn write_to_some(&mut self, all_but_one_in: usize) {
        let conns: Vec<ConnId> = self.ends.keys().copied().collect();
        for conn in conns {
            if !self.dice.one_in(all_but_one_in) {
                self.write(conn);
            }
        }
    }

    /// Writes what there is, and now and then only a part of it.
    fn write(&mut self, conn: ConnId) {
        let before = self.ends[&conn].text.len();
        for _ in 0..4 {
            if !self.ends[&conn].open || !self.ends[&conn].awake {
                break;
            }
            let bytes = self.hub.transmit(conn).to_vec();
            if bytes.is_empty() {
                self.end(conn).awake = false;
                break;
            }
            let taken = if self.dice.one_in(4) { self.dice.below(bytes.len() + 1) } else { bytes.len() };
            self.hub.transmitted(conn, taken);
            let drained = self.hub.transmit(conn).is_empty();
            let end = self.end(conn);
            end.text.extend_from_slice(&bytes[..taken]);
            end.awake &= !drained;
            self.outputs();
            if taken < bytes.len() {
                break;
            }
        }
        let end = &self.ends[&conn];
        if end.dialect == Dialect::Native && end.text.len() > before {
            self.learnt.read(&String::from_utf8_lossy(&end.text));
        }
    }

    fn pass(&mut self, time: Duration) {
        let end = self.now.instant + time;
        let mut count = 0;
        while let Some(deadline) = self.hub.poll_timeout().filter(|deadline| deadline.at <= end) {
            count += 1;
            assert!(count < 20_000, "14: a handled deadline moves: {}", deadline.cause);
            self.set_clock(deadline.at.max(self.now.instant));
            self.hub.handle_timeout(self.now);
            self.outputs();
            if self.dice.one_in(2) {
                self.write_to_some(usize::MAX);
            }
        }
        self.set_clock(end);
        self.hub.handle_timeout(self.now);
        self.outputs();
    }

    fn set_clock(&mut self, instant: Instant) {
        let ms = instant.saturating_since(self.now.instant).as_millis() as i64;
        self.now = Now::new(instant, Timestamp(self.now.timestamp.0 + ms));
    }
}

/// Makes every bound small, or not, case by case.
fn shrink(dice: &mut Dice, limits: &mut Limits) {
    if dice.one_in(2) {
        limits.questions_max = 1 + dice.below(6) as u32;
        limits.appends_per_session_max = 1 + dice.below(3) as u32;
    }
    if dice.one_in(2) {
        limits.outbox_bytes_max = 4_096;
        limits.outbox_bytes_total_max = 8_192;
    }
    if dice.one_in(2) {
        limits.turn_bytes_max = 1_024;
    }
    if dice.one_in(2) {
        limits.rooms_max = 3;
        limits.rooms_per_session_max = 2;
    }
    if dice.one_in(2) {
        limits.replay_max = 1 + dice.below(4) as u32;
    }
    limits.pace = dice.one_in(2).then_some(Pace { burst: 2, per_second: 5 });
    limits.pace_costly = None;
    if dice.one_in(2) {
        limits.presence_members_max = 2;
    }
    if dice.one_in(2) {
        limits.sessions_per_identity_max = 2;
    }
    limits.grace = Duration::from_secs(10);
    limits.prompt_rows_merge = 1 + dice.below(3);
    limits.told_each_max = 0;
}
