//! The turn's shared buffer: what is told to many is written once, and ridden.
//!
//! Whoever keeps up holds no bytes of its own. It rides: it knows where in the buffer its bytes begin, and which coach
//! it sits in; the coach knows where they end. A room's members sit in one coach, so a message to a room of thousands
//! is written once and moves one number, for as long as nobody was told anything else in between.

use alloc::vec::Vec;
use core::ops::Range;

/// One turn's encoded events for one flavour, shared by everybody who is to get them.
#[derive(Debug, Default)]
pub(super) struct TurnBuffer {
    bytes: Vec<u8>,
    /// Slots of sessions that ride, each at least once; some may have got off since.
    pub(super) boarded: Vec<u32>,
    /// How many ride now.
    riders: usize,
    coaches: Vec<Coach>,
    /// Entries in the lists of all coaches together, those included that nothing more is told to.
    apart: usize,
    /// The last turn's longest list, emptied: a new one need not grow.
    spare: Vec<u32>,
    /// How many turns there were: coaches are those of one turn.
    turn: u64,
}

/// A stretch of the buffer that many ride at once. It ends at the same place for all of them, so one move of that end
/// is a delivery to everybody aboard, however many they are.
#[derive(Debug)]
struct Coach {
    end: u32,
    /// How many ride it.
    aboard: u32,
    /// Slots of those who belong to it and do not ride it: they have taken everything, or have bytes of their own.
    apart: Vec<u32>,
}

/// Names a coach for as long as its turn lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct CoachId {
    turn: u64,
    index: u32,
}

impl CoachId {
    /// Its place among the coaches of its turn.
    pub(super) fn index(self) -> usize {
        self.index as usize
    }
}

impl TurnBuffer {
    /// Encodes something into the buffer; the range is what it became.
    pub(super) fn write(&mut self, encode: impl FnOnce(&mut Vec<u8>)) -> Range<u32> {
        let start = self.bytes.len() as u32;
        encode(&mut self.bytes);
        start..self.bytes.len() as u32
    }

    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    pub(super) fn riders(&self) -> usize {
        self.riders
    }

    /// A coach for those who are to get `range`; all of them are still apart.
    pub(super) fn new_coach(&mut self, range: &Range<u32>) -> CoachId {
        let apart = core::mem::take(&mut self.spare);
        self.coaches.push(Coach { end: range.end, aboard: 0, apart });
        CoachId { turn: self.turn, index: (self.coaches.len() - 1) as u32 }
    }

    /// Whether what is written next can be told to a whole coach at once.
    pub(super) fn may_move(&self, coach: CoachId) -> bool {
        let Some(there) = self.coach(coach) else { return false };
        there.end as usize == self.bytes.len() || there.aboard == 0
    }

    /// Takes everybody aboard along to the end of `range`, which was written just now. The others are handed over: to
    /// each of them it has to be brought.
    pub(super) fn move_on(&mut self, coach: CoachId, range: &Range<u32>) -> Vec<u32> {
        let there = &mut self.coaches[coach.index as usize];
        assert!(there.end == range.start || there.aboard == 0, "what is ridden lies together");
        there.end = range.end;
        self.apart -= there.apart.len();
        core::mem::take(&mut there.apart)
    }

    /// Who belongs to a coach and does not ride it; `None` once its turn is over.
    pub(super) fn apart(&self, coach: CoachId) -> Option<&[u32]> {
        self.coach(coach).map(|there| there.apart.as_slice())
    }

    /// How many ride each coach of this turn.
    pub(super) fn aboard(&self) -> impl Iterator<Item = usize> {
        self.coaches.iter().map(|coach| coach.aboard as usize)
    }

    /// Somebody belongs to a coach, and what was told to it has been brought to them in another way.
    pub(super) fn stay_apart(&mut self, coach: CoachId, slot: u32) {
        self.coaches[coach.index as usize].apart.push(slot);
        self.apart += 1;
    }

    /// Bytes of all the lists of who is apart.
    pub(super) fn lists_bytes(&self) -> usize {
        self.apart * size_of::<u32>()
    }

    fn coach(&self, coach: CoachId) -> Option<&Coach> {
        self.coaches.get(coach.index as usize).filter(|_| coach.turn == self.turn)
    }

    /// What was written there.
    pub(super) fn written(&self, range: &Range<u32>) -> &[u8] {
        &self.bytes[range.start as usize..range.end as usize]
    }

    /// What a ride holds; nothing for none.
    pub(super) fn get(&self, ride: Ride) -> &[u8] {
        match self.coaches.get(ride.coach as usize) {
            Some(coach) => &self.bytes[ride.start as usize..coach.end as usize],
            None => &[],
        }
    }

    /// Where a ride ends by now.
    pub(super) fn end(&self, ride: Ride) -> u32 {
        self.coaches[ride.coach as usize].end
    }

    /// Somebody gets on, to ride from `start` on.
    pub(super) fn board(&mut self, coach: CoachId, start: u32, slot: u32) -> Ride {
        self.riders += 1;
        self.boarded.push(slot);
        self.coaches[coach.index as usize].aboard += 1;
        Ride { start, coach: coach.index }
    }

    /// Somebody changes coaches where the one's stretch goes on in the other's.
    pub(super) fn change(&mut self, ride: Ride, to: CoachId, slot: u32) -> Ride {
        let left = &mut self.coaches[ride.coach as usize];
        left.aboard -= 1;
        left.apart.push(slot);
        self.apart += 1;
        self.coaches[to.index as usize].aboard += 1;
        Ride { start: ride.start, coach: to.index }
    }

    /// Somebody gets off. With the last one the turn is over and the buffer starts anew.
    pub(super) fn alight(&mut self, ride: Ride, slot: u32) {
        let left = &mut self.coaches[ride.coach as usize];
        left.aboard -= 1;
        left.apart.push(slot);
        self.apart += 1;
        self.leave();
    }

    fn leave(&mut self) {
        self.riders -= 1;
        if self.riders == 0 {
            self.rewind();
        }
    }

    fn rewind(&mut self) {
        const KEPT: usize = 256 * 1024;
        self.turn += 1;
        self.apart = 0;
        self.bytes.clear();
        self.boarded.clear();
        self.bytes.shrink_to(KEPT);
        self.boarded.shrink_to(KEPT / 16);
        if let Some(longest) = self.coaches.drain(..).map(|coach| coach.apart).max_by_key(Vec::capacity) {
            self.spare = longest;
            self.spare.clear();
            self.spare.shrink_to(KEPT / 16);
        }
        self.coaches.shrink_to(KEPT / 4_096);
    }

    /// Keeps the buffer as it is while a range of it is handed out, although nobody may ride yet.
    pub(super) fn pin(&mut self) {
        self.riders += 1;
    }

    /// Ends [`TurnBuffer::pin`].
    pub(super) fn unpin(&mut self) {
        self.leave();
    }
}

/// Where somebody sits: from `start` to wherever the coach ends.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ride {
    start: u32,
    coach: u32,
}

impl Ride {
    /// On foot: nobody has so many coaches.
    pub(super) const NONE: Ride = Ride { start: 0, coach: u32::MAX };

    pub(super) fn is_none(self) -> bool {
        self.coach == u32::MAX
    }

    /// Whether it is a ride in this coach.
    pub(super) fn is_in(self, coach: CoachId) -> bool {
        self.coach == coach.index
    }

    /// So many bytes of it were taken.
    pub(super) fn advance(&mut self, bytes: u32) {
        self.start += bytes;
    }

    /// Where it begins by now.
    pub(super) fn start(self) -> u32 {
        self.start
    }
}
