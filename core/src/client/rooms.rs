//! The rooms and conversations, and who is in them.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::asked::Asked;
use super::entries::topic;
use super::history::Hole;
use super::recall::Recall;
use super::words::Words;
use super::{Client, Member, Room, RoomKey, Timeline};
use crate::id::{LogId, MessageId};
use crate::name::{self, Nick};
use crate::text::{Note, printable};
use crate::vocabulary::{Command, Place, RoomInfo, Tag};

/// Rooms and conversations kept; what a server tells of more is not shown.
pub(super) const ROOMS_MAX: usize = 256;
/// Names kept per room; more are only counted.
const MEMBERS_MAX: usize = 5_000;

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
