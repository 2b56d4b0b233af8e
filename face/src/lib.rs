//! What both clients share that touches the machine.
//!
//! [`kept::Kept`] keeps what a client needs next time. Nothing here decides anything about the chat: that is up to
//! the machine of `parlor_core::client`.

pub mod kept;
