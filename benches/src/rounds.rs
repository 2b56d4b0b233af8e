//! Parlor, the bare loops and servers of others in turn, round after round, and the tables of what came out.
//!
//! Absolute figures change with the machine and its neighbours; ratios taken within one round hold to 5–10 %.

mod contender;
mod tables;

use std::path::Path;
use std::time::Duration;

use serde::Serialize;

pub use contender::{Contender, UNPACED};
pub use tables::{cost_table, idle_table, latency_table};

use crate::crowd::Crowd;
use crate::drive::{Load, Phase, drive};
use crate::figures::Figures;
use crate::os;

/// What is measured.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Who, in the order of a round.
    pub contenders: Vec<Contender>,
    /// How often each cell is measured, everybody taking turns.
    pub rounds: usize,
    /// Receivers; the senders come on top.
    pub members: Vec<usize>,
    /// Members that speak.
    pub senders: usize,
    /// Messages in flight, saturated.
    pub in_flight: usize,
    /// The numbers of receivers at which [`Phase::DEEP`] is measured too; that takes long in large rooms.
    pub deep: Vec<usize>,
    /// Bytes of each text.
    pub payload: usize,
    /// How long each phase is measured.
    pub measure: Duration,
    /// All have joined within this time, or the cell stays empty.
    pub join_within: Duration,
}

/// One contender at one size in one round.
#[derive(Clone, Debug, Serialize)]
#[allow(missing_docs, reason = "as named")]
pub struct Cell {
    pub contender: Contender,
    pub receivers: usize,
    pub round: usize,
    pub joining: Joining,
    pub serial: Figures,
    pub saturated: Figures,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deep: Option<Figures>,
}

/// What it cost to let everybody in.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Joining {
    /// Resident bytes that the server gained, by connection.
    pub bytes_each: f64,
    /// Processor time of the server for each connection, its join and telling everybody, in microseconds.
    pub micros_each: f64,
    /// Until the last news of an arrival had come.
    pub seconds: f64,
}

/// A cell without figures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Gap {
    /// Whose.
    pub contender: Contender,
    /// At how many receivers; absent if at none.
    pub receivers: Option<usize>,
    /// Why, in one sentence.
    pub reason: String,
}

/// All that was measured, and what could not be.
#[derive(Clone, Debug, Default, Serialize)]
#[allow(missing_docs, reason = "as named")]
pub struct Results {
    pub cells: Vec<Cell>,
    pub gaps: Vec<Gap>,
}

/// Measures every cell, each with a fresh server, and says on standard error what it is at. A server of others that is
/// missing or fails leaves a gap, and is not tried again at that size.
///
/// # Errors
/// One sentence, if a server of ours does not start or loses anybody or anything.
pub fn fan_out(plan: &Plan, binary: &Path) -> Result<Results, String> {
    let mut results = Results::default();
    for &contender in &plan.contenders {
        if let Some(reason) = contender.missing() {
            eprintln!("{reason}");
            results.gaps.push(Gap { contender, receivers: None, reason });
        }
    }
    for round in 1..=plan.rounds {
        for &receivers in &plan.members {
            for &contender in &plan.contenders {
                if results.gap(contender, receivers).is_some() {
                    continue;
                }
                match (measure(plan, contender, receivers, round, binary), contender) {
                    (Ok(cell), _) => results.cells.push(cell),
                    (Err(reason), Contender::Peer(_)) => {
                        eprintln!("round {round}, {}, {receivers} members: {reason}", contender.name());
                        results.gaps.push(Gap { contender, receivers: Some(receivers), reason });
                    }
                    (Err(sentence), _) => return Err(format!("{}: {sentence}", contender.name())),
                }
            }
        }
    }
    Ok(results)
}

impl Results {
    /// Why there are no figures of this contender at this size, or no more than there are.
    pub fn gap(&self, contender: Contender, receivers: usize) -> Option<&Gap> {
        let is_it = |gap: &&Gap| gap.contender == contender && gap.receivers.is_none_or(|at| at == receivers);
        self.gaps.iter().find(is_it)
    }
}

/// A mark for what was measured in some rounds only; nothing, if in all.
pub(crate) fn of_rounds(measured: usize, all: usize) -> String {
    if measured < all { format!(" ({measured} of {all} rounds)") } else { String::new() }
}

/// How many rounds there were.
pub(crate) fn rounds(cells: &[Cell]) -> usize {
    cells.iter().map(|cell| cell.round).max().unwrap_or_default()
}

fn measure(plan: &Plan, contender: Contender, receivers: usize, round: usize, binary: &Path) -> Result<Cell, String> {
    let server = contender.start(binary)?;
    let pid = server.pid();
    let usage = || Ok::<_, String>((os::processor_time(pid)?, os::resident_bytes(pid)? as f64));
    let before = usage()?;
    let entry = contender.entry(plan.join_within);
    let mut crowd = Crowd::enter(server.target(contender.speech()), receivers, plan.senders, "", entry)?;
    let after = usage()?;
    let each = |total: f64| total / crowd.len() as f64;
    let joining = Joining {
        bytes_each: each(after.1 - before.1),
        micros_each: each((after.0 - before.0).as_secs_f64() * 1e6),
        seconds: crowd.joined_within().as_secs_f64(),
    };
    let mut phase = |name, phase| {
        let (warm_up, payload) = (plan.measure / 10, plan.payload);
        let load = Load { phase, payload, warm_up, measure: plan.measure, messages_max: u64::MAX, server: Some(pid) };
        let figures = drive(&mut crowd, &load)?;
        eprintln!("round {round}, {}: {name} {figures}", contender.name());
        Ok::<_, String>(figures)
    };
    let serial = phase("serial", Phase::Serial)?;
    let saturated = phase("saturated", Phase::Saturated { in_flight: plan.in_flight })?;
    let deep = if plan.deep.contains(&receivers) { Some(phase("deep", Phase::DEEP)?) } else { None };
    Ok(Cell { contender, receivers, round, joining, serial, saturated, deep })
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
