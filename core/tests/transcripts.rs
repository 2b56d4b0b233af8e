//! PROTOCOL.md is held to its word: its transcripts are read and written by the codec, and its tables are complete.

use parlor_core::vocabulary::{Code, Reason};
use parlor_core::wire::{ClientCodec, Decoded, Dialect, Flavour, ServerCodec, encode_event};
use serde_json::Value;

fn page() -> String {
    std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../PROTOCOL.md"))
        .expect("PROTOCOL.md is beside core/")
}

/// The lines of a speaker (`C ` or `S `) inside fenced blocks.
fn spoken<'a>(page: &'a str, speaker: &str) -> Vec<&'a str> {
    let blocks = page.split("\n```").skip(1).step_by(2);
    let lines: Vec<&str> = blocks.flat_map(str::lines).filter_map(|line| line.strip_prefix(speaker)).collect();
    assert!(lines.len() > 15, "{} lines of {speaker:?}", lines.len());
    lines
}

fn value(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).expect("JSON")
}

/// The frame's name and its members in `frame.member` form, for telling what the transcripts cover.
fn frames(lines: &[&str]) -> Vec<String> {
    lines
        .iter()
        .map(|line| value(line.as_bytes()).as_object().expect("an object").keys().next().unwrap().clone())
        .collect()
}

#[test]
fn what_clients_say_in_the_page_is_read_and_written_alike() {
    let page = page();
    for line in spoken(&page, "C ") {
        let framed = format!("{line}\n");
        let mut bytes = framed.as_bytes();
        let decoded = ServerCodec::new(Dialect::Native).decode(&mut bytes);
        let Some(Decoded::Frame(request)) = decoded else { panic!("{line}\n{decoded:?}") };
        let mut out = Vec::new();
        ClientCodec::new(Dialect::Native).encode(&request, &mut out);
        assert_eq!(value(&out), value(line.as_bytes()));
    }
}

#[test]
fn what_servers_say_in_the_page_is_read_and_written_alike() {
    let page = page();
    for line in spoken(&page, "S ") {
        let framed = format!("{line}\n");
        let mut bytes = framed.as_bytes();
        let decoded = ClientCodec::new(Dialect::Native).decode(&mut bytes);
        let Some(Decoded::Frame(event)) = decoded else { panic!("{line}\n{decoded:?}") };
        let mut out = Vec::new();
        encode_event(Flavour::Native, &event, &mut out);
        assert_eq!(value(&out), value(line.as_bytes()));
    }
}

#[test]
fn every_frame_stands_in_a_transcript() {
    let page = page();
    let (said, told) = (frames(&spoken(&page, "C ")), frames(&spoken(&page, "S ")));
    for frame in [
        "hello", "join", "part", "say", "history", "read", "typing", "nick", "topic", "kick", "mute", "rooms",
        "members", "ping", "pong", "quit",
    ] {
        assert!(said.iter().any(|name| name == frame), "no client says {frame}");
    }
    for frame in [
        "welcome", "room", "joined", "parted", "presence", "ack", "message", "page", "rooms", "members", "typing",
        "read", "nick", "topic", "kicked", "muted", "gap", "error", "bye", "ping", "pong",
    ] {
        assert!(told.iter().any(|name| name == frame), "no server says {frame}");
    }
}

#[test]
fn every_code_and_every_reason_is_in_its_table() {
    let page = page();
    for code in Code::ALL {
        assert!(page.contains(&format!("\n| `{code}` | ")), "{code}");
    }
    for reason in Reason::ALL {
        assert!(page.contains(&format!("\n| `{reason}` | {} |", reason.text())), "{reason}");
    }
}
