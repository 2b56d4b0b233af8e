//! Counts the instructions that the core spends on a message, and holds them to what is written down.
//!
//! A clock needs a quiet machine and still differs by a tenth from run to run; a count of instructions under callgrind
//! is the same each time, so that a change of three in a hundred can be told from none. It says nothing about caches and
//! system calls: what a message costs in time is measured in `benches`.
//!
//! [`scenario`] is what is counted, by way of a [`desk`]; [`callgrind`] counts it; [`counts`] is the file that says how
//! many instructions it may be, and the comparison with it.

pub mod callgrind;
pub mod counts;
pub mod desk;
pub mod scenario;
