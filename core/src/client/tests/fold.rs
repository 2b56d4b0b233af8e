//! Comings and goings told as one, and each by itself to whoever wants that.

use proptest::prelude::*;

use super::*;
use crate::name::RoomName;
use crate::words::Language;

fn joined(desk: &mut Desk, who: &str) {
    let room = RoomName::parse("lobby").unwrap();
    desk.tell(Event::Joined { room, nick: nick(who), at: Timestamp(1) });
}

fn parted(desk: &mut Desk, who: &str) {
    let room = RoomName::parse("lobby").unwrap();
    desk.tell(Event::Parted { room, nick: nick(who), reason: Note::default(), at: Timestamp(2) });
}

/// What a view shows.
fn seen(desk: &Desk) -> Vec<String> {
    let shown = desk.state().rooms[0].timeline.iter().filter(|entry| !entry.is_hidden());
    shown.map(|entry| entry.what().into()).collect()
}

fn options(fold_presence: bool, language: Language) -> Intent {
    Intent::Set(Options { fold_presence, language, ..Options::default() })
}

#[test]
fn comings_and_goings_that_follow_one_another_are_one_sentence() {
    let mut desk = Desk::online();
    let told = |desk: &Desk| seen(desk).concat();
    joined(&mut desk, "bea");
    assert_eq!(told(&desk), "bea joined");
    joined(&mut desk, "carlo");
    assert_eq!(told(&desk), "bea and carlo joined");
    for who in ["dan", "eve", "fay"] {
        joined(&mut desk, who);
    }
    assert_eq!(told(&desk), "bea, carlo and 3 others joined");
    parted(&mut desk, "bob");
    assert_eq!(told(&desk), "bea, carlo and 3 others joined; bob left");
    parted(&mut desk, "Fay");
    parted(&mut desk, "eve");
    joined(&mut desk, "bob");
    assert_eq!(told(&desk), "bea, carlo and dan joined; eve and fay came and went; bob left and came back");
}

#[test]
fn a_folded_row_is_told_in_the_language_of_the_person() {
    let mut desk = Desk::online();
    for who in ["bea", "carlo", "dan", "eve"] {
        joined(&mut desk, who);
    }
    parted(&mut desk, "bob");
    desk.intent(options(true, Language::Italian));
    assert_eq!(seen(&desk), ["bea, carlo e altri 2 entrano; bob esce"]);
    desk.intent(options(true, Language::Persian));
    assert!(seen(&desk)[0].contains("bea، carlo و ۲ نفر دیگر آمدند؛"), "{:?}", seen(&desk));
}

#[test]
fn whoever_wants_each_by_itself_is_told_so() {
    let mut desk = Desk::online();
    let before = desk.state().newest_seq();
    joined(&mut desk, "bea");
    parted(&mut desk, "bea");
    parted(&mut desk, "bob");
    assert_eq!(seen(&desk), ["bob left; bea came and went"]);
    let news: Vec<String> = desk.state().news_since(before).into_iter().map(|(_, entry)| entry.line()).collect();
    assert_eq!(news, ["* bea joined", "* bea left", "* bob left"]);
    let json = desk.state().news_since(before)[2].1.to_json("lobby");
    assert!(json.contains("\"text\":\"bob left\""), "{json}");
    desk.intent(options(false, Language::English));
    assert_eq!(seen(&desk), ["bea joined", "bea left", "bob left"]);
    joined(&mut desk, "eve");
    desk.intent(options(true, Language::English));
    assert_eq!(seen(&desk), ["eve joined; bob left; bea came and went"]);
}

#[test]
fn nothing_is_told_of_whoever_is_ignored() {
    let mut desk = Desk::online();
    desk.submit("/ignore carlo");
    for who in ["bea", "carlo", "dan"] {
        joined(&mut desk, who);
    }
    let rows = |desk: &Desk| seen(desk)[1..].join(" / ");
    assert_eq!(rows(&desk), "bea joined / dan joined");
    desk.submit("/unignore carlo");
    assert!(rows(&desk).starts_with("bea, carlo and dan joined / "), "{:?}", seen(&desk));
    desk.submit("/ignore dan");
    assert!(rows(&desk).starts_with("bea and carlo joined / "), "{:?}", seen(&desk));
}

#[test]
fn what_is_said_in_between_ends_a_row() {
    let mut desk = Desk::online();
    joined(&mut desk, "bea");
    joined(&mut desk, "carlo");
    desk.tell(message("lobby", 1, "bob", "hi"));
    parted(&mut desk, "bea");
    assert_eq!(seen(&desk), ["bea and carlo joined", "hi", "bea left"]);
}

#[test]
fn a_row_is_one_again_when_what_stood_in_it_takes_its_place_in_the_log() {
    let mut desk = Desk::online();
    joined(&mut desk, "bea");
    desk.submit("hello");
    let nonce = nonce_of(&desk.sent().pop().unwrap());
    joined(&mut desk, "carlo");
    desk.tell(Event::Ack { nonce, place: place("lobby"), id: MessageId(1) });
    assert_eq!(seen(&desk), ["bea and carlo joined", "hello"]);
}

#[test]
fn a_tutorial_servers_rows_are_folded_too() {
    let mut desk = Desk::new(profile(Dialect::Prompt));
    desk.input(Input::Connected);
    for row in ["Please enter your name", "ada joined the chat\n", "bea joined the chat\n", "bob joined the chat\n"] {
        desk.input(Input::Received(row.as_bytes()));
    }
    assert_eq!(seen(&desk), ["bea and bob joined"]);
}

#[derive(Clone, Debug)]
enum Step {
    Came(usize, bool),
    Said(u64),
    Fold(bool),
    Typed,
    Confirmed,
}

fn steps() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (0..5_usize, any::<bool>()).prop_map(|(who, came)| Step::Came(who, came)),
        2 => (1..12_u64).prop_map(Step::Said),
        1 => any::<bool>().prop_map(Step::Fold),
        1 => Just(Step::Typed),
        1 => Just(Step::Confirmed),
    ]
}

/// What is to be seen of a timeline, told anew from its beginning: of each row of comings and goings its last entry.
fn model(timeline: &Timeline, folded: bool) -> Vec<(EntryKey, Option<usize>)> {
    let mut seen: Vec<(EntryKey, Option<usize>)> = Vec::new();
    for entry in timeline.iter() {
        match seen.last_mut() {
            Some(last) if folded && entry.is_presence() && last.1.is_some() => {
                *last = (entry.key, last.1.map(|n| n + 1))
            }
            Some(_) | None => seen.push((entry.key, entry.is_presence().then_some(1))),
        }
    }
    seen
}

proptest! {
    #[test]
    fn folding_is_what_a_simple_model_says(steps in proptest::collection::vec(steps(), 0..40)) {
        let (mut desk, mut folded, mut nonces) = (Desk::online(), true, Vec::new());
        for step in steps {
            match step {
                Step::Came(who, true) => joined(&mut desk, ["bea", "dan", "eve", "fay", "علی"][who]),
                Step::Came(who, false) => parted(&mut desk, ["bea", "dan", "eve", "fay", "علی"][who]),
                Step::Said(id) => desk.tell(message("lobby", id, "bob", "hm")),
                Step::Fold(fold) => {
                    folded = fold;
                    desk.intent(options(fold, Language::English));
                }
                Step::Typed => {
                    desk.submit("mine");
                    nonces.extend(desk.sent().iter().filter(|sent| matches!(sent.command, Command::Say { .. })).map(nonce_of));
                }
                Step::Confirmed => {
                    let id = MessageId(20 + nonces.len() as u64);
                    if let Some(nonce) = nonces.pop() {
                        desk.tell(Event::Ack { nonce, place: place("lobby"), id });
                    }
                }
            }
            let timeline = &desk.state().rooms[0].timeline;
            let shown = timeline.iter().filter(|entry| !entry.is_hidden()).collect::<Vec<_>>();
            let expected = model(timeline, folded);
            prop_assert_eq!(shown.len(), expected.len());
            for (entry, (key, count)) in shown.into_iter().zip(expected) {
                prop_assert_eq!(entry.key, key);
                prop_assert_eq!(entry.whole().is_some(), count.is_some_and(|count| count > 1 && folded), "{:?}", entry);
            }
            timeline.bytes();
        }
    }
}
