//! Delivery: from an event to the outboxes of those who are to get it.

use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::vec::Vec;
use core::ops::Range;

use crate::id::Slots;
use crate::limits::Limits;
use crate::time::Instant;
use crate::vocabulary::Event;
use crate::wire::{Flavour, encode_event};

use super::Output;
use super::session::Session;
use super::timers::{SessionTimer, Timers};
use super::turn::{CoachId, TurnBuffer};

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
struct Sheet<'a> {
    event: &'a Event,
    ranges: [Option<Range<u32>>; Flavour::COUNT],
    coaches: [Option<CoachId>; Flavour::COUNT],
    /// Slots of readers to whom everything has to be brought one by one.
    each: Vec<u32>,
}

/// Those who were told the same last: as long as that is all they were told, they are told what is next in one step.
#[derive(Debug, Default)]
pub(super) struct Together {
    /// By flavour.
    pub(super) coaches: [Option<CoachId>; Flavour::COUNT],
    /// Slots of those who sit in none.
    pub(super) each: Vec<u32>,
}

impl Mail {
    /// Tells an event to many, each of them once. `together` is what the last telling to the very same readers gave,
    /// if there was one; what is given back serves the next. Constant time for all of them who sit in one coach.
    pub(super) fn tell(
        &mut self,
        sessions: &mut Slots<Session>,
        readers: &[u32],
        together: Option<Box<Together>>,
        event: &Event,
        to: &mut Clockwork<'_>,
    ) -> Option<Box<Together>> {
        if readers.len() <= to.limits.told_each_max as usize {
            self.tell_each(sessions, readers, event, to);
            return None;
        }
        self.unload(sessions, to.limits);
        let mut sheet = Sheet {
            event,
            ranges: [const { None }; Flavour::COUNT],
            coaches: [None; Flavour::COUNT],
            each: Vec::new(),
        };
        let mut together = together.unwrap_or_default();
        if self.sit_together(&together) {
            sheet.coaches = together.coaches;
            for index in 0..Flavour::COUNT {
                let Some(coach) = sheet.coaches[index] else { continue };
                let range = self.write(index, &mut sheet);
                if range.start == range.end {
                    continue;
                }
                for slot in self.turns[index].move_on(coach, &range) {
                    self.deliver(slot, &mut sessions[slot], &mut sheet, to);
                }
            }
            for slot in &together.each {
                self.deliver(*slot, &mut sessions[*slot], &mut sheet, to);
            }
        } else {
            for slot in readers {
                self.deliver(*slot, &mut sessions[*slot], &mut sheet, to);
            }
        }
        let Sheet { ranges, coaches, each, .. } = sheet;
        for (turn, range) in self.turns.iter_mut().zip(ranges) {
            if range.is_some() {
                turn.unpin();
            }
        }
        *together = Together { coaches, each };
        Some(together)
    }

    /// Tells an event to a few, each of whom gets a copy.
    fn tell_each(&mut self, sessions: &mut Slots<Session>, readers: &[u32], event: &Event, to: &mut Clockwork<'_>) {
        let mut bytes = self.take_scratch();
        let mut ranges = [const { None }; Flavour::COUNT];
        for slot in readers {
            let session = &mut sessions[*slot];
            let range: &Range<usize> = ranges[session.flavour.index()].get_or_insert_with(|| {
                let start = bytes.len();
                encode_event(session.flavour, event, &mut bytes);
                start..bytes.len()
            });
            self.bring(*slot, session, &bytes[range.clone()], to);
        }
        self.keep_scratch(bytes);
    }

    /// Whether every coach can simply move on.
    fn sit_together(&self, together: &Together) -> bool {
        let known = !together.each.is_empty() || together.coaches.iter().any(Option::is_some);
        let mut turns = self.turns.iter().zip(together.coaches);
        known && turns.all(|(turn, coach)| coach.is_none_or(|coach| turn.may_move(coach)))
    }

    /// The event's bytes in a flavour's buffer, which stays as it is until the telling is over.
    fn write(&mut self, index: usize, sheet: &mut Sheet<'_>) -> Range<u32> {
        let range = sheet.ranges[index].get_or_insert_with(|| {
            let turn = &mut self.turns[index];
            turn.pin();
            turn.write(|out| encode_event(Flavour::ALL[index], sheet.event, out))
        });
        range.clone()
    }

    /// Brings a sheet to one of its readers.
    fn deliver(&mut self, slot: u32, session: &mut Session, sheet: &mut Sheet<'_>, to: &mut Clockwork<'_>) {
        let index = session.flavour.index();
        if session.doomed || session.silent {
            return match sheet.coaches[index] {
                Some(coach) => self.turns[index].stay_apart(coach, slot),
                None => sheet.each.push(slot),
            };
        }
        let range = self.write(index, sheet);
        let turn = &mut self.turns[index];
        let before = session.outbox.own_len();
        if session.flavour.is_chunked() {
            sheet.each.push(slot);
            if range.start == range.end {
                return;
            }
            session.outbox.push_row(turn, &range);
        } else {
            let coach = *sheet.coaches[index].get_or_insert_with(|| turn.new_coach(&range));
            if range.start == range.end {
                return turn.stay_apart(coach, slot);
            }
            if session.outbox.push_ride(slot, turn, coach, &range) {
                return self.wake(slot, session, to);
            }
        }
        self.account(slot, session, before, to.limits);
        self.wake(slot, session, to);
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
        let mut bytes = self.take_scratch();
        encode(&mut bytes);
        self.bring(slot, session, &bytes, to);
        self.keep_scratch(bytes);
    }

    /// Puts bytes into one session's outbox.
    fn bring(&mut self, slot: u32, session: &mut Session, bytes: &[u8], to: &mut Clockwork<'_>) {
        if bytes.is_empty() || session.doomed || session.silent {
            return;
        }
        let before = session.outbox.own_len();
        session.outbox.push_own(slot, &mut self.turns[session.flavour.index()], bytes);
        self.account(slot, session, before, to.limits);
        self.wake(slot, session, to);
    }

    fn take_scratch(&mut self) -> Vec<u8> {
        let mut bytes = core::mem::take(&mut self.scratch);
        bytes.clear();
        bytes
    }

    fn keep_scratch(&mut self, mut bytes: Vec<u8>) {
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
        session.outbox.truncate(slot, &mut self.turns[session.flavour.index()]);
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
    fn unload(&mut self, sessions: &mut Slots<Session>, limits: &Limits) {
        for index in 0..self.turns.len() {
            let turn = &self.turns[index];
            if turn.len().max(turn.lists_bytes()) <= limits.turn_bytes_max {
                continue;
            }
            for slot in core::mem::take(&mut self.turns[index].boarded) {
                if let Some(session) = sessions.get_mut(slot)
                    && session.flavour.index() == index
                    && session.outbox.rides()
                {
                    let before = session.outbox.own_len();
                    session.outbox.copy_ride(slot, &mut self.turns[index]);
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
