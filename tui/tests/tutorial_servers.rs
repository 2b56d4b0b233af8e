//! The real program on the tutorials' own servers, which it leaves alive.

mod desk;
mod hub;

use cursive::event::Key;
use hub::{Piped, run};
use parlor_core::wire::Dialect;
use parlor_standins::{ChatRoomClient, ChatRoomServer, MessengerClient, MessengerServer};
use parlor_transport_tcp::session::Session;
use parlor_transport_tcp::target::Target;
use tui::app::{self, App};
use tui::style::Colours;
use tui::term::Caret;

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
    ali.expect("ada: ciao سلام");
    ali.send("benvenuta").unwrap();
    ada.prints("ali: benvenuta");
    let (code, _) = ada.finish();
    assert_eq!(code, 0);
    ali.expect("ada left the chat.");
    ali.assert_well();
    assert!(server.health().is_well());
}

/// The screen, over a real session with this server.
fn screen_chats(target: Target, says: impl Fn(&str), hears: impl Fn(&str)) {
    let profile = app::profile(&target, "ada", None, None);
    let session = Session::start(target, profile, Idle);
    let (mut runner, _, keys, frames) = {
        let caret = Caret::default();
        let mut siv = cursive::Cursive::new();
        app::install(&mut siv, App::new(Colours::None, caret.clone()));
        app::open(&mut siv, session.clone());
        let backend = cursive::backends::puppet::Backend::init(Some(cursive::Vec2::new(80, 24)));
        let (keys, frames) = (backend.input(), backend.stream());
        (siv.into_runner(backend), caret, keys, frames)
    };
    let mut shows = |text: &str| {
        let shown = parlor_standins::eventually(|| {
            runner.process_events();
            runner.refresh();
            frames.try_iter().last().is_some_and(|frame| desk::text_of(&frame).contains(text))
        });
        assert!(shown, "{text:?} is not shown");
    };
    shows("ada at ");
    says("benvenuta, سلام");
    shows("ali: benvenuta, سلام");
    for c in "grazie".chars() {
        keys.send(Some(cursive::event::Event::Char(c))).unwrap();
    }
    keys.send(Some(Key::Enter.into())).unwrap();
    shows("ada: grazie");
    hears("grazie");
    keys.send(Some(cursive::event::Event::CtrlChar('q'))).unwrap();
    runner.process_events();
    assert!(!runner.is_running());
    assert!(session.wait_finished(hub::PATIENCE));
}

struct Idle;

impl parlor_transport_tcp::session::Face for Idle {
    fn changed(&self) {}
    fn notify(&self, _from: &str, _text: &str) {}
    fn remember(&self, _token: &parlor_core::secret::Secret) {}
    fn finished(&self) {}
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
    let target = Target::new(Dialect::Prompt, "127.0.0.1", server.address().port());
    screen_chats(target, |text| ali.send(text).unwrap(), |text| ali.expect(&format!("ada: {text}")));
    ali.assert_well();
    assert!(server.health().is_well());
}
