//! Answers, what they quote, and whom they call.

use super::*;

fn answer(id: u64, from: &str, text: &str, to: u64) -> Event {
    Event::Message(Box::new(Message { reply_to: Some(MessageId(to)), ..said("lobby", id, from, text) }))
}

fn entry(desk: &Desk, id: u64) -> &Entry {
    desk.state().rooms[0].timeline.iter().find(|entry| entry.id == Some(MessageId(id))).unwrap()
}

fn quote(desk: &Desk, id: u64) -> Option<(String, String)> {
    let quote = desk.state().rooms[0].reply_of(entry(desk, id))?;
    Some((quote.from, quote.excerpt))
}

fn sent_reply(command: &Command) -> Option<u64> {
    let Command::Say { reply_to, .. } = command else { panic!("{command:?}") };
    reply_to.map(|id| id.0)
}

#[test]
fn an_answer_names_what_it_answers_and_quotes_it_as_it_reads_now() {
    let mut desk = Desk::online();
    desk.tell(message("lobby", 1, "bob", "tea\tor\ncoffee?"));
    let target = entry(&desk, 1).key;
    desk.intent(Intent::Reply { entry: target, text: "tea".into() });
    let commands = desk.sent();
    assert_eq!(sent_reply(&commands[0].command), Some(1));
    let mine = desk.state().rooms[0].timeline.iter().last().unwrap();
    assert_eq!(mine.reply, Some(Reply { id: MessageId(1), to_me: false }), "before it is confirmed, too");
    desk.tell(Event::Ack { nonce: nonce_of(&commands[0]), place: place("lobby"), id: MessageId(2) });
    desk.tell(answer(2, "ada", "tea", 1));
    assert_eq!(quote(&desk, 2), Some(("bob".into(), "tea    or coffee?".into())));
    assert!(entry(&desk, 2).to_json("lobby").contains("\"id\":2,\"reply_to\":1,"), "{:?}", entry(&desk, 2));
    let (text, by, at) = (Body::parse("cake?").unwrap(), nick("bob"), Timestamp(9));
    desk.tell(Event::Edited {
        place: place("lobby"),
        id: MessageId(3),
        target: MessageId(1),
        text,
        by: by.clone(),
        at,
    });
    assert_eq!(quote(&desk, 2), Some(("bob".into(), "cake?".into())));
    desk.tell(Event::Deleted { place: place("lobby"), id: MessageId(4), target: MessageId(1), by, at });
    assert_eq!(quote(&desk, 2), Some(("bob".into(), "(deleted)".into())));
    assert_eq!(desk.state().rooms[0].reply_of(entry(&desk, 1)), None, "it answers nothing");
}

#[test]
fn what_is_answered_is_cut_at_graphemes() {
    let mut desk = Desk::online();
    let family = "👨\u{200d}👩\u{200d}👧";
    desk.tell(message("lobby", 1, "bob", &family.repeat(80)));
    desk.tell(message("lobby", 2, "bob", &alloc::format!("{} {family}", "س".repeat(79))));
    desk.tell(answer(3, "bob", "a", 1));
    desk.tell(answer(4, "bob", "b", 2));
    assert_eq!(quote(&desk, 3).unwrap().1, family.repeat(80));
    assert_eq!(quote(&desk, 4).unwrap().1, alloc::format!("{}…", "س".repeat(79)));
}

#[test]
fn the_command_answers_the_newest_message_of_somebody_else_also_without_a_connection() {
    let mut desk = Desk::online();
    desk.submit("/reply hm");
    assert_eq!(desk.lines(), ["! Nobody else has said anything here yet."]);
    desk.tell(message("lobby", 1, "bob", "one"));
    desk.tell(message("lobby", 2, "bob", "two"));
    desk.tell(message("lobby", 3, "ada", "mine, from elsewhere"));
    desk.input(Input::Lost(Loss::Closed));
    desk.submit("/reply yes");
    desk.intent(Intent::RetryNow);
    desk.codec = ServerCodec::new(Dialect::Native);
    desk.input(Input::Connected);
    desk.sent();
    desk.tell(welcome("ada"));
    desk.tell(room("lobby", 1, 3));
    let said: Vec<_> = desk.commands().into_iter().filter(|sent| matches!(sent, Command::Say { .. })).collect();
    assert_eq!(said.len(), 1);
    assert_eq!((text_of(&said[0]), sent_reply(&said[0])), ("yes".to_string(), Some(2)));
}

#[test]
fn an_answer_to_what_is_gone_is_said_without() {
    let mut desk = Desk::online();
    desk.tell(message("lobby", 1, "bob", "one"));
    let target = entry(&desk, 1).key;
    desk.input(Input::Lost(Loss::Closed));
    desk.intent(Intent::Reply { entry: target, text: "hm".into() });
    desk.intent(Intent::RetryNow);
    desk.codec = ServerCodec::new(Dialect::Native);
    desk.input(Input::Connected);
    desk.tell(welcome("ada"));
    let (by, at) = (nick("bob"), Timestamp(9));
    let gone = Event::Deleted { place: place("lobby"), id: MessageId(2), target: MessageId(1), by, at };
    desk.sent();
    let both = [bytes(&room("lobby", 1, 2)), bytes(&gone)].concat();
    desk.input(Input::Received(&both));
    let said: Vec<_> = desk.commands().into_iter().filter(|sent| matches!(sent, Command::Say { .. })).collect();
    assert_eq!((text_of(&said[0]), sent_reply(&said[0])), ("hm".to_string(), None));
}

#[test]
fn an_answer_is_said_where_it_was_meant_or_nowhere() {
    let mut desk = Desk::online();
    desk.intent(Intent::Reply { entry: EntryKey(999), text: "for few".into() });
    assert_eq!(desk.commands(), [], "it is not for the room that happens to be shown");
    assert_eq!(desk.state().rooms[0].draft, "for few");
    assert!(desk.lines().last().unwrap().starts_with("! "), "{:?}", desk.lines());
}

#[test]
fn an_answer_is_remembered_and_leaves_another_draft_alone() {
    let mut desk = Desk::online();
    desk.tell(message("lobby", 1, "bob", "one"));
    let target = entry(&desk, 1).key;
    desk.intent(Intent::Draft("half a thought".into()));
    desk.intent(Intent::Reply { entry: target, text: "yes".into() });
    assert_eq!(desk.state().rooms[0].draft, "half a thought");
    desk.intent(Intent::Recall(-1));
    assert_eq!(desk.state().rooms[0].draft, "yes");
}

#[test]
fn whoever_is_answered_is_called() {
    let mut desk = Desk::online();
    desk.tell(message("lobby", 1, "ada", "from my other window"));
    desk.tell(message("lobby", 2, "bob", "hm"));
    assert_eq!(desk.state().rooms[0].mentions, 0);
    desk.outputs.clear();
    desk.tell(answer(3, "bob", "indeed", 1));
    assert_eq!((desk.state().rooms[0].unread, desk.state().rooms[0].mentions), (2, 1));
    assert!(desk.outputs.iter().any(|output| matches!(output, Output::Notify(call) if call.text == "indeed")));
    assert_eq!(entry(&desk, 3).reply, Some(Reply { id: MessageId(1), to_me: true }));
    desk.tell(answer(4, "bob", "to myself", 2));
    assert_eq!(desk.state().rooms[0].mentions, 1);
    // Another text is still an answer.
    let (text, by, at) = (Body::parse("no").unwrap(), nick("bob"), Timestamp(9));
    desk.tell(Event::Edited { place: place("lobby"), id: MessageId(5), target: MessageId(3), text, by, at });
    assert_eq!(desk.state().rooms[0].mentions, 1);
    desk.tell(Event::Read { place: place("lobby"), id: MessageId(2) });
    assert_eq!((desk.state().rooms[0].unread, desk.state().rooms[0].mentions), (2, 1), "and counted again");
}

#[test]
fn answers_of_a_page_find_what_they_answer_in_it() {
    let mut desk = Desk::online();
    desk.tell(room("garden", 7, 3));
    let reference = desk.sent().into_iter().find_map(|request| match request.command {
        Command::History { .. } => request.reference,
        _ => None,
    });
    let mut messages: Vec<Message> =
        (1..=3).map(|id| said("garden", id, if id == 1 { "ada" } else { "bob" }, "hm")).collect();
    messages[1].reply_to = Some(MessageId(1));
    messages[2].reply_to = Some(MessageId(2));
    let page = Event::Page { place: Some(place("garden")), messages, has_more: false, cursor: None, reference };
    desk.tell(page);
    let garden = &desk.state().rooms[1];
    let replies: Vec<_> = garden.timeline.iter().map(|entry| entry.reply).collect();
    let reply = |id, to_me| Some(Reply { id: MessageId(id), to_me });
    assert_eq!(replies, [None, reply(1, true), reply(2, false)]);
    assert_eq!(garden.reply_of(garden.timeline.get(2).unwrap()).unwrap().from, "bob");
}

/// The question for a page of this room that the client has asked now.
fn asked_page(desk: &mut Desk, name: &str) -> Option<Tag> {
    let asks = |request: &Request| matches!(&request.command, Command::History { place: at, .. } if *at == place(name));
    desk.sent().into_iter().find(asks)?.reference
}

#[test]
fn an_answer_calls_also_where_what_it_answers_comes_with_an_older_page() {
    let mut desk = Desk::online();
    let text = |id| if id == 3 { said("lobby", id, "ada", "elsewhere") } else { said("lobby", id, "bob", "hm") };
    desk.tell(Event::Message(Box::new(text(1))));
    desk.tell(Event::Message(Box::new(text(10))));
    let reference = asked_page(&mut desk, "lobby");
    let mut newer: Vec<Message> = (5..10).map(text).collect();
    newer[1].reply_to = Some(MessageId(3));
    desk.tell(page(newer, true, reference));
    assert_eq!((quote(&desk, 6), desk.state().rooms[0].mentions), (None, 0));
    let reference = asked_page(&mut desk, "lobby");
    assert!(reference.is_some(), "the hole is not filled yet");
    desk.tell(page((2..5).map(text).collect(), true, reference));
    assert_eq!(quote(&desk, 6), Some(("ada".into(), "elsewhere".into())));
    assert_eq!(entry(&desk, 6).reply, Some(Reply { id: MessageId(3), to_me: true }));
    assert_eq!((desk.state().rooms[0].unread, desk.state().rooms[0].mentions), (9, 1));
    // And by scrolling up, where it was counted as read or not.
    desk.tell(room("garden", 7, 9));
    let reference = asked_page(&mut desk, "garden");
    let garden = |id| Message { place: place("garden"), ..text(id) };
    let mut newest: Vec<Message> = (5..10).map(garden).collect();
    newest[1].reply_to = Some(MessageId(3));
    let page = |messages, reference| Event::Page {
        place: Some(place("garden")),
        messages,
        has_more: true,
        cursor: None,
        reference,
    };
    desk.tell(page(newest, reference));
    desk.intent(Intent::Cycle(1));
    desk.intent(Intent::Older);
    let reference = asked_page(&mut desk, "garden");
    desk.tell(page((1..5).map(garden).collect(), reference));
    let timeline = &desk.state().rooms[1].timeline;
    let answer = timeline.iter().find(|entry| entry.id == Some(MessageId(6))).unwrap();
    assert!(matches!(answer.kind, EntryKind::Message { mention: true, .. }), "{answer:?}");
}

#[test]
fn a_tutorials_server_is_told_the_text_alone() {
    let mut desk = Desk::new(profile(Dialect::Nic));
    desk.submit("/reply hm");
    assert!(desk.lines()[0].starts_with("! This kind of server has one room"), "{:?}", desk.lines());
    desk.intent(Intent::Reply { entry: EntryKey(1), text: "hm".into() });
    assert_eq!(desk.lines().last().unwrap(), "ada: hm");
}
