//! A hub with a room full of people and no socket: the core alone, as fast as it goes.

use std::collections::VecDeque;
use std::time::Duration;

use parlor_core::hub::{Hub, HubConfig, Input, Output, Peer};
use parlor_core::id::{ConnId, Ticket};
use parlor_core::limits::Limits;
use parlor_core::name::RoomName;
use parlor_core::store::{Answer, MemoryLimits, MemoryStore};
use parlor_core::time::{Instant, Now, Timestamp};
use parlor_core::wire::Dialect;

/// The room everybody is in.
pub const ROOM: &str = "lobby";

/// A hub, its store, and everybody in the default room.
#[derive(Debug)]
pub struct Desk {
    hub: Hub,
    store: MemoryStore,
    dialect: Dialect,
    conns: Vec<ConnId>,
    woken: Vec<ConnId>,
    answers: VecDeque<(Ticket, Answer)>,
    micros: u64,
}

impl Desk {
    /// Lets so many native members in and hands out what that brings.
    ///
    /// # Panics
    /// If somebody is not let in.
    pub fn open(members: usize) -> Self {
        Self::open_with(Dialect::Native, members)
    }

    /// As [`Desk::open`], with members of any dialect. Those of `prompt` end their lines, so they are in line mode.
    ///
    /// # Panics
    /// If somebody is not let in.
    pub fn open_with(dialect: Dialect, members: usize) -> Self {
        // However long it takes, nobody is pinged and nobody who reads slowly is given up.
        const NEVER: Duration = Duration::from_secs(1_000_000);
        let limits = Limits {
            pace: None,
            pace_costly: None,
            sessions_max: 1 << 20,
            ping_interval: NEVER,
            stall_timeout: NEVER,
            ..Limits::DEFAULT
        };
        let default_room = RoomName::parse(ROOM).expect("a valid name");
        let config = HubConfig { limits, default_room, server: "parlor/bench".into(), password: false };
        let hub = Hub::new(config, [7; 32], Now::default());
        let store = MemoryStore::new(MemoryLimits::default(), [8; 32], None);
        let (conns, woken, answers) = (Vec::with_capacity(members), Vec::new(), VecDeque::new());
        let mut desk = Self { hub, store, dialect, conns, woken, answers, micros: 0 };
        for index in 0..members {
            let conn = desk.connect();
            desk.conns.push(conn);
            let hello = desk.hello(&format!("r{index}"));
            desk.say(index, &hello);
            desk.flush();
        }
        // A large room tells of arrivals a second later.
        for _ in 0..3 {
            desk.wait(Duration::from_secs(1));
            desk.flush();
        }
        assert!(desk.conns.iter().all(|conn| desk.hub.nick(*conn).is_some()), "everybody is in");
        desk
    }

    /// The first thing somebody of this name says, as bytes of the desk's dialect.
    pub fn hello(&self, name: &str) -> Vec<u8> {
        match self.dialect {
            Dialect::Native => format!("{{\"hello\":{{\"version\":1,\"nick\":\"{name}\"}}}}\n").into_bytes(),
            Dialect::Nic | Dialect::Prompt => format!("{name}\n").into_bytes(),
        }
    }

    /// Lets one more member in, who says `hello`, and has the hub's questions answered.
    pub fn arrive(&mut self, hello: &[u8]) {
        let conn = self.connect();
        self.conns.push(conn);
        self.say(self.conns.len() - 1, hello);
    }

    /// Brings in bytes of one member, and has the hub's questions answered.
    pub fn say(&mut self, member: usize, bytes: &[u8]) {
        self.ask(member, bytes);
        self.answer();
    }

    /// Brings in bytes of one member. The store answers the hub's questions, but the hub does not know yet.
    pub fn ask(&mut self, member: usize, bytes: &[u8]) {
        let now = self.now();
        self.hub.handle_input(now, Input::Received { conn: self.conns[member], bytes });
        self.drain();
    }

    /// Hands the store's answers in, until there are no more questions: messages are told now.
    pub fn answer(&mut self) {
        while let Some((ticket, answer)) = self.answers.pop_front() {
            let now = self.now();
            self.hub.handle_input(now, Input::Answered { ticket, answer });
            self.drain();
        }
    }

    /// Lets time pass.
    pub fn wait(&mut self, time: Duration) {
        self.micros += u64::try_from(time.as_micros()).expect("a moderate time");
        let now = self.now();
        self.hub.handle_timeout(now);
        self.drain();
        self.answer();
    }

    /// Takes everything that is to be sent to whoever woke; how many bytes that is.
    ///
    /// # Panics
    /// If somebody is closed.
    pub fn flush(&mut self) -> usize {
        let mut bytes = 0;
        let mut woken = std::mem::take(&mut self.woken);
        for conn in woken.drain(..) {
            bytes += self.take_all(conn);
        }
        self.woken = woken;
        bytes
    }

    /// Offers those who woke what is to be sent to them, and they take nothing: their connections would block.
    pub fn stall(&mut self) {
        let mut woken = std::mem::take(&mut self.woken);
        for conn in woken.drain(..) {
            assert!(!self.hub.transmit(conn).is_empty(), "whoever woke has something to read");
            self.hub.transmitted(conn, 0);
            self.drain();
        }
        self.woken = woken;
    }

    /// Everybody takes what waits for them, as when blocked connections are writable again; how many bytes that is.
    pub fn resume(&mut self) -> usize {
        self.woken.clear();
        (0..self.conns.len()).map(|member| self.take_all(self.conns[member])).sum()
    }

    /// As clause 4 of the driver's contract has it: until nothing is left.
    fn take_all(&mut self, conn: ConnId) -> usize {
        let mut bytes = 0;
        loop {
            let taken = self.hub.transmit(conn).len();
            if taken == 0 {
                return bytes;
            }
            self.hub.transmitted(conn, taken);
            self.drain();
            bytes += taken;
        }
    }

    fn connect(&mut self) -> ConnId {
        let (now, peer) = (self.now(), Peer { dialect: self.dialect, address: None });
        let conn = self.hub.accept(now, peer).expect("the limits allow it");
        self.drain();
        conn
    }

    /// Outputs are drained before the next input, as the hub demands.
    fn drain(&mut self) {
        while let Some(output) = self.hub.poll_output() {
            match output {
                Output::Wake(conn) => self.woken.push(conn),
                Output::Ask { ticket, ask } => self.answers.push_back((ticket, self.store.answer(*ask))),
                Output::Close { conn, reason, .. } => panic!("{conn} is closed: {reason}"),
                Output::Pause(_) | Output::Resume(_) => {}
            }
        }
    }

    /// A moment after the last one.
    fn now(&mut self) -> Now {
        self.micros += 1;
        Now::new(Instant::from_micros(self.micros), Timestamp((self.micros / 1_000) as i64))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAID: &[u8] = b"{\"say\":{\"room\":\"lobby\",\"text\":\"hi\"}}\n";

    #[test]
    fn everybody_in_the_room_is_handed_a_message() {
        for (dialect, said) in [(Dialect::Native, SAID), (Dialect::Prompt, &b"hi\n"[..])] {
            let mut desk = Desk::open_with(dialect, 20);
            desk.say(3, said);
            let bytes = desk.flush();
            assert_eq!(bytes % 20, 0, "{dialect:?}");
            assert!(bytes >= 20 * "r3: hi\n".len(), "{dialect:?}");
            assert_eq!(desk.flush(), 0, "{dialect:?}");
        }
    }

    #[test]
    fn a_message_is_told_with_the_answer_and_not_before() {
        let mut desk = Desk::open(20);
        desk.ask(3, SAID);
        assert_eq!(desk.flush(), 0);
        desk.answer();
        assert!(desk.flush() > 0);
    }

    #[test]
    fn who_is_stalled_gets_it_all_when_they_read_again() {
        let mut desk = Desk::open(20);
        desk.say(3, SAID);
        let once = desk.flush();
        desk.say(3, SAID);
        desk.stall();
        desk.say(3, SAID);
        assert_eq!(desk.flush(), 0, "nobody wakes who has something to read already");
        assert_eq!(desk.resume(), 2 * once);
    }

    #[test]
    fn the_others_hear_of_whoever_arrives() {
        let mut desk = Desk::open(20);
        let hello = desk.hello("new");
        desk.arrive(&hello);
        desk.wait(Duration::from_secs(1));
        assert!(desk.flush() > 20 * "new".len());
    }
}
