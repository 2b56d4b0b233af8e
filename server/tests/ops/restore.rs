//! `parlor-server restore`.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use rusqlite::Connection;

use crate::home::{Home, Village, done, enter, member, run_in, say};

fn logs(path: &Path) -> BTreeSet<i64> {
    let db = Connection::open(path).unwrap();
    let mut find = db.prepare("SELECT log FROM log").unwrap();
    find.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

#[test]
fn every_restored_log_has_a_new_id_and_restoring_again_gives_others() {
    let (village, home) = (Village::new(), Home::new());
    let file = home.at("b.db");
    done(village.run(&["backup", file.to_str().unwrap()]));
    let before = logs(&village.world.path());
    assert_eq!(before, logs(&file), "the backup is as it was");
    let mut seen = before;
    for _ in 0..2 {
        let told = done(home.run(&["restore", file.to_str().unwrap()]));
        assert!(told.contains("1 room, 1 conversation, 2 identities"), "{told}");
        let now = logs(&home.database());
        assert_eq!((now.len(), now.is_disjoint(&seen)), (2, true), "{now:?}");
        seen.extend(now);
    }
    done(home.run(&["check"]));
}

#[test]
fn whoever_comes_back_after_a_restore_is_told_a_gap_in_the_new_log_and_pages_what_there_is() {
    let home = Home::new();
    let server = home.serve();
    let (mut ada, token, told) = enter(&server, "ada");
    let log = member(&told, "log");
    say(&mut ada, "lobby", "one");
    say(&mut ada, "lobby", "two");
    let file = home.at("b.db");
    done(home.run(&["backup", file.to_str().unwrap()]));
    say(&mut ada, "lobby", "lost");
    server.stop();
    done(home.run(&["restore", file.to_str().unwrap()]));
    let server = home.serve();
    let (mut bob, ..) = enter(&server, "bob");
    say(&mut bob, "lobby", "other");
    let mut ada = server.connect("parlor");
    let resume = format!("\"resume\":{{\"lobby\":{{\"log\":\"{log}\",\"id\":3}}}}");
    ada.send(&format!("{{\"hello\":{{\"version\":1,\"nick\":\"ada\",\"token\":\"{token}\",{resume}}}}}\n"));
    let told = ada.until("{\"gap\"") + &ada.until("}}");
    let new = member(&told, "log");
    assert_ne!(new, log);
    assert!(told.contains(&format!("{{\"room\":\"lobby\",\"log\":\"{new}\",\"after\":0,\"next\":4}}")), "{told}");
    ada.send("{\"history\":{\"room\":\"lobby\",\"limit\":9}}\n");
    let page = ada.until("\"has_more\":false");
    assert!(page.contains("\"id\":3,\"from\":\"bob\"") && !page.contains("lost"), "{page}");
}

#[test]
fn what_was_there_is_kept_with_what_its_log_held_and_can_be_restored_itself() {
    let home = Home::new();
    let server = home.serve();
    let (mut ada, ..) = enter(&server, "ada");
    say(&mut ada, "lobby", "one");
    let file = home.at("b.db");
    done(home.run(&["backup", file.to_str().unwrap()]));
    say(&mut ada, "lobby", "two");
    // Killed: the second message is in the write-ahead log alone.
    drop(server);
    let told = done(home.run(&["restore", file.to_str().unwrap()]));
    let names: Vec<String> =
        fs::read_dir(home.data()).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    let aside = names.iter().find(|name| name.contains("before-restore-") && !name.ends_with("-wal")).unwrap();
    assert!(told.contains(aside.as_str()), "{told}");
    assert!(!names.contains(&format!("{aside}-wal")), "what its log held is in it: {names:?}");
    assert!(!names.iter().any(|name| name == "parlor.db-wal" || name.contains("restoring")), "{names:?}");
    let count = || home.db().query_row("SELECT count(*) FROM entry", [], |row| row.get::<_, i64>(0)).unwrap();
    assert_eq!(count(), 1);
    done(home.run(&["restore", home.data().join(aside).to_str().unwrap()]));
    assert_eq!(count(), 2);
    done(home.run(&["check"]));
}

#[test]
fn a_running_server_is_in_the_way_and_named() {
    let (village, home) = (Village::new(), Home::new());
    let file = home.at("b.db");
    done(village.run(&["backup", file.to_str().unwrap()]));
    let server = home.serve();
    for arguments in [&["restore", file.to_str().unwrap()][..], &["check", "--reindex"]] {
        let sentence = home.run(arguments).refused(1);
        assert!(sentence.contains(&format!("process {}", server.process())), "{sentence}");
    }
    assert_eq!(server.stop().code, Some(0));
}

#[test]
fn after_a_restore_nobody_is_here_and_everybody_was_seen_just_now() {
    let (village, home) = (Village::new(), Home::new());
    let file = home.at("b.db");
    let people = Connection::open(village.world.path()).unwrap();
    people
        .execute_batch("UPDATE identity SET here = 1, seen = 5; INSERT OR IGNORE INTO present VALUES (1, 1)")
        .unwrap();
    drop(people);
    done(village.run(&["backup", file.to_str().unwrap()]));
    let before = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis() as i64;
    done(village.run(&["restore", file.to_str().unwrap()]));
    let restored = Connection::open(village.world.path()).unwrap();
    let count = |sql: &str| restored.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
    assert_eq!(count("SELECT count(*) FROM present"), 0);
    assert_eq!(count("SELECT sum(here) FROM identity"), 0);
    assert!(count("SELECT min(seen) FROM identity") >= before);
}

#[test]
fn a_file_that_is_no_sound_backup_is_refused_and_nothing_is_changed() {
    let (village, home) = (Village::new(), Home::new());
    let file = home.at("b.db");
    let restore = || village.run(&["restore", file.to_str().unwrap()]).refused(1);
    let before = fs::read(village.world.path()).unwrap();
    assert!(restore().ends_with("b.db."), "there is none");
    fs::write(&file, "just some text\n".repeat(100)).unwrap();
    assert!(restore().contains("is no backup of Parlor"));
    fs::remove_file(&file).unwrap();
    done(village.run(&["backup", file.to_str().unwrap()]));
    let good = fs::read(&file).unwrap();
    Connection::open(&file).unwrap().pragma_update(None, "user_version", 2_000).unwrap();
    assert!(restore().contains("newer parlor-server"));
    // An index that lacks what it should hold: a copy is made of the tables alone, so copying would not notice.
    fs::write(&file, &good).unwrap();
    let other = "UPDATE sqlite_schema SET sql = replace(sql, '(log, id)', '(id, log)') WHERE name = 'entry_place'";
    Connection::open(&file).unwrap().execute_batch(&format!("PRAGMA writable_schema = 1; {other}")).unwrap();
    assert!(restore().contains("is damaged"));
    // A page in the middle.
    let mut bad = good.clone();
    let page = good.windows(9).position(|window| window == b"apple pie").unwrap() / 4_096 * 4_096;
    bad[page..page + 2_000].fill(0xa5);
    fs::write(&file, bad).unwrap();
    let sentence = restore();
    assert!(sentence.contains("is damaged"), "{sentence}");
    fs::write(&file, &good[..good.len() - 4_096]).unwrap();
    assert!(restore().contains("is damaged"));
    let own = village.run(&["restore", village.world.path().to_str().unwrap()]).refused(1);
    assert!(own.contains("is the database itself"), "{own}");
    assert_eq!(fs::read(village.world.path()).unwrap(), before);
    let names: Vec<_> = fs::read_dir(village.data()).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert!(!names.iter().any(|name| name.to_string_lossy().contains("restor")), "{names:?}");
    fs::write(&file, good).unwrap();
    done(run_in(&village.data(), &["restore", file.to_str().unwrap()]));
}
