//! The window while one is with a server: rooms, log, members, message box.

use eframe::egui::{self, CentralPanel, Frame, Key, Margin, Modifiers, Panel, Ui, ViewportCommand};
use parlor_core::client::{Intent, Room, RoomKey, State};
use parlor_core::time::Instant;
use parlor_transport_tcp::session::Session;

use crate::app::is_watched;
use crate::around::Around;
use crate::banner::{self, Asked, Pressed};
use crate::chosen::{mirrored, tongue};
use crate::composer::{Composer, Typed};
use crate::deeds::{Hands, Wish};
use crate::find::Find;
use crate::frame::{news, nothing_yet, topic};
use crate::help::Help;
use crate::links::Opening;
use crate::lists;
use crate::log::Log;
use crate::question::Answer;
use crate::switcher::Switcher;
use crate::theme::Palette;

/// Narrower windows have no list of members.
const MEMBERS_FROM: f32 = 720.0;
/// Narrower windows have no list of rooms but a button that opens it.
const ROOMS_FROM: f32 = 540.0;

/// A session and how one looks at it.
#[derive(Debug)]
pub(crate) struct Chat {
    session: Session,
    log: Log,
    composer: Composer,
    find: Find,
    around: Around,
    help: Help,
    opening: Opening,
    switcher: Switcher,
    answer: Answer,
    looked: Option<(bool, bool, Option<RoomKey>)>,
    title: String,
    /// Whether the server is this window's own.
    pub(crate) hosting: bool,
}

impl Chat {
    /// The window of a session.
    pub(crate) fn new(session: Session) -> Self {
        Self {
            session,
            log: Log::new(),
            composer: Composer::default(),
            find: Find::new(),
            around: Around::new(),
            help: Help::default(),
            opening: Opening::default(),
            switcher: Switcher::default(),
            answer: Answer::default(),
            looked: None,
            title: String::new(),
            hosting: false,
        }
    }

    /// The session that is shown.
    pub(crate) fn session(&self) -> &Session {
        &self.session
    }

    /// Draws everything and passes on what the person wants. `covered` while a question lies over it.
    pub(crate) fn show(&mut self, ui: &mut Ui, trouble: Option<&str>, covered: bool) -> Option<Asked> {
        let session = self.session.clone();
        let now = session.now();
        let mut intents = Vec::new();
        let asked = {
            let state = session.state();
            let covered = covered || self.is_covered() || state.question.is_some();
            self.find.follow(&state, self.log.spot());
            self.around.follow(&state, &mut intents);
            if !covered {
                self.take_keys(ui, &state, &mut intents);
            }
            let mut asked = self.areas(ui, &state, now, trouble, &mut intents);
            self.help.show(ui);
            self.opening.show(ui);
            self.switcher.show(ui, &state, &mut intents);
            if self.answer.show(ui, &state, &mut intents) {
                asked = Some(Asked::Dialog);
            }
            if !covered && !self.is_covered() {
                keep_focus(ui, &state);
            }
            self.tell_title(ui, &state);
            if state.around.is_some() && intents.iter().any(leads_away) {
                intents.push(Intent::CloseAround);
            }
            asked
        };
        for intent in intents {
            // What an intent changes is to be seen in this very frame's successor, not at the next key.
            ui.ctx().request_repaint();
            session.intent(intent);
        }
        self.look(ui.ctx());
        asked
    }

    /// Whether something of its own lies over it.
    fn is_covered(&self) -> bool {
        self.help.is_open() || self.opening.is_open() || self.switcher.is_open()
    }

    /// Tells what the person sees, when that changes.
    fn look(&mut self, ctx: &egui::Context) {
        let room = {
            let state = self.session.state();
            state.rooms.get(state.shown).map(|room| room.key)
        };
        let focused = is_watched(ctx);
        let at_bottom = self.log.is_at_end() && !self.around.is_shown();
        let look = (focused, at_bottom, room);
        if self.looked != Some(look) {
            self.looked = Some(look);
            self.session.intent(Intent::Look { focused, at_bottom });
            ctx.request_repaint();
        }
    }

    /// Tells that nobody sees it, where nothing is drawn that could tell.
    pub(crate) fn look_away(&mut self) {
        if let Some((true, at_bottom, room)) = self.looked {
            self.looked = Some((false, at_bottom, room));
            self.session.intent(Intent::Look { focused: false, at_bottom });
        }
    }

    fn areas(
        &mut self,
        ui: &mut Ui,
        state: &State,
        now: Instant,
        trouble: Option<&str>,
        intents: &mut Vec<Intent>,
    ) -> Option<Asked> {
        let palette = Palette::of(ui);
        let width = ui.available_width();
        let side = Frame::new().fill(palette.side).inner_margin(Margin::symmetric(8, 8));
        let status = Frame::new().fill(palette.side).inner_margin(Margin::symmetric(12, 4));
        let pressed =
            Panel::bottom("status").frame(status).show(ui, |ui| banner::status_line(ui, state, self.hosting)).inner;
        let pressed = pressed.and_then(|pressed| match pressed {
            Pressed::Keys => {
                self.help.toggle();
                None
            }
            Pressed::Dialog => Some(Asked::Dialog),
            Pressed::Settings => Some(Asked::Settings),
            Pressed::Addresses => Some(Asked::Addresses),
        });
        if width >= ROOMS_FROM && !state.rooms.is_empty() {
            self::side(ui, "rooms", true).default_size(190.0).size_range(120.0..=320.0).frame(side).show(ui, |ui| {
                lists::rooms(ui, state, intents);
            });
        }
        let shown = state.rooms.get(state.shown);
        let wide = width >= MEMBERS_FROM;
        if let Some(room) = shown.filter(|_| wide && self.find.is_open()) {
            self::side(ui, "search", false).default_size(320.0).size_range(240.0..=520.0).frame(side).show(ui, |ui| {
                self.search(ui, state, room, intents);
            });
        } else if let Some(room) = shown.filter(|_| wide) {
            self::side(ui, "members", false).default_size(180.0).size_range(120.0..=320.0).frame(side).show(ui, |ui| {
                lists::members(ui, state, room, intents);
            });
        }
        let page = Frame::new().fill(palette.page);
        let asked = CentralPanel::default()
            .frame(page)
            .show(ui, |ui| {
                if let Some(room) = shown {
                    let top = Frame::new().fill(palette.page).inner_margin(Margin::symmetric(16, 9));
                    let sought = Panel::top("topic")
                        .frame(top)
                        .show(ui, |ui| topic(ui, state, room, width < ROOMS_FROM, intents));
                    if sought.inner {
                        self.find.open(false, self.log.spot());
                        ui.request_repaint();
                    }
                }
                let dismissed = trouble.and_then(|sentence| banner::warning(ui, sentence));
                let asked = banner::banner(ui, state, now, intents).or(dismissed);
                match shown {
                    Some(room) => {
                        if self.find.is_open() && !wide {
                            let height = ui.available_height() * 0.5;
                            let strip = Panel::top("search strip").frame(side).resizable(false);
                            strip.exact_size(height).show(ui, |ui| self.search(ui, state, room, intents));
                        }
                        self.room(ui, state, room, intents);
                    }
                    None => nothing_yet(ui, state),
                }
                asked
            })
            .inner;
        asked.or(pressed)
    }

    fn search(&mut self, ui: &mut Ui, state: &State, room: &Room, intents: &mut Vec<Intent>) {
        if self.find.show(ui, state, room, intents) {
            self.find.close(intents);
        }
    }

    fn room(&mut self, ui: &mut Ui, state: &State, room: &Room, intents: &mut Vec<Intent>) {
        let palette = Palette::of(ui);
        let below = Frame::new().fill(palette.page).inner_margin(Margin { left: 16, right: 16, top: 2, bottom: 12 });
        Panel::bottom("compose").frame(below).show_separator_line(false).resizable(false).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            self.composer.show_line(ui, state, room, &news(tongue(ui), state, room));
            if let Typed::Emptied(entry) = self.composer.show(ui, state, room, intents) {
                self.log.ask_delete(entry);
            }
        });
        let edited = self.composer.corrected(room.key);
        let mut wish = None;
        CentralPanel::default().frame(Frame::new().fill(palette.page)).show(ui, |ui| {
            let mut hands = Hands::new(intents, &mut wish);
            match &state.around {
                Some(around) => self.around.show(ui, state, around, &mut hands),
                None => self.log.show(ui, state, room, edited, &mut hands),
            }
            if let Some(link) = hands.link.take() {
                self.opening.open(ui, link);
            }
        });
        if let Some(Wish::Edit(key)) = wish
            && let Some(entry) = room.timeline.position(key).and_then(|index| room.timeline.get(index))
        {
            self.composer.correct(ui, room, entry);
        }
        if let Some(Wish::Answer(key)) = wish {
            self.composer.answer(ui, room, key);
        }
        if wish.is_some() {
            ui.request_repaint();
        }
    }

    /// The keys that work everywhere.
    fn take_keys(&mut self, ui: &Ui, state: &State, intents: &mut Vec<Intent>) {
        const ALT_SHIFT: Modifiers = Modifiers { shift: true, ..Modifiers::ALT };
        const BOTH: Modifiers = Modifiers { shift: true, ..Modifiers::COMMAND };
        ui.input_mut(|input| {
            for (modifiers, key, way) in [(ALT_SHIFT, Key::ArrowUp, -1), (ALT_SHIFT, Key::ArrowDown, 1)] {
                if input.consume_key(modifiers, key) {
                    intents.push(Intent::NextUnread(way));
                }
            }
            for (modifiers, key, way) in [
                (Modifiers::COMMAND, Key::PageUp, -1),
                (Modifiers::COMMAND, Key::PageDown, 1),
                (Modifiers::ALT, Key::ArrowUp, -1),
                (Modifiers::ALT, Key::ArrowDown, 1),
            ] {
                if input.consume_key(modifiers, key) {
                    intents.push(Intent::Cycle(way));
                }
            }
        });
        if ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::F1)) {
            self.help.toggle();
        }
        if !state.rooms.is_empty() && ui.input_mut(|input| input.consume_key(Modifiers::COMMAND, Key::K)) {
            self.switcher.toggle();
        }
        for (modifiers, everywhere) in [(BOTH, true), (Modifiers::COMMAND, false)] {
            if !state.rooms.is_empty() && ui.input_mut(|input| input.consume_key(modifiers, Key::F)) {
                self.find.open(everywhere, self.log.spot());
            }
        }
        if let Some(around) = &state.around {
            self.around.take_keys(ui, around);
        } else if let Some(room) = state.shown_room()
            && let Some(entry) = self.log.take_keys(ui, state, room)
        {
            self.composer.answer(ui, room, entry);
        }
        let menu = egui::Popup::is_any_open(ui.ctx());
        if !menu && ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape)) {
            self.step_back(ui, state, intents);
        }
    }

    fn leave_chosen(&mut self, state: &State) -> bool {
        if state.around.is_some() { self.around.leave_chosen() } else { self.log.leave_chosen() }
    }

    /// Leaves what is open, the last thing first; with nothing open, goes to the newest message.
    fn step_back(&mut self, ui: &Ui, state: &State, intents: &mut Vec<Intent>) {
        let shown = state.shown_room().map(|room| room.key);
        if self.log.keep() || self.leave_chosen(state) || shown.is_some_and(|room| self.composer.cancel(ui, room)) {
            return;
        }
        if state.around.is_some() {
            return intents.push(Intent::CloseAround);
        }
        if !self.find.is_open() {
            return self.log.go_to_end();
        }
        if let Some((room, place)) = self.find.close(intents) {
            self.log.go_back((room, place));
            if shown != Some(room) {
                intents.push(Intent::Show(room));
            }
        }
    }

    fn tell_title(&mut self, ui: &Ui, state: &State) {
        let (unread, _) = state.unread_total();
        let place = state.rooms.get(state.shown).map_or(state.address.as_str(), |room| room.title.as_str());
        let title = match unread {
            0 => format!("{place} – Parlor"),
            unread => format!("({}) {place} – Parlor", tongue(ui).digits(unread)),
        };
        if self.title != title {
            self.title.clone_from(&title);
            ui.ctx().send_viewport_cmd(ViewportCommand::Title(title));
        }
    }
}

/// A panel at the side where lines begin, or at the other.
fn side(ui: &Ui, name: &'static str, start: bool) -> Panel {
    if start == mirrored(ui) { Panel::right(name) } else { Panel::left(name) }
}

/// Whoever types nowhere else types into the message box.
fn keep_focus(ui: &Ui, state: &State) {
    let menu = egui::Popup::is_any_open(ui.ctx());
    if !state.rooms.is_empty() && !menu && ui.memory(|memory| memory.focused().is_none()) {
        ui.memory_mut(|memory| memory.request_focus(Composer::id()));
        ui.request_repaint();
    }
}

/// Whether an intent leads to where the messages around one are not to be seen any more.
fn leads_away(intent: &Intent) -> bool {
    match intent {
        Intent::Show(_) | Intent::Cycle(_) | Intent::NextUnread(_) => true,
        Intent::Submit(_) | Intent::Say(_) | Intent::Reply { .. } => true,
        Intent::Draft(_)
        | Intent::Recall(_)
        | Intent::Look { .. }
        | Intent::Older
        | Intent::Nick(_)
        | Intent::Password(_)
        | Intent::RetryNow
        | Intent::Resend(_)
        | Intent::Edit { .. }
        | Intent::Delete { .. }
        | Intent::Search { .. }
        | Intent::SearchMore
        | Intent::CloseSearch
        | Intent::Jump { .. }
        | Intent::CloseAround
        | Intent::Away(_)
        | Intent::Ignore(_)
        | Intent::Unignore(_)
        | Intent::Set(_)
        | Intent::Quit => false,
    }
}
