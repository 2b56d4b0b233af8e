//! One row of the log: what it says, how high it is, how it is painted.

use std::borrow::Cow;
use std::ops::Range;

use eframe::egui::{Align2, Color32, CursorIcon, Id, Pos2, Rect, Response, Role, Sense, Ui, WidgetInfo, pos2, vec2};
use parlor_core::client::{Delivery, Entry, EntryKey, EntryKind, Revision};
use parlor_face::clock::{self, Clock};

use crate::chosen::{from_start, tongue};
use crate::deeds::{Foot, Hands, Menu, Rights};
use crate::links;
use crate::quote::{Quote, Quoted};
use crate::text::{Laid, Look, Spot, Tip, centered, lay};
use crate::theme::{Palette, SMALL, TEXT};
use crate::words::Words;

/// Between the edge and the times, and between the texts and the other edge.
pub(crate) const MARGIN: f32 = 16.0;
/// The column of the times.
pub(crate) const TIMES: f32 = 50.0;
/// Above the first message of somebody.
pub(crate) const GAP_AUTHOR: f32 = 10.0;
/// Above every other row.
const GAP: f32 = 3.0;
/// What stands above the oldest row.
const HEAD: f32 = 40.0;
/// The line between two days, and that above what is new.
const RULE: f32 = 30.0;
/// Between a text and the word that it was corrected.
const MARK_GAP: f32 = 8.0;

/// A row that is laid out for a width.
pub(crate) struct Row {
    key: EntryKey,
    head: Option<Laid>,
    rule: Option<Rule>,
    gap: f32,
    time: Option<Laid>,
    author: Option<Laid>,
    quote: Option<Quoted>,
    body: Laid,
    said: String,
    links: Vec<Range<usize>>,
    /// That it was corrected, and where that is written.
    mark: Option<(Laid, Pos2)>,
    foot: Option<Foot>,
    may: Rights,
    spot: Spot,
    tint: Option<Color32>,
    line: String,
    copy: String,
    full_time: Option<String>,
    /// Who said it, if that is somebody else.
    other: Option<String>,
}

/// What stands above a row.
enum Rule {
    Day(String),
    /// Where the new messages begin, with the day where that is new as well.
    New(Option<String>),
}

/// What is to be seen of a row besides what it says.
#[derive(Clone, Debug, Default)]
pub(crate) struct Marks {
    /// What is said above the oldest row.
    pub(crate) head: Option<String>,
    /// The "new messages" line stands above it.
    pub(crate) first_new: bool,
    /// It was gone to, or is being corrected.
    pub(crate) chosen: bool,
    /// Whether it is really to be taken back.
    pub(crate) asked: bool,
    /// What may be done with it.
    pub(crate) may: Rights,
    /// What is looked for just now: its words are marked.
    pub(crate) query: Option<String>,
    /// What it answers.
    pub(crate) quote: Option<Quote>,
    /// Its place in the log.
    pub(crate) position: i64,
}

impl Row {
    /// Lays out `entry`, which follows `before`.
    pub(crate) fn lay(ui: &Ui, clock: &Clock, width: f32, before: Option<&Entry>, entry: &Entry, marks: Marks) -> Self {
        let palette = Palette::of(ui);
        let room = (width - 2.0 * MARGIN - TIMES).max(40.0);
        let day = entry.at.and_then(|at| clock.day(at));
        let day_before = before.and_then(|before| before.at).and_then(|at| clock.day(at));
        // The oldest row says of which day it is, unless that is today.
        let day_before = if before.is_none() { clock.day(clock::now()) } else { day_before };
        let new_day = day.filter(|day| day_before.is_some_and(|before| before != *day));
        let rule = match (new_day, marks.first_new) {
            (day, true) => Some(Rule::New(day.map(|day| clock.day_line(day, clock::now())))),
            (Some(day), false) => Some(Rule::Day(clock.day_line(day, clock::now()))),
            (None, false) => None,
        };
        let author = author(entry).filter(|author| rule.is_some() || before.and_then(self::author) != Some(*author));
        let time = entry.at.map(|at| clock.time(at)).filter(|time| {
            let same = before.and_then(|before| before.at).is_some_and(|at| clock.time(at) == *time);
            author.is_some() || rule.is_some() || !same
        });
        let said = said(entry);
        let before = said.len().saturating_sub(entry.what().len());
        let (body, tint) = body(ui, palette, entry, &said, room);
        let body = body.painted(&links::paints(palette, entry.spans(), before));
        let body = match &marks.query {
            Some(query) => body.painted(&links::paints_found(palette, entry.what(), query, before)),
            None => body,
        };
        let head = marks.head.as_deref();
        let head = head.map(|head| lay(ui, head, Look::new(SMALL, palette.dim).one_line(), width - 2.0 * MARGIN));
        Self {
            key: entry.key,
            head,
            gap: if author.is_some() { GAP_AUTHOR } else { GAP },
            rule,
            time: time.map(|time| lay(ui, &time, Look::new(SMALL, palette.dim).one_line(), TIMES)),
            author: author.map(|author| {
                let name = if author.is_empty() { "…" } else { author };
                lay(ui, name, Look::new(TEXT, palette.nick(author)).one_line(), room)
            }),
            quote: marks.quote.map(|quote| quote.lay(ui, room)),
            mark: mark(ui, palette, entry.is_edited(), &body, room),
            body,
            links: links::ranges(entry.spans(), before),
            said: said.into_owned(),
            foot: foot(ui, palette, entry, marks.asked, room),
            may: marks.may,
            spot: Spot { group: selection(), key: id(entry.key), order: marks.position },
            tint: if marks.chosen { Some(palette.chosen) } else { tint },
            line: match &entry.kind {
                // It may stand for several that were folded.
                EntryKind::Notice(_) => format!("* {}", entry.what().trim_start_matches(['\u{200E}', '\u{200F}'])),
                EntryKind::Message { .. } | EntryKind::Error(_) => entry.line(),
            },
            copy: entry.what().to_owned(),
            full_time: entry.at.map(|at| clock.full(at)),
            other: other(entry).map(str::to_owned),
        }
    }

    /// How high it is.
    pub(crate) fn height(&self) -> f32 {
        let mark = self.mark.as_ref().map_or(0.0, |(mark, at)| at.y + mark.size().y);
        let foot = self.foot.as_ref().map_or(0.0, Foot::height);
        (self.lead() + self.body.size().y.max(mark) + foot).ceil()
    }

    /// How much of that stands above what is said: it comes and goes with the rows before.
    pub(crate) fn lead(&self) -> f32 {
        let author = self.author.as_ref().map_or(0.0, |laid| laid.size().y);
        self.above() + author + self.quote.as_ref().map_or(0.0, Quoted::height)
    }

    /// The part of that which is no part of the message.
    fn above(&self) -> f32 {
        let head = self.head.as_ref().map_or(0.0, |_| HEAD);
        let rule = if self.rule.is_some() { RULE } else { 0.0 };
        head + rule + self.gap
    }

    /// Paints it into `rect`, as wide as it was laid out for, and takes clicks.
    pub(crate) fn show(self, ui: &mut Ui, rect: Rect, hands: &mut Hands<'_>) {
        self.paint_above(ui, rect);
        let mut top = rect.top() + self.above();
        let room = rect.width() - 2.0 * MARGIN - TIMES;
        let text_left = from_start(ui, rect, MARGIN + TIMES, room);
        let text_right = text_left + room;
        let foot_height = self.foot.as_ref().map_or(0.0, Foot::height);
        let message = Rect::from_min_max(pos2(rect.left(), top), pos2(rect.right(), rect.bottom() - foot_height));
        hands.sight.push((self.key, rect));
        let response = self.respond(ui, message, [text_left, text_right], hands);
        let first_line = self.author.as_ref().unwrap_or(&self.body).size().y.min(TEXT * 1.4);
        if let Some(time) = &self.time {
            // On one base line with the first line beside it, although the letters are smaller.
            let left = from_start(ui, rect, MARGIN, time.size().x);
            let at = pos2(left, top + (first_line - time.size().y) * 0.6);
            time.paint(ui, at);
            self.tell_time(ui, Rect::from_min_size(at, time.size()));
        }
        if let Some(author) = &self.author {
            // Above the side on which the words begin.
            let left = if self.body.is_rtl() { text_right - author.size().x } else { text_left };
            author.paint(ui, pos2(left, top));
            top += author.size().y;
        }
        if let Some(quote) = self.quote {
            let (height, wide) = (quote.height(), text_right - text_left);
            let area = Rect::from_min_size(pos2(text_left, top), vec2(wide, height));
            quote.show(ui, area, self.body.is_rtl(), self.key, hands);
            top += height;
        }
        if let Some((mark, at)) = &self.mark {
            mark.paint(ui, pos2(text_left, top) + at.to_vec2());
        }
        self.body.paint_selectable(ui, pos2(text_left, top), &response, rect.y_range(), self.spot);
        let beside = |at: Pos2| at.x < text_left || at.x > text_right;
        if response.hovered() && ui.input(|input| input.pointer.hover_pos()).is_some_and(beside) {
            ui.set_cursor_icon(CursorIcon::Default);
        }
        let link = links::show(ui, id(self.key), &self.said, &self.links, &self.body, pos2(text_left, top));
        hands.link = link.or(hands.link.take());
        if let Some(foot) = self.foot {
            let area = Rect::from_min_max(pos2(text_left, message.bottom()), pos2(text_right, rect.bottom()));
            foot.show(ui, area, self.key, hands);
        }
    }

    /// What stands above the message.
    fn paint_above(&self, ui: &Ui, rect: Rect) {
        let palette = Palette::of(ui);
        if let Some(head) = &self.head {
            let center = pos2(rect.center().x, rect.top() + HEAD * 0.55);
            let at = Align2::CENTER_CENTER.anchor_size(center, head.size());
            head.paint(ui, at.min);
            let response = ui.interact(at, Id::unique((self.key, "head")), Sense::hover());
            response.widget_info(|| WidgetInfo::labeled(Role::Label, true, head.text()));
        }
        if let Some(rule) = &self.rule {
            let top = rect.top() + self.above() - self.gap - RULE;
            let area = Rect::from_min_size(pos2(rect.left(), top), vec2(rect.width(), RULE));
            paint_rule(ui, palette, area, rule);
        }
    }

    /// Takes clicks and keys for the message as a whole, and paints what lies behind it.
    fn respond(&self, ui: &Ui, message: Rect, [text_left, text_right]: [f32; 2], hands: &mut Hands<'_>) -> Response {
        let palette = Palette::of(ui);
        let hold = hands.cursor.hold(self.key);
        if let Some(tint) = if hold.chosen { Some(palette.chosen) } else { self.tint } {
            // To the very edge, under the scroll bar.
            paint_chosen(ui, message, ui.clip_rect().right(), tint);
        }
        let response = ui.interact(message, id(self.key), hold.sense());
        response.widget_info(|| WidgetInfo::labeled(Role::ListItem, true, &self.line));
        let asked = hold.opens(ui, &response);
        if asked {
            hands.cursor.choose(self.key);
        }
        if self.mark.is_some() {
            let edited = tongue(ui).edited();
            ui.ctx().accesskit_node_builder(response.id, |node| node.set_description(edited));
        }
        let rtl = self.body.is_rtl();
        let menu = Menu {
            copies: [&self.copy, &self.line],
            other: self.other.as_deref(),
            said: (&self.said, &self.links),
            answered: self.quote.as_ref().and_then(Quoted::leads_to),
            deeds: Some((self.key, self.may)),
            below: (pos2(if rtl { text_right } else { text_left }, message.bottom()), rtl),
        };
        menu.show(ui, &response, asked, hands);
        hold.take_focus(ui, &response);
        response
    }

    fn tell_time(&self, ui: &Ui, area: Rect) {
        if let Some(full) = &self.full_time {
            ui.interact(area, Id::unique((self.key, "time")), Sense::hover()).tip(full);
        }
    }
}

/// The id of the row of an entry.
pub(crate) fn id(key: EntryKey) -> Id {
    Id::unique(key)
}

/// What is selected together: the messages of the log.
pub(crate) fn selection() -> Id {
    Id::unique("log selection")
}

/// Who is named above the row; nobody for actions and notices, whose sentence holds the name.
pub(crate) fn author(entry: &Entry) -> Option<&str> {
    match &entry.kind {
        EntryKind::Message { from, action: false, .. } => Some(from),
        EntryKind::Message { action: true, .. } | EntryKind::Notice(_) | EntryKind::Error(_) => None,
    }
}

/// Who said it, if that is somebody else who is known.
fn other(entry: &Entry) -> Option<&str> {
    match &entry.kind {
        EntryKind::Message { from, mine: false, .. } if !from.is_empty() => Some(from),
        EntryKind::Message { .. } | EntryKind::Notice(_) | EntryKind::Error(_) => None,
    }
}

/// What is written in the row of an entry, and selected and copied there.
pub(crate) fn said(entry: &Entry) -> Cow<'_, str> {
    match &entry.kind {
        EntryKind::Message { revision: Revision::Deleted, text, .. } => Cow::Borrowed(text),
        EntryKind::Message { from, text, action: true, .. } => Cow::Owned(format!("* {from} {text}")),
        EntryKind::Message { text, action: false, .. } => Cow::Borrowed(text),
        EntryKind::Notice(_) | EntryKind::Error(_) => Cow::Borrowed(entry.what()),
    }
}

fn body(ui: &Ui, palette: &Palette, entry: &Entry, said: &str, width: f32) -> (Laid, Option<Color32>) {
    let (look, tint) = match &entry.kind {
        EntryKind::Message { revision: Revision::Deleted, .. } => (Look::new(TEXT, palette.dim).italics(), None),
        EntryKind::Message { action, mention, delivery, .. } => {
            let sure = match delivery {
                Delivery::Confirmed => true,
                Delivery::Pending | Delivery::Unconfirmed | Delivery::Failed(_) => false,
            };
            let color = if sure { palette.text } else { palette.dim };
            let look = Look::new(TEXT, color);
            (if *action { look.italics() } else { look }, mention.then_some(palette.mention))
        }
        EntryKind::Notice(_) => (Look::new(SMALL + 1.0, palette.dim).own(), None),
        EntryKind::Error(_) => (Look::new(SMALL + 1.0, palette.error).own(), None),
    };
    (lay(ui, said, look, width), tint)
}

/// The word that a message was corrected: behind its last line, or below it where there is no room.
pub(crate) fn mark(ui: &Ui, palette: &Palette, edited: bool, body: &Laid, width: f32) -> Option<(Laid, Pos2)> {
    if !edited {
        return None;
    }
    let mark = lay(ui, &tongue(ui).edited(), Look::new(SMALL, palette.dim).one_line(), width);
    let (last, size) = (body.last_line(), mark.size());
    // On one base line with the letters beside it, which are larger.
    let top = last.bottom() - size.y - 1.0;
    let at = match body.is_rtl() {
        true if last.left() - MARK_GAP >= size.x => pos2(last.left() - MARK_GAP - size.x, top),
        true => pos2(width - size.x, body.size().y),
        false if last.right() + MARK_GAP + size.x <= width => pos2(last.right() + MARK_GAP, top),
        false => pos2(0.0, body.size().y),
    };
    Some((mark, at))
}

fn foot(ui: &Ui, palette: &Palette, entry: &Entry, asked: bool, width: f32) -> Option<Foot> {
    let EntryKind::Message { delivery, .. } = &entry.kind else { return None };
    let words = tongue(ui);
    if asked && !entry.is_deleted() {
        let look = Look::new(SMALL, palette.text);
        return Some(Foot::Delete(lay(ui, &words.really_delete(), look, width - 140.0)));
    }
    let (text, button, color) = match delivery {
        Delivery::Pending | Delivery::Confirmed => return None,
        Delivery::Unconfirmed => (words.not_confirmed(), words.send_again(), palette.dim),
        Delivery::Failed(why) => (words.not_sent(why), words.retry(), palette.error),
    };
    let text = lay(ui, &text, Look::new(SMALL, color).own(), width - 180.0);
    Some(Foot::Resend(text, button, entry.what().to_owned()))
}

/// Paints what lies behind a message that stands out, up to `right`.
pub(crate) fn paint_chosen(ui: &Ui, message: Rect, right: f32, tint: Color32) {
    let back = Rect::from_min_max(message.min - vec2(0.0, 2.0), pos2(right, message.bottom() + 2.0));
    ui.painter().rect_filled(back, 0.0, tint);
    let bar = Rect::from_min_size(pos2(from_start(ui, back, 0.0, 3.0), back.top()), vec2(3.0, back.height()));
    ui.painter().rect_filled(bar, 0.0, Palette::of(ui).accent);
}

fn paint_rule(ui: &Ui, palette: &Palette, area: Rect, rule: &Rule) {
    let (text, color) = match rule {
        Rule::Day(day) => (day.clone(), palette.dim),
        Rule::New(None) => (tongue(ui).new_messages(), palette.error),
        Rule::New(Some(day)) => (format!("{day} – {}", tongue(ui).new_messages()), palette.error),
    };
    let y = area.top() + RULE * 0.6;
    let look = Look::new(SMALL, color).one_line();
    let label = centered(ui, pos2(area.center().x, y), &text, look, area.width() * 0.8);
    let line = eframe::egui::Stroke::new(1.0, if matches!(rule, Rule::New(_)) { color } else { palette.line });
    ui.painter().hline(area.left() + MARGIN..=label.left() - 8.0, y, line);
    ui.painter().hline(label.right() + 8.0..=area.right() - MARGIN, y, line);
}
