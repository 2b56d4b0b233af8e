//! The world's driver: it does only what the contract of `parlor_core` promises, as late as allowed.

use std::time::Duration;

use parlor_core::hub::{Input, Output};
use parlor_core::id::ConnId;
use parlor_core::limits::CHUNK_BYTES_MAX;
use parlor_core::store::Ask;
use parlor_core::time::{Instant, Now, Timestamp};
use parlor_core::vocabulary::Reason;
use parlor_core::wire::Dialect;

use crate::link::Fault;
use crate::reached::{Cap, Path};
use crate::world::{Who, World};

impl World<'_> {
    /// Brings an input to the hub, and checks everything after it.
    pub(crate) fn input(&mut self, input: Input<'_>) {
        self.inputs += 1;
        self.hub.handle_input(self.now, input);
        self.outputs();
    }

    /// Takes the hub's outputs, and checks every invariant.
    pub(crate) fn outputs(&mut self) {
        let mut count = 0;
        while let Some(output) = self.hub.poll_output() {
            count += 1;
            assert!(count < 5_000, "13: outputs per input are bounded");
            if self.dead {
                // Nobody is left to do it.
                continue;
            }
            self.reached.hub_output(&output);
            match output {
                Output::Wake(conn) => {
                    let at = self.link_of(conn);
                    let link = &mut self.links[at];
                    assert!(link.open, "8: a ghost is not woken");
                    assert!(!link.awake, "one wake per edge");
                    link.awake = true;
                }
                Output::Close { conn, reason, how } => {
                    let at = self.link_of(conn);
                    let link = &mut self.links[at];
                    assert!(link.open, "7: exactly one close per accept");
                    link.open = false;
                    link.awake = false;
                    link.closed = Some(how);
                    self.hash.number(reason as u64);
                    let overfed = self.links[at].overfed;
                    self.count_close(reason, overfed);
                    self.tell(|world| format!("  {} is closed: {reason}", world.name(world.links[at].seat)));
                }
                Output::Pause(conn) => {
                    let at = self.link_of(conn);
                    assert!(self.links[at].open && !self.links[at].paused, "a pause follows no pause");
                    self.links[at].paused = true;
                    self.count_pause();
                }
                Output::Resume(conn) => {
                    let at = self.link_of(conn);
                    assert!(self.links[at].open && self.links[at].paused, "a resume follows a pause");
                    self.links[at].paused = false;
                    self.links[at].read_ahead = false;
                }
                Output::Ask { ticket, ask } => {
                    assert!(ticket.0 >= self.next_ticket, "16: a ticket never repeats");
                    self.next_ticket = ticket.0 + 1;
                    if let Ask::Read { identity, log, .. } = &*ask {
                        self.oracle.read(*identity, *log);
                    }
                    self.store.ask(ticket, *ask, &mut self.dice);
                    self.moment();
                }
            }
        }
        self.hub.check();
        if self.dead {
            return self.restart_if_dead();
        }
        if self.hub.wants_flush() {
            self.reached.cap(Cap::TurnFlush);
        }
    }

    fn link_of(&self, conn: ConnId) -> usize {
        let at = self.by_slot.get(conn.slot()).copied().unwrap_or(usize::MAX);
        let known = self.links.get(at).is_some_and(|link| link.conn == conn);
        assert!(known, "8: outputs speak of connections that are there: {conn}");
        at
    }

    fn count_close(&mut self, reason: Reason, overfed: bool) {
        self.reached.close(reason);
        let limits = &self.swarm.limits;
        match reason {
            Reason::SlowReader if limits.outbox_bytes_total_max < limits.outbox_bytes_max => {
                self.reached.cap(Cap::OutboxTotal);
            }
            Reason::SlowReader => self.reached.cap(Cap::Outbox),
            Reason::Replaced => self.reached.cap(Cap::SessionsPerIdentity),
            Reason::HandshakeRefused => self.reached.cap(Cap::HelloTries),
            Reason::Faults => self.reached.cap(if overfed { Cap::Inbox } else { Cap::Faults }),
            Reason::Quit
            | Reason::Stalled
            | Reason::Shutdown
            | Reason::Version
            | Reason::HelloFirst
            | Reason::HandshakeTimeout
            | Reason::PingTimeout
            | Reason::Http
            | Reason::Tls
            | Reason::OtherPort
            | Reason::ServerFull
            | Reason::AddressFull
            | Reason::PasswordRequired
            | Reason::Lost
            | Reason::Other => {}
        }
    }

    fn count_pause(&mut self) {
        let limits = &self.swarm.limits;
        if self.store.waiting() >= limits.questions_max as usize {
            self.reached.cap(Cap::Questions);
        } else if self.store.waiting() >= limits.appends_per_session_max as usize {
            self.reached.cap(Cap::Appends);
        }
    }

    /// The store answers one question.
    pub(crate) fn answer_one(&mut self) -> bool {
        let Some(due) = self.store.answer(&mut self.dice) else { return false };
        let starts = self.starts;
        self.flush_if_asked();
        if self.starts != starts {
            // The server that asked has died of it.
            return true;
        }
        if self.moment() {
            // What was carried out is there afterwards, although the hub was never told.
            self.restart_if_dead();
            return true;
        }
        self.reached.answer(&due.ask, &due.answer);
        self.oracle.answered(&due.ask, &due.answer);
        if !matches!(due.ask, Ask::Closed { .. } | Ask::Seen { .. }) {
            self.tell(|_| format!("  the store answers {:?} with {:?}", due.ask, due.answer));
        }
        self.input(Input::Answered { ticket: due.ticket, answer: due.answer });
        // The hub has been told, and nobody else.
        self.moment();
        self.restart_if_dead();
        true
    }

    /// A turn's worth of bytes waits: the contract wants it written first.
    fn flush_if_asked(&mut self) {
        if self.swarm.obliging && self.hub.wants_flush() {
            for at in self.live.clone() {
                self.write(at);
            }
        }
    }

    /// Writes to a connection that was woken, until it would block or there is nothing left.
    pub(crate) fn write(&mut self, at: usize) -> bool {
        let mut moved = false;
        for _ in 0..100 {
            let link = &self.links[at];
            if !link.open || !link.awake {
                break;
            }
            let (conn, room) = (link.conn, link.room());
            let offered = self.hub.transmit(conn);
            if offered.is_empty() {
                self.links[at].awake = false;
                break;
            }
            let (lines, is_in) = match &self.seats[link.seat].who {
                Who::Standin(standin) => (standin.lines, standin.is_in()),
                Who::Puppet(_) | Who::Machine(_) => (false, false),
            };
            let chunked = link.dialect != Dialect::Native && !lines;
            if chunked {
                check_write(link.dialect, offered);
                if link.dialect == Dialect::Prompt && is_in && offered.contains(&b'\n') {
                    self.reached.cap(Cap::RowsMerge);
                }
            }
            let chunked = chunked || lines && !is_in;
            if offered.len() > self.swarm.limits.turn_bytes_max + 8_192 {
                self.reached.cap(Cap::Turn);
            }
            let short = !self.calm && self.swarm.cuts.is_some() && self.dice.one_in(6);
            let most = if short { self.dice.below(offered.len() + 1) } else { offered.len() };
            let taken = match chunked {
                true if offered.len() > room || short && self.dice.one_in(2) => 0,
                true => offered.len(),
                false => most.min(room),
            };
            self.hash.bytes(&offered[..taken]);
            self.links[at].down.write(&offered[..taken]);
            let all = taken == offered.len();
            self.hub.transmitted(conn, taken);
            let drained = self.hub.transmit(conn).is_empty();
            self.links[at].awake &= !drained;
            self.outputs();
            moved |= taken > 0;
            if !all {
                break;
            }
        }
        moved
    }

    /// Bytes arrive at the server; at most this many.
    pub(crate) fn receive(&mut self, at: usize, most: usize) -> bool {
        let link = &mut self.links[at];
        if !link.open {
            link.up.clear();
            return false;
        }
        if link.broken {
            return self.report_lost(at);
        }
        let stuck = matches!(link.fault, Fault::Stalled | Fault::HalfOpen);
        // Without framing, what waits and what comes later are one; that is their protocol, and no concern of ours here.
        let units = link.dialect == Dialect::Prompt;
        let ahead =
            link.paused && !link.up.is_empty() && !link.read_ahead && !units && !self.calm && self.dice.one_in(4);
        if stuck || link.paused && !ahead {
            return false;
        }
        if link.up.is_empty() {
            return link.peer_gone && self.report_lost(at);
        }
        link.read_ahead |= ahead;
        let mut bytes = std::mem::take(&mut self.buffer);
        let lines = matches!(&self.seats[link.seat].who, Who::Standin(standin) if standin.lines);
        match link.dialect {
            Dialect::Native => link.up.read(most, &mut bytes),
            // What one write gave is one read: their protocols have no other unit.
            Dialect::Prompt if lines => link.up.read(most.max(64), &mut bytes),
            Dialect::Nic | Dialect::Prompt => link.up.read_write(&mut bytes),
        }
        let conn = link.conn;
        self.flush_if_asked();
        self.links[at].overfed |= bytes.len() > self.swarm.limits.inbox_bytes_max;
        self.tell(|world| {
            let name = world.name(world.links[at].seat);
            format!("  {name} -> {:?}", String::from_utf8_lossy(&bytes[..bytes.len().min(300)]))
        });
        self.input(Input::Received { conn, bytes: &bytes });
        self.buffer = bytes;
        true
    }

    fn report_lost(&mut self, at: usize) -> bool {
        let conn = self.links[at].conn;
        self.links[at].down.clear();
        if self.links[at].dialect != Dialect::Native {
            self.oracle.cut_off(at);
        }
        self.tell(|world| format!("  the server loses {}", world.name(world.links[at].seat)));
        self.input(Input::Lost { conn });
        assert!(!self.links[at].open, "7: a lost connection is closed");
        true
    }

    /// Time goes by; deadlines are met when they are due, or a little late.
    pub(crate) fn pass(&mut self, time: Duration) {
        let end = self.now.instant + time;
        let late = if self.calm || !self.dice.one_in(8) { 0 } else { 30_000 * self.dice.below(100) as u64 };
        for count in 0.. {
            assert!(count < 20_000, "14: a handled deadline moves");
            let hub = self.hub.poll_timeout();
            let due = self.client_deadline().into_iter().chain(hub.map(|deadline| deadline.at)).min();
            let Some(due) = due.filter(|due| *due <= end) else { break };
            self.set_clock(due.max(self.now.instant) + Duration::from_micros(late));
            self.meet_deadlines();
            if self.calm || self.dice.one_in(2) {
                self.pump();
            }
        }
        self.set_clock(end.max(self.now.instant));
        self.meet_deadlines();
    }

    fn meet_deadlines(&mut self) {
        if let Some(deadline) = self.hub.poll_timeout().filter(|deadline| deadline.at <= self.now.instant) {
            self.flush_if_asked();
            self.reached.deadline(deadline.cause);
            match deadline.cause {
                "pacing" => self.reached.cap(Cap::Pace),
                "message without its newline" => self.reached.path(Path::NicCompleted),
                _ => {}
            }
            self.tell(|_| format!("  due: {}", deadline.cause));
            self.inputs += 1;
            self.hub.handle_timeout(self.now);
            self.outputs();
            let moved = self.hub.poll_timeout().is_none_or(|next| next.at > self.now.instant);
            assert!(moved, "14: a handled deadline moves: {}", deadline.cause);
        }
        self.meet_client_deadlines();
    }

    fn set_clock(&mut self, instant: Instant) {
        let millis = instant.saturating_since(self.now.instant).as_millis() as i64;
        self.now = Now::new(instant, Timestamp(self.now.timestamp.0 + millis));
    }
}

/// What one write to a chunk-mode client must be (`tutorial-protocols`, Pace).
fn check_write(dialect: Dialect, offered: &[u8]) {
    assert!(offered.len() <= CHUNK_BYTES_MAX, "a write to a chunk-mode client is one that it reads at once");
    assert!(std::str::from_utf8(offered).is_ok(), "a write to a chunk-mode client holds whole characters");
    assert!(dialect != Dialect::Nic || offered == b"NIC" || !offered.starts_with(b"NIC"), "NIC is asked once");
}
