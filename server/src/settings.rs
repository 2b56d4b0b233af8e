//! What the server is to do: options go before the configuration file, the file before the defaults.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use parlor_core::limits::Limits;
use parlor_core::name::RoomName;
use parlor_core::secret::Secret;
use parlor_core::store::MemoryLimits;
use parlor_transport_tcp::target::Target;

use crate::cli::{Cli, LogLevel};
use crate::config::Config;
use crate::data_dir;
use crate::run::plain;
use crate::store::Retention;

/// Longest password, in bytes.
const PASSWORD_BYTES_MAX: usize = 1_024;

/// Everything the server needs to know before it starts.
#[derive(Debug)]
pub struct Settings {
    /// Where to listen.
    pub listen: Listen,
    /// Where the server's files are kept; `None` for nowhere.
    pub data: Option<PathBuf>,
    /// What Parlor clients must give.
    pub password: Option<Secret>,
    /// The room everybody meets in.
    pub default_room: RoomName,
    /// Bounds of the hub.
    pub limits: Limits,
    /// Bounds of a store that keeps nothing but memory.
    pub memory: MemoryLimits,
    /// How long a store that keeps files keeps history.
    pub retention: Retention,
    /// The file of the flight record, which must not be there yet; for that reason an option only and no setting.
    pub record: Option<PathBuf>,
    /// Whether the end of standard input is the server's end; for that reason an option only and no setting.
    pub until_stdin_ends: bool,
    /// How much is logged.
    pub log: LogLevel,
}

/// Where to listen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Listen {
    /// The defaults, for this machine.
    Local,
    /// The defaults, for the network.
    Lan,
    /// These and nothing else.
    Here(Vec<Target>),
}

impl Settings {
    /// Reads the file that the command line names, and brings both and the defaults together.
    ///
    /// # Errors
    /// One plain sentence about the first thing that is wrong.
    pub fn gather(cli: Cli) -> Result<Self, String> {
        let config = match &cli.config {
            Some(path) => Config::read(path)?,
            None => Config::default(),
        };
        Self::merge(cli, config)
    }

    /// Brings the command line and a file that was read together.
    ///
    /// # Errors
    /// One plain sentence about the first thing that is wrong.
    pub fn merge(cli: Cli, config: Config) -> Result<Self, String> {
        let (limits, memory) = config.limits()?;
        let password_file = cli.password_file.as_ref().or(config.file.password_file.as_ref());
        Ok(Self {
            listen: listen(&cli, &config)?,
            data: data(&cli, &config)?,
            password: password_file.map(|path| read_password(path)).transpose()?,
            default_room: default_room(&config)?,
            limits,
            memory,
            retention: config.retention()?,
            record: cli.record.clone(),
            until_stdin_ends: cli.until_stdin_ends,
            log: cli.log.or(config.file.log).unwrap_or_default(),
        })
    }
}

fn listen(cli: &Cli, config: &Config) -> Result<Listen, String> {
    if cli.lan {
        return Ok(Listen::Lan);
    }
    if !cli.listen.is_empty() {
        let targets = cli.listen.iter().map(|url| target(url)).collect::<Result<_, _>>()?;
        return Ok(Listen::Here(targets));
    }
    match config.file.listen.first() {
        Some(first) if config.file.lan => {
            Err(config.wrong(first, "lan = true stands for the default listeners; take it or listen out"))
        }
        Some(_) => {
            let one = |url: &toml::Spanned<String>| {
                target(url.get_ref()).map_err(|why| config.wrong(url, why.trim_end_matches('.')))
            };
            Ok(Listen::Here(config.file.listen.iter().map(one).collect::<Result<_, _>>()?))
        }
        None if config.file.lan => Ok(Listen::Lan),
        None => Ok(Listen::Local),
    }
}

/// A URL to listen on: it names no room.
fn target(url: &str) -> Result<Target, String> {
    let target = Target::parse(url)?;
    match target.room {
        None => Ok(target),
        Some(_) => {
            let right = Target { room: None, ..target };
            Err(format!("A listener has no room of its own; write {right}."))
        }
    }
}

fn data(cli: &Cli, config: &Config) -> Result<Option<PathBuf>, String> {
    if cli.memory {
        return Ok(None);
    }
    match (&cli.data, &config.file.data) {
        (Some(data), _) => Ok(Some(data.clone())),
        (None, Some(_)) if config.file.memory => {
            Err("The configuration file has both data and memory = true; take one out.".into())
        }
        (None, Some(data)) => Ok(Some(data.clone())),
        (None, None) if config.file.memory => Ok(None),
        (None, None) => data_dir::usual().map(Some),
    }
}

fn default_room(config: &Config) -> Result<RoomName, String> {
    let Some(name) = &config.file.default_room else { return Ok(RoomName::lobby()) };
    RoomName::parse(name.get_ref()).map_err(|bad| {
        config.wrong(name, &format!("default_room cannot be: {}", bad.to_string().trim_end_matches('.')))
    })
}

/// The first line of a file, and nothing else of it.
fn read_password(path: &Path) -> Result<Secret, String> {
    let name = path.display();
    let cannot = |error: std::io::Error| format!("The password file {name} cannot be read: {}.", plain(&error));
    let file = File::open(path).map_err(cannot)?;
    let mut line = Vec::new();
    BufReader::new(file.take(PASSWORD_BYTES_MAX as u64 + 2)).read_until(b'\n', &mut line).map_err(cannot)?;
    let line = String::from_utf8(line).map_err(|_| format!("The password in {name} is not UTF-8 text."))?;
    let password = line.trim_end_matches(['\n', '\r']);
    if password.is_empty() {
        return Err(format!("The first line of the password file {name} is empty; write the password there."));
    }
    if password.len() > PASSWORD_BYTES_MAX {
        return Err(format!("The password in {name} is longer than {PASSWORD_BYTES_MAX} bytes."));
    }
    Ok(Secret::new(password))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn gather(cli: Cli, text: &str) -> Result<Settings, String> {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("parlor.toml");
        fs::write(&path, text).unwrap();
        Settings::gather(Cli { config: Some(path), ..cli })
    }

    fn urls(listen: &Listen) -> Vec<String> {
        match listen {
            Listen::Local | Listen::Lan => panic!("{listen:?}"),
            Listen::Here(targets) => targets.iter().map(Target::to_string).collect(),
        }
    }

    #[test]
    fn an_option_goes_before_the_file() {
        let text = "listen = [\"nic://127.0.0.1:1\"]\nmemory = true\nlog = \"debug\"";
        let from_file = gather(Cli::default(), text).unwrap();
        assert_eq!(urls(&from_file.listen), ["nic://127.0.0.1:1"]);
        assert_eq!(from_file.data, None);
        assert_eq!(from_file.log, LogLevel::Debug);

        let cli = Cli {
            listen: vec!["parlor://127.0.0.1:2".into()],
            data: Some("here".into()),
            log: Some(LogLevel::Warn),
            ..Cli::default()
        };
        let from_options = gather(cli, text).unwrap();
        assert_eq!(urls(&from_options.listen), ["parlor://127.0.0.1:2"]);
        assert_eq!(from_options.data, Some("here".into()));
        assert_eq!(from_options.log, LogLevel::Warn);

        let lan = gather(Cli { lan: true, ..Cli::default() }, text).unwrap();
        assert_eq!(lan.listen, Listen::Lan);
    }

    #[test]
    fn without_anything_the_defaults_hold() {
        let settings = gather(Cli { memory: true, ..Cli::default() }, "").unwrap();
        assert_eq!(settings.listen, Listen::Local);
        assert_eq!(settings.default_room.as_str(), "lobby");
        assert_eq!(settings.log, LogLevel::Info);
        assert_eq!(settings.password, None);
    }

    #[test]
    fn contradictions_are_told() {
        for text in [
            "memory = true\ndata = \"here\"",
            "memory = true\nlan = true\nlisten = [\"nic://127.0.0.1:1\"]",
            "memory = true\nlisten = [\"nic://\"]",
            "memory = true\nlisten = [\"parlor://127.0.0.1:1/room\"]",
            "memory = true\ndefault_room = \"a b\"",
            "memory = true\npassword_file = \"/nowhere/at/all\"",
        ] {
            let error = gather(Cli::default(), text).map(|_| ()).unwrap_err();
            assert!(error.ends_with('.') && error.lines().count() == 1, "{text}: {error}");
            assert!(!error.contains(".."), "{text}: {error}");
        }
    }

    #[test]
    fn the_password_is_the_first_line() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("password");
        for text in ["geheim", "geheim\n", "geheim\r\nnot this\n"] {
            fs::write(&path, text).unwrap();
            assert_eq!(read_password(&path).unwrap(), Secret::new("geheim"));
        }
        for text in [&b""[..], b"\ngeheim", b"\xff", &[b'x'; 2000]] {
            fs::write(&path, text).unwrap();
            let error = read_password(&path).unwrap_err();
            assert!(!error.contains("geheim"), "{error}");
        }
    }
}
