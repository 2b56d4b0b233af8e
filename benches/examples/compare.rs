//! Parlor beside the bare loops and, with `--peers`, servers of others:
//! `cargo run --release -p benches --example compare`. `benches/peers.sh` sees to those first.

use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use benches::drive::Phase;
use benches::rounds::{Contender, Plan, cost_table, fan_out, idle, idle_table, latency_table};
use benches::{hostile, os, process};
use clap::Parser;
use serde::Serialize;

/// Runs the optimised parlor-server, the bare loops and servers of others in turn, each in a process of its own, and
/// prints the tables: CPU per delivery, latency to the first, the median and the last receiver, memory per connection.
#[derive(Parser)]
struct Options {
    /// Measure InspIRCd, ngIRCd, ircd-hybrid, NATS and Mosquitto too, as far as they are installed.
    #[arg(long)]
    peers: bool,
    /// Measure only these: bare-a, bare-b, native, prompt-lines, inspircd, ngircd, ircd-hybrid, nats-server, mosquitto.
    #[arg(long, value_delimiter = ',', value_parser = Contender::parse, conflicts_with = "peers")]
    only: Vec<Contender>,
    /// How often everything is measured; the tables show medians.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Members that only read; eight that speak come on top.
    #[arg(long, value_delimiter = ',', default_value = "10,100,1000,5000")]
    members: Vec<usize>,
    /// At which of these numbers 1,024 messages in flight are measured too.
    #[arg(long, value_delimiter = ',', default_value = "100")]
    deep: Vec<usize>,
    /// How long each phase is measured.
    #[arg(long, default_value_t = 2.0)]
    seconds: f64,
    /// Bytes of each message's text.
    #[arg(long, default_value_t = 100)]
    payload: usize,
    /// Numbers of idle connections; 0 for none.
    #[arg(long, value_delimiter = ',', default_value = "1000,5000")]
    idle: Vec<usize>,
    /// A server that has not let everybody in after so many seconds has no figures in that row.
    #[arg(long, default_value_t = 60.0)]
    join_within: f64,
    /// Instead: one member never reads for so many seconds of full load.
    #[arg(long, value_name = "SECONDS", num_args = 0..=1, default_missing_value = "60")]
    stall: Option<f64>,
    /// Messages a second with `--stall`, in place of as many as go.
    #[arg(long)]
    rate: Option<f64>,
    /// Instead: one member sends so many lines at once, with pacing on.
    #[arg(long, value_name = "LINES", num_args = 0..=1, default_missing_value = "10000")]
    flood: Option<u64>,
    /// Commands a second and session that the server takes in the flood; its default of 20 would take minutes.
    #[arg(long, default_value_t = 500)]
    flood_pace: u32,
    /// Write every single figure as lines of JSON to standard output, and the tables to standard error.
    #[arg(long)]
    json: bool,
}

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
    let most = options.members.iter().chain(&options.idle).max().copied().unwrap_or_default();
    os::allow_open_files(most as u64 + 128)?;
    let binary = process::server_binary()?;
    if options.stall.is_none() && options.flood.is_none() {
        return tables(options, &binary);
    }
    if let Some(seconds) = options.stall {
        let measure = Duration::from_secs_f64(seconds.max(0.1));
        let saturated = Phase::Saturated { in_flight: 64 };
        let phase = options.rate.map_or(saturated, |per_second| Phase::Paced { per_second });
        let members = options.members.last().copied().unwrap_or(100);
        for (contender, stalled) in [(Contender::BareB, 1), (Contender::Native, 0), (Contender::Native, 1)] {
            let result = hostile::stall(contender, members, stalled, (phase, options.payload, measure), &binary)?;
            tell(options, &result, &result.sentences());
        }
    }
    if let Some(lines) = options.flood {
        let members = options.members.first().copied().unwrap_or(10);
        let result = hostile::flood(members, lines, options.flood_pace, &binary)?;
        tell(options, &result, &result.sentences());
    }
    Ok(())
}

fn tables(options: &Options, binary: &Path) -> Result<(), String> {
    let seconds = |seconds: f64| Duration::from_secs_f64(seconds.max(0.1));
    let plan = Plan {
        contenders: contenders(options),
        rounds: options.rounds,
        members: options.members.clone(),
        senders: 8,
        in_flight: 64,
        deep: options.deep.clone(),
        payload: options.payload,
        measure: seconds(options.seconds),
        join_within: seconds(options.join_within),
    };
    let results = fan_out(&plan, binary)?;
    let mut idles = Vec::new();
    for &connections in options.idle.iter().filter(|&&connections| connections > 0) {
        for contender in [Contender::BareB, Contender::Native] {
            if plan.contenders.contains(&contender) {
                idles.push(idle(contender, connections, binary)?);
            }
        }
    }
    if options.json {
        results.cells.iter().for_each(|cell| tell(options, cell, ""));
        results.gaps.iter().for_each(|gap| tell(options, gap, ""));
        idles.iter().for_each(|row| tell(options, row, ""));
    }
    let mut tables = format!("{}\n{}", cost_table(&results), latency_table(&results));
    if !idles.is_empty() {
        tables.push('\n');
        tables.push_str(&idle_table(&idles));
    }
    if options.json {
        eprintln!("{tables}")
    } else {
        println!("{tables}")
    }
    Ok(())
}

fn contenders(options: &Options) -> Vec<Contender> {
    if !options.only.is_empty() {
        return options.only.clone();
    }
    let peers = Contender::PEERS.into_iter().filter(|_| options.peers);
    Contender::OURS.into_iter().chain(peers).collect()
}

fn tell(options: &Options, figures: &impl Serialize, sentences: &str) {
    if options.json {
        println!("{}", serde_json::to_string(figures).expect("figures are plain numbers"));
    } else {
        println!("{sentences}");
    }
}
