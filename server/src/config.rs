//! The configuration file.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use parlor_core::limits::{Limits, Pace, SERVER_FRAME_BYTES_MAX};
use parlor_core::store::MemoryLimits;
use parlor_core::text::printable;
use serde::Deserialize;
use toml::{Spanned, Value};

use crate::cli::LogLevel;

mod history;

pub use history::HistoryFile;

/// A configuration file as it is written; everything in it may be left out.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ConfigFile {
    /// Where to listen.
    pub listen: Vec<Spanned<String>>,
    /// Whether others on the network may connect.
    pub lan: bool,
    /// Where the server's files are kept.
    pub data: Option<PathBuf>,
    /// Whether no files are kept.
    pub memory: bool,
    /// Where the password stands.
    pub password_file: Option<PathBuf>,
    /// The room everybody meets in.
    pub default_room: Option<Spanned<String>>,
    /// How much is logged.
    pub log: Option<LogLevel>,
    /// Bounds.
    pub limits: LimitsFile,
    /// How long history is kept.
    pub history: HistoryFile,
}

/// `[limits]`: the bounds an operator may want to change. Bytes, seconds and counts.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LimitsFile {
    sessions: Option<Spanned<u32>>,
    sessions_per_address: Option<Spanned<u32>>,
    rooms: Option<Spanned<u32>>,
    outbox_bytes: Option<Spanned<u32>>,
    outbox_bytes_total: Option<Spanned<u64>>,
    grace: Option<Spanned<u32>>,
    history: Option<Spanned<u32>>,
    tutorial_lines: Option<Spanned<u32>>,
    pace: Option<Spanned<Value>>,
}

/// A configuration file that was read, with what its errors need.
#[derive(Debug, Default)]
pub struct Config {
    /// What it says.
    pub file: ConfigFile,
    name: String,
    text: String,
}

impl Config {
    /// Reads a file.
    ///
    /// # Errors
    /// One plain sentence that names the file, and the line and key where one is wrong.
    pub fn read(path: &Path) -> Result<Self, String> {
        let name = path.display().to_string();
        let text = fs::read_to_string(path).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => format!("There is no configuration file {name}."),
            std::io::ErrorKind::InvalidData => format!("The configuration file {name} is not UTF-8 text."),
            _ => format!("The configuration file {name} cannot be read: {}.", crate::run::plain(&error)),
        })?;
        Self::parse(name, text)
    }

    /// Reads a file's text; `name` is what sentences call the file.
    ///
    /// # Errors
    /// One plain sentence that names the file, and the line and key where one is wrong.
    pub fn parse(name: String, text: String) -> Result<Self, String> {
        match toml::from_str(&text) {
            Ok(file) => Ok(Self { file, name, text }),
            Err(error) => {
                let config = Self { file: ConfigFile::default(), name, text };
                let start = error.span().map_or(0, |span| span.start);
                Err(config.wrong_at(start, &first_line(error.message())))
            }
        }
    }

    /// A sentence about the setting at this place.
    pub fn wrong<T>(&self, setting: &Spanned<T>, why: &str) -> String {
        self.wrong_at(setting.span().start, why)
    }

    fn wrong_at(&self, start: usize, why: &str) -> String {
        let before = self.text.get(..start).unwrap_or("");
        let line = before.matches('\n').count() + 1;
        format!("{}, line {line}: {why}.", self.name)
    }

    /// The bounds: the defaults, with what the file changes.
    ///
    /// # Errors
    /// One plain sentence if a value is not possible.
    pub fn limits(&self) -> Result<(Limits, MemoryLimits), String> {
        let file = &self.file.limits;
        let (mut limits, mut memory) = (Limits::DEFAULT, MemoryLimits::default());
        self.set(&file.sessions, 1, u32::MAX, "sessions", |value| limits.sessions_max = value)?;
        limits.handshakes_max = limits.handshakes_max.min(limits.sessions_max);
        self.set(&file.sessions_per_address, 1, u32::MAX, "sessions_per_address", |value| {
            limits.sessions_per_address_max = value;
        })?;
        self.set(&file.rooms, 1, u32::MAX, "rooms", |value| limits.rooms_max = value)?;
        let least = 2 * SERVER_FRAME_BYTES_MAX as u32;
        self.set(&file.outbox_bytes, least, 1 << 30, "outbox_bytes", |value| {
            limits.outbox_bytes_max = value as usize;
        })?;
        let (least, most) = (limits.outbox_bytes_max as u64, 1 << 40);
        self.set(&file.outbox_bytes_total, least, most, "outbox_bytes_total", |value| {
            limits.outbox_bytes_total_max = usize::try_from(value).unwrap_or(usize::MAX);
        })?;
        limits.outbox_bytes_total_max = limits.outbox_bytes_total_max.max(limits.outbox_bytes_max);
        self.set(&file.grace, 0, 86_400, "grace", |value| limits.grace = Duration::from_secs(value.into()))?;
        self.set(&file.history, 1, 10_000_000, "history", |value| memory.entries_per_log = value as usize)?;
        let most = limits.replay_max;
        self.set(&file.tutorial_lines, 0, most, "tutorial_lines", |value| limits.tutorial_lines = value)?;
        if let Some(pace) = &file.pace {
            limits.pace = self.pace(pace)?;
            if limits.pace.is_none() {
                limits.pace_costly = None;
            }
        }
        Ok((limits, memory))
    }

    fn set<T: Copy + PartialOrd + std::fmt::Display>(
        &self,
        setting: &Option<Spanned<T>>,
        least: T,
        most: T,
        name: &str,
        set: impl FnOnce(T),
    ) -> Result<(), String> {
        let Some(setting) = setting else { return Ok(()) };
        let value = *setting.get_ref();
        if value < least || value > most {
            return Err(self.wrong(setting, &format!("{name} is {value}, but must be from {least} to {most}")));
        }
        set(value);
        Ok(())
    }

    /// `"off"`, or `{ burst = 64, per_second = 20 }`.
    fn pace(&self, setting: &Spanned<Value>) -> Result<Option<Pace>, String> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct PaceFile {
            burst: u32,
            per_second: u32,
        }
        let wrong = || {
            let right = "pace is \"off\", or { burst = 64, per_second = 20 } with a burst of at least 64";
            self.wrong(setting, right)
        };
        match setting.get_ref() {
            Value::String(word) if word == "off" => Ok(None),
            Value::Table(table) => {
                let PaceFile { burst, per_second } = table.clone().try_into().map_err(|_| wrong())?;
                if burst < 64 || per_second == 0 {
                    return Err(wrong());
                }
                Ok(Some(Pace { burst, per_second }))
            }
            Value::String(_)
            | Value::Integer(_)
            | Value::Float(_)
            | Value::Boolean(_)
            | Value::Datetime(_)
            | Value::Array(_) => Err(wrong()),
        }
    }
}

/// The parser's own words, without the quotation it adds below: short and harmless, though it quotes what is written.
fn first_line(message: &str) -> String {
    const CHARS_MAX: usize = 300;
    let line = printable(message.lines().next().unwrap_or("it cannot be read"));
    match line.char_indices().nth(CHARS_MAX) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line.trim_end_matches('.').into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Config, String> {
        Config::parse("parlor.toml".into(), text.into())
    }

    fn limits(text: &str) -> Result<(Limits, MemoryLimits), String> {
        parse(text)?.limits()
    }

    #[test]
    fn the_example_file_is_the_defaults() {
        let (limits, memory) = limits(include_str!("../parlor.example.toml")).unwrap();
        assert_eq!(limits.sessions_max, Limits::DEFAULT.sessions_max);
        assert_eq!(limits.sessions_per_address_max, Limits::DEFAULT.sessions_per_address_max);
        assert_eq!(limits.rooms_max, Limits::DEFAULT.rooms_max);
        assert_eq!(limits.outbox_bytes_max, Limits::DEFAULT.outbox_bytes_max);
        assert_eq!(limits.outbox_bytes_total_max, Limits::DEFAULT.outbox_bytes_total_max);
        assert_eq!(limits.grace, Limits::DEFAULT.grace);
        assert_eq!(limits.tutorial_lines, Limits::DEFAULT.tutorial_lines);
        assert_eq!(limits.pace, Limits::DEFAULT.pace);
        assert_eq!(memory.entries_per_log, MemoryLimits::default().entries_per_log);
    }

    #[test]
    fn an_empty_file_is_the_defaults() {
        let (limits, memory) = limits("").unwrap();
        assert_eq!(limits.sessions_max, Limits::DEFAULT.sessions_max);
        assert_eq!(limits.pace, Limits::DEFAULT.pace);
        assert_eq!(memory.entries_per_log, MemoryLimits::default().entries_per_log);
    }

    #[test]
    fn every_limit_is_taken() {
        let text = "[limits]\nsessions = 7\nsessions_per_address = 3\nrooms = 5\noutbox_bytes = 200000\n\
                    outbox_bytes_total = 400000\ngrace = 5\nhistory = 11\ntutorial_lines = 0\npace = { burst = 100, per_second = 50 }\n";
        let (limits, memory) = limits(text).unwrap();
        assert_eq!(limits.sessions_max, 7);
        assert_eq!(limits.handshakes_max, 7);
        assert_eq!(limits.sessions_per_address_max, 3);
        assert_eq!(limits.rooms_max, 5);
        assert_eq!(limits.outbox_bytes_max, 200_000);
        assert_eq!(limits.outbox_bytes_total_max, 400_000);
        assert_eq!(limits.grace, Duration::from_secs(5));
        assert_eq!(limits.tutorial_lines, 0);
        assert_eq!(limits.pace, Some(Pace { burst: 100, per_second: 50 }));
        assert_eq!(memory.entries_per_log, 11);
    }

    #[test]
    fn pacing_can_be_switched_off() {
        let (limits, _) = limits("[limits]\npace = \"off\"").unwrap();
        assert_eq!(limits.pace, None);
        assert_eq!(limits.pace_costly, None);
    }

    #[test]
    fn an_unknown_key_is_named_with_its_line() {
        let error = parse("lan = true\n\nlisten_on = 3\n").unwrap_err();
        assert!(error.starts_with("parlor.toml, line 3: ") && error.contains("listen_on"), "{error}");
        let error = parse("[limits]\nsession = 3\n").unwrap_err();
        assert!(error.starts_with("parlor.toml, line 2: ") && error.contains("`session`"), "{error}");
        assert_eq!(error.lines().count(), 1);
    }

    #[test]
    fn an_impossible_value_is_named_with_its_line() {
        for (text, word) in [
            ("[limits]\nsessions = 0", "sessions"),
            ("[limits]\noutbox_bytes = 10", "outbox_bytes"),
            ("[limits]\noutbox_bytes_total = 10", "outbox_bytes_total"),
            ("[limits]\nhistory = 0", "history"),
            ("[limits]\ntutorial_lines = 9999", "tutorial_lines"),
            ("[limits]\ngrace = 100000", "grace"),
            ("[limits]\npace = \"fast\"", "pace"),
            ("[limits]\npace = 3", "pace"),
            ("[limits]\npace = { burst = 1, per_second = 1 }", "pace"),
            ("[limits]\npace = { burst = 100 }", "pace"),
            ("[limits]\nsessions = -1", "u32"),
            ("[limits]\nsessions = \"many\"", "string"),
            ("[limits]\nsessions =", ""),
        ] {
            let error = limits(text).map(|_| ()).unwrap_err();
            assert!(error.starts_with("parlor.toml, line 2: ") && error.contains(word), "{text}: {error}");
            assert!(error.ends_with('.') && error.lines().count() == 1, "{text}: {error}");
        }
    }
}
