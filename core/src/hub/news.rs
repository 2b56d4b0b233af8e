//! Comings and goings not yet told, in rooms too large to tell each.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use crate::name::Nick;
use crate::time::Instant;

/// Most people kept in mind; of further ones only their number is told.
const NAMES_MAX: usize = 128;

/// What a large room has to tell, and when.
#[derive(Debug, Default)]
pub(super) struct News {
    names: BTreeMap<Nick, Newly>,
    pub(super) due: Option<Instant>,
    /// How often somebody was given a list of who is here.
    lists: u64,
    /// Counts who came or went, for the order of telling.
    next: u64,
}

/// Somebody who came or went since the last telling.
#[derive(Debug)]
pub(super) struct Newly {
    order: u64,
    /// Whether they were here at the last telling: what the members of that time believe.
    was: bool,
    /// Whether they are here now, and how many of the lists until now do not say so, their own among them.
    here: bool,
    since: u64,
    /// Whether somebody else was given a list since in which they were missing, and one in which they were named.
    listed: [bool; 2],
}

impl Newly {
    /// Whether anybody believes otherwise than it is. Whoever came and went in between is no news to most.
    fn is_news(&self) -> bool {
        self.was != self.here || self.listed[usize::from(!self.here)]
    }

    /// Takes in what the lists have said of them.
    fn settle(&mut self, lists: u64) {
        self.listed[usize::from(self.here)] |= lists > self.since;
        self.since = lists;
    }
}

impl News {
    /// Somebody came, or went: who was here before that is known to be.
    pub(super) fn came_or_went(&mut self, nick: &Nick, was: bool) {
        let lists = self.lists;
        if let Some(newly) = self.names.get_mut(nick) {
            newly.settle(lists);
            newly.here = !was;
        } else if self.names.len() < NAMES_MAX {
            self.put(nick, Newly { order: 0, was, here: !was, since: lists, listed: [false; 2] });
        }
    }

    /// Somebody of this name is told who is here now. Who came or went is not looked at: each knows how many lists
    /// there had been.
    pub(super) fn list_to(&mut self, reader: &Nick) {
        self.lists += 1;
        if let Some(newly) = self.names.get_mut(reader) {
            newly.since += 1;
        }
    }

    /// Everything there is to tell, in the order in which it came about; there is nothing more then.
    pub(super) fn take_all(&mut self) -> Vec<(Nick, bool)> {
        let lists = self.lists;
        let mut told: Vec<(Nick, Newly)> = core::mem::take(&mut self.names).into_iter().collect();
        told.sort_unstable_by_key(|(_, newly)| newly.order);
        told.iter_mut().for_each(|(_, newly)| newly.settle(lists));
        told.into_iter().filter(|(_, newly)| newly.is_news()).map(|(nick, newly)| (nick, newly.here)).collect()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// Asserts that it is known who is here.
    pub(super) fn check(&self, here: impl Fn(&Nick) -> bool) {
        for (nick, newly) in &self.names {
            assert_eq!(newly.here, here(nick), "whoever came is here, and whoever went is not");
        }
    }

    /// Everybody here is told at once that somebody has another name: who knew them by the old one knows the new one.
    /// Who had that name before, and left, does not take its present bearer along.
    pub(super) fn rename(&mut self, from: &Nick, to: &Nick) {
        let (newly, before) = (self.names.remove(from), self.names.remove(to));
        let Some(mut newly) = newly else { return };
        if let Some(mut before) = before {
            before.settle(self.lists);
            newly.was |= before.was;
            newly.listed = [newly.listed[0] || before.listed[0], newly.listed[1] || before.listed[1]];
        }
        self.put(to, newly);
    }

    /// Somebody who went took another name since: whoever heard of that knows them by it, the others by the old one.
    pub(super) fn renamed_since(&mut self, from: &Nick, to: &Nick) {
        if self.names.contains_key(from) {
            self.names.remove(to);
            if self.names.len() >= NAMES_MAX {
                // Only their number is told, as of all the others there is no room for.
                return;
            }
            self.put(to, Newly { order: 0, was: true, here: false, since: self.lists, listed: [true; 2] });
        }
    }

    /// Everybody was told otherwise of somebody who went.
    pub(super) fn forget(&mut self, nick: &Nick) {
        self.names.remove(nick);
    }

    fn put(&mut self, nick: &Nick, newly: Newly) {
        self.next += 1;
        self.names.insert(nick.clone(), Newly { order: self.next, ..newly });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    #[test]
    fn whoever_went_and_takes_one_name_after_another_is_kept_in_mind_within_the_bound() {
        let name = |number: usize| Nick::parse(&format!("n{number}")).expect("a name");
        let mut news = News::default();
        news.came_or_went(&name(0), true);
        for number in 0..2 * NAMES_MAX {
            news.renamed_since(&name(number), &name(number + 1));
        }
        assert_eq!(news.names.len(), NAMES_MAX);
        // A name that is in mind already costs no further place.
        news.renamed_since(&name(1), &name(0));
        assert_eq!(news.names.len(), NAMES_MAX);
    }
}
