//! An evening, fed to the screen as a server says it: what is shown is what the machine's state holds, in its order.

mod desk;

use desk::Desk;
use parlor_core::client::Entry;

const EVENING: &str = include_str!("../../core/tests/data/faces.jsonl");

#[test]
fn the_screen_shows_the_lines_of_the_state_in_their_order() {
    let mut desk = Desk::dialling((120, 40));
    desk.server.connected();
    for frame in EVENING.lines() {
        desk.says(frame);
    }
    let lines: Vec<String> = {
        let state = desk.session.state();
        let room = state.shown_room().unwrap();
        assert_eq!(room.title, "lobby");
        room.timeline.iter().map(Entry::line).collect()
    };
    for expected in [
        "* علی joined",
        "bea: Buonasera! Perché così pochi? È già l'ora.",
        "علی: سلام دنیا، حال شما چطور است؟",
        "علی: من ۲۳ ساله‌ام و Rust می‌نویسم.",
        "bea: 🙂 👍 che bello, ada!",
        "* bea waves",
        "علی: one\ntwo\nthree",
        "beatrice: a domani",
    ] {
        assert!(lines.iter().any(|line| line.starts_with(expected)), "{expected}: {lines:?}");
    }
    let rows = desk.rows();
    let mut below = rows.iter();
    for part in lines.iter().flat_map(|line| line.lines()) {
        assert!(below.any(|row| row.contains(part)), "{part:?} is not where it should be:\n{}", desk.screen());
    }
    desk.sees("Una sera insieme / یک شب با هم");
    desk.sees("1 new elsewhere");
}

#[test]
fn a_conversation_is_a_room_of_its_own() {
    let mut desk = Desk::dialling((120, 40));
    desk.server.connected();
    for frame in EVENING.lines() {
        desk.says(frame);
    }
    desk.does_not_see("psst");
    desk.control('n');
    desk.sees("bea: psst, solo per te");
}
