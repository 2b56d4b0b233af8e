//! Recorded sessions of each dialect, damaged in every small way there is: every prefix, and every flipped bit. What a
//! client sent goes to a hub in which two honest people talk; what a server sent goes to a client.

#![allow(unreachable_pub, reason = "the modules of a test are nobody else's")]

mod record;

use parlor_core::wire::Dialect;
use parlor_sim::targets::{client_hears, hub_hears};
use record::Session;

/// The reads of a session with a few bytes changed.
type Reads = Vec<Vec<u8>>;
/// Who is to bear them.
type Listener = fn(Dialect, &[&[u8]]);

fn play(listener: Listener, dialect: Dialect, reads: &Reads) {
    let reads: Vec<&[u8]> = reads.iter().map(Vec::as_slice).collect();
    listener(dialect, &reads);
}

/// The reads up to this byte.
fn prefix(reads: &Reads, mut bytes: usize) -> Reads {
    let mut kept = Reads::new();
    for read in reads {
        kept.push(read[..bytes.min(read.len())].to_vec());
        bytes = bytes.saturating_sub(read.len());
    }
    kept
}

/// The reads with this bit turned over.
fn flipped(reads: &Reads, mut bit: usize) -> Reads {
    let mut reads = reads.clone();
    for read in &mut reads {
        if bit < read.len() * 8 {
            read[bit / 8] ^= 1 << (bit % 8);
            return reads;
        }
        bit -= read.len() * 8;
    }
    reads
}

fn bytes(reads: &Reads) -> usize {
    reads.iter().map(Vec::len).sum()
}

fn every_prefix(listener: Listener, dialect: Dialect, reads: &Reads) {
    for end in 0..=bytes(reads) {
        // Shown only where it fails: the prefix to look at.
        println!("{dialect:?}, the first {end} bytes");
        play(listener, dialect, &prefix(reads, end));
    }
}

fn every_flipped_bit(listener: Listener, dialect: Dialect, reads: &Reads) {
    for bit in 0..bytes(reads) * 8 {
        println!("{dialect:?}, bit {bit}");
        play(listener, dialect, &flipped(reads, bit));
    }
}

#[test]
fn a_recorded_session_is_a_whole_one() {
    for dialect in Dialect::ALL {
        let Session { sent, told } = record::session(dialect);
        let (sent, told) = (sent.concat(), told.concat());
        let holds = |bytes: &[u8], text: &str| bytes.windows(text.len()).any(|part| part == text.as_bytes());
        for text in ["ada", "ciao, سلام!", "waves"] {
            assert!(holds(&sent, text), "{dialect:?}: {text} was sent in {:?}", String::from_utf8_lossy(&sent));
        }
        for text in ["ciao, سلام!", "bea", "welcome, ada"] {
            assert!(holds(&told, text), "{dialect:?}: {text} was told in {:?}", String::from_utf8_lossy(&told));
        }
    }
}

#[test]
fn a_hub_bears_every_prefix_and_every_flipped_bit_of_what_a_native_client_sent() {
    let Session { sent, .. } = record::session(Dialect::Native);
    every_prefix(hub_hears, Dialect::Native, &sent);
    every_flipped_bit(hub_hears, Dialect::Native, &sent);
}

#[test]
fn a_hub_bears_every_prefix_and_every_flipped_bit_of_what_tutorial_clients_sent() {
    for dialect in [Dialect::Nic, Dialect::Prompt] {
        let Session { sent, .. } = record::session(dialect);
        every_prefix(hub_hears, dialect, &sent);
        every_flipped_bit(hub_hears, dialect, &sent);
    }
}

#[test]
fn a_client_bears_every_prefix_and_every_flipped_bit_of_what_a_native_server_told() {
    let Session { told, .. } = record::session(Dialect::Native);
    every_prefix(client_hears, Dialect::Native, &told);
    every_flipped_bit(client_hears, Dialect::Native, &told);
}

#[test]
fn a_client_bears_every_prefix_and_every_flipped_bit_of_what_tutorial_servers_told() {
    for dialect in [Dialect::Nic, Dialect::Prompt] {
        let Session { told, .. } = record::session(dialect);
        every_prefix(client_hears, dialect, &told);
        every_flipped_bit(client_hears, dialect, &told);
    }
}
