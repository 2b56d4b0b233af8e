//! Who holds which name among those who are here: a bijection, under folding and under look-alike skeletons.

use alloc::collections::BTreeMap;

use crate::name::{LookAlike, Nick};

/// Who holds a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holder {
    /// A session whose name is being verified.
    Session(u32),
    /// A user who is here, or in grace.
    User(u32),
}

/// The names held. A name and its look-alikes are held together.
#[derive(Debug, Default)]
pub(super) struct Names(BTreeMap<LookAlike, Holder>);

impl Names {
    /// Who holds this name or one that looks the same.
    pub(super) fn holder(&self, nick: &Nick) -> Option<Holder> {
        self.0.get(LookAlike::key(nick)).copied()
    }

    /// Who holds exactly this name.
    pub(super) fn exact(&self, nick: &Nick) -> Option<Holder> {
        let (held, holder) = self.0.get_key_value(LookAlike::key(nick))?;
        (held.0 == *nick).then_some(*holder)
    }

    /// Gives a free name to somebody.
    pub(super) fn hold(&mut self, nick: &Nick, holder: Holder) {
        let earlier = self.0.insert(LookAlike(nick.clone()), holder);
        assert!(earlier.is_none(), "only a free name without look-alikes is given away");
    }

    /// Takes a name back from whoever holds it.
    pub(super) fn release(&mut self, nick: &Nick, holder: Holder) {
        let held = self.0.remove_entry(LookAlike::key(nick)).map(|(name, holder)| (name.0, holder));
        assert_eq!(held, Some((nick.clone(), holder)), "a name is taken back from its holder");
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}
