//! The desktop client of Parlor: a thin view, drawn with egui, over the client machine of `parlor-core`.
//!
//! The view shows [`State`](parlor_core::client::State) and makes
//! [`Intent`](parlor_core::client::Intent)s; it keeps no messages, reads no bytes and opens no sockets. [`App`] is what
//! eframe draws, [`run`] the whole program.

mod app;
mod args;
mod around;
mod banner;
mod bell;
mod chat;
mod chosen;
mod completion;
mod composer;
mod connect;
mod cursor;
mod deeds;
mod find;
mod frame;
mod help;
mod host;
mod hosting;
mod input;
mod leave;
mod links;
mod lists;
mod log;
mod preferences;
mod question;
mod quote;
mod row;
mod run;
mod scroll;
mod switcher;
mod talk;
mod text;
mod theme;
mod words;

pub use app::{App, Dial};
pub use args::{Args, Renderer};
pub use bell::Bell;
pub use connect::Form;
pub use run::run;
