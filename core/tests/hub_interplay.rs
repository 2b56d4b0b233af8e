//! What happens when several things go wrong at once: late answers, lost connections, other sessions, other owners of
//! a name.

mod world;

use std::time::Duration;

use parlor_core::hub::Input;
use parlor_core::id::ConnId;
use parlor_core::limits::Pace;
use parlor_core::wire::Dialect;
use world::{World, config, member, say};

fn hello(w: &mut World, nick: &str, more: &str) -> (ConnId, String) {
    let conn = w.connect(Dialect::Native);
    w.says(conn, &format!("{{\"hello\":{{\"version\":1,\"nick\":\"{nick}\"{more}}}}}\n"));
    let text = w.text(conn);
    let token = if text.contains("token") { member(&text, "token") } else { String::new() };
    (conn, token)
}

fn log_of(w: &mut World, conn: ConnId, room: &str) -> String {
    w.text(conn);
    w.says(conn, &format!("{{\"join\":{{\"room\":\"{room}\"}}}}\n"));
    let text = w.text(conn);
    member(&text, "log")
}

#[test]
fn an_operator_may_put_oneself_out_of_an_otherwise_empty_room() {
    let mut w = World::new();
    let (a, token) = hello(&mut w, "ada", "");
    w.says(a, "{\"join\":{\"room\":\"kitchen\"}}\n");
    let (_b, _) = hello(&mut w, "ada", &format!(",\"token\":\"{token}\""));
    w.says(a, "{\"kick\":{\"room\":\"kitchen\",\"nick\":\"ada\"}}\n");
}

#[test]
fn a_hello_may_name_a_room_twice() {
    let mut w = World::new();
    let (a, _) = hello(&mut w, "ada", ",\"rooms\":[\"kitchen\",\"kitchen\"]");
    w.vanishes(a);
}

#[test]
fn a_lost_connection_may_be_refused_for_the_last_time() {
    let mut w = World::new();
    let ada = w.native("ada");
    w.says(ada, "{\"quit\":{}}\n");
    w.late = Some(Vec::new());
    let conn = w.connect(Dialect::Native);
    w.says(conn, &"{\"hello\":{\"version\":1,\"nick\":\"ada\"}}\n".repeat(5));
    w.vanishes(conn);
    for _ in 0..5 {
        w.answer_late();
        w.late = Some(Vec::new());
    }
    w.answer_late();
    assert_eq!(w.hub.connections(), 0);
}

#[test]
fn a_late_rename_takes_nobodys_name() {
    let mut w = World::new();
    let (a, token) = hello(&mut w, "modern", "");
    let (b, _) = hello(&mut w, "modern", &format!(",\"token\":\"{token}\""));
    w.late = Some(Vec::new());
    w.says(b, "{\"nick\":{\"nick\":\"bob\"}}\n");
    w.says(a, "{\"nick\":{\"nick\":\"rnodern\"}}\n");
    let mut asks = w.late.take().unwrap().into_iter();
    w.late = Some(Vec::new());
    let (ticket, ask) = asks.next().unwrap();
    let answer = w.store.answer(ask);
    w.input(Input::Answered { ticket, answer });
    let c = w.connect(Dialect::Native);
    w.says(c, "{\"hello\":{\"version\":1,\"nick\":\"modern\"}}\n");
    let (ticket, ask) = asks.next().unwrap();
    let answer = w.store.answer(ask);
    w.input(Input::Answered { ticket, answer });
    w.answer_late();
}

#[test]
fn a_guest_who_comes_back_is_reached_by_name() {
    let mut w = World::new();
    let ada = w.native("ada");
    let ali = w.guest(Dialect::Prompt, "ali\n");
    w.says(ada, &say("@ali", "one", "1"));
    assert!(w.text(ali).contains("one"));
    w.vanishes(ali);
    let ali = w.guest(Dialect::Prompt, "ali\n");
    w.says(ada, &say("@ali", "two", "2"));
    assert!(w.text(ali).contains("two"), "{}", w.text(ada));
}

#[test]
fn a_direct_message_goes_to_whoever_has_the_name_now() {
    let mut w = World::new();
    let bob = w.native("bob");
    let ada = w.native("ada");
    w.says(bob, "{\"join\":{\"room\":\"@ada\"}}\n");
    w.says(ada, "{\"nick\":{\"nick\":\"eve\"}}\n");
    let (new, _) = hello(&mut w, "ada", "");
    w.forget();
    w.says(bob, &say("@ada", "for the one called ada", "1"));
    let (old, new) = (w.text(ada), w.text(new));
    assert!(!old.contains("for the one"), "eve got it: {old}");
    assert!(new.contains("for the one"), "{new}");
}

#[test]
fn who_is_back_under_another_name_speaks_by_that() {
    let mut w = World::new();
    let bob = w.native("bob");
    let (ada, token) = hello(&mut w, "ada", "");
    w.says(bob, "{\"join\":{\"room\":\"@ada\"}}\n");
    w.says(ada, "{\"quit\":{}}\n");
    let (eve, _) = hello(&mut w, "eve", &format!(",\"token\":\"{token}\""));
    w.forget();
    w.says(eve, &say("@bob", "hello from eve", "9"));
    let t = w.text(bob);
    assert!(!t.contains("\"room\":\"@ada\""), "{t}");
}

#[test]
fn whoever_starves_is_fed_though_another_asks_nothing() {
    let mut c = config();
    c.limits.questions_max = 1;
    c.limits.appends_per_session_max = 1;
    let mut w = World::with(c);
    let (a, b, d) = (w.native("ada"), w.native("bob"), w.native("cid"));
    w.late = Some(Vec::new());
    w.says(a, &say("lobby", "first", "1"));
    w.says(b, &say("lobby", "second", "2"));
    w.says(d, "{\"ping\":{\"token\":\"x\"}}\n");
    w.answer_late();
    w.pass(Duration::from_secs(5));
    let t = w.text(a);
    assert!(t.contains("second"), "{t}");
}

#[test]
fn a_name_cut_while_out_of_tokens_costs_no_message() {
    let mut c = config();
    c.limits.pace = Some(Pace { burst: 4, per_second: 1 });
    let mut w = World::with(c);
    let ada = w.native("ada");
    let n = w.guest(Dialect::Nic, "ali");
    w.says(n, "ali: a\nali: b\nali: c\nali: d\n");
    w.says(n, "ali: x\nal");
    w.pass(Duration::from_millis(100));
    w.says(n, "i: m1\n");
    w.pass(Duration::from_secs(20));
    let t = w.text(ada);
    assert!(t.contains("\"x\"") && t.contains("\"m1\""), "{t}");
}

#[test]
fn a_drain_ends_a_departure_that_waits_for_an_answer() {
    let mut w = World::new();
    let a = w.native("ada");
    w.late = Some(Vec::new());
    w.says(a, &say("lobby", "bye", "1"));
    w.vanishes(a);
    w.input(Input::Drain);
    w.turn();
    w.answer_late();
    w.pass(Duration::from_secs(5));
    assert!(w.hub.is_empty());
}

#[test]
fn ones_own_name_is_free_once_the_other_session_is_gone() {
    let mut w = World::new();
    let (a, token) = hello(&mut w, "ada", "");
    w.late = Some(Vec::new());
    let b = w.connect(Dialect::Native);
    w.says(b, &format!("{{\"hello\":{{\"version\":1,\"nick\":\"ada\",\"token\":\"{token}\"}}}}\n"));
    w.says(a, "{\"quit\":{}}\n");
    w.answer_late();
    let t = w.text(b);
    assert!(t.contains("welcome"), "{t}");
}

#[test]
fn coming_back_to_many_rooms_is_no_slow_reading() {
    let mut w = World::new();
    let rooms: Vec<String> = (0..8).map(|n| format!("room{n}x")).collect();
    let list = rooms.iter().map(|r| format!("\"{r}\"")).collect::<Vec<_>>().join(",");
    let (a, _) = hello(&mut w, "ada", &format!(",\"rooms\":[{list}]"));
    let (b, token) = hello(&mut w, "bob", &format!(",\"rooms\":[{list}]"));
    let logs: Vec<String> = rooms.iter().map(|r| log_of(&mut w, b, r)).collect();
    w.vanishes(b);
    for r in &rooms {
        for n in 0..100 {
            w.says(a, &say(r, &"x".repeat(500), &format!("{r}{n}")));
            w.pass(Duration::from_millis(100));
        }
    }
    let resume = rooms
        .iter()
        .zip(&logs)
        .map(|(r, l)| format!("\"{r}\":{{\"log\":\"{l}\",\"id\":0}}"))
        .collect::<Vec<_>>()
        .join(",");
    let conn = w.connect(Dialect::Native);
    w.says(conn, &format!("{{\"hello\":{{\"version\":1,\"nick\":\"bob\",\"token\":\"{token}\",\"rooms\":[{list}],\"resume\":{{{resume}}}}}}}\n"));
    assert_eq!(w.closed(conn), None);
    assert!(!w.text(conn).contains("slow_reader"));
}

#[test]
fn a_session_that_waits_for_its_answers_does_not_count_against_the_next() {
    let mut c = config();
    c.limits.sessions_per_identity_max = 2;
    let mut w = World::with(c);
    let (a, token) = hello(&mut w, "ada", "");
    let again = format!(",\"token\":\"{token}\"");
    let (b, _) = hello(&mut w, "ada", &again);
    w.late = Some(Vec::new());
    w.says(a, &say("lobby", "waits", "1"));
    let verify = |w: &mut World| {
        let conn = w.connect(Dialect::Native);
        w.says(conn, &format!("{{\"hello\":{{\"version\":1,\"nick\":\"ada\"{again}}}}}\n"));
        let (ticket, ask) = w.late.as_mut().unwrap().pop().unwrap();
        let answer = w.store.answer(ask);
        w.input(Input::Answered { ticket, answer });
        w.turn();
    };
    verify(&mut w);
    assert!(w.closed(a).is_some());
    assert!(w.closed(b).is_none());
    verify(&mut w);
    assert!(w.closed(b).is_some());
}
