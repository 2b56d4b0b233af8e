//! What was said and what happened in one room: log order, no entry twice, bounded.

use alloc::collections::VecDeque;

use super::state::{Entry, EntryKey};
use crate::id::MessageId;

/// What was said and what happened in a room, oldest first; bounded, the oldest fall out.
///
/// Entries with an id stand in the order of their log; those without one (notices, one's own messages before they are
/// confirmed) where they arrived.
#[derive(Clone, Debug, Default)]
pub struct Timeline {
    entries: VecDeque<Entry>,
    /// How many entries were ever dropped from the front, less those put there.
    front: i64,
}

impl Timeline {
    /// Most entries kept.
    pub const ENTRIES_MAX: usize = 5_000;

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The entry at this position, 0 being the oldest.
    pub fn get(&self, index: usize) -> Option<&Entry> {
        self.entries.get(index)
    }

    /// Oldest first; double-ended.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Entry> + ExactSizeIterator {
        self.entries.iter()
    }

    /// The position of index 0 on a line that never moves: a view that remembers `front() + index` keeps its place
    /// while older entries are added or dropped.
    pub fn front(&self) -> i64 {
        self.front
    }

    /// Where the entry with this key stands. Looks from the newest on.
    pub fn position(&self, key: EntryKey) -> Option<usize> {
        self.entries.iter().rposition(|entry| entry.key == key)
    }

    /// Where the entry with this id stands, if it is held.
    pub(super) fn find(&self, id: MessageId) -> Option<usize> {
        for (index, entry) in self.entries.iter().enumerate().rev() {
            match entry.id {
                Some(held) if held == id => return Some(index),
                Some(held) if held < id => return None,
                Some(_) | None => {}
            }
        }
        None
    }

    pub(super) fn get_mut(&mut self, index: usize) -> Option<&mut Entry> {
        self.entries.get_mut(index)
    }

    /// The lowest id held.
    pub(super) fn oldest_id(&self) -> Option<MessageId> {
        self.entries.iter().find_map(|entry| entry.id)
    }

    /// How many more entries fit without any falling out.
    pub(super) fn room_left(&self) -> usize {
        Self::ENTRIES_MAX.saturating_sub(self.entries.len())
    }

    /// Adds an entry behind all others.
    pub(super) fn push(&mut self, entry: Entry) {
        self.entries.push_back(entry);
        self.trim();
    }

    /// Adds an entry where its id belongs; behind all others if it has none.
    pub(super) fn place(&mut self, entry: Entry) {
        let index = entry.id.map_or(self.entries.len(), |id| self.place_of(id));
        self.insert(index, entry);
    }

    /// Adds an entry before all others.
    pub(super) fn push_front(&mut self, entry: Entry) {
        self.insert(0, entry);
    }

    /// Adds an entry right before the first one with a higher id than `id`.
    pub(super) fn insert_after_id(&mut self, id: MessageId, entry: Entry) {
        self.insert(self.place_of(MessageId(id.0.saturating_add(1))), entry);
    }

    /// Takes an entry out.
    pub(super) fn take(&mut self, key: EntryKey) -> Option<Entry> {
        let index = self.position(key)?;
        if index == 0 {
            self.front += 1;
        }
        self.entries.remove(index)
    }

    /// Forgets every id: the entries stay to be read, but the log they came from is no more.
    pub(super) fn detach(&mut self) {
        for entry in &mut self.entries {
            entry.id = None;
        }
    }

    /// Right before the first entry whose id is not lower; behind all others where there is none.
    fn place_of(&self, id: MessageId) -> usize {
        let mut place = self.entries.len();
        for (index, entry) in self.entries.iter().enumerate().rev() {
            match entry.id {
                Some(held) if held < id => break,
                Some(_) => place = index,
                None => {}
            }
        }
        place
    }

    fn insert(&mut self, index: usize, entry: Entry) {
        if index == 0 && !self.entries.is_empty() {
            self.front -= 1;
        }
        self.entries.insert(index, entry);
        self.trim();
    }

    fn trim(&mut self) {
        while self.entries.len() > Self::ENTRIES_MAX {
            self.entries.pop_front();
            self.front += 1;
        }
    }
}
