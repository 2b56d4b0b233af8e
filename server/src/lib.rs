//! The Parlor chat server: from the command line to the hub's loop and back out.
//!
//! [`cli`] and [`config`] say what is wanted, [`settings`] brings both together, [`run`] does it. [`ops`] is what else can
//! be done with the files of a server.

use std::process::ExitCode;

use clap::Parser;

pub mod cli;
pub mod config;
pub mod data_dir;
pub mod lan;
pub mod listeners;
pub mod ops;
pub mod record;
pub mod run;
pub mod settings;
pub mod store;

/// Ends the process when an assertion of ours fails: that leaves a half-changed world, so whoever watches over the service
/// starts it anew. Without this a task's panic would be kept for whoever awaits the task, which is nobody.
pub fn stop_on_own_mistakes() {
    std::panic::set_hook(Box::new(|panic| {
        eprintln!("parlor-server made a mistake of its own and stops; please report this line: {panic}");
        std::process::abort();
    }));
}

/// Runs the program: 0 after an orderly end, 1 if it cannot run (one sentence on standard error), 2 for a wrong
/// command line.
pub fn main() -> ExitCode {
    // Ends the program itself for --help, --version and wrong usage.
    let mut cli = cli::Cli::parse();
    let done = match cli.command.take() {
        Some(command) => command.run(),
        None => settings::Settings::gather(cli).and_then(run::run).map(|()| ExitCode::SUCCESS),
    };
    match done {
        Ok(code) => code,
        Err(sentence) => {
            eprintln!("parlor-server: {sentence}");
            ExitCode::FAILURE
        }
    }
}
