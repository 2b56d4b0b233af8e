//! Measures what Parlor is for: copying one message to many people.
//!
//! [`bare`] is the least a server can do, [`crowd`] a thousand clients on one event loop, [`process`] starts either
//! server in a process of its own, and [`drive`] sends messages and takes the figures. [`goals`] measures and
//! judges each figure that is to be reached. The examples `bare`, `load`, `compare` and `goals` and the criterion
//! benchmarks are thin faces of these. [`history`] measures what keeps the messages. `docs/performance.md` says how to
//! read the results.
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
