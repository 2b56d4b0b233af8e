//! Hostile configuration: every text that was worth keeping gives settings or one plain sentence.

#![allow(unreachable_pub, reason = "the claims are a fuzz program's, too")]

mod claims;

use std::fs;
use std::path::Path;

#[test]
fn every_kept_text_gives_settings_or_one_plain_sentence() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../core/fuzz/corpus/config");
    let mut played = 0;
    for file in fs::read_dir(&directory).expect("there is a corpus") {
        let path = file.expect("a directory can be read on").path();
        // Shown only where it fails: the text to look at.
        println!("{}", path.display());
        claims::config(&fs::read(&path).expect("a file can be read"));
        played += 1;
    }
    assert!(played > 0, "the corpus holds something");
}

#[test]
fn every_prefix_of_the_example_gives_settings_or_one_plain_sentence() {
    let example = include_bytes!("../../parlor.example.toml");
    for end in 0..=example.len() {
        claims::config(&example[..end]);
    }
}
