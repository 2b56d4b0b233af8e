//! One evening, as the server tells it, in the window: `core/tests/data/faces.jsonl` is shown by both faces.

mod common;

use common::Desk;
use eframe::egui::{Key, Modifiers, vec2};

const EVENING: &str = include_str!("../../core/tests/data/faces.jsonl");

#[test]
fn an_evening_is_shown_word_for_word_and_in_order() {
    // High enough for every row to be in sight.
    let mut desk = Desk::sized(vec2(1000.0, 1400.0));
    desk.server.connected();
    desk.server.says(EVENING.as_bytes());
    desk.window.run();
    let rooms = desk.session.state().rooms.len();
    let mut all = Vec::new();
    for _ in 0..rooms {
        assert_eq!(desk.lines(), desk.truth());
        all.extend(desk.lines());
        desk.press(Modifiers::COMMAND, Key::PageDown);
    }
    for line in [
        "bea: Good evening, ada.",
        "* علی joined",
        "* bea set the topic: Tea, چای, tè",
        "* Niccolò is now known as Nico",
        "* علی left (شب بخیر)",
        "علی: سلام دنیا، حال شما چطور است؟",
        "Niccolò: Perché no? È già l’ora del tè, andrò là più tardi.",
        "bea: 😀 👍🏽 👨‍👩‍👧 🇮🇷 🇮🇹 ❤️",
        "* bea pours the tea",
        "Niccolò: Two lines:\nthe second one, ada.",
        "bea: Between us: the cake is for علی.",
        "Nico: Nico is shorter.",
        "bea: Good night!",
    ] {
        assert_eq!(all.iter().filter(|shown| *shown == line).count(), 1, "{line} in {all:#?}");
    }
}

#[test]
fn the_evening_is_the_same_however_its_bytes_arrive() {
    let mut whole = Desk::sized(vec2(1000.0, 1400.0));
    whole.server.connected();
    whole.server.says(EVENING.as_bytes());
    whole.window.run();
    let mut cut = Desk::sized(vec2(1000.0, 1400.0));
    cut.server.connected();
    for bytes in EVENING.as_bytes().chunks(7) {
        cut.server.says(bytes);
    }
    cut.window.run();
    assert_eq!(cut.lines(), whole.lines());
}
