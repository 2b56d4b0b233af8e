//! Rows for clients whose reads have no framing: one write at a time (`tutorial-protocols`, Pace).

use alloc::collections::VecDeque;
use alloc::vec::Vec;

use crate::limits::CHUNK_BYTES_MAX;
use crate::wire::{Flavour, chunk_end};

/// Rows that wait, each ending in `\n` but `NIC`.
#[derive(Debug, Default)]
pub(super) struct Rows {
    pub(super) bytes: Vec<u8>,
    pub(super) taken: usize,
    /// Lengths of the rows with their `\n`; of the first, what is left of it.
    pub(super) lengths: VecDeque<u32>,
    /// Whether the final `\n` of a write is kept (`nic`) or not (`prompt`).
    keeps_newline: bool,
    /// From this many rows on, several share a write.
    merge: usize,
}

impl Rows {
    pub(super) fn new(flavour: Flavour, rows_merge: usize) -> Self {
        let nic = flavour == Flavour::Nic;
        Self { keeps_newline: nic, merge: if nic { 1 } else { rows_merge }, ..Self::default() }
    }

    pub(super) fn push(&mut self, row: &[u8]) {
        self.bytes.extend_from_slice(row);
        let mut length = row.len() as u32;
        // A `nic` row comes with its newline, and the `NIC` of the greeting must have none.
        if !self.keeps_newline && row.last() != Some(&b'\n') {
            self.bytes.push(b'\n');
            length += 1;
        }
        self.lengths.push_back(length);
    }

    /// The next write: whole rows where they fit, else as much of one as ends at a character.
    pub(super) fn chunk(&self) -> &[u8] {
        let waiting = &self.bytes[self.taken..];
        let Some(first) = self.lengths.front() else { return &[] };
        let trailing = usize::from(!self.keeps_newline);
        let mut end = *first as usize;
        let row = &waiting[..end - trailing];
        let cut = chunk_end(row);
        if cut < row.len() {
            return &row[..cut];
        }
        // Nothing shares a write with `NIC`: its client compares the whole of what it reads.
        let ends = waiting.get(end - 1) == Some(&b'\n');
        if ends && self.lengths.len() >= self.merge {
            for length in self.lengths.iter().skip(1) {
                if end + *length as usize - trailing > CHUNK_BYTES_MAX {
                    break;
                }
                end += *length as usize;
            }
        }
        &waiting[..end - trailing]
    }

    pub(super) fn take(&mut self, bytes: usize) {
        let mut left = bytes;
        while left > 0 {
            let first = self.lengths.front_mut().expect("no more is taken than was offered");
            let step = left.min(*first as usize);
            *first -= step as u32;
            left -= step;
            self.taken += step;
            let only_newline = !self.keeps_newline && *first == 1 && left == 0;
            if only_newline {
                self.taken += 1;
            }
            if *first == 0 || only_newline {
                self.lengths.pop_front();
            }
        }
        if self.lengths.is_empty() {
            *self = Self { keeps_newline: self.keeps_newline, merge: self.merge, ..Self::default() };
        } else if self.taken > 64 * 1024 {
            self.bytes.drain(..self.taken);
            self.taken = 0;
        }
    }

    pub(super) fn clear(&mut self) {
        *self = Self { keeps_newline: self.keeps_newline, merge: self.merge, ..Self::default() };
    }
}
