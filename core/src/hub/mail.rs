//! Delivery: from an event to the outboxes of those who are to get it.

use alloc::collections::VecDeque;
use alloc::vec::Vec;
use core::ops::Range;

use crate::id::Slots;
use crate::limits::Limits;
use crate::time::Instant;
use crate::vocabulary::Event;
use crate::wire::{Flavour, encode_event};

use super::Output;
use super::outbox::TurnBuffer;
use super::session::Session;
use super::timers::{SessionTimer, Timers};

/// The turn's buffers, the bounds that hold for all outboxes together, and what the driver is to do.
#[derive(Debug, Default)]
pub(super) struct Mail {
    pub(super) turns: [TurnBuffer; Flavour::COUNT],
    pub(super) outputs: VecDeque<Output>,
    /// Sessions whose outbox overflowed; closed before the input that did it is over.
    pub(super) doomed: Vec<u32>,
    /// Bytes of all outboxes together.
    pub(super) total: usize,
    scratch: Vec<u8>,
}

/// One event on its way to many: encoded at most once per flavour.
#[derive(Debug)]
pub(super) struct Sheet<'a> {
    event: &'a Event,
    ranges: [Option<Range<u32>>; Flavour::COUNT],
}

impl<'a> Sheet<'a> {
    pub(super) fn new(event: &'a Event) -> Self {
        Self { event, ranges: [const { None }; Flavour::COUNT] }
    }
}

impl Mail {
    /// Delivers a sheet to one of its readers. Constant time but for the first reader of each flavour.
    pub(super) fn deliver(&mut self, slot: u32, session: &mut Session, sheet: &mut Sheet<'_>, to: &mut Clockwork<'_>) {
        if session.doomed || session.silent {
            return;
        }
        let turn = &mut self.turns[session.flavour.index()];
        let range = sheet.ranges[session.flavour.index()].get_or_insert_with(|| {
            turn.pin();
            turn.write(|out| encode_event(session.flavour, sheet.event, out))
        });
        if range.start == range.end {
            return;
        }
        let before = session.outbox.own_len();
        session.outbox.push_ride(slot, turn, range);
        self.account(slot, session, before, to.limits);
        self.wake(slot, session, to);
    }

    /// Ends a sheet's delivery; the turn's buffers may start anew from here on.
    pub(super) fn delivered(&mut self, sheet: Sheet<'_>) {
        for (turn, range) in self.turns.iter_mut().zip(sheet.ranges) {
            if range.is_some() {
                turn.unpin();
            }
        }
    }

    /// Sends what `encode` writes to one session alone.
    pub(super) fn send(
        &mut self,
        slot: u32,
        session: &mut Session,
        encode: impl FnOnce(&mut Vec<u8>),
        to: &mut Clockwork<'_>,
    ) {
        if session.doomed || session.silent {
            return;
        }
        let mut bytes = core::mem::take(&mut self.scratch);
        bytes.clear();
        encode(&mut bytes);
        if !bytes.is_empty() {
            let before = session.outbox.own_len();
            session.outbox.push_own(&mut self.turns[session.flavour.index()], &bytes);
            self.account(slot, session, before, to.limits);
            self.wake(slot, session, to);
        }
        const KEPT: usize = 64 * 1024;
        bytes.shrink_to(KEPT);
        self.scratch = bytes;
    }

    /// Counts what an outbox grew or shrank by; dooms its owner where it is over the bound.
    pub(super) fn account(&mut self, slot: u32, session: &mut Session, before: usize, limits: &Limits) {
        self.total = self.total + session.outbox.own_len() - before;
        if session.outbox.own_len() > limits.outbox_bytes_max && !session.doomed {
            self.doom(slot, session);
        }
    }

    /// Cuts a session off: what waits for it is dropped, and it is closed before the input is over.
    pub(super) fn doom(&mut self, slot: u32, session: &mut Session) {
        session.doomed = true;
        let before = session.outbox.own_len();
        session.outbox.truncate(&mut self.turns[session.flavour.index()]);
        self.total = self.total + session.outbox.own_len() - before;
        self.doomed.push(slot);
    }

    /// Tells the driver of bytes that may be sent now, once; or sets the time at which they may.
    pub(super) fn wake(&mut self, slot: u32, session: &mut Session, to: &mut Clockwork<'_>) {
        if session.awake || session.closed || session.outbox.is_empty() {
            return;
        }
        if session.flavour.is_chunked() && to.now < session.next_write {
            if session.deadlines.get(SessionTimer::Write).is_none() {
                to.timers.set(&mut session.deadlines, slot, SessionTimer::Write, session.next_write);
            }
            return;
        }
        session.awake = true;
        self.outputs.push_back(Output::Wake(session.conn));
    }

    /// Copies what is ridden to its riders where a turn's buffer is over its bound, so that it can start anew.
    pub(super) fn unload(&mut self, sessions: &mut Slots<Session>, limits: &Limits) {
        for index in 0..self.turns.len() {
            if self.turns[index].len() <= limits.turn_bytes_max {
                continue;
            }
            for slot in core::mem::take(&mut self.turns[index].boarded) {
                if let Some(session) = sessions.get_mut(slot)
                    && session.flavour.index() == index
                    && session.outbox.rides()
                {
                    let before = session.outbox.own_len();
                    session.outbox.copy_ride(&mut self.turns[index], None);
                    self.account(slot, session, before, limits);
                }
            }
        }
    }
}

/// What delivery needs besides the outboxes.
#[derive(Debug)]
pub(super) struct Clockwork<'a> {
    pub(super) now: Instant,
    pub(super) limits: &'a Limits,
    pub(super) timers: &'a mut Timers,
}
