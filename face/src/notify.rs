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
    pub fn showing(show: impl FnMut(u32, &Notice) + Send + 'static) -> Self {
        Self::with(show)
    }

    fn with(mut show: impl Show) -> Self {
        let shared = Arc::new(Shared::default());
        let theirs = Arc::clone(&shared);
        // Without a thread there are no notices, and everything else goes on.
        let _ = thread::Builder::new().name("notices".into()).spawn(move || {
            while let Some((room, notice)) = theirs.next() {
                show.show(room, &notice);
            }
        });
        Self { shared }
    }

    /// Tells the person that they are called, if that is how they have it. Returns at once. More than one a second in
    /// one room are one: the newest.
    pub fn tell(&self, call: &Call, how: Notifications, language: Language) {
        if let Some(notice) = Notice::of(call, how, language) {
            self.shared.pace.lock().unwrap_or_else(PoisonError::into_inner).put(call.room.0, notice);
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
    fn next(&self) -> Option<(u32, Notice)> {
        let mut pace = self.pace.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            let wait = match pace.next(Instant::now()) {
                Next::Show(room, notice) => return Some((room, notice)),
                Next::End => return None,
                Next::Wait(wait) => wait,
                Next::Idle => Duration::from_secs(60 * 60),
            };
            pace = self.changed.wait_timeout(pace, wait).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

trait Show: Send + 'static {
    fn show(&mut self, room: u32, notice: &Notice);
}

impl<F: FnMut(u32, &Notice) + Send + 'static> Show for F {
    fn show(&mut self, room: u32, notice: &Notice) {
        self(room, notice);
    }
}

/// The desktop, through D-Bus where that is how it is done.
#[derive(Default)]
struct Desktop {
    /// Whether bodies are read as markup (Desktop Notifications Specification 1.3); unknown until somebody answers.
    markup: Option<bool>,
    /// Which notification tells of a room, so that the next one takes its place.
    #[cfg(all(unix, not(target_os = "macos")))]
    shown: std::collections::BTreeMap<u32, u32>,
    /// Some desktops take notifications away with the connection they came by.
    #[cfg(all(unix, not(target_os = "macos")))]
    last: Option<notify_rust::NotificationHandle>,
}

impl Show for Desktop {
    #[cfg(all(unix, not(target_os = "macos")))]
    fn show(&mut self, room: u32, notice: &Notice) {
        if self.markup.is_none() {
            let abilities = notify_rust::get_capabilities().ok();
            self.markup = abilities.map(|abilities| abilities.iter().any(|ability| ability == "body-markup"));
        }
        // Nobody answers: no desktop, or one without notifications.
        let Some(markup) = self.markup else { return };
        let mut notification = notification(notice, markup);
        notification.hint(notify_rust::Hint::DesktopEntry("parlor-gui".into()));
        notification.hint(notify_rust::Hint::Category("im.received".into()));
        if let Some(id) = self.shown.get(&room) {
            notification.id(*id);
        }
        if let Ok(handle) = notification.show() {
            self.shown.insert(room, handle.id());
            self.last = Some(handle);
        }
    }

    #[cfg(not(all(unix, not(target_os = "macos"))))]
    fn show(&mut self, _room: u32, notice: &Notice) {
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
        Call { room: RoomKey(room), title: "garden".into(), direct, from: from.into(), text: text.into() }
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
    fn of_many_in_one_room_the_newest_is_shown_and_another_room_does_not_wait() {
        let (sender, shown) = mpsc::channel();
        let (go, wait) = mpsc::channel::<()>();
        let notifier = Notifier::showing(move |room, notice: &Notice| {
            let _ = sender.send((room, notice.body.clone()));
            let _ = wait.recv();
        });
        let tell = |room, text: &str| {
            notifier.tell(&call(room, false, "bea", text), Notifications::Text, Language::English);
        };
        tell(1, "first");
        assert_eq!(shown.recv_timeout(PATIENCE), Ok((1, "first".into())));
        // The desktop is busy with the first one; telling does not wait for it.
        for number in 0..1_000 {
            tell(1, &number.to_string());
        }
        tell(2, "elsewhere");
        go.send(()).unwrap();
        assert_eq!(shown.recv_timeout(PATIENCE), Ok((2, "elsewhere".into())));
        go.send(()).unwrap();
        assert_eq!(shown.recv_timeout(PATIENCE), Ok((1, "999".into())));
        drop(notifier);
        go.send(()).unwrap();
        assert_eq!(shown.recv_timeout(PATIENCE), Err(mpsc::RecvTimeoutError::Disconnected), "the thread has ended");
    }

    #[test]
    fn where_nobody_shows_notices_nothing_happens() {
        // On a desktop that has them this would show one, which is no harm; a build machine has none.
        if std::env::var_os("DBUS_SESSION_BUS_ADDRESS").is_none() {
            let mut desktop = Desktop::default();
            desktop.show(1, &Notice { summary: "a".into(), body: "b".into() });
        }
    }
}
