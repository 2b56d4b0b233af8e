//! Parlor and the bare loops in turn, round after round, and the tables of what came out.
//!
//! Absolute figures change with the machine and its neighbours; ratios taken within one round hold to 5–10 %.

use std::fmt::Write;
use std::path::Path;
use std::time::Duration;

use serde::Serialize;

use crate::bare::Style;
use crate::crowd::Crowd;
use crate::drive::{Load, Phase, drive};
use crate::figures::{Figures, median, thousands};
use crate::os;
use crate::process::Running;
use crate::speech::Speech;

/// Who is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Contender {
    /// [`Style::Lines`].
    #[serde(rename = "bare A")]
    BareA,
    /// [`Style::Turns`].
    #[serde(rename = "bare B")]
    BareB,
    /// `parlor-server`, native clients.
    #[serde(rename = "parlor, native")]
    Native,
    /// `parlor-server`, ChatRoom clients in line mode.
    #[serde(rename = "parlor, prompt lines")]
    PromptLines,
}

/// A configuration under which the figures measure the server and not its patience with one person.
pub const UNPACED: &str = "[limits]\npace = \"off\"\n";

impl Contender {
    /// In the order of a round.
    pub const ALL: [Contender; 4] = [Contender::BareA, Contender::BareB, Contender::Native, Contender::PromptLines];

    /// As the tables call it.
    pub const fn name(self) -> &'static str {
        match self {
            Contender::BareA => "bare A",
            Contender::BareB => "bare B",
            Contender::Native => "parlor, native",
            Contender::PromptLines => "parlor, prompt lines",
        }
    }

    /// What it is spoken to.
    pub const fn speech(self) -> Speech {
        match self {
            Contender::BareA | Contender::BareB => Speech::Bare,
            Contender::Native => Speech::Native,
            Contender::PromptLines => Speech::PromptLines,
        }
    }

    /// Starts it.
    ///
    /// # Errors
    /// One sentence, if it does not start.
    pub fn start(self, binary: &Path) -> Result<Running, String> {
        match self {
            Contender::BareA => Running::bare(Style::Lines),
            Contender::BareB => Running::bare(Style::Turns),
            Contender::Native | Contender::PromptLines => Running::parlor(binary, UNPACED),
        }
    }
}

/// What is measured.
#[derive(Clone, Debug)]
pub struct Plan {
    /// How often each cell is measured, everybody taking turns.
    pub rounds: usize,
    /// Receivers; the senders come on top.
    pub members: Vec<usize>,
    /// Members that speak.
    pub senders: usize,
    /// Messages in flight, saturated.
    pub in_flight: usize,
    /// Bytes of each text.
    pub payload: usize,
    /// How long each phase is measured.
    pub measure: Duration,
}

/// One contender at one size in one round.
#[derive(Clone, Debug, Serialize)]
#[allow(missing_docs, reason = "as named")]
pub struct Cell {
    pub contender: Contender,
    pub receivers: usize,
    pub round: usize,
    pub serial: Figures,
    pub saturated: Figures,
}

/// Measures every cell, each with a fresh server, and says on standard error what it is at.
///
/// # Errors
/// One sentence, if a server does not start or loses anybody or anything.
pub fn fan_out(plan: &Plan, binary: &Path) -> Result<Vec<Cell>, String> {
    let mut cells = Vec::new();
    for round in 1..=plan.rounds {
        for &receivers in &plan.members {
            for contender in Contender::ALL {
                let server = contender.start(binary)?;
                let mut crowd = Crowd::join(server.target(contender.speech()), receivers, plan.senders, "")?;
                let mut phase = |phase| {
                    let (warm_up, payload) = (plan.measure / 10, plan.payload);
                    let server = Some(server.pid());
                    let load = Load { phase, payload, warm_up, measure: plan.measure, messages_max: u64::MAX, server };
                    drive(&mut crowd, &load)
                };
                let serial = phase(Phase::Serial)?;
                let saturated = phase(Phase::Saturated { in_flight: plan.in_flight })?;
                eprintln!("round {round}, {}: serial {serial}", contender.name());
                eprintln!("round {round}, {}: saturated {saturated}", contender.name());
                cells.push(Cell { contender, receivers, round, serial, saturated });
            }
        }
    }
    Ok(cells)
}

/// The cells as a Markdown table: medians over the rounds, ratios to the bare loops of the same round.
pub fn fan_out_table(cells: &[Cell]) -> String {
    let mut table = String::from(
        "| members | server | serial: CPU µs/delivery | ÷ A | to first / median / last, p50 ms | \
         saturated: CPU µs/delivery | ÷ B | deliveries/s | to first / median / last, p50 ms | last p99 ms |\n\
         |---|---|---|---|---|---|---|---|---|---|\n",
    );
    let mut sizes: Vec<usize> = cells.iter().map(|cell| cell.receivers).collect();
    sizes.sort_unstable();
    sizes.dedup();
    for size in sizes {
        for contender in Contender::ALL {
            let row: Vec<&Cell> =
                cells.iter().filter(|cell| cell.receivers == size && cell.contender == contender).collect();
            if !row.is_empty() {
                write_row(&mut table, size, contender, &row, cells);
            }
        }
    }
    table
}

fn write_row(table: &mut String, size: usize, contender: Contender, row: &[&Cell], cells: &[Cell]) {
    let of = |figure: fn(&Cell) -> f64| median(row.iter().map(|cell| figure(cell)));
    let ratio = |base: Contender, figure: fn(&Cell) -> f64| {
        median(row.iter().filter_map(|cell| {
            let base = cells.iter().find(|b| b.contender == base && b.receivers == size && b.round == cell.round)?;
            Some(figure(cell) / figure(base))
        }))
    };
    let serial = |cell: &Cell| cell.serial.server_micros_per_delivery.unwrap_or(f64::NAN);
    let saturated = |cell: &Cell| cell.saturated.server_micros_per_delivery.unwrap_or(f64::NAN);
    let written = writeln!(
        table,
        "| {size} | {} | {:.2} | {:.2} | {:.2} / {:.2} / {:.2} | {:.3} | {:.2} | {} | {:.2} / {:.2} / {:.2} | {:.1} |",
        contender.name(),
        of(serial),
        ratio(Contender::BareA, serial),
        of(|cell| cell.serial.first.p50 / 1e3),
        of(|cell| cell.serial.median.p50 / 1e3),
        of(|cell| cell.serial.last.p50 / 1e3),
        of(saturated),
        ratio(Contender::BareB, saturated),
        thousands(of(|cell| cell.saturated.deliveries_per_second())),
        of(|cell| cell.saturated.first.p50 / 1e3),
        of(|cell| cell.saturated.median.p50 / 1e3),
        of(|cell| cell.saturated.last.p50 / 1e3),
        of(|cell| cell.saturated.last.p99 / 1e3),
    );
    written.expect("a string takes any text");
}

/// What many idle connections cost.
#[derive(Clone, Debug, Serialize)]
#[allow(missing_docs, reason = "as named")]
pub struct Idle {
    pub contender: Contender,
    pub connections: usize,
    pub bytes_per_connection: f64,
    pub micros_per_join: f64,
    pub join_seconds: f64,
}

/// Joins so many members to a fresh server, in one room, and lets them be silent.
///
/// # Errors
/// One sentence, if a server does not start or does not let everybody in.
pub fn idle(contender: Contender, connections: usize, binary: &Path) -> Result<Idle, String> {
    let server = contender.start(binary)?;
    let usage = || Ok::<_, String>((os::processor_time(server.pid())?, os::resident_bytes(server.pid())? as f64));
    let before = usage()?;
    // One of them can speak, which proves that everybody is in.
    let crowd = Crowd::join(server.target(contender.speech()), connections.saturating_sub(1), 1, "")?;
    let after = usage()?;
    let each = |total: f64| total / connections as f64;
    Ok(Idle {
        contender,
        connections,
        bytes_per_connection: each(after.1 - before.1),
        micros_per_join: each((after.0 - before.0).as_secs_f64() * 1e6),
        join_seconds: crowd.joined_within().as_secs_f64(),
    })
}

/// These as a Markdown table.
pub fn idle_table(rows: &[Idle]) -> String {
    let mut table = String::from(
        "| connections | server | resident bytes each | CPU µs per connect and join | all in after |\n\
         |---|---|---|---|---|\n",
    );
    for Idle { contender, connections, bytes_per_connection, micros_per_join, join_seconds } in rows {
        let written = writeln!(
            table,
            "| {connections} | {} | {bytes_per_connection:.0} | {micros_per_join:.0} | {join_seconds:.2} s |",
            contender.name()
        );
        written.expect("a string takes any text");
    }
    table
}
