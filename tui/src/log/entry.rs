//! One entry of the log as lines: time and nickname, what was said, and what became of it.

use std::hash::{DefaultHasher, Hash};
use std::ops::Range;

use cursive::style::{Effect, Style};
use parlor_core::client::{Delivery, Entry, EntryKind, Hyperlink, Revision, SpanKind};

use crate::cells;
use crate::lay::{self, Area, Block, Line};
use crate::look::Look;
use crate::paint::Piece;
use crate::style::{self, Colours};

/// Below this width the time of day is not shown.
const TIME_CELLS_MIN: usize = 34;

/// Everything an entry's looks depend on.
pub(super) fn look(entry: &Entry, marked: bool, found: bool, hasher: &mut DefaultHasher) {
    (marked, found, entry.at, entry.is_edited(), entry.is_deleted(), entry.spans()).hash(hasher);
    match &entry.kind {
        EntryKind::Message { from, text, action, mine, mention, delivery, revision: _ } => {
            (0, from, text, action, mine, mention).hash(hasher);
            match delivery {
                Delivery::Pending => 0.hash(hasher),
                Delivery::Confirmed => 1.hash(hasher),
                Delivery::Unconfirmed => 2.hash(hasher),
                Delivery::Failed(why) => (3, why).hash(hasher),
            }
        }
        EntryKind::Notice(text) => (1, text).hash(hasher),
        EntryKind::Error(text) => (2, text).hash(hasher),
    }
}

/// An entry's lines at this width.
pub(super) fn compose(entry: &Entry, marked: bool, found: bool, width: usize, look: Look) -> Box<[Line]> {
    let mut lines = Vec::new();
    if marked {
        lines.push((0, [new_line(width, look.colours)].into()));
    }
    let mut indent = 0;
    let mut time = None;
    if width >= TIME_CELLS_MIN {
        indent = 6;
        time = entry.at.and_then(|at| crate::clock::time_of_day(at.0)).map(|text| Piece::new(style::dim(), text));
    }
    let (head, text, tail) = parts(entry, look);
    let rtl = look.is_rtl(text);
    let area = Area { indent, ..Area::new(indent, width) };
    let paragraphs = text.split('\n').collect::<Vec<_>>();
    let last = paragraphs.len() - 1;
    let mut start = 0;
    for (number, paragraph) in paragraphs.into_iter().enumerate() {
        let block = Block {
            head: if number == 0 { head.clone() } else { Vec::new() },
            body: body(entry, paragraph, start, body_style(entry, found), look),
            tail: if number == last { tail.clone() } else { None },
            rtl,
            continued: number > 0,
        };
        lay::lay(&mut lines, look, block, area);
        start += paragraph.len() + 1;
    }
    if let (Some(time), Some((x, first))) = (time, lines.get_mut(usize::from(marked))) {
        let gap = x.saturating_sub(cells::width(&time.text));
        let mut pieces = vec![time, Piece::new(style::plain(), " ".repeat(gap))];
        pieces.extend(first.iter().cloned());
        (*x, *first) = (0, pieces.into());
    }
    lines.into()
}

/// The paragraph of an entry's text that begins at `start`, its links underlined and its reader's name in bold.
fn body(entry: &Entry, paragraph: &str, start: usize, style: Style, look: Look) -> Vec<Piece> {
    let (mut pieces, mut from) = (Vec::new(), 0);
    let push = |pieces: &mut Vec<Piece>, range: Range<usize>, style, link| {
        let part = paragraph.get(range).unwrap_or_default();
        if !part.is_empty() {
            pieces.push(Piece { link, ..Piece::new(style, look.clean(part)) });
        }
    };
    for span in entry.spans() {
        let inside = |at: usize| at.saturating_sub(start).min(paragraph.len());
        let range = inside(span.range.start).max(from)..inside(span.range.end);
        let Some(part) = paragraph.get(range.clone()).filter(|part| !part.is_empty()) else { continue };
        push(&mut pieces, from..range.start, style, None);
        from = range.end;
        match span.kind {
            SpanKind::Link => {
                let link = Hyperlink::of(part).map(|link| link.url().into());
                push(&mut pieces, range, style::link(style), link);
            }
            SpanKind::Mention => push(&mut pieces, range, style.combine(Effect::Bold), None),
        }
    }
    push(&mut pieces, from..paragraph.len(), style, None);
    pieces
}

fn new_line(width: usize, colours: Colours) -> Piece {
    let label = " new ";
    let rule = width.saturating_sub(label.len());
    let text = format!("{}{label}{}", "─".repeat(rule / 2), "─".repeat(rule - rule / 2));
    Piece::new(colours.attention(), cells::fit(&text, width))
}

/// What stands before the text, the text, and what stands behind it.
fn parts(entry: &Entry, look: Look) -> (Vec<Piece>, &str, Option<Piece>) {
    let colours = look.colours;
    match &entry.kind {
        EntryKind::Message { from, text, action, mine, mention, delivery, revision } => {
            let mut nick = colours.nick(from);
            if *revision == Revision::Deleted {
                nick = style::dim();
            } else if *mine {
                nick = style::bold();
            }
            if *mention {
                nick = nick.combine(Effect::Reverse);
            }
            let (before, after) = match (*action, from.is_empty()) {
                (true, _) => ("* ", " "),
                (false, true) => ("", ""),
                (false, false) => ("", ": "),
            };
            let prefix = vec![
                Piece::new(style::plain(), before),
                Piece::new(nick, lay::isolated(&look.clean(from))),
                Piece::new(style::plain(), after),
            ];
            let tail = match delivery {
                Delivery::Confirmed if matches!(revision, Revision::Edited(_)) => {
                    Some(Piece::new(style::dim(), " (edited)"))
                }
                Delivery::Confirmed => None,
                Delivery::Pending => Some(Piece::new(style::dim(), " …")),
                Delivery::Unconfirmed => {
                    Some(Piece::new(colours.attention(), " (not confirmed; Ctrl+R sends it again)"))
                }
                Delivery::Failed(why) => {
                    let why = format!(" (not sent: {} Ctrl+R tries again)", look.clean(why));
                    Some(Piece::new(colours.error(), why))
                }
            };
            (prefix, text, tail)
        }
        EntryKind::Notice(text) => (vec![Piece::new(style::dim(), "* ")], text, None),
        EntryKind::Error(text) => (vec![Piece::new(colours.error(), "! ")], text, None),
    }
}

fn body_style(entry: &Entry, found: bool) -> Style {
    if found {
        return style::bar();
    }
    match &entry.kind {
        EntryKind::Message { revision: Revision::Deleted, .. } => style::dim(),
        EntryKind::Message { delivery: Delivery::Pending, .. } | EntryKind::Notice(_) => style::dim(),
        EntryKind::Message { .. } | EntryKind::Error(_) => style::plain(),
    }
}
