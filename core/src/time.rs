//! Time as an argument: the core owns no clock, drivers bring readings of theirs.

use core::ops::Add;
use core::time::Duration;

/// Microseconds of a driver's monotonic clock, counted from an epoch the driver chose. Never moves backwards.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(u64);

impl Instant {
    /// The driver's epoch.
    pub const ZERO: Instant = Instant(0);

    /// The instant `micros` microseconds after the driver's epoch.
    pub const fn from_micros(micros: u64) -> Self {
        Self(micros)
    }

    /// Microseconds since the driver's epoch.
    pub const fn as_micros(self) -> u64 {
        self.0
    }

    /// How long ago `earlier` was; zero if it lies ahead.
    pub const fn saturating_since(self, earlier: Instant) -> Duration {
        Duration::from_micros(self.0.saturating_sub(earlier.0))
    }
}

impl Add<Duration> for Instant {
    type Output = Instant;

    /// The instant `delay` later; the far end of time where the sum does not fit.
    fn add(self, delay: Duration) -> Instant {
        let micros = u64::try_from(delay.as_micros()).unwrap_or(u64::MAX);
        Instant(self.0.saturating_add(micros))
    }
}

/// Milliseconds since 1970-01-01 UTC by the wall clock. It may jump, so it only ever stamps messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(pub i64);

/// One reading of both clocks, taken by the driver once per batch of inputs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Now {
    /// Monotonic: what deadlines are measured with.
    pub instant: Instant,
    /// Wall clock: what messages are stamped with.
    pub timestamp: Timestamp,
}

impl Now {
    /// Both readings together.
    pub const fn new(instant: Instant, timestamp: Timestamp) -> Self {
        Self { instant, timestamp }
    }
}
