//! Who is measured.

use std::path::Path;
use std::time::Duration;

use serde::{Serialize, Serializer};

use crate::bare::Style;
use crate::crowd::Entry;
use crate::peers::Peer;
use crate::process::Running;
use crate::speech::Speech;

/// Who is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Contender {
    /// [`Style::Lines`].
    BareA,
    /// [`Style::Turns`].
    BareB,
    /// `parlor-server`, native clients.
    Native,
    /// `parlor-server`, ChatRoom clients in line mode.
    PromptLines,
    /// A server of others.
    Peer(Peer),
}

/// A configuration under which the figures measure the server and not its patience with one person.
pub const UNPACED: &str = "[limits]\npace = \"off\"\n";

impl Contender {
    /// What is in this tree, in the order of a round.
    pub const OURS: [Contender; 4] = [Contender::BareA, Contender::BareB, Contender::Native, Contender::PromptLines];

    /// The servers of others, in the order of a round.
    pub const PEERS: [Contender; 5] = [
        Contender::Peer(Peer::InspIrcd),
        Contender::Peer(Peer::NgIrcd),
        Contender::Peer(Peer::IrcdHybrid),
        Contender::Peer(Peer::Nats),
        Contender::Peer(Peer::Mosquitto),
    ];

    /// Reads what [`Contender::key`] writes.
    ///
    /// # Errors
    /// One sentence, if nobody is called so.
    pub fn parse(key: &str) -> Result<Self, String> {
        let all = || Self::OURS.into_iter().chain(Self::PEERS);
        all().find(|contender| contender.key() == key).ok_or_else(|| {
            let keys: Vec<&str> = all().map(Self::key).collect();
            format!("nobody is called so; there are {}", keys.join(", "))
        })
    }

    /// As command lines call it.
    pub const fn key(self) -> &'static str {
        match self {
            Contender::BareA => "bare-a",
            Contender::BareB => "bare-b",
            Contender::Native => "native",
            Contender::PromptLines => "prompt-lines",
            Contender::Peer(peer) => peer.program_name(),
        }
    }

    /// As the tables call it.
    pub const fn name(self) -> &'static str {
        match self {
            Contender::BareA => "bare A",
            Contender::BareB => "bare B",
            Contender::Native => "parlor, native",
            Contender::PromptLines => "parlor, prompt lines",
            Contender::Peer(peer) => peer.name(),
        }
    }

    /// What it is spoken to.
    pub const fn speech(self) -> Speech {
        match self {
            Contender::BareA | Contender::BareB => Speech::Bare,
            Contender::Native => Speech::Native,
            Contender::PromptLines => Speech::PromptLines,
            Contender::Peer(peer) => peer.speech(),
        }
    }

    /// How a crowd comes to it.
    pub fn entry(self, within: Duration) -> Entry {
        match self {
            Contender::BareA | Contender::BareB | Contender::Native | Contender::PromptLines => {
                Entry { within, ..Entry::default() }
            }
            Contender::Peer(peer) => peer.entry(within),
        }
    }

    /// Why it cannot be measured here, if it cannot: one sentence.
    pub fn missing(self) -> Option<String> {
        match self {
            Contender::BareA | Contender::BareB | Contender::Native | Contender::PromptLines => None,
            Contender::Peer(peer) => peer.program().err(),
        }
    }

    /// Starts it.
    ///
    /// # Errors
    /// One sentence, if it does not start.
    pub fn start(self, binary: &Path) -> Result<Running, String> {
        match self {
            Contender::BareA => Running::bare(Style::Lines),
            Contender::BareB => Running::bare(Style::Turns),
            Contender::Native | Contender::PromptLines => Running::parlor(binary, UNPACED),
            Contender::Peer(peer) => peer.start(),
        }
    }
}

impl Serialize for Contender {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_is_found_by_the_key_and_others_are_one_sentence() {
        for contender in Contender::OURS.into_iter().chain(Contender::PEERS) {
            assert_eq!(Contender::parse(contender.key()), Ok(contender));
        }
        assert!(Contender::parse("slack").unwrap_err().contains("bare-a, bare-b"));
    }
}
