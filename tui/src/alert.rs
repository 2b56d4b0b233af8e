//! What reaches a person who looks elsewhere: the terminal's bell, its notifications or the desktop's, its window's
//! title.

use parlor_core::client::Call;
use parlor_core::words::Language;
use parlor_face::notify::{Notice, Notifier};
use parlor_face::settings::Notifications;

/// Who can be asked for a notification with words, and how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Toast {
    /// Nobody, or nobody knows how.
    #[default]
    None,
    /// The desktop that the terminal stands on.
    Desktop,
    /// `OSC 9`: iTerm2, kitty, WezTerm, Windows Terminal.
    Osc9,
    /// `OSC 777`: rxvt-unicode, foot, Ghostty, VTE where it was added.
    Osc777,
}

/// How a person is told of a message meant for them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Alert {
    /// Whether the bell is rung, which most terminals turn into a mark on their window.
    pub bell: bool,
    /// How words are shown.
    pub toast: Toast,
    /// What they tell.
    pub words: Notifications,
}

/// Most characters of a title or of one part of a notification.
const CHARS_MAX: usize = 120;

impl Toast {
    /// What suits the terminal that these environment variables tell of. One way only: some terminals know two and
    /// would show both. A terminal that surely knows how comes first, because it shows its own window then. Inside of
    /// tmux nothing gets through to it, and of those on VTE only some were taught it.
    pub fn detect(variable: impl Fn(&str) -> Option<String>) -> Self {
        let is = |name: &str, values: &[&str]| {
            variable(name).is_some_and(|value| values.iter().any(|v| value.eq_ignore_ascii_case(v)))
        };
        let term = variable("TERM").unwrap_or_default();
        let desktop = is_at_desktop(&variable);
        if variable("TMUX").is_some() || variable("STY").is_some() {
            if desktop { Toast::Desktop } else { Toast::None }
        } else if term.starts_with("rxvt") || term.starts_with("foot") || is("TERM_PROGRAM", &["ghostty"]) {
            Toast::Osc777
        } else if is("TERM_PROGRAM", &["iTerm.app", "WezTerm"])
            || term.contains("kitty")
            || variable("WT_SESSION").is_some()
        {
            Toast::Osc9
        } else if desktop {
            Toast::Desktop
        } else if variable("VTE_VERSION").is_some() {
            Toast::Osc777
        } else {
            Toast::None
        }
    }
}

/// Whether the person sits at a desktop of this machine that shows notifications (D-Bus session bus). Over ssh the desktop
/// is another machine's: whoever sits at this one would read them.
fn is_at_desktop(variable: impl Fn(&str) -> Option<String>) -> bool {
    let has = |name: &str| variable(name).is_some_and(|value| !value.is_empty());
    let afar = ["SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY"].into_iter().any(has);
    let shown = cfg!(any(windows, target_os = "macos"))
        || ["DISPLAY", "WAYLAND_DISPLAY"].into_iter().any(has)
            && ["DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR"].into_iter().any(has);
    shown && !afar
}

/// Tells a person of calls: of many in one room within a second, of the newest.
pub struct Alerts {
    terminal: Notifier,
    desktop: Option<Notifier>,
}

impl Alerts {
    /// Hands what is due to be told by the terminal to `tell`, on a thread of its own: how it is told is as it then is to be
    /// ([`Alert::of`]).
    pub fn new(mut tell: impl FnMut(Notice) + Send + 'static) -> Self {
        Self { terminal: Notifier::showing(move |_, notice| tell(notice.clone())), desktop: None }
    }

    /// Somebody at this server calls this person. Returns at once.
    pub fn tell(&mut self, server: &str, call: &Call, alert: Alert, language: Language) {
        // The bell rings also where nothing is told in words.
        let words = if alert.words == Notifications::Off { Notifications::Name } else { alert.words };
        self.terminal.tell(server, call, words, language);
        if alert.toast == Toast::Desktop {
            self.desktop.get_or_insert_with(Notifier::desktop).tell(server, call, alert.words, language);
        }
    }

    /// Calls are told otherwise from now on: what still waits for the desktop was to be told as before, and is not told.
    pub fn change(&mut self) {
        self.desktop = None;
    }
}

impl Alert {
    /// What to send to the terminal that this may be noticed: no more than is to be told now, whatever was to be told when
    /// it was written.
    pub fn of(self, notice: &Notice) -> String {
        let mut out = String::new();
        if self.words != Notifications::Off {
            let (head, mut body) = (harmless(&notice.summary), harmless(&notice.body));
            if self.words == Notifications::Name {
                body.clear();
            }
            let both = if body.is_empty() { head.clone() } else { format!("{head}: {body}") };
            match self.toast {
                Toast::None | Toast::Desktop => {}
                // What begins with digits would be another command (`9;4;…` is a progress bar).
                Toast::Osc9 => out = format!("\x1b]9;Parlor: {both}\x1b\\"),
                Toast::Osc777 => out = format!("\x1b]777;notify;{head};{body}\x1b\\"),
            }
        }
        if self.bell {
            out.push('\x07');
        }
        out
    }
}

/// What gives the window this title (`OSC 2`).
pub fn title(text: &str) -> String {
    format!("\x1b]2;{}\x1b\\", harmless(text))
}

/// What puts the present title aside (XTWINOPS 22), and what brings it back.
pub const KEEP_TITLE: &str = "\x1b[22;2t";
/// See [`KEEP_TITLE`].
pub const OLD_TITLE: &str = "\x1b[23;2t";

/// One short line without anything that ends, parts or steers: control characters, semicolons, controls of direction.
fn harmless(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars().take(CHARS_MAX) {
        match c {
            ';' => out.push(','),
            c if c.is_control() => out.push(' '),
            '\u{2028}' | '\u{2029}' => out.push(' '),
            '\u{061C}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' => {}
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::time::Duration;

    use parlor_core::client::RoomKey;

    use super::*;

    const PATIENCE: Duration = Duration::from_secs(30);

    fn call(room: u32, from: &str, text: &str) -> Call {
        Call { room: RoomKey(room), title: format!("room{room}"), direct: false, from: from.into(), text: text.into() }
    }

    /// What the terminal is sent of one call.
    fn told(alert: Alert, from: &str, text: &str) -> String {
        let (sender, sent) = mpsc::channel();
        let mut alerts = Alerts::new(move |notice| drop(sender.send(notice)));
        alerts.tell("a", &call(1, from, text), alert, Language::English);
        alert.of(&sent.recv_timeout(PATIENCE).unwrap())
    }

    #[test]
    fn of_many_calls_in_one_room_the_newest_rings_and_another_room_does_not_wait() {
        let (sender, sent) = mpsc::channel();
        let (go, wait) = mpsc::channel::<()>();
        let alert = Alert { bell: true, toast: Toast::Osc9, words: Notifications::Text };
        let mut alerts = Alerts::new(move |notice| {
            let _ = sender.send(alert.of(&notice));
            let _ = wait.recv();
        });
        let mut tell = |room, text: &str| alerts.tell("a", &call(room, "bea", text), alert, Language::English);
        let next = || sent.recv_timeout(PATIENCE).unwrap();
        tell(1, "first");
        assert!(next().ends_with("first\x1b\\\x07"));
        // The terminal is busy with it.
        (0..1_000).for_each(|number| tell(1, &format!("again {number}")));
        tell(2, "elsewhere");
        go.send(()).unwrap();
        assert!(next().contains("elsewhere"));
        go.send(()).unwrap();
        assert!(next().contains("again 999"));
        drop(alerts);
        go.send(()).unwrap();
        assert_eq!(sent.recv_timeout(PATIENCE), Err(mpsc::RecvTimeoutError::Disconnected), "nothing else was sent");
    }

    #[test]
    fn words_of_others_cannot_leave_their_notification() {
        let evil = "x\x1b\\\x07;4;1;\u{9c}\u{202E}y\n";
        for (toast, parts) in [(Toast::None, 0), (Toast::Osc9, 1), (Toast::Osc777, 3)] {
            let sent = told(Alert { bell: true, toast, words: Notifications::Text }, evil, evil);
            let inside = sent.strip_suffix('\x07').unwrap();
            let inside = inside.strip_suffix("\x1b\\").unwrap_or(inside);
            let inside = inside.strip_prefix("\x1b]").unwrap_or(inside);
            assert!(!inside.contains(char::is_control) && !inside.contains('\u{202E}'), "{sent:?}");
            assert_eq!(inside.matches(';').count(), parts, "{sent:?}");
        }
        assert!(!title(evil).trim_start_matches("\x1b]2;").trim_end_matches("\x1b\\").contains(['\x1b', ';']));
    }

    #[test]
    fn what_is_told_is_as_much_as_was_wanted() {
        let alert = Alert { bell: false, toast: Toast::Osc9, words: Notifications::Text };
        let sent = told(alert, "bea", "4;1 ciao");
        assert!(
            sent.starts_with("\x1b]9;Parlor: ") && sent.contains("bea") && sent.ends_with("4,1 ciao\x1b\\"),
            "{sent:?}"
        );
        let sent = told(Alert { words: Notifications::Name, ..alert }, "bea", "ciao");
        assert!(sent.contains("bea") && !sent.contains("ciao"), "{sent:?}");
        assert_eq!(told(Alert { words: Notifications::Off, ..alert }, "bea", "ciao"), "");
        let sent = told(Alert { toast: Toast::Osc777, ..alert }, "bea", "ciao");
        assert!(sent.starts_with("\x1b]777;notify;") && sent.ends_with(";ciao\x1b\\"), "{sent:?}");
        assert_eq!(told(Alert { bell: true, ..Alert::default() }, "bea", "ciao"), "\x07");
        assert_eq!(told(Alert::default(), "bea", "ciao"), "");
        assert!(title(&"x".repeat(1_000)).len() < 200);
    }

    #[test]
    fn what_is_told_is_no_more_than_is_wanted_by_then() {
        let text = Alert { bell: true, toast: Toast::Osc9, words: Notifications::Text };
        let notice = Notice::of(&call(1, "bea", "ciao"), text.words, Language::English).unwrap();
        assert!(text.of(&notice).contains("ciao"));
        let name = Alert { words: Notifications::Name, ..text }.of(&notice);
        assert!(name.contains("bea") && !name.contains("ciao"), "{name:?}");
        assert_eq!(Alert { words: Notifications::Off, ..text }.of(&notice), "\x07");
        assert_eq!(Alert { bell: false, words: Notifications::Off, ..text }.of(&notice), "");
    }

    #[test]
    fn a_terminal_is_asked_in_the_one_way_it_knows() {
        let detect = |pairs: &[(&str, &str)]| {
            Toast::detect(|name| pairs.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned()))
        };
        assert_eq!(detect(&[("TERM", "xterm-kitty")]), Toast::Osc9);
        assert_eq!(detect(&[("TERM", "foot")]), Toast::Osc777);
        assert_eq!(detect(&[("TERM", "xterm-256color"), ("TERM_PROGRAM", "WezTerm")]), Toast::Osc9);
        assert_eq!(detect(&[("TERM", "xterm-256color"), ("VTE_VERSION", "7006")]), Toast::Osc777);
        assert_eq!(detect(&[("TERM", "xterm-kitty"), ("TMUX", "x")]), Toast::None);
        assert_eq!(detect(&[("TERM", "xterm")]), Toast::None);
    }

    #[cfg(not(any(windows, target_os = "macos")))]
    #[test]
    fn the_desktop_is_asked_where_the_person_sits_at_it_and_the_terminal_surely_does_not_know_how() {
        let detect = |extra: &[(&str, &str)]| {
            let here = [("DISPLAY", ":0"), ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/run/user/1000/bus")];
            let all: Vec<_> = here.iter().chain(extra).copied().collect();
            Toast::detect(|name| all.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned()))
        };
        assert_eq!(detect(&[("TERM", "xterm")]), Toast::Desktop);
        assert_eq!(detect(&[("TERM", "tmux-256color"), ("TMUX", "x")]), Toast::Desktop);
        assert_eq!(detect(&[("TERM", "xterm-256color"), ("VTE_VERSION", "7006")]), Toast::Desktop);
        assert_eq!(detect(&[("TERM", "xterm-kitty")]), Toast::Osc9);
        assert_eq!(detect(&[("TERM", "xterm"), ("SSH_CONNECTION", "10.0.0.1 1 10.0.0.2 22")]), Toast::None);
        let no_screen = [("DBUS_SESSION_BUS_ADDRESS", "x"), ("TERM", "linux")];
        assert_eq!(
            Toast::detect(|name| no_screen.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).into())),
            Toast::None
        );
    }
}
