//! What was said and what happened in one room: log order, no entry twice, bounded.

use alloc::collections::VecDeque;

use super::fold::{Fold, summary};
use super::state::{Entry, EntryKey};
use crate::id::MessageId;
use crate::words::Language;

/// What was said and what happened in a room, oldest first; bounded, the oldest fall out.
///
/// Entries with an id stand in the order of their log; those without one (notices, one's own messages before they are
/// confirmed) where they arrived.
#[derive(Clone, Debug, Default)]
pub struct Timeline {
    entries: VecDeque<Entry>,
    /// How many entries were ever dropped from the front, less those put there.
    front: i64,
    /// Bytes of text in all entries.
    bytes: usize,
    /// Some fell out.
    dropped: bool,
    /// Comings and goings that follow one another are told as one, in this language.
    folding: Option<Language>,
}

/// What an entry counts for, so that even empty ones count.
fn size_of(entry: &Entry) -> usize {
    entry.who().len() + entry.told().len() + entry.whole().map_or(0, str::len) + 64
}

impl Timeline {
    /// Most entries kept.
    pub const ENTRIES_MAX: usize = 5_000;
    /// Most bytes of text kept, names and 64 bytes an entry included: long messages fall out sooner.
    pub const BYTES_MAX: usize = 4 * 1024 * 1024;

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

    /// Changes an entry in place; its id stays. `None` if there is none.
    pub(super) fn change<T>(&mut self, index: usize, change: impl FnOnce(&mut Entry) -> T) -> Option<T> {
        let entry = self.entries.get_mut(index)?;
        self.bytes -= size_of(entry);
        let changed = change(entry);
        self.bytes += size_of(entry);
        self.drop_oldest();
        Some(changed)
    }

    /// Nothing is unread any more.
    pub(super) fn clear_unread(&mut self) {
        self.entries.iter_mut().for_each(|entry| entry.unread = false);
    }

    /// Looks at every entry, newest first; what is looked at may become read or unread.
    pub(super) fn mark_unread(&mut self, mut unread: impl FnMut(&Entry) -> bool) {
        for entry in self.entries.iter_mut().rev() {
            entry.unread = unread(entry);
        }
    }

    /// The lowest id held.
    pub(super) fn oldest_id(&self) -> Option<MessageId> {
        self.entries.iter().find_map(|entry| entry.id)
    }

    /// Whether the next entry makes the oldest fall out.
    pub(super) fn is_full(&self) -> bool {
        self.entries.len() >= Self::ENTRIES_MAX || self.bytes >= Self::BYTES_MAX
    }

    /// Whether entries fell out, or would not fit: what lies before the oldest is more than can be held.
    pub(super) fn is_cut_off(&self) -> bool {
        self.dropped || self.is_full()
    }

    /// Bytes of text kept.
    #[cfg(test)]
    pub(super) fn bytes(&self) -> usize {
        assert_eq!(self.bytes, self.entries.iter().map(size_of).sum::<usize>());
        self.bytes
    }

    /// Adds an entry behind all others.
    pub(super) fn push(&mut self, entry: Entry) {
        self.insert(self.entries.len(), entry);
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
        let entry = self.entries.remove(index)?;
        self.bytes -= size_of(&entry);
        self.refold(index);
        Some(entry)
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
        self.bytes += size_of(&entry);
        self.entries.insert(index, entry);
        self.refold(index);
        self.drop_oldest();
    }

    /// Folds comings and goings from now on, told in this language, or shows each by itself.
    pub(super) fn set_folding(&mut self, folding: Option<Language>) {
        self.folding = folding;
        for entry in self.entries.iter_mut().filter(|entry| entry.fold != Fold::Apart) {
            self.bytes -= size_of(entry);
            entry.fold = Fold::Apart;
            self.bytes += size_of(entry);
        }
        let mut start = 0;
        while start < self.entries.len() {
            start = self.fold_row(start) + 1;
        }
        self.drop_oldest();
    }

    /// Something was put in at this position, or taken out there: folds what stands around it.
    fn refold(&mut self, index: usize) {
        let is_presence = |at: usize| self.entries.get(at).is_some_and(Entry::is_presence);
        if !(index.saturating_sub(1)..=index + 1).any(is_presence) {
            return;
        }
        let start = (0..index).rev().take_while(|at| is_presence(*at)).last().unwrap_or(index);
        let end = self.fold_row(start);
        if end <= index {
            self.fold_row(index);
            self.fold_row(index + 1);
        }
    }

    /// Folds the comings and goings that follow one another from a position on, where such a row begins; gives the
    /// position behind it.
    fn fold_row(&mut self, start: usize) -> usize {
        let length = self.entries.iter().skip(start).take_while(|entry| entry.is_presence()).count();
        let Some(last) = (start + length).checked_sub(1).filter(|_| length > 0) else { return start };
        let whole = self.folding.filter(|_| length > 1);
        let whole = whole.map(|language| summary(self.entries.range(start..=last), language));
        for at in start..=last {
            let fold = match &whole {
                None => Fold::Apart,
                Some(text) if at == last => Fold::Whole(text.as_str().into()),
                Some(_) => Fold::Within,
            };
            if let Some(entry) = self.entries.get_mut(at).filter(|entry| entry.fold != fold) {
                self.bytes -= size_of(entry);
                entry.fold = fold;
                self.bytes += size_of(entry);
            }
        }
        start + length
    }

    fn drop_oldest(&mut self) {
        while self.entries.len() > Self::ENTRIES_MAX || self.bytes > Self::BYTES_MAX && self.entries.len() > 1 {
            let dropped = self.entries.pop_front();
            self.bytes -= dropped.as_ref().map_or(0, size_of);
            self.front += 1;
            self.dropped = true;
        }
    }
}
