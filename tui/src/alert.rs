//! What reaches a person who looks elsewhere: the terminal's bell, its notifications, its window's title.

use parlor_core::client::Call;
use parlor_core::words::Language;
use parlor_face::notify::Notice;
use parlor_face::settings::Notifications;

/// How a terminal can be asked for a notification with words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Toast {
    /// Not at all, or nobody knows how.
    #[default]
    None,
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
    /// What the terminal knows that these environment variables tell of. One of the two only: some terminals know
    /// both and would show both. Inside of tmux nothing gets through.
    pub fn detect(variable: impl Fn(&str) -> Option<String>) -> Self {
        let is = |name: &str, values: &[&str]| {
            variable(name).is_some_and(|value| values.iter().any(|v| value.eq_ignore_ascii_case(v)))
        };
        let term = variable("TERM").unwrap_or_default();
        if variable("TMUX").is_some() || variable("STY").is_some() {
            Toast::None
        } else if term.starts_with("rxvt") || term.starts_with("foot") || is("TERM_PROGRAM", &["ghostty"]) {
            Toast::Osc777
        } else if is("TERM_PROGRAM", &["iTerm.app", "WezTerm"])
            || term.contains("kitty")
            || variable("WT_SESSION").is_some()
        {
            Toast::Osc9
        } else if variable("VTE_VERSION").is_some() {
            Toast::Osc777
        } else {
            Toast::None
        }
    }
}

impl Alert {
    /// What to send to the terminal when somebody calls this person.
    pub fn of(self, call: &Call, language: Language) -> String {
        let notice = Notice::of(call, self.words, language).filter(|_| self.toast != Toast::None);
        let mut out = String::new();
        if let Some(notice) = notice {
            let (head, body) = (harmless(&notice.summary), harmless(&notice.body));
            let both = if body.is_empty() { head.clone() } else { format!("{head}: {body}") };
            match self.toast {
                Toast::None => {}
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
    use parlor_core::client::RoomKey;

    use super::*;

    fn told(alert: Alert, from: &str, text: &str) -> String {
        let (from, text, title) = (from.into(), text.into(), "lobby".into());
        alert.of(&Call { room: RoomKey(1), title, direct: false, from, text }, Language::English)
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
}
