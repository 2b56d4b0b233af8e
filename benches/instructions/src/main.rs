//! The gate: counts, prints the table, and fails where a count has grown or fallen by more than is written down.

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use clap::Parser;
use parlor_instructions::callgrind::{self, Tools};
use parlor_instructions::counts::{ANEW, Counts, Outcome, Verdict, allowed_percent};
use parlor_instructions::scenario::{ALL, Scenario};

/// Counts the instructions that Parlor's core spends on a message, and compares them with benches/instructions/counts.toml
///
/// Exit codes: 0 within what is allowed, or counted with other tools than those written down; 1 grown or fallen past
/// it; 2 not counted.
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

/// Whether nothing is against it: everything is within what is allowed, or cannot be judged with these tools.
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
    let mut judged = Vec::new();
    println!("{:<18}{:>12}{:>12}{:>9}{:>14}  what is counted", "scenario", "written", "now", "change", "per delivery");
    for &scenario in scenarios {
        let now = callgrind::count(scenario)?;
        let (written, _) = counts.written(scenario);
        let change = (now as f64 / written as f64 - 1.0) * 100.0;
        let each = scenario.deliveries.map_or_else(String::new, |each| format!("{:.1}", now as f64 / each as f64));
        let (name, once) = (scenario.name, scenario.once);
        println!("{name:<18}{written:>12}{now:>12}{change:>+8.1}%{each:>14}  {once}");
        judged.push((name, counts.judge(scenario, now)));
    }
    match counts.outcome(tools, judged.iter().map(|&(_, verdict)| verdict)) {
        Outcome::Holds => Ok(true),
        Outcome::Differs => {
            say_what_differs(counts.allowed_percent, &judged)?;
            Ok(false)
        }
        Outcome::OtherTools => {
            eprintln!(
                "Nothing is judged: what is written down was counted with {}, and this with {tools}; where a change \
                 shows, compare with the same tools, or take the counts of the state before it anew with these: {ANEW}",
                counts.tools()
            );
            Ok(true)
        }
    }
}

fn say_what_differs(percent: f64, judged: &[(&str, Verdict)]) -> Result<(), String> {
    let names = |wanted| {
        let names = judged.iter().filter(|&&(_, verdict)| verdict == wanted).map(|&(name, _)| name);
        Some(names.collect::<Vec<_>>().join(", ")).filter(|names| !names.is_empty())
    };
    if let Some(grown) = names(Verdict::Grown) {
        eprintln!(
            "Grown by more than the {percent} % that are allowed: {grown}. `callgrind_annotate --inclusive=yes {}` shows \
             what they are spent on; if the growth is meant, write it down and say why in the commit: {ANEW}",
            callgrind::directory()?.join("SCENARIO.callgrind").display()
        );
    }
    if let Some(fallen) = names(Verdict::Fallen) {
        eprintln!("Fallen by more than {percent} %: {fallen}. Write it down, or it can be lost again unseen: {ANEW}");
    }
    Ok(())
}
