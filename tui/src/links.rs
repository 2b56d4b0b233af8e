//! Links that the terminal itself can follow (OSC 8), through a screen that is made of cells alone.
//!
//! The toolkit keeps text and style of each cell and sends the cells that changed. A link's cells therefore carry its
//! number in a variation selector, which takes no cell and which no text from outside can hold
//! ([`crate::cells::clean`]). The backend takes it out again before it prints and says in its place where the link
//! leads. So cells know their link wherever they are moved, covered, or left as they are.

use std::sync::{Arc, Mutex, PoisonError};

use parlor_core::client::{Entry, Hyperlink, Room, Span, SpanKind};

/// The first of the selectors that carry a number.
const FIRST: u32 = 0xE0100;
/// How many there are: U+E0100 to U+E01EF.
const COUNT: usize = 240;
/// Longer addresses are shown but cannot be followed.
const BYTES_MAX: usize = 2_083;

/// The number that a character carries.
pub fn number(c: char) -> Option<usize> {
    let number = usize::try_from(u32::from(c).checked_sub(FIRST)?).ok()?;
    (number < COUNT).then_some(number)
}

/// Which addresses the links on the screen have; shared by the views, who number them, and the backend.
#[derive(Clone, Default)]
pub struct Links(Option<Arc<Mutex<Table>>>);

#[derive(Default)]
struct Table {
    slots: Vec<Slot>,
    frame: u64,
}

struct Slot {
    address: Arc<str>,
    used: u64,
}

impl Links {
    /// For a terminal that follows links. Without this ([`Default`]) no text carries anything.
    pub fn followed() -> Self {
        Self(Some(Arc::default()))
    }

    /// Whether the terminal that these environment variables tell of knows what to do with a link, or at least to
    /// leave it alone.
    pub fn are_known(variable: impl Fn(&str) -> Option<String>) -> bool {
        let term = variable("TERM").unwrap_or_default();
        let old_vte =
            variable("VTE_VERSION").and_then(|version| version.parse::<u32>().ok()).is_some_and(|v| v < 5_000);
        let plain = ["", "dumb", "linux", "vt100", "vt220", "ansi", "cons25"].contains(&term.as_str());
        let screen = term.starts_with("screen") && variable("TMUX").is_none();
        !(plain || screen || old_vte)
    }

    /// What the letters of a link to this address carry; nothing where it cannot be followed.
    pub fn mark(&self, address: &str) -> Option<char> {
        let mut table = self.0.as_ref()?.lock().unwrap_or_else(PoisonError::into_inner);
        if address.len() > BYTES_MAX {
            return None;
        }
        let now = table.frame;
        let slots = &mut table.slots;
        let at = match slots.iter().position(|slot| &*slot.address == address) {
            Some(at) => at,
            None if slots.len() < COUNT => {
                slots.push(Slot { address: address.into(), used: now });
                slots.len() - 1
            }
            // Neither on the screen now nor just before: no cell carries this number any more.
            None => {
                let at = slots.iter().position(|slot| slot.used + 1 < now)?;
                if let Some(slot) = slots.get_mut(at) {
                    slot.address = address.into();
                }
                at
            }
        };
        if let Some(slot) = slots.get_mut(at) {
            slot.used = now;
        }
        char::from_u32(FIRST + u32::try_from(at).ok()?)
    }

    /// Another frame begins.
    pub fn next_frame(&self) {
        if let Some(table) = &self.0 {
            table.lock().unwrap_or_else(PoisonError::into_inner).frame += 1;
        }
    }

    /// What tells the terminal that what follows is a link to the address with this number.
    pub fn begin(&self, number: usize) -> Option<String> {
        let table = self.0.as_ref()?.lock().unwrap_or_else(PoisonError::into_inner);
        let address = table.slots.get(number).map(|slot| ascii(&slot.address))?;
        // The same id on all of its cells, that parts of it count as one link on however many lines.
        Some(format!("\x1b]8;id=parlor{number};{address}\x1b\\"))
    }
}

/// What tells the terminal that the link is over.
pub const END: &str = "\x1b]8;;\x1b\\";

/// An address in the letters that OSC 8 allows, 32 to 126; all others as their UTF-8 bytes (RFC 3986, 2.1).
fn ascii(address: &str) -> String {
    address.bytes().fold(String::with_capacity(address.len()), |mut out, byte| {
        match byte {
            b'!'..=b'~' => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
        out
    })
}

/// A link that somebody wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// What to open.
    pub url: String,
    /// Where it leads, as the name system knows it.
    pub host: String,
    /// Whether that is perhaps not where it seems to lead.
    pub suspicious: bool,
}

/// The links of an entry, first to last.
pub fn of(entry: &Entry) -> impl Iterator<Item = Found> {
    let text = |span: &Span| entry.what().get(span.range.clone());
    let links = entry.spans().iter().filter(|span| span.kind == SpanKind::Link).filter_map(text);
    links.filter_map(to)
}

/// Where the text of a link leads.
pub fn to(link: &str) -> Option<Found> {
    let link = Hyperlink::of(link)?;
    Some(Found { url: link.url().into(), host: link.host().into(), suspicious: link.is_suspicious() })
}

/// The links of a room, the newest first.
pub fn newest(room: &Room) -> impl Iterator<Item = Found> {
    room.timeline
        .iter()
        .rev()
        .filter(|entry| !entry.is_hidden())
        .flat_map(|entry| of(entry).collect::<Vec<_>>().into_iter().rev())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_keeps_its_number_while_it_is_shown() {
        let links = Links::followed();
        let first = links.mark("https://a.example");
        assert_eq!(links.mark("https://a.example"), first);
        assert_ne!(links.mark("https://b.example"), first);
        assert_eq!(first.and_then(number), Some(0));
        assert_eq!(links.begin(0).unwrap(), "\x1b]8;id=parlor0;https://a.example\x1b\\");
        assert_eq!(Links::default().mark("https://a.example"), None);
    }

    #[test]
    fn numbers_are_given_anew_only_once_they_are_off_the_screen() {
        let links = Links::followed();
        let mark = |n: usize| links.mark(&format!("https://{n}.example"));
        assert!((0..COUNT).all(|n| mark(n).is_some()));
        assert_eq!(mark(COUNT), None, "all are on the screen");
        links.next_frame();
        assert!((1..COUNT).all(|n| mark(n).is_some()));
        assert_eq!(mark(COUNT), None, "cells of the frame before may still carry it");
        links.next_frame();
        assert_eq!(mark(COUNT).and_then(number), Some(0));
    }

    #[test]
    fn no_address_can_steer_the_terminal() {
        let links = Links::followed();
        let evil = "https://a.example/\x1b]0;x\x07\u{9c} سلام";
        let at = links.mark(evil).and_then(number).unwrap();
        let sent = links.begin(at).unwrap();
        let inside = sent.strip_prefix("\x1b]8;").and_then(|rest| rest.strip_suffix("\x1b\\")).unwrap();
        assert!(inside.bytes().all(|byte| (b'!'..=b'~').contains(&byte)), "{sent:?}");
        assert_eq!(links.mark(&"x".repeat(BYTES_MAX + 1)), None);
    }

    #[test]
    fn dumb_terminals_are_told_of_no_link() {
        let known = |pairs: &[(&str, &str)]| {
            Links::are_known(|name| pairs.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned()))
        };
        assert!(known(&[("TERM", "xterm-256color")]));
        assert!(known(&[("TERM", "screen-256color"), ("TMUX", "/tmp/x")]));
        assert!(!known(&[("TERM", "screen")]));
        assert!(!known(&[("TERM", "dumb")]));
        assert!(!known(&[("TERM", "linux")]));
        assert!(!known(&[]));
        assert!(!known(&[("TERM", "xterm"), ("VTE_VERSION", "4800")]));
        assert!(known(&[("TERM", "xterm"), ("VTE_VERSION", "7006")]));
    }
}
