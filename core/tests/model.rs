//! The hub against a small obvious model: any mix of peers, commands, stalls, losses and late answers.

mod world;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use parlor_core::hub::Input;
use parlor_core::id::{ConnId, LogId};
use parlor_core::vocabulary::{Event, Place};
use parlor_core::wire::{ClientCodec, Decoded, Dialect};
use proptest::prelude::*;
use world::World;

const ROOMS: [&str; 3] = ["lobby", "kitchen", "سالن"];
const TEXTS: [&str; 4] = ["ciao, come va?", "سلام دنیا", "🙂\nsecond line", "{\"quit\":{}}"];

#[derive(Clone, Debug)]
enum Op {
    Connect(usize, u8),
    Say(usize, usize, usize),
    Join(usize, usize),
    Part(usize, usize),
    Rename(usize, u8),
    Quit(usize),
    Vanish(usize),
    Stall(usize),
    Unstall(usize),
    Pass(u16),
    AnswersLate,
    AnswerNow,
}

fn op() -> impl Strategy<Value = Op> {
    let peer = 0..6usize;
    prop_oneof![
        4 => (peer.clone(), 0..3u8).prop_map(|(p, d)| Op::Connect(p, d)),
        12 => (peer.clone(), 0..ROOMS.len(), 0..TEXTS.len()).prop_map(|(p, r, t)| Op::Say(p, r, t)),
        4 => (peer.clone(), 0..ROOMS.len()).prop_map(|(p, r)| Op::Join(p, r)),
        2 => (peer.clone(), 0..ROOMS.len()).prop_map(|(p, r)| Op::Part(p, r)),
        1 => (peer.clone(), 0..4u8).prop_map(|(p, n)| Op::Rename(p, n)),
        1 => peer.clone().prop_map(Op::Quit),
        2 => peer.clone().prop_map(Op::Vanish),
        1 => peer.clone().prop_map(Op::Stall),
        2 => peer.prop_map(Op::Unstall),
        3 => (1..2_000u16).prop_map(Op::Pass),
        1 => Just(Op::AnswersLate),
        2 => Just(Op::AnswerNow),
    ]
}

/// What one native connection knows of a room, from what it was told.
#[derive(Debug, Default)]
struct Known {
    /// Per place: the log, the last id, and whether it is still told.
    places: BTreeMap<String, (LogId, u64)>,
    /// Every message it was told, per log.
    heard: BTreeMap<LogId, Vec<(u64, String, String)>>,
    nick: String,
    codec: Option<ClientCodec>,
    read: usize,
}

/// Whoever sits at one of six places.
#[derive(Debug)]
struct Peer {
    conn: ConnId,
    dialect: Dialect,
    known: Known,
    stalled: bool,
}

struct Run {
    world: World,
    peers: BTreeMap<usize, Peer>,
    nonce: u64,
    runs: u32,
    /// Everything anybody was told, per log and id: the same for all, or the test fails.
    truth: BTreeMap<(LogId, u64), (String, String)>,
}

impl Run {
    fn apply(&mut self, op: &Op) {
        match op {
            Op::Connect(seat, dialect) => self.connect(*seat, Dialect::ALL[usize::from(*dialect)]),
            Op::Say(seat, room, text) => self.say(*seat, ROOMS[*room], TEXTS[*text]),
            Op::Join(seat, room) => self.command(*seat, &format!("{{\"join\":{{\"room\":\"{}\"}}}}\n", ROOMS[*room])),
            Op::Part(seat, room) => self.part(*seat, ROOMS[*room]),
            Op::Rename(seat, n) => self.command(*seat, &format!("{{\"nick\":{{\"nick\":\"neo{n}\"}}}}\n")),
            Op::Quit(seat) => self.quit(*seat),
            Op::Vanish(seat) => {
                if let Some(peer) = self.peers.remove(seat) {
                    self.world.vanishes(peer.conn);
                }
            }
            Op::Stall(seat) => self.stall(*seat, true),
            Op::Unstall(seat) => self.stall(*seat, false),
            Op::Pass(ms) => self.world.pass(Duration::from_millis(u64::from(*ms))),
            Op::AnswersLate => {
                self.world.late.get_or_insert_with(Vec::new);
            }
            Op::AnswerNow => self.world.answer_late(),
        }
        self.listen();
    }

    fn connect(&mut self, seat: usize, dialect: Dialect) {
        if self.peers.contains_key(&seat) {
            return;
        }
        self.runs += 1;
        let conn = self.world.connect(dialect);
        let nick = format!("p{seat}n{}", self.runs);
        let hello = match dialect {
            Dialect::Native => format!("{{\"hello\":{{\"version\":1,\"nick\":\"{nick}\"}}}}\n"),
            Dialect::Nic => nick,
            Dialect::Prompt => nick + "\n",
        };
        self.world.says(conn, &hello);
        let codec = (dialect == Dialect::Native).then(|| ClientCodec::new(dialect));
        self.peers.insert(seat, Peer { conn, dialect, known: Known { codec, ..Known::default() }, stalled: false });
    }

    fn say(&mut self, seat: usize, room: &str, text: &str) {
        let Some(peer) = self.peers.get(&seat) else { return };
        self.nonce += 1;
        let text = text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
        let line = match peer.dialect {
            Dialect::Native => {
                let nonce = self.nonce;
                format!("{{\"say\":{{\"room\":\"{room}\",\"text\":\"{text}\",\"nonce\":\"{nonce}\"}}}}\n")
            }
            Dialect::Nic | Dialect::Prompt => format!("plain words {}\n", self.nonce),
        };
        // Cut where it hurts: the pieces arrive one by one.
        let (front, back) = line.as_bytes().split_at(line.len() / 2);
        let conn = peer.conn;
        if peer.dialect == Dialect::Native {
            self.world.sends(conn, front);
            self.world.sends(conn, back);
        } else {
            self.world.sends(conn, line.as_bytes());
        }
    }

    fn command(&mut self, seat: usize, line: &str) {
        if let Some(peer) = self.peers.get(&seat)
            && peer.dialect == Dialect::Native
        {
            self.world.says(peer.conn, line);
        }
    }

    fn part(&mut self, seat: usize, room: &str) {
        self.command(seat, &format!("{{\"part\":{{\"room\":\"{room}\"}}}}\n"));
        // Whether it is out yet depends on its questions; a pong tells.
        self.command(seat, &format!("{{\"ping\":{{\"token\":\"parted {room}\"}}}}\n"));
    }

    fn quit(&mut self, seat: usize) {
        let Some(peer) = self.peers.get(&seat) else { return };
        match peer.dialect {
            Dialect::Native => self.world.says(peer.conn, "{\"quit\":{}}\n"),
            Dialect::Prompt => self.world.says(peer.conn, "{quit}\n"),
            Dialect::Nic => {}
        }
    }

    fn stall(&mut self, seat: usize, stalled: bool) {
        if let Some(peer) = self.peers.get_mut(&seat) {
            peer.stalled = stalled;
            self.world.ends.get_mut(&peer.conn).unwrap().stalled = stalled;
            if !stalled {
                self.world.turn();
            } else {
                // The driver finds that the connection takes one byte more and then would block.
                let (conn, framed) = (peer.conn, peer.dialect != Dialect::Nic);
                let bytes = self.world.hub.transmit(conn).to_vec();
                let taken = usize::from(framed).min(bytes.len());
                if taken > 0 {
                    let write = (self.world.now.instant, bytes[..taken].to_vec());
                    self.world.ends.get_mut(&conn).unwrap().writes.push(write);
                }
                self.world.hub.transmitted(conn, taken);
                self.world.outputs();
            }
        }
    }

    /// Reads what native peers were told, and holds it against what the others were told.
    fn listen(&mut self) {
        let seats: Vec<usize> = self.peers.keys().copied().collect();
        for seat in seats {
            let peer = self.peers.get_mut(&seat).unwrap();
            let Some(codec) = &mut peer.known.codec else { continue };
            let end = &self.world.ends[&peer.conn];
            let bytes: Vec<u8> = end.writes[peer.known.read..].iter().flat_map(|(_, b)| b.iter().copied()).collect();
            peer.known.read = end.writes.len();
            let mut rest = bytes.as_slice();
            let mut events = Vec::new();
            while let Some(decoded) = codec.decode(&mut rest) {
                let Decoded::Frame(event) = decoded else { panic!("our server writes sense: {decoded:?}") };
                events.push(event);
            }
            for event in events {
                self.hear(seat, event);
            }
            if self.world.closed(self.peers[&seat].conn).is_some() {
                self.peers.remove(&seat);
            }
        }
    }

    fn hear(&mut self, seat: usize, event: Event) {
        let known = &mut self.peers.get_mut(&seat).unwrap().known;
        match event {
            Event::Welcome(welcome) => known.nick = welcome.nick.to_string(),
            Event::Room(room) => {
                known.places.insert(room.place.to_string(), (room.log, room.last_id.0));
                if let Place::Room(_) = room.place {
                    assert!(room.members.iter().any(|nick| nick.as_str() == known.nick), "oneself is listed");
                }
            }
            Event::Message(message) => {
                let place = message.place.to_string();
                let (log, last) = known.places.get_mut(&place).expect("nothing of a room before its `room` frame");
                assert_eq!(message.id.0, *last + 1, "no hole and nothing twice in {place}");
                *last = message.id.0;
                let said = (message.from.to_string(), message.text.to_string());
                known.heard.entry(*log).or_default().push((message.id.0, said.0.clone(), said.1.clone()));
                let truth = self.truth.entry((*log, message.id.0)).or_insert_with(|| said.clone());
                assert_eq!(*truth, said, "everybody is told the same");
            }
            Event::Pong { token } => {
                if let Some(room) = token.as_str().strip_prefix("parted ") {
                    known.places.remove(room);
                }
            }
            Event::Nick { from, to } if known.nick == from.as_str() => known.nick = to.to_string(),
            Event::Kicked { .. } => panic!("nobody kicks here"),
            _ => {}
        }
    }

    /// Liveness: faults stop, everything drains, everybody who is in a room is up to date there.
    fn finish(mut self) {
        self.world.answer_late();
        for seat in 0..6 {
            self.stall(seat, false);
        }
        self.listen();
        self.world.pass(Duration::from_secs(5));
        self.listen();
        let mut members: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut last: BTreeMap<LogId, u64> = BTreeMap::new();
        for peer in self.peers.values() {
            for (place, (log, id)) in &peer.known.places {
                members.entry(place.clone()).or_default().insert(peer.known.nick.clone());
                let newest = last.entry(*log).or_insert(*id);
                assert_eq!(newest, id, "whoever is in {place} is up to date");
            }
        }
        let watch = self.world.native("watcher");
        for (place, nicks) in &members {
            self.world.says(watch, &format!("{{\"members\":{{\"room\":\"{place}\",\"limit\":500}}}}\n"));
            let answer = self.world.text(watch);
            for nick in nicks {
                assert!(answer.contains(&format!("\"{nick}\"")), "{nick} is listed in {place}: {answer}");
            }
        }
        // Everybody goes, and the hub is empty.
        self.world.input(Input::Drain);
        self.world.turn();
        self.world.pass(Duration::from_secs(10));
        assert!(self.world.hub.is_empty(), "after the last goodbye the hub is empty");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn everybody_in_a_room_is_told_the_same_once_and_in_order(ops in prop::collection::vec(op(), 1..150)) {
        let mut run = Run {
            world: World::new(),
            peers: BTreeMap::new(),
            nonce: 0,
            runs: 0,
            truth: BTreeMap::new(),
        };
        for op in &ops {
            run.apply(op);
        }
        run.finish();
    }
}
