//! The terminal client of Parlor: a thin view over the client machine of `parlor-core`.
//!
//! What is shown is [`parlor_core::client::State`], what a person does becomes a [`parlor_core::client::Intent`];
//! messages, names and the connection belong to the machine. From the outside in: [`options`] is the command line,
//! [`app`] the program around the screen, [`chat`] the screen with its [`log`] and [`panes`], [`front`] what stands over
//! it ([`connect`] and [`form`], [`sheet`], [`switch`], [`search`]), [`editor`] the text being typed, [`term`] the
//! terminal, and [`pipe`] the program without a screen.
//!
//! Text from outside goes one way to the screen: [`cells`] makes it harmless, [`bidi`] puts it in order, [`lay`] into
//! lines, and [`paint`] prints it. [`look`] says how, on this terminal and for this person; [`links`] and [`alert`] are
//! what a terminal can do besides.

pub mod alert;
pub mod app;
pub mod bidi;
pub mod cells;
pub mod chat;
pub mod choices;
pub mod clipboard;
pub mod connect;
pub mod editor;
pub mod form;
pub mod front;
pub mod keys;
pub mod lay;
pub mod links;
pub mod log;
pub mod look;
pub mod options;
pub mod paint;
pub mod panes;
pub mod pipe;
pub mod record;
pub mod search;
pub mod sheet;
pub mod style;
pub mod switch;
pub mod term;
pub mod words;
