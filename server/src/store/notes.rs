//! Notes that could not be stored, until they can be: nobody asks again for them.

use std::collections::BTreeMap;

use parlor_core::id::{IdentityId, LogId};
use parlor_core::store::Ask;

/// Most that are remembered; what comes beyond is lost, as all of it is if the program ends before there is room.
const NOTES_MAX: usize = 4_096;

/// What a note is about: a later one about the same takes its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum About {
    Seen(IdentityId),
    Present(IdentityId, LogId),
    Read(IdentityId, LogId),
}

/// Those that are owed to the database.
#[derive(Debug, Default)]
pub(super) struct Notes {
    owed: BTreeMap<About, Ask>,
}

impl Notes {
    /// It could not be stored. Questions that are asked again by whoever wants an answer are none of these.
    pub(super) fn remember(&mut self, ask: &Ask) {
        let about = match ask {
            Ask::Seen { identity, .. } => About::Seen(*identity),
            Ask::Present { identity, log, .. } => About::Present(*identity, *log),
            Ask::Read { identity, log, .. } => About::Read(*identity, *log),
            Ask::Verify(_)
            | Ask::Rename { .. }
            | Ask::Open(_)
            | Ask::Append(_)
            | Ask::Closed { .. }
            | Ask::History { .. }
            | Ask::Search(_)
            | Ask::Absent => return,
        };
        if self.owed.len() < NOTES_MAX || self.owed.contains_key(&about) {
            self.owed.insert(about, ask.clone());
        }
    }

    /// Somebody who was gone is here again.
    pub(super) fn is_here(&mut self, identity: IdentityId) {
        self.owed.remove(&About::Seen(identity));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.owed.is_empty()
    }

    /// All of them, for one transaction.
    pub(super) fn all(&self) -> Vec<Ask> {
        self.owed.values().cloned().collect()
    }

    /// They are stored.
    pub(super) fn clear(&mut self) {
        self.owed.clear();
    }
}
