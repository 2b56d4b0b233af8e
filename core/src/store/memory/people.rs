//! Who everybody is: tokens, names, and how long a name is held.

use alloc::boxed::Box;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use crate::id::{IdentityId, LogId, MessageId, Spread};
use crate::name::{LookAlike, Nick};
use crate::secret::SecretHash;
use crate::store::{Absentee, Answer, Change, Entry, READS_MAX, UNREAD_MAX, Unread, Verified, Verify};
use crate::time::Timestamp;

use super::{LogSubject, MemoryStore};

/// How long a nickname is held for an identity that is away (`native-protocol`, Identity): 30 days, in ms.
const NICK_HELD_MS: i64 = 30 * 24 * 3_600_000;

/// Identities, and the names they hold.
#[derive(Debug, Default)]
pub(super) struct People {
    identities: BTreeMap<Spread, Identity>,
    /// By the beginning of the hash of its token: all of it stands with the identity.
    by_token: BTreeSet<(u64, IdentityId)>,
    /// A name and its look-alikes are held together.
    by_name: BTreeMap<LookAlike, IdentityId>,
    /// Identities that are away, by when they were last here.
    ages: BTreeSet<(Timestamp, IdentityId)>,
    /// The number of the last identity.
    last: u64,
}

#[derive(Debug)]
struct Identity {
    token: SecretHash,
    nick: Nick,
    seen: Timestamp,
}

impl MemoryStore {
    pub(super) fn verify(&mut self, verify: &Verify) -> Answer {
        if let Some(password) = &self.password {
            match &verify.password {
                None => return Answer::PasswordRequired,
                Some(given) if given != password => return Answer::BadPassword,
                Some(_) => {}
            }
        }
        let Some((identity, known)) = self.people.verify(verify, self.limits.identities) else {
            return Answer::NickTaken;
        };
        let mut reads: Vec<(LogId, MessageId)> = Vec::new();
        let mut unread = Vec::new();
        if known {
            reads = self.reads_of(identity);
            unread = self.unread(identity);
        }
        Answer::Verified(Box::new(Verified { identity, known, reads, unread }))
    }

    fn reads_of(&self, identity: IdentityId) -> Vec<(LogId, MessageId)> {
        let mine = self.reads.range((identity, LogId(0))..=(identity, LogId(u64::MAX)));
        mine.map(|((_, log), id)| (*log, *id)).collect()
    }

    /// The other sides of conversations in which they have said something that this identity has not read.
    fn unread(&self, identity: IdentityId) -> Vec<Unread> {
        let mine = self.directs.iter().filter(|((a, b), _)| (*a == identity) != (*b == identity));
        let mut found: Vec<(u64, Unread)> = mine
            .filter_map(|((a, b), log)| {
                let peer = if *a == identity { *b } else { *a };
                let read = self.reads.get(&(identity, *log)).copied().unwrap_or_default();
                let entries = &self.logs.get(log)?.entries;
                let is_said = |entry: &Entry| matches!(entry.change, Some(Change::Message { .. }));
                let newest = entries.iter().rev().find(|row| row.entry.from == peer && is_said(&row.entry))?;
                let unread = Unread { log: *log, peer, nick: self.people.nick(peer)? };
                (newest.entry.id > read).then_some((newest.written, unread))
            })
            .collect();
        found.sort_by_key(|(written, ..)| core::cmp::Reverse(*written));
        found.into_iter().map(|(_, unread)| unread).take(UNREAD_MAX).collect()
    }

    /// How far somebody has read.
    pub(super) fn read(&mut self, identity: IdentityId, log: LogId, id: MessageId) -> Answer {
        if !self.people.is_known(identity) || !self.logs.contains_key(&log) {
            return Answer::Failed;
        }
        let read = self.reads.entry((identity, log)).or_default();
        *read = id.max(*read);
        while self.reads_of(identity).len() > READS_MAX {
            let first = self.reads_of(identity).into_iter().map(|(log, _)| log).find(|other| *other != log);
            let Some(first) = first else { break };
            self.reads.remove(&(identity, first));
        }
        Answer::Done
    }

    /// Somebody is in a room, or is not any more.
    pub(super) fn note_presence(&mut self, identity: IdentityId, log: LogId, here: bool) {
        if here {
            self.present.entry(log).or_default().insert(identity.into());
        } else if let Some(present) = self.present.get_mut(&log) {
            present.remove(&identity.into());
            if present.is_empty() {
                self.present.remove(&log);
            }
        }
    }

    /// Who was in which rooms.
    pub(super) fn absent(&mut self) -> Answer {
        let mut absentees: Vec<Absentee> = Vec::new();
        let here = |(log, here): (&LogId, &BTreeSet<Spread>)| {
            let log = *log;
            here.iter().map(move |one| (one.identity(), log)).collect::<Vec<_>>()
        };
        let mut present: Vec<(IdentityId, LogId)> = self.present.iter().flat_map(here).collect();
        present.sort_unstable();
        for (identity, log) in present {
            let Some(LogSubject::Room(room)) = self.logs.get(&log).map(|log| &log.subject) else { continue };
            let Some(nick) = self.people.nick(identity) else { continue };
            match absentees.last_mut().filter(|last| last.identity == identity) {
                Some(last) => last.rooms.push(room.clone()),
                None => absentees.push(Absentee { identity, nick, rooms: alloc::vec![room.clone()] }),
            }
        }
        let newest = self.logs.values().map(|log| log.last_at).max();
        self.people.nobody_is_here(newest.unwrap_or(Timestamp(i64::MIN)));
        let open: Vec<LogId> = self.logs.keys().copied().filter(|log| !self.is_closed(*log)).collect();
        for log in open {
            self.close_log(log);
        }
        Answer::Absent(absentees)
    }
}

impl People {
    /// Who this is, and whether by its token; `None` if the name is somebody else's.
    fn verify(&mut self, verify: &Verify, identities_max: usize) -> Option<(IdentityId, bool)> {
        let known = verify.presented.and_then(|token| self.by_token(&token));
        if self.is_held_against(known, &verify.nick, verify.at) {
            return None;
        }
        if let Some(identity) = known {
            self.set_nick(identity, &verify.nick);
            self.arrives(identity, verify.at);
            return Some((identity, true));
        }
        self.last += 1;
        let identity = IdentityId(self.last);
        if let Some(token) = verify.fresh {
            self.enroll(identity, token, &verify.nick, verify.at, identities_max);
        }
        Some((identity, false))
    }

    /// Whether it outlives its session.
    fn is_known(&self, identity: IdentityId) -> bool {
        self.identities.contains_key(&identity.into())
    }

    pub(super) fn nick(&self, identity: IdentityId) -> Option<Nick> {
        self.identities.get(&identity.into()).map(|known| known.nick.clone())
    }

    fn by_token(&self, token: &SecretHash) -> Option<IdentityId> {
        let start = beginning(token);
        let mut alike = self.by_token.range((start, IdentityId(0))..=(start, IdentityId(u64::MAX)));
        let mine =
            |(_, one): &&(u64, IdentityId)| self.identities.get(&(*one).into()).is_some_and(|one| one.token == *token);
        alike.rfind(mine).map(|(_, identity)| *identity)
    }

    /// Who holds this name, and how they write it.
    pub(super) fn by_name(&self, nick: &Nick) -> Option<(IdentityId, Nick)> {
        let (held, identity) = self.by_name.get_key_value(LookAlike::key(nick))?;
        (held.0 == *nick).then(|| (*identity, held.0.clone()))
    }

    /// Everybody is away: whoever was here, from the last time that is known of.
    fn nobody_is_here(&mut self, newest: Timestamp) {
        let last = self.identities.values().map(|known| known.seen).fold(newest, Timestamp::max);
        for (identity, known) in &mut self.identities {
            if !self.ages.contains(&(known.seen, identity.identity())) {
                known.seen = last;
                self.ages.insert((last, identity.identity()));
            }
        }
    }

    fn enroll(&mut self, identity: IdentityId, token: SecretHash, nick: &Nick, at: Timestamp, identities_max: usize) {
        if self.identities.len() >= identities_max
            && let Some((_, oldest)) = self.ages.first().copied()
        {
            self.forget_identity(oldest);
        }
        self.identities.insert(identity.into(), Identity { token, nick: nick.clone(), seen: at });
        self.by_token.insert((beginning(&token), identity));
        self.by_name.insert(LookAlike(nick.clone()), identity);
    }

    /// Whether somebody other than `mine` holds this name or a look-alike; a name unused for 30 days is let go.
    fn is_held_against(&mut self, mine: Option<IdentityId>, nick: &Nick, at: Timestamp) -> bool {
        let Some(holder) = self.by_name.get(LookAlike::key(nick)).copied().filter(|holder| Some(*holder) != mine)
        else {
            return false;
        };
        let Some(known) = self.identities.get(&holder.into()) else { return false };
        let seen = known.seen;
        let here = !self.ages.contains(&(seen, holder));
        if here || at.0.saturating_sub(seen.0) < NICK_HELD_MS {
            return true;
        }
        self.forget_identity(holder);
        false
    }

    fn forget_identity(&mut self, identity: IdentityId) {
        let Some(gone) = self.identities.remove(&identity.into()) else { return };
        self.by_token.remove(&(beginning(&gone.token), identity));
        self.ages.remove(&(gone.seen, identity));
        self.release_nick(identity, &gone.nick);
    }

    fn release_nick(&mut self, identity: IdentityId, nick: &Nick) {
        if self.by_name.get(LookAlike::key(nick)) == Some(&identity) {
            self.by_name.remove(LookAlike::key(nick));
        }
    }

    fn set_nick(&mut self, identity: IdentityId, nick: &Nick) {
        let Some(known) = self.identities.get_mut(&identity.into()) else { return };
        let old = core::mem::replace(&mut known.nick, nick.clone());
        self.release_nick(identity, &old);
        self.by_name.insert(LookAlike(nick.clone()), identity);
    }

    /// Whoever is here is not forgotten.
    fn arrives(&mut self, identity: IdentityId, at: Timestamp) {
        if let Some(known) = self.identities.get_mut(&identity.into()) {
            self.ages.remove(&(known.seen, identity));
            known.seen = known.seen.max(at);
        }
    }

    pub(super) fn leaves(&mut self, identity: IdentityId, at: Timestamp) {
        if let Some(known) = self.identities.get_mut(&identity.into()) {
            self.ages.remove(&(known.seen, identity));
            known.seen = known.seen.max(at);
            self.ages.insert((known.seen, identity));
        }
    }

    pub(super) fn rename(&mut self, identity: IdentityId, nick: &Nick) -> Answer {
        let Some(known) = self.identities.get(&identity.into()) else { return Answer::Failed };
        if self.is_held_against(Some(identity), nick, known.seen) {
            return Answer::NickTaken;
        }
        self.set_nick(identity, nick);
        Answer::Done
    }
}

/// What tokens are found by; two may begin alike.
fn beginning(hash: &SecretHash) -> u64 {
    hash.0.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
}
