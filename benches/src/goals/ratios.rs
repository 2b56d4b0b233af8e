//! Deliveries beside the bare loops, and whether a large room makes them dearer.

use std::fmt::Write;
use std::time::Duration;

use crate::peers::Peer;
use crate::rounds::{Cell, Contender, Plan, cost_table, fan_out, latency_table, of_rounds, rounds};

use super::{DIALECTS, Goal, Report, Row, Setup, Unit, middle, raw};

const SERIAL: [(usize, Goal); 3] = [
    (100, Goal::new(1.15, 1.05, Unit::Times)),
    (1_000, Goal::new(1.10, 1.05, Unit::Times)),
    (5_000, Goal::new(1.12, 1.05, Unit::Times)),
];
const SATURATED: [(usize, Goal); 3] = {
    let goal = Goal::new(1.35, 1.15, Unit::Times);
    [(100, goal), (1_000, goal), (5_000, goal)]
};
const TAIL: [(usize, Goal); 2] = {
    let goal = Goal::new(1.5, 1.2, Unit::Times);
    [(100, goal), (1_000, goal)]
};
const INSPIRCD: [(usize, Goal); 3] = [
    (100, Goal::new(0.65, 0.55, Unit::Times)),
    (1_000, Goal::new(0.45, 0.33, Unit::Times)),
    (5_000, Goal::new(0.45, 0.35, Unit::Times)),
];
/// Where 1,024 messages are in flight; more is better.
const DEEP: [(usize, Goal); 1] = [(100, Goal::new(1.5, 2.0, Unit::Times))];
/// There is no aim beyond it.
const FLAT: Goal = Goal::new(25.0, 25.0, Unit::Percent);
const FLAT_FROM: usize = 100;

type Figure = fn(&Cell) -> f64;

/// A ratio that is to be reached: its name, to what, of which figure, and at which sizes.
type Beside = (&'static str, Contender, Figure, &'static [(usize, Goal)]);

const INSPIRCD_SERVER: Contender = Contender::Peer(Peer::InspIrcd);
const NATS_SERVER: Contender = Contender::Peer(Peer::Nats);

const BESIDE: [Beside; 5] = [
    ("serial CPU per delivery ÷ A", Contender::BareA, serial, &SERIAL),
    ("saturated CPU per delivery ÷ B", Contender::BareB, saturated, &SATURATED),
    ("last receiver p99, saturated, ÷ B", Contender::BareB, tail, &TAIL),
    ("saturated CPU per delivery ÷ InspIRCd", INSPIRCD_SERVER, saturated, &INSPIRCD),
    ("1,024 in flight: deliveries/s of a server core ÷ NATS", NATS_SERVER, deep, &DEEP),
];

fn serial(cell: &Cell) -> f64 {
    cell.serial.server_micros_per_delivery.unwrap_or(f64::NAN)
}

fn saturated(cell: &Cell) -> f64 {
    cell.saturated.server_micros_per_delivery.unwrap_or(f64::NAN)
}

fn tail(cell: &Cell) -> f64 {
    cell.saturated.last.p99
}

/// Of a processor that does nothing else: a server that leaves it idle is not charged for that.
fn deep(cell: &Cell) -> f64 {
    1e6 / cell.deep.as_ref().and_then(|figures| figures.server_micros_per_delivery).unwrap_or(f64::NAN)
}

pub(super) fn measure(setup: &Setup) -> Result<Report, String> {
    let peers: &[Contender] = if setup.peers { &[INSPIRCD_SERVER, NATS_SERVER] } else { &[] };
    let plan = Plan {
        contenders: [&Contender::OURS, peers].concat(),
        rounds: setup.rounds,
        members: setup.members.clone(),
        senders: 8,
        in_flight: 64,
        deep: if setup.peers { DEEP.map(|(size, _)| size).to_vec() } else { Vec::new() },
        payload: 100,
        measure: setup.measure,
        join_within: Duration::from_secs(60),
    };
    let results = fan_out(&plan, &setup.binary)?;
    let cells = &results.cells;
    let mut rows = beside(cells);
    let mut table = format!("{}\n{}", cost_table(&results), latency_table(&results));
    flatness(cells, &mut table, &mut rows);
    Ok(Report {
        title: "Deliveries beside the bare loops",
        table,
        rows,
        raw: cells.iter().map(|figures| raw("ratios", figures)).collect(),
    })
}

/// The rows of sizes and servers that were not asked for say that they were not measured.
fn beside(cells: &[Cell]) -> Vec<Row> {
    let mut rows = Vec::new();
    for contender in DIALECTS {
        for (what, base, figure, goals) in BESIDE {
            for (size, goal) in goals {
                let (ratio, measured) = ratio(cells, *size, contender, base, figure);
                let mark = if measured > 0 { of_rounds(measured, rounds(cells)) } else { String::new() };
                rows.push(Row::new(format!("{what}, {size} members, {}{mark}", contender.name()), *goal, ratio));
            }
        }
    }
    rows
}

/// The median over the rounds that have both, and how many these are.
fn ratio(cells: &[Cell], size: usize, contender: Contender, base: Contender, figure: Figure) -> (f64, usize) {
    let of = |who, round| cells.iter().find(|c| (c.contender, c.receivers, c.round) == (who, size, round));
    let mine = cells.iter().filter(|c| (c.contender, c.receivers) == (contender, size));
    let ratios: Vec<f64> = mine.filter_map(|c| Some(figure(c) / figure(of(base, c.round)?))).collect();
    (middle(&ratios, |ratio| *ratio), ratios.len())
}

fn flatness(cells: &[Cell], table: &mut String, rows: &mut Vec<Row>) {
    let sizes = sizes(cells);
    let span = match &sizes[..] {
        [least, .., most] => format!("from {least} to {most} members"),
        [] | [_] => String::from("over all sizes"),
    };
    if sizes.len() > 1 {
        table.push_str(
            "\n| from 100 members on | serial: CPU µs/delivery, least to most | ± | saturated | ± |\n\
             |---|---|---|---|---|\n",
        );
    }
    for contender in Contender::OURS {
        let [serial, saturated] = [serial as Figure, saturated].map(|figure| extremes(cells, contender, figure));
        if sizes.len() > 1 {
            let written = writeln!(
                table,
                "| {} | {:.2}–{:.2} | {:.0} % | {:.3}–{:.3} | {:.0} % |",
                contender.name(),
                serial.0,
                serial.1,
                apart(serial),
                saturated.0,
                saturated.1,
                apart(saturated),
            );
            written.expect("a string takes any text");
        }
        if !matches!(contender, Contender::BareA | Contender::BareB) {
            let name = contender.name();
            for (phase, costs) in [("serial", serial), ("saturated", saturated)] {
                let what = format!("{phase} CPU per delivery {span}, least and most: ± around the midpoint, {name}");
                // One size is as flat as can be, and says nothing.
                rows.push(Row::new(what, FLAT, if sizes.len() > 1 { apart(costs) } else { f64::NAN }));
            }
        }
    }
}

/// The sizes that were measured, of those whose costs are to be alike.
fn sizes(cells: &[Cell]) -> Vec<usize> {
    let mut sizes: Vec<usize> = cells.iter().map(|c| c.receivers).filter(|size| *size >= FLAT_FROM).collect();
    sizes.sort_unstable();
    sizes.dedup();
    sizes
}

fn extremes(cells: &[Cell], contender: Contender, figure: Figure) -> (f64, f64) {
    let at = |size: &usize| {
        let here: Vec<&Cell> = cells.iter().filter(|c| (c.contender, c.receivers) == (contender, *size)).collect();
        middle(&here, |cell| figure(cell))
    };
    let costs: Vec<f64> = sizes(cells).iter().map(at).collect();
    (costs.iter().copied().fold(f64::INFINITY, f64::min), costs.iter().copied().fold(0.0, f64::max))
}

/// How far, in per cent, the least and the most are from what lies halfway between them.
fn apart((least, most): (f64, f64)) -> f64 {
    (most - least) / (most + least) * 100.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figures::Figures;
    use crate::goals::Verdict;
    use crate::rounds::Joining;

    fn cell(contender: Contender, receivers: usize, round: usize, micros: f64) -> Cell {
        let figures = Figures { server_micros_per_delivery: Some(micros), ..Figures::default() };
        let joining = Joining::default();
        Cell { contender, receivers, round, joining, serial: figures.clone(), saturated: figures, deep: None }
    }

    #[test]
    fn a_ratio_is_taken_within_each_round_and_then_the_median() {
        let rounds = [(1.0, 2.0), (4.0, 4.0), (1.0, 3.0)];
        let cells: Vec<Cell> = rounds
            .iter()
            .enumerate()
            .flat_map(|(round, (bare, ours))| {
                [cell(Contender::BareB, 100, round, *bare), cell(Contender::Native, 100, round, *ours)]
            })
            .collect();
        assert_eq!(ratio(&cells, 100, Contender::Native, Contender::BareB, saturated), (2.0, 3));
        assert!(ratio(&cells, 1_000, Contender::Native, Contender::BareB, saturated).0.is_nan());
    }

    #[test]
    fn what_was_not_asked_for_is_a_row_without_a_figure_and_what_failed_later_is_marked() {
        let cells = [
            cell(Contender::BareB, 100, 1, 1.0),
            cell(INSPIRCD_SERVER, 100, 1, 2.0),
            cell(Contender::Native, 100, 1, 1.0),
            cell(Contender::BareB, 100, 2, 1.0),
            cell(Contender::Native, 100, 2, 1.0),
        ];
        let rows = beside(&cells);
        assert_eq!(rows.len(), 2 * (3 + 3 + 2 + 3 + 1));
        let row = |figure: &str| rows.iter().find(|row| row.figure == figure).unwrap_or_else(|| panic!("{figure}"));
        assert_eq!(row("saturated CPU per delivery ÷ B, 5000 members, parlor, native").verdict, Verdict::Unknown);
        assert_eq!(row("saturated CPU per delivery ÷ B, 100 members, parlor, native").measured, 1.0);
        let marked = "saturated CPU per delivery ÷ InspIRCd, 100 members, parlor, native (1 of 2 rounds)";
        assert_eq!(row(marked).measured, 0.5);
        let mut flat = Vec::new();
        flatness(&cells, &mut String::new(), &mut flat);
        assert_eq!(flat.len(), 4);
        assert!(flat.iter().all(|row| row.verdict == Verdict::Unknown), "one size says nothing");
    }

    #[test]
    fn costs_are_flat_if_all_are_near_one_in_the_middle() {
        let sizes = [(10, 9.0), (100, 0.75), (1_000, 1.25), (5_000, 1.0)];
        let cells: Vec<Cell> = sizes.iter().map(|(size, micros)| cell(Contender::Native, *size, 1, *micros)).collect();
        assert_eq!(extremes(&cells, Contender::Native, serial), (0.75, 1.25));
        assert_eq!(apart((0.75, 1.25)), 25.0);
    }
}
