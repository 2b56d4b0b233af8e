//! What texts have in common: fonts, layouts and glyphs of a window. There is one for each egui context.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use eframe::egui::{self, Id};
use parley::LayoutContext;

use super::Look;
use super::atlas::Atlas;
use super::cache::{Cache, Manner};
use super::fonts;
use super::select::Selecting;
use super::shape::{Shaped, Shaper, pixels};
use crate::chosen::Chosen;

/// About how many bytes of layouts are kept: some thousands of messages.
const LAYOUTS_MAX: usize = 24 << 20;

/// Fonts, layouts and glyphs of a window.
pub(crate) struct Engine {
    pub(super) shaper: Shaper,
    pub(super) atlas: Atlas,
    pub(super) cache: Cache,
    pub(super) selecting: Selecting,
    /// The frame that is drawn.
    pub(super) now: u64,
}

impl Engine {
    fn new() -> Self {
        Self {
            shaper: Shaper { fonts: fonts::context(), layouts: LayoutContext::new(), otherwise_rtl: false },
            atlas: Atlas::new(),
            cache: Cache::new(LAYOUTS_MAX),
            selecting: Selecting::default(),
            now: u64::MAX,
        }
    }

    /// The layout of `text` within `width` points.
    pub(super) fn shaped(&mut self, text: &str, look: Look, width: f32, scale: f32) -> Arc<Shaped> {
        let width = pixels(width, scale);
        let Self { shaper, cache, now, .. } = self;
        cache.get(text, Manner::new(look, width, scale, shaper.otherwise_rtl), *now, || {
            shaper.shape(text, look, width, scale)
        })
    }
}

/// A window's engine.
#[derive(Clone)]
pub(crate) struct Shared(Arc<Mutex<Engine>>);

impl Shared {
    /// Takes it for a moment. Nothing of egui that draws may be called meanwhile.
    pub(crate) fn lock(&self) -> MutexGuard<'_, Engine> {
        // A text that could not be drawn must not keep the others from it.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The engine of the window that is drawn.
pub(crate) fn engine(ctx: &egui::Context) -> Shared {
    let id = Id::unique("text engine");
    let shared = ctx
        .data_mut(|data| data.get_temp_mut_or_insert_with(id, || Shared(Arc::new(Mutex::new(Engine::new())))).clone());
    let now = ctx.cumulative_pass_nr();
    if shared.lock().now != now {
        // Asked once in a frame, and not while the engine is held.
        let otherwise_rtl = Chosen::of(ctx).language.is_right_to_left();
        let mut engine = shared.lock();
        (engine.now, engine.shaper.otherwise_rtl) = (now, otherwise_rtl);
    }
    shared
}
