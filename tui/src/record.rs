//! How `--pipe` prints what arrives: a line a person can read, or a JSON object.

use parlor_core::client::{Delivery, Entry, EntryKind, Room, RoomKey};
use parlor_core::vocabulary::Place;

/// What to print where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Printed {
    /// On standard output, without its last line end.
    Out(String),
    /// On standard error: something went wrong.
    Err(String),
}

/// An entry as a line: `ada: ciao`, `ada (to you): psst`, `* ada waves`, `* ada joined`. What belongs to another room than
/// the one that is spoken in (`here`) begins with its name: `[garden] ada: ciao`. Further lines of a text stand two
/// spaces in, so that no text passes for another line.
pub fn line(room: &Room, entry: &Entry, here: Option<RoomKey>) -> Printed {
    let text = match (&entry.kind, &room.place) {
        (EntryKind::Message { from, text, action: false, mine: false, .. }, Some(Place::Direct(_))) => {
            format!("{from} (to you): {text}")
        }
        (
            EntryKind::Message { from, text, action: false, delivery: Delivery::Confirmed, .. },
            Some(Place::Direct(to)),
        ) => {
            format!("{from} (to {to}): {text}")
        }
        (EntryKind::Message { .. } | EntryKind::Notice(_) | EntryKind::Error(_), _) => {
            format!("{}{}", mark(room, here), entry.line())
        }
    };
    let text = text.replace('\n', "\n  ");
    match &entry.kind {
        EntryKind::Error(_) => Printed::Err(text),
        EntryKind::Message { delivery: Delivery::Failed(_) | Delivery::Unconfirmed, .. } => Printed::Err(text),
        EntryKind::Message { .. } | EntryKind::Notice(_) => Printed::Out(text),
    }
}

/// What became of an entry that was printed before: `* ada corrected: ciao`, `* ada took a message back`.
pub fn change_line(room: &Room, entry: &Entry, here: Option<RoomKey>) -> Printed {
    Printed::Out(format!("{}{}", mark(room, here), entry.change_line()).replace('\n', "\n  "))
}

/// The same as a JSON object on one line.
pub fn change_json(room: &Room, entry: &Entry, _: Option<RoomKey>) -> Printed {
    Printed::Out(entry.change_to_json(&room.title))
}

/// An entry as a JSON object on one line.
pub fn json(room: &Room, entry: &Entry, _: Option<RoomKey>) -> Printed {
    Printed::Out(entry.to_json(&room.title))
}

/// What lines of other rooms begin with.
fn mark(room: &Room, here: Option<RoomKey>) -> String {
    match here {
        Some(here) if here != room.key => format!("[{}] ", room.title),
        Some(_) | None => String::new(),
    }
}
