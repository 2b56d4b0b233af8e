//! Right-to-left text on the screen: turned by the program, left to the terminal, or to nobody.

mod desk;

use cursive::event::Key;
use desk::Desk;
use tui::bidi::Bidi;
use tui::cells::Emoji;
use tui::look::Look;
use tui::style::Colours;

const SIZE: (usize, usize) = (60, 12);
const SMALL: (usize, usize) = (40, 10);

fn desk(bidi: Bidi, size: (usize, usize)) -> Desk {
    Desk::online_looking(Look { bidi, ..Look::new(Colours::Many) }, size)
}

/// The part of the row that holds this, between its edges.
fn log_row<'a>(desk: &'a Desk, holding: &str) -> &'a str {
    let row = desk.rows().into_iter().find(|row| row.contains(holding)).unwrap_or_else(|| panic!("{}", desk.screen()));
    row.split('│').next().unwrap_or(row).trim_end()
}

#[test]
fn a_persian_message_is_joined_turned_and_rests_on_the_right_edge() {
    let mut desk = desk(Bidi::App, SIZE);
    desk.bea("سلام دنیا");
    let row = log_row(&desk, "bea: ");
    assert!(row.ends_with("ﺎﯿﻧﺩ ﻡﻼﺳ"), "{row:?}");
    assert_eq!(row.find("bea:"), Some(6), "time and nick stay where they are");
    let edge = row.chars().count();
    desk.bea("ciao");
    desk.bea("سلام");
    let other = desk.rows().into_iter().rfind(|row| row.contains("ﻡﻼﺳ")).unwrap();
    assert_eq!(other.split('│').next().unwrap().trim_end().chars().count(), edge);
}

#[test]
fn mixed_text_brackets_and_links_stand_in_the_order_they_are_read_in() {
    let mut desk = desk(Bidi::App, (80, 12));
    desk.bea("علی گفت: Hello World (نسخه\u{654} 2.0) را می\u{200C}بینم");
    desk.sees("ﻢﻨﯿﺑﯽﻣ ﺍﺭ (2.0 ﻪ\u{654}ﺨﺴﻧ) Hello World :ﺖﻔﮔ ﯽﻠﻋ");
    desk.bea("see https://example.org/a(b)?q=1 و بعد");
    desk.sees("see https://example.org/a(b)?q=1 ﺪﻌﺑ ﻭ");
}

#[test]
fn the_real_caret_stands_beyond_what_was_typed_last() {
    let mut desk = desk(Bidi::App, SMALL);
    let right = 2 + (40 - 3);
    for (text, cells) in [("س", 1), ("سل", 2), ("سلا", 2), ("سلام", 3), ("سلام ", 4), ("سلام a", 5)] {
        desk.control('u');
        desk.types(text);
        assert_eq!(desk.caret.get().unwrap().x, right - cells - 1, "{text}");
    }
    desk.control('u');
    desk.types("سلام");
    desk.key(Key::Right);
    assert_eq!(desk.caret.get().unwrap().x, right - 3, "on the last letter");
    desk.key(Key::Home);
    assert_eq!(desk.caret.get().unwrap().x, right - 1, "on the first letter");
    desk.key(Key::Left);
    desk.types("ا");
    desk.key(Key::Enter);
    assert!(desk.sent().contains("سالام"));
}

#[test]
fn between_lam_and_alef_the_caret_has_a_cell_of_its_own() {
    let mut desk = desk(Bidi::App, SMALL);
    desk.types("لا");
    assert!(desk.message_box().ends_with('ﻻ'), "{}", desk.message_box());
    desk.key(Key::Right);
    assert!(desk.message_box().ends_with("ﺎﻟ"), "{}", desk.message_box());
    assert_eq!(desk.caret.get().unwrap().x, 2 + 37 - 2);
    desk.types("ب");
    assert!(desk.message_box().ends_with("ﺎﺒﻟ"), "{}", desk.message_box());
}

#[test]
fn where_the_terminal_turns_text_it_gets_logical_order_in_rows_of_its_own() {
    let mut desk = desk(Bidi::Terminal, SMALL);
    desk.bea("سلام دنیا");
    let rows = desk.rows();
    let at = rows.iter().position(|row| row.ends_with("bea:")).expect("the nick's row");
    assert_eq!(rows.get(at + 1).map(|row| row.trim()), Some("سلام دنیا"));
    desk.bea("ciao سلام");
    desk.sees("bea: ciao سلام");
}

#[test]
fn where_the_terminal_turns_rows_no_list_stands_in_them_once_there_is_something_to_turn() {
    let desk = desk(Bidi::Terminal, (80, 12));
    assert!(!desk.screen().contains('│'), "{}", desk.screen());
    desk.sees("3 people");
    let mut english = Desk::dialling_with(
        Look { bidi: Bidi::Terminal, ..Look::new(Colours::Many) },
        tui::term::Caret::default(),
        (80, 12),
    );
    english.server.connected();
    english.says(desk::WELCOME);
    english.says(&desk::LOBBY.replace("علی", "carlo"));
    english.sees("│ Here");
    english.bea("سلام");
    english.does_not_see("│");
}

#[test]
fn hostile_text_stops_nothing_and_leaves_nothing_at_any_width_in_any_mode() {
    let mut zalgo = String::from("س");
    zalgo.extend(std::iter::repeat_n('\u{64E}', 200));
    let texts = [
        "س\u{200F}b\u{200E}c\u{202E}d\u{2067}e",
        "سل\u{200B}ام",
        "\\u001b[31mسرخ\\u0007",
        "س\\tb",
        "\u{FDFD}\u{FDFD}",
        "س क्ष्क्ष्क्ष्क्ष्क्ष्क्ष्क्ष्क्ष्",
        "سلام 👨\u{200D}👩\u{200D}👧 🇮🇷🇮🇹🇮 👍🏽 ❤\u{FE0F} :",
        "\u{654}\u{654}س",
        "\u{600}\u{600}\u{600}\u{600}\u{600}\u{600}س",
        "\u{E0100}س\u{E0101} https://a.example/\u{E0102}",
        zalgo.as_str(),
    ];
    let modes = [(Bidi::App, Emoji::Simple, 1), (Bidi::App, Emoji::Full, 5), (Bidi::Terminal, Emoji::Names, 5)];
    for (bidi, emoji, step) in modes {
        for width in (1..=80).step_by(step) {
            let look = Look { bidi, emoji, ..Look::new(Colours::Many) };
            let mut desk = Desk::online_looking(look, (width, 9));
            for text in texts {
                desk.bea(text);
                desk.pastes(text);
            }
            let steers =
                |c: char| c.is_control() && c != '\n' || matches!(c, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}');
            assert!(!desk.screen().contains(steers), "{}", desk.screen());
        }
    }
}

#[test]
fn switched_off_nothing_is_touched() {
    let mut desk = desk(Bidi::Off, SMALL);
    desk.bea("سلام (1)");
    desk.sees("bea: سلام (1)");
}

#[test]
fn names_and_topics_are_turned_too() {
    let mut desk = desk(Bidi::App, (80, 12));
    desk.says(r#"{"room":{"room":"باغ","log":"9f3c5a7b1d2e4f61","first_id":1,"last_id":0,"topic":"گل و گیاه","count":1,"members":["ada"]}}"#);
    desk.sees("ﻍﺎﺑ");
    desk.sees(" ﯽﻠﻋ");
    desk.control('n');
    desk.sees("ﻩﺎﯿﮔ ﻭ ﻞﮔ");
}
