//! What a load generator must say and understand of a dialect: no more than joining, saying and counting.

use std::net::{SocketAddr, ToSocketAddrs};

/// What is spoken at a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speech {
    /// JSON lines (`parlor://`).
    Native,
    /// The ChatRoom tutorial in line mode (`prompt://`).
    PromptLines,
    /// Whatever line comes in goes out ([`crate::bare`], `bare://`).
    Bare,
}

/// What a line from a server is, as far as counting goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// A message somebody said: a delivery.
    Message,
    /// One is in, and everything said from now on will come.
    Joined,
    /// To be answered with [`Speech::pong`].
    Ping,
    /// The server refuses something or says goodbye.
    Trouble,
    /// Presence and the like.
    Other,
}

/// Whom to load, as a URL says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target {
    /// What is spoken there.
    pub speech: Speech,
    /// Where it is.
    pub address: SocketAddr,
}

impl Target {
    /// Reads `parlor://HOST:PORT`, `prompt://HOST:PORT` or `bare://HOST:PORT`.
    ///
    /// # Errors
    /// One sentence that says what is wrong.
    pub fn parse(url: &str) -> Result<Self, String> {
        let forms = "parlor://HOST:PORT, prompt://HOST:PORT or bare://HOST:PORT";
        let (scheme, rest) = url.split_once("://").ok_or_else(|| format!("{url:?} is no target; write {forms}."))?;
        let speech = match scheme {
            "parlor" => Speech::Native,
            "prompt" => Speech::PromptLines,
            "bare" => Speech::Bare,
            _ => return Err(format!("{scheme}:// cannot be loaded; write {forms}.")),
        };
        let host = rest.split('/').next().unwrap_or(rest);
        let mut addresses = host.to_socket_addrs().map_err(|e| format!("{host:?} is no HOST:PORT: {e}."))?;
        let address = addresses.next().ok_or_else(|| format!("{host:?} has no address."))?;
        Ok(Self { speech, address })
    }
}

impl Speech {
    /// The scheme of its URLs.
    pub const fn scheme(self) -> &'static str {
        match self {
            Speech::Native => "parlor",
            Speech::PromptLines => "prompt",
            Speech::Bare => "bare",
        }
    }

    /// The first thing a client says.
    pub fn hello(self, name: &str) -> String {
        match self {
            Speech::Native => format!("{{\"hello\":{{\"version\":1,\"nick\":\"{name}\"}}}}\n"),
            Speech::PromptLines => format!("{name}\n"),
            Speech::Bare => String::new(),
        }
    }

    /// A message with this text, which must need no escaping.
    pub fn say(self, text: &str, out: &mut Vec<u8>) {
        let (before, after): (&[u8], &[u8]) = match self {
            Speech::Native => (b"{\"say\":{\"room\":\"lobby\",\"text\":\"", b"\"}}\n"),
            Speech::PromptLines | Speech::Bare => (b"", b"\n"),
        };
        out.extend_from_slice(before);
        out.extend_from_slice(text.as_bytes());
        out.extend_from_slice(after);
    }

    /// What a line is; without its end.
    pub fn classify(self, line: &[u8]) -> Line {
        match self {
            Speech::Bare => Line::Message,
            Speech::Native if line.starts_with(b"{\"message\"") => Line::Message,
            Speech::Native if line.starts_with(b"{\"room\"") => Line::Joined,
            Speech::Native if line.starts_with(b"{\"ping\"") => Line::Ping,
            Speech::Native if line.starts_with(b"{\"error\"") || line.starts_with(b"{\"bye\"") => Line::Trouble,
            Speech::Native => Line::Other,
            Speech::PromptLines if said_by_a_sender(line) => Line::Message,
            // The question for the name stands without an end, on the same line.
            Speech::PromptLines if memchr::memmem::find(line, b"Welcome to the chat ").is_some() => Line::Joined,
            Speech::PromptLines => Line::Other,
        }
    }

    /// The answer to a ping: the same token.
    pub fn pong(line: &[u8], out: &mut Vec<u8>) {
        out.extend_from_slice(b"{\"pong\"");
        out.extend_from_slice(line.get(b"{\"ping\"".len()..).unwrap_or_default());
        out.push(b'\n');
    }
}

/// Senders are called `s0`, `s1` …; nobody else's name begins with an `s`.
fn said_by_a_sender(line: &[u8]) -> bool {
    line.starts_with(b"s") && line.iter().take_while(|&&byte| byte != b' ').any(|&byte| byte == b':')
}

/// The text of a message: who says it, the how manieth of theirs it is, and filling up to `bytes`.
pub fn text(sender: usize, number: u64, bytes: usize) -> String {
    let mut text = format!("#{sender}.{number}#");
    let filling = "the quick brown fox jumps over the lazy dog, ";
    while text.len() < bytes {
        let rest = bytes - text.len();
        text.push_str(&filling[..rest.min(filling.len())]);
    }
    text
}

/// Who said a line that was made by [`text`], and the how manieth of theirs it is.
pub fn origin(line: &[u8]) -> Option<(usize, u64)> {
    let start = memchr::memchr(b'#', line)? + 1;
    let rest = line.get(start..)?;
    let mark = std::str::from_utf8(rest.get(..memchr::memchr(b'#', rest)?)?).ok()?;
    let (sender, number) = mark.split_once('.')?;
    Some((sender.parse().ok()?, number.parse().ok()?))
}

/// Gives the whole lines of `partial` and then `bytes`, and leaves the unfinished rest in `partial`.
pub(crate) fn split_lines(partial: &mut Vec<u8>, bytes: &[u8], mut line: impl FnMut(&[u8])) {
    let mut start = 0;
    for end in memchr::memchr_iter(b'\n', bytes) {
        if partial.is_empty() {
            line(&bytes[start..end]);
        } else {
            partial.extend_from_slice(&bytes[start..end]);
            line(partial);
            partial.clear();
        }
        start = end + 1;
    }
    partial.extend_from_slice(&bytes[start..]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_the_same_however_they_are_cut() {
        let bytes = b"one\n\ntwo\nthree";
        for cut in 0..bytes.len() {
            let (mut partial, mut lines) = (Vec::new(), Vec::new());
            for part in [&bytes[..cut], &bytes[cut..]] {
                split_lines(&mut partial, part, |line| lines.push(String::from_utf8(line.to_vec()).unwrap()));
            }
            assert_eq!(lines, ["one", "", "two"]);
            assert_eq!(partial, b"three");
        }
    }

    #[test]
    fn a_text_tells_its_origin_and_has_the_asked_length() {
        let text = text(7, 123_456, 100);
        assert_eq!(text.len(), 100);
        for speech in [Speech::Native, Speech::PromptLines, Speech::Bare] {
            let mut line = Vec::new();
            speech.say(&text, &mut line);
            assert_eq!(origin(&line), Some((7, 123_456)));
        }
        assert_eq!(origin(b"no mark"), None);
        assert_eq!(origin(b"#x.y#"), None);
    }

    #[test]
    fn lines_are_told_apart() {
        let native = |line: &str| Speech::Native.classify(line.as_bytes());
        assert_eq!(native(r##"{"message":{"room":"lobby","id":1,"from":"s0","at":1,"text":"#0.1#"}}"##), Line::Message);
        assert_eq!(native(r#"{"room":{"room":"lobby"}}"#), Line::Joined);
        assert_eq!(native(r#"{"joined":{"room":"lobby","nick":"r1","at":1}}"#), Line::Other);
        assert_eq!(native(r#"{"bye":{"code":"slow_reader","text":""}}"#), Line::Trouble);
        let prompt = |line: &str| Speech::PromptLines.classify(line.as_bytes());
        assert_eq!(prompt("s3: #3.1#"), Line::Message);
        assert_eq!(prompt("s3 joined the chat"), Line::Other);
        let glued = "Please enter your name and press EnterWelcome to the chat r1. Write {quit} to leave.";
        assert_eq!(prompt(glued), Line::Joined);
        let mut pong = Vec::new();
        Speech::pong(br#"{"ping":{"token":"7"}}"#, &mut pong);
        assert_eq!(pong, b"{\"pong\":{\"token\":\"7\"}}\n");
    }

    #[test]
    fn a_bad_target_is_one_sentence() {
        assert_eq!(Target::parse("bare://127.0.0.1:9").unwrap().speech, Speech::Bare);
        for url in ["127.0.0.1:9", "nic://127.0.0.1:9", "bare://127.0.0.1"] {
            assert!(Target::parse(url).unwrap_err().ends_with('.'));
        }
    }
}
