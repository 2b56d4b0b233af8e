//! Taking in what a connection sent: in order, at its pace, and no further ahead of its questions than allowed.

use alloc::boxed::Box;
use core::time::Duration;

use crate::limits::SERVER_FRAME_BYTES_MAX;
use crate::vocabulary::{Code, Command, Event, Reason, Request, Tag};
use crate::wire::{Decoded, Malformed};

use super::outbox::Outbox;
use super::phase::{Verdict, verdict};
use super::timers::SessionTimer;
use super::{Hub, Output};

impl Hub {
    pub(super) fn received(&mut self, slot: u32, bytes: &[u8]) {
        let now = self.now.instant;
        let session = &mut self.sessions[slot];
        if session.lost || session.is_closing() {
            return;
        }
        session.heard = now;
        session.pinged = false;
        if session.inbox.len() + bytes.len() > self.config.limits.inbox_bytes_max {
            self.close(slot, Reason::Faults);
            return;
        }
        self.take_in(slot, bytes);
    }

    /// Takes in as much as may be: what was kept, then `bytes`. What may not yet be taken is kept.
    pub(super) fn take_in(&mut self, slot: u32, bytes: &[u8]) {
        let mut kept = core::mem::take(&mut self.sessions[slot].inbox);
        let mut rest = bytes;
        if !kept.is_empty() {
            kept.extend_from_slice(bytes);
            rest = &kept;
        }
        let blocked = self.take_frames(slot, &mut rest);
        let Some(session) = self.sessions.get_mut(slot) else { return };
        if session.is_closing() {
            session.held = None;
            return;
        }
        if rest.len() == kept.len() && !kept.is_empty() {
            session.inbox = kept;
        } else {
            session.inbox = rest.to_vec();
        }
        let behind = session.held.is_some() || !session.inbox.is_empty();
        if behind != session.paused && !session.lost {
            session.paused = behind;
            let conn = session.conn;
            self.mail.outputs.push_back(if behind { Output::Pause(conn) } else { Output::Resume(conn) });
        }
        if !blocked {
            self.drained(slot);
        }
    }

    /// Takes frames until there are none (`false`) or none may be taken (`true`).
    fn take_frames(&mut self, slot: u32, rest: &mut &[u8]) -> bool {
        loop {
            if self.sessions.get(slot).is_none_or(|session| session.is_closing()) || !self.may_take(slot) {
                return true;
            }
            let session = &mut self.sessions[slot];
            let frame = match session.held.take() {
                Some(held) => *held,
                None => match session.codec.decode(rest) {
                    Some(frame) => frame,
                    None if session.lost => match session.codec.flush() {
                        Some(frame) => frame,
                        None => return false,
                    },
                    None => return false,
                },
            };
            self.settle_flavour(slot);
            if self.must_wait(slot, &frame) || !self.has_token(slot, &frame) {
                self.sessions[slot].held = Some(Box::new(frame));
                return true;
            }
            self.take_frame(slot, frame);
        }
    }

    /// All that came is taken in: a message without its newline gets its deadline, a lost session leaves.
    fn drained(&mut self, slot: u32) {
        let session = &self.sessions[slot];
        if session.lost {
            self.lost_and_drained(slot);
            return;
        }
        if session.codec.is_partial() {
            let at = self.now.instant + self.config.limits.nic_completion;
            self.set_timer(slot, SessionTimer::Complete, at);
        } else {
            self.clear_timer(slot, SessionTimer::Complete);
        }
    }

    /// A message without its end got none in time: it is complete as it is.
    pub(super) fn complete(&mut self, slot: u32) {
        if self.sessions[slot].held.is_some() || !self.sessions[slot].inbox.is_empty() {
            // Its rest is here but may not be taken yet; once it may, the deadline is set anew if need be.
            return;
        }
        while self.sessions.get(slot).is_some_and(|session| !session.is_closing()) && self.may_take(slot) {
            let Some(frame) = self.sessions[slot].codec.flush() else { return };
            if self.must_wait(slot, &frame) || !self.has_token(slot, &frame) {
                self.sessions[slot].held = Some(Box::new(frame));
                return self.take_in(slot, &[]);
            }
            self.take_frame(slot, frame);
        }
        if self.sessions.get(slot).is_some_and(|session| !session.is_closing()) {
            let at = self.now.instant + self.config.limits.nic_completion;
            self.set_timer(slot, SessionTimer::Complete, at);
        }
    }

    /// The first frame of a `prompt` connection settles whether it reads lines or chunks.
    fn settle_flavour(&mut self, slot: u32) {
        let merge = self.config.limits.prompt_rows_merge;
        let session = &mut self.sessions[slot];
        let flavour = session.codec.flavour();
        if flavour != session.flavour {
            if session.outbox.is_empty() {
                session.outbox = Outbox::new(flavour, merge);
            } else {
                session.outbox.convert(flavour, merge);
            }
            session.flavour = flavour;
            self.clear_timer(slot, SessionTimer::Write);
            self.wake(slot);
        }
    }

    /// Whether any frame of this session may be taken in now.
    fn may_take(&mut self, slot: u32) -> bool {
        let session = &self.sessions[slot];
        let open = u32::from(session.appends) + u32::from(session.asked);
        if session.waiting > 0 || open >= self.config.limits.appends_per_session_max {
            return false;
        }
        if self.is_behind_on_reading(slot) {
            return false;
        }
        if self.restoring > 0 || self.asks.len() >= self.config.limits.questions_max as usize {
            if !self.starved.contains(&slot) {
                self.starved.push_back(slot);
            }
            return false;
        }
        true
    }

    /// Whether what it asked for still waits to be read: who asks faster than it reads is read no faster.
    fn is_behind_on_reading(&self, slot: u32) -> bool {
        let session = &self.sessions[slot];
        let pages = usize::from(session.asked) * SERVER_FRAME_BYTES_MAX;
        !session.lost && session.outbox.own_len() + pages > self.config.limits.outbox_bytes_max / 2
    }

    /// Bytes were taken: goes on with what was not taken in while too much waited.
    pub(super) fn go_on_reading(&mut self, slot: u32) {
        let session = &self.sessions[slot];
        if session.paused && session.is_online() && !self.is_behind_on_reading(slot) {
            self.take_in(slot, &[]);
        }
    }

    /// Whether this frame's effect would overtake an earlier message that is still being stored. Messages follow
    /// each other into the store; `history` holds nothing back and waits for nothing.
    fn must_wait(&self, slot: u32, frame: &Decoded<Request>) -> bool {
        if self.sessions[slot].appends == 0 {
            return false;
        }
        match frame {
            Decoded::Frame(Request { command: Command::Say { place, .. }, .. }) => self.may_say(slot, place).is_err(),
            Decoded::Frame(Request { command: Command::History { .. }, .. }) => false,
            Decoded::Frame(_) | Decoded::Malformed(_) | Decoded::Foreign(_) => true,
        }
    }

    /// Takes a token for this frame, or sets the time at which there is one. Signs of life are free, and so is what
    /// a connection had sent before it was lost: its inbox is bounded, and nothing of it is to be lost.
    fn has_token(&mut self, slot: u32, frame: &Decoded<Request>) -> bool {
        let session = &mut self.sessions[slot];
        let free = match frame {
            Decoded::Frame(request) => matches!(
                request.command,
                Command::Ping { .. } | Command::Pong { .. } | Command::Hello(_) | Command::Quit { .. }
            ),
            Decoded::Malformed(_) | Decoded::Foreign(_) => false,
        };
        if free || session.lost {
            return true;
        }
        match session.commands.pace(self.config.limits.pace, self.now.instant) {
            Ok(()) => true,
            Err(at) => {
                self.set_timer(slot, SessionTimer::Tokens, at);
                false
            }
        }
    }

    fn take_frame(&mut self, slot: u32, frame: Decoded<Request>) {
        match frame {
            Decoded::Frame(request) => {
                let session = &self.sessions[slot];
                match verdict(session.phase, session.dialect, &request.command) {
                    Verdict::Legal => self.obey(slot, request),
                    Verdict::Refused(code) => {
                        self.refuse(slot, code, "You are already in; say hello once.", request.reference);
                    }
                    Verdict::Fatal(reason) => self.close(slot, reason),
                    Verdict::Ignored => {}
                }
            }
            Decoded::Malformed(malformed) => self.answer_malformed(slot, malformed),
            Decoded::Foreign(reason) => self.close(slot, reason),
        }
    }

    /// A frame that means nothing is answered; faults are counted and forgiven at one a minute.
    fn answer_malformed(&mut self, slot: u32, malformed: Malformed) {
        const FORGIVEN_EVERY: Duration = Duration::from_secs(60);
        let now = self.now.instant;
        let session = &mut self.sessions[slot];
        if session.in_handshake() {
            let named = matches!(malformed.code, Code::BadNick | Code::NickTaken | Code::TooLong);
            if session.is_native() && !named {
                self.close(slot, Reason::HelloFirst);
            } else {
                self.try_again(slot, malformed.code, &malformed.text, malformed.reference);
            }
            return;
        }
        let forgiven =
            !malformed.is_fault() || session.faults.take(self.config.limits.faults_max, FORGIVEN_EVERY, now).is_ok();
        self.refuse(slot, malformed.code, &malformed.text, malformed.reference);
        if !forgiven {
            self.close(slot, Reason::Faults);
        }
    }

    /// Answers with an error.
    pub(super) fn refuse(&mut self, slot: u32, code: Code, text: &str, reference: Option<Tag>) {
        self.send(slot, &Event::Error { code, text: text.into(), reference });
    }

    /// An answer came: goes on with what waited for it.
    pub(super) fn go_on(&mut self, slot: u32) {
        let session = &self.sessions[slot];
        if session.is_closing() || session.closed && !session.lost {
            self.depart_if_due(slot);
        } else if session.held.is_some() || !session.inbox.is_empty() || session.lost {
            self.take_in(slot, &[]);
        }
    }

    /// Goes on with sessions that waited because too many questions were open, or those that come first.
    pub(super) fn feed_the_starved(&mut self) {
        // Each at most once: who asks nothing after all must not cost the others their turn.
        for _ in 0..self.starved.len() {
            if self.restoring > 0 || self.asks.len() >= self.config.limits.questions_max as usize {
                return;
            }
            if let Some(slot) = self.starved.pop_front()
                && self.sessions.get(slot).is_some()
            {
                self.go_on(slot);
            }
        }
    }
}
