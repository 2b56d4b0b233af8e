//! What the tests of the tutorial dialects share: events as rows, and what each end makes of reads, in words.

use parlor_core::name::{Nick, RoomName};
use parlor_core::text::Body;
use parlor_core::time::Timestamp;
use parlor_core::vocabulary::*;
use parlor_core::wire::{ClientCodec, Decoded, Dialect, Flavour, ServerCodec, encode_event};

use super::{read, serve};

pub fn nick(text: &str) -> Nick {
    Nick::parse(text).unwrap()
}

pub fn rows(flavour: Flavour, event: &Event) -> String {
    let mut out = Vec::new();
    encode_event(flavour, event, &mut out);
    String::from_utf8(out).unwrap()
}

pub fn message(from: &str, text: &str) -> Message {
    Message {
        place: Place::Room(RoomName::lobby()),
        id: parlor_core::id::MessageId(1),
        from: nick(from),
        at: Timestamp(0),
        text: Body::parse(text).unwrap(),
        action: false,
        reply_to: None,
        edited: None,
    }
}

pub fn welcome(name: &str, instead_of: Option<&str>) -> Event {
    let limits = WelcomeLimits {
        nick_bytes: 64,
        room_bytes: 64,
        text_bytes: 8192,
        topic_bytes: 512,
        frame_bytes: 16384,
        page: 200,
        rooms: 64,
    };
    Event::Welcome(Box::new(Welcome {
        server: "parlor/0.1.0".into(),
        nick: nick(name),
        instead_of: instead_of.map(Into::into),
        token: None,
        resumed: false,
        limits,
        features: Features { away: true },
    }))
}

/// What a server makes of what was said, in words: `hello ali`, `say hi`, `quit`, or the code of a fault.
pub fn heard(dialect: Dialect, reads: &[&[u8]]) -> Vec<String> {
    let word = |decoded| match decoded {
        Decoded::Frame(Request { command, .. }) => match command {
            Command::Hello(hello) => format!("hello {}", hello.nick),
            Command::Say { text, .. } => format!("say {text}"),
            Command::Quit { .. } => "quit".to_string(),
            other => panic!("{other:?}"),
        },
        Decoded::Malformed(malformed) => malformed.code.to_string(),
        Decoded::Foreign(reason) => reason.to_string(),
    };
    serve(&mut ServerCodec::new(dialect), reads).into_iter().map(word).collect()
}

pub fn seen(codec: &mut ClientCodec, reads: &[&[u8]]) -> Vec<String> {
    let word = |decoded| match decoded {
        Decoded::Frame(Event::Greeting) => "greeting".to_string(),
        Decoded::Frame(Event::Row(row)) => match row {
            Row::Connected => "connected".to_string(),
            Row::Joined { nick } => format!("+{nick}"),
            Row::Left { nick } => format!("-{nick}"),
            Row::Said { from, text } => format!("{from}> {text}"),
            Row::Other { text } => format!("? {text}"),
            Row::Quit => "quit".to_string(),
        },
        other => panic!("{other:?}"),
    };
    read(codec, reads).into_iter().map(word).collect()
}
