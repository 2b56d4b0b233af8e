//! A client machine on its own thread: what a face holds.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_channel::Sender;
use parlor_core::client::{Call, Client, Input, Intent, Keepsake, Output, Profile, State};
use parlor_core::secret::Secret;
use parlor_core::time::{Instant, Now};

use crate::clock::{Clock, wall};
use crate::dial::Dial;
use crate::target::Target;

mod driver;
mod offline;

pub use offline::Offline;

/// How long ending at once may take.
const CUT_SHORT_MAX: Duration = Duration::from_millis(500);

/// How a face learns that there is something to do. Called from the session's thread; must not block.
pub trait Face: Send + 'static {
    /// The state changed: draw soon. Coalesce.
    fn changed(&self);
    /// A mention or direct message: tell the person.
    fn notify(&self, call: &Call);
    /// The identity's token, to be kept for this server.
    fn remember(&self, token: &Secret);
    /// What the next run with this server and name is to begin with ([`Profile::keepsake`]), in place of what was kept
    /// before. At most once a second, and once more before [`Face::finished`] where something changed.
    fn keep(&self, keepsake: &Keepsake);
    /// All is said; the face may close.
    fn finished(&self);
}

/// A running client. Clones name the same one. Dropping the last one says goodbye in the background.
///
/// Its methods may be called from any thread and never wait for the network. Do not call them while holding a
/// [`StateGuard`].
#[derive(Clone)]
pub struct Session {
    shared: Arc<Shared>,
    _farewell: Arc<Farewell>,
}

/// The state, locked for reading; drop it soon, the connection stands still meanwhile.
pub struct StateGuard<'a>(MutexGuard<'a, Inner>);

impl std::ops::Deref for StateGuard<'_> {
    type Target = State;

    fn deref(&self) -> &State {
        self.0.client.state()
    }
}

impl Session {
    /// Dials `target` on a thread of its own and keeps at it until the person quits.
    ///
    /// # Panics
    /// If the system has no random numbers or cannot start a thread.
    pub fn start(target: Target, profile: Profile, face: impl Face) -> Self {
        Self::start_with(target, profile, face)
    }

    /// The same over any transport.
    fn start_with(dial: impl Dial, profile: Profile, face: impl Face) -> Self {
        let mut seed = [0; 32];
        getrandom::fill(&mut seed).expect("the system has random numbers");
        let time = Time::Real(Clock::start());
        let client = Client::new(profile, seed, time.now());
        // One place: a full channel says all there is to say.
        let (wake, woken) = async_channel::bounded(1);
        let session = Self::new(Shared::new(client, time, Some(wake)));
        session.shared.drained();
        let shared = Arc::clone(&session.shared);
        std::thread::Builder::new()
            .name("parlor-session".into())
            .spawn(move || driver::run(&shared, &woken, &dial, &face))
            .expect("the system can start one more thread");
        session
    }

    /// A session without a network, for tests of faces: the test plays the server through [`Offline`]
    /// on the same thread, and everything an intent causes has happened when `intent` returns.
    ///
    /// Time stands still but for [`Offline::sleep`], and the seed is fixed: the same test gives the same bytes.
    pub fn offline(profile: Profile) -> (Self, Offline) {
        let time = Time::Manual(AtomicU64::new(0));
        let client = Client::new(profile, [0; 32], time.now());
        let session = Self::new(Shared::new(client, time, None));
        session.shared.drained();
        let offline = Offline::new(Arc::clone(&session.shared));
        (session, offline)
    }

    fn new(shared: Shared) -> Self {
        let shared = Arc::new(shared);
        Self { _farewell: Arc::new(Farewell(Arc::clone(&shared))), shared }
    }

    /// Everything a face may show.
    pub fn state(&self) -> StateGuard<'_> {
        StateGuard(self.shared.lock())
    }

    /// What the person wants. Returns at once; the state already shows it, the network follows.
    pub fn intent(&self, intent: Intent) {
        self.shared.apply(Input::Intent(intent));
        self.shared.wake();
    }

    /// The session's monotonic clock, against which `Link::Waiting::retry_at` is to be read.
    pub fn now(&self) -> Instant {
        self.shared.time.now().instant
    }

    /// Blocks until all is said, as [`wait_finished`](Self::wait_finished) does after [`Intent::Quit`]; once the time is over
    /// ends at once instead, so that what was not confirmed is given to the face to be kept. `true` if all was said.
    pub fn finish_within(&self, at_most: Duration) -> bool {
        Self::finish_all(std::slice::from_ref(self), at_most)
    }

    /// The same for several at once, which have this time together: those that are late are cut short at the same moment.
    pub fn finish_all(sessions: &[Self], at_most: Duration) -> bool {
        let until = |at_most| {
            let end = std::time::Instant::now() + at_most;
            move |session: &&Self| !session.wait_finished(end.saturating_duration_since(std::time::Instant::now()))
        };
        let late: Vec<_> = sessions.iter().filter(until(at_most)).collect();
        // The second one cuts it short.
        late.iter().for_each(|session| session.intent(Intent::Quit));
        let is_late = until(CUT_SHORT_MAX);
        for session in &late {
            is_late(session);
        }
        late.is_empty()
    }

    /// Blocks until all is said, or the time is over. `true` if all is said.
    pub fn wait_finished(&self, at_most: Duration) -> bool {
        let inner = self.shared.lock();
        let waited = self.shared.finished.wait_timeout_while(inner, at_most, |inner| !inner.finished);
        waited.unwrap_or_else(PoisonError::into_inner).0.finished
    }
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").finish_non_exhaustive()
    }
}

/// Says goodbye once the last [`Session`] is dropped.
struct Farewell(Arc<Shared>);

impl Drop for Farewell {
    fn drop(&mut self) {
        self.0.apply(Input::Intent(Intent::Quit));
        self.0.wake();
    }
}

/// Where the time comes from.
enum Time {
    Real(Clock),
    /// Microseconds, moved by hand.
    Manual(AtomicU64),
}

impl Time {
    fn now(&self) -> Now {
        match self {
            Time::Real(clock) => Now::new(clock.instant(), wall()),
            Time::Manual(micros) => offline::at(Instant::from_micros(micros.load(Ordering::Relaxed))),
        }
    }
}

/// What face and network share. The mutex is held for as long as the machine computes, never while waiting.
struct Shared {
    inner: Mutex<Inner>,
    finished: Condvar,
    time: Time,
    /// To the network's thread; `None` offline.
    wake: Option<Sender<()>>,
}

struct Inner {
    client: Client,
    /// What the client wants done and nobody has done yet.
    outputs: VecDeque<Output>,
    finished: bool,
    offline: offline::Line,
}

impl Shared {
    fn new(client: Client, time: Time, wake: Option<Sender<()>>) -> Self {
        let inner = Inner { client, outputs: VecDeque::new(), finished: false, offline: offline::Line::default() };
        Self { inner: Mutex::new(inner), finished: Condvar::new(), time, wake }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // A face that panicked while reading left the machine whole: it had it for reading only.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Applies an input and takes out what it causes.
    fn apply(&self, input: Input<'_>) {
        let mut inner = self.lock();
        // Read under the lock: time must not run backwards between two threads.
        let now = self.time.now();
        inner.client.handle_input(now, input);
        self.drain(&mut inner);
    }

    /// Applies what the network brought, unless the client is done with that connection and the driver has yet to
    /// hear of it: nothing may be told of a connection after its end.
    fn report(&self, input: Input<'_>) {
        let mut inner = self.lock();
        let over = |output: &Output| matches!(output, Output::Connect | Output::Disconnect(_));
        if inner.outputs.iter().any(over) {
            return;
        }
        let now = self.time.now();
        inner.client.handle_input(now, input);
        self.drain(&mut inner);
    }

    /// Takes out what the client wants from its start.
    fn drained(&self) {
        self.drain(&mut self.lock());
    }

    fn drain(&self, inner: &mut Inner) {
        while let Some(output) = inner.client.poll_output() {
            if self.wake.is_some() {
                inner.outputs.push_back(output);
            } else {
                offline::perform(inner, output);
            }
        }
    }

    /// Applies what is due, and says when the next is.
    fn tick(&self) -> Option<Instant> {
        let mut inner = self.lock();
        let now = self.time.now();
        if inner.client.poll_timeout().is_some_and(|deadline| deadline.at <= now.instant) {
            inner.client.handle_timeout(now);
            self.drain(&mut inner);
        }
        inner.client.poll_timeout().map(|deadline| deadline.at)
    }

    fn wake(&self) {
        if let Some(wake) = &self.wake {
            // Full means that it will look anyway; closed, that all is said.
            let _ = wake.try_send(());
        }
    }

    fn finish(&self) {
        self.lock().finished = true;
        self.finished.notify_all();
    }
}
