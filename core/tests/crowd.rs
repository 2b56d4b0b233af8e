//! What a crowd costs each of those in it: frames and bytes are counted, for everybody, while ten thousand come in.

use std::collections::VecDeque;

use parlor_core::hub::{Hub, HubConfig, Input, Output, Peer};
use parlor_core::id::ConnId;
use parlor_core::limits::Limits;
use parlor_core::name::RoomName;
use parlor_core::store::{MemoryLimits, MemoryStore};
use parlor_core::time::{Instant, Now, Timestamp};
use parlor_core::wire::Dialect;

const PEOPLE: usize = 10_000;
const JOINS_A_SECOND: usize = 400;
const TOLD_EACH: usize = Limits::DEFAULT.presence_members_max as usize;

/// What one member was sent after it was told the room.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Told {
    rooms: usize,
    joined: usize,
    presence: usize,
    others: usize,
    /// The longest frame of presence.
    longest: usize,
    /// How many people the last one spoke of.
    count: usize,
}

struct Crowd {
    hub: Hub,
    store: MemoryStore,
    conns: Vec<ConnId>,
    told: Vec<Told>,
    woken: VecDeque<ConnId>,
    micros: u64,
}

impl Crowd {
    fn new() -> Self {
        let limits = Limits { pace: None, handshakes_max: Limits::DEFAULT.sessions_max, ..Limits::DEFAULT };
        let config =
            HubConfig { limits, default_room: RoomName::lobby(), server: "parlor/test".into(), password: false };
        let hub = Hub::new(config, [3; 32], Now::default());
        let store = MemoryStore::new(MemoryLimits::default(), [4; 32], None);
        Self { hub, store, conns: Vec::new(), told: Vec::new(), woken: VecDeque::new(), micros: 0 }
    }

    fn now(&self) -> Now {
        Now::new(Instant::from_micros(self.micros), Timestamp((self.micros / 1_000) as i64))
    }

    fn join(&mut self) {
        let (now, hello) =
            (self.now(), format!("{{\"hello\":{{\"version\":1,\"nick\":\"n{}\"}}}}\n", self.conns.len()));
        let conn = self.hub.accept(now, Peer { dialect: Dialect::Native, address: None }).expect("there is room");
        assert_eq!(conn.slot(), self.conns.len());
        self.conns.push(conn);
        self.told.push(Told::default());
        self.drain();
        self.hub.handle_input(now, Input::Received { conn, bytes: hello.as_bytes() });
        self.drain();
    }

    fn drain(&mut self) {
        let mut answers = VecDeque::new();
        loop {
            while let Some(output) = self.hub.poll_output() {
                match output {
                    Output::Wake(conn) => self.woken.push_back(conn),
                    Output::Ask { ticket, ask } => answers.push_back((ticket, self.store.answer(*ask))),
                    Output::Close { conn, reason, .. } => panic!("{conn} is closed: {reason}"),
                    Output::Pause(_) | Output::Resume(_) => {}
                }
            }
            let Some((ticket, answer)) = answers.pop_front() else { return };
            self.hub.handle_input(self.now(), Input::Answered { ticket, answer });
        }
    }

    fn write(&mut self) {
        while let Some(conn) = self.woken.pop_front() {
            loop {
                let bytes = self.hub.transmit(conn);
                if bytes.is_empty() {
                    break;
                }
                self.told[conn.slot()].take_in(bytes);
                let taken = bytes.len();
                self.hub.transmitted(conn, taken);
            }
            self.drain();
        }
    }

    fn wait_until(&mut self, micros: u64) {
        while let Some(deadline) = self.hub.poll_timeout().filter(|deadline| deadline.at.as_micros() <= micros) {
            self.micros = self.micros.max(deadline.at.as_micros());
            self.hub.handle_timeout(self.now());
            self.drain();
            self.write();
        }
        self.micros = micros;
    }
}

impl Told {
    fn take_in(&mut self, bytes: &[u8]) {
        for frame in bytes.split_inclusive(|byte| *byte == b'\n') {
            if frame.starts_with(b"{\"presence\"") {
                self.presence += 1;
                self.longest = self.longest.max(frame.len());
                let frame = str::from_utf8(frame).expect("frames are text");
                let (_, count) = frame.split_once("\"count\":").expect("it says how many are here");
                self.count = count.split(',').next().and_then(|digits| digits.parse().ok()).expect("a number");
            } else if frame.starts_with(b"{\"joined\"") {
                self.joined += 1;
            } else if frame.starts_with(b"{\"room\"") {
                self.rooms += 1;
            } else {
                self.others += 1;
            }
        }
    }
}

#[test]
fn a_room_of_ten_thousand_is_joined_without_anybody_drowning_in_news() {
    let mut crowd = Crowd::new();
    for number in 0..PEOPLE {
        crowd.wait_until((number * 1_000_000 / JOINS_A_SECOND) as u64);
        crowd.join();
        crowd.write();
    }
    let last = crowd.micros;
    crowd.wait_until(last + 1_000_000);
    let seconds = PEOPLE / JOINS_A_SECOND;
    for (number, told) in crowd.told.iter().enumerate() {
        assert_eq!((told.rooms, told.others), (1, 1), "n{number} was welcomed and told the room");
        // One by one for as long as the room is small, and only to those who are there then.
        assert_eq!(told.joined, TOLD_EACH.saturating_sub(number + 1), "n{number}");
        // From then on once a second, in a frame that does not grow with the room.
        let there = (PEOPLE - number.max(TOLD_EACH)).div_ceil(JOINS_A_SECOND);
        assert!(told.presence <= there + 1, "n{number} was told {} times in {there} s", told.presence);
        assert!(told.presence <= seconds);
        assert!(told.longest <= 1_024, "n{number} was told {} bytes at once", told.longest);
        // A second after the last has come everybody knows how many are here.
        assert_eq!(told.count, PEOPLE, "n{number}");
    }
}
