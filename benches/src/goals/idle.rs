//! Memory of a server full of people who say nothing.

use std::fmt::Write;

use crate::rounds::{Contender, Idle, idle};

use super::{Goal, Report, Row, Setup, Unit, middle, raw};

const EACH: Goal = Goal::new(1_536.0, 1_024.0, Unit::Bytes);
const SIZES: [usize; 2] = [5_000, 10_000];

pub(super) fn measure(setup: &Setup) -> Result<Report, String> {
    let mut cells = Vec::new();
    for round in 1..=setup.rounds {
        for connections in SIZES {
            for contender in [Contender::BareB, Contender::Native] {
                let cell = idle(contender, connections, &setup.binary)?;
                eprintln!("round {round}, idle: {cell:?}");
                cells.push(cell);
            }
        }
    }
    let mut table = String::from("| connections | server | resident bytes each |\n|---|---|---|\n");
    let mut rows = Vec::new();
    for connections in SIZES {
        for contender in [Contender::BareB, Contender::Native] {
            let here: Vec<Idle> =
                cells.iter().filter(|c| (c.connections, c.contender) == (connections, contender)).cloned().collect();
            let each = middle(&here, |cell| cell.bytes_per_connection);
            writeln!(table, "| {connections} | {} | {each:.0} |", contender.name()).expect("a string takes any text");
            if contender == Contender::Native {
                rows.push(Row::new(format!("memory per idle joined connection, {connections}"), EACH, each));
            }
        }
    }
    Ok(Report {
        title: "Memory per idle joined connection",
        table,
        rows,
        raw: cells.iter().map(|figures| raw("idle", figures)).collect(),
    })
}
