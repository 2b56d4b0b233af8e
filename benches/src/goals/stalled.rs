//! One member that never reads, in a room that everybody else reads.
//!
//! The gap is the longest time that any other member waited between two reads while the room was as busy as it can be;
//! a time slice that somebody else takes on either processor is in it, and so it is in the gaps of loop B and of a room
//! that everybody reads, which stand beside it.
//!
//! What one takes of the server's memory before it is cut off would hide in the holes of the heap that the joins left:
//! so 32 stop reading at once, and it is the growth of the peak from before the load on, less the same where everybody
//! reads, by 32. Messages are paced for that, lest the turns of a full load hide it.

use std::fmt::Write;
use std::time::Duration;

use crate::drive::Phase;
use crate::hostile::{Stalled, stall};
use crate::rounds::Contender;

use super::{Goal, Report, Row, Setup, Unit, middle, raw};

const GAP: Goal = Goal::new(20.0, 10.0, Unit::Millis);
const MEMORY: Goal = Goal::new(1_024.0, 256.0, Unit::Kibibytes);
const SIZES: [usize; 2] = [100, 1_000];
/// Until the stalled ones are cut off, which includes the two seconds for their last words, and some more.
const LOAD: Duration = Duration::from_secs(4);
const MANY: usize = 32;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Trial {
    contender: Contender,
    stalled: usize,
}

const SATURATED: [Trial; 3] = [
    Trial { contender: Contender::BareB, stalled: 1 },
    Trial { contender: Contender::Native, stalled: 0 },
    Trial { contender: Contender::Native, stalled: 1 },
];
const PACED: [Trial; 2] =
    [Trial { contender: Contender::Native, stalled: 0 }, Trial { contender: Contender::Native, stalled: MANY }];

#[derive(Debug)]
struct Outcome {
    members: usize,
    paced: bool,
    trial: Trial,
    figures: Stalled,
}

pub(super) fn measure(setup: &Setup) -> Result<Report, String> {
    let mut outcomes = Vec::new();
    for round in 1..=setup.rounds {
        for members in SIZES.into_iter().filter(|size| setup.members.contains(size)) {
            let saturated = SATURATED.map(|trial| (trial, Phase::Saturated { in_flight: 64 }, 100));
            let paced = PACED.map(|trial| paced(trial, members));
            for (trial, phase, payload) in saturated.into_iter().chain(paced) {
                let Trial { contender, stalled } = trial;
                let figures = stall(contender, members, stalled, (phase, payload, LOAD), &setup.binary)?;
                eprintln!("round {round}, {members} members, {phase:?}: {}", figures.sentences());
                outcomes.push(Outcome { members, paced: matches!(phase, Phase::Paced { .. }), trial, figures });
            }
        }
    }
    let (table, rows) = tell(&outcomes);
    let raw = outcomes.iter().map(|outcome| raw("stalled", &outcome.figures)).collect();
    Ok(Report { title: "One member never reads", table, rows, raw })
}

/// Some 200,000 deliveries a second, which leave the server time, and 400 kB of them for each.
fn paced(trial: Trial, members: usize) -> (Trial, Phase, usize) {
    if members > 500 {
        (trial, Phase::Paced { per_second: 200.0 }, 2_000)
    } else {
        (trial, Phase::Paced { per_second: 2_000.0 }, 200)
    }
}

fn grown(outcome: &&Outcome) -> f64 {
    (outcome.figures.bytes_peak as f64 - outcome.figures.bytes_before as f64) / 1024.0
}

fn evicted(outcome: &&Outcome) -> f64 {
    outcome.figures.evicted.as_ref().map_or(f64::NAN, |(seconds, _)| *seconds)
}

fn tell(outcomes: &[Outcome]) -> (String, Vec<Row>) {
    let mut gaps = String::from(
        "| members | server, saturated | longest gap of any other | evicted after | memory before → most |\n\
         |---|---|---|---|---|\n",
    );
    let mut memory = String::from(
        "| members | paced | memory before → most | evicted after | kept by the kernel besides |\n|---|---|---|---|---|\n",
    );
    let mut rows = Vec::new();
    for members in SIZES.into_iter().filter(|size| outcomes.iter().any(|outcome| outcome.members == *size)) {
        let of = |paced: bool, trial: Trial| -> Vec<&Outcome> {
            outcomes.iter().filter(|o| (o.members, o.paced, o.trial) == (members, paced, trial)).collect()
        };
        let kib = |of: &[&Outcome], bytes: fn(&Stalled) -> u64| middle(of, |o| bytes(&o.figures) as f64 / 1024.0);
        let memory_of = |of: &[&Outcome]| {
            format!("{:.0} → {:.0} KiB", kib(of, |figures| figures.bytes_before), kib(of, |figures| figures.bytes_peak))
        };
        for trial in SATURATED {
            let here = of(false, trial);
            let gap = middle(&here, |outcome| outcome.figures.figures.longest_gap_millis);
            let (who, after, memory) = (trial.words(), middle(&here, evicted), memory_of(&here));
            let written = writeln!(gaps, "| {members} | {who} | {gap:.1} ms | {after:.1} s | {memory} |");
            written.expect("a string takes any text");
            if trial.contender == Contender::Native && trial.stalled > 0 {
                rows.push(Row::new(format!("one stalled reader, {members} members: longest gap for others"), GAP, gap));
            }
        }
        for trial in PACED {
            let here = of(true, trial);
            let kernel = |o: &&Outcome| o.figures.kernel_bytes.map_or(f64::NAN, |bytes| bytes as f64 / 1024.0);
            let (after, kernel) = (middle(&here, evicted), middle(&here, kernel));
            let who = trial.words();
            let written =
                writeln!(memory, "| {members} | {who} | {} | {after:.1} s | {kernel:.0} KiB |", memory_of(&here));
            written.expect("a string takes any text");
        }
        let [without, with] = PACED.map(|trial| middle(&of(true, trial), grown));
        let name = format!("one stalled reader, {members} members: memory before it is cut");
        rows.push(Row::new(name, MEMORY, (with - without) / MANY as f64));
    }
    (format!("{gaps}\n{memory}").replace("NaN s", "–").replace("NaN KiB", "–"), rows)
}

impl Trial {
    fn words(self) -> String {
        let name = self.contender.name();
        match self.stalled {
            0 => format!("{name}, everybody reads"),
            1 => format!("{name}, one never reads"),
            several => format!("{name}, {several} never read"),
        }
    }
}
