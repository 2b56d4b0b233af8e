//! What is counted: the hot path, piece by piece and as whole turns.

use std::hint::black_box;
use std::time::Duration;

use parlor_core::id::MessageId;
use parlor_core::name::{Nick, RoomName};
use parlor_core::text::Body;
use parlor_core::time::Timestamp;
use parlor_core::vocabulary::{Event, Message, Place};
use parlor_core::wire::{Decoded, Dialect, Flavour, ServerCodec, encode_event};

use crate::desk::{Desk, ROOM};

/// What is done over and over, and how many of what it is done for.
#[derive(Clone, Copy, Debug)]
pub struct Scenario {
    /// Its name in the file of counts.
    pub name: &'static str,
    /// What is done once: what the count is for.
    pub once: &'static str,
    /// How many deliveries that makes, where it makes any.
    pub deliveries: Option<u64>,
    run: fn(&mut Counter),
}

/// Everything that is counted, in the order in which it is shown.
pub const ALL: [Scenario; 16] = [
    Scenario::new("decode-say", "a native `say` decoded", decode_say),
    Scenario::new("decode-prompt", "a line of `prompt` decoded", decode_prompt),
    Scenario::new("encode-native", "a message encoded, native", encode_native),
    Scenario::new("encode-prompt", "a message encoded, `prompt` lines", encode_prompt),
    Scenario::new("encode-nic", "a message encoded, `nic`", encode_nic),
    Scenario::new("route-100", "a stored message told to 100", route::<100>).to(100),
    Scenario::new("route-1000", "a stored message told to 1,000", route::<1_000>).to(1_000),
    Scenario::new("send-one", "one connection's turn transmitted", send_one),
    Scenario::new("turn-1-100", "a turn of 1 message, 100 members", turn::<1, 100>).to(100),
    Scenario::new("turn-1-1000", "a turn of 1 message, 1,000 members", turn::<1, 1_000>).to(1_000),
    Scenario::new("turn-32-100", "a turn of 32 messages, 100 members", turn::<32, 100>).to(3_200),
    Scenario::new("turn-32-1000", "a turn of 32 messages, 1,000 members", turn::<32, 1_000>).to(32_000),
    Scenario::new("turn-32-100-prompt", "the same in `prompt` lines, 100 members", turn_of_prompt).to(3_200),
    Scenario::new("slow-100", "2 messages to 100 slow readers", slow_readers).to(200),
    Scenario::new("join-100", "a hello and join, room of 100", join::<100>),
    Scenario::new("join-1000", "a hello and join, room of 1,000", join::<1_000>),
];

impl Scenario {
    const fn new(name: &'static str, once: &'static str, run: fn(&mut Counter)) -> Self {
        Self { name, once, deliveries: None, run }
    }

    const fn to(mut self, deliveries: u64) -> Self {
        self.deliveries = Some(deliveries);
        self
    }

    /// Finds one by its name.
    pub fn named(name: &str) -> Option<Self> {
        ALL.into_iter().find(|scenario| scenario.name == name)
    }

    /// Plays it, warm-up first; how many times it was done while callgrind collected.
    ///
    /// # Panics
    /// If the core does something else than what is to be counted.
    pub fn play(self) -> u64 {
        let mut counter = Counter::default();
        (self.run)(&mut counter);
        counter.times
    }
}

/// Callgrind collects while this function runs and at no other time: `--toggle-collect` knows it by its name.
#[inline(never)]
fn counted_instructions(work: &mut dyn FnMut()) {
    work();
    // Something to come back for: a call in the last place could become a jump, and the function would end early.
    black_box(());
}

/// Everything happens some times before it is counted, so that buffers have grown to their size.
const WARM_UP: u64 = 8;

#[derive(Debug, Default)]
struct Counter {
    rounds: u64,
    times: u64,
}

impl Counter {
    /// Does `work`, which is what the scenario is about `times` times over.
    fn count(&mut self, times: u64, mut work: impl FnMut()) {
        self.rounds += 1;
        if self.rounds <= WARM_UP {
            work();
        } else {
            counted_instructions(&mut work);
            self.times += times;
        }
    }
}

const ROUNDS: u64 = WARM_UP + 24;
const SENDERS: usize = 8;
const PAYLOAD: usize = 100;

fn decode_say(counter: &mut Counter) {
    decode(counter, Dialect::Native, &said(Dialect::Native, 1));
}

fn decode_prompt(counter: &mut Counter) {
    decode(counter, Dialect::Prompt, &said(Dialect::Prompt, 1));
}

fn decode(counter: &mut Counter, dialect: Dialect, said: &[u8]) {
    let mut codec = ServerCodec::new(dialect);
    if dialect == Dialect::Prompt {
        // The first line is the name.
        assert!(matches!(codec.decode(&mut &b"ada\n"[..]), Some(Decoded::Frame(_))), "a name is a frame");
        codec.welcomed();
    }
    for _ in 0..ROUNDS {
        counter.count(1, || {
            let decoded = codec.decode(&mut black_box(said));
            assert!(matches!(decoded, Some(Decoded::Frame(_))), "what is said is a frame");
        });
    }
}

fn encode_native(counter: &mut Counter) {
    encode(counter, Flavour::Native);
}

fn encode_prompt(counter: &mut Counter) {
    encode(counter, Flavour::PromptLines);
}

fn encode_nic(counter: &mut Counter) {
    encode(counter, Flavour::Nic);
}

fn encode(counter: &mut Counter, flavour: Flavour) {
    let event = Event::Message(Box::new(Message {
        place: Place::Room(RoomName::parse(ROOM).expect("a valid name")),
        id: MessageId(123_456),
        from: Nick::parse("ada").expect("a valid name"),
        at: Timestamp(1_763_790_000_000),
        text: Body::parse(&text(1)).expect("a valid text"),
        action: false,
        reply_to: None,
        edited: None,
    }));
    let mut out = Vec::new();
    for _ in 0..ROUNDS {
        out.clear();
        counter.count(1, || encode_event(flavour, black_box(&event), &mut out));
        assert!(out.len() > PAYLOAD, "a message is its text and more");
    }
}

/// From the store's answer to the outboxes: encoded once, then a range for everybody.
fn route<const MEMBERS: usize>(counter: &mut Counter) {
    let mut desk = Desk::open(MEMBERS);
    let said = said(Dialect::Native, 1);
    for _ in 0..ROUNDS {
        desk.ask(0, &said);
        counter.count(1, || desk.answer());
        assert!(desk.flush() > MEMBERS * PAYLOAD, "everybody got it");
    }
}

/// `transmit` and `transmitted` of each connection that woke.
fn send_one(counter: &mut Counter) {
    const MEMBERS: usize = 100;
    let mut desk = Desk::open(MEMBERS);
    let said = said(Dialect::Native, 4);
    for _ in 0..ROUNDS {
        desk.say(0, &said);
        let mut bytes = 0;
        counter.count(MEMBERS as u64, || bytes = desk.flush());
        assert!(bytes > 4 * MEMBERS * PAYLOAD, "everybody got it");
    }
}

fn turn<const MESSAGES: usize, const MEMBERS: usize>(counter: &mut Counter) {
    busy(counter, Dialect::Native, MESSAGES, MEMBERS);
}

fn turn_of_prompt(counter: &mut Counter) {
    busy(counter, Dialect::Prompt, 32, 100);
}

/// A turn of the hub's loop: what eight senders said is taken in, stored and told, and everybody is written to once.
fn busy(counter: &mut Counter, dialect: Dialect, messages: usize, members: usize) {
    let mut desk = Desk::open_with(dialect, members);
    let share = messages.div_ceil(SENDERS);
    let said = said(dialect, share);
    for _ in 0..ROUNDS {
        let mut bytes = 0;
        counter.count(1, || {
            for sender in 0..messages / share {
                desk.say(sender, &said);
            }
            bytes = desk.flush();
        });
        assert!(bytes > messages * members * PAYLOAD, "everybody got everything");
    }
}

/// Nobody can take the first message, so it is copied for each; the second comes behind it; then they read.
fn slow_readers(counter: &mut Counter) {
    const MEMBERS: usize = 100;
    let mut desk = Desk::open(MEMBERS);
    let said = said(Dialect::Native, 1);
    for _ in 0..ROUNDS {
        let mut bytes = 0;
        counter.count(1, || {
            desk.say(0, &said);
            desk.stall();
            desk.say(1, &said);
            bytes = desk.resume();
        });
        assert!(bytes > 2 * MEMBERS * PAYLOAD, "everybody got both");
    }
}

/// From the connection to the second after: the newcomer has read what the room is, and everybody has been told. The
/// room grows by one each time.
fn join<const MEMBERS: usize>(counter: &mut Counter) {
    let mut desk = Desk::open(MEMBERS);
    for round in 0..ROUNDS {
        let hello = desk.hello(&format!("newcomer{round:02}"));
        let mut bytes = 0;
        counter.count(1, || {
            desk.arrive(&hello);
            desk.wait(Duration::from_secs(1));
            bytes = desk.flush();
        });
        assert!(bytes > MEMBERS * "newcomer".len(), "everybody heard of it");
    }
}

/// What somebody says at once: so many messages.
fn said(dialect: Dialect, messages: usize) -> Vec<u8> {
    let line = |number| match dialect {
        Dialect::Native => format!("{{\"say\":{{\"room\":\"{ROOM}\",\"text\":\"{}\"}}}}\n", text(number)),
        Dialect::Nic | Dialect::Prompt => text(number) + "\n",
    };
    (0..messages).flat_map(|number| line(number).into_bytes()).collect()
}

fn text(number: usize) -> String {
    let filling = "the quick brown fox jumps over the lazy dog, ".repeat(3);
    let mut text = format!("#0.{number}#{filling}");
    text.truncate(PAYLOAD);
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_scenario_does_what_it_says_and_is_counted() {
        for scenario in ALL {
            assert!(scenario.play() >= ROUNDS - WARM_UP, "{}", scenario.name);
        }
    }

    #[test]
    fn names_are_unique_and_found() {
        let names: BTreeSet<_> = ALL.iter().map(|scenario| scenario.name).collect();
        assert_eq!(names.len(), ALL.len());
        assert!(names.iter().all(|name| Scenario::named(name).is_some()));
        assert!(Scenario::named("no-such").is_none());
    }

    #[test]
    fn texts_have_the_asked_length() {
        assert!((0..40).all(|number| text(number).len() == PAYLOAD));
    }
}
