//! What a newcomer is told of itself and of other newcomers.

use crate::speech::{Line, Speech};

/// What a line means to somebody who counts who is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum News {
    /// One is in oneself, with so many others and oneself, where the server says it.
    In(Option<u64>),
    /// One more is there.
    Came,
    /// One fewer.
    Went,
    /// So many are there now, of whom so many newcomers are named.
    Many {
        /// How many are there.
        count: u64,
        /// How many newcomers the line names.
        named: u64,
    },
    /// To be answered.
    Question,
    /// The server refuses something or says goodbye.
    Trouble,
    /// Nothing of this kind.
    Nothing,
}

/// Reads a line or frame, as [`Speech::split`] gives it.
pub(super) fn read(speech: Speech, line: &[u8]) -> News {
    match speech.classify(line) {
        Line::Joined if speech == Speech::Native => News::In(number_after(line, b"\"count\":")),
        Line::Joined => News::In(None),
        Line::Question => News::Question,
        Line::Trouble => News::Trouble,
        Line::Message => News::Nothing,
        Line::Other => match speech {
            Speech::Native => native(line),
            Speech::PromptLines => prompt(line),
            Speech::Irc => irc(line),
            Speech::Bare | Speech::Nats | Speech::Mqtt => News::Nothing,
        },
    }
}

fn native(line: &[u8]) -> News {
    // The frame's name is the first string of a line.
    let name = line.strip_prefix(b"{\"").and_then(|rest| rest.split(|&byte| byte == b'"').next());
    match name.unwrap_or_default() {
        b"joined" => News::Came,
        b"parted" => News::Went,
        b"presence" => News::Many {
            count: number_after(line, b"\"count\":").unwrap_or_default(),
            named: strings_after(line, b"\"joined\":["),
        },
        _ => News::Nothing,
    }
}

fn prompt(line: &[u8]) -> News {
    if line.ends_with(b" are here now.") {
        let count = memchr::memmem::find(line, b"; ").and_then(|at| leading_number(line.get(at + 2..)?));
        News::Many { count: count.unwrap_or_default(), named: 0 }
    } else if line.ends_with(b" joined the chat") {
        News::Came
    } else {
        News::Nothing
    }
}

/// The command stands behind who gave it.
fn irc(line: &[u8]) -> News {
    match line.split(|&byte| byte == b' ').nth(1) {
        Some(b"JOIN") => News::Came,
        Some(b"PART" | b"QUIT") => News::Went,
        Some(_) | None => News::Nothing,
    }
}

fn number_after(line: &[u8], label: &[u8]) -> Option<u64> {
    let at = memchr::memmem::find(line, label)?;
    leading_number(line.get(at + label.len()..)?)
}

fn leading_number(text: &[u8]) -> Option<u64> {
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    std::str::from_utf8(text.get(..digits)?).ok()?.parse().ok()
}

/// How many strings, none of which needs escaping, the list after this label holds.
fn strings_after(line: &[u8], label: &[u8]) -> u64 {
    let Some(at) = memchr::memmem::find(line, label) else { return 0 };
    let list = line[at + label.len()..].split(|&byte| byte == b']').next().unwrap_or_default();
    memchr::memchr_iter(b'"', list).count() as u64 / 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn native_frames_are_counted_as_the_protocol_means_them() {
        let native = |line: &str| read(Speech::Native, line.as_bytes());
        let room =
            r#"{"room":{"room":"lobby","log":"9f","first_id":1,"last_id":41,"topic":"","count":812,"members":["a"]}}"#;
        assert_eq!(native(room), News::In(Some(812)));
        assert_eq!(native(r#"{"joined":{"room":"lobby","nick":"r1","at":1}}"#), News::Came);
        assert_eq!(native(r#"{"parted":{"room":"lobby","nick":"r1","at":1}}"#), News::Went);
        let presence = r#"{"presence":{"room":"lobby","count":1000,"joined":["a","b","c"],"parted":["d"]}}"#;
        assert_eq!(native(presence), News::Many { count: 1000, named: 3 });
        let nobody = r#"{"presence":{"room":"lobby","count":7,"joined":[],"parted":["d"]}}"#;
        assert_eq!(native(nobody), News::Many { count: 7, named: 0 });
        assert_eq!(native(r#"{"ping":{"token":"1"}}"#), News::Question);
        assert_eq!(native(r#"{"bye":{"code":"busy","text":"No."}}"#), News::Trouble);
        assert_eq!(native(r#"{"rooms":{"rooms":[],"has_more":false}}"#), News::Nothing);
        assert_eq!(native("joined"), News::Nothing);
    }

    #[test]
    fn rows_of_the_prompt_are_counted_too() {
        let prompt = |line: &str| read(Speech::PromptLines, line.as_bytes());
        let glued = "Please enter your name and press EnterWelcome to the chat r1. Write {quit} to leave.";
        assert_eq!(prompt(glued), News::In(None));
        assert_eq!(prompt("r2 joined the chat"), News::Came);
        let many = "50 joined and 0 left the chat; 1000 are here now.";
        assert_eq!(prompt(many), News::Many { count: 1000, named: 0 });
        assert_eq!(prompt("s1: hello"), News::Nothing);
    }

    #[test]
    fn irc_tells_of_each_newcomer() {
        let irc = |line: &str| read(Speech::Irc, line.as_bytes());
        assert_eq!(irc(":r1!r1@127.0.0.1 JOIN :#lobby\r"), News::Came);
        assert_eq!(irc(":irc.example 366 r1 #lobby :End of /NAMES list.\r"), News::In(None));
        assert_eq!(irc(":irc.example 353 r1 = #lobby :r1 r2\r"), News::Nothing);
        assert_eq!(irc(":s0!s0@127.0.0.1 PRIVMSG #lobby :JOIN\r"), News::Nothing);
    }
}
