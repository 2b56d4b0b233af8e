//! Claims about the simulated world itself: it is deterministic, any bytes are one, and its command line tells the truth.

use std::process::{Command, Output};

use parlor_sim::runner::{Plan, run};
use parlor_sim::tape::{HEADER_BYTES, STEP_BYTES, Tape};
use parlor_sim::{Played, play};
use proptest::prelude::*;

fn sim(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_parlor-sim")).args(args).output().expect("the program runs")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[test]
fn the_same_seeds_give_the_same_transcript_on_any_number_of_threads() {
    let plan = Plan { from: 100, seeds: 12, steps: 300, everywhere: false, threads: 1 };
    let (one, three) = (run(plan), run(Plan { threads: 3, ..plan }));
    assert!(one.failure.is_none() && three.failure.is_none());
    assert_eq!((one.seeds, one.inputs, one.hash), (three.seeds, three.inputs, three.hash));
    let other = run(Plan { from: 101, ..plan });
    assert_ne!(one.hash, other.hash, "other seeds give another transcript");
}

#[test]
fn a_server_that_dies_at_any_question_or_answer_loses_nothing_that_anybody_saw() {
    let plan = Plan { from: 300, seeds: 16, steps: 250, everywhere: true, threads: 2 };
    let summary = run(plan);
    assert!(summary.failure.is_none(), "{:?}", summary.failure);
    assert!(summary.seeds > 300, "each world was played for all its moments: {}", summary.seeds);
}

#[test]
fn a_tape_read_back_from_its_bytes_plays_the_same() {
    let tape = Tape::seeded(5, 200);
    let Played { inputs, hash, .. } = play(&tape);
    let again = play(&Tape::from_bytes(tape.bytes()));
    assert_eq!((inputs, hash), (again.inputs, again.hash));
    assert!(inputs > 50, "something happens in it: {inputs}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    /// What proptest draws, a seed might have drawn, and a fuzzer: all of them play the same worlds.
    #[test]
    fn any_bytes_are_a_world_in_which_every_invariant_holds(
        header in prop::collection::vec(any::<u8>(), 0..=HEADER_BYTES),
        steps in prop::collection::vec(any::<[u8; STEP_BYTES]>(), 0..160),
    ) {
        let mut bytes = header;
        if !steps.is_empty() {
            bytes.resize(HEADER_BYTES, 0);
        }
        bytes.extend(steps.concat());
        play(&Tape::from_bytes(&bytes));
    }
}

#[test]
fn the_command_line_prints_seeds_inputs_rate_and_what_was_reached() {
    let output = sim(&["--seeds", "3", "--from", "7", "--steps", "200", "--threads", "2"]);
    let said = said(&output);
    assert!(output.status.success(), "{said}");
    for words in ["3 seeds, ", " inputs, ", " inputs a second on 2 threads", "transcript ", "hub output: wake"] {
        assert!(said.contains(words), "{words}: {said}");
    }
}

#[test]
fn what_a_few_worlds_cannot_reach_is_named_and_fails_the_run() {
    let output = sim(&["--seeds", "1", "--steps", "20", "--all-reached"]);
    let said = said(&output);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("never reached: close: "), "{said}");
}

#[test]
fn a_tape_that_is_not_there_is_one_plain_sentence() {
    let output = sim(&["--tape", "no/such/tape"]);
    let said = said(&output);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.starts_with("parlor-sim: no/such/tape cannot be read: "), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
}
