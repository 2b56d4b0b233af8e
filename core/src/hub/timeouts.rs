//! What becomes of deadlines. A handled deadline moves or is gone.

use crate::vocabulary::{Event, Reason, Tag};

use super::Hub;
use super::phase::Phase;
use super::timers::{SessionDeadlines, SessionTimer, Timer};

impl Hub {
    pub(super) fn timed_out(&mut self, timer: Timer) {
        match timer {
            Timer::Session(slot, kind) => {
                let deadlines: &mut SessionDeadlines = &mut self.sessions[slot].deadlines;
                super::timers::Timers::taken(deadlines, kind);
                match kind {
                    SessionTimer::Life => self.check_life(slot),
                    SessionTimer::Stall => self.check_stall(slot),
                    SessionTimer::Write => self.wake(slot),
                    SessionTimer::Complete => self.complete(slot),
                    SessionTimer::Tokens => {
                        // It is our pace that keeps it from being heard.
                        self.sessions[slot].heard = self.now.instant;
                        self.take_in(slot, &[]);
                    }
                    SessionTimer::Farewell => self.finish(slot),
                }
            }
            Timer::Grace(user) => self.end_grace(user),
            Timer::Presence(room) => self.tell_news(room),
        }
    }

    /// The handshake took too long, or nothing was heard for a while: a ping, then the end.
    fn check_life(&mut self, slot: u32) {
        let limits = &self.config.limits;
        let (interval, timeout) = (limits.ping_interval, limits.ping_timeout);
        let now = self.now.instant;
        let session = &mut self.sessions[slot];
        match session.phase {
            Phase::Greeting | Phase::Verifying => return self.close(slot, Reason::HandshakeTimeout),
            Phase::Online => {}
            Phase::Closing { .. } => return,
        }
        if session.paused || session.waiting > 0 {
            // It is we who do not listen just now: silence says nothing.
            session.heard = now;
            session.pinged = false;
        }
        if now.saturating_since(session.heard) < interval {
            let at = session.heard + interval;
            return self.set_timer(slot, SessionTimer::Life, at);
        }
        if session.pinged {
            return self.close(slot, Reason::PingTimeout);
        }
        session.pinged = true;
        self.set_timer(slot, SessionTimer::Life, now + timeout);
        let token = Tag::parse("alive?").expect("short enough");
        self.send(slot, &Event::Ping { token });
    }

    /// Bytes wait; if none was taken for too long, the connection is given up.
    fn check_stall(&mut self, slot: u32) {
        let timeout = self.config.limits.stall_timeout;
        let session = &self.sessions[slot];
        if session.outbox.is_empty() {
            return;
        }
        if self.now.instant.saturating_since(session.progress) >= timeout {
            return self.close(slot, Reason::Stalled);
        }
        let at = session.progress + timeout;
        self.set_timer(slot, SessionTimer::Stall, at);
    }
}
