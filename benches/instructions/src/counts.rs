//! The file that says how many instructions each scenario takes and how much more is allowed, and the comparison with it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Deserialize;

use crate::callgrind::Tools;
use crate::scenario::{ALL, Scenario};

/// The command that makes the file anew.
pub const ANEW: &str = "cargo run --release -p parlor-instructions -- --write";

/// What is written down.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counts {
    /// By how many percent a count may grow or fall, one bound for all.
    pub allowed_percent: f64,
    rustc: String,
    valgrind: String,
    machine: String,
    instructions: BTreeMap<String, u64>,
}

/// What is to be said of all counts together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// All are within what is allowed.
    Holds,
    /// At least one has grown or fallen past it.
    Differs,
    /// They were taken with other tools than those written down, and prove nothing.
    OtherTools,
}

/// What became of a count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// As good as the same.
    Same,
    /// More than is allowed.
    Grown,
    /// So much less that the file is to follow, or the gain can be lost again unnoticed.
    Fallen,
}

impl Counts {
    /// Reads the file's text.
    ///
    /// # Errors
    /// One sentence, if it is not such a file, or speaks of other scenarios than there are.
    pub fn parse(text: &str) -> Result<Self, String> {
        let counts: Self = toml::from_str(text).map_err(|e| format!("The file of counts is not understood: {e}"))?;
        let known = |name: &String| Scenario::named(name).is_some();
        let strange = counts.instructions.keys().find(|name| !known(name)).map(String::as_str);
        let missing = ALL.iter().map(|s| s.name).find(|name| !counts.instructions.contains_key(*name));
        match strange.or(missing) {
            Some(name) => Err(format!("The file of counts and the scenarios differ in {name}; take them anew: {ANEW}")),
            None => Ok(counts),
        }
    }

    /// The file's text for such counts.
    pub fn write(allowed_percent: f64, tools: &Tools, taken: &[(Scenario, u64)]) -> String {
        let mut text = format!(
            "# How many instructions the core may spend on what its hot path consists of. Made by\n\
             #     {ANEW}\n\
             # and compared with what is so now by .ci/run, which fails where one has grown by more than is allowed; and\n\
             # where one has fallen by more, so that the file follows and the gain cannot be lost again unseen.\n\n\
             # By how many percent each may grow or fall. One build gives the same counts within 6 instructions, but\n\
             # where the compiler puts things after an unrelated change moves short scenarios by up to 0.3 %. One\n\
             # allocation or copy more for each delivery is well above 3 %.\n\
             allowed_percent = {allowed_percent:?}\n\n\
             # What they were counted with. With other ones of these they differ without anybody's doing: then they are\n\
             # printed, and nothing fails until they are taken anew.\n\
             rustc = {:?}\nvalgrind = {:?}\nmachine = {:?}\n\n[instructions]\n",
            tools.rustc, tools.valgrind, tools.machine
        );
        for (scenario, count) in taken {
            writeln!(text, "# {}\n{} = {count}", scenario.once, scenario.name).expect("text takes everything");
        }
        text
    }

    /// What the counts were taken with.
    pub fn tools(&self) -> Tools {
        let Self { rustc, valgrind, machine, .. } = self;
        Tools { rustc: rustc.clone(), valgrind: valgrind.clone(), machine: machine.clone() }
    }

    /// What is written down for a scenario, and by how much a count may differ from it.
    pub fn written(&self, scenario: Scenario) -> (u64, u64) {
        let written = self.instructions[scenario.name];
        (written, (written as f64 * self.allowed_percent / 100.0).round() as u64)
    }

    /// What a count means beside what is written down.
    pub fn judge(&self, scenario: Scenario, now: u64) -> Verdict {
        let (written, allowance) = self.written(scenario);
        if now > written + allowance {
            Verdict::Grown
        } else if now + allowance < written {
            Verdict::Fallen
        } else {
            Verdict::Same
        }
    }

    /// What such verdicts on counts that were taken with these tools come to.
    pub fn outcome(&self, tools: &Tools, verdicts: impl IntoIterator<Item = Verdict>) -> Outcome {
        if self.tools() != *tools {
            Outcome::OtherTools
        } else if verdicts.into_iter().all(|verdict| verdict == Verdict::Same) {
            Outcome::Holds
        } else {
            Outcome::Differs
        }
    }
}

/// The allowance alone, of a file whose counts may be those of other scenarios.
///
/// # Errors
/// One sentence, if it does not say.
pub fn allowed_percent(text: &str) -> Result<f64, String> {
    let file: toml::Table = text.parse().map_err(|e| format!("The file of counts is not understood: {e}"))?;
    let percent = file.get("allowed_percent").and_then(|value| value.clone().try_into().ok());
    percent.ok_or_else(|| "The file of counts does not say its allowed_percent: write allowed_percent = 3.0.".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tools() -> Tools {
        Tools { rustc: "rustc 1.0".into(), valgrind: "valgrind-3".into(), machine: "x86_64".into() }
    }

    fn counts() -> Counts {
        let taken: Vec<_> = ALL.into_iter().map(|scenario| (scenario, 10_000)).collect();
        Counts::parse(&Counts::write(3.0, &tools(), &taken)).unwrap()
    }

    #[test]
    fn what_is_written_is_read_again() {
        let counts = counts();
        assert_eq!(counts.tools(), tools());
        assert_eq!(counts.written(ALL[0]), (10_000, 300));
        assert_eq!(allowed_percent(&Counts::write(2.5, &tools(), &[])), Ok(2.5));
    }

    #[test]
    fn growth_is_allowed_up_to_the_bound_and_not_past_it() {
        let verdict = |now| counts().judge(ALL[0], now);
        assert_eq!(verdict(10_300), Verdict::Same);
        assert_eq!(verdict(10_301), Verdict::Grown);
        assert_eq!(verdict(9_700), Verdict::Same);
        assert_eq!(verdict(9_699), Verdict::Fallen);
    }

    #[test]
    fn growth_and_fall_both_fail() {
        let outcome = |verdicts: &[Verdict]| counts().outcome(&tools(), verdicts.iter().copied());
        assert_eq!(outcome(&[Verdict::Same, Verdict::Same]), Outcome::Holds);
        assert_eq!(outcome(&[Verdict::Same, Verdict::Grown]), Outcome::Differs);
        assert_eq!(outcome(&[Verdict::Fallen, Verdict::Same]), Outcome::Differs);
    }

    #[test]
    fn with_any_other_tool_nothing_is_held_against_a_count() {
        let others = [
            Tools { rustc: "rustc 1.1".into(), ..tools() },
            Tools { valgrind: "valgrind-4".into(), ..tools() },
            Tools { machine: "aarch64".into(), ..tools() },
        ];
        for other in others {
            for verdict in [Verdict::Same, Verdict::Grown, Verdict::Fallen] {
                assert_eq!(counts().outcome(&other, [verdict]), Outcome::OtherTools, "{other}");
            }
        }
    }

    #[test]
    fn the_file_in_the_repository_speaks_of_every_scenario_and_of_no_other() {
        let counts = Counts::parse(include_str!("../counts.toml")).unwrap();
        assert!(ALL.into_iter().all(|scenario| counts.written(scenario).0 > 0));
    }

    #[test]
    fn a_file_that_lacks_a_scenario_or_has_a_strange_one_says_which() {
        let text = Counts::write(3.0, &tools(), &[(ALL[0], 1)]);
        assert!(Counts::parse(&text).unwrap_err().contains(ALL[1].name));
        let taken: Vec<_> = ALL.into_iter().map(|scenario| (scenario, 10_000)).collect();
        let text = Counts::write(3.0, &tools(), &taken) + "tea = 3\n";
        assert!(Counts::parse(&text).unwrap_err().contains("tea"));
    }
}
