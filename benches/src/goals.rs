//! Each figure the server is to reach, measured: one table a figure, and one that says which are reached.
//!
//! Everything is measured in rounds, the contenders taking turns, each with a fresh server; a figure is the median of
//! the rounds, a ratio the median of the ratios of each round.

use std::path::PathBuf;
use std::time::Duration;

use serde_json::Value;

use crate::figures::median;
use crate::rounds::Contender;

mod burst;
mod durable;
mod idle;
mod in_turn;
mod joins;
mod neighbour;
mod news;
mod ratios;
mod stalled;
mod verdict;
mod weight;

pub use burst::{Burst, Told};
pub use verdict::{Goal, Row, Unit, Verdict, summary};

/// Whose figures are judged: the server in each dialect in which nothing paces it.
const DIALECTS: [Contender; 2] = [Contender::Native, Contender::PromptLines];

/// What can be measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum What {
    /// CPU per delivery and tail latency beside the bare loops, at each size; and whether size makes a delivery dearer.
    Ratios,
    /// A burst of connects and joins: wall time, CPU, and what each is told of the others.
    Joins,
    /// Memory per idle joined connection.
    Idle,
    /// A room of two beside a saturated one.
    Neighbour,
    /// One member that never reads: the others' gaps, and the memory it takes.
    Stalled,
    /// What history on the disk adds to a delivery.
    Durable,
    /// What idle connections, idle rooms and lines of history cost those who talk.
    Weight,
}

/// How it is measured.
#[derive(Clone, Debug)]
pub struct Setup {
    /// How often each figure is taken.
    pub rounds: usize,
    /// How long each load is measured.
    pub measure: Duration,
    /// Sizes of the rooms whose deliveries are compared with the bare loops.
    pub members: Vec<usize>,
    /// Numbers of clients that come at once, and stay idle.
    pub crowds: Vec<usize>,
    /// Whether InspIRCd and NATS are measured beside the bare loops, too.
    pub peers: bool,
    /// The server.
    pub binary: PathBuf,
}

/// What came out.
#[derive(Debug, Default)]
pub struct Report {
    /// What was measured, as a heading.
    pub title: &'static str,
    /// The figures, a Markdown table.
    pub table: String,
    /// How they compare with the goals.
    pub rows: Vec<Row>,
    /// Every single figure of every round, under the name of what was measured.
    pub raw: Vec<Value>,
}

impl What {
    /// Measures it, and says on standard error what it is at.
    ///
    /// # Errors
    /// One sentence, if a server does not start or loses anybody or anything.
    pub fn measure(self, setup: &Setup) -> Result<Report, String> {
        match self {
            What::Ratios => ratios::measure(setup),
            What::Joins => joins::measure(setup),
            What::Idle => idle::measure(setup),
            What::Neighbour => neighbour::measure(setup),
            What::Stalled => stalled::measure(setup),
            What::Durable => durable::measure(setup),
            What::Weight => weight::measure(setup),
        }
    }
}

/// The median of a figure over the rounds; not a number, if there is none or one of them lacks the figure.
fn middle<T>(of: &[T], figure: impl Fn(&T) -> f64) -> f64 {
    let figures: Vec<f64> = of.iter().map(figure).collect();
    if figures.is_empty() || figures.iter().any(|figure| figure.is_nan()) { f64::NAN } else { median(figures) }
}

/// What is kept of a round, for programs.
fn raw(what: &str, figures: &impl serde::Serialize) -> Value {
    serde_json::json!({ what: figures })
}
