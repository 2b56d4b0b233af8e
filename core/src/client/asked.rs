//! Questions that a server answers under a reference, and what becomes of those it does not answer.

use alloc::format;
use alloc::string::String;

use super::words::Words;
use super::{Client, RoomKey};
use crate::id::MessageId;
use crate::vocabulary::{Command, Place, Request, Tag};

/// Questions open at once.
pub(super) const ASKED_MAX: usize = 1_024;

/// What a reference was given out for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// The newest page of a room; `front` if it belongs before all that is held.
    First { room: RoomKey, front: bool },
    /// A page before the oldest held.
    Older { room: RoomKey },
    /// A page of the hole, the one before this position.
    Fill { room: RoomKey, next: MessageId },
    /// A page to compare with what is held, the one up to this position.
    Compare { room: RoomKey, up_to: MessageId },
    /// The list of rooms, to be shown there.
    Rooms { room: RoomKey },
    /// The list of members, to be shown there.
    Names { room: RoomKey },
    /// Being let into a place.
    Join { room: Option<RoomKey>, place: Place },
    /// Another text for a message; answered by the change itself.
    Edit { room: RoomKey, target: MessageId, text: String },
    /// Taking a message back; answered by the change itself.
    Delete { room: RoomKey, target: MessageId },
    /// A page of what was found by the search of this number.
    Search { number: u64 },
    /// What stands around a message that was found, up to it or behind it, for the jump of this number.
    Around { number: u64, behind: bool },
    /// Anything whose refusal is to be shown there.
    Other { room: Option<RoomKey> },
}

impl Asked {
    pub(super) fn room(&self) -> Option<RoomKey> {
        match self {
            Asked::First { room, .. }
            | Asked::Older { room }
            | Asked::Fill { room, .. }
            | Asked::Compare { room, .. }
            | Asked::Rooms { room }
            | Asked::Names { room }
            | Asked::Edit { room, .. }
            | Asked::Delete { room, .. } => Some(*room),
            Asked::Join { room, .. } | Asked::Other { room } => *room,
            Asked::Search { .. } | Asked::Around { .. } => None,
        }
    }

    /// Whether a page answers it.
    pub(super) fn is_for_page(&self) -> bool {
        match self {
            Asked::First { .. }
            | Asked::Older { .. }
            | Asked::Fill { .. }
            | Asked::Compare { .. }
            | Asked::Search { .. }
            | Asked::Around { .. } => true,
            Asked::Rooms { .. }
            | Asked::Names { .. }
            | Asked::Join { .. }
            | Asked::Edit { .. }
            | Asked::Delete { .. }
            | Asked::Other { .. } => false,
        }
    }
}

impl Client {
    /// Sends a command whose direct answer or refusal is waited for.
    pub(super) fn request(&mut self, command: Command, asked: Asked) {
        if !self.is_online() {
            return;
        }
        // What is not answered in order is called otherwise, for whoever reads along.
        let kind = if matches!(asked, Asked::Search { .. }) { 's' } else { 'r' };
        let reference = Tag::parse(&format!("{kind}{}", self.count()));
        if self.asked.len() >= ASKED_MAX {
            self.forget_asked();
        }
        if let Some(reference) = &reference {
            self.asked.insert(reference.clone(), asked);
        }
        self.send(Request { command, reference });
    }

    /// What was asked under this reference, if this kind of answer answers it; another kind leaves it open.
    pub(super) fn answers(&mut self, reference: Option<&Tag>, fits: impl Fn(&Asked) -> bool) -> Option<Asked> {
        let reference = reference.filter(|reference| self.asked.get(*reference).is_some_and(fits))?;
        self.asked.remove(reference)
    }

    /// Makes room: what is answered by nothing but a refusal goes first.
    fn forget_asked(&mut self) {
        let other = self.asked.iter().find(|(_, asked)| matches!(asked, Asked::Other { .. }));
        let reference = other.or_else(|| self.asked.first_key_value()).map(|(reference, _)| reference.clone());
        if let Some(asked) = reference.and_then(|reference| self.asked.remove(&reference)) {
            self.refused_request(&asked, &self.words().unanswered());
        }
    }

    /// What was asked for will not come; a sentence says why, where anybody waits for it.
    pub(super) fn refused_request(&mut self, asked: &Asked, why: &str) {
        let index = asked.room().and_then(|key| self.index_of(key));
        match asked {
            Asked::Older { .. } => {
                if let Some(index) = index {
                    self.state.rooms[index].loading_older = false;
                    self.dirty = true;
                }
            }
            Asked::Fill { .. } => {
                if let Some(index) = index {
                    self.fill_refused(index);
                }
                return;
            }
            // Asked again with the next sign of life.
            Asked::Compare { .. } => return,
            Asked::Join { place, .. } => {
                if self.joining.as_ref() == Some(place) {
                    self.joining = None;
                }
            }
            Asked::Edit { text, .. } => {
                return self.error(index.unwrap_or(usize::MAX), &self.words().not_changed(why, text));
            }
            Asked::Search { number } => return self.search_refused(*number, why),
            Asked::Around { number, behind: _ } => return self.around_refused(*number, why),
            Asked::First { .. }
            | Asked::Rooms { .. }
            | Asked::Names { .. }
            | Asked::Delete { .. }
            | Asked::Other { .. } => {}
        }
        self.error(index.unwrap_or(usize::MAX), why);
    }

    /// The connection is gone: nothing will be answered. What people wait for says so; the rest is asked for again.
    pub(super) fn abandon_asked(&mut self) {
        for (_, asked) in core::mem::take(&mut self.asked) {
            match asked {
                Asked::Edit { .. } | Asked::Delete { .. } | Asked::Search { .. } | Asked::Around { .. } => {
                    self.refused_request(&asked, &self.words().lost_before_answer());
                }
                Asked::First { .. }
                | Asked::Older { .. }
                | Asked::Fill { .. }
                | Asked::Compare { .. }
                | Asked::Rooms { .. }
                | Asked::Names { .. }
                | Asked::Join { .. }
                | Asked::Other { .. } => {}
            }
        }
    }
}
