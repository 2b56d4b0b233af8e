//! What somebody who is in may do.

use alloc::boxed::Box;
use alloc::format;

use crate::id::MessageId;
use crate::limits::LIST_MAX;
use crate::name::{Nick, RoomName};
use crate::store::{Append, Ask, Change, READS_MAX};
use crate::text::Note;
use crate::vocabulary::{Code, Command, Event, Place, Reason, Request, RoomLine, Tag};

use super::Hub;
use super::asks::{AfterOpening, Pending};
use super::names::Holder;
use super::room::Kind;
use super::rooms::Leave;

/// Most people silenced in one room.
const MUTED_MAX: usize = 500;

impl Hub {
    /// Carries a legal command out.
    pub(super) fn obey(&mut self, slot: u32, request: Request) {
        let Request { command, reference } = request;
        if self.is_too_soon(slot, &command) {
            let text = "That was too often; wait a moment and try again.";
            return self.refuse(slot, Code::RateLimited, text, reference);
        }
        match command {
            Command::Hello(hello) => self.hello(slot, hello, reference),
            Command::Join { place: Place::Room(room) } => self.join_room(slot, &room, None, reference),
            Command::Join { place: Place::Direct(peer) } => self.join_direct(slot, &peer, None, reference),
            Command::Part { place, reason } => self.part(slot, &place, reason, reference),
            Command::Say { place, text, nonce, action, reply_to } => {
                let change = Change::Message { text, action, reply_to };
                self.say(slot, place, change, nonce, reference);
            }
            Command::Edit { place, id, text } => {
                self.correct(slot, &place, Change::Edit { target: id, text }, reference);
            }
            Command::Delete { place, id } => self.correct(slot, &place, Change::Delete { target: id }, reference),
            Command::Search { place, query, cursor, limit } => {
                self.search(slot, place, query, cursor.as_ref(), limit, reference);
            }
            Command::History { place, span, limit } => self.history(slot, &place, span, limit, reference),
            Command::Read { place, id } => self.read(slot, &place, id, reference),
            Command::Typing { place } => self.typing(slot, &place, reference),
            Command::Nick { nick } => self.ask_rename(slot, nick, reference),
            Command::Away { text } => self.away(slot, text),
            Command::Topic { place, text } => self.topic(slot, &place, text, reference),
            Command::Kick { room, nick, reason } => self.kick(slot, &room, &nick, reason, reference),
            Command::Mute { room, nick, reason, on } => self.mute(slot, &room, &nick, reason, on, reference),
            Command::Rooms { after, limit } => self.list_rooms(slot, after.as_ref(), limit, reference),
            Command::Members { room, after, limit } => {
                self.list_members(slot, &room, after.as_ref(), limit, reference);
            }
            Command::Ping { token } => self.send(slot, &Event::Pong { token }),
            Command::Pong { .. } => {}
            Command::Quit { reason } => self.quit(slot, reason),
        }
    }

    fn is_too_soon(&mut self, slot: u32, command: &Command) -> bool {
        let costly = matches!(
            command,
            Command::Join { .. }
                | Command::Nick { .. }
                | Command::Away { .. }
                | Command::Search { .. }
                | Command::Typing { .. }
        );
        let (pace, now) = (self.config.limits.pace_costly, self.now.instant);
        costly && self.sessions[slot].costly.pace(pace, now).is_err()
    }

    /// The place a session means, if it is there. A guest has no other than the default room.
    pub(super) fn place_of(&self, slot: u32, place: &Place) -> Option<u32> {
        let session = &self.sessions[slot];
        let room = match place {
            _ if !session.is_native() => self.room_names.get(&self.config.default_room).copied(),
            Place::Room(name) => self.room_names.get(name).copied(),
            Place::Direct(peer) => {
                let me = self.users[session.user?].identity;
                // Whoever has the name now is meant, and not somebody who had it before.
                let holder = match self.names.exact(peer) {
                    Some(Holder::User(user)) => Some(self.users[user].identity),
                    Some(Holder::Session(_)) | None => None,
                };
                session.places.iter().copied().find(|room| match &self.rooms[*room].kind {
                    Kind::Direct([a, b]) => {
                        let (identity, nick) = if a.0 == me { b } else { a };
                        holder.map_or(nick == peer, |holder| holder == *identity)
                    }
                    Kind::Room(_) => false,
                })
            }
        };
        room.filter(|room| session.places.contains(room))
    }

    pub(super) fn refuse_not_in(&mut self, slot: u32, place: &Place, reference: Option<Tag>) {
        let text = format!("You are not in {place}; join it first.");
        self.refuse(slot, Code::NotInRoom, &text, reference);
    }

    /// Whether a session may speak in a place right now.
    pub(super) fn may_say(&self, slot: u32, place: &Place) -> Result<u32, Code> {
        let room = self.place_of(slot, place).ok_or(Code::NotInRoom)?;
        let user = self.sessions[slot].user.ok_or(Code::NotInRoom)?;
        if self.rooms[room].muted.contains(&self.users[user].identity) {
            return Err(Code::Muted);
        }
        Ok(room)
    }

    fn say(&mut self, slot: u32, place: Place, change: Change, nonce: Option<Tag>, reference: Option<Tag>) {
        match self.may_say(slot, &place) {
            Ok(room) => self.append(slot, room, change, nonce, reference),
            Err(Code::Muted) => self.refuse(slot, Code::Muted, "You have been silenced here.", reference),
            Err(_) => match (place, change) {
                (Place::Direct(peer), Change::Message { text, action, reply_to }) => {
                    self.open_direct(slot, &peer, AfterOpening::Say { text, nonce, action, reply_to, reference });
                }
                (place, _) => self.refuse_not_in(slot, &place, reference),
            },
        }
    }

    /// Changes what was said: the store knows whose it is.
    fn correct(&mut self, slot: u32, place: &Place, change: Change, reference: Option<Tag>) {
        match self.may_say(slot, place) {
            Ok(room) => self.append(slot, room, change, None, reference),
            Err(Code::Muted) => self.refuse(slot, Code::Muted, "You have been silenced here.", reference),
            Err(_) => self.refuse_not_in(slot, place, reference),
        }
    }

    /// Asks the store to write the next entry of a place's log; it is broadcast when it is safe.
    fn append(&mut self, slot: u32, room: u32, change: Change, nonce: Option<Tag>, reference: Option<Tag>) {
        let session = &mut self.sessions[slot];
        let user = &self.users[session.user.expect("only somebody who is in says anything")];
        let log = self.rooms[room].log.expect("one is only in open rooms").id;
        let (from, nick, at) = (user.identity, user.nick.clone(), self.now.timestamp);
        let operator = self.rooms[room].operator == Some(from);
        let append = Append { log, from, nick, at, change, nonce, operator };
        session.appends += 1;
        self.rooms[room].questions += 1;
        let append = Box::new(append);
        let pending = Pending::Append { conn: session.conn, room, append: append.clone(), reference };
        self.asks.ask(&mut self.mail.outputs, Ask::Append(append), pending);
    }

    fn part(&mut self, slot: u32, place: &Place, reason: Note, reference: Option<Tag>) {
        match self.place_of(slot, place) {
            Some(room) => self.leave(slot, room, Leave::Told(reason)),
            None => self.refuse_not_in(slot, place, reference),
        }
    }

    fn read(&mut self, slot: u32, place: &Place, id: MessageId, reference: Option<Tag>) {
        let Some(room) = self.place_of(slot, place) else { return self.refuse_not_in(slot, place, reference) };
        let log = self.rooms[room].log.expect("one is only in open rooms");
        let id = id.min(log.last);
        let user = self.sessions[slot].user.expect("only somebody who is in reads");
        let reads = &mut self.users[user].aside().reads;
        if reads.get(&log.id).is_some_and(|read| id <= *read) || id.0 == 0 {
            return;
        }
        reads.insert(log.id, id);
        if reads.len() > READS_MAX
            && let Some(other) = reads.keys().copied().find(|other| *other != log.id)
        {
            reads.remove(&other);
        }
        if !self.users[user].guest {
            let ask = Ask::Read { identity: self.users[user].identity, log: log.id, id };
            self.asks.ask(&mut self.mail.outputs, ask, Pending::Noted);
        }
        for other in self.users[user].sessions.clone() {
            // Of a room that is still being replayed nothing is told yet.
            let told = self.sessions[other].places.contains(&room) && !self.rooms[room].joining.contains_key(&other);
            if other != slot && told {
                let place = self.place_seen_by(other, room);
                self.send(other, &Event::Read { place, id });
            }
        }
    }

    fn typing(&mut self, slot: u32, place: &Place, reference: Option<Tag>) {
        let Some(room) = self.place_of(slot, place) else { return self.refuse_not_in(slot, place, reference) };
        if self.rooms[room].present.len() > self.config.limits.presence_members_max as usize {
            // Nobody follows who types in a crowd; telling it would cost everybody.
            return;
        }
        let user = self.sessions[slot].user.expect("only somebody who is in types");
        let nick = self.users[user].nick.clone();
        match &self.rooms[room].kind {
            Kind::Room(name) => {
                let event = Event::Typing { place: Place::Room(name.clone()), nick };
                self.tell_others(room, user, &event);
            }
            Kind::Direct(_) => {
                let event = Event::Typing { place: Place::Direct(nick.clone()), nick };
                self.tell_others(room, user, &event);
            }
        }
    }

    fn ask_rename(&mut self, slot: u32, nick: Nick, reference: Option<Tag>) {
        let user = self.sessions[slot].user.expect("only somebody who is in is renamed");
        match self.names.holder(&nick) {
            None => self.names.hold(&nick, Holder::Session(slot)),
            // Another spelling of one's own name, or a look-alike of it.
            Some(Holder::User(holder)) if holder == user => {}
            Some(Holder::User(_) | Holder::Session(_)) => {
                let text = format!("The name {nick} is taken, or looks like one that is; choose another.");
                return self.refuse(slot, Code::NickTaken, &text, reference);
            }
        }
        let identity = self.users[user].identity;
        let session = &mut self.sessions[slot];
        session.waiting += 1;
        let pending = Pending::Rename { conn: session.conn, nick: nick.clone(), reference };
        self.asks.ask(&mut self.mail.outputs, Ask::Rename { identity, nick }, pending);
    }

    fn topic(&mut self, slot: u32, place: &Place, text: Note, reference: Option<Tag>) {
        if let Place::Direct(_) = place {
            return self.refuse(slot, Code::NotHere, "A direct conversation has no topic.", reference);
        }
        match self.may_say(slot, place) {
            Ok(room) => self.append(slot, room, Change::Topic(text), None, reference),
            Err(Code::Muted) => self.refuse(slot, Code::Muted, "You have been silenced here.", reference),
            Err(_) => self.refuse_not_in(slot, place, reference),
        }
    }

    /// The room, and the person in it, that an operator acts on; refused where that is not so.
    fn operate(&mut self, slot: u32, room: &RoomName, nick: &Nick, reference: Option<Tag>) -> Option<(u32, u32)> {
        let Some(there) = self.place_of(slot, &Place::Room(room.clone())) else {
            self.refuse_not_in(slot, &Place::Room(room.clone()), reference);
            return None;
        };
        let user = self.sessions[slot].user.expect("only somebody who is in operates");
        if self.rooms[there].operator != Some(self.users[user].identity) {
            self.refuse(slot, Code::NotOperator, "Only the room's operator may do that.", reference);
            return None;
        }
        let Some(presence) = self.rooms[there].present.get(nick) else {
            self.refuse(slot, Code::NoSuchNick, "Nobody of that name is in the room.", reference);
            return None;
        };
        Some((there, presence.user))
    }

    fn kick(&mut self, slot: u32, name: &RoomName, nick: &Nick, reason: Note, reference: Option<Tag>) {
        let Some((room, target)) = self.operate(slot, name, nick, reference) else { return };
        let by = self.users[self.sessions[slot].user.expect("an operator is in")].nick.clone();
        let nick = self.users[target].nick.clone();
        let at = self.now.timestamp;
        let event = Event::Kicked { room: name.clone(), nick: nick.clone(), by, reason, at };
        self.tell_room(room, &event);
        for session in self.users[target].sessions.clone() {
            // Only who is in it keeps a room: past the last of them it may be gone.
            if !self.sessions[session].places.contains(&room) {
                continue;
            }
            if self.rooms[room].joining.contains_key(&session) {
                self.send(session, &event);
            }
            self.leave(session, room, Leave::Silent);
        }
        if self.users[target].kept().contains(&room) {
            self.users[target].let_go(room);
            self.vanish(room, target, &nick, None);
        }
    }

    fn mute(&mut self, slot: u32, name: &RoomName, nick: &Nick, reason: Note, on: bool, reference: Option<Tag>) {
        let Some((room, target)) = self.operate(slot, name, nick, reference.clone()) else { return };
        let identity = self.users[target].identity;
        let muted = &mut self.rooms[room].muted;
        if on && muted.len() >= MUTED_MAX && !muted.contains(&identity) {
            let text = "As many people are silenced here as may be.";
            return self.refuse(slot, Code::ServerFull, text, reference);
        }
        let changed = if on { muted.insert(identity) } else { muted.remove(&identity) };
        if !changed {
            return;
        }
        let by = self.users[self.sessions[slot].user.expect("an operator is in")].nick.clone();
        let nick = self.users[target].nick.clone();
        self.tell_room(room, &Event::Muted { room: name.clone(), nick, by, reason, on });
    }

    fn list_rooms(&mut self, slot: u32, after: Option<&RoomName>, limit: u32, reference: Option<Tag>) {
        use core::ops::Bound::{Excluded, Unbounded};
        let limit = limit.clamp(1, LIST_MAX) as usize;
        // A topic is long: fewer rooms fit a frame than names.
        let limit = limit.min(crate::limits::SERVER_FRAME_BYTES_MAX / 2_048);
        let from = after.map_or(Unbounded, Excluded);
        let open = self.room_names.range::<RoomName, _>((from, Unbounded));
        let mut lines = open.filter(|(_, room)| self.rooms[**room].log.is_some()).map(|(name, room)| {
            let there = &self.rooms[*room];
            RoomLine { room: name.clone(), topic: there.topic.clone(), count: there.present.len() as u32 }
        });
        let rooms = lines.by_ref().take(limit).collect();
        let has_more = lines.next().is_some();
        self.send(slot, &Event::Rooms { rooms, has_more, reference });
    }

    fn list_members(&mut self, slot: u32, name: &RoomName, after: Option<&Nick>, limit: u32, reference: Option<Tag>) {
        use core::ops::Bound::{Excluded, Unbounded};
        let Some(room) = self.room_names.get(name).copied().filter(|room| self.rooms[*room].log.is_some()) else {
            return self.refuse(slot, Code::NoSuchRoom, "There is no such room.", reference);
        };
        let limit = limit.clamp(1, LIST_MAX) as usize;
        let from = after.map_or(Unbounded, Excluded);
        let mut rest = self.rooms[room].present.range::<Nick, _>((from, Unbounded)).map(|(nick, _)| nick.clone());
        let members = rest.by_ref().take(limit).collect();
        let has_more = rest.next().is_some();
        self.send(slot, &Event::Members { room: name.clone(), members, has_more, reference });
    }

    fn quit(&mut self, slot: u32, reason: Note) {
        self.sessions[slot].departing = Some(super::session::Departure { reason, grace: false });
        self.close(slot, Reason::Quit);
    }
}
