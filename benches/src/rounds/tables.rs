//! What was measured, as Markdown: medians over the rounds, ratios to another contender in the same round.

use std::fmt::Write;

use super::{Cell, Contender, Idle, Results, of_rounds, rounds};
use crate::figures::{median, thousands};
use crate::peers::Peer;

/// What a delivery, a join and a connection cost, and beside whom.
pub fn cost_table(results: &Results) -> String {
    let head = [
        "members",
        "server",
        "serial: CPU µs/delivery",
        "÷ A",
        "saturated: CPU µs/delivery",
        "÷ B",
        "÷ InspIRCd",
        "last p99 ms",
        "÷ B",
        "1,024 in flight: deliveries/s of a server core",
        "÷ NATS",
        "CPU µs per connect and join",
        "resident bytes each",
        "all in after",
    ];
    table(results, &head, |rows| {
        vec![
            number(rows.of(serial), 2),
            number(rows.over(Contender::BareA, serial), 2),
            number(rows.of(saturated), 3),
            number(rows.over(Contender::BareB, saturated), 2),
            number(rows.over(Contender::Peer(Peer::InspIrcd), saturated), 2),
            number(rows.of(last_p99), 1),
            number(rows.over(Contender::BareB, last_p99), 2),
            rows.of(deep).map_or_else(dash, thousands),
            number(rows.over(Contender::Peer(Peer::Nats), deep), 2),
            number(rows.of(|cell| Some(cell.joining.micros_each)), 0),
            number(rows.of(|cell| Some(cell.joining.bytes_each)), 0),
            rows.of(|cell| Some(cell.joining.seconds)).map_or_else(dash, |seconds| format!("{seconds:.2} s")),
        ]
    })
}

/// How long a message takes.
pub fn latency_table(results: &Results) -> String {
    let head = [
        "members",
        "server",
        "serial: to first / median / last, p50 ms",
        "saturated: to first / median / last, p50 ms",
        "last p99 ms",
        "deliveries/s",
        "server / load generator busy",
    ];
    table(results, &head, |rows| {
        let millis = |of: fn(&Cell) -> [f64; 3]| {
            let at = |index: usize| rows.of(|cell| Some(of(cell)[index] / 1e3)).unwrap_or_default();
            format!("{:.2} / {:.2} / {:.2}", at(0), at(1), at(2))
        };
        let busy = |cell: &Cell| cell.saturated.server_load;
        vec![
            millis(|Cell { serial, .. }| [serial.first.p50, serial.median.p50, serial.last.p50]),
            millis(|Cell { saturated, .. }| [saturated.first.p50, saturated.median.p50, saturated.last.p50]),
            number(rows.of(last_p99), 1),
            rows.of(|cell| Some(cell.saturated.deliveries_per_second())).map_or_else(dash, thousands),
            format!("{} / {}", number(rows.of(busy), 2), number(rows.of(|cell| Some(cell.saturated.own_load)), 2)),
        ]
    })
}

/// What idle connections cost.
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

fn serial(cell: &Cell) -> Option<f64> {
    cell.serial.server_micros_per_delivery
}

fn saturated(cell: &Cell) -> Option<f64> {
    cell.saturated.server_micros_per_delivery
}

fn last_p99(cell: &Cell) -> Option<f64> {
    Some(cell.saturated.last.p99 / 1e3)
}

/// Deliveries a second, as if the server had a whole processor for them.
fn deep(cell: &Cell) -> Option<f64> {
    let figures = cell.deep.as_ref()?;
    Some(figures.deliveries_per_second() / figures.server_load?)
}

/// One contender at one size.
struct Rows<'a> {
    rows: Vec<&'a Cell>,
    all: &'a [Cell],
}

impl Rows<'_> {
    fn of(&self, figure: impl Fn(&Cell) -> Option<f64>) -> Option<f64> {
        some_median(self.rows.iter().filter_map(|cell| figure(cell)))
    }

    fn over(&self, base: Contender, figure: impl Fn(&Cell) -> Option<f64>) -> Option<f64> {
        some_median(self.rows.iter().filter_map(|cell| {
            let is_base = |b: &&Cell| b.contender == base && b.receivers == cell.receivers && b.round == cell.round;
            Some(figure(cell)? / figure(self.all.iter().find(is_base)?)?)
        }))
    }
}

fn some_median(values: impl Iterator<Item = f64>) -> Option<f64> {
    let values: Vec<f64> = values.collect();
    (!values.is_empty()).then(|| median(values))
}

fn table(results: &Results, head: &[&str], row: impl Fn(&Rows) -> Vec<String>) -> String {
    let mut table = format!("| {} |\n|{}\n", head.join(" | "), "---|".repeat(head.len()));
    let mut sizes: Vec<usize> = results.cells.iter().map(|cell| cell.receivers).collect();
    sizes.sort_unstable();
    sizes.dedup();
    for size in sizes {
        for contender in Contender::OURS.into_iter().chain(Contender::PEERS) {
            let is_it = |cell: &&Cell| cell.receivers == size && cell.contender == contender;
            let rows = Rows { rows: results.cells.iter().filter(is_it).collect(), all: &results.cells };
            let figures = match (rows.rows.is_empty(), results.gap(contender, size)) {
                (false, _) => row(&rows),
                (true, Some(gap)) => {
                    let mut figures = vec![gap.reason.replace('|', "/").replace('\n', " ")];
                    figures.resize_with(head.len() - 2, dash);
                    figures
                }
                (true, None) => continue,
            };
            // A contender that failed in a later round has the medians of fewer.
            let measured = rows.rows.len();
            let mark = if measured > 0 { of_rounds(measured, rounds(&results.cells)) } else { String::new() };
            let written = writeln!(table, "| {size} | {}{mark} | {} |", contender.name(), figures.join(" | "));
            written.expect("a string takes any text");
        }
    }
    table
}

fn number(figure: Option<f64>, digits: usize) -> String {
    figure.map_or_else(dash, |figure| format!("{figure:.digits$}"))
}

fn dash() -> String {
    String::from("–")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figures::Figures;
    use crate::rounds::{Gap, Joining};

    fn cell(contender: Contender, round: usize, micros: f64) -> Cell {
        let figures = Figures { server_micros_per_delivery: Some(micros), ..Figures::default() };
        let joining = Joining { bytes_each: 700.0, micros_each: 50.0, seconds: 0.5 };
        Cell { contender, receivers: 100, round, joining, serial: figures.clone(), saturated: figures, deep: None }
    }

    #[test]
    fn ratios_are_those_within_a_round() {
        let (a, native) = (Contender::BareA, Contender::Native);
        // The machine was twice as slow in the second round, and three times in the third.
        let cells: Vec<Cell> = (1..=3).flat_map(|n| [cell(a, n, n as f64), cell(native, n, 1.5 * n as f64)]).collect();
        let table = cost_table(&Results { cells, gaps: Vec::new() });
        let native = table.lines().find(|line| line.contains("native")).unwrap();
        assert!(native.starts_with("| 100 | parlor, native | 3.00 | 1.50 | 3.000 | – | – | "), "{native}");
        assert!(native.ends_with("| 50 | 700 | 0.50 s |"), "{native}");
    }

    #[test]
    fn who_failed_in_a_later_round_is_marked() {
        let (a, nats) = (Contender::BareA, Contender::Peer(Peer::Nats));
        let cells = vec![cell(a, 1, 1.0), cell(nats, 1, 2.0), cell(a, 2, 1.0), cell(a, 3, 1.0)];
        let gap = Gap { contender: nats, receivers: Some(100), reason: String::from("It is gone.") };
        let table = cost_table(&Results { cells, gaps: vec![gap] });
        assert!(table.contains("| 100 | NATS (1 of 3 rounds) | 2.00 |"), "{table}");
        assert!(table.contains("| 100 | bare A | "), "{table}");
    }

    #[test]
    fn who_could_not_be_measured_has_a_row_that_says_why() {
        let hybrid = Contender::Peer(Peer::IrcdHybrid);
        let gap = Gap { contender: hybrid, receivers: Some(100), reason: String::from("Only 7 were in.") };
        let missing =
            Gap { contender: Contender::Peer(Peer::Nats), receivers: None, reason: String::from("Not here.") };
        let results = Results { cells: vec![cell(Contender::BareA, 1, 4.0)], gaps: vec![gap, missing] };
        for table in [cost_table(&results), latency_table(&results)] {
            assert!(table.contains("| 100 | ircd-hybrid | Only 7 were in. | – |"), "{table}");
            assert!(table.contains("| 100 | NATS | Not here. | – |"), "{table}");
            let widths: Vec<usize> = table.lines().map(|line| line.matches('|').count()).collect();
            assert!(widths.iter().all(|&width| width == widths[0]), "{table}");
        }
    }
}
