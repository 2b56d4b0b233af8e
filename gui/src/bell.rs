//! What the session's thread tells the window.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use eframe::egui;
use parlor_core::client::{Call, Keepsake};
use parlor_core::secret::Secret;
use parlor_face::Fault;
use parlor_face::writer::Writer;
use parlor_transport_tcp::session::Face;

/// Most calls that wait for the window; older ones are not told any more.
const CALLS_MAX: usize = 16;

/// The window's end of a session: wakes it, once for any number of changes between two looks.
#[derive(Clone)]
pub struct Bell {
    ctx: egui::Context,
    shared: Arc<Shared>,
    /// Keeps what the session brings.
    writer: Option<Arc<Writer>>,
}

#[derive(Default)]
struct Shared {
    rung: AtomicBool,
    finished: AtomicBool,
    calls: Mutex<Vec<Call>>,
    trouble: Mutex<Option<Fault>>,
}

impl Bell {
    /// A bell that wakes the window of `ctx`.
    pub fn new(ctx: egui::Context) -> Self {
        Self { ctx, shared: Arc::default(), writer: None }
    }

    /// Lets this one keep what the session brings, which tells its trouble by [`Bell::complain`].
    pub(crate) fn write_with(&mut self, writer: Writer) {
        self.writer = Some(Arc::new(writer));
    }

    /// Something cannot be kept.
    pub(crate) fn complain(&self, fault: Fault) {
        *self.shared.trouble.lock().unwrap_or_else(PoisonError::into_inner) = Some(fault);
        self.ring();
    }

    /// What could not be kept since last asked.
    pub(crate) fn take_trouble(&self) -> Option<Fault> {
        self.shared.trouble.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// One is in under this name.
    pub(crate) fn named(&self, nick: &str) {
        if let Some(writer) = &self.writer {
            writer.named(nick);
        }
    }

    /// What keeps what the session brings.
    pub(crate) fn writer(&self) -> Option<&Writer> {
        self.writer.as_deref()
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
        if let Some(writer) = &self.writer {
            writer.keep(keepsake);
        }
    }

    fn remember(&self, token: &Secret) {
        if let Some(writer) = &self.writer {
            writer.remember(token);
        }
    }

    fn finished(&self) {
        // The window may end the program from here on.
        if let Some(writer) = self.writer() {
            // Whoever ends the program asks again, and hears what could not be kept.
            let _ = writer.finish();
        }
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
