//! From a connection to somebody who is in: hello, the question who it is, welcome.

use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Write;

use rand_chacha::rand_core::Rng;

use crate::id::{ConnId, IdentityId};
use crate::limits::{CLIENT_FRAME_BYTES_MAX, PAGE_MAX};
use crate::name::{NAME_BYTES_MAX, Nick};
use crate::secret::Secret;
use crate::store::{Answer, Ask, Verify};
use crate::text::{TEXT_BYTES_MAX, TOPIC_BYTES_MAX};
use crate::vocabulary::{Code, Event, Features, Hello, Place, Reason, Tag, VERSION, Welcome, WelcomeLimits};
use crate::wire::Dialect;

use super::Hub;
use super::asks::Pending;
use super::names::Holder;
use super::phase::Phase;
use super::session::{Few, User};
use super::timers::SessionTimer;

/// How often a name is numbered (`ali2`, `ali3`, …) before a dialect that cannot ask gives up.
const NUMBERED_MAX: u32 = 1_000;

impl Hub {
    /// Somebody says who they are.
    pub(super) fn hello(&mut self, slot: u32, hello: Box<Hello>, reference: Option<Tag>) {
        if hello.version != VERSION {
            return self.close(slot, Reason::Version);
        }
        if hello.rooms.as_ref().is_some_and(|rooms| rooms.len() > self.config.limits.rooms_per_session_max as usize) {
            return self.try_again(slot, Code::TooManyRooms, "That is more rooms than one may be in.", reference);
        }
        match self.sessions[slot].dialect {
            Dialect::Native => match Nick::parse(&hello.nick) {
                Ok(nick) => self.ask_who(slot, hello, nick, None, reference),
                Err(bad) => self.try_again(slot, Code::BadNick, &format!("{bad}"), reference),
            },
            Dialect::Prompt => {
                let typed: String = hello.nick.split_whitespace().collect::<Vec<_>>().join("_");
                match Nick::parse(&typed) {
                    Ok(nick) => self.ask_who(slot, hello, nick, None, reference),
                    Err(bad) => self.try_again(slot, Code::BadNick, &format!("{bad}"), reference),
                }
            }
            Dialect::Nic => {
                let nick = Nick::coerce(&hello.nick);
                self.ask_who(slot, hello, nick, None, reference);
            }
        }
    }

    /// Asks the store who this is, unless somebody who is here has the name.
    fn ask_who(&mut self, slot: u32, hello: Box<Hello>, nick: Nick, numbered: Option<u32>, reference: Option<Tag>) {
        let (mut nick, wanted, mut number) = (nick.clone(), nick, numbered.unwrap_or(1));
        let dialect = self.sessions[slot].dialect;
        let guest = dialect != Dialect::Native;
        loop {
            match self.names.holder(&nick) {
                None => {
                    self.names.hold(&nick, Holder::Session(slot));
                    break;
                }
                // It may be the same identity: the store will tell.
                Some(Holder::User(user)) if hello.token.is_some() && !self.users[user].guest && !guest => break,
                Some(Holder::User(_) | Holder::Session(_)) => {
                    if dialect != Dialect::Nic {
                        return self.try_again(slot, Code::NickTaken, &taken(&wanted), reference);
                    }
                    number += 1;
                    if number > NUMBERED_MAX {
                        return self.close(slot, Reason::HandshakeRefused);
                    }
                    nick = wanted.numbered(number);
                }
            }
        }
        let token = (!guest).then(|| self.mint_token());
        let verify = Verify {
            presented: hello.token.as_ref().filter(|_| !guest).map(Secret::digest),
            fresh: token.as_ref().map(Secret::digest),
            nick: nick.clone(),
            password: hello.password.clone(),
            at: self.now.timestamp,
        };
        let session = &mut self.sessions[slot];
        session.phase = Phase::Verifying;
        session.waiting += 1;
        let claimed = Some(hello.nick.clone()).filter(|claimed| guest && **claimed != *nick.as_str());
        let pending = Verified {
            conn: session.conn,
            hello,
            nick,
            token,
            claimed: claimed.filter(|_| dialect == Dialect::Nic),
            wanted,
            number,
            reference,
        };
        self.asks.ask(&mut self.mail.outputs, Ask::Verify(Box::new(verify)), Pending::Verify(Box::new(pending)));
    }

    /// 128 random bits, as 32 hexadecimal digits.
    fn mint_token(&mut self) -> Secret {
        let mut bytes = [0; 16];
        self.rng.fill_bytes(&mut bytes);
        let mut text = String::with_capacity(32);
        for byte in bytes {
            write!(text, "{byte:02x}").expect("writing into a string cannot fail");
        }
        Secret::from(text)
    }

    /// The store said who it is.
    pub(super) fn verified(&mut self, verified: Verified, answer: Answer) {
        let Verified { conn, hello, nick, token, claimed, wanted, number, reference } = verified;
        let slot = self.slot_of(conn).expect("a session stays until its questions are answered");
        self.sessions[slot].waiting -= 1;
        if self.sessions[slot].phase != Phase::Verifying {
            self.unreserve(slot, &nick);
            if let Answer::Verified(found) = answer
                && !self.by_identity.contains_key(&found.identity.into())
            {
                // It was closed meanwhile: the store is not to hold anything for somebody who never came.
                let ask = Ask::Seen { identity: found.identity, at: self.now.timestamp };
                self.asks.ask(&mut self.mail.outputs, ask, Pending::Noted);
            }
            return self.go_on(slot);
        }
        let refusal = match answer {
            Answer::Verified(found) => {
                if self.names.holder(&nick).is_none() {
                    // It was held by another session of the same identity, which has gone meanwhile.
                    self.names.hold(&nick, Holder::Session(slot));
                }
                let reserved = self.names.holder(&nick) == Some(Holder::Session(slot));
                let online = self.by_identity.get(&found.identity.into()).copied();
                if reserved || online.is_some_and(|user| self.names.holder(&nick) == Some(Holder::User(user))) {
                    let token = if found.known { hello.token.clone() } else { token };
                    self.welcome(slot, &hello, nick, *found, token, claimed);
                    return self.go_on(slot);
                }
                Code::NickTaken
            }
            Answer::NickTaken => Code::NickTaken,
            Answer::PasswordRequired => Code::PasswordRequired,
            Answer::BadPassword => Code::BadPassword,
            Answer::Failed => Code::Unavailable,
            Answer::Done
            | Answer::Opened(_)
            | Answer::NoSuchNick
            | Answer::Appended { .. }
            | Answer::Page { .. }
            | Answer::NoSuchMessage
            | Answer::NotYours
            | Answer::Found { .. }
            | Answer::Absent(_)
            | Answer::Elsewhere => {
                unreachable!("a verification is answered in its own words")
            }
        };
        self.unreserve(slot, &nick);
        self.sessions[slot].phase = Phase::Greeting;
        if refusal == Code::NickTaken && self.sessions[slot].dialect == Dialect::Nic && number < NUMBERED_MAX {
            let next = wanted.numbered(number + 1);
            return self.ask_numbered(slot, hello, wanted, next, number + 1, reference);
        }
        let sentence = match refusal {
            Code::NickTaken => taken(&nick),
            Code::PasswordRequired => String::from("This server needs a password."),
            Code::BadPassword => String::from("That is not the server's password."),
            _ => String::from("The server cannot look you up just now; try again in a moment."),
        };
        self.try_again(slot, refusal, &sentence, reference);
        // Of a lost connection nothing is left once it is refused for the last time.
        if self.sessions.get(slot).is_some_and(|session| !session.is_closing()) {
            self.go_on(slot);
        }
    }

    /// Tries the next number for a name that the store says is held.
    fn ask_numbered(
        &mut self,
        slot: u32,
        hello: Box<Hello>,
        wanted: Nick,
        next: Nick,
        number: u32,
        reference: Option<Tag>,
    ) {
        if self.names.holder(&next).is_none() {
            self.names.hold(&next, Holder::Session(slot));
            let session = &mut self.sessions[slot];
            session.phase = Phase::Verifying;
            session.waiting += 1;
            let verify =
                Verify { presented: None, fresh: None, nick: next.clone(), password: None, at: self.now.timestamp };
            let claimed = Some(hello.nick.clone());
            let pending =
                Verified { conn: session.conn, hello, nick: next, token: None, claimed, wanted, number, reference };
            self.asks.ask(&mut self.mail.outputs, Ask::Verify(Box::new(verify)), Pending::Verify(Box::new(pending)));
        } else if number < NUMBERED_MAX {
            let after = wanted.numbered(number + 1);
            self.ask_numbered(slot, hello, wanted, after, number + 1, reference);
        } else {
            self.close(slot, Reason::HandshakeRefused);
        }
    }

    fn unreserve(&mut self, slot: u32, nick: &Nick) {
        if self.names.exact(nick) == Some(Holder::Session(slot)) {
            self.names.release(nick, Holder::Session(slot));
        }
    }

    /// Refuses a hello; after too many tries the connection is closed.
    pub(super) fn try_again(&mut self, slot: u32, code: Code, text: &str, reference: Option<Tag>) {
        let session = &mut self.sessions[slot];
        session.tries += 1;
        let last = u32::from(session.tries) > self.config.limits.hello_tries_max;
        let asks = session.dialect == Dialect::Prompt && !last;
        let text = if asks { format!("{text} Please enter your name and press Enter") } else { text.into() };
        self.refuse(slot, code, &text, reference);
        if last {
            self.close(slot, Reason::HandshakeRefused);
        }
    }

    fn welcome(
        &mut self,
        slot: u32,
        hello: &Hello,
        nick: Nick,
        found: crate::store::Verified,
        token: Option<Secret>,
        claimed: Option<Box<str>>,
    ) {
        let (user, resumed) = self.attach(slot, nick, found.identity, found.known);
        for (log, id) in found.reads {
            let read = self.users[user].aside().reads.entry(log).or_default();
            *read = id.max(*read);
        }
        self.end_handshake(slot);
        let session = &mut self.sessions[slot];
        session.phase = Phase::Online;
        session.codec.welcomed();
        let native = session.is_native();
        let heard = session.heard;
        if native {
            self.set_timer(slot, SessionTimer::Life, heard + self.config.limits.ping_interval);
        } else {
            self.clear_timer(slot, SessionTimer::Life);
        }
        let welcome = Welcome {
            server: self.config.server.clone(),
            nick: self.users[user].nick.clone(),
            instead_of: claimed,
            token,
            resumed,
            limits: self.welcome_limits(),
            features: Features { away: native },
        };
        self.send(slot, &Event::Welcome(Box::new(welcome)));
        self.remind_of_away(slot, user);
        let default = core::slice::from_ref(&self.config.default_room);
        let rooms = hello.rooms.as_deref().filter(|_| native).unwrap_or(default).to_vec();
        let known_to = |place: &Place| hello.resume.iter().find(|r| r.place == *place).map(|r| (r.log, r.id));
        for room in &rooms {
            let resume = known_to(&Place::Room(room.clone()));
            self.join_room(slot, room, resume, None);
        }
        // Conversations count apart from rooms, here as everywhere.
        let directs = hello.resume.iter().filter_map(|resume| match &resume.place {
            Place::Direct(peer) => Some((peer, resume)),
            Place::Room(_) => None,
        });
        for (peer, resume) in directs.take(self.config.limits.rooms_per_session_max as usize) {
            self.join_direct(slot, peer, Some((resume.log, resume.id)), None);
        }
        let told = |peer: &Nick| hello.resume.iter().any(|resume| resume.place == Place::Direct(peer.clone()));
        let unread = found.unread.into_iter().filter(|unread| !told(&unread.nick));
        let left = (self.config.limits.rooms_per_session_max as usize).saturating_sub(hello.resume.len());
        for unread in unread.take(left).filter(|_| native) {
            // The client may know it by a name that the other side had before.
            let known = hello.resume.iter().find(|resume| resume.log == unread.log);
            self.open_unread(slot, unread, known.map(|resume| (resume.log, resume.id)));
        }
        // What it has not entered again by now is given up.
        self.end_kept(user);
    }

    /// Makes the session one of its identity's: of the user who is here, or of a new one.
    fn attach(&mut self, slot: u32, nick: Nick, identity: IdentityId, known: bool) -> (u32, bool) {
        let guest = !self.sessions[slot].is_native();
        let Some(user) = self.by_identity.get(&identity.into()).copied() else {
            let user = User { identity, nick: nick.clone(), guest, sessions: Few::from_slice(&[slot]), aside: None };
            let (user, _) = self.users.insert(user);
            self.names.release(&nick, Holder::Session(slot));
            self.names.hold(&nick, Holder::User(user));
            self.by_identity.insert(identity.into(), user);
            self.sessions[slot].user = Some(user);
            self.rename_conversations(identity, &nick);
            return (user, false);
        };
        self.sessions[slot].user = Some(user);
        self.end_grace_timer(user);
        self.users[user].sessions.push(slot);
        if self.users[user].nick.as_str() != nick.as_str() {
            self.unreserve(slot, &nick);
            self.rename(user, nick);
        }
        // Those that are closing already wait for answers only.
        let mut open = self.users[user].sessions.iter().copied().filter(|open| !self.sessions[*open].is_closing());
        let oldest = open.next();
        if open.count() >= self.config.limits.sessions_per_identity_max as usize
            && let Some(oldest) = oldest
        {
            self.close(oldest, Reason::Replaced);
        }
        (user, known)
    }

    fn welcome_limits(&self) -> WelcomeLimits {
        WelcomeLimits {
            nick_bytes: NAME_BYTES_MAX as u32,
            room_bytes: NAME_BYTES_MAX as u32,
            text_bytes: TEXT_BYTES_MAX as u32,
            topic_bytes: TOPIC_BYTES_MAX as u32,
            frame_bytes: CLIENT_FRAME_BYTES_MAX as u32,
            page: PAGE_MAX,
            rooms: self.config.limits.rooms_per_session_max,
        }
    }

    /// The handshake is over, one way or another: its caps count it no more.
    pub(super) fn end_handshake(&mut self, slot: u32) {
        if !self.sessions[slot].in_handshake() {
            return;
        }
        self.handshakes -= 1;
        if let Some(address) = self.sessions[slot].address {
            let count = self.addresses.get_mut(&address).expect("an open connection's address is counted");
            count.handshakes -= 1;
        }
    }
}

/// What [`Pending::Verify`] remembers.
#[derive(Debug)]
pub(super) struct Verified {
    pub(super) conn: ConnId,
    pub(super) hello: Box<Hello>,
    pub(super) nick: Nick,
    pub(super) token: Option<Secret>,
    pub(super) claimed: Option<Box<str>>,
    pub(super) wanted: Nick,
    pub(super) number: u32,
    pub(super) reference: Option<Tag>,
}

fn taken(nick: &Nick) -> String {
    format!("The name {nick} is taken, or looks like one that is; choose another.")
}
