//! Every deadline of the client, and what happens when it is reached.

use core::time::Duration;

use super::Client;
use super::link::{GREETING_MAX, PING_AFTER, PING_MAX, Phase, REJOIN_MAX};
use super::pending::ECHO_MAX;
use super::words::LinkWords;
use crate::hub::{Closing, Deadline};
use crate::time::Instant;
use crate::vocabulary::{Command, Tag};
use crate::wire::Dialect;

/// A row of a tutorial server whose end has not come by then has none.
const ROW_MAX: Duration = Duration::from_millis(500);

impl Client {
    /// The earliest deadline.
    pub(super) fn deadline(&self) -> Option<Deadline> {
        if self.finished {
            return None;
        }
        let mut earliest: Option<Deadline> = None;
        let mut consider = |at: Instant, cause: &'static str| {
            if earliest.is_none_or(|held| at < held.at) {
                earliest = Some(Deadline { at, cause });
            }
        };
        if let Phase::Waiting { retry_at, .. } = &self.phase {
            consider(*retry_at, "retry");
        }
        if let Some((at, cause)) = self.liveness() {
            consider(at, cause);
        }
        if let Some(line) = &self.line {
            if line.rejoining {
                consider(line.online.unwrap_or(line.since) + REJOIN_MAX, "rejoin");
            }
            if line.codec.is_partial() {
                consider(line.heard + ROW_MAX, "row");
            }
        }
        if let Some(leave) = &self.leave {
            consider(leave.deadline, "leave");
        }
        if let Some(at) = self.typists.iter().map(|typist| typist.until).min() {
            consider(at, "typing");
        }
        if self.keeping.changed {
            consider(self.keeping.next, "keep");
        }
        if self.owes_read() {
            consider(self.read_next, "read");
        }
        if !self.is_native() {
            if let Some(sent) = self.echoes_awaited().min() {
                consider(sent + ECHO_MAX, "echo");
            }
            if self.owes_write() || self.owes_goodbye() {
                consider(self.out.slot, "write");
            }
        }
        earliest
    }

    /// When the connection is to be looked after: the handshake, the ping, its answer.
    fn liveness(&self) -> Option<(Instant, &'static str)> {
        let line = self.line.as_ref()?;
        if line.online.is_none() {
            // While the person thinks, the server decides how long that may take.
            return self.state.question.is_none().then(|| (line.since + GREETING_MAX, "greeting"));
        }
        match (self.profile.dialect, line.pinged) {
            (Dialect::Native, None) => Some((line.heard + PING_AFTER, "ping")),
            (Dialect::Native, Some(pinged)) => Some((pinged + PING_MAX, "silence")),
            (Dialect::Nic | Dialect::Prompt, _) => None,
        }
    }

    fn echoes_awaited(&self) -> impl Iterator<Item = Instant> {
        self.pending.iter().filter(|pending| !pending.overdue).filter_map(|pending| pending.sent)
    }

    /// Applies every deadline that is reached.
    pub(super) fn expire(&mut self) {
        let now = self.now.instant;
        if matches!(&self.phase, Phase::Waiting { retry_at, .. } if *retry_at <= now) {
            self.dial();
        }
        if let Some((at, cause)) = self.liveness()
            && at <= now
        {
            self.look_after_line(cause);
        }
        if let Some(line) = &self.line {
            if line.rejoining && line.online.unwrap_or(line.since) + REJOIN_MAX <= now {
                self.give_up_rejoining();
            } else if line.codec.is_partial() && line.heard + ROW_MAX <= now {
                self.flush_rows();
            }
        }
        self.expire_leaving();
        self.expire_typists();
        self.expire_echoes();
    }

    fn look_after_line(&mut self, cause: &'static str) {
        match cause {
            "ping" => {
                if let Some(line) = &mut self.line {
                    line.pinged = Some(self.now.instant);
                }
                if let Some(token) = Tag::parse("alive") {
                    self.send(Command::Ping { token });
                }
            }
            "greeting" => self.drop_line(Closing::Reset, &self.words().no_greeting()),
            _ => self.drop_line(Closing::Reset, &self.words().silent()),
        }
    }
}
