//! What can be done with the rows of the log: copying over several, choosing one by keys, and what lies far back.

mod common;

use common::Desk;
use eframe::egui::accesskit::Role;
use eframe::egui::{Event, Key, Modifiers, OutputCommand, Rect, pos2};
use egui_kittest::kittest::{NodeT, Queryable};
use parlor_core::client::Intent;

/// What is copied by Ctrl+C just now.
fn copied(desk: &mut Desk) -> Option<String> {
    desk.window.event(Event::Copy);
    desk.window.step();
    let commands = &desk.window.output().platform_output.commands;
    commands.iter().find_map(|command| match command {
        OutputCommand::CopyText(text) => Some(text.clone()),
        _ => None,
    })
}

/// Selects with the mouse from the beginning of one row to the end of another.
fn select(desk: &mut Desk, from: &str, to: &str) {
    let row = |line: &str| desk.window.get_by_role_and_label(Role::ListItem, line).rect();
    let (from, to) = (row(from), row(to));
    desk.window.drag_at(pos2(from.left() + 66.0, from.bottom() - 6.0));
    desk.window.step();
    desk.window.hover_at(pos2(to.right() - 4.0, to.bottom() - 4.0));
    desk.window.step();
    desk.window.drop_at(pos2(to.right() - 4.0, to.bottom() - 4.0));
    desk.window.run();
}

#[test]
fn what_an_ignored_person_said_is_not_copied_with_what_stands_around_it() {
    let mut desk = Desk::online();
    desk.said("lobby", "علی", "hello");
    desk.said("lobby", "bea", "nobody wants to read this");
    desk.said("lobby", "ada", "how are you?");
    desk.says(r#"{"joined":{"room":"lobby","nick":"carlo","at":1763804804000}}"#);
    desk.says(r#"{"parted":{"room":"lobby","nick":"carlo","at":1763804804000}}"#);
    desk.said("lobby", "علی", "well");
    desk.session.intent(Intent::Ignore("bea".into()));
    desk.window.run();
    assert!(!desk.sees("bea: nobody wants to read this"));
    select(&mut desk, "علی: hello", "علی: well");
    let text = copied(&mut desk).expect("it is copied");
    let seen = ["علی: hello", "ada: how are you?"];
    assert!(text.starts_with(&seen.join("\n")) && text.ends_with("علی: well"), "{text}");
    let lines = desk.lines();
    let rows = lines.iter().take_while(|line| *line != "علی: well").count() + 1;
    assert_eq!(text.lines().count(), rows, "only what is seen: {text}\n{lines:?}");
}

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
    assert_eq!(copied(&mut desk).as_deref(), Some("see https://example.org/tea"));
    desk.press(Modifiers::NONE, Key::Enter);
    assert!(desk.window.get_by_label("Copy message").is_focused());
    desk.press(Modifiers::NONE, Key::ArrowDown);
    desk.press(Modifiers::NONE, Key::ArrowDown);
    let link = "Open \u{2068}https://example.org/tea\u{2069}";
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
