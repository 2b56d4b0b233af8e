//! The whole program on a disk that is full for a while: its files may not grow (`RLIMIT_FSIZE`), then they may.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use rustix::process::{Pid, Resource, Rlimit, getrlimit, prlimit};

use crate::program::{Client, Server};

/// Starts the server so that a file which may not grow is an error to it, and not its end.
fn start(data: &Path) -> Server {
    let mut shell = Command::new("sh");
    shell.args(["-c", "trap '' XFSZ; exec \"$0\" \"$@\"", env!("CARGO_BIN_EXE_parlor-server")]);
    shell.args(["--listen", "parlor://127.0.0.1:0", "--data"]).arg(data).stdin(Stdio::null());
    Server::start_by(shell)
}

/// Bounds how long any file of the server may be from now on, in bytes; `None` takes that back.
fn bound_files(server: &Server, bytes: Option<u64>) {
    let process = Pid::from_raw(server.process().cast_signed()).unwrap();
    let Rlimit { maximum, .. } = getrlimit(Resource::Fsize);
    prlimit(Some(process), Resource::Fsize, Rlimit { current: bytes.or(maximum), maximum }).unwrap();
}

fn come(server: &Server) -> Client {
    let mut ada = server.connect("parlor");
    ada.send("{\"hello\":{\"version\":1,\"nick\":\"ada\"}}\n");
    ada.until("\"members\":[\"ada\"]");
    ada
}

fn say(ada: &mut Client, number: u32) {
    ada.send(&format!("{{\"say\":{{\"room\":\"lobby\",\"text\":\"line {number}\",\"nonce\":\"n{number}\"}}}}\n"));
}

fn stored(ada: &mut Client, number: u32) {
    ada.until(&format!("{{\"ack\":{{\"nonce\":\"n{number}\",\"room\":\"lobby\",\"id\":{number}}}}}"));
}

/// The lobby's history: these lines, each once, in order.
fn reads(ada: &mut Client, lines: u32) {
    ada.send("{\"history\":{\"room\":\"lobby\",\"limit\":100,\"ref\":\"h\"}}\n");
    ada.until("{\"page\":");
    let page = ada.until("\"ref\":\"h\"");
    let found: Vec<_> = page.split("\"text\":\"line ").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    let expected: Vec<_> = (1..=lines).map(|line| line.to_string()).collect();
    assert_eq!(found, expected, "{page}");
}

#[test]
fn a_full_disk_turns_sending_off_with_an_error_while_reading_goes_on_and_it_comes_back_by_itself() {
    let home = tempfile::tempdir().unwrap();
    let data = home.path().join("data");
    let server = start(&data);
    let mut ada = come(&server);
    for number in 1..=5 {
        say(&mut ada, number);
        stored(&mut ada, number);
    }

    let log = fs::metadata(data.join("parlor.db-wal")).unwrap().len();
    bound_files(&server, Some(log));
    for _ in 0..3 {
        say(&mut ada, 6);
        ada.until("{\"error\":{\"code\":\"unavailable\"");
        reads(&mut ada, 5);
    }
    ada.send("{\"search\":{\"room\":\"lobby\",\"query\":\"line\",\"limit\":10,\"ref\":\"s\"}}\n");
    let found = ada.until("\"ref\":\"s\"");
    assert_eq!(found.matches("\"text\":\"line ").count(), 5, "{found}");

    bound_files(&server, None);
    say(&mut ada, 6);
    stored(&mut ada, 6);
    reads(&mut ada, 6);
    let log = server.signal("KILL").wait().stderr;
    assert_eq!(log.matches("nothing can be stored until").count(), 1, "told once, in plain words: {log}");
    assert_eq!(log.matches("storing works again").count(), 1, "{log}");

    let server = start(&data);
    let mut bob = server.connect("parlor");
    bob.send("{\"hello\":{\"version\":1,\"nick\":\"bob\"}}\n");
    // Ada may still come back.
    bob.until("\"members\":[\"ada\",\"bob\"]");
    reads(&mut bob, 6);
    assert_eq!(server.stop().code, Some(0));
}
