//! The world: one server, its store, some people, and the links between them; one step at a time.

use std::time::Duration;

use parlor_core::hub::{Hub, HubConfig, Input, Peer};
use parlor_core::name::RoomName;
use parlor_core::time::{Instant, Now, Timestamp};
use parlor_core::wire::Dialect;

use crate::ear::Ear;
use crate::hash::Hash;
use crate::link::{Fault, Link};
use crate::machine::Machine;
use crate::oracle::Oracle;
use crate::puppet::{Manner, NICKS, PASSWORD, Puppet, ROOMS, Scene};
use crate::reached::{Cap, Path, Reached};
use crate::standin::Standin;
use crate::store::LateStore;
use crate::swarm::{Op, Swarm};
use crate::tape::Dice;

/// Somebody at the other end of a link.
#[derive(Debug)]
pub(crate) enum Who {
    /// A scripted native peer.
    Puppet(Box<Puppet>),
    /// A tutorial client, or netcat.
    Standin(Box<Standin>),
    /// A client machine that ships.
    Machine(Box<Machine>),
}

/// Somebody's seat, and the link they use now.
#[derive(Debug)]
pub(crate) struct Seat {
    pub(crate) who: Who,
    pub(crate) link: Option<usize>,
    /// Why the server did not take them in last time, if it did not.
    pub(crate) refused: bool,
}

/// Everything there is.
#[derive(Debug)]
pub struct World<'t> {
    pub(crate) swarm: Swarm,
    pub(crate) now: Now,
    pub(crate) hub: Hub,
    pub(crate) store: LateStore,
    pub(crate) oracle: Oracle,
    pub(crate) reached: Reached,
    pub(crate) links: Vec<Link>,
    /// Links of which something may still come.
    pub(crate) live: Vec<usize>,
    /// Which link a slot of the hub's is.
    pub(crate) by_slot: Vec<usize>,
    pub(crate) seats: Vec<Seat>,
    pub(crate) dice: Dice<'t>,
    pub(crate) inputs: u64,
    pub(crate) hash: Hash,
    pub(crate) next_ticket: u64,
    /// The faults are over.
    pub(crate) calm: bool,
    pub(crate) draining: bool,
    /// How often the server was started.
    pub(crate) starts: u8,
    /// Questions put and answers given so far: moments at which a server may die.
    moments: u64,
    /// The moment at which this one dies.
    last_moment: Option<LastMoment>,
    /// It has died, and starts again before anything else happens.
    pub(crate) dead: bool,
    pub(crate) buffer: Vec<u8>,
    /// What happens is told on standard output, for people.
    told: bool,
}

/// A moment at which a server dies.
#[derive(Clone, Copy, Debug)]
pub struct LastMoment {
    /// At the question put or answer given with this number, counted from 0.
    pub at: u64,
    /// Whether the store carries out what it was asked up to then, although nobody is told any more.
    pub carried_out: bool,
}

impl<'t> World<'t> {
    /// A world of the kind that the header draws, whose server dies at `last_moment`, once.
    pub fn new(mut header: Dice<'t>, last_moment: Option<LastMoment>, told: bool) -> Self {
        let swarm = Swarm::draw(&mut header);
        let now = Now::new(Instant::from_micros(1_000_000), Timestamp(1_763_790_000_000));
        let password = swarm.password.then_some(PASSWORD);
        let mut world = Self {
            hub: start(&swarm, 0, now),
            store: LateStore::new(swarm.memory, swarm.manners, password),
            now,
            oracle: Oracle::new(swarm.memory.entries_per_log as u64),
            reached: Reached::default(),
            links: Vec::new(),
            live: Vec::new(),
            by_slot: Vec::new(),
            seats: Vec::new(),
            dice: header,
            inputs: 0,
            hash: Hash::default(),
            next_ticket: 0,
            calm: false,
            draining: false,
            starts: 0,
            moments: 0,
            last_moment,
            dead: false,
            buffer: Vec::new(),
            told,
            swarm,
        };
        for number in 0..world.swarm.seats {
            let who = world.somebody(number);
            world.seats.push(Seat { who, link: None, refused: false });
        }
        world.tell(|world| format!("a world of {} people, {:?}", world.seats.len(), world.swarm));
        world
    }

    fn somebody(&mut self, number: usize) -> Who {
        let bulk = (self.swarm.limits.presence_members_max as usize) < self.swarm.seats;
        let nick = *self.dice.pick(&NICKS);
        let dialect = |dice: &mut Dice<'_>| if dice.one_in(2) { Dialect::Nic } else { Dialect::Prompt };
        match self.dice.below(10) {
            0..=4 => {
                let manner = [Manner::Honest, Manner::Honest, Manner::Hostile, Manner::Mute][self.dice.below(4)];
                Who::Puppet(Box::new(Puppet::new(nick, manner, bulk)))
            }
            5 | 6 => {
                let (lines, hostile) = (self.dice.one_in(2), self.dice.one_in(3));
                let dialect = dialect(&mut self.dice);
                Who::Standin(Box::new(Standin::new(dialect, lines, nick, hostile)))
            }
            _ => {
                let dialect = if self.dice.one_in(4) { dialect(&mut self.dice) } else { Dialect::Native };
                Who::Machine(Box::new(Machine::new(dialect, nick, number as u8, self.now)))
            }
        }
    }

    /// One thing happens.
    pub fn step(&mut self, dice: Dice<'t>) {
        self.dice = dice;
        let op = self.swarm.op(&mut self.dice);
        self.hash.number(op as u64);
        match op {
            Op::Act => self.act(),
            Op::Pump => {
                self.pump();
            }
            Op::Trickle => self.trickle(),
            Op::Answer => {
                for _ in 0..=self.dice.below(6) {
                    self.answer_one();
                }
            }
            Op::Pass => {
                let micros = match self.dice.below(12) {
                    0..=5 => self.dice.below(60_000) as u64,
                    6..=8 => 20_000 * self.dice.below(256) as u64,
                    9 | 10 => 1_000_000 * self.dice.below(40) as u64,
                    _ => 0,
                };
                if micros == 0 {
                    self.reached.path(Path::ClockStall);
                }
                self.pass(Duration::from_micros(micros));
            }
            Op::Fault => self.fault(),
            Op::Flood => self.flood(),
            Op::Pester => self.pester(),
            Op::Jump => {
                self.reached.path(Path::WallJump);
                let hours = self.dice.below(9) as i64 - 4;
                let timestamp = self.now.timestamp.0 + hours * 3_600_000;
                // A day is how long a nonce is remembered: jumps stay well below it.
                let (low, high) = (1_763_790_000_000 - 30_000_000, 1_763_790_000_000 + 30_000_000);
                self.now.timestamp = Timestamp(timestamp.clamp(low, high));
                self.tell(|world| format!("the wall clock jumps to {:?}", world.now.timestamp));
            }
            Op::Crash => self.crash(),
            Op::Drain if self.draining => self.crash(),
            Op::Drain => {
                self.draining = true;
                self.reached.path(Path::Drain);
                self.tell(|_| "the server is told to stop".into());
                self.input(Input::Drain);
            }
        }
    }

    /// A question was put, or an answer is about to be given or was given. Whether the server dies of it.
    pub(crate) fn moment(&mut self) -> bool {
        let now = self.moments;
        self.moments += u64::from(!self.calm);
        self.dead |= !self.calm && self.last_moment.is_some_and(|last| last.at == now);
        self.dead
    }

    /// A server that has died starts again; what it put out since was lost with it.
    pub(crate) fn restart_if_dead(&mut self) {
        if std::mem::take(&mut self.dead) {
            let all = self.last_moment.is_some_and(|last| last.carried_out);
            self.restart(if all { usize::MAX } else { 0 });
        }
    }

    /// The server's machine stops, at a time when the store was committing, or not, and starts again.
    pub(crate) fn crash(&mut self) {
        let carried_out = self.dice.below(self.store.waiting() + 1);
        self.restart(carried_out);
    }

    fn restart(&mut self, carried_out: usize) {
        self.reached.path(Path::Restart);
        self.tell(|_| "the server crashes and starts again".into());
        let (lost, kept) = self.store.crash(carried_out);
        (0..lost).for_each(|_| self.reached.path(Path::StoreLost));
        (0..kept).for_each(|_| self.reached.path(Path::StoreKept));
        let store = &mut self.store;
        self.oracle.restarted(|ask| store.read(ask));
        self.starts += 1;
        self.hub = start(&self.swarm, self.starts, self.now);
        self.draining = false;
        self.next_ticket = 0;
        for at in self.live.clone() {
            self.links[at].open = false;
            self.links[at].broken = true;
            self.break_off(at);
        }
        self.live.clear();
        self.by_slot.clear();
    }

    /// Connects somebody, or they are refused.
    pub(crate) fn connect(&mut self, seat: usize) {
        let dialect = match &self.seats[seat].who {
            Who::Puppet(_) => Dialect::Native,
            Who::Standin(standin) => standin.dialect,
            Who::Machine(machine) => machine.dialect,
        };
        let address = match (self.swarm.one_address, seat % 3) {
            (true, _) => Some([10, 0, 0, 1].into()),
            (false, 0) => None,
            (false, _) => Some([10, 0, seat as u8, 1].into()),
        };
        let accepted = self.hub.accept(self.now, Peer { dialect, address });
        let farewell = match accepted {
            Ok(conn) => {
                let at = self.links.len();
                // A kernel takes a small write whole.
                let least = if dialect == Dialect::Native { 0 } else { 4_096 };
                self.links.push(Link::new(conn, dialect, seat, self.swarm.link_bytes.max(least)));
                self.live.push(at);
                if self.by_slot.len() <= conn.slot() {
                    self.by_slot.resize(conn.slot() + 1, usize::MAX);
                }
                let before = std::mem::replace(&mut self.by_slot[conn.slot()], at);
                // One that is closed counts too: a late word meant for it must not reach whoever came after it.
                let reused = self.links.get(before).is_some_and(|link| link.conn == conn);
                assert!(!reused, "8: connection ids never repeat");
                self.seats[seat].link = Some(at);
                self.seats[seat].refused = false;
                None
            }
            Err(refused) => {
                self.count_refusal(refused.reason, address.is_some());
                self.seats[seat].refused = true;
                Some(refused.farewell)
            }
        };
        self.outputs();
        self.tell(|world| {
            format!("{} {}", world.name(seat), if farewell.is_some() { "is refused" } else { "connects" })
        });
        if farewell.is_none() && self.seats[seat].link.is_none() {
            // The server died of it.
            return;
        }
        self.introduce(seat, farewell.as_deref());
    }

    /// Somebody whose connection was made says hello, where their dialect begins; whoever was refused hears why.
    fn introduce(&mut self, seat: usize, farewell: Option<&[u8]>) {
        let now = self.now;
        let link = self.seats[seat].link.unwrap_or(usize::MAX);
        match (&mut self.seats[seat].who, farewell) {
            (Who::Puppet(puppet), None) => {
                let scene = Scene::new(&mut self.oracle, link, &self.swarm);
                let hello = puppet.connected(&mut self.dice, &scene);
                self.send(seat, hello.as_bytes());
            }
            (Who::Puppet(_), Some(farewell)) => {
                Ear::new(true, false).hear(farewell, &self.oracle, &mut self.reached);
            }
            (Who::Standin(standin), None) => standin.reset(),
            (Who::Standin(_), Some(farewell)) => {
                assert!(std::str::from_utf8(farewell).is_ok_and(|text| !text.is_empty()), "a refusal is a sentence");
            }
            (Who::Machine(machine), farewell) => {
                machine.connected(now);
                self.inputs += 1;
                if let Some(farewell) = farewell {
                    machine.client.handle_input(now, parlor_core::client::Input::Received(farewell));
                    self.inputs += 1;
                }
                self.after_machine(seat);
                if farewell.is_some() {
                    self.lose_seat(seat);
                }
            }
        }
    }

    fn count_refusal(&mut self, reason: parlor_core::vocabulary::Reason, counted: bool) {
        use parlor_core::vocabulary::Reason;
        self.reached.refused(reason);
        let limits = &self.swarm.limits;
        if reason == Reason::ServerFull {
            let full = self.hub.connections() >= limits.sessions_max as usize;
            self.reached.cap(if full { Cap::Sessions } else { Cap::Handshakes });
        }
        if reason == Reason::AddressFull {
            assert!(counted, "local transports are exempt");
            // As many as may be are in, or on the way in.
            let open = self.live.iter().filter(|at| self.links[**at].open).count();
            let full = open >= limits.sessions_per_address_max as usize;
            self.reached.cap(if full { Cap::SessionsPerAddress } else { Cap::HandshakesPerAddress });
        }
    }

    fn fault(&mut self) {
        if self.live.is_empty() {
            return;
        }
        let at = self.live[self.dice.below(self.live.len())];
        let what = self.dice.below(8);
        let link = &mut self.links[at];
        let told = match what {
            0 | 1 => {
                self.reached.path(Path::Reset);
                link.broken = true;
                // The server learns of it at once, or a little later.
                self.break_off(at);
                "is reset"
            }
            2 => {
                self.reached.path(Path::HalfOpen);
                link.fault = Fault::HalfOpen;
                self.break_off(at);
                "goes half-open"
            }
            3 | 4 => {
                self.reached.path(Path::Stall);
                link.fault = Fault::Stalled;
                "stalls"
            }
            5 => {
                self.reached.path(Path::Dribble);
                link.fault = Fault::Dribbling;
                "dribbles"
            }
            6 => {
                // The peer's process ends: what it had written still arrives.
                link.peer_gone = true;
                self.break_off(at);
                "is left by its peer"
            }
            _ => {
                if link.fault != Fault::HalfOpen {
                    link.fault = Fault::None;
                }
                "is mended"
            }
        };
        self.tell(|world| format!("the link of {} {told}", world.name(world.links[at].seat)));
    }

    /// Somebody writes a lot at once.
    fn flood(&mut self) {
        let seat = self.dice.below(self.seats.len());
        let Some(link) = self.seats[seat].link else { return };
        let Who::Puppet(puppet) = &mut self.seats[seat].who else { return };
        if !puppet.ear.is_in() || puppet.quitting {
            return;
        }
        let mut text = String::new();
        for _ in 0..20 + self.dice.below(60) {
            let mut scene = Scene::new(&mut self.oracle, link, &self.swarm);
            text += &puppet.say(ROOMS[0], &mut self.dice, &mut scene);
        }
        self.tell(|world| format!("{} writes {} bytes at once", world.name(seat), text.len()));
        self.send(seat, text.as_bytes());
        // A fast network brings it in one read.
        self.receive(link, 16 * 1024);
    }

    /// Inputs that come too late or too early: nothing happens.
    fn pester(&mut self) {
        if self.dice.one_in(2) {
            self.reached.path(Path::Spurious);
            if self.hub.poll_timeout().is_none_or(|deadline| deadline.at > self.now.instant) {
                self.inputs += 1;
                self.hub.handle_timeout(self.now);
                assert!(self.hub.poll_output().is_none(), "an early handle_timeout is harmless");
            }
            return;
        }
        if self.links.is_empty() {
            return;
        }
        let link = &self.links[self.dice.below(self.links.len())];
        if link.open || self.live.iter().any(|at| self.links[*at].conn == link.conn && self.links[*at].open) {
            return;
        }
        self.reached.path(Path::Ghost);
        let conn = link.conn;
        let input = match self.dice.below(3) {
            0 => Input::Lost { conn },
            1 => Input::Received { conn, bytes: b"{\"say\":{\"room\":\"lobby\",\"text\":\"boo\"}}\n" },
            _ => {
                let ticket = parlor_core::id::Ticket(self.next_ticket + 1_000);
                Input::Answered { ticket, answer: parlor_core::store::Answer::Failed }
            }
        };
        self.inputs += 1;
        self.hub.handle_input(self.now, input);
        assert!(self.hub.poll_output().is_none(), "8: a ghost is silent");
        assert!(self.hub.transmit(conn).is_empty(), "8: a ghost is sent nothing");
        self.hub.check();
    }

    /// What came of it.
    pub fn played(self) -> crate::Played {
        let Self { inputs, moments, hash, reached, .. } = self;
        crate::Played { inputs, moments, hash: hash.finish(), reached }
    }

    pub(crate) fn name(&self, seat: usize) -> String {
        let what = match &self.seats[seat].who {
            Who::Puppet(puppet) => format!("{:?} {}", puppet.manner, puppet.nick),
            Who::Standin(standin) => format!("{:?} {}", standin.dialect, standin.nick),
            Who::Machine(machine) => format!("client {:?} {}", machine.dialect, machine.client.state().nick),
        };
        format!("#{seat} ({what})")
    }

    pub(crate) fn tell(&mut self, what: impl FnOnce(&Self) -> String) {
        if self.told {
            println!("{:>14} µs  {}", self.now.instant.as_micros(), what(self));
        }
    }
}

/// A server starts.
fn start(swarm: &Swarm, starts: u8, now: Now) -> Hub {
    let config = HubConfig {
        limits: swarm.limits.clone(),
        default_room: RoomName::lobby(),
        server: "parlor/sim".into(),
        password: swarm.password,
    };
    Hub::new(config, [starts; 32], now)
}
