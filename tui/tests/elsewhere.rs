//! What goes with the person from the command line to a server, and from there to another; and what does not.

mod desk;
mod hub;

use cursive::CursiveRunner;
use cursive::backends::puppet::observed::ObservedScreen;
use cursive::event::{Event, Key};
use cursive::reexports::crossbeam_channel::{Receiver, Sender};
use hub::Hub;
use parlor_core::secret::Secret;
use parlor_core::wire::Dialect;
use parlor_transport_tcp::target::Target;
use tui::app::{self, App};

/// The screen over real sessions.
struct Screen {
    runner: CursiveRunner<cursive::Cursive>,
    keys: Sender<Option<Event>>,
    frames: Receiver<ObservedScreen>,
    last: String,
}

impl Screen {
    fn begin(begin: impl FnOnce(&mut cursive::Cursive)) -> Self {
        let (mut runner, _, keys, frames) = desk::program((80, 24), begin);
        runner.refresh();
        Self { runner, keys, frames, last: String::new() }
    }

    #[track_caller]
    fn shows(&mut self, text: &str) {
        let shown = parlor_standins::eventually(|| {
            self.runner.step();
            if let Some(frame) = self.frames.try_iter().last() {
                self.last = desk::text_of(&frame);
            }
            self.last.contains(text)
        });
        assert!(shown, "{text:?} is not shown:\n{}", self.last);
    }

    fn presses(&mut self, events: impl IntoIterator<Item = Event>) {
        for event in events {
            self.keys.send(Some(event)).unwrap();
        }
        // What was taken is drawn, too: nothing else may come that would draw it.
        self.runner.step();
    }

    fn types(&mut self, text: &str) {
        self.presses(text.chars().map(Event::Char));
    }

    /// Puts this into the dialog's field of the port, and goes there.
    fn goes_to_port(&mut self, port: u16) {
        self.shows("Connect");
        self.presses([Event::Key(Key::Tab), Event::CtrlChar('u')]);
        self.types(&port.to_string());
        self.presses([Event::Key(Key::Enter)]);
    }
}

/// The address of a hub's room.
fn target(hub: &Hub, room: &str) -> Target {
    Target::parse(&format!("{}{room}", hub.url(Dialect::Native))).unwrap()
}

#[test]
fn the_room_of_the_command_line_is_entered_after_the_dialog_has_asked_for_a_nickname() {
    let hub = Hub::start(None);
    let target = target(&hub, "/garden");
    let mut screen = Screen::begin(|siv| app::ask_first(siv, target, "Please choose a nickname."));
    screen.shows("Please choose a nickname.");
    screen.types("ada");
    screen.presses([Event::Key(Key::Enter)]);
    screen.shows("ada at ");
    screen.shows(" garden");
    let session = screen.runner.user_data::<App>().unwrap().session.get().unwrap();
    assert_eq!(session.state().shown_room().unwrap().title, "garden");
}

#[test]
fn a_password_is_for_the_server_it_was_given_for_and_for_no_other() {
    let (first, second) = (Hub::start(Some("geheim")), Hub::start(Some("geheim")));
    let to = target(&first, "");
    let mut screen = Screen::begin(|siv| {
        siv.user_data::<App>().unwrap().password = Some(Secret::new("geheim"));
        app::start(siv, to, "ada");
    });
    screen.shows("ada at ");
    screen.presses([Event::CtrlChar('o')]);
    screen.goes_to_port(second.ports()[0]);
    screen.shows("Enter: continue.");

    // Nor where the dialog was there to ask for a nickname, and another server was put in.
    let to = target(&first, "");
    let mut screen = Screen::begin(|siv| {
        let app = siv.user_data::<App>().unwrap();
        app.password = Some(Secret::new("geheim"));
        app.connect.nick = "bea".into();
        app::ask_first(siv, to, "Please choose a nickname.");
    });
    screen.goes_to_port(second.ports()[0]);
    screen.shows("Enter: continue.");
}
