//! The ChatRoom tutorial in line mode (`tutorial-protocols`).

use super::Line;

pub(super) fn hello(name: &str) -> Vec<u8> {
    format!("{name}\n").into_bytes()
}

pub(super) fn classify(line: &[u8]) -> Line {
    if said_by_a_sender(line) {
        Line::Message
    } else if memchr::memmem::find(line, b"Welcome to the chat ").is_some() {
        // The question for the name stands without an end, on the same line.
        Line::Joined
    } else {
        Line::Other
    }
}

/// Senders are called `s0`, `s1` …; nobody else's name begins with an `s`.
fn said_by_a_sender(line: &[u8]) -> bool {
    line.starts_with(b"s") && line.iter().take_while(|&&byte| byte != b' ').any(|&byte| byte == b':')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_told_apart() {
        assert_eq!(classify(b"s3: #3.1#"), Line::Message);
        assert_eq!(classify(b"s3 joined the chat"), Line::Other);
        let glued = b"Please enter your name and press EnterWelcome to the chat r1. Write {quit} to leave.";
        assert_eq!(classify(glued), Line::Joined);
    }
}
