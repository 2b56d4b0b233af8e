//! The tutorials' servers: the originals played byte by byte, and ours.

use super::*;
use crate::name::RoomName;
use crate::vocabulary::Reason;

/// What the client wrote, one write after the other, with the time between them.
fn writes(desk: &mut Desk) -> Vec<String> {
    let mut writes = Vec::new();
    for _ in 0..200 {
        let bytes = desk.client.transmit().to_vec();
        if !bytes.is_empty() {
            desk.client.transmitted(bytes.len());
            writes.push(String::from_utf8(bytes).unwrap());
        }
        let due = desk.client.poll_timeout().filter(|deadline| deadline.cause == "write");
        let Some(due) = due else { break };
        let wait = due.at.saturating_since(desk.now.instant).as_millis();
        desk.sleep(u64::try_from(wait).unwrap().max(1));
    }
    writes
}

fn says(desk: &mut Desk, bytes: &str) {
    desk.input(Input::Received(bytes.as_bytes()));
}

fn members(desk: &Desk) -> Vec<&str> {
    desk.state().rooms[0].members.iter().map(|member| member.nick.as_str()).collect()
}

fn nic() -> Desk {
    let mut desk = Desk::new(profile(Dialect::Nic));
    desk.input(Input::Connected);
    assert!(desk.client.transmit().is_empty(), "nothing is said before one is asked");
    says(&mut desk, "NIC");
    assert_eq!(writes(&mut desk), ["ada"]);
    says(&mut desk, "b'ada' joined the chat!Connected to the server.");
    assert_eq!(desk.state().link, Link::Online);
    desk
}

fn prompt() -> Desk {
    let mut desk = Desk::new(profile(Dialect::Prompt));
    desk.input(Input::Connected);
    says(&mut desk, "Please enter your name and press Enter");
    assert_eq!(writes(&mut desk), ["ada"]);
    says(&mut desk, "Welcome to the chat ada. Write {quit} to leave.");
    assert_eq!(desk.state().link, Link::Online);
    desk
}

#[test]
fn there_is_one_room_from_the_start_called_by_its_host() {
    let desk = Desk::new(profile(Dialect::Nic));
    let room = &desk.state().rooms[0];
    assert_eq!((room.title.as_str(), &room.place, room.joined), ("127.0.0.1", &None, false));
    for (address, title) in [("nic://[::1]:9090", "::1"), ("nic://example.org", "example.org"), ("", "nic")] {
        let profile = Profile { address: address.into(), ..profile(Dialect::Nic) };
        assert_eq!(Desk::new(profile).state().rooms[0].title, title);
    }
}

#[test]
fn on_the_messenger_an_echo_confirms_and_others_are_seen() {
    let mut desk = nic();
    assert_eq!(members(&desk), ["ada"]);
    assert!(!desk.state().rooms[0].members_complete);
    desk.submit("ciao, سلام!");
    assert_eq!(desk.state().unsent(), 1);
    assert_eq!(writes(&mut desk), ["ada: ciao, سلام!\n"]);
    says(&mut desk, "b'bob' joined the chat!");
    says(&mut desk, "bob: hi ada\n");
    says(&mut desk, "ada: ciao, سلام!\n");
    assert_eq!(desk.lines(), ["* bob joined", "bob: hi ada", "ada: ciao, سلام!"]);
    assert_eq!(desk.state().unsent(), 0);
    assert_eq!(desk.state().rooms[0].mentions, 1);
    assert_eq!(members(&desk), ["ada", "bob"]);
}

#[test]
fn the_messenger_is_given_the_same_name_whenever_it_asks() {
    let mut desk = Desk::new(profile(Dialect::Nic));
    desk.input(Input::Connected);
    says(&mut desk, "NIC");
    assert_eq!(writes(&mut desk), ["ada"]);
    says(
        &mut desk,
        "ada joined the chat!\nConnected to the server.\nThe name ada is taken here; others see you as ada2.\n",
    );
    assert_eq!((&*desk.state().nick, desk.state().own_nick()), ("ada2", "ada"));
    desk.submit("who am I?");
    assert_eq!(writes(&mut desk), ["ada: who am I?\n"], "the claimed name stays in front");
    says(&mut desk, "ada2: who am I?\n");
    assert_eq!(desk.state().unsent(), 0);
    says(&mut desk, "The name ada2 is taken here; others see you as eve.\n");
    assert_eq!(desk.state().nick, "ada2", "anybody may write such a row later");
    desk.input(Input::Lost(Loss::Closed));
    desk.intent(Intent::Nick("bob".into()));
    assert_eq!(desk.state().own_nick(), "bob", "a name that one takes is one's own");
}

#[test]
fn text_of_several_lines_is_one_message_there_and_its_echo_one_entry() {
    let mut desk = nic();
    desk.submit("one\nbob: two\n\n  three");
    assert_eq!(writes(&mut desk), ["ada: one\nbob: two\n\n  three\n"]);
    says(&mut desk, "ada: one\nbob: two\n\n  three\n");
    says(&mut desk, "bob: four\n");
    assert_eq!(desk.lines(), ["ada: one\nbob: two\n\n    three".replace("    ", "  "), "bob: four".into()]);
}

#[test]
fn writes_are_spaced_and_long_texts_cut_at_characters() {
    let mut desk = nic();
    desk.submit("one");
    assert!(desk.client.transmit().is_empty(), "the name has just been written");
    desk.sleep(50);
    desk.submit("two");
    assert_eq!(desk.client.transmit(), b"ada: one\n");
    let before = desk.now.instant;
    assert_eq!(writes(&mut desk), ["ada: one\n", "ada: two\n"]);
    assert!(desk.now.instant.saturating_since(before) >= Duration::from_millis(50));

    for mut desk in [nic(), prompt()] {
        let text = "س".repeat(1_500);
        desk.submit(&text);
        let writes = writes(&mut desk);
        assert!(writes.iter().all(|write| write.len() <= 1_024));
        let said: String = writes.concat().chars().filter(|c| *c == 'س').collect();
        assert_eq!(said, text);
    }
}

#[test]
fn messages_the_server_read_as_one_are_both_confirmed() {
    for glued in ["ada: one\nada: two\n", "ada: oneada: two"] {
        let mut desk = if glued.ends_with('\n') { nic() } else { prompt() };
        desk.submit("one");
        desk.submit("two");
        writes(&mut desk);
        says(&mut desk, glued);
        desk.sleep(1_000);
        assert_eq!(desk.lines(), ["ada: one", "ada: two"]);
        assert_eq!(desk.state().unsent(), 0);
    }
}

#[test]
fn an_echo_that_does_not_come_leaves_the_message_unconfirmed_and_may_still_come() {
    let mut desk = prompt();
    desk.submit("anybody?");
    writes(&mut desk);
    desk.sleep(9_900);
    assert_eq!(desk.lines(), ["ada: anybody?"]);
    desk.sleep(100);
    assert_eq!(desk.lines(), ["ada: anybody? (not confirmed)"]);
    assert_eq!(desk.state().unsent(), 0);
    says(&mut desk, "ada: anybody?");
    desk.sleep(1_000);
    assert_eq!(desk.lines(), ["ada: anybody?"]);
}

#[test]
fn on_the_chatroom_lines_are_messages_and_quit_is_answered() {
    let mut desk = prompt();
    desk.submit("one\ntwo");
    assert_eq!(writes(&mut desk), ["one", "two"]);
    says(&mut desk, "ada: one");
    says(&mut desk, "ada: two");
    says(&mut desk, "bob joined the chat");
    desk.submit("/me waves");
    assert_eq!(writes(&mut desk), ["* ada waves"]);
    says(&mut desk, "ada: * ada waves");
    desk.sleep(1_000);
    assert_eq!(desk.lines(), ["ada: one", "ada: two", "* bob joined", "* ada waves"]);
    assert_eq!(desk.state().unsent(), 0);
    desk.submit("{quit}");
    assert_eq!(desk.state().link, Link::Leaving);
    assert_eq!(writes(&mut desk), ["{quit}"]);
    says(&mut desk, "{quit}");
    assert!(desk.outputs.contains(&Output::Disconnect(Closing::Finish)));
    assert_eq!(desk.outputs.last(), Some(&Output::Finished));
}

#[test]
fn the_chatroom_is_left_with_its_word_even_when_it_never_answers() {
    let mut desk = prompt();
    desk.submit("last words");
    desk.intent(Intent::Quit);
    assert_eq!(writes(&mut desk), ["last words"]);
    says(&mut desk, "ada: last words");
    desk.sleep(600);
    assert_eq!(writes(&mut desk), ["{quit}"]);
    desk.sleep(3_000);
    assert_eq!(desk.outputs.last(), Some(&Output::Finished));

    let mut desk = prompt();
    desk.intent(Intent::Quit);
    assert_eq!(writes(&mut desk), ["{quit}"]);
    desk.input(Input::Lost(Loss::Closed));
    assert_eq!(desk.outputs.last(), Some(&Output::Finished));
}

#[test]
fn the_messenger_is_left_by_reset_after_the_last_echo() {
    let mut desk = nic();
    desk.submit("bye");
    desk.intent(Intent::Quit);
    writes(&mut desk);
    assert!(!desk.outputs.contains(&Output::Finished));
    says(&mut desk, "ada: bye\n");
    assert!(desk.outputs.contains(&Output::Disconnect(Closing::Reset)));
    assert_eq!(desk.outputs.last(), Some(&Output::Finished));

    let mut desk = nic();
    desk.submit("bye");
    desk.intent(Intent::Quit);
    writes(&mut desk);
    desk.sleep(3_000);
    assert_eq!(desk.outputs.last(), Some(&Output::Finished));
}

#[test]
fn a_name_our_chatroom_refuses_is_asked_for_again() {
    let mut desk = Desk::new(profile(Dialect::Prompt));
    desk.input(Input::Connected);
    says(&mut desk, "Please enter your name and press Enter");
    writes(&mut desk);
    says(&mut desk, "The name ada is taken; choose another one.");
    assert!(matches!(&desk.state().question, Some(Question::Nick { why }) if why.contains("taken")));
    desk.intent(Intent::Nick("Ada Lovelace".into()));
    assert_eq!(writes(&mut desk), ["Ada_Lovelace"]);
    says(&mut desk, "Welcome to the chat Ada_Lovelace. Write {quit} to leave.");
    assert_eq!(desk.state().link, Link::Online);
    assert_eq!(desk.state().question, None);
}

#[test]
fn a_tutorial_connection_comes_back_and_repeats_nothing() {
    let mut desk = prompt();
    desk.submit("one");
    writes(&mut desk);
    desk.input(Input::Lost(Loss::Closed));
    desk.submit("two");
    assert_eq!(desk.lines(), ["ada: one (not confirmed)", "ada: two"]);
    desk.sleep(1_000);
    desk.input(Input::Connected);
    says(&mut desk, "Please enter your name and press Enter");
    assert_eq!(writes(&mut desk), ["ada"]);
    says(&mut desk, "Welcome to the chat ada. Write {quit} to leave.");
    assert_eq!(writes(&mut desk), ["two"]);
    let key = desk.state().rooms[0].timeline.get(0).unwrap().key;
    desk.intent(Intent::Resend(key));
    assert_eq!(writes(&mut desk), ["one"]);
}

#[test]
fn what_these_servers_cannot_do_is_said() {
    let mut desk = nic();
    for typed in ["/join garden", "/nick bea", "/topic moss", "/msg bob hi"] {
        desk.submit(typed);
        assert!(desk.lines().last().unwrap().starts_with("! This kind of server"), "{typed}");
    }
    desk.submit("/names");
    assert_eq!(desk.lines().last().unwrap(), "* Seen here: ada");
    assert!(writes(&mut desk).is_empty());
}

#[test]
fn our_own_servers_rows_read_as_what_was_meant() {
    for flavour in [Flavour::Nic, Flavour::PromptChunks] {
        let mut desk = if flavour == Flavour::Nic { nic() } else { prompt() };
        let said = |from: &str, text: &str, place: Place, action: bool| {
            let message = Message {
                place,
                from: nick(from),
                text: Body::parse(text).unwrap(),
                action,
                ..said("lobby", 1, from, "x")
            };
            Event::Message(Box::new(message))
        };
        let lobby = Place::Room(RoomName::lobby());
        let at = Timestamp(0);
        for event in [
            Event::Joined { room: RoomName::lobby(), nick: nick("bob"), at },
            said("bob", "ciao, سلام!", lobby.clone(), false),
            said("bob", "one\nbob: two", lobby, false),
            Event::Parted { room: RoomName::lobby(), nick: nick("bob"), reason: Note::default(), at },
        ] {
            let mut bytes = Vec::new();
            encode_event(flavour, &event, &mut bytes);
            desk.input(Input::Received(&bytes));
            desk.sleep(600);
        }
        assert_eq!(desk.lines(), ["* bob joined", "bob: ciao, سلام!", "bob: one\nbob: two", "* bob left"]);
        assert_eq!(members(&desk), ["ada"]);
        let mut farewell = Vec::new();
        let event = Event::Bye { reason: Reason::Shutdown, text: Reason::Shutdown.text().into() };
        encode_event(flavour, &event, &mut farewell);
        desk.input(Input::Received(&farewell));
        desk.input(Input::Lost(Loss::Closed));
        assert_eq!(desk.lines().last().unwrap(), "The server is shutting down.");
    }
}

#[test]
fn what_is_typed_behind_the_goodbye_makes_nobody_busy() {
    let mut desk = prompt();
    desk.intent(Intent::Quit);
    assert_eq!(writes(&mut desk), ["{quit}"]);
    desk.submit("too late");
    // A deadline that is due and does not move is seen here.
    desk.sleep(1_000);
    assert_eq!(desk.client.poll_timeout().map(|next| next.cause), Some("leave"));
}

#[test]
fn the_last_words_of_a_lost_connection_are_not_answered() {
    for (dialogue, last) in [
        (&[][..], "Please enter your name"),
        (&["Please enter your name and press Enter", "Welcome to the chat ada. Write {quit} to leave.\n"], "{quit}"),
    ] {
        let mut desk = Desk::new(profile(Dialect::Prompt));
        desk.input(Input::Connected);
        dialogue.iter().for_each(|row| says(&mut desk, row));
        writes(&mut desk);
        says(&mut desk, last);
        desk.outputs.clear();
        desk.input(Input::Lost(Loss::Closed));
        assert_eq!(desk.outputs, [Output::Changed], "{last}");
    }
}
