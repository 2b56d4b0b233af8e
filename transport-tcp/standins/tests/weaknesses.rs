//! The stand-ins have every weakness of the programs they stand for: each test here harms one on purpose.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::time::Duration;

use parlor_standins::{
    ChatRoomClient, ChatRoomServer, End, MessengerClient, MessengerServer, PATIENCE, PREFILLED, eventually,
};

/// A listener that a test plays the server at.
fn listener() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").unwrap()
}

fn accepted(listener: &TcpListener) -> TcpStream {
    let (socket, _) = listener.accept().unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    socket
}

fn read_some(socket: &mut TcpStream) -> String {
    let mut buffer = [0; 4096];
    let count = socket.read(&mut buffer).unwrap();
    String::from_utf8(buffer[..count].to_vec()).unwrap()
}

#[test]
fn a_messenger_client_says_its_nick_at_each_nic_and_in_front_of_each_message() {
    let listener = listener();
    let client = MessengerClient::join(listener.local_addr().unwrap(), "علی").unwrap();
    let mut socket = accepted(&listener);
    for _ in 0..3 {
        socket.write_all(b"NIC").unwrap();
        assert_eq!(read_some(&mut socket), "علی");
    }
    assert_eq!(client.asked(), 3);
    client.send("سلام\nciao").unwrap();
    assert_eq!(read_some(&mut socket), "علی: سلام\nciao\n");
    assert_eq!(client.text(), "");
}

#[test]
fn nothing_is_read_before_the_nickname_dialog_is_answered() {
    let listener = listener();
    let dialog = MessengerClient::connect(listener.local_addr().unwrap()).unwrap();
    let mut socket = accepted(&listener);
    socket.write_all(b"NIC").unwrap();
    socket.write_all(b" and more").unwrap();
    let client = dialog.answer("ali").unwrap();
    client.expect("NIC and more");
    assert_eq!(client.asked(), 0);
}

#[test]
fn a_cut_character_kills_either_client() {
    let listener = listener();
    let address = listener.local_addr().unwrap();
    let cut = &"س".as_bytes()[..1];
    let messenger = MessengerClient::join(address, "ali").unwrap();
    accepted(&listener).write_all(cut).unwrap();
    assert_eq!(messenger.wait_for_end(), Some(End::Undecodable(cut.to_vec())));
    let chatroom = ChatRoomClient::connect(address).unwrap();
    accepted(&listener).write_all(cut).unwrap();
    assert_eq!(chatroom.wait_for_end(), Some(End::Undecodable(cut.to_vec())));
}

#[test]
fn rows_written_back_to_back_are_glued_and_cut_after_1024_bytes() {
    let listener = listener();
    let dialog = MessengerClient::connect(listener.local_addr().unwrap()).unwrap();
    let mut socket = accepted(&listener);
    let row = "س".repeat(350) + "\n";
    for _ in 0..4 {
        socket.write_all(row.as_bytes()).unwrap();
    }
    let client = dialog.answer("ali").unwrap();
    assert!(matches!(client.wait_for_end(), Some(End::Undecodable(_))), "{:?}", client.end());
}

#[test]
fn a_bare_fin_makes_either_client_spin() {
    let listener = listener();
    let address = listener.local_addr().unwrap();
    let messenger = MessengerClient::join(address, "ali").unwrap();
    drop(accepted(&listener));
    assert_eq!(messenger.wait_for_end(), Some(End::WouldSpin));
    let chatroom = ChatRoomClient::connect(address).unwrap();
    drop(accepted(&listener));
    assert_eq!(chatroom.wait_for_end(), Some(End::WouldSpin));
}

#[test]
fn closing_the_messenger_window_sends_nothing_until_the_next_chunk_comes() {
    let listener = listener();
    let client = MessengerClient::join(listener.local_addr().unwrap(), "ali").unwrap();
    let mut socket = accepted(&listener);
    client.close_window();
    socket.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
    let nothing = socket.read(&mut [0; 8]).unwrap_err();
    assert!(matches!(nothing.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut), "{nothing}");
    assert_eq!(client.end(), None);
    socket.write_all(b"bob: hello\n").unwrap();
    assert_eq!(client.wait_for_end(), Some(End::Closed));
}

#[test]
fn closing_the_chatroom_window_says_quit_and_ends_with_the_answer_only() {
    let listener = listener();
    let client = ChatRoomClient::connect(listener.local_addr().unwrap()).unwrap();
    let mut socket = accepted(&listener);
    client.close_window().unwrap();
    assert_eq!(read_some(&mut socket), "{quit}");
    assert_eq!(client.end(), None);
    socket.write_all(b"{quit}").unwrap();
    assert_eq!(client.wait_for_end(), Some(End::Closed));
    assert_eq!(client.rows(), ["{quit}"]);
}

#[test]
fn messengers_chat_on_their_own_server_and_nobody_is_told_who_leaves() {
    let server = MessengerServer::start().unwrap();
    let ali = MessengerClient::join(server.address(), "ali").unwrap();
    ali.expect("b'ali' joined the chat!");
    ali.expect("Connected to the server.");
    let bea = MessengerClient::join(server.address(), "bea").unwrap();
    ali.expect("b'bea' joined the chat!");
    bea.expect("Connected to the server.");
    bea.send("perché no?").unwrap();
    ali.expect("bea: perché no?\n");
    bea.expect("bea: perché no?\n");
    assert_eq!(server.names(), ["b'ali'", "b'bea'"]);
    assert!(server.health().is_well(), "{:?}", server.health());
}

#[test]
fn the_messenger_server_dies_of_a_client_that_connects_and_closes() {
    let server = MessengerServer::start().unwrap();
    MessengerClient::connect(server.address()).unwrap().abandon();
    assert!(eventually(|| server.health().accept_died), "{:?}", server.health());
}

#[test]
fn the_messenger_server_spins_on_a_quiet_fin() {
    let server = MessengerServer::start().unwrap();
    let ali = MessengerClient::join(server.address(), "ali").unwrap();
    ali.expect("Connected to the server.");
    ali.kill();
    assert!(eventually(|| server.health().spinning == 1), "{:?}", server.health());
    assert_eq!(server.names(), ["b'ali'"]);
}

#[test]
fn chatroom_clients_chat_on_their_own_server_and_leave_it_well() {
    let server = ChatRoomServer::start().unwrap();
    let ali = ChatRoomClient::join(server.address(), "علی").unwrap();
    ali.expect("Welcome to the chat علی. Write {quit} to leave.");
    server.expect_clients(1);
    let bea = ChatRoomClient::join(server.address(), "bea").unwrap();
    ali.expect("bea joined the chat");
    server.expect_clients(2);
    bea.send("perché no?").unwrap();
    ali.expect("bea: perché no?");
    bea.expect("bea: perché no?");
    bea.close_window().unwrap();
    assert_eq!(bea.wait_for_end(), Some(End::Closed));
    ali.expect("bea left the chat.");
    ali.assert_well();
    assert_eq!(server.names(), ["علی"]);
    assert!(server.health().is_well(), "{:?}", server.health());
}

#[test]
fn the_chatroom_server_takes_the_prefilled_text_for_a_name() {
    let server = ChatRoomServer::start().unwrap();
    let client = ChatRoomClient::join(server.address(), PREFILLED).unwrap();
    client.expect_part(PREFILLED);
    server.expect_clients(1);
    assert_eq!(server.names(), [PREFILLED]);
}

#[test]
fn the_chatroom_server_dies_piece_by_piece_when_somebody_leaves_without_quit() {
    let server = ChatRoomServer::start().unwrap();
    let bea = ChatRoomClient::join(server.address(), "bea").unwrap();
    server.expect_clients(1);
    let ali = ChatRoomClient::join(server.address(), "ali").unwrap();
    server.expect_clients(2);
    bea.kill();
    assert!(eventually(|| server.health().dead_entries == 1), "{:?}", server.health());
    ali.send("is anybody there?").unwrap();
    assert!(eventually(|| server.health().handlers_died == 2), "{:?}", server.health());
    assert_eq!(ali.end(), None, "the window stays open; rows: {:#?}", ali.rows());
}

#[test]
fn a_half_closed_guest_keeps_the_chatroom_server_busy_with_nothing() {
    let server = ChatRoomServer::start().unwrap();
    let guest = TcpStream::connect(server.address()).unwrap();
    (&guest).write_all(b"ada").unwrap();
    server.expect_clients(1);
    guest.shutdown(Shutdown::Write).unwrap();
    assert!(eventually(|| server.health().spinning == 1), "{:?}", server.health());
}
