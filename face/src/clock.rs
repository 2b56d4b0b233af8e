//! What stands on the person's clock and calendar when something was said.

mod names;

use std::time::{Duration, SystemTime};

use icu_calendar::Date as AnyDate;
use icu_calendar::cal::Persian;
use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone};
use parlor_core::time::Timestamp;
use parlor_core::words::Language;

use crate::settings::{CalendarChoice, Settings};

/// Turns timestamps into words, in the zone of the machine and the language of the person. Cheap to clone.
///
/// Timestamps that no calendar reaches become empty strings: they come from outside.
#[derive(Clone, Debug, PartialEq)]
pub struct Clock {
    zone: TimeZone,
    language: Language,
    persian: bool,
    twelve_hours: bool,
}

/// A day as it was where the person is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(Date);

/// A day by the names it has in the person's calendar.
struct Named {
    weekday: &'static str,
    day: u8,
    month: &'static str,
    short_month: &'static str,
    year: i32,
}

impl Clock {
    /// A clock in the time zone of the machine, or in UTC where it has none.
    pub fn local(settings: &Settings) -> Self {
        let language = settings.speech();
        let persian = match settings.calendar {
            CalendarChoice::Auto => language == Language::Persian,
            CalendarChoice::Gregorian => false,
            CalendarChoice::Persian => true,
        };
        Self { zone: TimeZone::system(), language, persian, twelve_hours: settings.twelve_hours }
    }

    /// The same clock so many minutes east of UTC. For tests.
    ///
    /// # Panics
    /// If there is no such zone; the farthest ones are a day away.
    #[must_use]
    pub fn east_of_utc(self, minutes: i32) -> Self {
        let offset = Offset::from_seconds(minutes * 60).expect("a zone less than a day away");
        Self { zone: TimeZone::fixed(offset), ..self }
    }

    /// Hours and minutes: `09:05`, `9:05 am`, `۰۹:۰۵`.
    pub fn time(&self, at: Timestamp) -> String {
        self.at(at, |zoned| self.hours(zoned, false))
    }

    /// The same with seconds: `09:05:07`.
    pub fn time_to_the_second(&self, at: Timestamp) -> String {
        self.at(at, |zoned| self.hours(zoned, true))
    }

    /// The day it was; `None` for a timestamp that no calendar reaches.
    pub fn day(&self, at: Timestamp) -> Option<Day> {
        self.zoned(at).map(|zoned| Day(zoned.date()))
    }

    /// A day in words, as it stands between messages: `Today`, `Yesterday`, `Saturday, 22 November 2025`.
    pub fn day_line(&self, day: Day, now: Timestamp) -> String {
        use crate::words::Words;
        let today = self.day(now).map(|day| day.0);
        if today == Some(day.0) {
            return self.language.today();
        }
        if today.and_then(|today| today.yesterday().ok()) == Some(day.0) {
            return self.language.yesterday();
        }
        self.day_name(day)
    }

    /// How long today's [`day_line`](Self::day_line)s stay right: until midnight. A day where there is no telling.
    pub fn until_tomorrow(&self, now: Timestamp) -> Duration {
        let rest = self.zoned(now).and_then(|zoned| {
            let midnight = zoned.date().tomorrow().ok()?.to_zoned(self.zone.clone()).ok()?;
            Duration::try_from(midnight.duration_since(&zoned)).ok()
        });
        rest.unwrap_or(Duration::from_secs(24 * 60 * 60))
    }

    /// Day and time in full, to the second: for a tooltip.
    pub fn full(&self, at: Timestamp) -> String {
        self.at(at, |zoned| {
            let (day, time) = (self.day_name(Day(zoned.date())), self.hours(zoned, true));
            format!("{day}{} {time}", self.comma())
        })
    }

    /// Day and time in short: `22 Nov 2025, 09:05`; `22 Nov, 09:05` without the year, where there is little room.
    pub fn short(&self, at: Timestamp, with_year: bool) -> String {
        self.at(at, |zoned| {
            let Named { day, short_month, year, .. } = self.named(zoned.date());
            let date = match with_year {
                true => format!("{day} {short_month} {year}"),
                false => format!("{day} {short_month}"),
            };
            format!("{}{} {}", self.language.digits(date), self.comma(), self.hours(zoned, false))
        })
    }

    /// A day in words, `Saturday, 22 November 2025`.
    pub fn day_name(&self, day: Day) -> String {
        let Named { weekday, day, month, year, .. } = self.named(day.0);
        // Only English sets the weekday off.
        let between = match self.language {
            Language::English => ",",
            Language::Italian | Language::Persian => "",
        };
        self.language.digits(format!("{weekday}{between} {day} {month} {year}"))
    }

    fn comma(&self) -> &'static str {
        match self.language {
            Language::English | Language::Italian => ",",
            Language::Persian => "،",
        }
    }

    fn hours(&self, zoned: &jiff::Zoned, seconds: bool) -> String {
        let (hour, minute) = (zoned.hour(), zoned.minute());
        let second = if seconds { format!(":{:02}", zoned.second()) } else { String::new() };
        if !self.twelve_hours {
            return self.language.digits(format!("{hour:02}:{minute:02}{second}"));
        }
        let of_twelve = if hour % 12 == 0 { 12 } else { hour % 12 };
        let half = match (self.language, hour < 12) {
            (Language::English | Language::Italian, true) => "am",
            (Language::English | Language::Italian, false) => "pm",
            (Language::Persian, true) => "ق.ظ",
            (Language::Persian, false) => "ب.ظ",
        };
        // The two never part at the end of a line.
        self.language.digits(format!("{of_twelve}:{minute:02}{second}\u{a0}{half}"))
    }

    fn named(&self, date: Date) -> Named {
        let weekday = names::weekday(self.language, date.weekday().to_monday_zero_offset());
        let plain =
            AnyDate::try_new_gregorian(date.year().into(), date.month().unsigned_abs(), date.day().unsigned_abs());
        let named = |year, month: u8, day, persian| {
            let (month, short_month) = names::month(self.language, persian, month);
            Named { weekday, day, month, short_month, year }
        };
        match plain {
            Ok(plain) if self.persian => {
                let date = plain.to_calendar(Persian);
                named(date.year().extended_year(), date.month().number(), date.day_of_month().0, true)
            }
            Ok(_) | Err(_) => named(date.year().into(), date.month().unsigned_abs(), date.day().unsigned_abs(), false),
        }
    }

    fn at(&self, at: Timestamp, say: impl FnOnce(&jiff::Zoned) -> String) -> String {
        self.zoned(at).map(|zoned| say(&zoned)).unwrap_or_default()
    }

    fn zoned(&self, at: Timestamp) -> Option<jiff::Zoned> {
        jiff::Timestamp::from_millisecond(at.0).ok().map(|stamp| stamp.to_zoned(self.zone.clone()))
    }
}

/// What the clock of the machine shows now.
pub fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::LanguageChoice;

    /// 22 November 2025, 05:45 UTC.
    const AT: Timestamp = Timestamp(1_763_790_300_000);
    const HOUR: i64 = 3_600_000;

    fn clock(language: Language, minutes: i32) -> Clock {
        let settings = Settings { language: LanguageChoice::Is(language), ..Settings::default() };
        Clock::local(&settings).east_of_utc(minutes)
    }

    #[test]
    fn english_tells_day_and_time() {
        let clock = clock(Language::English, 60);
        assert_eq!(clock.time(AT), "06:45");
        assert_eq!(clock.day(AT).map(|day| clock.day_name(day)).as_deref(), Some("Saturday, 22 November 2025"));
        assert_eq!(clock.short(AT, true), "22 Nov 2025, 06:45");
        assert_eq!(clock.short(AT, false), "22 Nov, 06:45");
        assert_eq!(clock.full(AT), "Saturday, 22 November 2025, 06:45:00");
    }

    #[test]
    fn italian_tells_day_and_time() {
        let clock = clock(Language::Italian, 60);
        assert_eq!(clock.full(AT), "Sabato 22 novembre 2025, 06:45:00");
        assert_eq!(clock.short(AT, true), "22 nov 2025, 06:45");
    }

    #[test]
    fn persian_tells_them_with_its_own_calendar_and_digits() {
        let clock = clock(Language::Persian, 210);
        assert_eq!(clock.time(AT), "۰۹:۱۵");
        assert_eq!(clock.day(AT).map(|day| clock.day_name(day)).as_deref(), Some("شنبه ۱ آذر ۱۴۰۴"));
        assert_eq!(clock.full(AT), "شنبه ۱ آذر ۱۴۰۴، ۰۹:۱۵:۰۰");
        assert_eq!(clock.short(AT, true), "۱ آذر ۱۴۰۴، ۰۹:۱۵");
        // Nowruz of 1404, and the leap day of 1403 before it.
        let nowruz = Timestamp(1_742_502_600_000);
        assert_eq!(clock.short(nowruz, true), "۱ فروردین ۱۴۰۴، ۰۰:۰۰");
        assert_eq!(clock.short(Timestamp(nowruz.0 - 1), true), "۳۰ اسفند ۱۴۰۳، ۲۳:۵۹");
    }

    #[test]
    fn the_calendar_can_be_chosen_apart_from_the_language() {
        let with = |language, calendar| {
            let settings = Settings { language: LanguageChoice::Is(language), calendar, ..Settings::default() };
            Clock::local(&settings).east_of_utc(0)
        };
        assert_eq!(with(Language::Persian, CalendarChoice::Gregorian).short(AT, true), "۲۲ نوامبر ۲۰۲۵، ۰۵:۴۵");
        assert_eq!(with(Language::English, CalendarChoice::Persian).short(AT, true), "1 Azar 1404, 05:45");
        assert_eq!(with(Language::Italian, CalendarChoice::Persian).short(AT, true), "1 azar 1404, 05:45");
    }

    #[test]
    fn twelve_hours_have_no_zero() {
        let clock = Clock { twelve_hours: true, ..clock(Language::English, 0) };
        let times = [0, 7, 12].map(|hours| clock.time(Timestamp(AT.0 - AT.0 % (24 * HOUR) + hours * HOUR)));
        assert_eq!(times, ["12:00\u{a0}am", "7:00\u{a0}am", "12:00\u{a0}pm"]);
        let clock = Clock { language: Language::Persian, ..clock };
        assert_eq!(clock.time(AT), "۵:۴۵\u{a0}ق.ظ");
    }

    #[test]
    fn today_and_yesterday_are_called_so_until_midnight_where_the_person_is() {
        let clock = clock(Language::English, 60);
        let day = clock.day(AT).unwrap();
        let after = |hours: i64| Timestamp(AT.0 + hours * HOUR);
        assert_eq!(clock.day_line(day, AT), "Today");
        assert_eq!(clock.day_line(day, after(17)), "Today");
        assert_eq!(clock.day_line(day, after(18)), "Yesterday");
        assert_eq!(clock.day_line(day, after(42)), "Saturday, 22 November 2025");
        assert_eq!(clock.day_line(day, after(-24)), "Saturday, 22 November 2025", "of a clock that runs ahead");
        assert_eq!(clock.until_tomorrow(AT), Duration::from_secs(17 * 3600 + 15 * 60));
    }

    #[test]
    fn a_wild_timestamp_is_nothing() {
        for language in Language::ALL {
            let clock = clock(language, 0);
            for at in [Timestamp(i64::MAX), Timestamp(i64::MIN)] {
                assert_eq!((clock.time(at), clock.full(at), clock.short(at, true)), Default::default());
                assert_eq!(clock.day(at), None);
                assert!(clock.until_tomorrow(at) > Duration::ZERO);
            }
            for at in [Timestamp(-60_000_000_000_000), Timestamp(250_000_000_000_000)] {
                assert_ne!(clock.full(at), "");
            }
        }
    }
}
