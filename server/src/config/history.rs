//! `[history]`: how long history is kept.

use std::collections::BTreeMap;
use std::time::Duration;

use parlor_core::name::RoomName;
use parlor_core::text::printable;
use serde::Deserialize;
use toml::Spanned;

use super::Config;
use crate::store::{Keep, Retention};

const DAY: Duration = Duration::from_secs(24 * 3_600);
/// A hundred years.
const DAYS_MAX: u32 = 36_500;
const MESSAGES_MAX: u64 = 1 << 53;

/// `[history]` as it is written.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct HistoryFile {
    messages_max: Option<Spanned<u64>>,
    age_max_days: Option<Spanned<u32>>,
    rooms: BTreeMap<String, Spanned<RoomFile>>,
}

/// `[history.rooms.NAME]`: what is left out is as for all.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct RoomFile {
    messages_max: Option<Spanned<u64>>,
    age_max_days: Option<Spanned<u32>>,
}

impl Config {
    /// How long history is kept: for ever, with what the file changes.
    ///
    /// # Errors
    /// One plain sentence if a value is not possible, or a room cannot be called so.
    pub fn retention(&self) -> Result<Retention, String> {
        let file = &self.file.history;
        let usual = self.keep(Keep::default(), &file.messages_max, &file.age_max_days)?;
        let mut rooms = BTreeMap::new();
        for (name, room) in &file.rooms {
            let name = RoomName::parse(name).map_err(|bad| {
                let why = bad.to_string();
                self.wrong(room, &format!("no room is called {}: {}", printable(name), why.trim_end_matches('.')))
            })?;
            let room = room.get_ref();
            rooms.insert(name.fold().into(), self.keep(usual, &room.messages_max, &room.age_max_days)?);
        }
        Ok(Retention { usual, rooms })
    }

    /// 0 is written for what is not bounded.
    fn keep(&self, usual: Keep, messages: &Option<Spanned<u64>>, days: &Option<Spanned<u32>>) -> Result<Keep, String> {
        let mut keep = usual;
        self.set(messages, 0, MESSAGES_MAX, "messages_max", |most| keep.messages_max = (most > 0).then_some(most))?;
        self.set(days, 0, DAYS_MAX, "age_max_days", |days| keep.age_max = (days > 0).then(|| DAY * days))?;
        Ok(keep)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn retention(text: &str) -> Result<Retention, String> {
        Config::parse("parlor.toml".into(), text.into())?.retention()
    }

    #[test]
    fn everything_is_kept_unless_something_else_is_said() {
        assert_eq!(retention("").unwrap(), Retention::default());
        assert_eq!(retention(include_str!("../../parlor.example.toml")).unwrap(), Retention::default());
    }

    #[test]
    fn a_room_is_kept_as_it_says_and_else_as_all_are() {
        let text = "[history]\nmessages_max = 1000\nage_max_days = 30\n\
                    [history.rooms.News]\nage_max_days = 0\n[history.rooms.\"#gossip\"]\nmessages_max = 10\n";
        let retention = retention(text).unwrap();
        let usual = Keep { messages_max: Some(1_000), age_max: Some(DAY * 30) };
        assert_eq!(retention.usual, usual);
        assert_eq!(retention.rooms["news"], Keep { age_max: None, ..usual });
        assert_eq!(retention.rooms["gossip"], Keep { messages_max: Some(10), ..usual });
    }

    #[test]
    fn what_cannot_be_is_named_with_its_line() {
        for (text, word) in [
            ("[history]\nmessages = 3", "`messages`"),
            ("[history]\nage_max_days = 100000", "age_max_days"),
            ("[history]\nmessages_max = -1", "u64"),
            ("[history.rooms.a]\nmax = 3", "`max`"),
            ("[history.rooms]\n\"a b\" = { messages_max = 1 }", "no room is called a b"),
        ] {
            let error = retention(text).map(|_| ()).unwrap_err();
            assert!(error.starts_with("parlor.toml, line 2: ") && error.contains(word), "{text}: {error}");
            assert!(error.ends_with('.') && !error.ends_with("..") && error.lines().count() == 1, "{text}: {error}");
        }
    }
}
