//! What people say: short lines in three scripts, few words often and most words seldom.

use fastrand::Rng;

/// In every message.
pub const EVERYWHERE: &str = "hello";
/// In one message of [`SELDOM_EVERY`].
pub const SELDOM: &str = "zanzibar";
/// How seldom [`SELDOM`] is.
pub const SELDOM_EVERY: u64 = 100_000;
/// In no message.
pub const NOWHERE: &str = "xyzzy";

/// Different words of each language.
const WORDS: usize = 30_000;

const LATIN: [&str; 40] = [
    "a", "an", "ar", "ba", "be", "ca", "ci", "da", "de", "do", "el", "en", "er", "fa", "fi", "ga", "go", "ha", "he",
    "in", "is", "ko", "la", "le", "li", "ma", "me", "mo", "na", "no", "o", "pa", "pe", "ra", "re", "sa", "se", "ta",
    "ti", "un",
];
const PERSIAN: [&str; 28] = [
    "ا", "با", "بر", "پی", "تا", "تر", "جا", "چه", "خو", "دا", "در", "را", "رو", "زی", "سا", "سر", "شا", "شد", "فر",
    "کا", "کر", "گا", "لا", "ما", "می", "نا", "ها", "یا",
];

/// A source of texts: the same seed gives the same ones.
#[derive(Debug)]
pub struct Texts {
    rng: Rng,
    said: u64,
    latin: Vec<String>,
    persian: Vec<String>,
    han: Vec<String>,
}

impl Texts {
    /// A new source.
    pub fn new(seed: u64) -> Self {
        let mut rng = Rng::with_seed(1);
        let latin = words(&mut rng, &LATIN);
        let persian = words(&mut rng, &PERSIAN);
        let han = (0..WORDS).map(|_| (0..2).map(|_| rng.char('\u{4e00}'..'\u{5800}')).collect()).collect();
        Self { rng: Rng::with_seed(seed), said: 0, latin, persian, han }
    }

    /// The next text, about 60 bytes: six of ten in Latin script, three in Persian, one in Han.
    pub fn next_text(&mut self) -> String {
        self.said += 1;
        let mut text = String::with_capacity(96);
        text.push_str(EVERYWHERE);
        if self.said.is_multiple_of(SELDOM_EVERY) {
            text.push(' ');
            text.push_str(SELDOM);
        }
        let length = self.rng.usize(30..90);
        let (words, gap) = match self.rng.u8(..10) {
            0..6 => (&self.latin, " "),
            6..9 => (&self.persian, " "),
            _ => (&self.han, ""),
        };
        text.push(' ');
        while text.len() < length {
            text.push_str(&words[zipf(&mut self.rng)]);
            text.push_str(gap);
        }
        text.truncate(text.trim_end().len());
        text
    }

    /// Words of Latin script, beginning with the most frequent one.
    pub fn latin(&self) -> &[String] {
        &self.latin
    }

    /// Words of Persian.
    pub fn persian(&self) -> &[String] {
        &self.persian
    }

    /// Words of Han, two signs each.
    pub fn han(&self) -> &[String] {
        &self.han
    }
}

/// Few are frequent, most are rare: the n-th about n times as seldom as the first.
fn zipf(rng: &mut Rng) -> usize {
    ((WORDS as f64).powf(rng.f64()) as usize).saturating_sub(1)
}

fn words(rng: &mut Rng, syllables: &[&str]) -> Vec<String> {
    let word = |at: usize| {
        let count = 2 + usize::from(at > 200) + usize::from(at > 4_000);
        (0..count).map(|_| syllables[rng.usize(..syllables.len())]).collect()
    };
    (0..WORDS).map(word).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_short_lines_in_several_scripts_and_the_same_for_a_seed() {
        let (mut one, mut two) = (Texts::new(3), Texts::new(3));
        let texts: Vec<String> = (0..2_000).map(|_| one.next_text()).collect();
        assert!(texts.iter().all(|text| *text == two.next_text()));
        let mean = texts.iter().map(String::len).sum::<usize>() / texts.len();
        assert!((50..75).contains(&mean), "{mean} bytes on average");
        for some in [&one.latin()[0], &one.persian()[0], &one.han()[0]] {
            assert!(texts.iter().any(|text| text.contains(some.as_str())), "nobody said {some}");
        }
        assert!(!texts.iter().any(|text| text.contains(NOWHERE)));
    }
}
