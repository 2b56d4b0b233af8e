//! A store that answers late, fails, and crashes losing exactly what it had not promised.
//!
//! What it keeps is a [`MemoryStore`], which stands for the disk: it survives a crash. What was asked and not yet
//! carried out does not. What was carried out and not yet answered was not promised, but it is there afterwards.

use std::collections::VecDeque;

use parlor_core::id::Ticket;
use parlor_core::secret::Secret;
use parlor_core::store::{Answer, Ask, MemoryLimits, MemoryStore};

use crate::tape::Dice;

/// How a store behaves.
#[derive(Clone, Copy, Debug)]
pub struct Manners {
    /// It carries out what it is asked at once, and only its answers are late.
    pub works_at_once: bool,
    /// Answers come in the order asked; else only those to appends do. One that works at once always keeps the order,
    /// since answers come in the order in which the questions were carried out.
    pub in_order: bool,
    /// One question in so many fails; 0 for none.
    pub fails_one_in: usize,
}

/// A question that waits for its answer.
#[derive(Debug)]
struct Open {
    ticket: Ticket,
    ask: Ask,
    answer: Option<Answer>,
}

/// An answer that is due, and its question.
#[derive(Debug)]
pub struct Due {
    /// Which question.
    pub ticket: Ticket,
    /// The question.
    pub ask: Ask,
    /// Its answer.
    pub answer: Answer,
}

/// The store of a simulated world.
#[derive(Debug)]
pub struct LateStore {
    disk: MemoryStore,
    manners: Manners,
    open: VecDeque<Open>,
}

impl LateStore {
    /// An empty store.
    pub fn new(limits: MemoryLimits, manners: Manners, password: Option<&str>) -> Self {
        let disk = MemoryStore::new(limits, [7; 32], password.map(Secret::new));
        Self { disk, manners, open: VecDeque::new() }
    }

    /// Takes a question in.
    pub fn ask(&mut self, ticket: Ticket, ask: Ask, dice: &mut Dice<'_>) {
        // Nobody is told of these: a real store that cannot write them is as good as one that has not yet.
        let told_only = matches!(ask, Ask::Closed { .. });
        let fails = self.manners.fails_one_in > 0 && !told_only && dice.one_in(self.manners.fails_one_in);
        let answer = if fails {
            Some(Answer::Failed)
        } else {
            self.manners.works_at_once.then(|| self.disk.answer(ask.clone()))
        };
        self.open.push_back(Open { ticket, ask, answer });
    }

    /// How many questions wait.
    pub fn waiting(&self) -> usize {
        self.open.len()
    }

    /// Answers one of those that may be answered next.
    pub fn answer(&mut self, dice: &mut Dice<'_>) -> Option<Due> {
        if self.open.is_empty() {
            return None;
        }
        let append = |open: &Open| matches!(open.ask, Ask::Append(_));
        let presence = |open: &Open| matches!(open.ask, Ask::Present { .. });
        let in_order = self.manners.in_order || self.manners.works_at_once;
        let mut at = if in_order { 0 } else { dice.below(self.open.len()) };
        if append(&self.open[at]) {
            at = self.open.iter().position(append).unwrap_or(at);
        }
        if presence(&self.open[at]) {
            at = self.open.iter().position(presence).unwrap_or(at);
        }
        // Who was here is asked first of all, and carried out so.
        if let Some(absent) = self.open.iter().position(|open| matches!(open.ask, Ask::Absent)) {
            at = absent;
        }
        let Open { ticket, ask, answer } = self.open.remove(at)?;
        let answer = answer.unwrap_or_else(|| self.disk.answer(ask.clone()));
        Some(Due { ticket, ask, answer })
    }

    /// The faults end: nothing fails any more.
    pub fn mend(&mut self) {
        self.manners.fails_one_in = 0;
    }

    /// The machine stops: so many more of the open questions are carried out, in their order, as the last commit may
    /// have done; the rest is gone. Gives the appends that were lost, and those that are in the log although nobody was
    /// told.
    pub fn crash(&mut self, carried_out: usize) -> (usize, usize) {
        for open in self.open.iter_mut().filter(|open| open.answer.is_none()).take(carried_out) {
            open.answer = Some(self.disk.answer(open.ask.clone()));
        }
        let appends = self.open.iter().filter(|open| matches!(open.ask, Ask::Append(_)));
        let (kept, lost): (Vec<_>, Vec<_>) =
            appends.partition(|open| matches!(open.answer, Some(Answer::Appended { repeated: false, .. })));
        let counts = (lost.len(), kept.len());
        self.open.clear();
        counts
    }

    /// What the disk says, asked beside all this; for comparing at the end.
    pub fn read(&mut self, ask: Ask) -> Answer {
        self.disk.answer(ask)
    }
}
