//! From a connection to being in: one says who one is, answers what is asked, and is let back into one's rooms.

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::link::Phase;
use super::tutorial::tutorial_nick;
use super::words::Words;
use super::{Client, Output, Question};
use crate::text::printable;
use crate::vocabulary::{Command, Hello, Place, Resume, Tag, VERSION, Welcome};

/// Rooms and conversations named in a hello: what fits its frame, and what servers bear.
const HELLO_PLACES_MAX: usize = 64;

impl Client {
    /// Says hello, or asks the person for a name that can be one.
    pub(super) fn introduce(&mut self) {
        if !self.is_native() {
            self.state.nick = tutorial_nick(&self.state.nick);
        }
        if let Some(why) = self.bad_nick(&self.state.nick) {
            return self.ask(Question::Nick { why });
        }
        let mut hello = Hello::new(&self.state.nick);
        hello.version = VERSION;
        if self.is_native() {
            hello.token = self.profile.token.clone();
            hello.password = self.profile.password.clone();
            hello.agent = Tag::parse(&self.profile.agent);
            self.name_places(&mut hello);
        }
        if let Some(line) = &mut self.line {
            line.introduced = true;
            line.since = self.now.instant;
        }
        self.send(Command::Hello(Box::new(hello)));
    }

    /// The rooms to be let back into, and how far each log is known.
    fn name_places(&mut self, hello: &mut Hello) {
        let mut rooms = Vec::new();
        let known = !self.state.rooms.is_empty();
        for room in &mut self.state.rooms {
            let (Some(place), true) = (&room.place, room.book.wanted) else { continue };
            if let (Place::Room(name), true) = (place, rooms.len() < HELLO_PLACES_MAX) {
                rooms.push(name.clone());
            }
            if let (Some(log), true) = (room.book.log, hello.resume.len() < HELLO_PLACES_MAX) {
                hello.resume.push(Resume { place: place.clone(), log, id: room.book.seen });
                room.book.resuming = true;
            }
        }
        hello.rooms = match known {
            true => Some(rooms),
            false => self.profile.room.clone().map(|room| alloc::vec![room]),
        };
    }

    /// Puts a question before the person; the server waits, and so does the link.
    pub(super) fn ask(&mut self, question: Question) {
        self.state.question = Some(question);
        self.dirty = true;
        if let Some(line) = &mut self.line {
            line.introduced = false;
        }
    }

    /// The person has answered: goes on where the question stopped everything.
    pub(super) fn answered(&mut self) {
        self.state.question = None;
        self.dirty = true;
        match self.phase {
            Phase::Up => self.introduce(),
            Phase::Resting => self.dial(),
            Phase::Dialling | Phase::Waiting { .. } | Phase::Closed { .. } => {}
        }
    }

    /// A native server let one in.
    pub(super) fn welcome(&mut self, welcome: Welcome) {
        let Some(line) = &mut self.line else { return };
        if line.online.is_some() || !line.introduced {
            return;
        }
        let limits = welcome.limits;
        line.page = limits.page.clamp(1, crate::limits::PAGE_MAX);
        if limits.text_bytes > 0 {
            line.text_bytes = line.text_bytes.min(usize::try_from(limits.text_bytes).unwrap_or(usize::MAX));
        }
        line.rejoining = true;
        line.away = welcome.features.away;
        // Who has which name now, nobody knows.
        self.state.aliases.clear();
        // Conversations beyond what the server bears are not resumed: what was missed there has to be asked for.
        let bound = usize::try_from(limits.rooms).unwrap_or(usize::MAX);
        let directs = self.state.rooms.iter_mut().filter(|room| matches!(room.place, Some(Place::Direct(_))));
        for room in directs.filter(|room| room.book.resuming).skip(bound) {
            room.book.resuming = false;
        }
        self.state.nick = printable(welcome.nick.as_str());
        if let Some(token) = welcome.token {
            if self.profile.token.as_ref() != Some(&token) {
                self.outputs.push_back(Output::Remember(token.clone()));
            }
            self.profile.token = Some(token);
        }
        self.enter();
        self.tell_away();
    }

    /// One is in, whatever the dialect.
    pub(super) fn enter(&mut self) {
        if let Some(line) = &mut self.line {
            line.online = Some(self.now.instant);
        }
        self.tries = 0;
        self.state.question = None;
        self.dirty = true;
    }

    /// The rooms the server did not let one back into are lost, and what waited for them with them.
    pub(super) fn give_up_rejoining(&mut self) {
        if let Some(line) = &mut self.line {
            line.rejoining = false;
        }
        let words = self.words();
        for index in 0..self.state.rooms.len() {
            let room = &mut self.state.rooms[index];
            if room.book.wanted && !room.book.live && matches!(room.place, Some(Place::Room(_))) {
                room.book.wanted = false;
                let (key, why) = (room.key, words.not_in_any_more(&room.title));
                self.fail_room(key, &why);
            }
        }
    }
}
