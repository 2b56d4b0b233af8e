//! What counts as read: what is in sight of somebody who looks.

mod desk;

use cursive::Vec2;
use cursive::event::{Event, Key, MouseButton, MouseEvent};
use desk::{Desk, GARDEN};
use parlor_core::wire::Dialect;
use parlor_transport_tcp::session::Session;
use parlor_transport_tcp::target::Target;
use tui::app::{self, App};
use tui::look::Look;
use tui::style::Colours;
use tui::term::{Caret, Extra};

const USUAL: (usize, usize) = (80, 24);

fn unread(desk: &Desk, room: usize) -> u32 {
    desk.session.state().rooms[room].unread
}

fn focus(desk: &mut Desk, focused: bool) {
    desk.event(Extra::Focus(focused).into_event());
}

#[test]
fn whatever_stands_in_front_nothing_behind_it_is_read_and_the_focus_is_known_afterwards() {
    for front in [Event::Key(Key::F1), Event::CtrlChar('k'), Event::CtrlChar('f')] {
        let mut desk = Desk::online(USUAL);
        desk.event(front.clone());
        desk.bea("unseen");
        assert_eq!(unread(&desk, 0), 1, "{front:?}");
        focus(&mut desk, false);
        desk.key(Key::Esc);
        assert_eq!(unread(&desk, 0), 1, "{front:?}: nobody looks");
        desk.event(front.clone());
        focus(&mut desk, true);
        assert_eq!(unread(&desk, 0), 1, "{front:?}");
        desk.key(Key::Esc);
        assert_eq!(unread(&desk, 0), 0, "{front:?}");
        desk.bea("seen");
        assert_eq!(unread(&desk, 0), 0, "{front:?}");
    }
}

#[test]
fn who_looks_away_while_the_server_asks_has_read_nothing_of_what_is_said_then() {
    let mut desk = Desk::dialling(USUAL);
    desk.server.connected();
    desk.says(r#"{"error":{"code":"nick_taken","text":"Somebody else is called ada here."}}"#);
    focus(&mut desk, false);
    desk.types("2");
    desk.key(Key::Enter);
    desk.says(&desk::WELCOME.replace(r#""nick":"ada""#, r#""nick":"ada2""#));
    desk.says(desk::LOBBY);
    desk.bea("unseen");
    assert_eq!(unread(&desk, 0), 1);
    focus(&mut desk, true);
    assert_eq!(unread(&desk, 0), 0);
}

#[test]
fn who_looks_away_before_there_is_a_chat_has_read_nothing_either() {
    let target = Target::new(Dialect::Native, "127.0.0.1", 7667);
    let (session, server) = Session::offline(app::profile(&target, "ada", None, None));
    let shown = session.clone();
    let look = Look::new(Colours::Many);
    let (mut runner, _, keys, _frames) = desk::program_with(look, Caret::default(), USUAL, |siv| {
        tui::connect::dialog(siv);
        siv.set_on_post_event('!', move |siv| app::open(siv, shown.clone()));
    });
    for event in [Extra::Focus(false).into_event(), Event::Key(Key::Tab), Event::Char('!')] {
        keys.send(Some(event)).unwrap();
    }
    // The dialog takes what is typed.
    tui::front::close_form(&mut runner);
    runner.process_events();
    server.connected();
    let message = r#"{"message":{"room":"lobby","id":1,"from":"bea","at":1763804800000,"text":"unseen"}}"#;
    for frame in [desk::WELCOME, desk::LOBBY, message] {
        server.says(format!("{frame}\n").as_bytes());
        runner.refresh();
    }
    assert_eq!(session.state().rooms[0].unread, 1);
    assert!(!runner.user_data::<App>().unwrap().focused);
}

#[test]
fn a_room_one_has_scrolled_up_in_is_not_read_by_coming_back_to_it() {
    let click = |desk: &mut Desk| {
        let row = desk.rows().iter().position(|row| row.starts_with(" garden") && row.contains('│')).unwrap();
        let event = MouseEvent::Press(MouseButton::Left);
        desk.event(Event::Mouse { offset: Vec2::zero(), position: Vec2::new(2, row), event });
    };
    let by_keys = |desk: &mut Desk| desk.control('n');
    let by_name = |desk: &mut Desk| {
        desk.control('k');
        desk.types("garden");
        desk.key(Key::Enter);
    };
    let by_news = |desk: &mut Desk| desk.event(Event::AltShift(Key::Down));
    let by_command = |desk: &mut Desk| {
        desk.types("/join garden");
        desk.key(Key::Enter);
    };
    let ways: [&dyn Fn(&mut Desk); 5] = [&click, &by_keys, &by_name, &by_news, &by_command];
    for (number, comes_back) in ways.into_iter().enumerate() {
        let mut desk = Desk::online(USUAL);
        desk.says(GARDEN);
        for line in 1..=40 {
            desk.bea_in("garden", &format!("line {line}."));
        }
        desk.control('n');
        desk.key(Key::PageUp);
        desk.control('p');
        desk.bea_in("garden", "bees");
        assert_eq!(unread(&desk, 1), 1);
        comes_back(&mut desk);
        desk.sees("garden: roses");
        desk.does_not_see("bees");
        assert_eq!(unread(&desk, 1), 1, "way {number}");
        desk.key(Key::End);
        desk.sees("bea: bees");
        assert_eq!(unread(&desk, 1), 0, "way {number}");
    }
}
