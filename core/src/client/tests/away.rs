//! Who is away, oneself included.

use super::*;
use crate::vocabulary::Code;

fn note(text: &str) -> Note {
    Note::parse(text).unwrap()
}

fn away(who: &str, text: &str) -> Event {
    Event::Away { nick: nick(who), text: note(text) }
}

/// Back in, where the server says this first; what it is told of being away until all is settled.
fn reconnect(desk: &mut Desk, first: Option<Event>) -> Vec<Note> {
    desk.input(Input::Lost(Loss::Closed));
    desk.intent(Intent::RetryNow);
    desk.codec = ServerCodec::new(Dialect::Native);
    desk.input(Input::Connected);
    desk.tell(welcome("ada"));
    first.into_iter().for_each(|event| desk.tell(event));
    desk.tell(room("lobby", 1, 0));
    settle(desk)
}

/// Answers as a server that knows nothing else of oneself does: what it is told, and each ping.
fn settle(desk: &mut Desk) -> Vec<Note> {
    let mut told = Vec::new();
    loop {
        let commands = desk.commands();
        if commands.is_empty() {
            return told;
        }
        for command in commands {
            match command {
                Command::Away { text } => {
                    desk.tell(Event::Away { nick: nick("ada"), text: text.clone() });
                    told.push(text);
                }
                Command::Ping { token } => desk.tell(Event::Pong { token }),
                _ => {}
            }
        }
    }
}

/// What the client tells of being away, where nothing is answered.
fn told(desk: &mut Desk) -> Vec<Note> {
    let away = |command| if let Command::Away { text } = command { Some(text) } else { None };
    desk.commands().into_iter().filter_map(away).collect()
}

fn bob(desk: &Desk) -> Option<&str> {
    desk.state().rooms[0].members.iter().find(|member| member.nick == "bob")?.away.as_deref()
}

#[test]
fn one_is_away_once_the_server_says_so_and_back_by_either_command() {
    for back in ["/back", "/away"] {
        let mut desk = Desk::online();
        desk.submit("/away lunch");
        assert_eq!(told(&mut desk), [note("lunch")]);
        assert_eq!(desk.state().away, None);
        desk.tell(away("ada", "lunch"));
        assert_eq!(desk.state().away.as_deref(), Some("lunch"));
        assert_eq!(desk.lines(), ["* You are away: lunch (/back ends it)"]);
        desk.submit("soup!");
        desk.commands();
        assert_eq!(desk.state().away.as_deref(), Some("lunch"), "what one says does not end it");
        desk.submit(back);
        assert_eq!(told(&mut desk), [Note::default()], "{back}");
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
fn a_server_that_has_forgotten_is_told_again_and_of_what_was_said_without_a_connection() {
    let mut desk = Desk::online();
    desk.intent(Intent::Away(Some("lunch".into())));
    assert_eq!(settle(&mut desk), [note("lunch")]);
    assert_eq!(reconnect(&mut desk, None), [note("lunch")]);
    desk.input(Input::Lost(Loss::Closed));
    desk.submit("/away tea");
    assert_eq!(desk.state().away.as_deref(), Some("tea"));
    assert_eq!(reconnect(&mut desk, Some(away("ada", "lunch"))), [note("tea")]);
    desk.input(Input::Lost(Loss::Closed));
    desk.intent(Intent::Away(None));
    assert_eq!(desk.state().away, None);
    assert_eq!(reconnect(&mut desk, Some(away("ada", "tea"))), [Note::default()]);
    assert_eq!(reconnect(&mut desk, None), [], "once is enough");
    let said: Vec<String> = desk.lines().into_iter().filter(|line| line.starts_with("* You are")).collect();
    assert_eq!(
        said,
        ["* You are away: lunch (/back ends it)", "* You are away: tea (/back ends it)", "* You are back."],
        "what the person wanted, each once"
    );
}

#[test]
fn what_was_wanted_right_before_the_connection_was_lost_is_told_once_there_is_one() {
    for (answered, first) in [(false, None), (true, None), (true, Some(away("ada", "")))] {
        let mut desk = Desk::online();
        desk.submit("/away lunch");
        if answered {
            settle(&mut desk);
            desk.submit("/back");
            desk.submit("/away tea");
        }
        let wanted = if answered { "tea" } else { "lunch" };
        desk.input(Input::Lost(Loss::Closed));
        assert_eq!(desk.state().away.as_deref(), Some(wanted), "as if it were said without a connection");
        assert_eq!(reconnect(&mut desk, first), [note(wanted)]);
        assert_eq!(desk.state().away.as_deref(), Some(wanted));
        assert!(!desk.lines().iter().any(|line| line == "* You are back."), "{:?}", desk.lines());
    }
}

#[test]
fn what_another_client_of_the_same_person_said_meanwhile_holds() {
    let mut desk = Desk::online();
    desk.submit("/away lunch");
    settle(&mut desk);
    assert_eq!(reconnect(&mut desk, Some(away("ada", "lunch"))), [], "the server knows");
    assert_eq!(desk.lines(), ["* You are away: lunch (/back ends it)"]);
    assert_eq!(reconnect(&mut desk, Some(away("ada", ""))), []);
    assert_eq!(desk.state().away, None);
    assert_eq!(desk.lines().last().unwrap(), "* You are back.");
    assert_eq!(reconnect(&mut desk, Some(away("ada", "nap"))), []);
    assert_eq!(desk.state().away.as_deref(), Some("nap"));
}

#[test]
fn what_the_server_refuses_is_not_believed() {
    let mut desk = Desk::online();
    desk.submit("/away lunch");
    settle(&mut desk);
    desk.submit("/away tea");
    let requests = desk.sent();
    let reference = requests[0].reference.clone();
    desk.tell(Event::Error { code: Code::RateLimited, text: "Slower.".into(), reference });
    let Command::Ping { token } = requests[1].command.clone() else { panic!("{requests:?}") };
    desk.tell(Event::Pong { token });
    assert_eq!(desk.state().away.as_deref(), Some("lunch"));
    desk.input(Input::Lost(Loss::Closed));
    assert_eq!(reconnect(&mut desk, None), [note("lunch")]);
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
