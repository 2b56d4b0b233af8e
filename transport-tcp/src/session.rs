//! A client machine on its own thread: what a face holds.

use std::sync::{Arc, Mutex, MutexGuard};

use parlor_core::client::State;
use parlor_core::client::{Client, Intent, Profile};
use parlor_core::secret::Secret;
use parlor_core::time::Instant;

use crate::target::Target;

/// How a face learns that there is something to do. Called from the session's thread; must not block.
pub trait Face: Send + 'static {
    /// The state changed: draw soon. Coalesce.
    fn changed(&self);
    /// A mention or direct message: tell the person.
    fn notify(&self, from: &str, text: &str);
    /// The identity's token, to be kept for this server.
    fn remember(&self, token: &Secret);
    /// All is said; the face may close.
    fn finished(&self);
}

/// A running client. Clones name the same one. Dropping the last one says goodbye in the background.
#[derive(Clone)]
pub struct Session {
    client: Arc<Mutex<Client>>,
}

/// The state, locked for reading; drop it soon.
pub struct StateGuard<'a>(MutexGuard<'a, Client>);

impl std::ops::Deref for StateGuard<'_> {
    type Target = State;

    fn deref(&self) -> &State {
        self.0.state()
    }
}

#[allow(unused_variables, clippy::todo)]
impl Session {
    /// Dials `target` on a thread of its own and keeps at it until the person quits.
    pub fn start(target: Target, profile: Profile, face: impl Face) -> Self {
        todo!()
    }

    /// A session without a network, for tests of faces: the test plays the server through [`Offline`]
    /// on the same thread, and everything an intent causes has happened when `intent` returns.
    pub fn offline(profile: Profile) -> (Self, Offline) {
        todo!()
    }

    /// Everything a face may show.
    pub fn state(&self) -> StateGuard<'_> {
        StateGuard(self.client.lock().unwrap_or_else(std::sync::PoisonError::into_inner))
    }

    /// What the person wants. Returns at once.
    pub fn intent(&self, intent: Intent) {
        todo!()
    }

    /// The session's monotonic clock, against which `Link::Waiting::retry_at` is to be read.
    pub fn now(&self) -> Instant {
        todo!()
    }

    /// Blocks until all is said, or the time is over. `true` if all is said.
    pub fn wait_finished(&self, at_most: std::time::Duration) -> bool {
        todo!()
    }
}

/// The server's end of [`Session::offline`].
pub struct Offline {
    _client: Arc<Mutex<Client>>,
}

#[allow(unused_variables, clippy::todo)]
impl Offline {
    /// The connection stands.
    pub fn connected(&self) {
        todo!()
    }

    /// The server says this.
    pub fn says(&self, bytes: &[u8]) {
        todo!()
    }

    /// The connection is lost.
    pub fn lost(&self, why: &str) {
        todo!()
    }

    /// What the client has sent since last asked.
    pub fn sent(&self) -> Vec<u8> {
        todo!()
    }

    /// Lets this much time pass.
    pub fn sleep(&self, time: std::time::Duration) {
        todo!()
    }
}
