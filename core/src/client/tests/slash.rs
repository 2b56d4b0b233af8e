//! What begins with a slash.

use super::*;
use crate::vocabulary::{Code, RoomLine};

#[test]
fn every_command_becomes_what_it_says() {
    let lobby = RoomName::lobby();
    let note = |text: &str| Note::parse(text).unwrap();
    for (typed, wanted) in [
        ("/join #garden", Command::Join { place: place("garden") }),
        ("/msg bob", Command::Join { place: place("@bob") }),
        ("/nick bea", Command::Nick { nick: nick("bea") }),
        ("/topic ferns and moss", Command::Topic { place: place("lobby"), text: note("ferns and moss") }),
        ("/rooms", Command::Rooms { after: None, limit: 500 }),
        ("/kick bob too loud", Command::Kick { room: lobby.clone(), nick: nick("bob"), reason: note("too loud") }),
        ("/mute bob", Command::Mute { room: lobby.clone(), nick: nick("bob"), reason: Note::default(), on: true }),
        ("/unmute bob", Command::Mute { room: lobby, nick: nick("bob"), reason: Note::default(), on: false }),
        ("/part tea time", Command::Part { place: place("lobby"), reason: note("tea time") }),
        ("/QUIT", Command::Quit { reason: Note::default() }),
    ] {
        let mut desk = Desk::online();
        desk.submit(typed);
        // A ping behind a part tells when it is done.
        let mut commands = desk.commands();
        commands.retain(|command| !matches!(command, Command::Ping { .. }));
        assert_eq!(commands, [wanted], "{typed}");
        assert_eq!(desk.state().rooms[0].draft, "", "{typed}");
    }
}

#[test]
fn a_double_slash_says_a_slash_and_an_unknown_command_says_nothing() {
    let mut desk = Desk::online();
    desk.submit("//etc is a folder");
    assert_eq!(text_of(&desk.commands()[0]), "/etc is a folder");
    desk.submit("/etc");
    assert!(desk.sent().is_empty());
    assert_eq!(desk.lines().last().unwrap(), "! There is no command /etc; /help lists what you can type.");
    assert_eq!(desk.state().rooms[0].draft, "/etc");
    desk.intent(Intent::Say("/etc".into()));
    assert_eq!(text_of(&desk.commands()[0]), "/etc");
}

#[test]
fn an_action_is_said_as_one() {
    let mut desk = Desk::online();
    desk.submit("/me waves");
    assert!(matches!(desk.commands()[..], [Command::Say { action: true, .. }]));
    assert_eq!(desk.lines(), ["* ada waves"]);
}

#[test]
fn a_message_to_somebody_opens_the_conversation_and_shows_it() {
    let mut desk = Desk::online();
    desk.submit("/msg bob psst, سلام");
    let requests = desk.sent();
    assert!(matches!(&requests[0].command, Command::Say { place: Place::Direct(bob), .. } if *bob == nick("bob")));
    assert_eq!(desk.state().shown_room().unwrap().title, "@bob");
    desk.tell(room("@bob", 3, 0));
    desk.tell(Event::Ack { nonce: nonce_of(&requests[0]), place: place("@bob"), id: MessageId(1) });
    desk.tell(message("@bob", 1, "ada", "psst, سلام"));
    assert_eq!(desk.lines(), ["ada: psst, سلام"]);

    let mut desk = Desk::online();
    desk.submit("/msg nobody hello");
    let requests = desk.sent();
    let reference = requests[0].reference.clone();
    assert_eq!(reference, Some(nonce_of(&requests[0])));
    desk.tell(Event::Error { code: Code::NoSuchNick, text: "Nobody has this name.".into(), reference });
    assert_eq!(desk.lines(), ["! Nobody has this name. Not sent: hello"]);
}

#[test]
fn a_room_one_enters_is_shown_once_one_is_in() {
    let mut desk = Desk::online();
    desk.submit("/join garden");
    assert_eq!(desk.state().shown, 0);
    desk.sent();
    desk.tell(room("garden", 2, 0));
    assert_eq!(desk.state().shown_room().unwrap().title, "garden");
    desk.submit("/join lobby");
    assert!(desk.sent().is_empty(), "one is there");
    assert_eq!(desk.state().shown_room().unwrap().title, "lobby");
    desk.submit("/part");
    desk.sent();
    assert_eq!(desk.state().rooms.len(), 1);
    assert_eq!(desk.state().shown_room().unwrap().title, "garden");
}

#[test]
fn a_refused_command_says_why_where_it_was_typed() {
    let mut desk = Desk::online();
    desk.submit("/join garden");
    let reference = desk.sent()[0].reference.clone();
    desk.tell(Event::Error { code: Code::TooManyRooms, text: "You are in too many rooms.".into(), reference });
    assert_eq!(desk.lines(), ["! You are in too many rooms."]);
}

#[test]
fn lists_are_shown_as_notices() {
    let mut desk = Desk::online();
    desk.submit("/names");
    assert_eq!(desk.lines(), ["* In lobby: ada, bob"]);
    desk.submit("/rooms");
    let reference = desk.sent()[0].reference.clone();
    let rooms = alloc::vec![
        RoomLine { room: RoomName::lobby(), topic: Note::default(), count: 2 },
        RoomLine { room: RoomName::parse("garden").unwrap(), topic: Note::parse("ferns").unwrap(), count: 1 },
    ];
    desk.tell(Event::Rooms { rooms, has_more: false, reference });
    assert_eq!(desk.lines()[1], "* Rooms:\n  lobby (2)\n  garden (1): ferns");
    desk.submit("/help");
    assert!(desk.lines()[2].contains("/join ROOM"));
}

#[test]
fn a_command_without_its_words_says_how_it_is_written() {
    for typed in ["/join", "/msg", "/me", "/nick", "/kick", "/mute"] {
        let mut desk = Desk::online();
        desk.submit(typed);
        assert!(desk.sent().is_empty());
        assert!(desk.lines()[0].starts_with("! Write "), "{typed}: {:?}", desk.lines());
    }
}
