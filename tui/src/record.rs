//! How `--pipe` prints what arrives: a line a person can read, or a JSON object.

use parlor_core::client::{Delivery, Entry, EntryKind, Room};
use parlor_core::vocabulary::Place;

/// What to print where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Printed {
    /// On standard output, without its last line end.
    Out(String),
    /// On standard error: something went wrong.
    Err(String),
}

/// An entry as a line: `ada: ciao`, `ada (to you): psst`, `* ada waves`, `* ada joined`. Further lines of a text
/// stand two spaces in, so that no text passes for another line.
pub fn line(room: &Room, entry: &Entry) -> Printed {
    let text = match &entry.kind {
        EntryKind::Message { from, text, action: false, mine: false, .. }
            if matches!(room.place, Some(Place::Direct(_))) =>
        {
            format!("{from} (to you): {text}")
        }
        EntryKind::Message { .. } | EntryKind::Notice(_) | EntryKind::Error(_) => entry.line(),
    };
    let text = text.replace('\n', "\n  ");
    match &entry.kind {
        EntryKind::Error(_) => Printed::Err(text),
        EntryKind::Message { delivery: Delivery::Failed(_) | Delivery::Unconfirmed, .. } => Printed::Err(text),
        EntryKind::Message { .. } | EntryKind::Notice(_) => Printed::Out(text),
    }
}

/// What became of an entry that was printed before: `* ada corrected: ciao`, `* ada took a message back`.
pub fn change_line(_: &Room, entry: &Entry) -> Printed {
    Printed::Out(entry.change_line().replace('\n', "\n  "))
}

/// The same as a JSON object on one line.
pub fn change_json(room: &Room, entry: &Entry) -> Printed {
    Printed::Out(entry.change_to_json(&room.title))
}

/// An entry as a JSON object on one line.
pub fn json(room: &Room, entry: &Entry) -> Printed {
    Printed::Out(entry.to_json(&room.title))
}
