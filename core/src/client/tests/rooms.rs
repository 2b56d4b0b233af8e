//! Rooms, members, conversations, what is read and what is not.

use super::*;
use crate::id::LogId;

fn names(desk: &Desk) -> Vec<&str> {
    desk.state().rooms[0].members.iter().map(|member| member.nick.as_str()).collect()
}

fn looks(desk: &mut Desk, focused: bool, at_bottom: bool) {
    desk.intent(Intent::Look { focused, at_bottom });
}

#[test]
fn members_are_kept_in_order_of_name_whatever_their_case() {
    let mut desk = Desk::online();
    assert_eq!(names(&desk), ["ada", "bob"]);
    assert!(desk.state().rooms[0].members[0].me);
    let (at, lobby) = (Timestamp(5), RoomName::lobby());
    desk.tell(Event::Joined { room: lobby.clone(), nick: nick("Aaron"), at });
    desk.tell(Event::Joined { room: lobby.clone(), nick: nick("Zoe"), at });
    desk.tell(Event::Nick { from: nick("bob"), to: nick("Zed") });
    desk.tell(Event::Parted { room: lobby.clone(), nick: nick("Zoe"), reason: Note::parse("home").unwrap(), at });
    desk.tell(Event::Kicked { room: lobby, nick: nick("Zed"), by: nick("Aaron"), reason: Note::default(), at });
    assert_eq!(names(&desk), ["Aaron", "ada"]);
    assert_eq!(desk.state().rooms[0].member_count, 2);
    assert_eq!(
        desk.lines(),
        [
            "* Aaron joined",
            "* Zoe joined",
            "* bob is now known as Zed",
            "* Zoe left (home)",
            "* Zed was removed by Aaron"
        ]
    );
}

#[test]
fn presence_of_a_large_room_changes_the_list_without_a_word() {
    let mut desk = Desk::online();
    let (joined, parted) = (alloc::vec![nick("eve")], alloc::vec![nick("bob")]);
    desk.tell(Event::Presence { room: RoomName::lobby(), count: 900, joined, parted });
    assert_eq!(names(&desk), ["ada", "eve"]);
    assert_eq!(desk.state().rooms[0].member_count, 900);
    assert!(!desk.state().rooms[0].members_complete);
    assert!(desk.lines().is_empty());
}

#[test]
fn being_removed_leaves_the_log_to_read_and_nothing_can_be_said() {
    let mut desk = Desk::online();
    let reason = Note::parse("noise").unwrap();
    desk.tell(Event::Kicked { room: RoomName::lobby(), nick: nick("ada"), by: nick("bob"), reason, at: Timestamp(1) });
    assert!(!desk.state().rooms[0].joined);
    desk.submit("hello?");
    assert!(desk.sent().is_empty());
    assert_eq!(
        desk.lines(),
        ["* You were removed by bob (noise)", "! You are not in lobby; /join lobby takes you there."]
    );
    assert_eq!(desk.state().rooms[0].draft, "hello?", "what was typed is not lost");
}

#[test]
fn a_conversation_follows_the_other_ones_name() {
    let mut desk = Desk::online();
    desk.tell(room("@bob", 7, 0));
    desk.tell(message("@bob", 1, "bob", "psst"));
    assert_eq!(desk.state().rooms[1].title, "@bob");
    desk.tell(Event::Nick { from: nick("bob"), to: nick("bea") });
    assert_eq!(desk.state().rooms[1].title, "@bea");
    assert_eq!(desk.state().rooms[1].place, Some(place("@bea")));
    desk.tell(message("@bea", 2, "bea", "it is me"));
    assert_eq!(desk.state().rooms.len(), 2);
    assert_eq!(desk.state().rooms[1].unread, 2);
}

#[test]
fn ones_own_new_name_is_kept_for_the_next_connection() {
    let mut desk = Desk::online();
    desk.submit("/nick Bea");
    assert_eq!(desk.commands(), [Command::Nick { nick: nick("Bea") }]);
    desk.tell(Event::Nick { from: nick("ada"), to: nick("Bea") });
    assert_eq!(desk.state().nick, "Bea");
    assert_eq!(desk.lines(), ["* You are now known as Bea."]);
    assert!(desk.state().rooms[0].members.iter().any(|member| member.me && member.nick == "Bea"));
}

#[test]
fn only_what_is_looked_at_is_read() {
    for (focused, at_bottom, read) in
        [(false, false, false), (false, true, false), (true, false, false), (true, true, true)]
    {
        let mut desk = Desk::online();
        looks(&mut desk, focused, at_bottom);
        desk.tell(message("lobby", 1, "bob", "ciao Ada!"));
        let room = &desk.state().rooms[0];
        assert_eq!((room.unread, room.mentions), if read { (0, 0) } else { (1, 1) });
        assert_eq!(room.marker.is_some(), !read);
        assert_eq!(desk.outputs.iter().any(|output| matches!(output, Output::Notify(_))), !read);
        let reads = desk.commands().into_iter().filter(|command| matches!(command, Command::Read { .. })).count();
        assert_eq!(reads, usize::from(read));
    }
}

#[test]
fn the_marker_stands_before_the_first_unread_until_it_is_left_or_answered() {
    let mut desk = Desk::online();
    looks(&mut desk, true, true);
    desk.tell(message("lobby", 1, "bob", "seen"));
    looks(&mut desk, false, true);
    desk.tell(message("lobby", 2, "bob", "first unseen"));
    desk.tell(message("lobby", 3, "bob", "second unseen"));
    let marker = desk.state().rooms[0].marker;
    assert_eq!(marker, desk.state().rooms[0].timeline.get(1).map(|entry| entry.key));
    assert_eq!(desk.state().rooms[0].unread, 2);
    looks(&mut desk, true, true);
    assert_eq!(desk.state().rooms[0].unread, 0);
    assert_eq!(desk.state().rooms[0].marker, marker, "it still shows where reading stopped");
    desk.submit("answer");
    assert_eq!(desk.state().rooms[0].marker, None);
}

#[test]
fn reading_is_told_at_most_once_a_second() {
    let mut desk = Desk::online();
    looks(&mut desk, true, true);
    for id in 1..=20 {
        desk.tell(message("lobby", id, "bob", "tick"));
    }
    assert_eq!(desk.commands(), [Command::Read { place: place("lobby"), id: MessageId(1) }]);
    desk.sleep(1_000);
    assert_eq!(desk.commands(), [Command::Read { place: place("lobby"), id: MessageId(20) }]);
    desk.sleep(5_000);
    assert!(desk.sent().is_empty());
}

#[test]
fn what_was_read_is_told_before_the_goodbye_however_soon_that_follows() {
    let mut desk = Desk::online();
    looks(&mut desk, true, true);
    for name in ["garden", "kitchen", "attic"] {
        desk.tell(room(name, 2, 0));
        desk.tell(message(name, 1, "bob", "tick"));
    }
    desk.sent();
    (0..3).for_each(|_| desk.intent(Intent::Cycle(1)));
    desk.intent(Intent::Quit);
    let commands = desk.commands();
    let reads = commands.iter().filter(|command| matches!(command, Command::Read { .. })).count();
    assert_eq!(reads, 3, "{commands:?}");
    assert!(matches!(commands.last(), Some(Command::Quit { .. })), "{commands:?}");
}

#[test]
fn what_another_session_read_is_read_here() {
    let mut desk = Desk::online();
    for id in 1..=3 {
        desk.tell(message("lobby", id, "bob", "ada: tick"));
    }
    desk.tell(Event::Read { place: place("lobby"), id: MessageId(2) });
    assert_eq!(desk.state().rooms[0].unread, 1);
    assert_eq!(desk.state().rooms[0].mentions, 1);
    desk.tell(Event::Read { place: place("lobby"), id: MessageId(3) });
    assert_eq!((desk.state().rooms[0].unread, desk.state().rooms[0].marker), (0, None));
}

#[test]
fn a_mention_is_ones_name_as_a_word_in_whatever_case() {
    let desk = Desk::online();
    for (text, named) in [
        ("ada", true),
        ("ADA: hi", true),
        ("hi @Ada, ciao", true),
        ("ＡＤＡ", true),
        ("adamant", false),
        ("canada", false),
        ("ada2", false),
        ("adà", false),
        ("a da", false),
    ] {
        assert_eq!(desk.client.names_me(text), named, "{text}");
    }
}

#[test]
fn drafts_stay_with_their_rooms() {
    let mut desk = Desk::online();
    desk.tell(room("garden", 2, 0));
    desk.intent(Intent::Draft("half a thought".into()));
    assert_eq!(desk.commands(), [Command::Typing { place: place("lobby") }]);
    desk.intent(Intent::Cycle(1));
    assert_eq!(desk.state().shown, 1);
    desk.intent(Intent::Draft("another".into()));
    desk.intent(Intent::Cycle(1));
    assert_eq!(desk.state().shown, 0);
    assert_eq!(desk.state().rooms[0].draft, "half a thought");
    assert_eq!(desk.state().rooms[1].draft, "another");
    desk.intent(Intent::Show(RoomKey(4_000_000)));
    assert_eq!(desk.state().shown, 0, "an unknown room is not shown");
}

#[test]
fn who_does_not_want_it_told_is_not_seen_typing() {
    let mut desk = Desk::online();
    desk.intent(Intent::Set(Options { tell_typing: false, ..Options::default() }));
    assert!(!desk.state().options.tell_typing);
    desk.intent(Intent::Draft("half a thought".into()));
    assert!(desk.sent().is_empty());
    desk.intent(Intent::Set(Options::default()));
    desk.intent(Intent::Draft("half a thought more".into()));
    assert_eq!(desk.commands(), [Command::Typing { place: place("lobby") }]);
}

#[test]
fn typing_is_believed_for_six_seconds_or_until_something_is_said() {
    let mut desk = Desk::online();
    desk.tell(Event::Typing { place: place("lobby"), nick: nick("bob") });
    desk.sleep(3_000);
    desk.tell(Event::Typing { place: place("lobby"), nick: nick("bob") });
    assert_eq!(desk.state().rooms[0].typing, ["bob"]);
    desk.sleep(5_999);
    assert_eq!(desk.state().rooms[0].typing, ["bob"]);
    desk.sleep(1);
    assert!(desk.state().rooms[0].typing.is_empty());
    desk.tell(Event::Typing { place: place("lobby"), nick: nick("bob") });
    desk.tell(message("lobby", 1, "bob", "done"));
    assert!(desk.state().rooms[0].typing.is_empty());
}

#[test]
fn a_room_one_is_not_let_back_into_gives_up_what_waited_for_it() {
    let mut desk = Desk::online();
    desk.input(Input::Lost("gone".into()));
    desk.submit("hello?");
    desk.intent(Intent::RetryNow);
    desk.input(Input::Connected);
    desk.tell(welcome("ada"));
    desk.sleep(15_000);
    assert_eq!(desk.lines(), ["! You are not in lobby any more. Not sent: hello?"]);
    assert_eq!(desk.state().unsent(), 0);
}

#[test]
fn a_topic_is_shown_and_told() {
    let mut desk = Desk::online();
    let event = Event::Topic {
        place: place("lobby"),
        id: MessageId(1),
        text: Note::parse("ferns").unwrap(),
        by: nick("bob"),
        at: Timestamp(3),
    };
    desk.tell(event.clone());
    desk.tell(event);
    assert_eq!(desk.state().rooms[0].topic.as_str(), "ferns");
    assert_eq!(desk.lines(), ["* bob set the topic: ferns"]);
    assert_eq!(desk.state().rooms[0].book.log, Some(LogId(1)));
}

#[test]
fn who_may_speak_is_told_of_others_and_of_oneself() {
    let mut desk = Desk::online();
    let muted = |who: &str, on| Event::Muted {
        room: RoomName::lobby(),
        nick: nick(who),
        by: nick("eve"),
        reason: Note::parse(if on { "noise" } else { "" }).unwrap(),
        on,
    };
    for (who, on) in [("bob", true), ("bob", false), ("ada", true), ("ada", false)] {
        desk.tell(muted(who, on));
    }
    assert_eq!(
        desk.lines(),
        [
            "* bob was muted by eve (noise)",
            "* bob may speak again, says eve",
            "* You were muted by eve (noise)",
            "* You may speak again, says eve"
        ]
    );
}

#[test]
fn a_draft_over_its_bound_is_not_kept() {
    let mut desk = Desk::online();
    desk.intent(Intent::Draft("short".into()));
    desk.intent(Intent::Draft("x".repeat(64 * 1024 + 1)));
    assert_eq!(desk.state().rooms[0].draft, "short");
}
