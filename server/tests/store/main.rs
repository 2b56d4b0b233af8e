//! Claims about the durable store.

mod answers;
mod difference;
mod file;
mod group;
mod rows;
mod searching;
mod versions;
mod world;
