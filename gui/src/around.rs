//! What stands around a message that lies too far back for the log: a reading place of its own.

use eframe::egui::{self, Align, Rect, Role, ScrollArea, Sense, Ui, WidgetInfo, pos2, vec2};
use parlor_core::client::{self, Hit, Intent, State};
use parlor_core::id::MessageId;

use crate::banner::sentence;
use crate::chosen::{Chosen, backwards, from_start, onwards, tongue};
use crate::row::{GAP_AUTHOR, MARGIN, TIMES};
use crate::text::{Look, Tip, button, lay, user_text};
use crate::theme::{Palette, SMALL, TEXT};
use crate::words::{FindWords, Words};

/// Which message is in the middle, and whether it was brought into sight.
#[derive(Debug)]
pub(crate) struct Around {
    shown: Option<MessageId>,
    revealed: bool,
}

impl Around {
    /// Of nothing yet.
    pub(crate) fn new() -> Self {
        Self { shown: None, revealed: false }
    }

    /// Whether it covers the log.
    pub(crate) fn is_shown(&self) -> bool {
        self.shown.is_some()
    }

    /// Shows the room that the messages are of, once.
    pub(crate) fn follow(&mut self, state: &State, intents: &mut Vec<Intent>) {
        let now = state.around.as_ref().map(|around| around.id);
        if self.shown == now {
            return;
        }
        self.shown = now;
        self.revealed = false;
        let Some(around) = &state.around else { return };
        let room = state.rooms.iter().position(|room| room.place.as_ref() == Some(&around.place));
        if let Some(index) = room.filter(|index| *index != state.shown) {
            intents.push(Intent::Show(state.rooms[index].key));
        }
    }

    /// Draws the messages in place of the log.
    pub(crate) fn show(&mut self, ui: &mut Ui, around: &client::Around, intents: &mut Vec<Intent>) {
        let palette = Palette::of(ui);
        let words = tongue(ui);
        let frame = egui::Frame::new().fill(palette.chosen).inner_margin(egui::Margin::symmetric(16, 6));
        frame.show(ui, |ui| {
            ui.with_layout(backwards(ui, Align::Center), |ui| {
                if button(ui, &words.back_to_log()).tip("Esc").clicked() {
                    intents.push(Intent::CloseAround);
                }
                ui.with_layout(onwards(ui, Align::Center), |ui| {
                    let text = words.earlier_in(&around.title);
                    user_text(ui, &text, Look::new(TEXT, palette.text).one_line());
                });
            });
        });
        let area = ui.available_rect_before_wrap();
        ScrollArea::vertical().id_salt("around").auto_shrink(false).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            crate::log::name(ui, area, words.messages_around(&around.title));
            let line = match (&around.problem, around.loading) {
                (Some(problem), _) => Some((sentence(problem), palette.error)),
                (None, true) => Some((words.loading(), palette.dim)),
                (None, false) => None,
            };
            if let Some((text, color)) = line {
                ui.horizontal(|ui| {
                    ui.add_space(MARGIN);
                    user_text(ui, &text, Look::new(TEXT, color));
                });
            }
            let mut before = None;
            for hit in &around.messages {
                let rect = self.row(ui, before, hit, hit.id == around.id);
                if hit.id == around.id && !self.revealed && !around.loading {
                    self.revealed = true;
                    ui.scroll_to_rect_animation(rect, Some(Align::Center), egui::style::ScrollAnimation::none());
                    ui.request_repaint();
                }
                before = Some(hit);
            }
        });
    }

    fn row(&self, ui: &mut Ui, before: Option<&Hit>, hit: &Hit, found: bool) -> Rect {
        let palette = Palette::of(ui);
        let width = (ui.available_width() - 2.0 * MARGIN - TIMES).max(40.0);
        let chosen = Chosen::of(ui.ctx());
        let clock = &chosen.clock;
        let when = clock.short(hit.at, true);
        let said = if hit.edited { format!("{} ({})", hit.text, chosen.language.edited()) } else { hit.text.clone() };
        let (text, look) = match hit.action {
            true => (format!("* {} {said}", hit.from), Look::new(TEXT, palette.text).italics()),
            false => (said, Look::new(TEXT, palette.text)),
        };
        let day = clock.day(hit.at);
        let new = before.is_none_or(|before| before.from != hit.from || clock.day(before.at) != day);
        let author = new.then(|| {
            let room = width - 150.0;
            let name = lay(ui, &hit.from, Look::new(TEXT, palette.nick(&hit.from)).one_line(), room.max(40.0));
            (name, lay(ui, &when, Look::new(SMALL, palette.dim).one_line(), 140.0))
        });
        let body = lay(ui, &text, look, width);
        let head = author.as_ref().map_or(3.0, |(name, _)| GAP_AUTHOR + name.size().y);
        let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), head + body.size().y), Sense::hover());
        response
            .widget_info(|| WidgetInfo::labeled(Role::ListItem, true, format!("{}, {when}: {}", hit.from, hit.text)));
        let text = |width| from_start(ui, rect, MARGIN + TIMES, width);
        if found {
            let back = Rect::from_min_max(rect.min + vec2(0.0, head - 2.0), rect.max + vec2(0.0, 2.0));
            ui.painter().rect_filled(back, 0.0, palette.chosen);
            let bar = Rect::from_min_size(pos2(from_start(ui, back, 0.0, 3.0), back.top()), vec2(3.0, back.height()));
            ui.painter().rect_filled(bar, 0.0, palette.accent);
        }
        if let Some((name, when)) = &author {
            let top = rect.top() + GAP_AUTHOR;
            name.paint(ui, pos2(text(name.size().x), top));
            let way = MARGIN + TIMES + name.size().x + 10.0;
            when.paint(ui, pos2(from_start(ui, rect, way, when.size().x), top + 3.0));
        }
        let time = lay(ui, &clock.time(hit.at), Look::new(SMALL, palette.dim).one_line(), TIMES);
        time.paint(ui, pos2(from_start(ui, rect, MARGIN, time.size().x), rect.top() + head + 2.0));
        body.paint(ui, pos2(text(width), rect.top() + head));
        rect
    }
}
