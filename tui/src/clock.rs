//! The time of day on this machine.

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// Milliseconds since 1970 UTC as `HH:MM` in the local time zone; `None` far outside of history.
pub fn time_of_day(millis: i64) -> Option<String> {
    let time = Timestamp::from_millisecond(millis).ok()?.to_zoned(TimeZone::system());
    Some(format!("{:02}:{:02}", time.hour(), time.minute()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_has_five_cells_and_nonsense_has_none() {
        assert_eq!(time_of_day(1_763_790_000_000).unwrap().len(), 5);
        assert_eq!(time_of_day(i64::MAX), None);
    }
}
