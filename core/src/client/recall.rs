//! What was said or commanded in a room, to be said again: the Up and Down keys of a composer.

use alloc::collections::VecDeque;
use alloc::string::String;

use super::Client;

/// Lines kept of each room.
const LINES_MAX: usize = 100;
/// Bytes of them.
const BYTES_MAX: usize = 64 * 1024;

/// The lines of one room, newest last, and where the person is among them.
#[derive(Clone, Debug, Default)]
pub(super) struct Recall {
    lines: VecDeque<String>,
    bytes: usize,
    /// The line the composer reads; `None` where it reads what is being typed.
    at: Option<usize>,
    /// What was being typed when the first line was recalled.
    unfinished: String,
}

impl Recall {
    /// Something was said: it is the newest line, unless it was that before. Whoever was among the lines is behind them
    /// again.
    pub(super) fn push(&mut self, line: &str) {
        self.at = None;
        let unfinished = core::mem::take(&mut self.unfinished);
        self.add(&unfinished);
        self.add(line);
    }

    fn add(&mut self, line: &str) {
        if line.trim().is_empty() || line.len() > BYTES_MAX || self.lines.back().is_some_and(|newest| newest == line) {
            return;
        }
        self.bytes += line.len();
        self.lines.push_back(line.into());
        while self.lines.len() > LINES_MAX || self.bytes > BYTES_MAX {
            self.bytes -= self.lines.pop_front().map_or(0, |oldest| oldest.len());
        }
    }

    /// What the composer reads one line further on, where it reads `now`; `None` at either end.
    pub(super) fn step(&mut self, now: &str, older: bool) -> Option<String> {
        let at = self.at.filter(|at| self.lines.get(*at).is_some_and(|line| line == now));
        if at.is_none() {
            // A line that was changed is what is being typed now. What was typed before it is not lost: it is a line.
            if self.at.take().is_some() && self.unfinished != now {
                let unfinished = core::mem::take(&mut self.unfinished);
                self.add(&unfinished);
            }
            self.unfinished = now.into();
        }
        let next = match (at, older) {
            (Some(at), true) => Some(at.checked_sub(1)?),
            (None, true) => Some(self.lines.len().checked_sub(1)?),
            (Some(at), false) => Some(at + 1).filter(|at| *at < self.lines.len()),
            (None, false) => return None,
        };
        self.at = next;
        match next {
            Some(at) => self.lines.get(at).cloned(),
            None => Some(core::mem::take(&mut self.unfinished)),
        }
    }
}

impl Client {
    /// Remembers a line that the shown room was given.
    pub(super) fn remember_line(&mut self, line: &str) {
        if let Some(room) = self.state.rooms.get_mut(self.state.shown) {
            room.book.recall.push(line);
        }
    }

    /// Brings an older or newer line into the shown room's draft.
    pub(super) fn recall(&mut self, by: i32) {
        let Some(room) = self.state.rooms.get_mut(self.state.shown) else { return };
        for _ in 0..by.unsigned_abs().min(LINES_MAX as u32) {
            let Some(line) = room.book.recall.step(&room.draft, by < 0) else { return };
            room.draft = line;
            self.dirty = true;
            self.keeping.changed = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_was_being_typed_comes_back_behind_the_newest_line() {
        let mut recall = Recall::default();
        ["one", "two", "two", " "].into_iter().for_each(|line| recall.push(line));
        assert_eq!(recall.step("typing", true).as_deref(), Some("two"));
        assert_eq!(recall.step("two", true).as_deref(), Some("one"));
        assert_eq!(recall.step("one", true), None, "there is nothing older");
        assert_eq!(recall.step("one", false).as_deref(), Some("two"));
        assert_eq!(recall.step("two", false).as_deref(), Some("typing"));
        assert_eq!(recall.step("typing", false), None, "there is nothing newer");
    }

    #[test]
    fn a_line_that_was_changed_is_typed_anew_and_nothing_is_lost() {
        let mut recall = Recall::default();
        recall.push("one");
        assert_eq!(recall.step("typing", true).as_deref(), Some("one"));
        assert_eq!(recall.step("one!", true).as_deref(), Some("typing"), "what was typed before is a line now");
        assert_eq!(recall.step("typing", false).as_deref(), Some("one!"));
    }

    #[test]
    fn lines_are_bounded_in_number_and_bytes() {
        let mut recall = Recall::default();
        for number in 0..1_000 {
            recall.push(&alloc::format!("{number}"));
        }
        assert_eq!(recall.lines.len(), LINES_MAX);
        for number in 0..100 {
            recall.push(&"x".repeat(8_000 + number));
        }
        assert!(recall.bytes <= BYTES_MAX);
        recall.push(&"x".repeat(BYTES_MAX + 1));
        assert_eq!(recall.bytes, recall.lines.iter().map(String::len).sum::<usize>());
    }

    #[derive(Clone, Debug)]
    enum Step {
        Say,
        Type(&'static str),
        Go(bool),
    }

    fn step() -> impl Strategy<Value = Step> {
        let typed = prop_oneof![Just("a"), Just("b"), Just(""), Just("c")];
        prop_oneof![Just(Step::Say), typed.prop_map(Step::Type), any::<bool>().prop_map(Step::Go)]
    }

    proptest! {
        /// Against a list with a cursor, and the whole of what is typed before going anywhere.
        #[test]
        fn recalling_is_walking_along_a_list(steps in proptest::collection::vec(step(), 0..60)) {
            let (mut recall, mut composer) = (Recall::default(), String::new());
            let (mut lines, mut cursor, mut unfinished): (Vec<String>, Option<usize>, String) = Default::default();
            let add = |lines: &mut Vec<String>, line: String| {
                if !line.is_empty() && lines.last() != Some(&line) {
                    lines.push(line);
                }
            };
            for step in steps {
                match step {
                    Step::Type(text) => composer = text.into(),
                    Step::Say => {
                        recall.push(&composer);
                        add(&mut lines, core::mem::take(&mut unfinished));
                        add(&mut lines, core::mem::take(&mut composer));
                        cursor = None;
                    }
                    Step::Go(older) => {
                        if cursor.is_none_or(|at| lines[at] != composer) {
                            if cursor.take().is_some() && unfinished != composer {
                                add(&mut lines, core::mem::take(&mut unfinished));
                            }
                            unfinished.clone_from(&composer);
                        }
                        let next = recall.step(&composer, older);
                        let place = cursor.unwrap_or(lines.len());
                        let expected = match (older, place) {
                            (true, 0) => None,
                            (true, place) => Some(place - 1),
                            (false, place) if place >= lines.len() => None,
                            (false, place) => Some(place + 1),
                        };
                        let expected = expected.map(|at| {
                            cursor = (at < lines.len()).then_some(at);
                            lines.get(at).cloned().unwrap_or_else(|| core::mem::take(&mut unfinished))
                        });
                        prop_assert_eq!(&next, &expected);
                        composer = next.unwrap_or(composer);
                    }
                }
            }
        }
    }
}
