//! A screen without a terminal, and a server played by hand.
#![allow(dead_code, reason = "each test file needs another part")]

use cursive::backends::puppet::Backend;
use cursive::backends::puppet::observed::ObservedScreen;
use cursive::event::{Event, Key};
use cursive::reexports::crossbeam_channel::{Receiver, Sender};
use cursive::{Cursive, CursiveRunner, Vec2};
use parlor_core::wire::Dialect;
use parlor_transport_tcp::session::{Offline, Session};
use parlor_transport_tcp::target::Target;
use tui::app::{self, App};
use tui::look::Look;
use tui::style::Colours;
use tui::term::{Caret, Extra};

/// What a server says to ada as she comes in.
pub(crate) const WELCOME: &str = r#"{"welcome":{"version":1,"server":"test","nick":"ada","token":"t","resumed":false,"limits":{"nick_bytes":64,"room_bytes":64,"text_bytes":8192,"topic_bytes":512,"frame_bytes":16384,"page":200,"rooms":64},"features":[]}}"#;

/// A lobby where nothing was said yet.
pub(crate) const LOBBY: &str = r#"{"room":{"room":"lobby","log":"9f3c5a7b1d2e4f60","first_id":1,"last_id":0,"topic":"","count":3,"members":["ada","bea","علی"]}}"#;

/// Another room.
pub(crate) const GARDEN: &str = r#"{"room":{"room":"garden","log":"9f3c5a7b1d2e4f61","first_id":1,"last_id":0,"topic":"roses","count":1,"members":["ada"]}}"#;

/// The screen.
pub(crate) struct Desk {
    pub(crate) runner: CursiveRunner<Cursive>,
    pub(crate) server: Offline,
    pub(crate) session: Session,
    pub(crate) caret: Caret,
    keys: Sender<Option<Event>>,
    frames: Receiver<ObservedScreen>,
    last: String,
    next_id: u64,
}

/// A toolkit with the program installed, its keyboard and its frames.
pub(crate) fn program(
    size: (usize, usize),
    begin: impl FnOnce(&mut Cursive),
) -> (CursiveRunner<Cursive>, Caret, Sender<Option<Event>>, Receiver<ObservedScreen>) {
    program_with(Look::new(Colours::Many), Caret::default(), size, begin)
}

/// The same with another look, and what views tell the terminal.
pub(crate) fn program_with(
    look: Look,
    caret: Caret,
    size: (usize, usize),
    begin: impl FnOnce(&mut Cursive),
) -> (CursiveRunner<Cursive>, Caret, Sender<Option<Event>>, Receiver<ObservedScreen>) {
    let mut siv = Cursive::new();
    app::install(&mut siv, App::new(look, caret.clone()));
    begin(&mut siv);
    let backend = Backend::init(Some(Vec2::from(size)));
    let (keys, frames) = (backend.input(), backend.stream());
    (siv.into_runner(backend), caret, keys, frames)
}

impl Desk {
    /// Dialling; nothing is connected yet.
    pub(crate) fn dialling(size: (usize, usize)) -> Self {
        Self::dialling_with(Look::new(Colours::Many), Caret::default(), size)
    }

    /// The same with another look, and what views tell the terminal.
    pub(crate) fn dialling_with(look: Look, caret: Caret, size: (usize, usize)) -> Self {
        let target = Target::new(Dialect::Native, "127.0.0.1", 7667);
        let (session, server) = Session::offline(app::profile(&target, "ada", None, None));
        let shown = session.clone();
        let (runner, caret, keys, frames) = program_with(look, caret, size, |siv| app::open(siv, shown));
        let mut desk = Self { runner, server, session, caret, keys, frames, last: String::new(), next_id: 1 };
        desk.look();
        desk
    }

    /// In the lobby with bea and علی.
    pub(crate) fn online(size: (usize, usize)) -> Self {
        Self::online_looking(Look::new(Colours::Many), size)
    }

    /// The same with another look.
    pub(crate) fn online_looking(look: Look, size: (usize, usize)) -> Self {
        Self::online_with(look, Caret::default(), size)
    }

    /// The same with what views tell the terminal.
    pub(crate) fn online_with(look: Look, caret: Caret, size: (usize, usize)) -> Self {
        let mut desk = Self::dialling_with(look, caret, size);
        desk.server.connected();
        desk.says(WELCOME);
        desk.says(LOBBY);
        desk.server.sent();
        desk
    }

    /// The server says this frame.
    pub(crate) fn says(&mut self, frame: &str) {
        self.server.says(frame.as_bytes());
        self.server.says(b"\n");
        self.look();
    }

    /// bea says this in the lobby; JSON, without its quotes.
    pub(crate) fn bea(&mut self, text: &str) {
        self.bea_in("lobby", text);
    }

    /// bea says this somewhere.
    pub(crate) fn bea_in(&mut self, room: &str, text: &str) {
        let id = self.next_id;
        self.next_id += 1;
        let at = 1_763_804_800_000 + id * 1_000;
        self.says(&format!(r#"{{"message":{{"room":"{room}","id":{id},"from":"bea","at":{at},"text":"{text}"}}}}"#));
    }

    /// The next position in the log of the lobby.
    pub(crate) fn taken_id(&mut self) -> u64 {
        self.next_id += 1;
        self.next_id - 1
    }

    /// bea says so many lines, `line 1.` and on.
    pub(crate) fn chatter(&mut self, count: usize) {
        for number in 1..=count {
            self.bea(&format!("line {number}."));
        }
    }

    /// Draws what the state now is, as the program does once it is told of a change.
    pub(crate) fn look(&mut self) {
        app::changed(&mut self.runner);
        self.draw();
    }

    fn draw(&mut self) {
        self.runner.refresh();
        if let Some(frame) = self.frames.try_iter().last() {
            self.last = text_of(&frame);
        }
    }

    pub(crate) fn event(&mut self, event: Event) {
        self.keys.send(Some(event)).unwrap();
        self.runner.process_events();
        self.look();
    }

    /// Several keys that arrive together: nothing is drawn between them.
    pub(crate) fn burst(&mut self, events: impl IntoIterator<Item = Event>) {
        for event in events {
            self.keys.send(Some(event)).unwrap();
        }
        self.runner.process_events();
        self.look();
    }

    pub(crate) fn key(&mut self, key: Key) {
        self.event(Event::Key(key));
    }

    pub(crate) fn control(&mut self, c: char) {
        self.event(Event::CtrlChar(c));
    }

    pub(crate) fn types(&mut self, text: &str) {
        for c in text.chars() {
            self.keys.send(Some(Event::Char(c))).unwrap();
        }
        self.runner.process_events();
        self.look();
    }

    pub(crate) fn pastes(&mut self, text: &str) {
        self.event(Extra::Paste(text.into()).into_event());
    }

    /// What the client has sent since last asked.
    pub(crate) fn sent(&self) -> String {
        String::from_utf8(self.server.sent()).unwrap()
    }

    /// The screen as text, trailing spaces left out.
    pub(crate) fn screen(&self) -> &str {
        &self.last
    }

    /// The rows of the screen.
    pub(crate) fn rows(&self) -> Vec<&str> {
        self.last.lines().collect()
    }

    /// The last row: the message box, while it has one row.
    pub(crate) fn message_box(&self) -> &str {
        self.rows().last().copied().unwrap_or_default()
    }

    #[track_caller]
    pub(crate) fn sees(&self, text: &str) {
        assert!(self.last.contains(text), "no {text:?} on this screen:\n{}", self.last);
    }

    #[track_caller]
    pub(crate) fn does_not_see(&self, text: &str) {
        assert!(!self.last.contains(text), "{text:?} on this screen:\n{}", self.last);
    }
}

/// What a frame shows, row by row.
pub(crate) fn text_of(frame: &ObservedScreen) -> String {
    let size = frame.size();
    let mut out = String::new();
    for y in 0..size.y {
        let mut row = String::new();
        for x in 0..size.x {
            match &frame[Vec2::new(x, y)] {
                Some(cell) => row.push_str(cell.letter.as_option().map_or("", |letter| letter)),
                None => row.push(' '),
            }
        }
        out.push_str(row.trim_end());
        out.push('\n');
    }
    out
}
