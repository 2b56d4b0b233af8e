//! Keeps what a session brings, on a thread of its own: a disk may take its time, and neither whoever draws nor whoever
//! talks to the server is to wait for it.
//!
//! It is also where both clients keep things under the same name: the one that the person has chosen and that holds. What
//! was typed under an earlier one goes along.

use parlor_core::client::Keepsake;
use parlor_core::secret::Secret;
use parlor_transport_tcp::target::Target;

use crate::clerk::{self, Clerk};
use crate::file::Fault;
use crate::keepsakes::Change;
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
    /// The first name under which one was in since the last order, and the newest.
    nick: Option<(String, String)>,
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
        let place = files.state().to_owned();
        let mut keeper = Keeper::new(files, target, nick, keepsake);
        Self { clerk: Clerk::start(place, move |order, last| keeper.write(order, last), told) }
    }

    /// One is in, having chosen this name ([`State::own_nick`](parlor_core::client::State::own_nick)); to be called whenever
    /// that may have changed, costs nothing where it has not. Nothing but drafts is kept of somebody who was never in.
    pub fn named(&self, nick: &str) {
        self.clerk.give(|order| {
            let fresh = order.named.as_deref() != Some(nick);
            if fresh {
                order.named = Some(nick.to_owned());
                let first = order.nick.take().map_or_else(|| nick.to_owned(), |(first, _)| first);
                order.nick = Some((first, nick.to_owned()));
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

    /// Returns once everything is written, or after a few seconds; nothing is taken any more. Told is what could not be
    /// written. To be called before a program ends, from
    /// [`Face::finished`](parlor_transport_tcp::session::Face::finished) say. May be called from several threads.
    pub fn finish(&self) -> Option<Fault> {
        self.clerk.finish()
    }

    /// The same for several, which have these seconds together.
    pub fn finish_all<'a>(writers: impl Iterator<Item = &'a Self> + Clone) -> Option<Fault> {
        writers.clone().for_each(|writer| writer.clerk.end());
        writers.fold(None, |fault, writer| fault.or(writer.finish()))
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

/// What is to be written, and what of it was: what could not be is tried again with whatever comes next, and at the end.
struct Keeper {
    files: Kept,
    target: Target,
    /// Under which name one is in.
    nick: Option<String>,
    token: Option<Secret>,
    keepsake: Keepsake,
    written: Written,
}

struct Written {
    /// What the connect dialog begins with.
    connect: Option<String>,
    /// Whose token it is.
    token: Option<(String, Secret)>,
    /// Under which name drafts are kept, and what was kept of them last.
    left: (String, Keepsake),
    /// What was kept of them under that name before one was in under it; `None` once one was.
    found: Option<Keepsake>,
}

impl Keeper {
    fn new(files: Kept, target: Target, nick: &str, keepsake: Keepsake) -> Self {
        let left = (nick.to_owned(), keepsake.clone());
        let written = Written { connect: None, token: None, left, found: Some(keepsake.clone()) };
        Self { files, target, nick: None, token: None, keepsake, written }
    }

    /// Writes all of it, also where some cannot be; the first fault is told.
    fn write(&mut self, order: Order, last: bool) -> Result<(), Fault> {
        let Order { nick, token, keepsake, named: _ } = order;
        if let Some((first, nick)) = nick {
            if first == self.written.left.0 {
                self.written.found = None;
            }
            self.nick = Some(nick);
        }
        self.token = token.or(self.token.take());
        self.keepsake = keepsake.unwrap_or_else(|| std::mem::take(&mut self.keepsake));
        let connect = self.write_connect();
        let token = self.write_token(last);
        let keepsake = self.write_keepsake();
        connect.and(token).and(keepsake)
    }

    fn write_connect(&mut self) -> Result<(), Fault> {
        if self.nick == self.written.connect {
            return Ok(());
        }
        let Some(nick) = self.nick.clone() else { return Ok(()) };
        let Target { dialect, host, port, .. } = self.target.clone();
        self.files.keep_connect(&Connect { host, port, nick: nick.clone(), dialect })?;
        self.written.connect = Some(nick);
        Ok(())
    }

    /// A token comes a moment before the name under which it holds. At the end nobody says that name any more.
    fn write_token(&mut self, last: bool) -> Result<(), Fault> {
        let nick = self.nick.as_ref().or(last.then_some(&self.written.left.0));
        let Some(due) = nick.cloned().zip(self.token.clone()) else { return Ok(()) };
        if self.written.token.as_ref() == Some(&due) {
            return Ok(());
        }
        self.files.remember(&self.target.authority(), &due.0, &due.1)?;
        self.written.token = Some(due);
        Ok(())
    }

    /// What is typed goes along to another name, and so do those who are ignored, who are so under the earlier one as well:
    /// another window may be in under that. Where one was never in under it, what was found there stays.
    fn write_keepsake(&mut self) -> Result<(), Fault> {
        let server = self.target.authority();
        let Written { left: (name, last), found, .. } = &mut self.written;
        let nick = self.nick.as_ref().unwrap_or(name);
        if nick == name {
            self.files.keep_keepsake(&server, name, last, &self.keepsake)?;
            last.clone_from(&self.keepsake);
        } else {
            let drafts = found.as_ref().map(|found| found.drafts.clone()).unwrap_or_default();
            let stays = Keepsake { drafts, ignored: last.ignored.clone() };
            let changes = [
                Change { nick, before: &Keepsake::default(), now: &self.keepsake },
                Change { nick: name, before: last, now: &stays },
            ];
            self.files.keep_keepsakes(&server, &changes)?;
            (*name, *last) = (nick.clone(), self.keepsake.clone());
        }
        if self.nick.is_some() {
            *found = None;
        }
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
            if !dropped {
                assert_eq!(writer.finish(), None);
            }
            drop(writer);
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

    /// A place that can be written at first and, behind a file, cannot.
    fn block(home: &tempfile::TempDir) -> impl FnOnce() {
        let (state, aside) = (home.path().join("state"), home.path().join("aside"));
        let _ = std::fs::rename(&state, &aside);
        std::fs::write(&state, "").unwrap();
        move || {
            std::fs::remove_file(&state).unwrap();
            let _ = std::fs::rename(&aside, &state);
        }
    }

    #[test]
    fn what_could_not_be_written_is_tried_again_at_the_end() {
        let (home, kept, target) = kept();
        let (sender, told) = mpsc::channel();
        let tell = move |fault| drop(sender.send(fault));
        let unblock = block(&home);
        let writer = Writer::start(kept.clone(), target.clone(), "ada", Keepsake::default(), tell);
        writer.named("ada");
        writer.remember(&Secret::new("token"));
        writer.keep(&draft("the last word"));
        told.recv_timeout(PATIENCE).unwrap();
        // Everything of it was tried, and nothing waits.
        writer.clerk.wait_taken();
        unblock();
        writer.finish();
        assert_eq!(kept.keepsake(&target.authority(), "ada").value, draft("the last word"));
        assert_eq!(kept.token(&target.authority(), "ada").value, Some(Secret::new("token")));
    }

    #[test]
    fn trouble_is_not_told_again_because_something_else_could_be_written() {
        let (home, kept, target) = kept();
        let (sender, told) = mpsc::channel();
        let tell = move |fault| drop(sender.send(fault));
        let _unblock = block(&home);
        let writer = Writer::start(kept.clone(), target, "ada", Keepsake::default(), tell);
        writer.keep(&draft("a"));
        told.recv_timeout(PATIENCE).unwrap();
        writer.named("ada");
        while kept.connect().value.nick != "ada" {
            std::thread::yield_now();
        }
        writer.keep(&draft("b"));
        writer.finish();
        assert_eq!(told.try_iter().collect::<Vec<_>>(), []);
    }

    /// The program may be ended at any moment: what the file holds then is what the next start finds.
    #[test]
    fn while_a_name_changes_what_is_typed_stands_in_the_file_at_every_moment() {
        let (home, kept, target) = kept();
        let path = home.path().join("state").join("keepsakes.toml");
        let server = target.authority();
        kept.keep_keepsake(&server, "ada", &Keepsake::default(), &draft("half")).unwrap();
        let writer = Writer::start(kept.clone(), target, "ada", draft("half"), |fault| panic!("{fault:?}"));
        for nick in (0..20).map(|number| format!("ada{number}")) {
            writer.named("ada");
            writer.named(&nick);
            while kept.keepsake(&server, &nick).value != draft("half") {
                assert!(std::fs::read_to_string(&path).unwrap().contains("half"));
            }
        }
    }

    #[test]
    fn who_is_ignored_is_so_under_both_names_after_a_change() {
        let (_home, kept, target) = kept();
        let server = target.authority();
        let found = Keepsake { ignored: vec!["eve".into()], ..draft("half") };
        kept.keep_keepsake(&server, "ada", &Keepsake::default(), &found).unwrap();
        let writer = Writer::start(kept.clone(), target, "ada", found.clone(), |fault| panic!("{fault:?}"));
        writer.named("ada");
        writer.named("countess");
        writer.finish();
        assert_eq!(kept.keepsake(&server, "countess").value, found);
        assert_eq!(kept.keepsake(&server, "ada").value, Keepsake { drafts: Vec::new(), ..found });
    }

    #[test]
    fn of_a_name_under_which_one_was_never_in_everything_stays() {
        let (_home, kept, target) = kept();
        let server = target.authority();
        let found = Keepsake { ignored: vec!["eve".into()], ..draft("half") };
        kept.keep_keepsake(&server, "ada", &Keepsake::default(), &found).unwrap();
        let writer = Writer::start(kept.clone(), target, "ada", found.clone(), |fault| panic!("{fault:?}"));
        writer.keep(&Keepsake { ignored: vec!["eve".into()], ..draft("half a thought") });
        writer.named("bob");
        writer.finish();
        assert_eq!(kept.keepsake(&server, "ada").value, found);
        let now = Keepsake { ignored: vec!["eve".into()], ..draft("half a thought") };
        assert_eq!(kept.keepsake(&server, "bob").value, now);
    }
}
