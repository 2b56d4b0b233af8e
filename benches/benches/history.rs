//! Keeping and reading history through the durable store, on a small database: one message until it is safe, a page, a
//! search. The example `history` measures a large one, and many senders.

use benches::history::keeper::{Keeper, Part};
use benches::history::texts::{EVERYWHERE, Texts};
use criterion::{Criterion, criterion_group, criterion_main};

const MESSAGES: usize = 20_000;

fn history(criterion: &mut Criterion) {
    let home = tempfile::tempdir().expect("a directory for the database");
    let mut texts = Texts::new(5);
    let mut keeper = Keeper::open(home.path()).unwrap_or_else(|sentence| panic!("{sentence}"));
    keeper.write(&mut texts, MESSAGES, 1_024).unwrap_or_else(|sentence| panic!("{sentence}"));
    let mut group = criterion.benchmark_group("history");
    group.sample_size(20);
    group.bench_function("a lonely message", |bencher| {
        bencher.iter_custom(|times| {
            let times = usize::try_from(times).expect("few enough");
            keeper.write(&mut texts, times, 1).unwrap_or_else(|sentence| panic!("{sentence}")).time
        });
    });
    group.bench_function("a page of 50", |bencher| bencher.iter(|| keeper.pages(Part::Middle, 1)));
    group.bench_function("the newest 50 hits", |bencher| bencher.iter(|| keeper.search(EVERYWHERE, false, 1)));
    group.finish();
}

criterion_group!(benches, history);
criterion_main!(benches);
