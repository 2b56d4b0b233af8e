//! `parlor-server backup`.

use std::fs;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use std::time::{Duration, Instant};

use rusqlite::Connection;

use crate::home::{Home, Village, done, enter, run_in, say};
use crate::program::Program;
use crate::world::{append, message};

/// After this long, what is waited for does not come any more.
const PATIENCE: Duration = Duration::from_secs(60);

/// The texts of the lobby in a file, in order.
fn texts(path: &std::path::Path) -> Vec<(i64, String)> {
    let db = Connection::open(path).unwrap();
    let sql = "SELECT id, text FROM entry JOIN log ON num = entry.log WHERE room = 'lobby' ORDER BY id";
    let mut find = db.prepare(sql).unwrap();
    find.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap().map(Result::unwrap).collect()
}

#[test]
fn a_backup_under_load_is_a_prefix_of_the_history_with_everything_acknowledged_before_and_can_be_restored() {
    const TALKERS: usize = 3;
    let home = Home::new();
    let server = home.serve();
    let (acked, is_over) = ([const { AtomicU64::new(0) }; TALKERS], AtomicBool::new(false));
    let file = home.at("backup.db");
    let before = std::thread::scope(|scope| {
        for (talker, acked) in acked.iter().enumerate() {
            let (server, is_over) = (&server, &is_over);
            scope.spawn(move || {
                let (mut client, ..) = enter(server, &format!("t{talker}"));
                let mut n = 0;
                while !is_over.load(Ordering::SeqCst) {
                    n += 1;
                    say(&mut client, "lobby", &format!("{talker} says {n}"));
                    acked.store(n, Ordering::SeqCst);
                }
            });
        }
        let said = || acked.each_ref().map(|acked| acked.load(Ordering::SeqCst));
        let wait = |least: u64| {
            let since = Instant::now();
            while said().iter().any(|said| *said < least) {
                assert!(since.elapsed() < PATIENCE, "{:?} of {least}", said());
                std::thread::yield_now();
            }
        };
        wait(50);
        let before = said();
        let told = home.run(&["backup", file.to_str().unwrap()]);
        let after = said();
        // The talkers go on: nobody waits for a backup.
        wait(after.into_iter().max().unwrap() + 10);
        is_over.store(true, Ordering::SeqCst);
        assert!(done(told).contains("1 room, 0 conversations, 3 identities"));
        before
    });
    assert_eq!(server.stop().code, Some(0));
    let (all, kept) = (texts(&home.database()), texts(&file));
    assert!(all.len() > kept.len(), "or it was not under load: {}", all.len());
    assert_eq!(all[..kept.len()], kept, "a prefix");
    for (talker, before) in before.iter().enumerate() {
        assert!(kept.iter().any(|(_, text)| *text == format!("{talker} says {before}")), "{talker}: {before}");
    }
    let other = home.at("other");
    done(run_in(&other, &["restore", file.to_str().unwrap()]));
    done(run_in(&other, &["check"]));
    assert_eq!(texts(&other.join("parlor.db")), kept);
}

#[test]
fn a_stopped_and_a_killed_server_are_backed_up_with_all_that_was_acknowledged() {
    let home = Home::new();
    let server = home.serve();
    let (mut ada, ..) = enter(&server, "ada");
    say(&mut ada, "lobby", "one");
    drop(server);
    let killed = home.at("killed.db");
    done(home.run(&["backup", killed.to_str().unwrap()]));
    assert_eq!(texts(&killed), [(1, "one".to_owned())]);
    home.serve().stop();
    let stopped = home.at("stopped.db");
    done(home.run(&["backup", stopped.to_str().unwrap()]));
    assert_eq!(texts(&stopped), [(1, "one".to_owned())]);
}

#[test]
fn a_backup_is_its_owners_alone_and_nothing_else_is_left_beside_it() {
    let (village, home) = (Village::new(), Home::new());
    let told = done(village.run(&["backup", home.at("b.db").to_str().unwrap()]));
    assert!(
        told.contains("1 room, 1 conversation, 2 identities; the last entry is of 1970-01-01 00:00:00 UTC."),
        "{told}"
    );
    let names: Vec<_> = fs::read_dir(home.at("")).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert_eq!(names, ["b.db"]);
    #[cfg(unix)]
    {
        let mode = std::os::unix::fs::PermissionsExt::mode(&fs::metadata(home.at("b.db")).unwrap().permissions());
        assert_eq!(mode & 0o777, 0o600);
    }
    assert!(done(Program::run(&["check", home.at("b.db").to_str().unwrap()])).contains("is right: 10 entries in 2 "));
}

#[test]
fn a_backup_is_written_over_nothing() {
    let (village, home) = (Village::new(), Home::new());
    let (file, part) = (home.at("b.db"), home.at("c.db.part"));
    fs::write(&file, "precious").unwrap();
    fs::write(&part, "precious").unwrap();
    let sentence = village.run(&["backup", file.to_str().unwrap()]).refused(1);
    assert!(sentence.contains("b.db already"), "{sentence}");
    let sentence = village.run(&["backup", home.at("c.db").to_str().unwrap()]).refused(1);
    assert!(sentence.contains("There is") && sentence.contains("c.db.part"), "{sentence}");
    assert_eq!([fs::read(file).unwrap(), fs::read(part).unwrap()], [b"precious", b"precious"]);
}

#[test]
fn a_backup_that_cannot_be_written_is_told_in_a_sentence() {
    let (village, home) = (Village::new(), Home::new());
    let sentence = village.run(&["backup", home.at("no/such/b.db").to_str().unwrap()]).refused(1);
    assert!(sentence.contains("no such file"), "{sentence}");
}

#[cfg(unix)]
#[test]
fn a_backup_that_finds_no_room_leaves_nothing_behind() {
    let (mut village, home) = (Village::new(), Home::new());
    village.world.start();
    for _ in 0..200 {
        village.world.say(village.lobby, village.ada, &"long ".repeat(400));
    }
    village.world.stop();
    // No file may grow over 64 or 128 KiB, depending on the shell; what is written beyond fails.
    let script = "trap '' XFSZ; ulimit -f 128; exec \"$@\"";
    let program = std::process::Command::new("sh")
        .args(["-c", script, "sh", env!("CARGO_BIN_EXE_parlor-server"), "backup"])
        .args([&home.at("b.db"), std::path::Path::new("--data"), &village.data()])
        .output()
        .unwrap();
    let sentence = String::from_utf8(program.stderr).unwrap();
    assert_eq!(program.status.code(), Some(1), "{sentence}");
    assert!(sentence.contains("b.db cannot be written") && sentence.lines().count() == 1, "{sentence}");
    assert_eq!(fs::read_dir(home.at("")).unwrap().count(), 0);
}

#[cfg(unix)]
#[test]
fn a_backup_that_is_interrupted_leaves_nothing_behind() {
    let (mut village, home) = (Village::new(), Home::new());
    village.world.start();
    let long = message(&"long ".repeat(1_600));
    for _ in 0..10 {
        village.world.ask_all((0..500).map(|_| append(village.lobby, village.ada, long.clone(), 0)).collect());
    }
    village.world.stop();
    let part = home.at("b.db.part");
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_parlor-server"))
        .args([std::path::Path::new("backup"), &home.at("b.db"), std::path::Path::new("--data"), &village.data()])
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let since = Instant::now();
    while part.metadata().map_or(0, |part| part.len()) == 0 {
        assert!(since.elapsed() < PATIENCE && child.try_wait().unwrap().is_none(), "it writes");
        std::thread::yield_now();
    }
    let process = child.id().to_string();
    assert!(std::process::Command::new("kill").args(["-s", "INT", &process]).status().unwrap().success());
    let ended = child.wait_with_output().unwrap();
    let sentence = String::from_utf8(ended.stderr).unwrap();
    assert!(sentence.contains("b.db was not written, for that was interrupted"), "{sentence}");
    assert_eq!(ended.status.code(), Some(1));
    assert_eq!(fs::read_dir(home.at("")).unwrap().count(), 0);
}

#[test]
fn where_there_is_no_history_it_is_said_and_nothing_is_made() {
    let home = Home::new();
    for arguments in [&["backup", "b.db"][..], &["check"], &["check", "--reindex"]] {
        let sentence = home.run(arguments).refused(1);
        assert!(sentence.contains("There is no database in") && sentence.contains("--data"), "{sentence}");
    }
    assert!(!home.data().exists());
    let config = home.at("parlor.toml");
    fs::write(&config, "memory = true\n").unwrap();
    let sentence = Program::run(&["check", "--config", config.to_str().unwrap()]).refused(1);
    assert!(sentence.contains("keeps nothing on the disk"), "{sentence}");
}

#[test]
fn the_configuration_says_where_the_history_is_unless_the_command_line_does() {
    let (village, home) = (Village::new(), Home::new());
    let config = home.at("parlor.toml");
    fs::write(&config, format!("data = {:?}\n", village.data().to_str().unwrap())).unwrap();
    done(Program::run(&["check", "--config", config.to_str().unwrap()]));
    fs::write(&config, "data = \"/nowhere\"\n").unwrap();
    done(village.run(&["check", "--config", config.to_str().unwrap()]));
}

#[test]
fn a_file_that_is_no_database_of_parlor_is_told_by_every_subcommand() {
    let home = Home::new();
    fs::create_dir(home.data()).unwrap();
    let made: [fn(&Home); 3] = [
        |home| fs::write(home.database(), "").unwrap(),
        |home| fs::write(home.database(), "somebody's text\n".repeat(100)).unwrap(),
        |home| {
            fs::remove_file(home.database()).unwrap();
            home.db().execute_batch("CREATE TABLE other (x)").unwrap();
        },
    ];
    for make in made {
        make(&home);
        for arguments in [&["backup", "/nowhere/b.db"][..], &["check"]] {
            let sentence = home.run(arguments).refused(1);
            assert!(sentence.ends_with("parlor.db is no database of Parlor."), "{sentence}");
        }
    }
}

#[test]
fn a_newer_database_is_told_by_every_subcommand() {
    let village = Village::new();
    village.db().pragma_update(None, "user_version", 99).unwrap();
    for arguments in [&["backup", "/nowhere/b.db"][..], &["check"], &["check", "--reindex"]] {
        let sentence = village.run(arguments).refused(1);
        assert!(sentence.contains("newer parlor-server (its version is 99"), "{sentence}");
    }
}
