//! Who is away, oneself included.

use alloc::string::String;

use super::{Client, Room};
use crate::name::Nick;
use crate::text::{Note, printable};

impl Room {
    /// Somebody on the list is away, or with an empty text back; whether that is news.
    pub(super) fn set_away(&mut self, nick: &Nick, text: &Note) -> bool {
        let away = (!text.is_empty()).then(|| printable(text.as_str()));
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
}

impl Client {
    /// Somebody, perhaps oneself, is away or back.
    pub(super) fn is_away(&mut self, nick: &Nick, text: &Note) {
        if self.is_me(nick) {
            self.state.away = (!text.is_empty()).then(|| printable(text.as_str()));
            self.dirty = true;
        }
        for room in &mut self.state.rooms {
            self.dirty |= room.set_away(nick, text);
        }
    }
}
