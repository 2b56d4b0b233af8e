//! The driver's clocks: machines are told the time, this is where it comes from.

use std::time::{Instant as StdInstant, SystemTime, UNIX_EPOCH};

use parlor_core::time::{Instant, Now, Timestamp};

/// Both clocks of the system, the monotonic one counted from when this was made. Copies agree with each other.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    epoch: StdInstant,
}

impl Clock {
    /// A clock whose [`Instant::ZERO`] is now.
    pub fn start() -> Self {
        Self { epoch: StdInstant::now() }
    }

    /// One reading of both clocks.
    pub fn now(&self) -> Now {
        Now::new(self.instant(), wall())
    }

    /// One reading of the monotonic clock.
    pub fn instant(&self) -> Instant {
        let micros = self.epoch.elapsed().as_micros();
        Instant::from_micros(u64::try_from(micros).unwrap_or(u64::MAX))
    }

    /// The same moment as timers take it; `None` where it lies beyond what the system can count.
    pub fn to_std(&self, at: Instant) -> Option<StdInstant> {
        self.epoch.checked_add(at.saturating_since(Instant::ZERO))
    }
}

/// The wall clock; a clock set before 1970 counts as 1970.
pub(crate) fn wall() -> Timestamp {
    let millis = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis());
    Timestamp(i64::try_from(millis).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_survives_the_way_to_a_timer_and_back() {
        let clock = Clock::start();
        let now = clock.instant();
        let there = clock.to_std(now).unwrap();
        assert!(there <= StdInstant::now());
        assert_eq!(there.duration_since(clock.epoch).as_micros(), u128::from(now.as_micros()));
        assert!(wall() > Timestamp(1_700_000_000_000));
    }
}
