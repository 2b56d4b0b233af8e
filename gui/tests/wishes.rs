//! Settings, the ways between rooms, what can be done about people, and hosting: without a display.

mod common;

use std::path::{Path, PathBuf};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use common::{Desk, profile, room, window};
use eframe::egui::accesskit::Role;
use eframe::egui::{Key, Modifiers, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use gui::{App, Bell, Form};
use parlor_core::client::{Call, RoomKey};
use parlor_core::wire::Dialect;
use parlor_core::words::Language;
use parlor_face::kept::{Connect, Kept};
use parlor_face::notify::Notifier;
use parlor_face::settings::{FontSize, LanguageChoice, Settings, Theme};
use parlor_transport_tcp::session::{Face, Session};
use parlor_transport_tcp::target::Target;

/// After this long, what is waited for does not come any more.
const PATIENCE: Duration = Duration::from_secs(30);

/// A dialog that keeps what it learns.
fn dialog() -> (tempfile::TempDir, Kept, Harness<'static, App>) {
    let home = tempfile::tempdir().expect("there is room for a directory");
    let kept = Kept::at(home.path().join("config"), home.path().join("state"));
    let theirs = kept.clone();
    let window = window(vec2(900.0, 700.0), move |ctx| {
        let connect = Connect { nick: "ada".into(), ..Connect::default() };
        let dial =
            Box::new(move |target: &Target, nick: &str, _: &Bell| Session::offline(profile(target.dialect, nick)).0);
        App::asking(ctx, Form::kept(&connect), Some(theirs), dial)
    });
    (home, kept, window)
}

fn press(window: &mut Harness<'static, App>, modifiers: Modifiers, key: Key) {
    window.key_press_modifiers(modifiers, key);
    window.run();
}

fn click(window: &mut Harness<'static, App>, label: &str) {
    window.get_by_label(label).click();
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
    let settings = kept.settings().settings;
    assert_eq!(settings.language, LanguageChoice::Is(Language::Persian));
    assert_eq!((settings.theme, settings.font_size), (Theme::Light, FontSize::of(16)));
    assert!(!settings.tell_typing && settings.fold_presence);
    click(&mut window, "بستن");
    assert!(window.query_by_label("تنظیمات").is_none());
}

#[test]
fn ctrl_and_plus_minus_zero_change_the_size_within_bounds() {
    let (_home, kept, mut window) = dialog();
    let size = || kept.settings().settings.font_size.points();
    press(&mut window, Modifiers::COMMAND, Key::Plus);
    press(&mut window, Modifiers::COMMAND, Key::Plus);
    assert_eq!(size(), 17);
    for _ in 0..20 {
        press(&mut window, Modifiers::COMMAND, Key::Minus);
    }
    assert_eq!(size(), FontSize::MIN);
    press(&mut window, Modifiers::COMMAND, Key::Num0);
    assert_eq!(size(), 15);
    assert_eq!(window.ctx.zoom_factor(), 1.0);
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
        let dial = Box::new(move |target: &Target, nick: &str, bell: &Bell| {
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
fn a_window_in_which_nothing_happens_asks_for_no_frame() {
    let mut desk = Desk::online();
    desk.said("lobby", "bea", "hello");
    desk.window.run();
    for _ in 0..5 {
        desk.window.step();
    }
    assert!(!desk.window.ctx.has_requested_repaint());
}

/// A stand-in for the server's program.
#[cfg(unix)]
fn program(home: &Path, script: &str) -> PathBuf {
    use std::io::Write;
    use std::process::{Command, Stdio};
    let path = home.join("server.sh");
    // Written by another process: children of other tests would hold this one's files open for a moment, and the system
    // starts no program that somebody may still write.
    let mut writer = Command::new("/bin/sh")
        .args(["-c", "cat > \"$0\"; chmod 700 \"$0\""])
        .arg(&path)
        .stdin(Stdio::piped())
        .spawn()
        .expect("there is a shell");
    let mut into = writer.stdin.take().expect("it is a pipe");
    into.write_all(format!("#!/bin/sh\n{script}\n").as_bytes()).expect("it reads");
    drop(into);
    assert!(writer.wait().expect("it ends").success());
    path
}

/// Draws until `label` is to be seen.
#[cfg(unix)]
fn until(window: &mut Harness<'static, App>, label: &str) {
    let since = std::time::Instant::now();
    while window.query_by_label_contains(label).is_none() {
        assert!(since.elapsed() < PATIENCE, "{label} never comes");
        std::thread::yield_now();
        window.step();
    }
    // What has just come up finds its place.
    window.run();
}

#[cfg(unix)]
#[test]
fn hosting_starts_a_server_connects_to_it_and_says_when_it_ends() {
    let (home, _kept, mut window) = dialog();
    let script =
        "echo 'listening on parlor://127.0.0.1:7'; echo 'Server is running...'; echo 'x INFO the disk is full' >&2
        while ! [ -e \"$0.end\" ]; do read line < /dev/null; done";
    let program = program(home.path(), script);
    window.state_mut().host_with(program.clone());
    click(&mut window, "Host a chat on this computer");
    click(&mut window, "Start");
    until(&mut window, "You are hosting this chat");
    assert!(window.query_by_label("parlor://127.0.0.1:7").is_some());
    click(&mut window, "Close");
    assert!(window.query_by_label_contains("Connecting to parlor://127.0.0.1:7").is_some());
    click(&mut window, "Addresses of this chat");
    assert!(window.query_by_label("You are hosting this chat").is_some());
    std::fs::write(format!("{}.end", program.display()), "").expect("there is room for a file");
    until(&mut window, "Your server has ended: the disk is full");
}

#[cfg(unix)]
#[test]
fn a_server_that_cannot_start_is_told_where_it_was_asked_for() {
    let (home, _kept, mut window) = dialog();
    let script = "echo 'parlor-server: Port 7667 is taken by another program.' >&2; exit 1";
    window.state_mut().host_with(program(home.path(), script));
    click(&mut window, "Host a chat on this computer");
    click(&mut window, "Start");
    until(&mut window, "Port 7667 is taken by another program.");
    assert!(window.query_by_role_and_label(Role::Button, "Start").is_some(), "it can be tried again");
    click(&mut window, "Cancel");
    assert!(window.query_by_label("Join a chat").is_some());
}

#[test]
fn a_program_that_is_not_there_is_told_in_a_sentence() {
    let (home, _kept, mut window) = dialog();
    window.state_mut().host_with(home.path().join("nowhere"));
    click(&mut window, "Host a chat on this computer");
    click(&mut window, "Start");
    assert!(window.query_by_label_contains("The server cannot be started").is_some());
}
