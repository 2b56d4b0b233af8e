//! `--pipe`: no screen; standard input is said, what arrives is printed.

use std::io::{BufRead, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use parlor_core::client::{Call, Intent, Keepsake, Link, Question};
use parlor_core::name::RoomName;
use parlor_core::secret::Secret;
use parlor_transport_tcp::session::{Face, Session};

mod input;
pub mod names;
mod paper;

use names::Names;
use paper::Paper;

/// How long a lost connection is tried again, unless [`Terms::wait`] is longer.
const LOST_MAX: Duration = Duration::from_secs(30);
/// How long the goodbye may take.
const FAREWELL_MAX: Duration = Duration::from_secs(5);
/// How long a server that is there may take to let one in, where [`Terms::wait`] is shorter.
const HELLO_MAX: Duration = Duration::from_secs(5);
/// How long it may take to let one into the room, and to give its history.
const ROOM_MAX: Duration = Duration::from_secs(20);
/// How often the clock is looked at while nothing happens.
const LOOK_AGAIN: Duration = Duration::from_millis(250);
/// How often a server that is waited for is dialled.
const DIAL_AGAIN: Duration = Duration::from_secs(1);
/// Messages said and not yet confirmed; more stay unread in standard input.
const UNSENT_MAX: usize = 16;

/// What a run is to do.
#[derive(Clone, Debug, Default)]
pub struct Terms {
    /// Print JSON objects.
    pub json: bool,
    /// Print nothing but the first message that arrives once all was said, and leave. Where something was said and
    /// [`Terms::wait`] is `None`, leave without one.
    pub once: bool,
    /// How long to wait for a server that is not there at first, and after the end of input for what arrives.
    pub wait: Option<Duration>,
    /// How many of the newest messages to print first.
    pub history: usize,
    /// The room to speak in; `None` for the one the server puts one into.
    pub room: Option<RoomName>,
    /// Standard input is a terminal, whose end nobody waits for.
    pub terminal: bool,
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Everything was said.
    Done,
    /// It was not; one plain sentence says why.
    Failed(String),
    /// Everything was said, but what was waited for did not come in time.
    TimedOut,
    /// A signal asked for the end.
    Signalled(i32),
}

/// Who one is on the server.
pub trait Identity {
    /// Dials as this nickname.
    fn dial(&mut self, nick: &str, face: PipeFace) -> Session;
    /// Whether another run has meanwhile kept who this nickname is.
    fn known_now(&mut self, nick: &str) -> bool;
    /// Keeps who one is for the next time.
    fn keep(&mut self, nick: &str, token: &Secret);
}

/// What the main loop waits for.
enum Event {
    /// Of the session of this number.
    Face(u32, News),
    Input(Option<String>),
    Signal(i32),
}

enum News {
    Changed,
    Finished,
    Remember(Secret),
}

/// Runs until the end of input, the end of the connection or a signal.
pub fn run(
    mut who: impl Identity,
    names: Names,
    terms: Terms,
    input: impl BufRead + Send + 'static,
    output: impl Write,
    errors: impl Write,
) -> Outcome {
    let (events, inbox) = mpsc::channel();
    let (lines, said) = mpsc::sync_channel(UNSENT_MAX);
    let signals = events.clone();
    parlor_face::signals::watch(move |signal| drop(signals.send(Event::Signal(signal))));
    let read = events.clone();
    input::read(input, lines, move |error| drop(read.send(Event::Input(error))));
    let told = Arc::new(AtomicBool::new(false));
    let face = PipeFace { number: 0, events: events.clone(), told: told.clone() };
    let session = who.dial(names.first(), face);
    let paper = Paper::new(&terms, output, errors);
    let mut pipe = Pipe {
        who,
        names,
        terms,
        events,
        told,
        session,
        number: 0,
        said,
        paper,
        began: Instant::now(),
        dialled: Instant::now(),
        online: None,
        lost: None,
        spoke: false,
        over: false,
        silent: None,
    };
    let outcome = pipe.follow(&inbox);
    pipe.session.intent(Intent::Quit);
    pipe.session.wait_finished(FAREWELL_MAX);
    outcome
}

struct Pipe<I, O, E> {
    who: I,
    names: Names,
    terms: Terms,
    /// For the next session.
    events: Sender<Event>,
    told: Arc<AtomicBool>,
    session: Session,
    /// Which session it is.
    number: u32,
    said: Receiver<String>,
    paper: Paper<O, E>,
    began: Instant,
    /// When a server that is waited for was last dialled.
    dialled: Instant,
    /// Since when one is in, first of all.
    online: Option<Instant>,
    /// Since when one is out again.
    lost: Option<Instant>,
    /// Whether anything was said.
    spoke: bool,
    /// Whether the input is at its end, and everything in it said.
    over: bool,
    /// Since when it is confirmed as well.
    silent: Option<Instant>,
}

impl<I: Identity, O: Write, E: Write> Pipe<I, O, E> {
    fn follow(&mut self, inbox: &Receiver<Event>) -> Outcome {
        let mut leaving = None;
        loop {
            match inbox.recv_timeout(LOOK_AGAIN) {
                Ok(Event::Face(number, _)) if number != self.number => continue,
                Ok(Event::Face(_, News::Changed)) => self.told.store(false, Ordering::Release),
                Ok(Event::Face(_, News::Remember(token))) => {
                    let nick = self.session.state().nick.clone();
                    self.who.keep(&nick, &token);
                }
                Ok(Event::Input(None)) | Err(RecvTimeoutError::Timeout) => {}
                Ok(Event::Input(Some(why))) => return Outcome::Failed(why),
                Ok(Event::Signal(signal)) => return Outcome::Signalled(signal),
                Ok(Event::Face(_, News::Finished)) | Err(RecvTimeoutError::Disconnected) => {
                    leaving = leaving.or(Some(Instant::now()));
                }
            }
            if leaving.is_none()
                && let Err(why) = self.check()
            {
                let _ = self.paper.print(&self.session);
                return Outcome::Failed(why);
            }
            let ready = leaving.is_some() || self.is_ready();
            if ready && self.paper.print(&self.session).is_err() {
                // Nobody reads any more: that is how a pipe ends.
                return Outcome::Done;
            }
            if let Some(since) = leaving {
                if self.session.wait_finished(Duration::ZERO) || since.elapsed() > FAREWELL_MAX {
                    let _ = self.paper.print(&self.session);
                    return self.paper.failed().map_or(Outcome::Done, Outcome::Failed);
                }
                continue;
            }
            if ready {
                self.say();
            } else if self.is_late() {
                let _ = self.paper.print(&self.session);
                return Outcome::Failed(self.kept_out());
            }
            match self.is_done() {
                Ok(false) => {}
                Ok(true) => {
                    self.session.intent(Intent::Quit);
                    leaving = Some(Instant::now());
                }
                Err(_) => return self.paper.failed().map_or(Outcome::TimedOut, Outcome::Failed),
            }
        }
    }

    /// Whether it is worth going on.
    fn check(&mut self) -> Result<(), String> {
        let (question, link) = {
            let state = self.session.state();
            (state.question.clone(), state.link.clone())
        };
        match question {
            Some(Question::Nick { why }) => return self.be_another(&why),
            Some(Question::Password { why }) => return Err(format!("{why} (--password-file FILE)")),
            None => {}
        }
        match link {
            Link::Online => {
                self.online.get_or_insert_with(Instant::now);
                self.lost = None;
                Ok(())
            }
            Link::Waiting { why, .. } if self.online.is_none() => self.await_server(why),
            Link::Waiting { why, .. } => {
                self.dial_again();
                if self.is_lost() { Err(why) } else { Ok(()) }
            }
            Link::Closed { why } => Err(why.unwrap_or_else(|| "The connection was closed.".into())),
            Link::Connecting { .. } | Link::Greeting if self.online.is_none() => match self.terms.wait {
                Some(wait) if self.began.elapsed() > wait.max(HELLO_MAX) => {
                    Err("The server did not answer in time.".into())
                }
                Some(_) | None => Ok(()),
            },
            Link::Connecting { .. } | Link::Greeting | Link::Leaving => {
                let over = self.lost.is_some() && self.is_lost();
                if over { Err("The server does not come back.".into()) } else { Ok(()) }
            }
        }
    }

    /// The server is not there yet, or not at all.
    fn await_server(&mut self, why: String) -> Result<(), String> {
        if self.terms.wait.is_none_or(|wait| self.began.elapsed() > wait) {
            return Err(why);
        }
        self.dial_again();
        Ok(())
    }

    /// A script does not wait longer and longer as a person's client does.
    fn dial_again(&mut self) {
        if self.dialled.elapsed() > DIAL_AGAIN {
            self.dialled = Instant::now();
            self.session.intent(Intent::RetryNow);
        }
    }

    fn is_lost(&mut self) -> bool {
        let at_most = self.terms.wait.unwrap_or_default().max(LOST_MAX);
        self.lost.get_or_insert_with(Instant::now).elapsed() > at_most
    }

    /// The nickname is taken.
    fn be_another(&mut self, why: &str) -> Result<(), String> {
        let nick = self.session.state().nick.clone();
        let known = self.who.known_now(&nick);
        let Some(nick) = self.names.next(known) else { return Err(format!("{why} (--nick NAME)")) };
        self.number += 1;
        self.told = Arc::new(AtomicBool::new(false));
        let face = PipeFace { number: self.number, events: self.events.clone(), told: self.told.clone() };
        self.session = self.who.dial(&nick, face);
        Ok(())
    }

    /// Whether one is in the room to speak in, and what is to be printed of its history was.
    fn is_ready(&mut self) -> bool {
        let late = self.is_late();
        self.paper.is_begun() || self.paper.begin(&self.session, self.terms.room.as_ref(), late)
    }

    fn is_late(&self) -> bool {
        self.online.is_some_and(|since| since.elapsed() > ROOM_MAX)
    }

    fn kept_out(&self) -> String {
        self.terms.room.as_ref().map_or_else(
            || "The server did not let you into any room.".to_owned(),
            |room| format!("The server does not let you into {room}."),
        )
    }

    /// Says the next lines of the input, as far as the server keeps up.
    fn say(&mut self) {
        while self.can_say() {
            match self.said.try_recv() {
                Ok(line) => {
                    self.spoke = true;
                    if let Some(here) = self.paper.here() {
                        self.session.intent(Intent::Show(here));
                    }
                    self.paper.say(&self.session, line);
                }
                Err(mpsc::TryRecvError::Empty) => return,
                Err(mpsc::TryRecvError::Disconnected) => {
                    self.over = true;
                    return;
                }
            }
        }
    }

    fn can_say(&self) -> bool {
        let state = self.session.state();
        state.link == Link::Online && !state.rooms.is_empty() && state.unsent() < UNSENT_MAX
    }

    /// Whether all is done that was to be done; an error if it can be no more, because the time is over.
    fn is_done(&mut self) -> Result<bool, TimeIsOver> {
        let quiet = self.session.state().unsent() == 0;
        if self.terms.once && quiet && self.paper.is_begun() && (self.over || self.terms.terminal) {
            self.paper.answer(&self.session);
        }
        if !self.over || !quiet {
            return Ok(self.paper.is_answered());
        }
        let since = self.silent.get_or_insert_with(Instant::now).elapsed();
        let time_is_over = self.terms.wait.is_some_and(|wait| since > wait);
        let is_answer_awaited = self.terms.once && (self.terms.wait.is_some() || !self.spoke);
        match (is_answer_awaited, self.paper.is_answered()) {
            (true, true) => Ok(true),
            (true, false) if time_is_over => Err(TimeIsOver),
            (true, false) => Ok(false),
            (false, _) => Ok(self.terms.once || self.terms.wait.is_none() || time_is_over),
        }
    }
}

struct TimeIsOver;

/// How the loop learns of news.
pub struct PipeFace {
    number: u32,
    events: Sender<Event>,
    told: Arc<AtomicBool>,
}

impl PipeFace {
    fn send(&self, news: News) {
        // Nobody takes it any more once the program ends.
        let _ = self.events.send(Event::Face(self.number, news));
    }
}

impl Face for PipeFace {
    fn changed(&self) {
        if !self.told.swap(true, Ordering::AcqRel) {
            self.send(News::Changed);
        }
    }

    fn notify(&self, _call: &Call) {}

    fn keep(&self, _keepsake: &Keepsake) {}

    fn remember(&self, token: &Secret) {
        self.send(News::Remember(token.clone()));
    }

    fn finished(&self) {
        self.send(News::Finished);
    }
}
