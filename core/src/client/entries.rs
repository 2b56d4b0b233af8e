//! What stands in a timeline, made harmless: here and nowhere else.

use alloc::boxed::Box;
use alloc::string::String;

use super::fold::Fold;
use super::{Client, Delivery, Entry, EntryKey, EntryKind};
use crate::id::MessageId;
use crate::text::{Note, printable};
use crate::time::Timestamp;

impl Client {
    /// An entry of this client; everything that others wrote becomes harmless here and nowhere else.
    pub(super) fn entry(&mut self, at: Option<Timestamp>, id: Option<MessageId>, kind: EntryKind) -> Entry {
        let kind = match kind {
            EntryKind::Message { from, text, action, mine, mention, delivery, revision } => {
                let delivery = match delivery {
                    Delivery::Failed(why) => Delivery::Failed(printable(&why)),
                    Delivery::Pending | Delivery::Confirmed | Delivery::Unconfirmed => delivery,
                };
                let (from, text) = (printable(&from), printable(&text));
                EntryKind::Message { from, text, action, mine, mention, delivery, revision }
            }
            EntryKind::Notice(text) => EntryKind::Notice(printable(&text)),
            EntryKind::Error(text) => EntryKind::Error(printable(&text)),
        };
        self.dirty = true;
        let key = EntryKey(self.count());
        let mut entry = Entry {
            key,
            at,
            id,
            seq: 0,
            changed: 0,
            kind,
            reply: None,
            spans: Box::default(),
            about: None,
            came: None,
            ignored: false,
            fold: Fold::Apart,
            unread: false,
        };
        entry.find_spans(&self.state.nick);
        entry
    }

    /// Numbers an entry as news of a room.
    pub(super) fn news(&mut self, index: usize) -> u64 {
        self.state.seq += 1;
        self.state.rooms[index].book.newest_seq = self.state.seq;
        self.state.seq
    }

    /// Something happened in a room.
    pub(super) fn notice(&mut self, index: usize, at: Option<Timestamp>, text: String) {
        let at = at.unwrap_or(self.now.timestamp);
        let mut entry = self.entry(Some(at), None, EntryKind::Notice(text));
        entry.seq = self.news(index);
        self.state.rooms[index].timeline.push(entry);
    }

    /// Something went wrong there; in the shown room where there is no such index.
    pub(super) fn error(&mut self, index: usize, text: &str) {
        let index = if index < self.state.rooms.len() { index } else { self.state.shown };
        if index >= self.state.rooms.len() {
            return;
        }
        let mut entry = self.entry(Some(self.now.timestamp), None, EntryKind::Error(text.into()));
        entry.seq = self.news(index);
        self.state.rooms[index].timeline.push(entry);
    }
}

/// Bytes of a sentence of a server's.
const SENTENCE_BYTES_MAX: usize = 1_024;

/// A server's sentence on one harmless line, cut where no sentence is that long.
pub(super) fn sentence(text: &str) -> String {
    let (text, _) = text.split_at(text.floor_char_boundary(SENTENCE_BYTES_MAX));
    printable(text).replace('\n', " ")
}

/// A topic that is harmless on a screen; cut where that made it too long.
pub(super) fn topic(note: &Note) -> Note {
    let mut text = printable(note.as_str());
    while Note::parse(&text).is_err() && text.pop().is_some() {}
    Note::parse(&text).unwrap_or_default()
}
