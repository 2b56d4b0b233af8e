//! What the session's thread tells the window.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use eframe::egui;
use parlor_core::client::{Call, Keepsake};
use parlor_core::secret::Secret;
use parlor_transport_tcp::session::Face;

/// Most calls that wait for the window; older ones are not told any more.
const CALLS_MAX: usize = 16;

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
    calls: Mutex<Vec<Call>>,
    token: Mutex<Option<Secret>>,
    keepsake: Mutex<Option<Keepsake>>,
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

    /// What called the person since last asked, the newest last.
    pub(crate) fn take_calls(&self) -> Vec<Call> {
        std::mem::take(&mut self.shared.calls.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Whether all is said.
    pub(crate) fn is_finished(&self) -> bool {
        self.shared.finished.load(Ordering::Acquire)
    }

    /// The token that came since last asked.
    pub(crate) fn take_token(&self) -> Option<Secret> {
        self.shared.token.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// What is to be kept for the next run that came since last asked.
    pub(crate) fn take_keepsake(&self) -> Option<Keepsake> {
        self.shared.keepsake.lock().unwrap_or_else(PoisonError::into_inner).take()
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

    fn notify(&self, call: &Call) {
        let mut calls = self.shared.calls.lock().unwrap_or_else(PoisonError::into_inner);
        if calls.len() == CALLS_MAX {
            calls.remove(0);
        }
        calls.push(call.clone());
        drop(calls);
        self.ring();
    }

    fn keep(&self, keepsake: &Keepsake) {
        *self.shared.keepsake.lock().unwrap_or_else(PoisonError::into_inner) = Some(keepsake.clone());
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

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use parlor_core::client::RoomKey;

    use super::*;

    /// Draws until the context wants no more frames.
    fn draw(ctx: &egui::Context) {
        for _ in 0..4 {
            ctx.run_ui(egui::RawInput::default(), |_| {}).textures_delta.clear();
        }
    }

    #[test]
    fn many_changes_wake_the_window_once_until_it_looks() {
        let ctx = egui::Context::default();
        let bell = Bell::new(ctx.clone());
        draw(&ctx);
        let woken = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&woken);
        ctx.set_request_repaint_callback(move |_| {
            count.fetch_add(1, Ordering::Relaxed);
        });
        let woken_after = |ring: &dyn Fn()| {
            ring();
            draw(&ctx);
            woken.swap(0, Ordering::Relaxed) > 0
        };
        assert!(woken_after(&|| bell.changed()));
        assert!(!woken_after(&|| bell.changed()), "it was woken and has not looked yet");
        bell.quiet();
        let call = |number: usize| Call {
            room: RoomKey(1),
            title: "garden".into(),
            direct: false,
            from: "bea".into(),
            text: number.to_string(),
        };
        assert!(woken_after(&|| bell.notify(&call(0))));
        assert_eq!(bell.take_calls(), [call(0)]);
        assert_eq!(bell.take_calls(), []);
        (0..=CALLS_MAX).for_each(|number| bell.notify(&call(number)));
        assert_eq!(bell.take_calls(), (1..=CALLS_MAX).map(call).collect::<Vec<_>>());
    }
}
