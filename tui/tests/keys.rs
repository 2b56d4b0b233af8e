//! What the keys of the chat do: completion, lines typed before, selection, copying, links, rooms, settings, times.

mod desk;

use cursive::event::{Event, Key};
use desk::{Desk, GARDEN, LOBBY, WELCOME};

const USUAL: (usize, usize) = (80, 24);
const SMALL: (usize, usize) = (40, 10);

/// The row above the message box.
fn status(desk: &Desk) -> String {
    let rows = desk.rows();
    rows[rows.len() - 2].to_owned()
}

fn alt(desk: &mut Desk, c: char) {
    desk.event(Event::AltChar(c));
}

/// ada has said this, and the server has confirmed it.
fn ada(desk: &mut Desk, text: &str) {
    desk.types(text);
    desk.key(Key::Enter);
    let sent = desk.sent();
    let nonce = sent.split(r#""nonce":""#).nth(1).and_then(|rest| rest.split('"').next()).unwrap().to_owned();
    let id = desk.taken_id();
    desk.says(&format!(r#"{{"ack":{{"nonce":"{nonce}","room":"lobby","id":{id}}}}}"#));
    let at = 1_763_804_800_000 + id * 1_000;
    desk.says(&format!(r#"{{"message":{{"room":"lobby","id":{id},"from":"ada","at":{at},"text":"{text}"}}}}"#));
}

#[test]
fn tab_finishes_names_and_goes_round_and_escape_brings_back_what_was_typed() {
    for size in [USUAL, SMALL] {
        let mut desk = Desk::online(size);
        desk.says(r#"{"joined":{"room":"lobby","nick":"beppe","at":1763804800000}}"#);
        desk.types("be");
        desk.key(Key::Tab);
        let first = desk.message_box().to_owned();
        assert!(["> bea:", "> beppe:"].contains(&first.as_str()), "{first}");
        assert!(status(&desk).contains("[be") && status(&desk).contains("bea") && status(&desk).contains("beppe"));
        desk.key(Key::Tab);
        assert_ne!(desk.message_box(), first);
        desk.event(Event::Shift(Key::Tab));
        assert_eq!(desk.message_box(), first);
        desk.key(Key::Esc);
        assert_eq!(desk.message_box(), "> be");
        assert!(!status(&desk).contains('['));
    }
}

#[test]
fn what_follows_a_finished_word_is_typed_behind_its_space() {
    let mut desk = Desk::online(USUAL);
    desk.types("/j");
    desk.key(Key::Tab);
    desk.types("garden");
    assert_eq!(desk.message_box(), "> /join garden");
    desk.control('u');
    desk.types("xyz");
    desk.key(Key::Tab);
    assert_eq!(desk.message_box(), "> xyz");
    assert!(status(&desk).contains("Nothing starts with that."));
}

#[test]
fn lines_typed_before_come_back_and_what_was_being_typed_after_them() {
    let mut desk = Desk::online(USUAL);
    for line in ["one", "two"] {
        desk.types(line);
        desk.key(Key::Enter);
    }
    desk.types("three");
    for (key, line) in [(Key::Up, "> two"), (Key::Up, "> one"), (Key::Down, "> two"), (Key::Down, "> three")] {
        desk.event(Event::Ctrl(key));
        assert_eq!(desk.message_box(), line);
    }
}

#[test]
fn a_message_is_selected_by_keys_and_the_status_line_says_what_can_be_done() {
    for size in [USUAL, SMALL] {
        let mut desk = Desk::online(size);
        desk.chatter(40);
        alt(&mut desk, 'k');
        assert!(status(&desk).contains("Alt+R reply"), "{}", desk.screen());
        for _ in 0..30 {
            alt(&mut desk, 'k');
        }
        desk.sees("line 10.");
        desk.does_not_see("line 40.");
        for _ in 0..31 {
            alt(&mut desk, 'j');
        }
        assert!(!status(&desk).contains("Alt+R"), "behind the newest none is selected");
        alt(&mut desk, 'k');
        desk.key(Key::Esc);
        assert!(!status(&desk).contains("Alt+R"));
    }
}

#[test]
fn a_selected_message_of_ones_own_is_corrected_or_taken_back_when_asked_twice() {
    let mut desk = Desk::online(USUAL);
    ada(&mut desk, "first");
    ada(&mut desk, "second");
    desk.bea("between");
    for _ in 0..3 {
        alt(&mut desk, 'k');
    }
    alt(&mut desk, 'e');
    assert_eq!(desk.message_box(), "~ first");
    desk.types("!");
    desk.key(Key::Enter);
    assert!(desk.sent().contains(r#"{"edit":{"room":"lobby","id":1,"text":"first!""#));
    alt(&mut desk, 'd');
    assert!(status(&desk).contains("Repeat to take"));
    desk.key(Key::Left);
    alt(&mut desk, 'd');
    assert_eq!(desk.sent(), "", "another key in between begins anew");
    alt(&mut desk, 'd');
    assert!(desk.sent().contains(r#"{"delete":{"room":"lobby","id":1"#));
}

#[test]
fn an_answer_quotes_what_it_answers() {
    for size in [USUAL, SMALL] {
        let mut desk = Desk::online(size);
        desk.bea("who brings tea?");
        desk.bea("and who cake?");
        alt(&mut desk, 'r');
        assert!(status(&desk).contains("Replying to bea."));
        desk.key(Key::Esc);
        assert!(!status(&desk).contains("Replying"));
        alt(&mut desk, 'k');
        alt(&mut desk, 'k');
        desk.key(Key::Enter);
        assert!(desk.message_box().starts_with('↳'), "{}", desk.message_box());
        desk.types("//me");
        desk.key(Key::Enter);
        let sent = desk.sent();
        assert!(sent.contains(r#"{"say":{"room":"lobby","text":"/me","#) && sent.contains(r#""reply_to":1"#), "{sent}");
        desk.sees("↳ bea: who brings tea?");
        assert_eq!(desk.message_box(), "> Write your messages here.");
        desk.types("next");
        desk.key(Key::Enter);
        assert!(!desk.sent().contains("reply_to"));
        desk.says(r#"{"message":{"room":"lobby","id":9,"from":"bea","at":1763804800000,"text":"old","reply_to":5}}"#);
        desk.sees("↳ an earlier message");
    }
}

#[test]
fn what_others_said_can_be_neither_corrected_nor_taken_back() {
    let mut desk = Desk::online(USUAL);
    desk.bea("mine");
    desk.sent();
    alt(&mut desk, 'k');
    for key in ['e', 'd', 'd'] {
        alt(&mut desk, key);
        assert!(status(&desk).contains("Only your own messages can be changed."), "{}", status(&desk));
    }
    assert_eq!(desk.sent(), "");
}

#[test]
fn a_link_that_deceives_is_opened_only_when_asked_twice() {
    let mut desk = Desk::online(USUAL);
    alt(&mut desk, 'o');
    assert!(status(&desk).contains("There is no link here."));
    desk.bea("see https://xn--80ak6aa92e.example/ and https://bank.example@evil.example/");
    alt(&mut desk, 'o');
    assert!(status(&desk).contains("This link leads to evil.example"), "{}", status(&desk));
    desk.key(Key::Esc);
    desk.types("/open 3");
    desk.key(Key::Enter);
    assert!(status(&desk).contains("There is no link here."));
    assert_eq!(desk.message_box(), "> Write your messages here.");
}

#[test]
fn the_room_switcher_finds_rooms_by_letters_and_keeps_the_draft() {
    for size in [USUAL, SMALL] {
        let mut desk = Desk::online(size);
        desk.says(GARDEN);
        desk.types("a draft");
        desk.control('k');
        desk.sees("Go to a room");
        desk.sees("lobby");
        desk.sees("garden");
        desk.types("gdn");
        assert_eq!(desk.screen().matches("lobby").count(), usize::from(size == USUAL) + 1, "{}", desk.screen());
        desk.key(Key::Enter);
        desk.sees("garden");
        desk.does_not_see("Go to a room");
        assert_eq!(desk.message_box(), "> Write your messages here.");
        desk.control('k');
        desk.types("lob");
        desk.key(Key::Enter);
        assert_eq!(desk.message_box(), "> a draft");
        desk.control('k');
        desk.types("kitchen");
        desk.sees("No room has that name");
        desk.key(Key::Enter);
        assert!(desk.sent().contains(r#"{"join":{"room":"kitchen""#));
        assert_eq!(desk.message_box(), "> a draft");
        desk.control('k');
        desk.key(Key::Esc);
        desk.does_not_see("Go to a room");
    }
}

#[test]
fn going_to_a_room_before_there_is_any_leaves_what_is_typed_to_the_first() {
    let mut desk = Desk::dialling(USUAL);
    desk.types("hello");
    desk.control('k');
    desk.types("garden");
    desk.key(Key::Enter);
    desk.server.connected();
    for frame in [WELCOME, LOBBY, GARDEN] {
        desk.says(frame);
    }
    desk.control('k');
    desk.types("#lobby");
    desk.key(Key::Enter);
    assert_eq!(desk.message_box(), "> hello");
}

#[test]
fn alt_shift_goes_to_where_something_is_new() {
    let mut desk = Desk::online(USUAL);
    desk.says(GARDEN);
    desk.bea_in("garden", "news");
    desk.event(Event::AltShift(Key::Down));
    desk.sees("garden: roses");
    desk.sees("bea: news");
}

#[test]
fn times_are_shown_to_the_second_and_back() {
    let mut desk = Desk::online(USUAL);
    desk.bea("ciao");
    let row = |desk: &Desk| desk.rows().into_iter().find(|row| row.contains("ciao")).unwrap().to_owned();
    let colons = |row: &str| row.split(" bea").next().unwrap().matches(':').count();
    assert_eq!(colons(&row(&desk)), 1);
    desk.control('t');
    assert_eq!(colons(&row(&desk)), 2);
    desk.control('t');
    assert_eq!(colons(&row(&desk)), 1);
}

#[test]
fn a_day_stands_before_what_was_said_on_it() {
    let mut desk = Desk::online(USUAL);
    desk.bea("on a Saturday");
    desk.says(r#"{"message":{"room":"lobby","id":2,"from":"bea","at":1764000000000,"text":"later"}}"#);
    let rows = desk.rows();
    let row =
        |text: &str| rows.iter().position(|row| row.contains(text)).unwrap_or_else(|| panic!("{}", desk.screen()));
    assert!(row("22 November 2025") < row("on a Saturday"));
    assert!(row("on a Saturday") < row("24 November 2025") && row("24 November 2025") < row("later"));
}

#[test]
fn who_is_typing_and_who_is_away_is_shown() {
    let mut desk = Desk::online(USUAL);
    desk.says(r#"{"typing":{"room":"lobby","nick":"bea"}}"#);
    assert!(status(&desk).contains("bea is typing …"), "{}", desk.screen());
    desk.says(r#"{"away":{"nick":"bea","text":"lunch"}}"#);
    let bea = desk.rows().into_iter().find(|row| row.contains("│ bea")).unwrap().to_owned();
    assert!(bea.ends_with("away"), "{bea}");
    desk.says(r#"{"away":{"nick":"ada","text":"lunch"}}"#);
    desk.server.sleep(std::time::Duration::from_secs(10));
    desk.look();
    assert!(status(&desk).contains("ada (away) at"), "{}", status(&desk));
}

#[test]
fn the_settings_are_listed_and_changed_and_hold_at_once() {
    let mut desk = Desk::online(USUAL);
    desk.types("/set");
    desk.key(Key::Enter);
    desk.sees("Settings");
    desk.sees("language");
    desk.sees("(auto, en, it, fa)");
    desk.key(Key::Esc);
    desk.types("/set language it");
    desk.key(Key::Enter);
    desk.sees("language ora è it.");
    desk.sees("Scrivi qui i tuoi messaggi.");
    desk.types("/set mouse often");
    desk.key(Key::Enter);
    desk.sees("terminal.mouse");
    desk.types("/set nonsense 1");
    desk.key(Key::Enter);
    desk.sees("nonsense");
}

#[test]
fn the_exact_time_of_the_selected_message_is_in_sight_at_any_usual_width() {
    for width in [56, 80] {
        let mut desk = Desk::online((width, 24));
        desk.bea("ciao");
        alt(&mut desk, 'k');
        assert!(status(&desk).contains("22 November 2025"), "{}", status(&desk));
        assert!(status(&desk).contains("Alt+R reply"), "{}", status(&desk));
    }
}

#[test]
fn what_is_hidden_takes_no_line_and_the_log_still_scrolls_over_it() {
    let mut desk = Desk::online(SMALL);
    for number in 1..=30 {
        desk.bea(&format!("from bea {number}."));
        let id = desk.taken_id();
        let at = 1_763_804_800_000 + id * 1_000;
        desk.says(&format!(
            r#"{{"message":{{"room":"lobby","id":{id},"from":"علی","at":{at},"text":"from ali {number}."}}}}"#
        ));
    }
    desk.sees("from ali 30.");
    desk.types("/ignore bea");
    desk.key(Key::Enter);
    desk.does_not_see("from bea");
    desk.sees("from ali 30.");
    desk.event(Event::Shift(Key::Up));
    desk.sees("▼ more below");
    desk.does_not_see("from bea");
    desk.key(Key::Home);
    desk.sees("from ali 1.");
    desk.does_not_see("from bea");
    for _ in 0..40 {
        desk.event(Event::Shift(Key::Down));
    }
    desk.sees("from ali 30.");
    desk.types("/unignore bea");
    desk.key(Key::Enter);
    desk.sees("from bea 30.");
}
