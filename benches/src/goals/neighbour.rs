//! Two people in a room of their own, while another room is as busy as it can be.
//!
//! One of the two says something every ten milliseconds on average, at times that nothing the server does has a say in,
//! whether the other has the last message or not; a message is late from the time it was due on. So no rhythm of the
//! server's is met again and again, and one that is slow is asked no less often for it. The two have a thread each, on
//! the processor of the load generator, since on the server's they would take its time. There they would wait behind
//! the generator, which is busy too; so their threads run under real-time priority (`chrt`), or as nice as they may be,
//! and how late the speaker wakes from its pauses is measured beside the messages: what that says is the noise in them.
//! The tutorial's protocol knows one room only, so that the two speak the native one beside either busy room. Loop B
//! has no rooms; how long it takes to serve everybody in a room once is shown in its place.

use std::fmt::Write;
use std::io::{BufRead, BufReader, Write as _};
use std::net::TcpStream;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use serde::Serialize;

use crate::crowd::Crowd;
use crate::drive::{Load, Phase, drive};
use crate::figures::{Figures, Latency, Micros};
use crate::rounds::Contender;
use crate::speech::{Line, Speech, Target, text};

use super::{Goal, Report, Row, Setup, Unit, middle, raw};

const GOAL: Goal = Goal::new(25.0, 5.0, Unit::Millis);
const GOAL_FOR: usize = 5_000;

/// What goes on beside the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
enum Beside {
    Nothing,
    /// A thread that never rests, on the processor of the two.
    Spinning,
    Saturated(usize, Contender),
}

const ALL: [Beside; 6] = [
    Beside::Nothing,
    Beside::Spinning,
    Beside::Saturated(1_000, Contender::Native),
    Beside::Saturated(5_000, Contender::Native),
    Beside::Saturated(1_000, Contender::PromptLines),
    Beside::Saturated(5_000, Contender::PromptLines),
];

#[derive(Clone, Debug, Serialize)]
struct Talk {
    beside: Beside,
    messages: u64,
    /// From when it was due to the other one's reading.
    latency: Micros,
    /// From the end of a pause to waking up.
    lateness: Micros,
    /// Of the busy room.
    crowd: Option<Figures>,
}

#[derive(Clone, Debug, Serialize)]
struct Turn {
    members: usize,
    figures: Figures,
}

pub(super) fn measure(setup: &Setup) -> Result<Report, String> {
    let (mut talks, mut turns) = (Vec::new(), Vec::new());
    for round in 1..=setup.rounds {
        for beside in ALL {
            let talk = talk_beside(setup, beside)?;
            let Micros { p50, p99, max, .. } = talk.latency;
            eprintln!("round {round}, a room of two beside {}: µs p50 {p50}, p99 {p99}, max {max}", beside.words());
            talks.push(talk);
            // Loop B stands beside either dialect.
            if let Beside::Saturated(members, Contender::Native) = beside {
                let server = Contender::BareB.start(&setup.binary)?;
                let mut crowd = Crowd::join(server.target(Speech::Bare), members, 8, "")?;
                turns.push(Turn { members, figures: drive(&mut crowd, &load(setup.measure, server.pid()))? });
            }
        }
    }
    let (table, rows) = tell(&talks, &turns);
    let raw = talks.iter().map(|talk| raw("neighbour", talk));
    let raw = raw.chain(turns.iter().map(|turn| super::raw("neighbour of loop B", turn))).collect();
    Ok(Report { title: "A room of two beside a busy one", table, rows, raw })
}

fn load(measure: Duration, server: u32) -> Load {
    let (phase, warm_up) = (Phase::Saturated { in_flight: 64 }, measure / 10);
    Load { phase, payload: 100, warm_up, measure, messages_max: u64::MAX, server: Some(server) }
}

fn talk_beside(setup: &Setup, beside: Beside) -> Result<Talk, String> {
    let server = Contender::Native.start(&setup.binary)?;
    let target = server.target(Speech::Native);
    // Beside a busy room a message takes longer, and there must be enough of them for a hundredth.
    let measure = setup.measure * if matches!(beside, Beside::Saturated(..)) { 4 } else { 2 };
    let crowd = match beside {
        Beside::Saturated(members, contender) => Some(Crowd::join(server.target(contender.speech()), members, 8, "")?),
        Beside::Nothing | Beside::Spinning => None,
    };
    let pair = Pair::join(target)?;
    let over = Arc::new(AtomicBool::new(false));
    let talking = pair.talk(measure / 10, Arc::clone(&over));
    let figures = match (crowd, beside) {
        (Some(mut crowd), _) => Some(drive(&mut crowd, &load(measure, server.pid()))),
        (None, Beside::Spinning) => {
            spin(measure);
            None
        }
        (None, Beside::Nothing | Beside::Saturated(..)) => {
            thread::sleep(measure);
            None
        }
    };
    over.store(true, Ordering::Relaxed);
    let (latency, lateness) = talking.join().map_err(|_| String::from("The two in the small room gave up."))??;
    let (messages, crowd) = (latency.count(), figures.transpose()?);
    Ok(Talk { beside, messages, latency: latency.micros(), lateness: lateness.micros(), crowd })
}

fn spin(time: Duration) {
    let begun = Instant::now();
    while begun.elapsed() < time {
        std::hint::spin_loop();
    }
}

/// Two in a room of their own.
struct Pair {
    speaker: TcpStream,
    listener: BufReader<TcpStream>,
}

const PATIENCE: Duration = Duration::from_secs(20);
/// The mean of all pauses.
const PAUSE: Duration = Duration::from_millis(10);

impl Pair {
    fn join(target: Target) -> Result<Self, String> {
        let enter = |name: &str| {
            let stream = TcpStream::connect(target.address)?;
            stream.set_nodelay(true)?;
            stream.set_read_timeout(Some(PATIENCE))?;
            let hello = format!("{{\"hello\":{{\"version\":1,\"nick\":\"{name}\",\"rooms\":[\"aside\"]}}}}\n");
            (&stream).write_all(hello.as_bytes())?;
            let mut reader = BufReader::new(stream);
            let mut line = String::new();
            while Speech::Native.classify(line.as_bytes()) != Line::Joined {
                line.clear();
                if reader.read_line(&mut line)? == 0 {
                    return Err(std::io::ErrorKind::UnexpectedEof.into());
                }
            }
            Ok(reader)
        };
        let failed = |e: std::io::Error| format!("The two cannot enter their room: {e}.");
        let speaker = enter("speaker").map_err(failed)?;
        let listener = enter("listener").map_err(failed)?;
        Ok(Self { speaker: speaker.into_inner(), listener })
    }

    /// Talks on threads of its own until told that it is over; counts from the end of the warm-up on.
    fn talk(self, warm_up: Duration, over: Arc<AtomicBool>) -> JoinHandle<Result<(Latency, Latency), String>> {
        thread::spawn(move || {
            go_first();
            let Self { speaker, listener } = self;
            // What the speaker is sent is read by nobody but this thread; it is read so that the server can send.
            let echo = speaker.try_clone().map_err(|e| format!("{e}."))?;
            thread::spawn(move || std::io::copy(&mut &echo, &mut std::io::sink()));
            let measured_from = Instant::now() + warm_up;
            let (announce, announced) = mpsc::channel();
            let hearing = thread::spawn(move || {
                go_first();
                hear_all(listener, announced, measured_from)
            });
            let said = say_all(&speaker, announce, measured_from, &over);
            let heard = hearing.join().map_err(|_| String::from("The listener in the small room gave up."))?;
            // Ends the thread that reads.
            let _ = speaker.shutdown(std::net::Shutdown::Both);
            let both = heard.and_then(|latency| Ok((latency, said?)));
            both.map_err(|e| format!("The two in the small room cannot talk: {e}."))
        })
    }
}

/// Says one message after the other, each when it is due; how late the speaker woke up for them.
fn say_all(
    mut speaker: &TcpStream,
    announce: Sender<Instant>,
    measured_from: Instant,
    over: &AtomicBool,
) -> std::io::Result<Latency> {
    let mut lateness = Latency::default();
    let mut random = fastrand::Rng::with_seed(5);
    let mut said = Vec::new();
    let mut due = Instant::now();
    for number in 0.. {
        // Exponential: the time until the next one says nothing of the time since the last.
        due += PAUSE.mul_f64(-(1.0 - random.f64()).ln());
        thread::sleep(due.saturating_duration_since(Instant::now()));
        if over.load(Ordering::Relaxed) {
            break;
        }
        if due >= measured_from {
            lateness.record(nanos(due.elapsed()));
        }
        said.clear();
        said_aside(&text(0, number, 100), &mut said);
        // Whoever hears no more has its own error to tell.
        if announce.send(due).is_err() {
            break;
        }
        speaker.write_all(&said)?;
    }
    Ok(lateness)
}

/// Hears what was announced, in this order, until nothing is any more; how long after they were due messages came.
fn hear_all(
    mut listener: BufReader<TcpStream>,
    announced: Receiver<Instant>,
    measured_from: Instant,
) -> std::io::Result<Latency> {
    let mut latency = Latency::default();
    for (due, number) in announced.iter().zip(0..) {
        hear(&mut listener, number)?;
        if due >= measured_from {
            latency.record(nanos(due.elapsed()));
        }
    }
    Ok(latency)
}

fn hear(listener: &mut BufReader<TcpStream>, number: u64) -> std::io::Result<()> {
    let mut line = Vec::new();
    loop {
        line.clear();
        if listener.read_until(b'\n', &mut line)? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        match Speech::Native.classify(&line) {
            Line::Message if crate::speech::origin(&line) == Some((0, number)) => return Ok(()),
            Line::Question => {
                let mut pong = Vec::new();
                Speech::Native.answer(line.trim_ascii_end(), &mut pong);
                listener.get_mut().write_all(&pong)?;
            }
            Line::Trouble => return Err(std::io::Error::other(String::from_utf8_lossy(&line).into_owned())),
            Line::Message | Line::Joined | Line::Other => {}
        }
    }
}

fn said_aside(text: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(b"{\"say\":{\"room\":\"aside\",\"text\":\"");
    out.extend_from_slice(text.as_bytes());
    out.extend_from_slice(b"\"}}\n");
}

fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).expect("584 years have not passed")
}

/// Asks that the calling thread goes before others; who may not ask is served as others are, and the table shows it.
fn go_first() {
    let thread = nix::unistd::gettid().to_string();
    let asked = |program: &str, arguments: &[&str]| {
        let mut command = Command::new(program);
        command.args(arguments).arg(&thread).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    };
    // Real time: it works for a fraction of a millisecond at a time, and the kernel's limit on such threads is far.
    if !asked("chrt", &["--fifo", "--pid", "1"]) {
        asked("renice", &["-n", "-20", "-p"]);
    }
}

impl Beside {
    fn words(self) -> String {
        match self {
            Beside::Nothing => String::from("nobody"),
            Beside::Spinning => String::from("nobody, a spinning thread on the clients' processor"),
            Beside::Saturated(members, contender) => format!("{members}, saturated, {}", contender.name()),
        }
    }
}

fn tell(talks: &[Talk], turns: &[Turn]) -> (String, Vec<Row>) {
    let mut table = String::from(
        "| the room of two beside | messages | p50 ms | p99 ms | longest ms | woke late, p99 ms | longest ms | \
         the busy room: µs/delivery | last receiver p50 / p99 ms | loop B: last receiver p50 / p99 ms |\n\
         |---|---|---|---|---|---|---|---|---|---|\n",
    );
    let mut rows = Vec::new();
    for beside in ALL {
        let here: Vec<&Talk> = talks.iter().filter(|talk| talk.beside == beside).collect();
        let of = |figure: fn(&Talk) -> f64| middle(&here, |talk| figure(talk));
        let busy = |figure: fn(&Figures) -> f64| middle(&here, |talk| talk.crowd.as_ref().map_or(f64::NAN, figure));
        let members = if let Beside::Saturated(members, _) = beside { members } else { 0 };
        let bare: Vec<&Turn> = turns.iter().filter(|turn| turn.members == members).collect();
        let p99 = of(|talk| talk.latency.p99) / 1e3;
        let written = writeln!(
            table,
            "| {} | {:.0} | {:.2} | {p99:.2} | {:.1} | {:.2} | {:.1} | {:.3} | {:.1} / {:.1} | {:.1} / {:.1} |",
            beside.words(),
            of(|talk| talk.messages as f64),
            of(|talk| talk.latency.p50) / 1e3,
            of(|talk| talk.latency.max) / 1e3,
            of(|talk| talk.lateness.p99) / 1e3,
            of(|talk| talk.lateness.max) / 1e3,
            busy(|figures| figures.server_micros_per_delivery.unwrap_or(f64::NAN)),
            busy(|figures| figures.last.p50 / 1e3),
            busy(|figures| figures.last.p99 / 1e3),
            middle(&bare, |turn| turn.figures.last.p50 / 1e3),
            middle(&bare, |turn| turn.figures.last.p99 / 1e3),
        );
        written.expect("a string takes any text");
        if let Beside::Saturated(GOAL_FOR, contender) = beside {
            let what = format!("p99 in a room of 2 while a room of 5,000 is saturated, {}", contender.name());
            rows.push(Row::new(what, GOAL, p99));
        }
    }
    (table.replace("NaN / NaN", "–").replace("NaN", "–"), rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;
    use std::net::TcpListener;

    /// Lets two in, and gives what the first one says to the second, but only once so many messages have come; then
    /// it is over.
    fn serve(listener: &TcpListener, messages: u64, over: &AtomicBool) {
        let mut inside = Vec::new();
        for stream in listener.incoming().take(2) {
            let mut reader = BufReader::new(stream.unwrap());
            let mut hello = String::new();
            reader.read_line(&mut hello).unwrap();
            assert!(hello.contains("aside"));
            reader.get_mut().write_all(b"{\"welcome\":{}}\n{\"room\":{}}\n").unwrap();
            inside.push(reader);
        }
        let [speaker, listener] = &mut inside[..] else { panic!("two came") };
        listener.get_mut().write_all(b"{\"ping\":{\"token\":\"7\"}}\n").unwrap();
        let mut said = String::new();
        for _ in 0..messages {
            speaker.read_line(&mut said).unwrap();
        }
        over.store(true, Ordering::Relaxed);
        listener.get_mut().write_all(said.replace("say", "message").as_bytes()).unwrap();
        // More may have been on their way.
        for line in speaker.lines().map_while(Result::ok) {
            listener.get_mut().write_all(format!("{}\n", line.replace("say", "message")).as_bytes()).unwrap();
        }
        let mut answer = Vec::new();
        listener.read_to_end(&mut answer).unwrap();
        assert_eq!(answer, b"{\"pong\":{\"token\":\"7\"}}\n");
    }

    #[test]
    fn messages_are_said_when_due_whether_the_last_was_heard_or_not_and_each_is_counted_once() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let target = Target { speech: Speech::Native, address: listener.local_addr().unwrap() };
        let over = Arc::new(AtomicBool::new(false));
        let end = Arc::clone(&over);
        let server = thread::spawn(move || serve(&listener, 20, &end));
        let talking = Pair::join(target).unwrap().talk(Duration::ZERO, over);
        let (latency, lateness) = talking.join().unwrap().unwrap();
        assert!(latency.count() >= 20);
        assert_eq!(lateness.count(), latency.count());
        server.join().unwrap();
    }
}
