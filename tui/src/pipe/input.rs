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

/// Makes lines sayable: leaves out what is for a terminal, from its first character to its last, and control characters.
/// Nothing of it is kept but where in it one is, however long it is.
///
/// What is known is what ECMA-48 has: control sequences (5.4), control strings (5.6) and escape sequences (ECMA-35, 13),
/// each begun by ESC; and the title of GNU screen (`ESC k`). They are read as characters and not as bytes, because U+009C
/// ends a string and the byte 9C in the middle of a letter does not. Of the single control characters that stand for such a
/// beginning only CSI (U+009B) is one here: programs that write UTF-8 use none of the others, while text that was encoded
/// twice is full of them, and would be lost.
#[derive(Default)]
struct Plain {
    /// Where a piece has ended.
    inside: Inside,
}

/// Where in what is for a terminal one is.
#[derive(Clone, Copy, Default)]
enum Inside {
    /// Outside of it.
    #[default]
    Nothing,
    /// After ESC.
    Escape,
    /// In an escape sequence of more than two characters: its last one means nothing by itself.
    Charset,
    /// In a control sequence (CSI): colours, the cursor.
    Sequence,
    /// In a control string: titles, links, pictures.
    String {
        /// Whether BEL ends it, as xterm has it for OSC.
        bell: bool,
    },
}

impl Plain {
    /// A piece as it can be said; at the end of a line everything for a terminal is at its end.
    fn sendable(&mut self, bytes: &[u8], ended: bool) -> String {
        let text = String::from_utf8_lossy(bytes);
        let plain: String = text.chars().filter(|c| self.is_text(*c)).collect();
        if ended {
            self.inside = Inside::Nothing;
        }
        if plain.trim().is_empty() { String::new() } else { plain }
    }

    /// Whether the next character is of the text.
    fn is_text(&mut self, c: char) -> bool {
        let (inside, text) = match (self.inside, c) {
            // From everywhere: CAN and SUB cut off whatever it is, ESC begins anew; ESC \ ends a string.
            (_, '\x18' | '\x1A') => (Inside::Nothing, false),
            (_, '\x1B') => (Inside::Escape, false),
            (Inside::String { .. }, '\u{9C}') | (Inside::String { bell: true }, '\x07') => (Inside::Nothing, false),
            (Inside::String { .. }, _) => (self.inside, false),
            (_, '\u{9B}') => (Inside::Sequence, false),
            (_, '\u{80}'..='\u{9F}') => (Inside::Nothing, false),
            // What steers one character only is obeyed also in the middle of a sequence.
            (_, '\0'..='\x1F' | '\x7F') => (self.inside, c == '\t'),
            (Inside::Nothing, _) => (Inside::Nothing, true),
            (Inside::Escape | Inside::Charset, ' '..='/') => (Inside::Charset, false),
            (Inside::Escape, 'k') => (Inside::String { bell: false }, false),
            // The seven-bit form of a control character (ECMA-35, 6.4.3), or an end.
            (Inside::Escape, '@'..='_') => (begun_by(char::from_u32(u32::from(c) + 0x40).unwrap_or(c)), false),
            (Inside::Escape | Inside::Charset, '0'..='~') => (Inside::Nothing, false),
            (Inside::Sequence, ' '..='?') => (Inside::Sequence, false),
            (Inside::Sequence, '@'..='~') => (Inside::Nothing, false),
            // No sequence goes on with such a letter: it is text.
            (Inside::Escape | Inside::Charset | Inside::Sequence, _) => (Inside::Nothing, true),
        };
        self.inside = inside;
        text
    }
}

/// What a control character from U+0080 on begins (ECMA-48, 8.3).
fn begun_by(c: char) -> Inside {
    match c {
        // DCS, SOS, PM, APC.
        '\u{90}' | '\u{98}' | '\u{9E}' | '\u{9F}' => Inside::String { bell: false },
        '\u{9B}' => Inside::Sequence,
        '\u{9D}' => Inside::String { bell: true },
        _ => Inside::Nothing,
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
            ("\u{9b}31mred\u{9b}0m", "red"),
            // “И” and “no”, encoded twice.
            ("â\u{80}\u{9c}Ð\u{98}â\u{80}\u{9d}, â\u{80}\u{9c}noâ\u{80}\u{9d} end", "âÐâ, ânoâ end"),
            ("a\u{85}b\u{9c}c", "abc"),
            ("a\x1bébé\x1b[31é\x1b(ی🙂\x1bی", "aébééی🙂ی"),
            ("\x1bPqМосква \u{2019}\x1b\\ok\x1b]0;Москва — М\x07!", "ok!"),
            ("\x1b_МММ\x1b\\a\x1bXМ\x1b\\b\x1b^М\x1b\\c", "abc"),
            ("\x1bkmake all\x1b\\ok", "ok"),
            ("\x1bPa\x07b\x1b\\ok", "ok"),
            ("\x1b[3\t1mred", "\tred"),
            ("\x1b[31\x18a\x1b]0;x\x1ab\x1b\x1b[1mc\x1b]0;x\x1b[1md", "abcd"),
            ("\x1b(kb", "b"),
            ("a\x7fb\x1b[K\r", "ab"),
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
