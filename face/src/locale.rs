//! Which language the machine speaks, and which one the person chose.

use std::env;

use parlor_core::words::Language;

use crate::settings::{LanguageChoice, Settings};

impl Settings {
    /// What is spoken: what was chosen, or what the machine speaks, or English.
    pub fn speech(&self) -> Language {
        match self.language {
            LanguageChoice::Is(language) => language,
            LanguageChoice::Auto => of_the_machine(),
        }
    }
}

/// The language of this machine, or English where it is none of ours. On Unix the environment tells (POSIX.1-2024,
/// chapter 8.2, and the `LANGUAGE` of gettext), elsewhere the system.
pub fn of_the_machine() -> Language {
    spoken(|name| env::var(name).ok(), sys_locale::get_locale)
}

fn spoken(variable: impl Fn(&str) -> Option<String>, system: impl FnOnce() -> Option<String>) -> Language {
    let set = |name: &&str| variable(name).filter(|value| !value.is_empty());
    let Some(locale) = ["LC_ALL", "LC_MESSAGES", "LANG"].iter().find_map(set).or_else(system) else {
        return Language::English;
    };
    // Who asks for no language at all, as scripts do, is not to be surprised by a list of preferred ones.
    let none = matches!(locale.split(['.', '@']).next(), Some("C" | "POSIX"));
    let preferred = set(&"LANGUAGE").filter(|_| !none).unwrap_or_default();
    preferred.split(':').chain([locale.as_str()]).find_map(Language::of_locale).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(variables: &[(&str, &str)], system: Option<&str>) -> Language {
        let variable =
            |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).into());
        spoken(variable, || system.map(str::to_owned))
    }

    #[test]
    fn the_machine_speaks_what_its_environment_says() {
        assert_eq!(with(&[], None), Language::English);
        assert_eq!(with(&[("LANG", "it_IT.UTF-8")], None), Language::Italian);
        assert_eq!(with(&[("LANG", "it_IT.UTF-8"), ("LC_MESSAGES", "fa_IR")], None), Language::Persian);
        assert_eq!(
            with(&[("LANG", "it_IT.UTF-8"), ("LC_ALL", "C.UTF-8"), ("LANGUAGE", "fa")], None),
            Language::English
        );
        assert_eq!(with(&[("LANG", "de_DE.UTF-8"), ("LANGUAGE", "de:it:fa")], None), Language::Italian);
        assert_eq!(with(&[("LANG", ""), ("LC_ALL", "")], Some("fa-IR")), Language::Persian);
        assert_eq!(with(&[("LANG", "de_DE")], Some("fa-IR")), Language::English);
    }

    #[test]
    fn what_was_chosen_goes_before_what_the_machine_speaks() {
        let settings = Settings { language: LanguageChoice::Is(Language::Persian), ..Settings::default() };
        assert_eq!(settings.speech(), Language::Persian);
        assert_eq!(Settings::default().speech(), of_the_machine());
    }
}
