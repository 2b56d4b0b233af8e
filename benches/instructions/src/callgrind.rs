//! Counting: each scenario in a process of its own, under callgrind.

use std::path::PathBuf;
use std::process::Command;
use std::{fmt, fs};

use crate::scenario::Scenario;

/// What makes the counts what they are: with other ones of these they differ without anybody's doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tools {
    /// What `rustc --version` says.
    pub rustc: String,
    /// What `valgrind --version` says.
    pub valgrind: String,
    /// The processor's architecture.
    pub machine: String,
}

impl Tools {
    /// Asks those of this machine.
    ///
    /// # Errors
    /// One sentence that says what is missing and what to do.
    pub fn here() -> Result<Self, String> {
        let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
        let valgrind = version(Command::new(valgrind()?)).ok_or("valgrind does not tell its version.")?;
        let rustc = version(Command::new(rustc)).ok_or("rustc cannot be run: install Rust from https://rustup.rs.")?;
        Ok(Self { rustc, valgrind, machine: std::env::consts::ARCH.into() })
    }
}

impl fmt::Display for Tools {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {}, {}", self.rustc, self.valgrind, self.machine)
    }
}

/// Where valgrind is. The environment it is run in says nothing of that.
fn valgrind() -> Result<PathBuf, String> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).map(|directory| directory.join("valgrind")).find(|file| file.is_file());
    found.ok_or_else(|| "valgrind is missing: install it (on Debian, the package valgrind).".into())
}

fn version(mut program: Command) -> Option<String> {
    let output = program.arg("--version").output().ok()?;
    Some(String::from_utf8(output.stdout).ok()?.trim().to_owned()).filter(|version| !version.is_empty())
}

/// How many instructions a scenario takes once.
///
/// It is this very program that runs under callgrind, as `parlor-instructions --play NAME`, with an empty environment:
/// a longer one would move the stack. What callgrind wrote stays beside the program, for `callgrind_annotate`.
///
/// # Errors
/// One sentence that says what went wrong.
pub fn count(scenario: Scenario) -> Result<u64, String> {
    let profile = directory()?.join(format!("{}.callgrind", scenario.name));
    let output = Command::new(valgrind()?)
        .env_clear()
        .args(["--tool=callgrind", "--collect-atstart=no", "--toggle-collect=*counted_instructions*"])
        .arg(format!("--callgrind-out-file={}", profile.display()))
        .arg(this_program()?)
        .args(["--play", scenario.name])
        .output()
        .map_err(|e| format!("valgrind cannot be run: {e}."))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(format!("{} did not come to its end under callgrind:\n{}", scenario.name, said.trim_end()));
    }
    let times = String::from_utf8_lossy(&output.stdout).trim().parse::<u64>().unwrap_or(0);
    let written = fs::read_to_string(&profile).map_err(|e| format!("{} cannot be read: {e}.", profile.display()))?;
    match total(&written) {
        Some(total) if total > 0 && times > 0 => Ok(total / times),
        Some(_) | None => Err(format!("Callgrind counted nothing of {}: is the program stripped?", scenario.name)),
    }
}

/// Where callgrind writes what it saw, each scenario into a file of its name.
///
/// # Errors
/// One sentence, if there is no such place.
pub fn directory() -> Result<PathBuf, String> {
    let directory = this_program()?.with_file_name("instructions");
    fs::create_dir_all(&directory).map_err(|e| format!("{} cannot be made: {e}.", directory.display()))?;
    Ok(directory)
}

fn this_program() -> Result<PathBuf, String> {
    std::env::current_exe().map_err(|e| format!("This program does not know where it is: {e}."))
}

/// The total of a profile (valgrind's manual, "Callgrind Format Specification").
fn total(profile: &str) -> Option<u64> {
    profile.lines().find_map(|line| line.strip_prefix("totals: "))?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_tells_its_total() {
        assert_eq!(total("version: 1\nevents: Ir\nfn=(0)\n1 5\ntotals: 15572479\n"), Some(15_572_479));
        assert_eq!(total("version: 1\n"), None);
    }
}
