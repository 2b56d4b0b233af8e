//! Bringing a session that comes back up to date, and pages of history.

use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::id::{ConnId, MessageId};
use crate::limits::{PAGE_MAX, SERVER_FRAME_BYTES_MAX};
use crate::store::{Answer, Ask, Change, Entry};
use crate::vocabulary::{Code, Event, Message, Place, Span, Tag};

use super::Hub;
use super::asks::Pending;
use super::room::Replay;

/// About what a message's frame costs besides its text.
const FRAME_OVERHEAD: usize = 384;

impl Hub {
    /// Brings a client of a tutorial up to date with the newest messages of the room it has come into.
    pub(super) fn show_last_lines(&mut self, slot: u32, room: u32) {
        let since = self.rooms[room].log.expect("only an open room is entered").last;
        self.look_back(slot, room, u64::from(self.config.limits.tutorial_lines), since);
    }

    /// Reads so many of the newest entries of a room for a client of a tutorial.
    fn look_back(&mut self, slot: u32, room: u32, entries: u64, since: MessageId) {
        let log = self.rooms[room].log.expect("only an open room is entered");
        let entries = entries.min(u64::from(self.config.limits.replay_max));
        let after = log.last.0.saturating_sub(entries).max(log.first.0.saturating_sub(1));
        if after < log.last.0 {
            self.replay(slot, room, MessageId(after), since);
        } else {
            self.become_member(slot, room);
        }
    }

    /// How far to look back instead where corrections, deletions and topics have left too few lines to show.
    fn looks_further_back(&self, slot: u32, room: u32, replay: &Replay) -> Option<u64> {
        let log = self.rooms[room].log.expect("only an open room is replayed");
        let (entries, limits) = (log.last.0 - replay.after.0, &self.config.limits);
        let lines = replay.entries.iter().filter(|entry| speaks(entry)).count();
        let enough = self.sessions[slot].is_native() || lines >= limits.tutorial_lines as usize;
        let all = replay.after.0 < log.first.0 || entries >= u64::from(limits.replay_max);
        (!enough && !all).then_some(entries * 4)
    }

    /// Reads what a session missed. It becomes a member once it has everything up to the last broadcast, so that
    /// nothing comes twice or out of order.
    pub(super) fn replay(&mut self, slot: u32, room: u32, after: MessageId, since: MessageId) {
        let replay = Replay { after, since, ..Replay::default() };
        self.rooms[room].joining.insert(slot, Box::new(replay));
        self.sessions[slot].waiting += 1;
        self.read_on(slot, room, after);
    }

    fn read_on(&mut self, slot: u32, room: u32, after: MessageId) {
        let log = self.rooms[room].log.expect("only an open room is replayed");
        let missing = log.last.0 - after.0;
        let limit = self.config.limits.replay_max;
        let (span, limit) = if missing > u64::from(limit) {
            (Span::Before(MessageId(log.last.0 + 1)), limit)
        } else {
            (Span::After(after), missing as u32)
        };
        self.rooms[room].questions += 1;
        let pending = Pending::Replay { conn: self.sessions[slot].conn, room };
        self.asks.ask(&mut self.mail.outputs, Ask::History { log: log.id, span, limit }, pending);
    }

    /// The store read on.
    pub(super) fn replayed(&mut self, conn: ConnId, room: u32, answer: Answer) {
        let slot = self.slot_of(conn).expect("a session stays until its questions are answered");
        self.rooms[room].questions -= 1;
        let Some(mut replay) = self.rooms[room].joining.remove(&slot) else {
            self.sessions[slot].waiting -= 1;
            self.forget_if_deserted(room);
            return self.go_on(slot);
        };
        let log = self.rooms[room].log.expect("only an open room is replayed");
        let budget = self.config.limits.outbox_bytes_max / 4;
        let mut reached = replay.entries.back().map_or(replay.after, |entry| entry.id);
        let mut failed = true;
        if let Answer::Page { entries, .. } = answer {
            let before = reached;
            for entry in entries.into_iter().filter(|entry| entry.id <= log.last) {
                if entry.id > reached {
                    if entry.id.0 > reached.0 + 1 {
                        // Meanwhile the store has let go of what lies between: all before it is part of the gap.
                        replay.entries.clear();
                        replay.bytes = 0;
                    }
                    reached = entry.id;
                    replay.bytes += size_of(&entry);
                    replay.entries.push_back(entry);
                }
            }
            // A page that brings nothing further is the end of what can be read.
            failed = reached == before;
            while replay.bytes > budget || replay.entries.len() > self.config.limits.replay_max as usize {
                let Some(dropped) = replay.entries.pop_front() else { break };
                replay.bytes -= size_of(&dropped);
            }
        }
        if reached < log.last && !failed {
            self.rooms[room].joining.insert(slot, replay);
            return self.read_on(slot, room, reached);
        }
        self.sessions[slot].waiting -= 1;
        if !failed && let Some(entries) = self.looks_further_back(slot, room, &replay) {
            return self.look_back(slot, room, entries, replay.since);
        }
        self.bring_up_to_date(slot, room, *replay, reached);
        self.go_on(slot);
    }

    /// Tells a session what it missed, of which the store could read up to `reached`.
    fn bring_up_to_date(&mut self, slot: u32, room: u32, mut replay: Replay, reached: MessageId) {
        // Somebody who comes back to many rooms at once must not be cut off for what is read to them.
        let left = self.config.limits.outbox_bytes_max.saturating_sub(self.sessions[slot].outbox.own_len());
        while replay.bytes > left / 2 {
            let Some(dropped) = replay.entries.pop_front() else { break };
            replay.bytes -= size_of(&dropped);
        }
        let log = self.rooms[room].log.expect("only an open room is replayed");
        let place = self.place_seen_by(slot, room);
        self.become_member(slot, room);
        let next = replay.entries.front().map_or(MessageId(log.last.0 + 1), |entry| entry.id);
        // A client of a tutorial misses nothing of what was said before it came.
        let known = if self.sessions[slot].is_native() { replay.after } else { replay.after.max(replay.since) };
        if next.0 > known.0 + 1 {
            self.send(slot, &Event::Gap { place: place.clone(), log: log.id, after: replay.after, next });
        }
        let told = if replay.entries.is_empty() { log.last } else { reached };
        if !self.sessions[slot].is_native() {
            self.keep_last_lines(&mut replay);
        }
        for entry in replay.entries {
            for (nonce, id) in replay.acks.extract_if(.., |(_, id)| *id <= entry.id) {
                self.send(slot, &Event::Ack { nonce, place: place.clone(), id });
            }
            if let Some(event) = event_of(entry, place.clone()) {
                self.send(slot, &event);
            }
        }
        for (nonce, id) in replay.acks {
            self.send(slot, &Event::Ack { nonce, place: place.clone(), id });
        }
        if told < log.last {
            let next = MessageId(log.last.0 + 1);
            self.send(slot, &Event::Gap { place, log: log.id, after: told, next });
        }
    }

    /// Of what was said before a client of a tutorial came, its last lines are left. It cannot use what corrects lines
    /// that it was not shown.
    fn keep_last_lines(&self, replay: &mut Replay) {
        replay.entries.retain(speaks);
        let before = replay.entries.iter().take_while(|entry| entry.id <= replay.since).count();
        replay.entries.drain(..before.saturating_sub(self.config.limits.tutorial_lines as usize));
    }

    /// Asks for a page of a log.
    pub(super) fn history(&mut self, slot: u32, place: &Place, span: Span, limit: u32, reference: Option<Tag>) {
        let Some(room) = self.place_of(slot, place) else { return self.refuse_not_in(slot, place, reference) };
        let log = self.rooms[room].log.expect("one is only in open rooms");
        let limit = limit.clamp(1, PAGE_MAX);
        let span = match span {
            Span::Latest => Span::Before(MessageId(log.last.0 + 1)),
            Span::Before(id) => Span::Before(id.min(MessageId(log.last.0 + 1))),
            Span::After(id) => Span::After(id),
        };
        self.ask_page(slot, room, span, limit, reference);
    }

    fn ask_page(&mut self, slot: u32, room: u32, span: Span, limit: u32, reference: Option<Tag>) {
        let log = self.rooms[room].log.expect("one is only in open rooms");
        self.sessions[slot].asked += 1;
        self.rooms[room].questions += 1;
        let pending = Pending::History { conn: self.sessions[slot].conn, room, span, reference };
        self.asks.ask(&mut self.mail.outputs, Ask::History { log: log.id, span, limit }, pending);
    }

    /// The store read a page.
    pub(super) fn paged(&mut self, conn: ConnId, room: u32, span: Span, reference: Option<Tag>, answer: Answer) {
        let slot = self.slot_of(conn).expect("a session stays until its questions are answered");
        self.sessions[slot].asked -= 1;
        self.rooms[room].questions -= 1;
        let here = self.sessions[slot].is_online() && self.sessions[slot].places.contains(&room);
        if !here {
            self.forget_if_deserted(room);
            return self.go_on(slot);
        }
        let Answer::Page { entries, has_more } = answer else {
            let text = "The history cannot be read just now; try again in a moment.";
            self.refuse(slot, Code::Unavailable, text, reference);
            return self.go_on(slot);
        };
        let log = self.rooms[room].log.as_mut().expect("one is only in open rooms");
        if let (false, Span::Before(_), Some(first)) = (has_more, span, entries.first()) {
            // The store has let go of what lay before.
            log.first = log.first.max(first.id);
        }
        let last = log.last;
        if let Some(beyond) = span_beyond(&entries, has_more, span) {
            // Nothing but topics: a page without messages would tell the client nothing to go on from.
            return self.ask_page(slot, room, beyond, PAGE_MAX, reference);
        }
        let place = self.place_seen_by(slot, room);
        let event = page_of(entries, has_more, span, last, place, reference);
        self.send(slot, &event);
        self.go_on(slot);
    }
}

/// Where to read on where a page holds no message and there is more.
fn span_beyond(entries: &[Entry], has_more: bool, span: Span) -> Option<Span> {
    let (first, last) = (entries.first()?, entries.last()?);
    if !has_more || entries.iter().any(speaks) {
        return None;
    }
    Some(if matches!(span, Span::After(_)) { Span::After(last.id) } else { Span::Before(first.id) })
}

/// Whether it is a message, and still there.
fn speaks(entry: &Entry) -> bool {
    matches!(entry.change, Some(Change::Message { .. }))
}

/// A page within the frame bound; what does not fit is left for the next one, at the end away from where one asked.
fn page_of(
    entries: Vec<Entry>,
    mut has_more: bool,
    span: Span,
    last: MessageId,
    place: Place,
    reference: Option<Tag>,
) -> Event {
    // What is not shown takes no room: else a page could come to hold nothing at all.
    let told = entries.into_iter().filter(|entry| entry.id <= last && speaks(entry));
    let forward = matches!(span, Span::After(_));
    let mut entries: Vec<Entry> = told.collect();
    if !forward {
        entries.reverse();
    }
    let mut bytes = FRAME_OVERHEAD;
    let mut messages = Vec::new();
    for entry in entries {
        bytes += size_of(&entry);
        if bytes > SERVER_FRAME_BYTES_MAX {
            has_more = true;
            break;
        }
        if let Some(Event::Message(message)) = event_of(entry, place.clone()) {
            messages.push(*message);
        }
    }
    if !forward {
        messages.reverse();
    }
    Event::Page { place: Some(place), messages, has_more, cursor: None, reference }
}

/// At most how many bytes an entry's frame has: what text may hold needs escapes of two bytes at most.
pub(super) fn size_of(entry: &Entry) -> usize {
    let text = match &entry.change {
        Some(Change::Message { text, .. } | Change::Edit { text, .. }) => text.as_str(),
        Some(Change::Topic(topic)) => topic.as_str(),
        Some(Change::Delete { .. }) | None => "",
    };
    let escapes = text.bytes().filter(|byte| matches!(byte, b'"' | b'\\' | b'\n' | b'\t')).count();
    FRAME_OVERHEAD + text.len() + escapes
}

/// An entry as the event that tells it; `None` for a tombstone, of which nothing is told.
pub(super) fn event_of(entry: Entry, place: Place) -> Option<Event> {
    let Entry { id, nick, at, change, edited, .. } = entry;
    Some(match change? {
        Change::Message { text, action, reply_to } => {
            Event::Message(Box::new(Message { place, id, from: nick, at, text, action, reply_to, edited }))
        }
        Change::Topic(text) => Event::Topic { place, id, text, by: nick, at },
        Change::Edit { target, text } => Event::Edited { place, id, target, text, by: nick, at },
        Change::Delete { target } => Event::Deleted { place, id, target, by: nick, at },
    })
}
