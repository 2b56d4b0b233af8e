//! What the fuzz targets share.

use libfuzzer_sys::Corpus;

/// Plays an input. One that repeats a byte takes a hundred times as long as others: it is played, but no others are
/// made of it.
pub fn play(target: fn(&[u8]), data: &[u8]) -> Corpus {
    target(data);
    if parlor_sim::targets::is_stretched(data) { Corpus::Reject } else { Corpus::Keep }
}
