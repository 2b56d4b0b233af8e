//! What a face shows. Lasting things are state: a face that missed every notice still shows the truth.

use alloc::boxed::Box;
use alloc::collections::{BTreeSet, VecDeque};
use alloc::string::String;
use alloc::vec::Vec;

use super::fold::Fold;
use super::jump::{Around, Jump};
use super::reply::Reply;
use super::rooms::Book;
use super::search::Search;
use super::spans::Span;
use super::timeline::Timeline;
use super::{Options, Profile};
use crate::id::MessageId;
use crate::text::{Note, printable};
use crate::time::{Instant, Timestamp};
use crate::vocabulary::Place;
use crate::wire::Dialect;

/// Everything a face may show.
#[derive(Clone, Debug)]
pub struct State {
    /// How things stand with the server.
    pub link: Link,
    /// What to call the server on screen.
    pub address: String,
    /// What it speaks.
    pub dialect: Dialect,
    /// The nickname wanted, or once online the one the others see.
    pub nick: String,
    /// What one asked to be called, where the server gave another name instead.
    pub(super) asked_nick: Option<String>,
    /// Whether one is away, and what one says about it.
    pub away: Option<String>,
    /// Names of people whose words are hidden, at most [`State::IGNORED_MAX`].
    pub ignored: Vec<String>,
    /// The same, as they are compared.
    pub(super) ignored_keys: BTreeSet<String>,
    /// What some of them are called for now.
    pub(super) aliases: VecDeque<super::ignore::Alias>,
    /// What the person must answer before anything goes on.
    pub question: Option<Question>,
    /// The rooms and conversations, in display order; never empty once online.
    pub rooms: Vec<Room>,
    /// Which of [`State::rooms`] is shown; an index, always valid unless there are none.
    pub shown: usize,
    /// What was looked for, and what was found, until it is closed ([`super::Intent::CloseSearch`]).
    pub search: Option<Search>,
    /// The messages around one that lies too far back for the room's timeline ([`super::Intent::Jump`]), until they
    /// are closed ([`super::Intent::CloseAround`]).
    pub around: Option<Around>,
    /// Where the last [`super::Intent::Jump`] led: to be scrolled to, and shown as found, whenever this changes.
    pub jump: Option<Jump>,
    /// What the person has set.
    pub options: Options,
    /// Counts every change, so that a face can tell whether to draw.
    pub revision: u64,
    pub(super) unsent: usize,
    pub(super) seq: u64,
    /// Rooms the server has listed, to be completed.
    pub(super) listed: Vec<String>,
}

impl State {
    pub(super) fn new(profile: &Profile) -> Self {
        Self {
            link: Link::Connecting { attempt: 1 },
            address: printable(&profile.address),
            dialect: profile.dialect,
            nick: printable(&profile.nick),
            asked_nick: None,
            away: None,
            ignored_keys: super::ignore::keys(&super::ignore::kept(&profile.keepsake.ignored)),
            aliases: VecDeque::new(),
            ignored: super::ignore::kept(&profile.keepsake.ignored),
            question: None,
            rooms: Vec::new(),
            shown: 0,
            search: None,
            around: None,
            jump: None,
            options: profile.options,
            revision: 0,
            unsent: 0,
            seq: 0,
            listed: Vec::new(),
        }
    }

    /// The nickname that one has chosen: [`State::nick`], unless the server gave that one in its place because somebody else
    /// has the chosen one. What is kept for the next run is kept under this.
    pub fn own_nick(&self) -> &str {
        self.asked_nick.as_deref().unwrap_or(&self.nick)
    }

    /// How many messages of one's own the server has not confirmed yet; those it refused are not counted.
    pub fn unsent(&self) -> usize {
        self.unsent
    }

    /// The number of the newest news: start [`State::news_since`] from here to be told only what comes later.
    pub fn newest_seq(&self) -> u64 {
        self.seq
    }

    /// What arrived after the news numbered `seq`, in order of arrival: every confirmed message once (one's own when
    /// the server confirms it), every notice, every error, but those of people who are ignored. Pages of older
    /// messages are no news. A message that was
    /// corrected or taken back is news once more: what was told before has an [`Entry::seq`] that is not above `seq`.
    /// Costs a walk over the rooms in which something is new.
    pub fn news_since(&self, seq: u64) -> Vec<(&Room, &Entry)> {
        let fresh = self.rooms.iter().filter(|room| room.book.newest_seq > seq);
        let mut news: Vec<_> = fresh
            .flat_map(|room| room.timeline.iter().map(move |entry| (room, entry)))
            .filter(|(_, entry)| !entry.ignored && (entry.seq > seq || entry.changed > seq))
            .collect();
        news.sort_unstable_by_key(|(_, entry)| if entry.seq > seq { entry.seq } else { entry.changed });
        news
    }

    /// The shown room; `None` before the first one is known.
    pub fn shown_room(&self) -> Option<&Room> {
        self.rooms.get(self.shown)
    }
}

/// How things stand with the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Link {
    /// Being dialled for the `attempt`-th time since it last stood (1, 2, …).
    Connecting {
        /// Which try.
        attempt: u32,
    },
    /// Connected, not yet in. While a [`State::question`] is open the connection may rest until it is answered.
    Greeting,
    /// In.
    Online,
    /// Lost; dialled again at `retry_at` of the driver's monotonic clock.
    Waiting {
        /// When.
        retry_at: Instant,
        /// How many tries failed.
        attempt: u32,
        /// Why, in one plain sentence.
        why: String,
    },
    /// Saying goodbye.
    Leaving,
    /// Over; nothing is dialled any more unless the person asks for it ([`super::Intent::RetryNow`]). The sentence
    /// says why; there is none where the person said goodbye.
    Closed {
        /// Why.
        why: Option<String>,
    },
}

/// What the person must answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    /// Another nickname ([`super::Intent::Nick`]); the sentence says why.
    Nick {
        /// Why the last one was refused.
        why: String,
    },
    /// The server's password ([`super::Intent::Password`]).
    Password {
        /// Why it is asked.
        why: String,
    },
}

/// Names a room of this client for as long as it runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RoomKey(pub u32);

/// A room or conversation as a face shows it.
#[derive(Clone, Debug)]
pub struct Room {
    /// Stable for as long as the client runs.
    pub key: RoomKey,
    /// Where; `None` for a tutorial server's only room.
    pub place: Option<Place>,
    /// What to call it: `lobby`, `@bea`.
    pub title: String,
    /// What it is about.
    pub topic: Note,
    /// Whether one is in it just now.
    pub joined: bool,
    /// Whether one is an operator there.
    pub operator: bool,
    /// Who is there, oneself included, in order of name.
    pub members: Vec<Member>,
    /// How many are there, which may be more than are listed.
    pub member_count: u32,
    /// Whether [`Room::members`] is everybody; on tutorial servers it is whoever was seen.
    pub members_complete: bool,
    /// What was said and what happened.
    pub timeline: Timeline,
    /// Messages since one last looked.
    pub unread: u32,
    /// Those of them that name oneself, or all in a conversation.
    pub mentions: u32,
    /// The first entry one has not seen, for a "new messages" line.
    pub marker: Option<EntryKey>,
    /// What is typed here and not sent.
    pub draft: String,
    /// Who is typing.
    pub typing: Vec<String>,
    /// Whether older messages can be had.
    pub has_older: bool,
    /// Whether they are being fetched.
    pub loading_older: bool,
    pub(super) book: Book,
}

impl Room {
    /// The newest message of one's own here that can be corrected or taken back: what `/edit` and `/delete` mean, and
    /// what the Up key brings into an empty composer.
    pub fn last_own(&self) -> Option<&Entry> {
        self.timeline.iter().rev().find(|entry| entry.id.is_some() && entry.is_mine() && !entry.is_deleted())
    }

    /// What lies before the oldest entry, once nothing older can be had; `None` before that ([`Room::has_older`]), and
    /// where nobody knows: on tutorial servers, and before entries of a history that the server began anew.
    pub fn before(&self) -> Option<Before> {
        let known = self.place.is_some() && self.book.began && !self.book.detached && !self.has_older;
        known.then(|| match (self.timeline.is_cut_off(), self.book.first) {
            (true, _) => Before::NotHeld,
            (false, MessageId(..=1)) => Before::Nothing,
            (false, _) => Before::NotKept,
        })
    }
}

/// What lies before the oldest entry of a room's timeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Before {
    /// Nothing: it is the beginning.
    Nothing,
    /// Messages that the server keeps no longer.
    NotKept,
    /// Messages that can be found ([`super::Intent::Search`]), but are more than a timeline holds.
    NotHeld,
}

/// Somebody in a room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Their name.
    pub nick: String,
    /// Whether it is oneself.
    pub me: bool,
    /// What they say about it where they are away. `None` is no proof that they are here: in rooms over 500 people it is
    /// not told, and once such a room has shrunk, only of those who go away from then on, until one enters it anew.
    pub away: Option<String>,
}

/// Names an entry of a timeline for as long as the client runs; unique across rooms, not ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryKey(pub u64);

/// One row of a timeline. Text is in logical order, without control characters but newlines and tabs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its name.
    pub key: EntryKey,
    /// When, if anybody knows.
    pub at: Option<Timestamp>,
    /// Its position in the room's log, if it has one.
    pub id: Option<MessageId>,
    /// Its number in order of arrival, for [`State::news_since`]; 0 for what is no news: pages of older messages, and
    /// one's own messages until they are confirmed or refused.
    pub seq: u64,
    /// Its number as news once more, when it was corrected or taken back while one was here; 0 where it was not.
    pub changed: u64,
    /// What it is.
    pub kind: EntryKind,
    /// The message it answers ([`Room::reply_of`] tells what that reads).
    pub reply: Option<Reply>,
    /// What of its text is more than text.
    pub(super) spans: Box<[Span]>,
    /// Of whom it tells that they came, went or have another name.
    pub(super) about: Option<Box<str>>,
    /// Who said it, or of whom it tells, is ignored.
    pub(super) ignored: bool,
    /// It tells that they came (`true`) or went.
    pub(super) came: Option<bool>,
    /// How it stands to those beside it.
    pub(super) fold: Fold,
    /// It is counted in [`Room::unread`].
    pub(super) unread: bool,
}

/// What a row of a timeline is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EntryKind {
    /// Somebody said something.
    Message {
        /// Who; empty where a tutorial server's row does not tell.
        from: String,
        /// What.
        text: String,
        /// Said as an action.
        action: bool,
        /// Said by oneself.
        mine: bool,
        /// Names oneself.
        mention: bool,
        /// What became of it.
        delivery: Delivery,
        /// Whether it still reads as it was said.
        revision: Revision,
    },
    /// Something happened (`ada joined`, `The topic is now …`); a sentence.
    Notice(String),
    /// Something went wrong; a sentence.
    Error(String),
}

/// Whether a message still reads as it was said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Revision {
    /// It does.
    #[default]
    First,
    /// It reads otherwise since the edit at this position of the log.
    Edited(MessageId),
    /// It was taken back: its text is gone, and a word that says so stands in its place.
    Deleted,
}

impl Revision {
    /// The newest edit that is known.
    pub(super) fn edit(self) -> Option<MessageId> {
        match self {
            Revision::First | Revision::Deleted => None,
            Revision::Edited(id) => Some(id),
        }
    }
}

/// What became of a message of one's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// Not yet confirmed by the server.
    Pending,
    /// Confirmed, or somebody else's.
    Confirmed,
    /// No echo within 10 s (tutorial servers): it may or may not have arrived.
    Unconfirmed,
    /// Refused; the sentence says why. It can be sent again.
    Failed(String),
}
