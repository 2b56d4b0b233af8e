//! What a person chose, made into what the views and the client machine take; and `/set`, which changes it.

use parlor_core::client::Options;
use parlor_core::words::Language;
use parlor_face::settings::Settings;

/// What concerns the client machine.
pub fn options(settings: &Settings, language: Language) -> Options {
    Options { language, fold_presence: settings.fold_presence, tell_typing: settings.tell_typing }
}
