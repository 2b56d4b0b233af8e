//! Settings, the ways between rooms, and what can be done about people: without a display.

mod common;

use std::fs;
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use common::{Desk, click, dialog, hidden, profile, room, window};
use eframe::egui::accesskit::Role;
use eframe::egui::{Key, Modifiers, Rangef, Rect, Shape, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use gui::{App, Bell, Form};
use parlor_core::client::{Call, RoomKey};
use parlor_core::wire::Dialect;
use parlor_core::words::Language;
use parlor_face::notify::Notifier;
use parlor_face::settings::{FontSize, LanguageChoice, Settings, Theme};
use parlor_transport_tcp::session::{Face, Session};
use parlor_transport_tcp::target::Target;

/// After this long, what is waited for does not come any more.
const PATIENCE: Duration = Duration::from_secs(30);

fn press(window: &mut Harness<'static, App>, modifiers: Modifiers, key: Key) {
    window.key_press_modifiers(modifiers, key);
    window.run();
}

#[test]
fn what_is_chosen_holds_at_once_and_is_kept() {
    let (_home, kept, mut window) = dialog();
    press(&mut window, Modifiers::COMMAND, Key::Comma);
    click(&mut window, "Light");
    click(&mut window, "Only who");
    click(&mut window, "Tell others that I am typing");
    click(&mut window, "Larger");
    assert_eq!(window.ctx.zoom_factor(), 16.0 / 15.0);
    assert!(!window.ctx.global_style().visuals.dark_mode);
    click(&mut window, "فارسی");
    assert!(window.query_by_label("تنظیمات").is_some(), "the dialog itself is in Persian now");
    assert!(window.query_by_label("Join a chat").is_none());
    click(&mut window, "بستن");
    assert!(window.query_by_label("تنظیمات").is_none());
    drop(window);
    let settings = kept.settings().settings;
    assert_eq!(settings.language, LanguageChoice::Is(Language::Persian));
    assert_eq!((settings.theme, settings.font_size), (Theme::Light, FontSize::of(16)));
    assert!(!settings.tell_typing && settings.fold_presence);
}

#[cfg(unix)]
#[test]
fn the_window_does_not_wait_for_the_disk_and_what_was_chosen_is_kept_as_it_leaves() {
    use std::sync::atomic::{AtomicBool, Ordering};
    let (home, kept, mut window) = dialog();
    let config = home.path().join("config");
    fs::create_dir_all(&config).expect("there is room for a directory");
    // Another client writes there.
    let other = fs::File::open(&config).expect("it is there");
    other.lock().expect("directories can be locked here");
    let held = Arc::new(AtomicBool::new(true));
    let (theirs, (done, waits)) = (held.clone(), channel::<()>());
    let writing = thread::spawn(move || {
        let _ = waits.recv_timeout(PATIENCE);
        theirs.store(false, Ordering::Release);
        drop(other);
    });
    press(&mut window, Modifiers::COMMAND, Key::Plus);
    assert_eq!(window.ctx.zoom_factor(), 16.0 / 15.0);
    assert!(held.load(Ordering::Acquire), "it waited for the other one");
    assert_eq!(kept.settings().settings, Settings::default());
    drop(done);
    eframe::App::on_exit(window.state_mut(), None);
    assert_eq!(kept.settings().settings.font_size, FontSize::of(16));
    writing.join().expect("it ends");
}

#[test]
fn settings_that_cannot_be_kept_are_told() {
    let (home, _kept, mut window) = dialog();
    fs::write(home.path().join("config"), "").expect("there is room for a file");
    press(&mut window, Modifiers::COMMAND, Key::Plus);
    let since = Instant::now();
    while window.query_by_label_contains("cannot be").is_none() {
        assert!(since.elapsed() < PATIENCE, "it is never told");
        thread::yield_now();
        window.step();
    }
    assert_eq!(window.ctx.zoom_factor(), 16.0 / 15.0, "it holds all the same");
}

#[test]
fn ctrl_and_plus_minus_zero_change_the_size_within_bounds() {
    let (_home, kept, mut window) = dialog();
    let shows = |window: &Harness<'static, App>, points: u8| {
        assert_eq!(window.ctx.zoom_factor(), f32::from(points) / 15.0);
    };
    press(&mut window, Modifiers::COMMAND, Key::Plus);
    press(&mut window, Modifiers::COMMAND, Key::Plus);
    shows(&window, 17);
    for _ in 0..20 {
        press(&mut window, Modifiers::COMMAND, Key::Minus);
    }
    shows(&window, FontSize::MIN);
    press(&mut window, Modifiers::COMMAND, Key::Num0);
    shows(&window, 15);
    press(&mut window, Modifiers::COMMAND, Key::Minus);
    drop(window);
    assert_eq!(kept.settings().settings.font_size.points(), 14);
}

#[test]
fn in_persian_the_window_stands_from_right_to_left() {
    let mut desk = Desk::online();
    desk.said("lobby", "bea", "hello");
    desk.window.run();
    let left_of = |desk: &Desk, one: &str, other: &str| {
        desk.window.get_by_label(one).rect().center().x < desk.window.get_by_label(other).rect().center().x
    };
    assert!(left_of(&desk, "garden", "bea"));
    assert!(left_of(&desk, "Message", "Send"));
    let persian = Settings { language: LanguageChoice::Is(Language::Persian), ..Settings::default() };
    let ctx = desk.window.ctx.clone();
    desk.window.state_mut().set(&ctx, persian);
    desk.window.run();
    assert!(left_of(&desk, "bea", "garden"));
    assert!(left_of(&desk, "ارسال", "پیام"));
}

/// From where to where letters are drawn within `area`.
fn letters(desk: &Desk, area: Rect) -> Rangef {
    let mut found = Rangef::NOTHING;
    let mut all: Vec<&Shape> = desk.window.output().shapes.iter().map(|clipped| &clipped.shape).collect();
    while let Some(shape) = all.pop() {
        match shape {
            Shape::Vec(shapes) => all.extend(shapes),
            Shape::Mesh(mesh) => {
                for vertex in mesh.vertices.iter().filter(|vertex| area.contains(vertex.pos)) {
                    found = Rangef::new(found.min.min(vertex.pos.x), found.max.max(vertex.pos.x));
                }
            }
            _ => {}
        }
    }
    found
}

#[test]
fn the_lines_of_a_members_menu_begin_where_lines_begin() {
    for language in [Language::English, Language::Persian] {
        let mut desk = Desk::online();
        let settings = Settings { language: LanguageChoice::Is(language), ..Settings::default() };
        let ctx = desk.window.ctx.clone();
        desk.window.state_mut().set(&ctx, settings);
        desk.window.run();
        let member = desk.window.get_by_label("bea").rect();
        for secondary in [false, true] {
            let bea = desk.window.get_by_label("bea");
            if secondary {
                bea.click_secondary()
            } else {
                bea.click()
            }
            desk.window.run();
            let short = if language == Language::Persian { "پیام به bea" } else { "Ignore bea" };
            let line = desk.window.get_by_role_and_label(Role::Button, short).rect();
            let letters = letters(&desk, line);
            let (left, right) = (letters.min - line.left(), line.right() - letters.max);
            assert!(left.is_finite() && (left < right) != (language == Language::Persian), "{left} {right}");
            if !secondary {
                let edges = (line.left() - member.left(), member.right() - line.right());
                assert!((edges.0 < edges.1) != (language == Language::Persian), "{edges:?}");
            }
            desk.press(Modifiers::NONE, Key::Escape);
        }
    }
}

#[test]
fn what_keys_do_stands_close_behind_them() {
    let keys = "Alt+Shift+↑, Alt+Shift+↓";
    for (language, does) in [
        (Language::English, "previous, next room with something unread"),
        (Language::Persian, "اتاق قبلی، بعدی با پیام نخوانده"),
    ] {
        let mut desk = Desk::online();
        let settings = Settings { language: LanguageChoice::Is(language), ..Settings::default() };
        let ctx = desk.window.ctx.clone();
        desk.window.state_mut().set(&ctx, settings);
        desk.press(Modifiers::NONE, Key::F1);
        let (keys, does) = (desk.window.get_by_label(keys).rect(), desk.window.get_by_label(does).rect());
        let gap = if language == Language::Persian { keys.left() - does.right() } else { does.left() - keys.right() };
        assert!((10.0..60.0).contains(&gap), "{gap}");
    }
}

#[test]
fn no_english_is_left_in_a_persian_window() {
    let mut desk = Desk::online();
    let persian = Settings { language: LanguageChoice::Is(Language::Persian), ..Settings::default() };
    let ctx = desk.window.ctx.clone();
    desk.window.state_mut().set(&ctx, persian);
    desk.window.run();
    for (modifiers, key) in [
        (Modifiers::NONE, Key::Escape),
        (Modifiers::COMMAND, Key::F),
        (Modifiers::NONE, Key::F1),
        (Modifiers::COMMAND, Key::Comma),
    ] {
        desk.press(modifiers, key);
        let tree = format!("{:?}", desk.window.root());
        for word in
            ["Rooms", "Members", "Message", "Send", "Search", "Close", "Keys", "Settings", "Connected", "Colours"]
        {
            let said = desk.window.query_all_by_label_contains(word).next();
            assert!(said.is_none(), "{word} is said: {tree}");
        }
        let dotted = desk.window.query_all_by_label_contains("·").next();
        assert!(dotted.is_none(), "a dot beside a number is a Persian zero: {tree}");
        desk.press(Modifiers::NONE, Key::Escape);
    }
}

#[test]
fn ctrl_k_goes_to_a_room_by_a_few_of_its_letters() {
    let mut desk = Desk::online();
    let shown = |desk: &Desk| desk.session.state().shown_room().map(|room| room.title.clone());
    assert_eq!(shown(&desk).as_deref(), Some("lobby"));
    desk.press(Modifiers::COMMAND, Key::K);
    desk.type_text("gdn");
    desk.press(Modifiers::NONE, Key::Enter);
    assert_eq!(shown(&desk).as_deref(), Some("garden"));
    assert!(desk.box_has_focus(), "one types on where one went");
    assert_eq!(desk.typed(), "");
    desk.press(Modifiers::COMMAND, Key::K);
    desk.press(Modifiers::NONE, Key::Escape);
    assert!(desk.window.query_by_label("Go to a room").is_none());
    assert_eq!(shown(&desk).as_deref(), Some("garden"));
}

#[test]
fn alt_and_arrows_go_to_rooms_and_with_shift_to_unread_ones() {
    let mut desk = Desk::online();
    desk.says(&room("attic", "", &["ada"]));
    desk.window.run();
    let shown = |desk: &Desk| desk.session.state().shown_room().map(|room| room.title.clone()).unwrap_or_default();
    let first = shown(&desk);
    desk.press(Modifiers::ALT, Key::ArrowDown);
    let second = shown(&desk);
    assert_ne!(first, second);
    desk.press(Modifiers::ALT, Key::ArrowUp);
    assert_eq!(shown(&desk), first);
    desk.said("garden", "carlo", "anybody?");
    desk.window.run();
    let both = Modifiers { shift: true, ..Modifiers::ALT };
    desk.press(both, Key::ArrowUp);
    assert_eq!(shown(&desk), "garden", "whichever way round");
}

#[test]
fn about_somebody_one_can_do_what_one_may() {
    let mut desk = Desk::online();
    click(&mut desk.window, "bea");
    assert!(desk.window.query_by_label("Mute bea").is_none(), "one is no operator");
    click(&mut desk.window, "Mention bea");
    assert_eq!(desk.typed(), "bea: ");
    click(&mut desk.window, "bea");
    click(&mut desk.window, "Ignore bea");
    assert!(desk.session.state().ignores("bea"));
    click(&mut desk.window, "bea");
    click(&mut desk.window, "No longer ignore bea");
    assert!(!desk.session.state().ignores("bea"));
    desk.sent();
    click(&mut desk.window, "bea");
    click(&mut desk.window, "Message bea");
    let sent = desk.sent();
    assert!(sent.contains("@bea"), "{sent}");
}

#[test]
fn who_looks_elsewhere_is_told_that_they_are_called_and_who_looks_here_is_not() {
    let (sender, told) = channel();
    let bell = Arc::<Mutex<Option<Bell>>>::default();
    let theirs = Arc::clone(&bell);
    let mut window = window(vec2(600.0, 400.0), move |ctx| {
        let target = Target::new(Dialect::Native, "127.0.0.1", 7);
        let dial = Box::new(move |target: &Target, nick: &str, _, bell: &Bell| {
            *theirs.lock().expect("nobody panics with it") = Some(bell.clone());
            Session::offline(profile(target.dialect, nick)).0
        });
        let mut app = App::asking(ctx, Form::new(&target, "ada"), None, dial);
        app.notify_by(Notifier::showing(move |_, notice| {
            let _ = sender.send(format!("{}: {}", notice.summary, notice.body));
        }));
        app.connect(ctx, &target, "ada");
        app
    });
    let bell = bell.lock().expect("nobody panics with it").clone().expect("it has dialled");
    let call = |text: &str| {
        let (title, from, text) = ("lobby".into(), "bea".into(), text.into());
        bell.notify(&Call { room: RoomKey(1), title, direct: false, from, text });
    };
    window.input_mut().focused = true;
    call("ada, are you there?");
    window.run();
    window.input_mut().focused = false;
    window.run();
    call("ada? tea!");
    window.run();
    let notice = told.recv_timeout(PATIENCE).expect("one is told");
    assert_eq!(notice, "\u{2068}bea\u{2069} in \u{2068}lobby\u{2069}: ada? tea!");
}

#[test]
fn who_is_away_is_told_in_the_list_and_also_who_is_back() {
    let mut desk = Desk::online();
    let listed = |desk: &Desk, line: &str| desk.window.query_by_role_and_label(Role::ListItem, line).is_some();
    assert!(listed(&desk, "bea") && listed(&desk, "ada (you)"));
    desk.says(r#"{"away":{"nick":"bea","text":"lunch"}}"#);
    desk.says(r#"{"away":{"nick":"ada","text":"here soon"}}"#);
    desk.window.run();
    assert!(listed(&desk, "bea away") && listed(&desk, "ada (you) away"));
    desk.says(r#"{"away":{"nick":"bea"}}"#);
    desk.window.run();
    assert!(listed(&desk, "bea"));
}

#[test]
fn what_comes_while_the_window_is_hidden_is_not_read() {
    let mut desk = Desk::online();
    desk.said("lobby", "bea", "hello");
    desk.window.run();
    desk.sent();
    // Nothing is drawn any more, so that only the program's logic can notice.
    hidden(&mut desk.window, None);
    desk.said("lobby", "bea", "ada, are you there?");
    hidden(&mut desk.window, None);
    let unread = |desk: &Desk| desk.session.state().rooms[0].unread;
    assert_eq!(unread(&desk), 1);
    assert!(!desk.sent().contains("read"), "the server is not told that it was");
    desk.window.run();
    assert_eq!(unread(&desk), 0, "now it is seen");
}

#[test]
fn what_comes_while_the_dialog_lies_over_the_chat_is_not_read() {
    let mut desk = Desk::online();
    press(&mut desk.window, Modifiers::COMMAND, Key::O);
    desk.said("lobby", "bea", "hello");
    desk.window.run();
    assert_eq!(desk.session.state().rooms[0].unread, 1);
    press(&mut desk.window, Modifiers::NONE, Key::Escape);
    assert_eq!(desk.session.state().rooms[0].unread, 0);
}
