//! `parlor-tui`: chat in the terminal.

use std::io::{self, BufReader, IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use clap::Parser;
use cursive::Cursive;
use parlor_core::name::Nick;
use parlor_core::secret::Secret;
use parlor_core::words::Language;
use parlor_face::kept::{Connect, Kept};
use parlor_transport_tcp::session::Session;
use parlor_transport_tcp::target::Target;
use tui::app::{self, App, Current};
use tui::connect;
use tui::links::Links;
use tui::look::Look;
use tui::options::Options;
use tui::pipe::names::Names;
use tui::pipe::{self, Identity, Outcome, PipeFace, Terms};
use tui::term::{Caret, GiveBack, Term};

/// How long the goodbye may take once the terminal was given back. The machine itself gives up after 3 s on the servers
/// that may not answer, and is to come first.
const FAREWELL_MAX: Duration = Duration::from_millis(3_500);
/// How long the screen may take to end after a signal.
const SCREEN_MAX: Duration = Duration::from_secs(1);

/// Why the program could not do what it was asked to.
enum Failure {
    /// What the command line says cannot be right.
    Usage(String),
    /// Anything else.
    Other(String),
}

impl Failure {
    /// For those who read the exit code.
    const USAGE: u8 = 2;
    const TIMED_OUT: u8 = 3;
}

fn main() -> ExitCode {
    let options = Options::parse();
    let (why, code) = match run(options) {
        Ok(code) => return code,
        Err(Failure::Usage(why)) => (why, ExitCode::from(Failure::USAGE)),
        Err(Failure::Other(why)) => (why, ExitCode::FAILURE),
    };
    complain(&why);
    code
}

/// Tells what went wrong. Standard error may be closed, or of a terminal that is: that is no fault of its own.
fn complain(why: &str) {
    let _ = writeln!(io::stderr(), "parlor-tui: {why}");
}

fn run(options: Options) -> Result<ExitCode, Failure> {
    let target = options.url.as_deref().map(Target::parse).transpose().map_err(Failure::Usage)?;
    let password = options.password_file.as_deref().map(read_password).transpose().map_err(Failure::Other)?;
    let kept = Kept::of_this_person().ok();
    let user = ["USER", "LOGNAME", "USERNAME"].into_iter().find_map(|name| std::env::var(name).ok());
    let connect = kept.as_ref().map_or_else(Connect::default, |kept| kept.connect().value);
    let mut connect = connect::first_values(connect, user.as_deref());
    if let Some(nick) = &options.nick {
        connect.nick.clone_from(nick);
    }
    match target {
        Some(target) if options.pipe => pipe(target, connect.nick, password, kept, &options),
        target => screen(target, connect, password, kept, &options).map_err(Failure::Other),
    }
}

fn read_password(path: &Path) -> Result<Secret, String> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| format!("The password file {} cannot be read: {error}.", path.display()))?;
    Ok(Secret::new(text.trim_end_matches(['\r', '\n'])))
}

fn pipe(
    target: Target,
    nick: String,
    password: Option<Secret>,
    kept: Option<Kept>,
    options: &Options,
) -> Result<ExitCode, Failure> {
    let nick = match nick.is_empty() && options.nick.is_none() {
        // Where the system does not even say who runs it.
        true => Nick::coerce("").as_str().to_owned(),
        false => connect::check_nick(&target, &nick, Language::English).map_err(Failure::Usage)?,
    };
    let stdin = io::stdin();
    let terms = Terms {
        json: options.json,
        once: options.once,
        wait: options.wait.map(Duration::from_secs),
        history: options.history.into(),
        room: target.room.clone(),
        terminal: stdin.is_terminal(),
    };
    let names = Names::new(nick, options.nick.is_some());
    let who = Somebody { target, password, kept, tried: None };
    match pipe::run(who, names, terms, BufReader::new(stdin), io::stdout(), io::stderr()) {
        Outcome::Done => Ok(ExitCode::SUCCESS),
        Outcome::Failed(why) => Err(Failure::Other(why)),
        Outcome::TimedOut => {
            complain("No message came in time.");
            Ok(ExitCode::from(Failure::TIMED_OUT))
        }
        Outcome::Signalled(signal) => Ok(ended_by(u8::try_from(signal).unwrap_or_default())),
    }
}

/// The person who runs a pipe.
struct Somebody {
    target: Target,
    password: Option<Secret>,
    kept: Option<Kept>,
    /// With which token the nickname was tried last.
    tried: Option<Secret>,
}

impl Somebody {
    fn token(&self, nick: &str) -> Option<Secret> {
        self.kept.as_ref().and_then(|kept| kept.token(&self.target.authority(), nick).value)
    }
}

impl Identity for Somebody {
    fn dial(&mut self, nick: &str, face: PipeFace) -> Session {
        self.tried = self.token(nick);
        let profile = app::profile(&self.target, nick, self.tried.clone(), self.password.clone());
        Session::start(self.target.clone(), profile, face)
    }

    fn known_now(&mut self, nick: &str) -> bool {
        let token = self.token(nick);
        token.is_some() && token != self.tried
    }

    fn keep(&mut self, nick: &str, token: &Secret) {
        if let Some(kept) = &self.kept {
            // Without the token the nickname is taken until the server frees it, and the server says so then.
            let _ = kept.remember(&self.target.authority(), nick, token);
        }
    }
}

fn screen(
    target: Option<Target>,
    connect: Connect,
    password: Option<Secret>,
    kept: Option<Kept>,
    options: &Options,
) -> Result<ExitCode, String> {
    let variable = |name: &str| std::env::var(name).ok();
    let read = kept.as_ref().map(Kept::settings).unwrap_or_default();
    let settings = read.settings;
    let trouble = read.troubles.first().map(|trouble| trouble.sentence(settings.speech()));
    let look = Look::choose(options, &settings, variable);
    let caret = Caret::new(if Links::are_known(variable) { Links::followed() } else { Links::default() });
    let (backend, give_back) = Term::init(caret.clone(), look)
        .map_err(|_| "There is no terminal to draw on; for scripts there is --pipe.".to_owned())?;
    give_back_on_panic(give_back.clone());
    let mut siv = Cursive::new();
    let nick = connect.nick.clone();
    let current = Current::default();
    let signal = leave_on_signal(&siv, current.clone(), give_back);
    app::install(
        &mut siv,
        App { settings, kept, connect, password, trouble, session: current.clone(), ..App::new(look, caret) },
    );
    match target {
        Some(target) => match connect::check_nick(&target, &nick, look.language) {
            Ok(nick) => app::start(&mut siv, target, &nick),
            // The dialog says why and asks for another.
            Err(why) => app::ask_first(&mut siv, target, &why),
        },
        None => connect::dialog(&mut siv),
    }
    siv.runner(backend).run();
    // The goodbye is on its way; a second one would cut it short.
    if let Some(fault) = current.wait(FAREWELL_MAX) {
        complain(&fault.sentence(Language::English));
    }
    Ok(ended_by(signal.load(Ordering::Acquire)))
}

/// The exit code after a signal; after 0, of a program that ended because it was done.
fn ended_by(signal: u8) -> ExitCode {
    if signal == 0 { ExitCode::SUCCESS } else { ExitCode::from(128 + signal) }
}

/// Says goodbye on a signal, and ends where the screen does not. Which signal it was is told in what is returned.
fn leave_on_signal(siv: &Cursive, current: Current, give_back: GiveBack) -> Arc<AtomicU8> {
    let sink = siv.cb_sink().clone();
    let told = Arc::<AtomicU8>::default();
    let ours = told.clone();
    parlor_face::signals::watch(move |signal| {
        ours.store(u8::try_from(signal).unwrap_or_default(), Ordering::Release);
        let fault = current.leave(FAREWELL_MAX);
        let _ = sink.send(Box::new(app::quit));
        std::thread::sleep(SCREEN_MAX);
        give_back.now();
        if let Some(fault) = fault {
            complain(&fault.sentence(Language::English));
        }
        std::process::exit(128 + signal);
    });
    told
}

/// A fault of the program itself: the terminal is given back before it is told, and the program ends, whichever of
/// its threads it was.
fn give_back_on_panic(give_back: GiveBack) {
    std::panic::set_hook(Box::new(move |fault| {
        // One that takes nothing would not take this either.
        if give_back.now() {
            let fault = fault.to_string().replace('\n', " ");
            complain(&format!("A fault in the program has ended it; please report it. {fault}"));
        }
        std::process::exit(101);
    }));
}
