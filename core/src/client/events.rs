//! What a server says, taken in.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::asked::Asked;
use super::entries::sentence;
use super::words::Words;
use super::{Client, EntryKind, Question};
use crate::id::MessageId;
use crate::name::{Nick, RoomName};
use crate::text::Note;
use crate::time::Timestamp;
use crate::vocabulary::{Code, Command, Event, Message, Place, Reason, RoomLine, Tag};

/// Names of rooms kept, to be completed.
const LISTED_MAX: usize = 1_000;

impl Client {
    /// Applies one event. Before the welcome, only what belongs there is heard.
    pub(super) fn event(&mut self, event: Event) {
        match event {
            Event::Greeting => self.greeted(),
            Event::Row(row) => self.row(row),
            Event::Welcome(welcome) => self.welcome(*welcome),
            Event::Bye { reason, text } => self.bye(reason, &text),
            Event::Ping { token } => {
                self.send(Command::Pong { token });
                self.fill_holes();
            }
            Event::Pong { token } => {
                self.parted_by(&token);
                self.away_settled_by(&token);
                self.fill_holes();
            }
            Event::Error { code, text, reference } => self.refused(code, &text, reference),
            Event::Room(_)
            | Event::Joined { .. }
            | Event::Parted { .. }
            | Event::Presence { .. }
            | Event::Ack { .. }
            | Event::Message(_)
            | Event::Edited { .. }
            | Event::Deleted { .. }
            | Event::Page { .. }
            | Event::Rooms { .. }
            | Event::Members { .. }
            | Event::Typing { .. }
            | Event::Read { .. }
            | Event::Nick { .. }
            | Event::Away { .. }
            | Event::Topic { .. }
            | Event::Kicked { .. }
            | Event::Muted { .. }
            | Event::Gap { .. } => {
                if self.is_online() && self.is_native() {
                    self.room_event(event);
                }
            }
        }
    }

    /// An event about a room or conversation, once one is in.
    fn room_event(&mut self, event: Event) {
        match event {
            Event::Room(info) => self.room_info(*info),
            Event::Joined { room, nick, at } => self.joined(room, &nick, at),
            Event::Parted { room, nick, reason, at } => self.parted(room, &nick, &reason, at),
            Event::Presence { room, count, joined, parted } => self.presence(room, count, &joined, &parted),
            Event::Ack { nonce, place: _, id } => self.acknowledged(&nonce, id),
            Event::Message(message) => self.message(&message),
            Event::Edited { place, id, target, text, by: _, at: _ } => self.edited(&place, id, target, text.as_str()),
            Event::Deleted { place, id, target, by: _, at: _ } => self.deleted(&place, id, target),
            Event::Page { place: _, messages, has_more, cursor, reference } => {
                self.page_arrived(messages, has_more, cursor, reference);
            }
            Event::Rooms { rooms, has_more, reference } => self.rooms_listed(&rooms, has_more, reference),
            Event::Members { room, members, has_more, reference } => {
                self.members_listed(&room, &members, has_more, reference);
            }
            Event::Typing { place, nick } => self.is_typing(&place, &nick),
            Event::Read { place, id } => {
                if let Some(index) = self.index_at(&place) {
                    self.read_elsewhere(index, id);
                }
            }
            Event::Nick { from, to } => self.renamed(&from, &to),
            Event::Away { nick, text } => self.is_away(&nick, &text),
            Event::Topic { place, id, text, by, at } => self.topic_set(&place, id, &text, &by, at),
            Event::Kicked { room, nick, by, reason, at } => self.kicked(room, &nick, &by, &reason, at),
            Event::Muted { room, nick, by, reason, on } => self.muted(room, &nick, &by, &reason, on),
            Event::Gap { place, log, after, next } => self.gap(&place, log, after, next),
            Event::Greeting
            | Event::Row(_)
            | Event::Welcome(_)
            | Event::Bye { .. }
            | Event::Ping { .. }
            | Event::Pong { .. }
            | Event::Error { .. } => {}
        }
    }

    fn joined(&mut self, room: RoomName, nick: &Nick, at: Timestamp) {
        let Some(index) = self.index_at(&Place::Room(room)) else { return };
        let room = &mut self.state.rooms[index];
        if room.add_member(nick.fold().into(), nick.as_str(), false) {
            room.member_count = room.member_count.saturating_add(1);
            self.notice_about(index, Some(at), nick.as_str(), Some(true), self.words().joined(nick));
        }
    }

    fn parted(&mut self, room: RoomName, nick: &Nick, reason: &Note, at: Timestamp) {
        let Some(index) = self.index_at(&Place::Room(room)) else { return };
        self.gone(index, nick);
        let words = self.words();
        // What the server says by itself is said in the person's language.
        let reason = match reason.as_str() {
            note if note == Reason::Lost.note() => words.connection_lost(),
            note if note == Reason::Stalled.note() => words.too_slow(),
            note if note == Reason::Faults.note() => words.faulty_frames(),
            _ => reason.to_string(),
        };
        self.notice_about(index, Some(at), nick.as_str(), Some(false), words.left(nick, because(&reason)));
        self.ignored_left(nick);
    }

    /// Takes somebody off the list, and off the count if the list is not everybody.
    fn gone(&mut self, index: usize, nick: &Nick) {
        let room = &mut self.state.rooms[index];
        if room.remove_member(nick.fold()) || !room.members_complete {
            let listed = u32::try_from(room.members.len()).unwrap_or(u32::MAX);
            room.member_count = room.member_count.saturating_sub(1).max(listed);
        }
        self.stops_typing(index, nick.as_str());
        self.dirty = true;
    }

    fn presence(&mut self, room: RoomName, count: u32, joined: &[Nick], parted: &[Nick]) {
        let Some(index) = self.index_at(&Place::Room(room)) else { return };
        let me = Nick::parse(&self.state.nick).ok();
        let room = &mut self.state.rooms[index];
        for nick in parted {
            room.remove_member(nick.fold());
        }
        // Of a crowd it is not told who is away: what was known is not kept up to date any more.
        room.forget_away();
        for nick in joined {
            room.add_member(nick.fold().into(), nick.as_str(), Some(nick) == me.as_ref());
        }
        let listed = u32::try_from(room.members.len()).unwrap_or(u32::MAX);
        room.member_count = count.max(listed);
        room.members_complete = room.member_count == listed;
        self.dirty = true;
    }

    fn message(&mut self, message: &Message) {
        let index = match &message.place {
            Place::Room(_) => self.index_at(&message.place),
            Place::Direct(_) if self.is_with_ignored(&message.place) => self.index_at(&message.place),
            Place::Direct(_) => self.room_at(&message.place),
        };
        let Some(index) = index else { return };
        self.notice_hole(index, message.id);
        let room = &mut self.state.rooms[index];
        if let Some(held) = room.timeline.find(message.id) {
            self.told_again(index, held, message);
        } else {
            let dropped = room.timeline.is_full() && message.id <= room.book.seen;
            if !(dropped && room.timeline.oldest_id().is_some_and(|oldest| message.id < oldest)) {
                self.insert_message(index, message);
            }
        }
        let book = &mut self.state.rooms[index].book;
        book.seen = book.seen.max(message.id);
        self.read_shown();
    }

    fn topic_set(&mut self, place: &Place, id: MessageId, text: &Note, by: &Nick, at: Timestamp) {
        let Some(index) = self.index_at(place) else { return };
        self.notice_hole(index, id);
        let room = &mut self.state.rooms[index];
        let known = id <= room.book.seen && room.topic == super::entries::topic(text);
        room.book.seen = room.book.seen.max(id);
        if known || room.timeline.find(id).is_some() {
            return;
        }
        room.topic = super::entries::topic(text);
        let sentence = match text.is_empty() {
            true => self.words().topic_taken(by),
            false => self.words().topic_set(by, text),
        };
        let mut entry = self.entry(Some(at), Some(id), EntryKind::Notice(sentence));
        entry.about = Some(crate::text::printable(by.as_str()).into());
        entry.ignored = self.state.ignores(by.as_str());
        entry.seq = self.news(index);
        self.state.rooms[index].timeline.place(entry);
        self.read_shown();
    }

    fn kicked(&mut self, room: RoomName, nick: &Nick, by: &Nick, reason: &Note, at: Timestamp) {
        let Some(index) = self.index_at(&Place::Room(room)) else { return };
        let because = because(reason.as_str());
        if !self.is_me(nick) {
            self.gone(index, nick);
            return self.notice(index, Some(at), self.words().removed(nick, by, because));
        }
        let words = self.words();
        let room = &mut self.state.rooms[index];
        room.joined = false;
        room.operator = false;
        room.book.live = false;
        room.book.wanted = false;
        room.clear_members();
        let (key, why) = (room.key, words.not_in_any_more(&room.title));
        self.notice(index, Some(at), words.removed_you(by, because));
        self.fail_room(key, &why);
    }

    fn muted(&mut self, room: RoomName, nick: &Nick, by: &Nick, reason: &Note, on: bool) {
        let Some(index) = self.index_at(&Place::Room(room)) else { return };
        let because = because(reason.as_str());
        let sentence = match (self.is_me(nick), on) {
            (true, true) => self.words().muted_you(by, because),
            (true, false) => self.words().unmuted_you(by, because),
            (false, true) => self.words().muted(nick, by, because),
            (false, false) => self.words().unmuted(nick, by, because),
        };
        self.notice(index, None, sentence);
    }

    fn rooms_listed(&mut self, rooms: &[RoomLine], has_more: bool, reference: Option<Tag>) {
        let asked = self.answers(reference.as_ref(), |asked| matches!(asked, Asked::Rooms { .. }));
        let Some(Asked::Rooms { room }) = asked else { return };
        let Some(index) = self.index_of(room) else { return };
        let listed = &mut self.state.listed;
        for line in rooms {
            if listed.len() < LISTED_MAX && !listed.iter().any(|known| known == line.room.as_str()) {
                listed.push(line.room.as_str().into());
            }
        }
        let words = self.words();
        let mut text = words.rooms();
        for line in rooms {
            text.push_str(&format!("\n  {} ({})", line.room, words.digits(line.count)));
            if !line.topic.is_empty() {
                text.push_str(&format!(": {}", line.topic));
            }
        }
        if has_more {
            text.push_str("\n  ");
            text.push_str(&words.and_more());
        }
        self.notice(index, None, text);
    }

    fn members_listed(&mut self, room: &RoomName, members: &[Nick], has_more: bool, reference: Option<Tag>) {
        let asked = self.answers(reference.as_ref(), |asked| matches!(asked, Asked::Names { .. }));
        let Some(Asked::Names { room: key }) = asked else { return };
        let Some(index) = self.index_of(key) else { return };
        let words = self.words();
        let names: Vec<&str> = members.iter().map(Nick::as_str).collect();
        let mut names = names.join(&words.comma());
        if has_more {
            names.push(' ');
            names.push_str(&words.and_more());
        }
        self.notice(index, None, words.names_in(room, names));
    }

    /// The server refuses something.
    fn refused(&mut self, code: Code, text: &str, reference: Option<Tag>) {
        if !self.is_online() {
            return self.refused_at_the_door(code, text);
        }
        let text = &self.refusal(code, text);
        if let Some(reference) = reference {
            if self.refuse_pending(&reference, text) {
                return;
            }
            if let Some(asked) = self.asked.remove(&reference) {
                return self.refused_request(&asked, text);
            }
        }
        self.error(usize::MAX, text);
    }

    /// In the handshake, the person must answer.
    fn refused_at_the_door(&mut self, code: Code, text: &str) {
        let why = self.refusal(code, text);
        if matches!(code, Code::NickTaken | Code::BadNick) {
            self.ask(Question::Nick { why });
        } else if matches!(code, Code::PasswordRequired | Code::BadPassword) {
            self.ask(Question::Password { why });
        }
    }

    /// What a refusal says to the person.
    fn refusal(&self, code: Code, text: &str) -> String {
        self.words().refusal(code).map_or_else(|| sentence(text), String::from)
    }

    pub(super) fn is_me(&self, nick: &Nick) -> bool {
        crate::name::fold(&self.state.nick) == nick.fold()
    }
}

fn because(reason: &str) -> String {
    match reason.is_empty() {
        true => String::new(),
        false => format!(" ({reason})"),
    }
}
