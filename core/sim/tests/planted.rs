//! The planted bugs of `core/sim/bugs` fit the code as it is now.

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Every patch, by its file's name.
fn patches() -> Vec<(String, String)> {
    let files = fs::read_dir(root().join("core/sim/bugs")).expect("the bugs are part of the repository");
    let paths = files.map(|file| file.expect("a directory can be read").path());
    let mut patches: Vec<(String, String)> = paths
        .filter(|path| path.extension().is_some_and(|extension| extension == "patch"))
        .map(|path| {
            let name = path.file_stem().expect("a patch has a name").to_string_lossy().into_owned();
            (name, fs::read_to_string(&path).expect("a patch is text"))
        })
        .collect();
    patches.sort();
    patches
}

/// What a patch expects to find: the file, and the lines of one hunk as they stand before it is applied.
fn expected(patch: &str) -> Vec<(String, String)> {
    let (mut file, mut hunks, mut lines) = (String::new(), Vec::new(), patch.lines().skip(1).peekable());
    while let Some(line) = lines.next() {
        if let Some(path) = line.strip_prefix("--- a/") {
            file = path.into();
        } else if line.starts_with("@@") {
            let mut before = String::new();
            while let Some(line) = lines.next_if(|line| line.starts_with([' ', '-', '+']) && !line.starts_with("--- "))
            {
                if let Some(old) = line.strip_prefix([' ', '-']) {
                    before.push_str(old);
                    before.push('\n');
                }
            }
            hunks.push((file.clone(), before));
        }
    }
    hunks
}

#[test]
fn every_planted_bug_still_applies() {
    let patches = patches();
    assert!(patches.len() >= 30, "there are {} planted bugs", patches.len());
    for (name, patch) in patches {
        let hunks = expected(&patch);
        assert!(!hunks.is_empty(), "{name} changes nothing");
        for (file, before) in hunks {
            let text = fs::read_to_string(root().join(&file)).unwrap_or_default();
            assert!(text.contains(&before), "{name} does not apply any more; {file} no longer holds:\n{before}");
        }
    }
}

#[test]
fn every_planted_bug_says_what_it_breaks() {
    for (name, patch) in patches() {
        let first = patch.lines().next().unwrap_or_default();
        let sentence = first.strip_prefix("# ").unwrap_or_default();
        assert!(sentence.ends_with('.') && sentence.len() > 20, "{name} begins with {first:?}");
        assert!(name.split_once('-').is_some_and(|(number, _)| number.parse::<u32>().is_ok()), "{name} has a number");
    }
}
