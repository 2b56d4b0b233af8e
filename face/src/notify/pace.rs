//! Which notice is shown when: at most one a second in each room, the newest.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::{Notice, Origin};

/// Rest between two notices of one room.
const REST: Duration = Duration::from_secs(1);

/// Most rooms that wait or rest at once; the one that was told longest ago gives way.
const ROOMS_MAX: usize = 32;

/// What waits to be shown, and what was.
#[derive(Debug, Default)]
pub(super) struct Pace {
    /// By when they were heard of, longest ago first.
    rooms: VecDeque<Room>,
    ended: bool,
}

#[derive(Debug)]
struct Room {
    key: Origin,
    waiting: Option<Notice>,
    /// Nothing is shown before.
    rests_until: Option<Instant>,
}

/// What is to be done.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// Show this, of this room.
    Show(Origin, Notice),
    /// Nothing for so long.
    Wait(Duration),
    /// Nothing until something is put in.
    Idle,
    /// Nothing any more.
    End,
}

impl Pace {
    /// Something is to be shown, in place of what waits in that room.
    pub(super) fn put(&mut self, key: Origin, notice: Notice) {
        if let Some(room) = self.rooms.iter_mut().find(|room| room.key == key) {
            room.waiting = Some(notice);
            return;
        }
        if self.rooms.len() == ROOMS_MAX {
            self.rooms.pop_front();
        }
        self.rooms.push_back(Room { key, waiting: Some(notice), rests_until: None });
    }

    /// Nothing more is to be shown.
    pub(super) fn end(&mut self) {
        self.ended = true;
    }

    /// What is to be done now.
    pub(super) fn next(&mut self, now: Instant) -> Next {
        if self.ended {
            return Next::End;
        }
        let rests = |room: &Room| room.rests_until.filter(|until| *until > now);
        self.rooms.retain(|room| room.waiting.is_some() || rests(room).is_some());
        if let Some(index) = self.rooms.iter().position(|room| room.waiting.is_some() && rests(room).is_none())
            && let Some(mut room) = self.rooms.remove(index)
            && let Some(notice) = room.waiting.take()
        {
            let key = room.key.clone();
            room.rests_until = Some(now + REST);
            self.rooms.push_back(room);
            return Next::Show(key, notice);
        }
        let due = self.rooms.iter().filter(|room| room.waiting.is_some()).filter_map(rests).min();
        due.map_or(Next::Idle, |due| Next::Wait(due - now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(number: u32) -> Origin {
        Origin { server: "parlor://here".into(), place: number.to_string() }
    }

    fn notice(text: &str) -> Notice {
        Notice { summary: String::new(), body: text.into() }
    }

    #[test]
    fn a_room_rests_a_second_and_then_the_newest_comes() {
        let mut pace = Pace::default();
        let start = Instant::now();
        assert_eq!(pace.next(start), Next::Idle);
        pace.put(of(1), notice("a"));
        assert_eq!(pace.next(start), Next::Show(of(1), notice("a")));
        pace.put(of(1), notice("b"));
        pace.put(of(1), notice("c"));
        assert_eq!(pace.next(start + REST / 4), Next::Wait(REST * 3 / 4));
        pace.put(of(2), notice("d"));
        assert_eq!(pace.next(start + REST / 4), Next::Show(of(2), notice("d")));
        assert_eq!(pace.next(start + REST), Next::Show(of(1), notice("c")));
        assert_eq!(pace.next(start + REST), Next::Idle);
        pace.put(of(1), notice("e"));
        pace.end();
        assert_eq!(pace.next(start + REST * 9), Next::End);
    }

    #[test]
    fn no_more_rooms_wait_than_there_is_room_for() {
        let mut pace = Pace::default();
        for key in 0..10_000 {
            pace.put(of(key), notice("a"));
        }
        assert_eq!(pace.rooms.len(), ROOMS_MAX);
        assert_eq!(pace.next(Instant::now()), Next::Show(of(10_000 - 32), notice("a")), "the newest ones are kept");
    }
}
