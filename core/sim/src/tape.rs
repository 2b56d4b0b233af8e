//! The tape: where every choice of a run comes from.
//!
//! A tape is a header of [`HEADER_BYTES`] (what world this is) and then records of [`STEP_BYTES`], one for each step.
//! A step draws from its own record alone, so that steps can be taken out or changed without moving the others: that
//! is what makes a failing tape shrink well, and what a fuzzer's mutations live on.

/// Bytes at the beginning of a tape that say what kind of world it is.
pub const HEADER_BYTES: usize = 64;
/// Bytes of one step.
pub const STEP_BYTES: usize = 16;

/// Bytes from which all choices of one run are drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tape {
    bytes: Vec<u8>,
}

impl Tape {
    /// The tape of a seed, with this many steps.
    pub fn seeded(seed: u64, steps: usize) -> Self {
        let mut state = seed;
        let words = (HEADER_BYTES + steps * STEP_BYTES) / 8;
        let mut bytes = Vec::with_capacity(words * 8);
        for _ in 0..words {
            bytes.extend_from_slice(&split_mix(&mut state).to_le_bytes());
        }
        Self { bytes }
    }

    /// Any bytes are a tape; what is missing at its end reads as zeros.
    pub fn from_bytes(bytes: &[u8]) -> Self {
        Self { bytes: bytes.to_vec() }
    }

    /// The bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// How many steps it holds; the last may be cut short.
    pub fn steps(&self) -> usize {
        self.bytes.len().saturating_sub(HEADER_BYTES).div_ceil(STEP_BYTES)
    }

    /// What the world is drawn from.
    pub fn header(&self) -> Dice<'_> {
        Dice::new(&self.bytes[..self.bytes.len().min(HEADER_BYTES)])
    }

    /// What the step with this number is drawn from.
    pub fn step(&self, number: usize) -> Dice<'_> {
        let start = (HEADER_BYTES + number * STEP_BYTES).min(self.bytes.len());
        let end = (start + STEP_BYTES).min(self.bytes.len());
        Dice::new(&self.bytes[start..end])
    }

    /// The tape with only those steps for which `keep` says so.
    #[must_use]
    pub fn filtered(&self, mut keep: impl FnMut(usize) -> bool) -> Self {
        let mut bytes = self.bytes[..self.bytes.len().min(HEADER_BYTES)].to_vec();
        for number in (0..self.steps()).filter(|number| keep(*number)) {
            let start = HEADER_BYTES + number * STEP_BYTES;
            bytes.extend_from_slice(&self.bytes[start..(start + STEP_BYTES).min(self.bytes.len())]);
        }
        Self { bytes }
    }
}

/// Draws choices from a few bytes. When they are used up it goes on with numbers made of them, so that a step may draw
/// as much as it needs; zeros go on as zeros, the plainest choice of each kind.
#[derive(Clone, Debug)]
pub struct Dice<'a> {
    bytes: &'a [u8],
    state: u64,
}

impl<'a> Dice<'a> {
    /// Draws from these bytes.
    pub fn new(bytes: &'a [u8]) -> Self {
        let mut state = 0_u64;
        for byte in bytes {
            state = (state ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01B3).rotate_left(23);
        }
        Self { bytes, state }
    }

    /// The next byte.
    pub fn byte(&mut self) -> u8 {
        if let [first, rest @ ..] = self.bytes {
            self.bytes = rest;
            return *first;
        }
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        (self.state >> 32) as u8
    }

    /// A number below `n`, which is at least 1. Draws one byte for `n` ≤ 256, else two.
    pub fn below(&mut self, n: usize) -> usize {
        if n <= 256 {
            return usize::from(self.byte()) * n / 256;
        }
        let wide = usize::from(self.byte()) << 8 | usize::from(self.byte());
        wide * n.min(65_536) / 65_536
    }

    /// True once in `n` times; never for a zero.
    pub fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == n - 1
    }

    /// One of these.
    pub fn pick<'b, T>(&mut self, of: &'b [T]) -> &'b T {
        &of[self.below(of.len())]
    }
}

/// SplitMix64: the next number of a seed.
fn split_mix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_draws_the_same_whatever_was_taken_out_before_it() {
        let tape = Tape::seeded(7, 10);
        let shorter = tape.filtered(|number| number != 3);
        assert_eq!(shorter.steps(), 9);
        let (mut before, mut after) = (tape.step(4), shorter.step(3));
        let draws: Vec<u8> = (0..100).map(|_| before.byte()).collect();
        assert_eq!(draws, (0..100).map(|_| after.byte()).collect::<Vec<_>>());
    }

    #[test]
    fn an_empty_tape_draws_zeros() {
        let tape = Tape::from_bytes(&[]);
        assert_eq!(tape.steps(), 0);
        let mut dice = tape.header();
        assert!((0..100).all(|_| dice.byte() == 0 && dice.below(7) == 0 && !dice.one_in(2)));
    }
}
