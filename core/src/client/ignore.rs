//! People whose words the person does not want to see.
//!
//! What they say stays in the timelines, hidden and uncounted, so that it can be seen again once they are not ignored
//! any more. They go by their names, whatever case they are written in; the server is told nothing.

use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;

use super::words::Words;
use super::{Client, Entry, EntryKind, Room, State};
use crate::name::{self, Nick};
use crate::text::{forbidden_control, printable};
use crate::time::Timestamp;
use crate::vocabulary::Place;

/// Most bytes of a name that is ignored, on servers whose names follow no rules.
const NAME_BYTES_MAX: usize = 256;

/// Most people who are ignored under another name than the one that is on the list.
const ALIASES_MAX: usize = 8;

/// What somebody who is ignored is called for now. It is nobody's list: the name is free for others once they have
/// moved on, and nobody may be silenced by what somebody else was called for a while.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Alias {
    key: String,
    name: String,
    /// The name on the list, folded.
    listed: String,
}

impl State {
    /// Most names in [`State::ignored`].
    pub const IGNORED_MAX: usize = 100;

    /// Whether what somebody says is not shown, however the name is spelt.
    pub fn ignores(&self, nick: &str) -> bool {
        (!self.ignored_keys.is_empty() || !self.aliases.is_empty()) && {
            let key = name::fold(nick);
            self.ignored_keys.contains(&key) || self.aliases.iter().any(|alias| alias.key == key)
        }
    }
}

impl Entry {
    /// Whether views give it no place, for now: it is said by, or tells of, somebody who is ignored; or it tells that
    /// somebody came or went, and a later entry tells of that as well ([`super::Options::fold_presence`]). The latter is
    /// news ([`State::news_since`]) all the same.
    pub fn is_hidden(&self) -> bool {
        self.ignored || self.is_folded()
    }

    /// Whom it is by, where it is a message of somebody else, or of whom it tells that they came, went or have another
    /// name.
    fn author(&self) -> Option<&str> {
        match &self.kind {
            EntryKind::Message { mine: true, .. } => None,
            EntryKind::Message { from, .. } => Some(from),
            EntryKind::Notice(_) => self.about.as_deref(),
            EntryKind::Error(_) => None,
        }
    }
}

/// Names as they are compared.
pub(super) fn keys(names: &[String]) -> BTreeSet<String> {
    names.iter().map(|name| name::fold(name)).collect()
}

/// Names as they were kept: harmless, each once, as many as may be.
pub(super) fn kept(names: &[String]) -> Vec<String> {
    let mut keys = BTreeSet::new();
    let names = names.iter().filter(|name| !name.is_empty() && name.len() <= NAME_BYTES_MAX);
    let names = names.filter(|name| keys.insert(name::fold(name))).map(|name| printable(name).replace('\n', " "));
    names.take(State::IGNORED_MAX).collect()
}

impl Room {
    /// Hides what is by some people if they are ignored now, and shows it if they are not; nothing of what is hidden is
    /// unread.
    fn hide(&mut self, changed: &BTreeSet<String>, ignored: impl Fn(&str) -> bool) {
        let direct = matches!(self.place, Some(Place::Direct(_)));
        for at in 0..self.timeline.len() {
            let Some(entry) = self.timeline.get(at) else { continue };
            let Some(author) = entry.author().filter(|author| changed.contains(&name::fold(author))) else { continue };
            let now = (ignored(author), entry.ignored);
            if now.0 == now.1 {
                continue;
            }
            let uncounted = self.timeline.change(at, |entry| {
                entry.ignored = now.0;
                let unread = now.0 && core::mem::take(&mut entry.unread);
                let mention = matches!(entry.kind, EntryKind::Message { mention: true, .. });
                (unread, unread && (mention || direct))
            });
            let (unread, mention) = uncounted.unwrap_or_default();
            self.unread = self.unread.saturating_sub(u32::from(unread));
            self.mentions = self.mentions.saturating_sub(u32::from(mention));
        }
        let gone = self.marker.and_then(|key| self.timeline.position(key)).and_then(|at| self.timeline.get(at));
        if gone.is_some_and(|entry| entry.ignored) {
            self.marker = self.timeline.iter().find(|entry| entry.unread).map(|entry| entry.key);
        }
    }
}

impl Client {
    /// Ignores somebody from now on; what they have said is hidden.
    ///
    /// # Errors
    /// One plain sentence if that cannot be.
    pub(super) fn ignore(&mut self, name: &str) -> Result<(), String> {
        let name = self.name_to_ignore(name, "ignore")?;
        if name::fold(&name) == name::fold(&self.state.nick) {
            return Err(self.words().ignore_yourself());
        }
        let words = self.words();
        let key = name::fold(&name);
        if !self.state.ignored_keys.contains(&key) {
            if self.state.ignored.len() >= State::IGNORED_MAX {
                return Err(words.ignored_full());
            }
            self.state.ignored.push(name.clone());
            self.state.aliases.retain(|alias| alias.key != key);
            self.ignored_changed(BTreeSet::from([key]));
        }
        self.notice(self.state.shown, None, words.ignoring(name));
        Ok(())
    }

    /// Shows again what somebody says and has said.
    ///
    /// # Errors
    /// One plain sentence if they were not ignored.
    pub(super) fn unignore(&mut self, name: &str) -> Result<(), String> {
        let name = self.name_to_ignore(name, "unignore")?;
        if !self.state.ignores(&name) {
            return Err(self.words().not_ignored(name));
        }
        let key = name::fold(&name);
        self.state.ignored.retain(|ignored| name::fold(ignored) != key);
        let ends = |alias: &Alias| alias.key == key || alias.listed == key;
        let mut changed: BTreeSet<String> =
            self.state.aliases.iter().filter(|alias| ends(alias)).map(|alias| alias.key.clone()).collect();
        self.state.aliases.retain(|alias| !ends(alias));
        changed.insert(key);
        self.ignored_changed(changed);
        self.notice(self.state.shown, None, self.words().not_ignoring(name));
        Ok(())
    }

    /// Says who is ignored.
    pub(super) fn list_ignored(&mut self) {
        let words = self.words();
        let aliases = self.state.aliases.iter().map(|alias| &alias.name);
        let names: Vec<String> = self.state.ignored.iter().chain(aliases).cloned().collect();
        let sentence = match names.join(&words.comma()) {
            names if names.is_empty() => words.ignored_nobody(),
            names => words.ignored_are(names),
        };
        self.notice(self.state.shown, None, sentence);
    }

    fn name_to_ignore(&self, name: &str, command: &str) -> Result<String, String> {
        let name = name.trim();
        let name = name.strip_prefix('@').unwrap_or(name);
        if name.is_empty() || name.len() > NAME_BYTES_MAX || forbidden_control(name).is_some() || name.contains('\n') {
            return Err(self.words().write_command(command));
        }
        if self.is_native() {
            Nick::parse(name).map_err(|bad| self.words().bad_name(bad))?;
        }
        Ok(printable(name))
    }

    /// Others are ignored than before: everything by those of whom that is true is looked at.
    fn ignored_changed(&mut self, changed: BTreeSet<String>) {
        self.state.ignored_keys = keys(&self.state.ignored);
        let (keys, aliases) = (&self.state.ignored_keys, &self.state.aliases);
        let ignored = |name: &str| {
            let key = name::fold(name);
            keys.contains(&key) || aliases.iter().any(|alias| alias.key == key)
        };
        for room in &mut self.state.rooms {
            room.hide(&changed, ignored);
            room.typing.retain(|name| !ignored(name));
        }
        self.typists.retain(|typist| !ignored(&typist.nick));
        let search = self.state.search.iter_mut().map(|search| &mut search.hits);
        let around = self.state.around.iter_mut().map(|around| &mut around.messages);
        search.chain(around).for_each(|hits| hits.retain(|hit| hit.mine || !ignored(&hit.from)));
        self.fold_all();
        self.keeping.changed = true;
        self.dirty = true;
    }

    /// Somebody who is ignored has another name: they are ignored under that one as long as they bear it. What was
    /// said under either stays as it is.
    pub(super) fn ignore_renamed(&mut self, from: &Nick, to: &Nick) {
        let aliases = &mut self.state.aliases;
        let before = aliases.iter().position(|alias| alias.key == from.fold()).and_then(|at| aliases.remove(at));
        let listed = match before {
            Some(alias) => alias.listed,
            None if self.state.ignored_keys.contains(from.fold()) => from.fold().into(),
            None => return,
        };
        if self.state.ignores(to.as_str()) || self.is_me(to) {
            return;
        }
        if self.state.aliases.len() >= ALIASES_MAX {
            self.state.aliases.pop_front();
        }
        let name = printable(to.as_str());
        self.state.aliases.push_back(Alias { key: to.fold().into(), name, listed });
    }

    /// Somebody went: whoever comes under their name may be somebody else.
    pub(super) fn ignored_left(&mut self, nick: &Nick) {
        if !self.state.rooms.iter().any(|room| room.place_of_member(nick.fold()).is_some()) {
            self.state.aliases.retain(|alias| alias.key != nick.fold());
        }
    }

    /// Whether a conversation is with somebody who is ignored: it does not open by itself.
    pub(super) fn is_with_ignored(&self, place: &Place) -> bool {
        matches!(place, Place::Direct(nick) if self.state.ignores(nick.as_str()))
    }

    /// Somebody has another name; or they came (`Some(true)`) or went.
    pub(super) fn notice_about(
        &mut self,
        index: usize,
        at: Option<Timestamp>,
        nick: &str,
        came: Option<bool>,
        text: String,
    ) {
        let at = at.unwrap_or(self.now.timestamp);
        let mut entry = self.entry(Some(at), None, EntryKind::Notice(text));
        entry.about = Some(printable(nick).into());
        entry.came = came;
        entry.ignored = self.state.ignores(nick);
        entry.seq = self.news(index);
        self.state.rooms[index].timeline.push(entry);
    }
}
