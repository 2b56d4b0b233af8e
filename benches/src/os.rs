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

/// Makes [`peak_bytes`] forget what was before (`proc_pid_clear_refs(5)`).
///
/// # Errors
/// One sentence, if the process is gone or somebody else's.
pub fn forget_peak(pid: u32) -> Result<(), String> {
    let forgotten = fs::write(format!("/proc/{pid}/clear_refs"), "5");
    forgotten.map_err(|e| format!("The highest memory of process {pid} cannot be forgotten: {e}."))
}

/// Bytes that the kernel keeps of a connection over 127.0.0.1 between two ports of this machine: what one end has sent
/// and the other has not read. 0, if there is no such connection. The buffers they are in take more.
pub fn kept_by_kernel(from: u16, to: u16) -> u64 {
    fs::read_to_string("/proc/net/tcp").map(|table| queued(&table, from, to)).unwrap_or_default()
}

/// The send queue of one end and the receive queue of the other (`proc_net_tcp.rst`: `tx_queue:rx_queue`).
fn queued(table: &str, from: u16, to: u16) -> u64 {
    let port = |address: &str| u16::from_str_radix(address.rsplit(':').next()?, 16).ok();
    let queues = table.lines().skip(1).filter_map(|line| {
        let mut fields = line.split_ascii_whitespace().skip(1);
        let (local, remote) = (port(fields.next()?)?, port(fields.next()?)?);
        let (sent, received) = fields.nth(1)?.split_once(':')?;
        let bytes = |hexadecimal| u64::from_str_radix(hexadecimal, 16).ok();
        match (local, remote) {
            ends if ends == (from, to) => bytes(sent),
            ends if ends == (to, from) => bytes(received),
            _ => None,
        }
    });
    queues.sum()
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
    fn a_peak_that_is_forgotten_does_not_count() {
        let pid = std::process::id();
        // More than what other tests have at the same time.
        drop(std::hint::black_box(vec![1u8; 128 << 20]));
        let peak = peak_bytes(pid).unwrap();
        forget_peak(pid).unwrap();
        assert!(peak_bytes(pid).unwrap() + (64 << 20) < peak);
    }

    #[test]
    fn what_waits_in_both_buffers_is_added_up() {
        let table = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n\
            \x20  0: 0100007F:1DF3 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1\n\
            \x20  1: 0100007F:1DF3 0100007F:D431 01 00010000:00000001 00:00000000 00000000     0        0 2 1\n\
            \x20  2: 0100007F:D431 0100007F:1DF3 01 00000002:00020000 00:00000000 00000000     0        0 3 1\n";
        assert_eq!(queued(table, 0x1DF3, 0xD431), 0x30000);
        assert_eq!(queued(table, 0xD431, 0x1DF3), 3);
        assert_eq!(queued(table, 0x1DF3, 1), 0);
    }

    #[test]
    fn unread_bytes_are_kept_by_the_kernel() {
        use std::io::Write;
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let mut client = std::net::TcpStream::connect(address).unwrap();
        let _server = listener.accept().unwrap();
        client.write_all(&[7; 1000]).unwrap();
        assert_eq!(kept_by_kernel(client.local_addr().unwrap().port(), address.port()), 1000);
    }

    #[test]
    fn a_process_that_is_not_there_is_an_error_not_a_zero() {
        let mut child = std::process::Command::new("true").spawn().unwrap();
        child.wait().unwrap();
        assert!(processor_time(child.id()).is_err());
        assert!(resident_bytes(child.id()).is_err());
        assert!(peak_bytes(child.id()).is_err());
        assert!(forget_peak(child.id()).is_err());
    }
}
