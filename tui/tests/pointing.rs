//! The mouse, for those who want it, and links that the terminal follows by itself.

mod desk;

use cursive::Vec2;
use cursive::event::{Event, Key, MouseButton, MouseEvent};
use desk::{Desk, GARDEN};
use tui::bidi::Bidi;
use tui::links::{self, Links};
use tui::look::Look;
use tui::style::Colours;
use tui::term::Caret;

const SIZE: (usize, usize) = (80, 14);

fn mouse(desk: &mut Desk, (x, y): (usize, usize), event: MouseEvent) {
    desk.event(Event::Mouse { offset: Vec2::zero(), position: Vec2::new(x, y), event });
}

#[test]
fn the_wheel_scrolls_and_a_click_shows_a_room() {
    let mut desk = Desk::online(SIZE);
    desk.says(GARDEN);
    desk.chatter(40);
    desk.sees("line 40.");
    mouse(&mut desk, (30, 5), MouseEvent::WheelUp);
    desk.does_not_see("line 40.");
    mouse(&mut desk, (30, 5), MouseEvent::WheelDown);
    desk.sees("line 40.");
    let row = desk.rows().iter().position(|row| row.starts_with(" garden") && row.contains('│')).unwrap();
    mouse(&mut desk, (2, row), MouseEvent::Press(MouseButton::Left));
    desk.sees("garden: roses");
}

#[test]
fn a_click_puts_the_caret_on_the_letter_under_it() {
    let mut desk = Desk::online_looking(Look { bidi: Bidi::App, ..Look::new(Colours::Many) }, (40, 10));
    desk.types("سلام");
    mouse(&mut desk, (38, 9), MouseEvent::Press(MouseButton::Left));
    desk.types("ا");
    desk.key(Key::Enter);
    assert!(desk.sent().contains("اسلام"));
    desk.types("hello");
    mouse(&mut desk, (4, 9), MouseEvent::Press(MouseButton::Left));
    desk.types("-");
    assert_eq!(desk.message_box(), "> he-llo");
}

#[test]
fn a_click_on_a_link_that_deceives_asks_first() {
    let mut desk = Desk::online(SIZE);
    desk.bea("https://bank.example@evil.example/");
    let row = desk.rows().iter().position(|row| row.contains("evil.example")).unwrap();
    let at = desk.rows()[row].find("https").unwrap();
    mouse(&mut desk, (at + 2, row), MouseEvent::Press(MouseButton::Left));
    desk.sees("This link leads to evil.example. Repeat to open it.");
    desk.does_not_see("Opened");
}

#[test]
fn a_links_letters_and_no_others_carry_where_it_leads() {
    let caret = Caret::new(Links::followed());
    let look = Look { bidi: Bidi::App, ..Look::new(Colours::Many) };
    let mut desk = Desk::online_with(look, caret.clone(), SIZE);
    desk.bea("ببین https://a.example/x را");
    let marked: String = desk
        .screen()
        .chars()
        .collect::<Vec<_>>()
        .windows(2)
        .filter_map(|pair| match pair {
            [letter, mark] => links::number(*mark).map(|_| *letter),
            _ => None,
        })
        .collect();
    assert_eq!(marked, "https://a.example/x");
    let mark = caret.links().mark("https://a.example/x").and_then(links::number).unwrap();
    assert_eq!(caret.links().begin(mark).unwrap(), format!("\x1b]8;id=parlor{mark};https://a.example/x\x1b\\"));
    // Nobody can make others' letters lead somewhere.
    desk.bea("x\u{E0100}y");
    let unmarked = desk.rows().into_iter().find(|row| row.contains("bea: xy"));
    assert!(unmarked.is_some(), "{}", desk.screen());
}

#[test]
fn without_such_a_terminal_no_letter_carries_anything() {
    let mut desk = Desk::online(SIZE);
    desk.bea("https://a.example/x");
    assert!(!desk.screen().contains(|c| links::number(c).is_some()));
    desk.sees("bea: https://a.example/x");
}
