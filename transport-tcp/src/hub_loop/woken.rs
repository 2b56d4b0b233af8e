//! Who has something to be written, and whose turn it is.

use std::collections::VecDeque;

use parlor_core::id::ConnId;

use super::SLICE;

/// An input that wakes no more connections than this is told before what is left of a larger telling.
const FEW: usize = 64;

/// Connections with something to be written, each once. Those that wait for a slice of their own are in two queues, in
/// the order they woke: a small room is not held up by a large one, nor the large one by many small ones. Whoever waits
/// for both stays where they are.
#[derive(Default)]
pub(super) struct Woken {
    /// Woken by the input that is being applied.
    pub(super) fresh: Vec<ConnId>,
    pub(super) few: VecDeque<ConnId>,
    pub(super) many: VecDeque<ConnId>,
}

impl Woken {
    pub(super) fn is_empty(&self) -> bool {
        self.few.is_empty() && self.many.is_empty()
    }

    /// An input has been applied.
    pub(super) fn sort_in(&mut self) {
        let queue = if self.fresh.len() <= FEW { &mut self.few } else { &mut self.many };
        queue.extend(self.fresh.drain(..));
    }

    /// The next slice: as much of either queue as goes into one.
    pub(super) fn slice(&mut self) -> impl Iterator<Item = ConnId> + use<> {
        let few = self.few.len().min(SLICE);
        let many = self.many.len().min(SLICE);
        let mut slice: Vec<ConnId> = self.few.drain(..few).collect();
        slice.extend(self.many.drain(..many));
        slice.into_iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;
    use parlor_core::hub::{Hub, HubConfig, Peer};
    use parlor_core::limits::Limits;
    use parlor_core::name::RoomName;
    use parlor_core::wire::Dialect;

    fn conns(count: usize) -> Vec<ConnId> {
        let config = HubConfig {
            limits: Limits::DEFAULT,
            default_room: RoomName::lobby(),
            server: "parlor/test".into(),
            password: false,
        };
        let now = Clock::start().now();
        let mut hub = Hub::new(config, [0; 32], now);
        let accept = |_| {
            let conn = hub.accept(now, Peer { dialect: Dialect::Native, address: None }).unwrap();
            while hub.poll_output().is_some() {}
            conn
        };
        (0..count).map(accept).collect()
    }

    #[test]
    fn the_few_that_one_input_wakes_are_written_to_before_the_rest_of_many() {
        let conns = conns(3 * SLICE + 2);
        let (many, few) = conns.split_at(3 * SLICE);
        let mut woken = Woken::default();
        woken.fresh.extend(many);
        woken.sort_in();
        assert_eq!(woken.slice().collect::<Vec<_>>(), many[..SLICE]);
        woken.fresh.extend(few);
        woken.sort_in();
        let slice: Vec<ConnId> = woken.slice().collect();
        assert_eq!(slice[..2], *few);
        assert_eq!(slice[2..], many[SLICE..2 * SLICE], "the many go on all the same");
    }

    #[test]
    fn many_small_rooms_do_not_hold_up_a_large_one() {
        let conns = conns(2 * SLICE);
        let (large, small) = conns.split_at(FEW + 1);
        let mut woken = Woken::default();
        woken.fresh.extend(large);
        woken.sort_in();
        for pair in small.chunks(2) {
            woken.fresh.extend(pair);
            woken.sort_in();
        }
        let slice: Vec<ConnId> = woken.slice().collect();
        assert!(large.iter().all(|conn| slice.contains(conn)));
    }
}
