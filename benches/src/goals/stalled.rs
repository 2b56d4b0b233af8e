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

use super::{DIALECTS, Goal, Report, Row, Setup, Unit, middle, raw};

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

const SATURATED: [Trial; 5] = [
    Trial { contender: Contender::BareB, stalled: 1 },
    Trial { contender: Contender::Native, stalled: 0 },
    Trial { contender: Contender::Native, stalled: 1 },
    Trial { contender: Contender::PromptLines, stalled: 0 },
    Trial { contender: Contender::PromptLines, stalled: 1 },
];
const PACED: [Trial; 4] = [
    Trial { contender: Contender::Native, stalled: 0 },
    Trial { contender: Contender::Native, stalled: MANY },
    Trial { contender: Contender::PromptLines, stalled: 0 },
    Trial { contender: Contender::PromptLines, stalled: MANY },
];

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

fn gap(outcome: &&Outcome) -> f64 {
    outcome.figures.figures.longest_gap_millis
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
    for members in SIZES.into_iter().filter(|size| outcomes.iter().any(|outcome| outcome.members == *size)) {
        let of = |paced: bool, trial: Trial| of(outcomes, members, paced, trial);
        let kib = |of: &[&Outcome], bytes: fn(&Stalled) -> u64| middle(of, |o| bytes(&o.figures) as f64 / 1024.0);
        let memory_of = |of: &[&Outcome]| {
            format!("{:.0} → {:.0} KiB", kib(of, |figures| figures.bytes_before), kib(of, |figures| figures.bytes_peak))
        };
        for trial in SATURATED {
            let here = of(false, trial);
            let gap = middle(&here, gap);
            let (who, after, memory) = (trial.words(), middle(&here, evicted), memory_of(&here));
            let written = writeln!(gaps, "| {members} | {who} | {gap:.1} ms | {after:.1} s | {memory} |");
            written.expect("a string takes any text");
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
    }
    (format!("{gaps}\n{memory}").replace("NaN s", "–").replace("NaN KiB", "–"), judge(outcomes))
}

fn of(outcomes: &[Outcome], members: usize, paced: bool, trial: Trial) -> Vec<&Outcome> {
    outcomes.iter().filter(|o| (o.members, o.paced, o.trial) == (members, paced, trial)).collect()
}

/// A round in which nobody was cut off says nothing of what it takes until somebody is; nor do sizes that were not
/// asked for: their rows have no figure.
fn judge(outcomes: &[Outcome]) -> Vec<Row> {
    let mut rows = Vec::new();
    let if_cut = |outcome: &&Outcome, figure: f64| if evicted(outcome).is_nan() { f64::NAN } else { figure };
    for contender in DIALECTS {
        for members in SIZES {
            let of = |paced, stalled| of(outcomes, members, paced, Trial { contender, stalled });
            let gap = middle(&of(false, 1), |outcome| if_cut(outcome, gap(outcome)));
            let with = middle(&of(true, MANY), |outcome| if_cut(outcome, grown(outcome)));
            let without = middle(&of(true, 0), grown);
            let who = format!("one stalled reader, {members} members, {}", contender.name());
            rows.push(Row::new(format!("{who}: longest gap for others"), GAP, gap));
            let memory = (with - without) / MANY as f64;
            rows.push(Row::new(format!("{who}: memory before it is cut"), MEMORY, memory));
        }
    }
    rows
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figures::Figures;
    use crate::goals::Verdict;

    fn outcome(paced: bool, stalled: usize, peak_kib: u64, cut: bool) -> Outcome {
        let contender = Contender::Native;
        let figures = Stalled {
            contender,
            stalled,
            figures: Figures { longest_gap_millis: 5.0, ..Figures::default() },
            bytes_before: 0,
            bytes_peak: peak_kib * 1024,
            bytes_after: 0,
            kernel_bytes: None,
            evicted: cut.then(|| (1.0, String::from("cut off"))),
            last_words: None,
        };
        Outcome { members: 100, paced, trial: Trial { contender, stalled }, figures }
    }

    #[test]
    fn nothing_is_judged_where_nobody_was_cut_off_in_one_of_the_rounds() {
        let judged = |cut: bool| {
            let mut outcomes = Vec::new();
            for cut in [true, cut, true] {
                outcomes.extend([outcome(false, 1, 9, cut), outcome(true, 0, 32, false), outcome(true, MANY, 96, cut)]);
            }
            let rows = judge(&outcomes);
            assert_eq!(rows.len(), 8);
            assert!(rows[2..].iter().all(|row| row.verdict == Verdict::Unknown), "nothing else was measured");
            [rows[0].measured, rows[1].measured]
        };
        assert_eq!(judged(true), [5.0, 2.0]);
        assert!(judged(false).iter().all(|figure| figure.is_nan()));
    }
}
