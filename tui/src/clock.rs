//! The time of day on this machine.

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// Milliseconds since 1970 UTC as `HH:MM` in the local time zone; `None` far outside of history.
pub fn time_of_day(millis: i64) -> Option<String> {
    let time = Timestamp::from_millisecond(millis).ok()?.to_zoned(TimeZone::system());
    Some(format!("{:02}:{:02}", time.hour(), time.minute()))
}

/// Milliseconds since 1970 UTC as `YYYY-MM-DD HH:MM` in the local time zone, or without the year.
pub fn date_and_time(millis: i64, year: bool) -> Option<String> {
    let time = Timestamp::from_millisecond(millis).ok()?.to_zoned(TimeZone::system());
    let year = if year { format!("{:04}-", time.year()) } else { String::new() };
    Some(format!("{year}{:02}-{:02} {:02}:{:02}", time.month(), time.day(), time.hour(), time.minute()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_has_five_cells_and_nonsense_has_none() {
        assert_eq!(time_of_day(1_763_790_000_000).unwrap().len(), 5);
        assert_eq!(time_of_day(i64::MAX), None);
        assert_eq!(date_and_time(1_763_790_000_000, true).unwrap().len(), 16);
        assert_eq!(date_and_time(1_763_790_000_000, false).unwrap().len(), 11);
        assert_eq!(date_and_time(i64::MAX, false), None);
    }
}
