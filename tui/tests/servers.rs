//! The whole screen over real connections: on our own server, and on the tutorials' own, which it leaves alive.

mod desk;
mod hub;

use cursive::event::{Event, Key};
use hub::{Piped, run};
use parlor_core::wire::Dialect;
use parlor_standins::{ChatRoomClient, ChatRoomServer, MessengerClient, MessengerServer};
use parlor_transport_tcp::target::Target;
use tui::app::{self, App};

#[test]
fn a_pipe_chats_on_a_messenger_server() {
    let server = MessengerServer::start().unwrap();
    let url = format!("nic://{}", server.address());
    let ali = MessengerClient::join(server.address(), "ali").unwrap();
    server.expect_clients(1);
    let output = run(&["--pipe", "--nick", "ada", &url], "ciao سلام\nseconda riga\n");
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    ali.expect("ada: ciao سلام\n");
    ali.expect("ada: seconda riga\n");
    ali.assert_well();
    assert!(server.health().is_well());
}

#[test]
fn a_pipe_chats_on_a_chatroom_server() {
    let server = ChatRoomServer::start().unwrap();
    let url = format!("prompt://{}", server.address());
    let ali = ChatRoomClient::join(server.address(), "ali").unwrap();
    let mut ada = Piped::start(&["--pipe", "--nick", "ada", &url]);
    ada.says("ciao سلام");
    ada.prints("ada: ciao سلام");
    ali.expect_part("ada: ciao سلام");
    ali.send("benvenuta").unwrap();
    ada.prints("ali: benvenuta");
    let (code, _) = ada.finish();
    assert_eq!(code, 0);
    ali.expect_part("ada left the chat.");
    ali.assert_well();
    assert!(server.health().is_well());
}

/// The screen, over a real session with this server. It draws only when the session's thread wakes it.
fn screen_chats(target: Target, says: impl Fn(&str), hears: impl Fn(&str)) {
    let (mut runner, _, keys, frames) = desk::program((80, 24), |siv| app::start(siv, target, "ada"));
    let session = runner.user_data::<App>().unwrap().session.get().unwrap();
    let mut screen = String::new();
    let mut shows = |text: &str| {
        let shown = parlor_standins::eventually(|| {
            runner.step();
            if let Some(frame) = frames.try_iter().last() {
                screen = desk::text_of(&frame);
            }
            screen.contains(text)
        });
        assert!(shown, "{text:?} is not shown:\n{screen}");
    };
    shows("ada at ");
    says("benvenuta, سلام");
    shows("ali: benvenuta, سلام");
    for c in "grazie".chars() {
        keys.send(Some(Event::Char(c))).unwrap();
    }
    keys.send(Some(Event::Key(Key::Enter))).unwrap();
    shows("ada: grazie");
    hears("grazie");
    keys.send(Some(Event::CtrlChar('q'))).unwrap();
    runner.process_events();
    assert!(!runner.is_running());
    assert!(session.wait_finished(hub::PATIENCE));
}

#[test]
fn the_screen_chats_on_our_own_server_beside_a_tutorial_client() {
    let hub = hub::Hub::start(None);
    let address = hub.url(Dialect::Prompt).trim_start_matches("prompt://").parse().unwrap();
    let ali = ChatRoomClient::join(address, "ali").unwrap();
    ali.expect_part("Welcome to the chat ali.");
    let target = Target::parse(&hub.url(Dialect::Native)).unwrap();
    let hears = |text: &str| ali.expect(&format!("ada: {text}"));
    screen_chats(target, |text| ali.send(text).unwrap(), hears);
    ali.expect("ada left the chat.");
    ali.assert_well();
}

#[test]
fn the_screen_chats_on_a_messenger_server() {
    let server = MessengerServer::start().unwrap();
    let ali = MessengerClient::join(server.address(), "ali").unwrap();
    let target = Target::new(Dialect::Nic, "127.0.0.1", server.address().port());
    screen_chats(target, |text| ali.send(text).unwrap(), |text| ali.expect(&format!("ada: {text}\n")));
    ali.assert_well();
    assert!(server.health().is_well());
}

#[test]
fn the_screen_chats_on_a_chatroom_server() {
    let server = ChatRoomServer::start().unwrap();
    let ali = ChatRoomClient::join(server.address(), "ali").unwrap();
    // That server writes without pauses, so two rows may arrive as one.
    let target = Target::new(Dialect::Prompt, "127.0.0.1", server.address().port());
    screen_chats(target, |text| ali.send(text).unwrap(), |text| ali.expect_part(&format!("ada: {text}")));
    ali.assert_well();
    assert!(server.health().is_well());
}
