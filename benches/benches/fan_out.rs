//! Fan-out over loopback: real clients on one event loop, the server a process of its own, the bare coalescing loop
//! beside it.
//!
//! `to the last receiver` has one message in flight: criterion's figure is the latency to the last receiver, and those to
//! the first and the median one are printed after it. `saturated` has eight senders and 64 messages in flight: the figure
//! is the time a message takes of the whole, and its inverse, the throughput, is in deliveries.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use benches::crowd::Crowd;
use benches::drive::{Load, Phase, drive};
use benches::figures::Figures;
use benches::os;
use benches::process::{Running, be_bare_if_asked, server_binary};
use benches::rounds::Contender;
use criterion::{BenchmarkId, Criterion, Throughput};

const MEMBERS: [usize; 3] = [10, 100, 1_000];
const CONTENDERS: [Contender; 3] = [Contender::BareB, Contender::Native, Contender::PromptLines];

fn main() {
    be_bare_if_asked();
    let mut criterion = Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2))
        .configure_from_args();
    os::allow_open_files(2_048).unwrap_or_else(|sentence| panic!("{sentence}"));
    serial(&mut criterion);
    saturated(&mut criterion);
    criterion.final_summary();
}

fn serial(criterion: &mut Criterion) {
    fan_out(criterion, "fan-out, to the last receiver", 1, |room, messages| {
        room.drive(Phase::Serial, messages).last_total
    });
}

fn saturated(criterion: &mut Criterion) {
    fan_out(criterion, "fan-out, saturated", 8, |room, messages| {
        let begun = Instant::now();
        room.drive(Phase::Saturated { in_flight: 64 }, messages);
        begun.elapsed()
    });
}

/// Criterion's "elements" are deliveries.
fn fan_out(criterion: &mut Criterion, name: &str, senders: usize, time: fn(&mut Room, u64) -> Duration) {
    let mut binary: Option<PathBuf> = None;
    let mut group = criterion.benchmark_group(name);
    for members in MEMBERS {
        group.throughput(Throughput::Elements(members as u64));
        for contender in CONTENDERS {
            // Criterion decides which benchmarks run, so servers start only inside of one.
            let mut room: Option<Room> = None;
            let mut said = 0;
            group.bench_function(BenchmarkId::new(contender.name(), members), |bencher| {
                let binary = binary.get_or_insert_with(|| server_binary().unwrap_or_else(|e| panic!("{e}")));
                let room = room.get_or_insert_with(|| Room::open(contender, members, senders, binary));
                bencher.iter_custom(|messages| {
                    said += messages;
                    time(room, messages)
                });
            });
            if senders == 1
                && let Some(mut room) = room.filter(|_| said > 100)
            {
                println!("{members} receivers, {}: {}", contender.name(), room.drive(Phase::Serial, 100));
            }
        }
    }
    group.finish();
}

/// A server and everybody in it, those who speak among them.
struct Room {
    crowd: Crowd,
    _server: Running,
}

impl Room {
    fn open(contender: Contender, members: usize, senders: usize, binary: &Path) -> Self {
        let server = contender.start(binary).unwrap_or_else(|sentence| panic!("{sentence}"));
        let crowd = Crowd::join(server.target(contender.speech()), members - senders, senders, "");
        Self { crowd: crowd.unwrap_or_else(|sentence| panic!("{sentence}")), _server: server }
    }

    fn drive(&mut self, phase: Phase, messages: u64) -> Figures {
        let load = Load {
            phase,
            payload: 100,
            warm_up: Duration::ZERO,
            measure: Duration::from_secs(600),
            messages_max: messages,
            server: None,
        };
        drive(&mut self.crowd, &load).unwrap_or_else(|sentence| panic!("{sentence}"))
    }
}
