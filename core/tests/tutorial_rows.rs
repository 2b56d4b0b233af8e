//! The tutorial dialects at the client's end: the tutorials' own servers, and ours.

mod common;

use common::tutorial::{message, nick, rows, seen, welcome};
use common::{read, serve};
use parlor_core::limits::SERVER_FRAME_BYTES_MAX;
use parlor_core::name::RoomName;
use parlor_core::text::{Body, Note};
use parlor_core::vocabulary::*;
use parlor_core::wire::{ClientCodec, Decoded, Dialect, Flavour, ServerCodec, chunk_end};
use proptest::prelude::*;

#[test]
fn the_original_nic_server_is_understood() {
    let codec = &mut ClientCodec::new(Dialect::Nic);
    let glued =
        [&b"NIC"[..], br"b'ali' joined the chat!Connected to the server.", b"ali: hi\n", b"b'bea' joined the chat!"];
    assert_eq!(seen(codec, &glued), ["greeting", "+ali", "connected", "ali> hi", "+bea"]);
    assert_eq!(seen(codec, &[b"ali: bea joined the chat!\n"]), ["ali> bea joined the chat!"]);
    assert_eq!(seen(codec, &["ali: سلام\n".as_bytes(), b"NIC\n"]), ["ali> سلام", "? NIC"]);
    assert_eq!(seen(codec, &[br"b'\xd8\xb9\xd9\x84\xdb\x8c' joined the chat"]), ["+علی"]);
}

#[test]
fn on_the_original_nic_server_lines_without_a_name_continue_what_was_said() {
    let codec = &mut ClientCodec::new(Dialect::Nic);
    seen(codec, &[b"NIC", b"b'ali' joined the chat!Connected to the server."]);
    assert_eq!(seen(codec, &[b"ali: one\n  two\n\nthree\n\n"]), ["ali> one\n  two\n\nthree\n"]);
    assert_eq!(seen(codec, &[b"ali: one\ntwo\nbea: hi\nyou\n"]), ["ali> one\ntwo", "bea> hi\nyou"]);
    assert_eq!(seen(codec, &[b"ali: one\ntw", b"o\nb'bea' joined the chat!"]), ["ali> one\ntwo", "+bea"]);
    assert_eq!(seen(codec, &[b"NIC"]), ["greeting"]);
}

#[test]
fn a_long_row_in_several_writes_is_one_message() {
    let codec = &mut ClientCodec::new(Dialect::Nic);
    seen(codec, &[b"NIC", b"me joined the chat!\nConnected to the server.\n"]);
    let text = format!("{}\nlast", "سلام ".repeat(400));
    let row = rows(Flavour::Nic, &Event::Message(Box::new(message("ada", &text))));
    let (mut writes, mut rest) = (Vec::new(), row.as_bytes());
    while !rest.is_empty() {
        let (write, tail) = rest.split_at(chunk_end(rest));
        writes.push(write);
        rest = tail;
    }
    assert!(writes.len() > 2);
    assert_eq!(seen(codec, &writes), [format!("ada> {text}")]);
}

#[test]
fn a_row_of_our_own_server_is_whole_only_with_its_newline() {
    let codec = &mut ClientCodec::new(Dialect::Nic);
    seen(codec, &[b"NIC", b"me joined the chat!\nConnected to the server.\n"]);
    assert_eq!(seen(codec, &[b"* ada wa", b"ves\nbea joi", b"ned the chat!\n"]), ["? * ada waves", "+bea"]);
}

#[test]
fn any_cut_of_the_nic_handshake_connects() {
    for handshake in
        ["NICb'ali' joined the chat!Connected to the server.", "NICali joined the chat!\nConnected to the server.\n"]
    {
        for cut in 3..handshake.len() {
            let (a, b) = handshake.as_bytes().split_at(cut);
            let seen = seen(&mut ClientCodec::new(Dialect::Nic), &[a, b]);
            assert!(seen.contains(&"connected".to_string()), "{cut}: {seen:?}");
        }
    }
}

#[test]
fn the_original_prompt_server_is_understood() {
    let codec = &mut ClientCodec::new(Dialect::Prompt);
    let reads = [
        &b"Please enter your name and press Enter"[..],
        b"Welcome to the chat ada. Write {quit} to leave.",
        b"bea joined the chat",
        b"bea: hi",
        b"bea left the chat.",
    ];
    assert_eq!(seen(codec, &reads), ["greeting", "connected", "+bea", "bea> hi", "-bea"]);
    assert_eq!(
        seen(codec, &[b"carl joined the chatbea: hicarl left the chat."]),
        ["+carl", "bea> hicarl left the chat."]
    );
    let mut out = Vec::new();
    codec.encode(&Command::Quit { reason: Note::default() }.into(), &mut out);
    assert_eq!(out, b"{quit}");
    assert_eq!(seen(codec, &[b"bea: so long{quit}"]), ["bea> so long", "quit"]);
}

#[test]
fn a_refused_name_is_asked_for_again() {
    let codec = &mut ClientCodec::new(Dialect::Prompt);
    let again = "That name is taken. Please enter your name and press Enter";
    assert_eq!(
        seen(codec, &[b"Please ent", b"er your name and press Enter", again.as_bytes()]),
        ["greeting", "? That name is taken. ", "greeting"]
    );
}

#[test]
fn a_server_that_never_ends_a_character_is_not_waited_for() {
    for dialect in [Dialect::Nic, Dialect::Prompt] {
        let mut codec = ClientCodec::new(dialect);
        for number in 0..200 {
            // Each read ends inside a character, whose rest is in the next.
            let read = [&[0xB9; 1][usize::from(number == 0)..], &[b'x'; 1_000], b"\xd8"].concat();
            let mut bytes = &read[..];
            while codec.decode(&mut bytes).is_some() {}
            assert!(codec.held() <= SERVER_FRAME_BYTES_MAX + 3, "{dialect:?}: {} bytes", codec.held());
        }
    }
}

#[test]
fn what_is_for_one_person_never_reaches_the_room() {
    for dialect in [Dialect::Nic, Dialect::Prompt] {
        let (mut codec, mut out) = (ClientCodec::new(dialect), Vec::new());
        let place = Place::Direct(nick("bea"));
        let say =
            Command::Say { place, text: Body::parse("psst").unwrap(), nonce: None, action: false, reply_to: None };
        codec.encode(&say.into(), &mut out);
        assert!(out.is_empty(), "{dialect:?}");
    }
}

proptest! {
    #[test]
    fn what_our_server_writes_our_client_renders(
        texts in proptest::collection::vec(common::body(), 1..5),
        from in common::nick(),
        flavour in prop_oneof![Just(Flavour::Nic), Just(Flavour::PromptLines), Just(Flavour::PromptChunks)],
    ) {
        let dialect = if flavour == Flavour::Nic { Dialect::Nic } else { Dialect::Prompt };
        let mut codec = ClientCodec::new(dialect);
        let handshake = [rows(flavour, &Event::Greeting), rows(flavour, &welcome("me", None))];
        let handshake: Vec<&[u8]> = handshake.iter().map(|read| read.as_bytes()).collect();
        read(&mut codec, &handshake);
        for text in texts {
            let mut message = message("x", "x");
            (message.from, message.text) = (from.clone(), text);
            let row = rows(flavour, &Event::Message(Box::new(message.clone())));
            let rows = read(&mut codec, &[row.as_bytes()]);
            let said = Row::Said { from: from.as_str().into(), text: message.text.as_str().into() };
            prop_assert_eq!(rows, vec![Decoded::Frame(Event::Row(said))], "{:?}", row);
        }
    }

    #[test]
    fn what_our_client_writes_our_server_hears(texts in proptest::collection::vec(common::body(), 1..5)) {
        let (mut client, mut server) = (ClientCodec::new(Dialect::Nic), ServerCodec::new(Dialect::Nic));
        let mut bytes = Vec::new();
        client.encode(&Command::Hello(Box::new(Hello::new("wanda"))).into(), &mut bytes);
        prop_assert_eq!(serve(&mut server, &[&bytes]).len(), 1);
        for text in texts {
            let place = Place::Room(RoomName::lobby());
            let say = Command::Say { place, text, nonce: None, action: false, reply_to: None };
            let mut bytes = Vec::new();
            client.encode(&say.clone().into(), &mut bytes);
            prop_assert_eq!(serve(&mut server, &[&bytes]), vec![Decoded::Frame(say.into())]);
        }
    }
}

#[test]
fn of_more_newcomers_than_are_named_a_row_says_so() {
    let presence = |came: usize| Event::Presence {
        room: RoomName::lobby(),
        count: 1_000,
        joined: (0..came).map(|number| nick(&format!("n{number}"))).collect(),
        parted: Vec::new(),
    };
    let row = rows(Flavour::PromptLines, &presence(3));
    assert_eq!(row, "3 joined and 0 left the chat; 1000 are here now.\n");
    let row = rows(Flavour::PromptLines, &presence(50));
    assert_eq!(row, "50 or more joined and 0 left the chat; 1000 are here now.\n");
}
