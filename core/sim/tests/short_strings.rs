//! All byte strings up to length 3 over an alphabet that hurts, into every decoder in every state it can be in, whole
//! and split in every way.

use parlor_core::wire::Dialect;
use parlor_sim::targets::{ClientRun, ServerRun};

/// Longest string.
const LEN_MAX: usize = 3;

/// Calls `with` for every string over the alphabet.
fn every_string(alphabet: &[u8; 16], mut with: impl FnMut(&[u8])) {
    for len in 0..=LEN_MAX {
        for mut number in 0..alphabet.len().pow(len as u32) {
            let mut string = [0; LEN_MAX];
            for place in &mut string[..len] {
                *place = alphabet[number % alphabet.len()];
                number /= alphabet.len();
            }
            with(&string[..len]);
        }
    }
}

/// Every way to split a string into reads; one bit of `cuts` for each place where it may be cut.
fn splits(string: &[u8]) -> impl Iterator<Item = Vec<&[u8]>> {
    let places = string.len().saturating_sub(1);
    (0..1_u32 << places).map(move |cuts| {
        let (mut reads, mut from) = (Vec::new(), 0);
        for place in (1..=places).filter(|place| cuts >> (place - 1) & 1 == 1) {
            reads.push(&string[from..place]);
            from = place;
        }
        reads.push(&string[from..]);
        reads
    })
}

/// The same reads with a silence after each, in which whoever waits for more gives up waiting.
fn with_silences<'a>(reads: &[&'a [u8]]) -> Vec<&'a [u8]> {
    reads.iter().flat_map(|read| [*read, &[]]).collect()
}

/// Whether a cut may change what the bytes mean.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Cuts {
    Matter,
    DoNotMatter,
}

fn serve(dialect: Dialect, state: &[&[u8]], reads: &[&[u8]]) -> ServerRun {
    let mut run = ServerRun::new(dialect);
    run.feed(state);
    run.feed(reads);
    run.end();
    run
}

fn every_server(dialect: Dialect, alphabet: &[u8; 16], states: &[(&[&[u8]], Cuts)]) {
    for (state, cuts) in states {
        every_string(alphabet, |string| {
            let whole = serve(dialect, state, &[string]).decoded;
            for reads in splits(string) {
                let cut = serve(dialect, state, &reads).decoded;
                assert!(*cuts == Cuts::Matter || cut == whole, "{reads:?}: {cut:?} is not {whole:?}");
                serve(dialect, state, &with_silences(&reads));
            }
        });
    }
}

fn read(dialect: Dialect, state: &[&[u8]], reads: &[&[u8]]) -> ClientRun {
    let mut run = ClientRun::new(dialect);
    run.feed(state);
    run.feed(reads);
    run.end();
    run
}

fn every_client(dialect: Dialect, alphabet: &[u8; 16], states: &[(&[&[u8]], Cuts)]) {
    for (state, cuts) in states {
        every_string(alphabet, |string| {
            let whole = read(dialect, state, &[string]).decoded;
            for reads in splits(string) {
                let cut = read(dialect, state, &reads).decoded;
                assert!(*cuts == Cuts::Matter || cut == whole, "{reads:?}: {cut:?} is not {whole:?}");
                read(dialect, state, &with_silences(&reads));
            }
        });
    }
}

use Cuts::{DoNotMatter, Matter};

/// Past the bound of a client's frame and of a text.
static LONG: [u8; 17_000] = [b'x'; 17_000];

#[test]
fn the_servers_end_of_native() {
    let states: [(&[&[u8]], Cuts); 5] = [
        (&[], DoNotMatter),
        (&[b"{\"hello\":{\"version\":1,\"nick\":\"ada\"}}\n"], DoNotMatter),
        (&[b"{\"ping\":{\"token\":\"a"], DoNotMatter),
        (&[b"{\"say\":{\"room\":\"lobby\",\"text\":\"a\"}"], DoNotMatter),
        (&[&LONG], DoNotMatter),
    ];
    every_server(Dialect::Native, b"{}\":,[\\\n\r u1\xD8\xB3\xFF\0", &states);
}

#[test]
fn the_servers_end_of_nic() {
    let states: [(&[&[u8]], Cuts); 6] = [
        (&[], Matter),
        (&[b"ali"], Matter),
        (&[b"ali", b"ali: one\nal"], Matter),
        (&[b"ali", b"ali: one\xD8"], Matter),
        (&[b"\xD8"], Matter),
        (&[b"ali", &LONG], Matter),
    ];
    every_server(Dialect::Nic, b"NIC: \n\rali\xD8\xB3\xFF\0\x16{", &states);
}

#[test]
fn the_servers_end_of_prompt() {
    let states: [(&[&[u8]], Cuts); 7] = [
        (&[], Matter),
        (&[b"ali"], Matter),
        (&[b"ali", b"one\xF0\x9F"], Matter),
        (&[b"ali", b"{quit"], Matter),
        (&[b"ali\n"], DoNotMatter),
        (&[b"ali\none\xD8"], DoNotMatter),
        (&[b"ali\n", &LONG], DoNotMatter),
    ];
    every_server(Dialect::Prompt, b"{q}G: \n\ra\xD8\xB3\xFF\0\x16\xF0\x9F", &states);
}

#[test]
fn the_clients_end_of_native() {
    let states: [(&[&[u8]], Cuts); 4] = [
        (&[], DoNotMatter),
        (&[b"{\"pong\":{\"token\":\"a\"}}\n"], DoNotMatter),
        (&[b"{\"ping\":{\"token\":\"a"], DoNotMatter),
        (&[b"{\"error\":{\"code\":\"x\",\"text\":\"a\"}"], DoNotMatter),
    ];
    every_client(Dialect::Native, b"{}\":,[\\\n\r u1\xD8\xB3\xFF\0", &states);
}

#[test]
fn the_clients_end_of_nic() {
    let states: [(&[&[u8]], Cuts); 6] = [
        (&[], Matter),
        (&[b"NIC"], Matter),
        (&[b"NIC", b"b'ali' joined the chat!Connected to the server."], Matter),
        (&[b"NIC", b"ali joined the chat!\nConnected to the server.\n"], Matter),
        (&[b"NIC", b"ali joined the chat!\nConnected to the server.\nada: on\xD8"], Matter),
        (&[b"NIC", b"b'ali' joined the chat!Connected to the server.", b"b'\\xd8"], Matter),
    ];
    every_client(Dialect::Nic, b"NIC: \n*!.b'\\\xD8\xB9\xFF\0", &states);
}

#[test]
fn the_clients_end_of_prompt() {
    const GREETING: &[u8] = b"Please enter your name and press Enter";
    const WELCOME: &[u8] = b"Welcome to the chat ada. Write {quit} to leave.";
    let states: [(&[&[u8]], Cuts); 6] = [
        (&[], Matter),
        (&[GREETING], Matter),
        (&[GREETING, b"Welcome to the chat "], Matter),
        (&[GREETING, WELCOME], Matter),
        (&[GREETING, WELCOME, b"\nada: one\n"], Matter),
        (&[GREETING, WELCOME, b"{quit"], Matter),
    ];
    every_client(Dialect::Prompt, b"{}PW: \n*!.q'\xD8\xB9\xFF\0", &states);
}
