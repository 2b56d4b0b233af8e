//! The program between eframe and the two screens: the dialog and the chat.

use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use eframe::egui::{self, Key, Modifiers, Ui, ViewportCommand};
use parlor_core::client::{Intent, Keepsake, Link, Question};
use parlor_core::secret::Secret;
use parlor_core::words::Language;
use parlor_face::kept::Kept;
use parlor_face::notify::Notifier;
use parlor_face::settings::Settings;
use parlor_face::words::Words as _;
use parlor_face::writer::Writer;
use parlor_transport_tcp::session::Session;
use parlor_transport_tcp::target::Target;

use crate::banner::Asked;
use crate::bell::Bell;
use crate::chat::Chat;
use crate::chosen::Chosen;
use crate::connect::{Aim, Form};
use crate::hosting::{Hosting, News};
use crate::leave::Leave;
use crate::preferences::Preferences;
use crate::talk::{Leaving, Screen, Talk};
use crate::theme;

/// How long closing the window waits for the goodbye to be said. The machine itself gives up after 3 s on the servers that
/// may not answer, and is to come first.
const GOODBYE: Duration = Duration::from_millis(3_500);

/// How long one that was cut short may take to keep what was not said.
const CUT_SHORT: Duration = Duration::from_millis(500);

/// Makes a session with a server for a nickname, of which this was kept; the bell tells when there is something to see.
pub type Dial = Box<dyn FnMut(&Target, &str, Keepsake, &Bell) -> Session>;

/// Whom to join once one has left there.
struct Next {
    target: Target,
    nick: String,
    /// The password of this window's own server.
    answer: Option<Secret>,
    since: Instant,
    /// The goodbye was cut short.
    hurried: bool,
}

/// The desktop client.
pub struct App {
    dial: Dial,
    kept: Option<Kept>,
    screen: Screen,
    form: Form,
    trouble: Option<String>,
    leave: Leave,
    preferences: Preferences,
    notifier: Option<Notifier>,
    hosting: Hosting,
    /// Those whose goodbye is being said.
    leaving: Leaving,
    next: Option<Next>,
    /// The system wants the program to end.
    ending: Arc<AtomicBool>,
}

impl App {
    /// A client that asks whom to connect to, in a dialog that begins with `form`. What the next start should know
    /// goes into `kept`.
    pub fn asking(ctx: &egui::Context, form: Form, kept: Option<Kept>, dial: Dial) -> Self {
        theme::install(ctx);
        let preferences = Preferences::new(ctx, kept.as_ref());
        Self {
            dial,
            kept,
            screen: Screen::Dialog(None),
            form,
            trouble: None,
            leave: Leave::default(),
            preferences,
            notifier: None,
            hosting: Hosting::default(),
            leaving: Leaving::default(),
            next: None,
            ending: Arc::default(),
        }
    }

    /// Lets these settings hold. Without this, the window speaks English and everything else is as at first.
    pub fn set(&mut self, ctx: &egui::Context, settings: Settings) {
        Chosen::set(ctx, settings);
        if let Some(talk) = self.screen.talk() {
            talk.chat.session().intent(Intent::Set(Chosen::of(ctx).options()));
        }
    }

    /// Tells by this one that the person is called while they look elsewhere. Without it, nobody is told.
    pub fn notify_by(&mut self, notifier: Notifier) {
        self.notifier = Some(notifier);
    }

    /// Where the server's program is, for hosting; without this it is looked for.
    pub fn host_with(&mut self, program: PathBuf) {
        self.hosting.program = Some(program);
    }

    /// To be called from any thread once the system wants the program to end: the window closes with a goodbye, without
    /// asking anything.
    pub fn ender(&self, ctx: &egui::Context) -> impl Fn() + Send + 'static {
        let (ending, ctx) = (self.ending.clone(), ctx.clone());
        move || {
            ending.store(true, Ordering::Release);
            ctx.request_repaint();
        }
    }

    /// Connects without asking. A session that goes on says goodbye; one under the same name at the same server is waited for
    /// first, so that the name is free and what was not sent there is found.
    pub fn connect(&mut self, ctx: &egui::Context, target: &Target, nick: &str) {
        self.keep(Chosen::of(ctx).language);
        self.form = Form::new(target, nick);
        if let Screen::Chat(before) | Screen::Dialog(Some(before)) =
            std::mem::replace(&mut self.screen, Screen::Dialog(None))
        {
            self.leaving.add(*before);
        }
        let since = Instant::now();
        self.next = Some(Next { target: target.clone(), nick: nick.to_owned(), answer: None, since, hurried: false });
        self.go_on(ctx);
    }

    /// Connects to whom is to be connected to, once that can be.
    fn go_on(&mut self, ctx: &egui::Context) {
        let Some(next) = &mut self.next else { return };
        if self.leaving.holds(&next.target, &next.nick) {
            let waited = next.since.elapsed();
            if waited >= GOODBYE && !std::mem::replace(&mut next.hurried, true) {
                self.leaving.hurry(&next.target, &next.nick);
            }
            let until = if waited < GOODBYE { GOODBYE } else { GOODBYE + CUT_SHORT };
            if let Some(left) = until.checked_sub(waited).filter(|left| !left.is_zero()) {
                self.trouble = Some(Chosen::of(ctx).language.saying_goodbye());
                return ctx.request_repaint_after(left);
            }
        }
        let Some(next) = self.next.take() else { return };
        let waits = Chosen::of(ctx).language.saying_goodbye();
        self.trouble.take_if(|trouble| *trouble == waits);
        self.join(ctx, next);
    }

    fn join(&mut self, ctx: &egui::Context, Next { target, nick, answer, .. }: Next) {
        let mut bell = Bell::new(ctx.clone());
        let server = target.authority();
        let mut keepsake = Keepsake::default();
        if let Some(kept) = self.kept.clone() {
            keepsake = kept.keepsake(&server, &nick).value;
            let (theirs, began) = (bell.clone(), keepsake.clone());
            bell.write_with(Writer::start(kept, target.clone(), &nick, began, move |fault| theirs.complain(fault)));
        }
        let session = (self.dial)(&target, &nick, keepsake, &bell);
        session.intent(Intent::Set(Chosen::of(ctx).options()));
        self.screen = Screen::Chat(Box::new(Talk { server, nick, chat: Chat::new(session), bell, answer }));
        ctx.request_repaint();
    }

    /// Tells the person about something that does not stop anything.
    pub fn warn(&mut self, sentence: String) {
        self.trouble = Some(sentence);
    }

    /// Hears what the session's thread has to tell, also while the window is hidden.
    fn listen(&mut self, ctx: &egui::Context) {
        let in_front = matches!(self.screen, Screen::Chat(_));
        let Some(Talk { chat, bell, answer, .. }) = self.screen.talk_mut() else { return };
        let seen = in_front && is_watched(ctx);
        if !seen {
            chat.look_away();
        }
        bell.quiet();
        let calls = bell.take_calls();
        if !calls.is_empty() && !seen {
            let attention = egui::UserAttentionType::Informational;
            ctx.send_viewport_cmd(ViewportCommand::RequestUserAttention(attention));
            let chosen = Chosen::of(ctx);
            if let Some(notifier) = &self.notifier {
                let server = chat.session().state().address.clone();
                calls
                    .iter()
                    .for_each(|call| notifier.tell(&server, call, chosen.settings.notifications, chosen.language));
            }
        }
        let over = matches!(chat.session().state().link, Link::Closed { why: None });
        if over && bell.is_finished() {
            ctx.send_viewport_cmd(ViewportCommand::Close);
        }
        let asked = matches!(chat.session().state().question, Some(Question::Password { .. }));
        if let Some(password) = answer.take_if(|_| asked) {
            chat.session().intent(Intent::Password(password));
        }
        self.keep(Chosen::of(ctx).language);
    }

    /// Hears what the server of this window has to tell, if there is one.
    fn host(&mut self, ctx: &egui::Context) {
        match self.hosting.look(Chosen::of(ctx).language) {
            Some(News::Runs(target)) => {
                let nick = self.form.nick.trim().to_owned();
                self.trouble = None;
                self.connect(ctx, &target, &nick);
                let answer = self.hosting.take_answer();
                match (&mut self.next, self.screen.talk_mut()) {
                    (Some(Next { answer: theirs, .. }), _) | (None, Some(Talk { answer: theirs, .. })) => {
                        *theirs = answer
                    }
                    (None, None) => {}
                }
            }
            Some(News::Ended(sentence)) => self.warn(sentence),
            None => {}
        }
        if let Some(talk) = self.screen.talk_mut() {
            talk.chat.hosting = self.hosting.is_running();
        }
    }

    /// Whether something of the program's lies over the screen.
    fn is_covered(&self) -> bool {
        self.leave.is_open() || self.preferences.is_open() || self.hosting.is_open()
    }

    /// Puts the dialog over the chat.
    fn open_dialog(&mut self) {
        if let Some(over) = self.screen.open_dialog() {
            self.leaving.add(over);
        }
    }

    /// What the person wants beyond the chat.
    fn follow(&mut self, ui: &Ui, asked: Asked) {
        match asked {
            Asked::Dialog => self.open_dialog(),
            Asked::Dismiss => self.trouble = None,
            Asked::Settings => self.preferences.open(),
            Asked::Addresses => self.hosting.show_addresses(),
        }
        ui.request_repaint();
    }

    /// Goes where the dialog leads.
    fn go(&mut self, ui: &Ui, aim: Aim) {
        match aim {
            Aim::Join(target, nick) => {
                self.trouble = None;
                self.connect(ui.ctx(), &target, &nick);
            }
            Aim::Back => self.screen.close_dialog(),
            Aim::Host if self.hosting.is_running() => self.hosting.show_addresses(),
            Aim::Host => self.hosting.ask(),
            Aim::Settings => self.preferences.open(),
        }
        ui.request_repaint();
    }

    /// Lets it be known as whom one is in, and hears what could not be kept.
    fn keep(&mut self, language: Language) {
        let Some(Talk { chat, bell, .. }) = self.screen.talk() else { return };
        {
            let state = chat.session().state();
            if state.link == Link::Online {
                bell.named(state.own_nick());
            }
        }
        if let Some(fault) = bell.take_trouble() {
            self.trouble = Some(fault.sentence(language));
        }
    }

    /// Takes over what was chosen, and keeps it.
    fn choose(&mut self, ctx: &egui::Context) {
        let Some(settings) = Chosen::asked(ctx) else { return };
        let before = Chosen::of(ctx).settings.clone();
        if settings == before {
            return;
        }
        self.preferences.keep(&before, &settings);
        self.set(ctx, settings);
    }

    /// The window is to be closed, perhaps while it is hidden.
    fn close(&mut self, ctx: &egui::Context) {
        let hosting = self.hosting.is_running();
        let may = match self.screen.talk() {
            _ if self.is_ending() => true,
            None => self.leave.may_close(ctx, None, hosting),
            Some(talk) => self.leave.may_close(ctx, Some(&talk.chat.session().state()), hosting),
        };
        if may {
            // The goodbye may take a moment: nobody should have to watch a window that does not answer.
            ctx.send_viewport_cmd(ViewportCommand::Visible(false));
        }
    }

    fn is_ending(&self) -> bool {
        self.ending.load(Ordering::Acquire)
    }

    fn say_goodbye(&mut self) {
        if let Some(talk) = self.screen.talk() {
            talk.chat.session().intent(Intent::Quit);
        }
        let all = || self.screen.talk().into_iter().chain(self.leaving.iter());
        let sessions: Vec<_> = all().map(|talk| talk.chat.session().clone()).collect();
        Session::finish_all(&sessions, GOODBYE);
        // The window's own server has heard the goodbye, and needs nothing of what is kept here.
        self.hosting.end();
        let writers: Vec<_> = all().filter_map(|talk| talk.bell.writer()).collect();
        let faults = [Writer::finish_all(writers.into_iter()), self.preferences.finish_writing()];
        for fault in faults.into_iter().flatten() {
            // There is no window any more to say it in.
            let _ = writeln!(std::io::stderr(), "parlor-gui: {}", fault.sentence(Language::English));
        }
    }
}

impl eframe::App for App {
    fn logic(&mut self, ctx: &egui::Context, _frame: &mut eframe::Frame) {
        if self.is_ending() {
            ctx.send_viewport_cmd(ViewportCommand::Close);
        }
        self.listen(ctx);
        self.host(ctx);
        self.go_on(ctx);
        if let Some(fault) = self.preferences.take_trouble() {
            self.warn(fault.sentence(Chosen::of(ctx).language));
        }
        if viewport(ctx).is_some_and(|viewport| viewport.close_requested()) {
            self.close(ctx);
        }
    }

    fn ui(&mut self, ui: &mut Ui, _frame: &mut eframe::Frame) {
        if ui.input_mut(|input| input.consume_key(Modifiers::COMMAND, Key::Q)) {
            ui.ctx().send_viewport_cmd(ViewportCommand::Close);
        }
        self.preferences.take_keys(ui);
        let covered = self.is_covered();
        if !covered && ui.input_mut(|input| input.consume_key(Modifiers::COMMAND, Key::O)) {
            self.open_dialog();
        }
        match &mut self.screen {
            Screen::Dialog(behind) => {
                let back = behind.as_ref().map(|talk| talk.chat.session().state().address.clone());
                let aim = self.form.show(ui, self.trouble.as_deref(), back.as_deref(), covered);
                let state = behind.as_ref().map(|talk| talk.chat.session().state());
                self.leave.show(ui, state.as_deref(), self.hosting.is_running(), self.kept.is_some());
                drop(state);
                if let Some(aim) = aim {
                    self.go(ui, aim);
                }
            }
            Screen::Chat(talk) => {
                let asked = talk.chat.show(ui, self.trouble.as_deref(), covered);
                let state = talk.chat.session().state();
                self.leave.show(ui, Some(&state), self.hosting.is_running(), self.kept.is_some());
                drop(state);
                if let Some(asked) = asked {
                    self.follow(ui, asked);
                }
            }
        }
        self.preferences.show(ui);
        self.hosting.show(ui);
        self.choose(ui.ctx());
    }

    fn on_exit(&mut self, _gl: Option<&eframe::glow::Context>) {
        self.say_goodbye();
    }
}

/// How the window stands now, also while it is hidden and nothing is drawn.
fn viewport(ctx: &egui::Context) -> Option<egui::ViewportInfo> {
    ctx.input(|input| input.raw.viewports.get(&input.raw.viewport_id).cloned())
}

/// Whether somebody sees the window and works with it.
pub(crate) fn is_watched(ctx: &egui::Context) -> bool {
    ctx.input(|input| input.raw.focused) && viewport(ctx).and_then(|viewport| viewport.visible()) != Some(false)
}
