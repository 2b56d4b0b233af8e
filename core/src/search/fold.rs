//! Spelling made even: what people do not tell apart when they look for a word becomes one letter.

use alloc::string::String;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{compose, decompose_compatible};
use unicode_properties::{GeneralCategory, GeneralCategoryGroup, UnicodeGeneralCategory};

/// Stands in a folded text for whatever joins two words into one: an apostrophe, ZWNJ, geresh.
pub(super) const JOINT: char = '\'';

/// Appends the folded form of a text: NFKC without case, without the marks that readers add, digits in ASCII.
/// Separators are still in it. Folding a second time changes nothing.
pub(super) fn fold(text: &str, out: &mut String) {
    let from = out.len();
    if text.is_ascii() {
        out.push_str(text);
        if let Some(added) = out.get_mut(from..) {
            added.make_ascii_lowercase();
        }
        return;
    }
    let mut folding = Folding { out, base: None, marked: false, compose: false };
    for c in text.chars() {
        match simple(c) {
            Some(folded) => folding.push(folded),
            None if is_simple_mark(c) => folding.push_mark(c),
            None => decompose_compatible(c, |part| folding.push_part(part)),
        }
    }
    if folding.compose {
        let composed: String = out.get(from..).unwrap_or("").nfc().collect();
        out.truncate(from);
        out.push_str(&composed);
    }
}

/// The fold of the letters that most text is made of, without a look into the tables; it agrees with them.
fn simple(c: char) -> Option<char> {
    match c {
        '\0'..='\x7f' => Some(c.to_ascii_lowercase()),
        'а'..='я' => Some(c),
        '\u{621}'..='\u{63A}' | '\u{641}'..='\u{64A}' | '\u{671}' | '\u{679}'..='\u{6D3}' => Some(arabic(c)),
        '۰'..='۹' => char::from_digit(c as u32 - '۰' as u32, 10),
        // Devanagari but for letters with a dot, Thai, kana, Han and the syllables of Hangul.
        'अ'..='न' | 'प'..='र' | 'ल'..='ळ' | 'व'..='ह' | 'ก'..='ะ' | 'า' | 'เ'..='ๆ' => {
            Some(c)
        }
        '\u{3041}'..='\u{3096}' | '\u{30A1}'..='\u{30FA}' | '\u{4E00}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7A3}' => {
            Some(c)
        }
        _ => None,
    }
}

/// Marks of Devanagari and Thai, for the same reason.
pub(super) fn is_simple_mark(c: char) -> bool {
    matches!(c, '\u{901}'..='\u{903}' | '\u{93E}'..='\u{94D}' | '\u{E31}' | '\u{E34}'..='\u{E3A}' | '\u{E47}'..='\u{E4E}')
}

/// One letter for those that keyboards and habits exchange.
///
/// The Persian letter stands for the Arabic one, but it is the pairs that matter, for both read the same keyboard's
/// mistakes: ي ى ئ are all written where ی is meant (and ى for ي in Egypt), ة is read and often typed as ه, the
/// carriers of hamza are typed without it. Kurdish, Urdu and Arabic forms of he are one. ء alone stays, being heard.
fn arabic(c: char) -> char {
    match c {
        'آ' | 'أ' | 'إ' | 'ٱ' => 'ا',
        'ؤ' => 'و',
        'ئ' | 'ي' | 'ى' => 'ی',
        'ك' | 'ڪ' => 'ک',
        'ة' | 'ۀ' | 'ہ' | 'ۂ' | 'ۃ' | 'ھ' => 'ه',
        '\u{6D3}' => '\u{6D2}',
        _ => c,
    }
}

/// A text being folded.
struct Folding<'a> {
    out: &'a mut String,
    /// The letter that a mark would belong to.
    base: Option<char>,
    /// The last character is a mark.
    marked: bool,
    /// Something may compose with its neighbours: rare, so that composing is done only where it can matter.
    compose: bool,
}

impl Folding<'_> {
    fn push(&mut self, c: char) {
        self.out.push(c);
        self.base = Some(c);
        self.marked = false;
    }

    /// Takes in a character that is fully decomposed.
    fn push_part(&mut self, c: char) {
        // Jamo of Hangul, and young scripts of India, some of whose letters are made of letters.
        self.compose |= matches!(c, '\u{1100}'..='\u{11FF}' | '\u{11000}'..='\u{16FFF}');
        match c {
            'a'..='z' | '0'..='9' => self.push(c),
            // Modifier letters are the apostrophes of Ukrainian, of Hawaiian and of transcribed Arabic and Hebrew.
            '\u{2018}' | '\u{2019}' | '\u{2B9}'..='\u{2BF}' | '\u{5F3}' | '\u{5F4}' | '\u{200C}' => self.push(JOINT),
            // Tatweel stretches a word.
            '\u{640}' => {}
            '\u{6D5}' => self.push('ه'),
            _ if c.general_category_group() == GeneralCategoryGroup::Mark => self.push_mark(c),
            _ => match c.general_category() {
                GeneralCategory::DecimalNumber => self.push(digit(c)),
                GeneralCategory::Format => {}
                _ => fold_case(arabic(c), |folded| self.push(folded)),
            },
        }
    }

    fn push_mark(&mut self, mark: char) {
        if is_reading_mark(mark) {
            if !self.base.is_some_and(|base| is_part_of_cyrillic_letter(mark, base)) {
                return;
            }
            // A letter has one such mark, as й has that stands composed.
            self.base = None;
        }
        // Marks in a row may have to change places.
        let last = self.out.chars().next_back().filter(|_| !self.marked);
        self.compose |= last.is_none_or(|last| compose(last, mark).is_some());
        self.out.push(mark);
        self.marked = true;
    }
}

/// Full case folding by way of upper case (`ß` = `ss`, `ς` = `σ`, and all four Turkish letters i are one), and the
/// Latin letters with a stroke, which Unicode does not decompose and other people's keyboards do not have.
fn fold_case(c: char, mut push: impl FnMut(char)) {
    for lower in c.to_lowercase().flat_map(char::to_uppercase).flat_map(char::to_lowercase) {
        match lower {
            'æ' => "ae".chars().for_each(&mut push),
            'œ' => "oe".chars().for_each(&mut push),
            'ø' => push('o'),
            'đ' => push('d'),
            'ħ' => push('h'),
            'ł' => push('l'),
            'ŧ' => push('t'),
            _ => push(lower),
        }
    }
}

/// Whether a mark only tells how to read a word that is also written without it: accents, harakat, niqqud, stress,
/// and what chooses between shapes. All others are vowels or letters of their script (those of India and of the
/// neighbours down to Thailand and Java, Thaana's vowels, the voicing of kana): words without them are other words.
fn is_reading_mark(c: char) -> bool {
    matches!(c as u32,
        0x300..=0x36F | 0x483..=0x489 | 0x591..=0x5C7 | 0x610..=0x61A | 0x64B..=0x65F | 0x670 | 0x6D6..=0x6ED
        | 0x711 | 0x730..=0x74A | 0x897..=0x89F | 0x8CA..=0x8FF | 0x180B..=0x180F | 0x1AB0..=0x1AFF
        | 0x1DC0..=0x1DFF | 0x20D0..=0x20FF | 0xFE00..=0xFE0F | 0xFE20..=0xFE2F | 0xE0100..=0xE01EF)
}

/// In Cyrillic some marks make another letter that nobody leaves out (й, ї, ў, ѓ, ќ, ӣ). The dots of ё are left out
/// daily, and the accents on vowels are stress.
fn is_part_of_cyrillic_letter(mark: char, base: char) -> bool {
    // All but й, which is composed already.
    if !matches!(base, '\u{430}'..='\u{438}' | '\u{43A}'..='\u{52F}') {
        return false;
    }
    match mark {
        '\u{304}' | '\u{306}' => true,
        '\u{308}' => base != 'е',
        '\u{301}' => matches!(base, 'г' | 'к'),
        _ => false,
    }
}

/// The value of a decimal digit of any script, in ASCII. Digits of a script stand in order and in tens, so that it is
/// the number of digits before it (Unicode, 4.6).
fn digit(c: char) -> char {
    let is_digit =
        |at: &u32| char::from_u32(*at).is_some_and(|c| c.general_category() == GeneralCategory::DecimalNumber);
    let before = (0..c as u32).rev().take_while(is_digit).count();
    char::from_digit((before % 10) as u32, 10).unwrap_or(c)
}
