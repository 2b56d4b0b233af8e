//! The client in the languages of people.

use super::*;
use crate::client::words::{LinkWords, Words, help};
use crate::vocabulary::{Code, Reason};
use crate::words::{Language, prove};

/// Online in the lobby with bob, in a language.
fn desk(language: Language) -> Desk {
    let mut desk = Desk::online();
    desk.speak(language);
    desk
}

impl Desk {
    fn speak(&mut self, language: Language) {
        self.intent(Intent::Set(Options { language, ..Options::default() }));
    }

    fn last_line(&self) -> String {
        self.lines().pop().unwrap_or_default()
    }
}

fn waits(desk: &Desk) -> &str {
    match &desk.state().link {
        Link::Waiting { why, .. } => why,
        other => panic!("{other:?} does not wait"),
    }
}

#[test]
fn every_phrase_is_said_in_each_language() {
    prove(Words::each);
    prove(LinkWords::each);
}

#[test]
fn help_lists_the_same_commands_in_each_language() {
    for text in [help::native, help::tutorial] {
        let [english, italian, persian] =
            Language::ALL.map(|language| help::commands(text(language)).collect::<Vec<_>>());
        assert!(english.len() >= 3);
        assert_eq!(italian, english);
        assert_eq!(persian, english);
        assert!(!text(Language::Persian).contains(|c: char| c.is_ascii_digit()));
    }
    let mut desk = desk(Language::Italian);
    desk.submit("/help");
    assert!(desk.last_line().starts_with("* Cosa puoi scrivere:\n  /join STANZA "), "{}", desk.last_line());
}

#[test]
fn a_client_in_italian_says_what_happened_in_italian() {
    let mut desk = desk(Language::Italian);
    desk.tell(Event::Joined { room: RoomName::lobby(), nick: nick("carla"), at: Timestamp(0) });
    assert_eq!(desk.last_line(), "* carla entra");
    desk.submit("/dance");
    assert_eq!(desk.last_line(), "! Non c’è il comando /dance; /help elenca ciò che si può scrivere.");
    desk.submit("/kick carla");
    let request = desk.sent().pop().unwrap();
    let text = "Only the room's operator may do that.".into();
    desk.tell(Event::Error { code: Code::NotOperator, text, reference: request.reference });
    assert_eq!(desk.last_line(), "! Questo lo può fare solo chi gestisce la stanza.");
    desk.submit("ciao");
    let nonce = nonce_of(&desk.sent()[0]);
    let text = "You have been silenced here.".into();
    desk.tell(Event::Error { code: Code::Muted, text, reference: Some(nonce) });
    let failed = desk.state().rooms[0].timeline.iter().next_back().unwrap().delivery().cloned();
    assert_eq!(failed, Some(Delivery::Failed("Qui ti è stata tolta la parola.".into())));
    desk.tell(Event::Bye { reason: Reason::Shutdown, text: "The server is shutting down.".into() });
    assert_eq!(waits(&desk), "Il server si spegne.");
}

#[test]
fn a_client_in_persian_says_what_happened_in_persian() {
    let mut desk = desk(Language::Persian);
    desk.tell(Event::Joined { room: RoomName::lobby(), nick: nick("سارا"), at: Timestamp(0) });
    assert_eq!(desk.last_line(), "* سارا آمد");
    desk.tell(Event::Joined { room: RoomName::lobby(), nick: nick("carla"), at: Timestamp(0) });
    assert_eq!(desk.last_line(), "* carla آمد");
    desk.submit("/nick");
    assert_eq!(desk.last_line(), "! بنویسید \u{200E}/nick نام.");
    desk.submit("/names");
    assert_eq!(desk.last_line(), "* در lobby: ada، bob، carla، سارا");
    desk.submit(&"س".repeat(5_000));
    assert_eq!(desk.last_line(), "! متن بیش از اندازه بلند است؛ حداکثر ۸۱۹۲ بایت.");
    desk.input(Input::Lost(Loss::Closed));
    assert_eq!(waits(&desk), "سرور اتصال را بست");
    desk.intent(Intent::RetryNow);
    desk.input(Input::Lost(Loss::NoAnswer { at: "chat.example:7667".into(), seconds: 5 }));
    assert_eq!(waits(&desk), "سرور chat.example:7667 تا ۵ ثانیه پاسخ نداد؛ آیا نشانی درست است؟");
}

#[test]
fn why_somebody_left_is_said_in_the_language_of_the_person_unless_they_said_it() {
    let mut desk = desk(Language::Persian);
    for (who, reason, wanted) in
        [("bob", Reason::Lost.note(), "* bob رفت (اتصال قطع شد)"), ("carla", "good night", "* carla رفت (good night)")]
    {
        let reason = Note::parse(reason).unwrap();
        desk.tell(Event::Parted { room: RoomName::lobby(), nick: nick(who), reason, at: Timestamp(0) });
        assert_eq!(desk.last_line(), wanted);
    }
    let notes = Reason::ALL.iter().map(|reason| reason.note()).filter(|note| !note.is_empty());
    for note in notes {
        let reason = Note::parse(note).unwrap();
        desk.tell(Event::Parted { room: RoomName::lobby(), nick: nick("dan"), reason, at: Timestamp(0) });
        assert!(!desk.last_line().contains(note), "{note} is a note of the server's");
    }
}

#[test]
fn what_nobody_has_a_sentence_for_is_said_as_the_server_says_it() {
    let mut desk = desk(Language::Persian);
    desk.submit("/topic tea");
    let reference = desk.sent().pop().unwrap().reference;
    desk.tell(Event::Error { code: Code::Other, text: "The kettle is empty.".into(), reference });
    assert_eq!(desk.last_line(), "! The kettle is empty.");
    desk.input(Input::Lost("gone".into()));
    assert_eq!(waits(&desk), "gone");
}

#[test]
fn a_message_that_was_taken_back_says_so_in_the_language_of_the_person() {
    for (language, wanted) in [(Language::English, "(deleted)"), (Language::Persian, "(حذف شد)")] {
        let mut desk = desk(language);
        desk.tell(message("lobby", 1, "bob", "oops"));
        desk.tell(deleted("lobby", 2, 1, "bob"));
        let timeline = &desk.state().rooms[0].timeline;
        assert_eq!(timeline.iter().next_back().unwrap().what(), wanted);
    }
}

#[test]
fn another_language_is_spoken_from_then_on() {
    let mut desk = Desk::online();
    let come_and_go = |desk: &mut Desk, language| {
        desk.speak(language);
        desk.tell(Event::Joined { room: RoomName::lobby(), nick: nick("carla"), at: Timestamp(0) });
        let (room, reason) = (RoomName::lobby(), Note::default());
        desk.tell(Event::Parted { room, nick: nick("carla"), reason, at: Timestamp(0) });
    };
    for language in Language::ALL {
        come_and_go(&mut desk, language);
    }
    let said = ["carla joined", "carla left", "carla entra", "carla esce", "carla آمد", "carla رفت"];
    assert_eq!(desk.lines(), said.map(|line| alloc::format!("* {line}")));
}
