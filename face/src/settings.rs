//! What a person chose: one TOML file that both clients read and either may write.
//!
//! The file is `settings.toml` beside `connect.toml`. It is the person's own: its comments stay, keys that no client
//! knows are left alone, and a value that means nothing is told in one sentence while the default stands in.

mod choice;
mod rows;
mod writer;

use std::io;
use std::path::PathBuf;

use parlor_core::words::Language;
use toml_edit::DocumentMut;

pub use choice::{Bidi, CalendarChoice, Choice, Colours, Emoji, FontSize, LanguageChoice, Notifications, Theme};
pub use writer::SettingsWriter;

use crate::file::{Fault, alone, move_aside, plain, read, write};
use crate::kept::Kept;
use crate::words::Words;

const SETTINGS_FILE: &str = "settings.toml";

/// What a person chose, for both clients. Plain data; [`Kept::settings`] reads it, [`Kept::keep_settings`] writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// What the programs speak.
    pub language: LanguageChoice,
    /// Dark or light, in the desktop client.
    pub theme: Theme,
    /// Height of the letters in the desktop client.
    pub font_size: FontSize,
    /// What a desktop notification tells.
    pub notifications: Notifications,
    /// Whether who comes and goes is told in one line for many. True at first.
    pub fold_presence: bool,
    /// Whether others are told that one is typing. True at first.
    pub tell_typing: bool,
    /// `9:05 pm` in place of `21:05`. False at first.
    pub twelve_hours: bool,
    /// Which calendar dates are of.
    pub calendar: CalendarChoice,
    /// What concerns the terminal client alone.
    pub terminal: Terminal,
}

/// What a person chose for the terminal client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terminal {
    /// Who puts words written from right to left into their order.
    pub bidi: Bidi,
    /// How emoji are shown.
    pub emoji: Emoji,
    /// Whether the mouse is for the client; the terminal's own selection then needs Shift. False at first.
    pub mouse: bool,
    /// How many colours there are.
    pub colours: Colours,
    /// Whether the terminal's bell is rung when one is called by name. True at first.
    pub bell: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            language: LanguageChoice::default(),
            theme: Theme::default(),
            font_size: FontSize::default(),
            notifications: Notifications::default(),
            fold_presence: true,
            tell_typing: true,
            twelve_hours: false,
            calendar: CalendarChoice::default(),
            terminal: Terminal::default(),
        }
    }
}

impl Default for Terminal {
    fn default() -> Self {
        Self { bidi: Bidi::default(), emoji: Emoji::default(), mouse: false, colours: Colours::default(), bell: true }
    }
}

/// Settings as they were read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Read {
    /// What stands, with the default where nothing or nonsense was written.
    pub settings: Settings,
    /// What the person should know about the file, in the order of the file.
    pub troubles: Vec<Trouble>,
}

/// Something in the file of settings that a person should know about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// A key has a value that means nothing; its default stands in.
    Value {
        /// The key, with the table it is in: `terminal.bidi`.
        key: String,
        /// The value as it is written in the file, cut where it is long.
        value: String,
        /// What it may be.
        allowed: String,
    },
    /// No client knows this key. It is left alone.
    Key(String),
    /// This is no TOML, so that the defaults stand in for all; the next change begins the file anew.
    Damaged {
        /// The file.
        path: PathBuf,
        /// The first line that makes no sense, from 1.
        line: usize,
    },
    /// The file cannot be read.
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        why: String,
    },
}

impl Trouble {
    /// It as one plain sentence.
    pub fn sentence(&self, language: Language) -> String {
        match self {
            Trouble::Value { key, value, allowed } => language.setting_wrong(key, value, allowed),
            Trouble::Key(key) => language.setting_unknown(key),
            Trouble::Damaged { path, line } => language.settings_damaged(path.display(), language.digits(line)),
            Trouble::Unreadable { path, why } => language.settings_unreadable(path.display(), why),
        }
    }
}

impl Settings {
    /// Every setting as it stands in the file: its key (`terminal.bidi`), its value, and what it may be; for clients
    /// that let a person change settings by their names.
    pub fn listed(&self) -> Vec<(String, String, String)> {
        rows::listed(self)
    }

    /// Changes one by its key, with or without the table it is in, to a value as it stands in the file.
    ///
    /// # Errors
    /// [`Trouble::Key`] or [`Trouble::Value`]; nothing is changed then.
    pub fn set(&mut self, key: &str, value: &str) -> Result<(), Trouble> {
        rows::set(self, key, value)
    }
}

impl Kept {
    /// Where the settings are. The file need not exist.
    pub fn settings_path(&self) -> PathBuf {
        self.config().join(SETTINGS_FILE)
    }

    /// Reads the settings; where there is no file, the defaults.
    pub fn settings(&self) -> Read {
        let path = self.settings_path();
        let unread = |trouble| Read { settings: Settings::default(), troubles: vec![trouble] };
        match read(&path) {
            Ok(text) => match text.parse::<DocumentMut>() {
                Ok(document) => rows::read(&document),
                Err(error) => {
                    let at = error.span().map_or(0, |span| span.start.min(text.len()));
                    let line = 1 + text.as_bytes()[..at].iter().filter(|byte| **byte == b'\n').count();
                    unread(Trouble::Damaged { path, line })
                }
            },
            Err(error) if error.kind() == io::ErrorKind::NotFound => Read::default(),
            Err(error) if error.kind() == io::ErrorKind::InvalidData => unread(Trouble::Damaged { path, line: 1 }),
            Err(error) => unread(Trouble::Unreadable { path, why: plain(&error) }),
        }
    }

    /// Writes what is different in `now` from `before`, and leaves everything else in the file as it is: comments, keys
    /// that no client knows, and what another client changed meanwhile. The first time, the file explains itself.
    ///
    /// # Errors
    /// They cannot be written; the settings then hold for this run alone.
    pub fn keep_settings(&self, before: &Settings, now: &Settings) -> Result<(), Fault> {
        let _alone = alone(self.config())?;
        // Those who keep their files elsewhere have a link here.
        let path = self.settings_path();
        let path = path.canonicalize().unwrap_or(path);
        let mut document = match read(&path) {
            Ok(text) => text.parse::<DocumentMut>().map_err(|_| io::ErrorKind::InvalidData.into()),
            Err(error) => Err(error),
        }
        .or_else(|error: io::Error| match error.kind() {
            io::ErrorKind::NotFound => Ok(rows::fresh()),
            io::ErrorKind::InvalidData => {
                move_aside(&path);
                Ok(rows::fresh())
            }
            _ => Err(Fault::Unreadable(path.clone(), plain(&error))),
        })?;
        rows::change(&mut document, before, now);
        write(&path, &document.to_string())
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn kept() -> (tempfile::TempDir, Kept) {
        let home = tempfile::tempdir().unwrap();
        let kept = Kept::at(home.path().join("config/parlor"), home.path().join("state/parlor"));
        fs::create_dir_all(home.path().join("config/parlor")).unwrap();
        (home, kept)
    }

    fn read_from(text: &str) -> Read {
        let (_home, kept) = kept();
        fs::write(kept.settings_path(), text).unwrap();
        kept.settings()
    }

    fn other() -> Settings {
        Settings {
            language: LanguageChoice::Is(Language::Persian),
            theme: Theme::Light,
            font_size: FontSize::of(20),
            notifications: Notifications::Name,
            fold_presence: false,
            tell_typing: false,
            twelve_hours: true,
            calendar: CalendarChoice::Gregorian,
            terminal: Terminal {
                bidi: Bidi::Terminal,
                emoji: Emoji::Names,
                mouse: true,
                colours: Colours::True,
                bell: false,
            },
        }
    }

    #[test]
    fn without_a_file_the_defaults_stand_and_nothing_is_said() {
        let (_home, kept) = kept();
        assert_eq!(kept.settings(), Read::default());
    }

    #[test]
    fn what_is_kept_comes_back_and_the_first_file_explains_itself() {
        let (_home, kept) = kept();
        kept.keep_settings(&Settings::default(), &other()).unwrap();
        assert_eq!(kept.settings(), Read { settings: other(), troubles: Vec::new() });
        let text = fs::read_to_string(kept.settings_path()).unwrap();
        assert!(text.contains("# auto, en, it, fa\nlanguage = \"fa\"\n"), "{text}");
        assert!(text.contains("\n[terminal]\n"), "{text}");
        kept.keep_settings(&other(), &Settings::default()).unwrap();
        assert_eq!(kept.settings(), Read::default());
    }

    #[test]
    fn a_wrong_value_is_one_sentence_and_its_default_stands_in() {
        let read = read_from("theme = \"blue\"\nfont_size = 200\nfold_presence = 1\n[terminal]\nbidi = \"yes\"\n");
        assert_eq!(read.settings, Settings::default());
        let said: Vec<_> = read.troubles.iter().map(|trouble| trouble.sentence(Language::English)).collect();
        assert_eq!(
            said,
            [
                "The setting theme cannot be \"blue\"; it may be system, dark, light.",
                "The setting font_size cannot be 200; it may be 10 … 32.",
                "The setting fold_presence cannot be 1; it may be true, false.",
                "The setting terminal.bidi cannot be \"yes\"; it may be auto, app, terminal, off.",
            ]
        );
        for language in Language::ALL {
            assert!(read.troubles[0].sentence(language).contains("theme"));
        }
    }

    #[test]
    fn one_is_changed_by_its_key_and_all_are_listed() {
        let mut settings = Settings::default();
        for (key, value) in [("language", "fa"), ("bidi", "off"), ("terminal.mouse", "true"), ("font_size", "20")] {
            settings.set(key, value).unwrap();
            let full = if key == "bidi" { "terminal.bidi" } else { key };
            assert!(settings.listed().iter().any(|(known, is, _)| known == full && is == value), "{key}");
        }
        assert_eq!(settings.terminal.bidi, Bidi::Off);
        let before = settings.clone();
        assert_eq!(settings.set("colour", "3"), Err(Trouble::Key("colour".into())));
        let wrong = settings.set("mouse", "often").unwrap_err().sentence(Language::English);
        assert_eq!(wrong, "The setting terminal.mouse cannot be often; it may be true, false.");
        assert_eq!(settings, before);
    }

    #[test]
    fn a_key_nobody_knows_is_told_and_left_alone() {
        let (_home, kept) = kept();
        let text = "# mine\nlanguage = \"it\" # or not\ncolour = 3\ntheme = \"blue\"\n\n[elsewhere]\na = 1\n";
        fs::write(kept.settings_path(), text).unwrap();
        let read = kept.settings();
        assert_eq!(read.settings.language, LanguageChoice::Is(Language::Italian));
        assert_eq!(read.troubles.len(), 3, "{:?}", read.troubles);
        assert_eq!(read.troubles[0], Trouble::Key("colour".into()));
        assert_eq!(read.troubles[2], Trouble::Key("elsewhere".into()));
        let now = Settings { language: LanguageChoice::Auto, tell_typing: false, ..read.settings.clone() };
        kept.keep_settings(&read.settings, &now).unwrap();
        let changed = fs::read_to_string(kept.settings_path()).unwrap();
        assert!(
            changed.starts_with("# mine\nlanguage = \"auto\" # or not\ncolour = 3\ntheme = \"blue\"\n"),
            "{changed}"
        );
        assert!(changed.contains("tell_typing = false\n") && changed.ends_with("[elsewhere]\na = 1\n"), "{changed}");
    }

    #[test]
    fn what_another_client_changed_meanwhile_stays() {
        let (_home, kept) = kept();
        let begun = Settings::default();
        kept.keep_settings(&begun, &Settings { theme: Theme::Dark, ..begun.clone() }).unwrap();
        kept.keep_settings(&begun, &Settings { twelve_hours: true, ..begun.clone() }).unwrap();
        let both = Settings { theme: Theme::Dark, twelve_hours: true, ..begun };
        assert_eq!(kept.settings().settings, both);
    }

    #[test]
    fn a_file_that_is_no_toml_is_told_by_its_line_and_set_aside_when_something_is_kept() {
        let (_home, kept) = kept();
        let text = "# mine\ntheme = \"dark\"\nlanguage = it\n";
        fs::write(kept.settings_path(), text).unwrap();
        let read = kept.settings();
        assert_eq!(read.settings, Settings::default());
        let said = read.troubles[0].sentence(Language::English);
        assert!(said.contains("settings.toml") && said.contains("line 3"), "{said}");
        assert_eq!(fs::read_to_string(kept.settings_path()).unwrap(), text, "reading changes nothing");
        kept.keep_settings(&Settings::default(), &other()).unwrap();
        assert_eq!(fs::read_to_string(kept.settings_path().with_extension("toml.damaged")).unwrap(), text);
        assert_eq!(kept.settings().settings, other());
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_lies_elsewhere_stays_there() {
        let (home, kept) = kept();
        let elsewhere = home.path().join("dotfiles.toml");
        fs::write(&elsewhere, "theme = \"dark\"\n").unwrap();
        std::os::unix::fs::symlink(&elsewhere, kept.settings_path()).unwrap();
        let before = kept.settings().settings;
        kept.keep_settings(&before, &Settings { theme: Theme::Light, ..before.clone() }).unwrap();
        assert_eq!(fs::read_to_string(&elsewhere).unwrap(), "theme = \"light\"\n");
    }
}
