//! [`Request`] → a client's frame.

use alloc::vec::Vec;

use super::write::Writer;
use crate::limits::{LIST_MAX, PAGE_MAX};
use crate::vocabulary::{Command, Hello, Request, Span};

/// Appends the frame and its `\n`.
pub(in crate::wire) fn request(request: &Request, out: &mut Vec<u8>) {
    let mut frame = Writer::object(out);
    let mut w = Writer::object(frame.key(name(&request.command)));
    members(&request.command, &mut w);
    if let Some(reference) = &request.reference {
        w.text("ref", reference.as_str());
    }
    w.end();
    frame.end();
    out.push(b'\n');
}

const fn name(command: &Command) -> &'static str {
    match command {
        Command::Hello(_) => "hello",
        Command::Join { .. } => "join",
        Command::Part { .. } => "part",
        Command::Say { .. } => "say",
        Command::Edit { .. } => "edit",
        Command::Delete { .. } => "delete",
        Command::History { .. } => "history",
        Command::Search { .. } => "search",
        Command::Read { .. } => "read",
        Command::Typing { .. } => "typing",
        Command::Nick { .. } => "nick",
        Command::Away { .. } => "away",
        Command::Topic { .. } => "topic",
        Command::Kick { .. } => "kick",
        Command::Mute { .. } => "mute",
        Command::Rooms { .. } => "rooms",
        Command::Members { .. } => "members",
        Command::Ping { .. } => "ping",
        Command::Pong { .. } => "pong",
        Command::Quit { .. } => "quit",
    }
}

fn members(command: &Command, w: &mut Writer<'_>) {
    match command {
        Command::Hello(hello) => members_of_hello(hello, w),
        Command::Join { place } | Command::Typing { place } => w.place(place),
        Command::Part { place, reason } => {
            w.place(place);
            w.text_unless_empty("reason", reason.as_str());
        }
        Command::Say { place, text, nonce, action, reply_to } => {
            w.place(place);
            w.text("text", text.as_str());
            if let Some(nonce) = nonce {
                w.text("nonce", nonce.as_str());
            }
            if *action {
                w.text("kind", "action");
            }
            if let Some(id) = reply_to {
                w.number("reply_to", id.0);
            }
        }
        Command::Edit { place, id, text } => {
            w.place(place);
            w.number("id", id.0);
            w.text("text", text.as_str());
        }
        Command::History { place, span, limit } => {
            w.place(place);
            match span {
                Span::Latest => {}
                Span::Before(id) => w.number("before", id.0),
                Span::After(id) => w.number("after", id.0),
            }
            limit_of_page(*limit, w);
        }
        Command::Search { place, query, cursor, limit } => {
            if let Some(place) = place {
                w.place(place);
            }
            w.text("query", query.as_str());
            if let Some(cursor) = cursor {
                w.text("cursor", cursor.as_str());
            }
            limit_of_page(*limit, w);
        }
        Command::Delete { place, id } | Command::Read { place, id } => {
            w.place(place);
            w.number("id", id.0);
        }
        Command::Nick { nick } => w.text("nick", nick.as_str()),
        Command::Away { text } => w.text_unless_empty("text", text.as_str()),
        Command::Topic { place, text } => {
            w.place(place);
            w.text("text", text.as_str());
        }
        Command::Kick { room, nick, reason } => {
            w.text("room", room.as_str());
            w.text("nick", nick.as_str());
            w.text_unless_empty("reason", reason.as_str());
        }
        Command::Mute { room, nick, reason, on } => {
            w.text("room", room.as_str());
            w.text("nick", nick.as_str());
            w.text_unless_empty("reason", reason.as_str());
            w.flag("on", *on);
        }
        Command::Rooms { after, limit } => {
            if let Some(after) = after {
                w.text("after", after.as_str());
            }
            limit_of_list(*limit, w);
        }
        Command::Members { room, after, limit } => {
            w.text("room", room.as_str());
            if let Some(after) = after {
                w.text("after", after.as_str());
            }
            limit_of_list(*limit, w);
        }
        Command::Ping { token } | Command::Pong { token } => w.text("token", token.as_str()),
        Command::Quit { reason } => w.text_unless_empty("reason", reason.as_str()),
    }
}

fn limit_of_page(limit: u32, w: &mut Writer<'_>) {
    if limit != PAGE_MAX {
        w.number("limit", limit);
    }
}

fn limit_of_list(limit: u32, w: &mut Writer<'_>) {
    if limit != LIST_MAX {
        w.number("limit", limit);
    }
}

fn members_of_hello(hello: &Hello, w: &mut Writer<'_>) {
    w.number("version", hello.version);
    w.text("nick", &hello.nick);
    if let Some(token) = &hello.token {
        w.text("token", token.reveal());
    }
    if let Some(rooms) = &hello.rooms {
        w.texts("rooms", rooms.iter().map(|room| room.as_str()));
    }
    if !hello.resume.is_empty() {
        let mut places = Writer::object(w.key("resume"));
        for resume in &hello.resume {
            let mut point = Writer::object(places.display_key(&resume.place));
            point.display("log", resume.log);
            point.number("id", resume.id.0);
            point.end();
        }
        places.end();
    }
    if let Some(password) = &hello.password {
        w.text("password", password.reveal());
    }
    if let Some(agent) = &hello.agent {
        w.text("agent", agent.as_str());
    }
}
