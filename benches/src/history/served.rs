//! The whole server on a data directory, over loopback: people who say things and wait for `ack`.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::sync::Barrier;
use std::time::{Duration, Instant};

use super::texts::{EVERYWHERE, Texts};
use super::{ROOMS, Wrote, nanos};
use crate::figures::Latency;
use crate::os;
use crate::process::Running;
use crate::rounds::UNPACED;
use crate::speech::Speech;

/// A connection that is in.
struct Person {
    stream: BufReader<TcpStream>,
    line: String,
}

impl Person {
    /// Says hello, and is in these rooms.
    fn arrive(address: SocketAddr, nick: &str, rooms: &[String]) -> Result<Self, String> {
        let stream = TcpStream::connect(address).map_err(|error| format!("The server does not answer: {error}."))?;
        stream.set_nodelay(true).map_err(|error| format!("A connection cannot be set up: {error}."))?;
        let bound = Some(Duration::from_secs(60));
        stream.set_read_timeout(bound).map_err(|error| format!("A connection cannot be set up: {error}."))?;
        let mut person = Self { stream: BufReader::new(stream), line: String::new() };
        let rooms = rooms.iter().map(|room| format!("\"{room}\"")).collect::<Vec<_>>().join(",");
        person.send(&format!("{{\"hello\":{{\"version\":1,\"nick\":\"{nick}\",\"rooms\":[{rooms}]}}}}\n"))?;
        person.send("{\"ping\":{\"token\":\"in\"}}\n")?;
        person.until("{\"pong\"")?;
        Ok(person)
    }

    fn send(&mut self, text: &str) -> Result<(), String> {
        self.stream.get_mut().write_all(text.as_bytes()).map_err(|error| format!("The server is gone: {error}."))
    }

    /// Reads up to a line that begins so.
    fn until(&mut self, beginning: &str) -> Result<(), String> {
        loop {
            self.line.clear();
            let read =
                self.stream.read_line(&mut self.line).map_err(|error| format!("The server is gone: {error}."))?;
            if read == 0 || self.line.starts_with("{\"error\"") || self.line.starts_with("{\"bye\"") {
                return Err(format!("The server refuses: {}", self.line));
            }
            if self.line.starts_with(beginning) {
                return Ok(());
            }
        }
    }
}

/// Has `senders` people say so many messages in all, each in a room of their own, `under_way` at a time each.
///
/// # Errors
/// One sentence, if the server does not start or refuses something.
pub fn write(
    binary: &Path,
    home: &Path,
    messages: usize,
    (senders, under_way): (usize, usize),
) -> Result<Wrote, String> {
    let running = Running::parlor_keeping(binary, UNPACED, home)?;
    let address = running.target(Speech::Native).address;
    let each = messages / senders;
    let together = Barrier::new(senders + 1);
    std::thread::scope(|scope| {
        let start = |number: usize| {
            let together = &together;
            scope.spawn(move || {
                let room = [format!("room{}", number % ROOMS)];
                let person = Person::arrive(address, &format!("sender{number}"), &room);
                let says: Vec<String> = lines(number, &room[0], each);
                together.wait();
                person.and_then(|person| say_all(person, &says, under_way))
            })
        };
        let threads: Vec<_> = (0..senders).map(start).collect();
        together.wait();
        let (cpu, since) = (os::processor_time(running.pid())?, Instant::now());
        let mut all = Vec::new();
        for thread in threads {
            all.push(thread.join().map_err(|_| "A sender panicked.".to_owned())??);
        }
        let (time, cpu) = (since.elapsed(), os::processor_time(running.pid())? - cpu);
        let messages = (each * senders) as u64;
        let latency = all.first().map(Latency::micros).unwrap_or_default();
        let processor_micros = cpu.as_secs_f64() * 1e6 / messages as f64;
        Ok(Wrote { messages, time, latency, processor_micros })
    })
}

fn lines(sender: usize, room: &str, count: usize) -> Vec<String> {
    let mut texts = Texts::new(sender as u64);
    let say = |at: usize| {
        let text = texts.next_text();
        format!("{{\"say\":{{\"room\":\"{room}\",\"text\":\"{text}\",\"nonce\":\"{at}\"}}}}\n")
    };
    (0..count).map(say).collect()
}

fn say_all(mut person: Person, says: &[String], under_way: usize) -> Result<Latency, String> {
    let (mut latency, mut sent) = (Latency::default(), std::collections::VecDeque::new());
    let mut says = says.iter();
    loop {
        while sent.len() < under_way
            && let Some(say) = says.next()
        {
            sent.push_back(Instant::now());
            person.send(say)?;
        }
        let Some(since) = sent.pop_front() else { return Ok(latency) };
        person.until("{\"ack\"")?;
        latency.record(nanos(since.elapsed()));
    }
}

/// How long a server takes from being started until somebody has been welcomed and shown the newest page.
///
/// # Errors
/// One sentence, if it does not start.
pub fn start_up(binary: &Path, home: &Path) -> Result<Duration, String> {
    let nick = format!("early{}", fastrand::u32(..));
    let since = Instant::now();
    let running = Running::parlor_keeping(binary, UNPACED, home)?;
    let mut person = Person::arrive(running.target(Speech::Native).address, &nick, &["room0".into()])?;
    person.send("{\"history\":{\"room\":\"room0\",\"limit\":50}}\n")?;
    person.until("{\"page\"")?;
    Ok(since.elapsed())
}

/// Resident memory of a server after some work of every kind: people in all rooms, pages, searches, messages.
///
/// # Errors
/// One sentence, if it does not start or refuses something.
pub fn resident(binary: &Path, home: &Path) -> Result<u64, String> {
    let running = Running::parlor_keeping(binary, UNPACED, home)?;
    let rooms: Vec<String> = (0..ROOMS).map(|room| format!("room{room}")).collect();
    let mut person = Person::arrive(running.target(Speech::Native).address, "reader", &rooms)?;
    let mut texts = Texts::new(77);
    for round in 0..1_000 {
        let room = &rooms[round % ROOMS];
        person
            .send(&format!("{{\"history\":{{\"room\":\"{room}\",\"before\":{},\"limit\":50}}}}\n", 60 + round / 3))?;
        person.until("{\"page\"")?;
        person.send(&format!("{{\"history\":{{\"room\":\"{room}\",\"limit\":50}}}}\n"))?;
        person.until("{\"page\"")?;
        let words = [EVERYWHERE, &texts.latin()[round % 50], &texts.persian()[round % 50], &texts.han()[round % 50]];
        person.send(&format!("{{\"search\":{{\"query\":\"{}\",\"limit\":50}}}}\n", words[round % 4]))?;
        person.until("{\"page\"")?;
        let text = texts.next_text();
        person.send(&format!("{{\"say\":{{\"room\":\"{room}\",\"text\":\"{text}\",\"nonce\":\"r{round}\"}}}}\n"))?;
        person.until("{\"ack\"")?;
    }
    os::resident_bytes(running.pid())
}
