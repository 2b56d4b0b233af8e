//! What those who only are there cost those who talk.
//!
//! A room of a hundred talks on a server with many idle connections in another room, with many idle rooms, or with much
//! history in the very room, and in turn on a server with nothing else. One such pair differs in nothing at all: what
//! those two differ by is what cannot be told from nothing.

use std::fmt::Write;
use std::time::Duration;

use serde::Serialize;

use crate::crowd::Crowd;
use crate::drive::{Load, Phase, drive};
use crate::process::Running;
use crate::speech::{Speech, Target};

use super::in_turn::{Rival, Taken, in_turn};
use super::{Burst, Goal, Report, Row, Setup, Unit, middle, raw};

/// Ratios on a machine with neighbours hold to 5–10 %.
const GOAL: Goal = Goal::new(1.10, 1.05, Unit::Times);
const TALKERS: usize = 100;
/// Room for all of it; and nobody who has gone is kept a place.
const CONFIG: &str = "[limits]\npace = \"off\"\nrooms = 8192\nhistory = 200000\ngrace = 0\n";
/// As many rooms as one may be in, nearly.
const ROOMS_EACH: usize = 63;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
enum Weight {
    Nothing,
    Connections(usize),
    Rooms(usize),
    Lines(usize),
    LinesOnDisk(usize),
}

const ALL: [Weight; 5] = [
    Weight::Nothing,
    Weight::Connections(5_000),
    Weight::Rooms(5_000),
    Weight::Lines(100_000),
    Weight::LinesOnDisk(100_000),
];

/// A round: the server without, and the one with the weight.
#[derive(Clone, Copy, Debug, Serialize)]
struct Cell {
    weight: Weight,
    serial: [Taken; 2],
    saturated: [Taken; 2],
}

pub(super) fn measure(setup: &Setup) -> Result<Report, String> {
    let mut cells = Vec::new();
    for round in 1..=setup.rounds {
        for weight in ALL {
            let cell = weigh(setup, weight)?;
            eprintln!("round {round}: {cell:?}");
            cells.push(cell);
        }
    }
    let (table, rows) = tell(&cells);
    Ok(Report {
        title: "What else there is",
        table,
        rows,
        raw: cells.iter().map(|figures| raw("weight", figures)).collect(),
    })
}

fn weigh(setup: &Setup, weight: Weight) -> Result<Cell, String> {
    let directories = [(); 2].map(|()| tempfile::tempdir().map_err(|e| format!("No temporary directory: {e}.")));
    let [here, there] = directories;
    let (here, there) = (here?, there?);
    let start = |directory: &tempfile::TempDir| match weight {
        Weight::LinesOnDisk(_) => Running::parlor_keeping(&setup.binary, CONFIG, directory.path()),
        Weight::Nothing | Weight::Connections(_) | Weight::Rooms(_) | Weight::Lines(_) => {
            Running::parlor(&setup.binary, CONFIG)
        }
    };
    let (light, heavy) = (start(&here)?, start(&there)?);
    let _idle = load(weight, heavy.target(Speech::Native))?;
    let rival = |server| Rival::new(server, Speech::Native, TALKERS);
    let mut rivals = [rival(light)?, rival(heavy)?];
    let serial = in_turn(&mut rivals, Phase::Serial, setup.measure)?;
    let saturated = in_turn(&mut rivals, Phase::Saturated { in_flight: 64 }, setup.measure)?;
    Ok(Cell { weight, serial, saturated })
}

/// Makes the server heavy; who comes for that stays as long as what is returned.
fn load(weight: Weight, target: Target) -> Result<Option<Burst>, String> {
    match weight {
        Weight::Nothing => Ok(None),
        Weight::Connections(connections) => {
            let hello = |index: usize| hello(index, &[String::from("elsewhere")]);
            Burst::join(target, (0..connections).map(hello).collect(), false).map(Some)
        }
        Weight::Rooms(rooms) => {
            let names: Vec<String> = (0..rooms).map(|room| format!("room{room}")).collect();
            let hellos = names.chunks(ROOMS_EACH).enumerate().map(|(index, rooms)| hello(index, rooms));
            Burst::join(target, hellos.collect(), false).map(Some)
        }
        Weight::Lines(lines) | Weight::LinesOnDisk(lines) => fill(target, lines).map(|()| None),
    }
}

fn hello(index: usize, rooms: &[String]) -> Vec<u8> {
    let rooms = rooms.join("\",\"");
    format!("{{\"hello\":{{\"version\":1,\"nick\":\"i{index}\",\"rooms\":[\"{rooms}\"]}}}}\n").into_bytes()
}

/// Says so many lines in the room of those who are to talk later, and leaves.
fn fill(target: Target, lines: usize) -> Result<(), String> {
    let mut crowd = Crowd::join(target, 1, 8, "-before")?;
    let load = Load {
        phase: Phase::Saturated { in_flight: 256 },
        payload: 100,
        warm_up: Duration::ZERO,
        measure: Duration::from_secs(60),
        messages_max: lines as u64,
        server: None,
    };
    let said = drive(&mut crowd, &load)?.messages;
    if said < lines as u64 { Err(format!("Only {said} of {lines} lines were said in a minute.")) } else { Ok(()) }
}

impl Weight {
    fn words(self) -> String {
        match self {
            Weight::Nothing => String::from("nothing"),
            Weight::Connections(connections) => format!("{connections} idle connections in another room"),
            Weight::Rooms(rooms) => format!("{rooms} idle rooms"),
            Weight::Lines(lines) => format!("{lines} lines of history, in memory"),
            Weight::LinesOnDisk(lines) => format!("{lines} lines of history, on the disk"),
        }
    }
}

fn tell(cells: &[Cell]) -> (String, Vec<Row>) {
    let mut table = String::from(
        "| a room of 100 beside | serial: CPU µs/delivery | × without | to the last receiver, p50 ms | × | \
         saturated: CPU µs/delivery | × |\n|---|---|---|---|---|---|---|\n",
    );
    let mut rows = Vec::new();
    for weight in ALL {
        let here: Vec<Cell> = cells.iter().filter(|cell| cell.weight == weight).copied().collect();
        let both = |figure: fn(&Cell) -> [f64; 2]| {
            (middle(&here, |cell| figure(cell)[1]), middle(&here, |cell| figure(cell)[1] / figure(cell)[0]))
        };
        let cpu = both(|cell| cell.serial.map(|taken| taken.micros_per_delivery));
        let latency = both(|cell| cell.serial.map(|taken| taken.last_p50_millis));
        let saturated = both(|cell| cell.saturated.map(|taken| taken.micros_per_delivery));
        let words = weight.words();
        let written = writeln!(
            table,
            "| {words} | {:.2} | {:.2} | {:.3} | {:.2} | {:.3} | {:.2} |",
            cpu.0, cpu.1, latency.0, latency.1, saturated.0, saturated.1,
        );
        written.expect("a string takes any text");
        if weight != Weight::Nothing {
            rows.push(Row::new(format!("{words}: CPU per delivery, saturated, × without"), GOAL, saturated.1));
            rows.push(Row::new(format!("{words}: serial latency, × without"), GOAL, latency.1));
        }
    }
    (table, rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_weight_is_compared_with_nothing_in_the_same_round() {
        let taken = |micros| Taken { micros_per_delivery: micros, last_p50_millis: micros, ..Taken::default() };
        let cell = |weight, without, with| {
            let both = [taken(without), taken(with)];
            Cell { weight, serial: both, saturated: both }
        };
        let lines = Weight::Lines(100_000);
        let (_, rows) = tell(&[cell(lines, 1.0, 3.0), cell(lines, 50.0, 100.0), cell(lines, 1.0, 1.0)]);
        let judged: Vec<&Row> = rows.iter().filter(|row| row.figure.starts_with(&lines.words())).collect();
        assert_eq!(judged.len(), 2);
        assert!(judged.iter().all(|row| row.measured == 2.0));
    }
}
