//! The server's end of each dialect.

use parlor_core::text::Body;
use parlor_core::vocabulary::{Command, Request};
use parlor_core::wire::{Decoded, Dialect, Flavour};

use super::claims::{ServerRun, at_once};
use super::reads::Reads;

/// Any bytes to the server's end of a native connection: however they are cut, they mean the same.
///
/// # Panics
/// If a claim is broken.
pub fn native_server(data: &[u8]) {
    let reads = Reads::of(data);
    let cut = ServerRun::whole(Dialect::Native, &reads.each());
    assert_eq!(cut.decoded, at_once(Dialect::Native, &reads.bytes), "a cut changes nothing");
}

/// Any bytes to the server's end of a `nic` connection. A cut may move the end of a message, but it loses no character.
///
/// # Panics
/// If a claim is broken.
pub fn nic_server(data: &[u8]) {
    let reads = Reads::of(data);
    let cut = ServerRun::whole(Dialect::Nic, &reads.each());
    assert_eq!(cut.flavour(), Flavour::Nic);
    claim_no_character_is_lost(Dialect::Nic, &reads);
}

/// Any bytes to the server's end of a `prompt` connection. In line mode, which the first read settles, they mean the
/// same however they are cut after it; in chunk mode a cut moves the end of a message, but it loses no character.
///
/// # Panics
/// If a claim is broken.
pub fn prompt_server(data: &[u8]) {
    let reads = Reads::of(data);
    let each = reads.each();
    let cut = ServerRun::whole(Dialect::Prompt, &each);
    let first = each.iter().find(|read| !read.is_empty()).copied().unwrap_or(b"");
    let lines = first.contains(&b'\n') && !matches!(cut.decoded.first(), Some(Decoded::Foreign(_)));
    assert_eq!(cut.flavour() == Flavour::PromptLines, lines, "the first read settles the mode");
    if lines {
        assert_eq!(cut.decoded, at_once(Dialect::Prompt, &reads.bytes), "a cut changes nothing");
    }
    claim_no_character_is_lost(Dialect::Prompt, &reads);
}

/// A text in which nothing means anything else is said whole, however it is cut.
fn claim_no_character_is_lost(dialect: Dialect, reads: &Reads<'_>) {
    let text = std::str::from_utf8(&reads.bytes).ok().filter(|text| Body::parse(text).is_ok());
    let Some(text) = text.filter(|text| !text.contains(['\n', '{', ':'])) else { return };
    let mut run = ServerRun::new(dialect);
    run.feed(&[b"ali"]);
    run.feed(&reads.each());
    run.end();
    let said = |decoded: &Decoded<Request>| match decoded {
        Decoded::Frame(Request { command: Command::Say { text, .. }, .. }) => text.as_str().to_owned(),
        other => panic!("{other:?} is no text"),
    };
    assert_eq!(run.decoded[1..].iter().map(said).collect::<String>(), text);
}
