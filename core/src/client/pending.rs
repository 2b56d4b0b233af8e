//! One's own messages between typing and confirmation.

use alloc::format;
use core::time::Duration;

use super::words::Words;
use super::{Client, Delivery, Entry, EntryKey, EntryKind, Intent, Revision, RoomKey};
use crate::id::MessageId;
use crate::limits::CLIENT_FRAME_BYTES_MAX;
use crate::name::RoomName;
use crate::text::{BadText, Body};
use crate::time::Instant;
use crate::vocabulary::{Command, Place, Request, Tag};
use crate::wire::Dialect;

/// Messages sent and not confirmed at once.
pub(super) const IN_FLIGHT_MAX: usize = 64;
/// Messages of one's own waiting in all.
pub(super) const PENDING_MAX: usize = 1_000;
/// A tutorial server that has not echoed a message by then may never have had it.
pub(super) const ECHO_MAX: Duration = Duration::from_secs(10);
/// Between two writes to a tutorial server, so that it does not read two messages as one.
pub(super) const WRITE_INTERVAL: Duration = Duration::from_millis(50);

/// At most how much a `say` frame has besides its text.
const FRAME_BYTES: usize = 512;

/// How long a text is in a frame of JSON, where quotes, backslashes, newlines and tabs need two bytes.
fn escaped_len(text: &str) -> usize {
    text.len() + text.bytes().filter(|byte| matches!(byte, b'"' | b'\\' | b'\n' | b'\t')).count()
}

/// A message of one's own that is not confirmed.
#[derive(Debug)]
pub(super) struct Pending {
    pub(super) nonce: Tag,
    pub(super) room: RoomKey,
    pub(super) entry: EntryKey,
    pub(super) text: Body,
    pub(super) action: bool,
    /// What it answers.
    pub(super) reply: Option<EntryKey>,
    /// When it was sent on the present connection.
    pub(super) sent: Option<Instant>,
    /// A tutorial server's echo is missing; it may still come.
    pub(super) overdue: bool,
}

impl Client {
    /// Says something in a room: shown at once, sent when it can be.
    ///
    /// # Errors
    /// One plain sentence if it cannot even be tried.
    pub(super) fn say(&mut self, index: usize, text: &str, action: bool) -> Result<(), alloc::string::String> {
        self.say_in_reply(index, text, action, None)
    }

    /// As [`Client::say`], in answer to a message of that room.
    pub(super) fn say_in_reply(
        &mut self,
        index: usize,
        text: &str,
        action: bool,
        reply: Option<EntryKey>,
    ) -> Result<(), alloc::string::String> {
        let room = &self.state.rooms[index];
        if !room.book.wanted {
            return Err(self.words().not_in(&room.title));
        }
        let body = self.body(text)?;
        if self.pending.len() >= PENDING_MAX {
            return Err(self.words().too_many_wait());
        }
        self.mention_absence(index);
        let kind = EntryKind::Message {
            from: self.state.nick.clone(),
            text: text.into(),
            action,
            mine: true,
            mention: false,
            delivery: Delivery::Pending,
            revision: Revision::First,
        };
        let mut entry = self.entry(Some(self.now.timestamp), None, kind);
        entry.reply = self.reply_to(index, reply).map(|id| self.reply_at(index, id));
        self.await_confirmation(index, entry, body, action, reply);
        Ok(())
    }

    /// What was typed, as a text that the server takes and that fits a frame.
    ///
    /// # Errors
    /// One plain sentence if it does not.
    pub(super) fn body(&self, text: &str) -> Result<Body, alloc::string::String> {
        let text_bytes = self.line.as_ref().map_or(crate::text::TEXT_BYTES_MAX, |line| line.text_bytes);
        if text.len() > text_bytes {
            return Err(self.words().bad_text(BadText::TooLong(text_bytes)));
        }
        let body = Body::parse(text).map_err(|bad| self.words().bad_text(bad))?;
        match escaped_len(text) > CLIENT_FRAME_BYTES_MAX - FRAME_BYTES {
            true => Err(self.words().too_long_escaped()),
            false => Ok(body),
        }
    }

    /// Shows a message of one's own as the newest of its room, and lets it be sent.
    fn await_confirmation(&mut self, index: usize, entry: Entry, text: Body, action: bool, reply: Option<EntryKey>) {
        // Unlike any other message of this run, and of any other run; the same whenever this one is sent: a server that
        // could not say that it was stored may have stored it.
        let nonce = format!("{:016x}-{}", self.run, entry.key.0);
        let nonce = Tag::parse(&nonce).expect("two numbers are shorter than a tag may be");
        let room = &mut self.state.rooms[index];
        let (key, entry_key) = (room.key, entry.key);
        room.timeline.push(entry);
        if room.unread == 0 {
            room.marker = None;
        }
        self.pending.push_back(Pending {
            nonce,
            room: key,
            entry: entry_key,
            text,
            action,
            reply,
            sent: None,
            overdue: false,
        });
        self.dirty = true;
    }

    /// Sends what waits and may be sent, in the order it was typed.
    pub(super) fn send_pending(&mut self) {
        if !self.is_online() || self.leave.as_ref().is_some_and(|leave| leave.said) {
            return;
        }
        if !self.is_native() {
            return self.write_next();
        }
        let mut in_flight = self.pending.iter().filter(|pending| pending.sent.is_some()).count();
        let mut at = 0;
        while at < self.pending.len() && in_flight < IN_FLIGHT_MAX && self.out.has_room() {
            if self.pending[at].sent.is_none()
                && let Some(request) = self.say_request(at)
            {
                self.pending[at].sent = Some(self.now.instant);
                in_flight += 1;
                self.send(request);
            }
            at += 1;
        }
    }

    /// The frame for a pending message, if its room can take one now.
    fn say_request(&self, at: usize) -> Option<Request> {
        let pending = &self.pending[at];
        let index = self.index_of(pending.room)?;
        let room = &self.state.rooms[index];
        let place = room.place.clone()?;
        if matches!(place, Place::Room(_)) && !room.book.live {
            return None;
        }
        let nonce = Some(pending.nonce.clone());
        let (text, action) = (pending.text.clone(), pending.action);
        let reply_to = self.reply_to(index, pending.reply);
        let command = Command::Say { place, text, nonce, action, reply_to };
        Some(Request { command, reference: Some(pending.nonce.clone()) })
    }

    /// Whether a tutorial server is owed a write.
    pub(super) fn owes_write(&self) -> bool {
        let Some(line) = &self.line else { return false };
        // Behind the goodbye nothing is written.
        let said = self.leave.as_ref().is_some_and(|leave| leave.said);
        !said
            && (line.name_owed || line.online.is_some() && self.pending.iter().any(|p| p.sent.is_none() && !p.overdue))
    }

    /// Writes one thing to a tutorial server, if the last write is long enough ago.
    pub(super) fn write_next(&mut self) {
        if self.owes_write() && self.take_slot() {
            if self.line.as_ref().is_some_and(|line| line.name_owed) {
                return self.introduce_owed();
            }
            let Some(at) = self.pending.iter().position(|p| p.sent.is_none() && !p.overdue) else { return };
            let pending = &mut self.pending[at];
            pending.sent = Some(self.now.instant);
            let (place, text, action) = (Place::Room(RoomName::lobby()), pending.text.clone(), pending.action);
            self.send(Command::Say { place, text, nonce: None, action, reply_to: None });
        }
    }

    /// Whether a write may be made to a tutorial server now; if so, the next one has to wait.
    pub(super) fn take_slot(&mut self) -> bool {
        if self.now.instant < self.out.slot {
            return false;
        }
        self.out.slot = self.now.instant + WRITE_INTERVAL;
        self.out.is_empty()
    }

    /// The server stored a message of one's own: it takes its place in the log.
    pub(super) fn acknowledged(&mut self, nonce: &Tag, id: MessageId) {
        let Some(at) = self.pending.iter().position(|pending| pending.nonce == *nonce) else {
            return self.keeping.confirmed(nonce);
        };
        let Some(pending) = self.pending.remove(at) else { return };
        let Some(index) = self.index_of(pending.room) else { return };
        self.progress();
        let timeline = &mut self.state.rooms[index].timeline;
        let Some(mut entry) = timeline.take(pending.entry) else { return };
        self.dirty = true;
        // A replay may have brought it already, when the first ack was lost, and what became of it since. It stays the
        // entry that was waited for.
        let replayed = timeline.find(id).and_then(|at| timeline.get(at)).map(|entry| entry.key);
        match replayed.and_then(|key| timeline.take(key)) {
            Some(replayed) => {
                let answers = |pending: &&mut Pending| pending.reply == Some(replayed.key);
                self.pending.iter_mut().filter(answers).for_each(|pending| pending.reply = Some(entry.key));
                entry = Entry { key: entry.key, ..replayed };
            }
            None => {
                entry.id = Some(id);
                confirm(&mut entry.kind);
                entry.seq = self.news(index);
            }
        }
        self.state.rooms[index].timeline.place(entry);
    }

    /// The server refused a message of one's own; `false` if this is none.
    pub(super) fn refuse_pending(&mut self, nonce: &Tag, why: &str) -> bool {
        let Some(at) = self.pending.iter().position(|pending| pending.nonce == *nonce) else { return false };
        self.fail(at, why);
        true
    }

    /// Everything that waits for this room has no hope.
    pub(super) fn fail_room(&mut self, room: RoomKey, why: &str) {
        while let Some(at) = self.pending.iter().position(|pending| pending.room == room) {
            self.fail(at, why);
        }
    }

    fn fail(&mut self, at: usize, why: &str) {
        let Some(pending) = self.pending.remove(at) else { return };
        self.progress();
        let why = crate::text::printable(why);
        self.deliver(&pending, Delivery::Failed(why));
    }

    /// Notes what became of a message.
    pub(super) fn deliver(&mut self, pending: &Pending, what: Delivery) {
        let Some(index) = self.index_of(pending.room) else { return };
        let seq = self.news(index);
        let timeline = &mut self.state.rooms[index].timeline;
        if let Some(at) = timeline.position(pending.entry) {
            timeline.change(at, |entry| {
                entry.seq = seq;
                if let EntryKind::Message { delivery, .. } = &mut entry.kind {
                    *delivery = what;
                }
            });
        }
        self.dirty = true;
    }

    /// The connection is gone: native messages are sent again under their nonces; whether a tutorial server had
    /// its ones, nobody knows.
    pub(super) fn unsend_pending(&mut self) {
        match self.profile.dialect {
            Dialect::Native => self.pending.iter_mut().for_each(|pending| pending.sent = None),
            Dialect::Nic | Dialect::Prompt => {
                while let Some(at) = self.pending.iter().position(|pending| pending.sent.is_some()) {
                    let Some(pending) = self.pending.remove(at) else { break };
                    if !pending.overdue {
                        self.deliver(&pending, Delivery::Unconfirmed);
                    }
                }
            }
        }
    }

    /// The person wants a failed or unconfirmed message to be sent again.
    pub(super) fn resend(&mut self, key: EntryKey) {
        let Some((index, at)) = self.holder_of(key) else { return };
        let room = &mut self.state.rooms[index];
        let Some(Entry { kind: EntryKind::Message { text, action, delivery, .. }, .. }) = room.timeline.get(at) else {
            return;
        };
        let (Delivery::Failed(_) | Delivery::Unconfirmed, Ok(body)) = (delivery, Body::parse(text)) else { return };
        let action = *action;
        if !room.book.wanted || self.pending.len() >= PENDING_MAX {
            let why = self.state.options.language.no_resend(&room.title);
            return self.error(index, &why);
        }
        let Some(mut entry) = room.timeline.take(key) else { return };
        self.pending.retain(|pending| pending.entry != key);
        entry.seq = 0;
        entry.at = Some(self.now.timestamp);
        if let EntryKind::Message { delivery, .. } = &mut entry.kind {
            *delivery = Delivery::Pending;
        }
        let reply = entry.reply.and_then(|reply| {
            let timeline = &self.state.rooms[index].timeline;
            Some(timeline.get(timeline.find(reply.id)?)?.key)
        });
        self.await_confirmation(index, entry, body, action, reply);
    }

    /// What was typed before there was any room goes into the first one.
    pub(super) fn say_early(&mut self) {
        let shown = self.state.shown;
        let Some(room) = self.state.rooms.get_mut(shown).filter(|_| !self.early.is_empty()) else { return };
        // What is being typed there, or was kept, is none of it.
        let (place, draft) = (room.place.clone(), core::mem::take(&mut room.draft));
        self.keeping.put_back(&place, draft);
        while let Some(intent) = self.early.pop_front() {
            self.dirty = true;
            match intent {
                Intent::Submit(text) => self.submit(text),
                Intent::Say(text) => self.say_line(text),
                Intent::Draft(_)
                | Intent::Show(_)
                | Intent::Cycle(_)
                | Intent::NextUnread(_)
                | Intent::Recall(_)
                | Intent::Look { .. }
                | Intent::Older
                | Intent::Nick(_)
                | Intent::Password(_)
                | Intent::RetryNow
                | Intent::Resend(_)
                | Intent::Edit { .. }
                | Intent::Reply { .. }
                | Intent::Delete { .. }
                | Intent::Search { .. }
                | Intent::SearchMore
                | Intent::CloseSearch
                | Intent::Jump { .. }
                | Intent::CloseAround
                | Intent::Away(_)
                | Intent::Ignore(_)
                | Intent::Unignore(_)
                | Intent::Set(_)
                | Intent::Quit => {}
            }
        }
        self.next_draft(shown);
    }
}

/// A message that arrived.
pub(super) fn confirm(kind: &mut EntryKind) {
    if let EntryKind::Message { delivery, .. } = kind {
        *delivery = Delivery::Confirmed;
    }
}
