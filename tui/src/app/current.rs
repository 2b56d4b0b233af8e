//! The session of the chat that is open.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use parlor_core::client::Intent;
use parlor_transport_tcp::session::Session;

/// The session of the chat that is open, if one is. Shared with whoever has to say goodbye when the screen cannot.
#[derive(Clone, Default)]
pub struct Current(Arc<Mutex<Option<Session>>>);

impl Current {
    fn lock(&self) -> MutexGuard<'_, Option<Session>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The session.
    pub fn get(&self) -> Option<Session> {
        self.lock().clone()
    }

    /// Puts another in its place, or none. The last of a session says goodbye as it is dropped.
    pub fn replace(&self, session: Option<Session>) -> Option<Session> {
        std::mem::replace(&mut *self.lock(), session)
    }

    /// Says goodbye and waits until it was heard, or the time is over.
    pub fn leave(&self, at_most: Duration) {
        if let Some(session) = self.get() {
            session.intent(Intent::Quit);
            session.wait_finished(at_most);
        }
    }
}
