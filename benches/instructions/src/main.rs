//! The gate: counts, prints the table, and fails where a count has grown by more than is written down.

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use clap::Parser;
use parlor_instructions::callgrind::{self, Tools};
use parlor_instructions::counts::{ANEW, Counts, Verdict, allowed_percent};
use parlor_instructions::scenario::{ALL, Scenario};

/// Counts the instructions that Parlor's core spends on a message, and compares them with benches/instructions/counts.toml
///
/// Exit codes: 0 within what is allowed, 1 grown past it, 2 not counted.
#[derive(Debug, Parser)]
#[command(name = "parlor-instructions", version, max_term_width = 100)]
struct Cli {
    /// Which scenarios [default: all]
    #[arg(value_name = "SCENARIO", value_parser = named)]
    scenarios: Vec<Scenario>,

    /// Write the counts down as those that hold from now on; after a change that is meant to cost or to save something
    #[arg(long, conflicts_with = "scenarios")]
    write: bool,

    /// Play a scenario and print how many times it was counted: what callgrind is told to run
    #[arg(long, value_name = "SCENARIO", value_parser = named, hide = true)]
    play: Option<Scenario>,
}

fn named(name: &str) -> Result<Scenario, String> {
    let all: Vec<_> = ALL.iter().map(|scenario| scenario.name).collect();
    Scenario::named(name).ok_or_else(|| format!("there are {}", all.join(", ")))
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    if let Some(scenario) = cli.play {
        println!("{}", scenario.play());
        return ExitCode::SUCCESS;
    }
    match run(&cli) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(sentence) => {
            eprintln!("{sentence}");
            ExitCode::from(2)
        }
    }
}

/// Whether everything is within what is allowed.
fn run(cli: &Cli) -> Result<bool, String> {
    if cfg!(debug_assertions) {
        return Err("Only what is optimised is worth counting: run it with --release.".into());
    }
    let tools = Tools::here()?;
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("counts.toml");
    let text = fs::read_to_string(&file).map_err(|e| format!("{} cannot be read: {e}.", file.display()))?;
    if cli.write {
        let taken: Result<Vec<_>, String> = ALL.into_iter().map(|it| Ok((it, callgrind::count(it)?))).collect();
        let text = Counts::write(allowed_percent(&text)?, &tools, &taken?);
        fs::write(&file, &text).map_err(|e| format!("{} cannot be written: {e}.", file.display()))?;
        print!("{text}");
        return Ok(true);
    }
    compare(&Counts::parse(&text)?, &tools, if cli.scenarios.is_empty() { &ALL } else { &cli.scenarios })
}

fn compare(counts: &Counts, tools: &Tools, scenarios: &[Scenario]) -> Result<bool, String> {
    let percent = counts.allowed_percent;
    let (mut grown, mut fallen) = (Vec::new(), Vec::new());
    println!("{:<18}{:>12}{:>12}{:>9}{:>14}  what is counted", "scenario", "allowed", "now", "change", "per delivery");
    for &scenario in scenarios {
        let now = callgrind::count(scenario)?;
        let (written, allowance) = counts.written(scenario);
        let (allowed, change) = (written + allowance, (now as f64 / written as f64 - 1.0) * 100.0);
        let each = scenario.deliveries.map_or_else(String::new, |each| format!("{:.1}", now as f64 / each as f64));
        let (name, once) = (scenario.name, scenario.once);
        println!("{name:<18}{allowed:>12}{now:>12}{change:>+8.1}%{each:>14}  {once}");
        match counts.judge(scenario, now) {
            Verdict::Same => {}
            Verdict::Fallen => fallen.push(name),
            Verdict::Grown => grown.push(format!("{name} takes {now} instructions in place of {written}")),
        }
    }
    if !fallen.is_empty() {
        println!("Fallen by more than {percent} %: {}. Write it down, so that it stays so: {ANEW}", fallen.join(", "));
    }
    if !grown.is_empty() {
        eprintln!(
            "Grown by more than the {percent} % that are allowed: {}. `callgrind_annotate --inclusive=yes {}` shows what \
             they are spent on; if the growth is meant, write it down and say why in the commit: {ANEW}",
            grown.join(", "),
            callgrind::directory()?.join("SCENARIO.callgrind").display()
        );
    }
    let then = counts.tools();
    if then != *tools && !(grown.is_empty() && fallen.is_empty()) {
        eprintln!("The change may be that of the tools: counted with {then}, and here is {tools}.");
    }
    Ok(grown.is_empty())
}
