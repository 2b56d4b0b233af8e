//! Every invariant that can be seen from inside the hub, one assertion per line. The numbers are those of the design.

use alloc::vec::Vec;

use crate::id::ConnId;
use crate::limits::SERVER_FRAME_BYTES_MAX;
use crate::text::AWAY_BYTES_MAX;

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
        self.check_together();
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
        let mut open: Vec<[u16; 3]> = alloc::vec![[0; 3]; self.sessions.slots()];
        let waiters = self.rooms.iter().flat_map(|(_, room)| &room.waiters).map(|waiter| (waiter.conn, WAITING));
        for (conn, kind) in self.asks.iter().filter_map(Self::asked_by).chain(waiters) {
            let there = self.sessions.generation(conn.slot);
            assert_eq!(there, Some(conn.generation), "16: a session outlives its questions");
            open[conn.slot as usize][kind] += 1;
        }
        for (slot, session) in self.sessions.iter() {
            let counted = [session.waiting, session.appends, session.asked];
            assert_eq!(open[slot as usize], counted, "16: who waits has a question open");
        }
        let mut about = 0;
        for (slot, room) in self.rooms.iter() {
            let open = self.asks.iter().filter(|pending| Self::asked_about(pending) == Some(slot)).count();
            assert_eq!(open, room.questions as usize, "16: a room outlives its questions");
            about += open;
        }
        assert_eq!(about, self.asks.iter().filter(|pending| Self::asked_about(pending).is_some()).count());
        // A hello opens and replays many places at once; nothing else is asked beyond the bound but what the store is
        // told, and what is asked for those who were here before a restart.
        let hellos = self.sessions.len() * 2 * self.config.limits.rooms_per_session_max as usize;
        let own = |pending: &&Pending| match pending {
            Pending::Noted | Pending::Absent => true,
            Pending::Open { room } => self.rooms[*room].waiters.is_empty(),
            Pending::Verify(_)
            | Pending::Rename { .. }
            | Pending::OpenDirect { .. }
            | Pending::Append { .. }
            | Pending::Replay { .. }
            | Pending::History { .. }
            | Pending::Search { .. } => false,
        };
        let own = self.asks.iter().filter(own).count();
        assert!(self.asks.len() <= self.config.limits.questions_max as usize + hellos + own);
    }

    /// Whose question it is, and which of the session's three counts it is in.
    fn asked_by(pending: &Pending) -> Option<(ConnId, usize)> {
        match pending {
            Pending::Verify(verified) => Some((verified.conn, WAITING)),
            Pending::Rename { conn, .. } | Pending::OpenDirect { conn, .. } | Pending::Replay { conn, .. } => {
                Some((*conn, WAITING))
            }
            Pending::Append { conn, .. } => Some((*conn, 1)),
            Pending::History { conn, .. } | Pending::Search { conn, .. } => Some((*conn, 2)),
            Pending::Open { .. } | Pending::Noted | Pending::Absent => None,
        }
    }

    /// Which room it keeps open.
    fn asked_about(pending: &Pending) -> Option<u32> {
        match pending {
            Pending::Replay { room, .. } | Pending::Append { room, .. } | Pending::History { room, .. } => Some(*room),
            Pending::Verify(_)
            | Pending::Rename { .. }
            | Pending::OpenDirect { .. }
            | Pending::Open { .. }
            | Pending::Search { .. }
            | Pending::Absent
            | Pending::Noted => None,
        }
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
            assert_eq!(turn.aboard().sum::<usize>(), riders, "whoever rides sits in one coach");
            // A telling may move everybody, bring everybody a copy, and be taken by everybody.
            let bound = self.config.limits.turn_bytes_max + 3 * self.sessions.slots() * size_of::<u32>();
            assert!(turn.lists_bytes() <= bound, "13: who got off is kept in mind within a bound");
            assert!(turn.riders() > 0 || turn.len() == 0, "a buffer nobody rides starts anew");
        }
        assert!(self.mail.doomed.is_empty(), "whoever is doomed is closed within the input");
    }

    /// 1, 2: whoever belongs to a room that is told in one step is reached by that step, once: aboard a coach, apart
    /// from it, or told one by one.
    fn check_together(&self) {
        for (_, room) in self.rooms.iter() {
            let Some(together) = &room.members.together else { continue };
            let turns = || self.mail.turns.iter().zip(together.coaches);
            if turns().any(|(turn, coach)| coach.is_some_and(|coach| turn.apart(coach).is_none())) {
                // A turn of theirs is over: the next telling looks at each of them.
                continue;
            }
            let apart = turns().filter_map(|(turn, coach)| turn.apart(coach?)).flatten();
            let mut reached: Vec<u32> = together.each.iter().chain(apart).copied().collect();
            for member in room.members.iter() {
                let outbox = &self.sessions[*member].outbox;
                let flavour = self.sessions[*member].flavour.index();
                reached.extend(together.coaches[flavour].filter(|coach| outbox.rides_in(*coach)).map(|_| *member));
            }
            reached.sort_unstable();
            let mut members = room.members.to_vec();
            members.sort_unstable();
            assert_eq!(reached, members, "each member is reached once");
            let aboard: usize = turns().filter_map(|(turn, coach)| turn.aboard().nth(coach?.index())).sum();
            let known = together.each.len() + turns().filter_map(|(turn, coach)| turn.apart(coach?)).flatten().count();
            assert_eq!(aboard + known, members.len(), "nobody else sits in its coaches");
        }
    }

    /// Caps count what is there.
    fn check_addresses(&self) {
        let shaking = self.sessions.iter().filter(|(_, session)| session.in_handshake()).count();
        assert_eq!(shaking, self.handshakes as usize);
        let mut counted = 0;
        for (address, count) in &self.addresses {
            let mut here = AddressCount::default();
            for (_, session) in self.sessions.iter().filter(|(_, session)| session.address == Some(*address)) {
                here.sessions += 1;
                here.handshakes += u32::from(session.in_handshake());
            }
            assert_eq!(here, *count, "an address counts its connections");
            counted += here.sessions as usize;
        }
        assert_eq!(counted, self.sessions.iter().filter(|(_, session)| session.address.is_some()).count());
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
                | Pending::History { .. }
                | Pending::Search { .. }
                | Pending::Absent => continue,
            };
            holders += usize::from(self.names.exact(nick) == Some(Holder::Session(slot)));
        }
        assert_eq!(self.names.len(), holders, "nobody else holds a name");
        assert_eq!(self.by_identity.len(), self.users.len());
    }

    /// Users have a session or their grace.
    fn check_users(&self) {
        for (slot, user) in self.users.iter() {
            assert_eq!(self.by_identity.get(&user.identity.into()), Some(&slot));
            assert!(!user.sessions.is_empty() || user.grace().is_some(), "11: no session means grace");
            assert!(user.kept().is_empty() || user.grace().is_some(), "11: a place is kept for a time");
            let open = user.sessions.iter().filter(|session| !self.sessions[**session].is_closing()).count();
            assert!(open <= self.config.limits.sessions_per_identity_max as usize);
            let away = user.away().is_none_or(|text| !text.is_empty() && text.as_str().len() <= AWAY_BYTES_MAX);
            assert!(away && (user.away().is_none() || !user.guest), "who is away says so, briefly");
            for session in &user.sessions {
                assert_eq!(self.sessions[*session].user, Some(slot));
            }
            for room in user.kept() {
                let there = &self.rooms[*room];
                assert_eq!(there.present.get(&user.nick), Some(&Presence { user: slot, sessions: 0 }));
            }
            if let Some(at) = user.grace() {
                assert!(self.timers.contains(at, Timer::Grace(slot)), "11: grace has its deadline");
            }
        }
    }

    /// 10: membership agrees in both directions; 19: nobody's room is forgotten, nobody else's is kept.
    fn check_rooms(&self) {
        for (slot, room) in self.rooms.iter() {
            let inside = room.members.iter().chain(room.joining.keys());
            for (at, member) in room.members.iter().enumerate() {
                assert!(!room.members[..at].contains(member), "4: nobody is a member twice");
                assert!(!room.joining.contains_key(member), "4: nobody who is brought up to date is a member yet");
            }
            for member in inside.clone() {
                let session = &self.sessions[*member];
                assert!(session.places.contains(&slot), "10: a member knows its room");
                let user = session.user.expect("members are in");
                let listed = room.present.get(&self.users[user].nick);
                assert_eq!(listed.map(|presence| presence.user), Some(user), "10: whoever is here is listed");
            }
            room.present.check();
            room.news.check(|nick| room.present.contains_key(nick));
            let mut sessions = 0;
            for (nick, presence) in room.present.iter() {
                let user = &self.users[presence.user];
                assert_eq!(room.present.is_away(nick), user.away().is_some(), "10: who is away is so everywhere");
                assert_eq!(nick.fold(), user.nick.fold(), "10: people are listed by their name of now");
                assert!(presence.sessions > 0 || user.kept().contains(&slot), "10: who is listed is here or kept");
                let mine = inside.clone().filter(|member| self.sessions[**member].user == Some(presence.user)).count();
                assert_eq!(mine, presence.sessions as usize, "10: each session counts once");
                sessions += mine;
            }
            assert_eq!(sessions, room.members.len() + room.joining.len(), "10: whoever is here is listed");
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
        owned += self.users.iter().filter(|(_, user)| user.grace().is_some()).count();
        owned += self.rooms.iter().filter(|(_, room)| room.news.due.is_some()).count();
        assert_eq!(self.timers.len(), owned, "11: no other deadlines exist");
    }
}

/// At most how much longer an outbox gets by its farewell.
const FAREWELL_BYTES_MAX: usize = 1_024;
/// Which of a session's counts of open questions is of those that hold everything back.
const WAITING: usize = 0;
