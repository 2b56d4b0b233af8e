//! Replays the flight record of a server against a fresh hub.
//!
//! The hub gets the calls of the record, one after the other, with a seed of its own; what it gives back must be what
//! the record says, byte for byte. Tokens, which are made from the seed, are masked on both sides. A record that has no
//! end, because the server crashed or was killed, is replayed as far as it goes.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::process::ExitCode;

use parlor_core::hub::{Hub, Refused};
use parlor_core::id::ConnId;
use parlor_core::record::{Entry, Recorder, Unreadable};
use parlor_core::time::Instant;

mod difference;
mod reader;

pub use difference::Difference;
use difference::{Call, shown};
use reader::{Next, Reader};

/// Tokens are made from it; they are masked.
const SEED: [u8; 32] = [0; 32];

/// A replay without a difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Replayed {
    /// Calls made.
    pub calls: u64,
    /// Bytes the hub sent.
    pub bytes: u64,
    /// Whether the record has its end; without one the server crashed or was killed.
    pub ended: bool,
    /// Bytes of an unfinished entry at the end, which were left out.
    pub left_out: usize,
}

/// Why a replay came to no good end.
#[derive(Debug)]
pub enum Failed {
    /// The hub did something else.
    Different(Box<Difference>),
    /// The bytes are no record, from this byte on, after so many calls.
    Unreadable {
        /// What is wrong.
        why: Unreadable,
        /// Where the entry begins that is not one.
        at: u64,
        /// How many calls had been replayed.
        calls: u64,
    },
    /// They cannot be read.
    Io(io::Error),
}

impl fmt::Display for Replayed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} calls, {} bytes: no difference", self.calls, self.bytes)?;
        match (self.ended, self.left_out) {
            (true, _) => Ok(()),
            (false, 0) => f.write_str(" (the record has no end: the server crashed or was killed)"),
            (false, left_out) => write!(f, " (the record is cut off: its last {left_out} bytes are not whole)"),
        }
    }
}

/// Replays the record in `path` and says on standard output how that went: 0 if the hub did the same again, 1 if it
/// did something else, 2 (one sentence on standard error) for a file that is no record.
pub fn run(path: &Path) -> ExitCode {
    let file = path.display();
    let outcome = File::open(path).map_err(Failed::Io).and_then(replay);
    match outcome {
        Ok(replayed) => {
            println!("{replayed}");
            return ExitCode::SUCCESS;
        }
        Err(Failed::Different(difference)) => {
            println!("{difference}");
            return ExitCode::FAILURE;
        }
        Err(Failed::Unreadable { why, calls: 0, .. }) => eprintln!("parlor-sim: {file} {why}."),
        Err(Failed::Unreadable { why, at, calls }) => {
            eprintln!("parlor-sim: {file} {why} at byte {at}; the {calls} calls before show no difference.");
        }
        Err(Failed::Io(error)) => {
            let text = error.to_string();
            let text = text.split(" (os error").next().unwrap_or(&text).to_lowercase();
            eprintln!("parlor-sim: {file} cannot be read: {text}.");
        }
    }
    ExitCode::from(2)
}

/// Replays a record. It may come from anywhere: no more of it than one entry is held at a time.
///
/// # Errors
/// At the first difference, and where the record cannot be read.
pub fn replay(record: impl Read) -> Result<Replayed, Failed> {
    let mut reader = Reader::open(record)?;
    let mut replay = None;
    loop {
        let at = reader.at();
        let calls = replay.as_ref().map_or(0, |replay: &Replay| replay.done.calls);
        let (entry, raw) = match reader.next().map_err(|failed| failed.after(calls))? {
            Next::Entry(entry, raw) => (entry, raw),
            Next::Cut(left_out) => {
                return Ok(replay.map_or_else(Replayed::nothing, |replay| replay.cut(left_out)));
            }
        };
        let damaged = |calls| Failed::Unreadable { why: Unreadable::Damaged, at, calls };
        let Some(this) = &mut replay else {
            let Entry::Begun { now, config } = entry else { return Err(damaged(0)) };
            replay =
                Some(Replay::new(Hub::new((*config).clone(), SEED, now), Recorder::new(&config, now), now.instant));
            continue;
        };
        match this.step(&entry, raw) {
            Ok(Step::On) => {}
            Ok(Step::Ended) => {
                let done = this.done;
                return match reader.next().map_err(|failed| failed.after(done.calls))? {
                    Next::Cut(0) => Ok(Replayed { ended: true, ..done }),
                    Next::Cut(_) | Next::Entry(..) => Err(damaged(done.calls)),
                };
            }
            Err(Wrong::Different(difference)) => return Err(Failed::Different(difference)),
            Err(Wrong::Damaged) => return Err(damaged(this.done.calls)),
        }
    }
}

impl Failed {
    /// The same, so many calls later.
    fn after(self, calls: u64) -> Self {
        match self {
            Failed::Unreadable { why, at, .. } => Failed::Unreadable { why, at, calls },
            Failed::Different(_) | Failed::Io(_) => self,
        }
    }
}

impl Replayed {
    const fn nothing() -> Self {
        Self { calls: 0, bytes: 0, ended: false, left_out: 0 }
    }
}

/// A replay under way.
struct Replay {
    hub: Hub,
    /// Writes what this hub does, to be compared with what stands in the record.
    recorder: Recorder,
    /// What the last `accept` gave, until the record says what it is to be.
    accepted: Option<Result<ConnId, Refused>>,
    call: Call,
    /// What the record says that was taken last.
    taken: Vec<u8>,
    /// How much each connection was sent, by slot.
    sent: Vec<u64>,
    instant: Instant,
    done: Replayed,
}

enum Step {
    On,
    Ended,
}

enum Wrong {
    Different(Box<Difference>),
    Damaged,
}

impl Replay {
    fn new(hub: Hub, recorder: Recorder, instant: Instant) -> Self {
        let done = Replayed::nothing();
        Self {
            hub,
            recorder,
            accepted: None,
            call: Call::default(),
            taken: Vec::new(),
            sent: Vec::new(),
            instant,
            done,
        }
    }

    fn cut(self, left_out: usize) -> Replayed {
        Replayed { left_out, ..self.done }
    }

    /// Makes a call, or compares what one gave.
    fn step(&mut self, entry: &Entry<'_>, raw: &[u8]) -> Result<Step, Wrong> {
        self.recorder.clear();
        if entry.is_call() {
            if self.accepted.is_some() {
                return Err(Wrong::Damaged);
            }
            self.done.calls += 1;
            self.call = Call::of(self.done.calls, entry);
        }
        match entry {
            Entry::Begun { .. } => return Err(Wrong::Damaged),
            Entry::Accept { now, peer } => {
                self.comes(now.instant)?;
                self.recorder.accept(*now, *peer);
                let accepted = self.guarded(|hub| hub.accept(*now, *peer))?;
                self.accepted = Some(accepted);
            }
            Entry::Accepted(_) | Entry::Refused(_) => {
                let accepted = self.accepted.take().ok_or(Wrong::Damaged)?;
                self.recorder.accepted(&accepted);
                if let Ok(conn) = accepted
                    && let Some(sent) = self.sent.get_mut(conn.slot())
                {
                    *sent = 0;
                }
                self.compare(raw, || (shown(entry), shown(&accepted)))?;
            }
            Entry::Input { now, input } => {
                self.comes(now.instant)?;
                let input = input.clone();
                self.guarded(|hub| hub.handle_input(*now, input))?;
            }
            Entry::Timeout { now } => {
                self.comes(now.instant)?;
                self.guarded(|hub| hub.handle_timeout(*now))?;
            }
            Entry::Output(expected) => match self.hub.poll_output() {
                Some(output) => {
                    self.recorder.output(&output);
                    self.compare(raw, || (shown(expected), shown(&output)))?;
                }
                None => return Err(self.different(shown(expected), "nothing".into())),
            },
            Entry::Transmitted { conn, offered, taken } => {
                self.taken = taken.to_vec();
                self.transmitted(*conn, *offered)?;
            }
            Entry::TransmittedAgain { conn, offered } => self.transmitted(*conn, *offered)?,
            Entry::Ended => {
                self.nothing_is_left()?;
                return Ok(Step::Ended);
            }
        }
        Ok(Step::On)
    }

    /// A call that brings the time: everything the hub wanted before is in the record.
    fn comes(&mut self, instant: Instant) -> Result<(), Wrong> {
        self.nothing_is_left()?;
        if instant < self.instant {
            return Err(Wrong::Damaged);
        }
        self.instant = instant;
        Ok(())
    }

    fn nothing_is_left(&mut self) -> Result<(), Wrong> {
        match self.hub.poll_output() {
            Some(output) => Err(self.different("nothing more".into(), shown(&output))),
            None => Ok(()),
        }
    }

    /// A connection is to take the bytes in `taken`.
    fn transmitted(&mut self, conn: ConnId, offered: usize) -> Result<(), Wrong> {
        let bytes = self.hub.transmit(conn);
        let len = bytes.len();
        self.recorder.transmitted(conn, bytes, self.taken.len());
        let (taken, got) = (&self.taken, self.recorder.taken());
        let before = self.sent.get(conn.slot()).copied().unwrap_or(0);
        if let Some((offset, expected, got)) = difference::of_bytes(taken, got) {
            return Err(Wrong::Different(Box::new(Difference {
                call: self.call.clone(),
                offset: Some(before + offset),
                expected,
                got,
            })));
        }
        let taken = taken.len();
        if len != offered {
            return Err(self.different(format!("{offered} bytes to be sent"), format!("{len} bytes")));
        }
        // Of one that was sent something, the slot is the hub's own; a damaged record may name any other.
        if taken > 0 {
            self.sent.resize(self.sent.len().max(conn.slot() + 1), 0);
            self.sent[conn.slot()] = before + taken as u64;
        }
        self.done.bytes += taken as u64;
        self.guarded(|hub| hub.transmitted(conn, taken))
    }

    /// Whether the recorder wrote what stands in the record.
    fn compare(&mut self, raw: &[u8], texts: impl FnOnce() -> (String, String)) -> Result<(), Wrong> {
        if self.recorder.bytes() == raw {
            return Ok(());
        }
        let (expected, got) = texts();
        Err(self.different(expected, got))
    }

    /// Calls the hub. That an assertion fails again is what one hopes for when a crash is replayed.
    fn guarded<T>(&mut self, call: impl FnOnce(&mut Hub) -> T) -> Result<T, Wrong> {
        let hub = &mut self.hub;
        catch_unwind(AssertUnwindSafe(|| call(hub))).map_err(|panic| {
            let text = panic.downcast_ref::<&str>().map(ToString::to_string);
            let text = text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default();
            self.different("that the hub goes on".into(), format!("an assertion of the core that fails: {text}"))
        })
    }

    fn different(&self, expected: String, got: String) -> Wrong {
        Wrong::Different(Box::new(Difference { call: self.call.clone(), offset: None, expected, got }))
    }
}
