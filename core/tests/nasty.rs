//! The hub under everything at once: tiny bounds, answers one by one, late, failed and out of order where that is
//! allowed, tokens and resume, kicks, names that look alike, a drain midway. Invariants and liveness only.
//! `CASES=20000 FROM=1` for more; `SHOW=1 FROM=n` tells one case.
mod world;
use parlor_core::hub::{Hub, Input, Output, Peer};
use parlor_core::id::{ConnId, Ticket};
use parlor_core::limits::Pace;
use parlor_core::store::{Answer, Ask, MemoryLimits, MemoryStore};
use parlor_core::time::{Instant, Now, Timestamp};
use parlor_core::wire::Dialect;
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;

struct Rng(u64);
impl Rng {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545F4914F6CDD1D) >> 11
    }
    fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }
    fn pick<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len())]
    }
    fn chance(&mut self, one_in: usize) -> bool {
        self.below(one_in) == 0
    }
}
const NICKS: [&str; 7] = ["modern", "rnodern", "Modern", "ada", "bob", "Ada", "eve"];
const ROOMS: [&str; 4] = ["lobby", "kitchen", "hall", "Kitchen"];
struct End {
    dialect: Dialect,
    open: bool,
    awake: bool,
    paused: bool,
    text: Vec<u8>,
    closes: u8,
    nick: String,
}
struct W {
    hub: Hub,
    store: MemoryStore,
    now: Now,
    ends: BTreeMap<ConnId, End>,
    asks: Vec<(Ticket, bool, Ask, Option<Answer>)>,
    tokens: Vec<(String, String)>,
    logs: Vec<(String, String)>,
    r: Rng,
    at_ask: bool,
    fifo: bool,
    fail: bool,
    order: Vec<ConnId>,
    log: Vec<String>,
}
impl W {
    fn outputs(&mut self) {
        let mut n = 0;
        while let Some(o) = self.hub.poll_output() {
            n += 1;
            assert!(n < 5000, "outputs per input are bounded");
            match o {
                Output::Wake(c) => {
                    let e = self.ends.get_mut(&c).unwrap();
                    assert!(e.open, "ghost woken");
                    assert!(!e.awake, "woken twice");
                    e.awake = true;
                }
                Output::Close { conn, .. } => {
                    let e = self.ends.get_mut(&conn).unwrap();
                    e.closes += 1;
                    assert_eq!(e.closes, 1);
                    e.open = false;
                }
                Output::Pause(c) => {
                    let e = self.ends.get_mut(&c).unwrap();
                    assert!(e.open, "ghost paused");
                    assert!(!e.paused, "paused twice");
                    e.paused = true
                }
                Output::Resume(c) => {
                    let e = self.ends.get_mut(&c).unwrap();
                    assert!(e.open, "ghost resumed");
                    assert!(e.paused, "resumed unpaused");
                    e.paused = false
                }
                Output::Ask { ticket, ask } => {
                    let append = matches!(*ask, Ask::Append(_));
                    let fail = self.fail && self.r.chance(8) && !matches!(*ask, Ask::Seen { .. });
                    let answer = if fail {
                        Some(Answer::Failed)
                    } else if self.at_ask {
                        Some(self.store.answer((*ask).clone()))
                    } else {
                        None
                    };
                    self.asks.push((ticket, append, *ask, answer));
                }
            }
        }
        self.hub.check();
    }
    fn answer_one(&mut self) {
        if self.asks.is_empty() {
            return;
        }
        let mut at = if self.fifo { 0 } else { self.r.below(self.asks.len()) };
        if self.asks[at].1 {
            at = self.asks.iter().position(|a| a.1).unwrap();
        }
        let (ticket, _, ask, answer) = self.asks.remove(at);
        let answer = answer.unwrap_or_else(|| self.store.answer(ask.clone()));
        if std::env::var("SHOW").is_ok() {
            println!("  answer {ask:?} -> {answer:?}");
        }
        self.hub.handle_input(self.now, Input::Answered { ticket, answer });
        self.outputs();
    }
    fn send(&mut self, conn: ConnId, bytes: &[u8]) {
        let e = &self.ends[&conn];
        if !e.open || e.paused {
            return;
        }
        if std::env::var("SHOW").is_ok() {
            println!("{conn:?} {:?}: {}", e.dialect, String::from_utf8_lossy(bytes));
        }
        self.hub.handle_input(self.now, Input::Received { conn, bytes });
        self.outputs();
    }
    fn write(&mut self, conn: ConnId) {
        let e = self.ends.get_mut(&conn).unwrap();
        if !e.open || !e.awake {
            return;
        }
        for _ in 0..4 {
            let bytes = self.hub.transmit(conn).to_vec();
            if bytes.is_empty() {
                self.ends.get_mut(&conn).unwrap().awake = false;
                break;
            }
            let take = if self.r.chance(4) { self.r.below(bytes.len() + 1) } else { bytes.len() };
            self.hub.transmitted(conn, take);
            let e = self.ends.get_mut(&conn).unwrap();
            e.text.extend_from_slice(&bytes[..take]);
            // the driver's view: what is left is retried (would block) or again
            if self.hub.transmit(conn).is_empty() {
                e.awake = false;
            }
            self.outputs();
            if !self.ends[&conn].open {
                break;
            }
            if take < bytes.len() {
                break;
            }
        }
        self.learn(conn);
    }
    fn learn(&mut self, conn: ConnId) {
        let e = &self.ends[&conn];
        if e.dialect != Dialect::Native {
            return;
        }
        let text = String::from_utf8_lossy(&e.text).into_owned();
        for line in text.lines() {
            let get = |k: &str| {
                line.find(&format!("\"{k}\":\""))
                    .map(|s| line[s + k.len() + 4..].split('"').next().unwrap().to_string())
            };
            if line.starts_with("{\"welcome\"")
                && line.ends_with('}')
                && let (Some(n), Some(t)) = (get("nick"), get("token"))
                && !self.tokens.iter().any(|(_, x)| *x == t)
            {
                self.tokens.push((n, t));
            }
            if line.starts_with("{\"room\"")
                && line.ends_with('}')
                && let (Some(r), Some(l)) = (get("room"), get("log"))
                && !self.logs.contains(&(r.clone(), l.clone()))
            {
                self.logs.push((r, l));
            }
        }
    }
    fn pass(&mut self, d: Duration) {
        let end = self.now.instant + d;
        let mut n = 0;
        while let Some(dl) = self.hub.poll_timeout().filter(|dl| dl.at <= end) {
            n += 1;
            assert!(n < 20_000, "a handled deadline moves: {}", dl.cause);
            let at = dl.at.max(self.now.instant);
            self.clock(at);
            self.hub.handle_timeout(self.now);
            self.outputs();
            if self.r.chance(2) {
                for c in self.order.clone() {
                    self.write(c);
                }
            }
        }
        self.clock(end);
        self.hub.handle_timeout(self.now);
        self.outputs();
    }
    fn clock(&mut self, i: Instant) {
        let ms = i.saturating_since(self.now.instant).as_millis() as i64;
        self.now = Now::new(i, Timestamp(self.now.timestamp.0 + ms));
    }
    fn hello(&mut self) -> String {
        let r = &mut self.r;
        let mut nick = r.pick(&NICKS).to_string();
        let mut more = String::new();
        if !self.tokens.is_empty() && !r.chance(3) {
            let (n, t) = self.tokens[r.below(self.tokens.len())].clone();
            if !r.chance(4) {
                nick = n;
            }
            more += &format!(",\"token\":\"{t}\"");
        }
        if !r.chance(3) {
            let k = r.below(4);
            let l: Vec<String> = (0..k).map(|_| format!("\"{}\"", r.pick(&ROOMS))).collect();
            more += &format!(",\"rooms\":[{}]", l.join(","));
        }
        if !self.logs.is_empty() && !r.chance(3) {
            let mut seen = Vec::new();
            let mut parts = Vec::new();
            for _ in 0..r.below(4) {
                let (p, l) = self.logs[r.below(self.logs.len())].clone();
                if seen.contains(&p) {
                    continue;
                }
                seen.push(p.clone());
                parts.push(format!("\"{p}\":{{\"log\":\"{l}\",\"id\":{}}}", r.below(12)));
            }
            more += &format!(",\"resume\":{{{}}}", parts.join(","));
        }
        format!("{{\"hello\":{{\"version\":1,\"nick\":\"{nick}\"{more}}}}}\n")
    }
    fn place(&mut self) -> String {
        if self.r.chance(3) { format!("@{}", self.r.pick(&NICKS)) } else { self.r.pick(&ROOMS).into() }
    }
    fn frame(&mut self) -> String {
        let place = self.place();
        let room = self.r.pick(&ROOMS);
        let nick = self.r.pick(&NICKS);
        let n = self.r.below(40);
        match self.r.below(22) {
            0..=7 => {
                let text = "x".repeat(1 + self.r.below(if self.r.0 & 16 == 0 { 20 } else { 600 }));
                if n.is_multiple_of(2) {
                    format!("{{\"say\":{{\"room\":\"{place}\",\"text\":\"{text}\",\"nonce\":\"{n}\"}}}}\n")
                } else {
                    format!("{{\"say\":{{\"room\":\"{place}\",\"text\":\"{text}\"}}}}\n")
                }
            }
            8..=10 => format!("{{\"join\":{{\"room\":\"{place}\"}}}}\n"),
            11 | 12 => format!("{{\"part\":{{\"room\":\"{place}\"}}}}\n"),
            13 | 14 => format!("{{\"nick\":{{\"nick\":\"{nick}\"}}}}\n"),
            15 | 16 => format!("{{\"kick\":{{\"room\":\"{room}\",\"nick\":\"{nick}\"}}}}\n"),
            17 => format!("{{\"mute\":{{\"room\":\"{room}\",\"nick\":\"{nick}\",\"on\":{}}}}}\n", n.is_multiple_of(2)),
            18 => format!("{{\"history\":{{\"room\":\"{place}\",\"after\":{n},\"limit\":{}}}}}\n", n),
            19 => format!(
                "{{\"read\":{{\"room\":\"{place}\",\"id\":{n}}}}}\n{{\"topic\":{{\"room\":\"{room}\",\"text\":\"t\"}}}}\n"
            ),
            20 => format!(
                "{{\"typing\":{{\"room\":\"{place}\"}}}}\n{{\"ping\":{{\"token\":\"p\"}}}}\n{{\"rooms\":{{}}}}\n{{\"members\":{{\"room\":\"{room}\"}}}}\n"
            ),
            _ => {
                if n < 8 {
                    "{\"quit\":{}}\n".into()
                } else if n < 12 {
                    "junk\n".into()
                } else {
                    self.hello()
                }
            }
        }
    }
}
fn run(seed: u64) {
    let mut r = Rng(seed.wrapping_mul(0x9E3779B97F4A7C15) | 1);
    for _ in 0..5 {
        r.next();
    }
    let mut c = world::config();
    let l = &mut c.limits;
    if r.chance(2) {
        l.questions_max = 1 + r.below(6) as u32;
        l.appends_per_session_max = 1 + r.below(3) as u32;
    }
    if r.chance(2) {
        l.outbox_bytes_max = 4096;
        l.outbox_bytes_total_max = 8192;
    }
    if r.chance(2) {
        l.turn_bytes_max = 1024;
    }
    if r.chance(2) {
        l.rooms_max = 3;
        l.rooms_per_session_max = 2;
    }
    if r.chance(2) {
        l.replay_max = 1 + r.below(4) as u32;
    }
    if r.chance(2) {
        l.pace = Some(Pace { burst: 2, per_second: 5 });
    } else {
        l.pace = None;
    }
    l.pace_costly = None;
    if r.chance(2) {
        l.presence_members_max = 2;
    }
    if r.chance(2) {
        l.sessions_per_identity_max = 2;
    }
    l.grace = Duration::from_secs(2);
    l.prompt_rows_merge = 1 + r.below(3);
    let now = Now::new(Instant::from_micros(1_000_000), Timestamp(1_763_790_000_000));
    let store = MemoryStore::new(MemoryLimits { entries_per_log: 10, ..MemoryLimits::default() }, [7; 32], None);
    let hub = Hub::new(c, [9; 32], now);
    let (at_ask, fifo, fail) = (r.chance(2), r.chance(2), r.chance(3));
    let mut w = W {
        hub,
        store,
        now,
        ends: BTreeMap::new(),
        asks: vec![],
        tokens: vec![],
        logs: vec![],
        r,
        at_ask,
        fifo,
        fail,
        order: vec![],
        log: vec![],
    };
    let steps = 250;
    let drain_at = if w.r.chance(3) { w.r.below(steps) } else { steps };
    for step in 0..steps {
        if step == drain_at {
            if std::env::var("SHOW").is_ok() {
                println!("DRAIN");
            }
            let now = w.now;
            w.hub.handle_input(now, Input::Drain);
            w.outputs();
        }
        let open: Vec<ConnId> = w.order.iter().copied().filter(|c| w.ends[c].open).collect();
        match w.r.below(40) {
            0..=5 if open.len() < 7 => {
                let dialect = if w.r.chance(4) { Dialect::ALL[w.r.below(3)] } else { Dialect::Native };
                let address = w.r.chance(2).then(|| IpAddr::from([10, 0, 0, 1]));
                let now = w.now;
                if let Ok(conn) = w.hub.accept(now, Peer { dialect, address }) {
                    let nick = w.r.pick(&NICKS).to_string();
                    w.ends.insert(
                        conn,
                        End {
                            dialect,
                            open: true,
                            awake: false,
                            paused: false,
                            text: vec![],
                            closes: 0,
                            nick: nick.clone(),
                        },
                    );
                    w.order.push(conn);
                    w.outputs();
                    let hello = match dialect {
                        Dialect::Native => w.hello(),
                        Dialect::Nic => nick,
                        Dialect::Prompt => {
                            if w.r.chance(2) {
                                nick + "\n"
                            } else {
                                nick
                            }
                        }
                    };
                    w.send(conn, hello.as_bytes());
                } else {
                    w.outputs();
                }
            }
            6..=19 if !open.is_empty() => {
                let conn = open[w.r.below(open.len())];
                let text = if w.ends[&conn].dialect == Dialect::Native {
                    let n = 1 + w.r.below(3);
                    (0..n).map(|_| w.frame()).collect::<String>()
                } else {
                    let nick = w.ends[&conn].nick.clone();
                    match w.r.below(6) {
                        0 => "{quit}".into(),
                        1 => format!("{nick}: half"),
                        2 => "line\n".into(),
                        _ => format!("{nick}: words\n{nick}: more\n"),
                    }
                };
                let cut = if w.r.chance(3) { w.r.below(text.len() + 1) } else { text.len() };
                w.send(conn, &text.as_bytes()[..cut]);
                if cut < text.len() {
                    w.send(conn, &text.as_bytes()[cut..]);
                }
            }
            20 | 21 if !open.is_empty() => {
                let conn = open[w.r.below(open.len())];
                if std::env::var("SHOW").is_ok() {
                    println!("{conn:?} LOST");
                }
                let now = w.now;
                w.hub.handle_input(now, Input::Lost { conn });
                w.outputs();
            }
            22..=29 => {
                for _ in 0..1 + w.r.below(4) {
                    w.answer_one();
                }
            }
            30..=35 => {
                for c in w.order.clone() {
                    if !w.r.chance(3) {
                        w.write(c);
                    }
                }
            }
            _ => {
                let ms = if w.r.chance(6) { 3_000 } else { w.r.below(300) as u64 };
                w.pass(Duration::from_millis(ms));
            }
        }
    }
    // liveness: all answered and written -> nobody is left paused with something to take in.
    for _ in 0..5_000 {
        if w.asks.is_empty() {
            break;
        }
        w.answer_one();
    }
    for _ in 0..60 {
        for c in w.order.clone() {
            for _ in 0..40 {
                if w.ends[&c].awake {
                    w.write(c);
                }
            }
        }
        w.pass(Duration::from_millis(500));
        while !w.asks.is_empty() {
            w.answer_one();
        }
    }
    for c in &w.order {
        let e = &w.ends[c];
        assert!(!(e.open && e.paused), "left paused for ever: {c:?} {:?}", e.dialect);
    }
    let now = w.now;
    w.hub.handle_input(now, Input::Drain);
    w.outputs();
    for _ in 0..12 {
        for c in w.order.clone() {
            for _ in 0..40 {
                if w.ends[&c].awake {
                    w.write(c);
                }
            }
        }
        while !w.asks.is_empty() {
            w.answer_one();
        }
        w.pass(Duration::from_millis(300));
    }
    while !w.asks.is_empty() {
        w.answer_one();
    }
    assert!(w.hub.is_empty(), "empty within 4 s of drain");
    assert!(w.ends.values().all(|e| e.closes == 1));
    let _ = (&w.log, &w.fail);
}
#[test]
fn nothing_at_once_breaks_an_invariant_or_leaves_anybody_waiting() {
    let get = |k: &str, d: u64| std::env::var(k).ok().and_then(|v| v.parse().ok()).unwrap_or(d);
    let (from, n) = (get("FROM", 1), get("CASES", 200));
    if std::env::var("SHOW").is_ok() {
        return run(from);
    }
    let mut bad: BTreeMap<String, (u32, u64)> = BTreeMap::new();
    std::panic::set_hook(Box::new(|_| {}));
    for seed in from..from + n {
        let where_ = std::sync::Arc::new(std::sync::Mutex::new(String::new()));
        let w2 = where_.clone();
        std::panic::set_hook(Box::new(move |i| {
            *w2.lock().unwrap() = format!("{}", i).replace('\n', " | ");
        }));
        if std::panic::catch_unwind(|| run(seed)).is_err() {
            let s = where_.lock().unwrap().clone();
            let e = bad.entry(s).or_insert((0, seed));
            e.0 += 1;
        }
    }
    let _ = std::panic::take_hook();
    for (k, (n, s)) in &bad {
        println!("{n}x first seed {s}: {k}");
    }
    assert!(bad.is_empty());
}
