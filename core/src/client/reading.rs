//! What was read and what was not.

use super::entries::sentence;
use super::{Call, Client, EntryKind, Output, Revision};
use crate::id::MessageId;
use crate::name;
use crate::vocabulary::{Command, Place};
use core::time::Duration;

/// Between two `read` frames.
const READ_INTERVAL: Duration = Duration::from_secs(1);
/// Most of them right before the goodbye: it stands behind them in the server's queue.
const FAREWELL_READS_MAX: usize = 32;
/// People told of in one input; a server that says more at once is not worth more attention.
const NOTIFIED_MAX: u32 = 8;

/// What the person looks at.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Look {
    pub(super) focused: bool,
    pub(super) at_bottom: bool,
}

impl Client {
    pub(super) fn look(&mut self, look: Look) {
        self.look = look;
        self.read_shown();
    }

    fn is_read(&self, index: usize) -> bool {
        self.look.focused && self.look.at_bottom && index == self.state.shown
    }

    /// The shown room is read, if anybody looks at it.
    pub(super) fn read_shown(&mut self) {
        let index = self.state.shown;
        if !self.is_read(index) {
            return;
        }
        let Some(room) = self.state.rooms.get_mut(index) else { return };
        room.book.read = room.book.read.max(room.book.seen);
        if room.unread > 0 || room.mentions > 0 {
            room.unread = 0;
            room.mentions = 0;
            room.timeline.clear_unread();
            self.dirty = true;
        }
    }

    /// A message of somebody else arrived: counted, marked and told, unless it is read at once.
    pub(super) fn arrived(&mut self, index: usize, key: super::EntryKey, from: &str, text: &str, mention: bool) {
        if self.is_read(index) {
            return self.read_shown();
        }
        let room = &mut self.state.rooms[index];
        let direct = matches!(room.place, Some(Place::Direct(_)));
        if room.unread == 0 {
            room.marker = Some(key);
        }
        room.unread = room.unread.saturating_add(1);
        if let Some(at) = room.timeline.position(key) {
            room.timeline.change(at, |entry| entry.unread = true);
        }
        if mention || direct {
            room.mentions = room.mentions.saturating_add(1);
            if self.notified < NOTIFIED_MAX && self.outputs.len() < 64 {
                self.notified += 1;
                let (room, title) = (room.key, sentence(&room.title));
                let call = Call { room, title, direct, from: sentence(from), text: sentence(text) };
                self.outputs.push_back(Output::Notify(call));
            }
        }
    }

    /// Another session of this identity, or an earlier run, has read up to here.
    pub(super) fn read_elsewhere(&mut self, index: usize, id: MessageId) {
        let room = &mut self.state.rooms[index];
        room.book.read = room.book.read.max(id);
        room.book.read_told = room.book.read_told.max(id);
        self.recount(index);
    }

    /// Counts what lies behind the last one read.
    pub(super) fn recount(&mut self, index: usize) {
        let room = &mut self.state.rooms[index];
        let direct = matches!(room.place, Some(Place::Direct(_)));
        let (read, mut unread, mut mentions, mut marker) = (room.book.read, 0, 0, None);
        let mut behind = true;
        room.timeline.mark_unread(|entry| {
            behind &= entry.id.is_none_or(|id| id > read);
            match (entry.id, &entry.kind) {
                (Some(_), EntryKind::Message { mine: false, mention, revision, .. })
                    if behind && !entry.ignored && *revision != Revision::Deleted =>
                {
                    unread += 1;
                    mentions += u32::from(*mention || direct);
                    marker = Some(entry.key);
                    true
                }
                (_, EntryKind::Message { .. } | EntryKind::Notice(_) | EntryKind::Error(_)) => false,
            }
        });
        if (room.unread, room.mentions) != (unread, mentions) {
            room.unread = unread;
            room.mentions = mentions;
            room.marker = marker;
            self.dirty = true;
        }
        self.read_shown();
    }

    /// Whether the server is to be told how far something was read.
    pub(super) fn owes_read(&self) -> bool {
        self.is_online() && self.is_native() && self.state.rooms.iter().any(owes)
    }

    /// Tells the server how far one room was read, at most once a second.
    pub(super) fn tell_read(&mut self) {
        if !self.owes_read() || self.now.instant < self.read_next {
            return;
        }
        let Some(room) = self.state.rooms.iter_mut().find(|room| owes(room)) else { return };
        let id = room.book.read;
        room.book.read_told = id;
        let Some(place) = room.place.clone() else { return };
        self.read_next = self.now.instant + READ_INTERVAL;
        self.send(Command::Read { place, id });
    }

    /// Tells how far each room was read, as there will be no other time to: at most [`FAREWELL_READS_MAX`] of them.
    pub(super) fn tell_all_read(&mut self) {
        for _ in 0..FAREWELL_READS_MAX {
            self.read_next = self.now.instant;
            if !self.owes_read() {
                return;
            }
            self.tell_read();
        }
    }

    /// Whether a text names oneself: the nickname as a word, written in whatever case.
    pub(super) fn names_me(&self, text: &str) -> bool {
        names(&self.state.nick, text)
    }
}

/// Whether a text holds a nickname as a word, written in whatever case.
pub(super) fn names(nick: &str, text: &str) -> bool {
    let nick = name::fold(nick);
    !nick.is_empty() && has_word(&name::fold(text), &nick)
}

fn owes(room: &super::Room) -> bool {
    room.book.live && room.place.is_some() && room.book.read > room.book.read_told
}

fn has_word(text: &str, word: &str) -> bool {
    words_in(text, word).next().is_some()
}

/// Where a text holds a word that stands by itself.
pub(super) fn words_in(text: &str, word: &str) -> impl Iterator<Item = usize> {
    text.match_indices(word).map(|(at, _)| at).filter(move |at| is_word_at(text, *at) && ends_at(text, at + word.len()))
}

/// Whether a word can begin there: no letter or digit stands before it.
pub(super) fn is_word_at(text: &str, at: usize) -> bool {
    !text.get(..at).and_then(|before| before.chars().next_back()).is_some_and(is_part)
}

fn ends_at(text: &str, at: usize) -> bool {
    !text.get(at..).and_then(|after| after.chars().next()).is_some_and(is_part)
}

fn is_part(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}
