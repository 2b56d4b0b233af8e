//! Every invariant that can be seen from inside the hub, one assertion per line. The numbers are those of the design.

use alloc::collections::{BTreeMap, BTreeSet};

use crate::limits::SERVER_FRAME_BYTES_MAX;

use super::asks::Pending;
use super::names::Holder;
use super::room::{Kind, Presence};
use super::session::AddressCount;
use super::timers::{SessionTimer, Timer};
use super::{Flavour, Hub};

impl Hub {
    pub(super) fn check_all(&self) {
        self.check_sessions();
        self.check_questions();
        self.check_outboxes();
        self.check_addresses();
        self.check_names();
        self.check_users();
        self.check_rooms();
        self.check_timers();
    }

    /// Sessions agree with their users, places and phases.
    fn check_sessions(&self) {
        for (slot, session) in self.sessions.iter() {
            assert_eq!(session.conn.slot, slot, "a connection is named after its slot");
            assert_eq!(self.sessions.generation(slot), Some(session.conn.generation));
            assert!(session.is_online() || session.user.is_none() || session.is_closing());
            assert!(session.user.is_some() || session.places.is_empty(), "only users are in rooms");
            assert!(session.inbox.len() <= self.config.limits.inbox_bytes_max, "12: an inbox is within its bound");
            assert!(!session.is_closing() || session.inbox.is_empty(), "a closing session is read no more");
            assert!(!session.closed || !session.awake, "8: a ghost is silent");
            assert!(!session.closed || session.outbox.is_empty(), "a closed connection has nothing to send");
            for place in &session.places {
                let room = &self.rooms[*place];
                let member = room.members.contains(&slot);
                assert!(member != room.joining.contains_key(&slot), "10: in a room: a member, or about to be one");
            }
            if let Some(user) = session.user {
                assert!(self.users[user].sessions.contains(&slot), "a user knows its sessions");
            }
            if session.is_online() && !session.paused && !session.lost {
                assert!(session.held.is_none(), "15: what is held back is on the pause list");
            }
        }
    }

    /// 16: questions and those who wait for them agree.
    fn check_questions(&self) {
        let (mut waiting, mut appends, mut asked) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        let mut rooms: BTreeMap<u32, u32> = BTreeMap::new();
        for pending in self.asks.iter() {
            match pending {
                Pending::Verify(verified) => *waiting.entry(verified.conn).or_insert(0) += 1,
                Pending::Rename { conn, .. } | Pending::OpenDirect { conn, .. } => {
                    *waiting.entry(*conn).or_insert(0) += 1;
                }
                Pending::Replay { conn, room } => {
                    *waiting.entry(*conn).or_insert(0) += 1;
                    *rooms.entry(*room).or_default() += 1;
                }
                Pending::Append { conn, room, .. } => {
                    *appends.entry(*conn).or_insert(0) += 1;
                    *rooms.entry(*room).or_default() += 1;
                }
                Pending::History { conn, room, .. } => {
                    *asked.entry(*conn).or_insert(0) += 1;
                    *rooms.entry(*room).or_default() += 1;
                }
                Pending::Open { .. } | Pending::Noted => {}
            }
        }
        for (_, room) in self.rooms.iter() {
            for waiter in &room.waiters {
                *waiting.entry(waiter.conn).or_insert(0) += 1;
            }
        }
        for (_, session) in self.sessions.iter() {
            assert_eq!(waiting.remove(&session.conn).unwrap_or(0), session.waiting, "who waits has a question open");
            assert_eq!(appends.remove(&session.conn).unwrap_or(0), session.appends);
            assert_eq!(asked.remove(&session.conn).unwrap_or(0), session.asked);
        }
        assert!(waiting.is_empty() && appends.is_empty() && asked.is_empty(), "a session outlives its questions");
        for (slot, room) in self.rooms.iter() {
            assert_eq!(rooms.remove(&slot).unwrap_or(0), room.questions, "a room outlives its questions");
        }
        assert!(rooms.is_empty());
        // A hello opens and replays many places at once; nothing else is asked beyond the bound but who was seen last.
        let hellos = self.sessions.len() * 2 * self.config.limits.rooms_per_session_max as usize;
        let seen = self.asks.iter().filter(|pending| matches!(pending, Pending::Noted)).count();
        assert!(self.asks.len() <= self.config.limits.questions_max as usize + hellos + seen);
    }

    /// 12: each outbox is within its bound, and so is their sum; the turn's riders are those who ride.
    fn check_outboxes(&self) {
        let mut total = 0;
        let mut riders = [0; Flavour::COUNT];
        for (_, session) in self.sessions.iter() {
            let own = session.outbox.own_len();
            // Of somebody who is being closed: the rest of the frame that was begun, and the farewell.
            let bound = self.config.limits.outbox_bytes_max;
            let bound =
                if session.is_closing() { bound.max(SERVER_FRAME_BYTES_MAX) + FAREWELL_BYTES_MAX } else { bound };
            assert!(own <= bound, "12: an outbox is within its bound");
            total += own;
            riders[session.flavour.index()] += usize::from(session.outbox.rides());
            let held_up = session.deadlines.get(SessionTimer::Write).is_some();
            assert!(session.awake || held_up || session.outbox.is_empty() || session.closed, "15: bytes have a wake");
        }
        assert_eq!(total, self.mail.total, "the sum of all outboxes is counted");
        let last_words: usize =
            self.sessions.iter().filter(|(_, s)| s.is_closing()).map(|(_, s)| s.outbox.own_len()).sum();
        assert!(total - last_words <= self.config.limits.outbox_bytes_total_max, "12: so is their sum");
        for (turn, riders) in self.mail.turns.iter().zip(riders) {
            assert_eq!(turn.riders(), riders, "a turn's buffer counts its riders");
            assert!(turn.riders() > 0 || turn.len() == 0, "a buffer nobody rides starts anew");
        }
        assert!(self.mail.doomed.is_empty(), "whoever is doomed is closed within the input");
    }

    /// Caps count what is there.
    fn check_addresses(&self) {
        let mut counts: BTreeMap<_, AddressCount> = BTreeMap::new();
        let mut handshakes = 0;
        for (_, session) in self.sessions.iter() {
            let shaking = u32::from(session.in_handshake());
            handshakes += shaking;
            if let Some(address) = session.address {
                let count = counts.entry(address).or_default();
                count.sessions += 1;
                count.handshakes += shaking;
            }
        }
        assert_eq!(handshakes, self.handshakes);
        assert_eq!(counts, self.addresses);
    }

    /// 9: names and those who hold them are a bijection, under folding and under skeletons.
    fn check_names(&self) {
        let mut holders = 0;
        for (slot, user) in self.users.iter() {
            assert_eq!(self.names.exact(&user.nick), Some(Holder::User(slot)), "a user holds its name");
            assert_eq!(self.names.holder(&user.nick), Some(Holder::User(slot)));
            holders += 1;
        }
        for pending in self.asks.iter() {
            let (slot, nick) = match pending {
                Pending::Verify(verified) => (verified.conn.slot, &verified.nick),
                Pending::Rename { conn, nick, .. } => (conn.slot, nick),
                Pending::Noted
                | Pending::Open { .. }
                | Pending::OpenDirect { .. }
                | Pending::Append { .. }
                | Pending::Replay { .. }
                | Pending::History { .. } => continue,
            };
            holders += usize::from(self.names.exact(nick) == Some(Holder::Session(slot)));
        }
        assert_eq!(self.names.len(), holders, "nobody else holds a name");
        assert_eq!(self.by_identity.len(), self.users.len());
    }

    /// Users have a session or their grace.
    fn check_users(&self) {
        for (slot, user) in self.users.iter() {
            assert_eq!(self.by_identity.get(&user.identity), Some(&slot));
            assert!(!user.sessions.is_empty() || user.grace.is_some(), "11: no session means grace");
            assert!(user.kept.is_empty() || user.grace.is_some(), "11: a place is kept for a time");
            let open = user.sessions.iter().filter(|session| !self.sessions[**session].is_closing()).count();
            assert!(open <= self.config.limits.sessions_per_identity_max as usize);
            for session in &user.sessions {
                assert_eq!(self.sessions[*session].user, Some(slot));
            }
            for room in &user.kept {
                let there = &self.rooms[*room];
                assert_eq!(there.present.get(&user.nick), Some(&Presence { user: slot, sessions: 0 }));
            }
            if let Some(at) = user.grace {
                assert!(self.timers.contains(at, Timer::Grace(slot)), "11: grace has its deadline");
            }
        }
    }

    /// 10: membership agrees in both directions; 19: nobody's room is forgotten, nobody else's is kept.
    fn check_rooms(&self) {
        for (slot, room) in self.rooms.iter() {
            let mut sessions: BTreeMap<u32, u32> = BTreeMap::new();
            let inside: BTreeSet<u32> = room.members.iter().copied().collect();
            assert_eq!(inside.len(), room.members.len(), "4: nobody is a member twice");
            for member in room.members.iter().chain(room.joining.keys()) {
                let session = &self.sessions[*member];
                assert!(session.places.contains(&slot), "a member knows its room");
                *sessions.entry(session.user.expect("members are in")).or_default() += 1;
            }
            for (nick, presence) in &room.present {
                let user = &self.users[presence.user];
                assert_eq!(*nick, user.nick, "people are listed by their name of now");
                assert_eq!(sessions.remove(&presence.user).unwrap_or(0), presence.sessions);
                assert!(presence.sessions > 0 || user.kept.contains(&slot), "who is listed is here or kept");
            }
            assert!(sessions.is_empty(), "whoever is here is listed");
            match &room.kind {
                Kind::Room(name) => assert_eq!(self.room_names.get(name), Some(&slot)),
                Kind::Direct([a, b]) => {
                    assert_eq!(self.directs.get(&(a.0.min(b.0), a.0.max(b.0))), Some(&slot));
                }
            }
            if let Some(due) = room.news.due {
                assert!(self.timers.contains(due, Timer::Presence(slot)));
            }
            let opening = self.asks.iter().any(|p| matches!(p, Pending::Open { room } if *room == slot));
            assert!(!room.is_deserted() || opening, "19: a deserted room is forgotten");
        }
        assert_eq!(self.rooms.len(), self.room_names.len() + self.directs.len());
    }

    /// 11: every deadline has its owner, and no others exist.
    fn check_timers(&self) {
        let mut owned = 0;
        for (slot, session) in self.sessions.iter() {
            for timer in SessionTimer::ALL {
                if let Some(at) = session.deadlines.get(timer) {
                    assert!(self.timers.contains(at, Timer::Session(slot, timer)));
                    owned += 1;
                }
            }
            let alive = session.in_handshake() || session.is_online() && session.is_native();
            let life = session.deadlines.get(SessionTimer::Life).is_some();
            assert!(!alive || life, "11: a session has its deadline");
            let farewell = session.deadlines.get(SessionTimer::Farewell).is_some();
            assert!(!session.is_closing() || session.closed || farewell, "11: last words have their deadline");
        }
        owned += self.users.iter().filter(|(_, user)| user.grace.is_some()).count();
        owned += self.rooms.iter().filter(|(_, room)| room.news.due.is_some()).count();
        assert_eq!(self.timers.len(), owned, "11: no other deadlines exist");
    }
}

/// At most how much longer an outbox gets by its farewell.
const FAREWELL_BYTES_MAX: usize = 1_024;
