//! What it adds to a delivery that everything is stored on the disk before anybody sees it.
//!
//! Both servers have the same room, as busy as it can be; the processor time is that of all threads, the one that
//! writes included. It grows with messages and not with deliveries, so that a room of another size gives another ratio.

use std::fmt::Write;

use serde::Serialize;

use crate::drive::Phase;
use crate::figures::thousands;
use crate::process::Running;
use crate::rounds::{Contender, UNPACED};

use super::in_turn::{Rival, Taken, in_turn};
use super::{DIALECTS, Goal, Report, Row, Setup, Unit, middle, raw};

const GOAL: Goal = Goal::new(1.25, 1.1, Unit::Times);
const MEMBERS: usize = 1_000;

#[derive(Clone, Copy, Debug, Serialize)]
struct Round {
    contender: Contender,
    memory: Taken,
    durable: Taken,
}

pub(super) fn measure(setup: &Setup) -> Result<Report, String> {
    let mut rounds = Vec::new();
    for round in 1..=setup.rounds {
        for contender in DIALECTS {
            let taken = measure_round(setup, contender)?;
            eprintln!("round {round}, {}, in memory: {:?}", contender.name(), taken.memory);
            eprintln!("round {round}, {}, on the disk: {:?}", contender.name(), taken.durable);
            rounds.push(taken);
        }
    }
    let (table, rows) = tell(&rounds);
    let raw = rounds.iter().map(|figures| raw("durable", figures)).collect();
    Ok(Report { title: "Durable history", table, rows, raw })
}

fn measure_round(setup: &Setup, contender: Contender) -> Result<Round, String> {
    let directory = tempfile::tempdir().map_err(|e| format!("No temporary directory: {e}."))?;
    let rival = |server| Rival::new(server, contender.speech(), MEMBERS);
    let memory = rival(Running::parlor(&setup.binary, UNPACED)?)?;
    let durable = rival(Running::parlor_keeping(&setup.binary, UNPACED, directory.path())?)?;
    let mut rivals = [memory, durable];
    let [memory, durable] = in_turn(&mut rivals, Phase::Saturated { in_flight: 64 }, setup.measure)?;
    Ok(Round { contender, memory, durable })
}

fn tell(rounds: &[Round]) -> (String, Vec<Row>) {
    let mut rows = Vec::new();
    let mut table = String::from(
        "| history, 1,000 members, saturated | CPU µs/delivery | deliveries/s | messages/s | messages a read | last receiver p50 / p99 ms |\n\
         |---|---|---|---|---|---|\n",
    );
    for contender in DIALECTS {
        let here: Vec<&Round> = rounds.iter().filter(|round| round.contender == contender).collect();
        for (name, durable) in [("in memory", false), ("on the disk", true)] {
            let of = |figure: fn(&Taken) -> f64| {
                middle(&here, |round| figure(if durable { &round.durable } else { &round.memory }))
            };
            let written = writeln!(
                table,
                "| {}, {name} | {:.3} | {} | {} | {:.1} | {:.1} / {:.1} |",
                contender.name(),
                of(|taken| taken.micros_per_delivery),
                thousands(of(|taken| taken.deliveries_per_second)),
                thousands(of(|taken| taken.messages_per_second)),
                of(|taken| taken.messages_per_read),
                of(|taken| taken.last_p50_millis),
                of(|taken| taken.last_p99_millis),
            );
            written.expect("a string takes any text");
        }
        let ratio = middle(&here, |round| round.durable.micros_per_delivery / round.memory.micros_per_delivery);
        let what = "durable history: CPU per delivery, 1,000 members, saturated ÷ in memory";
        rows.push(Row::new(format!("{what}, {}", contender.name()), GOAL, ratio));
    }
    (table, rows)
}
