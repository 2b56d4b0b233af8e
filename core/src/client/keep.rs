//! What of a client survives its end: what was typed and not sent.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::time::Duration;

use super::intent::DRAFT_BYTES_MAX;
use super::rooms::ROOMS_MAX;
use super::{Client, Intent, Output, RoomKey};
use crate::name::RoomName;
use crate::time::Instant;
use crate::vocabulary::Place;

/// Between two tellings of what is to be kept.
const KEEP_INTERVAL: Duration = Duration::from_secs(1);

/// What a client keeps between two runs with one server under one name. It comes out by [`Output::Keep`], and goes
/// into the next run by [`super::Profile::keepsake`]. Plain data: whoever keeps it writes it down as it likes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Keepsake {
    /// What is typed and not sent, by place (`None`: a tutorial server's only room). Messages that the server had not
    /// confirmed when the client ended stand in front of it, a line each. At most 256, each at most 64 KiB and
    /// [`Keepsake::BYTES_MAX`] together, each place once.
    pub drafts: Vec<(Option<Place>, String)>,
    /// Nicknames of people whose messages are not shown.
    pub ignored: Vec<String>,
}

impl Keepsake {
    /// Most bytes of text in all drafts together.
    pub const BYTES_MAX: usize = 512 * 1024;

    /// Adds to what is kept of a place, in front of it, as far as there is room.
    fn prepend(&mut self, place: &Option<Place>, text: &str) {
        let total: usize = self.drafts.iter().map(|(_, draft)| draft.len() + 1).sum();
        let room = Self::BYTES_MAX.saturating_sub(total);
        if text.len() >= room {
            return;
        }
        match self.drafts.iter().position(|(of, _)| of == place) {
            Some(at) if self.drafts[at].1.len() + text.len() < DRAFT_BYTES_MAX => {
                let draft = &mut self.drafts[at].1;
                *draft = alloc::format!("{text}\n{draft}");
            }
            None if text.len() <= DRAFT_BYTES_MAX && self.drafts.len() < ROOMS_MAX => {
                self.drafts.push((place.clone(), text.into()));
            }
            Some(_) | None => {}
        }
    }
}

/// What there is to keep, and when it was told last.
#[derive(Debug)]
pub(super) struct Keeping {
    /// What was kept last.
    kept: Keepsake,
    /// Something may have changed since.
    pub(super) changed: bool,
    /// Before this, nothing is told.
    pub(super) next: Instant,
    /// Drafts of places that have not appeared yet.
    waiting: Vec<(Option<Place>, String)>,
    /// Messages that nobody will send any more: where, and what.
    rescued: Option<Vec<(Option<Place>, String)>>,
}

impl Keeping {
    pub(super) fn new(mut kept: Keepsake) -> Self {
        kept.drafts.truncate(ROOMS_MAX);
        let waiting = kept.drafts.clone();
        Self { kept, changed: false, next: Instant::ZERO, waiting, rescued: None }
    }

    /// The draft that waited for this place to appear.
    pub(super) fn draft_of(&mut self, place: Option<&Place>) -> String {
        let at = self.waiting.iter().position(|(of, _)| of.as_ref() == place);
        at.map_or_else(String::new, |at| self.waiting.swap_remove(at).1)
    }
}

impl Client {
    /// Tells what is to be kept, at most once a second, and once more before all is over.
    pub(super) fn keep(&mut self) {
        let over = self.leave.as_ref().is_some_and(|leave| leave.done);
        if !over && (!self.keeping.changed || self.now.instant < self.keeping.next) {
            return;
        }
        self.keeping.changed = false;
        let keepsake = self.keepsake();
        if keepsake != self.keeping.kept {
            self.keeping.next = self.now.instant + KEEP_INTERVAL;
            self.keeping.kept = keepsake.clone();
            self.outputs.push_back(Output::Keep(keepsake));
        }
    }

    /// Everything that is to be kept now.
    fn keepsake(&self) -> Keepsake {
        let mut keepsake = Keepsake { drafts: Vec::new(), ignored: self.state.ignored.clone() };
        let drafts = self.state.rooms.iter().map(|room| (&room.place, &room.draft));
        let waiting = self.keeping.waiting.iter().map(|(place, draft)| (place, draft));
        for (place, draft) in drafts.chain(waiting).filter(|(_, draft)| !draft.is_empty()) {
            keepsake.prepend(place, draft);
        }
        // While one is in, what was sent is confirmed soon enough; a program may end at any time where one is not.
        let unsent = match &self.keeping.rescued {
            Some(rescued) => rescued.clone(),
            None if self.is_online() => Vec::new(),
            None => self.unsent_texts(),
        };
        for (place, text) in unsent.iter().rev() {
            keepsake.prepend(place, text);
        }
        keepsake
    }

    /// Nobody will send what waits: it is kept. To be called before it is forgotten.
    pub(super) fn rescue(&mut self) {
        if self.keeping.rescued.is_none() {
            self.keeping.rescued = Some(self.unsent_texts());
        }
    }

    /// What the server has not confirmed, in the order in which it was typed.
    fn unsent_texts(&self) -> Vec<(Option<Place>, String)> {
        let place_of = |key: RoomKey| self.index_of(key).map(|index| self.state.rooms[index].place.clone());
        let pending = self.pending.iter().filter(|pending| !pending.overdue).filter_map(|pending| {
            let text = pending.text.as_str();
            let typed = match (pending.action, text.starts_with('/')) {
                (true, _) => alloc::format!("/me {text}"),
                (false, true) => alloc::format!("/{text}"),
                (false, false) => text.to_string(),
            };
            Some((place_of(pending.room)?, typed))
        });
        // What was typed before there was any room was meant for the first one.
        let first = match (self.state.shown_room(), self.is_native()) {
            (Some(room), _) => room.place.clone(),
            (None, true) => Some(Place::Room(self.profile.room.clone().unwrap_or_else(RoomName::lobby))),
            (None, false) => None,
        };
        let early = self.early.iter().filter_map(|intent| match intent {
            Intent::Submit(text) | Intent::Say(text) => Some((first.clone(), text.clone())),
            _ => None,
        });
        pending.chain(early).collect()
    }
}
