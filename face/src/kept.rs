//! What clients keep between runs: the last values of the connect dialog, and who one is on each server.
//!
//! Both are TOML under the directories of the system (XDG on Linux): `connect.toml` with the configuration,
//! `tokens.toml` with the state, readable by its owner alone. Both faces share them.

use std::path::{Path, PathBuf};

use etcetera::BaseStrategy;
use parlor_core::secret::Secret;
use parlor_core::wire::Dialect;
use serde::{Deserialize, Serialize};

use crate::file::{Fault, Loaded, alone, load, save};

/// Most identities kept; the one remembered longest ago goes first.
const IDENTITIES_MAX: usize = 1_000;

const CONNECT_FILE: &str = "connect.toml";
const TOKENS_FILE: &str = "tokens.toml";

const CONNECT_HEAD: &str = "# The connect dialog of the Parlor clients begins with these.\n\n";
const TOKENS_HEAD: &str =
    "# Who you are on each Parlor server. Whoever has a token is you: show this file to nobody.\n\n";

/// The files of one person. Cheap to clone; every call reads or writes the disk.
#[derive(Clone, Debug)]
pub struct Kept {
    config: PathBuf,
    state: PathBuf,
}

/// What the connect dialog begins with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connect {
    /// Name or address of the server.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// The nickname, as typed.
    pub nick: String,
    /// What the server speaks.
    pub dialect: Dialect,
}

impl Default for Connect {
    fn default() -> Self {
        let dialect = Dialect::Native;
        Self { host: "127.0.0.1".into(), port: dialect.default_port(), nick: String::new(), dialect }
    }
}

impl Kept {
    /// The files of whoever runs this program.
    ///
    /// # Errors
    /// [`Fault::NoHome`].
    pub fn of_this_person() -> Result<Self, Fault> {
        let dirs = etcetera::choose_base_strategy().map_err(|_| Fault::NoHome)?;
        let state = dirs.state_dir().unwrap_or_else(|| dirs.data_dir());
        Ok(Self::at(dirs.config_dir().join("parlor"), state.join("parlor")))
    }

    /// Files in these directories, which need not exist yet. For tests.
    pub fn at(config: impl Into<PathBuf>, state: impl Into<PathBuf>) -> Self {
        Self { config: config.into(), state: state.into() }
    }

    /// The directory of what a person may edit.
    pub(crate) fn config(&self) -> &Path {
        &self.config
    }

    /// The directory of what is nobody else's business.
    pub(crate) fn state(&self) -> &Path {
        &self.state
    }

    /// What the connect dialog begins with.
    pub fn connect(&self) -> Loaded<Connect> {
        let Loaded { value, warning } = load::<ConnectFile>(&self.config.join(CONNECT_FILE));
        Loaded { value: value.into(), warning }
    }

    /// Keeps what the connect dialog begins with next time.
    ///
    /// # Errors
    /// It cannot be written; nothing else depends on it.
    pub fn keep_connect(&self, connect: &Connect) -> Result<(), Fault> {
        let _alone = alone(&self.config)?;
        save(&self.config.join(CONNECT_FILE), CONNECT_HEAD, &ConnectFile::from(connect))
    }

    /// The token under which one is known at `server` (see [`Target::authority`](parlor_transport_tcp::target::Target::authority))
    /// when one connects there as `nick`. By nickname as well, so that two windows with two names are two people.
    pub fn token(&self, server: &str, nick: &str) -> Loaded<Option<Secret>> {
        let Loaded { value, warning } = load::<TokensFile>(&self.state.join(TOKENS_FILE));
        let mut identities = value.identity.into_iter();
        let found = identities.find(|identity| identity.is(server, nick));
        Loaded { value: found.map(|identity| Secret::new(identity.token)), warning }
    }

    /// Keeps the token that `server` gave to `nick`, in place of an earlier one.
    ///
    /// # Errors
    /// It cannot be written; without the token the nickname is taken until the server frees it.
    pub fn remember(&self, server: &str, nick: &str, token: &Secret) -> Result<(), Fault> {
        let _alone = alone(&self.state)?;
        let path = self.state.join(TOKENS_FILE);
        let Loaded { value: mut file, warning } = load::<TokensFile>(&path);
        if let Some(warning) = warning.filter(|_| path.exists()) {
            return Err(warning);
        }
        if file.identity.iter().any(|identity| identity.is(server, nick) && identity.token == token.reveal()) {
            return Ok(());
        }
        file.identity.retain(|identity| !identity.is(server, nick));
        let excess = (file.identity.len() + 1).saturating_sub(IDENTITIES_MAX);
        file.identity.drain(..excess);
        file.identity.push(Identity { server: server.into(), nick: nick.into(), token: token.reveal().into() });
        save(&path, TOKENS_HEAD, &file)
    }
}

#[derive(Serialize, Deserialize)]
#[serde(default)]
struct ConnectFile {
    host: String,
    port: u16,
    nick: String,
    kind: String,
}

impl Default for ConnectFile {
    fn default() -> Self {
        Self::from(&Connect::default())
    }
}

impl From<&Connect> for ConnectFile {
    fn from(connect: &Connect) -> Self {
        let Connect { host, port, nick, dialect } = connect.clone();
        Self { host, port, nick, kind: dialect.scheme().into() }
    }
}

impl From<ConnectFile> for Connect {
    fn from(file: ConnectFile) -> Self {
        let ConnectFile { host, port, nick, kind } = file;
        Self { host, port, nick, dialect: Dialect::from_scheme(&kind).unwrap_or(Dialect::Native) }
    }
}

// No Debug: it holds secrets.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct TokensFile {
    identity: Vec<Identity>,
}

#[derive(Serialize, Deserialize)]
struct Identity {
    server: String,
    nick: String,
    token: String,
}

impl Identity {
    fn is(&self, server: &str, nick: &str) -> bool {
        self.server == server && self.nick == nick
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use parlor_core::words::Language;

    use super::*;

    fn kept() -> (tempfile::TempDir, Kept) {
        let home = tempfile::tempdir().unwrap();
        let kept = Kept::at(home.path().join("config/parlor"), home.path().join("state/parlor"));
        (home, kept)
    }

    #[test]
    fn nothing_kept_is_the_default_without_a_warning() {
        let (_home, kept) = kept();
        let connect = kept.connect();
        assert_eq!(connect.value, Connect::default());
        assert_eq!(connect.warning, None);
        let token = kept.token("127.0.0.1:7667", "ada");
        assert_eq!(token.value, None);
        assert_eq!(token.warning, None);
    }

    #[test]
    fn what_the_dialog_held_comes_back() {
        let (_home, kept) = kept();
        let connect =
            Connect { host: "chat.example".into(), port: 9091, nick: "علی \"x\"".into(), dialect: Dialect::Nic };
        kept.keep_connect(&connect).unwrap();
        assert_eq!(kept.connect().value, connect);
    }

    #[test]
    fn a_token_is_known_by_server_and_nickname() {
        let (_home, kept) = kept();
        let (one, two, three) = (Secret::new("one"), Secret::new("two"), Secret::new("three"));
        kept.remember("a:1", "ada", &one).unwrap();
        kept.remember("a:1", "bob", &two).unwrap();
        kept.remember("b:1", "ada", &two).unwrap();
        kept.remember("b:1", "ada", &three).unwrap();
        assert_eq!(kept.token("a:1", "ada").value, Some(one));
        assert_eq!(kept.token("a:1", "bob").value, Some(two));
        assert_eq!(kept.token("b:1", "ada").value, Some(three));
        assert_eq!(kept.token("b:1", "bob").value, None);
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_can_read_tokens() {
        use std::os::unix::fs::PermissionsExt;
        let (home, kept) = kept();
        kept.remember("a:1", "ada", &Secret::new("one")).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let directory = home.path().join("state/parlor");
        assert_eq!(mode(&directory.join(TOKENS_FILE)), 0o600);
        assert_eq!(mode(&directory), 0o700);
        assert_eq!(fs::read_dir(&directory).unwrap().count(), 1, "nothing else is left lying about");
    }

    #[test]
    fn a_damaged_file_is_moved_aside_and_never_quoted() {
        let (home, kept) = kept();
        kept.remember("a:1", "ada", &Secret::new("one")).unwrap();
        let path = home.path().join("state/parlor").join(TOKENS_FILE);
        let damages = [&b"[[identity]]\ntoken = \"geheim\""[..], b"\xff\xfe", b"identity = 3", b"=", b"==", b"==="];
        for damaged in damages {
            fs::write(&path, damaged).unwrap();
            let loaded = kept.token("a:1", "ada");
            assert_eq!(loaded.value, None);
            let Some(Fault::Damaged(file, aside)) = loaded.warning else { panic!("{:?}", loaded.warning) };
            assert_eq!(file, path);
            assert_eq!(fs::read(&aside).unwrap(), damaged);
            for language in Language::ALL {
                let sentence = Fault::Damaged(file.clone(), aside.clone()).sentence(language);
                assert!(sentence.contains("tokens.toml") && !sentence.contains("geheim"), "{sentence}");
            }
        }
        let aside = |end: &str| fs::read(path.with_extension(format!("toml.damaged{end}"))).unwrap();
        assert_eq!(["", "-2", "-3", "-4"].map(aside), damages[..4], "the first ones stay");
        assert_eq!(aside("-5"), damages[5], "and the newest");
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 5);
        kept.remember("a:1", "ada", &Secret::new("two")).unwrap();
        assert_eq!(kept.token("a:1", "ada").value, Some(Secret::new("two")));
    }

    #[test]
    fn clients_that_remember_at_the_same_time_lose_nothing() {
        let (_home, kept) = kept();
        let threads: Vec<_> = (0..8)
            .map(|number| {
                let kept = kept.clone();
                std::thread::spawn(move || {
                    for round in 0..5 {
                        let nick = format!("ada{number}-{round}");
                        kept.remember("a:1", &nick, &Secret::new(nick.clone())).unwrap();
                    }
                })
            })
            .collect();
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        for number in 0..8 {
            for round in 0..5 {
                let nick = format!("ada{number}-{round}");
                assert_eq!(kept.token("a:1", &nick).value, Some(Secret::new(nick.clone())));
            }
        }
    }

    #[test]
    fn a_place_that_cannot_be_written_is_told_in_a_sentence() {
        let (home, _) = kept();
        let file = home.path().join("file");
        fs::write(&file, "").unwrap();
        let kept = Kept::at(&file, file.join("below"));
        let error = kept.keep_connect(&Connect::default()).unwrap_err().sentence(Language::English);
        assert!(error.ends_with('.') && !error.contains("os error"), "{error}");
        let error = kept.remember("a:1", "ada", &Secret::new("one")).unwrap_err().sentence(Language::English);
        assert!(error.ends_with('.') && !error.contains("os error"), "{error}");
    }
}
