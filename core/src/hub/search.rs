//! Looking for what was said, in the places that whoever asks may see.

use alloc::string::ToString;
use alloc::vec::Vec;

use crate::id::{ConnId, LogId};
use crate::limits::{PAGE_MAX, SERVER_FRAME_BYTES_MAX};
use crate::search::Query;
use crate::store::{Answer, Ask, Cursor, Hit, Search};
use crate::text::Note;
use crate::vocabulary::{Code, Event, Message, Place, Tag};

use super::Hub;
use super::asks::Pending;
use super::replay::{event_of, size_of};

impl Hub {
    /// Asks the store for the newest hits, below the cursor if there is one.
    pub(super) fn search(
        &mut self,
        slot: u32,
        place: Option<Place>,
        query: Note,
        cursor: Option<&Tag>,
        limit: u32,
        reference: Option<Tag>,
    ) {
        if let Err(bad) = Query::parse(query.as_str()) {
            return self.refuse(slot, Code::BadQuery, &bad.to_string(), reference);
        }
        let before = cursor.map(|cursor| cursor.as_str().parse().map(Cursor));
        let Ok(before) = before.transpose() else {
            return self.refuse(slot, Code::BadQuery, "That cursor does not come from this server.", reference);
        };
        let places = match &place {
            Some(place) => match self.place_of(slot, place) {
                Some(room) => alloc::vec![room],
                None => return self.refuse_not_in(slot, place, reference),
            },
            None => self.sessions[slot].places.to_vec(),
        };
        let session = &mut self.sessions[slot];
        session.asked += 1;
        let pending = Pending::Search { conn: session.conn, place: place.clone(), reference };
        let search = Search {
            by: self.users[session.user.expect("only somebody who is in looks for anything")].identity,
            logs: places.iter().filter_map(|room| Some(self.rooms[*room].log?.id)).collect(),
            own: place.is_none(),
            query,
            before,
            limit: limit.clamp(1, PAGE_MAX),
        };
        self.asks.ask(&mut self.mail.outputs, Ask::Search(search.into()), pending);
    }

    /// The store found something, or not.
    pub(super) fn found(&mut self, conn: ConnId, place: Option<Place>, reference: Option<Tag>, answer: Answer) {
        let slot = self.slot_of(conn).expect("a session stays until its questions are answered");
        self.sessions[slot].asked -= 1;
        if !self.sessions[slot].is_online() {
            return self.go_on(slot);
        }
        let Answer::Found { hits, cursor } = answer else {
            let text = "Nothing can be looked for just now; try again in a moment.";
            self.refuse(slot, Code::Unavailable, text, reference);
            return self.go_on(slot);
        };
        let (mut messages, mut cursor, mut bytes) = (Vec::new(), cursor, 1_024);
        for hit in hits {
            bytes += size_of(&hit.entry);
            if bytes > SERVER_FRAME_BYTES_MAX {
                // The rest is found again from here.
                cursor = Some(Cursor(hit.cursor.0 + 1));
                break;
            }
            messages.extend(self.shown(slot, hit));
        }
        messages.reverse();
        // The other side of a conversation may have another name by now.
        let now = messages.first().map(|message: &Message| message.place.clone());
        let place = place.map(|asked| now.unwrap_or(asked));
        let cursor = cursor.and_then(|cursor| Tag::parse(&cursor.0.to_string()));
        self.send(slot, &Event::Page { place, messages, has_more: cursor.is_some(), cursor, reference });
        self.go_on(slot);
    }

    /// A hit as this session may see it; of a room that it has left meanwhile it sees nothing.
    fn shown(&self, slot: u32, hit: Hit) -> Option<Message> {
        let place = match self.place_with(slot, hit.log) {
            // What is safe but not yet told is told first.
            Some(room) if self.rooms[room].log.is_some_and(|log| hit.entry.id > log.last) => return None,
            Some(room) => self.place_seen_by(slot, room),
            None => match hit.place {
                Place::Room(_) => return None,
                direct @ Place::Direct(_) => direct,
            },
        };
        match event_of(hit.entry, place)? {
            Event::Message(message) => Some(*message),
            _ => None,
        }
    }

    /// The place of a session that has this log, if it is in one.
    fn place_with(&self, slot: u32, log: LogId) -> Option<u32> {
        let has_it = |room: &u32| self.rooms[*room].log.is_some_and(|there| there.id == log);
        self.sessions[slot].places.iter().copied().find(has_it)
    }
}
