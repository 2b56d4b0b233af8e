//! A real hub on loopback, and the real program beside it.
#![allow(dead_code, reason = "each test file needs another part")]

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, Output, Stdio};
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::mpsc::{self, Receiver};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use parlor_core::hub::HubConfig;
use parlor_core::limits::Limits;
use parlor_core::name::RoomName;
use parlor_core::secret::Secret;
use parlor_core::store::{MemoryLimits, MemoryStore};
use parlor_core::wire::Dialect;
use parlor_transport_tcp::hub_loop::{Service, serve};
use parlor_transport_tcp::listen::TcpListener;
use tempfile::TempDir;

/// How long any wait lasts at most.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// How many hubs this program has started.
static HUBS: AtomicU8 = AtomicU8::new(1);

/// The hub; stops when dropped.
pub(crate) struct Hub {
    stop: Option<async_channel::Sender<()>>,
    thread: Option<JoinHandle<()>>,
    ports: [u16; 3],
}

impl Hub {
    pub(crate) fn start(password: Option<&str>) -> Self {
        Self::start_at([0; 3], password)
    }

    /// The same on these ports; 0 takes a free one.
    pub(crate) fn start_at(ports: [u16; 3], password: Option<&str>) -> Self {
        let (stop, stopped) = async_channel::bounded(1);
        // A port that was free may be somebody else's for a moment: of another test's connection.
        let bind = |port| {
            let mut bound = None;
            parlor_standins::eventually(|| {
                bound = TcpListener::bind(([127, 0, 0, 1], port).into()).ok();
                bound.is_some()
            });
            bound.expect("the port becomes free")
        };
        let listeners = ports.map(bind);
        let ports = [0, 1, 2].map(|at: usize| listeners[at].local_addr().unwrap().port());
        // Two hubs with one seed would give two histories one name.
        let seed = [HUBS.fetch_add(1, Ordering::Relaxed); 32];
        let store = MemoryStore::new(MemoryLimits::default(), seed, password.map(Secret::new));
        let config = HubConfig {
            limits: Limits::DEFAULT,
            default_room: RoomName::lobby(),
            server: "test".into(),
            password: password.is_some(),
        };
        let listeners = Dialect::ALL.into_iter().zip(listeners).collect();
        let service = Service { config, seed, listeners, store, answers: None, stop: stopped, record: None };
        let thread = std::thread::spawn(move || serve(service).expect("descriptors are left"));
        Self { stop: Some(stop), thread: Some(thread), ports }
    }

    /// The URL under which this dialect is spoken.
    pub(crate) fn url(&self, dialect: Dialect) -> String {
        let at = Dialect::ALL.iter().position(|other| *other == dialect).unwrap();
        format!("{}://127.0.0.1:{}", dialect.scheme(), self.ports[at])
    }

    pub(crate) fn ports(&self) -> [u16; 3] {
        self.ports
    }
}

impl Drop for Hub {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// `parlor-tui --pipe`, running. Killed when dropped.
pub(crate) struct Piped {
    child: Child,
    input: Option<ChildStdin>,
    lines: Receiver<String>,
    seen: Vec<String>,
    /// Where it keeps things.
    _home: TempDir,
}

/// The program, keeping its things in a directory of its own.
pub(crate) fn program(home: &TempDir, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_parlor-tui"));
    command.args(arguments).env_clear().env("HOME", home.path()).env("USER", "nobody");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Runs the program to its end with this input.
pub(crate) fn run(arguments: &[&str], input: &str) -> Output {
    run_of(&tempfile::tempdir().unwrap(), arguments, input)
}

/// The same of the person of this home.
pub(crate) fn run_of(home: &TempDir, arguments: &[&str], input: &str) -> Output {
    feed(program(home, arguments), input)
}

/// The same of a command.
pub(crate) fn feed(mut command: Command, input: &str) -> Output {
    let mut child = command.spawn().unwrap();
    // It may have ended before it read anything.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    wait(&mut child);
    child.wait_with_output().unwrap()
}

#[track_caller]
fn wait(child: &mut Child) {
    let deadline = Instant::now() + PATIENCE;
    while child.try_wait().unwrap().is_none() {
        if Instant::now() > deadline {
            let _ = child.kill();
            panic!("the program did not end");
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

impl Piped {
    pub(crate) fn start(arguments: &[&str]) -> Self {
        let home = tempfile::tempdir().unwrap();
        let mut child = program(&home, arguments).spawn().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let (told, lines) = mpsc::channel();
        std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                if told.send(line).is_err() {
                    return;
                }
            }
        });
        let input = child.stdin.take();
        Self { child, input, lines, seen: Vec::new(), _home: home }
    }

    pub(crate) fn says(&mut self, line: &str) {
        let input = self.input.as_mut().unwrap();
        writeln!(input, "{line}").unwrap();
        input.flush().unwrap();
    }

    /// Waits until it has printed this line.
    #[track_caller]
    pub(crate) fn prints(&mut self, line: &str) {
        self.prints_what(|seen| seen == line, line);
    }

    #[track_caller]
    pub(crate) fn prints_what(&mut self, matches: impl Fn(&str) -> bool, what: &str) {
        let deadline = Instant::now() + PATIENCE;
        while !self.seen.iter().any(|seen| matches(seen)) {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.lines.recv_timeout(left) {
                Ok(line) => self.seen.push(line),
                Err(error) => panic!("{what:?} is not among {:?} ({error})", self.seen),
            }
        }
    }

    /// Forgets what it has printed.
    pub(crate) fn forget(&mut self) {
        self.seen.clear();
    }

    /// Ends the input.
    pub(crate) fn hangs_up(&mut self) {
        self.input = None;
    }

    /// What the system calls it.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Ends the input and waits for the end; the exit code and everything printed.
    #[track_caller]
    pub(crate) fn finish(mut self) -> (i32, Vec<String>) {
        self.input = None;
        self.ends()
    }

    /// Waits for the end, with the input as it is; the exit code and everything printed.
    #[track_caller]
    pub(crate) fn ends(mut self) -> (i32, Vec<String>) {
        wait(&mut self.child);
        let code = self.child.wait().unwrap().code().unwrap_or(-1);
        self.seen.extend(self.lines.iter());
        (code, std::mem::take(&mut self.seen))
    }
}

impl Drop for Piped {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
