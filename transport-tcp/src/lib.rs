//! TCP under the machines of `parlor-core`, on smol: the hub's loop, listening, dialling.

pub mod clock;
pub mod connection;
mod dial;
pub mod kept;
pub mod session;
pub mod target;
