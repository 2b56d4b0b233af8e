//! The rooms and conversations, and who is in them.

use alloc::boxed::Box;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::time::Duration;

use super::asked::Asked;
use super::fold::Fold;
use super::history::Hole;
use super::recall::Recall;
use super::words::Words;
use super::{Client, Delivery, Entry, EntryKey, EntryKind, Member, Room, RoomKey, Timeline};
use crate::id::{LogId, MessageId};
use crate::name::{self, Nick};
use crate::text::{Note, printable};
use crate::time::{Instant, Timestamp};
use crate::vocabulary::{Command, Place, RoomInfo, Tag};

/// Rooms and conversations kept; what a server tells of more is not shown.
pub(super) const ROOMS_MAX: usize = 256;
/// Names kept per room; more are only counted.
const MEMBERS_MAX: usize = 5_000;
/// How long "is typing" is believed.
const TYPING: Duration = Duration::from_secs(6);
/// People shown as typing in one room, and remembered in all.
const TYPISTS_PER_ROOM_MAX: usize = 16;
const TYPISTS_MAX: usize = 256;

/// What a room needs to know that nobody looks at.
#[derive(Clone, Debug, Default)]
pub(super) struct Book {
    /// The log the ids in the timeline belong to.
    pub(super) log: Option<LogId>,
    /// Where the log begins that the server keeps.
    pub(super) first: MessageId,
    /// Up to here the log is known, [`Book::hole`] and what lies before the oldest page apart.
    pub(super) seen: MessageId,
    /// Up to here it was read.
    pub(super) read: MessageId,
    /// Up to here the server knows it was read.
    pub(super) read_told: MessageId,
    /// One wants to be here: let back in after a reconnect.
    pub(super) wanted: bool,
    /// The server told of this room on the present connection.
    pub(super) live: bool,
    /// The hello named how far the log is known, so the server replays the rest.
    pub(super) resuming: bool,
    /// The newest page was had.
    pub(super) began: bool,
    /// There are entries of an earlier log.
    pub(super) detached: bool,
    /// Up to here the server replays what was missed: ids it leaves out are of messages that were taken back.
    pub(super) replayed: MessageId,
    /// Up to here, what is held may have been corrected or taken back by entries that were missed; 0 where nothing may.
    pub(super) unsure: MessageId,
    /// It was told, since the other side of a conversation went away, that they are.
    pub(super) absence_told: bool,
    /// What is still to be fetched.
    pub(super) hole: Option<Hole>,
    /// What the members are sorted by, one for one.
    pub(super) keys: Vec<String>,
    /// The number of the newest news here.
    pub(super) newest_seq: u64,
    /// What was said here, to be said again.
    pub(super) recall: Recall,
    /// Numbers the rooms in the order in which they were shown last.
    pub(super) shown_as: u64,
}

/// Somebody who is typing.
#[derive(Debug)]
pub(super) struct Typist {
    pub(super) until: Instant,
    pub(super) room: RoomKey,
    pub(super) nick: String,
}

impl Room {
    /// A room in which nothing has happened yet.
    pub(super) fn named(title: &str) -> Self {
        Self {
            key: RoomKey(0),
            place: None,
            title: title.into(),
            topic: Note::default(),
            joined: false,
            operator: false,
            members: Vec::new(),
            member_count: 0,
            members_complete: false,
            timeline: Timeline::default(),
            unread: 0,
            mentions: 0,
            marker: None,
            draft: String::new(),
            typing: Vec::new(),
            has_older: false,
            loading_older: false,
            book: Book::default(),
        }
    }

    /// Adds somebody; `false` if they were listed.
    pub(super) fn add_member(&mut self, key: String, nick: &str, me: bool) -> bool {
        let mut member = Member { nick: printable(nick), me, away: None };
        match self.book.keys.binary_search(&key) {
            Ok(at) => {
                member.away = self.members[at].away.take();
                self.members[at] = member;
                false
            }
            Err(_) if self.members.len() >= MEMBERS_MAX => {
                self.members_complete = false;
                true
            }
            Err(at) => {
                self.book.keys.insert(at, key);
                self.members.insert(at, member);
                true
            }
        }
    }

    /// Takes somebody off the list; `false` if they were not on it.
    pub(super) fn remove_member(&mut self, key: &str) -> bool {
        self.take_member(key).is_some()
    }

    /// Takes somebody off the list, and gives what was known of them.
    pub(super) fn take_member(&mut self, key: &str) -> Option<Member> {
        let at = self.place_of_member(key)?;
        self.book.keys.remove(at);
        Some(self.members.remove(at))
    }

    /// Where somebody stands on the list.
    pub(super) fn place_of_member(&self, key: &str) -> Option<usize> {
        self.book.keys.binary_search_by(|held| held.as_str().cmp(key)).ok()
    }

    pub(super) fn clear_members(&mut self) {
        self.members.clear();
        self.book.keys.clear();
        self.member_count = 0;
    }
}

impl Client {
    pub(super) fn index_of(&self, key: RoomKey) -> Option<usize> {
        self.state.rooms.iter().position(|room| room.key == key)
    }

    pub(super) fn index_at(&self, place: &Place) -> Option<usize> {
        self.state.rooms.iter().position(|room| room.place.as_ref() == Some(place))
    }

    /// The room of this place, made if need be; `None` where there are too many.
    pub(super) fn room_at(&mut self, place: &Place) -> Option<usize> {
        self.index_at(place).or_else(|| self.add_room(Some(place.clone()), printable(&place.to_string())))
    }

    pub(super) fn add_room(&mut self, place: Option<Place>, title: String) -> Option<usize> {
        if self.state.rooms.len() >= ROOMS_MAX {
            return None;
        }
        let key = RoomKey(u32::try_from(self.count()).unwrap_or(u32::MAX));
        let draft = self.first_draft(place.as_ref());
        let mut room = Room { key, place, draft, ..Room::named(&title) };
        room.timeline.set_folding(self.folding());
        self.state.rooms.push(room);
        self.dirty = true;
        Some(self.state.rooms.len() - 1)
    }

    /// A place is being left: a ping behind the part comes back when that has been done.
    pub(super) fn await_parting(&mut self, place: Place) {
        const PARTING_MAX: usize = 64;
        let token = alloc::format!("left-{}", self.count());
        let Some(token) = Tag::parse(&token) else { return };
        if self.parting.len() >= PARTING_MAX {
            self.parting.pop_front();
        }
        self.send(Command::Ping { token: token.clone() });
        self.parting.push_back((place, token));
    }

    /// A part was done. A conversation that its other side has gone on with meanwhile is open again at the server, and was
    /// told of while that could not be told from what came before the part: it is asked for.
    pub(super) fn parted_by(&mut self, token: &Tag) {
        let Some(at) = self.parting.iter().position(|(_, awaited)| awaited == token) else { return };
        let Some((place, _)) = self.parting.remove(at) else { return };
        let dead = self.index_at(&place).map(|index| (self.state.rooms[index].key, self.state.rooms[index].book.live));
        if let (Place::Direct(_), Some((key, false))) = (&place, dead) {
            self.request(Command::Join { place: place.clone() }, Asked::Join { room: Some(key), place });
        }
    }

    /// The server tells of a room: one is in it from now on.
    pub(super) fn room_info(&mut self, info: RoomInfo) {
        if self.parting.iter().any(|(place, _)| *place == info.place) {
            // It answers what was asked before one asked to leave.
            return;
        }
        let open = self.asked.len();
        self.asked.retain(|_, asked| !matches!(asked, Asked::Join { place, .. } if *place == info.place));
        let asked = self.asked.len() < open;
        if !asked && self.index_at(&info.place).is_none() && self.is_with_ignored(&info.place) {
            return;
        }
        let Some(index) = self.room_at(&info.place) else { return };
        let me = Nick::parse(&self.state.nick).ok();
        let room = &mut self.state.rooms[index];
        room.joined = true;
        room.operator = info.operator;
        room.topic = topic(&info.topic);
        room.clear_members();
        for nick in &info.members {
            room.add_member(nick.fold().into(), nick.as_str(), Some(nick) == me.as_ref());
        }
        for (nick, text) in &info.away {
            room.set_away(nick, text);
        }
        room.member_count = info.count.max(u32::try_from(room.members.len()).unwrap_or(u32::MAX));
        room.members_complete = room.member_count as usize == room.members.len();
        room.settle_absence();
        room.book.wanted = true;
        room.book.live = true;
        // It was asked for since the hello, which may have been refused this room: it is not replayed for certain.
        room.book.resuming &= !asked;
        self.dirty = true;
        let key = room.key;
        if self.pending.iter().any(|pending| pending.room == key) {
            self.mention_absence(index);
        }
        self.catch_up(index, &info);
        if self.joining.as_ref() == Some(&info.place) {
            self.joining = None;
            self.show(index);
        }
        self.say_early();
    }

    /// Takes a room off the list.
    pub(super) fn remove_room(&mut self, index: usize) {
        let room = self.state.rooms.remove(index);
        self.keeping.changed = true;
        self.pending.retain(|pending| pending.room != room.key);
        self.asked.retain(|_, asked| asked.room() != Some(room.key));
        self.typists.retain(|typist| typist.room != room.key);
        if self.state.shown > index || self.state.shown >= self.state.rooms.len() {
            self.state.shown = self.state.shown.saturating_sub(1);
        }
        self.dirty = true;
        self.read_shown();
    }

    pub(super) fn show(&mut self, index: usize) {
        if index >= self.state.rooms.len() || index == self.state.shown {
            return;
        }
        if let Some(left) = self.state.rooms.get_mut(self.state.shown)
            && left.unread == 0
        {
            left.marker = None;
        }
        let newest = self.state.rooms.iter().map(|room| room.book.shown_as).max().unwrap_or(0);
        for (at, number) in [self.state.shown, index].into_iter().zip(newest + 1..) {
            self.state.rooms[at].book.shown_as = number;
        }
        self.state.shown = index;
        self.dirty = true;
        self.next_draft(index);
        self.read_shown();
    }

    /// An entry of this client; everything that others wrote becomes harmless here and nowhere else.
    pub(super) fn entry(&mut self, at: Option<Timestamp>, id: Option<MessageId>, kind: EntryKind) -> Entry {
        let kind = match kind {
            EntryKind::Message { from, text, action, mine, mention, delivery, revision } => {
                let delivery = match delivery {
                    Delivery::Failed(why) => Delivery::Failed(printable(&why)),
                    Delivery::Pending | Delivery::Confirmed | Delivery::Unconfirmed => delivery,
                };
                let (from, text) = (printable(&from), printable(&text));
                EntryKind::Message { from, text, action, mine, mention, delivery, revision }
            }
            EntryKind::Notice(text) => EntryKind::Notice(printable(&text)),
            EntryKind::Error(text) => EntryKind::Error(printable(&text)),
        };
        self.dirty = true;
        let key = EntryKey(self.count());
        let mut entry = Entry {
            key,
            at,
            id,
            seq: 0,
            changed: 0,
            kind,
            reply: None,
            spans: Box::default(),
            about: None,
            came: None,
            ignored: false,
            fold: Fold::Apart,
            unread: false,
        };
        entry.find_spans(&self.state.nick);
        entry
    }

    /// Numbers an entry as news of a room.
    pub(super) fn news(&mut self, index: usize) -> u64 {
        self.state.seq += 1;
        self.state.rooms[index].book.newest_seq = self.state.seq;
        self.state.seq
    }

    /// Something happened in a room.
    pub(super) fn notice(&mut self, index: usize, at: Option<Timestamp>, text: String) {
        let at = at.unwrap_or(self.now.timestamp);
        let mut entry = self.entry(Some(at), None, EntryKind::Notice(text));
        entry.seq = self.news(index);
        self.state.rooms[index].timeline.push(entry);
    }

    /// Something went wrong there; in the shown room where there is no such index.
    pub(super) fn error(&mut self, index: usize, text: &str) {
        let index = if index < self.state.rooms.len() { index } else { self.state.shown };
        if index >= self.state.rooms.len() {
            return;
        }
        let mut entry = self.entry(Some(self.now.timestamp), None, EntryKind::Error(text.into()));
        entry.seq = self.news(index);
        self.state.rooms[index].timeline.push(entry);
    }

    pub(super) fn is_typing(&mut self, place: &Place, nick: &Nick) {
        let Some(index) = self.index_at(place).filter(|_| !self.state.ignores(nick.as_str())) else { return };
        let nick = printable(nick.as_str());
        let (room, until) = (&mut self.state.rooms[index], self.now.instant + TYPING);
        if let Some(typist) = self.typists.iter_mut().find(|typist| typist.room == room.key && typist.nick == nick) {
            typist.until = until;
            return;
        }
        if room.typing.len() < TYPISTS_PER_ROOM_MAX && self.typists.len() < TYPISTS_MAX {
            room.typing.push(nick.clone());
            self.typists.push_back(Typist { until, room: room.key, nick });
            self.dirty = true;
        }
    }

    pub(super) fn stops_typing(&mut self, index: usize, nick: &str) {
        let room = &mut self.state.rooms[index];
        if room.typing.iter().any(|typing| typing == nick) {
            room.typing.retain(|typing| typing != nick);
            self.typists.retain(|typist| typist.room != room.key || typist.nick != nick);
            self.dirty = true;
        }
    }

    pub(super) fn expire_typists(&mut self) {
        while let Some(at) = self.typists.iter().position(|typist| typist.until <= self.now.instant) {
            let Some(typist) = self.typists.remove(at) else { break };
            if let Some(index) = self.index_of(typist.room) {
                self.state.rooms[index].typing.retain(|nick| *nick != typist.nick);
                self.dirty = true;
            }
        }
    }

    /// Somebody, perhaps oneself, has another name.
    pub(super) fn renamed(&mut self, from: &Nick, to: &Nick) {
        let (me, words) = (name::fold(&self.state.nick) == from.fold(), self.words());
        if me {
            self.state.nick = printable(to.as_str());
            self.dirty = true;
        }
        let taken = self.index_at(&Place::Direct(to.clone())).is_some() && from != to;
        for index in 0..self.state.rooms.len() {
            let room = &mut self.state.rooms[index];
            // A name one had oneself may also be that of somebody gone, whom one has talked to.
            let theirs = !me && room.place == Some(Place::Direct(from.clone()));
            if theirs && !taken {
                let place = Place::Direct(to.clone());
                room.title = printable(&place.to_string());
                self.keeping.moved(&Place::Direct(from.clone()), &place);
                room.place = Some(place);
            }
            let member = room.take_member(from.fold());
            let listed = member.is_some();
            if let Some(member) = member {
                room.add_member(to.fold().into(), to.as_str(), me);
                room.keep_away(to, member.away);
            }
            if listed || theirs {
                self.stops_typing(index, from.as_str());
                let sentence = match me {
                    true => words.renamed_you(to),
                    false => words.renamed(from, to),
                };
                self.notice_about(index, None, from.as_str(), None, sentence);
            }
        }
        self.ignore_renamed(from, to);
    }
}

/// Bytes of a sentence of a server's.
const SENTENCE_BYTES_MAX: usize = 1_024;

/// A server's sentence on one harmless line, cut where no sentence is that long.
pub(super) fn sentence(text: &str) -> String {
    let (text, _) = text.split_at(text.floor_char_boundary(SENTENCE_BYTES_MAX));
    printable(text).replace('\n', " ")
}

/// A topic that is harmless on a screen; cut where that made it too long.
pub(super) fn topic(note: &Note) -> Note {
    let mut text = printable(note.as_str());
    while Note::parse(&text).is_err() && text.pop().is_some() {}
    Note::parse(&text).unwrap_or_default()
}
