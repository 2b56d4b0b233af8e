//! What a load generator must say and understand of a dialect: no more than joining, saying and counting.
//!
//! Everybody says [`Speech::hello`], answers what [`Speech::classify`] calls a question with [`Speech::answer`], and is
//! in when it finds [`Line::Joined`].

mod frames;
mod irc;
mod mqtt;
mod native;
mod nats;
mod prompt;
#[cfg(test)]
mod stand_in;
mod texts;

use std::net::{SocketAddr, ToSocketAddrs};

pub(crate) use frames::split_lines;
pub use texts::{origin, text};

/// What is spoken at a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speech {
    /// JSON lines (`parlor://`).
    Native,
    /// The ChatRoom tutorial in line mode (`prompt://`).
    PromptLines,
    /// Whatever line comes in goes out ([`crate::bare`], `bare://`).
    Bare,
    /// IRC, one channel (`irc://`; RFC 2812).
    Irc,
    /// The client protocol of NATS, one subject (`nats://`).
    Nats,
    /// MQTT 3.1.1 at QoS 0, one topic (`mqtt://`).
    Mqtt,
}

/// What a line or frame from a server is, as far as counting goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// A message somebody said: a delivery.
    Message,
    /// One is in, and everything said from now on will come.
    Joined,
    /// To be answered with [`Speech::answer`].
    Question,
    /// The server refuses something or says goodbye.
    Trouble,
    /// Presence and the like.
    Other,
}

/// Whom to load, as a URL says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target {
    /// What is spoken there.
    pub speech: Speech,
    /// Where it is.
    pub address: SocketAddr,
}

impl Target {
    /// Reads `SCHEME://HOST:PORT`; the schemes are those of [`Speech::scheme`].
    ///
    /// # Errors
    /// One sentence that says what is wrong.
    pub fn parse(url: &str) -> Result<Self, String> {
        let forms = || {
            let schemes = Speech::ALL.map(Speech::scheme).join(", ");
            format!("write SCHEME://HOST:PORT; the schemes are {schemes}")
        };
        let (scheme, rest) = url.split_once("://").ok_or_else(|| format!("{url:?} is no target; {}.", forms()))?;
        let speech = Speech::ALL.into_iter().find(|speech| speech.scheme() == scheme);
        let speech = speech.ok_or_else(|| format!("{scheme}:// cannot be loaded; {}.", forms()))?;
        let host = rest.split('/').next().unwrap_or(rest);
        let mut addresses = host.to_socket_addrs().map_err(|e| format!("{host:?} is no HOST:PORT: {e}."))?;
        let address = addresses.next().ok_or_else(|| format!("{host:?} has no address."))?;
        Ok(Self { speech, address })
    }
}

impl Speech {
    /// All of them.
    pub const ALL: [Speech; 6] =
        [Speech::Native, Speech::PromptLines, Speech::Bare, Speech::Irc, Speech::Nats, Speech::Mqtt];

    /// The scheme of its URLs.
    pub const fn scheme(self) -> &'static str {
        match self {
            Speech::Native => "parlor",
            Speech::PromptLines => "prompt",
            Speech::Bare => "bare",
            Speech::Irc => "irc",
            Speech::Nats => "nats",
            Speech::Mqtt => "mqtt",
        }
    }

    /// Whether one who says something gets it back, as all others do.
    pub const fn echoes(self) -> bool {
        match self {
            Speech::Native | Speech::PromptLines | Speech::Bare | Speech::Nats | Speech::Mqtt => true,
            Speech::Irc => false,
        }
    }

    /// Whether everybody is told of everybody who comes.
    pub const fn has_presence(self) -> bool {
        match self {
            Speech::Native | Speech::PromptLines | Speech::Irc => true,
            Speech::Bare | Speech::Nats | Speech::Mqtt => false,
        }
    }

    /// The first thing a client says; where that is nothing, it is in at once.
    pub fn hello(self, name: &str) -> Vec<u8> {
        match self {
            Speech::Native => native::hello(name),
            Speech::PromptLines => prompt::hello(name),
            Speech::Bare => Vec::new(),
            Speech::Irc => irc::hello(name),
            Speech::Nats => nats::hello(name),
            Speech::Mqtt => mqtt::hello(name),
        }
    }

    /// A message with this text, which must need no escaping.
    pub fn say(self, text: &str, out: &mut Vec<u8>) {
        match self {
            Speech::Native => native::say(text, out),
            Speech::PromptLines | Speech::Bare => {
                out.extend_from_slice(text.as_bytes());
                out.push(b'\n');
            }
            Speech::Irc => irc::say(text, out),
            Speech::Nats => nats::say(text, out),
            Speech::Mqtt => mqtt::say(text, out),
        }
    }

    /// Gives the whole lines or frames of `partial` and then `bytes`, as [`Speech::classify`] wants them, and leaves the
    /// unfinished rest in `partial`.
    pub fn split(self, partial: &mut Vec<u8>, bytes: &[u8], each: impl FnMut(&[u8])) {
        match self {
            Speech::Native | Speech::PromptLines | Speech::Bare | Speech::Irc => split_lines(partial, bytes, each),
            Speech::Nats => frames::split_frames(partial, bytes, nats::length, each),
            Speech::Mqtt => frames::split_frames(partial, bytes, mqtt::length, each),
        }
    }

    /// What a line or frame is, as [`Speech::split`] gives it: lines without their line feed, frames whole.
    pub fn classify(self, line: &[u8]) -> Line {
        match self {
            Speech::Native => native::classify(line),
            Speech::PromptLines => prompt::classify(line),
            Speech::Bare => Line::Message,
            Speech::Irc => irc::classify(line),
            Speech::Nats => nats::classify(line),
            Speech::Mqtt => mqtt::classify(line),
        }
    }

    /// What the client of this name answers to a [`Line::Question`].
    pub fn answer(self, question: &[u8], out: &mut Vec<u8>) {
        match self {
            Speech::Native => native::pong(question, out),
            Speech::Irc => irc::answer(question, out),
            Speech::Nats => nats::pong(out),
            // Nobody asks.
            Speech::PromptLines | Speech::Bare | Speech::Mqtt => {}
        }
    }

    /// The part of a message that [`origin`] is to be asked of.
    pub fn words(self, message: &[u8]) -> &[u8] {
        match self {
            // The channel's name begins with the sign that the mark does.
            Speech::Irc => irc::words(message),
            Speech::Native | Speech::PromptLines | Speech::Bare | Speech::Nats | Speech::Mqtt => message,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_tells_its_origin_in_every_speech() {
        let text = text(7, 123_456, 100);
        for speech in Speech::ALL {
            let mut said = Vec::new();
            speech.say(&text, &mut said);
            assert_eq!(origin(speech.words(&said)), Some((7, 123_456)), "{speech:?}");
        }
    }

    #[test]
    fn a_bad_target_is_one_sentence() {
        for speech in Speech::ALL {
            assert_eq!(Target::parse(&format!("{}://127.0.0.1:9", speech.scheme())).unwrap().speech, speech);
        }
        for url in ["127.0.0.1:9", "nic://127.0.0.1:9", "bare://127.0.0.1"] {
            assert!(Target::parse(url).unwrap_err().ends_with('.'));
        }
    }
}
