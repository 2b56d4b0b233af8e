//! What was done to a disk, in order.

use std::ops::Index;
use std::sync::Arc;

/// A file of a disk, whatever it is called: a name that is deleted and created again means another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FileId(pub(crate) usize);

/// One thing that was done to a disk, and that succeeded unless its name says otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// The file was there when it was first opened: safe, name and content.
    Found {
        /// Which file.
        file: FileId,
        /// Its name, without the directory.
        name: String,
        /// Its content.
        bytes: Arc<[u8]>,
    },
    /// An empty file was created.
    Created {
        /// Which file.
        file: FileId,
        /// Its name, without the directory.
        name: String,
    },
    /// Bytes were written.
    Wrote {
        /// Into which file.
        file: FileId,
        /// Where, in bytes from its start.
        offset: u64,
        /// What.
        bytes: Arc<[u8]>,
    },
    /// The file was cut.
    Truncated {
        /// Which file.
        file: FileId,
        /// How many bytes are left.
        size: u64,
    },
    /// The file was synced.
    Synced {
        /// Which file.
        file: FileId,
        /// Whether its directory was synced with it.
        directory: bool,
    },
    /// The file was to be synced, and an error was answered.
    SyncFailed {
        /// Which file.
        file: FileId,
    },
    /// A name was taken out of the directory.
    Deleted {
        /// Which.
        name: String,
        /// Whether the directory was synced after it.
        directory: bool,
    },
}

impl Change {
    /// Whether something became safe by it.
    pub fn is_sync(&self) -> bool {
        match self {
            Self::Synced { .. } => true,
            Self::Deleted { directory, .. } => *directory,
            Self::Found { .. }
            | Self::Created { .. }
            | Self::Wrote { .. }
            | Self::Truncated { .. }
            | Self::SyncFailed { .. } => false,
        }
    }
}

/// What was done to a disk up to a moment: a list of changes. The position `n` of a journal is the moment before its
/// change number `n`, counted from 0.
#[derive(Clone, Debug, Default)]
pub struct Journal {
    changes: Vec<Change>,
}

impl Journal {
    /// How many changes there are; the last position.
    pub fn len(&self) -> usize {
        self.changes.len()
    }

    /// Whether nothing was done.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// All changes, from the first on.
    pub fn iter(&self) -> impl Iterator<Item = &Change> {
        self.changes.iter()
    }

    /// The positions right before each sync: as much as ever is unsafe there.
    pub fn syncs(&self) -> impl Iterator<Item = usize> {
        self.changes.iter().enumerate().filter(|(_, change)| change.is_sync()).map(|(position, _)| position)
    }

    pub(crate) fn push(&mut self, change: Change) {
        self.changes.push(change);
    }
}

impl Index<usize> for Journal {
    type Output = Change;

    fn index(&self, position: usize) -> &Change {
        &self.changes[position]
    }
}
