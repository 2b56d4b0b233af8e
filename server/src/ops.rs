//! What whoever runs a server does with its history: the subcommands of `parlor-server`.
//!
//! What only reads has a connection of its own and works while the server runs: the write-ahead log keeps readers and
//! the writer out of each other's way (<https://sqlite.org/wal.html#concurrency>). What changes the file takes the lock of
//! the data directory, so that no server runs.

use std::fmt::Display;
use std::io::{self, Write};
use std::process::ExitCode;

use clap::Subcommand;

mod backup;
mod check;
mod erase;
mod export;
mod file;
mod place;
mod restore;

pub use backup::Backup;
pub use check::Check;
pub use erase::Erase;
pub use export::Export;
pub(crate) use file::sync_directory;
pub use place::Place;
pub use restore::Restore;

/// What can be done with the history of a server. What each says of itself in `--help` stands at its own type.
#[derive(Debug, Subcommand)]
#[allow(missing_docs, reason = "a line here would go before what the types say in --help")]
pub enum Command {
    Backup(Backup),
    Restore(Restore),
    Export(Export),
    Check(Check),
    Erase(Erase),
}

impl Command {
    /// Does it. The exit code tells whether everything is right; what was found stands on standard output.
    ///
    /// # Errors
    /// One plain sentence if it cannot be done.
    pub fn run(self) -> Result<ExitCode, String> {
        match self {
            Command::Backup(backup) => backup.run(),
            Command::Restore(restore) => restore.run(),
            Command::Export(export) => export.run(),
            Command::Check(check) => check.run(),
            Command::Erase(erase) => erase.run(),
        }
    }
}

/// A line for the person who asked; whoever does not read it misses it.
fn tell(line: impl Display) {
    let _ = writeln!(io::stdout().lock(), "{line}");
}

/// A number that people can read: 1,234,567.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// So many of something: `1 room`, `2 rooms`.
fn count(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", grouped(number), if number == 1 { one } else { many })
}

/// Milliseconds since 1970 as `2026-11-22 13:04:05`, UTC; `an unknown time` far outside of history.
fn date(millis: i64) -> String {
    match jiff::Timestamp::from_millisecond(millis) {
        Ok(time) => time.strftime("%Y-%m-%d %H:%M:%S").to_string(),
        Err(_) => "an unknown time".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_dates_are_for_people() {
        assert_eq!([0, 999, 1_000, 1_234_567].map(grouped), ["0", "999", "1,000", "1,234,567"]);
        assert_eq!(count(1, "room", "rooms"), "1 room");
        assert_eq!(date(1_763_790_000_000), "2025-11-22 05:40:00");
        assert_eq!(date(i64::MAX), "an unknown time");
    }
}
