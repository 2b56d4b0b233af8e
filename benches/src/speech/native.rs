//! JSON lines, as `PROTOCOL.md` has them.

use super::Line;

pub(super) fn hello(name: &str) -> Vec<u8> {
    format!("{{\"hello\":{{\"version\":1,\"nick\":\"{name}\"}}}}\n").into_bytes()
}

pub(super) fn say(text: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(b"{\"say\":{\"room\":\"lobby\",\"text\":\"");
    out.extend_from_slice(text.as_bytes());
    out.extend_from_slice(b"\"}}\n");
}

pub(super) fn classify(line: &[u8]) -> Line {
    if line.starts_with(b"{\"message\"") {
        Line::Message
    } else if line.starts_with(b"{\"room\"") {
        Line::Joined
    } else if line.starts_with(b"{\"ping\"") {
        Line::Question
    } else if line.starts_with(b"{\"error\"") || line.starts_with(b"{\"bye\"") {
        Line::Trouble
    } else {
        Line::Other
    }
}

/// The same token.
pub(super) fn pong(ping: &[u8], out: &mut Vec<u8>) {
    out.extend_from_slice(b"{\"pong\"");
    out.extend_from_slice(ping.get(b"{\"ping\"".len()..).unwrap_or_default());
    out.push(b'\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_told_apart() {
        let is = |line: &str| classify(line.as_bytes());
        assert_eq!(is(r##"{"message":{"room":"lobby","id":1,"from":"s0","at":1,"text":"#0.1#"}}"##), Line::Message);
        assert_eq!(is(r#"{"room":{"room":"lobby"}}"#), Line::Joined);
        assert_eq!(is(r#"{"joined":{"room":"lobby","nick":"r1","at":1}}"#), Line::Other);
        assert_eq!(is(r#"{"bye":{"code":"slow_reader","text":""}}"#), Line::Trouble);
        assert_eq!(is(r#"{"ping":{"token":"7"}}"#), Line::Question);
        let mut answer = Vec::new();
        pong(br#"{"ping":{"token":"7"}}"#, &mut answer);
        assert_eq!(answer, b"{\"pong\":{\"token\":\"7\"}}\n");
    }
}
