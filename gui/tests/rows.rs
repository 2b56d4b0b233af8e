//! What can be done with the rows of the log: copying over several, choosing one by keys, and what lies far back.

mod common;

use common::{Desk, page, said, with_history};
use eframe::egui::accesskit::Role;
use eframe::egui::{Event, Key, Modifiers, OutputCommand, PointerButton, Pos2, Rect, pos2, vec2};
use egui_kittest::kittest::{NodeT, Queryable};
use parlor_core::client::Intent;

#[test]
fn ignored_people_do_not_count_as_new() {
    let mut desk = Desk::online();
    (0..60).for_each(|number| drop(desk.said("lobby", "علی", &format!("line {number}"))));
    desk.session.intent(Intent::Ignore("bea".into()));
    desk.window.run();
    desk.wheel(400.0);
    (0..3).for_each(|_| drop(desk.said("lobby", "bea", "noise")));
    desk.window.run();
    assert!(desk.window.query_by_label("▼ newest").is_some());
    desk.said("lobby", "علی", "news");
    desk.window.run();
    assert!(desk.window.query_by_label("▼ 1 new").is_some());
}

/// The message that is chosen by keys, as it is read out.
fn chosen(desk: &Desk) -> Option<String> {
    let rows = desk.window.query_all_by_role(Role::ListItem);
    let mut chosen = rows.filter(|node| node.accesskit_node().is_selected() == Some(true));
    let row = chosen.next()?;
    assert!(chosen.next().is_none(), "one at a time");
    assert!(row.is_focused(), "it is read out");
    row.accesskit_node().label()
}

#[test]
fn alt_k_and_j_choose_messages_from_the_newest_in_sight_and_leave_out_what_is_hidden() {
    let mut desk = Desk::online();
    desk.said("lobby", "علی", "one");
    desk.session.intent(Intent::Ignore("bea".into()));
    desk.said("lobby", "bea", "hidden");
    desk.said("lobby", "ada", "two");
    desk.window.run();
    desk.type_text("a draft");
    assert_eq!(chosen(&desk), None);
    desk.press(Modifiers::ALT, Key::K);
    assert_eq!(chosen(&desk).as_deref(), Some("ada: two"));
    desk.press(Modifiers::ALT, Key::K);
    assert_eq!(chosen(&desk).as_deref(), Some("علی: one"), "neither notices nor ignored people");
    desk.press(Modifiers::ALT, Key::K);
    assert_eq!(chosen(&desk).as_deref(), Some("علی: one"), "there is nothing above");
    desk.press(Modifiers::NONE, Key::ArrowDown);
    assert_eq!(chosen(&desk).as_deref(), Some("ada: two"));
    assert_eq!(desk.typed(), "a draft");
    desk.press(Modifiers::ALT, Key::J);
    assert_eq!(chosen(&desk), None, "behind the newest one types again");
    assert!(desk.box_has_focus());
    desk.press(Modifiers::ALT, Key::K);
    desk.press(Modifiers::NONE, Key::Escape);
    assert_eq!(chosen(&desk), None);
    desk.press(Modifiers::ALT, Key::K);
    desk.type_text(" goes on");
    assert_eq!(chosen(&desk), None);
    assert_eq!(desk.typed(), "a draft goes on");
}

#[test]
fn what_is_chosen_comes_into_sight_and_stays_there_when_others_speak() {
    let mut desk = Desk::online();
    let lines: Vec<_> = (0..100).map(|number| desk.said("lobby", "bea", &format!("line {number}"))).collect();
    desk.window.run();
    for line in lines.iter().rev().take(50) {
        desk.press(Modifiers::ALT, Key::K);
        assert_eq!(chosen(&desk).as_ref(), Some(line));
        let (log, row) = (desk.window.get_by_role(Role::Log).rect(), rect(&desk, line));
        assert!(log.contains_rect(row.shrink(0.5)), "{line} at {row:?} in {log:?}");
    }
    for line in &lines[51..] {
        desk.press(Modifiers::NONE, Key::ArrowDown);
        assert_eq!(chosen(&desk).as_ref(), Some(line));
        let (log, row) = (desk.window.get_by_role(Role::Log).rect(), rect(&desk, line));
        assert!(log.contains_rect(row.shrink(0.5)), "{line} at {row:?} in {log:?}");
    }
    assert!(desk.window.query_by_label_contains("▼").is_none(), "one is at the end again");
    for number in 0..100 {
        desk.said("lobby", "bea", &format!("news {number}"));
        desk.window.run();
        assert_eq!(chosen(&desk).as_ref(), lines.last(), "after {number}");
    }
    desk.wheel(4_000.0);
    assert_eq!(chosen(&desk), None, "who moves on leaves it");
    assert!(desk.box_has_focus());
}

fn rect(desk: &Desk, line: &str) -> Rect {
    desk.window.get_by_role_and_label(Role::ListItem, line).rect()
}

#[test]
fn without_a_mouse_a_message_is_answered_copied_followed_and_deleted() {
    let mut desk = Desk::online();
    desk.said("lobby", "ada", "my words");
    desk.said("lobby", "bea", "see https://example.org/tea");
    desk.said("lobby", "bea", "pardon?");
    desk.window.run();
    desk.press(Modifiers::ALT, Key::K);
    desk.press(Modifiers::ALT, Key::K);
    assert_eq!(desk.copied().as_deref(), Some("see https://example.org/tea"));
    desk.press(Modifiers::NONE, Key::Enter);
    assert!(desk.window.get_by_label("Copy message").is_focused());
    desk.press(Modifiers::NONE, Key::ArrowDown);
    desk.press(Modifiers::NONE, Key::ArrowDown);
    let link = "Open \u{200e}https://example.org/tea\u{200e}";
    assert!(desk.window.get_by_label(link).is_focused());
    let (key, modifiers) = (Key::Enter, Modifiers::NONE);
    desk.window.event(Event::Key { key, physical_key: None, pressed: true, repeat: false, modifiers });
    desk.window.step();
    let commands = desk.window.output().platform_output.commands.clone();
    let opens = |command: &OutputCommand| matches!(command, OutputCommand::OpenUrl(open) if open.url.ends_with("/tea"));
    assert!(commands.iter().any(opens), "{commands:?}");
    desk.window.run();
    assert!(desk.window.query_by_label("Copy message").is_none());
    assert_eq!(chosen(&desk).as_deref(), Some("bea: see https://example.org/tea"), "one is where one was");

    desk.press(Modifiers::SHIFT, Key::F10);
    assert!(desk.window.get_by_label("Copy message").is_focused());
    desk.press(Modifiers::NONE, Key::Escape);
    assert_eq!(chosen(&desk).as_deref(), Some("bea: see https://example.org/tea"), "the menu alone is closed");
    desk.sent();
    let (key, modifiers) = (Key::R, Modifiers::ALT);
    let event = Event::Key { key, physical_key: None, pressed: true, repeat: false, modifiers };
    desk.window.input_mut().events.extend([event, Event::Text("r".into())]);
    desk.window.run();
    assert!(desk.box_has_focus());
    assert_eq!(chosen(&desk), None);
    desk.type_text("nice");
    desk.press(Modifiers::NONE, Key::Enter);
    let sent = desk.sent();
    assert!(sent.contains(r#""text":"nice""#) && sent.contains(r#""reply_to":2"#), "{sent}");

    (0..3).for_each(|_| desk.press(Modifiers::ALT, Key::K));
    (0..3).for_each(|_| desk.press(Modifiers::ALT, Key::K));
    assert_eq!(chosen(&desk).as_deref(), Some("ada: my words"));
    desk.press(Modifiers::NONE, Key::Menu);
    desk.window.get_by_label("Delete …").focus();
    desk.window.run();
    desk.press(Modifiers::NONE, Key::Enter);
    assert!(desk.window.get_by_label("Delete").is_focused());
    desk.press(Modifiers::NONE, Key::Enter);
    assert!(desk.sent().contains(r#""delete""#));
}

#[test]
fn a_screen_reader_opens_the_menu_of_any_message() {
    let mut desk = Desk::online();
    desk.said("lobby", "bea", "one");
    desk.said("lobby", "bea", "two");
    desk.window.run();
    desk.window.get_by_role_and_label(Role::ListItem, "bea: one").click_accesskit();
    desk.window.run();
    assert!(desk.window.get_by_label("Copy message").is_focused());
    desk.press(Modifiers::NONE, Key::Escape);
    assert_eq!(chosen(&desk).as_deref(), Some("bea: one"));
}

/// What stands around message 50, far back: it holds a link that may deceive, the one after it a plain one.
fn far_back() -> Desk {
    let mut desk = with_history(1, 9_900..=10_000);
    desk.press(Modifiers::COMMAND, Key::F);
    desk.type_text("words");
    desk.press(Modifiers::NONE, Key::Enter);
    let answer = page(&desk.sent(), &[said("lobby", 50, "bea", "old words")], r#""room":"lobby","has_more":false"#);
    desk.says(&answer);
    desk.window.run();
    desk.press(Modifiers::NONE, Key::Enter);
    let sent = desk.sent();
    for request in sent.lines().filter(|line| line.contains(r#""history""#)) {
        let ids = if request.contains(r#""before""#) { 40..=50 } else { 51..=60 };
        let messages: Vec<String> =
            ids.map(|id| said("lobby", id, if id < 51 { "bea" } else { "علی" }, &far(id))).collect();
        let answer = page(request, &messages, r#""room":"lobby","has_more":true"#);
        desk.says(&answer);
    }
    desk.window.run();
    desk.window.get_by_label("Close the search").click();
    desk.window.run();
    let bar = desk.window.get_by_label("Earlier in lobby").rect();
    let place = Rect::from_min_max(bar.left_bottom(), desk.window.get_by_label("Message").rect().right_top());
    assert!(place.height() > 350.0, "the page is for what is read there: {place:?}");
    let middle = far_row(&desk, &far(50)).center();
    assert!(place.contains(middle) && (middle.y - place.center().y).abs() < 30.0, "{middle:?} in {place:?}");
    desk
}

fn far(id: u64) -> String {
    match id {
        50 => "old 50 https://bank.example@evil.example/login".into(),
        51 => "old 51 https://example.org/tea".into(),
        id => format!("old {id}"),
    }
}

fn far_row(desk: &Desk, text: &str) -> Rect {
    let nodes = desk.window.query_all_by_role(Role::ListItem);
    let mut rows = nodes.filter(|node| node.accesskit_node().label().is_some_and(|label| label.ends_with(text)));
    rows.next().expect("it is there").rect()
}

#[test]
fn what_lies_far_back_is_selected_and_copied_as_in_the_log() {
    let mut desk = far_back();
    let (from, to) = (far_row(&desk, "old 49"), far_row(&desk, &far(51)));
    desk.window.drag_at(pos2(from.left() + 66.0, from.bottom() - 6.0));
    desk.window.step();
    desk.window.hover_at(pos2(to.right() - 4.0, to.bottom() - 4.0));
    desk.window.step();
    desk.window.drop_at(pos2(to.right() - 4.0, to.bottom() - 4.0));
    desk.window.run();
    let all = format!("bea: old 49\nbea: {}\nعلی: {}", far(50), far(51));
    assert_eq!(desk.copied(), Some(all));
}

#[test]
fn links_far_back_are_opened_and_asked_about_as_in_the_log() {
    let mut desk = far_back();
    let link = |desk: &Desk, url: &str| desk.window.get_by_role_and_label(Role::Link, url).rect().center();
    let at = link(&desk, "https://example.org/tea");
    assert!(click_opens(&mut desk, at));
    let at = link(&desk, "https://bank.example@evil.example/login");
    assert!(!click_opens(&mut desk, at));
    assert!(desk.window.query_by_label_contains("leads to evil.example").is_some());
}

/// Clicks there; whether that opens something.
fn click_opens(desk: &mut Desk, at: Pos2) -> bool {
    desk.window.hover_at(at);
    desk.window.run();
    let mut opened = false;
    for pressed in [true, false] {
        let (button, modifiers) = (PointerButton::Primary, Modifiers::NONE);
        desk.window.event(Event::PointerButton { pos: at, button, pressed, modifiers });
        desk.window.step();
        let commands = &desk.window.output().platform_output.commands;
        opened |= commands.iter().any(|command| matches!(command, OutputCommand::OpenUrl(_)));
    }
    desk.window.run();
    opened
}

#[test]
fn far_back_one_moves_by_the_same_keys_and_is_offered_what_can_be_done_there() {
    let mut desk = far_back();
    desk.press(Modifiers::ALT, Key::K);
    let label = chosen(&desk).expect("the one that was gone to");
    assert!(label.ends_with(&far(50)), "{label}");
    desk.press(Modifiers::ALT, Key::J);
    assert_eq!(desk.copied(), Some(far(51)));
    desk.press(Modifiers::NONE, Key::Enter);
    assert!(desk.window.get_by_label("Copy message").is_focused());
    assert!(desk.window.query_by_label("Open \u{200e}https://example.org/tea\u{200e}").is_some());
    assert!(desk.window.query_by_label("Ignore علی").is_some());
    for missing in ["Reply", "Edit", "Delete …"] {
        assert!(desk.window.query_by_label(missing).is_none(), "{missing}");
    }
    (0..3).for_each(|_| desk.press(Modifiers::NONE, Key::Escape));
    assert!(desk.window.query_by_label("Earlier in lobby").is_none(), "menu, choice, place: one after the other");
    assert!(desk.box_has_focus());
}

#[test]
fn the_menu_leads_to_what_a_message_answers() {
    let mut desk = Desk::online();
    let first = desk.said("lobby", "bea", "who is for tea?");
    (0..60).for_each(|number| drop(desk.said("lobby", "علی", &format!("line {number}"))));
    let answer = r#""from":"bea","at":1763804990000,"text":"nobody?","reply_to":1"#;
    desk.says(&format!(r#"{{"message":{{"room":"lobby","id":62,{answer}}}}}"#));
    desk.window.run();
    assert!(!desk.sees(&first));
    desk.press(Modifiers::ALT, Key::K);
    desk.press(Modifiers::NONE, Key::Enter);
    desk.window.get_by_label("Go to the message it answers").focus();
    desk.window.run();
    desk.press(Modifiers::NONE, Key::Enter);
    assert!(desk.sees(&first));
}

#[test]
fn a_window_without_room_for_messages_does_not_fail() {
    let mut log = Desk::online();
    log.said("lobby", "bea", "hello");
    for mut desk in [log, far_back()] {
        for height in (0..400).rev().step_by(7) {
            desk.window.set_size(vec2(400.0, height as f32));
            desk.window.run();
            desk.press(Modifiers::ALT, Key::K);
            desk.press(Modifiers::NONE, Key::Menu);
            if desk.window.query_by_label("Copy message").is_some() {
                desk.press(Modifiers::NONE, Key::Escape);
            }
        }
        desk.window.set_size(vec2(400.0, 400.0));
        desk.window.run();
        desk.press(Modifiers::ALT, Key::K);
        let before = chosen(&desk);
        assert!(before.is_some());
        desk.window.set_size(vec2(400.0, 60.0));
        desk.window.run();
        desk.window.set_size(vec2(400.0, 400.0));
        desk.window.run();
        assert_eq!(chosen(&desk), before, "what was chosen is chosen still");
        desk.window.set_size(vec2(400.0, 400.0));
        desk.window.run();
        assert!(desk.window.query_all_by_role(Role::ListItem).count() > 0);
    }
}

#[test]
fn the_menu_opens_where_the_words_begin() {
    let mut desk = Desk::online();
    desk.said("lobby", "bea", "hello");
    desk.said("lobby", "علی", "سلام");
    desk.window.run();
    for (line, left) in [("علی: سلام", false), ("bea: hello", true)] {
        desk.press(Modifiers::ALT, Key::K);
        let row = rect(&desk, line).center();
        desk.press(Modifiers::NONE, Key::Enter);
        let menu = desk.window.get_by_label("Copy message").rect();
        assert_eq!(menu.right() < row.x, left, "{line}: {menu:?} beside {row:?}");
        desk.press(Modifiers::NONE, Key::Escape);
    }
}
