//! Layouts that were made before, by what was laid out and how; the least used go when there are too many.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hash, RandomState};
use std::sync::Arc;

use super::Look;
use super::shape::Shaped;

/// What decides a layout besides the text. Not its colours: they are painted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Manner {
    size: u32,
    width: u32,
    scale: u32,
    italics: bool,
    lines_max: usize,
    otherwise_rtl: bool,
    signs: bool,
    own: bool,
}

impl Manner {
    /// Of text that is laid out so within `width` pixels.
    pub(super) fn new(look: Look, width: f32, scale: f32, otherwise_rtl: bool) -> Self {
        Self {
            size: look.size.to_bits(),
            width: width.to_bits(),
            scale: scale.to_bits(),
            italics: look.italics,
            lines_max: look.lines_max.unwrap_or(0),
            otherwise_rtl,
            signs: look.signs,
            own: look.own,
        }
    }
}

struct Kept {
    text: Box<str>,
    manner: Manner,
    shaped: Arc<Shaped>,
    weight: usize,
    used: u64,
}

/// Layouts by their texts, within a bound in bytes.
pub(super) struct Cache {
    kept: HashMap<u64, Vec<Kept>>,
    hasher: RandomState,
    weight: usize,
    weight_max: usize,
}

impl Cache {
    /// Of about `weight_max` bytes at most.
    pub(super) fn new(weight_max: usize) -> Self {
        Self { kept: HashMap::new(), hasher: RandomState::new(), weight: 0, weight_max }
    }

    /// The layout of `text`, made by `make` if it is not known. `now` counts the frames.
    pub(super) fn get(&mut self, text: &str, manner: Manner, now: u64, make: impl FnOnce() -> Shaped) -> Arc<Shaped> {
        let hash = self.hasher.hash_one((text, manner));
        let there = self.kept.entry(hash).or_default();
        if let Some(kept) = there.iter_mut().find(|kept| kept.manner == manner && &*kept.text == text) {
            kept.used = now;
            return kept.shaped.clone();
        }
        let shaped = Arc::new(make());
        let weight = shaped.weight() + text.len();
        there.push(Kept { text: text.into(), manner, shaped: shaped.clone(), weight, used: now });
        self.weight += weight;
        if self.weight > self.weight_max {
            self.shed();
        }
        shaped
    }

    /// Lets the least used half go.
    fn shed(&mut self) {
        let mut ages: Vec<(u64, usize)> = self.kept.values().flatten().map(|kept| (kept.used, kept.weight)).collect();
        ages.sort_unstable();
        let (mut left, mut oldest) = (self.weight, 0);
        for (used, weight) in ages {
            if left <= self.weight_max / 2 {
                break;
            }
            left -= weight;
            oldest = used;
        }
        for kept in self.kept.values_mut() {
            kept.retain(|kept| kept.used > oldest);
        }
        self.kept.retain(|_, kept| !kept.is_empty());
        self.weight = self.kept.values().flatten().map(|kept| kept.weight).sum();
    }
}

#[cfg(test)]
mod tests {
    use eframe::egui::{Color32, Context};

    use super::*;
    use crate::text::engine::engine;

    #[test]
    fn layouts_are_kept_within_their_bound_and_those_in_use_stay() {
        const BOUND: usize = 64 << 10;
        let ctx = Context::default();
        let look = Look::new(15.0, Color32::WHITE);
        let (mut cache, mut made) = (Cache::new(BOUND), 0);
        for now in 0..600_u64 {
            for text in ["in use", &format!("message number {now}")] {
                cache.get(text, Manner::new(look, 300.0, 1.0, false), now, || {
                    made += usize::from(text == "in use");
                    engine(&ctx).lock().shaper.shape(text, look, 300.0, 1.0)
                });
            }
            let held: usize = cache.kept.values().flatten().map(|kept| kept.weight).sum();
            assert_eq!(held, cache.weight);
            assert!(held <= BOUND, "{held}");
        }
        assert_eq!(made, 1, "what is shown in every frame is laid out once");
    }
}
