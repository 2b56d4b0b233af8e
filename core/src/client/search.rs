//! Looking for what was said: the question, and what was found.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::asked::Asked;
use super::words::Words;
use super::{Client, RoomKey};
use crate::id::MessageId;
use crate::search::Query;
use crate::text::{Note, printable};
use crate::time::Timestamp;
use crate::vocabulary::{Command, Message, Place, Tag};

/// Hits asked for at once.
const PAGE: u32 = 50;

/// What was looked for, and what was found.
#[derive(Clone, Debug)]
pub struct Search {
    /// What, as it was typed.
    pub query: String,
    /// In which room; `None` for all rooms one is in and all conversations.
    pub room: Option<RoomKey>,
    /// What was found, newest first; at most [`Search::HITS_MAX`].
    pub hits: Vec<Hit>,
    /// Whether older hits can be had ([`super::Intent::SearchMore`]).
    pub has_more: bool,
    /// Whether an answer is awaited.
    pub loading: bool,
    /// Why there is no answer, in one plain sentence.
    pub problem: Option<String>,
    /// Goes on to older hits.
    cursor: Option<Tag>,
    number: u64,
    bytes: usize,
}

impl Search {
    /// Most hits kept.
    pub const HITS_MAX: usize = 1_000;
    /// Most bytes of text kept in hits.
    pub const BYTES_MAX: usize = 2 * 1024 * 1024;
}

/// A message that was found, or one that stands beside it. Text is in logical order, without control characters but
/// newlines and tabs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// Where it was said.
    pub place: Place,
    /// What to call that: `lobby`, `@bea`.
    pub title: String,
    /// Its position in the log of that place.
    pub id: MessageId,
    /// Who said it.
    pub from: String,
    /// When.
    pub at: Timestamp,
    /// What.
    pub text: String,
    /// Said as an action.
    pub action: bool,
    /// Said by oneself.
    pub mine: bool,
    /// It reads otherwise than it was said.
    pub edited: bool,
}

impl Client {
    /// Looks for something, in the shown room or everywhere. What was found before is forgotten.
    pub(super) fn search(&mut self, query: String, everywhere: bool) {
        let room = self.state.shown_room().filter(|_| !everywhere);
        let (key, place) = (room.map(|room| room.key), room.and_then(|room| room.place.clone()));
        let number = self.count();
        let asked = self.search_command(&query, place.clone(), everywhere);
        self.dirty = true;
        self.state.search = Some(Search {
            query,
            room: key,
            hits: Vec::new(),
            has_more: false,
            loading: asked.is_ok(),
            problem: asked.as_ref().err().cloned(),
            cursor: None,
            number,
            bytes: 0,
        });
        if let Ok(command) = asked {
            self.request(command, Asked::Search { number });
        }
    }

    fn search_command(&self, query: &str, place: Option<Place>, everywhere: bool) -> Result<Command, String> {
        if !self.is_native() {
            return Err(self.words().no_search());
        }
        Query::parse(query).map_err(|bad| self.words().bad_query(bad))?;
        let query = Note::parse(query).map_err(|bad| self.words().bad_text(bad))?;
        if !self.is_online() || place.is_none() && !everywhere {
            return Err(self.words().offline());
        }
        Ok(Command::Search { place, query, cursor: None, limit: PAGE })
    }

    /// Wants older hits.
    pub(super) fn search_more(&mut self) {
        let (online, words) = (self.is_online(), self.words());
        let Some(search) = &mut self.state.search else { return };
        if !search.has_more || search.loading {
            return;
        }
        self.dirty = true;
        let place = search.room.map(|key| self.state.rooms.iter().find(|room| room.key == key)?.place.clone());
        let (Ok(query), true) = (Note::parse(&search.query), online) else {
            search.problem = Some(words.offline());
            return;
        };
        if place == Some(None) {
            search.problem = Some(words.not_in_that_room());
            return;
        }
        search.loading = true;
        search.problem = None;
        let (cursor, number) = (search.cursor.clone(), search.number);
        let command = Command::Search { place: place.flatten(), query, cursor, limit: PAGE };
        self.request(command, Asked::Search { number });
    }

    /// What was found is not looked at any more.
    pub(super) fn close_search(&mut self) {
        self.dirty |= self.state.search.take().is_some();
    }

    /// A page of what was found, ascending.
    pub(super) fn found(&mut self, number: u64, messages: &[Message], has_more: bool, cursor: Option<Tag>) {
        let hits: Vec<Hit> = messages.iter().rev().filter_map(|message| self.shown_hit(message)).collect();
        let Some(search) = self.state.search.as_mut().filter(|search| search.number == number) else { return };
        search.loading = false;
        search.has_more = has_more && cursor.is_some() && cursor != search.cursor;
        search.cursor = cursor;
        for hit in hits {
            if search.hits.iter().any(|held| held.id == hit.id && held.place == hit.place) {
                continue;
            }
            let bytes = hit.text.len() + hit.from.len() + hit.title.len();
            if search.hits.len() >= Search::HITS_MAX || search.bytes + bytes > Search::BYTES_MAX {
                search.has_more = false;
                break;
            }
            search.bytes += bytes;
            search.hits.push(hit);
        }
    }

    pub(super) fn search_refused(&mut self, number: u64, why: &str) {
        if let Some(search) = self.state.search.as_mut().filter(|search| search.number == number) {
            search.loading = false;
            search.problem = Some(printable(why));
            self.dirty = true;
        }
    }

    /// A message as a hit, unless it is by somebody who is ignored.
    pub(super) fn shown_hit(&self, message: &Message) -> Option<Hit> {
        let hit = self.hit(message);
        (hit.mine || !self.state.ignores(&hit.from)).then_some(hit)
    }

    fn hit(&self, message: &Message) -> Hit {
        Hit {
            place: message.place.clone(),
            title: printable(&message.place.to_string()),
            id: message.id,
            from: printable(message.from.as_str()),
            at: message.at,
            text: printable(message.text.as_str()),
            action: message.action,
            mine: self.is_me(&message.from),
            edited: message.edited.is_some(),
        }
    }

    /// Changes what was found of a message, wherever it is shown as found; it goes where `change` says `false`.
    pub(super) fn change_found(&mut self, place: &Place, id: MessageId, mut change: impl FnMut(&mut Hit) -> bool) {
        let search = self.state.search.iter_mut().map(|search| &mut search.hits);
        let around = self.state.around.iter_mut().map(|around| &mut around.messages);
        for hits in search.chain(around) {
            let Some(at) = hits.iter().position(|hit| hit.id == id && hit.place == *place) else { continue };
            if !change(&mut hits[at]) {
                hits.remove(at);
            }
            self.dirty = true;
        }
    }
}
