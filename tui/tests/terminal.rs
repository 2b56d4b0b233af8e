//! The real program on a pseudo-terminal: how it begins, and how it ends when the terminal does.
#![cfg(unix)]

mod hub;

use std::io::{Read, Write};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use hub::{Hub, PATIENCE, Piped};
use parlor_core::wire::Dialect;
use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use tempfile::TempDir;

/// How long nothing is written until the whole screen is asked for.
const QUIET: Duration = Duration::from_millis(250);

/// The program on its terminal. Killed when dropped.
struct Terminal {
    child: Box<dyn Child + Send + Sync>,
    /// The terminal's own end.
    master: Option<(Box<dyn MasterPty + Send>, Box<dyn Write + Send>)>,
    written: Receiver<Vec<u8>>,
    seen: Vec<u8>,
}

impl Terminal {
    fn start(home: &TempDir, arguments: &[&str]) -> Self {
        let size = PtySize { rows: 24, cols: 80, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).unwrap();
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_parlor-tui"));
        command.args(arguments);
        command.env_clear();
        for (name, value) in [("HOME", home.path().to_str().unwrap()), ("USER", "ada"), ("TERM", "xterm-256color")] {
            command.env(name, value);
        }
        let child = pair.slave.spawn_command(command).unwrap();
        let mut reader = pair.master.try_clone_reader().unwrap();
        let writer = pair.master.take_writer().unwrap();
        let (sender, written) = mpsc::channel();
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(count @ 1..) = reader.read(&mut bytes) {
                if sender.send(bytes[..count].to_vec()).is_err() {
                    return;
                }
            }
        });
        Self { child, master: Some((pair.master, writer)), written, seen: Vec::new() }
    }

    /// Waits until it has written this since last asked. Only cells that change are written, so that words may come in parts:
    /// after a while the whole screen is asked for (Ctrl+L).
    #[track_caller]
    fn shows(&mut self, text: &str) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(at) = self.seen.windows(text.len()).position(|bytes| bytes == text.as_bytes()) {
                self.seen.drain(..at + text.len());
                return;
            }
            match self.written.recv_timeout(QUIET) {
                Ok(bytes) => self.seen.extend(bytes),
                Err(RecvTimeoutError::Timeout) if Instant::now() < deadline => {
                    if let Some((_, writer)) = &mut self.master {
                        let _ = writer.write_all(b"\x0c").and_then(|()| writer.flush());
                    }
                }
                Err(error) => panic!("no {text:?} ({error}) in {}", String::from_utf8_lossy(&self.seen).escape_debug()),
            }
        }
    }

    fn types(&mut self, text: &str) {
        let (_, writer) = self.master.as_mut().unwrap();
        writer.write_all(text.as_bytes()).unwrap();
        writer.flush().unwrap();
    }

    /// The terminal is gone with whatever is drawn next.
    fn closes(&mut self) {
        self.master = None;
        // Who reads what is drawn has a handle of its own, and lets go of it once nobody wants to know.
        self.written = mpsc::channel().1;
    }

    /// Waits for the end; its exit code.
    #[track_caller]
    fn ends(&mut self) -> u32 {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.exit_code();
            }
            assert!(Instant::now() < deadline, "the program did not end");
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn what_is_wrong_with_the_settings_is_told_with_the_first_screen() {
    let home = tempfile::tempdir().unwrap();
    let mut terminal = Terminal::start(&home, &["--nick", "ada"]);
    terminal.shows("Enter: connect.");
    terminal.types("\x11");
    assert_eq!(terminal.ends(), 0);
    let folder = ["Library/Application Support/parlor", ".config/parlor"].map(|folder| home.path().join(folder));
    let folder = if cfg!(target_os = "macos") { &folder[0] } else { &folder[1] };
    std::fs::create_dir_all(folder).unwrap();
    std::fs::write(folder.join("settings.toml"), "colour = 3\n").unwrap();
    let mut terminal = Terminal::start(&home, &["--nick", "ada"]);
    terminal.shows("There is no setting called colour;");
    let mut terminal = Terminal::start(&home, &["--nick", "ada", "parlor://127.0.0.1:1"]);
    terminal.shows("There is no setting called colour;");
}

#[test]
fn the_terminal_is_given_back_as_it_was() {
    let mut terminal = Terminal::start(&tempfile::tempdir().unwrap(), &["--nick", "ada"]);
    // Alternate screen, pasting in brackets, focus, keys told apart.
    terminal.shows("\x1b[?1049h");
    terminal.shows("\x1b[?2004h\x1b[?1004h\x1b[>1u");
    terminal.shows("Enter: connect.");
    terminal.types("\x11");
    terminal.shows("\x1b[<1u");
    terminal.shows("\x1b[?1004l\x1b[?2004l\x1b[?1049l\x1b[?25h");
    assert_eq!(terminal.ends(), 0);
}

#[test]
fn shift_enter_is_a_new_line_where_the_terminal_tells_it_from_enter() {
    let hub = Hub::start(None);
    let url = hub.url(Dialect::Native);
    let mut bea = Piped::start(&["--pipe", "--nick", "bea", &url]);
    bea.says("ready");
    bea.prints("bea: ready");
    let home = tempfile::tempdir().unwrap();
    let mut ada = Terminal::start(&home, &["--nick", "ada", &url]);
    ada.shows("ada at ");
    // Shift+Enter, Ctrl+M and Alt+Persian K as the kitty keyboard protocol reports them.
    ada.types("one\x1b[13;2utwo\x1b[109;5u");
    bea.prints("ada: one");
    bea.prints("  two");
    bea.says("seen?");
    ada.shows("seen?");
    ada.types("\x1b[1606;3u");
    ada.shows("Alt+R");
    ada.types("\x1b[113;5u");
    assert_eq!(ada.ends(), 0);
    bea.prints_what(|line| line.starts_with("* ada left"), "ada left");
}

#[test]
fn a_terminal_that_is_closed_ends_it_with_its_goodbye_and_the_draft_is_kept() {
    let hub = Hub::start(None);
    let url = hub.url(Dialect::Native);
    let home = tempfile::tempdir().unwrap();
    let mut bea = Piped::start(&["--pipe", "--nick", "bea", &url]);
    bea.says("ready");
    bea.prints("bea: ready");
    let mut draft = None;
    for next in ["zebra", "quokka", "ibis"] {
        let mut ada = Terminal::start(&home, &["--nick", "ada", &url]);
        ada.shows("lobby");
        if let Some(draft) = draft {
            ada.shows(draft);
            ada.types("\x15");
        }
        ada.types(next);
        ada.shows(next);
        draft = Some(next);
        // It is drawn on as it is closed.
        (0..20).for_each(|number| bea.says(&format!("before {next} {number}")));
        bea.prints(&format!("bea: before {next} 0"));
        ada.closes();
        (0..20).for_each(|number| bea.says(&format!("after {next} {number}")));
        let code = ada.ends();
        assert!([0, 128 + 1].contains(&code), "{next}: {code}");
        bea.prints_what(|line| line.starts_with("* ada left"), "ada left");
        bea.forget();
    }
}
