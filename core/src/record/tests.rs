//! What is hidden, and that hiding changes no meaning.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects, clippy::panic)]

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use proptest::collection::vec as list;
use proptest::prelude::*;

use super::fields::Field;
use super::mask::Mask;
use super::*;
use crate::secret::Secret;
use crate::vocabulary::{Code, Command, Request};
use crate::wire::{Decoded, Dialect, ServerCodec};

fn masked(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    Mask::new(true).apply(bytes, &mut out);
    out
}

fn shown(text: &str) -> String {
    String::from_utf8(masked(text.as_bytes())).unwrap()
}

/// What the decoder makes of it, secrets but for their length left out.
fn decoded(mut bytes: &[u8]) -> Vec<Decoded<Request>> {
    let mut codec = ServerCodec::new(Dialect::Native);
    let mut all = Vec::new();
    while let Some(mut frame) = codec.decode(&mut bytes) {
        if let Decoded::Frame(Request { command: Command::Hello(hello), .. }) = &mut frame {
            for secret in [&mut hello.token, &mut hello.password].into_iter().flatten() {
                *secret = Secret::new("x".repeat(secret.reveal().len()));
            }
        }
        all.push(frame);
    }
    all
}

/// Whether a connection whose first line this is gets a second chance.
fn goes_on(first: &Decoded<Request>) -> bool {
    match first {
        Decoded::Frame(_) => true,
        Decoded::Malformed(malformed) => matches!(malformed.code, Code::BadNick | Code::TooLong),
        Decoded::Foreign(_) => false,
    }
}

/// Both are taken the same way: frame by frame, or closed for the same reason at the first line.
fn assert_same_meaning(bytes: &[u8]) {
    let masked = masked(bytes);
    assert_eq!(masked.len(), bytes.len());
    assert_eq!(
        masked.iter().filter(|byte| **byte == b'\n').count(),
        bytes.iter().filter(|byte| **byte == b'\n').count()
    );
    let (plain, hidden) = (decoded(bytes), decoded(&masked));
    let text = || format!("{}\n{}", String::from_utf8_lossy(bytes), String::from_utf8_lossy(&masked));
    match plain.first() {
        Some(first) if !goes_on(first) => {
            assert!(!goes_on(&hidden[0]), "{}", text());
            let foreign = |frame: &Decoded<Request>| match frame {
                Decoded::Foreign(reason) => Some(*reason),
                Decoded::Frame(_) | Decoded::Malformed(_) => None,
            };
            assert_eq!(foreign(first), foreign(&hidden[0]), "{}", text());
        }
        Some(_) | None => assert_eq!(plain, hidden, "{}", text()),
    }
    let mut again = Vec::new();
    Mask::new(true).apply(&masked, &mut again);
    assert_eq!(masked, again, "masking twice is masking once");
}

#[test]
fn a_hello_keeps_its_shape_and_loses_its_secrets() {
    for (plain, hidden) in [
        (
            r#"{"hello":{"version":1,"nick":"ada","token":"9f3c","password":"geheim"}}"#,
            r#"{"hello":{"version":1,"nick":"ada","token":"xxxx","password":"xxxxxx"}}"#,
        ),
        (
            r#"{"hello":{"\u0074oken":"a\u00e9\ud83d\ude00\n\"b"}}"#,
            r#"{"hello":{"\u0074oken":"x\u0088\ud808\udc08\n\nx"}}"#,
        ),
        (r#"{"hello":{"token":null,"password":20351e5}}"#, r#"{"hello":{"token":null,"password":11111e5}}"#),
        (r#"{"hello":{"token":["a",{"b":"c"},-0.5]}}"#, r#"{"hello":{"token":["x",{"b":"x"},-0.1]}}"#),
        (r#"{"hello":{"passwrd":"geheim","rooms":["a"]}}"#, r#"{"hello":{"passwrd":"xxxxxx","rooms":["a"]}}"#),
        (r#"{"hello":{"password":"пароль"}}"#, r#"{"hello":{"password":"üüüüüü"}}"#),
        (r#"{"hello":"geheim"}"#, r#"{"hello":"xxxxxx"}"#),
        (r#"{"hello":{"password":geheim}}"#, r#"{"hello":{"password":????????"#),
        (r#"{"hello":{"password":topsecret}}"#, r#"{"hello":{"password":t??????????"#),
        ("hello password=geheim", "?????????????????????"),
        ("PASSWORD geheim", "PA?????????????"),
    ] {
        assert_eq!(shown(plain), hidden, "{plain}");
        assert_same_meaning(format!("{plain}\n").as_bytes());
    }
}

#[test]
fn what_is_said_later_stays_but_for_secrets() {
    let hello = "{\"hello\":{\"version\":1,\"nick\":\"ada\"}}\n";
    for (plain, hidden) in [
        (r#"{"say":{"room":"a","text":"the token: 9f3c"}}"#, r#"{"say":{"room":"a","text":"the token: 9f3c"}}"#),
        (r#"{"ping":{"token":"alive?"}}"#, r#"{"ping":{"token":"alive?"}}"#),
        (
            r#"{"hello":{"version":1,"nick":"b","token":"9f3c"}}"#,
            r#"{"hello":{"version":1,"nick":"b","token":"xxxx"}}"#,
        ),
        (r#"{"hello":{"token":"9f3c","password":"gehe"#, r#"{"hello":{"token":"xxxx","password":"xxxx"#),
        (r#"oops "token":"9f3c" geheim"#, r#"xxxx "xxxxx":"xxxx" xxxxxx"#),
        (r#"{"nick":{"nick":"a","password":"geheim"}}"#, r#"{"nick":{"nick":"a","password":"xxxxxx"}}"#),
    ] {
        assert_eq!(shown(&format!("{hello}{plain}")), format!("{hello}{hidden}"));
        assert_same_meaning(format!("{hello}{plain}\n").as_bytes());
    }
}

#[test]
fn http_and_tls_are_still_told_apart() {
    for (plain, hidden) in [
        ("GET /?password=geheim HTTP/1.1\r\nAuthorization: x\n", "GET /??????????????????????????\n????????????????\n"),
        ("CONNECT geheim:443 HTTP/1.1\n", "CONNECT ?????????? HTTP/???\n"),
        ("\u{16}\u{3}\u{1}geheim\n", "\u{16}????????\n"),
        ("POST geheim\n", "POST ??????\n"),
    ] {
        assert_eq!(shown(plain), hidden);
        assert_same_meaning(plain.as_bytes());
    }
}

#[test]
fn only_the_token_of_a_welcome_is_hidden_of_what_is_sent() {
    let sent = "{\"error\":{\"code\":\"nick_taken\",\"text\":\"The token\"}}\n\
                {\"welcome\":{\"version\":1,\"nick\":\"ada\",\"token\":\"9f3c\",\"limits\":{\"page\":200}}}\n\
                {\"message\":{\"text\":\"{\\\"welcome\\\":{\\\"token\\\":\\\"9f3c\\\"}}\"}}\n{\"pong\":{\"token\":\"9f3c\"}}\n";
    let hidden = sent.replacen("\"token\":\"9f3c\"", "\"token\":\"xxxx\"", 1);
    for cut in 0..=sent.len() {
        let (mut mask, mut out) = (Mask::new(false), Vec::new());
        mask.apply(&sent.as_bytes()[..cut], &mut out);
        mask.apply(&sent.as_bytes()[cut..], &mut out);
        assert_eq!(out, hidden.as_bytes());
    }
}

fn recorder() -> Recorder {
    let (limits, server) = (crate::limits::Limits::DEFAULT, "parlor/test".into());
    let config = HubConfig { limits, default_room: crate::name::RoomName::lobby(), server, password: true };
    Recorder::new(&config, Now::default())
}

#[test]
fn entries_are_written_as_this_version_writes_them() {
    let mut recorder = recorder();
    recorder.clear();
    let (ada, at) = (crate::name::Nick::parse("ada").unwrap(), crate::time::Timestamp(-2));
    let now = Now::new(crate::time::Instant::from_micros(300), at);
    let conn = ConnId { slot: 1, generation: 2 };
    recorder.accept(now, Peer { dialect: Dialect::Native, address: Some([10, 0, 0, 1].into()) });
    recorder.accepted(&Ok(conn));
    recorder.input(now, &Input::Received { conn, bytes: b"{\"hello\":{\"token\":\"9f" });
    let secret = Secret::new("geheim");
    let verify = crate::store::Verify {
        presented: Some(secret.digest()),
        fresh: None,
        nick: ada.clone(),
        password: Some(secret),
        at,
    };
    let ask = alloc::boxed::Box::new(crate::store::Ask::Verify(alloc::boxed::Box::new(verify)));
    recorder.output(&Output::Ask { ticket: Ticket(7), ask });
    let entry = crate::store::Entry {
        id: crate::id::MessageId(1),
        from: crate::id::IdentityId(2),
        nick: ada,
        at,
        change: Some(crate::store::Change::Topic(crate::text::Note::parse("t").unwrap())),
        edited: None,
    };
    recorder.input(
        now,
        &Input::Answered { ticket: Ticket(7), answer: Answer::Page { entries: vec![entry], has_more: true } },
    );
    recorder.timeout(now);
    recorder.transmitted(conn, b"{\"b", 2);
    let reason = crate::vocabulary::Reason::Quit;
    recorder.output(&Output::Close { conn, reason, how: crate::hub::Closing::Reset });
    recorder.ended();
    let expected: &[&[u8]] = &[
        b"\x0b\0\0\0\x01\xac\x02\x03\0\x01\x04\x0a\0\0\x01",
        b"\x03\0\0\0\x02\x01\x02",
        b"\x1c\0\0\0\x04\xac\x02\x03\x01\x02\x15{\"hello\":{\"token\":\"xx",
        b"\x0c\0\0\0\x09\x04\x07\0\x01\0\x03ada\x01\x03",
        b"\x14\0\0\0\x06\xac\x02\x03\x07\x08\x01\x01\x02\x03ada\x03\x01\x01\x01t\0\x01",
        b"\x04\0\0\0\x08\xac\x02\x03",
        b"\x07\0\0\0\x0a\x01\x02\x03\x02{\"",
        b"\x0a\0\0\0\x09\x01\x01\x02\x04quit\x01",
        b"\x01\0\0\0\x0c",
    ];
    let hint = "records that were written before cannot be read any more: raise VERSION";
    assert_eq!(recorder.bytes().escape_ascii().to_string(), expected.concat().escape_ascii().to_string(), "{hint}");
}

#[test]
fn a_hello_that_comes_to_a_tutorials_port_leaves_no_secret() {
    for dialect in [Dialect::Nic, Dialect::Prompt] {
        let mut recorder = recorder();
        let conn = ConnId { slot: 0, generation: 0 };
        recorder.accept(Now::default(), Peer { dialect, address: None });
        recorder.accepted(&Ok(conn));
        let hello = b"{\"hello\":{\"version\":1,\"nick\":\"ada\",\"token\":\"9f3c5e\",\"password\":\"geheim\"}}\n";
        for bytes in hello.chunks(50) {
            recorder.input(Now::default(), &Input::Received { conn, bytes });
        }
        let record = recorder.bytes().escape_ascii().to_string();
        assert!(record.contains("ada") && !record.contains("9f3c") && !record.contains("geheim"), "{record}");
    }
}

#[test]
fn a_record_begins_with_every_limit_of_its_hub() {
    let recorder = recorder();
    let (head, rest) = recorder.bytes().split_first_chunk::<HEAD_BYTES>().unwrap();
    assert_eq!(decode_head(head), Ok(()));
    let (entry, len) = decode(rest).unwrap().unwrap();
    assert_eq!(len, rest.len());
    let Entry::Begun { config, .. } = entry else { panic!("{entry:?}") };
    assert_eq!(format!("{:?}", config.limits), format!("{:?}", crate::limits::Limits::DEFAULT));
    assert!(config.password);
    for cut in 0..rest.len() {
        assert!(decode(&rest[..cut]).unwrap().is_none(), "{cut}");
    }
}

#[test]
fn what_everybody_is_told_is_written_once_but_never_past_a_mask() {
    let mut recorder = recorder();
    let conns = [0, 1, 2].map(|slot| ConnId { slot, generation: 0 });
    for conn in conns {
        recorder.accept(Now::default(), Peer { dialect: Dialect::Native, address: None });
        recorder.accepted(&Ok(conn));
    }
    for conn in &conns[..2] {
        recorder.transmitted(*conn, b"{\"welcome\":{\"token\":\"9f3c\"}}\n", 31);
    }
    recorder.clear();
    let said = b"{\"message\":{\"text\":\"the same for all\"}}\n";
    for conn in conns {
        recorder.transmitted(conn, said, said.len());
    }
    let (mut rest, mut entries) = (recorder.bytes(), Vec::new());
    while let Some((entry, len)) = decode(rest).unwrap() {
        entries.push(entry);
        rest = &rest[len..];
    }
    assert!(matches!(entries[0], Entry::Transmitted { taken, .. } if taken == said), "{entries:?}");
    assert!(matches!(entries[1], Entry::TransmittedAgain { conn, .. } if conn == conns[1]), "{entries:?}");
    // Not welcome yet: its mask has to see every byte.
    assert!(matches!(entries[2], Entry::Transmitted { .. }), "{entries:?}");
}

/// Pieces of frames, right and wrong, with secrets in them that are digits, letters, escapes and characters.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    let text = |text: &'static str| Just(text.as_bytes().to_vec());
    prop_oneof![
        4 => text("\"token\":"), 4 => text("\"password\":"), 1 => text("\"nick\":\"ada\""), 1 => text("\"version\":1"),
        1 => text("\"\\u0074oken\" :"), 1 => text("\"ref\":"), 1 => text("\"rooms\":[\"a\"]"), 1 => text("\"x\":"),
        4 => text(","), 2 => text("{"), 2 => text("}"), 1 => text("["), 1 => text("]"), 1 => text(":"), 1 => text("\""),
        4 => text("\"GEHEIM\""), 1 => text("\"GE\\u0048\\ud83d\\ude00\\\"EIM\""), 1 => text("\"\\ud83dGEHEIM\""),
        1 => text("GEHEIM"), 1 => text("-987"), 1 => text("98.7e5"), 1 => text("null"), 1 => text("true"),
        1 => text("{\"a\":\"GEHEIM\",\"b\":[\"GEHEIM\"]}"), 1 => text("\"\u{e9}\u{20ac}\u{1f600}\""), 1 => text("\\"),
        1 => text("\\u00"), 1 => text("\r"), 1 => text("{\"hello\":{"), 1 => text("{\"ping\":{"), 1 => text("{\"nick\":{"),
        1 => text("}}"), 1 => text("}}\n"), 1 => text("\n"), 1 => list(any::<u8>(), 1..3),
    ]
}

fn frames() -> impl Strategy<Value = Vec<u8>> {
    let hello = Just(b"{\"hello\":{\"version\":1,\"nick\":\"ada\",".to_vec());
    let good =
        Just(b"{\"hello\":{\"version\":1,\"nick\":\"ada\"}}\n{\"hello\":{\"version\":1,\"nick\":\"b\",".to_vec());
    let start = prop_oneof![3 => hello, 3 => good, 1 => Just(Vec::new())];
    (start, list(piece(), 0..8), prop_oneof![2 => Just(&b"}}\n"[..]), 1 => Just(&b"\n"[..])])
        .prop_map(|(start, pieces, end)| [start, pieces.concat(), end.to_vec()].concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, ..ProptestConfig::default() })]

    #[test]
    fn masking_changes_no_meaning(bytes in frames()) {
        assert_same_meaning(&bytes);
    }

    #[test]
    fn where_reads_cut_changes_nothing(bytes in frames(), cuts in list(1usize..9, 1..9)) {
        let (mut mask, mut out, mut rest) = (Mask::new(true), Vec::new(), &bytes[..]);
        for cut in cuts.iter().cycle() {
            let (read, more) = rest.split_at((*cut).min(rest.len()));
            mask.apply(read, &mut out);
            rest = more;
            if rest.is_empty() {
                break;
            }
        }
        prop_assert_eq!(out, masked(&bytes));
    }

    #[test]
    fn no_secret_of_a_hello_is_left(
        secret in "[A-Z0-9]{6,20}", escaped in any::<bool>(), wrap in 0..4u8, member in "token|password|passwd",
        tail in list(piece(), 0..4), again in any::<bool>(),
    ) {
        let text: String = if escaped {
            secret.chars().map(|c| format!("\\u{:04x}", c as u32)).collect()
        } else {
            secret.clone()
        };
        let value = match wrap {
            0 => format!("\"{text}\""),
            1 => format!("[\"a\",\"{text}\"]"),
            2 => format!("{{\"a\":{{\"b\":\"{text}\"}}}}"),
            _ => format!("[[{{\"a\":[\"{text}\""),
        };
        let first = if again { "{\"hello\":{\"version\":1,\"nick\":\"ada\"}}\n" } else { "" };
        let mut line = format!("{first}{{\"hello\":{{\"version\":1,\"{member}\":{value}").into_bytes();
        line.extend(tail.concat());
        let masked = masked(&line);
        prop_assert!(!masked.windows(text.len()).any(|window| window == text.as_bytes()));
        prop_assert!(!masked.windows(secret.len()).any(|window| window == secret.as_bytes()));
    }

    #[test]
    fn any_bytes_are_decoded_or_refused(bytes in list(any::<u8>(), 0..200), kind in 0..12u8) {
        let body = [&[kind][..], &bytes].concat();
        let entry = [&(body.len() as u32).to_le_bytes()[..], &body].concat();
        let _ = decode(&bytes);
        let _ = decode(&entry);
    }

    #[test]
    fn numbers_come_back(a in any::<u64>(), b in any::<i64>()) {
        let mut out = Vec::new();
        a.put(&mut out);
        b.put(&mut out);
        let mut from = &out[..];
        prop_assert_eq!((u64::get(&mut from), i64::get(&mut from)), (Some(a), Some(b)));
        prop_assert!(from.is_empty());
    }
}
