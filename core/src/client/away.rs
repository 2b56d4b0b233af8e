//! Who is away, oneself included.
//!
//! The server forgets it with one's last connection, so it is told again after each welcome.

use alloc::string::String;

use super::asked::Asked;
use super::words::Words;
use super::{Client, Room};
use crate::limits::LIST_MAX;
use crate::name::Nick;
use crate::text::{Note, printable};
use crate::vocabulary::{Command, Place};

/// Oneself, away or not.
#[derive(Debug, Default)]
pub(super) struct Away {
    /// What one says about it; empty for somebody who is here.
    text: Note,
    /// Said while there was no connection.
    owed: bool,
}

impl Room {
    /// What the other side of a conversation says who is away; `None` if they are not, and in rooms.
    pub fn other_away(&self) -> Option<&str> {
        let direct = matches!(self.place, Some(Place::Direct(_)));
        self.members.iter().filter(|member| direct && !member.me).find_map(|member| member.away.as_deref())
    }

    /// Somebody on the list is away, or with an empty text back; whether that is news.
    pub(super) fn set_away(&mut self, nick: &Nick, text: &Note) -> bool {
        let away = shown(text);
        let Some(at) = self.place_of_member(nick.fold()) else { return false };
        core::mem::replace(&mut self.members[at].away, away.clone()) != away
    }

    /// Somebody on the list is still as away as they were.
    pub(super) fn keep_away(&mut self, nick: &Nick, away: Option<String>) {
        if let Some(at) = self.place_of_member(nick.fold()) {
            self.members[at].away = away;
        }
    }

    /// Who is away here is known no more.
    pub(super) fn forget_away(&mut self) {
        self.members.iter_mut().for_each(|member| member.away = None);
    }

    /// Whether it is told here who is away: of a crowd it is not.
    fn tells_away(&self) -> bool {
        self.member_count <= LIST_MAX || matches!(self.place, Some(Place::Direct(_)))
    }
}

impl Client {
    /// Somebody, perhaps oneself, is away or back.
    pub(super) fn is_away(&mut self, nick: &Nick, text: &Note) {
        if self.is_me(nick) && self.away.text != *text {
            self.now_away(text.clone());
        }
        for room in self.state.rooms.iter_mut().filter(|room| room.tells_away()) {
            self.dirty |= room.set_away(nick, text);
            room.settle_absence();
        }
    }

    /// Whoever is away says so to those who know them: `None`, or nothing but white space, for being back. Without a
    /// connection it is told once there is one.
    ///
    /// # Errors
    /// One plain sentence if it cannot be told.
    pub(super) fn go_away(&mut self, text: Option<&str>) -> Result<(), String> {
        if !self.is_native() {
            return Err(self.words().one_room());
        }
        let text = text.unwrap_or_default().trim();
        let text = Note::parse_away(text).map_err(|bad| self.words().bad_text(bad))?;
        match &self.line {
            Some(line) if line.online.is_some() && !line.away => return Err(self.words().no_away()),
            Some(line) if line.online.is_some() => {
                let room = self.state.shown_room().map(|room| room.key);
                self.request(Command::Away { text }, Asked::Other { room });
            }
            Some(_) | None => {
                self.away.owed = true;
                self.now_away(text);
            }
        }
        Ok(())
    }

    /// One is in again: the server is told, unless one is as here as it takes one for.
    pub(super) fn tell_away(&mut self) {
        let owed = core::mem::take(&mut self.away.owed);
        if !owed && self.away.text.is_empty() {
            return;
        }
        if self.line.as_ref().is_some_and(|line| line.away) {
            self.send(Command::Away { text: self.away.text.clone() });
        } else {
            self.now_away(Note::default());
        }
    }

    fn now_away(&mut self, text: Note) {
        if self.away.text == text {
            return;
        }
        let words = self.words();
        let sentence = if text.is_empty() { words.you_are_back() } else { words.you_are_away(&text) };
        self.state.away = shown(&text);
        self.away.text = text;
        self.dirty = true;
        if !self.state.rooms.is_empty() {
            self.notice(self.state.shown, None, sentence);
        }
    }

    /// Something is said in a conversation: if the other side is away, the person learns it, once an absence.
    pub(super) fn mention_absence(&mut self, index: usize) {
        let room = &mut self.state.rooms[index];
        let Some(text) = room.other_away().map(String::from) else { return };
        if core::mem::replace(&mut room.book.absence_told, true) {
            return;
        }
        let Some(Place::Direct(nick)) = room.place.clone() else { return };
        self.notice(index, None, self.words().nick_is_away(nick, text));
    }
}

impl Room {
    /// Whoever is not away any more will be absent anew next time.
    pub(super) fn settle_absence(&mut self) {
        self.book.absence_told &= self.other_away().is_some();
    }
}

/// What stands on a screen for somebody who is away.
fn shown(text: &Note) -> Option<String> {
    (!text.is_empty()).then(|| printable(text.as_str()))
}
