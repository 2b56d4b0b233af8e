//! What is said: every text tells who said it, the how manieth it is and how often it was corrected, and can be made
//! again from that, so that it is checked byte for byte wherever it turns up.

use fastrand::Rng;

const WORDS: [&str; 24] = [
    "the",
    "server",
    "may",
    "die",
    "now",
    "and",
    "nothing",
    "is",
    "lost",
    "سلام",
    "می‌خواهم",
    "کتاب",
    "خانه",
    "图书馆",
    "今天",
    "天气",
    "ünïcödé",
    "naïve",
    "\\\"quoted\\\"",
    "🙂",
    "lunch",
    "meeting",
    "tomorrow",
    "ok",
];

/// The word that stands in no other text.
pub(crate) fn mark(who: usize, number: u64, version: u64) -> String {
    format!("p{who}n{number}v{version}")
}

/// A text as it stands in a frame, escapes included.
pub(crate) fn escaped(who: usize, number: u64, version: u64) -> String {
    let mut rng = Rng::with_seed((who as u64) << 48 ^ number << 8 ^ version);
    let mut text = mark(who, number, version);
    for _ in 0..rng.usize(2..14) {
        text.push(' ');
        text.push_str(WORDS[rng.usize(..WORDS.len())]);
    }
    text
}

/// Who said a text, its number, and its version.
///
/// # Panics
/// If it is not byte for byte what that person said.
pub(crate) fn read(text: &str) -> (usize, u64, u64) {
    let mark = text.split(' ').next().unwrap();
    let numbers: Vec<u64> =
        mark.split(['p', 'n', 'v']).skip(1).map(|number| number.parse().unwrap_or_else(|_| panic!("{text}"))).collect();
    let [who, number, version] = numbers[..] else { panic!("nobody says {text}") };
    let who = usize::try_from(who).unwrap();
    assert_eq!(text, escaped(who, number, version).replace("\\\"", "\""), "a text came out changed");
    (who, number, version)
}
