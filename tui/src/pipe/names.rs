//! As whom a pipe goes on whose nickname is taken.

use parlor_core::name::Nick;

/// The highest number put behind a nickname.
const NUMBER_MAX: u32 = 99;

/// The nicknames to try: the first, and where the person did not choose it, the same with numbers behind it.
#[derive(Clone, Debug)]
pub struct Names {
    first: String,
    /// Whether the person chose it: then no other will do.
    chosen: bool,
    number: u32,
    /// Whether it was tried as whoever another run of this program has become meanwhile.
    again: bool,
}

impl Names {
    /// Begins with this name. `chosen` keeps to it.
    pub fn new(first: String, chosen: bool) -> Self {
        Self { first, chosen, number: 1, again: false }
    }

    /// The name to begin with.
    pub fn first(&self) -> &str {
        &self.first
    }

    /// The name to try next; `None` when there is none. `known` says that a token for the first one was kept since it was
    /// tried: two runs that begin at the same time are one person.
    pub fn next(&mut self, known: bool) -> Option<String> {
        if known && !self.again && self.number == 1 {
            self.again = true;
            return Some(self.first.clone());
        }
        if self.chosen || self.number >= NUMBER_MAX {
            return None;
        }
        self.number += 1;
        Some(Nick::parse(&self.first).map_or_else(
            |_| format!("{}{}", self.first, self.number),
            |nick| nick.numbered(self.number).as_str().to_owned(),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_nobody_chose_gets_a_number_and_a_chosen_one_does_not() {
        let mut names = Names::new("ada".into(), false);
        assert_eq!(names.next(false).as_deref(), Some("ada2"));
        assert_eq!(names.next(true).as_deref(), Some("ada3"));
        assert_eq!(std::iter::from_fn(|| names.next(false)).last().as_deref(), Some("ada99"));
        assert_eq!(Names::new("ada".into(), true).next(false), None);
    }

    #[test]
    fn who_another_run_has_become_is_tried_once() {
        for chosen in [true, false] {
            let mut names = Names::new("ada".into(), chosen);
            assert_eq!(names.next(true).as_deref(), Some("ada"));
            assert_ne!(names.next(true).as_deref(), Some("ada"));
        }
    }
}
