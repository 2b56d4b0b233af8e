//! A hub with a room full of people and no socket: the core alone, as fast as it goes.

use std::collections::VecDeque;

use parlor_core::hub::{Hub, HubConfig, Input, Output, Peer};
use parlor_core::id::{ConnId, Ticket};
use parlor_core::limits::Limits;
use parlor_core::name::RoomName;
use parlor_core::store::{Answer, MemoryLimits, MemoryStore};
use parlor_core::time::{Instant, Now, Timestamp};
use parlor_core::wire::Dialect;

use crate::speech::Speech;

/// A hub, its store, and everybody in the default room.
#[derive(Debug)]
pub struct Desk {
    hub: Hub,
    store: MemoryStore,
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
        let limits = Limits { pace: None, pace_costly: None, sessions_max: 1 << 20, ..Limits::DEFAULT };
        let default_room = RoomName::parse("lobby").expect("a valid name");
        let config = HubConfig { limits, default_room, server: "parlor/bench".into(), password: false };
        let hub = Hub::new(config, [7; 32], Now::default());
        let store = MemoryStore::new(MemoryLimits::default(), [8; 32], None);
        let (conns, woken, answers) = (Vec::with_capacity(members), Vec::new(), VecDeque::new());
        let mut desk = Self { hub, store, conns, woken, answers, micros: 0 };
        for index in 0..members {
            let now = desk.now();
            let peer = Peer { dialect: Dialect::Native, address: None };
            let conn = desk.hub.accept(now, peer).expect("the limits allow it");
            desk.conns.push(conn);
            desk.drain();
            desk.say(index, &Speech::Native.hello(&format!("r{index}")));
            desk.flush();
        }
        // A large room tells of arrivals a second later.
        for _ in 0..3 {
            desk.micros += 1_000_000;
            let now = desk.now();
            desk.hub.handle_timeout(now);
            desk.drain();
            desk.flush();
        }
        assert!(desk.conns.iter().all(|conn| desk.hub.nick(*conn).is_some()), "everybody is in");
        desk
    }

    /// Brings in bytes of one member, and has the hub's questions answered.
    pub fn say(&mut self, member: usize, bytes: &[u8]) {
        let now = self.now();
        self.hub.handle_input(now, Input::Received { conn: self.conns[member], bytes });
        self.drain();
    }

    /// Takes everything that is to be sent; how many bytes that is.
    ///
    /// # Panics
    /// If somebody is closed: nobody reads slowly here.
    pub fn flush(&mut self) -> usize {
        let mut bytes = 0;
        let mut woken = std::mem::take(&mut self.woken);
        for conn in woken.drain(..) {
            loop {
                let taken = self.hub.transmit(conn).len();
                self.hub.transmitted(conn, taken);
                if taken == 0 {
                    break;
                }
                bytes += taken;
            }
        }
        self.woken = woken;
        self.drain();
        bytes
    }

    /// Outputs are drained before the next input, as the hub demands.
    fn drain(&mut self) {
        loop {
            while let Some(output) = self.hub.poll_output() {
                match output {
                    Output::Wake(conn) => self.woken.push(conn),
                    Output::Ask { ticket, ask } => self.answers.push_back((ticket, self.store.answer(*ask))),
                    Output::Close { conn, reason, .. } => panic!("{conn} is closed: {reason}"),
                    Output::Pause(_) | Output::Resume(_) => {}
                }
            }
            let Some((ticket, answer)) = self.answers.pop_front() else { return };
            let now = self.now();
            self.hub.handle_input(now, Input::Answered { ticket, answer });
        }
    }

    /// Time passes slowly enough that nobody is pinged.
    fn now(&mut self) -> Now {
        self.micros += 1;
        Now::new(Instant::from_micros(self.micros), Timestamp((self.micros / 1_000) as i64))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::speech::text;

    #[test]
    fn everybody_in_the_room_is_handed_a_message() {
        let mut desk = Desk::open(20);
        let mut said = Vec::new();
        Speech::Native.say(&text(0, 0, 100), &mut said);
        desk.say(3, &said);
        let bytes = desk.flush();
        assert_eq!(bytes % 20, 0);
        assert!(bytes > 20 * 100);
        assert_eq!(desk.flush(), 0);
    }
}
