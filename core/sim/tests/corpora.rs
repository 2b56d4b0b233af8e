//! Every input that a fuzzer or a person found worth keeping is played again.

use std::fs;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};

use parlor_sim::targets::{ALL, Target};

/// Most inputs kept for one target, and most bytes of them together.
const FILES_MAX: usize = 300;
const BYTES_MAX: usize = 200 * 1_024;

fn fuzz() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz")
}

/// The kept inputs of a target, by name.
fn corpus(target: &Target) -> Vec<(String, Vec<u8>)> {
    let directory = fuzz().join("corpus").join(target.name);
    let files = fs::read_dir(&directory).unwrap_or_else(|error| panic!("{}: {error}", directory.display()));
    let mut inputs: Vec<(String, Vec<u8>)> = files
        .map(|file| {
            let path = file.expect("a directory can be read on").path();
            let name = path.file_name().expect("a file has a name").to_string_lossy().into_owned();
            (name, fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())))
        })
        .collect();
    inputs.sort();
    inputs
}

#[test]
fn every_kept_input_breaks_no_claim() {
    for target in ALL {
        let inputs = corpus(target);
        assert!(!inputs.is_empty(), "{} has a corpus", target.name);
        for (name, input) in inputs {
            let played = catch_unwind(|| (target.play)(&input));
            assert!(played.is_ok(), "core/fuzz/corpus/{}/{name} breaks a claim", target.name);
        }
    }
}

#[test]
fn every_corpus_is_small() {
    for target in ALL {
        let inputs = corpus(target);
        let bytes: usize = inputs.iter().map(|(_, input)| input.len()).sum();
        assert!(inputs.len() <= FILES_MAX, "{}: {} inputs; minimise it", target.name, inputs.len());
        assert!(bytes <= BYTES_MAX, "{}: {bytes} bytes; minimise it", target.name);
    }
}

#[test]
fn every_target_can_be_fuzzed() {
    let manifest = fs::read_to_string(fuzz().join("Cargo.toml")).expect("the fuzz crate is there");
    for Target { name, .. } in ALL {
        let program = fs::read_to_string(fuzz().join(format!("fuzz_targets/{name}.rs"))).expect(name);
        assert!(program.contains(&format!("targets::{name}")), "{name}.rs plays {name}");
        assert!(manifest.contains(&format!("\nname = \"{name}\"\n")), "{name} is a program of core/fuzz");
    }
}
