//! The link: dialling, introducing oneself, staying alive, coming back.

use alloc::string::String;
use core::time::Duration;

use rand_chacha::rand_core::Rng;

use super::entries::sentence;
use super::words::LinkWords;
use super::{Client, Link, Loss, Output};
use crate::hub::Closing;
use crate::time::Instant;
use crate::vocabulary::{Code, Reason};
use crate::wire::{ClientCodec, Decoded, Dialect};

/// The longest wait between two dials.
const WAIT_MAX: Duration = Duration::from_secs(60);
/// A link that stood this long was good: the next waiting times begin at the bottom of the ladder.
const STABLE: Duration = Duration::from_secs(10);
/// From connecting to being in.
pub(super) const GREETING_MAX: Duration = Duration::from_secs(30);
/// Silence of a native server before it is pinged.
pub(super) const PING_AFTER: Duration = Duration::from_secs(45);
/// Silence after the ping before it is given up.
pub(super) const PING_MAX: Duration = Duration::from_secs(30);
/// After this long a room the server did not let one back into is lost.
pub(super) const REJOIN_MAX: Duration = Duration::from_secs(15);
/// Frames that mean nothing, on one connection.
const FAULTS_MAX: u32 = 64;

/// Where the link stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// The driver dials.
    Dialling,
    /// A connection stands: [`Client::line`].
    Up,
    /// Dialled again later.
    Waiting { retry_at: Instant, why: String },
    /// Dialled again once the person has answered.
    Resting,
    /// Over.
    Closed { why: Option<String> },
}

/// A connection.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) codec: ClientCodec,
    /// When it was made, or the server last asked something of the person.
    pub(super) since: Instant,
    /// When the server was last heard.
    pub(super) heard: Instant,
    /// When it was last asked for a sign of life, if it was not heard since.
    pub(super) pinged: Option<Instant>,
    /// Since when one is in.
    pub(super) online: Option<Instant>,
    /// One's name was given.
    pub(super) introduced: bool,
    /// A tutorial server asked for the name and waits.
    pub(super) name_owed: bool,
    /// A tutorial server of ours may still say by what other name it took one in.
    pub(super) name_open: bool,
    /// Rooms one was in before are awaited.
    pub(super) rejoining: bool,
    /// The server tells who is away.
    pub(super) away: bool,
    /// What the server said it bears, in one message and one page.
    pub(super) text_bytes: usize,
    pub(super) page: u32,
    faults: u32,
}

impl Client {
    /// Whether one is in.
    pub(super) fn is_online(&self) -> bool {
        self.line.as_ref().is_some_and(|line| line.online.is_some())
    }

    pub(super) fn dial(&mut self) {
        self.tries = self.tries.saturating_add(1);
        self.phase = Phase::Dialling;
        self.outputs.push_back(Output::Connect);
    }

    pub(super) fn connected(&mut self) {
        if self.phase != Phase::Dialling {
            return;
        }
        self.phase = Phase::Up;
        self.line = Some(Line {
            codec: ClientCodec::new(self.profile.dialect),
            since: self.now.instant,
            heard: self.now.instant,
            pinged: None,
            online: None,
            introduced: false,
            name_owed: false,
            name_open: true,
            rejoining: false,
            away: false,
            text_bytes: crate::text::TEXT_BYTES_MAX,
            page: crate::limits::PAGE_MAX,
            faults: 0,
        });
        match self.profile.dialect {
            Dialect::Native => self.introduce(),
            // The tutorials' servers ask first.
            Dialect::Nic | Dialect::Prompt => {}
        }
    }

    pub(super) fn received(&mut self, bytes: &[u8]) {
        if let Some(line) = &mut self.line {
            line.heard = self.now.instant;
            line.pinged = None;
        }
        let mut rest = bytes;
        // An event may end the connection; what came behind it is not heard.
        while let Some(line) = &mut self.line {
            let Some(decoded) = line.codec.decode(&mut rest) else { break };
            match decoded {
                Decoded::Frame(event) => self.event(event),
                // A newer server may say what this version does not know.
                Decoded::Malformed(malformed) if malformed.code == Code::UnknownFrame => {}
                // What speaks otherwise from its first word on is another kind of server.
                Decoded::Malformed(_) if line.online.is_none() => self.close(self.words().wrong_server()),
                Decoded::Malformed(_) => {
                    line.faults += 1;
                    if line.faults > FAULTS_MAX {
                        self.drop_line(Closing::Reset, &self.words().not_understood());
                    }
                }
                Decoded::Foreign(_) => self.close(self.words().wrong_server()),
            }
            if self.out.is_flooded() {
                self.drop_line(Closing::Reset, &self.words().takes_nothing());
            }
        }
    }

    /// The driver could not make the connection, or lost it.
    pub(super) fn lost(&mut self, why: &Loss) {
        self.flush_rows();
        // What is gone needs no closing, even if a goodbye was its last word.
        self.outputs.retain(|output| !matches!(output, Output::Disconnect(_)));
        match self.phase {
            Phase::Dialling | Phase::Up => self.down(&sentence(&why.said(self.words()))),
            Phase::Waiting { .. } | Phase::Resting | Phase::Closed { .. } => {}
        }
    }

    /// Ends the connection from this side and comes back later.
    pub(super) fn drop_line(&mut self, how: Closing, why: &str) {
        if self.line.is_some() {
            self.outputs.push_back(Output::Disconnect(how));
            self.down(why);
        }
    }

    /// The server said goodbye.
    pub(super) fn bye(&mut self, reason: Reason, text: &str) {
        self.outputs.push_back(Output::Disconnect(Closing::Finish));
        let text = if text.is_empty() { reason.text() } else { text };
        let why = self.words().farewell(reason).map_or_else(|| sentence(text), String::from);
        let asked = self.state.question.is_some();
        if self.leave.is_some() {
            self.down(&why);
        } else if is_final(reason) && !(asked && reason == Reason::HandshakeRefused) {
            self.take_down();
            self.state.question = None;
            self.phase = Phase::Closed { why: Some(why) };
        } else {
            self.down(&why);
        }
    }

    /// Nothing more is to be hoped for from this server.
    fn close(&mut self, why: String) {
        self.outputs.push_back(Output::Disconnect(Closing::Finish));
        self.take_down();
        if self.leave.is_some() {
            return self.finish();
        }
        self.phase = Phase::Closed { why: Some(why) };
    }

    /// The connection is gone: what it carried is put back in order, and the next dial is set.
    fn down(&mut self, why: &str) {
        let online = self.line.as_ref().and_then(|line| line.online);
        if online.is_some_and(|since| self.now.instant.saturating_since(since) >= STABLE) {
            self.step = 0;
        }
        self.take_down();
        if self.leave.is_some() {
            self.finish();
        } else if self.state.question.is_some() {
            self.phase = Phase::Resting;
        } else {
            let retry_at = self.now.instant + self.wait();
            self.phase = Phase::Waiting { retry_at, why: why.into() };
        }
    }

    /// The next waiting time: 1, 2, 4 … 60 s, of which the first half is certain and the second random, so that
    /// many clients of one server do not come back at once.
    fn wait(&mut self) -> Duration {
        let whole = Duration::from_secs(1 << self.step.min(6)).min(WAIT_MAX);
        self.step = self.step.saturating_add(1).min(6);
        let half = whole / 2;
        let spread = u64::try_from(half.as_micros()).unwrap_or(u64::MAX);
        half + Duration::from_micros(self.rng.next_u64() % spread.saturating_add(1))
    }

    pub(super) fn take_down(&mut self) {
        if self.leave.is_some() {
            self.rescue();
        }
        self.line = None;
        self.out.clear();
        // Of what was answered to the connection's last words nothing is left to write.
        self.outputs.retain(|output| *output != Output::Wake);
        self.abandon_asked();
        self.joining = None;
        self.parting.clear();
        self.typists.clear();
        self.echo_rest.clear();
        for room in &mut self.state.rooms {
            room.joined = false;
            room.loading_older = false;
            room.typing.clear();
            room.book.live = false;
            room.book.resuming = false;
        }
        self.unsend_pending();
        if self.leave.is_none() {
            self.away_unsettled();
        }
        self.dirty = true;
    }

    /// The person does not want to wait.
    pub(super) fn retry_now(&mut self) {
        match self.phase {
            Phase::Waiting { .. } => self.dial(),
            Phase::Closed { .. } if self.leave.is_none() => {
                self.step = 0;
                self.dial();
            }
            Phase::Resting if self.state.question.is_none() => self.dial(),
            Phase::Resting | Phase::Dialling | Phase::Up | Phase::Closed { .. } => {}
        }
    }

    /// What the person sees of all this.
    pub(super) fn show_link(&mut self) {
        let attempt = self.tries;
        let link = match &self.phase {
            Phase::Closed { why } => Link::Closed { why: why.clone() },
            Phase::Dialling | Phase::Up | Phase::Waiting { .. } | Phase::Resting if self.leave.is_some() => {
                Link::Leaving
            }
            Phase::Dialling => Link::Connecting { attempt },
            Phase::Up if self.is_online() => Link::Online,
            Phase::Up | Phase::Resting => Link::Greeting,
            Phase::Waiting { retry_at, why } => Link::Waiting { retry_at: *retry_at, attempt, why: why.clone() },
        };
        if self.state.link != link {
            self.state.link = link;
            self.dirty = true;
            self.keeping.changed |= !self.pending.is_empty();
        }
    }
}

/// Whether dialling again would end the same way.
fn is_final(reason: Reason) -> bool {
    match reason {
        Reason::Version
        | Reason::HelloFirst
        | Reason::HandshakeRefused
        | Reason::Replaced
        | Reason::Http
        | Reason::Tls
        | Reason::OtherPort
        | Reason::PasswordRequired => true,
        Reason::Quit
        | Reason::SlowReader
        | Reason::Stalled
        | Reason::Shutdown
        | Reason::HandshakeTimeout
        | Reason::PingTimeout
        | Reason::Faults
        | Reason::ServerFull
        | Reason::AddressFull
        | Reason::Lost
        | Reason::Other => false,
    }
}
