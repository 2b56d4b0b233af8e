//! The log: follows the newest line, stays put where somebody reads, and fetches older ones.

mod desk;

use cursive::event::{Event, Key};
use desk::Desk;
use tui::term::Extra;

const USUAL: (usize, usize) = (80, 24);

#[test]
fn the_log_follows_the_newest_line() {
    let mut desk = Desk::online(USUAL);
    desk.chatter(60);
    desk.sees("line 60.");
    desk.does_not_see("line 30.");
    desk.does_not_see("▼");
}

#[test]
fn scrolled_up_it_stays_put_and_tells_what_is_new() {
    let mut desk = Desk::online(USUAL);
    desk.chatter(60);
    desk.key(Key::PageUp);
    desk.does_not_see("line 60.");
    let before: Vec<String> = desk.rows().iter().take(20).map(|row| (*row).to_owned()).collect();
    desk.bea("news one");
    desk.bea("news two");
    assert_eq!(desk.rows().get(1..20).unwrap(), before.get(1..20).unwrap());
    desk.sees("▼ 2 new (End)");
    desk.key(Key::End);
    desk.sees("news two");
    desk.does_not_see("▼");
}

#[test]
fn page_down_comes_back_to_following() {
    let mut desk = Desk::online(USUAL);
    desk.chatter(60);
    desk.key(Key::PageUp);
    desk.key(Key::PageUp);
    desk.key(Key::PageDown);
    desk.sees("▼");
    desk.key(Key::PageDown);
    desk.does_not_see("▼");
    desk.bea("fresh");
    desk.sees("fresh");
}

#[test]
fn home_shows_the_oldest_line_at_the_top() {
    let mut desk = Desk::online(USUAL);
    desk.chatter(60);
    desk.key(Key::Home);
    let first = desk.rows().iter().position(|row| row.contains("line 1.")).unwrap();
    assert!(first <= 2, "{}", desk.screen());
    let there = desk.screen().to_owned();
    desk.key(Key::Up);
    assert_eq!(desk.screen(), there);
    desk.key(Key::Down);
    desk.does_not_see(" ada joined");
    assert_ne!(desk.screen(), there);
}

#[test]
fn sending_while_scrolled_up_comes_back_to_the_newest_line() {
    let mut desk = Desk::online(USUAL);
    desk.chatter(60);
    desk.key(Key::PageUp);
    desk.types("me too");
    desk.key(Key::Enter);
    desk.sees("ada: me too");
}

#[test]
fn what_came_while_nobody_looked_stands_below_a_line() {
    let mut desk = Desk::online(USUAL);
    desk.bea("seen");
    desk.event(Extra::Focus(false).into_event());
    desk.bea("unseen");
    let rows = desk.rows();
    let line = rows.iter().position(|row| row.contains("── new ──")).unwrap();
    assert!(rows.get(line + 1).unwrap().contains("unseen"));
    assert!(rows.get(line - 1).unwrap().contains("seen"));
}

/// Answers the client's question for a page.
#[track_caller]
fn page(desk: &mut Desk, ids: std::ops::RangeInclusive<u64>) {
    let sent = desk.sent();
    assert!(sent.contains(r#"{"history":"#), "{sent}");
    let reference = sent.rsplit(r#""ref":""#).next().and_then(|rest| rest.split('"').next()).unwrap().to_owned();
    let message = |id| format!(r#"{{"room":"lobby","id":{id},"from":"bea","at":1763804801000,"text":"line {id}."}}"#);
    let messages = ids.map(message).collect::<Vec<_>>().join(",");
    desk.says(&format!(r#"{{"page":{{"room":"lobby","messages":[{messages}],"has_more":true,"ref":"{reference}"}}}}"#));
}

#[test]
fn older_messages_are_asked_for_at_the_top() {
    let mut desk = Desk::dialling(USUAL);
    desk.server.connected();
    desk.says(desk::WELCOME);
    desk.says(&desk::LOBBY.replace(r#""last_id":0"#, r#""last_id":500"#));
    // The newest page comes first.
    page(&mut desk, 461..=500);
    desk.sees("line 500.");
    desk.does_not_see("line 461.");
    desk.key(Key::Home);
    desk.sees("line 461.");
    page(&mut desk, 421..=460);
    desk.sees("line 461.");
    desk.key(Key::PageUp);
    desk.sees("line 445.");
}

#[test]
fn on_a_screen_that_is_taller_than_what_is_held_older_messages_can_be_had() {
    let mut desk = Desk::online((80, 70));
    // Eight messages of many, which do not fill the screen.
    desk.says(GARDEN);
    desk.session.intent(parlor_core::client::Intent::Cycle(1));
    desk.look();
    let reference = desk.sent().split(r#""ref":""#).nth(1).and_then(|rest| rest.split('"').next()).map(str::to_owned);
    let reference = reference.expect("the first page is asked for");
    let message = |id| format!(r#"{{"room":"garden","id":{id},"from":"bea","at":1763804800000,"text":"old {id}."}}"#);
    let page: Vec<String> = (93..=100).map(message).collect();
    desk.says(&format!(
        r#"{{"page":{{"room":"garden","messages":[{}],"has_more":true,"ref":"{reference}"}}}}"#,
        page.join(",")
    ));
    desk.sees("old 93.");
    desk.sent();
    desk.key(Key::PageUp);
    let sent = desk.sent();
    assert!(sent.contains(r#""history""#) && sent.contains(r#""before":93"#), "{sent}");
}

#[test]
fn keys_that_arrive_together_with_a_change_of_room_belong_to_the_other_room() {
    let mut desk = Desk::online(USUAL);
    desk.says(GARDEN_NEW);
    desk.types("half a thought");
    desk.sent();
    desk.burst([Event::Alt(Key::Down), Event::Char('x'), Event::Key(Key::Enter)]);
    let sent = desk.sent();
    assert!(!sent.contains("half a thought"), "{sent}");
    assert!(sent.contains(r#""room":"garden""#) && sent.contains(r#""text":"x""#), "{sent}");
    desk.event(Event::Alt(Key::Up));
    desk.sees("half a thought");
}

const GARDEN: &str = r#"{"room":{"room":"garden","log":"00000000000000bb","first_id":1,"last_id":100,"topic":"","count":1,"members":["ada"]}}"#;
const GARDEN_NEW: &str = r#"{"room":{"room":"garden","log":"00000000000000bb","first_id":1,"last_id":0,"topic":"","count":1,"members":["ada"]}}"#;
