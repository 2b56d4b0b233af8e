//! The load generator: `cargo run --release -p benches --example load -- parlor://127.0.0.1:7667 --members 1000`.

use std::process::ExitCode;
use std::time::Duration;

use benches::crowd::Crowd;
use benches::drive::{Load, Phase, drive};
use benches::figures::Figures;
use benches::os;
use benches::speech::Target;
use clap::{Parser, ValueEnum};
use serde::Serialize;

/// Joins many clients to one server from one event loop, lets some of them talk, and tells what it costs.
#[derive(Parser)]
struct Options {
    /// SCHEME://HOST:PORT: parlor, prompt (line mode), bare, irc, nats or mqtt.
    target: String,
    /// How messages come.
    #[arg(value_enum, default_value = "saturated")]
    phase: Kind,
    /// Members that only read.
    #[arg(long, default_value_t = 1000)]
    members: usize,
    /// Members that speak, besides those.
    #[arg(long, default_value_t = 8)]
    senders: usize,
    /// Messages in flight of all senders together, saturated.
    #[arg(long, default_value_t = 64)]
    in_flight: usize,
    /// Messages a second, paced.
    #[arg(long, default_value_t = 20.0)]
    rate: f64,
    /// Bytes of each message's text.
    #[arg(long, default_value_t = 100)]
    payload: usize,
    /// How long to measure, after a warm-up of a tenth of it; how long to stay, idle.
    #[arg(long, default_value_t = 5.0)]
    seconds: f64,
    /// End earlier after this many messages; then there is no warm-up.
    #[arg(long, default_value_t = u64::MAX, hide_default_value = true)]
    messages: u64,
    /// Process id of the server, to read its processor time and memory.
    #[arg(long)]
    server_pid: Option<u32>,
    /// Run on this processor only.
    #[arg(long)]
    processor: Option<usize>,
    /// Write the figures as one line of JSON to standard output, and the sentence to standard error.
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// Nobody speaks: what a connection costs in memory.
    Idle,
    /// One message in flight.
    Serial,
    /// As many in flight as `--in-flight` says.
    Saturated,
    /// 1,024 in flight: how many deliveries a server reaches.
    Deep,
    /// As many a second as `--rate` says.
    Paced,
}

/// What is told of a run.
#[derive(Serialize)]
struct Report {
    target: String,
    connections: usize,
    /// From the first connect to the last news of an arrival.
    join_seconds: f64,
    /// Processor time of the server for each connection and join, in microseconds.
    server_micros_per_join: Option<f64>,
    /// Resident memory the server gained for each connection.
    server_bytes_per_connection: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    figures: Option<Figures>,
}

fn main() -> ExitCode {
    let options = Options::parse();
    match run(&options) {
        Ok(report) => {
            tell(&report, options.json);
            ExitCode::SUCCESS
        }
        Err(sentence) => {
            eprintln!("{sentence}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> Result<Report, String> {
    let target = Target::parse(&options.target)?;
    if options.members == 0 {
        return Err(String::from("--members must be 1 at least: somebody has to listen."));
    }
    if options.phase != Kind::Idle && options.senders == 0 {
        return Err(String::from("--senders must be 1 at least, unless the phase is idle."));
    }
    os::allow_open_files((options.members + options.senders + 64) as u64)?;
    if options.processor.is_some_and(|number| !os::pin_to_processor(number)) {
        return Err(String::from("There is no such processor; leave --processor out."));
    }
    let usage = |pid| Ok::<_, String>((os::processor_time(pid)?, os::resident_bytes(pid)?));
    let before = options.server_pid.map(usage).transpose()?;
    let tag = format!("-{}", std::process::id());
    let mut crowd = Crowd::join(target, options.members, options.senders, &tag)?;
    let join_seconds = crowd.joined_within().as_secs_f64();
    let after = options.server_pid.map(usage).transpose()?;
    let connections = crowd.len();
    let each = |total: f64| total / connections as f64;
    let both = before.zip(after);
    let phase = match options.phase {
        Kind::Idle => {
            std::thread::sleep(Duration::from_secs_f64(options.seconds.max(0.0)));
            None
        }
        Kind::Serial => Some(Phase::Serial),
        Kind::Saturated => Some(Phase::Saturated { in_flight: options.in_flight }),
        Kind::Deep => Some(Phase::DEEP),
        Kind::Paced => Some(Phase::Paced { per_second: options.rate }),
    };
    let measure = Duration::from_secs_f64(options.seconds.max(0.0));
    let load = |phase| Load {
        phase,
        payload: options.payload,
        // A counted number of messages might be over before a warm-up is.
        warm_up: if options.messages == u64::MAX { measure / 10 } else { Duration::ZERO },
        measure,
        messages_max: options.messages,
        server: options.server_pid,
    };
    Ok(Report {
        target: options.target.clone(),
        connections,
        join_seconds,
        server_micros_per_join: both.map(|(before, after)| each((after.0 - before.0).as_secs_f64() * 1e6)),
        server_bytes_per_connection: both.map(|(before, after)| each(after.1 as f64 - before.1 as f64)),
        figures: phase.map(|phase| drive(&mut crowd, &load(phase))).transpose()?,
    })
}

fn tell(report: &Report, json: bool) {
    let mut sentence = format!("{} clients joined in {:.2} s", report.connections, report.join_seconds);
    if let Some((micros, bytes)) = report.server_micros_per_join.zip(report.server_bytes_per_connection) {
        sentence.push_str(&format!(", {micros:.0} µs CPU and {bytes:.0} bytes of server memory each"));
    }
    if let Some(figures) = &report.figures {
        sentence.push_str(&format!("\n{figures}"));
    }
    if json {
        eprintln!("{sentence}");
        println!("{}", serde_json::to_string(report).expect("figures are plain numbers"));
    } else {
        println!("{sentence}");
    }
}
