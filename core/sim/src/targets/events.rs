//! What servers of ours say, whatever people write.

use parlor_core::limits::CHUNK_BYTES_MAX;
use parlor_core::text::Body;
use parlor_core::vocabulary::{Event, Message, Place, Row};
use parlor_core::wire::{ClientCodec, Decoded, Dialect, Flavour, chunk_end, encode_event};

use super::claims::claim_event;
use super::draw;
use crate::tape::Dice;

/// Bytes of an input from which the event is drawn; the rest is the text, where it is a message.
const DRAWN_BYTES: usize = 24;
/// The words with which a server of either kind lets its client in.
const NIC_BEGIN: [&[u8]; 2] = [b"NIC", b"me joined the chat!\nConnected to the server.\n"];
const PROMPT_BEGIN: [&[u8]; 2] =
    [b"Please enter your name and press Enter", b"Welcome to the chat me. Write {quit} to leave."];

/// Any bytes as an event: a native frame within its bound that reads back as the same, and rows in which no text that
/// anybody writes passes for a row of its own.
///
/// # Panics
/// If a claim is broken.
pub fn events(data: &[u8]) {
    let (drawn, text) = data.split_at(data.len().min(DRAWN_BYTES));
    let mut dice = Dice::new(drawn);
    let event = match Body::parse(&String::from_utf8_lossy(text)) {
        Ok(text) if dice.below(2) == 0 => Event::Message(Box::new(Message { text, ..draw::message(&mut dice) })),
        Ok(_) | Err(_) => draw::event(&mut dice, &[]),
    };
    claim_event(&event);
    for flavour in [Flavour::Nic, Flavour::PromptLines, Flavour::PromptChunks] {
        let mut rows = Vec::new();
        encode_event(flavour, &event, &mut rows);
        let rows = String::from_utf8(rows).expect("rows are UTF-8");
        if flavour == Flavour::PromptChunks {
            claim_pieces(&rows);
        } else {
            assert!(rows.is_empty() || rows.ends_with('\n'), "{rows:?}");
        }
        if let Event::Message(message) = &event {
            claim_not_forged(&rows, message);
            claim_understood(flavour, &rows, message);
        }
    }
}

/// Every write is within its bound and of whole characters, and only the first begins a row.
fn claim_pieces(row: &str) {
    let mut rest = row.as_bytes();
    let mut first = true;
    while !rest.is_empty() {
        let (write, tail) = rest.split_at(chunk_end(rest));
        assert!(write.len() <= CHUNK_BYTES_MAX, "{} bytes", write.len());
        let write = std::str::from_utf8(write).expect("a write ends at a character");
        assert!(first || write.starts_with("  "), "{write:?} passes for a row");
        (rest, first) = (tail, false);
    }
}

/// The first line begins with the server's own words, and each further one is indented.
fn claim_not_forged(rows: &str, message: &Message) {
    let mut lines = rows.split('\n');
    let begin = if message.action { format!("* {}", message.from) } else { message.from.as_str().to_owned() };
    assert!(lines.next().is_some_and(|line| line.starts_with(&begin)), "{rows:?}");
    let further: Vec<&str> = lines.collect();
    let ended = further.split_last().filter(|(last, _)| last.is_empty()).map_or(&further[..], |(_, lines)| lines);
    assert!(ended.iter().all(|line| line.starts_with("  ")), "{rows:?}");
}

/// Our own client reads what was said, by whom it was said.
fn claim_understood(flavour: Flavour, rows: &str, message: &Message) {
    let Message { place: Place::Room(_), from, text, action: false, .. } = message else { return };
    if flavour == Flavour::PromptChunks && rows.len() > CHUNK_BYTES_MAX {
        // It is shown in several rows there.
        return;
    }
    let (dialect, begin) = match flavour {
        Flavour::Native | Flavour::Nic => (Dialect::Nic, NIC_BEGIN),
        Flavour::PromptChunks | Flavour::PromptLines => (Dialect::Prompt, PROMPT_BEGIN),
    };
    let mut codec = ClientCodec::new(dialect);
    let mut read = |bytes: &[u8]| {
        let mut rest = bytes;
        std::iter::from_fn(|| codec.decode(&mut rest).or_else(|| codec.flush())).collect::<Vec<_>>()
    };
    begin.iter().for_each(|bytes| drop(read(bytes)));
    if flavour == Flavour::PromptLines {
        read(b"\n");
    }
    let said = Row::Said { from: from.as_str().into(), text: text.as_str().into() };
    assert_eq!(read(rows.as_bytes()), [Decoded::Frame(Event::Row(said))], "{rows:?}");
}
