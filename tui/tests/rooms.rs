//! Several rooms, and who is in them.

mod desk;

use cursive::event::{Event, Key};
use desk::{Desk, GARDEN};

const USUAL: (usize, usize) = (80, 24);

#[test]
fn members_are_listed_as_they_come_and_go() {
    let mut desk = Desk::online(USUAL);
    desk.sees("│ bea");
    desk.sees("3 people");
    desk.says(r#"{"joined":{"room":"lobby","nick":"carlo","at":1763804801000}}"#);
    desk.sees("│ carlo");
    desk.sees("* carlo joined");
    desk.says(r#"{"parted":{"room":"lobby","nick":"bea","at":1763804802000}}"#);
    desk.does_not_see("│ bea");
    desk.sees("3 people");
}

#[test]
fn more_members_than_rows_are_counted() {
    let mut desk = Desk::dialling((80, 12));
    desk.server.connected();
    desk.says(desk::WELCOME);
    let members: Vec<String> = (0..30).map(|number| format!("\"m{number:02}\"")).collect();
    let lobby = desk::LOBBY.replace(r#""bea","علی""#, &members.join(","));
    desk.says(&lobby.replace(r#""count":3"#, r#""count":31"#));
    desk.sees("31 people");
    desk.sees("│ and 24 more");
    desk.sees("│ m00");
    desk.does_not_see("m29");
}

#[test]
fn a_room_too_large_to_list_is_still_told_of_by_the_server() {
    let mut desk = Desk::dialling(USUAL);
    desk.server.connected();
    desk.says(desk::WELCOME);
    desk.says(&desk::LOBBY.replace(r#""count":3"#, r#""count":2000"#));
    desk.sees("2000 people");
    desk.sees("│ Here");
    desk.sees("│ and 1997 more");
    desk.does_not_see("Seen here");
}

#[test]
fn rooms_are_switched_and_each_keeps_its_draft_and_place() {
    let mut desk = Desk::online(USUAL);
    desk.does_not_see("garden");
    desk.says(GARDEN);
    desk.sees(" garden");
    desk.chatter(60);
    desk.key(Key::PageUp);
    desk.types("for the lobby");
    desk.control('n');
    desk.sees("garden: roses");
    assert_eq!(desk.message_box(), "> Write your messages here.");
    desk.types("for the garden");
    desk.event(Event::Alt(Key::Up));
    assert_eq!(desk.message_box(), "> for the lobby");
    desk.sees("▼");
    desk.event(Event::Alt(Key::Down));
    assert_eq!(desk.message_box(), "> for the garden");
    desk.does_not_see("▼");
}

#[test]
fn what_is_new_elsewhere_is_counted() {
    let mut desk = Desk::online(USUAL);
    desk.says(GARDEN);
    desk.bea_in("garden", "a bee");
    desk.bea_in("garden", "two bees");
    desk.sees("2 new elsewhere (Ctrl+N)");
    let row = desk.rows().into_iter().find(|row| row.contains(" garden")).unwrap().to_owned();
    assert!(row.contains(" 2 │"), "{row}");
    desk.control('n');
    desk.does_not_see("new elsewhere");
}
