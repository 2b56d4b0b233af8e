//! Native clients against the hub, frame by frame: messages, rooms, people.

mod world;

use parlor_core::hub::Closing;
use parlor_core::vocabulary::Reason;
use parlor_core::wire::Dialect;
use world::{World, has, say};

#[test]
fn a_message_reaches_everybody_and_its_ack_stands_right_before_it() {
    let mut world = World::new();
    let ada = world.native("ada");
    let bea = world.native("bea");
    assert!(has(&world.frames(ada), "\"joined\""));
    world.says(ada, &say("lobby", "ciao, سلام!", "1"));
    let ada_heard = world.frames(ada);
    assert_eq!(ada_heard.len(), 2, "{ada_heard:?}");
    assert!(ada_heard[0].starts_with("{\"ack\""));
    assert!(ada_heard[1].contains("ciao, سلام!"));
    assert_eq!(world.frames(bea), ada_heard[1..]);
}

#[test]
fn welcome_comes_first_then_the_room_with_oneself_in_it() {
    let mut world = World::new();
    let ada = world.connect(Dialect::Native);
    world.says(ada, "{\"hello\":{\"version\":1,\"nick\":\"ada\"}}\n");
    let frames = world.frames(ada);
    assert_eq!(frames.len(), 2, "{frames:?}");
    assert!(frames[0].starts_with("{\"welcome\":{\"version\":1,\"server\":\"parlor/test\",\"nick\":\"ada\""));
    assert!(frames[0].contains("\"resumed\":false"));
    assert!(frames[1].starts_with("{\"room\":{\"room\":\"lobby\""));
    assert!(frames[1].contains("\"members\":[\"ada\"]"));
}

#[test]
fn a_taken_name_its_other_case_and_its_look_alike_are_refused_and_may_be_tried_again() {
    let mut world = World::new();
    world.native("paypal");
    for name in ["paypal", "PayPal", "раураl"] {
        let other = world.connect(Dialect::Native);
        world.says(other, &format!("{{\"hello\":{{\"version\":1,\"nick\":\"{name}\"}}}}\n"));
        assert!(world.text(other).contains("\"nick_taken\""), "{name}");
        world.says(other, "{\"hello\":{\"version\":1,\"nick\":\"other\"}}\n");
        assert!(world.text(other).starts_with("{\"welcome\""));
        world.says(other, "{\"quit\":{}}\n");
        // The name is held for its identity; a fresh one takes another.
        world.text(other);
        world = World::new();
        world.native("paypal");
    }
}

#[test]
fn a_fourth_bad_name_closes_the_connection() {
    let mut world = World::new();
    let ada = world.connect(Dialect::Native);
    for _ in 0..3 {
        world.says(ada, "{\"hello\":{\"version\":1,\"nick\":\"a b\"}}\n");
        assert_eq!(world.closed(ada), None);
    }
    world.says(ada, "{\"hello\":{\"version\":1,\"nick\":\"a b\"}}\n");
    assert_eq!(world.closed(ada), Some((Reason::HandshakeRefused, Closing::Finish)));
}

#[test]
fn another_version_is_told_goodbye() {
    let mut world = World::new();
    let ada = world.connect(Dialect::Native);
    world.says(ada, "{\"hello\":{\"version\":2,\"nick\":\"ada\"}}\n");
    assert!(world.text(ada).starts_with("{\"bye\":{\"code\":\"version\""));
}

#[test]
fn what_is_said_in_a_room_stays_there() {
    let mut world = World::new();
    let (ada, bea) = (world.native("ada"), world.native("bea"));
    world.says(ada, "{\"join\":{\"room\":\"kitchen\"}}\n");
    world.forget();
    world.says(ada, &say("kitchen", "psst", "1"));
    assert!(has(&world.frames(ada), "psst"));
    assert_eq!(world.frames(bea), Vec::<String>::new());
    world.says(bea, &say("kitchen", "hey", "2"));
    assert!(has(&world.frames(bea), "\"not_in_room\""));
    assert_eq!(world.frames(ada), Vec::<String>::new());
}

#[test]
fn after_a_part_nothing_of_the_room_is_told() {
    let mut world = World::new();
    let (ada, bea) = (world.native("ada"), world.native("bea"));
    world.says(bea, "{\"part\":{\"room\":\"lobby\",\"reason\":\"tired\"}}\n");
    assert!(has(&world.frames(ada), "{\"parted\":{\"room\":\"lobby\",\"nick\":\"bea\",\"reason\":\"tired\""));
    world.forget();
    world.says(ada, &say("lobby", "gone?", "1"));
    assert_eq!(world.frames(bea), Vec::<String>::new());
}

#[test]
fn quit_is_answered_and_told_at_once() {
    let mut world = World::new();
    let (ada, bea) = (world.native("ada"), world.native("bea"));
    world.forget();
    world.says(bea, "{\"quit\":{\"reason\":\"supper\"}}\n");
    assert!(world.text(bea).starts_with("{\"bye\":{\"code\":\"quit\""));
    assert_eq!(world.closed(bea), Some((Reason::Quit, Closing::Finish)));
    assert!(has(&world.frames(ada), "\"supper\""));
}

#[test]
fn a_new_name_is_told_once_to_everybody_who_shares_a_room() {
    let mut world = World::new();
    let (ada, bea) = (world.native("ada"), world.native("bea"));
    for conn in [ada, bea] {
        world.says(conn, "{\"join\":{\"room\":\"kitchen\"}}\n");
    }
    world.forget();
    world.says(ada, "{\"nick\":{\"nick\":\"Ada_L\"}}\n");
    for conn in [ada, bea] {
        let frames = world.frames(conn);
        assert_eq!(frames, ["{\"nick\":{\"nick\":\"ada\",\"to\":\"Ada_L\"}}"]);
    }
    world.says(bea, "{\"members\":{\"room\":\"kitchen\",\"limit\":10}}\n");
    assert!(world.text(bea).contains("[\"Ada_L\",\"bea\"]"));
    world.says(bea, "{\"nick\":{\"nick\":\"ada_l\",\"ref\":\"7\"}}\n");
    let answer = world.text(bea);
    assert!(answer.contains("\"nick_taken\"") && answer.contains("\"ref\":\"7\""), "{answer}");
    // The old name is free again.
    world.native("ada");
}

#[test]
fn a_topic_is_an_entry_of_the_log() {
    let mut world = World::new();
    let (ada, bea) = (world.native("ada"), world.native("bea"));
    world.forget();
    world.says(ada, &say("lobby", "one", "1"));
    world.says(ada, "{\"topic\":{\"room\":\"lobby\",\"text\":\"pasta\"}}\n");
    world.says(ada, &say("lobby", "three", "2"));
    let frames = world.frames(bea);
    assert!(frames[0].contains("\"id\":1"));
    assert!(frames[1].starts_with("{\"topic\":{\"room\":\"lobby\",\"id\":2,\"text\":\"pasta\",\"by\":\"ada\""));
    assert!(frames[2].contains("\"id\":3"));
    let late = world.connect(Dialect::Native);
    world.says(late, "{\"hello\":{\"version\":1,\"nick\":\"late\"}}\n");
    assert!(world.text(late).contains("\"topic\":\"pasta\""));
}

#[test]
fn the_founder_of_a_room_may_kick_and_mute_and_nobody_else() {
    let mut world = World::new();
    let (ada, bea) = (world.native("ada"), world.native("bea"));
    for conn in [ada, bea] {
        world.says(conn, "{\"join\":{\"room\":\"kitchen\"}}\n");
    }
    assert!(world.text(ada).contains("\"operator\":true"));
    assert!(!world.text(bea).contains("\"operator\""));
    world.says(bea, "{\"kick\":{\"room\":\"kitchen\",\"nick\":\"ada\"}}\n");
    assert!(world.text(bea).contains("\"not_operator\""));
    world.says(ada, "{\"mute\":{\"room\":\"kitchen\",\"nick\":\"bea\"}}\n");
    assert!(world.text(bea).contains("\"muted\""));
    world.says(bea, &say("kitchen", "mmm", "1"));
    assert!(world.text(bea).contains("\"code\":\"muted\""));
    world.says(ada, "{\"mute\":{\"room\":\"kitchen\",\"nick\":\"bea\",\"on\":false}}\n");
    world.says(bea, &say("kitchen", "free", "2"));
    assert!(world.text(ada).contains("free"));
    world.says(ada, "{\"kick\":{\"room\":\"kitchen\",\"nick\":\"bea\",\"reason\":\"noise\"}}\n");
    assert!(world.text(bea).contains("{\"kicked\":{\"room\":\"kitchen\",\"nick\":\"bea\",\"by\":\"ada\""));
    world.forget();
    world.says(ada, &say("kitchen", "quiet", "3"));
    assert_eq!(world.text(bea), "");
    assert!(!world.text(ada).contains("\"parted\""), "a kick is told once");
}

#[test]
fn the_lobby_has_no_operator() {
    let mut world = World::new();
    let ada = world.native("ada");
    world.native("bea");
    world.says(ada, "{\"kick\":{\"room\":\"lobby\",\"nick\":\"bea\"}}\n");
    assert!(world.text(ada).contains("\"not_operator\""));
}

#[test]
fn a_direct_conversation_is_opened_for_both_and_named_after_the_other() {
    let mut world = World::new();
    let (ada, bea, eve) = (world.native("ada"), world.native("bea"), world.native("eve"));
    world.forget();
    world.says(ada, &say("@bea", "psst", "1"));
    let heard = world.frames(ada);
    assert!(heard[0].starts_with("{\"room\":{\"room\":\"@bea\""), "{heard:?}");
    assert!(heard[1].starts_with("{\"ack\":{\"nonce\":\"1\",\"room\":\"@bea\",\"id\":1"));
    assert!(heard[2].starts_with("{\"message\":{\"room\":\"@bea\",\"id\":1,\"from\":\"ada\""));
    let heard = world.frames(bea);
    assert!(heard[0].starts_with("{\"room\":{\"room\":\"@ada\""), "{heard:?}");
    assert!(heard[1].starts_with("{\"message\":{\"room\":\"@ada\",\"id\":1,\"from\":\"ada\""));
    assert_eq!(world.frames(eve), Vec::<String>::new());
    world.says(bea, "{\"nick\":{\"nick\":\"bee\"}}\n");
    world.forget();
    world.says(ada, &say("@bee", "still you?", "2"));
    assert!(has(&world.frames(ada), "\"room\":\"@bee\",\"id\":2"));
    assert!(has(&world.frames(bea), "\"room\":\"@ada\",\"id\":2"));
}

#[test]
fn nobody_can_be_written_to_who_does_not_exist_nor_oneself() {
    let mut world = World::new();
    let ada = world.native("ada");
    world.says(ada, &say("@nobody", "hello?", "1"));
    assert!(world.text(ada).contains("\"no_such_nick\""));
    world.says(ada, &say("@ada", "hello me", "2"));
    assert!(world.text(ada).contains("\"not_here\""));
}

#[test]
fn a_tutorial_user_gets_direct_messages_as_rows() {
    let mut world = World::new();
    let ada = world.native("ada");
    let ali = world.guest(Dialect::Nic, "ali");
    world.says(ada, &say("@ali", "psst", "1"));
    world.pass(std::time::Duration::from_millis(100));
    assert_eq!(world.text(ali), "ada (to you): psst\n");
}

#[test]
fn rooms_and_members_are_paged_in_order_of_name() {
    let mut world = World::new();
    let ada = world.native("ada");
    for room in ["c", "a", "b"] {
        world.says(ada, &format!("{{\"join\":{{\"room\":\"{room}\"}}}}\n"));
    }
    world.forget();
    world.says(ada, "{\"rooms\":{\"limit\":2,\"ref\":\"1\"}}\n");
    let page = world.text(ada);
    assert!(page.contains("\"a\"") && page.contains("\"b\"") && !page.contains("\"c\""), "{page}");
    assert!(page.contains("\"has_more\":true") && page.contains("\"ref\":\"1\""));
    world.says(ada, "{\"rooms\":{\"after\":\"b\",\"limit\":2}}\n");
    let page = world.text(ada);
    assert!(page.contains("\"c\"") && page.contains("\"lobby\"") && page.contains("\"has_more\":false"), "{page}");
    world.says(ada, "{\"members\":{\"room\":\"nowhere\",\"limit\":2}}\n");
    assert!(world.text(ada).contains("\"no_such_room\""));
}

#[test]
fn history_is_paged_both_ways() {
    let mut world = World::new();
    let ada = world.native("ada");
    for n in 1..=5 {
        world.says(ada, &say("lobby", &format!("m{n}"), &format!("{n}")));
    }
    world.forget();
    world.says(ada, "{\"history\":{\"room\":\"lobby\",\"before\":4,\"limit\":2,\"ref\":\"h\"}}\n");
    let page = world.text(ada);
    assert!(page.contains("m2") && page.contains("m3") && !page.contains("m1") && !page.contains("m4"), "{page}");
    assert!(page.contains("\"has_more\":true") && page.contains("\"ref\":\"h\""));
    world.says(ada, "{\"history\":{\"room\":\"lobby\",\"after\":4,\"limit\":9}}\n");
    let page = world.text(ada);
    assert!(page.contains("m5") && !page.contains("m4") && page.contains("\"has_more\":false"), "{page}");
}

#[test]
fn typing_and_reading_are_told_to_those_they_concern() {
    let mut world = World::new();
    let (ada, bea) = (world.native("ada"), world.native("bea"));
    world.forget();
    world.says(ada, "{\"typing\":{\"room\":\"lobby\"}}\n");
    assert_eq!(world.frames(bea), ["{\"typing\":{\"room\":\"lobby\",\"nick\":\"ada\"}}"]);
    assert_eq!(world.text(ada), "");
    world.says(ada, "{\"read\":{\"room\":\"lobby\",\"id\":0}}\n");
    assert_eq!(world.text(bea), "");
}

#[test]
fn answers_keep_the_order_of_commands_while_the_store_is_slow() {
    let mut world = World::new();
    let ada = world.native("ada");
    world.late = Some(Vec::new());
    world.says(ada, &say("lobby", "one", "1"));
    world.says(ada, "{\"ping\":{\"token\":\"p\"}}\n");
    world.says(ada, &say("nowhere", "lost", "x"));
    world.says(ada, &say("lobby", "two", "2"));
    assert_eq!(world.text(ada), "", "nothing overtakes the first message");
    world.answer_late();
    let frames = world.frames(ada);
    let order: Vec<&str> = frames.iter().map(|frame| &frame[2..7]).collect();
    assert_eq!(order, ["ack\":", "messa", "pong\"", "error", "ack\":", "messa"], "{frames:?}");
}

#[test]
fn a_repeated_nonce_is_acknowledged_and_not_said_again() {
    let mut world = World::new();
    let (ada, bea) = (world.native("ada"), world.native("bea"));
    world.forget();
    for _ in 0..2 {
        world.says(ada, &say("lobby", "once", "n1"));
    }
    assert_eq!(world.frames(bea).len(), 1);
    let frames = world.frames(ada);
    assert_eq!(frames.iter().filter(|frame| frame.contains("\"ack\"")).count(), 2);
    assert_eq!(frames.iter().filter(|frame| frame.contains("\"message\"")).count(), 1);
}

#[test]
fn a_page_reaches_past_topics_to_messages() {
    let mut world = World::new();
    let ada = world.native("ada");
    world.says(ada, &say("lobby", "long ago", "1"));
    for n in 0..50 {
        world.says(ada, &format!("{{\"topic\":{{\"room\":\"lobby\",\"text\":\"t{n}\"}}}}\n"));
    }
    world.forget();
    world.says(ada, "{\"history\":{\"room\":\"lobby\",\"limit\":10}}\n");
    let page = world.text(ada);
    assert!(page.contains("long ago") && page.contains("\"has_more\":false"), "{page}");
}
