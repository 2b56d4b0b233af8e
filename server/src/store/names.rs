//! Names as they stand in the database, read back into what cannot be wrong.

use std::collections::BTreeMap;

use parlor_core::name::{Nick, RoomName};
use parlor_core::text::{Body, Note};
use rusqlite::types::{FromSqlError, Type};

/// Most names kept.
const NAMES_MAX: usize = 4_096;

/// Nicknames that were read before: preparing one costs microseconds, and a page has fifty.
#[derive(Debug, Default)]
pub(super) struct Names {
    nicks: BTreeMap<Box<str>, Nick>,
}

impl Names {
    pub(super) fn nick(&mut self, text: &str) -> Nick {
        if let Some(nick) = self.nicks.get(text) {
            return nick.clone();
        }
        // The rules may have become stricter since it was stored; who said something keeps a name all the same.
        let nick = Nick::parse(text).unwrap_or_else(|_| Nick::coerce(text));
        if self.nicks.len() >= NAMES_MAX {
            self.nicks.clear();
        }
        self.nicks.insert(text.into(), nick.clone());
        nick
    }
}

pub(super) fn room(text: &str) -> rusqlite::Result<RoomName> {
    RoomName::parse(text).map_err(|bad| wrong(&bad.to_string()))
}

pub(super) fn body(text: &str) -> rusqlite::Result<Body> {
    Body::parse(text).map_err(|bad| wrong(&bad.to_string()))
}

pub(super) fn note(text: &str) -> rusqlite::Result<Note> {
    Note::parse(text).map_err(|bad| wrong(&bad.to_string()))
}

/// Something stands in the database that this program never writes.
pub(super) fn wrong(what: &str) -> rusqlite::Error {
    let why = FromSqlError::Other(format!("the database holds what cannot be: {what}").into());
    rusqlite::Error::FromSqlConversionFailure(0, Type::Text, Box::new(why))
}
