//! As much of IRC as it takes to talk in one channel (RFC 2812): `NICK`, `USER`, `JOIN`, `PRIVMSG`, `PING`.

use super::Line;

pub(super) fn hello(name: &str) -> Vec<u8> {
    format!("NICK {name}\r\nUSER {name} 0 * :{name}\r\n").into_bytes()
}

pub(super) fn say(text: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(b"PRIVMSG #lobby :");
    out.extend_from_slice(text.as_bytes());
    out.extend_from_slice(b"\r\n");
}

/// One may join from the welcome (001) on, and is in when the names of those who are have come to their end (366).
pub(super) fn classify(line: &[u8]) -> Line {
    let command = command(line);
    match command.get(..4) {
        Some(b"PRIV") => Line::Message,
        Some(b"PING" | b"001 ") => Line::Question,
        Some(b"366 ") => Line::Joined,
        // There is no message of the day.
        Some(b"422 ") => Line::Other,
        Some(b"ERRO" | b"KILL") => Line::Trouble,
        Some([b'4' | b'5', b'0'..=b'9', b'0'..=b'9', b' ']) => Line::Trouble,
        Some(_) | None => Line::Other,
    }
}

pub(super) fn answer(question: &[u8], out: &mut Vec<u8>) {
    match command(question).strip_prefix(b"PING") {
        Some(token) => {
            out.extend_from_slice(b"PONG");
            out.extend_from_slice(token.strip_suffix(b"\r").unwrap_or(token));
            out.extend_from_slice(b"\r\n");
        }
        None => out.extend_from_slice(b"JOIN #lobby\r\n"),
    }
}

/// What was said, without who, where and to whom.
pub(super) fn words(message: &[u8]) -> &[u8] {
    memchr::memmem::find(message, b" :").map_or(message, |end| &message[end + 2..])
}

/// A line without its prefix, which says where it comes from.
fn command(line: &[u8]) -> &[u8] {
    if line.first() != Some(&b':') {
        return line;
    }
    memchr::memchr(b' ', line).map_or(&[], |end| &line[end + 1..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_told_apart() {
        assert_eq!(classify(b":s0!~s0@127.0.0.1 PRIVMSG #lobby :#0.1#text\r"), Line::Message);
        assert_eq!(classify(b":bench.example 366 r1 #lobby :End of /NAMES list.\r"), Line::Joined);
        assert_eq!(classify(b":bench.example 422 r1 :MOTD File is missing\r"), Line::Other);
        assert_eq!(classify(b":bench.example 433 * r1 :Nickname is already in use.\r"), Line::Trouble);
        assert_eq!(classify(b"ERROR :Closing link\r"), Line::Trouble);
        assert_eq!(classify(b":r1!~r1@127.0.0.1 JOIN :#lobby\r"), Line::Other);
        assert_eq!(classify(b":PRIVMSG"), Line::Other);
        assert_eq!(classify(b""), Line::Other);
        assert_eq!(words(b":s0!~s0@127.0.0.1 PRIVMSG #lobby :#0.1#text\r"), b"#0.1#text\r");
    }

    #[test]
    fn a_ping_gets_its_token_back_and_a_welcome_a_join() {
        for (question, answer) in [
            (b":bench.example 001 r1 :Welcome\r".as_slice(), b"JOIN #lobby\r\n".as_slice()),
            (b"PING :bench.example\r", b"PONG :bench.example\r\n"),
            (b":bench.example PING 17", b"PONG 17\r\n"),
        ] {
            let mut out = Vec::new();
            assert_eq!(classify(question), Line::Question);
            super::answer(question, &mut out);
            assert_eq!(out, answer);
        }
    }
}
