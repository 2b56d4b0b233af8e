//! TCP under the machines of `parlor-core`, on smol: the hub's loop, listening, dialling.

pub mod clock;
pub mod connection;
mod dial;
pub mod hub_loop;
pub mod kept;
pub mod listen;
pub mod memory;
pub mod session;
pub mod target;
