//! The native dialect: one JSON object per line, with exactly one member, the frame's name (`native-protocol`).

use core::mem;

use super::framer::{Framer, Line};
use super::{Decoded, Malformed, sniff};
use crate::limits::{CLIENT_FRAME_BYTES_MAX, SERVER_FRAME_BYTES_MAX};
use crate::vocabulary::{Code, Event, Reason, Request};

mod decode_command;
mod decode_event;
mod encode_command;
mod encode_event;
mod fields;
mod value;
mod write;

pub(super) use encode_command::request as encode_request;
pub(super) use encode_event::event as encode_event;
pub(super) use encode_event::{listed as encode_listed, room as encode_room};

/// The server's end of a native connection.
#[derive(Debug)]
pub(super) struct Server {
    framer: Framer,
    /// Whether any bytes came yet: what speaks another protocol shows it at once.
    begun: bool,
    /// Whether a line came yet.
    line_seen: bool,
}

impl Server {
    pub(super) fn new() -> Self {
        Self { framer: Framer::default(), begun: false, line_seen: false }
    }

    pub(super) fn decode(&mut self, bytes: &mut &[u8]) -> Option<Decoded<Request>> {
        if !bytes.is_empty() && !mem::replace(&mut self.begun, true) && sniff::is_tls(bytes) {
            return Some(Decoded::Foreign(Reason::Tls));
        }
        let line = match self.framer.next(bytes, CLIENT_FRAME_BYTES_MAX)? {
            Line::Whole(line) => line,
            Line::TooLong => {
                self.line_seen = true;
                return Some(Decoded::Malformed(too_long(CLIENT_FRAME_BYTES_MAX)));
            }
        };
        if !mem::replace(&mut self.line_seen, true) && sniff::is_http(&line) {
            return Some(Decoded::Foreign(Reason::Http));
        }
        Some(match decode_command::request(&line) {
            Ok(request) => Decoded::Frame(request),
            Err(malformed) => Decoded::Malformed(malformed),
        })
    }

    pub(super) fn held(&self) -> usize {
        self.framer.held()
    }

    /// A line without its end is no frame: it is given up.
    pub(super) fn flush(&mut self) {
        self.framer.take_rest();
    }
}

/// The client's end of a native connection.
#[derive(Debug, Default)]
pub(super) struct Client {
    framer: Framer,
}

impl Client {
    pub(super) fn held(&self) -> usize {
        self.framer.held()
    }

    pub(super) fn decode(&mut self, bytes: &mut &[u8]) -> Option<Decoded<Event>> {
        loop {
            let decoded = match self.framer.next(bytes, SERVER_FRAME_BYTES_MAX)? {
                Line::Whole(line) => decode_event::event(&line),
                Line::TooLong => Err(too_long(SERVER_FRAME_BYTES_MAX)),
            };
            match decoded {
                Ok(Some(event)) => return Some(Decoded::Frame(event)),
                Ok(None) => {}
                Err(malformed) => return Some(Decoded::Malformed(malformed)),
            }
        }
    }
}

fn too_long(max: usize) -> Malformed {
    Malformed::new(Code::FrameTooLong, format_args!("The frame is too long; {max} bytes is the most."), None)
}
