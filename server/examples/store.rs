//! How fast the durable store is: `cargo run --release -p server --example store -- DIR [MESSAGES]`.
//!
//! Writes messages through the writing thread as many senders do, then reads pages, searches, and starts again.

use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use async_channel::Receiver;
use parlor_core::id::{IdentityId, LogId, MessageId, Ticket};
use parlor_core::name::{Nick, RoomName};
use parlor_core::secret::SecretHash;
use parlor_core::store::{Answer, Append, Ask, Change, Search, Subject, Verify};
use parlor_core::text::{Body, Note};
use parlor_core::time::Timestamp;
use parlor_core::vocabulary::{Span, Tag};
use parlor_transport_tcp::hub_loop::Store;
use server::store::{DurableStore, FILE, Opened, Options};

const ROOMS: u64 = 20;
const SENDERS: u64 = 50;
const WORDS: u64 = 50_000;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let Some(home) = arguments.next() else {
        eprintln!("usage: store DIR [MESSAGES]");
        return ExitCode::from(2);
    };
    let messages = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(1_000_000);
    let mut world = World::open(Path::new(&home));
    world.people();
    for in_flight in [1, 8, 64, 256, 1_024] {
        world.write(if in_flight == 1 { 500 } else { 20_000 }, in_flight);
    }
    world.write(messages, 1_024);
    world.read();
    world.search();
    drop(world);
    let since = Instant::now();
    let opened = DurableStore::open(&Path::new(&home).join(FILE), Options::default()).expect("it opens again");
    println!("opened again in {:?}", since.elapsed());
    drop(opened);
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status.lines().filter(|line| line.starts_with("VmHWM")).for_each(|line| println!("resident, most: {line}"));
    ExitCode::SUCCESS
}

struct World {
    store: DurableStore,
    answers: Receiver<(Ticket, Answer)>,
    logs: Vec<LogId>,
    random: u64,
    asked: u64,
    now: i64,
    nonces: u64,
}

impl World {
    fn open(home: &Path) -> Self {
        let Opened { store, answers } = DurableStore::open(&home.join(FILE), Options::default()).expect("it opens");
        Self {
            store,
            answers,
            logs: Vec::new(),
            random: 88_172_645_463_325_252,
            asked: 0,
            now: 0,
            nonces: std::process::id().into(),
        }
    }

    fn people(&mut self) {
        for room in 0..ROOMS {
            let room = RoomName::parse(&format!("room{room}")).expect("a name");
            match self.ask_and_wait(Ask::Open(Subject::Room { room, founder: None })) {
                Answer::Opened(opened) => self.logs.push(opened.log),
                other => panic!("{other:?}"),
            }
        }
        for sender in 0..SENDERS {
            let nick = Nick::parse(&format!("sender{sender}")).expect("a name");
            let token = Some(SecretHash([sender as u8; 32]));
            let verify = Verify { presented: token, fresh: token, nick, password: None, at: Timestamp(0) };
            self.ask_and_wait(Ask::Verify(Box::new(verify)));
        }
    }

    /// Sends so many, that many at a time.
    fn write(&mut self, messages: u64, in_flight: u64) {
        let mut asked = std::collections::VecDeque::new();
        let mut waits = Vec::new();
        let since = Instant::now();
        let (mut sent, mut stored) = (0, 0);
        let mut cpu = cpu_time();
        while stored < messages {
            while sent < messages && sent - stored < in_flight {
                let ask = self.message();
                asked.push_back(Instant::now());
                self.ask(ask);
                sent += 1;
            }
            let mut answer = self.answers.recv_blocking().ok();
            while let Some((_, answered)) = answer {
                assert!(matches!(answered, Answer::Appended { repeated: false, .. }), "{answered:?}");
                stored += 1;
                waits.push(asked.pop_front().expect("it was asked").elapsed());
                answer = self.answers.try_recv().ok();
            }
        }
        let took = since.elapsed();
        cpu = cpu_time() - cpu;
        waits.sort_unstable();
        let at = |share: f64| waits[((waits.len() - 1) as f64 * share) as usize];
        println!(
            "{in_flight:5} in flight: {:7.0} messages/s, {:5.1} µs CPU each; answered after p50 {:?} p99 {:?} p99.9 {:?} most {:?}",
            messages as f64 / took.as_secs_f64(),
            cpu.as_secs_f64() * 1e6 / messages as f64,
            at(0.5),
            at(0.99),
            at(0.999),
            at(1.0)
        );
    }

    fn read(&mut self) {
        let log = self.logs[3];
        let Answer::Opened(opened) = self
            .ask_and_wait(Ask::Open(Subject::Room { room: RoomName::parse("room3").expect("a name"), founder: None }))
        else {
            panic!()
        };
        let mut waits = Vec::new();
        for _ in 0..500 {
            let before = MessageId(1 + self.random() % opened.last.0);
            let since = Instant::now();
            let page = self.ask_and_wait(Ask::History { log, span: Span::Before(before), limit: 50 });
            waits.push(since.elapsed());
            assert!(matches!(page, Answer::Page { .. }));
        }
        tell("a page of 50 anywhere", &mut waits);
    }

    fn search(&mut self) {
        for (what, query, logs) in [
            ("50 hits of a word in every message, everywhere", "everywhere", 20),
            ("50 hits of a word in every message, in one room", "everywhere", 1),
            ("50 hits of a frequent word in one room", "w1x", 1),
            ("50 hits of a rare word", "w30000x", 20),
            ("50 hits of two words", "w1x w2x", 20),
            ("50 hits of a beginning", "w300*", 20),
            ("50 hits of a beginning that many words have", "w3*", 20),
            ("50 hits of every message and a rare word", "everywhere w30000x", 20),
            ("a word that nobody said", "nothing", 20),
        ] {
            let mut waits = Vec::new();
            for round in 0..50 {
                let logs = self.logs[round % (21 - logs)..][..logs].to_vec();
                let query = Note::parse(query).expect("a query");
                let by = IdentityId(1);
                let since = Instant::now();
                let search = Search { by, logs, own: true, query, before: None, limit: 50 };
                let found = self.ask_and_wait(Ask::Search(Box::new(search)));
                waits.push(since.elapsed());
                assert!(matches!(found, Answer::Found { .. }), "{found:?}");
            }
            tell(what, &mut waits);
        }
    }

    fn message(&mut self) -> Ask {
        let mut text = String::from("everywhere");
        for _ in 0..6 + self.random() % 10 {
            // Few words are frequent, most are rare.
            let share = (self.random() % 1_000_000) as f64 / 1e6;
            let word = (WORDS as f64).powf(share) as u64;
            text.push_str(&format!(" w{word}x"));
        }
        let sender = self.random() % SENDERS;
        self.now += 1;
        self.nonces += 1;
        let (room, salt) = (self.random() % ROOMS, self.random());
        let log = self.logs[room as usize];
        Ask::Append(Box::new(Append {
            log,
            from: IdentityId(sender + 1),
            nick: Nick::parse(&format!("sender{sender}")).expect("a name"),
            at: Timestamp(self.now),
            change: Change::Message { text: Body::parse(&text).expect("a text"), action: false, reply_to: None },
            nonce: Tag::parse(&format!("{:x}-{:x}", self.nonces, salt)),
            operator: false,
        }))
    }

    fn ask(&mut self, ask: Ask) {
        self.asked += 1;
        assert!(self.store.ask(Ticket(self.asked), ask).is_none());
    }

    fn ask_and_wait(&mut self, ask: Ask) -> Answer {
        self.ask(ask);
        self.answers.recv_blocking().expect("it answers").1
    }

    /// Xorshift: the same texts every time.
    fn random(&mut self) -> u64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        self.random
    }
}

fn tell(what: &str, waits: &mut [Duration]) {
    waits.sort_unstable();
    let at = |share: f64| waits[((waits.len() - 1) as f64 * share) as usize];
    println!("{what}: p50 {:?} p99 {:?} most {:?}", at(0.5), at(0.99), at(1.0));
}

/// Of all threads.
fn cpu_time() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(") ").next().unwrap_or("").split(' ').collect();
    let ticks = |at: usize| fields.get(at).and_then(|field| field.parse::<u64>().ok()).unwrap_or(0);
    Duration::from_millis(10 * (ticks(11) + ticks(12)))
}
