//! Texts that tell whose and the how manieth they are.

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

/// Who said a line that was made by [`text`], and the how manieth of theirs it is. A line with a `#` before the mark
/// has to be cut first, with [`Speech::words`](super::Speech::words).
pub fn origin(line: &[u8]) -> Option<(usize, u64)> {
    let start = memchr::memchr(b'#', line)? + 1;
    let rest = line.get(start..)?;
    let mark = std::str::from_utf8(rest.get(..memchr::memchr(b'#', rest)?)?).ok()?;
    let (sender, number) = mark.split_once('.')?;
    Some((sender.parse().ok()?, number.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_has_the_asked_length_and_tells_its_origin() {
        let text = text(7, 123_456, 100);
        assert_eq!(text.len(), 100);
        assert_eq!(origin(text.as_bytes()), Some((7, 123_456)));
        assert_eq!(origin(b"no mark"), None);
        assert_eq!(origin(b"#x.y#"), None);
    }
}
