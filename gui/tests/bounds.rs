//! What stays where it is, and what asks for no needless frame.

mod common;

use std::time::Duration;

use common::{Desk, text, with_history};
use eframe::egui::accesskit::Role;
use eframe::egui::vec2;
use egui_kittest::kittest::{NodeT, Queryable};

/// After how long the next frame is asked for.
fn wait(desk: &mut Desk) -> Duration {
    desk.window.run();
    desk.window.step();
    let waits = desk.window.output().viewport_output.values().map(|viewport| viewport.repaint_delay);
    waits.min().expect("there is a window")
}

#[test]
fn what_one_reads_stays_in_place_when_the_width_of_the_window_changes() {
    let mut desk = with_history(1, 1..=60);
    desk.wheel(1_500.0);
    let tops = |desk: &Desk| -> Vec<(String, f32)> {
        let log = desk.window.get_by_role(Role::Log);
        let rows = log.children_recursive().filter(|node| node.accesskit_node().role() == Role::ListItem);
        rows.map(|node| (node.accesskit_node().label().unwrap_or_default(), node.rect().top())).collect()
    };
    let log = desk.window.get_by_role(Role::Log).rect();
    let (read, top) = tops(&desk).into_iter().find(|(_, top)| *top >= log.top()).expect("a row begins in sight");
    assert!(!read.contains(&text(60)), "it is not at the end");
    for width in [640.0, 1_200.0, 700.0, 900.0] {
        desk.window.set_size(vec2(width, 600.0));
        desk.window.run();
        let now = tops(&desk).into_iter().find(|(line, _)| *line == read).map(|(_, top)| top);
        assert!(now.is_some_and(|now| (now - top).abs() < 1.0), "{read} stood at {top}, at {now:?} in {width}");
    }
}

#[test]
fn an_open_question_asks_for_no_frame() {
    let mut desk = Desk::dialling();
    desk.server.connected();
    desk.window.run();
    desk.server.sent();
    desk.says(r#"{"error":{"code":"password_required","text":"This server wants a password."}}"#);
    desk.window.run();
    desk.window.get_by_label("Password");
    let wait = wait(&mut desk);
    assert!(wait > Duration::from_secs(60), "{wait:?}");
}

#[test]
fn a_countdown_asks_for_a_frame_when_it_shows_another_second() {
    let mut desk = Desk::online();
    desk.server.lost("the server closed the connection");
    desk.window.run();
    desk.window.get_by_label("Try now");
    let wait = wait(&mut desk);
    assert!(wait > Duration::ZERO && wait <= Duration::from_millis(1_100), "{wait:?}");
}
