//! Closing the window while there is something that was not sent.

use eframe::egui::{Context, Frame, Id, Margin, Modal, Stroke, Ui, ViewportCommand};
use parlor_core::client::{Link, State};

use crate::chosen::{column, row, tongue};
use crate::text::{Button, Look, caption};
use crate::theme::{Palette, TEXT};
use crate::words::{CoverWords, Words};

/// Whether to close although something would be lost. It is asked once.
#[derive(Debug, Default)]
pub(crate) struct Leave {
    asked: bool,
    meant: bool,
}

impl Leave {
    /// Whether the question covers the window.
    pub(crate) fn is_open(&self) -> bool {
        self.asked && !self.meant
    }

    /// The window is to be closed: `true` if nothing speaks against it.
    pub(crate) fn may_close(&mut self, ctx: &Context, state: Option<&State>, hosting: bool) -> bool {
        if self.asked || Matter::of(state, hosting).is_none() {
            return true;
        }
        self.asked = true;
        // Also where the window is hidden, the question must be seen.
        for command in [ViewportCommand::CancelClose, ViewportCommand::Minimized(false), ViewportCommand::Focus] {
            ctx.send_viewport_cmd(command);
        }
        ctx.request_repaint();
        false
    }

    /// Draws the question over everything else, while it stands. `kept`: what is not sent is there again at the next start.
    pub(crate) fn show(&mut self, ui: &Ui, state: Option<&State>, hosting: bool, kept: bool) {
        if !self.is_open() {
            return;
        }
        let Some(matter) = Matter::of(state, hosting) else {
            // The connection is back: what waits is on its way. Or everybody has gone.
            *self = Self::default();
            return;
        };
        let palette = Palette::of(ui);
        let frame = Frame::new()
            .fill(palette.page)
            .stroke(Stroke::new(1.0, palette.line))
            .corner_radius(12)
            .inner_margin(Margin::same(22));
        let modal = Modal::new(Id::unique("leave")).frame(frame).show(ui.ctx(), |ui| {
            let words = tongue(ui);
            let (what, why) = match (matter, kept) {
                (Matter::Others, _) => (words.others_here(), words.ends_for_all()),
                (Matter::Hosting, _) => (words.hosting_still(), words.ends_for_all()),
                (Matter::Unsent(1), true) => (words.one_unsent(), words.kept_for_next_time()),
                (Matter::Unsent(1), false) => (words.one_unsent(), words.one_lost()),
                (Matter::Unsent(many), true) => (words.many_unsent(words.digits(many)), words.kept_for_next_time()),
                (Matter::Unsent(many), false) => (words.many_unsent(words.digits(many)), words.many_lost()),
            };
            ui.set_width(340.0_f32.min(ui.ctx().content_rect().width() - 60.0));
            column(ui, |ui| caption(ui, &what, Look::new(18.0, palette.text)));
            caption(ui, &why, Look::new(TEXT, palette.text));
            ui.add_space(10.0);
            row(ui, |ui| {
                let stay = ui.add(Button::new(&words.stay()).size(TEXT).main(ui)).clicked();
                let close = ui.add(Button::new(&words.close_anyway()).size(TEXT)).clicked();
                (stay, close)
            })
            .inner
        });
        let (stay, close) = modal.inner;
        if close {
            self.meant = true;
            ui.ctx().send_viewport_cmd(ViewportCommand::Close);
        } else if stay || modal.should_close() {
            *self = Self::default();
        }
    }
}

/// What speaks against closing the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Matter {
    /// So many messages were not sent.
    Unsent(usize),
    /// The server is this window's own, and others are there.
    Others,
    /// The server is this window's own, and nobody knows who is there.
    Hosting,
}

impl Matter {
    fn of(state: Option<&State>, hosting: bool) -> Option<Self> {
        match (state, state.map_or(0, lost)) {
            (None, _) => hosting.then_some(Matter::Hosting),
            (Some(state), 0) => (hosting && others(state)).then_some(Matter::Others),
            (Some(_), unsent) => Some(Matter::Unsent(unsent)),
        }
    }
}

/// Whether anybody else is here.
fn others(state: &State) -> bool {
    state.rooms.iter().any(|room| room.joined && room.members.iter().any(|member| !member.me))
}

/// How many messages would be lost: with a connection, the goodbye waits for them.
fn lost(state: &State) -> usize {
    match state.link {
        Link::Online | Link::Leaving | Link::Closed { why: None } => 0,
        Link::Connecting { .. } | Link::Greeting | Link::Waiting { .. } | Link::Closed { why: Some(_) } => {
            state.unsent()
        }
    }
}
