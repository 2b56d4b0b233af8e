//! Who holds which name among those who are here: a bijection, under folding and under look-alike skeletons.

use alloc::collections::BTreeMap;
use alloc::string::String;

use crate::name::Nick;

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
pub(super) struct Names {
    by_fold: BTreeMap<String, Holder>,
    by_skeleton: BTreeMap<String, Holder>,
}

impl Names {
    /// Who holds this name or one that looks the same.
    pub(super) fn holder(&self, nick: &Nick) -> Option<Holder> {
        self.by_fold.get(nick.fold()).or_else(|| self.by_skeleton.get(nick.skeleton())).copied()
    }

    /// Who holds exactly this name.
    pub(super) fn exact(&self, nick: &Nick) -> Option<Holder> {
        self.by_fold.get(nick.fold()).copied()
    }

    /// Gives a free name to somebody.
    pub(super) fn hold(&mut self, nick: &Nick, holder: Holder) {
        let fold = self.by_fold.insert(nick.fold().into(), holder);
        let skeleton = self.by_skeleton.insert(nick.skeleton().into(), holder);
        assert!(fold.is_none(), "only a free name is given away");
        assert!(skeleton.is_none(), "only a name without look-alikes is given away");
    }

    /// Takes a name back from whoever holds it.
    pub(super) fn release(&mut self, nick: &Nick, holder: Holder) {
        let fold = self.by_fold.remove(nick.fold());
        let skeleton = self.by_skeleton.remove(nick.skeleton());
        assert_eq!(fold, Some(holder), "a name is taken back from its holder");
        assert_eq!(skeleton, Some(holder), "a skeleton is taken back from its holder");
    }

    pub(super) fn len(&self) -> usize {
        assert_eq!(self.by_fold.len(), self.by_skeleton.len());
        self.by_fold.len()
    }
}
