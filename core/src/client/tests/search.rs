//! Looking for what was said, and going there.

use super::*;
use crate::vocabulary::{Code, Span};

fn search(desk: &Desk) -> &Search {
    desk.state().search.as_ref().unwrap()
}

fn found(place: Option<&str>, messages: Vec<Message>, cursor: Option<&str>, reference: Option<Tag>) -> Event {
    let cursor = cursor.and_then(Tag::parse);
    let place = place.map(super::place);
    Event::Page { place, messages, has_more: cursor.is_some(), cursor, reference }
}

/// In the lobby, of whose log `last` entries are held from `first` on.
fn with_history(first: u64, last: u64) -> Desk {
    let mut desk = Desk::new(profile(Dialect::Native));
    desk.input(Input::Connected);
    desk.tell(welcome("ada"));
    desk.tell(room("lobby", 1, last));
    let asked = desk.sent().pop().unwrap();
    let messages = (first..=last).map(|id| said("lobby", id, "bob", "held")).collect();
    desk.tell(page(messages, first > 1, asked.reference));
    desk
}

#[test]
fn hits_of_every_page_stand_newest_first_and_once() {
    let mut desk = Desk::online();
    desk.intent(Intent::Search { query: "کتاب".into(), everywhere: true });
    let first = desk.sent().pop().unwrap();
    let query = Note::parse("کتاب").unwrap();
    let command = Command::Search { place: None, query: query.clone(), cursor: None, limit: 50 };
    assert_eq!(first.command, command);
    assert!(search(&desk).loading);
    let messages = alloc::vec![said("@bob", 7, "bob", "كتاب"), said("lobby", 9, "eve", "کتاب\u{202e}!")];
    desk.tell(found(None, messages, Some("17"), first.reference));
    assert!(!search(&desk).loading && search(&desk).has_more);
    desk.intent(Intent::SearchMore);
    desk.intent(Intent::SearchMore);
    let [more] = &desk.sent()[..] else { panic!("one page at a time") };
    assert_eq!(more.command, Command::Search { place: None, query, cursor: Tag::parse("17"), limit: 50 });
    let messages = alloc::vec![said("lobby", 2, "ada", "کتاب"), said("@bob", 7, "bob", "كتاب")];
    desk.tell(found(None, messages, None, more.reference.clone()));
    let hits: Vec<_> = search(&desk).hits.iter().map(|hit| (hit.title.as_str(), hit.id.0, hit.mine)).collect();
    assert_eq!(hits, [("lobby", 9, false), ("@bob", 7, false), ("lobby", 2, true)]);
    assert_eq!(search(&desk).hits[0].text, "کتاب!", "what was found steers nothing either");
    assert!(!search(&desk).has_more);
    desk.intent(Intent::CloseSearch);
    assert!(desk.state().search.is_none());
}

#[test]
fn where_a_log_begins_is_known_once_nothing_older_can_be_had() {
    for (first_id, before) in [(1, Before::Nothing), (4, Before::NotKept)] {
        let mut desk = Desk::new(profile(Dialect::Native));
        desk.input(Input::Connected);
        desk.tell(welcome("ada"));
        let Event::Room(mut info) = room("lobby", 1, 9) else { panic!("a room") };
        info.first_id = MessageId(first_id);
        desk.tell(Event::Room(info));
        assert_eq!(desk.state().rooms[0].before(), None, "nothing is known of it yet");
        let newest = desk.sent().pop().unwrap();
        desk.tell(page(alloc::vec![said("lobby", 9, "bob", "held")], true, newest.reference));
        assert_eq!(desk.state().rooms[0].before(), None, "there is more");
        desk.intent(Intent::Older);
        let older = desk.sent().pop().unwrap();
        desk.tell(page(alloc::vec![said("lobby", first_id, "bob", "held")], false, older.reference));
        assert_eq!(desk.state().rooms[0].before(), Some(before));
    }
}

#[test]
fn the_slash_commands_look_everywhere_and_here() {
    let mut desk = Desk::online();
    desk.submit("/search soup tonight");
    desk.submit("/find soup");
    let queries: Vec<_> = desk
        .commands()
        .into_iter()
        .map(|command| match command {
            Command::Search { place, query, .. } => (place.map(|place| place.to_string()), query.to_string()),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(queries, [(None, "soup tonight".into()), (Some("lobby".into()), "soup".into())]);
    assert_eq!(search(&desk).room, Some(desk.state().rooms[0].key));
}

#[test]
fn an_answer_to_an_earlier_search_changes_nothing() {
    let mut desk = Desk::online();
    desk.submit("/search soup");
    desk.submit("/search bread");
    let asked = desk.sent();
    desk.tell(found(None, alloc::vec![said("lobby", 1, "bob", "soup")], None, asked[0].reference.clone()));
    assert!(search(&desk).hits.is_empty() && search(&desk).loading);
    desk.tell(Event::Error { code: Code::Unavailable, text: "Not now.".into(), reference: asked[1].reference.clone() });
    assert_eq!(search(&desk).problem.as_deref(), Some("Not now."));
    desk.intent(Intent::CloseSearch);
    desk.submit("/search late");
    let late = desk.sent().pop().unwrap();
    desk.intent(Intent::CloseSearch);
    desk.tell(found(None, alloc::vec![said("lobby", 1, "bob", "late")], None, late.reference));
    assert!(desk.state().search.is_none());
    assert!(desk.client.asked.is_empty());
}

#[test]
fn whatever_a_server_answers_nothing_hangs() {
    for code in Code::ALL.iter().copied() {
        let mut desk = Desk::online();
        desk.submit("/search soup");
        let reference = desk.sent().pop().unwrap().reference;
        desk.tell(Event::Error { code, text: "No.".into(), reference });
        assert!(!search(&desk).loading);
        assert_eq!(search(&desk).problem.as_deref(), Some("No."));
        assert!(desk.lines().is_empty(), "it is said where it belongs");
        assert!(desk.client.asked.is_empty());
    }
    let mut desk = Desk::online();
    desk.submit("/search soup");
    desk.input(Input::Lost("gone".into()));
    assert!(!search(&desk).loading && search(&desk).problem.is_some());
    desk.intent(Intent::Search { query: "soup".into(), everywhere: false });
    assert_eq!(search(&desk).problem.as_deref(), Some("There is no connection just now; try again once there is."));
}

#[test]
fn an_answer_of_another_kind_answers_nothing() {
    let mut desk = Desk::online();
    desk.submit("/search soup");
    let reference = desk.sent().pop().unwrap().reference;
    desk.tell(Event::Rooms { rooms: Vec::new(), has_more: false, reference: reference.clone() });
    assert!(search(&desk).loading);
    desk.tell(found(None, alloc::vec![said("lobby", 1, "bob", "soup")], None, reference));
    assert_eq!(search(&desk).hits.len(), 1);
}

#[test]
fn what_cannot_be_looked_for_is_said_at_once() {
    let mut desk = Desk::online();
    for query in ["", " ، ", &"long ".repeat(100), "a\tb\u{7}"] {
        desk.intent(Intent::Search { query: query.into(), everywhere: true });
        assert!(search(&desk).problem.is_some() && !search(&desk).loading, "{query:?}");
    }
    assert!(desk.sent().is_empty());
    let mut desk = Desk::new(profile(Dialect::Prompt));
    desk.intent(Intent::Search { query: "soup".into(), everywhere: true });
    assert_eq!(search(&desk).problem.as_deref(), Some("On this kind of server nothing can be looked for."));
}

#[test]
fn a_corrected_hit_reads_as_it_does_now() {
    let mut desk = Desk::online();
    desk.submit("/search soup");
    let reference = desk.sent().pop().unwrap().reference;
    desk.tell(found(None, alloc::vec![said("lobby", 1, "bob", "soup")], None, reference));
    desk.tell(edited("lobby", 2, 1, "bob", "bread"));
    let hit = &search(&desk).hits[0];
    assert_eq!((hit.text.as_str(), hit.edited), ("bread", true));
}

#[test]
fn more_hits_than_are_kept_are_not_asked_for() {
    let mut desk = Desk::online();
    desk.submit("/search soup");
    let mut reference = desk.sent().pop().unwrap().reference;
    for turn in 0..6 {
        let messages =
            (turn * 200..(turn + 1) * 200).map(|id| said("lobby", 9_999 - id, "bob", "soup")).rev().collect();
        desk.tell(found(None, messages, Some(&alloc::format!("{turn}")), reference));
        desk.intent(Intent::SearchMore);
        reference = desk.sent().pop().and_then(|request| request.reference);
    }
    assert_eq!(search(&desk).hits.len(), Search::HITS_MAX);
    assert!(!search(&desk).has_more);
    assert_eq!(reference, None);
}

#[test]
fn a_message_that_is_held_is_gone_to_at_once_as_often_as_one_likes() {
    let mut desk = with_history(1, 20);
    desk.tell(room("garden", 2, 0));
    desk.intent(Intent::Cycle(1));
    desk.sent();
    let (to, id) = (place("lobby"), MessageId(5));
    desk.intent(Intent::Jump { place: to.clone(), id });
    let jump = desk.state().jump.unwrap();
    let room = desk.state().shown_room().unwrap();
    assert_eq!(room.title, "lobby");
    assert_eq!(room.key, jump.room);
    assert_eq!(room.timeline.get(room.timeline.position(jump.entry).unwrap()).unwrap().id, Some(id));
    assert!(desk.sent().is_empty());
    desk.intent(Intent::Jump { place: to, id });
    let again = desk.state().jump.unwrap();
    assert_eq!(again.entry, jump.entry);
    assert_ne!(again, jump, "it can be told that it was gone to once more");
}

#[test]
fn an_older_message_is_paged_back_to() {
    let mut desk = with_history(900, 950);
    let front = desk.state().rooms[0].timeline.front();
    desk.intent(Intent::Jump { place: place("lobby"), id: MessageId(600) });
    for before in [900, 700] {
        assert_eq!(desk.state().jump, None);
        assert!(desk.state().rooms[0].loading_older);
        let [request] = &desk.sent()[..] else { panic!("one page at a time") };
        let span = Span::Before(MessageId(before));
        assert_eq!(request.command, Command::History { place: place("lobby"), span, limit: 200 });
        let messages = (before - 200..before).map(|id| said("lobby", id, "bob", "older")).collect();
        desk.tell(page(messages, true, request.reference.clone()));
    }
    let room = &desk.state().rooms[0];
    let at = room.timeline.position(desk.state().jump.unwrap().entry).unwrap();
    assert_eq!(room.timeline.get(at).unwrap().id, Some(MessageId(600)));
    assert_eq!(room.timeline.front(), front - 400, "a view keeps its place");
    assert!(desk.sent().is_empty());
}

#[test]
fn around_a_message_far_back_is_read_and_the_timeline_keeps_its_place() {
    let mut desk = with_history(9_000, 9_050);
    desk.intent(Intent::Jump { place: place("lobby"), id: MessageId(100) });
    let asked = desk.sent();
    let spans: Vec<_> = asked.iter().map(|request| request.command.clone()).collect();
    let history = |span| Command::History { place: place("lobby"), span, limit: 20 };
    assert_eq!(spans, [history(Span::Before(MessageId(101))), history(Span::After(MessageId(100)))]);
    let lines = desk.lines();
    let part = |from: u64, to: u64| (from..to).map(|id| said("lobby", id, "bob", "then")).collect::<Vec<_>>();
    desk.tell(page(part(101, 121), true, asked[1].reference.clone()));
    assert!(desk.state().around.as_ref().unwrap().loading);
    desk.tell(page(part(81, 101), true, asked[0].reference.clone()));
    let around = desk.state().around.as_ref().unwrap();
    let ids: Vec<u64> = around.messages.iter().map(|hit| hit.id.0).collect();
    assert_eq!(ids, (81..121).collect::<Vec<_>>());
    assert!(!around.loading && around.problem.is_none() && around.id == MessageId(100));
    assert_eq!(desk.lines(), lines);
    assert_eq!(desk.state().jump, None);
    desk.tell(deleted("lobby", 9_051, 100, "bob"));
    assert!(!desk.state().around.as_ref().unwrap().messages.iter().any(|hit| hit.id.0 == 100));
    desk.intent(Intent::CloseAround);
    assert!(desk.state().around.is_none());
}

#[test]
fn a_jump_that_leads_nowhere_says_so() {
    let mut desk = with_history(500, 520);
    desk.tell(deleted("lobby", 521, 510, "bob"));
    // It was never held: retention, or it was taken back before.
    desk.intent(Intent::Jump { place: place("lobby"), id: MessageId(499) });
    let reference = desk.sent().pop().unwrap().reference;
    desk.tell(page(Vec::new(), false, reference));
    let gone = "! This message cannot be shown: it was taken back, or the server keeps it no longer.";
    assert_eq!(desk.lines().last().unwrap(), gone);
    desk.intent(Intent::Jump { place: place("kitchen"), id: MessageId(1) });
    assert_eq!(desk.lines().last().unwrap(), "! You are not in kitchen; /join kitchen takes you there.");

    let mut desk = with_history(500, 520);
    desk.intent(Intent::Jump { place: place("lobby"), id: MessageId(10) });
    desk.sent();
    desk.input(Input::Lost("gone".into()));
    assert_eq!(desk.lines().last().unwrap(), "! There is no connection just now; try again once there is.");
    assert!(desk.client.seeking.is_none());
    assert!(!desk.state().rooms[0].loading_older);
}

#[test]
fn a_conversation_that_is_not_open_is_opened_for_the_jump() {
    let mut desk = Desk::online();
    desk.intent(Intent::Jump { place: place("@bob"), id: MessageId(3) });
    assert_eq!(desk.commands(), [Command::Join { place: place("@bob") }]);
    desk.tell(room("@bob", 5, 3));
    let first = desk.sent().pop().unwrap();
    let messages = (1..=3).map(|id| said("@bob", id, "bob", "psst")).collect();
    desk.tell(found(Some("@bob"), messages, None, first.reference));
    assert_eq!(desk.state().shown_room().unwrap().title, "@bob");
    assert!(desk.state().jump.is_some());
    desk.intent(Intent::Jump { place: place("@eve"), id: MessageId(3) });
    let reference = desk.sent().pop().unwrap().reference;
    desk.tell(Event::Error { code: Code::NoSuchNick, text: "Nobody has this name.".into(), reference });
    assert!(desk.client.seeking.is_none());
}

#[test]
fn what_waits_in_a_conversation_counts_as_unread_though_nothing_was_ever_read_there() {
    let mut desk = Desk::online();
    desk.intent(Intent::Look { focused: true, at_bottom: true });
    desk.tell(room("@bob", 5, 2));
    let first = desk.sent().pop().unwrap();
    desk.tell(found(Some("@bob"), (1..=2).map(|id| said("@bob", id, "bob", "psst")).collect(), None, first.reference));
    let room = &desk.state().rooms[1];
    assert_eq!((room.unread, room.mentions), (2, 2));
    assert_eq!(room.marker, Some(room.timeline.get(0).unwrap().key));
}
