//! The protocol core of Parlor: a chat server and a chat client as machines that do no I/O.
//!
//! Plain data goes in, plain data comes out. The machines own no socket, no clock, no thread and no random numbers,
//! so a socket, a property test, a simulator or a fuzzer can drive the very code that ships, and it cannot tell which.
//!
//! ```text
//!     bytes from the peer ──► handle_input ──►┌─────────┐──► poll_output ──► Wake, Close, Ask …
//!     answers of the store ─► handle_input ──►│   Hub   │
//!     the time ───────────► handle_timeout ──►│ (Client)│──► transmit ─────► bytes for the peer
//!                                             └─────────┘──► poll_timeout ─► when to come again
//! ```
//!
//! Read the modules in this order: [`time`], [`limits`], [`id`], [`name`], [`text`], [`vocabulary`] (everything the two
//! ends may say), [`wire`] (dialects: bytes ↔ vocabulary), [`store`] (the questions a hub asks), [`search`] (by which
//! words a text is found), [`hub`] (the server), [`client`]; then [`record`], which writes down what a driver does with
//! a hub.
//!
//! # The driver's contract
//!
//! Who drives a [`hub::Hub`] keeps to this; a [`client::Client`] asks for the same where it applies.
//!
//! 1. One task owns the machine.
//! 2. It reads both clocks once per batch of inputs; the monotonic one never runs backwards (asserted).
//! 3. After `accept`, `handle_input`, `handle_timeout` and `transmitted` it drains `poll_output` to `None` before the
//!    next of them (asserted).
//! 4. It writes what `transmit` gives in one write, and only to a connection that woke; it says what was taken by
//!    `transmitted` and goes on until `transmit` is empty. Fewer bytes than offered, or none, say that the connection
//!    would block: it comes back when the connection is writable.
//! 5. It calls `handle_timeout` when `poll_timeout` is due. Late is allowed, early is harmless.
//! 6. It takes a bounded batch of inputs, then writes; at the latest when `wants_flush` says so.
//! 7. Local work first: answers and writes, then bytes, then newcomers.
//! 8. It hands in a read whole, in order, and reads no more between `Pause` and `Resume`; what was read before is
//!    handed in all the same. So TCP stops the peer.
//! 9. After `Close` it shuts the connection as told and reports nothing more of it (if it does, nothing happens).
//! 10. Every `Ask` is answered exactly once, also on failure and on shutdown, and only when what it shows or promises is
//!     safe. `Absent` is carried out first; appends are carried out in the order asked, and so is what is told of who is
//!     where (`Present`); all are answered in the order in which they were carried out, so that no answer is older than
//!     one given before. Searches alone may be carried out and answered at any time.
//! 11. The seed comes from the operating system's random numbers.
//! 12. It has no opinions: who lives, what is said and how long to wait is decided in the core.
//!
//! # Three kinds of wrong
//!
//! The peer's is a [`vocabulary::Code`] or [`vocabulary::Reason`] that is sent and counted. The world's (a lost
//! connection, a store that fails) is an input. Ours is an assertion, on in release too.
#![no_std]
extern crate alloc;

pub mod client;
pub mod hub;
pub mod id;
pub mod limits;
pub mod name;
pub mod record;
mod scan;
pub mod search;
pub mod secret;
pub mod store;
pub mod text;
pub mod time;
pub mod vocabulary;
pub mod wire;
pub mod words;
