//! Who is typing.

use alloc::string::String;
use core::time::Duration;

use super::{Client, RoomKey};
use crate::name::Nick;
use crate::text::printable;
use crate::time::Instant;
use crate::vocabulary::Place;

/// How long "is typing" is believed.
const TYPING: Duration = Duration::from_secs(6);
/// People shown as typing in one room, and remembered in all.
const TYPISTS_PER_ROOM_MAX: usize = 16;
const TYPISTS_MAX: usize = 256;

/// Somebody who is typing.
#[derive(Debug)]
pub(super) struct Typist {
    pub(super) until: Instant,
    pub(super) room: RoomKey,
    pub(super) nick: String,
}

impl Client {
    /// Somebody says so.
    pub(super) fn is_typing(&mut self, place: &Place, nick: &Nick) {
        let Some(index) = self.index_at(place).filter(|_| !self.state.ignores(nick.as_str())) else { return };
        let nick = printable(nick.as_str());
        let (room, until) = (&mut self.state.rooms[index], self.now.instant + TYPING);
        if let Some(typist) = self.typists.iter_mut().find(|typist| typist.room == room.key && typist.nick == nick) {
            typist.until = until;
            return;
        }
        if room.typing.len() < TYPISTS_PER_ROOM_MAX && self.typists.len() < TYPISTS_MAX {
            room.typing.push(nick.clone());
            self.typists.push_back(Typist { until, room: room.key, nick });
            self.dirty = true;
        }
    }

    pub(super) fn stops_typing(&mut self, index: usize, nick: &str) {
        let room = &mut self.state.rooms[index];
        if room.typing.iter().any(|typing| typing == nick) {
            room.typing.retain(|typing| typing != nick);
            self.typists.retain(|typist| typist.room != room.key || typist.nick != nick);
            self.dirty = true;
        }
    }

    pub(super) fn expire_typists(&mut self) {
        while let Some(at) = self.typists.iter().position(|typist| typist.until <= self.now.instant) {
            let Some(typist) = self.typists.remove(at) else { break };
            if let Some(index) = self.index_of(typist.room) {
                self.state.rooms[index].typing.retain(|nick| *nick != typist.nick);
                self.dirty = true;
            }
        }
    }
}
