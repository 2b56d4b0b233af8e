//! Links in what others say: seen, read out, opened on a click, and not opened unasked where they may deceive.

mod common;

use common::Desk;
use eframe::egui::accesskit::Role;
use eframe::egui::{Event, Modifiers, OutputCommand, Pos2};
use egui_kittest::kittest::{NodeT, Queryable};

fn opened(desk: &Desk) -> Vec<String> {
    let commands = &desk.window.output().platform_output.commands;
    let urls = commands.iter().filter_map(|command| match command {
        OutputCommand::OpenUrl(open) => Some(open.url.clone()),
        _ => None,
    });
    urls.collect()
}

fn links(desk: &Desk) -> Vec<String> {
    desk.window.query_all_by_role(Role::Link).filter_map(|node| node.accesskit_node().label()).collect()
}

/// Presses and releases the mouse there; what was opened by that.
fn click(desk: &mut Desk, at: Pos2) -> Vec<String> {
    desk.window.hover_at(at);
    desk.window.run();
    let mut all = Vec::new();
    for pressed in [true, false] {
        let button = eframe::egui::PointerButton::Primary;
        desk.window.event(Event::PointerButton { pos: at, button, pressed, modifiers: Modifiers::NONE });
        desk.window.step();
        all.extend(opened(desk));
    }
    desk.window.run();
    all
}

#[test]
fn a_click_on_a_link_opens_it_in_persian_too() {
    let mut desk = Desk::online();
    desk.said("lobby", "علی", "سلام! https://example.org/کتاب را ببین، یا www.example.com؛ نه javascript:alert(1)");
    desk.window.run();
    assert_eq!(links(&desk), ["https://example.org/کتاب", "https://www.example.com"]);
    let first = desk.window.query_all_by_role(Role::Link).next().expect("a link").rect();
    assert_eq!(click(&mut desk, first.center()), ["https://example.org/کتاب"]);
    let beside = Pos2::new(first.left() - 300.0, first.center().y);
    assert_eq!(click(&mut desk, beside), Vec::<String>::new());
    assert!(desk.box_has_focus());
}

#[test]
fn a_link_that_may_deceive_is_asked_about() {
    let mut desk = Desk::online();
    desk.said("lobby", "mallory", "https://bank.example@evil.example/login");
    for (answer, leads) in [("Leave it", vec![]), ("Open it", vec!["https://bank.example@evil.example/login"])] {
        desk.window.run();
        let link = desk.window.get_by_role(Role::Link).rect();
        assert_eq!(click(&mut desk, link.center()), Vec::<String>::new());
        assert!(desk.window.query_by_label_contains("leads to evil.example").is_some());
        let button = desk.window.get_by_label(answer).rect();
        assert_eq!(click(&mut desk, button.center()), leads);
        assert!(desk.window.query_by_label(answer).is_none());
    }
}
