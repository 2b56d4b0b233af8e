//! Where frames end, against a splitter that anybody can see is right.

use parlor_core::limits::{CLIENT_FRAME_BYTES_MAX, SERVER_FRAME_BYTES_MAX};
use parlor_core::text::TEXT_BYTES_MAX;
use parlor_core::vocabulary::{Code, Event, Request};
use parlor_core::wire::{ClientCodec, Decoded, Dialect, ServerCodec};

use super::claims::{ClientRun, ServerRun};
use super::reads::Reads;

/// Any bytes to the three ends that read lines, in any cut: every line means what it means alone, and one over the
/// bound is reported once and costs nothing else.
///
/// # Panics
/// If a claim is broken.
pub fn framer(data: &[u8]) {
    let reads = Reads::of(data);
    // No silences here: at the end of the stream an unfinished line is given up, or is the last one.
    let each: Vec<&[u8]> = reads.each().into_iter().filter(|read| !read.is_empty()).collect();
    native(&reads.bytes, &each);
    told(&reads.bytes, &each);
    prompt(&reads.bytes, &each);
}

/// Every line, without its `\r`; `None` for one over the bound. What has no end is a line only once it is too long.
fn lines(bytes: &[u8], bytes_max: usize) -> Vec<Option<&[u8]>> {
    let within = |line| <[u8]>::len(line) <= bytes_max;
    let lines = bytes.split(|byte| *byte == b'\n');
    let mut lines: Vec<_> = lines.map(|line| within(line).then(|| line.strip_suffix(b"\r").unwrap_or(line))).collect();
    if let Some(Some(_)) = lines.last() {
        lines.pop();
    }
    lines
}

/// The line by itself, as one read.
fn alone(line: &[u8]) -> Vec<u8> {
    // Without its own `\r` it would lose another one.
    let end = if line.ends_with(b"\r") { &b"\r\n"[..] } else { b"\n" };
    [line, end].concat()
}

/// A line that is understood, so that none of those to come is the first, which may be another protocol's.
const BEGIN: &[u8] = b"{\"quit\":{}}\n";

fn native(bytes: &[u8], reads: &[&[u8]]) {
    let mut run = ServerRun::new(Dialect::Native);
    run.feed(&[BEGIN]);
    run.feed(reads);
    run.end();
    let meaning = |line: Option<&[u8]>| {
        let mut codec = ServerCodec::new(Dialect::Native);
        codec.decode(&mut &BEGIN[..]);
        line.and_then(|line| codec.decode(&mut &alone(line)[..]))
    };
    let wanted: Vec<_> = lines(bytes, CLIENT_FRAME_BYTES_MAX).into_iter().map(meaning).collect();
    claim_same(
        &run.decoded[1..],
        &wanted,
        |decoded| matches!(decoded, Decoded::Malformed(m) if m.code == Code::FrameTooLong),
    );
}

fn told(bytes: &[u8], reads: &[&[u8]]) {
    let mut run = ClientRun::new(Dialect::Native);
    run.feed(reads);
    run.end();
    let mut decoded = run.decoded.iter();
    for line in lines(bytes, SERVER_FRAME_BYTES_MAX) {
        let wanted: Option<Decoded<Event>> = match line {
            Some(line) => match ClientCodec::new(Dialect::Native).decode(&mut &alone(line)[..]) {
                // Frames of a later version are passed over.
                None => continue,
                wanted => wanted,
            },
            None => None,
        };
        let decoded = decoded.next().expect("every line means something");
        match wanted {
            Some(wanted) => assert_eq!(*decoded, wanted),
            None => assert!(matches!(decoded, Decoded::Malformed(m) if m.code == Code::FrameTooLong)),
        }
    }
    assert_eq!(decoded.next(), None);
}

fn prompt(bytes: &[u8], reads: &[&[u8]]) {
    let begin = &b"ada\n"[..];
    let mut run = ServerRun::new(Dialect::Prompt);
    run.feed(&[begin]);
    run.feed(reads);
    run.end();
    let meaning = |line: Option<&[u8]>| {
        let mut codec = ServerCodec::new(Dialect::Prompt);
        codec.decode(&mut &begin[..]);
        codec.welcomed();
        line.map(|line| codec.decode(&mut &alone(line)[..]))
    };
    // The last line of a stream needs no newline.
    let unended = bytes.last().is_some_and(|last| *last != b'\n');
    let all = if unended { [bytes, b"\n"].concat() } else { bytes.to_vec() };
    let wanted = lines(&all, TEXT_BYTES_MAX + 1).into_iter().map(meaning);
    // Empty lines say nothing.
    let wanted: Vec<_> = wanted.filter(|wanted| *wanted != Some(None)).map(Option::flatten).collect();
    claim_same(
        &run.decoded[1..],
        &wanted,
        |decoded| matches!(decoded, Decoded::Malformed(m) if m.code == Code::TooLong),
    );
}

fn claim_same(
    decoded: &[Decoded<Request>],
    wanted: &[Option<Decoded<Request>>],
    too_long: impl Fn(&Decoded<Request>) -> bool,
) {
    assert_eq!(decoded.len(), wanted.len(), "{decoded:?}");
    for (decoded, wanted) in decoded.iter().zip(wanted) {
        match wanted {
            Some(wanted) => assert_eq!(decoded, wanted),
            None => assert!(too_long(decoded), "{decoded:?}"),
        }
    }
}
