//! The native dialect says everything the vocabulary can say, both ways, and nothing is read that was not written.

mod common;

use parlor_core::limits::SERVER_FRAME_BYTES_MAX;
use parlor_core::text::{Body, TEXT_BYTES_MAX};
use parlor_core::vocabulary::{Event, Request};
use parlor_core::wire::{ClientCodec, Decoded, Dialect, Flavour, ServerCodec, encode_event};
use proptest::prelude::*;

fn written(request: &Request) -> Vec<u8> {
    let mut bytes = Vec::new();
    ClientCodec::new(Dialect::Native).encode(request, &mut bytes);
    bytes
}

fn told(event: &Event) -> Vec<u8> {
    let mut bytes = Vec::new();
    encode_event(Flavour::Native, event, &mut bytes);
    bytes
}

proptest! {
    #[test]
    fn every_command_is_read_back_as_it_was_written(request in common::request()) {
        let bytes = written(&request);
        let decoded = common::serve(&mut ServerCodec::new(Dialect::Native), &[&bytes]);
        let [Decoded::Frame(read)] = &decoded[..] else { panic!("{decoded:?} of {}", String::from_utf8_lossy(&bytes)) };
        prop_assert_eq!(read, &request);
        // Names are equal when folded; the bytes show that spelling survives too.
        prop_assert_eq!(written(read), bytes);
    }

    #[test]
    fn every_event_is_read_back_as_it_was_written(event in common::event()) {
        let bytes = told(&event);
        prop_assert_eq!(bytes.iter().filter(|byte| **byte == b'\n').count(), 1);
        prop_assert_eq!(bytes.last(), Some(&b'\n'));
        let decoded = common::read(&mut ClientCodec::new(Dialect::Native), &[&bytes]);
        let [Decoded::Frame(read)] = &decoded[..] else { panic!("{decoded:?} of {}", String::from_utf8_lossy(&bytes)) };
        prop_assert_eq!(read, &event);
        prop_assert_eq!(told(read), bytes);
    }
}
