//! The terminal while it is the program's: taken over and given back as a pair, each once.
//!
//! All that is written to it goes by a thread of its own. A terminal may take nothing for as long as it likes (somebody
//! stopped it, or its connection hangs), and neither the drawing nor the end of the program is to wait for that.

use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use crossterm::terminal;
use cursive::backends::crossterm::crossterm;

/// How long a terminal that is given back may take nothing until it is left as it is.
/// A slow line (9600 baud) is no dead one.
const GIVE_BACK_MAX: Duration = Duration::from_secs(2);
/// How much may wait to be written; a frame that comes alone may be larger.
const WAITING_BYTES_MAX: usize = 16 * 1024;
/// How much is written at once, as systems do it anyway: that some of it was taken is seen so often.
const PIECE_BYTES: usize = 1024;

/// The terminal. Dropping it gives it back, unless somebody did so before.
pub(super) struct Taken(GiveBack);

/// Gives the terminal back from elsewhere: on a signal, or after a fault.
#[derive(Clone)]
pub struct GiveBack(Arc<Shared>);

struct Shared {
    state: Mutex<State>,
    changed: Condvar,
    /// What is written last.
    back: Vec<u8>,
}

struct State {
    waiting: Vec<u8>,
    writing: bool,
    /// How many pieces were written.
    written: u64,
    /// It is being given back: nothing else is written.
    over: bool,
    /// Nothing is written any more.
    done: bool,
    /// The terminal was closed.
    gone: bool,
    /// How its keys arrive, until it is given back.
    raw: Option<Raw>,
}

impl Taken {
    /// Takes over what is written to like this: `take` is written first, and `back` last, whatever happens between.
    ///
    /// # Errors
    /// The system gives no thread.
    pub(super) fn start(
        to: impl Write + Send + 'static,
        raw: Option<Raw>,
        take: Vec<u8>,
        back: Vec<u8>,
    ) -> io::Result<Self> {
        let (written, writing, over, done, gone) = (0, false, false, false, false);
        let state = State { waiting: take, writing, written, over, done, gone, raw };
        let shared = Arc::new(Shared { state: Mutex::new(state), changed: Condvar::new(), back });
        let theirs = Arc::clone(&shared);
        thread::Builder::new().name("terminal".to_owned()).spawn(move || theirs.write_to(to))?;
        Ok(Self(GiveBack(shared)))
    }

    /// For whoever may have to give it back from elsewhere.
    pub(super) fn give_back(&self) -> GiveBack {
        self.0.clone()
    }

    /// Writes it, soon; `false` leaves it out, because too much waits already.
    pub(super) fn write(&self, bytes: &[u8]) -> bool {
        let mut state = self.0.0.lock();
        if state.over || state.gone {
            return true;
        }
        let room = state.waiting.is_empty() || state.waiting.len() + bytes.len() <= WAITING_BYTES_MAX;
        if room && !bytes.is_empty() {
            state.waiting.extend_from_slice(bytes);
            self.0.0.changed.notify_all();
        }
        room
    }

    /// Whether everything was written.
    pub(super) fn is_idle(&self) -> bool {
        let state = self.0.0.lock();
        state.waiting.is_empty() && !state.writing
    }

    /// Whether the terminal was closed; found out by writing.
    pub(super) fn is_gone(&self) -> bool {
        self.0.0.lock().gone
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        self.0.now();
    }
}

impl GiveBack {
    /// Gives the terminal back as it was. Who comes later waits until that is done. `false` if the terminal takes nothing:
    /// then only its keys are as they were.
    pub fn now(&self) -> bool {
        let mut state = self.0.lock();
        if !state.over {
            state.over = true;
            state.waiting.extend_from_slice(&self.0.back);
            self.0.changed.notify_all();
        }
        loop {
            let before = state.written;
            let stands_still = |state: &mut State| !state.done && state.written == before;
            let waited = self.0.changed.wait_timeout_while(state, GIVE_BACK_MAX, stands_still);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
            if state.done || state.written == before {
                break;
            }
        }
        // With the lock: who comes later may end the program at once.
        state.raw = None;
        state.done && !state.gone
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write_to(&self, mut to: impl Write) {
        let mut state = self.lock();
        loop {
            while state.waiting.is_empty() && !state.over {
                state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
            }
            let (bytes, last) = (std::mem::take(&mut state.waiting), state.over);
            for piece in bytes.chunks(PIECE_BYTES) {
                state.writing = true;
                drop(state);
                let taken = to.write_all(piece).and_then(|()| to.flush());
                state = self.lock();
                state.writing = false;
                state.written += 1;
                state.gone |= taken.is_err();
                if state.gone {
                    break;
                }
                self.changed.notify_all();
            }
            if last || state.gone {
                state.waiting.clear();
                state.done = true;
                self.changed.notify_all();
                return;
            }
        }
    }
}

/// Whether the program has the terminal.
static TAKEN: AtomicBool = AtomicBool::new(false);

/// The terminal hands over each key as it is pressed; until this is dropped. There is one at a time.
pub(super) struct Raw(());

impl Raw {
    /// Asks for that.
    ///
    /// # Errors
    /// The program has the terminal already, or there is none.
    pub(super) fn begin() -> io::Result<Self> {
        let raw = Self::alone()?;
        terminal::enable_raw_mode()?;
        Ok(raw)
    }

    fn alone() -> io::Result<Self> {
        if TAKEN.swap(true, Ordering::AcqRel) {
            return Err(io::Error::new(io::ErrorKind::AlreadyExists, "the terminal is taken"));
        }
        Ok(Self(()))
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        let _ = terminal::disable_raw_mode();
        TAKEN.store(false, Ordering::Release);
    }
}

#[cfg(test)]
impl Taken {
    /// Waits until everything was written.
    pub(super) fn settle(&self) {
        let state = self.0.0.lock();
        let busy = |state: &mut State| !state.done && (state.writing || !state.waiting.is_empty());
        drop(self.0.0.changed.wait_while(state, busy));
    }
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::sync::mpsc::{Receiver, Sender, channel};

    use super::*;

    /// Hands on what it is to write, and writes it once that is wanted.
    struct Slow {
        come: Sender<Vec<u8>>,
        go: Receiver<()>,
    }

    impl Write for Slow {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let _ = self.come.send(bytes.to_vec());
            // Without anybody to say so it goes on.
            let _ = self.go.recv();
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn slow() -> (Taken, Receiver<Vec<u8>>, Sender<()>) {
        let ((come, came), (go, wait)) = (channel(), channel());
        let taken = Taken::start(Slow { come, go: wait }, None, b"<".to_vec(), b">".to_vec()).unwrap();
        (taken, came, go)
    }

    /// All that was written, once nobody writes any more.
    fn all(came: Receiver<Vec<u8>>) -> String {
        String::from_utf8(came.iter().collect::<Vec<_>>().concat()).unwrap()
    }

    #[test]
    fn it_is_given_back_once_whoever_does_it_and_nothing_is_written_after_that() {
        let (taken, came, go) = slow();
        drop(go);
        taken.write(b"frame");
        let others: Vec<_> = (0..4)
            .map(|_| {
                let back = taken.give_back();
                thread::spawn(move || back.now())
            })
            .collect();
        assert!(taken.give_back().now());
        assert!(others.into_iter().all(|other| other.join().unwrap()), "each of them waits for it");
        taken.write(b"late");
        drop(taken);
        assert_eq!(all(came), "<frame>");
    }

    #[test]
    fn a_fault_gives_it_back() {
        let (taken, came, go) = slow();
        drop(go);
        let fault = catch_unwind(AssertUnwindSafe(move || {
            taken.write(b"frame");
            panic!("planned");
        }));
        assert!(fault.is_err());
        assert_eq!(all(came), "<frame>");
    }

    #[test]
    fn a_terminal_that_takes_nothing_keeps_nobody_and_holds_little() {
        let (taken, came, go) = slow();
        assert_eq!(came.recv().unwrap(), b"<");
        assert!(!taken.is_idle());
        let frame = [b'x'; 1000];
        let room = (0..1000).filter(|_| taken.write(&frame)).count();
        assert!((1..=WAITING_BYTES_MAX / frame.len()).contains(&room), "{room}");
        assert!(!taken.give_back().now(), "it does not take that either");
        drop(taken);
        drop(go);
        assert_eq!(all(came), format!("{}>", "x".repeat(room * frame.len())));
    }

    #[test]
    fn a_frame_of_any_size_is_written_where_nothing_else_waits() {
        let (taken, came, go) = slow();
        drop(go);
        taken.settle();
        let frame = "x".repeat(10 * WAITING_BYTES_MAX);
        assert!(taken.write(frame.as_bytes()));
        drop(taken);
        assert_eq!(all(came), format!("<{frame}>"));
    }

    #[test]
    fn a_program_takes_its_terminal_once_at_a_time() {
        let first = Raw::alone().unwrap();
        assert_eq!(Raw::begin().err().map(|error| error.kind()), Some(io::ErrorKind::AlreadyExists));
        drop(first);
        assert!(Raw::alone().is_ok());
    }
}
