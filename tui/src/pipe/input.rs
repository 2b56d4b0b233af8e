//! Standard input as lines that can be said.

use std::io::{self, BufRead};
use std::sync::mpsc::SyncSender;

use anstyle_parse::{Parser, Perform};
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
        let (mut rest, mut plain) = (Vec::new(), Plain::default());
        let end = loop {
            match read_piece(&mut input, &mut rest) {
                Ok(Some((piece, ended))) => {
                    let line = plain.sendable(&piece, ended);
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

/// The next line, or as much of it as one message bears, and whether that is its end; the rest of it stays in `rest`.
/// `None` at the end of input.
fn read_piece(input: &mut impl BufRead, rest: &mut Vec<u8>) -> io::Result<Option<(Vec<u8>, bool)>> {
    while rest.len() <= PIECE_BYTES_MAX {
        let buffer = match input.fill_buf() {
            Ok(buffer) => buffer,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if buffer.is_empty() {
            let last = std::mem::take(rest);
            return Ok(Some((last, true)).filter(|(last, _)| !last.is_empty()));
        }
        let line = buffer.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let (ended, taken) = (line.len() < buffer.len(), line.len().min(PIECE_BYTES_MAX + 1 - rest.len()));
        rest.extend_from_slice(line.get(..taken).unwrap_or_default());
        let whole = ended && taken == line.len() && rest.len() <= PIECE_BYTES_MAX;
        input.consume(taken + usize::from(whole));
        if whole {
            return Ok(Some((std::mem::take(rest), true)));
        }
    }
    // A character is not cut: its later bytes begin with the bits 10.
    let is_start = |at: &usize| rest.get(*at).is_none_or(|byte| byte & 0xC0 != 0x80);
    let cut = (1..=PIECE_BYTES_MAX).rev().find(is_start).unwrap_or(PIECE_BYTES_MAX);
    let later = rest.split_off(cut);
    Ok(Some((std::mem::replace(rest, later), false)))
}

/// Makes lines sayable: leaves out what is for a terminal, colours, titles and links among it (ECMA-48, 5.4 and 5.6), from
/// its first byte to its last, and control characters.
#[derive(Default)]
struct Plain {
    /// Where in such a sequence a piece has ended.
    parser: Parser,
}

impl Plain {
    /// A piece as it can be said; at the end of a line every sequence is at its end.
    fn sendable(&mut self, bytes: &[u8], ended: bool) -> String {
        let text = String::from_utf8_lossy(bytes);
        let mut out = Said(String::with_capacity(text.len()));
        text.bytes().for_each(|byte| self.parser.advance(&mut out, byte));
        if ended {
            self.parser = Parser::default();
        }
        if out.0.trim().is_empty() { String::new() } else { out.0 }
    }
}

/// What is left of a piece.
struct Said(String);

impl Perform for Said {
    fn print(&mut self, c: char) {
        if !c.is_control() {
            self.0.push(c);
        }
    }

    fn execute(&mut self, byte: u8) {
        if byte == b'\t' {
            self.0.push('\t');
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn said(input: &[u8]) -> Vec<String> {
        let (mut input, mut rest, mut said) = (Cursor::new(input), Vec::new(), Vec::new());
        let mut plain = Plain::default();
        while let Some((piece, ended)) = read_piece(&mut input, &mut rest).unwrap() {
            said.push(plain.sendable(&piece, ended));
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
    fn what_is_for_a_terminal_is_left_out_from_its_first_byte_to_its_last() {
        for (input, is) in [
            ("\x1b[1;31merror\x1b[0m: no", "error: no"),
            ("\x1b[38:2::1:2:3mred\x1b[K", "red"),
            ("\x1b]0;make: all\x07ok", "ok"),
            ("\x1b]8;;https://a.example\x1b\\link\x1b]8;;\x1b\\ end", "link end"),
            ("\x1bP1$r0m\x1b\\a\x1b(Bb\x1b=c\x1b7d", "abcd"),
            ("سلام\x1b[32m دنیا 🙂", "سلام دنیا 🙂"),
            ("a\x1b[31\nb", "a"),
        ] {
            assert_eq!(said(input.as_bytes())[0], is, "{input:?}");
        }
        // What one line leaves open does not swallow the next.
        assert_eq!(said(b"\x1b]0;never ended\nnext"), ["", "next"]);
        // Nor is a sequence in two pieces taken for text.
        for lead in 0..8 {
            let line = "x".repeat(PIECE_BYTES_MAX - lead) + "\x1b[38;5;1mred";
            assert_eq!(said(line.as_bytes()).concat(), "x".repeat(PIECE_BYTES_MAX - lead) + "red");
        }
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
