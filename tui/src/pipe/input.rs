//! Standard input as lines that can be said.

use std::io::{self, BufRead};
use std::sync::mpsc::SyncSender;

use parlor_core::text::TEXT_BYTES_MAX;

/// Longest piece of a line that is said as one message.
const PIECE_BYTES_MAX: usize = TEXT_BYTES_MAX;

/// Reads lines until the end, on a thread of its own: reading blocks.
///
/// `told` is called when there is a line, and once more at the end; with a sentence where the input could not be read.
pub(super) fn read(
    mut input: impl BufRead + Send + 'static,
    lines: SyncSender<String>,
    told: impl Fn(Option<String>) + Send + 'static,
) {
    std::thread::spawn(move || {
        let mut rest = Vec::new();
        let end = loop {
            match read_piece(&mut input, &mut rest) {
                Ok(Some(piece)) => {
                    let line = sendable(&piece);
                    if !line.is_empty() && lines.send(line).is_err() {
                        return;
                    }
                    told(None);
                }
                Ok(None) => break None,
                Err(error) => break Some(format!("Standard input cannot be read: {error}.")),
            }
        };
        drop(lines);
        told(end);
    });
}

/// The next line, or as much of it as one message bears; the rest of it stays in `rest`. `None` at the end of input.
fn read_piece(input: &mut impl BufRead, rest: &mut Vec<u8>) -> io::Result<Option<Vec<u8>>> {
    while rest.len() <= PIECE_BYTES_MAX {
        let buffer = match input.fill_buf() {
            Ok(buffer) => buffer,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if buffer.is_empty() {
            let last = std::mem::take(rest);
            return Ok(Some(last).filter(|last| !last.is_empty()));
        }
        let line = buffer.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let (ended, taken) = (line.len() < buffer.len(), line.len().min(PIECE_BYTES_MAX + 1 - rest.len()));
        rest.extend_from_slice(line.get(..taken).unwrap_or_default());
        let whole = ended && taken == line.len() && rest.len() <= PIECE_BYTES_MAX;
        input.consume(taken + usize::from(whole));
        if whole {
            return Ok(Some(std::mem::take(rest)));
        }
    }
    // A character is not cut: its later bytes begin with the bits 10.
    let is_start = |at: &usize| rest.get(*at).is_none_or(|byte| byte & 0xC0 != 0x80);
    let cut = (1..=PIECE_BYTES_MAX).rev().find(is_start).unwrap_or(PIECE_BYTES_MAX);
    let later = rest.split_off(cut);
    Ok(Some(std::mem::replace(rest, later)))
}

/// A line as it can be said: without control characters and colour codes.
fn sendable(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c == '\u{1b}' && chars.next_if_eq(&'[').is_some() {
            while chars.next().is_some_and(|c| !('\u{40}'..='\u{7e}').contains(&c)) {}
        } else if c == '\t' || !c.is_control() {
            out.push(c);
        }
    }
    if out.trim().is_empty() { String::new() } else { out }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn said(input: &[u8]) -> Vec<String> {
        let (mut input, mut rest, mut said) = (Cursor::new(input), Vec::new(), Vec::new());
        while let Some(piece) = read_piece(&mut input, &mut rest).unwrap() {
            said.push(sendable(&piece));
        }
        said
    }

    #[test]
    fn a_line_ends_at_its_line_end_of_either_kind_or_with_the_input() {
        assert_eq!(said(b"one\r\ntwo\n\nthree"), ["one", "two", "", "three"]);
        assert_eq!(said(b""), [""; 0]);
        assert_eq!(said(b"\n"), [""]);
    }

    #[test]
    fn what_is_no_text_is_said_as_far_as_it_can_be() {
        assert_eq!(said(b"\xff\x00\x01ok\xc3\x28\x1b[31mred\x1b[0m"), ["\u{fffd}ok\u{fffd}(red"]);
        assert_eq!(said(b"\x00\x00\n\x1b["), ["", ""]);
    }

    #[test]
    fn a_line_too_long_is_cut_between_characters() {
        for lead in 0..4 {
            let line = "x".repeat(lead) + &"نی🙂".repeat(PIECE_BYTES_MAX / 4);
            let pieces = said(line.as_bytes());
            assert_eq!(pieces.concat(), line);
            assert!(pieces.iter().all(|piece| piece.len() <= PIECE_BYTES_MAX));
        }
        let whole = "x".repeat(PIECE_BYTES_MAX);
        assert_eq!(said(format!("{whole}\ny").as_bytes()), [whole.as_str(), "y"]);
    }
}
