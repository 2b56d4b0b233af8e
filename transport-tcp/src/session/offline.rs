//! A session without a network: the test plays the server, and time moves when the test says so.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use parlor_core::client::{Call, Input, Keepsake, Loss, Output};
use parlor_core::secret::Secret;
use parlor_core::time::{Instant, Now, Timestamp};

use super::{Inner, Shared, Time};

/// 22 November 2025, 09:46:40 UTC: the wall clock when an offline session begins.
const BEGIN: Timestamp = Timestamp(1_763_804_800_000);

/// The server's end of [`Session::offline`](super::Session::offline).
pub struct Offline {
    shared: Arc<Shared>,
}

/// What an offline client did to its line.
#[derive(Default)]
pub(super) struct Line {
    sent: Vec<u8>,
    dialled: u32,
    hung_up: bool,
    remembered: Option<Secret>,
    notified: Vec<Call>,
    kept: Option<Keepsake>,
}

impl Offline {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Self { shared }
    }

    /// The connection stands.
    pub fn connected(&self) {
        self.shared.lock().offline.hung_up = false;
        self.shared.apply(Input::Connected);
    }

    /// The server says this.
    pub fn says(&self, bytes: &[u8]) {
        self.shared.apply(Input::Received(bytes));
    }

    /// The connection is lost, or could not be made.
    pub fn lost(&self, why: impl Into<Loss>) {
        self.shared.apply(Input::Lost(why.into()));
    }

    /// What the client has sent since last asked.
    pub fn sent(&self) -> Vec<u8> {
        std::mem::take(&mut self.shared.lock().offline.sent)
    }

    /// How often the client has dialled since the beginning.
    pub fn dialled(&self) -> u32 {
        self.shared.lock().offline.dialled
    }

    /// Whether the client has hung up since it was last connected.
    pub fn hung_up(&self) -> bool {
        self.shared.lock().offline.hung_up
    }

    /// The token the client wants kept, if any.
    pub fn remembered(&self) -> Option<Secret> {
        self.shared.lock().offline.remembered.clone()
    }

    /// What the next run is to begin with, if there was anything to keep since last asked.
    pub fn kept(&self) -> Option<Keepsake> {
        self.shared.lock().offline.kept.take()
    }

    /// What the person was told to look at since last asked.
    pub fn notified(&self) -> Vec<Call> {
        std::mem::take(&mut self.shared.lock().offline.notified)
    }

    /// Lets this much time pass; everything that falls due on the way happens, each at its time.
    pub fn sleep(&self, time: Duration) {
        let Time::Manual(micros) = &self.shared.time else { return };
        let end = Instant::from_micros(micros.load(Ordering::Relaxed)) + time;
        loop {
            let due = self.shared.lock().client.poll_timeout().map(|deadline| deadline.at).filter(|at| *at <= end);
            let Some(due) = due else { break };
            micros.fetch_max(due.as_micros(), Ordering::Relaxed);
            self.shared.tick();
        }
        micros.fetch_max(end.as_micros(), Ordering::Relaxed);
    }
}

/// Both clocks at this moment of an offline session.
pub(super) fn at(instant: Instant) -> Now {
    let millis = instant.as_micros() / 1_000;
    Now::new(instant, Timestamp(BEGIN.0.saturating_add(i64::try_from(millis).unwrap_or(i64::MAX))))
}

/// Does what the client wants, as far as there is a line to do it with.
pub(super) fn perform(inner: &mut Inner, output: Output) {
    let Inner { client, offline, .. } = inner;
    match output {
        Output::Connect => offline.dialled += 1,
        Output::Wake => loop {
            let bytes = client.transmit();
            if bytes.is_empty() {
                break;
            }
            offline.sent.extend_from_slice(bytes);
            let taken = bytes.len();
            client.transmitted(taken);
        },
        Output::Disconnect(_) => offline.hung_up = true,
        Output::Changed => {}
        Output::Remember(token) => offline.remembered = Some(token),
        Output::Notify(call) => offline.notified.push(call),
        Output::Keep(keepsake) => offline.kept = Some(keepsake),
        Output::Finished => inner.finished = true,
    }
}
