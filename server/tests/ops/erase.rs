//! `parlor-server erase`.

use std::collections::BTreeSet;

use parlor_core::id::{IdentityId, MessageId};
use parlor_core::store::{Answer, Ask, Subject};

use crate::home::{Home, Village, done, enter};
use crate::world::{World, edit, room, say_once, topic, verify};

fn holds(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

/// A word that nobody else says. Neighbouring words have nothing in common, so that an index cuts nothing off.
fn word(n: u32) -> String {
    let mut state = n.wrapping_mul(2_654_435_761) ^ 0x5bd1_e995;
    let letter = |_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        char::from(b'a' + (state >> 24) as u8 % 26)
    };
    (0..12).map(letter).collect()
}

/// A room in which ada, whose token is all 0xad, and bob have said much.
fn talkative() -> (World, IdentityId, IdentityId) {
    let mut world = World::new();
    let (ada, bob) = (world.arrive("adalovelace", 0xad, 0), world.arrive("bob", 2, 0));
    let lobby = world.opened(Subject::Room { room: room("lobby"), founder: Some(ada) }).log;
    let direct = world.open_direct(ada, "bob").log;
    for n in 0..1_500 {
        let mut asks = vec![say_once(
            lobby,
            ada,
            &format!("{} constantinople{}", word(3 * n), word(70_000 + n)),
            &format!("nonce-{}", word(90_000 + n)),
            0,
        )];
        asks.push(say_once(lobby, bob, &format!("{} bob", word(3 * n + 1)), &format!("b{n}"), 0));
        asks.push(say_once(direct, ada, &word(3 * n + 2), &format!("a{n}"), 0));
        for answer in world.ask_all(asks) {
            assert!(matches!(answer, Answer::Appended { .. }), "{answer:?}");
        }
    }
    world.say(direct, bob, "still mine");
    world.append(lobby, ada, topic("zanzibar"));
    world.append(lobby, ada, edit(1, "marimba"));
    world.ask(Ask::Read { identity: ada, log: lobby, id: MessageId(1) });
    (world, ada, bob)
}

#[test]
fn no_byte_of_what_somebody_said_and_was_stays_in_the_directory() {
    let (mut world, ..) = talkative();
    world.stop();
    let before = world.bytes();
    assert!(holds(&before, word(300).as_bytes()) && holds(&before, &[0xad; 32]), "or this proves nothing");
    let data = world.path().parent().unwrap().to_owned();
    let told = done(crate::home::run_in(&data, &["erase", "AdaLovelace", "--yes"]));
    assert!(told.contains("3,000 messages, 1 topic, 1 correction, the identity."), "{told}");
    let bytes = world.bytes();
    // The index cuts what neighbouring terms have in common off their front, so the ends are looked for.
    let there: BTreeSet<&[u8]> = bytes.windows(9).collect();
    for gone in (0..1_500).flat_map(|n| [word(3 * n), word(3 * n + 2), format!("nonce-{}", word(90_000 + n))]) {
        assert!(!there.contains(&gone.as_bytes()[gone.len() - 9..]), "{gone}");
    }
    for gone in ["zanzibar", "marimba", "constantinople", "lovelace", "Lovelace"] {
        assert!(!holds(&bytes, &gone.as_bytes()[2..]), "{gone}");
    }
    assert!(!holds(&bytes, &[0xad; 8]), "the token");
    assert!(holds(&bytes, word(301).as_bytes()), "bob's words stay");
    let check = done(crate::home::run_in(&data, &["check"]));
    assert!(check.contains("is right: 4,503 entries"), "{check}");
}

#[test]
fn ids_and_what_others_said_stay_and_nothing_else_of_somebody_erased() {
    let (mut world, ada, bob) = talkative();
    world.stop();
    let data = world.path().parent().unwrap().to_owned();
    done(crate::home::run_in(&data, &["erase", "adalovelace", "--yes"]));
    world.start();
    let lobby = world.opened(Subject::Room { room: room("lobby"), founder: None });
    assert_eq!((lobby.first, lobby.last, lobby.topic.as_str()), (MessageId(1), MessageId(3_002), ""));
    assert_eq!(lobby.operator, None);
    let page = world.page(lobby.log);
    assert!(page.iter().all(|entry| (entry.from == bob) == entry.change.is_some()));
    assert!(page.iter().all(|entry| entry.from == bob || entry.nick.as_str() == "[erased]"));
    assert_eq!(world.find(bob, &[lobby.log], &word(300)).len(), 0);
    assert_eq!(world.find(bob, &[lobby.log], &word(301)).len(), 1);
    // The token is nobody's, and the name is free.
    match world.ask(verify("adalovelace", Some(0xad), Some(3), 1)) {
        Answer::Verified(verified) => {
            assert!(
                !verified.known && verified.identity != ada && verified.reads.is_empty() && verified.unread.is_empty()
            );
        }
        other => panic!("{other:?}"),
    }
    assert!(world.come_back("bob", 2, 1).unread.is_empty());
}

#[test]
fn a_topic_that_somebody_else_set_stays() {
    let mut village = Village::new();
    village.world.start();
    let bob = village.world.come_back("bob", 2, 1).identity;
    village.world.append(village.lobby, bob, topic("vegetables"));
    village.world.stop();
    done(village.run(&["erase", "ada", "--yes"]));
    assert!(done(village.run(&["export"])).contains("set the topic: vegetables"));
    village.world.start();
    assert_eq!(village.world.open("lobby").topic.as_str(), "vegetables");
}

#[test]
fn without_a_terminal_and_without_yes_nothing_is_erased() {
    let village = Village::new();
    let before = done(village.run(&["export", "--json", "--direct"]));
    let sentence = village.run(&["erase", "ada"]).refused(1);
    assert!(sentence.contains("--yes"), "{sentence}");
    assert_eq!(done(village.run(&["export", "--json", "--direct"])), before);
}

#[test]
fn a_running_server_is_in_the_way() {
    let home = Home::new();
    let server = home.serve();
    let _ada = enter(&server, "ada");
    let sentence = home.run(&["erase", "ada", "--yes"]).refused(1);
    assert!(sentence.contains(&format!("process {}", server.process())), "{sentence}");
}

#[test]
fn guests_are_erased_by_the_name_they_had_if_that_is_said() {
    let home = Home::new();
    let server = {
        let config = ["--listen", "prompt://127.0.0.1:0", "--data"];
        crate::program::Server::start(&[&config[..], &[home.data().to_str().unwrap()]].concat())
    };
    let mut guest = server.connect("prompt");
    guest.until("press Enter");
    guest.send("carla\n");
    guest.until("Welcome to the chat carla.");
    guest.send("tramontana\n");
    guest.until("carla: tramontana");
    server.stop();
    let sentence = home.run(&["erase", "carla", "--yes"]).refused(1);
    assert!(sentence.contains("but 1 entry is kept under it; erase that with --guests."), "{sentence}");
    let told = done(home.run(&["erase", "Carla", "--guests", "--yes"]));
    assert!(told.contains("1 message, 0 topics, 0 corrections."), "{told}");
    assert_eq!(done(home.run(&["export", "--json"])), "{\"room\":\"lobby\",\"id\":1,\"kind\":\"gone\"}\n");
    let sentence = home.run(&["erase", "carla", "--guests", "--yes"]).refused(1);
    assert!(sentence.contains("nothing was said under this name"), "{sentence}");
}

#[test]
fn an_erasure_that_was_interrupted_is_told_by_check_and_finished_by_the_next_try() {
    let village = Village::new();
    village.db().execute("INSERT INTO fact VALUES ('erasing', 1)", []).unwrap();
    let program = village.run(&["check"]);
    assert_eq!(program.code, Some(1));
    assert!(program.stdout.starts_with("an erasure was interrupted"), "{}", program.stdout);
    assert_eq!(done(village.run(&["erase", "nobody", "--yes"])), "The erasure that was interrupted is finished.\n");
    done(village.run(&["check"]));
    let sentence = village.run(&["erase", "nobody", "--yes"]).refused(1);
    assert!(sentence.ends_with("Nobody is called nobody, and nothing was said under this name."), "{sentence}");
}

#[test]
fn a_database_that_a_restore_put_aside_is_named() {
    let (village, home) = (Village::new(), Home::new());
    let file = home.at("b.db");
    done(village.run(&["backup", file.to_str().unwrap()]));
    done(village.run(&["restore", file.to_str().unwrap()]));
    let told = done(village.run(&["erase", "ada", "--yes"]));
    assert!(told.contains("parlor.db.before-restore-") && told.contains("still holds it"), "{told}");
}
