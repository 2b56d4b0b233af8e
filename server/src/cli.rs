//! The command line.

use std::path::PathBuf;

use clap::{Parser, ValueEnum};
use tracing_subscriber::filter::LevelFilter;

use crate::ops::Command;

/// Groups of options in `--help`.
const LISTENING: &str = "Who can connect";
const KEEPING: &str = "What is kept";

/// What stands behind the options in `--help`.
const EXAMPLES: &str = "\
Examples:
  parlor-server                            a server for this machine only
  parlor-server --lan                      for everybody on your network
  parlor-server --lan --password-file FILE for those who know the password
  parlor-server --config parlor.toml       everything from a file
  parlor-server backup parlor-monday.db    keep a copy; the server may run
  parlor-server check                      is everything still right?

Without --listen it serves three kinds of clients on 127.0.0.1, all in the
same rooms:
  parlor://127.0.0.1:7667   the Parlor clients
  nic://127.0.0.1:9090      the Python tutorial \"Messenger Application\"
  prompt://127.0.0.1:53000  the Python tutorial \"ChatRoom\", netcat, telnet

Press Ctrl+C to stop it; everybody is told goodbye. A command and --help tells
more about it.";

/// A chat server for Parlor clients, two well-known Python tutorials, netcat and telnet.
#[derive(Debug, Default, Parser)]
#[command(name = "parlor-server", version, after_help = EXAMPLES, max_term_width = 100)]
#[command(args_conflicts_with_subcommands = true, disable_help_subcommand = true)]
pub struct Cli {
    /// Something other than serving.
    #[command(subcommand)]
    pub command: Option<Command>,

    /// Listen here: parlor://HOST:PORT, nic://HOST:PORT or prompt://HOST:PORT; port 0 takes a free one. May be given
    /// several times
    #[arg(long, value_name = "URL", help_heading = LISTENING)]
    pub listen: Vec<String>,

    /// Let others on your network connect: the default listeners on every address of this machine
    #[arg(long, conflicts_with = "listen", help_heading = LISTENING)]
    pub lan: bool,

    /// Keep history and identities in this directory
    #[arg(long, value_name = "DIR", conflicts_with = "memory", help_heading = KEEPING)]
    pub data: Option<PathBuf>,

    /// Keep no files at all: history and identities are gone when the server stops
    #[arg(long, help_heading = KEEPING)]
    pub memory: bool,

    /// Ask Parlor clients for the password in the first line of this file
    #[arg(long, value_name = "FILE", help_heading = LISTENING)]
    pub password_file: Option<PathBuf>,

    /// Read settings from this TOML file; options given here go before it
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,

    /// Write a flight record into this new file, for finding bugs of the server: everything that is said, passwords
    /// left out, readable for you alone
    #[arg(long, value_name = "FILE")]
    pub record: Option<PathBuf>,

    /// Stop, saying goodbye to everybody, once standard input is at its end: for programs that start a server of their
    /// own, which then never outlives them
    #[arg(long)]
    pub until_stdin_ends: bool,

    /// How much to log to standard error
    #[arg(long, value_name = "LEVEL")]
    pub log: Option<LogLevel>,
}

/// How much is logged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "the words say it")]
pub enum LogLevel {
    Error,
    Warn,
    #[default]
    Info,
    Debug,
}

impl From<LogLevel> for LevelFilter {
    fn from(level: LogLevel) -> Self {
        match level {
            LogLevel::Error => LevelFilter::ERROR,
            LogLevel::Warn => LevelFilter::WARN,
            LogLevel::Info => LevelFilter::INFO,
            LogLevel::Debug => LevelFilter::DEBUG,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
