//! Why there is no connection.

use alloc::string::String;
use core::fmt;

use super::words::LinkWords;
use crate::words::Language;

/// Why a connection could not be made, or ended. Drivers tell it ([`super::Input::Lost`]), the machine says it in the
/// person's language; its `Display` is one plain English clause without a full stop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Loss {
    /// The server closed it.
    Closed,
    /// It was reset.
    Broken,
    /// The server took nothing, and answered nothing, for longer than the system waits.
    Silent,
    /// The machine is on no network any more.
    NoNetwork,
    /// It failed in another way, which the system describes.
    Failed(String),
    /// The name of the host has no address.
    NoAddress {
        /// The host.
        host: String,
    },
    /// The host is there, but nothing listens at the port.
    NobodyAnswers {
        /// Host and port.
        at: String,
    },
    /// The host did not answer in time.
    NoAnswer {
        /// Host and port.
        at: String,
        /// How long was waited, in seconds.
        seconds: u64,
    },
    /// There is no way to the host.
    Unreachable {
        /// Host and port.
        at: String,
    },
    /// Dialling failed in another way, which the system describes.
    NotConnected {
        /// Host and port.
        at: String,
        /// What the system says.
        why: String,
    },
    /// Port 0 cannot be dialled.
    PortZero {
        /// The host.
        host: String,
    },
    /// A clause of the driver's own, said as it is in every language.
    Other(String),
}

impl Loss {
    /// What is said to the person: one clause without a full stop.
    pub fn said(&self, language: Language) -> String {
        match self {
            Loss::Closed => language.lost_closed(),
            Loss::Broken => language.lost_broken(),
            Loss::Silent => language.lost_silent(),
            Loss::NoNetwork => language.lost_network(),
            Loss::Failed(why) => language.lost_failed(why),
            Loss::NoAddress { host } => language.no_address(host),
            Loss::NobodyAnswers { at } => language.nobody_answers(at),
            Loss::NoAnswer { at, seconds } => language.no_answer(at, language.digits(seconds)),
            Loss::Unreachable { at } => language.unreachable(at),
            Loss::NotConnected { at, why } => language.not_connected(at, why),
            Loss::PortZero { host } => language.no_port(host, language.digits(0)),
            Loss::Other(why) => why.clone(),
        }
    }
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.said(Language::English))
    }
}

impl From<&str> for Loss {
    fn from(why: &str) -> Self {
        Loss::Other(why.into())
    }
}
