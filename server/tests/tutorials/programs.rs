//! The server as its own process, and clients that speak lines.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::time::Instant;

use parlor_standins::{PATIENCE, eventually};

/// A running `parlor-server` with the three listeners on free ports. Dropping it ends it.
pub(crate) struct Server {
    child: Child,
    pub(crate) native: SocketAddr,
    pub(crate) nic: SocketAddr,
    pub(crate) prompt: SocketAddr,
}

impl Server {
    pub(crate) fn start() -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_parlor-server"))
            .args(["--memory", "--listen", "parlor://127.0.0.1:0", "--listen", "nic://127.0.0.1:0"])
            .args(["--listen", "prompt://127.0.0.1:0"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let (line, lines) = mpsc::channel();
        std::thread::spawn(move || stdout.lines().map_while(Result::ok).try_for_each(|text| line.send(text)));
        let mut listening = Vec::new();
        loop {
            let text = lines.recv_timeout(PATIENCE).expect("the server says where it listens");
            if text == "Server is running..." {
                break;
            }
            listening.push(text);
        }
        let address = |scheme: &str| {
            let prefix = format!("listening on {scheme}://");
            let found = listening.iter().find_map(|text| text.strip_prefix(&prefix));
            let found = found.unwrap_or_else(|| panic!("{scheme} is not among {listening:?}"));
            found.trim_end_matches('/').parse().unwrap()
        };
        Self { native: address("parlor"), nic: address("nic"), prompt: address("prompt"), child }
    }

    /// Asks it to stop, as a service manager does, and waits until it has.
    pub(crate) fn stop(&mut self) -> ExitStatus {
        let asked = Command::new("kill").arg(self.child.id().to_string()).status().unwrap();
        assert!(asked.success());
        assert!(eventually(|| self.child.try_wait().unwrap().is_some()), "the server does not stop");
        self.child.wait().unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Somebody who reads and writes lines: netcat, or twenty lines of any language that speak the native protocol.
pub(crate) struct Lines {
    name: String,
    socket: TcpStream,
    reader: BufReader<TcpStream>,
    line: String,
}

impl Lines {
    fn connect(address: SocketAddr, name: &str) -> Self {
        let socket = TcpStream::connect(address).unwrap();
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        let reader = BufReader::new(socket.try_clone().unwrap());
        Self { name: name.to_owned(), socket, reader, line: String::new() }
    }

    pub(crate) fn native(address: SocketAddr, name: &str) -> Self {
        let mut lines = Self::connect(address, name);
        lines.line(&format!(r#"{{"hello":{{"version":1,"nick":"{name}"}}}}"#));
        lines.expect(r#"{"welcome":"#);
        lines.expect(r#"{"room":"#);
        lines
    }

    pub(crate) fn netcat(address: SocketAddr, name: &str) -> Self {
        let mut lines = Self::connect(address, name);
        lines.line(name);
        lines
    }

    pub(crate) fn line(&mut self, text: &str) {
        self.socket.write_all(format!("{text}\n").as_bytes()).unwrap();
    }

    /// Says something natively; the text needs no escaping.
    pub(crate) fn say(&mut self, text: &str) {
        self.line(&format!(r#"{{"say":{{"room":"lobby","text":"{text}"}}}}"#));
    }

    /// Reads lines until one holds `part`.
    #[track_caller]
    pub(crate) fn expect(&mut self, part: &str) {
        let deadline = Instant::now() + PATIENCE;
        let mut seen = Vec::new();
        while Instant::now() < deadline {
            self.line.clear();
            match self.reader.read_line(&mut self.line) {
                Ok(0) => panic!("{} reached the end and never read {part:?}; read {seen:#?}", self.name),
                Ok(_) if self.line.contains(part) => return,
                Ok(_) => seen.push(self.line.clone()),
                Err(error) => panic!("{} never read {part:?} ({error}); read {seen:#?}", self.name),
            }
        }
        panic!("{} never read {part:?}; read {seen:#?}", self.name);
    }

    /// The line found last holds this, too.
    #[track_caller]
    pub(crate) fn expect_again(&self, part: &str) {
        assert!(self.line.contains(part), "{} read {:?}, which does not hold {part:?}", self.name, self.line);
    }
}
