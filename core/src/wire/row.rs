//! One row of a tutorial server: where it ends, and what it says.

use alloc::string::String;
use alloc::vec::Vec;

use memchr::{memchr_iter, memmem};

use super::reader::Kind;
use super::rows::{CONNECTED, JOINED, LEFT, WELCOME};
use crate::vocabulary::Row;

/// What was found at the beginning of a line.
pub(super) struct Found {
    pub(super) row: Row,
    /// How many bytes say it; other rows may be glued to them.
    pub(super) used: usize,
}

/// Longest name of somebody who says something; a `: ` further on belongs to a sentence.
const NAME_BYTES_MAX: usize = 256;

/// The first row, without its `\n`. Lines that are indented continue it; where rows are not `lines`, as on the
/// tutorials' own servers, so do those that are nothing else, since only what people say holds newlines there.
pub(super) fn line(data: &[u8], lines: bool) -> &[u8] {
    let loose = !lines && is_said(data);
    let goes_on = |end: &usize| match data.get(*end..).and_then(|rest| rest.strip_prefix(b"\n")) {
        Some(rest) => rest.starts_with(b"  ") || loose && is_loose(rest),
        None => false,
    };
    let end = memchr_iter(b'\n', data).find(|end| !goes_on(end));
    end.and_then(|end| data.get(..end)).unwrap_or(data)
}

/// Whether the line these bytes begin with is a line and no row.
fn is_loose(rest: &[u8]) -> bool {
    let mut lines = rest.splitn(2, |byte| *byte == b'\n');
    let (line, ended) = (lines.next().unwrap_or(&[]), lines.next().is_some());
    let begin = line.get(..NAME_BYTES_MAX.saturating_mul(2)).unwrap_or(line);
    let text = String::from_utf8_lossy(begin);
    (ended || !line.is_empty())
        && !text.starts_with("* ")
        && !text.starts_with(CONNECTED)
        && first_sign(&text).is_none()
}

/// The line up to these words of the server, if they stand in it and nobody says them.
pub(super) fn until<'a>(line: &'a [u8], words: &str) -> &'a [u8] {
    match memmem::find(line, words.as_bytes()) {
        Some(at) if at > 0 && !line.get(..at).is_some_and(is_said) => line.get(..at).unwrap_or(line),
        Some(_) | None => line,
    }
}

/// Whether somebody says it: a name and `: ` in front.
pub(super) fn is_said(line: &[u8]) -> bool {
    let begin = line.get(..NAME_BYTES_MAX.saturating_mul(2)).unwrap_or(line);
    matches!(first_sign(&String::from_utf8_lossy(begin)), Some((_, Sign::Said)))
}

/// What the line says, or its beginning. Whoever indents further lines does it to all of them.
pub(super) fn classify(text: &str, kind: Kind, connected: bool, indented: bool) -> Found {
    let whole = text.len();
    if !connected && kind == Kind::Nic && text.starts_with(CONNECTED) {
        return Found { row: Row::Connected, used: CONNECTED.len() };
    }
    let (begin, end) = WELCOME;
    if !connected && kind == Kind::Prompt && text.starts_with(begin) {
        let used = text.find(end).map_or(whole, |at| at.saturating_add(end.len()));
        return Found { row: Row::Connected, used };
    }
    let Some((name, sign, rest)) = first_sign(text).and_then(|(at, sign)| {
        let (name, rest) = text.split_at_checked(at)?;
        Some((plain_name(name), sign, rest.get(sign.words().len()..)?))
    }) else {
        return Found { row: Row::Other { text: without_indent(text, indented) }, used: whole };
    };
    match sign {
        Sign::Said => Found { row: Row::Said { from: name, text: without_indent(rest, indented) }, used: whole },
        Sign::Joined => Found { row: Row::Joined { nick: name }, used: whole.saturating_sub(glued(rest).len()) },
        Sign::Left => Found { row: Row::Left { nick: name }, used: whole.saturating_sub(glued(rest).len()) },
    }
}

/// What follows a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sign {
    Said,
    Joined,
    Left,
}

impl Sign {
    const ALL: [Sign; 3] = [Sign::Said, Sign::Joined, Sign::Left];

    const fn words(self) -> &'static str {
        match self {
            Sign::Said => ": ",
            Sign::Joined => JOINED,
            Sign::Left => LEFT,
        }
    }
}

/// The first of the signs that stands behind something that may be a name.
fn first_sign(text: &str) -> Option<(usize, Sign)> {
    if text.starts_with(char::is_whitespace) || text.starts_with("* ") {
        return None;
    }
    let bound = NAME_BYTES_MAX.saturating_add(CONNECTED.len());
    let text = text.split_at_checked(text.floor_char_boundary(bound)).map_or(text, |(begin, _)| begin);
    let at = |sign: Sign| {
        let at = text.find(sign.words())?;
        let (name, rest) = text.split_at_checked(at)?;
        let rest = rest.get(sign.words().len()..)?;
        // A sentence may go on after these words; the server's own row does not.
        let ends = sign != Sign::Left || rest.is_empty() || rest.starts_with(['.', '!']);
        (ends && !name.is_empty() && name.len() <= NAME_BYTES_MAX && !name.contains('\n')).then_some((at, sign))
    };
    Sign::ALL.into_iter().filter_map(at).min_by_key(|(at, _)| *at)
}

/// What another row is that a read glued to this one: the tail of its own sentence (`!`, or anything) is not.
fn glued(tail: &str) -> &str {
    let rest = tail.strip_prefix(['!', '.']).unwrap_or(tail);
    if is_row(rest) { rest } else { "" }
}

/// Whether this is a row, or the beginning of the one that says one is in.
fn is_row(rest: &str) -> bool {
    let cut = !rest.is_empty() && (CONNECTED.starts_with(rest) || WELCOME.0.starts_with(rest));
    cut || rest.starts_with(CONNECTED) || rest.starts_with(WELCOME.0) || first_sign(rest).is_some()
}

fn without_indent(text: &str, indented: bool) -> String {
    if indented { text.replace("\n  ", "\n") } else { text.into() }
}

/// The original server sends names as Python shows bytes: `b'ali'`, with `\xNN` for what is not ASCII.
fn plain_name(shown: &str) -> String {
    let inner =
        [("b'", '\''), ("b\"", '"')].into_iter().find_map(|(begin, end)| shown.strip_prefix(begin)?.strip_suffix(end));
    match inner {
        Some(inner) => String::from_utf8_lossy(&unescaped(inner)).into_owned(),
        None => shown.into(),
    }
}

fn unescaped(shown: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = shown;
    while let Some((plain, escape)) = rest.split_once('\\') {
        bytes.extend_from_slice(plain.as_bytes());
        let hex = escape.strip_prefix('x').and_then(|hex| hex.split_at_checked(2));
        let byte = hex.and_then(|(digits, rest)| Some((u8::from_str_radix(digits, 16).ok()?, rest)));
        let simple = || {
            let mut chars = escape.chars();
            let byte = match chars.next()? {
                'n' => b'\n',
                't' => b'\t',
                'r' => b'\r',
                same @ ('\\' | '\'' | '"') => u8::try_from(same).ok()?,
                _ => return None,
            };
            Some((byte, chars.as_str()))
        };
        let Some((byte, after)) = byte.or_else(simple) else {
            bytes.push(b'\\');
            rest = escape;
            continue;
        };
        bytes.push(byte);
        rest = after;
    }
    bytes.extend_from_slice(rest.as_bytes());
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_python_shows_bytes() {
        for (shown, name) in [
            ("ali", "ali"),
            ("b'ali'", "ali"),
            (r"b'\xd8\xb9\xd9\x84\xdb\x8c'", "علی"),
            (r#"b"o'neil""#, "o'neil"),
            (r"b'a\\b\''", r"a\b'"),
            (r"b'\xzz\", r"b'\xzz\"),
            (r"b'\xzz\q'", r"\xzz\q"),
        ] {
            assert_eq!(plain_name(shown), name);
        }
    }
}
