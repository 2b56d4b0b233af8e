//! What holds of every decoder, whatever it is fed.

use memchr::memmem;
use parlor_core::limits::{CLIENT_FRAME_BYTES_MAX, SERVER_FRAME_BYTES_MAX};
use parlor_core::text::{Body, TEXT_BYTES_MAX};
use parlor_core::vocabulary::{Command, Event, Place, Reason, Request, Row};
use parlor_core::wire::{
    ClientCodec, Decoded, Dialect, Flavour, HELLO_NICK_BYTES_MAX, Malformed, ServerCodec, encode_event,
};

/// Longest name that a `nic` client's first read may be.
const NIC_NAME_BYTES_MAX: usize = 2_048;
/// Most bytes of a refusal's sentence.
const SENTENCE_BYTES_MAX: usize = 1_024;

/// What a server makes of these bytes, read at once.
pub(super) fn at_once(dialect: Dialect, bytes: &[u8]) -> Vec<Decoded<Request>> {
    let (mut codec, mut rest, mut all) = (ServerCodec::new(dialect), bytes, Vec::new());
    while let Some(decoded) = codec.decode(&mut rest).or_else(|| codec.flush()) {
        if let Decoded::Frame(Request { command: Command::Hello(_), .. }) = &decoded {
            codec.welcomed();
        }
        all.push(decoded);
    }
    all
}

/// A server's decoder and everything it made of what it was fed.
#[derive(Debug)]
pub struct ServerRun {
    dialect: Dialect,
    codec: ServerCodec,
    fed: Vec<u8>,
    /// How much of what was fed stands before the end of the last text that was said.
    heard: usize,
    /// What it made of it, in order.
    pub decoded: Vec<Decoded<Request>>,
}

impl ServerRun {
    /// A fresh connection.
    pub fn new(dialect: Dialect) -> Self {
        Self { dialect, codec: ServerCodec::new(dialect), fed: Vec::new(), heard: 0, decoded: Vec::new() }
    }

    /// All of these reads, empty ones being silences, and the end of the stream.
    pub fn whole(dialect: Dialect, reads: &[&[u8]]) -> Self {
        let mut run = Self::new(dialect);
        run.feed(reads);
        run.end();
        run
    }

    /// Which bytes the connection is sent.
    pub fn flavour(&self) -> Flavour {
        self.codec.flavour()
    }

    /// These reads, empty ones being silences.
    ///
    /// # Panics
    /// If a claim is broken.
    pub fn feed(&mut self, reads: &[&[u8]]) {
        for read in reads {
            self.fed.extend_from_slice(read);
            let mut rest = *read;
            while let Some(decoded) = self.codec.decode(&mut rest) {
                self.take(decoded);
            }
            assert!(rest.is_empty(), "what is not decoded is kept by the decoder");
            if read.is_empty() && self.codec.is_partial() {
                self.flush();
            }
            assert!(self.codec.held() <= held_max(self.dialect), "{} bytes are held", self.codec.held());
        }
    }

    /// The end of the stream.
    ///
    /// # Panics
    /// If a claim is broken.
    pub fn end(&mut self) {
        self.flush();
        assert!(self.codec.held() <= 3, "at the end nothing is held but half a character");
        assert!(self.decoded.len() <= self.fed.len(), "a frame has at least one byte");
    }

    fn flush(&mut self) {
        while let Some(decoded) = self.codec.flush() {
            self.take(decoded);
        }
        assert!(!self.codec.is_partial(), "a flush leaves nothing that another would complete");
    }

    fn take(&mut self, decoded: Decoded<Request>) {
        assert!(!matches!(self.decoded.last(), Some(Decoded::Foreign(_))), "a foreign protocol is heard no more");
        assert!(self.decoded.len() <= self.fed.len(), "decoding ends");
        match &decoded {
            Decoded::Frame(request) => {
                if let Command::Hello(_) = request.command {
                    self.codec.welcomed();
                }
                self.claim_request(request);
            }
            Decoded::Malformed(malformed) => claim_malformed(self.flavour(), malformed),
            Decoded::Foreign(reason) => assert!(matches!(reason, Reason::Http | Reason::Tls)),
        }
        self.decoded.push(decoded);
    }

    fn claim_request(&mut self, request: &Request) {
        if self.dialect == Dialect::Native {
            return claim_reads_back(request);
        }
        assert_eq!(request.reference, None);
        match &request.command {
            Command::Hello(hello) => assert!(hello.nick.len() <= HELLO_NICK_BYTES_MAX),
            Command::Say { place: Place::Room(_), text, nonce: None, action: false, reply_to: None } => {
                self.claim_was_sent(text);
            }
            Command::Quit { reason } => assert!(self.dialect == Dialect::Prompt && reason.is_empty()),
            other => panic!("a tutorial client cannot say {other:?}"),
        }
    }

    /// Every text that is said came from the peer byte for byte, in the order of its bytes.
    fn claim_was_sent(&mut self, text: &Body) {
        let (text, rest) = (text.as_str().as_bytes(), &self.fed[self.heard..]);
        let at = memmem::find(rest, text).expect("a text stands in what was sent, behind the last one");
        self.heard += at + text.len();
    }
}

/// A client's decoder and everything it made of what it was fed.
#[derive(Debug)]
pub struct ClientRun {
    dialect: Dialect,
    codec: ClientCodec,
    fed: usize,
    text: usize,
    /// What it made of it, in order.
    pub decoded: Vec<Decoded<Event>>,
}

impl ClientRun {
    /// A fresh connection.
    pub fn new(dialect: Dialect) -> Self {
        Self { dialect, codec: ClientCodec::new(dialect), fed: 0, text: 0, decoded: Vec::new() }
    }

    /// All of these reads, empty ones being silences, and the end of the stream.
    pub fn whole(dialect: Dialect, reads: &[&[u8]]) -> Self {
        let mut run = Self::new(dialect);
        run.feed(reads);
        run.end();
        run
    }

    /// The client says this to the server; its bytes.
    pub fn say(&mut self, command: Command) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.codec.encode(&command.into(), &mut bytes);
        bytes
    }

    /// These reads, empty ones being silences.
    ///
    /// # Panics
    /// If a claim is broken.
    pub fn feed(&mut self, reads: &[&[u8]]) {
        for read in reads {
            self.fed += read.len();
            let mut rest = *read;
            while let Some(decoded) = self.codec.decode(&mut rest) {
                self.take(decoded);
            }
            assert!(rest.is_empty(), "what is not decoded is kept by the decoder");
            if read.is_empty() && self.codec.is_partial() {
                self.flush();
            }
            assert!(self.codec.held() <= SERVER_FRAME_BYTES_MAX + 3, "{} bytes are held", self.codec.held());
        }
    }

    /// The end of the stream.
    ///
    /// # Panics
    /// If a claim is broken.
    pub fn end(&mut self) {
        self.flush();
        if self.dialect != Dialect::Native {
            assert!(self.codec.held() <= 3, "at the end nothing is held but half a character");
        }
        assert!(self.decoded.len() <= self.fed, "a row has at least one byte");
        assert!(self.text <= 3 * self.fed, "no byte becomes more than a replacement character");
    }

    fn flush(&mut self) {
        while let Some(decoded) = self.codec.flush() {
            self.take(decoded);
        }
        assert!(!self.codec.is_partial(), "a flush leaves nothing that another would complete");
    }

    fn take(&mut self, decoded: Decoded<Event>) {
        assert!(self.decoded.len() <= self.fed, "decoding ends");
        match &decoded {
            Decoded::Frame(event) if self.dialect == Dialect::Native => claim_event(event),
            Decoded::Frame(Event::Greeting) => {}
            Decoded::Frame(Event::Row(row)) => self.text += text_of(row),
            Decoded::Malformed(malformed) if self.dialect == Dialect::Native => {
                claim_malformed(Flavour::Native, malformed);
            }
            other => panic!("no server of this dialect says {other:?}"),
        }
        self.decoded.push(decoded);
    }
}

/// Most bytes a server's decoder may hold.
const fn held_max(dialect: Dialect) -> usize {
    match dialect {
        Dialect::Native => CLIENT_FRAME_BYTES_MAX,
        Dialect::Nic => TEXT_BYTES_MAX + NIC_NAME_BYTES_MAX + 5,
        Dialect::Prompt => TEXT_BYTES_MAX + 1,
    }
}

/// A request that was understood is written as one frame that is understood as the same.
fn claim_reads_back(request: &Request) {
    let mut bytes = Vec::new();
    ClientCodec::new(Dialect::Native).encode(request, &mut bytes);
    let text = claim_frame(&bytes);
    // What came with short escapes may be too long once it is written with long ones.
    if text.len() > CLIENT_FRAME_BYTES_MAX {
        return;
    }
    let mut codec = ServerCodec::new(Dialect::Native);
    let decoded = codec.decode(&mut &bytes[..]);
    let Some(Decoded::Frame(read)) = decoded else { panic!("{decoded:?} of {text}") };
    assert_eq!(&read, request, "{text}");
    // Names are equal when folded; the bytes show that spelling survives too.
    let mut again = Vec::new();
    ClientCodec::new(Dialect::Native).encode(&read, &mut again);
    assert_eq!(again, bytes, "{text}");
}

/// The same of an event; and a list never makes a frame too long.
pub(super) fn claim_event(event: &Event) {
    let mut bytes = Vec::new();
    encode_event(Flavour::Native, event, &mut bytes);
    let text = claim_frame(&bytes);
    let is_list = matches!(event, Event::Page { .. } | Event::Rooms { .. } | Event::Members { .. });
    assert!(!is_list || text.len() <= SERVER_FRAME_BYTES_MAX, "{} bytes", text.len());
    // A longer list is cut short, and says so.
    if text.len() > SERVER_FRAME_BYTES_MAX - 1_024 {
        return;
    }
    let mut codec = ClientCodec::new(Dialect::Native);
    let decoded = codec.decode(&mut &bytes[..]);
    let Some(Decoded::Frame(read)) = decoded else { panic!("{decoded:?} of {text}") };
    assert_eq!(&read, event, "{text}");
    let mut again = Vec::new();
    encode_event(Flavour::Native, &read, &mut again);
    assert_eq!(again, bytes, "{text}");
}

/// A frame is one line.
fn claim_frame(bytes: &[u8]) -> &str {
    let text = std::str::from_utf8(bytes).expect("a frame is UTF-8");
    let line = text.strip_suffix('\n').expect("a frame ends in a newline");
    assert!(!line.contains(|c: char| c < ' '), "{line:?} is one line");
    line
}

/// A refusal is one short sentence, and its answer one frame or row within its bound.
fn claim_malformed(flavour: Flavour, malformed: &Malformed) {
    let Malformed { code, text, reference } = malformed;
    assert!(text.ends_with('.') && !text.contains(char::is_control), "{text:?} is one plain sentence");
    assert!(text.len() <= SENTENCE_BYTES_MAX, "{} bytes: {text}", text.len());
    let answer = Event::Error { code: *code, text: text.clone(), reference: reference.clone() };
    let mut bytes = Vec::new();
    encode_event(flavour, &answer, &mut bytes);
    let bound = if flavour == Flavour::Native { SERVER_FRAME_BYTES_MAX } else { SENTENCE_BYTES_MAX + 1 };
    assert!(bytes.len() <= bound, "{} bytes", bytes.len());
    let lines = bytes.iter().filter(|byte| **byte == b'\n').count();
    assert_eq!(lines, usize::from(flavour != Flavour::PromptChunks));
}

/// Bytes of text in a row.
fn text_of(row: &Row) -> usize {
    match row {
        Row::Connected | Row::Quit => 0,
        Row::Joined { nick } | Row::Left { nick } => nick.len(),
        Row::Said { from, text } => from.len() + text.len(),
        Row::Other { text } => text.len(),
    }
}
