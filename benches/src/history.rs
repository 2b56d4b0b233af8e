//! Measures how history is kept: the durable store, beside a bare loop that makes the same SQLite transactions.
//!
//! [`texts`] makes what is said, [`bare`] is the least a program can do to keep it, [`keeper`] drives the store in this
//! process, and [`served`] the whole server over loopback. The example `history` brings them together.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::figures::{Latency, Micros};

pub mod bare;
pub mod keeper;
pub mod served;
pub mod texts;

/// How many rooms people talk in.
pub const ROOMS: usize = 20;

/// How many people talk in them.
pub const PEOPLE: usize = 50;

/// What one run of writing gave.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wrote {
    /// Messages that were said to be safe.
    pub messages: u64,
    /// How long that took.
    pub time: Duration,
    /// From asking to hearing of each.
    pub latency: Micros,
    /// Processor time for each, in microseconds.
    pub processor_micros: f64,
}

impl Wrote {
    /// Messages in a second.
    pub fn per_second(&self) -> f64 {
        self.messages as f64 / self.time.as_secs_f64()
    }
}

/// How long it takes to append 4 KiB to a file and sync it: what each commit waits for at least.
///
/// # Errors
/// One sentence, if the file cannot be written.
pub fn sync_alone(directory: &Path, times: usize) -> Result<Micros, String> {
    let cannot = |error: std::io::Error| format!("{} cannot be written: {error}.", directory.display());
    let path = directory.join("sync");
    let mut file = File::create(&path).map_err(cannot)?;
    let mut latency = Latency::default();
    for _ in 0..times {
        let since = Instant::now();
        file.write_all(&[7; 4_096]).map_err(cannot)?;
        file.sync_data().map_err(cannot)?;
        latency.record(nanos(since.elapsed()));
    }
    fs::remove_file(path).map_err(cannot)?;
    Ok(latency.micros())
}

/// A duration as a histogram takes it.
pub fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}
