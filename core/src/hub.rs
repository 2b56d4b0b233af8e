//! The server as a machine: who is here, in which rooms, and which bytes they may be sent now.

use alloc::boxed::Box;
use core::net::IpAddr;

use crate::id::{ConnId, Ticket};
use crate::limits::Limits;
use crate::name::{Nick, RoomName};
use crate::secret::Secret;
use crate::store::{Answer, Ask};
use crate::time::{Instant, Now};
use crate::vocabulary::Reason;
use crate::wire::Dialect;

/// Who connects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer {
    /// What the listener it came to speaks.
    pub dialect: Dialect,
    /// Where from; caps per address count it by /32 or /64. Loopback and `None` (local transports) are exempt.
    pub address: Option<IpAddr>,
}

/// What the driver brings in.
#[derive(Clone, Debug)]
pub enum Input<'a> {
    /// A connection gave bytes.
    Received {
        /// Which.
        conn: ConnId,
        /// At most what one read gave, in order.
        bytes: &'a [u8],
    },
    /// A connection ended: end of file, reset, or an error. Nothing more may be sent to it.
    Lost {
        /// Which.
        conn: ConnId,
    },
    /// The answer to a question.
    Answered {
        /// Which question.
        ticket: Ticket,
        /// Its answer.
        answer: Answer,
    },
    /// The server is to stop: everybody is told, nobody is accepted any more.
    Drain,
}

/// What the driver is to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// `conn` has bytes: write what [`Hub::transmit`] gives. Once per empty→non-empty edge.
    Wake(ConnId),
    /// Close it. The last output about this connection, and the only one of its kind. Nothing is left to send.
    Close {
        /// Which.
        conn: ConnId,
        /// Why, for the log.
        reason: Reason,
        /// How.
        how: Closing,
    },
    /// Stop reading from `conn`: it is out of tokens, or ahead of its questions.
    Pause(ConnId),
    /// Read from `conn` again.
    Resume(ConnId),
    /// Answer this with the same ticket.
    Ask {
        /// Correlates.
        ticket: Ticket,
        /// The question.
        ask: Box<Ask>,
    },
}

/// How a connection is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closing {
    /// Shut down the writing side, discard input for up to 1 s, close.
    Finish,
    /// Reset it (SO_LINGER 0): a chunk-mode client spins for ever on a bare FIN.
    Reset,
}

/// When [`Hub::handle_timeout`] is due, and what for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadline {
    /// When.
    pub at: Instant,
    /// The name of its cause, for logs.
    pub cause: &'static str,
}

/// A connection that was not accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Why.
    pub reason: Reason,
    /// What to write to it before closing, in its dialect's manner.
    pub farewell: Box<[u8]>,
    /// How to close it after that.
    pub how: Closing,
}

/// What a hub is told once, at its start.
#[derive(Clone, Debug)]
pub struct HubConfig {
    /// Every bound.
    pub limits: Limits,
    /// The room everybody meets in.
    pub default_room: RoomName,
    /// What the server calls itself in `welcome`, e.g. `parlor/0.1.0`.
    pub server: Box<str>,
    /// Whether the server wants a password. The store checks it; the hub only needs to know that guests cannot come.
    pub password: bool,
}

/// See [`HubConfig`]; here so that a password is never mistaken for a configuration value.
pub type Password = Secret;

/// The server machine.
#[derive(Debug)]
pub struct Hub {
    _private: (),
}

#[allow(clippy::todo, unused_variables)]
impl Hub {
    /// An empty hub. `seed` must come from the operating system's random numbers: tokens are made from it.
    pub fn new(config: HubConfig, seed: [u8; 32], now: Now) -> Self {
        todo!()
    }

    /// Takes a new connection in.
    ///
    /// # Errors
    /// [`Refused`] where a cap is reached or the hub drains; the connection never existed then.
    pub fn accept(&mut self, now: Now, peer: Peer) -> Result<ConnId, Refused> {
        todo!()
    }

    /// Applies one input. Unknown connections and tickets are ignored: the driver may be late.
    pub fn handle_input(&mut self, now: Now, input: Input<'_>) {
        todo!()
    }

    /// Applies every deadline up to `now`. Spurious calls are no-ops.
    pub fn handle_timeout(&mut self, now: Now) {
        todo!()
    }

    /// The next thing to do; drain to `None` before the next input.
    #[must_use]
    pub fn poll_output(&mut self) -> Option<Output> {
        todo!()
    }

    /// What `conn` may be sent now; empty if nothing, or not yet.
    #[must_use]
    pub fn transmit(&self, conn: ConnId) -> &[u8] {
        todo!()
    }

    /// So many of the bytes of [`Hub::transmit`] were taken. Call it with fewer than were offered when the
    /// connection would block, and transmit again once it is writable.
    pub fn transmitted(&mut self, conn: ConnId, bytes: usize) {
        todo!()
    }

    /// When [`Hub::handle_timeout`] is due. Constant time.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Deadline> {
        todo!()
    }

    /// The name under which the others see this connection, once it is in. For the driver's log.
    pub fn nick(&self, conn: ConnId) -> Option<&Nick> {
        todo!()
    }

    /// Whether nothing is left: no session, no grace, no question. After `Drain`, the driver may stop then.
    pub fn is_empty(&self) -> bool {
        todo!()
    }

    /// Asserts every invariant. Costs a walk over everything: for tests and simulators.
    ///
    /// # Panics
    /// If one does not hold, which is a bug in this crate.
    pub fn check(&self) {
        todo!()
    }
}
