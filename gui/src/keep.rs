//! What is kept for the next start while a session goes on: the dialog's values and who one is.

use parlor_core::client::{Keepsake, Link, State};
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
}

impl Keeper {
    /// For a session with `target`; without files nothing is kept.
    pub(crate) fn new(files: Option<Kept>, target: Target) -> Self {
        Self { files, target, nick: None, token: None }
    }

    /// Looks whether there is something to keep. `token` is the one that came since the last look.
    ///
    /// # Errors
    /// One plain sentence for the person; the session goes on without.
    pub(crate) fn look(&mut self, state: &State, token: Option<Secret>) -> Result<(), String> {
        let fresh = token.is_some();
        if fresh {
            self.token = token;
        }
        let renamed = state.link == Link::Online && self.nick.as_ref() != Some(&state.nick);
        let Some(files) = self.files.as_ref().filter(|_| fresh || renamed) else { return Ok(()) };
        if renamed {
            self.nick = Some(state.nick.clone());
            let Target { dialect, host, port, .. } = self.target.clone();
            files.keep_connect(&Connect { host, port, nick: state.nick.clone(), dialect })?;
        }
        match &self.token {
            Some(token) => files.remember(&self.target.authority(), &state.nick, token),
            None => Ok(()),
        }
    }

    /// Keeps what the next run is to begin with.
    ///
    /// # Errors
    /// One plain sentence for the person; what is typed then ends with the program.
    pub(crate) fn keep(&self, nick: &str, keepsake: &Keepsake) -> Result<(), String> {
        let kept = |files: &Kept| files.keep_keepsake(&self.target.authority(), nick, keepsake);
        self.files.as_ref().map_or(Ok(()), kept)
    }
}

#[cfg(test)]
mod tests {
    use parlor_core::client::Profile;
    use parlor_core::wire::Dialect;
    use parlor_transport_tcp::session::Session;

    use super::*;

    const EVENING: &str = include_str!("../../core/tests/data/faces.jsonl");

    #[test]
    fn who_takes_another_name_is_known_by_it_at_the_next_start() {
        let directory = tempfile::tempdir().unwrap();
        let kept = Kept::at(directory.path().join("config"), directory.path().join("state"));
        let target = Target::new(Dialect::Native, "127.0.0.1", 7);
        let mut keeper = Keeper::new(Some(kept.clone()), target.clone());
        let profile = Profile::new(Dialect::Native, "parlor://127.0.0.1:7", "ada", "test/1");
        let (session, server) = Session::offline(profile);
        server.connected();
        keeper.look(&session.state(), None).unwrap();
        assert_eq!(kept.connect().value, Connect::default(), "nothing is kept before one is in");
        server.says(EVENING.as_bytes());
        let token = server.remembered();
        assert!(token.is_some());
        keeper.look(&session.state(), token).unwrap();
        server.says(b"{\"nick\":{\"nick\":\"ada\",\"to\":\"countess\"}}\n");
        keeper.look(&session.state(), None).unwrap();
        let token = |nick| kept.token(&target.authority(), nick).value;
        assert!(token("ada").is_some());
        assert_eq!(token("countess"), token("ada"));
        assert_eq!(kept.connect().value.nick, "countess");
    }
}
