//! What the core does with a message, without any socket: taken in, stored, routed, handed out to everybody.
//!
//! `one message` is a turn with a single message in it; in `32 messages` a turn brings four of each of eight senders,
//! as a busy room does. What the two ends of that way cost alone is in `codec`; how many instructions all of it takes,
//! in `parlor-instructions`.

use std::hint::black_box;
use std::time::Duration;

use benches::speech::{Speech, text};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use parlor_core::wire::Dialect;
use parlor_instructions::desk::Desk;

const MEMBERS: [usize; 3] = [100, 1_000, 10_000];
const SENDERS: usize = 8;
const PAYLOAD: usize = 100;

criterion_group! {
    name = routing;
    config = Criterion::default().sample_size(20).warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(3));
    targets = one_message, busy_turn, busy_turn_of_rows
}
criterion_main!(routing);

fn one_message(criterion: &mut Criterion) {
    turn(criterion, "routing, one message a turn", Dialect::Native, 1);
}

fn busy_turn(criterion: &mut Criterion) {
    turn(criterion, "routing, 32 messages a turn", Dialect::Native, 32);
}

fn busy_turn_of_rows(criterion: &mut Criterion) {
    turn(criterion, "routing, 32 messages a turn, prompt lines", Dialect::Prompt, 32);
}

/// Criterion's "elements" are deliveries.
fn turn(criterion: &mut Criterion, name: &str, dialect: Dialect, messages: usize) {
    let speech = if dialect == Dialect::Native { Speech::Native } else { Speech::PromptLines };
    let mut group = criterion.benchmark_group(name);
    for members in MEMBERS {
        group.throughput(Throughput::Elements((members * messages) as u64));
        let mut desk: Option<Desk> = None;
        group.bench_function(BenchmarkId::from_parameter(members), |bencher| {
            let desk = desk.get_or_insert_with(|| Desk::open_with(dialect, members));
            let share = messages.div_ceil(SENDERS);
            let mut said = Vec::new();
            (0..share).for_each(|number| speech.say(&text(0, number as u64, PAYLOAD), &mut said));
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
