//! Which rooms want to be looked at, and what was said in each.

use super::*;

/// In the lobby, with three more rooms behind it.
fn four_rooms() -> Desk {
    let mut desk = Desk::online();
    for (log, name) in [(2, "garden"), (3, "library"), (4, "چای")] {
        desk.tell(room(name, log, 0));
    }
    desk
}

fn titles(desk: &Desk, query: &str) -> Vec<String> {
    let rooms = &desk.state().rooms;
    let keys = desk.state().find_rooms(query).into_iter();
    keys.map(|key| rooms.iter().find(|room| room.key == key).unwrap().title.clone()).collect()
}

fn shown(desk: &Desk) -> &str {
    &desk.state().shown_room().unwrap().title
}

#[test]
fn a_room_is_found_by_its_name_with_its_sign() {
    let desk = four_rooms();
    assert!(!titles(&desk, "garden").is_empty());
    assert_eq!(titles(&desk, "#garden"), titles(&desk, "garden"));
}

#[test]
fn a_room_switcher_has_first_what_calls_then_what_is_new_then_what_was_seen_last() {
    let mut desk = four_rooms();
    desk.intent(Intent::Show(desk.state().rooms[2].key));
    desk.intent(Intent::Show(desk.state().rooms[0].key));
    assert_eq!(titles(&desk, ""), ["library", "garden", "چای", "lobby"]);
    desk.tell(message("garden", 1, "bob", "hm"));
    desk.tell(message("چای", 1, "bob", "ada?"));
    assert_eq!(titles(&desk, ""), ["چای", "garden", "library", "lobby"]);
    assert_eq!(desk.state().unread_total(), (2, 1));
}

#[test]
fn a_room_is_found_by_some_of_its_letters_in_order() {
    let desk = four_rooms();
    assert_eq!(titles(&desk, "LB"), ["library", "lobby"]);
    assert_eq!(titles(&desk, "l bby"), ["lobby"]);
    assert_eq!(titles(&desk, "چاي"), ["چای"]);
    assert!(titles(&desk, "bl").is_empty());
}

#[test]
fn the_next_unread_room_is_one_that_calls_before_any_other() {
    let mut desk = four_rooms();
    desk.intent(Intent::NextUnread(1));
    assert_eq!(shown(&desk), "lobby", "there is none");
    desk.intent(Intent::Look { focused: true, at_bottom: true });
    desk.tell(message("garden", 1, "bob", "hm"));
    desk.tell(message("library", 1, "bob", "hm"));
    desk.tell(message("چای", 1, "bob", "ada?"));
    desk.intent(Intent::NextUnread(1));
    assert_eq!(shown(&desk), "چای");
    desk.intent(Intent::NextUnread(-1));
    assert_eq!(shown(&desk), "library");
    desk.intent(Intent::NextUnread(1));
    assert_eq!(shown(&desk), "garden", "round and round");
}

#[test]
fn each_room_recalls_its_own_lines_and_keeps_what_is_being_typed() {
    let mut desk = four_rooms();
    let draft = |desk: &Desk| desk.state().shown_room().unwrap().draft.clone();
    let (lobby, garden) = (desk.state().rooms[0].key, desk.state().rooms[1].key);
    desk.submit("hello");
    desk.submit("/nosuch");
    desk.intent(Intent::Draft("half".into()));
    desk.intent(Intent::Show(garden));
    desk.intent(Intent::Recall(-1));
    assert_eq!(draft(&desk), "", "nothing was said here");
    desk.intent(Intent::Say("roses".into()));
    desk.intent(Intent::Show(lobby));
    desk.intent(Intent::Recall(-2));
    assert_eq!(draft(&desk), "hello");
    desk.intent(Intent::Show(garden));
    desk.intent(Intent::Recall(-1));
    assert_eq!(draft(&desk), "roses");
    desk.intent(Intent::Show(lobby));
    desk.intent(Intent::Recall(1));
    assert_eq!(draft(&desk), "/nosuch");
    desk.intent(Intent::Recall(1));
    assert_eq!(draft(&desk), "half");
}

#[test]
fn a_password_is_no_line_to_be_recalled() {
    let mut desk = Desk::online();
    desk.intent(Intent::Password(Secret::new("geheim")));
    desk.intent(Intent::Recall(-1));
    assert_eq!(desk.state().rooms[0].draft, "");
}
