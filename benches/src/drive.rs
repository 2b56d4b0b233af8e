//! Lets a crowd talk and takes the figures.

use std::time::{Duration, Instant};

use crate::crowd::Crowd;
use crate::figures::Figures;
use crate::os;

mod run;
mod source;

use run::Run;
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

/// When nothing has come for so long after the last message, nothing more will.
const QUIET: Duration = Duration::from_millis(20);

/// Does one run; when it returns, nothing is in flight.
///
/// # Errors
/// One sentence, if a member is cut off, messages are lost, out of order or come twice, or the server is gone.
pub fn drive(crowd: &mut Crowd, load: &Load) -> Result<Figures, String> {
    let mut run = Run::new(crowd, load);
    let started = Instant::now();
    let (warm, end) = (started + load.warm_up, started + load.warm_up + load.measure);
    let mut opening = None;
    if load.warm_up.is_zero() {
        opening = Some(Opening::of(&mut run, crowd, load)?);
    }
    let mut source = Source::new(load);
    source.begin(crowd, &mut run)?;
    while Instant::now() < end && !source.is_dry(&run) {
        crowd.turn(source.patience(crowd.now()), &mut run)?;
        run.fault.take().map_or(Ok(()), Err)?;
        source.refill(crowd, &mut run)?;
        if opening.is_none() && Instant::now() >= warm {
            opening = Some(Opening::of(&mut run, crowd, load)?);
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
    settle(crowd, &mut run)?;
    figures.each = run.each.micros();
    figures.first = run.first.micros();
    figures.median = run.median.micros();
    figures.last = run.last.micros();
    figures.last_total = Duration::from_nanos(run.last_total);
    Ok(figures)
}

/// Takes in what may have come beyond what everybody was told, and says whose it is.
fn settle(crowd: &mut Crowd, run: &mut Run) -> Result<(), String> {
    // What is no message, such as presence or a question, may come for longer.
    let deadline = Instant::now() + 50 * QUIET;
    let mut reads = None;
    while reads.replace(crowd.reads()) != Some(crowd.reads()) && Instant::now() < deadline {
        crowd.turn(QUIET, run)?;
        run.fault.take().map_or(Ok(()), Err)?;
    }
    run.excess(crowd).map_or(Ok(()), Err)
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
    fn of(run: &mut Run, crowd: &Crowd, load: &Load) -> Result<Self, String> {
        run.begin_measuring(crowd.now());
        Ok(Self {
            at: Instant::now(),
            server: load.server.map(os::processor_time).transpose()?,
            own: os::own_processor_time(),
            deliveries: run.deliveries,
            done: run.done,
            reads: crowd.reads(),
        })
    }

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
    use std::io::{BufRead, BufReader, Write};
    use std::net::{TcpListener, TcpStream};

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
                assert_eq!((figures.each.count, figures.last.count), (2_300, 100));
                assert!(figures.first.p50 <= figures.each.p50 && figures.each.max <= figures.last.max);
                assert!(figures.first.p50 <= figures.median.p50);
                assert!(figures.median.p50 <= figures.last.p50);
                assert!(figures.server_micros_per_delivery.unwrap() > 0.0);
            }
            let flood = Phase::Flood { per_second: 1_000.0, lines: 500 };
            assert!(drive(&mut crowd, &load(flood, u64::MAX)).unwrap().messages >= 500);
        }
    }

    /// Gives everybody every line, and the second one the fourth line a second time.
    fn serve_twice(listener: &TcpListener, clients: usize) {
        let mut inside: Vec<TcpStream> = listener.incoming().take(clients).map(Result::unwrap).collect();
        let speaker = BufReader::new(inside[clients - 1].try_clone().unwrap());
        for line in speaker.lines().map_while(Result::ok) {
            let twice = if line.starts_with("#0.3#") { 2 } else { 1 };
            inside[1].write_all(format!("{line}\n").repeat(twice).as_bytes()).unwrap();
            for other in [0, 2] {
                inside[other].write_all(format!("{line}\n").as_bytes()).unwrap();
            }
        }
    }

    #[test]
    fn who_gets_a_message_twice_is_noticed() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        std::thread::spawn(move || serve_twice(&listener, 3));
        let mut crowd = Crowd::join(Target { speech: Speech::Bare, address }, 2, 1, "").unwrap();
        let twice = drive(&mut crowd, &load(Phase::Serial, 10)).unwrap_err();
        assert_eq!(twice, "Member 1 got 11 messages where 10 were told.");
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
