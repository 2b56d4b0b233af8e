//! What the message box does for whoever types: finishing words, bringing back lines, answering.

mod common;

use common::{Desk, json};
use eframe::egui::accesskit::Role;
use eframe::egui::{Event, ImeEvent, Key, Modifiers, OutputCommand};
use egui_kittest::kittest::{NodeT, Queryable};
use parlor_core::words::Language;
use parlor_face::settings::{LanguageChoice, Settings};

const NONE: Modifiers = Modifiers::NONE;

/// Opens the context menu of a row and clicks this in it.
fn choose(desk: &mut Desk, line: &str, name: &str) {
    desk.window.get_by_role_and_label(Role::ListItem, line).click_secondary();
    desk.window.run();
    desk.window.get_by_role_and_label(Role::Button, name).click();
    desk.window.run();
}

#[test]
fn tab_finishes_a_name_and_speaks_to_it_only_at_the_start_of_a_line() {
    let mut desk = Desk::online();
    desk.type_text("b");
    desk.press(NONE, Key::Tab);
    assert_eq!(desk.typed(), "bea: ");
    assert!(desk.box_has_focus(), "Tab stays in a box that has something in it");
    desk.type_text("and عل");
    desk.press(NONE, Key::Tab);
    assert_eq!(desk.typed(), "bea: and علی ");
    desk.press(NONE, Key::Enter);
    assert!(desk.sent().contains("bea: and علی"));
}

#[test]
fn what_else_fits_is_shown_and_can_be_gone_through_clicked_and_taken_back() {
    let mut desk = Desk::online();
    desk.type_text("/m");
    desk.press(NONE, Key::Tab);
    let first = desk.typed();
    desk.press(NONE, Key::Tab);
    assert_ne!(desk.typed(), first);
    desk.press(Modifiers::SHIFT, Key::Tab);
    assert_eq!(desk.typed(), first);
    desk.window.get_by_role_and_label(Role::Button, "/mute").click();
    desk.window.run();
    assert_eq!(desk.typed(), "/mute ");
    assert!(desk.box_has_focus());
    desk.press(NONE, Key::Escape);
    assert_eq!(desk.typed(), "/m");
    assert!(desk.window.query_by_role_and_label(Role::Button, "/mute").is_none());
}

#[test]
fn what_is_clicked_is_undone_in_one_step_however_far_it_stood() {
    let mut desk = Desk::online();
    desk.type_text("/m");
    desk.press(NONE, Key::Tab);
    let first = desk.typed();
    let offered = |desk: &Desk| {
        let buttons = desk.window.query_all_by_role(Role::Button);
        let names: Vec<_> = buttons.filter_map(|node| node.accesskit_node().label()).collect();
        names.into_iter().rfind(|name| name.starts_with("/m"))
    };
    let last = offered(&desk).expect("several fit");
    assert!(!first.starts_with(&last));
    desk.window.get_by_role_and_label(Role::Button, &last).click();
    desk.window.run();
    assert_eq!(desk.typed(), format!("{last} "));
    desk.press(Modifiers::COMMAND, Key::Z);
    assert_eq!(desk.typed(), first);
}

#[test]
fn a_name_is_finished_in_the_middle_and_undone_in_one_step() {
    let mut desk = Desk::online();
    desk.type_text("be you");
    for _ in 0..4 {
        desk.press(NONE, Key::ArrowLeft);
    }
    desk.press(NONE, Key::Tab);
    assert!(desk.typed().starts_with("bea: ") && desk.typed().ends_with(" you"), "{}", desk.typed());
    desk.type_text("x");
    assert!(desk.typed().starts_with("bea: x"), "the caret stands behind the name: {}", desk.typed());
    desk.press(Modifiers::COMMAND, Key::Z);
    desk.press(Modifiers::COMMAND, Key::Z);
    assert_eq!(desk.typed(), "be you");
}

#[test]
fn control_and_the_arrows_bring_back_what_was_said_and_then_what_was_being_typed() {
    let mut desk = Desk::online();
    for line in ["one", "دو"] {
        desk.type_text(line);
        desk.press(NONE, Key::Enter);
    }
    desk.type_text("half");
    desk.press(Modifiers::COMMAND, Key::ArrowUp);
    assert_eq!(desk.typed(), "دو");
    desk.press(Modifiers::COMMAND, Key::ArrowUp);
    assert_eq!(desk.typed(), "one");
    desk.press(Modifiers::COMMAND, Key::ArrowDown);
    desk.press(Modifiers::COMMAND, Key::ArrowDown);
    assert_eq!(desk.typed(), "half");
}

#[test]
fn a_message_is_answered_from_its_menu_and_the_answer_shows_what_it_answers() {
    let mut desk = Desk::online();
    let line = desk.said("lobby", "bea", "who comes tomorrow?");
    desk.said("lobby", "علی", "سلام");
    desk.window.run();
    choose(&mut desk, &line, "Reply");
    assert!(desk.window.query_by_label_contains("Replying to bea: ").is_some());
    desk.sent();
    desk.type_text("I do");
    desk.press(NONE, Key::Enter);
    let sent = desk.sent();
    assert!(sent.contains(r#""reply_to":1"#) && sent.contains("I do"), "{sent}");
    assert!(
        desk.window.query_by_label_contains("Replying to").is_none(),
        "one message is answered, not all that follow"
    );
    desk.type_text("and");
    desk.press(NONE, Key::Enter);
    assert!(!desk.sent().contains("reply_to"));
    let answer = r#"{"message":{"room":"lobby","id":3,"from":"علی","at":1763804803000,"text":"من هم","reply_to":1}}"#;
    desk.says(answer);
    desk.window.run();
    let quotes: Vec<_> = desk.window.query_all_by_label("In reply to bea: who comes tomorrow?").collect();
    assert!(!quotes.is_empty());
    desk.says(&format!(
        r#"{{"edited":{{"room":"lobby","id":4,"target":1,"text":{},"by":"bea","at":1763804804000}}}}"#,
        json("who comes today?")
    ));
    desk.window.run();
    assert!(desk.window.query_by_label("In reply to bea: who comes tomorrow?").is_none());
    assert!(desk.window.query_all_by_label("In reply to bea: who comes today?").next().is_some());
}

#[test]
fn what_is_typed_behind_enter_within_one_frame_is_the_next_message() {
    let mut desk = Desk::online();
    desk.sent();
    let key = |key| Event::Key { key, physical_key: Some(key), pressed: true, repeat: false, modifiers: NONE };
    let text = |text: &str| Event::Text(text.into());
    let typed =
        [text("one"), key(Key::Enter), text("دو"), text("m"), key(Key::Backspace), key(Key::Enter), text("three")];
    desk.window.input_mut().events.extend(typed);
    desk.window.step();
    desk.window.run();
    let sent = desk.sent();
    assert!(sent.contains(r#""text":"one""#) && sent.contains(r#""text":"دو""#), "{sent}");
    assert_eq!(desk.typed(), "three");
}

#[test]
fn an_input_method_is_left_to_compose() {
    let mut desk = Desk::online();
    for composed in ["に", "にほ", "にほん"] {
        let preedit = ImeEvent::Preedit { text: composed.into(), active_range_chars: None };
        desk.window.event(Event::Ime(preedit));
        desk.window.step();
        let ime = desk.window.output().platform_output.ime.expect("the box has the focus");
        assert!(!ime.should_interrupt_composition, "{composed}");
    }
    desk.window.event(Event::Ime(ImeEvent::Commit("日本".into())));
    desk.window.run();
    assert_eq!(desk.typed(), "日本");
}

#[test]
fn what_is_composed_is_over_without_the_focus_and_belongs_to_one_room() {
    let mut desk = Desk::online();
    let compose = |desk: &mut Desk| {
        let preedit = ImeEvent::Preedit { text: "に".into(), active_range_chars: None };
        desk.window.event(Event::Ime(preedit));
        desk.window.run();
    };
    desk.type_text("ab");
    compose(&mut desk);
    desk.press(NONE, Key::Enter);
    assert_eq!(desk.typed(), "ab", "Enter is the input method's");
    desk.press(Modifiers::COMMAND, Key::F);
    desk.press(NONE, Key::Escape);
    desk.window.run();
    assert!(desk.box_has_focus());
    desk.press(NONE, Key::Backspace);
    assert_eq!(desk.typed(), "a");
    compose(&mut desk);
    let (key, modifiers) = (Key::ArrowDown, Modifiers::ALT);
    let pressed = Event::Key { key, physical_key: None, pressed: true, repeat: false, modifiers };
    desk.window.input_mut().events.push(pressed);
    let interrupted = (0..4).any(|_| {
        desk.window.step();
        desk.window.output().platform_output.ime.as_ref().is_some_and(|ime| ime.should_interrupt_composition)
    });
    assert!(interrupted, "what it gives in the end would be said in another room");
    assert_eq!(desk.typed(), "");
}

#[test]
fn alt_and_r_answer_the_newest_and_escape_answers_nothing() {
    let mut desk = Desk::online();
    desk.said("lobby", "bea", "first");
    desk.said("lobby", "carlo", "second");
    desk.window.run();
    // As the system tells it: the key, and the letter that is on it.
    let modifiers = Modifiers::ALT;
    let key = Event::Key { key: Key::R, physical_key: Some(Key::R), pressed: true, repeat: false, modifiers };
    desk.window.input_mut().events.extend([key, Event::Text("r".into())]);
    desk.window.step();
    desk.window.run();
    assert_eq!(desk.typed(), "");
    assert!(desk.window.query_by_label_contains("Replying to carlo: ").is_some());
    desk.press(NONE, Key::Escape);
    assert!(desk.window.query_by_label_contains("Replying to").is_none());
    desk.sent();
    desk.type_text("to all");
    desk.press(NONE, Key::Enter);
    let sent = desk.sent();
    assert!(sent.contains("to all") && !sent.contains("reply_to"), "{sent}");
}

#[test]
fn a_click_on_a_quote_goes_to_what_is_quoted() {
    let mut desk = Desk::online();
    let first = desk.said("lobby", "bea", "the beginning of it all");
    for number in 0..100 {
        desk.said("lobby", "bea", &format!("line {number}"));
    }
    desk.says(r#"{"message":{"room":"lobby","id":102,"from":"carlo","at":1763804999000,"text":"yes","reply_to":1}}"#);
    desk.window.run();
    assert!(!desk.sees(&first));
    desk.window.get_by_label("In reply to bea: the beginning of it all").click();
    desk.window.run();
    assert!(desk.sees(&first));
}

#[test]
fn above_a_persian_answer_the_quote_keeps_clear_of_the_times() {
    let mut desk = Desk::online();
    desk.said("lobby", "bea", "who comes tomorrow?");
    desk.says(r#"{"message":{"room":"lobby","id":2,"from":"علی","at":1763804803000,"text":"من هم","reply_to":1}}"#);
    for language in [Language::English, Language::Persian] {
        let ctx = desk.window.ctx.clone();
        desk.window.state_mut().set(&ctx, Settings { language: LanguageChoice::Is(language), ..Settings::default() });
        desk.window.run();
        let row = desk.window.get_by_role_and_label(Role::ListItem, "علی: من هم").rect();
        let quote = desk.window.get_by_role(Role::Link).rect();
        let beside = if language == Language::Persian { 60.0 } else { 6.0 };
        let air = row.right() - quote.right();
        assert!((beside..beside + 20.0).contains(&air), "{air} in {language:?}");
    }
}

#[test]
fn somebody_can_be_ignored_from_what_they_said() {
    let mut desk = Desk::online();
    let noise = desk.said("lobby", "bea", "buy now");
    let other = desk.said("lobby", "carlo", "hello");
    desk.window.run();
    choose(&mut desk, &noise, "Ignore bea");
    assert!(!desk.sees(&noise), "{:?}", desk.lines());
    assert!(desk.sees(&other));
}

#[test]
fn what_was_refused_can_be_sent_again_or_copied() {
    let mut desk = Desk::online();
    desk.sent();
    desk.type_text("سلام all");
    desk.press(NONE, Key::Enter);
    let sent = desk.sent();
    let reference = sent.split(r#""ref":""#).nth(1).and_then(|rest| rest.split('"').next());
    let nonce = sent.split(r#""nonce":""#).nth(1).and_then(|rest| rest.split('"').next());
    let reference = reference.or(nonce).expect("a message can be referred to");
    desk.says(&format!(r#"{{"error":{{"code":"muted","text":"You are muted here.","ref":"{reference}"}}}}"#));
    desk.window.run();
    assert!(desk.window.query_by_role_and_label(Role::Button, "Retry").is_some());
    desk.window.get_by_role_and_label(Role::Button, "Copy").click();
    desk.window.step();
    let copied = desk
        .window
        .output()
        .platform_output
        .commands
        .iter()
        .any(|command| matches!(command, OutputCommand::CopyText(text) if text == "سلام all"));
    assert!(copied, "the text itself is copied");
}
