//! The life of the server: start, serve, stop.

use std::io::{self, IsTerminal, Write};

use async_channel::Sender;
use async_signal::{Signal, Signals};
use parlor_core::hub::HubConfig;
use parlor_core::store::MemoryStore;
use parlor_core::wire::Dialect;
use parlor_transport_tcp::hub_loop::{Service, serve};
use parlor_transport_tcp::listen::Listening;
use parlor_transport_tcp::target::Target;
use smol::stream::StreamExt;
use tracing_subscriber::filter::LevelFilter;

use crate::data_dir::DataDir;
use crate::settings::{Listen, Settings};
use crate::store::{self, DurableStore, Opened, Options};
use crate::{lan, listeners, record};

/// Serves until SIGINT or SIGTERM.
///
/// # Errors
/// One plain sentence if it cannot start.
pub fn run(settings: Settings) -> Result<(), String> {
    start_log(settings.log.into());
    raise_file_limit();
    let data = settings.data.as_deref().map(DataDir::take).transpose()?;
    let history = data.as_ref().map(|data| open_history(data, &settings)).transpose()?;
    let listening = listeners::open(&settings.listen)?;
    let (stop, stopped) = async_channel::bounded(1);
    if settings.until_stdin_ends {
        stop_on_end_of_input(stop.clone())?;
    }
    stop_on_signal(stop)?;
    let record = settings.record.as_deref().map(record::begin).transpose()?;
    tell_start(&settings, data.as_ref(), &listening);
    announce(&listening);
    let config = HubConfig {
        limits: settings.limits,
        default_room: settings.default_room,
        server: concat!("parlor/", env!("CARGO_PKG_VERSION")).into(),
        password: settings.password.is_some(),
    };
    let listeners = listening.into_iter().map(|(url, listener)| (url.dialect, listener)).collect();
    let (seed, stop) = (seed()?, stopped);
    let served = match history {
        // Serving over, the store is dropped: everything is on the disk then.
        Some(Opened { store, answers }) => {
            serve(Service { config, seed, listeners, store, answers: Some(answers), stop, record })
        }
        None => {
            let store = MemoryStore::new(settings.memory, self::seed()?, settings.password);
            serve(Service { config, seed, listeners, store, answers: None, stop, record })
        }
    };
    served.map_err(|error| {
        format!("The server cannot wait for connections: {}. Allow it more open files.", plain(&error))
    })?;
    tracing::info!("stopped");
    Ok(())
}

/// Opens the database of a data directory, or makes it.
fn open_history(data: &DataDir, settings: &Settings) -> Result<Opened, String> {
    let options =
        Options { password: settings.password.clone(), retention: settings.retention.clone(), ..Options::default() };
    DurableStore::open(&data.path().join(store::FILE), options)
}

/// An error of the system in words, without its number.
pub fn plain(error: &io::Error) -> String {
    let text = error.to_string();
    let end = text.find(" (os error").unwrap_or(text.len());
    text[..end].to_lowercase()
}

fn start_log(level: LevelFilter) {
    let terminal = io::stderr().is_terminal();
    let log = tracing_subscriber::fmt().with_writer(io::stderr).with_target(false).with_ansi(terminal);
    // Fails only where a log runs already, as in tests that run the server twice.
    let _ = log.with_max_level(level).try_init();
}

/// Every connection is an open file; the usual limit is a thousand, the allowed one far more.
fn raise_file_limit() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
        if current != maximum && setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum }).is_err() {
            tracing::debug!("the limit on open files stays as it is");
        }
    }
}

fn seed() -> Result<[u8; 32], String> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(|_| "The system gives no random numbers.")?;
    Ok(seed)
}

/// Waits for the signals on a thread of its own: the hub's loop keeps this one.
fn stop_on_signal(stop: Sender<()>) -> Result<(), String> {
    let cannot = |error: io::Error| format!("The server cannot listen for signals: {}.", plain(&error));
    let mut signals = Signals::new([Signal::Int, Signal::Term]).map_err(cannot)?;
    let wait = move || {
        if let Some(Ok(signal)) = smol::block_on(signals.next()) {
            let name = if signal == Signal::Int { "SIGINT" } else { "SIGTERM" };
            tracing::info!("{name}: saying goodbye");
        }
        // That is the message.
        stop.close();
    };
    std::thread::Builder::new().name("parlor-signals".into()).spawn(wait).map(drop).map_err(cannot)
}

/// Reads standard input to its end, on a thread of its own: it ends at the latest with the program that started this
/// one, however that ended.
fn stop_on_end_of_input(stop: Sender<()>) -> Result<(), String> {
    let wait = move || {
        // What is written there means nothing.
        let _ = io::copy(&mut io::stdin().lock(), &mut io::sink());
        tracing::info!("standard input is at its end: saying goodbye");
        stop.close();
    };
    let thread = std::thread::Builder::new().name("parlor-input".into()).spawn(wait);
    thread.map(drop).map_err(|error| format!("The server cannot read standard input: {}.", plain(&error)))
}

/// What a person who starts the server should know.
fn tell_start(settings: &Settings, data: Option<&DataDir>, listening: &[Listening]) {
    tracing::info!("parlor-server {}, process {}", env!("CARGO_PKG_VERSION"), std::process::id());
    match data {
        Some(data) => {
            tracing::info!("history and identities are kept in {}", data.path().join(store::FILE).display());
        }
        None => tracing::info!("history and identities are kept in memory until the server stops"),
    }
    if let Some(record) = &settings.record {
        tracing::info!("everything that is said is recorded in {}", record.display());
    }
    if settings.listen == Listen::Lan {
        tell_addresses(listening);
    }
    if listening.iter().any(|(url, _)| lan::is_open_to_others(url)) {
        match settings.password {
            None => tracing::warn!("no password, not encrypted: whoever reaches this machine can join and read"),
            Some(_) => tracing::warn!("not encrypted: whoever listens on the network can read, the password too"),
        }
    }
    let tutorials = listening.iter().any(|(url, _)| url.dialect != Dialect::Native);
    if settings.password.is_some() && tutorials {
        tracing::warn!("tutorial clients cannot give a password, so they are turned away");
    }
}

fn tell_addresses(listening: &[Listening]) {
    for (url, _) in listening {
        let urls = lan::urls_for_others(url);
        if urls.is_empty() {
            tracing::warn!("this machine has no network address to give to others");
            return;
        }
        let urls: Vec<String> = urls.iter().map(Target::to_string).collect();
        tracing::info!("others on your network connect to {}", urls.join(" or "));
    }
}

/// The lines on standard output that other programs wait for.
fn announce(listening: &[Listening]) {
    let mut out = io::stdout().lock();
    // Nobody may be reading; that is no reason not to serve.
    for (url, _) in listening {
        let _ = writeln!(out, "listening on {url}");
    }
    let _ = writeln!(out, "Server is running...");
    let _ = out.flush();
}
