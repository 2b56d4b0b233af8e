//! The native dialect says everything the vocabulary can say, both ways; what is none of it is answered.

mod common;

use parlor_core::id::MessageId;
use parlor_core::limits::SERVER_FRAME_BYTES_MAX;
use parlor_core::name::Nick;
use parlor_core::text::{Body, TEXT_BYTES_MAX};
use parlor_core::time::Timestamp;
use parlor_core::vocabulary::{Event, Message, Place, Request, Tag};
use parlor_core::wire::{ClientCodec, Decoded, Dialect, Flavour, ServerCodec, encode_event};
use proptest::prelude::*;

fn written(request: &Request) -> Vec<u8> {
    let mut bytes = Vec::new();
    ClientCodec::new(Dialect::Native).encode(request, &mut bytes);
    bytes
}

fn told(event: &Event) -> Vec<u8> {
    let mut bytes = Vec::new();
    encode_event(Flavour::Native, event, &mut bytes);
    bytes
}

/// The codes a server answers this line with; `frame` where it is understood.
fn answered(line: &[u8]) -> String {
    let decoded = common::serve(&mut ServerCodec::new(Dialect::Native), &[line, b"\n"]);
    let [decoded] = &decoded[..] else { panic!("{decoded:?}") };
    match decoded {
        Decoded::Frame(_) => "frame".to_string(),
        Decoded::Malformed(malformed) => {
            let reference = malformed.reference.as_ref().map_or("-", |reference| reference.as_str());
            format!("{} {} {}", malformed.code, reference, if malformed.is_fault() { "fault" } else { "refusal" })
        }
        Decoded::Foreign(reason) => reason.to_string(),
    }
}

#[test]
fn faults_are_what_no_honest_client_sends() {
    for line in [
        "",
        "hello",
        "[]",
        "{}",
        "{\"ping\":{\"token\":\"a\"}} x",
        "{\"ping\":{\"token\":\"a\"},\"pong\":{\"token\":\"a\"}}",
        "{\"ping\":{\"token\":\"a\"},\"ping\":{\"token\":\"a\"}}",
        "{\"ping\":{\"token\":\"a\",\"token\":\"a\"}}",
        "{\"ping\":{\"token\":\"a\",\"x\":{\"y\":1,\"y\":1}}}",
        "{\"ping\":{\"token\":\"\\ud800\"}}",
        "{\"ping\":{\"token\":\"\\udc00\\ud800\"}}",
        "{\"ping\":{\"token\":1}}",
        "{\"ping\":{}}",
        "{\"ping\":[]}",
        "{\"ping\":null}",
        "{\"hello\":{\"version\":1.5,\"nick\":\"ada\"}}",
        "{\"hello\":{\"version\":-1,\"nick\":\"ada\"}}",
        "{\"hello\":{\"version\":1,\"nick\":\"ada\",\"resume\":{\"lobby\":{\"log\":\"9f\",\"id\":1}}}}",
        "{\"hello\":{\"version\":1,\"nick\":\"ada\",\"resume\":{\"a\":{\"log\":\"0000000000000001\",\"id\":1},\"#A\":{\"log\":\"0000000000000001\",\"id\":1}}}}",
    ] {
        assert_eq!(answered(line.as_bytes()), "bad_frame - fault", "{line}");
    }
    assert_eq!(answered(b"{\"ping\":{\"token\":\"\xff\"}}"), "bad_utf8 - fault");
    assert_eq!(answered(&[b'['; 10_000]), "bad_frame - fault");
    assert_eq!(answered(&[b' '; 16 * 1024 + 1]), "frame_too_long - fault");
    assert_eq!(
        answered(b"{\"history\":{\"room\":\"a\",\"before\":1,\"after\":2,\"limit\":3,\"ref\":\"r\"}}"),
        "bad_frame r fault"
    );
}

#[test]
fn a_member_that_stands_twice_is_found_among_many() {
    let many: String = (0..1_000).map(|at| format!("\"m{at}\":1,")).collect();
    let line = |last: &str| format!("{{\"ping\":{{{many}\"token\":\"a\",\"{last}\":1}}}}");
    assert_eq!(answered(line("m1000").as_bytes()), "frame");
    assert_eq!(answered(line("m0").as_bytes()), "bad_frame - fault");
}

#[test]
fn what_is_out_of_range_is_refused_with_its_ref_and_is_no_fault() {
    let long = "x".repeat(65);
    let text = "x".repeat(TEXT_BYTES_MAX + 1);
    let topic = "x".repeat(513);
    for (frame, members, code) in [
        ("nick", "\"nick\":\"a b\"".to_string(), "bad_nick"),
        ("hello", format!("\"version\":1,\"nick\":\"{}\"", "x".repeat(257)), "bad_nick"),
        ("join", "\"room\":\"a b\"".to_string(), "bad_room"),
        ("join", "\"room\":\"@a b\"".to_string(), "bad_nick"),
        ("hello", "\"version\":1,\"nick\":\"ada\",\"rooms\":[\"a b\"]".to_string(), "bad_room"),
        ("say", "\"room\":\"a\",\"text\":\"\"".to_string(), "bad_text"),
        ("say", "\"room\":\"a\",\"text\":\"\\u0007\"".to_string(), "bad_text"),
        ("say", format!("\"room\":\"a\",\"text\":\"{text}\""), "too_long"),
        ("say", format!("\"room\":\"a\",\"text\":\"x\",\"nonce\":\"{long}\""), "too_long"),
        ("topic", format!("\"room\":\"a\",\"text\":\"{topic}\""), "too_long"),
        ("topic", "\"room\":\"a\",\"text\":\"a\\nb\"".to_string(), "bad_text"),
        ("kick", "\"room\":\"@bea\",\"nick\":\"bea\"".to_string(), "not_here"),
        ("say", "\"room\":\"a\",\"text\":\"x\",\"kind\":\"song\"".to_string(), "unknown_frame"),
        ("edit", "\"room\":\"a\",\"id\":1,\"text\":\"\"".to_string(), "bad_text"),
        ("delete", "\"room\":\"a b\",\"id\":1".to_string(), "bad_room"),
        ("search", format!("\"query\":\"{topic}\""), "too_long"),
        ("dance", "\"x\":1".to_string(), "unknown_frame"),
    ] {
        let line = format!("{{\"{frame}\":{{{members},\"ref\":\"7\"}}}}");
        assert_eq!(
            answered(line.as_bytes()),
            format!("{code} 7 refusal"),
            "{frame} {}",
            &members[..members.len().min(60)]
        );
    }
}

#[test]
fn unknown_members_null_and_carriage_returns_are_borne() {
    assert_eq!(answered(b"{\"ping\":{\"token\":\"a\",\"new\":[{\"x\":1.5e9}],\"ref\":null}}\r"), "frame");
    assert_eq!(answered(b" { \"quit\" : { } } "), "frame");
    assert_eq!(answered(b"{\"hello\":{\"version\":99999999999,\"nick\":\"ada\",\"features\":[\"x\"]}}"), "frame");
}

#[test]
fn a_client_passes_over_frames_of_a_later_version() {
    let lines = b"{\"dance\":{}}\n{\"sung\":{\"room\":\"a\"}}\n{\"pong\":{\"token\":\"a\",\"new\":1}}\n";
    let decoded = common::read(&mut ClientCodec::new(Dialect::Native), &[lines]);
    let [Decoded::Frame(Event::Pong { .. })] = &decoded[..] else { panic!("{decoded:?}") };
}

#[test]
fn no_list_makes_a_frame_too_long() {
    let text = Body::parse(&"\"".repeat(TEXT_BYTES_MAX)).unwrap();
    let place = Place::parse("lobby").unwrap();
    let (from, at) = (Nick::parse("ada").unwrap(), Timestamp(i64::MIN));
    let message =
        Message { place: place.clone(), id: MessageId(1), from, at, text, action: false, reply_to: None, edited: None };
    let tag = Tag::parse(&"\u{1}".repeat(Tag::BYTES_MAX));
    let event =
        Event::Page { place: Some(place), messages: vec![message; 200], has_more: false, cursor: None, reference: tag };
    let bytes = told(&event);
    assert!(bytes.len() <= SERVER_FRAME_BYTES_MAX, "{}", bytes.len());
    let decoded = common::read(&mut ClientCodec::new(Dialect::Native), &[&bytes]);
    let [Decoded::Frame(Event::Page { messages, has_more: true, .. })] = &decoded[..] else { panic!("{decoded:?}") };
    assert_eq!(messages.len(), 3);
}

#[test]
fn no_refusal_quotes_so_much_that_its_frame_is_too_long() {
    // Two bytes each, and eight once they are written as an escape that is escaped again.
    let long = |len: usize| "\u{378}".repeat(len);
    for line in [
        format!("{{\"{}\":{{\"ref\":1}}}}", long(8_180)),
        format!("{{\"ping\":{{\"{0}\":1,\"{0}\":1}}}}", long(4_000)),
        format!("{{\"{}\":{{}}}}", long(8_180)),
    ] {
        let decoded = common::serve(&mut ServerCodec::new(Dialect::Native), &[line.as_bytes(), b"\n"]);
        let [Decoded::Malformed(bad)] = &decoded[..] else { panic!("{decoded:?}") };
        let answer = Event::Error { code: bad.code, text: bad.text.clone(), reference: bad.reference.clone() };
        let bytes = told(&answer);
        assert!(bytes.len() <= 1_024, "{} bytes", bytes.len());
    }
}

#[test]
fn a_secret_reaches_no_debug_output() {
    let mut codec = ServerCodec::new(Dialect::Native);
    let mut bytes = &b"{\"hello\":{\"version\":1,\"nick\":\"ada\",\"token\":\"hunter2\""[..];
    assert_eq!(codec.decode(&mut bytes), None);
    assert!(!format!("{codec:?}").contains("hunter2"));
    let mut bytes = &b"}}\n"[..];
    let decoded = codec.decode(&mut bytes);
    assert!(matches!(decoded, Some(Decoded::Frame(_))));
    assert!(!format!("{decoded:?}").contains("hunter2"));
}

proptest! {
    #[test]
    fn every_command_is_read_back_as_it_was_written(request in common::request()) {
        let bytes = written(&request);
        let decoded = common::serve(&mut ServerCodec::new(Dialect::Native), &[&bytes]);
        let [Decoded::Frame(read)] = &decoded[..] else { panic!("{decoded:?} of {}", String::from_utf8_lossy(&bytes)) };
        prop_assert_eq!(read, &request);
        // Names are equal when folded; the bytes show that spelling survives too.
        prop_assert_eq!(written(read), bytes);
    }

    #[test]
    fn every_event_is_read_back_as_it_was_written(event in common::event()) {
        let bytes = told(&event);
        prop_assert_eq!(bytes.iter().filter(|byte| **byte == b'\n').count(), 1);
        prop_assert_eq!(bytes.last(), Some(&b'\n'));
        let decoded = common::read(&mut ClientCodec::new(Dialect::Native), &[&bytes]);
        let [Decoded::Frame(read)] = &decoded[..] else { panic!("{decoded:?} of {}", String::from_utf8_lossy(&bytes)) };
        prop_assert_eq!(read, &event);
        prop_assert_eq!(told(read), bytes);
    }
}

#[test]
fn a_hello_refused_for_what_it_would_resume_is_refused_by_its_reference() {
    let frame = br#"{"hello":{"version":1,"nick":"ada","resume":{"lobby":{"log":"00","id":1}},"ref":"q"}}"#;
    let mut bytes = &[&frame[..], b"\n"].concat()[..];
    let Some(Decoded::Malformed(refused)) = ServerCodec::new(Dialect::Native).decode(&mut bytes) else {
        panic!("a log has 16 digits");
    };
    assert_eq!(refused.reference, Tag::parse("q"));
}
