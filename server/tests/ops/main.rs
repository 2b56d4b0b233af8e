//! What an operator does with the history of a server, with the real program.

#[allow(dead_code, reason = "shared with other tests")]
#[path = "../process/program.rs"]
mod program;
#[allow(dead_code, reason = "shared with other tests")]
#[path = "../store/world.rs"]
mod world;

mod backup;
mod check;
mod erase;
mod export;
mod home;
mod restore;
