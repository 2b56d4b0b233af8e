//! What one member that behaves badly does to the others: one that never reads, one that floods.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use serde::Serialize;

use crate::crowd::Crowd;
use crate::drive::{Load, Phase, drive};
use crate::figures::Figures;
use crate::os;
use crate::process::Running;
use crate::rounds::Contender;
use crate::speech::Speech;

/// How a full room fares.
#[derive(Clone, Debug, Serialize)]
pub struct Stalled {
    /// Whose server.
    pub contender: Contender,
    /// How many more members never read.
    pub stalled: usize,
    /// The others.
    pub figures: Figures,
    /// Resident memory before the load.
    pub bytes_before: u64,
    /// The most there was since then.
    pub bytes_peak: u64,
    /// After the load.
    pub bytes_after: u64,
    /// The most bytes that waited in the kernel for the first stalled one, which the server had handed over; looked
    /// for where messages are paced only, since looking takes a millisecond of the generator's time.
    pub kernel_bytes: Option<u64>,
    /// When the server's log told of the end of the stalled one, in seconds of the load, and the line.
    pub evicted: Option<(f64, String)>,
    /// The last line that was in the stalled one's buffers.
    pub last_words: Option<String>,
}

/// Keeps a room of `receivers` busy for `measure` with texts of `payload` bytes, with so many more
/// members that never read.
///
/// # Errors
/// One sentence, if a server does not start or anybody else loses anything.
pub fn stall(
    contender: Contender,
    receivers: usize,
    stalled: usize,
    (phase, payload, measure): (Phase, usize, Duration),
    binary: &Path,
) -> Result<Stalled, String> {
    let server = contender.start(binary)?;
    let target = server.target(contender.speech());
    let mut crowd = Crowd::join(target, receivers + stalled, 8, "")?;
    for member in receivers..receivers + stalled {
        crowd.stall(member)?;
    }
    let bytes_before = os::resident_bytes(server.pid())?;
    os::forget_peak(server.pid())?;
    let watched = matches!(phase, Phase::Paced { .. }) && stalled > 0;
    let kernel = watched.then(|| crowd.port_of(receivers).map(|port| Watch::start(target.address.port(), port)));
    let kernel = kernel.transpose()?;
    let started = Instant::now();
    let load =
        Load { phase, payload, warm_up: Duration::ZERO, measure, messages_max: u64::MAX, server: Some(server.pid()) };
    let figures = drive(&mut crowd, &load)?;
    let kernel_bytes = kernel.map(Watch::most);
    let reasons: [&[&str]; 2] = [&["slow_reader"], &["stalled"]];
    let evicted = reasons.iter().find_map(|words| server.logged(words));
    Ok(Stalled {
        contender,
        stalled,
        figures,
        bytes_before,
        bytes_peak: os::peak_bytes(server.pid())?,
        bytes_after: os::resident_bytes(server.pid())?,
        kernel_bytes,
        evicted: evicted.map(|(at, line)| (at.saturating_duration_since(started).as_secs_f64(), line)),
        last_words: (stalled > 0).then(|| crowd.last_words(receivers)).flatten(),
    })
}

/// Looks every now and then at what the kernel keeps of a connection.
struct Watch {
    over: Arc<AtomicBool>,
    thread: JoinHandle<u64>,
}

impl Watch {
    fn start(from: u16, to: u16) -> Self {
        const EVERY: Duration = Duration::from_millis(50);
        let over = Arc::new(AtomicBool::new(false));
        let asked = Arc::clone(&over);
        let thread = thread::spawn(move || {
            let mut most = 0;
            while !asked.load(Ordering::Relaxed) {
                most = most.max(os::kept_by_kernel(from, to));
                thread::sleep(EVERY);
            }
            most
        });
        Self { over, thread }
    }

    fn most(self) -> u64 {
        self.over.store(true, Ordering::Relaxed);
        self.thread.join().unwrap_or_default()
    }
}

impl Stalled {
    /// For people.
    pub fn sentences(&self) -> String {
        let kib = |bytes: u64| bytes / 1024;
        let mut text = format!(
            "{}, {}: longest gap of any other receiver {:.1} ms, {}\n  memory {} KiB before, {} KiB at most, {} KiB after",
            self.contender.name(),
            match self.stalled {
                0 => String::from("everybody reads"),
                1 => String::from("one member never reads"),
                several => format!("{several} members never read"),
            },
            self.figures.longest_gap_millis,
            self.figures,
            kib(self.bytes_before),
            kib(self.bytes_peak),
            kib(self.bytes_after),
        );
        if let Some((seconds, line)) = &self.evicted {
            text.push_str(&format!("\n  evicted after {seconds:.2} s: {line}"));
        }
        if let Some(line) = &self.last_words {
            text.push_str(&format!("\n  the last it was sent: {}", line.get(..200).unwrap_or(line)));
        }
        text
    }
}

/// What a flood did.
#[derive(Clone, Debug, Serialize)]
pub struct Flooded {
    /// The same talk without the flood.
    pub calm: Figures,
    /// With it.
    pub flood: Figures,
    /// How many lines were sent at once; all of them reached everybody in order.
    pub lines: u64,
    /// Until the last of them had.
    pub seconds: f64,
}

/// Lets one member send `lines` at once to a server that paces everybody to `per_second`, while another one says ten a
/// second to a room of `receivers`.
///
/// # Errors
/// One sentence, if a line is lost or out of order, or the flooder is cut off.
pub fn flood(receivers: usize, lines: u64, per_second: u32, binary: &Path) -> Result<Flooded, String> {
    let server = Running::parlor(binary, &format!("[limits]\npace = {{ burst = 64, per_second = {per_second} }}\n"))?;
    let mut crowd = Crowd::join(server.target(Speech::Native), receivers, 2, "")?;
    let load = |phase, measure, messages_max| Load {
        phase,
        payload: 100,
        warm_up: Duration::ZERO,
        measure: Duration::from_secs(measure),
        messages_max,
        server: Some(server.pid()),
    };
    let calm = drive(&mut crowd, &load(Phase::Paced { per_second: 10.0 }, 60, 50))?;
    let at_most = lines / u64::from(per_second.max(1)) + 60;
    let started = Instant::now();
    let flood = drive(&mut crowd, &load(Phase::Flood { per_second: 10.0, lines }, at_most, u64::MAX))?;
    Ok(Flooded { calm, flood, lines, seconds: started.elapsed().as_secs_f64() })
}

impl Flooded {
    /// For people.
    pub fn sentences(&self) -> String {
        format!(
            "one flooder, {} lines at once: all reached everybody, in order, after {:.1} s; the flooder was not cut off\n  \
             the other speaker before: {}\n  the other speaker meanwhile: {}",
            self.lines, self.seconds, self.calm, self.flood
        )
    }
}
