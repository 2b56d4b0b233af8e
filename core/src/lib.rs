//! The protocol core of Parlor.
#![no_std]
extern crate alloc;

pub mod client;
pub mod hub;
pub mod id;
pub mod limits;
pub mod name;
pub mod secret;
pub mod store;
pub mod text;
pub mod time;
pub mod vocabulary;
pub mod wire;
