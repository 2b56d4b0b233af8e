//! How far everybody has read, and what waits for them.

use parlor_core::id::{IdentityId, LogId, MessageId};
use parlor_core::store::{Answer, READS_MAX, UNREAD_MAX, Unread};
use rusqlite::OptionalExtension;

use super::engine::Engine;
use super::entries::sql_id;

impl Engine {
    /// Somebody has read so far.
    pub(super) fn read(&mut self, identity: IdentityId, log: LogId, id: MessageId) -> rusqlite::Result<Answer> {
        let Some(num) = self.log(log)?.map(|log| log.num) else { return Ok(Answer::Failed) };
        if !self.is_known(identity)? {
            return Ok(Answer::Failed);
        }
        let (reader, id) = (identity.0.cast_signed(), sql_id(id));
        let mut find = self.db.prepare_cached("SELECT id FROM read WHERE identity = ?1 AND log = ?2")?;
        let known: Option<i64> = find.query_row((reader, num), |row| row.get(0)).optional()?;
        if known.is_some_and(|known| known >= id) {
            return Ok(Answer::Done);
        }
        let write = "INSERT OR REPLACE INTO read VALUES (?1, ?2, ?3, ?4)";
        self.db.prepare_cached(write)?.execute((reader, num, id, self.written))?;
        let seen = "DELETE FROM waiting WHERE identity = ?1 AND log = ?2 AND id <= ?3";
        self.db.prepare_cached(seen)?.execute((reader, num, id))?;
        if known.is_none() {
            self.let_go_of_reads(reader, num)?;
        }
        Ok(Answer::Done)
    }

    /// Beyond the bound the one read longest ago goes.
    fn let_go_of_reads(&self, reader: i64, but: i64) -> rusqlite::Result<()> {
        let mut count = self.db.prepare_cached("SELECT count(*) FROM read WHERE identity = ?1")?;
        let count: i64 = count.query_row([reader], |row| row.get(0))?;
        if count > READS_MAX as i64 {
            let sql = "DELETE FROM read WHERE identity = ?1 AND log = (SELECT log FROM read \
                       WHERE identity = ?1 AND log != ?2 ORDER BY used, log LIMIT 1)";
            self.db.prepare_cached(sql)?.execute((reader, but))?;
        }
        Ok(())
    }

    pub(super) fn reads_of(&self, identity: IdentityId) -> rusqlite::Result<Vec<(LogId, MessageId)>> {
        let sql = "SELECT log.log, read.id FROM read JOIN log ON log.num = read.log WHERE identity = ?1";
        let mut find = self.db.prepare_cached(sql)?;
        let reads = find.query_map([identity.0.cast_signed()], |row| {
            let (log, id): (i64, i64) = (row.get(0)?, row.get(1)?);
            Ok((LogId(log.cast_unsigned()), MessageId(id.cast_unsigned())))
        })?;
        let mut reads = reads.collect::<Result<Vec<_>, _>>()?;
        reads.sort_unstable_by_key(|(log, _)| *log);
        Ok(reads)
    }

    /// Conversations in which the other side has said something that this identity has not read.
    pub(super) fn unread(&mut self, identity: IdentityId) -> rusqlite::Result<Vec<Unread>> {
        let Self { db, names, .. } = self;
        let sql = "SELECT log.log, peer.id, peer.nick FROM waiting CROSS JOIN log ON log.num = waiting.log \
                   CROSS JOIN identity peer ON peer.id = iif(log.low = ?1, log.high, log.low) \
                   LEFT JOIN read ON read.identity = ?1 AND read.log = waiting.log \
                   WHERE waiting.identity = ?1 AND waiting.id > coalesce(read.id, 0) AND waiting.id >= log.first \
                   ORDER BY waiting.row DESC LIMIT ?2";
        let mut find = db.prepare_cached(sql)?;
        let mut rows = find.query((identity.0.cast_signed(), UNREAD_MAX as i64))?;
        let mut unread = Vec::new();
        while let Some(row) = rows.next()? {
            let log = LogId(row.get::<_, i64>(0)?.cast_unsigned());
            let peer = IdentityId(row.get::<_, i64>(1)?.cast_unsigned());
            unread.push(Unread { log, peer, nick: names.nick(row.get_ref(2)?.as_str()?) });
        }
        Ok(unread)
    }

    /// The other side of a conversation said something; guests do not come back for it.
    pub(super) fn waits(&self, reader: IdentityId, log: i64, id: u64, row: i64) -> rusqlite::Result<()> {
        if self.is_known(reader)? {
            let sql = "INSERT OR REPLACE INTO waiting VALUES (?1, ?2, ?3, ?4)";
            self.db.prepare_cached(sql)?.execute((reader.0.cast_signed(), log, id.cast_signed(), row))?;
        }
        Ok(())
    }

    /// A message was taken back: if it is the one that waits, the one before it does.
    pub(super) fn waits_no_more(&self, log: i64, row: i64) -> rusqlite::Result<()> {
        let mut find = self
            .db
            .prepare_cached("SELECT author, low, high FROM entry JOIN log ON log.num = entry.log WHERE row = ?1")?;
        let found = find.query_row([row], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, Option<i64>>(1)?, row.get::<_, Option<i64>>(2)?))
        })?;
        let (author, Some(low), Some(high)) = found else { return Ok(()) };
        let reader = if author == low { high } else { low };
        let sql = "DELETE FROM waiting WHERE identity = ?1 AND log = ?2 AND row = ?3";
        if self.db.prepare_cached(sql)?.execute((reader, log, row))? == 0 {
            return Ok(());
        }
        let sql = "INSERT INTO waiting SELECT ?1, log, id, row FROM entry \
                   WHERE log = ?2 AND author = ?3 AND kind IN (1, 2) \
                   AND id > coalesce((SELECT id FROM read WHERE identity = ?1 AND log = ?2), 0) \
                   ORDER BY id DESC LIMIT 1";
        self.db.prepare_cached(sql)?.execute((reader, log, author)).map(drop)
    }
}
