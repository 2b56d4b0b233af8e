//! Who came, went, and is called what: what a connection hears of people, held against the lists it was given.

use parlor_core::name::Nick;
use parlor_core::text::Note;
use parlor_core::vocabulary::{Event, Place};

use super::{Ear, Seen};
use crate::reached::{Cap, Path, Reached};

impl Ear {
    /// Who came, went, and is called what.
    pub(super) fn people(&mut self, event: Event, reached: &mut Reached) {
        match event {
            Event::Joined { room, nick, .. } => {
                assert!(self.nick.as_ref() != Some(&nick), "one is not told of oneself");
                if let Some(seen) = self.seen(&Place::Room(room)) {
                    assert!(seen.members.insert(nick.clone()) || seen.bulk, "{nick} joins who is there already");
                }
            }
            Event::Parted { room, nick, .. } => {
                assert!(self.nick.as_ref() != Some(&nick), "one is not told of oneself");
                if let Some(seen) = self.seen(&Place::Room(room)) {
                    assert!(seen.members.remove(&nick) || seen.bulk, "{nick} leaves who was not there");
                    seen.away.remove(&nick);
                }
            }
            Event::Presence { room, count, joined, parted } => {
                reached.path(Path::Presence);
                reached.cap(Cap::PresenceMembers);
                if let Some(seen) = self.seen(&Place::Room(room)) {
                    seen.members.retain(|nick| !parted.contains(nick));
                    seen.away.clear();
                    seen.members.extend(joined);
                    assert_eq!(seen.members.len(), count as usize, "what is told in bulk adds up: {:?}", seen.members);
                }
            }
            Event::Nick { from, to } => {
                reached.path(Path::Renamed);
                self.rename(&from, &to);
            }
            Event::Away { nick, text } => self.away(&nick, &text, reached),
            Event::Kicked { room, nick, by, .. } => {
                reached.path(Path::Kicked);
                let me = self.nick.as_ref() == Some(&nick);
                let place = Place::Room(room);
                // Whoever is still being let in is told that as well, in place of the room.
                let seen = if me { self.places.get_mut(&place) } else { self.seen(&place) };
                if let Some(seen) = seen {
                    assert!(seen.members.contains(&by) || seen.bulk, "who kicks is there");
                    assert!(seen.members.remove(&nick) || seen.bulk, "who is kicked was there");
                    seen.away.remove(&nick);
                }
                if me {
                    // What one had said there and the store answers later is acknowledged to nobody.
                    self.unanswered.clear();
                    self.places.remove(&place);
                }
            }
            Event::Muted { room, nick, by, .. } => {
                reached.path(Path::Muted);
                if let Some(seen) = self.seen(&Place::Room(room)) {
                    assert!(seen.members.contains(&by) || seen.bulk, "who mutes is there");
                    assert!(seen.members.contains(&nick) || seen.bulk, "who is muted is there");
                }
            }
            Event::Typing { place, nick } => {
                reached.path(Path::Typing);
                assert!(self.nick.as_ref() != Some(&nick), "one is not told of oneself");
                if let Some(seen) = self.seen(&place) {
                    assert!(seen.members.contains(&nick) || seen.bulk, "who types is there");
                }
            }
            Event::Read { place, id } => {
                reached.path(Path::ReadRelayed);
                if let Some(seen) = self.seen(&place) {
                    assert!(id.0 <= seen.last, "nobody has read what was not told");
                }
            }
            Event::Rooms { .. } => reached.path(Path::RoomsPage),
            Event::Members { .. } => reached.path(Path::MembersPage),
            Event::Greeting
            | Event::Welcome(_)
            | Event::Room(_)
            | Event::Ack { .. }
            | Event::Message(_)
            | Event::Edited { .. }
            | Event::Deleted { .. }
            | Event::Page { .. }
            | Event::Topic { .. }
            | Event::Gap { .. }
            | Event::Error { .. }
            | Event::Bye { .. }
            | Event::Ping { .. }
            | Event::Pong { .. }
            | Event::Row(_) => unreachable!("these are not about people"),
        }
    }

    fn seen(&mut self, place: &Place) -> Option<&mut Seen> {
        let seen = self.places.get_mut(place);
        assert!(seen.is_some() || !self.strict, "17: nothing is told of a place one is not in: {place}");
        seen
    }

    /// Somebody is away or back: it is told of nobody but oneself, and those who are where one is.
    fn away(&mut self, nick: &Nick, text: &Note, reached: &mut Reached) {
        reached.path(if text.is_empty() { Path::Back } else { Path::Away });
        let mut known = self.nick.as_ref() == Some(nick) || !self.strict || !self.leaving.is_empty();
        for (place, seen) in &mut self.places {
            known |= seen.bulk || self.ambiguous.contains(place);
            if !seen.members.contains(nick) {
                continue;
            }
            known = true;
            match text.is_empty() {
                true => seen.away.remove(nick),
                false => seen.away.insert(nick.clone(), text.clone()),
            };
        }
        assert!(known, "17: one is told of {nick}, who is nowhere where one is");
    }

    fn rename(&mut self, from: &Nick, to: &Nick) {
        if self.nick.as_ref() == Some(from) {
            self.nick = Some(to.clone());
        }
        for (place, seen) in &mut self.places {
            if let Some(text) = seen.away.remove(from) {
                seen.away.insert(to.clone(), text);
            }
            if seen.members.remove(from) {
                let fresh = seen.members.insert(to.clone());
                // The other side of a conversation may have gone for good, and its name with it.
                let direct = matches!(place, Place::Direct(_));
                assert!(fresh || seen.bulk || direct, "9: {to} is somebody else's name");
            }
        }
        // A name one had oneself may also be that of somebody gone, whom one has talked to.
        let me = self.nick.as_ref() == Some(to);
        if !me && let Some(seen) = self.places.remove(&Place::Direct(from.clone())) {
            let place = Place::Direct(to.clone());
            // Somebody who had that name before and has gone: two conversations go by it now.
            if self.places.insert(place.clone(), seen).is_some() {
                self.ambiguous.insert(place);
            }
        }
    }
}
