//! Direct conversations: a log between two identities, addressed `@nick` from either side.

use crate::id::{ConnId, IdentityId};
use crate::name::Nick;
use crate::store::{Answer, Ask, Opened, Peer, Subject, Unread};
use crate::vocabulary::{Code, Command, Place, Request, Tag};

use super::Hub;
use super::asks::{AfterOpening, Pending};
use super::names::Holder;
use super::room::{Kind, Room};
use super::rooms::Known;
use super::session::Few;

impl Hub {
    /// Opens a conversation for a session.
    pub(super) fn join_direct(&mut self, slot: u32, peer: &Nick, resume: Known, reference: Option<Tag>) {
        if let Some(room) = self.place_of(slot, &Place::Direct(peer.clone())) {
            return self.send_room(slot, room);
        }
        self.open_direct(slot, peer, AfterOpening::Enter { reference, resume });
    }

    /// Asks the store for a conversation, and says what to do once it is open.
    pub(super) fn open_direct(&mut self, slot: u32, peer: &Nick, then: AfterOpening) {
        let user = self.sessions[slot].user.expect("only somebody who is in talks");
        let me = self.users[user].identity;
        if self.users[user].nick == *peer {
            return self.refuse(slot, Code::NotHere, "That is you.", then.reference());
        }
        let open = self.sessions[slot].places.iter().filter(|room| self.rooms[**room].is_direct()).count();
        if open >= self.config.limits.rooms_per_session_max as usize {
            let text = "You have as many conversations open as one may; part one first.";
            return self.refuse(slot, Code::TooManyRooms, text, then.reference());
        }
        let peer = match self.names.exact(peer) {
            Some(Holder::User(other)) => {
                let other = &self.users[other];
                Peer::Present(other.identity, other.nick.clone())
            }
            Some(Holder::Session(_)) | None => Peer::Named(peer.clone()),
        };
        self.ask_direct(slot, me, peer, then);
    }

    fn ask_direct(&mut self, slot: u32, me: IdentityId, peer: Peer, then: AfterOpening) {
        self.sessions[slot].waiting += 1;
        let pending = Pending::OpenDirect { conn: self.sessions[slot].conn, then };
        self.asks.ask(&mut self.mail.outputs, Ask::Open(Subject::Direct { me, peer }), pending);
    }

    /// Lets a session into a conversation in which it was spoken to while away. By the other side's identity: its name
    /// may have passed on meanwhile.
    pub(super) fn open_unread(&mut self, slot: u32, unread: Unread, resume: Known) {
        let me = self.users[self.sessions[slot].user.expect("only somebody who is in talks")].identity;
        let nick = self.by_identity.get(&unread.peer.into()).map_or(unread.nick, |user| self.users[*user].nick.clone());
        let peer = Peer::Present(unread.peer, nick);
        self.ask_direct(slot, me, peer, AfterOpening::Enter { reference: None, resume });
    }

    /// The store opened a conversation, or there is nobody of that name.
    pub(super) fn opened_direct(&mut self, conn: ConnId, then: AfterOpening, answer: Answer) {
        let slot = self.slot_of(conn).expect("a session stays until its questions are answered");
        self.sessions[slot].waiting -= 1;
        if !self.sessions[slot].is_online() {
            return self.go_on(slot);
        }
        if !matches!(answer, Answer::Opened(_))
            && let AfterOpening::Enter { resume: Some(known), .. } = then
        {
            // Should the other side speak in it, this is where it goes on.
            self.unopened.entry(slot).or_default().push(known);
        }
        match answer {
            Answer::Opened(opened) => match self.conversation(slot, &opened) {
                Ok(room) => self.enter_and_go_on(slot, room, then),
                Err((code, text)) => {
                    self.refuse(slot, code, text, then.reference());
                    self.asks.ask(&mut self.mail.outputs, Ask::Closed { log: opened.log }, Pending::Noted);
                }
            },
            Answer::NoSuchNick => self.refuse(slot, Code::NoSuchNick, "Nobody has this name.", then.reference()),
            Answer::Failed => {
                let text = "The conversation cannot be opened just now; try again in a moment.";
                self.refuse(slot, Code::Unavailable, text, then.reference());
            }
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
        }
        self.go_on(slot);
    }

    /// The conversation that was opened: one that is open already, or a new one.
    fn conversation(&mut self, slot: u32, opened: &Opened) -> Result<u32, (Code, &'static str)> {
        let user = &self.users[self.sessions[slot].user.expect("only somebody who is in talks")];
        let me = (user.identity, user.nick.clone());
        let (peer, named) = opened.peer.clone().expect("an opened conversation has two sides");
        if peer == me.0 {
            // By the name that another session of oneself is about to take.
            return Err((Code::NotHere, "That is you."));
        }
        let pair = (me.0.min(peer), me.0.max(peer));
        if let Some(room) = self.directs.get(&pair) {
            return Ok(*room);
        }
        if self.rooms.len() >= self.config.limits.rooms_max as usize {
            return Err((Code::ServerFull, "There are as many rooms as this server bears."));
        }
        // By the name of now, should it have changed since the store was asked.
        let nick = self.by_identity.get(&peer.into()).map_or(named, |user| self.users[*user].nick.clone());
        let (room, _) = self.rooms.insert(Room::new(Kind::Direct([me, (peer, nick)])));
        self.directs.insert(pair, room);
        self.set_log(room, opened);
        Ok(room)
    }

    fn enter_and_go_on(&mut self, slot: u32, room: u32, then: AfterOpening) {
        let inside = self.sessions[slot].places.contains(&room);
        match then {
            AfterOpening::Enter { resume, .. } if !inside => self.enter(slot, room, resume),
            // One that is being brought up to date is told then.
            AfterOpening::Enter { .. } if self.rooms[room].joining.contains_key(&slot) => {}
            AfterOpening::Enter { .. } => self.send_room(slot, room),
            AfterOpening::Say { text, nonce, action, reply_to, reference } => {
                if !inside {
                    self.enter(slot, room, None);
                }
                let place = self.place_seen_by(slot, room);
                let command = Command::Say { place, text, nonce, action, reply_to };
                self.obey(slot, Request { command, reference });
            }
        }
    }

    /// Before something is said in a conversation, every session of both sides is in it.
    pub(super) fn gather(&mut self, room: u32) {
        let Kind::Direct([a, b]) = &self.rooms[room].kind else { return };
        for identity in [a.0, b.0] {
            for slot in self.sessions_of(identity) {
                if self.sessions[slot].is_online() && !self.sessions[slot].places.contains(&room) {
                    let known = self.awaited(slot, room);
                    self.enter(slot, room, known);
                }
            }
        }
    }

    /// How far a session said it knows a conversation whose opening it still waits for, or was refused.
    fn awaited(&self, slot: u32, room: u32) -> Known {
        let (conn, log) = (self.sessions[slot].conn, self.rooms[room].log?.id);
        let refused = self.unopened.get(&slot).and_then(|known| known.iter().find(|(known, _)| *known == log));
        if refused.is_some() {
            return refused.copied();
        }
        self.asks.iter().find_map(|pending| match pending {
            Pending::OpenDirect { conn: waiting, then: AfterOpening::Enter { resume, .. } } if *waiting == conn => {
                resume.filter(|(known, _)| *known == log)
            }
            _ => None,
        })
    }

    /// The open conversations of an identity, whether it is in them or not. Walks over all.
    pub(super) fn conversations_of(&self, identity: IdentityId) -> alloc::vec::Vec<u32> {
        let mine = self.directs.iter().filter(|((a, b), _)| *a == identity || *b == identity);
        mine.map(|(_, room)| *room).collect()
    }

    /// Somebody is here again, perhaps by another name: conversations that the other side kept open go by it.
    pub(super) fn rename_conversations(&mut self, identity: IdentityId, nick: &Nick) {
        for room in self.conversations_of(identity) {
            let Kind::Direct(pair) = &mut self.rooms[room].kind else { continue };
            let mut changed = false;
            for side in pair.iter_mut().filter(|side| side.0 == identity && side.1.as_str() != nick.as_str()) {
                side.1 = nick.clone();
                changed = true;
            }
            if changed {
                for at in 0..self.rooms[room].members.len() {
                    let member = self.rooms[room].members[at];
                    self.send_room(member, room);
                }
            }
        }
    }

    fn sessions_of(&self, identity: IdentityId) -> Few {
        self.by_identity.get(&identity.into()).map(|user| self.users[*user].sessions.clone()).unwrap_or_default()
    }
}

impl AfterOpening {
    fn reference(self) -> Option<Tag> {
        match self {
            AfterOpening::Enter { reference, .. } | AfterOpening::Say { reference, .. } => reference,
        }
    }
}
