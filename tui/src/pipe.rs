//! `--pipe`: no screen; standard input is said, what arrives is printed.

use std::io::{self, BufRead, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender, SyncSender};
use std::time::{Duration, Instant};

use parlor_core::client::{Delivery, Entry, Intent, Link, Question, Room, State};
use parlor_core::secret::Secret;
use parlor_core::text::TEXT_BYTES_MAX;
use parlor_face::kept::Kept;
use parlor_transport_tcp::session::{Face, Session};

use crate::record::{self, Printed};

/// How long a lost connection is tried again.
const LOST_MAX: Duration = Duration::from_secs(30);
/// How long the goodbye may take.
const FAREWELL_MAX: Duration = Duration::from_secs(5);
/// How often the clock is looked at while nothing happens.
const LOOK_AGAIN: Duration = Duration::from_millis(250);
/// Messages said and not yet confirmed; more stay unread in standard input.
const UNSENT_MAX: usize = 16;
/// Longest piece of a line that is said as one message.
const PIECE_BYTES_MAX: usize = TEXT_BYTES_MAX;

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Everything was said.
    Done,
    /// It was not; one plain sentence says why.
    Failed(String),
    /// A signal asked for the end.
    Signalled(i32),
}

/// What the main loop waits for.
enum Event {
    Changed,
    Finished,
    Remember(Secret),
    Input,
    Signal(i32),
}

/// Runs until the end of input, the end of the connection or a signal. `start` dials with the face it is given.
pub fn run(
    start: impl FnOnce(PipeFace) -> Session,
    input: impl BufRead + Send + 'static,
    mut output: impl Write,
    errors: impl Write,
    json: bool,
    keep: impl Fn(&str, &Secret),
) -> Outcome {
    let (events, inbox) = mpsc::channel();
    let (lines, said) = mpsc::sync_channel(UNSENT_MAX);
    let face = PipeFace { events: events.clone(), told: Arc::new(AtomicBool::new(false)) };
    let told = face.told.clone();
    watch_signals(&events);
    read_input(input, lines, events);
    let session = start(face);
    let mut pipe = Pipe {
        session,
        said,
        output: &mut output,
        errors,
        json,
        printed: 0,
        online: false,
        lost: None,
        over: false,
        failed: None,
    };
    let outcome = pipe.follow(&inbox, &told, keep);
    pipe.session.intent(Intent::Quit);
    pipe.session.wait_finished(FAREWELL_MAX);
    outcome
}

/// Keeps a token in this person's files, where there are any.
pub fn keep(kept: Option<&Kept>, authority: &str, nick: &str, token: &Secret) {
    if let Some(kept) = kept {
        // Without the token the nickname is taken until the server frees it, and the server says so then.
        let _ = kept.remember(authority, nick, token);
    }
}

struct Pipe<O, E> {
    session: Session,
    said: Receiver<String>,
    output: O,
    errors: E,
    json: bool,
    /// The number of the newest news printed.
    printed: u64,
    /// Whether one was ever in.
    online: bool,
    /// Since when one is out again.
    lost: Option<Instant>,
    /// Whether the input is at its end, and everything in it said.
    over: bool,
    /// The first message of one's own that did not get through.
    failed: Option<String>,
}

impl<O: Write, E: Write> Pipe<O, E> {
    fn follow(&mut self, inbox: &Receiver<Event>, told: &AtomicBool, keep: impl Fn(&str, &Secret)) -> Outcome {
        let mut leaving = None;
        loop {
            match inbox.recv_timeout(LOOK_AGAIN) {
                Ok(Event::Changed) => told.store(false, Ordering::Release),
                Ok(Event::Input) | Err(RecvTimeoutError::Timeout) => {}
                Ok(Event::Remember(token)) => keep(&self.session.state().nick.clone(), &token),
                Ok(Event::Signal(signal)) => return Outcome::Signalled(signal),
                Ok(Event::Finished) | Err(RecvTimeoutError::Disconnected) => leaving = leaving.or(Some(Instant::now())),
            }
            if self.print().is_err() {
                // Nobody reads any more: that is how a pipe ends.
                return Outcome::Done;
            }
            if let Some(since) = leaving {
                if self.session.wait_finished(Duration::ZERO) || since.elapsed() > FAREWELL_MAX {
                    let _ = self.print();
                    return self.failed.take().map_or(Outcome::Done, Outcome::Failed);
                }
                continue;
            }
            if let Err(why) = self.check() {
                return Outcome::Failed(why);
            }
            self.say();
            if self.over && self.session.state().unsent() == 0 {
                self.session.intent(Intent::Quit);
                leaving = Some(Instant::now());
            }
        }
    }

    /// Prints what is new.
    fn print(&mut self) -> io::Result<()> {
        let state = self.session.state();
        let from = std::mem::replace(&mut self.printed, state.newest_seq());
        type Render = fn(&Room, &Entry) -> Printed;
        let (render, render_change): (Render, Render) = match self.json {
            true => (record::json, record::change_json),
            false => (record::line, record::change_line),
        };
        let print = |(room, entry): (&Room, &Entry)| match entry.seq > from {
            true => render(room, entry),
            // Told before, and not so any more.
            false => render_change(room, entry),
        };
        let news: Vec<Printed> = state.news_since(from).into_iter().map(print).collect();
        if self.failed.is_none() {
            self.failed = failed_since(&state, from);
        }
        drop(state);
        for printed in news {
            match printed {
                Printed::Out(line) => {
                    writeln!(self.output, "{line}")?;
                    self.output.flush()?;
                }
                // Standard error may be closed; that is no reason to stop.
                Printed::Err(line) => drop(writeln!(self.errors, "parlor-tui: {line}")),
            }
        }
        Ok(())
    }

    /// Whether it is worth going on.
    fn check(&mut self) -> Result<(), String> {
        let state = self.session.state();
        match &state.question {
            Some(Question::Nick { why }) => return Err(format!("{why} (--nick NAME)")),
            Some(Question::Password { why }) => return Err(format!("{why} (--password-file FILE)")),
            None => {}
        }
        match &state.link {
            Link::Online => {
                self.online = true;
                self.lost = None;
                Ok(())
            }
            Link::Waiting { why, .. } if !self.online => Err(why.clone()),
            Link::Waiting { why, .. } => {
                let since = *self.lost.get_or_insert_with(Instant::now);
                if since.elapsed() > LOST_MAX { Err(why.clone()) } else { Ok(()) }
            }
            Link::Closed { why } => Err(why.clone().unwrap_or_else(|| "The connection was closed.".into())),
            Link::Connecting { .. } | Link::Greeting | Link::Leaving => {
                let over = self.lost.is_some_and(|since| since.elapsed() > LOST_MAX);
                if over { Err("The server does not come back.".into()) } else { Ok(()) }
            }
        }
    }

    /// Says the next lines of the input, as far as the server keeps up.
    fn say(&mut self) {
        loop {
            let ready = {
                let state = self.session.state();
                state.link == Link::Online && !state.rooms.is_empty() && state.unsent() < UNSENT_MAX
            };
            if !ready {
                return;
            }
            match self.said.try_recv() {
                Ok(line) => self.session.intent(Intent::Say(line)),
                Err(mpsc::TryRecvError::Empty) => return,
                Err(mpsc::TryRecvError::Disconnected) => {
                    self.over = true;
                    return;
                }
            }
        }
    }
}

/// Why a message of one's own did not get through, if one did not.
fn failed_since(state: &State, seq: u64) -> Option<String> {
    state.news_since(seq).into_iter().find_map(|(_, entry)| match entry.delivery()? {
        Delivery::Failed(_) => Some("Not everything was sent.".to_owned()),
        Delivery::Unconfirmed => Some("The server has not confirmed everything.".to_owned()),
        Delivery::Pending | Delivery::Confirmed => None,
    })
}

/// Reads lines until the end, on a thread of its own: reading blocks.
fn read_input(mut input: impl BufRead + Send + 'static, lines: SyncSender<String>, events: Sender<Event>) {
    std::thread::spawn(move || {
        let mut rest = Vec::new();
        while let Ok(Some(piece)) = read_piece(&mut input, &mut rest) {
            let line = sendable(&piece);
            if !line.is_empty() && lines.send(line).is_err() || events.send(Event::Input).is_err() {
                return;
            }
        }
        drop(lines);
        let _ = events.send(Event::Input);
    });
}

/// The next line, or as much of it as one message bears; the rest of it stays in `rest`. `None` at the end of input.
fn read_piece(input: &mut impl BufRead, rest: &mut Vec<u8>) -> io::Result<Option<Vec<u8>>> {
    while rest.len() <= PIECE_BYTES_MAX {
        let buffer = match input.fill_buf() {
            Ok(buffer) => buffer,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if buffer.is_empty() {
            let last = std::mem::take(rest);
            return Ok(Some(last).filter(|last| !last.is_empty()));
        }
        let line = buffer.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let (ended, taken) = (line.len() < buffer.len(), line.len().min(PIECE_BYTES_MAX + 1 - rest.len()));
        rest.extend_from_slice(line.get(..taken).unwrap_or_default());
        let whole = ended && taken == line.len() && rest.len() <= PIECE_BYTES_MAX;
        input.consume(taken + usize::from(whole));
        if whole {
            return Ok(Some(std::mem::take(rest)));
        }
    }
    // A character is not cut: its later bytes begin with the bits 10.
    let is_start = |at: &usize| rest.get(*at).is_none_or(|byte| byte & 0xC0 != 0x80);
    let cut = (1..=PIECE_BYTES_MAX).rev().find(is_start).unwrap_or(PIECE_BYTES_MAX);
    let later = rest.split_off(cut);
    Ok(Some(std::mem::replace(rest, later)))
}

/// A line as it can be said: without control characters and colour codes.
fn sendable(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c == '\u{1b}' && chars.next_if_eq(&'[').is_some() {
            while chars.next().is_some_and(|c| !('\u{40}'..='\u{7e}').contains(&c)) {}
        } else if c == '\t' || !c.is_control() {
            out.push(c);
        }
    }
    if out.trim().is_empty() { String::new() } else { out }
}

/// Tells the loop of SIGINT and SIGTERM, so that the goodbye is said.
fn watch_signals(events: &Sender<Event>) {
    let events = events.clone();
    crate::signals::watch(move |signal| drop(events.send(Event::Signal(signal))));
}

/// How the loop learns of news.
pub struct PipeFace {
    events: Sender<Event>,
    told: Arc<AtomicBool>,
}

impl Face for PipeFace {
    fn changed(&self) {
        if !self.told.swap(true, Ordering::AcqRel) {
            let _ = self.events.send(Event::Changed);
        }
    }

    fn notify(&self, _from: &str, _text: &str) {}

    fn remember(&self, token: &Secret) {
        let _ = self.events.send(Event::Remember(token.clone()));
    }

    fn finished(&self) {
        let _ = self.events.send(Event::Finished);
    }
}
