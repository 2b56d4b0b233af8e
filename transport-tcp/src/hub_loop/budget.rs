//! How many lines about connections the log is given.

use std::cell::Cell;

use parlor_core::time::Instant;

/// Lines that may come at once.
const BURST: u64 = 200;
/// Lines a second after that.
const PER_SECOND: u64 = 10;

/// A token bucket that remembers how many it refused.
pub(super) struct Budget {
    tokens: Cell<u64>,
    /// Up to where tokens were added.
    filled: Cell<Instant>,
    left_out: Cell<u64>,
}

impl Budget {
    pub(super) const fn new(now: Instant) -> Self {
        Self { tokens: Cell::new(BURST), filled: Cell::new(now), left_out: Cell::new(0) }
    }

    /// `Some` if a line may be written, with how many were left out before it.
    pub(super) fn take(&self, now: Instant) -> Option<u64> {
        let micros = now.as_micros().saturating_sub(self.filled.get().as_micros());
        let fresh = micros.saturating_mul(PER_SECOND) / 1_000_000;
        if fresh > 0 {
            self.filled.set(now);
            self.tokens.set(self.tokens.get().saturating_add(fresh).min(BURST));
        }
        match self.tokens.get().checked_sub(1) {
            Some(left) => {
                self.tokens.set(left);
                Some(self.left_out.take())
            }
            None => {
                self.left_out.set(self.left_out.get() + 1);
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn under_abuse_lines_are_counted_rather_than_written() {
        let budget = Budget::new(Instant::ZERO);
        let written = (0..1_000).filter(|_| budget.take(Instant::ZERO).is_some()).count() as u64;
        assert_eq!(written, BURST);
        let later = Instant::ZERO + Duration::from_millis(100);
        assert_eq!(budget.take(later), Some(1_000 - BURST));
        assert_eq!(budget.take(later), None);
        assert_eq!(budget.take(later + Duration::from_secs(3600)), Some(1));
    }
}
