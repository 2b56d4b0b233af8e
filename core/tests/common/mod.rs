//! What the tests of the dialects share: arbitrary names, texts, commands and events, and cutting bytes into reads.
#![allow(dead_code, unreachable_pub, reason = "each test file takes what it needs")]

pub mod tutorial;

use parlor_core::id::{LogId, MessageId};
use parlor_core::name::{Nick, RoomName};
use parlor_core::secret::Secret;
use parlor_core::text::{Body, Note};
use parlor_core::time::Timestamp;
use parlor_core::vocabulary::*;
use parlor_core::wire::{ClientCodec, Decoded, ServerCodec};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

pub fn nick() -> impl Strategy<Value = Nick> {
    prop_oneof![
        "[a-zA-Z][a-zA-Z0-9_.^\\[\\]-]{0,20}",
        "[آ-ی]{1,12}",
        "[àèìòùé]{1,8}",
        Just("می\u{200C}خوش".to_string()),
    ]
    .prop_filter_map("a name", |text| Nick::parse(&text).ok())
}

pub fn room() -> impl Strategy<Value = RoomName> {
    nick().prop_filter_map("a room", |nick| RoomName::parse(nick.as_str()).ok())
}

pub fn place() -> impl Strategy<Value = Place> {
    prop_oneof![room().prop_map(Place::Room), nick().prop_map(Place::Direct)]
}

/// Text with everything in it that was ever mistaken for something else.
pub fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        8 => any::<String>().prop_map(|text| text.chars().filter(|c| !c.is_control()).take(20).collect()),
        4 => Just("سلام ".to_string()),
        4 => Just("🙂".to_string()),
        2 => Just("\n".to_string()),
        2 => Just("\t".to_string()),
        1 => Just("\\\"{}[],:".to_string()),
        1 => Just("\u{2028}\u{202E}\u{FEFF}".to_string()),
        1 => Just("ali: ".to_string()),
        1 => Just("  ".to_string()),
        1 => Just("NIC".to_string()),
        1 => Just("{quit}".to_string()),
        1 => Just("bea joined the chat".to_string()),
    ];
    vec(piece, 1..8).prop_map(|pieces| pieces.concat())
}

pub fn body() -> impl Strategy<Value = Body> {
    text().prop_filter_map("a body", |text| Body::parse(&text).ok())
}

pub fn note() -> impl Strategy<Value = Note> {
    prop_oneof![
        Just(Note::default()),
        text().prop_filter_map("a note", |text| Note::parse(&text.replace('\n', " ")).ok()),
    ]
}

/// What somebody says who is away, or back.
pub fn away() -> impl Strategy<Value = Note> {
    note().prop_filter("short", |text| text.as_str().len() <= 256)
}

pub fn tag() -> impl Strategy<Value = Tag> {
    any::<String>().prop_filter_map("a tag", |text| Tag::parse(&text))
}

pub fn id() -> impl Strategy<Value = MessageId> {
    any::<u64>().prop_map(MessageId)
}

pub fn log() -> impl Strategy<Value = LogId> {
    any::<u64>().prop_map(LogId)
}

pub fn at() -> impl Strategy<Value = Timestamp> {
    any::<i64>().prop_map(Timestamp)
}

pub fn secret() -> impl Strategy<Value = Secret> {
    any::<String>().prop_filter("short", |text| text.len() <= 1024).prop_map(Secret::from)
}

fn boxed_text() -> impl Strategy<Value = Box<str>> {
    any::<String>().prop_map(String::into_boxed_str)
}

fn hello() -> impl Strategy<Value = Hello> {
    let nick = any::<String>().prop_filter("short", |nick| nick.len() <= 256).prop_map(String::into_boxed_str);
    let agent = tag().prop_filter("printable", |agent| !agent.as_str().chars().any(char::is_control));
    let resume = vec((place(), log(), id()).prop_map(|(place, log, id)| Resume { place, log, id }), 0..4).prop_map(
        |mut resume| {
            // An object has each member once.
            let mut seen = std::collections::BTreeSet::new();
            resume.retain(|point| seen.insert(point.place.to_string()));
            resume
        },
    );
    (
        any::<u32>(),
        nick,
        option::of(secret()),
        option::of(vec(room(), 0..4)),
        resume,
        option::of(secret()),
        option::of(agent),
    )
        .prop_map(|(version, nick, token, rooms, resume, password, agent)| Hello {
            version,
            nick,
            token,
            rooms,
            resume,
            password,
            agent,
        })
}

fn span() -> impl Strategy<Value = Span> {
    prop_oneof![Just(Span::Latest), id().prop_map(Span::Before), id().prop_map(Span::After)]
}

pub fn command() -> impl Strategy<Value = Command> {
    prop_oneof![
        hello().prop_map(|hello| Command::Hello(Box::new(hello))),
        place().prop_map(|place| Command::Join { place }),
        (place(), note()).prop_map(|(place, reason)| Command::Part { place, reason }),
        (place(), body(), option::of(tag()), any::<bool>(), option::of(id()))
            .prop_map(|(place, text, nonce, action, reply_to)| Command::Say { place, text, nonce, action, reply_to }),
        (place(), id(), body()).prop_map(|(place, id, text)| Command::Edit { place, id, text }),
        (place(), id()).prop_map(|(place, id)| Command::Delete { place, id }),
        (option::of(place()), note(), option::of(tag()), any::<u32>())
            .prop_map(|(place, query, cursor, limit)| Command::Search { place, query, cursor, limit }),
        (place(), span(), any::<u32>()).prop_map(|(place, span, limit)| Command::History { place, span, limit }),
        (place(), id()).prop_map(|(place, id)| Command::Read { place, id }),
        place().prop_map(|place| Command::Typing { place }),
        nick().prop_map(|nick| Command::Nick { nick }),
        away().prop_map(|text| Command::Away { text }),
        (place(), note()).prop_map(|(place, text)| Command::Topic { place, text }),
        (room(), nick(), note()).prop_map(|(room, nick, reason)| Command::Kick { room, nick, reason }),
        (room(), nick(), note(), any::<bool>()).prop_map(|(room, nick, reason, on)| Command::Mute {
            room,
            nick,
            reason,
            on
        }),
        (option::of(room()), any::<u32>()).prop_map(|(after, limit)| Command::Rooms { after, limit }),
        (room(), option::of(nick()), any::<u32>()).prop_map(|(room, after, limit)| Command::Members {
            room,
            after,
            limit
        }),
        tag().prop_map(|token| Command::Ping { token }),
        tag().prop_map(|token| Command::Pong { token }),
        note().prop_map(|reason| Command::Quit { reason }),
    ]
}

pub fn request() -> impl Strategy<Value = Request> {
    (command(), option::of(tag())).prop_map(|(command, reference)| Request { command, reference })
}

pub fn message() -> impl Strategy<Value = Message> {
    (place(), id(), nick(), at(), body(), any::<bool>(), option::of(id()), option::of(id())).prop_map(
        |(place, id, from, at, text, action, reply_to, edited)| Message {
            place,
            id,
            from,
            at,
            text,
            action,
            reply_to,
            edited,
        },
    )
}

fn welcome() -> impl Strategy<Value = Welcome> {
    (boxed_text(), nick(), option::of(secret()), any::<bool>(), any::<[u32; 7]>(), any::<bool>()).prop_map(
        |(server, nick, token, resumed, [a, b, c, d, e, f, g], away)| Welcome {
            features: Features { away },
            server,
            nick,
            instead_of: None,
            token,
            resumed,
            limits: WelcomeLimits {
                nick_bytes: a,
                room_bytes: b,
                text_bytes: c,
                topic_bytes: d,
                frame_bytes: e,
                page: f,
                rooms: g,
            },
        },
    )
}

fn room_info() -> impl Strategy<Value = RoomInfo> {
    let aways = vec((nick(), away()), 0..4).prop_map(|mut aways| {
        // An object has each member once.
        let mut seen = std::collections::BTreeSet::new();
        aways.retain(|(nick, _)| seen.insert(nick.to_string()));
        aways
    });
    ((place(), log(), id(), id(), option::of(id())), (note(), any::<u32>(), vec(nick(), 0..6), aways, any::<bool>()))
        .prop_map(|((place, log, first_id, last_id, read_id), (topic, count, members, away, operator))| RoomInfo {
            place,
            log,
            first_id,
            last_id,
            read_id,
            topic,
            count,
            members,
            away,
            operator,
        })
}

fn notice() -> impl Strategy<Value = Event> {
    prop_oneof![
        (room(), nick(), at()).prop_map(|(room, nick, at)| Event::Joined { room, nick, at }),
        (room(), nick(), note(), at()).prop_map(|(room, nick, reason, at)| Event::Parted { room, nick, reason, at }),
        (room(), any::<u32>(), vec(nick(), 0..4), vec(nick(), 0..4))
            .prop_map(|(room, count, joined, parted)| Event::Presence { room, count, joined, parted }),
        (place(), id(), id(), body(), nick(), at()).prop_map(|(place, id, target, text, by, at)| Event::Edited {
            place,
            id,
            target,
            text,
            by,
            at
        }),
        (place(), id(), id(), nick(), at()).prop_map(|(place, id, target, by, at)| Event::Deleted {
            place,
            id,
            target,
            by,
            at
        }),
        (place(), nick()).prop_map(|(place, nick)| Event::Typing { place, nick }),
        (place(), id()).prop_map(|(place, id)| Event::Read { place, id }),
        (nick(), nick()).prop_map(|(from, to)| Event::Nick { from, to }),
        (nick(), away()).prop_map(|(nick, text)| Event::Away { nick, text }),
        (place(), id(), note(), nick(), at()).prop_map(|(place, id, text, by, at)| Event::Topic {
            place,
            id,
            text,
            by,
            at
        }),
        (room(), nick(), nick(), note(), at()).prop_map(|(room, nick, by, reason, at)| Event::Kicked {
            room,
            nick,
            by,
            reason,
            at
        }),
        (room(), nick(), nick(), note(), any::<bool>()).prop_map(|(room, nick, by, reason, on)| Event::Muted {
            room,
            nick,
            by,
            reason,
            on
        }),
    ]
}

/// Every event of the native dialect.
pub fn event() -> impl Strategy<Value = Event> {
    let line = (room(), note(), any::<u32>()).prop_map(|(room, topic, count)| RoomLine { room, topic, count });
    let code = proptest::sample::select(Code::ALL).prop_union(proptest::sample::select(&[Code::Other][..]));
    let reason = proptest::sample::select(Reason::ALL).prop_union(proptest::sample::select(&[Reason::Other][..]));
    prop_oneof![
        welcome().prop_map(|welcome| Event::Welcome(Box::new(welcome))),
        room_info().prop_map(|info| Event::Room(Box::new(info))),
        notice(),
        (tag(), place(), id()).prop_map(|(nonce, place, id)| Event::Ack { nonce, place, id }),
        message().prop_map(|message| Event::Message(Box::new(message))),
        (option::of(place()), vec(message(), 0..4), any::<bool>(), option::of(tag()), option::of(tag())).prop_map(
            |(place, messages, has_more, cursor, reference)| {
                Event::Page { place, messages, has_more, cursor, reference }
            }
        ),
        (vec(line, 0..4), any::<bool>(), option::of(tag())).prop_map(|(rooms, has_more, reference)| Event::Rooms {
            rooms,
            has_more,
            reference
        }),
        (room(), vec(nick(), 0..4), any::<bool>(), option::of(tag()))
            .prop_map(|(room, members, has_more, reference)| Event::Members { room, members, has_more, reference }),
        (place(), log(), id(), id()).prop_map(|(place, log, after, next)| Event::Gap { place, log, after, next }),
        (code, boxed_text(), option::of(tag())).prop_map(|(code, text, reference)| Event::Error {
            code,
            text,
            reference
        }),
        (reason, boxed_text()).prop_map(|(reason, text)| Event::Bye { reason, text }),
        tag().prop_map(|token| Event::Ping { token }),
        tag().prop_map(|token| Event::Pong { token }),
    ]
}

/// The bytes in reads: a cut after each of `sizes`, the rest in one.
pub fn cut<'a>(bytes: &'a [u8], sizes: &[usize]) -> Vec<&'a [u8]> {
    let mut rest = bytes;
    let mut reads = Vec::new();
    for size in sizes {
        let (read, tail) = rest.split_at((*size).min(rest.len()));
        reads.push(read);
        rest = tail;
    }
    reads.push(rest);
    reads.retain(|read| !read.is_empty());
    reads
}

/// Everything a server makes of these reads and of the end of file after them.
pub fn serve(codec: &mut ServerCodec, reads: &[&[u8]]) -> Vec<Decoded<Request>> {
    let mut all = Vec::new();
    for read in reads {
        let mut bytes = *read;
        while let Some(decoded) = codec.decode(&mut bytes) {
            if matches!(&decoded, Decoded::Frame(Request { command: Command::Hello(_), .. })) {
                codec.welcomed();
            }
            all.push(decoded);
        }
        assert!(bytes.is_empty(), "what is not decoded is kept by the codec");
    }
    while let Some(decoded) = codec.flush() {
        all.push(decoded);
    }
    all
}

/// Everything a client makes of these reads and of the end of file after them.
pub fn read(codec: &mut ClientCodec, reads: &[&[u8]]) -> Vec<Decoded<Event>> {
    let mut all = Vec::new();
    for read in reads {
        let mut bytes = *read;
        while let Some(decoded) = codec.decode(&mut bytes) {
            all.push(decoded);
        }
        assert!(bytes.is_empty(), "what is not decoded is kept by the codec");
    }
    while let Some(decoded) = codec.flush() {
        all.push(decoded);
    }
    all
}
