//! Comings and goings not yet told, in rooms too large to tell each.

use alloc::vec::Vec;

use crate::name::Nick;
use crate::time::Instant;

/// Most people kept in mind; of further ones only their number is told.
const NAMES_MAX: usize = 128;

/// What a large room has to tell, and when.
#[derive(Debug, Default)]
pub(super) struct News {
    pub(super) names: Vec<Newly>,
    pub(super) due: Option<Instant>,
}

/// Somebody who came or went since the last telling.
#[derive(Debug)]
pub(super) struct Newly {
    pub(super) nick: Nick,
    /// Whether they were here at the last telling: what the members of that time believe.
    was: bool,
    /// Whether somebody else was given a list since in which they were missing, and one in which they were named.
    listed: [bool; 2],
}

impl Newly {
    /// Whether anybody believes otherwise than it is. Whoever came and went in between is no news to most.
    pub(super) fn is_news(&self, here: bool) -> bool {
        self.was != here || self.listed[usize::from(!here)]
    }
}

impl News {
    /// Somebody came, or went: who was here before that is known to be.
    pub(super) fn came_or_went(&mut self, nick: &Nick, was: bool) {
        let known = self.names.iter().any(|newly| newly.nick == *nick);
        if !known && self.names.len() < NAMES_MAX {
            self.names.push(Newly { nick: nick.clone(), was, listed: [false; 2] });
        }
    }

    /// Somebody of this name is told who is here now.
    pub(super) fn list_to(&mut self, reader: &Nick, here: impl Fn(&Nick) -> bool) {
        for newly in self.names.iter_mut().filter(|newly| newly.nick != *reader) {
            newly.listed[usize::from(here(&newly.nick))] = true;
        }
    }

    /// Everybody here is told at once that somebody has another name: who knew them by the old one knows the new one.
    /// Who had that name before, and left, does not take its present bearer along.
    pub(super) fn rename(&mut self, from: &Nick, to: &Nick) {
        let (newly, before) = (self.take(from), self.take(to));
        let Some(mut newly) = newly else { return };
        newly.nick = to.clone();
        if let Some(before) = before {
            newly.was |= before.was;
            newly.listed = [newly.listed[0] || before.listed[0], newly.listed[1] || before.listed[1]];
        }
        self.names.push(newly);
    }

    /// Somebody who went took another name since: whoever heard of that knows them by it, the others by the old one.
    pub(super) fn renamed_since(&mut self, from: &Nick, to: &Nick) {
        if self.names.iter().any(|newly| newly.nick == *from) {
            self.take(to);
            if self.names.len() >= NAMES_MAX {
                // Only their number is told, as of all the others there is no room for.
                return;
            }
            self.names.push(Newly { nick: to.clone(), was: true, listed: [true; 2] });
        }
    }

    /// Everybody was told otherwise of somebody who went.
    pub(super) fn forget(&mut self, nick: &Nick) {
        self.take(nick);
    }

    fn take(&mut self, nick: &Nick) -> Option<Newly> {
        let at = self.names.iter().position(|newly| newly.nick == *nick)?;
        Some(self.names.remove(at))
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
