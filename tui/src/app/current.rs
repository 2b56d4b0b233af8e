//! The session of the chat that is open.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use parlor_core::client::Intent;
use parlor_face::writer::Writer;
use parlor_transport_tcp::session::Session;

/// The session of the chat that is open, if one is. Shared with whoever has to say goodbye when the screen cannot.
#[derive(Clone, Default)]
pub struct Current(Arc<Mutex<Open>>);

#[derive(Default)]
struct Open {
    session: Option<Session>,
    /// Goodbye was said.
    left: bool,
    /// What keeps what the newest session brings.
    writer: Option<Arc<Writer>>,
}

impl Current {
    fn lock(&self) -> MutexGuard<'_, Open> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The session.
    pub fn get(&self) -> Option<Session> {
        self.lock().session.clone()
    }

    /// Puts another in its place, or none. The last of a session says goodbye as it is dropped.
    pub fn replace(&self, session: Option<Session>) -> Option<Session> {
        let mut open = self.lock();
        open.left = false;
        std::mem::replace(&mut open.session, session)
    }

    /// What the next session brings is kept by this one; `None` keeps nothing.
    pub fn write_with(&self, writer: Option<Arc<Writer>>) {
        // The one before may still have something to write, which is not to be waited for with the lock.
        let before = std::mem::replace(&mut self.lock().writer, writer);
        drop(before);
    }

    /// One is in under this name.
    pub fn named(&self, nick: &str) {
        if let Some(writer) = &self.lock().writer {
            writer.named(nick);
        }
    }

    /// Says goodbye, once: a second time would cut it short, and a terminal that is closed is told of by a signal and by
    /// itself.
    pub fn say_goodbye(&self) {
        let mut open = self.lock();
        let said = std::mem::replace(&mut open.left, true);
        if let Some(session) = open.session.as_ref().filter(|_| !said) {
            session.intent(Intent::Quit);
        }
    }

    /// Says goodbye and waits until it was heard, or the time is over.
    pub fn leave(&self, at_most: Duration) {
        self.say_goodbye();
        self.wait(at_most);
    }

    /// Waits until a goodbye was heard, or the time is over, and until what came so far is kept.
    pub fn wait(&self, at_most: Duration) {
        if let Some(session) = self.get() {
            session.wait_finished(at_most);
        }
        let writer = self.lock().writer.clone();
        if let Some(writer) = writer {
            writer.finish();
        }
    }
}

#[cfg(test)]
mod tests {
    use parlor_core::client::{Link, Profile};
    use parlor_core::wire::Dialect;

    use super::*;

    #[test]
    fn goodbye_is_said_once_and_so_heard_whoever_else_says_it_too() {
        let (session, server) = Session::offline(Profile::new(Dialect::Native, "parlor://127.0.0.1", "ada", "test"));
        server.connected();
        server.says(br#"{"welcome":{"version":1,"server":"test","nick":"ada","token":"t","resumed":false,"limits":{"nick_bytes":64,"room_bytes":64,"text_bytes":8192,"topic_bytes":512,"frame_bytes":16384,"page":200,"rooms":64},"features":[]}}"#);
        server.says(b"\n");
        server.sent();
        let current = Current::default();
        current.replace(Some(session.clone()));
        current.say_goodbye();
        current.say_goodbye();
        assert_eq!(session.state().link, Link::Leaving, "the server has yet to answer");
        assert_eq!(String::from_utf8(server.sent()).unwrap().matches("quit").count(), 1);
    }
}
