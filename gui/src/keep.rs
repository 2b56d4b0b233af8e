//! What is kept for the next start while a session goes on: the dialog's values and who one is.

use parlor_core::client::Keepsake;
use parlor_core::secret::Secret;
use parlor_face::kept::{Connect, Kept};
use parlor_transport_tcp::target::Target;

/// Keeps what a session brings, once it stands and whenever the nickname changes.
pub(crate) struct Keeper {
    files: Option<Kept>,
    target: Target,
    /// As whom it was kept last.
    nick: Option<String>,
    token: Option<Secret>,
    /// Under which name drafts are kept, and what was kept of them last.
    left: (String, Keepsake),
}

impl Keeper {
    /// For a session with `target` as `nick`; without files nothing is kept.
    pub(crate) fn new(files: Option<Kept>, target: Target, nick: &str) -> Self {
        let kept = files.as_ref().map(|files| files.keepsake(&target.authority(), nick).value);
        Self { files, target, nick: None, token: None, left: (nick.to_owned(), kept.unwrap_or_default()) }
    }

    /// Looks whether there is something to keep for somebody of this name, who is in or not. `token` is the one that came
    /// since the last look. Writes files: not to be called while the session's state is held.
    ///
    /// # Errors
    /// One plain sentence for the person; the session goes on without.
    pub(crate) fn look(&mut self, nick: &str, online: bool, token: Option<Secret>) -> Result<(), String> {
        let fresh = token.is_some();
        if fresh {
            self.token = token;
        }
        let renamed = online && self.nick.as_deref() != Some(nick);
        let Some(files) = self.files.clone().filter(|_| fresh || renamed) else { return Ok(()) };
        if renamed {
            self.nick = Some(nick.to_owned());
            self.follow(nick)?;
            let Target { dialect, host, port, .. } = self.target.clone();
            files.keep_connect(&Connect { host, port, nick: nick.to_owned(), dialect })?;
        }
        match &self.token {
            Some(token) => files.remember(&self.target.authority(), nick, token),
            None => Ok(()),
        }
    }

    /// Keeps what the next run under this nickname is to begin with; what was kept under an earlier one goes along.
    ///
    /// # Errors
    /// One plain sentence for the person; what is typed then ends with the program.
    pub(crate) fn keep(&mut self, nick: &str, keepsake: &Keepsake) -> Result<(), String> {
        let Some(files) = &self.files else { return Ok(()) };
        let server = self.target.authority();
        let (name, last) = &mut self.left;
        if name != nick {
            files.keep_keepsake(&server, name, last, &Keepsake::default())?;
            (*name, *last) = (nick.to_owned(), Keepsake::default());
        }
        files.keep_keepsake(&server, nick, last, keepsake)?;
        last.clone_from(keepsake);
        Ok(())
    }

    /// What was kept last goes along to this nickname.
    pub(crate) fn follow(&mut self, nick: &str) -> Result<(), String> {
        let keepsake = self.left.1.clone();
        if self.left.0 == nick { Ok(()) } else { self.keep(nick, &keepsake) }
    }
}

#[cfg(test)]
mod tests {
    use parlor_core::client::{Link, Profile};
    use parlor_core::wire::Dialect;
    use parlor_transport_tcp::session::Session;

    use super::*;

    const EVENING: &str = include_str!("../../core/tests/data/faces.jsonl");

    #[test]
    fn who_takes_another_name_is_known_by_it_at_the_next_start() {
        let directory = tempfile::tempdir().unwrap();
        let kept = Kept::at(directory.path().join("config"), directory.path().join("state"));
        let target = Target::new(Dialect::Native, "127.0.0.1", 7);
        let drafts = Keepsake { drafts: vec![(None, "half".into())], ..Keepsake::default() };
        kept.keep_keepsake(&target.authority(), "ada", &Keepsake::default(), &drafts).unwrap();
        let profile = Profile::new(Dialect::Native, "parlor://127.0.0.1:7", "ada", "test/1");
        let (session, server) = Session::offline(profile);
        let state = || {
            let state = session.state();
            (state.nick.clone(), state.link == Link::Online)
        };
        let mut keeper = Keeper::new(Some(kept.clone()), target.clone(), "ada");
        let look = |keeper: &mut Keeper, token: Option<Secret>| {
            let (nick, online) = state();
            keeper.look(&nick, online, token).unwrap();
        };
        server.connected();
        look(&mut keeper, None);
        assert_eq!(kept.connect().value, Connect::default(), "nothing is kept before one is in");
        server.says(EVENING.as_bytes());
        let token = server.remembered();
        assert!(token.is_some());
        look(&mut keeper, token);
        server.says(b"{\"nick\":{\"nick\":\"ada\",\"to\":\"countess\"}}\n");
        look(&mut keeper, None);
        let token = |nick| kept.token(&target.authority(), nick).value;
        assert!(token("ada").is_some());
        assert_eq!(token("countess"), token("ada"));
        assert_eq!(kept.connect().value.nick, "countess");
        let left = |nick| kept.keepsake(&target.authority(), nick).value;
        assert_eq!((left("ada"), left("countess")), (Keepsake::default(), drafts), "what is typed goes along");
    }
}
