//! What stands above an answer: the beginning of what it answers.

use eframe::egui::{CursorIcon, Id, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};
use parlor_core::client::{Entry, EntryKey, Intent, Room};
use parlor_core::text::{Direction, direction};

use crate::chosen::{mirrored, tongue};
use crate::deeds::Hands;
use crate::text::{Laid, Look, lay};
use crate::theme::{Palette, SMALL};
use crate::words::Words;

/// The bar beside it, with the air around.
const BAR: f32 = 10.0;
/// Between it and the answer.
const GAP: f32 = 2.0;

/// The message that a row answers, as it reads now.
#[derive(Clone, Debug)]
pub(crate) struct Quote {
    from: String,
    excerpt: String,
    to: Option<Intent>,
}

impl Quote {
    /// What `entry` of `room` answers, where that is held.
    pub(crate) fn of(room: &Room, entry: &Entry) -> Option<Self> {
        let quote = room.reply_of(entry)?;
        let to = room.place.clone().map(|place| Intent::Jump { place, id: quote.id });
        Some(Self { from: quote.from, excerpt: quote.excerpt, to })
    }

    /// Lays it out within `width` points.
    pub(crate) fn lay(self, ui: &Ui, width: f32) -> Quoted {
        let text = line(&self.from, &self.excerpt, mirrored(ui));
        let look = Look::new(SMALL, Palette::of(ui).dim).one_line();
        Quoted {
            laid: lay(ui, &text, look, (width - BAR).max(20.0)),
            spoken: format!("{}: {}", self.from, self.excerpt),
            to: self.to,
        }
    }
}

/// The line that is drawn. What is said decides which way that runs, and where nothing in it does, the window. The name
/// stands between marks: else it would decide, and numbers behind it would change places with it. Isolates would say it
/// better, but are taken out of whatever is drawn.
fn line(from: &str, excerpt: &str, mirrored: bool) -> String {
    let rtl = direction(excerpt).map_or(mirrored, Direction::is_right_to_left);
    let mark = if rtl { '\u{200F}' } else { '\u{200E}' };
    format!("{mark}{from}{mark}: {excerpt}")
}

/// A quote that is laid out.
pub(crate) struct Quoted {
    laid: Laid,
    spoken: String,
    to: Option<Intent>,
}

impl Quoted {
    /// What leads to the message that is quoted.
    pub(crate) fn leads_to(&self) -> Option<&Intent> {
        self.to.as_ref()
    }

    /// How much room it takes above the answer.
    pub(crate) fn height(&self) -> f32 {
        self.laid.size().y + GAP
    }

    /// Draws it into an area as wide as the answer may be, at the side where that begins; a click goes there.
    pub(crate) fn show(self, ui: &Ui, area: Rect, rtl: bool, key: EntryKey, hands: &mut Hands<'_>) {
        let (size, color) = (self.laid.size(), Palette::of(ui).dim);
        let (text, bar) = match rtl {
            true => (area.right() - BAR - size.x, area.right() - 3.0),
            false => (area.left() + BAR, area.left() + 1.0),
        };
        let bar = Rect::from_min_size(pos2(bar, area.top() + 1.0), vec2(2.0, size.y - 2.0));
        ui.painter().rect_filled(bar, 1.0, color);
        self.laid.paint(ui, pos2(text, area.top()));
        let rect = Rect::from_min_size(pos2(text, area.top()), size).union(bar);
        let response = ui.interact(rect, Id::unique((key, "quote")), Sense::click() - Sense::FOCUSABLE);
        let name = tongue(ui).answers(&self.spoken);
        response.widget_info(|| WidgetInfo::labeled(Role::Link, true, &name));
        if response.on_hover_cursor(CursorIcon::PointingHand).clicked() {
            hands.intents.extend(self.to);
        }
    }
}

#[cfg(test)]
mod tests {
    use egui_kittest::Harness;

    use super::*;

    /// The parts of the line from left to right, as they are drawn.
    fn drawn(from: &'static str, excerpt: &'static str, parts: &[&'static str]) -> Vec<&'static str> {
        let mut parts = parts.to_vec();
        let mut window = Harness::builder().build_ui_state(
            move |ui, order: &mut Vec<&'static str>| {
                let quote = Quote { from: from.into(), excerpt: excerpt.into(), to: None };
                let text = line(from, excerpt, mirrored(ui));
                let laid = quote.lay(ui, 500.0).laid;
                let left = |part: &str| {
                    let at = text.find(part).expect("it is in there");
                    laid.rects(at..at + part.len()).iter().map(|rect| rect.left()).fold(f32::INFINITY, f32::min)
                };
                parts.sort_by(|one, other| left(one).total_cmp(&left(other)));
                order.clone_from(&parts);
            },
            Vec::new(),
        );
        window.run();
        std::mem::take(window.state_mut())
    }

    #[test]
    fn numbers_behind_a_name_stay_behind_it_whichever_way_both_run() {
        for (from, excerpt, parts) in [
            ("علی", "123 words", ["علی", "123", "words"]),
            ("علی", "۱۲۳ words", ["علی", "۱۲۳", "words"]),
            ("علی", "123", ["علی", ":", "123"]),
            ("bea", "123 words", ["bea", "123", "words"]),
            ("bea", "۱۲۳ سلام", ["سلام", "۱۲۳", "bea"]),
            ("علی", "۱۲۳ سلام", ["سلام", "۱۲۳", "علی"]),
            ("bea", "سلام words", ["words", "سلام", "bea"]),
        ] {
            assert_eq!(drawn(from, excerpt, &parts), parts, "{from}: {excerpt}");
        }
    }
}
