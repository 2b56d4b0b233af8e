//! What of a client survives its end: what was typed and not sent.

use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use super::intent::DRAFT_BYTES_MAX;
use super::pending::PENDING_MAX;
use super::reading::names;
use super::rooms::ROOMS_MAX;
use super::{Client, EntryKey, Intent, Output};
use crate::name::RoomName;
use crate::time::Instant;
use crate::vocabulary::{Place, Tag};

/// Between two tellings of what is to be kept.
const KEEP_INTERVAL: Duration = Duration::from_secs(1);

/// What a client keeps between two runs with one server under one name. It comes out by [`Output::Keep`], and goes
/// into the next run by [`super::Profile::keepsake`]. Plain data: whoever keeps it writes it down as it likes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Keepsake {
    /// What is typed and not sent, by place (`None`: a tutorial server's only room). Messages that still waited for the
    /// server when the client ended stand in front of it, each as it is to be typed; of a place with several, each comes
    /// back once the one before it was sent. Those that the person was told of as failed or not confirmed are not kept.
    /// At most [`Keepsake::DRAFTS_MAX`], each at most 64 KiB and [`Keepsake::BYTES_MAX`] together.
    pub drafts: Vec<(Option<Place>, String)>,
    /// Nicknames of people whose messages are not shown.
    pub ignored: Vec<String>,
}

impl Keepsake {
    /// Most drafts.
    pub const DRAFTS_MAX: usize = ROOMS_MAX + PENDING_MAX;
    /// Most bytes of text in all drafts together.
    pub const BYTES_MAX: usize = 512 * 1024;
}

/// A message that is not confirmed: where, and what is typed to say it. A native one has a nonce once it was sent.
#[derive(Clone, Debug)]
struct Unsent {
    nonce: Option<Tag>,
    place: Option<Place>,
    text: String,
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
    /// Drafts of places that have not appeared yet, and those behind the one that stands in its room.
    waiting: Vec<(Option<Place>, String)>,
    /// What is typed while there is no room yet.
    pub(super) typed: String,
    /// Messages that nobody will send any more.
    rescued: Option<Vec<Unsent>>,
}

impl Keeping {
    pub(super) fn new(mut kept: Keepsake) -> Self {
        kept.drafts.truncate(Keepsake::DRAFTS_MAX);
        let waiting = kept.drafts.clone();
        Self { kept, changed: false, next: Instant::ZERO, waiting, typed: String::new(), rescued: None }
    }

    /// The first draft that waits for this place.
    fn draft_of(&mut self, place: Option<&Place>) -> Option<String> {
        let at = self.waiting.iter().position(|(of, _)| of.as_ref() == place)?;
        Some(self.waiting.remove(at).1)
    }

    /// A draft that another one stands in front of comes back before those that wait for its place.
    pub(super) fn put_back(&mut self, place: &Option<Place>, draft: String) {
        if !draft.is_empty() {
            self.waiting.insert(0, (place.clone(), draft));
        }
    }

    /// The server has a message after all, behind the goodbye: nobody is to say it again.
    pub(super) fn confirmed(&mut self, nonce: &Tag) {
        if let Some(rescued) = &mut self.rescued {
            rescued.retain(|unsent| unsent.nonce.as_ref() != Some(nonce));
            self.changed = true;
        }
    }

    /// A place is called otherwise.
    pub(super) fn moved(&mut self, from: &Place, to: &Place) {
        for (place, _) in self.waiting.iter_mut().filter(|(place, _)| place.as_ref() == Some(from)) {
            *place = Some(to.clone());
        }
        self.changed = true;
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

    /// Gives a room that appears what was typed for it. What is typed before there is any room is meant for the first
    /// one, and stands in front of what was kept.
    pub(super) fn first_draft(&mut self, place: Option<&Place>) -> String {
        match self.state.rooms.is_empty() {
            true if !self.keeping.typed.is_empty() => core::mem::take(&mut self.keeping.typed),
            true | false => self.keeping.draft_of(place).unwrap_or_default(),
        }
    }

    /// A room whose box is empty because its draft was sent, or because one comes there, has the next one that waits.
    pub(super) fn next_draft(&mut self, index: usize) {
        let Some(room) = self.state.rooms.get_mut(index).filter(|room| room.draft.is_empty()) else { return };
        if let Some(draft) = self.keeping.draft_of(room.place.as_ref()) {
            room.draft = draft;
            self.keeping.changed = true;
            self.dirty = true;
        }
    }

    /// Everything that is to be kept now. Where that is too much, what is being typed goes before what was not confirmed,
    /// and of that the newest.
    fn keepsake(&self) -> Keepsake {
        let rooms = self.state.rooms.iter().map(|room| (room.place.clone(), room.draft.clone()));
        let typed = (self.first_place(), self.keeping.typed.clone());
        let drafts = rooms.chain([typed]).chain(self.keeping.waiting.iter().cloned());
        // While one is in, what was sent is confirmed soon enough; a program may end at any time where one is not.
        let unsent = match &self.keeping.rescued {
            Some(rescued) => rescued.clone(),
            None if self.is_online() => Vec::new(),
            None => self.unsent_texts(),
        };
        let unsent = unsent.into_iter().map(|unsent| (unsent.place, unsent.text));
        let (mut bytes, mut count) = (0, 0);
        let mut fits = |(_, text): &(Option<Place>, String)| {
            let fits = !text.is_empty()
                && text.len() <= DRAFT_BYTES_MAX
                && bytes + text.len() <= Keepsake::BYTES_MAX
                && count < Keepsake::DRAFTS_MAX;
            if fits {
                bytes += text.len();
                count += 1;
            }
            fits
        };
        let drafts: Vec<_> = drafts.filter(&mut fits).collect();
        let mut kept: Vec<_> = unsent.rev().filter(&mut fits).collect();
        kept.reverse();
        kept.extend(drafts);
        Keepsake { drafts: kept, ignored: self.state.ignored.clone() }
    }

    /// Nobody will send what waits: it is kept. To be called before it is forgotten.
    pub(super) fn rescue(&mut self) {
        if self.keeping.rescued.is_none() {
            self.keeping.rescued = Some(self.unsent_texts());
        }
    }

    /// What the server has not confirmed, in the order in which it was typed, and so that it says the same when it is
    /// typed again.
    fn unsent_texts(&self) -> Vec<Unsent> {
        let pending = self.pending.iter().filter(|pending| !pending.overdue).filter_map(|pending| {
            let index = self.index_of(pending.room)?;
            let text = pending.text.as_str();
            let text = match (pending.action, self.spoken_to(index, pending.reply)) {
                (true, _) => alloc::format!("/me {text}"),
                // Which message it answers cannot be typed, but whom.
                (false, Some(nick)) if !names(nick, text) => escaped(&alloc::format!("{nick}: {text}")),
                (false, _) => escaped(text),
            };
            Some(Unsent { nonce: Some(pending.nonce.clone()), place: self.state.rooms[index].place.clone(), text })
        });
        // What was typed before there was any room was meant for the first one.
        let first = |text| Some(Unsent { nonce: None, place: self.first_place(), text });
        let early = self.early.iter().filter_map(|intent| match intent {
            Intent::Submit(text) => first(text.clone()),
            Intent::Say(text) => first(escaped(text)),
            _ => None,
        });
        pending.chain(early).collect()
    }

    /// Whom a message of one's own answers, if that is somebody else.
    fn spoken_to(&self, index: usize, target: Option<EntryKey>) -> Option<&str> {
        let timeline = &self.state.rooms[index].timeline;
        let target = timeline.get(timeline.position(target?)?)?;
        Some(target.who()).filter(|nick| !target.is_mine() && !target.is_deleted() && !nick.is_empty())
    }

    /// The room that is shown, or that will be.
    fn first_place(&self) -> Option<Place> {
        match (self.state.shown_room(), self.is_native()) {
            (Some(room), _) => room.place.clone(),
            (None, true) => Some(Place::Room(self.profile.room.clone().unwrap_or_else(RoomName::lobby))),
            (None, false) => None,
        }
    }
}

/// A text as it is typed so that it is no command.
fn escaped(text: &str) -> String {
    if text.starts_with('/') { alloc::format!("/{text}") } else { text.into() }
}
