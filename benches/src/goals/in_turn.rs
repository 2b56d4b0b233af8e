//! Two servers that differ in one thing, measured in turn.
//!
//! Both have a crowd of their own and live side by side, the one idle while the other works; so the turns are short, and
//! what the machine's other work takes from one it takes from both.

use std::time::Duration;

use serde::Serialize;

use crate::crowd::Crowd;
use crate::drive::{Load, Phase, drive};
use crate::figures::Figures;
use crate::process::Running;
use crate::speech::Speech;

use super::middle;

/// Turns of each in one measurement.
const TURNS: u32 = 4;

/// A server and those who talk there.
pub(super) struct Rival {
    server: Running,
    crowd: Crowd,
}

/// Medians over the turns of one.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(super) struct Taken {
    pub(super) micros_per_delivery: f64,
    pub(super) deliveries_per_second: f64,
    pub(super) messages_per_second: f64,
    /// Messages that each read of a member found.
    pub(super) messages_per_read: f64,
    pub(super) last_p50_millis: f64,
    pub(super) last_p99_millis: f64,
}

impl Rival {
    /// Has so many clients, and eight that talk, join the server.
    pub(super) fn new(server: Running, speech: Speech, members: usize) -> Result<Self, String> {
        let crowd = Crowd::join(server.target(speech), members, 8, "")?;
        Ok(Self { server, crowd })
    }

    fn run(&mut self, phase: Phase, measure: Duration) -> Result<Figures, String> {
        let (warm_up, server) = (measure / 10, Some(self.server.pid()));
        drive(&mut self.crowd, &Load { phase, payload: 100, warm_up, measure, messages_max: u64::MAX, server })
    }
}

/// Measures each for `measure` in all.
pub(super) fn in_turn(rivals: &mut [Rival; 2], phase: Phase, measure: Duration) -> Result<[Taken; 2], String> {
    let mut taken = [Vec::new(), Vec::new()];
    for turn in 0..TURNS {
        for place in 0..2 {
            // Each goes first as often as the other.
            let who = (place + turn as usize) % 2;
            taken[who].push(rivals[who].run(phase, measure / TURNS)?);
        }
    }
    Ok(taken.map(|figures| Taken::of(&figures)))
}

impl Taken {
    fn of(turns: &[Figures]) -> Self {
        Self {
            micros_per_delivery: middle(turns, |figures| figures.server_micros_per_delivery.unwrap_or(f64::NAN)),
            deliveries_per_second: middle(turns, Figures::deliveries_per_second),
            messages_per_second: middle(turns, |figures| figures.messages as f64 / figures.seconds),
            messages_per_read: middle(turns, |figures| figures.messages_per_read),
            last_p50_millis: middle(turns, |figures| figures.last.p50 / 1e3),
            last_p99_millis: middle(turns, |figures| figures.last.p99 / 1e3),
        }
    }
}
