//! Answers: which message one answers, and what that one reads.

use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;

use unicode_segmentation::UnicodeSegmentation;

use super::words::Words;
use super::{Client, Entry, EntryKey, EntryKind, Revision, Room};
use crate::id::MessageId;
use crate::vocabulary::{Message, Place};

/// Graphemes of a message that are quoted.
const EXCERPT_GRAPHEMES_MAX: usize = 80;

/// That a message answers another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The position of the other one in the log of the room; [`super::Intent::Jump`] goes there.
    pub id: MessageId,
    /// It answers something that oneself has said, as far as that is known.
    pub to_me: bool,
}

/// What stands above an answer: the message it answers, as it reads now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quote {
    /// Where it stands in the room's timeline.
    pub entry: EntryKey,
    /// Its position in the log; [`super::Intent::Jump`] goes there.
    pub id: MessageId,
    /// Who said it.
    pub from: String,
    /// Its beginning on one line, at most 80 graphemes and `…` where there is more, in logical order; of a message that
    /// was taken back the word for that.
    pub excerpt: String,
}

impl Room {
    /// The message that an entry of this room answers. `None` where it answers none, and where that one is not held,
    /// or nobody wants to see it: [`Entry::reply`] still says which it is. Costs a look through the timeline.
    pub fn reply_of(&self, entry: &Entry) -> Option<Quote> {
        let id = entry.reply?.id;
        let target = self.timeline.get(self.timeline.find(id)?)?;
        let EntryKind::Message { from, text, .. } = &target.kind else { return None };
        if target.is_hidden() {
            return None;
        }
        Some(Quote { entry: target.key, id, from: from.clone(), excerpt: excerpt(text) })
    }

    /// The newest message of somebody else here that can be answered: what `/reply` means.
    pub fn last_other(&self) -> Option<&Entry> {
        self.timeline.iter().rev().find(|entry| {
            let others = matches!(entry.kind, EntryKind::Message { mine: false, .. });
            others && entry.id.is_some() && !entry.is_deleted() && !entry.is_hidden()
        })
    }
}

/// The beginning of a text, on one line.
fn excerpt(text: &str) -> String {
    let mut excerpt = String::new();
    for (count, grapheme) in text.graphemes(true).enumerate() {
        if count == EXCERPT_GRAPHEMES_MAX {
            excerpt.truncate(excerpt.trim_end().len());
            excerpt.push('…');
            return excerpt;
        }
        let space = grapheme.chars().all(char::is_whitespace);
        excerpt.push_str(if space { " " } else { grapheme });
    }
    excerpt
}

impl Client {
    /// Answers a message, in its own room. Where nobody knows any more which room that is, nothing is said: what is
    /// meant for some must not be read by others.
    pub(super) fn reply(&mut self, target: EntryKey, text: &str) {
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        let text = text.trim_end_matches('\n');
        if text.trim().is_empty() {
            return;
        }
        let holder = self.holder_of(target).map(|(index, _)| index).or((!self.is_native()).then_some(self.state.shown));
        let index = holder.unwrap_or(self.state.shown);
        let Some(room) = self.state.rooms.get_mut(index) else { return };
        room.book.recall.push(text);
        if room.draft == text {
            room.draft.clear();
        }
        let said = match holder {
            Some(index) if self.is_native() => self.say_in_reply(index, text, false, Some(target)),
            Some(index) => self.say_to_tutorial(index, text),
            None => Err(self.words().answered_gone()),
        };
        if let Err(why) = said {
            self.error(index, &why);
            let draft = &mut self.state.rooms[index].draft;
            if draft.is_empty() {
                *draft = text.into();
            }
        }
        self.next_draft(index);
        self.keeping.changed = true;
        self.dirty = true;
    }

    /// Answers the newest message of somebody else in the shown room.
    ///
    /// # Errors
    /// One plain sentence if there is none, or it cannot even be tried.
    pub(super) fn reply_to_last(&mut self, text: &str) -> Result<(), String> {
        if !self.is_native() {
            return Err(self.words().one_room());
        }
        if text.is_empty() {
            return Err(self.words().write_reply());
        }
        let last = self.state.shown_room().and_then(Room::last_other).map(|entry| entry.key);
        let target = last.ok_or_else(|| self.words().nothing_to_answer())?;
        self.say_in_reply(self.state.shown, text, false, Some(target))
    }

    /// What is known of a reply in a room by the position it answers.
    pub(super) fn reply_at(&self, index: usize, id: MessageId) -> Reply {
        let timeline = &self.state.rooms[index].timeline;
        let target = timeline.find(id).and_then(|at| timeline.get(at));
        Reply { id, to_me: target.is_some_and(Entry::is_mine) }
    }

    /// The reply that a pending message is, as far as the one it answers is still there.
    pub(super) fn reply_to(&self, index: usize, target: Option<EntryKey>) -> Option<MessageId> {
        let timeline = &self.state.rooms[index].timeline;
        let target = timeline.get(timeline.position(target?)?)?;
        target.id.filter(|_| !target.is_deleted())
    }

    /// Notes on an entry what it answers. Whoever is answered is called as if they were named.
    pub(super) fn note_reply(&self, index: usize, entry: &mut Entry, to: Option<MessageId>) {
        entry.reply = to.map(|id| self.reply_at(index, id));
        if let EntryKind::Message { mine: false, mention, .. } = &mut entry.kind {
            *mention |= entry.reply.is_some_and(|reply| reply.to_me);
        }
    }

    /// A page may bring an answer before the message it answers, or that message long after the answer.
    pub(super) fn settle_replies(&mut self, index: usize, page: &[Message]) {
        let room = &mut self.state.rooms[index];
        let own: BTreeSet<MessageId> = page
            .iter()
            .map(|message| message.id)
            .filter(|id| {
                let at = room.timeline.find(*id);
                at.and_then(|at| room.timeline.get(at)).is_some_and(Entry::is_mine)
            })
            .collect();
        if own.is_empty() {
            return;
        }
        let answers = |entry: &Entry| entry.reply.is_some_and(|reply| !reply.to_me && own.contains(&reply.id));
        let answers: Vec<usize> =
            room.timeline.iter().enumerate().filter(|(_, entry)| answers(entry)).map(|(at, _)| at).collect();
        for at in answers {
            let called = room.timeline.change(at, |entry| {
                entry.reply = entry.reply.map(|reply| Reply { to_me: true, ..reply });
                let EntryKind::Message { mine: false, mention, revision, .. } = &mut entry.kind else { return false };
                let called = !*mention && *revision != Revision::Deleted;
                *mention |= called;
                called && entry.unread
            });
            // In a conversation it counts already.
            if called == Some(true) && !matches!(room.place, Some(Place::Direct(_))) {
                room.mentions = room.mentions.saturating_add(1);
            }
        }
        self.dirty = true;
    }
}
