//! Saying goodbye.

use core::time::Duration;

use super::Client;
use super::link::Phase;
use crate::hub::Closing;
use crate::text::Note;
use crate::time::Instant;
use crate::vocabulary::Command;
use crate::wire::Dialect;

/// From the last progress to saying goodbye anyway, and from goodbye to leaving without an answer.
const LEAVE_MAX: Duration = Duration::from_secs(5);
/// The same with the tutorials' servers, whose answer is quick or never comes.
const LEAVE_MAX_TUTORIAL: Duration = Duration::from_secs(3);

/// The person said goodbye.
#[derive(Debug)]
pub(super) struct Leave {
    pub(super) deadline: Instant,
    /// What waited was given up, so that goodbye can be said.
    hurried: bool,
    /// The server was told.
    pub(super) said: bool,
    /// All is over.
    pub(super) done: bool,
}

impl Client {
    /// Says goodbye: what waits is sent first. A second time, nothing is waited for.
    pub(super) fn quit(&mut self) {
        let waits = !self.pending.is_empty() || !self.early.is_empty();
        match self.phase {
            Phase::Up if self.leave.is_none() => {}
            Phase::Dialling if self.leave.is_none() && waits => {}
            Phase::Up | Phase::Dialling => return self.leave_at_once(Closing::Reset),
            Phase::Waiting { .. } | Phase::Resting | Phase::Closed { .. } => return self.finish(),
        }
        let deadline = self.now.instant + self.leave_max();
        self.leave = Some(Leave { deadline, hurried: false, said: false, done: false });
        self.dirty = true;
    }

    fn leave_max(&self) -> Duration {
        match self.profile.dialect {
            Dialect::Native => LEAVE_MAX,
            Dialect::Nic | Dialect::Prompt => LEAVE_MAX_TUTORIAL,
        }
    }

    /// Something was confirmed or refused: a goodbye waits for the rest.
    pub(super) fn progress(&mut self) {
        let deadline = self.now.instant + self.leave_max();
        if let Some(leave) = &mut self.leave
            && !leave.said
        {
            leave.deadline = deadline;
        }
    }

    /// Goes on with a goodbye as far as it can be gone on with.
    pub(super) fn advance_leaving(&mut self) {
        let Some(leave) = &self.leave else { return };
        if leave.said || leave.done || self.phase != Phase::Up {
            return;
        }
        if self.state.question.is_some() {
            return self.leave_at_once(Closing::Finish);
        }
        let waits = self.pending.iter().any(|pending| !pending.overdue) || !self.early.is_empty();
        if !waits {
            self.say_goodbye();
        }
    }

    fn say_goodbye(&mut self) {
        match self.profile.dialect {
            Dialect::Native if self.is_online() => {}
            Dialect::Prompt => {
                if !self.take_slot() {
                    return;
                }
            }
            // The Messenger's server knows no goodbye.
            Dialect::Native | Dialect::Nic => return self.leave_at_once(Closing::Reset),
        }
        self.tell_all_read();
        let deadline = self.now.instant + self.leave_max();
        if let Some(leave) = &mut self.leave {
            leave.said = true;
            leave.deadline = deadline;
        }
        self.send(Command::Quit { reason: Note::default() });
    }

    /// Whether a goodbye waits for its turn to be written.
    pub(super) fn owes_goodbye(&self) -> bool {
        self.phase == Phase::Up
            && self.profile.dialect == Dialect::Prompt
            && self.pending.iter().all(|pending| pending.overdue)
            && self.early.is_empty()
            && self.leave.as_ref().is_some_and(|leave| !leave.said && !leave.done)
    }

    /// The server was given its time.
    pub(super) fn expire_leaving(&mut self) {
        let online = self.is_online();
        let Some(leave) = &mut self.leave else { return };
        if leave.done || leave.deadline > self.now.instant {
            return;
        }
        // A server that takes nothing cannot be told even then.
        let polite = !leave.said && !leave.hurried && online;
        leave.hurried = true;
        if polite {
            self.rescue();
            self.pending.clear();
            self.early.clear();
            self.progress();
            self.say_goodbye();
        } else {
            self.leave_at_once(Closing::Reset);
        }
    }

    pub(super) fn leave_at_once(&mut self, how: Closing) {
        self.outputs.push_back(super::Output::Disconnect(how));
        self.take_down();
        self.finish();
    }

    /// All is said.
    pub(super) fn finish(&mut self) {
        self.rescue();
        self.phase = Phase::Closed { why: None };
        self.leave = Some(Leave { deadline: Instant::from_micros(u64::MAX), hurried: true, said: true, done: true });
        self.dirty = true;
    }
}
