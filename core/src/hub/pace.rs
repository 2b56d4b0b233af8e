//! Token buckets, as one number each: the theoretical arrival time of the generic cell rate algorithm (ITU-T I.371).

use core::time::Duration;

use crate::limits::Pace;
use crate::time::Instant;

/// A full bucket to begin with.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Bucket(Instant);

impl Bucket {
    /// Takes one token of a bucket that holds `burst` and gains one every `interval`.
    ///
    /// # Errors
    /// Where there is none: when the next one will be there.
    pub(super) fn take(&mut self, burst: u32, interval: Duration, now: Instant) -> Result<(), Instant> {
        let tolerance = interval * burst.max(1);
        let arrival = self.0.max(now) + interval;
        if arrival.saturating_since(now) <= tolerance {
            self.0 = arrival;
            return Ok(());
        }
        let tolerance = u64::try_from(tolerance.as_micros()).unwrap_or(u64::MAX);
        Err(Instant::from_micros(arrival.as_micros().saturating_sub(tolerance)))
    }

    /// Takes one token at this pace; always there where pacing is off.
    ///
    /// # Errors
    /// As [`Bucket::take`].
    pub(super) fn pace(&mut self, pace: Option<Pace>, now: Instant) -> Result<(), Instant> {
        let Some(pace) = pace else { return Ok(()) };
        self.take(pace.burst, Duration::from_micros(1_000_000 / u64::from(pace.per_second.max(1))), now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_passes_and_then_one_token_per_interval() {
        let pace = Some(Pace { burst: 3, per_second: 10 });
        let mut bucket = Bucket::default();
        let now = Instant::from_micros(1_000_000);
        for _ in 0..3 {
            assert_eq!(bucket.pace(pace, now), Ok(()));
        }
        let at = bucket.pace(pace, now).unwrap_err();
        assert_eq!(at, Instant::from_micros(1_100_000));
        assert_eq!(bucket.pace(pace, at), Ok(()));
        assert!(bucket.pace(pace, at).is_err());
    }
}
