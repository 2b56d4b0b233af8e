//! Which command is legal when: one table.

use crate::vocabulary::{Code, Command, Reason};
use crate::wire::Dialect;

use super::Closing;

/// Where a session stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Connected; has not said who it is.
    Greeting,
    /// Has said it; the store is asked.
    Verifying,
    /// In.
    Online,
    /// The last words are on their way.
    Closing {
        /// Why.
        reason: Reason,
        /// How the driver is to close.
        how: Closing,
    },
}

/// What becomes of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It takes effect.
    Legal,
    /// It is answered with an error.
    Refused(Code),
    /// The connection is closed.
    Fatal(Reason),
    /// It is read no more.
    Ignored,
}

/// The table: phase × command. `native-protocol`, Rules: the first frame must be a valid hello; `tutorial-protocols`:
/// a `{quit}` is answered before naming too.
pub fn verdict(phase: Phase, dialect: Dialect, command: &Command) -> Verdict {
    match phase {
        Phase::Greeting | Phase::Verifying => match command {
            Command::Hello(_) => Verdict::Legal,
            Command::Quit { .. } if dialect != Dialect::Native => Verdict::Legal,
            Command::Quit { .. }
            | Command::Join { .. }
            | Command::Part { .. }
            | Command::Say { .. }
            | Command::Edit { .. }
            | Command::Delete { .. }
            | Command::History { .. }
            | Command::Search { .. }
            | Command::Read { .. }
            | Command::Typing { .. }
            | Command::Nick { .. }
            | Command::Away { .. }
            | Command::Topic { .. }
            | Command::Kick { .. }
            | Command::Mute { .. }
            | Command::Rooms { .. }
            | Command::Members { .. }
            | Command::Ping { .. }
            | Command::Pong { .. } => Verdict::Fatal(Reason::HelloFirst),
        },
        Phase::Online => match command {
            Command::Hello(_) => Verdict::Refused(Code::AlreadyWelcome),
            Command::Quit { .. }
            | Command::Join { .. }
            | Command::Part { .. }
            | Command::Say { .. }
            | Command::Edit { .. }
            | Command::Delete { .. }
            | Command::History { .. }
            | Command::Search { .. }
            | Command::Read { .. }
            | Command::Typing { .. }
            | Command::Nick { .. }
            | Command::Away { .. }
            | Command::Topic { .. }
            | Command::Kick { .. }
            | Command::Mute { .. }
            | Command::Rooms { .. }
            | Command::Members { .. }
            | Command::Ping { .. }
            | Command::Pong { .. } => Verdict::Legal,
        },
        Phase::Closing { .. } => Verdict::Ignored,
    }
}
