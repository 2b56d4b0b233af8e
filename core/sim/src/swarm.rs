//! What kind of world a run has: its bounds, its faults, and how likely each thing is. Drawn from the tape's header, so
//! that no two runs stress the same mixture; some operations are off altogether.

use std::time::Duration;

use parlor_core::limits::{Limits, Pace};
use parlor_core::store::MemoryLimits;

use crate::store::Manners;
use crate::tape::Dice;

/// What may happen in a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    /// Somebody does something.
    Act,
    /// Bytes travel on all links.
    Pump,
    /// Bytes travel on one link, a few at a time.
    Trickle,
    /// The store answers.
    Answer,
    /// Time goes by.
    Pass,
    /// A link breaks, stalls, or is mended.
    Fault,
    /// Somebody writes a lot at once.
    Flood,
    /// The server is told what is none of its business any more, or comes too early.
    Pester,
    /// The wall clock jumps.
    Jump,
    /// The server's machine crashes and starts again.
    Crash,
    /// The server is stopped in an orderly way, and started again.
    Drain,
}

/// All of them, each with its usual weight.
const OPS: [(Op, u32); 11] = [
    (Op::Act, 60),
    (Op::Pump, 40),
    (Op::Trickle, 30),
    (Op::Answer, 40),
    (Op::Pass, 30),
    (Op::Fault, 4),
    (Op::Flood, 4),
    (Op::Pester, 6),
    (Op::Jump, 1),
    (Op::Crash, 1),
    (Op::Drain, 1),
];
/// Those without which nothing would go on.
const VITAL: [Op; 5] = [Op::Act, Op::Pump, Op::Answer, Op::Pass, Op::Trickle];

/// The kind of a world.
#[derive(Clone, Debug)]
pub struct Swarm {
    /// The hub's bounds.
    pub limits: Limits,
    /// What the store keeps.
    pub memory: MemoryLimits,
    /// How it behaves.
    pub manners: Manners,
    /// Whether the store fails now and then, before it is mended.
    pub could_fail: bool,
    /// Whether the server wants a password.
    pub password: bool,
    /// How many people there are.
    pub seats: usize,
    /// Most bytes that arrive at once; `None` where they arrive as they were written.
    pub cuts: Option<usize>,
    /// Bytes a link holds in each direction.
    pub link_bytes: usize,
    /// Whether the driver writes when the hub wants it to; it may be later than that, at the cost of copies.
    pub obliging: bool,
    /// Whether every other seat is somebody's second place.
    pub twins: bool,
    /// Whether all come from one address.
    pub one_address: bool,
    weights: [u32; OPS.len()],
    total: u32,
}

impl Swarm {
    /// Draws a world.
    pub fn draw(dice: &mut Dice<'_>) -> Self {
        let mut weights = OPS.map(|(_, weight)| weight);
        for (weight, (op, _)) in weights.iter_mut().zip(OPS) {
            let factor = [1, 1, 2, 4, 8, 0][dice.below(6)];
            *weight = if factor == 0 && VITAL.contains(&op) { 1 } else { *weight * factor };
        }
        let manners = Manners {
            works_at_once: dice.one_in(2),
            in_order: dice.one_in(2),
            fails_one_in: *dice.pick(&[0, 0, 20, 6]),
        };
        let entries_per_log = *dice.pick(&[10_000, 10_000, 12]);
        let password = dice.one_in(12);
        let seats = 2 + dice.below(6);
        let cuts = *dice.pick(&[None, None, Some(2), Some(6), Some(6), Some(24), Some(200)]);
        let link_bytes = *dice.pick(&[64 * 1024, 4 * 1024, 1_500, 300]);
        let one_address = dice.one_in(3);
        let (obliging, twins) = (dice.one_in(2), dice.one_in(3));
        let limits = draw_limits(dice);
        Self {
            limits,
            memory: MemoryLimits { entries_per_log, ..MemoryLimits::default() },
            could_fail: manners.fails_one_in > 0,
            manners,
            password,
            seats,
            cuts,
            link_bytes,
            one_address,
            obliging,
            twins,
            total: weights.iter().sum(),
            weights,
        }
    }

    /// Draws what happens next.
    pub fn op(&self, dice: &mut Dice<'_>) -> Op {
        let mut at = (dice.below(65_536) as u64 * u64::from(self.total) / 65_536) as u32;
        for ((op, _), weight) in OPS.into_iter().zip(self.weights) {
            if at < weight {
                return op;
            }
            at -= weight;
        }
        Op::Pump
    }
}

/// Bounds so small that they are met; each only now and then, so that all else is met too.
fn draw_limits(dice: &mut Dice<'_>) -> Limits {
    let mut limits = Limits::DEFAULT;
    limits.pace = dice.one_in(2).then_some(Pace { burst: 6, per_second: 10 });
    limits.pace_costly = dice.one_in(2).then_some(Pace { burst: 3, per_second: 1 });
    if dice.one_in(4) {
        limits.sessions_max = 3;
        limits.handshakes_max = 3;
    }
    if dice.one_in(6) {
        limits.handshakes_max = 1;
    }
    if dice.one_in(4) {
        limits.sessions_per_address_max = 2;
        limits.handshakes_per_address_max = 1 + dice.below(2) as u32;
    }
    if dice.one_in(3) {
        limits.sessions_per_identity_max = 1 + dice.below(2) as u32;
    }
    if dice.one_in(4) {
        limits.rooms_max = 2;
    }
    if dice.one_in(4) {
        limits.rooms_per_session_max = 1;
    }
    if dice.one_in(3) {
        limits.questions_max = 1 + dice.below(6) as u32;
        limits.appends_per_session_max = 1 + dice.below(3) as u32;
    }
    if dice.one_in(3) {
        limits.outbox_bytes_max = 4_096;
    }
    if dice.one_in(4) {
        // Below one connection's own bound, so that it is the sum that is met.
        limits.outbox_bytes_total_max = 6_000;
        limits.outbox_bytes_max = 64 * 1024;
    }
    if dice.one_in(3) {
        limits.turn_bytes_max = 512;
    }
    if dice.one_in(8) {
        limits.inbox_bytes_max = 2_048;
    }
    if dice.one_in(3) {
        limits.replay_max = 1 + dice.below(6) as u32;
    }
    if dice.one_in(3) {
        limits.presence_members_max = 2;
    }
    if dice.one_in(3) {
        limits.prompt_rows_merge = 1 + dice.below(3);
    }
    if dice.one_in(4) {
        limits.faults_max = 1;
        limits.hello_tries_max = 1;
    }
    limits.grace = Duration::from_secs(*dice.pick(&[30, 5, 60]));
    // Worlds are small: in most of them even two share the turn's buffer, as only larger rooms do otherwise.
    if limits.prompt_rows_merge == Limits::DEFAULT.prompt_rows_merge {
        limits.told_each_max = 0;
    }
    limits
}
