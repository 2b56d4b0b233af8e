//! Cuts what arrives into lines or frames, however the network cut it before.

/// So much of what arrived is put to the start of a frame at once, until that frame is whole: more than most frames.
const STEP: usize = 512;

/// Gives the whole lines of `partial` and then `bytes`, without their line feed, and leaves the unfinished rest in
/// `partial`.
pub(crate) fn split_lines(partial: &mut Vec<u8>, bytes: &[u8], mut line: impl FnMut(&[u8])) {
    let mut start = 0;
    for end in memchr::memchr_iter(b'\n', bytes) {
        if partial.is_empty() {
            line(&bytes[start..end]);
        } else {
            partial.extend_from_slice(&bytes[start..end]);
            line(partial);
            partial.clear();
        }
        start = end + 1;
    }
    partial.extend_from_slice(&bytes[start..]);
}

/// The same for frames, whole. `length` says how many bytes the first frame has, as soon as all of them are there.
pub(super) fn split_frames(
    partial: &mut Vec<u8>,
    mut bytes: &[u8],
    length: impl Fn(&[u8]) -> Option<usize>,
    mut frame: impl FnMut(&[u8]),
) {
    while !partial.is_empty() && !bytes.is_empty() {
        let (before, step) = (partial.len(), bytes.len().min(STEP));
        partial.extend_from_slice(&bytes[..step]);
        let taken = match length(partial) {
            Some(whole) => {
                frame(&partial[..whole]);
                partial.clear();
                whole - before
            }
            None => step,
        };
        bytes = &bytes[taken..];
    }
    while let Some(whole) = length(bytes) {
        frame(&bytes[..whole]);
        bytes = &bytes[whole..];
    }
    partial.extend_from_slice(bytes);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::speech::Speech;

    #[test]
    fn lines_are_the_same_however_they_are_cut() {
        let bytes = b"one\n\ntwo\nthree";
        for cut in 0..bytes.len() {
            let (mut partial, mut lines) = (Vec::new(), Vec::new());
            for part in [&bytes[..cut], &bytes[cut..]] {
                split_lines(&mut partial, part, |line| lines.push(String::from_utf8(line.to_vec()).unwrap()));
            }
            assert_eq!(lines, ["one", "", "two"]);
            assert_eq!(partial, b"three");
        }
    }

    /// In two pieces at every place, and byte by byte.
    fn frames_of(speech: Speech, frames: &[&[u8]], rest: &[u8]) {
        let mut bytes = frames.concat();
        bytes.extend_from_slice(rest);
        let mut cuts: Vec<Vec<&[u8]>> = (0..=bytes.len()).map(|cut| vec![&bytes[..cut], &bytes[cut..]]).collect();
        cuts.push(bytes.chunks(1).collect());
        for pieces in cuts {
            let (mut partial, mut found) = (Vec::new(), Vec::new());
            for piece in &pieces {
                speech.split(&mut partial, piece, |frame| found.push(frame.to_vec()));
            }
            assert_eq!(found, frames, "{speech:?}, the first piece of {} bytes", pieces[0].len());
            assert_eq!(partial, rest);
        }
    }

    #[test]
    fn frames_of_nats_are_the_same_however_they_are_cut() {
        let long = [b"MSG lobby 1 600\r\n".as_slice(), &[b'\n'; 600], b"\r\n"].concat();
        let frames: [&[u8]; 6] = [
            b"INFO {\"server_id\":\"N\"}\r\n",
            b"PONG\r\n",
            b"MSG lobby 1 5\r\na\r\nMS\r\n",
            &long,
            b"MSG lobby 1 0\r\n\r\n",
            b"MSG lobby 1 many\r\n",
        ];
        frames_of(Speech::Nats, &frames, b"MSG lobby 1 2\r\nab\r");
    }

    #[test]
    fn frames_of_mqtt_are_the_same_however_they_are_cut() {
        // 300 bytes follow: the length takes two bytes, 44 + 2 * 128.
        let long = [[0x30, 0b1010_1100, 2, 0, 5].as_slice(), b"lobby", &[b'x'; 293]].concat();
        let frames: [&[u8]; 4] = [&[0x20, 2, 0, 0], &long, &[0x90, 3, 0, 1, 0], &[0xD0, 0]];
        frames_of(Speech::Mqtt, &frames, &long[..299]);
    }
}
