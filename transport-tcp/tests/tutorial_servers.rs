//! Our client on the tutorials' own servers, which die of careless guests: it chats, leaves, and leaves them alive.

use std::net::SocketAddr;

use parlor_core::client::{Call, Delivery, EntryKind, Intent, Keepsake, Link, Profile, State};
use parlor_core::secret::Secret;
use parlor_core::wire::Dialect;
use parlor_standins::{ChatRoomClient, ChatRoomServer, MessengerClient, MessengerServer, PATIENCE, eventually};
use parlor_transport_tcp::session::{Face, Session};
use parlor_transport_tcp::target::Target;

const TEXT: &str = "perché no? سلام 🙂";

/// A face that looks at nothing; the tests look at the state.
struct Blind;

impl Face for Blind {
    fn changed(&self) {}
    fn notify(&self, _call: &Call) {}

    fn keep(&self, _keepsake: &Keepsake) {}
    fn remember(&self, _token: &Secret) {}
    fn finished(&self) {}
}

fn dial(dialect: Dialect, address: SocketAddr, nick: &str) -> Session {
    let target = Target::new(dialect, address.ip().to_string(), address.port());
    let profile = Profile::new(dialect, &target.to_string(), nick, "parlor-test/0");
    Session::start(target, profile, Blind)
}

/// Everything in the log of the only room, one line each.
fn log(state: &State) -> Vec<String> {
    let entries = state.rooms.iter().flat_map(|room| room.timeline.iter());
    entries
        .map(|entry| match &entry.kind {
            EntryKind::Message { from, text, .. } => format!("{from}: {text}"),
            EntryKind::Notice(text) | EntryKind::Error(text) => text.clone(),
        })
        .collect()
}

#[track_caller]
fn expect(session: &Session, what: &str, condition: impl Fn(&State) -> bool) {
    let seen = eventually(|| condition(&session.state()));
    let state = session.state();
    assert!(seen, "not {what}; the link is {:?}, the log {:#?}", state.link, log(&state));
}

#[track_caller]
fn expect_row(session: &Session, row: &str) {
    expect(session, row, |state| log(state).iter().any(|seen| seen == row));
}

#[track_caller]
fn expect_confirmed(session: &Session, row: &str) {
    expect(session, "confirmed", |state| {
        let mut entries = state.rooms.iter().flat_map(|room| room.timeline.iter());
        entries.any(|entry| match &entry.kind {
            EntryKind::Message { text, mine: true, delivery: Delivery::Confirmed, .. } => text == row,
            EntryKind::Message { .. } | EntryKind::Notice(_) | EntryKind::Error(_) => false,
        })
    });
}

fn submit(session: &Session, text: &str) {
    session.intent(Intent::Submit(text.to_owned()));
}

#[track_caller]
fn leave(session: &Session) {
    session.intent(Intent::Quit);
    assert!(session.wait_finished(PATIENCE), "the goodbye never ends; the link is {:?}", session.state().link);
}

#[test]
fn our_client_chats_on_the_messenger_server_and_leaves_it_well() {
    let server = MessengerServer::start().unwrap();
    let ali = MessengerClient::join(server.address(), "ali").unwrap();
    ali.expect("Connected to the server.");
    let ada = dial(Dialect::Nic, server.address(), "ada");
    expect(&ada, "online", |state| state.link == Link::Online);
    ali.expect("b'ada' joined the chat!");
    submit(&ada, TEXT);
    ali.expect(&format!("ada: {TEXT}\n"));
    expect_confirmed(&ada, TEXT);
    ali.send("benvenuta, سلام").unwrap();
    expect_row(&ada, "ali: benvenuta, سلام");
    submit(&ada, "my last words");
    leave(&ada);
    ali.expect("ada: my last words\n");
    server.expect_clients(1);
    ali.send("still here").unwrap();
    ali.expect("ali: still here\n");
    ali.assert_well();
    let next = MessengerClient::join(server.address(), "bea").unwrap();
    next.expect("Connected to the server.");
    assert!(server.health().is_well(), "{:?}", server.health());
}

#[test]
fn our_client_reads_names_that_the_messenger_server_spells_as_bytes() {
    let server = MessengerServer::start().unwrap();
    let ada = dial(Dialect::Nic, server.address(), "ada");
    expect(&ada, "online", |state| state.link == Link::Online);
    let ali = MessengerClient::join(server.address(), "علی").unwrap();
    ali.expect("Connected to the server.");
    expect(&ada, "seeing علی", |state| state.rooms.iter().any(|room| room.members.iter().any(|m| m.nick == "علی")));
    assert!(!ada.state().rooms[0].members_complete, "who was there before is unknown");
    leave(&ada);
    server.expect_clients(1);
    assert!(server.health().is_well(), "{:?}", server.health());
}

#[test]
fn our_client_that_is_sent_away_at_once_leaves_the_messenger_server_well() {
    let server = MessengerServer::start().unwrap();
    let ada = dial(Dialect::Nic, server.address(), "ada");
    expect(&ada, "online", |state| state.link == Link::Online);
    leave(&ada);
    server.expect_clients(0);
    let ali = MessengerClient::join(server.address(), "ali").unwrap();
    ali.expect("Connected to the server.");
    assert!(server.health().is_well(), "{:?}", server.health());
}

#[test]
fn our_client_chats_on_the_chatroom_server_and_leaves_it_well() {
    let server = ChatRoomServer::start().unwrap();
    let bea = ChatRoomClient::join(server.address(), "bea").unwrap();
    server.expect_clients(1);
    let ada = dial(Dialect::Prompt, server.address(), "ada");
    expect(&ada, "online", |state| state.link == Link::Online);
    bea.expect("ada joined the chat");
    server.expect_clients(2);
    submit(&ada, TEXT);
    bea.expect(&format!("ada: {TEXT}"));
    expect_confirmed(&ada, TEXT);
    bea.send("benvenuta, سلام").unwrap();
    expect_row(&ada, "bea: benvenuta, سلام");
    leave(&ada);
    bea.expect("ada left the chat.");
    server.expect_clients(1);
    bea.send("still here").unwrap();
    bea.expect("bea: still here");
    bea.assert_well();
    assert!(server.health().is_well(), "{:?}", server.health());
}

#[test]
fn two_of_ours_meet_on_a_chatroom_server() {
    let server = ChatRoomServer::start().unwrap();
    let ada = dial(Dialect::Prompt, server.address(), "ada");
    expect(&ada, "online", |state| state.link == Link::Online);
    server.expect_clients(1);
    let bob = dial(Dialect::Prompt, server.address(), "bob");
    expect(&bob, "online", |state| state.link == Link::Online);
    server.expect_clients(2);
    submit(&bob, TEXT);
    expect_row(&ada, &format!("bob: {TEXT}"));
    // A ChatRoom message is one line; what has two goes as two, far enough apart not to be read as one.
    submit(&ada, "one line\nand another");
    expect_row(&bob, "ada: one line");
    expect_row(&bob, "ada: and another");
    leave(&bob);
    server.expect_clients(1);
    leave(&ada);
    server.expect_clients(0);
    assert!(server.health().is_well(), "{:?}", server.health());
}
