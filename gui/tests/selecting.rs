//! Selecting with the mouse in the log, and what is then copied.

mod common;

use common::Desk;
use eframe::egui::accesskit::Role;
use eframe::egui::{Event, Key, Modifiers, PointerButton, Pos2, pos2};
use egui_kittest::kittest::Queryable;
use parlor_core::client::Intent;

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
    desk.select("علی: hello", "علی: well");
    let text = desk.copied().expect("it is copied");
    let seen = ["علی: hello", "ada: how are you?"];
    assert!(text.starts_with(&seen.join("\n")) && text.ends_with("علی: well"), "{text}");
    let lines = desk.lines();
    let rows = lines.iter().take_while(|line| *line != "علی: well").count() + 1;
    assert_eq!(text.lines().count(), rows, "only what is seen: {text}\n{lines:?}");
}

/// Clicks `times` quickly at a place.
fn clicks(desk: &mut Desk, at: Pos2, times: usize) {
    let button =
        |pressed| Event::PointerButton { pos: at, button: PointerButton::Primary, pressed, modifiers: Modifiers::NONE };
    for _ in 0..times {
        desk.window.input_mut().events.extend([Event::PointerMoved(at), button(true), button(false)]);
        desk.window.step();
    }
    desk.window.run();
}

#[test]
fn what_is_selected_in_one_room_is_not_selected_in_the_next() {
    let mut desk = Desk::online();
    for room in ["lobby", "garden"] {
        (0..3).for_each(|number| drop(desk.said(room, "bea", &format!("{room} {number}"))));
    }
    desk.window.run();
    desk.select("bea: lobby 0", "bea: lobby 2");
    assert!(desk.copied().is_some_and(|text| text.contains("lobby 1")));
    desk.press(Modifiers::COMMAND, Key::PageDown);
    assert!(desk.sees("bea: garden 1"));
    assert_eq!(desk.copied(), None);
    desk.press(Modifiers::COMMAND, Key::PageUp);
    assert_eq!(desk.copied(), None, "nor is it again in the first");
}

#[test]
fn two_clicks_take_the_word_under_the_pointer_to_its_last_letter_and_three_the_message() {
    let mut desk = Desk::online();
    let line = desk.said("lobby", "bea", "WWWW iiii");
    desk.window.run();
    let row = desk.window.get_by_role_and_label(Role::ListItem, &line).rect();
    let place = |x| pos2(row.left() + x, row.bottom() - 8.0);
    let at = (60..300).step_by(2).map(|x| x as f32);
    let words: Vec<_> = at
        .clone()
        .filter_map(|x| {
            clicks(&mut desk, place(x), 2);
            let word = desk.copied();
            clicks(&mut desk, place(700.0), 1);
            word
        })
        .collect();
    let first = words.iter().take_while(|word| *word == "WWWW").count();
    let wide = first as f32 * 2.0;
    let narrow = words.iter().filter(|word| *word == " ").count() as f32 * 2.0;
    assert!(wide > 50.0, "{words:?}");
    assert!(narrow < 8.0, "the air is clicked at, not half a letter: {words:?}");
    clicks(&mut desk, place(90.0), 3);
    assert_eq!(desk.copied().as_deref(), Some("WWWW iiii"));
}

#[test]
fn selecting_past_the_edge_goes_on_to_what_is_out_of_sight() {
    let mut desk = Desk::online();
    let lines: Vec<_> = (0..100).map(|number| desk.said("lobby", "bea", &format!("line {number}"))).collect();
    desk.window.run();
    let log = desk.window.get_by_role(Role::Log).rect();
    let row = |desk: &Desk, line: &str| desk.window.get_by_role_and_label(Role::ListItem, line).rect();
    let from = row(&desk, &lines[98]);
    desk.window.drag_at(pos2(from.left() + 200.0, from.center().y));
    desk.window.step();
    for _ in 0..200 {
        desk.window.hover_at(pos2(from.left() + 40.0, log.top() - 60.0));
        desk.window.step();
    }
    assert!(desk.sees(&lines[0]), "it stands still at {:?}", desk.lines());
    desk.window.drop_at(pos2(from.left() + 40.0, log.top() - 60.0));
    desk.window.run();
    let copied = desk.copied().expect("something is copied");
    assert!(copied.contains("line 97") && copied.contains("line 1\n"), "{copied}");
    assert!(!copied.contains("line 99"), "{copied}");
}

#[test]
fn selecting_goes_over_the_lines_between_rows_and_the_air_around_them() {
    let mut desk = Desk::online();
    let lines = ["one", "two", "three"].map(|text| desk.said("lobby", "bea", text));
    desk.window.run();
    let log = desk.window.get_by_role(Role::Log).rect();
    let rows = lines.map(|line| desk.window.get_by_role_and_label(Role::ListItem, &line).rect());
    assert!(rows[0].top() > log.top() + 40.0, "there is air above the rows");
    let right = |row: usize| pos2(rows[row].right() - 20.0, rows[row].bottom() - 6.0);
    desk.drag(right(2), pos2(rows[0].left() + 2.0, log.top() + 4.0));
    assert_eq!(desk.copied().as_deref(), Some("bea: one\nbea: two\nbea: three"));
    // A day stands between the last two.
    desk.says(r#"{"message":{"room":"lobby","id":99,"from":"bea","at":1763904800000,"text":"four"}}"#);
    desk.window.run();
    let row = desk.window.get_by_role_and_label(Role::ListItem, "bea: four").rect();
    desk.drag(pos2(row.right() - 20.0, row.bottom() - 6.0), pos2(row.left() + 2.0, row.top() - 14.0));
    assert_eq!(desk.copied().as_deref(), Some("four"));
}

#[test]
fn a_click_with_shift_selects_from_the_last_click() {
    let mut desk = Desk::online();
    let lines = ["one", "two", "three"].map(|text| desk.said("lobby", "bea", text));
    desk.window.run();
    let rows = lines.map(|line| desk.window.get_by_role_and_label(Role::ListItem, &line).rect());
    let left = rows[0].left() + 66.0;
    clicks(&mut desk, pos2(left, rows[0].bottom() - 6.0), 1);
    assert_eq!(desk.copied(), None);
    desk.window.event(Event::ModifiersChanged(Modifiers::SHIFT));
    desk.window.step();
    clicks(&mut desk, pos2(rows[1].right() - 20.0, rows[1].bottom() - 6.0), 1);
    desk.window.event(Event::ModifiersChanged(Modifiers::NONE));
    desk.window.step();
    assert_eq!(desk.copied().as_deref(), Some("bea: one\nbea: two"));
}
