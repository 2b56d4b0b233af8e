//! What a figure has to be, what it is, and what that means.

use std::fmt::Write;

use serde::Serialize;

/// What one figure is to reach. Less is better, unless the aim is more than what must be reached.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Goal {
    /// What must be reached.
    pub at_least: f64,
    /// What is aimed at.
    pub aim: f64,
    /// In which both are, and what is measured.
    pub unit: Unit,
}

/// How a figure is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Unit {
    /// So many times something else.
    Times,
    /// Microseconds.
    Micros,
    /// Milliseconds.
    Millis,
    /// Seconds.
    Seconds,
    /// Bytes.
    Bytes,
    /// Thousands of them, or rather 1,024.
    Kibibytes,
    /// Parts of a hundred.
    Percent,
    /// Of anything.
    Count,
}

impl Unit {
    /// A figure with its unit, to as many digits as mean something.
    pub fn write(self, figure: f64) -> String {
        match self {
            Unit::Times => format!("{figure:.2}"),
            Unit::Micros => format!("{figure:.1} µs"),
            Unit::Millis => format!("{figure:.1} ms"),
            Unit::Seconds => format!("{figure:.2} s"),
            Unit::Bytes => format!("{figure:.0} B"),
            Unit::Kibibytes => format!("{figure:.0} KiB"),
            Unit::Percent => format!("{figure:.0} %"),
            Unit::Count => format!("{figure:.0}"),
        }
    }
}

/// What a measured figure means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Verdict {
    /// As good as was aimed at.
    Aim,
    /// As good as it must be.
    Reached,
    /// Not good enough.
    Missed,
    /// Nothing could be measured.
    Unknown,
}

impl Goal {
    /// A goal.
    pub const fn new(at_least: f64, aim: f64, unit: Unit) -> Self {
        Self { at_least, aim, unit }
    }

    /// What this figure means.
    pub fn judge(&self, measured: f64) -> Verdict {
        let reaches = |goal: f64| if self.aim > self.at_least { measured >= goal } else { measured <= goal };
        if !measured.is_finite() {
            Verdict::Unknown
        } else if reaches(self.aim) {
            Verdict::Aim
        } else if reaches(self.at_least) {
            Verdict::Reached
        } else {
            Verdict::Missed
        }
    }
}

impl Verdict {
    const fn word(self) -> &'static str {
        match self {
            Verdict::Aim => "aim reached",
            Verdict::Reached => "reached",
            Verdict::Missed => "**missed**",
            Verdict::Unknown => "not measured",
        }
    }
}

/// A row of the summary.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// What was measured.
    pub figure: String,
    /// What must be reached.
    pub at_least: f64,
    /// What is aimed at.
    pub aim: f64,
    /// Of the three figures.
    pub unit: Unit,
    /// What came out: the median over the rounds.
    pub measured: f64,
    /// What that means.
    pub verdict: Verdict,
}

impl Row {
    /// Judges a figure.
    pub fn new(figure: impl Into<String>, goal: Goal, measured: f64) -> Self {
        let Goal { at_least, aim, unit } = goal;
        Self { figure: figure.into(), at_least, aim, unit, measured, verdict: goal.judge(measured) }
    }
}

/// So many rounds are needed for a median that one bad round does not move.
const ROUNDS_MIN: usize = 3;

/// The rows, medians of so many rounds, as a Markdown table, and a sentence that says how many rounds.
pub fn summary(rows: &[Row], rounds: usize) -> String {
    let mut table = match rounds {
        1 => String::from("Of one round"),
        rounds => format!("Medians of {rounds} rounds"),
    };
    if rounds < ROUNDS_MIN {
        table.push_str(&format!(", fewer than {ROUNDS_MIN}: one bad round moves these figures"));
    }
    table.push_str(".\n\n| figure | at least | aim | measured | verdict |\n|---|---|---|---|---|\n");
    for Row { figure, at_least, aim, unit, measured, verdict } in rows {
        let [at_least, aim] = [at_least, aim].map(|goal| unit.write(*goal));
        let measured = if measured.is_finite() { unit.write(*measured) } else { String::from("–") };
        let written = writeln!(table, "| {figure} | {at_least} | {aim} | {measured} | {} |", verdict.word());
        written.expect("a string takes any text");
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_is_judged_by_what_it_must_be_and_by_what_is_aimed_at() {
        let goal = Goal::new(1.35, 1.15, Unit::Times);
        assert_eq!(goal.judge(0.97), Verdict::Aim);
        assert_eq!(goal.judge(1.15), Verdict::Aim);
        assert_eq!(goal.judge(1.16), Verdict::Reached);
        assert_eq!(goal.judge(1.35), Verdict::Reached);
        assert_eq!(goal.judge(1.36), Verdict::Missed);
        assert_eq!(goal.judge(f64::NAN), Verdict::Unknown);
        assert_eq!(goal.judge(f64::INFINITY), Verdict::Unknown);
    }

    #[test]
    fn more_is_better_where_more_is_aimed_at() {
        let goal = Goal::new(1.5, 2.0, Unit::Times);
        assert_eq!(goal.judge(2.1), Verdict::Aim);
        assert_eq!(goal.judge(1.5), Verdict::Reached);
        assert_eq!(goal.judge(1.4), Verdict::Missed);
    }

    #[test]
    fn a_summary_shows_goal_figure_and_verdict_of_each_row() {
        let goal = Goal::new(20.0, 10.0, Unit::Millis);
        let rows = [Row::new("longest gap", goal, 26.4), Row::new("the same, alone", goal, f64::NAN)];
        let table = summary(&rows, 3);
        assert!(table.starts_with("Medians of 3 rounds.\n"), "{table}");
        let lines: Vec<&str> = table.lines().skip(4).collect();
        assert_eq!(lines[0], "| longest gap | 20.0 ms | 10.0 ms | 26.4 ms | **missed** |");
        assert_eq!(lines[1], "| the same, alone | 20.0 ms | 10.0 ms | – | not measured |");
        assert_eq!(lines.len(), 2);
    }

    #[test]
    fn a_summary_of_too_few_rounds_says_so() {
        assert!(summary(&[], 1).starts_with("Of one round, fewer than 3: "));
        assert!(summary(&[], 2).starts_with("Medians of 2 rounds, fewer than 3: "));
    }
}
