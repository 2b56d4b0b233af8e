//! A client's frame → [`Request`].

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use super::fields::Fields;
use super::value::{Object, Value, shown};
use crate::limits::{LIST_MAX, PAGE_MAX};
use crate::name::{BadName, RoomName};
use crate::vocabulary::{Code, Command, Hello, Place, Request, Resume, Span};
use crate::wire::{HELLO_NICK_BYTES_MAX, Malformed};

/// Reads one line.
pub(super) fn request(line: &[u8]) -> Result<Request, Malformed> {
    let mut fields = Fields::parse(line)?;
    let command = command(&mut fields)?;
    Ok(Request { command, reference: fields.reference })
}

fn command(f: &mut Fields<'_>) -> Result<Command, Malformed> {
    Ok(match f.name.as_ref() {
        "hello" => Command::Hello(Box::new(hello(f)?)),
        "join" => Command::Join { place: f.place()? },
        "part" => Command::Part { place: f.place()?, reason: f.note("reason")? },
        "say" => say(f)?,
        "edit" => Command::Edit { place: f.place()?, id: f.need("id", f.id("id")?)?, text: f.body()? },
        "delete" => Command::Delete { place: f.place()?, id: f.need("id", f.id("id")?)? },
        "history" => history(f)?,
        "search" => search(f)?,
        "read" => Command::Read { place: f.place()?, id: f.need("id", f.id("id")?)? },
        "typing" => Command::Typing { place: f.place()? },
        "nick" => Command::Nick { nick: f.needed_nick("nick")? },
        "away" => Command::Away { text: f.away("text")? },
        "topic" => {
            f.need("text", f.text("text")?)?;
            Command::Topic { place: f.place()?, text: f.note("text")? }
        }
        "kick" => Command::Kick { room: f.needed_room()?, nick: f.needed_nick("nick")?, reason: f.note("reason")? },
        "mute" => Command::Mute {
            room: f.needed_room()?,
            nick: f.needed_nick("nick")?,
            reason: f.note("reason")?,
            on: f.flag("on")?.unwrap_or(true),
        },
        "rooms" => Command::Rooms { after: f.room("after")?, limit: f.count("limit")?.unwrap_or(LIST_MAX) },
        "members" => Command::Members {
            room: f.needed_room()?,
            after: f.nick("after")?,
            limit: f.count("limit")?.unwrap_or(LIST_MAX),
        },
        "ping" => Command::Ping { token: f.need("token", f.tag("token")?)? },
        "pong" => Command::Pong { token: f.need("token", f.tag("token")?)? },
        "quit" => Command::Quit { reason: f.note("reason")? },
        unknown => {
            return Err(f.refuse(
                Code::UnknownFrame,
                format_args!("This server does not know the frame {:?}.", shown(unknown)),
            ));
        }
    })
}

fn hello(f: &mut Fields<'_>) -> Result<Hello, Malformed> {
    let version = f.need("version", f.count("version")?)?;
    let nick = f.need("nick", f.text("nick")?)?;
    if nick.len() > HELLO_NICK_BYTES_MAX {
        return Err(f.refuse(Code::BadNick, BadName::TooLong));
    }
    let nick = nick.into();
    let token = f.secret("token")?;
    let password = f.secret("password")?;
    let agent = f.tag("agent")?;
    if agent.as_ref().is_some_and(|agent| agent.as_str().chars().any(char::is_control)) {
        return Err(f.refuse(Code::BadText, "The \"agent\" is a program's name without control characters."));
    }
    let room = |text: &str| RoomName::parse(text).map_err(|bad| f.refuse(Code::BadRoom, bad));
    let rooms = f.texts("rooms", room)?;
    let resume = match f.take_object("resume")? {
        Some(object) => resume(f, object)?,
        None => Vec::new(),
    };
    Ok(Hello { version, nick, token, rooms, resume, password, agent })
}

fn resume(f: &Fields<'_>, object: Object<'_>) -> Result<Vec<Resume>, Malformed> {
    let bound = LIST_MAX as usize;
    if object.0.len() > bound {
        return Err(f.refuse(Code::TooLong, format_args!("In \"hello\", \"resume\" has at most {bound} rooms.")));
    }
    let each = |(place, point): (Cow<'_, str>, Value<'_>)| {
        let place = f.place_named(&place)?;
        let Value::Object(point) = point else {
            return Err(f.refuse(Code::BadFrame, "In \"resume\", each room stands for {\"log\":…,\"id\":…}."));
        };
        let point = Fields::inner(point, "resume");
        let read = || Ok(Resume { place, log: point.log("log")?, id: point.need("id", point.id("id")?)? });
        read().map_err(|bad: Malformed| Malformed { reference: f.reference.clone(), ..bad })
    };
    let points = object.0.into_iter().map(each).collect::<Result<Vec<Resume>, Malformed>>()?;
    // One place may be spelt in several ways, as members that differ.
    let places: BTreeSet<&Place> = points.iter().map(|point| &point.place).collect();
    if places.len() < points.len() {
        return Err(f.refuse(Code::BadFrame, "In \"resume\", each room stands once, however it is spelt."));
    }
    Ok(points)
}

fn say(f: &Fields<'_>) -> Result<Command, Malformed> {
    let action = match f.text("kind")? {
        None | Some("text") => false,
        Some("action") => true,
        Some(_) => {
            return Err(f.refuse(Code::UnknownFrame, "This server knows the kinds \"text\" and \"action\" only."));
        }
    };
    Ok(Command::Say { place: f.place()?, text: f.body()?, nonce: f.tag("nonce")?, action, reply_to: f.id("reply_to")? })
}

fn search(f: &Fields<'_>) -> Result<Command, Malformed> {
    let place = f.text("room")?.map(|room| f.place_named(room)).transpose()?;
    f.need("query", f.text("query")?)?;
    let (query, cursor) = (f.note("query")?, f.tag("cursor")?);
    Ok(Command::Search { place, query, cursor, limit: f.count("limit")?.unwrap_or(PAGE_MAX) })
}

fn history(f: &Fields<'_>) -> Result<Command, Malformed> {
    let span = match (f.id("before")?, f.id("after")?) {
        (None, None) => Span::Latest,
        (Some(before), None) => Span::Before(before),
        (None, Some(after)) => Span::After(after),
        (Some(_), Some(_)) => {
            return Err(f.refuse(Code::BadFrame, "A page is asked for \"before\" or \"after\" an entry, not both."));
        }
    };
    Ok(Command::History { place: f.place()?, span, limit: f.count("limit")?.unwrap_or(PAGE_MAX) })
}
