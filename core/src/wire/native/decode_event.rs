//! A server's frame → [`Event`].

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::fields::Fields;
use super::value::Object;
use crate::id::MessageId;
use crate::text::Note;
use crate::vocabulary::{Code, Event, Features, Message, Reason, RoomInfo, RoomLine, Welcome, WelcomeLimits};
use crate::wire::Malformed;

type Read<T> = Result<T, Malformed>;

/// Reads one line; `None` for a frame of a later version, which is to be passed over.
pub(super) fn event(line: &[u8]) -> Read<Option<Event>> {
    let mut fields = Fields::parse(line)?;
    let f = &mut fields;
    Ok(Some(match f.name.as_ref() {
        "welcome" => Event::Welcome(Box::new(welcome(f)?)),
        "room" => Event::Room(Box::new(room(f)?)),
        "message" => Event::Message(Box::new(message(f)?)),
        "page" => page(f)?,
        "rooms" => {
            let lines = f.take_objects("rooms")?;
            let rooms = lines.into_iter().map(line_of_room).collect::<Read<Vec<_>>>()?;
            Event::Rooms { rooms, has_more: has_more(f)?, reference: f.reference.take() }
        }
        "members" => {
            let (room, members) = (f.needed_room()?, f.nicks("members")?);
            Event::Members { room, members, has_more: has_more(f)?, reference: f.reference.take() }
        }
        "ack" => Event::Ack { nonce: f.need("nonce", f.tag("nonce")?)?, place: f.place()?, id: id(f, "id")? },
        "gap" => Event::Gap { place: f.place()?, log: f.log("log")?, after: id(f, "after")?, next: id(f, "next")? },
        "error" => {
            let code = f.need("code", f.text("code")?).map(Code::parse)?;
            Event::Error { code, text: f.prose("text")?, reference: f.reference.take() }
        }
        "bye" => {
            let reason = f.need("code", f.text("code")?).map(Reason::parse)?;
            Event::Bye { reason, text: f.prose("text")? }
        }
        "ping" => Event::Ping { token: f.need("token", f.tag("token")?)? },
        "pong" => Event::Pong { token: f.need("token", f.tag("token")?)? },
        _ => return notice(f),
    }))
}

/// What somebody did.
fn notice(f: &Fields<'_>) -> Read<Option<Event>> {
    Ok(Some(match f.name.as_ref() {
        "joined" => Event::Joined { room: f.needed_room()?, nick: f.needed_nick("nick")?, at: f.timestamp("at")? },
        "parted" => Event::Parted {
            room: f.needed_room()?,
            nick: f.needed_nick("nick")?,
            reason: f.note("reason")?,
            at: f.timestamp("at")?,
        },
        "presence" => Event::Presence {
            room: f.needed_room()?,
            count: f.need("count", f.count("count")?)?,
            joined: f.nicks("joined")?,
            parted: f.nicks("parted")?,
        },
        "edited" => Event::Edited {
            place: f.place()?,
            id: id(f, "id")?,
            target: id(f, "target")?,
            text: f.body()?,
            by: f.needed_nick("by")?,
            at: f.timestamp("at")?,
        },
        "deleted" => Event::Deleted {
            place: f.place()?,
            id: id(f, "id")?,
            target: id(f, "target")?,
            by: f.needed_nick("by")?,
            at: f.timestamp("at")?,
        },
        "typing" => Event::Typing { place: f.place()?, nick: f.needed_nick("nick")? },
        "read" => Event::Read { place: f.place()?, id: id(f, "id")? },
        "away" => Event::Away { nick: f.needed_nick("nick")?, text: f.away("text")? },
        "nick" => Event::Nick { from: f.needed_nick("nick")?, to: f.needed_nick("to")? },
        "topic" => Event::Topic {
            place: f.place()?,
            id: id(f, "id")?,
            text: needed_note(f, "text")?,
            by: f.needed_nick("by")?,
            at: f.timestamp("at")?,
        },
        "kicked" => Event::Kicked {
            room: f.needed_room()?,
            nick: f.needed_nick("nick")?,
            by: f.needed_nick("by")?,
            reason: f.note("reason")?,
            at: f.timestamp("at")?,
        },
        "muted" => Event::Muted {
            room: f.needed_room()?,
            nick: f.needed_nick("nick")?,
            by: f.needed_nick("by")?,
            reason: f.note("reason")?,
            on: f.need("on", f.flag("on")?)?,
        },
        _ => return Ok(None),
    }))
}

fn id(f: &Fields<'_>, member: &str) -> Read<MessageId> {
    f.need(member, f.id(member)?)
}

fn needed_note(f: &Fields<'_>, member: &str) -> Read<Note> {
    f.need(member, f.text(member)?)?;
    f.note(member)
}

fn has_more(f: &Fields<'_>) -> Read<bool> {
    f.need("has_more", f.flag("has_more")?)
}

fn welcome(f: &mut Fields<'_>) -> Read<Welcome> {
    let limits = f.take_object("limits")?;
    let limits = Fields::inner(f.need("limits", limits)?, "limits");
    let limit = |member: &str| limits.need(member, limits.count(member)?);
    Ok(Welcome {
        server: f.prose("server")?,
        nick: f.needed_nick("nick")?,
        instead_of: None,
        token: f.secret("token")?,
        resumed: f.flag("resumed")?.unwrap_or(false),
        features: features(f)?,
        limits: WelcomeLimits {
            nick_bytes: limit("nick_bytes")?,
            room_bytes: limit("room_bytes")?,
            text_bytes: limit("text_bytes")?,
            topic_bytes: limit("topic_bytes")?,
            frame_bytes: limit("frame_bytes")?,
            page: limit("page")?,
            rooms: limit("rooms")?,
        },
    })
}

/// Those it knows; a later server may have more.
fn features(f: &Fields<'_>) -> Read<Features> {
    let names = f.texts("features", |name| Ok(name == "away"))?.unwrap_or_default();
    Ok(Features { away: names.contains(&true) })
}

fn room(f: &mut Fields<'_>) -> Read<RoomInfo> {
    let away = f.aways("away")?;
    Ok(RoomInfo {
        place: f.place()?,
        log: f.log("log")?,
        first_id: id(f, "first_id")?,
        last_id: id(f, "last_id")?,
        read_id: f.id("read_id")?,
        topic: needed_note(f, "topic")?,
        count: f.need("count", f.count("count")?)?,
        members: f.nicks("members")?,
        away,
        operator: f.flag("operator")?.unwrap_or(false),
    })
}

fn message(f: &Fields<'_>) -> Read<Message> {
    Ok(Message {
        place: f.place()?,
        id: id(f, "id")?,
        from: f.needed_nick("from")?,
        at: f.timestamp("at")?,
        text: f.body()?,
        // A kind of a later version is shown as plain text rather than not at all.
        action: f.text("kind")? == Some("action"),
        reply_to: f.id("reply_to")?,
        edited: f.id("edited")?,
    })
}

fn page(f: &mut Fields<'_>) -> Read<Event> {
    let entries = f.take_objects("messages")?;
    let each = |entry: Object<'_>| message(&Fields::inner(entry, "messages"));
    let messages = entries.into_iter().map(each).collect::<Read<Vec<_>>>()?;
    let place = f.text("room")?.map(|room| f.place_named(room)).transpose()?;
    let (has_more, cursor) = (has_more(f)?, f.tag("cursor")?);
    Ok(Event::Page { place, messages, has_more, cursor, reference: f.reference.take() })
}

fn line_of_room(line: Object<'_>) -> Read<RoomLine> {
    let f = Fields::inner(line, "rooms");
    Ok(RoomLine { room: f.needed_room()?, topic: f.note("topic")?, count: f.need("count", f.count("count")?)? })
}
