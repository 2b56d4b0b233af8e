//! What passes between the terminal and the views besides the toolkit's events and cells.

use std::sync::{Arc, Mutex, PoisonError};

use cursive::Vec2;
use cursive::event::Event;

use crate::links::Links;

/// How much may wait for a frame until nothing more is taken: more than a text for the clipboard.
const TOLD_BYTES_MAX: usize = 128 * 1024;

/// What the terminal tells that the toolkit has no event for; travels as [`Event::Unknown`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Extra {
    /// A text was pasted, as one piece.
    Paste(String),
    /// The terminal has got (`true`) or lost the focus.
    Focus(bool),
}

impl Extra {
    /// Packs it into an event.
    pub fn into_event(self) -> Event {
        Event::Unknown(match self {
            Extra::Paste(text) => [b"p", text.as_bytes()].concat(),
            Extra::Focus(true) => b"+".to_vec(),
            Extra::Focus(false) => b"-".to_vec(),
        })
    }

    /// Unpacks it.
    pub fn from_event(event: &Event) -> Option<Self> {
        let Event::Unknown(bytes) = event else { return None };
        match bytes.split_first()? {
            (b'p', text) => Some(Extra::Paste(String::from_utf8_lossy(text).into_owned())),
            (b'+', _) => Some(Extra::Focus(true)),
            (b'-', _) => Some(Extra::Focus(false)),
            _ => None,
        }
    }
}

/// What views tell the terminal besides the cells they draw: where the real cursor belongs, where links lead, and what
/// puts nothing on the screen.
#[derive(Clone, Default)]
pub struct Caret {
    at: Arc<Mutex<Option<Vec2>>>,
    told: Arc<Mutex<String>>,
    links: Links,
}

impl Caret {
    /// For a terminal with these links.
    pub fn new(links: Links) -> Self {
        Self { links, ..Self::default() }
    }

    /// Where links lead.
    pub fn links(&self) -> &Links {
        &self.links
    }

    /// Shows the cursor at this cell of the screen, or hides it.
    pub fn set(&self, at: Option<Vec2>) {
        *self.at.lock().unwrap_or_else(PoisonError::into_inner) = at;
    }

    /// Tells the terminal something that puts nothing on the screen, with the next frame; see [`crate::alert`].
    pub fn tell(&self, what: &str) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        // Where nothing is drawn for long, nobody reads it.
        if told.len() <= TOLD_BYTES_MAX {
            told.push_str(what);
        }
    }

    /// Hands what it was told to whoever writes it; what is not taken waits for the next frame.
    pub fn hand_over(&self, take: impl FnOnce(&str) -> bool) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if !told.is_empty() && take(&told) {
            told.clear();
        }
    }

    /// Where it is.
    pub fn get(&self) -> Option<Vec2> {
        *self.at.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extras_survive_the_journey_through_an_event() {
        for extra in
            [Extra::Paste("یک\ndue".into()), Extra::Paste(String::new()), Extra::Focus(true), Extra::Focus(false)]
        {
            assert_eq!(Extra::from_event(&extra.clone().into_event()), Some(extra));
        }
        assert_eq!(Extra::from_event(&Event::Char('p')), None);
    }
}
