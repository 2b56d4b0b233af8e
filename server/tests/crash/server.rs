//! The real binary on one data directory, and ways to end it.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant, SystemTime};

use rustix::process::{Pid, Signal, kill_process};

use crate::PATIENCE;

/// A server process. Dropping it kills it.
pub(crate) struct Server {
    child: Child,
    announced: Receiver<u16>,
    log: Option<JoinHandle<String>>,
    database: PathBuf,
    pub(crate) since: Instant,
}

impl Server {
    /// Starts it; it has not announced itself yet.
    pub(crate) fn start(home: &Path) -> Self {
        let config = home.join("parlor.toml");
        fs::write(&config, "[limits]\npace = \"off\"\n").unwrap();
        let since = Instant::now();
        let mut command = Command::new(env!("CARGO_BIN_EXE_parlor-server"));
        command.args(["--listen", "parlor://127.0.0.1:0", "--log", "warn"]);
        command.arg("--config").arg(config).arg("--data").arg(home.join("data"));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let (give, announced) = channel();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        std::thread::spawn(move || {
            let mut port = None;
            for line in stdout.lines().map_while(Result::ok) {
                match line.strip_prefix("listening on ") {
                    Some(url) => port = Some(url.rsplit(':').next().unwrap().parse().unwrap()),
                    None => {
                        assert_eq!(line, "Server is running...");
                        // Whoever started it may be busy killing it.
                        let _ = give.send(port.expect("it listens, then it runs"));
                    }
                }
            }
        });
        let mut stderr = child.stderr.take().unwrap();
        let log = std::thread::spawn(move || {
            let mut log = String::new();
            stderr.read_to_string(&mut log).unwrap();
            log
        });
        Self { child, announced, log: Some(log), database: home.join("data").join(server::store::FILE), since }
    }

    /// The port it listens on, if it says so within this time.
    pub(crate) fn announced(&self, within: Duration) -> Option<u16> {
        match self.announced.recv_timeout(within) {
            Ok(port) => Some(port),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => panic!("the server ended before it listened"),
        }
    }

    /// When anything was last written into the database itself, which checkpoints alone do.
    pub(crate) fn checkpointed(&self) -> Option<SystemTime> {
        fs::metadata(&self.database).and_then(|file| file.modified()).ok()
    }

    /// Asks it to stop in order; it has not stopped yet.
    pub(crate) fn ask_to_stop(&self) {
        kill_process(Pid::from_child(&self.child), Signal::TERM).unwrap();
    }

    /// Kills it, and says whether that ended it.
    pub(crate) fn kill(mut self) -> bool {
        self.child.kill().unwrap();
        let status = self.child.wait().unwrap();
        let log = self.quiet_log();
        let killed = status.signal() == Some(Signal::KILL.as_raw());
        assert!(killed || status.success(), "the server ended by itself, {status}: {log}");
        killed
    }

    /// Waits for its end.
    pub(crate) fn ended(mut self) -> ExitStatus {
        let since = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                self.quiet_log();
                return status;
            }
            assert!(since.elapsed() < PATIENCE, "it does not stop");
            // The standard library has no wait with a bound.
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// Nothing it does here is worth a warning.
    fn quiet_log(&mut self) -> String {
        let log = self.log.take().unwrap().join().unwrap();
        assert_eq!(log, "", "the server complains");
        log
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // After a failed claim; otherwise it is over already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
