//! What the session's thread tells the window.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use eframe::egui;
use parlor_core::secret::Secret;
use parlor_transport_tcp::session::Face;

/// The window's end of a session: wakes it, once for any number of changes between two looks.
#[derive(Clone)]
pub struct Bell {
    ctx: egui::Context,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    rung: AtomicBool,
    finished: AtomicBool,
    called: AtomicBool,
    token: Mutex<Option<Secret>>,
}

impl Bell {
    /// A bell that wakes the window of `ctx`.
    pub fn new(ctx: egui::Context) -> Self {
        Self { ctx, shared: Arc::default() }
    }

    /// From now on the next change wakes the window again. To be called before looking.
    pub(crate) fn quiet(&self) {
        self.shared.rung.store(false, Ordering::Release);
    }

    /// Whether the person was called by name since last asked.
    pub(crate) fn take_call(&self) -> bool {
        self.shared.called.swap(false, Ordering::AcqRel)
    }

    /// Whether all is said.
    pub(crate) fn is_finished(&self) -> bool {
        self.shared.finished.load(Ordering::Acquire)
    }

    /// The token that came since last asked.
    pub(crate) fn take_token(&self) -> Option<Secret> {
        self.shared.token.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn ring(&self) {
        if !self.shared.rung.swap(true, Ordering::AcqRel) {
            self.ctx.request_repaint();
        }
    }
}

impl Face for Bell {
    fn changed(&self) {
        self.ring();
    }

    fn notify(&self, _from: &str, _text: &str) {
        self.shared.called.store(true, Ordering::Release);
        self.ring();
    }

    fn remember(&self, token: &Secret) {
        // Files are written by the window, which knows under which name.
        *self.shared.token.lock().unwrap_or_else(PoisonError::into_inner) = Some(token.clone());
        self.ring();
    }

    fn finished(&self) {
        self.shared.finished.store(true, Ordering::Release);
        self.ring();
    }
}
