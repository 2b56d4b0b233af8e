//! Looking for what was said: the field, what was found, and the way there.

use eframe::egui::{self, Id, Key, Margin, Modifiers, Response, Role, ScrollArea, Sense, Ui, WidgetInfo, pos2, vec2};
use parlor_core::client::{Hit, Intent, Room, Search, State};
use parlor_core::words::Language;

use crate::banner::sentence;
use crate::chosen::{Chosen, backwards, from_end, from_start, row, tongue};
use crate::composer::take_enter;
use crate::input::{Face, edit_line, select_all};
use crate::links::paints_found;
use crate::log::Spot;
use crate::text::{Button, Look, Tip, button, caption, lay, user_text};
use crate::theme::{Palette, SMALL, TEXT};
use crate::words::{FindWords, Words};

/// Height of what was found: a line of who and when, two of what.
const HIT: f32 = 70.0;
/// Around what stands in a hit.
const PAD: f32 = 8.0;
/// Most characters of a query; the server takes 512 bytes.
const CHARS_MAX: usize = 512;

/// What one looks for and how far one has looked through it.
#[derive(Debug)]
pub(crate) struct Find {
    open: bool,
    text: String,
    everywhere: bool,
    /// What the machine was last seen to look for.
    seen: Option<(String, bool)>,
    /// The hit that Enter goes to.
    chosen: usize,
    /// The field is to be typed into.
    focus: bool,
    /// The chosen hit is to be brought into sight.
    reveal: bool,
    /// Where one was before.
    from: Option<Spot>,
}

impl Find {
    /// Closed.
    pub(crate) fn new() -> Self {
        Self {
            open: false,
            text: String::new(),
            everywhere: false,
            seen: None,
            chosen: 0,
            focus: false,
            reveal: false,
            from: None,
        }
    }

    /// Whether it is shown.
    pub(crate) fn is_open(&self) -> bool {
        self.open
    }

    /// Opens it, or goes back to its field. `spot` is where one is.
    pub(crate) fn open(&mut self, everywhere: bool, spot: Option<Spot>) {
        if !self.open {
            self.from = spot;
        }
        self.open = true;
        self.everywhere = everywhere;
        self.focus = true;
    }

    /// Closes it; where one was before is given back.
    pub(crate) fn close(&mut self, intents: &mut Vec<Intent>) -> Option<Spot> {
        self.open = false;
        self.seen = None;
        self.chosen = 0;
        intents.push(Intent::CloseSearch);
        self.from.take()
    }

    /// Follows what the machine looks for: a typed `/search` opens this as well.
    pub(crate) fn follow(&mut self, state: &State, spot: Option<Spot>) {
        let now = state.search.as_ref().map(|search| (search.query.clone(), search.room.is_none()));
        if self.seen == now {
            return;
        }
        if let Some((query, everywhere)) = &now {
            self.open(*everywhere, spot);
            self.text.clone_from(query);
            self.chosen = 0;
            self.reveal = true;
        }
        self.seen = now;
    }

    /// Draws it; `true` if it is to be closed.
    pub(crate) fn show(&mut self, ui: &mut Ui, state: &State, room: &Room, intents: &mut Vec<Intent>) -> bool {
        let closed = self.field(ui, state, room, intents);
        self.scope(ui, state, room, intents);
        if let Some(search) = &state.search {
            self.answer(ui, state, search, intents);
        } else {
            user_text(ui, &tongue(ui).search_hint(), Look::new(SMALL, Palette::of(ui).dim).own());
        }
        closed
    }

    fn field(&mut self, ui: &mut Ui, state: &State, room: &Room, intents: &mut Vec<Intent>) -> bool {
        let id = Id::unique("search field");
        // What was typed before Enter, perhaps within the same frame, belongs to the query.
        let entered = self.take_keys(ui, id, state);
        let words = tongue(ui);
        let closed = row(ui, |ui| {
            let width = (ui.available_width() - 38.0).max(60.0);
            let margin = Margin::symmetric(10, 6);
            let hint = &words.search_messages();
            let face = Face { id, name: hint, hint, size: TEXT, margin, wrong: false };
            if std::mem::take(&mut self.focus) {
                ui.memory_mut(|memory| memory.request_focus(id));
                select_all(ui, id);
            }
            ui.scope(|ui| {
                ui.set_width(width);
                edit_line(ui, &mut self.text, CHARS_MAX, face)
            });
            named_button(ui, "✖", &words.close_search(), &words.close_search_tip()).clicked()
        });
        if entered {
            self.enter(state, room, intents);
        }
        closed.inner
    }

    /// The keys of the field; `true` if Enter was among them.
    fn take_keys(&mut self, ui: &Ui, id: Id, state: &State) -> bool {
        if !ui.memory(|memory| memory.has_focus(id)) {
            return false;
        }
        let hits = state.search.as_ref().map_or(0, |search| search.hits.len());
        let (up, down) = ui.input_mut(|input| {
            let up = input.count_and_consume_key(Modifiers::NONE, Key::ArrowUp);
            (up, input.count_and_consume_key(Modifiers::NONE, Key::ArrowDown))
        });
        if up != down {
            self.chosen = (self.chosen + down).saturating_sub(up).min(hits.saturating_sub(1));
            self.reveal = true;
        }
        take_enter(ui)
    }

    /// Goes to the chosen hit; looks first, where the query is another one.
    fn enter(&mut self, state: &State, room: &Room, intents: &mut Vec<Intent>) {
        let answer = state.search.as_ref().filter(|search| self.is_answer(search, room));
        match answer.and_then(|search| search.hits.get(self.chosen)) {
            Some(hit) => intents.push(Intent::Jump { place: hit.place.clone(), id: hit.id }),
            None => self.search(intents),
        }
    }

    /// Whether this is the answer to what stands in the field.
    fn is_answer(&self, search: &Search, room: &Room) -> bool {
        let there = search.room.is_none_or(|there| there == room.key);
        search.query == self.text.trim() && search.room.is_none() == self.everywhere && there
    }

    fn search(&mut self, intents: &mut Vec<Intent>) {
        let query = self.text.trim().to_owned();
        if !query.is_empty() {
            self.chosen = 0;
            self.reveal = true;
            self.seen = Some((query.clone(), self.everywhere));
            intents.push(Intent::Search { query, everywhere: self.everywhere });
        }
    }

    /// Where to look, and the button that does.
    fn scope(&mut self, ui: &mut Ui, state: &State, room: &Room, intents: &mut Vec<Intent>) {
        let words = tongue(ui);
        row(ui, |ui| {
            ui.spacing_mut().button_padding = vec2(8.0, 3.0);
            ui.spacing_mut().interact_size.y = 24.0;
            for (everywhere, text, tip) in [
                (false, words.here(), words.in_room_alone(&room.title)),
                (true, words.everywhere(), words.everywhere_tip()),
            ] {
                let chosen = self.everywhere == everywhere;
                let clicked = ui.add(Button::selectable(chosen, &text)).tip(&tip).clicked();
                if clicked && !chosen {
                    self.everywhere = everywhere;
                    self.focus = true;
                    if state.search.is_some() {
                        self.search(intents);
                    }
                }
            }
            ui.with_layout(backwards(ui, egui::Align::Center), |ui| {
                if button(ui, &words.search()).tip(&words.enter_key()).clicked() {
                    self.focus = true;
                    self.search(intents);
                }
            });
        });
    }

    fn answer(&mut self, ui: &mut Ui, state: &State, search: &Search, intents: &mut Vec<Intent>) {
        let palette = Palette::of(ui);
        let words = tongue(ui);
        let place = state.rooms.iter().find(|room| search.room == Some(room.key));
        let (text, color) = match &search.problem {
            Some(problem) => (sentence(problem), palette.error),
            None if search.loading && search.hits.is_empty() => (words.searching(), palette.dim),
            None if search.hits.is_empty() => match place {
                Some(room) => (words.not_found_in(&search.query, &room.title), palette.text),
                None => (words.not_found(&search.query), palette.text),
            },
            None => (count(words, search), palette.dim),
        };
        let response = user_text(ui, &text, Look::new(SMALL, color).own());
        ui.ctx().accesskit_node_builder(response.id, |node| node.set_live(egui::accesskit::Live::Polite));
        let nothing = search.hits.is_empty() && !search.loading && search.problem.is_none();
        if nothing && search.room.is_some() && button(ui, &words.look_everywhere()).clicked() {
            self.everywhere = true;
            self.search(intents);
        }
        if !search.hits.is_empty() {
            self.hits(ui, search, intents);
        }
    }

    fn hits(&mut self, ui: &mut Ui, search: &Search, intents: &mut Vec<Intent>) {
        let more = search.has_more || search.loading;
        let rows = search.hits.len() + usize::from(more);
        let reveal = std::mem::take(&mut self.reveal);
        ui.spacing_mut().item_spacing.y = 2.0;
        ScrollArea::vertical().id_salt("hits").auto_shrink(false).show_rows(ui, HIT, rows, |ui, range| {
            if reveal {
                let step = HIT + ui.spacing().item_spacing.y;
                let away = self.chosen as f32 - range.start as f32;
                let top = ui.max_rect().top() + away * step;
                let rect = egui::Rect::from_min_size(pos2(ui.max_rect().left(), top), vec2(1.0, HIT));
                ui.scroll_to_rect_animation(rect, None, egui::style::ScrollAnimation::none());
            }
            for index in range {
                let Some(hit) = search.hits.get(index) else {
                    older(ui, search, intents);
                    continue;
                };
                if self.hit(ui, hit, &search.query, search.room.is_none(), index == self.chosen).clicked() {
                    self.chosen = index;
                    intents.push(Intent::Jump { place: hit.place.clone(), id: hit.id });
                }
            }
        });
    }

    /// Who, where and when on one line, and below it what.
    fn hit(&self, ui: &mut Ui, hit: &Hit, query: &str, place: bool, chosen: bool) -> Response {
        let palette = Palette::of(ui);
        let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), HIT), Sense::click());
        let when = Chosen::of(ui.ctx()).clock.short(hit.at, true);
        let words = tongue(ui);
        response.widget_info(|| {
            let label = words.hit(&hit.from, &hit.title, &when, &hit.text);
            WidgetInfo::selected(Role::Button, true, chosen, label)
        });
        let fill = if chosen { palette.chosen } else { palette.page };
        let fill = if response.hovered() && !chosen { palette.hovered } else { fill };
        ui.painter().rect_filled(rect, 6.0, fill);
        if response.has_focus() {
            let stroke = egui::Stroke::new(1.5, palette.accent);
            ui.painter().rect_stroke(rect, 6.0, stroke, egui::StrokeKind::Inside);
        }
        let inner = rect.shrink2(vec2(PAD, 5.0));
        let time = lay(ui, &when, Look::new(SMALL - 0.5, palette.dim).one_line(), inner.width() * 0.6);
        let left = inner.width() - time.size().x - 8.0;
        time.paint(ui, pos2(from_end(ui, inner, 0.0, time.size().x), inner.top()));
        let who = lay(ui, &hit.from, Look::new(SMALL, palette.nick(&hit.from)).one_line(), left);
        who.paint(ui, pos2(from_start(ui, inner, 0.0, who.size().x), inner.top()));
        if place {
            let rest = left - who.size().x - 6.0;
            let title = lay(ui, &hit.title, Look::new(SMALL, palette.dim).one_line(), rest);
            if rest > 24.0 {
                let left = from_start(ui, inner, who.size().x + 6.0, title.size().x);
                title.paint(ui, pos2(left, inner.top()));
            }
        }
        let edited = if hit.edited { format!(" ({})", tongue(ui).edited()) } else { String::new() };
        let text = format!("{}{edited}", hit.text);
        let look = Look::new(14.0, palette.text).lines(2);
        let look = if hit.action { look.italics() } else { look };
        let found = paints_found(palette, &hit.text, query, 0);
        let laid = lay(ui, &text, look, inner.width()).painted(&found);
        laid.paint(ui, pos2(inner.left(), inner.top() + 19.0));
        response.on_hover_cursor(egui::CursorIcon::PointingHand)
    }
}

/// `1 message`, `12 messages`, `50 messages, and there are older ones`.
fn count(words: Language, search: &Search) -> String {
    let found = match search.hits.len() {
        1 => words.one_hit(),
        many => words.many_hits(words.digits(many)),
    };
    if search.has_more { words.and_older(found) } else { found }
}

/// What leads to older hits.
fn older(ui: &mut Ui, search: &Search, intents: &mut Vec<Intent>) {
    ui.add_space(4.0);
    ui.vertical_centered(|ui| {
        if search.loading {
            let look = Look::new(SMALL, Palette::of(ui).dim).one_line();
            caption(ui, &tongue(ui).loading(), look);
        } else if button(ui, &tongue(ui).older_messages()).tip(&tongue(ui).older_messages_tip()).clicked() {
            intents.push(Intent::SearchMore);
        }
    });
}

/// A small button that is a sign, with what it does for those who hear it, and a tip for those who point at it.
pub(crate) fn named_button(ui: &mut Ui, sign: &str, name: &str, tip: &str) -> Response {
    let response = ui.scope(|ui| {
        ui.spacing_mut().button_padding = vec2(6.0, 2.0);
        ui.spacing_mut().interact_size.y = 24.0;
        ui.add(Button::sign(sign, name).size(SMALL + 1.0))
    });
    response.inner.tip(tip)
}
