//! The phase × command table, enumerated: what it says, and that the hub does what it says.

mod world;

use parlor_core::hub::Closing;
use parlor_core::hub::phase::{Phase, Verdict, verdict};
use parlor_core::id::MessageId;
use parlor_core::name::{Nick, RoomName};
use parlor_core::text::{Body, Note};
use parlor_core::vocabulary::{Code, Command, Hello, Place, Reason, Request, Span, Tag};
use parlor_core::wire::{ClientCodec, Dialect};
use world::World;

/// One of each command. The match makes sure that a new one is not forgotten here.
fn every_command() -> Vec<Command> {
    let place = || Place::Room(RoomName::lobby());
    let (room, nick, note) = (RoomName::lobby, || Nick::parse("bea").unwrap(), Note::default);
    let tag = || Tag::parse("t").unwrap();
    let all = vec![
        Command::Hello(Box::new(Hello::new("ada"))),
        Command::Join { place: place() },
        Command::Part { place: place(), reason: note() },
        Command::Say { place: place(), text: Body::parse("hi").unwrap(), nonce: None, action: false, reply_to: None },
        Command::Edit { place: place(), id: MessageId(1), text: Body::parse("ho").unwrap() },
        Command::Delete { place: place(), id: MessageId(1) },
        Command::History { place: place(), span: Span::Latest, limit: 1 },
        Command::Search { place: None, query: Note::parse("hi").unwrap(), cursor: None, limit: 1 },
        Command::Read { place: place(), id: MessageId(0) },
        Command::Typing { place: place() },
        Command::Nick { nick: nick() },
        Command::Away { text: note() },
        Command::Topic { place: place(), text: note() },
        Command::Kick { room: room(), nick: nick(), reason: note() },
        Command::Mute { room: room(), nick: nick(), reason: note(), on: true },
        Command::Rooms { after: None, limit: 1 },
        Command::Members { room: room(), after: None, limit: 1 },
        Command::Ping { token: tag() },
        Command::Pong { token: tag() },
        Command::Quit { reason: note() },
    ];
    for command in &all {
        match command {
            Command::Hello(_)
            | Command::Join { .. }
            | Command::Part { .. }
            | Command::Say { .. }
            | Command::Edit { .. }
            | Command::Delete { .. }
            | Command::History { .. }
            | Command::Search { .. }
            | Command::Read { .. }
            | Command::Typing { .. }
            | Command::Nick { .. }
            | Command::Away { .. }
            | Command::Topic { .. }
            | Command::Kick { .. }
            | Command::Mute { .. }
            | Command::Rooms { .. }
            | Command::Members { .. }
            | Command::Ping { .. }
            | Command::Pong { .. }
            | Command::Quit { .. } => {}
        }
    }
    assert_eq!(all.len(), 20);
    all
}

fn bytes_of(command: &Command) -> Vec<u8> {
    let mut out = Vec::new();
    ClientCodec::new(Dialect::Native).encode(&Request::from(command.clone()), &mut out);
    out
}

#[test]
fn before_hello_only_hello_is_legal_and_a_tutorial_quit() {
    for command in every_command() {
        for dialect in Dialect::ALL {
            for phase in [Phase::Greeting, Phase::Verifying] {
                let expected = match &command {
                    Command::Hello(_) => Verdict::Legal,
                    Command::Quit { .. } if dialect != Dialect::Native => Verdict::Legal,
                    _ => Verdict::Fatal(Reason::HelloFirst),
                };
                assert_eq!(verdict(phase, dialect, &command), expected, "{phase:?} {dialect:?} {command:?}");
            }
        }
    }
}

#[test]
fn once_in_everything_is_legal_but_another_hello() {
    for command in every_command() {
        let expected = match &command {
            Command::Hello(_) => Verdict::Refused(Code::AlreadyWelcome),
            _ => Verdict::Legal,
        };
        assert_eq!(verdict(Phase::Online, Dialect::Native, &command), expected, "{command:?}");
    }
}

#[test]
fn a_closing_session_is_read_no_more() {
    let phase = Phase::Closing { reason: Reason::Quit, how: Closing::Finish };
    for command in every_command() {
        assert_eq!(verdict(phase, Dialect::Native, &command), Verdict::Ignored);
    }
}

#[test]
fn the_hub_closes_whoever_says_anything_before_hello() {
    for command in every_command() {
        let mut world = World::new();
        let conn = world.connect(Dialect::Native);
        world.sends(conn, &bytes_of(&command));
        let text = world.text(conn);
        if matches!(command, Command::Hello(_)) {
            assert!(text.starts_with("{\"welcome\""), "{text}");
        } else {
            assert!(text.starts_with("{\"bye\":{\"code\":\"hello_first\""), "{command:?}: {text}");
            assert_eq!(world.closed(conn), Some((Reason::HelloFirst, Closing::Finish)));
        }
    }
}

#[test]
fn the_hub_keeps_whoever_is_in_whatever_they_say_but_quit() {
    for command in every_command() {
        let mut world = World::new();
        let ada = world.native("ada");
        let bea = world.native("bea");
        world.text(ada);
        world.sends(ada, &bytes_of(&command));
        let quit = matches!(command, Command::Quit { .. });
        assert_eq!(world.closed(ada).is_some(), quit, "{command:?}");
        assert_eq!(world.closed(bea), None);
    }
}
