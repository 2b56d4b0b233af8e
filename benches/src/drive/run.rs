//! What has been said in a run, who has it, and how long that took.

use std::collections::VecDeque;

use crate::crowd::{Crowd, Nanos, Sink};
use crate::figures::Latency;
use crate::speech::origin;

use super::{Load, Phase};

/// What has been sent and where it is.
pub(super) struct Run {
    pub(super) listening: usize,
    /// How many of them get each message: all, or all but who says it.
    readers: usize,
    /// How many messages each member has had in this run; its own ones count, whether they come back or not.
    seen: Vec<u64>,
    /// Where nobody gets back what they say, for each sender: when it got the messages that have no place in the order
    /// yet, because the observer has not told whose come next. Empty where everybody gets everything.
    unplaced: Vec<VecDeque<Nanos>>,
    first_sender: usize,
    /// When each member last had one; the longest wait.
    pub(super) last_read: Vec<Nanos>,
    pub(super) longest_gap: Nanos,
    /// Messages in the order of the room that not everybody has; the first of them is number `done`.
    open: VecDeque<Reach>,
    pub(super) done: u64,
    /// Who said them, and when, as far as the observer has seen.
    origins: VecDeque<(usize, Nanos)>,
    /// What others had before the observer.
    early: Vec<Early>,
    /// For each sender, when what it said was sent, and the number of the first of these.
    sent: Vec<(u64, VecDeque<Nanos>)>,
    /// Completed messages of each sender that have not been replaced by new ones.
    pub(super) completed: Vec<usize>,
    pub(super) in_flight: u64,
    pub(super) deliveries: u64,
    /// Latencies count from here on.
    measured_from: Nanos,
    pub(super) each: Latency,
    pub(super) first: Latency,
    pub(super) median: Latency,
    pub(super) last: Latency,
    pub(super) last_total: Nanos,
    pub(super) fault: Option<String>,
    /// A sender whose latencies say nothing, as it sends everything at once.
    pub(super) flooder: Option<usize>,
}

/// Messages, by their numbers in the order of the room, that reached somebody before it was known who said them.
#[derive(Clone, Copy)]
struct Early {
    from: u64,
    to: u64,
    at: Nanos,
}

#[derive(Clone, Copy, Default)]
struct Reach {
    members: usize,
    first: Nanos,
    median: Nanos,
}

impl Run {
    pub(super) fn new(crowd: &Crowd, load: &Load) -> Self {
        let flooder = matches!(load.phase, Phase::Flood { .. }).then(|| crowd.senders() - 1);
        let echoes = crowd.speech().echoes();
        Self {
            listening: crowd.listening(),
            readers: crowd.listening() - usize::from(!echoes),
            unplaced: vec![VecDeque::new(); if echoes { 0 } else { crowd.senders() }],
            first_sender: crowd.member_of(0),
            seen: vec![0; crowd.len()],
            last_read: vec![crowd.now(); crowd.len()],
            longest_gap: 0,
            open: VecDeque::new(),
            done: 0,
            origins: VecDeque::new(),
            early: Vec::new(),
            sent: (0..crowd.senders()).map(|sender| (crowd.number(sender), VecDeque::new())).collect(),
            completed: vec![0; crowd.senders()],
            in_flight: 0,
            deliveries: 0,
            measured_from: Nanos::MAX,
            each: Latency::default(),
            first: Latency::default(),
            median: Latency::default(),
            last: Latency::default(),
            last_total: 0,
            fault: None,
            flooder,
        }
    }

    pub(super) fn say(
        &mut self,
        crowd: &mut Crowd,
        sender: usize,
        messages: usize,
        bytes: usize,
    ) -> Result<(), String> {
        let now = crowd.now();
        for _ in 0..messages {
            crowd.say(sender, bytes);
            self.sent[sender].1.push_back(now);
        }
        self.in_flight += messages as u64;
        crowd.send(sender)
    }

    pub(super) fn begin_measuring(&mut self, now: Nanos) {
        self.measured_from = now;
        self.last_read.fill(now);
        self.longest_gap = 0;
    }

    /// Counts what a member has got, at the next places of the order.
    fn count(&mut self, member: usize, messages: u64, at: Nanos) {
        let from = usize::try_from(self.seen[member] - self.done).expect("few messages are in flight");
        self.seen[member] += messages;
        let to = usize::try_from(self.seen[member] - self.done).expect("few messages are in flight");
        if self.open.len() < to {
            self.open.resize(to, Reach::default());
        }
        let half = self.readers.div_ceil(2);
        for reach in self.open.range_mut(from..to) {
            reach.members += 1;
            if reach.members == 1 {
                reach.first = at;
            }
            if reach.members == half {
                reach.median = at;
            }
        }
        self.time(Early { from: self.done + from as u64, to: self.done + to as u64, at });
    }

    /// Counts how long these took to one member; the rest waits until the observer has told who said them.
    fn time(&mut self, arrived: Early) {
        let Early { from, to, at } = arrived;
        let known = to.min(self.done + self.origins.len() as u64);
        let index = |number: u64| usize::try_from(number - self.done).expect("few messages are in flight");
        // Those that were sent at once took equally long.
        let (mut sent, mut times) = (0, 0);
        for &(sender, said) in self.origins.range(index(from.min(known))..index(known)) {
            let counts = said >= self.measured_from && Some(sender) != self.flooder;
            if times > 0 && (said != sent || !counts) {
                self.each.record_all(at.saturating_sub(sent), times);
                times = 0;
            }
            if counts {
                (sent, times) = (said, times + 1);
            }
        }
        if times > 0 {
            self.each.record_all(at.saturating_sub(sent), times);
        }
        if known < to {
            self.early.push(Early { from: from.max(known), ..arrived });
        }
    }

    /// Who has more than was told, if anybody: one sentence.
    pub(super) fn excess(&self, crowd: &Crowd) -> Option<String> {
        let placeless = |member: usize| {
            let sender = member.wrapping_sub(self.first_sender);
            self.unplaced.get(sender).map_or(0, |unplaced| unplaced.len() as u64)
        };
        let listening = (0..self.seen.len()).filter(|&member| !crowd.is_stalled(member));
        let (member, got) = listening
            .map(|member| (member, self.seen[member] + placeless(member)))
            .find(|&(_, got)| got != self.done)?;
        Some(format!("Member {member} got {got} messages where {} were told.", self.done))
    }

    /// Finds the places of what a sender has got that does not get its own back: its own ones are left out.
    fn place(&mut self, sender: usize) {
        let member = self.first_sender + sender;
        loop {
            let next = usize::try_from(self.seen[member] - self.done).expect("few messages are in flight");
            match self.origins.get(next) {
                None => return,
                Some(&(said_by, _)) if said_by == sender => self.seen[member] += 1,
                Some(_) => match self.unplaced[sender].pop_front() {
                    Some(at) => self.count(member, 1, at),
                    None => return,
                },
            }
        }
    }

    /// Takes the messages that everybody has off the front.
    fn complete(&mut self, at: Nanos) {
        while self.open.front().is_some_and(|reach| reach.members == self.readers) {
            let (Some(reach), Some((sender, sent))) = (self.open.pop_front(), self.origins.pop_front()) else { return };
            self.done += 1;
            self.in_flight -= 1;
            self.completed[sender] += 1;
            if sent >= self.measured_from && Some(sender) != self.flooder {
                self.first.record(reach.first.saturating_sub(sent));
                self.median.record(reach.median.saturating_sub(sent));
                self.last.record(at.saturating_sub(sent));
                self.last_total += at.saturating_sub(sent);
            }
        }
    }
}

impl Sink for Run {
    fn observed(&mut self, words: &[u8]) {
        let found = origin(words).and_then(|(sender, number)| {
            let (next, times) = self.sent.get_mut(sender)?;
            let sent = if number == *next { times.pop_front()? } else { return None };
            *next += 1;
            Some((sender, sent))
        });
        match found {
            Some(origin) => self.origins.push_back(origin),
            None => self.fault = Some(format!("Out of order, twice, or lost: {}", String::from_utf8_lossy(words))),
        }
        (0..self.unplaced.len()).for_each(|sender| self.place(sender));
    }

    fn delivered(&mut self, member: usize, messages: u64, at: Nanos) {
        self.longest_gap = self.longest_gap.max(at - self.last_read[member]);
        self.last_read[member] = at;
        self.deliveries += messages;
        let sender = member.wrapping_sub(self.first_sender);
        match self.unplaced.get_mut(sender) {
            Some(unplaced) => {
                unplaced.extend((0..messages).map(|_| at));
                self.place(sender);
            }
            None => self.count(member, messages, at),
        }
        if member == 0 {
            std::mem::take(&mut self.early).into_iter().for_each(|early| self.time(early));
        }
        self.complete(at);
    }
}
