//! What was said before: looking for it, going there, correcting it, taking it back, reading on backwards.

mod common;

use common::{Desk, json};
use eframe::egui::accesskit::Role;
use eframe::egui::{Event, Key, Modifiers, vec2};
use egui_kittest::kittest::{NodeT, Queryable};

/// A message as it stands in a page.
fn said(room: &str, id: u64, from: &str, text: &str) -> String {
    let (room, from, text, at) = (json(room), json(from), json(text), 1_763_700_000_000 + id * 1_000);
    format!(r#"{{"room":{room},"id":{id},"from":{from},"at":{at},"text":{text}}}"#)
}

/// The frame of a page: the answer to the last request among `sent`.
fn page(sent: &str, messages: &[String], rest: &str) -> String {
    let reference = sent.rsplit(r#""ref":""#).next().and_then(|rest| rest.split('"').next()).unwrap_or_default();
    format!(r#"{{"page":{{"messages":[{}],{rest},"ref":"{reference}"}}}}"#, messages.join(","))
}

/// In the lobby, of whose log `held` are shown and earlier ones kept.
fn with_history(first_id: u64, held: std::ops::RangeInclusive<u64>) -> Desk {
    let mut desk = Desk::dialling();
    desk.server.connected();
    desk.says(&common::welcome("ada"));
    desk.says(&format!(
        r#"{{"room":{{"room":"lobby","log":"00000000000000aa","first_id":{first_id},"last_id":{},"topic":"","count":1,"members":["ada"]}}}}"#,
        held.end()
    ));
    let messages: Vec<String> = held.clone().map(|id| said("lobby", id, "bea", &text(id))).collect();
    let answer = page(&desk.sent(), &messages, &format!(r#""room":"lobby","has_more":{}"#, *held.start() > first_id));
    desk.says(&answer);
    desk.window.run();
    desk
}

/// Texts of unequal height, by the same few people.
fn text(id: u64) -> String {
    format!("number {id} {}", "words that wrap at some width ".repeat((id * 7 % 11) as usize))
}

/// The page before what is held.
fn older(desk: &mut Desk, ids: std::ops::RangeInclusive<u64>, has_more: bool) {
    let sent = desk.sent();
    assert!(sent.contains(r#""history""#), "{sent}");
    let messages: Vec<String> = ids.map(|id| said("lobby", id, "bea", &text(id))).collect();
    let answer = page(&sent, &messages, &format!(r#""room":"lobby","has_more":{has_more}"#));
    desk.says(&answer);
    desk.window.run();
}

fn open_search(desk: &mut Desk, query: &str) {
    desk.press(Modifiers::COMMAND, Key::F);
    desk.type_text(query);
    desk.press(Modifiers::NONE, Key::Enter);
}

fn search_field(desk: &Desk) -> String {
    desk.window.get_by_role_and_label(Role::TextInput, "Search messages").value().unwrap_or_default()
}

/// What was found, from top to bottom.
fn hits(desk: &Desk) -> Vec<String> {
    let nodes = desk.window.query_all_by_label_contains(" in ");
    let mut hits: Vec<_> = nodes
        .filter(|node| node.accesskit_node().role() == Role::Button)
        .map(|node| (node.rect().top(), node.accesskit_node().label().unwrap_or_default()))
        .collect();
    hits.sort_by(|a, b| a.0.total_cmp(&b.0));
    hits.into_iter().map(|(_, label)| label.split(": ").skip(1).collect()).collect()
}

/// Where the text of each row begins and ends on the screen. Its upper edge may be another's with another row above.
fn places(desk: &Desk) -> Vec<(String, f32)> {
    let log = desk.window.get_by_role(Role::Log);
    let rows = log.children_recursive().filter(|node| node.accesskit_node().role() == Role::ListItem);
    rows.map(|node| (node.accesskit_node().label().unwrap_or_default(), node.rect().bottom())).collect()
}

/// That what is seen now stands where it stood.
#[track_caller]
fn assert_unmoved(before: &[(String, f32)], after: &[(String, f32)]) {
    let same: Vec<_> = before.iter().filter(|(line, _)| after.iter().any(|(other, _)| other == line)).collect();
    assert!(same.len() > 3, "too little stayed in sight: {before:?} {after:?}");
    for (line, bottom) in same {
        let now = after.iter().find(|(other, _)| other == line).map_or(f32::NAN, |(_, bottom)| *bottom);
        assert!((now - bottom).abs() < 0.5, "{line} stood at {bottom} and stands at {now}");
    }
}

#[test]
fn ctrl_f_finds_enter_goes_there_and_escape_comes_back() {
    let mut desk = with_history(1, 300..=500);
    desk.wheel(700.0);
    let before = places(&desk);
    desk.sent();
    open_search(&mut desk, "wor* کتاب");
    let sent = desk.sent();
    assert!(sent.contains(r#""search""#) && sent.contains(r#""room":"lobby""#), "{sent}");
    assert!(sent.contains("wor* کتاب"), "{sent}");
    assert!(desk.window.query_by_label("Searching …").is_some());
    let found = [said("lobby", 250, "bea", "an old کتاب"), said("lobby", 310, "carlo", "a کتاب of words")];
    let answer = page(&sent, &found, r#""room":"lobby","has_more":false"#);
    desk.says(&answer);
    desk.window.run();
    assert_eq!(hits(&desk), ["a کتاب of words", "an old کتاب"], "newest first");
    assert!(desk.window.query_by_label("2 messages").is_some());
    assert_eq!(search_field(&desk), "wor* کتاب");

    desk.press(Modifiers::NONE, Key::Enter);
    assert!(desk.lines().iter().any(|line| line.starts_with("bea: number 310 ")), "{:?}", desk.lines());
    assert!(!desk.lines().iter().any(|line| line.starts_with("bea: number 500 ")));
    desk.press(Modifiers::NONE, Key::ArrowDown);
    desk.press(Modifiers::NONE, Key::Enter);
    older(&mut desk, 200..=299, true);
    assert!(desk.lines().iter().any(|line| line.starts_with("bea: number 250 ")), "{:?}", desk.lines());

    desk.press(Modifiers::NONE, Key::Escape);
    assert!(desk.window.query_by_role_and_label(Role::TextInput, "Search messages").is_none());
    assert!(desk.session.state().search.is_none());
    assert_unmoved(&before, &places(&desk));
    assert!(desk.box_has_focus());
}

#[test]
fn what_is_typed_and_entered_within_one_frame_is_looked_for_whole() {
    let mut desk = Desk::online();
    desk.press(Modifiers::COMMAND, Key::F);
    let enter =
        Event::Key { key: Key::Enter, physical_key: None, pressed: true, repeat: false, modifiers: Modifiers::NONE };
    desk.window.input_mut().events.extend([Event::Text("chapters".into()), enter]);
    desk.window.run();
    let sent = desk.sent();
    assert!(sent.contains(r#""query":"chapters""#), "{sent}");
    assert_eq!(search_field(&desk), "chapters");
    desk.type_text(" of");
    assert_eq!(search_field(&desk), "chapters of", "one types on where one was");
}

#[test]
fn closing_with_the_cross_stays_where_one_went() {
    let mut desk = with_history(1, 300..=500);
    open_search(&mut desk, "words");
    let found = [said("lobby", 310, "bea", "a word")];
    let answer = page(&desk.sent(), &found, r#""room":"lobby","has_more":false"#);
    desk.says(&answer);
    desk.window.run();
    desk.window.get_by_label_contains("bea in lobby").click();
    desk.window.run();
    desk.window.get_by_label("Close the search").click();
    desk.window.run();
    assert!(desk.lines().iter().any(|line| line.starts_with("bea: number 310 ")), "{:?}", desk.lines());
    assert!(desk.window.unnamed_widgets().is_empty(), "{:?}", desk.window.unnamed_widgets());
}

#[test]
fn a_search_everywhere_names_the_rooms_and_goes_on_to_older_hits() {
    let mut desk = Desk::online();
    desk.window.get_by_label("Search").click();
    desk.window.run();
    desk.type_text("tea");
    desk.window.get_by_label("Everywhere").click();
    desk.window.run();
    desk.press(Modifiers::NONE, Key::Enter);
    let sent = desk.sent();
    assert!(sent.contains(r#""search""#) && !sent.contains(r#""room""#), "{sent}");
    let found = [said("garden", 3, "carlo", "green tea"), said("@bea", 9, "bea", "your tea")];
    let answer = page(&sent, &found, r#""has_more":true,"cursor":"c1""#);
    desk.says(&answer);
    desk.window.run();
    assert!(desk.window.query_by_label("2 messages, and there are older ones").is_some());
    assert!(desk.window.query_by_label_contains("carlo in garden").is_some());
    desk.window.get_by_label("Older messages").click();
    desk.window.run();
    let sent = desk.sent();
    assert!(sent.contains(r#""cursor":"c1""#), "{sent}");
    let answer = page(&sent, &[said("lobby", 1, "bea", "black tea")], r#""has_more":false"#);
    desk.says(&answer);
    desk.window.run();
    assert_eq!(hits(&desk), ["your tea", "green tea", "black tea"]);
    assert!(desk.window.query_by_label("Older messages").is_none());
    assert!(desk.window.unnamed_widgets().is_empty(), "{:?}", desk.window.unnamed_widgets());
}

#[test]
fn nothing_found_and_what_the_server_says_are_told_in_words() {
    let mut desk = Desk::online();
    open_search(&mut desk, "soup");
    let answer = page(&desk.sent(), &[], r#""room":"lobby","has_more":false"#);
    desk.says(&answer);
    desk.window.run();
    assert!(desk.window.query_by_label("Nothing was found for “soup” in lobby.").is_some());
    desk.window.get_by_label("Look everywhere").click();
    desk.window.run();
    let sent = desk.sent();
    assert!(sent.contains(r#""search""#) && !sent.contains(r#""room""#), "{sent}");
    let reference = sent.rsplit(r#""ref":""#).next().and_then(|rest| rest.split('"').next()).unwrap_or_default();
    desk.says(&format!(
        r#"{{"error":{{"code":"unavailable","text":"The history cannot be read just now.","ref":"{reference}"}}}}"#
    ));
    desk.window.run();
    assert!(desk.window.query_by_label("The history cannot be read just now.").is_some());
}

#[test]
fn a_typed_search_opens_the_same_place_also_in_a_narrow_window() {
    let mut desk = Desk::sized(vec2(480.0, 600.0));
    desk.welcome();
    desk.type_text("/search tea");
    desk.press(Modifiers::NONE, Key::Enter);
    assert_eq!(search_field(&desk), "tea");
    let answer = page(&desk.sent(), &[said("lobby", 1, "bea", "black tea")], r#""has_more":false"#);
    desk.says(&answer);
    desk.window.run();
    assert_eq!(hits(&desk), ["black tea"]);
    desk.press(Modifiers::NONE, Key::Escape);
    assert!(desk.window.query_by_role_and_label(Role::TextInput, "Search messages").is_none());
}

#[test]
fn what_lies_far_back_is_read_in_a_place_of_its_own() {
    let mut desk = with_history(1, 9_900..=10_000);
    open_search(&mut desk, "words");
    let answer = page(&desk.sent(), &[said("lobby", 50, "bea", "old words")], r#""room":"lobby","has_more":false"#);
    desk.says(&answer);
    desk.window.run();
    desk.press(Modifiers::NONE, Key::Enter);
    let sent = desk.sent();
    for request in sent.lines().filter(|line| line.contains(r#""history""#)) {
        let ids = if request.contains(r#""before""#) { 40..=50 } else { 51..=60 };
        let messages: Vec<String> = ids.map(|id| said("lobby", id, "bea", &format!("old {id}"))).collect();
        let answer = page(request, &messages, r#""room":"lobby","has_more":true"#);
        desk.says(&answer);
    }
    desk.window.run();
    assert!(desk.window.query_by_label("Earlier in lobby").is_some());
    assert!(desk.window.query_by_label_contains("old 50").is_some());
    desk.press(Modifiers::NONE, Key::Escape);
    assert!(desk.window.query_by_label("Earlier in lobby").is_none());
    assert!(desk.window.query_by_label("Messages in lobby").is_some());
    assert_eq!(desk.lines().last(), desk.truth().last(), "the log is where it was");
}

#[test]
fn up_in_an_empty_box_corrects_what_was_said_last() {
    let mut desk = Desk::online();
    desk.said("lobby", "ada", "my frist words");
    desk.said("lobby", "bea", "pardon?");
    desk.window.run();
    desk.sent();
    desk.press(Modifiers::NONE, Key::ArrowUp);
    assert_eq!(desk.typed(), "my frist words");
    assert!(desk.box_has_focus());
    assert!(desk.window.query_by_label_contains("Correcting your message").is_some());
    desk.press(Modifiers::COMMAND, Key::A);
    desk.type_text("my first words");
    desk.press(Modifiers::NONE, Key::Enter);
    let sent = desk.sent();
    assert!(sent.contains(r#""edit""#) && sent.contains("my first words"), "{sent}");
    assert_eq!(desk.typed(), "");
    desk.says(r#"{"edited":{"room":"lobby","id":3,"target":1,"text":"my first words","by":"ada","at":1763804900000}}"#);
    desk.window.run();
    let row = desk.window.get_by_role_and_label(Role::ListItem, "ada: my first words");
    assert_eq!(row.accesskit_node().description().as_deref(), Some("edited"));
    assert!(desk.box_has_focus());
}

#[test]
fn escape_leaves_a_message_as_it_is_and_gives_the_draft_back() {
    let mut desk = Desk::online();
    desk.said("lobby", "ada", "my words");
    desk.window.run();
    desk.type_text("half a sent");
    desk.window.get_by_role_and_label(Role::ListItem, "ada: my words").click_secondary();
    desk.window.run();
    desk.window.get_by_label("Edit").click();
    desk.window.run();
    assert_eq!(desk.typed(), "my words");
    desk.server.sleep(std::time::Duration::from_secs(5));
    desk.sent();
    desk.type_text(" and more");
    assert!(!desk.sent().contains("typing"), "nobody waits for what is already there");
    desk.press(Modifiers::COMMAND, Key::PageDown);
    assert_eq!(desk.typed(), "", "the garden has nothing to do with it");
    desk.press(Modifiers::COMMAND, Key::PageUp);
    assert_eq!(desk.typed(), "my words and more");
    desk.sent();
    desk.press(Modifiers::NONE, Key::Escape);
    assert_eq!(desk.typed(), "half a sent");
    assert!(!desk.sent().contains("edit"));
    desk.type_text("ence");
    assert_eq!(desk.typed(), "half a sentence");
}

#[test]
fn a_message_is_deleted_only_when_it_is_meant() {
    let mut desk = Desk::online();
    desk.said("lobby", "ada", "oh no");
    desk.window.run();
    for meant in [false, true] {
        desk.window.get_by_role_and_label(Role::ListItem, "ada: oh no").click_secondary();
        desk.window.run();
        desk.window.get_by_label("Delete …").click();
        desk.window.run();
        desk.sent();
        if meant {
            desk.window.get_by_label("Delete").click();
            desk.window.run();
            assert!(desk.sent().contains(r#""delete""#));
        } else {
            desk.window.get_by_label("Keep").click();
            desk.window.run();
            assert!(!desk.sent().contains(r#""delete""#));
        }
        assert!(desk.window.query_by_label("Keep").is_none(), "it is asked once");
    }
    desk.says(r#"{"deleted":{"room":"lobby","id":2,"target":1,"by":"ada","at":1763804900000}}"#);
    desk.window.run();
    assert!(desk.sees("ada: (deleted)"));
    assert!(desk.box_has_focus());
}

#[test]
fn a_message_corrected_to_nothing_is_perhaps_to_be_deleted() {
    let mut desk = Desk::online();
    desk.said("lobby", "ada", "oh no");
    desk.window.run();
    desk.press(Modifiers::NONE, Key::ArrowUp);
    desk.press(Modifiers::COMMAND, Key::A);
    desk.press(Modifiers::NONE, Key::Backspace);
    desk.press(Modifiers::NONE, Key::Enter);
    assert!(!desk.sent().contains(r#""delete""#));
    assert!(desk.window.get_by_label("Delete").is_focused());
    desk.press(Modifiers::NONE, Key::Enter);
    assert!(desk.sent().contains(r#""delete""#));
}

#[test]
fn what_others_said_can_be_copied_and_nothing_else() {
    let mut desk = Desk::online();
    desk.said("lobby", "bea", "mine");
    desk.window.run();
    desk.window.get_by_role_and_label(Role::ListItem, "bea: mine").click_secondary();
    desk.window.run();
    assert!(desk.window.query_by_label("Copy message").is_some());
    assert!(desk.window.query_by_label("Edit").is_none());
    assert!(desk.window.query_by_label("Delete …").is_none());
    desk.press(Modifiers::NONE, Key::Escape);
    desk.press(Modifiers::NONE, Key::ArrowUp);
    assert_eq!(desk.typed(), "");
}

#[test]
fn older_pages_come_in_above_what_is_read_and_move_nothing() {
    let mut desk = with_history(1, 401..=460);
    desk.sent();
    let mut first = 401;
    for _ in 0..200 {
        desk.wheel(400.0);
        let sent = desk.session.state().rooms[0].loading_older;
        if !sent {
            continue;
        }
        let before = places(&desk);
        let from = first.max(101) - 100;
        older(&mut desk, from..=first - 1, from > 1);
        assert_unmoved(&before, &places(&desk));
        first = from;
        if first == 1 {
            break;
        }
    }
    assert_eq!(first, 1, "all pages were asked for");
    assert!(desk.window.query_by_label("This is the beginning.").is_none(), "not in sight yet");
    desk.wheel(100_000.0);
    assert!(desk.window.query_by_label("This is the beginning.").is_some());
    assert_eq!(desk.lines()[..2], desk.truth()[..2]);
}

#[test]
fn what_changes_above_does_not_move_what_is_read() {
    let mut desk = with_history(1, 401..=460);
    desk.wheel(500.0);
    let before = places(&desk);
    let reading: Vec<u64> =
        before.iter().filter_map(|(line, _)| line.split(' ').nth(2).and_then(|id| id.parse().ok())).collect();
    let top = *reading.iter().min().expect("something is read");
    // The row that is half in sight at the upper edge among them.
    for (change, target) in (top - 5..=top).enumerate() {
        let id = 461 + change;
        let kind = if target % 2 == 0 { "deleted" } else { "edited" };
        let text = if target % 2 == 0 { String::new() } else { format!(r#""text":{},"#, json(&"long ".repeat(300))) };
        desk.says(&format!(
            r#"{{"{kind}":{{"room":"lobby","id":{id},"target":{target},{text}"by":"bea","at":1763804900000}}}}"#
        ));
    }
    desk.window.run();
    assert_unmoved(&before, &places(&desk));
}

#[test]
fn messages_that_are_kept_no_longer_are_told_of() {
    let mut desk = with_history(455, 455..=460);
    desk.wheel(100_000.0);
    assert!(desk.window.query_by_label("Older messages are not kept.").is_some());
}

#[test]
fn a_server_that_cannot_read_is_not_asked_again_until_one_moves() {
    let mut desk = with_history(1, 401..=460);
    desk.sent();
    desk.wheel(9_000.0);
    for _ in 0..2 {
        let sent = desk.sent();
        assert!(sent.contains(r#""history""#), "{sent}");
        let reference = sent.rsplit(r#""ref":""#).next().and_then(|rest| rest.split('"').next()).unwrap_or_default();
        desk.says(&format!(
            r#"{{"error":{{"code":"unavailable","text":"The history cannot be read just now.","ref":"{reference}"}}}}"#
        ));
        desk.window.run();
        assert!(!desk.sent().contains("history"), "not by itself");
        desk.wheel(-10.0);
    }
}

#[test]
fn what_is_said_offline_waits_and_closing_asks_once() {
    use eframe::egui::{ViewportCommand, ViewportEvent, ViewportId};
    let mut desk = Desk::online();
    desk.server.lost("the server closed the connection");
    desk.window.run();
    desk.type_text("are you there?");
    desk.press(Modifiers::NONE, Key::Enter);
    assert!(desk.sees("ada: are you there?"));
    assert!(desk.window.query_by_label("One message waits; it is sent once there is a connection.").is_some());
    let close = |desk: &mut Desk| {
        let root = desk.window.input_mut().viewports.entry(ViewportId::ROOT).or_default();
        root.events.push(ViewportEvent::Close);
        desk.window.step();
        let commands = desk.window.output().viewport_output[&ViewportId::ROOT].commands.clone();
        let root = desk.window.input_mut().viewports.entry(ViewportId::ROOT).or_default();
        root.events.clear();
        commands.contains(&ViewportCommand::CancelClose)
    };
    assert!(close(&mut desk), "the window stays");
    desk.window.run();
    assert!(desk.window.query_by_label("One message has not been sent.").is_some());
    desk.window.get_by_label("Stay").click();
    desk.window.run();
    assert!(desk.window.query_by_label("One message has not been sent.").is_none());
    assert!(close(&mut desk));
    desk.window.run();
    assert!(!close(&mut desk), "it is asked once");
}

#[test]
fn what_waits_is_sent_and_then_closing_asks_nothing() {
    let mut desk = Desk::online();
    desk.server.lost("the server closed the connection");
    desk.type_text("are you there?");
    desk.press(Modifiers::NONE, Key::Enter);
    desk.window.get_by_label("Try now").click();
    desk.window.run();
    desk.server.connected();
    desk.says(&common::welcome("ada"));
    desk.says(&common::room("lobby", "", &["ada"]));
    desk.window.run();
    assert!(desk.sent().contains("are you there?"));
    assert!(desk.window.query_by_label_contains("waits").is_none());
}

#[test]
fn f1_lists_the_keys() {
    let mut desk = Desk::online();
    desk.press(Modifiers::NONE, Key::F1);
    assert!(desk.window.query_by_label("search in this room").is_some());
    assert!(desk.window.unnamed_widgets().is_empty(), "{:?}", desk.window.unnamed_widgets());
    desk.press(Modifiers::NONE, Key::Escape);
    assert!(desk.window.query_by_label("search in this room").is_none());
    assert!(desk.box_has_focus());
    desk.window.get_by_label("Keys (F1)").click();
    desk.window.run();
    desk.window.get_by_label("Close").click();
    desk.window.run();
    assert!(desk.window.query_by_label("search in this room").is_none());
}
