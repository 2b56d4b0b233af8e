//! Keeps what a session brings, on a thread of its own: a disk may take its time, and neither whoever draws nor whoever
//! talks to the server is to wait for it.
//!
//! It is also where both clients keep things under the same name: that under which the server knows the person. What was
//! kept under an earlier one goes along.

use parlor_core::client::Keepsake;
use parlor_core::secret::Secret;
use parlor_transport_tcp::target::Target;

use crate::clerk::{self, Clerk};
use crate::file::Fault;
use crate::kept::{Connect, Kept};

/// Writes what is to be kept of one session: what the connect dialog begins with, the token, and what was typed and not
/// sent. Of several things of one kind that wait, the newest is written alone. Its methods return at once but
/// [`Writer::finish`], which [`Drop`] calls.
#[derive(Debug)]
pub struct Writer {
    clerk: Clerk<Order>,
}

/// What waits to be written, the newest of each kind.
#[derive(Debug, Default)]
struct Order {
    nick: Option<String>,
    token: Option<Secret>,
    keepsake: Option<Keepsake>,
    /// The name that was told last.
    named: Option<String>,
}

impl Writer {
    /// For a session with `target` that begins as `nick`, with this of what was kept ([`Kept::keepsake`]). Trouble is told
    /// to `told`, from the writer's thread, once for as long as it stays the same.
    ///
    /// # Panics
    /// If the system cannot start a thread.
    pub fn start(
        files: Kept,
        target: Target,
        nick: &str,
        keepsake: Keepsake,
        told: impl FnMut(Fault) + Send + 'static,
    ) -> Self {
        let mut keeper = Keeper { files, target, nick: None, token: None, left: (nick.to_owned(), keepsake) };
        Self { clerk: Clerk::start(move |order, last| keeper.write(order, last), told) }
    }

    /// One is in under this name; to be called whenever that may have changed, costs nothing where it has not. Nothing but
    /// drafts is kept of somebody who was never in.
    pub fn named(&self, nick: &str) {
        self.clerk.give(|order| {
            let fresh = order.named.as_deref() != Some(nick);
            if fresh {
                order.named = Some(nick.to_owned());
                order.nick = Some(nick.to_owned());
            }
            fresh
        });
    }

    /// The server gave this token; it is kept under the name under which one is in.
    pub fn remember(&self, token: &Secret) {
        self.clerk.give(|order| order.token.replace(token.clone()).as_ref() != Some(token));
    }

    /// The next run is to begin with this, in place of what was kept of this session before.
    pub fn keep(&self, keepsake: &Keepsake) {
        self.clerk.give(|order| order.keepsake.replace(keepsake.clone()).as_ref() != Some(keepsake));
    }

    /// Returns once everything is written; nothing is taken any more. To be called before a program ends, from
    /// [`Face::finished`](parlor_transport_tcp::session::Face::finished) say. May be called from several threads.
    pub fn finish(&self) {
        self.clerk.finish();
    }
}

impl clerk::Order for Order {
    fn is_empty(&self) -> bool {
        self.nick.is_none() && self.token.is_none() && self.keepsake.is_none()
    }

    /// What was told last is told no more.
    fn take(&mut self) -> Self {
        Self { nick: self.nick.take(), token: self.token.take(), keepsake: self.keepsake.take(), named: None }
    }
}

/// What is known of what was written.
struct Keeper {
    files: Kept,
    target: Target,
    /// Under which name one is in.
    nick: Option<String>,
    token: Option<Secret>,
    /// Under which name drafts are kept, and what was kept of them last.
    left: (String, Keepsake),
}

impl Keeper {
    /// Writes all of it, also where some cannot be; the first fault is told.
    fn write(&mut self, order: Order, last: bool) -> Result<(), Fault> {
        let Order { nick, token, keepsake, named: _ } = order;
        let mut fresh = nick.is_some() || token.is_some();
        self.token = token.or(self.token.take());
        let mut done = Ok(());
        if let Some(nick) = nick {
            let Target { dialect, host, port, .. } = self.target.clone();
            done = self.files.keep_connect(&Connect { host, port, nick: nick.clone(), dialect });
            self.nick = Some(nick);
        }
        if last && self.nick.is_none() {
            // Nobody has said any more under which name it holds.
            self.nick = Some(self.left.0.clone());
            fresh = true;
        }
        // A token comes a moment before the name under which it holds.
        if let (true, Some(nick), Some(token)) = (fresh, &self.nick, &self.token) {
            done = done.and(self.files.remember(&self.target.authority(), nick, token));
        }
        let name = self.nick.clone().unwrap_or_else(|| self.left.0.clone());
        if keepsake.is_some() || name != self.left.0 {
            let keepsake = keepsake.unwrap_or_else(|| self.left.1.clone());
            done = done.and(self.keep(name, keepsake));
        }
        done
    }

    /// Keeps drafts under a name; what was kept under an earlier one goes along.
    fn keep(&mut self, nick: String, keepsake: Keepsake) -> Result<(), Fault> {
        let server = self.target.authority();
        let (name, last) = &mut self.left;
        if *name != nick {
            self.files.keep_keepsake(&server, name, last, &Keepsake::default())?;
            (*name, *last) = (nick, Keepsake::default());
        }
        self.files.keep_keepsake(&server, name, last, &keepsake)?;
        *last = keepsake;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::time::Duration;

    use parlor_core::wire::Dialect;

    use super::*;

    const PATIENCE: Duration = Duration::from_secs(30);

    fn kept() -> (tempfile::TempDir, Kept, Target) {
        let home = tempfile::tempdir().unwrap();
        let kept = Kept::at(home.path().join("config"), home.path().join("state"));
        (home, kept, Target::new(Dialect::Native, "127.0.0.1", 7))
    }

    fn draft(text: &str) -> Keepsake {
        Keepsake { drafts: vec![(None, text.into())], ..Keepsake::default() }
    }

    #[test]
    fn all_is_written_once_it_is_finished_or_dropped() {
        for dropped in [true, false] {
            let (_home, kept, target) = kept();
            let writer =
                Writer::start(kept.clone(), target.clone(), "ada", Keepsake::default(), |fault| panic!("{fault:?}"));
            writer.named("ada");
            writer.remember(&Secret::new("token"));
            writer.keep(&draft("half"));
            writer.keep(&draft("half a thought"));
            if dropped {
                drop(writer)
            } else {
                writer.finish()
            }
            assert_eq!(kept.keepsake(&target.authority(), "ada").value, draft("half a thought"));
            assert_eq!(kept.token(&target.authority(), "ada").value, Some(Secret::new("token")));
            assert_eq!(kept.connect().value.nick, "ada");
        }
    }

    #[test]
    fn who_takes_another_name_is_known_by_it_at_the_next_start() {
        let (_home, kept, target) = kept();
        let server = target.authority();
        kept.keep_keepsake(&server, "ada", &Keepsake::default(), &draft("half")).unwrap();
        let began = kept.keepsake(&server, "ada").value;
        let writer = Writer::start(kept.clone(), target, "ada", began, |fault| panic!("{fault:?}"));
        writer.remember(&Secret::new("token"));
        writer.named("ada");
        writer.keep(&draft("half a thought"));
        writer.named("countess");
        writer.finish();
        let left = |nick| kept.keepsake(&server, nick).value;
        assert_eq!((left("ada"), left("countess")), (Keepsake::default(), draft("half a thought")));
        assert_eq!(kept.token(&server, "countess").value, Some(Secret::new("token")));
        assert_eq!(kept.connect().value.nick, "countess");
    }

    #[test]
    fn of_somebody_who_was_never_in_drafts_are_kept_alone_and_a_token_is_never_lost() {
        let (_home, kept, target) = kept();
        let start =
            || Writer::start(kept.clone(), target.clone(), "ada", Keepsake::default(), |fault| panic!("{fault:?}"));
        let writer = start();
        writer.keep(&draft("half"));
        writer.finish();
        assert_eq!(kept.keepsake(&target.authority(), "ada").value, draft("half"));
        let token = || kept.token(&target.authority(), "ada").value;
        assert_eq!(token(), None);
        let writer = start();
        writer.remember(&Secret::new("token"));
        writer.finish();
        assert_eq!(token(), Some(Secret::new("token")));
    }

    #[test]
    fn trouble_is_told_once_for_as_long_as_it_is_the_same() {
        let (home, _, target) = kept();
        let file = home.path().join("file");
        std::fs::write(&file, "").unwrap();
        let (sender, told) = mpsc::channel();
        let tell = move |fault| drop(sender.send(fault));
        let below = Kept::at(home.path().join("config"), file.join("below"));
        let writer = Writer::start(below, target, "ada", Keepsake::default(), tell);
        writer.keep(&draft("a"));
        let fault = told.recv_timeout(PATIENCE).unwrap();
        assert!(matches!(fault, Fault::NoDirectory(..)), "{fault:?}");
        writer.keep(&draft("b"));
        writer.finish();
        assert_eq!(told.try_iter().count(), 0);
    }
}
