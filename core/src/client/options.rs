//! What a person may set of the client machine.

use super::Client;
use crate::words::Language;

/// What a person may set, before ([`super::Profile::options`]) and while it runs ([`super::Intent::Set`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Options {
    /// What the machine's own sentences are said in. Those in the timelines stay as they were said.
    pub language: Language,
    /// Comings and goings that follow one another are told in one entry; the others are hidden
    /// ([`super::Entry::is_hidden`]).
    pub fold_presence: bool,
    /// The others see when one is typing.
    pub tell_typing: bool,
}

impl Default for Options {
    /// English, folded, told.
    fn default() -> Self {
        Self { language: Language::English, fold_presence: true, tell_typing: true }
    }
}

impl Client {
    /// What the machine speaks.
    pub(super) fn words(&self) -> Language {
        self.state.options.language
    }

    /// Takes other options over.
    pub(super) fn set(&mut self, options: Options) {
        if self.state.options != options {
            self.state.options = options;
            self.fold_all();
            self.dirty = true;
        }
    }
}
