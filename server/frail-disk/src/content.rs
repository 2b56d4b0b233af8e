//! A file's content: what of it a power cut leaves.

use std::sync::Arc;

use fastrand::Rng;

/// The smallest unit a disk writes, in bytes.
const SECTOR: u64 = 512;

/// A file: what is safe, and what was done to it since.
#[derive(Default)]
pub(crate) struct Content {
    pub(crate) safe: Vec<u8>,
    pub(crate) since: Vec<Edit>,
}

/// One thing that was done to a file's content.
pub(crate) enum Edit {
    /// Bytes were written at an offset.
    Write(u64, Arc<[u8]>),
    /// So many bytes are left.
    Truncate(u64),
}

impl Content {
    /// As it was last.
    pub(crate) fn whole(&self) -> Vec<u8> {
        let mut bytes = self.safe.clone();
        for edit in &self.since {
            match edit {
                Edit::Write(offset, piece) => put(&mut bytes, *offset, piece),
                Edit::Truncate(size) => bytes.resize(index(*size), 0),
            }
        }
        bytes
    }

    /// Some of what was done. Writes between two truncations land in any order; a truncation stays where it was, or is
    /// lost.
    pub(crate) fn in_parts(&self, rng: &mut Rng) -> Vec<u8> {
        let mut bytes = self.safe.clone();
        // Few, half or nearly all pieces survive: each happens to real disks, and even odds alone would never show
        // what one lost sector does.
        let odds = [0.1, 0.5, 0.9, 0.99][rng.usize(..4)];
        let mut pieces = Vec::new();
        for edit in &self.since {
            match edit {
                Edit::Write(offset, piece) => pieces.extend(sectors(*offset, piece)),
                Edit::Truncate(size) => {
                    land(&mut bytes, &mut pieces, odds, rng);
                    if rng.bool() {
                        bytes.resize(index(*size), 0);
                    }
                }
            }
        }
        land(&mut bytes, &mut pieces, odds, rng);
        bytes
    }
}

/// A write, cut where sectors begin.
fn sectors(offset: u64, bytes: &[u8]) -> impl Iterator<Item = (u64, &[u8])> {
    let mut rest = bytes;
    let mut at = offset;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let (piece, after) = rest.split_at(index(SECTOR - at % SECTOR).min(rest.len()));
        let start = at;
        at += piece.len() as u64;
        rest = after;
        Some((start, piece))
    })
}

/// Has some of these pieces reach the disk, in any order.
fn land(bytes: &mut Vec<u8>, pieces: &mut Vec<(u64, &[u8])>, odds: f64, rng: &mut Rng) {
    rng.shuffle(pieces);
    for (offset, piece) in pieces.drain(..) {
        if rng.f64() < odds {
            put(bytes, offset, piece);
            continue;
        }
        let end = index(offset) + piece.len();
        if end > bytes.len() && rng.bool() {
            // The file has grown, and what was to be there is not.
            let noise = rng.bool();
            bytes.resize_with(end, || if noise { rng.u8(..) } else { 0 });
        }
        let torn = rng.usize(..=piece.len());
        match rng.u8(..4) {
            0 => put(bytes, offset, &piece[..torn]),
            1 => put(bytes, offset + torn as u64, &piece[torn..]),
            _ => {}
        }
    }
}

fn put(bytes: &mut Vec<u8>, offset: u64, piece: &[u8]) {
    if piece.is_empty() {
        return;
    }
    let start = index(offset);
    let end = start + piece.len();
    if bytes.len() < end {
        bytes.resize(end, 0);
    }
    bytes[start..end].copy_from_slice(piece);
}

fn index(offset: u64) -> usize {
    usize::try_from(offset).expect("what was written fits into memory")
}
