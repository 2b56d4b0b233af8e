//! The tutorial dialects, byte by byte (`tutorial-protocols`), at both ends.

mod common;

use common::{read, serve};
use parlor_core::limits::CHUNK_BYTES_MAX;
use parlor_core::name::{Nick, RoomName};
use parlor_core::text::{Body, Note, TEXT_BYTES_MAX};
use parlor_core::time::Timestamp;
use parlor_core::vocabulary::*;
use parlor_core::wire::{ClientCodec, Decoded, Dialect, Flavour, ServerCodec, chunk_end, encode_event};
use proptest::prelude::*;

fn nick(text: &str) -> Nick {
    Nick::parse(text).unwrap()
}

fn rows(flavour: Flavour, event: &Event) -> String {
    let mut out = Vec::new();
    encode_event(flavour, event, &mut out);
    String::from_utf8(out).unwrap()
}

fn message(from: &str, text: &str) -> Message {
    Message {
        place: Place::Room(RoomName::lobby()),
        id: parlor_core::id::MessageId(1),
        from: nick(from),
        at: Timestamp(0),
        text: Body::parse(text).unwrap(),
        action: false,
        reply_to: None,
    }
}

fn welcome(name: &str, instead_of: Option<&str>) -> Event {
    let limits = WelcomeLimits {
        nick_bytes: 64,
        room_bytes: 64,
        text_bytes: 8192,
        topic_bytes: 512,
        frame_bytes: 16384,
        page: 200,
        rooms: 64,
    };
    Event::Welcome(Box::new(Welcome {
        server: "parlor/0.1.0".into(),
        nick: nick(name),
        instead_of: instead_of.map(Into::into),
        token: None,
        resumed: false,
        limits,
    }))
}

/// What a server makes of what was said, in words: `hello ali`, `say hi`, `quit`, or the code of a fault.
fn heard(dialect: Dialect, reads: &[&[u8]]) -> Vec<String> {
    let word = |decoded| match decoded {
        Decoded::Frame(Request { command, .. }) => match command {
            Command::Hello(hello) => format!("hello {}", hello.nick),
            Command::Say { text, .. } => format!("say {text}"),
            Command::Quit { .. } => "quit".to_string(),
            other => panic!("{other:?}"),
        },
        Decoded::Malformed(malformed) => malformed.code.to_string(),
        Decoded::Foreign(reason) => reason.to_string(),
    };
    serve(&mut ServerCodec::new(dialect), reads).into_iter().map(word).collect()
}

fn seen(codec: &mut ClientCodec, reads: &[&[u8]]) -> Vec<String> {
    let word = |decoded| match decoded {
        Decoded::Frame(Event::Greeting) => "greeting".to_string(),
        Decoded::Frame(Event::Row(row)) => match row {
            Row::Connected => "connected".to_string(),
            Row::Joined { nick } => format!("+{nick}"),
            Row::Left { nick } => format!("-{nick}"),
            Row::Said { from, text } => format!("{from}> {text}"),
            Row::Other { text } => format!("? {text}"),
            Row::Quit => "quit".to_string(),
        },
        other => panic!("{other:?}"),
    };
    read(codec, reads).into_iter().map(word).collect()
}

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

fn chunk_text() -> impl Strategy<Value = String> {
    // What a cut may not turn into something else: no goodbye, no newline that a cut could put at a read's end.
    common::text()
        .prop_map(|text| text.replace(['\n', '{'], " "))
        .prop_filter("a text", |text| Body::parse(text).is_ok())
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
