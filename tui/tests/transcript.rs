//! An evening, fed to the screen as a server says it: what is shown is what the machine's state holds, in its order.
//! The desktop client is shown the same evening.

mod desk;

use desk::Desk;
use parlor_core::client::{Entry, State};
use tui::cells;

const EVENING: &str = include_str!("../../core/tests/data/faces.jsonl");

/// The lines of the shown room.
fn lines(state: &State) -> Vec<String> {
    state.shown_room().unwrap().timeline.iter().map(Entry::line).collect()
}

fn evening() -> Desk {
    let mut desk = Desk::dialling((120, 40));
    desk.server.connected();
    for frame in EVENING.lines() {
        desk.says(frame);
    }
    desk
}

/// Every line stands on the screen, below the one before it.
#[track_caller]
fn assert_in_order(desk: &Desk, lines: &[String]) {
    let rows = desk.rows();
    let mut below = rows.iter();
    for part in lines.iter().flat_map(|line| line.lines()) {
        // Joined emoji and flags are shown apart.
        let shown = cells::clean(part);
        assert!(below.any(|row| row.contains(&shown)), "{shown:?} is not where it should be:\n{}", desk.screen());
    }
}

#[test]
fn the_screen_shows_the_lines_of_the_state_in_their_order() {
    let mut desk = evening();
    while desk.session.state().shown_room().unwrap().title != "lobby" {
        desk.control('n');
    }
    let lines = lines(&desk.session.state());
    for expected in
        ["علی: سلام دنیا، حال شما چطور است؟", "* bea pours the tea", "Niccolò: Two lines:\nthe second one, ada."]
    {
        assert!(lines.iter().any(|line| line == expected), "{expected}: {lines:?}");
    }
    assert_in_order(&desk, &lines);
    desk.sees("lobby: Tea, چای, tè");
}

#[test]
fn a_conversation_is_a_room_of_its_own() {
    let mut desk = evening();
    while desk.session.state().shown_room().unwrap().title != "@bea" {
        desk.control('n');
    }
    let lines = lines(&desk.session.state());
    assert!(lines.iter().any(|line| line.starts_with("bea: ")), "{lines:?}");
    assert_in_order(&desk, &lines);
    desk.does_not_see("Good night!");
}
