//! The client machine against a server played by hand.

use alloc::boxed::Box;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::time::Duration;

use super::*;
use crate::hub::Closing;
use crate::id::{LogId, MessageId};
use crate::name::{Nick, RoomName};
use crate::secret::Secret;
use crate::text::{Body, Note};
use crate::time::Timestamp;
use crate::vocabulary::{Command, Event, Features, Message, Request, RoomInfo, Welcome, WelcomeLimits};
use crate::wire::{Decoded, Flavour, ServerCodec, encode_event};

mod attention;
mod away;
mod bounds;
mod fold;
mod found;
mod ignore;
mod keep;
mod link;
mod messages;
mod reply;
mod revise;
mod rooms;
mod search;
mod slash;
mod spans;
mod tutorial;
mod words;

/// A client and the server's end of its connection.
struct Desk {
    client: Client,
    codec: ServerCodec,
    now: Now,
    outputs: Vec<Output>,
}

fn profile(dialect: Dialect) -> Profile {
    Profile::new(dialect, &alloc::format!("{}://127.0.0.1:7", dialect.scheme()), "ada", "test/1")
}

fn at(millis: u64) -> Now {
    Now::new(Instant::from_micros(millis * 1_000), Timestamp(i64::try_from(millis).unwrap()))
}

impl Desk {
    fn new(profile: Profile) -> Self {
        let codec = ServerCodec::new(profile.dialect);
        let mut desk = Self { client: Client::new(profile, [7; 32], at(0)), codec, now: at(0), outputs: Vec::new() };
        desk.drain();
        desk
    }

    /// Connected, welcomed, in the lobby with bob.
    fn online() -> Self {
        let mut desk = Self::new(profile(Dialect::Native));
        desk.input(Input::Connected);
        desk.sent();
        desk.tell(welcome("ada"));
        desk.tell(room("lobby", 1, 0));
        desk.sent();
        desk.outputs.clear();
        desk
    }

    fn drain(&mut self) {
        while let Some(output) = self.client.poll_output() {
            self.outputs.push(output);
        }
        assert_eq!(self.client.poll_output(), None);
    }

    fn input(&mut self, input: Input<'_>) {
        self.client.handle_input(self.now, input);
        self.drain();
    }

    fn intent(&mut self, intent: Intent) {
        self.input(Input::Intent(intent));
    }

    fn submit(&mut self, text: &str) {
        self.intent(Intent::Submit(text.into()));
    }

    fn tell(&mut self, event: Event) {
        let bytes = bytes(&event);
        self.input(Input::Received(&bytes));
    }

    /// What the client sent since last asked.
    fn sent(&mut self) -> Vec<Request> {
        let mut requests = Vec::new();
        loop {
            let bytes = self.client.transmit().to_vec();
            if bytes.is_empty() {
                return requests;
            }
            self.client.transmitted(bytes.len());
            let mut rest = bytes.as_slice();
            while let Some(decoded) = self.codec.decode(&mut rest) {
                match decoded {
                    Decoded::Frame(request) => requests.push(request),
                    other => panic!("{other:?}"),
                }
            }
        }
    }

    fn commands(&mut self) -> Vec<Command> {
        self.sent().into_iter().map(|request| request.command).collect()
    }

    /// Lets time pass, every deadline on time.
    fn sleep(&mut self, millis: u64) {
        let end = self.now.instant + Duration::from_millis(millis);
        while let Some(deadline) = self.client.poll_timeout().filter(|deadline| deadline.at <= end) {
            let micros = deadline.at.max(self.now.instant).as_micros();
            self.now = Now::new(Instant::from_micros(micros), Timestamp(i64::try_from(micros / 1_000).unwrap()));
            self.client.handle_timeout(self.now);
            self.drain();
            assert!(self.client.poll_timeout().is_none_or(|next| next != deadline), "a handled deadline moves");
        }
        self.now = at(end.as_micros() / 1_000);
    }

    fn took(&mut self, wanted: &Output) -> bool {
        let found = self.outputs.iter().any(|output| output == wanted);
        self.outputs.clear();
        found
    }

    fn state(&self) -> &State {
        self.client.state()
    }

    fn lines(&self) -> Vec<String> {
        self.state().shown_room().map(|room| room.timeline.iter().map(Entry::line).collect()).unwrap_or_default()
    }
}

fn bytes(event: &Event) -> Vec<u8> {
    let mut bytes = Vec::new();
    encode_event(Flavour::Native, event, &mut bytes);
    bytes
}

fn nick(text: &str) -> Nick {
    Nick::parse(text).unwrap()
}

/// A page of the lobby's log.
fn page(messages: Vec<Message>, has_more: bool, reference: Option<Tag>) -> Event {
    Event::Page { place: Some(place("lobby")), messages, has_more, cursor: None, reference }
}

fn place(text: &str) -> Place {
    Place::parse(text).unwrap()
}

fn welcome(nick: &str) -> Event {
    let limits = WelcomeLimits {
        nick_bytes: 64,
        room_bytes: 64,
        text_bytes: 8192,
        topic_bytes: 512,
        frame_bytes: 65536,
        page: 200,
        rooms: 64,
    };
    Event::Welcome(Box::new(Welcome {
        server: "parlor/0.1.0".into(),
        nick: super::tests::nick(nick),
        instead_of: None,
        token: Some(Secret::new("00112233445566778899aabbccddeeff")),
        resumed: false,
        limits,
        features: Features { away: true },
    }))
}

fn room(name: &str, log: u64, last: u64) -> Event {
    Event::Room(Box::new(RoomInfo {
        place: place(name),
        log: LogId(log),
        first_id: MessageId(1),
        last_id: MessageId(last),
        read_id: None,
        topic: Note::default(),
        count: 2,
        members: alloc::vec![nick("ada"), nick("bob")],
        away: Vec::new(),
        operator: false,
    }))
}

fn said(name: &str, id: u64, from: &str, text: &str) -> Message {
    Message {
        place: place(name),
        id: MessageId(id),
        from: nick(from),
        at: Timestamp(1_000 + i64::try_from(id).unwrap()),
        text: Body::parse(text).unwrap(),
        action: false,
        reply_to: None,
        edited: None,
    }
}

fn message(name: &str, id: u64, from: &str, text: &str) -> Event {
    Event::Message(Box::new(said(name, id, from, text)))
}

fn edited(name: &str, id: u64, target: u64, by: &str, text: &str) -> Event {
    let (id, target) = (MessageId(id), MessageId(target));
    Event::Edited { place: place(name), id, target, text: Body::parse(text).unwrap(), by: nick(by), at: Timestamp(0) }
}

fn deleted(name: &str, id: u64, target: u64, by: &str) -> Event {
    let (id, target) = (MessageId(id), MessageId(target));
    Event::Deleted { place: place(name), id, target, by: nick(by), at: Timestamp(0) }
}

fn nonce_of(request: &Request) -> Tag {
    match &request.command {
        Command::Say { nonce: Some(nonce), .. } => nonce.clone(),
        other => panic!("{other:?} is no message"),
    }
}

fn text_of(command: &Command) -> String {
    match command {
        Command::Say { text, .. } => text.to_string(),
        other => panic!("{other:?} is no message"),
    }
}
