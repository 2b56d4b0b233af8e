//! What the terminal client costs whoever sits before it:
//! `cargo build --release -p server -p tui && cargo run --release -p tui --example person`.
//!
//! The programs of that build, on a pseudo-terminal of 80 × 24 and a server of its own beside it on this machine: how long
//! from the start to the first whole screen and to the room, how much of a processor it takes while nothing happens, and
//! how much memory. Linux alone, whose `/proc` tells the last two.

use std::error::Error;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use portable_pty::{CommandBuilder, PtySize, native_pty_system};

const STARTS: usize = 20;
const IDLE: Duration = Duration::from_secs(20);
/// From being in the room to being idle.
const SETTLED: Duration = Duration::from_secs(2);
const PATIENCE: Duration = Duration::from_secs(20);

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let programs = std::env::current_exe()?.ancestors().nth(2).ok_or("The programs are not found.")?.to_owned();
    let home = tempfile::tempdir()?;
    let server = Server::start(&programs, home.path())?;
    let mut times = Vec::new();
    for _ in 0..STARTS {
        let run = Run::start(&programs, home.path(), &server.url)?;
        times.push((run.first_screen, run.room));
    }
    let median = |time: fn(&(Duration, Duration)) -> Duration| {
        let mut times: Vec<Duration> = times.iter().map(time).collect();
        times.sort_unstable();
        times.get(STARTS / 2).copied().unwrap_or_default().as_secs_f64() * 1e3
    };
    println!("start to first screen    {:>8.1} ms (median of {STARTS})", median(|(first, _)| *first));
    println!("start to being in a room {:>8.1} ms", median(|(_, room)| *room));
    let run = Run::start(&programs, home.path(), &server.url)?;
    thread::sleep(SETTLED);
    let before = run.processor()?;
    thread::sleep(IDLE);
    let share = (run.processor()? - before).as_secs_f64() / IDLE.as_secs_f64();
    println!("idle                     {:>8.2} % of a processor ({} s)", share * 100.0, IDLE.as_secs());
    println!("resident memory          {:>8.1} MB", run.memory()?);
    Ok(())
}

/// The server; ends when dropped.
struct Server {
    child: Child,
    url: String,
}

impl Server {
    fn start(programs: &Path, home: &Path) -> Outcome<Self> {
        let program = programs.join("parlor-server");
        let mut command = Command::new(&program);
        command.args(["--listen", "parlor://127.0.0.1:0", "--data"]).arg(home.join("data"));
        command.stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().map_err(|error| format!("{} does not start: {error}.", program.display()))?;
        let output = BufReader::new(child.stdout.take().ok_or("The server says nothing.")?);
        let mut server = Self { child, url: String::new() };
        let mut lines = output.lines();
        let url = lines
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| line.split_whitespace().find(|word| word.starts_with("parlor://")).map(str::to_owned));
        server.url = url.ok_or("The server does not say where it listens.")?;
        // Whoever closes its output would end it.
        thread::spawn(move || lines.for_each(drop));
        Ok(server)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The client in the room; ends when dropped.
struct Run {
    child: Box<dyn portable_pty::Child + Send + Sync>,
    first_screen: Duration,
    room: Duration,
    /// The terminal must stay open.
    _master: Box<dyn portable_pty::MasterPty + Send>,
}

impl Run {
    fn start(programs: &Path, home: &Path, url: &str) -> Outcome<Self> {
        let pair = native_pty_system().openpty(PtySize { rows: 24, cols: 80, pixel_width: 0, pixel_height: 0 })?;
        let mut command = CommandBuilder::new(programs.join("parlor-tui"));
        command.args(["--nick", "ada", url]);
        command.env_clear();
        command.env("HOME", home);
        command.env("TERM", "xterm-256color");
        let mut reader = pair.master.try_clone_reader()?;
        let start = Instant::now();
        let child = pair.slave.spawn_command(command)?;
        let (mut run, mut seen, mut bytes) = (
            Self { child, first_screen: Duration::ZERO, room: Duration::ZERO, _master: pair.master },
            Vec::new(),
            [0; 4096],
        );
        let has = |seen: &[u8], text: &[u8]| seen.windows(text.len()).any(|part| part == text);
        while run.room.is_zero() {
            let count = reader.read(&mut bytes)?;
            if count == 0 || start.elapsed() > PATIENCE {
                return Err("The client does not come into the room.".into());
            }
            seen.extend_from_slice(bytes.get(..count).unwrap_or_default());
            // A frame ends with its caret.
            if run.first_screen.is_zero() && has(&seen, b"\x1b[?25h") {
                run.first_screen = start.elapsed();
            }
            if has(&seen, b"Here") {
                run.room = start.elapsed();
            }
        }
        thread::spawn(move || while reader.read(&mut bytes).is_ok_and(|count| count > 0) {});
        Ok(run)
    }

    fn proc(&self) -> Outcome<PathBuf> {
        Ok(Path::new("/proc").join(self.child.process_id().ok_or("The client has ended.")?.to_string()))
    }

    /// The time its threads have run.
    fn processor(&self) -> Outcome<Duration> {
        let mut nanos = 0;
        for task in std::fs::read_dir(self.proc()?.join("task"))? {
            let text = std::fs::read_to_string(task?.path().join("schedstat"))?;
            nanos += text.split(' ').next().unwrap_or_default().parse::<u64>()?;
        }
        Ok(Duration::from_nanos(nanos))
    }

    /// Resident memory in MB.
    fn memory(&self) -> Outcome<f64> {
        let status = std::fs::read_to_string(self.proc()?.join("status"))?;
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).ok_or("Nobody tells the memory.")?;
        Ok(line.split_whitespace().nth(1).unwrap_or_default().parse::<f64>()? * 1024.0 / 1e6)
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
