//! As much of NATS as it takes to talk about one subject (NATS documentation, "Client Protocol"): `CONNECT`, `SUB`,
//! `PUB`, `MSG`, `PING`.

use super::Line;

/// The server takes commands in their order, so the answer to the `PING` says that it knows of the `SUB`.
pub(super) fn hello(name: &str) -> Vec<u8> {
    let options = format!("{{\"verbose\":false,\"pedantic\":false,\"lang\":\"rust\",\"name\":\"{name}\"}}");
    format!("CONNECT {options}\r\nSUB lobby 1\r\nPING\r\n").into_bytes()
}

pub(super) fn say(text: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(format!("PUB lobby {}\r\n", text.len()).as_bytes());
    out.extend_from_slice(text.as_bytes());
    out.extend_from_slice(b"\r\n");
}

/// A line; that of a message and the bytes it announces.
pub(super) fn length(bytes: &[u8]) -> Option<usize> {
    let line = memchr::memchr(b'\n', bytes)? + 1;
    let whole = announced(&bytes[..line]).map_or(line, |payload| line.saturating_add(payload).saturating_add(2));
    (whole <= bytes.len()).then_some(whole)
}

pub(super) fn classify(frame: &[u8]) -> Line {
    match frame.get(..4) {
        // One that does not say how long it is comes as its first line only.
        Some(b"MSG ") if length(frame).is_some_and(|_| announced(first_line(frame)).is_some()) => Line::Message,
        Some(b"MSG " | b"-ERR") => Line::Trouble,
        Some(b"PONG") => Line::Joined,
        Some(b"PING") => Line::Question,
        Some(_) | None => Line::Other,
    }
}

pub(super) fn pong(out: &mut Vec<u8>) {
    out.extend_from_slice(b"PONG\r\n");
}

fn first_line(frame: &[u8]) -> &[u8] {
    memchr::memchr(b'\n', frame).map_or(frame, |end| &frame[..=end])
}

/// `MSG <subject> <sid> [reply-to] <#bytes>`: the last word.
fn announced(line: &[u8]) -> Option<usize> {
    let line = line.strip_prefix(b"MSG ")?.strip_suffix(b"\r\n")?;
    let digits = &line[memchr::memrchr(b' ', line)? + 1..];
    if digits.is_empty() || digits.len() > 9 {
        return None;
    }
    digits.iter().try_fold(0, |number, digit| digit.is_ascii_digit().then(|| number * 10 + usize::from(digit - b'0')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_told_apart() {
        assert_eq!(classify(b"MSG lobby 1 5\r\n#0.1#\r\n"), Line::Message);
        assert_eq!(classify(b"MSG lobby 1 five\r\n"), Line::Trouble);
        assert_eq!(classify(b"PONG\r\n"), Line::Joined);
        assert_eq!(classify(b"PING\r\n"), Line::Question);
        assert_eq!(classify(b"-ERR 'Slow Consumer'\r\n"), Line::Trouble);
        assert_eq!(classify(b"INFO {}\r\n"), Line::Other);
        assert_eq!(classify(b"+OK\r\n"), Line::Other);
    }

    #[test]
    fn a_length_is_known_when_all_of_the_frame_is_there() {
        let message = b"MSG lobby 1 reply 3\r\nabc\r\n";
        for end in 0..message.len() {
            assert_eq!(length(&message[..end]), None);
        }
        assert_eq!(length(message), Some(message.len()));
        assert_eq!(length(b"MSG lobby 1 99999999999999999999\r\n"), Some(34));
    }
}
