//! People whose words are hidden.

use proptest::prelude::*;

use super::*;

fn seen(desk: &Desk, room: usize) -> Vec<String> {
    desk.state().rooms[room].timeline.iter().filter(|entry| !entry.is_hidden()).map(Entry::line).collect()
}

fn counts(desk: &Desk) -> (u32, u32) {
    (desk.state().rooms[0].unread, desk.state().rooms[0].mentions)
}

fn joined(desk: &mut Desk, who: &str) {
    desk.tell(Event::Joined { room: RoomName::lobby(), nick: nick(who), at: Timestamp(1) });
}

/// Online, and shown every coming and going by itself.
fn unfolded() -> Desk {
    let mut desk = Desk::online();
    desk.intent(Intent::Set(Options { fold_presence: false, ..Options::default() }));
    desk.outputs.clear();
    desk
}

const HIDDEN: &str = "* What bob says is hidden from now on; /unignore bob shows it again.";

#[test]
fn what_somebody_said_is_hidden_and_uncounted_and_can_be_seen_again() {
    let mut desk = unfolded();
    desk.tell(message("lobby", 1, "bob", "ada!"));
    desk.tell(message("lobby", 2, "eve", "hi"));
    assert_eq!(counts(&desk), (2, 1));
    let first = desk.state().rooms[0].marker;
    desk.outputs.clear();
    desk.submit("/ignore bob");
    assert_eq!(desk.commands(), [], "the server need not know");
    assert_eq!(desk.state().ignored, ["bob"]);
    assert_eq!(counts(&desk), (1, 0));
    assert_ne!(desk.state().rooms[0].marker, first, "what is new begins with what is seen");
    assert_eq!(seen(&desk, 0), ["eve: hi", HIDDEN]);
    let before = desk.state().newest_seq();
    desk.tell(message("lobby", 3, "Bob", "ADA!!"));
    desk.tell(Event::Typing { place: place("lobby"), nick: nick("bob") });
    desk.tell(Event::Parted { room: RoomName::lobby(), nick: nick("bob"), reason: Note::default(), at: Timestamp(1) });
    joined(&mut desk, "bob");
    assert_eq!(counts(&desk), (1, 0));
    assert!(desk.state().rooms[0].typing.is_empty());
    assert!(!desk.outputs.iter().any(|output| matches!(output, Output::Notify(_))), "nobody calls");
    assert!(desk.state().news_since(before).is_empty());
    assert_eq!(seen(&desk, 0), ["eve: hi", HIDDEN]);
    desk.tell(Event::Read { place: place("lobby"), id: MessageId(1) });
    assert_eq!(counts(&desk), (1, 0), "nor counted otherwise");
    assert_eq!(desk.state().rooms[0].timeline.len(), 6);
    desk.submit("/unignore BOB");
    let again = seen(&desk, 0);
    for line in ["bob: ada!", "Bob: ADA!!", "* bob left", "* bob joined", "* What BOB says is shown again."] {
        assert!(again.iter().any(|shown| shown == line), "{line} in {again:?}");
    }
    desk.tell(message("lobby", 4, "bob", "ada?"));
    assert_eq!(counts(&desk), (2, 1));
}

#[test]
fn the_list_is_told_bounded_and_never_names_oneself() {
    let mut desk = Desk::online();
    desk.submit("/ignore");
    desk.submit("/ignore ada");
    desk.submit("/ignore a b");
    desk.submit("/unignore bob");
    assert_eq!(
        desk.lines(),
        [
            "* You ignore nobody. /ignore NICK hides what somebody says.",
            "! That is you.",
            "! A name has no spaces; write _ instead.",
            "! You do not ignore bob; /ignore lists whom you do.",
        ]
    );
    for number in 0..State::IGNORED_MAX + 5 {
        desk.intent(Intent::Ignore(alloc::format!("eve{number}")));
    }
    assert_eq!(desk.state().ignored.len(), State::IGNORED_MAX);
    assert_eq!(desk.lines().last().unwrap(), "! You ignore as many people as one can; /unignore one of them first.");
    desk.submit("/ignore eve3");
    assert_eq!(desk.state().ignored.len(), State::IGNORED_MAX, "once is enough");
}

#[test]
fn the_list_outlives_the_client() {
    let mut desk = Desk::online();
    desk.submit("/ignore bob");
    let kept = desk.outputs.iter().rev().find_map(|output| match output {
        Output::Keep(keepsake) => Some(keepsake.clone()),
        _ => None,
    });
    let desk = Desk::new(Profile { keepsake: kept.unwrap(), ..profile(Dialect::Native) });
    assert_eq!(desk.state().ignored, ["bob"]);
    let ignored = ["b\nob", "", "bob", "BOB"].map(String::from).to_vec();
    let keepsake = Keepsake { ignored, ..Keepsake::default() };
    let desk = Desk::new(Profile { keepsake, ..profile(Dialect::Native) });
    assert_eq!(desk.state().ignored, ["b ob", "bob"], "whatever stands in a file");
}

#[test]
fn a_conversation_with_them_does_not_open_by_itself_but_on_request() {
    let mut desk = Desk::online();
    desk.submit("/ignore bob");
    desk.tell(room("@bob", 3, 0));
    desk.tell(message("@bob", 1, "bob", "psst"));
    assert_eq!(desk.state().rooms.len(), 1);
    desk.submit("/msg bob");
    desk.tell(room("@bob", 3, 1));
    assert_eq!(desk.state().rooms.len(), 2);
    desk.tell(message("@bob", 2, "bob", "psst"));
    assert!(desk.state().rooms[1].timeline.iter().all(Entry::is_hidden));
    assert_eq!((desk.state().rooms[1].unread, desk.state().rooms[1].mentions), (0, 0));
}

#[test]
fn another_name_does_not_help_them_and_their_words_are_not_quoted_or_found() {
    let mut desk = Desk::online();
    desk.tell(message("lobby", 1, "bob", "tea"));
    let answer = Message { reply_to: Some(MessageId(1)), ..said("lobby", 2, "eve", "yes") };
    desk.tell(Event::Message(Box::new(answer)));
    let quote = |desk: &Desk| {
        let room = &desk.state().rooms[0];
        let entry = room.timeline.iter().find(|entry| entry.id == Some(MessageId(2))).unwrap();
        room.reply_of(entry).map(|quote| quote.from)
    };
    assert_eq!(quote(&desk).as_deref(), Some("bob"));
    desk.submit("/search tea");
    let find = |desk: &mut Desk| {
        let reference = desk.sent().pop().unwrap().reference;
        let messages = alloc::vec![said("lobby", 1, "bob", "tea"), said("lobby", 2, "eve", "tea")];
        desk.tell(Event::Page { place: None, messages, has_more: false, cursor: None, reference });
    };
    find(&mut desk);
    assert_eq!(desk.state().search.as_ref().unwrap().hits.len(), 2);
    desk.submit("/ignore bob");
    assert_eq!(desk.state().search.as_ref().unwrap().hits.len(), 1);
    assert_eq!(quote(&desk), None);
    desk.submit("/search tea");
    find(&mut desk);
    assert_eq!(desk.state().search.as_ref().unwrap().hits.len(), 1);
    desk.tell(Event::Nick { from: nick("bob"), to: nick("rob") });
    desk.tell(message("lobby", 3, "rob", "it is me"));
    assert_eq!(seen(&desk, 0), ["eve: yes", HIDDEN]);
}

#[test]
fn nobody_is_silenced_by_what_somebody_else_was_called_for_a_while() {
    let mut desk = Desk::online();
    desk.tell(message("lobby", 1, "carla", "hello"));
    desk.submit("/ignore mallory");
    let rename = |from: &str, to: &str| Event::Nick { from: nick(from), to: nick(to) };
    desk.outputs.clear();
    desk.tell(rename("mallory", "carla"));
    desk.tell(message("lobby", 2, "carla", "not her"));
    desk.submit("/ignore");
    assert_eq!(desk.lines().last().unwrap().rsplit(": ").next(), Some("mallory, carla"));
    desk.tell(rename("carla", "eve0"));
    desk.tell(message("lobby", 3, "carla", "it is me"));
    let shown = seen(&desk, 0);
    let said = |text: &str| shown.iter().any(|line| line == text);
    assert!(said("carla: hello") && said("carla: it is me") && !said("carla: not her"), "{shown:?}");
    for number in 0..200 {
        desk.tell(rename(&alloc::format!("eve{number}"), &alloc::format!("eve{}", number + 1)));
    }
    assert_eq!(desk.state().ignored, ["mallory"]);
    assert!(desk.state().ignores("eve200") && !desk.state().ignores("eve199"));
    assert!(!desk.outputs.iter().any(|output| matches!(output, Output::Keep(kept) if kept.ignored != ["mallory"])));
    let left = |who: &str| Event::Parted {
        room: RoomName::lobby(),
        nick: nick(who),
        reason: Note::default(),
        at: Timestamp(1),
    };
    let mut unignored = Desk::online();
    unignored.submit("/ignore mallory");
    unignored.tell(rename("mallory", "carla"));
    assert!(unignored.state().ignores("carla"));
    unignored.submit("/unignore mallory");
    assert!(!unignored.state().ignores("carla"), "they are the same");
    desk.tell(left("eve200"));
    assert!(!desk.state().ignores("eve200"), "whoever comes now may be somebody else");
}

#[test]
fn a_topic_is_no_way_to_be_heard_by_whoever_ignores_one() {
    let mut desk = Desk::online();
    desk.submit("/ignore bob");
    let text = Note::parse("hear me").unwrap();
    desk.tell(Event::Topic { place: place("lobby"), id: MessageId(1), text, by: nick("bob"), at: Timestamp(1) });
    assert_eq!(seen(&desk, 0), [HIDDEN]);
    desk.submit("/unignore bob");
    assert!(seen(&desk, 0).iter().any(|line| line.contains("hear me")));
}

#[test]
fn a_tutorials_server_tells_who_spoke_and_that_is_enough() {
    let mut desk = Desk::new(profile(Dialect::Prompt));
    desk.input(Input::Connected);
    for row in ["Please enter your name", "ada joined the chat\n", "bob joined the chat\n", "bob: ada!\n"] {
        desk.input(Input::Received(row.as_bytes()));
    }
    desk.submit("/ignore bob");
    assert_eq!(counts(&desk), (0, 0));
    desk.input(Input::Received(b"bob: ada?\n"));
    desk.input(Input::Received(b"eve: hm\n"));
    assert_eq!(counts(&desk), (1, 0));
    assert_eq!(seen(&desk, 0), [HIDDEN, "eve: hm"]);
    desk.submit("/unignore bob");
    assert_eq!(seen(&desk, 0).len(), 6);
}

#[derive(Clone, Debug)]
enum Step {
    Said(u64, usize, bool),
    Came(usize),
    Ignored(usize, bool),
    Read(u64),
}

fn steps() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (1..20_u64, 0..3_usize, any::<bool>()).prop_map(|(id, who, call)| Step::Said(id, who, call)),
        1 => (0..3_usize).prop_map(Step::Came),
        3 => (0..3_usize, any::<bool>()).prop_map(|(who, on)| Step::Ignored(who, on)),
        1 => (1..20_u64).prop_map(Step::Read),
    ]
}

proptest! {
    #[test]
    fn nothing_by_whoever_is_ignored_is_seen_or_counted_and_all_else_is(steps in proptest::collection::vec(steps(), 0..40)) {
        const PEOPLE: [&str; 3] = ["bob", "eve", "علی"];
        let mut desk = unfolded();
        for step in steps {
            match step {
                Step::Said(id, who, call) => desk.tell(message("lobby", id, PEOPLE[who], if call { "ada!" } else { "hm" })),
                Step::Came(who) => joined(&mut desk, PEOPLE[who]),
                Step::Ignored(who, true) => desk.intent(Intent::Ignore(PEOPLE[who].into())),
                Step::Ignored(who, false) => desk.intent(Intent::Unignore(PEOPLE[who].into())),
                Step::Read(id) => desk.tell(Event::Read { place: place("lobby"), id: MessageId(id) }),
            }
            let state = desk.state();
            let room = &state.rooms[0];
            for entry in room.timeline.iter() {
                let by = PEOPLE.into_iter().find(|name| entry.who() == *name || entry.line() == alloc::format!("* {name} joined"));
                prop_assert_eq!(entry.is_hidden(), by.is_some_and(|name| state.ignores(name)), "{:?}", entry);
                prop_assert!(!(entry.is_hidden() && entry.unread));
            }
            let unread: Vec<_> = room.timeline.iter().filter(|entry| entry.unread).collect();
            prop_assert_eq!(room.unread as usize, unread.len());
            let calls = unread.iter().filter(|entry| matches!(entry.kind, EntryKind::Message { mention: true, .. }));
            prop_assert_eq!(room.mentions as usize, calls.count());
        }
    }
}
