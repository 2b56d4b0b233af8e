//! How long a message takes to reach everybody, over loopback: real clients on one event loop, the server a process of
//! its own, one message in flight. The bare coalescing loop stands beside it.
//!
//! Criterion's figure is the latency to the last receiver; those to the first and the median one are printed after it.

use std::path::PathBuf;
use std::time::Duration;

use benches::crowd::Crowd;
use benches::drive::{Load, Phase, drive};
use benches::figures::Figures;
use benches::os;
use benches::process::{Running, be_bare_if_asked, server_binary};
use benches::rounds::Contender;
use criterion::{BenchmarkId, Criterion, Throughput};

const MEMBERS: [usize; 3] = [10, 100, 1_000];

fn main() {
    be_bare_if_asked();
    let mut criterion = Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(3))
        .configure_from_args();
    fan_out(&mut criterion);
    criterion.final_summary();
}

fn fan_out(criterion: &mut Criterion) {
    os::allow_open_files(2_048).unwrap_or_else(|sentence| panic!("{sentence}"));
    let mut binary: Option<PathBuf> = None;
    let mut group = criterion.benchmark_group("fan-out, to the last receiver");
    for members in MEMBERS {
        group.throughput(Throughput::Elements(members as u64));
        for contender in [Contender::BareB, Contender::Native] {
            // Criterion decides which benchmarks run, so servers start only inside of one.
            let mut room: Option<Room> = None;
            let mut said = 0;
            group.bench_function(BenchmarkId::new(contender.name(), members), |bencher| {
                let binary = binary.get_or_insert_with(|| server_binary().unwrap_or_else(|e| panic!("{e}")));
                let room = room.get_or_insert_with(|| Room::open(contender, members, binary));
                bencher.iter_custom(|messages| {
                    said += messages;
                    room.serial(messages).last_total
                });
            });
            if let Some(mut room) = room.filter(|_| said > 100) {
                println!("{members} receivers, {}: {}", contender.name(), room.serial(100));
            }
        }
    }
    group.finish();
}

/// A server and everybody in it.
struct Room {
    crowd: Crowd,
    _server: Running,
}

impl Room {
    fn open(contender: Contender, receivers: usize, binary: &std::path::Path) -> Self {
        let server = contender.start(binary).unwrap_or_else(|sentence| panic!("{sentence}"));
        let crowd = Crowd::join(server.target(contender.speech()), receivers - 1, 1, "");
        Self { crowd: crowd.unwrap_or_else(|sentence| panic!("{sentence}")), _server: server }
    }

    fn serial(&mut self, messages: u64) -> Figures {
        let load = Load {
            phase: Phase::Serial,
            payload: 100,
            warm_up: Duration::ZERO,
            measure: Duration::from_secs(600),
            messages_max: messages,
            server: None,
        };
        drive(&mut self.crowd, &load).unwrap_or_else(|sentence| panic!("{sentence}"))
    }
}
