//! The view stays thin: no bytes, no sockets, no messages of its own.

use std::path::{Path, PathBuf};

/// What has no business in a view.
const FORBIDDEN: &[&str] = &[
    "serde_json",
    "serde::",
    "std::net",
    "async_net",
    "TcpStream",
    "UdpSocket",
    "UnixStream",
    "Vec<Entry",
    "VecDeque<Entry",
    "Map<EntryKey, Entry",
    "Vec<Message",
    "Vec<EntryKind",
    "Timeline::default",
    "ServerCodec",
    "ClientCodec",
    "Client::new",
];

/// The forbidden words that the code of `source`, comments aside, holds.
fn found(source: &str) -> Vec<&'static str> {
    let code: String = source.lines().map(without_comment).collect();
    let dense: String = code.split_whitespace().collect();
    FORBIDDEN.iter().copied().filter(|word| dense.contains(&word.replace(' ', ""))).collect()
}

/// The line up to its comment; the slashes of an address are none.
fn without_comment(line: &str) -> &str {
    let comment = line.match_indices("//").find(|(at, _)| !line[..*at].ends_with(':'));
    comment.map_or(line, |(at, _)| &line[..at])
}

fn sources(directory: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(directory).expect("the sources are there").map(|entry| entry.expect("readable"));
    let mut files = Vec::new();
    for path in entries.map(|entry| entry.path()) {
        if path.is_dir() {
            files.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}

#[test]
fn the_view_parses_nothing_dials_nothing_and_keeps_no_messages() {
    let files = sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    assert!(files.len() > 5, "only {files:?} are looked at");
    for file in files {
        let source = std::fs::read_to_string(&file).expect("readable");
        assert_eq!(found(&source), Vec::<&str>::new(), "in {}", file.display());
    }
    let manifest = include_str!("../Cargo.toml");
    let dependencies = manifest.split("[dev-dependencies]").next().unwrap_or_default();
    for name in ["serde", "serde_json", "smol", "async-net", "socket2"] {
        let line = dependencies.lines().find(|line| line.split(['=', '.', ' ']).next() == Some(name));
        assert_eq!(line, None);
    }
}

#[test]
fn the_search_finds_what_it_looks_for_but_not_in_comments() {
    assert_eq!(found("use std :: net::TcpStream;"), ["std::net", "TcpStream"]);
    assert_eq!(found(r#"dial("parlor://x"); let a: TcpStream;"#), ["TcpStream"]);
    assert_eq!(found("struct A { log: Vec<\n  Entry> }"), ["Vec<Entry"]);
    assert_eq!(found("// no Vec<Entry> here\nfn a() {} // nor serde_json"), Vec::<&str>::new());
}
