//! What the people of the world do, and what their ends of the links carry.

use std::time::Duration;

use parlor_core::client;
use parlor_core::time::Instant;
use parlor_core::wire::Dialect;

use crate::link::Fault;
use crate::puppet::{Scene, to_bytes};
use crate::world::{Who, World};

impl World<'_> {
    /// Somebody does something.
    pub(crate) fn act(&mut self) {
        let seat = self.dice.below(self.seats.len());
        let Some(link) = self.seats[seat].link else { return self.arrive(seat) };
        let said = match &mut self.seats[seat].who {
            Who::Puppet(puppet) => {
                let mut scene = Scene::new(&mut self.oracle, link, &self.swarm);
                to_bytes(&puppet.act(&mut self.dice, &mut scene))
            }
            Who::Standin(standin) => standin.act(&mut self.dice, &mut self.oracle, link),
            Who::Machine(_) => return self.intend(seat),
        };
        self.send(seat, &said);
    }

    /// Somebody who is not connected comes, if they want to.
    fn arrive(&mut self, seat: usize) {
        if self.swarm.twins && seat % 2 == 1 {
            self.share_identity(seat);
        }
        match &self.seats[seat].who {
            Who::Puppet(_) | Who::Standin(_) => self.connect(seat),
            Who::Machine(machine) if machine.dialling => {
                if self.dice.one_in(8) {
                    return self.lose_seat(seat);
                }
                self.connect(seat);
            }
            Who::Machine(_) => self.intend(seat),
        }
    }

    /// Two seats are one person at two places.
    fn share_identity(&mut self, seat: usize) {
        let other = match &self.seats[seat - 1].who {
            Who::Puppet(other) => other.token.clone(),
            Who::Standin(_) | Who::Machine(_) => None,
        };
        if let (Who::Puppet(puppet), Some(token)) = (&mut self.seats[seat].who, other) {
            puppet.token = Some(token);
        }
    }

    fn intend(&mut self, seat: usize) {
        let Who::Machine(machine) = &mut self.seats[seat].who else { return };
        if machine.finished {
            return;
        }
        let intent = machine.intend(&mut self.dice, &mut self.oracle, seat);
        self.tell(|world| format!("{} wants {intent:?}", world.name(seat)));
        self.intent(seat, intent);
    }

    pub(crate) fn intent(&mut self, seat: usize, intent: client::Intent) {
        let now = self.now;
        let Who::Machine(machine) = &mut self.seats[seat].who else { return };
        machine.client.handle_input(now, client::Input::Intent(intent));
        self.inputs += 1;
        self.after_machine(seat);
    }

    /// Takes a machine's outputs and does what its driver has to.
    pub(crate) fn after_machine(&mut self, seat: usize) {
        let link = self.seats[seat].link;
        let Who::Machine(machine) = &mut self.seats[seat].who else { return };
        let todo = machine.outputs(link.is_some(), &mut self.reached);
        self.hash.number(machine.client.state().revision);
        if todo.disconnect
            && let Some(at) = self.seats[seat].link.take()
        {
            self.links[at].peer_gone = true;
            self.links[at].down.clear();
        }
    }

    /// Bytes leave somebody's end.
    pub(crate) fn send(&mut self, seat: usize, bytes: &[u8]) {
        if let Some(at) = self.seats[seat].link {
            self.hash.bytes(bytes);
            self.links[at].up.write(bytes);
        }
    }

    /// The peer's end of a link is gone.
    pub(crate) fn break_off(&mut self, at: usize) {
        let seat = self.links[at].seat;
        self.links[at].down.clear();
        if self.links[at].broken || self.links[at].fault == Fault::HalfOpen {
            self.links[at].up.clear();
        }
        if self.seats[seat].link == Some(at) {
            self.seats[seat].link = None;
            self.lose_seat(seat);
        }
    }

    /// Somebody has no connection any more.
    pub(crate) fn lose_seat(&mut self, seat: usize) {
        self.seats[seat].link = None;
        let now = self.now;
        match &mut self.seats[seat].who {
            Who::Puppet(puppet) => puppet.lost(),
            Who::Standin(standin) => standin.reset(),
            Who::Machine(machine) => {
                machine.lost(now);
                self.inputs += 1;
                self.after_machine(seat);
            }
        }
    }

    /// Bytes travel on every link, in both directions.
    pub(crate) fn pump(&mut self) -> bool {
        let mut moved = false;
        for index in 0..self.live.len() {
            let Some(at) = self.live.get(index).copied() else { break };
            if !self.calm && self.dice.one_in(5) {
                continue;
            }
            let most = match self.swarm.cuts {
                Some(most) if !self.calm => 1 + self.dice.below(most),
                Some(_) | None => 16 * 1024,
            };
            moved |= self.move_link(at, most);
        }
        let links = &self.links;
        self.live.retain(|at| !links[*at].is_dead());
        moved
    }

    /// A few bytes travel on one link.
    pub(crate) fn trickle(&mut self) {
        if self.live.is_empty() {
            return;
        }
        let at = self.live[self.dice.below(self.live.len())];
        let most = 1 + self.dice.below(self.swarm.cuts.unwrap_or(2_000));
        for _ in 0..=self.dice.below(12) {
            self.move_link(at, most);
        }
    }

    fn move_link(&mut self, at: usize, most: usize) -> bool {
        let most = match self.links[at].fault {
            Fault::None => most,
            Fault::Stalled | Fault::HalfOpen => 0,
            Fault::Dribbling if self.links[at].next_byte <= self.now.instant.as_micros() => {
                self.links[at].next_byte = self.now.instant.as_micros() + 1_000_000;
                1
            }
            Fault::Dribbling => 0,
        };
        let mut moved = self.utter(at);
        if most > 0 || self.links[at].broken {
            moved |= self.receive(at, most.max(1));
        }
        moved |= self.write(at);
        if most > 0 {
            moved |= self.deliver(at, most);
        }
        moved
    }

    /// What a machine's driver has to write goes onto its link.
    fn utter(&mut self, at: usize) -> bool {
        let seat = self.links[at].seat;
        if self.seats[seat].link != Some(at) {
            return false;
        }
        let Who::Machine(machine) = &mut self.seats[seat].who else { return false };
        let room = self.links[at].bytes_max.saturating_sub(self.links[at].up.len());
        let bytes = machine.writes(room);
        self.hash.bytes(&bytes);
        self.links[at].up.write(&bytes);
        !bytes.is_empty()
    }

    /// Bytes arrive at the peer; at most this many.
    fn deliver(&mut self, at: usize, most: usize) -> bool {
        let link = &mut self.links[at];
        let seat = link.seat;
        if self.seats[seat].link != Some(at) {
            link.down.clear();
            return false;
        }
        if link.down.is_empty() {
            // The server's end was the last thing under way.
            if link.closed.is_some() && !link.open {
                link.peer_gone = true;
                self.lose_seat(seat);
                return true;
            }
            return false;
        }
        let mut bytes = std::mem::take(&mut self.buffer);
        // What is said before one is in is small enough to arrive whole.
        let lines = matches!(&self.seats[seat].who, Who::Standin(standin) if standin.lines && standin.is_in());
        match link.dialect {
            Dialect::Native => link.down.read(most, &mut bytes),
            Dialect::Prompt if lines => link.down.read(most, &mut bytes),
            Dialect::Nic | Dialect::Prompt => link.down.read_write(&mut bytes),
        }
        self.tell(|world| {
            format!("  {} <- {:?}", world.name(seat), String::from_utf8_lossy(&bytes[..bytes.len().min(1_000)]))
        });
        self.hear(seat, at, &bytes);
        self.buffer = bytes;
        true
    }

    fn hear(&mut self, seat: usize, at: usize, bytes: &[u8]) {
        let now = self.now;
        match &mut self.seats[seat].who {
            Who::Puppet(puppet) => {
                let scene = Scene::new(&mut self.oracle, at, &self.swarm);
                let answer = puppet.hear(bytes, &mut self.dice, &scene, &mut self.reached);
                self.send(seat, answer.as_bytes());
            }
            Who::Standin(standin) => standin.hear(bytes, &self.oracle, &mut self.reached),
            Who::Machine(machine) => {
                if machine.dialect == Dialect::Native {
                    machine.ear.hear(bytes, &self.oracle, &mut self.reached);
                }
                machine.client.handle_input(now, client::Input::Received(bytes));
                self.inputs += 1;
                self.after_machine(seat);
            }
        }
    }

    /// When the next of the machines is due.
    pub(crate) fn client_deadline(&self) -> Option<Instant> {
        let machines = self.seats.iter().filter_map(|seat| match &seat.who {
            Who::Machine(machine) => machine.client.poll_timeout(),
            Who::Puppet(_) | Who::Standin(_) => None,
        });
        machines.map(|deadline| deadline.at).min()
    }

    pub(crate) fn meet_client_deadlines(&mut self) {
        for seat in 0..self.seats.len() {
            let now = self.now;
            let Who::Machine(machine) = &mut self.seats[seat].who else { continue };
            let Some(deadline) = machine.client.poll_timeout().filter(|deadline| deadline.at <= now.instant) else {
                continue;
            };
            machine.client.handle_timeout(now);
            self.inputs += 1;
            self.after_machine(seat);
            let Who::Machine(machine) = &self.seats[seat].who else { continue };
            let moved = machine.client.poll_timeout().is_none_or(|next| next.at > now.instant);
            assert!(moved, "14: a handled deadline of a client moves: {}", deadline.cause);
        }
    }

    /// How long a quiet stretch of the liveness phase is.
    pub(crate) const STRETCH: Duration = Duration::from_secs(20);
}
