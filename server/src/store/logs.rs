//! The logs: finding and founding them, and what is known of them by heart.

use std::collections::BTreeMap;

use parlor_core::id::{IdentityId, LogId, MessageId};
use parlor_core::name::{Nick, RoomName};
use parlor_core::store::{Answer, Opened, Peer, Subject};
use parlor_core::text::Note;
use parlor_core::time::Timestamp;
use rusqlite::{OptionalExtension, Row};

use super::engine::Engine;
use super::{names, trouble};

/// Most logs known by heart.
const LOGS_MAX: usize = 4_096;

/// A log as the next entry needs to know it.
#[derive(Debug)]
pub(super) struct Log {
    /// Its small number in the tables.
    pub(super) num: i64,
    /// The two sides of a conversation.
    pub(super) sides: Option<(IdentityId, IdentityId)>,
    /// The oldest entry kept.
    pub(super) first: u64,
    pub(super) last: u64,
    pub(super) at: Timestamp,
    pub(super) topic: Note,
    operator: Option<IdentityId>,
    /// The table does not know yet what the last entries changed.
    pub(super) is_changed: bool,
}

/// Logs that were used lately. Their rows are written once for all entries of a transaction.
#[derive(Debug, Default)]
pub(super) struct Logs {
    known: BTreeMap<LogId, Log>,
    changed: Vec<LogId>,
}

impl Logs {
    /// Makes room; between transactions alone.
    pub(super) fn shrink(&mut self) {
        if self.known.len() > LOGS_MAX {
            self.forget();
        }
    }

    pub(super) fn forget(&mut self) {
        self.known.clear();
        self.changed.clear();
    }

    /// A log that [`Engine::log`] has found.
    pub(super) fn get_mut(&mut self, id: LogId) -> Option<&mut Log> {
        self.known.get_mut(&id)
    }

    /// An entry was written: the row follows at the end of the transaction.
    pub(super) fn written(&mut self, id: LogId, last: u64, at: Timestamp) {
        let Some(log) = self.known.get_mut(&id) else { return };
        (log.last, log.at) = (last, at);
        if !log.is_changed {
            log.is_changed = true;
            self.changed.push(id);
        }
    }
}

/// A question for the columns that [`read`] expects.
macro_rules! log_where {
    ($which:literal) => {
        concat!("SELECT num, low, high, first, last, at, topic, operator, log FROM log WHERE ", $which)
    };
}

impl Engine {
    /// A log, by the name that clients have for it.
    pub(super) fn log(&mut self, id: LogId) -> rusqlite::Result<Option<&Log>> {
        if !self.logs.known.contains_key(&id) {
            let sql = log_where!("log = ?1");
            let found = self.db.prepare_cached(sql)?.query_row([id.0.cast_signed()], read).optional()?;
            let Some((_, log)) = found else { return Ok(None) };
            self.logs.known.insert(id, log);
        }
        Ok(self.logs.known.get(&id))
    }

    /// What the entries of this transaction changed in the rows of their logs.
    pub(super) fn write_logs(&mut self) -> rusqlite::Result<()> {
        if self.logs.changed.is_empty() {
            return Ok(());
        }
        let mut write = self.db.prepare_cached("UPDATE log SET last = ?2, at = ?3, topic = ?4 WHERE num = ?1")?;
        for id in self.logs.changed.drain(..) {
            if let Some(log) = self.logs.known.get_mut(&id) {
                log.is_changed = false;
                write.execute((log.num, log.last, log.at.0, log.topic.as_str()))?;
            }
        }
        Ok(())
    }

    pub(super) fn open_log(&mut self, subject: &Subject) -> rusqlite::Result<Answer> {
        match subject {
            Subject::Room { room, founder } => self.open_room(room, *founder),
            Subject::Direct { me, peer } => {
                let (peer, nick) = match peer {
                    Peer::Present(peer, nick) => (*peer, nick.clone()),
                    Peer::Named(nick) => match self.by_name(nick)? {
                        Some(found) => found,
                        None => return Ok(Answer::NoSuchNick),
                    },
                };
                self.open_direct((*me).min(peer), (*me).max(peer), (peer, nick))
            }
        }
    }

    fn open_room(&mut self, room: &RoomName, founder: Option<IdentityId>) -> rusqlite::Result<Answer> {
        let find = log_where!("room = ?1");
        let found = self.db.prepare_cached(find)?.query_row([room.fold()], read).optional()?;
        if let Some((id, log)) = found {
            return Ok(self.opened(id, log, None));
        }
        let id = new_id()?;
        let sql = "INSERT INTO log(log, room, name, first, last, at, topic, operator) \
                   VALUES (?1, ?2, ?3, 1, 0, ?4, '', ?5)";
        let founded = (id.0.cast_signed(), room.fold(), room.as_str(), i64::MIN, founder.map(|founder| founder.0));
        self.db.prepare_cached(sql)?.execute(founded)?;
        let log = Log::new(self.db.last_insert_rowid(), None, founder);
        Ok(self.opened(id, log, None))
    }

    fn open_direct(&mut self, low: IdentityId, high: IdentityId, peer: (IdentityId, Nick)) -> rusqlite::Result<Answer> {
        let find = log_where!("low = ?1 AND high = ?2");
        let found = self.db.prepare_cached(find)?.query_row((low.0, high.0), read).optional()?;
        if let Some((id, log)) = found {
            return Ok(self.opened(id, log, Some(peer)));
        }
        let id = new_id()?;
        let sql = "INSERT INTO log(log, low, high, first, last, at, topic) VALUES (?1, ?2, ?3, 1, 0, ?4, '')";
        self.db.prepare_cached(sql)?.execute((id.0.cast_signed(), low.0, high.0, i64::MIN))?;
        let log = Log::new(self.db.last_insert_rowid(), Some((low, high)), None);
        Ok(self.opened(id, log, Some(peer)))
    }

    /// What is known by heart goes before what stands in the table: that is behind within a transaction.
    fn opened(&mut self, id: LogId, log: Log, peer: Option<(IdentityId, Nick)>) -> Answer {
        let log = self.logs.known.entry(id).or_insert(log);
        Answer::Opened(Box::new(Opened {
            log: id,
            first: MessageId(log.first),
            last: MessageId(log.last),
            topic: log.topic.clone(),
            operator: log.operator,
            peer,
        }))
    }
}

impl Log {
    fn new(num: i64, sides: Option<(IdentityId, IdentityId)>, operator: Option<IdentityId>) -> Self {
        let (at, topic) = (Timestamp(i64::MIN), Note::default());
        Self { num, sides, first: 1, last: 0, at, topic, operator, is_changed: false }
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<(LogId, Log)> {
    let (low, high): (Option<u64>, Option<u64>) = (row.get(1)?, row.get(2)?);
    let log = Log {
        num: row.get(0)?,
        sides: low.zip(high).map(|(low, high)| (IdentityId(low), IdentityId(high))),
        first: row.get(3)?,
        last: row.get(4)?,
        at: Timestamp(row.get(5)?),
        topic: names::note(row.get_ref(6)?.as_str()?)?,
        operator: row.get::<_, Option<u64>>(7)?.map(IdentityId),
        is_changed: false,
    };
    Ok((LogId(row.get::<_, i64>(8)?.cast_unsigned()), log))
}

/// 64 random bits; that two logs get the same does not happen.
pub(crate) fn new_id() -> rusqlite::Result<LogId> {
    getrandom::u64().map(LogId).map_err(|_| trouble::failure("the system gives no random numbers"))
}
