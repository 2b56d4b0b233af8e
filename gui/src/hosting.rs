//! Hosting a chat: what is asked before, what is shown meanwhile, and what is said when it ends.

use std::path::PathBuf;

use eframe::egui::{self, Frame, Id, Key, Margin, Modal, Modifiers, Stroke, Ui};
use parlor_core::secret::Secret;
use parlor_core::words::Language;
use parlor_transport_tcp::target::Target;

use crate::chosen::{column, row, tongue};
use crate::host::{self, Host, Standing, Wanted};
use crate::preferences::choosable;
use crate::question::edit_secret;
use crate::text::{Button, Look, Tip, button, caption, user_text};
use crate::theme::{Palette, SMALL, TEXT};
use crate::words::{CoverWords, Words};

const WIDTH: f32 = 380.0;

/// The server of this window, if it has one, and what is asked and told about it.
#[derive(Default)]
pub(crate) struct Hosting {
    /// The server's program, where it is not to be looked for.
    pub(crate) program: Option<PathBuf>,
    host: Option<Host>,
    /// What it was last seen to be.
    standing: Option<Standing>,
    open: Open,
    lan: bool,
    password: String,
    problem: Option<String>,
    /// What is to be answered when the server asks for its password.
    answer: Option<Secret>,
}

/// What lies over the window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Open {
    #[default]
    Nothing,
    /// Whether and how to host.
    Question,
    /// What to give to others.
    Addresses,
}

/// Something has happened to the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum News {
    /// It runs: this is where to connect.
    Runs(Target),
    /// It has ended, with this sentence for the person.
    Ended(String),
}

impl Hosting {
    /// Asks how to host.
    pub(crate) fn ask(&mut self) {
        self.open = Open::Question;
        self.problem = None;
    }

    /// Shows what to give to others.
    pub(crate) fn show_addresses(&mut self) {
        self.open = Open::Addresses;
    }

    /// Whether it lies over the window.
    pub(crate) fn is_open(&self) -> bool {
        self.open != Open::Nothing
    }

    /// Whether there is a server that runs.
    pub(crate) fn is_running(&self) -> bool {
        matches!(self.standing, Some(Standing::Running { .. }))
    }

    /// The password of this window's own server, to be given once.
    pub(crate) fn take_answer(&mut self) -> Option<Secret> {
        self.answer.take()
    }

    /// Looks what has become of the server.
    pub(crate) fn look(&mut self, words: Language) -> Option<News> {
        let standing = self.host.as_mut()?.standing();
        if self.standing.as_ref() == Some(&standing) {
            return None;
        }
        let before = self.standing.replace(standing.clone());
        match standing {
            Standing::Starting => None,
            Standing::Running { here, .. } => {
                // Addresses that come in later are no news.
                let fresh = !matches!(before, Some(Standing::Running { .. }));
                fresh.then(|| {
                    self.open = Open::Addresses;
                    News::Runs(here)
                })
            }
            Standing::Ended(why) => {
                self.host = None;
                self.answer = None;
                let sentence = if why.is_empty() { words.server_ended_untold() } else { words.server_ended(&why) };
                match before {
                    Some(Standing::Running { .. }) => {
                        self.open = Open::Nothing;
                        Some(News::Ended(sentence))
                    }
                    // The question is still there to say it, and to be answered otherwise.
                    Some(_) | None => {
                        self.problem = Some(sentence);
                        None
                    }
                }
            }
        }
    }

    /// Ends the server, if there is one: everybody is told goodbye. Takes a moment.
    pub(crate) fn end(&mut self) {
        self.host = None;
        self.answer = None;
        self.standing = None;
    }

    /// Draws what lies over the window, if anything does.
    pub(crate) fn show(&mut self, ui: &Ui) {
        if !self.is_open() {
            return;
        }
        let palette = Palette::of(ui);
        let frame = Frame::new()
            .fill(palette.page)
            .stroke(Stroke::new(1.0, palette.line))
            .corner_radius(12)
            .inner_margin(Margin::same(22));
        let modal = Modal::new(Id::unique("hosting")).frame(frame).show(ui.ctx(), |ui| {
            ui.set_width(WIDTH.min(ui.ctx().content_rect().width() - 60.0));
            match self.open {
                Open::Nothing => true,
                Open::Question => self.question(ui),
                Open::Addresses => self.addresses(ui),
            }
        });
        if modal.inner || modal.should_close() {
            if self.open == Open::Question {
                // Not here: its goodbye may take a moment.
                let host = self.host.take();
                std::thread::spawn(move || drop(host));
                self.end();
            }
            self.open = Open::Nothing;
            ui.request_repaint();
        }
    }

    /// How to host; `true` if not at all.
    fn question(&mut self, ui: &mut Ui) -> bool {
        let palette = Palette::of(ui);
        let words = tongue(ui);
        line(ui, &words.host_a_chat(), Look::new(18.0, palette.text));
        line(ui, &words.host_about(), Look::new(TEXT, palette.dim));
        ui.add_space(8.0);
        line(ui, &words.who_may_come(), Look::new(SMALL, palette.dim).one_line());
        row(ui, |ui| {
            for (lan, text) in [(false, words.only_here()), (true, words.whole_network())] {
                if ui.add(choosable(ui, self.lan == lan, &text)).clicked() {
                    self.lan = lan;
                }
            }
        });
        ui.add_space(6.0);
        let label = line(ui, &words.password_if_any(), Look::new(SMALL, palette.dim).one_line());
        let id = Id::unique("hosting password");
        edit_secret(ui, &mut self.password, id, false).labelled_by(label.id);
        if let Some(problem) = &self.problem {
            line(ui, problem, Look::new(SMALL, palette.error));
        }
        ui.add_space(10.0);
        let starting = self.standing == Some(Standing::Starting);
        let (start, cancel) = (if starting { words.starting() } else { words.start_hosting() }, words.cancel());
        let (started, cancelled) = row(ui, |ui| {
            let start = Button::new(&start).size(TEXT).main(ui);
            let started = ui.add_enabled(!starting, start).clicked();
            (started, ui.add(Button::new(&cancel).size(TEXT)).clicked())
        })
        .inner;
        // On a button it presses that one.
        let elsewhere = ui.memory(|memory| memory.focused().is_some_and(|focused| focused != id));
        let entered = !elsewhere && ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Enter));
        if (started || entered) && !starting {
            self.start(ui);
        }
        cancelled
    }

    fn start(&mut self, ui: &Ui) {
        let words = tongue(ui);
        self.problem = None;
        let Some(program) = self.program.clone().or_else(host::find) else {
            self.problem = Some(words.no_server_program());
            return;
        };
        let typed = std::mem::take(&mut self.password);
        let password = Some(typed.trim()).filter(|typed| !typed.is_empty()).map(Secret::new);
        self.answer.clone_from(&password);
        let ctx = ui.ctx().clone();
        match Host::start(&program, &Wanted { lan: self.lan, password }, move || ctx.request_repaint()) {
            Ok(host) => {
                self.host = Some(host);
                self.standing = Some(Standing::Starting);
            }
            Err(error) => self.problem = Some(words.server_not_started(error)),
        }
        ui.request_repaint();
    }

    /// What to give to others; `true` if that was read.
    fn addresses(&self, ui: &mut Ui) -> bool {
        let palette = Palette::of(ui);
        let words = tongue(ui);
        line(ui, &words.you_are_hosting(), Look::new(18.0, palette.text));
        let Some(Standing::Running { here, others }) = &self.standing else { return true };
        let own = [here.to_string()];
        let (about, urls) = match (self.lan, others.as_slice()) {
            (true, []) => (words.no_network(), &own[..]),
            (true, others) => (words.give_addresses(), others),
            (false, _) => (words.only_here_address(), &own[..]),
        };
        line(ui, &about, Look::new(TEXT, palette.dim));
        ui.add_space(6.0);
        for url in urls {
            row(ui, |ui| {
                let copied = words.copy();
                if button(ui, &copied).tip(&format!("{copied}: {url}")).clicked() {
                    ui.copy_text(url.clone());
                }
                user_text(ui, url, Look::new(TEXT, palette.text).one_line());
            });
        }
        line(ui, &words.hosting_ends(), Look::new(SMALL, palette.dim));
        ui.add_space(6.0);
        column(ui, |ui| button(ui, &words.close()).clicked())
    }
}

/// A line at the side where lines begin.
fn line(ui: &mut Ui, text: &str, look: Look) -> egui::Response {
    column(ui, |ui| caption(ui, text, look))
}
