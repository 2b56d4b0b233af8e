//! What both clients share that touches the machine.
//!
//! [`kept::Kept`] keeps what a client needs next time, written in the background by a [`writer::Writer`];
//! [`settings::Settings`] are what a person chose, kept in the background by a [`settings::SettingsWriter`]. Nothing here
//! decides anything about the chat: that is up to the machine of `parlor_core::client`.

mod clerk;
pub mod clock;
mod file;
mod keepsakes;
pub mod kept;
pub mod locale;
pub mod notify;
pub mod open;
pub mod settings;
pub mod signals;
pub mod words;
pub mod writer;

pub use file::{Fault, Loaded};
