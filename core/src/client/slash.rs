//! What begins with a slash.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::asked::Asked;
use super::{Client, Room};
use crate::limits::LIST_MAX;
use crate::name::{Nick, RoomName};
use crate::text::Note;
use crate::vocabulary::{Command, Place};

const HELP: &str = "What you can type:
  /join ROOM             enter a room, or make it
  /part [REASON]         leave this room
  /msg NICK [TEXT]       talk to somebody alone
  /me TEXT               say what you do
  /nick NAME             take another name
  /edit TEXT             correct the last thing you said here
  /delete                take it back
  /search WORDS          look for what was said, everywhere
  /find WORDS            look for it in this room
  /topic [TEXT]          set what this room is about
  /rooms                 list the rooms
  /names                 list who is here
  /kick NICK [REASON]    put somebody out of this room
  /mute NICK [REASON]    silence somebody in this room
  /unmute NICK           let them speak again
  /quit                  say goodbye and leave
  //text                 say something that begins with a slash";

const HELP_TUTORIAL: &str = "What you can type here:
  /me TEXT               say what you do
  /names                 list who was seen
  /quit                  say goodbye and leave
  //text                 say something that begins with a slash";

/// The commands that a kind of server understands, without their slash.
pub(super) fn commands(native: bool) -> impl Iterator<Item = &'static str> {
    let help = if native { HELP } else { HELP_TUTORIAL };
    let words = help.lines().filter_map(|line| line.trim_start().strip_prefix('/')?.split(' ').next());
    words.filter(|word| !word.starts_with('/')).chain(["help"])
}

/// Whether a nickname stands behind a command.
pub(super) fn takes_nick(command: &str) -> bool {
    matches!(command.to_lowercase().as_str(), "msg" | "query" | "kick" | "mute" | "unmute" | "ignore" | "unignore")
}

pub(super) const OFFLINE: &str = "There is no connection just now; try again once there is.";
const ONE_ROOM: &str = "This kind of server has one room and no such command; /help lists what you can type.";

/// A sentence for the person.
type Refusal = String;

impl Client {
    /// Does what a line after its slash says.
    ///
    /// # Errors
    /// One plain sentence if it cannot be done.
    pub(super) fn slash(&mut self, line: &str) -> Result<(), Refusal> {
        let (word, rest) = split(line);
        let word = word.to_lowercase();
        match word.as_str() {
            "help" => self.help(),
            "quit" | "exit" => self.quit(),
            "me" => return self.act(rest),
            "nick" if rest.is_empty() => return Err("Write /nick NAME.".into()),
            "nick" => self.take_nick(rest),
            "names" => self.names(),
            "join" | "part" | "leave" | "msg" | "query" | "topic" | "rooms" | "list" | "kick" | "mute" | "unmute"
            | "edit" | "delete" | "search" | "find" => {
                if !self.is_native() {
                    return Err(ONE_ROOM.into());
                }
                if !self.is_online() {
                    return Err(OFFLINE.into());
                }
                return self.ask_server(&word, rest);
            }
            _ => return Err(format!("There is no command /{word}; /help lists what you can type.")),
        }
        Ok(())
    }

    /// The commands only a native server understands.
    fn ask_server(&mut self, word: &str, rest: &str) -> Result<(), Refusal> {
        let here = self.shown_place()?;
        let room = self.state.shown_room().map(|room| room.key);
        match word {
            "join" => return self.join(rest),
            "msg" | "query" => return self.msg(rest),
            "edit" if rest.is_empty() => return Err("Write /edit and the new text.".into()),
            "edit" => return self.try_edit(self.last_own()?, rest),
            "delete" => return self.try_delete(self.last_own()?),
            "search" | "find" if rest.is_empty() => return Err(format!("Write /{word} and what to look for.")),
            "search" | "find" => self.search(rest.into(), word == "search"),
            "part" | "leave" => return self.part(here, note(rest)?),
            "topic" => {
                if rest.is_empty() {
                    let topic = self.state.shown_room().map(|room| room.topic.to_string()).unwrap_or_default();
                    let text =
                        if topic.is_empty() { "There is no topic.".into() } else { format!("The topic is: {topic}") };
                    self.notice(self.state.shown, None, text);
                    return Ok(());
                }
                self.request(Command::Topic { place: here, text: note(rest)? }, Asked::Other { room });
            }
            "kick" | "mute" | "unmute" => {
                let Place::Room(at) = here else { return Err("This is a conversation, not a room.".into()) };
                let (nick, reason) = split(rest);
                if nick.is_empty() {
                    return Err(format!("Write /{word} NICK."));
                }
                let (nick, reason) = (parse_nick(nick)?, note(reason)?);
                let command = match word {
                    "kick" => Command::Kick { room: at, nick, reason },
                    _ => Command::Mute { room: at, nick, reason, on: word == "mute" },
                };
                self.request(command, Asked::Other { room });
            }
            _ => {
                if let Some(room) = room {
                    self.request(Command::Rooms { after: None, limit: LIST_MAX }, Asked::Rooms { room });
                }
            }
        }
        Ok(())
    }

    fn shown_place(&self) -> Result<Place, Refusal> {
        self.state.shown_room().and_then(|room| room.place.clone()).ok_or_else(|| OFFLINE.to_owned())
    }

    fn join(&mut self, rest: &str) -> Result<(), Refusal> {
        if rest.is_empty() {
            return Err("Write /join ROOM.".into());
        }
        let place = match rest.strip_prefix('@') {
            Some(nick) => Place::Direct(parse_nick(nick)?),
            None => Place::Room(RoomName::parse(rest).map_err(|bad| bad.to_string())?),
        };
        self.open(place);
        Ok(())
    }

    /// Shows a place, entering it first where one is not in it.
    pub(super) fn open(&mut self, place: Place) {
        match self.index_at(&place) {
            Some(index) if self.state.rooms[index].book.live => self.show(index),
            Some(_) | None => {
                let room = self.state.shown_room().map(|room| room.key);
                self.joining = Some(place.clone());
                self.request(Command::Join { place: place.clone() }, Asked::Join { room, place });
            }
        }
    }

    fn part(&mut self, place: Place, reason: Note) -> Result<(), Refusal> {
        let index = self.state.shown;
        let room = &mut self.state.rooms[index];
        if room.book.live {
            let room = &mut self.state.rooms[index];
            room.joined = false;
            room.operator = false;
            room.book.live = false;
            room.book.wanted = false;
            room.clear_members();
            self.request(Command::Part { place: place.clone(), reason }, Asked::Other { room: None });
            self.await_parting(place);
        }
        if self.state.rooms.len() > 1 {
            self.remove_room(index);
        } else {
            let (key, title) = (self.state.rooms[index].key, self.state.rooms[index].title.clone());
            self.fail_room(key, &format!("You are not in {title} any more."));
            self.notice(index, None, format!("You left {title}. /join ROOM takes you to another room."));
        }
        Ok(())
    }

    fn msg(&mut self, rest: &str) -> Result<(), Refusal> {
        let (nick, text) = split(rest);
        if nick.is_empty() {
            return Err("Write /msg NICK TEXT.".into());
        }
        let place = Place::Direct(parse_nick(nick.strip_prefix('@').unwrap_or(nick))?);
        if text.is_empty() {
            self.open(place);
            return Ok(());
        }
        let Some(index) = self.room_at(&place) else {
            return Err("There are too many conversations; /part one.".into());
        };
        self.state.rooms[index].book.wanted = true;
        self.show(index);
        self.say(index, text, false)
    }

    fn act(&mut self, text: &str) -> Result<(), Refusal> {
        if text.is_empty() {
            return Err("Write /me and what you do.".into());
        }
        let index = self.state.shown;
        self.say(index, text, true)
    }

    fn help(&mut self) {
        let text = if self.is_native() { HELP } else { HELP_TUTORIAL };
        self.notice(self.state.shown, None, text.into());
    }

    fn names(&mut self) {
        let Some(room) = self.state.shown_room() else { return };
        let (key, complete) = (room.key, room.members_complete || !self.is_online());
        match &room.place {
            Some(Place::Room(name)) if !complete => {
                let command = Command::Members { room: name.clone(), after: None, limit: LIST_MAX };
                self.request(command, Asked::Names { room: key });
            }
            Some(_) | None => {
                let text = names_of(room);
                self.notice(self.state.shown, None, text);
            }
        }
    }
}

fn names_of(room: &Room) -> String {
    let names: Vec<&str> = room.members.iter().map(|member| member.nick.as_str()).collect();
    match room.place {
        Some(_) => format!("In {}: {}", room.title, names.join(", ")),
        None => format!("Seen here: {}", names.join(", ")),
    }
}

/// The first word and the rest.
fn split(text: &str) -> (&str, &str) {
    let text = text.trim();
    text.split_once(char::is_whitespace).map_or((text, ""), |(word, rest)| (word, rest.trim_start()))
}

fn note(text: &str) -> Result<Note, Refusal> {
    Note::parse(text).map_err(|bad| bad.to_string())
}

fn parse_nick(text: &str) -> Result<Nick, Refusal> {
    Nick::parse(text).map_err(|bad| bad.to_string())
}
