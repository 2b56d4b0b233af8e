//! Who is away, oneself included.

use super::*;
use crate::vocabulary::Code;

fn note(text: &str) -> Note {
    Note::parse(text).unwrap()
}

fn away(who: &str, text: &str) -> Event {
    Event::Away { nick: nick(who), text: note(text) }
}

fn reconnect(desk: &mut Desk) -> Vec<Command> {
    desk.input(Input::Lost(Loss::Closed));
    desk.intent(Intent::RetryNow);
    desk.codec = ServerCodec::new(Dialect::Native);
    desk.input(Input::Connected);
    desk.tell(welcome("ada"));
    desk.tell(room("lobby", 1, 0));
    desk.commands()
}

fn bob(desk: &Desk) -> Option<&str> {
    desk.state().rooms[0].members.iter().find(|member| member.nick == "bob")?.away.as_deref()
}

#[test]
fn one_is_away_once_the_server_says_so_and_back_by_either_command() {
    for back in ["/back", "/away"] {
        let mut desk = Desk::online();
        desk.submit("/away lunch");
        assert_eq!(desk.commands(), [Command::Away { text: note("lunch") }]);
        assert_eq!(desk.state().away, None);
        desk.tell(away("ada", "lunch"));
        assert_eq!(desk.state().away.as_deref(), Some("lunch"));
        assert_eq!(desk.lines(), ["* You are away: lunch (/back ends it)"]);
        desk.submit("soup!");
        desk.commands();
        assert_eq!(desk.state().away.as_deref(), Some("lunch"), "what one says does not end it");
        desk.submit(back);
        assert_eq!(desk.commands(), [Command::Away { text: Note::default() }], "{back}");
        desk.tell(away("ada", ""));
        assert_eq!(desk.state().away, None);
        assert_eq!(desk.lines().last().unwrap(), "* You are back.");
    }
    let mut desk = Desk::online();
    desk.submit("/away");
    assert_eq!(desk.commands(), []);
    assert_eq!(desk.lines(), ["! Write /away and why; /back ends it."]);
    desk.submit(&alloc::format!("/away {}", "x".repeat(257)));
    assert_eq!(desk.commands(), []);
}

#[test]
fn the_server_is_told_again_after_each_welcome_and_of_what_was_said_without_a_connection() {
    let mut desk = Desk::online();
    desk.intent(Intent::Away(Some("lunch".into())));
    desk.tell(away("ada", "lunch"));
    desk.commands();
    assert!(reconnect(&mut desk).contains(&Command::Away { text: note("lunch") }));
    desk.input(Input::Lost(Loss::Closed));
    desk.submit("/away tea");
    assert_eq!(desk.state().away.as_deref(), Some("tea"));
    assert!(reconnect(&mut desk).contains(&Command::Away { text: note("tea") }));
    desk.input(Input::Lost(Loss::Closed));
    desk.intent(Intent::Away(None));
    assert_eq!(desk.state().away, None);
    assert!(reconnect(&mut desk).contains(&Command::Away { text: Note::default() }));
    assert!(!reconnect(&mut desk).iter().any(|command| matches!(command, Command::Away { .. })), "once is enough");
}

#[test]
fn a_server_without_it_is_not_asked_and_the_person_is_told() {
    let mut desk = Desk::new(profile(Dialect::Native));
    desk.input(Input::Connected);
    let Event::Welcome(mut plain) = welcome("ada") else { unreachable!() };
    plain.features = Features::default();
    desk.tell(Event::Welcome(plain));
    desk.tell(room("lobby", 1, 0));
    desk.commands();
    desk.submit("/away lunch");
    assert_eq!(desk.commands(), []);
    assert_eq!(desk.lines(), ["! This server cannot tell the others that you are away."]);
    let mut desk = Desk::new(profile(Dialect::Nic));
    desk.submit("/away lunch");
    assert!(desk.lines()[0].starts_with("! This kind of server has one room"), "{:?}", desk.lines());
}

#[test]
fn what_is_refused_is_said_and_changes_nothing() {
    let mut desk = Desk::online();
    desk.submit("/away lunch");
    let reference = desk.sent()[0].reference.clone();
    desk.tell(Event::Error { code: Code::RateLimited, text: "That was too often.".into(), reference });
    assert_eq!(desk.state().away, None);
    assert_eq!(desk.lines(), ["! That was too often."]);
}

#[test]
fn members_are_away_until_they_are_back_whatever_they_are_called_meanwhile() {
    let mut desk = Desk::online();
    assert_eq!(bob(&desk), None);
    desk.tell(away("bob", "tea\u{202e}"));
    assert_eq!(bob(&desk), Some("tea"), "and their words are harmless");
    desk.tell(Event::Nick { from: nick("bob"), to: nick("rob") });
    desk.tell(Event::Nick { from: nick("rob"), to: nick("bob") });
    assert_eq!(bob(&desk), Some("tea"));
    desk.tell(away("bob", ""));
    assert_eq!(bob(&desk), None);
    let Event::Room(mut info) = room("lobby", 1, 0) else { unreachable!() };
    info.away = alloc::vec![(nick("bob"), note("nap"))];
    desk.tell(Event::Room(info));
    assert_eq!(bob(&desk), Some("nap"));
    assert_eq!(desk.lines().len(), 2, "only the names: nobody needs to read the rest");
}

#[test]
fn of_a_crowd_it_is_forgotten_who_is_away() {
    let mut desk = Desk::online();
    desk.tell(away("bob", "tea"));
    let (joined, parted) = (alloc::vec![nick("eve")], Vec::new());
    desk.tell(Event::Presence { room: RoomName::lobby(), count: 900, joined, parted });
    assert_eq!(bob(&desk), None);
    // Told because of a conversation with them, and never taken back for this room.
    desk.tell(away("bob", "tea"));
    assert_eq!(bob(&desk), None);
}

#[test]
fn whoever_talks_to_somebody_away_learns_it_once_an_absence() {
    let mut desk = Desk::online();
    desk.tell(room("@bob", 3, 0));
    desk.submit("/msg bob hi");
    assert_eq!(desk.lines(), ["ada: hi"]);
    desk.tell(away("bob", "tea"));
    assert_eq!(desk.state().shown_room().unwrap().other_away(), Some("tea"));
    desk.submit("there?");
    desk.submit("hello?");
    assert_eq!(desk.lines(), ["ada: hi", "* bob is away: tea", "ada: there?", "ada: hello?"]);
    // Told with the room again, after a reconnect say: it is the same absence.
    let Event::Room(mut info) = room("@bob", 3, 0) else { unreachable!() };
    info.away = alloc::vec![(nick("bob"), note("tea"))];
    desk.tell(Event::Room(info));
    desk.submit("well");
    assert_eq!(desk.lines().len(), 5);
    desk.tell(away("bob", ""));
    assert_eq!(desk.state().shown_room().unwrap().other_away(), None);
    desk.tell(away("bob", "nap"));
    desk.submit("bob?");
    assert_eq!(desk.lines()[5..], ["* bob is away: nap", "ada: bob?"]);
}

#[test]
fn who_is_spoken_to_first_may_turn_out_to_be_away() {
    let mut desk = Desk::online();
    desk.submit("/msg bob hi");
    let Event::Room(mut info) = room("@bob", 3, 0) else { unreachable!() };
    info.away = alloc::vec![(nick("bob"), note("tea"))];
    desk.tell(Event::Room(info));
    assert_eq!(desk.lines(), ["ada: hi", "* bob is away: tea"]);
}
