//! Closing the window while there is something that was not sent.

use eframe::egui::{Frame, Id, Margin, Modal, Stroke, Ui, ViewportCommand};
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
    pub(crate) fn may_close(&mut self, ui: &Ui, state: Option<&State>, hosting: bool) -> bool {
        let nothing = |state: &State| lost(state) == 0 && !(hosting && others(state));
        if self.asked || state.is_none_or(nothing) {
            return true;
        }
        self.asked = true;
        ui.ctx().send_viewport_cmd(ViewportCommand::CancelClose);
        ui.request_repaint();
        false
    }

    /// Draws the question over everything else, while it stands.
    pub(crate) fn show(&mut self, ui: &Ui, state: &State, hosting: bool) {
        if !self.is_open() {
            return;
        }
        let count = lost(state);
        if count == 0 && !(hosting && others(state)) {
            // The connection is back: what waits is on its way. Or everybody has gone.
            *self = Self::default();
            return;
        }
        let palette = Palette::of(ui);
        let frame = Frame::new()
            .fill(palette.page)
            .stroke(Stroke::new(1.0, palette.line))
            .corner_radius(12)
            .inner_margin(Margin::same(22));
        let modal = Modal::new(Id::unique("leave")).frame(frame).show(ui.ctx(), |ui| {
            let words = tongue(ui);
            let (what, why) = match count {
                0 => (words.others_here(), words.ends_for_all()),
                1 => (words.one_unsent(), words.one_lost()),
                many => (words.many_unsent(words.digits(many)), words.many_lost()),
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
