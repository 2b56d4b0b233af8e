//! The bytes on their way to the server.

use alloc::vec::Vec;

use super::{Client, Output};
use crate::time::Instant;
use crate::vocabulary::Request;
use crate::wire::ClientCodec;

/// Past this, nothing more is said until the server has taken some; past twice this it is given up.
const BYTES_MAX: usize = 256 * 1024;

/// What waits to be written.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    bytes: Vec<u8>,
    taken: usize,
    /// Before this, a tutorial server would take the next message for a part of the last.
    pub(super) slot: Instant,
}

impl Outbox {
    pub(super) fn waiting(&self) -> &[u8] {
        self.bytes.get(self.taken..).unwrap_or(&[])
    }

    pub(super) fn is_empty(&self) -> bool {
        self.taken >= self.bytes.len()
    }

    pub(super) fn taken(&mut self, bytes: usize) {
        self.taken = self.taken.saturating_add(bytes);
        if self.is_empty() {
            self.clear();
        }
    }

    pub(super) fn clear(&mut self) {
        self.bytes.clear();
        self.taken = 0;
        if self.bytes.capacity() > BYTES_MAX {
            self.bytes = Vec::new();
        }
    }

    /// Whether more may be said for now.
    pub(super) fn has_room(&self) -> bool {
        self.waiting().len() < BYTES_MAX
    }

    /// Whether the server takes nothing although it makes us answer.
    pub(super) fn is_flooded(&self) -> bool {
        self.waiting().len() > 2 * BYTES_MAX
    }

    /// Appends a request; `true` if there was nothing before and there is something now.
    fn push(&mut self, codec: &mut ClientCodec, request: &Request) -> bool {
        let idle = self.is_empty();
        if self.taken > BYTES_MAX {
            self.bytes.drain(..self.taken);
            self.taken = 0;
        }
        codec.encode(request, &mut self.bytes);
        idle && !self.is_empty()
    }
}

impl Client {
    /// Sends a request, if a connection stands.
    pub(super) fn send(&mut self, request: impl Into<Request>) {
        let Some(line) = &mut self.line else { return };
        if self.out.push(&mut line.codec, &request.into()) {
            self.outputs.push_back(Output::Wake);
        }
    }
}
