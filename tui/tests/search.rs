//! Looking for what was said, and going there.

mod desk;

use cursive::event::{Event, Key};
use desk::{Desk, GARDEN};
use tui::term::Extra;

const USUAL: (usize, usize) = (80, 24);
const SMALL: (usize, usize) = (40, 10);

fn reference(sent: &str) -> &str {
    sent.rsplit(r#""ref":""#).next().and_then(|rest| rest.split('"').next()).unwrap()
}

fn hit(room: &str, id: u64, text: &str) -> String {
    let at = 1_763_804_800_000 + id * 1_000;
    format!(r#"{{"room":"{room}","id":{id},"from":"bea","at":{at},"text":"{text}"}}"#)
}

/// Answers the client's last question with these messages, ascending.
#[track_caller]
fn page(desk: &mut Desk, place: &str, messages: &[String], cursor: &str) -> String {
    let sent = desk.sent();
    let place = if place.is_empty() { String::new() } else { format!(r#""room":"{place}","#) };
    let (more, cursor) = match cursor {
        "" => (false, String::new()),
        cursor => (true, format!(r#""cursor":"{cursor}","#)),
    };
    let (messages, reference) = (messages.join(","), reference(&sent));
    desk.says(&format!(
        r#"{{"page":{{{place}"messages":[{messages}],{cursor}"has_more":{more},"ref":"{reference}"}}}}"#
    ));
    sent
}

/// The row of the screen that shows this.
#[track_caller]
fn row(desk: &Desk, text: &str) -> usize {
    let at = desk.rows().iter().position(|row| row.contains(text));
    at.unwrap_or_else(|| panic!("no {text:?} on this screen:\n{}", desk.screen()))
}

#[test]
fn what_is_found_stands_with_room_and_time_the_newest_lowest() {
    for size in [USUAL, SMALL] {
        let mut desk = Desk::online(size);
        desk.control('f');
        desk.sees("Search in lobby");
        desk.key(Key::Tab);
        desk.sees("Search everywhere");
        desk.types("کتاب");
        assert_eq!(desk.message_box(), "? کتاب");
        assert_eq!(desk.caret.get().unwrap().x, 2 + 4);
        desk.key(Key::Enter);
        desk.sees("Searching …");
        let sent = page(&mut desk, "", &[hit("@bea", 3, "كتاب علی"), hit("garden", 9, "کتاب نو")], "");
        assert!(sent.contains(r#"{"search":{"query":"کتاب","#), "{sent}");
        assert!(row(&desk, "كتاب علی") < row(&desk, "کتاب نو"));
        desk.sees("2 found");
        let newest = desk.rows()[row(&desk, "کتاب نو")].to_owned();
        assert!(newest.contains("garden bea: ") && newest.contains("22 Nov"), "{newest}");
        assert!(desk.rows().iter().all(|row| row.chars().count() <= size.0));
        desk.key(Key::Esc);
        desk.sees("ada at parlor://");
        desk.does_not_see("Search");
        assert!(desk.session.state().search.is_none());
    }
}

#[test]
fn this_room_is_searched_unless_everywhere_is_chosen() {
    let mut desk = Desk::online(USUAL);
    desk.control('f');
    desk.types("soup");
    desk.key(Key::Enter);
    let sent = page(&mut desk, "lobby", &[], "");
    assert!(sent.contains(r#"{"search":{"room":"lobby","query":"soup","#), "{sent}");
    desk.sees("Nothing was found.");
    desk.key(Key::Tab);
    let sent = page(&mut desk, "", &[hit("garden", 1, "soup")], "");
    assert!(sent.contains(r#"{"search":{"query":"soup","#), "{sent}");
    desk.sees("garden bea: soup");
}

#[test]
fn page_up_fetches_older_hits_and_the_chosen_one_stays_chosen() {
    let mut desk = Desk::online(SMALL);
    desk.control('f');
    desk.types("soup");
    desk.key(Key::Enter);
    let hits = |from: u64, to: u64| (from..to).map(|id| hit("lobby", id, &format!("soup {id}."))).collect::<Vec<_>>();
    page(&mut desk, "lobby", &hits(100, 110), "77");
    desk.sees("soup 109.");
    desk.does_not_see("soup 100.");
    desk.key(Key::PageUp);
    assert!(!desk.sent().contains("search"), "there are hits above still");
    desk.key(Key::PageUp);
    let sent = page(&mut desk, "lobby", &hits(90, 100), "");
    assert!(sent.contains(r#""cursor":"77""#), "{sent}");
    desk.sees("soup 100.");
    desk.key(Key::PageUp);
    desk.key(Key::PageUp);
    desk.sees("soup 90.");
    desk.key(Key::Down);
    desk.sees("soup 91.");
    desk.key(Key::PageDown);
    desk.key(Key::PageDown);
    desk.key(Key::PageDown);
    desk.key(Key::PageDown);
    desk.sees("soup 109.");
}

#[test]
fn enter_goes_to_a_message_that_is_held() {
    for size in [USUAL, SMALL] {
        let mut desk = Desk::online(size);
        desk.chatter(80);
        desk.says(GARDEN);
        desk.control('n');
        desk.control('f');
        desk.key(Key::Tab);
        desk.types("line");
        desk.key(Key::Enter);
        page(&mut desk, "", &[hit("lobby", 20, "line 20."), hit("lobby", 70, "line 70.")], "");
        desk.key(Key::Up);
        desk.key(Key::Enter);
        desk.sees(" lobby");
        desk.sees("line 20.");
        desk.sees("line 19.");
        desk.sees("line 21.");
        desk.does_not_see("line 70.");
        desk.sees("▼");
        // Back at the hits, the next one is near.
        desk.control('f');
        desk.sees("line 70.");
        desk.key(Key::Enter);
        desk.sees("line 69.");
        desk.sees("line 71.");
    }
}

#[test]
fn an_older_message_is_paged_back_to_and_one_from_long_ago_is_read_in_its_place() {
    let mut desk = Desk::dialling(SMALL);
    desk.server.connected();
    desk.says(desk::WELCOME);
    desk.says(&desk::LOBBY.replace(r#""last_id":0"#, r#""last_id":9000"#));
    let lines = |from: u64, to: u64| (from..to).map(|id| hit("lobby", id, &format!("line {id}."))).collect::<Vec<_>>();
    page(&mut desk, "lobby", &lines(8951, 9001), "more");
    desk.types("/find line");
    desk.key(Key::Enter);
    page(&mut desk, "lobby", &[hit("lobby", 100, "line 100."), hit("lobby", 8_900, "line 8900.")], "");
    desk.key(Key::Enter);
    desk.does_not_see("Search");
    desk.sees("Fetching older messages");
    page(&mut desk, "lobby", &lines(8_751, 8_951), "more");
    desk.sees("line 8899.");
    desk.sees("line 8900.");
    desk.sees("line 8901.");
    let log: Vec<String> = desk.rows().iter().take(7).map(|row| (*row).to_owned()).collect();

    desk.control('f');
    desk.key(Key::Up);
    desk.key(Key::Enter);
    desk.sees("Around a message in lobby");
    let sent = desk.sent();
    let references: Vec<&str> = sent.split(r#""ref":""#).skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    for (reference, messages) in references.into_iter().zip([lines(81, 101), lines(101, 121)]) {
        let messages = messages.join(",");
        desk.says(&format!(
            r#"{{"page":{{"room":"lobby","messages":[{messages}],"has_more":true,"ref":"{reference}"}}}}"#
        ));
    }
    desk.sees("line 99.");
    desk.sees("line 100.");
    desk.sees("line 101.");
    desk.key(Key::Esc);
    desk.sees("line 8900.");
    desk.sees("Search in lobby");
    desk.key(Key::Esc);
    assert_eq!(desk.rows().get(..7).unwrap(), log, "the log kept its place");
}

#[test]
fn a_refused_search_says_why_and_can_be_tried_again() {
    let mut desk = Desk::online(SMALL);
    desk.control('f');
    desk.key(Key::Enter);
    desk.sees("Write at least one word");
    desk.types("soup");
    desk.key(Key::Enter);
    let sent = desk.sent();
    let code = r#""code":"unavailable","text":"Nothing can be looked for just now.""#;
    desk.says(&format!(r#"{{"error":{{{code},"ref":"{}"}}}}"#, reference(&sent)));
    desk.sees("Nothing can be looked for just now.");
    desk.types("s");
    desk.key(Key::Enter);
    assert!(desk.sent().contains("soups"));
    desk.server.lost("the server closed the connection");
    desk.look();
    desk.sees("The connection was lost");
    desk.key(Key::Esc);
    desk.types("/search soup");
    desk.key(Key::Enter);
    desk.sees("! There is no connection just now");
    assert_eq!(desk.message_box(), "> /search soup");
}

#[test]
fn while_somebody_searches_nothing_behind_it_is_read() {
    let mut desk = Desk::online(USUAL);
    desk.control('f');
    desk.bea("unseen");
    assert_eq!(desk.session.state().rooms[0].unread, 1);
    desk.event(Extra::Focus(false).into_event());
    desk.key(Key::Esc);
    assert_eq!(desk.session.state().rooms[0].unread, 1, "the terminal lost the focus meanwhile");
    desk.event(Extra::Focus(true).into_event());
    assert_eq!(desk.session.state().rooms[0].unread, 0);
}

#[test]
fn the_first_letter_typed_over_what_was_looked_for_last_begins_anew() {
    let mut desk = Desk::online(USUAL);
    desk.control('f');
    desk.types("soup");
    desk.key(Key::Enter);
    page(&mut desk, "lobby", &[hit("lobby", 1, "soup")], "");
    desk.key(Key::Enter);
    desk.does_not_see("Search in");
    desk.control('f');
    assert_eq!(desk.message_box(), "? soup");
    desk.types("tea");
    assert_eq!(desk.message_box(), "? tea");
}

#[test]
fn a_pasted_query_is_one_line() {
    let mut desk = Desk::online(USUAL);
    desk.control('f');
    desk.event(Extra::Paste("soup\nbread".into()).into_event());
    assert_eq!(desk.message_box(), "? soup bread");
}

#[test]
fn no_size_stops_the_search() {
    for (width, height) in (1..50).flat_map(|width| [(width, 1), (width, 2), (width, 3), (width, 7)]) {
        let mut desk = Desk::online((width, height));
        desk.control('f');
        desk.types("x");
        desk.key(Key::Enter);
        page(
            &mut desk,
            "lobby",
            &[hit("lobby", 1, r"one\n\u0001two سلام دنیا"), hit("lobby", 2, "你好".repeat(30).as_str())],
            "",
        );
        desk.key(Key::Up);
        desk.event(Event::WindowResize);
        desk.key(Key::Esc);
    }
}
