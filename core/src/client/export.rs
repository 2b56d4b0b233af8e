//! Entries for people and for programs: one sentence, one line of JSON.

use alloc::format;
use alloc::string::{String, ToString};

use serde::Serialize;

use super::{Delivery, Entry, EntryKind, Revision};

/// An entry as a program reads it. The order of the members is the order in which they are written.
#[derive(Serialize)]
struct Line<'a> {
    room: &'a str,
    kind: &'static str,
    #[serde(skip_serializing_if = "str::is_empty")]
    from: &'a str,
    text: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reply_to: Option<u64>,
    mine: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
}

impl Entry {
    /// Who said it; empty for notices and errors, and where a tutorial server's row does not tell.
    pub fn who(&self) -> &str {
        match &self.kind {
            EntryKind::Message { from, .. } => from,
            EntryKind::Notice(_) | EntryKind::Error(_) => "",
        }
    }

    /// What is to be read: what was said, or the sentence; where it tells of those that are hidden before it as well
    /// ([`Entry::is_hidden`]), the sentence about them all.
    pub fn what(&self) -> &str {
        self.whole().unwrap_or_else(|| self.told())
    }

    /// What was said or happened, by itself.
    pub(super) fn told(&self) -> &str {
        match &self.kind {
            EntryKind::Message { text, .. } => text,
            EntryKind::Notice(text) | EntryKind::Error(text) => text,
        }
    }

    /// What became of it, where it is a message of one's own.
    pub fn delivery(&self) -> Option<&Delivery> {
        match &self.kind {
            EntryKind::Message { mine: true, delivery, .. } => Some(delivery),
            EntryKind::Message { .. } | EntryKind::Notice(_) | EntryKind::Error(_) => None,
        }
    }

    /// Whether it is a message of one's own.
    pub fn is_mine(&self) -> bool {
        matches!(self.kind, EntryKind::Message { mine: true, .. })
    }

    /// Whether it is a message that reads otherwise than it was said.
    pub fn is_edited(&self) -> bool {
        matches!(self.kind, EntryKind::Message { revision: Revision::Edited(_), .. })
    }

    /// Whether it is what is left of a message that was taken back.
    pub fn is_deleted(&self) -> bool {
        matches!(self.kind, EntryKind::Message { revision: Revision::Deleted, .. })
    }

    /// The entry by itself, as one plain text: `nick: text`, `* nick waves`, `* ada joined`, `! sentence`. Newlines within the
    /// text stay; a refused message begins with `!`, an unconfirmed one says so at its end. The mark that settles which way a
    /// sentence runs is for those who show it, and left out.
    pub fn line(&self) -> String {
        match &self.kind {
            EntryKind::Message { from, text, action, delivery, .. } => {
                let said = match (action, from.is_empty()) {
                    (true, _) => format!("* {from} {text}"),
                    (false, true) => text.clone(),
                    (false, false) => format!("{from}: {text}"),
                };
                match delivery {
                    Delivery::Pending | Delivery::Confirmed => said,
                    Delivery::Unconfirmed => format!("{said} (not confirmed)"),
                    Delivery::Failed(why) => format!("! {why} Not sent: {text}"),
                }
            }
            EntryKind::Notice(text) => format!("* {}", unmarked(text)),
            EntryKind::Error(text) => format!("! {}", unmarked(text)),
        }
    }

    /// What became of a message after it was told ([`Entry::changed`]), as one plain text: `* nick corrected: text`,
    /// `* nick took a message back`. Where an operator took it back, this still names who had said it.
    pub fn change_line(&self) -> String {
        match self.is_deleted() {
            true => format!("* {} took a message back", self.who()),
            false => format!("* {} corrected: {}", self.who(), self.told()),
        }
    }

    /// The same as one line of JSON: [`Entry::to_json`] with `kind` `edited` or `deleted`, the `id` of the message, and
    /// as `text` what it reads now, which is nothing where it was taken back.
    pub fn change_to_json(&self, room: &str) -> String {
        match self.is_deleted() {
            true => self.json(room, "deleted", ""),
            false => self.json(room, "edited", self.told()),
        }
    }

    /// The entry as one line of JSON, without a newline at its end: `room`, `kind` (`message`, `action`, `notice`,
    /// `error`; `deleted` for what is left of a message), `from`, `text`, `at` (ms since 1970 UTC), `id`, `reply_to`, `mine`, and
    /// `error` where a message was refused. What is not known is left out. `room` is the title of the room the entry
    /// stands in.
    pub fn to_json(&self, room: &str) -> String {
        match &self.kind {
            EntryKind::Message { revision: Revision::Deleted, .. } => self.json(room, "deleted", ""),
            EntryKind::Message { action: true, .. } => self.json(room, "action", self.told()),
            EntryKind::Message { .. } => self.json(room, "message", self.told()),
            EntryKind::Notice(_) => self.json(room, "notice", unmarked(self.told())),
            EntryKind::Error(_) => self.json(room, "error", unmarked(self.told())),
        }
    }

    fn json(&self, room: &str, kind: &'static str, text: &str) -> String {
        let error = match self.delivery() {
            Some(Delivery::Failed(why)) => Some(why.as_str()),
            Some(Delivery::Unconfirmed) => Some("The server has not confirmed this message."),
            Some(Delivery::Pending | Delivery::Confirmed) | None => None,
        };
        let line = Line {
            room,
            kind,
            from: self.who(),
            text,
            at: self.at.map(|at| at.0),
            id: self.id.map(|id| id.0),
            reply_to: self.reply.map(|reply| reply.id.0),
            mine: self.is_mine(),
            error,
        };
        serde_json::to_string(&line).unwrap_or_else(|error| error.to_string())
    }
}

/// A sentence of the program without the mark in front that settles which way it runs.
fn unmarked(sentence: &str) -> &str {
    sentence.trim_start_matches(['\u{200E}', '\u{200F}'])
}
