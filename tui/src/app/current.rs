//! The session of the chat that is open.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use parlor_core::client::Intent;
use parlor_face::Fault;
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
    /// Those whose goodbye is being said, with what keeps what they bring.
    leaving: Vec<(Session, Option<Arc<Writer>>)>,
}

impl Current {
    fn lock(&self) -> MutexGuard<'_, Open> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The session.
    pub fn get(&self) -> Option<Session> {
        self.lock().session.clone()
    }

    /// Puts another in its place, or none; `true` if there was one, which says goodbye.
    pub fn replace(&self, session: Option<Session>) -> bool {
        let mut open = self.lock();
        open.leaving.retain(|(session, _)| !session.wait_finished(Duration::ZERO));
        let before = std::mem::replace(&mut open.session, session);
        let said = std::mem::replace(&mut open.left, false);
        let Some(before) = before else { return false };
        if !said {
            before.intent(Intent::Quit);
        }
        let writer = open.writer.clone();
        open.leaving.push((before, writer));
        true
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

    /// Says goodbye and waits as [`Current::wait`] does.
    pub fn leave(&self, at_most: Duration) -> Option<Fault> {
        self.say_goodbye();
        self.wait(at_most)
    }

    /// Waits until each goodbye was heard, or the time is over, and until what they brought is kept, with what was not
    /// confirmed; a disk that does not answer has a few seconds more. What is told is what could not be kept.
    pub fn wait(&self, at_most: Duration) -> Option<Fault> {
        let (all, newest, writer) = {
            let open = self.lock();
            (open.leaving.clone(), open.session.clone(), open.writer.clone())
        };
        let (mut sessions, mut writers): (Vec<_>, Vec<_>) = all.into_iter().unzip();
        sessions.extend(newest);
        writers.push(writer);
        Session::finish_all(&sessions, at_most);
        Writer::finish_all(writers.iter().flatten().map(AsRef::as_ref))
    }
}

#[cfg(test)]
mod tests {
    use parlor_core::client::{Keepsake, Link, Profile};
    use parlor_core::wire::Dialect;
    use parlor_face::kept::Kept;
    use parlor_transport_tcp::target::Target;

    use super::*;

    const WELCOME: &[u8] = br#"{"welcome":{"version":1,"server":"test","nick":"ada","token":"t","resumed":false,"limits":{"nick_bytes":64,"room_bytes":64,"text_bytes":8192,"topic_bytes":512,"frame_bytes":16384,"page":200,"rooms":64},"features":[]}}"#;

    #[test]
    fn goodbye_is_said_once_and_so_heard_whoever_else_says_it_too() {
        let (session, server) = Session::offline(Profile::new(Dialect::Native, "parlor://127.0.0.1", "ada", "test"));
        server.connected();
        server.says(WELCOME);
        server.says(b"\n");
        server.sent();
        let current = Current::default();
        current.replace(Some(session.clone()));
        current.say_goodbye();
        current.say_goodbye();
        assert_eq!(session.state().link, Link::Leaving, "the server has yet to answer");
        assert_eq!(String::from_utf8(server.sent()).unwrap().matches("quit").count(), 1);
    }

    #[test]
    fn what_was_not_confirmed_is_kept_when_the_goodbye_is_not_heard_in_time() {
        for elsewhere in [false, true] {
            let (session, server) =
                Session::offline(Profile::new(Dialect::Native, "parlor://127.0.0.1", "ada", "test"));
            server.connected();
            server.says(WELCOME);
            server.says(b"\n");
            server.says(br#"{"room":{"room":"lobby","log":"9f3c5a7b1d2e4f60","first_id":1,"last_id":0,"topic":"","count":1,"members":["ada"]}}"#);
            server.says(b"\n");
            let current = Current::default();
            current.replace(Some(session.clone()));
            session.intent(Intent::Submit("is anybody there?".into()));
            if elsewhere {
                // As one does who goes to another server, and from there at once out of the program.
                assert!(current.replace(None));
            }
            current.leave(Duration::ZERO);
            let kept = server.kept().expect("something is to be kept");
            assert!(format!("{kept:?}").contains("is anybody there?"), "{kept:?}");
        }
    }

    #[test]
    fn a_file_that_another_program_holds_keeps_neither_the_other_sessions_nor_the_program_from_ending() {
        let home = tempfile::tempdir().expect("there is room for a directory");
        let state = home.path().join("state");
        std::fs::create_dir(&state).expect("it is new");
        let held = std::fs::File::open(&state).expect("it is there");
        held.lock().expect("nobody else has it");
        let current = Current::default();
        let talk = || {
            let profile = Profile::new(Dialect::Native, "parlor://127.0.0.1", "ada", "test");
            let (session, server) = Session::offline(profile);
            server.connected();
            server.says(WELCOME);
            server.says(b"\n");
            let files = Kept::at(home.path().join("config"), &state);
            let target = Target::new(Dialect::Native, "127.0.0.1", 7);
            let writer = Writer::start(files, target, "ada", Keepsake::default(), |_| {});
            writer.keep(&Keepsake { ignored: vec!["eve".into()], ..Keepsake::default() });
            current.write_with(Some(Arc::new(writer)));
            current.replace(Some(session.clone()));
            (session, server)
        };
        let (earlier, _server) = talk();
        current.replace(None);
        let (newest, _other) = talk();
        let (sender, left) = std::sync::mpsc::channel();
        let leaving = current.clone();
        std::thread::spawn(move || sender.send(leaving.leave(Duration::ZERO)));
        let fault = left.recv_timeout(Duration::from_secs(60)).expect("it ends");
        assert_eq!(fault, Some(Fault::Late(state)));
        assert!([earlier, newest].iter().all(|session| session.wait_finished(Duration::ZERO)));
    }
}
