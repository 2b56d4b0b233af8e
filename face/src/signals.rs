//! The signals that ask a program to end.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

/// Calls `told` with the number of each such signal, on a thread of its own. Where signals cannot be had the
/// program ends as the system has it; one that whoever started the program has it ignore, as `nohup` does, stays ignored
/// where the system tells that (Linux).
pub fn watch(told: impl Fn(i32) + Send + 'static) {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let Ok(mut signals) = Signals::new(heard(&status)) else { return };
    std::thread::spawn(move || signals.forever().for_each(told));
}

/// Those that the process of this status (`proc_pid_status(5)`) does not ignore.
fn heard(status: &str) -> Vec<i32> {
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0);
    [SIGHUP, SIGINT, SIGTERM].into_iter().filter(|signal| ignored >> (signal - 1) & 1 == 0).collect()
}

/// For [`watch`]: the first signal calls `end`, which may take its time; `out` is called with the signal after `at_most`, and
/// at once for one that comes later than a moment after the first. What comes within that moment is the same wish: a
/// terminal that is closed is told of twice.
pub fn insist(
    end: impl Fn() + Send + 'static,
    out: impl Fn(i32) + Clone + Send + 'static,
    moment: Duration,
    at_most: Duration,
) -> impl Fn(i32) + Send + 'static {
    let (asked, began) = (AtomicBool::new(false), std::sync::OnceLock::new());
    move |signal| {
        let began: &Instant = began.get_or_init(Instant::now);
        if asked.swap(true, Ordering::AcqRel) {
            if began.elapsed() >= moment {
                out(signal);
            }
            return;
        }
        let out = out.clone();
        std::thread::spawn(move || {
            std::thread::sleep(at_most);
            out(signal);
        });
        end();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    const PATIENCE: Duration = Duration::from_secs(30);

    #[cfg(target_os = "linux")]
    #[test]
    fn a_signal_that_is_ignored_from_the_start_stays_so() {
        let status = |command: &str| {
            let output = std::process::Command::new("sh").args(["-c", command]).output().unwrap();
            String::from_utf8(output.stdout).unwrap()
        };
        assert_eq!(heard(&status("trap '' HUP; exec cat /proc/self/status")), [SIGINT, SIGTERM]);
        assert_eq!(heard(&status("trap '' INT TERM; exec cat /proc/self/status")), [SIGHUP]);
        assert_eq!(heard(""), [SIGHUP, SIGINT, SIGTERM], "where nothing is known");
    }

    #[test]
    fn the_second_signal_ends_at_once_and_the_first_after_a_while() {
        let insist = |moment, at_most| {
            let (sender, told) = mpsc::channel();
            let ends = sender.clone();
            let end = move || ends.send(0).unwrap();
            let out = move |signal| sender.send(signal).unwrap_or_default();
            let heard = insist(end, out, moment, at_most);
            (heard, told)
        };
        let (heard, told) = insist(Duration::ZERO, PATIENCE);
        heard(SIGTERM);
        heard(SIGINT);
        assert_eq!(told.try_iter().collect::<Vec<_>>(), [0, SIGINT]);
        let (heard, told) = insist(PATIENCE, PATIENCE);
        heard(SIGHUP);
        heard(SIGHUP);
        assert_eq!(told.try_iter().collect::<Vec<_>>(), [0], "it is told twice of the same end");
        let (heard, told) = insist(PATIENCE, Duration::ZERO);
        heard(SIGTERM);
        let both = [told.recv_timeout(PATIENCE).unwrap(), told.recv_timeout(PATIENCE).unwrap()];
        assert!(both.contains(&SIGTERM) && both.contains(&0), "{both:?}");
    }
}
