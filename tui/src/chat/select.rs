//! A message selected by keys, and what can be done with it: copy, correct, take back, send again, open its link.

use cursive::event::EventResult;
use parlor_core::client::{Delivery, Entry, EntryKey, EntryKind, Intent, Link, Room};

use super::Chat;
use crate::app;
use crate::links::{self, Found};
use crate::words::Words;

/// With fewer cells to type in, the status line tells no day: what the keys do would be cut off.
const DATE_CELLS_MIN: usize = 50;

impl Chat {
    /// Selects the next older message (`-1`) or newer (`1`); the first time the newest in sight. Behind the newest, none
    /// is selected.
    pub(super) fn select(&mut self, by: isize) {
        let Some(shown) = self.shown else { return };
        let mut place = self.place();
        let state = self.session.state();
        let Some(room) = state.rooms.iter().find(|room| room.key == shown) else { return };
        let is_message = |entry: &&Entry| matches!(entry.kind, EntryKind::Message { .. }) && !entry.is_hidden();
        let at = self.log.selected().and_then(|key| room.timeline.position(key));
        let next = match at {
            Some(at) if by < 0 => room.timeline.iter().take(at).rfind(is_message).or(room.timeline.get(at)),
            Some(at) => room.timeline.iter().skip(at + 1).find(is_message),
            None if by < 0 => {
                let sight = self.log.in_sight();
                room.timeline.iter().rev().filter(is_message).find(|entry| sight.contains(&entry.key))
            }
            None => None,
        };
        let next = next.map(|entry| entry.key);
        if let Some(key) = next.filter(|key| !self.log.in_sight().contains(key)) {
            self.log.reveal(room, &mut place, key);
        }
        drop(state);
        self.log.select(next);
        self.sure = None;
        self.places.insert(shown, place);
        self.tell_look();
        if next.is_none() && by < 0 {
            self.flash = Some(self.look.language.no_message());
        }
    }

    /// What the status line says while a message is answered.
    pub(super) fn about_answered(&self, room: &Room) -> Option<String> {
        let entry = room.timeline.get(room.timeline.position(self.replying?)?)?;
        Some(self.look.language.replying(crate::lay::isolated(entry.who())))
    }

    /// What the status line says of the selected message.
    pub(super) fn about_selected(&self, room: &Room) -> Option<String> {
        let at = room.timeline.position(self.log.selected()?)?;
        let entry = room.timeline.get(at)?;
        let roomy = self.box_cells >= DATE_CELLS_MIN;
        let (when, language) = (crate::lay::isolated(&self.log.when(entry, roomy)), self.look.language);
        Some(match has_failed(entry) {
            true => language.selected_failed(when),
            false => language.selected(when),
        })
    }

    /// Copies the selected message or the newest: its text as it was written, by the terminal's clipboard.
    pub(super) fn copy(&mut self) {
        let newest = |room: &Room| {
            let is_message = |entry: &&Entry| {
                matches!(entry.kind, EntryKind::Message { .. }) && !entry.is_deleted() && !entry.is_hidden()
            };
            room.timeline.iter().rfind(is_message).map(|entry| entry.key)
        };
        let newest = |room: &Room| newest(room).and_then(|key| room.timeline.position(key));
        let text = {
            let state = self.session.state();
            state.shown_room().and_then(|room| {
                let selected = self.log.selected().and_then(|key| room.timeline.position(key));
                let at = selected.or_else(|| newest(room))?;
                room.timeline.get(at).map(|entry| entry.what().to_owned())
            })
        };
        self.flash = Some(match text {
            Some(text) => {
                self.caret.tell(&crate::clipboard::copying(&text));
                self.look.language.copied()
            }
            None => self.look.language.no_message(),
        });
    }

    /// The next message answers the selected one, or the newest of somebody else.
    pub(super) fn reply(&mut self) {
        let chosen = {
            let state = self.session.state();
            let room = state.shown_room();
            let selected = room.and_then(|room| room.timeline.get(room.timeline.position(self.log.selected()?)?));
            let said = |entry: &&Entry| entry.id.is_some() && !entry.is_deleted();
            let answered = selected.map_or_else(|| room.and_then(Room::last_other), |entry| Some(entry).filter(said));
            answered.map(|entry| entry.key)
        };
        match chosen {
            Some(chosen) => {
                if self.correcting.is_some() {
                    self.stop_correcting();
                }
                self.log.select(None);
                self.replying = Some(chosen);
            }
            None => self.flash = Some(self.look.language.no_message()),
        }
    }

    /// Takes the selected message into the box, or the last of one's own.
    pub(super) fn correct_selected(&mut self) {
        let chosen = {
            let state = self.session.state();
            let room = state.shown_room();
            let selected = room.and_then(|room| room.timeline.get(room.timeline.position(self.log.selected()?)?));
            let own = |entry: &&Entry| entry.is_mine() && entry.id.is_some() && !entry.is_deleted();
            match selected {
                Some(entry) => Some(entry).filter(own),
                None => room.and_then(Room::last_own),
            }
            .map(|entry| (entry.key, entry.what().to_owned()))
        };
        match chosen {
            Some((key, text)) => self.begin_correcting(key, &text),
            None => self.flash = Some(self.look.language.not_yours()),
        }
    }

    /// Takes the selected message back; asked for twice.
    pub(super) fn delete_selected(&mut self) {
        let chosen = {
            let state = self.session.state();
            let room = state.shown_room();
            let selected = room.and_then(|room| room.timeline.get(room.timeline.position(self.log.selected()?)?));
            let operator = room.is_some_and(|room| room.operator);
            let may = |entry: &&Entry| (entry.is_mine() || operator) && entry.id.is_some() && !entry.is_deleted();
            selected.filter(may).map(|entry| entry.key)
        };
        match chosen {
            None => self.flash = Some(self.look.language.not_yours()),
            Some(entry) if self.sure == Some(Sure::Delete(entry)) => {
                self.sure = None;
                self.log.select(None);
                self.session.intent(Intent::Delete { entry });
            }
            Some(entry) => {
                self.sure = Some(Sure::Delete(entry));
                self.flash = Some(self.look.language.really_delete());
            }
        }
    }

    /// Opens the link of the selected message, or the newest.
    pub(super) fn open_selected(&mut self) -> EventResult {
        let link = {
            let state = self.session.state();
            state.shown_room().and_then(|room| match self.log.selected() {
                Some(key) => room.timeline.get(room.timeline.position(key)?).and_then(|entry| links::of(entry).next()),
                None => links::newest(room).next(),
            })
        };
        self.open(link)
    }

    /// Opens a link; one that may lead elsewhere than it seems when it is asked for twice.
    pub(super) fn open(&mut self, link: Option<Found>) -> EventResult {
        let Some(Found { url, host, suspicious }) = link else {
            self.flash = Some(self.look.language.no_link());
            return EventResult::consumed();
        };
        if suspicious && self.sure.as_ref() != Some(&Sure::Open(url.clone())) {
            self.flash = Some(self.look.language.deceiving(crate::lay::isolated(&host)));
            self.sure = Some(Sure::Open(url));
            return EventResult::consumed();
        }
        self.sure = None;
        self.flash = Some(self.look.language.opened(crate::lay::isolated(&url)));
        EventResult::with_cb(move |siv| app::open_link(siv, &url))
    }

    /// Connects now, or sends the last message again that did not get through.
    pub(super) fn again(&mut self) {
        let intent = {
            let state = self.session.state();
            match state.link {
                Link::Waiting { .. } | Link::Closed { .. } => Some(Intent::RetryNow),
                Link::Online => {
                    let room = state.rooms.get(state.shown);
                    let selected =
                        room.and_then(|room| room.timeline.get(room.timeline.position(self.log.selected()?)?));
                    let failed = selected.filter(|entry| has_failed(entry)).map(|entry| entry.key);
                    failed.or_else(|| room.and_then(last_failed)).map(Intent::Resend)
                }
                Link::Connecting { .. } | Link::Greeting | Link::Leaving => None,
            }
        };
        match intent {
            Some(intent) => self.session.intent(intent),
            None => self.flash = Some(self.look.language.nothing_again()),
        }
    }
}

/// What is done when it is asked for a second time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Sure {
    /// A message is taken back.
    Delete(EntryKey),
    /// A link is opened that may lead elsewhere than it seems.
    Open(String),
}

fn has_failed(entry: &Entry) -> bool {
    matches!(entry.delivery(), Some(Delivery::Failed(_) | Delivery::Unconfirmed))
}

/// The newest message that did not get through.
fn last_failed(room: &Room) -> Option<EntryKey> {
    room.timeline.iter().rfind(|entry| has_failed(entry)).map(|entry| entry.key)
}
