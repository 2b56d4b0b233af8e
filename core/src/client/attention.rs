//! Which rooms want to be looked at.

use alloc::vec::Vec;
use core::cmp::Reverse;

use super::{Client, Room, RoomKey, State};
use crate::search::spelling;

impl State {
    /// The rooms whose titles hold the letters of `query` in this order, case, accents and keyboards aside: for a room
    /// switcher. Those that call oneself come first, then those with something unread, then those shown last; the
    /// room one is in comes behind those that are equal otherwise. An empty query gives all rooms.
    pub fn find_rooms(&self, query: &str) -> Vec<RoomKey> {
        // One may write the sign of a room before its name; a title has none.
        let query = query.trim_start();
        let query = spelling(query.strip_prefix('#').unwrap_or(query));
        let shown = self.shown_room().map(|room| room.key);
        let mut found: Vec<&Room> =
            self.rooms.iter().filter(|room| is_within(&query, &spelling(&room.title))).collect();
        found.sort_by_key(|room| {
            (room.mentions == 0, room.unread == 0, Some(room.key) == shown, Reverse(room.book.shown_as))
        });
        found.into_iter().map(|room| room.key).collect()
    }

    /// How many messages are unread in all rooms together, and how many of them call oneself: for a window's title.
    pub fn unread_total(&self) -> (u32, u32) {
        let total = |count: fn(&Room) -> u32| self.rooms.iter().map(count).fold(0, u32::saturating_add);
        (total(|room| room.unread), total(|room| room.mentions))
    }
}

/// Whether a text holds the letters of another one in their order; white space is no letter.
fn is_within(letters: &str, text: &str) -> bool {
    let mut text = text.chars();
    letters.chars().filter(|c| !c.is_whitespace()).all(|letter| text.any(|c| c == letter))
}

impl Client {
    /// Shows the next room that calls oneself; where there is none, the next with something unread.
    pub(super) fn next_unread(&mut self, by: i32) {
        let count = self.state.rooms.len();
        let step = |way: usize| if by < 0 { count - way } else { way };
        let around = |wanted: fn(&Room) -> bool| {
            let rooms = (1..count).map(|way| (self.state.shown + step(way)) % count);
            rooms.into_iter().find(|at| self.state.rooms.get(*at).is_some_and(wanted))
        };
        let next = around(|room| room.mentions > 0).or_else(|| around(|room| room.unread > 0));
        if let Some(index) = next {
            self.show(index);
        }
    }
}
