//! The signals that ask a program to end.

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

/// Calls `told` with the number of each such signal, on a thread of its own. Where signals cannot be had the
/// program ends as the system has it.
pub fn watch(told: impl Fn(i32) + Send + 'static) {
    let Ok(mut signals) = Signals::new([SIGHUP, SIGINT, SIGTERM]) else { return };
    std::thread::spawn(move || signals.forever().for_each(told));
}
