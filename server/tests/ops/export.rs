//! `parlor-server export`.

use std::io::Read;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::home::{Home, Village, done, enter, say};
use crate::program::Server;
use crate::world::{append, message, nick, topic};
use parlor_core::store::{Ask, Change};
use parlor_core::text::Body;

const LOBBY: &str = "\
1970-01-01 00:00:00 n1: apple pie
1970-01-01 00:00:00 n1: quince
1970-01-01 00:00:00 n1: سلام، سلام دنیا
1970-01-01 00:00:00 n1: plum cake
1970-01-01 00:00:00 n1: fig
1970-01-01 00:00:00 * n1 set the topic: fruit
";

#[test]
fn a_room_is_read_as_people_read_it_corrected_and_without_what_was_taken_back() {
    let village = Village::new();
    assert_eq!(done(village.run(&["export", "--room", "#Lobby"])), LOBBY);
}

#[test]
fn further_lines_are_indented_and_actions_and_topics_have_a_star() {
    let mut village = Village::new();
    village.world.start();
    let quiet = village.world.open("quiet").log;
    let action =
        Change::Message { text: Body::parse("می‌رود\nand waves").unwrap(), action: true, reply_to: None };
    for (change, at) in
        [(message("one\n\n2026-11-22 13:04:05 eve: two"), 1_763_790_000_000), (action, 0), (topic(""), 0)]
    {
        let mut ask = append(quiet, village.ada, change, at);
        if let Ask::Append(append) = &mut ask {
            append.nick = nick("علی");
        }
        village.world.ask(ask);
    }
    village.world.stop();
    let text = "2025-11-22 05:40:00 علی: one\n  \n  2026-11-22 13:04:05 eve: two\n\
                2025-11-22 05:40:00 * علی می‌رود\n  and waves\n2025-11-22 05:40:00 * علی removed the topic\n";
    assert_eq!(done(village.run(&["export", "--room", "quiet"])), text);
    let all = done(village.run(&["export"]));
    assert_eq!(all, format!("=== #lobby ===\n{LOBBY}\n=== #quiet ===\n{text}"));
}

#[test]
fn programs_get_one_object_for_every_id() {
    let village = Village::new();
    let json = "\
{\"room\":\"lobby\",\"id\":1,\"kind\":\"text\",\"from\":\"n1\",\"at\":0,\"text\":\"apple pie\"}
{\"room\":\"lobby\",\"id\":2,\"kind\":\"text\",\"from\":\"n1\",\"at\":0,\"text\":\"quince\",\"edited\":7}
{\"room\":\"lobby\",\"id\":3,\"kind\":\"gone\"}
{\"room\":\"lobby\",\"id\":4,\"kind\":\"text\",\"from\":\"n1\",\"at\":0,\"text\":\"سلام، سلام دنیا\"}
{\"room\":\"lobby\",\"id\":5,\"kind\":\"text\",\"from\":\"n1\",\"at\":0,\"text\":\"plum cake\"}
{\"room\":\"lobby\",\"id\":6,\"kind\":\"text\",\"from\":\"n1\",\"at\":0,\"text\":\"fig\"}
{\"room\":\"lobby\",\"id\":7,\"kind\":\"edit\",\"from\":\"n1\",\"at\":0,\"target\":2}
{\"room\":\"lobby\",\"id\":8,\"kind\":\"delete\",\"from\":\"n1\",\"at\":0,\"target\":3}
{\"room\":\"lobby\",\"id\":9,\"kind\":\"topic\",\"from\":\"n1\",\"at\":0,\"text\":\"fruit\"}
";
    assert_eq!(done(village.run(&["export", "--json"])), json);
    assert_eq!(done(village.run(&["export", "--json", "--room", "lobby"])), json);
    let direct = done(village.run(&["export", "--json", "--direct"]));
    let between =
        "{\"between\":[\"ada\",\"bob\"],\"id\":1,\"kind\":\"text\",\"from\":\"n2\",\"at\":0,\"text\":\"between us\"}\n";
    assert_eq!(direct, format!("{json}{between}"));
}

#[test]
fn conversations_are_private_unless_asked_for() {
    let village = Village::new();
    for arguments in [&["export"][..], &["export", "--json"], &["export", "--room", "lobby"]] {
        assert!(!done(village.run(arguments)).contains("between us"), "{arguments:?}");
    }
    let all = done(village.run(&["export", "--direct"]));
    assert!(all.ends_with("\n\n=== ada and bob ===\n1970-01-01 00:00:00 n2: between us\n"), "{all}");
}

#[test]
fn a_running_server_is_exported_up_to_what_was_acknowledged() {
    let home = Home::new();
    let server = home.serve();
    let (mut ada, ..) = enter(&server, "ada");
    say(&mut ada, "lobby", "سلام");
    assert!(done(home.run(&["export"])).ends_with(" ada: سلام\n"));
    assert_eq!(server.stop().code, Some(0));
}

#[test]
fn whoever_has_read_enough_ends_it_quietly() {
    let mut village = Village::new();
    village.world.start();
    for _ in 0..500 {
        village.world.say(village.lobby, village.ada, &"long ".repeat(400));
    }
    village.world.stop();
    for format in [&["export"][..], &["export", "--json"]] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_parlor-server"))
            .args(format)
            .args([std::path::Path::new("--data"), &village.data()])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut some = [0; 10];
        child.stdout.take().unwrap().read_exact(&mut some).unwrap();
        // The pipe is closed with almost all of it unread.
        let ended = child.wait_with_output().unwrap();
        assert_eq!((ended.status.code(), String::from_utf8(ended.stderr).unwrap()), (Some(0), String::new()));
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_disk_that_is_full_is_told() {
    let village = Village::new();
    let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
    let ended = Command::new(env!("CARGO_BIN_EXE_parlor-server"))
        .args(["export", "--data", village.data().to_str().unwrap()])
        .stdout(full)
        .output()
        .unwrap();
    let sentence = "parlor-server: The history cannot be written: no space left on device.\n";
    assert_eq!((ended.status.code(), String::from_utf8(ended.stderr).unwrap().as_str()), (Some(1), sentence));
}

#[test]
fn a_room_that_is_not_there_or_cannot_be_is_told() {
    let village = Village::new();
    let sentence = village.run(&["export", "--room", "kitchen"]).refused(1);
    assert!(sentence.contains("There is no room kitchen in "), "{sentence}");
    let sentence = village.run(&["export", "--room", "a b"]).refused(1);
    assert!(!sentence.contains("There is no room"), "{sentence}");
    assert_eq!(village.run(&["export", "--room", "lobby", "--direct"]).code, Some(2));
}

#[test]
fn history_is_kept_as_long_as_the_configuration_says() {
    let home = Home::new();
    let server = home.serve();
    let (mut ada, ..) = enter(&server, "ada");
    for n in 1..=5 {
        say(&mut ada, "lobby", &format!("m{n}"));
        say(&mut ada, "lobby", &format!("n{n}"));
    }
    server.stop();
    let config = home.at("short.toml");
    let text = "[history]\nmessages_max = 7\n[history.rooms.\"#Lobby\"]\nmessages_max = 3\n";
    std::fs::write(&config, text).unwrap();
    let data = home.data();
    let arguments = ["--listen", "parlor://127.0.0.1:0", "--data", data.to_str().unwrap(), "--config"];
    let _server = Server::start(&[&arguments[..], &[config.to_str().unwrap()]].concat());
    let since = Instant::now();
    loop {
        let text = done(home.run(&["export", "--room", "lobby"]));
        if text.lines().count() == 3 {
            assert!(text.ends_with("ada: n5\n"), "{text}");
            break;
        }
        assert!(since.elapsed() < Duration::from_secs(60), "{text}");
    }
}
