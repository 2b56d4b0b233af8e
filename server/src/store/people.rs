//! Who everybody is: tokens, names, and how long a name is held.

use parlor_core::id::{IdentityId, LogId};
use parlor_core::name::Nick;
use parlor_core::store::{Absentee, Answer, Verified, Verify};
use parlor_core::time::Timestamp;
use rusqlite::{OptionalExtension, Row};

use super::engine::Engine;
use super::{names, schema};

/// How long a nickname is held for an identity that is away (`native-protocol`, Identity): 30 days, in ms.
const NICK_HELD_MS: i64 = 30 * 24 * 3_600_000;

/// Whoever holds a token or a name.
struct Holder {
    id: IdentityId,
    nick: Nick,
    seen: Timestamp,
    here: bool,
}

impl Engine {
    pub(super) fn verify(&mut self, verify: &Verify) -> rusqlite::Result<Answer> {
        if let Some(password) = &self.password {
            match &verify.password {
                None => return Ok(Answer::PasswordRequired),
                Some(given) if given != password => return Ok(Answer::BadPassword),
                Some(_) => {}
            }
        }
        let known = match &verify.presented {
            Some(token) => self.holder("token", &token.0[..])?,
            None => None,
        };
        let mine = known.as_ref().map(|known| known.id);
        if self.is_held_against(mine, &verify.nick, verify.at)? {
            return Ok(Answer::NickTaken);
        }
        if let Some(known) = known {
            self.arrives(&known, &verify.nick, verify.at)?;
            let (reads, unread) = (self.reads_of(known.id)?, self.unread(known.id)?);
            return Ok(Answer::Verified(Box::new(Verified { identity: known.id, known: true, reads, unread })));
        }
        let identity = self.enroll(verify)?;
        Ok(Answer::Verified(Box::new(Verified { identity, known: false, reads: Vec::new(), unread: Vec::new() })))
    }

    /// Whoever has this in a column.
    fn holder(&mut self, column: &str, value: impl rusqlite::ToSql) -> rusqlite::Result<Option<Holder>> {
        let sql = match column {
            "token" => "SELECT id, nick, seen, here FROM identity WHERE token = ?1",
            "fold" => "SELECT id, nick, seen, here FROM identity WHERE fold = ?1",
            "skeleton" => "SELECT id, nick, seen, here FROM identity WHERE skeleton = ?1",
            _ => "SELECT id, nick, seen, here FROM identity WHERE id = ?1",
        };
        let Self { db, names, .. } = self;
        let read = |row: &Row<'_>| {
            Ok(Holder {
                id: IdentityId(row.get(0)?),
                nick: names.nick(row.get_ref(1)?.as_str()?),
                seen: Timestamp(row.get(2)?),
                here: row.get(3)?,
            })
        };
        db.prepare_cached(sql)?.query_row([value], read).optional()
    }

    /// Whether somebody other than `mine` holds this name or a look-alike; a name unused for 30 days is let go.
    fn is_held_against(&mut self, mine: Option<IdentityId>, nick: &Nick, at: Timestamp) -> rusqlite::Result<bool> {
        for (column, name) in [("fold", nick.fold()), ("skeleton", nick.skeleton())] {
            let Some(holder) = self.holder(column, name)?.filter(|holder| Some(holder.id) != mine) else { continue };
            if holder.here || at.0.saturating_sub(holder.seen.0) < NICK_HELD_MS {
                return Ok(true);
            }
            self.forget_identity(holder.id)?;
        }
        Ok(false)
    }

    fn forget_identity(&mut self, identity: IdentityId) -> rusqlite::Result<()> {
        for sql in [
            "DELETE FROM identity WHERE id = ?1",
            "DELETE FROM read WHERE identity = ?1",
            "DELETE FROM waiting WHERE identity = ?1",
            "DELETE FROM present WHERE identity = ?1",
        ] {
            self.db.prepare_cached(sql)?.execute([identity.0])?;
        }
        Ok(())
    }

    fn arrives(&mut self, known: &Holder, nick: &Nick, at: Timestamp) -> rusqlite::Result<()> {
        if known.nick.as_str() != nick.as_str() {
            self.set_nick(known.id, nick)?;
        }
        // Whoever is known is let in although the disk is full.
        if self.reading_only || known.here && known.seen >= at {
            return Ok(());
        }
        let mut write = self.db.prepare_cached("UPDATE identity SET seen = max(seen, ?2), here = 1 WHERE id = ?1")?;
        write.execute((known.id.0, at.0)).map(drop)
    }

    /// A new number, and for whoever gets a token a row of its own.
    fn enroll(&mut self, verify: &Verify) -> rusqlite::Result<IdentityId> {
        let next = schema::fact(&self.db, "identities")? + 1;
        schema::set_fact(&self.db, "identities", next)?;
        if let Some(token) = &verify.fresh {
            let sql = "INSERT INTO identity VALUES (?1, ?2, ?3, ?4, ?5, ?6, 1)";
            let nick = &verify.nick;
            let row = (next, &token.0[..], nick.as_str(), nick.fold(), nick.skeleton(), verify.at.0);
            self.db.prepare_cached(sql)?.execute(row)?;
        }
        Ok(IdentityId(next.cast_unsigned()))
    }

    pub(super) fn rename(&mut self, identity: IdentityId, nick: &Nick) -> rusqlite::Result<Answer> {
        let Some(known) = self.holder("id", identity.0)? else { return Ok(Answer::Failed) };
        if self.is_held_against(Some(identity), nick, known.seen)? {
            return Ok(Answer::NickTaken);
        }
        self.set_nick(identity, nick)?;
        Ok(Answer::Done)
    }

    fn set_nick(&mut self, identity: IdentityId, nick: &Nick) -> rusqlite::Result<()> {
        let sql = "UPDATE identity SET nick = ?2, fold = ?3, skeleton = ?4 WHERE id = ?1";
        self.db.prepare_cached(sql)?.execute((identity.0, nick.as_str(), nick.fold(), nick.skeleton())).map(drop)
    }

    /// Who holds this name, and how they write it.
    pub(super) fn by_name(&mut self, nick: &Nick) -> rusqlite::Result<Option<(IdentityId, Nick)>> {
        Ok(self.holder("fold", nick.fold())?.map(|holder| (holder.id, holder.nick)))
    }

    /// Whether it outlives its session.
    pub(super) fn is_known(&self, identity: IdentityId) -> rusqlite::Result<bool> {
        self.db.prepare_cached("SELECT 1 FROM identity WHERE id = ?1")?.exists([identity.0])
    }

    pub(super) fn seen(&mut self, identity: IdentityId, at: Timestamp) -> rusqlite::Result<Answer> {
        let mut write = self.db.prepare_cached("UPDATE identity SET seen = max(seen, ?2), here = 0 WHERE id = ?1")?;
        write.execute((identity.0, at.0))?;
        Ok(Answer::Done)
    }

    pub(super) fn present(&mut self, identity: IdentityId, log: LogId, here: bool) -> rusqlite::Result<Answer> {
        let Some(num) = self.log(log)?.map(|log| log.num) else { return Ok(Answer::Done) };
        let sql = match here {
            true => "INSERT OR IGNORE INTO present VALUES (?1, ?2)",
            false => "DELETE FROM present WHERE identity = ?1 AND log = ?2",
        };
        self.db.prepare_cached(sql)?.execute((identity.0, num))?;
        Ok(Answer::Done)
    }

    /// Who was in which rooms. Whoever was here was so until the last time that is known of.
    pub(super) fn absent(&mut self) -> rusqlite::Result<Answer> {
        self.write_logs()?;
        let mut absentees: Vec<Absentee> = Vec::new();
        let Self { db, names, .. } = self;
        let sql = "SELECT identity.id, identity.nick, log.name FROM present \
                   CROSS JOIN identity ON identity.id = present.identity CROSS JOIN log ON log.num = present.log \
                   WHERE log.room IS NOT NULL ORDER BY present.identity, present.log";
        let mut find = db.prepare_cached(sql)?;
        let mut rows = find.query([])?;
        while let Some(row) = rows.next()? {
            let (identity, room) = (IdentityId(row.get(0)?), names::room(row.get_ref(2)?.as_str()?)?);
            match absentees.last_mut().filter(|last| last.identity == identity) {
                Some(last) => last.rooms.push(room),
                None => {
                    let nick = names.nick(row.get_ref(1)?.as_str()?);
                    absentees.push(Absentee { identity, nick, rooms: vec![room] });
                }
            }
        }
        let away = "UPDATE identity SET here = 0, seen = max((SELECT max(seen) FROM identity), \
                    coalesce((SELECT max(at) FROM log), 0)) WHERE here";
        // Not touched when there is nothing to do, so that nothing is committed.
        db.prepare_cached(away)?.execute([])?;
        Ok(Answer::Absent(absentees))
    }
}
