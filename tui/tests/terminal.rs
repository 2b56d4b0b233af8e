//! The real program on a pseudo-terminal: how it begins, and how it ends when the terminal does.
#![cfg(unix)]

mod hub;

use std::fs::OpenOptions;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::os::unix::fs::OpenOptionsExt;
use std::process::Command;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use hub::{Hub, PATIENCE, Piped};
use parlor_core::wire::Dialect;
use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use rustix::fs::OFlags;
use rustix::termios::{Action, tcflow};
use tempfile::TempDir;

/// How long nothing is written until the whole screen is asked for.
const QUIET: Duration = Duration::from_millis(250);

/// The program on its terminal. Killed when dropped.
struct Terminal {
    child: Box<dyn Child + Send + Sync>,
    /// The terminal's own end.
    master: Option<(Box<dyn MasterPty + Send>, Box<dyn Write + Send>)>,
    written: Receiver<Vec<u8>>,
    reader: Option<JoinHandle<()>>,
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
        let reader = std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(count @ 1..) = reader.read(&mut bytes) {
                if sender.send(bytes[..count].to_vec()).is_err() {
                    return;
                }
            }
        });
        Self { child, master: Some((pair.master, writer)), written, reader: Some(reader), seen: Vec::new() }
    }

    /// Waits until it has written this since last asked. Only cells that change are written, so that words may come in parts:
    /// after a while the whole screen is asked for (Ctrl+L).
    #[track_caller]
    fn shows(&mut self, text: &str) {
        self.awaits(text, "\x0c");
    }

    /// The same, without asking for it.
    #[track_caller]
    fn draws(&mut self, text: &str) {
        self.awaits(text, "");
    }

    #[track_caller]
    fn awaits(&mut self, text: &str, asking: &str) {
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
                        let _ = writer.write_all(asking.as_bytes()).and_then(|()| writer.flush());
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

    /// Nobody reads any more what is drawn.
    #[track_caller]
    fn stands_still(&mut self) {
        self.written = mpsc::channel().1;
        self.types("\x0c");
        let reader = self.reader.take().unwrap();
        let deadline = Instant::now() + PATIENCE;
        while !reader.is_finished() {
            assert!(Instant::now() < deadline, "nothing is drawn");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// The terminal takes nothing more (`TCOOFF`), until this says otherwise.
    fn takes(&self, something: bool) {
        let (master, _) = self.master.as_ref().unwrap();
        let flags = OFlags::NOCTTY.bits().try_into().unwrap();
        let tty = OpenOptions::new().write(true).custom_flags(flags).open(master.tty_name().unwrap()).unwrap();
        tcflow(&tty, if something { Action::OOn } else { Action::OOff }).unwrap();
    }

    /// The terminal has another size.
    fn resizes(&mut self, cols: u16, rows: u16) {
        let (master, _) = self.master.as_ref().unwrap();
        master.resize(PtySize { rows, cols, pixel_width: 0, pixel_height: 0 }).unwrap();
    }

    /// Somebody asks it to end.
    fn is_terminated(&mut self) {
        let id = self.child.process_id().unwrap().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
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

#[test]
fn a_terminal_that_is_closed_in_a_quiet_room_ends_it_too() {
    let hub = Hub::start(None);
    let url = hub.url(Dialect::Native);
    let home = tempfile::tempdir().unwrap();
    let mut bea = Piped::start(&["--pipe", "--nick", "bea", &url]);
    bea.says("ready");
    bea.prints("bea: ready");
    let mut ada = Terminal::start(&home, &["--nick", "ada", &url]);
    ada.shows("lobby");
    ada.types("zebra");
    ada.shows("zebra");
    ada.stands_still();
    ada.closes();
    let code = ada.ends();
    assert!([0, 128 + 1].contains(&code), "{code}");
    bea.prints_what(|line| line.starts_with("* ada left"), "ada left");
    let mut ada = Terminal::start(&home, &["--nick", "ada", &url]);
    ada.shows("zebra");
}

#[test]
fn a_terminal_that_takes_nothing_keeps_nobody_from_ending_it() {
    let hub = Hub::start(None);
    let url = hub.url(Dialect::Native);
    let mut bea = Piped::start(&["--pipe", "--nick", "bea", &url]);
    bea.says("ready");
    bea.prints("bea: ready");
    let home = tempfile::tempdir().unwrap();
    for typed in [true, false] {
        let mut ada = Terminal::start(&home, &["--nick", "ada", &url]);
        ada.shows("lobby");
        ada.takes(false);
        if typed {
            ada.types("/quit\r");
        } else {
            ada.is_terminated();
        }
        assert_eq!(ada.ends(), if typed { 0 } else { 128 + 15 });
        bea.prints_what(|line| line.starts_with("* ada left"), "ada left");
        bea.forget();
        let (master, _) = ada.master.as_ref().unwrap();
        // What somebody types next is seen, and comes in lines.
        let fresh = native_pty_system().openpty(PtySize::default()).unwrap();
        assert_eq!(master.get_termios(), fresh.master.get_termios());
    }
}

#[test]
fn who_types_where_nothing_is_shown_is_heard_and_sees_it_later() {
    let hub = Hub::start(None);
    let url = hub.url(Dialect::Native);
    let mut bea = Piped::start(&["--pipe", "--nick", "bea", &url]);
    bea.says("ready");
    bea.prints("bea: ready");
    let mut ada = Terminal::start(&tempfile::tempdir().unwrap(), &["--nick", "ada", &url]);
    ada.shows("lobby");
    ada.takes(false);
    // More than is held for it.
    for number in 0..40 {
        ada.types(&format!("{number} {}\r", "zebra ".repeat(100)));
        bea.prints_what(|line| line.starts_with(&format!("ada: {number} ")), "what was typed");
    }
    ada.types("QUOKKA\r");
    bea.prints("ada: QUOKKA");
    ada.takes(true);
    ada.draws("QUOKKA");
    ada.types("\x11");
    assert_eq!(ada.ends(), 0);
}

#[test]
fn the_terminal_is_given_back_once_also_where_the_goodbye_is_not_answered() {
    let server = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let url = format!("parlor://{}", server.local_addr().unwrap());
    let mute = std::thread::spawn(move || {
        let (mut stream, _) = server.accept().unwrap();
        let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
        lines.next();
        stream.write_all(WELCOME.as_bytes()).unwrap();
        // Hears everything and says nothing more.
        lines.map_while(Result::ok).for_each(drop);
    });
    let mut ada = Terminal::start(&tempfile::tempdir().unwrap(), &["--nick", "ada", &url]);
    ada.shows("lobby");
    ada.is_terminated();
    assert_eq!(ada.ends(), 128 + 15);
    mute.join().unwrap();
    ada.master = None;
    ada.seen.extend(ada.written.iter().flatten());
    let seen = String::from_utf8_lossy(&ada.seen);
    for back in ["\x1b[?1049l", "\x1b[<1u", "\x1b[23;2t"] {
        assert_eq!(seen.matches(back).count(), 1, "{back:?} in {}", seen.escape_debug());
    }
}

/// What a server says that lets one in.
const WELCOME: &str = concat!(
    r#"{"welcome":{"version":1,"server":"test","nick":"ada","token":"t","resumed":false,"limits":{"nick_bytes":64,"#,
    r#""room_bytes":64,"text_bytes":8192,"topic_bytes":512,"frame_bytes":16384,"page":200,"rooms":64},"features":[]}}"#,
    "\n",
    r#"{"room":{"room":"lobby","log":"9f3c5a7b1d2e4f60","first_id":1,"last_id":0,"topic":"","count":1,"#,
    r#""members":["ada"]}}"#,
    "\n",
);

#[test]
fn what_a_terminal_says_that_nobody_understands_holds_up_no_change_of_its_size() {
    let mut terminal = Terminal::start(&tempfile::tempdir().unwrap(), &["--nick", "ada"]);
    terminal.shows("Enter: connect.");
    for cols in 90..100 {
        terminal.types("\x1b[99x");
        terminal.resizes(cols, 30);
        terminal.draws("Enter: connect.");
    }
}
