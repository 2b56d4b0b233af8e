//! Measures what Parlor is for: copying one message to many people.
//!
//! [`bare`] is the least a server can do, [`peers`] are servers of others, [`crowd`] is a thousand clients on one event
//! loop, [`process`] starts each server in a process of its own, and [`drive`] sends messages and takes the figures.
//! [`rounds`] measures all of them in turn and sets up the tables, [`hostile`] those who never read or send without end,
//! [`goals`] measures and judges each figure that is to be reached, and [`history`] what keeps the messages. The examples
//! `bare`, `load`, `compare`, `goals` and `history` and the criterion benchmarks are thin faces of these.
//! `docs/performance.md` says how to read the results.
//!
//! Linux only: it reads processor clocks and memory of other processes, and its loops are on epoll.
#![cfg(target_os = "linux")]

pub mod bare;
pub mod crowd;
pub mod drive;
pub mod figures;
pub mod goals;
pub mod history;
pub mod hostile;
pub mod os;
pub mod peers;
pub mod process;
pub mod rounds;
pub mod speech;
