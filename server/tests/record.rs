//! The flight record of the real server, replayed: the core does the same again, and no secret is in the file.

#[allow(dead_code, reason = "shared with other tests")]
#[path = "process/program.rs"]
mod program;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use parlor_core::hub::HubConfig;
use parlor_core::id::Ticket;
use parlor_core::limits::Limits;
use parlor_core::name::RoomName;
use parlor_core::record::Unreadable;
use parlor_core::store::{Answer, Ask};
use parlor_core::wire::Dialect;
use parlor_sim::replay::{Difference, Failed, Replayed, replay};
use parlor_transport_tcp::connection::Connection;
use parlor_transport_tcp::hub_loop::{Service, Store, serve};
use parlor_transport_tcp::memory;
use program::{Client, FREE, Program, Server};

fn recording(path: &Path, more: &[&str]) -> Server {
    Server::start(&[&FREE[..], &["--record", path.to_str().unwrap()], more].concat())
}

fn token_of(welcome: &str) -> String {
    welcome.split("\"token\":\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

fn difference(record: &[u8]) -> Box<Difference> {
    match replay(record) {
        Err(Failed::Different(difference)) => difference,
        other => panic!("{other:?}"),
    }
}

fn hello(server: &Server, members: &str) -> (Client, String) {
    let mut client = server.connect("parlor");
    // Cut in the middle of what is secret, most often.
    let hello = format!("{{\"hello\":{{\"version\":1,{members}}}}}\n");
    let (first, rest) = hello.split_at(hello.len() * 2 / 3);
    client.send(first);
    client.send(rest);
    let told = client.until("\"members\":[");
    (client, told)
}

/// Two of our own with tokens, one of whom drops and comes back for what it missed, and one of each tutorial.
fn everybody_talks(server: &Server) -> Vec<String> {
    let (mut ada, welcome) = hello(server, r#""nick":"ada","password":"a needless secret""#);
    let token = token_of(&welcome);
    let (mut bob, welcome) = hello(server, r#""nick":"bob""#);
    let other = token_of(&welcome);
    let mut nic = server.connect("nic");
    nic.until("NIC");
    nic.send("ali");
    nic.until("Connected to the server.");
    let mut prompt = server.connect("prompt");
    prompt.until("press Enter");
    prompt.send("bea");
    prompt.until("Welcome to the chat bea.");
    nic.send("ali: ciao, سلام!\n");
    bob.until("ciao, سلام!");
    ada.until("ciao, سلام!");
    prompt.until("ciao, سلام!");
    prompt.send("token 0123456789abcdef0123456789abcdef");
    let log = ada.until("token 0123456789abcdef0123456789abcdef");
    assert!(log.contains("bea"));
    drop(ada);
    bob.send("{\"say\":{\"room\":\"lobby\",\"text\":\"while you were away\",\"nonce\":\"1\"}}\n");
    bob.until("while you were away");
    // Escaped, as some encoders write it.
    let escaped: String = token.chars().map(|c| format!("\\u{:04x}", c as u32)).collect();
    let (mut ada, welcome) = hello(server, &format!("\"nick\":\"ada\",\"token\":\"{escaped}\""));
    assert_eq!(token_of(&welcome), token, "it is known again");
    ada.send("{\"hello\":{\"version\":1,\"nick\":\"eve\",\"token\":\"");
    ada.send(&format!("{token}\"}}}}\n{{\"nick\":{{\"nick\":\"ada2\"}}}}\n"));
    ada.until("already_welcome");
    bob.until("ada2");
    ada.send("{\"quit\":{}}\n");
    ada.until("{\"bye\"");
    bob.send("{\"history\":{\"room\":\"lobby\",\"limit\":10}}\n");
    bob.until("{\"page\"");
    vec![token, other, escaped, "a needless secret".into()]
}

#[cfg(unix)]
#[test]
fn a_recorded_server_is_replayed_without_a_difference_and_no_secret_is_in_the_record() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("record");
    let server = recording(&path, &[]);
    let secrets = everybody_talks(&server);
    assert_eq!(server.stop().code, Some(0));

    let mode = std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&path).unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600);
    let record = fs::read(&path).unwrap();
    for secret in &secrets {
        assert!(!holds(&record, secret), "{secret}");
    }
    assert!(holds(&record, "token 0123456789abcdef0123456789abcdef"), "what is said is no secret");
    let replayed = replay(&record[..]).unwrap();
    assert!(replayed.ended && replayed.calls > 20 && replayed.bytes > 1_000, "{replayed:?}");

    // One letter of what somebody was told.
    let mut changed = record.clone();
    let at = record.windows(10).rposition(|window| window == b"\"welcome\":").unwrap();
    changed[at + 1] ^= 1;
    let told = difference(&changed);
    assert!(told.offset.is_some() && told.call.conn.is_some(), "{told}");
    assert!(told.expected.contains("velcome") && told.got.contains("welcome"), "{told}");

    // What a crash leaves: everything up to the last whole entry is replayed.
    for cut in [record.len() - 1, record.len() / 2, record.len() / 3] {
        let replayed = replay(&record[..cut]).unwrap();
        assert!(!replayed.ended && replayed.calls > 0, "{cut}: {replayed:?}");
    }
}

#[cfg(unix)]
#[test]
fn refused_hellos_are_replayed_and_no_password_is_in_the_record() {
    let directory = tempfile::tempdir().unwrap();
    let (path, password) = (directory.path().join("record"), directory.path().join("password"));
    fs::write(&password, "grün und geheim\n").unwrap();
    let server = recording(&path, &["--password-file", password.to_str().unwrap()]);
    let mut ada = server.connect("parlor");
    ada.send("{\"hello\":{\"version\":1,\"nick\":\"ada\"}}\n");
    ada.until("password_required");
    ada.send("{\"hello\":{\"version\":1,\"nick\":\"ada\",\"password\":\"wrong guess\"}}\n");
    ada.until("bad_password");
    ada.send("{\"hello\":{\"version\":1,\"nick\":\"ada\",\"password\":\"grün un");
    ada.send("d geheim\"}}\n");
    ada.until("{\"welcome\"");
    let mut garbage = server.connect("parlor");
    garbage.send("{\"hello\":{\"password\":['grün und geheim'],\n");
    garbage.until("hello_first");
    let mut wrong = server.connect("parlor");
    wrong.send("{\"hello\":{\"version\":1,\"nick\":\"eve\",\"password\":{\"is\":[\"grün und geheim\",4711]}}}\n");
    wrong.until("hello_first");
    let mut bea = server.connect("prompt");
    bea.until("needs a password");
    assert_eq!(server.stop().code, Some(0));
    let record = fs::read(&path).unwrap();
    for secret in ["grün und geheim", "geheim", "grün", "wrong guess", "4711"] {
        assert!(!holds(&record, secret), "{secret}");
    }
    assert!(replay(&record[..]).unwrap().ended);
}

#[test]
fn a_record_is_written_over_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("record");
    fs::write(&path, "precious").unwrap();
    let arguments = ["--memory", "--listen", "parlor://127.0.0.1:0", "--record", path.to_str().unwrap()];
    let sentence = Program::run(&arguments).refused(1);
    assert!(sentence.contains("already"), "{sentence}");
    assert_eq!(fs::read(&path).unwrap(), b"precious");
    let nowhere = directory.path().join("no/such/place");
    let arguments = ["--memory", "--listen", "parlor://127.0.0.1:0", "--record", nowhere.to_str().unwrap()];
    Program::run(&arguments).refused(1);
}

/// A store that does not keep to its words: the core notices, and that is an assertion of ours.
struct Mistaken;

impl Store for Mistaken {
    fn ask(&mut self, _ticket: Ticket, _ask: Ask) -> Option<Answer> {
        Some(Answer::Done)
    }
}

/// Where the server of the next test, a process of its own, is told to record.
const CHILD: &str = "PARLOR_TEST_RECORD";

/// The server of the next test. Here it is none.
#[test]
fn a_server_with_a_mistaken_store() {
    let Some(path) = std::env::var_os(CHILD).map(PathBuf::from) else { return };
    server::stop_on_own_mistakes();
    let record = server::record::begin(&path).unwrap();
    let (dialer, listener) = memory::listener();
    let client = dialer.connect().unwrap();
    client.try_write(b"{\"hello\":{\"version\":1,\"nick\":\"ada\",\"password\":\"geheim\"}}\n").unwrap();
    let (_running, stop) = async_channel::bounded(1);
    let config = HubConfig {
        limits: Limits::DEFAULT,
        default_room: RoomName::lobby(),
        server: "parlor/test".into(),
        password: false,
    };
    let listeners = vec![(Dialect::Native, listener)];
    serve(Service { config, seed: [1; 32], listeners, store: Mistaken, answers: None, stop, record: Some(record) })
        .unwrap();
}

#[cfg(unix)]
#[test]
fn the_input_that_an_assertion_fails_at_is_in_the_record_and_fails_again() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("record");
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "a_server_with_a_mistaken_store", "--nocapture"])
        .env(CHILD, &path)
        .output()
        .unwrap();
    let log = String::from_utf8_lossy(&child.stderr);
    assert_eq!(child.status.code(), None, "a signal ended it: {log}");
    assert!(log.contains("made a mistake of its own"), "{log}");
    assert!(log.contains(path.to_str().unwrap()), "{log}");
    let record = fs::read(&path).unwrap();
    assert!(!holds(&record, "geheim"));
    let told = difference(&record);
    assert!(told.call.what.contains("is answered"), "{told}");
    assert!(told.got.contains("a verification is answered in its own words"), "{told}");
}

#[cfg(unix)]
#[test]
fn a_killed_server_has_recorded_all_but_the_last_second() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("record");
    let server = recording(&path, &[]);
    let (mut ada, _) = hello(&server, r#""nick":"ada""#);
    ada.send("{\"say\":{\"room\":\"lobby\",\"text\":\"remember this\"}}\n");
    ada.until("remember this");
    let since = std::time::Instant::now();
    while !holds(&fs::read(&path).unwrap(), "remember this") {
        assert!(since.elapsed() < Duration::from_secs(20), "it is not written");
        // A file tells nobody that it grows.
        std::thread::sleep(Duration::from_millis(10));
    }
    server.signal("KILL").wait();
    let Replayed { calls, ended, .. } = replay(&fs::read(&path).unwrap()[..]).unwrap();
    assert!(calls >= 3 && !ended);
}

#[test]
fn what_is_no_record_is_told_apart() {
    for (bytes, expected) in [
        (&b""[..], Unreadable::NoRecord),
        (b"not a record at all", Unreadable::NoRecord),
        (b"PARLORFR\x02\0\0\0", Unreadable::Version(2)),
        (b"PARLORFR\x03\0\0\0\x01\0\0\0\xff", Unreadable::Damaged),
        (b"PARLORFR\x03\0\0\0\xff\xff\xff\xff", Unreadable::Damaged),
        (b"PARLORFR\x03\0\0\0\x01\0\0\0\x0c", Unreadable::Damaged),
    ] {
        match replay(bytes) {
            Err(Failed::Unreadable { why, .. }) => assert_eq!(why, expected, "{bytes:?}"),
            other => panic!("{bytes:?}: {other:?}"),
        }
    }
}
