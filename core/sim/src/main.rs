//! Runs the simulated world from the command line.

fn main() {}
