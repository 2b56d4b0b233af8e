use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use proptest::prelude::*;

use super::*;

fn terms_of(text: &str) -> Vec<String> {
    let mut list = Vec::new();
    terms(text, |term| list.push(term.to_owned()));
    list
}

fn query(text: &str) -> Query {
    Query::parse(text).unwrap()
}

/// What an index makes of a query.
fn is_candidate(query: &Query, text: &str) -> bool {
    let terms = terms_of(text);
    query
        .words()
        .all(|word| terms.iter().any(|term| term == word.term() || word.is_prefix() && term.starts_with(word.term())))
}

#[track_caller]
fn finds(asked: &str, text: &str) {
    let query = query(asked);
    assert!(query.matches(text), "{asked:?} does not find {text:?}: {query:?}, {:?}", terms_of(text));
    assert!(is_candidate(&query, text), "an index misses {text:?} for {asked:?}");
}

#[track_caller]
fn misses(asked: &str, text: &str) {
    assert!(!query(asked).matches(text), "{asked:?} finds {text:?}");
}

#[track_caller]
fn are_one(one: &str, other: &str) {
    finds(one, other);
    finds(other, one);
}

#[test]
fn persian_is_found_however_it_is_typed() {
    for asked in ["میخواهم", "می\u{200C}خواهم", "می خواهم", "خواهم", "«می\u{200C}خواهم»", "مي\u{200C}خواهم"]
    {
        finds(asked, "من می\u{200C}خواهم بروم");
    }
    let spellings = ["نمی\u{200C}خواهم", "نميخواهم", "نمی خواهم", "نمی\u{A0} خواهم", "نمی\u{200C} خواهم"];
    for (one, other) in spellings.iter().flat_map(|one| spellings.map(|other| (*one, other))) {
        finds(one, other);
        finds(&format!("\"من {one} بروم\""), &format!("من {other} بروم"));
    }
    finds("می \"خواهم\"", "می خواهم");
    finds("می خوا*", "میخواهم");
    are_one("کتاب علی", "كتاب علي");
    are_one("علی", "علــــى");
    are_one("مسئول", "مسؤل".replace('ؤ', "ئو").as_str());
    are_one("خانه\u{654}", "خانۀ");
    are_one("خانه", "خانة");
    are_one("رأی", "رای");
    finds("کتاب\u{200C}های", "کتاب\u{200C}های\u{200C}شان");
    finds("هایشان", "کتاب\u{200C}های\u{200C}شان");
    finds("کتابهایشان", "کتاب\u{200C}\u{200C}های\u{200C}شان");
    misses("کتاب", "حساب");
}

#[test]
fn arabic_is_found_without_its_marks() {
    are_one("محمد", "مُحَمَّد");
    are_one("محمد", "محـــمد");
    are_one("احمد", "أحمد");
    are_one("مدرسه", "مدرسة");
    are_one("على", "علي");
    are_one("لا", "ﻻ");
    are_one("الله", "ﷲ");
    misses("جزء", "جز");
}

#[test]
fn accents_and_case_do_not_matter() {
    are_one("cafe", "café");
    are_one("cafe\u{301}", "CAFÉ");
    are_one("STRASSE", "straße");
    are_one("STRASSE", "STRAẞE");
    are_one("ΟΔΥΣΣΕΥΣ", "οδυσσεύς");
    are_one("istanbul", "İSTANBUL");
    are_one("ısparta", "ISPARTA");
    are_one("Łódź", "lodz");
    are_one("Ærø", "aero");
    are_one("Đà Nẵng", "da nang");
    are_one("ＡＢＣ", "abc");
    are_one("ﬁn", "FIN");
    are_one("Straf\u{AD}raum", "strafraum");
}

#[test]
fn cyrillic_letters_stay_letters_but_yo_and_stress() {
    are_one("елка", "ЁЛКА");
    are_one("замок", "за\u{301}мок");
    are_one("мой", "мои\u{306}");
    misses("мой", "мои");
    misses("їх", "іх");
    are_one("п'ять", "п\u{2019}ять");
    are_one("пять", "п\u{2BC}ять");
}

#[test]
fn digits_are_digits_in_every_script() {
    for written in ["۱۲۳", "١٢٣", "１２３", "१२३", "๑๒๓", "①②③", "\u{116DB}\u{116DC}\u{116DD}", "𝟙𝟚𝟛"]
    {
        are_one("123", written);
    }
}

#[test]
fn marks_that_are_vowels_make_other_words() {
    are_one("שלום", "שָׁלוֹם");
    are_one("צה״ל", "צהל");
    finds("צה\"ל", "צה\"ל");
    finds("हिन्दी", "मैं हिन्दी बोलता हूँ");
    misses("हन्द", "हिन्दी");
    are_one("क़लम", "क\u{93C}लम");
    finds("กินข้าว", "ฉันกินข้าวแล้ว");
    finds("กิน", "ฉันกินข้าวแล้ว");
    misses("กนขาว", "ฉันกินข้าวแล้ว");
    are_one("ก\u{E38}\u{E48}", "ก\u{E48}\u{E38}");
    finds("ភាសាខ្មែរ", "ខ្ញុំនិយាយភាសាខ្មែរបាន");
}

#[test]
fn scripts_without_spaces_are_found_anywhere_in_order() {
    finds("图书", "去图书馆吧");
    finds("图书馆", "去图书馆吧");
    finds("馆", "去图书馆吧");
    misses("书图", "去图书馆吧");
    misses("图馆", "去图书馆吧");
    misses("図書館", "図書 館");
    assert_eq!(query("图书馆").words().map(Word::term).collect::<Vec<_>>(), ["图书", "书馆"]);
    // All three pairs are there, but not in one place.
    let apart = "甲乙x乙丙";
    assert!(is_candidate(&query("甲乙丙"), apart));
    misses("甲乙丙", apart);
    finds("サーバー", "新しいサーバーです");
    are_one("ｻｰﾊﾞｰ", "サーバー");
    are_one("か\u{3099}", "が");
    misses("か", "が");
    finds("학교", "학교에서 만나요");
    finds("물", "물을 주세요");
    are_one("한글", "\u{1112}\u{1161}\u{11AB}\u{1100}\u{1173}\u{11AF}");
    finds("iPhone手机", "我的iPhone手机");
}

#[test]
fn apostrophes_join_and_part() {
    for asked in ["dont", "don't", "don\u{2019}t", "DON'T"] {
        finds(asked, "I don't know");
        finds(asked, "I don\u{2018}t know");
        finds(asked, "I dont know");
    }
    finds("amico", "L'amico ritrovato");
    finds("l'amico", "L\u{2019}amico ritrovato");
    finds("hawaii", "Hawai\u{2BB}i");
    finds("ali", "\u{2BF}Alī");
    finds("rock'n'roll", "'rock''n'roll'");
    finds("fo'c's'le", "the fo'c's'le");
    misses("amici", "l'amico");
    misses("abcd", "a'b'c'd'e");
    assert_eq!(terms_of("a'b'c'd"), ["a", "b", "ab", "c", "abc", "bc", "d", "bcd", "cd", "abcd"]);
    let five = ["a", "b", "ab", "c", "abc", "bc", "d", "bcd", "cd", "e", "cde", "de", "abcde"];
    assert_eq!(terms_of("a'b'c'd'e"), five);
}

#[test]
fn punctuation_separates_and_what_it_separates_is_a_phrase() {
    assert_eq!(terms_of("e-mail ada@x.org a_b/c"), ["e", "mail", "ada", "x", "org", "a", "b", "c"]);
    finds("e-mail", "my E-Mail");
    finds("e-mail", "e mail");
    misses("e-mail", "mail e");
    finds("core::fmt", "use core::fmt;");
}

#[test]
fn emoji_are_found_whatever_their_colour() {
    finds("🙂", "hello🙂🙂");
    finds("hello 🙂", "hello🙂");
    are_one("👍", "👍🏽");
    are_one("❤", "❤\u{FE0F}");
    finds("👨‍👩‍👧", "us: 👨‍👩‍👧");
    misses("🙂", "🙃");
    finds("🇮🇷", "🇮🇷");
    misses("🇮🇷", "🇷🇮");
    // Nobody can write a symbol's spelling.
    for term in terms_of("🙂 कि") {
        assert!(!query("🙂").matches(&term));
        assert!(!term.contains(is_private) || terms_of(&term).iter().all(|again| !again.contains(is_private)));
    }
    finds("€", "5 €");
}

#[test]
fn nothing_but_quotes_and_stars_is_syntax() {
    finds("foo OR bar", "bar or foo");
    misses("foo OR bar", "foo");
    finds("NOT -foo", "not foo");
    finds("NEAR(a b, 2)", "near a b 2");
    finds("body:x", "the body: x");
    finds("\"foo bar\"", "a foo, bar");
    misses("\"foo bar\"", "bar foo");
    misses("\"foo bar\"", "foo x bar");
    finds("“foo bar” x", "x foo bar");
    finds("\"foo bar", "foo bar");
    finds("\"می خواهم بروم\"", "من می\u{200C}خواهم بروم");
    finds("\"من میخواهم بروم\"", "من می\u{200C}خواهم بروم");
    finds("serv*", "two servers");
    misses("serv", "two servers");
    misses("erv*", "two servers");
    misses("a-b*", "ax b");
    finds("می\u{200C}خو*", "می\u{200C}خواهم");
    finds("图书*", "图书馆");
    finds("* foo", "foo");
    assert!(!query("\"serv*\"").words().any(Word::is_prefix));
}

#[test]
fn a_bad_query_is_refused_in_a_sentence() {
    for empty in ["", "   ", "\"\"", "***", "-", "\u{200C}", "'"] {
        assert_eq!(Query::parse(empty).unwrap_err(), BadQuery::Empty, "{empty:?}");
    }
    assert_eq!(Query::parse(&"a".repeat(257)).unwrap_err(), BadQuery::TooLong);
    assert!(Query::parse(&"a".repeat(256)).is_ok());
    assert!(Query::parse(&"a ".repeat(16)).is_ok());
    assert_eq!(Query::parse(&"a ".repeat(17)).unwrap_err(), BadQuery::TooManyWords);
    assert_eq!(Query::parse(&"a-".repeat(17)).unwrap_err(), BadQuery::TooManyWords);
    assert!(Query::parse("图书馆里有许多人在看书").is_ok());
    // 85 squared words of six letters each; no two of their pairs alike would be over 128 terms.
    let squared: String = (0x3300..0x3355).filter_map(char::from_u32).collect();
    assert_eq!(Query::parse(&squared).unwrap_err(), BadQuery::TooManyWords);
    assert_eq!(BadQuery::Empty.to_string(), "Write at least one word to look for.");
    for bad in [BadQuery::TooLong, BadQuery::TooManyWords] {
        assert!(bad.to_string().ends_with('.'));
    }
}

#[test]
fn long_words_are_found_by_what_is_kept_of_them() {
    let long = "x".repeat(200);
    assert_eq!(terms_of(&long), ["x".repeat(64)]);
    finds(&long, &format!("see {long}"));
    finds(&"x".repeat(64), &long);
    // Cut between two letters, never within the spelling of one.
    for ahead in 0..6 {
        let marked = "x".repeat(ahead) + &"\u{93F}".repeat(30);
        let [term] = <[String; 1]>::try_from(terms_of(&marked)).unwrap();
        assert!(term.len() > TERM_BYTES_MAX - 6);
        assert_eq!(term.chars().filter(|c| is_private(*c)).count() % 2, 0);
    }
    // A letter with more marks than anybody writes leaves room for its neighbour.
    let heavy = format!("ก{}ข", "\u{E48}".repeat(40));
    assert!(terms_of(&heavy).last().unwrap().ends_with('ข'));
}

/// The letters that are known to pass `unicode61`, and private-use characters.
fn is_safe(term: &str) -> bool {
    use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};
    term.chars().all(|c| {
        let group = c.general_category_group();
        let letter = matches!(group, GeneralCategoryGroup::Letter | GeneralCategoryGroup::Number);
        letter && c.to_lowercase().eq([c]) || is_private(c)
    })
}

fn is_private(c: char) -> bool {
    ('\u{E000}'..='\u{F8FF}').contains(&c)
}

/// The planes that have characters.
fn all() -> impl Iterator<Item = char> {
    ('\0'..='\u{3FFFF}').chain('\u{E0000}'..='\u{E0FFF}')
}

#[test]
fn every_character_has_terms_that_an_index_takes_and_that_fold_to_themselves() {
    let mut most = 0;
    for c in all() {
        let alone = c.to_string();
        let (mut once, mut twice) = (String::new(), String::new());
        fold::fold(&alone, &mut once);
        fold::fold(&once, &mut twice);
        assert_eq!(once, twice, "U+{:04X}", c as u32);
        // A letter that composes has everything composed.
        once.push_str(" \u{1100}");
        twice.clear();
        fold::fold(&format!("{c} \u{1100}"), &mut twice);
        assert_eq!(once, twice, "U+{:04X}", c as u32);
        let eight = alone.repeat(8);
        let mut bytes = 0;
        terms(&eight, |term| {
            assert!(is_safe(term), "U+{:04X}: {term:?}", c as u32);
            assert!(!term.is_empty());
            assert!(term.len() <= TERM_BYTES_MAX);
            bytes += term.len() + 1;
        });
        most = most.max(bytes.div_ceil(eight.len()));
    }
    assert!(most <= TERMS_BYTES_PER_BYTE_MAX, "{most}");
}

#[test]
fn letters_that_are_taken_a_short_way_fold_as_the_tables_say() {
    use unicode_normalization::UnicodeNormalization;
    for c in all() {
        // A mark that is dropped brings all letters on the long way: decomposed before.
        let (short, long) = (c.to_string(), c.to_string().nfd().collect::<String>());
        assert_eq!(terms_of(&short), terms_of(&long), "U+{:04X}", c as u32);
        let compatible = c.to_string().nfkc().collect::<String>();
        assert_eq!(terms_of(&short), terms_of(&compatible), "U+{:04X}", c as u32);
    }
}

#[test]
fn the_edition_is_counted_up_when_terms_change() {
    // Letters whose properties Unicode does not change any more.
    let mut sum = 0xCBF2_9CE4_8422_2325_u64;
    for c in ('\0'..='\u{5FF}').chain('\u{3041}'..='\u{30FF}').chain('\u{4E00}'..='\u{4EFF}') {
        terms(&format!("a{c}'{c}\u{301} {c}{c}"), |term| {
            for byte in term.bytes().chain([0]) {
                sum = (sum ^ u64::from(byte)).wrapping_mul(0x100_0000_01B3);
            }
        });
    }
    assert_eq!((EDITION, sum), (1, 5_684_207_764_255_298_807), "count EDITION up and write the new sum here");
}

/// Texts where scripts, joints, marks and quotes meet.
fn mixed() -> impl Strategy<Value = String> {
    #[rustfmt::skip]
    let pieces = [
        "a", "B", "ß", "é", "\u{301}", "'", "\u{200C}", " ", "\"", "*", "-", "می", "نمی", "ك", "图", "书", "학", "か", "\u{3099}",
        "กิ", "\u{E48}", "क", "\u{93F}", "🙂", "۱", "и", "\u{306}", "\u{308}", "㌖", "ﷺ", "\u{E800}",
        "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    ];
    let piece = proptest::sample::select(pieces.to_vec());
    proptest::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![3 => mixed(), 1 => any::<String>()]
}

proptest! {
    #[test]
    fn what_matches_is_a_candidate(asked in any_text(), text in any_text(), inside in any::<bool>()) {
        let text = if inside { format!("{text}{asked}") } else { text };
        if let Ok(query) = Query::parse(&asked) {
            prop_assert!(query.words().count() >= 1);
            if query.matches(&text) {
                prop_assert!(is_candidate(&query, &text), "{asked:?} {text:?}");
            }
        }
    }

    #[test]
    fn a_text_is_found_by_itself(text in any_text()) {
        let asked = text.replace(['"', '“', '”', '„', '*'], " ");
        if let Ok(query) = Query::parse(&asked) {
            prop_assert!(query.matches(&asked), "{asked:?} {:?}", terms_of(&asked));
        }
    }

    #[test]
    fn every_term_is_a_term_of_its_own(text in any_text()) {
        for term in terms_of(&text) {
            // What is spelled in private-use characters is no text.
            if !term.contains(is_private) {
                let again = terms_of(&term);
                prop_assert!(again.contains(&term), "{term:?} {again:?}");
            }
        }
    }

    #[test]
    fn folding_twice_changes_nothing(text in any_text()) {
        let (mut once, mut twice) = (String::new(), String::new());
        fold::fold(&text, &mut once);
        fold::fold(&once, &mut twice);
        prop_assert_eq!(once, twice);
    }

    #[test]
    fn canonically_equal_texts_have_the_same_terms(text in any_text()) {
        use unicode_normalization::UnicodeNormalization;
        prop_assert_eq!(terms_of(&text), terms_of(&text.nfd().collect::<String>()));
        prop_assert_eq!(terms_of(&text), terms_of(&text.nfkc().collect::<String>()));
    }

    #[test]
    fn terms_are_bounded_and_fit_for_an_index(text in any_text()) {
        let mut bytes = 0;
        for term in terms_of(&text) {
            prop_assert!(is_safe(&term) && !term.is_empty() && term.len() <= TERM_BYTES_MAX, "{term:?}");
            bytes += term.len() + 1;
        }
        prop_assert!(bytes <= TERMS_BYTES_PER_BYTE_MAX * text.len());
    }
}
