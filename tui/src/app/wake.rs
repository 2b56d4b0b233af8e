//! How the toolkit learns what the session's thread has to say.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use cursive::{CbSink, Cursive};
use parlor_core::client::{Call, Keepsake, Link};
use parlor_core::secret::Secret;
use parlor_face::writer::Writer;
use parlor_transport_tcp::session::Face;

use super::{app, call_person, changed};

/// Wakes the toolkit from the session's thread.
pub(super) struct Wake {
    sink: CbSink,
    /// Whether a redraw is on its way already.
    told: Arc<AtomicBool>,
    /// What the server is called.
    server: Arc<str>,
    /// Keeps what the session brings.
    writer: Option<Arc<Writer>>,
}

impl Wake {
    /// For a toolkit that is reached like this, and a session with a server of this name.
    pub(super) fn new(sink: CbSink, server: String, writer: Option<Arc<Writer>>) -> Self {
        Self { sink, told: Arc::default(), server: server.into(), writer }
    }

    fn send(&self, callback: impl FnOnce(&mut Cursive) + Send + 'static) {
        // Nobody takes it any more once the program ends.
        let _ = self.sink.send(Box::new(callback));
    }
}

impl Face for Wake {
    fn changed(&self) {
        if !self.told.swap(true, Ordering::AcqRel) {
            let told = self.told.clone();
            self.send(move |siv| {
                told.store(false, Ordering::Release);
                changed(siv);
            });
        }
    }

    fn notify(&self, call: &Call) {
        let (server, call) = (self.server.clone(), call.clone());
        self.send(move |siv| call_person(siv, &server, &call));
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
        // The program may end from here on.
        if let Some(writer) = &self.writer {
            // Whoever ends the program asks again, and hears what could not be kept.
            let _ = writer.finish();
        }
        self.send(|siv| {
            // Another chat may have been opened meanwhile.
            let over = app(siv)
                .session
                .get()
                .is_some_and(|session| matches!(session.state().link, Link::Closed { why: None }));
            if over {
                siv.quit();
            }
        });
    }
}
