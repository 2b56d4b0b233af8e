//! TCP under the machines of `parlor-core`, on smol: the hub's loop, listening, dialling.
//!
//! For servers, [`hub_loop::serve`] runs a hub over any [`connection::Listener`]; [`listen`] has the TCP one,
//! [`memory`] one inside the process. For clients, [`session::Session`] runs a client machine on a thread of its own.
//! [`target::Target`] is how people write where a server is.
//!
//! Nothing here decides anything: who may do what, how long to wait and what to say is up to the machines.

pub mod clock;
pub mod connection;
mod dial;
pub mod hub_loop;
pub mod listen;
pub mod memory;
pub mod reactor;
pub mod record;
pub mod session;
pub mod target;
