//! The language of the scenarios: one statement a line, somebody and what they do or hear.

use std::net::IpAddr;
use std::time::Duration;

use parlor_core::id::MessageId;
use parlor_core::limits::{Limits, Pace};
use parlor_core::name::{Nick, RoomName};
use parlor_core::text::{Body, Note};
use parlor_core::vocabulary::{Command, Place, Span};

use crate::expect;
use crate::peer::{Program, frame, say};
use crate::text::{between, number, quoted, raw, spoken};
use crate::world::World;

/// A story being told.
pub(crate) struct Story {
    limits: Limits,
    password: Option<String>,
    world: Option<World>,
    refused: Vec<(String, String)>,
}

impl Story {
    /// Tells a whole story.
    ///
    /// # Panics
    /// At the first line that does not come true, naming it.
    pub(crate) fn tell(file: &str, text: &str) {
        let mut story = Story { limits: Limits::default(), password: None, world: None, refused: Vec::new() };
        for (number, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if let Err(fault) = story.line(line) {
                panic!("{file}.txt:{}: {line}\n  {fault}", number + 1);
            }
        }
        if let Some(world) = story.world
            && let Err(fault) = world.end()
        {
            panic!("{file}.txt, at its end: {fault}");
        }
    }

    fn line(&mut self, line: &str) -> Result<(), String> {
        let (who, rest) = line.split_once(' ').ok_or("a statement has two words at least")?;
        match who {
            "limit" => return self.limit(rest),
            "password" => {
                self.password = Some(rest.to_owned());
                return Ok(());
            }
            _ => {}
        }
        let (limits, password) = (&self.limits, self.password.as_deref());
        let world = self.world.get_or_insert_with(|| World::new(limits.clone(), password));
        match (who, rest) {
            ("wait", time) => world.wait(duration(time)?),
            ("hub", "drains") => world.drain(),
            ("hub", "restarts") => {
                world.restart();
                Ok(())
            }
            ("hub", "is empty") if world.is_empty() => Ok(()),
            ("hub", "is empty") => Err(String::from("it is not")),
            _ => {
                let (verb, object) = rest.split_once(' ').unwrap_or((rest, ""));
                self.statement(who, verb, object)
            }
        }
    }

    fn limit(&mut self, rest: &str) -> Result<(), String> {
        if self.world.is_some() {
            return Err(String::from("limits come first"));
        }
        let (name, value) = rest.split_once(" = ").ok_or("limit NAME = VALUE")?;
        let limits = &mut self.limits;
        if name == "pace" {
            let (burst, per_second) = value.split_once(' ').ok_or("limit pace = BURST PER_SECOND")?;
            limits.pace = Some(Pace { burst: number(burst)?, per_second: number(per_second)? });
            return Ok(());
        }
        let value: u32 = number(value)?;
        match name {
            "sessions_max" => limits.sessions_max = value,
            "sessions_per_address_max" => limits.sessions_per_address_max = value,
            "handshakes_max" => limits.handshakes_max = value,
            "handshakes_per_address_max" => limits.handshakes_per_address_max = value,
            "sessions_per_identity_max" => limits.sessions_per_identity_max = value,
            "rooms_max" => limits.rooms_max = value,
            "rooms_per_session_max" => limits.rooms_per_session_max = value,
            "faults_max" => limits.faults_max = value,
            "replay_max" => limits.replay_max = value,
            "tutorial_lines" => limits.tutorial_lines = value,
            "presence_members_max" => limits.presence_members_max = value,
            "outbox_bytes_max" => limits.outbox_bytes_max = value as usize,
            "outbox_bytes_total_max" => limits.outbox_bytes_total_max = value as usize,
            _ => return Err(format!("no limit is called {name}")),
        }
        Ok(())
    }

    fn statement(&mut self, who: &str, verb: &str, object: &str) -> Result<(), String> {
        let refused = self.refused.iter().rev().find(|(name, _)| name == who).map(|(_, reason)| reason.clone());
        let world = self.world.as_mut().ok_or("the world is made before the first statement")?;
        match verb {
            "connects" | "joins" => {
                if let Some(reason) = connect(world, who, verb == "joins", object)? {
                    self.refused.push((who.to_owned(), reason));
                }
                Ok(())
            }
            "is" if object.starts_with("refused ") => match refused {
                Some(reason) if format!("refused {reason}") == object => Ok(()),
                other => Err(format!("refused: {other:?}")),
            },
            _ if expect::is_expectation(verb) => expect::expect(world, who, verb, object),
            _ => act(world, who, verb, object),
        }
    }
}

/// `PROGRAM [as NAME] [from ADDRESS]`; with `joins` the name is given, too, and the way in forgotten.
fn connect(world: &mut World, who: &str, join: bool, object: &str) -> Result<Option<String>, String> {
    let (object, address) = match object.split_once(" from ") {
        Some((object, address)) => (object, Some(address.parse::<IpAddr>().map_err(|e| e.to_string())?)),
        None => (object, None),
    };
    let (program, name) = object.split_once(" as ").unwrap_or((object, who));
    let refused = world.connect(who, Program::parse(program)?, address)?;
    if refused.is_some() {
        return if join { Err(format!("refused: {refused:?}")) } else { Ok(refused) };
    }
    world.peer_mut(who)?.claimed = quoted(name)?;
    if join {
        introduce(world, who)?;
        world.wait(Duration::from_millis(60))?;
        let heard = world.peer(who)?.heard.clone();
        if !heard.iter().any(|row| row.to_lowercase().starts_with("welcome") || row.ends_with("to the server.")) {
            return Err(format!("{who} is not in; heard: {heard:#?}"));
        }
        expect::expect(world, who, "forgets", "")?;
    }
    Ok(None)
}

fn introduce(world: &mut World, who: &str) -> Result<(), String> {
    let bytes = world.peer(who)?.introduction();
    world.send(who, &bytes)
}

/// What somebody does.
fn act(world: &mut World, who: &str, verb: &str, object: &str) -> Result<(), String> {
    match verb {
        "introduces" => return introduce(world, who),
        "says" => {
            let bytes = world.peer(who)?.saying(&spoken(object)?)?;
            return world.send(who, &bytes);
        }
        "sends" => return world.send(who, &raw(object)?),
        "floods" => {
            let (count, padding) = object.split_once(" lines").ok_or("floods N lines [of M bytes]")?;
            let padding = padding.strip_prefix(" of ").and_then(|rest| rest.strip_suffix(" bytes")).unwrap_or("0");
            let (count, padding): (u32, usize) = (number(count)?, number(padding)?);
            let mut bytes = Vec::new();
            for line in 1..=count {
                bytes.extend(world.peer(who)?.saying(&format!("line {line}{}", ".".repeat(padding)))?);
            }
            return world.send(who, &bytes);
        }
        "quits" => {
            let bytes = world.peer(who)?.goodbye()?;
            return world.send(who, &bytes);
        }
        "vanishes" => return world.lose(who),
        "returns" => {
            let program = world.peer(who)?.program;
            return match world.connect(who, program, None)? {
                Some(reason) => Err(format!("refused: {reason}")),
                None => introduce(world, who),
            };
        }
        "stalls" => {
            world.peer_mut(who)?.stalled = true;
            return Ok(());
        }
        "ignores" if object == "pings" => {
            world.peer_mut(who)?.deaf = true;
            return Ok(());
        }
        _ => {}
    }
    if world.peer(who)?.program != Program::Native {
        return Err(format!("{verb} is for native clients"));
    }
    let bytes = native(verb, object)?;
    world.send(who, &bytes)
}

/// What only a native client can do.
fn native(verb: &str, object: &str) -> Result<Vec<u8>, String> {
    let (target, reason) = object.split_once(" because ").unwrap_or((object, ""));
    let reason = Note::parse(reason).map_err(|e| e.to_string())?;
    let command = match verb {
        "tells" => {
            let (to, text) = object.split_once(": ").ok_or("tells PLACE: TEXT")?;
            return say(place(to)?, &spoken(text)?, None, false);
        }
        "repeats" => {
            let (nonce, text) = object.split_once(": ").ok_or("repeats NONCE: TEXT")?;
            return say(Place::Room(RoomName::lobby()), &quoted(text)?, Some(nonce), false);
        }
        "acts" => return say(Place::Room(RoomName::lobby()), &quoted(object)?, None, true),
        "enters" => Command::Join { place: place(object)? },
        "leaves" => Command::Part { place: place(target)?, reason },
        "becomes" => Command::Nick { nick: nick(object)? },
        "titles" => {
            let (to, text) = object.split_once(": ").ok_or("titles PLACE: TEXT")?;
            Command::Topic { place: place(to)?, text: Note::parse(text).map_err(|e| e.to_string())? }
        }
        "kicks" => {
            let (nick_, room_) = between(target, " from ")?;
            Command::Kick { room: room(room_)?, nick: nick(nick_)?, reason }
        }
        "mutes" | "unmutes" => {
            let (nick_, room_) = between(target, " in ")?;
            Command::Mute { room: room(room_)?, nick: nick(nick_)?, reason, on: verb == "mutes" }
        }
        "types" => Command::Typing { place: place(object.strip_prefix("in ").ok_or("types in PLACE")?)? },
        "comes" if object == "back" => Command::Away { text: Note::default() },
        "goes" => {
            let text = object.strip_prefix("away: ").ok_or("goes away: TEXT")?;
            Command::Away { text: Note::parse_away(text).map_err(|e| e.to_string())? }
        }
        "lists" if object == "rooms" => Command::Rooms { after: None, limit: 100 },
        "lists" => Command::Members { room: room(object)?, after: None, limit: 100 },
        "corrects" => {
            let (id, text) = between(object, " to ")?;
            let text = Body::parse(&quoted(text)?).map_err(|e| e.to_string())?;
            Command::Edit { place: lobby(), id: MessageId(number(id)?), text }
        }
        "retracts" => Command::Delete { place: lobby(), id: MessageId(number(object)?) },
        "seeks" => {
            let (place_, query) = object.split_once(": ").map_or((None, object), |(to, query)| (Some(to), query));
            let query = Note::parse(&quoted(query)?).map_err(|e| e.to_string())?;
            Command::Search { place: place_.map(place).transpose()?, query, cursor: None, limit: 50 }
        }
        "has" => {
            let id = object.strip_prefix("read ").ok_or("has read ID")?;
            Command::Read { place: lobby(), id: MessageId(number(id)?) }
        }
        "pages" => Command::History { place: place(object)?, span: Span::Latest, limit: 50 },
        _ => return Err(format!("nobody knows how one {verb}")),
    };
    Ok(frame(command))
}

fn lobby() -> Place {
    Place::Room(RoomName::lobby())
}

fn place(text: &str) -> Result<Place, String> {
    Place::parse(text).map_err(|e| e.to_string())
}

fn room(text: &str) -> Result<RoomName, String> {
    RoomName::parse(text).map_err(|e| e.to_string())
}

fn nick(text: &str) -> Result<Nick, String> {
    Nick::parse(text).map_err(|e| e.to_string())
}

/// `30 s`, `250 ms`, `5 min`.
fn duration(text: &str) -> Result<Duration, String> {
    let (count, unit) = between(text, " ")?;
    let count: u64 = number(count)?;
    match unit {
        "ms" => Ok(Duration::from_millis(count)),
        "s" => Ok(Duration::from_secs(count)),
        "min" => Ok(Duration::from_secs(count * 60)),
        _ => Err(format!("no time is measured in {unit}")),
    }
}
