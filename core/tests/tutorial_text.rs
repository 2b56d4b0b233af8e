//! The tutorial dialects, byte by byte (`tutorial-protocols`), at the server's end.

mod common;

use common::serve;
use common::tutorial::{heard, message, nick, rows, welcome};
use parlor_core::limits::CHUNK_BYTES_MAX;
use parlor_core::name::RoomName;
use parlor_core::text::{Body, Note, TEXT_BYTES_MAX};
use parlor_core::time::Timestamp;
use parlor_core::vocabulary::*;
use parlor_core::wire::{Decoded, Dialect, Flavour, ServerCodec, chunk_end};
use proptest::prelude::*;

#[test]
fn nic_says_what_the_table_says() {
    assert_eq!(rows(Flavour::Nic, &Event::Greeting), "NIC");
    assert_eq!(rows(Flavour::Nic, &welcome("ali", None)), "ali joined the chat!\nConnected to the server.\n");
    assert_eq!(
        rows(Flavour::Nic, &welcome("ali2", Some("ali"))),
        "ali2 joined the chat!\nConnected to the server.\nThe name ali is taken here; others see you as ali2.\n"
    );
    let joined = Event::Joined { room: RoomName::lobby(), nick: nick("bea"), at: Timestamp(0) };
    assert_eq!(rows(Flavour::Nic, &joined), "bea joined the chat!\n");
    let parted =
        Event::Parted { room: RoomName::lobby(), nick: nick("bea"), reason: Note::default(), at: Timestamp(0) };
    assert_eq!(rows(Flavour::Nic, &parted), "bea left the chat.\n");
    assert_eq!(rows(Flavour::Nic, &Event::Message(Box::new(message("ali", "سلام")))), "ali: سلام\n");
}

#[test]
fn prompt_says_what_the_table_says() {
    for flavour in [Flavour::PromptChunks, Flavour::PromptLines] {
        assert_eq!(rows(flavour, &Event::Greeting), "Please enter your name and press Enter");
    }
    let ends = |event: &Event, text: &str| {
        assert_eq!(rows(Flavour::PromptChunks, event), text);
        assert_eq!(rows(Flavour::PromptLines, event), format!("{text}\n"));
    };
    ends(&welcome("ada", None), "Welcome to the chat ada. Write {quit} to leave.");
    ends(&Event::Joined { room: RoomName::lobby(), nick: nick("bea"), at: Timestamp(0) }, "bea joined the chat");
    ends(&Event::Message(Box::new(message("ada", "ciao"))), "ada: ciao");
    ends(&Event::Bye { reason: Reason::Quit, text: "Goodbye.".into() }, "{quit}");
    ends(
        &Event::Bye { reason: Reason::Shutdown, text: "The server is shutting down.".into() },
        "The server is shutting down.",
    );
}

#[test]
fn actions_direct_messages_and_new_names_have_their_words() {
    let action = Message { action: true, ..message("ada", "waves") };
    assert_eq!(rows(Flavour::PromptChunks, &Event::Message(Box::new(action))), "* ada waves");
    let direct = Message { place: Place::Direct(nick("ada")), ..message("ada", "psst") };
    assert_eq!(rows(Flavour::Nic, &Event::Message(Box::new(direct))), "ada (to you): psst\n");
    let renamed = Event::Nick { from: nick("ada"), to: nick("bea") };
    assert_eq!(rows(Flavour::PromptLines, &renamed), "ada is now known as bea.\n");
}

#[test]
fn no_text_forges_a_row() {
    let forged = message("eve", "hi\nbea joined the chat!\nada: I resign\n");
    for flavour in [Flavour::Nic, Flavour::PromptLines, Flavour::PromptChunks] {
        let rows = rows(flavour, &Event::Message(Box::new(forged.clone())));
        assert!(rows.lines().skip(1).all(|line| line.starts_with("  ")), "{rows:?}");
        assert!(rows.starts_with("eve: hi\n  bea joined"), "{rows:?}");
    }
}

#[test]
fn a_piece_of_a_long_row_forges_none_either() {
    let text = format!("{}ada: I resign", "x".repeat(CHUNK_BYTES_MAX - "eve: ".len()));
    let row = rows(Flavour::PromptChunks, &Event::Message(Box::new(message("eve", &text)))).into_bytes();
    let (first, second) = row.split_at(chunk_end(&row));
    assert_eq!(first.len(), CHUNK_BYTES_MAX);
    assert_eq!(second, b"  ada: I resign");
}

#[test]
fn a_nic_client_says_its_name_in_front_of_everything() {
    assert_eq!(heard(Dialect::Nic, &[b"ali", b"ali: hi\n"]), ["hello ali", "say hi"]);
    assert_eq!(heard(Dialect::Nic, &[b"ali", b"ali: one\nali: two\n"]), ["hello ali", "say one", "say two"]);
    assert_eq!(heard(Dialect::Nic, &[b"ali", b"ali: one\ntwo\n"]), ["hello ali", "say one\ntwo"]);
    assert_eq!(heard(Dialect::Nic, &[b"ali", b"admin: hi\n"]), ["hello ali", "say admin: hi"]);
    assert_eq!(heard(Dialect::Nic, &[b"ali", b"ali: \n", b"ali: x\n"]), ["hello ali", "say x"]);
    assert_eq!(heard(Dialect::Nic, &[b": hi\n"]), ["hello ", "say hi"]);
}

#[test]
fn a_nic_message_is_complete_with_its_newline_or_by_a_flush() {
    let mut codec = ServerCodec::new(Dialect::Nic);
    serve(&mut codec, &[b"ali"]);
    let mut bytes = &b"ali: hal"[..];
    assert_eq!(codec.decode(&mut bytes), None);
    assert!(codec.is_partial());
    let mut bytes = &b"lo\n"[..];
    let Some(Decoded::Frame(Request { command: Command::Say { text, .. }, .. })) = codec.decode(&mut bytes) else {
        panic!()
    };
    assert_eq!(text.as_str(), "hallo");
    assert!(!codec.is_partial());
    let mut bytes = &b"ali: hal"[..];
    assert_eq!(codec.decode(&mut bytes), None);
    assert!(matches!(codec.flush(), Some(Decoded::Frame(_))));
    assert_eq!(codec.flush(), None);
    assert!(!codec.is_partial());
}

#[test]
fn a_nic_prefix_cut_by_a_read_still_begins_a_message() {
    assert_eq!(heard(Dialect::Nic, &[b"ali", b"ali: one\nal", b"i: two\n"]), ["hello ali", "say one", "say two"]);
    assert_eq!(heard(Dialect::Nic, &[b"ali", b"ali: one\nal", b"as\n"]), ["hello ali", "say one\nalas"]);
}

#[test]
fn characters_cut_by_a_read_are_put_together() {
    let text = "سلام 🙂".as_bytes();
    for cut in 1..text.len() {
        let (a, b) = text.split_at(cut);
        let (mut first, mut second) = (b"ali: ".to_vec(), b.to_vec());
        first.extend_from_slice(a);
        second.push(b'\n');
        assert_eq!(heard(Dialect::Nic, &[b"ali", &first, &second]), ["hello ali", "say سلام 🙂"]);
        let prompt = heard(Dialect::Prompt, &[b"ali", a, b]);
        let said: Vec<&str> = prompt[1..].iter().map(|said| said.strip_prefix("say ").unwrap()).collect();
        assert_eq!(said.concat(), "سلام 🙂");
    }
}

#[test]
fn invalid_utf8_costs_that_message_only() {
    assert_eq!(heard(Dialect::Nic, &[b"ali", b"ali: \xff\n", b"ali: hi\n"]), ["hello ali", "bad_utf8", "say hi"]);
    assert_eq!(heard(Dialect::Prompt, &[b"ali", b"\xff", b"hi"]), ["hello ali", "bad_utf8", "say hi"]);
    assert_eq!(heard(Dialect::Prompt, &[b"ali", b"a\xd8", b"hi"]), ["hello ali", "bad_utf8", "say hi"]);
    assert_eq!(heard(Dialect::Prompt, &[b"ali\n\xff\nhi\n"]), ["hello ali", "bad_utf8", "say hi"]);
}

#[test]
fn an_oversize_message_is_reported_once_and_skipped() {
    let long = "x".repeat(TEXT_BYTES_MAX + 1);
    let nic = format!("ali: {long}");
    let expected = ["hello ali", "too_long", "say hi"];
    let all = format!("{nic}\nali: hi\n");
    assert_eq!(heard(Dialect::Nic, &[b"ali", all.as_bytes()]), expected);
    for size in [1, 7, 1000, 8000] {
        let mut reads: Vec<&[u8]> = vec![b"ali"];
        reads.extend(all.as_bytes().chunks(size));
        assert_eq!(heard(Dialect::Nic, &reads), expected, "{size}");
    }
    assert_eq!(heard(Dialect::Prompt, &[b"ali", long.as_bytes(), b"hi"]), expected);
    assert_eq!(heard(Dialect::Prompt, &[format!("ali\n{long}\nhi\n").as_bytes()]), expected);
    let longest = "x".repeat(TEXT_BYTES_MAX);
    assert_eq!(heard(Dialect::Prompt, &[format!("ali\n{longest}\r\n").as_bytes()])[1], format!("say {longest}"));
    assert_eq!(heard(Dialect::Nic, &[b"ali", format!("ali: {longest}\n").as_bytes()])[1], format!("say {longest}"));
}

#[test]
fn a_first_read_with_a_newline_means_lines() {
    let mut codec = ServerCodec::new(Dialect::Prompt);
    assert_eq!(codec.flavour(), Flavour::PromptChunks);
    serve(&mut codec, &[b"ali\r\nhi\r\n\r\nho\n"]);
    assert_eq!(codec.flavour(), Flavour::PromptLines);
    assert_eq!(heard(Dialect::Prompt, &[b"ali\r\nhi\r\n\r\nho"]), ["hello ali", "say hi", "say ho"]);
    assert_eq!(heard(Dialect::Prompt, &[b"ali", b"hi\nho\n"]), ["hello ali", "say hi\nho"]);
    assert_eq!(heard(Dialect::Prompt, &[b"ali\n{quit}\n"]), ["hello ali", "quit"]);
}

#[test]
fn quit_is_understood_before_naming_and_glued_to_what_was_said() {
    assert_eq!(heard(Dialect::Prompt, &[b"{quit}"]), ["quit"]);
    assert_eq!(heard(Dialect::Prompt, &[b"ali", b"hi{quit}"]), ["hello ali", "say hi", "quit"]);
    assert_eq!(heard(Dialect::Prompt, &[b"ali", b"leave with {quit}"]), ["hello ali", "say leave with {quit}"]);
}

#[test]
fn the_hint_in_the_box_is_no_name_and_a_name_is_asked_for_until_welcome() {
    let mut codec = ServerCodec::new(Dialect::Prompt);
    let mut bytes = &b"Write your messages here."[..];
    let Some(Decoded::Malformed(malformed)) = codec.decode(&mut bytes) else { panic!() };
    assert_eq!(malformed.code, Code::BadNick);
    assert!(!malformed.is_fault());
    for name in [&b"ali"[..], b"bea"] {
        let mut bytes = name;
        assert!(matches!(codec.decode(&mut bytes), Some(Decoded::Frame(Request { command: Command::Hello(_), .. }))));
    }
    codec.welcomed();
    let mut bytes = &b"Write your messages here."[..];
    assert!(matches!(codec.decode(&mut bytes), Some(Decoded::Frame(Request { command: Command::Say { .. }, .. }))));
}

#[test]
fn browsers_and_tls_are_told_apart_in_every_dialect() {
    for dialect in Dialect::ALL {
        assert_eq!(heard(dialect, &[b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"]), ["http"], "{dialect:?}");
        assert_eq!(heard(dialect, &[b"\x16\x03\x01\x02\x00\x01", b"more\n"]), ["tls"], "{dialect:?}");
    }
}

#[test]
fn silence_in_the_middle_of_a_character_costs_nothing() {
    for (dialect, begin) in [(Dialect::Nic, &b"ali: a\xd8"[..]), (Dialect::Prompt, b"a\xd8")] {
        let mut codec = ServerCodec::new(dialect);
        serve(&mut codec, &[b"ali"]);
        let mut said = serve(&mut codec, &[begin]);
        assert!(!codec.is_partial(), "half a character alone waits for its rest");
        said.extend(serve(&mut codec, &[b"\xb9b\n"]));
        let said: Vec<String> = said.iter().map(|decoded| format!("{decoded:?}")).collect();
        assert_eq!(said.len(), 2, "{said:?}");
        assert!(said[0].contains("\"a\"") && said[1].contains("\"عb\""), "{said:?}");
    }
}

fn chunk_text() -> impl Strategy<Value = String> {
    // What a cut may not turn into something else: no goodbye, no newline that a cut could put at a read's end.
    common::text()
        .prop_map(|text| text.replace(['\n', '{'], " "))
        .prop_filter("a text", |text| Body::parse(text).is_ok())
}

proptest! {
    #[test]
    fn a_cut_of_chunks_moves_a_boundary_but_no_character(
        text in chunk_text(),
        sizes in proptest::collection::vec(1usize..12, 0..20),
        dialect in prop_oneof![Just(Dialect::Nic), Just(Dialect::Prompt)],
    ) {
        let mut codec = ServerCodec::new(dialect);
        serve(&mut codec, &["علی".as_bytes()]);
        let mut said = String::new();
        for decoded in serve(&mut codec, &common::cut(text.as_bytes(), &sizes)) {
            let Decoded::Frame(Request { command: Command::Say { text, .. }, .. }) = decoded else {
                panic!("{decoded:?}")
            };
            said.push_str(text.as_str());
        }
        prop_assert_eq!(said, text);
    }

    #[test]
    fn no_write_of_a_row_is_over_its_bound_or_cuts_a_character(text in "[ع🙂a]{0,2500}") {
        let row = rows(Flavour::PromptChunks, &Event::Message(Box::new(message("ada", &format!("x{text}")))));
        let (mut rest, mut shown, mut first) = (row.as_bytes(), String::new(), true);
        while !rest.is_empty() {
            let (write, tail) = rest.split_at(chunk_end(rest));
            prop_assert!(write.len() <= CHUNK_BYTES_MAX);
            let write = std::str::from_utf8(write).expect("whole characters");
            shown.push_str(if first { write } else { write.strip_prefix("  ").expect("an indented piece") });
            (rest, first) = (tail, false);
        }
        prop_assert_eq!(shown.replace(' ', ""), format!("ada:x{text}"));
    }
}
