//! Dialects: bytes ↔ vocabulary, for both ends.
//!
//! Parsing has two stages: a framer finds the frame within a bound (an oversize one is skipped, never buffered),
//! then the dialect finds its meaning. Bytes are hostile here: no indexing, no `unwrap`, no unchecked arithmetic.
#![deny(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unreachable,
    clippy::unwrap_used
)]

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;

use crate::limits::CHUNK_BYTES_MAX;
use crate::name::Nick;
use crate::vocabulary::{Code, Event, Reason, Request, RoomInfo, Tag};

mod framer;
mod native;
mod nic;
mod prompt;
mod reader;
mod row;
mod rows;
mod said;
mod sniff;

pub(crate) use sniff::METHODS;

/// Most bytes of the nickname in a hello, before any dialect's rules are applied to it.
pub const HELLO_NICK_BYTES_MAX: usize = 256;

/// What the bytes of a connection mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dialect {
    /// JSON lines, `native-protocol`.
    Native,
    /// The "Messenger" tutorial, `tutorial-protocols`.
    Nic,
    /// The "ChatRoom" tutorial, `tutorial-protocols`.
    Prompt,
}

impl Dialect {
    /// Every dialect.
    pub const ALL: [Dialect; 3] = [Dialect::Native, Dialect::Nic, Dialect::Prompt];

    /// The scheme of its URLs.
    pub const fn scheme(self) -> &'static str {
        match self {
            Dialect::Native => "parlor",
            Dialect::Nic => "nic",
            Dialect::Prompt => "prompt",
        }
    }

    /// The port it is usually found at.
    pub const fn default_port(self) -> u16 {
        match self {
            Dialect::Native => 7667,
            Dialect::Nic => 9090,
            Dialect::Prompt => 53000,
        }
    }

    /// The dialect of a URL's scheme.
    pub fn from_scheme(scheme: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|dialect| dialect.scheme() == scheme)
    }
}

/// Which bytes an event becomes. A `prompt` connection settles between its two during the handshake.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Flavour {
    /// One JSON object per line.
    Native,
    /// Rows that end in `\n`, at most 1024 bytes a write, whole rows may share one.
    Nic,
    /// Rows without an end: one row, one write.
    PromptChunks,
    /// Rows that end in `\n`, for netcat and telnet.
    PromptLines,
}

impl Flavour {
    /// Every flavour, by its [`Flavour::index`].
    pub const ALL: [Flavour; 4] = [Flavour::Native, Flavour::Nic, Flavour::PromptChunks, Flavour::PromptLines];

    /// How many there are.
    pub const COUNT: usize = Self::ALL.len();

    /// A dense number, for tables.
    pub const fn index(self) -> usize {
        self as usize
    }

    /// Whether writes are spaced out because the peer's reads have no framing (`tutorial-protocols`, Pace).
    pub const fn is_chunked(self) -> bool {
        matches!(self, Flavour::Nic | Flavour::PromptChunks)
    }
}

/// A frame that means nothing: answered, never fatal by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// The stable word of the answer.
    pub code: Code,
    /// One plain sentence.
    pub text: Box<str>,
    /// The `ref` of the request, where it could be read.
    pub reference: Option<Tag>,
}

impl Malformed {
    /// A fault with its sentence.
    pub fn new(code: Code, text: impl fmt::Display, reference: Option<Tag>) -> Self {
        Self { code, text: alloc::format!("{text}").into_boxed_str(), reference }
    }

    /// Whether it is counted against the peer: what no honest client sends.
    pub fn is_fault(&self) -> bool {
        matches!(self.code, Code::BadUtf8 | Code::BadFrame | Code::FrameTooLong)
    }
}

/// What a decoder made of the bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decoded<T> {
    /// It is understood.
    Frame(T),
    /// It is not; the connection goes on.
    Malformed(Malformed),
    /// The peer speaks another protocol altogether ([`Reason::Http`], [`Reason::Tls`], [`Reason::OtherPort`]);
    /// say so and close.
    Foreign(Reason),
}

/// One connection's decoder at the server's end: bytes → [`Request`].
#[derive(Debug)]
pub struct ServerCodec(Server);

/// The rare dialects are boxed, so that the many native connections pay nothing for them.
#[derive(Debug)]
enum Server {
    Native(native::Server),
    Nic(Box<nic::Server>),
    Prompt(Box<prompt::Server>),
    /// It spoke another protocol: whatever else it says is dropped.
    Foreign(Flavour),
}

impl ServerCodec {
    /// A decoder for a fresh connection.
    pub fn new(dialect: Dialect) -> Self {
        Self(match dialect {
            Dialect::Native => Server::Native(native::Server::new()),
            Dialect::Nic => Server::Nic(Box::new(nic::Server::new())),
            Dialect::Prompt => Server::Prompt(Box::new(prompt::Server::new())),
        })
    }

    /// Which bytes this connection is sent. May change until the first frame is decoded (`prompt`: line mode).
    pub fn flavour(&self) -> Flavour {
        match &self.0 {
            Server::Native(_) => Flavour::Native,
            Server::Nic(_) => Flavour::Nic,
            Server::Prompt(server) => server.flavour(),
            Server::Foreign(flavour) => *flavour,
        }
    }

    /// The client is in: what comes from now on is said and not a name. Only `prompt` needs to be told, since there a
    /// name may be asked for again; until this is called every chunk or line of it is a [`Command::Hello`].
    ///
    /// [`Command::Hello`]: crate::vocabulary::Command::Hello
    pub fn welcomed(&mut self) {
        match &mut self.0 {
            Server::Prompt(server) => server.welcomed(),
            Server::Native(_) | Server::Nic(_) | Server::Foreign(_) => {}
        }
    }

    /// Takes the next frame from the front of `bytes`; `None` once `bytes` is empty (an unfinished frame is kept).
    ///
    /// In the tutorial dialects what one read gave is one unit: hand in a read whole. Where decoding is put off in
    /// the middle of one, hand in the rest later as it is; glued to another read it is one unit with it.
    /// Tutorial dialects know no rooms: what they say is addressed to [`RoomName::lobby`], which stands for the hub's
    /// default room. A number above its range (`limit`, `version`) is the largest: who serves it sets the bound.
    ///
    /// [`RoomName::lobby`]: crate::name::RoomName::lobby
    pub fn decode(&mut self, bytes: &mut &[u8]) -> Option<Decoded<Request>> {
        let decoded = match &mut self.0 {
            Server::Native(server) => server.decode(bytes),
            Server::Nic(server) => server.decode(bytes),
            Server::Prompt(server) => server.decode(bytes),
            Server::Foreign(_) => {
                *bytes = &[];
                None
            }
        };
        if let Some(Decoded::Foreign(_)) = decoded {
            self.0 = Server::Foreign(self.flavour());
            *bytes = &[];
        }
        decoded
    }

    /// Whether something unfinished is held that [`ServerCodec::flush`] completes after `nic_completion`: a `nic` message
    /// without its newline, or a chunk cut inside a character. Never so in `native` and line mode.
    pub fn is_partial(&self) -> bool {
        match &self.0 {
            Server::Nic(server) => server.is_partial(),
            Server::Prompt(server) => server.is_partial(),
            Server::Native(_) | Server::Foreign(_) => false,
        }
    }

    /// How many bytes of an unfinished frame are held. Bounded in every dialect, whatever the peer sends and however it
    /// is cut: by the frame's own bound, and in `nic` by that and the client's name.
    pub fn held(&self) -> usize {
        match &self.0 {
            Server::Native(server) => server.held(),
            Server::Nic(server) => server.held(),
            Server::Prompt(server) => server.held(),
            Server::Foreign(_) => 0,
        }
    }

    /// Completes what is held: after `nic_completion` without more bytes, and at end of file. Call until `None`.
    pub fn flush(&mut self) -> Option<Decoded<Request>> {
        match &mut self.0 {
            Server::Native(server) => {
                server.flush();
                None
            }
            Server::Nic(server) => server.flush(),
            Server::Prompt(server) => server.flush(),
            Server::Foreign(_) => None,
        }
    }
}

/// The bytes of an event at the server's end, appended to `out`; nothing where the dialect has no words for it.
///
/// For [`Flavour::PromptChunks`] one call writes at most one row; for [`Flavour::Nic`] whole rows. A native frame never
/// exceeds [`crate::limits::SERVER_FRAME_BYTES_MAX`]: lists that would are cut short and say `has_more`.
pub fn encode_event(flavour: Flavour, event: &Event, out: &mut Vec<u8>) {
    match flavour {
        Flavour::Native => native::encode_event(event, out),
        Flavour::Nic | Flavour::PromptChunks | Flavour::PromptLines => rows::encode(flavour, event, out),
    }
}

/// The bytes of a native `room` frame, whose members were encoded before, each by [`encode_listed`].
pub(crate) fn encode_room(info: &RoomInfo, listed: &[u8], out: &mut Vec<u8>) {
    native::encode_room(info, listed, out);
}

/// A name as the list of a native `room` frame holds it.
pub(crate) fn encode_listed(nick: &Nick, out: &mut Vec<u8>) {
    native::encode_listed(nick, out);
}

/// Where one write to a chunk-mode client ends: at the end of `row`, or at the last character that ends within
/// [`CHUNK_BYTES_MAX`]. Rows for [`Flavour::PromptChunks`] are made to be cut exactly here, each further piece being
/// indented, so that none can pass for a row of its own.
pub fn chunk_end(row: &[u8]) -> usize {
    let Some(head) = row.get(..=CHUNK_BYTES_MAX) else { return row.len() };
    // The last byte that begins a character, among those that may be first in the next write.
    let begins = |byte: &u8| byte & 0b1100_0000 != 0b1000_0000;
    head.iter().rposition(begins).filter(|end| *end > 0).unwrap_or(CHUNK_BYTES_MAX)
}

/// One connection's codec at the client's end.
#[derive(Debug)]
pub struct ClientCodec(Client);

#[derive(Debug)]
enum Client {
    Native(native::Client),
    Tutorial(Box<reader::Client>),
}

impl ClientCodec {
    /// A codec for a fresh connection.
    pub fn new(dialect: Dialect) -> Self {
        Self(match dialect {
            Dialect::Native => Client::Native(native::Client::default()),
            Dialect::Nic => Client::Tutorial(Box::new(reader::Client::new(reader::Kind::Nic))),
            Dialect::Prompt => Client::Tutorial(Box::new(reader::Client::new(reader::Kind::Prompt))),
        })
    }

    /// Takes the next event from the front of `bytes`; `None` once `bytes` is empty (an unfinished frame is kept).
    ///
    /// In the tutorial dialects what one read gave is one unit, as for [`ServerCodec::decode`].
    pub fn decode(&mut self, bytes: &mut &[u8]) -> Option<Decoded<Event>> {
        match &mut self.0 {
            Client::Native(client) => client.decode(bytes),
            Client::Tutorial(client) => client.decode(bytes),
        }
    }

    /// Whether a row is held whose end has not come; complete it by [`ClientCodec::flush`] after half a second without
    /// more bytes, and at end of file. Never so in `native`.
    pub fn is_partial(&self) -> bool {
        match &self.0 {
            Client::Native(_) => false,
            Client::Tutorial(client) => client.is_partial(),
        }
    }

    /// How many bytes of an unfinished frame or row are held: at most
    /// [`SERVER_FRAME_BYTES_MAX`](crate::limits::SERVER_FRAME_BYTES_MAX) and half a character.
    pub fn held(&self) -> usize {
        match &self.0 {
            Client::Native(client) => client.held(),
            Client::Tutorial(client) => client.held(),
        }
    }

    /// Completes what is held. Call until `None`.
    pub fn flush(&mut self) -> Option<Decoded<Event>> {
        match &mut self.0 {
            Client::Native(_) => None,
            Client::Tutorial(client) => client.flush(),
        }
    }

    /// The bytes of a request, appended to `out`; nothing where the dialect has no words for it.
    pub fn encode(&mut self, request: &Request, out: &mut Vec<u8>) {
        match &mut self.0 {
            Client::Native(_) => native::encode_request(request, out),
            Client::Tutorial(client) => client.encode(request, out),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_idle_decoder_is_small() {
        assert!(size_of::<ServerCodec>() <= 48, "{}", size_of::<ServerCodec>());
    }
}
