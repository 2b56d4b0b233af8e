//! Starts the real binary and talks to it; nothing waits for ever.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// After this long, what is waited for does not come any more.
const PATIENCE: Duration = Duration::from_secs(20);

/// The listeners of a test: one of each kind on free ports.
pub(crate) const FREE: [&str; 7] = [
    "--memory",
    "--listen",
    "parlor://127.0.0.1:0",
    "--listen",
    "nic://127.0.0.1:0",
    "--listen",
    "prompt://127.0.0.1:0",
];

fn command(arguments: &[&str], environment: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_parlor-server"));
    command.args(arguments).envs(environment.iter().copied());
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// A run that is over.
pub(crate) struct Program {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Program {
    /// Runs it to its end.
    pub(crate) fn run(arguments: &[&str]) -> Self {
        let mut child = command(arguments, &[]).spawn().unwrap();
        let stdout = read_all(child.stdout.take().unwrap());
        let stderr = read_all(child.stderr.take().unwrap());
        let code = wait(&mut child);
        Self { code, stdout: stdout.join().unwrap(), stderr: stderr.join().unwrap() }
    }

    /// It would not start: one plain sentence on standard error, and nothing else anywhere.
    pub(crate) fn refused(self, code: i32) -> String {
        assert_eq!(self.code, Some(code), "{}", self.stderr);
        assert_eq!(self.stdout, "");
        let sentence = self.stderr.trim_end().to_owned();
        assert_eq!(sentence.lines().count(), 1, "{sentence}");
        assert!(sentence.starts_with("parlor-server: ") && sentence.ends_with('.'), "{sentence}");
        assert!(!sentence.contains("os error"), "{sentence}");
        sentence
    }
}

/// A run that has announced itself.
pub(crate) struct Server {
    child: Child,
    stdout: Option<BufReader<ChildStdout>>,
    stderr: Option<JoinHandle<String>>,
    /// The URLs it listens on.
    pub(crate) listening: Vec<String>,
}

impl Server {
    pub(crate) fn start(arguments: &[&str]) -> Self {
        Self::start_in(arguments, &[])
    }

    pub(crate) fn start_in(arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        Self::start_by(command(arguments, environment))
    }

    /// Starts it by a command of the test's own, which leads to it.
    pub(crate) fn start_by(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let stderr = read_all(child.stderr.take().unwrap());
        let (stdout, listening) = announced(child.stdout.take().unwrap());
        Self { child, stdout: Some(stdout), stderr: Some(stderr), listening }
    }

    /// Starts it with a standard input that is open.
    pub(crate) fn start_fed(arguments: &[&str]) -> Self {
        let mut command = command(arguments, &[]);
        command.stdin(Stdio::piped());
        Self::start_by(command)
    }

    /// Writes to its standard input.
    pub(crate) fn feed(&mut self, bytes: &[u8]) {
        self.child.stdin.as_mut().unwrap().write_all(bytes).unwrap();
    }

    /// Ends its standard input.
    pub(crate) fn starve(&mut self) {
        drop(self.child.stdin.take());
    }

    pub(crate) fn process(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn port(&self, url: &str) -> u16 {
        url.rsplit(':').next().unwrap().parse().unwrap()
    }

    /// Connects to the listener of this kind.
    pub(crate) fn connect(&self, kind: &str) -> Client {
        let url = self.listening.iter().find(|url| url.starts_with(kind)).unwrap();
        let stream = TcpStream::connect(("127.0.0.1", self.port(url))).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        Client { stream, seen: Vec::new() }
    }

    /// Sends it a signal.
    #[cfg(unix)]
    pub(crate) fn signal(self, name: &str) -> Self {
        let process = self.process().to_string();
        assert!(Command::new("kill").args(["-s", name, &process]).status().unwrap().success());
        self
    }

    /// Stops it as a service manager does.
    pub(crate) fn stop(self) -> Program {
        #[cfg(unix)]
        return self.signal("TERM").wait();
        #[cfg(not(unix))]
        {
            let mut this = self;
            this.child.kill().unwrap();
            this.wait()
        }
    }

    /// Waits for its end.
    pub(crate) fn wait(mut self) -> Program {
        let code = wait(&mut self.child);
        let mut stdout = String::new();
        self.stdout.take().unwrap().read_to_string(&mut stdout).unwrap();
        Program { code, stdout, stderr: self.stderr.take().unwrap().join().unwrap() }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // After a failed test; otherwise it is over already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Reads up to the line that says it runs.
fn announced(stdout: ChildStdout) -> (BufReader<ChildStdout>, Vec<String>) {
    let (sender, receiver): (_, Receiver<_>) = channel();
    std::thread::spawn(move || {
        let mut stdout = BufReader::new(stdout);
        let mut urls = Vec::new();
        let mut line = String::new();
        while stdout.read_line(&mut line).unwrap() > 0 && line != "Server is running...\n" {
            urls.push(line.trim_end().strip_prefix("listening on ").expect(&line).to_owned());
            line.clear();
        }
        let _ = sender.send((stdout, urls, line));
    });
    let (stdout, urls, last) = receiver.recv_timeout(PATIENCE).expect("it announces itself");
    assert_eq!(last, "Server is running...\n");
    (stdout, urls)
}

fn read_all(mut from: impl Read + Send + 'static) -> JoinHandle<String> {
    std::thread::spawn(move || {
        let mut text = String::new();
        from.read_to_string(&mut text).unwrap();
        text
    })
}

/// Waits for the end of a process, but not for ever.
fn wait(child: &mut Child) -> Option<i32> {
    let since = Instant::now();
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return status.code();
        }
        if since.elapsed() > PATIENCE {
            child.kill().unwrap();
            panic!("it does not end");
        }
        // The standard library has no wait with a bound.
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// A client that waits for what it expects.
pub(crate) struct Client {
    stream: TcpStream,
    seen: Vec<u8>,
}

impl Client {
    pub(crate) fn send(&mut self, text: &str) {
        self.stream.write_all(text.as_bytes()).unwrap();
    }

    /// Reads until `needle` comes, and returns everything up to its end.
    pub(crate) fn until(&mut self, needle: &str) -> String {
        loop {
            let found = self.seen.windows(needle.len()).position(|window| window == needle.as_bytes());
            if let Some(at) = found {
                let rest = self.seen.split_off(at + needle.len());
                return String::from_utf8(std::mem::replace(&mut self.seen, rest)).unwrap();
            }
            let mut buffer = [0; 4096];
            match self.stream.read(&mut buffer) {
                Ok(read) if read > 0 => self.seen.extend_from_slice(&buffer[..read]),
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                end => panic!("{end:?} before {needle:?}: {:?}", String::from_utf8_lossy(&self.seen)),
            }
        }
    }
}
