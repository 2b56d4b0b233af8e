//! The program itself, as a person or a service manager runs it.

#[cfg(target_os = "linux")]
#[path = "process/full_disk.rs"]
mod full_disk;
#[path = "process/program.rs"]
mod program;

use std::fs;
use std::net::TcpListener;

use program::{FREE, Program, Server};

#[test]
fn standard_output_is_exactly_the_listeners_and_that_it_runs() {
    let server = Server::start(&FREE);
    let kinds: Vec<_> = server.listening.iter().map(|url| url.split("127.0.0.1:").next().unwrap()).collect();
    assert_eq!(kinds, ["parlor://", "nic://", "prompt://"]);
    assert!(server.listening.iter().all(|url| server.port(url) != 0));
    let ended = server.stop();
    assert_eq!(ended.stdout, "", "nothing follows");
    assert_eq!(ended.code, Some(0));
}

#[cfg(unix)]
#[test]
fn both_signals_say_goodbye_to_everybody_and_end_in_order() {
    for signal in ["TERM", "INT"] {
        let server = Server::start(&FREE);
        let mut ada = server.connect("parlor");
        ada.send("{\"hello\":{\"version\":1,\"nick\":\"ada\"}}\n");
        ada.until("\"members\":[\"ada\"]");
        let mut bob = server.connect("prompt");
        bob.until("press Enter");
        bob.send("bob");
        bob.until("Welcome to the chat bob.");
        let mut ali = server.connect("nic");
        ali.until("NIC");
        ali.send("ali");
        ali.until("Connected to the server.");
        let ended = server.signal(signal);
        ada.until("{\"bye\":{\"code\":\"shutdown\"");
        bob.until("The server is shutting down.");
        ali.until("The server is shutting down.");
        assert_eq!(ended.wait().code, Some(0), "SIG{signal}");
    }
}

#[test]
fn a_server_that_was_told_so_ends_with_its_standard_input() {
    let mut arguments = FREE.to_vec();
    arguments.push("--until-stdin-ends");
    let mut server = Server::start_fed(&arguments);
    let mut ada = server.connect("parlor");
    ada.send("{\"hello\":{\"version\":1,\"nick\":\"ada\"}}\n");
    ada.until("\"members\":[\"ada\"]");
    server.feed(b"what is written there means nothing\n");
    ada.send("{\"say\":{\"room\":\"lobby\",\"text\":\"still here\"}}\n");
    ada.until("still here");
    server.starve();
    ada.until("{\"bye\":{\"code\":\"shutdown\"");
    assert_eq!(server.wait().code, Some(0));
}

#[test]
fn the_log_tells_who_came_and_went_and_nothing_secret() {
    let directory = tempfile::tempdir().unwrap();
    let password = directory.path().join("password");
    fs::write(&password, "geheim\n").unwrap();
    let mut arguments = FREE.to_vec();
    arguments.extend(["--log", "debug", "--password-file", password.to_str().unwrap()]);
    let server = Server::start(&arguments);
    let mut ada = server.connect("parlor");
    ada.send("{\"hello\":{\"version\":1,\"nick\":\"ada\",\"password\":\"geheim\"}}\n");
    let welcome = ada.until("\"members\":[\"ada\"]");
    let token = welcome.split("\"token\":\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    ada.send("{\"say\":{\"room\":\"lobby\",\"text\":\"for your eyes only\"}}\n{\"quit\":{}}\n");
    ada.until("{\"bye\"");
    let log = server.stop().stderr;
    assert!(log.contains("ada is here (127.0.0.1, parlor)"), "{log}");
    assert!(log.contains("ada left (127.0.0.1, parlor): quit"), "{log}");
    for secret in ["geheim", token.as_str(), "for your eyes only"] {
        assert!(!log.contains(secret), "{secret}: {log}");
    }
}

#[test]
fn who_comes_is_logged_also_where_a_disk_is_asked_who_they_are() {
    let home = tempfile::tempdir().unwrap();
    let server = Server::start(&["--listen", "prompt://127.0.0.1:0", "--data", home.path().to_str().unwrap()]);
    let mut bea = server.connect("prompt");
    bea.until("Please enter your name");
    bea.send("bea");
    bea.until("Welcome to the chat bea.");
    let log = server.stop().stderr;
    assert!(log.contains("bea is here (127.0.0.1, prompt)"), "{log}");
    assert!(log.contains("bea left (127.0.0.1, prompt): shutdown"), "{log}");
}

#[test]
fn a_password_is_asked_for_and_checked() {
    let directory = tempfile::tempdir().unwrap();
    let password = directory.path().join("password");
    fs::write(&password, "geheim\nsecond line\n").unwrap();
    let mut arguments = FREE.to_vec();
    arguments.extend(["--password-file", password.to_str().unwrap()]);
    let server = Server::start(&arguments);
    let mut ada = server.connect("parlor");
    ada.send("{\"hello\":{\"version\":1,\"nick\":\"ada\"}}\n");
    ada.until("{\"error\":{\"code\":\"password_required\"");
    ada.send("{\"hello\":{\"version\":1,\"nick\":\"ada\",\"password\":\"Geheim\"}}\n");
    ada.until("{\"error\":{\"code\":\"bad_password\"");
    ada.send("{\"hello\":{\"version\":1,\"nick\":\"ada\",\"password\":\"geheim\"}}\n");
    ada.until("{\"welcome\"");
    let mut bob = server.connect("prompt");
    bob.until("This server needs a password");
    let log = server.stop().stderr;
    assert!(log.contains("tutorial clients cannot give a password"), "{log}");
}

#[test]
fn the_data_directory_of_a_service_is_used_and_the_log_says_where_history_is_kept() {
    let home = tempfile::tempdir().unwrap();
    let data = home.path().join("state");
    let state = ("STATE_DIRECTORY", data.to_str().unwrap());
    let server = Server::start_in(&["--listen", "parlor://127.0.0.1:0"], &[state]);
    let log = server.stop().stderr;
    let database = data.join("parlor.db");
    assert!(log.contains(&format!("kept in {}", database.display())), "{log}");
    assert!(database.is_file());
    let log = Server::start(&FREE).stop().stderr;
    assert!(log.contains("kept in memory until the server stops"), "{log}");
}

#[test]
fn what_was_said_is_there_after_a_restart_and_so_is_who_one_is() {
    let home = tempfile::tempdir().unwrap();
    let arguments = ["--listen", "parlor://127.0.0.1:0", "--data", home.path().to_str().unwrap()];
    let server = Server::start(&arguments);
    let mut ada = server.connect("parlor");
    ada.send("{\"hello\":{\"version\":1,\"nick\":\"ada\"}}\n");
    let welcome = ada.until("\"members\":[\"ada\"]");
    let token = welcome.split("\"token\":\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    ada.send("{\"say\":{\"room\":\"lobby\",\"text\":\"for good\",\"nonce\":\"1\"}}\n");
    ada.until("\"text\":\"for good\"");
    #[cfg(unix)]
    assert_eq!(server.stop().code, Some(0));
    #[cfg(unix)]
    assert!(!home.path().join("parlor.db-wal").exists(), "it was closed in order");
    #[cfg(not(unix))]
    server.stop();
    let server = Server::start(&arguments);
    let mut eve = server.connect("parlor");
    eve.send("{\"hello\":{\"version\":1,\"nick\":\"Ada\"}}\n");
    eve.until("\"nick_taken\"");
    let mut ada = server.connect("parlor");
    ada.send(&format!("{{\"hello\":{{\"version\":1,\"nick\":\"ada\",\"token\":\"{token}\"}}}}\n"));
    ada.until("\"last_id\":1");
    ada.send("{\"history\":{\"room\":\"lobby\",\"limit\":5}}\n{\"search\":{\"query\":\"good\",\"limit\":5}}\n");
    ada.until("{\"page\"");
    ada.until("\"text\":\"for good\"");
    ada.until("{\"page\"");
    ada.until("\"text\":\"for good\"");
    server.stop();
}

#[test]
fn a_damaged_database_is_told_in_a_sentence() {
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("parlor.db"), "no database, but somebody's text\n".repeat(100)).unwrap();
    let arguments = ["--listen", "parlor://127.0.0.1:0", "--data", home.path().to_str().unwrap()];
    let sentence = Program::run(&arguments).refused(1);
    assert!(sentence.contains("parlor.db is no database of Parlor"), "{sentence}");
}

#[test]
fn a_data_directory_has_one_server_and_the_second_is_told_which() {
    let home = tempfile::tempdir().unwrap();
    let data = home.path().join("data");
    let arguments = ["--listen", "parlor://127.0.0.1:0", "--data", data.to_str().unwrap()];
    let first = Server::start(&arguments);
    let sentence = Program::run(&arguments).refused(1);
    assert!(sentence.contains(&format!("process {}", first.process())), "{sentence}");
    first.stop();
    Server::start(&arguments).stop();
}

#[test]
fn a_data_directory_that_cannot_be_written_is_told_in_a_sentence() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("file");
    fs::write(&file, "").unwrap();
    let below = file.join("below");
    let arguments = ["--listen", "parlor://127.0.0.1:0", "--data", below.to_str().unwrap()];
    let sentence = Program::run(&arguments).refused(1);
    assert!(sentence.contains("--data"), "{sentence}");
}

#[test]
fn an_asked_for_port_that_is_taken_is_an_error() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("nic://127.0.0.1:{}", taken.local_addr().unwrap().port());
    let sentence = Program::run(&["--memory", "--listen", &url]).refused(1);
    assert!(sentence.contains("is taken") && sentence.contains("--listen nic://127.0.0.1:"), "{sentence}");
}

#[test]
fn a_url_that_cannot_be_is_told_with_one_that_can() {
    for url in ["localhost:7667", "http://localhost", "parlor://", "parlor://localhost:x", "parlor://localhost/room"] {
        let sentence = Program::run(&["--memory", "--listen", url]).refused(1);
        assert!(sentence.contains("parlor://"), "{url}: {sentence}");
    }
    let sentence = Program::run(&["--memory", "--listen", "parlor://nobody.invalid:0"]).refused(1);
    assert!(sentence.contains("nobody.invalid"), "{sentence}");
}

#[test]
fn a_wrong_configuration_is_named_by_line_and_key() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("parlor.toml");
    fs::write(&path, "memory = true\n\n[limits]\npaces = \"off\"\n").unwrap();
    let sentence = Program::run(&["--config", path.to_str().unwrap()]).refused(1);
    assert!(sentence.contains("parlor.toml, line 4: ") && sentence.contains("`paces`"), "{sentence}");
    let sentence = Program::run(&["--config", "/nowhere/parlor.toml"]).refused(1);
    assert_eq!(sentence, "parlor-server: There is no configuration file /nowhere/parlor.toml.");
}

#[test]
fn a_configuration_file_alone_is_enough() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("parlor.toml");
    let text =
        "memory = true\nlisten = [\"parlor://127.0.0.1:0\"]\ndefault_room = \"sala\"\n[limits]\npace = \"off\"\n";
    fs::write(&path, text).unwrap();
    let server = Server::start(&["--config", path.to_str().unwrap()]);
    let mut ada = server.connect("parlor");
    ada.send("{\"hello\":{\"version\":1,\"nick\":\"ada\"}}\n");
    ada.until("{\"room\":{\"room\":\"sala\"");
    server.stop();
}

#[test]
fn wrong_usage_is_exit_code_2() {
    for arguments in [&["--no-such-option"][..], &["--memory", "--data", "x"], &["--lan", "--listen", "nic://x"]] {
        assert_eq!(Program::run(arguments).code, Some(2), "{arguments:?}");
    }
}

#[test]
fn help_and_version_are_for_people() {
    let help = Program::run(&["--help"]);
    assert_eq!(help.code, Some(0));
    for word in ["Examples:", "--listen <URL>", "--lan", "parlor://127.0.0.1:7667", "Ctrl+C"] {
        assert!(help.stdout.contains(word), "{word}: {}", help.stdout);
    }
    assert!(help.stdout.lines().all(|line| line.chars().count() <= 100), "{}", help.stdout);
    let version = Program::run(&["--version"]);
    assert_eq!(version.stdout, format!("parlor-server {}\n", env!("CARGO_PKG_VERSION")));
}
