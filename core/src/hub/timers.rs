//! Every deadline of the hub, in one ordered set.

use alloc::collections::BTreeSet;

use crate::time::Instant;

/// What a deadline is for. One per kind and owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Timer {
    Session(u32, SessionTimer),
    /// A user's grace ends.
    Grace(u32),
    /// A large room tells its presence in bulk.
    Presence(u32),
}

impl Timer {
    pub(super) const fn cause(self) -> &'static str {
        match self {
            Timer::Session(_, SessionTimer::Life) => "handshake or sign of life",
            Timer::Session(_, SessionTimer::Stall) => "no write progress",
            Timer::Session(_, SessionTimer::Write) => "next paced write",
            Timer::Session(_, SessionTimer::Complete) => "message without its newline",
            Timer::Session(_, SessionTimer::Tokens) => "pacing",
            Timer::Session(_, SessionTimer::Farewell) => "farewell",
            Timer::Grace(_) => "grace",
            Timer::Presence(_) => "presence in bulk",
        }
    }
}

/// The deadlines a session may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum SessionTimer {
    /// The handshake, then liveness. Every session has it until it closes.
    Life,
    /// Bytes wait and the connection takes none.
    Stall,
    /// The next write of a paced connection.
    Write,
    /// A `nic` message is complete without its newline.
    Complete,
    /// A token is there again.
    Tokens,
    /// The last words have had their time.
    Farewell,
}

impl SessionTimer {
    pub(super) const ALL: [SessionTimer; 6] = [
        SessionTimer::Life,
        SessionTimer::Stall,
        SessionTimer::Write,
        SessionTimer::Complete,
        SessionTimer::Tokens,
        SessionTimer::Farewell,
    ];
}

/// When each of a session's deadlines is due; the far end of time where it has none.
#[derive(Clone, Copy, Debug)]
pub(super) struct SessionDeadlines([Instant; SessionTimer::ALL.len()]);

const NEVER: Instant = Instant::from_micros(u64::MAX);

impl SessionDeadlines {
    pub(super) const fn new() -> Self {
        Self([NEVER; SessionTimer::ALL.len()])
    }

    pub(super) fn get(&self, timer: SessionTimer) -> Option<Instant> {
        Some(self.0[timer as usize]).filter(|at| *at != NEVER)
    }
}

/// The ordered set. Setting, clearing and taking cost O(log n); the next one is at hand.
#[derive(Debug, Default)]
pub(super) struct Timers(BTreeSet<(Instant, Timer)>);

impl Timers {
    pub(super) fn next(&self) -> Option<(Instant, Timer)> {
        self.0.first().copied()
    }

    pub(super) fn take_due(&mut self, now: Instant) -> Option<(Instant, Timer)> {
        let (at, timer) = self.next().filter(|(at, _)| *at <= now)?;
        self.0.remove(&(at, timer));
        Some((at, timer))
    }

    pub(super) fn insert(&mut self, at: Instant, timer: Timer) {
        let new = self.0.insert((at, timer));
        assert!(new, "a deadline is set once");
    }

    pub(super) fn remove(&mut self, at: Instant, timer: Timer) {
        let found = self.0.remove(&(at, timer));
        assert!(found, "a deadline that its owner knows is in the set");
    }

    /// Sets a session's deadline, in place of an earlier one of the same kind.
    pub(super) fn set(&mut self, deadlines: &mut SessionDeadlines, slot: u32, timer: SessionTimer, at: Instant) {
        self.clear(deadlines, slot, timer);
        if at != NEVER {
            deadlines.0[timer as usize] = at;
            self.insert(at, Timer::Session(slot, timer));
        }
    }

    /// Clears a session's deadline, if it is set.
    pub(super) fn clear(&mut self, deadlines: &mut SessionDeadlines, slot: u32, timer: SessionTimer) {
        if let Some(at) = deadlines.get(timer) {
            self.remove(at, Timer::Session(slot, timer));
            deadlines.0[timer as usize] = NEVER;
        }
    }

    /// Notes that a session's deadline was taken out of the set by [`Timers::take_due`].
    pub(super) fn taken(deadlines: &mut SessionDeadlines, timer: SessionTimer) {
        deadlines.0[timer as usize] = NEVER;
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn contains(&self, at: Instant, timer: Timer) -> bool {
        self.0.contains(&(at, timer))
    }
}
