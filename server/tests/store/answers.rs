//! Each answer of each question.

use parlor_core::id::{IdentityId, LogId, MessageId};
use parlor_core::secret::{Secret, SecretHash};
use parlor_core::store::{Absentee, Answer, Ask, Change, MemoryLimits, MemoryStore, Peer, READS_MAX, Subject, Verify};
use parlor_core::time::Timestamp;
use parlor_core::vocabulary::{Place, Span};
use server::store::Options;

use crate::world::*;

#[test]
fn the_password_is_asked_for_and_compared() {
    let mut world = World::with(Options { password: Some(Secret::new("geheim")), ..Options::default() });
    let with = |password: Option<&str>| {
        let (nick, password) = (nick("ada"), password.map(Secret::new));
        let fresh = Some(SecretHash([1; 32]));
        Ask::Verify(Box::new(Verify { presented: None, fresh, nick, password, at: Timestamp(0) }))
    };
    assert_eq!(world.ask(with(None)), Answer::PasswordRequired);
    assert_eq!(world.ask(with(Some("Geheim"))), Answer::BadPassword);
    assert!(matches!(world.ask(with(Some("geheim"))), Answer::Verified(_)));
}

#[test]
fn a_nickname_is_held_for_thirty_days_of_absence_and_for_as_long_as_its_owner_is_here() {
    let mut world = World::new();
    let ada = world.arrive("ada", 1, 0);
    assert_eq!(world.ask(verify("Ada", None, Some(2), 90 * DAY)), Answer::NickTaken, "whoever is here keeps it");
    assert_eq!(world.ask(verify("аdа", None, Some(2), 90 * DAY)), Answer::NickTaken, "a look-alike is the same");
    world.ask(Ask::Seen { identity: ada, at: Timestamp(0) });
    assert_eq!(world.ask(verify("Ada", None, Some(2), 30 * DAY - 1)), Answer::NickTaken);
    assert_eq!(world.come_back("ada", 1, 30 * DAY - 1).identity, ada);
    world.ask(Ask::Seen { identity: ada, at: Timestamp(30 * DAY) });
    let other = world.arrive("Ada", 2, 60 * DAY);
    assert_ne!(other, ada);
    assert_eq!(world.ask(Ask::Rename { identity: ada, nick: nick("x") }), Answer::Failed, "it is forgotten");
}

#[test]
fn an_identity_is_renamed_unless_somebody_holds_the_name() {
    let mut world = World::new();
    let (ada, _bob) = (world.arrive("ada", 1, 0), world.arrive("bob", 2, 0));
    assert_eq!(world.ask(Ask::Rename { identity: ada, nick: nick("BOB") }), Answer::NickTaken);
    assert_eq!(world.ask(Ask::Rename { identity: ada, nick: nick("eve") }), Answer::Done);
    world.arrive("ada", 3, 0);
    assert_eq!(world.ask(Ask::Rename { identity: IdentityId(99), nick: nick("x") }), Answer::Failed);
}

#[test]
fn a_guest_has_a_number_that_never_comes_again() {
    let mut world = World::new();
    let guest = |world: &mut World| match world.ask(verify("guest", None, None, 0)) {
        Answer::Verified(verified) => verified.identity,
        other => panic!("{other:?}"),
    };
    let mut numbers = vec![guest(&mut world), guest(&mut world)];
    world.restart();
    numbers.push(guest(&mut world));
    numbers.push(world.arrive("ada", 1, 0));
    world.restart();
    numbers.push(guest(&mut world));
    assert!(numbers.windows(2).all(|pair| pair[0] < pair[1]), "{numbers:?}");
}

#[test]
fn a_room_is_founded_once_and_tells_its_founder() {
    let mut world = World::new();
    let ada = world.arrive("ada", 1, 0);
    let first = world.opened(Subject::Room { room: room("Salon"), founder: Some(ada) });
    assert_eq!((first.first, first.last, first.operator), (MessageId(1), MessageId(0), Some(ada)));
    world.append(first.log, ada, topic("books"));
    let again = world.opened(Subject::Room { room: room("salon"), founder: Some(IdentityId(9)) });
    assert_eq!((again.log, again.last, again.operator), (first.log, MessageId(1), Some(ada)));
    assert_eq!(again.topic.as_str(), "books");
}

#[test]
fn a_conversation_is_one_log_from_both_sides() {
    let mut world = World::new();
    let (ada, bob) = (world.arrive("ada", 1, 0), world.arrive("bob", 2, 0));
    let from_ada = world.open_direct(ada, "BOB");
    let from_bob = world.opened(Subject::Direct { me: bob, peer: Peer::Present(ada, nick("ada")) });
    assert_eq!(from_ada.log, from_bob.log);
    assert_eq!(from_ada.peer.map(|(identity, nick)| (identity, nick.to_string())), Some((bob, "bob".into())));
    let unknown = Ask::Open(Subject::Direct { me: ada, peer: Peer::Named(nick("nobody")) });
    assert_eq!(world.ask(unknown), Answer::NoSuchNick);
}

#[test]
fn ids_have_no_holes_and_time_does_not_run_back() {
    let mut world = World::new();
    let log = world.open("lobby").log;
    for (id, at, stamped) in [(1, 50, 50), (2, 40, 50), (3, 60, 60)] {
        let answer = world.ask(append(log, IdentityId(1), message("x"), at));
        assert_eq!(answer, Answer::Appended { id: MessageId(id), at: Timestamp(stamped), repeated: false });
    }
    assert_eq!(world.ask(append(LogId(5), IdentityId(1), message("x"), 0)), Answer::Failed, "no such log");
}

#[test]
fn a_nonce_is_remembered_for_a_day_by_its_log() {
    let mut world = World::new();
    let (log, other, ada) = (world.open("lobby").log, world.open("other").log, IdentityId(1));
    let stored = |id, at, repeated| Answer::Appended { id: MessageId(id), at: Timestamp(at), repeated };
    assert_eq!(world.ask(say_once(log, ada, "x", "n", 0)), stored(1, 0, false));
    assert_eq!(world.ask(say_once(log, ada, "x", "n", DAY)), stored(1, 0, true));
    assert_eq!(world.ask(say_once(other, ada, "x", "n", DAY)), Answer::Elsewhere);
    assert_eq!(world.ask(say_once(log, IdentityId(2), "x", "n", 5)), stored(2, 5, false), "of somebody else");
    assert_eq!(world.ask(say_once(log, ada, "x", "n", DAY + 1)), stored(3, DAY + 1, false));
}

#[test]
fn an_edit_reads_as_the_present_text_of_its_message() {
    let mut world = World::new();
    let (log, ada) = (world.open("lobby").log, IdentityId(1));
    world.say(log, ada, "first");
    world.append(log, ada, edit(1, "second"));
    world.append(log, ada, edit(1, "third"));
    assert_eq!(world.texts(log), ["third", "third", "third"]);
    assert_eq!(world.page(log)[0].edited, Some(MessageId(3)));
}

#[test]
fn a_deletion_leaves_tombstones_and_is_for_the_author_or_an_operator() {
    let mut world = World::new();
    let (log, ada, bob) = (world.open("lobby").log, IdentityId(1), IdentityId(2));
    world.say(log, ada, "first");
    world.append(log, ada, edit(1, "second"));
    assert_eq!(world.ask(append(log, bob, delete(1), 0)), Answer::NotYours);
    assert_eq!(world.ask(append(log, bob, edit(1, "mine"), 0)), Answer::NotYours);
    let Ask::Append(mut by_operator) = append(log, bob, delete(1), 0) else { panic!() };
    by_operator.operator = true;
    assert!(matches!(world.ask(Ask::Append(by_operator)), Answer::Appended { id: MessageId(3), .. }));
    assert_eq!(world.texts(log), ["-", "-", "delete 1"]);
    for gone in [1, 2, 3, 4, 0, u64::MAX] {
        assert_eq!(world.ask(append(log, ada, delete(gone), 0)), Answer::NoSuchMessage, "{gone} is no message");
        assert_eq!(world.ask(append(log, ada, edit(gone, "x"), 0)), Answer::NoSuchMessage, "{gone} is no message");
    }
    assert_eq!(world.say(log, ada, "next"), 4, "what was refused took no id");
}

#[test]
fn pages_are_ascending_and_say_whether_there_is_more() {
    let mut world = World::new();
    let log = world.open("lobby").log;
    for _ in 0..8 {
        world.say(log, IdentityId(1), "x");
    }
    let mut page = |span, limit| match world.ask(Ask::History { log, span, limit }) {
        Answer::Page { entries, has_more } => (entries.iter().map(|entry| entry.id.0).collect::<Vec<_>>(), has_more),
        other => panic!("{other:?}"),
    };
    assert_eq!(page(Span::Latest, 2), (vec![7, 8], true));
    assert_eq!(page(Span::Before(MessageId(4)), 9), (vec![1, 2, 3], false));
    assert_eq!(page(Span::After(MessageId(5)), 2), (vec![6, 7], true));
    assert_eq!(page(Span::After(MessageId(u64::MAX)), 2), (vec![], false));
    assert_eq!(page(Span::Before(MessageId(0)), 2), (vec![], false));
    let nowhere = Ask::History { log: LogId(5), span: Span::Latest, limit: 2 };
    assert_eq!(world.ask(nowhere), Answer::Failed);
}

#[test]
fn reading_moves_forward_only_and_is_told_to_whoever_comes_back() {
    let mut world = World::new();
    let (ada, log) = (world.arrive("ada", 1, 0), world.open("lobby").log);
    for id in [3, 5, 4] {
        assert_eq!(world.ask(Ask::Read { identity: ada, log, id: MessageId(id) }), Answer::Done);
    }
    assert_eq!(world.come_back("ada", 1, 1).reads, [(log, MessageId(5))]);
    let (guest, id) = (IdentityId(99), MessageId(1));
    assert_eq!(world.ask(Ask::Read { identity: guest, log, id }), Answer::Failed);
    assert_eq!(world.ask(Ask::Read { identity: ada, log: LogId(5), id }), Answer::Failed);
}

#[test]
fn read_positions_are_bounded_and_the_oldest_goes() {
    let mut world = World::new();
    let ada = world.arrive("ada", 1, 0);
    let opens = (0..=READS_MAX).map(|n| Ask::Open(Subject::Room { room: room(&format!("r{n}")), founder: None }));
    let opened = world.ask_all(opens.collect());
    let logs: Vec<LogId> = opened
        .into_iter()
        .map(|answer| match answer {
            Answer::Opened(opened) => opened.log,
            other => panic!("{other:?}"),
        })
        .collect();
    for log in &logs {
        // The order of reading is the order of what is written meanwhile.
        world.say(*log, ada, "x");
        world.ask(Ask::Read { identity: ada, log: *log, id: MessageId(1) });
    }
    let reads = world.come_back("ada", 1, 1).reads;
    assert_eq!(reads.len(), READS_MAX);
    assert!(reads.iter().all(|(log, _)| *log != logs[0]));
}

#[test]
fn unread_conversations_are_told_the_newest_first_until_they_are_read() {
    let mut world = World::new();
    let ada = world.arrive("ada", 1, 0);
    let mut conversations = Vec::new();
    for (token, name) in [(2, "bob"), (3, "eve"), (4, "ali")] {
        let other = world.arrive(name, token, 0);
        let log = world.open_direct(other, "ada").log;
        world.say(log, other, "hi");
        conversations.push((log, name));
    }
    world.say(conversations[0].0, IdentityId(2), "are you there?");
    let unread = |world: &mut World| {
        let unread = world.come_back("ada", 1, 1).unread.into_iter();
        unread.map(|unread| unread.nick.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(unread(&mut world), ["bob", "ali", "eve"]);
    world.ask(Ask::Read { identity: ada, log: conversations[0].0, id: MessageId(2) });
    assert_eq!(unread(&mut world), ["ali", "eve"]);
    world.say(conversations[1].0, ada, "hello eve");
    assert_eq!(unread(&mut world), ["ali", "eve"], "one's own words are not unread, nor do they read");
    world.append(conversations[1].0, IdentityId(3), edit(1, "hello"));
    assert_eq!(unread(&mut world), ["ali", "eve"], "a correction is no news");
    world.append(conversations[2].0, IdentityId(4), delete(1));
    assert_eq!(unread(&mut world), ["eve"], "what was taken back is not unread");
}

#[test]
fn who_was_here_is_told_once_and_then_nobody_is() {
    let mut world = World::new();
    let (ada, bob) = (world.arrive("ada", 1, 0), world.arrive("bob", 2, 0));
    let (lobby, salon) = (world.open("lobby").log, world.open("Salon").log);
    for (identity, log, here) in [(bob, lobby, true), (ada, salon, true), (ada, lobby, true), (bob, lobby, false)] {
        assert_eq!(world.ask(Ask::Present { identity, log, here }), Answer::Done);
    }
    // A guest is not among them: it does not come back.
    world.ask(Ask::Present { identity: IdentityId(77), log: lobby, here: true });
    world.restart();
    let Answer::Absent(absentees) = world.ask(Ask::Absent) else { panic!() };
    let rooms = vec![room("lobby"), room("Salon")];
    let absentee = Absentee { identity: ada, nick: nick("ada"), rooms };
    assert_eq!(absentees, std::slice::from_ref(&absentee));
    // A server that dies before it has told what became of them asks again.
    world.restart();
    assert_eq!(world.ask(Ask::Absent), Answer::Absent(vec![absentee]));
    for log in [lobby, salon] {
        world.ask(Ask::Present { identity: ada, log, here: false });
    }
    assert_eq!(world.ask(Ask::Absent), Answer::Absent(Vec::new()));
    world.arrive("Ada", 3, 30 * DAY);
}

#[test]
fn a_page_of_long_messages_ends_early_and_is_read_on_in_both_stores() {
    let mut world = World::new();
    let log = world.open("lobby").log;
    let mut memory = MemoryStore::new(MemoryLimits::default(), [1; 32], None);
    let Answer::Opened(there) = memory.answer(Ask::Open(Subject::Room { room: room("lobby"), founder: None })) else {
        panic!()
    };
    let long = "x".repeat(8_000);
    for _ in 0..100 {
        world.say(log, IdentityId(1), &long);
        memory.answer(append(there.log, IdentityId(1), message(&long), 0));
    }
    let ids = |answer: Answer| match answer {
        Answer::Page { entries, has_more } => (entries[0].id.0, entries.last().unwrap().id.0, has_more),
        other => panic!("{other:?}"),
    };
    for (span, wanted) in [
        (Span::Latest, (68, 100, true)),
        (Span::Before(MessageId(68)), (35, 67, true)),
        (Span::Before(MessageId(34)), (1, 33, false)),
        (Span::After(MessageId(0)), (1, 33, true)),
        (Span::After(MessageId(67)), (68, 100, false)),
    ] {
        let ask = |log| Ask::History { log, span, limit: 1_000 };
        assert_eq!(ids(world.ask(ask(log))), wanted, "{span:?}");
        assert_eq!(ids(memory.answer(ask(there.log))), wanted, "{span:?}");
    }
}

#[test]
fn whoever_was_here_for_long_keeps_the_name_over_a_restart() {
    let mut world = World::new();
    let (ada, bob) = (world.arrive("ada", 1, 0), world.arrive("bob", 2, 0));
    let lobby = world.open("lobby").log;
    world.ask(append(lobby, bob, message("x"), 31 * DAY));
    world.restart();
    // In one transaction with what is only being written.
    world.ask_all(vec![append(lobby, bob, message("x"), 32 * DAY), Ask::Absent]);
    assert_eq!(world.ask(verify("Ada", None, Some(3), 62 * DAY - 1)), Answer::NickTaken);
    assert_eq!(world.come_back("ada", 1, 62 * DAY - 1).identity, ada);
}

#[test]
fn a_search_finds_the_newest_first_where_one_may_look() {
    let mut world = World::new();
    let (ada, bob, eve) = (world.arrive("ada", 1, 0), world.arrive("bob", 2, 0), world.arrive("eve", 3, 0));
    let (lobby, other) = (world.open("lobby").log, world.open("other").log);
    let direct = world.open_direct(ada, "bob").log;
    world.say(lobby, ada, "می‌خواهم کتاب");
    world.say(other, ada, "كتاب elsewhere");
    world.say(direct, bob, "kتاب، کتاب");
    world.say(lobby, eve, "no book");
    let found = |world: &mut World, by, logs: &[LogId], query: &str| {
        let hits = world.find(by, logs, query).into_iter();
        hits.map(|hit| (hit.place.to_string(), hit.entry.id.0)).collect::<Vec<_>>()
    };
    let place = |place: &str, id| (place.to_owned(), id);
    assert_eq!(found(&mut world, ada, &[lobby], "کتاب"), [place("@bob", 1), place("lobby", 1)]);
    assert_eq!(
        found(&mut world, bob, &[lobby, other], "كتاب"),
        [place("@ada", 1), place("other", 1), place("lobby", 1)]
    );
    assert_eq!(found(&mut world, eve, &[lobby], "کتاب"), [place("lobby", 1)], "not what others say to each other");
    assert_eq!(found(&mut world, eve, &[], "کتاب"), []);
    assert_eq!(found(&mut world, eve, &[lobby], "میخواهم"), [place("lobby", 1)]);
    assert_eq!(world.ask(search(eve, &[lobby], "!!", None, 5)), Answer::Failed, "no word in it");
}

#[test]
fn a_search_goes_on_from_where_it_was() {
    let mut world = World::new();
    let (ada, lobby) = (world.arrive("ada", 1, 0), world.open("lobby").log);
    for n in 1..=7 {
        world.say(lobby, ada, &format!("word {n}"));
    }
    let (mut before, mut ids) = (None, Vec::new());
    loop {
        let Answer::Found { hits, cursor } = world.ask(search(ada, &[lobby], "word", before, 3)) else { panic!() };
        ids.extend(hits.iter().map(|hit| hit.entry.id.0));
        before = cursor;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(ids, [7, 6, 5, 4, 3, 2, 1]);
}

#[test]
fn what_was_edited_or_deleted_is_not_found_any_more() {
    let mut world = World::new();
    let (ada, lobby) = (world.arrive("ada", 1, 0), world.open("lobby").log);
    world.say(lobby, ada, "apple");
    world.say(lobby, ada, "apple pear");
    world.append(lobby, ada, edit(1, "cherry"));
    world.append(lobby, ada, delete(2));
    assert!(world.find(ada, &[lobby], "apple").is_empty());
    assert!(world.find(ada, &[lobby], "pear").is_empty());
    let hits = world.find(ada, &[lobby], "cherry");
    assert_eq!(hits.len(), 1, "once, although the edit is an entry too");
    assert!(matches!(&hits[0].entry.change, Some(Change::Message { text, .. }) if text.as_str() == "cherry"));
    assert!(matches!(&hits[0].place, Place::Room(room) if room.as_str() == "lobby"));
}

#[test]
fn the_beginning_of_a_word_finds_what_is_far_behind_too_and_once() {
    let mut world = World::new();
    let (ada, lobby) = (world.arrive("ada", 1, 0), world.open("lobby").log);
    let mut texts = vec!["zeppelin one"; 3];
    texts.extend(["filler"; 2_500]);
    texts.extend(["zebra two"; 3]);
    world.ask_all(texts.into_iter().map(|text| append(lobby, ada, message(text), 0)).collect());
    let (mut before, mut ids) = (None, Vec::new());
    loop {
        let Answer::Found { hits, cursor } = world.ask(search(ada, &[lobby], "ze*", before, 2)) else { panic!() };
        ids.extend(hits.iter().map(|hit| hit.entry.id.0));
        before = cursor;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(ids, [2_506, 2_505, 2_504, 3, 2, 1]);
}
