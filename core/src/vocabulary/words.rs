//! The stable words for what went wrong: why a command is refused, why a connection ends.

use core::fmt;

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum $name {
            $($(#[$vdoc])* $variant,)*
            /// A word this version does not know.
            Other,
        }

        impl $name {
            /// Every known one, for tables and tests.
            pub const ALL: &[$name] = &[$($name::$variant,)*];

            /// The stable word on the wire.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $($name::$variant => $word,)*
                    $name::Other => "other",
                }
            }

            /// The code this word stands for.
            pub fn parse(word: &str) -> Self {
                match word {
                    $($word => $name::$variant,)*
                    _ => $name::Other,
                }
            }
        }
    };
}

words! {
    /// Why a command is refused: the `code` of an `error`.
    Code {
        /// The bytes are not UTF-8.
        BadUtf8 = "bad_utf8",
        /// Not JSON, or not a frame: duplicate members, lone surrogates, wrong types.
        BadFrame = "bad_frame",
        /// A frame over its bound; it was skipped.
        FrameTooLong = "frame_too_long",
        /// A frame this server does not know.
        UnknownFrame = "unknown_frame",
        /// A second hello.
        AlreadyWelcome = "already_welcome",
        /// Somebody else has this name, or one that looks the same.
        NickTaken = "nick_taken",
        /// Not a nickname.
        BadNick = "bad_nick",
        /// Not a room's name.
        BadRoom = "bad_room",
        /// Text with control characters, or none at all.
        BadText = "bad_text",
        /// Text, topic, reason or tag over its bound.
        TooLong = "too_long",
        /// One is not there.
        NotInRoom = "not_in_room",
        /// Nobody has this name.
        NoSuchNick = "no_such_nick",
        /// There is no such room.
        NoSuchRoom = "no_such_room",
        /// There is no such message, or it was deleted.
        NoSuchMessage = "no_such_message",
        /// It is somebody else's message.
        NotYours = "not_yours",
        /// Nothing can be looked for with this query.
        BadQuery = "bad_query",
        /// This place has no such thing (a kick in a direct conversation, say).
        NotHere = "not_here",
        /// For the room's operators only.
        NotOperator = "not_operator",
        /// One has been silenced there.
        Muted = "muted",
        /// The server wants a password.
        PasswordRequired = "password_required",
        /// It is another password.
        BadPassword = "bad_password",
        /// Too many of these in too short a time.
        RateLimited = "rate_limited",
        /// One is in as many rooms as one session may be.
        TooManyRooms = "too_many_rooms",
        /// The server has as many rooms as it bears.
        ServerFull = "server_full",
        /// The server cannot store or read just now.
        Unavailable = "unavailable",
    }
}

words! {
    /// Why a connection ends: the `code` of a `bye`, and what the server's log says.
    Reason {
        /// The client said goodbye.
        Quit = "quit",
        /// The same identity has too many sessions; the oldest goes.
        Replaced = "replaced",
        /// It read too slowly: its outbox was full.
        SlowReader = "slow_reader",
        /// Nothing at all was taken for too long, with bytes waiting.
        Stalled = "stalled",
        /// The server stops.
        Shutdown = "shutdown",
        /// Another version of the protocol.
        Version = "version",
        /// The first frame was no valid hello.
        HelloFirst = "hello_first",
        /// No hello in time.
        HandshakeTimeout = "handshake_timeout",
        /// No acceptable nickname or password within the tries.
        HandshakeRefused = "handshake_refused",
        /// No sign of life.
        PingTimeout = "ping_timeout",
        /// Too many faulty frames.
        Faults = "faults",
        /// It speaks HTTP.
        Http = "http",
        /// It speaks TLS.
        Tls = "tls",
        /// It is a Parlor client at a port for a tutorial's clients.
        OtherPort = "other_port",
        /// The server holds as many sessions as it bears.
        ServerFull = "server_full",
        /// This address has as many connections as one may have.
        AddressFull = "address_full",
        /// This dialect cannot give the password the server wants.
        PasswordRequired = "password_required",
        /// The connection broke or the peer closed it without a word.
        Lost = "lost",
    }
}

impl Reason {
    /// One plain sentence for the person at the other end.
    pub const fn text(self) -> &'static str {
        match self {
            Reason::Quit => "Goodbye.",
            Reason::Replaced => "You are connected from too many places; this oldest connection was closed.",
            Reason::SlowReader => "Your connection was too slow to keep up with the messages.",
            Reason::Stalled => "Your connection took no data for too long.",
            Reason::Shutdown => "The server is shutting down.",
            Reason::Version => "This server speaks version 1 of the protocol; use a client that does.",
            Reason::HelloFirst => "The first frame must be a valid hello.",
            Reason::HandshakeTimeout => "You did not introduce yourself in time.",
            Reason::HandshakeRefused => "Too many tries; connect again with another name or password.",
            Reason::PingTimeout => "You have not answered for too long.",
            Reason::Faults => "Too many faulty frames.",
            Reason::Http => "This is a Parlor chat server, not a web server; open it with a chat client.",
            Reason::Tls => "This port is not encrypted; connect without TLS.",
            Reason::OtherPort => {
                "This port is for other clients; a Parlor client connects to another one, usually 7667."
            }
            Reason::ServerFull => "The server is full; try again later.",
            Reason::AddressFull => "There are too many connections from your address; close one and try again.",
            Reason::PasswordRequired => {
                "This server needs a password, which this kind of client cannot give; use a Parlor client."
            }
            Reason::Lost => "The connection was lost.",
            Reason::Other => "The connection was closed.",
        }
    }

    /// What the others are told as the reason of a departure; nothing where there is nothing to say. Clients say it in the
    /// person's language.
    pub const fn note(self) -> &'static str {
        match self {
            Reason::Lost | Reason::PingTimeout => "connection lost",
            Reason::SlowReader | Reason::Stalled => "too slow",
            Reason::Faults => "faulty frames",
            Reason::Quit
            | Reason::Replaced
            | Reason::Shutdown
            | Reason::Version
            | Reason::HelloFirst
            | Reason::HandshakeTimeout
            | Reason::HandshakeRefused
            | Reason::Http
            | Reason::Tls
            | Reason::OtherPort
            | Reason::ServerFull
            | Reason::AddressFull
            | Reason::PasswordRequired
            | Reason::Other => "",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
