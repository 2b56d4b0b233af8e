//! When the next message is due, and whose it is.

use std::time::Duration;

use crate::crowd::{Crowd, Nanos};

use super::{Load, Phase, Run};

/// Where messages come from.
pub(super) struct Source {
    phase: Phase,
    payload: usize,
    left: u64,
    next_at: Nanos,
    turn: usize,
}

impl Source {
    pub(super) fn new(load: &Load) -> Self {
        Self { phase: load.phase, payload: load.payload, left: load.messages_max, next_at: 0, turn: 0 }
    }

    /// What is sent at once.
    pub(super) fn begin(&mut self, crowd: &mut Crowd, run: &mut Run) -> Result<(), String> {
        self.next_at = crowd.now();
        match self.phase {
            Phase::Serial => run.completed[0] = 1,
            Phase::Saturated { in_flight } => {
                for (sender, open) in run.completed.iter_mut().enumerate() {
                    *open = in_flight / crowd.senders() + usize::from(sender < in_flight % crowd.senders());
                }
            }
            Phase::Paced { .. } => {}
            Phase::Flood { lines, .. } => {
                let lines = usize::try_from(lines).expect("few enough to keep");
                run.say(crowd, crowd.senders() - 1, lines, self.payload)?;
            }
        }
        self.refill(crowd, run)
    }

    /// What is sent now.
    pub(super) fn refill(&mut self, crowd: &mut Crowd, run: &mut Run) -> Result<(), String> {
        match self.phase {
            Phase::Serial | Phase::Saturated { .. } => {
                for sender in 0..crowd.senders() {
                    let wanted = std::mem::take(&mut run.completed[sender]);
                    let granted = wanted.min(usize::try_from(self.left).unwrap_or(usize::MAX));
                    self.left -= granted as u64;
                    if granted > 0 {
                        run.say(crowd, sender, granted, self.payload)?;
                    }
                }
            }
            Phase::Paced { per_second } => {
                while self.left > 0 && self.next_at <= crowd.now() {
                    run.say(crowd, self.turn % crowd.senders(), 1, self.payload)?;
                    self.step(per_second);
                }
            }
            Phase::Flood { per_second, .. } => {
                while self.left > 0 && self.next_at <= crowd.now() {
                    run.say(crowd, 0, 1, self.payload)?;
                    self.step(per_second);
                }
            }
        }
        Ok(())
    }

    fn step(&mut self, per_second: f64) {
        self.next_at += (1e9 / per_second) as Nanos;
        self.turn += 1;
        self.left -= 1;
    }

    /// How long nothing is to be sent, unless something arrives.
    pub(super) fn patience(&self, now: Nanos) -> Duration {
        match self.phase {
            Phase::Serial | Phase::Saturated { .. } => Duration::from_millis(50),
            Phase::Paced { .. } | Phase::Flood { .. } => {
                Duration::from_nanos(self.next_at.saturating_sub(now)).min(Duration::from_millis(50))
            }
        }
    }

    /// Whether all is said and done.
    pub(super) fn is_dry(&self, run: &Run) -> bool {
        match self.phase {
            Phase::Serial | Phase::Saturated { .. } | Phase::Paced { .. } => self.left == 0 && run.in_flight == 0,
            Phase::Flood { lines, .. } => run.flooder.is_some_and(|flooder| run.completed[flooder] as u64 == lines),
        }
    }
}
