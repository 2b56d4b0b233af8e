//! Whatever a server says: no panic, no growth, the same state however its bytes are cut.

use alloc::vec;

use proptest::prelude::*;

use super::*;
use crate::vocabulary::{Code, Reason, RoomLine};

/// Everything a face may show, but for the count of changes.
fn picture(desk: &Desk) -> String {
    let mut state = desk.state().clone();
    state.revision = 0;
    alloc::format!("{state:?}")
}

fn bounded(desk: &Desk) {
    let state = desk.state();
    assert!(state.rooms.len() <= 256);
    assert!(state.rooms.is_empty() || state.shown < state.rooms.len());
    assert!(desk.client.asked.len() <= 1_024);
    let waits = |wanted: fn(&Asked) -> bool| desk.client.asked.values().any(wanted);
    if let Some(search) = &state.search {
        assert!(search.hits.len() <= Search::HITS_MAX);
        assert!(!search.loading || waits(|asked| matches!(asked, Asked::Search { .. })), "nothing hangs");
    }
    if let Some(around) = &state.around {
        assert!(around.messages.len() <= 40);
        assert!(!around.loading || waits(|asked| matches!(asked, Asked::Around { .. })), "nothing hangs");
    }
    for room in state.rooms.iter().filter(|room| room.loading_older) {
        let older = |asked: &Asked| matches!(asked, Asked::Older { room: of } if *of == room.key);
        assert!(desk.client.asked.values().any(older), "nothing hangs");
    }
    for room in &state.rooms {
        assert!(room.timeline.len() <= Timeline::ENTRIES_MAX);
        assert!(room.timeline.bytes() <= Timeline::BYTES_MAX);
        assert!(room.members.len() <= 5_000);
        assert_eq!(room.members.len(), room.book.keys.len());
        assert!(room.book.keys.is_sorted());
        assert!(room.member_count as usize >= room.members.len());
        assert!(room.typing.len() <= 16);
        let unread = room.timeline.iter().filter(|entry| entry.unread).count();
        assert!(unread <= room.unread as usize && room.mentions <= room.unread, "the counters agree with what is held");
        let ids: Vec<MessageId> = room.timeline.iter().filter_map(|entry| entry.id).collect();
        assert!(ids.is_sorted_by(|a, b| a < b), "log order, nothing twice: {ids:?}");
        for entry in room.timeline.iter() {
            let text = alloc::format!("{}{}", entry.who(), entry.what());
            assert!(!text.chars().any(|c| c.is_control() && c != '\n'), "{text:?} is harmless");
        }
    }
}

#[test]
fn a_timeline_drops_its_oldest_and_says_how_many() {
    let mut desk = Desk::online();
    let extra = 10;
    for id in 1..=(Timeline::ENTRIES_MAX as u64 + extra) {
        desk.tell(message("lobby", id, "bob", "on and on"));
    }
    let timeline = &desk.state().rooms[0].timeline;
    assert_eq!(timeline.len(), Timeline::ENTRIES_MAX);
    assert_eq!(timeline.front(), extra as i64);
    assert_eq!(desk.state().rooms[0].before(), Some(Before::NotHeld));
    assert_eq!(timeline.get(0).unwrap().id, Some(MessageId(extra + 1)));
    desk.tell(message("lobby", 3, "bob", "on and on"));
    assert_eq!(desk.state().rooms[0].timeline.front(), extra as i64, "what fell out does not come back");
}

#[test]
fn long_messages_fall_out_sooner() {
    let mut desk = Desk::online();
    let text = "س".repeat(4_000);
    for id in 1..=1_000 {
        desk.tell(message("lobby", id, "bob", &text));
    }
    let timeline = &desk.state().rooms[0].timeline;
    assert!(timeline.bytes() <= Timeline::BYTES_MAX);
    assert!(timeline.bytes() > Timeline::BYTES_MAX - 10_000);
    assert_eq!(timeline.front(), 1_000 - timeline.len() as i64);
}

#[test]
fn a_server_with_too_many_rooms_shows_some() {
    let mut desk = Desk::online();
    for number in 0..400 {
        desk.tell(room(&alloc::format!("room{number}"), number, 0));
    }
    assert_eq!(desk.state().rooms.len(), 256);
    bounded(&desk);
}

#[test]
fn a_server_that_makes_us_answer_and_takes_nothing_is_left() {
    let mut desk = Desk::online();
    let ping = bytes(&Event::Ping { token: Tag::parse(&"x".repeat(64)).unwrap() });
    for _ in 0..20_000 {
        desk.input(Input::Received(&ping));
    }
    assert!(desk.outputs.contains(&Output::Disconnect(Closing::Reset)));
    assert!(desk.client.transmit().is_empty());
}

#[test]
fn a_server_that_talks_nonsense_is_left() {
    let mut desk = Desk::online();
    for _ in 0..100 {
        desk.input(Input::Received(b"{\"message\":[]}\n"));
    }
    assert!(desk.outputs.contains(&Output::Disconnect(Closing::Reset)));
    assert!(matches!(desk.state().link, Link::Waiting { .. }));
}

#[test]
fn a_web_server_is_recognised() {
    let mut desk = Desk::new(profile(Dialect::Native));
    desk.input(Input::Connected);
    desk.input(Input::Received(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"));
    assert!(matches!(&desk.state().link, Link::Closed { why: Some(why) } if why.contains("another protocol")));
}

#[test]
fn nothing_a_server_says_steers_a_terminal() {
    let mut desk = Desk::online();
    let event = Event::Error { code: Code::Other, text: "a\u{1b}[2Jb\u{202e}c".into(), reference: None };
    desk.tell(event);
    assert_eq!(desk.lines(), ["! a\u{fffd}[2Jbc"]);
}

fn place_of(number: u8) -> Place {
    match number % 5 {
        0 => place("lobby"),
        1 => place("garden"),
        2 => place("@bob"),
        3 => place("@ada"),
        _ => place("@eve"),
    }
}

fn nick_of(number: u8) -> Nick {
    nick(["ada", "bob", "Eve", "علی", "bea"][usize::from(number) % 5])
}

prop_compose! {
    fn any_message()(at in any::<u8>(), id in ids(), from in any::<u8>(), text in "[a-zA\\n\\t\u{202e}س]{1,12}", action in any::<bool>(), edited in proptest::option::of(ids()))
        -> Message {
        Message {
            place: place_of(at),
            id,
            from: nick_of(from),
            at: Timestamp(i64::from(from)),
            text: Body::parse(&text).unwrap(),
            action,
            reply_to: None,
            edited,
        }
    }
}

fn ids() -> impl Strategy<Value = MessageId> {
    prop_oneof![8 => 0..40_u64, 1 => any::<u64>()].prop_map(MessageId)
}

fn tags() -> impl Strategy<Value = Option<Tag>> {
    let tag = |(number, kind): (u32, bool)| {
        let kind = if kind { 's' } else { 'r' };
        Tag::parse(&alloc::format!("{kind}{number}")).unwrap()
    };
    proptest::option::of((0..60_u32, proptest::bool::weighted(0.3)).prop_map(tag))
}

fn events() -> impl Strategy<Value = Event> {
    let names = proptest::collection::vec(any::<u8>().prop_map(nick_of), 0..4);
    let room_of = |number: u8| RoomName::parse(if number.is_multiple_of(2) { "lobby" } else { "garden" }).unwrap();
    let note = "[a-z\u{7}\t]{0,5}".prop_map(|text| Note::parse(&text.replace('\u{7}', "")).unwrap_or_default());
    let aways = proptest::collection::vec((any::<u8>().prop_map(nick_of), note.clone()), 0..3);
    prop_oneof![
        4 => any_message().prop_map(|message| Event::Message(Box::new(message))),
        2 => (any::<u8>(), 1..4_u64, ids(), ids(), proptest::option::of(ids()), names.clone(), any::<u32>(), note.clone(), aways).prop_map(
            |(at, log, first_id, last_id, read_id, members, count, topic, away)| Event::Room(Box::new(RoomInfo {
                place: place_of(at), log: LogId(log), first_id, last_id, read_id, topic, count, members, away, operator: false,
            }))
        ),
        1 => (any::<u8>(), any::<u8>()).prop_map(move |(room, who)| Event::Joined { room: room_of(room), nick: nick_of(who), at: Timestamp(0) }),
        1 => (any::<u8>(), any::<u8>(), note.clone()).prop_map(move |(room, who, reason)| Event::Parted { room: room_of(room), nick: nick_of(who), reason, at: Timestamp(0) }),
        1 => (any::<u8>(), any::<u32>(), names.clone(), names.clone()).prop_map(move |(room, count, joined, parted)| Event::Presence { room: room_of(room), count, joined, parted }),
        2 => (any::<u8>(), tags(), ids()).prop_map(|(at, nonce, id)| Event::Ack { nonce: nonce.unwrap_or(Tag::parse("").unwrap()), place: place_of(at), id }),
        3 => (proptest::option::of(any::<u8>()), proptest::collection::vec(any_message(), 0..6), any::<bool>(), tags(), tags())
            .prop_map(|(at, messages, has_more, cursor, reference)| Event::Page { place: at.map(place_of), messages, has_more, cursor, reference }),
        1 => (note.clone(), tags()).prop_map(|(topic, reference)| Event::Rooms { rooms: vec![RoomLine { room: RoomName::lobby(), topic, count: 1 }], has_more: true, reference }),
        1 => (names, tags()).prop_map(|(members, reference)| Event::Members { room: RoomName::lobby(), members, has_more: true, reference }),
        1 => (any::<u8>(), any::<u8>()).prop_map(|(at, who)| Event::Typing { place: place_of(at), nick: nick_of(who) }),
        1 => (any::<u8>(), note.clone()).prop_map(|(who, text)| Event::Away { nick: nick_of(who), text }),
        1 => (any::<u8>(), ids()).prop_map(|(at, id)| Event::Read { place: place_of(at), id }),
        1 => (any::<u8>(), any::<u8>()).prop_map(|(from, to)| Event::Nick { from: nick_of(from), to: nick_of(to) }),
        1 => (any::<u8>(), ids(), note.clone(), any::<u8>()).prop_map(|(at, id, text, by)| Event::Topic { place: place_of(at), id, text, by: nick_of(by), at: Timestamp(0) }),
        1 => (any::<u8>(), any::<u8>(), note.clone()).prop_map(move |(room, who, reason)| Event::Kicked { room: room_of(room), nick: nick_of(who), by: nick("bob"), reason, at: Timestamp(0) }),
        1 => (any::<u8>(), any::<u8>(), note).prop_map(move |(room, who, reason)| Event::Muted { room: room_of(room), nick: nick_of(who), by: nick("bob"), reason, on: who % 2 == 0 }),
        2 => (any::<u8>(), ids(), ids(), "[a-z\u{202e}س]{1,40}", any::<u8>()).prop_map(|(at, id, target, text, by)| Event::Edited { place: place_of(at), id, target, text: Body::parse(&text).unwrap(), by: nick_of(by), at: Timestamp(0) }),
        2 => (any::<u8>(), ids(), ids(), any::<u8>()).prop_map(|(at, id, target, by)| Event::Deleted { place: place_of(at), id, target, by: nick_of(by), at: Timestamp(0) }),
        1 => (any::<u8>(), 1..4_u64, ids(), ids()).prop_map(|(at, log, after, next)| Event::Gap { place: place_of(at), log: LogId(log), after, next }),
        1 => (0..Code::ALL.len(), tags()).prop_map(|(code, reference)| Event::Error { code: Code::ALL[code], text: "No.".into(), reference }),
        1 => Just(Event::Ping { token: Tag::parse("1").unwrap() }),
    ]
}

#[derive(Clone, Debug)]
enum Step {
    Tell(Box<Event>),
    Do(Intent),
    Sleep(u64),
    Reconnect,
    Bye(Reason),
}

fn steps() -> impl Strategy<Value = Step> {
    let texts = [
        "hello",
        "/part",
        "/join garden",
        "/msg bob psst",
        "/names",
        "/me waves",
        "/topic moss",
        "//x",
        "/rooms",
        "/edit oh",
        "/delete",
        "/search hello",
        "/find hello",
    ];
    let intents = prop_oneof![
        4 => (0..texts.len()).prop_map(move |at| Intent::Submit(texts[at].into())),
        1 => (-3..4_i32).prop_map(Intent::Cycle),
        1 => (-3..4_i32).prop_map(Intent::NextUnread),
        1 => (-3..4_i32).prop_map(Intent::Recall),
        1 => (any::<bool>(), any::<bool>()).prop_map(|(focused, at_bottom)| Intent::Look { focused, at_bottom }),
        2 => Just(Intent::Older),
        1 => (0..80_u64).prop_map(|key| Intent::Resend(EntryKey(key))),
        1 => (0..80_u64, 0..3_usize).prop_map(|(key, text)| Intent::Edit { entry: EntryKey(key), text: ["", "oh", "a\tb"][text].into() }),
        1 => (0..80_u64).prop_map(|key| Intent::Delete { entry: EntryKey(key) }),
        1 => any::<bool>().prop_map(|everywhere| Intent::Search { query: "hello".into(), everywhere }),
        1 => Just(Intent::SearchMore),
        1 => Just(Intent::CloseSearch),
        2 => (any::<u8>(), ids()).prop_map(|(at, id)| Intent::Jump { place: place_of(at), id }),
        1 => Just(Intent::CloseAround),
        1 => Just(Intent::Draft("draft".into())),
        1 => Just(Intent::RetryNow),
    ];
    prop_oneof![
        12 => events().prop_map(|event| Step::Tell(Box::new(event))),
        4 => intents.prop_map(Step::Do),
        1 => (0..70_000_u64).prop_map(Step::Sleep),
        1 => Just(Step::Reconnect),
        1 => (0..Reason::ALL.len()).prop_map(|at| Step::Bye(Reason::ALL[at])),
    ]
}

fn take_step(desk: &mut Desk, step: Step) {
    match step {
        Step::Tell(event) => desk.tell(*event),
        Step::Do(intent) => desk.intent(intent),
        Step::Sleep(millis) => desk.sleep(millis),
        Step::Bye(reason) => desk.tell(Event::Bye { reason, text: "".into() }),
        Step::Reconnect => {
            desk.input(Input::Lost("gone".into()));
            desk.intent(Intent::RetryNow);
            desk.codec = ServerCodec::new(Dialect::Native);
            desk.input(Input::Connected);
            desk.tell(welcome("ada"));
        }
    }
}

/// What a tutorial server may write, and what a person may do meanwhile.
fn tutorial_steps() -> impl Strategy<Value = (u8, String)> {
    let rows = [
        "NIC",
        "Please enter your name and press Enter",
        "Connected to the server.",
        "Welcome to the chat ada. Write {quit} to leave.",
        "ada: hello",
        "ada: one\n",
        "two\n",
        "* ada waves",
        "bob: \u{1b}[2Jhi ada\n",
        "b'\\xd8\\xb9' joined the chat!",
        "bob left the chat.",
        "The name ada is taken here; others see you as eve.\n",
        "{quit}",
        "\n",
        ": ",
    ];
    (0..14_u8, 0..rows.len()).prop_map(move |(what, at)| (what, rows[at].into()))
}

fn tutorial_step(desk: &mut Desk, what: u8, row: &str) {
    match what {
        0 => desk.submit("hello"),
        1 => desk.submit("one\ntwo"),
        2 => desk.submit("/me waves"),
        3 => desk.sleep(4_000),
        4 => {
            desk.input(Input::Lost("gone".into()));
            desk.intent(Intent::RetryNow);
            desk.input(Input::Connected);
        }
        5 => desk.intent(Intent::Nick("eve".into())),
        6 => desk.intent(Intent::Look { focused: true, at_bottom: true }),
        _ => desk.input(Input::Received(row.as_bytes())),
    }
}

#[test]
fn a_cut_at_every_position_gives_the_same_state() {
    let mut all = bytes(&room("lobby", 1, 0));
    for event in [
        message("lobby", 1, "bob", "ciao, سلام!"),
        Event::Joined { room: RoomName::lobby(), nick: nick("علی"), at: Timestamp(1) },
        message("lobby", 2, "علی", "ada: one\ntwo"),
        Event::Nick { from: nick("bob"), to: nick("bea") },
        Event::Ping { token: Tag::parse("1").unwrap() },
    ] {
        all.extend(bytes(&event));
    }
    let mut whole = Desk::online();
    whole.input(Input::Received(&all));
    for cut in 0..all.len() {
        let mut desk = Desk::online();
        desk.input(Input::Received(&all[..cut]));
        desk.input(Input::Received(&all[cut..]));
        assert_eq!(picture(&desk), picture(&whole), "cut at {cut}");
    }
}

proptest! {
    #[test]
    fn whatever_a_tutorial_server_says_the_bounds_hold(
        steps in proptest::collection::vec(tutorial_steps(), 0..60),
        nic in any::<bool>(),
    ) {
        let mut desk = Desk::new(profile(if nic { Dialect::Nic } else { Dialect::Prompt }));
        desk.input(Input::Connected);
        for (what, row) in steps {
            tutorial_step(&mut desk, what, &row);
            bounded(&desk);
            let waiting = desk.client.transmit().len();
            prop_assert!(waiting <= 1_024);
            desk.client.transmitted(waiting);
        }
        desk.intent(Intent::Quit);
        for _ in 0..100 {
            let waiting = desk.client.transmit().len();
            desk.client.transmitted(waiting);
            desk.sleep(100);
        }
        desk.sleep(60_000);
        prop_assert_eq!(desk.outputs.iter().filter(|output| **output == Output::Finished).count(), 1);
        prop_assert_eq!(desk.outputs.last(), Some(&Output::Finished));
    }

    #[test]
    fn whatever_a_server_says_the_bounds_hold(steps in proptest::collection::vec(steps(), 0..80)) {
        let mut desk = Desk::online();
        for step in steps {
            take_step(&mut desk, step);
            bounded(&desk);
            let waiting = desk.client.transmit().len();
            desk.client.transmitted(waiting);
        }
        desk.intent(Intent::Quit);
        desk.sleep(60_000);
        prop_assert_eq!(desk.outputs.iter().filter(|output| **output == Output::Finished).count(), 1);
        prop_assert_eq!(desk.outputs.last(), Some(&Output::Finished));
        prop_assert_eq!(desk.state().link.clone(), Link::Closed { why: None });
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..600), native in 0..3_usize) {
        let mut desk = Desk::new(profile(Dialect::ALL[native]));
        desk.input(Input::Connected);
        for chunk in bytes.chunks(37) {
            desk.input(Input::Received(chunk));
            bounded(&desk);
        }
    }

    #[test]
    fn however_the_bytes_are_cut_the_state_is_the_same(
        events in proptest::collection::vec(events(), 1..12),
        cuts in proptest::collection::vec(1..40_usize, 1..20),
    ) {
        let mut all = bytes(&room("lobby", 1, 0));
        events.iter().for_each(|event| all.extend(bytes(event)));
        let mut whole = Desk::online();
        whole.input(Input::Received(&all));
        let mut cut = Desk::online();
        let mut rest = all.as_slice();
        for length in cuts.into_iter().cycle() {
            let (piece, next) = rest.split_at(length.min(rest.len()));
            cut.input(Input::Received(piece));
            rest = next;
            if rest.is_empty() {
                break;
            }
        }
        prop_assert_eq!(picture(&whole), picture(&cut));
        prop_assert_eq!(whole.client.transmit(), cut.client.transmit());
    }

    #[test]
    fn the_same_seed_gives_the_same_bytes(steps in proptest::collection::vec(steps(), 0..40)) {
        let mut desks = [Desk::online(), Desk::online()];
        for step in steps {
            desks.iter_mut().for_each(|desk| take_step(desk, step.clone()));
        }
        prop_assert_eq!(desks[0].client.transmit(), desks[1].client.transmit());
        prop_assert_eq!(picture(&desks[0]), picture(&desks[1]));
    }
}
