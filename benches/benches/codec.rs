//! Bytes to meaning and back, one frame at a time: what clients say, as the server reads it, and what the server says, as
//! it writes it for each dialect and as a native client reads it.

use std::hint::black_box;
use std::time::Duration;

use benches::speech::text;
use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use parlor_core::id::MessageId;
use parlor_core::name::{Nick, RoomName};
use parlor_core::text::{Body, Note};
use parlor_core::time::Timestamp;
use parlor_core::vocabulary::{Command, Event, Message, Place, Span, Tag};
use parlor_core::wire::{ClientCodec, Decoded, Dialect, Flavour, ServerCodec, encode_event};

const PAYLOAD: usize = 100;

criterion_group! {
    name = codec;
    config = Criterion::default().sample_size(30).warm_up_time(Duration::from_millis(200)).measurement_time(Duration::from_millis(500));
    targets = commands, events, rows
}
criterion_main!(codec);

/// The server's way in.
fn commands(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("codec, the server decodes");
    for (name, command) in hot_commands() {
        let mut bytes = Vec::new();
        ClientCodec::new(Dialect::Native).encode(&command.into(), &mut bytes);
        decode_command(&mut group, BenchmarkId::new(name, "native"), ServerCodec::new(Dialect::Native), &bytes);
    }
    let line = text(0, 1, PAYLOAD) + "\n";
    for (name, dialect) in [("nic", Dialect::Nic), ("prompt", Dialect::Prompt)] {
        let mut codec = ServerCodec::new(dialect);
        // The first line is the name.
        assert!(matches!(codec.decode(&mut &b"ada\n"[..]), Some(Decoded::Frame(_))), "a name is a frame");
        codec.welcomed();
        decode_command(&mut group, BenchmarkId::new("say", name), codec, line.as_bytes());
    }
    group.finish();
}

fn decode_command(group: &mut BenchmarkGroup<'_, WallTime>, id: BenchmarkId, mut codec: ServerCodec, bytes: &[u8]) {
    group.throughput(Throughput::Bytes(bytes.len() as u64));
    group.bench_function(id, |bencher| {
        bencher.iter(|| {
            let decoded = codec.decode(&mut black_box(bytes));
            assert!(matches!(decoded, Some(Decoded::Frame(_))), "a command is a frame");
            decoded
        });
    });
}

/// The server's way out and the native client's way in, over the same bytes.
fn events(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("codec, the server encodes");
    for (name, event) in hot_events() {
        encode(&mut group, BenchmarkId::new(name, "native"), Flavour::Native, &event);
    }
    group.finish();
    let mut group = criterion.benchmark_group("codec, the client decodes");
    for (name, event) in hot_events() {
        let mut bytes = Vec::new();
        encode_event(Flavour::Native, &event, &mut bytes);
        let mut codec = ClientCodec::new(Dialect::Native);
        group.throughput(Throughput::Bytes(bytes.len() as u64));
        group.bench_function(BenchmarkId::new(name, "native"), |bencher| {
            bencher.iter(|| {
                let decoded = codec.decode(&mut black_box(bytes.as_slice()));
                assert!(matches!(decoded, Some(Decoded::Frame(_))), "an event is a frame");
                decoded
            });
        });
    }
    group.finish();
}

/// What the tutorials' clients are shown of them.
fn rows(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("codec, the server encodes rows");
    for (flavour_name, flavour) in [("prompt lines", Flavour::PromptLines), ("nic", Flavour::Nic)] {
        for (name, event) in [("message", message_event()), ("joined", joined())] {
            encode(&mut group, BenchmarkId::new(name, flavour_name), flavour, &event);
        }
    }
    group.finish();
}

fn encode(group: &mut BenchmarkGroup<'_, WallTime>, id: BenchmarkId, flavour: Flavour, event: &Event) {
    let mut out = Vec::new();
    encode_event(flavour, event, &mut out);
    group.throughput(Throughput::Bytes(out.len() as u64));
    group.bench_function(id, |bencher| {
        bencher.iter(|| {
            out.clear();
            encode_event(flavour, black_box(event), &mut out);
            out.len()
        });
    });
}

fn hot_commands() -> Vec<(&'static str, Command)> {
    let say = |nonce| Command::Say { place: lobby(), text: body(1), nonce, action: false, reply_to: None };
    vec![
        ("say", say(None)),
        ("say with a nonce", say(Some(tag("4711")))),
        ("typing", Command::Typing { place: lobby() }),
        ("read", Command::Read { place: lobby(), id: MessageId(123_456) }),
        ("join", Command::Join { place: lobby() }),
        ("history", Command::History { place: lobby(), span: Span::Before(MessageId(123_456)), limit: 50 }),
        ("pong", Command::Pong { token: tag("4711") }),
    ]
}

fn hot_events() -> Vec<(&'static str, Event)> {
    let nicks = |from: u64| (from..from + 50).map(|number| nick(&format!("member{number}"))).collect();
    let messages = (0..50).map(message).collect();
    vec![
        ("message", message_event()),
        ("ack", Event::Ack { nonce: tag("4711"), place: lobby(), id: MessageId(123_456) }),
        ("joined", joined()),
        ("parted", Event::Parted { room: room(), nick: nick("ada"), reason: note("off to lunch"), at: at() }),
        ("presence of 100", Event::Presence { room: room(), count: 1_000, joined: nicks(0), parted: nicks(50) }),
        (
            "page of 50",
            Event::Page { place: Some(lobby()), messages, has_more: true, cursor: None, reference: Some(tag("7")) },
        ),
        ("typing", Event::Typing { place: lobby(), nick: nick("ada") }),
        ("ping", Event::Ping { token: tag("4711") }),
    ]
}

fn message_event() -> Event {
    Event::Message(Box::new(message(1)))
}

fn joined() -> Event {
    Event::Joined { room: room(), nick: nick("ada"), at: at() }
}

fn message(number: u64) -> Message {
    Message {
        place: lobby(),
        id: MessageId(123_456 + number),
        from: nick("ada"),
        at: at(),
        text: body(number),
        action: false,
        reply_to: None,
        edited: None,
    }
}

fn lobby() -> Place {
    Place::Room(room())
}

fn room() -> RoomName {
    RoomName::parse("lobby").expect("a valid name")
}

fn nick(name: &str) -> Nick {
    Nick::parse(name).expect("a valid name")
}

fn body(number: u64) -> Body {
    Body::parse(&text(0, number, PAYLOAD)).expect("a valid text")
}

fn note(text: &str) -> Note {
    Note::parse(text).expect("a valid note")
}

fn tag(text: &str) -> Tag {
    Tag::parse(text).expect("a short tag")
}

fn at() -> Timestamp {
    Timestamp(1_763_790_000_000)
}
