//! The window on the tutorials' own servers, over real sockets.

mod common;

use common::{profile, window};
use eframe::egui::accesskit::Role;
use eframe::egui::{Event, Key, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use gui::{App, Form};
use parlor_core::wire::Dialect;
use parlor_standins::{ChatRoomClient, ChatRoomServer, MessengerClient, MessengerServer, eventually};
use parlor_transport_tcp::session::Session;
use parlor_transport_tcp::target::Target;

fn join(dialect: Dialect, port: u16) -> Harness<'static, App> {
    let target = Target::new(dialect, "127.0.0.1", port);
    window(vec2(900.0, 600.0), move |ctx| {
        let dial = Box::new(|target: &Target, nick: &str, _, bell: &gui::Bell| {
            Session::start(target.clone(), profile(target.dialect, nick), bell.clone())
        });
        let mut app = App::asking(ctx, Form::new(&target, "ada"), None, dial);
        app.connect(ctx, &target, "ada");
        app
    })
}

/// Draws until a row of the log says this.
#[track_caller]
fn wait_for(window: &mut Harness<'static, App>, line: &str) {
    let seen = eventually(|| {
        window.run_ok();
        window.query_by_role_and_label(Role::ListItem, line).is_some()
    });
    assert!(seen, "{line:?} is not shown; {window:?}");
}

#[track_caller]
fn wait_until_connected(window: &mut Harness<'static, App>) {
    let seen = eventually(|| {
        window.run_ok();
        window.query_by_label_contains("Connected to").is_some()
    });
    assert!(seen, "not connected; {window:?}");
}

fn say(window: &mut Harness<'static, App>, text: &str) {
    window.run_ok();
    window.event(Event::Text(text.into()));
    window.run_ok();
    window.key_press(Key::Enter);
    window.run_ok();
}

#[test]
fn it_chats_on_a_messenger_server_and_leaves_it_alive() {
    let server = MessengerServer::start().expect("a free port");
    let ali = MessengerClient::join(server.address(), "علی").expect("the server takes clients");
    server.expect_clients(1);
    let mut window = join(Dialect::Nic, server.address().port());
    wait_until_connected(&mut window);
    server.expect_clients(2);
    ali.send("سلام ada").expect("connected");
    wait_for(&mut window, "علی: سلام ada");
    say(&mut window, "ciao, perché no?");
    wait_for(&mut window, "ada: ciao, perché no?");
    ali.expect("ada: ciao, perché no?");
    eframe::App::on_exit(&mut window.into_state(), None);
    server.expect_clients(1);
    ali.send("still there").expect("connected");
    ali.expect("still there");
    ali.assert_well();
    assert!(server.health().is_well(), "{:?}", server.health());
}

#[test]
fn it_chats_on_a_chatroom_server_and_leaves_it_alive() {
    let server = ChatRoomServer::start().expect("a free port");
    let ali = ChatRoomClient::join(server.address(), "علی").expect("the server takes clients");
    server.expect_clients(1);
    let mut window = join(Dialect::Prompt, server.address().port());
    wait_until_connected(&mut window);
    server.expect_clients(2);
    ali.send("سلام ada").expect("connected");
    wait_for(&mut window, "علی: سلام ada");
    say(&mut window, "ciao, perché no?");
    wait_for(&mut window, "ada: ciao, perché no?");
    ali.expect_part("ada: ciao, perché no?");
    eframe::App::on_exit(&mut window.into_state(), None);
    server.expect_clients(1);
    ali.expect_part("ada left the chat");
    ali.assert_well();
    assert!(server.health().is_well(), "{:?}", server.health());
}
