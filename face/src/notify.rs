//! Notifications on the person's desktop, when somebody calls them and they look elsewhere.
//!
//! They come from a thread of their own, because whoever shows them may take their time; where nobody does, nothing
//! happens. What they say was written by strangers: it carries no markup and no control characters, and is not long.

mod pace;

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use parlor_core::client::Call;
use parlor_core::text::printable;
use parlor_core::words::Language;

use crate::notify::pace::{Next, Pace};
use crate::settings::Notifications;
use crate::words::Words;

/// Longest name of a person or room in a notification, in characters.
const NAME_MAX: usize = 40;
/// Longest text in a notification, in characters.
const TEXT_MAX: usize = 240;
/// Most rooms whose last notification is replaced by the next.
#[cfg(all(unix, not(target_os = "macos")))]
const SHOWN_MAX: usize = 256;

/// Where a notification comes from. A client that is begun anew may number its rooms otherwise, and another server's
/// may be called alike: it is both names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Origin {
    /// What the server is called.
    pub server: String,
    /// What the room or conversation there is called.
    pub place: String,
}

/// What a notification says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Its heading: who, and where.
    pub summary: String,
    /// What was said; empty if that is not to be told.
    pub body: String,
}

impl Notice {
    /// What is told of `call`; `None` if nothing is to be told.
    pub fn of(call: &Call, how: Notifications, language: Language) -> Option<Self> {
        let body = match how {
            Notifications::Off => return None,
            Notifications::Name => String::new(),
            Notifications::Text => short(&call.text, TEXT_MAX),
        };
        let from = isolated(&call.from);
        let summary = match call.direct {
            true => language.notice_direct(from),
            false => language.notice_in(from, isolated(&call.title)),
        };
        Some(Self { summary, body })
    }
}

/// On one line, harmless, and cut where it is long.
fn short(text: &str, max: usize) -> String {
    let text = printable(text);
    let mut words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some((end, _)) = words.char_indices().nth(max) {
        words.truncate(end);
        words.push('…');
    }
    words
}

/// A name whose direction leaves that of the sentence around it alone (UAX #9, FSI and PDI).
fn isolated(name: &str) -> String {
    format!("\u{2068}{}\u{2069}", short(name, NAME_MAX))
}

/// Shows notices, in the background. Dropping it ends the thread once that has nothing more to do with the desktop.
#[derive(Debug)]
pub struct Notifier {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    pace: Mutex<Pace>,
    changed: Condvar,
}

impl Notifier {
    /// A notifier of this desktop.
    pub fn desktop() -> Self {
        Self::with(Desktop::default())
    }

    /// A notifier that hands what it shows to `show`, on its own thread. For tests.
    pub fn showing(show: impl FnMut(&Origin, &Notice) + Send + 'static) -> Self {
        Self::with(show)
    }

    fn with(mut show: impl Show) -> Self {
        let shared = Arc::new(Shared::default());
        let theirs = Arc::clone(&shared);
        // Without a thread there are no notices, and everything else goes on.
        let _ = thread::Builder::new().name("notices".into()).spawn(move || {
            while let Some((origin, notice)) = theirs.next() {
                show.show(&origin, &notice);
            }
        });
        Self { shared }
    }

    /// Tells the person that they are called at this server, if that is how they have it. Returns at once. More than one a
    /// second in one of its rooms are one: the newest.
    pub fn tell(&self, server: &str, call: &Call, how: Notifications, language: Language) {
        if let Some(notice) = Notice::of(call, how, language) {
            let origin = Origin { server: server.into(), place: call.title.clone() };
            self.shared.pace.lock().unwrap_or_else(PoisonError::into_inner).put(origin, notice);
            self.shared.changed.notify_one();
        }
    }
}

impl Drop for Notifier {
    fn drop(&mut self) {
        self.shared.pace.lock().unwrap_or_else(PoisonError::into_inner).end();
        self.shared.changed.notify_one();
    }
}

impl Shared {
    /// The next notice that is due; waits for it. `None` at the end.
    fn next(&self) -> Option<(Origin, Notice)> {
        let mut pace = self.pace.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            let wait = match pace.next(Instant::now()) {
                Next::Show(origin, notice) => return Some((origin, notice)),
                Next::End => return None,
                Next::Wait(wait) => wait,
                Next::Idle => Duration::from_secs(60 * 60),
            };
            pace = self.changed.wait_timeout(pace, wait).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

trait Show: Send + 'static {
    fn show(&mut self, origin: &Origin, notice: &Notice);
}

impl<F: FnMut(&Origin, &Notice) + Send + 'static> Show for F {
    fn show(&mut self, origin: &Origin, notice: &Notice) {
        self(origin, notice);
    }
}

/// The desktop, through D-Bus where that is how it is done.
#[derive(Default)]
struct Desktop {
    /// Whether bodies are read as markup (Desktop Notifications Specification 1.3); unknown until somebody answers.
    markup: Option<bool>,
    /// Which notification tells of a room, so that the next one takes its place.
    #[cfg(all(unix, not(target_os = "macos")))]
    shown: std::collections::BTreeMap<Origin, u32>,
    /// Some desktops take notifications away with the connection they came by.
    #[cfg(all(unix, not(target_os = "macos")))]
    last: Option<notify_rust::NotificationHandle>,
}

impl Show for Desktop {
    #[cfg(all(unix, not(target_os = "macos")))]
    fn show(&mut self, origin: &Origin, notice: &Notice) {
        if self.markup.is_none() {
            let abilities = notify_rust::get_capabilities().ok();
            self.markup = abilities.map(|abilities| abilities.iter().any(|ability| ability == "body-markup"));
        }
        // Nobody answers: no desktop, or one without notifications.
        let Some(markup) = self.markup else { return };
        let mut notification = notification(notice, markup);
        notification.hint(notify_rust::Hint::DesktopEntry("parlor-gui".into()));
        notification.hint(notify_rust::Hint::Category("im.received".into()));
        if let Some(id) = self.shown.get(origin) {
            notification.id(*id);
        }
        if let Ok(handle) = notification.show() {
            while self.shown.len() >= SHOWN_MAX && self.shown.pop_first().is_some() {}
            self.shown.insert(origin.clone(), handle.id());
            self.last = Some(handle);
        }
    }

    #[cfg(not(all(unix, not(target_os = "macos"))))]
    fn show(&mut self, _origin: &Origin, notice: &Notice) {
        let _ = notification(notice, *self.markup.get_or_insert(false)).show();
    }
}

fn notification(notice: &Notice, markup: bool) -> notify_rust::Notification {
    let mut notification = notify_rust::Notification::new();
    let body = if markup { escaped(&notice.body) } else { notice.body.clone() };
    notification.appname("Parlor").summary(&notice.summary).body(&body).icon("parlor-gui");
    notification
}

/// Text that means itself where markup is read.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use parlor_core::client::RoomKey;

    use super::*;

    const PATIENCE: Duration = Duration::from_secs(30);

    fn call(room: u32, direct: bool, from: &str, text: &str) -> Call {
        let title = if room == 1 { "garden" } else { "kitchen" }.into();
        Call { room: RoomKey(room), title, direct, from: from.into(), text: text.into() }
    }

    #[test]
    fn a_notice_says_as_much_as_the_person_wants() {
        let call = call(1, false, "bea", "ada, tea?");
        let notice = Notice::of(&call, Notifications::Text, Language::English).unwrap();
        assert_eq!(notice.summary, "\u{2068}bea\u{2069} in \u{2068}garden\u{2069}");
        assert_eq!(notice.body, "ada, tea?");
        let name = Notice::of(&call, Notifications::Name, Language::English).unwrap();
        assert_eq!((name.summary, name.body), (notice.summary, String::new()));
        assert_eq!(Notice::of(&call, Notifications::Off, Language::English), None);
    }

    #[test]
    fn a_notice_is_short_on_one_line_and_turns_nothing_around() {
        let nick = format!("\u{202e}evil\u{2066}\u{1b}[31m{}", "x".repeat(500));
        let text = format!("a\nb\t\u{7}\u{202e}<b>&</b> {}", "ه".repeat(5_000));
        for language in Language::ALL {
            let notice = Notice::of(&call(1, true, &nick, &text), Notifications::Text, language).unwrap();
            for part in [&notice.summary, &notice.body] {
                assert!(!part.contains(|c: char| c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c)), "{part:?}");
            }
            assert!(notice.summary.chars().count() < NAME_MAX + 40, "{}", notice.summary);
            assert!(notice.body.chars().count() <= TEXT_MAX + 1);
            assert_eq!(notice.summary.matches('\u{2068}').count(), notice.summary.matches('\u{2069}').count());
            assert!(!notice.summary.contains('\u{2066}'));
            let shown = notification(&notice, true);
            assert!(!shown.body.contains('<') && shown.body.contains("&lt;b&gt;&amp;"), "{}", shown.body);
            assert_eq!(notification(&notice, false).body, notice.body);
        }
    }

    #[test]
    fn of_many_in_one_room_the_newest_is_shown_and_another_room_or_server_does_not_wait() {
        let (sender, shown) = mpsc::channel();
        let (go, wait) = mpsc::channel::<()>();
        let notifier = Notifier::showing(move |origin: &Origin, notice: &Notice| {
            let _ = sender.send((origin.server.clone(), origin.place.clone(), notice.body.clone()));
            let _ = wait.recv();
        });
        let tell = |server, room, text: &str| {
            notifier.tell(server, &call(room, false, "bea", text), Notifications::Text, Language::English);
        };
        let next = || {
            let (server, place, text) = shown.recv_timeout(PATIENCE)?;
            Ok(format!("{text} in {place} at {server}"))
        };
        tell("a", 1, "first");
        assert_eq!(next(), Ok("first in garden at a".into()));
        // The desktop is busy with the first one; telling does not wait for it.
        for number in 0..1_000 {
            tell("a", 1, &number.to_string());
        }
        tell("a", 2, "elsewhere");
        tell("b", 1, "alike");
        go.send(()).unwrap();
        assert_eq!(next(), Ok("elsewhere in kitchen at a".into()));
        go.send(()).unwrap();
        assert_eq!(next(), Ok("alike in garden at b".into()));
        go.send(()).unwrap();
        assert_eq!(next(), Ok("999 in garden at a".into()));
        drop(notifier);
        go.send(()).unwrap();
        assert_eq!(next(), Err(mpsc::RecvTimeoutError::Disconnected), "the thread has ended");
    }

    #[cfg(all(unix, not(target_os = "macos")))]
    #[test]
    fn where_nobody_shows_notices_nothing_is_shown_and_nothing_fails() {
        const HERE: &str = "PARLOR_NOBODY_SHOWS_NOTICES";
        if std::env::var_os(HERE).is_some() {
            let mut desktop = Desktop::default();
            let origin = Origin { server: "parlor://here".into(), place: "garden".into() };
            desktop.show(&origin, &Notice { summary: "a".into(), body: "b".into() });
            assert_eq!(desktop.markup, None, "nobody has answered");
            assert!(desktop.shown.is_empty());
            assert!(desktop.last.is_none());
            return;
        }
        // Who shows them is read from the environment, and that is all of a process's: this test once more, in another.
        let home = tempfile::tempdir().unwrap();
        let nobody = format!("unix:path={}", home.path().join("bus").display());
        let name = "notify::tests::where_nobody_shows_notices_nothing_is_shown_and_nothing_fails";
        let program = std::env::current_exe().unwrap();
        let there = std::process::Command::new(program)
            .args(["--exact", name])
            .env(HERE, "1")
            .env("DBUS_SESSION_BUS_ADDRESS", nobody)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&there.stdout);
        assert!(there.status.success() && said.contains("1 passed"), "{said}");
    }
}
