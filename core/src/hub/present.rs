//! Who is in a room, by name, and the beginning of that list as every newcomer is sent it.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;
use core::ops::Bound::{Excluded, Included, Unbounded};
use core::ops::Deref;

use crate::limits::LIST_MAX;
use crate::name::Nick;
use crate::wire::encode_listed;

use super::room::Presence;

/// The people of a room: sessions per user, 0 for one kept in grace. By name, as lists show it.
///
/// The first [`LIST_MAX`] names are kept encoded, so that a newcomer costs the change of one name and not the encoding
/// of five hundred.
#[derive(Debug, Default)]
pub(super) struct Present {
    people: BTreeMap<Nick, Presence>,
    /// The first names, in order.
    listed: Vec<Nick>,
    /// How many bytes each of them takes.
    lengths: Vec<u8>,
    bytes: Vec<u8>,
    /// Those who are away.
    away: BTreeSet<Nick>,
}

impl Present {
    /// Somebody is here who was not.
    pub(super) fn insert(&mut self, nick: Nick, presence: Presence) {
        let Err(at) = self.listed.binary_search(&nick) else { unreachable!("nobody comes in twice") };
        if at < LIST_MAX as usize {
            if self.listed.len() == LIST_MAX as usize {
                self.unlist(LIST_MAX as usize - 1);
            }
            self.list(at, nick.clone());
        }
        let earlier = self.people.insert(nick, presence);
        assert_eq!(earlier, None, "nobody comes in twice");
    }

    /// Somebody is here no more.
    pub(super) fn remove(&mut self, nick: &Nick) -> Option<Presence> {
        let presence = self.people.remove(nick)?;
        self.away.remove(nick);
        if let Ok(at) = self.listed.binary_search(nick) {
            self.unlist(at);
            let after = self.listed.last().map_or(Unbounded, Excluded);
            // Whoever comes next in a list that was full; of a shorter one everybody is listed.
            if let Some((next, _)) = self.people.range::<Nick, _>((after, Unbounded)).next() {
                let next = next.clone();
                self.list(self.listed.len(), next);
            }
        }
        Some(presence)
    }

    pub(super) fn get_mut(&mut self, nick: &Nick) -> Option<&mut Presence> {
        self.people.get_mut(nick)
    }

    /// Somebody who is here is away, or back.
    pub(super) fn set_away(&mut self, nick: &Nick, away: bool) {
        assert!(self.people.contains_key(nick), "only somebody who is here is away");
        if away {
            self.away.insert(nick.clone())
        } else {
            self.away.remove(nick)
        };
    }

    /// Whether somebody who is here is away.
    pub(super) fn is_away(&self, nick: &Nick) -> bool {
        self.away.contains(nick)
    }

    /// Those of the first names who are away, in order.
    pub(super) fn away(&self) -> impl Iterator<Item = &Nick> {
        let last = self.listed.last().map_or(Unbounded, Included);
        self.away.range::<Nick, _>((Unbounded, last))
    }

    /// The first names, encoded for a `room` frame.
    pub(super) fn encoded(&self) -> &[u8] {
        &self.bytes
    }

    /// Asserts that the list is that of the people.
    pub(super) fn check(&self) {
        assert!(self.away.iter().all(|nick| self.people.contains_key(nick)), "only who is here is away");
        assert!(self.listed.iter().eq(self.people.keys().take(LIST_MAX as usize)), "who is here first is listed");
        let mut bytes = Vec::new();
        self.listed.iter().for_each(|nick| encode_listed(nick, &mut bytes));
        assert_eq!(bytes, self.bytes, "and encoded");
        assert_eq!(self.lengths.iter().map(|length| usize::from(*length)).sum::<usize>(), bytes.len());
    }

    fn start(&self, at: usize) -> usize {
        self.lengths[..at].iter().map(|length| usize::from(*length)).sum()
    }

    fn list(&mut self, at: usize, nick: Nick) {
        let (start, end) = (self.start(at), self.bytes.len());
        encode_listed(&nick, &mut self.bytes);
        let length = self.bytes.len() - end;
        self.bytes[start..].rotate_right(length);
        self.lengths.insert(at, u8::try_from(length).expect("a name has 64 bytes at most, and nothing to escape"));
        self.listed.insert(at, nick);
    }

    fn unlist(&mut self, at: usize) {
        let start = self.start(at);
        let length = usize::from(self.lengths.remove(at));
        self.bytes.drain(start..start + length);
        self.listed.remove(at);
    }
}

impl Deref for Present {
    type Target = BTreeMap<Nick, Presence>;

    fn deref(&self) -> &Self::Target {
        &self.people
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    #[test]
    fn however_people_come_and_go_the_first_of_them_are_listed() {
        let mut present = Present::default();
        let mut here = Vec::new();
        let mut random = 7_u64;
        for step in 0..4_000 {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let nick = Nick::parse(&format!("N{}é", (random >> 33) % 900)).unwrap();
            if present.contains_key(&nick) {
                present.remove(&nick);
                here.retain(|one| *one != nick);
            } else {
                present.insert(nick.clone(), Presence { user: 0, sessions: 1 });
                here.push(nick);
            }
            if step % 50 == 0 {
                present.check();
            }
        }
        assert!(here.len() > LIST_MAX as usize || present.len() == here.len());
        for nick in here {
            assert!(present.remove(&nick).is_some());
        }
        present.check();
        assert!(present.is_empty() && present.encoded().is_empty());
    }
}
