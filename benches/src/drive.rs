//! Lets a crowd talk and takes the figures.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use crate::crowd::{Crowd, Nanos, Sink};
use crate::figures::{Figures, Latency};
use crate::os;
use crate::speech::origin;

mod source;

use source::Source;

/// How fast messages come. A message is in flight until everybody has it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Phase {
    /// One message in flight: the pure price of a delivery, nothing can be coalesced.
    Serial,
    /// Every sender has its share of this many messages in flight.
    Saturated {
        /// Of all senders together.
        in_flight: usize,
    },
    /// So many messages a second in all, the senders taking turns, whatever is in flight.
    Paced {
        /// Messages a second.
        per_second: f64,
    },
    /// As `Paced` by the first sender, while the last one sends this many lines at once, as fast as it is let.
    Flood {
        /// Messages a second of the first sender.
        per_second: f64,
        /// Lines of the flooder.
        lines: u64,
    },
}

impl Phase {
    /// So many in flight that every turn of a server has enough to do: what it reaches at most.
    pub const DEEP: Phase = Phase::Saturated { in_flight: 1_024 };
}

/// One run.
#[derive(Clone, Copy, Debug)]
pub struct Load {
    /// How fast.
    pub phase: Phase,
    /// Bytes of each message's text.
    pub payload: usize,
    /// Before measuring starts.
    pub warm_up: Duration,
    /// How long is measured.
    pub measure: Duration,
    /// Ends earlier after this many messages.
    pub messages_max: u64,
    /// The server's process, if it is one of this machine.
    pub server: Option<u32>,
}

/// Everything still in flight must have arrived this long after the last message.
const DRAIN_WITHIN: Duration = Duration::from_secs(60);

/// Does one run; when it returns, nothing is in flight.
///
/// # Errors
/// One sentence, if a member is cut off, messages are lost or out of order, or the server is gone.
pub fn drive(crowd: &mut Crowd, load: &Load) -> Result<Figures, String> {
    let mut run = Run::new(crowd, load);
    let started = Instant::now();
    let (warm, end) = (started + load.warm_up, started + load.warm_up + load.measure);
    let mut opening = None;
    if load.warm_up.is_zero() {
        opening = Some(run.open(crowd, load)?);
    }
    let mut source = Source::new(load);
    source.begin(crowd, &mut run)?;
    while Instant::now() < end && !source.is_dry(&run) {
        crowd.turn(source.patience(crowd.now()), &mut run)?;
        run.fault.take().map_or(Ok(()), Err)?;
        source.refill(crowd, &mut run)?;
        if opening.is_none() && Instant::now() >= warm {
            opening = Some(run.open(crowd, load)?);
        }
    }
    let mut figures = match opening {
        Some(opening) => opening.close(&run, crowd, load)?,
        None => return Err(String::from("The messages were over before measuring began.")),
    };
    let deadline = Instant::now() + DRAIN_WITHIN;
    while run.in_flight > 0 {
        crowd.turn(Duration::from_millis(50), &mut run)?;
        run.fault.take().map_or(Ok(()), Err)?;
        if Instant::now() > deadline {
            return Err(format!("{} messages had not reached everybody after a minute.", run.in_flight));
        }
    }
    figures.first = run.first.micros();
    figures.median = run.median.micros();
    figures.last = run.last.micros();
    figures.last_total = Duration::from_nanos(run.last_total);
    Ok(figures)
}

/// What has been sent and where it is.
struct Run {
    listening: usize,
    /// How many of them get each message: all, or all but who says it.
    readers: usize,
    /// How many messages each member has had in this run; its own ones count, whether they come back or not.
    seen: Vec<u64>,
    /// Where nobody gets back what they say, for each sender: when it got the messages that have no place in the order
    /// yet, because the observer has not told whose come next. Empty where everybody gets everything.
    unplaced: Vec<VecDeque<Nanos>>,
    first_sender: usize,
    /// When each member last had one; the longest wait.
    last_read: Vec<Nanos>,
    longest_gap: Nanos,
    /// Messages in the order of the room that not everybody has; the first of them is number `done`.
    open: VecDeque<Reach>,
    done: u64,
    /// Who said them, and when, as far as the observer has seen.
    origins: VecDeque<(usize, Nanos)>,
    /// For each sender, when what it said was sent, and the number of the first of these.
    sent: Vec<(u64, VecDeque<Nanos>)>,
    /// Completed messages of each sender that have not been replaced by new ones.
    completed: Vec<usize>,
    in_flight: u64,
    deliveries: u64,
    /// Latencies count from here on.
    measured_from: Nanos,
    first: Latency,
    median: Latency,
    last: Latency,
    last_total: Nanos,
    fault: Option<String>,
    /// A sender whose latencies say nothing, as it sends everything at once.
    flooder: Option<usize>,
}

#[derive(Clone, Copy, Default)]
struct Reach {
    members: usize,
    first: Nanos,
    median: Nanos,
}

impl Run {
    fn new(crowd: &Crowd, load: &Load) -> Self {
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
            sent: (0..crowd.senders()).map(|sender| (crowd.number(sender), VecDeque::new())).collect(),
            completed: vec![0; crowd.senders()],
            in_flight: 0,
            deliveries: 0,
            measured_from: Nanos::MAX,
            first: Latency::default(),
            median: Latency::default(),
            last: Latency::default(),
            last_total: 0,
            fault: None,
            flooder,
        }
    }

    fn say(&mut self, crowd: &mut Crowd, sender: usize, messages: usize, bytes: usize) -> Result<(), String> {
        let now = crowd.now();
        for _ in 0..messages {
            crowd.say(sender, bytes);
            self.sent[sender].1.push_back(now);
        }
        self.in_flight += messages as u64;
        crowd.send(sender)
    }

    fn open(&mut self, crowd: &Crowd, load: &Load) -> Result<Opening, String> {
        self.measured_from = crowd.now();
        self.last_read.fill(crowd.now());
        self.longest_gap = 0;
        Ok(Opening {
            at: Instant::now(),
            server: load.server.map(os::processor_time).transpose()?,
            own: os::own_processor_time(),
            deliveries: self.deliveries,
            done: self.done,
            reads: crowd.reads(),
        })
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
        self.complete(at);
    }
}

/// The state of all counters when measuring began.
struct Opening {
    at: Instant,
    server: Option<Duration>,
    own: Duration,
    deliveries: u64,
    done: u64,
    reads: u64,
}

impl Opening {
    fn close(self, run: &Run, crowd: &Crowd, load: &Load) -> Result<Figures, String> {
        let seconds = self.at.elapsed().as_secs_f64();
        let server = match (load.server, self.server) {
            (Some(pid), Some(before)) => Some((os::processor_time(pid)? - before).as_secs_f64()),
            (None, _) | (_, None) => None,
        };
        let deliveries = run.deliveries - self.deliveries;
        let reads = (crowd.reads() - self.reads).max(1);
        let now = crowd.now();
        let silent = run.last_read.iter().enumerate().filter(|(member, _)| !crowd.is_stalled(*member));
        let longest = silent.map(|(_, &last)| now - last).max().unwrap_or_default().max(run.longest_gap);
        Ok(Figures {
            members: run.listening,
            seconds,
            messages: run.done - self.done,
            deliveries,
            server_micros_per_delivery: server.map(|used| used * 1e6 / deliveries.max(1) as f64),
            server_load: server.map(|used| used / seconds),
            own_load: (os::own_processor_time() - self.own).as_secs_f64() / seconds,
            messages_per_read: deliveries as f64 / reads as f64,
            longest_gap_millis: longest as f64 / 1e6,
            ..Figures::default()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bare::{Bare, Style};
    use crate::speech::{Speech, Target};

    fn load(phase: Phase, messages_max: u64) -> Load {
        let (warm_up, measure) = (Duration::ZERO, Duration::from_secs(60));
        Load { phase, payload: 100, warm_up, measure, messages_max, server: Some(std::process::id()) }
    }

    #[test]
    fn every_message_is_delivered_to_everybody_and_counted_once() {
        for style in [Style::Lines, Style::Turns] {
            let bare = Bare::listen("127.0.0.1:0".parse().unwrap(), style).unwrap();
            let address = bare.address().unwrap();
            std::thread::spawn(move || bare.serve());
            let mut crowd = Crowd::join(Target { speech: Speech::Bare, address }, 20, 3, "").unwrap();
            for phase in [Phase::Serial, Phase::Saturated { in_flight: 8 }, Phase::Paced { per_second: 5_000.0 }] {
                let figures = drive(&mut crowd, &load(phase, 100)).unwrap();
                assert_eq!(figures.messages, 100);
                assert_eq!(figures.deliveries, 2_300);
                assert!(figures.first.p50 <= figures.median.p50);
                assert!(figures.median.p50 <= figures.last.p50);
                assert!(figures.server_micros_per_delivery.unwrap() > 0.0);
            }
            let flood = Phase::Flood { per_second: 1_000.0, lines: 500 };
            assert!(drive(&mut crowd, &load(flood, u64::MAX)).unwrap().messages >= 500);
        }
    }

    #[test]
    fn a_stalled_member_is_not_waited_for() {
        let bare = Bare::listen("127.0.0.1:0".parse().unwrap(), Style::Turns).unwrap();
        let address = bare.address().unwrap();
        std::thread::spawn(move || bare.serve());
        let mut crowd = Crowd::join(Target { speech: Speech::Bare, address }, 3, 1, "").unwrap();
        crowd.stall(2).unwrap();
        let figures = drive(&mut crowd, &load(Phase::Serial, 10)).unwrap();
        assert_eq!(figures.members, 3);
        assert_eq!(figures.deliveries, 30);
        assert!(crowd.last_words(2).unwrap().starts_with("#0.10#"));
    }
}
