//! Looking for the few bytes in a text that need a closer look.

/// Where the first wanted byte stands. Text is looked at sixteen bytes at once: most of it holds none. That takes a
/// few instructions if `wanted` has no branch: alternatives joined by `|`, not by `||` or `matches!`.
pub(crate) fn find(bytes: &[u8], wanted: impl Fn(u8) -> bool) -> Option<usize> {
    const AT_ONCE: usize = 16;
    // Without an early exit the compiler compares all of them together.
    let any = |chunk: &[u8; AT_ONCE]| chunk.iter().fold(0, |any, byte| any | u8::from(wanted(*byte))) != 0;
    let (chunks, rest) = bytes.as_chunks::<AT_ONCE>();
    let clean = chunks.iter().take_while(|chunk| !any(chunk)).count();
    let from = clean * AT_ONCE;
    let tail = if clean < chunks.len() { &bytes[from..] } else { rest };
    tail.iter().position(|byte| wanted(*byte)).map(|at| from + at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_wanted_byte_is_found_wherever_it_stands() {
        let mut bytes = [b'a'; 70];
        assert_eq!(find(&bytes, |byte| byte == b'"'), None);
        for at in (0..bytes.len()).rev() {
            bytes[at] = b'"';
            assert_eq!(find(&bytes, |byte| byte == b'"'), Some(at));
            assert_eq!(find(&bytes[..at], |byte| byte == b'"'), None);
        }
    }
}
