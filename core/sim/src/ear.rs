//! What one native connection hears, held against the reference as it arrives.

use std::collections::{BTreeMap, BTreeSet};

use parlor_core::id::{IdentityId, LogId, MessageId};
use parlor_core::name::Nick;
use parlor_core::store::Change;
use parlor_core::text::Note;
use parlor_core::vocabulary::{Code, Event, Message, Place, Reason, Resume, RoomInfo};
use parlor_core::wire::{ClientCodec, Decoded, Dialect};

use crate::oracle::Oracle;
use crate::reached::{Cap, Path, Reached};
use crate::said;

mod people;

/// What a connection knows of a place it is in.
#[derive(Clone, Debug)]
pub struct Seen {
    /// The log of the place.
    pub log: LogId,
    /// The last entry it was told of.
    pub last: u64,
    /// Who is there, as far as it was told.
    pub members: BTreeSet<Nick>,
    /// Who of them is away, as far as it was told.
    pub away: BTreeMap<Nick, Note>,
    /// Comings and goings are told in bulk and may leave names out.
    pub bulk: bool,
    /// The entry that was said to be safe and must be told next.
    acked: Option<u64>,
    /// Up to where it may go on instead, where it is not known which hello it was that the server took.
    instead: Option<u64>,
}

impl Seen {
    /// Whether everything up to this entry was told, or lies before where one may have come in afresh.
    pub fn has_all(&self, promised: u64) -> bool {
        self.last == promised || self.instead == Some(promised)
    }
}

/// The token of a ping that a peer sends once it is welcome: with its pong, all its hello asked for was done.
pub const HELLO_DONE: &str = "hello done";

/// The reference that a peer gives to its searches.
pub const SEARCHED: &str = "searched";

/// Listens at one native connection.
#[derive(Debug)]
pub struct Ear {
    codec: ClientCodec,
    /// One's own name, once one is in.
    pub nick: Option<Nick>,
    identity: Option<IdentityId>,
    /// The token it was given.
    pub token: Option<String>,
    /// The places one is in.
    pub places: BTreeMap<Place, Seen>,
    /// What the hello said of each place.
    pub resume: Vec<Resume>,
    /// Whether a place is only ever spoken of while one is known to be in it.
    pub strict: bool,
    /// Whether rooms tell who comes and goes in bulk, so that names may be missing for a while.
    pub bulk: bool,
    leaving: BTreeSet<Place>,
    /// Logs of places one has left.
    left: BTreeSet<LogId>,
    /// Conversations under a name that two people had: what is told of them belongs to either.
    ambiguous: BTreeSet<Place>,
    /// Numbers of texts said here under a nonce that were neither acknowledged nor refused yet.
    unanswered: BTreeSet<u64>,
    /// All that its hello asked for was done, or refused.
    hello_done: bool,
    /// Why the server ended it, once it has said so.
    pub bye: Option<Reason>,
}

/// What the peer has to do about something it heard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// Answer the ping.
    Ping(String),
    /// A command was refused before one was in.
    Refused,
    /// One is in.
    Welcome,
    /// One has left this place: it was confirmed.
    Left,
}

impl Ear {
    /// Listens at a fresh connection.
    pub fn new(strict: bool, bulk: bool) -> Self {
        let codec = ClientCodec::new(Dialect::Native);
        let (nick, identity, token, places) = (None, None, None, BTreeMap::new());
        Self {
            codec,
            nick,
            identity,
            token,
            places,
            resume: Vec::new(),
            strict,
            bulk,
            leaving: BTreeSet::new(),
            left: BTreeSet::new(),
            ambiguous: BTreeSet::new(),
            unanswered: BTreeSet::new(),
            hello_done: false,
            bye: None,
        }
    }

    /// Whether one is in.
    pub fn is_in(&self) -> bool {
        self.nick.is_some() && self.bye.is_none()
    }

    /// The places of which it is known what one must have heard; none unless one is in.
    pub fn known_places(&self) -> impl Iterator<Item = (&Place, &Seen)> {
        let known = |place: &Place| self.strict && self.is_in() && !self.ambiguous.contains(place);
        self.places.iter().filter(move |(place, _)| known(place))
    }

    /// A conversation that waits for one, although one has not left it. None where what one hears is ambiguous, or one
    /// is a guest to the store.
    pub fn missed_conversation(&self, oracle: &Oracle) -> Option<LogId> {
        let me = self.identity.filter(|_| self.strict && self.is_in() && self.ambiguous.is_empty())?;
        let known = |log: &LogId| self.places.values().any(|seen| seen.log == *log) || self.left.contains(log);
        oracle.unread(me).find(|log| !known(log))
    }

    /// One is about to leave a place. A conversation may be entered again before one knows that one has left it, since
    /// others do that, too; what belongs to which stay cannot be told then.
    pub fn leaves(&mut self, place: &str) {
        self.leaving.extend(Place::parse(place));
    }

    /// One says the text with this number, under it as nonce and reference.
    pub fn says(&mut self, number: u64) {
        self.unanswered.insert(number);
    }

    /// Hears bytes.
    ///
    /// # Panics
    /// If anything heard breaks a promise of the protocol.
    pub fn hear(&mut self, mut bytes: &[u8], oracle: &Oracle, reached: &mut Reached) -> Vec<Heard> {
        let mut heard = Vec::new();
        while let Some(decoded) = self.codec.decode(&mut bytes) {
            let Decoded::Frame(event) = decoded else {
                panic!("the server writes what no client understands: {decoded:?}")
            };
            assert!(self.bye.is_none(), "nothing follows a bye: {event:?}");
            heard.extend(self.event(event, oracle, reached));
        }
        heard
    }

    fn event(&mut self, event: Event, oracle: &Oracle, reached: &mut Reached) -> Option<Heard> {
        let first = matches!(event, Event::Welcome(_) | Event::Error { .. } | Event::Bye { .. });
        assert!(self.nick.is_some() || first, "nothing is told before the welcome: {event:?}");
        self.expect_acked(&event);
        match event {
            Event::Welcome(welcome) => {
                assert!(self.nick.is_none(), "one is welcomed once");
                let token = welcome.token.expect("a native client is given its token");
                self.identity = oracle.identity(token.digest());
                assert!(self.identity.is_some(), "17: the token is one's own");
                self.token = Some(token.reveal().into());
                self.nick = Some(welcome.nick);
                reached.path(if welcome.resumed { Path::Resumed } else { Path::Welcome });
                return Some(Heard::Welcome);
            }
            Event::Room(info) => self.room(&info, oracle, reached),
            Event::Message(message) => self.message(&message, oracle, reached),
            Event::Topic { place, id, text, by, at } => {
                reached.path(Path::Topic);
                let log = self.advance(&place, id, oracle, reached)?;
                let entry = &oracle.logs[&log].entries[&id.0];
                assert_eq!(entry.change, Change::Topic(text), "6: a topic arrives as it was set");
                assert_eq!((&entry.nick, oracle.logs[&log].times[&id.0]), (&by, at));
            }
            Event::Ack { nonce, place, id } => self.ack(nonce.as_str(), &place, id, oracle, reached),
            Event::Gap { place, log, after, next } => self.gap(&place, log, after, next, oracle, reached),
            Event::Edited { place, id, target, text, by, at } => {
                reached.path(Path::Edited);
                let log = self.advance(&place, id, oracle, reached)?;
                let there = &oracle.logs[&log];
                let is_edit = matches!(there.entries[&id.0].change, Change::Edit { target: of, .. } if of == target);
                assert!(is_edit, "2: an edit is told as what it is");
                let said = there.versions[&target.0].range(id.0..).any(|(_, version)| *version == text);
                assert!(said, "6: a message reads as it was corrected, then or since: {text}");
                assert_eq!((&there.entries[&id.0].nick, there.times[&id.0]), (&by, at));
            }
            Event::Deleted { place, id, target, by, at } => {
                reached.path(Path::Deleted);
                let log = self.advance(&place, id, oracle, reached)?;
                let there = &oracle.logs[&log];
                assert_eq!(there.deleted.get(&target.0), Some(&id.0), "2: a deletion is told as what it is");
                assert_eq!((&there.entries[&id.0].nick, there.times[&id.0]), (&by, at));
            }
            Event::Page { place, messages, has_more, reference, .. } => {
                // Client machines call their searches `s` and a number.
                let found = reference.is_some_and(|reference| reference.as_str().starts_with('s'));
                reached.path(match (found, has_more) {
                    (false, false) => Path::Page,
                    (false, true) => Path::PageMore,
                    (true, false) => Path::Found,
                    (true, true) => Path::FoundMore,
                });
                match (found, place) {
                    (false, Some(place)) => self.page(&place, &messages, oracle, reached),
                    (false, None) => panic!("a page of history is of one place"),
                    (true, place) => self.found(place.as_ref(), &messages, oracle),
                }
            }
            Event::Error { code, reference, .. } => {
                reached.error(code);
                if let Some(number) = reference.and_then(|reference| reference.as_str().parse().ok()) {
                    self.unanswered.remove(&number);
                }
                match code {
                    Code::RateLimited => reached.cap(Cap::PaceCostly),
                    Code::TooManyRooms => reached.cap(Cap::RoomsPerSession),
                    Code::ServerFull => reached.cap(Cap::Rooms),
                    _ => {}
                }
                return self.nick.is_none().then_some(Heard::Refused);
            }
            Event::Bye { reason, .. } => {
                reached.bye(reason);
                self.bye = Some(reason);
            }
            Event::Ping { token } => {
                reached.path(Path::Ping);
                return Some(Heard::Ping(token.as_str().into()));
            }
            Event::Pong { token } => {
                reached.path(Path::Pong);
                if let Some(number) =
                    token.as_str().strip_prefix("after ").and_then(|number| number.parse::<u64>().ok())
                {
                    let earlier: Vec<&u64> = self.unanswered.range(..=number).collect();
                    assert!(
                        earlier.is_empty() || !self.strict,
                        "a pong does not overtake what was said before its ping: {earlier:?}"
                    );
                }
                if token.as_str() == HELLO_DONE {
                    self.hello_done = true;
                    // Where a room was refused it is entered afresh by a command; a conversation, when somebody speaks.
                    self.resume.retain(|resume| matches!(resume.place, Place::Direct(_)));
                }
                if let Some(place) = token.as_str().strip_prefix("left ") {
                    let place = Place::parse(place).expect("our own tag");
                    self.left.extend(self.places.remove(&place).map(|seen| seen.log));
                    self.leaving.remove(&place);
                    return Some(Heard::Left);
                }
            }
            Event::Joined { .. }
            | Event::Parted { .. }
            | Event::Presence { .. }
            | Event::Typing { .. }
            | Event::Read { .. }
            | Event::Nick { .. }
            | Event::Away { .. }
            | Event::Kicked { .. }
            | Event::Muted { .. }
            | Event::Rooms { .. }
            | Event::Members { .. } => self.people(event, reached),
            Event::Greeting | Event::Row(_) => panic!("a native server has no rows"),
        }
        None
    }

    /// An ack stands right before the message it speaks of.
    fn expect_acked(&mut self, event: &Event) {
        for (place, seen) in &mut self.places {
            let Some(id) = seen.acked.take() else { continue };
            // Of somebody cut off, what waited is dropped.
            let told = matches!(event, Event::Bye { .. })
                || matches!(event, Event::Message(message) if message.place == *place && message.id.0 == id);
            assert!(told, "the ack of {id} in {place} is followed by its message, not by {event:?}");
        }
    }

    fn room(&mut self, info: &RoomInfo, oracle: &Oracle, reached: &mut Reached) {
        let log = oracle.logs.get(&info.log).expect("a room has a log that was opened");
        assert!(info.last_id.0 <= log.promised, "1: nothing is told that is not safe");
        match (&info.place, log.pair) {
            (Place::Direct(_), Some((a, b))) => {
                let mine = self.identity.is_some_and(|me| me == a || me == b);
                assert!(mine, "17: nobody is sent somebody else's conversation");
            }
            (Place::Room(room), None) => assert_eq!(Some(room), log.room.as_ref(), "a room has its own log"),
            (place, _) => panic!("{place} has another kind of log"),
        }
        let members: BTreeSet<Nick> = info.members.iter().cloned().collect();
        let away: BTreeMap<Nick, Note> = info.away.iter().cloned().collect();
        assert!(away.keys().all(|nick| members.contains(nick)), "17: only who is there is away there: {away:?}");
        assert!(away.values().all(|text| !text.is_empty()), "who is away says why");
        if !away.is_empty() {
            reached.path(Path::AwayListed);
        }
        // The other side of a conversation may have gone for good, and oneself have its name.
        let direct = matches!(info.place, Place::Direct(_));
        assert!(direct || members.len() == info.members.len(), "9: nobody is listed twice: {:?}", info.members);
        let me = self.nick.as_ref().expect("one is in");
        assert!(members.contains(me), "oneself is listed: {me} in {members:?}");
        if matches!(info.place, Place::Direct(_)) && self.leaving.contains(&info.place) {
            self.strict = false;
        }
        let known_as = self.places.iter().find(|(_, seen)| seen.log == info.log).map(|(place, _)| place.clone());
        if let Some(mut seen) = known_as.and_then(|place| self.places.remove(&place)) {
            // Told again: on a second join, or because the other side of a conversation goes by another name.
            let same = seen.last == info.last_id.0 || seen.instead == Some(info.last_id.0);
            assert!(same || !self.strict, "3: a room told again is as far as one was told");
            if same {
                seen.members = members;
                seen.away = away;
                self.places.insert(info.place.clone(), seen);
                return;
            }
        }
        // Another log in place of one that is gone. Guests' names pass on: what was under way in a conversation with the
        // last bearer of one cannot be told from what is said to the next.
        if self.places.remove(&info.place).is_some() && direct {
            self.ambiguous.insert(info.place.clone());
        }
        // By its log: a conversation may go by another name by now.
        let known = self.resume.iter().find(|resume| resume.log == info.log).cloned();
        let last = known.as_ref().map_or(info.last_id.0, |resume| resume.id.0.min(info.last_id.0));
        // Once: whoever parts and joins again begins afresh.
        self.resume.retain(|resume| resume.log != info.log);
        reached.path(match info.place {
            Place::Direct(_) => Path::Direct,
            Place::Room(_) if last < info.last_id.0 => Path::Replay,
            Place::Room(_) => Path::RoomEntered,
        });
        // Under another name than that of the hello it may have been entered afresh.
        let renamed = known.as_ref().is_some_and(|resume| resume.place != info.place);
        // One that was refused with the hello may be entered later: from there, or afresh by a command of one's own.
        let instead = Some(info.last_id.0).filter(|_| !self.strict || renamed || known.is_some() && self.hello_done);
        let seen = Seen { log: info.log, last, members, away, bulk: self.bulk, acked: None, instead };
        self.places.insert(info.place.clone(), seen);
    }

    /// The next entry of a place's log is told: no hole, nothing twice. Gives the log.
    fn advance(&mut self, place: &Place, id: MessageId, oracle: &Oracle, reached: &mut Reached) -> Option<LogId> {
        if self.ambiguous.contains(place) {
            return None;
        }
        let Some(seen) = self.places.get_mut(place) else {
            assert!(!self.strict, "17: nothing is told of a place one is not in: {place}");
            return None;
        };
        let instead = seen.instead.take().is_some_and(|last| id.0 <= last + 1);
        // What was missed and taken back meanwhile is not told any more.
        let there = &oracle.logs[&seen.log];
        let gone = id.0 > seen.last + 1 && (seen.last + 1..id.0).all(|skipped| there.is_gone(skipped));
        if gone && !instead {
            reached.path(Path::Tombstone);
        }
        assert!(
            id.0 == seen.last + 1 || instead || gone,
            "3, 4: no hole and nothing twice in {place}: {id:?} after {}",
            seen.last
        );
        seen.last = id.0;
        Some(seen.log)
    }

    fn message(&mut self, message: &Message, oracle: &Oracle, reached: &mut Reached) {
        let unacknowledged =
            said::number_of(message.text.as_str()).is_some_and(|number| self.unanswered.contains(&number));
        assert!(!unacknowledged || !self.strict, "the ack stands before the message it speaks of: {message:?}");
        let Some(log) = self.advance(&message.place, message.id, oracle, reached) else { return };
        compare(log, message, oracle);
        if message.action {
            reached.path(Path::Action);
        }
        if message.reply_to.is_some() {
            reached.path(Path::Reply);
        }
    }

    fn ack(&mut self, nonce: &str, place: &Place, id: MessageId, oracle: &Oracle, reached: &mut Reached) {
        if let Ok(number) = nonce.parse() {
            self.unanswered.remove(&number);
        }
        if self.ambiguous.contains(place) {
            return;
        }
        let Some(seen) = self.places.get_mut(place) else {
            assert!(!self.strict, "an ack is of a place one is in: {place}");
            return;
        };
        // Scripted peers use the number of what they say.
        if let Ok(number) = nonce.parse() {
            assert_eq!(oracle.stored(number), Some((seen.log, id.0)), "1: what is acknowledged is stored, and there");
        }
        if seen.instead.is_some() {
            // Which entry is the next is not known yet.
            return;
        }
        if id.0 == seen.last + 1 {
            seen.acked = Some(id.0);
            reached.path(Path::Ack);
        } else {
            assert!(id.0 <= seen.last, "an ack does not run ahead: {id:?} after {}", seen.last);
            reached.path(Path::AckRepeated);
        }
    }

    fn gap(
        &mut self,
        place: &Place,
        log: LogId,
        after: MessageId,
        next: MessageId,
        oracle: &Oracle,
        reached: &mut Reached,
    ) {
        if self.ambiguous.contains(place) {
            return;
        }
        let Some(seen) = self.places.get_mut(place) else { return assert!(!self.strict, "a gap in no place") };
        assert_eq!(seen.log, log, "a gap is one of the place's log");
        assert!(next.0 <= oracle.logs[&log].promised + 1, "a gap ends where the log does");
        assert!(next.0 > after.0, "a gap is not empty");
        if after.0 == seen.last && next.0 > seen.last {
            seen.last = next.0 - 1;
            reached.path(Path::GapTooMuch);
            reached.cap(Cap::Replay);
        } else if !self.strict || seen.instead.is_some() {
            seen.last = next.0 - 1;
            seen.instead = None;
        } else {
            assert_eq!(seen.last + 1, next.0, "3: a gap begins where one was, or is all of another log");
            reached.path(Path::GapOtherLog);
        }
    }

    fn page(&mut self, place: &Place, messages: &[Message], oracle: &Oracle, reached: &mut Reached) {
        let Some(seen) = self.places.get(place) else { return assert!(!self.strict, "17: a page of no place") };
        if self.ambiguous.contains(place) {
            return;
        }
        let (log, last) = (seen.log, seen.last.max(seen.instead.unwrap_or(0)));
        let mut before = 0;
        for message in messages {
            assert!(message.id.0 > before, "a page ascends");
            assert!(message.id.0 <= last, "1: a page holds nothing that was not told yet");
            before = message.id.0;
            compare(log, message, oracle);
            let deleted = oracle.logs[&log].deleted.get(&message.id.0);
            assert!(deleted.is_none_or(|deletion| *deletion > seen.last), "what was taken back is read no more");
            if message.edited.is_some() {
                reached.path(Path::ReadCorrected);
            }
        }
    }

    /// What was found: safe, as it was said, and in places that one may see.
    fn found(&self, place: Option<&Place>, messages: &[Message], oracle: &Oracle) {
        for message in messages {
            assert!(place.is_none_or(|place| message.place == *place), "17: one looks where one asked to");
            let number = said::number_of(message.text.as_str());
            let log = match (&message.place, self.places.get(&message.place), number) {
                (_, Some(seen), _) => seen.log,
                // A conversation that is not open, or a room that one has left since.
                (_, None, Some(number)) => match oracle.stored(number) {
                    Some((log, _)) => log,
                    None => continue,
                },
                (_, None, None) => continue,
            };
            if self.ambiguous.contains(&message.place) {
                continue;
            }
            if let Some((a, b)) = oracle.logs[&log].pair {
                let mine = self.identity.is_some_and(|me| me == a || me == b);
                assert!(mine, "17: nobody finds somebody else's conversation");
            }
            compare(log, message, oracle);
        }
    }
}

/// A message is what was said: the same for everybody, from whoever said it, and safe.
fn compare(log: LogId, message: &Message, oracle: &Oracle) {
    let log = &oracle.logs[&log];
    assert!(message.id.0 <= log.promised, "1: nothing is told that is not safe");
    let Some(entry) = log.entries.get(&message.id.0) else { panic!("1: {message:?} is not in the log") };
    let version = message.edited.unwrap_or(message.id).0;
    let Some(text) = log.versions.get(&message.id.0).and_then(|versions| versions.get(&version)) else {
        panic!("2: {message:?} never read so")
    };
    let Change::Message { action, reply_to, .. } = entry.change else { panic!("2: {message:?} is no message") };
    let said = (text, action, reply_to);
    assert_eq!((&message.text, message.action, message.reply_to), said, "2, 6: everybody is told the same, as said");
    assert_eq!(entry.nick, message.from, "2: who said it is told");
    assert_eq!(log.times[&message.id.0], message.at, "2: when it was said is told");
}
