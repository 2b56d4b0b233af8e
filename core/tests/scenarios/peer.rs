//! Somebody at the other end of a connection: what their program is, what reached it, and what it would die of.

use std::collections::VecDeque;

use parlor_core::hub::Closing;
use parlor_core::id::{ConnId, LogId, MessageId};
use parlor_core::limits::CHUNK_BYTES_MAX;
use parlor_core::name::RoomName;
use parlor_core::secret::Secret;
use parlor_core::time::Instant;
use parlor_core::vocabulary::{Command, Event, Hello, Place, Reason, Request, Resume, Tag};
use parlor_core::wire::{ClientCodec, Decoded, Dialect};

use crate::render::render;

/// The program somebody uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Program {
    /// A Parlor client.
    Native,
    /// The "Messenger" tutorial's client: asks its user for the nickname, prefixes each message with it.
    Nic,
    /// The "ChatRoom" tutorial's client: a list box, one row a chunk.
    Prompt,
    /// Netcat on the ChatRoom port: lines.
    Netcat,
}

impl Program {
    pub(crate) fn parse(word: &str) -> Result<Self, String> {
        match word {
            "native" => Ok(Program::Native),
            "nic" => Ok(Program::Nic),
            "prompt" => Ok(Program::Prompt),
            "netcat" => Ok(Program::Netcat),
            _ => Err(format!("no program is called {word}")),
        }
    }

    pub(crate) fn dialect(self) -> Dialect {
        match self {
            Program::Native => Dialect::Native,
            Program::Nic => Dialect::Nic,
            Program::Prompt | Program::Netcat => Dialect::Prompt,
        }
    }

    /// The least time between two writes to it, where its reads have no framing.
    fn write_interval_ms(self) -> Option<u64> {
        match self {
            Program::Nic => Some(50),
            Program::Prompt => Some(20),
            Program::Native | Program::Netcat => None,
        }
    }
}

/// Somebody, with everything that ever reached them.
pub(crate) struct Peer {
    pub(crate) program: Program,
    pub(crate) conn: Option<ConnId>,
    /// The name they give, as they type it.
    pub(crate) claimed: String,
    /// What they heard, one row or event each.
    pub(crate) heard: Vec<String>,
    /// How much of it the story has told.
    pub(crate) told: usize,
    /// The writes that reached them since they last forgot.
    pub(crate) writes: Vec<Vec<u8>>,
    /// How many of those the story has told.
    pub(crate) writes_told: usize,
    pub(crate) closed: Option<(Reason, Closing)>,
    /// They take nothing from their socket.
    pub(crate) stalled: bool,
    /// The hub does not read from them now.
    pub(crate) paused: bool,
    /// They do not answer pings.
    pub(crate) deaf: bool,
    /// What they sent while they were not read, a read each.
    pub(crate) backlog: VecDeque<Vec<u8>>,
    pub(crate) token: Option<Secret>,
    pub(crate) seen: Vec<(Place, LogId, MessageId)>,
    codec: ClientCodec,
    /// The unfinished row of a text area.
    row: String,
    last_write: Option<Instant>,
    named: bool,
    /// Written to a Messenger client after `NIC` and before it gave its name.
    early: Option<String>,
    /// Requests the program makes by itself.
    pub(crate) replies: Vec<Request>,
}

impl Peer {
    pub(crate) fn new(program: Program, claimed: &str) -> Self {
        Self {
            program,
            conn: None,
            claimed: claimed.to_owned(),
            heard: Vec::new(),
            told: 0,
            writes: Vec::new(),
            writes_told: 0,
            closed: None,
            stalled: false,
            paused: false,
            deaf: false,
            backlog: VecDeque::new(),
            token: None,
            seen: Vec::new(),
            codec: ClientCodec::new(program.dialect()),
            row: String::new(),
            last_write: None,
            named: false,
            early: None,
            replies: Vec::new(),
        }
    }

    /// A fresh connection of the same person and program.
    pub(crate) fn reconnected(&mut self, conn: ConnId) {
        self.conn = Some(conn);
        self.closed = None;
        self.stalled = false;
        self.paused = false;
        self.backlog.clear();
        self.codec = ClientCodec::new(self.program.dialect());
        self.row.clear();
        self.last_write = None;
        self.named = false;
    }

    /// What its program sends to give its name.
    pub(crate) fn introduction(&self) -> Vec<u8> {
        match self.program {
            Program::Native => {
                let mut hello = Hello::new(&self.claimed);
                hello.token.clone_from(&self.token);
                hello.resume = self
                    .seen
                    .iter()
                    .map(|(place, log, id)| Resume { place: place.clone(), log: *log, id: *id })
                    .collect();
                if !self.seen.is_empty() {
                    hello.rooms = Some(self.seen.iter().filter_map(|(place, _, _)| room_of(place)).collect());
                }
                frame(Command::Hello(Box::new(hello)))
            }
            Program::Nic | Program::Prompt => self.claimed.clone().into_bytes(),
            Program::Netcat => format!("{}\n", self.claimed).into_bytes(),
        }
    }

    /// What its program sends when its user says something to everybody.
    pub(crate) fn saying(&self, text: &str) -> Result<Vec<u8>, String> {
        Ok(match self.program {
            Program::Native => return say(Place::Room(RoomName::lobby()), text, None, false),
            Program::Nic => format!("{}: {text}\n", self.claimed).into_bytes(),
            Program::Prompt => text.as_bytes().to_vec(),
            Program::Netcat => format!("{text}\n").into_bytes(),
        })
    }

    /// What its program sends when its user leaves in good order.
    pub(crate) fn goodbye(&self) -> Result<Vec<u8>, String> {
        match self.program {
            Program::Native => Ok(frame(Command::Quit { reason: parlor_core::text::Note::default() })),
            Program::Nic => Err(String::from("a Messenger client has no farewell; it vanishes")),
            Program::Prompt => Ok(b"{quit}".to_vec()),
            Program::Netcat => Ok(b"{quit}\n".to_vec()),
        }
    }

    /// Its program has sent something.
    pub(crate) fn has_sent(&mut self) -> Result<(), String> {
        self.named = true;
        match self.early.take() {
            Some(early) => Err(format!("it was written {early:?} between NIC and its answer")),
            None => Ok(()),
        }
    }

    /// One write of the server reached its socket, and its program reads it.
    pub(crate) fn receive(&mut self, now: Instant, bytes: &[u8]) -> Result<(), String> {
        if let Some(interval) = self.program.write_interval_ms() {
            self.bear(now, bytes, interval)?;
        }
        self.writes.push(bytes.to_vec());
        match self.program {
            Program::Native => return self.receive_frames(bytes),
            Program::Nic => self.receive_text(std::str::from_utf8(bytes).map_err(|e| e.to_string())?)?,
            Program::Prompt => self.heard.push(String::from_utf8(bytes.to_vec()).map_err(|e| e.to_string())?),
            Program::Netcat => {
                let text = String::from_utf8(bytes.to_vec()).map_err(|e| e.to_string())?;
                self.heard.extend(text.lines().map(str::to_owned));
            }
        }
        Ok(())
    }

    /// What a reader without framing would die of.
    fn bear(&mut self, now: Instant, bytes: &[u8], interval_ms: u64) -> Result<(), String> {
        if bytes.is_empty() {
            return Err(String::from("an empty write"));
        }
        if bytes.len() > CHUNK_BYTES_MAX {
            return Err(format!("a write of {} bytes: recv(1024) cuts it", bytes.len()));
        }
        if std::str::from_utf8(bytes).is_err() {
            return Err(String::from("a write that is not UTF-8 by itself"));
        }
        if let Some(last) = self.last_write.replace(now) {
            let gap = now.saturating_since(last).as_millis();
            if gap < u128::from(interval_ms) {
                return Err(format!("a write {gap} ms after the last one: the client reads both as one"));
            }
        }
        Ok(())
    }

    fn receive_text(&mut self, text: &str) -> Result<(), String> {
        if text == "NIC" {
            if self.heard.iter().any(|row| row == "NIC") {
                return Err(String::from("NIC a second time: an endless loop"));
            }
            self.heard.push(String::from("NIC"));
            return Ok(());
        }
        if !self.named {
            self.early = Some(text.to_owned());
        }
        self.row.push_str(text);
        while let Some((row, rest)) = self.row.split_once('\n') {
            self.heard.push(row.to_owned());
            self.row = rest.to_owned();
        }
        Ok(())
    }

    fn receive_frames(&mut self, mut bytes: &[u8]) -> Result<(), String> {
        while let Some(decoded) = self.codec.decode(&mut bytes) {
            let event = match decoded {
                Decoded::Frame(event) => event,
                Decoded::Malformed(malformed) => return Err(format!("a malformed frame: {}", malformed.text)),
                Decoded::Foreign(reason) => return Err(format!("not this protocol: {reason}")),
            };
            self.note(&event);
            self.heard.extend(render(&event));
        }
        Ok(())
    }

    /// What a client remembers, and what it answers by itself.
    fn note(&mut self, event: &Event) {
        if let Event::Welcome(welcome) = event {
            self.token.clone_from(&welcome.token);
            self.claimed = welcome.nick.to_string();
        }
        if let Event::Ping { token } = event
            && !self.deaf
        {
            self.replies.push(Command::Pong { token: token.clone() }.into());
        }
        if let Event::Room(room) = event {
            self.seen.retain(|(place, _, _)| *place != room.place);
            self.seen.push((room.place.clone(), room.log, room.last_id));
        }
        if let Event::Message(message) = event
            && let Some(entry) = self.seen.iter_mut().find(|(place, _, _)| *place == message.place)
        {
            entry.2 = message.id;
        }
    }

    /// The connection is closed from the server's side.
    pub(crate) fn close(&mut self, now: Instant, reason: Reason, how: Closing) -> Result<(), String> {
        if self.closed.replace((reason, how)).is_some() {
            return Err(String::from("closed twice"));
        }
        self.conn = None;
        let right = match (self.program, reason) {
            (_, Reason::Lost | Reason::Http | Reason::Tls) => return Ok(()),
            (Program::Native | Program::Netcat, _) | (Program::Prompt, Reason::Quit) => Closing::Finish,
            (Program::Nic | Program::Prompt, _) => Closing::Reset,
        };
        if how != right {
            return Err(format!("closed by {how:?} because {reason}: its program needs {right:?}"));
        }
        if how == Closing::Reset
            && let Some(last) = self.last_write
            && now.saturating_since(last).as_millis() < 250
        {
            return Err(String::from("reset less than 250 ms after the last sentence"));
        }
        Ok(())
    }
}

fn room_of(place: &Place) -> Option<RoomName> {
    match place {
        Place::Room(room) => Some(room.clone()),
        Place::Direct(_) => None,
    }
}

/// The bytes of a native command.
pub(crate) fn frame(command: impl Into<Request>) -> Vec<u8> {
    let mut bytes = Vec::new();
    ClientCodec::new(Dialect::Native).encode(&command.into(), &mut bytes);
    bytes
}

/// The bytes of a native `say`.
pub(crate) fn say(place: Place, text: &str, nonce: Option<&str>, action: bool) -> Result<Vec<u8>, String> {
    let text = parlor_core::text::Body::parse(text).map_err(|e| e.to_string())?;
    let nonce = nonce.and_then(Tag::parse);
    Ok(frame(Command::Say { place, text, nonce, action, reply_to: None }))
}
