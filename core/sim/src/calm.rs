//! The liveness phase: the faults are over, and everything has to come right by itself.

use parlor_core::client::{self, EntryKind, Intent, Question};
use parlor_core::hub::Input;
use parlor_core::secret::Secret;
use parlor_core::store::Change;
use parlor_core::text::printable;
use parlor_core::vocabulary::Place;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::ear::Seen;
use crate::link::Fault;
use crate::puppet::{NICKS, PASSWORD, ROOMS};
use crate::said;
use crate::world::{Who, World};

impl World<'_> {
    /// The faults stop; time goes by until everybody has what they are to have, and it is compared with the reference.
    pub fn calm_down(&mut self) {
        if self.draining {
            self.crash();
        }
        self.calm = true;
        self.store.mend();
        self.tell(|_| "the faults are over".into());
        for at in self.live.clone() {
            if self.links[at].fault != Fault::HalfOpen {
                self.links[at].fault = Fault::None;
            }
        }
        for stretch in 0..16 {
            self.settle();
            self.pass(Self::STRETCH);
            if stretch == 3 {
                self.keep_alive();
            }
        }
        self.settle();
        // Whoever came only now may still be kept waiting by their pace; what is told in bulk is told a second later.
        let mut quiet = 0;
        for _ in 0..400 {
            let waits = self.live.iter().any(|at| self.links[*at].open && self.links[*at].paused);
            quiet = if waits { 0 } else { quiet + 1 };
            if quiet > 3 {
                break;
            }
            self.pass(Duration::from_secs(1));
            self.settle();
        }
        self.nothing_waits();
        self.everybody_is_up_to_date();
        self.everybody_sees_everybody();
        self.go_home();
    }

    /// Everything that can happen without time going by happens.
    fn settle(&mut self) {
        for round in 0.. {
            assert!(round < 20_000, "two machines that never stop talking");
            let mut moved = self.pump();
            while self.answer_one() {
                moved = true;
            }
            for seat in 0..self.seats.len() {
                moved |= self.come_back(seat);
            }
            if !moved {
                break;
            }
        }
    }

    /// TCP's own probes find out that a peer is gone, where the dialect has none (`tutorial-protocols`, Liveness).
    fn keep_alive(&mut self) {
        for at in self.live.clone() {
            self.links[at].broken |= self.links[at].fault == Fault::HalfOpen;
        }
    }

    /// Whoever is away and can come back does.
    fn come_back(&mut self, seat: usize) -> bool {
        let (away, refused) = (self.seats[seat].link.is_none(), self.seats[seat].refused);
        match &mut self.seats[seat].who {
            Who::Puppet(puppet) => {
                puppet.settle_down(seat);
                if away && !refused && !puppet.replaced {
                    self.connect(seat);
                    return true;
                }
                false
            }
            Who::Standin(standin) => {
                // One that hung up stays away; one that was asked for its name gives it.
                let said = if away { Vec::new() } else { standin.give_name(seat) };
                self.send(seat, &said);
                !said.is_empty()
            }
            Who::Machine(machine) => {
                if machine.dialling && away {
                    self.connect(seat);
                    return true;
                }
                let asked = if machine.finished { None } else { machine.client.state().question.as_ref() };
                let answer = match asked {
                    Some(Question::Nick { .. }) => Intent::Nick(format!("seat{seat}x{}", machine.count())),
                    Some(Question::Password { .. }) => Intent::Password(Secret::new(PASSWORD)),
                    None => return false,
                };
                self.intent(seat, answer);
                true
            }
        }
    }

    /// 15, 16: nobody is left paused, nothing is left to be sent, no question is left open.
    fn nothing_waits(&mut self) {
        assert_eq!(self.store.waiting(), 0, "16: every question is answered");
        for at in self.live.clone() {
            let link = &self.links[at];
            if !link.open {
                continue;
            }
            let name = self.name(link.seat);
            assert!(!link.paused, "15: {name} is left paused for ever");
            assert!(self.hub.transmit(link.conn).is_empty(), "15: {name} is owed bytes and was not woken");
            assert!(
                link.up.is_empty() && link.down.is_empty(),
                "15: what {name} said or was told is under way for ever"
            );
        }
    }

    /// 3: whoever is in a place has all of its log since they came.
    fn everybody_is_up_to_date(&mut self) {
        for seat in 0..self.seats.len() {
            let name = self.name(seat);
            let (away, refused) = (self.seats[seat].link.is_none(), self.seats[seat].refused);
            match &mut self.seats[seat].who {
                Who::Puppet(puppet) => {
                    if away {
                        let excused = refused || puppet.replaced;
                        assert!(excused, "{name} is not let in although nothing speaks against it");
                        continue;
                    }
                    for (place, seen) in puppet.ear.known_places() {
                        let promised = self.oracle.logs[&seen.log].promised;
                        assert!(seen.has_all(promised), "3: {name} has all of {place}: {seen:?} of {promised}");
                    }
                    // What could not be opened while the store failed is opened with the next hello; where a bound is
                    // reached, its holder is told.
                    let limits = &self.swarm.limits;
                    let bound = limits.rooms_per_session_max.min(limits.rooms_max / 4) as usize;
                    if self.swarm.could_fail || bound < ROOMS.len() + NICKS.len() {
                        continue;
                    }
                    if let Some(missed) = puppet.ear.missed_conversation(&self.oracle) {
                        panic!("3: {name} was spoken to in {missed:?} while away, and never hears of it");
                    }
                }
                Who::Standin(standin) => standin.settle(&self.oracle, &mut self.reached),
                Who::Machine(_) => self.machine_is_up_to_date(seat, &name),
            }
        }
    }

    fn machine_is_up_to_date(&mut self, seat: usize, name: &str) {
        let Who::Machine(machine) = &self.seats[seat].who else { return };
        machine.check(&self.oracle, &mut self.reached);
        let state = machine.client.state();
        // One that was let into no room, since there were too many, has nowhere to say anything.
        if state.link != client::Link::Online || state.rooms.is_empty() {
            return;
        }
        let native = machine.dialect == parlor_core::wire::Dialect::Native;
        assert!(!native || state.unsent() == 0, "3: {name} is online, and what it said is still unsent: {state:?}");
        for room in state.rooms.iter().filter(|room| room.joined && native) {
            let Some(Place::Room(room_name)) = &room.place else { continue };
            let Some(log) = self.oracle.log_of(room_name) else { continue };
            let messages = log.entries.iter().rev().filter(|(id, append)| match &append.change {
                Change::Message { text, .. } => said::number_of(text.as_str()).is_some() && !log.is_gone(**id),
                Change::Topic(_) | Change::Edit { .. } | Change::Delete { .. } => false,
            });
            let shown: BTreeSet<u64> = room.timeline.iter().filter_map(|entry| entry.id).map(|id| id.0).collect();
            let oldest = shown.first().copied().unwrap_or(u64::MAX);
            let entries_kept = self.swarm.memory.entries_per_log as u64;
            for entry in room.timeline.iter().rev().take(8) {
                let (Some(id), EntryKind::Message { text, .. }) = (entry.id, &entry.kind) else { continue };
                match log.as_it_stands(id.0) {
                    Some(Change::Message { text: stands, .. }) => {
                        let stands = printable(stands.as_str());
                        assert_eq!(*text, stands, "6: {name} shows {id:?} in {} as it stands", room.title);
                    }
                    Some(Change::Topic(_) | Change::Edit { .. } | Change::Delete { .. }) | None => {
                        assert!(entry.is_deleted(), "6: {name} shows {id:?} in {}, which is no more", room.title);
                    }
                }
            }
            for (id, _) in messages.take(8).filter(|(id, _)| **id >= oldest && **id + entries_kept > log.promised) {
                assert!(shown.contains(id), "3: {name} shows {id} in {}: {shown:?}", room.title);
            }
        }
    }

    /// 10: everybody in a room knows who is there, and who of them is away.
    fn everybody_sees_everybody(&mut self) {
        let mut rooms: BTreeMap<Place, Vec<(usize, Seen)>> = BTreeMap::new();
        for (seat, there) in self.seats.iter().enumerate() {
            let Who::Puppet(puppet) = &there.who else { continue };
            if there.link.is_some() && puppet.ear.is_in() && puppet.ear.strict {
                for (place, seen) in puppet.ear.places.iter().filter(|(place, _)| matches!(place, Place::Room(_))) {
                    rooms.entry(place.clone()).or_default().push((seat, seen.clone()));
                }
            }
        }
        for (place, views) in rooms {
            let (first, Seen { members, away, .. }) = &views[0];
            for (seat, view) in &views {
                let (a, b) = (self.name(*first), self.name(*seat));
                assert_eq!(&view.members, members, "10: {a} and {b} see the same people in {place}");
                let Who::Puppet(puppet) = &self.seats[*seat].who else { continue };
                if !puppet.ear.bulk {
                    assert_eq!(
                        &view.away, away,
                        "10: {a} and {b} know of the same people that they are away in {place}"
                    );
                }
                let nick = puppet.ear.nick.as_ref().expect("they are in");
                assert!(members.contains(nick), "10: {b} is seen in {place} as {nick}: {members:?}");
            }
        }
    }

    /// Everybody is told to go, and nothing is left.
    fn go_home(&mut self) {
        self.tell(|_| "everybody is told to go".into());
        self.draining = true;
        self.input(Input::Drain);
        for _ in 0..4 {
            self.settle();
            self.pass(Self::STRETCH);
        }
        self.settle();
        let open = self.links.iter().filter(|link| link.open).count();
        assert_eq!(open, 0, "7: exactly one close per accept");
        assert!(self.hub.is_empty(), "19: after the last goodbye the hub is empty");
        let store = &mut self.store;
        self.oracle.compare(|ask| store.read(ask));
    }
}
