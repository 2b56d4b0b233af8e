//! The program around the screen: dialogs, the session behind them, and how it all begins and ends.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use cursive::event::Event;
use cursive::theme::Theme;
use cursive::view::Nameable;
use cursive::views::NamedView;
use cursive::{CbSink, Cursive};
use parlor_core::client::{Call, Intent, Keepsake, Link, Profile, Question};
use parlor_core::secret::Secret;
use parlor_face::clock::Clock;
use parlor_face::kept::{Connect, Kept};
use parlor_face::settings::Settings;
use parlor_face::words::Words as _;
use parlor_transport_tcp::session::{Face, Session};
use parlor_transport_tcp::target::Target;

use crate::chat::{self, Chat};
use crate::choices;
use crate::connect;
use crate::form::{Field, Form};
use crate::look::Look;
use crate::search::{self, Searcher};
use crate::sheet::{self, Sheet};
use crate::switch::{self, Switcher};
use crate::term::{self, Caret};
use crate::words::dialogs::Dialogs;

/// The name of the dialog in front, among the views.
pub const FORM: &str = "form";
/// How often the screen is drawn anew while a countdown runs, per second.
const COUNTDOWN_FPS: u32 = 2;

/// The session of the chat that is open, if one is. Shared with whoever has to say goodbye when the screen cannot.
#[derive(Clone, Default)]
pub struct Current(Arc<Mutex<Option<Session>>>);

impl Current {
    fn lock(&self) -> MutexGuard<'_, Option<Session>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The session.
    pub fn get(&self) -> Option<Session> {
        self.lock().clone()
    }

    /// Puts another in its place, or none. The last of a session says goodbye as it is dropped.
    pub fn replace(&self, session: Option<Session>) -> Option<Session> {
        std::mem::replace(&mut *self.lock(), session)
    }

    /// Says goodbye and waits until it was heard, or the time is over.
    pub fn leave(&self, at_most: Duration) {
        if let Some(session) = self.get() {
            session.intent(Intent::Quit);
            session.wait_finished(at_most);
        }
    }
}

/// What the program knows besides what is on the screen.
pub struct App {
    /// How things look on this terminal.
    pub look: Look,
    /// Where the real cursor goes.
    pub caret: Caret,
    /// What this person chose.
    pub settings: Settings,
    /// Where the connect dialog and the tokens are kept; `None` keeps nothing.
    pub kept: Option<Kept>,
    /// What the connect dialog begins with.
    pub connect: Connect,
    /// The server's password, if it was given on the command line.
    pub password: Option<Secret>,
    /// The chat that is open.
    pub session: Current,
    /// Where that is.
    pub server: Option<Target>,
    /// The question whose dialog is open.
    pub asked: Option<Question>,
    /// Whether the connect dialog's answers have been kept.
    pub settled: bool,
    /// The window's title.
    pub title: String,
}

impl App {
    /// A program that keeps nothing and knows nobody.
    pub fn new(look: Look, caret: Caret) -> Self {
        let connect = Connect::default();
        Self {
            look,
            caret,
            settings: Settings::default(),
            kept: None,
            connect,
            password: None,
            session: Current::default(),
            server: None,
            asked: None,
            settled: false,
            title: String::new(),
        }
    }
}

fn app(siv: &mut Cursive) -> &mut App {
    siv.user_data::<App>().expect("install() puts it there before any view exists")
}

/// Prepares a toolkit for the program: its theme, and the keys that work everywhere.
pub fn install(siv: &mut Cursive, app: App) {
    siv.set_theme(Theme::terminal_default());
    siv.set_user_data(app);
    for event in [Event::CtrlChar('c'), Event::Exit] {
        siv.clear_global_callbacks(event.clone());
        siv.set_on_pre_event(event, quit);
    }
    siv.set_on_pre_event(Event::CtrlChar('q'), quit);
    siv.set_on_pre_event(Event::CtrlChar('l'), Cursive::clear);
    siv.set_on_pre_event(Event::CtrlChar('o'), elsewhere);
    siv.add_global_callback(Event::Key(cursive::event::Key::F1), help);
}

/// Asks for what is missing to go to this server, and says what it is.
pub fn ask_first(siv: &mut Cursive, target: Target, why: &str) {
    let App { connect, .. } = app(siv);
    (connect.host, connect.port, connect.dialect) = (target.host, target.port, target.dialect);
    connect::dialog(siv);
    complain(siv, why);
}

/// Dials this server and opens the chat.
pub fn start(siv: &mut Cursive, target: Target, nick: &str) {
    let sink = siv.cb_sink().clone();
    let app = app(siv);
    let authority = target.authority();
    let keeper = app.kept.clone().map(|kept| (kept, authority.clone(), nick.to_owned()));
    let keepsake = app.kept.as_ref().map(|kept| kept.keepsake(&authority, nick).value).unwrap_or_default();
    let wake = Wake { sink, told: Arc::new(AtomicBool::new(false)), keeper, last: Mutex::new(keepsake.clone()) };
    let token = app.kept.as_ref().and_then(|kept| kept.token(&authority, nick).value);
    let profile = Profile {
        options: choices::options(&app.settings, app.look.language),
        keepsake,
        ..profile(&target, nick, token, app.password.clone())
    };
    app.connect =
        Connect { host: target.host.clone(), port: target.port, nick: nick.to_owned(), dialect: target.dialect };
    app.server = Some(target.clone());
    app.settled = false;
    open(siv, Session::start(target, profile, wake));
}

/// What the machine is told about this program and person.
pub fn profile(target: &Target, nick: &str, token: Option<Secret>, password: Option<Secret>) -> Profile {
    Profile {
        room: target.room.clone(),
        token,
        password,
        ..Profile::new(target.dialect, &target.to_string(), nick, concat!("parlor-tui/", env!("CARGO_PKG_VERSION")))
    }
}

/// Shows the chat of this session.
pub fn open(siv: &mut Cursive, session: Session) {
    let app = app(siv);
    app.session.replace(Some(session.clone()));
    app.asked = None;
    let chat = Chat::new(session, app.look, app.caret.clone(), Clock::local(&app.settings));
    siv.add_fullscreen_layer(chat.with_name(chat::NAME));
    changed(siv);
}

/// The state changed: opens and closes what belongs to it. The toolkit draws afterwards by itself.
pub fn changed(siv: &mut Cursive) {
    let Some(session) = app(siv).session.get() else { return };
    let (question, waiting, online, nick, around) = {
        let state = session.state();
        let waiting = matches!(state.link, Link::Waiting { .. });
        (state.question.clone(), waiting, state.link == Link::Online, state.nick.clone(), state.around.is_some())
    };
    if around {
        // The way to what was found led too far back for the log.
        search(siv);
    }
    retitle(siv);
    siv.set_fps(if waiting { COUNTDOWN_FPS } else { 0 });
    if online {
        settle(siv, &nick);
    }
    if app(siv).asked != question {
        close_form(siv);
        app(siv).asked.clone_from(&question);
        if let Some(question) = question {
            ask(siv, question, &nick);
        }
    }
}

/// Tells in the window's title where one is, and how much there is to read.
fn retitle(siv: &mut Cursive) {
    let Some(session) = app(siv).session.get() else { return };
    let title = {
        let state = session.state();
        let unread: u32 = state.rooms.iter().map(|room| room.unread).sum();
        let place = state.shown_room().map_or(state.address.as_ref(), |room| room.title.as_str());
        let count = if unread == 0 { String::new() } else { format!("({unread}) ") };
        format!("{count}{place} – Parlor")
    };
    if app(siv).title != title {
        app(siv).title.clone_from(&title);
        siv.set_window_title(title);
    }
}

/// Keeps what the connect dialog is to begin with next time, once it has proved right.
fn settle(siv: &mut Cursive, nick: &str) {
    let app = app(siv);
    if std::mem::replace(&mut app.settled, true) {
        return;
    }
    nick.clone_into(&mut app.connect.nick);
    if let Some(kept) = &app.kept {
        // The dialog beginning empty next time is not worth a word now.
        let _ = kept.keep_connect(&app.connect);
    }
}

fn ask(siv: &mut Cursive, question: Question, nick: &str) {
    let App { look, caret, .. } = app(siv);
    let (looks, language) = ((*look, caret.clone()), look.language);
    let form = match question {
        Question::Nick { why } => {
            let fields = vec![Field::text(language.nickname(), nick)];
            let submit = |siv: &mut Cursive, values: &[String]| {
                let nick = values.concat().trim().to_owned();
                match nick.is_empty() {
                    true => {
                        let why = app(siv).look.language.nick_empty();
                        complain(siv, &why);
                    }
                    false => answer(siv, Intent::Nick(nick)),
                }
            };
            Form::new(language.another_nick(), fields, language.answer_keys(), looks, submit).because(&why)
        }
        Question::Password { why } => {
            let submit =
                |siv: &mut Cursive, values: &[String]| answer(siv, Intent::Password(Secret::new(values.concat())));
            let fields = vec![Field::secret(language.password())];
            Form::new(language.password(), fields, language.answer_keys(), looks, submit).because(&why)
        }
    };
    siv.screen_mut().add_transparent_layer(form.with_name(FORM));
}

fn answer(siv: &mut Cursive, intent: Intent) {
    if let Some(session) = app(siv).session.get() {
        session.intent(intent);
        // The answer may be refused with the very same words: the dialog is to come again all the same.
        close_form(siv);
        app(siv).asked = None;
        changed(siv);
    }
}

/// Tells what is wrong with what a dialog holds.
pub fn complain(siv: &mut Cursive, why: &str) {
    siv.call_on_name(FORM, |form: &mut Form| form.complain(why));
}

/// Closes the dialog in front, if there is one.
pub fn close_form(siv: &mut Cursive) {
    if let Some(layer) = siv.screen_mut().find_layer_from_name(FORM) {
        siv.screen_mut().remove_layer(layer);
    }
}

/// Shows what the keys do.
pub fn help(siv: &mut Cursive) {
    if siv.find_name::<Sheet>(sheet::NAME).is_none() {
        let sheet = Sheet::help(app(siv).look, app(siv).caret.clone());
        siv.screen_mut().add_transparent_layer(NamedView::new(sheet::NAME, sheet));
    }
}

/// Shows a page to read.
pub fn page(siv: &mut Cursive, title: String, entries: Vec<(String, String)>) {
    if siv.find_name::<Sheet>(sheet::NAME).is_none() {
        let App { look, caret, .. } = app(siv);
        let sheet = Sheet::new(title, entries, *look, caret.clone());
        siv.screen_mut().add_transparent_layer(NamedView::new(sheet::NAME, sheet));
    }
}

/// Shows everything as the settings now say.
pub fn restyle(siv: &mut Cursive) {
    let App { look, settings, session, .. } = app(siv);
    let (look, clock, options) = (*look, Clock::local(settings), choices::options(settings, look.language));
    if let Some(session) = session.get() {
        session.intent(Intent::Set(options));
    }
    siv.call_on_name(chat::NAME, |chat: &mut Chat| chat.restyle(look, clock));
}

/// Opens the room switcher, unless it is open.
pub fn switch(siv: &mut Cursive) {
    let App { session, look, caret, .. } = app(siv);
    let Some(session) = session.get() else { return };
    let switcher = Switcher::new(session, *look, caret.clone());
    if siv.find_name::<Switcher>(switch::NAME).is_none() {
        siv.screen_mut().add_transparent_layer(switcher.with_name(switch::NAME));
    }
}

/// Opens the search, unless it is open.
pub fn search(siv: &mut Cursive) {
    let App { session, look, caret, settings, .. } = app(siv);
    let Some(session) = session.get() else { return };
    let (look, caret, clock) = (*look, caret.clone(), Clock::local(settings));
    if siv.screen_mut().find_layer_from_name(search::NAME).is_none() {
        let searcher = Searcher::new(session, look, caret, clock);
        siv.add_fullscreen_layer(searcher.with_name(search::NAME));
        siv.call_on_name(chat::NAME, |chat: &mut Chat| chat.cover(true));
    }
}

/// Closes the search; what was found stays until it is looked for anew.
pub fn close_search(siv: &mut Cursive) {
    if let Some(layer) = siv.screen_mut().find_layer_from_name(search::NAME) {
        siv.screen_mut().remove_layer(layer);
        siv.call_on_name(chat::NAME, |chat: &mut Chat| chat.cover(false));
    }
}

/// The terminal got the focus or lost it while the search was in front.
pub fn focus(siv: &mut Cursive, focused: bool) {
    siv.call_on_name(chat::NAME, |chat: &mut Chat| chat.focus(focused));
}

/// Leaves this chat and asks for another server.
fn elsewhere(siv: &mut Cursive) {
    let App { session, asked, password, .. } = app(siv);
    // It was for the server that is left; another one must not learn it.
    *password = None;
    // Dropping the last of it, with the screen below, says goodbye.
    if session.replace(None).is_some() {
        *asked = None;
        while siv.pop_layer().is_some() {}
        connect::dialog(siv);
    }
}

/// Opens a link with what the system opens links with; what does not work is told in the chat's status line.
pub fn open_link(siv: &mut Cursive, link: &str) {
    if let Err(why) = parlor_face::open::open(link, app(siv).look.language) {
        siv.call_on_name(chat::NAME, |chat: &mut Chat| chat.say(why));
    }
}

/// Says goodbye and ends; the goodbye is heard after the terminal was given back. Where messages wait for a connection,
/// which would be lost, a second time only.
pub fn quit(siv: &mut Cursive) {
    if let Some(session) = app(siv).session.get() {
        let lost = {
            let state = session.state();
            state.unsent() > 0 && state.link != Link::Online
        };
        let warned = siv.call_on_name(chat::NAME, |chat: &mut Chat| chat.warn_of_unsent());
        if lost && warned == Some(true) {
            close_search(siv);
            return;
        }
        session.intent(Intent::Quit);
    }
    siv.quit();
}

/// Wakes the toolkit from the session's thread.
struct Wake {
    sink: CbSink,
    /// Whether a redraw is on its way already.
    told: Arc<AtomicBool>,
    /// The person's files, and under which server and nickname what is not sent is kept there.
    keeper: Option<(Kept, String, String)>,
    /// What was kept last.
    last: Mutex<Keepsake>,
}

impl Wake {
    fn send(&self, callback: impl FnOnce(&mut Cursive) + Send + 'static) {
        // Nobody takes it any more once the program ends.
        let _ = self.sink.send(Box::new(callback));
    }
}

impl Face for Wake {
    fn changed(&self) {
        if !self.told.swap(true, Ordering::AcqRel) {
            let told = self.told.clone();
            self.send(move |siv| {
                told.store(false, Ordering::Release);
                changed(siv);
            });
        }
    }

    fn notify(&self, call: &Call) {
        let call = call.clone();
        self.send(move |siv| {
            let look = app(siv).look;
            term::tell(&look.alert.of(&call, look.language));
        });
    }

    fn keep(&self, keepsake: &Keepsake) {
        // At once and not by the toolkit's loop, which has ended when the last of it comes.
        if let Some((kept, server, nick)) = &self.keeper {
            // What is typed then ends with the program; that is not worth a word at each letter.
            let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
            if kept.keep_keepsake(server, nick, &last, keepsake).is_ok() {
                last.clone_from(keepsake);
            }
        }
    }

    fn remember(&self, token: &Secret) {
        let token = token.clone();
        self.send(move |siv| {
            let App { kept, server, session, .. } = app(siv);
            if let (Some(kept), Some(server), Some(session)) = (kept, server, session.get()) {
                let nick = session.state().nick.clone();
                // Without the token the nickname is taken until the server frees it, and the server says so then.
                let _ = kept.remember(&server.authority(), &nick, &token);
            }
        });
    }

    fn finished(&self) {
        self.send(|siv| {
            // Another chat may have been opened meanwhile.
            let over = app(siv)
                .session
                .get()
                .is_some_and(|session| matches!(session.state().link, Link::Closed { why: None }));
            if over {
                siv.quit();
            }
        });
    }
}
