//! Names, texts and events, drawn from few of each so that they meet each other.

use std::collections::BTreeMap;

use parlor_core::id::{LogId, MessageId};
use parlor_core::name::{Nick, RoomName};
use parlor_core::secret::Secret;
use parlor_core::text::{Body, Note};
use parlor_core::time::Timestamp;
use parlor_core::vocabulary::{
    Code, Event, Features, Message, Place, Reason, RoomInfo, RoomLine, Tag, Welcome, WelcomeLimits,
};

use crate::tape::Dice;

/// Names that people may have; some fold to one or look alike.
const NICKS: [&str; 8] = ["ada", "bob", "Eve", "Ada", "علی", "eve2", "modern", "rnodern"];
const PLACES: [&str; 7] = ["lobby", "garden", "Lobby", "@bob", "@ada", "@eve2", "@علی"];
/// Everything that was ever taken for something else.
const TEXTS: [&str; 20] = [
    "hello",
    "ada: hi",
    "سلام 🙂",
    "one\ntwo",
    "{quit}",
    "NIC",
    "bea joined the chat!",
    "  indented",
    "\ttab",
    "* ada waves",
    "\"\\{}[],:",
    "\u{202e}evil\u{2066}",
    "\u{7f}",
    "Connected to the server.",
    "x\n\n\ny",
    "e\u{301}\u{200d}",
    "ada",
    "@ada ada? ADA!",
    "Welcome to the chat ada. Write {quit} to leave.",
    "Please enter your name and press Enter",
];
/// The token that a server gives: it must reach no screen.
pub(super) const TOKEN: &str = "feedfacecafebeef0123456789abcdef";

/// One of these words.
pub(super) fn word(dice: &mut Dice<'_>, words: &[&'static str]) -> &'static str {
    words[dice.below(words.len())]
}

/// Any text, mostly one of the known ones.
pub(super) fn text(dice: &mut Dice<'_>) -> String {
    match dice.below(8) {
        0 => {
            let bytes: Vec<u8> = (0..dice.below(12)).map(|_| dice.byte()).collect();
            String::from_utf8_lossy(&bytes).into_owned()
        }
        1 => word(dice, &TEXTS).repeat(1 + dice.below(60)),
        2 => [word(dice, &TEXTS), word(dice, &TEXTS)].concat(),
        _ => word(dice, &TEXTS).into(),
    }
}

fn body(dice: &mut Dice<'_>) -> Body {
    Body::parse(&text(dice)).unwrap_or_else(|_| Body::parse("hm").expect("a text"))
}

pub(super) fn note(dice: &mut Dice<'_>) -> Note {
    Note::parse(&text(dice)).unwrap_or_default()
}

fn away(dice: &mut Dice<'_>) -> Note {
    Note::parse_away(&text(dice)).unwrap_or_default()
}

pub(super) fn nick(dice: &mut Dice<'_>) -> Nick {
    Nick::parse(word(dice, &NICKS)).expect("a name")
}

pub(super) fn room(dice: &mut Dice<'_>) -> RoomName {
    RoomName::parse(word(dice, &PLACES[..3])).expect("a name")
}

pub(super) fn place(dice: &mut Dice<'_>) -> Place {
    Place::parse(word(dice, &PLACES)).expect("a place")
}

fn id(dice: &mut Dice<'_>) -> MessageId {
    MessageId(if dice.one_in(12) { u64::MAX - dice.below(2) as u64 } else { dice.below(40) as u64 })
}

fn log(dice: &mut Dice<'_>) -> LogId {
    LogId(dice.below(3) as u64)
}

fn at(dice: &mut Dice<'_>) -> Timestamp {
    *dice.pick(&[Timestamp(0), Timestamp(1_763_790_000_000), Timestamp(i64::MIN), Timestamp(i64::MAX)])
}

/// One of the tags that were seen, or another one.
fn tag(dice: &mut Dice<'_>, seen: &[Tag]) -> Tag {
    if !seen.is_empty() && !dice.one_in(4) {
        return dice.pick(seen).clone();
    }
    Tag::parse(word(dice, &["", "1", "alive", "\0\u{1f}"])).expect("a short tag")
}

fn maybe<T>(dice: &mut Dice<'_>, draw: impl FnOnce(&mut Dice<'_>) -> T) -> Option<T> {
    (dice.below(2) == 1).then(|| draw(dice))
}

fn some<T>(dice: &mut Dice<'_>, draw: impl Fn(&mut Dice<'_>) -> T) -> Vec<T> {
    (0..dice.below(5)).map(|_| draw(dice)).collect()
}

pub(super) fn message(dice: &mut Dice<'_>) -> Message {
    Message {
        place: place(dice),
        id: id(dice),
        from: nick(dice),
        at: at(dice),
        text: body(dice),
        action: dice.one_in(4),
        reply_to: maybe(dice, id),
        edited: maybe(dice, id),
    }
}

fn welcome(dice: &mut Dice<'_>) -> Welcome {
    let number = |dice: &mut Dice<'_>| *dice.pick(&[64, 8_192, 0, 1, u32::MAX]);
    let limits = WelcomeLimits {
        nick_bytes: number(dice),
        room_bytes: number(dice),
        text_bytes: number(dice),
        topic_bytes: number(dice),
        frame_bytes: number(dice),
        page: number(dice),
        rooms: number(dice),
    };
    Welcome {
        server: text(dice).into(),
        nick: nick(dice),
        instead_of: None,
        token: maybe(dice, |_| Secret::new(TOKEN)),
        resumed: dice.one_in(2),
        limits,
        features: Features { away: dice.one_in(2) },
    }
}

fn info(dice: &mut Dice<'_>) -> RoomInfo {
    RoomInfo {
        place: place(dice),
        log: log(dice),
        first_id: id(dice),
        last_id: id(dice),
        read_id: maybe(dice, id),
        topic: note(dice),
        count: *dice.pick(&[1, 2, 0, 501, u32::MAX]),
        members: some(dice, nick),
        // An object has each member once.
        away: some(dice, |dice| (nick(dice), away(dice))).into_iter().collect::<BTreeMap<_, _>>().into_iter().collect(),
        operator: dice.one_in(3),
    }
}

/// Anything a native server may say; `seen` are tags that its client used.
pub(super) fn event(dice: &mut Dice<'_>, seen: &[Tag]) -> Event {
    match dice.below(28) {
        0..=4 => Event::Message(Box::new(message(dice))),
        5 | 6 => Event::Room(Box::new(info(dice))),
        7 | 8 => Event::Welcome(Box::new(welcome(dice))),
        9..=11 => Event::Ack { nonce: tag(dice, seen), place: place(dice), id: id(dice) },
        12 | 13 => {
            let reference = maybe(dice, |dice| tag(dice, seen));
            let (place, cursor) = (maybe(dice, place), maybe(dice, |dice| tag(dice, seen)));
            Event::Page { place, messages: some(dice, message), has_more: dice.one_in(2), cursor, reference }
        }
        14 | 15 => {
            let reference = maybe(dice, |dice| tag(dice, seen));
            Event::Error { code: *dice.pick(Code::ALL), text: text(dice).into(), reference }
        }
        _ => notice(dice, seen),
    }
}

/// What somebody else did, or the server.
fn notice(dice: &mut Dice<'_>, seen: &[Tag]) -> Event {
    match dice.below(21) {
        0 => Event::Joined { room: room(dice), nick: nick(dice), at: at(dice) },
        1 => Event::Parted { room: room(dice), nick: nick(dice), reason: note(dice), at: at(dice) },
        2 => {
            let count = dice.below(700) as u32;
            Event::Presence { room: room(dice), count, joined: some(dice, nick), parted: some(dice, nick) }
        }
        3 => {
            let line = |dice: &mut Dice<'_>| RoomLine { room: room(dice), topic: note(dice), count: 1 };
            let reference = maybe(dice, |dice| tag(dice, seen));
            Event::Rooms { rooms: some(dice, line), has_more: dice.one_in(2), reference }
        }
        4 => {
            let reference = maybe(dice, |dice| tag(dice, seen));
            Event::Members { room: room(dice), members: some(dice, nick), has_more: dice.one_in(2), reference }
        }
        5 => Event::Typing { place: place(dice), nick: nick(dice) },
        6 => Event::Read { place: place(dice), id: id(dice) },
        7 => Event::Nick { from: nick(dice), to: nick(dice) },
        8 => Event::Topic { place: place(dice), id: id(dice), text: note(dice), by: nick(dice), at: at(dice) },
        9 => Event::Kicked { room: room(dice), nick: nick(dice), by: nick(dice), reason: note(dice), at: at(dice) },
        10 => {
            let on = dice.one_in(2);
            Event::Muted { room: room(dice), nick: nick(dice), by: nick(dice), reason: note(dice), on }
        }
        11 => Event::Gap { place: place(dice), log: log(dice), after: id(dice), next: id(dice) },
        12 => Event::Bye { reason: *dice.pick(Reason::ALL), text: text(dice).into() },
        13 | 14 => {
            let (id, target) = (id(dice), id(dice));
            Event::Edited { place: place(dice), id, target, text: body(dice), by: nick(dice), at: at(dice) }
        }
        15 | 16 => Event::Deleted { place: place(dice), id: id(dice), target: id(dice), by: nick(dice), at: at(dice) },
        17 | 18 => Event::Ping { token: tag(dice, seen) },
        19 => Event::Away { nick: nick(dice), text: away(dice) },
        _ => Event::Pong { token: tag(dice, seen) },
    }
}
