//! [`Event`] → a server's frame.

use alloc::vec::Vec;

use super::write::{Writer, list};
use crate::limits::{AWAY_LISTED_BYTES_MAX, SERVER_FRAME_BYTES_MAX};
use crate::name::Nick;
use crate::vocabulary::{Event, Message, RoomInfo, RoomLine, Tag, VERSION, Welcome};

/// Room kept in a frame that holds a list for everything but the list: names, flags, a `ref` of 64 escaped bytes.
const LIST_OVERHEAD_BYTES: usize = 1024;

/// Appends the frame and its `\n`; nothing for what only tutorial dialects say.
pub(in crate::wire) fn event(event: &Event, out: &mut Vec<u8>) {
    let Some(name) = name(event) else { return };
    let mut frame = Writer::object(out);
    let mut w = Writer::object(frame.key(name));
    members(event, &mut w);
    w.end();
    frame.end();
    out.push(b'\n');
}

/// Appends a `room` frame whose members stand in `listed` already, one by [`listed`] after the other.
pub(in crate::wire) fn room(info: &RoomInfo, listed: &[u8], out: &mut Vec<u8>) {
    let mut frame = Writer::object(out);
    let mut w = Writer::object(frame.key("room"));
    let list = |out: &mut Vec<u8>| {
        out.push(b'[');
        out.extend_from_slice(listed.strip_suffix(b",").unwrap_or(listed));
        out.push(b']');
    };
    members_of_room(info, list, &mut w);
    w.end();
    frame.end();
    out.push(b'\n');
}

/// Appends a name and the comma before the next.
pub(in crate::wire) fn listed(nick: &Nick, out: &mut Vec<u8>) {
    super::write::string(out, nick.as_str());
    out.push(b',');
}

const fn name(event: &Event) -> Option<&'static str> {
    Some(match event {
        Event::Greeting | Event::Row(_) => return None,
        Event::Welcome(_) => "welcome",
        Event::Room(_) => "room",
        Event::Joined { .. } => "joined",
        Event::Parted { .. } => "parted",
        Event::Presence { .. } => "presence",
        Event::Ack { .. } => "ack",
        Event::Message(_) => "message",
        Event::Edited { .. } => "edited",
        Event::Deleted { .. } => "deleted",
        Event::Page { .. } => "page",
        Event::Rooms { .. } => "rooms",
        Event::Members { .. } => "members",
        Event::Typing { .. } => "typing",
        Event::Read { .. } => "read",
        Event::Nick { .. } => "nick",
        Event::Away { .. } => "away",
        Event::Topic { .. } => "topic",
        Event::Kicked { .. } => "kicked",
        Event::Muted { .. } => "muted",
        Event::Gap { .. } => "gap",
        Event::Error { .. } => "error",
        Event::Bye { .. } => "bye",
        Event::Ping { .. } => "ping",
        Event::Pong { .. } => "pong",
    })
}

fn members(event: &Event, w: &mut Writer<'_>) {
    match event {
        Event::Greeting | Event::Row(_) => {}
        Event::Welcome(welcome) => members_of_welcome(welcome, w),
        Event::Room(info) => {
            let names = info.members.iter().map(|nick| nick.as_str());
            let list = |out: &mut Vec<u8>| {
                list(out, names, |out, name| {
                    super::write::string(out, name);
                    true
                });
            };
            members_of_room(info, list, w);
        }
        Event::Message(message) => members_of_message(message, w),
        Event::Ack { nonce, place, id } => {
            w.text("nonce", nonce.as_str());
            w.place(place);
            w.number("id", id.0);
        }
        Event::Page { place, messages, has_more, cursor, reference } => {
            if let Some(place) = place {
                w.place(place);
            }
            let entries = |out: &mut Vec<u8>, message: &Message| object(out, |w| members_of_message(message, w));
            let all = bounded_list(w.key("messages"), messages, entries);
            if let Some(cursor) = cursor {
                w.text("cursor", cursor.as_str());
            }
            end_of_list(w, *has_more || !all, reference.as_ref());
        }
        Event::Rooms { rooms, has_more, reference } => {
            let all = bounded_list(w.key("rooms"), rooms, |out, line| object(out, |w| members_of_line(line, w)));
            end_of_list(w, *has_more || !all, reference.as_ref());
        }
        Event::Members { room, members, has_more, reference } => {
            w.text("room", room.as_str());
            let all = bounded_list(w.key("members"), members, |out, nick| super::write::string(out, nick.as_str()));
            end_of_list(w, *has_more || !all, reference.as_ref());
        }
        Event::Gap { place, log, after, next } => {
            w.place(place);
            w.display("log", log);
            w.number("after", after.0);
            w.number("next", next.0);
        }
        Event::Error { code, text, reference } => {
            w.text("code", code.as_str());
            w.text("text", text);
            if let Some(reference) = reference {
                w.text("ref", reference.as_str());
            }
        }
        Event::Bye { reason, text } => {
            w.text("code", reason.as_str());
            w.text("text", text);
        }
        Event::Ping { token } | Event::Pong { token } => w.text("token", token.as_str()),
        Event::Joined { .. }
        | Event::Parted { .. }
        | Event::Presence { .. }
        | Event::Edited { .. }
        | Event::Deleted { .. }
        | Event::Typing { .. }
        | Event::Read { .. }
        | Event::Nick { .. }
        | Event::Away { .. }
        | Event::Topic { .. }
        | Event::Kicked { .. }
        | Event::Muted { .. } => members_of_notice(event, w),
    }
}

/// What somebody did, in a few members.
fn members_of_notice(event: &Event, w: &mut Writer<'_>) {
    match event {
        Event::Joined { room, nick, at } => {
            w.text("room", room.as_str());
            w.text("nick", nick.as_str());
            w.number("at", at.0);
        }
        Event::Parted { room, nick, reason, at } => {
            w.text("room", room.as_str());
            w.text("nick", nick.as_str());
            w.text_unless_empty("reason", reason.as_str());
            w.number("at", at.0);
        }
        Event::Presence { room, count, joined, parted } => {
            w.text("room", room.as_str());
            w.number("count", *count);
            w.texts("joined", joined.iter().map(|nick| nick.as_str()));
            w.texts("parted", parted.iter().map(|nick| nick.as_str()));
        }
        Event::Edited { place, id, target, text, by, at } => {
            w.place(place);
            w.number("id", id.0);
            w.number("target", target.0);
            w.text("text", text.as_str());
            w.text("by", by.as_str());
            w.number("at", at.0);
        }
        Event::Deleted { place, id, target, by, at } => {
            w.place(place);
            w.number("id", id.0);
            w.number("target", target.0);
            w.text("by", by.as_str());
            w.number("at", at.0);
        }
        Event::Typing { place, nick } => {
            w.place(place);
            w.text("nick", nick.as_str());
        }
        Event::Read { place, id } => {
            w.place(place);
            w.number("id", id.0);
        }
        Event::Nick { from, to } => {
            w.text("nick", from.as_str());
            w.text("to", to.as_str());
        }
        Event::Away { nick, text } => {
            w.text("nick", nick.as_str());
            w.text_unless_empty("text", text.as_str());
        }
        Event::Topic { place, id, text, by, at } => {
            w.place(place);
            w.number("id", id.0);
            w.text("text", text.as_str());
            w.text("by", by.as_str());
            w.number("at", at.0);
        }
        Event::Kicked { room, nick, by, reason, at } => {
            w.text("room", room.as_str());
            w.text("nick", nick.as_str());
            w.text("by", by.as_str());
            w.text_unless_empty("reason", reason.as_str());
            w.number("at", at.0);
        }
        Event::Muted { room, nick, by, reason, on } => {
            w.text("room", room.as_str());
            w.text("nick", nick.as_str());
            w.text("by", by.as_str());
            w.text_unless_empty("reason", reason.as_str());
            w.flag("on", *on);
        }
        Event::Greeting
        | Event::Welcome(_)
        | Event::Room(_)
        | Event::Ack { .. }
        | Event::Message(_)
        | Event::Page { .. }
        | Event::Rooms { .. }
        | Event::Members { .. }
        | Event::Gap { .. }
        | Event::Error { .. }
        | Event::Bye { .. }
        | Event::Ping { .. }
        | Event::Pong { .. }
        | Event::Row(_) => {}
    }
}

fn members_of_welcome(welcome: &Welcome, w: &mut Writer<'_>) {
    w.number("version", VERSION);
    w.text("server", &welcome.server);
    w.text("nick", welcome.nick.as_str());
    if let Some(token) = &welcome.token {
        w.text("token", token.reveal());
    }
    w.flag("resumed", welcome.resumed);
    let limits = &welcome.limits;
    let mut l = Writer::object(w.key("limits"));
    l.number("nick_bytes", limits.nick_bytes);
    l.number("room_bytes", limits.room_bytes);
    l.number("text_bytes", limits.text_bytes);
    l.number("topic_bytes", limits.topic_bytes);
    l.number("frame_bytes", limits.frame_bytes);
    l.number("page", limits.page);
    l.number("rooms", limits.rooms);
    l.end();
    w.texts("features", welcome.features.away.then_some("away"));
}

fn members_of_room(info: &RoomInfo, list: impl FnOnce(&mut Vec<u8>), w: &mut Writer<'_>) {
    w.place(&info.place);
    w.display("log", info.log);
    w.number("first_id", info.first_id.0);
    w.number("last_id", info.last_id.0);
    if let Some(id) = info.read_id {
        w.number("read_id", id.0);
    }
    w.text("topic", info.topic.as_str());
    w.number("count", info.count);
    list(w.key("members"));
    if !info.away.is_empty() {
        members_away(info, w);
    }
    if info.operator {
        w.flag("operator", true);
    }
}

/// Those who are away, as many as there is room for.
fn members_away(info: &RoomInfo, w: &mut Writer<'_>) {
    let mut away = Writer::object(w.key("away"));
    let mut left = AWAY_LISTED_BYTES_MAX;
    for (nick, text) in &info.away {
        // Quotes, colon and comma; escaped, a text may take twice its length.
        let bytes = nick.as_str().len().saturating_add(text.as_str().len().saturating_mul(2)).saturating_add(6);
        let Some(rest) = left.checked_sub(bytes) else { break };
        left = rest;
        away.text(nick.as_str(), text.as_str());
    }
    away.end();
}

/// The members of a message, the same in a `message` and in a `page`.
fn members_of_message(message: &Message, w: &mut Writer<'_>) {
    w.place(&message.place);
    w.number("id", message.id.0);
    w.text("from", message.from.as_str());
    w.number("at", message.at.0);
    w.text("text", message.text.as_str());
    if message.action {
        w.text("kind", "action");
    }
    if let Some(id) = message.reply_to {
        w.number("reply_to", id.0);
    }
    if let Some(id) = message.edited {
        w.number("edited", id.0);
    }
}

fn members_of_line(line: &RoomLine, w: &mut Writer<'_>) {
    w.text("room", line.room.as_str());
    w.text("topic", line.topic.as_str());
    w.number("count", line.count);
}

fn object(out: &mut Vec<u8>, members: impl FnOnce(&mut Writer<'_>)) {
    let mut w = Writer::object(out);
    members(&mut w);
    w.end();
}

/// A list that stops before its frame would be over the bound; whether everything is in it.
fn bounded_list<T>(out: &mut Vec<u8>, values: &[T], mut write: impl FnMut(&mut Vec<u8>, &T)) -> bool {
    let start = out.len();
    let mut all = true;
    list(out, values, |out, value| {
        write(out, value);
        all = out.len().saturating_sub(start) < SERVER_FRAME_BYTES_MAX.saturating_sub(LIST_OVERHEAD_BYTES);
        all
    });
    all
}

fn end_of_list(w: &mut Writer<'_>, has_more: bool, reference: Option<&Tag>) {
    w.flag("has_more", has_more);
    if let Some(reference) = reference {
        w.text("ref", reference.as_str());
    }
}
