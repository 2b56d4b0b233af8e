//! What the operating system knows: processor time and memory of a process, and what we ask of it for ourselves.

use std::fs;
use std::sync::OnceLock;
use std::time::Duration;

use nix::sched::{CpuSet, sched_setaffinity};
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use nix::time::{ClockId, clock_getcpuclockid};
use nix::unistd::Pid;

/// Raises the number of files this process, and what it starts, may have open to the most it is allowed, and says how
/// many that is.
///
/// # Errors
/// One sentence, if fewer than `needed` are allowed.
pub fn allow_open_files(needed: u64) -> Result<u64, String> {
    let (soft, hard) =
        getrlimit(Resource::RLIMIT_NOFILE).map_err(|e| format!("The limit of open files is unknown: {e}."))?;
    if soft < hard {
        setrlimit(Resource::RLIMIT_NOFILE, hard, hard)
            .map_err(|e| format!("The limit of open files stays at {soft}: {e}."))?;
    }
    if hard < needed {
        return Err(format!("{needed} open files are needed and {hard} allowed; raise it with `ulimit -n {needed}`."));
    }
    Ok(hard)
}

/// Keeps the calling thread, and processes it starts from now on, on one processor. `false` if that cannot be had
/// (there is no such processor): figures are noisier then, not wrong.
pub fn pin_to_processor(number: usize) -> bool {
    let mut set = CpuSet::new();
    set.set(number).is_ok() && sched_setaffinity(Pid::from_raw(0), &set).is_ok()
}

/// Does `start` on processor 0, so that a process it starts stays there, and keeps the calling thread on processor 1
/// from then on. With a single processor nothing is pinned.
pub fn apart<T>(start: impl FnOnce() -> T) -> T {
    static SEVERAL: OnceLock<bool> = OnceLock::new();
    let several = *SEVERAL.get_or_init(|| std::thread::available_parallelism().is_ok_and(|n| n.get() > 1));
    if !several {
        return start();
    }
    pin_to_processor(0);
    let started = start();
    pin_to_processor(1);
    started
}

/// Processor time a process has used in all its threads, in user mode and in the kernel, to the nanosecond.
///
/// # Errors
/// One sentence, if there is no such process.
pub fn processor_time(pid: u32) -> Result<Duration, String> {
    let clock = clock_getcpuclockid(pid_of(pid)).map_err(|e| format!("Process {pid} has no processor clock: {e}."))?;
    clock_reading(clock).map_err(|e| format!("The processor clock of process {pid} cannot be read: {e}."))
}

/// Processor time this process has used.
pub fn own_processor_time() -> Duration {
    clock_reading(ClockId::CLOCK_PROCESS_CPUTIME_ID).expect("a process can read its own processor clock")
}

fn clock_reading(clock: ClockId) -> nix::Result<Duration> {
    clock.now().map(Duration::from)
}

/// Bytes of memory a process has resident, exact (`smaps_rollup`) where the kernel tells, else `VmRSS`.
///
/// # Errors
/// One sentence, if the process is gone or somebody else's.
pub fn resident_bytes(pid: u32) -> Result<u64, String> {
    let exact = fs::read_to_string(format!("/proc/{pid}/smaps_rollup"));
    let text = exact.or_else(|_| fs::read_to_string(format!("/proc/{pid}/status")));
    let text = text.map_err(|e| format!("The memory of process {pid} cannot be read: {e}."))?;
    kibibytes(&text, "Rss:")
        .or_else(|| kibibytes(&text, "VmRSS:"))
        .map(|kib| kib * 1024)
        .ok_or_else(|| format!("The kernel does not tell how much memory process {pid} has."))
}

/// The most bytes of memory a process ever had resident.
///
/// # Errors
/// One sentence, if the process is gone.
pub fn peak_bytes(pid: u32) -> Result<u64, String> {
    let text = fs::read_to_string(format!("/proc/{pid}/status"))
        .map_err(|e| format!("The memory of process {pid} cannot be read: {e}."))?;
    let peak = kibibytes(&text, "VmHWM:").map(|kib| kib * 1024);
    peak.ok_or_else(|| format!("The kernel does not tell how much memory process {pid} had."))
}

fn kibibytes(text: &str, label: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(label))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}

pub(crate) fn pid_of(pid: u32) -> Pid {
    Pid::from_raw(i32::try_from(pid).expect("process ids fit 22 bits"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_shows_on_the_processor_clock_and_allocations_in_memory() {
        let pid = std::process::id();
        let (time, memory) = (processor_time(pid).unwrap(), resident_bytes(pid).unwrap());
        let block = std::hint::black_box(vec![1u8; 32 << 20]);
        assert!(resident_bytes(pid).unwrap() >= memory + (16 << 20));
        assert!(processor_time(pid).unwrap() > time);
        assert!(own_processor_time() > time);
        drop(block);
    }

    #[test]
    fn a_process_that_is_not_there_is_an_error_not_a_zero() {
        let mut child = std::process::Command::new("true").spawn().unwrap();
        child.wait().unwrap();
        assert!(processor_time(child.id()).is_err());
        assert!(resident_bytes(child.id()).is_err());
    }
}
