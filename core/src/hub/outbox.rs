//! What waits to be sent: a ride in the turn's shared buffer, own copies, and paced rows.
//!
//! A connection that keeps up rides the shared buffer (see [`super::turn`]). What cannot ride — bytes for one connection
//! or for a few, what is left after a short write — is copied into the outbox and counted against its bound, so that
//! slow readers pin nothing.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::ops::Range;

use crate::wire::Flavour;

use super::rows::Rows;
use super::turn::{CoachId, Ride, TurnBuffer};

/// What one connection waits for.
#[derive(Debug)]
pub(super) enum Outbox {
    /// A stream: bytes in order, however they are cut.
    Stream {
        /// Copies, from `taken` on. While there are any, nothing rides.
        own: Vec<u8>,
        taken: usize,
        /// What of the turn buffer is ridden.
        ride: Ride,
        /// Whether bytes before `taken` and ride end inside a frame: a short write was seen since the last edge.
        torn: bool,
    },
    /// Rows for a client without framing: one write at a time.
    Rows(Box<Rows>),
}

impl Outbox {
    pub(super) fn new(flavour: Flavour, rows_merge: usize) -> Self {
        if flavour.is_chunked() {
            Outbox::Rows(Box::new(Rows::new(flavour, rows_merge)))
        } else {
            Outbox::Stream { own: Vec::new(), taken: 0, ride: Ride::NONE, torn: false }
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        match self {
            Outbox::Stream { own, ride, .. } => own.is_empty() && ride.is_none(),
            Outbox::Rows(rows) => rows.lengths.is_empty(),
        }
    }

    /// Bytes copied for this connection alone: what counts against the bounds.
    pub(super) fn own_len(&self) -> usize {
        match self {
            Outbox::Stream { own, taken, .. } => own.len() - taken,
            Outbox::Rows(rows) => rows.bytes.len() - rows.taken,
        }
    }

    pub(super) fn rides(&self) -> bool {
        matches!(self, Outbox::Stream { ride, .. } if !ride.is_none())
    }

    /// Whether it is this coach that is ridden.
    pub(super) fn rides_in(&self, coach: CoachId) -> bool {
        matches!(self, Outbox::Stream { ride, .. } if ride.is_in(coach))
    }

    /// What one write may take now, pacing aside.
    pub(super) fn front<'a>(&'a self, turn: &'a TurnBuffer) -> &'a [u8] {
        match self {
            Outbox::Stream { own, taken, ride, .. } => {
                if own.is_empty() {
                    turn.get(*ride)
                } else {
                    &own[*taken..]
                }
            }
            Outbox::Rows(rows) => rows.chunk(),
        }
    }

    /// Puts a range of the turn buffer behind what waits, in a coach whose stretch ends with it. `false` if it had to
    /// be copied.
    pub(super) fn push_ride(&mut self, slot: u32, turn: &mut TurnBuffer, coach: CoachId, range: &Range<u32>) -> bool {
        let Outbox::Stream { own, ride, .. } = self else { unreachable!("only streams ride") };
        if own.is_empty() && ride.is_none() {
            *ride = turn.board(coach, range.start, slot);
            return true;
        }
        if own.is_empty() && turn.end(*ride) == range.start {
            *ride = turn.change(*ride, coach, slot);
            return true;
        }
        self.copy_ride(slot, turn);
        if let Outbox::Stream { own, .. } = self {
            own.extend_from_slice(turn.written(range));
        }
        turn.stay_apart(coach, slot);
        false
    }

    /// Puts a row of the turn buffer behind those that wait.
    pub(super) fn push_row(&mut self, turn: &TurnBuffer, range: &Range<u32>) {
        let Outbox::Rows(rows) = self else { unreachable!("only rows are brought one by one") };
        rows.push(turn.written(range));
    }

    /// Puts bytes for this connection alone behind what waits.
    pub(super) fn push_own(&mut self, slot: u32, turn: &mut TurnBuffer, bytes: &[u8]) {
        self.copy_ride(slot, turn);
        match self {
            Outbox::Stream { own, .. } => own.extend_from_slice(bytes),
            Outbox::Rows(rows) => rows.push(bytes),
        }
    }

    /// Gets off the turn buffer, if it rides: what was ridden is copied.
    pub(super) fn copy_ride(&mut self, slot: u32, turn: &mut TurnBuffer) {
        if let Outbox::Stream { own, ride, .. } = self
            && !ride.is_none()
        {
            own.extend_from_slice(turn.get(*ride));
            turn.alight(core::mem::replace(ride, Ride::NONE), slot);
        }
    }

    /// By far the most frequent end of a write: somebody rides, and has taken all of it. `false` if it is not that.
    pub(super) fn taken_whole_ride(&mut self, slot: u32, turn: &mut TurnBuffer, bytes: usize) -> bool {
        let Outbox::Stream { own, ride, torn, .. } = self else { return false };
        if !own.is_empty() || ride.is_none() || turn.end(*ride) as usize != ride.start() as usize + bytes {
            return false;
        }
        *torn = false;
        turn.alight(core::mem::replace(ride, Ride::NONE), slot);
        true
    }

    /// So many bytes of [`Outbox::front`] were taken. A short write gets off the turn buffer.
    pub(super) fn taken(&mut self, slot: u32, turn: &mut TurnBuffer, bytes: usize) {
        let offered = self.front(turn).len();
        assert!(bytes <= offered, "no more is taken than was offered");
        if self.taken_whole_ride(slot, turn, bytes) {
            return;
        }
        match self {
            Outbox::Stream { own, taken, ride, torn } => {
                *torn = bytes < offered;
                if own.is_empty() {
                    ride.advance(bytes as u32);
                    self.copy_ride(slot, turn);
                } else {
                    const COMPACT: usize = 64 * 1024;
                    *taken += bytes;
                    if *taken == own.len() {
                        *own = Vec::new();
                        *taken = 0;
                    } else if *taken > COMPACT {
                        own.drain(..*taken);
                        *taken = 0;
                    }
                }
            }
            Outbox::Rows(rows) => rows.take(bytes),
        }
    }

    /// Drops what waits but the rest of a frame whose beginning was sent, so that a farewell can follow.
    pub(super) fn truncate(&mut self, slot: u32, turn: &mut TurnBuffer) {
        self.copy_ride(slot, turn);
        match self {
            Outbox::Stream { own, taken, torn, .. } => {
                let mut rest = Vec::new();
                if *torn && *taken > 0 && own.get(*taken - 1) != Some(&b'\n') || *torn && *taken == 0 {
                    let waiting = &own[*taken..];
                    let end = waiting.iter().position(|byte| *byte == b'\n').map_or(waiting.len(), |at| at + 1);
                    rest.extend_from_slice(&waiting[..end]);
                }
                *own = rest;
                *taken = 0;
            }
            Outbox::Rows(rows) => rows.clear(),
        }
    }

    /// Moves what waits over to another flavour's box.
    pub(super) fn convert(&mut self, flavour: Flavour, rows_merge: usize) {
        if let Outbox::Rows(rows) = self
            && !flavour.is_chunked()
        {
            let own = rows.bytes.split_off(rows.taken);
            *self = Outbox::Stream { own, taken: 0, ride: Ride::NONE, torn: false };
        } else if flavour.is_chunked() && matches!(self, Outbox::Stream { .. }) {
            *self = Outbox::new(flavour, rows_merge);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::CHUNK_BYTES_MAX;
    use alloc::string::String;

    fn rows(flavour: Flavour, rows: &[&str]) -> (Outbox, TurnBuffer) {
        let (mut outbox, mut turn) = (Outbox::new(flavour, 32), TurnBuffer::default());
        for row in rows {
            outbox.push_own(0, &mut turn, row.as_bytes());
        }
        (outbox, turn)
    }

    /// Tells something to a coach of its own.
    fn ride(outbox: &mut Outbox, turn: &mut TurnBuffer, text: &str) {
        turn.pin();
        let range = turn.write(|out| out.extend_from_slice(text.as_bytes()));
        let coach = turn.new_coach(&range);
        outbox.push_ride(0, turn, coach, &range);
        turn.unpin();
    }

    fn drain(outbox: &mut Outbox, turn: &mut TurnBuffer) -> Vec<String> {
        let mut writes = Vec::new();
        while !outbox.is_empty() {
            let write = outbox.front(turn).to_vec();
            outbox.taken(0, turn, write.len());
            writes.push(String::from_utf8(write).expect("a write ends at a character"));
        }
        writes
    }

    #[test]
    fn a_prompt_row_is_one_write_without_its_newline() {
        let (mut outbox, mut turn) = rows(Flavour::PromptChunks, &["a: x", "b: y"]);
        assert_eq!(drain(&mut outbox, &mut turn), ["a: x", "b: y"]);
    }

    #[test]
    fn many_waiting_prompt_rows_share_a_write() {
        let many = ["a: x"; 40];
        let (mut outbox, mut turn) = rows(Flavour::PromptChunks, &many);
        let writes = drain(&mut outbox, &mut turn);
        assert_eq!(writes.len(), 1);
        assert_eq!(writes[0].split('\n').count(), 40);
    }

    #[test]
    fn nic_rows_share_a_write_up_to_1024_bytes() {
        let row = alloc::format!("a: {}\n", "x".repeat(396));
        let (mut outbox, mut turn) = rows(Flavour::Nic, &[&row, &row, &row]);
        let writes = drain(&mut outbox, &mut turn);
        assert_eq!(writes.iter().map(String::len).collect::<Vec<_>>(), [800, 400]);
    }

    #[test]
    fn a_long_row_is_cut_at_a_character() {
        let text = alloc::format!("a: {}\n", "سلام".repeat(400));
        for flavour in [Flavour::Nic, Flavour::PromptChunks] {
            let (mut outbox, mut turn) = rows(flavour, &[&text]);
            let writes = drain(&mut outbox, &mut turn);
            assert!(writes.iter().all(|write| write.len() <= CHUNK_BYTES_MAX));
            assert_eq!(writes.concat().trim_end(), text.trim_end());
        }
    }

    #[test]
    fn a_short_write_copies_the_rest_and_frees_the_turn() {
        let (mut outbox, mut turn) = (Outbox::new(Flavour::Native, 32), TurnBuffer::default());
        ride(&mut outbox, &mut turn, "hello\nworld\n");
        assert_eq!(turn.riders(), 1);
        outbox.taken(0, &mut turn, 3);
        assert_eq!(turn.riders(), 0);
        assert_eq!(turn.len(), 0);
        assert_eq!(outbox.front(&turn), b"lo\nworld\n");
        outbox.truncate(0, &mut turn);
        assert_eq!(outbox.front(&turn), b"lo\n");
    }

    #[test]
    fn whoever_is_cut_off_gets_the_rest_of_the_frame_begun_and_nothing_else() {
        for (taken, rest) in [(3, &b"lo\n"[..]), (6, b""), (8, b"rld\n")] {
            let (mut outbox, mut turn) = (Outbox::new(Flavour::Native, 32), TurnBuffer::default());
            outbox.push_own(0, &mut turn, b"hello\nworld\nagain\n");
            outbox.taken(0, &mut turn, taken);
            outbox.truncate(0, &mut turn);
            assert_eq!(outbox.front(&turn), rest, "after {taken} bytes");
        }
    }

    #[test]
    fn the_last_words_to_a_slow_messenger_are_a_row_as_any_other() {
        let (mut outbox, mut turn) = rows(Flavour::Nic, &["a: x\n", "b: y\n"]);
        outbox.truncate(0, &mut turn);
        outbox.push_own(0, &mut turn, b"Your connection was too slow.\n");
        assert_eq!(drain(&mut outbox, &mut turn), ["Your connection was too slow.\n"]);
    }

    #[test]
    fn a_long_outbox_forgets_what_was_taken_and_nothing_else() {
        let (mut outbox, mut turn) = (Outbox::new(Flavour::Native, 32), TurnBuffer::default());
        let bytes: Vec<u8> = (0..200_000_u32).map(|n| n as u8).collect();
        outbox.push_own(0, &mut turn, &bytes);
        let mut taken = 0;
        while taken < 160_000 {
            outbox.taken(0, &mut turn, 7_919);
            taken += 7_919;
            assert_eq!(outbox.front(&turn), &bytes[taken..]);
            assert_eq!(outbox.own_len(), bytes.len() - taken);
        }
    }

    #[test]
    fn adjacent_ranges_grow_into_one_write_and_others_are_copied_in_order() {
        let (mut outbox, mut turn) = (Outbox::new(Flavour::Native, 32), TurnBuffer::default());
        ride(&mut outbox, &mut turn, "a\n");
        ride(&mut outbox, &mut turn, "b\n");
        assert_eq!((outbox.front(&turn), outbox.own_len()), (&b"a\nb\n"[..], 0));
        let _not_for_it = turn.write(|out| out.extend_from_slice(b"c\n"));
        ride(&mut outbox, &mut turn, "d\n");
        outbox.push_own(0, &mut turn, b"e\n");
        assert_eq!(outbox.front(&turn), b"a\nb\nd\ne\n");
        assert_eq!(turn.riders(), 0);
    }
}
