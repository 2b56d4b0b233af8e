//! What was said before and meanwhile: the first page, older pages, what a reconnect missed.

use alloc::vec::Vec;

use super::asked::Asked;
use super::words::Words;
use super::{Client, Delivery, EntryKind, Revision};
use crate::id::{LogId, MessageId};
use crate::name;
use crate::vocabulary::{Command, Message, Place, RoomInfo, Span, Tag};

/// Messages in the first page of a room.
const FIRST_PAGE: u32 = 50;
/// Messages in an older page.
const OLDER_PAGE: u32 = 100;
/// Pages fetched to fill a hole; what is still missing then is said.
const HOLE_PAGES_MAX: u32 = 5;

/// A part of the log that is missing between two that are held; ends exclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Hole {
    after: MessageId,
    next: MessageId,
    pages: u32,
}

impl Client {
    /// Compares what the server says of a room's log with what is held, and asks for what is missing.
    pub(super) fn catch_up(&mut self, index: usize, info: &RoomInfo) {
        let room = &mut self.state.rooms[index];
        let resuming = core::mem::take(&mut room.book.resuming);
        let same = room.book.log == Some(info.log);
        room.book.replayed = if resuming && same { info.last_id } else { MessageId(0) };
        if !same {
            self.new_log(index, info.log, info.last_id);
        } else if !resuming && info.last_id > room.book.seen {
            let seen = room.book.seen;
            self.open_hole(index, seen, MessageId(info.last_id.0.saturating_add(1)));
        }
        self.state.rooms[index].book.first = info.first_id;
        if let Some(read) = info.read_id {
            self.read_elsewhere(index, read);
        }
        self.begin(index, info);
        self.fill(index);
    }

    /// Asks for the newest page of a room, unless it was had, or is asked for, or there is none.
    fn begin(&mut self, index: usize, info: &RoomInfo) {
        let room = &mut self.state.rooms[index];
        if room.book.began {
            return;
        }
        if info.last_id.0 == 0 || info.first_id > info.last_id {
            room.book.began = true;
            room.has_older = false;
            return;
        }
        let asked = Asked::First { room: room.key, front: !room.book.detached };
        if !self.asked.values().any(|open| *open == asked) {
            let (place, limit) = (info.place.clone(), self.page(FIRST_PAGE));
            self.request(Command::History { place, span: Span::Latest, limit }, asked);
        }
    }

    /// The log is another one: what is held stays to be read, and what is new begins.
    fn new_log(&mut self, index: usize, log: LogId, last: MessageId) {
        let room = &mut self.state.rooms[index];
        let key = room.key;
        let had = room.timeline.oldest_id().is_some();
        room.timeline.detach();
        room.book.detached |= had;
        room.book.log = Some(log);
        room.book.seen = last;
        room.book.read = MessageId(0);
        room.book.read_told = MessageId(0);
        room.book.began = false;
        room.book.hole = None;
        room.book.unsure = MessageId(0);
        room.has_older = false;
        room.loading_older = false;
        self.asked.retain(|_, asked| {
            asked.room() != Some(key)
                || !matches!(
                    asked,
                    Asked::First { .. } | Asked::Older { .. } | Asked::Fill { .. } | Asked::Compare { .. }
                )
        });
        if had {
            self.notice(index, None, self.words().new_history());
        }
    }

    /// The server could not replay these.
    pub(super) fn gap(&mut self, place: &Place, log: LogId, after: MessageId, next: MessageId) {
        let Some(index) = self.index_at(place) else { return };
        let room = &self.state.rooms[index];
        if room.book.log != Some(log) {
            self.new_log(index, log, MessageId(next.0.saturating_sub(1)));
            let asked = Asked::First { room: self.state.rooms[index].key, front: false };
            self.request(
                Command::History { place: place.clone(), span: Span::Latest, limit: self.page(FIRST_PAGE) },
                asked,
            );
        } else if room.book.began {
            self.open_hole(index, after, next);
            self.fill(index);
        }
    }

    /// Ids have no holes: where one is left out, something was missed.
    pub(super) fn notice_hole(&mut self, index: usize, id: MessageId) {
        let book = &self.state.rooms[index].book;
        let (seen, known) = (book.seen.max(book.replayed), book.log.is_some() && book.began);
        if known && id.0 > seen.0.saturating_add(1) {
            self.open_hole(index, seen, id);
            self.fill(index);
        }
    }

    fn open_hole(&mut self, index: usize, after: MessageId, next: MessageId) {
        let book = &mut self.state.rooms[index].book;
        let hole = Hole { after, next, pages: 0 };
        let hole =
            book.hole.map_or(hole, |old| Hole { after: old.after.min(after), next: old.next.max(next), pages: 0 });
        book.seen = book.seen.max(MessageId(next.0.saturating_sub(1)));
        if hole.next.0 > hole.after.0.saturating_add(1) {
            book.hole = Some(hole);
            book.unsure = book.unsure.max(hole.after);
        }
    }

    /// Asks for the next page of a hole, newest first.
    fn fill(&mut self, index: usize) {
        let room = &self.state.rooms[index];
        let (Some(hole), Some(place)) = (room.book.hole, room.place.clone()) else { return self.compare(index) };
        let asked = Asked::Fill { room: room.key, next: hole.next };
        let filling = |open: &Asked| matches!(open, Asked::Fill { room: filled, .. } if *filled == room.key);
        if room.book.live && !self.asked.values().any(filling) {
            let span = Span::Before(hole.next);
            self.request(Command::History { place, span, limit: self.page(crate::limits::PAGE_MAX) }, asked);
        }
    }

    /// The person scrolled up.
    pub(super) fn scrolled_up(&mut self) {
        self.older(self.state.shown, OLDER_PAGE);
    }

    /// Asks for messages older than those held.
    pub(super) fn older(&mut self, index: usize, limit: u32) {
        if !self.is_online() {
            return;
        }
        let limit = self.page(limit);
        let Some(room) = self.state.rooms.get_mut(index) else { return };
        let (Some(place), Some(oldest)) = (room.place.clone(), room.timeline.oldest_id()) else { return };
        if !room.has_older || room.loading_older || !room.book.live {
            return;
        }
        self.dirty = true;
        if room.timeline.is_full() {
            room.has_older = false;
            return;
        }
        room.loading_older = true;
        let asked = Asked::Older { room: room.key };
        self.request(Command::History { place, span: Span::Before(oldest), limit }, asked);
    }

    /// A page arrived.
    pub(super) fn page_arrived(
        &mut self,
        messages: Vec<Message>,
        has_more: bool,
        cursor: Option<Tag>,
        reference: Option<Tag>,
    ) {
        let Some(asked) = self.answers(reference.as_ref(), Asked::is_for_page) else { return };
        self.dirty = true;
        let index = asked.room().and_then(|key| self.index_of(key));
        match (asked, index) {
            (Asked::Search { number }, _) => self.found(number, &messages, has_more, cursor),
            (Asked::Around { number, behind }, _) => self.around_arrived(number, behind, &messages),
            (Asked::First { front, .. }, Some(index)) => {
                self.add_page(index, &messages, front);
                let room = &mut self.state.rooms[index];
                room.book.began = true;
                room.has_older = has_more;
                // What was said to oneself alone is unread until it was read.
                let direct = matches!(room.place, Some(Place::Direct(_)));
                if room.book.read.0 > 0 || direct {
                    self.recount(index);
                }
            }
            (Asked::Older { .. }, Some(index)) => {
                self.add_page(index, &messages, true);
                let room = &mut self.state.rooms[index];
                room.loading_older = false;
                room.has_older = has_more && !room.timeline.is_full();
            }
            (Asked::Fill { next, .. }, Some(index)) => self.fill_page(index, &messages, has_more, next),
            (Asked::Compare { up_to, .. }, Some(index)) => self.compare_page(index, &messages, has_more, up_to),
            (
                Asked::First { .. }
                | Asked::Older { .. }
                | Asked::Fill { .. }
                | Asked::Compare { .. }
                | Asked::Rooms { .. }
                | Asked::Names { .. }
                | Asked::Join { .. }
                | Asked::Edit { .. }
                | Asked::Delete { .. }
                | Asked::Other { .. },
                _,
            ) => {}
        }
    }

    /// Messages that are no news, ascending.
    fn add_page(&mut self, index: usize, messages: &[Message], front: bool) {
        for message in messages.iter().rev() {
            let timeline = &self.state.rooms[index].timeline;
            let first = timeline.oldest_id().is_none_or(|oldest| message.id < oldest);
            if let Some(held) = timeline.find(message.id) {
                self.told_again(index, held, message);
                continue;
            }
            if front && timeline.is_full() {
                continue;
            }
            let entry = self.message_entry(index, message);
            let timeline = &mut self.state.rooms[index].timeline;
            if front && first {
                timeline.push_front(entry);
            } else {
                timeline.place(entry);
            }
        }
        self.settle_replies(index, messages);
    }

    fn fill_page(&mut self, index: usize, messages: &[Message], has_more: bool, next: MessageId) {
        let Some(mut hole) = self.state.rooms[index].book.hole else { return };
        let lowest = messages.first().map(|message| message.id);
        for message in messages {
            if message.id > hole.after && message.id < hole.next {
                self.insert_message(index, message);
            }
        }
        self.settle_replies(index, messages);
        self.compare_with(index, messages, has_more, MessageId(next.0.saturating_sub(1)));
        if hole.next != next {
            // More was missed since this page was asked for: it says nothing of what lies beyond it.
            return self.fill(index);
        }
        hole.pages += 1;
        hole.next = lowest.map_or(hole.next, |lowest| lowest.min(hole.next));
        let closed = !has_more || lowest.is_none_or(|lowest| lowest.0 <= hole.after.0.saturating_add(1));
        self.state.rooms[index].book.hole = (!closed).then_some(hole);
        self.give_hole_up(index);
        self.fill(index);
    }

    /// The server cannot read the hole's page just now: it is asked for again with the next sign of life.
    pub(super) fn fill_refused(&mut self, index: usize) {
        if let Some(hole) = &mut self.state.rooms[index].book.hole {
            hole.pages += 1;
        }
        self.give_hole_up(index);
    }

    /// A hole that so many pages have not filled stays, and is told of.
    fn give_hole_up(&mut self, index: usize) {
        let Some(hole) = self.state.rooms[index].book.hole.take_if(|hole| hole.pages >= HOLE_PAGES_MAX) else { return };
        let mut entry = self.entry(None, None, EntryKind::Notice(self.words().gap()));
        entry.seq = self.news(index);
        self.state.rooms[index].timeline.insert_after_id(hole.after, entry);
        self.dirty = true;
    }

    /// Asks for what is missing anywhere and was not asked for.
    pub(super) fn fill_holes(&mut self) {
        for index in 0..self.state.rooms.len() {
            self.begin_again(index);
            self.fill(index);
        }
    }

    /// Asks again for the newest page of a room, where the server could not read it before.
    fn begin_again(&mut self, index: usize) {
        let room = &self.state.rooms[index];
        let asked = Asked::First { room: room.key, front: !room.book.detached };
        let missing = room.book.live && !room.book.began && room.book.log.is_some() && room.book.seen.0 > 0;
        if let (true, Some(place)) = (missing, room.place.clone())
            && !self.asked.values().any(|open| *open == asked)
        {
            let limit = self.page(FIRST_PAGE);
            self.request(Command::History { place, span: Span::Latest, limit }, asked);
        }
    }

    /// A message as it stands in a log, not yet counted as news.
    pub(super) fn message_entry(&mut self, index: usize, message: &Message) -> super::Entry {
        let mine = message.from.fold() == name::fold(&self.state.nick);
        let mention = !mine && self.names_me(message.text.as_str());
        let kind = EntryKind::Message {
            from: message.from.as_str().into(),
            text: message.text.as_str().into(),
            action: message.action,
            mine,
            mention,
            delivery: Delivery::Confirmed,
            revision: message.edited.map_or(Revision::First, Revision::Edited),
        };
        let mut entry = self.entry(Some(message.at), Some(message.id), kind);
        self.note_reply(index, &mut entry, message.reply_to);
        entry.ignored = !mine && self.state.ignores(message.from.as_str());
        entry
    }

    /// Puts a message that is news where it belongs, unless it is held.
    pub(super) fn insert_message(&mut self, index: usize, message: &Message) {
        if let Some(held) = self.state.rooms[index].timeline.find(message.id) {
            return self.told_again(index, held, message);
        }
        let mut entry = self.message_entry(index, message);
        entry.seq = self.news(index);
        let (key, kind, ignored) = (entry.key, entry.kind.clone(), entry.ignored);
        self.state.rooms[index].timeline.place(entry);
        if let EntryKind::Message { from, text, mine, mention, .. } = kind {
            self.stops_typing(index, &from);
            if !mine && !ignored {
                self.arrived(index, key, &from, &text, mention);
            }
        }
    }

    pub(super) fn page(&self, wanted: u32) -> u32 {
        self.line.as_ref().map_or(wanted, |line| wanted.min(line.page))
    }
}
