//! What can be done with the rows of the log: copying over several, choosing one by keys, and what lies far back.

mod common;

use common::Desk;
use eframe::egui::accesskit::Role;
use eframe::egui::{Event, OutputCommand, pos2};
use egui_kittest::kittest::Queryable;
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
