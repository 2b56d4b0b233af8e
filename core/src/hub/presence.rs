//! Telling who came and went; in bulk where a room is large.

use alloc::vec::Vec;

use crate::limits::PRESENCE_NAMED_MAX;
use crate::name::Nick;
use crate::text::Note;
use crate::vocabulary::Event;

use super::Hub;
use super::names::Holder;
use super::timers::Timer;

impl Hub {
    /// Tells a room that somebody's first session entered. Never told to oneself.
    pub(super) fn tell_joined(&mut self, room: u32, user: u32, nick: &Nick) {
        if self.tells_in_bulk(room) {
            self.rooms[room].news.came_or_went(nick, false);
            return self.schedule_news(room);
        }
        let Some(name) = self.rooms[room].name().cloned() else { return };
        let event = Event::Joined { room: name, nick: nick.clone(), at: self.now.timestamp };
        self.tell_others(room, user, &event);
    }

    /// Tells a room that somebody's last session left.
    pub(super) fn tell_parted(&mut self, room: u32, user: u32, nick: &Nick, reason: &Note) {
        if self.draining {
            return self.rooms[room].news.forget(nick);
        }
        if self.tells_in_bulk(room) {
            self.rooms[room].news.came_or_went(nick, true);
            return self.schedule_news(room);
        }
        let Some(name) = self.rooms[room].name().cloned() else { return };
        let event = Event::Parted { room: name, nick: nick.clone(), reason: reason.clone(), at: self.now.timestamp };
        self.tell_others(room, user, &event);
    }

    pub(super) fn tells_in_bulk(&self, room: u32) -> bool {
        let there = &self.rooms[room];
        !there.is_direct() && there.present.len() > self.config.limits.presence_members_max as usize
            || there.news.due.is_some()
    }

    fn schedule_news(&mut self, room: u32) {
        if self.rooms[room].news.due.is_none() {
            let at = self.now.instant + self.config.limits.presence_interval;
            self.rooms[room].news.due = Some(at);
            self.timers.insert(at, Timer::Presence(room));
        }
    }

    /// The time has come to tell a large room who came and went.
    pub(super) fn tell_news(&mut self, room: u32) {
        let there = &mut self.rooms[room];
        there.news.due = None;
        let (mut joined, mut parted) = (Vec::new(), Vec::new());
        for (nick, here) in there.news.take_all() {
            let told = if here { &mut joined } else { &mut parted };
            if told.len() < PRESENCE_NAMED_MAX {
                told.push(nick);
            }
        }
        let count = there.present.len() as u32;
        let Some(name) = there.name().cloned() else { return };
        self.tell_room(room, &Event::Presence { room: name, count, joined, parted });
    }

    /// Gives a user another name, and tells everybody who shares a place with them, once each.
    pub(super) fn rename(&mut self, user: u32, to: Nick) {
        let from = core::mem::replace(&mut self.users[user].nick, to.clone());
        self.names.release(&from, Holder::User(user));
        self.names.hold(&to, Holder::User(user));
        let (identity, away) = (self.users[user].identity, self.users[user].away().is_some());
        let places = self.places_known_in(user);
        for (room, there) in self.rooms.iter_mut() {
            if !there.news.is_empty() && places.binary_search(&room).is_err() {
                there.news.renamed_since(&from, &to);
            }
        }
        for room in &places {
            let there = &mut self.rooms[*room];
            there.news.rename(&from, &to);
            if let Some(presence) = there.present.remove(&from) {
                there.present.insert(to.clone(), presence);
                there.present.set_away(&to, away);
            }
            if let super::room::Kind::Direct(pair) = &mut there.kind {
                for side in pair.iter_mut().filter(|side| side.0 == identity) {
                    side.1 = to.clone();
                }
            }
        }
        let event = Event::Nick { from, to };
        self.tell_acquaintances(user, &places, &event);
    }

    /// Tells a user's own sessions, and everybody in these places, once each.
    pub(super) fn tell_acquaintances(&mut self, user: u32, places: &[u32], event: &Event) {
        self.rounds += 1;
        let mut told: Vec<u32> = Vec::new();
        for slot in self.users[user].sessions.clone() {
            if self.sessions[slot].is_online() {
                self.mark_told(slot, &mut told);
            }
        }
        for room in places {
            for at in 0..self.rooms[*room].members.len() {
                let member = self.rooms[*room].members[at];
                self.mark_told(member, &mut told);
            }
        }
        self.fan_out(&told, event);
    }

    fn mark_told(&mut self, slot: u32, told: &mut Vec<u32>) {
        if self.sessions[slot].told != self.rounds {
            self.sessions[slot].told = self.rounds;
            told.push(slot);
        }
    }

    /// Every place where somebody knows a user: those it is present in, and conversations that only the other side
    /// has open.
    pub(super) fn places_known_in(&self, user: u32) -> Vec<u32> {
        let mut places = self.places_of(user);
        places.extend(self.conversations_of(self.users[user].identity));
        places.sort_unstable();
        places.dedup();
        places
    }

    /// Every room and conversation a user is present in.
    fn places_of(&self, user: u32) -> Vec<u32> {
        let user = &self.users[user];
        let mut places = user.kept().to_vec();
        for slot in &user.sessions {
            places.extend_from_slice(&self.sessions[*slot].places);
        }
        places.sort_unstable();
        places.dedup();
        places
    }
}
