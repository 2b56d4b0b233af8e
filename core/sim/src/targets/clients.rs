//! The client's end of each dialect.

use parlor_core::vocabulary::Command;
use parlor_core::wire::{ClientCodec, Dialect};

use super::claims::ClientRun;
use super::reads::Reads;

/// Any bytes to the client's end of a native connection: however they are cut, they mean the same.
///
/// # Panics
/// If a claim is broken.
pub fn native_client(data: &[u8]) {
    let reads = Reads::of(data);
    let cut = ClientRun::whole(Dialect::Native, &reads.each());
    let (mut codec, mut rest) = (ClientCodec::new(Dialect::Native), &reads.bytes[..]);
    let whole: Vec<_> = std::iter::from_fn(|| codec.decode(&mut rest)).collect();
    assert_eq!(cut.decoded, whole, "a cut changes nothing");
}

/// Any bytes to the client's end of a `nic` connection.
///
/// # Panics
/// If a claim is broken.
pub fn nic_client(data: &[u8]) {
    ClientRun::whole(Dialect::Nic, &Reads::of(data).each());
}

/// Any bytes to the client's end of a `prompt` connection, which says goodbye if the first byte is odd.
///
/// # Panics
/// If a claim is broken.
pub fn prompt_client(data: &[u8]) {
    let reads = Reads::of(data);
    let mut run = ClientRun::new(Dialect::Prompt);
    if data.first().is_some_and(|first| first % 2 == 1) {
        run.say(Command::Quit { reason: Default::default() });
    }
    run.feed(&reads.each());
    run.end();
}
