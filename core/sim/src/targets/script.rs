//! A whole client against a server that says whatever it likes, drawn from a tape.

use std::time::Duration;

use parlor_core::client::{Client, EntryKey, Input, Intent, Keepsake, Loss, Output, Profile, RoomKey};
use parlor_core::hub::Closing;
use parlor_core::limits::CHUNK_BYTES_MAX;
use parlor_core::name::RoomName;
use parlor_core::secret::Secret;
use parlor_core::time::{Instant, Now, Timestamp};
use parlor_core::vocabulary::{Command, Event, Request, Tag};
use parlor_core::wire::{Decoded, Dialect, Flavour, ServerCodec, encode_event};

use super::draw;
use crate::tape::{Dice, Tape};

mod face;
mod words;

/// Steps played of one tape.
const STEPS_MAX: usize = 64;
/// Outputs of one input: some notices, and one of everything else.
const OUTPUTS_MAX: usize = 32;
/// Calls of `handle_timeout` at one moment until no deadline is due.
const CALLS_MAX: usize = 16;

/// Any bytes as the tape of a client's life: what its server says, what its person wants, how its connections fare and
/// how time goes. The driver keeps to the contract, and holds the client to it.
///
/// # Panics
/// If a claim is broken.
pub fn client_script(data: &[u8]) {
    let tape = Tape::from_bytes(data);
    let mut desk = Desk::new(&mut tape.header());
    for number in 0..tape.steps().min(STEPS_MAX) {
        desk.step(&mut tape.step(number));
        if desk.finished {
            return;
        }
    }
    desk.goodbye();
}

/// A client of this dialect reads this from its server, and after that says goodbye; every claim of a
/// [script](client_script) holds.
///
/// # Panics
/// If a claim is broken.
pub fn client_hears(dialect: Dialect, reads: &[&[u8]]) {
    let mut desk = Desk::open(dialect, "ada".into(), &mut Dice::new(&[]));
    desk.connect();
    for read in reads {
        desk.take(desk.client.transmit().len());
        if desk.link == Link::Up && !read.is_empty() {
            desk.input(Input::Received(read));
        }
        desk.passes(Duration::from_millis(60), 0);
    }
    desk.goodbye();
}

/// The connection, as the driver sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Link {
    Down,
    Dialling,
    Up,
}

/// A client, its driver, and what the server has learnt of it.
struct Desk {
    client: Client,
    dialect: Dialect,
    now: Now,
    link: Link,
    awake: bool,
    finished: bool,
    revision: u64,
    /// The server's end of the connection.
    codec: ServerCodec,
    /// The last tags the client used.
    tags: Vec<Tag>,
    /// What it wrote last.
    written: Vec<u8>,
}

impl Desk {
    fn new(dice: &mut Dice<'_>) -> Self {
        let dialect = *dice.pick(&Dialect::ALL);
        let nick = if dice.one_in(4) { words::name(dice) } else { "ada".into() };
        Self::open(dialect, nick, dice)
    }

    fn open(dialect: Dialect, nick: String, dice: &mut Dice<'_>) -> Self {
        let now = Now::new(Instant::from_micros(1_000_000), Timestamp(1_763_790_000_000));
        let profile = Profile {
            room: dice.one_in(4).then(|| RoomName::parse("garden").expect("a name")),
            token: dice.one_in(2).then(|| Secret::new(face::TOKEN)),
            password: dice.one_in(2).then(|| Secret::new(face::PASSWORD)),
            ..Profile::new(dialect, &format!("{}://127.0.0.1:7", dialect.scheme()), &nick, "script/1")
        };
        let mut desk = Self {
            client: Client::new(profile, [dice.byte(); 32], now),
            dialect,
            now,
            link: Link::Down,
            awake: false,
            finished: false,
            revision: 0,
            codec: ServerCodec::new(dialect),
            tags: Vec::new(),
            written: Vec::new(),
        };
        desk.outputs();
        assert_eq!(desk.link, Link::Dialling, "a client dials at once");
        desk
    }

    /// One thing happens.
    fn step(&mut self, dice: &mut Dice<'_>) {
        match dice.below(32) {
            0..=5 => self.time_passes(dice),
            6..=13 => self.person(dice),
            14..=16 => self.write(dice),
            17 if self.link != Link::Down => self.lose(),
            _ => match self.link {
                Link::Down => self.time_passes(dice),
                Link::Dialling => self.connect(),
                Link::Up => self.server_says(dice),
            },
        }
    }

    fn connect(&mut self) {
        self.link = Link::Up;
        self.codec = ServerCodec::new(self.dialect);
        self.input(Input::Connected);
    }

    fn lose(&mut self) {
        self.link = Link::Down;
        self.awake = false;
        self.input(Input::Lost(Loss::Closed));
    }

    /// Says a thing, whole or in two reads.
    fn server_says(&mut self, dice: &mut Dice<'_>) {
        let bytes = match self.dialect {
            Dialect::Native => words::native(dice, &self.tags),
            Dialect::Nic | Dialect::Prompt => words::tutorial(dice, self.dialect, &self.written),
        };
        let cut = if dice.one_in(3) { dice.below(bytes.len() + 1) } else { bytes.len() };
        for read in [&bytes[..cut], &bytes[cut..]] {
            if self.link == Link::Up && !read.is_empty() {
                self.input(Input::Received(read));
            }
        }
    }

    fn person(&mut self, dice: &mut Dice<'_>) {
        let intent = match dice.below(24) {
            0..=5 => Intent::Submit(draw::text(dice)),
            6..=11 => Intent::Submit(words::typed(dice)),
            12 => Intent::Say(draw::text(dice)),
            13 => Intent::Draft(draw::text(dice)),
            14 => Intent::Show(RoomKey(dice.below(6) as u32)),
            15 => Intent::Cycle(*dice.pick(&[1, -1, 0, i32::MAX, i32::MIN])),
            16 => Intent::Look { focused: dice.one_in(2), at_bottom: dice.one_in(2) },
            17 => Intent::Older,
            18 => Intent::Nick(words::name(dice)),
            19 => Intent::Password(Secret::new(face::PASSWORD)),
            20 => Intent::RetryNow,
            21 | 22 => Intent::Resend(EntryKey(dice.below(40) as u64)),
            _ if dice.one_in(4) => Intent::Quit,
            _ => Intent::Submit("/quit".into()),
        };
        self.input(Input::Intent(intent));
    }

    /// Takes what the client has to say, or a part of it.
    fn write(&mut self, dice: &mut Dice<'_>) {
        let waiting = self.client.transmit().len();
        let taken = if dice.one_in(3) { dice.below(waiting + 1) } else { waiting };
        self.take(taken);
    }

    fn take(&mut self, taken: usize) {
        let bytes = self.client.transmit()[..taken].to_vec();
        self.client.transmitted(taken);
        self.awake = !self.client.transmit().is_empty();
        let mut rest = &bytes[..];
        while let Some(decoded) = self.codec.decode(&mut rest) {
            match decoded {
                Decoded::Frame(request) => self.learn(request),
                other => assert!(self.dialect != Dialect::Native, "a client of ours writes frames: {other:?}"),
            }
        }
        if !bytes.is_empty() {
            self.written = bytes;
        }
        self.check();
    }

    fn learn(&mut self, request: Request) {
        let Request { command, reference } = request;
        if let Command::Hello(_) = command {
            self.codec.welcomed();
        }
        let nonce = match command {
            Command::Say { nonce, .. } => nonce,
            _ => None,
        };
        self.tags.extend(nonce.into_iter().chain(reference));
        let old = self.tags.len().saturating_sub(8);
        self.tags.drain(..old);
    }

    /// Time goes on: to the next deadline and past it, a little, or by a day.
    fn time_passes(&mut self, dice: &mut Dice<'_>) {
        let next = self.client.poll_timeout().map_or(0, |next| next.at.saturating_since(self.now.instant).as_micros());
        let next = u64::try_from(next).unwrap_or(0).min(100_000_000_000);
        let micros = match dice.below(8) {
            0 => dice.below(1_000) as u64,
            1 => dice.below(60_000) as u64 * 1_000,
            2 => next + dice.below(60_000) as u64 * 1_000,
            3 => next.saturating_sub(1),
            4 if dice.one_in(8) => 86_400_000_000,
            _ => next,
        };
        let jump = if dice.one_in(16) { -5_000_000 } else { 0 };
        self.passes(Duration::from_micros(micros), jump);
    }

    fn passes(&mut self, time: Duration, jump: i64) {
        let instant = self.now.instant + time;
        self.now = Now::new(instant, Timestamp(self.now.timestamp.0 + time.as_millis() as i64 + jump));
        for _ in 0..CALLS_MAX {
            let due = self.client.poll_timeout().filter(|next| next.at <= instant);
            self.client.handle_timeout(self.now);
            self.outputs();
            self.check();
            if self.finished || due.is_none() {
                return;
            }
        }
        let left = self.client.poll_timeout().filter(|next| next.at <= instant);
        assert!(left.is_none(), "a handled deadline moves: {left:?} at {instant:?}");
    }

    fn input(&mut self, input: Input<'_>) {
        if self.finished {
            return;
        }
        self.client.handle_input(self.now, input);
        self.outputs();
        self.check();
    }

    fn outputs(&mut self) {
        let (mut count, mut changed, mut remembered, mut kept) = (0, 0, 0, 0);
        while let Some(output) = self.client.poll_output() {
            count += 1;
            assert!(count <= OUTPUTS_MAX, "outputs of one input are bounded");
            assert!(!self.finished, "nothing comes after the last: {output:?}");
            match output {
                Output::Connect => {
                    assert_eq!(self.link, Link::Down, "one connection at a time");
                    self.link = Link::Dialling;
                }
                Output::Wake => {
                    assert_eq!(self.link, Link::Up, "only a connection is woken");
                    assert!(!self.awake, "one wake per edge");
                    self.awake = true;
                }
                Output::Disconnect(Closing::Finish | Closing::Reset) => {
                    assert!(self.link != Link::Down, "what is not there is not closed");
                    self.link = Link::Down;
                    self.awake = false;
                }
                Output::Changed => changed += 1,
                Output::Remember(token) => {
                    remembered += 1;
                    assert!(!token.reveal().is_empty() || self.dialect == Dialect::Native);
                }
                Output::Notify(call) => {
                    for words in [call.title, call.from, call.text] {
                        assert!(!words.contains(char::is_control), "{words:?} is one harmless line");
                    }
                }
                Output::Keep(keepsake) => {
                    kept += 1;
                    let bytes: usize = keepsake.drafts.iter().map(|(_, draft)| draft.len()).sum();
                    assert!(bytes <= Keepsake::BYTES_MAX, "what is kept is bounded");
                }
                Output::Finished => self.finished = true,
            }
        }
        assert!(kept <= 1, "what is kept is told once for each input");
        assert!(changed <= 1 && remembered <= 8, "a change is told once for each input");
        let revision = self.client.state().revision;
        assert_eq!(revision > self.revision, changed == 1, "a change is told and counted");
        self.revision = revision;
    }

    /// What holds between any two inputs.
    fn check(&self) {
        let waiting = self.client.transmit().len();
        assert_eq!(self.awake, waiting > 0, "woken exactly while something waits");
        match self.dialect {
            Dialect::Native => assert!(waiting <= 1024 * 1024, "{waiting} bytes wait"),
            Dialect::Nic | Dialect::Prompt => assert!(waiting <= 2 * CHUNK_BYTES_MAX, "{waiting} bytes wait"),
        }
        assert!(!self.finished || self.client.poll_timeout().is_none(), "who has finished waits for nothing");
        face::claim_harmless(self.client.state());
    }

    /// The person says goodbye to a server that takes everything and says nothing any more: it ends soon.
    fn goodbye(&mut self) {
        self.input(Input::Intent(Intent::Quit));
        for _ in 0..2_000 {
            if self.finished {
                break;
            }
            match self.link {
                Link::Dialling => self.lose(),
                Link::Up => self.take(self.client.transmit().len()),
                Link::Down => {}
            }
            let next = self.client.poll_timeout().filter(|_| !self.finished);
            if let Some(next) = next {
                self.passes(next.at.saturating_since(self.now.instant), 0);
            }
        }
        assert!(self.finished, "a goodbye comes to its end");
        assert_eq!(self.link, Link::Down, "no connection outlives its client");
        face::claim_no_secrets(&self.client);
    }
}

/// The bytes of an event.
fn bytes(flavour: Flavour, event: &Event) -> Vec<u8> {
    let mut bytes = Vec::new();
    encode_event(flavour, event, &mut bytes);
    bytes
}
