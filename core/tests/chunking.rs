//! However the bytes arrive: the same frames, no panic, nothing left behind.

mod common;

use common::{cut, read, serve};
use parlor_core::text::Body;
use parlor_core::vocabulary::{Command, Event, Hello, Place, Request};
use parlor_core::wire::{ClientCodec, Decoded, Dialect, Flavour, ServerCodec, encode_event};
use proptest::collection::vec;
use proptest::prelude::*;

fn sizes() -> impl Strategy<Value = Vec<usize>> {
    vec(prop_oneof![Just(1usize), 1..20usize, 1..400usize], 0..60)
}

/// Lines that are frames, and lines that are not.
fn client_lines() -> impl Strategy<Value = Vec<u8>> {
    let frame = common::request().prop_map(|request| {
        let mut bytes = Vec::new();
        ClientCodec::new(Dialect::Native).encode(&request, &mut bytes);
        bytes
    });
    let junk = vec(any::<u8>(), 0..40).prop_map(|mut bytes| {
        bytes.retain(|byte| *byte != 0x16);
        bytes.push(b'\n');
        bytes
    });
    let oversize = Just([vec![b'x'; 17_000], b"\n".to_vec()].concat());
    vec(prop_oneof![8 => frame, 3 => junk, 1 => oversize], 0..6).prop_map(|lines| lines.concat())
}

/// A session's first half in each dialect: what a client sends, and what a server does.
fn recorded(dialect: Dialect) -> (Vec<Vec<u8>>, Vec<Vec<u8>>) {
    let mut client = ClientCodec::new(dialect);
    let place = Place::parse("lobby").unwrap();
    let text = Body::parse("ciao, سلام!\n🙂 \"{quit}\"").unwrap();
    let say = Command::Say { place: place.clone(), text: text.clone(), nonce: None, action: false, reply_to: None };
    let sent =
        [Command::Hello(Box::new(Hello::new("علی"))), say.clone(), say, Command::Quit { reason: Default::default() }];
    let sent = sent.into_iter().map(|command| {
        let mut bytes = Vec::new();
        client.encode(&Request::from(command), &mut bytes);
        bytes
    });
    let flavour = match dialect {
        Dialect::Native => Flavour::Native,
        Dialect::Nic => Flavour::Nic,
        Dialect::Prompt => Flavour::PromptChunks,
    };
    let from = parlor_core::name::Nick::parse("علی").unwrap();
    let joined = Event::Joined {
        room: parlor_core::name::RoomName::lobby(),
        nick: from.clone(),
        at: parlor_core::time::Timestamp(1),
    };
    let message = parlor_core::vocabulary::Message {
        place,
        id: parlor_core::id::MessageId(42),
        from,
        at: parlor_core::time::Timestamp(1_763_790_000_000),
        text,
        action: false,
        reply_to: None,
        edited: None,
    };
    let told = [Event::Greeting, joined, Event::Message(Box::new(message))];
    let told = told.iter().map(|event| {
        let mut bytes = Vec::new();
        encode_event(flavour, event, &mut bytes);
        bytes
    });
    (sent.collect(), told.collect())
}

/// Every codec of both ends takes these reads; what they mean does not matter here.
fn survive(dialect: Dialect, reads: &[&[u8]]) {
    let bytes: usize = reads.iter().map(|read| read.len()).sum();
    let served = serve(&mut ServerCodec::new(dialect), reads);
    assert!(served.len() <= bytes, "a frame has at least one byte");
    let seen = read(&mut ClientCodec::new(dialect), reads);
    assert!(seen.len() <= bytes, "a row has at least one byte");
}

#[test]
fn every_prefix_of_a_session_is_survived() {
    for dialect in Dialect::ALL {
        let (sent, told) = recorded(dialect);
        for session in [sent.concat(), told.concat()] {
            for end in 0..=session.len() {
                survive(dialect, &[&session[..end]]);
            }
        }
    }
}

#[test]
fn every_flipped_bit_of_a_session_is_survived() {
    for dialect in Dialect::ALL {
        let (sent, told) = recorded(dialect);
        for session in [sent, told] {
            let whole = session.concat();
            for bit in 0..whole.len() * 8 {
                let mut flipped = whole.clone();
                flipped[bit / 8] ^= 1 << (bit % 8);
                let sizes: Vec<usize> = session.iter().map(Vec::len).collect();
                survive(dialect, &cut(&flipped, &sizes));
            }
        }
    }
}

proptest! {
    #[test]
    fn any_cut_of_native_bytes_gives_the_same_requests(bytes in client_lines(), sizes in sizes()) {
        let whole = serve(&mut ServerCodec::new(Dialect::Native), &[&bytes]);
        prop_assert_eq!(serve(&mut ServerCodec::new(Dialect::Native), &cut(&bytes, &sizes)), whole);
    }

    #[test]
    fn any_cut_of_native_bytes_gives_the_same_events(events in vec(common::event(), 0..5), sizes in sizes()) {
        let mut bytes = Vec::new();
        for event in &events {
            encode_event(Flavour::Native, event, &mut bytes);
        }
        let whole: Vec<Decoded<Event>> = events.into_iter().map(Decoded::Frame).collect();
        prop_assert_eq!(read(&mut ClientCodec::new(Dialect::Native), &cut(&bytes, &sizes)), whole);
    }

    #[test]
    fn any_cut_of_lines_gives_the_same_messages(
        texts in vec(common::text(), 1..6),
        junk in vec(any::<u8>(), 0..20),
        sizes in sizes(),
    ) {
        let bytes = [texts.join("\n").as_bytes(), b"\n", &junk[..], b"\nlast"].concat();
        // The first read decides what the connection is; what comes after it may be cut anywhere.
        let name = &b"ada\r\n"[..];
        let whole = serve(&mut ServerCodec::new(Dialect::Prompt), &[name, &bytes]);
        let mut reads = cut(&bytes, &sizes);
        reads.insert(0, name);
        prop_assert_eq!(serve(&mut ServerCodec::new(Dialect::Prompt), &reads), whole.clone());
        let all = [name, &bytes].concat();
        prop_assert_eq!(serve(&mut ServerCodec::new(Dialect::Prompt), &[&all]), whole);
    }

    #[test]
    fn no_bytes_at_all_make_a_codec_panic(
        reads in vec(prop_oneof![
            vec(any::<u8>(), 1..60),
            common::text().prop_map(String::into_bytes),
            Just(b"\n".to_vec()),
            Just(b"NIC".to_vec()),
            Just(b"ali: ".to_vec()),
            Just(b"\xd8".to_vec()),
            Just(vec![b'x'; 9_000]),
            Just(vec![b'['; 20_000]),
            Just(b"{\"say\":{\"room\":".to_vec()),
        ], 0..12),
    ) {
        let reads: Vec<&[u8]> = reads.iter().map(Vec::as_slice).filter(|read| !read.is_empty()).collect();
        for dialect in Dialect::ALL {
            survive(dialect, &reads);
        }
    }
}
