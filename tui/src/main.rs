//! `parlor-tui`: chat in the terminal.

use std::io::{self, BufReader};
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use cursive::Cursive;
use parlor_core::secret::Secret;
use parlor_face::kept::{Connect, Kept};
use parlor_transport_tcp::session::Session;
use parlor_transport_tcp::target::Target;
use tui::app::{self, App, Current};
use tui::connect;
use tui::options::Options;
use tui::pipe::{self, Outcome};
use tui::signals;
use tui::style::Colours;
use tui::term::{self, Caret, Term};

/// How long the goodbye may take once the terminal was given back.
const FAREWELL_MAX: Duration = Duration::from_secs(3);
/// How long the screen may take to end after a signal.
const SCREEN_MAX: Duration = Duration::from_secs(1);

fn main() -> ExitCode {
    let options = Options::parse();
    match run(options) {
        Ok(code) => code,
        Err(why) => {
            eprintln!("parlor-tui: {why}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: Options) -> Result<ExitCode, String> {
    let target = options.url.as_deref().map(Target::parse).transpose()?;
    let password = options.password_file.as_deref().map(read_password).transpose()?;
    let kept = Kept::of_this_person().ok();
    let user = ["USER", "LOGNAME", "USERNAME"].into_iter().find_map(|name| std::env::var(name).ok());
    let connect = kept.as_ref().map_or_else(Connect::default, |kept| kept.connect().value);
    let mut connect = connect::first_values(connect, user.as_deref());
    if let Some(nick) = options.nick {
        connect.nick = nick;
    }
    match target {
        Some(target) if options.pipe => pipe(target, &connect.nick, password, kept.as_ref(), options.json),
        target => screen(target, connect, password, kept),
    }
}

fn read_password(path: &Path) -> Result<Secret, String> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| format!("The password file {} cannot be read: {error}.", path.display()))?;
    Ok(Secret::new(text.trim_end_matches(['\r', '\n'])))
}

fn pipe(
    target: Target,
    nick: &str,
    password: Option<Secret>,
    kept: Option<&Kept>,
    json: bool,
) -> Result<ExitCode, String> {
    if nick.is_empty() {
        return Err("Please choose a nickname with --nick NAME: it is what the others see.".into());
    }
    let nick = connect::check_nick(&target, nick)?;
    let authority = target.authority();
    let token = kept.and_then(|kept| kept.token(&authority, &nick).value);
    let profile = app::profile(&target, &nick, token, password);
    let outcome = pipe::run(
        |face| Session::start(target, profile, face),
        BufReader::new(io::stdin()),
        io::stdout(),
        io::stderr(),
        json,
        |nick, token| pipe::keep(kept, &authority, nick, token),
    );
    match outcome {
        Outcome::Done => Ok(ExitCode::SUCCESS),
        Outcome::Failed(why) => Err(why),
        Outcome::Signalled(signal) => Ok(ExitCode::from(u8::try_from(128 + signal).unwrap_or(1))),
    }
}

fn screen(
    target: Option<Target>,
    connect: Connect,
    password: Option<Secret>,
    kept: Option<Kept>,
) -> Result<ExitCode, String> {
    let colours = Colours::detect(|name| std::env::var(name).ok());
    let caret = Caret::default();
    let backend = Term::init(caret.clone(), colours != Colours::None)
        .map_err(|_| "There is no terminal to draw on; for scripts there is --pipe.".to_owned())?;
    restore_on_panic();
    let mut siv = Cursive::new();
    let nick = connect.nick.clone();
    let current = Current::default();
    app::install(&mut siv, App { kept, connect, password, session: current.clone(), ..App::new(colours, caret) });
    match target {
        Some(target) => match connect::check_nick(&target, &nick) {
            Ok(nick) => app::start(&mut siv, target, &nick),
            // The dialog says why and asks for another.
            Err(why) => app::ask_first(&mut siv, target, &why),
        },
        None => connect::dialog(&mut siv),
    }
    leave_on_signal(&siv, current.clone());
    siv.runner(backend).run();
    // The goodbye is on its way; a second one would cut it short.
    if let Some(session) = current.get() {
        session.wait_finished(FAREWELL_MAX);
    }
    Ok(ExitCode::SUCCESS)
}

/// Says goodbye on a signal. The screen may be unable to end by itself: once its terminal is gone, reading from that
/// never returns.
fn leave_on_signal(siv: &Cursive, current: Current) {
    let sink = siv.cb_sink().clone();
    signals::watch(move |signal| {
        current.leave(FAREWELL_MAX);
        let _ = sink.send(Box::new(app::quit));
        std::thread::sleep(SCREEN_MAX);
        term::restore();
        std::process::exit(128 + signal);
    });
}

/// A fault of the program itself: the terminal is given back before it is told, and the program ends, whichever of
/// its threads it was.
fn restore_on_panic() {
    std::panic::set_hook(Box::new(|fault| {
        term::restore();
        let fault = fault.to_string().replace('\n', " ");
        eprintln!("parlor-tui: A fault in the program has ended it; please report it. {fault}");
        std::process::exit(101);
    }));
}
