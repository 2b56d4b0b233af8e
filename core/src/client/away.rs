//! Who is away, oneself included.
//!
//! Right behind its welcome a server tells what it knows of oneself; where that is nothing, it has forgotten, and is
//! told again. A ping behind whatever is told or waited for comes back when all is said: until then, what the server
//! says may be older than what the person wants.

use alloc::string::String;

use super::asked::Asked;
use super::words::Words;
use super::{Client, Room};
use crate::limits::LIST_MAX;
use crate::name::Nick;
use crate::text::{Note, printable};
use crate::vocabulary::{Command, Place, Tag};

/// Oneself, away or not; an empty text is that of somebody who is here.
#[derive(Debug, Default)]
pub(super) struct Away {
    /// What is shown of it.
    text: Note,
    /// What the person wants it to be, until the server has said so.
    wanted: Option<Note>,
    /// What the server has said last on this connection.
    told: Option<Note>,
    /// The ping behind what the server was told last.
    fence: Option<Tag>,
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
        if self.is_me(nick) {
            self.away.told = Some(text.clone());
            self.away.wanted.take_if(|wanted| wanted == text);
            // While something else is wanted, this was said before the server knew that.
            if self.away.wanted.is_none() {
                self.now_away(text.clone());
            }
        }
        for room in self.state.rooms.iter_mut().filter(|room| room.tells_away()) {
            self.dirty |= room.set_away(nick, text);
            room.settle_absence();
        }
    }

    /// Whoever is away says so to those who know them: `None`, or nothing but white space, for being back. Without a
    /// connection, or where it is lost before the server has said so, it is told once there is one.
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
                self.request(Command::Away { text: text.clone() }, Asked::Other { room });
                self.away.wanted = Some(text);
                self.fence_away();
            }
            Some(_) | None => {
                self.away.wanted = Some(text.clone());
                self.now_away(text);
            }
        }
        Ok(())
    }

    /// One is in again: the server is told what it does not know yet.
    pub(super) fn tell_away(&mut self) {
        self.away.told = None;
        if self.away.wanted.is_none() && self.away.text.is_empty() {
            return;
        }
        if !self.line.as_ref().is_some_and(|line| line.away) {
            self.away.wanted = None;
            return self.now_away(Note::default());
        }
        // What was said before the connection was lost, another client of the same person may have changed meanwhile.
        if let Some(text) = self.away.wanted.clone() {
            self.send(Command::Away { text });
        }
        self.fence_away();
    }

    /// The server has done what it was told before this ping: what it said last holds. Where it has said nothing, it does
    /// not know that one is away.
    pub(super) fn away_settled_by(&mut self, token: &Tag) {
        if self.away.fence.take_if(|fence| fence == token).is_none() {
            return;
        }
        let told = self.away.told.clone();
        match (told, self.away.wanted.take()) {
            (None, None) if !self.away.text.is_empty() => {
                let text = self.away.text.clone();
                self.send(Command::Away { text: text.clone() });
                self.away.wanted = Some(text);
                self.fence_away();
            }
            // Refused, or nothing new.
            (told, Some(_)) => self.now_away(told.unwrap_or_default()),
            (_, None) => {}
        }
    }

    /// The connection is gone: what the server has not confirmed stays wanted, and is shown.
    pub(super) fn away_unsettled(&mut self) {
        self.away.fence = None;
        if let Some(wanted) = self.away.wanted.clone() {
            self.now_away(wanted);
        }
    }

    fn fence_away(&mut self) {
        self.away.fence = Tag::parse(&alloc::format!("away-{}", self.count()));
        if let Some(token) = self.away.fence.clone() {
            self.send(Command::Ping { token });
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
