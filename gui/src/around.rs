//! What stands around a message that lies too far back for the log: a reading place of its own, where what can be done
//! without the log can be done as there.

use std::borrow::Cow;
use std::ops::Range;

use eframe::egui::{
    self, Align, Id, Key, Modifiers, Rect, Response, Role, ScrollArea, Sense, Ui, WidgetInfo, pos2, vec2,
};
use parlor_core::client::{self, Hit, Intent, State, spans};
use parlor_core::id::MessageId;

use crate::banner::sentence;
use crate::chosen::{Chosen, backwards, from_start, onwards, row, tongue};
use crate::cursor::Cursor;
use crate::deeds::{Hands, Menu};
use crate::links;
use crate::log::copy_selected;
use crate::row::{GAP_AUTHOR, MARGIN, TIMES, mark, paint_chosen};
use crate::scroll::DRAG;
use crate::text::{Laid, Look, Spot, Tip, button, dragged_past, lay, user_text};
use crate::theme::{Palette, SMALL, TEXT};
use crate::words::{FindWords, Words};

/// Above a message by whoever said the one before.
const GAP: f32 = 3.0;

/// Which message is in the middle, and whether it was brought into sight.
#[derive(Debug)]
pub(crate) struct Around {
    shown: Option<MessageId>,
    revealed: bool,
    /// What is chosen by keys.
    cursor: Cursor<MessageId>,
}

/// A message that is laid out.
struct Row<'a> {
    hit: &'a Hit,
    /// Who said it, and when, where that is not said above.
    head: Option<(Laid, Laid)>,
    body: Laid,
    /// That it was corrected, and where that is written.
    mark: Option<(Laid, egui::Pos2)>,
    said: Cow<'a, str>,
    links: Vec<Range<usize>>,
    when: String,
    /// Where it is another one than above.
    time: Option<Laid>,
}

impl Around {
    /// Of nothing yet.
    pub(crate) fn new() -> Self {
        Self { shown: None, revealed: false, cursor: Cursor::default() }
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
        self.cursor.leave();
        let Some(around) = &state.around else { return };
        let room = state.rooms.iter().position(|room| room.place.as_ref() == Some(&around.place));
        if let Some(index) = room.filter(|index| *index != state.shown) {
            intents.push(Intent::Show(state.rooms[index].key));
        }
    }

    /// Takes the keys that choose a message, from the one in the middle on.
    pub(crate) fn take_keys(&mut self, ui: &Ui, around: &client::Around) {
        let all = || around.messages.iter().map(|hit| hit.id).collect();
        // It cannot be answered from here: nothing is known of it but what it says.
        self.cursor.take_keys(ui, all, Some(around.id), id);
    }

    /// Chooses no message any more; `true` if one was chosen.
    pub(crate) fn leave_chosen(&mut self) -> bool {
        self.cursor.leave()
    }

    /// Draws the messages in place of the log.
    pub(crate) fn show(&mut self, ui: &mut Ui, state: &State, around: &client::Around, hands: &mut Hands<'_>) {
        bar(ui, &around.title, hands.intents);
        let palette = Palette::of(ui);
        let words = tongue(ui);
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
                    user_text(ui, &text, Look::new(TEXT, color).own());
                });
            }
            scroll(ui, area);
            let mut before = None;
            let query = state.search.as_ref().map(|search| search.query.as_str());
            let moved = self.cursor.take_moved();
            for hit in &around.messages {
                let row = Row::lay(ui, before, hit, query);
                let response = row.show(ui, hit.id == around.id, &mut self.cursor, hands);
                if hit.id == around.id && !self.revealed && !around.loading {
                    self.revealed = true;
                    response.scroll_to_me_animation(Some(Align::Center), egui::style::ScrollAnimation::none());
                    ui.request_repaint();
                }
                if moved == Some(hit.id) {
                    response.scroll_to_me_animation(None, egui::style::ScrollAnimation::none());
                }
                before = Some(hit);
            }
        });
        let hit = |order: i64| around.messages.iter().find(|hit| self::order(hit.id) == order);
        let texts = around.messages.iter().map(|hit| (order(hit.id), said(hit)));
        let author = |order| hit(order).filter(|hit| !hit.action).map(|hit| hit.from.as_str());
        let chosen = self.cursor.at().filter(|key| ui.memory(|memory| memory.has_focus(id(*key))));
        let chosen = chosen.and_then(|key| hit(order(key))).map(|hit| hit.text.as_str());
        copy_selected(ui, selection(), texts, author, chosen);
    }
}

/// The bar above, with what leads back.
fn bar(ui: &mut Ui, title: &str, intents: &mut Vec<Intent>) {
    let (palette, words) = (Palette::of(ui), tongue(ui));
    let frame = egui::Frame::new().fill(palette.chosen).inner_margin(egui::Margin::symmetric(16, 6));
    frame.show(ui, |ui| {
        // No higher than its button: a layout that centres takes all the height there is.
        row(ui, |ui| {
            ui.with_layout(backwards(ui, Align::Center), |ui| {
                if button(ui, &words.back_to_log()).tip("Esc").clicked() {
                    intents.push(Intent::CloseAround);
                }
                ui.with_layout(onwards(ui, Align::Center), |ui| {
                    user_text(ui, &words.earlier_in(title), Look::new(TEXT, palette.text).own().one_line());
                });
            });
        });
    });
}

/// Moves by Page keys and by selecting past an edge, as the log does.
fn scroll(ui: &Ui, area: Rect) {
    let past = dragged_past(ui, selection(), area);
    let mut up = -past * DRAG * ui.input(|input| input.stable_dt).min(0.1);
    for (key, way) in [(Key::PageUp, 0.85), (Key::PageDown, -0.85)] {
        if ui.input_mut(|input| input.consume_key(Modifiers::NONE, key)) {
            up += area.height() * way;
        }
    }
    if up != 0.0 {
        ui.scroll_with_delta_animation(vec2(0.0, up), egui::style::ScrollAnimation::none());
        ui.request_repaint();
    }
}

impl<'a> Row<'a> {
    fn lay(ui: &Ui, before: Option<&Hit>, hit: &'a Hit, query: Option<&str>) -> Self {
        let palette = Palette::of(ui);
        let width = text_width(ui);
        let chosen = Chosen::of(ui.ctx());
        let clock = &chosen.clock;
        let when = clock.short(hit.at, true);
        let said = said(hit);
        let own = said.len() - hit.text.len();
        let spans = spans(&hit.text, None);
        let look = Look::new(TEXT, palette.text);
        let body = lay(ui, &said, if hit.action { look.italics() } else { look }, width);
        let body = body.painted(&links::paints(palette, &spans, own));
        let body = match query {
            Some(query) => body.painted(&links::paints_found(palette, &hit.text, query, own)),
            None => body,
        };
        let new = before.is_none_or(|before| before.from != hit.from || clock.day(before.at) != clock.day(hit.at));
        let same = before.is_some_and(|before| clock.time(before.at) == clock.time(hit.at));
        let time = Some(clock.time(hit.at)).filter(|_| new || !same);
        let head = new.then(|| {
            let room = (width - 150.0).max(40.0);
            let name = lay(ui, &hit.from, Look::new(TEXT, palette.nick(&hit.from)).one_line(), room);
            (name, lay(ui, &when, Look::new(SMALL, palette.dim).one_line(), 140.0))
        });
        Self {
            hit,
            head,
            mark: mark(ui, palette, hit.edited, &body, width),
            body,
            links: links::ranges(&spans, own),
            said,
            when,
            time: time.map(|time| lay(ui, &time, Look::new(SMALL, palette.dim).one_line(), TIMES)),
        }
    }

    /// How much of it stands above what is said.
    fn lead(&self) -> f32 {
        self.head.as_ref().map_or(GAP, |(name, _)| GAP_AUTHOR + name.size().y)
    }

    /// Draws it below the one before; `found` is the one in the middle.
    fn show(&self, ui: &mut Ui, found: bool, cursor: &mut Cursor<MessageId>, hands: &mut Hands<'_>) -> Response {
        let (palette, width, lead) = (Palette::of(ui), text_width(ui), self.lead());
        let mark = self.mark.as_ref().map_or(0.0, |(mark, at)| at.y + mark.size().y);
        let height = lead + self.body.size().y.max(mark);
        let (rect, whole) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::hover());
        let left = |width| from_start(ui, rect, MARGIN + TIMES, width);
        let message = Rect::from_min_max(rect.min + vec2(0.0, lead), rect.max);
        let hold = cursor.hold(self.hit.id);
        if found || hold.chosen {
            paint_chosen(ui, message, rect.right(), palette.chosen);
        }
        if let Some((name, when)) = &self.head {
            let top = rect.top() + GAP_AUTHOR;
            // Above the side on which the words begin.
            let (name_left, when_left) = match self.body.is_rtl() {
                true => {
                    (left(width) + width - name.size().x, left(width) + width - name.size().x - 10.0 - when.size().x)
                }
                false => (left(width), left(width) + name.size().x + 10.0),
            };
            name.paint(ui, pos2(name_left, top));
            when.paint(ui, pos2(when_left, top + 3.0));
        }
        if let Some(time) = &self.time {
            time.paint(ui, pos2(from_start(ui, rect, MARGIN, time.size().x), message.top() + 2.0));
        }
        let corner = pos2(left(width), message.top());
        let response = ui.interact(message, id(self.hit.id), hold.sense());
        let Hit { from, text, .. } = self.hit;
        response.widget_info(|| WidgetInfo::labeled(Role::ListItem, true, format!("{from}, {}: {text}", self.when)));
        let asked = hold.opens(ui, &response);
        if asked {
            cursor.choose(self.hit.id);
        }
        let line = if self.hit.action { self.said.to_string() } else { format!("{from}: {text}") };
        let rtl = self.body.is_rtl();
        let menu = Menu {
            copies: [text, &line],
            other: Some(from.as_str()).filter(|_| !self.hit.mine),
            said: (&self.said, &self.links),
            answered: None,
            deeds: None,
            below: (pos2(if rtl { corner.x + width } else { corner.x }, message.bottom()), rtl),
        };
        menu.show(ui, &response, asked, hands);
        hold.take_focus(ui, &response);
        if let Some((mark, at)) = &self.mark {
            mark.paint(ui, corner + at.to_vec2());
            let edited = tongue(ui).edited();
            ui.ctx().accesskit_node_builder(response.id, |node| node.set_description(edited));
        }
        let spot = Spot { group: selection(), key: id(self.hit.id), order: order(self.hit.id) };
        self.body.paint_selectable(ui, corner, &response, rect.y_range(), spot);
        let link = links::show(ui, response.id, &self.said, &self.links, &self.body, corner);
        hands.link = link.or(hands.link.take());
        whole
    }
}

/// What is written in the row of a message, and selected and copied there.
fn said(hit: &Hit) -> Cow<'_, str> {
    match hit.action {
        true => Cow::Owned(format!("* {} {}", hit.from, hit.text)),
        false => Cow::Borrowed(&hit.text),
    }
}

/// The id of a message's row.
fn id(message: MessageId) -> Id {
    Id::unique(("around", message.0))
}

/// What is selected together.
fn selection() -> Id {
    Id::unique("around selection")
}

fn order(message: MessageId) -> i64 {
    i64::try_from(message.0).unwrap_or(i64::MAX)
}

fn text_width(ui: &Ui) -> f32 {
    (ui.available_width() - 2.0 * MARGIN - TIMES).max(40.0)
}
