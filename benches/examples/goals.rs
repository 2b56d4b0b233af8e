//! Every figure the server is to reach, measured: `cargo run --release -p benches --example goals`.

use std::process::ExitCode;
use std::time::Duration;

use benches::goals::{Row, Setup, Verdict, What, summary};
use benches::{os, process};
use clap::{Parser, ValueEnum};

/// Measures what the server is to reach, the contenders in turn, each in a process of its own; prints a table for each
/// figure and one that says which are reached. Fails if something that must be reached is missed, or if something could
/// not be measured to its end.
#[derive(Parser)]
struct Options {
    /// What to measure; everything, if nothing is named.
    #[arg(value_enum)]
    what: Vec<What>,
    /// How often everything is measured; the tables show medians.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// How long each load is measured.
    #[arg(long, default_value_t = 2.0)]
    seconds: f64,
    /// Members of the rooms that are compared with the bare loops.
    #[arg(long, value_delimiter = ',', default_value = "100,1000,5000")]
    members: Vec<usize>,
    /// Clients that come in a burst.
    #[arg(long, value_delimiter = ',', default_value = "1000,10000")]
    crowds: Vec<usize>,
    /// Measure InspIRCd and NATS beside the bare loops, where they are installed.
    #[arg(long)]
    peers: bool,
    /// Write every single figure and the rows of the summary as lines of JSON to standard output, instead of tables.
    #[arg(long)]
    json: bool,
}

/// As many as a server or the generator has open at most, and some more.
const OPEN_FILES: usize = 10_000 + 256;

fn main() -> ExitCode {
    process::be_bare_if_asked();
    match run(&Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            eprintln!("{sentence}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> Result<(), String> {
    let most = options.members.iter().chain(&options.crowds).max().copied().unwrap_or_default() + 256;
    os::allow_open_files(most.max(OPEN_FILES) as u64)?;
    let setup = Setup {
        rounds: options.rounds.max(1),
        measure: Duration::from_secs_f64(options.seconds.max(0.1)),
        members: options.members.clone(),
        crowds: options.crowds.clone(),
        peers: options.peers,
        binary: process::server_binary()?,
    };
    let what = if options.what.is_empty() { What::value_variants() } else { &options.what };
    let (mut rows, mut failures) = (Vec::<Row>::new(), Vec::<String>::new());
    for what in what {
        let report = match what.measure(&setup) {
            Ok(report) => report,
            Err(sentence) => {
                // What was measured besides is worth its while all the same.
                failures.push(sentence);
                continue;
            }
        };
        if options.json {
            report.raw.iter().for_each(|figures| println!("{figures}"));
        } else {
            println!("## {}\n\n{}", report.title, report.table);
        }
        rows.extend(report.rows);
    }
    if options.json {
        println!("{{\"rounds\":{}}}", setup.rounds);
        rows.iter().for_each(|row| println!("{}", serde_json::to_string(row).expect("rows are plain")));
    } else {
        println!("## Summary\n\n{}", summary(&rows, setup.rounds));
    }
    match rows.iter().filter(|row| row.verdict == Verdict::Missed).count() {
        0 => {}
        missed => failures.push(format!("Of {} figures, {missed} must be better.", rows.len())),
    }
    if failures.is_empty() { Ok(()) } else { Err(failures.join("\n")) }
}
