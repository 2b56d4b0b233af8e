//! What begins with a slash.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::asked::Asked;
use super::words::{Words, help};
use super::{Client, Room};
use crate::limits::LIST_MAX;
use crate::name::{Nick, RoomName};
use crate::text::Note;
use crate::vocabulary::{Command, Place};
use crate::words::Language;

/// The commands that a kind of server understands, without their slash.
pub(super) fn commands(native: bool) -> impl Iterator<Item = &'static str> {
    let help = if native { help::native(Language::English) } else { help::tutorial(Language::English) };
    help::commands(help).chain(["help"])
}

/// Whether a nickname stands behind a command.
pub(super) fn takes_nick(command: &str) -> bool {
    matches!(command.to_lowercase().as_str(), "msg" | "query" | "kick" | "mute" | "unmute" | "ignore" | "unignore")
}

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
            "nick" if rest.is_empty() => return Err(self.words().write_nick()),
            "nick" => self.take_nick(rest),
            "names" => self.names(),
            "away" if rest.is_empty() && self.state.away.is_none() => return Err(self.words().write_away()),
            "away" => return self.go_away(Some(rest)),
            "back" => return self.go_away(None),
            "reply" => return self.reply_to_last(rest),
            "ignore" if rest.is_empty() => self.list_ignored(),
            "ignore" => return self.ignore(rest),
            "unignore" => return self.unignore(rest),
            "join" | "part" | "leave" | "msg" | "query" | "topic" | "rooms" | "list" | "kick" | "mute" | "unmute"
            | "edit" | "delete" | "search" | "find" => {
                if !self.is_native() {
                    return Err(self.words().one_room());
                }
                if !self.is_online() {
                    return Err(self.words().offline());
                }
                return self.ask_server(&word, rest);
            }
            _ => return Err(self.words().no_command(word)),
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
            "edit" if rest.is_empty() => return Err(self.words().write_edit()),
            "edit" => return self.try_edit(self.last_own()?, rest),
            "delete" => return self.try_delete(self.last_own()?),
            "search" | "find" if rest.is_empty() => return Err(self.words().write_search(word)),
            "search" | "find" => self.search(rest.into(), word == "search"),
            "part" | "leave" => return self.part(here, self.note(rest)?),
            "topic" => {
                if rest.is_empty() {
                    let topic = self.state.shown_room().map(|room| room.topic.to_string()).unwrap_or_default();
                    let words = self.words();
                    let text = if topic.is_empty() { words.topic_none() } else { words.topic_is(topic) };
                    self.notice(self.state.shown, None, text);
                    return Ok(());
                }
                self.request(Command::Topic { place: here, text: self.note(rest)? }, Asked::Other { room });
            }
            "kick" | "mute" | "unmute" => {
                let Place::Room(at) = here else { return Err(self.words().no_room()) };
                let (nick, reason) = split(rest);
                if nick.is_empty() {
                    return Err(self.words().write_command(word));
                }
                let (nick, reason) = (self.parse_nick(nick)?, self.note(reason)?);
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
        self.state.shown_room().and_then(|room| room.place.clone()).ok_or_else(|| self.words().offline())
    }

    fn join(&mut self, rest: &str) -> Result<(), Refusal> {
        if rest.is_empty() {
            return Err(self.words().write_join());
        }
        let place = match rest.strip_prefix('@') {
            Some(nick) => Place::Direct(self.parse_nick(nick)?),
            None => Place::Room(RoomName::parse(rest).map_err(|bad| self.words().bad_name(bad))?),
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
            let words = self.words();
            self.fail_room(key, &words.not_in_any_more(&title));
            self.notice(index, None, words.you_left(title));
        }
        Ok(())
    }

    fn msg(&mut self, rest: &str) -> Result<(), Refusal> {
        let (nick, text) = split(rest);
        if nick.is_empty() {
            return Err(self.words().write_msg());
        }
        let place = Place::Direct(self.parse_nick(nick.strip_prefix('@').unwrap_or(nick))?);
        if text.is_empty() {
            self.open(place);
            return Ok(());
        }
        let Some(index) = self.room_at(&place) else {
            return Err(self.words().too_many_rooms());
        };
        self.state.rooms[index].book.wanted = true;
        self.show(index);
        self.say(index, text, false)
    }

    fn act(&mut self, text: &str) -> Result<(), Refusal> {
        if text.is_empty() {
            return Err(self.words().write_me());
        }
        let index = self.state.shown;
        self.say(index, text, true)
    }

    fn help(&mut self) {
        let text = if self.is_native() { help::native(self.words()) } else { help::tutorial(self.words()) };
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
                let text = self.names_of(room);
                self.notice(self.state.shown, None, text);
            }
        }
    }

    fn names_of(&self, room: &Room) -> String {
        let words = self.words();
        let names: Vec<&str> = room.members.iter().map(|member| member.nick.as_str()).collect();
        let names = names.join(&words.comma());
        match room.place {
            Some(_) => words.names_in(&room.title, names),
            None => words.names_seen(names),
        }
    }

    fn note(&self, text: &str) -> Result<Note, Refusal> {
        Note::parse(text).map_err(|bad| self.words().bad_text(bad))
    }

    fn parse_nick(&self, text: &str) -> Result<Nick, Refusal> {
        Nick::parse(text).map_err(|bad| self.words().bad_name(bad))
    }
}

/// The first word and the rest.
fn split(text: &str) -> (&str, &str) {
    let text = text.trim();
    text.split_once(char::is_whitespace).map_or((text, ""), |(word, rest)| (word, rest.trim_start()))
}
