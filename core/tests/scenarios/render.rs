//! How a scenario writes what a native client is told.

use parlor_core::name::Nick;
use parlor_core::text::Note;
use parlor_core::vocabulary::{Event, Message, Place, Row};

/// An event as one line; `None` for what a client deals with by itself.
pub(crate) fn render(event: &Event) -> Option<String> {
    Some(match event {
        Event::Ping { .. } => return None,
        Event::Greeting => String::from("greeting"),
        Event::Welcome(w) if w.resumed => format!("welcome {} (resumed)", w.nick),
        Event::Welcome(w) => format!("welcome {}", w.nick),
        Event::Room(r) => {
            let operator = if r.operator { " (operator)" } else { "" };
            let topic = if r.topic.is_empty() { String::new() } else { format!("; topic: {}", r.topic) };
            let read = r.read_id.map_or_else(String::new, |id| format!("; read to {}", id.0));
            let away: Vec<_> = r.away.iter().map(|(nick, text)| format!("{nick}, {text}")).collect();
            let away = if away.is_empty() { String::new() } else { format!("; away: {}", away.join(" | ")) };
            format!("room {}{operator}: {}{topic}{read}{away}", r.place, names(&r.members))
        }
        Event::Joined { room, nick, .. } => format!("* {nick} joined {room}"),
        Event::Parted { room, nick, reason, .. } => format!("* {nick} left {room}{}", because(reason)),
        Event::Presence { room, count, joined, parted } => {
            format!("presence {room}: {count} (joined: {}; left: {})", names(joined), names(parted))
        }
        Event::Ack { nonce, id, .. } => format!("ack {} {}", nonce.as_str(), id.0),
        Event::Message(m) => message(m),
        Event::Edited { place, target, text, by, .. } => format!("* {by} corrects {} in {place}: {text}", target.0),
        Event::Deleted { place, target, by, .. } => format!("* {by} takes {} back in {place}", target.0),
        Event::Page { place, messages, has_more, .. } => {
            let edited = |m: &Message| if m.edited.is_some() { " (edited)" } else { "" };
            let rows: Vec<_> =
                messages.iter().map(|m| format!("{} {}: {}{}", m.id.0, m.from, m.text, edited(m))).collect();
            let place = place.as_ref().map_or("found".into(), ToString::to_string);
            let rows = if rows.is_empty() { "nothing".into() } else { rows.join(" | ") };
            format!("page {place}: {rows}{}", if *has_more { " …" } else { "" })
        }
        Event::Rooms { rooms, .. } => {
            let rows: Vec<_> = rooms.iter().map(|r| format!("{} ({})", r.room, r.count)).collect();
            format!("rooms: {}", rows.join(", "))
        }
        Event::Members { room, members, .. } => format!("members {room}: {}", names(members)),
        Event::Typing { place, nick } => format!("* {nick} types in {place}"),
        Event::Read { place, id } => format!("read {place} {}", id.0),
        Event::Nick { from, to } => format!("* {from} is now {to}"),
        Event::Away { nick, text } if text.is_empty() => format!("* {nick} is back"),
        Event::Away { nick, text } => format!("* {nick} is away: {text}"),
        Event::Topic { place, text, by, .. } => format!("* {by} set the topic of {place}: {text}"),
        Event::Kicked { room, nick, by, reason, .. } => format!("* {by} kicked {nick} from {room}{}", because(reason)),
        Event::Muted { room, nick, by, on: true, .. } => format!("* {by} muted {nick} in {room}"),
        Event::Muted { room, nick, by, on: false, .. } => format!("* {by} unmuted {nick} in {room}"),
        Event::Gap { place, after, next, .. } => format!("gap {place} after {} before {}", after.0, next.0),
        Event::Error { code, text, .. } => format!("error {code}: {text}"),
        Event::Bye { reason, text } => format!("bye {reason}: {text}"),
        Event::Pong { token } => format!("pong {}", token.as_str()),
        Event::Row(row) => render_row(row),
    })
}

fn message(m: &Message) -> String {
    let place = match &m.place {
        Place::Room(room) if room.as_str() == "lobby" => String::new(),
        other => format!("[{other}] "),
    };
    if m.action { format!("{place}* {} {}", m.from, m.text) } else { format!("{place}{}: {}", m.from, m.text) }
}

fn render_row(row: &Row) -> String {
    match row {
        Row::Connected => String::from("connected"),
        Row::Joined { nick } => format!("* {nick} joined"),
        Row::Left { nick } => format!("* {nick} left"),
        Row::Said { from, text } => format!("{from}: {text}"),
        Row::Other { text } => text.clone(),
        Row::Quit => String::from("{quit}"),
    }
}

fn names(nicks: &[Nick]) -> String {
    nicks.iter().map(Nick::as_str).collect::<Vec<_>>().join(", ")
}

fn because(reason: &Note) -> String {
    if reason.is_empty() { String::new() } else { format!(" ({reason})") }
}
