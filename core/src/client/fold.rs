//! Comings and goings, several told as one.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::words::Words;
use super::{Client, Entry};
use crate::name;
use crate::words::Language;

/// Names told of one kind of coming or going; of more, all but two are counted.
const NAMES_MAX: usize = 3;

/// How an entry stands to those beside it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Fold {
    /// By itself.
    #[default]
    Apart,
    /// A later entry tells of it.
    Within,
    /// It tells of itself and of those before it.
    Whole(Box<str>),
}

impl Entry {
    /// Whether a later entry tells of it as well.
    pub(super) fn is_folded(&self) -> bool {
        self.fold == Fold::Within
    }

    /// Whether it tells that somebody came or went, and is to be seen.
    pub(super) fn is_presence(&self) -> bool {
        self.came.is_some() && !self.ignored
    }

    /// What it tells together with those that are hidden before it.
    pub(super) fn whole(&self) -> Option<&str> {
        match &self.fold {
            Fold::Whole(text) => Some(text),
            Fold::Apart | Fold::Within => None,
        }
    }
}

impl Client {
    /// The language of what is folded; `None` where nothing is.
    pub(super) fn folding(&self) -> Option<Language> {
        self.state.options.fold_presence.then_some(self.state.options.language)
    }

    /// Comings and goings are folded from now on, or are not.
    pub(super) fn fold_all(&mut self) {
        let folding = self.folding();
        self.state.rooms.iter_mut().for_each(|room| room.timeline.set_folding(folding));
    }
}

/// What became of somebody in a row of comings and goings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Outcome {
    Joined,
    Left,
    CameAndWent,
    CameBack,
}

/// One sentence for a row of comings and goings, oldest first: who is there now and was not before, who is there no
/// more, and who was or was gone only in between.
pub(super) fn summary<'a>(row: impl Iterator<Item = &'a Entry>, language: Language) -> String {
    let mut people: Vec<(&str, bool, bool)> = Vec::new();
    let mut known: BTreeMap<String, usize> = BTreeMap::new();
    for (nick, came) in row.filter_map(|entry| Some((entry.about.as_deref()?, entry.came?))) {
        let at = *known.entry(name::fold(nick)).or_insert(people.len());
        match people.get_mut(at) {
            Some((_, _, last)) => *last = came,
            None => people.push((nick, came, came)),
        }
    }
    let outcome = |first: bool, last: bool| match (first, last) {
        (true, true) => Outcome::Joined,
        (false, false) => Outcome::Left,
        (true, false) => Outcome::CameAndWent,
        (false, true) => Outcome::CameBack,
    };
    let mut clauses = Vec::new();
    for wanted in [Outcome::Joined, Outcome::Left, Outcome::CameAndWent, Outcome::CameBack] {
        let people = people.iter().filter(|(_, first, last)| outcome(*first, *last) == wanted);
        let nicks: Vec<&str> = people.map(|(nick, _, _)| *nick).collect();
        if !nicks.is_empty() {
            clauses.push(clause(wanted, &nicks, language));
        }
    }
    clauses.join(&language.semicolon())
}

fn clause(outcome: Outcome, nicks: &[&str], language: Language) -> String {
    let names = list(nicks, language);
    match (outcome, nicks.len()) {
        (Outcome::Joined, 1) => language.joined(names),
        (Outcome::Joined, _) => language.joined_all(names),
        (Outcome::Left, 1) => language.left(names, ""),
        (Outcome::Left, _) => language.left_all(names),
        (Outcome::CameAndWent, 1) => language.came_and_went(names),
        (Outcome::CameAndWent, _) => language.came_and_went_all(names),
        (Outcome::CameBack, 1) => language.came_back(names),
        (Outcome::CameBack, _) => language.came_back_all(names),
    }
}

/// `ada`, `ada and bea`, `ada, bea and carlo`, `ada, bea and 7 others`.
fn list(nicks: &[&str], language: Language) -> String {
    let named = if nicks.len() > NAMES_MAX { NAMES_MAX - 1 } else { nicks.len() - 1 };
    let (first, rest) = nicks.split_at(named);
    let last = match rest {
        [one] => (*one).to_string(),
        more => language.others(language.digits(more.len())),
    };
    match first {
        [] => last,
        first => language.and(first.join(&language.comma()), last),
    }
}
