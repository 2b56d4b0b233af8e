//! What lasts: corrections, deletions, search, last lines, and a store that fails; in the cases that no story tells.

mod world;

use std::time::Duration;

use parlor_core::hub::Input;
use parlor_core::id::ConnId;
use parlor_core::name::Nick;
use parlor_core::secret::Secret;
use parlor_core::store::{Answer, Ask, Verify};
use parlor_core::wire::Dialect;
use world::{World, has, member, say};

/// The ids of the messages in the one page that a connection was sent.
fn found(world: &mut World, conn: ConnId) -> (Vec<u64>, Option<String>) {
    let text = world.text(conn);
    assert_eq!(text.matches("{\"page\"").count(), 1, "{text}");
    let ids = text.split("\"id\":").skip(1).map(|rest| rest.split(',').next().unwrap().parse().unwrap());
    let cursor = text.contains("\"cursor\"").then(|| member(&text, "cursor"));
    assert_eq!(text.contains("\"has_more\":true"), cursor.is_some(), "more is had by a cursor: {text}");
    (ids.collect(), cursor)
}

fn seek(rest: &str) -> String {
    format!("{{\"search\":{{\"query\":\"tea\"{rest}}}}}\n")
}

#[test]
fn a_search_goes_on_from_its_cursor_with_nothing_left_out_and_nothing_twice() {
    let mut world = World::new();
    let ada = world.native("ada");
    for number in 1..=7 {
        let text = if number % 3 == 0 { "coffee" } else { "tea" };
        world.says(ada, &say("lobby", text, &number.to_string()));
    }
    world.forget();
    let (mut all, mut more) = (Vec::new(), String::new());
    loop {
        world.says(ada, &seek(&format!(",\"limit\":2{more}")));
        let (ids, cursor) = found(&mut world, ada);
        assert!(ids.len() <= 2 && ids.is_sorted(), "a page ascends: {ids:?}");
        all.splice(0..0, ids);
        let Some(cursor) = cursor else { break };
        more = format!(",\"cursor\":\"{cursor}\"");
    }
    assert_eq!(all, [1, 2, 4, 5, 7]);
}

#[test]
fn hits_that_do_not_fit_one_frame_are_had_with_the_next() {
    let mut world = World::new();
    let ada = world.native("ada");
    let long = "tea ".repeat(2_000);
    for number in 1..=12 {
        world.says(ada, &say("lobby", &long, &number.to_string()));
        world.pass(Duration::from_secs(1));
    }
    world.forget();
    world.says(ada, &seek(""));
    let text = world.text(ada);
    assert!(text.len() <= 64 * 1024, "{}", text.len());
    assert!(text.contains("\"id\":12,") && !text.contains("\"id\":5,"), "the newest are in it");
    world.says(ada, &seek(&format!(",\"cursor\":\"{}\"", member(&text, "cursor"))));
    let rest = world.text(ada);
    let ids = |text: &str| (1..=12).filter(|id| text.contains(&format!("\"id\":{id},"))).collect::<Vec<u64>>();
    assert_eq!([ids(&rest), ids(&text)].concat(), (1..=12).collect::<Vec<_>>());
}

#[test]
fn a_room_that_was_left_meanwhile_is_not_shown_to_whoever_asked() {
    let mut world = World::new();
    let ada = world.native("ada");
    world.says(ada, &say("lobby", "tea", "1"));
    world.says(ada, "{\"join\":{\"room\":\"kitchen\"}}\n");
    world.says(ada, &say("kitchen", "tea", "2"));
    world.forget();
    world.late = Some(Vec::new());
    world.says(ada, &seek(""));
    world.says(ada, "{\"part\":{\"room\":\"kitchen\"}}\n");
    world.answer_late();
    let text = world.text(ada);
    assert!(text.contains("\"room\":\"lobby\"") && !text.contains("\"room\":\"kitchen\""), "{text}");
}

#[test]
fn searches_are_paced_and_cursors_of_another_kind_are_refused() {
    let mut world = World::new();
    let ada = world.native("ada");
    world.says(ada, &seek(",\"cursor\":\"x\",\"ref\":\"7\""));
    let text = world.text(ada);
    assert!(text.contains("\"bad_query\"") && text.contains("\"ref\":\"7\""), "{text}");
    for _ in 0..80 {
        world.says(ada, &seek(""));
        world.pass(Duration::from_millis(60));
    }
    assert!(world.text(ada).contains("\"rate_limited\""));
    world.pass(Duration::from_secs(30));
    world.says(ada, &seek(""));
    assert!(!world.text(ada).contains("\"rate_limited\""));
}

#[test]
fn a_store_that_cannot_search_or_write_is_told_by_reference_and_holds_nobody_up() {
    let mut world = World::new();
    let ada = world.native("ada");
    world.says(ada, &say("lobby", "tea", "1"));
    world.forget();
    world.late = Some(Vec::new());
    world.says(ada, &seek(",\"ref\":\"s\""));
    world.says(ada, "{\"edit\":{\"room\":\"lobby\",\"id\":1,\"text\":\"tee\",\"ref\":\"e\"}}\n");
    for (ticket, ask) in world.late.take().expect("two were asked") {
        assert!(matches!(ask, Ask::Search(_) | Ask::Append(_)), "{ask:?}");
        world.input(Input::Answered { ticket, answer: Answer::Failed });
    }
    world.turn();
    let frames = world.frames(ada);
    assert_eq!(frames.len(), 2, "{frames:?}");
    assert!(frames.iter().all(|frame| frame.contains("\"unavailable\"")), "{frames:?}");
    assert!(has(&frames, "\"ref\":\"s\"") && has(&frames, "\"ref\":\"e\""));
    world.says(ada, &say("lobby", "still here", "2"));
    assert!(world.text(ada).contains("still here"));
}

#[test]
fn the_operator_of_a_room_takes_back_what_others_say_there_and_corrects_nothing_of_theirs() {
    let mut world = World::new();
    let (ada, bob) = (world.native("ada"), world.native("bob"));
    for conn in [ada, bob] {
        world.says(conn, "{\"join\":{\"room\":\"kitchen\"}}\n");
    }
    world.says(bob, &say("kitchen", "spam", "1"));
    world.forget();
    world.says(ada, "{\"edit\":{\"room\":\"kitchen\",\"id\":1,\"text\":\"ham\"}}\n");
    assert!(world.text(ada).contains("\"not_yours\""));
    world.says(ada, "{\"delete\":{\"room\":\"kitchen\",\"id\":1}}\n");
    assert!(world.text(bob).contains("{\"deleted\":{\"room\":\"kitchen\",\"id\":2,\"target\":1,\"by\":\"ada\""));
    world.says(ada, "{\"mute\":{\"room\":\"kitchen\",\"nick\":\"bob\"}}\n");
    world.says(ada, &say("kitchen", "quiet", "2"));
    world.forget();
    world.says(bob, "{\"edit\":{\"room\":\"kitchen\",\"id\":1,\"text\":\"more\"}}\n");
    assert!(world.text(bob).contains("\"muted\""), "whoever is silenced says nothing by correcting either");
}

#[test]
fn each_side_of_a_conversation_is_told_of_a_correction_in_its_own_terms() {
    let mut world = World::new();
    let (ada, bob) = (world.native("ada"), world.native("bob"));
    world.says(ada, &say("@bob", "hi", "1"));
    world.forget();
    world.says(bob, "{\"delete\":{\"room\":\"@ada\",\"id\":1}}\n");
    assert!(world.text(bob).contains("\"not_yours\""), "nobody is operator of a conversation");
    world.says(ada, "{\"edit\":{\"room\":\"@bob\",\"id\":1,\"text\":\"hello\"}}\n");
    assert!(world.text(ada).contains("{\"edited\":{\"room\":\"@bob\",\"id\":2,\"target\":1,\"text\":\"hello\""));
    assert!(world.text(bob).contains("{\"edited\":{\"room\":\"@ada\",\"id\":2,\"target\":1,\"text\":\"hello\""));
}

#[test]
fn what_is_said_while_the_last_lines_are_read_is_shown_behind_them_once() {
    let mut world = World::new();
    let ada = world.native("ada");
    for number in 0..30 {
        world.says(ada, &say("lobby", &format!("line {number}."), &number.to_string()));
    }
    let bea = world.connect(Dialect::Prompt);
    world.late = Some(Vec::new());
    world.says(bea, "bea\n");
    // Let in, and the last lines asked for; meanwhile as many more are said as she is shown of the earlier ones.
    let verify = world.late.take().expect("she is verified");
    world.late = Some(Vec::new());
    for (ticket, ask) in verify {
        let answer = world.store.answer(ask);
        world.input(Input::Answered { ticket, answer });
    }
    for number in 30..60 {
        world.pass(Duration::from_millis(100));
        world.says(ada, &say("lobby", &format!("line {number}."), &number.to_string()));
    }
    // The store carries out what was asked of it later first.
    let asked = world.late.take().expect("much was asked");
    let (said, read): (Vec<_>, Vec<_>) = asked.into_iter().partition(|(_, ask)| matches!(ask, Ask::Append(_)));
    assert_eq!((said.len(), read.len()), (30, 1));
    for (ticket, ask) in said.into_iter().chain(read) {
        let answer = world.store.answer(ask);
        world.input(Input::Answered { ticket, answer });
    }
    world.turn();
    world.pass(Duration::from_secs(3));
    let text = world.text(bea);
    let shown: Vec<usize> = (0..60).filter(|number| text.contains(&format!("ada: line {number}."))).collect();
    assert_eq!(shown, (10..60).collect::<Vec<_>>(), "{text}");
    for number in shown {
        assert_eq!(text.matches(&format!("ada: line {number}.")).count(), 1);
    }
    assert!(!text.contains("missing"), "{text}");
}

#[test]
fn a_conversation_that_waits_is_the_one_that_was_meant_although_its_name_has_passed_on() {
    let mut world = World::new();
    let ada = world.connect(Dialect::Native);
    world.says(ada, "{\"hello\":{\"version\":1,\"nick\":\"ada\"}}\n");
    let bob = world.connect(Dialect::Native);
    world.says(bob, "{\"hello\":{\"version\":1,\"nick\":\"bob\"}}\n");
    let token = member(&world.text(bob), "token");
    world.says(bob, "{\"quit\":{}}\n");
    world.forget();
    world.says(ada, &say("@bob", "psst", "1"));
    let log = member(&world.text(ada), "log");
    world.says(ada, "{\"quit\":{}}\n");
    // Bob is welcome, and the conversation that waits for him is being opened ...
    let bob = world.connect(Dialect::Native);
    world.late = Some(Vec::new());
    let hello = format!("{{\"hello\":{{\"version\":1,\"nick\":\"bob\",\"token\":\"{token}\",\"rooms\":[]}}}}\n");
    world.says(bob, &hello);
    let asked = world.late.take().expect("the store is asked who he is");
    world.late = Some(Vec::new());
    for (ticket, ask) in asked {
        let answer = world.store.answer(ask);
        world.input(Input::Answered { ticket, answer });
    }
    // ... when ada takes another name, and somebody else takes hers.
    let renamed = Ask::Rename { identity: parlor_core::id::IdentityId(1), nick: Nick::parse("ann").unwrap() };
    assert_eq!(world.store.answer(renamed), Answer::Done);
    let other = Verify {
        presented: None,
        fresh: Some(Secret::new("other").digest()),
        nick: Nick::parse("ada").unwrap(),
        password: None,
        at: world.now.timestamp,
    };
    let Answer::Verified(_) = world.store.answer(Ask::Verify(Box::new(other))) else { panic!("the name is free") };
    world.answer_late();
    let text = world.text(bob);
    assert!(text.contains(&format!("\"log\":\"{log}\",\"first_id\":1,\"last_id\":1")), "{text}");
}

#[test]
fn a_page_holds_a_message_where_there_is_more_however_much_of_the_log_is_not_shown() {
    let mut world = World::new();
    let ada = world.native("ada");
    world.says(ada, &say("lobby", "first", "1"));
    let long = "x".repeat(8_000);
    for _ in 0..12 {
        world.says(ada, &format!("{{\"edit\":{{\"room\":\"lobby\",\"id\":1,\"text\":\"{long}\"}}}}\n"));
        world.pass(Duration::from_secs(1));
    }
    world.forget();
    world.says(ada, "{\"history\":{\"room\":\"lobby\",\"limit\":50}}\n");
    let text = world.text(ada);
    assert!(text.contains("\"id\":1,") && text.contains("\"edited\":13"), "{}", &text[..200]);
    assert!(text.contains("\"has_more\":false"));
}

#[test]
fn a_search_shows_nothing_that_its_room_was_not_told_yet() {
    let mut world = World::new();
    let (ada, bob) = (world.native("ada"), world.native("bob"));
    world.says(ada, &say("lobby", "tea", "1"));
    world.forget();
    world.late = Some(Vec::new());
    world.says(ada, &say("lobby", "tea again", "2"));
    world.says(bob, &seek(""));
    // The store has written what was said, and finds it, before it says that it is safe.
    let mut asked: Vec<_> = world.late.take().expect("two were asked");
    assert_eq!(asked.len(), 2);
    let answers: Vec<_> = asked.drain(..).map(|(ticket, ask)| (ticket, world.store.answer(ask))).collect();
    for (ticket, answer) in answers.into_iter().rev() {
        world.input(Input::Answered { ticket, answer });
    }
    world.turn();
    let text = world.text(bob);
    let (page, told) = (text.find("{\"page\"").unwrap(), text.find("tea again").unwrap());
    assert!(told > page && text.matches("tea again").count() == 1, "{text}");
}
