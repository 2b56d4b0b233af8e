//! `parlor-server export`.

use std::io::{self, BufWriter, ErrorKind, Write};
use std::process::ExitCode;

use clap::Args;
use parlor_core::name::RoomName;
use rusqlite::{Connection, OptionalExtension, Row};
use serde::Serialize;

use super::date;
use super::file::{self, What};
use super::place::Place;
use crate::run::plain;
use crate::store::entries::kind;

/// Bytes that are written at once.
const CHUNK: usize = 1 << 16;

/// Write out what was said, for people or programs; the server may run meanwhile
///
/// Rooms come in the order of their names, each from its first entry to its last, as it stands at one moment. A corrected
/// message reads as it was corrected, one that was taken back is not there. Times are UTC. Conversations between two people
/// are private and left out unless --direct is said.
///
/// As long as it is not read to its end, the server's write-ahead log grows: do not leave it open in a pager.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  parlor-server export > history.txt
  parlor-server export --room lobby | tail
  parlor-server export --json | jq -r 'select(.from == \"ada\") | .text'")]
pub struct Export {
    /// This room alone
    #[arg(long, value_name = "ROOM")]
    pub room: Option<String>,

    /// One JSON object per line and entry
    #[arg(long)]
    pub json: bool,

    /// Conversations between two people too
    #[arg(long, conflicts_with = "room")]
    pub direct: bool,

    #[command(flatten)]
    #[allow(missing_docs, reason = "its type says it")]
    pub place: Place,
}

impl Export {
    pub(super) fn run(self) -> Result<ExitCode, String> {
        let database = self.place.database()?;
        let db = file::open(&database, What::Database)?;
        let cannot = |error: rusqlite::Error| file::unusable(&database, What::Database, &error);
        let mut out = BufWriter::with_capacity(CHUNK, io::stdout().lock());
        let written = match &self.room {
            Some(name) => {
                let room = RoomName::parse(name).map_err(|bad| bad.to_string())?;
                let known = known(&db, &room).map_err(cannot)?;
                let Some((num, name)) = known else {
                    return Err(format!("There is no room {room} in {}.", database.display()));
                };
                let place = if self.json { In::Room(&name) } else { In::Only };
                entries(&db, num, &place, &mut out)
            }
            None => self.all(&db, &mut out),
        };
        match written.and_then(|()| Ok(out.flush()?)) {
            Ok(()) => Ok(ExitCode::SUCCESS),
            // Whoever reads has seen enough, as `head` does.
            Err(Stopped::Write(error)) if error.kind() == ErrorKind::BrokenPipe => Ok(ExitCode::SUCCESS),
            Err(Stopped::Write(error)) => Err(format!("The history cannot be written: {}.", plain(&error))),
            Err(Stopped::Read(error)) => Err(cannot(error)),
        }
    }

    /// Every room, and every conversation if that is wanted.
    fn all(&self, db: &Connection, out: &mut impl Write) -> Result<(), Stopped> {
        let mut find = db.prepare("SELECT num, name FROM log WHERE room IS NOT NULL ORDER BY room")?;
        let mut rows = find.query([])?;
        let mut headings = Headings::default();
        while let Some(row) = rows.next()? {
            let (num, name): (i64, String) = (row.get(0)?, row.get(1)?);
            if !self.json {
                headings.write(format_args!("#{name}"), out)?;
            }
            entries(db, num, &self.place(|| In::Room(&name)), out)?;
        }
        if !self.direct {
            return Ok(());
        }
        let mut find = db.prepare("SELECT num, low, high FROM log WHERE low IS NOT NULL ORDER BY num")?;
        let mut rows = find.query([])?;
        while let Some(row) = rows.next()? {
            let num = row.get(0)?;
            let sides = [who(db, num, row.get(1)?)?, who(db, num, row.get(2)?)?];
            if !self.json {
                headings.write(format_args!("{} and {}", sides[0], sides[1]), out)?;
            }
            entries(db, num, &self.place(|| In::Conversation(&sides)), out)?;
        }
        Ok(())
    }

    fn place<'a>(&self, json: impl FnOnce() -> In<'a>) -> In<'a> {
        if self.json { json() } else { In::Only }
    }
}

/// Why nothing more was written.
#[derive(Debug)]
enum Stopped {
    Read(rusqlite::Error),
    Write(io::Error),
}

impl From<rusqlite::Error> for Stopped {
    fn from(error: rusqlite::Error) -> Self {
        Stopped::Read(error)
    }
}

impl From<io::Error> for Stopped {
    fn from(error: io::Error) -> Self {
        Stopped::Write(error)
    }
}

/// Where the entries stand, as far as every line of theirs must say it.
enum In<'a> {
    /// In text a heading says it, or there is one room alone.
    Only,
    Room(&'a str),
    Conversation(&'a [String; 2]),
}

/// Lines between rooms.
#[derive(Default)]
struct Headings {
    is_begun: bool,
}

impl Headings {
    fn write(&mut self, title: std::fmt::Arguments<'_>, out: &mut impl Write) -> io::Result<()> {
        let before = if self.is_begun { "\n" } else { "" };
        self.is_begun = true;
        writeln!(out, "{before}=== {title} ===")
    }
}

/// A room's number, and its name as it is written.
fn known(db: &Connection, room: &RoomName) -> rusqlite::Result<Option<(i64, String)>> {
    let sql = "SELECT num, name FROM log WHERE room = ?1";
    db.query_row(sql, [room.fold()], |row| Ok((row.get(0)?, row.get(1)?))).optional()
}

/// Somebody's name now; or if nobody has that identity any more, the last one in this log.
fn who(db: &Connection, log: i64, identity: i64) -> rusqlite::Result<String> {
    let sql = "SELECT coalesce((SELECT nick FROM identity WHERE id = ?2), (SELECT nick FROM entry \
               WHERE log = ?1 AND author = ?2 ORDER BY id DESC LIMIT 1), 'somebody')";
    db.prepare_cached(sql)?.query_row((log, identity), |row| row.get(0))
}

fn entries(db: &Connection, log: i64, place: &In<'_>, out: &mut impl Write) -> Result<(), Stopped> {
    let sql = "SELECT id, nick, at, kind, text, ref, edited FROM entry WHERE log = ?1 ORDER BY id";
    let mut find = db.prepare_cached(sql)?;
    let mut rows = find.query([log])?;
    while let Some(row) = rows.next()? {
        let entry = Entry::read(row)?;
        match place {
            In::Only => entry.write_text(out)?,
            In::Room(room) => entry.write_json(Some(room), None, out)?,
            In::Conversation(sides) => entry.write_json(None, Some(sides), out)?,
        }
    }
    Ok(())
}

/// An entry as it stands.
struct Entry<'a> {
    id: u64,
    nick: &'a str,
    at: i64,
    kind: i64,
    text: Option<&'a str>,
    about: Option<u64>,
    edited: Option<u64>,
}

/// The same for programs. The order of the members is the order in which they are written.
#[derive(Serialize)]
struct Line<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    room: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    between: Option<&'a [String; 2]>,
    id: u64,
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reply_to: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    edited: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    target: Option<u64>,
}

impl<'a> Entry<'a> {
    fn read(row: &'a Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            nick: row.get_ref(1)?.as_str()?,
            at: row.get(2)?,
            kind: row.get(3)?,
            text: row.get_ref(4)?.as_str_or_null()?,
            about: row.get(5)?,
            edited: row.get(6)?,
        })
    }

    /// One line, further lines of the text indented, so that none can pass for another entry.
    fn write_text(&self, out: &mut impl Write) -> io::Result<()> {
        let (nick, text) = (self.nick, self.text.unwrap_or(""));
        match self.kind {
            kind::MESSAGE => write!(out, "{} {nick}: ", date(self.at))?,
            kind::ACTION => write!(out, "{} * {nick} ", date(self.at))?,
            kind::TOPIC if text.is_empty() => return writeln!(out, "{} * {nick} removed the topic", date(self.at)),
            kind::TOPIC => write!(out, "{} * {nick} set the topic: ", date(self.at))?,
            // What it did is to be seen at the message.
            _ => return Ok(()),
        }
        for (at, line) in text.split('\n').enumerate() {
            let indent = if at == 0 { "" } else { "  " };
            writeln!(out, "{indent}{line}")?;
        }
        Ok(())
    }

    fn write_json(
        &self,
        room: Option<&str>,
        between: Option<&[String; 2]>,
        out: &mut impl Write,
    ) -> Result<(), Stopped> {
        let is_gone = self.kind == kind::TOMBSTONE;
        let is_message = self.kind == kind::MESSAGE || self.kind == kind::ACTION;
        let line = Line {
            room,
            between,
            id: self.id,
            kind: match self.kind {
                kind::TOMBSTONE => "gone",
                kind::MESSAGE => "text",
                kind::ACTION => "action",
                kind::TOPIC => "topic",
                kind::EDIT => "edit",
                kind::DELETION => "delete",
                _ => "unknown",
            },
            from: (!is_gone).then_some(self.nick),
            at: (!is_gone).then_some(self.at),
            text: self.text,
            reply_to: self.about.filter(|_| is_message),
            edited: self.edited.filter(|_| is_message),
            target: self.about.filter(|_| !is_message),
        };
        serde_json::to_writer(&mut *out, &line).map_err(io::Error::from)?;
        Ok(writeln!(out)?)
    }
}
