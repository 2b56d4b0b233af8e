//! Servers under test, each in a process of its own.

use std::env;
use std::fs::Permissions;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use tempfile::NamedTempFile;

use crate::bare::{Bare, Style};
use crate::os::{apart, pid_of, processor_time};
use crate::speech::{Speech, Target};

/// Set in the environment of a process that [`Running::bare`] starts: it is to be that bare server and nothing else.
const ROLE: &str = "PARLOR_BENCH_BARE";
/// A server binary to measure in place of the one built from this tree.
const SERVER: &str = "PARLOR_SERVER";
const START_WITHIN: Duration = Duration::from_secs(20);

/// Serves as a bare server and ends the process, if that is what this process was started for. Every program that
/// uses [`Running::bare`] calls this first.
pub fn be_bare_if_asked() {
    let style = match env::var(ROLE).as_deref() {
        Ok("A") => Style::Lines,
        Ok("B") => Style::Turns,
        Ok(_) | Err(_) => return,
    };
    let local = "127.0.0.1:0".parse().expect("a literal address");
    let served = Bare::listen(local, style).and_then(|bare| {
        println!("listening on bare://{}", bare.address()?);
        bare.serve()
    });
    let Err(error) = served;
    eprintln!("The bare server ended: {error}.");
    std::process::exit(1);
}

/// A server process, on a processor of its own where there are two ([`apart`]). Dropping it stops it, and waits until
/// it has stopped.
#[derive(Debug)]
pub struct Running {
    child: Child,
    targets: Vec<Target>,
    log: Log,
    /// Live as long as the server, which reads them at its start.
    _files: Vec<NamedTempFile>,
}

type Log = Arc<Mutex<Vec<(Instant, String)>>>;

impl Running {
    /// Starts this very program again as a bare server.
    ///
    /// # Errors
    /// One sentence, if it cannot be started or does not listen within 20 s.
    pub fn bare(style: Style) -> Result<Self, String> {
        let program = env::current_exe().map_err(|e| format!("This program does not know where it is: {e}."))?;
        let mut command = command(&program);
        command.env(ROLE, style.letter().to_string());
        Self::start(&format!("Bare {}", style.letter()), command, 1, Vec::new())
    }

    /// Starts `parlor-server` with embedded memory storage, native and prompt listeners on free ports of 127.0.0.1,
    /// and this configuration (TOML).
    ///
    /// # Errors
    /// One sentence, if it cannot be started or does not listen within 20 s.
    pub fn parlor(binary: &Path, config: &str) -> Result<Self, String> {
        Self::configured(binary, config, |command| command.arg("--memory"))
    }

    /// The same with its history in this directory.
    ///
    /// # Errors
    /// One sentence, if it cannot be started or does not listen within 20 s.
    pub fn parlor_keeping(binary: &Path, config: &str, data: &Path) -> Result<Self, String> {
        Self::configured(binary, config, |command| command.arg("--data").arg(data))
    }

    fn configured(
        binary: &Path,
        config: &str,
        storage: impl FnOnce(&mut Command) -> &mut Command,
    ) -> Result<Self, String> {
        let file = config_file(config)?;
        let mut command = command(binary);
        command.args(["--listen", "parlor://127.0.0.1:0", "--listen", "prompt://127.0.0.1:0", "--config"]);
        storage(command.arg(file.path()));
        Self::start(&binary.to_string_lossy(), command, 2, vec![file])
    }

    /// Starts somebody else's server of this name, which is to listen at `target`, and keeps the files it reads as long
    /// as it lives.
    ///
    /// # Errors
    /// One sentence, if it cannot be started or does not listen within 20 s.
    pub fn peer(name: &str, command: Command, target: Target, files: Vec<NamedTempFile>) -> Result<Self, String> {
        let mut running = Self::start(name, command, 0, files)?;
        running.targets.push(target);
        let deadline = Instant::now() + START_WITHIN;
        // It does not tell when it listens, so it is tried.
        while TcpStream::connect(target.address).is_err() {
            if !matches!(running.child.try_wait(), Ok(None)) {
                return Err(running.ended(name));
            }
            if Instant::now() > deadline {
                return Err(format!("{name} does not listen after 20 s."));
            }
            thread::sleep(Duration::from_millis(10));
        }
        running.settle(deadline)?;
        Ok(running)
    }

    /// Some listen before all of them is loaded: waits until the server does next to nothing for a moment.
    fn settle(&self, deadline: Instant) -> Result<(), String> {
        let mut before = processor_time(self.pid())?;
        while Instant::now() < deadline {
            thread::sleep(Duration::from_millis(100));
            let now = processor_time(self.pid())?;
            if now - before < Duration::from_millis(1) {
                break;
            }
            before = now;
        }
        Ok(())
    }

    fn start(name: &str, mut command: Command, listeners: usize, files: Vec<NamedTempFile>) -> Result<Self, String> {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = apart(|| command.spawn()).map_err(|e| format!("{name} does not start: {e}."))?;
        let announced = lines_of(child.stdout.take().expect("standard output is piped"));
        let log = Log::default();
        if let Some(stderr) = child.stderr.take() {
            keep_log(stderr, Arc::clone(&log));
        }
        let mut running = Self { child, targets: Vec::new(), log, _files: files };
        while running.targets.len() < listeners {
            match announced.recv_timeout(START_WITHIN) {
                Ok(line) => {
                    if let Some(url) = line.strip_prefix("listening on ") {
                        running.targets.push(Target::parse(url)?);
                    }
                }
                Err(RecvTimeoutError::Timeout) => return Err(format!("{name} does not listen after 20 s.")),
                Err(RecvTimeoutError::Disconnected) => return Err(running.ended(name)),
            }
        }
        // The pipe is emptied for as long as the server lives.
        thread::spawn(move || announced.into_iter().for_each(drop));
        Ok(running)
    }

    fn ended(&self, name: &str) -> String {
        // What it said on standard error may be a moment behind its end.
        thread::sleep(Duration::from_millis(100));
        format!("{name} ended before it listened: {}", self.log_text())
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Where it speaks this.
    ///
    /// # Panics
    /// If it does not.
    pub fn target(&self, speech: Speech) -> Target {
        *self.targets.iter().find(|target| target.speech == speech).expect("the server was started with this listener")
    }

    /// When it first logged a line that holds all of these words, and the line.
    pub fn logged(&self, words: &[&str]) -> Option<(Instant, String)> {
        let log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        log.iter().find(|(_, line)| words.iter().all(|word| line.contains(word))).cloned()
    }

    /// All it logged so far.
    pub fn log_text(&self) -> String {
        let log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        log.iter().map(|(_, line)| line.as_str()).collect::<Vec<_>>().join("\n")
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already; then there is nothing to stop.
        let _ = kill(pid_of(self.pid()), Signal::SIGTERM);
        let patience = Instant::now() + Duration::from_secs(6);
        while matches!(self.child.try_wait(), Ok(None)) && Instant::now() < patience {
            thread::sleep(Duration::from_millis(5));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// This program, which the kernel ends with the thread that starts it, so that none is left when we are killed
/// (`PR_SET_PDEATHSIG(2const)`). `setpriv` asks for that and becomes the program; where there is none, nobody asks.
pub(crate) fn command(program: &Path) -> Command {
    const ENDED_WITH_US: [&str; 2] = ["--pdeathsig", "TERM"];
    static SETPRIV: OnceLock<bool> = OnceLock::new();
    let setpriv = || Command::new("setpriv").args(ENDED_WITH_US).arg("true").output();
    if !*SETPRIV.get_or_init(|| setpriv().is_ok_and(|output| output.status.success())) {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(ENDED_WITH_US).arg(program);
    command
}

/// A temporary file with this in it, which servers that do not run as we do may read too.
///
/// # Errors
/// One sentence, if it cannot be written.
pub(crate) fn config_file(text: &str) -> Result<NamedTempFile, String> {
    let mut builder = tempfile::Builder::new();
    let builder = builder.prefix("parlor-bench").suffix(".conf").permissions(Permissions::from_mode(0o644));
    let mut file = builder.tempfile().map_err(|e| format!("No temporary file for the configuration: {e}."))?;
    file.write_all(text.as_bytes()).map_err(|e| format!("The configuration cannot be written: {e}."))?;
    Ok(file)
}

fn lines_of(pipe: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        for line in BufReader::new(pipe).lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    receiver
}

fn keep_log(pipe: impl Read + Send + 'static, log: Log) {
    /// A server under a thousand clients may say much; the figures need the end of a few only.
    const LINES_MAX: usize = 100_000;
    thread::spawn(move || {
        for line in BufReader::new(pipe).lines().map_while(Result::ok) {
            let mut log = log.lock().unwrap_or_else(PoisonError::into_inner);
            if log.len() < LINES_MAX {
                log.push((Instant::now(), line));
            }
        }
    });
}

/// The optimised `parlor-server` of this tree, built now if it is not up to date (a minute or two the first time), or
/// the binary that the environment variable `PARLOR_SERVER` names.
///
/// # Errors
/// One sentence, if it cannot be built.
pub fn server_binary() -> Result<PathBuf, String> {
    if let Some(path) = env::var_os(SERVER) {
        return Ok(PathBuf::from(path));
    }
    let target = target_directory()?;
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    eprintln!("Building the server to be measured: cargo build --release -p server");
    let built = Command::new(cargo)
        .args(["build", "--release", "--quiet", "-p", "server", "--bin", "parlor-server", "--target-dir"])
        .arg(&target)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .status()
        .map_err(|e| format!("cargo does not start: {e}. {SERVER} may name a built server."))?;
    if !built.success() {
        return Err(format!("The server does not build. {SERVER} may name a built one."));
    }
    Ok(target.join("release/parlor-server"))
}

/// `…/target/release/deps/fan_out-…` or `…/target/release/examples/compare` → `…/target`.
fn target_directory() -> Result<PathBuf, String> {
    let program = env::current_exe().map_err(|e| format!("This program does not know where it is: {e}."))?;
    let target = program.ancestors().nth(3).map(Path::to_path_buf);
    target.ok_or_else(|| format!("{} is not where cargo puts programs; set {SERVER}.", program.display()))
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::ExitStatusExt;

    use super::*;

    #[test]
    fn a_server_ends_with_the_thread_that_started_it() {
        let starter = thread::spawn(|| {
            let mut server = command(Path::new("sh"));
            server.args(["-c", "echo listening; exec sleep 60"]).stdout(Stdio::piped());
            let mut server = server.spawn().unwrap();
            let mut said = String::new();
            BufReader::new(server.stdout.take().unwrap()).read_line(&mut said).unwrap();
            assert_eq!(said, "listening\n");
            server
        });
        let ended = starter.join().unwrap().wait().unwrap();
        assert_eq!(ended.signal(), Some(Signal::SIGTERM as i32));
    }

    #[test]
    fn what_did_not_listen_is_called_by_its_name() {
        let address = "127.0.0.1:1".parse().unwrap();
        let mut server = command(Path::new("sh"));
        server.args(["-c", "echo no configuration >&2; exit 1"]);
        let error = Running::peer("ngIRCd", server, Target { speech: Speech::Irc, address }, Vec::new()).unwrap_err();
        assert_eq!(error, "ngIRCd ended before it listened: no configuration");
    }
}
