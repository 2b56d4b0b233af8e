//! Looking for what was said, and going there.

mod common;

use common::{Desk, assert_unmoved, older, page, places, said, with_history};
use eframe::egui::accesskit::Role;
use eframe::egui::{Event, Key, Modifiers, vec2};
use egui_kittest::kittest::{NodeT, Queryable};

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
fn a_room_that_is_gone_to_counts_only_its_own_messages_as_new() {
    let mut desk = Desk::online();
    let lines: Vec<_> = (0..60).map(|number| desk.said("garden", "carlo", &format!("tea {number}"))).collect();
    desk.window.run();
    desk.window.get_by_label("Search").click();
    desk.window.run();
    desk.type_text("tea");
    desk.window.get_by_label("Everywhere").click();
    desk.window.run();
    desk.press(Modifiers::NONE, Key::Enter);
    let answer = page(&desk.sent(), &[said("garden", 10, "carlo", "tea 9")], r#""has_more":false"#);
    desk.says(&answer);
    desk.window.run();
    desk.press(Modifiers::NONE, Key::Enter);
    assert!(desk.sees(&lines[9]) && !desk.sees(&lines[59]), "{:?}", desk.lines());
    assert!(desk.window.query_by_label("▼ newest").is_some(), "all of it was there already");
    desk.said("garden", "carlo", "more tea");
    desk.window.run();
    assert!(desk.window.query_by_label("▼ 1 new").is_some());
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
