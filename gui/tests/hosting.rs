//! Hosting a chat from the window, with a stand-in for the server's program.
#![cfg(unix)]

mod common;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use common::{click, dialog, profile, room, welcome, window};
use eframe::egui::accesskit::Role;
use eframe::egui::{Event, Key, Modifiers, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use gui::{App, Bell, Form};
use parlor_face::kept::Connect;
use parlor_transport_tcp::session::{Offline, Session};
use parlor_transport_tcp::target::Target;

/// After this long, what is waited for does not come any more.
const PATIENCE: Duration = Duration::from_secs(30);

/// A stand-in for the server's program.
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

#[test]
fn hosting_starts_a_server_connects_to_it_and_says_when_it_ends() {
    let (home, _kept, mut window) = dialog();
    let script =
        "echo 'listening on parlor://127.0.0.1:7'; echo 'Server is running...'; echo 'x ERROR the disk is full' >&2
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

/// A dialog, and the servers it dials, by hand.
fn dialling() -> (Arc<Mutex<Vec<Offline>>>, Harness<'static, App>) {
    let servers = Arc::new(Mutex::new(Vec::<Offline>::new()));
    let theirs = servers.clone();
    let window = window(vec2(900.0, 700.0), move |ctx| {
        let connect = Connect { nick: "ada".into(), ..Connect::default() };
        let dial = move |target: &Target, nick: &str, _, _: &Bell| {
            let (session, server) = Session::offline(profile(target.dialect, nick));
            theirs.lock().expect("nobody panics with it").push(server);
            session
        };
        App::asking(ctx, Form::kept(&connect), None, Box::new(dial))
    });
    (servers, window)
}

#[test]
fn who_hosts_is_asked_once_before_the_chat_ends_for_everybody() {
    let home = tempfile::tempdir().expect("there is room for a directory");
    let (servers, mut window) = dialling();
    let script = "echo 'listening on parlor://127.0.0.1:7'; echo 'Server is running...'; cat > /dev/null";
    window.state_mut().host_with(program(home.path(), script));
    click(&mut window, "Host a chat on this computer");
    click(&mut window, "Start");
    until(&mut window, "You are hosting this chat");
    click(&mut window, "Close");
    let server = servers.lock().expect("nobody panics with it").pop().expect("it dialled");
    server.connected();
    server.says(format!("{}\n{}\n", welcome("ada"), room("lobby", "", &["ada"])).as_bytes());
    window.run();
    assert!(!common::close(&mut window), "nobody else is here");
    server.says(b"{\"joined\":{\"room\":\"lobby\",\"nick\":\"bea\",\"at\":1763804800000}}\n");
    window.run();
    assert!(common::close(&mut window), "bea would be left alone");
    window.run();
    assert!(window.query_by_label("Others are still here.").is_some());
    click(&mut window, "Close anyway");
    assert!(!common::close(&mut window), "it is asked once");
}

#[test]
fn enter_presses_the_button_that_has_the_focus_and_starts_where_none_has() {
    let (home, _kept, mut window) = dialog();
    window.state_mut().host_with(home.path().join("nowhere"));
    let enter = |window: &mut Harness<'static, App>| {
        window.key_press_modifiers(Modifiers::NONE, Key::Enter);
        window.run();
    };
    let tried =
        |window: &Harness<'static, App>| window.query_by_label_contains("The server cannot be started").is_some();
    click(&mut window, "Host a chat on this computer");
    window.get_by_label("Everybody on my network").focus();
    window.run();
    enter(&mut window);
    assert!(!tried(&window), "it chooses");
    window.get_by_role_and_label(Role::Button, "Cancel").focus();
    window.run();
    enter(&mut window);
    assert!(window.query_by_label("Who may come").is_none(), "it leaves");
    click(&mut window, "Host a chat on this computer");
    enter(&mut window);
    assert!(tried(&window));
}

#[test]
fn the_password_of_a_chat_that_is_hosted_is_given_to_that_chat_alone() {
    let home = tempfile::tempdir().expect("there is room for a directory");
    let (servers, mut window) = dialling();
    let asks = |servers: &Mutex<Vec<Offline>>, window: &mut Harness<'static, App>| {
        let server = servers.lock().expect("nobody panics with it").pop().expect("it dialled");
        server.connected();
        server.says(b"{\"error\":{\"code\":\"password_required\",\"text\":\"A password is needed.\"}}\n");
        window.run();
        String::from_utf8(server.sent()).expect("the client sends UTF-8")
    };
    let host = |window: &mut Harness<'static, App>, script: &str| {
        window.state_mut().host_with(program(home.path(), script));
        click(window, "Host a chat on this computer");
        window.get_by_label("Password, if there is to be one").focus();
        window.run();
        window.event(Event::Text("geheim".into()));
        window.run();
        click(window, "Start");
    };
    host(&mut window, "echo 'parlor-server: Port 7667 is taken by another program.' >&2; exit 1");
    until(&mut window, "Port 7667 is taken by another program.");
    click(&mut window, "Cancel");
    click(&mut window, "Connect");
    assert!(!asks(&servers, &mut window).contains("geheim"), "this is somebody else's");
    window.key_press_modifiers(Modifiers::COMMAND, Key::O);
    window.run();
    host(&mut window, "echo 'listening on parlor://127.0.0.1:7'; echo 'Server is running...'; cat > /dev/null");
    until(&mut window, "You are hosting this chat");
    assert!(asks(&servers, &mut window).contains("geheim"));
}
