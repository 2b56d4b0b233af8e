//! What the server's store promises holds when the power is cut, when its files are torn, and when the disk fails.
//!
//! The store runs on a disk that writes down everything that is done to it ([`frail_disk`]). [`life`] is a load on it:
//! people who write, correct, take back, read and rename, with every answer and the moment it was given at. [`claims`]
//! says what must be true of a store that is opened after a mishap, given how much had been answered before it.
//! The mishaps: [`cuts`], [`torn`], [`errors`], [`restart`].

mod claims;
mod cuts;
mod errors;
mod kept;
mod life;
mod restart;
mod torn;
