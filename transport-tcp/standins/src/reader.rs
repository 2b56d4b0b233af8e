//! A client's receiving thread: `recv(1024)`, strict decoding, and what ends it.

use std::io::Read;
use std::net::TcpStream;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::{PATIENCE, RECV_BYTES};

/// How a client's receiving thread came to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// A chunk was not UTF-8 by itself, most likely a character cut in two: the real thread dies of it.
    Undecodable(Vec<u8>),
    /// End of file while nobody had said goodbye: the real thread takes `b''` for a message, for ever.
    WouldSpin,
    /// The connection was reset; the real thread stops.
    Reset,
    /// The user had closed the window (or sent `{quit}`), then something arrived, and the process ended.
    Closed,
    /// The test killed the process.
    Killed,
}

/// What to do with a chunk.
pub(crate) enum Next {
    Read,
    Stop(End),
}

#[derive(Default)]
struct Seen {
    chunks: Vec<String>,
    end: Option<End>,
}

/// What a client has seen so far, and how it ended.
#[derive(Default)]
pub(crate) struct Log {
    seen: Mutex<Seen>,
    changed: Condvar,
}

impl Log {
    fn lock(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn show(&self, chunk: &str) {
        self.lock().chunks.push(chunk.to_owned());
        self.changed.notify_all();
    }

    /// The first end counts: nothing happens to a dead process.
    pub(crate) fn finish(&self, end: End) {
        self.lock().end.get_or_insert(end);
        self.changed.notify_all();
    }

    pub(crate) fn chunks(&self) -> Vec<String> {
        self.lock().chunks.clone()
    }

    pub(crate) fn end(&self) -> Option<End> {
        self.lock().end.clone()
    }

    /// Waits until the chunks satisfy `condition`, or the thread has ended, or [`PATIENCE`] is over.
    pub(crate) fn wait_for(&self, condition: impl Fn(&[String]) -> bool) -> bool {
        self.wait(|seen| condition(&seen.chunks), |seen| seen.end.is_some())
    }

    pub(crate) fn wait_for_end(&self) -> Option<End> {
        self.wait(|seen| seen.end.is_some(), |_| false);
        self.end()
    }

    fn wait(&self, good: impl Fn(&Seen) -> bool, hopeless: impl Fn(&Seen) -> bool) -> bool {
        let deadline = Instant::now() + PATIENCE;
        let mut seen = self.lock();
        loop {
            if good(&seen) {
                return true;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() || hopeless(&seen) {
                return false;
            }
            seen = self.changed.wait_timeout(seen, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

/// Reads until something ends it. `drawing` is how long the program is busy with each chunk before it reads again:
/// whatever arrives meanwhile is glued together and cut after 1024 bytes.
pub(crate) fn read_chunks(
    mut socket: &TcpStream,
    log: &Arc<Log>,
    drawing: Duration,
    mut on_chunk: impl FnMut(&str) -> Next,
) {
    let mut buffer = [0; RECV_BYTES];
    let end = loop {
        let chunk = match socket.read(&mut buffer) {
            Ok(count) => &buffer[..count],
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(_) => break End::Reset,
        };
        let Ok(text) = std::str::from_utf8(chunk) else {
            break End::Undecodable(chunk.to_vec());
        };
        if let Next::Stop(end) = on_chunk(text) {
            break end;
        }
        if text.is_empty() {
            break End::WouldSpin;
        }
        std::thread::sleep(drawing);
    };
    log.finish(end);
}
