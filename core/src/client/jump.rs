//! Going to a message that was found: paging back until it is held, or reading what stands around it.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::asked::Asked;
use super::words::Words;
use super::{Client, EntryKey, Hit, RoomKey, Timeline};
use crate::id::MessageId;
use crate::text::printable;
use crate::vocabulary::{Command, Message, Place, Span};

/// Positions of a log between the oldest held and what is paged back to. Reading what lies further back would take
/// long, and push the newest out of memory.
const BACK_MAX: u64 = 2_000;
/// Pages fetched on the way back; servers may give fewer than asked for.
const BACK_PAGES_MAX: u32 = 40;
/// Positions of a log up to a message that lies further back, and as many behind it.
const AROUND: u32 = 20;

/// Where a jump led.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Jump {
    /// The room; it was shown when the jump arrived.
    pub room: RoomKey,
    /// The entry of its timeline to scroll to.
    pub entry: EntryKey,
    /// Counts the jumps: the same message may be gone to again.
    pub number: u64,
}

/// The messages around one that lies too far back for the room's timeline.
#[derive(Clone, Debug)]
pub struct Around {
    /// Where it was said.
    pub place: Place,
    /// What to call that: `lobby`, `@bea`.
    pub title: String,
    /// The message in the middle.
    pub id: MessageId,
    /// The messages, oldest first; at most 40.
    pub messages: Vec<Hit>,
    /// Whether some are awaited.
    pub loading: bool,
    /// Why they do not come, in one plain sentence.
    pub problem: Option<String>,
    number: u64,
    /// Pages that are awaited.
    awaited: u32,
}

/// A jump that is under way.
#[derive(Clone, Debug)]
pub(super) struct Seek {
    place: Place,
    id: MessageId,
    pages: u32,
}

impl Client {
    /// Goes to a message.
    pub(super) fn jump(&mut self, place: Place, id: MessageId) {
        self.seeking = None;
        let index = self.index_at(&place);
        let held = index.is_some_and(|index| self.state.rooms[index].timeline.find(id).is_some());
        let live = index.is_some_and(|index| self.state.rooms[index].book.live);
        // What is held can be gone to whatever the link.
        if !(held || self.is_online() && self.is_native()) {
            return self.error(usize::MAX, &self.words().offline());
        }
        if !held && !live {
            if let Place::Room(_) = place {
                return self.error(usize::MAX, &self.words().not_in(place));
            }
            self.open(place.clone());
        }
        self.seeking = Some(Seek { place, id, pages: 0 });
        self.seek_on();
    }

    /// Goes on with a jump as far as it can be gone on with.
    pub(super) fn seek_on(&mut self) {
        let Some(Seek { place, id, pages }) = self.seeking.clone() else { return };
        let index = self.index_at(&place);
        let held = index.and_then(|index| self.state.rooms[index].timeline.find(id));
        if let (Some(index), Some(at)) = (index, held) {
            return self.arrive(index, at);
        }
        let joining = |asked: &Asked| matches!(asked, Asked::Join { place: to, .. } if *to == place);
        if self.asked.values().any(joining) {
            return;
        }
        let Some(index) = index else {
            // The refusal was told.
            self.seeking = None;
            return;
        };
        let room = &self.state.rooms[index];
        let key = room.key;
        let fetching = |asked: &Asked| {
            asked.room() == Some(key) && matches!(asked, Asked::First { .. } | Asked::Older { .. } | Asked::Fill { .. })
        };
        if self.asked.values().any(fetching) {
            return;
        }
        let oldest = room.timeline.oldest_id().filter(|_| room.book.live && room.book.began);
        let Some(back) = oldest.and_then(|oldest| oldest.0.checked_sub(id.0)) else {
            return self.seek_fails(index);
        };
        let held = u64::try_from(room.timeline.len()).unwrap_or(u64::MAX);
        let fits = held.saturating_add(back) <= Timeline::ENTRIES_MAX as u64 && !room.timeline.is_full();
        if back > BACK_MAX || !fits || pages >= BACK_PAGES_MAX {
            return self.read_around(place, id);
        }
        if !room.has_older {
            return self.seek_fails(index);
        }
        self.seeking = Some(Seek { place, id, pages: pages + 1 });
        self.show(index);
        self.older(index, crate::limits::PAGE_MAX);
    }

    fn arrive(&mut self, index: usize, at: usize) {
        self.seeking = None;
        let number = self.count();
        let room = &self.state.rooms[index];
        let (room, entry) = (room.key, room.timeline.get(at).map(|entry| entry.key));
        self.show(index);
        self.state.jump = entry.map(|entry| Jump { room, entry, number });
        self.dirty = true;
    }

    fn seek_fails(&mut self, index: usize) {
        self.seeking = None;
        let book = &self.state.rooms[index].book;
        let why = match (book.live, book.began) {
            (false, _) => self.words().offline(),
            (true, false) => self.words().no_history_now(),
            (true, true) => self.words().not_shown(),
        };
        self.error(usize::MAX, &why);
    }

    /// Asks for what stands around a message. In two pages, each from the message on: one page from its beginning may
    /// be cut off by the frame bound before it comes to the message.
    fn read_around(&mut self, place: Place, id: MessageId) {
        self.seeking = None;
        let number = self.count();
        self.dirty = true;
        self.state.around = Some(Around {
            title: printable(&place.to_string()),
            place: place.clone(),
            id,
            messages: Vec::new(),
            loading: true,
            problem: None,
            number,
            awaited: 2,
        });
        let limit = self.page(AROUND);
        let spans = [Span::Before(MessageId(id.0.saturating_add(1))), Span::After(id)];
        for span in spans {
            let behind = matches!(span, Span::After(_));
            self.request(Command::History { place: place.clone(), span, limit }, Asked::Around { number, behind });
        }
    }

    /// What stands around a message, ascending.
    pub(super) fn around_arrived(&mut self, number: u64, behind: bool, messages: &[Message]) {
        let words = self.words();
        let most = usize::try_from(AROUND).unwrap_or(0);
        let skipped = if behind { 0 } else { messages.len().saturating_sub(most) };
        let hits: Vec<Hit> =
            messages.iter().skip(skipped).take(most).filter_map(|message| self.shown_hit(message)).collect();
        let Some(around) = self.state.around.as_mut().filter(|around| around.number == number) else { return };
        around.awaited = around.awaited.saturating_sub(1);
        around.loading = around.awaited > 0;
        if !behind && !hits.iter().any(|hit| hit.id == around.id) {
            around.problem = Some(words.not_kept());
        }
        around.messages.extend(hits);
        around.messages.sort_by_key(|hit| hit.id);
    }

    pub(super) fn around_refused(&mut self, number: u64, why: &str) {
        if let Some(around) = self.state.around.as_mut().filter(|around| around.number == number) {
            around.awaited = around.awaited.saturating_sub(1);
            around.loading = around.awaited > 0;
            around.problem = Some(printable(why));
            self.dirty = true;
        }
    }

    /// What stands around the message is not looked at any more.
    pub(super) fn close_around(&mut self) {
        self.dirty |= self.state.around.take().is_some();
    }
}
