//! Entering and leaving rooms.

use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::id::{LogId, MessageId};
use crate::name::{Nick, RoomName};
use crate::store::{Answer, Ask, Opened, Subject};
use crate::text::Note;
use crate::vocabulary::{Code, Event, RoomInfo, Tag};
use crate::wire::encode_room;

use super::Hub;
use super::asks::Pending;
use super::mail::Clockwork;
use super::room::{Kind, Log, Presence, Room, Waiter};

/// Up to where a client knows a log.
pub(super) type Known = Option<(LogId, MessageId)>;

/// How somebody leaves a room.
#[derive(Clone, Debug)]
pub(super) enum Leave {
    /// The others are told.
    Told(Note),
    /// The others have been told otherwise, or nobody is to be told.
    Silent,
    /// The place is kept for the user's return.
    Kept,
}

impl Hub {
    /// Brings a session into a room, which is opened or created first where nobody is in it.
    pub(super) fn join_room(&mut self, slot: u32, name: &RoomName, resume: Known, reference: Option<Tag>) {
        if let Some(room) = self.room_names.get(name).copied() {
            if self.rooms[room].joining.contains_key(&slot) {
                // It is being brought up to date, and told of the room then.
                return;
            }
            if self.sessions[slot].places.contains(&room) {
                return self.send_room(slot, room);
            }
            if !self.has_place_left(slot) {
                return self.refuse(slot, Code::TooManyRooms, "You are in as many rooms as one may be.", reference);
            }
            return self.await_or_enter(slot, room, resume, reference);
        }
        if !self.has_place_left(slot) {
            return self.refuse(slot, Code::TooManyRooms, "You are in as many rooms as one may be.", reference);
        }
        if self.rooms.len() >= self.config.limits.rooms_max as usize {
            return self.refuse(slot, Code::ServerFull, "There are as many rooms as this server bears.", reference);
        }
        let (room, _) = self.rooms.insert(Room::new(Kind::Room(name.clone())));
        self.room_names.insert(name.clone(), room);
        let user = self.sessions[slot].user.expect("only somebody who is in joins rooms");
        let identity = self.users[user].identity;
        let founder = (*name != self.config.default_room).then_some(identity);
        let subject = Subject::Room { room: name.clone(), founder };
        self.asks.ask(&mut self.mail.outputs, Ask::Open(subject), Pending::Open { room });
        self.await_or_enter(slot, room, resume, reference);
    }

    /// Whether one more room may be entered. Conversations count apart: others open them too.
    fn has_place_left(&self, slot: u32) -> bool {
        let session = &self.sessions[slot];
        let rooms = session.places.iter().filter(|room| !self.rooms[**room].is_direct()).count();
        rooms + usize::from(session.waiting) < self.config.limits.rooms_per_session_max as usize
    }

    fn await_or_enter(&mut self, slot: u32, room: u32, resume: Known, reference: Option<Tag>) {
        if self.rooms[room].log.is_some() {
            return self.enter(slot, room, resume);
        }
        let session = &mut self.sessions[slot];
        session.waiting += 1;
        self.rooms[room].waiters.push(Waiter { conn: session.conn, reference, resume });
    }

    /// The store opened a room, or could not.
    pub(super) fn opened(&mut self, room: u32, answer: Answer) {
        // Until everybody's places are restored nobody else asks for a room.
        self.restoring = self.restoring.saturating_sub(1);
        let waiters = core::mem::take(&mut self.rooms[room].waiters);
        let opened = match answer {
            Answer::Opened(opened) => Some(opened),
            Answer::Failed | Answer::NoSuchNick => None,
            Answer::Verified(_)
            | Answer::NickTaken
            | Answer::PasswordRequired
            | Answer::BadPassword
            | Answer::Elsewhere
            | Answer::NoSuchMessage
            | Answer::NotYours
            | Answer::Found { .. }
            | Answer::Absent(_)
            | Answer::Done
            | Answer::Appended { .. }
            | Answer::Page { .. } => unreachable!("an opening is answered in its own words"),
        };
        if let Some(opened) = &opened {
            self.set_log(room, opened);
            self.note_the_kept(room);
        }
        for waiter in &waiters {
            let slot = self.slot_of(waiter.conn).expect("a session stays until its questions are answered");
            self.sessions[slot].waiting -= 1;
            if !self.sessions[slot].is_online() {
                continue;
            }
            if opened.is_some() {
                // A hello may name a room twice.
                if !self.sessions[slot].places.contains(&room) {
                    self.enter(slot, room, waiter.resume);
                }
            } else {
                let text = "The room cannot be opened just now; try again in a moment.";
                self.refuse(slot, Code::Unavailable, text, waiter.reference.clone());
            }
        }
        if opened.is_none() {
            self.close_to_the_kept(room);
        }
        self.forget_if_deserted(room);
        for waiter in waiters {
            if let Some(slot) = self.slot_of(waiter.conn) {
                self.go_on(slot);
            }
        }
    }

    pub(super) fn set_log(&mut self, room: u32, opened: &Opened) {
        let room = &mut self.rooms[room];
        room.log = Some(Log { id: opened.log, first: opened.first, last: opened.last });
        room.topic = opened.topic.clone();
        room.operator = opened.operator;
    }

    /// Puts a session into an open room: present at once, a member once it has what it missed.
    pub(super) fn enter(&mut self, slot: u32, room: u32, resume: Known) {
        let user = self.sessions[slot].user.expect("only somebody who is in enters");
        let nick = self.users[user].nick.clone();
        self.sessions[slot].places.push(room);
        self.users[user].let_go(room);
        if let Some(presence) = self.rooms[room].present.get_mut(&nick) {
            presence.sessions += 1;
        } else {
            self.rooms[room].present.insert(nick.clone(), Presence { user, sessions: 1 });
            self.tell_joined(room, user, &nick);
            self.come_in_away(room, user);
            self.note_presence(room, user, true);
        }
        let log = self.rooms[room].log.expect("only an open room is entered");
        if let Some(unopened) = self.unopened.get_mut(&slot) {
            unopened.retain(|(known, _)| *known != log.id);
        }
        if !self.sessions[slot].is_native() {
            return self.show_last_lines(slot, room);
        }
        match resume {
            Some((id, after)) if id == log.id && after < log.last => self.replay(slot, room, after, after),
            Some((id, _)) if id != log.id => {
                // Another log: what the client knows means nothing in it, so all of it is the gap.
                self.become_member(slot, room);
                let place = self.place_seen_by(slot, room);
                let next = MessageId(log.last.0 + 1);
                self.send(slot, &Event::Gap { place, log: log.id, after: MessageId(log.first.0.max(1) - 1), next });
            }
            Some(_) | None => self.become_member(slot, room),
        }
    }

    /// From here on the session is sent what is said in the room.
    pub(super) fn become_member(&mut self, slot: u32, room: u32) {
        self.send_room(slot, room);
        self.rooms[room].members.push(slot);
    }

    /// How a session addresses a place it is in.
    pub(super) fn place_seen_by(&self, slot: u32, room: u32) -> crate::vocabulary::Place {
        let user = self.sessions[slot].user.expect("only somebody who is in has places");
        self.rooms[room].place_for(self.users[user].identity)
    }

    /// Tells a session what a room is like.
    pub(super) fn send_room(&mut self, slot: u32, room: u32) {
        if !self.sessions[slot].is_native() {
            return;
        }
        let number = self.sessions[slot].user.expect("only somebody who is in sees rooms");
        let user = &self.users[number];
        let place = self.place_seen_by(slot, room);
        let there = &self.rooms[room];
        let Some(log) = there.log else { return };
        let away = self.away_in(room);
        let members = match &there.kind {
            // They are encoded already.
            Kind::Room(_) => Vec::new(),
            Kind::Direct([a, b]) => alloc::vec![a.1.clone(), b.1.clone()],
        };
        let info = RoomInfo {
            place,
            log: log.id,
            first_id: log.first,
            last_id: log.last,
            read_id: user.read(log.id),
            topic: there.topic.clone(),
            count: if there.is_direct() { 2 } else { there.present.len() as u32 },
            members,
            away,
            operator: there.operator == Some(user.identity),
        };
        if there.is_direct() {
            return self.send(slot, &Event::Room(Box::new(info)));
        }
        let mut to = Clockwork { now: self.now.instant, limits: &self.config.limits, timers: &mut self.timers };
        let encode = |out: &mut Vec<u8>| encode_room(&info, there.present.encoded(), out);
        self.mail.send(slot, &mut self.sessions[slot], encode, &mut to);
        self.rooms[room].news.list_to(&self.users[number].nick);
    }

    /// Takes a session out of a room.
    pub(super) fn leave(&mut self, slot: u32, room: u32, how: Leave) {
        let user = self.sessions[slot].user.expect("only somebody who is in leaves");
        self.sessions[slot].places.retain(|place| *place != room);
        let there = &mut self.rooms[room];
        there.members.remove(slot);
        there.joining.remove(&slot);
        let nick = self.users[user].nick.clone();
        let presence = there.present.get_mut(&nick).expect("a session in a room is present there");
        presence.sessions -= 1;
        if presence.sessions > 0 {
            return;
        }
        match how {
            Leave::Kept => self.users[user].aside().kept.push(room),
            Leave::Told(reason) => self.vanish(room, user, &nick, Some(&reason)),
            Leave::Silent => self.vanish(room, user, &nick, None),
        }
    }

    /// Somebody without a session in the room is no longer present there.
    pub(super) fn vanish(&mut self, room: u32, user: u32, nick: &Nick, told: Option<&Note>) {
        let presence = self.rooms[room].present.remove(nick);
        assert_eq!(presence, Some(Presence { user, sessions: 0 }), "only who has no session there vanishes");
        self.note_presence(room, user, false);
        match told {
            Some(reason) => self.tell_parted(room, user, nick, reason),
            None => {
                self.rooms[room].news.forget(nick);
            }
        }
        self.forget_if_deserted(room);
    }

    /// Forgets a room that nobody is in; its log stays with the store.
    pub(super) fn forget_if_deserted(&mut self, room: u32) {
        if !self.rooms[room].is_deserted() || self.rooms[room].log.is_none() && self.is_being_opened(room) {
            return;
        }
        let gone = self.rooms.remove(room);
        if let Some(log) = gone.log {
            self.asks.ask(&mut self.mail.outputs, Ask::Closed { log: log.id }, Pending::Noted);
        }
        if let Some(due) = gone.news.due {
            self.timers.remove(due, super::timers::Timer::Presence(room));
        }
        match gone.kind {
            Kind::Room(name) => {
                self.room_names.remove(&name);
            }
            Kind::Direct([a, b]) => {
                self.directs.remove(&(a.0.min(b.0), a.0.max(b.0)));
            }
        }
    }

    fn is_being_opened(&self, room: u32) -> bool {
        self.asks.iter().any(|pending| matches!(pending, Pending::Open { room: opening } if *opening == room))
    }
}
