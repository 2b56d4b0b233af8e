//! What the core does with a message, without any socket: taken in, stored, routed, handed out to everybody.
//!
//! `one message` is a turn with a single message in it; in `32 messages` a turn brings four of each of eight senders,
//! as a busy room does. `codec` is the two ends of that way alone.

use benches::speech::{Speech, text};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use parlor_core::id::MessageId;
use parlor_core::name::{Nick, RoomName};
use parlor_core::text::Body;
use parlor_core::time::Timestamp;
use parlor_core::vocabulary::{Event, Message, Place};
use parlor_core::wire::{Decoded, Dialect, Flavour, ServerCodec, encode_event};
use std::hint::black_box;
use std::time::Duration;

const MEMBERS: [usize; 3] = [100, 1_000, 10_000];
const SENDERS: usize = 8;
const PAYLOAD: usize = 100;

criterion_group! {
    name = routing;
    config = Criterion::default().sample_size(20).warm_up_time(Duration::from_secs(1)).measurement_time(Duration::from_secs(4));
    targets = one_message, busy_turn, codec
}
criterion_main!(routing);

fn one_message(criterion: &mut Criterion) {
    turn(criterion, "routing, one message a turn", 1);
}

fn busy_turn(criterion: &mut Criterion) {
    turn(criterion, "routing, 32 messages a turn", 32);
}

/// Criterion's "elements" are deliveries.
fn turn(criterion: &mut Criterion, name: &str, messages: usize) {
    let mut group = criterion.benchmark_group(name);
    for members in MEMBERS {
        group.throughput(Throughput::Elements((members * messages) as u64));
        let mut desk: Option<Desk> = None;
        group.bench_function(BenchmarkId::from_parameter(members), |bencher| {
            let desk = desk.get_or_insert_with(|| Desk::open(members));
            let share = messages.div_ceil(SENDERS);
            let mut said = Vec::new();
            (0..share).for_each(|number| Speech::Native.say(&text(0, number as u64, PAYLOAD), &mut said));
            let received = desk.flush();
            assert_eq!(received, 0, "nothing is left over from before");
            bencher.iter(|| {
                for sender in 0..messages / share {
                    desk.say(sender, &said);
                }
                black_box(desk.flush())
            });
        });
    }
    group.finish();
}

fn codec(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("codec");
    let body = text(0, 1, PAYLOAD);
    group.throughput(Throughput::Bytes(PAYLOAD as u64));
    let event = Event::Message(Box::new(Message {
        place: Place::Room(RoomName::parse("lobby").expect("a valid name")),
        id: MessageId(123_456),
        from: Nick::parse("ada").expect("a valid name"),
        at: Timestamp(1_763_790_000_000),
        text: Body::parse(&body).expect("a valid text"),
        action: false,
        reply_to: None,
        edited: None,
    }));
    let flavours = [("native", Flavour::Native), ("prompt lines", Flavour::PromptLines), ("nic", Flavour::Nic)];
    for (name, flavour) in flavours {
        let mut out = Vec::new();
        group.bench_function(BenchmarkId::new("encode a message", name), |bencher| {
            bencher.iter(|| {
                out.clear();
                encode_event(flavour, black_box(&event), &mut out);
                out.len()
            });
        });
    }
    let mut said = Vec::new();
    Speech::Native.say(&body, &mut said);
    let mut decoder = ServerCodec::new(Dialect::Native);
    group.bench_function(BenchmarkId::new("decode a say", "native"), |bencher| {
        bencher.iter(|| {
            let decoded = decoder.decode(&mut black_box(said.as_slice()));
            assert!(matches!(decoded, Some(Decoded::Frame(_))), "a say is a frame");
            decoded
        });
    });
    group.finish();
}
