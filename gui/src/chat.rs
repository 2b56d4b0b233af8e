//! The window while one is with a server: rooms, log, members, message box.

use eframe::egui::{self, CentralPanel, Frame, Key, Margin, Modifiers, Panel, RichText, Ui, ViewportCommand};
use parlor_core::client::{Intent, Link, Room, RoomKey, State};
use parlor_core::time::Instant;
use parlor_transport_tcp::session::Session;

use crate::banner::{self, Asked};
use crate::composer::Composer;
use crate::lists;
use crate::log::Log;
use crate::question::Answer;
use crate::text::{Look, user_text};
use crate::theme::{Palette, SMALL, TITLE};

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
    answer: Answer,
    looked: Option<(bool, bool, Option<RoomKey>)>,
    title: String,
}

impl Chat {
    /// The window of a session.
    pub(crate) fn new(session: Session) -> Self {
        Self {
            session,
            log: Log::new(),
            composer: Composer::default(),
            answer: Answer::default(),
            looked: None,
            title: String::new(),
        }
    }

    /// The session that is shown.
    pub(crate) fn session(&self) -> &Session {
        &self.session
    }

    /// Draws everything and passes on what the person wants.
    pub(crate) fn show(&mut self, ui: &mut Ui, trouble: Option<&str>) -> Option<Asked> {
        let session = self.session.clone();
        let now = session.now();
        let mut intents = Vec::new();
        let asked = {
            let state = session.state();
            take_keys(ui, &mut intents);
            let asked = self.areas(ui, &state, now, trouble, &mut intents);
            let open = self.answer.show(ui, &state, &mut intents);
            if !open {
                keep_focus(ui, &state);
            }
            self.tell_title(ui, &state);
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

    /// Tells what the person sees, when that changes.
    fn look(&mut self, ctx: &egui::Context) {
        let room = {
            let state = self.session.state();
            state.rooms.get(state.shown).map(|room| room.key)
        };
        let focused = ctx.input(|input| input.focused);
        let at_bottom = self.log.is_at_end();
        let look = (focused, at_bottom, room);
        if self.looked != Some(look) {
            self.looked = Some(look);
            self.session.intent(Intent::Look { focused, at_bottom });
            ctx.request_repaint();
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
        Panel::bottom("status").frame(status).show(ui, |ui| banner::status_line(ui, state));
        if width >= ROOMS_FROM && !state.rooms.is_empty() {
            Panel::left("rooms").default_size(190.0).size_range(120.0..=320.0).frame(side).show(ui, |ui| {
                lists::rooms(ui, state, intents);
            });
        }
        let shown = state.rooms.get(state.shown);
        if let Some(room) = shown.filter(|_| width >= MEMBERS_FROM) {
            Panel::right("members").default_size(180.0).size_range(120.0..=320.0).frame(side).show(ui, |ui| {
                lists::members(ui, room);
            });
        }
        let page = Frame::new().fill(palette.page);
        CentralPanel::default()
            .frame(page)
            .show(ui, |ui| {
                if let Some(room) = shown {
                    let top = Frame::new().fill(palette.page).inner_margin(Margin::symmetric(16, 9));
                    Panel::top("topic").frame(top).show(ui, |ui| topic(ui, state, room, width < ROOMS_FROM, intents));
                }
                let dismissed = trouble.and_then(|sentence| banner::warning(ui, sentence));
                let asked = banner::banner(ui, state, now, intents).or(dismissed);
                match shown {
                    Some(room) => self.room(ui, room, intents),
                    None => nothing_yet(ui, state),
                }
                asked
            })
            .inner
    }

    fn room(&mut self, ui: &mut Ui, room: &Room, intents: &mut Vec<Intent>) {
        let palette = Palette::of(ui);
        let below = Frame::new().fill(palette.page).inner_margin(Margin { left: 16, right: 16, top: 2, bottom: 12 });
        Panel::bottom("compose").frame(below).show_separator_line(false).resizable(false).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            let typing = typing(&room.typing);
            user_text(ui, &typing, Look::new(SMALL, palette.dim).one_line());
            self.composer.show(ui, room, intents);
        });
        CentralPanel::default().frame(Frame::new().fill(palette.page)).show(ui, |ui| {
            self.log.show(ui, room, intents);
        });
    }

    fn tell_title(&mut self, ui: &Ui, state: &State) {
        let waiting: u32 = state.rooms.iter().map(|room| room.mentions).sum();
        let place = state.rooms.get(state.shown).map_or(state.address.as_str(), |room| room.title.as_str());
        let title = if waiting > 0 { format!("({waiting}) {place} – Parlor") } else { format!("{place} – Parlor") };
        if self.title != title {
            self.title.clone_from(&title);
            ui.ctx().send_viewport_cmd(ViewportCommand::Title(title));
        }
    }
}

/// The keys that work everywhere.
fn take_keys(ui: &Ui, intents: &mut Vec<Intent>) {
    ui.input_mut(|input| {
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
}

/// Whoever types nowhere else types into the message box.
fn keep_focus(ui: &Ui, state: &State) {
    let menu = egui::Popup::is_any_open(ui.ctx());
    if !state.rooms.is_empty() && !menu && ui.memory(|memory| memory.focused().is_none()) {
        ui.memory_mut(|memory| memory.request_focus(Composer::id()));
        ui.request_repaint();
    }
}

fn topic(ui: &mut Ui, state: &State, room: &Room, menu: bool, intents: &mut Vec<Intent>) {
    let palette = Palette::of(ui);
    ui.horizontal(|ui| {
        if menu {
            let unread: u32 = state.rooms.iter().map(|room| room.unread).sum();
            let text = if unread > 0 { format!("☰ {unread}") } else { String::from("☰") };
            ui.menu_button(text, |ui| {
                ui.set_width(200.0);
                lists::rooms(ui, state, intents);
            })
            .response
            .on_hover_text("Rooms");
        }
        ui.spacing_mut().item_spacing.x = 12.0;
        user_text(ui, &room.title, Look::new(TITLE, palette.text).one_line());
        if !room.topic.is_empty() {
            user_text(ui, room.topic.as_str(), Look::new(SMALL + 1.0, palette.dim).one_line());
        }
        if !room.joined && state.link == Link::Online {
            ui.label(RichText::new("you are not in this room").size(SMALL).color(palette.error));
        }
    });
}

fn nothing_yet(ui: &mut Ui, state: &State) {
    let text = match &state.link {
        Link::Connecting { .. } | Link::Greeting | Link::Online => "One moment …",
        Link::Waiting { .. } | Link::Closed { .. } => "Nobody is to be heard.",
        Link::Leaving => "Goodbye.",
    };
    ui.centered_and_justified(|ui| ui.label(RichText::new(text).color(Palette::of(ui).dim)));
}

/// `bea is typing …`; an empty line where nobody is, so that nothing moves.
fn typing(names: &[String]) -> String {
    match names {
        [] => String::from(" "),
        [one] => format!("{one} is typing …"),
        [one, two] => format!("{one} and {two} are typing …"),
        [_, _, _, ..] => format!("{} people are typing …", names.len()),
    }
}
