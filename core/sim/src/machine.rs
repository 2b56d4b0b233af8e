//! A real client machine at the other end of a link: what its person does, and what its driver has to do.

use parlor_core::client::{Client, Entry, EntryKind, Input, Intent, Link, Output, Profile, Question};
use parlor_core::id::MessageId;
use parlor_core::secret::Secret;
use parlor_core::text::{Body, printable};
use parlor_core::time::Now;
use parlor_core::vocabulary::{Command, Request};
use parlor_core::wire::{Decoded, Dialect, ServerCodec};

use crate::ear::Ear;
use crate::oracle::Oracle;
use crate::puppet::{NICKS, PASSWORD, ROOMS};
use crate::reached::{Path, Reached};
use crate::said;
use crate::tape::Dice;

/// What a machine's driver is to do after an input.
#[derive(Debug, Default)]
pub struct Todo {
    /// Dial.
    pub connect: bool,
    /// Hang up.
    pub disconnect: bool,
}

/// A client machine and its driver.
#[derive(Debug)]
pub struct Machine {
    /// The machine.
    pub client: Client,
    /// What it speaks.
    pub dialect: Dialect,
    /// What its native connection hears.
    pub ear: Ear,
    /// It wants to be connected, and the driver has not answered yet.
    pub dialling: bool,
    /// It has said that it is finished.
    pub finished: bool,
    awake: bool,
    /// Its connections so far that stood.
    online: u32,
    was_online: bool,
    /// Reads along what it sends, up to its hello.
    tap: Option<ServerCodec>,
    counter: u32,
}

impl Machine {
    /// A client that dials at once.
    pub fn new(dialect: Dialect, nick: &str, seed: u8, now: Now) -> Self {
        let profile = Profile::new(dialect, &format!("{}://sim", dialect.scheme()), nick, "sim/1");
        Self {
            client: Client::new(profile, [seed; 32], now),
            dialect,
            ear: Ear::new(false, true),
            dialling: false,
            finished: false,
            awake: false,
            online: 0,
            was_online: false,
            tap: None,
            counter: 0,
        }
    }

    /// A new connection stands.
    pub fn connected(&mut self, now: Now) {
        self.ear = Ear::new(false, true);
        self.tap = (self.dialect == Dialect::Native).then(|| ServerCodec::new(Dialect::Native));
        self.awake = false;
        self.dialling = false;
        self.client.handle_input(now, Input::Connected);
    }

    /// The connection is gone, or could not be made.
    pub fn lost(&mut self, now: Now) {
        self.dialling = false;
        self.awake = false;
        self.client.handle_input(now, Input::Lost("the connection broke".into()));
    }

    /// Drains the outputs after an input.
    ///
    /// # Panics
    /// If an output breaks the contract.
    pub fn outputs(&mut self, connected: bool, reached: &mut Reached) -> Todo {
        let mut todo = Todo::default();
        let mut count = 0;
        while let Some(output) = self.client.poll_output() {
            count += 1;
            assert!(count < 2_000, "13: outputs per input are bounded");
            reached.client_output(&output);
            assert!(!self.finished, "nothing follows Finished: {output:?}");
            match output {
                Output::Connect => {
                    assert!(!self.dialling && (!connected || todo.disconnect), "one connection at a time");
                    self.dialling = true;
                    todo.connect = true;
                }
                Output::Wake => self.awake = true,
                Output::Disconnect(_) => {
                    self.dialling = false;
                    self.awake = false;
                    todo.disconnect = true;
                }
                Output::Finished => {
                    self.finished = true;
                    reached.path(Path::ClientFinished);
                }
                Output::Changed | Output::Remember(_) | Output::Notify(_) | Output::Keep(_) => {}
            }
        }
        self.note(reached);
        todo
    }

    fn note(&mut self, reached: &mut Reached) {
        let state = self.client.state();
        let online = state.link == Link::Online;
        if online && !self.was_online {
            reached.path(if self.online > 0 { Path::ClientBack } else { Path::ClientOnline });
            self.online += 1;
        }
        self.was_online = online;
        match &state.link {
            Link::Waiting { .. } => reached.path(Path::ClientWaiting),
            Link::Closed { .. } => reached.path(Path::ClientClosed),
            Link::Connecting { .. } | Link::Greeting | Link::Online | Link::Leaving => {}
        }
        match &state.question {
            Some(Question::Nick { .. }) => reached.path(Path::ClientQuestionNick),
            Some(Question::Password { .. }) => reached.path(Path::ClientQuestionPassword),
            None => {}
        }
    }

    /// What its driver writes: only after a wake, until there is nothing.
    pub fn writes(&mut self, room: usize) -> Vec<u8> {
        if !self.awake {
            return Vec::new();
        }
        let bytes = self.client.transmit();
        // A tutorial server takes whatever one read gives for a message: it is written at once or not at all.
        let whole = self.dialect == Dialect::Native || bytes.len() <= room;
        let taken = if whole { bytes[..bytes.len().min(room)].to_vec() } else { Vec::new() };
        self.client.transmitted(taken.len());
        if self.client.transmit().is_empty() {
            self.awake = false;
        }
        self.overhear(&taken);
        taken
    }

    /// Reads the hello along, which says what the ear is to expect.
    fn overhear(&mut self, bytes: &[u8]) {
        let mut rest = bytes;
        while let Some(tap) = &mut self.tap
            && let Some(decoded) = tap.decode(&mut rest)
        {
            if let Decoded::Frame(Request { command: Command::Hello(hello), .. }) = decoded {
                self.ear.resume = hello.resume;
            } else {
                self.tap = None;
            }
        }
    }

    /// A number that was not given before.
    pub fn count(&mut self) -> u32 {
        self.counter += 1;
        self.counter
    }

    /// What its person does.
    pub fn intend(&mut self, dice: &mut Dice<'_>, oracle: &mut Oracle, seat: usize) -> Intent {
        let state = self.client.state();
        if let Some(question) = &state.question {
            return match question {
                Question::Nick { .. } if dice.one_in(2) => Intent::Nick(format!("n{}", dice.byte())),
                Question::Nick { .. } => Intent::Nick(dice.pick(&NICKS).to_string()),
                Question::Password { .. } if dice.one_in(3) => Intent::Password(Secret::new("wrong")),
                Question::Password { .. } => Intent::Password(Secret::new(PASSWORD)),
            };
        }
        let (nick, room) = (*dice.pick(&NICKS), *dice.pick(&ROOMS));
        let text = |dice: &mut Dice<'_>, oracle: &mut Oracle| {
            // Numbered by the person, whatever connection it goes over.
            let number = oracle.number(PERSON + seat);
            said::text(number, if dice.one_in(8) { dice.below(said::LINE_KINDS) } else { dice.below(5) })
        };
        match dice.below(50) {
            0..=17 => Intent::Say(text(dice, oracle)),
            18 | 19 => Intent::Submit(format!("/join {room}")),
            20 => Intent::Submit("/part tea".into()),
            21 => Intent::Submit(format!("/nick {nick}")),
            22 | 23 => Intent::Submit(format!("/msg {nick} {}", text(dice, oracle))),
            24 => Intent::Submit(format!("/topic tea at {}", dice.byte())),
            25 => Intent::Submit(format!("/kick {nick} enough")),
            26 => Intent::Submit(format!("/me {}", text(dice, oracle))),
            27 => Intent::Submit(["/rooms", "/names", "/help", "/nonsense", "/mute ada"][dice.below(5)].into()),
            28 | 29 => Intent::Cycle(1),
            30 | 31 => Intent::Older,
            32 | 33 => Intent::Look { focused: dice.one_in(2), at_bottom: !dice.one_in(4) },
            34 | 35 => Intent::Draft("half a thou".into()),
            36 | 37 => Intent::RetryNow,
            38 if dice.one_in(12) => Intent::Quit,
            40 | 41 => match self.an_entry(dice) {
                Some(entry) => Intent::Edit { entry: entry.key, text: text(dice, oracle) },
                None => Intent::Submit(format!("/edit {}", text(dice, oracle))),
            },
            42 => self
                .an_entry(dice)
                .map_or(Intent::Submit("/delete".into()), |entry| Intent::Delete { entry: entry.key }),
            43 | 44 => Intent::Search {
                query: ["hello", "سلام", "perche*", "?!"][dice.below(4)].into(),
                everywhere: dice.one_in(2),
            },
            45 => Intent::SearchMore,
            46 => Intent::CloseSearch,
            47 => self.a_jump(dice).unwrap_or(Intent::CloseAround),
            48 => Intent::CloseAround,
            _ => Intent::Say(text(dice, oracle)),
        }
    }

    /// Something in the shown room, whose ever it is.
    fn an_entry(&self, dice: &mut Dice<'_>) -> Option<&Entry> {
        let room = self.client.state().shown_room()?;
        let newest = room.timeline.len().min(16);
        room.timeline.iter().rev().nth(dice.below(newest.max(1)))
    }

    /// To a hit, or to anywhere.
    fn a_jump(&self, dice: &mut Dice<'_>) -> Option<Intent> {
        let state = self.client.state();
        let hits = state.search.as_ref().map_or(&[][..], |search| &search.hits);
        if let Some(hit) = hits.get(dice.below(hits.len().max(1))) {
            return Some(Intent::Jump { place: hit.place.clone(), id: hit.id });
        }
        let place = state.shown_room()?.place.clone()?;
        Some(Intent::Jump { place, id: MessageId(dice.below(64) as u64) })
    }

    /// What a person sees holds together: the log in order, nothing twice, everything as it was said.
    ///
    /// # Panics
    /// If it does not.
    pub fn check(&self, oracle: &Oracle, reached: &mut Reached) {
        for room in &self.client.state().rooms {
            let mut before = 0;
            for entry in room.timeline.iter() {
                if let Some(id) = entry.id
                    && !room.title.is_empty()
                {
                    before = if id.0 > before { id.0 } else { self.new_history(room, entry) };
                }
                let EntryKind::Message { text, delivery, .. } = &entry.kind else { continue };
                match delivery {
                    parlor_core::client::Delivery::Unconfirmed => reached.path(Path::ClientUnconfirmed),
                    parlor_core::client::Delivery::Failed(_) => reached.path(Path::ClientFailed),
                    parlor_core::client::Delivery::Pending | parlor_core::client::Delivery::Confirmed => {}
                }
                if let (Some(id), Some(number)) = (entry.id, said::number_of(text)) {
                    let said = printable(&said::text(number, said::kind_of(text)));
                    let Some((log, _)) = oracle.stored(number) else { continue };
                    assert_eq!(*text, said, "6: what is shown is what was said, but for what no screen may be sent");
                    let versions = oracle.logs[&log].versions.get(&id.0);
                    let number = |version: &Body| said::number_of(version.as_str()) == Some(number);
                    let stands = versions.is_some_and(|versions| versions.values().any(number));
                    assert!(stands, "2: it stands where it is stored: {text} at {id:?}");
                }
            }
        }
    }

    fn new_history(&self, room: &parlor_core::client::Room, entry: &Entry) -> u64 {
        panic!("2, 4: {} shows {:?} out of order or twice", room.title, entry);
    }
}

/// Numbers above this stand for persons, not for links.
pub const PERSON: usize = 1 << 32;
