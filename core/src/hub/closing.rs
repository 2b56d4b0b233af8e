//! Ways out: closing, losing, leaving, grace, drain.

use crate::store::Ask;
use crate::text::Note;
use crate::vocabulary::{Event, Reason};
use crate::wire::{Dialect, Flavour};

use super::asks::Pending;
use super::mail::Clockwork;
use super::names::Holder;
use super::phase::Phase;
use super::rooms::Leave;
use super::session::Departure;
use super::timers::{SessionTimer, Timer};
use super::{Closing, Hub, Output};

impl Hub {
    /// Begins to close a session: the last words are queued, everybody else is told, input is read no more.
    pub(super) fn close(&mut self, slot: u32, reason: Reason) {
        if self.sessions[slot].is_closing() {
            return;
        }
        self.end_handshake(slot);
        let session = &mut self.sessions[slot];
        let how = match session.flavour {
            Flavour::Native | Flavour::PromptLines => Closing::Finish,
            Flavour::PromptChunks if reason == Reason::Quit => Closing::Finish,
            Flavour::Nic | Flavour::PromptChunks => Closing::Reset,
        };
        session.phase = Phase::Closing { reason, how };
        session.inbox = alloc::vec::Vec::new();
        session.held = None;
        let cut_off = matches!(reason, Reason::SlowReader | Reason::Stalled);
        if cut_off {
            self.truncate(slot);
        }
        self.sessions[slot].doomed = false;
        self.send(slot, &Event::Bye { reason, text: reason.text().into() });
        self.sessions[slot].silent = true;
        for timer in [SessionTimer::Life, SessionTimer::Stall, SessionTimer::Complete, SessionTimer::Tokens] {
            self.clear_timer(slot, timer);
        }
        let at = self.now.instant + self.config.limits.farewell_timeout;
        self.set_timer(slot, SessionTimer::Farewell, at);
        let departure = self.departure(slot, reason);
        self.sessions[slot].departing.get_or_insert(departure);
        self.depart_if_due(slot);
        if self.sessions.get(slot).is_some() {
            self.close_if_drained(slot);
        }
    }

    /// What the others are told when a session goes for this reason, and whether its place is kept.
    fn departure(&self, slot: u32, reason: Reason) -> Departure {
        let guest = self.sessions[slot].dialect != Dialect::Native;
        let returns = matches!(reason, Reason::Lost | Reason::PingTimeout | Reason::SlowReader | Reason::Stalled);
        Departure {
            reason: Note::parse(reason.note()).expect("these are notes"),
            grace: returns && !guest && !self.draining,
        }
    }

    /// The connection ended. What it had sent is still taken in; then it leaves.
    pub(super) fn lost(&mut self, slot: u32) {
        if self.sessions[slot].is_closing() {
            return self.finish(slot);
        }
        let session = &mut self.sessions[slot];
        session.lost = true;
        session.silent = true;
        session.paused = false;
        let conn = session.conn;
        self.truncate_all(slot);
        for timer in [SessionTimer::Stall, SessionTimer::Complete, SessionTimer::Tokens, SessionTimer::Write] {
            self.clear_timer(slot, timer);
        }
        self.sessions[slot].closed = true;
        self.mail.outputs.push_back(Output::Close { conn, reason: Reason::Lost, how: Closing::Finish });
        self.take_in(slot, &[]);
    }

    /// A lost connection's last frame has been taken in: it leaves, once its appends are answered.
    pub(super) fn lost_and_drained(&mut self, slot: u32) {
        self.end_handshake(slot);
        self.clear_timer(slot, SessionTimer::Life);
        let departure = self.departure(slot, Reason::Lost);
        let session = &mut self.sessions[slot];
        session.phase = Phase::Closing { reason: Reason::Lost, how: Closing::Finish };
        session.departing.get_or_insert(departure);
        self.depart_if_due(slot);
    }

    /// Drops what waits to be sent but the rest of a frame already begun.
    fn truncate(&mut self, slot: u32) {
        let session = &mut self.sessions[slot];
        let before = session.outbox.own_len();
        session.outbox.truncate(slot, &mut self.mail.turns[session.flavour.index()]);
        self.mail.total = self.mail.total + session.outbox.own_len() - before;
    }

    /// Drops everything that waits to be sent.
    fn truncate_all(&mut self, slot: u32) {
        self.truncate(slot);
        let session = &mut self.sessions[slot];
        self.mail.total -= session.outbox.own_len();
        session.outbox = super::outbox::Outbox::new(session.flavour, self.config.limits.prompt_rows_merge);
        session.awake = false;
    }

    /// So many bytes were taken by the connection.
    pub(super) fn taken(&mut self, slot: u32, bytes: usize) {
        let now = self.now.instant;
        let limits = &self.config.limits;
        let session = &mut self.sessions[slot];
        let turn = &mut self.mail.turns[session.flavour.index()];
        if session.is_online() && !session.paused && session.outbox.taken_whole_ride(slot, turn, bytes) {
            session.awake = false;
            return self.clear_timer(slot, SessionTimer::Stall);
        }
        let offered =
            if session.flavour.is_chunked() && now < session.next_write { 0 } else { session.outbox.front(turn).len() };
        if offered == 0 {
            assert_eq!(bytes, 0, "no more is taken than was offered");
            return;
        }
        let before = session.outbox.own_len();
        session.outbox.taken(slot, turn, bytes);
        self.mail.account(slot, session, before, limits);
        if bytes > 0 {
            session.progress = now;
        }
        if session.flavour.is_chunked() && bytes > 0 {
            let interval = match session.flavour {
                Flavour::Nic => limits.nic_write_interval,
                Flavour::PromptChunks | Flavour::PromptLines | Flavour::Native => limits.prompt_write_interval,
            };
            session.next_write = now + interval;
            session.awake = false;
            self.wake(slot);
        }
        if bytes < offered {
            self.watch_for_stall(slot);
        }
        self.close_if_drained(slot);
        if self.sessions.get(slot).is_some() {
            self.go_on_reading(slot);
        }
        // Only now: what going on has put there is part of this same edge.
        if let Some(session) = self.sessions.get_mut(slot)
            && session.outbox.is_empty()
        {
            session.awake = false;
            // What comes to wait later has not waited since now.
            self.clear_timer(slot, SessionTimer::Stall);
        }
    }

    fn watch_for_stall(&mut self, slot: u32) {
        let session = &mut self.sessions[slot];
        if session.deadlines.get(SessionTimer::Stall).is_none() && !session.is_closing() {
            session.progress = self.now.instant;
            let at = self.now.instant + self.config.limits.stall_timeout;
            self.set_timer(slot, SessionTimer::Stall, at);
        }
    }

    /// Wakes a session's connection if there is something to send.
    pub(super) fn wake(&mut self, slot: u32) {
        let mut to = Clockwork { now: self.now.instant, limits: &self.config.limits, timers: &mut self.timers };
        self.mail.wake(slot, &mut self.sessions[slot], &mut to);
    }

    /// Closes a closing connection once its last words are out; a reset waits a little, so that they are read.
    fn close_if_drained(&mut self, slot: u32) {
        let session = &self.sessions[slot];
        let Phase::Closing { how, .. } = session.phase else { return };
        if session.closed || !session.outbox.is_empty() {
            return;
        }
        match how {
            Closing::Finish => self.finish(slot),
            Closing::Reset => {
                let at = self.now.instant + self.config.limits.reset_delay;
                self.set_timer(slot, SessionTimer::Farewell, at);
            }
        }
    }

    /// The connection is over; the session goes too, unless questions of it are open.
    pub(super) fn finish(&mut self, slot: u32) {
        let session = &self.sessions[slot];
        let Phase::Closing { reason, how } = session.phase else {
            unreachable!("only a closing session is finished");
        };
        if !session.closed {
            let conn = session.conn;
            self.truncate_all(slot);
            self.clear_timer(slot, SessionTimer::Farewell);
            self.clear_timer(slot, SessionTimer::Write);
            self.sessions[slot].closed = true;
            self.mail.outputs.push_back(Output::Close { conn, reason, how });
        }
        self.depart_if_due(slot);
    }

    /// Takes a session out of everything once its appends are answered, and out of the hub once it is closed.
    pub(super) fn depart_if_due(&mut self, slot: u32) {
        let session = &self.sessions[slot];
        if session.appends > 0 || session.waiting > 0 || session.asked > 0 {
            return;
        }
        if let Some(departure) = self.sessions[slot].departing.clone()
            && self.sessions[slot].user.is_some()
        {
            self.depart(slot, departure);
        }
        let session = &self.sessions[slot];
        if !session.closed || session.departing.is_none() {
            return;
        }
        self.forget(slot);
    }

    fn forget(&mut self, slot: u32) {
        for timer in SessionTimer::ALL {
            self.clear_timer(slot, timer);
        }
        self.unopened.remove(&slot);
        let session = self.sessions.remove(slot);
        if let Some(address) = session.address {
            let count = self.addresses.get_mut(&address).expect("an open connection's address is counted");
            count.sessions -= 1;
            if count.sessions == 0 {
                self.addresses.remove(&address);
            }
        }
    }

    fn depart(&mut self, slot: u32, departure: Departure) {
        let user = self.sessions[slot].user.expect("only somebody who is in departs");
        let kept = departure.grace && !self.draining;
        for room in self.sessions[slot].places.clone() {
            let how = if kept { Leave::Kept } else { Leave::Told(departure.reason.clone()) };
            self.leave(slot, room, how);
        }
        let person = &mut self.users[user];
        person.sessions.retain(|session| *session != slot);
        let last = person.sessions.is_empty();
        self.sessions[slot].user = None;
        if kept && (last || !self.users[user].kept().is_empty()) {
            let at = self.now.instant + self.config.limits.grace;
            self.end_grace_timer(user);
            self.users[user].aside().grace = Some(at);
            self.timers.insert(at, Timer::Grace(user));
        } else if last {
            self.end_user(user);
        }
    }

    /// Nobody waits for the user's return any more, or waits anew.
    pub(super) fn end_grace_timer(&mut self, user: u32) {
        if let Some(at) = self.users[user].aside.as_mut().and_then(|aside| aside.grace.take()) {
            self.timers.remove(at, Timer::Grace(user));
        }
    }

    /// The grace is over: everybody is told, the name is free for its owner only.
    pub(super) fn end_grace(&mut self, user: u32) {
        self.users[user].aside().grace = None;
        if self.users[user].sessions.is_empty() {
            self.end_user(user);
        } else {
            // Another session is here: only what the lost one alone was in is given up.
            self.end_kept(user);
        }
    }

    fn end_user(&mut self, user: u32) {
        self.end_grace_timer(user);
        self.end_away(user);
        self.end_kept(user);
        let gone = self.users.remove(user);
        self.names.release(&gone.nick, Holder::User(user));
        self.by_identity.remove(&gone.identity.into());
        if !gone.guest {
            let ask = Ask::Seen { identity: gone.identity, at: self.now.timestamp };
            self.asks.ask(&mut self.mail.outputs, ask, Pending::Noted);
        }
    }

    /// A user's kept places are given up.
    pub(super) fn end_kept(&mut self, user: u32) {
        let nick = self.users[user].nick.clone();
        let reason = Note::parse(Reason::Lost.note()).expect("this is a note");
        for room in self.users[user].let_go_of_all() {
            self.vanish(room, user, &nick, Some(&reason));
        }
    }

    /// The server stops: everybody is told, nobody is accepted any more, nobody's place is kept.
    pub(super) fn drain(&mut self) {
        self.draining = true;
        let open: alloc::vec::Vec<u32> = self.sessions.iter().map(|(slot, _)| slot).collect();
        for slot in open {
            if self.sessions.get(slot).is_some() {
                self.close(slot, Reason::Shutdown);
            }
        }
        let graced: alloc::vec::Vec<(u32, crate::time::Instant)> =
            self.users.iter().filter_map(|(slot, user)| Some((slot, user.grace()?))).collect();
        for (user, at) in graced {
            self.timers.remove(at, Timer::Grace(user));
            self.end_grace(user);
        }
    }
}
