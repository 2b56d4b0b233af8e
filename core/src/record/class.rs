//! What a byte of a secret becomes: another of its class, so that whatever reads it takes the same path.

use crate::wire::METHODS;

/// Replaces characters outside ASCII: each by a fixed one of as many bytes, and what is no UTF-8 by what is none.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Utf8 {
    /// What is still to come of the character that began, and which bytes may be next.
    rest: &'static [u8],
    low: u8,
    high: u8,
}

impl Utf8 {
    pub(super) fn mask(&mut self, byte: u8) -> u8 {
        if let Some((next, rest)) = self.rest.split_first()
            && (self.low..=self.high).contains(&byte)
        {
            *self = Self { rest, low: 0x80, high: 0xBF };
            return *next;
        }
        let (as_if, low, high): (&'static [u8], u8, u8) = match byte {
            0xC2..=0xDF => ("ü".as_bytes(), 0x80, 0xBF),
            0xE0 => ("€".as_bytes(), 0xA0, 0xBF),
            0xED => ("€".as_bytes(), 0x80, 0x9F),
            0xE1..=0xEF => ("€".as_bytes(), 0x80, 0xBF),
            0xF0 => ("😀".as_bytes(), 0x90, 0xBF),
            0xF1..=0xF3 => ("😀".as_bytes(), 0x80, 0xBF),
            0xF4 => ("😀".as_bytes(), 0x80, 0x8F),
            _ => (&[0xFF], 0, 0),
        };
        // A character that another one cuts short leaves the line no UTF-8, whatever follows.
        let (first, rest) = as_if.split_first().unwrap_or((&0xFF, &[]));
        *self = Self { rest, low, high };
        *first
    }
}

/// Where in an escape the next byte of a text stands.
#[derive(Clone, Copy, Debug)]
pub(super) enum Escape {
    None,
    Backslash,
    /// `\u` and this many digits of four, masked as `digits`; `value` is what they say.
    Hex {
        len: u8,
        masked: [u8; 4],
        value: u32,
    },
    /// The byte was none that may be there.
    Fault,
}

impl Escape {
    /// Takes a backslash, a control character, or a byte of an escape: what it becomes (if hidden), and the character
    /// that ends here, as far as it matters in a name.
    pub(super) fn byte(&mut self, byte: u8, hidden: bool) -> (u8, Option<u8>) {
        let (next, masked, read) = match *self {
            Escape::None | Escape::Fault if byte == b'\\' => (Escape::Backslash, byte, None),
            Escape::None | Escape::Fault if byte == b'\r' => (Escape::Fault, byte, None),
            Escape::None | Escape::Fault => (Escape::Fault, 0x01, None),
            Escape::Backslash => match byte {
                b'"' | b'\\' | b'/' => (Escape::None, b'n', Some(byte)),
                b'b' | b'f' | b'n' | b'r' | b't' => (Escape::None, b'n', Some(b'\n')),
                b'u' => (Escape::Hex { len: 0, masked: [0; 4], value: 0 }, byte, None),
                b'\r' => (Escape::Fault, byte, None),
                0..=0x1F => (Escape::Fault, 0x01, None),
                _ => (Escape::Fault, b'x', None),
            },
            Escape::Hex { len, masked, value } => return self.hex_digit(len, masked, value, byte, hidden),
        };
        *self = next;
        (if hidden { masked } else { byte }, read)
    }

    fn hex_digit(&mut self, len: u8, mut masked: [u8; 4], value: u32, byte: u8, hidden: bool) -> (u8, Option<u8>) {
        let Some(digit) = char::from(byte).to_digit(16) else {
            *self = Escape::Fault;
            let kept = matches!(byte, b'"' | b'\r');
            return (if hidden && !kept { b'x' } else { byte }, None);
        };
        let as_if = like(masked, len, digit);
        if let Some(place) = masked.get_mut(usize::from(len)) {
            *place = as_if;
        }
        let value = value << 4 | digit;
        let read = if len == 3 {
            *self = Escape::None;
            Some(u8::try_from(value).ok().filter(u8::is_ascii).unwrap_or(0xFF))
        } else {
            *self = Escape::Hex { len: len.saturating_add(1), masked, value };
            None
        };
        (if hidden { as_if } else { byte }, read)
    }
}

/// A digit for `digit`, after those before it, such that the character has as many bytes, or is the same half of a
/// surrogate pair.
fn like(before: [u8; 4], len: u8, digit: u32) -> u8 {
    match (len, before) {
        (0, _) => match digit {
            0 => b'0',
            0xD => b'd',
            _ => b'2',
        },
        (1, [b'0', ..]) => match digit {
            0 => b'0',
            1..=7 => b'1',
            _ => b'8',
        },
        (1, [b'd', ..]) => match digit {
            0..=7 => b'0',
            8..=0xB => b'8',
            _ => b'c',
        },
        (2, [b'0', b'0', ..]) if digit < 8 => b'7',
        (2, [b'0', b'0', ..]) | (3, _) => b'8',
        _ => b'0',
    }
}

/// A digit of a hidden number: the first one says whether more may follow, so a zero stays one there.
pub(super) const fn number_byte(byte: u8, begun: bool) -> u8 {
    match byte {
        b'0' if !begun => b'0',
        b'0'..=b'9' => b'1',
        _ => byte,
    }
}

/// Tells the beginning of a connection's first line apart from HTTP and TLS, whose marks stay.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sniff {
    seen: [u8; 8],
    len: usize,
    stage: Stage,
}

#[derive(Clone, Copy, Debug)]
enum Stage {
    /// It may become a method's name.
    Method,
    /// A method was named; so much of ` HTTP/` stands right before the next byte, if no path begins here.
    Target { begins: bool, matched: usize },
    /// It is decided.
    Over,
}

impl Sniff {
    pub(super) const fn new() -> Self {
        Self { seen: [0; 8], len: 0, stage: Stage::Method }
    }

    /// What the byte becomes; `None` if the line may be JSON.
    pub(super) fn byte(&mut self, byte: u8) -> Option<u8> {
        const MARK: &[u8] = b" HTTP/";
        if byte == b'\n' {
            self.stage = Stage::Over;
            return Some(byte);
        }
        match self.stage {
            Stage::Method if self.len == 0 && matches!(byte, b'{' | b'[' | b'"' | b' ' | b'\t' | b'\r') => None,
            Stage::Method if self.len == 0 && matches!(byte, b'-' | b'0'..=b'9' | b't' | b'f' | b'n') => None,
            Stage::Method => Some(self.method(byte)),
            Stage::Target { begins: true, .. } if byte == b'/' => {
                self.stage = Stage::Over;
                Some(byte)
            }
            Stage::Target { matched, .. } => {
                let matched = match MARK.get(matched) {
                    Some(next) if *next == byte => matched.saturating_add(1),
                    _ => usize::from(byte == b' '),
                };
                self.stage = if matched == MARK.len() { Stage::Over } else { Stage::Target { begins: false, matched } };
                Some(if matched > 0 { byte } else { b'?' })
            }
            Stage::Over => Some(b'?'),
        }
    }

    fn method(&mut self, byte: u8) -> u8 {
        const TLS: u8 = 0x16;
        let first = self.len == 0;
        if let Some(place) = self.seen.get_mut(self.len) {
            *place = byte;
        }
        self.len = self.len.saturating_add(1);
        let seen = self.seen.get(..self.len).unwrap_or_default();
        let mut may_be = METHODS.iter().filter(|method| method.starts_with(seen));
        match may_be.next() {
            Some(method) if *method == seen => self.stage = Stage::Target { begins: true, matched: 0 },
            Some(_) => {}
            None => {
                self.stage = Stage::Over;
                return if first && byte == TLS { byte } else { b'?' };
            }
        }
        byte
    }
}
