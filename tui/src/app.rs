//! The program around the screen: the session behind it, and how it all begins and ends.

mod current;
mod wake;

use std::sync::Arc;

use cursive::Cursive;
use cursive::event::Event;
use cursive::theme::Theme;
use cursive::view::Nameable;
use parlor_core::client::{Call, Intent, Link, Profile, Question};
use parlor_core::secret::Secret;
use parlor_face::Fault;
use parlor_face::clock::Clock;
use parlor_face::kept::{Connect, Kept};
use parlor_face::notify::Notice;
use parlor_face::settings::Settings;
use parlor_face::writer::Writer;
use parlor_transport_tcp::session::Session;
use parlor_transport_tcp::target::Target;

pub use self::current::Current;
use self::wake::Wake;
use crate::alert::Alerts;
use crate::chat::{self, Chat};
use crate::choices;
use crate::connect;
use crate::front;
use crate::look::Look;
use crate::term::{Caret, Extra};

/// How often the screen is drawn anew while a countdown runs, per second.
const COUNTDOWN_FPS: u32 = 2;

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
    /// Where the command line said to go, while the dialog asks for what is missing.
    pub wanted: Option<Target>,
    /// What the person should know about the file of settings; told with the first screen.
    pub trouble: Option<String>,
    /// The chat that is open.
    pub session: Current,
    /// The question whose dialog is open.
    pub asked: Option<Question>,
    /// The window's title.
    pub title: String,
    /// Whether the terminal has the focus, as far as it tells.
    pub focused: bool,
    /// Tells of calls, from the first on.
    pub alerts: Option<Alerts>,
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
            wanted: None,
            trouble: None,
            session: Current::default(),
            asked: None,
            title: String::new(),
            focused: true,
            alerts: None,
        }
    }
}

/// What the program knows, of a toolkit that it is installed in.
pub(crate) fn app(siv: &mut Cursive) -> &mut App {
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
    siv.add_global_callback(Event::Key(cursive::event::Key::F1), front::help);
    // Before whatever stands in front: the chat below is to know of it, too.
    for focused in [true, false] {
        siv.set_on_pre_event(Extra::Focus(focused).into_event(), move |siv| focus(siv, focused));
    }
}

/// Asks for what is missing to go to this server, and says what it is.
pub fn ask_first(siv: &mut Cursive, target: Target, why: &str) {
    let App { connect, wanted, trouble, .. } = app(siv);
    (connect.host, connect.port, connect.dialect) = (target.host.clone(), target.port, target.dialect);
    *wanted = Some(target);
    // What is missing comes first; the file of settings is told of with the chat.
    let trouble = trouble.take();
    connect::dialog(siv);
    front::complain(siv, why);
    app(siv).trouble = trouble;
}

/// Dials this server and opens the chat.
pub fn start(siv: &mut Cursive, mut target: Target, nick: &str) {
    let sink = siv.cb_sink().clone();
    let app = app(siv);
    if let Some(wanted) = app.wanted.take() {
        if (target.dialect, &target.host, target.port) == (wanted.dialect, &wanted.host, wanted.port) {
            target.room = target.room.or(wanted.room);
        } else {
            // It is for the server that the command line named.
            app.password = None;
        }
    }
    let authority = target.authority();
    let keepsake = app.kept.as_ref().map(|kept| kept.keepsake(&authority, nick).value).unwrap_or_default();
    let theirs = sink.clone();
    let complain = move |fault: Fault| {
        let tell = move |siv: &mut Cursive| {
            let why = fault.sentence(self::app(siv).look.language);
            siv.call_on_name(chat::NAME, |chat: &mut Chat| chat.say(why));
        };
        // Nobody reads it any more once the program ends.
        let _ = theirs.send(Box::new(tell));
    };
    let writer =
        app.kept.clone().map(|kept| Arc::new(Writer::start(kept, target.clone(), nick, keepsake.clone(), complain)));
    let wake = Wake::new(sink, authority.clone(), writer.clone());
    let token = app.kept.as_ref().and_then(|kept| kept.token(&authority, nick).value);
    let profile = Profile {
        options: choices::options(&app.settings, app.look.language),
        keepsake,
        ..profile(&target, nick, token, app.password.clone())
    };
    app.connect =
        Connect { host: target.host.clone(), port: target.port, nick: nick.to_owned(), dialect: target.dialect };
    app.session.write_with(writer);
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
    let mut chat = Chat::new(session, app.look, app.caret.clone(), Clock::local(&app.settings));
    chat.focus(app.focused);
    if let Some(trouble) = app.trouble.take() {
        chat.say(trouble);
    }
    siv.add_fullscreen_layer(chat.with_name(chat::NAME));
    changed(siv);
}

/// The state changed: opens and closes what belongs to it. The toolkit draws afterwards by itself.
pub fn changed(siv: &mut Cursive) {
    let Some(session) = app(siv).session.get() else { return };
    let (question, waiting, online, own_nick, around) = {
        let state = session.state();
        let waiting = matches!(state.link, Link::Waiting { .. });
        (
            state.question.clone(),
            waiting,
            state.link == Link::Online,
            state.own_nick().to_owned(),
            state.around.is_some(),
        )
    };
    if around {
        // The way to what was found led too far back for the log.
        front::search(siv);
    }
    retitle(siv);
    siv.set_fps(if waiting { COUNTDOWN_FPS } else { 0 });
    if online {
        settle(siv, &own_nick);
    }
    if app(siv).asked != question {
        front::close_form(siv);
        app(siv).asked.clone_from(&question);
        if let Some(question) = question {
            front::ask(siv, question, &own_nick);
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

/// Keeps what the connect dialog is to begin with next time, once it has proved right, and under which name one is known.
fn settle(siv: &mut Cursive, nick: &str) {
    let app = app(siv);
    nick.clone_into(&mut app.connect.nick);
    app.session.named(nick);
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

/// The terminal got the focus or lost it.
fn focus(siv: &mut Cursive, focused: bool) {
    app(siv).focused = focused;
    siv.call_on_name(chat::NAME, |chat: &mut Chat| chat.focus(focused));
}

/// Somebody at this server calls this person.
fn call_person(siv: &mut Cursive, server: &str, call: &Call) {
    let sink = siv.cb_sink().clone();
    let App { look, alerts, .. } = app(siv);
    // A notice may have waited while other settings were made: how it is told is decided now.
    let tell = move |notice: Notice| {
        let tell = move |siv: &mut Cursive| {
            let App { look, caret, .. } = self::app(siv);
            caret.tell(&look.alert.of(&notice));
        };
        // Nobody reads it any more once the program ends.
        let _ = sink.send(Box::new(tell));
    };
    alerts.get_or_insert_with(|| Alerts::new(tell)).tell(server, call, look.alert, look.language);
}

/// Leaves this chat and asks for another server.
fn elsewhere(siv: &mut Cursive) {
    let App { session, asked, password, .. } = app(siv);
    if session.replace(None) {
        // It was for the server that is left; another one must not learn it.
        *password = None;
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
            front::close_search(siv);
            return;
        }
        app(siv).session.say_goodbye();
    }
    siv.quit();
}
