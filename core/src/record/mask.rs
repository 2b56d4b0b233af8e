//! Replaces the secrets in one direction of one native connection, byte by byte, wherever reads cut them.
//!
//! What comes out has the same length, the same newlines and the same meaning as what went in: a text stays a text of
//! as many bytes once read, an escape stays an escape of its kind, what is no JSON stays no JSON, what is no UTF-8
//! stays none. So a hub that is given the one takes the very path that it took with the other. Masking what is masked
//! already changes nothing.
//!
//! Masked are, in what a client sends:
//!
//! - in a `hello`, the value of every member but those that are known to be no secrets, so that a misspelt `passwrd` is
//!   covered too; in any other frame, the values of `token` and `password` (those of `ping` and `pong` are no secrets);
//! - values of any kind, with all that is in them; but names of members stay, and of a number its exponent, so that
//!   it stays within or beyond what a number may be;
//! - from the first byte on that cannot be where it is in JSON: everything up to the end of the line; and if that is the
//!   first line, everything, since the hub closes such a connection. What tells HTTP and TLS apart stays.
//!
//! In what a server sends, the `token` in `welcome`.

use super::class::{Escape, Sniff, Utf8, number_byte};

/// Members of a `hello` that are no secrets.
const PLAIN: [&[u8]; 7] = [b"version", b"nick", b"rooms", b"resume", b"agent", b"features", b"ref"];

/// As deep as JSON may be nested here; the parser behind it takes no more than 127.
const DEPTH_MAX: u32 = 128;

/// The masks of one direction of a connection.
#[derive(Clone, Debug)]
pub(super) struct Mask {
    from_client: bool,
    /// Still the first line: what breaks in it is the end of the connection.
    first: bool,
    state: State,
    /// How deep the next byte stands, and which of the levels above are objects (the outermost is the lowest bit).
    depth: u32,
    objects: u128,
    frame: Frame,
    key: Key,
    /// The level at which everything began to be hidden.
    hidden_from: Option<u32>,
    utf8: Utf8,
}

#[derive(Clone, Copy, Debug)]
enum State {
    /// At the very beginning: it may be HTTP or TLS.
    Sniffing(Sniff),
    /// Between texts, numbers and words.
    Between(Expect),
    Text {
        is_key: bool,
        hidden: bool,
        escape: Escape,
    },
    Number {
        hidden: bool,
        begun: bool,
        exponent: bool,
    },
    /// The rest of `true`, `false`, `null`.
    Word(&'static [u8]),
    /// The line is not JSON; the parser noticed it too, and looks no further.
    Broken,
    /// Nothing that comes has a meaning.
    Doomed,
    /// Nothing that comes is a secret.
    Open,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Expect {
    Value,
    FirstOfList,
    FirstOfObject,
    Key,
    Colon,
    Comma,
    End,
}

/// Which frame a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Frame {
    Hello,
    Welcome,
    SignOfLife,
    Another,
}

/// The beginning of a member's name, read as JSON reads it.
#[derive(Clone, Copy, Debug, Default)]
struct Key {
    bytes: [u8; 16],
    len: usize,
}

impl Key {
    fn push(&mut self, byte: u8) {
        if let Some(place) = self.bytes.get_mut(self.len) {
            *place = byte;
        }
        self.len = self.len.saturating_add(1);
    }

    fn is(&self, name: &[u8]) -> bool {
        self.bytes.get(..self.len) == Some(name)
    }

    fn names_a_secret(&self) -> bool {
        let name = self.bytes.get(..self.len).unwrap_or_default();
        name.eq_ignore_ascii_case(b"token") || name.eq_ignore_ascii_case(b"password")
    }
}

impl Mask {
    pub(super) fn new(from_client: bool) -> Self {
        let state = if from_client { State::Sniffing(Sniff::new()) } else { State::Between(Expect::Value) };
        Self {
            from_client,
            first: true,
            state,
            depth: 0,
            objects: 0,
            frame: Frame::Another,
            key: Key::default(),
            hidden_from: None,
            utf8: Utf8::default(),
        }
    }

    /// Appends what `bytes` become.
    pub(super) fn apply(&mut self, bytes: &[u8], out: &mut alloc::vec::Vec<u8>) {
        if self.is_open() {
            return out.extend_from_slice(bytes);
        }
        out.extend(bytes.iter().map(|byte| self.byte(*byte)));
    }

    /// Whether everything stays as it is from now on.
    pub(super) const fn is_open(&self) -> bool {
        matches!(self.state, State::Open)
    }

    fn byte(&mut self, byte: u8) -> u8 {
        match self.state {
            State::Open => byte,
            State::Doomed if byte == b'\n' => byte,
            State::Doomed => b'?',
            State::Sniffing(mut sniff) => match sniff.byte(byte) {
                Some(masked) => {
                    self.state = State::Sniffing(sniff);
                    masked
                }
                None => {
                    self.state = State::Between(Expect::Value);
                    self.byte(byte)
                }
            },
            _ if byte == b'\n' => {
                self.end_line();
                byte
            }
            State::Broken => self.broken(byte),
            State::Between(expect) => self.between(expect, byte),
            State::Text { is_key, hidden, escape } => self.text(is_key, hidden, escape, byte),
            State::Number { hidden, begun, exponent } => self.number(hidden, begun, exponent, byte),
            State::Word(rest) => self.word(rest, byte),
        }
    }

    fn end_line(&mut self) {
        let whole = self.depth == 0 && matches!(self.state, State::Between(Expect::End) | State::Number { .. });
        let welcomed = !self.from_client && self.frame == Frame::Welcome;
        let next = match (self.first && self.from_client && !whole, welcomed) {
            (true, _) => State::Doomed,
            (false, true) => State::Open,
            (false, false) => State::Between(Expect::Value),
        };
        *self = Self { first: false, state: next, ..Self::new(self.from_client) };
    }

    /// This byte cannot be where it is in JSON.
    fn fault(&mut self, byte: u8) -> u8 {
        if self.first && self.from_client {
            self.state = State::Doomed;
            return b'?';
        }
        self.state = State::Broken;
        self.utf8 = Utf8::default();
        self.broken(byte)
    }

    /// Marks stay: which one is in the wrong place is part of the answer.
    fn broken(&mut self, byte: u8) -> u8 {
        match byte {
            b' ' | b'\t' | b'\r' | b'"' | b':' | b',' | b'{' | b'}' | b'[' | b']' => byte,
            0x80.. => self.utf8.mask(byte),
            _ => {
                self.utf8 = Utf8::default();
                b'x'
            }
        }
    }

    fn between(&mut self, expect: Expect, byte: u8) -> u8 {
        let value = matches!(expect, Expect::Value | Expect::FirstOfList);
        let in_object = self.is_in_object();
        match byte {
            b' ' | b'\t' | b'\r' => {}
            b'"' if value => self.begin_text(false),
            b'"' if matches!(expect, Expect::Key | Expect::FirstOfObject) => self.begin_text(true),
            b'{' | b'[' if value && self.depth < DEPTH_MAX => self.open(byte == b'{'),
            b']' if expect == Expect::FirstOfList || (expect == Expect::Comma && !in_object) => self.close(),
            b'}' if expect == Expect::FirstOfObject || (expect == Expect::Comma && in_object) => self.close(),
            b':' if expect == Expect::Colon => self.state = State::Between(Expect::Value),
            b',' if expect == Expect::Comma => {
                self.state = State::Between(if in_object { Expect::Key } else { Expect::Value });
            }
            b't' if value => self.state = State::Word(b"rue"),
            b'f' if value => self.state = State::Word(b"alse"),
            b'n' if value => self.state = State::Word(b"ull"),
            b'-' | b'0'..=b'9' if value => return self.number(self.hides(false), false, false, byte),
            _ => return self.fault(byte),
        }
        byte
    }

    fn is_in_object(&self) -> bool {
        self.depth.checked_sub(1).is_some_and(|level| self.objects >> level & 1 == 1)
    }

    fn open(&mut self, object: bool) {
        if self.hidden_from.is_none() && self.hides(object) {
            self.hidden_from = Some(self.depth);
        }
        let bit = 1 << self.depth;
        self.objects = if object { self.objects | bit } else { self.objects & !bit };
        self.depth = self.depth.saturating_add(1);
        self.state = State::Between(if object { Expect::FirstOfObject } else { Expect::FirstOfList });
    }

    fn close(&mut self) {
        self.depth = self.depth.saturating_sub(1);
        if self.hidden_from == Some(self.depth) {
            self.hidden_from = None;
        }
        self.after_value();
    }

    fn after_value(&mut self) {
        self.state = State::Between(if self.depth == 0 { Expect::End } else { Expect::Comma });
    }

    fn begin_text(&mut self, is_key: bool) {
        let hidden = !is_key && self.hides(false);
        if is_key {
            self.key = Key::default();
        }
        self.utf8 = Utf8::default();
        self.state = State::Text { is_key, hidden, escape: Escape::None };
    }

    /// Whether the value that begins here is to be hidden.
    fn hides(&self, object: bool) -> bool {
        if self.hidden_from.is_some() {
            return true;
        }
        if !self.from_client {
            return self.depth == 2 && self.frame == Frame::Welcome && self.key.is(b"token");
        }
        match self.depth {
            // No frame, or not what a frame stands for.
            0 | 1 => !object,
            2 => match self.frame {
                Frame::Hello => !PLAIN.iter().any(|name| self.key.is(name)),
                Frame::SignOfLife => self.key.names_a_secret() && !self.key.is(b"token"),
                Frame::Welcome | Frame::Another => self.key.names_a_secret(),
            },
            _ => false,
        }
    }

    fn text(&mut self, is_key: bool, hidden: bool, mut escape: Escape, byte: u8) -> u8 {
        let plain = matches!(escape, Escape::None);
        if plain && byte == b'"' {
            self.end_text(is_key);
            return byte;
        }
        if plain && (0x20..0x80).contains(&byte) && byte != b'\\' {
            if is_key {
                self.key.push(byte);
            }
            self.utf8 = Utf8::default();
            return if hidden { b'x' } else { byte };
        }
        if byte >= 0x80 {
            // Of no name that matters; inside an escape it is a fault that the parser sees too.
            if is_key {
                self.key.push(0xFF);
            }
            escape = Escape::None;
            self.state = State::Text { is_key, hidden, escape };
            return if hidden { self.utf8.mask(byte) } else { byte };
        }
        let (masked, read) = escape.byte(byte, hidden);
        if let Some(read) = read
            && is_key
        {
            self.key.push(read);
        }
        self.state = State::Text { is_key, hidden, escape };
        if matches!(escape, Escape::Fault) {
            // A control character, or no escape.
            self.state = if self.first && self.from_client { State::Doomed } else { State::Broken };
            self.utf8 = Utf8::default();
        }
        masked
    }

    fn end_text(&mut self, is_key: bool) {
        if !is_key {
            return self.after_value();
        }
        if self.depth == 1 {
            self.frame = match () {
                () if self.key.is(b"hello") => Frame::Hello,
                () if self.key.is(b"welcome") => Frame::Welcome,
                () if self.key.is(b"ping") || self.key.is(b"pong") => Frame::SignOfLife,
                () => Frame::Another,
            };
        }
        self.state = State::Between(Expect::Colon);
    }

    fn number(&mut self, hidden: bool, begun: bool, exponent: bool, byte: u8) -> u8 {
        if !matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E') {
            self.after_value();
            return self.between(if self.depth == 0 { Expect::End } else { Expect::Comma }, byte);
        }
        let exponent = exponent || matches!(byte, b'e' | b'E');
        let digit = byte.is_ascii_digit();
        self.state = State::Number { hidden, begun: begun || digit, exponent };
        if hidden && !exponent { number_byte(byte, begun) } else { byte }
    }

    fn word(&mut self, rest: &'static [u8], byte: u8) -> u8 {
        match rest.split_first() {
            Some((next, rest)) if *next == byte => {
                self.state = State::Word(rest);
                byte
            }
            Some(_) => self.fault(byte),
            None => {
                self.after_value();
                self.between(if self.depth == 0 { Expect::End } else { Expect::Comma }, byte)
            }
        }
    }
}
