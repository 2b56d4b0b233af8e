//! How the toolkit learns what the session's thread has to say.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use cursive::{CbSink, Cursive};
use parlor_core::client::{Call, Keepsake, Link};
use parlor_core::secret::Secret;
use parlor_face::kept::Kept;
use parlor_transport_tcp::session::Face;

use super::{App, app, call_person, changed};

/// Wakes the toolkit from the session's thread.
pub(super) struct Wake {
    sink: CbSink,
    /// Whether a redraw is on its way already.
    told: Arc<AtomicBool>,
    /// The person's files, and under which server and nickname what is not sent is kept there.
    keeper: Option<(Kept, String, String)>,
    /// What was kept last.
    last: Mutex<Keepsake>,
}

impl Wake {
    /// For a toolkit that is reached like this; `kept` is what was kept last.
    pub(super) fn new(sink: CbSink, keeper: Option<(Kept, String, String)>, kept: Keepsake) -> Self {
        Self { sink, told: Arc::default(), keeper, last: Mutex::new(kept) }
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
        let call = call.clone();
        self.send(move |siv| call_person(siv, &call));
    }

    fn keep(&self, keepsake: &Keepsake) {
        // At once and not by the toolkit's loop, which has ended when the last of it comes.
        if let Some((kept, server, nick)) = &self.keeper {
            // What is typed then ends with the program; that is not worth a word at each letter.
            let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
            if kept.keep_keepsake(server, nick, &last, keepsake).is_ok() {
                last.clone_from(keepsake);
            }
        }
    }

    fn remember(&self, token: &Secret) {
        let token = token.clone();
        self.send(move |siv| {
            let App { kept, server, session, .. } = app(siv);
            if let (Some(kept), Some(server), Some(session)) = (kept, server, session.get()) {
                let nick = session.state().nick.clone();
                // Without the token the nickname is taken until the server frees it, and the server says so then.
                let _ = kept.remember(&server.authority(), &nick, &token);
            }
        });
    }

    fn finished(&self) {
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
