//! Times of messages, in the time zone of the machine.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use parlor_core::time::Timestamp;

/// Turns timestamps into what stands on a clock and a calendar.
#[derive(Clone, Debug)]
pub(crate) struct Clock(TimeZone);

impl Clock {
    /// A clock of the time zone of the machine; UTC where it has none.
    pub(crate) fn local() -> Self {
        Self(TimeZone::system())
    }

    /// Hours and minutes, `09:05`.
    pub(crate) fn time(&self, at: Timestamp) -> String {
        self.zoned(at).map(|zoned| zoned.strftime("%H:%M").to_string()).unwrap_or_default()
    }

    /// Day and time, `22 Nov 2026, 09:05`.
    pub(crate) fn day_and_time(&self, at: Timestamp) -> String {
        self.zoned(at).map(|zoned| zoned.strftime("%-d %b %Y, %H:%M").to_string()).unwrap_or_default()
    }

    /// The day it was.
    pub(crate) fn day(&self, at: Timestamp) -> Option<Date> {
        self.zoned(at).map(|zoned| zoned.date())
    }

    /// Day and time in full, for a tooltip.
    pub(crate) fn full(&self, at: Timestamp) -> String {
        self.zoned(at).map(|zoned| zoned.strftime("%A, %-d %B %Y, %H:%M:%S").to_string()).unwrap_or_default()
    }

    /// A day in words, `Sunday, 22 November 2026`.
    pub(crate) fn day_name(day: Date) -> String {
        day.strftime("%A, %-d %B %Y").to_string()
    }

    fn zoned(&self, at: Timestamp) -> Option<jiff::Zoned> {
        jiff::Timestamp::from_millisecond(at.0).ok().map(|stamp| stamp.to_zoned(self.0.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timestamp_becomes_time_and_day_and_a_wild_one_nothing() {
        let clock = Clock(TimeZone::fixed(jiff::tz::offset(1)));
        let at = Timestamp(1_763_790_300_000);
        assert_eq!(clock.time(at), "06:45");
        assert_eq!(clock.day(at).map(Clock::day_name).as_deref(), Some("Saturday, 22 November 2025"));
        assert_eq!(clock.day_and_time(at), "22 Nov 2025, 06:45");
        assert_eq!(clock.full(at), "Saturday, 22 November 2025, 06:45:00");
        assert_eq!(clock.time(Timestamp(i64::MAX)), "");
        assert_eq!(clock.day(Timestamp(i64::MIN)), None);
    }
}
