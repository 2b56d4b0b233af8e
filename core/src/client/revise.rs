//! Messages that read otherwise than they were said, and those taken back.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use super::asked::Asked;
use super::reading::names;
use super::words::Words;
use super::{Client, Delivery, EntryKey, EntryKind, Revision, RoomKey};
use crate::id::MessageId;
use crate::text::printable;
use crate::vocabulary::{Command, Message, Place, Span};

impl Client {
    /// A message reads otherwise now. The change takes a position of the log, and is no news that counts as unread.
    pub(super) fn edited(&mut self, place: &Place, id: MessageId, target: MessageId, text: &str) {
        self.change_found(place, target, |hit| {
            hit.text = printable(text);
            hit.edited = true;
            true
        });
        let Some(index) = self.index_at(place) else { return };
        self.log_reaches(index, id);
        let room = self.state.rooms[index].key;
        self.asked_is_done(|asked| {
            matches!(asked, Asked::Edit { room: there, target: of, text: new }
                if *there == room && *of == target && new == text)
        });
        if let Some(held) = self.state.rooms[index].timeline.find(target) {
            self.reads(index, held, Some(id), text);
        }
        self.read_shown();
    }

    /// A message was taken back: its text leaves memory.
    pub(super) fn deleted(&mut self, place: &Place, id: MessageId, target: MessageId) {
        self.change_found(place, target, |_| false);
        let Some(index) = self.index_at(place) else { return };
        self.log_reaches(index, id);
        let room = self.state.rooms[index].key;
        self.asked_is_done(
            |asked| matches!(asked, Asked::Delete { room: there, target: of } if *there == room && *of == target),
        );
        if let Some(held) = self.state.rooms[index].timeline.find(target) {
            self.take_back(index, held);
        }
        self.read_shown();
    }

    /// The log of a room is known up to here.
    fn log_reaches(&mut self, index: usize, id: MessageId) {
        self.notice_hole(index, id);
        let book = &mut self.state.rooms[index].book;
        book.seen = book.seen.max(id);
    }

    fn asked_is_done(&mut self, mut done: impl FnMut(&Asked) -> bool) {
        if let Some(reference) = self.asked.iter().find_map(|(reference, asked)| done(asked).then(|| reference.clone()))
        {
            self.asked.remove(&reference);
        }
    }

    /// A message that is held, as the server tells it once more: the newest edit decides what it reads.
    pub(super) fn told_again(&mut self, index: usize, held: usize, message: &Message) {
        // One's own message, held since its `ack`, has the time of this machine.
        let reply = message.reply_to.map(|id| self.reply_at(index, id));
        let news = self.state.rooms[index].timeline.change(held, |entry| {
            entry.reply = entry.reply.filter(|_| reply.is_some()).or(reply);
            let mine = matches!(entry.kind, EntryKind::Message { mine: true, delivery: Delivery::Confirmed, .. });
            mine && entry.at.replace(message.at) != Some(message.at)
        });
        self.dirty |= news == Some(true);
        self.reads(index, held, message.edited, message.text.as_str());
    }

    /// Gives a held message another text, if this edit is newer than what is known.
    fn reads(&mut self, index: usize, held: usize, edit: Option<MessageId>, text: &str) {
        let me = self.state.nick.clone();
        let room = &mut self.state.rooms[index];
        let changed = room.timeline.change(held, |entry| {
            let EntryKind::Message { text: old, mine, mention, revision, .. } = &mut entry.kind else { return None };
            let edit = edit.filter(|_| *revision != Revision::Deleted).filter(|edit| Some(*edit) > revision.edit())?;
            *revision = Revision::Edited(edit);
            *old = printable(text);
            let names_now = !*mine && (names(&me, text) || entry.reply.is_some_and(|reply| reply.to_me));
            let named = core::mem::replace(mention, names_now);
            entry.find_spans(&me);
            Some((entry.key, entry.unread, named, names_now))
        });
        let Some((key, unread, named, names_now)) = changed.flatten() else { return };
        if unread && !matches!(room.place, Some(Place::Direct(_))) {
            room.mentions = room.mentions.saturating_add(u32::from(names_now)).saturating_sub(u32::from(named));
        }
        self.change_is_news(index, key);
    }

    /// Leaves nothing of a held message but that it was there.
    fn take_back(&mut self, index: usize, held: usize) {
        let deleted = self.words().deleted();
        let room = &mut self.state.rooms[index];
        let direct = matches!(room.place, Some(Place::Direct(_)));
        let changed = room.timeline.change(held, |entry| {
            let EntryKind::Message { text, mention, revision, .. } = &mut entry.kind else { return None };
            if core::mem::replace(revision, Revision::Deleted) == Revision::Deleted {
                return None;
            }
            *text = deleted;
            let counted = core::mem::take(mention) || direct;
            entry.spans = Box::default();
            Some((entry.key, core::mem::take(&mut entry.unread), counted))
        });
        let Some((key, unread, counted)) = changed.flatten() else { return };
        if unread {
            room.unread = room.unread.saturating_sub(1);
            room.mentions = room.mentions.saturating_sub(u32::from(counted));
        }
        if unread && room.marker == Some(key) {
            room.marker = room.timeline.iter().find(|entry| entry.unread).map(|entry| entry.key);
        }
        self.change_is_news(index, key);
    }

    /// Asks for the newest part of what is held from before a hole: what was missed may have corrected it or taken it
    /// back, and a page of the hole tells nothing of that.
    pub(super) fn compare(&mut self, index: usize) {
        let room = &self.state.rooms[index];
        let (up_to, key) = (room.book.unsure, room.key);
        let Some(place) = room.place.clone().filter(|_| room.book.live && up_to.0 > 0) else { return };
        if room.timeline.oldest_id().is_none_or(|oldest| oldest > up_to) {
            self.state.rooms[index].book.unsure = MessageId(0);
            return;
        }
        let comparing = |open: &Asked| matches!(open, Asked::Compare { room, .. } if *room == key);
        if !self.asked.values().any(comparing) {
            let span = Span::Before(MessageId(up_to.0.saturating_add(1)));
            let limit = self.page(crate::limits::PAGE_MAX);
            self.request(Command::History { place, span, limit }, Asked::Compare { room: key, up_to });
        }
    }

    /// A page to compare with what is held.
    pub(super) fn compare_page(&mut self, index: usize, messages: &[Message], has_more: bool, up_to: MessageId) {
        let before = self.state.rooms[index].book.unsure;
        self.compare_with(index, messages, has_more, up_to);
        let book = &mut self.state.rooms[index].book;
        if book.unsure == before && before <= up_to {
            // A page that brings nothing further is the end of what can be compared.
            book.unsure = MessageId(0);
        }
        self.compare(index);
    }

    /// Compares what is held from before a hole with a page that ends behind it, ascending: what the page leaves out was
    /// taken back.
    /// `end` is the last position that the page tells of: where a later hole has made more of what is held unsure since
    /// it was asked for, it proves nothing, and another one is asked for.
    pub(super) fn compare_with(&mut self, index: usize, messages: &[Message], has_more: bool, end: MessageId) {
        let book = &self.state.rooms[index].book;
        let up_to = book.unsure;
        if end < up_to {
            return;
        }
        let lowest = match messages.first() {
            Some(first) if has_more => first.id,
            None if has_more => return,
            // What the server keeps no longer was not taken back.
            Some(_) | None => book.first,
        };
        let held: Vec<MessageId> = self.state.rooms[index].timeline.iter().filter_map(|entry| entry.id).collect();
        for id in held.into_iter().filter(|id| (lowest..=up_to).contains(id)) {
            let Some(at) = self.state.rooms[index].timeline.find(id) else { continue };
            match messages.iter().find(|message| message.id == id) {
                Some(message) => self.told_again(index, at, message),
                None => self.take_back(index, at),
            }
        }
        let unsure = &mut self.state.rooms[index].book.unsure;
        *unsure = if has_more { (*unsure).min(MessageId(lowest.0.saturating_sub(1))) } else { MessageId(0) };
    }

    /// What was told of an entry does not hold any more. By its key: a longer text may have pushed others out.
    fn change_is_news(&mut self, index: usize, key: EntryKey) {
        let seq = self.news(index);
        let timeline = &mut self.state.rooms[index].timeline;
        if let Some(at) = timeline.position(key) {
            timeline.change(at, |entry| entry.changed = seq);
        }
        self.dirty = true;
    }

    /// The person corrects a message of one's own.
    pub(super) fn edit(&mut self, key: EntryKey, text: &str) {
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        let text = text.trim_end_matches('\n');
        if let Err(why) = self.try_edit(key, text) {
            let index = self.holder_of(key).map_or(usize::MAX, |(index, _)| index);
            self.error(index, &self.words().not_changed(&why, text));
        }
    }

    /// Asks the server to give a message another text; it is shown once the server says so.
    ///
    /// An edit is not kept while there is no connection: without a nonce, nobody could tell whether a repeat of it
    /// undoes what was corrected elsewhere meanwhile.
    ///
    /// # Errors
    /// One plain sentence if it cannot be tried.
    pub(super) fn try_edit(&mut self, key: EntryKey, text: &str) -> Result<(), String> {
        let (room, place, target) = self.correctable(key, false)?;
        if text.trim().is_empty() {
            return Err(self.words().edit_is_empty());
        }
        let body = self.body(text)?;
        let unchanged = self.holder_of(key).is_some_and(|(index, at)| {
            self.state.rooms[index].timeline.get(at).is_some_and(|entry| entry.what() == printable(text))
        });
        if !unchanged {
            self.request(
                Command::Edit { place, id: target, text: body },
                Asked::Edit { room, target, text: text.into() },
            );
        }
        Ok(())
    }

    /// The person takes a message back.
    pub(super) fn delete(&mut self, key: EntryKey) {
        if let Err(why) = self.try_delete(key) {
            let index = self.holder_of(key).map_or(usize::MAX, |(index, _)| index);
            self.error(index, &why);
        }
    }

    /// Asks the server to take a message back; it is gone once the server says so.
    ///
    /// # Errors
    /// One plain sentence if it cannot be tried.
    pub(super) fn try_delete(&mut self, key: EntryKey) -> Result<(), String> {
        let (room, place, target) = self.correctable(key, true)?;
        let asked = Asked::Delete { room, target };
        if !self.asked.values().any(|open| *open == asked) {
            self.request(Command::Delete { place, id: target }, asked);
        }
        Ok(())
    }

    /// The newest message of one's own in the shown room.
    ///
    /// # Errors
    /// One plain sentence if there is none, or none could be changed anyway.
    pub(super) fn last_own(&self) -> Result<EntryKey, String> {
        if !self.is_native() {
            return Err(self.words().no_changes());
        }
        let own = self.state.shown_room().and_then(super::Room::last_own);
        own.map(|entry| entry.key).ok_or_else(|| self.words().nothing_own())
    }

    /// Where a message stands that is to be changed.
    fn correctable(&self, key: EntryKey, as_operator: bool) -> Result<(RoomKey, Place, MessageId), String> {
        if !self.is_native() {
            return Err(self.words().no_changes());
        }
        if !self.is_online() {
            return Err(self.words().offline());
        }
        let none = || self.words().no_message();
        let (index, at) = self.holder_of(key).ok_or_else(none)?;
        let room = &self.state.rooms[index];
        let entry = room.timeline.get(at).ok_or_else(none)?;
        let EntryKind::Message { mine, revision, .. } = &entry.kind else { return Err(none()) };
        let (Some(place), Some(id)) = (&room.place, entry.id) else {
            return Err(self.words().not_stored());
        };
        if *revision == Revision::Deleted {
            return Err(self.words().deleted_already());
        }
        if !(*mine || as_operator && room.operator) {
            return Err(self.words().not_yours());
        }
        if !room.book.live {
            return Err(self.words().not_in(&room.title));
        }
        Ok((room.key, place.clone(), id))
    }

    /// The room that holds an entry, and where it stands there.
    pub(super) fn holder_of(&self, key: EntryKey) -> Option<(usize, usize)> {
        let mut rooms = self.state.rooms.iter().enumerate();
        rooms.find_map(|(index, room)| Some((index, room.timeline.position(key)?)))
    }
}
