//! The simulated world in which Parlor's protocol core is tested.
//!
//! Because the core does no I/O, the machines that ship can be put into a world made of plain data: links that
//! delay, cut and break, peers that are slow or hostile, a store that answers late, fails or crashes, clocks that
//! jump. Every choice of that world is drawn from one [`tape::Tape`] of bytes, so a seed, a property test and a
//! fuzzer drive the same workload, and any failure can be played again.
//!
//! ```text
//!   tape ──► swarm (what kind of world)            oracle: what was said, where, who may see it
//!        └─► steps ──► people ─ link ─ driver ──► Hub ──► store (late, failing, crashing)
//!                      puppet, stand-in, Client          ear: what each connection hears, held against the oracle
//! ```
//!
//! A run is a safety phase with faults, then a liveness phase without. Nothing here touches a socket, a clock or a
//! random number generator of the operating system.

mod calm;
mod driver;
pub mod ear;
pub mod hash;
pub mod link;
pub mod machine;
pub mod oracle;
mod people;
pub mod puppet;
pub mod reached;
pub mod replay;
pub mod runner;
pub mod said;
pub mod standin;
pub mod store;
pub mod swarm;
pub mod tape;
pub mod targets;
pub mod world;

use reached::Reached;
use tape::Tape;
use world::{LastMoment, World};

/// What came of a run.
#[derive(Clone, Debug)]
pub struct Played {
    /// Inputs applied: calls of a `handle_` function on any machine.
    pub inputs: u64,
    /// Questions put and answers given before the faults ended: moments at which the server might have died.
    pub moments: u64,
    /// Of everything that was sent, said and decided: the same for the same tape, in any build.
    pub hash: u64,
    /// What was reached.
    pub reached: Reached,
}

/// Plays a tape: a safety phase with faults, then a liveness phase without.
///
/// # Panics
/// If anything breaks an invariant of the design; the message begins with its number.
pub fn play(tape: &Tape) -> Played {
    play_with(tape, None, false)
}

/// As [`play`], in a world whose server dies at one moment more; and tells on standard output what happens if `told`.
///
/// # Panics
/// As [`play`].
pub fn play_with(tape: &Tape, moment: Option<LastMoment>, told: bool) -> Played {
    let mut world = World::new(tape.header(), moment, told);
    for number in 0..tape.steps() {
        world.step(tape.step(number));
    }
    world.calm_down();
    world.played()
}
