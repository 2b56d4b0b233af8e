//! Writes a record.

use alloc::vec::Vec;

use crate::hub::{HubConfig, Input, Output, Peer, Refused};
use crate::id::ConnId;
use crate::time::Now;
use crate::wire::Dialect;

use super::fields::{Field, put_bytes};
use super::mask::Mask;
use super::{MAGIC, VERSION, kind};

/// Fewer bytes are written again rather than compared.
const AGAIN_BYTES_MIN: usize = 16;

/// Writes down what a driver does with a hub. It does no I/O: the driver takes [`Recorder::bytes`] away.
///
/// Tell it of each call before it is made, of what it gave back after that, and of every output. A call costs the
/// copying of its bytes; a native connection's are looked at one by one, in and until `welcome` also out.
#[derive(Debug)]
pub struct Recorder {
    out: Vec<u8>,
    /// Of the newest connection of each slot.
    lines: Vec<Option<Line>>,
    /// Of the connection being accepted.
    dialect: Dialect,
    /// What was taken last, as it was written.
    taken: Vec<u8>,
}

/// What is to be masked of one connection: a native one, both ways; or what came to a tutorial's port by mistake.
#[derive(Debug)]
struct Line {
    conn: ConnId,
    masks: Option<Masks>,
    /// Something has come.
    begun: bool,
}

#[derive(Debug)]
struct Masks {
    incoming: Mask,
    /// `None` for a tutorial's port: our own words are no secret, and no JSON.
    outgoing: Option<Mask>,
}

impl Recorder {
    /// Begins a record of a hub that was made with this configuration at this time.
    pub fn new(config: &HubConfig, now: Now) -> Self {
        let mut this = Self { out: Vec::new(), lines: Vec::new(), dialect: Dialect::Native, taken: Vec::new() };
        this.out.extend_from_slice(&MAGIC);
        this.out.extend_from_slice(&VERSION.to_le_bytes());
        this.entry(kind::BEGUN, |out| {
            now.put(out);
            config.put(out);
        });
        this
    }

    /// What was written since the last [`Recorder::clear`]; only whole entries.
    pub fn bytes(&self) -> &[u8] {
        &self.out
    }

    /// What was written is kept elsewhere now.
    pub fn clear(&mut self) {
        self.out.clear();
    }

    /// A connection is about to be brought.
    pub fn accept(&mut self, now: Now, peer: Peer) {
        self.dialect = peer.dialect;
        self.entry(kind::ACCEPT, |out| {
            now.put(out);
            peer.put(out);
        });
    }

    /// What became of it.
    pub fn accepted(&mut self, result: &Result<ConnId, Refused>) {
        match result {
            Ok(conn) => {
                self.entry(kind::ACCEPTED, |out| conn.put(out));
                let native = self.dialect == Dialect::Native;
                let masks = native.then(|| Masks { incoming: Mask::new(true), outgoing: Some(Mask::new(false)) });
                if conn.slot() >= self.lines.len() {
                    self.lines.resize_with(conn.slot().saturating_add(1), || None);
                }
                if let Some(line) = self.lines.get_mut(conn.slot()) {
                    *line = Some(Line { conn: *conn, masks, begun: false });
                }
            }
            Err(refused) => self.entry(kind::REFUSED, |out| refused.put(out)),
        }
    }

    /// An input is about to be handed in.
    pub fn input(&mut self, now: Now, input: &Input<'_>) {
        match input {
            Input::Received { conn, bytes } => {
                let line = self.lines.get_mut(conn.slot()).and_then(Option::as_mut);
                let mut line = line.filter(|line| line.conn == *conn);
                if let Some(line) = &mut line {
                    // A Parlor client at a tutorial's port: it is turned away, but its token came all the same.
                    if !core::mem::replace(&mut line.begun, true) && line.masks.is_none() && bytes.starts_with(b"{\"") {
                        line.masks = Some(Masks { incoming: Mask::new(true), outgoing: None });
                    }
                }
                write_entry(&mut self.out, kind::RECEIVED, |out| {
                    now.put(out);
                    conn.put(out);
                    bytes.len().put(out);
                    match line {
                        Some(Line { masks: Some(masks), .. }) => masks.incoming.apply(bytes, out),
                        Some(Line { masks: None, .. }) => out.extend_from_slice(bytes),
                        // A ghost: the hub takes no notice of what it says.
                        None => out.resize(out.len().saturating_add(bytes.len()), b'?'),
                    }
                });
            }
            Input::Lost { conn } => self.entry(kind::LOST, |out| {
                now.put(out);
                conn.put(out);
            }),
            Input::Answered { ticket, answer } => self.entry(kind::ANSWERED, |out| {
                now.put(out);
                ticket.put(out);
                answer.put(out);
            }),
            Input::Drain => self.entry(kind::DRAIN, |out| now.put(out)),
        }
    }

    /// The deadlines up to now are about to be applied.
    pub fn timeout(&mut self, now: Now) {
        self.entry(kind::TIMEOUT, |out| now.put(out));
    }

    /// The hub gave this.
    pub fn output(&mut self, output: &Output) {
        self.entry(kind::OUTPUT, |out| output.put(out));
        if let Output::Close { conn, .. } = output
            && let Some(line) = self.lines.get_mut(conn.slot())
        {
            *line = None;
        }
    }

    /// The hub offered these bytes, and is about to be told that the first `taken` of them were.
    pub fn transmitted(&mut self, conn: ConnId, offered: &[u8], taken: usize) {
        let line = self.lines.get_mut(conn.slot()).and_then(Option::as_mut).filter(|line| line.conn == conn);
        let bytes = offered.get(..taken).unwrap_or(offered);
        let mask = line.and_then(|line| line.masks.as_mut()).and_then(|masks| masks.outgoing.as_mut());
        let mask = mask.filter(|mask| !mask.is_open());
        if mask.is_none() && bytes.len() >= AGAIN_BYTES_MIN && bytes == self.taken {
            return self.entry(kind::TRANSMITTED_AGAIN, |out| {
                conn.put(out);
                offered.len().put(out);
            });
        }
        self.taken.clear();
        match mask {
            Some(mask) => mask.apply(bytes, &mut self.taken),
            None => self.taken.extend_from_slice(bytes),
        }
        write_entry(&mut self.out, kind::TRANSMITTED, |out| {
            conn.put(out);
            offered.len().put(out);
            put_bytes(&self.taken, out);
        });
    }

    /// The bytes of the newest [`Entry::Transmitted`](super::Entry::Transmitted) as they were written, which are also
    /// those of each [`Entry::TransmittedAgain`](super::Entry::TransmittedAgain) after it.
    pub fn taken(&self) -> &[u8] {
        &self.taken
    }

    /// The driver has come to its end in order.
    pub fn ended(&mut self) {
        self.entry(kind::ENDED, |_| {});
    }

    fn entry(&mut self, kind: u8, write: impl FnOnce(&mut Vec<u8>)) {
        write_entry(&mut self.out, kind, write);
    }
}

/// Appends an entry: its length, its kind, and what `write` appends.
fn write_entry(out: &mut Vec<u8>, kind: u8, write: impl FnOnce(&mut Vec<u8>)) {
    let begin = out.len();
    out.extend_from_slice(&[0; 4]);
    out.push(kind);
    write(out);
    let len = out.len().saturating_sub(begin).saturating_sub(4);
    if let Some(place) = out.get_mut(begin..begin.saturating_add(4)) {
        place.copy_from_slice(&u32::try_from(len).unwrap_or(u32::MAX).to_le_bytes());
    }
}
