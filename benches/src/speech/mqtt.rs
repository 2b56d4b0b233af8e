//! As much of MQTT 3.1.1 as it takes to talk about one topic at QoS 0 (OASIS standard, chapters 2 and 3): `CONNECT`,
//! `SUBSCRIBE`, `PUBLISH`.

use super::Line;

const TOPIC: &[u8] = b"lobby";

/// Connects and subscribes in one breath, which clients may (3.1.4). The session is a clean one, and no keep-alive
/// is agreed upon, so that a silent client is not cut off (3.1.2.10).
pub(super) fn hello(name: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let (clean_session, no_keep_alive) = (0b10, [0, 0]);
    let connect = [&string(b"MQTT"), [4, clean_session].as_slice(), &no_keep_alive, &string(name.as_bytes())].concat();
    packet(0x10, &[&connect], &mut out);
    let (packet_id, at_most_once) = ([0, 1], [0]);
    packet(0x82, &[&packet_id, &string(TOPIC), &at_most_once], &mut out);
    out
}

pub(super) fn say(text: &str, out: &mut Vec<u8>) {
    packet(0x30, &[&string(TOPIC), text.as_bytes()], out);
}

pub(super) fn length(bytes: &[u8]) -> Option<usize> {
    match header(bytes) {
        Header::Whole { header, rest } => (header + rest <= bytes.len()).then_some(header + rest),
        Header::Cut => None,
        Header::Wrong => Some(HEADER_MAX),
    }
}

pub(super) fn classify(frame: &[u8]) -> Line {
    let is_whole = matches!(header(frame), Header::Whole { .. });
    match frame.first().map(|first| first >> 4) {
        Some(3) if is_whole => Line::Message,
        // CONNACK ends in its return code (3.2.2.3), SUBACK too, whose lower ones are grants (3.9.3).
        Some(2) if is_whole && frame.last() == Some(&0) => Line::Other,
        Some(9) if is_whole && frame.last().is_some_and(|&code| code < 0x80) => Line::Joined,
        Some(13) if is_whole => Line::Other,
        Some(_) | None => Line::Trouble,
    }
}

/// A string with its length before it (1.5.3).
fn string(text: &[u8]) -> Vec<u8> {
    let length = u16::try_from(text.len()).expect("our names are short");
    [&length.to_be_bytes(), text].concat()
}

fn packet(first: u8, parts: &[&[u8]], out: &mut Vec<u8>) {
    out.push(first);
    let mut rest: usize = parts.iter().map(|part| part.len()).sum();
    loop {
        let low = (rest % 128) as u8;
        rest /= 128;
        if rest == 0 {
            out.push(low);
            break;
        }
        out.push(low | 0x80);
    }
    parts.iter().for_each(|part| out.extend_from_slice(part));
}

/// One byte of kind and at most four of length (2.2.3).
const HEADER_MAX: usize = 5;

enum Header {
    Whole { header: usize, rest: usize },
    Cut,
    Wrong,
}

fn header(bytes: &[u8]) -> Header {
    let mut rest = 0;
    for (index, byte) in bytes.iter().enumerate().take(HEADER_MAX).skip(1) {
        rest |= usize::from(byte & 0x7F) << (7 * (index - 1));
        if byte & 0x80 == 0 {
            return Header::Whole { header: index + 1, rest };
        }
    }
    if bytes.len() < HEADER_MAX { Header::Cut } else { Header::Wrong }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packets_are_told_apart() {
        assert_eq!(classify(&[0x20, 2, 0, 0]), Line::Other);
        assert_eq!(classify(&[0x20, 2, 0, 5]), Line::Trouble);
        assert_eq!(classify(&[0x90, 3, 0, 1, 0]), Line::Joined);
        assert_eq!(classify(&[0x90, 3, 0, 1, 0x80]), Line::Trouble);
        assert_eq!(classify(&[0xD0, 0]), Line::Other);
        assert_eq!(classify(&[0x30, 0x80, 0x80, 0x80, 0x80]), Line::Trouble);
        let mut said = Vec::new();
        say("#0.1#", &mut said);
        assert_eq!(classify(&said), Line::Message);
    }

    #[test]
    fn a_hello_is_written_as_the_standard_has_it() {
        let connect = b"\x10\x0E\0\x04MQTT\x04\x02\0\0\0\x02r1";
        let subscribe = b"\x82\x0A\0\x01\0\x05lobby\0";
        assert_eq!(hello("r1"), [connect.as_slice(), subscribe].concat());
    }

    #[test]
    fn a_length_is_what_was_written() {
        for size in [0, 5, 120, 121, 16_376, 16_377, 100_000] {
            let mut said = Vec::new();
            say(&"x".repeat(size), &mut said);
            assert_eq!(length(&said), Some(said.len()));
            assert_eq!(length(&said[..said.len() - 1]), None);
        }
        assert_eq!(length(&[0x30, 0x80, 0x80, 0x80, 0x80, 1]), Some(HEADER_MAX));
    }
}
