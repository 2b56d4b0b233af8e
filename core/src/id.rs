//! Identifiers, and the slots in which the hub keeps what they name.

use alloc::vec::Vec;
use core::fmt;

/// Names one connection for as long as the hub lives: a slot and how often the slot was reused. Never repeats.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConnId {
    pub(crate) slot: u32,
    pub(crate) generation: u32,
}

impl ConnId {
    /// The slot: dense from 0, reused after close. A driver may index its own table with it.
    pub const fn slot(self) -> usize {
        self.slot as usize
    }

    /// How often the slot had been used before this connection.
    pub const fn generation(self) -> u32 {
        self.generation
    }
}

impl fmt::Debug for ConnId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "c{}.{}", self.slot, self.generation)
    }
}

impl fmt::Display for ConnId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// Correlates a question of the hub with its one answer. Never repeats.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket(pub u64);

/// Position of an entry in its log: 1, 2, 3 … without holes, never used twice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageId(pub u64);

/// Names one log; a new one when history is new or was restored from a backup. 64 random bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LogId(pub u64);

impl fmt::Display for LogId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// Names one identity, as the store numbered it; 0 is nobody's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IdentityId(pub u64);

/// An identity as the key of a tree: its number with the bits in reverse.
///
/// Identities are numbered one after the other, and a tree whose keys only ever grow stays half empty: a full node is cut
/// in two, and nothing is put into its lower half again. In reverse the numbers come evenly from everywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Spread(u64);

impl Spread {
    pub(crate) const fn identity(self) -> IdentityId {
        IdentityId(self.0.reverse_bits())
    }
}

impl From<IdentityId> for Spread {
    fn from(identity: IdentityId) -> Self {
        Self(identity.0.reverse_bits())
    }
}

/// A table of values in numbered slots; freed slots are reused, lowest cost first (last freed).
///
/// Each slot counts its uses, so that `(slot, generation)` never repeats. After 2³² uses a slot is retired.
#[derive(Debug)]
pub(crate) struct Slots<T> {
    entries: Vec<(u32, Option<T>)>,
    free: Vec<u32>,
    len: usize,
}

impl<T> Slots<T> {
    pub(crate) const fn new() -> Self {
        Self { entries: Vec::new(), free: Vec::new(), len: 0 }
    }

    /// How many slots there are, free ones included.
    pub(crate) const fn slots(&self) -> usize {
        self.entries.len()
    }

    pub(crate) const fn len(&self) -> usize {
        self.len
    }

    pub(crate) fn insert(&mut self, value: T) -> (u32, u32) {
        self.len += 1;
        if let Some(slot) = self.free.pop() {
            let entry = &mut self.entries[slot as usize];
            entry.1 = Some(value);
            return (slot, entry.0);
        }
        let slot = u32::try_from(self.entries.len()).expect("fewer than 2^32 slots are ever open at once");
        self.entries.push((0, Some(value)));
        (slot, 0)
    }

    pub(crate) fn remove(&mut self, slot: u32) -> T {
        let entry = &mut self.entries[slot as usize];
        let value = entry.1.take().expect("only a used slot is freed");
        self.len -= 1;
        if let Some(next) = entry.0.checked_add(1) {
            entry.0 = next;
            self.free.push(slot);
        }
        value
    }

    pub(crate) fn generation(&self, slot: u32) -> Option<u32> {
        let (generation, value) = self.entries.get(slot as usize)?;
        value.as_ref().map(|_| *generation)
    }

    pub(crate) fn get(&self, slot: u32) -> Option<&T> {
        self.entries.get(slot as usize)?.1.as_ref()
    }

    pub(crate) fn get_mut(&mut self, slot: u32) -> Option<&mut T> {
        self.entries.get_mut(slot as usize)?.1.as_mut()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (u32, &T)> {
        self.entries.iter().enumerate().filter_map(|(slot, (_, value))| Some((slot as u32, value.as_ref()?)))
    }

    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = (u32, &mut T)> {
        self.entries.iter_mut().enumerate().filter_map(|(slot, (_, value))| Some((slot as u32, value.as_mut()?)))
    }
}

impl<T> core::ops::Index<u32> for Slots<T> {
    type Output = T;

    fn index(&self, slot: u32) -> &T {
        self.entries[slot as usize].1.as_ref().expect("ids inside the hub name live slots")
    }
}

impl<T> core::ops::IndexMut<u32> for Slots<T> {
    fn index_mut(&mut self, slot: u32) -> &mut T {
        self.entries[slot as usize].1.as_mut().expect("ids inside the hub name live slots")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identity_spread_is_found_again() {
        for number in [0, 1, 2, 10_000, u64::MAX] {
            assert_eq!(Spread::from(IdentityId(number)).identity(), IdentityId(number));
        }
    }

    #[test]
    fn a_reused_slot_gets_another_generation() {
        let mut slots = Slots::new();
        let first = slots.insert('a');
        assert_eq!(slots.remove(first.0), 'a');
        let second = slots.insert('b');
        assert_eq!(first.0, second.0);
        assert_ne!(first.1, second.1);
        assert_eq!(slots.generation(second.0), Some(second.1));
        assert_eq!(slots.len(), 1);
    }
}
