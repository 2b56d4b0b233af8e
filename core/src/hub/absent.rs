//! Grace that survives a restart: who was here when the server stopped keeps name and rooms for a while.

use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::store::{Absentee, Answer, Ask, Subject};

use super::Hub;
use super::asks::Pending;
use super::names::Holder;
use super::room::{Kind, Presence, Room};
use super::session::{Aside, Few, User};
use super::timers::Timer;

impl Hub {
    /// With the first connection: before that there is nobody who could come back, or miss somebody.
    pub(super) fn ask_absent(&mut self) {
        if !self.asked_absent {
            self.asked_absent = true;
            self.restoring += 1;
            self.asks.ask(&mut self.mail.outputs, Ask::Absent, Pending::Absent);
        }
    }

    /// The store said who was here: their grace begins.
    pub(super) fn absent(&mut self, answer: Answer) {
        self.restoring -= 1;
        let Answer::Absent(absentees) = answer else { return };
        if self.draining {
            return;
        }
        let (sessions, mut places) = (self.config.limits.sessions_max as usize, 0);
        for absentee in absentees.into_iter().take(sessions) {
            places += absentee.rooms.len();
            if places > self.config.limits.questions_max as usize {
                // Each place is noted with the store anew: more than it is asked at once are given up.
                break;
            }
            // What looks alike may have changed since.
            if self.names.holder(&absentee.nick).is_none() {
                self.keep(absentee);
            }
        }
    }

    fn keep(&mut self, absentee: Absentee) {
        let Absentee { identity, nick, rooms } = absentee;
        let at = self.now.instant + self.config.limits.grace;
        let user = User {
            identity,
            nick: nick.clone(),
            guest: false,
            sessions: Few::new(),
            aside: Some(Box::new(Aside { grace: Some(at), ..Aside::default() })),
        };
        let (user, _) = self.users.insert(user);
        self.timers.insert(at, Timer::Grace(user));
        self.names.hold(&nick, Holder::User(user));
        self.by_identity.insert(identity.into(), user);
        for name in rooms.into_iter().take(self.config.limits.rooms_per_session_max as usize) {
            let room = match self.room_names.get(&name) {
                Some(room) => *room,
                None if self.rooms.len() >= self.config.limits.rooms_max as usize => break,
                None => {
                    let (room, _) = self.rooms.insert(Room::new(Kind::Room(name.clone())));
                    self.room_names.insert(name.clone(), room);
                    let subject = Subject::Room { room: name, founder: None };
                    self.restoring += 1;
                    self.asks.ask(&mut self.mail.outputs, Ask::Open(subject), Pending::Open { room });
                    room
                }
            };
            self.rooms[room].present.insert(nick.clone(), Presence { user, sessions: 0 });
            self.users[user].aside().kept.push(room);
            self.tell_joined(room, user, &nick);
            // Of a room that is being opened the store is told once it has a log.
            self.note_presence(room, user, true);
        }
    }

    /// A room has been opened: the store is told who is kept in it.
    pub(super) fn note_the_kept(&mut self, room: u32) {
        let kept: Vec<u32> = self.rooms[room].present.values().map(|presence| presence.user).collect();
        for user in kept {
            self.note_presence(room, user, true);
        }
    }

    /// A room that cannot be opened keeps nobody's place.
    pub(super) fn close_to_the_kept(&mut self, room: u32) {
        let kept: Vec<u32> = self.rooms[room].present.values().map(|presence| presence.user).collect();
        for user in kept {
            self.users[user].let_go(room);
            let nick = self.users[user].nick.clone();
            self.rooms[room].present.remove(&nick);
        }
    }

    /// Tells the store that somebody is in a room now, or is no more. While the server stops nobody leaves: they are
    /// to find their places again.
    pub(super) fn note_presence(&mut self, room: u32, user: u32, here: bool) {
        let Some(log) = self.rooms[room].log.filter(|_| !self.rooms[room].is_direct()) else { return };
        if !self.users[user].guest && !self.draining {
            let ask = Ask::Present { identity: self.users[user].identity, log: log.id, here };
            self.asks.ask(&mut self.mail.outputs, ask, Pending::Noted);
        }
    }
}
