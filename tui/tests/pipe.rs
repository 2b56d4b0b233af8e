//! `parlor-tui --pipe`, the real program, against a real hub on loopback.

mod hub;

use std::io::{BufRead, Read, Write};

use hub::{Hub, Piped, run};
use parlor_core::wire::Dialect;

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// One sentence, and nothing else.
#[track_caller]
fn assert_one_sentence(stderr: &[u8]) -> String {
    let stderr = text(stderr);
    assert_eq!(stderr.lines().count(), 1, "{stderr}");
    assert!(stderr.starts_with("parlor-tui: ") && stderr.trim_end().ends_with(['.', '?', ')']), "{stderr}");
    stderr
}

#[test]
fn lines_are_sent_and_what_arrives_is_printed() {
    let hub = Hub::start(None);
    let url = hub.url(Dialect::Native);
    let mut bea = Piped::start(&["--pipe", "--nick", "bea", &url]);
    bea.says("anybody here?");
    bea.prints("bea: anybody here?");
    let output = run(&["--pipe", "--nick", "ada", &url], "ciao\nسلام دنیا 🙂\n/quit is no command here\n\n  \nlast");
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let printed = text(&output.stdout);
    let own = printed.lines().filter(|line| line.starts_with("ada: ")).collect::<Vec<_>>();
    assert_eq!(own, ["ada: ciao", "ada: سلام دنیا 🙂", "ada: /quit is no command here", "ada: last"]);
    bea.prints("* ada joined");
    bea.prints("ada: سلام دنیا 🙂");
    bea.prints("ada: last");
    bea.prints_what(|line| line.starts_with("* ada left"), "ada left");
    let (code, _) = bea.finish();
    assert_eq!(code, 0);
}

#[test]
fn two_hundred_lines_arrive_all_and_in_order() {
    let hub = Hub::start(None);
    let url = hub.url(Dialect::Native);
    let mut bea = Piped::start(&["--pipe", "--nick", "bea", &url]);
    bea.says("ready");
    bea.prints("bea: ready");
    let input: String = (0..200).map(|number| format!("line {number}\n")).collect();
    let output = run(&["--pipe", "--nick", "ada", &url], &input);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    bea.prints("ada: line 199");
    let (_, seen) = bea.finish();
    let from_ada: Vec<&str> = seen.iter().filter_map(|line| line.strip_prefix("ada: ")).collect();
    let said: Vec<String> = (0..200).map(|number| format!("line {number}")).collect();
    assert_eq!(from_ada, said);
}

#[test]
fn continuation_lines_stand_two_spaces_in() {
    let hub = Hub::start(None);
    let mut bea = Piped::start(&["--pipe", "--nick", "bea", &hub.url(Dialect::Native)]);
    bea.says("ready");
    bea.prints("bea: ready");
    let address = hub.url(Dialect::Nic);
    let address = address.strip_prefix("nic://").unwrap().parse().unwrap();
    let ali = parlor_standins::MessengerClient::join(address, "ali").unwrap();
    ali.expect("Connected to the server.");
    ali.send("one\nada: forged").unwrap();
    bea.prints("ali: one");
    bea.prints("  ada: forged");
}

#[test]
fn json_is_one_object_a_line() {
    let hub = Hub::start(None);
    let output = run(&["--pipe", "--json", "--nick", "ada", &hub.url(Dialect::Native)], "say \"ciao\"\n");
    assert_eq!(output.status.code(), Some(0));
    let printed = text(&output.stdout);
    assert!(printed.lines().all(|line| line.starts_with('{') && line.ends_with('}')), "{printed}");
    assert!(printed.contains(r#""kind":"message","from":"ada","text":"say \"ciao\"""#), "{printed}");
}

/// Somebody whose program speaks the protocol by hand.
struct ByHand(std::io::BufReader<std::net::TcpStream>);

impl ByHand {
    fn join(hub: &Hub, nick: &str) -> Self {
        let url = hub.url(Dialect::Native);
        let stream = std::net::TcpStream::connect(url.strip_prefix("parlor://").unwrap()).unwrap();
        stream.set_read_timeout(Some(hub::PATIENCE)).unwrap();
        let mut hand = Self(std::io::BufReader::new(stream));
        hand.does(&format!(r#"{{"hello":{{"version":1,"nick":"{nick}"}}}}"#), r#"{"room":"#);
        hand
    }

    /// Says this frame and waits for one that begins so.
    fn does(&mut self, frame: &str, answer: &str) {
        writeln!(self.0.get_mut(), "{frame}").unwrap();
        let mut line = String::new();
        while !line.starts_with(answer) {
            line.clear();
            assert!(self.0.read_line(&mut line).unwrap() > 0, "the server closed the connection before {answer}");
        }
    }
}

#[test]
fn what_was_printed_and_is_corrected_or_taken_back_is_told() {
    let hub = Hub::start(None);
    let url = hub.url(Dialect::Native);
    let mut bea = Piped::start(&["--pipe", "--nick", "bea", &url]);
    let mut dora = Piped::start(&["--pipe", "--json", "--nick", "dora", &url]);
    for pipe in [&mut bea, &mut dora] {
        pipe.says("ready");
        pipe.prints_what(|line| line.contains("ready"), "ready");
    }
    let mut carl = ByHand::join(&hub, "carl");
    carl.does(r#"{"say":{"room":"lobby","text":"one\ntow"}}"#, r#"{"message":"#);
    bea.prints("carl: one");
    bea.prints("  tow");
    dora.prints_what(|line| line.contains(r#""kind":"message","from":"carl","text":"one\ntow""#), "a message");
    carl.does(r#"{"edit":{"room":"lobby","id":3,"text":"one\ntwo"}}"#, r#"{"edited":"#);
    bea.prints("* carl corrected: one");
    bea.prints("  two");
    let edited = |line: &str| {
        line.starts_with(r#"{"room":"lobby","kind":"edited","from":"carl","text":"one\ntwo","at":"#)
            && line.ends_with(r#","id":3,"mine":false}"#)
    };
    dora.prints_what(edited, "a correction");
    carl.does(r#"{"delete":{"room":"lobby","id":3}}"#, r#"{"deleted":"#);
    bea.prints("* carl took a message back");
    let deleted = |line: &str| line.starts_with(r#"{"room":"lobby","kind":"deleted","from":"carl","text":"","at":"#);
    dora.prints_what(deleted, "a deletion");
    assert_eq!(bea.finish().0, 0);
    assert_eq!(dora.finish().0, 0);
}

#[test]
fn what_is_not_of_the_room_that_is_spoken_in_is_marked() {
    let hub = Hub::start(None);
    let url = hub.url(Dialect::Native) + "/builds";
    let mut bea = Piped::start(&["--pipe", "--nick", "bea", &url]);
    bea.says("ready");
    bea.prints("bea: ready");
    let mut carl = ByHand::join(&hub, "carl");
    carl.does(r#"{"say":{"room":"@bea","text":"psst"}}"#, r#"{"message":"#);
    bea.prints("carl (to you): psst");
    carl.does(r#"{"say":{"room":"@bea","text":"waves","kind":"action"}}"#, r#"{"message":"#);
    bea.prints("[@carl] * carl waves");
    bea.says("still here");
    bea.prints("bea: still here");
}

#[test]
fn control_characters_and_colour_codes_are_left_out() {
    let hub = Hub::start(None);
    let output =
        run(&["--pipe", "--nick", "ada", &hub.url(Dialect::Native)], "\u{1b}[1;31merror\u{1b}[0m: no\u{7}\r\n");
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("ada: error: no\n"));
}

#[test]
fn a_line_too_long_for_one_message_becomes_several() {
    let hub = Hub::start(None);
    let line = "ن".repeat(10_000);
    let output = run(&["--pipe", "--nick", "ada", &hub.url(Dialect::Native)], &line);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let said: String = text(&output.stdout).lines().filter_map(|line| line.strip_prefix("ada: ")).collect();
    assert_eq!(said, line);
}

#[test]
fn nobody_listening_is_one_sentence_and_exit_code_1() {
    let url = Hub::start(None).url(Dialect::Native);
    let output = run(&["--pipe", "--nick", "ada", &url], "ciao\n");
    assert_eq!(output.status.code(), Some(1));
    assert_one_sentence(&output.stderr);
    assert_eq!(text(&output.stdout), "");
}

#[test]
fn a_refused_nick_is_one_sentence_and_exit_code_1() {
    let hub = Hub::start(None);
    let url = hub.url(Dialect::Native);
    let mut bea = Piped::start(&["--pipe", "--nick", "bea", &url]);
    bea.says("ready");
    bea.prints("bea: ready");
    let output = run(&["--pipe", "--nick", "Bea", &url], "ciao\n");
    assert_eq!(output.status.code(), Some(1));
    assert!(assert_one_sentence(&output.stderr).contains("--nick"));
    let output = run(&["--pipe", "--nick", "no spaces", &url], "ciao\n");
    assert_eq!(output.status.code(), Some(2));
    assert_one_sentence(&output.stderr);
}

#[test]
fn a_password_comes_from_its_file() {
    let hub = Hub::start(Some("geheim"));
    let url = hub.url(Dialect::Native);
    let output = run(&["--pipe", "--nick", "ada", &url], "ciao\n");
    assert_eq!(output.status.code(), Some(1));
    assert!(assert_one_sentence(&output.stderr).contains("--password-file"));
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("password");
    std::fs::write(&file, "geheim\n").unwrap();
    let file = file.to_str().unwrap();
    let output = run(&["--pipe", "--nick", "ada", "--password-file", file, &url], "ciao\n");
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(!text(&output.stdout).contains("geheim"));
}

#[test]
fn a_bad_url_is_one_sentence_and_wrong_usage_is_exit_code_2() {
    let output = run(&["--pipe", "gopher://127.0.0.1"], "");
    assert_eq!(output.status.code(), Some(2));
    assert_one_sentence(&output.stderr);
    assert_eq!(run(&["--pipe"], "").status.code(), Some(2));
    assert_eq!(run(&["--frobnicate"], "").status.code(), Some(2));
    assert_eq!(run(&["--help"], "").status.code(), Some(0));
}

#[test]
fn without_a_terminal_the_screen_says_what_to_do() {
    let output = run(&["--nick", "ada", "parlor://127.0.0.1:1"], "");
    // A test that runs in a terminal would get its screen.
    if output.status.code() == Some(1) {
        assert!(assert_one_sentence(&output.stderr).contains("--pipe"));
    }
}

#[test]
fn a_server_that_stops_and_comes_back_is_found_again() {
    let hub = Hub::start(None);
    let (url, ports) = (hub.url(Dialect::Native), hub.ports());
    let mut ada = Piped::start(&["--pipe", "--nick", "ada", &url]);
    ada.says("before");
    ada.prints("ada: before");
    drop(hub);
    ada.says("between");
    let _hub = Hub::start_at(ports, None);
    ada.prints("ada: between");
    let (code, _) = ada.finish();
    assert_eq!(code, 0);
}

#[test]
fn a_reader_that_goes_away_ends_it_cleanly() {
    let hub = Hub::start(None);
    let url = hub.url(Dialect::Native);
    let mut bea = Piped::start(&["--pipe", "--nick", "bea", &url]);
    bea.says("ready");
    bea.prints("bea: ready");
    let home = tempfile::tempdir().unwrap();
    let mut child = hub::program(&home, &["--pipe", "--nick", "ada", &url]).spawn().unwrap();
    drop(child.stdout.take());
    bea.prints("* ada joined");
    bea.says("hello?");
    bea.prints_what(|line| line.starts_with("* ada left"), "ada left");
    let mut stderr = String::new();
    child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0), "{stderr}");
    assert_eq!(stderr, "");
}

#[test]
fn it_chats_through_our_own_tutorial_listeners() {
    let hub = Hub::start(None);
    let mut bea = Piped::start(&["--pipe", "--nick", "bea", &hub.url(Dialect::Native)]);
    bea.says("ready");
    bea.prints("bea: ready");
    for (dialect, nick) in [(Dialect::Nic, "nina"), (Dialect::Prompt, "pia")] {
        let output = run(&["--pipe", "--nick", nick, &hub.url(dialect)], "perché no? سلام\n");
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        let line = format!("{nick}: perché no? سلام");
        assert!(text(&output.stdout).contains(&line), "{}", text(&output.stdout));
        bea.prints(&line);
        bea.prints_what(|seen| seen.starts_with(&format!("* {nick} left")), nick);
    }
}
