//! A burst of connects and joins into one room.
//!
//! The server's processor time covers everything from the first connect until nobody has been told anything for 1.3 s,
//! the last news of an arrival included. Where more connect at once than the queue of the listening socket takes (4,096
//! at most, unless the system is told otherwise) the kernel turns the rest away, and they try again after one and three
//! seconds: that, and not the server, is then how long it takes.

use std::fmt::Write;

use serde::Serialize;

use crate::figures::median;
use crate::os;
use crate::rounds::Contender;

use super::{Burst, DIALECTS, Goal, Report, Row, Setup, Told, Unit, middle, raw};

const CPU: Goal = Goal::new(120.0, 60.0, Unit::Micros);
const WALL: Goal = Goal::new(0.5, 0.15, Unit::Seconds);
/// Of the room these are for.
const GOALS_FOR: usize = 1_000;
/// What nobody is to drown in: one by one until bulk begins above 500 members, then at most one line a second.
const LINES: Goal = Goal::new(600.0, 520.0, Unit::Count);
const LARGE: usize = 10_000;

#[derive(Clone, Debug, Serialize)]
struct Joined {
    contender: Contender,
    clients: usize,
    in_seconds: f64,
    told_seconds: f64,
    micros_each: f64,
    resident_bytes_each: f64,
    /// Presence of each client, the median one's and the most anybody was told.
    frames: (f64, f64),
    bytes: (f64, f64),
    names: (f64, f64),
    /// Of everything each was sent.
    bytes_all: (f64, f64),
}

pub(super) fn measure(setup: &Setup) -> Result<Report, String> {
    let mut cells = Vec::new();
    for round in 1..=setup.rounds {
        for &clients in &setup.crowds {
            for contender in DIALECTS {
                let cell = join(setup, contender, clients)?;
                eprintln!("round {round}, {clients} at once: {cell:?}");
                cells.push(cell);
            }
        }
    }
    let (table, rows) = tell(setup, &cells);
    Ok(Report {
        title: "A burst of connects and joins",
        table,
        rows,
        raw: cells.iter().map(|figures| raw("joins", figures)).collect(),
    })
}

fn join(setup: &Setup, contender: Contender, clients: usize) -> Result<Joined, String> {
    let server = contender.start(&setup.binary)?;
    let usage = || Ok::<_, String>((os::processor_time(server.pid())?, os::resident_bytes(server.pid())? as f64));
    let before = usage()?;
    let hellos = (0..clients).map(|index| contender.speech().hello(&format!("r{index}"))).collect();
    let burst = Burst::join(server.target(contender.speech()), hellos, true)?;
    let after = usage()?;
    let told: Vec<Told> = burst.told().collect();
    let spread = |figure: fn(&Told) -> u64| {
        let figures = || told.iter().map(|told| figure(told) as f64);
        (median(figures()), figures().fold(0.0, f64::max))
    };
    Ok(Joined {
        contender,
        clients,
        in_seconds: burst.in_after().as_secs_f64(),
        told_seconds: burst.told_after().as_secs_f64(),
        micros_each: (after.0 - before.0).as_secs_f64() * 1e6 / clients as f64,
        resident_bytes_each: (after.1 - before.1) / clients as f64,
        frames: spread(|told| told.frames),
        bytes: spread(|told| told.bytes),
        names: spread(|told| told.names),
        bytes_all: spread(|told| told.bytes_all),
    })
}

fn tell(setup: &Setup, cells: &[Joined]) -> (String, Vec<Row>) {
    let mut table = String::from(
        "| clients | server | all in after | last news after | CPU µs each | presence, median (most) client: frames | \
         bytes | names | bytes of everything | resident bytes each |\n|---|---|---|---|---|---|---|---|---|---|\n",
    );
    for &clients in &setup.crowds {
        for contender in DIALECTS {
            let here: Vec<Joined> =
                cells.iter().filter(|c| (c.clients, c.contender) == (clients, contender)).cloned().collect();
            let of = |figure: fn(&Joined) -> f64| middle(&here, figure);
            let both = |figure: fn(&Joined) -> (f64, f64)| {
                format!("{:.0} ({:.0})", middle(&here, |c| figure(c).0), middle(&here, |c| figure(c).1))
            };
            let (wall, cpu) = (of(|c| c.in_seconds), of(|c| c.micros_each));
            let written = writeln!(
                table,
                "| {clients} | {} | {wall:.3} s | {:.3} s | {cpu:.1} | {} | {} | {} | {} | {:.0} |",
                contender.name(),
                of(|c| c.told_seconds),
                both(|c| c.frames),
                both(|c| c.bytes),
                both(|c| c.names),
                both(|c| c.bytes_all),
                of(|c| c.resident_bytes_each),
            );
            written.expect("a string takes any text");
        }
    }
    (table, judge(cells))
}

/// The rows of sizes that were not asked for say that they were not measured.
fn judge(cells: &[Joined]) -> Vec<Row> {
    let mut rows = Vec::new();
    for contender in DIALECTS {
        let of = |clients: usize, figure: fn(&Joined) -> f64| {
            let here: Vec<&Joined> =
                cells.iter().filter(|c| (c.clients, c.contender) == (clients, contender)).collect();
            middle(&here, |joined| figure(joined))
        };
        let name = contender.name();
        let (cpu, wall) = (of(GOALS_FOR, |c| c.micros_each), of(GOALS_FOR, |c| c.in_seconds));
        rows.push(Row::new(format!("connect + join, presence told to all, CPU, {GOALS_FOR}, {name}"), CPU, cpu));
        rows.push(Row::new(format!("{GOALS_FOR} connects and joins in a burst, all in, {name}"), WALL, wall));
        let what = format!("{LARGE} in a burst, most lines of presence to anybody, {name}");
        rows.push(Row::new(what, LINES, of(LARGE, |c| c.frames.1)));
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::goals::Verdict;

    #[test]
    fn sizes_that_were_not_asked_for_are_rows_without_a_figure() {
        let rows = judge(&[]);
        assert_eq!(rows.len(), 6);
        assert!(rows.iter().all(|row| row.verdict == Verdict::Unknown));
    }
}
