//! The simulated world in which Parlor's protocol core is tested.
//!
//! Because the core does no I/O, the machines that ship can be put into a world made of plain data: links that
//! delay, cut and break, peers that are slow or hostile, a store that answers late, fails or crashes, clocks that
//! jump. Every choice of that world is drawn from one [`tape::Tape`] of bytes, so a seed, a property test and a
//! fuzzer drive the same workload, and any failure can be played again.
//!
//! Nothing here touches a socket, a clock or a random number generator of the operating system.

pub mod replay;
pub mod tape;
pub mod targets;
