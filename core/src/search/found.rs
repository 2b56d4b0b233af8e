//! Where in a text stands what was looked for.

use alloc::vec::Vec;
use core::ops::Range;

use super::atoms::Atoms;
use super::query::Query;

/// Places given of one text.
const FOUND_MAX: usize = 64;

impl Query {
    /// Where the words and phrases of this query stand in a text: ranges of bytes in order, none overlapping another,
    /// at most 64. A text need not have all of them. Costs a few times what [`matches`](Self::matches) does: it is
    /// for what is on the screen.
    pub fn find_in(&self, text: &str) -> Vec<Range<usize>> {
        let (atoms, places) = Atoms::with_places(text);
        let mut found: Vec<Range<usize>> = Vec::new();
        for (first, last) in self.places_in(&atoms) {
            let (Some(first), Some(last)) = (places.get(first), places.get(last)) else { continue };
            found.push(first.start..last.end);
        }
        found.sort_by_key(|range| range.start);
        let mut merged: Vec<Range<usize>> = Vec::new();
        for range in found {
            match merged.last_mut() {
                Some(before) if range.start < before.end => before.end = before.end.max(range.end),
                Some(_) | None => merged.push(range),
            }
        }
        merged.truncate(FOUND_MAX);
        merged
    }
}
