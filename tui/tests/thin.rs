//! The view stays thin: no frames, no sockets, no messages of its own.

use std::fs;
use std::path::Path;

/// What belongs to the machine or to its driver.
const FORBIDDEN: &[&str] = &[
    "serde",
    "std::net",
    "async_net",
    "TcpStream",
    "TcpListener",
    "UdpSocket",
    "socket2",
    "parlor_core::wire::ClientCodec",
    "ClientCodec",
    "encode_event",
    "Vec<Entry>",
    "VecDeque<Entry>",
    "Vec<&Entry",
    "Vec<Message",
    "HashMap<EntryKey, Entry",
    "BTreeMap<EntryKey, Entry",
    "EntryKey, String",
];

/// Source without its comments, and without what only looks like one inside of a string of slashes.
fn code(source: &str) -> String {
    source.lines().map(|line| line.find("//").filter(|at| is_comment(line, *at)).map_or(line, |at| &line[..at])).fold(
        String::new(),
        |mut code, line| {
            code.push_str(line);
            code.push('\n');
            code
        },
    )
}

/// Whether the slashes stand outside of a string.
fn is_comment(line: &str, at: usize) -> bool {
    line[..at].replace("\\\"", "").matches('"').count().is_multiple_of(2)
}

fn found(source: &str) -> Vec<&'static str> {
    let code = code(source);
    FORBIDDEN.iter().copied().filter(|word| code.contains(word)).collect()
}

#[test]
fn no_source_file_does_the_machines_work() {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    let mut files = 0;
    while let Some(folder) = folders.pop() {
        for file in fs::read_dir(folder).unwrap() {
            let path = file.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let source = fs::read_to_string(&path).unwrap();
            assert_eq!(found(&source), [] as [&str; 0], "{}", path.display());
            files += 1;
        }
    }
    assert!(files > 10, "the sources were looked for in the wrong place");
}

#[test]
fn the_guard_sees_what_it_guards_against() {
    assert_eq!(found("use std::net::TcpStream; // serde"), ["std::net", "TcpStream"]);
    assert_eq!(found("struct Log { messages: Vec<Entry> }"), ["Vec<Entry>"]);
    assert_eq!(found("let url = \"http://x\"; let line = serde_json::to_string(&x);"), ["serde"]);
    assert_eq!(found("/// A TcpStream is none of our business."), [] as [&str; 0]);
}
