//! Runs the simulated world from the command line.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use parlor_sim::replay;

/// Tests Parlor's protocol core in a simulated world, or replays what a server recorded.
#[derive(Debug, Parser)]
#[command(name = "parlor-sim", version, max_term_width = 100)]
struct Cli {
    /// How many worlds to run, each from a seed of its own
    #[arg(long, value_name = "N", default_value_t = 1, conflicts_with = "replay")]
    seeds: u64,

    /// The first seed
    #[arg(long, value_name = "SEED", default_value_t = 0, conflicts_with = "replay")]
    from: u64,

    /// Steps of each world
    #[arg(long, value_name = "N", default_value_t = 10_000, conflicts_with = "replay")]
    steps: u64,

    /// Replay the record of a server (`parlor-server --record FILE`) and name the first difference
    #[arg(long, value_name = "FILE")]
    replay: Option<PathBuf>,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    match &cli.replay {
        Some(path) => replay::run(path),
        None => ExitCode::SUCCESS,
    }
}
