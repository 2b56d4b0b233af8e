//! The dialog that asks whom to connect to, and as whom.

use eframe::egui::{
    self, Align, CornerRadius, Frame, Id, Key, Layout, Margin, Rect, Stroke, Ui, UiBuilder, pos2, vec2,
};
use parlor_core::name::Nick;
use parlor_core::wire::Dialect;
use parlor_core::words::Language;
use parlor_face::kept::Connect;
use parlor_face::words::Words as _;
use parlor_transport_tcp::target::Target;

use crate::chosen::{backwards, column, downwards, from_end, from_start, row, tongue};
use crate::input::{Face, edit_line};
use crate::text::{Button, Look, Tip, caption, user_text};
use crate::theme::{Palette, SMALL, TEXT};
use crate::words::{CoverWords, Words};

const CARD: f32 = 400.0;
/// How wide the field of the port is.
const PORT: f32 = 110.0;
/// Most characters of an address or a nickname.
pub(crate) const CHARS_MAX: usize = 512;

/// An address that anybody may write: that of this very computer.
const HERE: &str = "127.0.0.1";

/// What stands in the dialog.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    /// What the server speaks.
    pub kind: Dialect,
    /// Name or address of the server; a whole URL is understood too.
    pub host: String,
    /// Its port, as typed.
    pub port: String,
    /// The nickname, as typed.
    pub nick: String,
    problems: Problems,
    focused: bool,
    /// A button has the focus.
    on_button: bool,
}

/// What the dialog was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Aim {
    /// To connect to this server under this name.
    Join(Target, String),
    /// To start a server.
    Host,
    /// The settings.
    Settings,
    /// The chat that goes on behind the dialog.
    Back,
}

/// Which button was pressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Pressed {
    Connect,
    Host,
    Settings,
    Back,
}

/// What is wrong with each field, in plain words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Problems {
    host: Option<String>,
    port: Option<String>,
    nick: Option<String>,
}

impl Form {
    /// A dialog filled with a server and a nickname.
    pub fn new(target: &Target, nick: &str) -> Self {
        Self {
            kind: target.dialect,
            host: target.host.clone(),
            port: target.port.to_string(),
            nick: nick.to_owned(),
            problems: Problems::default(),
            focused: false,
            on_button: false,
        }
    }

    /// A dialog filled with what was kept from last time.
    pub fn kept(connect: &Connect) -> Self {
        let target = Target::new(connect.dialect, connect.host.clone(), connect.port);
        Self::new(&target, &connect.nick)
    }

    /// Chooses what the server speaks, and the port it is usually found at.
    pub(crate) fn choose(&mut self, kind: Dialect) {
        self.kind = kind;
        self.port = kind.default_port().to_string();
        self.problems.port = None;
    }

    /// Whom to connect to and as whom; `None`, with the problems noted, if something does not do.
    pub(crate) fn check(&mut self, words: Language) -> Option<(Target, String)> {
        self.problems = Problems::default();
        let mut target = self.target(words);
        let nick = self.nick.trim().to_owned();
        self.problems.nick = bad_nick(words, self.kind, &nick);
        if self.problems.nick.is_some() {
            target = None;
        }
        target.map(|target| (target, nick))
    }

    fn target(&mut self, words: Language) -> Option<Target> {
        let host = self.host.trim().to_owned();
        if host.contains("://") {
            return match Target::read(&host, words) {
                Ok(target) => {
                    let nick = std::mem::take(&mut self.nick);
                    *self = Self { focused: self.focused, ..Self::new(&target, &nick) };
                    Some(target)
                }
                Err(why) => {
                    self.problems.host = Some(why);
                    None
                }
            };
        }
        if host.is_empty() {
            self.problems.host = Some(words.write_host(HERE));
        }
        let port = self.port.trim().parse::<u16>().ok().filter(|port| *port != 0);
        if port.is_none() {
            self.problems.port = Some(words.port_range());
        }
        let port = port.filter(|_| self.problems.host.is_none())?;
        // Addresses of six parts go into brackets in a URL; the rest of the rules are the URL's.
        let shown = if host.contains(':') && !host.starts_with('[') { format!("[{host}]") } else { host };
        match Target::parse(&format!("{}://{shown}:{port}", self.kind.scheme())) {
            Ok(target) => Some(target),
            Err(_) => {
                self.problems.host = Some(words.bad_host(HERE));
                None
            }
        }
    }

    /// Draws the dialog; what is wanted, once that is asked for and everything does.
    /// `back` is the server one is still with; `covered` while something lies over it.
    pub(crate) fn show(
        &mut self,
        ui: &mut Ui,
        trouble: Option<&str>,
        back: Option<&str>,
        covered: bool,
    ) -> Option<Aim> {
        let palette = Palette::of(ui);
        let mut pressed = None;
        egui::CentralPanel::default().frame(Frame::new().fill(palette.side)).show(ui, |ui| {
            egui::ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
                let room = ui.available_height();
                ui.add_space(((room - 470.0) * 0.42).max(12.0));
                ui.with_layout(Layout::top_down(Align::Center), |ui| {
                    let width = CARD.min(ui.available_width() - 32.0);
                    Frame::new()
                        .fill(palette.page)
                        .stroke(Stroke::new(1.0, palette.line))
                        .corner_radius(CornerRadius::same(12))
                        .inner_margin(Margin::same(24))
                        .show(ui, |ui| {
                            ui.set_width(width - 48.0);
                            pressed = column(ui, |ui| self.fields(ui, trouble, back));
                        });
                });
            });
        });
        let words = tongue(ui);
        // On a button it presses that one.
        let entered = !covered && !self.on_button && ui.input(|input| input.key_pressed(Key::Enter));
        let escaped = !covered && back.is_some() && ui.input(|input| input.key_pressed(Key::Escape));
        let typed = if escaped { Some(Pressed::Back) } else { entered.then_some(Pressed::Connect) };
        match pressed.or(typed)? {
            Pressed::Connect => self.check(words).map(|(target, nick)| Aim::Join(target, nick)),
            Pressed::Host => {
                let nick = self.nick.trim().to_owned();
                self.problems = Problems { nick: bad_nick(words, Dialect::Native, &nick), ..Problems::default() };
                self.problems.nick.is_none().then_some(Aim::Host)
            }
            Pressed::Settings => Some(Aim::Settings),
            Pressed::Back => Some(Aim::Back),
        }
    }

    fn fields(&mut self, ui: &mut Ui, trouble: Option<&str>, back: Option<&str>) -> Option<Pressed> {
        let palette = Palette::of(ui);
        let words = tongue(ui);
        caption(ui, &words.join_a_chat(), Look::new(24.0, palette.text).one_line());
        caption(ui, &words.whom_to_join(), Look::new(TEXT, palette.dim));
        ui.add_space(10.0);
        if let Some(trouble) = trouble {
            user_text(ui, trouble, Look::new(TEXT, palette.error).own());
            ui.add_space(6.0);
        }
        self.kinds(ui);
        ui.add_space(8.0);
        let area = ui.available_rect_before_wrap();
        let place = |left, width| Rect::from_min_size(pos2(left, area.top()), vec2(width, area.height()));
        let wide = area.width() - PORT - 8.0;
        let (host, port) = (from_start(ui, area, 0.0, wide), from_end(ui, area, 0.0, PORT));
        let begin = |left, width, ui: &Ui| UiBuilder::new().max_rect(place(left, width)).layout(downwards(ui));
        let builder = begin(host, wide, ui);
        let first = ui.scope_builder(builder, |ui| {
            field(ui, "host", &words.host(), &mut self.host, self.problems.host.as_deref())
        });
        let builder = begin(port, PORT, ui);
        let second = ui.scope_builder(builder, |ui| {
            field(ui, "port", &words.port(), &mut self.port, self.problems.port.as_deref())
        });
        ui.add_space(6.0);
        let nick = field(ui, "nick", &words.nickname(), &mut self.nick, self.problems.nick.as_deref());
        if !self.focused {
            self.focused = true;
            ui.memory_mut(|memory| memory.request_focus(if self.host.is_empty() { first.inner } else { nick }));
        }
        let fields = [first.inner, second.inner, nick];
        self.on_button = ui.memory(|memory| memory.focused().is_some_and(|focused| !fields.contains(&focused)));
        ui.add_space(14.0);
        let connect = words.connect();
        let connect = Button::new(&connect).size(TEXT + 1.0).main(ui);
        let clicked = ui.add_sized(vec2(ui.available_width(), 38.0), connect).clicked();
        ui.add_space(4.0);
        let others = row(ui, |ui| {
            let host = ui.add(Button::new(&words.host_a_chat()).small()).clicked().then_some(Pressed::Host);
            let settings = backwards(ui, Align::Center);
            let settings = ui.with_layout(settings, |ui| {
                ui.add(Button::sign("⚙", &words.settings_tip())).tip(&words.settings_tip()).clicked()
            });
            host.or(settings.inner.then_some(Pressed::Settings))
        });
        let back = back.is_some_and(|address| {
            ui.add_space(6.0);
            column(ui, |ui| ui.add(Button::new(&words.back_to(address)).small()).clicked())
        });
        clicked.then_some(Pressed::Connect).or(others.inner).or(back.then_some(Pressed::Back))
    }

    fn kinds(&mut self, ui: &mut Ui) {
        let palette = Palette::of(ui);
        let words = tongue(ui);
        label(ui, &words.kind_of_server());
        let width = (ui.available_width() - 16.0) / 3.0;
        row(ui, |ui| {
            for kind in Dialect::ALL {
                let chosen = self.kind == kind;
                let color = if chosen { palette.on_accent } else { palette.text };
                let fill = if chosen { palette.accent } else { palette.side };
                let button = Button::selectable(chosen, kind_name(kind)).color(color).fill(fill);
                let response = ui.add_sized(vec2(width, 32.0), button).tip(&kind_hint(words, kind));
                if response.clicked() {
                    self.choose(kind);
                }
            }
        });
        caption(ui, &kind_hint(words, self.kind), Look::new(SMALL, palette.dim));
    }
}

/// What a kind of server is called.
pub(crate) fn kind_name(kind: Dialect) -> &'static str {
    match kind {
        Dialect::Native => "Parlor",
        Dialect::Nic => "Messenger",
        Dialect::Prompt => "ChatRoom",
    }
}

fn kind_hint(words: Language, kind: Dialect) -> String {
    match kind {
        Dialect::Native => words.kind_native(),
        Dialect::Nic => words.kind_nic(),
        Dialect::Prompt => words.kind_prompt(),
    }
}

/// Why a nickname does not do, as far as that can be told before asking the server.
pub(crate) fn bad_nick(words: Language, kind: Dialect, nick: &str) -> Option<String> {
    if nick.is_empty() {
        return Some(words.write_nick());
    }
    match kind {
        Dialect::Native => Nick::parse(nick).err().map(|why| why.to_string()),
        // The tutorials' servers take any name; a line break would be taken for its end.
        Dialect::Nic | Dialect::Prompt => nick.contains(char::is_control).then(|| words.nick_on_one_line()),
    }
}

fn label(ui: &mut Ui, text: &str) -> egui::Response {
    let look = Look::new(SMALL, Palette::of(ui).dim).one_line();
    caption(ui, text, look)
}

/// A labelled field with what is wrong below it.
fn field(ui: &mut Ui, key: &str, name: &str, text: &mut String, problem: Option<&str>) -> Id {
    let palette = Palette::of(ui);
    ui.spacing_mut().item_spacing.y = 4.0;
    let label = label(ui, name);
    let id = Id::unique(("field", key));
    let face = Face { id, name, hint: "", size: TEXT, margin: Margin::symmetric(10, 7), wrong: problem.is_some() };
    let response = edit_line(ui, text, CHARS_MAX, face).labelled_by(label.id);
    if let Some(problem) = problem {
        caption(ui, problem, Look::new(SMALL, palette.error));
    }
    response.id
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(host: &str, port: &str, nick: &str) -> Form {
        let mut form = Form::new(&Target::new(Dialect::Native, host, 1), nick);
        form.port = port.into();
        form
    }

    #[test]
    fn a_kind_brings_its_port() {
        let mut form = form("here", "1234", "ada");
        for (kind, port) in [(Dialect::Nic, "9090"), (Dialect::Prompt, "53000"), (Dialect::Native, "7667")] {
            form.choose(kind);
            assert_eq!(form.port, port);
        }
    }

    #[test]
    fn what_does_is_taken_and_what_does_not_is_said_beside_its_field() {
        let (target, nick) = form(" localhost ", " 7667 ", " ada ").check(Language::English).unwrap();
        assert_eq!((target.to_string().as_str(), nick.as_str()), ("parlor://localhost:7667", "ada"));
        let (target, _) = form("::1", "7000", "علی").check(Language::English).unwrap();
        assert_eq!(target.to_string(), "parlor://[::1]:7000");
        for (host, port, nick, wrong) in [
            ("", "7667", "ada", [true, false, false]),
            ("a b", "7667", "ada", [true, false, false]),
            ("here", "0", "ada", [false, true, false]),
            ("here", "65536", "ada", [false, true, false]),
            ("here", "", "two words", [false, true, true]),
            ("here", "7667", "", [false, false, true]),
        ] {
            let mut form = form(host, port, nick);
            assert_eq!(form.check(Language::English), None, "{host:?} {port:?} {nick:?}");
            let Problems { host, port, nick } = &form.problems;
            assert_eq!([host.is_some(), port.is_some(), nick.is_some()], wrong);
        }
    }

    #[test]
    fn a_whole_address_in_the_host_field_fills_the_others() {
        let mut form = form("prompt://example.org", "7667", "ada");
        let (target, _) = form.check(Language::English).unwrap();
        assert_eq!(target.to_string(), "prompt://example.org:53000");
        assert_eq!((form.kind, form.host.as_str(), form.port.as_str()), (Dialect::Prompt, "example.org", "53000"));
    }
}
