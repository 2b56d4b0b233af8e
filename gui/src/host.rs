//! A server of one's own, started by this window and ended with it.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use parlor_core::secret::Secret;
use parlor_core::wire::Dialect;
use parlor_transport_tcp::target::Target;

/// What the program is called.
const PROGRAM: &str = if cfg!(windows) { "parlor-server.exe" } else { "parlor-server" };

/// How long the server may take to say goodbye; it promises to need less.
const GOODBYE: Duration = Duration::from_secs(6);

/// Longest line of the server's that is looked at, in bytes.
const LINE_MAX: u64 = 4_096;

/// Before the addresses in the server's log.
const OTHERS: &str = "others on your network connect to ";

/// What a server is to be like.
#[derive(Debug)]
pub(crate) struct Wanted {
    /// Whether others on the network may come.
    pub(crate) lan: bool,
    /// What they must know.
    pub(crate) password: Option<Secret>,
}

/// A server that runs as long as this lives, and as long as the window does: it ends when its standard input does.
pub(crate) struct Host {
    child: Child,
    stdin: Option<ChildStdin>,
    heard: Arc<Mutex<Heard>>,
    /// Disconnected once both of its outputs are at their ends.
    speaking: Receiver<()>,
    _password: Option<tempfile::NamedTempFile>,
}

/// What the server has said.
#[derive(Clone, Debug, Default)]
pub(crate) struct Heard {
    /// Where it listens.
    listening: Vec<Target>,
    /// It says that it runs.
    running: bool,
    /// Addresses to give to others.
    others: Vec<String>,
    /// What it said last, if that may be why it ends.
    why: String,
}

/// How a server stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It is starting.
    Starting,
    /// It runs.
    Running {
        /// Where this window connects to it.
        here: Target,
        /// The addresses under which others reach it, if they may.
        others: Vec<String>,
    },
    /// It has ended, and this was why; empty where it did not say.
    Ended(String),
}

/// The server's program: beside this one, or on the path.
pub(crate) fn find() -> Option<PathBuf> {
    let beside = std::env::current_exe().ok().and_then(|own| Some(own.parent()?.join(PROGRAM)));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let on_path = std::env::split_paths(&path).filter(|directory| directory.is_absolute());
    beside.into_iter().chain(on_path.map(|directory| directory.join(PROGRAM))).find(|program| program.is_file())
}

impl Host {
    /// Starts `program`. `wake` is called whenever it has said something, from another thread.
    ///
    /// # Errors
    /// What the system says, if it cannot be started.
    pub(crate) fn start(program: &Path, wanted: &Wanted, wake: impl Fn() + Clone + Send + 'static) -> io::Result<Self> {
        let password = wanted.password.as_ref().map(write_down).transpose()?;
        let mut command = Command::new(program);
        command.arg("--until-stdin-ends");
        if wanted.lan {
            command.arg("--lan");
        }
        if let Some(file) = &password {
            command.arg("--password-file").arg(file.path());
        }
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn()?;
        let heard = Arc::<Mutex<Heard>>::default();
        let (speaks, speaking) = channel();
        let outputs: [Option<Box<dyn Read + Send>>; 2] = [
            child.stdout.take().map(|pipe| Box::new(pipe) as Box<dyn Read + Send>),
            child.stderr.take().map(|pipe| Box::new(pipe) as Box<dyn Read + Send>),
        ];
        for output in outputs.into_iter().flatten() {
            let (heard, wake, speaks) = (Arc::clone(&heard), wake.clone(), speaks.clone());
            thread::Builder::new().name("hosting".into()).spawn(move || {
                listen(output, |line| {
                    lock(&heard).hear(line);
                    wake();
                });
                drop(speaks);
                wake();
            })?;
        }
        let stdin = child.stdin.take();
        Ok(Self { child, stdin, heard, speaking, _password: password })
    }

    /// How it stands now.
    pub(crate) fn standing(&mut self) -> Standing {
        let ended = self.speaking.try_recv() == Err(std::sync::mpsc::TryRecvError::Disconnected);
        let heard = lock(&self.heard).clone();
        if ended {
            self.reap();
            return Standing::Ended(heard.why);
        }
        let native = heard.listening.iter().find(|target| target.dialect == Dialect::Native);
        match native.filter(|_| heard.running) {
            Some(target) => {
                // Where it listens on every address, this is one of them.
                let here = Target::new(Dialect::Native, "127.0.0.1", target.port);
                Standing::Running { here, others: heard.others }
            }
            None => Standing::Starting,
        }
    }

    /// Its outputs are at their ends, so that it is ending or has ended; no zombie is to be left of it.
    fn reap(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Host {
    /// Lets it say goodbye, and ends it by force if that takes too long.
    fn drop(&mut self) {
        drop(self.stdin.take());
        let _ = self.speaking.recv_timeout(GOODBYE);
        self.reap();
    }
}

impl Heard {
    fn hear(&mut self, line: &str) {
        if let Some(url) = line.strip_prefix("listening on ") {
            self.listening.extend(Target::parse(url));
        } else if line == "Server is running..." {
            self.running = true;
        } else if !line.is_empty() {
            if let Some((_, urls)) = line.split_once(OTHERS) {
                let native = urls.split(" or ").filter(|url| url.starts_with("parlor://"));
                self.others.extend(native.map(str::to_owned));
            }
            // What it says to programs is no word of its log, and may come later than that.
            reason(line).clone_into(&mut self.why);
        }
    }
}

/// Why a server ends whose last line this is, without the time and the program's name. Nothing if that line is about
/// something that it goes on with: who is killed has no time to say why.
fn reason(line: &str) -> &str {
    let line = line.strip_prefix("parlor-server: ").unwrap_or(line);
    let weights = [(" ERROR ", true), (" WARN ", false), (" INFO ", false)];
    let weighed = weights.iter().filter_map(|(weight, grave)| Some((line.find(weight)? + weight.len(), grave)));
    match weighed.min() {
        Some((_, false)) => "",
        Some((behind, true)) => line.get(behind..).unwrap_or(line).trim(),
        None => line.trim(),
    }
}

fn lock(heard: &Mutex<Heard>) -> MutexGuard<'_, Heard> {
    heard.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Hears every line of `output` to its end.
fn listen(output: impl Read, hear: impl Fn(&str)) {
    let mut lines = BufReader::new(output);
    let mut line = Vec::new();
    while let Ok(bytes @ 1..) = lines.by_ref().take(LINE_MAX).read_until(b'\n', &mut line) {
        let _ = bytes;
        hear(String::from_utf8_lossy(&line).trim_end());
        line.clear();
    }
}

/// A file that its owner alone can read, and that goes with the server.
fn write_down(password: &Secret) -> io::Result<tempfile::NamedTempFile> {
    let mut file = tempfile::Builder::new().prefix("parlor-password").tempfile()?;
    writeln!(file, "{}", password.reveal())?;
    file.flush()?;
    Ok(file)
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;
    use std::sync::mpsc;

    use super::*;

    /// More than anything here takes.
    const PATIENCE: Duration = Duration::from_secs(30);

    /// Written by another process: what this one writes, children of other tests hold open for a moment, and the system
    /// starts no program that somebody may still write.
    fn write_program(path: &Path, script: &str) {
        let mut writer = Command::new("/bin/sh")
            .args(["-c", "cat > \"$0\"; chmod 700 \"$0\""])
            .arg(path)
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        writer.stdin.take().unwrap().write_all(script.as_bytes()).unwrap();
        assert!(writer.wait().unwrap().success());
    }

    /// A program that behaves as the script says, started.
    fn hosting(script: &str, password: Option<&str>) -> (tempfile::TempDir, Host, Receiver<()>) {
        let directory = tempfile::tempdir().unwrap();
        let program = directory.path().join(PROGRAM);
        write_program(&program, &format!("#!/bin/sh\ncd {}\n{script}\n", directory.path().display()));
        let (wake, woken) = mpsc::channel();
        let wanted = Wanted { lan: true, password: password.map(Secret::new) };
        let host = Host::start(&program, &wanted, move || {
            let _ = wake.send(());
        })
        .unwrap();
        (directory, host, woken)
    }

    fn until(host: &mut Host, woken: &Receiver<()>, done: impl Fn(&Standing) -> bool) -> Standing {
        loop {
            let standing = host.standing();
            if done(&standing) {
                return standing;
            }
            woken.recv_timeout(PATIENCE).expect("it says something more");
        }
    }

    #[test]
    fn a_server_that_runs_is_connected_to_here_and_reached_by_others_elsewhere() {
        let (directory, mut host, woken) = hosting(
            "echo '2026-11-22T20:00:00Z  INFO others on your network connect to parlor://10.0.0.2:7000 or parlor://[fd::1]:7000' >&2\n\
             echo '2026-11-22T20:00:00Z  INFO others on your network connect to nic://10.0.0.2:9090' >&2\n\
             echo \"$@\" > arguments; echo 'listening on parlor://[::]:7000'; echo 'Server is running...'\n\
             cat; echo done > ended",
            Some("geheim"),
        );
        let told = |standing: &Standing| matches!(standing, Standing::Running { others, .. } if others.len() == 2);
        let standing = until(&mut host, &woken, told);
        let here = Target::new(Dialect::Native, "127.0.0.1", 7000);
        let others = vec!["parlor://10.0.0.2:7000".to_owned(), "parlor://[fd::1]:7000".to_owned()];
        assert_eq!(standing, Standing::Running { here, others });
        let arguments = fs::read_to_string(directory.path().join("arguments")).unwrap();
        let file = arguments.trim().strip_prefix("--until-stdin-ends --lan --password-file ").unwrap();
        assert_eq!(fs::read_to_string(file).unwrap(), "geheim\n");
        assert_eq!(fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600);
        drop(host);
        assert!(!Path::new(file).exists(), "the password is nowhere any more");
        assert!(directory.path().join("ended").exists(), "it ended in its own time");
    }

    #[test]
    fn a_server_that_ends_by_itself_is_told_with_its_last_word_and_leaves_no_zombie() {
        let (_directory, mut host, woken) =
            hosting("echo 'parlor-server: Port 7667 is taken by another program.' >&2; exit 1", None);
        let standing = until(&mut host, &woken, |standing| *standing != Standing::Starting);
        assert_eq!(standing, Standing::Ended("Port 7667 is taken by another program.".into()));
        let process = host.child.id();
        assert!(!Path::new(&format!("/proc/{process}")).exists());
    }

    #[test]
    fn the_log_is_quoted_without_its_times() {
        assert_eq!(reason("2026-11-22T20:00:00.1Z ERROR disk: full INFO x"), "disk: full INFO x");
        assert_eq!(reason("parlor-server: No."), "No.");
        assert_eq!(reason("anything"), "anything");
    }

    #[test]
    fn what_a_server_told_on_its_way_is_not_why_it_ended() {
        let (_directory, mut host, woken) =
            hosting("echo 'x ERROR the disk is full' >&2; echo 'x  INFO bea is here' >&2", None);
        let standing = until(&mut host, &woken, |standing| *standing != Standing::Starting);
        assert_eq!(standing, Standing::Ended(String::new()));
    }

    #[test]
    fn a_program_that_is_not_there_is_an_error() {
        let wanted = Wanted { lan: false, password: None };
        assert!(Host::start(Path::new("/nowhere/parlor-server"), &wanted, || {}).is_err());
    }
}
