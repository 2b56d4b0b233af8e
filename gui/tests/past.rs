//! What was said before: correcting it, taking it back, reading on backwards.

mod common;

use common::{Desk, assert_unmoved, json, older, places, text, with_history};
use eframe::egui::accesskit::Role;
use eframe::egui::{Key, Modifiers, pos2};
use egui_kittest::kittest::{NodeT, Queryable};
use parlor_core::words::Language;
use parlor_face::settings::{LanguageChoice, Settings};

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
fn the_bar_leads_to_both_ends_and_holds_still_where_it_is_held() {
    let mut desk = with_history(1, 1..=100);
    let log = desk.window.get_by_role(Role::Log).rect();
    let bar = |y| pos2(log.right() - 5.0, y);
    desk.window.hover_at(bar(log.bottom() - 10.0));
    desk.window.drag_at(bar(log.bottom() - 10.0));
    desk.window.run();
    assert!(desk.window.query_by_label("▼ newest").is_none());
    // Less than half of what is held: it is held at its lower edge, and there the pointer stays.
    desk.window.hover_at(bar(log.bottom() - 18.0));
    desk.window.run();
    assert!(desk.window.query_by_label("▼ newest").is_some(), "{:?}", desk.lines());
    desk.window.hover_at(bar(log.top() + 4.0));
    desk.window.run();
    let first = desk.window.get_by_role_and_label(Role::ListItem, &format!("bea: {}", text(1))).rect();
    assert!(first.top() >= log.top(), "{first:?} in {log:?}");
    let before = places(&desk);
    (0..5).for_each(|_| desk.window.step());
    assert_eq!(places(&desk), before);
    desk.window.hover_at(bar(log.center().y));
    desk.window.run();
    let (first, last) = (format!("bea: {}", text(1)), format!("bea: {}", text(100)));
    assert!(!desk.sees(&first) && !desk.sees(&last), "{:?}", desk.lines());
    desk.window.hover_at(bar(log.bottom() + 40.0));
    desk.window.run();
    desk.window.drop_at(bar(log.bottom() + 40.0));
    desk.window.run();
    assert!(desk.sees(&last));
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

#[test]
fn the_list_of_keys_is_wide_enough_for_each() {
    let mut desk = Desk::online();
    for language in [LanguageChoice::Is(Language::English), LanguageChoice::Is(Language::Persian)] {
        let ctx = desk.window.ctx.clone();
        desk.window.state_mut().set(&ctx, Settings { language, ..Settings::default() });
        desk.press(Modifiers::NONE, Key::F1);
        let meaning = if language == LanguageChoice::Is(Language::Persian) {
            "جست‌وجو در همه‌جا"
        } else {
            "search everywhere"
        };
        let rect = |label: &str| desk.window.get_by_label(label).rect();
        let (key, short, meaning) = (rect("Ctrl+Shift+F"), rect("Ctrl+F"), rect(meaning));
        assert!(key.width() > short.width() + 20.0, "it is cut: {key} beside {short}");
        assert!(meaning.width() > key.width() * 0.7 && !meaning.intersects(key), "{key} {meaning}");
        desk.press(Modifiers::NONE, Key::Escape);
    }
}

#[test]
fn who_is_typing_costs_no_frames_but_the_two_that_show_it_and_take_it_away() {
    let mut desk = Desk::online();
    desk.window.run();
    desk.says(r#"{"typing":{"room":"lobby","nick":"bea"}}"#);
    desk.window.run();
    assert!(desk.window.query_by_label_contains("bea is typing").is_some());
    desk.window.step();
    let wait = desk.window.output().viewport_output.values().map(|viewport| viewport.repaint_delay).min();
    assert!(wait.is_some_and(|wait| wait.as_secs() >= 1), "the next frame is asked for in {wait:?}");
}
