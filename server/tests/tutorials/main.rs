//! The real server over loopback, with the clients of both tutorials, netcat and a native client in one room.

mod programs;

use parlor_standins::{ChatRoomClient, End, MessengerClient, PREFILLED, eventually};
use programs::{Lines, Server};

const PERSIAN: &str = "سلام، حال شما چطور است؟";
const ITALIAN: &str = "perché no? così è più bello";
const EMOJI: &str = "ciao 👩‍👩‍👧 🙂";

/// Everybody in one room.
struct Room {
    server: Server,
    ada: Lines,
    ali: MessengerClient,
    bea: ChatRoomClient,
    nino: Lines,
}

impl Room {
    fn open() -> Self {
        let server = Server::start();
        let mut ada = Lines::native(server.native, "ada");
        let ali = MessengerClient::join(server.nic, "علی").unwrap();
        ali.expect("Connected to the server.\n");
        ada.expect(r#""joined""#);
        let bea = ChatRoomClient::join(server.prompt, "Béatrice").unwrap();
        bea.expect("Welcome to the chat Béatrice. Write {quit} to leave.");
        ada.expect("Béatrice");
        let mut nino = Lines::netcat(server.prompt, "nino");
        nino.expect("Welcome to the chat nino.");
        ada.expect("nino");
        bea.expect("nino joined the chat");
        ali.expect("nino joined the chat!\n");
        Self { server, ada, ali, bea, nino }
    }

    /// Everybody reads this from that one, as their program shows it.
    fn all_read(&mut self, from: &str, text: &str) {
        self.ada.expect(&format!(r#""from":"{from}""#));
        self.ada.expect_again(text);
        self.ali.expect(&format!("{from}: {text}\n"));
        self.bea.expect(&format!("{from}: {text}"));
        self.nino.expect(&format!("{from}: {text}"));
    }

    fn tutorial_clients_are_well(&self) {
        self.ali.assert_well();
        self.bea.assert_well();
    }
}

#[test]
fn every_script_arrives_intact_at_every_kind_of_client() {
    let mut room = Room::open();
    room.ali.send(PERSIAN).unwrap();
    room.all_read("علی", PERSIAN);
    room.bea.send(ITALIAN).unwrap();
    room.all_read("Béatrice", ITALIAN);
    room.nino.line(EMOJI);
    room.all_read("nino", EMOJI);
    room.ada.say(&format!("{ITALIAN} {PERSIAN} {EMOJI}"));
    room.all_read("ada", &format!("{ITALIAN} {PERSIAN} {EMOJI}"));
    room.tutorial_clients_are_well();
}

#[test]
fn rows_that_come_all_at_once_reach_tutorial_clients_uncut() {
    let mut room = Room::open();
    let rows: Vec<_> = ["س", "ش", "ص", "ض", "ط"].iter().map(|letter| letter.repeat(350)).collect();
    for row in &rows {
        room.ada.say(row);
    }
    // Longer than one read of theirs: it comes in pieces, each whole characters.
    room.ada.say(&"ظ".repeat(1500));
    for row in &rows {
        room.all_read("ada", row);
    }
    room.ali.expect(&"ظ".repeat(1500));
    room.ada.say("the end");
    room.bea.expect("ada: the end");
    room.ali.expect("ada: the end\n");
    room.tutorial_clients_are_well();
}

#[test]
fn everybody_is_told_of_a_messenger_that_is_killed() {
    let mut room = Room::open();
    room.ali.kill();
    room.bea.expect("علی left the chat.");
    room.nino.expect("علی left the chat.");
    room.ada.expect(r#"{"parted":"#);
    room.ada.expect_again("علی");
    room.bea.assert_well();
}

#[test]
fn everybody_is_told_of_a_chatroom_client_that_is_killed() {
    let mut room = Room::open();
    room.bea.kill();
    room.ali.expect("Béatrice left the chat.\n");
    room.nino.expect("Béatrice left the chat.");
    room.ada.expect(r#"{"parted":"#);
    room.ali.assert_well();
}

#[test]
fn a_chatroom_window_that_is_closed_gets_its_answer_and_ends() {
    let mut room = Room::open();
    room.bea.close_window().unwrap();
    assert_eq!(room.bea.wait_for_end(), Some(End::Closed));
    assert_eq!(room.bea.rows().last().map(String::as_str), Some("{quit}"));
    room.ali.expect("Béatrice left the chat.\n");
    room.nino.expect("Béatrice left the chat.");
    room.ada.expect(r#"{"parted":"#);
}

#[test]
fn a_messenger_window_that_is_closed_leaves_with_the_next_message() {
    let mut room = Room::open();
    room.ali.close_window();
    room.nino.line("who is still here?");
    assert_eq!(room.ali.wait_for_end(), Some(End::Closed));
    room.bea.expect("علی left the chat.");
    room.ada.expect(r#"{"parted":"#);
}

#[test]
fn a_messenger_whose_user_is_still_thinking_holds_nobody_up() {
    let mut room = Room::open();
    let thinking = MessengerClient::connect(room.server.nic).unwrap();
    room.nino.line("go on without");
    room.all_read("nino", "go on without");
    let late = thinking.answer("late").unwrap();
    late.expect("Connected to the server.\n");
    room.nino.line("at last");
    late.expect("nino: at last\n");
    assert_eq!(late.asked(), 1);
    late.assert_well();
    room.tutorial_clients_are_well();
}

#[test]
fn taken_and_prefilled_names_are_dealt_with_in_each_tutorials_manner() {
    let mut room = Room::open();
    let second = MessengerClient::join(room.server.nic, "ada").unwrap();
    second.expect("The name ada is taken here; others see you as ada2.\n");
    second.send("ada: is my name").unwrap();
    room.all_read("ada2", "ada: is my name");
    let hasty = ChatRoomClient::join(room.server.prompt, PREFILLED).unwrap();
    assert!(eventually(|| hasty.rows().len() == 2), "it is asked again: {:#?}", hasty.rows());
    hasty.send("ada").unwrap();
    hasty.expect_part("taken");
    hasty.send("carla").unwrap();
    hasty.expect("Welcome to the chat carla. Write {quit} to leave.");
    room.ali.expect("carla joined the chat!\n");
    second.assert_well();
    hasty.assert_well();
    room.tutorial_clients_are_well();
}

#[test]
fn a_server_that_stops_spares_tutorial_clients_the_bare_fin() {
    let mut room = Room::open();
    let status = room.server.stop();
    assert!(status.success(), "{status}");
    assert_eq!(room.ali.wait_for_end(), Some(End::Reset));
    assert_eq!(room.bea.wait_for_end(), Some(End::Reset));
    room.ali.expect("The server is shutting down.");
    room.bea.expect("The server is shutting down.");
    room.nino.expect("The server is shutting down.");
    room.ada.expect(r#"{"bye":"#);
}
