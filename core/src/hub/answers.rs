//! What becomes of the answers.

use crate::id::{ConnId, MessageId, Ticket};
use crate::name::Nick;
use crate::store::{Answer, Append, Change};
use crate::time::Timestamp;
use crate::vocabulary::{Code, Event, Tag};

use super::Hub;
use super::asks::Pending;
use super::names::Holder;
use super::replay::event_of;

impl Hub {
    /// Applies an answer. One that nobody waits for is ignored.
    pub(super) fn answered(&mut self, ticket: Ticket, answer: Answer) {
        let Some(pending) = self.asks.answered(ticket) else { return };
        match pending {
            Pending::Verify(verified) => self.verified(*verified, answer),
            Pending::Rename { conn, nick, reference } => self.renamed(conn, nick, reference, &answer),
            Pending::Noted => {}
            Pending::Open { room } => self.opened(room, answer),
            Pending::OpenDirect { conn, then } => self.opened_direct(conn, then, answer),
            Pending::Append { conn, room, append, reference } => {
                self.appended(conn, room, *append, reference, &answer);
            }
            Pending::Replay { conn, room } => self.replayed(conn, room, answer),
            Pending::History { conn, room, span, reference } => self.paged(conn, room, span, reference, answer),
            Pending::Search { conn, place, reference } => self.found(conn, place, reference, answer),
            Pending::Absent => self.absent(answer),
        }
        self.feed_the_starved();
    }

    fn renamed(&mut self, conn: ConnId, nick: Nick, reference: Option<Tag>, answer: &Answer) {
        let slot = self.slot_of(conn).expect("a session stays until its questions are answered");
        self.sessions[slot].waiting -= 1;
        let reserved = self.names.exact(&nick) == Some(Holder::Session(slot));
        if reserved {
            self.names.release(&nick, Holder::Session(slot));
        }
        // A look-alike of one's own name is not reserved, and that name may have been given up meanwhile.
        let free = match (self.names.holder(&nick), self.sessions[slot].user) {
            (Some(Holder::User(holder)), Some(user)) => holder == user,
            (holder, _) => holder.is_none(),
        };
        match (answer, self.sessions[slot].user) {
            (Answer::Done, Some(user)) if free => self.rename(user, nick),
            (Answer::NickTaken | Answer::Done, _) => {
                let text = alloc::format!("The name {nick} is taken, or looks like one that is; choose another.");
                self.refuse(slot, Code::NickTaken, &text, reference);
            }
            _ => {
                let text = "The name cannot be changed just now; try again in a moment.";
                self.refuse(slot, Code::Unavailable, text, reference);
            }
        }
        self.go_on(slot);
    }

    /// The store wrote an entry: its sender is told that it is safe, and everybody what was said.
    fn appended(&mut self, conn: ConnId, room: u32, append: Append, reference: Option<Tag>, answer: &Answer) {
        let slot = self.slot_of(conn).expect("a session stays until its appends are answered");
        self.sessions[slot].appends -= 1;
        self.rooms[room].questions -= 1;
        match answer {
            Answer::Appended { id, at, repeated } => {
                if !repeated {
                    self.gather(room);
                }
                if let Some(nonce) = &append.nonce
                    && self.sessions[slot].places.contains(&room)
                {
                    self.acknowledge(slot, room, nonce, *id);
                }
                if !repeated {
                    self.broadcast(room, append, *id, *at);
                }
            }
            Answer::Elsewhere => {
                let text = "You have said this already, in another place.";
                self.refuse(slot, Code::NotHere, text, reference);
            }
            Answer::NoSuchMessage => {
                let text = "There is no such message here, or it was deleted.";
                self.refuse(slot, Code::NoSuchMessage, text, reference);
            }
            Answer::NotYours => self.refuse(slot, Code::NotYours, "That is somebody else's message.", reference),
            _ => {
                let text = "Nothing can be stored on the server just now; reading goes on. Try again in a moment.";
                self.refuse(slot, Code::Unavailable, text, reference);
            }
        }
        self.forget_if_deserted(room);
        self.go_on(slot);
    }

    /// Tells the sender that an entry is safe; while it is still being brought up to date, together with the entry.
    fn acknowledge(&mut self, slot: u32, room: u32, nonce: &Tag, id: MessageId) {
        if let Some(replay) = self.rooms[room].joining.get_mut(&slot) {
            return replay.acks.push((nonce.clone(), id));
        }
        let place = self.place_seen_by(slot, room);
        self.send(slot, &Event::Ack { nonce: nonce.clone(), place, id });
    }

    /// Tells a place's members what has just become part of its log.
    fn broadcast(&mut self, room: u32, append: Append, id: MessageId, at: Timestamp) {
        let log = self.rooms[room].log.as_mut().expect("one only speaks in open rooms");
        assert!(id > log.last, "entries are broadcast in the order of the log");
        log.last = id;
        if let Change::Topic(topic) = &append.change {
            self.rooms[room].topic = topic.clone();
        }
        let Append { from, nick, change, .. } = append;
        let entry = crate::store::Entry { id, from, nick, at, change: Some(change), edited: None };
        if !self.rooms[room].is_direct() {
            let place = self.rooms[room].place_for(from);
            if let Some(event) = event_of(entry, place) {
                self.tell_room(room, &event);
            }
            return;
        }
        // Each side addresses a conversation by the other's name.
        for at in 0..self.rooms[room].members.len() {
            let member = self.rooms[room].members[at];
            let place = self.place_seen_by(member, room);
            if let Some(event) = event_of(entry.clone(), place) {
                self.send(member, &event);
            }
        }
    }
}
