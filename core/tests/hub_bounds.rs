//! Every bound is reached, and refused in words: outboxes, caps, pace, faults, deadlines.

mod world;

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use parlor_core::hub::Closing;
use parlor_core::limits::Pace;
use parlor_core::vocabulary::Reason;
use parlor_core::wire::Dialect;
use world::{World, config, has, say};

fn unpaced() -> parlor_core::hub::HubConfig {
    let mut config = config();
    config.limits.pace = None;
    config.limits.pace_costly = None;
    config
}

#[test]
fn a_stalled_reader_is_cut_off_within_its_bound_and_nobody_else_misses_anything() {
    let mut config = unpaced();
    config.limits.outbox_bytes_max = 128 * 1024;
    let mut world = World::with(config);
    let (ada, bea, eve) = (world.native("ada"), world.native("bea"), world.native("eve"));
    world.forget();
    world.ends.get_mut(&eve).unwrap().stalled = true;
    let text = "x".repeat(1_000);
    let mut sent = 0;
    while world.closed(eve).is_none() && sent < 1_000 {
        world.says(ada, &say("lobby", &text, &format!("{sent}")));
        sent += 1;
        // The driver tries once a turn; nothing is taken.
        world.hub.transmitted(eve, 0);
        world.outputs();
        if sent > 200 {
            world.pass(Duration::from_secs(1));
        }
    }
    assert_eq!(world.closed(eve).map(|(reason, _)| reason), Some(Reason::SlowReader));
    assert!(sent < 300, "cut off after {sent} messages");
    let heard = world.frames(bea).into_iter().filter(|frame| frame.contains("\"message\"")).count();
    assert_eq!(heard, sent);
}

#[test]
fn a_slow_reader_that_reads_again_is_told_why_it_was_closed() {
    let mut config = unpaced();
    config.limits.outbox_bytes_max = 128 * 1024;
    let mut world = World::with(config);
    let (ada, eve) = (world.native("ada"), world.native("eve"));
    world.ends.get_mut(&eve).unwrap().stalled = true;
    let text = "x".repeat(1_000);
    let mut cut = false;
    for n in 0..300 {
        world.says(ada, &say("lobby", &text, &format!("{n}")));
        if !cut && n == 3 {
            // A short write: half a frame is on its way.
            let half = world.hub.transmit(eve)[..100].to_vec();
            let now = world.now.instant;
            world.ends.get_mut(&eve).unwrap().writes.push((now, half));
            world.hub.transmitted(eve, 100);
            world.outputs();
            cut = true;
        }
    }
    assert_eq!(world.closed(eve), None, "the last words wait for the reader a little");
    world.ends.get_mut(&eve).unwrap().stalled = false;
    world.turn();
    let frames = world.frames(eve);
    assert!(frames.last().unwrap().starts_with("{\"bye\":{\"code\":\"slow_reader\""), "{:?}", frames.last());
    assert!(frames.iter().all(|frame| frame.starts_with('{') && frame.ends_with('}')), "no frame is torn");
    assert_eq!(world.closed(eve), Some((Reason::SlowReader, Closing::Finish)));
}

#[test]
fn all_outboxes_together_are_bounded_and_the_worst_reader_goes_first() {
    let mut config = unpaced();
    config.limits.outbox_bytes_total_max = 256 * 1024;
    let mut world = World::with(config);
    let ada = world.native("ada");
    let stalled: Vec<_> = (0..4).map(|n| world.native(&format!("s{n}"))).collect();
    for conn in &stalled {
        world.ends.get_mut(conn).unwrap().stalled = true;
    }
    let text = "x".repeat(1_000);
    for n in 0..120 {
        world.says(ada, &say("lobby", &text, &format!("{n}")));
        for conn in &stalled {
            world.hub.transmitted(*conn, 0);
            world.outputs();
        }
    }
    world.pass(Duration::from_secs(3));
    let cut = stalled.iter().filter(|conn| world.closed(**conn).is_some()).count();
    assert!((1..4).contains(&cut), "{cut} of 4 were cut off");
    assert_eq!(world.closed(ada), None);
}

#[test]
fn a_reader_that_takes_nothing_for_30_s_is_given_up() {
    let mut world = World::new();
    let (ada, eve) = (world.native("ada"), world.native("eve"));
    world.ends.get_mut(&eve).unwrap().stalled = true;
    world.says(ada, &say("lobby", "hello", "1"));
    world.hub.transmitted(eve, 0);
    world.outputs();
    // It still sends: liveness alone would keep it.
    for _ in 0..7 {
        world.pass(Duration::from_secs(5));
        world.says(eve, "{\"pong\":{\"token\":\"x\"}}\n");
        world.says(ada, "{\"pong\":{\"token\":\"x\"}}\n");
    }
    world.pass(Duration::from_secs(3));
    assert_eq!(world.closed(eve).map(|(reason, _)| reason), Some(Reason::Stalled));
    assert_eq!(world.closed(ada), None);
}

#[test]
fn a_flooder_is_slowed_not_cut_and_loses_none_of_its_lines() {
    let mut world = World::new();
    let (ada, bea) = (world.native("ada"), world.native("bea"));
    world.forget();
    let lines: String = (0..500).map(|n| say("lobby", &format!("line {n}"), &format!("{n}"))).collect();
    world.says(ada, &lines);
    assert!(world.ends[&ada].paused, "no tokens, no reading");
    let at_once = world.frames(bea).len();
    assert_eq!(at_once, 64, "a burst passes");
    world.pass(Duration::from_secs(40));
    let frames = world.frames(bea);
    assert_eq!(at_once + frames.iter().filter(|frame| frame.contains("line")).count(), 500);
    assert!(!world.ends[&ada].paused);
    assert_eq!(world.closed(ada), None);
}

#[test]
fn what_was_sent_before_the_end_is_said_before_the_leave() {
    let mut world = World::new();
    let ali = world.guest(Dialect::Prompt, "ali\n");
    let bea = world.native("bea");
    world.text(bea);
    let lines: String = (0..100).map(|n| format!("line {n}\n")).collect();
    world.says(ali, &lines);
    world.vanishes(ali);
    let frames = world.frames(bea);
    assert_eq!(frames.iter().filter(|frame| frame.contains("line ")).count(), 100);
    assert!(frames.last().unwrap().starts_with("{\"parted\""), "{:?}", frames.last());
}

#[test]
fn costly_commands_are_refused_in_words_when_too_frequent() {
    let mut config = config();
    config.limits.pace_costly = Some(Pace { burst: 2, per_second: 1 });
    let mut world = World::with(config);
    let ada = world.native("ada");
    for _ in 0..2 {
        world.says(ada, "{\"typing\":{\"room\":\"lobby\"}}\n");
        assert_eq!(world.text(ada), "");
    }
    world.says(ada, "{\"typing\":{\"room\":\"lobby\",\"ref\":\"t\"}}\n");
    assert!(world.text(ada).contains("\"rate_limited\""));
}

#[test]
fn faults_are_answered_and_too_many_close_the_connection() {
    let mut world = World::new();
    let ada = world.native("ada");
    for n in 0..9 {
        world.says(ada, "this is not JSON\n");
        let text = world.text(ada);
        assert!(text.contains("\"bad_frame\""), "{text}");
        assert_eq!(world.closed(ada).is_some(), n == 8, "fault {n}");
    }
    // One a minute is forgiven.
    let bea = world.native("bea");
    for _ in 0..20 {
        world.says(bea, "this is not JSON\n");
        for _ in 0..3 {
            world.pass(Duration::from_secs(21));
            world.says(bea, "{\"ping\":{\"token\":\"x\"}}\n");
        }
    }
    assert_eq!(world.closed(bea), None);
}

#[test]
fn caps_on_connections_are_refused_in_the_dialects_own_words() {
    let mut config = config();
    config.limits.sessions_max = 3;
    config.limits.handshakes_max = 3;
    let mut world = World::with(config);
    for _ in 0..3 {
        world.connect(Dialect::Native);
    }
    let refused = world.connect_from(Dialect::Native, None).unwrap_err();
    assert_eq!(refused.reason, Reason::ServerFull);
    assert!(refused.farewell.starts_with(b"{\"bye\":{\"code\":\"server_full\""));
    let refused = world.connect_from(Dialect::Nic, None).unwrap_err();
    assert_eq!(&*refused.farewell, b"The server is full; try again later.\n");
    assert_eq!(refused.how, Closing::Reset);
}

#[test]
fn caps_per_address_count_a_slash_64_as_one_and_exempt_loopback() {
    let mut config = config();
    config.limits.handshakes_per_address_max = 2;
    config.limits.sessions_per_address_max = 3;
    let mut world = World::with(config);
    let at = |text: &str| Some(text.parse::<IpAddr>().unwrap());
    for host in ["2001:db8::1", "2001:db8::2"] {
        let conn = world.connect_from(Dialect::Native, at(host)).unwrap();
        let _ = conn;
    }
    let refused = world.connect_from(Dialect::Native, at("2001:db8::3")).unwrap_err();
    assert_eq!(refused.reason, Reason::AddressFull);
    world.connect_from(Dialect::Native, at("2001:db8:0:1::3")).unwrap();
    for _ in 0..20 {
        world.connect_from(Dialect::Native, at("127.0.0.1")).unwrap();
        world.connect_from(Dialect::Native, at("::ffff:127.0.0.1")).unwrap();
    }
    // Finished handshakes make room for others, up to the sessions.
    let v4 = Some(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)));
    for nick in ["a1", "a2", "a3"] {
        let conn = world.connect_from(Dialect::Native, v4).unwrap();
        world.says(conn, &format!("{{\"hello\":{{\"version\":1,\"nick\":\"{nick}\"}}}}\n"));
    }
    assert_eq!(world.connect_from(Dialect::Native, v4).unwrap_err().reason, Reason::AddressFull);
}

#[test]
fn caps_on_rooms_are_refused_in_words() {
    let mut config = unpaced();
    config.limits.rooms_per_session_max = 3;
    config.limits.rooms_max = 4;
    let mut world = World::with(config);
    let (ada, bea) = (world.native("ada"), world.native("bea"));
    for room in ["one", "two"] {
        world.says(ada, &format!("{{\"join\":{{\"room\":\"{room}\"}}}}\n"));
    }
    world.forget();
    world.says(ada, "{\"join\":{\"room\":\"three\",\"ref\":\"r\"}}\n");
    let text = world.text(ada);
    assert!(text.contains("\"too_many_rooms\"") && text.contains("\"ref\":\"r\""), "{text}");
    world.says(bea, "{\"join\":{\"room\":\"three\"}}\n");
    world.says(bea, "{\"join\":{\"room\":\"four\"}}\n");
    assert!(has(&world.frames(bea), "\"server_full\""));
}

#[test]
fn open_questions_are_bounded_and_everybody_goes_on_afterwards() {
    let mut config = unpaced();
    config.limits.questions_max = 16;
    config.limits.appends_per_session_max = 8;
    let mut world = World::with(config);
    let talkers: Vec<_> = (0..4).map(|n| world.native(&format!("t{n}"))).collect();
    let watch = world.native("watch");
    world.text(watch);
    world.late = Some(Vec::new());
    for conn in &talkers {
        let lines: String = (0..20).map(|n| say("lobby", "hi", &format!("{n}"))).collect();
        world.says(*conn, &lines);
    }
    assert_eq!(world.late.as_ref().unwrap().len(), 16);
    world.answer_late();
    world.pass(Duration::from_millis(1));
    assert_eq!(world.frames(watch).len(), 80);
}

#[test]
fn an_unfinished_handshake_ends_in_words() {
    let mut world = World::new();
    let native = world.connect(Dialect::Native);
    world.says(native, "{\"hello\":{\"ver");
    let nic = world.connect(Dialect::Nic);
    world.pass(Duration::from_secs(31));
    assert!(world.text(native).contains("\"handshake_timeout\""));
    assert_eq!(world.closed(nic), None, "a tutorial client asks its user only after connecting");
    world.pass(Duration::from_secs(270));
    assert_eq!(world.closed(nic), Some((Reason::HandshakeTimeout, Closing::Reset)));
}

#[test]
fn silence_is_pinged_and_then_given_up_and_half_a_frame_is_silence() {
    let mut world = World::new();
    let (ada, bea) = (world.native("ada"), world.native("bea"));
    world.says(bea, "{\"say\":{\"room\":\"lob");
    world.forget();
    world.pass(Duration::from_secs(31));
    assert!(world.text(ada).contains("\"ping\""));
    world.says(ada, "{\"pong\":{\"token\":\"alive?\"}}\n");
    world.pass(Duration::from_secs(30));
    assert_eq!(world.closed(ada), None);
    assert_eq!(world.closed(bea), Some((Reason::PingTimeout, Closing::Finish)));
}

#[test]
fn a_large_room_is_told_of_comings_and_goings_in_bulk() {
    let mut config = unpaced();
    config.limits.presence_members_max = 5;
    let mut world = World::with(config);
    let ada = world.native("ada");
    for n in 0..20 {
        let conn = world.native(&format!("n{n}"));
        if n > 10 {
            world.says(conn, "{\"quit\":{}}\n");
        }
    }
    let frames = world.frames(ada);
    assert_eq!(frames.iter().filter(|frame| frame.starts_with("{\"joined\"")).count(), 4, "{frames:?}");
    assert_eq!(frames.len(), 4);
    world.pass(Duration::from_secs(1));
    let frames = world.frames(ada);
    assert_eq!(frames.len(), 1, "{frames:?}");
    assert!(frames[0].starts_with("{\"presence\":{\"room\":\"lobby\",\"count\":12"), "{frames:?}");
    assert!(frames[0].contains("\"n10\""));
    assert!(!frames[0].contains("\"n19\""), "who came and went again is not told of");
}

#[test]
fn what_a_large_room_has_to_tell_is_told_within_a_second_and_a_second_apart() {
    let mut config = unpaced();
    config.limits.presence_members_max = 1;
    let mut world = World::with(config);
    let ada = world.native("ada");
    world.native("bea");
    for n in 0..40 {
        world.native(&format!("n{n}"));
        world.pass(Duration::from_millis(130));
    }
    let came = world.now.instant;
    world.pass(Duration::from_secs(5));
    let news: Vec<_> =
        world.ends[&ada].writes.iter().filter(|(_, write)| write.starts_with(b"{\"presence\"")).collect();
    let apart = news.windows(2).map(|pair| pair[1].0.saturating_since(pair[0].0));
    assert!(apart.into_iter().all(|apart| apart >= Duration::from_secs(1)), "at most once a second");
    let last = news.last().expect("there was news");
    assert!(last.0.saturating_since(came) <= Duration::from_secs(1), "nobody waits longer for the last of it");
    assert!(String::from_utf8_lossy(&last.1).contains("\"count\":42,"));
    for n in 0..40 {
        let name = format!("\"n{n}\"");
        let told = news.iter().filter(|(_, write)| String::from_utf8_lossy(write).contains(&name)).count();
        assert_eq!(told, 1, "n{n} is told of, once");
    }
}

#[test]
fn who_asks_faster_than_it_reads_is_read_no_faster_and_not_cut_off() {
    let mut world = World::with(unpaced());
    let ada = world.native("ada");
    let text = "x".repeat(2_000);
    for n in 0..40 {
        world.says(ada, &say("lobby", &text, &format!("{n}")));
    }
    world.forget();
    world.ends.get_mut(&ada).unwrap().stalled = true;
    let asks = "{\"history\":{\"room\":\"lobby\",\"limit\":200}}\n".repeat(30);
    world.says(ada, &asks);
    assert!(world.ends[&ada].paused);
    assert_eq!(world.closed(ada), None);
    world.ends.get_mut(&ada).unwrap().stalled = false;
    world.turn();
    assert_eq!(world.frames(ada).len(), 30);
    assert!(!world.ends[&ada].paused);
}

#[test]
fn a_slow_store_is_not_taken_for_a_silent_client() {
    let mut world = World::new();
    let ada = world.native("ada");
    world.late = Some(Vec::new());
    world.says(ada, &say("lobby", "one", "1"));
    world.says(ada, "{\"join\":{\"room\":\"kitchen\"}}\n");
    world.pass(Duration::from_secs(300));
    assert_eq!(world.closed(ada), None);
}

#[test]
fn conversations_that_others_open_do_not_use_up_ones_rooms() {
    let mut config = unpaced();
    config.limits.rooms_per_session_max = 3;
    let mut world = World::with(config);
    let ada = world.native("ada");
    for n in 0..5 {
        let stranger = world.native(&format!("s{n}"));
        world.says(stranger, &say("@ada", "hello", "1"));
    }
    world.forget();
    world.says(ada, "{\"join\":{\"room\":\"kitchen\"}}\n");
    assert!(world.text(ada).contains("{\"room\":{\"room\":\"kitchen\""));
    world.native("late");
    world.forget();
    world.says(ada, &say("@late", "hello", "2"));
    assert!(world.text(ada).contains("\"too_many_rooms\""));
}

#[test]
fn bulk_news_of_somebody_who_has_gone_again_is_not_told() {
    let mut config = unpaced();
    config.limits.presence_members_max = 2;
    let mut world = World::with(config);
    let ada = world.native("ada");
    let rest: Vec<_> = ["bea", "cam"].iter().map(|nick| world.native(nick)).collect();
    world.pass(Duration::from_secs(2));
    world.forget();
    let troll = world.native("troll");
    world.says(troll, "{\"nick\":{\"nick\":\"elf\"}}\n");
    let guest = world.native("guest");
    world.says(guest, "{\"quit\":{}}\n");
    world.says(rest[0], "{\"part\":{\"room\":\"lobby\"}}\n");
    world.says(rest[0], "{\"join\":{\"room\":\"lobby\"}}\n");
    world.pass(Duration::from_secs(2));
    let news = world.text(ada);
    assert!(news.contains("\"joined\":[\"elf\"]"), "{news}");
    assert!(!news.contains("guest") && !news.contains("\"bea\""), "{news}");
}
