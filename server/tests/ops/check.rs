//! `parlor-server check`.

use std::fs;

use parlor_core::store::Subject;

use crate::home::{Home, Village, done, enter, say};
use crate::world::room;

/// Does something to a sound database, and says what is found then.
#[track_caller]
fn found(damage: &str) -> String {
    let village = Village::new();
    village.db().execute_batch(damage).unwrap();
    let program = village.run(&["check"]);
    assert_eq!((program.code, program.stderr.as_str()), (Some(1), ""), "{damage}: {}", program.stdout);
    assert!(program.stdout.lines().last().unwrap().contains("is not right: "), "{}", program.stdout);
    program.stdout
}

/// One finding and no other.
#[track_caller]
fn only(damage: &str, line: &str) {
    let found = found(damage);
    assert_eq!(found.lines().next(), Some(line), "{damage}: {found}");
    assert!(found.lines().nth(1).unwrap().contains("is not right: 1 finding, "), "{damage}: {found}");
}

/// Takes a message out of the index, with the terms it has.
fn unindex(village: &Village, id: i64, terms: &str) {
    let db = village.db();
    let sql = "INSERT INTO words(words, rowid, terms) VALUES ('delete', (SELECT row FROM entry WHERE id = ?1 AND log = 1), ?2)";
    db.execute(sql, (id, terms)).unwrap();
}

#[test]
fn a_sound_history_is_right_running_stopped_and_killed() {
    let village = Village::new();
    assert!(done(village.run(&["check"])).contains("is right: 10 entries in 2 rooms and conversations."));
    let home = Home::new();
    let server = home.serve();
    let (mut ada, ..) = enter(&server, "ada");
    say(&mut ada, "lobby", "one");
    assert!(done(home.run(&["check"])).contains("is right: 1 entry in 1 room or conversation."));
    drop(server);
    assert!(done(home.run(&["check"])).contains("is right: 1 entry in 1 room or conversation."));
}

#[test]
fn a_check_changes_nothing() {
    let village = Village::new();
    let before = fs::read(village.world.path()).unwrap();
    done(village.run(&["check"]));
    assert_eq!(fs::read(village.world.path()).unwrap(), before);
    assert!(fs::read(village.data().join("parlor.db-wal")).unwrap_or_default().is_empty());
}

#[test]
fn a_hole_in_the_ids_is_found() {
    let lines = found("DELETE FROM entry WHERE log = 1 AND id IN (4, 5)");
    assert!(lines.starts_with("#lobby: entries 4 to 5 are missing\n"), "{lines}");
    only("UPDATE log SET last = 10 WHERE num = 1", "#lobby: entry 10 is missing");
    only("UPDATE log SET last = 8 WHERE num = 1", "#lobby ends at 9, but should at 8");
    let lines = found("UPDATE log SET first = 2 WHERE num = 1");
    assert!(lines.starts_with("#lobby: entry 1 stands where 2 should\n"), "{lines}");
    // As if by retention, but the index of words still knows them.
    let lines = found("DELETE FROM entry WHERE log = 1 AND id = 1; UPDATE log SET first = 2 WHERE num = 1");
    assert!(lines.starts_with("the index of words holds row 1, which is no message\n"), "{lines}");
}

#[test]
fn time_that_runs_back_is_found() {
    let damage = "UPDATE entry SET at = 5 WHERE log = 1 AND id = 4; UPDATE log SET at = 5 WHERE num = 1";
    only(damage, "#lobby: entry 5 is older than the one before it");
    only("UPDATE entry SET at = 5 WHERE log = 1 AND id = 9", "#lobby has entries later than its last");
}

#[test]
fn an_entry_of_no_log_is_found() {
    let lines = found("DELETE FROM log WHERE num = 2");
    assert!(lines.starts_with("an entry (row 10) is of a log that is not there\n"), "{lines}");
}

#[test]
fn an_edit_or_a_deletion_of_what_is_not_there_is_found() {
    only("UPDATE entry SET ref = 12 WHERE log = 1 AND kind = 5", "#lobby: entry 8 deletes what is not there");
    only("UPDATE entry SET ref = 4 WHERE log = 1 AND kind = 5", "#lobby: entry 8 deletes what is not there");
    let lines = found("UPDATE entry SET ref = NULL WHERE log = 1 AND kind = 4");
    assert!(lines.contains("#lobby: entry 7 edits what is not there\n"), "{lines}");
    assert!(lines.contains("#lobby: entry 2 was edited by an entry that is not there\n"), "{lines}");
}

#[test]
fn a_text_that_cannot_be_is_found() {
    for (damage, line) in [
        ("UPDATE entry SET text = 'left' WHERE log = 1 AND id = 3", "#lobby: entry 3 has a text that cannot be"),
        ("UPDATE entry SET text = NULL WHERE log = 1 AND id = 9", "#lobby: entry 9 has a text that cannot be"),
        ("UPDATE entry SET kind = 9 WHERE log = 1 AND id = 9", "#lobby: entry 9 is of an unknown kind (9)"),
        ("UPDATE log SET topic = char(7) WHERE num = 1", "#lobby has a topic that cannot be"),
    ] {
        only(damage, line);
    }
}

#[test]
fn a_room_that_is_kept_under_another_name_is_found() {
    only("UPDATE log SET room = 'Lobby' WHERE num = 1", "#lobby is kept under another name than its own");
    only("UPDATE log SET high = 9 WHERE num = 1", "#lobby is neither a room nor a conversation");
}

#[test]
fn a_message_that_is_not_in_the_index_is_found() {
    let village = Village::new();
    unindex(&village, 6, "_l1 fig ");
    let program = village.run(&["check"]);
    assert_eq!(program.stdout.lines().next(), Some("#lobby: message 6 is not in the index of words"));
    assert_eq!(program.code, Some(1));
}

#[test]
fn a_message_that_is_in_the_index_under_other_words_is_found() {
    let line = "#lobby: message 5 is in the index under other words";
    only("UPDATE entry SET text = 'plum tart' WHERE log = 1 AND id = 5", line);
    let village = Village::new();
    unindex(&village, 5, "cake ");
    let program = village.run(&["check"]);
    assert_eq!(program.stdout.lines().next(), Some(line));
}

#[test]
fn words_of_what_is_no_message_are_found() {
    only(
        "INSERT INTO words(rowid, terms) VALUES (77, '_l1 ghost ')",
        "the index of words holds row 77, which is no message",
    );
    let line = "the index of words holds row 3, which is no message";
    only("INSERT INTO words(rowid, terms) VALUES (3, '_l1 grape ')", line);
}

#[test]
fn an_identity_under_a_wrong_name_is_found() {
    let line = "identity 1 is kept under another name than its own, ada";
    only("UPDATE identity SET fold = 'eve' WHERE id = 1", line);
    only("UPDATE identity SET skeleton = 'eve' WHERE id = 1", line);
    only("UPDATE fact SET value = 1 WHERE name = 'identities'", "identity 2 has a number that was not given out");
}

#[test]
fn what_is_kept_for_nobody_or_about_nothing_is_found() {
    for (damage, line) in [
        ("INSERT INTO read VALUES (9, 1, 1, 1)", "a read position is of nobody"),
        ("INSERT INTO read VALUES (1, 9, 1, 1)", "a read position is in a log that is not there"),
        ("INSERT INTO present VALUES (1, 9)", "somebody is in a room that is not there"),
        ("UPDATE waiting SET id = 5", "what waits for somebody is not there"),
        ("INSERT INTO nonce VALUES (1, 1, 'n', 1, 77, 0)", "a nonce is of an entry that is not there"),
        ("INSERT INTO nonce VALUES (1, 2, 'n', 1, 1, 0)", "a nonce is of an entry that is not there"),
    ] {
        only(damage, line);
    }
    let lines = found("INSERT INTO waiting VALUES (9, 2, 1, 10)");
    assert!(lines.starts_with("something waits for nobody\n"), "{lines}");
}

#[test]
fn a_broken_file_is_found() {
    let village = Village::new();
    village
        .db()
        .execute_batch("PRAGMA writable_schema = 1; DELETE FROM sqlite_schema WHERE name = 'identity_here'")
        .unwrap();
    let program = village.run(&["check"]);
    assert_eq!(program.code, Some(1), "{}", program.stderr);
    assert!(program.stdout.starts_with("the file: "), "{}", program.stdout);
    let village = Village::new();
    let mut bytes = fs::read(village.world.path()).unwrap();
    let page = bytes.windows(9).position(|window| window == b"apple pie").unwrap() / 4_096 * 4_096;
    bytes[page..page + 2_000].fill(0xa5);
    fs::write(village.world.path(), bytes).unwrap();
    let program = village.run(&["check"]);
    assert_eq!((program.code, program.stderr.as_str()), (Some(1), ""), "{}", program.stdout);
    assert!(program.stdout.contains("the rooms: not to be read to the end"), "{}", program.stdout);
}

#[test]
fn many_findings_of_a_kind_are_counted_and_not_told() {
    let lines = found(
        "UPDATE entry SET at = -row WHERE log = 1; INSERT INTO log SELECT num + 10, num, 'r' || num, \
                       'R', NULL, NULL, 1, 0, 0, '', NULL FROM (WITH n(num) AS (SELECT 1 UNION ALL SELECT num + 1 \
                       FROM n LIMIT 30) SELECT num FROM n)",
    );
    assert!(lines.contains("there is more of this kind"), "{lines}");
    assert!(lines.contains("is not right: 38 findings, "), "{lines}");
}

#[test]
fn an_index_made_anew_is_right_and_finds_again() {
    let mut village = Village::new();
    village.db().execute_batch("INSERT INTO words(words) VALUES ('delete-all')").unwrap();
    assert_eq!(village.run(&["check"]).code, Some(1));
    let told = done(village.run(&["check", "--reindex"]));
    assert!(told.contains("made anew") && told.contains("is right"), "{told}");
    village.world.start();
    let (ada, lobby) = (village.ada, village.world.opened(Subject::Room { room: room("lobby"), founder: None }).log);
    assert_eq!(lobby, village.lobby);
    assert_eq!(village.world.find(ada, &[lobby], "apple").len(), 1);
}
