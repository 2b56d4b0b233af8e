//! Names of days and months.

use parlor_core::words::Language;

const WEEKDAYS: [[&str; 7]; 3] = [
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
    ["Lunedì", "Martedì", "Mercoledì", "Giovedì", "Venerdì", "Sabato", "Domenica"],
    ["دوشنبه", "سه\u{200c}شنبه", "چهارشنبه", "پنجشنبه", "جمعه", "شنبه", "یکشنبه"],
];

/// Each month in full and in short.
type Months = [(&'static str, &'static str); 12];

const GREGORIAN: [Months; 3] = [
    [
        ("January", "Jan"),
        ("February", "Feb"),
        ("March", "Mar"),
        ("April", "Apr"),
        ("May", "May"),
        ("June", "Jun"),
        ("July", "Jul"),
        ("August", "Aug"),
        ("September", "Sep"),
        ("October", "Oct"),
        ("November", "Nov"),
        ("December", "Dec"),
    ],
    [
        ("gennaio", "gen"),
        ("febbraio", "feb"),
        ("marzo", "mar"),
        ("aprile", "apr"),
        ("maggio", "mag"),
        ("giugno", "giu"),
        ("luglio", "lug"),
        ("agosto", "ago"),
        ("settembre", "set"),
        ("ottobre", "ott"),
        ("novembre", "nov"),
        ("dicembre", "dic"),
    ],
    whole(["ژانویه", "فوریه", "مارس", "آوریل", "مه", "ژوئن", "ژوئیه", "اوت", "سپتامبر", "اکتبر", "نوامبر", "دسامبر"]),
];

const PERSIAN: [Months; 3] = [
    whole([
        "Farvardin",
        "Ordibehesht",
        "Khordad",
        "Tir",
        "Mordad",
        "Shahrivar",
        "Mehr",
        "Aban",
        "Azar",
        "Dey",
        "Bahman",
        "Esfand",
    ]),
    whole([
        "farvardin",
        "ordibehesht",
        "khordad",
        "tir",
        "mordad",
        "shahrivar",
        "mehr",
        "aban",
        "azar",
        "dey",
        "bahman",
        "esfand",
    ]),
    whole(["فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور", "مهر", "آبان", "آذر", "دی", "بهمن", "اسفند"]),
];

/// Months that are never cut short.
const fn whole(names: [&'static str; 12]) -> Months {
    let mut months = [("", ""); 12];
    let mut at = 0;
    while at < 12 {
        months[at] = (names[at], names[at]);
        at += 1;
    }
    months
}

fn column(language: Language) -> usize {
    match language {
        Language::English => 0,
        Language::Italian => 1,
        Language::Persian => 2,
    }
}

/// The name of the day that comes so many days after a Monday.
pub(super) fn weekday(language: Language, after_monday: i8) -> &'static str {
    WEEKDAYS[column(language)][usize::from(after_monday.unsigned_abs() % 7)]
}

/// The name of a month, from 1, in full and in short.
pub(super) fn month(language: Language, persian: bool, number: u8) -> (&'static str, &'static str) {
    let names = if persian { &PERSIAN } else { &GREGORIAN };
    names[column(language)].get(usize::from(number).wrapping_sub(1)).copied().unwrap_or_default()
}
