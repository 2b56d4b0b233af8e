//! What holds of everything that a face may show.

use parlor_core::client::{Client, Delivery, EntryKind, Link, Question, Room, State, Timeline};
use parlor_core::wire::Dialect;

/// Secrets of the profile: they must reach no screen.
pub(super) const TOKEN: &str = "0123456789abcdeffeedfacecafebeef";
pub(super) const PASSWORD: &str = "correct horse battery staple";

/// Every bound of the state holds, and nothing in it can steer a terminal.
pub(super) fn claim_harmless(state: &State) {
    let State { link, address, nick, question, rooms, shown, .. } = state;
    harmless(&[address]);
    // Until a server gives it, it is what the person typed.
    if state.dialect == Dialect::Native && *link == Link::Online {
        harmless(&[nick]);
    }
    match link {
        Link::Waiting { why, .. } => harmless(&[why]),
        Link::Closed { why } => harmless(&[why.as_deref().unwrap_or("")]),
        Link::Connecting { .. } | Link::Greeting | Link::Online | Link::Leaving => {}
    }
    match question {
        Some(Question::Nick { why } | Question::Password { why }) => harmless(&[why]),
        None => {}
    }
    assert!(rooms.len() <= 256);
    assert!(rooms.is_empty() || *shown < rooms.len(), "what is shown is there");
    assert!(*link != Link::Online || !rooms.is_empty() || state.dialect == Dialect::Native);
    rooms.iter().for_each(claim_room);
}

fn claim_room(room: &Room) {
    harmless(&[room.title.as_str(), room.topic.as_str()]);
    assert!(room.members.len() <= 5_000);
    assert!(room.member_count as usize >= room.members.len(), "whoever is listed is counted");
    assert!(room.typing.len() <= 16);
    for name in room.members.iter().map(|member| &member.nick).chain(&room.typing) {
        harmless(&[name]);
    }
    assert!(room.mentions <= room.unread, "a mention is a message");
    assert!(room.draft.len() <= 64 * 1_024);
    claim_timeline(&room.timeline);
}

fn claim_timeline(timeline: &Timeline) {
    assert!(timeline.len() <= Timeline::ENTRIES_MAX);
    let bytes: usize = timeline.iter().map(|entry| entry.who().len() + entry.what().len() + 64).sum();
    assert!(bytes <= Timeline::BYTES_MAX);
    let mut last = None;
    for entry in timeline.iter() {
        if entry.id.is_some() {
            assert!(entry.id > last, "log order, and nothing twice: {:?} after {last:?}", entry.id);
            last = entry.id;
        }
        // One's own name is what the person typed, until a server gives it.
        if !matches!(entry.kind, EntryKind::Message { mine: true, .. }) {
            harmless(&[entry.who()]);
        }
        let text = entry.what();
        assert!(!text.contains(steers), "{text:?} is harmless");
        if let EntryKind::Message { delivery: Delivery::Failed(why), .. } = &entry.kind {
            harmless(&[why]);
        }
    }
}

/// On one line, without anything that moves a cursor or turns text round.
fn harmless(texts: &[&str]) {
    for text in texts {
        assert!(!text.contains(|c| c == '\n' || steers(c)), "{text:?} is one harmless line");
    }
}

/// Whether a character does something to a screen rather than stand on it.
fn steers(c: char) -> bool {
    c.is_control() && c != '\n' || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// Neither what a face shows nor what a log might tell of the machine holds a secret.
pub(super) fn claim_no_secrets(client: &Client) {
    let told = format!("{:?}", client.state());
    for secret in [TOKEN, PASSWORD, super::draw::TOKEN] {
        assert!(!told.contains(secret), "a secret reaches no screen");
    }
}
