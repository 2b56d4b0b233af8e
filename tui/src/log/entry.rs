//! An entry's lines: what stands before it, who said it, what was said.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Range;

use cursive::style::{Effect, Style};
use parlor_core::client::{Delivery, Entry, EntryKind, Hyperlink, Revision, SpanKind};

use crate::cells;
use crate::lay::{self, Area, Block, Line};
use crate::look::Look;
use crate::paint::Piece;
use crate::style::{self, Colours};
use crate::words::Words;

/// Below this width of the text the time of day is not shown.
const TEXT_CELLS_MIN: usize = 28;

/// How an entry is shown, besides what it says.
#[derive(Clone, Debug, Hash)]
pub(super) struct Dress {
    /// It is the first that the reader has not seen.
    pub(super) marked: bool,
    /// It is the one the reader looked for or selected.
    pub(super) front: bool,
    /// The day it is of, where that is another than that of the entry before.
    pub(super) day: Option<String>,
    /// What it answers, in one line.
    pub(super) quote: Option<String>,
    /// When it was said, if it is known and shown.
    pub(super) time: Option<String>,
    /// How many cells times take.
    pub(super) time_cells: usize,
    /// How many cells there are.
    pub(super) width: usize,
}

/// A number for everything an entry's looks depend on.
pub(super) fn look_of(entry: &Entry, dress: &Dress) -> u64 {
    let mut hasher = DefaultHasher::new();
    (dress, entry.is_edited(), entry.is_deleted(), entry.spans()).hash(&mut hasher);
    match &entry.kind {
        EntryKind::Message { from, text, action, mine, mention, delivery, revision: _ } => {
            (0, from, text, action, mine, mention).hash(&mut hasher);
            match delivery {
                Delivery::Pending => 0.hash(&mut hasher),
                Delivery::Confirmed => 1.hash(&mut hasher),
                Delivery::Unconfirmed => 2.hash(&mut hasher),
                Delivery::Failed(why) => (3, why).hash(&mut hasher),
            }
        }
        EntryKind::Notice(_) => (1, entry.what()).hash(&mut hasher),
        EntryKind::Error(text) => (2, text).hash(&mut hasher),
    }
    hasher.finish()
}

/// An entry's lines.
pub(super) fn compose(entry: &Entry, dress: &Dress, look: Look) -> Box<[Line]> {
    let mut lines = Vec::new();
    let width = dress.width;
    if let Some(day) = &dress.day {
        lines.push((0, [rule(style::dim(), day, width, look)].into()));
    }
    if dress.marked {
        lines.push((0, [rule(look.colours.attention(), &look.language.new(), width, look)].into()));
    }
    let above = lines.len();
    let timed = width >= dress.time_cells + 1 + TEXT_CELLS_MIN;
    let indent = if timed { dress.time_cells + 1 } else { 0 };
    if let Some(quote) = &dress.quote {
        let quote = look.fit(quote, width.saturating_sub(indent + 2));
        lines.push((indent, [Piece::new(style::dim(), format!("↳ {quote}"))].into()));
    }
    let (mut head, text, tail) = parts(entry, look);
    let rtl = match &entry.kind {
        EntryKind::Message { .. } => look.is_rtl(text),
        // A sentence of the program's own runs as its language does, whatever name it begins with.
        EntryKind::Notice(_) | EntryKind::Error(_) => look.language.is_right_to_left(),
    };
    let area = Area { indent, ..Area::new(indent, width) };
    let paragraphs = text.split('\n').collect::<Vec<_>>();
    let last = paragraphs.len() - 1;
    let mut start = 0;
    for (number, paragraph) in paragraphs.into_iter().enumerate() {
        let mut head = if number == 0 { std::mem::take(&mut head) } else { Vec::new() };
        let mut body = body(entry, paragraph, start, body_style(entry, dress.front), look);
        if rtl && entry.who().is_empty() {
            // The mark of a sentence of the program's own stands where its line begins.
            body.splice(0..0, std::mem::take(&mut head));
        }
        let block =
            Block { head, body, tail: if number == last { tail.clone() } else { None }, rtl, continued: number > 0 };
        lay::lay(&mut lines, look, block, area);
        start += paragraph.len() + 1;
    }
    if let (true, Some(time), Some((x, first))) = (timed, &dress.time, lines.get_mut(above)) {
        let time = Piece::new(if dress.front { style::bar() } else { style::dim() }, look.line(time));
        let gap = x.saturating_sub(cells::width(&time.text));
        let mut pieces = vec![time, Piece::new(style::plain(), " ".repeat(gap))];
        pieces.extend(first.iter().cloned());
        (*x, *first) = (0, pieces.into());
    }
    lines.into()
}

/// A line over the whole width with some words in its middle.
fn rule(style: Style, words: &str, width: usize, look: Look) -> Piece {
    let words = look.fit(&format!(" {words} "), width);
    let rule = width.saturating_sub(cells::width(&words));
    Piece::new(style, format!("{}{words}{}", "─".repeat(rule / 2), "─".repeat(rule - rule / 2)))
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

/// What stands before the text, the text, and what stands behind it.
fn parts(entry: &Entry, look: Look) -> (Vec<Piece>, &str, Option<Piece>) {
    let colours: Colours = look.colours;
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
                    Some(Piece::new(style::dim(), format!(" {}", look.language.edited())))
                }
                Delivery::Confirmed => None,
                Delivery::Pending => Some(Piece::new(style::dim(), " …")),
                Delivery::Unconfirmed => {
                    Some(Piece::new(colours.attention(), format!(" {}", look.language.unconfirmed())))
                }
                Delivery::Failed(why) => {
                    let why = look.language.failed(lay::isolated(&look.clean(why)));
                    Some(Piece::new(colours.error(), format!(" {why}")))
                }
            };
            (prefix, text, tail)
        }
        EntryKind::Notice(_) => (vec![Piece::new(style::dim(), "* ")], entry.what(), None),
        EntryKind::Error(text) => (vec![Piece::new(colours.error(), "! ")], text, None),
    }
}

fn body_style(entry: &Entry, front: bool) -> Style {
    if front {
        return style::bar();
    }
    match &entry.kind {
        EntryKind::Message { revision: Revision::Deleted, .. } => style::dim(),
        EntryKind::Message { delivery: Delivery::Pending, .. } | EntryKind::Notice(_) => style::dim(),
        EntryKind::Message { .. } | EntryKind::Error(_) => style::plain(),
    }
}
