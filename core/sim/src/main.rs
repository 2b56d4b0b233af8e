//! Runs the simulated world from the command line.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use clap::Parser;
use parlor_sim::replay;
use parlor_sim::runner::{self, Failure, Plan, Summary};
use parlor_sim::tape::Tape;

/// Tests Parlor's protocol core in a simulated world, or replays what a server recorded.
#[derive(Debug, Parser)]
#[command(name = "parlor-sim", version, max_term_width = 100)]
struct Cli {
    /// How many worlds to run, each from a seed of its own
    #[arg(long, value_name = "N", default_value_t = 1, conflicts_with_all = ["replay", "tape"])]
    seeds: u64,

    /// The first seed
    #[arg(long, value_name = "SEED", default_value_t = 0, conflicts_with_all = ["replay", "tape"])]
    from: u64,

    /// Steps of each world, before the faults stop and everything has to come right
    #[arg(long, value_name = "N", default_value_t = 1_000, conflicts_with_all = ["replay", "tape"])]
    steps: usize,

    /// Play each world again for every question and every answer, with a server that dies just then
    #[arg(long, conflicts_with_all = ["replay", "tape", "tell"])]
    crash_everywhere: bool,

    /// Threads to run them on [default: one for each processor]
    #[arg(long, value_name = "N", conflicts_with_all = ["replay", "tape"])]
    threads: Option<usize>,

    /// Fail if anything of the table of what can be reached was not
    #[arg(long, conflicts_with_all = ["replay", "tape"])]
    all_reached: bool,

    /// Tell what happens in each world; they run one after the other then
    #[arg(long, conflicts_with = "replay")]
    tell: bool,

    /// Write the tape of a failing world, made small, into this file
    #[arg(long, value_name = "FILE", conflicts_with_all = ["replay", "tape"])]
    keep: Option<PathBuf>,

    /// Play the tape in this file, one that `--keep` or a fuzzer wrote
    #[arg(long, value_name = "FILE", conflicts_with = "replay")]
    tape: Option<PathBuf>,

    /// Replay the record of a server (`parlor-server --record FILE`) and name the first difference
    #[arg(long, value_name = "FILE")]
    replay: Option<PathBuf>,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    if let Some(path) = &cli.replay {
        return replay::run(path);
    }
    runner::keep_panics_quiet();
    if let Some(path) = &cli.tape {
        return play_file(path, cli.tell);
    }
    if cli.tell {
        return tell(&cli);
    }
    let threads = cli.threads.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from));
    let begun = Instant::now();
    let everywhere = cli.crash_everywhere;
    let summary = runner::run(Plan { from: cli.from, seeds: cli.seeds, steps: cli.steps, everywhere, threads });
    report(&summary, begun.elapsed().as_secs_f64(), threads);
    if let Some(failure) = &summary.failure {
        return fail(failure, cli.keep.as_deref());
    }
    let missing = summary.reached.missing();
    if cli.all_reached && !missing.is_empty() {
        println!("never reached: {}", missing.join(", "));
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

fn report(summary: &Summary, seconds: f64, threads: usize) {
    for (group, words, count) in summary.reached.rows() {
        println!("{count:>12}  {group}: {words}");
    }
    let rate = summary.inputs as f64 / seconds;
    println!(
        "{} seeds, {} inputs, {rate:.0} inputs a second on {threads} thread{} ({:.0} each), transcript {:016x}",
        summary.seeds,
        summary.inputs,
        if threads == 1 { "" } else { "s" },
        rate / threads as f64,
        summary.hash,
    );
}

/// Tells which world failed and how, as briefly as it can be told.
fn fail(failure: &Failure, keep: Option<&Path>) -> ExitCode {
    println!("seed {} fails after {} steps: {}", failure.seed, failure.tape.steps(), failure.claim);
    if let Some(moment) = failure.moment {
        println!("the server died at its {moment:?}");
    }
    let small = failure.minimised();
    println!("so it does with these {} of its steps:", small.tape.steps());
    small.tell();
    println!("{}", small.claim);
    if let Some(path) = keep {
        match std::fs::write(path, small.tape.bytes()) {
            Ok(()) => println!("its tape is in {}", path.display()),
            Err(error) => eprintln!("parlor-sim: {} cannot be written: {error}.", path.display()),
        }
    }
    ExitCode::FAILURE
}

fn tell(cli: &Cli) -> ExitCode {
    for seed in cli.from..cli.from.saturating_add(cli.seeds) {
        println!("seed {seed}");
        let tape = Tape::seeded(seed, cli.steps);
        if let Some(code) = tell_one(&tape) {
            return code;
        }
    }
    ExitCode::SUCCESS
}

fn tell_one(tape: &Tape) -> Option<ExitCode> {
    let claim = runner::attempt_aloud(tape).err()?;
    println!("{claim}");
    Some(ExitCode::FAILURE)
}

fn play_file(path: &Path, told: bool) -> ExitCode {
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) => {
            eprintln!("parlor-sim: {} cannot be read: {error}.", path.display());
            return ExitCode::from(2);
        }
    };
    let tape = Tape::from_bytes(&bytes);
    if told {
        return tell_one(&tape).unwrap_or(ExitCode::SUCCESS);
    }
    match runner::attempt(&tape) {
        Ok(played) => {
            println!("{} steps, {} inputs: nothing is wrong", tape.steps(), played.inputs);
            ExitCode::SUCCESS
        }
        Err(claim) => fail(&Failure { seed: 0, claim, tape, moment: None }, None),
    }
}
