//! Runs many worlds, on as many threads as are wanted, and makes a failing one as small as it gets.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;

use crate::reached::Reached;
use crate::tape::Tape;
use crate::world::LastMoment;
use crate::{Played, play_with};

/// Which worlds to run.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// The first seed.
    pub from: u64,
    /// How many seeds.
    pub seeds: u64,
    /// Steps of each world's safety phase.
    pub steps: usize,
    /// Whether each is played again once for every moment at which its server might have died.
    pub everywhere: bool,
    /// Threads to run them on, at least 1.
    pub threads: usize,
}

/// What came of all of them.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// Worlds that were played to their end.
    pub seeds: u64,
    /// Inputs applied in them.
    pub inputs: u64,
    /// What they reached.
    pub reached: Reached,
    /// Of everything that happened in all of them, whatever the number of threads.
    pub hash: u64,
    /// The failing world with the lowest seed among those that were run, if there is one.
    pub failure: Option<Failure>,
}

/// A world that broke a promise.
#[derive(Clone, Debug)]
pub struct Failure {
    /// Its seed.
    pub seed: u64,
    /// Which promise, and where it was noticed.
    pub claim: String,
    /// Its tape.
    pub tape: Tape,
    /// The moment at which its server died, where it was made to.
    pub moment: Option<LastMoment>,
}

thread_local! {
    /// What the last panic of this thread said.
    static CLAIM: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// From here on a panic of a world is kept for [`Failure::claim`] and not printed.
pub fn keep_panics_quiet() {
    std::panic::set_hook(Box::new(|info| {
        let place = info.location().map_or_else(String::new, |at| format!("{}:{}: ", at.file(), at.line()));
        let said = info.payload_as_str().unwrap_or("a panic without words");
        CLAIM.set(Some(format!("{place}{said}")));
    }));
}

/// Plays a tape.
///
/// # Errors
/// The promise it broke.
pub fn attempt(tape: &Tape) -> Result<Played, String> {
    attempt_with(tape, None, false)
}

/// As [`attempt`], and tells on standard output what happens.
///
/// # Errors
/// The promise it broke.
pub fn attempt_aloud(tape: &Tape) -> Result<Played, String> {
    attempt_with(tape, None, true)
}

fn attempt_with(tape: &Tape, moment: Option<LastMoment>, told: bool) -> Result<Played, String> {
    CLAIM.set(None);
    let played = catch_unwind(AssertUnwindSafe(|| play_with(tape, moment, told)));
    played.map_err(|_| CLAIM.take().unwrap_or_else(|| "a panic".into()))
}

/// Plays a tape once as it is, and then once for each moment at which its server might have died: with all that the
/// store was asked up to then carried out, and with none of it. Ends with the first failure.
fn attempt_everywhere(tape: &Tape) -> Vec<(Option<LastMoment>, Result<Played, String>)> {
    let whole = attempt(tape);
    let moments = whole.as_ref().map_or(0, |played| played.moments);
    let mut outcomes = vec![(None, whole)];
    for at in 0..moments {
        for carried_out in [false, true] {
            let moment = Some(LastMoment { at, carried_out });
            let outcome = attempt_with(tape, moment, false);
            let failed = outcome.is_err();
            outcomes.push((moment, outcome));
            if failed {
                return outcomes;
            }
        }
    }
    outcomes
}

/// Runs the worlds of a plan; stops early where one fails.
///
/// # Panics
/// If a thread cannot be started.
pub fn run(plan: Plan) -> Summary {
    let next = AtomicU64::new(plan.from);
    let stop = AtomicBool::new(false);
    let summary = Mutex::new(Summary::default());
    let end = plan.from.saturating_add(plan.seeds);
    let work = || {
        while !stop.load(Ordering::Relaxed) {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= end {
                break;
            }
            let tape = Tape::seeded(seed, plan.steps);
            let outcome = if plan.everywhere { attempt_everywhere(&tape) } else { vec![(None, attempt(&tape))] };
            let mut summary = summary.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
            for (moment, outcome) in outcome {
                match outcome {
                    Ok(played) => summary.add(seed, &played),
                    Err(claim) => {
                        stop.store(true, Ordering::Relaxed);
                        if summary.failure.as_ref().is_none_or(|known| seed < known.seed) {
                            let tape = tape.clone();
                            summary.failure = Some(Failure { seed, claim, tape, moment });
                        }
                    }
                }
            }
        }
    };
    thread::scope(|scope| {
        for _ in 0..plan.threads.max(1) {
            scope.spawn(work);
        }
    });
    summary.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner())
}

impl Summary {
    fn add(&mut self, seed: u64, played: &Played) {
        self.seeds += 1;
        self.inputs += played.inputs;
        self.reached.add(&played.reached);
        // A sum, so that the order in which threads are done does not matter.
        self.hash = self.hash.wrapping_add((played.hash ^ seed).wrapping_mul(0x9E37_79B9_7F4A_7C15));
    }
}

impl Failure {
    /// Takes out every step without which the same promise is broken in the same place.
    #[must_use]
    pub fn minimised(&self) -> Self {
        if self.moment.is_some() {
            // With other steps it would be another moment.
            return self.clone();
        }
        self.minimised_by(|tape| attempt(tape).err())
    }

    /// Takes out chunks of steps, ever smaller ones, for as long as `fails` says of what is left that it fails alike.
    fn minimised_by(&self, fails: impl Fn(&Tape) -> Option<String>) -> Self {
        const TRIALS_MAX: usize = 3_000;
        let mut smallest = self.clone();
        let mut chunk = self.tape.steps().div_ceil(2).max(1);
        let mut trials = 0;
        loop {
            let mut start = 0;
            let mut shrunk = false;
            while start < smallest.tape.steps() && trials < TRIALS_MAX {
                trials += 1;
                let tape = smallest.tape.filtered(|step| step < start || step >= start + chunk);
                match fails(&tape).filter(|claim| place_of(claim) == place_of(&self.claim)) {
                    Some(claim) => {
                        smallest = Failure { seed: self.seed, claim, tape, moment: None };
                        shrunk = true;
                    }
                    None => start += chunk,
                }
            }
            if chunk == 1 && !shrunk || trials >= TRIALS_MAX {
                return smallest;
            }
            chunk = (chunk / 2).max(1);
        }
    }

    /// Plays it once more and tells on standard output what happens in it.
    pub fn tell(&self) {
        let _ = attempt_with(&self.tape, self.moment, true);
    }
}

/// Where a promise was noticed to be broken: two failures in one place count as the same.
fn place_of(claim: &str) -> &str {
    claim.split_once(": ").map_or(claim, |(place, _)| place)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Fails where a step of each of these first bytes is left, one after the other.
    fn fails(tape: &Tape, wanted: [u8; 2]) -> Option<String> {
        let mut wanted = wanted.iter().peekable();
        for step in 0..tape.steps() {
            let first = tape.step(step).byte();
            wanted.next_if(|byte| **byte == first);
        }
        wanted.peek().is_none().then(|| "here: both were there".into())
    }

    #[test]
    fn a_failing_tape_is_cut_down_to_the_steps_that_make_it_fail() {
        let tape = Tape::seeded(3, 500);
        let wanted = [tape.step(77).byte(), tape.step(411).byte()];
        let claim = fails(&tape, wanted).expect("both are there");
        let small = Failure { seed: 3, claim, tape, moment: None }.minimised_by(|tape| fails(tape, wanted));
        assert_eq!(small.tape.steps(), 2);
        assert_eq!([small.tape.step(0).byte(), small.tape.step(1).byte()], wanted);
    }

    #[test]
    fn another_failure_on_the_way_is_not_taken_for_the_same() {
        let tape = Tape::seeded(4, 64);
        let failure = Failure { seed: 4, claim: "here: it broke".into(), tape, moment: None };
        let small = failure.minimised_by(|tape| {
            let place = if tape.steps() >= 40 { "here" } else { "elsewhere" };
            Some(format!("{place}: it broke"))
        });
        assert_eq!(small.tape.steps(), 40);
    }
}
