//! Who is away: told to whoever shares a place with them, and forgotten with their last session.
//!
//! It belongs to the identity, whichever of its sessions says so, and is kept in memory only: a client says it again
//! when it comes back. Of the people in a crowd nobody is told, since it would cost everybody: in a room that tells
//! its presence in bulk, `room` names nobody who is away and nothing is told of who is, so that a `presence` is also
//! where its readers forget what they knew of that. In conversations it is told whatever other rooms the two share.

use alloc::vec::Vec;

use crate::name::Nick;
use crate::text::Note;
use crate::vocabulary::Event;

use super::Hub;
use super::room::Kind;

impl Hub {
    /// Somebody is away, or with an empty text back. Nobody is told what they know already.
    pub(super) fn away(&mut self, slot: u32, text: Note) {
        let user = self.sessions[slot].user.expect("only somebody who is in is away");
        let before = self.users[user].aside().away.replace(text.clone()).unwrap_or_default();
        if before == text {
            return;
        }
        let mut places = self.places_known_in(user);
        let (nick, away) = (self.users[user].nick.clone(), self.users[user].away().is_some());
        for room in &places {
            let present = &mut self.rooms[*room].present;
            // Of a conversation that only the other side has open, it is told all the same.
            if present.contains_key(&nick) {
                present.set_away(&nick, away);
            }
        }
        places.retain(|room| !self.tells_in_bulk(*room));
        self.tell_acquaintances(user, &places, &self.event_of_away(user));
    }

    /// What somebody says about being away; an empty text of somebody who is not.
    fn event_of_away(&self, user: u32) -> Event {
        let user = &self.users[user];
        Event::Away { nick: user.nick.clone(), text: user.away().cloned().unwrap_or_default() }
    }

    /// Another session of somebody learns whether they are away, if they have ever said so: what it knows of that may
    /// be older.
    pub(super) fn remind_of_away(&mut self, slot: u32, user: u32) {
        if self.sessions[slot].is_native() && self.users[user].said_of_away().is_some() {
            self.send(slot, &self.event_of_away(user));
        }
    }

    /// Somebody came into a room: if they are away, the others are told.
    pub(super) fn come_in_away(&mut self, room: u32, user: u32) {
        if self.users[user].away().is_none() {
            return;
        }
        let nick = self.users[user].nick.clone();
        self.rooms[room].present.set_away(&nick, true);
        if !self.rooms[room].is_direct() && !self.tells_in_bulk(room) {
            self.tell_others(room, user, &self.event_of_away(user));
        }
    }

    /// Somebody is gone for good: who has a conversation with them open is not to believe them away for ever.
    pub(super) fn end_away(&mut self, user: u32) {
        let said = self.users[user].aside.as_mut().and_then(|aside| aside.away.take());
        if self.draining || said.is_none_or(|text| text.is_empty()) {
            return;
        }
        let conversations = self.conversations_of(self.users[user].identity);
        self.tell_acquaintances(user, &conversations, &self.event_of_away(user));
    }

    /// Who of those in a place is away, as its `room` frame tells.
    pub(super) fn away_in(&self, room: u32) -> Vec<(Nick, Note)> {
        let there = &self.rooms[room];
        match &there.kind {
            Kind::Room(_) if self.tells_in_bulk(room) => Vec::new(),
            Kind::Room(_) => {
                there.present.away().filter_map(|nick| self.away_by(there.present.get(nick)?.user)).collect()
            }
            Kind::Direct(pair) => {
                let here = pair.iter().filter_map(|(identity, _)| self.by_identity.get(&(*identity).into()));
                here.filter_map(|user| self.away_by(*user)).collect()
            }
        }
    }

    fn away_by(&self, user: u32) -> Option<(Nick, Note)> {
        let user = &self.users[user];
        Some((user.nick.clone(), user.away()?.clone()))
    }
}
