//! What was typed and not sent survives the end of a client.

use super::*;
use crate::vocabulary::Reason;

fn kept(desk: &mut Desk) -> Vec<Keepsake> {
    let outputs = core::mem::take(&mut desk.outputs).into_iter();
    outputs.filter_map(|output| if let Output::Keep(keepsake) = output { Some(keepsake) } else { None }).collect()
}

fn drafts(keepsake: &Keepsake) -> Vec<(String, &str)> {
    let title = |place: &Option<Place>| place.as_ref().map(ToString::to_string).unwrap_or_default();
    keepsake.drafts.iter().map(|(place, draft)| (title(place), draft.as_str())).collect()
}

fn draft(desk: &mut Desk, text: &str) {
    desk.intent(Intent::Draft(text.into()));
}

fn again(keepsake: Keepsake, dialect: Dialect) -> Desk {
    Desk::new(Profile { keepsake, ..profile(dialect) })
}

#[test]
fn drafts_are_told_at_most_once_a_second_and_the_last_one_is() {
    let mut desk = Desk::online();
    let text = "a long thought";
    for end in 1..=text.len() {
        draft(&mut desk, &text[..end]);
        desk.sleep(100);
    }
    desk.sleep(1_000);
    let kept = kept(&mut desk);
    assert_eq!(kept.len(), 3);
    assert_eq!(drafts(&kept[0]), [("lobby".into(), "a")]);
    assert_eq!(drafts(&kept[2]), [("lobby".into(), text)]);
    desk.sleep(60_000);
    assert!(self::kept(&mut desk).is_empty(), "nothing has changed");
}

#[test]
fn a_draft_that_was_sent_is_kept_no_longer() {
    let mut desk = Desk::online();
    draft(&mut desk, "hello");
    desk.sleep(2_000);
    desk.submit("hello");
    let nonce = nonce_of(&desk.sent().pop().unwrap());
    desk.tell(Event::Ack { nonce, place: place("lobby"), id: MessageId(1) });
    desk.sleep(2_000);
    assert_eq!(kept(&mut desk).pop(), Some(Keepsake::default()));
}

#[test]
fn drafts_come_back_when_their_room_appears_and_are_kept_until_then() {
    let drafts_before = alloc::vec![(Some(place("lobby")), "half".into()), (Some(place("garden")), "roses".into())];
    let keepsake = Keepsake { drafts: drafts_before, ignored: alloc::vec!["eve".into()] };
    let mut desk = again(keepsake.clone(), Dialect::Native);
    desk.input(Input::Connected);
    desk.tell(welcome("ada"));
    desk.tell(room("lobby", 1, 0));
    assert_eq!(desk.state().rooms[0].draft, "half");
    draft(&mut desk, "");
    let told = kept(&mut desk).pop().unwrap();
    assert_eq!(drafts(&told), [("garden".into(), "roses")]);
    assert_eq!(told.ignored, keepsake.ignored);
    desk.tell(room("garden", 2, 0));
    assert_eq!(desk.state().rooms[1].draft, "roses");
    desk.intent(Intent::Quit);
    desk.sleep(10_000);
    assert_eq!(kept(&mut desk), [], "nothing changed since");
}

/// In the lobby and the garden, where bob has said something, without a connection.
fn offline() -> Desk {
    let mut desk = Desk::online();
    desk.tell(room("garden", 2, 0));
    desk.tell(message("lobby", 1, "bob", "tea?"));
    desk.input(Input::Lost("gone".into()));
    desk
}

#[test]
fn what_was_not_confirmed_is_kept_message_for_message_in_front_of_the_drafts() {
    let mut desk = offline();
    for text in ["one", "/me waves", "//slash", "/reply yes", "/reply Bob, no"] {
        desk.submit(text);
    }
    desk.intent(Intent::Cycle(1));
    desk.submit("//only");
    desk.intent(Intent::Say("/literally".into()));
    desk.intent(Intent::Cycle(1));
    draft(&mut desk, "typing");
    desk.outputs.clear();
    desk.intent(Intent::Quit);
    let at = desk.outputs.iter().position(|output| matches!(output, Output::Keep(_)));
    assert!(at < desk.outputs.iter().position(|output| *output == Output::Finished));
    let told = kept(&mut desk).pop().unwrap();
    let lobby = ["one", "/me waves", "//slash", "bob: yes", "Bob, no"].map(|text| ("lobby".into(), text));
    let garden = ["//only", "//literally"].map(|text| ("garden".into(), text));
    let typing = [("lobby".into(), "typing")];
    assert_eq!(drafts(&told), [&lobby[..], &garden[..], &typing[..]].concat(), "as they are typed");
    assert_eq!(desk.state().unsent(), 7, "they were not sent");
}

#[test]
fn what_was_kept_comes_back_one_by_one_and_says_the_same() {
    let mut desk = offline();
    for text in ["one", "/me waves", "//slash"] {
        desk.submit(text);
    }
    draft(&mut desk, "typing");
    desk.outputs.clear();
    desk.intent(Intent::Quit);
    let mut desk = again(kept(&mut desk).pop().unwrap(), Dialect::Native);
    desk.input(Input::Connected);
    desk.tell(welcome("ada"));
    desk.tell(room("lobby", 1, 0));
    desk.sent();
    for (text, said) in [("one", ("one", false)), ("/me waves", ("waves", true)), ("//slash", ("/slash", false))] {
        assert_eq!(desk.state().rooms[0].draft, text);
        desk.submit(text);
        let command = desk.commands().pop().unwrap();
        let Command::Say { text, action, .. } = &command else { panic!("{command:?}") };
        assert_eq!((text.as_str(), *action), said);
    }
    assert_eq!(desk.state().rooms[0].draft, "typing");
    draft(&mut desk, "");
    assert_eq!(desk.state().rooms[0].draft, "", "what is deleted stays so");
}

#[test]
fn what_is_said_by_a_button_leaves_the_draft_alone() {
    let mut desk = Desk::online();
    draft(&mut desk, "half");
    for command in ["/mute bob", "/join garden", "/nonsense", "/names"] {
        desk.submit(command);
        assert_eq!(desk.state().rooms[0].draft, "half", "{command}");
    }
    draft(&mut desk, "/nonsense");
    desk.submit("/nonsense");
    assert_eq!(desk.state().rooms[0].draft, "/nonsense", "what is refused is there to be mended");
    draft(&mut desk, "/names");
    desk.submit("/names");
    assert_eq!(desk.state().rooms[0].draft, "");
    let long = alloc::format!("//{}", "x".repeat(9_000));
    desk.submit(&long);
    assert_eq!(desk.state().rooms[0].draft, long, "and is no command then");
}

#[test]
fn one_who_does_not_want_a_kept_message_finds_the_next_when_coming_back_to_the_room() {
    let kept = ["one", "two"].map(|text| (Some(place("lobby")), text.into())).to_vec();
    let mut desk = again(Keepsake { drafts: kept, ..Keepsake::default() }, Dialect::Native);
    desk.input(Input::Connected);
    desk.tell(welcome("ada"));
    desk.tell(room("lobby", 1, 0));
    desk.tell(room("garden", 2, 0));
    draft(&mut desk, "");
    assert_eq!(desk.state().rooms[0].draft, "");
    assert_eq!(drafts(&self::kept(&mut desk).pop().unwrap()), [("lobby".into(), "two")]);
    desk.intent(Intent::Cycle(1));
    desk.intent(Intent::Cycle(1));
    assert_eq!(desk.state().rooms[0].draft, "two");
}

#[test]
fn what_is_typed_before_any_room_is_known_stands_in_front_of_what_was_kept() {
    let drafts_before = alloc::vec![(Some(place("lobby")), "half".into())];
    let keepsake = Keepsake { drafts: drafts_before, ..Keepsake::default() };
    let mut desk = again(keepsake.clone(), Dialect::Native);
    draft(&mut desk, "now");
    assert_eq!(drafts(&kept(&mut desk).pop().unwrap()), [("lobby".into(), "now"), ("lobby".into(), "half")]);
    desk.input(Input::Connected);
    desk.tell(welcome("ada"));
    desk.tell(room("lobby", 1, 0));
    assert_eq!(desk.state().rooms[0].draft, "now");
    desk.submit("now");
    assert_eq!(desk.state().rooms[0].draft, "half");
    // What was sent off by then is said, and takes nothing with it.
    let mut desk = again(keepsake, Dialect::Native);
    desk.submit("early");
    draft(&mut desk, "now");
    desk.input(Input::Connected);
    desk.tell(welcome("ada"));
    desk.sent();
    desk.tell(room("lobby", 1, 0));
    assert_eq!(desk.commands().iter().filter(|command| matches!(command, Command::Say { .. })).count(), 1);
    assert_eq!(desk.state().rooms[0].draft, "now");
    desk.submit("now");
    assert_eq!(desk.state().rooms[0].draft, "half");
}

#[test]
fn what_waits_while_there_is_no_connection_is_kept_before_the_program_may_end() {
    let mut desk = Desk::online();
    desk.submit("sent");
    desk.sleep(2_000);
    assert_eq!(kept(&mut desk), [], "it will be confirmed in a moment");
    desk.input(Input::Lost("gone".into()));
    assert_eq!(drafts(&kept(&mut desk).pop().unwrap()), [("lobby".into(), "sent")]);
}

#[test]
fn a_goodbye_that_gives_up_what_waits_keeps_it() {
    let mut desk = Desk::online();
    desk.submit("is anybody there?");
    desk.intent(Intent::Quit);
    desk.sleep(20_000);
    assert!(desk.outputs.contains(&Output::Finished));
    assert_eq!(drafts(&kept(&mut desk).pop().unwrap()), [("lobby".into(), "is anybody there?")]);
}

#[test]
fn what_a_slow_server_confirms_behind_the_goodbye_is_not_kept() {
    let mut desk = Desk::online();
    desk.submit("stored");
    desk.submit("lost");
    let nonce = nonce_of(&desk.sent()[0]);
    desk.intent(Intent::Quit);
    desk.sleep(5_000);
    assert!(desk.commands().iter().any(|command| matches!(command, Command::Quit { .. })));
    desk.tell(Event::Ack { nonce, place: place("lobby"), id: MessageId(1) });
    desk.tell(Event::Bye { reason: Reason::Quit, text: "Goodbye.".into() });
    assert_eq!(desk.outputs.last(), Some(&Output::Finished));
    assert_eq!(drafts(&kept(&mut desk).pop().unwrap()), [("lobby".into(), "lost")]);
}

#[test]
fn what_is_said_behind_the_goodbye_stays_a_draft() {
    let mut desk = Desk::online();
    desk.intent(Intent::Quit);
    desk.submit("one more thing");
    desk.sleep(20_000);
    assert_eq!(drafts(&kept(&mut desk).pop().unwrap()), [("lobby".into(), "one more thing")]);
}

#[test]
fn what_was_typed_before_any_room_is_kept_for_the_first_one() {
    let mut desk = Desk::new(profile(Dialect::Native));
    desk.submit("hello?");
    desk.intent(Intent::Quit);
    desk.sleep(20_000);
    assert_eq!(drafts(&kept(&mut desk).pop().unwrap()), [("lobby".into(), "hello?")]);
}

#[test]
fn a_tutorial_servers_only_room_has_its_draft_back() {
    for dialect in [Dialect::Nic, Dialect::Prompt] {
        let mut desk = Desk::new(profile(dialect));
        desk.submit("nobody hears this");
        draft(&mut desk, "nor this");
        desk.outputs.clear();
        desk.intent(Intent::Quit);
        desk.sleep(20_000);
        let told = kept(&mut desk).pop().unwrap();
        assert_eq!(drafts(&told), [(String::new(), "nobody hears this"), (String::new(), "nor this")]);
        let mut desk = again(told, dialect);
        assert_eq!(desk.state().rooms[0].draft, "nobody hears this");
        desk.submit("nobody hears this");
        assert_eq!(desk.state().rooms[0].draft, "nor this");
    }
}

#[test]
fn what_is_kept_is_bounded() {
    let mut desk = Desk::online();
    for number in 0..300 {
        desk.tell(room(&alloc::format!("room{number}"), number, 0));
    }
    desk.input(Input::Lost("gone".into()));
    for index in 0..20 {
        desk.intent(Intent::Show(desk.state().rooms[index].key));
        desk.submit(&"y".repeat(8_000));
        draft(&mut desk, &"x".repeat(50_000));
    }
    desk.outputs.clear();
    desk.intent(Intent::Quit);
    let told = kept(&mut desk).pop().unwrap();
    let bytes: usize = told.drafts.iter().map(|(_, draft)| draft.len()).sum();
    assert!(bytes <= Keepsake::BYTES_MAX && bytes > Keepsake::BYTES_MAX / 2, "{bytes}");
    assert!(told.drafts.iter().all(|(_, draft)| draft.len() <= 64 * 1024));
}
